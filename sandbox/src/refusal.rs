//! The answers that say no, in the service's own shape: the list `errors` and, beside it, its first entry once
//! more at the top level, where the code may be a general word (fax API facts §3.1).

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// A refused request.
#[derive(Debug, PartialEq)]
pub struct Refusal {
    status: StatusCode,
    code: &'static str,
    word: &'static str,
    message: String,
    parameter: Option<String>,
}

impl Refusal {
    /// A refusal whose top-level code is the code itself.
    pub fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, word: code, message: message.into(), parameter: None }
    }

    fn parameter(status: StatusCode, code: &'static str, parameter: &str, message: String) -> Self {
        Self { word: "InvalidParameter", parameter: Some(parameter.to_owned()), ..Self::new(status, code, message) }
    }

    /// CMN-100.
    pub fn missing(parameter: &str) -> Self {
        let message = format!("Mandatory parameter [{parameter}] is missing");
        Self::parameter(StatusCode::BAD_REQUEST, "CMN-100", parameter, message)
    }

    /// CMN-101.
    pub fn invalid(parameter: &str) -> Self {
        let message = format!("Parameter [{parameter}] value is invalid");
        Self::parameter(StatusCode::BAD_REQUEST, "CMN-101", parameter, message)
    }

    /// CMN-102, with 404: the resource a parameter names is not there.
    pub fn not_found(parameter: &str) -> Self {
        let message = format!("Resource for parameter [{parameter}] is not found");
        Self::parameter(StatusCode::NOT_FOUND, "CMN-102", parameter, message)
    }

    /// MSG-349.
    pub fn envelope() -> Self {
        Self::new(StatusCode::BAD_REQUEST, "MSG-349", "Unable to parse fax envelope")
    }

    /// MSG-343.
    pub fn resend_not_allowed() -> Self {
        let message = "Fax resend is not allowed for message in current state";
        Self::new(StatusCode::NOT_ACCEPTABLE, "MSG-343", message)
    }

    /// MSG-348.
    pub fn unsupported(position: usize, name: &str) -> Self {
        let message = format!("Unsupported attachment media type, attachment [{position}]: [{name}]");
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "MSG-348", message)
    }

    /// CMN-401: the app was not given a permission.
    pub fn app_permission(name: &str) -> Self {
        let message = format!("In order to call this API endpoint, application needs to have [{name}] permission");
        Self { word: "InsufficientPermissions", ..Self::new(StatusCode::FORBIDDEN, "CMN-401", message) }
    }

    /// CMN-301.
    pub fn rate_exceeded() -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, "CMN-301", "Request rate exceeded")
    }

    /// OAU-128.
    pub fn token_expired() -> Self {
        Self { word: "TokenExpired", ..Self::new(StatusCode::UNAUTHORIZED, "OAU-128", "Access token expired") }
    }

    /// OAU-129.
    pub fn token_corrupted() -> Self {
        Self { word: "TokenInvalid", ..Self::new(StatusCode::UNAUTHORIZED, "OAU-129", "Access token corrupted") }
    }

    /// No `Authorization` header at all.
    pub fn token_missing() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "AGW-401", "Authorization header is not specified")
    }

    /// CMN-203: something of ours broke.
    pub fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "CMN-203", "Internal Server Error")
    }

    /// The status it is answered with.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The body.
    pub fn body(&self) -> Value {
        let mut entry = json!({"errorCode": self.code, "message": self.message});
        let mut body = json!({"errorCode": self.word, "message": self.message});
        if let (Some(parameter), Some(entry), Some(body)) =
            (&self.parameter, entry.as_object_mut(), body.as_object_mut())
        {
            entry.insert("parameterName".into(), json!(parameter));
            body.insert("parameterName".into(), json!(parameter));
        }
        if let Some(body) = body.as_object_mut() {
            body.insert("errors".into(), json!([entry]));
        }
        body
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = json_response(self.status, &self.body());
        if self.status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

/// A JSON answer.
pub fn json_response(status: StatusCode, body: &Value) -> Response {
    let headers = [(header::CONTENT_TYPE, "application/json;charset=utf-8")];
    (status, headers, body.to_string()).into_response()
}

/// What a gateway in front of the service answers: a page, not JSON, and without the CORS headers the service itself
/// would have set (fax API facts §3.1 and §5), so that another origin's page sees a network error.
pub fn gateway(status: StatusCode) -> Response {
    let title = match status {
        // What most gateways still call it.
        StatusCode::PAYLOAD_TOO_LARGE => "413 Request Entity Too Large".to_owned(),
        status => status.to_string(),
    };
    let body = format!("<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>\n");
    let mut response = (status, [(header::CONTENT_TYPE, "text/html")], body).into_response();
    response.extensions_mut().insert(FromGateway);
    response
}

/// Marks an answer that the service's own headers are kept off.
#[derive(Clone, Copy)]
pub struct FromGateway;
