//! `GET …/content/{id}`: the rendered document, whole or a part of it.

use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::app::App;
use crate::fax::internal;
use crate::message::{self, Mailbox};
use crate::message_store::find;
use crate::paging::values;
use crate::refusal::Refusal;
use crate::store::{Rendering, Status};
use crate::{pdf, rendering};

/// `GET …/message-store/{id}/content/{attachment}`.
///
/// # Errors
/// CMN-102 for what is not there, which is ours for what could not be rendered; MSG-368 while Queued, for which no status is published (fax API facts §3.2): 400 is
/// ours, and unconfirmed.
pub async fn read(
    State(app): State<App>,
    Path((account, extension, text, attachment)): Path<(String, String, String, String)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let fax = find(&app, &Mailbox::new(&account, &extension)?, &text).await?;
    if message::id(&attachment) != Some(fax.id) {
        return Err(Refusal::not_found("attachmentId"));
    }
    let disposition = disposition(&query.unwrap_or_default(), &message::file_name(&fax))?;
    let mut pdf = match fax.rendering {
        _ if fax.status() == Status::Queued => return Err(in_progress()),
        Rendering::Done => {
            let pages = app.store.pages(fax.source()).await.map_err(internal)?;
            pdf::of_fax(&pages, rendering::resolution(&fax))
        }
        Rendering::None => rendering::made_up_document(&fax),
        // It has had pages all along, of which nobody has made pictures yet.
        Rendering::Waiting if fax.documents.is_empty() => rendering::made_up_document(&fax),
        Rendering::Waiting => return Err(in_progress()),
        Rendering::TooManyPages | Rendering::Failed => return Err(Refusal::not_found("attachmentId")),
    };
    let length = pdf.len();
    let (status, range) = match Part::asked(&headers, length) {
        Part::Whole => (StatusCode::OK, None),
        Part::Bytes { first, last } => {
            pdf.truncate(last + 1);
            pdf.drain(..first);
            (StatusCode::PARTIAL_CONTENT, Some(format!("bytes {first}-{last}/{length}")))
        }
        Part::Nothing => {
            pdf.clear();
            (StatusCode::RANGE_NOT_SATISFIABLE, Some(format!("bytes */{length}")))
        }
    };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/pdf")),
        (header::ACCEPT_RANGES, HeaderValue::from_static("bytes")),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (header::CONTENT_DISPOSITION, disposition),
    ];
    let mut response = (status, headers, pdf).into_response();
    if let Some(range) = range.and_then(|range| HeaderValue::from_str(&range).ok()) {
        response.headers_mut().insert(header::CONTENT_RANGE, range);
    }
    Ok(response)
}

fn in_progress() -> Refusal {
    Refusal::new(StatusCode::BAD_REQUEST, "MSG-368", "Fax message processing is in progress")
}

/// `contentDisposition` and `contentDispositionFilename`; what holds where they are absent is not in the facts, and
/// `Inline` is ours.
fn disposition(query: &str, own: &str) -> Result<HeaderValue, Refusal> {
    let last = |name: &str| values(query, name).pop();
    let kind = match last("contentDisposition").as_deref() {
        None | Some("Inline") => "inline",
        Some("Attachment") => "attachment",
        Some(_) => return Err(Refusal::invalid("contentDisposition")),
    };
    let name = last("contentDispositionFilename").filter(|name| !name.is_empty()).unwrap_or_else(|| own.to_owned());
    let plain = message::plain_name(&name);
    // A header is ASCII: what the plain name loses is said once more as RFC 6266 has it.
    let full = if plain == name { String::new() } else { format!("; filename*=UTF-8''{}", percent_encoded(&name)) };
    HeaderValue::from_str(&format!("{kind}; filename=\"{plain}\"{full}"))
        .map_err(|_| Refusal::invalid("contentDispositionFilename"))
}

fn percent_encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' => char::from(byte).to_string(),
            other => format!("%{other:02X}"),
        })
        .collect()
}

/// Which of the bytes are asked for.
#[derive(Debug, PartialEq)]
enum Part {
    /// All.
    Whole,
    /// These, both included.
    Bytes { first: usize, last: usize },
    /// None that there are.
    Nothing,
}

impl Part {
    /// Reads `Range` (RFC 9110 §14). Several ranges at once, and what is not understood, are answered with the whole,
    /// and so is a condition (`If-Range`), for there is no tag that could meet it.
    fn asked(headers: &HeaderMap, length: usize) -> Self {
        if headers.contains_key(header::IF_RANGE) {
            return Self::Whole;
        }
        let range = headers.get(header::RANGE).and_then(|range| range.to_str().ok());
        range.and_then(|range| Self::read(range, length)).unwrap_or(Self::Whole)
    }

    fn read(range: &str, length: usize) -> Option<Self> {
        let number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse::<usize>().ok())?;
        let (first, last) = range.strip_prefix("bytes=")?.split_once('-')?;
        let end = length.checked_sub(1)?;
        let (first, last) = match (first.trim(), last.trim()) {
            ("", suffix) => match number(suffix)? {
                0 => return Some(Self::Nothing),
                suffix => (length.saturating_sub(suffix), end),
            },
            (first, "") => (number(first)?, end),
            (first, last) => match (number(first)?, number(last)?) {
                (first, last) if last < first => return None,
                (first, last) => (first, last.min(end)),
            },
        };
        Some(if first > end { Self::Nothing } else { Self::Bytes { first, last } })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn reads(range: &str, expected: Option<Part>) {
        assert_eq!(Part::read(range, 100), expected, "{range}");
    }

    #[test]
    fn ranges() {
        let bytes = |first, last| Some(Part::Bytes { first, last });
        reads("bytes=0-0", bytes(0, 0));
        reads("bytes=10-19", bytes(10, 19));
        reads("bytes=90-", bytes(90, 99));
        reads("bytes=90-500", bytes(90, 99));
        reads("bytes=-10", bytes(90, 99));
        reads("bytes=-500", bytes(0, 99));
        reads("bytes=100-", Some(Part::Nothing));
        reads("bytes=100-200", Some(Part::Nothing));
        reads("bytes=-0", Some(Part::Nothing));
        for nonsense in ["bytes=5-4", "bytes=-", "bytes=a-b", "bytes=0-1,3-4", "lines=0-1", "bytes=+1-2", ""] {
            reads(nonsense, None);
        }
    }

    #[test]
    fn names() {
        let header = |query: &str| disposition(query, "fax-1.pdf").unwrap().to_str().unwrap().to_owned();
        assert_eq!(header(""), "inline; filename=\"fax-1.pdf\"");
        assert_eq!(header("contentDisposition=Attachment"), "attachment; filename=\"fax-1.pdf\"");
        assert_eq!(
            header("contentDispositionFilename=a%0D%0A%22%C3%BC.pdf"),
            "inline; filename=\"a____.pdf\"; filename*=UTF-8''a%0D%0A%22%C3%BC.pdf"
        );
        assert!(disposition("contentDisposition=inline", "a").is_err());
    }
}
