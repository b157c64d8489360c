//! Reading with bounds.

use std::io::{BufRead, Read};

/// A reader that ends after so many bytes.
#[derive(Debug)]
pub(super) struct Counted<R> {
    inner: R,
    left: u64,
    is_cut: bool,
}

impl<R: BufRead> Counted<R> {
    pub(super) fn new(inner: R, most: u64) -> Self {
        Self {
            inner,
            left: most,
            is_cut: false,
        }
    }

    pub(super) fn is_cut(&self) -> bool {
        self.is_cut
    }
}

impl<R: BufRead> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let available = self.fill_buf()?;
        let len = available.len().min(buffer.len());
        if let (Some(to), Some(from)) = (buffer.get_mut(..len), available.get(..len)) {
            to.copy_from_slice(from);
        }
        self.consume(len);
        Ok(len)
    }
}

impl<R: BufRead> BufRead for Counted<R> {
    fn fill_buf(&mut self) -> std::io::Result<&[u8]> {
        let available = self.inner.fill_buf()?;
        let most = usize::try_from(self.left).unwrap_or(usize::MAX);
        if most == 0 && !available.is_empty() {
            self.is_cut = true;
        }
        Ok(available
            .get(..most.min(available.len()))
            .unwrap_or_default())
    }

    fn consume(&mut self, amount: usize) {
        self.left = self.left.saturating_sub(amount as u64);
        self.inner.consume(amount);
    }
}

/// One line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Line {
    /// Whole, in the buffer.
    Whole,
    /// Longer than the bound; read over.
    TooLong,
    End,
}

/// Reads a line of at most `most` bytes into the buffer, without its end; reads over a longer one.
pub(super) fn line(
    feed: &mut impl BufRead,
    buffer: &mut Vec<u8>,
    most: usize,
) -> std::io::Result<Line> {
    buffer.clear();
    let mut is_any = false;
    let mut is_too_long = false;
    loop {
        let available = feed.fill_buf()?;
        if available.is_empty() {
            return Ok(match (is_any, is_too_long) {
                (false, _) => Line::End,
                (true, false) => Line::Whole,
                (true, true) => Line::TooLong,
            });
        }
        is_any = true;
        let end = available.iter().position(|byte| *byte == b'\n');
        let part = available
            .get(..end.unwrap_or(available.len()))
            .unwrap_or_default();
        is_too_long = is_too_long || buffer.len() + part.len() > most;
        if is_too_long {
            buffer.clear();
        } else {
            buffer.extend_from_slice(part);
        }
        let len = part.len() + usize::from(end.is_some());
        feed.consume(len);
        if end.is_some() {
            return Ok(if is_too_long {
                Line::TooLong
            } else {
                Line::Whole
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_beyond_the_bound_is_read_over_and_the_next_is_whole() {
        let mut feed = std::io::BufReader::with_capacity(4, &b"aaaaaaaaaaaa\nbb\n\nc"[..]);
        let mut buffer = Vec::new();
        let mut next = || {
            let line = line(&mut feed, &mut buffer, 5).unwrap();
            (line, String::from_utf8(buffer.clone()).unwrap())
        };

        assert_eq!(next(), (Line::TooLong, String::new()));
        assert_eq!(next(), (Line::Whole, "bb".to_owned()));
        assert_eq!(next(), (Line::Whole, String::new()));
        assert_eq!(next(), (Line::Whole, "c".to_owned()));
        assert_eq!(next().0, Line::End);
    }

    #[test]
    fn a_feed_ends_at_its_bound_and_says_so() {
        let mut feed = Counted::new(&b"abcdef"[..], 4);
        let mut read = String::new();
        feed.read_to_string(&mut read).unwrap();

        assert_eq!(read, "abcd");
        assert!(feed.is_cut());
    }
}
