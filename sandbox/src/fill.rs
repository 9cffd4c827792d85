//! `POST /inbox/fill`: thousands of finished faxes at once, for trying long lists. They were not posted, and are not
//! shown at `/inbox`.

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde_json::{Value, json};

use crate::app::{App, asked_to};
use crate::fax::internal;
use crate::intake::Intake;
use crate::message::Mailbox;
use crate::moment::{self, Millis};
use crate::refusal::{Refusal, json_response};
use crate::store::Invention;

const DAY: Millis = 24 * 60 * 60 * 1000;

/// The body's two numbers.
const MOST_FAXES: u64 = 100_000;
const MOST_DAYS: u64 = 3650;

/// `POST /inbox/fill`.
///
/// # Errors
/// CMN-110 without the header, CMN-103 and CMN-101 for a body that is not `{"count": …, "days": …}`, CMN-203 when the
/// faxes cannot be kept.
pub async fn fill(State(app): State<App>, headers: HeaderMap, body: Body) -> Result<Response, Refusal> {
    let mut intake = Intake::new(body);
    let bytes = intake.bytes(1024).await;
    intake.drain().await;
    asked_to("fill", &headers)?;
    let asked: Value = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()).ok_or_else(not_json)?;
    let number = |name: &str, most: u64| {
        let number = asked.get(name).and_then(Value::as_u64).filter(|number| (1..=most).contains(number));
        number.and_then(|number| u32::try_from(number).ok()).ok_or_else(|| Refusal::invalid(name))
    };
    let (count, days) = (number("count", MOST_FAXES)?, number("days", MOST_DAYS)?);
    let mailbox = Mailbox::own().key();
    let invention = Invention { count, span: DAY * Millis::from(days), mailbox, now: moment::now() };
    app.store.invent(invention).await.map_err(internal)?;
    Ok(json_response(StatusCode::OK, &json!({"count": count, "days": days})))
}

fn not_json() -> Refusal {
    Refusal::new(StatusCode::BAD_REQUEST, "CMN-103", "JSON cannot be parsed")
}
