//! Finished faxes that nobody posted, by the thousand, for trying long lists. The same count makes the same faxes:
//! what is found wrong with a list can be looked at again.

use rusqlite::{Transaction, params};

use crate::bad_day::CODES;
use crate::moment::Millis;
use crate::store::Kept;

const MINUTE: Millis = 60 * 1000;

/// How many faxes, whose, and over which time.
pub struct Invention {
    /// How many.
    pub count: u32,
    /// Spread evenly from this long ago until now.
    pub span: Millis,
    /// Whose.
    pub mailbox: String,
    /// The present.
    pub now: Millis,
}

/// A row of numbers that look like chance and are not: SplitMix64.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (bits ^ (bits >> 31)) % limit.max(1)
    }

    /// A number that is reserved for fiction: 555-0100 to 555-0199 of some area codes.
    fn number(&mut self) -> String {
        const AREAS: [u16; 6] = [212, 303, 415, 617, 650, 808];
        let area = AREAS.get(usize::try_from(self.below(6)).unwrap_or_default()).copied().unwrap_or(650);
        format!("+1{area}55501{:02}", self.below(100))
    }
}

/// Writes them.
///
/// # Errors
/// When they are not kept.
pub fn write(transaction: &Transaction<'_>, invention: &Invention) -> Kept<()> {
    let mut chance = Chance(u64::from(invention.count));
    let mut fax = transaction.prepare(
        "INSERT INTO fax (encoding, account, extension, mailbox, fields, resolution, cover_index, cover_page_text,
                          created, modified, starts, origin, sender, read_status, pages)
         VALUES ('invented', '~', '~', ?1, '{}', ?2, ?3, ?4, ?5, ?6, ?5, 'invented', ?7, ?8, ?9)",
    )?;
    let mut recipient = transaction.prepare(
        "INSERT INTO recipient (fax, phone_number, name, status, error_code, due) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    let step = invention.span / Millis::from(invention.count.max(1));
    // The oldest first, so that ids grow with time.
    for back in (0..invention.count).rev() {
        let created = invention.now - step * Millis::from(back) - step / 2;
        let pages = 1 + i64::try_from(chance.below(12)).unwrap_or_default();
        let resolution = if chance.below(3) == 0 { "Low" } else { "High" };
        let read_status = if chance.below(2) == 0 { "Read" } else { "Unread" };
        if chance.below(5) == 0 {
            let sender = chance.number();
            fax.execute(params![
                invention.mailbox,
                resolution,
                0,
                None::<String>,
                created,
                created,
                sender,
                read_status,
                pages
            ])?;
            continue;
        }
        let ended = (created + MINUTE * pages).min(invention.now);
        let (cover_index, text) =
            if chance.below(4) == 0 { (7, Some(format!("Invented fax {back}"))) } else { (0, None) };
        fax.execute(params![
            invention.mailbox,
            resolution,
            cover_index,
            text,
            created,
            ended,
            None::<String>,
            read_status,
            pages
        ])?;
        let id = transaction.last_insert_rowid();
        for _ in 0..=chance.below(3) {
            let code = CODES.get(usize::try_from(chance.below(6 * CODES.len() as u64)).unwrap_or(usize::MAX));
            let status = if code.is_some() { "SendingFailed" } else { "Sent" };
            let name = (chance.below(3) == 0).then(|| format!("Recipient {}", chance.below(500)));
            recipient.execute(params![id, chance.number(), name, status, code, ended])?;
        }
    }
    Ok(())
}
