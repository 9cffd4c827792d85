//! What arrived, for a person to look at and for tests to compare. Every value on the page came from a request and is
//! escaped.

use std::fmt::Display;
use std::ops::RangeInclusive;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::stream;
use serde_json::{Map, Value, json};

use crate::app::{App, asked_to};
use crate::bad_day;
use crate::document::{essence, size};
use crate::fax::internal;
use crate::message;
use crate::moment::{self, Millis};
use crate::page::{self, Text};
use crate::page_view::{THUMBNAIL, version};
use crate::refusal::{Refusal, json_response};
use crate::store::{Availability, Fax, KeptDocument, KeptRecipient, Rendering, Status, Store};

/// How many faxes the page shows.
const SHOWN: i64 = 100;

/// The page refreshes itself only while an outcome is this near, and is left in peace otherwise.
const NEAR: Millis = 60_000;

/// Types a browser shows without running anything.
const INLINE: [&str; 6] = ["application/pdf", "image/png", "image/jpeg", "image/gif", "image/bmp", "text/plain"];

/// No picture for the tab: a browser would ask for one that is not there.
pub const NO_ICON: &str = "<link rel=\"icon\" href=\"data:,\">";

const STYLE: &str = include_str!("inbox.css");

/// How many pages of a fax are shown at once; the others are behind a line that opens.
const AT_FIRST: usize = 10;

/// Nothing but its own style sheet and the faxes' pages.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";

/// `GET /inbox.css`.
pub async fn style() -> Response {
    page::ours("text/css;charset=utf-8", STYLE.to_owned())
}

/// `GET /inbox`.
///
/// # Errors
/// CMN-203 when the store cannot be read.
pub async fn page(State(app): State<App>) -> Result<Response, Refusal> {
    let faxes = app.store.newest(SHOWN).await.map_err(internal)?;
    Ok(secured(html(&faxes)))
}

/// A page about faxes, which may load nothing from elsewhere.
pub fn secured(html: String) -> Response {
    let mut response = page::ours(page::HTML, html);
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    response
}

/// `GET /inbox.json`.
///
/// # Errors
/// CMN-203 when the store cannot be read.
pub async fn list(State(app): State<App>) -> Result<Response, Refusal> {
    let faxes = app.store.newest(i64::MAX).await.map_err(internal)?;
    let body: Vec<Value> = faxes.iter().map(as_json).collect();
    let mut response = json_response(StatusCode::OK, &Value::Array(body));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// `DELETE /inbox`.
///
/// # Errors
/// CMN-110 without the header, CMN-203 when the store cannot be emptied.
pub async fn empty(State(app): State<App>, headers: HeaderMap) -> Result<StatusCode, Refusal> {
    asked_to("empty", &headers)?;
    app.store.empty().await.map_err(internal)?;
    Ok(StatusCode::NO_CONTENT)
}

/// `GET /inbox/{fax}/{document}`.
///
/// # Errors
/// CMN-102 when there is no such document.
pub async fn document(
    State(app): State<App>,
    Path((fax, position)): Path<(String, String)>,
) -> Result<Response, Refusal> {
    let unknown = || Refusal::not_found("document");
    let id = message::id(&fax).ok_or_else(unknown)?;
    let fax = app.store.fax(id, None).await.map_err(internal)?.ok_or_else(unknown)?;
    let document =
        fax.documents.iter().find(|document| document.position.to_string() == position).ok_or_else(unknown)?;
    let (content_type, inline) = served(document);
    let mut response = download(&app.store, document, content_type, inline);
    page::same_origin(&mut response);
    Ok(response)
}

/// A document's bytes, read from the store as the client takes them. It is never run: no type is guessed, and a page
/// among them would have no rights.
fn download(store: &Store, document: &KeptDocument, content_type: HeaderValue, inline: bool) -> Response {
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
    let disposition = format!(
        "{}; filename=\"{}\"",
        if inline { "inline" } else { "attachment" },
        message::plain_name(&document.name)
    );
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

/// The type a document is served with, and whether a browser may show it.
fn served(document: &KeptDocument) -> (HeaderValue, bool) {
    let declared = essence(document.content_type.as_deref().unwrap_or_default());
    match INLINE.into_iter().find(|known| *known == declared) {
        Some("text/plain") => (HeaderValue::from_static("text/plain;charset=utf-8"), true),
        Some(known) => (HeaderValue::from_static(known), true),
        None => (HeaderValue::from_static("application/octet-stream"), false),
    }
}

/// A resend brought no documents of its own, and has none here.
fn own_documents(fax: &Fax) -> &[KeptDocument] {
    match fax.original {
        None => &fax.documents,
        Some(_) => &[],
    }
}

/// The numbers of the pages that can be looked at.
fn pages(fax: &Fax) -> RangeInclusive<usize> {
    1..=if fax.rendering == Rendering::Done { fax.rendered } else { 0 }
}

fn as_json(fax: &Fax) -> Value {
    let attachments: Vec<Value> = own_documents(fax)
        .iter()
        .map(|document| {
            json!({
                "name": document.name,
                "contentType": document.content_type,
                "size": document.size,
                "sha256": document.sha256,
                "partName": document.part_name,
                "href": format!("/inbox/{}/{}", fax.id, document.position),
            })
        })
        .collect();
    // Only a resend names one that counts: in other envelopes it is a field like any unknown one.
    let original = fax.original.and_then(|_| fax.fields.get("originalMessageId"));
    let mut body = json!({
        "id": fax.id,
        "encoding": fax.encoding,
        "accountId": fax.account,
        "extensionId": fax.extension,
        "fields": fax.fields,
        "to": fax.to.iter().map(recipient_json).collect::<Vec<_>>(),
        "attachments": attachments,
        "rendering": fax.rendering.name(),
        "pages": pages(fax).map(|page| format!("/inbox/{}/pages/{page}.png", fax.id)).collect::<Vec<_>>(),
        "creationTime": moment::write(fax.created),
        "messageStatus": fax.status().name(),
        "availability": fax.availability.name(),
        "cancelled": fax.cancelled,
    });
    if let (Some(original), Some(body)) = (original, body.as_object_mut()) {
        body.insert("originalMessageId".into(), original.clone());
    }
    body
}

fn recipient_json(recipient: &KeptRecipient) -> Value {
    let mut to = Map::from_iter([
        ("phoneNumber".to_owned(), json!(recipient.phone_number)),
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

fn html(faxes: &[Fax]) -> String {
    let now = moment::now();
    let moving = faxes.iter().any(|fax| {
        fax.rendering == Rendering::Waiting
            || fax.to.iter().any(|recipient| {
                recipient.status == Status::Queued && recipient.due.is_some_and(|due| due < now.saturating_add(NEAR))
            })
    });
    let refresh = if moving { "<meta http-equiv=\"refresh\" content=\"2\">" } else { "" };
    let list = match faxes {
        [] => "<p class=\"empty\">No fax has arrived yet.</p>".to_owned(),
        faxes => faxes.iter().map(|fax| article(fax, now)).collect(),
    };
    let numbers: String = bad_day::TABLE
        .iter()
        .map(|(number, _, words)| (*number, *words))
        .chain([bad_day::POSITIONS])
        .map(|(number, words)| format!("<tr><th scope=\"row\">+{}</th><td>{}</td></tr>", Text(number), Text(words)))
        .collect();
    let count = match faxes.len() {
        0 => String::new(),
        1 => " · 1 fax".to_owned(),
        many if many >= usize::try_from(SHOWN).unwrap_or_default() => format!(" · the newest {many} faxes"),
        many => format!(" · {many} faxes, newest first"),
    };
    format!(
        "{}{NO_ICON}{refresh}<title>Inbox of the fax sandbox</title></head><body>\
         <header class=\"top\"><h1>Inbox</h1>\
         <p class=\"muted\">fax-sandbox{count} · <a href=\"/inbox\">Refresh</a></p>\
         <p class=\"banner\"><strong>Nothing is dialled here.</strong> This is what was posted to \
         the sandbox. No fax leaves it, and the outcomes shown are made up.</p></header>\
         <main>{list}\
         <details class=\"numbers\"><summary>Numbers that go wrong on purpose</summary>\
         <p class=\"muted\">+999 is a country code nobody has. Any other number is sent.</p>\
         <div class=\"scroll\"><table><tbody>{numbers}</tbody></table></div></details></main></body></html>\n",
        page::HEAD,
    )
}

fn article(fax: &Fax, now: Millis) -> String {
    let recipients: String = fax.to.iter().map(|recipient| recipient_html(recipient, fax.cancelled)).collect();
    let scheduled = if fax.cancelled {
        String::new()
    } else if fax.status() == Status::Queued && fax.starts > now {
        format!(" · to be sent {}", Text(moment::write_plainly(fax.starts)))
    } else {
        String::new()
    };
    let count = match pages(fax).count() {
        0 => String::new(),
        1 => " · 1 page".to_owned(),
        pages => format!(" · {pages} pages"),
    };
    let mut fields = row("Packed as", Text(&fax.encoding));
    for (name, value) in &fax.fields {
        let value = match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        fields += &row(name, Text(value));
    }
    fields += &row("Path", Text(format!("account {} · extension {}", fax.account, fax.extension)));
    let documents: String = match fax.original {
        Some(original) => format!("<p class=\"muted\">No document came: those of fax {original} are sent again.</p>"),
        None => {
            let documents: String = fax.documents.iter().map(|document| document_html(fax, document)).collect();
            format!("<ol class=\"documents\">{documents}</ol>")
        }
    };
    format!(
        "<article><header><h2>Fax <a id=\"{id}\" href=\"#{id}\">{id}</a></h2>{status}\
         <p class=\"muted\"><time datetime=\"{iso}\">{time}</time>{scheduled}{count}</p></header>\
         <h3>To</h3><ul class=\"to\">{recipients}</ul>\
         <h3>Documents</h3>{documents}\
         <h3>Pages</h3>{pages}\
         <h3>As received</h3><dl>{fields}</dl></article>",
        id = fax.id,
        pages = pages_html(fax),
        status = standing(fax),
        iso = moment::write(fax.created),
        time = Text(moment::write_plainly(fax.created)),
    )
}

/// Deleted before it was sent, to everybody or to whom this stands beside.
const CANCELLED: &str = "<span class=\"pill gone\">Cancelled</span>";

/// Where a fax stands, and what a client did to it afterwards.
fn standing(fax: &Fax) -> String {
    let deleted = match fax.availability {
        Availability::Alive => String::new(),
        Availability::Deleted => " <span class=\"pill gone\">Deleted</span>".into(),
        Availability::Purged => " <span class=\"pill gone\">Deleted for good</span>".into(),
    };
    let status = if fax.cancelled { CANCELLED.to_owned() } else { pill(fax.status()) };
    status + &deleted
}

fn pill(status: Status) -> String {
    let (class, words) = match status {
        Status::Queued => ("queued", "Queued"),
        Status::Sent => ("sent", "Sent"),
        Status::SendingFailed => ("failed", "Sending failed"),
        Status::Received => ("sent", "Received"),
    };
    format!("<span class=\"pill {class}\">{words}</span>")
}

fn recipient_html(recipient: &KeptRecipient, cancelled: bool) -> String {
    let name = match &recipient.name {
        Some(name) => format!("<span class=\"name\">{}</span>", Text(name)),
        None => String::new(),
    };
    let reason = match &recipient.error_code {
        Some(code) => format!("<span class=\"reason\">{}</span>", Text(code)),
        None => String::new(),
    };
    format!(
        "<li><span class=\"number\">{}</span>{name}<span class=\"outcome\">{}{reason}</span></li>",
        Text(&recipient.phone_number),
        match recipient.status {
            Status::Queued if cancelled => CANCELLED.to_owned(),
            status => pill(status),
        },
    )
}

fn document_html(fax: &Fax, document: &KeptDocument) -> String {
    let name = if document.name.is_empty() { "(no name)" } else { &document.name };
    let content_type = document.content_type.as_deref().unwrap_or("no type");
    let part = match &document.part_name {
        Some(part) => format!(" · part {}", Text(part)),
        None => String::new(),
    };
    format!(
        "<li><a class=\"file\" href=\"{href}\">{}</a>\
         <span class=\"muted\">{} · {}{part} · <a href=\"{href}\" download>Save</a></span>\
         <code class=\"hash\">{}</code></li>",
        Text(name),
        Text(content_type),
        Text(size(document.size)),
        Text(&document.sha256),
        href = format_args!("/inbox/{}/{}", fax.id, document.position),
    )
}

fn pages_html(fax: &Fax) -> String {
    let reason = Text(fax.reason.as_deref().unwrap_or_default());
    match fax.rendering {
        Rendering::Done => {
            let (first, more) = pages(fax).partition::<Vec<_>, _>(|page| *page <= AT_FIRST);
            let list = |pages: &[usize]| -> String {
                let items: String = pages.iter().map(|page| thumbnail(fax, *page)).collect();
                format!("<ol class=\"pages\">{items}</ol>")
            };
            match more.len() {
                0 => list(&first),
                count => format!("{}<details><summary>{count} more</summary>{}</details>", list(&first), list(&more)),
            }
        }
        Rendering::Waiting => "<p class=\"muted\">Being rendered.</p>".into(),
        Rendering::None => "<p class=\"muted\">None were rendered.</p>".into(),
        Rendering::TooManyPages => format!("<p class=\"reason\">TooManyPages: {reason}.</p>"),
        Rendering::Failed => format!("<p class=\"reason\">RenderingFailed: {reason}.</p>"),
    }
}

fn thumbnail(fax: &Fax, page: usize) -> String {
    let (id, version) = (fax.id, version(fax));
    // As wide as half its points; the height is that of Letter until the picture is there.
    let (width, height) = (THUMBNAIL / 2, THUMBNAIL / 2 * 279 / 215);
    format!(
        "<li><a href=\"/inbox/{id}/pages/{page}\"><img loading=\"lazy\" width=\"{width}\" height=\"{height}\" \
         src=\"/inbox/{id}/thumbnails/{page}.png?{version}\" alt=\"Page {page}\"></a>\
         <span aria-hidden=\"true\">{page}</span></li>"
    )
}

fn row(name: &str, value: impl Display) -> String {
    format!("<dt>{}</dt><dd>{value}</dd>", Text(name))
}
