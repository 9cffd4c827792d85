//! What goes: the draft with the pages that go as they are shown in place of their documents.

use std::cell::Cell;

use js_sys::{Array, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::{File, FilePropertyBag};

use super::super::widget::Widget;
use crate::client::{Engine, PageWanted, has_renderer};
use crate::draft::{Draft, DraftAttachment, DraftPages};
use crate::fax::{FaxResolution, Field};
use crate::file_kind::{Family, FileKind};
use crate::pages::{Grid, Page, Pages, Paper, Reading, Refusal, Run, Wish};
use crate::reply::{Code, Failure};
use crate::words::Word;

const TIFF: &str = "image/tiff";

/// The pages as one file, as they would be uploaded.
pub struct Prepared {
    /// Bytes in the coding of fax machines, as TIFF.
    pub file: File,
    /// Pages in it.
    pub page_count: usize,
    /// Estimated seconds on the line at 14,400 bit/s.
    pub seconds: f64,
}

impl Widget {
    /// The draft as it goes. Waits for what is left to be read and rendered of it.
    ///
    /// # Errors
    /// Where pages that have to go as they are shown could not be rendered; nothing was sent.
    pub(super) async fn prepare(self) -> Result<Draft<File>, Failure> {
        let draft = self.parts().draft.now();
        let wish = self.parts().settings.peek(|settings| settings.pages);
        let grid = self.grid();
        if !has_renderer() {
            return Ok(draft);
        }
        let parts = self.parts();
        // What a person was told of, or has typed a password for: it goes as it is shown or not at all.
        let promised: Vec<u32> = parts.paging.pages.peek(|pages| {
            let passwords = parts.paging.passwords.borrow();
            let is_awaited = |id: &u32| pages.reading(*id) == Some(Reading::Waiting) && passwords.contains_key(id);
            pages.documents().into_iter().filter(|id| pages.is_shown(*id, wish) || is_awaited(id)).collect()
        });
        let may_be_shown = |id: u32| match wish {
            _ if promised.contains(&id) => true,
            Wish::Shown => true,
            Wish::AsIs => false,
            // PDF and text wait for nobody; what has no known name may be anything.
            Wish::Auto => draft.attachments.iter().any(|entry| {
                entry.id == id && FileKind::of(&entry.name).is_none_or(|kind| kind.family() == Family::Image)
            }),
        };
        let waits = Cell::new(false);
        let next = |pages: &Pages| {
            let work = pages.next_to_go(wish, grid, may_be_shown);
            if work.is_some() && !waits.replace(true) {
                self.announce(self.say(Word::PagesWait));
            }
            work
        };
        while self.do_next(&next).await {}
        if parts.draft.peek(|draft| draft.attachments.iter().any(|entry| entry.pages.are_broken)) {
            return Err(not_made());
        }
        if parts.paging.pages.peek(|pages| promised.iter().any(|id| !pages.is_shown(*id, wish))) {
            parts.notice.set(Some((Field::Attachments, self.say(Word::NotAsShown))));
            self.focus("[data-focus=attachment]");
            return Err(not_made());
        }
        let runs = parts.paging.pages.peek(|pages| pages.runs(wish));
        parts.paging.going.replace(self.pictures_of(&runs, grid));
        let mut prepared = draft;
        let documents = std::mem::take(&mut prepared.attachments);
        for run in &runs {
            match run {
                Run::AsIs(id) => {
                    prepared.attachments.extend(documents.iter().find(|entry| entry.id == *id).cloned());
                }
                Run::Shown(pages) => {
                    let Some(page) = pages.first() else { continue };
                    let Some(document) = documents.iter().find(|entry| entry.id == page.id.document) else { continue };
                    let is_one = pages.iter().all(|other| other.id.document == page.id.document);
                    let name = if is_one { tiff_name(&document.name) } else { "pages.tif".to_owned() };
                    let file = self.file_of(pages, grid, &name).await.map_err(|_| not_made())?;
                    prepared.attachments.push(DraftAttachment {
                        size: file.size() as u64,
                        claimed_type: file.type_(),
                        file,
                        name,
                        pages: DraftPages { count: pages.len(), ..DraftPages::default() },
                        ..document.clone()
                    });
                }
            }
        }
        Ok(prepared)
    }

    /// Everything that can be rendered, as one file.
    ///
    /// # Errors
    /// Where there is nothing, or something could not be rendered.
    pub(super) async fn prepare_all(self) -> Result<Prepared, Failure> {
        let grid = self.grid();
        while self.do_next(&|pages| pages.next(grid)).await {}
        let parts = self.parts();
        let (pages, is_whole) = parts.paging.pages.peek(|pages| {
            let is_whole = pages.documents().iter().all(|id| matches!(pages.reading(*id), Some(Reading::Open { .. })));
            (pages.pages().filter(|page| !page.is_left_out).collect::<Vec<_>>(), is_whole)
        });
        if pages.is_empty() || !is_whole {
            return Err(not_made());
        }
        let seconds = parts
            .paging
            .pages
            .peek(|known| pages.iter().filter_map(|page| known.made(page, grid)).map(|made| made.seconds.0).sum());
        let file = self.file_of(&pages, grid, "pages.tif").await.map_err(|_| not_made())?;
        Ok(Prepared { file, page_count: pages.len(), seconds })
    }

    async fn file_of(self, pages: &[Page], grid: Grid, name: &str) -> Result<File, Refusal> {
        let kept: Option<Vec<_>> = pages
            .iter()
            .map(|page| {
                let kept = self.kept(page, grid)?;
                Some((kept.size.0, kept.size.1, grid.resolution, kept.coded))
            })
            .collect();
        let engine = self.parts().paging.engine.clone();
        file(&engine.file(&kept.ok_or(Refusal::Damaged)?).await?, TIFF, name)
    }
}

/// What a script wants rendered: an array of files, and in which `faxResolution`.
///
/// # Errors
/// Where it is something else.
pub fn read_wish(files: &JsValue, options: &JsValue) -> Result<(Vec<File>, FaxResolution), Failure> {
    let stated = Reflect::get(options, &"faxResolution".into()).unwrap_or_default();
    let resolution = match stated.as_string().as_deref() {
        Some("Low") => FaxResolution::Low,
        Some("High") => FaxResolution::High,
        None if stated.is_undefined() || stated.is_null() => FaxResolution::High,
        _ => return Err(Failure::before_posting(Code::Invalid).about("faxResolution")),
    };
    let all = || Array::from(files).iter().map(|file| file.dyn_into().ok()).collect::<Option<Vec<File>>>();
    let files = Array::is_array(files).then(all).flatten().filter(|files| !files.is_empty() && has_renderer());
    Ok((files.ok_or_else(not_made)?, resolution))
}

/// Documents without a view: their pages as one file.
///
/// # Errors
/// Where one of them could not be rendered.
pub async fn render_files(files: Vec<File>, resolution: FaxResolution) -> Result<Prepared, Failure> {
    let engine = Engine::default();
    let rendered = render_all(&engine, &files, resolution).await;
    engine.stop();
    rendered.map_err(|_| not_made())
}

async fn render_all(engine: &Engine, files: &[File], resolution: FaxResolution) -> Result<Prepared, Refusal> {
    let grid = Grid { resolution, paper: Paper::of(&page_language()) };
    let mut coded = Vec::new();
    let mut seconds = 0.0;
    for (id, document) in (0..).zip(files) {
        let mut pages = Pages::default();
        pages.follow(&[id]);
        match engine.open_named(id, document, &document.name(), "").await {
            Reading::Refused(refusal) => return Err(refusal),
            reading => pages.read(id, reading),
        }
        for page in pages.pages().collect::<Vec<_>>() {
            let wanted = PageWanted { thumbnail: 0, picture: false };
            let rendered = engine.render((page.id, grid, None), wanted).await?;
            pages.make((page.id, grid, None), rendered.made);
            // Nobody sees what is missing.
            if pages.is_doubtful(id) {
                return Err(Refusal::Damaged);
            }
            seconds += rendered.made.seconds.0;
            coded.push((rendered.size.0, rendered.size.1, resolution, rendered.coded));
        }
        engine.close(id);
    }
    if coded.is_empty() {
        return Err(Refusal::Unknown);
    }
    let file = file(&engine.file(&coded).await?, TIFF, "pages.tif")?;
    Ok(Prepared { file, page_count: coded.len(), seconds })
}

/// The language of the page, where it states one, or of the browser.
fn page_language() -> String {
    let window = web_sys::window();
    let root = window.as_ref().and_then(web_sys::Window::document).and_then(|document| document.document_element());
    let stated = root.and_then(|root| root.get_attribute("lang")).filter(|lang| !lang.is_empty());
    stated.or_else(|| window.and_then(|window| window.navigator().language())).unwrap_or_default()
}

/// A file of some bytes, or of a Blob.
pub fn file(bytes: &JsValue, kind: &str, name: &str) -> Result<File, Refusal> {
    let options = FilePropertyBag::new();
    options.set_type(kind);
    File::new_with_u8_array_sequence_and_options(&Array::of1(bytes), name, &options).map_err(|_| Refusal::NoEngine)
}

/// The name of the pages of one document: its own, with the ending of what they are.
fn tiff_name(name: &str) -> String {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    [if stem.is_empty() { "pages" } else { stem }, ".tif"].concat()
}

fn not_made() -> Failure {
    Failure::before_posting(Code::Invalid).about("attachment")
}

/// What was rendered, as a script gets it.
pub fn as_object(prepared: &Prepared) -> JsValue {
    let object = js_sys::Object::new();
    let number = |value: f64| JsValue::from_f64(value);
    for (name, value) in [
        ("file", prepared.file.clone().into()),
        ("pageCount", number(prepared.page_count as f64)),
        ("seconds", number(prepared.seconds)),
    ] {
        // Fails only on a frozen object.
        let _ = Reflect::set(&object, &name.into(), &value);
    }
    object.into()
}
