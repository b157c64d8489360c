//! Reads the file of a domain and checks it: a slip is an error naming file, line and the nearest known name.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use errand_types::nearest_name;
use toml::Spanned;

use super::domain::{
    At, Attribute, Compare, ComparePhrase, Domain, Goal, GoalPart, LeaveOut, Need, NeedTest, Op,
    Phrase, Relation, Slot, Sum, Test, Use, Want,
};
use super::rows::{
    AttributeRow, CompareRow, File, GoalRow, Name, NeedRow, RelationRow, SlotRow, SumRow, TestRow,
    WantRow,
};
use super::value::{Kind, NUMBER_MAX, measure};
use super::wish::{Than, Wish};

/// Largest file of a domain in bytes.
const FILE_BYTES_MAX: usize = 256 * 1024;
/// Slots of one domain.
pub(crate) const SLOTS_MAX: usize = 24;
/// Attributes of one slot.
const ATTRIBUTES_MAX: usize = 60;
/// Relations, sums, goals, uses or phrases of one domain, each.
const RULES_MAX: usize = 200;
/// Largest weight of a goal.
const WEIGHT_MAX: i64 = 1_000;

/// The domains that errand comes with: path and text of each file.
pub const DOMAINS: [(&str, &str); 2] = [
    (
        "assemblies/pc.toml",
        include_str!("../../../../assemblies/pc.toml"),
    ),
    (
        "assemblies/bicycle.toml",
        include_str!("../../../../assemblies/bicycle.toml"),
    ),
];

/// A slip in the file of a domain.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path}:{line}: {what}{}", nearest.as_ref().map(|n| format!("; the nearest known name is `{n}`")).unwrap_or_default())]
pub struct DomainError {
    path: String,
    line: usize,
    what: String,
    nearest: Option<String>,
}

type Checked<T> = Result<T, DomainError>;

impl Domain {
    /// Reads and checks the text of a file; `path` is for messages.
    ///
    /// # Errors
    /// The first slip: unreadable TOML, a name that is not there or there twice, a comparison of things that cannot be
    /// compared, more than the bounds allow.
    pub fn read(path: &str, text: &str) -> Result<Self, DomainError> {
        let place = Place { path, text };
        if text.len() > FILE_BYTES_MAX {
            let what = format!("the file is larger than {FILE_BYTES_MAX} bytes");
            return Err(place.fault(0, what, None));
        }
        let file: File = toml::from_str(text).map_err(|e| {
            let at = e.span().map_or(0, |span| span.start);
            place.fault(at, e.message().to_owned(), None)
        })?;
        place.domain(file)
    }

    /// All domains that errand comes with, read once.
    pub fn all() -> &'static [Self] {
        // A slip in them is excluded by a test.
        static ALL: LazyLock<Vec<Domain>> = LazyLock::new(|| Domain::builtin().unwrap_or_default());
        &ALL
    }

    /// Reads the domains that errand comes with.
    ///
    /// # Errors
    /// A slip in one of the files, which a test excludes.
    pub fn builtin() -> Result<Vec<Self>, DomainError> {
        DOMAINS
            .iter()
            .map(|(path, text)| Self::read(path, text))
            .collect()
    }
}

struct Place<'t> {
    path: &'t str,
    text: &'t str,
}

fn at<T>(spanned: &Spanned<T>) -> usize {
    spanned.span().start
}

impl Place<'_> {
    fn fault(&self, offset: usize, what: String, nearest: Option<String>) -> DomainError {
        let before = self.text.bytes().take(offset);
        DomainError {
            path: self.path.to_owned(),
            line: before.filter(|b| *b == b'\n').count().saturating_add(1),
            what,
            nearest,
        }
    }

    fn bounded(&self, offset: usize, count: usize, max: usize, what: &str) -> Checked<()> {
        if count > max {
            let what = format!("{count} {what} are more than {max}");
            return Err(self.fault(offset, what, None));
        }
        Ok(())
    }

    fn once<'n>(&self, names: impl Iterator<Item = &'n Name>, what: &str) -> Checked<()> {
        let mut seen = BTreeSet::new();
        for name in names {
            let is_plain = name
                .get_ref()
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
            if name.get_ref().is_empty() || !is_plain {
                let what = format!(
                    "`{}` is no name: use small letters, digits and `_`",
                    name.get_ref()
                );
                return Err(self.fault(at(name), what, None));
            }
            if !seen.insert(name.get_ref().as_str()) {
                let what = format!("{what} `{}` is there twice", name.get_ref());
                return Err(self.fault(at(name), what, None));
            }
        }
        Ok(())
    }

    fn domain(&self, file: File) -> Checked<Domain> {
        let top = at(&file.id);
        self.bounded(top, file.slot.len(), SLOTS_MAX, "slots")?;
        if file.slot.is_empty() {
            return Err(self.fault(top, "a domain has at least one slot".to_owned(), None));
        }
        for (count, what) in [
            (file.relation.len(), "relations"),
            (file.sum.len(), "sums"),
            (file.goal.len(), "goals"),
            (file.uses.len(), "uses"),
            (file.phrase.len(), "phrases"),
            (file.compare.len(), "comparisons"),
        ] {
            self.bounded(top, count, RULES_MAX, what)?;
        }
        self.once(std::iter::once(&file.id), "domain")?;
        self.once(file.slot.iter().map(|s| &s.id), "slot")?;
        let rules = file.relation.iter().map(|r| &r.id);
        self.once(rules.chain(file.sum.iter().map(|s| &s.id)), "relation")?;
        self.once(file.goal.iter().map(|g| &g.id), "goal")?;
        self.once(file.uses.iter().map(|u| &u.id), "use")?;

        let mut domain = Domain {
            id: file.id.get_ref().clone(),
            word: file.word,
            words: file.words,
            slots: Vec::new(),
            relations: Vec::new(),
            sums: Vec::new(),
            goals: Vec::new(),
            uses: Vec::new(),
            phrases: Vec::new(),
            compares: Vec::new(),
        };
        for row in &file.slot {
            domain.slots.push(self.slot(row)?);
        }
        for (row, place) in file.slot.iter().zip(0..) {
            let leave_out = self.leave_out(&domain, row, place)?;
            if let Some(slot) = domain.slots.get_mut(place) {
                slot.leave_out = leave_out;
            }
        }
        if domain
            .slots
            .iter()
            .all(|slot| slot.leave_out == LeaveOut::Always)
        {
            let what = "a domain has a slot that is never left out".to_owned();
            return Err(self.fault(top, what, None));
        }
        for row in &file.relation {
            domain.relations.push(self.relation(&domain, row)?);
        }
        for row in &file.sum {
            domain.sums.push(self.sum(&domain, row)?);
        }
        for row in &file.goal {
            domain.goals.push(self.goal(&domain, row)?);
        }
        for row in &file.uses {
            let goal = row.goal.as_ref().map(|name| self.known_goal(&domain, name));
            domain.uses.push(Use {
                word: row.word.clone(),
                words: row.words.clone(),
                wants: self.wants(&domain, &row.wants)?,
                goal: goal.transpose()?,
            });
        }
        for row in &file.phrase {
            domain.phrases.push(Phrase {
                words: row.words.clone(),
                wants: self.wants(&domain, &row.wants)?,
            });
        }
        for row in &file.compare {
            domain.compares.push(self.compare(&domain, row)?);
        }
        Ok(domain)
    }

    fn compare(&self, domain: &Domain, row: &CompareRow) -> Checked<ComparePhrase> {
        let of = self.named(domain, &row.of)?;
        if domain.attribute(of).is_none_or(|a| a.kind != Kind::Number) {
            let what = format!("`{}` is no number", row.of.get_ref());
            return Err(self.fault(at(&row.of), what, None));
        }
        let to = match row.to.get_ref().as_str() {
            "more" => Than::More,
            "less" => Than::Less,
            other => {
                let what = format!("a number goes to `more` or `less`, not to `{other}`");
                return Err(self.fault(at(&row.to), what, None));
            }
        };
        Ok(ComparePhrase {
            words: row.words.clone(),
            of,
            to,
        })
    }

    fn slot(&self, row: &SlotRow) -> Checked<Slot> {
        let count = row.attribute.len();
        self.bounded(at(&row.id), count, ATTRIBUTES_MAX, "attributes")?;
        self.once(row.attribute.iter().map(|a| &a.id), "attribute")?;
        let attributes: Vec<Attribute> = row
            .attribute
            .iter()
            .map(|a| self.attribute(a))
            .collect::<Checked<_>>()?;
        let needs = row.need.iter().map(|need| self.need(&attributes, need));
        Ok(Slot {
            id: row.id.get_ref().clone(),
            word: row.word.clone(),
            words: row.words.clone(),
            listed: row.listed.clone(),
            needs: needs.collect::<Checked<_>>()?,
            attributes,
            leave_out: LeaveOut::Never,
        })
    }

    fn attribute(&self, row: &AttributeRow) -> Checked<Attribute> {
        let kind = match row.kind.get_ref().as_str() {
            "number" => Kind::Number,
            "word" => Kind::Word,
            "words" => Kind::Words,
            "yes_no" => Kind::YesNo,
            "presence" => Kind::Presence,
            other => {
                let known = ["number", "word", "words", "yes_no", "presence"];
                return Err(self.fault(
                    at(&row.kind),
                    format!("there is no kind of attribute `{other}`"),
                    nearest_name(other, known.into_iter()),
                ));
            }
        };
        if kind != Kind::Number && (row.unit.is_some() || row.positive) {
            let what = format!("`{}` is no number and has no unit", row.id.get_ref());
            return Err(self.fault(at(&row.id), what, None));
        }
        if row.from.is_empty() {
            let what = format!("nothing is said from where `{}` is read", row.id.get_ref());
            return Err(self.fault(at(&row.id), what, None));
        }
        Ok(Attribute {
            id: row.id.get_ref().clone(),
            word: row.word.clone(),
            kind,
            unit: row.unit.clone(),
            from: row.from.clone(),
            is_positive: row.positive,
        })
    }

    fn need(&self, attributes: &[Attribute], row: &NeedRow) -> Checked<Need> {
        let named = |name: &Name| -> Checked<usize> {
            let found = attributes.iter().position(|a| a.id == *name.get_ref());
            found.ok_or_else(|| {
                self.fault(
                    at(name),
                    format!("the slot has no attribute `{}`", name.get_ref()),
                    nearest_name(name.get_ref(), attributes.iter().map(|a| a.id.as_str())),
                )
            })
        };
        let kind = |attribute: usize| attributes.get(attribute).map(|a| a.kind);
        let test = match (&row.attribute, &row.is, row.yes, &row.title_lacks) {
            (Some(name), Some(words), None, None) => NeedTest::Is {
                attribute: named(name)?,
                words: words.clone(),
            },
            (Some(name), None, Some(is), None) => NeedTest::YesNo {
                attribute: named(name)?,
                is,
            },
            (None, None, None, Some(words)) => NeedTest::TitleLacks {
                words: words.clone(),
            },
            _ => {
                let what = "a need has an `attribute` with `is` or `yes`, or `title_lacks`";
                return Err(self.fault(at(&row.because), what.to_owned(), None));
            }
        };
        let is_right = match &test {
            NeedTest::Is { attribute, .. } => {
                matches!(kind(*attribute), Some(Kind::Word | Kind::Words))
            }
            NeedTest::YesNo { attribute, .. } => {
                matches!(kind(*attribute), Some(Kind::YesNo | Kind::Presence))
            }
            NeedTest::TitleLacks { .. } => true,
        };
        if !is_right {
            let what = "this need cannot be told from that kind of attribute".to_owned();
            return Err(self.fault(at(&row.because), what, None));
        }
        Ok(Need {
            test,
            because: row.because.get_ref().clone(),
        })
    }

    fn leave_out(&self, domain: &Domain, row: &SlotRow, place: usize) -> Checked<LeaveOut> {
        let Some(name) = &row.leave_out else {
            return Ok(LeaveOut::Never);
        };
        match name.get_ref().as_str() {
            "never" => Ok(LeaveOut::Never),
            "always" => Ok(LeaveOut::Always),
            _ => {
                let when = self.named(domain, name)?;
                let kind = domain.attribute(when).map(|a| a.kind);
                if when.slot == place || !matches!(kind, Some(Kind::YesNo | Kind::Presence)) {
                    let what = "a part is left out by a yes or no of another slot".to_owned();
                    return Err(self.fault(at(name), what, None));
                }
                Ok(LeaveOut::When(when))
            }
        }
    }

    /// `slot.attribute`, or the slip.
    fn named(&self, domain: &Domain, name: &Name) -> Checked<At> {
        domain.at(name.get_ref()).ok_or_else(|| {
            self.fault(
                at(name),
                format!("there is no attribute `{}`", name.get_ref()),
                nearest_name(name.get_ref(), domain.names().iter().map(String::as_str)),
            )
        })
    }

    fn known_slot(&self, domain: &Domain, name: &Name) -> Checked<usize> {
        domain.slot(name.get_ref()).ok_or_else(|| {
            self.fault(
                at(name),
                format!("there is no slot `{}`", name.get_ref()),
                nearest_name(name.get_ref(), domain.slots()),
            )
        })
    }

    fn known_goal(&self, domain: &Domain, name: &Name) -> Checked<usize> {
        let found = domain.goals.iter().position(|g| g.id == *name.get_ref());
        found.ok_or_else(|| {
            self.fault(
                at(name),
                format!("there is no goal `{}`", name.get_ref()),
                nearest_name(name.get_ref(), domain.goals.iter().map(|g| g.id.as_str())),
            )
        })
    }

    fn relation(&self, domain: &Domain, row: &RelationRow) -> Checked<Relation> {
        let between = (
            self.known_slot(domain, &row.between.0)?,
            self.known_slot(domain, &row.between.1)?,
        );
        if between.0 == between.1 {
            let what = "a relation is between two slots; for one there is `need`".to_owned();
            return Err(self.fault(at(&row.id), what, None));
        }
        if row.test.is_empty() {
            let what = "a relation has at least one test".to_owned();
            return Err(self.fault(at(&row.id), what, None));
        }
        self.bounded(at(&row.id), row.test.len(), RULES_MAX, "tests")?;
        let unless = match &row.unless {
            None => None,
            Some(name) => {
                let when = self.named(domain, name)?;
                let kind = domain.attribute(when).map(|a| a.kind);
                let is_between = when.slot == between.0 || when.slot == between.1;
                if !is_between || !matches!(kind, Some(Kind::YesNo | Kind::Presence)) {
                    let what = "a relation does not hold by a yes or no of its slots".to_owned();
                    return Err(self.fault(at(name), what, None));
                }
                Some(when)
            }
        };
        let tests = row.test.iter().map(|test| {
            let checked = self.test(domain, test)?;
            let slots = [Some(checked.left), checked.is.right()];
            for used in slots.into_iter().flatten() {
                if used.slot != between.0 && used.slot != between.1 {
                    let what = "the test uses a slot that the relation is not between".to_owned();
                    return Err(self.fault(at(&test.left), what, None));
                }
            }
            Ok(checked)
        });
        Ok(Relation {
            id: row.id.get_ref().clone(),
            word: row.word.clone(),
            between,
            tests: tests.collect::<Checked<_>>()?,
            unless,
        })
    }

    fn test(&self, domain: &Domain, row: &TestRow) -> Checked<Test> {
        let left = self.named(domain, &row.left)?;
        let kind = |at: At| domain.attribute(at).map(|a| a.kind);
        let unit = |at: At| domain.attribute(at).and_then(|a| a.unit.clone());
        let wrong = |what: &str| self.fault(at(&row.left), what.to_owned(), None);
        let is = match (&row.equal, &row.one_of, &row.at_most, &row.is) {
            (Some(right), None, None, None) => {
                let right = self.named(domain, right)?;
                if kind(left) != kind(right) || kind(left) == Some(Kind::Words) {
                    return Err(wrong("`equal` compares two words or two numbers"));
                }
                if unit(left) != unit(right) {
                    return Err(wrong("the two have different units"));
                }
                Compare::Equal(right)
            }
            (None, Some(right), None, None) => {
                let right = self.named(domain, right)?;
                if kind(left) != Some(Kind::Word) || kind(right) != Some(Kind::Words) {
                    return Err(wrong("`one_of` looks for a word in words"));
                }
                let also = row.also.iter().map(|(a, b)| (a.clone(), b.clone()));
                Compare::OneOf {
                    right,
                    also: also.collect(),
                }
            }
            (None, None, Some(right), None) => {
                let right = self.named(domain, right)?;
                if kind(left) != Some(Kind::Number) || kind(right) != Some(Kind::Number) {
                    return Err(wrong("`at_most` compares two numbers"));
                }
                if unit(left) != unit(right) {
                    return Err(wrong("the two have different units"));
                }
                Compare::AtMost(right)
            }
            (None, None, None, Some(words)) => {
                if kind(left) != Some(Kind::Word) || words.is_empty() {
                    return Err(wrong("`is` compares a word with words"));
                }
                Compare::Constant(words.clone())
            }
            _ => {
                return Err(wrong(
                    "a test has one of `equal`, `one_of`, `at_most`, `is`",
                ));
            }
        };
        Ok(Test {
            left,
            is,
            yes: self.template(&row.yes, &["left", "right"])?,
            no: self.template(&row.no, &["left", "right"])?,
        })
    }

    /// A sentence whose places are known.
    fn template(&self, text: &Name, known: &[&str]) -> Checked<String> {
        let mut rest = text.get_ref().as_str();
        while let Some((_, after)) = rest.split_once('{') {
            let Some((name, behind)) = after.split_once('}') else {
                return Err(self.fault(at(text), "a `{` without its `}`".to_owned(), None));
            };
            if !known.contains(&name) {
                let what = format!("nothing fills the place `{{{name}}}`");
                let nearest = nearest_name(name, known.iter().copied());
                return Err(self.fault(at(text), what, nearest));
            }
            rest = behind;
        }
        Ok(text.get_ref().clone())
    }

    fn sum(&self, domain: &Domain, row: &SumRow) -> Checked<Sum> {
        let at_most = self.named(domain, &row.at_most)?;
        let unit = domain.attribute(at_most).and_then(|a| a.unit.clone());
        let terms: Vec<At> = row
            .of
            .iter()
            .map(|name| self.named(domain, name))
            .collect::<Checked<_>>()?;
        for (used, name) in terms
            .iter()
            .zip(&row.of)
            .chain(std::iter::once((&at_most, &row.at_most)))
        {
            let attribute = domain.attribute(*used);
            if attribute.is_none_or(|a| a.kind != Kind::Number || a.unit != unit) {
                let what = format!("`{}` is no number in the unit of the sum", name.get_ref());
                return Err(self.fault(at(name), what, None));
            }
        }
        let plus = match &row.plus {
            None => 0,
            Some(text) => self.number(text, unit.as_deref())?,
        };
        Ok(Sum {
            id: row.id.get_ref().clone(),
            word: row.word.clone(),
            terms,
            plus,
            at_most,
            unit,
            no: self.template(&row.no, &["sum", "limit"])?,
        })
    }

    fn number(&self, text: &Name, unit: Option<&str>) -> Checked<i64> {
        measure(text.get_ref(), unit).ok_or_else(|| {
            let what = format!("`{}` is no number of that unit", text.get_ref());
            self.fault(at(text), what, None)
        })
    }

    fn goal(&self, domain: &Domain, row: &GoalRow) -> Checked<Goal> {
        let parts = row.part.iter().map(|part| {
            let of = self.named(domain, &part.of)?;
            let attribute = domain.attribute(of);
            if attribute.is_none_or(|a| a.kind != Kind::Number) {
                let what = format!("`{}` is no number", part.of.get_ref());
                return Err(self.fault(at(&part.of), what, None));
            }
            let weight = *part.weight.get_ref();
            if !(-WEIGHT_MAX..=WEIGHT_MAX).contains(&weight) {
                let what = format!("a weight lies between -{WEIGHT_MAX} and {WEIGHT_MAX}");
                return Err(self.fault(at(&part.weight), what, None));
            }
            let unit = attribute.and_then(|a| a.unit.as_deref());
            let up_to = match &part.up_to {
                None => NUMBER_MAX,
                Some(text) => self.number(text, unit)?,
            };
            Ok(GoalPart { of, weight, up_to })
        });
        Ok(Goal {
            id: row.id.get_ref().clone(),
            word: row.word.clone(),
            parts: parts.collect::<Checked<_>>()?,
        })
    }

    fn wants(&self, domain: &Domain, rows: &[WantRow]) -> Checked<Vec<Want>> {
        rows.iter().map(|row| self.want(domain, row)).collect()
    }

    fn want(&self, domain: &Domain, row: &WantRow) -> Checked<Want> {
        let yes = |with: bool| if with { "yes" } else { "no" }.to_owned();
        let mut said = [
            (Op::AtLeast, row.at_least.clone()),
            (Op::AtMost, row.at_most.clone()),
            (Op::Is, row.is.clone()),
            (Op::Not, row.not.clone()),
            (Op::With, row.with.map(yes)),
        ]
        .into_iter()
        .filter_map(|(op, value)| Some((op, value?)));
        let (Some((is, value)), None) = (said.next(), said.next()) else {
            let what = "a want has one of `at_least`, `at_most`, `is`, `not`, `with`".to_owned();
            return Err(self.fault(at(&row.of), what, None));
        };
        let of = row.of.get_ref().clone();
        let want = Want { of, is, value };
        Wish::read(domain, &want)
            .map_err(|e| self.fault(at(&row.of), e.to_string(), e.nearest().map(str::to_owned)))?;
        Ok(want)
    }
}
