//! The numbers that go wrong on purpose, all in one table. +999 is a country code nobody has, so that they reach
//! nobody even if they are sent to the real service by mistake.

use axum::http::StatusCode;

use crate::refusal::Refusal;

/// The reasons for which a recipient may fail, in the order they are documented in (fax API facts §2.4).
pub const CODES: [&str; 34] = [
    "AllLinesInUse",
    "Undefined",
    "NoFaxSendPermission",
    "NoInternationalPermission",
    "NoFaxMachine",
    "NoAnswer",
    "LineBusy",
    "CallerHungUp",
    "NotEnoughCredits",
    "SentPartially",
    "InternationalCallingDisabled",
    "DestinationCountryDisabled",
    "UnknownCountryCode",
    "NotAccepted",
    "InvalidNumber",
    "CallDeclined",
    "TooManyCallsPerLine",
    "CallFailed",
    "RenderingFailed",
    "TooManyPages",
    "ReturnToDBQueue",
    "NoCallTime",
    "WrongNumber",
    "ProhibitedNumber",
    "InternalError",
    "FaxSendingProhibited",
    "ThePhoneIsBlacklisted",
    "UserNotFound",
    "ConvertError",
    "DBGeneralError",
    "SkypeBillingFailed",
    "AccountSuspended",
    "ProhibitedDestination",
    "InternationalDisabled",
];

/// What the numbers begin with whose last two digits are a position in [`CODES`], from 01.
const BY_POSITION: &str = "99970000";

/// What a number does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum BadDay {
    /// The fax is accepted, and this recipient then fails with this `faxErrorCode`.
    Fails(&'static str),
    /// The fax is accepted, and this recipient stays Queued.
    StaysQueued,
    /// The post is answered in some unhappy way.
    Answers(Answer),
}

/// An unhappy answer to a post.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Answer {
    /// A refusal in the service's shape.
    Refusal(Refused),
    /// A gateway's 413, a page.
    TooLarge,
    /// 429 with `Retry-After: 5` until a post comes after the penalty.
    RateLimitedOnce,
    /// 429 with `Retry-After: 1`, always.
    RateLimited,
    /// 503 with `Retry-After: 2`.
    Unavailable,
    /// 200 with a page instead of JSON; the fax is not accepted.
    Page,
    /// The fax is accepted and the answer is cut off in the middle.
    Truncated,
    /// No answer, ever.
    Silence {
        /// Whether the fax is accepted.
        accepted: bool,
    },
    /// The connection is closed with no answer.
    Hangup {
        /// Whether the fax is accepted.
        accepted: bool,
    },
    /// As [`Self::Hangup`], accepted; lists show it only later.
    HangupUnlisted,
    /// As [`Self::Hangup`], accepted; this recipient stays Queued.
    HangupStuck,
    /// The fax is accepted, and a gateway says with a page that it waited too long.
    GatewayTimeout,
    /// A gateway says with a page that it got no answer, while the service is still at it and accepts the fax later.
    BadGateway,
    /// The fax is accepted twice, as when a browser repeats a post; the answer is the second's, and late.
    Twice,
}

/// How an accepted fax ends for one recipient.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Outcome {
    /// It goes through.
    Sent,
    /// It fails with this `faxErrorCode`.
    Fails(&'static str),
    /// Never.
    StaysQueued,
}

/// The refusals a number can ask for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Refused {
    /// 400 CMN-101 for `to`.
    Number,
    /// 401 OAU-128.
    Token,
    /// 403 CMN-408.
    Permission,
    /// 404 CMN-102.
    NotFound,
    /// 406 MSG-343.
    Resend,
    /// 415 MSG-348.
    Type,
    /// 500 CMN-203.
    Internal,
}

impl Refused {
    /// The refusal itself.
    pub fn refusal(self) -> Refusal {
        match self {
            Self::Number => Refusal::invalid("to"),
            Self::Token => Refusal::token_expired(),
            Self::Permission => Refusal::new(
                StatusCode::FORBIDDEN,
                "CMN-408",
                "In order to call this API endpoint, user needs to have [OutboundFaxes] permission for requested resource.",
            ),
            Self::NotFound => Refusal::not_found("to"),
            Self::Resend => Refusal::resend_not_allowed(),
            Self::Type => Refusal::unsupported(1, "document"),
            Self::Internal => Refusal::internal(),
        }
    }
}

/// The table: a number's digits, what it does, and that in words. The numbers that name a code by its position are
/// beside it.
pub const TABLE: &[(&str, BadDay, &str)] = &[
    ("9990000001", BadDay::Fails("LineBusy"), "fails: LineBusy"),
    ("9990000002", BadDay::Fails("NoAnswer"), "fails: NoAnswer"),
    ("9990000003", BadDay::Fails("InvalidNumber"), "fails: InvalidNumber"),
    ("9990000004", BadDay::Fails("SentPartially"), "fails: SentPartially"),
    ("9990000005", BadDay::Fails("RenderingFailed"), "fails: RenderingFailed"),
    ("9990000006", BadDay::Fails("TooManyPages"), "fails: TooManyPages"),
    ("9990000009", BadDay::StaysQueued, "stays Queued for ever"),
    ("9990000200", BadDay::Answers(Answer::Page), "200 with an HTML page instead of JSON; the fax is not accepted"),
    ("9990000201", BadDay::Answers(Answer::Truncated), "the fax is accepted; 200 with JSON that is cut off"),
    ("9990000400", BadDay::Answers(Answer::Refusal(Refused::Number)), "400 CMN-101, parameterName to"),
    ("9990000401", BadDay::Answers(Answer::Refusal(Refused::Token)), "401 OAU-128, always"),
    ("9990000403", BadDay::Answers(Answer::Refusal(Refused::Permission)), "403 CMN-408"),
    ("9990000404", BadDay::Answers(Answer::Refusal(Refused::NotFound)), "404 CMN-102"),
    ("9990000406", BadDay::Answers(Answer::Refusal(Refused::Resend)), "406 MSG-343"),
    ("9990000408", BadDay::Answers(Answer::Silence { accepted: false }), "no answer, ever; the fax is not accepted"),
    ("9990000409", BadDay::Answers(Answer::Silence { accepted: true }), "the fax is accepted; no answer, ever"),
    ("9990000413", BadDay::Answers(Answer::TooLarge), "413 with a gateway's HTML page"),
    ("9990000415", BadDay::Answers(Answer::Refusal(Refused::Type)), "415 MSG-348"),
    (
        "9990000429",
        BadDay::Answers(Answer::RateLimitedOnce),
        "429 CMN-301, Retry-After: 5; a post to it within those 5 s restarts them, one after them is accepted",
    ),
    ("9990000430", BadDay::Answers(Answer::RateLimited), "429 CMN-301, Retry-After: 1, always"),
    (
        "9990000495",
        BadDay::Answers(Answer::HangupStuck),
        "the fax is accepted and stays Queued for ever; the connection is closed with no answer",
    ),
    (
        "9990000496",
        BadDay::Answers(Answer::HangupUnlisted),
        "the fax is accepted, but lists show it only 5 s later; the connection is closed with no answer",
    ),
    (
        "9990000497",
        BadDay::Answers(Answer::Twice),
        "the fax is accepted twice at the same moment; 200 with the second of them, after 3 s",
    ),
    (
        "9990000498",
        BadDay::Answers(Answer::Hangup { accepted: false }),
        "the connection is closed with no answer; the fax is not accepted",
    ),
    (
        "9990000499",
        BadDay::Answers(Answer::Hangup { accepted: true }),
        "the fax is accepted; the connection is closed with no answer",
    ),
    ("9990000500", BadDay::Answers(Answer::Refusal(Refused::Internal)), "500 CMN-203; the fax is not accepted"),
    (
        "9990000502",
        BadDay::Answers(Answer::BadGateway),
        "502 with a gateway's HTML page; the fax is accepted 15 s later",
    ),
    ("9990000503", BadDay::Answers(Answer::Unavailable), "503 CMN-201, Retry-After: 2; the fax is not accepted"),
    ("9990000504", BadDay::Answers(Answer::GatewayTimeout), "the fax is accepted; 504 with a gateway's HTML page"),
    ("9997000099", BadDay::Fails("LineOnFire"), "fails: LineOnFire, a code nobody has documented"),
];

/// The row of the table that stands for all numbers which name a code by its position.
pub const POSITIONS: (&str, &str) =
    ("99970000NN", "fails with the code at this position of the documented list, from 01 AllLinesInUse to 34");

/// What a number does, if it is in the table. Only its digits count.
fn of(phone_number: &str) -> Option<BadDay> {
    let digits: String = phone_number.chars().filter(char::is_ascii_digit).collect();
    let by_position = || {
        let position = digits.strip_prefix(BY_POSITION).filter(|rest| rest.len() == 2)?.parse::<usize>().ok()?;
        CODES.get(position.checked_sub(1)?).map(|code| BadDay::Fails(code))
    };
    TABLE.iter().find(|(number, ..)| *number == digits).map(|(_, day, _)| *day).or_else(by_position)
}

/// How a fax to this number ends.
pub fn outcome(phone_number: &str) -> Outcome {
    match of(phone_number) {
        Some(BadDay::Fails(code)) => Outcome::Fails(code),
        Some(BadDay::StaysQueued | BadDay::Answers(Answer::HangupStuck)) => Outcome::StaysQueued,
        Some(BadDay::Answers(_)) | None => Outcome::Sent,
    }
}

/// The answer a post to these numbers gets: the first of them that asks for one decides.
pub fn answer<'a>(phone_numbers: impl IntoIterator<Item = &'a str>) -> Option<Answer> {
    phone_numbers.into_iter().find_map(|number| match of(number)? {
        BadDay::Answers(answer) => Some(answer),
        BadDay::Fails(_) | BadDay::StaysQueued => None,
    })
}
