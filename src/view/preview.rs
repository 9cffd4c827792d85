//! The part of the program that shows pages, behind its door: fetched when the first document is there, and never before.

use std::rc::Rc;

use futures_util::future::{Either, select};
use gloo_timers::future::TimeoutFuture;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Blob, File};

#[cfg(not(feature = "split"))]
use super::download::NotLoaded;
use super::element::{El, el};
use super::followed::Followed;
use super::rest::Task;
use super::widget::{Widget, not_loaded};
use crate::client::has_renderer;
use crate::draft::Draft;
use crate::file_kind::{Family, FileKind};
use crate::message_id::MessageId;
use crate::pages::Wish;
use crate::reply::{Code, Failure};

/// The ways in.
pub struct Preview {
    /// The draft has other documents than before.
    pub follow: fn(Widget),
    /// Under a document: its pages, and what there is to know of them.
    pub document: fn(Widget, u32) -> El,
    /// Under all documents: all pages, in their order.
    pub strip: fn(Widget) -> El,
    /// On the same screen: what they come to.
    pub total: fn(Widget) -> El,
    /// One page, large.
    pub page: fn(Widget) -> El,
    /// The draft as it goes, with the pages that go as they are shown in place of their documents.
    pub prepare: fn(Widget) -> Task<Result<Draft<File>, Failure>>,
    /// The pages as one file, as a script's object.
    pub render: fn(Widget) -> Task<Result<JsValue, Failure>>,
    /// Those of documents without a view.
    pub render_files: fn(&JsValue, &JsValue) -> Task<Result<JsValue, Failure>>,
    /// What was done to the pages, as numbers to be kept with the draft.
    pub arrangement: fn(Widget) -> Vec<u32>,
    /// The same for a widget in this one's place, as it is handed on.
    pub leave: fn(Widget) -> JsValue,
    /// What was about to go last was accepted under this id.
    pub sent: fn(Widget, &MessageId),
    /// The document of a fax as the service rendered it, page by page.
    pub received: fn(Widget, &MessageId, &Blob) -> El,
    /// Everything stops: the widget left its page.
    pub stop: fn(Widget),
}

#[cfg(feature = "split")]
mod apart {
    use std::cell::Cell;

    use super::super::download::{Download, NotLoaded};
    use super::super::pages::PREVIEW;
    use super::Preview;

    thread_local! {
        static LOADED: Cell<Option<&'static Preview>> = const { Cell::new(None) };
        static DOWNLOAD: Download = const { Download::new() };
    }

    /// Fetches this part; at once where it is there.
    ///
    /// # Errors
    /// Where it could not be fetched.
    pub async fn load() -> Result<&'static Preview, NotLoaded> {
        if LOADED.get().is_none() {
            Download::join(&DOWNLOAD, || Box::pin(async { LOADED.set(ways_in().await.ok()) })).await;
        }
        LOADED.get().ok_or(NotLoaded)
    }

    /// The one function of the third download that is named in the second.
    #[wasm_split_helpers::wasm_split(pages, fallible)]
    fn ways_in() -> Result<&'static Preview, NotLoaded> {
        Ok(&PREVIEW)
    }
}

#[cfg(feature = "split")]
pub use apart::load;

/// This part, which is there.
///
/// # Errors
/// None; with the feature `split`, where it could not be fetched.
#[cfg(not(feature = "split"))]
#[expect(clippy::unused_async, reason = "as with the feature `split`")]
pub async fn load() -> Result<&'static Preview, NotLoaded> {
    Ok(&super::pages::PREVIEW)
}

/// The pages of a document of the service, where they can be shown, as soon as they can.
pub fn received(widget: Widget, id: &MessageId, document: &Blob) -> El {
    if !has_renderer() {
        return el("div");
    }
    let known = Rc::new(Followed::<Option<&'static Preview>>::default());
    known.set(widget.parts().preview.now());
    if known.peek(Option::is_none) {
        let known = Rc::clone(&known);
        spawn_local(async move {
            // Where it cannot be had, the document can still be opened and saved.
            if let Ok(preview) = load().await {
                known.set(Some(preview));
            }
        });
    }
    let (id, document) = (id.clone(), document.clone());
    el("div").show(move || known.get().map(|preview| (preview.received)(widget, &id, &document)).into_iter().collect())
}

impl Widget {
    /// Shows the pages of the documents, where there are documents, and something that renders them.
    pub fn see_documents(self) {
        let parts = self.parts();
        if !has_renderer() {
            return;
        }
        if let Some(preview) = parts.preview.now() {
            return (preview.follow)(self);
        }
        if parts.draft.peek(|draft| draft.attachments.is_empty()) {
            return;
        }
        spawn_local(async move {
            // Where it cannot be had, documents go as they are; the next change tries again.
            if let Ok(preview) = load().await
                && !self.is_gone()
            {
                self.show_preview(preview);
            }
        });
    }

    fn show_preview(self, preview: &'static Preview) {
        (preview.follow)(self);
        if self.parts().preview.peek(Option::is_none) {
            self.parts().preview.set(Some(preview));
        }
    }

    /// The draft as it goes; `None` where all of it goes as it is.
    ///
    /// # Errors
    /// Where pages that have to go as they are shown could not be rendered: nothing was sent.
    pub(super) async fn prepared(self) -> Result<Option<Draft<File>>, Failure> {
        match self.previewed().await {
            Some(preview) => (preview.prepare)(self).await.map(Some),
            None if self.awaits_preview() => Err(not_loaded()),
            None => Ok(None),
        }
    }

    /// Whether the page or a person wants documents to go in another way than as they are.
    fn awaits_preview(self) -> bool {
        let is_shown = |name: &str| {
            let family = FileKind::of(name).map(FileKind::family);
            matches!(family, None | Some(Family::Pdf | Family::Image | Family::Text))
        };
        let parts = self.parts();
        let wishes = parts.settings.peek(|settings| settings.pages == Wish::Shown)
            && parts.draft.peek(|draft| draft.attachments.iter().any(|entry| is_shown(&entry.name)));
        has_renderer() && (wishes || !self.arrangement().is_empty())
    }

    /// What was done to the pages, as numbers to be kept with the draft.
    pub(super) fn arrangement(self) -> Vec<u32> {
        if let Some(preview) = self.parts().preview.now() {
            return (preview.arrangement)(self);
        }
        let ids = self.attachment_ids();
        let kept = self.with_inner(|inner| inner.arrangement.clone());
        kept.filter(|(documents, _)| *documents == ids).map(|(_, arrangement)| arrangement).unwrap_or_default()
    }

    /// Brings back what was done to the pages of the documents that are there now.
    pub(super) fn restore_arrangement(self, arrangement: Vec<u32>) {
        let ids = self.attachment_ids();
        self.with_inner(|inner| inner.arrangement = (!arrangement.is_empty()).then_some((ids, arrangement)));
        self.see_documents();
    }

    /// What was done to the pages, for a widget in this one's place; `undefined` where there are none.
    #[must_use]
    pub fn leave_pages(self) -> JsValue {
        self.parts().preview.now().map_or(JsValue::UNDEFINED, |preview| (preview.leave)(self))
    }

    /// Takes that over, for the draft that comes next.
    pub fn take_pages(self, pages: JsValue) {
        self.with_inner(|inner| inner.left_pages = pages);
    }

    fn attachment_ids(self) -> Vec<u32> {
        self.parts().draft.peek(|draft| draft.attachments.iter().map(|entry| entry.id).collect())
    }

    /// The pages as one file, for a script.
    ///
    /// # Errors
    /// A `FaxError`.
    pub async fn render_for_script(self) -> Result<JsValue, JsValue> {
        let rendered = match self.previewed().await {
            Some(preview) => (preview.render)(self).await,
            None => Err(Failure::before_posting(Code::Invalid).about("attachment")),
        };
        rendered.map_err(|failure| self.error_object(&failure))
    }

    async fn previewed(self) -> Option<&'static Preview> {
        if !has_renderer() || self.parts().draft.peek(|draft| draft.attachments.is_empty()) {
            return None;
        }
        let preview = loaded_soon().await?;
        if self.is_gone() {
            return None;
        }
        self.show_preview(preview);
        Some(preview)
    }
}

/// The pages of documents without a view, as one file, for a script: an array of files, and `{faxResolution}`.
///
/// # Errors
/// Where one of them could not be rendered, or there is nothing to render with.
pub async fn render_files(files: JsValue, options: JsValue) -> Result<JsValue, Failure> {
    let preview = loaded_soon().await.ok_or_else(|| Failure::before_posting(Code::Network))?;
    (preview.render_files)(&files, &options).await
}

/// Milliseconds that a fax waits for this part of the program, before its documents go as they are. Ours.
const LONG_ENOUGH: u32 = 30_000;

async fn loaded_soon() -> Option<&'static Preview> {
    match select(Box::pin(load()), TimeoutFuture::new(LONG_ENOUGH)).await {
        Either::Left((loaded, _)) => loaded.ok(),
        Either::Right(_) => None,
    }
}
