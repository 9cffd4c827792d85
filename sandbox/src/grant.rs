//! Tokens for a code, new ones for old ones, and their end (fax API facts §5, RFC 6749 §4.1.3, §5 and §6, RFC 7009).
//!
//! Refusals have OAuth's own members and the list `errors` (fax API facts §3.1). Which status and which code the real
//! service answers with in each case is not confirmed: 400 is RFC 6749's, where the service's guide has 403 for some of
//! the codes, and the codes are those whose documented messages fit. Clients should look at `error`.

use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::app::App;
use crate::document::essence;
use crate::fax::internal;
use crate::intake::Intake;
use crate::message::Mailbox;
use crate::moment;
use crate::parameters::Parameters;
use crate::refusal::json_response;
use crate::sign_in::CLIENT;
use crate::store::{Denied, StoreError, Tokens};

/// What a token opens: sending, reading the message store, and deleting from it.
const SCOPE: &str = "Faxes ReadMessages EditMessages";

/// Bodies here are short.
const LONGEST: usize = 16 * 1024;

const FORM: &str = "application/x-www-form-urlencoded";

/// A refused request for a token.
pub struct Refused {
    status: StatusCode,
    error: &'static str,
    code: &'static str,
    message: String,
    parameter: Option<&'static str>,
}

impl Refused {
    fn new(error: &'static str, code: &'static str, message: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, error, code, message: message.into(), parameter: None }
    }

    fn missing(parameter: &'static str) -> Self {
        let message = format!("Mandatory parameter [{parameter}] is missing");
        Self { parameter: Some(parameter), ..Self::new("invalid_request", "CMN-100", message) }
    }

    fn invalid(error: &'static str, parameter: &'static str) -> Self {
        let message = format!("Parameter [{parameter}] value is invalid");
        Self { parameter: Some(parameter), ..Self::new(error, "CMN-101", message) }
    }

    fn code(denied: Denied) -> Self {
        match denied {
            Denied::Unknown | Denied::Used => Self::new("invalid_grant", "OAU-106", "Invalid authorization code"),
            Denied::Expired => Self::new("invalid_grant", "OAU-108", "Authorization code is expired"),
            Denied::RedirectUri => Self::new("invalid_grant", "OAU-109", "Redirect URIs do not match"),
            Denied::Verifier => Self::invalid("invalid_grant", "code_verifier"),
        }
    }

    fn refresh_token(denied: Denied) -> Self {
        match denied {
            Denied::Used => Self::new("invalid_grant", "OAU-211", "Token revoked"),
            _ => Self::new("invalid_grant", "OAU-213", "Token not found"),
        }
    }
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Self {
        // Logs what happened.
        let status = internal(error).status();
        Self { status, ..Self::new("server_error", "CMN-203", "Internal Server Error") }
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let mut entry = json!({"errorCode": self.code, "message": self.message});
        if let (Some(parameter), Some(entry)) = (self.parameter, entry.as_object_mut()) {
            entry.insert("parameterName".into(), json!(parameter));
        }
        let body = json!({"error": self.error, "error_description": self.message, "errors": [entry]});
        not_stored(json_response(self.status, &body))
    }
}

/// `POST /restapi/oauth/token`. The lifetimes that a client may ask for and an `endpoint_id` of its own are not looked
/// at.
///
/// # Errors
/// What RFC 6749 §5.2 has: `invalid_request`, `invalid_client`, `invalid_grant`, `unsupported_grant_type`.
pub async fn token(
    State(app): State<App>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refused> {
    let parameters = read(query, &headers, body).await?;
    let required = |name| parameters.get(name).ok_or_else(|| Refused::missing(name));
    let (lifetimes, now) = (app.lifetimes, moment::now());
    let tokens = match required("grant_type")? {
        "authorization_code" => {
            let (code, redirect_uri) = (required("code")?, required("redirect_uri")?);
            let verifier = required("code_verifier")?;
            if !is_verifier(verifier) {
                return Err(Refused::invalid("invalid_request", "code_verifier"));
            }
            let (code, redirect_uri, verifier) = (code.to_owned(), redirect_uri.to_owned(), verifier.to_owned());
            app.store.exchange(code, redirect_uri, verifier, lifetimes, now).await?.map_err(Refused::code)?
        }
        "refresh_token" => {
            let token = required("refresh_token")?.to_owned();
            app.store.refresh(token, lifetimes, now).await?.map_err(Refused::refresh_token)?
        }
        _ => return Err(Refused::new("unsupported_grant_type", "OAU-250", "Unsupported grant type")),
    };
    let Tokens { access, refresh, session, endpoint } = tokens;
    let mut body = json!({
        "access_token": access,
        "token_type": "bearer",
        "expires_in": lifetimes.access / 1000,
        "scope": SCOPE,
        "owner_id": Mailbox::own().owner(),
        "endpoint_id": endpoint,
        "session_id": session.to_string(),
    });
    if let (Some(refresh), Some(body)) = (refresh, body.as_object_mut()) {
        body.insert("refresh_token".into(), json!(refresh));
        body.insert("refresh_token_expires_in".into(), json!(lifetimes.refresh / 1000));
    }
    Ok(not_stored(json_response(StatusCode::OK, &body)))
}

/// `POST /restapi/oauth/revoke`: ends the session that a token belongs to. A token nobody has is no mistake
/// (RFC 7009 §2.2).
///
/// # Errors
/// `invalid_request`, `invalid_client`.
pub async fn revoke(
    State(app): State<App>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refused> {
    let parameters = read(query, &headers, body).await?;
    let token = parameters.get("token").ok_or_else(|| Refused::missing("token"))?;
    app.store.revoke(token.to_owned()).await?;
    Ok(not_stored(StatusCode::OK.into_response()))
}

/// The parameters of a form that the one client there is has sent. It is a public one: it says who it is and proves
/// nothing.
async fn read(query: Option<String>, headers: &HeaderMap, body: Body) -> Result<Parameters, Refused> {
    let mut intake = Intake::new(body);
    let bytes = intake.bytes(LONGEST).await;
    intake.drain().await;
    let bad = |code, message| Refused::new("invalid_request", code, message);
    // Addresses are written down everywhere.
    if query.is_some() {
        let message = format!("URL should not contain query string when method is [POST] and content type is [{FORM}]");
        return Err(Refused::new("invalid_request", "CMN-105", message));
    }
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let bytes =
        bytes.filter(|_| essence(content_type) == FORM).ok_or_else(|| bad("CMN-104", "Cannot parse request"))?;
    // To name oneself in two ways is a mistake (RFC 6749 §5.2), and a browser has nothing to prove who it is with.
    if headers.contains_key(header::AUTHORIZATION) {
        return Err(bad("OAU-116", "Invalid authorization method"));
    }
    let parameters = Parameters::read(&bytes);
    if parameters.has_repeated() {
        return Err(bad("OAU-111", "Request parameter duplication detected"));
    }
    match parameters.get("client_id") {
        Some(CLIENT) => Ok(parameters),
        Some(_) => Err(Refused::new("invalid_client", "OAU-153", "Invalid client")),
        None => Err(Refused::missing("client_id")),
    }
}

/// RFC 7636 §4.1.
fn is_verifier(text: &str) -> bool {
    (43..=128).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~'))
}

fn not_stored(mut response: Response) -> Response {
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verifiers() {
        let letters = |count| "a".repeat(count);
        for text in [letters(43), letters(128), format!("{}-._~09AZ", letters(35))] {
            assert!(is_verifier(&text), "{text}");
        }
        for text in [letters(42), letters(129), format!("{}+", letters(42)), format!("{}é", letters(42))] {
            assert!(!is_verifier(&text), "{text}");
        }
    }
}
