//! What arrived, for a person to look at and for tests to compare. Every value on the page came from a request and is
//! escaped.

use std::fmt::{self, Display};

use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use crate::app::App;
use crate::bad_day;
use crate::document::essence;
use crate::fax::internal;
use crate::message;
use crate::moment::{self, Millis};
use crate::refusal::{Refusal, json_response};
use crate::store::{Fax, KeptDocument, KeptRecipient, Status};

/// How many faxes the page shows.
const SHOWN: i64 = 100;

/// The page refreshes itself only while an outcome is this near, and is left in peace otherwise.
const NEAR: Millis = 60_000;

/// Types a browser shows without running anything.
const INLINE: [&str; 6] = ["application/pdf", "image/png", "image/jpeg", "image/gif", "image/bmp", "text/plain"];

const STYLE: &str = include_str!("inbox.css");

/// Nothing but its own style sheet.
const POLICY: &str =
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";

/// Text on its way into HTML.
struct Text<T>(T);

impl<T: Display> Display for Text<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for letter in self.0.to_string().chars() {
            match letter {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                letter => write!(f, "{letter}")?,
            }
        }
        Ok(())
    }
}

/// `GET /inbox.css`.
pub async fn style() -> Response {
    ours([(header::CONTENT_TYPE, HeaderValue::from_static("text/css;charset=utf-8"))], STYLE.to_owned())
}

/// `GET /inbox`.
///
/// # Errors
/// CMN-203 when the store cannot be read.
pub async fn page(State(app): State<App>) -> Result<Response, Refusal> {
    let faxes = app.store.newest(SHOWN).await.map_err(internal)?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/html;charset=utf-8")),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
    ];
    Ok(ours(headers, html(&faxes)))
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

/// `DELETE /inbox`. The header is one that a page of another origin cannot send unasked.
///
/// # Errors
/// CMN-110 without the header, CMN-203 when the store cannot be emptied.
pub async fn empty(State(app): State<App>, headers: HeaderMap) -> Result<StatusCode, Refusal> {
    if headers.get("x-fax-sandbox").is_none_or(|value| value != "empty") {
        let message = "Header [X-Fax-Sandbox: empty] is missing";
        return Err(Refusal::new(StatusCode::BAD_REQUEST, "CMN-110", message));
    }
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
    let mut response = message::download(&app.store, document, content_type, inline);
    same_origin(&mut response);
    Ok(response)
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

fn ours<const N: usize>(headers: [(HeaderName, HeaderValue); N], body: String) -> Response {
    let mut response = (headers, body).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    same_origin(&mut response);
    response
}

/// Keeps other origins' pages from showing it as a picture, or as anything.
fn same_origin(response: &mut Response) {
    response
        .headers_mut()
        .insert(HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin"));
}

/// A resend brought no documents of its own, and has none here.
fn own_documents(fax: &Fax) -> &[KeptDocument] {
    match fax.original {
        None => &fax.documents,
        Some(_) => &[],
    }
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
    json!({
        "id": fax.id,
        "encoding": fax.encoding,
        "accountId": fax.account,
        "extensionId": fax.extension,
        "fields": fax.fields,
        "to": fax.to.iter().map(recipient_json).collect::<Vec<_>>(),
        "attachments": attachments,
        "creationTime": moment::write(fax.created),
        "messageStatus": fax.status().name(),
    })
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
    let moving = faxes.iter().flat_map(|fax| &fax.to).any(|recipient| {
        recipient.status == Status::Queued && recipient.due.is_some_and(|due| due < now.saturating_add(NEAR))
    });
    let refresh = if moving { "<meta http-equiv=\"refresh\" content=\"2\">" } else { "" };
    let list = match faxes {
        [] => "<p class=\"empty\">No fax has arrived yet.</p>".to_owned(),
        faxes => faxes.iter().map(|fax| article(fax, now)).collect(),
    };
    let numbers: String = bad_day::TABLE
        .iter()
        .map(|(number, _, words)| format!("<tr><th scope=\"row\">+{}</th><td>{}</td></tr>", Text(number), Text(words)))
        .collect();
    let count = match faxes.len() {
        0 => String::new(),
        1 => " · 1 fax".to_owned(),
        many if many >= usize::try_from(SHOWN).unwrap_or_default() => format!(" · the newest {many} faxes"),
        many => format!(" · {many} faxes, newest first"),
    };
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"light dark\">{refresh}\
         <title>Inbox of the fax sandbox</title><link rel=\"stylesheet\" href=\"/inbox.css\"></head><body>\
         <header class=\"top\"><h1>Inbox</h1>\
         <p class=\"muted\">fax-sandbox{count} · <a href=\"/inbox\">Refresh</a></p>\
         <p class=\"banner\"><strong>Nothing is dialled here.</strong> This is what was posted to \
         the sandbox. No fax leaves it, and the outcomes shown are made up.</p></header>\
         <main>{list}\
         <details class=\"numbers\"><summary>Numbers that go wrong on purpose</summary>\
         <p class=\"muted\">+999 is a country code nobody has. Any other number is sent.</p>\
         <div class=\"scroll\"><table><tbody>{numbers}</tbody></table></div></details></main></body></html>\n"
    )
}

fn article(fax: &Fax, now: Millis) -> String {
    let recipients: String = fax.to.iter().map(recipient_html).collect();
    let scheduled = if fax.status() == Status::Queued && fax.starts > now {
        format!(" · to be sent {}", Text(moment::write_plainly(fax.starts)))
    } else {
        String::new()
    };
    let pages = match fax.pages() {
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
         <p class=\"muted\"><time datetime=\"{iso}\">{time}</time>{scheduled}{pages}</p></header>\
         <h3>To</h3><ul class=\"to\">{recipients}</ul>\
         <h3>Documents</h3>{documents}\
         <h3>As received</h3><dl>{fields}</dl></article>",
        id = fax.id,
        status = pill(fax.status()),
        iso = moment::write(fax.created),
        time = Text(moment::write_plainly(fax.created)),
    )
}

fn pill(status: Status) -> String {
    let (class, words) = match status {
        Status::Queued => ("queued", "Queued"),
        Status::Sent => ("sent", "Sent"),
        Status::SendingFailed => ("failed", "Sending failed"),
    };
    format!("<span class=\"pill {class}\">{words}</span>")
}

fn recipient_html(recipient: &KeptRecipient) -> String {
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
        pill(recipient.status),
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

fn row(name: &str, value: impl Display) -> String {
    format!("<dt>{}</dt><dd>{value}</dd>", Text(name))
}

/// A size for a person, in the units the service's limit is given in.
fn size(bytes: u64) -> String {
    match bytes {
        0..1000 => format!("{bytes} bytes"),
        1000..1_000_000 => format!("{}.{} kB", bytes / 1000, bytes % 1000 / 100),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000),
    }
}
