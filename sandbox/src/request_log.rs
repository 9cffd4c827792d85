//! Which calls of the API were made, for tests to look at: what a client must never call is proved by its absence
//! here. Kept in memory, and holding nothing that is confidential.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use serde_json::{Map, Value, json};

use crate::app::{App, Hangup, asked_to};
use crate::moment::{self, Millis};
use crate::rate_limit::Group;
use crate::refusal::{Refusal, json_response};

/// How many are kept; older ones go.
const MOST: usize = 20_000;

/// The parameters whose values are kept. Others may hold a number or a token.
const PLAIN: [&str; 10] = [
    "availability",
    "contentDisposition",
    "dateFrom",
    "dateTo",
    "direction",
    "messageType",
    "page",
    "perPage",
    "purge",
    "readStatus",
];

/// The calls, in the order in which they came.
#[derive(Default)]
pub struct RequestLog(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    calls: VecDeque<Call>,
    /// How many have gone already.
    gone: usize,
}

struct Call {
    at: Millis,
    method: Method,
    path: String,
    query: String,
    /// None while there is no answer, which may be for ever.
    status: Option<StatusCode>,
}

impl RequestLog {
    /// Keeps a call and says its place.
    fn begin(&self, call: Call) -> usize {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.calls.len() >= MOST {
            kept.calls.pop_front();
            kept.gone += 1;
        }
        kept.calls.push_back(call);
        kept.gone + kept.calls.len() - 1
    }

    fn end(&self, place: usize, status: StatusCode) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let place = place.checked_sub(kept.gone);
        if let Some(call) = place.and_then(|place| kept.calls.get_mut(place)) {
            call.status = Some(status);
        }
    }

    fn empty(&self) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.gone += kept.calls.len();
        kept.calls.clear();
    }

    fn as_json(&self) -> Value {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).calls.iter().map(Call::as_json).collect()
    }
}

impl Call {
    fn as_json(&self) -> Value {
        json!({
            "at": moment::write(self.at),
            "method": self.method.as_str(),
            "path": self.path,
            "query": query(&self.query),
            "status": self.status.map(|status| status.as_u16()),
            "group": Group::of(&self.method, &self.path).map(Group::name),
            "wipes": self.method == Method::DELETE && self.path.trim_end_matches('/').ends_with("/message-store"),
        })
    }
}

/// Each name with its values in their order.
fn query(text: &str) -> Value {
    let mut names: Map<String, Value> = Map::new();
    for (name, value) in form_urlencoded::parse(text.as_bytes()) {
        let value = if PLAIN.contains(&name.as_ref()) { json!(value) } else { json!("(not kept)") };
        let values = names.entry(name).or_insert_with(|| json!([]));
        if let Some(values) = values.as_array_mut() {
            values.push(value);
        }
    }
    Value::Object(names)
}

/// Keeps what is called of the API.
pub async fn record(State(app): State<App>, request: Request, next: Next) -> Response {
    if !request.uri().path().starts_with("/restapi/") {
        return next.run(request).await;
    }
    let place = app.requests.begin(Call {
        at: moment::now(),
        method: request.method().clone(),
        path: request.uri().path().to_owned(),
        query: request.uri().query().unwrap_or_default().to_owned(),
        status: None,
    });
    let response = next.run(request).await;
    if response.extensions().get::<Hangup>().is_none() {
        app.requests.end(place, response.status());
    }
    response
}

/// `GET /requests.json`.
pub async fn list(State(app): State<App>) -> Response {
    let mut response = json_response(StatusCode::OK, &app.requests.as_json());
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// `DELETE /requests`.
///
/// # Errors
/// CMN-110 without the header.
pub async fn empty(State(app): State<App>, headers: HeaderMap) -> Result<StatusCode, Refusal> {
    asked_to("empty", &headers)?;
    app.requests.empty();
    Ok(StatusCode::NO_CONTENT)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(number: usize) -> Call {
        let path = format!("/restapi/{number}");
        Call { at: 0, method: Method::GET, path, query: String::new(), status: None }
    }

    #[test]
    fn the_oldest_go_first() {
        let log = RequestLog::default();
        let places: Vec<usize> = (0..MOST + 5).map(|number| log.begin(call(number))).collect();
        log.end(places[4], StatusCode::OK);
        log.end(places[5], StatusCode::NOT_FOUND);
        log.end(places[MOST + 4], StatusCode::ACCEPTED);
        let list = log.as_json();
        assert_eq!(list.as_array().unwrap().len(), MOST);
        assert_eq!((&list[0]["path"], &list[0]["status"]), (&json!("/restapi/5"), &json!(404)));
        assert_eq!((&list[1]["status"], &list[MOST - 1]["status"]), (&Value::Null, &json!(202)));
        log.empty();
        let place = log.begin(call(1));
        log.end(places[MOST + 4], StatusCode::OK);
        assert_eq!(log.as_json()[0]["status"], Value::Null, "one that ended after the log was emptied");
        log.end(place, StatusCode::OK);
        assert_eq!(log.as_json()[0]["status"], 200);
    }
}
