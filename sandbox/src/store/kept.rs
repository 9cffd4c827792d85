//! A fax as it is kept, read from its rows.

use rusqlite::{Connection, OptionalExtension, Row, params};
use serde_json::{Map, Value};

use crate::moment::Millis;
use crate::store::Kept;

/// Where a recipient stands; a fax stands where its recipients do.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Status {
    /// Waiting.
    Queued,
    /// Gone through.
    Sent,
    /// Not gone through.
    SendingFailed,
    /// Come in.
    Received,
}

impl Status {
    /// The API's word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Queued => "Queued",
            Self::Sent => "Sent",
            Self::SendingFailed => "SendingFailed",
            Self::Received => "Received",
        }
    }

    fn from_name(name: &str) -> Self {
        match name {
            "Sent" => Self::Sent,
            "SendingFailed" => Self::SendingFailed,
            _ => Self::Queued,
        }
    }
}

/// What became of a fax's documents.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Rendering {
    /// Nobody posted it and nobody has sent it on: its pages are not needed.
    None,
    /// They are not pages yet.
    Waiting,
    /// They are.
    Done,
    /// They would be more than the service takes.
    TooManyPages,
    /// They cannot be read.
    Failed,
}

impl Rendering {
    /// Its name; the API's word where that has one.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "None",
            Self::Waiting => "Waiting",
            Self::Done => "Done",
            Self::TooManyPages => "TooManyPages",
            Self::Failed => "RenderingFailed",
        }
    }

    /// Reads it as it is kept.
    pub fn from_name(name: Option<&str>) -> Self {
        match name {
            None => Self::None,
            Some("Done") => Self::Done,
            Some("TooManyPages") => Self::TooManyPages,
            Some("RenderingFailed") => Self::Failed,
            Some(_) => Self::Waiting,
        }
    }

    /// The `faxErrorCode` of all recipients of a fax that has no pages.
    pub fn error_code(self) -> Option<&'static str> {
        match self {
            Self::TooManyPages | Self::Failed => Some(self.name()),
            Self::None | Self::Waiting | Self::Done => None,
        }
    }
}

/// Whether a fax is still there (fax API facts §4).
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Availability {
    /// It is.
    Alive,
    /// Deleted once: lists hide it.
    Deleted,
    /// Deleted for good.
    Purged,
}

impl Availability {
    /// The API's word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Alive => "Alive",
            Self::Deleted => "Deleted",
            Self::Purged => "Purged",
        }
    }

    fn from_name(name: &str) -> Self {
        match name {
            "Deleted" => Self::Deleted,
            "Purged" => Self::Purged,
            _ => Self::Alive,
        }
    }
}

/// A fax that is kept.
pub struct Fax {
    /// Its id.
    pub id: i64,
    /// How it was packed.
    pub encoding: String,
    /// The path's account, as received.
    pub account: String,
    /// The path's extension, as received.
    pub extension: String,
    /// The fields as received.
    pub fields: Map<String, Value>,
    /// `High` or `Low`.
    pub resolution: String,
    /// The cover page that applies.
    pub cover_index: i32,
    /// The text on it.
    pub cover_page_text: Option<String>,
    /// When it came.
    pub created: Millis,
    /// When its state last changed.
    pub modified: Millis,
    /// When it is or was to be sent.
    pub starts: Millis,
    /// The fax whose documents it sends, if not its own.
    pub original: Option<i64>,
    /// Who sent it, if it came in.
    pub sender: Option<String>,
    /// Whether it is still there.
    pub availability: Availability,
    /// Whether it was deleted with recipients still waiting, who then got nothing.
    pub cancelled: bool,
    /// `Read` or `Unread`.
    pub read_status: String,
    /// What became of the documents it sends.
    pub rendering: Rendering,
    /// Why there are no pages, in words.
    pub reason: Option<String>,
    /// How many pages were rendered.
    pub rendered: usize,
    /// The recipients in their order.
    pub to: Vec<KeptRecipient>,
    /// The documents it sends, in their order.
    pub documents: Vec<KeptDocument>,
}

/// A recipient of a fax that is kept.
pub struct KeptRecipient {
    /// Its id.
    pub id: i64,
    /// The number, as received.
    pub phone_number: String,
    /// The name, as received.
    pub name: Option<String>,
    /// Where it stands.
    pub status: Status,
    /// Why it failed.
    pub error_code: Option<String>,
    /// When it is settled, if ever.
    pub due: Option<Millis>,
}

/// The description of a document that is kept.
pub struct KeptDocument {
    /// Its place from 1.
    pub position: i64,
    /// The declared file name.
    pub name: String,
    /// The declared content type.
    pub content_type: Option<String>,
    /// The name of its part.
    pub part_name: Option<String>,
    /// How many bytes.
    pub size: u64,
    /// Their SHA-256.
    pub sha256: String,
    /// The key of its bytes.
    pub content: i64,
}

impl Fax {
    /// Any recipient Queued, then any failed, else sent (fax API facts §2.3).
    pub fn status(&self) -> Status {
        let any = |status| self.to.iter().any(|recipient| recipient.status == status);
        if self.sender.is_some() {
            Status::Received
        } else if any(Status::Queued) {
            Status::Queued
        } else if any(Status::SendingFailed) {
            Status::SendingFailed
        } else {
            Status::Sent
        }
    }

    /// 0 until it is rendered (§2.1), and as long as the fax is Queued (§7.11). That the cover page counts is ours, and
    /// so is 0 for what could not be rendered.
    pub fn pages(&self) -> usize {
        match self.status() {
            Status::Queued => 0,
            _ => self.rendered,
        }
    }

    /// The fax whose pages these are: itself, or the one that it sends once more.
    pub fn source(&self) -> i64 {
        self.original.unwrap_or(self.id)
    }
}

/// The faxes of these ids, in that order.
///
/// # Errors
/// When they cannot be read.
pub fn faxes(connection: &Connection, ids: Vec<i64>) -> Kept<Vec<Fax>> {
    ids.into_iter().filter_map(|id| fax(connection, id, None).transpose()).collect()
}

/// One fax, of one mailbox or of any.
///
/// # Errors
/// When it cannot be read.
pub fn fax(connection: &Connection, id: i64, mailbox: Option<&str>) -> Kept<Option<Fax>> {
    let mut statement =
        connection.prepare_cached(
        "SELECT fax.*, source.rendering AS source_rendering, source.reason AS source_reason, source.pages AS source_pages
         FROM fax JOIN fax AS source ON source.id = coalesce(fax.original, fax.id)
         WHERE fax.id = ?1 AND (?2 IS NULL OR fax.mailbox = ?2)",
    )?;
    let Some(mut fax) = statement.query_row(params![id, mailbox], kept_fax).optional()? else {
        return Ok(None);
    };
    let mut statement = connection.prepare_cached("SELECT * FROM recipient WHERE fax = ?1 ORDER BY id")?;
    fax.to = statement.query_map([id], kept_recipient)?.collect::<Result<_, _>>()?;
    let mut statement = connection.prepare_cached("SELECT * FROM document WHERE fax = ?1 ORDER BY position")?;
    fax.documents = statement.query_map([fax.source()], kept_document)?.collect::<Result<_, _>>()?;
    Ok(Some(fax))
}

fn kept_fax(row: &Row<'_>) -> rusqlite::Result<Fax> {
    let fields: String = row.get("fields")?;
    let availability: String = row.get("availability")?;
    let rendering: Option<String> = row.get("source_rendering")?;
    let pages: i64 = row.get("source_pages")?;
    Ok(Fax {
        id: row.get("id")?,
        encoding: row.get("encoding")?,
        account: row.get("account")?,
        extension: row.get("extension")?,
        fields: serde_json::from_str(&fields).unwrap_or_default(),
        resolution: row.get("resolution")?,
        cover_index: row.get("cover_index")?,
        cover_page_text: row.get("cover_page_text")?,
        created: row.get("created")?,
        modified: row.get("modified")?,
        starts: row.get("starts")?,
        original: row.get("original")?,
        sender: row.get("sender")?,
        availability: Availability::from_name(&availability),
        cancelled: row.get("cancelled")?,
        read_status: row.get("read_status")?,
        rendering: Rendering::from_name(rendering.as_deref()),
        reason: row.get("source_reason")?,
        rendered: usize::try_from(pages).unwrap_or_default(),
        to: Vec::new(),
        documents: Vec::new(),
    })
}

fn kept_recipient(row: &Row<'_>) -> rusqlite::Result<KeptRecipient> {
    let status: String = row.get("status")?;
    Ok(KeptRecipient {
        id: row.get("id")?,
        phone_number: row.get("phone_number")?,
        name: row.get("name")?,
        status: Status::from_name(&status),
        error_code: row.get("error_code")?,
        due: row.get("due")?,
    })
}

fn kept_document(row: &Row<'_>) -> rusqlite::Result<KeptDocument> {
    let size: i64 = row.get("size")?;
    Ok(KeptDocument {
        position: row.get("position")?,
        name: row.get("name")?,
        content_type: row.get("content_type")?,
        part_name: row.get("part_name")?,
        size: u64::try_from(size).unwrap_or_default(),
        sha256: row.get("sha256")?,
        content: row.get("content")?,
    })
}
