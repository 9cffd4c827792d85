//! Everything that is kept, in one SQLite file, the documents' bytes included: ids resolve after a restart, and to
//! forget everything is to delete one file.

use std::fmt;
use std::fs::OpenOptions;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::{Connection, OptionalExtension, Row, Transaction, named_params, params};
use serde_json::{Map, Value};

use crate::bad_day::{self, BadDay};
use crate::cover_page;
use crate::document::Document;
use crate::envelope::Recipient;
use crate::moment::Millis;

/// Ids are ten digits, as the service's are, and never used twice. Documents' bytes are kept apart from their
/// description, so that reading a list touches none of them.
const SCHEMA: &str = "
    CREATE TABLE fax (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        encoding TEXT NOT NULL,
        account TEXT NOT NULL,
        extension TEXT NOT NULL,
        mailbox TEXT NOT NULL,
        fields TEXT NOT NULL,
        resolution TEXT NOT NULL,
        cover_index INTEGER NOT NULL,
        cover_page_text TEXT,
        created INTEGER NOT NULL,
        modified INTEGER NOT NULL,
        starts INTEGER NOT NULL,
        original INTEGER
    );
    CREATE TABLE recipient (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        fax INTEGER NOT NULL REFERENCES fax ON DELETE CASCADE,
        phone_number TEXT NOT NULL,
        name TEXT,
        status TEXT NOT NULL,
        error_code TEXT,
        due INTEGER
    );
    CREATE INDEX recipient_of ON recipient (fax);
    CREATE INDEX recipient_due ON recipient (due) WHERE status = 'Queued';
    CREATE TABLE document (
        fax INTEGER NOT NULL REFERENCES fax ON DELETE CASCADE,
        position INTEGER NOT NULL,
        name TEXT NOT NULL,
        content_type TEXT,
        part_name TEXT,
        size INTEGER NOT NULL,
        sha256 TEXT NOT NULL,
        content INTEGER NOT NULL REFERENCES content,
        PRIMARY KEY (fax, position)
    );
    CREATE TABLE content (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        bytes BLOB NOT NULL
    );
    INSERT INTO sqlite_sequence (name, seq) VALUES ('fax', 2000000000), ('recipient', 3000000000);
    PRAGMA user_version = 1;
";

/// Where a recipient stands; a fax stands where its recipients do.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Status {
    /// Waiting.
    Queued,
    /// Gone through.
    Sent,
    /// Not gone through.
    SendingFailed,
}

impl Status {
    /// The API's word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Queued => "Queued",
            Self::Sent => "Sent",
            Self::SendingFailed => "SendingFailed",
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

/// A fax to be kept.
pub struct NewFax {
    /// How it was packed.
    pub encoding: &'static str,
    /// The path's account, as received.
    pub account: String,
    /// The path's extension, as received.
    pub extension: String,
    /// Whose it is.
    pub mailbox: String,
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
    /// When it is to be sent.
    pub starts: Millis,
    /// Each recipient and how long after the start it is settled.
    pub to: Vec<(Recipient, Millis)>,
    /// The fax whose documents these are, if it brings none itself.
    pub original: Option<i64>,
    /// Its documents.
    pub documents: Vec<Document>,
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
        if any(Status::Queued) {
            Status::Queued
        } else if any(Status::SendingFailed) {
            Status::SendingFailed
        } else {
            Status::Sent
        }
    }

    /// 0 until the fax has left Queued (§2.1). Nothing is rendered here, so that a page a document and one for the
    /// cover are ours.
    pub fn pages(&self) -> usize {
        if self.status() == Status::Queued {
            return 0;
        }
        self.documents.len() + usize::from(self.cover_index != cover_page::NONE)
    }
}

/// Which faxes a list asks for, newest first.
pub struct Range {
    /// Whose.
    pub mailbox: String,
    /// Created then or later.
    pub from: Millis,
    /// Created then or earlier.
    pub to: Millis,
    /// How many to leave out.
    pub offset: usize,
    /// How many to read.
    pub limit: usize,
}

/// Something went wrong below; the cause names no content.
#[derive(Debug)]
pub enum StoreError {
    /// In the database.
    Sqlite(rusqlite::Error),
    /// In a file.
    Io(std::io::Error),
    /// The file is of another version of this program.
    Version(i64),
    /// The work was given up, as when the program ends.
    Abandoned,
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // SQLite's message may quote a statement, and the statements here carry no values.
            Self::Sqlite(error) => write!(f, "the store failed: {error}"),
            Self::Io(error) => write!(f, "the store failed: {}", error.kind()),
            Self::Version(version) => write!(f, "the store is of version {version}, which this program does not know"),
            Self::Abandoned => f.write_str("the store's work was given up"),
        }
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl From<std::io::Error> for StoreError {
    fn from(error: std::io::Error) -> Self {
        Self::Io(error)
    }
}

type Kept<T> = Result<T, StoreError>;

/// The open store.
#[derive(Clone)]
pub struct Store {
    connection: Arc<Mutex<Connection>>,
    folder: Arc<Path>,
}

impl Store {
    /// Opens or makes the file. Others on the machine cannot read it: faxes are confidential, test faxes may be.
    ///
    /// # Errors
    /// When that is not possible.
    pub fn open(path: &Path) -> Kept<Self> {
        let mut options = OpenOptions::new();
        options.read(true).append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        drop(options.open(path)?);
        let connection = Connection::open(path)?;
        // A rollback journal goes when it is done with, so that at rest there is one file.
        connection.execute_batch(
            "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = DELETE; PRAGMA synchronous = NORMAL;
             PRAGMA foreign_keys = ON;",
        )?;
        match connection.query_row("PRAGMA user_version", [], |row| row.get(0))? {
            0 => connection.execute_batch(&format!("BEGIN IMMEDIATE; {SCHEMA} COMMIT;"))?,
            1 => {}
            other => return Err(StoreError::Version(other)),
        }
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
            _ => PathBuf::from("."),
        };
        Ok(Self { connection: Arc::new(Mutex::new(connection)), folder: folder.into() })
    }

    /// The folder the file is in, where temporary files belong too.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce(&mut Connection) -> Kept<T> + Send + 'static) -> Kept<T> {
        let connection = Arc::clone(&self.connection);
        tokio::task::spawn_blocking(move || {
            let mut connection = connection.lock().unwrap_or_else(PoisonError::into_inner);
            work(&mut connection)
        })
        .await
        .unwrap_or(Err(StoreError::Abandoned))
    }

    /// Keeps a fax and says its id.
    ///
    /// # Errors
    /// When it is not kept.
    pub async fn accept(&self, fax: NewFax) -> Kept<i64> {
        self.run(|connection| {
            let transaction = connection.transaction()?;
            let id = insert(&transaction, fax)?;
            transaction.commit()?;
            Ok(id)
        })
        .await
    }

    /// One fax, of one mailbox or of any.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn fax(&self, id: i64, mailbox: Option<String>) -> Kept<Option<Fax>> {
        self.run(move |connection| fax(connection, id, mailbox.as_deref())).await
    }

    /// The faxes of a range, and how many it has in all.
    ///
    /// # Errors
    /// When they cannot be read.
    pub async fn range(&self, range: Range) -> Kept<(Vec<Fax>, usize)> {
        self.run(move |connection| {
            let count: i64 = connection.query_row(
                "SELECT count(*) FROM fax WHERE mailbox = ?1 AND created BETWEEN ?2 AND ?3",
                params![range.mailbox, range.from, range.to],
                |row| row.get(0),
            )?;
            let mut statement = connection.prepare_cached(
                "SELECT id FROM fax WHERE mailbox = ?1 AND created BETWEEN ?2 AND ?3
                 ORDER BY id DESC LIMIT ?4 OFFSET ?5",
            )?;
            let size = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
            let ids = statement
                .query_map(
                    params![range.mailbox, range.from, range.to, size(range.limit), size(range.offset)],
                    |row| row.get(0),
                )?
                .collect::<Result<Vec<i64>, _>>()?;
            Ok((faxes(connection, ids)?, usize::try_from(count).unwrap_or_default()))
        })
        .await
    }

    /// The newest faxes of every mailbox, newest first.
    ///
    /// # Errors
    /// When they cannot be read.
    pub async fn newest(&self, limit: i64) -> Kept<Vec<Fax>> {
        self.run(move |connection| {
            let mut statement = connection.prepare_cached("SELECT id FROM fax ORDER BY id DESC LIMIT ?1")?;
            let ids = statement.query_map([limit], |row| row.get(0))?.collect::<Result<Vec<i64>, _>>()?;
            faxes(connection, ids)
        })
        .await
    }

    /// Some of a document's bytes; none at its end.
    ///
    /// # Errors
    /// When they cannot be read.
    pub async fn bytes(&self, content: i64, offset: u64, most: usize) -> Kept<Vec<u8>> {
        self.run(move |connection| {
            let mut blob = connection.blob_open("main", "content", "bytes", content, true)?;
            blob.seek(SeekFrom::Start(offset))?;
            let mut bytes = Vec::new();
            blob.take(most as u64).read_to_end(&mut bytes)?;
            Ok(bytes)
        })
        .await
    }

    /// Settles what is due and says when the next is.
    ///
    /// # Errors
    /// When that cannot be written.
    pub async fn settle(&self, now: Millis) -> Kept<Option<Millis>> {
        self.run(move |connection| {
            let transaction = connection.transaction()?;
            settle(&transaction, now)?;
            let next = transaction.query_row(
                "SELECT min(due) FROM recipient WHERE status = 'Queued' AND due IS NOT NULL",
                [],
                |row| row.get(0),
            )?;
            transaction.commit()?;
            Ok(next)
        })
        .await
    }

    /// Forgets everything but which ids were used, and gives the file's space back.
    ///
    /// # Errors
    /// When that cannot be done.
    pub async fn empty(&self) -> Kept<()> {
        self.run(|connection| {
            connection.execute_batch(
                "BEGIN IMMEDIATE; DELETE FROM document; DELETE FROM content; DELETE FROM recipient; DELETE FROM fax;
                 COMMIT; VACUUM;",
            )?;
            Ok(())
        })
        .await
    }
}

fn insert(transaction: &Transaction<'_>, fax: NewFax) -> Kept<i64> {
    transaction.execute(
        "INSERT INTO fax (encoding, account, extension, mailbox, fields, resolution, cover_index, cover_page_text,
                          created, modified, starts, original)
         VALUES (:encoding, :account, :extension, :mailbox, :fields, :resolution, :cover_index, :cover_page_text,
                 :created, :created, :starts, :original)",
        named_params! {
            ":encoding": fax.encoding,
            ":account": fax.account,
            ":extension": fax.extension,
            ":mailbox": fax.mailbox,
            ":fields": Value::Object(fax.fields).to_string(),
            ":resolution": fax.resolution,
            ":cover_index": fax.cover_index,
            ":cover_page_text": fax.cover_page_text,
            ":created": fax.created,
            ":starts": fax.starts,
            ":original": fax.original,
        },
    )?;
    let id = transaction.last_insert_rowid();
    for (recipient, after) in fax.to {
        let due = match bad_day::of(&recipient.phone_number) {
            Some(BadDay::StaysQueued) => None,
            _ => Some(fax.starts.saturating_add(after)),
        };
        transaction.execute(
            "INSERT INTO recipient (fax, phone_number, name, status, due) VALUES (?1, ?2, ?3, 'Queued', ?4)",
            params![id, recipient.phone_number, recipient.name, due],
        )?;
    }
    for (position, mut document) in (1_i64..).zip(fax.documents) {
        let size = i64::try_from(document.size).unwrap_or(i64::MAX);
        transaction.execute("INSERT INTO content (bytes) VALUES (zeroblob(?1))", [size])?;
        let content = transaction.last_insert_rowid();
        let mut blob = transaction.blob_open("main", "content", "bytes", content, false)?;
        std::io::copy(&mut document.bytes()?, &mut blob)?;
        blob.close()?;
        transaction.execute(
            "INSERT INTO document (fax, position, name, content_type, part_name, size, sha256, content)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            params![
                id,
                position,
                document.label.name,
                document.label.content_type,
                document.label.part_name,
                size,
                document.sha256,
                content
            ],
        )?;
    }
    Ok(id)
}

fn settle(transaction: &Transaction<'_>, now: Millis) -> Kept<()> {
    let mut statement = transaction
        .prepare_cached("SELECT id, fax, phone_number FROM recipient WHERE status = 'Queued' AND due <= ?1")?;
    let due = statement
        .query_map([now], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
        .collect::<Result<Vec<(i64, i64, String)>, _>>()?;
    for (id, fax, phone_number) in due {
        let (status, error_code) = match bad_day::of(&phone_number) {
            Some(BadDay::Fails(code)) => (Status::SendingFailed, Some(code)),
            _ => (Status::Sent, None),
        };
        transaction.execute(
            "UPDATE recipient SET status = ?2, error_code = ?3 WHERE id = ?1",
            params![id, status.name(), error_code],
        )?;
        transaction.execute("UPDATE fax SET modified = ?2 WHERE id = ?1", params![fax, now])?;
    }
    Ok(())
}

fn faxes(connection: &Connection, ids: Vec<i64>) -> Kept<Vec<Fax>> {
    ids.into_iter().filter_map(|id| fax(connection, id, None).transpose()).collect()
}

fn fax(connection: &Connection, id: i64, mailbox: Option<&str>) -> Kept<Option<Fax>> {
    let mut statement =
        connection.prepare_cached("SELECT * FROM fax WHERE id = ?1 AND (?2 IS NULL OR mailbox = ?2)")?;
    let Some(mut fax) = statement.query_row(params![id, mailbox], kept_fax).optional()? else {
        return Ok(None);
    };
    let mut statement = connection.prepare_cached("SELECT * FROM recipient WHERE fax = ?1 ORDER BY id")?;
    fax.to = statement.query_map([id], kept_recipient)?.collect::<Result<_, _>>()?;
    let mut statement = connection.prepare_cached("SELECT * FROM document WHERE fax = ?1 ORDER BY position")?;
    fax.documents = statement.query_map([fax.original.unwrap_or(id)], kept_document)?.collect::<Result<_, _>>()?;
    Ok(Some(fax))
}

fn kept_fax(row: &Row<'_>) -> rusqlite::Result<Fax> {
    let fields: String = row.get("fields")?;
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
