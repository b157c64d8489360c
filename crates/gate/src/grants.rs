use std::collections::BTreeSet;

use errand_types::limits::HANDOFF_DEPTH_MAX;
use errand_types::{Money, Text};
use serde::{Deserialize, Serialize};

/// What an agent may use. A child's grants are its parent's intersected with what it asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grants {
    /// Tools by name.
    pub tools: BTreeSet<Text<60>>,
    /// Tool calls left.
    pub calls: u32,
    /// Money left to spend; `None`: may not spend.
    pub spend: Option<Money>,
    /// Steps of delegation left.
    pub depth: u8,
}

impl Grants {
    /// Whether a tool may be used and a call is left.
    pub fn covers(&self, tool: &str) -> bool {
        self.calls > 0 && self.tools.iter().any(|t| t.as_str() == tool)
    }

    /// What a child gets: never more than the parent has, one step less deep. `None`: the depth is used up.
    pub fn narrow(&self, requested: &Self) -> Option<Self> {
        let depth = self.depth.min(HANDOFF_DEPTH_MAX).checked_sub(1)?;
        let spend = match (self.spend, requested.spend) {
            (Some(ours), Some(theirs)) if ours.currency() == theirs.currency() => {
                Some(if ours.minor() <= theirs.minor() {
                    ours
                } else {
                    theirs
                })
            }
            (Some(_) | None, Some(_) | None) => None,
        };
        Some(Self {
            tools: self.tools.intersection(&requested.tools).cloned().collect(),
            calls: self.calls.min(requested.calls),
            spend,
            depth: depth.min(requested.depth),
        })
    }
}

#[cfg(test)]
mod tests {
    use errand_types::Currency;
    use proptest::prelude::*;

    use super::*;

    fn grants() -> impl Strategy<Value = Grants> {
        let tool = prop::sample::select(vec!["search", "compare", "buy", "move"]);
        let spend = prop::option::of((0..10_000_i64).prop_map(|m| Money::new(m, Currency::USD)));
        (
            prop::collection::btree_set(tool, 0..4),
            0..9_u32,
            spend,
            0..6_u8,
        )
            .prop_map(|(tools, calls, spend, depth)| Grants {
                tools: tools.into_iter().map(Text::clip).collect(),
                calls,
                spend,
                depth,
            })
    }

    proptest! {
        #[test]
        fn a_child_never_gets_more_than_its_parent_has(parent in grants(), asked in grants()) {
            if let Some(child) = parent.narrow(&asked) {
                prop_assert!(child.tools.is_subset(&parent.tools) && child.tools.is_subset(&asked.tools));
                prop_assert!(child.calls <= parent.calls && child.depth < parent.depth);
                let minor = |g: &Grants| g.spend.map_or(-1, Money::minor);
                prop_assert!(minor(&child) <= minor(&parent) && minor(&child) <= minor(&asked));
            } else {
                prop_assert_eq!(parent.depth, 0);
            }
        }
    }
}
