//! The events that the embedding page hears; all bubble and cross shadow roots. Names and details are the public
//! face's.

use js_sys::{Error, Object, Reflect};
use wasm_bindgen::JsValue;
use web_sys::{CustomEvent, CustomEventInit, EventTarget};

use super::sentences;
use super::widget::Widget;
use crate::reply::Failure;

/// `fax-ready`.
pub fn ready(target: &EventTarget) {
    dispatch(target, "fax-ready", &JsValue::NULL, false);
}

/// `fax-change`.
pub fn changed(target: &EventTarget) {
    dispatch(target, "fax-change", &JsValue::NULL, false);
}

/// `fax-submit`; `false` where the page calls the fax off.
pub fn submit(target: &EventTarget, draft: &JsValue) -> bool {
    dispatch(target, "fax-submit", draft, true)
}

/// `fax-progress`. There is no `loaded`: fetch does not tell how much has been uploaded.
pub fn progress(target: &EventTarget, phase: &str, total: Option<u64>) {
    let detail = Object::new();
    set(&detail, "phase", &phase.into());
    if let Some(total) = total {
        #[expect(clippy::cast_precision_loss, reason = "file sizes are far below 2^53")]
        set(&detail, "total", &JsValue::from_f64(total as f64));
    }
    dispatch(target, "fax-progress", &detail, false);
}

/// `fax-accepted`.
pub fn accepted(target: &EventTarget, message: &JsValue) {
    dispatch(target, "fax-accepted", message, false);
}

/// `fax-error`.
pub fn failed(target: &EventTarget, error: &JsValue) {
    dispatch(target, "fax-error", error, false);
}

/// A failure as the `FaxError` of the public face: told apart by its name.
pub fn error_object(widget: Widget, failure: &Failure) -> JsValue {
    let error = Error::new(&sentences::error_message(widget, failure));
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

pub(super) fn set(object: &JsValue, name: &str, value: &JsValue) {
    // Fails only on a frozen object, and these are our own.
    let _ = Reflect::set(object, &name.into(), value);
}

fn dispatch(target: &EventTarget, name: &str, detail: &JsValue, cancelable: bool) -> bool {
    let options = CustomEventInit::new();
    options.set_bubbles(true);
    options.set_composed(true);
    options.set_cancelable(cancelable);
    options.set_detail(detail);
    CustomEvent::new_with_event_init_dict(name, &options)
        .and_then(|event| target.dispatch_event(&event))
        .unwrap_or(true)
}
