//! What a script asks to be sent again: `{originalMessageId, to?: [{phoneNumber, name?}], sendTime?}`.

use js_sys::{Date, Reflect};
use wasm_bindgen::{JsCast, JsValue};

use super::clock;
use super::fax_object::text_of;
use crate::draft::{Draft, DraftTime};
use crate::resend::Resend;

/// Reads such an object at the time `now`.
///
/// # Errors
/// The name of the parameter that cannot be used.
pub fn read(object: &JsValue, now: i64) -> Result<Resend, &'static str> {
    let get = |object: &JsValue, name: &str| Reflect::get(object, &name.into()).unwrap_or_default();
    let text = |value: JsValue| text_of(&value);
    let original = text(get(object, "originalMessageId")).and_then(|id| id.parse().ok()).ok_or("originalMessageId")?;
    let to = get(object, "to");
    let mut draft = Draft::<()>::default();
    let has_to = !to.is_undefined() && !to.is_null();
    if has_to {
        let entries = js_sys::try_iter(&to).ok().flatten().filter(|_| to.is_object()).ok_or("to")?;
        for entry in entries {
            let entry = entry.map_err(|_| "to")?;
            let number = text(entry.clone()).or_else(|| text(get(&entry, "phoneNumber"))).ok_or("to")?;
            draft.add_recipient(&number, &get(&entry, "name").as_string().unwrap_or_default());
        }
    }
    let send_time = get(object, "sendTime");
    let send_time: Option<DraftTime> = match (send_time.dyn_ref::<Date>(), send_time.as_string()) {
        (Some(date), _) => Some(clock::at(date)),
        (None, Some(time)) => Some(clock::read(&time)),
        (None, None) if send_time.is_undefined() || send_time.is_null() => None,
        (None, None) => return Err("sendTime"),
    };
    let resend = Resend::new(original, has_to.then_some(draft.to.as_slice()), send_time.as_ref(), now);
    resend.map_err(|flaws| flaws.first().map_or("to", |flaw| flaw.field.parameter()))
}
