//! The browser's clock and time zone.

use js_sys::Date;
use wasm_bindgen::JsValue;

use crate::draft::{DraftTime, TimeReading};

/// Milliseconds since 1970-01-01T00:00:00Z.
#[must_use]
#[expect(clippy::cast_possible_truncation, reason = "whole milliseconds, far below 2^53")]
pub fn now() -> i64 {
    Date::now() as i64
}

/// Reads a date and time: with a zone (`Z` or an offset) as that instant, without one in the browser's own zone, as
/// `<input type="datetime-local">` gives it.
#[must_use]
pub fn read(typed: &str) -> DraftTime {
    let reading = match local_parts(typed) {
        _ if typed.trim().is_empty() => TimeReading::Missing,
        Some(parts) => read_local(parts),
        None => instant(Date::parse(typed.trim())),
    };
    DraftTime { typed: typed.trim().to_owned(), reading }
}

/// The instant of a script's `Date`, which may be none.
#[must_use]
pub fn at(date: &Date) -> DraftTime {
    DraftTime { typed: date.to_string().into(), reading: instant(date.get_time()) }
}

/// An instant as the API writes it, in UTC.
#[must_use]
pub fn iso(millis: i64) -> String {
    date(millis).to_iso_string().as_string().unwrap_or_default()
}

/// The value that `<input type="datetime-local">` takes for an instant.
#[must_use]
pub fn local_input_value(millis: i64) -> String {
    let date = date(millis);
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}",
        date.get_full_year(),
        date.get_month() + 1,
        date.get_date(),
        date.get_hours(),
        date.get_minutes()
    )
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
pub(super) fn date(millis: i64) -> Date {
    Date::new(&JsValue::from_f64(millis as f64))
}

#[expect(clippy::cast_possible_truncation, reason = "whole milliseconds within Date's range of ±8.64e15")]
fn instant(millis: f64) -> TimeReading {
    if millis.is_finite() { TimeReading::At(millis as i64) } else { TimeReading::Unreadable }
}

/// Year, month from 1, day, hour, minute, second of `YYYY-MM-DD[THH:MM[:SS[.sss]]]` with no zone behind it. A day alone
/// is its midnight; `Date` would take that one for UTC's.
fn local_parts(typed: &str) -> Option<[u32; 6]> {
    let (day, time) = typed.trim().split_once(['T', ' ']).unwrap_or((typed.trim(), "00:00"));
    if !time.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b':' | b'.')) {
        return None;
    }
    let time = time.split_once('.').map_or(time, |(whole, _)| whole);
    let mut day = day.split('-').map(|part| part.parse().ok());
    let mut time = time.split(':').map(|part| part.parse().ok());
    let parts =
        [day.next()??, day.next()??, day.next()??, time.next()??, time.next()??, time.next().unwrap_or(Some(0))?];
    (day.next().is_none() && time.next().is_none()).then_some(parts)
}

/// A `Date` moves a time that the clock skips forward; where the parts come back changed, there is no such time.
#[expect(clippy::cast_possible_wrap, reason = "parts of a date are small")]
fn read_local([year, month, day, hour, minute, second]: [u32; 6]) -> TimeReading {
    let date = Date::new_with_year_month_day_hr_min_sec(
        year,
        month.wrapping_sub(1) as i32,
        day as i32,
        hour as i32,
        minute as i32,
        second as i32,
    );
    let same_day = [date.get_full_year(), date.get_month() + 1, date.get_date()] == [year, month, day];
    let same_time = [date.get_hours(), date.get_minutes(), date.get_seconds()] == [hour, minute, second];
    match instant(date.get_time()) {
        reading if same_day && same_time => reading,
        _ if month <= 12 && day <= 31 && hour < 24 && minute < 60 && second < 60 && same_day => TimeReading::Skipped,
        _ => TimeReading::Unreadable,
    }
}
