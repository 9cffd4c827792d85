//! What tabs of one origin tell each other (BroadcastChannel). Through the names of the browser's own functions: web-sys
//! has glue for each, in the download that a page waits for.

use js_sys::{Array, Function, Reflect};
use wasm_bindgen::prelude::*;

/// A channel, closed when it is dropped.
pub struct Channel {
    handle: JsValue,
    _hear: Closure<dyn FnMut(JsValue)>,
}

impl Channel {
    /// Opens a channel and hears the texts that others post to it; `None` where the browser has none.
    pub fn open(name: &str, mut hear: impl FnMut(String) + 'static) -> Option<Self> {
        let class: Function = Reflect::get(&js_sys::global(), &"BroadcastChannel".into()).ok()?.dyn_into().ok()?;
        let handle = Reflect::construct(&class, &Array::of1(&name.into())).ok()?;
        let hear = Closure::<dyn FnMut(JsValue)>::new(move |event: JsValue| {
            if let Some(text) = data(&event) {
                hear(text);
            }
        });
        // Fails only on a frozen object.
        let _ = Reflect::set(&handle, &"onmessage".into(), hear.as_ref());
        Some(Self { handle, _hear: hear })
    }

    /// Tells the others.
    pub fn post(&self, text: &str) {
        call(&self.handle, "postMessage", &[&text.into()]);
    }
}

impl Drop for Channel {
    fn drop(&mut self) {
        let _ = Reflect::set(&self.handle, &"onmessage".into(), &JsValue::NULL);
        call(&self.handle, "close", &[]);
    }
}

/// The text of a message.
pub fn data(event: &JsValue) -> Option<String> {
    Reflect::get(event, &"data".into()).ok()?.as_string()
}

/// Calls a method of the browser's; `None` where there is none, or it throws.
pub fn call(object: &JsValue, method: &str, values: &[&JsValue]) -> Option<JsValue> {
    let method: Function = Reflect::get(object, &method.into()).ok()?.dyn_into().ok()?;
    method.apply(object, &values.iter().copied().collect()).ok()
}
