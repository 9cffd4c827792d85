//! The draft as the plain object that scripts read and write: the `fax` property and the detail of `fax-submit`.

use js_sys::{Array, Date, Object, Reflect, TypeError};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::File;

use super::clock;
use super::events::set;
use crate::draft::{Draft, TimeReading};

/// `{to: [{phoneNumber, name?}], attachments: File[], faxResolution, coverIndex, coverPageText, sendTime, isoCode}`;
/// what is not set is absent.
pub fn write(draft: &Draft<File>) -> JsValue {
    let object = Object::new();
    let to: Array = draft
        .to
        .iter()
        .map(|entry| {
            let recipient = Object::new();
            set(&recipient, "phoneNumber", &entry.phone_number.as_str().into());
            if !entry.name.is_empty() {
                set(&recipient, "name", &entry.name.as_str().into());
            }
            recipient
        })
        .collect();
    set(&object, "to", &to);
    let attachments: Array = draft.attachments.iter().map(|entry| entry.file.clone()).collect();
    set(&object, "attachments", &attachments);
    set(&object, "faxResolution", &draft.fax_resolution.as_str().into());
    if let Some(index) = draft.cover_index {
        #[expect(clippy::cast_precision_loss, reason = "cover pages are few")]
        set(&object, "coverIndex", &JsValue::from_f64(index as f64));
    }
    if !draft.cover_page_text.is_empty() {
        set(&object, "coverPageText", &draft.cover_page_text.as_str().into());
    }
    if let Some(time) = &draft.send_time {
        let text = match time.reading {
            TimeReading::At(millis) => clock::iso(millis),
            _ => time.typed.clone(),
        };
        set(&object, "sendTime", &text.into());
    }
    if !draft.iso_code.is_empty() {
        set(&object, "isoCode", &draft.iso_code.as_str().into());
    }
    object.into()
}

/// Reads such an object; what is absent is as in an empty form. Flaws of a value are kept for the form to show.
///
/// # Errors
/// A `TypeError` where a value is of another kind altogether and cannot be kept.
pub fn read(value: &JsValue) -> Result<Draft<File>, JsValue> {
    let mut draft = Draft::default();
    if value.is_null() || value.is_undefined() {
        return Ok(draft);
    }
    if !value.is_object() {
        return Err(TypeError::new("fax: object expected").into());
    }
    for recipient in list(value, "to")? {
        match recipient.as_string() {
            Some(number) => draft.add_recipient(&number, ""),
            None => draft.add_recipient(
                &text(&recipient, "phoneNumber").ok_or_else(|| wrong("to", "{phoneNumber, name?}"))?,
                &text(&recipient, "name").unwrap_or_default(),
            ),
        };
    }
    for file in list(value, "attachments")? {
        let file: File = file.dyn_into().map_err(|_| wrong("attachments", "File"))?;
        draft.add_file(file);
    }
    if let Some(resolution) = text(value, "faxResolution") {
        draft.fax_resolution = resolution;
    }
    if let Some(index) = text(value, "coverIndex") {
        draft.set_cover_index(&index);
    }
    draft.cover_page_text = text(value, "coverPageText").unwrap_or_default();
    let send_time = get(value, "sendTime");
    draft.send_time = match (send_time.dyn_ref::<Date>(), send_time.as_string()) {
        (Some(date), _) => Some(clock::at(date)),
        (None, Some(time)) => (!time.is_empty()).then(|| clock::read(&time)),
        (None, None) if send_time.is_null() || send_time.is_undefined() => None,
        (None, None) => return Err(wrong("sendTime", "string or Date")),
    };
    draft.iso_code = text(value, "isoCode").unwrap_or_default();
    Ok(draft)
}

impl Draft<File> {
    /// Adds a file with its own name, size and type.
    pub(super) fn add_file(&mut self, file: File) {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "sizes are whole and positive")]
        let size = file.size() as u64;
        let (name, claimed_type) = (file.name(), file.type_());
        self.add_attachment(file, &name, size, &claimed_type);
    }

    /// Takes a cover page as written in an attribute: empty for the account's default. What is no number is kept as
    /// one that no cover page has, for the check to find.
    pub fn set_cover_index(&mut self, text: &str) {
        self.cover_index = (!text.is_empty()).then(|| text.trim().parse().unwrap_or(-1));
    }
}

fn get(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).unwrap_or_default()
}

/// A string, or a number as its digits; `None` for what is absent.
fn text(object: &JsValue, name: &str) -> Option<String> {
    text_of(&get(object, name))
}

/// A string, or a number as its digits; one that is not whole becomes text that is no number. Through integers: what writes
/// other numbers is as large as a screen.
pub fn text_of(value: &JsValue) -> Option<String> {
    /// Whole numbers below it are themselves: 2^53.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let is_whole = |number: &f64| number.fract() == 0.0 && number.abs() < EXACT;
    #[expect(clippy::cast_possible_truncation, reason = "it is whole, and in range")]
    let digits = |number: f64| if is_whole(&number) { (number as i64).to_string() } else { "?".to_owned() };
    value.as_string().or_else(|| value.as_f64().map(digits))
}

fn list(object: &JsValue, name: &'static str) -> Result<Vec<JsValue>, JsValue> {
    let value = get(object, name);
    if value.is_null() || value.is_undefined() {
        return Ok(Vec::new());
    }
    // A FileList is no array, and can be gone through all the same.
    match js_sys::try_iter(&value) {
        Ok(Some(items)) if value.is_object() => items.collect(),
        _ => Err(wrong(name, "Array")),
    }
}

/// For programmers, so in English wherever the page is.
fn wrong(name: &str, expected: &str) -> JsValue {
    TypeError::new(&format!("fax.{name}: {expected} expected")).into()
}
