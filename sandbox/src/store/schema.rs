//! The tables, version by version: a file of an earlier version is brought forward, so that its ids go on resolving.

use rusqlite::{Connection, params};

use crate::moment::Millis;
use crate::store::{Kept, StoreError};

/// Ids are ten digits, as the service's are, and never used twice. Documents' bytes are kept apart from their
/// description, so that reading a list touches none of them.
const FIRST: &str = "
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

/// Faxes that were not posted, faxes that were deleted, and faxes a list does not show yet. `sender` is set on what
/// came in and on nothing else.
const SECOND: &str = "
    ALTER TABLE fax ADD COLUMN origin TEXT NOT NULL DEFAULT 'posted';
    ALTER TABLE fax ADD COLUMN sender TEXT;
    ALTER TABLE fax ADD COLUMN availability TEXT NOT NULL DEFAULT 'Alive';
    ALTER TABLE fax ADD COLUMN cancelled INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE fax ADD COLUMN read_status TEXT NOT NULL DEFAULT 'Unread';
    ALTER TABLE fax ADD COLUMN pages INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE fax ADD COLUMN listed INTEGER NOT NULL DEFAULT 0;
    UPDATE fax SET pages = (cover_index <> 0)
        + (SELECT count(*) FROM document WHERE document.fax = coalesce(fax.original, fax.id));
    CREATE INDEX fax_listed ON fax (mailbox, created);
    CREATE INDEX fax_origin ON fax (origin);
    PRAGMA user_version = 2;
";

/// Sign-ins. What opens something (codes, access tokens, refresh tokens) is kept as its SHA-256 only; what was used
/// up stays until its session ends, so that a second use is known as one.
const THIRD: &str = "
    CREATE TABLE session (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        endpoint TEXT NOT NULL,
        redirect_uri TEXT NOT NULL,
        challenge TEXT NOT NULL
    );
    CREATE TABLE secret (
        digest BLOB PRIMARY KEY,
        session INTEGER NOT NULL REFERENCES session ON DELETE CASCADE,
        kind TEXT NOT NULL,
        expires INTEGER NOT NULL,
        used INTEGER NOT NULL DEFAULT 0
    ) WITHOUT ROWID;
    CREATE INDEX secret_of ON secret (session);
    PRAGMA user_version = 3;
";

/// Pages. `rendering` is set where there are documents, or where somebody sends on what came without; what is not
/// rendered yet is found by it. What was posted before is rendered now, and counted anew.
const FOURTH: &str = "
    CREATE TABLE page (
        fax INTEGER NOT NULL REFERENCES fax ON DELETE CASCADE,
        position INTEGER NOT NULL,
        width INTEGER NOT NULL,
        lines INTEGER NOT NULL,
        coded BLOB NOT NULL,
        PRIMARY KEY (fax, position)
    );
    ALTER TABLE fax ADD COLUMN rendering TEXT;
    ALTER TABLE fax ADD COLUMN reason TEXT;
    UPDATE fax SET rendering = 'Waiting'
        WHERE origin = 'posted' AND original IS NULL OR id IN (SELECT original FROM fax);
    CREATE INDEX fax_unrendered ON fax (id) WHERE rendering = 'Waiting';
    PRAGMA user_version = 4;
";

const HOUR: Millis = 60 * 60 * 1000;

/// The faxes that are there from the start, to be forwarded: id, sender, pages, age, read status. Numbers are ones
/// reserved for fiction, and ids are below those of posted faxes, which begin at 2000000001.
const INBOUND: [(i64, &str, i64, Millis, &str); 2] = [
    (1_900_000_001, "+16505550177", 1, 5 * HOUR, "Unread"),
    (1_900_000_002, "+442071234567", 3, 3 * 24 * HOUR + 2 * HOUR, "Read"),
];

/// Makes the tables or brings them forward.
///
/// # Errors
/// When the file is of a later version, or cannot be written.
pub fn prepare(connection: &mut Connection, mailbox: &str, now: Millis) -> Kept<()> {
    let transaction = connection.transaction()?;
    let version: i64 = transaction.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let steps: &[&str] = match version {
        0 => &[FIRST, SECOND, THIRD, FOURTH],
        1 => &[SECOND, THIRD, FOURTH],
        2 => &[THIRD, FOURTH],
        3 => &[FOURTH],
        4 => return Ok(()),
        other => return Err(StoreError::Version(other)),
    };
    for step in steps {
        transaction.execute_batch(step)?;
    }
    // Since the second version they are there.
    let inbound = if version < 2 { INBOUND.as_slice() } else { &[] };
    for (id, sender, pages, age, read_status) in inbound {
        transaction.execute(
            "INSERT INTO fax (id, encoding, account, extension, mailbox, fields, resolution, cover_index, created,
                              modified, starts, origin, sender, read_status, pages)
             VALUES (?1, 'inbound', '~', '~', ?2, '{}', 'High', 0, ?3, ?3, ?3, 'first', ?4, ?5, ?6)",
            params![id, mailbox, now - age, sender, read_status, pages],
        )?;
    }
    transaction.commit()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::kept;

    #[test]
    fn files_of_earlier_versions_are_brought_forward() {
        let mut connection = Connection::open_in_memory().unwrap();
        connection.execute_batch(FIRST).unwrap();
        connection
            .execute_batch(
                "INSERT INTO fax (encoding, account, extension, mailbox, fields, resolution, cover_index, created,
                                  modified, starts, original)
                 VALUES ('mixed', '~', '~', 'm', '{}', 'High', 7, 1, 1, 1, NULL),
                        ('resend', '~', '~', 'm', '{}', 'High', 0, 2, 2, 2, 2000000001);
                 INSERT INTO recipient (fax, phone_number, status) VALUES (2000000001, '1', 'Sent'), (2000000002, '2', 'Sent');
                 INSERT INTO content (id, bytes) VALUES (1, x'00');
                 INSERT INTO document (fax, position, name, size, sha256, content)
                 VALUES (2000000001, 1, 'a', 1, '', 1), (2000000001, 2, 'b', 1, '', 1);",
            )
            .unwrap();
        for _ in 0..2 {
            prepare(&mut connection, "m", 9 * 24 * HOUR).unwrap();
        }
        let pages = |id| kept::fax(&connection, id, Some("m")).unwrap().unwrap().pages();
        // Until they are counted: a page a document, and a resend has those of its original.
        assert_eq!((pages(2_000_000_001), pages(2_000_000_002)), (3, 3));
        assert_eq!((pages(1_900_000_001), pages(1_900_000_002)), (1, 3));
        let waiting: Vec<i64> = {
            let mut statement = connection.prepare("SELECT id FROM fax WHERE rendering = 'Waiting'").unwrap();
            statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
        };
        assert_eq!(waiting, [2_000_000_001]);
        let posted: i64 =
            connection.query_row("SELECT count(*) FROM fax WHERE origin = 'posted'", [], |row| row.get(0)).unwrap();
        assert_eq!(posted, 2);
        // One of the second version has its inbound faxes already, deleted or not.
        connection
            .execute_batch(
                "DROP INDEX fax_unrendered; DROP TABLE page; ALTER TABLE fax DROP COLUMN rendering;
                 ALTER TABLE fax DROP COLUMN reason; DROP TABLE secret; DROP TABLE session;
                 DELETE FROM fax WHERE origin = 'first'; PRAGMA user_version = 2",
            )
            .unwrap();
        prepare(&mut connection, "m", 0).unwrap();
        connection.execute("INSERT INTO session (endpoint, redirect_uri, challenge) VALUES ('', '', '')", []).unwrap();
        assert!(kept::fax(&connection, 1_900_000_001, Some("m")).unwrap().is_none());
        connection.execute_batch("PRAGMA user_version = 5").unwrap();
        assert!(matches!(prepare(&mut connection, "m", 0), Err(StoreError::Version(5))));
    }
}
