use crate::approve::answer_open;
use crate::args::{PlaceArgs, SayArgs};
use crate::fault::{Exit, Fault};
use crate::keys::Keys;
use crate::place::Place;
use crate::render::notes;
use crate::shapes::SayShape;
use crate::talk::{Show, Talk};
use crate::term::Out;

/// Says one sentence and shows the answer.
pub(crate) async fn say(place: &PlaceArgs, args: &SayArgs, out: &mut Out) -> Result<Exit, Fault> {
    let show = match (args.json, args.jsonl) {
        (_, true) => Show::Events,
        (true, false) => Show::Route,
        (false, false) => Show::All,
    };
    let place = Place::find(place)?;
    let mut talk = Talk::open(place, args.session.as_deref(), show, out).await?;
    talk.turn(&args.text.join(" "), out).await?;
    if show == Show::All && out.is_attended() && talk.heard.approval.is_some() {
        let mut keys = Keys::open()?;
        while talk.heard.approval.is_some() {
            answer_open(&mut talk, &mut keys, out).await?;
        }
    }
    if show == Show::Route {
        out.json(&SayShape::of(&talk.heard))?;
    }
    let (_, exit) = talk.heard.outcome();
    if show == Show::All {
        let session = talk.heard.session.as_deref().unwrap_or_default();
        let next = match (&talk.heard.approval, exit) {
            (Some(open), _) => Some(format!(
                "answer it on a terminal with `errand approve {}`, or on the page",
                open.id
            )),
            (None, Exit::Question) => Some(format!(
                "answer with `errand say --session {session} \"...\"`"
            )),
            (None, _) => None,
        };
        if let Some(next) = next {
            out.talk(&[String::new()]);
            out.talk(&notes::hint(&next, &out.talk));
        }
    }
    Ok(exit)
}
