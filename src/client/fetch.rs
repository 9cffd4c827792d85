//! The one place that calls `fetch`.
//!
//! The future *is* the request: it owns a guard that aborts the request when it is dropped, so whoever lets go of the
//! future (a cancel button, an unmounted page, the time limit) stops the bytes as well.

use futures_util::future::{Either, select};
use gloo_net::http::{Method, RequestBuilder};
use js_sys::{Function, Promise};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, RequestCache, RequestCredentials, RequestRedirect, Response};

use crate::reply::Code;

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
    /// Milliseconds until an answer, body included, must have arrived.
    pub time_limit: u32,
}

/// Whatever the server said.
pub struct Answer {
    pub status: u16,
    /// Seconds; `None` where the header is missing or the browser may not read it.
    pub retry_after: Option<u32>,
    /// The body as a JSON object; `None` for anything else.
    pub json: Option<JsValue>,
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
    let mut builder = RequestBuilder::new(call.url)
        .method(call.method)
        .credentials(call.credentials)
        .cache(RequestCache::NoStore)
        // Followed, the answer of another address would speak for a fax that this one may have taken.
        .redirect(RequestRedirect::Manual)
        .abort_signal(Some(&abort.signal()))
        .header("Accept", "application/json");
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

    // gloo-net's own `send` panics where fetch rejects with something that is no Error, and pages that wrap fetch may
    // throw at once; here either is a failed call.
    let response = JsFuture::from(start(&request).ok_or(Code::Network)?).await.map_err(|_| Code::Network)?;
    let response: Response = response.dyn_into().map_err(|_| Code::Network)?;
    let text = JsFuture::from(response.text().map_err(|_| Code::Network)?).await.map_err(|_| Code::Network)?;
    let json = text.as_string().and_then(|text| js_sys::JSON::parse(&text).ok());
    Ok(Answer {
        status: response.status(),
        retry_after: response.headers().get("Retry-After").ok().flatten().and_then(|value| seconds(&value)),
        json: json.filter(|value| value.is_object() && !js_sys::Array::is_array(value)),
    })
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
