//! How far the service's clock is ahead of the device's: a fax whose answer was lost is looked for by its moment.

use super::storage::{self, Keep};

/// Milliseconds that an answer may have taken for its time to say anything. Ours.
const LONGEST: i64 = 4_000;

/// Milliseconds after which the device's clock may have been set meanwhile. Ours.
const FRESH: i64 = 600_000;

/// Takes in a time that the service told, of something that happened between two moments of the device's clock.
pub fn learn(told: i64, from: i64, until: i64) {
    if (0..=LONGEST).contains(&(until - from)) {
        storage::write(Keep::Session, "clock", &format!("{} {until}", told - (from + until) / 2));
    }
}

/// Milliseconds; `None` where nothing was learned lately.
pub fn ahead() -> Option<i64> {
    let learned = storage::read(Keep::Session, "clock")?;
    let (ahead, at) = learned.split_once(' ')?;
    let at: i64 = at.parse().ok()?;
    (0..=FRESH).contains(&(super::now() - at)).then(|| ahead.parse().ok()).flatten()
}
