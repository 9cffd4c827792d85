//! Which sentence goes with what went wrong: it names the field and says what to do.

use super::format;
use super::widget::{Widget, absolute};
use crate::draft::Draft;
use crate::fax::{Cause, Field, Flaw, MOST_BYTES, MOST_COVER_TEXT};
use crate::file_kind::Family;
use crate::phone_number::PhoneNumberError;
use crate::reply::{Code, Failure, Outcome};
use crate::words::{Word, fill, say};

/// What is wrong with a field of the draft.
pub fn flaw<F>(flaw: &Flaw, draft: &Draft<F>, lang: &str) -> String {
    let id = match flaw.field {
        Field::Recipient(id) | Field::Attachment(id) => id,
        _ => 0,
    };
    let name = draft.attachments.iter().find(|entry| entry.id == id).map_or("", |entry| &entry.name);
    match &flaw.cause {
        Cause::NoRecipient => say(Word::NoRecipient).to_owned(),
        Cause::PhoneNumber(error) => {
            let number = draft.to.iter().find(|entry| entry.id == id).map_or("", |entry| &entry.phone_number);
            phone_number(*error, number)
        }
        Cause::NoAttachment => say(Word::NoAttachment).to_owned(),
        Cause::UnknownKind(extension) if extension.is_empty() => fill(Word::FileNoExtension, &[("name", name)]),
        Cause::UnknownKind(extension) => fill(Word::FileUnknownKind, &[("name", name), ("extension", extension)]),
        Cause::EmptyFile => fill(Word::FileEmpty, &[("name", name)]),
        Cause::Unreadable => fill(Word::FileUnreadable, &[("name", name)]),
        Cause::TooLarge { total } => {
            let over = total.saturating_sub(MOST_BYTES);
            fill(Word::FilesTooLarge, &[("over", &format::size(over, lang))])
        }
        Cause::UnknownResolution => say(Word::ResolutionUnknown).to_owned(),
        Cause::CoverIndex => say(Word::CoverIndexUnknown).to_owned(),
        Cause::CoverTextTooLong { units } => fill(
            Word::CoverTextTooLong,
            &[("n", &format::number(*units, lang)), ("over", &format::number(units - MOST_COVER_TEXT, lang))],
        ),
        Cause::CoverTextWithoutCover => say(Word::CoverTextWithoutCover).to_owned(),
        Cause::Past => say(Word::TimePast).to_owned(),
        Cause::SkippedTime => say(Word::TimeSkipped).to_owned(),
        Cause::NoTime => say(Word::TimeMissing).to_owned(),
        Cause::UnreadableTime => say(Word::TimeUnreadable).to_owned(),
        Cause::UnknownCountry if draft.iso_code.eq_ignore_ascii_case("uk") => say(Word::CountryUk).to_owned(),
        Cause::UnknownCountry => fill(Word::CountryUnknown, &[("code", &draft.iso_code)]),
    }
}

fn phone_number(error: PhoneNumberError, number: &str) -> String {
    match error {
        PhoneNumberError::Empty => fill(Word::NumberEmpty, &[("number", number)]),
        PhoneNumberError::Unexpected { found, .. } => {
            fill(Word::NumberUnexpected, &[("number", number), ("found", found.encode_utf8(&mut [0; 4]))])
        }
        PhoneNumberError::Extension => fill(Word::NumberExtension, &[("number", number)]),
        PhoneNumberError::DoubleZero => fill(Word::NumberDoubleZero, &[("number", number)]),
        PhoneNumberError::TrunkZero => fill(Word::NumberTrunkZero, &[("number", number)]),
        PhoneNumberError::TooShort { digits, least } => fill(
            Word::NumberTooShort,
            &[("number", number), ("digits", &digits.to_string()), ("least", &least.to_string())],
        ),
        PhoneNumberError::TooLong { digits, most } => fill(
            Word::NumberTooLong,
            &[("number", number), ("digits", &digits.to_string()), ("most", &most.to_string())],
        ),
    }
}

/// What became of an attempt, in one sentence, and what the person can do.
pub fn failure(widget: Widget, failure: &Failure) -> String {
    let host = widget.host();
    let host = ("host", host.as_str());
    match failure.code {
        Code::Invalid => match failure.parameter_name.as_deref() {
            Some(name @ ("server" | "endpoint" | "account" | "extension")) => {
                fill(Word::FailedAddress, &[("name", name)])
            }
            _ => say(Word::FailedInvalid).to_owned(),
        },
        Code::Offline => say(Word::FailedOffline).to_owned(),
        Code::Network => fill(Word::FailedNetwork, &[host]),
        Code::Timeout => say(Word::FailedTimeout).to_owned(),
        Code::Cancelled if failure.outcome == Outcome::NotSent => say(Word::CancelledBefore).to_owned(),
        Code::Cancelled => say(Word::CancelledDuring).to_owned(),
        Code::Unauthorized if failure.status.is_none() => say(Word::FailedNoToken).to_owned(),
        Code::Unauthorized => say(Word::FailedUnauthorized).to_owned(),
        Code::Forbidden => say(Word::FailedForbidden).to_owned(),
        Code::NotFound => fill(Word::FailedNotFound, &[host]),
        Code::NotAllowed => say(Word::FailedNotAllowed).to_owned(),
        Code::TooLarge => say(Word::FailedTooLarge).to_owned(),
        Code::Unsupported => say(Word::FailedUnsupported).to_owned(),
        Code::RateLimited => say(Word::FailedRateLimited).to_owned(),
        Code::Refused => match failure.parameter_name.as_deref().and_then(field_name) {
            Some(name) => fill(Word::FailedRefusedParameter, &[("name", say(name))]),
            None => say(Word::FailedRefused).to_owned(),
        },
        Code::Server => say(Word::FailedServer).to_owned(),
        Code::Unreadable => say(Word::FailedUnreadable).to_owned(),
    }
}

/// The form's name for a parameter that the service complains of; a name that it does not know is not shown, for it
/// is the service's own text.
fn field_name(parameter: &str) -> Option<Word> {
    match parameter {
        "to" | "phoneNumber" | "to.phoneNumber" => Some(Word::To),
        "attachment" | "attachments" => Some(Word::Documents),
        "coverIndex" => Some(Word::CoverPage),
        "coverPageText" => Some(Word::CoverText),
        "faxResolution" => Some(Word::Resolution),
        "sendTime" => Some(Word::SendTime),
        "isoCode" | "country" => Some(Word::Country),
        _ => None,
    }
}

/// Whether the fax went, as the heading of a failure.
pub fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::NotSent => say(Word::NotSentTitle),
        Outcome::Unknown => say(Word::UnknownTitle),
    }
}

/// The message of a `FaxError`. It names fields and never a number or a file name: errors end up in logs.
pub fn error_message(widget: Widget, failure_: &Failure) -> String {
    let parameter = failure_.parameter_name.as_deref().filter(|_| failure_.code == Code::Invalid);
    let field = parameter.and_then(field_name).map(say);
    let mut message = failure(widget, failure_);
    if let Some(field) = field {
        message = format!("{field}: {message}");
    }
    format!("{}. {message}", outcome(failure_.outcome))
}

/// The word for a sort of document.
pub fn family(family: Option<Family>) -> &'static str {
    say(match family {
        Some(Family::Pdf) => Word::KindPdf,
        Some(Family::Document) => Word::KindDocument,
        Some(Family::Spreadsheet) => Word::KindSpreadsheet,
        Some(Family::Presentation) => Word::KindPresentation,
        Some(Family::Drawing) => Word::KindDrawing,
        Some(Family::Image) => Word::KindImage,
        Some(Family::Text) => Word::KindText,
        Some(Family::Markup) => Word::KindMarkup,
        None => Word::KindUnknown,
    })
}

impl Widget {
    /// Host and port of the fax service, for sentences about its address.
    fn host(self) -> String {
        self.parts().settings.peek(|settings| {
            let address = absolute(if settings.endpoint.is_empty() { &settings.server } else { &settings.endpoint });
            let rest = address.split_once("://").map_or(address.as_str(), |(_, rest)| rest);
            rest.split('/').next().unwrap_or_default().to_owned()
        })
    }
}
