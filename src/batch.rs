//! Many resends, one after another, with what is waiting, done and failed.

use crate::message_id::MessageId;
use crate::reply::{Code, Failure};
use crate::resend::Resend;

/// How far one of them has come.
#[derive(Clone, PartialEq, Eq)]
pub enum Progress {
    /// Not yet posted.
    Waiting,
    /// Its request is under way, or waits for the service's limit until this time, in milliseconds since 1970.
    Sending(Option<i64>),
    /// The service took it; the id is the new fax's.
    Accepted(MessageId),
    /// It was not accepted, or nobody knows.
    Failed(Failure),
    /// A person stopped before its turn came.
    Stopped,
}

impl Progress {
    /// Whether it is waiting or under way.
    fn is_open(&self) -> bool {
        matches!(self, Self::Waiting | Self::Sending(_))
    }
}

/// One of them.
#[derive(Clone, PartialEq, Eq)]
pub struct Item {
    /// What is posted.
    pub resend: Resend,
    /// Up to which moment its going to the same number has been seen, in milliseconds since 1970.
    pub agreed: i64,
    /// How far it has come.
    pub progress: Progress,
}

/// Resends in their order. At most one is under way at any time.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Batch {
    items: Vec<Item>,
    stopped: bool,
}

impl Batch {
    /// A batch of which nothing has been posted.
    #[must_use]
    pub fn new(resends: Vec<(Resend, i64)>) -> Self {
        let item = |(resend, agreed)| Item { resend, agreed, progress: Progress::Waiting };
        Self { items: resends.into_iter().map(item).collect(), stopped: false }
    }

    /// All of them.
    #[must_use]
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// Adds more behind the others; also where a person stopped those before them.
    pub fn add(&mut self, more: Vec<(Resend, i64)>) {
        self.items.extend(Self::new(more).items);
        self.stopped = false;
    }

    /// Whether one to the same recipients is waiting or under way.
    #[must_use]
    pub fn holds(&self, resend: &Resend) -> bool {
        let same = |item: &Item| item.resend.original() == resend.original() && item.resend.to() == resend.to();
        self.items.iter().any(|item| item.progress.is_open() && same(item))
    }

    /// Up to which moment the going to the same number of the one at a place has been seen.
    #[must_use]
    pub fn agreed(&self, place: usize) -> i64 {
        self.items.get(place).map_or(0, |item| item.agreed)
    }

    /// Begins the next; `None` where one is under way, all are done, or a person stopped.
    pub fn begin_next(&mut self) -> Option<(usize, Resend)> {
        if self.stopped || self.items.iter().any(|item| matches!(item.progress, Progress::Sending(_))) {
            return None;
        }
        let place = self.items.iter().position(|item| item.progress == Progress::Waiting)?;
        let item = self.items.get_mut(place)?;
        item.progress = Progress::Sending(None);
        Some((place, item.resend.clone()))
    }

    /// The one at a place waits until a time, or no longer; `false` where it is no longer under way, because a person
    /// stopped: then it must not be posted.
    pub fn wait(&mut self, place: usize, until: Option<i64>) -> bool {
        let item = self.under_way(place);
        let goes_on = item.is_some();
        if let Some(item) = item {
            item.progress = Progress::Sending(until);
        }
        goes_on
    }

    /// The one at a place has ended. What did not leave because the browser is offline has not: it waits for its turn once
    /// more.
    pub fn end(&mut self, place: usize, result: Result<MessageId, Failure>) {
        let stopped = self.stopped;
        if let Some(item) = self.under_way(place) {
            item.progress = match result {
                Ok(id) => Progress::Accepted(id),
                Err(failure) if failure.code != Code::Offline => Progress::Failed(failure),
                Err(_) if stopped => Progress::Stopped,
                Err(_) => Progress::Waiting,
            };
        }
    }

    fn under_way(&mut self, place: usize) -> Option<&mut Item> {
        self.items.get_mut(place).filter(|item| matches!(item.progress, Progress::Sending(_)))
    }

    /// Posts no more; `true` where one was waiting for the service's limit, and has to be let go of. A request that is
    /// on its way goes on to its end.
    pub fn stop(&mut self) -> bool {
        self.stopped = true;
        let was_waiting = self.items.iter().any(|item| matches!(item.progress, Progress::Sending(Some(_))));
        for item in &mut self.items {
            if matches!(item.progress, Progress::Waiting | Progress::Sending(Some(_))) {
                item.progress = Progress::Stopped;
            }
        }
        was_waiting
    }

    /// How many are waiting or under way.
    #[must_use]
    pub fn left(&self) -> usize {
        self.count(Progress::is_open)
    }

    /// How many were accepted.
    #[must_use]
    pub fn accepted(&self) -> usize {
        self.count(|progress| matches!(progress, Progress::Accepted(_)))
    }

    /// How many failed, or may have.
    #[must_use]
    pub fn failed(&self) -> usize {
        self.count(|progress| matches!(progress, Progress::Failed(_)))
    }

    fn count(&self, is: impl Fn(&Progress) -> bool) -> usize {
        self.items.iter().filter(|item| is(&item.progress)).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn batch(n: u32) -> Batch {
        let resend = |id: u32| Resend::new(id.to_string().parse().unwrap(), None, None, 0).ok().unwrap();
        Batch::new((1..=n).map(|id| (resend(id), 0)).collect())
    }

    #[test]
    fn one_after_another() {
        let mut batch = batch(2);
        assert!(batch.begin_next().is_some_and(|(place, _)| place == 0));
        assert!(batch.begin_next().is_none(), "one at a time");
        batch.end(0, Err(Failure::new(Code::Network)));
        assert!(batch.begin_next().is_some_and(|(place, _)| place == 1));
        batch.end(1, Ok("9".parse().unwrap()));
        assert!(batch.begin_next().is_none());
        assert_eq!((batch.left(), batch.accepted(), batch.failed()), (0, 1, 1));
    }

    #[test]
    fn stopping_posts_no_more() {
        let mut batch = batch(3);
        batch.begin_next();
        batch.stop();
        assert_eq!(batch.left(), 1, "the one under way goes on");
        assert!(batch.wait(0, None));
        batch.end(0, Ok("9".parse().unwrap()));
        assert!(batch.begin_next().is_none());
        assert!(batch.items()[1].progress == Progress::Stopped);
    }

    #[test]
    fn what_waits_for_the_limit_is_stopped_too() {
        let mut batch = batch(2);
        batch.begin_next();
        assert!(batch.wait(0, Some(60_000)));
        assert!(batch.stop());
        assert_eq!(batch.left(), 0);
        assert!(!batch.wait(0, None), "its turn comes, and it must not go");
        batch.end(0, Err(Failure::new(Code::Cancelled)));
        assert!(batch.items()[0].progress == Progress::Stopped, "it stays what it was when it was let go of");
    }

    #[test]
    fn what_is_added_goes_behind_the_others_also_after_a_stop() {
        let mut batch = batch(2);
        batch.begin_next();
        batch.stop();
        let more = self::batch(1).items[0].resend.clone();
        assert!(batch.holds(&more), "the same is under way");
        batch.add(vec![(more.clone(), 0)]);
        assert!(batch.begin_next().is_none(), "still one at a time");
        batch.end(0, Ok("9".parse().unwrap()));
        assert!(batch.begin_next().is_some_and(|(place, _)| place == 2), "what was stopped stays so");
        batch.end(2, Ok("10".parse().unwrap()));
        assert!(!batch.holds(&more));
        assert_eq!((batch.left(), batch.accepted()), (0, 2));
    }

    #[test]
    fn what_is_offline_waits_for_its_turn_once_more() {
        let offline = || Err(Failure::before_posting(Code::Offline));
        let mut batch = batch(1);
        batch.begin_next();
        batch.end(0, offline());
        assert_eq!((batch.left(), batch.failed()), (1, 0));
        batch.begin_next();
        batch.stop();
        batch.end(0, offline());
        assert!(batch.items()[0].progress == Progress::Stopped);
    }

    proptest! {
        /// In any order of events at most one is under way; each is posted at most once, and none that is stopped.
        #[test]
        fn each_goes_once(events in proptest::collection::vec(0..8u8, 0..100)) {
            let mut batch = batch(5);
            let (mut under_way, mut posted) = (None, Vec::new());
            for event in events {
                match event {
                    0 | 1 => if let Some((place, _)) = batch.begin_next() {
                        prop_assert!(under_way.is_none() && !posted.contains(&place));
                        under_way = Some(place);
                    },
                    // Its turn has come: what the widget asks before it posts.
                    2 => if let Some(place) = under_way {
                        let is_stopped = batch.items()[place].progress == Progress::Stopped;
                        prop_assert_eq!(batch.wait(place, None), !is_stopped);
                        if !is_stopped && !posted.contains(&place) {
                            posted.push(place);
                        }
                    },
                    3 => if let Some(place) = under_way.take() { batch.end(place, Ok("9".parse().unwrap())) },
                    4 => if let Some(place) = under_way.take() { batch.end(place, Err(Failure::new(Code::Network))) },
                    5 => if let Some(place) = under_way.filter(|place| !posted.contains(place)) {
                        batch.wait(place, Some(1));
                    },
                    6 => if batch.stop() {
                        // It was waiting, and is let go of.
                        under_way = None;
                    },
                    _ => if batch.items().len() < 20 { batch.add(self::batch(2).items.into_iter().map(|item| (item.resend, 0)).collect()) },
                }
                for (place, item) in batch.items().iter().enumerate() {
                    prop_assert!(item.progress != Progress::Stopped || !posted.contains(&place));
                }
                prop_assert!(batch.items().iter().filter(|item| matches!(item.progress, Progress::Sending(_))).count() <= 1);
            }
        }
    }
}
