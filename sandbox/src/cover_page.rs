//! The cover pages of a user whose language is English (US) (fax API facts §4).

use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::app::{App, origin};
use crate::paging::Page;
use crate::refusal::{Refusal, json_response};

/// The names by their ids.
const NAMES: [&str; 14] = [
    "None",
    "Ancient",
    "Birthday",
    "Blank",
    "Clasmod",
    "Classic",
    "Confidential",
    "Contempo",
    "Elegant",
    "Express",
    "Formal",
    "Jazzy",
    "Modern",
    "Urgent",
];

/// The page this user has chosen for faxes that do not say (fax API facts §1.2: no coverIndex is not no cover page).
pub const DEFAULT: i32 = 7;

/// The index that means no cover page.
pub const NONE: i32 = 0;

/// What it is called.
pub fn name(index: i32) -> &'static str {
    usize::try_from(index).ok().and_then(|index| NAMES.get(index).copied()).unwrap_or_default()
}

/// Whether this user has such a page.
pub fn is_known(index: i32) -> bool {
    usize::try_from(index).is_ok_and(|index| index < NAMES.len())
}

/// `GET …/dictionary/fax-cover-page`.
///
/// # Errors
/// CMN-101 for a page that is no number.
pub async fn list(
    State(app): State<App>,
    uri: Uri,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let query = query.unwrap_or_default();
    let page = Page::read(&query)?;
    let uri = format!("{}{}", origin(&app, &headers), uri.path());
    let records: Vec<_> = NAMES
        .iter()
        .enumerate()
        .skip(page.offset())
        .take(page.size())
        .map(|(id, name)| json!({"id": id.to_string(), "name": name}))
        .collect();
    let body = page.body(&uri, &query, records, NAMES.len());
    Ok(json_response(StatusCode::OK, &body).into_response())
}
