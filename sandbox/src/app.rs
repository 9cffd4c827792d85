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
use axum::routing::{any, get, post};
use serde_json::json;
use tokio::sync::Notify;

use crate::intake::Intake;
use crate::refusal::{FromGateway, Refusal, json_response};
use crate::store::Store;
use crate::{cover_page, fax, inbox, message, site};

/// The token that is right.
const TOKEN: &str = "sandbox";

/// What a browser client may send (fax API facts §5: the official one sends these).
const REQUEST_HEADERS: &str = "accept, authorization, client-id, content-type, discovery-tag, x-user-agent";

/// What every handler shares.
#[derive(Clone)]
pub struct App {
    /// Everything kept.
    pub store: Store,
    /// From a fax's time to its outcome.
    pub pace: Duration,
    /// Whether any Host header will do.
    pub public: bool,
    /// Wakes the delivery.
    pub news: Arc<Notify>,
    /// Until when posts to the number that is limited once are refused.
    pub penalty: Arc<Mutex<Option<Instant>>>,
}

/// Marks a response that is not to be sent: the connection is closed instead.
#[derive(Clone, Copy)]
pub struct Hangup;

/// All paths.
pub fn router(app: App, folder: Option<PathBuf>) -> Router {
    let api = Router::new()
        .route("/restapi/v1.0/account/{account}/extension/{extension}/fax", post(fax::create))
        .route("/restapi/v1.0/account/{account}/extension/{extension}/message-store", get(message::list))
        .route("/restapi/v1.0/account/{account}/extension/{extension}/message-store/{ids}", get(message::read))
        .route(
            "/restapi/v1.0/account/{account}/extension/{extension}/message-store/{id}/content/{attachment}",
            get(message::content),
        )
        .route("/restapi/v1.0/dictionary/fax-cover-page", get(cover_page::list))
        .route_layer(from_fn(token))
        .route_layer(from_fn(cross_origin));
    let router = Router::new()
        .merge(api)
        // A wrong path is not handled by what sets the CORS headers, on the real service too (fax API facts §5).
        .route("/restapi/{*path}", any(nowhere))
        .route("/config.json", get(config))
        .route("/inbox", get(inbox::page).delete(inbox::empty))
        .route("/inbox.json", get(inbox::list))
        .route("/inbox.css", get(inbox::style))
        .route("/inbox/{fax}/{document}", get(inbox::document));
    site::serve(router, folder).layer(from_fn_with_state(app.clone(), host)).layer(from_fn(log)).with_state(app)
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

fn is_loopback(host: &str) -> bool {
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

/// Any origin may call the API with a token. `Retry-After` and the like are not exposed, as the official client
/// found it (fax API facts §5).
async fn cross_origin(request: Request, next: Next) -> Response {
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
        let headers = response.headers_mut();
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
        headers.append(header::VARY, HeaderValue::from_static("Origin"));
    }
    response
}

async fn token(request: Request, next: Next) -> Response {
    match authorize(request.headers()) {
        Ok(()) => next.run(request).await,
        Err(refusal) => {
            Intake::new(request.into_body()).drain().await;
            refusal.into_response()
        }
    }
}

fn authorize(headers: &HeaderMap) -> Result<(), Refusal> {
    let value = headers.get(header::AUTHORIZATION).ok_or_else(Refusal::token_missing)?;
    let (scheme, token) =
        value.to_str().ok().and_then(|value| value.split_once(' ')).ok_or_else(Refusal::token_corrupted)?;
    match token.trim() {
        _ if !scheme.eq_ignore_ascii_case("bearer") => Err(Refusal::token_corrupted()),
        TOKEN => Ok(()),
        "expired" => Err(Refusal::token_expired()),
        _ => Err(Refusal::token_corrupted()),
    }
}

async fn nowhere(request: Request) -> Response {
    Intake::new(request.into_body()).drain().await;
    let body = json!({"errorCode": "AGW-404", "message": "Resource not found", "errors": []});
    json_response(StatusCode::NOT_FOUND, &body)
}

/// What sets the site's widget.
async fn config(State(app): State<App>, _: Uri, headers: HeaderMap) -> Response {
    let body = json!({"server": origin(&app, &headers), "token": TOKEN});
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
