//! Everything that is kept, in one SQLite file, the documents' bytes included: ids resolve after a restart, and to
//! forget everything is to delete one file.

use std::fmt;
use std::fs::OpenOptions;
use std::io::{Read, Seek, SeekFrom};
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::{Connection, Transaction, named_params, params};
use serde_json::{Map, Value};

use crate::bad_day::{self, Outcome};
use crate::document::Document;
use crate::envelope::Recipient;
use crate::moment::{self, Millis};

mod invented;
mod kept;
mod pages;
mod schema;
mod session;

pub use invented::Invention;
pub use kept::{Availability, Fax, KeptDocument, KeptRecipient, Rendering, Status};
pub use pages::{Ended, Page};
pub use session::{Access, Denied, Lifetimes, Tokens};

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
    /// When lists begin to show it.
    pub listed: Millis,
    /// Each recipient and when it is settled, if ever.
    pub to: Vec<(Recipient, Option<Millis>)>,
    /// The fax whose documents these are, if it brings none itself.
    pub original: Option<i64>,
    /// Its documents.
    pub documents: Vec<Document>,
}

/// Which faxes a list asks for, newest first. What may be one of several values is written `,Read,Unread,`.
pub struct Range {
    /// Whose.
    pub mailbox: String,
    /// Created then or later.
    pub from: Millis,
    /// Created then or earlier.
    pub to: Millis,
    /// The directions wanted.
    pub directions: String,
    /// The availabilities wanted.
    pub availabilities: String,
    /// The read statuses wanted.
    pub read_statuses: String,
    /// The digits of the one number wanted.
    pub digits: Option<String>,
    /// The present: what is not listed yet is left out.
    pub now: Millis,
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

/// The digits of a number as they are compared, in SQL.
macro_rules! digits {
    ($column:literal) => {
        concat!(
            "replace(replace(replace(replace(replace(replace(",
            $column,
            ", '+', ''), ' ', ''), '-', ''), '.', ''), '(', ''), ')', '')"
        )
    };
}

/// The conditions of a [`Range`]. What is purged is in no list.
const WANTED: &str = concat!(
    "FROM fax WHERE mailbox = :mailbox AND created BETWEEN :from AND :to AND listed <= :now
       AND availability <> 'Purged' AND instr(:availabilities, ',' || availability || ',') > 0
       AND instr(:directions, CASE WHEN sender IS NULL THEN ',Outbound,' ELSE ',Inbound,' END) > 0
       AND instr(:read_statuses, ',' || read_status || ',') > 0
       AND (:digits IS NULL OR ",
    digits!("sender"),
    " = :digits
            OR EXISTS (SELECT 1 FROM recipient WHERE recipient.fax = fax.id AND ",
    digits!("phone_number"),
    " = :digits))"
);

/// The recipients who wait for their outcome and not for their pages. The end of the rendering asks again.
const WAITING: &str = "FROM recipient JOIN fax ON fax.id = recipient.fax
       JOIN fax AS source ON source.id = coalesce(fax.original, fax.id)
     WHERE recipient.status = 'Queued' AND source.rendering IS NOT 'Waiting'";

type Kept<T> = Result<T, StoreError>;

/// The open store.
#[derive(Clone)]
pub struct Store {
    connection: Arc<Mutex<Connection>>,
    folder: Arc<Path>,
}

impl Store {
    /// Opens or makes the file; what came in before the first start is in this mailbox. Others on the machine cannot read it: faxes are confidential, test faxes may be.
    ///
    /// # Errors
    /// When that is not possible.
    pub fn open(path: &Path, mailbox: &str) -> Kept<Self> {
        let mut options = OpenOptions::new();
        options.read(true).append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        drop(options.open(path)?);
        let mut connection = Connection::open(path)?;
        // A rollback journal goes when it is done with, so that at rest there is one file.
        connection.execute_batch(
            "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = DELETE; PRAGMA synchronous = NORMAL;
             PRAGMA foreign_keys = ON;",
        )?;
        schema::prepare(&mut connection, mailbox, moment::now())?;
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

    /// Keeps a fax once, and so many times more at the same moment, and gives back the last as it was then.
    ///
    /// # Errors
    /// When it is not kept.
    pub async fn accept(&self, mut fax: NewFax, more: usize) -> Kept<Option<Fax>> {
        self.run(move |connection| {
            let transaction = connection.transaction()?;
            let mut id = insert(&transaction, &mut fax)?;
            for _ in 0..more {
                id = insert(&transaction, &mut fax)?;
            }
            let last = kept::fax(&transaction, id, None)?;
            transaction.commit()?;
            Ok(last)
        })
        .await
    }

    /// One fax, of one mailbox or of any.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn fax(&self, id: i64, mailbox: Option<String>) -> Kept<Option<Fax>> {
        self.run(move |connection| kept::fax(connection, id, mailbox.as_deref())).await
    }

    /// The faxes of a range, and how many it has in all.
    ///
    /// # Errors
    /// When they cannot be read.
    pub async fn range(&self, range: Range) -> Kept<(Vec<Fax>, usize)> {
        self.run(move |connection| {
            let mut statement = connection.prepare_cached(&format!("SELECT count(*) {WANTED}"))?;
            let count: i64 = statement.query_row(
                named_params! {
                    ":mailbox": range.mailbox, ":from": range.from, ":to": range.to, ":now": range.now,
                    ":availabilities": range.availabilities, ":directions": range.directions,
                    ":read_statuses": range.read_statuses, ":digits": range.digits,
                },
                |row| row.get(0),
            )?;
            let mut statement = connection.prepare_cached(&format!(
                "SELECT id {WANTED} ORDER BY created DESC, id DESC LIMIT :limit OFFSET :offset"
            ))?;
            let size = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
            let ids = statement
                .query_map(
                    named_params! {
                        ":mailbox": range.mailbox, ":from": range.from, ":to": range.to, ":now": range.now,
                        ":availabilities": range.availabilities, ":directions": range.directions,
                        ":read_statuses": range.read_statuses, ":digits": range.digits,
                        ":limit": size(range.limit), ":offset": size(range.offset),
                    },
                    |row| row.get(0),
                )?
                .collect::<Result<Vec<i64>, _>>()?;
            Ok((kept::faxes(connection, ids)?, usize::try_from(count).unwrap_or_default()))
        })
        .await
    }

    /// The newest faxes that were posted, of every mailbox, newest first.
    ///
    /// # Errors
    /// When they cannot be read.
    pub async fn newest(&self, limit: i64) -> Kept<Vec<Fax>> {
        self.run(move |connection| {
            let mut statement =
                connection.prepare_cached("SELECT id FROM fax WHERE origin = 'posted' ORDER BY id DESC LIMIT ?1")?;
            let ids = statement.query_map([limit], |row| row.get(0))?.collect::<Result<Vec<i64>, _>>()?;
            kept::faxes(connection, ids)
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
                &format!("SELECT min(recipient.due) {WAITING} AND recipient.due IS NOT NULL"),
                [],
                |row| row.get(0),
            )?;
            transaction.commit()?;
            Ok(next)
        })
        .await
    }

    /// Deletes faxes once more: what is alive becomes Deleted, what is Deleted, or all at once with `purge`, becomes
    /// Purged. Who is still waiting gets nothing. Says which of the ids there are.
    ///
    /// # Errors
    /// When that cannot be written.
    pub async fn delete(&self, mailbox: String, ids: Vec<i64>, purge: bool) -> Kept<Vec<i64>> {
        self.run(move |connection| {
            let transaction = connection.transaction()?;
            let mut found = Vec::new();
            for id in ids {
                if !found.contains(&id) && delete(&transaction, &mailbox, id..=id, purge)? > 0 {
                    found.push(id);
                }
            }
            transaction.commit()?;
            Ok(found)
        })
        .await
    }

    /// Deletes all faxes of a mailbox once more.
    ///
    /// # Errors
    /// When that cannot be written.
    pub async fn wipe(&self, mailbox: String, purge: bool) -> Kept<()> {
        self.run(move |connection| {
            let transaction = connection.transaction()?;
            delete(&transaction, &mailbox, 0..=i64::MAX, purge)?;
            transaction.commit()?;
            Ok(())
        })
        .await
    }

    /// Keeps faxes that nobody posted.
    ///
    /// # Errors
    /// When they are not kept.
    pub async fn invent(&self, invention: Invention) -> Kept<()> {
        self.run(move |connection| {
            let transaction = connection.transaction()?;
            invented::write(&transaction, &invention)?;
            transaction.commit()?;
            Ok(())
        })
        .await
    }

    /// Forgets all faxes but which ids were used, and gives the file's space back. The faxes that were there at the
    /// first start are there again, and who is signed in stays so.
    ///
    /// # Errors
    /// When that cannot be done.
    pub async fn empty(&self) -> Kept<()> {
        self.run(|connection| {
            connection.execute_batch(
                "BEGIN IMMEDIATE; DELETE FROM page; DELETE FROM document; DELETE FROM content; DELETE FROM recipient;
                 DELETE FROM fax WHERE origin <> 'first';
                 UPDATE fax SET availability = 'Alive', modified = created, rendering = NULL;
                 COMMIT; VACUUM;",
            )?;
            Ok(())
        })
        .await
    }
}

/// Deletes the faxes of a mailbox whose ids are in a range, and says how many there were.
fn delete(transaction: &Transaction<'_>, mailbox: &str, ids: RangeInclusive<i64>, purge: bool) -> Kept<usize> {
    let count = transaction.execute(
        "UPDATE fax SET
             availability = CASE WHEN ?3 OR availability <> 'Alive' THEN 'Purged' ELSE 'Deleted' END,
             cancelled = cancelled
                 OR EXISTS (SELECT 1 FROM recipient WHERE recipient.fax = fax.id AND status = 'Queued'),
             modified = ?4
         WHERE mailbox = ?1 AND id BETWEEN ?2 AND ?5",
        params![mailbox, ids.start(), purge, moment::now(), ids.end()],
    )?;
    transaction.execute(
        "UPDATE recipient SET due = NULL
         WHERE status = 'Queued' AND fax IN (SELECT id FROM fax WHERE mailbox = ?1 AND id BETWEEN ?2 AND ?3)",
        params![mailbox, ids.start(), ids.end()],
    )?;
    Ok(count)
}

fn insert(transaction: &Transaction<'_>, fax: &mut NewFax) -> Kept<i64> {
    transaction.execute(
        "INSERT INTO fax (encoding, account, extension, mailbox, fields, resolution, cover_index, cover_page_text,
                          created, modified, starts, listed, original, rendering)
         VALUES (:encoding, :account, :extension, :mailbox, :fields, :resolution, :cover_index, :cover_page_text,
                 :created, :created, :starts, :listed, :original, iif(:original IS NULL, 'Waiting', NULL))",
        named_params! {
            ":encoding": fax.encoding,
            ":account": fax.account,
            ":extension": fax.extension,
            ":mailbox": fax.mailbox,
            ":fields": Value::Object(fax.fields.clone()).to_string(),
            ":resolution": fax.resolution,
            ":cover_index": fax.cover_index,
            ":cover_page_text": fax.cover_page_text,
            ":created": fax.created,
            ":starts": fax.starts,
            ":listed": fax.listed,
            ":original": fax.original,
        },
    )?;
    let id = transaction.last_insert_rowid();
    // What came in or was invented is rendered when somebody first has a use for its pages.
    transaction.execute("UPDATE fax SET rendering = 'Waiting' WHERE id = ?1 AND rendering IS NULL", [fax.original])?;
    for (recipient, due) in &fax.to {
        transaction.execute(
            "INSERT INTO recipient (fax, phone_number, name, status, due) VALUES (?1, ?2, ?3, 'Queued', ?4)",
            params![id, recipient.phone_number, recipient.name, due],
        )?;
    }
    for (position, document) in (1_i64..).zip(&mut fax.documents) {
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
    let mut statement = transaction.prepare_cached(&format!(
        "SELECT recipient.id, recipient.fax, recipient.phone_number, source.rendering {WAITING}
           AND recipient.due <= ?1"
    ))?;
    let due = statement
        .query_map([now], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?
        .collect::<Result<Vec<(i64, i64, String, Option<String>)>, _>>()?;
    for (id, fax, phone_number, rendering) in due {
        // Without pages nobody is called, whatever would have come of that.
        let unfaxable = Rendering::from_name(rendering.as_deref()).error_code();
        let (status, error_code) = match (unfaxable, bad_day::outcome(&phone_number)) {
            (Some(code), _) | (None, Outcome::Fails(code)) => (Status::SendingFailed, Some(code)),
            (None, Outcome::Sent | Outcome::StaysQueued) => (Status::Sent, None),
        };
        transaction.execute(
            "UPDATE recipient SET status = ?2, error_code = ?3 WHERE id = ?1",
            params![id, status.name(), error_code],
        )?;
        transaction.execute("UPDATE fax SET modified = ?2 WHERE id = ?1", params![fax, now])?;
    }
    Ok(())
}
