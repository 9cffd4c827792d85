//! The site: the widget's own page, served from a folder as any static host would.

use std::path::PathBuf;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderValue, header};
use axum::middleware::{Next, from_fn};
use axum::response::{Redirect, Response};
use axum::routing::get;
use tower_http::services::ServeDir;

/// The page loads its own scripts, styles and pictures, and nothing of anybody else's.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' blob:; \
    connect-src 'self'; worker-src 'self'; require-trusted-types-for 'script'; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'self'";

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
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    let is_page =
        headers.get(header::CONTENT_TYPE).is_some_and(|content_type| content_type.as_bytes().starts_with(b"text/html"));
    if is_page {
        headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    }
    response
}
