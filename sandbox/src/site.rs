//! The site: the widget's own page, served from a folder as any static host would.

use std::path::PathBuf;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderValue, header};
use axum::middleware::{Next, from_fn};
use axum::response::{Redirect, Response};
use axum::routing::get;
use tower_http::services::ServeDir;

/// The policy that the widget promises to run under, and no wider: the service is here of the page's own origin. Behind it
/// three things that it leaves open (no default covers them) and that the page has no use for.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' blob:; \
    connect-src 'self'; require-trusted-types-for 'script'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";

/// Who may put embed.html into a frame, besides the site itself: any page on this machine. Both what `embedders.json`
/// tells the page and sources of its policy.
pub const EMBEDDERS: [&str; 2] = ["http://127.0.0.1:*", "http://localhost:*"];

/// Adds the folder to the paths; without one `/` leads to the inbox.
pub fn serve<S: Clone + Send + Sync + 'static>(router: Router<S>, folder: Option<PathBuf>) -> Router<S> {
    match folder {
        Some(folder) => {
            let files = ServeDir::new(folder).precompressed_br();
            router.fallback_service(Router::new().fallback_service(files).layer(from_fn(headers)))
        }
        None => router.route("/", get(async || Redirect::to("/inbox"))),
    }
}

async fn headers(request: Request, next: Next) -> Response {
    let path = request.uri().path();
    // What a page of another origin needs of the widget, the script for a frame among it.
    let is_for_all = path.contains("/fax-widget/");
    let mut policy = POLICY.to_owned();
    if path.ends_with("/embed.html") {
        policy = [POLICY, EMBEDDERS[0], EMBEDDERS[1]].join(" "); // frame-ancestors stands last
    }
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    let content_type = headers.get(header::CONTENT_TYPE).map(|value| value.as_bytes().to_owned()).unwrap_or_default();
    if content_type.starts_with(b"text/html") {
        headers.extend(HeaderValue::from_str(&policy).map(|policy| (header::CONTENT_SECURITY_POLICY, policy)));
    }
    if is_for_all {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    }
    response
}
