//! The pages of the documents: shown as they will print, left out, turned and moved, and made ready to go.
//!
//! A part of the program of its own (view/preview.rs fetches it); the worker that renders is `client::Engine`.

mod document;
mod goes;
mod page;
mod received;
mod strip;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gloo_timers::future::TimeoutFuture;
use js_sys::{Function, Reflect, Uint32Array};
use leptos::prelude::on_cleanup;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::Element;

use super::element::El;
use super::followed::Followed;
use super::preview::Preview;
use super::rest;
use super::widget::{Parts, Widget};
use crate::client::{Engine, PageWanted, has_renderer};
use crate::draft::{Draft, DraftPages};
use crate::fax::FaxResolution;
use crate::message_id::MessageId;
use crate::pages::{Grid, Page, PageId, Pages, Paper, Reading, Refusal, Rendering, Work};
use crate::sorted::SortedMap;
use crate::submission::Submission;

/// The ways in.
pub static PREVIEW: Preview = Preview {
    follow: Widget::follow_documents,
    document: document::document,
    strip: strip::strip,
    total: strip::total,
    page: page::page,
    prepare: |widget| Box::pin(widget.prepare()),
    render: |widget| Box::pin(async move { widget.prepare_all().await.map(|prepared| goes::as_object(&prepared)) }),
    render_files: |files, options| {
        let rendering =
            goes::read_wish(files, options).map(|(files, resolution)| goes::render_files(files, resolution));
        Box::pin(async move { rendering?.await.map(|prepared| goes::as_object(&prepared)) })
    },
    arrangement: |widget| widget.parts().paging.pages.peek(Pages::arrangement),
    leave: |widget| widget.parts().paging.pages.peek(|pages| Uint32Array::from(&*pages.arrangement()).into()),
    sent: |widget, id| widget.keep_sent(id),
    received: received::received,
    stop: |widget| widget.parts().paging.engine.stop(),
};

/// The pages of a widget, and what renders them.
#[derive(Default)]
pub struct Paging {
    /// Which there are, and what becomes of them.
    pub pages: Followed<Pages>,
    /// The page that is looked at.
    looked_at: Followed<Option<PageId>>,
    /// In which resolution it is looked at, where that is not the fax's.
    looked_at_in: Followed<Option<FaxResolution>>,
    /// How large, in the steps of [`page::SIZES`].
    size: Followed<usize>,
    /// Documents that a password did not open.
    locked: Followed<Vec<u32>>,
    /// The picture that is wanted of the page that is looked at.
    view: RefCell<Option<page::View>>,
    /// For how many pixels across the last one was drawn.
    across: Cell<u32>,
    /// Whether pictures follow the window's size.
    follows_window: Cell<bool>,
    /// Small pictures of the pages of what was about to go last, as far as they were there; none where not all pages are known.
    going: RefCell<Option<Vec<Option<JsValue>>>>,
    /// What went last, under its id.
    sent: RefCell<Option<Sent>>,
    engine: Engine,
    is_working: Cell<bool>,
    /// Whether the worker has something to do for this widget; one thing at a time.
    is_busy: Cell<bool>,
    passwords: RefCell<SortedMap<u32, String>>,
    kept: RefCell<SortedMap<Rendering, Kept>>,
}

type Sent = (MessageId, Vec<Option<JsValue>>);

/// A rendered page, kept for being shown and sent.
#[derive(Clone)]
struct Kept {
    size: (u32, u32),
    coded: JsValue,
    thumbnail: Option<JsValue>,
}

/// Pixels that a small picture is wide: twice what it is shown at, for screens that are that fine.
const THUMBNAIL: u32 = 208;

/// Milliseconds after a change within which nothing is begun: what is added in a row is read in a row, and a form that is
/// filled in by a script and sent at once is not held up by pictures that nobody sees. Ours.
const PAUSE: u32 = 250;

/// Milliseconds between two looks whether the worker is free. Ours.
const LOOK: u32 = 10;

/// What a page wears.
const STYLES: &str = include_str!(concat!(env!("OUT_DIR"), "/pages.css"));

impl Widget {
    /// What the pages of the fax are rendered onto.
    fn grid(self) -> Grid {
        self.grid_of(self.parts().draft.peek(resolution_of))
    }

    fn grid_of(self, resolution: FaxResolution) -> Grid {
        Grid { resolution, paper: Paper::of(&self.lang()) }
    }

    /// The same, and follows.
    fn grid_now(self) -> Grid {
        self.grid_of(self.parts().draft.with(resolution_of))
    }

    fn follow_documents(self) {
        let parts = self.parts();
        self.wear(STYLES);
        let ids: Vec<u32> = parts.draft.peek(|draft| draft.attachments.iter().map(|entry| entry.id).collect());
        let known = parts.paging.pages.peek(Pages::documents);
        if known != ids {
            for gone in known.iter().filter(|id| !ids.contains(id)) {
                parts.paging.engine.close(*gone);
                parts.paging.passwords.borrow_mut().remove(gone);
                parts.paging.kept.borrow_mut().retain(|(id, ..), _| id.document != *gone);
            }
            parts.paging.pages.update(|pages| pages.follow(&ids));
            if parts.paging.looked_at.now().is_some_and(|page| !ids.contains(&page.document)) {
                self.close_page();
            }
        }
        if let Some((documents, arrangement)) = self.with_inner(|inner| inner.arrangement.take()) {
            parts.paging.pages.update(|pages| pages.restore(&documents, &arrangement));
        }
        if let Ok(left) = self.with_inner(|inner| std::mem::take(&mut inner.left_pages)).dyn_into::<Uint32Array>() {
            parts.paging.pages.update(|pages| pages.restore(&ids, &left.to_vec()));
        }
        self.note_pages();
        self.work();
    }

    /// Reads and renders what is left to be, one after the other.
    fn work(self) {
        let paging = &self.parts().paging;
        if paging.is_working.replace(true) {
            return;
        }
        spawn_local(async move {
            TimeoutFuture::new(PAUSE).await;
            while self.do_next(&|pages| pages.next(self.grid())).await {}
            self.parts().paging.is_working.set(false);
        });
    }

    /// Does one thing, when nothing else is being done; `false` where nothing is left. What a person looks at comes first.
    async fn do_next(self, next: &dyn Fn(&Pages) -> Option<Work>) -> bool {
        while !self.is_gone() && self.parts().paging.is_busy.get() {
            TimeoutFuture::new(LOOK).await;
        }
        if self.is_gone() {
            return false;
        }
        let parts = self.parts();
        let _busy = Busy::new(&parts);
        let view = parts.paging.view.take();
        if let Some(view) = view {
            self.draw(view).await;
            return true;
        }
        let work = parts.paging.pages.peek(next);
        match work {
            Some(Work::Read(document)) => self.read(document).await,
            Some(Work::Render(rendering)) => self.make(rendering).await,
            None => return false,
        }
        true
    }

    async fn read(self, document: u32) {
        let parts = self.parts();
        let entry = parts.draft.peek(|draft| draft.attachments.iter().find(|entry| entry.id == document).cloned());
        let password = parts.paging.passwords.borrow().get(&document).cloned().unwrap_or_default();
        let reading = match entry {
            Some(entry) if entry.size > 0 && has_renderer() => {
                parts.paging.engine.open_named(document, &entry.file, &entry.name, &password).await
            }
            Some(entry) if entry.size > 0 => Reading::Refused(Refusal::NoEngine),
            _ => Reading::Refused(Refusal::Unknown),
        };
        if self.is_gone() {
            return;
        }
        let is_locked = reading == Reading::Refused(Refusal::PasswordNeeded);
        if is_locked && !password.is_empty() {
            parts.paging.locked.update(|locked| locked.push(document));
        }
        parts.paging.pages.update(|pages| {
            pages.read(document, reading);
            // The service does not have the password.
            if !is_locked && !password.is_empty() && matches!(reading, Reading::Open { .. }) {
                pages.choose(document, true);
            }
        });
        self.note_pages();
    }

    /// Renders a page and keeps it.
    async fn make(self, rendering: Rendering) {
        let parts = self.parts();
        let wanted = PageWanted { thumbnail: THUMBNAIL, picture: false };
        let result = parts.paging.engine.render(rendering, wanted).await;
        if self.is_gone() {
            return;
        }
        match result {
            Ok(rendered) => {
                let kept = Kept { size: rendered.size, coded: rendered.coded, thumbnail: rendered.thumbnail };
                parts.paging.kept.borrow_mut().insert(rendering, kept);
                parts.paging.pages.update(|pages| pages.make(rendering, rendered.made));
            }
            Err(refusal) => parts.paging.pages.update(|pages| pages.fail(rendering, refusal)),
        }
        self.note_pages();
    }

    fn kept(self, page: &Page, grid: Grid) -> Option<Kept> {
        self.parts().paging.kept.borrow().get(&(page.id, grid, page.turn)).cloned()
    }

    /// Tells the draft what has become known of its pages.
    fn note_pages(self) {
        let parts = self.parts();
        let wish = parts.settings.peek(|settings| settings.pages);
        let grid = self.grid();
        let known = |id| {
            parts.paging.pages.peek(|pages| {
                let (count, reading) = (pages.count(id), pages.reading(id));
                DraftPages {
                    count,
                    are_shown: pages.is_shown(id, wish),
                    are_broken: pages.is_broken(id, wish, grid),
                    are_too_many: reading == Some(Reading::Refused(Refusal::TooManyPages)),
                    are_left_out: count == 0 && matches!(reading, Some(Reading::Open { .. })),
                }
            })
        };
        let noted: Vec<DraftPages> =
            parts.draft.peek(|draft| draft.attachments.iter().map(|entry| known(entry.id)).collect());
        let before: Vec<DraftPages> =
            parts.draft.peek(|draft| draft.attachments.iter().map(|entry| entry.pages).collect());
        if noted == before {
            return;
        }
        parts.draft.update(|draft| {
            draft.attachments.iter_mut().zip(&noted).for_each(|(entry, pages)| entry.pages = *pages);
        });
        self.look();
        if noted.iter().zip(&before).any(|(now, before)| before.are_shown && !now.are_shown) {
            // What is being reviewed is what goes.
            self.back();
        }
    }

    /// Changes the pages, as a person wants them.
    fn arrange(self, change: impl FnOnce(&mut Pages)) {
        let parts = self.parts();
        parts.paging.pages.update(change);
        // What is being reviewed is what goes.
        parts.submission.update(Submission::back);
        if let Some(rest) = rest::loaded() {
            // It is kept with the draft, and followed.
            (rest.draft_changed)(self);
        }
    }

    /// Tries to open a document with a password.
    fn unlock(self, document: u32, password: String) {
        let paging = &self.parts().paging;
        paging.locked.update(|locked| locked.retain(|id| *id != document));
        paging.passwords.borrow_mut().insert(document, password);
        paging.pages.update(|pages| pages.read(document, Reading::Waiting));
        self.work();
    }
}

/// Says that the worker has something to do, until it is dropped: also where whoever waited for it gave up.
struct Busy(Rc<Parts>);

impl Busy {
    fn new(parts: &Rc<Parts>) -> Self {
        parts.paging.is_busy.set(true);
        Self(Rc::clone(parts))
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.paging.is_busy.set(false);
    }
}

/// The resolution of a draft.
fn resolution_of<F>(draft: &Draft<F>) -> FaxResolution {
    if draft.fax_resolution == "Low" { FaxResolution::Low } else { FaxResolution::High }
}

/// Draws a picture (ImageBitmap) into a canvas of its size, which is shown so many times as high as it is in pixels.
fn draw(canvas: &Element, picture: &JsValue, stretch: f64) {
    let drawn = || -> Result<(), JsValue> {
        for name in ["width", "height"] {
            Reflect::set(canvas, &name.into(), &Reflect::get(picture, &name.into())?)?;
        }
        let number = |name: &str| Reflect::get(picture, &name.into()).map(|value| value.as_f64().unwrap_or(1.0));
        let shape = format!("{} / {}", number("width")? as i64, (number("height")? * stretch).round() as i64);
        // Through the object model: a content security policy may forbid style attributes.
        Reflect::set(&Reflect::get(canvas, &"style".into())?, &"aspectRatio".into(), &shape.into())?;
        let method = |object: &JsValue, name: &str| -> Result<Function, JsValue> {
            Reflect::get(object, &name.into())?.dyn_into()
        };
        let context = method(canvas, "getContext")?.call1(canvas, &"2d".into())?;
        method(&context, "drawImage")?.call3(&context, picture, &0.into(), &0.into())?;
        Ok(())
    };
    // A canvas that cannot be drawn on stays white.
    let _ = drawn();
}

/// A canvas that shows what `picture` has come to, so many times as high as it is in pixels, and follows it.
fn canvas(picture: impl Fn() -> Option<(JsValue, f64)> + 'static) -> El {
    let canvas = super::element::el("canvas").attr("aria-hidden", "true");
    let element = canvas.element();
    let last = RefCell::new(None::<JsValue>);
    super::element::follow(Box::new(move || {
        if let Some((picture, stretch)) = picture()
            && last.borrow().as_ref() != Some(&picture)
        {
            draw(&element, &picture, stretch);
            last.replace(Some(picture));
        }
    }));
    canvas
}

/// Lets go of a picture (ImageBitmap) when the screen that shows it is gone.
fn close_with_screen(picture: JsValue) {
    on_cleanup(move || close(&picture));
}

/// Lets go of a picture (ImageBitmap); one that was closed before stays closed.
fn close(picture: &JsValue) {
    if let Ok(close) = Reflect::get(picture, &"close".into())
        && let Ok(close) = close.dyn_into::<Function>()
    {
        let _ = close.call0(picture);
    }
}
