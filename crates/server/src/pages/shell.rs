use axum::response::Html;
use errand_protocol::PROTOCOL;
use maud::{DOCTYPE, Markup, html};

use crate::assets::Assets;
use crate::serve::App;

/// The places, in the order of every face.
const PLACES: [(&str, &str, &str); 6] = [
    ("talk", "/", "Talk"),
    ("orders", "/orders", "Orders"),
    ("profile", "/profile", "Profile and values"),
    ("consents", "/consents", "Consents"),
    ("why", "/why", "Why"),
    ("setup", "/setup", "Set-up"),
];

/// What the shell of Talk tells the script.
#[derive(Debug, Default)]
pub(super) struct Told {
    /// Time zone of the person.
    pub(super) zone: Option<String>,
    /// Connected shops.
    pub(super) shops: Option<usize>,
    /// Where speech is read: `here`, or `away`; `None` where there are no ears or no voice.
    pub(super) ears: Option<&'static str>,
}

/// A page of one column.
pub(super) fn page(app: &App, place: &str, title: &str, body: &Markup) -> Html<String> {
    let web = &app.config.web;
    let document = html! {
        (DOCTYPE)
        html lang="en" {
            (head(web, title, false))
            body data-protocol=(PROTOCOL) data-session="" {
                a class="skip" href="#page" { "Skip to the page" }
                div class="shell shell-two" {
                    (rails(place))
                    main id="page" class="page" { (body) }
                }
            }
        }
    };
    Html(document.into_string())
}

/// The shell of Talk: what is inside `#talk` is replaced by the script.
pub(super) fn talk(app: &App, told: &Told, inside: &Markup) -> Html<String> {
    let web = &app.config.web;
    let document = html! {
        (DOCTYPE)
        html lang="en" {
            (head(web, "Talk", has_script(web)))
            body data-protocol=(PROTOCOL) data-session="" data-zone=[told.zone.as_deref()] data-shops=[told.shops]
                data-ears=[told.ears] {
                a class="skip" href="#talk" { "Skip to the conversation" }
                div class="shell" {
                    (rails("talk"))
                    main id="talk" class="talk" { (inside) }
                    aside id="side" class="side" aria-label="This errand" {}
                }
            }
        }
    };
    Html(document.into_string())
}

/// The page of the desk: no place of the person's is linked from it.
pub(crate) fn desk(app: &App, name: &str, inside: &Markup) -> Html<String> {
    let web = &app.config.web;
    let has_script = has_script(web) && web.has("desk.js");
    let document = html! {
        (DOCTYPE)
        html lang="en" {
            (head_with(web, "Desk", has_script.then_some("desk.js")))
            body data-protocol=(PROTOCOL) data-person=(name) {
                a class="skip" href="#desk" { "Skip to the desk" }
                header class="desk-top" {
                    span class="brand" { "errand" }
                    span class="muted sm" { "Desk · " (name) }
                    div id="desk-here" {}
                    form method="post" action="/desk/leave" { button class="btn btn-small" { "Leave" span class="vh" { " the desk" } } }
                }
                main id="desk" class="desk" { (inside) }
            }
        }
    };
    Html(document.into_string())
}

/// A page for somebody who is not known: without places, and without files.
pub(crate) fn bare(title: &str, body: &Markup) -> Html<String> {
    let web = Assets::embedded();
    let document = html! {
        (DOCTYPE)
        html lang="en" {
            (head(&web, title, false))
            body data-protocol=(PROTOCOL) { main id="page" class="page" { (body) } }
        }
    };
    Html(document.into_string())
}

/// Whether everything that the script needs is here.
pub(super) fn has_script(web: &Assets) -> bool {
    ["app.js", "preact.mjs", "hooks.mjs"]
        .iter()
        .all(|file| web.has(file))
}

fn head(web: &Assets, title: &str, with_script: bool) -> Markup {
    head_with(web, title, with_script.then_some("app.js"))
}

fn head_with(web: &Assets, title: &str, script: Option<&str>) -> Markup {
    html! {
        head {
            meta charset="utf-8";
            meta name="viewport" content="width=device-width, initial-scale=1";
            meta name="color-scheme" content="light dark";
            title { (title) " · errand" }
            @if web.has("icon.svg") { link rel="icon" href=(web.path("icon.svg")) type="image/svg+xml"; }
            @let own: &[&str] = if script == Some("desk.js") { &["desk.css"] } else { &[] };
            @for sheet in ["tokens.css", "app.css"].iter().chain(own) {
                @if web.has(sheet) { link rel="stylesheet" href=(web.path(sheet)); }
            }
            @if let Some(script) = script {
                @let beside: &[&str] = if script == "app.js" { &["reduce.js", "socket.js"] } else { &[] };
                @for module in ["preact.mjs", "hooks.mjs"].iter().chain(beside) {
                    @if web.has(module) { link rel="modulepreload" href=(web.path(module)); }
                }
                script type="module" src=(web.path(script)) {}
            }
        }
    }
}

fn rails(place: &str) -> Markup {
    let links = html! {
        @for (name, path, words) in PLACES {
            a href=(path) data-place=(name) aria-current=[(name == place).then_some("page")] { (words) }
        }
    };
    html! {
        header class="top" {
            a class="brand" href="/" { "errand" }
            details class="menu" { summary { "Menu" } nav aria-label="Menu" { (links) } }
        }
        nav class="rail" aria-label="Main" {
            a class="brand" href="/" { "errand" }
            (links)
            p class="foot" { "Runs on this machine. Nothing here is loaded from another." }
        }
    }
}
