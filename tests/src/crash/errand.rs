use anyhow::{Context as _, bail};

use crate::harness::{Client, Turn};

/// What the person is asked before the two words.
const ASKED: &str = "type these two words: ";
/// Yes or no is asked at most so often before the purchase itself.
const CONSENTS_MAX: usize = 4;

/// The two words of an approval, as the question shows them.
pub fn words_in(text: &str) -> Option<String> {
    let (_, rest) = text.split_once(ASKED)?;
    let (words, _) = rest.split_once('.')?;
    (words.split(' ').count() == 2).then(|| words.to_owned())
}

/// The question whether to buy exactly this.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The two words to type.
    pub words: String,
    /// Its id, for answers beside the conversation.
    pub approval: String,
}

/// Says the sentence, takes the second offer, agrees to what the shop needs to know; ends with the question to buy.
///
/// # Errors
/// When the connection ends, or no words are asked for.
pub async fn up_to_the_words(client: &mut Client, sentence: &str) -> anyhow::Result<Asked> {
    client.say(sentence).await?;
    let mut turn = client.say("the second one").await?;
    let mut said = turn.text();
    for _ in 0..CONSENTS_MAX {
        if let Some(words) = words_in(&turn.text()) {
            let event = turn.last("errand.approval.required");
            let approval = event
                .and_then(|event| event.pointer("/approval/id"))
                .and_then(serde_json::Value::as_str)
                .context("a question without an event")?
                .to_owned();
            return Ok(Asked { words, approval });
        }
        turn = client.say("yes").await?;
        said.push('\n');
        said.push_str(&turn.text());
    }
    bail!("no two words were asked for; the answers were: {said}")
}

/// The whole errand; ends with the answer to the two words.
///
/// # Errors
/// When the connection ends, or no words are asked for.
pub async fn buy(client: &mut Client, sentence: &str) -> anyhow::Result<Turn> {
    let asked = up_to_the_words(client, sentence).await?;
    client.say(&asked.words).await.context("the two words")
}

/// Whether a text names a shop's order: by its number, or by the end of it that people are shown.
pub fn names_order(text: &str, order: &str) -> bool {
    let plain: Vec<char> = order.chars().filter(|c| c.is_alphanumeric()).collect();
    let tail: String = plain.iter().skip(plain.len().saturating_sub(6)).collect();
    text.contains(order) || text.contains(&format!("-{}", tail.to_uppercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_two_words_are_read_from_the_question() {
        let question = "Nothing is bought yet. To pay $31.70, type these two words: lighter magician. Or say no.";

        assert_eq!(words_in(question).as_deref(), Some("lighter magician"));
        assert_eq!(words_in("Bought for $31.70."), None);
        assert_eq!(
            words_in("type these two words: (two words on your screen)."),
            None
        );
    }
}
