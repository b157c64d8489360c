mod voiced;

pub(crate) use voiced::Mouth;

use std::collections::BTreeSet;
use std::time::Duration;

use errand_protocol::errand::{CartView, ProductsView};
use errand_types::{PlanId, StepId};
use jiff::Timestamp;
use rand::rngs::StdRng;
use rand::{RngCore, SeedableRng};
use serde_json::{Value, json};
use tokio::signal::unix::{SignalKind, signal};

use crate::fault::Fault;
use crate::place::Place;
use crate::render::{approval, cards, notes, order, plan};
use crate::socket::Socket;
use crate::term::Out;
use crate::turn::{Beat, Ended, Heard, Outcome};

/// How often a broken line is taken up again.
const TRIES: u32 = 5;
const FIRST_WAIT: Duration = Duration::from_millis(500);
const LONGEST_WAIT: Duration = Duration::from_secs(8);
/// How long the whole state may take after a gap.
const STATE_WAIT: Duration = Duration::from_secs(3);

/// What is shown of a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Show {
    /// Everything, for a person.
    All,
    /// Only the route, and only on a screen.
    Route,
    /// Events of the protocol, verbatim.
    Events,
}

/// A conversation with the runtime.
#[derive(Debug)]
pub(crate) struct Talk {
    place: Place,
    socket: Socket,
    random: StdRng,
    show: Show,
    /// What was heard.
    pub(crate) heard: Heard,
    /// Steps that stay on the screen.
    told: BTreeSet<StepId>,
    /// The plan that they belong to.
    told_of: Option<PlanId>,
    /// Shown when nothing better comes.
    held_products: Option<ProductsView>,
    held_cart: Option<CartView>,
    /// How a question was answered, as last shown: errand says it again for faces that show no such line.
    resolved: Option<String>,
}

impl Talk {
    /// Connects and waits for the session.
    pub(crate) async fn open(
        place: Place,
        session: Option<&str>,
        show: Show,
        out: &mut Out,
    ) -> Result<Self, Fault> {
        let socket = Socket::open(&place, session.map(|s| (s, None))).await?;
        let mut talk = Self {
            place,
            socket,
            random: StdRng::from_os_rng(),
            show,
            heard: Heard::default(),
            told: BTreeSet::new(),
            told_of: None,
            held_products: None,
            held_cart: None,
            resolved: None,
        };
        // A conversation that is taken up first tells again what was said: that is no answer to anything now.
        let wanted = if session.is_some() {
            Beat::Resumed(false)
        } else {
            Beat::Session
        };
        loop {
            let Some(frame) = talk.socket.next().await else {
                return Err(Fault::lost(&talk.place.shown, session));
            };
            if show == Show::Events {
                out.data(std::slice::from_ref(&frame.raw));
            }
            match talk.heard.hear(&frame.event) {
                Some(Beat::Refused(message)) => return Err(Fault::ours(message)),
                Some(Beat::Resumed(true)) => {
                    talk.state(out).await;
                    break;
                }
                Some(beat) if beat == wanted => break,
                Some(_) | None => {}
            }
        }
        let now = Timestamp::now();
        talk.heard.approval = talk
            .heard
            .approval
            .take()
            .filter(|open| open.expires_at > now);
        Ok(talk)
    }

    /// Waits a moment for the whole state after a gap. It may not come, and then the talk goes on without it.
    async fn state(&mut self, out: &mut Out) {
        let whole = async {
            while let Some(frame) = self.socket.next().await {
                if self.show == Show::Events {
                    out.data(std::slice::from_ref(&frame.raw));
                }
                if let Some(Beat::State(view)) = self.heard.hear(&frame.event) {
                    return Some(view);
                }
            }
            None
        };
        let view = tokio::time::timeout(STATE_WAIT, whole).await.ok().flatten();
        if let Some(last) = view.as_ref().and_then(|view| view.transcript.last())
            && self.show == Show::All
        {
            out.data(&notes::say(&last.text, &out.data));
        }
    }

    /// Says one sentence and shows the answer until it is over. Ctrl-C stops the turn, twice leaves.
    pub(crate) async fn turn(&mut self, text: &str, out: &mut Out) -> Result<(), Fault> {
        self.heard.next_turn();
        let key = format!("{:016x}", self.random.next_u64());
        let said = [
            json!({
                "type": "conversation.item.create",
                "event_id": format!("say_{key}"),
                "item": {
                    "type": "message",
                    "role": "user",
                    "id": format!("item_{key}"),
                    "content": [{"type": "input_text", "text": text}],
                },
            }),
            json!({"type": "response.create", "event_id": format!("answer_{key}")}),
        ];
        let mut broken = !self.send(&said).await;
        let mut started = false;
        let mut stops = 0_u8;
        let mut interrupts = signal(SignalKind::interrupt())
            .map_err(|e| Fault::ours(format!("cannot listen for Ctrl-C: {e}")))?;
        loop {
            if broken {
                self.reconnect(out).await?;
                // The keys make saying it again harmless; what was already being answered is not said again.
                broken = !started && !self.send(&said).await;
                continue;
            }
            let beat = tokio::select! {
                Some(()) = interrupts.recv() => {
                    stops = stops.saturating_add(1);
                    if stops > 1 {
                        return Err(Fault::interrupted());
                    }
                    let stop = json!({"type": "response.cancel", "event_id": format!("stop_{key}")});
                    broken = !self.send(&[stop]).await;
                    continue;
                }
                frame = self.socket.next() => match frame {
                    None => {
                        broken = true;
                        continue;
                    }
                    Some(frame) => {
                        if self.show == Show::Events {
                            out.data(std::slice::from_ref(&frame.raw));
                        }
                        self.heard.hear(&frame.event)
                    }
                },
            };
            match beat {
                Some(Beat::Started) => started = true,
                Some(Beat::Over(ended)) => {
                    self.close(ended, out);
                    return Ok(());
                }
                // The end of the answer is in the part that is not told again; the state is what is left of it.
                Some(Beat::Resumed(true)) if started => {
                    self.state(out).await;
                    self.heard.ended = Some(Ended::Completed);
                    self.close(Ended::Completed, out);
                    return Ok(());
                }
                Some(Beat::Refused(message)) if stops == 0 => return Err(Fault::ours(message)),
                Some(beat) => self.show(beat, out),
                None => {}
            }
        }
    }

    /// Waits for something that happens by itself, between turns. May be dropped and called again.
    pub(crate) async fn idle(&mut self, out: &mut Out) -> Result<Option<Beat>, Fault> {
        match self.socket.next().await {
            Some(frame) => Ok(self.heard.hear(&frame.event)),
            None => self.reconnect(out).await.map(|()| None),
        }
    }

    async fn send(&mut self, events: &[Value]) -> bool {
        for event in events {
            if !self.socket.send(event).await {
                return false;
            }
        }
        true
    }

    async fn reconnect(&mut self, out: &mut Out) -> Result<(), Fault> {
        let Some(session) = self.heard.session.clone() else {
            return Err(Fault::lost(
                &self.place.shown,
                self.heard.session.as_deref(),
            ));
        };
        out.talk(&notes::failed(
            "connection",
            "lost, trying again",
            &out.talk,
        ));
        // Words of an open question were for the old connection; the runtime asks again.
        self.heard.approval = None;
        let mut wait = FIRST_WAIT;
        for _ in 0..TRIES {
            tokio::time::sleep(wait).await;
            wait = wait.saturating_mul(2).min(LONGEST_WAIT);
            match Socket::open(
                &self.place,
                Some((&session, self.heard.last_event.as_deref())),
            )
            .await
            {
                Ok(socket) => {
                    self.socket = socket;
                    out.talk(&notes::done("connection", "back", &out.talk));
                    return Ok(());
                }
                Err(fault) if fault.exit != crate::fault::Exit::Unreachable => return Err(fault),
                Err(_) => {}
            }
        }
        Err(Fault::lost(
            &self.place.shown,
            self.heard.session.as_deref(),
        ))
    }

    /// Shows one beat, when it is time for it.
    fn show(&mut self, beat: Beat, out: &mut Out) {
        if let Beat::Plan(view) = &beat {
            // A plan goes on over several turns: what stays on the screen is not drawn again.
            if self.told_of.as_ref() != Some(&view.id) {
                self.told.clear();
                self.told_of = Some(view.id.clone());
            }
            if out.moves() && self.show != Show::Events {
                out.draw(&plan::route(view, &self.told, &out.talk, out.tall()));
            } else if self.show == Show::All {
                out.talk(&plan::finished(view, &mut self.told, &out.talk));
            }
            return;
        }
        if self.show != Show::All {
            return;
        }
        match beat {
            // The comparison shows the same products better.
            Beat::Products(view) => self.held_products = Some(view),
            Beat::Comparison(view) => {
                self.held_products = None;
                self.steps_stay(out);
                out.data(&spaced(cards::comparison(&view, &out.data)));
            }
            // An approval or a receipt shows the same cart better.
            Beat::Cart(view) => self.held_cart = Some(view),
            Beat::Approval(view) => {
                self.held_cart = None;
                self.flush(out);
                out.talk(&spaced(approval::approval(&view, &out.talk)));
            }
            Beat::Receipt(view) => {
                self.held_cart = None;
                self.flush(out);
                out.data(&notes::receipt(&view, &out.data));
            }
            Beat::Say(text) => {
                // The question stands in the box and above the line where the words are typed.
                if self.heard.is_in_the_box(&text) {
                    return;
                }
                self.flush(out);
                if self
                    .resolved
                    .take()
                    .is_some_and(|told| told.trim() == text.trim())
                {
                    return;
                }
                let text = self.heard.not_repeated(&text);
                out.data(&spaced(notes::say(&text, &out.data)));
            }
            other => {
                self.flush(out);
                if let Beat::Resolved(view) = &other {
                    self.resolved = Some(view.text.clone());
                }
                let lines = lines_of(&other, out);
                out.talk(&lines);
            }
        }
    }

    fn flush(&mut self, out: &mut Out) {
        self.steps_stay(out);
        if let Some(view) = self.held_products.take() {
            out.data(&spaced(cards::products(&view, &out.data)));
        }
    }

    fn steps_stay(&mut self, out: &mut Out) {
        if let Some(view) = &self.heard.plan {
            let lines = plan::finished(view, &mut self.told, &out.talk);
            if !lines.is_empty() {
                out.talk(&lines);
            }
        }
    }

    fn close(&mut self, ended: Ended, out: &mut Out) {
        if self.show == Show::Events {
            return;
        }
        if self.show == Show::Route {
            out.erase();
            return;
        }
        self.flush(out);
        out.erase();
        if let Some(view) = self.held_cart.take() {
            out.data(&cards::cart(&view, &out.data));
        }
        let nothing_bought =
            self.heard.receipts.is_empty() && self.heard.outcome().0 != Outcome::Unknown;
        let text = match ended {
            Ended::Cancelled if nothing_bought => "Stopped. Nothing was bought.",
            Ended::Cancelled => "Stopped.",
            Ended::Failed if self.heard.texts.is_empty() => {
                "That did not work, and it is my fault. Say it again, or ask `errand doctor`."
            }
            Ended::Completed | Ended::Failed => return,
        };
        out.talk(&notes::say(text, &out.talk));
    }
}

/// Lines of what is shown at once.
pub(crate) fn lines_of(beat: &Beat, out: &Out) -> Vec<String> {
    let look = &out.talk;
    match beat {
        Beat::Configuration(view) => cards::configuration(view, look),
        Beat::Assembly(view) => cards::assembly(view, look),
        Beat::Resolved(view) => notes::resolved(view, look),
        Beat::Delivery(view) => notes::delivery(view, look),
        Beat::Orders(view) => order::orders(view, look),
        Beat::Handoff(view) => notes::handoff(view, look),
        Beat::Policy(view) => notes::policy(view, look),
        Beat::Notice(view) => notes::notice(view, look),
        Beat::Question(text, chips) => notes::question(text, chips, look),
        Beat::Say(text) => notes::say(text, look),
        Beat::Receipt(view) => notes::receipt(view, look),
        Beat::Approval(view) => approval::approval(view, look),
        Beat::State(view) => view
            .transcript
            .last()
            .map(|u| notes::say(&u.text, look))
            .unwrap_or_default(),
        Beat::Session
        | Beat::Resumed(_)
        | Beat::Started
        | Beat::Plan(_)
        | Beat::Products(_)
        | Beat::Comparison(_)
        | Beat::Cart(_)
        | Beat::Over(_)
        | Beat::Refused(_) => Vec::new(),
    }
}

/// An empty line before.
fn spaced(mut lines: Vec<String>) -> Vec<String> {
    if !lines.is_empty() {
        lines.insert(0, String::new());
    }
    lines
}
