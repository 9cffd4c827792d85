//! Dates, sizes and countries the way the browser writes them in the page's language.

use std::cell::RefCell;

use js_sys::{Array, Function, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};

use super::clock;
use super::events::set;
use crate::fax::{ISO_CODES, IsoCode};

/// Bytes in a unit that fits, `1.2 MB`.
#[must_use]
pub fn size(bytes: u64, lang: &str) -> String {
    #[expect(clippy::cast_precision_loss, reason = "for people, to one decimal")]
    let bytes = bytes as f64;
    let (value, unit) = match bytes {
        bytes if bytes < 1_000.0 => (bytes, "byte"),
        bytes if bytes < 1_000_000.0 => (bytes / 1_000.0, "kilobyte"),
        bytes => (bytes / 1_000_000.0, "megabyte"),
    };
    // "230 byte" is what the short form makes of bytes in English.
    let display = if unit == "byte" { "long" } else { "short" };
    let digits = if unit == "megabyte" { "1" } else { "0" };
    let options = [("style", "unit"), ("unit", unit), ("unitDisplay", display), ("maximumFractionDigits", digits)];
    intl("NumberFormat", lang, &options)
        .and_then(|format| call(&format, "format", &JsValue::from_f64(value)))
        .unwrap_or_default()
}

/// A whole number with the language's own grouping, `1,025`.
#[must_use]
pub fn number(n: usize, lang: &str) -> String {
    #[expect(clippy::cast_precision_loss, reason = "counts, far below 2^53")]
    let n = JsValue::from_f64(n as f64);
    intl("NumberFormat", lang, &[]).and_then(|format| call(&format, "format", &n)).unwrap_or_default()
}

/// The plural category of a number: `zero`, `one`, `two`, `few`, `many` or `other`.
#[must_use]
pub fn plural(n: usize, lang: &str) -> String {
    #[expect(clippy::cast_precision_loss, reason = "counts, far below 2^53")]
    let n = JsValue::from_f64(n as f64);
    intl("PluralRules", lang, &[]).and_then(|rules| call(&rules, "select", &n)).unwrap_or_default()
}

/// An instant in the person's own zone, with the zone named.
#[must_use]
pub fn date_time(millis: i64, lang: &str) -> String {
    let options = [
        ("weekday", "long"),
        ("year", "numeric"),
        ("month", "long"),
        ("day", "numeric"),
        ("hour", "numeric"),
        ("minute", "2-digit"),
        ("timeZoneName", "short"),
    ];
    let date = clock::date(millis);
    intl("DateTimeFormat", lang, &options)
        .and_then(|format| call(&format, "format", &date))
        .unwrap_or_else(|| date.to_iso_string().as_string().unwrap_or_default())
}

/// An instant in few words, in the person's own zone.
#[must_use]
pub fn short_time(millis: i64, lang: &str) -> String {
    let options = [("dateStyle", "medium"), ("timeStyle", "short")];
    let date = clock::date(millis);
    intl("DateTimeFormat", lang, &options).and_then(|format| call(&format, "format", &date)).unwrap_or_default()
}

/// The name of the person's time zone, such as `Europe/Berlin`.
#[must_use]
pub fn time_zone() -> String {
    intl("DateTimeFormat", "", &[])
        .and_then(|format| {
            let resolved = function(&format, "resolvedOptions")?.call0(&format).ok()?;
            Reflect::get(&resolved, &"timeZone".into()).ok()?.as_string()
        })
        .unwrap_or_default()
}

/// The name of a country, by its code of ISO 3166-1.
#[must_use]
pub fn country(code: &str, lang: &str) -> String {
    intl("DisplayNames", lang, &[("type", "region")])
        .and_then(|names| call(&names, "of", &code.into()))
        .unwrap_or_else(|| code.to_owned())
}

/// Every country by name, in the order of the language: name and code.
#[must_use]
pub fn countries(lang: &str) -> Vec<(String, &'static str)> {
    let named: Array =
        ISO_CODES.split_ascii_whitespace().map(|code| Array::of2(&country(code, lang).into(), &code.into())).collect();
    // Arrays compare as their texts, so the name decides.
    if let Some(compare) = intl("Collator", lang, &[]).and_then(|collator| function(&collator, "compare")) {
        let _ = function(&named, "sort").map(|sort| sort.call1(&named, &compare));
    }
    named
        .iter()
        .filter_map(|pair| {
            let pair: Array = pair.dyn_into().ok()?;
            Some((pair.get(0).as_string()?, IsoCode::new(&pair.get(1).as_string()?)?.as_str()))
        })
        .collect()
}

/// Seconds as minutes and seconds, `1:05`.
#[must_use]
pub fn elapsed(seconds: i64) -> String {
    let seconds = seconds.max(0);
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

/// About how long, `4 min` or `50 sec`.
#[must_use]
pub fn minutes(seconds: f64, lang: &str) -> String {
    let (value, unit) =
        if seconds < 55.0 { ((seconds / 5.0).ceil() * 5.0, "second") } else { ((seconds / 60.0).round(), "minute") };
    let options = [("style", "unit"), ("unit", unit), ("unitDisplay", "short"), ("maximumFractionDigits", "0")];
    intl("NumberFormat", lang, &options)
        .and_then(|format| call(&format, "format", &JsValue::from_f64(value)))
        .unwrap_or_default()
}

thread_local! {
    /// Formatters by what they were made from: making one takes longer than all that a row of a list shows.
    static MADE: RefCell<Vec<(String, JsValue)>> = const { RefCell::new(Vec::new()) };
}

/// A formatter of `Intl`; in the browser's own language where `lang` is none.
#[inline(never)]
fn intl(class: &str, lang: &str, options: &[(&str, &str)]) -> Option<JsValue> {
    let mut key = [class, " ", lang].concat();
    for (name, value) in options {
        key.extend([" ", name, " ", value]);
    }
    if let Some(made) = MADE.with_borrow(|made| made.iter().find(|(of, _)| *of == key).map(|(_, made)| made.clone())) {
        return Some(made);
    }
    let class = function(&Reflect::get(&js_sys::global(), &"Intl".into()).ok()?, class)?;
    let stated = Object::new();
    for (name, value) in options {
        set(&stated, name, &(*value).into());
    }
    let made = |lang: JsValue| Reflect::construct(&class, &Array::of2(&lang, &stated));
    let formatter = if lang.is_empty() { Err(JsValue::NULL) } else { made(lang.into()) };
    let formatter = formatter.or_else(|_| made(JsValue::UNDEFINED)).ok()?;
    MADE.with_borrow_mut(|made| made.push((key, formatter.clone())));
    Some(formatter)
}

fn function(object: &JsValue, name: &str) -> Option<Function> {
    Reflect::get(object, &name.into()).ok()?.dyn_into().ok()
}

fn call(formatter: &JsValue, method: &str, value: &JsValue) -> Option<String> {
    function(formatter, method)?.call1(formatter, value).ok()?.as_string()
}
