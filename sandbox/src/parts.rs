//! A post's body, read in whichever of the ways it was packed: two dialects of form-data, mixed, or the JSON of a
//! resend (fax API facts §1.1).

use std::path::Path;

use axum::http::{HeaderMap, StatusCode, header};
use futures_util::TryStreamExt;
use mime::Mime;
use multer::{Field, Multipart};

use crate::document::{self, Document, Incoming, Label, essence, is_plain_text};
use crate::envelope::Envelope;
use crate::intake::Intake;
use crate::refusal::Refusal;

/// An envelope is text of at most a few kilobytes; what is longer is not read as one.
const ENVELOPE_LIMIT: usize = 1024 * 1024;

/// Documents, and every part that is not one. The service's own limit is not published.
const PARTS_LIMIT: usize = 1000;

/// How a post was packed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Encoding {
    /// form-data, dialect B: one text part a field.
    FormDataFields,
    /// form-data, dialect A: a JSON part first.
    FormDataJson,
    /// multipart/mixed.
    Mixed,
    /// application/json.
    Resend,
}

impl Encoding {
    /// The name it is stored under.
    pub fn name(self) -> &'static str {
        match self {
            Self::FormDataFields => "form-data-fields",
            Self::FormDataJson => "form-data-json",
            Self::Mixed => "mixed",
            Self::Resend => "resend",
        }
    }
}

/// What a post brought.
pub struct Received {
    /// How it was packed.
    pub encoding: Encoding,
    /// What the fax is to be.
    pub envelope: Envelope,
    /// The documents, in their order.
    pub documents: Vec<Document>,
}

/// Reads a body; temporary files go to `folder`.
///
/// # Errors
/// The first thing that is wrong with it.
pub async fn receive(headers: &HeaderMap, intake: &mut Intake, folder: &Path) -> Result<Received, Refusal> {
    let content_type: Mime = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok()?.parse().ok())
        .ok_or_else(unsupported)?;
    match content_type.essence_str() {
        "application/json" => {
            let body = intake.bytes(ENVELOPE_LIMIT).await.ok_or_else(Refusal::envelope)?;
            Ok(Received { encoding: Encoding::Resend, envelope: Envelope::from_resend(&body)?, documents: Vec::new() })
        }
        "multipart/form-data" => form_data(multipart(&content_type, intake)?, folder).await,
        "multipart/mixed" => mixed(multipart(&content_type, intake)?, folder).await,
        _ => Err(unsupported()),
    }
}

fn multipart<'a>(content_type: &Mime, intake: &'a mut Intake) -> Result<Multipart<'a>, Refusal> {
    let boundary = content_type.get_param(mime::BOUNDARY).ok_or_else(unreadable)?;
    Ok(Multipart::new(intake, boundary.as_str()))
}

async fn form_data(mut parts: Multipart<'_>, folder: &Path) -> Result<Received, Refusal> {
    let first = next(&mut parts).await?.ok_or_else(|| Refusal::missing("to"))?;
    if is_json(&first) {
        return after_envelope(Encoding::FormDataJson, first, parts, folder).await;
    }
    let mut part = Some(first);
    let mut fields = Vec::new();
    let mut documents = Documents::new(folder);
    while let Some(field) = part {
        // "First part must always be JSON-encoded": one that comes later is an envelope out of place (§1.7).
        if is_json(&field) {
            return Err(Refusal::envelope());
        }
        let name = disposed(&field)?.name().ok_or_else(unreadable)?.to_owned();
        match field.file_name() {
            _ if name == "attachment" => {
                let label = label(&field, true)?;
                documents.take(label, field).await?;
            }
            // A file in a field of another name is taken from an envelope's form only, where part names are free
            // (§1.7); dropping it without a word would be worse.
            Some(file) if !file.is_empty() => return Err(Refusal::invalid(&name)),
            _ => {
                let bytes = bytes(field).await?.ok_or_else(|| Refusal::invalid(&name))?;
                let text = String::from_utf8(bytes).map_err(|_| Refusal::invalid(&name))?;
                fields.push((name, text));
            }
        }
        if fields.len() > PARTS_LIMIT {
            return Err(unreadable());
        }
        part = next(&mut parts).await?;
    }
    Ok(Received {
        encoding: Encoding::FormDataFields,
        envelope: Envelope::from_fields(fields)?,
        documents: documents.finish()?,
    })
}

async fn mixed(mut parts: Multipart<'_>, folder: &Path) -> Result<Received, Refusal> {
    match next(&mut parts).await? {
        Some(first) if is_json(&first) => after_envelope(Encoding::Mixed, first, parts, folder).await,
        _ => Err(Refusal::envelope()),
    }
}

async fn after_envelope(
    encoding: Encoding,
    first: Field<'_>,
    mut parts: Multipart<'_>,
    folder: &Path,
) -> Result<Received, Refusal> {
    let envelope = bytes(first).await?.ok_or_else(Refusal::envelope)?;
    let envelope = Envelope::from_json(&envelope)?;
    let mut documents = Documents::new(folder);
    while let Some(part) = next(&mut parts).await? {
        documents.take(label(&part, false)?, part).await?;
    }
    Ok(Received { encoding, envelope, documents: documents.finish()? })
}

/// The next part. Guides write `8bit` and `binary`; base64 is said to be taken in multipart/mixed by one third-party
/// client (§1.7) and is refused here, so that nothing encoded is kept as if it were the document.
async fn next<'a>(parts: &mut Multipart<'a>) -> Result<Option<Field<'a>>, Refusal> {
    let Some(part) = parts.next_field().await.map_err(|_| unreadable())? else {
        return Ok(None);
    };
    match part.headers().get("content-transfer-encoding").map(|value| value.as_bytes().to_ascii_lowercase()) {
        None => Ok(Some(part)),
        Some(encoding) if [&b"7bit"[..], b"8bit", b"binary"].contains(&encoding.as_slice()) => Ok(Some(part)),
        Some(_) => Err(unreadable()),
    }
}

fn content_type(part: &Field<'_>) -> Option<String> {
    let value = part.headers().get(header::CONTENT_TYPE)?;
    Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
}

fn is_json(part: &Field<'_>) -> bool {
    content_type(part).is_some_and(|content_type| essence(&content_type) == "application/json")
}

/// The part, if it has a disposition.
fn disposed<'a, 'b>(part: &'a Field<'b>) -> Result<&'a Field<'b>, Refusal> {
    if part.headers().contains_key(header::CONTENT_DISPOSITION) {
        Ok(part)
    } else {
        Err(Refusal::new(StatusCode::BAD_REQUEST, "MSG-350", "No content disposition"))
    }
}

/// What a file part says of itself. The guide's form-data example has `filename=""` on its text/plain attachments
/// (§1.6 on MSG-351); this much of it is followed, and no more.
fn label(part: &Field<'_>, guide: bool) -> Result<Label, Refusal> {
    let content_type = content_type(disposed(part)?);
    let plain = guide && content_type.as_deref().is_some_and(is_plain_text);
    match part.file_name() {
        Some(name) if plain || !name.is_empty() => {
            Ok(Label { name: name.to_owned(), content_type, part_name: part.name().map(ToOwned::to_owned) })
        }
        _ => {
            let message = "No file name in content disposition";
            Err(Refusal::new(StatusCode::BAD_REQUEST, "MSG-351", message))
        }
    }
}

/// A part that is text: nothing, if it is too long for one.
async fn bytes(mut part: Field<'_>) -> Result<Option<Vec<u8>>, Refusal> {
    let mut whole = Vec::new();
    while let Some(bytes) = part.try_next().await.map_err(|_| unreadable())? {
        whole.extend_from_slice(&bytes);
        if whole.len() > ENVELOPE_LIMIT {
            return Ok(None);
        }
    }
    Ok(Some(whole))
}

/// The documents of a post so far.
struct Documents<'a> {
    folder: &'a Path,
    taken: Vec<Document>,
}

impl<'a> Documents<'a> {
    fn new(folder: &'a Path) -> Self {
        Self { folder, taken: Vec::new() }
    }

    async fn take(&mut self, label: Label, mut part: Field<'_>) -> Result<(), Refusal> {
        label.check(self.taken.len() + 1)?;
        let mut incoming = Incoming::new(label, self.folder).map_err(|_| Refusal::internal())?;
        while let Some(bytes) = part.try_next().await.map_err(|_| unreadable())? {
            incoming.take(&bytes)?;
        }
        self.taken.push(incoming.finish()?);
        let total: u64 = self.taken.iter().map(|document| document.size).sum();
        if total > document::LIMIT {
            let message = "Message size limit exceeded";
            return Err(Refusal::new(StatusCode::BAD_REQUEST, "MSG-338", message));
        }
        if self.taken.len() > PARTS_LIMIT {
            return Err(unreadable());
        }
        Ok(())
    }

    /// A fax of a cover page alone is not documented to be possible (§1.6).
    fn finish(self) -> Result<Vec<Document>, Refusal> {
        if self.taken.is_empty() {
            return Err(Refusal::missing("attachment"));
        }
        Ok(self.taken)
    }
}

fn unreadable() -> Refusal {
    Refusal::new(StatusCode::BAD_REQUEST, "CMN-104", "Cannot parse request")
}

/// The code for a content type other than the three is not published; 415 is.
fn unsupported() -> Refusal {
    Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "AGW-415", "Unsupported Media Type")
}
