//! Which sentence goes with what went wrong: it names the field and says what to do.

use super::connection::absolute;
use super::format;
use super::language::Language;
use super::widget::Widget;
use crate::draft::Draft;
use crate::fax::{Cause, Field, Flaw, MOST_BYTES, MOST_COVER_TEXT};
use crate::file_kind::Family;
use crate::message::Status;
use crate::phone_number::PhoneNumberError;
use crate::reply::{Code, Failure, Outcome};
use crate::words::Word;

/// A heading with what it is about.
pub fn headed(heading: Word, text: &str, language: &Language) -> String {
    language.fill(Word::Headed, &[("heading", &language.say(heading)), ("text", text)])
}

/// What is wrong with a field of the draft.
pub fn flaw<F>(flaw: &Flaw, draft: &Draft<F>, language: &Language) -> String {
    let id = match flaw.field {
        Field::Recipient(id) | Field::Attachment(id) => id,
        _ => 0,
    };
    let name = draft.attachments.iter().find(|entry| entry.id == id).map_or("", |entry| &entry.name);
    match &flaw.cause {
        Cause::NoRecipient => language.say(Word::NoRecipient),
        Cause::PhoneNumber(error) => {
            let number = draft.to.iter().find(|entry| entry.id == id).map_or("", |entry| &entry.phone_number);
            phone_number(*error, number, language)
        }
        Cause::NoAttachment => language.say(Word::NoAttachment),
        Cause::UnknownKind(extension) if extension.is_empty() => {
            language.fill(Word::FileNoExtension, &[("name", name)])
        }
        Cause::UnknownKind(extension) => {
            language.fill(Word::FileUnknownKind, &[("name", name), ("extension", extension)])
        }
        Cause::EmptyFile => language.fill(Word::FileEmpty, &[("name", name)]),
        Cause::Unreadable => language.fill(Word::FileUnreadable, &[("name", name)]),
        Cause::TooLarge { total } => {
            let over = total.saturating_sub(MOST_BYTES);
            language.fill(Word::FilesTooLarge, &[("over", &format::size(over, &language.tag))])
        }
        Cause::PageNotMade => language.say(Word::PageNotMade),
        Cause::NoPage => language.say(Word::NoPageLeft),
        Cause::TooLong => language.say(Word::NoPagesTooMany),
        Cause::TooManyPages { pages } => {
            language.fill(Word::TooManyPages, &[("n", &format::number(*pages, &language.tag))])
        }
        Cause::UnknownResolution => language.say(Word::ResolutionUnknown),
        Cause::CoverIndex => language.say(Word::CoverIndexUnknown),
        Cause::CoverTextTooLong { units } => language.fill(
            Word::CoverTextTooLong,
            &[
                ("n", &format::number(*units, &language.tag)),
                ("over", &format::number(units - MOST_COVER_TEXT, &language.tag)),
            ],
        ),
        Cause::CoverTextWithoutCover => language.say(Word::CoverTextWithoutCover),
        Cause::Past => language.say(Word::TimePast),
        Cause::SkippedTime => language.say(Word::TimeSkipped),
        Cause::NoTime => language.say(Word::TimeMissing),
        Cause::UnreadableTime => language.say(Word::TimeUnreadable),
        Cause::UnknownCountry if draft.iso_code.eq_ignore_ascii_case("uk") => language.say(Word::CountryUk),
        Cause::UnknownCountry => language.fill(Word::CountryUnknown, &[("code", &draft.iso_code)]),
    }
}

fn phone_number(error: PhoneNumberError, number: &str, language: &Language) -> String {
    match error {
        PhoneNumberError::Empty => language.fill(Word::NumberEmpty, &[("number", number)]),
        PhoneNumberError::Unexpected { found, .. } => {
            language.fill(Word::NumberUnexpected, &[("number", number), ("found", found.encode_utf8(&mut [0; 4]))])
        }
        PhoneNumberError::Extension => language.fill(Word::NumberExtension, &[("number", number)]),
        PhoneNumberError::DoubleZero => language.fill(Word::NumberDoubleZero, &[("number", number)]),
        PhoneNumberError::TrunkZero => language.fill(Word::NumberTrunkZero, &[("number", number)]),
        PhoneNumberError::TooShort { digits, least } => language.fill(
            Word::NumberTooShort,
            &[
                ("number", number),
                ("digits", &format::number(digits, &language.tag)),
                ("least", &format::number(least, &language.tag)),
            ],
        ),
        PhoneNumberError::TooLong { digits, most } => language.fill(
            Word::NumberTooLong,
            &[
                ("number", number),
                ("digits", &format::number(digits, &language.tag)),
                ("most", &format::number(most, &language.tag)),
            ],
        ),
    }
}

/// Why an attempt ended before the rest of the program was there.
pub fn early(failure: &Failure) -> Word {
    match failure.code {
        Code::Offline => Word::FailedOffline,
        Code::Network => Word::FailedLoading,
        _ => Word::CancelledBefore,
    }
}

/// What became of an attempt, in one sentence, and what the person can do.
pub fn failure(widget: Widget, failure: &Failure) -> String {
    failure_at(&widget.host(), failure, &widget.language())
}

fn failure_at(host: &str, failure: &Failure, language: &Language) -> String {
    let host = ("host", host);
    match failure.code {
        Code::Invalid => match failure.parameter_name.as_deref() {
            Some(name @ ("server" | "endpoint" | "account" | "extension")) => {
                language.fill(Word::FailedAddress, &[("name", name)])
            }
            _ => language.say(Word::FailedInvalid),
        },
        Code::Offline => language.say(Word::FailedOffline),
        Code::Network => language.fill(Word::FailedNetwork, &[host]),
        Code::Timeout => language.say(Word::FailedTimeout),
        Code::Cancelled if failure.outcome == Outcome::NotSent => language.say(Word::CancelledBefore),
        Code::Cancelled => language.say(Word::CancelledDuring),
        Code::Unauthorized if failure.status.is_none() => language.say(Word::FailedNoToken),
        Code::Unauthorized => language.say(Word::FailedUnauthorized),
        Code::Forbidden => language.say(Word::FailedForbidden),
        Code::NotFound => language.fill(Word::FailedNotFound, &[host]),
        Code::NotAllowed => language.say(Word::FailedNotAllowed),
        Code::TooLarge => language.say(Word::FailedTooLarge),
        Code::Unsupported => language.say(Word::FailedUnsupported),
        Code::RateLimited => language.say(Word::FailedRateLimited),
        Code::Refused => match failure.parameter_name.as_deref().and_then(field_name) {
            Some(name) => language.fill(Word::FailedRefusedParameter, &[("name", &language.say(name))]),
            None => language.say(Word::FailedRefused),
        },
        Code::Server => language.say(Word::FailedServer),
        Code::Unreadable => language.say(Word::FailedUnreadable),
    }
}

/// Why a resend was not accepted.
pub fn resend_failure(widget: Widget, failure_: &Failure) -> String {
    match failure_.code {
        Code::NotAllowed => widget.say(Word::ResendNotAllowed),
        Code::NotFound => widget.say(Word::ResendNotFound),
        Code::Cancelled if failure_.parameter_name.is_some() => widget.say(Word::BatchRepeated),
        Code::Cancelled if failure_.outcome == Outcome::NotSent => widget.say(Word::BatchStopped),
        _ => headed(outcome(failure_.outcome), &failure(widget, failure_), &widget.language()),
    }
}

/// Why something could not be read from the service.
pub fn reading_failure(widget: Widget, failure_: &Failure) -> String {
    match failure_.code {
        Code::Offline => widget.say(Word::ReadOffline),
        Code::Forbidden => widget.say(Word::ReadForbidden),
        Code::NotFound if failure_.parameter_name.is_some() => widget.say(Word::ReadNoStore),
        Code::Server | Code::Unreadable | Code::Refused => widget.say(Word::ReadFailed),
        Code::Unauthorized if failure_.status.is_some() => widget.say(Word::ReadUnauthorized),
        _ => failure(widget, failure_),
    }
}

/// Why a fax could not be cancelled. One whose answer was lost may have been.
pub fn cancel_failure(widget: Widget, failure_: &Failure) -> String {
    match failure_.code {
        Code::Forbidden => widget.say(Word::CancelForbidden),
        Code::Network | Code::Timeout | Code::Server | Code::Unreadable => widget.say(Word::CancelUnknown),
        _ => reading_failure(widget, failure_),
    }
}

/// The words for a status; one that is not known is shown as it came.
pub fn status(widget: Widget, status: &Status) -> String {
    match status {
        Status::Queued => widget.say(Word::StatusQueued),
        Status::Sent => widget.say(Word::StatusSent),
        Status::SendingFailed => widget.say(Word::StatusFailed),
        Status::Received => widget.say(Word::StatusReceived),
        Status::Other(word) => word.clone(),
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
pub fn outcome(outcome: Outcome) -> Word {
    match outcome {
        Outcome::NotSent => Word::NotSentTitle,
        Outcome::Unknown => Word::UnknownTitle,
    }
}

/// The message of a `FaxError`. It names fields and never a number or a file name: errors end up in logs.
pub fn error_message(host: &str, failure: &Failure, language: &Language) -> String {
    let parameter = failure.parameter_name.as_deref().filter(|_| failure.code == Code::Invalid);
    let mut message = failure_at(host, failure, language);
    if let Some(field) = parameter.and_then(field_name) {
        message = language.fill(Word::Named, &[("name", &language.say(field)), ("text", &message)]);
    }
    headed(outcome(failure.outcome), &message, language)
}

/// The word for a sort of document.
pub fn family(family: Option<Family>) -> Word {
    match family {
        Some(Family::Pdf) => Word::KindPdf,
        Some(Family::Document) => Word::KindDocument,
        Some(Family::Spreadsheet) => Word::KindSpreadsheet,
        Some(Family::Presentation) => Word::KindPresentation,
        Some(Family::Drawing) => Word::KindDrawing,
        Some(Family::Image) => Word::KindImage,
        Some(Family::Text) => Word::KindText,
        Some(Family::Markup) => Word::KindMarkup,
        None => Word::KindUnknown,
    }
}

impl Widget {
    /// Host and port of the fax service, for sentences about its address.
    pub(super) fn host(self) -> String {
        self.parts().settings.peek(|settings| {
            let address = absolute(if settings.endpoint.is_empty() { &settings.server } else { &settings.endpoint });
            let rest = address.split_once("://").map_or(address.as_str(), |(_, rest)| rest);
            rest.split('/').next().unwrap_or_default().to_owned()
        })
    }
}
