//! Several answers in one (fax API facts §4): as JSON for a client that asks for it, else as multipart/mixed.

use std::fmt::Write;

use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// The JSON kind's name.
const JSON: &str = "application/vnd.ringcentral.multipart+json";

/// What is answered for one id.
pub struct Answer {
    /// The id as it was asked for.
    pub id: String,
    /// Its own status.
    pub status: StatusCode,
    /// Its own body; there is none beside a 204.
    pub body: Option<Value>,
}

/// 207, packed as the request's `Accept` has it; `uri` is the address the ids stand behind.
pub fn response(headers: &HeaderMap, answers: Vec<Answer>, uri: &str) -> Response {
    let wants_json =
        headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).is_some_and(|accept| accept.contains(JSON));
    let (content_type, text) = if wants_json { (JSON.to_owned(), as_json(answers)) } else { as_mixed(answers, uri) };
    (StatusCode::MULTI_STATUS, [(header::CONTENT_TYPE, content_type)], text).into_response()
}

fn as_json(answers: Vec<Answer>) -> String {
    let entries = answers.into_iter().map(|Answer { id, status, body }| {
        let mut entry = json!({"resourceId": id, "status": status.as_u16()});
        if let (Some(entry), Some(body)) = (entry.as_object_mut(), body) {
            entry.insert("body".into(), body);
        }
        entry
    });
    Value::Array(entries.collect()).to_string()
}

/// A part with the statuses, then a part an answer that has a body.
fn as_mixed(answers: Vec<Answer>, uri: &str) -> (String, String) {
    // JSON of ours is written on one line, so that no line of it can be the boundary.
    const BOUNDARY: &str = "fax-sandbox-batch";
    let statuses: Vec<Value> = answers
        .iter()
        .map(|Answer { id, status, .. }| {
            let description = status.canonical_reason().unwrap_or_default();
            json!({"href": format!("{uri}/{id}"), "status": status.as_u16(), "responseDescription": description})
        })
        .collect();
    let mut text = String::new();
    let bodies = answers.into_iter().filter_map(|answer| answer.body);
    for body in std::iter::once(json!({"response": statuses})).chain(bodies) {
        let _ = write!(text, "--{BOUNDARY}\r\nContent-Type: application/json\r\n\r\n{body}\r\n");
    }
    let _ = write!(text, "--{BOUNDARY}--\r\n");
    (format!("multipart/mixed; boundary={BOUNDARY}"), text)
}
