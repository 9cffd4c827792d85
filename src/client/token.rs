use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Function, Promise};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::{JsFuture, spawn_local};

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
}

impl Tokens {
    /// Sets the token; `None` forgets it.
    pub fn set_token(&self, token: Option<String>) {
        let mut source = self.0.borrow_mut();
        source.generation += 1;
        source.token = token.and_then(usable);
        source.fetched = false;
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

    /// The token, fetched where there is none yet.
    pub async fn current(&self) -> Option<String> {
        match self.token() {
            Some(token) => Some(token),
            None => self.fetch("initial").await,
        }
    }

    /// A new token in place of `refused`, which the service no longer takes; `None` where nobody has one to give. Where
    /// it was renewed meanwhile, the one that is there: providers may give each but once.
    pub async fn renew(&self, refused: Option<&str>) -> Option<String> {
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
