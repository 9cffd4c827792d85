//! The faxes that this page knows of: what the service last said of each, which are followed, and what is remembered.

use std::cell::{Cell, RefCell};

use futures_util::future::{AbortHandle, Abortable};
use gloo_timers::future::TimeoutFuture;
use wasm_bindgen_futures::spawn_local;

use super::clock;
use super::events;
use super::followed::Followed;
use super::widget::Widget;
use crate::client::storage::{self, Keep};
use crate::client::{FaxClient, Found, Opened, Outbox, Read, is_hidden, is_online};
use crate::following::{Following, MOST_AT_ONCE};
use crate::history::{History, Remembered, RememberedRecipient};
use crate::ledger::RECENT;
use crate::message::Message;
use crate::message_id::MessageId;
use crate::reply::Failure;
use crate::sorted::{SortedMap, SortedSet};
use crate::twins::Watch;

/// What is known of one fax.
#[derive(Clone, PartialEq, Eq)]
pub enum Known {
    /// As the service last told it.
    Message(Message),
    /// The service has no message with this id.
    Missing,
    /// It could not be asked.
    Failed(Failure),
}

impl Known {
    /// The message, where there is one.
    #[must_use]
    pub fn message(&self) -> Option<&Message> {
        match self {
            Self::Message(message) => Some(message),
            _ => None,
        }
    }
}

/// Everything that is known of faxes that left.
#[derive(Default)]
pub struct Faxes {
    /// By id.
    pub known: Followed<SortedMap<MessageId, Known>>,
    /// What this browser sent.
    pub history: Followed<History>,
    /// Pairs of the same fax: the one that was accepted, and the one too many.
    pub twins: Followed<Vec<(MessageId, MessageId)>>,
    /// The fax that a person is being asked to cancel, or whose cancelling is under way.
    pub cancelling: Followed<Option<(MessageId, Cancelling)>>,
    following: RefCell<Following>,
    /// Accepted faxes that are looked for under other ids.
    unchecked: RefCell<Watch<Opened>>,
    checking: Cell<bool>,
    /// Stops the next question.
    next: RefCell<Option<AbortHandle>>,
    /// Whether a question is under way.
    asking: Cell<bool>,
    /// How many questions are to be after one fax each, because one after several was refused: by a proxy that does not
    /// know them, or for the sake of one of them.
    one_by_one: Cell<usize>,
    /// Remembered faxes that came into view, until the service has told something of them or nothing.
    wanted: RefCell<SortedSet<MessageId>>,
    /// Whether they are being asked after.
    wanting: Cell<bool>,
}

/// How far the cancelling of a fax has come.
#[derive(Clone, PartialEq, Eq)]
pub enum Cancelling {
    /// A person is being asked.
    Asking,
    /// On its way.
    Running,
    /// It could not be done.
    Failed(Failure),
}

/// The name of the history in the storage, of those who are signed in with their own id behind it.
const FAXES: &str = "faxes";

impl Widget {
    /// Begins where the page left off: what is remembered, and the faxes whose end is not known. Asks nothing before
    /// there is a token to ask with.
    pub fn recall(self) {
        let parts = self.parts();
        let keep = parts.settings.peek(|settings| settings.remember);
        let history =
            storage::read_json(keep, &self.history_name()).map(|list| History::read(&list)).unwrap_or_default();
        let now = clock::now();
        if let Ok(client) = self.client() {
            let place = client.service.fax().to_owned();
            for fax in history.iter().filter(|fax| fax.place == place) {
                let is_final = !fax.to.is_empty() && fax.to.iter().all(|to| to.status.is_final());
                let old = now - fax.send_time.unwrap_or(fax.accepted) > LONGEST_FOLLOWED;
                if !is_final && !old {
                    parts.faxes.following.borrow_mut().begin(fax.id.clone(), fax.send_time, now);
                }
            }
        }
        parts.faxes.history.set(history);
        self.ask_next();
    }

    /// Several people may sign in on one device, one after another.
    fn history_name(self) -> String {
        self.owner().map_or_else(|| FAXES.to_owned(), |owner| format!("{FAXES}.{owner}"))
    }

    /// Another person is here, or nobody: nothing of the one before stays on the screen or is asked after.
    pub fn forget_shown(self) {
        let parts = self.parts();
        parts.faxes.known.set(Default::default());
        parts.faxes.twins.set(Default::default());
        parts.faxes.following.replace(Default::default());
        self.forget_lists();
        self.recall();
    }

    fn remember(self, change: &mut dyn FnMut(&mut History) -> bool) {
        let parts = self.parts();
        let keep = parts.settings.peek(|settings| settings.remember);
        // What another tab has added meanwhile is not lost.
        let stored = storage::read_json(keep, &self.history_name()).map(|list| History::read(&list));
        let changed = parts.faxes.history.update(|history| {
            *history = stored.unwrap_or_default();
            change(history)
        });
        if changed {
            storage::write(keep, &self.history_name(), &parts.faxes.history.peek(History::write));
        }
    }

    /// Forgets every fax that was sent from this browser. The service keeps them.
    pub fn forget_all(self) {
        self.remember(&mut |history| {
            history.clear();
            true
        });
        for keep in [Keep::Session, Keep::Device] {
            storage::remove(keep, &self.history_name());
        }
        if let Ok(outbox) = self.outbox() {
            outbox.forget_recent();
        }
    }

    /// The page says that nothing is to be remembered: what was, goes. What this page itself sent it still knows, so that
    /// nothing goes twice by mistake.
    pub fn forget_kept(self) {
        for keep in [Keep::Session, Keep::Device] {
            storage::remove(keep, &self.history_name());
        }
        storage::names(Keep::Device, RECENT).iter().for_each(|name| storage::remove(Keep::Device, name));
    }

    /// A fax was accepted: it is remembered, followed, and looked for under other ids. `numbers` are those that it was
    /// sent to, for the service need not tell them.
    pub fn track(self, opened: Opened, numbers: &[String]) {
        let parts = self.parts();
        let now = clock::now();
        let id = opened.accepted.message.id.clone();
        let told = &opened.accepted.message.to;
        let to = if told.is_empty() {
            let entry = |number: &String| RememberedRecipient {
                phone_number: number.clone(),
                status: opened.accepted.message.status.clone(),
                fax_error_code: None,
            };
            numbers.iter().map(entry).collect()
        } else {
            let entry = |to: &crate::message::RecipientStatus| RememberedRecipient {
                phone_number: to.party.phone_number.clone().unwrap_or_default(),
                status: opened.accepted.message.status_of(to).clone(),
                fax_error_code: to.fax_error_code.clone(),
            };
            told.iter().map(entry).collect()
        };
        let mut to = Some(to);
        self.remember(&mut |history| {
            history.add(Remembered {
                id: id.clone(),
                place: opened.intent.place.clone(),
                accepted: now,
                send_time: opened.intent.send_time,
                to: to.take().unwrap_or_default(),
            });
            true
        });
        parts.faxes.known.update(|known| known.insert(id.clone(), Known::Message(opened.accepted.message.clone())));
        if !opened.accepted.message.is_final() {
            parts.faxes.following.borrow_mut().begin(id.clone(), opened.intent.send_time, now);
        }
        self.ask_next();
        for twin in &opened.twins {
            self.add_twin(&id, twin);
        }
        let took_long = Outbox::took_long(&opened);
        parts.faxes.unchecked.borrow_mut().begin(opened, took_long, now);
        if !parts.faxes.checking.replace(true) {
            spawn_local(async move {
                while self.check_twins().await {}
                self.parts().faxes.checking.set(false);
            });
        }
    }

    /// Looks for faxes that were accepted under another id too, all that are due in one question; `false` where none is
    /// left to look for.
    async fn check_twins(self) -> bool {
        let Some(due) = self.parts().faxes.unchecked.borrow().due() else { return false };
        // While nobody would see what it finds it waits, as all that asks does.
        let wait = if is_hidden() || !is_online() { UNSEEN } else { due - clock::now() };
        TimeoutFuture::new(u32::try_from(wait).unwrap_or(0)).await;
        let (Ok(outbox), false) = (self.outbox(), self.is_gone()) else { return false };
        if !is_hidden() && is_online() {
            let twins = outbox.look_for_twins(&self.parts().faxes.unchecked).await;
            twins.iter().for_each(|(id, twin)| self.add_twin(id, twin));
        }
        true
    }

    fn add_twin(self, id: &MessageId, twin: &MessageId) {
        let pair = (id.clone(), twin.clone());
        let parts = self.parts();
        if parts.faxes.twins.peek(|twins| twins.contains(&pair)) {
            return;
        }
        parts.faxes.twins.update(|twins| twins.push(pair));
        // At once: while it is queued it can still be cancelled.
        let twin = twin.clone();
        spawn_local(async move { self.fetch_messages(vec![twin]).await });
    }

    /// Follows faxes to their end, and asks after them as soon as may be.
    pub fn follow(self, ids: &[MessageId]) {
        let parts = self.parts();
        for id in ids {
            let send_time = parts.faxes.history.peek(|history| history.find(id).and_then(|fax| fax.send_time));
            parts.faxes.following.borrow_mut().begin(id.clone(), send_time, clock::now());
        }
        if !ids.is_empty() {
            self.ask_next();
        }
    }

    /// Takes in what the service says of faxes; tells the page where that is news of one that is followed.
    pub fn learn(self, reads: Vec<Read>) {
        let parts = self.parts();
        let is_news = |read: &Read| {
            parts.faxes.known.peek(|known| known.get(&read.message.id).and_then(Known::message) != Some(&read.message))
        };
        let mut followed = Vec::new();
        let mut news = Vec::new();
        for read in reads {
            let (id, is_news) = (&read.message.id, is_news(&read));
            let mut following = parts.faxes.following.borrow_mut();
            let is_followed = following.is_followed(id);
            if is_followed && is_news {
                following.change(id, clock::now());
            }
            if is_followed && read.message.is_final() {
                following.end(id);
            }
            if is_news {
                if is_followed {
                    followed.push(read.raw);
                }
                news.push(read.message);
            }
        }
        if news.is_empty() {
            return;
        }
        let is_remembered = |message: &&Message| parts.faxes.history.peek(|all| all.find(&message.id).is_some());
        let remembered: Vec<&Message> = news.iter().filter(is_remembered).collect();
        if !remembered.is_empty() {
            self.remember(&mut |history| {
                let mut changed = false;
                for message in &remembered {
                    changed |= history.update(message);
                }
                changed
            });
        }
        parts.faxes.known.update(|known| {
            news.into_iter().for_each(|message| known.insert(message.id.clone(), Known::Message(message)));
        });
        for raw in followed {
            self.tell(|target| events::status(target, &raw));
        }
    }

    /// Notes that a fax could not be read.
    pub fn not_learned(self, id: MessageId, known: Known) {
        self.parts().faxes.known.update(|all| {
            // What was read once is worth more than that it cannot be read now.
            if known == Known::Missing || all.get(&id).and_then(Known::message).is_none() {
                all.insert(id, known);
            }
        });
    }

    /// Plans the next question. None goes out while the page is hidden or offline.
    pub fn ask_next(self) {
        let parts = self.parts();
        if parts.faxes.asking.get() {
            // It plans the next one when it has its answer.
            return;
        }
        if let Some(before) = parts.faxes.next.borrow_mut().take() {
            before.abort();
        }
        let Some(due) = parts.faxes.following.borrow().due() else { return };
        if is_hidden() || !is_online() || !self.may_ask() {
            return;
        }
        let (abort, registration) = AbortHandle::new_pair();
        parts.faxes.next.replace(Some(abort));
        let asking = async move {
            let wait = (due - clock::now()).clamp(0, i64::from(i32::MAX));
            TimeoutFuture::new(u32::try_from(wait).unwrap_or(0)).await;
            self.parts().faxes.asking.set(true);
            self.ask().await;
            self.parts().faxes.asking.set(false);
        };
        spawn_local(async move {
            if Abortable::new(asking, registration).await.is_ok() && !self.is_gone() {
                self.ask_next();
            }
        });
    }

    async fn ask(self) {
        let parts = self.parts();
        let Ok(client) = self.client() else { return };
        let alone = parts.faxes.one_by_one.get();
        parts.faxes.one_by_one.set(alone.saturating_sub(1));
        let most = if alone > 0 { 1 } else { MOST_AT_ONCE };
        let ids = parts.faxes.following.borrow_mut().ask_few(clock::now(), most);
        let answer = client.messages(&ids).await;
        // Where each of them has none, the service does as badly as where the question has none.
        let ok = answer.as_ref().is_ok_and(|found| found.is_empty() || found.iter().any(|(_, read)| read.is_ok()));
        match answer {
            Ok(found) => {
                let mut reads = Vec::new();
                for (id, read) in found {
                    match read {
                        Ok(Some(read)) => reads.push(read),
                        Ok(None) if parts.faxes.following.borrow_mut().missing(&id, clock::now()) => {
                            self.not_learned(id, Known::Missing);
                        }
                        // It is asked after again.
                        Ok(None) | Err(_) => {}
                    }
                }
                self.learn(reads);
            }
            Err(failure) if ids.len() > 1 && failure.is_of_question() => parts.faxes.one_by_one.set(ids.len()),
            Err(_) => {}
        }
        parts.faxes.following.borrow_mut().answered(ok, clock::now());
    }

    /// Asks the service for faxes at once, because a person wants to see them.
    pub async fn fetch_messages(self, ids: Vec<MessageId>) {
        let Ok(client) = self.client() else { return };
        for ids in ids.chunks(MOST_AT_ONCE) {
            let found = read_each(&client, ids).await;
            if self.is_gone() {
                return;
            }
            let mut reads = Vec::new();
            for (id, read) in found {
                match read {
                    Ok(Some(read)) => reads.push(read),
                    Ok(None) => self.not_learned(id, Known::Missing),
                    Err(failure) => self.not_learned(id, Known::Failed(failure)),
                }
            }
            self.show_read(reads);
        }
    }

    /// Asks after a remembered fax that has come into view, in one question with the others.
    pub fn want_message(self, id: &MessageId) {
        let parts = self.parts();
        let place = self.client().map(|client| client.service.fax().to_owned()).unwrap_or_default();
        let is_here = parts.faxes.history.peek(|history| history.find(id).is_some_and(|fax| fax.place == place));
        let is_asked = parts.faxes.known.peek(|known| known.contains_key(id));
        if !self.may_ask() || !is_here || is_asked || !parts.faxes.wanted.borrow_mut().insert(id.clone()) {
            return;
        }
        if parts.faxes.wanting.replace(true) {
            return;
        }
        spawn_local(async move {
            loop {
                // Those beside it come into view in a moment.
                TimeoutFuture::new(SCROLLED).await;
                let wanted = parts.faxes.wanted.borrow().clone();
                if wanted.is_empty() || self.is_gone() {
                    break;
                }
                self.fetch_messages(wanted.iter().cloned().collect()).await;
                parts.faxes.wanted.borrow_mut().retain(|id| !wanted.contains(id));
            }
            parts.faxes.wanting.set(false);
        });
    }

    /// Takes in faxes that a person is looking at; those that are still going out are followed from here on.
    pub fn show_read(self, reads: Vec<Read>) {
        let open = reads.iter().map(|read| &read.message).filter(|message| message.is_fax && !message.is_final());
        let open: Vec<MessageId> = open.map(|message| message.id.clone()).collect();
        self.learn(reads);
        self.follow(&open);
    }

    /// Cancels a fax that has not gone out yet; from then on its end is looked at.
    pub fn cancel_fax(self, id: MessageId) {
        let parts = self.parts();
        parts.faxes.cancelling.set(Some((id.clone(), Cancelling::Running)));
        spawn_local(async move {
            let result = match self.client() {
                Ok(client) => match client.cancel(&id).await {
                    Ok(()) => {
                        // What the service makes of it: a fax that had just gone is not called back.
                        match client.message(&id).await {
                            Ok(Some(read)) => self.learn(vec![read]),
                            Ok(None) => {
                                self.not_learned(id.clone(), Known::Missing);
                                self.parts().faxes.following.borrow_mut().end(&id);
                            }
                            // It is asked after again, and soon, whenever it was to go out.
                            Err(_) => {
                                let parts = self.parts();
                                let mut following = parts.faxes.following.borrow_mut();
                                following.end(&id);
                                following.begin(id.clone(), None, clock::now());
                            }
                        }
                        Ok(())
                    }
                    Err(failure) => Err(failure),
                },
                Err(error) => Err(Failure::before_posting(crate::reply::Code::Invalid).about(error.attribute())),
            };
            if self.is_gone() {
                return;
            }
            self.ask_next();
            let failed = result.is_err();
            self.parts().faxes.cancelling.set(result.err().map(|failure| (id, Cancelling::Failed(failure))));
            let screen = "[data-focus=fax], [data-focus=accepted], [data-focus=faxes]";
            self.focus(if failed { "[data-focus=cancel-failed]" } else { screen });
        });
    }

    /// Goes on, stops and picks up again with the page: seen or hidden, online or not.
    pub fn watch_page(self) {
        let again = move || {
            self.ask_next();
            self.look_for_orphans();
        };
        let Some(window) = web_sys::window() else { return };
        self.listen(window.clone().into(), "online", again);
        self.listen(window.clone().into(), "offline", again);
        if let Some(document) = window.document() {
            self.listen(document.into(), "visibilitychange", again);
        }
    }

    /// Asks no more: the page took the widget away.
    pub fn stop_following(self) {
        if let Some(next) = self.parts().faxes.next.borrow_mut().take() {
            next.abort();
        }
    }
}

/// Milliseconds after which it is seen whether the page is looked at again. Ours.
const UNSEEN: i64 = 5_000;

/// What the service says of faxes: all in one question, or one by one where it takes none after several, so that one of
/// them spoils no other.
async fn read_each(client: &FaxClient, ids: &[MessageId]) -> Vec<(MessageId, Found)> {
    let failure = match client.messages(ids).await {
        Ok(found) => return found,
        Err(failure) => failure,
    };
    let is_one_by_one = ids.len() > 1 && failure.is_of_question();
    let mut found = Vec::new();
    for id in ids {
        let read = if is_one_by_one { client.message(id).await } else { Err(failure.clone()) };
        found.push((id.clone(), read));
    }
    found
}

/// Milliseconds that a remembered fax is in view before it is asked after. Ours.
const SCROLLED: u32 = 200;

/// Milliseconds after which a fax whose end was never heard of is no longer asked after. Ours.
const LONGEST_FOLLOWED: i64 = 7 * 86_400_000;
