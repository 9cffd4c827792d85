//! Which accepted faxes are looked for under other ids, and when.
//!
//! The store may take a moment to list a fax, and as long as settling allows it to (`Doubt::looks`): a twin that the
//! first look does not find is looked for once more.

/// Milliseconds behind an acceptance at which an early look is made: while a twin is queued it can still be cancelled.
const EARLY: i64 = 1_000;
/// Milliseconds behind an acceptance at which the last look is made. Ours.
const LAST: i64 = 10_000;
/// Milliseconds until the next look where another fax to the same recipients is on its way. Ours.
const UNTIL_ANSWERED: i64 = 5_000;
/// Milliseconds until the next look where the store did not answer. Ours.
const AGAIN: i64 = 15_000;
/// Milliseconds for which a fax is looked for. Ours: as long as a second one could still be cancelled.
const LOOKED_FOR: i64 = 600_000;

/// A fax that is looked for.
pub struct Watched<T> {
    /// The fax.
    pub fax: T,
    accepted: i64,
    due: i64,
}

/// What became of a look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Looked {
    /// The store answered, and what it holds twice is known.
    Answered,
    /// It did not.
    Unanswered,
    /// Another fax to the same recipients is on its way, and would pass for a twin until its answer is here.
    Rivalled,
}

/// The faxes that are looked for, each taken out for its look and put back for the next.
pub struct Watch<T>(Vec<Watched<T>>);

impl<T> Default for Watch<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Watch<T> {
    /// A fax was accepted; twice as likely where that took a break or a long wait, and else a repeat that nobody noticed
    /// was quick.
    pub fn begin(&mut self, fax: T, took_long: bool, now: i64) {
        let due = now + if took_long { EARLY } else { LAST };
        self.0.push(Watched { fax, accepted: now, due });
    }

    /// When the next look is due; `None` where none is.
    #[must_use]
    pub fn due(&self) -> Option<i64> {
        self.0.iter().map(|watched| watched.due).min()
    }

    /// Takes those out that are due.
    pub fn take(&mut self, now: i64) -> Vec<Watched<T>> {
        self.0.extract_if(.., |watched| watched.due <= now).collect()
    }

    /// Puts one back, unless that look was the last.
    pub fn looked(&mut self, watched: Watched<T>, looked: Looked, now: i64) {
        let last = watched.accepted + LAST;
        let due = match looked {
            Looked::Answered if watched.due >= last => return,
            Looked::Answered => last,
            Looked::Rivalled => now + UNTIL_ANSWERED,
            Looked::Unanswered => now + AGAIN,
        };
        if due - watched.accepted < LOOKED_FOR {
            self.0.push(Watched { due, ..watched });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The moments of the looks at one fax, whose looks end so; the last of these ways goes on.
    fn looks(took_long: bool, ends: &[Looked]) -> Vec<i64> {
        let mut watch = Watch::default();
        watch.begin((), took_long, 0);
        let mut moments = Vec::new();
        while let Some(due) = watch.due() {
            assert!(watch.take(due - 1).is_empty());
            let looked = ends.get(moments.len()).or(ends.last()).copied().unwrap();
            moments.push(due);
            for watched in watch.take(due) {
                watch.looked(watched, looked, due);
            }
        }
        moments
    }

    #[test]
    fn a_twin_that_is_listed_late_is_looked_for_once_more() {
        use Looked::{Answered, Rivalled, Unanswered};
        assert_eq!(looks(true, &[Answered]), [1_000, 10_000]);
        assert_eq!(looks(false, &[Answered]), [10_000]);
        assert_eq!(looks(true, &[Unanswered, Answered]), [1_000, 16_000]);
        assert_eq!(looks(true, &[Rivalled, Answered]), [1_000, 6_000, 10_000]);
        assert_eq!(looks(false, &[Rivalled, Rivalled, Answered]), [10_000, 15_000, 20_000]);
        assert_eq!(looks(false, &[Unanswered]).len(), 40, "not for ever");
    }

    proptest! {
        /// Whatever becomes of the looks, they end, and a fax whose store answered at last was looked for when every twin
        /// had its time to be listed.
        #[test]
        fn looks_end(took_long: bool, ends in proptest::collection::vec(0..3u8, 1..20)) {
            let way = |end: &u8| [Looked::Answered, Looked::Unanswered, Looked::Rivalled][usize::from(*end)];
            let ends: Vec<Looked> = ends.iter().map(way).collect();
            let moments = looks(took_long, &ends);
            prop_assert!(moments.len() < 200 && moments.is_sorted());
            if moments.len() <= ends.len() {
                prop_assert!(moments.last() >= Some(&LAST) && ends[moments.len() - 1] == Looked::Answered);
            }
        }
    }
}
