//! The service's rate limits, kept on our side: a call that would be refused is not made.
//!
//! The service counts the calls of a group in a sliding window, refuses those over the limit, and starts the whole
//! penalty again at every call that comes during it (fax API facts §3.3). What is kept here is shared by all that
//! calls the service from one browser, tabs included.

/// A group of calls that the service counts together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// Reading messages, lists and cover pages.
    Light,
    /// Documents, and deleting a message.
    Medium,
    /// Sending a fax.
    Heavy,
    /// Tokens.
    Auth,
}

impl Group {
    /// The service's name for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Medium => "medium",
            Self::Heavy => "heavy",
            Self::Auth => "auth",
        }
    }

    /// Calls in a window, where the service does not say (fax API facts §3.3; customisable for each app).
    fn limit(self) -> u32 {
        match self {
            Self::Light => 50,
            Self::Medium => 40,
            Self::Heavy => 10,
            Self::Auth => 5,
        }
    }
}

/// Milliseconds of the documented window.
const WINDOW: i64 = 60_000;
/// Milliseconds added to the window, for what the network may do to the distance between two calls. Ours.
const MARGIN: i64 = 250;

/// What is known of one group's calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rate {
    limit: u32,
    window: i64,
    /// Until when no call may go out at all, in milliseconds since 1970.
    closed_until: i64,
    /// When calls left or, once they were answered, when the answer came: the service counted them before that.
    calls: Vec<i64>,
}

/// What an answer told of the limit, where the browser may read its headers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// `X-Rate-Limit-Limit`.
    pub limit: Option<u32>,
    /// `X-Rate-Limit-Remaining`.
    pub remaining: Option<u32>,
    /// `X-Rate-Limit-Window`, in seconds.
    pub window: Option<u32>,
    /// Seconds to wait, where the service refused (429).
    pub penalty: Option<u32>,
}

impl Rate {
    /// A group of which nothing is known but what is documented.
    #[must_use]
    pub fn new(group: Group) -> Self {
        Self { limit: group.limit(), window: WINDOW, closed_until: 0, calls: Vec::new() }
    }

    /// Milliseconds until a call may go out; 0 for now.
    #[must_use]
    pub fn wait(&self, now: i64) -> i64 {
        let span = self.window + MARGIN;
        // A clock that was set back leaves calls in the future; they count for no longer than any other.
        let mut counted: Vec<i64> =
            self.calls.iter().map(|call| (*call).min(now)).filter(|call| call + span > now).collect();
        counted.sort_unstable();
        let limit = usize::try_from(self.limit.max(1)).unwrap_or(1);
        let full = counted.len().checked_sub(limit).and_then(|over| counted.get(over)).map_or(0, |call| call + span);
        let closed = self.closed_until.min(now + LONGEST_PENALTY);
        full.max(closed).saturating_sub(now).max(0)
    }

    /// A call leaves.
    pub fn leave(&mut self, now: i64) {
        let oldest = now - 2 * (self.window + MARGIN);
        self.calls.retain(|call| *call > oldest);
        self.calls.push(now);
    }

    /// The call that left at `left` has an answer, or will have none.
    pub fn end(&mut self, left: i64, now: i64, told: Told) {
        if let Some(call) = self.calls.iter_mut().find(|call| **call == left) {
            *call = now;
        }
        self.limit = told.limit.filter(|limit| *limit > 0).unwrap_or(self.limit);
        self.window = told.window.filter(|window| *window > 0).map_or(self.window, |window| i64::from(window) * 1_000);
        if told.remaining == Some(0) && told.penalty.is_none() {
            // Whoever used them up, this window is full.
            self.closed_until = self.closed_until.max(now + self.window + MARGIN - self.idle(now));
        }
        if let Some(seconds) = told.penalty {
            self.closed_until = self.closed_until.max(now + i64::from(seconds) * 1_000);
        }
    }

    /// How long ago the oldest call of this window was: with it the first place comes free.
    fn idle(&self, now: i64) -> i64 {
        let counted = self.calls.iter().filter(|call| **call + self.window > now);
        counted.min().map_or(0, |oldest| (now - oldest).max(0))
    }

    /// As one line of text, for what the tabs share.
    #[must_use]
    pub fn write(&self) -> String {
        let calls: Vec<String> = self.calls.iter().map(i64::to_string).collect();
        format!("{} {} {} {}", self.limit, self.window, self.closed_until, calls.join(","))
    }

    /// Reads such a line; `None` where it is none.
    #[must_use]
    pub fn read(line: &str) -> Option<Self> {
        let mut parts = line.split(' ');
        let limit = parts.next()?.parse().ok().filter(|limit| *limit > 0)?;
        let window = parts.next()?.parse().ok().filter(|window| (1..=LONGEST_PENALTY).contains(window))?;
        let closed_until = parts.next()?.parse().ok()?;
        let calls = parts.next()?.split(',').filter_map(|call| call.parse().ok()).collect();
        Some(Self { limit, window, closed_until, calls })
    }
}

/// Milliseconds that nothing which was kept can close a group for. Ours: longer is a damaged line or a changed clock.
const LONGEST_PENALTY: i64 = 3_600_000;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_full_window_waits_for_its_oldest_call() {
        let mut rate = Rate::new(Group::Heavy);
        for call in 0..10 {
            assert_eq!(rate.wait(call * 100), 0);
            rate.leave(call * 100);
        }
        assert_eq!(rate.wait(1_000), WINDOW + MARGIN - 1_000);
        assert_eq!(rate.wait(WINDOW + MARGIN), 0);
    }

    #[test]
    fn a_penalty_closes_the_group() {
        let mut rate = Rate::new(Group::Light);
        rate.leave(5);
        rate.end(5, 10, Told { penalty: Some(60), ..Told::default() });
        assert_eq!(rate.wait(10), 60_000);
        assert_eq!(rate.wait(60_010), 0);
        // The time that a refusal names is the time, whatever else it says.
        let mut rate = Rate::new(Group::Heavy);
        rate.end(0, 0, Told { penalty: Some(5), remaining: Some(0), limit: Some(10), window: Some(60) });
        assert_eq!(rate.wait(0), 5_000);
    }

    #[test]
    fn what_the_service_says_counts_more_than_what_is_documented() {
        let mut rate = Rate::new(Group::Heavy);
        rate.leave(0);
        rate.end(0, 1, Told { limit: Some(2), window: Some(1), remaining: Some(1), ..Told::default() });
        rate.leave(2);
        assert_eq!(rate.wait(3), 1_000 + MARGIN - 2);
        rate.end(2, 4, Told { remaining: Some(0), ..Told::default() });
        assert!(rate.wait(4) > 0 && rate.wait(4) <= 1_000 + MARGIN);
    }

    #[test]
    fn a_clock_set_back_does_not_close_the_group_for_good() {
        let mut rate = Rate::new(Group::Heavy);
        for _ in 0..10 {
            rate.leave(10_000_000);
        }
        assert!(rate.wait(0) <= WINDOW + MARGIN);
        rate.end(1, 10_000_000, Told { penalty: Some(60), ..Told::default() });
        assert!(rate.wait(0) <= LONGEST_PENALTY);
    }

    #[test]
    fn it_is_written_and_read() {
        let mut rate = Rate::new(Group::Medium);
        assert_eq!(Rate::read(&rate.write()), Some(rate.clone()));
        rate.leave(1);
        rate.leave(2);
        assert_eq!(Rate::read(&rate.write()), Some(rate));
        for line in ["", "x", "0 1 1 ", "10 60000", "10 -5 0 1"] {
            assert_eq!(Rate::read(line), None, "{line}");
        }
    }

    proptest! {
        /// Whatever the order of calls and however slow the answers, a service that counts each call somewhere between
        /// its leaving and its answer never sees more than the limit in a window.
        #[test]
        fn the_service_never_sees_too_many(gaps in proptest::collection::vec((0..9_000i64, 0..3_000i64, 0..100i64), 1..120)) {
            let mut rate = Rate::new(Group::Heavy);
            let mut now = 0;
            let mut seen = Vec::new();
            for (gap, took, share) in gaps {
                now += gap;
                now += rate.wait(now);
                prop_assert_eq!(rate.wait(now), 0);
                let left = now;
                rate.leave(left);
                seen.push(left + took * share / 100);
                now += took;
                rate.end(left, now, Told::default());
            }
            for first in &seen {
                let within = seen.iter().filter(|other| (*first..*first + WINDOW).contains(other)).count();
                prop_assert!(within <= 10, "{} calls in a window", within);
            }
        }
    }
}
