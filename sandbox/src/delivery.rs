//! What happens to a fax after it was accepted. Nothing is dialled: its time comes, and then each recipient in turn
//! has an outcome. What is due is kept in the store, so that a restart loses nothing.

use std::time::Duration;

use tokio::sync::Notify;

use crate::moment::{self, Millis};
use crate::store::Store;

/// How long after a fax's time a recipient is settled: a pace each, one after the other as on one line, so that one
/// can watch them go.
pub fn after(pace: Duration, position: usize) -> Millis {
    let pace = Millis::try_from(pace.as_millis()).unwrap_or(Millis::MAX);
    pace.saturating_mul(Millis::try_from(position).unwrap_or(Millis::MAX).saturating_add(1))
}

/// Settles faxes as they come due, for as long as the program runs; `news` wakes it when one was accepted.
pub async fn run(store: Store, news: &Notify) {
    // The clock may be set, and a laptop may sleep: it is looked at again at least this often.
    const LOOK: Duration = Duration::from_secs(30);
    loop {
        let wait = match store.settle(moment::now()).await {
            Ok(None) => LOOK,
            Ok(Some(due)) => Duration::from_millis(u64::try_from(due - moment::now()).unwrap_or_default()).min(LOOK),
            Err(error) => {
                eprintln!("{error}");
                Duration::from_secs(1)
            }
        };
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = news.notified() => {}
        }
    }
}
