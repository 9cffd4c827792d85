//! Follows faxes to their end where there is no view: one question for all that a client follows, as gently as a view
//! asks, and none while the page is hidden or offline.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use futures_channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded};
use gloo_timers::future::TimeoutFuture;
use wasm_bindgen_futures::spawn_local;

use super::outbox::may_answer_later;
use super::{FaxClient, Found, Read, is_hidden, is_online, now};
use crate::following::{Following, LEAST_PAUSE, MOST_AT_ONCE};
use crate::message::Message;
use crate::message_id::MessageId;
use crate::reply::{Code, Failure};

/// Milliseconds in which calls that a script makes one after another come together in one question. Ours.
const TOGETHER: u32 = 100;
/// Milliseconds after which it is seen again what there is to ask, and whether the page is looked at. Ours.
const LOOK_AGAIN: i64 = 1_000;

/// Somebody who follows a fax.
struct Ear {
    id: MessageId,
    known: Option<Message>,
    tell: UnboundedSender<Result<Read, Failure>>,
}

/// The faxes that the scripts of one client follow.
#[derive(Default)]
pub struct Follower {
    following: RefCell<Following>,
    ears: RefCell<Vec<Ear>>,
    is_running: Cell<bool>,
    /// Several ids in one question are not understood here.
    one_by_one: Cell<bool>,
}

impl Follower {
    /// Follows a fax: what is heard is how it stands, each change, and at last its end or why it cannot be followed. Who lets
    /// go of the receiver follows no more.
    pub fn follow(self: &Rc<Self>, client: FaxClient, id: MessageId) -> UnboundedReceiver<Result<Read, Failure>> {
        let (tell, heard) = unbounded();
        // The first question may leave at once, or as soon as may be where one has just left.
        self.following.borrow_mut().begin(id.clone(), None, now() - LEAST_PAUSE);
        self.following.borrow_mut().change(&id, now());
        self.ears.borrow_mut().push(Ear { id, known: None, tell });
        if !self.is_running.replace(true) {
            let follower = Rc::clone(self);
            spawn_local(async move {
                TimeoutFuture::new(TOGETHER).await;
                follower.run(&client).await;
                follower.is_running.set(false);
            });
        }
        heard
    }

    async fn run(&self, client: &FaxClient) {
        loop {
            self.ears.borrow_mut().retain(|ear| !ear.tell.is_closed());
            self.end_unheard();
            let Some(due) = self.following.borrow().due() else { return };
            let wait = due - now();
            if wait > 0 || is_hidden() || !is_online() {
                let wait = if wait > 0 { wait.min(LOOK_AGAIN) } else { LOOK_AGAIN };
                TimeoutFuture::new(u32::try_from(wait).unwrap_or(0)).await;
            } else {
                self.ask(client).await;
            }
        }
    }

    async fn ask(&self, client: &FaxClient) {
        let most = if self.one_by_one.get() { 1 } else { MOST_AT_ONCE };
        let ids = self.following.borrow_mut().ask_few(now(), most);
        let answer = client.messages(&ids).await;
        let ok = answer.is_ok();
        match answer {
            Ok(found) => found.into_iter().for_each(|(id, read)| self.answered(&id, read)),
            Err(failure) if may_answer_later(&failure) => {}
            // A proxy may not know that several can be asked for at once.
            Err(failure) if ids.len() > 1 && failure.is_of_question() => self.one_by_one.set(true),
            Err(failure) => ids.iter().for_each(|id| self.fail(id, &failure)),
        }
        self.following.borrow_mut().answered(ok, now());
    }

    fn answered(&self, id: &MessageId, read: Found) {
        match read {
            Ok(Some(read)) => self.learn(id, &read),
            Ok(None) => {
                let is_gone = self.following.borrow_mut().missing(id, now());
                if is_gone {
                    self.fail(id, &Failure { status: Some(404), ..Failure::before_posting(Code::NotFound) });
                }
            }
            Err(failure) if may_answer_later(&failure) => {}
            Err(failure) => self.fail(id, &failure),
        }
    }

    fn learn(&self, id: &MessageId, read: &Read) {
        for ear in self.ears.borrow_mut().iter_mut().filter(|ear| ear.id == *id) {
            if ear.known.as_ref() != Some(&read.message) {
                self.following.borrow_mut().change(id, now());
                ear.known = Some(read.message.clone());
                // Whoever has gone meanwhile wants to know nothing.
                let _ = ear.tell.unbounded_send(Ok(read.clone()));
            }
        }
        if read.message.is_final() {
            self.ears.borrow_mut().retain(|ear| ear.id != *id);
        }
    }

    fn fail(&self, id: &MessageId, failure: &Failure) {
        for ear in self.ears.borrow().iter().filter(|ear| ear.id == *id) {
            let _ = ear.tell.unbounded_send(Err(failure.clone()));
        }
        self.ears.borrow_mut().retain(|ear| ear.id != *id);
    }

    /// Asks no more after what nobody follows.
    fn end_unheard(&self) {
        let ears = self.ears.borrow();
        self.following.borrow_mut().keep(|id| ears.iter().any(|ear| ear.id == *id));
    }
}
