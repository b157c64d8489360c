use super::look::{Ink, Look, Size};
use super::text::{clip, pad, width, wrap};

/// A table of which one column, a name, may be cut; the others may move to a second line, but are never cut.
#[derive(Debug, Clone, Default)]
pub(crate) struct Table {
    /// Numbers before the rows.
    pub(crate) numbered: bool,
    /// The column that may be cut.
    pub(crate) name: usize,
    /// Headings.
    pub(crate) heads: Vec<String>,
    /// Cells, as many as headings.
    pub(crate) rows: Vec<Row>,
}

/// One row.
#[derive(Debug, Clone, Default)]
pub(crate) struct Row {
    /// Cells.
    pub(crate) cells: Vec<String>,
    /// What stands behind the last column.
    pub(crate) note: String,
}

/// Space between columns.
const GAP: usize = 2;
/// A name is not cut below this.
const NAME_MIN: usize = 16;

impl Table {
    /// The table as lines that fit the width.
    pub(crate) fn lines(&self, look: &Look) -> Vec<String> {
        if self.rows.is_empty() {
            return Vec::new();
        }
        match look.size() {
            Size::Narrow => self.blocks(look),
            Size::Middle | Size::Wide => self.grid(look),
        }
    }

    /// Cells apart by tabs, no headings: for programs.
    pub(crate) fn tabs(&self) -> Vec<String> {
        self.rows
            .iter()
            .map(|r| {
                r.cells
                    .iter()
                    .map(|c| c.replace('\t', " "))
                    .collect::<Vec<_>>()
                    .join("\t")
            })
            .collect()
    }

    fn number(&self, at: usize) -> String {
        if self.numbered {
            format!("{:<3}", at.saturating_add(1))
        } else {
            String::new()
        }
    }

    fn indent(&self) -> usize {
        if self.numbered { 5 } else { 2 }
    }

    fn widths(&self) -> Vec<usize> {
        let column = |at: usize| {
            let cells = self
                .rows
                .iter()
                .filter_map(|r| r.cells.get(at))
                .map(|c| width(c))
                .max()
                .unwrap_or(0);
            cells.max(self.heads.get(at).map_or(0, |h| width(h)))
        };
        (0..self.heads.len()).map(column).collect()
    }

    /// Columns of numbers and amounts stand at the right.
    fn is_right(&self, at: usize) -> bool {
        at > 0
            && self.rows.iter().filter_map(|r| r.cells.get(at)).all(|c| {
                let starts = c
                    .trim_start_matches(['−', '$', '€', '£'])
                    .starts_with(|c: char| c.is_ascii_digit());
                let ends = c.ends_with(|c: char| c.is_ascii_digit() || c == ')');
                starts && ends && !c.contains([':', '-'])
            })
    }

    fn grid(&self, look: &Look) -> Vec<String> {
        let mut widths = self.widths();
        let note = self.rows.iter().map(|r| width(&r.note)).max().unwrap_or(0);
        let total = |w: &[usize], note: usize| {
            let gaps = w.len().saturating_sub(1).saturating_mul(GAP);
            let note = if note == 0 {
                0
            } else {
                note.saturating_add(GAP)
            };
            w.iter()
                .sum::<usize>()
                .saturating_add(gaps)
                .saturating_add(note)
                .saturating_add(self.indent())
        };
        // The name gives way first, then the columns at the right move to a second line.
        let over = |w: &[usize], note: usize| total(w, note).saturating_sub(look.width);
        let name = widths.get(self.name).copied().unwrap_or(0);
        let mut shown = widths.len();
        let mut note_shown = note;
        let cut = loop {
            let visible = widths.get(..shown).unwrap_or_default();
            let over = over(visible, note_shown);
            if over == 0 || name.saturating_sub(over) >= NAME_MIN.min(name) {
                break over;
            }
            if note_shown > 0 {
                note_shown = 0;
            } else if shown > self.name.saturating_add(2) {
                shown = shown.saturating_sub(1);
            } else {
                break over;
            }
        };
        if let Some(width) = widths.get_mut(self.name) {
            *width = name.saturating_sub(cut).max(1);
        }
        let mut lines = vec![self.line(look, None, &widths, shown)];
        for (at, row) in self.rows.iter().enumerate() {
            let mut line = self.line(look, Some((at, row)), &widths, shown);
            if note_shown > 0 && !row.note.is_empty() {
                line = format!("{line}  {}", look.ink(Ink::Done, &row.note));
            }
            lines.push(line);
            let mut rest: Vec<String> = (shown..self.heads.len())
                .filter_map(|c| Some(self.with_head(c, row.cells.get(c)?)))
                .filter(|c| !c.is_empty())
                .collect();
            if note_shown == 0 && !row.note.is_empty() {
                rest.push(row.note.clone());
            }
            lines.extend(indented(
                &rest.join(" · "),
                self.indent()
                    .saturating_add(if self.numbered { 0 } else { 2 }),
                look.width,
            ));
        }
        lines.into_iter().map(|l| l.trim_end().to_owned()).collect()
    }

    fn with_head(&self, at: usize, cell: &str) -> String {
        match self.heads.get(at) {
            Some(head) if !cell.is_empty() && !head.is_empty() && self.is_right(at) => {
                format!("{head} {cell}")
            }
            _ => cell.to_owned(),
        }
    }

    fn line(
        &self,
        look: &Look,
        row: Option<(usize, &Row)>,
        widths: &[usize],
        shown: usize,
    ) -> String {
        let mut line = String::from("  ");
        match row {
            Some((at, _)) => line.push_str(self.number(at).trim_start_matches(' ')),
            None if self.numbered => line.push_str("#  "),
            None => {}
        }
        line = pad(&line, self.indent(), false);
        for at in 0..shown {
            let to = widths.get(at).copied().unwrap_or(0);
            let cell = match row {
                Some((_, row)) => row.cells.get(at).map(String::as_str).unwrap_or_default(),
                None => self.heads.get(at).map(String::as_str).unwrap_or_default(),
            };
            let cell = if at == self.name {
                clip(cell, to)
            } else {
                cell.to_owned()
            };
            if at > 0 {
                line.push_str(&" ".repeat(GAP));
            }
            let spaces = to.saturating_sub(width(&cell));
            let cell = if row.is_none() {
                look.ink(Ink::Quiet, &cell)
            } else {
                cell
            };
            let (before, behind) = if self.is_right(at) {
                (spaces, 0)
            } else {
                (0, spaces)
            };
            line.push_str(&" ".repeat(before));
            line.push_str(&cell);
            line.push_str(&" ".repeat(behind));
        }
        line.trim_end().to_owned()
    }

    fn blocks(&self, look: &Look) -> Vec<String> {
        let mut lines = Vec::new();
        for (at, row) in self.rows.iter().enumerate() {
            let number = if self.numbered {
                format!("{}  ", at.saturating_add(1))
            } else {
                String::new()
            };
            let first = row.cells.first().map(String::as_str).unwrap_or_default();
            let indent = width(&number).saturating_add(2);
            lines.push(format!(
                "  {number}{}",
                look.ink(Ink::Strong, &clip(first, look.width.saturating_sub(indent)))
            ));
            if !row.note.is_empty() {
                lines.extend(indented(&format!("({})", row.note), indent, look.width));
            }
            for (at, cell) in row
                .cells
                .iter()
                .enumerate()
                .skip(1)
                .filter(|(_, c)| !c.is_empty())
            {
                lines.extend(indented(&self.with_head(at, cell), indent, look.width));
            }
        }
        lines
    }
}

/// Text broken to the width, each line with the same space before it.
pub(crate) fn indented(text: &str, indent: usize, max: usize) -> Vec<String> {
    if text.is_empty() {
        return Vec::new();
    }
    let space = " ".repeat(indent);
    wrap(text, max.saturating_sub(indent).max(8))
        .into_iter()
        .map(|l| format!("{space}{l}"))
        .collect()
}
