use std::sync::LazyLock;

use serde::Deserialize;

/// Where the conversation stands, as far as interrupting is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Phase {
    /// We are silent and wait.
    #[default]
    Listening,
    /// We work on what was said; at most a short sound tells so.
    Thinking,
    /// We speak.
    Speaking,
    /// An approval or a secret is open, whether we speak its terms or wait for the answer.
    Confirming,
    /// A payment is under way.
    Committing,
}

/// What our own sound does when somebody speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Own {
    /// It stops.
    Stops,
    /// It goes on.
    GoesOn,
}

/// What speech does in one phase.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// So much voice is speech, in milliseconds.
    pub confirm_ms: u64,
    /// So much voice makes our own sound quieter, in milliseconds.
    pub duck_ms: Option<u64>,
    /// So many words are needed as well.
    pub words: usize,
    /// What our own sound does.
    pub own: Own,
    /// Whether "mhm" is let pass.
    pub backchannel: bool,
}

/// The profiles of all phases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profiles {
    /// While we wait.
    pub listening: Profile,
    /// While we work.
    pub thinking: Profile,
    /// While we speak.
    pub speaking: Profile,
    /// While an approval is open.
    pub confirming: Profile,
    /// While a payment is under way.
    pub committing: Profile,
}

impl Profiles {
    /// The profile of a phase.
    pub fn of(&self, phase: Phase) -> &Profile {
        match phase {
            Phase::Listening => &self.listening,
            Phase::Thinking => &self.thinking,
            Phase::Speaking => &self.speaking,
            Phase::Confirming => &self.confirming,
            Phase::Committing => &self.committing,
        }
    }
}

/// The strictest thing that a broken table could mean: speech stops our sound, and one word is needed. A test reads the
/// built-in table.
const STRICT: Profile = Profile {
    confirm_ms: 250,
    duck_ms: None,
    words: 1,
    own: Own::Stops,
    backchannel: false,
};

static TABLE: LazyLock<Profiles> = LazyLock::new(|| {
    toml::from_str(include_str!("../../data/barge.toml")).unwrap_or(Profiles {
        listening: STRICT,
        thinking: STRICT,
        speaking: STRICT,
        confirming: STRICT,
        committing: STRICT,
    })
});

impl Default for Profiles {
    fn default() -> Self {
        *TABLE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_read_from_its_file_and_holds_the_rules_of_money() {
        let table: Profiles = toml::from_str(include_str!("../../data/barge.toml")).unwrap();

        assert_eq!(Profiles::default(), table);
        assert!(!table.confirming.backchannel);
        assert_eq!(table.committing.own, Own::GoesOn);
        assert_eq!(table.speaking.duck_ms, Some(120));
    }
}
