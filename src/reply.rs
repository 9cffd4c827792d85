//! What the service's answer to a fax request means, and what may have happened where there is none.
//!
//! The rule that everything rests on: only a 2xx answer with a message in it is an acceptance, only an answer that
//! refuses says that nothing was sent, and all else is unknown (fax API facts §3.4: there is no idempotency key).

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Visitor};

/// The part of a JSON body that a client acts on: the fields of a message and of an error side by side, because
/// only the status tells which it is. All are optional, as in the API's schema (fax API facts §2.1, §3.1).
#[derive(Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Body {
    #[serde(deserialize_with = "id")]
    id: Option<String>,
    to: Option<Vec<RecipientStatus>>,
    message_status: Option<String>,
    error_code: Option<String>,
    parameter_name: Option<String>,
    errors: Option<Vec<ErrorEntry>>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct ErrorEntry {
    error_code: Option<String>,
    parameter_name: Option<String>,
}

/// One recipient of a message as the service tells it.
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RecipientStatus {
    /// Mostly E.164, sometimes formatted or masked.
    pub phone_number: Option<String>,
    /// The name given with the fax.
    pub name: Option<String>,
    /// `Queued`, `Sent`, `SendingFailed` or another word (fax API facts §2.3).
    pub message_status: Option<String>,
    /// Why it failed (fax API facts §2.4); an open list.
    pub fax_error_code: Option<String>,
}

/// A fax that the service has taken. Accepted is not sent: nothing has been faxed yet.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    /// The message id in decimal digits.
    pub id: String,
    /// May be empty: the schema promises nothing.
    pub to: Vec<RecipientStatus>,
    /// `Queued` as a rule.
    pub message_status: Option<String>,
}

/// An answer as the transport read it.
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// Seconds, where the browser could read the header.
    pub retry_after: Option<u32>,
    /// `None` where the body was not a JSON object.
    pub body: Option<Body>,
}

/// What went wrong. The names are the public face's ([`Code::as_str`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// The draft has flaws.
    Invalid,
    /// The browser was offline before anything was posted.
    Offline,
    /// The connection failed, and nobody can tell after how many bytes.
    Network,
    /// No answer in time.
    Timeout,
    /// Stopped by a person or a script.
    Cancelled,
    /// 401, also with a fresh token; or there is no token.
    Unauthorized,
    /// 403.
    Forbidden,
    /// 404.
    NotFound,
    /// 406.
    NotAllowed,
    /// 413.
    TooLarge,
    /// 415.
    Unsupported,
    /// 429, and waiting did not help.
    RateLimited,
    /// Any other 4xx.
    Refused,
    /// 5xx.
    Server,
    /// A 2xx whose body is not a message, or an answer that is none of this.
    Unreadable,
}

impl Code {
    /// The name in the public face.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Invalid => "invalid",
            Self::Offline => "offline",
            Self::Network => "network",
            Self::Timeout => "timeout",
            Self::Cancelled => "cancelled",
            Self::Unauthorized => "unauthorized",
            Self::Forbidden => "forbidden",
            Self::NotFound => "not-found",
            Self::NotAllowed => "not-allowed",
            Self::TooLarge => "too-large",
            Self::Unsupported => "unsupported",
            Self::RateLimited => "rate-limited",
            Self::Refused => "refused",
            Self::Server => "server",
            Self::Unreadable => "unreadable",
        }
    }

    /// What a failure of this kind means for a fax whose request may already be on its way.
    fn outcome(self) -> Outcome {
        match self {
            Self::Network | Self::Timeout | Self::Cancelled | Self::Server | Self::Unreadable => Outcome::Unknown,
            _ => Outcome::NotSent,
        }
    }
}

/// What became of a fax that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Certainly not accepted.
    NotSent,
    /// Perhaps accepted.
    Unknown,
}

impl Outcome {
    /// The name in the public face.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotSent => "not-sent",
            Self::Unknown => "unknown",
        }
    }
}

/// A send that did not end in an acceptance. Holds codes only, never a number, a name or a sentence of the service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What went wrong.
    pub code: Code,
    /// What became of the fax.
    pub outcome: Outcome,
    /// The HTTP status, where there was an answer.
    pub status: Option<u16>,
    /// The service's error code, such as `CMN-101`.
    pub error_code: Option<String>,
    /// The parameter that the service, or a check before it, found wanting.
    pub parameter_name: Option<String>,
    /// Seconds the service asked to wait.
    pub retry_after: Option<u32>,
}

impl Failure {
    /// A failure with no answer to it, whose request had left.
    #[must_use]
    pub fn new(code: Code) -> Self {
        Self { code, outcome: code.outcome(), status: None, error_code: None, parameter_name: None, retry_after: None }
    }

    /// The same, where no request had left yet.
    #[must_use]
    pub fn before_posting(code: Code) -> Self {
        Self { outcome: Outcome::NotSent, ..Self::new(code) }
    }

    /// Names the parameter that is to blame.
    #[must_use]
    pub fn about(self, parameter: &str) -> Self {
        Self { parameter_name: Some(parameter.to_owned()), ..self }
    }
}

impl Reply {
    /// Reads the answer to a fax request.
    ///
    /// # Errors
    /// A [`Failure`] for every status but 2xx, and for a 2xx that holds no message id.
    pub fn decode(self) -> Result<Message, Failure> {
        let code = match self.status {
            200..=299 => match self.body.and_then(Body::into_message) {
                Some(message) => return Ok(message),
                None => return Err(Failure { status: Some(self.status), ..Failure::new(Code::Unreadable) }),
            },
            401 => Code::Unauthorized,
            403 => Code::Forbidden,
            404 => Code::NotFound,
            406 => Code::NotAllowed,
            413 => Code::TooLarge,
            415 => Code::Unsupported,
            429 => Code::RateLimited,
            400..=499 => Code::Refused,
            500..=599 => Code::Server,
            _ => Code::Unreadable,
        };
        let (error_code, parameter_name) = self.body.map(Body::into_error).unwrap_or_default();
        Err(Failure {
            status: Some(self.status),
            error_code,
            parameter_name,
            retry_after: self.retry_after,
            ..Failure::new(code)
        })
    }
}

impl Body {
    fn into_message(self) -> Option<Message> {
        let id = self.id.filter(|id| !id.is_empty())?;
        Some(Message { id, to: self.to.unwrap_or_default(), message_status: self.message_status })
    }

    /// The code and the parameter. Those in `errors` are the specific ones; the top level often repeats the first
    /// in general words, and `errors` can be empty (fax API facts §3.1).
    fn into_error(self) -> (Option<String>, Option<String>) {
        let errors = self.errors.unwrap_or_default();
        let specific = errors.iter().find_map(|entry| entry.error_code.clone());
        let parameter = errors.iter().find_map(|entry| entry.parameter_name.clone());
        (specific.or(self.error_code), parameter.or(self.parameter_name))
    }
}

/// Ids come as numbers or as strings (fax API facts §2.1), and are opaque digits to us.
fn id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    struct Id;
    impl<'de> Visitor<'de> for Id {
        type Value = Option<String>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a message id")
        }

        fn visit_u64<E>(self, id: u64) -> Result<Self::Value, E> {
            Ok(Some(id.to_string()))
        }

        fn visit_i64<E>(self, id: i64) -> Result<Self::Value, E> {
            Ok(u64::try_from(id).ok().map(|id| id.to_string()))
        }

        fn visit_f64<E>(self, id: f64) -> Result<Self::Value, E> {
            // Beyond 2^53 a JavaScript number no longer tells one id from the next.
            let is_exact = id.fract() == 0.0 && (0.0..=9_007_199_254_740_991.0).contains(&id);
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked to be exact above")]
            Ok(is_exact.then(|| (id as u64).to_string()))
        }

        fn visit_str<E>(self, id: &str) -> Result<Self::Value, E> {
            Ok(id.bytes().all(|byte| byte.is_ascii_digit()).then(|| id.to_owned()))
        }

        fn visit_unit<E>(self) -> Result<Self::Value, E> {
            Ok(None)
        }

        fn visit_none<E>(self) -> Result<Self::Value, E> {
            Ok(None)
        }
    }
    deserializer.deserialize_any(Id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn reply(status: u16, body: &str) -> Reply {
        Reply { status, retry_after: None, body: serde_json::from_str(body).ok() }
    }

    #[track_caller]
    fn accepts(body: &str, id: &str) {
        assert_eq!(reply(200, body).decode().map(|message| message.id).ok(), Some(id.to_owned()));
    }

    #[track_caller]
    fn fails(status: u16, body: &str, code: Code, outcome: Outcome) -> Failure {
        let failure = reply(status, body).decode().err().unwrap();
        assert_eq!((failure.code, failure.outcome, failure.status), (code, outcome, Some(status)));
        failure
    }

    #[test]
    fn a_message_is_an_acceptance() {
        accepts(r#"{"id":1812166076,"messageStatus":"Queued","to":[{"phoneNumber":"+16505550125"}]}"#, "1812166076");
        accepts(r#"{"id":"1812166076"}"#, "1812166076");
        accepts(r#"{"id":1812166076.0}"#, "1812166076");
    }

    #[test]
    fn a_2xx_without_a_message_is_unknown() {
        for body in [
            "",
            "<html>",
            "[]",
            "{}",
            "null",
            r#"{"id":null}"#,
            r#"{"id":""}"#,
            r#"{"id":"../x"}"#,
            r#"{"id":-1}"#,
            r#"{"id":1.5}"#,
        ] {
            fails(200, body, Code::Unreadable, Outcome::Unknown);
        }
    }

    #[test]
    fn each_status_has_its_code() {
        use Outcome::{NotSent, Unknown};
        fails(400, "", Code::Refused, NotSent);
        fails(401, "", Code::Unauthorized, NotSent);
        fails(403, "", Code::Forbidden, NotSent);
        fails(404, "", Code::NotFound, NotSent);
        fails(406, "", Code::NotAllowed, NotSent);
        fails(409, "", Code::Refused, NotSent);
        fails(413, "<html>", Code::TooLarge, NotSent);
        fails(415, "", Code::Unsupported, NotSent);
        fails(429, "", Code::RateLimited, NotSent);
        fails(500, "", Code::Server, Unknown);
        fails(503, "", Code::Server, Unknown);
        fails(304, "", Code::Unreadable, Unknown);
    }

    #[test]
    fn the_specific_error_is_found() {
        let both =
            r#"{"errorCode":"InvalidParameter","message":"x","errors":[{"errorCode":"CMN-102","parameterName":"to"}]}"#;
        let failure = fails(400, both, Code::Refused, Outcome::NotSent);
        assert_eq!(failure.error_code.as_deref(), Some("CMN-102"));
        assert_eq!(failure.parameter_name.as_deref(), Some("to"));
        let top = r#"{"errorCode":"AGW-404","errors":[]}"#;
        assert_eq!(fails(404, top, Code::NotFound, Outcome::NotSent).error_code.as_deref(), Some("AGW-404"));
    }

    proptest! {
        /// Decoding never reports an acceptance for a status other than 2xx, whatever the body holds.
        #[test]
        fn only_2xx_is_an_acceptance(status in prop_oneof![0u16..200, 300u16..1000], id in any::<u64>(), junk in "\\PC*") {
            let message = format!(r#"{{"id":{id}}}"#);
            prop_assert!(reply(status, &message).decode().is_err());
            prop_assert!(reply(status, &junk).decode().is_err());
        }

        /// Decoding never says `not-sent` for an answer that may come from behind an accepted fax.
        #[test]
        fn only_4xx_says_not_sent(status in 0u16..1000, junk in "\\PC*") {
            if let Err(failure) = reply(status, &junk).decode() {
                prop_assert_eq!(failure.outcome == Outcome::NotSent, (400..500).contains(&status));
            }
        }
    }
}
