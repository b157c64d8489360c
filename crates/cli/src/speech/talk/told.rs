//! What is told of a conversation aloud: lines of JSON for programs, lines of text for people.

use std::time::Duration;

use errand_protocol::errand::{ApprovalKind, ApprovalView, OrderView};
use errand_voice_core::{SampleIdx, duration};
use errand_voice_talk::{How, Note, Times};
use serde_json::{Value, json};

use crate::render::{Look, notes};
use crate::shapes::OrderShape;
use crate::term::Out;

/// Where things are told, and where the sound stands.
#[derive(Debug)]
pub(super) struct Told {
    json: bool,
    /// Samples of the stream so far.
    pub(super) at: u64,
}

impl Told {
    pub(super) fn new(json: bool) -> Self {
        Self { json, at: 0 }
    }

    pub(super) fn is_json(&self) -> bool {
        self.json
    }

    /// A line for a program; people see the same in other ways.
    pub(super) fn event(&self, kind: &str, mut body: Value, out: &mut Out) {
        if !self.json {
            return;
        }
        if let Some(fields) = body.as_object_mut() {
            fields.shift_insert(0, "event".to_owned(), json!(kind));
            fields.insert("at_ms".to_owned(), json!(ms(duration(self.at))));
        }
        // A value that was just made can be written.
        let _ = out.json(&body);
    }

    /// What was heard, for both.
    pub(super) fn heard(&self, text: &str, how: &How, out: &mut Out) {
        self.event(
            "heard",
            json!({"text": text, "engine": how.engine, "confidence": how.confidence, "took_ms": ms(how.took)}),
            out,
        );
        if !self.json {
            out.erase();
            let text = if text.is_empty() { "(no words)" } else { text };
            out.talk(&[String::new(), format!("you  {text}")]);
        }
    }

    /// A question about money or data, with its words: this device is enrolled and its screen shows them.
    pub(super) fn approval(&self, view: &ApprovalView, out: &mut Out) {
        self.event(
            "approval",
            json!({
                "id": view.id,
                "kind": view.kind,
                "amount": view.amount,
                "payee": view.payee.legal_name,
                "level": view.level,
                "words": view.words,
                "tries_left": view.tries_left,
                "expires_at": view.expires_at,
            }),
            out,
        );
    }

    /// An order.
    pub(super) fn bought(&self, order: &OrderView, out: &mut Out) {
        let order = serde_json::to_value(OrderShape::of(order)).unwrap_or_default();
        self.event("bought", json!({ "order": order }), out);
    }

    /// How long the answer to a turn took, on the clock of the sound.
    pub(super) fn times(&self, times: &Times, out: &mut Out) {
        let since = |at: Option<SampleIdx>| at.map(|at| at.ms_since(times.voice_end));
        self.event(
            "times",
            json!({
                "decided_ms": times.decided.ms_since(times.voice_end),
                "transcript_ms": since(times.transcript),
                "sent_ms": since(times.sent),
                "answer_ms": since(times.answer),
                "out_ms": since(times.out),
                "heard_ms": since(times.heard),
            }),
            out,
        );
    }

    /// The wake word was heard: what follows is listened to.
    pub(super) fn woken(&self, phrase: &str, score: f32, end: SampleIdx, out: &mut Out) {
        let score = f64::from((score * 1_000.0).round()) / 1_000.0;
        self.event(
            "wake",
            json!({"phrase": phrase, "score": score, "ms": end.ms()}),
            out,
        );
        if !self.json {
            out.erase();
            out.talk(&notes::say(&format!("heard \"{phrase}\""), &out.talk));
        }
    }

    /// Something about the stream itself.
    pub(super) fn note(&self, note: &Note, out: &mut Out) {
        let text = note_text(note);
        self.event("note", json!({ "text": text }), out);
        if !self.json {
            out.erase();
            let lines = notes::failed("note", &text, &out.talk);
            out.talk(&lines);
        }
    }
}

fn ms(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// A note in words.
pub(super) fn note_text(note: &Note) -> String {
    match note {
        Note::Fallback {
            from,
            to: Some(to),
            code,
            ..
        } => {
            format!("{from} failed ({code}), {to} took over")
        }
        Note::Fallback {
            from,
            to: None,
            code,
            ..
        } => {
            format!("{from} failed ({code}), and nothing stands in; typing works")
        }
        Note::Overloaded => "the recogniser is busy; what was said is kept".to_owned(),
        Note::Duplex(errand_voice_core::Duplex::Half) => {
            "the echo stays: while errand speaks only stop words are heard".to_owned()
        }
        Note::Duplex(errand_voice_core::Duplex::Full) => {
            "errand listens while it speaks".to_owned()
        }
        Note::Gap { ms } => format!("{ms} ms of sound are missing"),
        Note::Reprompted => "nobody answered; it was asked again".to_owned(),
        Note::Idle => "nobody answered; nothing is waited for".to_owned(),
        Note::Refused { code } => format!("that cannot be changed now ({code})"),
        Note::NoVoice => "there is no voice for this language; everything is shown".to_owned(),
        Note::OnPage { approval } => {
            format!("this is answered on the page or with `errand approve {approval}`")
        }
    }
}

/// The line under which somebody talks: what errand does, and how loud it is.
#[cfg(feature = "native-voice")]
pub(super) fn state_line(state: &str, db: f32, partial: &str, look: &Look) -> String {
    use crate::render::look::Ink;

    let share = ((db + 60.0) / 60.0).clamp(0.0, 1.0);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "ten cells"
    )]
    let cells = (share * 10.0) as usize;
    let meter = format!(
        "{}{}",
        "▮".repeat(cells),
        "▯".repeat(10_usize.saturating_sub(cells))
    );
    let line = format!("  {meter} {} {partial}", look.ink(Ink::Quiet, state));
    line.trim_end().to_owned()
}

/// What stands above the words where they may be said.
pub(super) fn answer_hint(view: &ApprovalView, is_spoken: bool, look: &Look) -> Vec<String> {
    let text = match (view.kind, &view.words) {
        (ApprovalKind::Consent, _) => "say or type `yes` or `no`",
        (ApprovalKind::Purchase, Some(_)) if is_spoken => {
            "say or type the two words, or say `cancel`"
        }
        (ApprovalKind::Purchase, Some(_)) => {
            "type the two words: a voice is not enough for this; or say `cancel`"
        }
        (ApprovalKind::Purchase, None) => "answer it on the page, or say `cancel`",
    };
    notes::hint(text, look)
}
