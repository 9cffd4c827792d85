//! The one place that calls `fetch`.
//!
//! The future *is* the request: it owns a guard that aborts the request when it is dropped, so whoever lets go of the
//! future (a cancel button, an unmounted page, the time limit) stops the bytes as well.

use futures_util::future::{Either, select};
use gloo_net::http::{Method, RequestBuilder};
use js_sys::{Function, Promise};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, Blob, RequestCache, RequestCredentials, RequestRedirect, Response};

use crate::rate::Told;
use crate::reply::Code;

/// Seconds to wait after a 429 whose `Retry-After` the browser may not read (fax API facts §5, CORS).
pub const UNREADABLE_RETRY_AFTER: u32 = 60;

/// One request.
pub struct Call<'a> {
    pub method: Method,
    pub url: &'a str,
    pub token: Option<&'a str>,
    pub credentials: RequestCredentials,
    /// A FormData or a Blob.
    pub body: Option<JsValue>,
    /// `None` leaves it to the browser, which alone knows the boundary of a FormData.
    pub content_type: Option<&'a str>,
    /// What the answer is to be.
    pub accept: Accept,
    /// Milliseconds until an answer, body included, must have arrived.
    pub time_limit: u32,
}

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accept {
    Json,
    /// The answers for several messages, as JSON (fax API facts §4).
    SeveralAsJson,
    /// A document, which goes into a Blob and not through this program's memory.
    Document,
}

/// Whatever the server said.
pub struct Answer {
    pub status: u16,
    /// Seconds; `None` where the header is missing or the browser may not read it.
    pub retry_after: Option<u32>,
    /// What it says of the rate limit.
    pub told: Told,
    /// The body as a JSON object or array; `None` for anything else.
    pub json: Option<JsValue>,
    /// The body of a document.
    pub document: Option<Blob>,
}

struct AbortOnDrop(AbortController);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Makes the call.
///
/// # Errors
/// [`Code::Network`] where there is no answer, or half of one; [`Code::Timeout`] where it does not come in time;
/// [`Code::Invalid`] where the browser refuses to make such a request at all.
pub async fn fetch(call: Call<'_>) -> Result<Answer, Code> {
    let guard = AbortOnDrop(AbortController::new().map_err(|_| Code::Invalid)?);
    let limit = gloo_timers::future::TimeoutFuture::new(call.time_limit);
    let exchange = std::pin::pin!(exchange(call, &guard.0));
    match select(exchange, limit).await {
        Either::Left((answer, _)) => answer,
        Either::Right(((), _)) => Err(Code::Timeout),
    }
}

async fn exchange(call: Call<'_>, abort: &AbortController) -> Result<Answer, Code> {
    let accept = match call.accept {
        Accept::Json => "application/json",
        Accept::SeveralAsJson => "application/vnd.ringcentral.multipart+json",
        Accept::Document => "*/*",
    };
    let mut builder = RequestBuilder::new(call.url)
        .method(call.method)
        .credentials(call.credentials)
        .cache(RequestCache::NoStore)
        // Followed, the answer of another address would speak for a fax that this one may have taken.
        .redirect(RequestRedirect::Manual)
        .abort_signal(Some(&abort.signal()))
        .header("Accept", accept);
    if let Some(token) = call.token {
        builder = builder.header("Authorization", &format!("Bearer {token}"));
    }
    if let Some(content_type) = call.content_type {
        builder = builder.header("Content-Type", content_type);
    }
    let request = match call.body {
        Some(body) => builder.body(body),
        None => builder.build(),
    };
    let request: web_sys::Request = request.map_err(|_| Code::Invalid)?.into();

    let began = super::now();
    // gloo-net's own `send` panics where fetch rejects with something that is no Error, and pages that wrap fetch may
    // throw at once; here either is a failed call.
    let response = JsFuture::from(start(&request).ok_or(Code::Network)?).await.map_err(|_| Code::Network)?;
    let response: Response = response.dyn_into().map_err(|_| Code::Network)?;
    let status = response.status();
    let header = |name| response.headers().get(name).ok().flatten();
    let retry_after = header("Retry-After").and_then(|value| seconds(&value));
    let whole = |name| header(name)?.trim().parse().ok();
    let told = Told {
        limit: whole("X-Rate-Limit-Limit"),
        remaining: whole("X-Rate-Limit-Remaining"),
        window: whole("X-Rate-Limit-Window"),
        penalty: (status == 429).then(|| retry_after.unwrap_or(UNREADABLE_RETRY_AFTER)),
    };
    // Readable where the service is of the page's own origin, or exposes it.
    let date = header("Date").map(|date| js_sys::Date::parse(&date)).filter(|date| date.is_finite());
    if let Some(date) = date {
        #[expect(clippy::cast_possible_truncation, reason = "whole milliseconds, far below 2^53")]
        // It tells whole seconds, cut off.
        super::clock::learn(date as i64 + 500, began, super::now());
    }
    let mut answer = Answer { status, retry_after, told, json: None, document: None };
    if call.accept == Accept::Document && matches!(status, 200 | 206) {
        let body = JsFuture::from(response.blob().map_err(|_| Code::Network)?).await.map_err(|_| Code::Network)?;
        answer.document = body.dyn_into().ok();
    } else {
        let text = JsFuture::from(response.text().map_err(|_| Code::Network)?).await.map_err(|_| Code::Network)?;
        let json = text.as_string().and_then(|text| js_sys::JSON::parse(&text).ok());
        answer.json = json.filter(JsValue::is_object);
    }
    Ok(answer)
}

fn start(request: &web_sys::Request) -> Option<Promise> {
    let global = js_sys::global();
    let fetch: Function = js_sys::Reflect::get(&global, &"fetch".into()).ok()?.dyn_into().ok()?;
    Some(Promise::resolve(&fetch.call1(&global, request).ok()?))
}

/// `Retry-After` is seconds or a date (RFC 9110 §10.2.3).
fn seconds(value: &str) -> Option<u32> {
    if let Ok(seconds) = value.trim().parse() {
        return Some(seconds);
    }
    let until = js_sys::Date::parse(value);
    let left = (until - js_sys::Date::now()) / 1_000.0;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to what u32 holds")]
    left.is_finite().then(|| left.ceil().clamp(0.0, f64::from(u32::MAX)) as u32)
}
