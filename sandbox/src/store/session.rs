//! Sign-ins and what they gave. A code, an access token or a refresh token leaves this module once, for the client,
//! and is kept as its digest: who reads the file can do nothing with it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use sha2::{Digest, Sha256};

use crate::moment::Millis;
use crate::store::{Kept, Store, StoreError};

/// Whether an access token is right.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Access {
    /// It is.
    Open,
    /// It was.
    Expired,
    /// Nobody has it: it never was one, or was replaced or revoked.
    Unknown,
}

/// How long things are good for, by the wall's clock.
#[derive(Clone, Copy, Debug)]
pub struct Lifetimes {
    /// A code.
    pub code: Millis,
    /// An access token.
    pub access: Millis,
    /// A refresh token; none are given if it is zero.
    pub refresh: Millis,
}

/// What a client gets for a code or a refresh token.
pub struct Tokens {
    /// The access token.
    pub access: String,
    /// The refresh token, if there are any.
    pub refresh: Option<String>,
    /// The session's number.
    pub session: i64,
    /// The client's id in it, made here.
    pub endpoint: String,
}

/// Why a client gets nothing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Denied {
    /// There is no such code or refresh token.
    Unknown,
    /// It is too late.
    Expired,
    /// It was used before; what was given for it has been revoked.
    Used,
    /// The redirect URI is not the one that the code was asked for with.
    RedirectUri,
    /// The verifier is not the one of the challenge.
    Verifier,
}

/// What is kept as a digest.
#[derive(Clone, Copy)]
enum Kind {
    Code,
    Access,
    Refresh,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Access => "access",
            Self::Refresh => "refresh",
        }
    }
}

/// A code or token that was found.
struct Found {
    session: i64,
    expires: Millis,
    used: bool,
}

impl Store {
    /// Begins a session with a code, and gives the code.
    ///
    /// # Errors
    /// When it cannot be kept.
    pub async fn sign_in(&self, redirect_uri: String, challenge: String, ends: Millis, now: Millis) -> Kept<String> {
        self.within(move |transaction| sign_in(transaction, &redirect_uri, &challenge, ends, now)).await
    }

    /// Tokens for a code, which is used up by the attempt.
    ///
    /// # Errors
    /// When they cannot be kept.
    pub async fn exchange(
        &self,
        code: String,
        redirect_uri: String,
        verifier: String,
        lifetimes: Lifetimes,
        now: Millis,
    ) -> Kept<Result<Tokens, Denied>> {
        self.within(move |transaction| exchange(transaction, &code, &redirect_uri, &verifier, lifetimes, now)).await
    }

    /// New tokens for a refresh token, in place of it and of the access token beside it.
    ///
    /// # Errors
    /// When they cannot be kept.
    pub async fn refresh(&self, token: String, lifetimes: Lifetimes, now: Millis) -> Kept<Result<Tokens, Denied>> {
        self.within(move |transaction| refresh(transaction, &token, lifetimes, now)).await
    }

    /// Ends the session of an access or refresh token, if it is one.
    ///
    /// # Errors
    /// When that cannot be written.
    pub async fn revoke(&self, token: String) -> Kept<()> {
        self.within(move |transaction| {
            for kind in [Kind::Access, Kind::Refresh] {
                if let Some(found) = find(transaction, &token, kind)? {
                    end(transaction, found.session)?;
                }
            }
            Ok(())
        })
        .await
    }

    /// Whether this is an access token.
    ///
    /// # Errors
    /// When that cannot be read.
    pub async fn access(&self, token: String, now: Millis) -> Kept<Access> {
        self.run(move |connection| access(connection, &token, now)).await
    }

    async fn within<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Kept<T> + Send + 'static,
    ) -> Kept<T> {
        self.run(|connection| {
            let transaction = connection.transaction()?;
            let done = work(&transaction)?;
            transaction.commit()?;
            Ok(done)
        })
        .await
    }
}

fn sign_in(
    transaction: &Transaction<'_>,
    redirect_uri: &str,
    challenge: &str,
    ends: Millis,
    now: Millis,
) -> Kept<String> {
    forget(transaction, now)?;
    transaction.execute(
        "INSERT INTO session (endpoint, redirect_uri, challenge) VALUES (?1, ?2, ?3)",
        params![random::<16>()?, redirect_uri, challenge],
    )?;
    give(transaction, transaction.last_insert_rowid(), Kind::Code, ends)
}

fn exchange(
    transaction: &Transaction<'_>,
    code: &str,
    redirect_uri: &str,
    verifier: &str,
    lifetimes: Lifetimes,
    now: Millis,
) -> Kept<Result<Tokens, Denied>> {
    let session = match use_up(transaction, code, Kind::Code, now)? {
        Ok(session) => session,
        Err(denied) => return Ok(Err(denied)),
    };
    let (asked, challenge): (String, String) =
        transaction.query_row("SELECT redirect_uri, challenge FROM session WHERE id = ?1", [session], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
    if redirect_uri != asked {
        return Ok(Err(Denied::RedirectUri));
    }
    if challenge_of(verifier) != challenge {
        return Ok(Err(Denied::Verifier));
    }
    tokens(transaction, session, lifetimes, now).map(Ok)
}

/// Stricter than the real service, which gives the same new tokens again until the new refresh token was used
/// (fax API facts §5): here a client that refreshes twice at once loses its session, as RFC 9700 §4.14.2 would have it.
fn refresh(
    transaction: &Transaction<'_>,
    token: &str,
    lifetimes: Lifetimes,
    now: Millis,
) -> Kept<Result<Tokens, Denied>> {
    match use_up(transaction, token, Kind::Refresh, now)? {
        Ok(session) => tokens(transaction, session, lifetimes, now).map(Ok),
        Err(denied) => Ok(Err(denied)),
    }
}

fn access(connection: &Connection, token: &str, now: Millis) -> Kept<Access> {
    Ok(match find(connection, token, Kind::Access)? {
        Some(found) if now < found.expires => Access::Open,
        Some(_) => Access::Expired,
        None => Access::Unknown,
    })
}

/// Finds what may be used once and marks it; a second use, however late, ends the session.
fn use_up(transaction: &Transaction<'_>, secret: &str, kind: Kind, now: Millis) -> Kept<Result<i64, Denied>> {
    let Some(found) = find(transaction, secret, kind)? else { return Ok(Err(Denied::Unknown)) };
    if found.used {
        end(transaction, found.session)?;
        return Ok(Err(Denied::Used));
    }
    transaction.execute("UPDATE secret SET used = 1 WHERE digest = ?1", [digest(secret)])?;
    Ok(if now < found.expires { Ok(found.session) } else { Err(Denied::Expired) })
}

/// New tokens; the access token that there was is none any more (fax API facts §5).
fn tokens(transaction: &Transaction<'_>, session: i64, lifetimes: Lifetimes, now: Millis) -> Kept<Tokens> {
    transaction
        .execute("DELETE FROM secret WHERE session = ?1 AND kind = ?2", params![session, Kind::Access.name()])?;
    let access = give(transaction, session, Kind::Access, now.saturating_add(lifetimes.access))?;
    let refresh = match lifetimes.refresh {
        0 => None,
        lifetime => Some(give(transaction, session, Kind::Refresh, now.saturating_add(lifetime))?),
    };
    let endpoint = transaction.query_row("SELECT endpoint FROM session WHERE id = ?1", [session], |row| row.get(0))?;
    Ok(Tokens { access, refresh, session, endpoint })
}

fn give(transaction: &Transaction<'_>, session: i64, kind: Kind, expires: Millis) -> Kept<String> {
    let secret = random::<32>()?;
    transaction.execute(
        "INSERT INTO secret (digest, session, kind, expires) VALUES (?1, ?2, ?3, ?4)",
        params![digest(&secret), session, kind.name(), expires],
    )?;
    Ok(secret)
}

fn find(connection: &Connection, secret: &str, kind: Kind) -> Kept<Option<Found>> {
    let mut statement =
        connection.prepare_cached("SELECT session, expires, used FROM secret WHERE digest = ?1 AND kind = ?2")?;
    let found = statement.query_row(params![digest(secret), kind.name()], |row| {
        Ok(Found { session: row.get(0)?, expires: row.get(1)?, used: row.get(2)? })
    });
    Ok(found.optional()?)
}

/// All that a session gave goes with it.
fn end(transaction: &Transaction<'_>, session: i64) -> Kept<()> {
    transaction.execute("DELETE FROM session WHERE id = ?1", [session])?;
    Ok(())
}

/// Sessions that nothing opens any more; for a day it is still known that something did.
fn forget(transaction: &Transaction<'_>, now: Millis) -> Kept<()> {
    const DAY: Millis = 24 * 60 * 60 * 1000;
    transaction.execute(
        "DELETE FROM session
         WHERE NOT EXISTS (SELECT 1 FROM secret WHERE secret.session = session.id AND expires > ?1)",
        [now - DAY],
    )?;
    Ok(())
}

/// The challenge of a verifier, by S256 (RFC 7636 §4.2).
fn challenge_of(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest(verifier))
}

fn digest(text: &str) -> [u8; 32] {
    Sha256::digest(text).into()
}

/// So many bytes that nobody can guess, as text.
fn random<const N: usize>() -> Kept<String> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| StoreError::Io(error.into()))?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::schema;

    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const DAY: Millis = 24 * 60 * 60 * 1000;
    const LIFETIMES: Lifetimes = Lifetimes { code: 60, access: 1000, refresh: 5000 };

    fn connection() -> Connection {
        let mut connection = Connection::open_in_memory().unwrap();
        connection.execute_batch("PRAGMA foreign_keys = ON").unwrap();
        schema::prepare(&mut connection, "m", 0).unwrap();
        connection
    }

    fn count(connection: &Connection, table: &str) -> i64 {
        connection.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap()
    }

    /// The tokens of a sign-in at 0.
    fn signed_in(transaction: &Transaction<'_>) -> Tokens {
        let code = sign_in(transaction, "a", &challenge_of(VERIFIER), LIFETIMES.code, 0).unwrap();
        exchange(transaction, &code, "a", VERIFIER, LIFETIMES, 59).unwrap().ok().unwrap()
    }

    #[test]
    fn the_documented_challenges() {
        for (verifier, challenge) in [
            (VERIFIER, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"),
            ("pIUgx4tiqFpaOUz0HMc_QbIyQlL901w8mRmkrmhEJ_E", "_drLS7o5FwkfUiBhlq2hwJnK_SC6yE7sKOde5O1fdzk"),
        ] {
            assert_eq!(challenge_of(verifier), challenge);
        }
    }

    #[test]
    fn everything_ends_on_time() {
        let mut connection = connection();
        let transaction = connection.transaction().unwrap();
        let code = sign_in(&transaction, "a", &challenge_of(VERIFIER), LIFETIMES.code, 0).unwrap();
        assert_eq!(exchange(&transaction, &code, "a", VERIFIER, LIFETIMES, 60).unwrap().err(), Some(Denied::Expired));
        let first = signed_in(&transaction);
        assert_eq!(access(&transaction, &first.access, 1058).unwrap(), Access::Open);
        assert_eq!(access(&transaction, &first.access, 1059).unwrap(), Access::Expired);
        let token = first.refresh.unwrap();
        let second = refresh(&transaction, &token, LIFETIMES, 5058).unwrap().ok().unwrap();
        assert_eq!(access(&transaction, &first.access, 1000).unwrap(), Access::Unknown);
        assert_eq!(access(&transaction, &second.access, 6057).unwrap(), Access::Open);
        assert_eq!((second.session, second.endpoint), (first.session, first.endpoint));
        let late = refresh(&transaction, &second.refresh.unwrap(), LIFETIMES, 5058 + 5000).unwrap();
        assert_eq!(late.err(), Some(Denied::Expired));
    }

    #[test]
    fn a_second_use_ends_the_session_and_no_other() {
        let mut connection = connection();
        let transaction = connection.transaction().unwrap();
        let other = signed_in(&transaction);
        let first = signed_in(&transaction);
        let token = first.refresh.unwrap();
        let second = refresh(&transaction, &token, LIFETIMES, 100).unwrap().ok().unwrap();
        assert_eq!(refresh(&transaction, &token, LIFETIMES, 101).unwrap().err(), Some(Denied::Used));
        assert_eq!(access(&transaction, &second.access, 102).unwrap(), Access::Unknown);
        let next = refresh(&transaction, &second.refresh.unwrap(), LIFETIMES, 102).unwrap();
        assert_eq!(next.err(), Some(Denied::Unknown));
        assert_eq!(access(&transaction, &other.access, 102).unwrap(), Access::Open);
        assert_eq!((count(&transaction, "session"), count(&transaction, "secret")), (1, 3));
    }

    #[test]
    fn a_kind_is_not_another() {
        let mut connection = connection();
        let transaction = connection.transaction().unwrap();
        let code = sign_in(&transaction, "a", &challenge_of(VERIFIER), LIFETIMES.code, 0).unwrap();
        assert_eq!(access(&transaction, &code, 1).unwrap(), Access::Unknown);
        assert_eq!(refresh(&transaction, &code, LIFETIMES, 1).unwrap().err(), Some(Denied::Unknown));
        let tokens = signed_in(&transaction);
        let token = tokens.refresh.unwrap();
        assert_eq!(access(&transaction, &token, 60).unwrap(), Access::Unknown);
        assert_eq!(refresh(&transaction, &tokens.access, LIFETIMES, 60).unwrap().err(), Some(Denied::Unknown));
        let swapped = exchange(&transaction, &token, "a", VERIFIER, LIFETIMES, 60).unwrap();
        assert_eq!(swapped.err(), Some(Denied::Unknown));
    }

    #[test]
    fn without_refresh_tokens() {
        let mut connection = connection();
        let transaction = connection.transaction().unwrap();
        let code = sign_in(&transaction, "a", &challenge_of(VERIFIER), LIFETIMES.code, 0).unwrap();
        let lifetimes = Lifetimes { refresh: 0, ..LIFETIMES };
        let tokens = exchange(&transaction, &code, "a", VERIFIER, lifetimes, 1).unwrap().ok().unwrap();
        assert!(tokens.refresh.is_none());
        assert_eq!(count(&transaction, "secret"), 2);
    }

    #[test]
    fn what_nothing_opens_is_forgotten_a_day_later() {
        let mut connection = connection();
        let transaction = connection.transaction().unwrap();
        signed_in(&transaction);
        sign_in(&transaction, "a", "", 9 * DAY, 5058 + DAY).unwrap();
        assert_eq!(count(&transaction, "session"), 2);
        sign_in(&transaction, "a", "", 9 * DAY, 5059 + DAY).unwrap();
        assert_eq!((count(&transaction, "session"), count(&transaction, "secret")), (2, 2));
    }
}
