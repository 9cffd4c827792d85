//! The fax client of the browser: tokens, posts, and what may be tried again.
//!
//! A fax may be posted again without asking only where the service said, before reading it, that it did not take it:
//! once after 401, with a new token, and after 429, when the time that it named has passed. Nothing else is ever
//! repeated (fax API facts §3.4).

mod body;
mod channel;
mod clock;
pub mod digest;
mod draft_store;
mod engine;
mod fetch;
mod follower;
pub mod lock;
mod outbox;
mod rates;
mod records;
mod sign_in;
mod slot;
pub mod storage;
mod token;
mod vault;
pub mod way_in;

pub use body::is_readable;
pub use draft_store::{DraftStore, Kept, StoreError};
pub use engine::{Engine, Wanted as PageWanted, has_renderer, set_renderer};
pub use follower::Follower;
pub use outbox::{AGREED, Opened, Outbox, Parcel, Refusal, Settled, new_key};
pub use sign_in::{SignIn, Watch};
pub use token::{TokenSource, Tokens};
pub use way_in::SignInWindow;

use gloo_net::http::Method;
use js_sys::{Array, Reflect};
use wasm_bindgen::JsValue;
use web_sys::{Blob, File, RequestCredentials};

use crate::encoding;
use crate::fax::Fax;
use crate::message::{Json, Message, MessagePage};
use crate::message_id::MessageId;
use crate::rate::Group;
use crate::reply::{Code, CoverPage, Failure, Reply, cover_pages, several};
use crate::resend::Resend;
use crate::service::{Query, Service};
use body::Packed;
use fetch::{Accept, Answer, Call, fetch};

/// How a new fax is packed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encoding {
    /// `multipart/form-data`.
    #[default]
    FormData,
    /// `multipart/mixed`.
    Mixed,
}

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
    /// The service did not take it (429), or its limit is reached; the next post leaves at this time, in milliseconds
    /// since 1970; nothing is on its way.
    Waiting(i64),
    /// The answer was lost; the message store is being looked at for the fax.
    Looking,
}

/// A message as read, and as the service wrote it.
#[derive(Clone)]
pub struct Read {
    /// What the widget goes by.
    pub message: Message,
    /// The API's own message object, for the embedding page.
    pub raw: JsValue,
}

/// What the service says of an id: its message, or `None` where there is none.
pub type Found = Result<Option<Read>, Failure>;

/// The message of a fax that the service has taken. Accepted is not sent: nothing has been faxed yet.
pub type Accepted = Read;

/// A client of one service, with one way of packing and one source of tokens.
#[derive(Clone)]
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
    pub async fn send(&self, fax: &Fax<File>, step: &dyn Fn(Step) -> bool) -> Result<Accepted, Failure> {
        self.post(&|| body::pack(fax, self.encoding), step).await
    }

    /// Sends a fax again that the service holds; in all else like [`send`](Self::send).
    ///
    /// # Errors
    /// As for [`send`](Self::send).
    pub async fn resend(&self, resend: &Resend, step: &dyn Fn(Step) -> bool) -> Result<Accepted, Failure> {
        let content_type = Some("application/json".to_owned());
        let pack =
            || Ok(Packed { body: encoding::resend(resend).into(), content_type: content_type.clone(), bytes: 0 });
        self.post(&pack, step).await
    }

    async fn post(
        &self,
        pack: &dyn Fn() -> Result<Packed, ()>,
        step: &dyn Fn(Step) -> bool,
    ) -> Result<Accepted, Failure> {
        let mut token = self.token().await?;
        let mut renewed = false;
        let mut waits = 0;
        loop {
            if !is_online() {
                return Err(Failure::before_posting(Code::Offline));
            }
            let packed = pack().map_err(|()| Failure::before_posting(Code::Invalid))?;
            let waiting = |until| {
                step(Step::Waiting(until));
            };
            let pass = rates::pass(self.service.host(), Group::Heavy, &waiting).await;
            // Where it waited for the limit, the connection may be gone by now.
            if !is_online() {
                return Err(Failure::before_posting(Code::Offline));
            }
            if !step(Step::Posting) {
                return std::future::pending().await;
            }
            let answer = fetch(Call {
                method: Method::POST,
                url: self.service.fax(),
                token: token.as_deref(),
                credentials: self.credentials,
                body: Some(packed.body),
                content_type: packed.content_type.as_deref(),
                accept: Accept::Json,
                time_limit: time_limit(packed.bytes),
            })
            .await
            .map_err(Failure::new)?;
            pass.end(answer.told).await;
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
                    let seconds = answer.retry_after.unwrap_or(fetch::UNREADABLE_RETRY_AFTER);
                    if seconds > LONGEST_WAIT {
                        return decode(answer);
                    }
                    // What was just noted holds up the next pass, in every tab.
                    waits += 1;
                }
                _ => return decode(answer),
            }
        }
    }

    /// One message; `None` where there is none with this id.
    ///
    /// # Errors
    /// A [`Failure`]; its outcome says nothing, for nothing is sent.
    pub async fn message(&self, id: &MessageId) -> Result<Option<Read>, Failure> {
        let answer = self.call(Method::GET, Group::Light, Accept::Json, self.service.messages(id, &[])).await?;
        found(reply(answer))
    }

    /// Several messages in one call, each with an answer of its own. At most
    /// [`MOST_AT_ONCE`](crate::following::MOST_AT_ONCE) ids.
    ///
    /// # Errors
    /// A [`Failure`] where the question as a whole has no answer.
    pub async fn messages(&self, ids: &[MessageId]) -> Result<Vec<(MessageId, Found)>, Failure> {
        let Some((first, others)) = ids.split_first() else { return Ok(Vec::new()) };
        if others.is_empty() {
            // For one id the answer is the message itself (fax API facts §4).
            return Ok(vec![(first.clone(), Ok(self.message(first).await?))]);
        }
        let url = self.service.messages(first, others);
        let answer = self.call(Method::GET, Group::Light, Accept::SeveralAsJson, url).await?;
        let list = answer.json.as_ref().filter(|_| answer.status == 207 || answer.status == 200);
        let Some(list) = list.filter(|list| Array::is_array(list)) else { return Err(reply(answer).failure()) };
        Ok(several(list, ids).into_iter().map(|(id, reply)| (id, found(reply))).collect())
    }

    /// A page of the message list, as read, and each message as the service wrote it.
    ///
    /// # Errors
    /// As for [`message`](Self::message).
    pub async fn list(&self, query: &Query) -> Result<(MessagePage<JsValue>, JsValue), Failure> {
        let answer = self.call(Method::GET, Group::Light, Accept::Json, self.service.list(query)).await?;
        let raw = answer.json.clone().filter(|_| answer.status == 200).unwrap_or_default();
        match MessagePage::read(&raw) {
            Some(page) => Ok((page, raw)),
            None => Err(reply(answer).failure()),
        }
    }

    /// Deletes a message: of a fax that has not gone out yet, this is how it is cancelled (fax API facts §1.4). It takes
    /// an id that is one, for without any the service would delete every message.
    ///
    /// # Errors
    /// As for [`message`](Self::message).
    pub async fn cancel(&self, id: &MessageId) -> Result<(), Failure> {
        let url = self.service.messages(id, &[]);
        let answer = self.call(Method::DELETE, Group::Medium, Accept::Json, url).await?;
        if (200..300).contains(&answer.status) { Ok(()) } else { Err(reply(answer).failure()) }
    }

    /// The rendered document of a fax, from the address that its message gives; `None` while it is being prepared.
    ///
    /// # Errors
    /// As for [`message`](Self::message).
    pub async fn document(&self, uri: &str) -> Result<Option<Blob>, Failure> {
        let answer = self.call(Method::GET, Group::Medium, Accept::Document, self.service.document(uri)).await?;
        let document = answer.document.clone();
        let failure = reply(answer).failure();
        match document {
            Some(document) => Ok(Some(document)),
            // Whatever the status, which is not documented (fax API facts §3.2).
            None if failure.error_code.as_deref() == Some("MSG-368") => Ok(None),
            None => Err(failure),
        }
    }

    /// The cover pages of this account; empty where the service keeps no list that can be asked for.
    ///
    /// # Errors
    /// As for [`message`](Self::message).
    pub async fn cover_pages(&self) -> Result<(Vec<CoverPage>, JsValue), Failure> {
        let Some(url) = self.service.cover_pages() else { return Ok((Vec::new(), Array::new().into())) };
        let answer = self.call(Method::GET, Group::Light, Accept::Json, Some(url)).await?;
        let raw = answer.json.clone().filter(|_| answer.status == 200).unwrap_or_default();
        match cover_pages(&raw) {
            Some(pages) => Ok((pages, raw.property("records").unwrap_or_default())),
            None => Err(reply(answer).failure()),
        }
    }

    /// Makes a call that sends no fax: once more with a new token after a 401, and after the wait of a 429.
    async fn call(&self, method: Method, group: Group, accept: Accept, url: Option<String>) -> Result<Answer, Failure> {
        // Behind a proxy with paths of its own nothing but sending is known.
        let url = url.ok_or_else(|| Failure::before_posting(Code::NotFound).about("endpoint"))?;
        let mut token = self.token().await?;
        let mut renewed = false;
        let mut waits = 0;
        loop {
            let pass = rates::pass(self.service.host(), group, &|_| {}).await;
            let answer = fetch(Call {
                method: method.clone(),
                url: &url,
                token: token.as_deref(),
                credentials: self.credentials,
                body: None,
                content_type: None,
                accept,
                time_limit: TIME_LIMIT as u32,
            })
            .await
            .map_err(Failure::new)?;
            pass.end(answer.told).await;
            match answer.status {
                401 if !renewed => {
                    renewed = true;
                    match self.tokens.renew(token.as_deref()).await {
                        Some(fresh) => token = Some(fresh),
                        None => return Ok(answer),
                    }
                }
                429 if waits < MOST_WAITS => {
                    let seconds = answer.retry_after.unwrap_or(fetch::UNREADABLE_RETRY_AFTER);
                    if seconds > LONGEST_WAIT {
                        return Ok(answer);
                    }
                    waits += 1;
                }
                _ => return Ok(answer),
            }
        }
    }

    async fn token(&self) -> Result<Option<String>, Failure> {
        match self.tokens.current().await {
            None if !self.anonymous => Err(Failure::before_posting(Code::Unauthorized)),
            token => Ok(token),
        }
    }
}

fn reply(answer: Answer) -> Reply<JsValue> {
    Reply { status: answer.status, retry_after: answer.retry_after, body: answer.json }
}

fn decode(answer: Answer) -> Result<Accepted, Failure> {
    let raw = answer.json.clone().unwrap_or_default();
    reply(answer).decode().map(|message| Read { message, raw })
}

fn found(reply: Reply<JsValue>) -> Found {
    Ok(reply.found()?.map(|(message, raw)| Read { message, raw }))
}

fn time_limit(bytes: u64) -> u32 {
    u32::try_from(TIME_LIMIT + bytes / SLOWEST_LINE).unwrap_or(u32::MAX)
}

#[expect(clippy::cast_possible_truncation, reason = "whole milliseconds, far below 2^53")]
fn now() -> i64 {
    js_sys::Date::now() as i64
}

/// Whether the browser thinks that it has a connection.
pub(crate) fn is_online() -> bool {
    web_sys::window().is_none_or(|window| window.navigator().on_line())
}

/// Whether nobody sees the page.
pub(crate) fn is_hidden() -> bool {
    web_sys::window().and_then(|window| window.document()).is_some_and(|document| document.hidden())
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
