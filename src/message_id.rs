//! The id of a message: what a fax is followed up, resent, forwarded and cancelled by.

use std::fmt;
use std::str::FromStr;

use crate::phone_number::decimal_digit;

/// The id of a message, never empty.
///
/// It is the only thing that [`Service::messages`](crate::service::Service::messages) builds an address from, and what
/// deletes takes nothing else: a deletion without an id would delete every message of the mailbox (fax API facts §4).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageId(String);

/// A text is not a message id: ids are whole numbers above zero, up to the largest int64 (fax API facts §6). One that is
/// none is never asked for: a service may refuse a question after several for the sake of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoMessageId;

impl FromStr for MessageId {
    type Err = NoMessageId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits: Option<String> = text.trim().chars().map(decimal_digit).collect();
        let digits = digits.ok_or(NoMessageId)?;
        let digits = digits.trim_start_matches('0');
        // What is not even that fails for being empty, or for having too many digits.
        digits.parse::<i64>().map_err(|_| NoMessageId)?;
        Ok(Self(digits.to_owned()))
    }
}

impl MessageId {
    /// Decimal digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One of several ids as typed or pasted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypedId {
    /// As it was written.
    pub typed: String,
    /// The id that it is, if it is one.
    pub id: Option<MessageId>,
}

/// Every id in a text, in any mix of commas, semicolons, spaces and lines; what is written twice is kept once. What is
/// no id is kept as well, for its own row to say so.
#[must_use]
pub fn read_ids(text: &str) -> Vec<TypedId> {
    let mut ids: Vec<TypedId> = Vec::new();
    let parts = text.split(|found: char| found.is_whitespace() || matches!(found, ',' | ';' | '\u{3001}' | '\u{ff0c}'));
    for typed in parts.filter(|part| !part.is_empty()) {
        let id = typed.parse().ok();
        if !ids.iter().any(|known| known.typed == typed || (id.is_some() && known.id == id)) {
            ids.push(TypedId { typed: typed.to_owned(), id });
        }
    }
    ids
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn is_id(text: &str, id: &str) {
        assert_eq!(text.parse::<MessageId>().map(|id| id.0), Ok(id.to_owned()));
    }

    #[track_caller]
    fn is_none(text: &str) {
        assert_eq!(text.parse::<MessageId>(), Err(NoMessageId), "{text}");
    }

    #[test]
    fn ids_are_whole_numbers() {
        is_id("1812166076", "1812166076");
        is_id(" 12345678\n", "12345678");
        is_id("0012", "12");
        is_id("１２", "12");
        is_id("9223372036854775807", "9223372036854775807");
        for text in [
            "",
            " ",
            "0",
            "000",
            "-1",
            "1.5",
            "1e3",
            "12/content",
            "../1",
            "~",
            "1,2",
            "92233720368547758070",
            "9223372036854775808",
        ] {
            is_none(text);
        }
    }

    #[test]
    fn many_are_read_from_any_mix() {
        let read = read_ids("12345678, 23456789;34567890\n\n45678901\tabc 12345678 ,, 012345678");
        let ids: Vec<_> = read.iter().map(|entry| entry.id.as_ref().map_or("?", |id| id.as_str())).collect();
        assert_eq!(ids, ["12345678", "23456789", "34567890", "45678901", "?"]);
        assert_eq!(read[4].typed, "abc");
        assert!(read_ids(" ,\n;").is_empty());
    }

    proptest! {
        /// Whatever is read as an id can stand in a path: digits alone, and never none.
        #[test]
        fn an_id_is_digits(text in "\\PC{0,30}") {
            for entry in read_ids(&text) {
                if let Some(id) = entry.id {
                    prop_assert!(!id.as_str().is_empty() && id.as_str().bytes().all(|byte| byte.is_ascii_digit()));
                }
            }
        }
    }
}
