use std::fmt;

use hayro::RenderCache;
use hayro::hayro_syntax::Pdf;

use crate::refusal::guarded;
use crate::source::{pdf, picture, text, tiff};
use crate::{Bitmap, Grid, Kind, Options, Paper, Placement, Refusal, Resolution, Turn, binarise};

/// A document whose pages can be rendered.
pub struct Document {
    kind: Kind,
    source: Source,
    count: usize,
    unknown_characters: usize,
    has_more: bool,
    is_partial: bool,
    options: Options,
}

enum Source {
    Pdf(Pdf),
    Tiff(Vec<u8>),
    Picture(Vec<u8>),
}

/// A page before it is rendered.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PageInfo {
    /// Its width as the document shows it, in millimetres.
    pub width_mm: f64,
    /// Its height as the document shows it, in millimetres.
    pub height_mm: f64,
}

/// What a document has and its pages here have not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Lack {
    /// A picture that cannot be decoded.
    Picture,
    /// A font that the document names and does not bring, and that nothing here can stand in for.
    Font,
    /// A comment, stamp or field that does not say how it looks.
    Annotation,
    /// All pictures of a moving one but the first.
    Frames,
}

impl Lack {
    /// Its name in one word: `picture`, `font`, `annotation` or `frames`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Picture => "picture",
            Self::Font => "font",
            Self::Annotation => "annotation",
            Self::Frames => "frames",
        }
    }
}

/// A page as the fax machine prints it.
#[derive(Clone, Debug, PartialEq)]
pub struct Rendered {
    /// Its points.
    pub bitmap: Bitmap,
    /// Where on them the document's page lies, and how.
    pub placement: Placement,
    /// The share of the page that is dithered, 0 to 1.
    pub dithered: f32,
    /// The share of the page that had a colour, 0 to 1.
    pub coloured: f32,
    /// What is missing on it, each once.
    pub lacks: Vec<Lack>,
    /// Whether a part of it is missing because the file, or a picture in it, breaks off.
    pub is_partial: bool,
}

/// A page as the document has it: in its colours, upright.
#[derive(Clone, PartialEq)]
pub struct Original {
    /// Points of a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// Red, green, blue and 255 of each point, row by row.
    pub rgba: Vec<u8>,
}

impl fmt::Debug for Original {
    /// Its size alone: what is on it is private.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Original({} x {})", self.width, self.height)
    }
}

impl Document {
    /// Opens a document. Its kind is told by its bytes; `stated` (by its name, say) only decides where they say nothing: `Some(Kind::Text)`
    /// is text even where it holds control characters. Compare [`Document::kind`] to tell a wrong name.
    pub fn open(bytes: Vec<u8>, stated: Option<Kind>, options: &Options) -> Result<Self, Refusal> {
        if bytes.is_empty() {
            return Err(Refusal::Empty);
        }
        if bytes.len() > options.limits.bytes {
            return Err(Refusal::TooLarge);
        }
        let kind = match (Kind::of(&bytes), stated) {
            (Some(kind), _) => kind,
            (None, Some(Kind::Text)) => Kind::Text,
            (None, _) => return Err(Refusal::Unknown),
        };
        let options = options.clone();
        options.may_go_on()?;
        let (mut unknown_characters, mut has_more, mut is_partial) = (0, false, false);
        let (source, count) = guarded(|| match kind {
            Kind::Pdf => {
                let pdf = pdf::open(bytes, &options)?;
                let count = pdf.pages().len();
                Ok((Source::Pdf(pdf), count))
            }
            Kind::Text => {
                let (bytes, unknown) = text::set(&bytes, &options.limits)?;
                unknown_characters = unknown;
                let pdf = pdf::open(bytes, &options)?;
                let count = pdf.pages().len();
                Ok((Source::Pdf(pdf), count))
            }
            Kind::Tiff => {
                let count;
                (count, is_partial) = tiff::count(&bytes, &options.limits)?;
                Ok((Source::Tiff(bytes), count))
            }
            Kind::Heif | Kind::Zip => Err(Refusal::Unsupported(kind)),
            kind => {
                picture::size_mm(&bytes, kind, &options.limits)?;
                has_more = picture::has_more(&bytes, kind);
                Ok((Source::Picture(bytes), 1))
            }
        })?;
        options.may_go_on()?;
        Ok(Self { kind, source, count, unknown_characters, has_more, is_partial, options })
    }

    /// What it is, by its bytes.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// How many pages it has; at least one.
    pub fn pages(&self) -> usize {
        self.count
    }

    /// How many characters of a text the one typeface for texts does not have. Each is shown as a question mark. Always none for other kinds.
    pub fn unknown_characters(&self) -> usize {
        self.unknown_characters
    }

    /// What none of its pages shows: nothing, or the frames of a moving picture.
    pub fn lacks(&self) -> Vec<Lack> {
        if self.has_more { vec![Lack::Frames] } else { Vec::new() }
    }

    /// Whether there were to be more pages than there are. What is missing on a page shows once it is rendered.
    pub fn is_partial(&self) -> bool {
        self.is_partial
    }

    /// What can be told of a page, counted from nought, without rendering it.
    pub fn page(&self, page: usize) -> Result<PageInfo, Refusal> {
        if page >= self.count {
            return Err(Refusal::NoSuchPage);
        }
        let limits = &self.options.limits;
        let (width_mm, height_mm) = guarded(|| match &self.source {
            Source::Pdf(document) => Ok(pdf::size_mm(document.pages().get(page).ok_or(Refusal::NoSuchPage)?)),
            Source::Tiff(bytes) => tiff::size_mm(bytes, page, limits),
            Source::Picture(bytes) => picture::size_mm(bytes, self.kind, limits),
        })?;
        Ok(PageInfo { width_mm, height_mm })
    }

    /// Renders one page, counted from nought. Whoever renders several takes a [`Renderer`], which keeps fonts from page to page.
    pub fn render(&self, page: usize, resolution: Resolution, paper: Paper, turn: Turn) -> Result<Rendered, Refusal> {
        self.renderer().render(page, resolution, paper, turn)
    }

    /// For rendering many pages.
    pub fn renderer(&self) -> Renderer<'_> {
        Renderer { document: self, cache: RenderCache::new() }
    }
}

impl fmt::Debug for Document {
    /// Its kind and the number of its pages alone: what is in it is private.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Document({}, {} pages)", self.kind, self.count)
    }
}

/// Renders the pages of one document, and keeps what they share.
pub struct Renderer<'d> {
    document: &'d Document,
    cache: RenderCache<'d>,
}

impl Renderer<'_> {
    /// Renders one page, counted from nought.
    pub fn render(
        &mut self,
        page: usize,
        resolution: Resolution,
        paper: Paper,
        turn: Turn,
    ) -> Result<Rendered, Refusal> {
        let document = self.document;
        let options = &document.options;
        if page >= document.count {
            return Err(Refusal::NoSuchPage);
        }
        options.may_go_on()?;
        let grid = Grid { resolution, paper };
        let cache = &self.cache;
        let pdf::OnPaper { shade, placement, coloured, mut lacks, is_partial } = guarded(|| match &document.source {
            Source::Pdf(document) => {
                let page = document.pages().get(page).ok_or(Refusal::NoSuchPage)?;
                pdf::on_paper(page, cache, options, grid, turn)
            }
            source => {
                let picture = match source {
                    Source::Tiff(bytes) => tiff::decode(bytes, page, options)?,
                    Source::Picture(bytes) => picture::decode(bytes, document.kind, &options.limits)?,
                    Source::Pdf(_) => return Err(Refusal::NoSuchPage),
                };
                options.may_go_on()?;
                let (coloured, is_partial) = (picture.coloured, picture.is_partial);
                let (shade, placement) = picture.on_paper(grid, turn);
                Ok(pdf::OnPaper { shade, placement, coloured, lacks: Vec::new(), is_partial })
            }
        })?;
        options.may_go_on()?;
        let (bitmap, tones) = binarise(&shade, resolution);
        lacks.extend(document.lacks());
        Ok(Rendered { bitmap, placement, dithered: tones.dithered, coloured, lacks, is_partial })
    }

    /// One page, counted from nought, as the document has it, `width` points wide and as high as its proportions say.
    pub fn original(&mut self, page: usize, width: usize) -> Result<Original, Refusal> {
        const LONGEST: f64 = 8192.0;
        let document = self.document;
        let options = &document.options;
        let PageInfo { width_mm, height_mm } = document.page(page)?;
        options.may_go_on()?;
        // Of a page that is nothing but long, less.
        let scale = (width.max(1) as f64 / width_mm).min(LONGEST / width_mm).min(LONGEST / height_mm);
        let points = |mm: f64| ((mm * scale).round() as usize).max(1);
        let size = (points(width_mm), points(height_mm));
        let cache = &self.cache;
        let original = guarded(|| match &document.source {
            Source::Pdf(document) => {
                let page = document.pages().get(page).ok_or(Refusal::NoSuchPage)?;
                let pels = pdf::original(page, cache, options, size)?;
                let rgba = pels.into_iter().flat_map(|[red, green, blue]| [red, green, blue, 255]).collect();
                Ok(Original { width: size.0, height: size.1, rgba })
            }
            Source::Tiff(bytes) => tiff::colours(bytes, page, options)?.original(size),
            Source::Picture(bytes) => picture::colours(bytes, document.kind, &options.limits)?.original(size),
        })?;
        options.may_go_on()?;
        Ok(original)
    }
}
