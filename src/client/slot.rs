//! Which of the kept drafts is this tab's: no two tabs may write to one.

use super::lock::{self, Held};
use super::storage::{self, Keep};

/// A slot that no other tab gets. Given back when it is dropped, and by the browser when the tab closes or crashes.
pub type Hold = Held;

/// What became of the wish for a slot.
pub enum Claim {
    Held(Hold),
    /// An open tab has it.
    Taken,
    /// The browser has no locks (before Chrome 69, Firefox 96, Safari 15.4), or none for this page.
    Unguarded,
}

pub async fn claim(slot: u32) -> Claim {
    match lock::hold_if_free(&format!("draft.{slot}")).await {
        Some(held) if held.is_guarded() => Claim::Held(held),
        Some(_) => Claim::Unguarded,
        None => Claim::Taken,
    }
}

/// The slot that this tab had before it was loaded again.
pub fn remembered(scope: u32) -> Option<u32> {
    storage::read(Keep::Session, &format!("draft.{scope}"))?.parse().ok()
}

/// Where it fails, the newest draft is taken next time.
pub fn remember(scope: u32, slot: u32) {
    storage::write(Keep::Session, &format!("draft.{scope}"), &slot.to_string());
}
