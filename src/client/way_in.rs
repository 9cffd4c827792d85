//! The way to the service's sign-in and back: in a window of its own, or with the whole page.

use std::cell::RefCell;
use std::rc::Rc;

use futures_channel::oneshot;
use futures_util::future::{Either, select};
use gloo_timers::future::TimeoutFuture;
use js_sys::Reflect;
use wasm_bindgen::prelude::*;
use web_sys::Url;

use super::channel::{Channel, call, data};
use super::digest;
use super::sign_in::SignIn;
use super::storage::{self, Keep};
use super::vault;
use crate::sign_in::{Answer, Attempt, Trouble};

/// Where an attempt lies while the page is away; www/sign_in.js takes it from there.
const AWAY: &str = "sign-in.away";
/// Milliseconds between two looks whether the window is still there. Ours.
const LOOK: u32 = 500;

/// A window for the sign-in, and the way to close it; closed when this is dropped.
pub struct SignInWindow(JsValue);

impl SignInWindow {
    /// Opens it, empty, in the click of a person, for behind anything that waits a browser opens none; `None` where it does
    /// not anyway.
    #[must_use]
    pub fn open() -> Option<Self> {
        let [address, name, features] = ["", "_blank", "popup,width=520,height=720"].map(JsValue::from_str);
        let window = call(&js_sys::global(), "open", &[&address, &name, &features])?;
        window.is_object().then_some(Self(window))
    }

    /// Whether it is closed, or out of reach: where the sign-in cuts itself off from who opened it
    /// (`Cross-Origin-Opener-Policy`), both look the same from here.
    fn is_closed(&self) -> bool {
        Reflect::get(&self.0, &"closed".into()).is_ok_and(|closed| closed.is_truthy())
    }
}

impl Drop for SignInWindow {
    fn drop(&mut self) {
        call(&self.0, "close", &[]);
    }
}

/// Hears the answer to one attempt.
struct Ear {
    channel: Option<Channel>,
    answer: oneshot::Receiver<(String, JsValue)>,
    hear: Closure<dyn FnMut(JsValue)>,
}

impl Ear {
    fn new(attempt: &Attempt) -> Self {
        let (sender, answer) = oneshot::channel();
        let sender = Rc::new(RefCell::new(Some(sender)));
        let hear = {
            let attempt = attempt.clone();
            move |text: String, source: JsValue| {
                if Answer::read(&text).is_some_and(|answer| attempt.is_answered_by(&answer))
                    && let Some(sender) = sender.borrow_mut().take()
                {
                    // Whoever waited may have gone.
                    let _ = sender.send((text, source));
                }
            }
        };
        let channel = {
            let hear = hear.clone();
            Channel::open(attempt.state(), move |text| hear(text, JsValue::UNDEFINED))
        };
        let hear = Closure::<dyn FnMut(JsValue)>::new(move |event: JsValue| {
            let get = |name: &str| Reflect::get(&event, &name.into()).unwrap_or_default();
            if let Some(text) = data(&event).filter(|_| get("origin").as_string() == own("origin")) {
                hear(text, get("source"));
            }
        });
        // Where storage is parted by site, as in a frame on another's page, channels are too; a window's opener is not.
        call(&js_sys::global(), "addEventListener", &[&"message".into(), hear.as_ref()]);
        Self { channel, answer, hear }
    }

    /// Tells the window that brought the answer that it was heard.
    fn thank(&self, attempt: &Attempt, source: &JsValue) {
        if let Some(channel) = &self.channel {
            channel.post(attempt.state());
        }
        if source.is_object() {
            let origin = own("origin").unwrap_or_default();
            call(source, "postMessage", &[&attempt.state().into(), &origin.into()]);
        }
    }
}

impl Drop for Ear {
    fn drop(&mut self) {
        call(&js_sys::global(), "removeEventListener", &[&"message".into(), self.hear.as_ref()]);
    }
}

impl SignIn {
    /// Signs in through a window. Where that is closed, or out of reach, `lost` is called once, and the answer waited for
    /// all the same. Dropping the future closes the window.
    ///
    /// # Errors
    /// Why nobody is signed in.
    pub async fn through(&self, window: SignInWindow, redirect_uri: &str, lost: impl Fn()) -> Result<(), Trouble> {
        let redirect_uri = address(redirect_uri).ok_or(Trouble::Address)?;
        let (attempt, url) = self.set_out(&redirect_uri).await?;
        let mut ear = Ear::new(&attempt);
        let location = Reflect::get(&window.0, &"location".into()).unwrap_or_default();
        call(&location, "replace", &[&url.into()]);
        let mut is_lost = false;
        let (answer, source) = loop {
            match select(&mut ear.answer, TimeoutFuture::new(LOOK)).await {
                Either::Left((answer, _)) => break answer.map_err(|_| Trouble::NoAnswer)?,
                Either::Right(_) if !is_lost && window.is_closed() => {
                    is_lost = true;
                    lost();
                }
                Either::Right(_) => {}
            }
        };
        ear.thank(&attempt, &source);
        drop(ear);
        let answer = Answer::read(&answer).ok_or(Trouble::Foreign)?;
        self.redeem(&attempt, &answer).await
    }

    /// Leaves the page for the sign-in. It comes back under `redirect_uri`, by default under its own address.
    ///
    /// # Errors
    /// Why the page stays.
    pub async fn leave(&self, redirect_uri: &str) -> Result<(), Trouble> {
        let redirect_uri = address(redirect_uri).ok_or(Trouble::Address)?;
        let (attempt, url) = self.set_out(&redirect_uri).await?;
        storage::write(Keep::Session, AWAY, &attempt.write(&back(&redirect_uri)));
        if !storage::outlasts(Keep::Session, AWAY) {
            stay();
            return Err(Trouble::Forgetful);
        }
        let location = Reflect::get(&js_sys::global(), &"location".into()).unwrap_or_default();
        call(&location, "assign", &[&url.into()]).map(drop).ok_or(Trouble::Address)
    }

    /// Signs in with the answer to an attempt.
    ///
    /// # Errors
    /// Why nobody is signed in.
    pub async fn redeem(&self, attempt: &Attempt, answer: &Answer) -> Result<(), Trouble> {
        let code = attempt.code(answer)?;
        if !attempt.is_of(self.client()) {
            return Err(Trouble::Foreign);
        }
        let (grant, asked) = self.ask(&attempt.redeem(code)).await?;
        self.enter(grant, asked)
    }

    async fn set_out(&self, redirect_uri: &str) -> Result<(Attempt, String), Trouble> {
        let mut random = [0; 48];
        vault::random(48).ok_or(Trouble::Insecure)?.copy_to(&mut random);
        let attempt = Attempt::new(self.client(), redirect_uri, &random);
        let digest = digest::sha256(attempt.verifier().as_bytes()).await.ok_or(Trouble::Insecure)?;
        let url = attempt.url(&digest);
        Ok((attempt, url))
    }
}

/// The page has not been left after all.
pub fn stay() {
    storage::remove(Keep::Session, AWAY);
}

/// Whether the page may be left: one in a frame would take its sign-in into the frame, which no service lets be shown there.
#[must_use]
pub fn may_leave() -> bool {
    let window = js_sys::global();
    Reflect::get(&window, &"top".into()).is_ok_and(|top| js_sys::Object::is(&top, &window))
}

/// The path under which the page comes back.
#[must_use]
pub fn path_back(redirect_uri: &str) -> Option<String> {
    Url::new(&address(redirect_uri)?).ok().map(|url| url.pathname())
}

/// The address to come back to. One that is whole goes out as it was written, for the service compares letters (RFC 6749
/// §3.1.2.3). `None` for another site's, from which the answer would not get here, and for what has a fragment.
fn address(redirect_uri: &str) -> Option<String> {
    let href = own("href")?;
    let page = href.split(['?', '#']).next()?;
    let url = Url::new_with_base(redirect_uri.trim(), page).ok()?;
    let is_ours = Some(url.origin()) == own("origin") && url.protocol().starts_with("http") && url.hash().is_empty();
    let is_whole = redirect_uri.trim().starts_with("http");
    is_ours.then(|| if is_whole { redirect_uri.trim().to_owned() } else { url.href() })
}

/// The query and the fragment of the page when it is back: those of now, where it comes back as itself.
fn back(redirect_uri: &str) -> String {
    let url = Url::new(redirect_uri).ok();
    let get = |name| own(name).unwrap_or_default();
    match url.filter(|url| Some(url.pathname()) != own("pathname")) {
        Some(other) => other.search(),
        None => get("search") + &get("hash"),
    }
}

/// A part of the page's own address.
fn own(part: &str) -> Option<String> {
    let location = Reflect::get(&js_sys::global(), &"location".into()).ok()?;
    Reflect::get(&location, &part.into()).ok()?.as_string()
}
