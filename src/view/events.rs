//! The events that the embedding page hears; all bubble and cross shadow roots. Names and details are the public
//! face's.

use js_sys::{Error, Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{CustomEvent, CustomEventInit, EventTarget};

use super::language::Language;
use super::sentences;
use crate::reply::Failure;

/// `fax-ready`.
pub fn ready(target: &EventTarget) {
    dispatch(target, "fax-ready", &JsValue::NULL);
}

/// `fax-change`.
pub fn changed(target: &EventTarget) {
    dispatch(target, "fax-change", &JsValue::NULL);
}

/// What the page says to `fax-submit`.
pub enum Verdict {
    Send,
    CallOff,
    /// `true` where the fax may go; anything else, a rejection too, calls it off.
    Later(Promise),
}

/// `fax-submit`. In a frame the page that is to be asked is another one, which cannot answer while this one waits: there
/// the answer is a promise, which www/embed.js leaves on the event as `verdict`.
pub fn submit(target: &EventTarget, draft: &JsValue) -> Verdict {
    let Ok(event) = event("fax-submit", draft, true) else { return Verdict::Send };
    if !target.dispatch_event(&event).unwrap_or(true) {
        return Verdict::CallOff;
    }
    match Reflect::get(&event, &"verdict".into()).map(JsCast::dyn_into::<Promise>) {
        Ok(Ok(verdict)) => Verdict::Later(verdict),
        _ => Verdict::Send,
    }
}

/// `fax-progress`. There is no `loaded`: fetch does not tell how much has been uploaded.
pub fn progress(target: &EventTarget, phase: &str, total: Option<u64>) {
    dispatch(target, "fax-progress", &progress_object(phase, total));
}

/// `{phase, total?}`.
pub fn progress_object(phase: &str, total: Option<u64>) -> JsValue {
    let detail = Object::new();
    set(&detail, "phase", &phase.into());
    if let Some(total) = total {
        #[expect(clippy::cast_precision_loss, reason = "file sizes are far below 2^53")]
        set(&detail, "total", &JsValue::from_f64(total as f64));
    }
    detail.into()
}

/// `fax-accepted`.
pub fn accepted(target: &EventTarget, message: &JsValue) {
    dispatch(target, "fax-accepted", message);
}

/// `fax-status`.
pub fn status(target: &EventTarget, message: &JsValue) {
    dispatch(target, "fax-status", message);
}

/// `fax-error`.
pub fn failed(target: &EventTarget, error: &JsValue) {
    dispatch(target, "fax-error", error);
}

/// A failure as the `FaxError` of the public face: told apart by its name.
pub fn error_object(message: &str, failure: &Failure) -> JsValue {
    let error = Error::new(message);
    error.set_name("FaxError");
    set(&error, "code", &failure.code.as_str().into());
    set(&error, "outcome", &failure.outcome.as_str().into());
    if let Some(status) = failure.status {
        set(&error, "status", &status.into());
    }
    if let Some(error_code) = &failure.error_code {
        set(&error, "errorCode", &error_code.into());
    }
    if let Some(parameter_name) = &failure.parameter_name {
        set(&error, "parameterName", &parameter_name.into());
    }
    if let Some(retry_after) = failure.retry_after {
        set(&error, "retryAfter", &retry_after.into());
    }
    error.into()
}

/// The same for one of a service at `host`, with the sentence that goes with it.
pub fn error_object_at(host: &str, failure: &Failure) -> JsValue {
    error_object(&sentences::error_message(host, failure, &Language::default()), failure)
}

pub(super) fn set(object: &JsValue, name: &str, value: &JsValue) {
    // Fails only on a frozen object, and these are our own.
    let _ = Reflect::set(object, &name.into(), value);
}

fn dispatch(target: &EventTarget, name: &str, detail: &JsValue) {
    if let Ok(event) = event(name, detail, false) {
        // Fails only for an event that is being dispatched already.
        let _ = target.dispatch_event(&event);
    }
}

fn event(name: &str, detail: &JsValue, cancelable: bool) -> Result<CustomEvent, JsValue> {
    let options = CustomEventInit::new();
    options.set_bubbles(true);
    options.set_composed(true);
    options.set_cancelable(cancelable);
    options.set_detail(detail);
    CustomEvent::new_with_event_init_dict(name, &options)
}
