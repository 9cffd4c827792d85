//! The number that a fax goes to: the first thing a person types, and the one where a slip costs most.

use std::fmt;
use std::str::FromStr;

/// A number that a fax can be addressed to.
///
/// Written with a plus it is E.164, which is what the API asks for (fax API facts §6). Without one it goes out as
/// its bare digits, as the guide's own examples do, and the service reads it in its country setting.
///
/// ```
/// # use fax_widget::phone_number::PhoneNumber;
/// let number: PhoneNumber = "+1 (650) 555-0100".parse()?;
/// assert_eq!(number.to_string(), "+16505550100");
/// assert_eq!(number.grouped(), "+1 650 555 0100");
/// # Ok::<(), fax_widget::phone_number::PhoneNumberError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PhoneNumber {
    international: bool,
    digits: String,
}

/// Why a text is not a fax number, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PhoneNumberError {
    /// There is no digit in it.
    Empty,
    /// The character at this place (counted from 0 in characters) belongs to no number.
    Unexpected {
        /// Counted from 0, in characters.
        at: usize,
        /// The character itself.
        found: char,
    },
    /// An extension (`x`, `*`, `#`, `,` or `ext`) follows; a fax has no way to dial one (fax API facts §6).
    Extension,
    /// It starts with 00, which means another thing in another country; `+` is the same everywhere.
    DoubleZero,
    /// A national 0 in brackets stands behind the country code, as in +49 (0)30.
    TrunkZero,
    /// Fewer digits than any fax number has.
    TooShort {
        /// How many there are.
        digits: usize,
        /// How many there must be.
        least: usize,
    },
    /// More digits than E.164 allows.
    TooLong {
        /// How many there are.
        digits: usize,
        /// How many there may be.
        most: usize,
    },
}

/// The longest number of ITU-T E.164, country code included.
const MOST_DIGITS: usize = 15;
/// Ours: the shortest numbers with a country code in use (some island states) have seven digits.
const LEAST_DIGITS: usize = 7;
/// Numbers of the North American plan, `+1`, have exactly this many digits with their country code.
const NORTH_AMERICAN_DIGITS: usize = 11;

/// The value of a decimal digit as people type it: ASCII, or full width from an East Asian keyboard.
pub(crate) fn decimal_digit(found: char) -> Option<char> {
    match found {
        '0'..='9' => Some(found),
        '\u{ff10}'..='\u{ff19}' => char::from_u32(found as u32 - 0xff10 + '0' as u32),
        _ => None,
    }
}

/// Spaces, dots, brackets and every dash, and the invisible direction marks that come with copied contacts.
fn is_punctuation(found: char) -> bool {
    found.is_whitespace()
        || matches!(found, '.' | '(' | ')' | '[' | ']' | '/' | '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{ff0d}')
        || matches!(found, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

impl FromStr for PhoneNumber {
    type Err = PhoneNumberError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut international = false;
        let mut digits = String::new();
        for (at, found) in text.chars().enumerate() {
            if let Some(digit) = decimal_digit(found) {
                digits.push(digit);
            } else if matches!(found, '+' | '\u{ff0b}') && digits.is_empty() && !international {
                international = true;
            } else if matches!(found, '*' | '#' | ',' | ';' | 'x' | 'X' | 'e' | 'E') && digits.len() >= LEAST_DIGITS {
                return Err(PhoneNumberError::Extension);
            } else if !is_punctuation(found) {
                return Err(PhoneNumberError::Unexpected { at, found });
            }
        }
        let count = digits.len();
        if count == 0 {
            return Err(PhoneNumberError::Empty);
        }
        if !international && digits.starts_with("00") {
            return Err(PhoneNumberError::DoubleZero);
        }
        if international && text.as_bytes().windows(3).any(|three| three == b"(0)") {
            return Err(PhoneNumberError::TrunkZero);
        }
        let (least, most) = if international && digits.starts_with('1') {
            (NORTH_AMERICAN_DIGITS, NORTH_AMERICAN_DIGITS)
        } else {
            (LEAST_DIGITS, MOST_DIGITS)
        };
        if count < least {
            return Err(PhoneNumberError::TooShort { digits: count, least });
        }
        if count > most {
            return Err(PhoneNumberError::TooLong { digits: count, most });
        }
        Ok(Self { international, digits })
    }
}

impl PhoneNumber {
    /// The digits alone, for comparing two spellings.
    #[must_use]
    pub fn digits(&self) -> &str {
        &self.digits
    }

    /// The number in groups that a person can read aloud and compare, `+1 650 555 0100`.
    #[must_use]
    pub fn grouped(&self) -> String {
        let mut grouped = String::with_capacity(self.digits.len() + 8);
        if self.international {
            grouped.push('+');
        }
        let north_american = self.digits.len() == NORTH_AMERICAN_DIGITS && self.digits.starts_with('1');
        let count = self.digits.len();
        let country = if self.international { calling_code_length(&self.digits) } else { 0 };
        for (place, digit) in self.digits.chars().enumerate() {
            let left = count - place;
            let gap = if north_american {
                matches!(left, 10 | 7 | 4)
            } else {
                // The country code, then groups of three, and no group of one at the end.
                place > 0 && place >= country && (place - country) % 3 == 0 && left > 1
            };
            if gap {
                grouped.push(' ');
            }
            grouped.push(digit);
        }
        grouped
    }
}

/// How many digits the country code has at the front of an international number (ITU-T E.164, annex to the Operational
/// Bulletin: 1 and 7 stand alone, the listed pairs too, all others take three).
fn calling_code_length(digits: &str) -> usize {
    const PAIRS: &str = "20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 \
        66 81 82 84 86 90 91 92 93 94 95 98";
    if digits.starts_with(['1', '7']) {
        1
    } else if PAIRS.split_ascii_whitespace().any(|pair| digits.starts_with(pair)) {
        2
    } else {
        3
    }
}

impl fmt::Display for PhoneNumber {
    /// As it goes over the wire: `+` and digits, or digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.international {
            f.write_str("+")?;
        }
        f.write_str(&self.digits)
    }
}

impl fmt::Debug for PhoneNumber {
    /// Numbers are private: a log shows only how long one is.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PhoneNumber({} digits)", self.digits.len())
    }
}

#[cfg(test)]
mod tests {
    use super::PhoneNumberError::*;
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn reads(text: &str, wire: &str) {
        assert_eq!(text.parse::<PhoneNumber>().map(|number| number.to_string()), Ok(wire.to_owned()), "{text}");
    }

    #[track_caller]
    fn fails(text: &str, error: PhoneNumberError) {
        assert_eq!(text.parse::<PhoneNumber>().err(), Some(error), "{text}");
    }

    #[test]
    fn punctuation_is_let_go() {
        reads("+16505550100", "+16505550100");
        reads("+1 (650) 555-0100", "+16505550100");
        reads(" +1.650.555.0100 ", "+16505550100");
        reads("18001234567", "18001234567");
        reads("(650) 555-0100", "6505550100");
        reads("030/901820", "030901820");
        reads("+49\u{a0}30\u{2013}901820", "+4930901820");
        reads("\u{202a}+1 650 555 0100\u{202c}", "+16505550100");
        reads("\u{ff0b}\u{ff18}\u{ff11}\u{ff13}12345678", "+81312345678");
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place() {
        fails("", Empty);
        fails("  ", Empty);
        fails("+", Empty);
        fails("65O5550100", Unexpected { at: 2, found: 'O' });
        fails("1-800-FLOWERS", Unexpected { at: 6, found: 'F' });
        fails("650+5550100", Unexpected { at: 3, found: '+' });
        fails("++16505550100", Unexpected { at: 1, found: '+' });
        fails("+16505550100 x12", Extension);
        fails("+16505550100*102", Extension);
        fails("+16505550100 ext. 4", Extension);
        fails("0049 30 901820", DoubleZero);
        fails("+49 (0)30 901820", TrunkZero);
        fails("12345", TooShort { digits: 5, least: 7 });
        fails("+1 650 555 010", TooShort { digits: 10, least: 11 });
        fails("+1 650 555 01000", TooLong { digits: 12, most: 11 });
        fails("+4930123456789012", TooLong { digits: 16, most: 15 });
    }

    #[test]
    fn numbers_are_grouped_for_reading() {
        let grouped = |text: &str| text.parse::<PhoneNumber>().map(|number| number.grouped());
        assert_eq!(grouped("+16505550100"), Ok("+1 650 555 0100".to_owned()));
        assert_eq!(grouped("18001234567"), Ok("1 800 123 4567".to_owned()));
        assert_eq!(grouped("+4930901820"), Ok("+49 309 018 20".to_owned()));
        assert_eq!(grouped("+3545510100"), Ok("+354 551 0100".to_owned()));
        assert_eq!(grouped("+79165550100"), Ok("+7 916 555 0100".to_owned()));
        assert_eq!(grouped("6505550100"), Ok("650 555 0100".to_owned()));
    }

    #[test]
    fn a_log_does_not_show_the_number() {
        let number: PhoneNumber = "+16505550100".parse().unwrap();
        assert_eq!(format!("{number:?}"), "PhoneNumber(11 digits)");
    }

    proptest! {
        /// Print and parse agree.
        #[test]
        fn a_printed_number_reads_back(text in "\\+?[0-9() .-]{0,24}") {
            if let Ok(number) = text.parse::<PhoneNumber>() {
                prop_assert_eq!(number.to_string().parse(), Ok(number.clone()));
                prop_assert_eq!(number.grouped().parse(), Ok(number));
            }
        }

        /// No text makes it panic, and nothing but digits and a plus comes out.
        #[test]
        fn any_text_is_read_or_refused(text in "\\PC*") {
            if let Ok(number) = text.parse::<PhoneNumber>() {
                prop_assert!(number.to_string().trim_start_matches('+').bytes().all(|byte| byte.is_ascii_digit()));
            }
        }
    }
}
