//! The numbers that go wrong on purpose, all in one table. +999 is a country code nobody has, so that they reach
//! nobody even if they are sent to the real service by mistake.

use axum::http::StatusCode;

use crate::refusal::Refusal;

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

/// The table: a number's digits, what it does, and that in words.
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
    ("9990000503", BadDay::Answers(Answer::Unavailable), "503 CMN-201, Retry-After: 2; the fax is not accepted"),
];

/// What a number does, if it is in the table. Only its digits count.
pub fn of(phone_number: &str) -> Option<BadDay> {
    let digits: String = phone_number.chars().filter(char::is_ascii_digit).collect();
    TABLE.iter().find(|(number, ..)| *number == digits).map(|(_, day, _)| *day)
}

/// The answer a post to these numbers gets: the first of them that asks for one decides.
pub fn answer<'a>(phone_numbers: impl IntoIterator<Item = &'a str>) -> Option<Answer> {
    phone_numbers.into_iter().find_map(|number| match of(number)? {
        BadDay::Answers(answer) => Some(answer),
        BadDay::Fails(_) | BadDay::StaysQueued => None,
    })
}
