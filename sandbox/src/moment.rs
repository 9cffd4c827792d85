//! Points in time as the API writes them, kept as milliseconds since 1970 in UTC.

use std::time::{SystemTime, UNIX_EPOCH};

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Milliseconds since 1970, UTC.
pub type Millis = i64;

/// The present.
pub fn now() -> Millis {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .ok()
        .and_then(|since| Millis::try_from(since.as_millis()).ok())
        .unwrap_or_default()
}

/// Reads a date-time with a zone. One without is not read: what the real service makes of it is unknown
/// (fax API facts §1.4), and refusing is the cautious reading.
pub fn read(text: &str) -> Option<Millis> {
    if text.as_bytes().get(10) != Some(&b'T') {
        return None;
    }
    let moment = OffsetDateTime::parse(text, &Rfc3339).ok()?;
    Millis::try_from(moment.unix_timestamp_nanos().div_euclid(1_000_000)).ok()
}

/// Writes a moment as the API does: UTC, milliseconds, `Z`.
pub fn write(moment: Millis) -> String {
    let at = at(moment);
    let (date, time) = (at.date(), at.time());
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
        date.year(),
        u8::from(date.month()),
        date.day(),
        time.hour(),
        time.minute(),
        time.second(),
        time.millisecond()
    )
}

/// Writes a moment for a person.
pub fn write_plainly(moment: Millis) -> String {
    let at = at(moment);
    let (date, time) = (at.date(), at.time());
    format!(
        "{} {} {}, {:02}:{:02}:{:02} UTC",
        date.day(),
        date.month(),
        date.year(),
        time.hour(),
        time.minute(),
        time.second()
    )
}

fn at(moment: Millis) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(moment) * 1_000_000).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_writes() {
        for (text, same) in [
            ("2030-03-19T08:00:00.000Z", "2030-03-19T08:00:00.000Z"),
            ("2016-12-01T00:00:00Z", "2016-12-01T00:00:00.000Z"),
            ("2030-03-19T12:00:00+04:00", "2030-03-19T08:00:00.000Z"),
        ] {
            assert_eq!(write(read(text).unwrap()), same);
        }
        for text in ["2030-03-19T08:00:00", "2030-03-19", "2030-03-19 08:00:00Z", "tomorrow", ""] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
