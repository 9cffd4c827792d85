//! Which faxes are asked after, and when: gently, all in one request, and ever more slowly.

use crate::message_id::MessageId;

/// Milliseconds between two questions, at the least. The official samples ask every ten seconds (fax API facts §2.3).
pub const LEAST_PAUSE: i64 = 10_000;
/// Ids in one question. For reading no limit is published; this is the one for deleting (fax API facts §4).
pub const MOST_AT_ONCE: usize = 50;
/// Milliseconds that an id may be unknown to the message store after the service gave it. Ours.
const PATIENCE: i64 = 120_000;
/// The longest pause that failed questions lead to, in milliseconds. Ours.
const LONGEST_PAUSE: i64 = 300_000;

#[derive(Clone, PartialEq, Eq)]
struct Entry {
    id: MessageId,
    /// When something last happened to it: it was sent, or its status changed.
    changed: i64,
    /// When it was last asked after.
    asked: i64,
    /// When it goes out, where that was put off.
    send_time: Option<i64>,
}

impl Entry {
    /// When it is asked after next.
    fn due(&self) -> i64 {
        // Nothing happens to one that was put off until its time has come.
        let last = self.changed.max(self.send_time.unwrap_or(self.changed));
        let quiet = self.asked.saturating_sub(last);
        // A page of text takes about a minute, pictures five and more (fax API facts §2.3).
        let pause = match quiet {
            ..300_000 => LEAST_PAUSE,
            300_000..1_800_000 => 30_000,
            1_800_000..7_200_000 => 60_000,
            _ => 300_000,
        };
        let due = self.asked + pause;
        match self.send_time {
            // Until it goes it can only be cancelled elsewhere.
            Some(time) if self.asked < time => due.max(time.min(self.asked + 900_000)),
            _ => due,
        }
    }
}

/// The faxes whose end is not known yet. It holds no status: those who ask tell it what changed.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Following {
    entries: Vec<Entry>,
    /// When any was last asked after.
    asked: Option<i64>,
    /// Questions without an answer since the last that had one.
    failures: u32,
}

impl Following {
    /// Begins to follow a fax, as of `now`, in milliseconds since 1970, where it is not followed yet.
    pub fn begin(&mut self, id: MessageId, send_time: Option<i64>, now: i64) {
        if !self.is_followed(&id) {
            self.entries.push(Entry { id, changed: now, asked: now, send_time });
        }
    }

    /// Whether a fax is followed.
    #[must_use]
    pub fn is_followed(&self, id: &MessageId) -> bool {
        self.entries.iter().any(|entry| entry.id == *id)
    }

    /// Whether none is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Follows a fax no more: its end is known.
    pub fn end(&mut self, id: &MessageId) {
        self.entries.retain(|entry| entry.id != *id);
    }

    /// Follows only these on.
    pub fn keep(&mut self, is_kept: impl Fn(&MessageId) -> bool) {
        self.entries.retain(|entry| is_kept(&entry.id));
    }

    /// Something happened to a fax; questions come faster again.
    pub fn change(&mut self, id: &MessageId, now: i64) {
        for entry in self.entries.iter_mut().filter(|entry| entry.id == *id) {
            entry.changed = now;
        }
    }

    /// When the next question is due; `None` where none is followed.
    #[must_use]
    pub fn due(&self) -> Option<i64> {
        let first = self.entries.iter().map(Entry::due).min()?;
        let pause = (LEAST_PAUSE << self.failures.min(5)).min(LONGEST_PAUSE);
        Some(first.max(self.asked.map_or(first, |asked| asked + pause)))
    }

    /// The faxes to ask after now, in one question: those that are due, and those that nearly are, the longest due first.
    /// They count as asked.
    pub fn ask(&mut self, now: i64) -> Vec<MessageId> {
        self.ask_few(now, MOST_AT_ONCE)
    }

    /// The same, `most` of them at the most.
    pub fn ask_few(&mut self, now: i64, most: usize) -> Vec<MessageId> {
        self.asked = Some(now);
        self.entries.sort_by_key(Entry::due);
        let due = self.entries.iter_mut().filter(|entry| entry.due() <= now + LEAST_PAUSE / 2);
        let due = due.take(most.min(MOST_AT_ONCE));
        due.map(|entry| {
            entry.asked = now;
            entry.id.clone()
        })
        .collect()
    }

    /// The question had an answer, or none, by `now`: it may have waited for its turn before it left.
    pub fn answered(&mut self, ok: bool, now: i64) {
        self.asked = Some(now);
        self.failures = if ok { 0 } else { self.failures.saturating_add(1) };
    }

    /// The message store does not know the id: `true` where that is no longer the delay after sending, and it is
    /// followed no more.
    pub fn missing(&mut self, id: &MessageId, now: i64) -> bool {
        let gone = self.entries.iter().any(|entry| entry.id == *id && now - entry.changed >= PATIENCE);
        if gone {
            self.end(id);
        }
        gone
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn id(number: u32) -> MessageId {
        number.to_string().parse().unwrap()
    }

    fn questions(following: &mut Following, until: i64) -> Vec<i64> {
        let mut asked = Vec::new();
        while let Some(due) = following.due().filter(|due| *due < until) {
            following.ask(due);
            following.answered(true, due);
            asked.push(due);
        }
        asked
    }

    #[test]
    fn questions_come_ever_more_slowly() {
        let mut following = Following::default();
        following.begin(id(1), None, 0);
        let asked = questions(&mut following, 4 * 3_600_000);
        let pauses: Vec<i64> = asked.windows(2).map(|two| two[1] - two[0]).collect();
        assert_eq!(pauses.first(), Some(&LEAST_PAUSE));
        assert!(pauses.is_sorted());
        assert_eq!(pauses.last(), Some(&300_000));
        following.change(&id(1), 4 * 3_600_000);
        following.ask(4 * 3_600_000);
        assert_eq!(following.due(), Some(4 * 3_600_000 + LEAST_PAUSE));
    }

    #[test]
    fn one_question_asks_after_many() {
        let mut following = Following::default();
        for number in 1..=50 {
            following.begin(id(number), None, i64::from(number) * 10);
        }
        let due = following.due().unwrap();
        assert_eq!(following.ask(due).len(), 50);
        assert_eq!(following.due(), Some(due + LEAST_PAUSE));
        following.begin(id(51), None, 0);
        let due = following.due().unwrap();
        assert_eq!(following.ask(due).len(), MOST_AT_ONCE);
    }

    #[test]
    fn a_fax_that_goes_later_is_left_alone_until_then() {
        let mut following = Following::default();
        following.begin(id(1), Some(100_000), 0);
        assert_eq!(following.due(), Some(100_000));
        following.ask(100_000);
        assert_eq!(following.due(), Some(100_000 + LEAST_PAUSE));
    }

    #[test]
    fn from_its_time_on_it_is_asked_after_as_if_just_sent() {
        let day = 86_400_000;
        let mut following = Following::default();
        following.begin(id(1), Some(day), 0);
        let asked = questions(&mut following, day + 3 * 3_600_000);
        let since: Vec<i64> = asked.into_iter().filter(|at| *at >= day).map(|at| at - day).collect();
        assert_eq!(since[..3], [0, LEAST_PAUSE, 2 * LEAST_PAUSE]);
        let last = &since[since.len() - 2..];
        assert_eq!(last[1] - last[0], 300_000, "and ever more slowly where its end does not come");
    }

    #[test]
    fn one_at_a_time_each_has_its_turn() {
        let mut following = Following::default();
        for number in 1..=3 {
            following.begin(id(number), None, 0);
        }
        let asked: Vec<_> = (1..=6).flat_map(|turn| following.ask_few(turn * LEAST_PAUSE, 1)).collect();
        assert_eq!(asked, [1, 2, 3, 1, 2, 3].map(id));
    }

    #[test]
    fn an_id_may_be_unknown_for_a_while() {
        let mut following = Following::default();
        following.begin(id(1), None, 0);
        assert!(!following.missing(&id(1), 10_000));
        assert!(following.is_followed(&id(1)));
        assert!(following.missing(&id(1), PATIENCE));
        assert!(following.is_empty());
    }

    #[test]
    fn failures_slow_it_down_and_an_answer_ends_that() {
        let mut following = Following::default();
        following.begin(id(1), None, 0);
        following.ask(10_000);
        following.answered(false, 10_000);
        assert_eq!(following.due(), Some(30_000));
        following.ask(30_000);
        following.answered(false, 30_000);
        assert_eq!(following.due(), Some(70_000));
        following.ask(70_000);
        following.answered(true, 71_000);
        assert_eq!(following.due(), Some(81_000));
    }

    proptest! {
        /// Whatever happens, two questions are never less than ten seconds apart, and none asks after too many.
        #[test]
        fn never_faster_than_every_ten_seconds(events in proptest::collection::vec((0..7u8, 1..90u32, 0..20_000i64), 0..300)) {
            let mut following = Following::default();
            let (mut now, mut last) = (0, None);
            for (event, number, gap) in events {
                now += gap;
                match event {
                    0 => following.begin(id(number), None, now),
                    1 => following.begin(id(number), Some(now + gap), now),
                    2 => following.end(&id(number)),
                    3 => following.change(&id(number), now),
                    4 => following.answered(gap % 2 == 0, now),
                    5 => {
                        let (id, was_followed) = (id(number), following.is_followed(&id(number)));
                        let is_gone = following.missing(&id, now);
                        prop_assert_eq!(following.is_followed(&id), was_followed && !is_gone);
                    }
                    _ => if let Some(due) = following.due() {
                        now = now.max(due);
                        prop_assert!(last.is_none_or(|last| now - last >= LEAST_PAUSE));
                        let asked = following.ask(now);
                        prop_assert!(!asked.is_empty() && asked.len() <= MOST_AT_ONCE);
                        last = Some(now);
                    },
                }
            }
        }
    }
}
