//! The fax as the service rendered it, page by page, beside the pages that were shown before it went.

use leptos::prelude::{Owner, on_cleanup};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Blob, File};

use super::super::element::{El, classed, el};
use super::super::followed::Followed;
use super::super::widget::Widget;
use super::{canvas, close_with_screen, goes};
use crate::client::Engine;
use crate::message_id::MessageId;
use crate::pages::{Grid, Page, PageId, Reading, Refusal, Run};
use crate::words::Word;
use std::rc::Rc;

/// The worker's number for it; no entry of a draft has it.
const RECEIVED: u32 = u32::MAX;
/// How wide a page of it is shown, in pixels.
const WIDTH: u32 = 416;

impl Widget {
    /// The small pictures of what is about to go; none where not all of its pages are known, for then nothing tells which page
    /// becomes which.
    pub(super) fn pictures_of(self, runs: &[Run], grid: Grid) -> Option<Vec<Option<JsValue>>> {
        let mut pictures = Vec::new();
        for run in runs {
            let pages: Vec<Page> = match run {
                Run::Shown(pages) => pages.clone(),
                Run::AsIs(id) => self.parts().paging.pages.peek(|pages| pages.pages_of(*id).collect()),
            };
            if pages.is_empty() {
                return None;
            }
            pictures.extend(pages.iter().map(|page| self.kept(page, grid).and_then(|kept| kept.thumbnail)));
        }
        Some(pictures)
    }

    /// What was about to go last went under this id; its pictures are kept, to be laid beside what the service makes of it.
    pub(super) fn keep_sent(self, id: &MessageId) {
        let paging = &self.parts().paging;
        paging.sent.replace(paging.going.take().map(|pictures| (id.clone(), pictures)));
    }
}

/// How many pages more than went the service may have made: a cover page. With others it has split pages in its own way.
const MOST_COVERS: usize = 1;

/// The pages of a document that the service rendered; the number of pages in it that stand before those that were shown is its
/// cover page's.
pub fn received(widget: Widget, id: &MessageId, document: &Blob) -> El {
    // Nothing was added to a form, it may be.
    widget.wear(super::STYLES);
    let sent = widget.parts().paging.sent.borrow().clone();
    let sent = sent.filter(|(known, _)| known == id).map(|(_, pictures)| pictures);
    let count = Rc::new(Followed::<usize>::default());
    let pictures = Rc::new(Followed::<Vec<JsValue>>::default());
    let engine = widget.parts().paging.engine.clone();
    on_cleanup(move || widget.parts().paging.engine.close(RECEIVED));
    let owner = Owner::current();
    let file = goes::file(document, &document.type_(), "fax");
    {
        let (count, pictures) = (Rc::clone(&count), Rc::clone(&pictures));
        spawn_local(async move {
            let Ok(file) = file else { return };
            if let Some(pages) = read(&engine, &file).await {
                count.set(pages);
                for page in 0..pages {
                    let Ok(picture) = draw(&engine, page).await else { return };
                    if let Some(owner) = &owner {
                        owner.with(|| close_with_screen(picture.clone()));
                    }
                    pictures.update(|pictures| pictures.push(picture));
                }
            }
        });
    }
    let keys = {
        let count = Rc::clone(&count);
        move || count.with(|count| (0..u32::try_from(*count).unwrap_or_default()).collect())
    };
    let page = move |key: u32| {
        let place = key as usize;
        let pictures = Rc::clone(&pictures);
        let before = sent.as_ref().and_then(|sent| {
            let cover = count.peek(|count| count.checked_sub(sent.len())).filter(|cover| *cover <= MOST_COVERS)?;
            sent.get(place.checked_sub(cover)?)?.clone()
        });
        let called =
            widget.fill(Word::PageHeading, &[("place", &widget.number(place + 1)), ("n", &widget.number(count.now()))]);
        let figure = |word: Word, picture: El| el("figure").child(picture).child(el("figcaption").say(widget, word));
        let fresh = canvas(move || Some((pictures.with(|pictures| pictures.get(place).cloned())?, 1.0)));
        classed("li", "pair")
            .part("received-page")
            .child(el("h4").text(&called))
            .child(figure(Word::PageByService, fresh))
            .children(before.map(|before| figure(Word::PageAsShown, canvas(move || Some((before.clone(), 1.0))))))
    };
    classed("ol", "received").part("received-pages").each(keys, page)
}

async fn read(engine: &Engine, file: &File) -> Option<usize> {
    match engine.open(RECEIVED, file, false, "").await.0 {
        Reading::Open { pages, .. } => Some(pages),
        _ => None,
    }
}

async fn draw(engine: &Engine, page: usize) -> Result<JsValue, Refusal> {
    let page = Page { id: PageId { document: RECEIVED, page }, turn: None, is_left_out: false };
    engine.original(&page, WIDTH).await
}
