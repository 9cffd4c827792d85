//! Parts of the program that are downloads of their own (feature `split`). Each has one door, a table of functions; what
//! only that names is in the download.

/// It could not be had. The next load tries again.
#[derive(Clone, Copy, Debug)]
pub struct NotLoaded;

#[cfg(feature = "split")]
mod apart {
    use std::cell::RefCell;
    use std::thread::LocalKey;

    use futures_channel::oneshot;
    use wasm_bindgen_futures::spawn_local;

    use super::super::rest::Task;
    use super::NotLoaded;

    impl From<wasm_split_helpers::SplitLoaderError> for NotLoaded {
        fn from(_: wasm_split_helpers::SplitLoaderError) -> Self {
            Self
        }
    }

    /// A download under way, for all who wait for it. Of no type: a generic one would be compiled for each part.
    pub struct Download(RefCell<Vec<oneshot::Sender<()>>>);

    impl Download {
        /// Nobody has asked for it.
        pub const fn new() -> Self {
            Self(RefCell::new(Vec::new()))
        }

        /// Ends when `fetch` has, which the first begins who asks. Who lets go of the future leaves the load to the others.
        pub fn join(this: &'static LocalKey<Self>, fetch: fn() -> Task<()>) -> Task<()> {
            let (sender, receiver) = oneshot::channel();
            let is_first = this.with(|Self(waiting)| {
                let mut waiting = waiting.borrow_mut();
                waiting.push(sender);
                waiting.len() == 1
            });
            if is_first {
                spawn_local(async move {
                    fetch().await;
                    for sender in this.with(|Self(waiting)| waiting.take()) {
                        // Whoever waited may have gone.
                        let _ = sender.send(());
                    }
                });
            }
            Box::pin(async move {
                // Nobody lets go of the sender before it has sent.
                let _ = receiver.await;
            })
        }
    }
}

#[cfg(feature = "split")]
pub use apart::Download;
