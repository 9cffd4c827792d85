//! What the components share: the draft, how far its submission has come, and what a person or a script can do.
//!
//! The button and `submit()` take the same path through here, so that neither can send what the other would not, or
//! a second time.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::atomic::{AtomicU32, Ordering};

use futures_channel::oneshot;
use futures_util::future::{AbortHandle, Abortable};
use gloo_timers::future::TimeoutFuture;
use js_sys::{Promise, Reflect};
use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{future_to_promise, spawn_local};
use web_sys::{Element, EventTarget, File, RequestCredentials};

use super::document::Document;
use super::doubts::DoubtRow;
use super::events;
use super::faxes::Faxes;
use super::followed::Followed;
use super::kept_draft::{Keeping, KeptNotice};
use super::language::Language;
use super::late::Late;
use super::pages::Paging;
use super::preview::Preview;
use super::resend::Resending;
use super::rest::{self, Arrival, Rest, Task};
use super::sentences;
use super::sign_in::Signing;
use crate::client::storage::Keep;
use crate::client::{Encoding, Tokens, is_online};
use crate::draft::Draft;
use crate::fax::{Field, Flaw};
use crate::ledger::Repeat;
use crate::pages::Wish;
use crate::reply::{Code, CoverPage, Failure, Outcome};
use crate::sorted::SortedMap;
use crate::submission::{Stage, Submission};
use crate::words::Word;

/// How the embedding page set the widget up; see the table of attributes in the README.
#[derive(Clone, PartialEq)]
pub struct Settings {
    /// Base address of the fax API.
    pub server: String,
    /// Account id.
    pub account: String,
    /// Extension id.
    pub extension: String,
    /// Full address of the fax resource behind a proxy; empty for none.
    pub endpoint: String,
    /// Whether cookies go along.
    pub credentials: RequestCredentials,
    /// How a fax is packed.
    pub encoding: Encoding,
    /// Whether pages that are rendered here are what is uploaded.
    pub pages: Wish,
    /// Whether a person sees the fax once more before it goes.
    pub review: bool,
    /// `auto`, `light` or `dark`.
    pub theme: String,
    /// Which view is shown.
    pub view: Shown,
    /// What the resend view starts with.
    pub message_ids: String,
    /// How long the faxes that were sent are remembered.
    pub remember: Keep,
    /// Whether a draft survives the page.
    pub persist: bool,
    /// Whether a number that nothing is known of has to be typed twice.
    pub retype_unknown: bool,
    /// The page's client id at the service; empty for no sign-in.
    pub client_id: String,
    /// Where the sign-in comes back to; empty for the page itself.
    pub redirect_uri: String,
    /// Whether a sign-in lasts as long as the tab, and not just as long as the page.
    pub keep_sign_in: bool,
    /// What the page came back with from a sign-in; see www/sign_in.js.
    pub returned: String,
}

/// Which view is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shown {
    /// A new fax.
    #[default]
    Send,
    /// Faxes that the service holds.
    Resend,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            server: "https://platform.ringcentral.com".to_owned(),
            account: "~".to_owned(),
            extension: "~".to_owned(),
            endpoint: String::new(),
            credentials: RequestCredentials::Omit,
            encoding: Encoding::FormData,
            pages: Wish::Auto,
            review: true,
            theme: "auto".to_owned(),
            view: Shown::Send,
            message_ids: String::new(),
            remember: Keep::Session,
            persist: false,
            retype_unknown: false,
            client_id: String::new(),
            redirect_uri: String::new(),
            keep_sign_in: false,
            returned: String::new(),
        }
    }
}

/// The list of cover pages as far as it is known.
#[derive(Clone, Default, PartialEq)]
pub enum CoverPages {
    /// Not asked for yet, or there is none to ask for.
    #[default]
    Unknown,
    /// On its way.
    Loading,
    /// As the service gave it.
    Loaded(Vec<CoverPage>),
    /// Could not be had; the two choices that need no list remain.
    Failed,
}

/// How an attempt ended, as a script is told: the API's own message object, or why there is none.
pub(super) type Ended = Result<JsValue, Failure>;

/// What the page changed during an attempt.
type Deferred = Vec<Box<dyn FnOnce(Widget)>>;

/// What the widget holds that no screen follows.
#[derive(Default)]
pub(super) struct Inner {
    tokens: Tokens,
    target: Option<EventTarget>,
    /// Whether the page has shown the widget.
    is_shown: bool,
    /// The draft as the page's attributes have filled it in; `undefined` where they have not.
    pub initial: JsValue,
    /// Whether the draft was changed otherwise.
    pub is_touched: bool,
    /// Whether the rest has begun what the widget does by itself.
    has_begun: bool,
    /// Stops the attempt under way.
    abort: Option<AbortHandle>,
    /// Goes up with every attempt that starts or is stopped.
    pub attempts: u32,
    /// Goes up whenever everything is stopped.
    stops: u32,
    /// Whether a request has left and no answer has come: stopped now, the fax may have been accepted.
    pub on_its_way: bool,
    /// Those who wait for the attempt under way to end.
    waiting: Vec<oneshot::Sender<Ended>>,
    /// The API's own message object of the accepted fax.
    pub accepted: JsValue,
    /// The function that knows names for numbers.
    pub directory: Option<js_sys::Function>,
    /// What was done to the pages of a draft that was kept, with the ids of its documents, until their pages are followed.
    pub arrangement: Option<(Vec<u32>, Vec<u32>)>,
    /// The same, from the widget before this one; `undefined` for none.
    pub left_pages: JsValue,
    /// Names the attempt under way in the ledger.
    pub key: String,
    /// Whether the attempt under way was begun from the review.
    pub from_review: bool,
    /// Whether it was begun by a person before it could be told whether numbers have to be typed once more.
    pub is_unchecked: bool,
    /// Stops the request for the cover pages.
    pub asking_cover_pages: Option<AbortHandle>,
    /// What the page changed during an attempt, to be done when it has ended.
    deferred: Deferred,
    /// What is listened to outside of the widget, until it leaves the page.
    listeners: Vec<(EventTarget, &'static str, JsValue)>,
}

/// Everything that the screens show.
#[derive(Default)]
pub struct Parts {
    /// How the page set it up.
    pub settings: Followed<Settings>,
    /// What was typed and chosen; changed through [`Widget::edit`] alone.
    pub draft: Followed<Draft<File>>,
    /// The language in which the screens are.
    pub language: Followed<Language>,
    /// Goes up with every change of it.
    pub turn: Followed<u32>,
    /// Everything that is wrong with the draft.
    pub flaws: Followed<Vec<Flaw>>,
    /// How far the submission has come.
    pub submission: Followed<Submission>,
    /// What stands in the fields of a new recipient and is no entry yet: number and name.
    pub pending: Followed<(String, String)>,
    /// The recipient that is being edited.
    pub editing: Followed<Option<u32>>,
    /// What stands in that one's fields.
    pub edited: Followed<(String, String)>,
    /// The document that is being dragged.
    pub dragged: Followed<Option<u32>>,
    /// How many elements of the form a drag with files has entered and not left.
    pub over: Followed<u32>,
    /// Whether a person is being asked if the fax may be discarded.
    pub discarding: Followed<bool>,
    /// Whether a person asked to send and was shown the flaws; from then on empty fields count as flaws too.
    pub asked: Followed<bool>,
    /// Something to know about what was just added, by the field it belongs to.
    pub notice: Followed<Option<(Field, String)>>,
    /// Whether the form has stood for a moment, so that the browser had time to show it. Whatever is slow and can wait for
    /// that follows this: the first use of numbers and names of the language costs a phone a tenth of a second.
    pub has_stood: Followed<bool>,
    /// How far the rest of the program has come.
    pub rest: Followed<Arrival>,
    /// Whether something that a person asked for waits for that.
    pub awaiting: Followed<bool>,
    /// What a screen reader says next.
    pub announcement: Followed<String>,
    /// The cover pages to choose from.
    pub cover_pages: Followed<CoverPages>,
    /// The same documents went to the same number within the hour, and a person is being asked.
    pub repeat: Late<Followed<Option<Repeat>>>,
    /// Attempts of which it is not known what became.
    pub doubts: Late<Followed<Vec<DoubtRow>>>,
    /// The faxes that are known of.
    pub faxes: Late<Faxes>,
    /// The sign-in.
    pub signing: Late<Signing>,
    /// The resend view.
    pub resending: Late<Resending>,
    /// What keeps the draft.
    pub keeping: Late<Keeping>,
    /// What a person is told about that.
    pub kept_notice: Late<Followed<Option<KeptNotice>>>,
    /// The document that is looked at.
    pub document: Late<Followed<Document>>,
    /// The pages of the documents, and what renders them.
    pub paging: Late<Paging>,
    /// The part of the program that shows them, where it is there.
    pub preview: Followed<Option<&'static Preview>>,
    /// Whether a page of them is looked at.
    pub looks_at_page: Followed<bool>,
    /// What the page's directory says of numbers, by their digits; `None` for one that it does not know.
    pub names: Late<Followed<SortedMap<String, Option<String>>>>,
    /// What was typed a second time, by digits of the number.
    pub retyped: Late<Followed<SortedMap<String, String>>>,
    /// The time on the screen during an attempt, in milliseconds since 1970.
    pub clock: Followed<i64>,
    /// Tells this widget's element ids from those of another in the same document.
    number: u32,
    inner: RefCell<Inner>,
}

/// A handle that every component holds a copy of.
#[derive(Clone, Copy)]
pub struct Widget {
    parts: StoredValue<Rc<Parts>, LocalStorage>,
    /// The element that all screens stand in.
    pub root: NodeRef<leptos::html::Div>,
}

/// How long the browser has for showing the form, in milliseconds, before what can wait is done. Nothing tells when it
/// has: a page in the background draws no frames at all.
const FIRST_LOOK: u32 = 50;

static WIDGETS: AtomicU32 = AtomicU32::new(0);

impl Widget {
    /// A widget with an empty draft. Belongs to the reactive owner it is made under, and stops with it.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        let parts = Parts { number: WIDGETS.fetch_add(1, Ordering::Relaxed), ..Parts::default() };
        parts.settings.set(settings);
        parts.rest.set(if rest::loaded().is_some() { Arrival::Here } else { Arrival::Coming });
        let widget = Self { parts: StoredValue::new_local(Rc::new(parts)), root: NodeRef::new() };
        widget.look();
        on_cleanup(move || widget.stop());
        widget
    }

    /// The page shows the widget. The rest of the program is fetched right away, and nobody waits for it.
    pub fn begin(self) {
        self.with_inner(|inner| inner.is_shown = true);
        let again = move || {
            if rest::loaded().is_none() {
                self.fetch_rest();
            }
        };
        if let Some(window) = web_sys::window() {
            self.listen(window.into(), "online", again);
        }
        spawn_local(async move {
            // The page hears first that the form stands, and sets several things in a row.
            TimeoutFuture::new(0).await;
            if !self.is_gone() {
                self.fetch_rest();
                TimeoutFuture::new(FIRST_LOOK).await;
            }
            if !self.is_gone() {
                self.parts().has_stood.set(true);
            }
        });
    }

    /// Fetches the rest of the program, where it is not there.
    pub(super) fn fetch_rest(self) {
        spawn_local(async move {
            // What became of it stands in `Parts::rest`.
            let _ = self.load().await;
        });
    }

    /// The rest of the program.
    ///
    /// # Errors
    /// Where it could not be had: nothing was sent.
    async fn load(self) -> Result<&'static Rest, Failure> {
        let parts = self.parts();
        if parts.rest.peek(|arrival| *arrival == Arrival::Failed) {
            parts.rest.set(Arrival::Coming);
        }
        match rest::load().await {
            Ok(rest) => {
                if parts.rest.peek(|arrival| *arrival != Arrival::Here) {
                    parts.rest.set(Arrival::Here);
                    self.look();
                }
                let is_due = |inner: &mut Inner| inner.is_shown && !std::mem::replace(&mut inner.has_begun, true);
                if !self.is_gone() && self.with_inner(is_due) {
                    (rest.begin)(self);
                }
                Ok(rest)
            }
            Err(_) => {
                parts.rest.set(Arrival::Failed);
                Err(not_loaded())
            }
        }
    }

    /// Does what a person asked for and only the rest of the program can, when that is there: once, however often it
    /// is asked for meanwhile.
    fn when_loaded(self, then: impl FnOnce(&'static Rest) + 'static) {
        if let Some(rest) = rest::loaded() {
            return then(rest);
        }
        let parts = self.parts();
        if parts.awaiting.now() {
            return;
        }
        parts.awaiting.set(true);
        self.announce(self.say(Word::Loading));
        spawn_local(async move {
            let result = self.load().await;
            // Gone, or a person has meanwhile given it up.
            if self.is_gone() || !self.parts().awaiting.now() {
                return;
            }
            self.parts().awaiting.set(false);
            match result {
                Ok(rest) => then(rest),
                Err(failure) => {
                    if self.parts().submission.update(Submission::start) {
                        self.fail(failure);
                    }
                }
            }
        });
    }

    /// Does `run` at every such event, until the widget leaves the page.
    pub(super) fn listen(self, target: EventTarget, event: &'static str, run: impl FnMut() + 'static) {
        let run = Closure::<dyn FnMut()>::new(run).into_js_value();
        // Fails only for a listener that is no function.
        let _ = target.add_event_listener_with_callback(event, run.unchecked_ref());
        self.with_inner(|inner| inner.listeners.push((target, event, run)));
    }

    /// An attribute of the page's has put something into the settings.
    pub fn setting_changed(self, attribute: &str) {
        if let Some(rest) = self.begun() {
            (rest.attribute_changed)(self, attribute);
        }
    }

    /// The page set a token, or who fetches one.
    pub fn token_changed(self) {
        if let Some(rest) = self.begun() {
            (rest.token_changed)(self);
        }
    }

    /// The rest of the program, where it has begun: before, nothing needs to be done anew.
    fn begun(self) -> Option<&'static Rest> {
        rest::loaded().filter(|_| self.with_inner(|inner| inner.has_begun))
    }

    /// Whether the page took the widget away.
    #[must_use]
    pub fn is_gone(self) -> bool {
        self.parts.try_get_value().is_none()
    }

    /// Everything that the screens show; an empty stand-in once the widget has left the page.
    #[must_use]
    #[inline(never)]
    pub fn parts(self) -> Rc<Parts> {
        self.parts.try_get_value().unwrap_or_default()
    }

    /// Changes the draft.
    pub fn edit<T>(self, change: impl FnOnce(&mut Draft<File>) -> T) -> T {
        let result = self.parts().draft.update(change);
        self.edited();
        result
    }

    /// What follows from a change of the draft; apart, because [`edit`](Self::edit) stands in the download once for each of its uses.
    #[inline(never)]
    fn edited(self) {
        let parts = self.parts();
        self.with_inner(|inner| inner.is_touched = true);
        // What is being reviewed is what goes: a page that changes it meanwhile leads back to the form.
        if parts.submission.peek(|submission| *submission.stage() == Stage::Reviewing) {
            parts.submission.update(Submission::back);
        }
        // What became of an earlier attempt is told of that one, and not of what is a fax of its own now.
        if parts.submission.peek(Submission::is_unsettled) {
            parts.submission.update(Submission::part);
        }
        self.look();
        if let Some(rest) = rest::loaded() {
            (rest.draft_changed)(self);
        }
        self.tell(events::changed);
    }

    /// Changes a field of the form for an attribute of the page's; of a new one where the last fax was accepted.
    pub fn fill_in(self, change: impl FnOnce(&mut Draft<File>)) {
        self.reopen();
        let is_touched = self.with_inner(|inner| inner.is_touched);
        self.edit(change);
        let initial = self.parts().draft.peek(super::fax_object::write);
        self.with_inner(|inner| {
            inner.is_touched = is_touched;
            if !is_touched {
                inner.initial = initial;
            }
        });
    }

    /// Finds the flaws of the draft as it is now, also where only time has passed; none before the rest of the program is there.
    pub(super) fn look(self) {
        let parts = self.parts();
        let flaws = rest::loaded().map(|rest| (rest.flaws)(self)).unwrap_or_default();
        if parts.flaws.peek(|known| *known != flaws) {
            parts.flaws.set(flaws);
        }
    }

    /// The id of an element inside this widget; several names, parted by spaces, give several ids.
    #[must_use]
    pub fn id(self, names: &str) -> String {
        let ids: Vec<String> = names.split(' ').map(|name| format!("fax{}-{name}", self.parts().number)).collect();
        ids.join(" ")
    }

    /// Sets the element that events are dispatched on.
    pub fn set_target(self, target: EventTarget) {
        self.with_inner(|inner| inner.target = Some(target));
    }

    /// Where the token comes from.
    #[must_use]
    pub fn tokens(self) -> Tokens {
        self.with_inner(|inner| inner.tokens.clone())
    }

    /// The tokens are for another service from now on; who speaks with the one before gets none any more.
    pub(super) fn part_tokens(self) {
        self.with_inner(|inner| inner.tokens = inner.tokens.part());
    }

    /// The API's own message object of the fax that was accepted last.
    #[must_use]
    pub fn accepted(self) -> JsValue {
        self.with_inner(|inner| inner.accepted.clone())
    }

    pub(super) fn with_inner<T>(self, change: impl FnOnce(&mut Inner) -> T) -> T {
        change(&mut self.parts().inner.borrow_mut())
    }

    /// Says something to those who have the page read aloud.
    #[inline(never)]
    pub fn announce(self, said: String) {
        self.parts().announcement.update(|before| {
            // The same once more is said only where it is not quite the same.
            let again = *before == said && !said.is_empty();
            *before = if again { said + "\u{a0}" } else { said };
        });
    }

    pub(super) fn tell<T>(self, event: impl FnOnce(&EventTarget) -> T) -> Option<T> {
        let target = self.with_inner(|inner| inner.target.clone())?;
        Some(event(&target))
    }

    /// Tells the page that the widget stands.
    pub fn announce_ready(self) {
        self.tell(events::ready);
    }

    /// Does `change` now, or when the attempt under way has ended.
    pub fn when_free(self, change: impl FnOnce(Self) + 'static) {
        if self.parts().submission.peek(Submission::is_busy) {
            self.with_inner(|inner| inner.deferred.push(Box::new(change)));
        } else {
            change(self);
        }
    }

    /// Flaws of one field that are to be shown: all but what is merely not filled in yet, until someone asked to send.
    pub fn flaws_of(self, field: Field) -> Vec<Flaw> {
        let parts = self.parts();
        let asked = parts.asked.get();
        parts.flaws.with(|flaws| {
            flaws.iter().filter(|flaw| flaw.field == field && (asked || !flaw.cause.is_missing())).cloned().collect()
        })
    }

    // ----- filling in the form

    /// Takes over what stands in the fields of an entry that is being edited; `false` where it became another's number.
    pub fn end_editing(self) -> bool {
        let parts = self.parts();
        let Some(id) = parts.editing.now() else { return true };
        let (number, name) = parts.edited.now();
        let kept = self.edit(|draft| draft.edit_recipient(id, &number, &name));
        parts.editing.set(None);
        parts.notice.set(None);
        if !kept {
            self.say_repeated(&number);
        }
        kept
    }

    /// Makes entries of what stands in the fields of a new recipient, and of one that is being edited.
    pub fn add_pending(self) {
        self.end_editing();
        let (number, name) = self.parts().pending.now();
        if !number.trim().is_empty() {
            self.add_recipients(&number, &name);
            self.parts().pending.set(Default::default());
        }
    }

    /// Adds every recipient found in `text`, and says what was there already.
    pub fn add_recipients(self, text: &str, name: &str) {
        let outcome = self.edit(|draft| draft.add_recipients(text, name));
        let mut said = String::new();
        if outcome.added > 0 {
            said = self.count(Word::RecipientsAddedOne, Word::RecipientsAdded, outcome.added);
        }
        self.parts().notice.set(None);
        self.announce(said);
        if !outcome.repeated.is_empty() {
            self.say_repeated(&outcome.repeated.join(", "));
        }
    }

    /// Says that these numbers were in the list already.
    pub fn say_repeated(self, numbers: &str) {
        let said = self.fill(Word::RecipientRepeated, &[("numbers", numbers)]);
        self.parts().notice.set(Some((Field::To, said.clone())));
        self.parts().announcement.update(|before| *before = format!("{before} {said}"));
    }

    /// Adds files behind the others. A file that cannot be faxed is added too, with what is wrong beside it.
    pub fn add_files(self, files: Vec<File>) {
        if files.is_empty() {
            return;
        }
        self.reopen();
        let added = files.len();
        if let Some(rest) = rest::loaded() {
            files.iter().for_each(rest.file_added);
        }
        self.edit(|draft| files.into_iter().for_each(|file| draft.add_file(file)));
        self.parts().notice.set(None);
        self.announce(self.count(Word::FilesAddedOne, Word::FilesAdded, added));
    }

    /// Says that a folder was dropped, which cannot be faxed.
    pub fn refuse_folder(self, name: &str) {
        let said = self.fill(Word::FolderDropped, &[("name", name)]);
        self.parts().notice.set(Some((Field::Attachments, said.clone())));
        self.announce(said);
    }

    // ----- sending

    /// Opens the lists of faxes.
    pub fn show_list(self) {
        if let Some(rest) = rest::loaded() {
            return (rest.open_list)(self);
        }
        // A screen of its own says how far it has come.
        let is_shown = move || self.parts().settings.peek(|settings| settings.view == Shown::Resend);
        self.parts().settings.update(|settings| settings.view = Shown::Resend);
        self.focus("[data-focus=faxes]");
        spawn_local(async move {
            if let Ok(rest) = self.load().await
                && !self.is_gone()
                && is_shown()
            {
                (rest.open_list)(self);
            }
        });
    }

    /// Goes to the review, or to the flaws.
    pub fn review(self) {
        self.add_pending();
        self.when_loaded(move |_| {
            // A person may have gone on filling in meanwhile.
            self.add_pending();
            if self.has_flaws() {
                self.parts().asked.set(true);
                self.focus("[data-focus=flaws]");
            } else if self.parts().submission.update(Submission::review) {
                self.focus("[data-focus=review]");
            }
        });
    }

    /// Goes from the review back to the form.
    pub fn back(self) {
        if self.parts().submission.update(Submission::back) {
            self.focus("[data-focus=send]");
        }
    }

    /// Sends from a button: the result is on the screen.
    pub fn send(self) {
        self.add_pending();
        let rest = rest::loaded();
        if rest.is_some_and(|rest| (rest.must_retype)(self)) {
            return;
        }
        // Under the words that an earlier try may have been accepted, pressing is the answer already.
        self.start(self.parts().submission.peek(Submission::is_unsettled), rest.is_none());
    }

    /// Sends after a person was asked whether the same is to go again.
    pub fn send_anyway(self) {
        self.start(true, false);
    }

    /// Sends from a script, or joins the attempt under way; the same path as the button's.
    ///
    /// # Errors
    /// What became of the fax where it was not accepted.
    pub fn submit(self) -> impl Future<Output = Ended> + 'static {
        let (sender, receiver) = oneshot::channel();
        if !self.parts().submission.peek(Submission::is_busy) {
            self.add_pending();
        }
        self.with_inner(|inner| inner.waiting.push(sender));
        // What a script does is the page's decision, and no person is asked.
        let accepted =
            (!self.start(true, false) && !self.parts().submission.peek(Submission::is_busy)).then(|| self.accepted());
        async move {
            if let Some(accepted) = accepted {
                // The fax on the screen was accepted already; a script that wants another resets first.
                return Ok(accepted);
            }
            // Nobody answers where the widget had left the page before it could start.
            receiver.await.unwrap_or_else(|_| Err(Failure::before_posting(Code::Cancelled)))
        }
    }

    /// Stops everything under way, for a script.
    pub fn cancel(self) {
        if let Some(rest) = rest::loaded() {
            (rest.cancel)(self);
        }
        self.cancel_send();
    }

    /// Stops the attempt under way. What was posted may have been accepted all the same.
    pub fn cancel_send(self) {
        self.parts().awaiting.set(false);
        let failure = self.stop_attempt();
        if self.parts().submission.peek(Submission::is_busy) {
            self.fail(failure);
        }
    }

    /// [`submit`](Self::submit) as a promise; it rejects with a `FaxError`.
    pub fn submit_from_script(self) -> Promise {
        let ended = self.submit();
        promise(Box::pin(async move { ended.await.map_err(|failure| self.error_object(&failure)) }))
    }

    /// The pages as they would be uploaded, as one file, for a script.
    pub fn render_pages(self) -> Promise {
        promise(Box::pin(async move {
            match self.load().await {
                Ok(rest) => (rest.render)(self).await,
                Err(failure) => Err(self.error_object(&failure)),
            }
        }))
    }

    /// Sends a fax again that a script names; see the `resend` method of the public face.
    pub fn resend_from(self, request: &JsValue) -> Promise {
        // Read now, where that can be: what the script changes behind it is another request.
        let under_way = rest::loaded().map(|rest| (rest.resend)(self, request));
        let request = request.clone();
        let stops = self.with_inner(|inner| inner.stops);
        promise(Box::pin(async move {
            if let Some(under_way) = under_way {
                return under_way.await;
            }
            let failure = match self.load().await {
                Ok(rest) if self.with_inner(|inner| inner.stops) == stops => {
                    return (rest.resend)(self, &request).await;
                }
                Ok(_) => Failure::before_posting(Code::Cancelled),
                Err(failure) => failure,
            };
            let error = self.error_object(&failure);
            self.tell(|target| events::failed(target, &error));
            Err(error)
        }))
    }

    /// Ends the attempt for good: the page took the widget away.
    fn stop(self) {
        let failure = self.stop_attempt();
        if let Some(rest) = rest::loaded() {
            (rest.stop)(self);
        }
        for (target, event, run) in self.with_inner(|inner| std::mem::take(&mut inner.listeners)) {
            let _ = target.remove_event_listener_with_callback(event, run.unchecked_ref());
        }
        if let Some(abort) = self.with_inner(|inner| inner.asking_cover_pages.take()) {
            abort.abort();
        }
        for sender in self.with_inner(|inner| std::mem::take(&mut inner.waiting)) {
            let _ = sender.send(Err(failure.clone()));
        }
    }

    fn stop_attempt(self) -> Failure {
        let (abort, on_its_way) = self.with_inner(|inner| {
            inner.attempts += 1;
            inner.stops += 1;
            (inner.abort.take(), inner.on_its_way)
        });
        if let Some(abort) = abort {
            abort.abort();
        }
        if on_its_way { Failure::new(Code::Cancelled) } else { Failure::before_posting(Code::Cancelled) }
    }

    /// Empties the draft; during an attempt, when that has ended.
    pub fn reset(self) {
        self.when_free(|widget| {
            let parts = widget.parts();
            parts.submission.update(Submission::reset);
            if let Some(rest) = rest::loaded() {
                (rest.draft_dropped)(widget);
            }
            parts.awaiting.set(false);
            parts.editing.set(None);
            parts.dragged.set(None);
            parts.discarding.set(false);
            parts.over.set(0);
            widget.parts().pending.set(Default::default());
            widget.parts().asked.set(false);
            widget.parts().notice.set(None);
            widget.edit(|draft| draft.replace(Draft::default()));
        });
    }

    /// What a widget in this one's place has to take over: the draft, unless its fax was accepted, and the name in the
    /// ledger of an attempt at it that may have been.
    #[must_use]
    pub fn leave(self) -> (Option<JsValue>, Option<String>) {
        let parts = self.parts();
        let accepted = parts.submission.peek(|submission| matches!(submission.stage(), Stage::Accepted(_)));
        ((!accepted).then(|| parts.draft.peek(super::fax_object::write)), self.doubted())
    }

    /// The name in the ledger of an attempt at this draft of which it is not known what became.
    #[must_use]
    pub fn doubted(self) -> Option<String> {
        let doubt = self.parts().submission.peek(Submission::is_unsettled) || self.with_inner(|inner| inner.on_its_way);
        doubt.then(|| self.with_inner(|inner| inner.key.clone()))
    }

    /// Takes over the doubt about an attempt that was made by a widget before this one.
    pub fn take_doubt(self, key: String) {
        self.with_inner(|inner| inner.key = key);
        self.parts().submission.update(Submission::doubt);
    }

    /// Opens a new form where the last fax was accepted; what that one held does not go again.
    pub fn reopen(self) {
        if self.parts().submission.peek(|submission| matches!(submission.stage(), Stage::Accepted(_))) {
            self.reset();
        }
    }

    fn has_flaws(self) -> bool {
        self.look();
        self.parts().flaws.peek(|flaws| !flaws.is_empty())
    }

    fn start(self, is_sure: bool, is_unchecked: bool) -> bool {
        let from_review = self.parts().submission.peek(|submission| *submission.stage() == Stage::Reviewing);
        let started = self.parts().submission.update(Submission::start);
        if started {
            let (abort, registration) = AbortHandle::new_pair();
            let attempt = self.with_inner(|inner| {
                inner.from_review = from_review;
                inner.is_unchecked = is_unchecked;
                inner.abort = Some(abort);
                inner.attempts += 1;
                inner.attempts
            });
            self.focus("[data-focus=progress], [data-focus=faxes]");
            self.announce(self.say(Word::Checking));
            let attempting = async move {
                match self.load().await {
                    Ok(rest) => (rest.attempt)(self, attempt, is_sure).await,
                    Err(failure) => self.fail(failure),
                }
            };
            spawn_local(async move {
                // Whoever aborts it ends it.
                let _ = Abortable::new(attempting, registration).await;
            });
        }
        started
    }

    /// Whether an attempt has ended from outside: the page cancelled, or took the widget away, while it was being told.
    pub(super) fn is_stopped(self, attempt: u32) -> bool {
        self.with_inner(|inner| inner.attempts) != attempt
    }

    /// The attempt under way has come to nothing.
    pub(super) fn fail(self, failure: Failure) {
        let deferred = self.end_waiting(&Err(failure.clone()));
        self.parts().submission.update(|submission| submission.end(Err(failure.clone())));
        if let (Outcome::Unknown, Some(rest)) = (failure.outcome, rest::loaded()) {
            (rest.doubted)(self);
        }
        self.do_deferred(deferred);
        let flawed = failure.code == Code::Invalid && self.has_flaws();
        self.parts().asked.set(true);
        self.focus(if flawed { "[data-focus=flaws]" } else { "[data-focus=failure]" });
        self.announce(String::new());
        let error = self.error_object(&failure);
        self.tell(|target| events::failed(target, &error));
    }

    /// Whether a script waits for the attempt under way.
    pub(super) fn is_awaited(self) -> bool {
        self.with_inner(|inner| !inner.waiting.is_empty())
    }

    /// Tells those who wait for the attempt under way how it ended; what the page put off meanwhile is the caller's to do.
    pub(super) fn end_waiting(self, ended: &Ended) -> Deferred {
        let (waiting, deferred) = self.with_inner(|inner| {
            inner.abort = None;
            inner.on_its_way = false;
            (std::mem::take(&mut inner.waiting), std::mem::take(&mut inner.deferred))
        });
        for sender in waiting {
            // Whoever waited may have gone.
            let _ = sender.send(ended.clone());
        }
        deferred
    }

    /// Does what the page put off; before it is told of the end, so that what it then sets is not overtaken by what it
    /// set before.
    pub(super) fn do_deferred(self, deferred: Deferred) {
        for change in deferred {
            self.when_free(change);
        }
    }

    /// A failure as the `FaxError` of the public face.
    #[must_use]
    pub fn error_object(self, failure: &Failure) -> JsValue {
        match rest::loaded() {
            Some(rest) => events::error_object(&(rest.error_message)(self, failure), failure),
            None => early_error(&self.language(), failure),
        }
    }

    /// Sets the function that knows names for numbers.
    pub fn set_directory(self, directory: Option<js_sys::Function>) {
        self.with_inner(|inner| inner.directory = directory);
        if let Some(rest) = rest::loaded() {
            (rest.directory_changed)(self);
        }
    }

    /// The element of the widget that has the focus.
    pub(super) fn active(self) -> Option<Element> {
        let root = self.root.try_get_untracked().flatten()?;
        let active: Element = Reflect::get(&root.get_root_node(), &"activeElement".into()).ok()?.dyn_into().ok()?;
        root.contains(Some(&active)).then_some(active)
    }

    /// Whether an element that matches has the focus, or holds what has it.
    pub(super) fn has_focus(self, selector: &str) -> bool {
        self.active().is_some_and(|active| active.closest(selector).ok().flatten().is_some())
    }

    /// Moves the focus to the first element that matches, once the screen shows what was just decided.
    pub fn focus(self, selector: &'static str) {
        self.focus_on(selector.to_owned());
    }

    /// The same for a selector that was put together.
    pub fn focus_on(self, selector: String) {
        spawn_local(async move {
            leptos::task::tick().await;
            let Some(root) = self.root.try_get_untracked().flatten() else { return };
            let found = root.query_selector(&selector).ok().flatten();
            if let Some(element) =
                found.and_then(|found| wasm_bindgen::JsCast::dyn_into::<web_sys::HtmlElement>(found).ok())
            {
                // Fails only for an element that cannot take focus, and then focus stays where it is.
                let _ = element.focus();
            }
        });
    }
}

/// One function for all promises: each kind of future would have code of its own.
fn promise(task: Task<Result<JsValue, JsValue>>) -> Promise {
    future_to_promise(task)
}

/// The client without a view, as a script's object; rejects with a `FaxError` where the rest of the program, which holds
/// it, could not be had.
pub fn client(options: JsValue) -> Promise {
    promise(Box::pin(async move {
        match rest::load().await {
            Ok(rest) => Ok((rest.client)(&options)),
            Err(_) => Err(early_error(&Language::default(), &not_loaded())),
        }
    }))
}

pub(super) fn not_loaded() -> Failure {
    Failure::before_posting(if is_online() { Code::Network } else { Code::Offline })
}

/// A `FaxError` for what ended before the rest of the program was there.
fn early_error(language: &Language, failure: &Failure) -> JsValue {
    let message = sentences::headed(Word::NotSentTitle, &language.say(sentences::early(failure)), language);
    events::error_object(&message, failure)
}
