//! Who is signed in on this page, and the tokens that calls are made with; `way_in` is how a person gets there.
//!
//! Tokens are renewed before they end, once for all who ask: in the tab they wait for one promise, and across tabs for a
//! lock. Two tabs have the same session only where it is kept in the session storage, which the browser copies when a tab
//! is duplicated. Refresh tokens can be used once (fax API facts §5), so the tab that gets the lock second must not use
//! the one that it has:
//!
//! - Whoever has renewed posts the new tokens to the channel of the session before the lock comes free. A message and a
//!   lock take different ways through the browser, so the second may have the lock first. It asks on the channel, and
//!   messages of one tab keep their order: what that tab has posted is there before its answer is. It waits [`ASK`].
//! - The tab that renewed may be too busy to answer in that time: then the old token is refused, and before the session
//!   counts as over it asks once more, and waits [`ASK_AGAIN`].
//! - It may have been closed between the service's answer and its post. Then nobody has the new tokens; the service is
//!   documented to take the old one again until a new one is used, and where it does not, the person signs in once more.
//! - A tab that sleeps hears nothing. When it wakes its token is due, or refused, and it asks before it uses its own.
//! - Two tabs without locks may both renew: each posts, the later of the two counts, and a refusal asks first, as above.
//! - Signing out while tokens are being renewed: what then comes is revoked, and never used.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use futures_channel::oneshot;
use futures_util::future::{LocalBoxFuture, select};
use gloo_net::http::Method;
use gloo_timers::callback::Timeout;
use gloo_timers::future::TimeoutFuture;
use js_sys::Promise;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::{JsFuture, future_to_promise, spawn_local};
use web_sys::RequestCredentials;

use super::channel::Channel;
use super::fetch::{Accept, Answer, Call, fetch};
use super::storage::{self, Keep};
use super::token::TokenSource;
use super::{lock, now, rates, vault};
use crate::rate::Group;
use crate::sign_in::{Age, Client, End, Grant, Session, Trouble};

/// Milliseconds in which another tab that has newer tokens answers. Ours.
const ASK: u32 = 150;
/// The same where ours were refused. Ours.
const ASK_AGAIN: u32 = 1_000;
/// Milliseconds after a renewal without an answer until the next. Ours.
const RETRY: i64 = 30_000;
/// Milliseconds within which a token that came in place of a refused one, and is refused, is not renewed again. Ours.
const JUST_RENEWED: i64 = 5_000;
/// Milliseconds that the service may take to give tokens. Ours.
const TIME_LIMIT: u32 = 30_000;
/// The longest time that a browser's timer knows.
const LONGEST_TIMER: i64 = 0x7fff_ffff;

/// What tabs with the same session say besides the session itself.
const WHO_HAS_NEWER: &str = "ask";
const SIGNED_OUT: &str = "out";

/// Who is signed in with one client. The page has one of each, which all widgets share and which outlives them; nothing
/// goes on in it while nobody watches.
#[derive(Clone)]
pub struct SignIn(Rc<Inner>);

struct Inner {
    client: Client,
    session: RefCell<Option<Session>>,
    /// Why the last session ended.
    end: Cell<Option<End>>,
    /// Whether the session is kept for as long as the tab lives.
    keeps: Cell<bool>,
    /// The renewal under way: whoever else needs it waits for the same one.
    renewing: RefCell<Option<Promise>>,
    /// When a renewal last had no answer.
    unanswered: Cell<i64>,
    /// The turn that came in place of a refused token.
    in_place: Cell<i64>,
    timer: RefCell<Option<Timeout>>,
    channel: RefCell<Option<Channel>>,
    /// Those who wait for another tab's tokens.
    waiting: RefCell<Vec<oneshot::Sender<()>>>,
    watchers: RefCell<Vec<Rc<dyn Fn()>>>,
}

/// Somebody who hears of changes until this is dropped.
pub struct Watch(SignIn, Rc<dyn Fn()>);

impl Drop for Watch {
    fn drop(&mut self) {
        self.0.0.watchers.borrow_mut().retain(|watcher| !Rc::ptr_eq(watcher, &self.1));
        self.0.settle();
    }
}

thread_local! {
    static KNOWN: RefCell<Vec<SignIn>> = const { RefCell::new(Vec::new()) };
}

impl SignIn {
    /// The one of a client.
    #[must_use]
    pub fn of(client: &Client) -> Self {
        KNOWN.with_borrow_mut(|known| {
            if let Some(found) = known.iter().find(|found| found.0.client == *client) {
                return found.clone();
            }
            let fresh = Self(Rc::new(Inner {
                client: client.clone(),
                session: RefCell::default(),
                end: Cell::default(),
                keeps: Cell::default(),
                renewing: RefCell::default(),
                unanswered: Cell::new(i64::MIN / 2),
                in_place: Cell::new(-1),
                timer: RefCell::default(),
                channel: RefCell::default(),
                waiting: RefCell::default(),
                watchers: RefCell::default(),
            }));
            known.push(fresh.clone());
            fresh
        })
    }

    /// Who it signs in with.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.0.client
    }

    /// Whether somebody is signed in.
    #[must_use]
    pub fn is_in(&self) -> bool {
        self.0.session.borrow().is_some()
    }

    /// The service's id of who is, where it told.
    #[must_use]
    pub fn owner(&self) -> Option<String> {
        self.0.session.borrow().as_ref()?.owner().map(str::to_owned)
    }

    /// Why nobody is signed in any more.
    #[must_use]
    pub fn end(&self) -> Option<End> {
        self.0.end.get()
    }

    /// Calls `hear` whenever somebody signs in or out, and sees to it meanwhile that the tokens stay good.
    #[must_use]
    pub fn watch(&self, hear: impl Fn() + 'static) -> Watch {
        let hear: Rc<dyn Fn()> = Rc::new(hear);
        self.0.watchers.borrow_mut().push(Rc::clone(&hear));
        self.settle();
        self.look();
        Watch(self.clone(), hear)
    }

    /// Whether the session is kept for as long as the tab lives, and else only as long as the page. One that was kept comes
    /// back.
    pub fn keep(&self, keeps: bool) {
        self.0.keeps.set(keeps);
        let is_in = self.is_in();
        match (keeps, is_in) {
            (true, true) => self.store(),
            (true, false) => {
                let kept = storage::read_json(Keep::Session, &self.name()).and_then(|written| Session::read(&written));
                let is_kept = kept.is_some();
                self.0.session.replace(kept);
                self.settle();
                if is_kept {
                    // The storage may be a copy of what was there when the tab was duplicated.
                    self.post(WHO_HAS_NEWER);
                    self.tell();
                }
            }
            (false, _) => {
                storage::remove(Keep::Session, &self.name());
                self.settle();
            }
        }
    }

    /// Renews tokens that are due, as its timer does: a timer sleeps with its tab.
    pub fn look(&self) {
        let Some(session) = self.session() else { return };
        match session.age(now()) {
            Age::Fresh => self.plan(),
            Age::Over if session.refresh().is_none() => self.over(End::Expired),
            _ if self.had_no_answer_lately() => self.plan(),
            _ => drop(self.renewal(session.turn())),
        }
    }

    /// Forgets who is signed in, here and in the tabs that have the same session, and then tells the service. `false`
    /// where it did not answer that it knows.
    pub fn sign_out(&self) -> impl Future<Output = bool> + 'static {
        let session = self.session();
        self.post(SIGNED_OUT);
        self.over(End::SignedOut);
        let sign_in = self.clone();
        async move {
            match session {
                Some(session) => sign_in.revoke(session.revocable()).await,
                None => true,
            }
        }
    }

    // ----- the session

    fn session(&self) -> Option<Session> {
        self.0.session.borrow().clone()
    }

    /// Where it is kept.
    fn name(&self) -> String {
        format!("sign-in.{}", self.0.client.name())
    }

    fn store(&self) {
        if let Some(session) = self.0.session.borrow().as_ref().filter(|_| self.0.keeps.get()) {
            storage::write(Keep::Session, &self.name(), &session.write());
        }
    }

    /// Somebody signed in.
    pub(super) fn enter(&self, grant: Grant, asked: i64) -> Result<(), Trouble> {
        let mut name = [0; 16];
        vault::random(16).ok_or(Trouble::Insecure)?.copy_to(&mut name);
        // The channel is the session's.
        self.0.channel.take();
        if let Some(before) = self.session() {
            let sign_in = self.clone();
            spawn_local(async move {
                // Nobody waits for it.
                let _ = sign_in.revoke(before.revocable()).await;
            });
        }
        self.put(Session::begin(&name, grant, asked));
        self.tell();
        Ok(())
    }

    fn put(&self, session: Session) {
        self.0.session.replace(Some(session));
        self.0.unanswered.set(i64::MIN / 2);
        self.0.end.set(None);
        self.store();
        self.settle();
    }

    /// Nobody is signed in any more.
    fn over(&self, end: End) {
        if self.0.session.take().is_none() {
            return;
        }
        storage::remove(Keep::Session, &self.name());
        self.0.end.set(Some(end));
        self.settle();
        self.tell();
    }

    fn tell(&self) {
        let watchers = self.0.watchers.borrow().clone();
        for hear in watchers {
            hear();
        }
    }

    // ----- other tabs

    /// Timer and channel are there as long as there is a session and somebody who watches.
    fn settle(&self) {
        let is_watched = !self.0.watchers.borrow().is_empty();
        let session = self.session().filter(|_| is_watched);
        let name = session.filter(|_| self.0.keeps.get()).map(|session| session.name().to_owned());
        match name {
            Some(name) if self.0.channel.borrow().is_none() => {
                let sign_in = self.clone();
                let channel = Channel::open(&format!("fax-widget.session.{name}"), move |text| sign_in.hear(&text));
                self.0.channel.replace(channel);
            }
            Some(_) => {}
            None => {
                // Let go of later: this may be the channel's own message.
                let channel = self.0.channel.take();
                spawn_local(async move { drop(channel) });
            }
        }
        self.plan();
    }

    fn post(&self, text: &str) {
        if let Some(channel) = self.0.channel.borrow().as_ref() {
            channel.post(text);
        }
    }

    fn post_session(&self) {
        if let Some(session) = self.session() {
            self.post(&session.write());
        }
    }

    /// Another tab with this sign-in says something.
    fn hear(&self, text: &str) {
        match text {
            WHO_HAS_NEWER => self.post_session(),
            SIGNED_OUT => self.over(End::Elsewhere),
            _ => {
                let told = js_sys::JSON::parse(text).ok().and_then(|told| Session::read(&told));
                let newer = told.filter(|told| self.session().is_some_and(|session| told.follows(&session)));
                if let Some(session) = newer {
                    self.put(session);
                    for sender in self.0.waiting.take() {
                        // Whoever waited may have gone.
                        let _ = sender.send(());
                    }
                }
            }
        }
    }

    /// Asks the other tabs for newer tokens than those of a turn; whether one had some.
    async fn ask_others(&self, name: &str, turn: i64, patience: u32) -> bool {
        if self.0.channel.borrow().is_some() && self.is_at(name, turn) {
            let (sender, receiver) = oneshot::channel();
            self.0.waiting.borrow_mut().push(sender);
            self.post(WHO_HAS_NEWER);
            // Either way it is looked at what there is.
            let _ = select(receiver, TimeoutFuture::new(patience)).await;
        }
        !self.is_at(name, turn)
    }

    // ----- renewing

    fn plan(&self) {
        self.0.timer.take();
        let Some(session) = self.session() else { return };
        if self.0.watchers.borrow().is_empty() {
            return;
        }
        let wait = session.next(now()).max(self.0.unanswered.get() + RETRY - now()).min(LONGEST_TIMER);
        let sign_in = self.clone();
        let timer = Timeout::new(u32::try_from(wait).unwrap_or(0), move || {
            // It has gone off: nothing is left to clear.
            if let Some(timer) = sign_in.0.timer.take() {
                timer.forget();
            }
            sign_in.look();
        });
        self.0.timer.replace(Some(timer));
    }

    fn had_no_answer_lately(&self) -> bool {
        (0..RETRY).contains(&(now() - self.0.unanswered.get()))
    }

    /// Whether nothing has come in place of this turn of this sign-in: each begins to count anew.
    fn is_at(&self, name: &str, turn: i64) -> bool {
        self.0.session.borrow().as_ref().is_some_and(|session| session.name() == name && session.turn() == turn)
    }

    /// The renewal of the tokens of a turn. It goes on where those who wait for it are gone: half of it is a session lost.
    fn renewal(&self, turn: i64) -> Promise {
        if let Some(under_way) = self.0.renewing.borrow().clone() {
            return under_way;
        }
        let sign_in = self.clone();
        let renewal = future_to_promise(async move {
            sign_in.renew_in_turn(turn).await;
            sign_in.0.renewing.take();
            sign_in.plan();
            Ok(JsValue::UNDEFINED)
        });
        self.0.renewing.replace(Some(renewal.clone()));
        renewal
    }

    async fn renew_in_turn(&self, turn: i64) {
        let Some(name) = self.session().map(|session| session.name().to_owned()) else { return };
        let _held = lock::hold(&format!("session.{name}")).await;
        if self.ask_others(&name, turn, ASK).await {
            return;
        }
        let Some(session) = self.session().filter(|session| session.name() == name) else { return };
        let Some(refresh) = session.refresh() else { return self.over(End::Expired) };
        let result = self.ask(&self.0.client.refresh(refresh)).await;
        match result {
            Ok((grant, _)) if self.session().is_none_or(|now| now.name() != name) => {
                // A person has signed out meanwhile.
                self.revoke(grant.revocable()).await;
            }
            Ok((grant, asked)) => {
                let renewed = session.renewed(grant, asked);
                if self.session().is_none_or(|now| renewed.follows(&now)) {
                    self.put(renewed);
                    self.post_session();
                }
            }
            Err(Trouble::Refused(_)) => {
                if !self.ask_others(&name, turn, ASK_AGAIN).await {
                    self.over(End::Expired);
                }
            }
            Err(_) => self.0.unanswered.set(now()),
        }
    }

    /// Waits for the renewal of a turn, and gives the token that there is then.
    async fn renewed(&self, turn: i64) -> Option<String> {
        // It is fulfilled whatever comes of it.
        let _ = JsFuture::from(self.renewal(turn)).await;
        self.session().map(|session| session.access().to_owned())
    }

    // ----- calls

    /// Asks for tokens; they come with the moment at which they were asked for.
    pub(super) async fn ask(&self, form: &str) -> Result<(Grant, i64), Trouble> {
        let (answer, asked) = self.call(&self.0.client.token_url(), form).await.ok_or(Trouble::NoAnswer)?;
        Ok((Grant::read(&super::reply(answer))?, asked))
    }

    async fn revoke(&self, token: &str) -> bool {
        let answer = self.call(&self.0.client.revoke_url(), &self.0.client.revoke(token)).await;
        answer.is_some_and(|(answer, _)| (200..300).contains(&answer.status))
    }

    async fn call(&self, url: &str, form: &str) -> Option<(Answer, i64)> {
        let pass = rates::pass(self.0.client.host(), Group::Auth, &|_| {}).await;
        let asked = now();
        let call = Call {
            method: Method::POST,
            url,
            // A client without a secret has nothing to say who it is with.
            token: None,
            credentials: RequestCredentials::Omit,
            body: Some(form.into()),
            content_type: Some("application/x-www-form-urlencoded"),
            accept: Accept::Json,
            time_limit: TIME_LIMIT,
        };
        let answer = fetch(call).await.ok()?;
        pass.end(answer.told).await;
        Some((answer, asked))
    }
}

impl TokenSource for SignIn {
    fn is_there(&self) -> bool {
        self.is_in()
    }

    fn current(&self) -> LocalBoxFuture<'static, Option<String>> {
        let sign_in = self.clone();
        Box::pin(async move {
            let session = sign_in.session()?;
            match session.age(now()) {
                Age::Fresh => Some(session.access().to_owned()),
                Age::Over if session.refresh().is_none() => {
                    sign_in.over(End::Expired);
                    None
                }
                // The call itself then tells whether the service can be reached, and takes the token.
                _ if sign_in.had_no_answer_lately() => Some(session.access().to_owned()),
                _ => sign_in.renewed(session.turn()).await,
            }
        })
    }

    fn renew(&self, refused: &str) -> LocalBoxFuture<'static, Option<String>> {
        let (sign_in, refused) = (self.clone(), refused.to_owned());
        Box::pin(async move {
            let session = sign_in.session()?;
            if session.access() != refused {
                return Some(session.access().to_owned());
            }
            if session.refresh().is_none() {
                sign_in.over(End::Expired);
                return None;
            }
            // Another would be refused too: it is not for its age.
            let is_fresh = (0..JUST_RENEWED).contains(&(now() - session.from()));
            if is_fresh && sign_in.0.in_place.get() == session.turn() {
                return None;
            }
            let token = sign_in.renewed(session.turn()).await;
            if let Some(session) = sign_in.session() {
                sign_in.0.in_place.set(session.turn());
            }
            token.filter(|token| *token != refused)
        })
    }
}
