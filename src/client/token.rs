use std::cell::RefCell;
use std::rc::Rc;

use futures_util::future::LocalBoxFuture;
use js_sys::{Function, Promise};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::{JsFuture, spawn_local};

/// Who has tokens where the page gives none: the sign-in. Behind a trait, so that what merely holds it, as the form does,
/// has nothing of how it works.
pub trait TokenSource {
    /// Whether there is a token.
    fn is_there(&self) -> bool;
    /// The token, renewed where it is about to end.
    fn current(&self) -> LocalBoxFuture<'static, Option<String>>;
    /// A token in place of one that the service no longer takes.
    fn renew(&self, refused: &str) -> LocalBoxFuture<'static, Option<String>>;
}

/// The access token, and the page's function that fetches a new one. Kept in memory only.
#[derive(Clone, Default)]
pub struct Tokens(Rc<RefCell<Source>>);

#[derive(Default)]
struct Source {
    token: Option<String>,
    provider: Option<Function>,
    /// Whether the token came from the provider.
    fetched: bool,
    /// Goes up whenever the page sets a token or a provider: what was asked for before is let go.
    generation: u32,
    /// The provider's answer that is being waited for: whoever else needs a token waits for the same one.
    pending: Option<Promise>,
    /// Asked where the page has set neither.
    sign_in: Option<Rc<dyn TokenSource>>,
}

impl Tokens {
    /// Sets the token; `None` forgets it.
    pub fn set_token(&self, token: Option<String>) {
        let mut source = self.0.borrow_mut();
        source.generation += 1;
        source.token = token.and_then(usable);
        source.fetched = false;
    }

    /// A handle with all that this one has; this one, which those hold who speak with another service, has nothing any more.
    #[must_use]
    pub fn part(&self) -> Self {
        Self(Rc::new(RefCell::new(self.0.take())))
    }

    /// The token as it was set or last fetched.
    #[must_use]
    pub fn token(&self) -> Option<String> {
        self.0.borrow().token.clone()
    }

    /// Sets the function that fetches a token, called with `initial` or `expired`.
    pub fn set_provider(&self, provider: Option<Function>) {
        let mut source = self.0.borrow_mut();
        source.generation += 1;
        source.pending = None;
        if source.fetched {
            source.token = None;
        }
        source.provider = provider;
    }

    /// The function as it was set.
    #[must_use]
    pub fn provider(&self) -> Option<Function> {
        self.0.borrow().provider.clone()
    }

    /// Sets who has tokens where the page sets neither a token nor a provider. What the page sets wins, also where the
    /// service refuses it: nobody's fax goes out under another's account.
    pub fn set_sign_in(&self, sign_in: Option<Rc<dyn TokenSource>>) {
        self.0.borrow_mut().sign_in = sign_in;
    }

    /// Whether the page has set a token, or who fetches one.
    #[must_use]
    pub fn are_the_pages(&self) -> bool {
        let source = self.0.borrow();
        source.token.is_some() || source.provider.is_some()
    }

    /// Whether there is a token, or it can be had.
    #[must_use]
    pub fn are_there(&self) -> bool {
        self.are_the_pages() || self.0.borrow().sign_in.as_ref().is_some_and(|sign_in| sign_in.is_there())
    }

    fn sign_in(&self) -> Option<Rc<dyn TokenSource>> {
        self.0.borrow().sign_in.clone().filter(|_| !self.are_the_pages())
    }

    /// The token, fetched where there is none yet.
    pub async fn current(&self) -> Option<String> {
        if let Some(sign_in) = self.sign_in() {
            return sign_in.current().await;
        }
        match self.token() {
            Some(token) => Some(token),
            None => self.fetch("initial").await,
        }
    }

    /// A new token in place of `refused`, which the service no longer takes; `None` where nobody has one to give. Where
    /// it was renewed meanwhile, the one that is there: providers may give each but once.
    pub async fn renew(&self, refused: Option<&str>) -> Option<String> {
        if let (Some(sign_in), Some(refused)) = (self.sign_in(), refused) {
            return sign_in.renew(refused).await;
        }
        match self.token() {
            Some(token) if refused.is_some_and(|refused| refused != token) => Some(token),
            _ => self.fetch("expired").await,
        }
    }

    async fn fetch(&self, reason: &str) -> Option<String> {
        let (pending, generation) = {
            let source = self.0.borrow();
            (source.pending.clone(), source.generation)
        };
        let promise = match pending {
            Some(promise) => promise,
            None => {
                // Called with nothing borrowed: the page's function may set the token from inside.
                let answer = self.provider()?.call1(&JsValue::NULL, &reason.into()).ok()?;
                let promise = Promise::resolve(&answer);
                self.0.borrow_mut().pending = Some(promise.clone());
                // Settled here and not by those who wait, who may have gone by then.
                let (tokens, answer) = (self.clone(), promise.clone());
                spawn_local(async move {
                    let token = read(answer.clone()).await;
                    let mut source = tokens.0.borrow_mut();
                    if source.pending.as_ref().is_some_and(|pending| js_sys::Object::is(pending, &answer)) {
                        source.pending = None;
                    }
                    if source.generation == generation && token.is_some() {
                        source.token = token;
                        source.fetched = true;
                    }
                });
                promise
            }
        };
        let token = read(promise).await;
        let source = self.0.borrow();
        // Asked of a provider that the page has meanwhile replaced: its token is not for the service of today.
        if source.generation == generation { token } else { source.token.clone() }
    }
}

/// What a provider answers: a token, or nothing that can be used.
async fn read(answer: Promise) -> Option<String> {
    JsFuture::from(answer).await.ok()?.as_string().and_then(usable)
}

/// A token that can stand in a header; an error page in its place, say, is none.
fn usable(token: String) -> Option<String> {
    let token = token.trim();
    let plain = token.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ');
    (plain && !token.is_empty()).then(|| token.to_owned())
}
