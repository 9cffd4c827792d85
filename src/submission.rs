//! How far a fax has come on its way from the form to the service.
//!
//! The machine exists so that one press sends one fax: [`Submission::start`] says yes once and then no until the
//! attempt has ended, whoever asks (a second click, a script, the Enter key). It holds no fax; the draft stays where
//! it is until the service has taken it.

use crate::message::Message;
use crate::reply::{Failure, Outcome};

/// Where the submission stands.
#[derive(Clone, PartialEq, Eq, Default)]
pub enum Stage {
    /// The form is open.
    #[default]
    Composing,
    /// A person is looking at what will go; nothing has been posted.
    Reviewing,
    /// Reading the files and the fields; nothing has been posted.
    Checking,
    /// The request is on its way.
    Uploading {
        /// When it left, in milliseconds since 1970.
        since: i64,
        /// Bytes of all documents.
        bytes: u64,
    },
    /// The service refused for now (429) and named a time to wait; nothing is on its way.
    Waiting {
        /// When the next try starts, in milliseconds since 1970.
        until: i64,
    },
    /// The answer was lost, and the message store is being looked at for the fax.
    Looking,
    /// The service took the fax. Nothing has been faxed yet.
    Accepted(Message),
    /// The attempt ended without an acceptance; the form is open with the whole draft.
    Failed(Failure),
}

/// The stage, and whether an earlier attempt at the same draft may have been accepted.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Submission {
    stage: Stage,
    unsettled: bool,
}

impl Submission {
    /// Where it stands.
    #[must_use]
    pub fn stage(&self) -> &Stage {
        &self.stage
    }

    /// Whether an earlier attempt at this draft ended with nobody knowing if the fax was accepted. Sending again may
    /// then send twice, and a person has to be told so.
    #[must_use]
    pub fn is_unsettled(&self) -> bool {
        self.unsettled
    }

    /// Takes over the doubt about an attempt that was made elsewhere: by a widget that stood here before.
    pub fn doubt(&mut self) {
        self.unsettled = true;
    }

    /// Whether an attempt is under way.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        matches!(self.stage, Stage::Checking | Stage::Uploading { .. } | Stage::Waiting { .. } | Stage::Looking)
    }

    /// Whether the form can be edited.
    #[must_use]
    pub fn is_open(&self) -> bool {
        matches!(self.stage, Stage::Composing | Stage::Failed(_))
    }

    /// Opens the review; `false` where the form is not open.
    pub fn review(&mut self) -> bool {
        self.go(Self::is_open, Stage::Reviewing)
    }

    /// Goes back from the review to the form; `false` where no review is open.
    pub fn back(&mut self) -> bool {
        self.go(|now| now.stage == Stage::Reviewing, Stage::Composing)
    }

    /// Begins an attempt; `false` where one is under way or the fax was accepted already.
    pub fn start(&mut self) -> bool {
        self.go(|now| now.is_open() || now.stage == Stage::Reviewing, Stage::Checking)
    }

    /// Goes on to another stage of the same attempt; `false` where no attempt is under way, or `stage` is none of one.
    pub fn proceed(&mut self, stage: Stage) -> bool {
        let under_way =
            matches!(stage, Stage::Checking | Stage::Uploading { .. } | Stage::Waiting { .. } | Stage::Looking);
        under_way && self.go(Self::is_busy, stage)
    }

    /// The attempt ends; `false` where none is under way.
    pub fn end(&mut self, result: Result<Message, Failure>) -> bool {
        let stage = match result {
            Ok(message) => Stage::Accepted(message),
            Err(failure) => Stage::Failed(failure),
        };
        let doubtful = matches!(&stage, Stage::Failed(failure) if failure.outcome == Outcome::Unknown);
        let accepted = matches!(stage, Stage::Accepted(_));
        let ended = self.go(Self::is_busy, stage);
        if ended {
            self.unsettled = !accepted && (self.unsettled || doubtful);
        }
        ended
    }

    /// Ends an attempt that posted nothing, because a person has to be asked first; back to where it was started.
    pub fn ask(&mut self, from_review: bool) -> bool {
        self.go(Self::is_busy, if from_review { Stage::Reviewing } else { Stage::Composing })
    }

    /// What became of an earlier attempt at this draft is known now: it was not accepted, or it was, and the form is
    /// then done with where nothing is under way.
    /// `true` where the stage now says so.
    pub fn settle(&mut self, accepted: Option<Message>) -> bool {
        self.unsettled = false;
        let is_accepted = accepted.is_some();
        if let (Stage::Failed(failure), None) = (&mut self.stage, &accepted) {
            failure.outcome = Outcome::NotSent;
        }
        if let Some(message) = accepted.filter(|_| self.is_open()) {
            self.stage = Stage::Accepted(message);
        }
        matches!((&self.stage, is_accepted), (Stage::Accepted(_), true) | (Stage::Failed(_), false))
    }

    /// The draft was changed: what became of an earlier attempt says nothing of it any more. `true` where there was one of
    /// which nobody knows.
    pub fn part(&mut self) -> bool {
        let parted = self.is_open() && self.unsettled;
        if parted {
            self.settle_by_hand();
        }
        parted
    }

    /// A person says that an earlier attempt at this draft is settled.
    pub fn settle_by_hand(&mut self) {
        self.unsettled = false;
        if matches!(self.stage, Stage::Failed(_)) {
            self.stage = Stage::Composing;
        }
    }

    /// Starts anew with an empty form; `false` during an attempt.
    pub fn reset(&mut self) -> bool {
        let free = !self.is_busy();
        if free {
            *self = Self::default();
        }
        free
    }

    fn go(&mut self, allowed: impl FnOnce(&Self) -> bool, stage: Stage) -> bool {
        let allowed = allowed(self);
        if allowed {
            self.stage = stage;
        }
        allowed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reply::Code;
    use proptest::prelude::*;

    fn message() -> Message {
        crate::message::tests::message(serde_json::json!({"id": 1}))
    }

    #[test]
    fn one_press_sends_once() {
        let mut submission = Submission::default();
        assert!(submission.review());
        assert!(submission.start());
        assert!(!submission.start());
        assert!(submission.proceed(Stage::Uploading { since: 0, bytes: 1 }));
        assert!(!submission.start());
        assert!(submission.proceed(Stage::Waiting { until: 5 }));
        assert!(!submission.start());
        assert!(submission.end(Ok(message())));
        assert!(!submission.start(), "an accepted fax is not sent again");
        assert!(submission.reset());
        assert!(submission.start());
    }

    #[test]
    fn a_failed_attempt_can_be_tried_again() {
        let mut submission = Submission::default();
        submission.start();
        submission.end(Err(Failure::new(Code::Refused)));
        assert!(submission.is_open() && !submission.is_unsettled());
        assert!(submission.start());
    }

    #[test]
    fn doubt_stays_until_the_fax_is_accepted_or_given_up() {
        let mut submission = Submission::default();
        submission.start();
        submission.end(Err(Failure::new(Code::Network)));
        assert!(submission.is_unsettled());
        submission.start();
        submission.end(Err(Failure::new(Code::Refused)));
        assert!(submission.is_unsettled(), "the first attempt may still have been accepted");
        submission.start();
        submission.end(Ok(message()));
        assert!(!submission.is_unsettled());
    }

    #[test]
    fn a_draft_that_was_changed_is_another() {
        let mut submission = Submission::default();
        assert!(!submission.part());
        submission.start();
        submission.end(Err(Failure::new(Code::Network)));
        assert!(submission.part());
        assert!(!submission.is_unsettled() && *submission.stage() == Stage::Composing);
        submission.doubt();
        submission.start();
        assert!(!submission.part(), "what is under way is not edited");
        assert!(submission.is_unsettled());
        submission.end(Err(Failure::new(Code::Refused)));
        assert!(submission.part());
        submission.start();
        submission.end(Err(Failure::new(Code::Refused)));
        assert!(!submission.part() && matches!(submission.stage(), Stage::Failed(_)), "a refusal is still told");
    }

    proptest! {
        /// In any order of events, attempts that start and attempts that end take turns.
        #[test]
        fn starts_and_ends_alternate(events in proptest::collection::vec(0..14u8, 0..200)) {
            let mut submission = Submission::default();
            let mut running = false;
            for event in events {
                let was_unsettled = submission.is_unsettled();
                match event {
                    0 => { submission.review(); }
                    1 => { submission.back(); }
                    2 => { if submission.start() { prop_assert!(!running); running = true; } }
                    3 => { prop_assert_eq!(submission.proceed(Stage::Uploading { since: 1, bytes: 1 }), running); }
                    4 => { prop_assert_eq!(submission.proceed(Stage::Waiting { until: 1 }), running); }
                    5 => { prop_assert_eq!(submission.end(Ok(message())), running); running = false; }
                    7 => { prop_assert_eq!(submission.ask(true), running); running = false; }
                    8 => { submission.settle(None); }
                    9 => { submission.settle(Some(message())); }
                    10 => submission.doubt(),
                    11 => submission.settle_by_hand(),
                    12 => { submission.part(); }
                    6 => { prop_assert_eq!(submission.end(Err(Failure::new(Code::Timeout))), running); running = false; }
                    _ => { submission.reset(); }
                }
                prop_assert_eq!(submission.is_busy(), running);
                if let (Stage::Failed(failure), false) = (submission.stage(), submission.is_unsettled()) {
                    prop_assert!(failure.outcome == Outcome::NotSent, "nothing is called unknown that is settled");
                }
                if was_unsettled && !submission.is_unsettled() {
                    prop_assert!(matches!(event, 5 | 8.. ), "doubt ends with an acceptance, or where it is settled or parted from");
                }
            }
        }
    }
}
