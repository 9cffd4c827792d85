//! Who calls: the tokens there are, and what each may do.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::app::App;
use crate::fax::internal;
use crate::intake::Intake;
use crate::moment;
use crate::refusal::Refusal;
use crate::store::Access;

/// The token that is right, unless only those from a sign-in are.
pub const RIGHT: &str = "sandbox";

/// A token that opens something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Token {
    /// It opens everything. Those from a sign-in do, and are counted as this one: limits are a user's and an app's, and
    /// there is one of each (fax API facts §3.3).
    Sandbox,
    /// It opens all but the message store, as where an app was not given the permission to read messages.
    NoMessages,
}

/// Lets in who has a token, and says to what comes after which it is.
pub async fn check(State(app): State<App>, mut request: Request, next: Next) -> Response {
    match authorize(&app, request.headers()).await {
        Ok(token) => {
            request.extensions_mut().insert(token);
            next.run(request).await
        }
        Err(refusal) => refuse(request, refusal).await,
    }
}

/// Keeps those out of the message store whose token does not open it.
pub async fn permit(request: Request, next: Next) -> Response {
    let is_closed = request.extensions().get() == Some(&Token::NoMessages);
    if is_closed && request.uri().path().contains("/message-store") {
        return refuse(request, Refusal::app_permission("ReadMessages")).await;
    }
    next.run(request).await
}

async fn refuse(request: Request, refusal: Refusal) -> Response {
    Intake::new(request.into_body()).drain().await;
    refusal.into_response()
}

async fn authorize(app: &App, headers: &HeaderMap) -> Result<Token, Refusal> {
    let value = headers.get(header::AUTHORIZATION).ok_or_else(Refusal::token_missing)?;
    let (scheme, token) =
        value.to_str().ok().and_then(|value| value.split_once(' ')).ok_or_else(Refusal::token_corrupted)?;
    match token.trim() {
        _ if !scheme.eq_ignore_ascii_case("bearer") => Err(Refusal::token_corrupted()),
        RIGHT if !app.sign_in => Ok(Token::Sandbox),
        "no-messages" if !app.sign_in => Ok(Token::NoMessages),
        "expired" => Err(Refusal::token_expired()),
        token => match app.store.access(token.to_owned(), moment::now()).await.map_err(internal)? {
            Access::Open => Ok(Token::Sandbox),
            Access::Expired => Err(Refusal::token_expired()),
            Access::Unknown => Err(Refusal::token_corrupted()),
        },
    }
}
