use errand_protocol::api::{ConsentsView, DoctorView, Paired, ProfileView, SessionBrief, WhyView};
use serde_json::{Value, json};

use crate::api::Api;
use crate::args::{
    ConsentsArgs, ConsentsCommand, DeviceCommand, PlaceArgs, SessionCommand, WhyArgs,
};
use crate::fault::{Exit, Fault};
use crate::render::{about, notes};
use crate::term::Out;

/// What works and what does not.
pub(crate) async fn doctor(place: &PlaceArgs, json: bool, out: &mut Out) -> Result<Exit, Fault> {
    let view: DoctorView = Api::at(place)?.get(&["doctor"], &[]).await?;
    if json {
        out.json(&view)?;
    } else {
        out.data(&about::doctor(&view, &out.data));
    }
    Ok(if view.ok { Exit::Done } else { Exit::Fault })
}

/// Limits, rules, preferences.
pub(crate) async fn profile(place: &PlaceArgs, json: bool, out: &mut Out) -> Result<Exit, Fault> {
    let view: ProfileView = Api::at(place)?.get(&["profile"], &[]).await?;
    if json {
        out.json(&view)?;
    } else {
        out.data(&about::profile(&view, &out.data));
    }
    Ok(Exit::Done)
}

/// Who knows what; takes consent back.
pub(crate) async fn consents(
    place: &PlaceArgs,
    args: &ConsentsArgs,
    out: &mut Out,
) -> Result<Exit, Fault> {
    let api = Api::at(place)?;
    if let Some(ConsentsCommand::Withdraw { merchant }) = &args.command {
        let _: Value = api
            .post(&["consents", merchant, "withdraw"], &json!({}))
            .await?;
        let text = format!(
            "`{merchant}` gets nothing more about you. What it learned before it may still hold."
        );
        out.talk(&notes::say(&text, &out.talk));
    }
    let view: ConsentsView = api.get(&["consents"], &[]).await?;
    if args.json {
        out.json(&view.entries)?;
    } else {
        out.data(&about::consents(&view, &out.data));
    }
    Ok(Exit::Done)
}

/// Decisions with their reasons.
pub(crate) async fn why(place: &PlaceArgs, args: &WhyArgs, out: &mut Out) -> Result<Exit, Fault> {
    let api = Api::at(place)?;
    let about = args.about.join(" ");
    let query: Vec<(&str, &str)> = if about.is_empty() {
        Vec::new()
    } else {
        vec![("about", about.as_str())]
    };
    let views: Vec<WhyView> = api.get(&["why"], &query).await?;
    if args.json {
        out.json(&views)?;
    } else {
        out.data(&about::why(&views, &out.data));
    }
    Ok(Exit::Done)
}

/// Enrols another device. The token goes to standard output, so that it can be piped and is not mixed with talk.
pub(crate) async fn device(
    place: &PlaceArgs,
    command: &DeviceCommand,
    out: &mut Out,
) -> Result<Exit, Fault> {
    let DeviceCommand::Pair { name, json } = command;
    let paired: Paired = Api::at(place)?
        .post(&["devices", "pair"], &json!({ "name": name }))
        .await?;
    if *json {
        out.json(&paired)?;
    } else {
        let text = format!(
            "Enrolled `{}`. This is its token, shown once:",
            paired.device
        );
        out.talk(&notes::say(&text, &out.talk));
        out.data(&[paired.token]);
    }
    Ok(Exit::Done)
}

/// Conversations that go on.
pub(crate) async fn session(
    place: &PlaceArgs,
    command: &SessionCommand,
    out: &mut Out,
) -> Result<Exit, Fault> {
    let SessionCommand::List { json } = command;
    let sessions: Vec<SessionBrief> = Api::at(place)?.get(&["sessions"], &[]).await?;
    if *json {
        out.json(&sessions)?;
        return Ok(Exit::Done);
    }
    let table = about::sessions(&sessions, &out.data);
    let lines = if out.is_screen() {
        about::listed(&table, "no conversations", &out.data)
    } else {
        table.tabs()
    };
    out.data(&lines);
    Ok(Exit::Done)
}
