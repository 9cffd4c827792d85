//! Posts a fax at most once, unless a person says otherwise.
//!
//! An [`Intent`] is written into the ledger before the request leaves, and its tab holds a lock of its name until it
//! has ended; a tab that finds an intent whose lock is free knows that the page which held it is gone. Where no answer
//! came, the message store is looked at until it is known what became of the fax, or that it cannot be known.

use std::cell::{Cell, RefCell};

use gloo_timers::future::TimeoutFuture;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;
use web_sys::File;

use super::storage::{self, Keep};
use super::{Accepted, FaxClient, Read, Step, clock, digest, lock, now};
use crate::fax::{Fax, Recipient};
use crate::ledger::{Change, Doubt, Found, INTENT, Intent, Ledger, RECENT, Repeat, numbers_of};
use crate::message::Json;
use crate::message_id::MessageId;
use crate::reply::{Code, Failure, Outcome};
use crate::resend::Resend;
use crate::service::{Direction, Query};
use crate::settling::{Look, Settling, Verdict};
use crate::twins::{Looked, Watch};

/// What is posted.
#[derive(Clone, Copy)]
pub enum Parcel<'a> {
    /// A new fax.
    Fax(&'a Fax<File>),
    /// One that the service holds; with its own recipients' numbers, where they are known and it has none of its own.
    Resend(&'a Resend, &'a [String]),
}

/// Why nothing was posted, or what became of it.
pub enum Refusal {
    /// The same documents went to the same number within the hour; nothing was posted.
    Repeated(Repeat),
    /// The attempt failed.
    Failed(Failure),
}

/// What the message store says of an intent whose answer was lost.
pub enum Settled {
    /// The service had taken it; the ids are those of the same fax once more.
    Accepted(Accepted, Vec<MessageId>),
    /// It had not.
    NotAccepted,
    /// It cannot be known yet.
    Unknown,
    /// Another tab or a person is done with it, and how cannot be told from here.
    Elsewhere,
}

/// A fax that was accepted.
#[derive(Clone)]
pub struct Opened {
    /// The message.
    pub accepted: Accepted,
    /// What it set out as.
    pub intent: Intent,
    /// Milliseconds from the post to the answer, or to the end of the search for it.
    pub took: i64,
    /// Ids under which the message store holds the same fax once more, as far as that is known already.
    pub twins: Vec<MessageId>,
    /// Whether the answer was lost, and the fax found in the message store.
    pub was_found: bool,
}

/// The client, and what it keeps.
pub struct Outbox {
    /// What posts and looks.
    pub client: FaxClient,
    /// How long the digests of accepted faxes are kept.
    pub remember: Keep,
    /// Faxes that this browser sent lately, as far as it remembers them: none of them is one that is about to leave.
    pub sent: Vec<MessageId>,
}

/// Milliseconds by which two readings of the service's clock differ only where the device's was set. Ours.
const CLOCK_MOVED: i64 = 5_000;

/// What a script has agreed to: it has decided already.
pub const AGREED: i64 = i64::MAX;

/// Milliseconds behind which an acceptance counts as one that took long. Ours.
const LONG: i64 = 3_000;

/// Milliseconds that the post of the largest fax may take, with some waits. Ours.
const LONGEST_POST: i64 = 3_600_000;

impl Outbox {
    /// What is not settled, and what was accepted within the hour. What is not settled stays on the device, whatever else
    /// is remembered.
    #[must_use]
    pub fn ledger(&self) -> Ledger {
        read_ledger()
    }

    fn change(&self, change: &dyn Fn(&mut Ledger)) {
        change_ledger(self.remember, change);
    }

    /// Notes that an intent was accepted.
    fn accepted(&self, intent: &Intent, id: &MessageId) {
        self.change(&|ledger| ledger.accept(intent, id.clone(), now()));
        // The same once more can also be a resend of what has just been sent.
        let (remember, to, id) = (self.remember, intent.to.clone(), id.clone());
        spawn_local(async move {
            let marks = resend_marks(&id, &to).await;
            change_ledger(remember, &|ledger| ledger.mark(&id, &marks));
        });
    }

    /// Takes an intent out of the ledger: a person says that it is settled.
    pub fn settle_by_hand(&self, key: &str) {
        self.change(&|ledger| ledger.settle_by_hand(key));
    }

    /// Forgets the digests of what was accepted.
    pub fn forget_recent(&self) {
        self.change(&|ledger| ledger.recent.clear());
    }

    /// Posts a fax under a [`new_key`], looks for it where its answer was lost, and tells of each step as [`FaxClient::send`] does. Where
    /// the same went to the same number within the hour, but after the moment up to which a person has `agreed` to that,
    /// nothing is posted.
    ///
    /// Dropped, it aborts the request; the intent then stays in the ledger as one of which nobody knows.
    ///
    /// # Errors
    /// A [`Refusal`].
    pub async fn post(
        &self,
        parcel: Parcel<'_>,
        key: &str,
        agreed: i64,
        step: &dyn Fn(Step) -> bool,
    ) -> Result<Opened, Refusal> {
        let intent = self.intent(parcel, key).await;
        // Before it is written down: a tab that found it with its lock free would take its page for gone.
        let _alive = lock::hold(&lock_name(key)).await;
        {
            let _held = lock::hold("ledger").await;
            let repeat = self.ledger().repeat(&intent.marks, None, now());
            if let Some(repeat) = repeat.filter(|repeat| repeat.started > agreed) {
                return Err(Refusal::Repeated(repeat));
            }
            self.change(&|ledger| ledger.open(intent.clone()));
        }
        let ending = Ending { outbox: self, key, posted: Cell::new(None), ended: Cell::new(false) };
        let posting = |now_at: Step| {
            let goes_on = step(now_at);
            ending.posted.set((goes_on && now_at == Step::Posting).then(now));
            goes_on
        };
        let result = match parcel {
            Parcel::Fax(fax) => self.client.send(fax, &posting).await,
            Parcel::Resend(resend, _) => self.client.resend(resend, &posting).await,
        };
        let began = ending.posted.get().unwrap_or_else(now);
        ending.ended.set(true);
        let failure = match result {
            Ok(accepted) => {
                self.accepted(&intent, &accepted.message.id);
                let took = now() - began;
                if let Some(created) = accepted.message.created {
                    clock::learn(created, began, now());
                }
                return Ok(Opened { accepted, intent, took, twins: Vec::new(), was_found: false });
            }
            Err(failure) => failure,
        };
        if failure.outcome == Outcome::NotSent {
            self.change(&|ledger| drop(ledger.take(&intent.key)));
            return Err(Refusal::Failed(failure));
        }
        let (doubt, broke) = (Doubt::of(&failure), now());
        self.change(&|ledger| ledger.doubt(&intent.key, doubt, broke));
        let intent = Intent { doubt: Some(doubt), broke: Some(broke), ..intent };
        if !step(Step::Looking) {
            return std::future::pending().await;
        }
        match self.settle(&intent, doubt).await {
            Settled::Accepted(accepted, twins) => {
                Ok(Opened { accepted, intent, took: now() - began, twins, was_found: true })
            }
            Settled::NotAccepted => Err(Refusal::Failed(Failure { outcome: Outcome::NotSent, ..failure })),
            Settled::Unknown | Settled::Elsewhere => Err(Refusal::Failed(failure)),
        }
    }

    async fn intent(&self, parcel: Parcel<'_>, key: &str) -> Intent {
        let mut marks = Vec::new();
        let written = |to: &[Recipient]| to.iter().map(|to| to.phone_number().to_string()).collect::<Vec<_>>();
        let (to, send_time, original, options) = match parcel {
            Parcel::Fax(fax) => {
                let files: Vec<File> = fax.attachments().iter().map(|attachment| attachment.file().clone()).collect();
                if let Some(documents) = digest::documents(&files).await {
                    for to in fax.to() {
                        marks.extend(digest::of_documents(&documents, to.phone_number().digits()).await);
                    }
                }
                let cover = fax.cover_index().map(|index| format!(" coverIndex={index}")).unwrap_or_default();
                let options = format!("faxResolution={}{cover}", fax.fax_resolution().as_str());
                (written(fax.to()), fax.send_time(), None, options)
            }
            Parcel::Resend(resend, originals) => {
                let to = match resend.to() {
                    Some(to) => written(to),
                    // Without them nothing could be said of it later, and nothing of another fax to the same numbers.
                    None if originals.is_empty() => self.recipients(resend.original()).await.unwrap_or_default(),
                    None => originals.to_vec(),
                };
                marks = resend_marks(resend.original(), &to).await;
                (to, resend.send_time(), Some(resend.original().clone()), String::new())
            }
        };
        Intent {
            key: key.to_owned(),
            place: self.client.service.fax().to_owned(),
            started: now(),
            doubt: None,
            to,
            original,
            send_time: send_time.map(crate::fax::SendTime::millis),
            options,
            marks,
            before: self.known().into_iter().chain(self.sent.iter().cloned()).collect(),
            ahead: clock::ahead(),
            broke: None,
        }
    }

    /// The numbers of a fax that the service holds.
    async fn recipients(&self, id: &MessageId) -> Result<Vec<String>, Failure> {
        Ok(self.client.message(id).await?.map(|read| numbers_of(&read.message)).unwrap_or_default())
    }

    /// Intents of this service that no open page is working on: those whose answer was lost, and those whose page was
    /// closed in the middle. Each comes with its lock, which keeps other tabs from looking for it too.
    pub async fn orphans(&self) -> Vec<(Intent, lock::Held)> {
        let mut found = Vec::new();
        for intent in self.ledger().intents {
            if intent.place != self.client.service.fax() {
                continue;
            }
            if let Some(held) = hold_abandoned(&intent).await {
                // Whoever had the lock may have settled it in that moment.
                found.extend(self.intent_of(&intent.key).map(|intent| (intent, held)));
            }
        }
        found
    }

    /// An intent as it stands in the ledger.
    #[must_use]
    pub fn intent_of(&self, key: &str) -> Option<Intent> {
        self.ledger().intents.into_iter().find(|intent| intent.key == key)
    }

    /// Whether an intent is there for the next page too: the browser may have refused to keep it.
    #[must_use]
    pub fn is_written(&self, key: &str) -> bool {
        storage::outlasts(Keep::Device, &lock_name(key))
    }

    /// Looks once more for an intent, when no other tab does.
    pub async fn settle_again(&self, intent: &Intent) -> Settled {
        let _held = lock::hold(&lock_name(&intent.key)).await;
        let now = self.intent_of(&intent.key);
        let intent = now.as_ref().unwrap_or(intent);
        self.settle(intent, intent.doubt.unwrap_or(Doubt::Stopped)).await
    }

    /// Looks into the message store for an intent, as often as its doubt asks for. Puts into the ledger what it finds.
    pub async fn settle(&self, intent: &Intent, doubt: Doubt) -> Settled {
        let mut settling = Settling::new(intent, doubt, now());
        while let Some(due) = settling.due() {
            TimeoutFuture::new(u32::try_from(due - now()).unwrap_or(0)).await;
            let (look, page) = match self.look(intent).await {
                Ok((found, page)) => (Look::Answered(found), page),
                Err(failure) if may_answer_later(&failure) => (Look::Unanswered, Vec::new()),
                Err(_) => (Look::Closed, Vec::new()),
            };
            match settling.take_in(look, self.ledger().holds(&intent.key)) {
                None => {}
                Some(Verdict::Accepted(ids)) => return self.accept(intent, &ids, page),
                Some(Verdict::NotAccepted) => {
                    self.change(&|ledger| drop(ledger.take(&intent.key)));
                    return Settled::NotAccepted;
                }
                Some(Verdict::Unknown) => return Settled::Unknown,
                Some(Verdict::Elsewhere) => return Settled::Elsewhere,
            }
        }
        Settled::Unknown
    }

    fn accept(&self, intent: &Intent, ids: &[MessageId], page: Vec<Read>) -> Settled {
        let Some((first, twins)) = ids.split_first() else { return Settled::Unknown };
        self.accepted(intent, first);
        match page.into_iter().find(|read| read.message.id == *first) {
            Some(read) => Settled::Accepted(read, twins.to_vec()),
            None => Settled::Unknown,
        }
    }

    /// One look.
    async fn look(&self, intent: &Intent) -> Result<(Found, Vec<Read>), Failure> {
        // Another tab has found it already.
        if let Some(id) = self.ledger().accepted(&intent.key).cloned()
            && let Some(read) = self.client.message(&id).await?
        {
            return Ok((Found::Accepted(vec![id]), vec![read]));
        }
        let mut intent = intent.clone();
        if let (true, Some(original)) = (intent.to.is_empty(), &intent.original) {
            intent.to = self.recipients(original).await?;
        }
        // The device's clock was set since: what was known of it says nothing any more.
        if clock::ahead().zip(intent.ahead).is_some_and(|(now, then)| (now - then).abs() > CLOCK_MOVED) {
            intent.ahead = None;
        }
        let (messages, has_more) = self.since(intent.earliest()).await?;
        let all: Vec<_> = messages.iter().map(|read| read.message.clone()).collect();
        let ledger = self.ledger();
        let known: Vec<MessageId> = ledger.known().cloned().collect();
        let found = match intent.find(&all, &known, ledger.claims()) {
            Found::Nothing if has_more => Found::Unclear,
            found => found,
        };
        Ok((found, messages))
    }

    /// Looks for those of the accepted faxes under other ids that are due: pairs of the one that was accepted, and the
    /// one too many.
    pub async fn look_for_twins(&self, watch: &RefCell<Watch<Opened>>) -> Vec<(MessageId, MessageId)> {
        let (mut all, mut rivalled) = (Vec::new(), Vec::new());
        let due = watch.borrow_mut().take(now());
        for watched in due {
            let is_rivalled = self.is_under_way(&watched.fax.intent.to).await;
            let list = if is_rivalled { &mut rivalled } else { &mut all };
            list.push(watched);
        }
        let twins = self.twins(&all.iter().map(|watched| &watched.fax).collect::<Vec<_>>()).await;
        let looked = if twins.is_some() { Looked::Answered } else { Looked::Unanswered };
        let mut watch = watch.borrow_mut();
        rivalled.into_iter().for_each(|watched| watch.looked(watched, Looked::Rivalled, now()));
        all.into_iter().for_each(|watched| watch.looked(watched, looked, now()));
        twins.unwrap_or_default()
    }

    /// One look for all of them; `None` where the message store does not answer.
    async fn twins(&self, all: &[&Opened]) -> Option<Vec<(MessageId, MessageId)>> {
        let since = |opened: &&Opened| opened.intent.twins_since(&opened.accepted.message, opened.took);
        let Some(first) = all.iter().map(since).min() else { return Some(Vec::new()) };
        let (messages, _) = self.since(first).await.ok()?;
        let known = self.known();
        let messages: Vec<_> = messages.into_iter().map(|read| read.message).collect();
        let mut twins = Vec::new();
        for opened in all {
            // As the store tells it: the answer to a post may lack the time.
            let id = &opened.accepted.message.id;
            let accepted = messages.iter().find(|message| message.id == *id).unwrap_or(&opened.accepted.message);
            let found = opened.intent.twins(accepted, opened.took, &messages, &known);
            twins.extend(found.into_iter().map(|twin| (id.clone(), twin)));
        }
        Some(twins)
    }

    /// Whether another fax to the same recipients is on its way: until its answer is here it would pass for a twin.
    async fn is_under_way(&self, to: &[String]) -> bool {
        for intent in self.ledger().intents {
            let is_rival = intent.place == self.client.service.fax() && intent.goes_to(to);
            if is_rival && hold_abandoned(&intent).await.is_none() {
                return true;
            }
        }
        false
    }

    /// Whether an acceptance wants its twins looked for at once.
    #[must_use]
    pub fn took_long(opened: &Opened) -> bool {
        opened.was_found || opened.took >= LONG
    }

    async fn since(&self, since: i64) -> Result<(Vec<Read>, bool), Failure> {
        let query =
            Query { direction: Some(Direction::Outbound), date_from: since, date_to: None, page: 1, per_page: 1_000 };
        let (page, raw) = self.client.list(&query).await?;
        let raws = raw.property("records").map(|records| records.items()).unwrap_or_default();
        let read = |raw: JsValue| crate::message::Message::read(&raw).map(|message| Read { message, raw });
        Ok((raws.into_iter().filter_map(read).collect(), page.has_more))
    }

    /// The ids that belong to other faxes of this browser.
    fn known(&self) -> Vec<MessageId> {
        self.ledger().known().cloned().collect()
    }
}

fn read_ledger() -> Ledger {
    let items = |keep, beginning| {
        let names = storage::names(keep, beginning).into_iter();
        names.filter_map(move |name| storage::read_json(keep, &name))
    };
    let intents: Vec<JsValue> = items(Keep::Device, INTENT).collect();
    // A client without a view and a widget on one page keep them apart, and each has to know of the other's.
    let recent: Vec<JsValue> = items(Keep::Page, RECENT).chain(items(Keep::Device, RECENT)).collect();
    Ledger::read(&intents, &recent, now())
}

fn change_ledger(remember: Keep, change: &dyn Fn(&mut Ledger)) {
    // Digests tell no number, so what a tab remembers of them is shared with the others.
    let recent = if remember == Keep::Page { Keep::Page } else { Keep::Device };
    let before = read_ledger();
    let mut ledger = before.clone();
    change(&mut ledger);
    for Change { name, text } in ledger.changes(&before) {
        match text {
            Some(text) => storage::write(if name.starts_with(INTENT) { Keep::Device } else { recent }, &name, &text),
            None => [Keep::Page, Keep::Device].into_iter().for_each(|keep| storage::remove(keep, &name)),
        }
    }
}

/// The name of the lock that a tab holds while it is at work on an intent.
fn lock_name(key: &str) -> String {
    format!("{INTENT}{key}")
}

/// The lock of an intent that no open page is at work on.
async fn hold_abandoned(intent: &Intent) -> Option<lock::Held> {
    // Without locks only its age tells that no page is at work on it any more.
    let may_be_alive = !lock::is_supported() && intent.doubt.is_none() && now() - intent.started < LONGEST_POST;
    if may_be_alive { None } else { lock::hold_if_free(&lock_name(&intent.key)).await }
}

/// Digests by which it is known that a message went to these numbers once more.
async fn resend_marks(id: &MessageId, to: &[String]) -> Vec<String> {
    let mut marks = Vec::new();
    for number in to {
        let digits: String = number.chars().filter(char::is_ascii_digit).collect();
        marks.extend(digest::of_resend(id.as_str(), &digits).await);
    }
    marks
}

/// Whether the message store may answer the next time.
pub(super) fn may_answer_later(failure: &Failure) -> bool {
    matches!(failure.code, Code::Network | Code::Timeout | Code::Server | Code::RateLimited)
}

/// Says what becomes of an intent whose future is dropped.
struct Ending<'a> {
    outbox: &'a Outbox,
    key: &'a str,
    posted: Cell<Option<i64>>,
    ended: Cell<bool>,
}

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        if self.ended.get() {
            return;
        }
        self.outbox.change(&|ledger| {
            if self.posted.get().is_some() {
                ledger.doubt(self.key, Doubt::Stopped, now());
            } else {
                drop(ledger.take(self.key));
            }
        });
    }
}

/// A name that no other intent has.
#[must_use]
pub fn new_key() -> String {
    let random = || (js_sys::Math::random() * 4_294_967_296.0) as u32;
    format!("{:08x}{:08x}", random(), random())
}
