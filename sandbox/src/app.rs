//! The service as a whole: which path leads where, and what stands before all of them.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, delete, get, post};
use serde_json::json;
use tokio::sync::Notify;

use crate::clock::Clock;
use crate::intake::Intake;
use crate::rate_limit::{self, RateLimits};
use crate::refusal::{FromGateway, Refusal, json_response};
use crate::request_log::{self, RequestLog};
use crate::store::{Lifetimes, Store};
use crate::token;
use crate::{content, cover_page, fax, fill, grant, inbox, message_store, page_view, sign_in, site};

/// What a browser client may send (fax API facts §5: the official one sends most of these).
const REQUEST_HEADERS: &str = "accept, authorization, client-id, content-type, discovery-tag, range, x-user-agent";

/// What a page of another origin may read of an answer.
const CONTENT_HEADERS: &str = "Accept-Ranges, Content-Disposition, Content-Length, Content-Range";

/// What every handler shares.
#[derive(Clone)]
pub struct App {
    /// Everything kept.
    pub store: Store,
    /// From a fax's time to its first recipient's outcome, and from each to the next, by the wall's clock.
    pub pace: Duration,
    /// How fast the sandbox's own time goes.
    pub clock: Clock,
    /// Whether any Host header will do.
    pub public: bool,
    /// Wakes the delivery.
    pub news: Arc<Notify>,
    /// Wakes the renderers.
    pub unrendered: Arc<Notify>,
    /// Until when posts to the number that is limited once are refused.
    pub penalty: Arc<Mutex<Option<Instant>>>,
    /// The documented limits, if they are on.
    pub limits: Option<Arc<RateLimits>>,
    /// Whether only tokens from a sign-in are right.
    pub sign_in: bool,
    /// Where a sign-in may lead back to; if empty, the origin decides.
    pub redirect_uris: Arc<[String]>,
    /// How long what a sign-in gives is good for.
    pub lifetimes: Lifetimes,
    /// What was called.
    pub requests: Arc<RequestLog>,
}

/// Marks a response that is not to be sent: the connection is closed instead.
#[derive(Clone, Copy)]
pub struct Hangup;

/// All paths.
pub fn router(app: App, folder: Option<PathBuf>) -> Router {
    let api = Router::new()
        .route("/restapi/v1.0/account/{account}/extension/{extension}/fax", post(fax::create))
        .route(
            "/restapi/v1.0/account/{account}/extension/{extension}/message-store",
            get(message_store::list).delete(message_store::wipe),
        )
        .route(
            "/restapi/v1.0/account/{account}/extension/{extension}/message-store/",
            delete(message_store::wipe).fallback(nowhere),
        )
        .route(
            "/restapi/v1.0/account/{account}/extension/{extension}/message-store/{ids}",
            get(message_store::read).delete(message_store::delete),
        )
        .route(
            "/restapi/v1.0/account/{account}/extension/{extension}/message-store/{id}/content/{attachment}",
            get(content::read),
        )
        .route("/restapi/v1.0/dictionary/fax-cover-page", get(cover_page::list))
        .route_layer(from_fn(token::permit))
        .route_layer(from_fn_with_state(app.clone(), rate_limit::count))
        .route_layer(from_fn_with_state(app.clone(), token::check))
        .route_layer(from_fn_with_state(app.clone(), cross_origin));
    let tokens = Router::new()
        .route("/restapi/oauth/token", post(grant::token))
        .route("/restapi/oauth/revoke", post(grant::revoke))
        .route_layer(from_fn_with_state(app.clone(), rate_limit::count))
        .route_layer(from_fn_with_state(app.clone(), cross_origin));
    // A page that a person looks at, and no other origin's script may read.
    let authorize = Router::new()
        .route("/restapi/oauth/authorize", get(sign_in::page))
        .route("/restapi/oauth/{*path}", any(nowhere))
        .route_layer(from_fn_with_state(app.clone(), rate_limit::count));
    let router = Router::new()
        .merge(api)
        .merge(tokens)
        .merge(authorize)
        .route("/sign-in", post(sign_in::decide))
        // A wrong path is not handled by what sets the CORS headers, on the real service too (fax API facts §5).
        .route("/restapi/{*path}", any(nowhere))
        .route("/config.json", get(config))
        .route("/embedders.json", get(async || json_response(StatusCode::OK, &json!(site::EMBEDDERS))))
        .route("/inbox", get(inbox::page).delete(inbox::empty))
        .route("/inbox.json", get(inbox::list))
        .route("/inbox.css", get(inbox::style))
        .route("/inbox/fill", post(fill::fill))
        .route("/inbox/{fax}/{document}", get(inbox::document))
        .route("/inbox/{fax}/pages/{page}", get(page_view::page))
        .route("/inbox/{fax}/thumbnails/{page}", get(page_view::thumbnail))
        .route("/requests.json", get(request_log::list))
        .route("/requests", delete(request_log::empty));
    site::serve(router, folder)
        .layer(from_fn_with_state(app.clone(), request_log::record))
        .layer(from_fn_with_state(app.clone(), host))
        .layer(from_fn(log))
        .with_state(app)
}

/// The service's own origin, as the client knows it. `X-Forwarded-Proto` counts only where a proxy may be in front.
pub fn origin(app: &App, headers: &HeaderMap) -> String {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let scheme = match text("x-forwarded-proto") {
        Some("https") if app.public => "https",
        _ => "http",
    };
    format!("{scheme}://{}", text("host").unwrap_or("localhost"))
}

/// What changes the sandbox itself takes a header that says so: a page of another origin cannot send it unasked.
///
/// # Errors
/// CMN-110 without it.
pub fn asked_to(word: &str, headers: &HeaderMap) -> Result<(), Refusal> {
    if headers.get("x-fax-sandbox").is_some_and(|value| value == word) {
        return Ok(());
    }
    let message = format!("Header [X-Fax-Sandbox: {word}] is missing");
    Err(Refusal::new(StatusCode::BAD_REQUEST, "CMN-110", message))
}

/// One line a request: method, path, status. A path of the API is written as its pattern and a path that leads to no
/// file not at all, because either may hold what must not be logged.
async fn log(request: Request, next: Next) -> Response {
    struct Line {
        method: Method,
        pattern: Option<String>,
        path: String,
        status: Option<StatusCode>,
    }
    // Written when dropped: a client that leaves before the answer drops the request.
    impl Drop for Line {
        fn drop(&mut self) {
            let found = self.status.is_some_and(|status| !status.is_client_error());
            let path = match &self.pattern {
                Some(pattern) => pattern,
                None if found => &self.path,
                None => "(no such path)",
            };
            match self.status {
                Some(status) => eprintln!("{} {path} {}", self.method, status.as_u16()),
                None => eprintln!("{} {path} (no answer)", self.method),
            }
        }
    }
    let mut line = Line {
        method: request.method().clone(),
        pattern: request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned()),
        path: request.uri().path().to_owned(),
        status: None,
    };
    let response = next.run(request).await;
    if response.extensions().get::<Hangup>().is_none() {
        line.status = Some(response.status());
    }
    response
}

/// A page elsewhere can point a name of its own at this machine and so become this origin; its Host header gives it
/// away.
async fn host(State(app): State<App>, request: Request, next: Next) -> Response {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    if app.public || host.is_some_and(is_loopback) {
        return next.run(request).await;
    }
    Intake::new(request.into_body()).drain().await;
    (StatusCode::MISDIRECTED_REQUEST, "fax-sandbox answers to loopback names only\n").into_response()
}

/// Whether a host, with or without a port, names this machine.
pub fn is_loopback(host: &str) -> bool {
    if let Some(rest) = host.strip_prefix('[') {
        let Some((address, port)) = rest.split_once(']') else { return false };
        return address.parse().is_ok_and(|address: Ipv6Addr| address.is_loopback())
            && (port.is_empty() || port.strip_prefix(':').is_some_and(is_port));
    }
    let name = match host.split_once(':') {
        Some((name, port)) if is_port(port) => name,
        Some(_) => return false,
        None => host,
    };
    name.eq_ignore_ascii_case("localhost") || name.parse().is_ok_and(|address: Ipv4Addr| address.is_loopback())
}

fn is_port(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit()) && text.len() <= 5
}

/// Any origin may call the API with a token. `Retry-After` and the like are exposed only where the limits are on: the
/// official client found that it cannot read them, and what is so today is not known (fax API facts §5).
async fn cross_origin(State(app): State<App>, request: Request, next: Next) -> Response {
    let Some(origin) = request.headers().get(header::ORIGIN).cloned() else {
        return next.run(request).await;
    };
    let preflight =
        request.method() == Method::OPTIONS && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    let mut response = if preflight {
        let headers = [
            (header::ACCESS_CONTROL_ALLOW_METHODS, "GET, POST, PUT, PATCH, DELETE"),
            (header::ACCESS_CONTROL_ALLOW_HEADERS, REQUEST_HEADERS),
        ];
        (StatusCode::NO_CONTENT, headers).into_response()
    } else {
        next.run(request).await
    };
    if response.extensions().get::<FromGateway>().is_none() {
        let exposed = match &app.limits {
            Some(_) => [CONTENT_HEADERS, rate_limit::HEADERS].join(", "),
            None => CONTENT_HEADERS.to_owned(),
        };
        let headers = response.headers_mut();
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
        if let Ok(exposed) = HeaderValue::from_str(&exposed) {
            headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, exposed);
        }
        headers.append(header::VARY, HeaderValue::from_static("Origin"));
    }
    response
}

async fn nowhere(request: Request) -> Response {
    Intake::new(request.into_body()).drain().await;
    let body = json!({"errorCode": "AGW-404", "message": "Resource not found", "errors": []});
    json_response(StatusCode::NOT_FOUND, &body)
}

/// What sets the site's widget.
async fn config(State(app): State<App>, _: Uri, headers: HeaderMap) -> Response {
    let server = origin(&app, &headers);
    let body = match app.sign_in {
        true => json!({"server": server, "clientId": sign_in::CLIENT}),
        false => json!({"server": server, "token": token::RIGHT}),
    };
    let mut response = json_response(StatusCode::OK, &body);
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_names() {
        for host in ["localhost", "LOCALHOST:8787", "127.0.0.1", "127.9.9.9:80", "[::1]", "[::1]:8787"] {
            assert!(is_loopback(host), "{host}");
        }
        for host in [
            "",
            "example.com",
            "localhost.example.com",
            "127.0.0.1.example.com",
            "128.0.0.1",
            "[::2]",
            "127.1",
            "127.0.0.1:80:80",
            "localhost:x",
            "[::1]x",
            "[::1",
            "localhost@example.com",
        ] {
            assert!(!is_loopback(host), "{host}");
        }
    }
}
