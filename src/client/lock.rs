//! Locks that hold across the tabs of a browser (Web Locks API). A browser without them, or a page without HTTPS, goes
//! on without: there two tabs can get in each other's way.

use futures_channel::oneshot;
use futures_util::future::{Either, select};
use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

/// A lock that is held until it is dropped; the browser lets go of it when the page goes.
pub struct Held(Option<Function>);

impl Held {
    /// Whether other tabs are really kept out.
    #[must_use]
    pub fn is_guarded(&self) -> bool {
        self.0.is_some()
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if let Some(release) = self.0.take() {
            // A promise's own function; it does not throw.
            let _ = release.call0(&JsValue::UNDEFINED);
        }
    }
}

/// Waits for a lock.
pub async fn hold(name: &str) -> Held {
    request(name, false).await.unwrap_or(Held(None))
}

/// Takes a lock if nobody holds it.
pub async fn hold_if_free(name: &str) -> Option<Held> {
    request(name, true).await
}

/// Whether the browser has locks.
pub fn is_supported() -> bool {
    manager().is_some()
}

/// The lock manager and its method.
fn manager() -> Option<(JsValue, Function)> {
    let navigator = Reflect::get(&js_sys::global(), &"navigator".into()).ok()?;
    let locks = Reflect::get(&navigator, &"locks".into()).ok()?;
    let method = Reflect::get(&locks, &"request".into()).ok()?.dyn_into().ok()?;
    Some((locks, method))
}

async fn request(name: &str, if_available: bool) -> Option<Held> {
    let Some((locks, method)) = manager() else { return Some(Held(None)) };
    let (sender, receiver) = oneshot::channel();
    let granted = Closure::once_into_js(move |lock: JsValue| -> JsValue {
        if lock.is_null() {
            drop(sender.send(None));
            return JsValue::UNDEFINED;
        }
        let mut release = None;
        // The lock is held until this promise is fulfilled.
        let held = Promise::new(&mut |resolve, _| release = Some(resolve));
        // Whoever asked may have gone: then the lock is dropped, and let go, right here.
        drop(sender.send(Some(Held(release))));
        held.into()
    });
    let options = Object::new();
    let _ = Reflect::set(&options, &"ifAvailable".into(), &if_available.into());
    match method.call3(&locks, &format!("fax-widget.{name}").into(), &options, &granted) {
        // Where the document has no right to locks (a frame without its own origin) the promise is rejected, and the
        // function that would tell is never called.
        Ok(promise) => match select(receiver, JsFuture::from(Promise::resolve(&promise))).await {
            Either::Left((granted, _)) => granted.unwrap_or(Some(Held(None))),
            Either::Right(_) => Some(Held(None)),
        },
        Err(_) => Some(Held(None)),
    }
}
