//! The message store: one fax, several or a list, and what deletes them.

use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use crate::app::{App, origin};
use crate::batch::{self, Answer};
use crate::fax::internal;
use crate::message::{self, Mailbox, Shape};
use crate::moment::{self, Millis};
use crate::paging::{Page, values};
use crate::refusal::{Refusal, json_response};
use crate::store::{Availability, Fax, Range};

/// The window of a list that does not say: the last day (fax API facts §4).
const DAY: Millis = 24 * 60 * 60 * 1000;

/// How many ids a path may have. Published for writing and for deleting conversations; that reading and deleting
/// messages stop there too is ours, and unconfirmed (§4, §9).
const MOST_IDS: usize = 50;

/// `GET …/message-store/{ids}`.
///
/// # Errors
/// CMN-102 for one id that is not there, CMN-106 for too many.
pub async fn read(
    State(app): State<App>,
    Path((account, extension, ids)): Path<(String, String, String)>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let mailbox = Mailbox::new(&account, &extension)?;
    let origin = origin(&app, &headers);
    let ids = several(&ids)?;
    if let [id] = ids.as_slice() {
        return Ok(json_response(StatusCode::OK, &one(&app, &mailbox, id, &origin).await?));
    }
    let mut answers = Vec::new();
    for id in ids {
        let (status, body) = match one(&app, &mailbox, id, &origin).await {
            Ok(body) => (StatusCode::OK, body),
            Err(refusal) => (refusal.status(), refusal.body()),
        };
        answers.push(Answer { id: id.to_owned(), status, body: Some(body) });
    }
    Ok(batch::response(&headers, answers, &mailbox.uri(&origin)))
}

fn several(ids: &str) -> Result<Vec<&str>, Refusal> {
    let ids: Vec<&str> = ids.split(',').collect();
    if ids.len() > MOST_IDS {
        let message = format!("Batch request is limited to {MOST_IDS} entries");
        return Err(Refusal::new(StatusCode::BAD_REQUEST, "CMN-106", message));
    }
    Ok(ids)
}

async fn one(app: &App, mailbox: &Mailbox, text: &str, origin: &str) -> Result<Value, Refusal> {
    let fax = find(app, mailbox, text).await?;
    Ok(message::body(&fax, origin, Shape::Stored))
}

/// A message that is there; a deleted one still is.
///
/// # Errors
/// CMN-102 if it is not, or has been purged.
pub async fn find(app: &App, mailbox: &Mailbox, text: &str) -> Result<Fax, Refusal> {
    let id = message::id(text).ok_or_else(unknown)?;
    let fax = app.store.fax(id, Some(mailbox.key())).await.map_err(internal)?;
    fax.filter(|fax| fax.availability != Availability::Purged).ok_or_else(unknown)
}

fn unknown() -> Refusal {
    Refusal::not_found("messageId")
}

/// `GET …/message-store`.
///
/// # Errors
/// CMN-101 for a value that cannot be read.
pub async fn list(
    State(app): State<App>,
    Path((account, extension)): Path<(String, String)>,
    uri: Uri,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let mailbox = Mailbox::new(&account, &extension)?;
    let query = query.unwrap_or_default();
    let page = Page::read(&query)?;
    let now = moment::now();
    let to = date(&query, "dateTo")?.unwrap_or(now);
    let from = date(&query, "dateFrom")?.unwrap_or_else(|| to.saturating_sub(DAY));
    let types = chosen(&query, "messageType", &["Fax", "SMS", "VoiceMail", "Pager"], &["Fax"])?;
    let range = Range {
        mailbox: mailbox.key(),
        from,
        to,
        directions: chosen(&query, "direction", &["Outbound", "Inbound"], &["Outbound", "Inbound"])?,
        availabilities: chosen(&query, "availability", &["Alive", "Deleted", "Purged"], &["Alive"])?,
        read_statuses: chosen(&query, "readStatus", &["Unread", "Read"], &["Unread", "Read"])?,
        digits: values(&query, "phoneNumber")
            .last()
            .map(|number| number.chars().filter(char::is_ascii_digit).collect()),
        now,
        offset: page.offset(),
        limit: page.size(),
    };
    // There are only faxes here: a list of other types is empty.
    let (faxes, total) =
        if types.contains(",Fax,") { app.store.range(range).await.map_err(internal)? } else { (Vec::new(), 0) };
    let origin = origin(&app, &headers);
    let records = faxes.iter().map(|fax| message::body(fax, &origin, Shape::Stored)).collect();
    let uri = format!("{origin}{}", uri.path());
    Ok(json_response(StatusCode::OK, &page.body(&uri, &query, records, total)))
}

fn date(query: &str, name: &str) -> Result<Option<Millis>, Refusal> {
    values(query, name).last().map(|text| moment::read(text).ok_or_else(|| Refusal::invalid(name))).transpose()
}

/// The values of a repeatable parameter, with commas around each; absent, it is as if it were `default`.
fn chosen(query: &str, name: &str, known: &[&str], default: &[&str]) -> Result<String, Refusal> {
    let values = values(query, name);
    if values.iter().any(|value| !known.contains(&value.as_str())) {
        return Err(Refusal::invalid(name));
    }
    let joined = if values.is_empty() { default.join(",") } else { values.join(",") };
    Ok(format!(",{joined},"))
}

/// `DELETE …/message-store/{ids}`. What is deleted already is no error; what was never there is (fax API facts §4).
///
/// # Errors
/// CMN-102 for one id that is not there, CMN-106 for too many.
pub async fn delete(
    State(app): State<App>,
    Path((account, extension, ids)): Path<(String, String, String)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let mailbox = Mailbox::new(&account, &extension)?;
    let purge = purge(query)?;
    let ids = several(&ids)?;
    let numbers = ids.iter().filter_map(|id| message::id(id)).collect();
    let found = app.store.delete(mailbox.key(), numbers, purge).await.map_err(internal)?;
    let is_found = |id: &str| message::id(id).is_some_and(|id| found.contains(&id));
    if ids.iter().all(|id| is_found(id)) {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    if ids.len() == 1 {
        return Err(unknown());
    }
    let answers = ids
        .into_iter()
        .map(|id| match is_found(id) {
            true => Answer { id: id.to_owned(), status: StatusCode::NO_CONTENT, body: None },
            false => Answer { id: id.to_owned(), status: unknown().status(), body: Some(unknown().body()) },
        })
        .collect();
    Ok(batch::response(&headers, answers, &mailbox.uri(&origin(&app, &headers))))
}

/// `DELETE …/message-store`, with or without a slash behind it: a client that forgets the id deletes everything, as it
/// would on the real service (§4). The parameters that would narrow it there are not read.
///
/// # Errors
/// CMN-203 when that cannot be written.
pub async fn wipe(
    State(app): State<App>,
    Path((account, extension)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Result<StatusCode, Refusal> {
    let mailbox = Mailbox::new(&account, &extension)?;
    app.store.wipe(mailbox.key(), purge(query)?).await.map_err(internal)?;
    Ok(StatusCode::NO_CONTENT)
}

fn purge(query: Option<String>) -> Result<bool, Refusal> {
    match values(&query.unwrap_or_default(), "purge").last().map(String::as_str) {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(_) => Err(Refusal::invalid("purge")),
    }
}
