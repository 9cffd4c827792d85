//! Everything behind the form, behind one door: what stands in the form names nothing else of it.
//!
//! With the feature `split` all that only this uses is a download of its own, which the widget fetches when its form
//! stands; without it, it is there from the start. Either way everybody asks with [`load`].

use std::future::Future;
use std::pin::Pin;

use wasm_bindgen::JsValue;
use web_sys::File;

#[cfg(not(feature = "split"))]
use super::download::NotLoaded;
use super::element::El;
use super::widget::Widget;
use super::{
    accepted, client_object, clock, documents, doubts, failure, format, progress, resend, review, sentences, sign_in,
};
use crate::client::digest;
use crate::fax::{Fax, Flaw};
use crate::reply::Failure;
use crate::sorted::SortedMap;

/// What goes on for a while.
pub type Task<T> = Pin<Box<dyn Future<Output = T>>>;

/// The ways in. Plain functions: a generic one would be compiled where it is called.
pub struct Rest {
    /// The widget is put into its page: it puts on what the screens behind the form wear.
    pub dress: fn(Widget),
    /// The widget stands in its page.
    pub begin: fn(Widget),
    /// An attribute was changed.
    pub attribute_changed: fn(Widget, &str),
    /// The page set a token, or who fetches one.
    pub token_changed: fn(Widget),
    /// The draft was changed.
    pub draft_changed: fn(Widget),
    /// The draft was given up.
    pub draft_dropped: fn(Widget),
    /// The page set the function that knows names for numbers.
    pub directory_changed: fn(Widget),
    /// The flaws of the draft as it is now.
    pub flaws: fn(Widget) -> Vec<Flaw>,
    /// Every country by name in a language, and its code.
    pub countries: fn(&str) -> Vec<(String, &'static str)>,
    /// A picture that was added, small.
    pub picture: fn(&File) -> El,
    /// The sentence for a flaw of the draft as it stands.
    pub flaw: fn(Widget, &Flaw) -> String,
    /// A file was added to the draft.
    pub file_added: fn(&File),
    /// The list of cover pages is wanted once more.
    pub cover_pages: fn(Widget),
    /// A person wants to send: whether numbers have to be typed once more, for which the review is then open.
    pub must_retype: fn(Widget) -> bool,
    /// An attempt at sending, to its end on the screen.
    pub attempt: fn(Widget, u32, bool) -> Task<()>,
    /// It is not known what became of an attempt.
    pub doubted: fn(Widget),
    /// A script sends a fax again.
    pub resend: fn(Widget, &JsValue) -> Task<Result<JsValue, JsValue>>,
    /// The pages as one file, for a script.
    pub render: fn(Widget) -> Task<Result<JsValue, JsValue>>,
    /// Stops what a script or a person sends again.
    pub cancel: fn(Widget),
    /// The widget left its page.
    pub stop: fn(Widget),
    /// Opens the lists.
    pub open_list: fn(Widget),
    /// The message of a `FaxError`.
    pub error_message: fn(Widget, &Failure) -> String,
    /// Over the form: who is signed in, and the draft that was kept.
    pub kept_notice: fn(Widget) -> El,
    /// Over the form: what became of the last attempt.
    pub failure: fn(Widget) -> Vec<El>,
    /// Over the form: attempts of which it is not known what became.
    pub doubts: fn(Widget) -> El,
    /// Over the form: the question whether the same is to go once more.
    pub repeat: fn(Widget) -> El,
    /// The screen before sending.
    pub review: fn(Widget) -> El,
    /// The screen at the end.
    pub accepted: fn(Widget) -> El,
    /// The screen during an attempt.
    pub progress: fn(Widget) -> El,
    /// The number of the screen that stands in the resend view; follows it.
    pub resend_screen: fn(Widget) -> u32,
    /// A screen of the resend view, by its number.
    pub resend_view: fn(Widget, u32) -> El,
    /// The client without a view, as a script's object.
    pub client: fn(&JsValue) -> JsValue,
}

static REST: Rest = Rest {
    dress: Widget::dress,
    begin: Widget::begin_rest,
    attribute_changed: Widget::attribute_changed,
    token_changed: Widget::ask_with_token,
    draft_changed: |widget| {
        widget.keep_draft();
        widget.see_documents();
    },
    draft_dropped: Widget::draft_dropped,
    directory_changed: |widget| widget.parts().names.set(SortedMap::new()),
    flaws: |widget| widget.parts().draft.peek(|draft| Fax::new(draft, clock::now()).err().unwrap_or_default()),
    countries: format::countries,
    picture: documents::picture,
    flaw: |widget, flaw| widget.parts().draft.with(|draft| sentences::flaw(flaw, draft, &widget.language())),
    file_added: |file| drop(digest::begin(file)),
    cover_pages: Widget::load_cover_pages,
    must_retype: Widget::must_retype,
    attempt: |widget, attempt, is_sure| Box::pin(widget.carry_out(attempt, is_sure)),
    doubted: Widget::doubt_draft,
    resend: |widget, request| Box::pin(widget.resend_from_script(request)),
    render: |widget| Box::pin(widget.render_for_script()),
    cancel: Widget::cancel_resend,
    stop: |widget| {
        widget.cancel_resend();
        widget.stop_following();
        widget.stop_sign_in();
        if let Some(preview) = widget.parts().preview.now() {
            (preview.stop)(widget);
        }
    },
    open_list: Widget::open_list,
    error_message: |widget, failure| sentences::error_message(&widget.host(), failure, &widget.language()),
    kept_notice: sign_in::over_form,
    failure: failure::failure,
    doubts: doubts::doubts,
    repeat: doubts::repeat,
    review: review::review,
    accepted: accepted::accepted,
    progress: progress::progress,
    resend_screen: |widget| widget.parts().resending.screen.with(resend::number),
    resend_view: resend::resend,
    client: client_object::make,
};

/// How far it has come, for a screen that waits for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Arrival {
    /// On its way, or about to be.
    #[default]
    Coming,
    /// There.
    Here,
    /// It could not be had. It is tried again when it is next asked for, and when the browser is online again.
    Failed,
}

#[cfg(feature = "split")]
mod apart {
    use std::cell::Cell;

    use super::super::download::{Download, NotLoaded};
    use super::{REST, Rest};

    thread_local! {
        static LOADED: Cell<Option<&'static Rest>> = const { Cell::new(None) };
        static DOWNLOAD: Download = const { Download::new() };
    }

    /// The rest, where it has been loaded.
    pub fn loaded() -> Option<&'static Rest> {
        LOADED.get()
    }

    /// Fetches the rest; at once where it is there. Who lets go of the future leaves the load to the others.
    ///
    /// # Errors
    /// Where it could not be fetched.
    pub async fn load() -> Result<&'static Rest, NotLoaded> {
        if loaded().is_none() {
            Download::join(&DOWNLOAD, || Box::pin(async { LOADED.set(ways_in().await.ok()) })).await;
        }
        loaded().ok_or(NotLoaded)
    }

    /// The one function of the second download that is named in the first.
    #[wasm_split_helpers::wasm_split(rest, fallible)]
    fn ways_in() -> Result<&'static Rest, NotLoaded> {
        Ok(&REST)
    }
}

#[cfg(feature = "split")]
pub use apart::{load, loaded};

/// The rest, which is there.
#[cfg(not(feature = "split"))]
#[expect(clippy::unnecessary_wraps, reason = "as with the feature `split`")]
pub fn loaded() -> Option<&'static Rest> {
    Some(&REST)
}

/// The rest, which is there.
///
/// # Errors
/// None; with the feature `split`, where it could not be fetched.
#[cfg(not(feature = "split"))]
pub async fn load() -> Result<&'static Rest, NotLoaded> {
    loaded().ok_or(NotLoaded)
}
