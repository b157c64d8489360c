//! Sentence patterns: `[please] (add|put) {ref} [to my (cart|basket)]`, compiled to a small backtracking program.
//!
//! A pattern has no repetition, so every step moves on in the program and time is bounded by the step budget.

use std::collections::HashMap;

/// What a slot takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SlotKind {
    /// A tagged span of this kind.
    Num,
    Ord,
    Ref,
    Time,
    Money,
    Shop,
    Label,
    /// One to twelve tokens of any kind, the fewest that let the rest match.
    Text,
    /// A whole wish: any tokens, the fewest that let the rest match.
    Item,
}

/// One captured slot: its name (the word in braces) and tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Capture {
    pub(crate) kind: SlotKind,
    pub(crate) from: usize,
    pub(crate) to: usize,
}

#[derive(Debug, Clone)]
enum Node {
    Word(u16),
    Slot(SlotKind),
    Any(Vec<Vec<Self>>),
    Maybe(Vec<Self>),
}

#[derive(Debug, Clone, Copy)]
enum Op {
    Word(u16),
    Slot(SlotKind),
    /// Try the next instruction first, then that one.
    Split(usize),
    Jump(usize),
    Match,
}

/// Words of all patterns, as small numbers.
#[derive(Debug, Default)]
pub(crate) struct Words {
    ids: HashMap<String, u16>,
}

/// A word that no pattern holds.
pub(crate) const NO_WORD: u16 = u16::MAX;

impl Words {
    pub(crate) fn id(&self, word: &str) -> u16 {
        self.ids.get(word).copied().unwrap_or(NO_WORD)
    }

    fn intern(&mut self, word: &str) -> u16 {
        let next = u16::try_from(self.ids.len()).unwrap_or(NO_WORD - 1);
        *self.ids.entry(word.to_owned()).or_insert(next)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        self.ids.keys().map(String::as_str)
    }
}

/// One compiled pattern.
#[derive(Debug)]
pub(crate) struct Pattern {
    ops: Vec<Op>,
    /// For each entry one of the words must be there; checked before the program runs.
    required: Vec<Vec<u16>>,
}

/// What a pattern sees of a turn.
pub(crate) trait Input {
    /// Word of a token.
    fn word(&self, at: usize) -> u16;
    /// Whether the word stands anywhere.
    fn has(&self, word: u16) -> bool;
    /// Ends of tagged spans of a kind that begin here, longest first.
    fn ends(&self, kind: SlotKind, at: usize) -> impl Iterator<Item = usize>;
}

const TEXT_TOKENS_MAX: usize = 12;
const STEPS_MAX: u32 = 4_000;

impl Pattern {
    pub(crate) fn compile(
        text: &str,
        macros: &HashMap<String, String>,
        words: &mut Words,
    ) -> Result<Self, &'static str> {
        let expanded = expand(text, macros)?;
        let chars: Vec<char> = expanded.chars().collect();
        let mut reader = Reader {
            chars: &chars,
            at: 0,
            words,
            depth: 0,
        };
        let nodes = reader.sequence(&[])?;
        if reader.at != chars.len() {
            return Err("a bracket closes that was never opened");
        }
        let mut ops = Vec::new();
        emit(&nodes, &mut ops);
        ops.push(Op::Match);
        let mut required = Vec::new();
        for node in &nodes {
            match node {
                Node::Word(word) => required.push(vec![*word]),
                Node::Any(ways) => {
                    let mut firsts = Vec::new();
                    let all = ways.iter().all(|way| {
                        way.iter()
                            .find_map(|n| {
                                if let Node::Word(w) = n {
                                    Some(*w)
                                } else {
                                    None
                                }
                            })
                            .is_some_and(|w| {
                                firsts.push(w);
                                true
                            })
                    });
                    if all {
                        required.push(firsts);
                    }
                }
                Node::Slot(_) | Node::Maybe(_) => {}
            }
        }
        Ok(Self { ops, required })
    }

    /// Whether the words that it cannot do without are there; `false` means that it matches nothing.
    pub(crate) fn may_match(&self, has: impl Fn(u16) -> bool) -> bool {
        self.required
            .iter()
            .all(|any| any.iter().any(|word| has(*word)))
    }

    /// Matches tokens `from..to`, all of them when `whole`. Gives captures and the end.
    pub(crate) fn matches<I: Input>(
        &self,
        input: &I,
        from: usize,
        to: usize,
        whole: bool,
    ) -> Option<(Vec<Capture>, usize)> {
        if !self.may_match(|word| input.has(word)) {
            return None;
        }
        let mut run = Run {
            ops: &self.ops,
            input,
            to,
            whole,
            steps: 0,
            captures: Vec::new(),
        };
        let end = run.go(0, from)?;
        Some((run.captures, end))
    }
}

struct Run<'a, I> {
    ops: &'a [Op],
    input: &'a I,
    to: usize,
    whole: bool,
    steps: u32,
    captures: Vec<Capture>,
}

impl<I: Input> Run<'_, I> {
    fn go(&mut self, mut pc: usize, mut at: usize) -> Option<usize> {
        loop {
            self.steps += 1;
            if self.steps > STEPS_MAX {
                return None;
            }
            match *self.ops.get(pc)? {
                Op::Word(word) => {
                    if at >= self.to || self.input.word(at) != word {
                        return None;
                    }
                    at += 1;
                    pc += 1;
                }
                Op::Jump(to) => pc = to,
                Op::Split(other) => {
                    let kept = self.captures.len();
                    if let Some(end) = self.go(pc + 1, at) {
                        return Some(end);
                    }
                    self.captures.truncate(kept);
                    pc = other;
                }
                Op::Match => return (!self.whole || at == self.to).then_some(at),
                Op::Slot(kind) => return self.slot(kind, pc, at),
            }
        }
    }

    fn slot(&mut self, kind: SlotKind, pc: usize, at: usize) -> Option<usize> {
        let kept = self.captures.len();
        let try_end = |run: &mut Self, end: usize| {
            run.captures.push(Capture {
                kind,
                from: at,
                to: end,
            });
            let found = run.go(pc + 1, end);
            if found.is_none() {
                run.captures.truncate(kept);
            }
            found
        };
        match kind {
            SlotKind::Text | SlotKind::Item => {
                let far = if kind == SlotKind::Text {
                    self.to.min(at + TEXT_TOKENS_MAX)
                } else {
                    self.to
                };
                // At the end of a pattern only the whole rest can match: no need to try shorter ones.
                if self.whole && matches!(self.ops.get(pc + 1), Some(Op::Match)) {
                    return if far == self.to && at < far {
                        try_end(self, far)
                    } else {
                        None
                    };
                }
                for end in at + 1..=far {
                    if let Some(found) = try_end(self, end) {
                        return Some(found);
                    }
                }
                None
            }
            SlotKind::Num
            | SlotKind::Ord
            | SlotKind::Ref
            | SlotKind::Time
            | SlotKind::Money
            | SlotKind::Shop
            | SlotKind::Label => {
                let input = self.input;
                for end in input.ends(kind, at) {
                    if end <= self.to
                        && let Some(found) = try_end(self, end)
                    {
                        return Some(found);
                    }
                }
                None
            }
        }
    }
}

fn emit(nodes: &[Node], ops: &mut Vec<Op>) {
    for node in nodes {
        match node {
            Node::Word(word) => ops.push(Op::Word(*word)),
            Node::Slot(kind) => ops.push(Op::Slot(*kind)),
            Node::Maybe(inner) => {
                let split = ops.len();
                ops.push(Op::Split(0));
                emit(inner, ops);
                let end = ops.len();
                if let Some(op) = ops.get_mut(split) {
                    *op = Op::Split(end);
                }
            }
            Node::Any(ways) => {
                let mut jumps = Vec::new();
                for (i, way) in ways.iter().enumerate() {
                    let is_last = i + 1 == ways.len();
                    let split = ops.len();
                    if !is_last {
                        ops.push(Op::Split(0));
                    }
                    emit(way, ops);
                    if !is_last {
                        jumps.push(ops.len());
                        ops.push(Op::Jump(0));
                        let next = ops.len();
                        if let Some(op) = ops.get_mut(split) {
                            *op = Op::Split(next);
                        }
                    }
                }
                let end = ops.len();
                for jump in jumps {
                    if let Some(op) = ops.get_mut(jump) {
                        *op = Op::Jump(end);
                    }
                }
            }
        }
    }
}

const EXPANDED_CHARS_MAX: usize = 4_000;

fn expand(text: &str, macros: &HashMap<String, String>) -> Result<String, &'static str> {
    let mut text = text.to_owned();
    for _ in 0..5 {
        let Some(open) = text.find('<') else {
            return Ok(text);
        };
        let Some(close) = text
            .get(open..)
            .and_then(|rest| rest.find('>'))
            .map(|i| open + i)
        else {
            return Err("`<` without `>`");
        };
        let name = text.get(open + 1..close).unwrap_or_default();
        let body = macros
            .get(name)
            .ok_or("an unknown name between `<` and `>`")?;
        text = text.replace(&format!("<{name}>"), &format!("({body})"));
        if text.len() > EXPANDED_CHARS_MAX {
            return Err("too long once written out");
        }
    }
    if text.contains('<') {
        Err("names nest too deeply")
    } else {
        Ok(text)
    }
}

struct Reader<'a> {
    chars: &'a [char],
    at: usize,
    words: &'a mut Words,
    depth: u8,
}

impl Reader<'_> {
    fn sequence(&mut self, ends: &[char]) -> Result<Vec<Node>, &'static str> {
        let mut nodes = Vec::new();
        while let Some(&c) = self.chars.get(self.at) {
            if ends.contains(&c) {
                break;
            }
            match c {
                ' ' => self.at += 1,
                '(' => {
                    let ways = self.ways(')')?;
                    nodes.push(Node::Any(ways));
                }
                '[' => {
                    let ways = self.ways(']')?;
                    let inner = if ways.len() == 1 {
                        ways.into_iter().next().unwrap_or_default()
                    } else {
                        vec![Node::Any(ways)]
                    };
                    nodes.push(Node::Maybe(inner));
                }
                '{' => {
                    let name = self.until('}')?;
                    nodes.push(Node::Slot(slot(&name).ok_or("an unknown slot")?));
                }
                ')' | ']' | '}' | '|' => return Err("a bracket or `|` out of place"),
                _ => {
                    let mut word = String::new();
                    while let Some(&c) = self.chars.get(self.at) {
                        if " ()[]{}|<>".contains(c) {
                            break;
                        }
                        word.push(c);
                        self.at += 1;
                    }
                    nodes.push(Node::Word(self.words.intern(&word)));
                }
            }
        }
        Ok(nodes)
    }

    fn ways(&mut self, close: char) -> Result<Vec<Vec<Node>>, &'static str> {
        self.depth += 1;
        if self.depth > 8 {
            return Err("brackets nest too deeply");
        }
        self.at += 1;
        let mut ways = Vec::new();
        loop {
            ways.push(self.sequence(&['|', close])?);
            match self.chars.get(self.at) {
                Some('|') => self.at += 1,
                Some(c) if *c == close => {
                    self.at += 1;
                    self.depth -= 1;
                    return Ok(ways);
                }
                _ => return Err("a bracket that never closes"),
            }
        }
    }

    fn until(&mut self, close: char) -> Result<String, &'static str> {
        let start = self.at + 1;
        while let Some(&c) = self.chars.get(self.at) {
            self.at += 1;
            if c == close {
                return Ok(self
                    .chars
                    .get(start..self.at - 1)
                    .unwrap_or_default()
                    .iter()
                    .collect());
            }
        }
        Err("a slot that never closes")
    }
}

fn slot(name: &str) -> Option<SlotKind> {
    Some(match name {
        "num" => SlotKind::Num,
        "ord" => SlotKind::Ord,
        "ref" => SlotKind::Ref,
        "time" => SlotKind::Time,
        "money" => SlotKind::Money,
        "shop" => SlotKind::Shop,
        "label" => SlotKind::Label,
        "text" => SlotKind::Text,
        "item" => SlotKind::Item,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Plain(Vec<u16>);

    impl Input for Plain {
        fn word(&self, at: usize) -> u16 {
            self.0.get(at).copied().unwrap_or(NO_WORD)
        }

        fn has(&self, word: u16) -> bool {
            self.0.contains(&word)
        }

        fn ends(&self, _: SlotKind, _: usize) -> impl Iterator<Item = usize> {
            std::iter::empty()
        }
    }

    fn says(pattern: &str, text: &str) -> Option<Vec<Capture>> {
        let mut words = Words::default();
        let macros = HashMap::from([("cart".to_owned(), "cart|basket".to_owned())]);
        let pattern = Pattern::compile(pattern, &macros, &mut words).unwrap();
        let input = Plain(text.split(' ').map(|w| words.id(w)).collect());
        pattern
            .matches(&input, 0, input.0.len(), true)
            .map(|(captures, _)| captures)
    }

    #[test]
    fn free_text_ends_where_the_rest_of_the_pattern_begins() {
        let found = says(
            "take {text} out [of my <cart>]",
            "take the blue towels out of my basket",
        )
        .unwrap();
        assert_eq!((found[0].from, found[0].to), (1, 4));
    }

    #[test]
    fn optional_and_alternative_words_may_be_left_out() {
        assert!(says("(show|open) [me] [my|the] <cart>", "show the cart").is_some());
        assert!(says("(show|open) [me] [my|the] <cart>", "open cart now").is_none());
    }

    #[test]
    fn a_pattern_with_a_mistake_is_refused() {
        for wrong in ["(a|b", "a]", "{colour}", "<nothing>"] {
            assert!(
                Pattern::compile(wrong, &HashMap::new(), &mut Words::default()).is_err(),
                "{wrong}"
            );
        }
    }
}
