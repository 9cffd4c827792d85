//! `POST …/fax`: the one request that makes a fax.

use std::sync::PoisonError;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::app::{App, Hangup, origin};
use crate::bad_day::{self, Answer, Outcome};
use crate::cover_page;
use crate::delivery;
use crate::intake::Intake;
use crate::message::{self, Mailbox, Shape};
use crate::moment::{self, Millis};
use crate::parts::{self, Received};
use crate::refusal::{Refusal, gateway, json_response};
use crate::store::{Availability, Fax, NewFax, Status, StoreError};

/// How long a client that waits for ever is kept waiting.
const SILENCE: Duration = Duration::from_secs(15 * 60);

/// The penalty of the number that is limited once.
const PENALTY: Duration = Duration::from_secs(5);

/// How long the answer to a fax that was accepted twice takes.
const LATE: Duration = Duration::from_secs(3);

/// How long the service is still at a fax on which a gateway gave up.
const STILL_AT_IT: Duration = Duration::from_secs(15);

/// How long lists do not show a fax whose number asks for that.
const UNLISTED: Millis = 5000;

/// `POST …/fax`.
pub async fn create(
    State(app): State<App>,
    Path((account, extension)): Path<(String, String)>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let mut intake = Intake::new(body);
    let received = parts::receive(&headers, &mut intake, app.store.folder()).await;
    intake.drain().await;
    if intake.is_too_large() {
        return gateway(StatusCode::PAYLOAD_TOO_LARGE);
    }
    let draft = match received {
        Ok(received) => draft(&app, account, extension, received).await,
        Err(refusal) => Err(refusal),
    };
    let draft = match draft {
        Ok(draft) => draft,
        Err(refusal) => return refusal.into_response(),
    };
    let numbers = draft.to.iter().map(|(recipient, _)| recipient.phone_number.as_str());
    let bad = bad_day::answer(numbers);
    if let Some(answer) = bad
        && let Some(refused) = refuse(&app, answer).await
    {
        return refused;
    }
    if bad == Some(Answer::BadGateway) {
        tokio::spawn(async move {
            tokio::time::sleep(STILL_AT_IT).await;
            let created = moment::now();
            let draft = NewFax { created, starts: draft.starts.max(created), listed: created, ..draft };
            // Nobody waits for it any more.
            let _ = accept(&app, draft, bad).await;
        });
        return gateway(StatusCode::BAD_GATEWAY);
    }
    let fax = match accept(&app, draft, bad).await {
        Ok(fax) => fax,
        Err(refusal) => return refusal.into_response(),
    };
    let body = message::body(&fax, &origin(&app, &headers), Shape::Posted);
    match bad {
        Some(Answer::Truncated) => {
            let mut text = body.to_string().into_bytes();
            text.truncate(text.len() / 2);
            let headers = [(header::CONTENT_TYPE, "application/json;charset=utf-8")];
            (StatusCode::OK, headers, text).into_response()
        }
        Some(Answer::Silence { .. }) => silence().await,
        Some(Answer::Hangup { .. } | Answer::HangupUnlisted | Answer::HangupStuck) => hangup(),
        Some(Answer::GatewayTimeout) => gateway(StatusCode::GATEWAY_TIMEOUT),
        Some(Answer::Twice) => {
            tokio::time::sleep(LATE).await;
            json_response(StatusCode::OK, &body)
        }
        _ => json_response(StatusCode::OK, &body),
    }
}

/// A fax, complete with what its envelope left to the service.
async fn draft(app: &App, account: String, extension: String, received: Received) -> Result<NewFax, Refusal> {
    let mailbox = Mailbox::new(&account, &extension)?;
    let Received { encoding, envelope, documents } = received;
    let created = moment::now();
    let mut fax = NewFax {
        encoding: encoding.name(),
        account,
        extension,
        mailbox: mailbox.key(),
        fields: envelope.fields,
        // High and the user's default cover page are what is not said (fax API facts §1.2).
        resolution: envelope.fax_resolution.unwrap_or_else(|| "High".into()),
        cover_index: envelope.cover_index.unwrap_or(cover_page::DEFAULT),
        cover_page_text: envelope.cover_page_text,
        created,
        starts: envelope.send_time.unwrap_or(created).max(created),
        listed: created,
        to: Vec::new(),
        original: None,
        documents,
    };
    let mut to = envelope.to;
    if let Some(id) = envelope.original_message_id {
        let original = original(app, &id, &mailbox).await?;
        if to.is_empty() {
            to = original.to.into_iter().map(message::recipient).collect();
        }
        // What came in was sent to this user: to forward it, one has to say where.
        if to.is_empty() {
            return Err(Refusal::missing("to"));
        }
        // Only recipients and time can be set on a resend (§1.7).
        fax.resolution = original.resolution;
        fax.cover_index = original.cover_index;
        fax.cover_page_text = original.cover_page_text;
        fax.original = Some(original.original.unwrap_or(original.id));
    }
    // The time is asked for in the sandbox's own hours, which may be short.
    let begins = created.saturating_add(app.clock.real_millis(fax.starts - created));
    fax.to = to
        .into_iter()
        .enumerate()
        .map(|(position, recipient)| {
            let due = match bad_day::outcome(&recipient.phone_number) {
                Outcome::StaysQueued => None,
                Outcome::Sent | Outcome::Fails(_) => Some(begins.saturating_add(delivery::after(app.pace, position))),
            };
            (recipient, due)
        })
        .collect();
    Ok(fax)
}

/// The fax to be sent again. The states that allow it are not published (§1.7); a fax still on its way does not, and
/// one that was deleted is gone.
async fn original(app: &App, id: &str, mailbox: &Mailbox) -> Result<Fax, Refusal> {
    let unknown = || Refusal::not_found("originalMessageId");
    let id = message::id(id).ok_or_else(unknown)?;
    let found = app.store.fax(id, Some(mailbox.key())).await.map_err(internal)?;
    match found.ok_or_else(unknown)? {
        deleted if deleted.availability != Availability::Alive => Err(unknown()),
        queued if queued.status() == Status::Queued => Err(Refusal::resend_not_allowed()),
        original => Ok(original),
    }
}

/// Keeps a fax, and gives back the one the answer tells of.
async fn accept(app: &App, mut fax: NewFax, bad: Option<Answer>) -> Result<Fax, Refusal> {
    if bad == Some(Answer::HangupUnlisted) {
        fax.listed = fax.created.saturating_add(UNLISTED);
    }
    let more = usize::from(bad == Some(Answer::Twice));
    let fax = app.store.accept(fax, more).await.map_err(internal)?;
    app.unrendered.notify_one();
    app.news.notify_one();
    fax.ok_or_else(Refusal::internal)
}

/// Logs what went wrong below and says no more than that to the client.
pub fn internal(error: StoreError) -> Refusal {
    eprintln!("{error}");
    Refusal::internal()
}

/// The unhappy answers that come in place of accepting; nothing for those that come after.
async fn refuse(app: &App, answer: Answer) -> Option<Response> {
    Some(match answer {
        Answer::Refusal(refused) => refused.refusal().into_response(),
        Answer::TooLarge => gateway(StatusCode::PAYLOAD_TOO_LARGE),
        Answer::RateLimitedOnce if is_in_penalty(app) => rate_limited("5"),
        Answer::RateLimited => rate_limited("1"),
        Answer::Unavailable => {
            let message = "Service Temporary Unavailable";
            let refusal = Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "CMN-201", message);
            retry_after(refusal.into_response(), "2")
        }
        Answer::Page => {
            let headers = [(header::CONTENT_TYPE, "text/html;charset=utf-8")];
            let body = "<!doctype html><title>Welcome</title><h1>This is not the service</h1>\n";
            (StatusCode::OK, headers, body).into_response()
        }
        Answer::Silence { accepted: false } => silence().await,
        Answer::Hangup { accepted: false } => hangup(),
        Answer::RateLimitedOnce
        | Answer::Truncated
        | Answer::Silence { accepted: true }
        | Answer::Hangup { accepted: true }
        | Answer::HangupUnlisted
        | Answer::HangupStuck
        | Answer::GatewayTimeout
        | Answer::BadGateway
        | Answer::Twice => return None,
    })
}

/// Whether a post comes too early: the first does, and any that comes before the penalty it restarts is over
/// (fax API facts §3.3). One after it does not, and all is forgotten.
fn is_in_penalty(app: &App) -> bool {
    let mut penalty = app.penalty.lock().unwrap_or_else(PoisonError::into_inner);
    let now = Instant::now();
    if penalty.is_some_and(|end| now >= end) {
        *penalty = None;
        return false;
    }
    *penalty = Some(now + PENALTY);
    true
}

fn rate_limited(seconds: &'static str) -> Response {
    let mut response = retry_after(Refusal::rate_exceeded().into_response(), seconds);
    for (name, value) in [
        ("x-rate-limit-group", "heavy"),
        ("x-rate-limit-limit", "10"),
        ("x-rate-limit-remaining", "0"),
        ("x-rate-limit-window", "60"),
    ] {
        response.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    response
}

fn retry_after(mut response: Response, seconds: &'static str) -> Response {
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static(seconds));
    response
}

async fn silence() -> Response {
    tokio::time::sleep(SILENCE).await;
    hangup()
}

fn hangup() -> Response {
    let mut response = StatusCode::OK.into_response();
    response.extensions_mut().insert(Hangup);
    response
}
