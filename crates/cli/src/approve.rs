use errand_protocol::api::{AnswerApproval, ApprovalAnswered};
use errand_protocol::errand::{ApprovalKind, ApprovalOutcome, ApprovalResolved, ApprovalView};
use jiff::Timestamp;

use crate::api::Api;
use crate::args::{ApproveArgs, PlaceArgs};
use crate::fault::{Exit, Fault, Retry};
use crate::keys::{Keys, Line, settle};
use crate::render::{approval, notes};
use crate::talk::Talk;
use crate::term::Out;

/// Prompt of a question about money or data.
const PROMPT: &str = "> ";

/// Asks the open question of a conversation once and gives the answer to it. The answer may be the words, `no`, or any
/// sentence: the runtime tells them apart, by a closed grammar and without a language model.
pub(crate) async fn answer_open(
    talk: &mut Talk,
    keys: &mut Keys,
    out: &mut Out,
) -> Result<(), Fault> {
    let Some(open) = talk.heard.approval.clone() else {
        return Ok(());
    };
    let text = read_answer(&open, keys, out).await;
    talk.turn(&text, out).await
}

/// What the person answers; Ctrl-C and a keyboard that went away are a no.
async fn read_answer(open: &ApprovalView, keys: &mut Keys, out: &mut Out) -> String {
    loop {
        let left = open
            .expires_at
            .as_second()
            .saturating_sub(Timestamp::now().as_second());
        out.talk(&approval::ask(open, left, &out.talk));
        if settle().await {
            out.talk(&notes::failed(
                "ignored",
                "keys that came before you could read this",
                &out.talk,
            ));
        }
        match keys.line(PROMPT, false).await {
            // Nothing typed is no answer, and there is no default.
            Line::Text(text) if text.trim().is_empty() => {}
            Line::Text(text) => return text.trim().to_owned(),
            Line::Interrupt | Line::End => return "no".to_owned(),
        }
    }
}

/// Answers an approval by its id, on a terminal.
pub(crate) async fn approve(
    place: &PlaceArgs,
    args: &ApproveArgs,
    out: &mut Out,
) -> Result<Exit, Fault> {
    let api = Api::at(place)?;
    let mut open: ApprovalView = api.get(&["approvals", &args.id], &[]).await?;
    out.talk(&approval::approval(&open, &out.talk));
    if !out.is_attended() {
        return Err(Fault {
            exit: Exit::Approval,
            code: "CLI-0008".to_owned(),
            message: "an approval is answered on a terminal; nothing was answered".to_owned(),
            not: Some("Nothing was bought.".to_owned()),
            hint: Some("run `errand approve` where you can type, or answer on the page".to_owned()),
            retry: Retry::Never,
        });
    }
    let mut keys = Keys::open()?;
    loop {
        let answer = read_answer(&open, &mut keys, out).await;
        let is_no = answer.eq_ignore_ascii_case("no");
        let body = AnswerApproval { answer };
        let done: ApprovalAnswered = api.post(&["approvals", &args.id], &body).await?;
        let resolved = ApprovalResolved {
            id: done.id,
            outcome: done.outcome,
            text: done.text,
            tries_left: None,
        };
        if done.outcome != ApprovalOutcome::Granted {
            out.talk(&notes::resolved(&resolved, &out.talk));
        }
        match done.outcome {
            ApprovalOutcome::Granted => {
                let by = if open.kind == ApprovalKind::Purchase {
                    "by two words"
                } else {
                    "by you"
                };
                out.talk(&notes::done("approved", by, &out.talk));
                match &done.order {
                    Some(order) => out.data(&notes::receipt(order, &out.data)),
                    None => out.data(&notes::say(&resolved.text, &out.data)),
                }
                let is_open = done.order.is_none() && open.kind == ApprovalKind::Purchase;
                return Ok(if is_open { Exit::Unknown } else { Exit::Done });
            }
            ApprovalOutcome::Wrong if open.tries_left > 1 => {
                open.tries_left = open.tries_left.saturating_sub(1);
            }
            ApprovalOutcome::Refused if is_no => return Ok(Exit::Done),
            ApprovalOutcome::Void => return Ok(Exit::Changed),
            ApprovalOutcome::Wrong
            | ApprovalOutcome::Refused
            | ApprovalOutcome::Expired
            | ApprovalOutcome::Locked => {
                return Ok(Exit::Refused);
            }
        }
    }
}
