//! What is said around a person at the desk, in the person's language.

use errand_protocol::desk::DeskFact;
use errand_types::Language::{self, English, German};

use super::list;

pub(crate) fn desk_offer(language: Language) -> String {
    match language {
        English => "This is not going well. Somebody at the desk could go on: they would see this conversation, the plan \
                    and the cart, not your address, your payment or your limits. Shall I bring somebody in?"
            .to_owned(),
        German => "Das läuft nicht gut. Ein Mensch am Schalter könnte weitermachen: Er sähe dieses Gespräch, den Plan und \
                   den Korb, nicht deine Adresse, deine Zahlung oder deine Grenzen. Soll ich jemanden holen?"
            .to_owned(),
    }
}

pub(crate) fn desk_offer_aside(language: Language) -> &'static str {
    match language {
        English => {
            "This is not going well. Say \"a person please\" and somebody at the desk goes on; they would see this \
             conversation, the plan and the cart, not your address, your payment or your limits"
        }
        German => {
            "Das läuft nicht gut. Sag „einen Menschen bitte“, und jemand am Schalter macht weiter; er sähe dieses \
             Gespräch, den Plan und den Korb, nicht deine Adresse, deine Zahlung oder deine Grenzen"
        }
    }
}

pub(crate) fn desk_declined(language: Language) -> &'static str {
    match language {
        English => "Fine, we go on together. Say \"a person please\" whenever you want one",
        German => {
            "Gut, wir machen zusammen weiter. Sag „einen Menschen bitte“, wann immer du willst"
        }
    }
}

pub(crate) fn desk_absent(language: Language) -> &'static str {
    match language {
        English => super::NO_PERSON,
        German => {
            "Diese Einrichtung hat keinen Schalter, darum kann ich niemanden holen. Ich kann suchen, vergleichen, Korb und \
             Bestellungen ändern oder erklären, was ich getan habe"
        }
    }
}

pub(crate) fn desk_closed(language: Language) -> &'static str {
    match language {
        English => {
            "Nobody is at the desk now, so I go on with you. Ask again later with \"a person please\"; nothing is lost"
        }
        German => {
            "Am Schalter ist gerade niemand, darum mache ich mit dir weiter. Frag später noch einmal mit „einen Menschen \
             bitte“; es geht nichts verloren"
        }
    }
}

pub(crate) fn desk_waiting(language: Language, place: u32) -> String {
    match language {
        English => format!(
            "You are number {place} in the queue for a person. You can go on shopping meanwhile. To leave it, say \"leave \
             the queue\""
        ),
        German => format!(
            "Du bist Nummer {place} in der Warteschlange für einen Menschen. Du kannst inzwischen weiter einkaufen. Zum \
             Verlassen sag „Warteschlange verlassen“"
        ),
    }
}

pub(crate) fn desk_moved_up(language: Language, place: u32) -> String {
    match language {
        English => format!("You are number {place} in the queue now"),
        German => format!("Du bist jetzt Nummer {place} in der Warteschlange"),
    }
}

pub(crate) fn desk_all_gone(language: Language) -> &'static str {
    match language {
        English => {
            "Everybody has left the desk, so nobody comes now. I go on with you; ask again later with \"a person please\""
        }
        German => {
            "Am Schalter ist niemand mehr, darum kommt jetzt keiner. Ich mache mit dir weiter; frag später noch einmal"
        }
    }
}

pub(crate) fn desk_taken(language: Language, name: &str, why: &str) -> String {
    let because = if why.is_empty() {
        String::new()
    } else {
        format!(" ({why})")
    };
    match language {
        English => format!(
            "{name} from the desk is answering{because}. {name} sees this conversation, the plan and the cart, not your \
             address, your payment or your limits. To send {name} away, say \"leave\""
        ),
        German => format!(
            "{name} vom Schalter antwortet{because}. {name} sieht dieses Gespräch, den Plan und den Korb, nicht deine \
             Adresse, deine Zahlung oder deine Grenzen. Zum Wegschicken sag „weg“"
        ),
    }
}

/// What somebody at the desk sees, as a list.
pub(crate) fn desk_sees(
    language: Language,
    allowed: impl Iterator<Item = DeskFact>,
) -> Vec<String> {
    let base = match language {
        English => [
            "this conversation",
            "the plan",
            "the cart",
            "what was refused",
        ],
        German => [
            "dieses Gespräch",
            "den Plan",
            "den Korb",
            "was abgelehnt wurde",
        ],
    };
    base.into_iter()
        .map(str::to_owned)
        .chain(allowed.map(|fact| desk_fact(language, fact).to_owned()))
        .collect()
}

pub(crate) fn desk_fact(language: Language, fact: DeskFact) -> &'static str {
    match (language, fact) {
        (English, DeskFact::Town) => "the town of your delivery",
        (English, DeskFact::Window) => "when it is to come",
        (English, DeskFact::OrderNumber) => "the order number",
        (German, DeskFact::Town) => "den Ort deiner Lieferung",
        (German, DeskFact::Window) => "wann es kommen soll",
        (German, DeskFact::OrderNumber) => "die Bestellnummer",
    }
}

pub(crate) fn desk_reads(language: Language, name: &str) -> String {
    match language {
        English => format!(
            "{name} reads what you write now. I do nothing by myself until {name} hands back"
        ),
        German => format!(
            "{name} liest jetzt, was du schreibst. Ich tue von mir aus nichts, bis {name} zurückgibt"
        ),
    }
}

pub(crate) fn desk_ask_to_see(language: Language, name: &str, facts: &[DeskFact]) -> String {
    let what: Vec<String> = facts
        .iter()
        .map(|f| desk_fact(language, *f).to_owned())
        .collect();
    match language {
        English => format!(
            "{name} asks to see {}, for this errand only. Yes or no?",
            list(&what)
        ),
        German => format!(
            "{name} möchte {} sehen, nur für diesen Einkauf. Ja oder nein?",
            what.join(" und ")
        ),
    }
}

pub(crate) fn desk_shown(language: Language, yes: bool) -> &'static str {
    match (language, yes) {
        (English, true) => "Shown, for this errand only",
        (English, false) => "Not shown",
        (German, true) => "Gezeigt, nur für diesen Einkauf",
        (German, false) => "Nicht gezeigt",
    }
}

pub(crate) fn desk_back(language: Language, name: &str, line: &str) -> String {
    match language {
        English => format!("{name} handed back: {line}. I go on from here"),
        German => format!("{name} hat zurückgegeben: {line}. Ich mache hier weiter"),
    }
}

pub(crate) fn desk_helped(language: Language) -> &'static str {
    match language {
        English => "Did that help? Yes or no, or just go on",
        German => "Hat das geholfen? Ja oder nein, oder mach einfach weiter",
    }
}

pub(crate) fn desk_thanks(language: Language) -> &'static str {
    match language {
        English => "Thank you, noted",
        German => "Danke, notiert",
    }
}

pub(crate) fn desk_left(language: Language) -> &'static str {
    match language {
        English => "You left the queue. I go on with you",
        German => "Du hast die Warteschlange verlassen. Ich mache mit dir weiter",
    }
}

pub(crate) fn desk_sent_away(language: Language, name: &str) -> String {
    match language {
        English => format!("{name} is gone and sees nothing any more. I go on with you"),
        German => format!("{name} ist weg und sieht nichts mehr. Ich mache mit dir weiter"),
    }
}

pub(crate) fn desk_idle(language: Language, name: &str) -> String {
    match language {
        English => format!(
            "{name} did not answer for five minutes. You are in the queue again, where you stood"
        ),
        German => format!(
            "{name} hat fünf Minuten lang nicht geantwortet. Du bist wieder in der Warteschlange, an deinem alten Platz"
        ),
    }
}

pub(crate) fn desk_released(language: Language, name: &str) -> String {
    match language {
        English => format!("{name} passed you on. You are in the queue again, where you stood"),
        German => format!(
            "{name} gibt dich weiter. Du bist wieder in der Warteschlange, an deinem alten Platz"
        ),
    }
}

pub(crate) fn desk_chip_leave_queue(language: Language) -> &'static str {
    match language {
        English => "leave the queue",
        German => "Warteschlange verlassen",
    }
}

pub(crate) fn desk_chip_leave(language: Language) -> &'static str {
    match language {
        English => "leave",
        German => "weg",
    }
}

pub(crate) fn desk_chips_yes_no(language: Language) -> [&'static str; 2] {
    match language {
        English => ["yes", "no"],
        German => ["ja", "nein"],
    }
}

/// A message of somebody at the desk, as the person is told it.
pub(crate) fn desk_says(name: &str, text: &str) -> String {
    format!("{name} (desk): {text}")
}

pub(crate) fn desk_nobody_saw(language: Language) -> &'static str {
    match language {
        English => "Nobody at the desk has seen any of your errands",
        German => "Niemand am Schalter hat einen deiner Einkäufe gesehen",
    }
}
