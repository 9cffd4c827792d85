//! The message store: a fax as the API shows it, one, several or a list.

use std::fmt::Write;

use axum::body::Body;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::stream;
use serde_json::{Map, Value, json};

use crate::app::{App, origin};
use crate::envelope::Recipient;
use crate::fax::internal;
use crate::moment::{self, Millis};
use crate::paging::{Page, values};
use crate::refusal::{Refusal, json_response};
use crate::store::{Fax, KeptDocument, KeptRecipient, Range, Status, Store};

/// The window of a list that does not say: the last day (fax API facts §4).
const DAY: Millis = 24 * 60 * 60 * 1000;

/// How many ids a path may have. Published for writing only (§4); the same is taken for reading.
const MOST_IDS: usize = 50;

/// The sender of every fax here, a number reserved for fiction.
const FROM: &str = "+16505550199";

/// Several answers in one, as JSON.
const BATCH: &str = "application/vnd.ringcentral.multipart+json";

/// Whose messages: `~` is the account or extension of the token (§6).
pub struct Mailbox {
    account: String,
    extension: String,
}

impl Mailbox {
    /// Reads the path's two ids.
    ///
    /// # Errors
    /// CMN-101 for what is neither `~` nor a number.
    pub fn new(account: &str, extension: &str) -> Result<Self, Refusal> {
        let id = |text: &str, own: &str, name: &str| match text {
            "~" => Ok(own.to_owned()),
            _ if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) => Ok(text.to_owned()),
            _ => Err(Refusal::invalid(name)),
        };
        Ok(Self {
            account: id(account, "1000000001", "accountId")?,
            extension: id(extension, "1000000002", "extensionId")?,
        })
    }

    /// How the store knows it.
    pub fn key(&self) -> String {
        format!("{}/{}", self.account, self.extension)
    }

    fn uri(&self, origin: &str) -> String {
        format!("{origin}/restapi/v1.0/account/{}/extension/{}/message-store", self.account, self.extension)
    }
}

/// A message id, digits only.
pub fn id(text: &str) -> Option<i64> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then_some(text)?.parse().ok()
}

/// A recipient to be sent to again.
pub fn recipient(kept: KeptRecipient) -> Recipient {
    Recipient { phone_number: kept.phone_number, name: kept.name }
}

/// Which answer a message stands in: the two differ in how an attachment's name is spelt (§2.1).
#[derive(Clone, Copy)]
pub enum Shape {
    /// The answer to a post: `filename`.
    Posted,
    /// The message store's: `fileName`.
    Stored,
}

/// A fax as the API shows it.
pub fn body(fax: &Fax, origin: &str, shape: Shape) -> Value {
    let uri = match Mailbox::new(&fax.account, &fax.extension) {
        Ok(mailbox) => format!("{}/{}", mailbox.uri(origin), fax.id),
        Err(_) => String::new(),
    };
    let mut body = json!({
        "id": fax.id,
        "uri": uri,
        "type": "Fax",
        "direction": "Outbound",
        "availability": "Alive",
        "readStatus": "Unread",
        "priority": "Normal",
        "messageStatus": fax.status().name(),
        "from": {"phoneNumber": FROM},
        "to": fax.to.iter().map(to).collect::<Vec<_>>(),
        "creationTime": moment::write(fax.created),
        "lastModifiedTime": moment::write(fax.modified),
        "faxResolution": fax.resolution,
        "faxPageCount": fax.pages(),
        "coverIndex": fax.cover_index,
    });
    if let Some(body) = body.as_object_mut() {
        if let Some(text) = &fax.cover_page_text {
            body.insert("coverPageText".into(), json!(text));
        }
        body.insert("attachments".into(), attachments(fax, &uri, shape));
    }
    body
}

/// One attachment with the message's own id, however many documents were sent (§2.2). Nothing renders here, so that
/// it is the first document as it came.
fn attachments(fax: &Fax, uri: &str, shape: Shape) -> Value {
    let Some(document) = fax.documents.first() else { return json!([]) };
    let mut attachment = Map::from_iter([
        ("id".to_owned(), json!(fax.id)),
        ("uri".to_owned(), json!(format!("{uri}/content/{}", fax.id))),
        ("type".to_owned(), json!("RenderedDocument")),
        ("contentType".to_owned(), json!(content_type(document))),
    ]);
    match shape {
        Shape::Posted => attachment.insert("filename".into(), json!(document.name)),
        Shape::Stored => attachment.insert("fileName".into(), json!(document.name)),
    };
    json!([attachment])
}

fn content_type(document: &KeptDocument) -> &str {
    document.content_type.as_deref().unwrap_or("application/octet-stream")
}

fn to(recipient: &KeptRecipient) -> Value {
    let mut to = Map::from_iter([
        ("recipientId".to_owned(), json!(recipient.id.to_string())),
        ("phoneNumber".to_owned(), json!(e164(&recipient.phone_number))),
        ("messageStatus".to_owned(), json!(recipient.status.name())),
    ]);
    if let Some(name) = &recipient.name {
        to.insert("name".into(), json!(name));
    }
    if let Some(code) = &recipient.error_code {
        to.insert("faxErrorCode".into(), json!(code));
    }
    Value::Object(to)
}

/// Numbers come back with a plus where it is clear that they are international ones (§6: "usually").
fn e164(number: &str) -> String {
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    if number.starts_with('+') || digits.len() > 10 { format!("+{digits}") } else { number.to_owned() }
}

/// `GET …/message-store/{ids}`.
///
/// # Errors
/// CMN-102 for one id that is not there.
pub async fn read(
    State(app): State<App>,
    Path((account, extension, ids)): Path<(String, String, String)>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let mailbox = Mailbox::new(&account, &extension)?;
    let origin = origin(&app, &headers);
    let ids: Vec<&str> = ids.split(',').collect();
    if let [id] = ids.as_slice() {
        return Ok(json_response(StatusCode::OK, &one(&app, &mailbox, id, &origin).await?));
    }
    if ids.len() > MOST_IDS {
        let message = format!("Batch request is limited to {MOST_IDS} entries");
        return Err(Refusal::new(StatusCode::BAD_REQUEST, "CMN-106", message));
    }
    let mut answers = Vec::new();
    for id in ids {
        let (status, body) = match one(&app, &mailbox, id, &origin).await {
            Ok(body) => (StatusCode::OK, body),
            Err(refusal) => (refusal.status(), refusal.body()),
        };
        answers.push((id.to_owned(), status, body));
    }
    let wants_json = headers
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains(BATCH));
    Ok(if wants_json { batch_json(answers) } else { batch_mixed(answers, &mailbox.uri(&origin)) })
}

async fn one(app: &App, mailbox: &Mailbox, text: &str, origin: &str) -> Result<Value, Refusal> {
    let fax = find(app, mailbox, text).await?;
    Ok(body(&fax, origin, Shape::Stored))
}

async fn find(app: &App, mailbox: &Mailbox, text: &str) -> Result<Fax, Refusal> {
    let unknown = || Refusal::not_found("messageId");
    let id = id(text).ok_or_else(unknown)?;
    let fax = app.store.fax(id, Some(mailbox.key())).await.map_err(internal)?;
    fax.ok_or_else(unknown)
}

fn batch_json(answers: Vec<(String, StatusCode, Value)>) -> Response {
    let body: Vec<Value> = answers
        .into_iter()
        .map(|(id, status, body)| json!({"resourceId": id, "status": status.as_u16(), "body": body}))
        .collect();
    let headers = [(header::CONTENT_TYPE, BATCH)];
    (StatusCode::MULTI_STATUS, headers, Value::Array(body).to_string()).into_response()
}

/// What a client gets that did not ask for JSON: a part with the statuses, then a part an answer (§4).
fn batch_mixed(answers: Vec<(String, StatusCode, Value)>, uri: &str) -> Response {
    // JSON of ours is written on one line, so that no line of it can be the boundary.
    const BOUNDARY: &str = "fax-sandbox-batch";
    let statuses: Vec<Value> = answers
        .iter()
        .map(|(id, status, _)| {
            let description = status.canonical_reason().unwrap_or_default();
            json!({"href": format!("{uri}/{id}"), "status": status.as_u16(), "responseDescription": description})
        })
        .collect();
    let mut text = String::new();
    let bodies = answers.into_iter().map(|(.., body)| body);
    for body in std::iter::once(json!({"response": statuses})).chain(bodies) {
        let _ = write!(text, "--{BOUNDARY}\r\nContent-Type: application/json\r\n\r\n{body}\r\n");
    }
    let _ = write!(text, "--{BOUNDARY}--\r\n");
    let headers = [(header::CONTENT_TYPE, format!("multipart/mixed; boundary={BOUNDARY}"))];
    (StatusCode::MULTI_STATUS, headers, text).into_response()
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
    let to = date(&query, "dateTo")?.unwrap_or_else(moment::now);
    let from = date(&query, "dateFrom")?.unwrap_or_else(|| to.saturating_sub(DAY));
    // Each fax here is outbound and alive; a list of others is empty.
    let wanted = chosen(&query, "messageType", &["Fax", "SMS", "VoiceMail", "Pager"], "Fax")?
        & chosen(&query, "direction", &["Outbound", "Inbound"], "Outbound")?
        & chosen(&query, "availability", &["Alive", "Deleted", "Purged"], "Alive")?
        & chosen(&query, "readStatus", &["Unread", "Read"], "Unread")?;
    let (faxes, total) = if wanted {
        let range = Range { mailbox: mailbox.key(), from, to, offset: page.offset(), limit: page.size() };
        app.store.range(range).await.map_err(internal)?
    } else {
        (Vec::new(), 0)
    };
    let origin = origin(&app, &headers);
    let records = faxes.iter().map(|fax| body(fax, &origin, Shape::Stored)).collect();
    let uri = format!("{origin}{}", uri.path());
    Ok(json_response(StatusCode::OK, &page.body(&uri, &query, records, total)))
}

fn date(query: &str, name: &str) -> Result<Option<Millis>, Refusal> {
    values(query, name).last().map(|text| moment::read(text).ok_or_else(|| Refusal::invalid(name))).transpose()
}

/// Whether a repeatable parameter lets `own` through; absent, it does.
fn chosen(query: &str, name: &str, known: &[&str], own: &str) -> Result<bool, Refusal> {
    let values = values(query, name);
    if values.iter().any(|value| !known.contains(&value.as_str())) {
        return Err(Refusal::invalid(name));
    }
    Ok(values.is_empty() || values.iter().any(|value| value == own))
}

/// `GET …/message-store/{id}/content/{attachment}`.
///
/// # Errors
/// CMN-102 for what is not there; MSG-368 while Queued, for which no status is published (fax API facts §3.2): 400 is
/// ours.
pub async fn content(
    State(app): State<App>,
    Path((account, extension, text, attachment)): Path<(String, String, String, String)>,
) -> Result<Response, Refusal> {
    let fax = find(&app, &Mailbox::new(&account, &extension)?, &text).await?;
    let document = match fax.documents.first() {
        Some(document) if id(&attachment) == Some(fax.id) => document,
        _ => return Err(Refusal::not_found("attachmentId")),
    };
    if fax.status() == Status::Queued {
        let message = "Fax message processing is in progress";
        return Err(Refusal::new(StatusCode::BAD_REQUEST, "MSG-368", message));
    }
    let content_type = HeaderValue::from_str(content_type(document))
        .unwrap_or_else(|_| HeaderValue::from_static("application/octet-stream"));
    Ok(download(&app.store, document, content_type, false))
}

/// A document's bytes, read from the store as the client takes them. It is never run: no type is guessed, and a page
/// among them would have no rights.
pub fn download(store: &Store, document: &KeptDocument, content_type: HeaderValue, inline: bool) -> Response {
    const BLOCK: usize = 256 * 1024;
    let (store, content) = (store.clone(), document.content);
    let blocks = stream::try_unfold(0_u64, move |offset| {
        let store = store.clone();
        async move {
            let bytes = store.bytes(content, offset, BLOCK).await.map_err(|error| error.to_string())?;
            let next = offset + bytes.len() as u64;
            Ok::<_, String>((!bytes.is_empty()).then(|| (Bytes::from(bytes), next)))
        }
    });
    let disposition =
        format!("{}; filename=\"{}\"", if inline { "inline" } else { "attachment" }, plain_name(&document.name));
    let headers = [
        (header::CONTENT_TYPE, content_type),
        (header::CONTENT_LENGTH, document.size.into()),
        (
            header::CONTENT_DISPOSITION,
            HeaderValue::from_str(&disposition).unwrap_or_else(|_| HeaderValue::from_static("attachment")),
        ),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox; default-src 'none'")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (headers, Body::from_stream(blocks)).into_response()
}

/// A file name in the letters no system and no header minds.
fn plain_name(name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|letter| match letter {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '.' | '-' | '_' => letter,
            _ => '_',
        })
        .collect();
    match plain.trim_start_matches('.') {
        "" => "document".into(),
        plain => plain.to_owned(),
    }
}
