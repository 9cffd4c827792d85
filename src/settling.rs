//! When the message store is looked at for a fax whose answer was lost, and what the looks come to.
//!
//! "Not accepted" is the one thing that must never be said of a fax that was: it takes a last look that came late enough
//! and found nothing. Everything else stays open until somebody looks again.

use crate::ledger::{Doubt, Found, Intent};
use crate::message_id::MessageId;

/// What a look brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Look {
    /// The message store answered.
    Answered(Found),
    /// It did not, this time.
    Unanswered,
    /// It is not to be had: the next look would not have it either.
    Closed,
}

/// What all looks came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The service had taken it, as the first; the others are the same fax once more.
    Accepted(Vec<MessageId>),
    /// It had not.
    NotAccepted,
    /// It cannot be known yet.
    Unknown,
    /// It does not stand in the ledger any more, and what became of it cannot be told from here: another tab or a person
    /// is done with it.
    Elsewhere,
}

/// The looks for one intent, from the first to the last.
pub struct Settling {
    /// When those that are left are due, in milliseconds since 1970.
    left: Vec<i64>,
}

impl Settling {
    /// Looks as often as the doubt asks for behind the break; once where the last of these moments has passed.
    #[must_use]
    pub fn new(intent: &Intent, doubt: Doubt, now: i64) -> Self {
        // A break that lies ahead is one of a clock that was set back since.
        let broke = intent.broke.filter(|broke| *broke <= now).unwrap_or(now);
        let mut left: Vec<i64> = doubt.looks().iter().map(|look| broke + look).collect();
        // Those whose moment has passed are one look.
        let passed = left.iter().filter(|due| **due <= now).count();
        left.drain(..passed.saturating_sub(1));
        Self { left }
    }

    /// When the next look is due; `None` where none is left.
    #[must_use]
    pub fn due(&self) -> Option<i64> {
        self.left.first().copied()
    }

    /// Takes in what the look that was due brought; says what all came to where it was the last that is needed. `is_held`
    /// says whether the intent still stands in the ledger.
    pub fn take_in(&mut self, look: Look, is_held: bool) -> Option<Verdict> {
        self.left.drain(..self.left.len().min(1));
        match look {
            Look::Answered(Found::Accepted(ids)) => Some(Verdict::Accepted(ids)),
            Look::Answered(Found::Nothing) if self.left.is_empty() => Some(Verdict::NotAccepted),
            Look::Answered(Found::Unclear) if !is_held => Some(Verdict::Elsewhere),
            Look::Closed => Some(Verdict::Unknown),
            _ if self.left.is_empty() => Some(Verdict::Unknown),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Look::{Answered, Closed, Unanswered};
    use proptest::prelude::*;

    const BROKE: i64 = 1_000_000;

    fn intent(broke: Option<i64>) -> Intent {
        Intent {
            key: "k".into(),
            place: "https://fax.test/fax".into(),
            started: BROKE - 100,
            doubt: None,
            to: vec!["16505550100".into()],
            original: None,
            send_time: None,
            options: String::new(),
            marks: Vec::new(),
            before: Vec::new(),
            ahead: None,
            broke,
        }
    }

    fn own() -> Look {
        Answered(Found::Accepted(vec!["1".parse().unwrap()]))
    }

    fn nothing() -> Look {
        Answered(Found::Nothing)
    }

    fn unclear() -> Look {
        Answered(Found::Unclear)
    }

    /// What these looks at an intent that just broke come to, and how many of them were made.
    fn comes_to(doubt: Doubt, is_held: bool, looks: &[Look]) -> (Option<Verdict>, usize) {
        let mut settling = Settling::new(&intent(Some(BROKE)), doubt, BROKE);
        for (made, look) in looks.iter().enumerate() {
            if let Some(verdict) = settling.take_in(look.clone(), is_held) {
                return (Some(verdict), made + 1);
            }
        }
        (None, looks.len())
    }

    #[test]
    fn what_the_looks_come_to() {
        let accepted = || Some(Verdict::Accepted(vec!["1".parse().unwrap()]));
        let broken = |looks: &[Look]| comes_to(Doubt::Broken, true, looks);
        assert_eq!(broken(&[own()]), (accepted(), 1));
        assert_eq!(broken(&[nothing(), Unanswered, own()]), (accepted(), 3));
        assert_eq!(broken(&[nothing(), nothing()]), (None, 2), "it is too early to say that it was not");
        assert_eq!(broken(&[nothing(), nothing(), nothing()]), (Some(Verdict::NotAccepted), 3));
        assert_eq!(broken(&[unclear(), Unanswered, nothing()]), (Some(Verdict::NotAccepted), 3), "the last one tells");
        assert_eq!(broken(&[nothing(), nothing(), Unanswered]), (Some(Verdict::Unknown), 3));
        assert_eq!(broken(&[nothing(), nothing(), unclear()]), (Some(Verdict::Unknown), 3));
        assert_eq!(broken(&[Closed]), (Some(Verdict::Unknown), 1));
        assert_eq!(comes_to(Doubt::Late, true, &[nothing(), nothing(), nothing()]), (None, 3));
        // Another tab is done with it.
        let elsewhere = |looks: &[Look]| comes_to(Doubt::Broken, false, looks);
        assert_eq!(elsewhere(&[own()]), (accepted(), 1));
        assert_eq!(elsewhere(&[unclear()]), (Some(Verdict::Elsewhere), 1));
        assert_eq!(elsewhere(&[nothing(), nothing(), nothing()]), (Some(Verdict::NotAccepted), 3));
        assert_eq!(elsewhere(&[Closed]), (Some(Verdict::Unknown), 1), "the store would tell");
    }

    #[track_caller]
    fn looks_at(broke: Option<i64>, now: i64, moments: &[i64]) {
        assert_eq!(Settling::new(&intent(broke), Doubt::Broken, now).left, moments);
    }

    #[test]
    fn looks_are_counted_from_the_break() {
        looks_at(Some(BROKE), BROKE, &[BROKE + 500, BROKE + 3_000, BROKE + 8_000]);
        looks_at(Some(BROKE), BROKE + 4_000, &[BROKE + 3_000, BROKE + 8_000]);
        looks_at(Some(BROKE), BROKE + 60_000, &[BROKE + 8_000]);
        // The page went away, nobody knows when; or the clock was set back since.
        looks_at(None, BROKE, &[BROKE + 500, BROKE + 3_000, BROKE + 8_000]);
        looks_at(Some(BROKE), BROKE - 60_000, &[BROKE - 59_500, BROKE - 57_000, BROKE - 52_000]);
    }

    proptest! {
        /// Whatever the looks bring, in whatever order and however late, they end; and only one that came late enough and
        /// found nothing says that it was not accepted.
        #[test]
        fn not_accepted_needs_a_last_look(
            doubt in prop_oneof![Just(Doubt::Broken), Just(Doubt::Late), Just(Doubt::Stopped)],
            broke in prop::option::of(-100_000..100_000i64),
            looks in proptest::collection::vec((0..5u8, any::<bool>(), 0..20_000i64), 10),
        ) {
            let began = BROKE;
            let broke = broke.map(|before| began + before);
            let mut settling = Settling::new(&intent(broke), doubt, began);
            let (mut now, mut made) = (began, 0);
            for (brought, is_held, late) in looks {
                let due = settling.due().unwrap();
                now = now.max(due) + late;
                made += 1;
                let look = [own(), nothing(), unclear(), Unanswered, Closed][usize::from(brought)].clone();
                let Some(verdict) = settling.take_in(look.clone(), is_held) else { continue };
                match verdict {
                    Verdict::Accepted(_) => prop_assert_eq!(look, own()),
                    Verdict::NotAccepted => {
                        prop_assert_eq!(look, nothing());
                        prop_assert!(now - broke.filter(|broke| *broke <= began).unwrap_or(began) >= doubt.patience());
                    }
                    Verdict::Unknown => prop_assert!(look != own()),
                    Verdict::Elsewhere => prop_assert!(!is_held && look == unclear()),
                }
                prop_assert!(made <= doubt.looks().len());
                return Ok(());
            }
            prop_assert!(false, "it never ended");
        }
    }
}
