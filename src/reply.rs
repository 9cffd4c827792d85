//! What the service's answer to a fax request means, and what may have happened where there is none.
//!
//! The rule that everything rests on: only a 2xx answer with a message in it is an acceptance, only an answer that
//! refuses says that nothing was sent, and all else is unknown (fax API facts §3.4: there is no idempotency key).

use crate::message::{Json, Message, id, text, whole};
use crate::message_id::MessageId;

/// An answer as the transport read it.
pub struct Reply<J> {
    /// The HTTP status.
    pub status: u16,
    /// Seconds, where the browser could read the header.
    pub retry_after: Option<u32>,
    /// `None` where the body was not a JSON object.
    pub body: Option<J>,
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
    /// Whether it is about what was asked, and not about who asked or when: the same, asked otherwise, may have an answer.
    #[must_use]
    pub fn is_of_question(&self) -> bool {
        matches!(self.status, Some(400..=499)) && !matches!(self.status, Some(401 | 403 | 408 | 429))
    }

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

impl<J: Json> Reply<J> {
    /// Reads the answer to a question after a message, as read and as it came; `None` where there is none of this id.
    ///
    /// # Errors
    /// A [`Failure`] for every other answer.
    pub fn found(self) -> Result<Option<(Message, J)>, Failure> {
        if self.status == 404 {
            return Ok(None);
        }
        let message = self.body.as_ref().filter(|_| self.status == 200).and_then(Message::read);
        let failure = self.failure();
        message.zip(self.body).map(Some).ok_or(failure)
    }

    /// Reads the answer to a fax request.
    ///
    /// # Errors
    /// A [`Failure`] for every status but 2xx, and for a 2xx that holds no message id.
    pub fn decode(self) -> Result<Message, Failure> {
        let message = if (200..300).contains(&self.status) { self.body.as_ref().and_then(Message::read) } else { None };
        message.ok_or_else(|| self.failure())
    }

    /// What an answer means that is not the one asked for.
    #[must_use]
    pub fn failure(&self) -> Failure {
        let code = match self.status {
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
        let told = self.body.as_ref().filter(|_| !(200..300).contains(&self.status));
        let (error_code, parameter_name) = told.map(error).unwrap_or_default();
        Failure {
            status: Some(self.status),
            error_code,
            parameter_name,
            retry_after: self.retry_after,
            ..Failure::new(code)
        }
    }
}

/// Reads the answer to a request for several messages: a list of `{resourceId, status, body}` (fax API facts §4). For each
/// id that was asked for, the answer as if it had been asked for alone: one for all that the list says nothing of.
pub fn several<J: Json>(list: &J, ids: &[MessageId]) -> Vec<(MessageId, Reply<J>)> {
    let entries: Vec<_> = list.items().into_iter().map(|entry| (id(&entry, "resourceId"), entry)).collect();
    let reply = |wanted: &MessageId| {
        let entry = entries.iter().find(|(told, _)| told.as_ref() == Some(wanted)).map(|(_, entry)| entry);
        let status = entry.and_then(|entry| whole(entry, "status")).and_then(|status| u16::try_from(status).ok());
        let body = entry.and_then(|entry| entry.property("body"));
        (wanted.clone(), Reply { status: status.unwrap_or_default(), retry_after: None, body })
    };
    ids.iter().map(reply).collect()
}

/// The code and the parameter. Those in `errors` are the specific ones; the top level often repeats the first in
/// general words, and `errors` can be empty (fax API facts §3.1).
fn error(body: &impl Json) -> (Option<String>, Option<String>) {
    let errors = body.property("errors").map(|errors| errors.items()).unwrap_or_default();
    // Only what looks like a code or a name: an error may end up in a log, and a sentence may quote what was sent.
    let word = |found: &String| {
        found.len() <= 40 && found.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.[]".contains(&byte))
    };
    let find = |name| errors.iter().find_map(|entry| text(entry, name)).or_else(|| text(body, name)).filter(word);
    (find("errorCode"), find("parameterName"))
}

/// A cover page that the service offers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CoverPage {
    /// The value for `coverIndex`.
    pub index: u32,
    /// The service's name for it.
    pub name: String,
}

/// Reads the list of cover pages; `None` where it is none. The id is a string there, though `coverIndex` is a number
/// (fax API facts §4).
pub fn cover_pages(list: &impl Json) -> Option<Vec<CoverPage>> {
    let index = |record: &_| text(record, "id").map_or_else(|| whole(record, "id"), |id| id.parse().ok());
    let page = |record: &_| Some(CoverPage { index: u32::try_from(index(record)?).ok()?, name: text(record, "name")? });
    Some(list.property("records")?.items().iter().filter_map(page).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::Value;

    fn reply(status: u16, body: &str) -> Reply<Value> {
        Reply { status, retry_after: None, body: serde_json::from_str(body).ok() }
    }

    #[track_caller]
    fn accepts(body: &str, id: &str) {
        assert_eq!(reply(200, body).decode().map(|message| message.id.to_string()).ok(), Some(id.to_owned()));
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
    fn each_of_several_has_its_own_answer() {
        let list: Value = serde_json::from_str(
            r#"[{"resourceId":"5","status":200},{"status":200,"body":{"id":9}},
                {"resourceId":"4","status":404,"body":{"errorCode":"CMN-102"}},{"resourceId":"3","status":403},
                {"resourceId":2,"status":200,"body":{"id":2,"messageStatus":"Sent","subject":"raw"}}]"#,
        )
        .unwrap();
        let ids = [2, 3, 4, 5, 6].map(|id: u32| id.to_string().parse().unwrap());
        let mut found = several(&list, &ids).into_iter().map(|(id, reply)| (id.to_string(), reply.found()));
        let (id, read) = found.next().unwrap();
        let (message, raw) = read.ok().flatten().unwrap();
        assert_eq!((id.as_str(), message.id.as_str(), raw["subject"].as_str()), ("2", "2", Some("raw")));
        let code =
            |(_, read): (String, Result<Option<(Message, Value)>, Failure>)| read.err().map(|failure| failure.code);
        assert_eq!(code(found.next().unwrap()), Some(Code::Forbidden), "not that there is none");
        assert!(matches!(found.next(), Some((id, Ok(None))) if id == "4"));
        assert_eq!(code(found.next().unwrap()), Some(Code::Unreadable));
        assert_eq!(code(found.next().unwrap()), Some(Code::Unreadable), "the list says nothing of it");
        assert!(found.next().is_none());
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

    #[test]
    fn cover_pages_are_read() {
        let list =
            r#"{"records":[{"id":"0","name":"None"},{"id":7,"name":"Contempo"},{"id":"x","name":"?"},{"name":"?"}]}"#;
        let pages = cover_pages(&serde_json::from_str::<Value>(list).unwrap()).unwrap();
        let read: Vec<_> = pages.iter().map(|page| (page.index, page.name.as_str())).collect();
        assert_eq!(read, [(0, "None"), (7, "Contempo")]);
        assert_eq!(cover_pages(&Value::Null), None);
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
