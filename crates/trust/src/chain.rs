use ring::digest;

/// A chain of hashes over records: each names all before it, so none can be changed, dropped or moved unseen.
///
/// Personal fields enter it only as ciphertext; a hash of a short plain text can be guessed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditChain {
    head: [u8; 32],
    seq: u64,
}

/// The chain does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the audit chain is broken at record {at}")]
pub struct Broken {
    /// Number of the first record that does not fit, from 0.
    pub at: u64,
}

impl Default for AuditChain {
    fn default() -> Self {
        Self::new()
    }
}

impl AuditChain {
    /// An empty chain.
    pub fn new() -> Self {
        Self {
            head: [0; 32],
            seq: 0,
        }
    }

    /// The chain as it stood after `seq` records.
    pub fn resume(head: [u8; 32], seq: u64) -> Self {
        Self { head, seq }
    }

    /// Hash of the last record; zeros when there is none.
    pub fn head(&self) -> &[u8; 32] {
        &self.head
    }

    /// How many records there are.
    pub fn seq(&self) -> u64 {
        self.seq
    }

    /// Adds a record and returns its hash: SHA-256 of the domain, the hash before, the number and the record.
    pub fn next(&mut self, record: &[u8]) -> [u8; 32] {
        let mut context = digest::Context::new(&digest::SHA256);
        context.update(b"errand/audit/v1");
        context.update(&self.head);
        context.update(&self.seq.to_be_bytes());
        context.update(record);
        for (to, from) in self.head.iter_mut().zip(context.finish().as_ref()) {
            *to = *from;
        }
        self.seq = self.seq.saturating_add(1);
        self.head
    }

    /// Goes through records and their stored hashes from the first on. Returns the chain at their end, so that its
    /// head can be held against one stored elsewhere: a chain that was cut off at the end holds in itself.
    pub fn verify<R: AsRef<[u8]>>(
        records: impl IntoIterator<Item = (R, [u8; 32])>,
    ) -> Result<Self, Broken> {
        let mut chain = Self::new();
        for (record, hash) in records {
            let at = chain.seq;
            if chain.next(record.as_ref()) != hash {
                return Err(Broken { at });
            }
        }
        Ok(chain)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn chained(records: &[Vec<u8>]) -> Vec<(Vec<u8>, [u8; 32])> {
        let mut chain = AuditChain::new();
        records
            .iter()
            .map(|record| (record.clone(), chain.next(record)))
            .collect()
    }

    proptest! {
        #[test]
        fn a_record_that_was_changed_dropped_or_moved_is_found_where_it_is(
            records in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..20), 2..12),
            pick in any::<prop::sample::Index>(),
        ) {
            let whole = chained(&records);
            let end = AuditChain::verify(whole.clone()).unwrap();
            prop_assert_eq!(end.seq(), records.len() as u64);
            let at = pick.index(records.len() - 1);

            let mut changed = whole.clone();
            changed[at].0.push(1);
            prop_assert_eq!(AuditChain::verify(changed), Err(Broken { at: at as u64 }));

            let mut dropped = whole.clone();
            dropped.remove(at);
            prop_assert_eq!(AuditChain::verify(dropped), Err(Broken { at: at as u64 }));

            let mut moved = whole.clone();
            moved.swap(at, at + 1);
            prop_assert_eq!(AuditChain::verify(moved), Err(Broken { at: at as u64 }));

            let mut cut = whole;
            cut.pop();
            prop_assert_ne!(AuditChain::verify(cut).unwrap(), end);
        }
    }

    #[test]
    fn a_chain_goes_on_where_it_was_left() {
        let mut chain = AuditChain::new();
        chain.next(b"one");
        let mut resumed = AuditChain::resume(*chain.head(), chain.seq());
        assert_eq!(resumed.next(b"two"), chain.next(b"two"));
    }
}
