//! The pages of faxes: each as it is coded for the line, so that a fax takes what it takes there and no more.

use rusqlite::{Connection, OptionalExtension, params};

use crate::moment::Millis;
use crate::store::{Kept, Rendering, Store};

/// One page of a fax.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    /// Points of a line.
    pub width: u32,
    /// Lines.
    pub lines: u32,
    /// The points, as ITU-T T.6 codes them.
    pub coded: Vec<u8>,
}

/// How the rendering of a fax ended.
pub struct Ended {
    /// What came of it.
    pub rendering: Rendering,
    /// Why it has no pages, in words.
    pub reason: Option<String>,
    /// How many pages it has.
    pub pages: usize,
    /// When.
    pub now: Millis,
}

impl Store {
    /// The oldest fax that waits to be rendered, these left out. What an earlier attempt left of its pages is gone.
    ///
    /// # Errors
    /// When that cannot be read.
    pub async fn unrendered(&self, under_way: Vec<i64>) -> Kept<Option<i64>> {
        self.run(move |connection| {
            let mut statement =
                connection.prepare_cached("SELECT id FROM fax WHERE rendering = 'Waiting' ORDER BY id LIMIT ?1")?;
            let most = i64::try_from(under_way.len()).unwrap_or_default().saturating_add(1);
            let waiting = statement.query_map([most], |row| row.get(0))?.collect::<Result<Vec<i64>, _>>()?;
            let next = waiting.into_iter().find(|id| !under_way.contains(id));
            if let Some(id) = next {
                connection.execute("DELETE FROM page WHERE fax = ?1", [id])?;
            }
            Ok(next)
        })
        .await
    }

    /// Keeps pages of a fax, the first of them at a position from 0 on, and how its rendering ended if it has. Nothing
    /// happens to a fax that is no longer there.
    ///
    /// # Errors
    /// When they are not kept.
    pub async fn keep_pages(&self, fax: i64, pages: Vec<(usize, Page)>, ended: Option<Ended>) -> Kept<()> {
        self.run(move |connection| {
            let transaction = connection.transaction()?;
            let there: bool =
                transaction.query_row("SELECT EXISTS (SELECT 1 FROM fax WHERE id = ?1)", [fax], |row| row.get(0))?;
            if !there {
                return Ok(());
            }
            for (position, page) in pages {
                transaction.execute(
                    "INSERT INTO page (fax, position, width, lines, coded) VALUES (?1, ?2, ?3, ?4, ?5)",
                    params![fax, i64::try_from(position).unwrap_or(i64::MAX), page.width, page.lines, page.coded],
                )?;
            }
            if let Some(ended) = ended {
                end(&transaction, fax, &ended)?;
            }
            transaction.commit()?;
            Ok(())
        })
        .await
    }

    /// One page of what was rendered of a fax, from 1.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn page(&self, fax: i64, number: usize) -> Kept<Option<Page>> {
        self.run(move |connection| {
            let Some(before) = number.checked_sub(1).and_then(|before| i64::try_from(before).ok()) else {
                return Ok(None);
            };
            let mut statement = connection.prepare_cached(
                "SELECT width, lines, coded FROM page WHERE fax = ?1 ORDER BY position LIMIT 1 OFFSET ?2",
            )?;
            Ok(statement.query_row([fax, before], page).optional()?)
        })
        .await
    }

    /// All pages that were rendered of a fax.
    ///
    /// # Errors
    /// When they cannot be read.
    pub async fn pages(&self, fax: i64) -> Kept<Vec<Page>> {
        self.run(move |connection| {
            let mut statement =
                connection.prepare_cached("SELECT width, lines, coded FROM page WHERE fax = ?1 ORDER BY position")?;
            Ok(statement.query_map([fax], page)?.collect::<Result<_, _>>()?)
        })
        .await
    }
}

fn page(row: &rusqlite::Row<'_>) -> rusqlite::Result<Page> {
    Ok(Page { width: row.get("width")?, lines: row.get("lines")?, coded: row.get("coded")? })
}

/// Writes how it ended. A fax that was due before goes on from here, its recipients as far apart as they were.
fn end(connection: &Connection, fax: i64, ended: &Ended) -> Kept<()> {
    if ended.rendering != Rendering::Done {
        connection.execute("DELETE FROM page WHERE fax = ?1", [fax])?;
    }
    connection.execute(
        "UPDATE fax SET rendering = ?2, reason = ?3, pages = ?4 WHERE id = ?1",
        params![fax, ended.rendering.name(), ended.reason, i64::try_from(ended.pages).unwrap_or(i64::MAX)],
    )?;
    // Those who get these pages once more wait for them too.
    let mut statement = connection.prepare_cached(
        "SELECT fax.id, min(due) FROM recipient JOIN fax ON fax.id = recipient.fax
         WHERE coalesce(original, fax.id) = ?1 AND status = 'Queued' AND due IS NOT NULL GROUP BY fax.id",
    )?;
    let first =
        statement.query_map([fax], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<Vec<(i64, Millis)>, _>>()?;
    for (fax, due) in first {
        connection.execute(
            "UPDATE recipient SET due = due + ?2 WHERE fax = ?1 AND status = 'Queued'",
            params![fax, ended.now.saturating_sub(due).max(0)],
        )?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::envelope::Recipient;
    use crate::store::{Fax, NewFax};

    fn to(due: Option<Millis>) -> (Recipient, Option<Millis>) {
        (Recipient { phone_number: "+16505550100".into(), name: None }, due)
    }

    fn new_fax(to: Vec<(Recipient, Option<Millis>)>) -> NewFax {
        NewFax {
            encoding: "mixed",
            account: "~".into(),
            extension: "~".into(),
            mailbox: "m".into(),
            fields: serde_json::Map::new(),
            resolution: "High".into(),
            cover_index: 0,
            cover_page_text: None,
            created: 0,
            starts: 0,
            listed: 0,
            to,
            original: None,
            documents: Vec::new(),
        }
    }

    fn ended(pages: usize, now: Millis) -> Option<Ended> {
        Some(Ended { rendering: Rendering::Done, reason: None, pages, now })
    }

    #[tokio::test]
    async fn who_was_due_before_the_pages_goes_on_from_there() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("store"), "m").unwrap();
        let dues = |fax: Fax| fax.to.iter().map(|to| to.due).collect::<Vec<_>>();
        for (now, expected) in [(500, [Some(1000), Some(1400), None]), (3000, [Some(3000), Some(3400), None])] {
            let fax = new_fax(vec![to(Some(1000)), to(Some(1400)), to(None)]);
            let id = store.accept(fax, 0).await.unwrap().unwrap().id;
            assert_eq!(store.settle(9000).await.unwrap(), None, "nobody is due without pages");
            store.keep_pages(id, Vec::new(), ended(2, now)).await.unwrap();
            let fax = store.fax(id, None).await.unwrap().unwrap();
            assert_eq!(dues(fax), expected);
            assert_eq!(store.settle(now + 500).await.unwrap(), expected[1].filter(|due| *due > now + 500));
            store.settle(9000).await.unwrap();
        }
    }

    #[tokio::test]
    async fn an_attempt_that_was_given_up_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("store"), "m").unwrap();
        let id = store.accept(new_fax(vec![to(None)]), 0).await.unwrap().unwrap().id;
        let page = |lines| Page { width: 1728, lines, coded: vec![1, 2, 3] };
        assert_eq!(store.unrendered(Vec::new()).await.unwrap(), Some(id));
        store.keep_pages(id, vec![(1, page(1)), (2, page(2))], None).await.unwrap();
        assert_eq!(store.unrendered(vec![id]).await.unwrap(), None, "it is under way");
        assert_eq!(store.unrendered(Vec::new()).await.unwrap(), Some(id));
        store.keep_pages(id, vec![(1, page(3)), (0, page(4))], ended(2, 0)).await.unwrap();
        assert_eq!(store.unrendered(Vec::new()).await.unwrap(), None);
        assert_eq!(store.pages(id).await.unwrap(), [page(4), page(3)], "by their positions");
        assert_eq!(store.page(id, 2).await.unwrap(), Some(page(3)));
        assert_eq!((store.page(id, 0).await.unwrap(), store.page(id, 3).await.unwrap()), (None, None));
        // One that is no longer there gets none.
        store.empty().await.unwrap();
        store.keep_pages(id, vec![(1, page(1))], ended(1, 0)).await.unwrap();
        assert_eq!(store.pages(id).await.unwrap(), []);
    }
}
