use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Function, Promise};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

/// The access token, and the page's function that fetches a new one. Kept in memory only.
#[derive(Clone, Default)]
pub struct Tokens(Rc<RefCell<Source>>);

#[derive(Default)]
struct Source {
    token: Option<String>,
    provider: Option<Function>,
    /// The provider's answer that is being waited for: whoever else needs a token waits for the same one.
    pending: Option<Promise>,
}

impl Tokens {
    /// Sets the token; `None` forgets it.
    pub fn set_token(&self, token: Option<String>) {
        self.0.borrow_mut().token = token.filter(|token| !token.is_empty());
    }

    /// The token as it was set or last fetched.
    #[must_use]
    pub fn token(&self) -> Option<String> {
        self.0.borrow().token.clone()
    }

    /// Sets the function that fetches a token, called with `initial` or `expired`.
    pub fn set_provider(&self, provider: Option<Function>) {
        self.0.borrow_mut().provider = provider;
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

    /// A new token in place of one that the service no longer takes; `None` where nobody has one to give.
    pub async fn renew(&self) -> Option<String> {
        self.fetch("expired").await
    }

    async fn fetch(&self, reason: &str) -> Option<String> {
        let pending = self.0.borrow().pending.clone();
        let promise = match pending {
            Some(promise) => promise,
            None => {
                // Called with nothing borrowed: the page's function may set the token from inside.
                let answer = self.provider()?.call1(&JsValue::NULL, &reason.into()).ok()?;
                let promise = Promise::resolve(&answer);
                self.0.borrow_mut().pending = Some(promise.clone());
                promise
            }
        };
        let answer = JsFuture::from(promise).await;
        let mut source = self.0.borrow_mut();
        source.pending = None;
        let token = answer.ok().and_then(|token| token.as_string()).filter(|token| !token.is_empty());
        if token.is_some() {
            source.token.clone_from(&token);
        }
        token
    }
}
