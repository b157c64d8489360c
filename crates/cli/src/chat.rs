use errand_protocol::api::MerchantView;
use errand_protocol::errand::OrderView;
use tokio::io::{AsyncBufReadExt, BufReader};

use crate::api::Api;
use crate::approve::answer_open;
use crate::args::{ChatArgs, PlaceArgs};
use crate::fault::{Exit, Fault};
use crate::keys::{Keys, Line};
use crate::place::Place;
use crate::render::{cards, notes, order};
use crate::talk::{Show, Talk, lines_of};
use crate::term::Out;

/// Where the person types.
const PROMPT: &str = "you  ";
/// Longest line that is sent, in characters; the runtime reads no more.
const LINE_MAX: usize = errand_types::limits::UTTERANCE_CHARS_MAX;

/// Lines of news that are kept while somebody types.
const NEWS_MAX: usize = 40;

/// Talks until the person leaves.
pub(crate) async fn chat(place: &PlaceArgs, args: &ChatArgs, out: &mut Out) -> Result<Exit, Fault> {
    let place = Place::find(place)?;
    let api = Api::with(place.clone())?;
    let mut talk = Talk::open(place, args.session.as_deref(), Show::All, out).await?;
    if !out.is_attended() {
        return piped(&mut talk, out).await;
    }
    greet(&api, out).await;
    let mut keys = Keys::open()?;
    let mut leaving = false;
    loop {
        if talk.heard.approval.is_some() {
            answer_open(&mut talk, &mut keys, out).await?;
            continue;
        }
        match next_line(&mut talk, &mut keys, out).await? {
            Line::End => return Ok(Exit::Done),
            Line::Interrupt if leaving => return Ok(Exit::Interrupted),
            Line::Interrupt => {
                leaving = true;
                out.talk(&notes::say(
                    "Nothing is under way. Once more leaves.",
                    &out.talk,
                ));
            }
            Line::Text(text) => {
                leaving = false;
                let text: String = text.trim().chars().take(LINE_MAX).collect();
                if text == "/quit" {
                    return Ok(Exit::Done);
                }
                if let Some(command) = text.strip_prefix('/') {
                    slash(command, &mut talk, &api, out).await?;
                } else if !text.is_empty() {
                    talk.turn(&text, out).await?;
                }
            }
        }
    }
}

/// The next line. What happens by itself meanwhile is shown when the line is finished: nothing jumps into what somebody
/// is typing.
async fn next_line(talk: &mut Talk, keys: &mut Keys, out: &mut Out) -> Result<Line, Fault> {
    out.talk(&[String::new()]);
    let mut news: Vec<String> = Vec::new();
    loop {
        tokio::select! {
            line = keys.line(PROMPT, true) => {
                out.talk(&news);
                return Ok(line);
            }
            beat = talk.idle(out) => {
                let Some(beat) = beat? else { continue };
                let lines = lines_of(&beat, out);
                if talk.heard.with_desk && !lines.is_empty() {
                    // A person who answers is not kept until the next line.
                    out.talk(&[String::new()]);
                    out.talk(&lines);
                } else {
                    news.extend(lines);
                    // What is too long ago to be news is in the orders.
                    let old = news.len().saturating_sub(NEWS_MAX);
                    news.drain(..old);
                }
            }
        }
    }
}

async fn greet(api: &Api, out: &mut Out) {
    let version = env!("CARGO_PKG_VERSION");
    // A greeting is not worth an error: the first sentence will meet the same trouble and say so.
    let shops = api
        .get::<Vec<MerchantView>>(&["merchants"], &[])
        .await
        .map_or_else(
            |_| String::new(),
            |shops| {
                if shops.len() == 1 {
                    " · 1 shop".to_owned()
                } else {
                    format!(" · {} shops", shops.len())
                }
            },
        );
    let text = format!("errand {version}{shops} · type what you need, /help for more");
    let text = if out.talk.plain {
        text.replace(" · ", ", ")
    } else {
        text
    };
    out.talk(&[text]);
}

/// Lines from a pipe: one turn each. A question about money is not asked where nobody can read it.
async fn piped(talk: &mut Talk, out: &mut Out) -> Result<Exit, Fault> {
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    let mut exit = Exit::Done;
    while let Ok(Some(line)) = lines.next_line().await {
        let text: String = line.trim().chars().take(LINE_MAX).collect();
        if text.is_empty() {
            continue;
        }
        talk.turn(&text, out).await?;
        exit = talk.heard.outcome().1;
        if talk.heard.approval.is_some() {
            break;
        }
    }
    Ok(exit)
}

async fn slash(command: &str, talk: &mut Talk, api: &Api, out: &mut Out) -> Result<(), Fault> {
    let (name, rest) = command.split_once(' ').unwrap_or((command, ""));
    match name {
        "why" => {
            let lines = why(rest.trim(), talk, out);
            match lines {
                Some(lines) => out.data(&lines),
                None => talk.turn(&format!("why {rest}"), out).await?,
            }
        }
        "cart" => talk.turn("show my cart", out).await?,
        "stop" => talk.turn("stop", out).await?,
        "orders" => match api.get::<Vec<OrderView>>(&["orders"], &[]).await {
            Ok(orders) => out.data(&order::orders(&orders, &out.data)),
            Err(fault) => out.fault(&fault, false),
        },
        "plain" => {
            let text = if out.toggle_plain() {
                "Plain from now on."
            } else {
                "As before."
            };
            out.talk(&notes::say(text, &out.talk));
        }
        _ => out.talk(&help(out)),
    }
    Ok(())
}

/// `/why`: what was left out; `/why 2`: why the second one stands there. `None`: only the runtime knows.
fn why(rest: &str, talk: &Talk, out: &Out) -> Option<Vec<String>> {
    if rest.is_empty() {
        return talk
            .heard
            .excluded()
            .map(|e| cards::each_left_out(e, &out.data));
    }
    let n: u32 = rest.parse().ok()?;
    let compared = talk
        .heard
        .comparison
        .iter()
        .flat_map(|c| c.rows.iter().map(|r| &r.card));
    let found = talk.heard.products.iter().flat_map(|p| &p.items);
    let card = compared.chain(found).find(|c| c.n == n)?;
    Some(cards::reasons(card, &out.data))
}

fn help(out: &Out) -> Vec<String> {
    const LINES: [(&str, &str); 7] = [
        (
            "/why",
            "what was left out and why; `/why 2`: why the second one",
        ),
        ("/cart", "what is in the cart"),
        ("/orders", "your orders"),
        ("/stop", "stop what is under way; so does Ctrl-C"),
        ("/plain", "whole sentences, no drawing"),
        ("/quit", "leave; so does Ctrl-D"),
        ("/help", "this"),
    ];
    LINES
        .iter()
        .map(|(name, what)| {
            if out.talk.plain {
                format!("{name}: {what}.")
            } else {
                out.talk.literals(&format!("  {name:<9}{what}"))
            }
        })
        .collect()
}
