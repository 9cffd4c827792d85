//! Which pages of the documents go, in which order, and whether as they are shown.
//!
//! A document whose pages can be rendered here (package `fax-pages`) either goes as it is, or its pages go as they are shown: as
//! fax pages that the service has nothing to render of. A person can leave pages out, turn them and put them in another order,
//! across documents too; all of that can only go as it is shown. What cannot be rendered goes as it is, in its place.

use crate::fax::FaxResolution;
use crate::file_kind::{Family, FileKind};
use crate::sorted::{SortedMap, SortedSet};

/// Seconds on the line, at 14,400 bit/s, from which a page is said to be slow. Ours: the service documents about a minute
/// for a page of text and five and more for graphics (fax API facts §2.1).
pub const SLOW: f64 = 120.0;

/// What the page around wishes (attribute `pages`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Wish {
    /// Pictures as they are shown, PDF and text as they are.
    #[default]
    Auto,
    /// Everything that can be rendered as it is shown.
    Shown,
    /// Everything as it is.
    AsIs,
}

/// What a document is, by its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// PDF.
    Pdf,
    /// TIFF, with one picture or several.
    Tiff,
    /// JPEG.
    Jpeg,
    /// PNG.
    Png,
    /// GIF.
    Gif,
    /// Windows bitmap.
    Bmp,
    /// WebP.
    Webp,
    /// HEIC or AVIF, as telephones make them.
    Heic,
    /// A ZIP archive, which the newer Office documents are.
    Zip,
    /// Plain text.
    Text,
    /// Nothing that is known here.
    Other,
}

impl Kind {
    /// The kinds, by the engine's words, which are endings of names too, and another ending where there is one.
    const ALL: [(Self, &str, &str); 11] = [
        (Self::Pdf, "pdf", ""),
        (Self::Tiff, "tiff", "tif"),
        (Self::Jpeg, "jpeg", "jpg"),
        (Self::Png, "png", ""),
        (Self::Gif, "gif", ""),
        (Self::Bmp, "bmp", ""),
        (Self::Webp, "webp", ""),
        (Self::Heic, "heic", ""),
        (Self::Zip, "zip", ""),
        (Self::Text, "text", ""),
        (Self::Other, "unknown", ""),
    ];

    /// The kind by the engine's word, or by the ending of a name.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        let found = Self::ALL.iter().find(|(_, own, other)| word == *own || word == *other);
        found.filter(|_| !word.is_empty()).map(|(kind, ..)| *kind)
    }

    /// Whether such a document is shown under a name of that family. What is text by its bytes may be the source of something that
    /// the service shows in another way, a web page or a table.
    #[must_use]
    pub fn is_shown_as(self, family: Option<Family>) -> bool {
        self != Self::Text || matches!(family, None | Some(Family::Text | Family::Pdf | Family::Image))
    }

    /// Whether the service, which goes by the name, would take the document for another kind.
    #[must_use]
    pub fn is_misnamed(self, name: &str) -> bool {
        let Some(stated) = FileKind::of(name) else { return false };
        match Self::of(stated.extension()) {
            Some(own) => self != own,
            // Those with a password are no archives.
            None if ["docx", "xlsx", "xlsb", "pptx"].contains(&stated.extension()) => {
                !matches!(self, Self::Zip | Self::Other)
            }
            // Text is what everything is that is not something else.
            None => !matches!(self, Self::Text | Self::Other),
        }
    }

    /// Why pages of such a document are not shown, where they are not.
    #[must_use]
    pub fn refusal(self, name: &str) -> Refusal {
        match self {
            Self::Heic => Refusal::Heic,
            _ if self.is_misnamed(name) => Refusal::Misnamed,
            _ => Refusal::Unknown,
        }
    }
}

/// The sheet that a fax is laid out for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Paper {
    /// 8.5 by 11 inches.
    Letter,
    /// 210 by 297 millimetres.
    A4,
}

impl Paper {
    /// The sheet that the receiving machine most likely has: what the region of the page's language prints on. Nothing tells for sure.
    #[must_use]
    pub fn of(tag: &str) -> Self {
        const LETTER: [&str; 12] = ["US", "CA", "MX", "PH", "CL", "CO", "VE", "GT", "CR", "PA", "DO", "PR"];
        // What stands behind a single letter is no region.
        let region = tag.split('-').skip(1).take_while(|part| part.len() > 1).find(|part| part.len() == 2);
        let is_letter = match region {
            Some(region) => LETTER.iter().any(|letter| letter.eq_ignore_ascii_case(region)),
            None => tag.starts_with("en"),
        };
        if is_letter { Self::Letter } else { Self::A4 }
    }

    /// The engine's word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        if self == Self::A4 { "A4" } else { "Letter" }
    }
}

/// What a page is rendered onto.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Grid {
    /// How fine.
    pub resolution: FaxResolution,
    /// How large.
    pub paper: Paper,
}

/// What is missing of a document or a page as it is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lacks(u8);

impl Lacks {
    /// A picture on it.
    pub const PICTURE: Self = Self(1);
    /// A font, and with it letters or their shapes.
    pub const FONT: Self = Self(2);
    /// All but the first of several pictures.
    pub const FRAMES: Self = Self(4);
    /// What stood in a part that is damaged.
    pub const PART: Self = Self(8);

    /// What is missing, by the engine's word.
    #[must_use]
    pub fn of(word: &str) -> Self {
        match word {
            "picture" => Self::PICTURE,
            "font" => Self::FONT,
            "frames" => Self::FRAMES,
            _ => Self::default(),
        }
    }

    /// Both together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether this is among it.
    #[must_use]
    pub fn has(self, one: Self) -> bool {
        self.0 & one.0 != 0
    }
}

/// Why a document's pages cannot be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It is of no kind that is rendered here. It may be one that the service renders.
    Unknown,
    /// It is of another kind than its name says, and of none that is rendered here.
    Misnamed,
    /// It is a picture of a telephone that nobody here can read.
    Heic,
    /// Its bytes are not what they begin as.
    Damaged,
    /// It is encrypted, and the password is missing, or another.
    PasswordNeeded,
    /// More bytes, points or work than is spent on one document, or on one page.
    TooLarge,
    /// More pages than a fax may have.
    TooManyPages,
    /// What renders, or what that needs for it, cannot be had.
    NoEngine,
    /// What renders ended over it, twice.
    Lost,
}

/// How far a document has been read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// Not yet.
    Waiting,
    /// It has pages that can be shown.
    Open {
        /// What it is, by its bytes.
        kind: Kind,
        /// At least one.
        pages: usize,
        /// Characters of a text that cannot be shown: each is a question mark.
        unknown: usize,
        /// What is missing of it.
        lacks: Lacks,
    },
    /// It has none.
    Refused(Refusal),
}

/// How a page lies on the paper, in quarter turns to the right of how the document has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Turn(u8);

impl Turn {
    /// As the document has it.
    pub const UPRIGHT: Self = Self(0);

    /// The turn by the engine's word.
    #[must_use]
    pub fn of(word: &str) -> Self {
        Self(match word {
            "right" => 1,
            "over" => 2,
            "left" => 3,
            _ => 0,
        })
    }

    /// The engine's word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self.0 {
            1 => "right",
            2 => "over",
            3 => "left",
            _ => "upright",
        }
    }

    /// In quarters to the right.
    #[must_use]
    pub fn quarters(self) -> u8 {
        self.0
    }

    /// A quarter further to the right.
    #[must_use]
    pub fn right(self) -> Self {
        Self((self.0 + 1) % 4)
    }
}

/// One page of a document, counted from nought.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PageId {
    /// The id of its draft entry.
    pub document: u32,
    /// Which page.
    pub page: usize,
}

/// A page in its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// Which one.
    pub id: PageId,
    /// As a person turned it; `None` leaves it to the engine, which turns what is too wide.
    pub turn: Option<Turn>,
    /// Whether a person took it out.
    pub is_left_out: bool,
}

/// A place in the order: a page, or a document whose pages are not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Page(Page),
    Whole(u32),
}

impl Place {
    fn document(self) -> u32 {
        match self {
            Self::Page(page) => page.id.document,
            Self::Whole(document) => document,
        }
    }
}

/// In place of a page in an arrangement: all of its document, or a choice for it.
const WHOLE: u32 = 0xfff;
const CHOICE: u32 = 0xffe;

/// Puts places in the order of `key`, those without one last. One function for all orders: sorting is as large as a screen.
fn sort(order: &mut [Place], key: &dyn Fn(&Place) -> Option<usize>) {
    order.sort_by_key(|place| key(place).unwrap_or(usize::MAX));
}

/// What a page came to when it was rendered.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Made {
    /// Bytes in the coding of fax machines.
    pub bytes: u32,
    /// Estimated seconds on the line at 14,400 and at 9,600 bit/s.
    pub seconds: (f64, f64),
    /// The share of the page with greys that become dots, 0 to 1.
    pub dithered: f64,
    /// The share of the page that has a colour, 0 to 1.
    pub coloured: f64,
    /// How it came to lie.
    pub turn: Turn,
    /// What is missing on it.
    pub lacks: Lacks,
}

/// A page rendered in one way.
pub type Rendering = (PageId, Grid, Option<Turn>);

/// What is to be done next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// A document is to be read.
    Read(u32),
    /// A page is to be rendered.
    Render(Rendering),
}

/// What is uploaded, one after the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Run {
    /// A document as it is.
    AsIs(u32),
    /// Pages as they are shown, as one file.
    Shown(Vec<Page>),
}

/// What all of it comes to.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Total {
    /// Pages that are known of.
    pub pages: usize,
    /// Documents whose pages are not known.
    pub unknown: usize,
    /// Documents that have not been read yet, and pages that have not been rendered yet.
    pub waiting: usize,
    /// Pages that cannot be rendered.
    pub failed: usize,
    /// Bytes of the pages that go as shown and are rendered.
    pub shown_bytes: u64,
    /// Estimated seconds on the line of all rendered pages, at 14,400 and at 9,600 bit/s.
    pub seconds: (f64, f64),
}

/// The pages of all documents.
#[derive(Clone, Debug, Default)]
pub struct Pages {
    documents: Vec<u32>,
    readings: SortedMap<u32, Reading>,
    order: Vec<Place>,
    choices: SortedMap<u32, bool>,
    made: SortedMap<Rendering, Made>,
    /// What could not be rendered.
    failed: SortedSet<Rendering>,
    /// What was done, before the page was left, to documents that have not been read since: places in their order.
    kept: Vec<Place>,
    /// Whether that is still to put all places in order.
    is_ordering: bool,
}

impl Pages {
    /// The ids of the documents that are followed, in their order.
    #[must_use]
    pub fn documents(&self) -> Vec<u32> {
        self.documents.clone()
    }

    /// Follows the draft: documents that came, went or moved. Those that came are returned.
    ///
    /// A document that is moved takes its pages along; pages that lay between those of others are then with their own again.
    pub fn follow(&mut self, documents: &[u32]) -> Vec<u32> {
        if self.documents == documents {
            return Vec::new();
        }
        let came: Vec<u32> = documents.iter().copied().filter(|id| !self.documents.contains(id)).collect();
        self.order.retain(|place| documents.contains(&place.document()));
        self.readings.retain(|id, _| documents.contains(id));
        self.choices.retain(|id, _| documents.contains(id));
        self.made.retain(|(id, ..), _| documents.contains(&id.document));
        self.failed.retain(|(id, ..)| documents.contains(&id.document));
        self.kept.retain(|place| documents.contains(&place.document()));
        for id in &came {
            self.order.push(Place::Whole(*id));
            self.readings.insert(*id, Reading::Waiting);
        }
        let stayed = |ids: &[u32]| -> Vec<u32> {
            ids.iter().copied().filter(|id| documents.contains(id) && !came.contains(id)).collect()
        };
        if stayed(&self.documents) != stayed(documents) {
            sort(&mut self.order, &|of| documents.iter().position(|id| *id == of.document()));
        }
        self.documents = documents.to_vec();
        came
    }

    /// How far a document has been read; `None` for one that is not known.
    #[must_use]
    pub fn reading(&self, document: u32) -> Option<Reading> {
        self.readings.get(&document).copied()
    }

    /// A document was read.
    pub fn read(&mut self, document: u32, reading: Reading) {
        if !self.readings.contains_key(&document) {
            return;
        }
        self.readings.insert(document, reading);
        let Some(at) = self.order.iter().position(|place| place.document() == document) else { return };
        let fresh: Vec<Place> = match reading {
            Reading::Open { pages, .. } => {
                (0..pages).map(|page| Place::Page(self.as_kept(PageId { document, page }))).collect()
            }
            _ => vec![Place::Whole(document)],
        };
        self.order.retain(|place| place.document() != document);
        self.order.splice(at..at, fresh);
        if self.is_ordering {
            let kept = &self.kept;
            let is_of = |kept: &Place, place: &Place| match (kept, place) {
                (Place::Page(kept), Place::Page(page)) => kept.id == page.id,
                _ => kept.document() == place.document(),
            };
            sort(&mut self.order, &|place| kept.iter().position(|kept| is_of(kept, place)));
            self.is_ordering = self.readings.values().any(|reading| *reading == Reading::Waiting);
        }
        if !self.is_ordering {
            let readings = &self.readings;
            self.kept.retain(|place| !matches!(readings.get(&place.document()), Some(Reading::Open { .. })));
        }
    }

    /// A page of a document that was just read.
    fn as_kept(&self, id: PageId) -> Page {
        let kept = self.kept.iter().find_map(|place| match place {
            Place::Page(page) if page.id == id => Some(*page),
            _ => None,
        });
        kept.unwrap_or(Page { id, turn: None, is_left_out: false })
    }

    /// Whether pages of a document that has not been read are left out, turned or moved.
    fn is_awaited(&self, document: u32) -> bool {
        self.kept.iter().any(|place| matches!(place, Place::Page(page) if page.id.document == document))
    }

    /// What was done to the pages and chosen for their documents, as numbers; none where that is nothing. Documents stand in them by
    /// their places.
    #[must_use]
    pub fn arrangement(&self) -> Vec<u32> {
        let at = |document: u32| self.documents.iter().position(|id| *id == document).unwrap_or_default() as u32;
        let is_touched = |document: u32| self.must_be_shown(document) || self.is_awaited(document);
        let mut codes: Vec<u32> = Vec::new();
        if self.documents.iter().any(|document| is_touched(*document)) {
            for place in &self.order {
                let places: Vec<&Place> = match place {
                    Place::Whole(document) if self.is_awaited(*document) => {
                        self.kept.iter().filter(|kept| kept.document() == *document).collect()
                    }
                    _ => vec![place],
                };
                codes.extend(places.into_iter().map(|place| {
                    let (page, marks) = match place {
                        Place::Page(page) if is_touched(page.id.document) => {
                            let turn = page.turn.map_or(0, |turn| 1 + u32::from(turn.quarters()));
                            (page.id.page as u32, turn | u32::from(page.is_left_out) << 3)
                        }
                        _ => (WHOLE, 0),
                    };
                    at(place.document()) << 16 | page << 4 | marks
                }));
            }
            codes.dedup();
        }
        codes.extend(self.choices.iter().map(|(id, shown)| at(*id) << 16 | CHOICE << 4 | u32::from(*shown)));
        codes
    }

    /// Brings back what [`arrangement`](Self::arrangement) told of these documents, which have not been read since.
    pub fn restore(&mut self, documents: &[u32], arrangement: &[u32]) {
        for code in arrangement {
            let known = documents.get((code >> 16) as usize).filter(|id| self.documents.contains(id));
            let Some(document) = known.copied() else { continue };
            match (code >> 4 & 0xfff, code & 7) {
                (CHOICE, shown) => {
                    self.choices.insert(document, shown == 1);
                }
                (WHOLE, _) => self.kept.push(Place::Whole(document)),
                (page, turn) => self.kept.push(Place::Page(Page {
                    id: PageId { document, page: page as usize },
                    turn: turn.checked_sub(1).map(|quarters| Turn((quarters % 4) as u8)),
                    is_left_out: code & 8 != 0,
                })),
            }
        }
        self.is_ordering = true;
    }

    /// All pages in their order, those left out too.
    pub fn pages(&self) -> impl Iterator<Item = Page> + '_ {
        self.order.iter().filter_map(|place| match place {
            Place::Page(page) => Some(*page),
            Place::Whole(_) => None,
        })
    }

    /// The pages of one document, in the order in which they go.
    pub fn pages_of(&self, document: u32) -> impl Iterator<Item = Page> + '_ {
        self.pages().filter(move |page| page.id.document == document)
    }

    /// One page.
    #[must_use]
    pub fn page(&self, id: PageId) -> Option<Page> {
        self.pages().find(|page| page.id == id)
    }

    /// Takes a page out, or back in.
    pub fn leave_out(&mut self, id: PageId, is_left_out: bool) {
        self.change(id, |page| page.is_left_out = is_left_out);
    }

    /// Turns a page a quarter to the right of how it lies now; `lies` is how the engine laid it where nobody turned it yet.
    pub fn turn(&mut self, id: PageId, lies: Turn) {
        self.change(id, |page| page.turn = Some(page.turn.unwrap_or(lies).right()));
    }

    fn change(&mut self, id: PageId, change: impl FnOnce(&mut Page)) {
        let found = self.order.iter_mut().find_map(|place| match place {
            Place::Page(page) if page.id == id => Some(page),
            _ => None,
        });
        if let Some(page) = found {
            change(page);
        }
    }

    /// Moves a page to the front or to the back, by one of those that go; whether it could.
    pub fn shift(&mut self, id: PageId, to_front: bool) -> bool {
        let Some(at) = self.order.iter().position(|place| matches!(place, Place::Page(page) if page.id == id)) else {
            return false;
        };
        let goes = |place: &Place| !matches!(place, Place::Page(page) if page.is_left_out);
        let to = if to_front {
            self.order.iter().take(at).rposition(goes)
        } else {
            self.order.iter().skip(at + 1).position(goes).map(|further| at + 1 + further)
        };
        let Some(to) = to else { return false };
        let place = self.order.remove(at);
        self.order.insert(to, place);
        true
    }

    /// Whether a document's pages are as the document has them.
    fn is_untouched(&self, document: u32) -> bool {
        let places: Vec<usize> = (0..self.order.len())
            .filter(|at| self.order.get(*at).is_some_and(|place| place.document() == document))
            .collect();
        let together = places.windows(2).all(|two| matches!(two, [one, next] if one + 1 == *next));
        together
            && self
                .pages_of(document)
                .enumerate()
                .all(|(at, page)| page.id.page == at && page.turn.is_none() && !page.is_left_out)
    }

    /// Whether a document can only go as it is shown: pages of it were left out, turned or moved.
    #[must_use]
    pub fn must_be_shown(&self, document: u32) -> bool {
        matches!(self.reading(document), Some(Reading::Open { .. })) && !self.is_untouched(document)
    }

    /// How many pages of a document go; none where they are not known.
    #[must_use]
    pub fn count(&self, document: u32) -> usize {
        self.pages_of(document).filter(|page| !page.is_left_out).count()
    }

    /// A person decides whether a document goes as it is shown. What could not be rendered of one that is to is tried again.
    pub fn choose(&mut self, document: u32, shown: bool) {
        self.choices.insert(document, shown);
        self.failed.retain(|(id, ..)| !shown || id.document != document);
    }

    /// Whether a document goes as it is shown.
    #[must_use]
    pub fn is_shown(&self, document: u32, wish: Wish) -> bool {
        let Some(Reading::Open { kind, .. }) = self.reading(document) else { return false };
        let by_itself = || match wish {
            Wish::Shown => !self.is_doubtful(document),
            Wish::AsIs => false,
            Wish::Auto => !matches!(kind, Kind::Pdf | Kind::Text) && !self.is_doubtful(document),
        };
        self.must_be_shown(document) || self.choices.get(&document).copied().unwrap_or_else(by_itself)
    }

    /// What is missing of a document, as far as it has been rendered, but for the pages that are left out.
    #[must_use]
    pub fn lacks(&self, document: u32) -> Lacks {
        let Some(Reading::Open { lacks, .. }) = self.reading(document) else { return Lacks::default() };
        // What lacks nothing, as nearly all, is not looked at twice.
        let made = self
            .made
            .iter()
            .filter(|((id, ..), made)| made.lacks != Lacks::default() && id.document == document && self.goes(*id));
        made.fold(lacks, |lacks, (_, made)| lacks.and(made.lacks))
    }

    /// How many characters of a document are shown as question marks.
    #[must_use]
    pub fn unknown(&self, document: u32) -> usize {
        match self.reading(document) {
            Some(Reading::Open { unknown, .. }) => unknown,
            _ => 0,
        }
    }

    /// Whether the pages that are shown lack something that the document has. Then nobody but a person says that they go.
    #[must_use]
    pub fn is_doubtful(&self, document: u32) -> bool {
        self.unknown(document) > 0
            || self.lacks(document) != Lacks::default()
            || self.failed.iter().any(|(id, ..)| id.document == document && self.goes(*id))
    }

    fn goes(&self, id: PageId) -> bool {
        self.page(id).is_some_and(|page| !page.is_left_out)
    }

    /// What is uploaded, in order.
    #[must_use]
    pub fn runs(&self, wish: Wish) -> Vec<Run> {
        let mut runs: Vec<Run> = Vec::new();
        for place in &self.order {
            let document = place.document();
            match place {
                Place::Page(page) if self.is_shown(document, wish) => {
                    if page.is_left_out {
                        continue;
                    }
                    match runs.last_mut() {
                        Some(Run::Shown(pages)) => pages.push(*page),
                        _ => runs.push(Run::Shown(vec![*page])),
                    }
                }
                _ if runs.last() == Some(&Run::AsIs(document)) => {}
                _ => runs.push(Run::AsIs(document)),
            }
        }
        runs
    }

    /// What a page came to, on this grid and as it lies now.
    #[must_use]
    pub fn made(&self, page: &Page, grid: Grid) -> Option<&Made> {
        self.made.get(&(page.id, grid, page.turn))
    }

    /// A page was rendered.
    pub fn make(&mut self, rendering: Rendering, made: Made) {
        if self.documents.contains(&rendering.0.document) {
            self.made.insert(rendering, made);
        }
    }

    /// A page could not be rendered; the others may be. A document of which that is all, or that nothing renders any more, goes as it is,
    /// unless a person has chosen or needs that it goes as shown: that one is [broken](Self::is_broken), for as it is it would be
    /// another.
    pub fn fail(&mut self, rendering: Rendering, refusal: Refusal) {
        let document = rendering.0.document;
        let is_all = refusal == Refusal::NoEngine || self.pages_of(document).count() == 1;
        if is_all && !self.must_be_shown(document) && self.choices.get(&document) != Some(&true) {
            self.read(document, Reading::Refused(refusal));
        } else {
            self.failed.insert(rendering);
        }
    }

    /// The pages of a document that could not be rendered, but for those that are left out.
    #[must_use]
    pub fn failures(&self, document: u32, grid: Grid) -> Vec<PageId> {
        let failed = self.pages_of(document).filter(|page| !page.is_left_out && self.has_failed(page, grid));
        failed.map(|page| page.id).collect()
    }

    /// Whether a document is to go as it is shown and cannot.
    #[must_use]
    pub fn is_broken(&self, document: u32, wish: Wish, grid: Grid) -> bool {
        match self.reading(document) {
            Some(Reading::Refused(_)) => self.is_awaited(document),
            _ => self.is_shown(document, wish) && !self.failures(document, grid).is_empty(),
        }
    }

    fn has_failed(&self, page: &Page, grid: Grid) -> bool {
        self.failed.contains(&(page.id, grid, page.turn))
    }

    fn is_missing(&self, page: &Page, grid: Grid) -> bool {
        !page.is_left_out && self.made(page, grid).is_none() && !self.has_failed(page, grid)
    }

    /// What has to be done before all of it can go: of the documents that may go as they are shown.
    #[must_use]
    pub fn next_to_go(&self, wish: Wish, grid: Grid, may_be_shown: impl Fn(u32) -> bool) -> Option<Work> {
        let waiting = self.documents.iter().copied().find(|document| {
            self.reading(*document) == Some(Reading::Waiting) && (may_be_shown(*document) || self.is_awaited(*document))
        });
        waiting.map(Work::Read).or_else(|| {
            let page = self.pages().find(|page| self.is_shown(page.id.document, wish) && self.is_missing(page, grid));
            page.map(|page| Work::Render((page.id, grid, page.turn)))
        })
    }

    /// What is done next: the first page of each document before other documents are read, and those before other pages, so
    /// that every document soon shows something.
    #[must_use]
    pub fn next(&self, grid: Grid) -> Option<Work> {
        let missing = |page: &Page| self.is_missing(page, grid);
        let render = |page: Page| Work::Render((page.id, grid, page.turn));
        let first = self.documents.iter().find_map(|document| self.pages_of(*document).next().filter(missing));
        if let Some(page) = first {
            return Some(render(page));
        }
        let waiting = self.documents.iter().find(|document| self.reading(**document) == Some(Reading::Waiting));
        waiting.map(|document| Work::Read(*document)).or_else(|| self.pages().find(missing).map(render))
    }

    /// What all of it comes to.
    #[must_use]
    pub fn total(&self, wish: Wish, grid: Grid) -> Total {
        let mut total = Total::default();
        for place in &self.order {
            match place {
                Place::Whole(document) => match self.reading(*document) {
                    Some(Reading::Waiting) => total.waiting += 1,
                    _ => total.unknown += 1,
                },
                Place::Page(page) if page.is_left_out => {}
                Place::Page(page) => {
                    total.pages += 1;
                    match self.made(page, grid) {
                        Some(made) => {
                            total.seconds.0 += made.seconds.0;
                            total.seconds.1 += made.seconds.1;
                            if self.is_shown(page.id.document, wish) {
                                total.shown_bytes += u64::from(made.bytes);
                            }
                        }
                        None if self.has_failed(page, grid) => total.failed += 1,
                        None => total.waiting += 1,
                    }
                }
            }
        }
        total
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: u32 = 7;
    const B: u32 = 9;
    const HIGH: Grid = Grid { resolution: FaxResolution::High, paper: Paper::Letter };
    const LOW: Grid = Grid { resolution: FaxResolution::Low, paper: Paper::Letter };

    fn open(kind: Kind, pages: usize) -> Reading {
        Reading::Open { kind, pages, unknown: 0, lacks: Lacks::default() }
    }

    fn made() -> Made {
        let lacks = Lacks::default();
        Made { bytes: 40, seconds: (3.5, 4.0), dithered: 0.0, coloured: 0.0, turn: Turn::UPRIGHT, lacks }
    }

    fn two() -> Pages {
        let mut pages = Pages::default();
        assert_eq!(pages.follow(&[A, B]), [A, B]);
        pages.read(A, open(Kind::Pdf, 3));
        pages.read(B, open(Kind::Png, 1));
        pages
    }

    fn id(document: u32, page: usize) -> PageId {
        PageId { document, page }
    }

    /// The order as letters and numbers: `A0 A1`, with a document whose pages are not known as a letter alone.
    #[track_caller]
    fn is(pages: &Pages, expected: &str) {
        let letter = |document: u32| if document == A { "A" } else { "B" };
        let order: Vec<String> = pages
            .order
            .iter()
            .map(|place| match place {
                Place::Page(page) => format!("{}{}", letter(page.id.document), page.id.page),
                Place::Whole(document) => letter(*document).to_owned(),
            })
            .collect();
        assert_eq!(order.join(" "), expected);
    }

    #[track_caller]
    fn goes(pages: &Pages, wish: Wish, expected: &str) {
        let letter = |document: u32| if document == A { "A" } else { "B" };
        let runs: Vec<String> = pages
            .runs(wish)
            .iter()
            .map(|run| match run {
                Run::AsIs(document) => letter(*document).to_owned(),
                Run::Shown(run) => {
                    let pages: Vec<_> =
                        run.iter().map(|page| format!("{}{}", letter(page.id.document), page.id.page)).collect();
                    format!("[{}]", pages.join(" "))
                }
            })
            .collect();
        assert_eq!(runs.join(" "), expected);
    }

    #[test]
    fn pages_stand_where_their_document_does() {
        let mut pages = Pages::default();
        pages.follow(&[A, B]);
        is(&pages, "A B");
        pages.read(B, open(Kind::Png, 2));
        is(&pages, "A B0 B1");
        pages.read(A, Reading::Refused(Refusal::Unknown));
        is(&pages, "A B0 B1");
        pages.follow(&[B, A]);
        is(&pages, "B0 B1 A");
        pages.follow(&[A]);
        is(&pages, "A");
        pages.read(B, open(Kind::Pdf, 1)); // read too late
        is(&pages, "A");
    }

    #[test]
    fn pictures_go_as_shown_and_others_as_they_are() {
        let pages = two();
        goes(&pages, Wish::Auto, "A [B0]");
        goes(&pages, Wish::Shown, "[A0 A1 A2 B0]");
        goes(&pages, Wish::AsIs, "A B");
        assert!(!pages.must_be_shown(A) && !pages.must_be_shown(B));
    }

    #[test]
    fn what_cannot_be_rendered_goes_as_it_is_whatever_is_wished() {
        let mut pages = two();
        pages.read(A, Reading::Refused(Refusal::Unknown));
        pages.choose(A, true);
        goes(&pages, Wish::Shown, "A [B0]");
    }

    #[test]
    fn a_choice_wins_over_the_wish() {
        let mut pages = two();
        pages.choose(A, true);
        pages.choose(B, false);
        goes(&pages, Wish::Auto, "[A0 A1 A2] B");
        goes(&pages, Wish::AsIs, "[A0 A1 A2] B");
    }

    #[test]
    fn what_was_changed_can_only_go_as_shown() {
        let mut pages = two();
        pages.leave_out(id(A, 1), true);
        pages.choose(A, false);
        assert!(pages.must_be_shown(A));
        goes(&pages, Wish::AsIs, "[A0 A2] B");
        pages.leave_out(id(A, 1), false);
        goes(&pages, Wish::AsIs, "A B");
        pages.turn(id(A, 2), Turn::of("right"));
        assert_eq!(pages.page(id(A, 2)).unwrap().turn, Some(Turn::of("over")));
        goes(&pages, Wish::AsIs, "[A0 A1 A2] B");
    }

    #[test]
    fn pages_move_across_documents() {
        let mut pages = two();
        assert!(pages.shift(id(B, 0), true));
        is(&pages, "A0 A1 B0 A2");
        goes(&pages, Wish::AsIs, "[A0 A1] B [A2]");
        assert!(pages.must_be_shown(A) && !pages.must_be_shown(B));
        // What else changes in the list leaves the order alone.
        pages.follow(&[A, B, 11]);
        is(&pages, "A0 A1 B0 A2 B");
        pages.follow(&[A, B]);
        is(&pages, "A0 A1 B0 A2");
        // A document that is moved has its pages together again.
        pages.follow(&[B, A]);
        is(&pages, "B0 A0 A1 A2");
        assert!(!pages.shift(id(B, 0), true) && !pages.shift(id(A, 2), false));
    }

    #[test]
    fn a_document_of_which_everything_is_left_out_does_not_go() {
        let mut pages = two();
        pages.leave_out(id(B, 0), true);
        goes(&pages, Wish::AsIs, "A");
        assert_eq!(pages.total(Wish::Auto, HIGH).pages, 3);
    }

    #[test]
    fn the_first_page_of_each_document_comes_first() {
        let mut pages = Pages::default();
        pages.follow(&[A, B]);
        let mut order = Vec::new();
        while let Some(next) = pages.next(HIGH) {
            match next {
                Work::Read(A) => pages.read(A, open(Kind::Pdf, 3)),
                Work::Read(document) => pages.read(document, open(Kind::Png, 1)),
                Work::Render(rendering) => pages.make(rendering, made()),
            }
            order.push(match next {
                Work::Read(document) => (document, None),
                Work::Render((id, ..)) => (id.document, Some(id.page)),
            });
        }
        assert_eq!(order, [(A, None), (A, Some(0)), (B, None), (B, Some(0)), (A, Some(1)), (A, Some(2))]);
        let total = pages.total(Wish::Auto, HIGH);
        assert_eq!((total.pages, total.waiting, total.shown_bytes), (4, 0, 40));
        assert_eq!(total.seconds, (14.0, 16.0));
        // In another resolution, or turned, a page is another.
        assert_eq!(pages.total(Wish::Auto, LOW).waiting, 4);
        pages.turn(id(A, 0), Turn::UPRIGHT);
        assert_eq!(pages.next(HIGH), Some(Work::Render((id(A, 0), HIGH, Some(Turn::of("right"))))));
    }

    #[test]
    fn what_cannot_be_rendered_goes_as_it_is_only_where_that_is_the_same() {
        let mut pages = two();
        let of = |document| (id(document, 0), HIGH, None);
        pages.fail(of(B), Refusal::Damaged);
        goes(&pages, Wish::Shown, "[A0 A1 A2] B");
        pages.leave_out(id(A, 1), true);
        pages.fail(of(A), Refusal::Damaged);
        goes(&pages, Wish::Auto, "[A0 A2] B");
        assert!(pages.is_broken(A, Wish::Auto, HIGH));
        assert!(!pages.is_broken(A, Wish::Auto, LOW), "there it has not been tried");
        assert!(!pages.is_broken(B, Wish::Auto, HIGH));
        pages.leave_out(id(A, 1), false);
        assert!(!pages.is_broken(A, Wish::Auto, HIGH), "as it is it is the same again");
        pages.choose(B, true);
        pages.read(B, open(Kind::Png, 1));
        pages.fail(of(B), Refusal::Damaged);
        assert!(pages.is_broken(B, Wish::Auto, HIGH), "a person wants it as it is shown");
    }

    #[test]
    fn what_goes_waits_for_what_it_needs_and_no_more() {
        let mut pages = Pages::default();
        pages.follow(&[A, B]);
        let next = |pages: &Pages| pages.next_to_go(Wish::Auto, HIGH, |document| document == B);
        assert_eq!(next(&pages), Some(Work::Read(B)));
        pages.read(B, open(Kind::Png, 1));
        let rendering = (id(B, 0), HIGH, None);
        assert_eq!(next(&pages), Some(Work::Render(rendering)));
        pages.make(rendering, made());
        assert_eq!(next(&pages), None, "nobody has read the other one");
        pages.read(A, open(Kind::Pdf, 3));
        assert_eq!(next(&pages), None, "it goes as it is");
        pages.leave_out(id(A, 0), true);
        assert_eq!(next(&pages), Some(Work::Render((id(A, 1), HIGH, None))));
        pages.fail((id(A, 1), HIGH, None), Refusal::Damaged);
        assert_eq!(next(&pages), Some(Work::Render((id(A, 2), HIGH, None))), "it is not tried for ever");
    }

    #[test]
    fn the_source_of_a_web_page_is_not_its_pages() {
        use crate::file_kind::FileKind;
        let shown = |kind: Kind, name: &str| kind.is_shown_as(FileKind::of(name).map(FileKind::family));
        for name in ["a.html", "a.csv", "a.rtf", "a.docx"] {
            assert!(!shown(Kind::Text, name), "{name}");
        }
        for name in ["a.txt", "a", "a.md", "a.pdf", "a.png"] {
            assert!(shown(Kind::Text, name), "{name}");
        }
        assert!(shown(Kind::Pdf, "a.docx"), "it is none, whatever it is called");
    }

    #[test]
    fn a_kind_is_the_one_that_its_name_says_or_not() {
        for (kind, right, wrong) in [
            (Kind::Pdf, "a.PDF", "a.docx"),
            (Kind::Png, "a.png", "a.jpg"),
            (Kind::Tiff, "a.tiff", "a.pdf"),
            (Kind::Zip, "a.docx", "a.pdf"),
            (Kind::Zip, "a.xlsb", "a.doc"),
            (Kind::Text, "a.csv", "a.docx"),
            (Kind::Text, "a.html", "a.png"),
            (Kind::Other, "a.doc", "a.pdf"),
            (Kind::Other, "a.docx", "a.jpeg"),
            (Kind::Heic, "a.heic", "a.jpg"),
        ] {
            assert!(!kind.is_misnamed(right), "{kind:?} {right}");
            assert!(kind.is_misnamed(wrong), "{kind:?} {wrong}");
        }
        assert!(!Kind::Png.is_misnamed("a"), "which says nothing");
        assert_eq!(Kind::Heic.refusal("a.jpg"), Refusal::Heic, "what it is helps more than what it is not");
        assert_eq!(Kind::Zip.refusal("a.pdf"), Refusal::Misnamed);
        assert_eq!(Kind::Text.refusal("a.docx"), Refusal::Misnamed);
        assert_eq!(Kind::Text.refusal("a.csv"), Refusal::Unknown);
        assert_eq!(Kind::Zip.refusal("a.docx"), Refusal::Unknown);
    }

    #[test]
    fn the_paper_is_the_one_of_the_region() {
        for letter in ["en", "en-US", "en-us", "es-MX", "fr-CA", "en-u-nu-latn", "es-Latn-CO"] {
            assert_eq!(Paper::of(letter), Paper::Letter, "{letter}");
        }
        for a4 in ["de", "en-GB", "en-gb", "ar-u-nu-latn", "ja", "es", "zh-Hant-TW", ""] {
            assert_eq!(Paper::of(a4), Paper::A4, "{a4}");
        }
    }

    #[test]
    fn on_other_paper_a_page_is_another() {
        let mut pages = two();
        pages.make((id(B, 0), HIGH, None), made());
        let page = pages.page(id(B, 0)).unwrap();
        assert!(pages.made(&page, HIGH).is_some());
        assert!(pages.made(&page, Grid { paper: Paper::A4, ..HIGH }).is_none());
    }

    #[test]
    fn what_lacks_something_goes_as_shown_only_where_a_person_says_so() {
        let of = |kind, unknown, lacks| Reading::Open { kind, pages: 2, unknown, lacks };
        for reading in
            [of(Kind::Text, 3, Lacks::default()), of(Kind::Tiff, 0, Lacks::PART), of(Kind::Gif, 0, Lacks::of("frames"))]
        {
            let mut pages = two();
            pages.read(B, reading);
            assert!(pages.is_doubtful(B));
            for wish in [Wish::Auto, Wish::Shown, Wish::AsIs] {
                assert!(!pages.is_shown(B, wish), "{reading:?} {wish:?}");
            }
            pages.choose(B, true);
            assert!(pages.is_shown(B, Wish::Auto));
        }
        // What a page lacks turns out when it is rendered.
        let mut pages = two();
        pages.read(B, of(Kind::Tiff, 0, Lacks::default()));
        assert!(pages.is_shown(B, Wish::Auto));
        let lacks = Lacks::of("picture").and(Lacks::of("font"));
        pages.make((id(B, 1), LOW, None), Made { lacks, ..made() });
        assert!(!pages.is_shown(B, Wish::Shown));
        assert!(pages.lacks(B).has(Lacks::FONT) && !pages.lacks(B).has(Lacks::PART));
        pages.leave_out(id(B, 1), true);
        assert!(!pages.is_doubtful(B), "it is left out");
    }

    #[test]
    fn a_page_that_fails_is_left_out_and_the_others_go() {
        let mut pages = two();
        pages.read(B, open(Kind::Tiff, 3));
        pages.fail((id(B, 1), HIGH, None), Refusal::Damaged);
        assert_eq!(pages.failures(B, HIGH), [id(B, 1)]);
        assert_eq!(pages.count(B), 3, "it is a page all the same");
        goes(&pages, Wish::Shown, "[A0 A1 A2] B");
        assert!(!pages.is_broken(B, Wish::Shown, HIGH));
        for page in [id(A, 0), id(A, 1), id(A, 2), id(B, 0), id(B, 2)] {
            pages.make((page, HIGH, None), made());
        }
        let total = pages.total(Wish::Auto, HIGH);
        assert_eq!((total.pages, total.waiting, total.failed), (6, 0, 1), "nobody waits for it");
        pages.leave_out(id(B, 1), true);
        goes(&pages, Wish::Auto, "A [B0 B2]");
        assert_eq!(pages.total(Wish::Auto, HIGH).failed, 0);
        // Whoever wants it all the same has it tried again.
        pages.leave_out(id(B, 1), false);
        pages.choose(B, true);
        assert_eq!(pages.next(HIGH), Some(Work::Render((id(B, 1), HIGH, None))));
        pages.fail((id(B, 1), HIGH, None), Refusal::Lost);
        assert!(pages.is_broken(B, Wish::Auto, HIGH));
        // Where nothing renders any more, no page is left to be waited for.
        pages.fail((id(A, 0), HIGH, None), Refusal::NoEngine);
        is(&pages, "A B0 B1 B2");
    }

    #[test]
    fn a_page_moves_past_those_that_are_left_out() {
        let mut pages = two();
        pages.leave_out(id(A, 1), true);
        assert!(pages.shift(id(A, 2), true));
        is(&pages, "A2 A0 A1 B0");
        assert!(pages.shift(id(A, 0), false));
        is(&pages, "A2 A1 B0 A0");
        pages.leave_out(id(A, 2), true);
        assert!(!pages.shift(id(B, 0), true), "it is the first that goes");
        is(&pages, "A2 A1 B0 A0");
    }

    /// The pages of the same documents after the page was left: none is read.
    fn again(arrangement: &[u32]) -> Pages {
        let mut pages = Pages::default();
        pages.follow(&[A, B]);
        pages.restore(&[A, B], arrangement);
        pages
    }

    #[test]
    fn what_was_done_to_the_pages_comes_back_with_the_draft() {
        assert!(two().arrangement().is_empty(), "nothing");
        let mut pages = two();
        pages.leave_out(id(A, 1), true);
        pages.turn(id(A, 2), Turn::UPRIGHT);
        pages.shift(id(B, 0), true);
        pages.choose(B, false);
        assert_eq!(pages.arrangement(), [0x0000, 0x0018, 0x1_fff0, 0x0022, 0x1_ffe0]);
        for order in [[A, B], [B, A]] {
            let mut back = again(&pages.arrangement());
            let unread = [0x0000, 0x0018, 0x0022, 0x1_fff0, 0x1_ffe0];
            assert_eq!(back.arrangement(), unread, "it is not lost where the page is left once more");
            for document in order {
                back.read(document, if document == A { open(Kind::Pdf, 3) } else { open(Kind::Png, 1) });
            }
            assert_eq!(back.arrangement(), pages.arrangement());
            is(&back, "A0 A1 B0 A2");
            goes(&back, Wish::Auto, "[A0] B [A2]");
            // It was brought back once.
            back.leave_out(id(A, 1), false);
            back.read(A, open(Kind::Pdf, 3));
            assert!(back.page(id(A, 2)).unwrap().turn.is_none());
        }
    }

    #[test]
    fn what_was_left_out_does_not_go_before_its_document_is_read() {
        let mut pages = again(&[0x0000, 0x0018, 0x1_fff0]);
        let next = |pages: &Pages| pages.next_to_go(Wish::Auto, HIGH, |_| false);
        assert_eq!(next(&pages), Some(Work::Read(A)), "a PDF would go as it is");
        pages.read(A, Reading::Refused(Refusal::Lost));
        assert!(pages.is_broken(A, Wish::Auto, HIGH), "and does so never");
        assert!(!pages.is_broken(B, Wish::Auto, HIGH));
        pages.read(B, open(Kind::Png, 1));
        pages.read(A, open(Kind::Pdf, 2));
        goes(&pages, Wish::Auto, "[A0 B0]");
        assert!(!pages.is_broken(A, Wish::Auto, HIGH));
    }

    #[test]
    fn what_is_kept_may_be_anything() {
        for codes in [&[][..], &[0x7_0010], &[0xffff_ffff, 0, 0], &[0x1_0007, 0x0008, 0x1_ffef], &[0x9_ffe1]] {
            let mut pages = again(codes);
            pages.follow(&[B]);
            pages.read(B, open(Kind::Png, 1));
            assert_eq!(pages.pages().count(), 1, "{codes:?}");
        }
    }

    #[test]
    fn turns_go_round() {
        let mut turn = Turn::UPRIGHT;
        let words: Vec<_> = (0..5)
            .map(|_| {
                let word = turn.word();
                assert_eq!(Turn::of(word), turn);
                turn = turn.right();
                word
            })
            .collect();
        assert_eq!(words, ["upright", "right", "over", "left", "upright"]);
    }
}
