//! What a fax is made of becomes its pages, in the background: the cover page, then the documents in their order. Each
//! document is rendered by a [`renderer`], a process of its own.

use std::sync::Arc;
use std::time::Duration;

use fax_pages::{Paper, Resolution};
use tokio::sync::{Mutex, Notify};

use crate::cover_page;
use crate::document::{DocumentKind, size};
use crate::message;
use crate::moment;
use crate::renderer::{self, Failure, Order};
use crate::sheet::{self, Sheet};
use crate::store::{Ended, Fax, KeptDocument, Page, Rendering, Store, StoreError};

/// The service's limit (fax API facts §1): of the attachments, so that a cover page comes on top.
pub const MOST_PAGES: usize = 200;

/// How many faxes are rendered at once.
const AT_ONCE: usize = 2;

/// Pages are written when so many bytes of them have come, and at the end.
const ENOUGH: usize = 4 << 20;

/// The background work.
pub struct Renderers {
    /// Where the faxes are.
    pub store: Store,
    /// Wakes it: there is something to render.
    pub work: Arc<Notify>,
    /// Woken by it: something has been rendered.
    pub news: Arc<Notify>,
    /// What pages are laid out for.
    pub paper: Paper,
    /// How long a document may take.
    pub limit: Duration,
}

/// Why a fax has no pages.
enum Stop {
    /// There will not be any.
    Failure(Failure),
    /// They could not be kept, or the documents not be read; it is tried again.
    Store(StoreError),
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Renderers {
    /// Renders what waits for it, for as long as the program runs.
    pub fn start(self) {
        let (shared, under_way) = (Arc::new(self), Arc::new(Mutex::new(Vec::new())));
        for _ in 0..AT_ONCE {
            let (shared, under_way) = (Arc::clone(&shared), Arc::clone(&under_way));
            tokio::spawn(async move { shared.run(&under_way).await });
        }
    }

    /// One after the other; the others leave alone what is under way.
    async fn run(&self, under_way: &Mutex<Vec<i64>>) {
        /// A store that failed may be locked by somebody who looks into it.
        const PAUSE: Duration = Duration::from_secs(1);
        loop {
            let next = {
                let mut under_way = under_way.lock().await;
                let next = self.store.unrendered(under_way.clone()).await;
                under_way.extend(next.as_ref().ok().copied().flatten());
                next
            };
            let done = match next {
                Ok(None) => {
                    self.work.notified().await;
                    continue;
                }
                Ok(Some(id)) => {
                    let done = self.fax(id).await;
                    under_way.lock().await.retain(|other| *other != id);
                    done
                }
                Err(error) => Err(error),
            };
            match done {
                Ok(()) => self.news.notify_one(),
                Err(error) => {
                    eprintln!("{error}");
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    }

    async fn fax(&self, id: i64) -> Result<(), StoreError> {
        let Some(fax) = self.store.fax(id, None).await? else { return Ok(()) };
        let mut pages = Pages { store: &self.store, fax: id, next: 1, waiting: Vec::new() };
        let (rendering, reason, pages) = match self.pages(&fax, &mut pages).await {
            Ok(()) => (Rendering::Done, None, pages),
            // It was emptied away in the meantime.
            Err(Stop::Store(_)) if self.store.fax(id, None).await?.is_none() => return Ok(()),
            Err(Stop::Store(error)) => return Err(error),
            Err(Stop::Failure(failure)) => {
                let (rendering, reason) = match failure {
                    Failure::TooManyPages => {
                        (Rendering::TooManyPages, format!("there are more than {MOST_PAGES} pages"))
                    }
                    Failure::Refused(reason) => (Rendering::Failed, reason),
                };
                pages.waiting.clear();
                pages.next = 1;
                (rendering, Some(reason), pages)
            }
        };
        let ended = Ended { rendering, reason, pages: pages.count(&fax), now: moment::now() };
        self.store.keep_pages(id, pages.waiting, Some(ended)).await
    }

    async fn pages(&self, fax: &Fax, pages: &mut Pages<'_>) -> Result<(), Stop> {
        if fax.documents.is_empty() {
            let sheets = made_up(fax);
            return self.sheets(fax, &sheets, pages).await;
        }
        for document in &fax.documents {
            let kind = DocumentKind::of(&document.name);
            if kind == DocumentKind::Other {
                self.sheets(fax, &[stand_in(document)], pages).await?;
                continue;
            }
            self.document(fax, document, kind, pages).await.map_err(|stop| match stop {
                Stop::Failure(Failure::Refused(reason)) => {
                    Stop::Failure(Failure::Refused(format!("document {}: {reason}", document.position)))
                }
                other => other,
            })?;
        }
        if has_cover_page(fax) {
            // It says how many pages there are, so it is the last to be made, and goes before all others.
            let last = std::mem::replace(&mut pages.next, 0);
            self.sheets(fax, &[cover(fax, last)], pages).await?;
            pages.next = last;
        }
        Ok(())
    }

    async fn document(
        &self,
        fax: &Fax,
        document: &KeptDocument,
        kind: DocumentKind,
        pages: &mut Pages<'_>,
    ) -> Result<(), Stop> {
        const BLOCK: usize = 256 * 1024;
        let mut rendering = renderer::Rendering::start(&self.order(fax, kind, pages)?)?;
        let mut offset = 0;
        loop {
            let bytes = self.store.bytes(document.content, offset, BLOCK).await?;
            if bytes.is_empty() {
                break;
            }
            rendering.feed(&bytes).await;
            offset += bytes.len() as u64;
        }
        pages.take(rendering).await
    }

    /// Pages of the sandbox's own.
    async fn sheets(&self, fax: &Fax, sheets: &[Sheet], pages: &mut Pages<'_>) -> Result<(), Stop> {
        let mut rendering = renderer::Rendering::start(&self.order(fax, DocumentKind::Picture, pages)?)?;
        rendering.feed(&sheet::document(sheets)).await;
        pages.take(rendering).await
    }

    fn order(&self, fax: &Fax, kind: DocumentKind, pages: &Pages<'_>) -> Result<Order, Failure> {
        let most = (MOST_PAGES + 1).saturating_sub(pages.next);
        if most == 0 {
            return Err(Failure::TooManyPages);
        }
        let text = kind == DocumentKind::Text;
        Ok(Order { resolution: resolution(fax), paper: self.paper, text, most, limit: self.limit })
    }
}

/// The pages of a fax, on their way into the store.
struct Pages<'a> {
    store: &'a Store,
    fax: i64,
    /// The position of the next: from 1, as 0 is the cover page's.
    next: usize,
    waiting: Vec<(usize, Page)>,
}

impl Pages<'_> {
    async fn take(&mut self, mut rendering: renderer::Rendering) -> Result<(), Stop> {
        while let Some(page) = rendering.page().await? {
            self.waiting.push((self.next, page));
            self.next += 1;
            if self.waiting.iter().map(|(_, page)| page.coded.len()).sum::<usize>() > ENOUGH {
                self.store.keep_pages(self.fax, std::mem::take(&mut self.waiting), None).await?;
            }
        }
        Ok(())
    }

    /// How many pages the fax has.
    fn count(&self, fax: &Fax) -> usize {
        match self.next - 1 {
            0 => 0,
            pages => pages + usize::from(has_cover_page(fax)),
        }
    }
}

/// The lines of the fax's own grid.
pub fn resolution(fax: &Fax) -> Resolution {
    if fax.resolution == "Low" { Resolution::Low } else { Resolution::High }
}

fn has_cover_page(fax: &Fax) -> bool {
    fax.cover_index != cover_page::NONE && !fax.documents.is_empty()
}

fn cover(fax: &Fax, next: usize) -> Sheet {
    /// More recipients than these are counted only, and a text of more lines than these is run together: all of it
    /// goes on one page.
    const RECIPIENTS: usize = 4;
    const LINES: usize = 24;
    /// A name or number longer than two lines is cut.
    const LETTERS: usize = 100;
    let mut sheet = Sheet::new("FAX");
    for (at, recipient) in fax.to.iter().take(RECIPIENTS).enumerate() {
        let name = recipient.name.as_ref().map(|name| format!("{name}, ")).unwrap_or_default();
        let mut who = format!("{name}{}", recipient.phone_number);
        if who.chars().count() > LETTERS {
            who = who.chars().take(LETTERS - 1).chain(['…']).collect();
        }
        sheet = sheet.field(if at == 0 { "To" } else { "" }, &who);
    }
    if fax.to.len() > RECIPIENTS {
        sheet = sheet.field("", &format!("and {} more", fax.to.len() - RECIPIENTS));
    }
    let mut sheet = sheet
        .field("From", message::FROM)
        .field("Received", &moment::write_plainly(fax.created))
        .field("Pages", &format!("{next}, this one included"))
        .field("Cover page", cover_page::name(fax.cover_index))
        .gap();
    if let Some(text) = &fax.cover_page_text {
        if sheet::wrapped(text, sheet::COLUMNS).len() > LINES {
            let letters: Vec<char> = text.split_whitespace().collect::<Vec<_>>().join(" ").chars().collect();
            for line in letters.chunks(sheet::COLUMNS) {
                sheet = sheet.line(line.iter().collect());
            }
        } else {
            sheet = sheet.say(text);
        }
        sheet = sheet.gap();
    }
    sheet.say("The sandbox's own cover page: what the service's look like is not known here.")
}

fn stand_in(document: &KeptDocument) -> Sheet {
    let name: String = document.name.chars().take(200).collect();
    Sheet::new("A document goes here").field("Name", &name).field("Size", &size(document.size)).gap().say(
        "The service takes files of this kind; the sandbox has nothing that renders them. This one page stands \
             for all of the document's.",
    )
}

fn made_up(fax: &Fax) -> Vec<Sheet> {
    (1..=fax.rendered.max(1))
        .map(|page| {
            let sheet = Sheet::new(format!("Fax {}, page {page} of {}", fax.id, fax.rendered));
            let sheet = match &fax.sender {
                Some(sender) => sheet.field("From", sender),
                None => sheet,
            };
            sheet.gap().say("Nobody sent this fax: it came with the sandbox, to be looked at and forwarded.")
        })
        .collect()
}

/// The pages of a fax that came with the sandbox, as long as nobody has sent it on.
pub fn made_up_document(fax: &Fax) -> Vec<u8> {
    sheet::document(&made_up(fax))
}
