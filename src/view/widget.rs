//! What the components share: the draft, how far its submission has come, and what a person or a script can do.
//!
//! The button and `submit()` take the same path through here, so that neither can send what the other would not, or
//! a second time.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::atomic::{AtomicU32, Ordering};

use futures_channel::oneshot;
use futures_util::future::{AbortHandle, Abortable};
use leptos::prelude::*;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;
use web_sys::{EventTarget, File, RequestCredentials};

use super::clock;
use super::events;
use super::followed::Followed;
use crate::client::{Accepted, Encoding, FaxClient, Step, Tokens, is_readable};
use crate::draft::Draft;
use crate::fax::{Fax, Field, Flaw};
use crate::reply::{Code, CoverPage, Failure};
use crate::service::{AddressError, Service};
use crate::submission::{Stage, Submission};
use crate::words::{Word, count, fill, say};

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
    /// Whether a person sees the fax once more before it goes.
    pub review: bool,
    /// `auto`, `light` or `dark`.
    pub theme: String,
    /// Language for dates, numbers and sizes; empty for the browser's.
    pub lang: String,
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
            review: true,
            theme: "auto".to_owned(),
            lang: String::new(),
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
type Ended = Result<JsValue, Failure>;

/// What the widget holds that no screen follows.
#[derive(Default)]
struct Inner {
    tokens: Tokens,
    target: Option<EventTarget>,
    /// Stops the attempt under way.
    abort: Option<AbortHandle>,
    /// Goes up with every attempt that starts or is stopped.
    attempts: u32,
    /// Whether a request has left and no answer has come: stopped now, the fax may have been accepted.
    on_its_way: bool,
    /// Those who wait for the attempt under way to end.
    waiting: Vec<oneshot::Sender<Ended>>,
    /// The API's own message object of the accepted fax.
    accepted: JsValue,
    /// Stops the request for the cover pages.
    asking_cover_pages: Option<AbortHandle>,
    /// What the page changed during an attempt, to be done when it has ended.
    deferred: Vec<Box<dyn FnOnce(Widget)>>,
}

/// Everything that the screens show.
#[derive(Default)]
pub struct Parts {
    /// How the page set it up.
    pub settings: Followed<Settings>,
    /// What was typed and chosen; changed through [`Widget::edit`] alone.
    pub draft: Followed<Draft<File>>,
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
    /// What a screen reader says next.
    pub announcement: Followed<String>,
    /// The cover pages to choose from.
    pub cover_pages: Followed<CoverPages>,
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

static WIDGETS: AtomicU32 = AtomicU32::new(0);

impl Widget {
    /// A widget with an empty draft. Belongs to the reactive owner it is made under, and stops with it.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        let parts = Parts { number: WIDGETS.fetch_add(1, Ordering::Relaxed), ..Parts::default() };
        parts.settings.set(settings);
        let widget = Self { parts: StoredValue::new_local(Rc::new(parts)), root: NodeRef::new() };
        widget.look();
        on_cleanup(move || widget.stop());
        widget
    }

    /// Everything that the screens show; an empty stand-in once the widget has left the page.
    #[must_use]
    #[inline(never)]
    pub fn parts(self) -> Rc<Parts> {
        self.parts.try_get_value().unwrap_or_default()
    }

    /// Changes the draft.
    pub fn edit<T>(self, change: impl FnOnce(&mut Draft<File>) -> T) -> T {
        let parts = self.parts();
        let result = parts.draft.update(change);
        // What is being reviewed is what goes: a page that changes it meanwhile leads back to the form.
        if parts.submission.peek(|submission| *submission.stage() == Stage::Reviewing) {
            parts.submission.update(Submission::back);
        }
        self.look();
        self.tell(events::changed);
        result
    }

    /// Finds the flaws of the draft as it is now; also where only time has passed.
    fn look(self) {
        let parts = self.parts();
        let flaws = parts.draft.peek(|draft| Fax::new(draft, clock::now()).err().unwrap_or_default());
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

    /// The API's own message object of the fax that was accepted last.
    #[must_use]
    pub fn accepted(self) -> JsValue {
        self.with_inner(|inner| inner.accepted.clone())
    }

    fn with_inner<T>(self, change: impl FnOnce(&mut Inner) -> T) -> T {
        change(&mut self.parts().inner.borrow_mut())
    }

    fn tell<T>(self, event: impl FnOnce(&EventTarget) -> T) -> Option<T> {
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
            said = count(Word::RecipientsAddedOne, Word::RecipientsAdded, outcome.added);
        }
        self.parts().notice.set(None);
        self.parts().announcement.set(said);
        if !outcome.repeated.is_empty() {
            self.say_repeated(&outcome.repeated.join(", "));
        }
    }

    /// Says that these numbers were in the list already.
    pub fn say_repeated(self, numbers: &str) {
        let said = fill(Word::RecipientRepeated, &[("numbers", numbers)]);
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
        self.edit(|draft| files.into_iter().for_each(|file| draft.add_file(file)));
        self.parts().notice.set(None);
        self.parts().announcement.set(count(Word::FilesAddedOne, Word::FilesAdded, added));
    }

    /// Says that a folder was dropped, which cannot be faxed.
    pub fn refuse_folder(self, name: &str) {
        let said = fill(Word::FolderDropped, &[("name", name)]);
        self.parts().notice.set(Some((Field::Attachments, said.clone())));
        self.parts().announcement.set(said);
    }

    /// Asks the service for its cover pages; does nothing before the widget is shown, or where there is no token to
    /// ask with.
    pub fn load_cover_pages(self) {
        // The request to a service that the page has meanwhile turned away from is let go.
        let (abort, registration) = AbortHandle::new_pair();
        if let Some(before) = self.with_inner(|inner| inner.asking_cover_pages.replace(abort)) {
            before.abort();
        }
        let asking = async move {
            // A page sets several things in a row: the token goes to the service that stands at the end of them.
            leptos::task::tick().await;
            let (parts, tokens) = (self.parts(), self.tokens());
            let shown = self.root.try_get_untracked().flatten().is_some();
            let Ok(client) = self.client() else { return };
            let may_ask = client.anonymous || tokens.token().is_some() || tokens.provider().is_some();
            if !(shown && may_ask) {
                return;
            }
            parts.cover_pages.set(CoverPages::Loading);
            let pages = match client.cover_pages().await {
                Ok(pages) if pages.is_empty() => CoverPages::Unknown,
                Ok(pages) => CoverPages::Loaded(pages),
                Err(_) => CoverPages::Failed,
            };
            parts.cover_pages.set(pages);
        };
        spawn_local(async move {
            // Aborted or not, there is nobody to tell.
            let _ = Abortable::new(asking, registration).await;
        });
    }

    // ----- sending

    /// Goes to the review, or to the flaws.
    pub fn review(self) {
        self.add_pending();
        if self.has_flaws() {
            self.parts().asked.set(true);
            self.focus("[data-focus=flaws]");
        } else if self.parts().submission.update(Submission::review) {
            self.focus("[data-focus=review]");
        }
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
        self.start();
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
        let accepted = (!self.start() && !self.parts().submission.peek(Submission::is_busy)).then(|| self.accepted());
        async move {
            if let Some(accepted) = accepted {
                // The fax on the screen was accepted already; a script that wants another resets first.
                return Ok(accepted);
            }
            // Nobody answers where the widget had left the page before it could start.
            receiver.await.unwrap_or_else(|_| Err(Failure::before_posting(Code::Cancelled)))
        }
    }

    /// Stops the attempt under way. What was posted may have been accepted all the same.
    pub fn cancel(self) {
        let failure = self.stop_attempt();
        if self.parts().submission.peek(Submission::is_busy) {
            self.finish(Err(failure));
        }
    }

    /// Ends the attempt for good: the page took the widget away.
    fn stop(self) {
        let failure = self.stop_attempt();
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

    /// What a widget in this one's place has to take over: the draft, unless its fax was accepted, and whether an attempt
    /// at it may have been.
    #[must_use]
    pub fn leave(self) -> (Option<JsValue>, bool) {
        let parts = self.parts();
        let accepted = parts.submission.peek(|submission| matches!(submission.stage(), Stage::Accepted(_)));
        let doubt = parts.submission.peek(Submission::is_unsettled) || self.with_inner(|inner| inner.on_its_way);
        ((!accepted).then(|| parts.draft.peek(super::fax_object::write)), doubt)
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

    fn start(self) -> bool {
        let started = self.parts().submission.update(Submission::start);
        if started {
            let (abort, registration) = AbortHandle::new_pair();
            let attempt = self.with_inner(|inner| {
                inner.abort = Some(abort);
                inner.attempts += 1;
                inner.attempts
            });
            self.focus("[data-focus=progress]");
            self.parts().announcement.set(say(Word::Checking).to_owned());
            spawn_local(async move {
                if let Ok(result) = Abortable::new(self.attempt(attempt), registration).await
                    && !self.is_stopped(attempt)
                {
                    self.finish(result);
                }
            });
        }
        started
    }

    /// Whether an attempt has ended from outside: the page cancelled, or took the widget away, while it was being told.
    fn is_stopped(self, attempt: u32) -> bool {
        self.with_inner(|inner| inner.attempts) != attempt
    }

    async fn attempt(self, attempt: u32) -> Result<Accepted, Failure> {
        self.tell(|target| events::progress(target, "checking", None));
        let client = self.client().map_err(|error| Failure::before_posting(Code::Invalid).about(error.attribute()))?;
        self.check_files().await;
        let fax = self.parts().draft.peek(|draft| Fax::new(draft, clock::now())).map_err(|flaws| {
            let parameter = flaws.first().map(|flaw| flaw.field.parameter()).unwrap_or_default();
            Failure::before_posting(Code::Invalid).about(parameter)
        })?;
        let detail = self.parts().draft.peek(super::fax_object::write);
        if self.tell(|target| events::submit(target, &detail)) == Some(false) {
            return Err(Failure::before_posting(Code::Cancelled));
        }
        if self.is_stopped(attempt) {
            return std::future::pending().await;
        }
        let bytes = self.parts().draft.peek(Draft::total_size);
        client.send(&fax, |step| self.show(step, bytes, attempt)).await
    }

    /// Shows a step, and says whether the attempt goes on.
    fn show(self, step: Step, bytes: u64, attempt: u32) -> bool {
        self.with_inner(|inner| inner.on_its_way = false);
        self.parts().clock.set(clock::now());
        let (stage, phase, total) = match step {
            Step::Posting => (Stage::Uploading { since: clock::now(), bytes }, "uploading", Some(bytes)),
            Step::Renewing => (Stage::Checking, "checking", None),
            Step::Waiting(seconds) => {
                (Stage::Waiting { until: clock::now() + i64::from(seconds) * 1_000 }, "waiting", None)
            }
        };
        self.parts().submission.update(|submission| submission.proceed(stage));
        let said = match step {
            Step::Posting => say(Word::Uploading),
            Step::Renewing => say(Word::Checking),
            Step::Waiting(_) => say(Word::Waiting),
        };
        self.parts().announcement.set(said.to_owned());
        self.tell(|target| events::progress(target, phase, total));
        let goes_on = !self.is_stopped(attempt);
        if goes_on {
            self.with_inner(|inner| inner.on_its_way = step == Step::Posting);
        }
        goes_on
    }

    /// Marks the files that can no longer be read.
    async fn check_files(self) {
        let files: Vec<(u32, File)> = self
            .parts()
            .draft
            .peek(|draft| draft.attachments.iter().map(|entry| (entry.id, entry.file.clone())).collect());
        for (id, file) in files {
            let unreadable = !is_readable(&file).await;
            let changes = self
                .parts()
                .draft
                .peek(|draft| draft.attachments.iter().any(|entry| entry.id == id && entry.unreadable != unreadable));
            if changes {
                self.edit(|draft| {
                    for entry in draft.attachments.iter_mut().filter(|entry| entry.id == id) {
                        entry.unreadable = unreadable;
                    }
                });
            }
        }
    }

    fn finish(self, result: Result<Accepted, Failure>) {
        let (ended, result): (_, Ended) = match result {
            Ok(accepted) => (Ok(accepted.message), Ok(accepted.raw)),
            Err(failure) => (Err(failure.clone()), Err(failure)),
        };
        let (waiting, deferred) = self.with_inner(|inner| {
            inner.abort = None;
            inner.on_its_way = false;
            inner.accepted = result.clone().unwrap_or_default();
            (std::mem::take(&mut inner.waiting), std::mem::take(&mut inner.deferred))
        });
        for sender in waiting {
            // Whoever waited may have gone.
            let _ = sender.send(result.clone());
        }
        self.parts().submission.update(|submission| submission.end(ended));
        // Before the page is told, so that what it then sets is not overtaken by what it set before.
        for change in deferred {
            self.when_free(change);
        }
        match &result {
            Ok(raw) => {
                self.parts().announcement.set(say(Word::Accepted).to_owned());
                self.focus("[data-focus=accepted]");
                self.tell(|target| events::progress(target, "accepted", None));
                self.tell(|target| events::accepted(target, raw));
            }
            Err(failure) => {
                let flawed = failure.code == Code::Invalid && self.has_flaws();
                self.parts().asked.set(true);
                self.focus(if flawed { "[data-focus=flaws]" } else { "[data-focus=failure]" });
                self.parts().announcement.set(String::new());
                let error = events::error_object(self, failure);
                self.tell(|target| events::failed(target, &error));
            }
        }
    }

    fn client(self) -> Result<FaxClient, AddressError> {
        self.parts().settings.peek(|settings| {
            let endpoint = settings.endpoint.as_str();
            let service = if endpoint.is_empty() {
                Service::new(&absolute(&settings.server), &settings.account, &settings.extension)
            } else {
                Service::at(&absolute(endpoint))
            };
            Ok(FaxClient {
                service: service?,
                credentials: settings.credentials,
                encoding: settings.encoding,
                tokens: self.tokens(),
                anonymous: !endpoint.is_empty(),
            })
        })
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

/// A relative address, `/fax` say, against the page's own.
pub(super) fn absolute(address: &str) -> String {
    let base = web_sys::window().and_then(|window| window.document()).and_then(|document| document.base_uri().ok());
    match base.flatten() {
        Some(base) if address.starts_with('/') => {
            web_sys::Url::new_with_base(address, &base).map_or_else(|_| address.to_owned(), |url| url.href())
        }
        _ => address.to_owned(),
    }
}
