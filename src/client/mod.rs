//! The fax client of the browser: tokens, posts, and what may be tried again.
//!
//! A fax may be posted again without asking only where the service said, before reading it, that it did not take it:
//! once after 401, with a new token, and after 429, when the time that it named has passed. Nothing else is ever
//! repeated (fax API facts §3.4).

mod body;
mod fetch;
mod token;

pub use body::is_readable;
pub use token::Tokens;

use js_sys::{Array, Reflect};
use wasm_bindgen::JsValue;
use web_sys::{File, RequestCredentials};

use crate::fax::Fax;
use crate::reply::{Code, CoverPage, Failure, Json, Message, Reply, cover_pages};
use crate::service::Service;
use fetch::{Answer, Call, fetch};

/// How a new fax is packed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encoding {
    /// `multipart/form-data`.
    #[default]
    FormData,
    /// `multipart/mixed`.
    Mixed,
}

/// Seconds to wait after a 429 whose `Retry-After` the browser may not read (fax API facts §5, CORS).
const UNREADABLE_RETRY_AFTER: u32 = 60;
/// How often a 429 is waited out before giving up. Ours: a person is watching the countdown.
const MOST_WAITS: u32 = 2;
/// Seconds that nobody is asked to watch a countdown for. Ours.
const LONGEST_WAIT: u32 = 300;

/// Milliseconds that a request without documents may take. Ours.
const TIME_LIMIT: u64 = 60_000;
/// Bytes a millisecond of the slowest line that a large fax may be sent on (256 kbit/s). Ours.
const SLOWEST_LINE: u64 = 32;

/// What a send has come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The request leaves.
    Posting,
    /// The service did not take it (401), and a new token is being fetched; nothing is on its way.
    Renewing,
    /// The service did not take it (429); the next post leaves in so many seconds; nothing is on its way.
    Waiting(u32),
}

/// A message as read, and as the service wrote it.
pub struct Accepted {
    /// What the widget goes by.
    pub message: Message,
    /// The API's own message object, for the embedding page.
    pub raw: JsValue,
}

/// A client of one service, with one way of packing and one source of tokens.
pub struct FaxClient {
    /// Where to.
    pub service: Service,
    /// Whether cookies go along.
    pub credentials: RequestCredentials,
    /// How a fax is packed.
    pub encoding: Encoding,
    /// Where the token comes from.
    pub tokens: Tokens,
    /// Whether a call may go out without a token, because a proxy adds its own.
    pub anonymous: bool,
}

impl FaxClient {
    /// Sends a fax, and tells of each step; where `step` says `false`, it goes no further and never ends. Dropping the
    /// future aborts the request.
    ///
    /// # Errors
    /// A [`Failure`] whose outcome says whether the fax may have been accepted.
    pub async fn send(&self, fax: &Fax<File>, step: impl Fn(Step) -> bool) -> Result<Accepted, Failure> {
        let mut token = self.token().await?;
        let mut renewed = false;
        let mut waits = 0;
        loop {
            if !is_online() {
                return Err(Failure::before_posting(Code::Offline));
            }
            let packed = body::pack(fax, self.encoding).map_err(|()| Failure::before_posting(Code::Invalid))?;
            if !step(Step::Posting) {
                return std::future::pending().await;
            }
            let answer = fetch(Call {
                method: gloo_net::http::Method::POST,
                url: self.service.fax(),
                token: token.as_deref(),
                credentials: self.credentials,
                body: Some(packed.body),
                content_type: packed.content_type.as_deref(),
                time_limit: time_limit(packed.bytes),
            })
            .await
            .map_err(Failure::new)?;
            match answer.status {
                401 if !renewed => {
                    step(Step::Renewing);
                    renewed = true;
                    match self.tokens.renew(token.as_deref()).await {
                        Some(fresh) => token = Some(fresh),
                        None => return decode(answer),
                    }
                }
                429 if waits < MOST_WAITS => {
                    let seconds = answer.retry_after.unwrap_or(UNREADABLE_RETRY_AFTER);
                    if seconds > LONGEST_WAIT {
                        return decode(answer);
                    }
                    waits += 1;
                    step(Step::Waiting(seconds));
                    gloo_timers::future::TimeoutFuture::new(seconds.saturating_mul(1_000)).await;
                }
                _ => return decode(answer),
            }
        }
    }

    /// The cover pages of this account; empty where the service keeps no list that can be asked for.
    ///
    /// # Errors
    /// A [`Failure`]; its outcome says nothing, for nothing is sent.
    pub async fn cover_pages(&self) -> Result<Vec<CoverPage>, Failure> {
        let Some(url) = self.service.cover_pages() else { return Ok(Vec::new()) };
        let mut token = self.token().await?;
        let mut renewed = false;
        let answer = loop {
            let answer = fetch(Call {
                method: gloo_net::http::Method::GET,
                url: &url,
                token: token.as_deref(),
                credentials: self.credentials,
                body: None,
                content_type: None,
                time_limit: TIME_LIMIT as u32,
            })
            .await
            .map_err(Failure::new)?;
            if answer.status != 401 || renewed {
                break answer;
            }
            renewed = true;
            match self.tokens.renew(token.as_deref()).await {
                Some(fresh) => token = Some(fresh),
                None => break answer,
            }
        };
        let list = answer.json.clone().filter(|_| answer.status == 200);
        match list.and_then(|list| cover_pages(&list)) {
            Some(pages) => Ok(pages),
            None => Err(decode(answer).err().unwrap_or_else(|| Failure::new(Code::Unreadable))),
        }
    }

    async fn token(&self) -> Result<Option<String>, Failure> {
        match self.tokens.current().await {
            None if !self.anonymous => Err(Failure::before_posting(Code::Unauthorized)),
            token => Ok(token),
        }
    }
}

fn decode(answer: Answer) -> Result<Accepted, Failure> {
    let raw = answer.json.clone().unwrap_or_default();
    let reply = Reply { status: answer.status, retry_after: answer.retry_after, body: answer.json };
    reply.decode().map(|message| Accepted { message, raw })
}

fn time_limit(bytes: u64) -> u32 {
    u32::try_from(TIME_LIMIT + bytes / SLOWEST_LINE).unwrap_or(u32::MAX)
}

fn is_online() -> bool {
    web_sys::window().is_none_or(|window| window.navigator().on_line())
}

impl Json for JsValue {
    fn property(&self, name: &str) -> Option<Self> {
        let value = Reflect::get(self, &name.into()).ok()?;
        (!value.is_null() && !value.is_undefined()).then_some(value)
    }

    fn items(&self) -> Vec<Self> {
        if Array::is_array(self) { Array::from(self).to_vec() } else { Vec::new() }
    }

    fn string(&self) -> Option<String> {
        self.as_string()
    }

    fn number(&self) -> Option<f64> {
        self.as_f64()
    }
}
