//! A fax that may be sent: every value in it has been checked, and nothing behind this module checks again.
//!
//! [`Fax::new`] reads a [`Draft`] and gives either the fax or *all* flaws of the draft, each tied to the field that
//! a person has to mend. The limits are the service's own where it states them (fax API facts §1).

use std::fmt;

use crate::draft::{Draft, DraftAttachment, DraftRecipient, TimeReading};
use crate::file_kind::{self, FileKind};
use crate::phone_number::{PhoneNumber, PhoneNumberError};

/// Bytes that all documents of one fax may have together. The service says "50Mb" for one and for all; this is the
/// smaller of the two readings (fax API facts §1, §7.9).
pub const MOST_BYTES: u64 = 50_000_000;

/// Pages of all documents of one fax (fax API facts §1: "attachments does not exceed 200 pages").
pub const MOST_PAGES: usize = 200;

/// UTF-16 units of cover text. The service says 1,024 "symbols" and not what a symbol is; no way of counting gives
/// more than this one (fax API facts §1.2).
pub const MOST_COVER_TEXT: usize = 1_024;

/// The field of a draft that a flaw belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// The list of recipients.
    To,
    /// One recipient, by the id of its entry.
    Recipient(u32),
    /// The list of documents.
    Attachments,
    /// One document, by the id of its entry.
    Attachment(u32),
    /// The resolution.
    FaxResolution,
    /// The choice of a cover page.
    CoverIndex,
    /// The text on the cover page.
    CoverPageText,
    /// The time to send at.
    SendTime,
    /// The country.
    IsoCode,
}

impl Field {
    /// The API's name of the parameter that the field becomes.
    #[must_use]
    pub fn parameter(self) -> &'static str {
        match self {
            Self::To | Self::Recipient(_) => "to",
            Self::Attachments | Self::Attachment(_) => "attachment",
            Self::FaxResolution => "faxResolution",
            Self::CoverIndex => "coverIndex",
            Self::CoverPageText => "coverPageText",
            Self::SendTime => "sendTime",
            Self::IsoCode => "isoCode",
        }
    }
}

/// Why a field cannot go as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// There is no recipient.
    NoRecipient,
    /// The number is none.
    PhoneNumber(PhoneNumberError),
    /// There is no document.
    NoAttachment,
    /// The service does not list this kind of file; the extension as written, empty where the name has none.
    UnknownKind(String),
    /// The file has no bytes (the service answers MSG-347).
    EmptyFile,
    /// The file was moved, changed or removed after it was chosen.
    Unreadable,
    /// All documents together are larger than [`MOST_BYTES`].
    TooLarge {
        /// Their bytes.
        total: u64,
    },
    /// Neither `High` nor `Low`.
    UnknownResolution,
    /// Not the number of a cover page.
    CoverIndex,
    /// More UTF-16 units than [`MOST_COVER_TEXT`].
    CoverTextTooLong {
        /// How many there are.
        units: usize,
    },
    /// There is a text for a cover page, and no cover page is to be sent.
    CoverTextWithoutCover,
    /// The time has gone by; the service would send at once, silently.
    Past,
    /// The pages are to go as they are shown, and one of them could not be rendered.
    PageNotMade,
    /// All pages of all documents were left out.
    NoPage,
    /// One document has more pages than a fax may have.
    TooLong,
    /// More pages than one fax may have.
    TooManyPages {
        /// Pages of all documents together, as far as they are known.
        pages: usize,
    },
    /// The clock skips this time for daylight saving.
    SkippedTime,
    /// A time to send at is wanted, and none is given.
    NoTime,
    /// The text is not a date and time.
    UnreadableTime,
    /// Not a country code of ISO 3166-1.
    UnknownCountry,
}

impl Cause {
    /// Whether the field is merely not filled in yet, which is no fault before a person asks to send.
    #[must_use]
    pub fn is_missing(&self) -> bool {
        matches!(self, Self::NoRecipient | Self::NoAttachment | Self::NoTime)
    }
}

/// Something in a draft that a person has to mend before it can be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// Where.
    pub field: Field,
    /// Why.
    pub cause: Cause,
}

/// `High` (200 dpi, the service's default) or `Low` (100 dpi) (fax API facts §1.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FaxResolution {
    /// Fine.
    High,
    /// Standard: half the lines, half the time on the line.
    Low,
}

impl FaxResolution {
    /// The API's word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::High => "High",
            Self::Low => "Low",
        }
    }
}

/// Where a fax goes, and the name that the cover page shows for it.
#[derive(Clone, PartialEq, Eq)]
pub struct Recipient {
    phone_number: PhoneNumber,
    name: Option<String>,
}

impl Recipient {
    /// The number.
    #[must_use]
    pub fn phone_number(&self) -> &PhoneNumber {
        &self.phone_number
    }

    /// The name, in one line.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }
}

/// A document with the name and type that it travels under.
#[derive(Clone, PartialEq, Eq)]
pub struct Attachment<F> {
    file: F,
    wire_name: String,
    content_type: String,
}

impl<F> Attachment<F> {
    /// The handle that the transport can read the bytes from.
    pub fn file(&self) -> &F {
        &self.file
    }

    /// ASCII, never empty, with the right extension.
    #[must_use]
    pub fn wire_name(&self) -> &str {
        &self.wire_name
    }

    /// In lower case.
    #[must_use]
    pub fn content_type(&self) -> &str {
        &self.content_type
    }
}

/// A country code of ISO 3166-1 alpha-2, in upper case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IsoCode(&'static str);

/// Every code of ISO 3166-1 alpha-2. Which of them matter for a fax the service does not say (fax API facts §1.5).
pub const ISO_CODES: &str = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO \
    BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH \
    ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL \
    IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME \
    MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH \
    PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC \
    TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW";

impl IsoCode {
    /// The code as listed; `None` for anything else, `UK` included, which the guide's example shows and ISO does not
    /// have (the United Kingdom is `GB`).
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        ISO_CODES.split_ascii_whitespace().find(|code| code.eq_ignore_ascii_case(text)).map(Self)
    }

    /// Two upper-case letters.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.0
    }
}

/// A point in time to send at, not in the past when it was checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SendTime(i64);

impl SendTime {
    pub(crate) fn new(reading: TimeReading, now: i64) -> Result<Self, Cause> {
        match reading {
            TimeReading::At(millis) if millis <= now => Err(Cause::Past),
            TimeReading::At(millis) if millis <= LATEST => Ok(Self(millis)),
            TimeReading::At(_) | TimeReading::Unreadable => Err(Cause::UnreadableTime),
            TimeReading::Skipped => Err(Cause::SkippedTime),
            TimeReading::Missing => Err(Cause::NoTime),
        }
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn millis(self) -> i64 {
        self.0
    }

    /// An instant the way the API writes it.
    pub(crate) fn text(millis: i64) -> String {
        let since_epoch = std::time::Duration::from_millis(u64::try_from(millis.clamp(0, LATEST)).unwrap_or(0));
        humantime::format_rfc3339_millis(std::time::UNIX_EPOCH + since_epoch).to_string()
    }
}

impl fmt::Display for SendTime {
    /// ISO 8601 in UTC with `Z`, the only form whose reading is documented beyond doubt (fax API facts §1.4).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&Self::text(self.0))
    }
}

/// The recipients of a list, each number once; tells of every flaw.
pub(crate) fn recipients(entries: &[DraftRecipient], flaw: &mut impl FnMut(Field, Cause)) -> Vec<Recipient> {
    let mut to: Vec<Recipient> = Vec::with_capacity(entries.len());
    for entry in entries {
        match entry.phone_number.parse::<PhoneNumber>() {
            Ok(phone_number) if to.iter().any(|known| known.phone_number.digits() == phone_number.digits()) => {}
            Ok(phone_number) => to.push(Recipient { phone_number, name: one_line(&entry.name) }),
            Err(error) => flaw(Field::Recipient(entry.id), Cause::PhoneNumber(error)),
        }
    }
    if entries.is_empty() {
        flaw(Field::To, Cause::NoRecipient);
    }
    to
}

/// The latest instant that still prints with a year of four digits.
const LATEST: i64 = 253_402_300_799_999;

/// A fax that may be sent, over file handles `F`.
#[derive(Clone, PartialEq, Eq)]
pub struct Fax<F> {
    to: Vec<Recipient>,
    attachments: Vec<Attachment<F>>,
    fax_resolution: FaxResolution,
    cover_index: Option<u32>,
    cover_page_text: Option<String>,
    send_time: Option<SendTime>,
    iso_code: Option<IsoCode>,
}

impl<F: Clone> Fax<F> {
    /// Checks a draft at the time `now`, in milliseconds since 1970-01-01T00:00:00Z.
    ///
    /// # Errors
    /// All flaws of the draft, in the order of the form's fields; never an empty list.
    pub fn new(draft: &Draft<F>, now: i64) -> Result<Self, Vec<Flaw>> {
        let mut flaws = Vec::new();
        let mut flaw = |field, cause| flaws.push(Flaw { field, cause });

        let to = recipients(&draft.to, &mut flaw);
        let mut attachments = Vec::with_capacity(draft.attachments.len());
        for entry in &draft.attachments {
            match Attachment::new(entry) {
                Ok(attachment) => attachments.push(attachment),
                Err(cause) => flaw(Field::Attachment(entry.id), cause),
            }
        }
        if draft.attachments.is_empty() {
            flaw(Field::Attachments, Cause::NoAttachment);
        } else if draft.attachments.iter().all(|entry| entry.pages.are_left_out) {
            flaw(Field::Attachments, Cause::NoPage);
        }
        let pages = draft.page_count();
        if pages > MOST_PAGES {
            flaw(Field::Attachments, Cause::TooManyPages { pages });
        }
        let total = draft.size_as_is();
        if total > MOST_BYTES {
            flaw(Field::Attachments, Cause::TooLarge { total });
        }

        let fax_resolution = match draft.fax_resolution.as_str() {
            "High" => FaxResolution::High,
            "Low" => FaxResolution::Low,
            _ => {
                flaw(Field::FaxResolution, Cause::UnknownResolution);
                FaxResolution::High
            }
        };

        let cover_index = draft.cover_index.and_then(|index| {
            let index = u32::try_from(index).ok().filter(|index| i32::try_from(*index).is_ok());
            if index.is_none() {
                flaw(Field::CoverIndex, Cause::CoverIndex);
            }
            index
        });
        let has_text = !draft.cover_page_text.trim().is_empty();
        let units = draft.cover_page_text.encode_utf16().count();
        if units > MOST_COVER_TEXT {
            flaw(Field::CoverPageText, Cause::CoverTextTooLong { units });
        } else if has_text && cover_index == Some(0) {
            flaw(Field::CoverPageText, Cause::CoverTextWithoutCover);
        }

        let send_time = draft.send_time.as_ref().and_then(|time| match SendTime::new(time.reading, now) {
            Ok(send_time) => Some(send_time),
            Err(cause) => {
                flaw(Field::SendTime, cause);
                None
            }
        });

        let iso_code = IsoCode::new(&draft.iso_code);
        if iso_code.is_none() && !draft.iso_code.is_empty() {
            flaw(Field::IsoCode, Cause::UnknownCountry);
        }

        if flaws.is_empty() {
            let cover_page_text = has_text.then(|| draft.cover_page_text.clone());
            Ok(Self { to, attachments, fax_resolution, cover_index, cover_page_text, send_time, iso_code })
        } else {
            Err(flaws)
        }
    }
}

impl<F> Fax<F> {
    /// At least one, no number twice.
    #[must_use]
    pub fn to(&self) -> &[Recipient] {
        &self.to
    }

    /// At least one, in page order.
    #[must_use]
    pub fn attachments(&self) -> &[Attachment<F>] {
        &self.attachments
    }

    /// The resolution.
    #[must_use]
    pub fn fax_resolution(&self) -> FaxResolution {
        self.fax_resolution
    }

    /// `None` is the account's default cover page, `Some(0)` none.
    #[must_use]
    pub fn cover_index(&self) -> Option<u32> {
        self.cover_index
    }

    /// Never blank, at most [`MOST_COVER_TEXT`] UTF-16 units.
    #[must_use]
    pub fn cover_page_text(&self) -> Option<&str> {
        self.cover_page_text.as_deref()
    }

    /// `None` sends at once.
    #[must_use]
    pub fn send_time(&self) -> Option<SendTime> {
        self.send_time
    }

    /// The country that numbers are written for.
    #[must_use]
    pub fn iso_code(&self) -> Option<IsoCode> {
        self.iso_code
    }
}

impl<F: Clone> Attachment<F> {
    fn new(entry: &DraftAttachment<F>) -> Result<Self, Cause> {
        let kind = FileKind::of(&entry.name);
        let content_type = match kind {
            Some(kind) => content_type(kind, &entry.claimed_type),
            // Its pages go in its place, under a name of their own.
            None if entry.pages.are_shown => String::new(),
            None => return Err(Cause::UnknownKind(file_kind::extension(&entry.name).to_owned())),
        };
        if entry.unreadable {
            return Err(Cause::Unreadable);
        }
        if entry.pages.are_broken {
            return Err(Cause::PageNotMade);
        }
        if entry.pages.are_too_many {
            return Err(Cause::TooLong);
        }
        if entry.size == 0 {
            return Err(Cause::EmptyFile);
        }
        Ok(Self { file: entry.file.clone(), wire_name: file_kind::wire_name(&entry.name), content_type })
    }
}

/// The kind's own media type; a claimed one only where it says the same and more, such as a character set.
fn content_type(kind: FileKind, claimed: &str) -> String {
    let claimed = claimed.trim_matches(' ');
    let essence = claimed.split(';').next().unwrap_or_default();
    let agrees = essence.eq_ignore_ascii_case(kind.content_type());
    let is_plain = claimed.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ');
    let stated = if agrees && is_plain { claimed } else { kind.content_type() };
    stated.to_ascii_lowercase()
}

/// A name for the cover page: line breaks and other control characters become spaces.
fn one_line(name: &str) -> Option<String> {
    let line: String = name.chars().map(|found| if found.is_control() { ' ' } else { found }).collect();
    let line = line.trim();
    (!line.is_empty()).then(|| line.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draft::DraftTime;

    const NOW: i64 = 1_900_000_000_000;

    fn draft() -> Draft<&'static str> {
        let mut draft = Draft::default();
        draft.add_recipient("+16505550100", "");
        draft.add_attachment("bytes", "a.pdf", 5, "application/pdf");
        draft
    }

    fn at(reading: TimeReading) -> Option<DraftTime> {
        Some(DraftTime { typed: String::new(), reading })
    }

    #[track_caller]
    fn flawed(change: impl FnOnce(&mut Draft<&'static str>), parameter: &str, cause: Cause) {
        let mut draft = draft();
        change(&mut draft);
        let flaws = Fax::new(&draft, NOW).err().unwrap();
        let found: Vec<_> = flaws.iter().map(|flaw| (flaw.field.parameter(), &flaw.cause)).collect();
        assert_eq!(found, [(parameter, &cause)]);
    }

    #[test]
    fn a_whole_draft_becomes_a_fax() {
        let fax = Fax::new(&draft(), NOW).ok().unwrap();
        assert_eq!(fax.to().len(), 1);
        assert_eq!(fax.attachments()[0].wire_name(), "a.pdf");
        assert_eq!(fax.cover_index(), None);
    }

    #[test]
    fn each_flaw_is_tied_to_its_field() {
        flawed(|draft| draft.to.clear(), "to", Cause::NoRecipient);
        flawed(|draft| draft.attachments.clear(), "attachment", Cause::NoAttachment);
        flawed(
            |draft| draft.to[0].phone_number = "12".into(),
            "to",
            Cause::PhoneNumber(PhoneNumberError::TooShort { digits: 2, least: 7 }),
        );
        flawed(|draft| draft.attachments[0].name = "a.heic".into(), "attachment", Cause::UnknownKind("heic".into()));
        flawed(|draft| draft.attachments[0].name = "README".into(), "attachment", Cause::UnknownKind(String::new()));
        flawed(|draft| draft.attachments[0].size = 0, "attachment", Cause::EmptyFile);
        flawed(|draft| draft.attachments[0].unreadable = true, "attachment", Cause::Unreadable);
        flawed(|draft| draft.attachments[0].pages.are_broken = true, "attachment", Cause::PageNotMade);
        flawed(|draft| draft.attachments[0].pages.are_too_many = true, "attachment", Cause::TooLong);
        flawed(|draft| draft.attachments[0].pages.are_left_out = true, "attachment", Cause::NoPage);
        flawed(
            |draft| draft.attachments[0].size = MOST_BYTES + 1,
            "attachment",
            Cause::TooLarge { total: MOST_BYTES + 1 },
        );
        flawed(|draft| draft.fax_resolution = "Medium".into(), "faxResolution", Cause::UnknownResolution);
        flawed(|draft| draft.cover_index = Some(-1), "coverIndex", Cause::CoverIndex);
        flawed(
            |draft| draft.cover_page_text = "x".repeat(1025),
            "coverPageText",
            Cause::CoverTextTooLong { units: 1025 },
        );
        flawed(
            |draft| {
                draft.cover_page_text = "Hello".into();
                draft.cover_index = Some(0);
            },
            "coverPageText",
            Cause::CoverTextWithoutCover,
        );
        flawed(|draft| draft.send_time = at(TimeReading::At(NOW)), "sendTime", Cause::Past);
        flawed(|draft| draft.send_time = at(TimeReading::Skipped), "sendTime", Cause::SkippedTime);
        flawed(|draft| draft.send_time = at(TimeReading::Missing), "sendTime", Cause::NoTime);
        flawed(|draft| draft.send_time = at(TimeReading::Unreadable), "sendTime", Cause::UnreadableTime);
        flawed(|draft| draft.send_time = at(TimeReading::At(i64::MAX)), "sendTime", Cause::UnreadableTime);
        flawed(|draft| draft.iso_code = "UK".into(), "isoCode", Cause::UnknownCountry);
    }

    #[test]
    fn all_flaws_come_at_once() {
        let mut draft = Draft::<()>::default();
        draft.iso_code = "??".into();
        draft.cover_index = Some(0);
        draft.cover_page_text = "text".into();
        draft.add_recipients("no number, +16505550100, also none", "");
        assert_eq!(Fax::new(&draft, NOW).err().unwrap().len(), 5);
    }

    #[test]
    fn limits_are_inclusive() {
        let mut draft = draft();
        draft.attachments[0].size = MOST_BYTES;
        draft.cover_page_text = "x".repeat(MOST_COVER_TEXT);
        draft.send_time = at(TimeReading::At(NOW + 1));
        assert!(Fax::new(&draft, NOW).is_ok());
    }

    #[test]
    fn cover_text_is_counted_in_utf16_units() {
        let mut draft = draft();
        draft.cover_page_text = "😀".repeat(513);
        let flaws = Fax::new(&draft, NOW).err().unwrap();
        assert_eq!(flaws[0].cause, Cause::CoverTextTooLong { units: 1026 });
    }

    #[test]
    fn a_number_given_twice_goes_once() {
        let mut draft = draft();
        draft.to.push(draft.to[0].clone());
        assert_eq!(Fax::new(&draft, NOW).ok().unwrap().to().len(), 1);
    }

    #[test]
    fn times_print_in_utc_with_z() {
        assert_eq!(SendTime(1_900_137_600_000).to_string(), "2030-03-19T08:00:00.000Z");
        assert_eq!(SendTime(0).to_string(), "1970-01-01T00:00:00.000Z");
        assert_eq!(SendTime(LATEST).to_string(), "9999-12-31T23:59:59.999Z");
    }

    #[test]
    fn names_are_one_line() {
        assert_eq!(one_line("Jane\r\nRoe\u{0}"), Some("Jane  Roe".to_owned()));
        assert_eq!(one_line(" \t "), None);
    }

    #[test]
    fn a_claimed_type_counts_only_where_it_agrees() {
        let stated = |name: &str, claimed: &str| content_type(FileKind::of(name).unwrap(), claimed);
        assert_eq!(stated("a.dot", "text/vnd.graphviz"), "application/msword");
        assert_eq!(stated("a.txt", "text/plain;charset=utf-8"), "text/plain;charset=utf-8");
        for hostile in
            ["text/plain;\r\nX-Evil: 1", "\r\ntext/plain", "text/plain\r\n\r\n", "text/plain\u{a0}", "text/plain ;a"]
        {
            assert_eq!(stated("a.txt", hostile), "text/plain");
        }
        assert_eq!(stated("a.txt", ""), "text/plain");
        assert_eq!(stated("a.tga", "image/x-tga"), "application/octet-stream");
    }

    #[test]
    fn country_codes_are_isos() {
        assert_eq!(ISO_CODES.split_ascii_whitespace().count(), 249);
        assert_eq!(IsoCode::new("gb").map(IsoCode::as_str), Some("GB"));
        assert_eq!(IsoCode::new("UK"), None);
    }
}
