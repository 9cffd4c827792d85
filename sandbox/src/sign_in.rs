//! The practice sign-in: authorization code with PKCE (fax API facts §5, RFC 6749 §4.1, RFC 7636), with a page that
//! asks a person and a redirect that carries the answer. Nobody has an account here, and there is no password.
//!
//! Where a request comes from cannot be trusted until its client and its redirect URI are known to be right: until
//! then, what is wrong is said on a page, and afterwards by a redirect. It takes S256 and nothing else, which the
//! real service does not insist on. `scope`, `prompt`, `display` and the like are not looked at.

use std::time::Duration;

use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use url::{Host, Url};

use crate::app::{self, App};
use crate::fax::internal;
use crate::intake::Intake;
use crate::moment;
use crate::page::{self, Text};
use crate::parameters::Parameters;

/// The one client there is.
pub const CLIENT: &str = "sandbox";

/// How long a code is good for, by the sandbox's clock (fax API facts §5).
pub const CODE_LIFETIME: Duration = Duration::from_secs(60);

/// Who signs in.
const PERSON: &str = "Practice User";

/// A request for a sign-in whose answer may go back to where it came from.
struct Asked {
    redirect_uri: String,
    target: Url,
    state: Option<String>,
    challenge: Result<String, Flaw>,
}

/// What is wrong with the rest of it: a code of RFC 6749 §4.1.2.1 and a sentence.
type Flaw = (&'static str, &'static str);

impl Asked {
    /// Reads a query.
    ///
    /// # Errors
    /// A sentence for the page.
    fn read(app: &App, headers: &HeaderMap, query: &str) -> Result<Self, String> {
        let parameters = Parameters::read(query.as_bytes());
        match parameters.get("client_id") {
            Some(CLIENT) => {}
            Some(client) => return Err(format!("There is no client “{client}” here; the only one is “{CLIENT}”.")),
            None => return Err("The address does not say which client asks (client_id).".into()),
        }
        let Some(redirect_uri) = parameters.get("redirect_uri") else {
            return Err("The address does not say where to lead back to (redirect_uri).".into());
        };
        let Some(target) = target(redirect_uri).filter(|target| is_allowed(app, headers, redirect_uri, target)) else {
            return Err(format!("The sandbox does not lead back to “{redirect_uri}” (redirect_uri)."));
        };
        Ok(Self {
            redirect_uri: redirect_uri.to_owned(),
            target,
            state: parameters.get("state").map(str::to_owned),
            challenge: challenge(&parameters),
        })
    }

    /// Leads back with an answer. The address holds the code: it is kept nowhere and told to nobody.
    fn redirect(mut self, status: StatusCode, answer: &[(&str, &str)]) -> Response {
        {
            let mut pairs = self.target.query_pairs_mut();
            pairs.extend_pairs(answer);
            if let Some(state) = &self.state {
                pairs.append_pair("state", state);
            }
        }
        let headers = [
            (header::LOCATION, self.target.as_str()),
            (header::CACHE_CONTROL, "no-store"),
            (header::REFERRER_POLICY, "no-referrer"),
        ];
        (status, headers).into_response()
    }

    fn refuse(self, status: StatusCode, (error, description): Flaw) -> Response {
        self.redirect(status, &[("error", error), ("error_description", description)])
    }
}

/// `GET /restapi/oauth/authorize`.
pub async fn page(State(app): State<App>, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let query = query.unwrap_or_default();
    match Asked::read(&app, &headers, &query) {
        Err(words) => mistake(&words),
        Ok(asked) => match asked.challenge {
            Err(flaw) => asked.refuse(StatusCode::FOUND, flaw),
            Ok(_) => question(&asked, &query),
        },
    }
}

/// `POST /sign-in`: a button on the page was pressed. Apart from the API, whose calls are counted and listed: the real
/// service's sign-in has other addresses too.
pub async fn decide(State(app): State<App>, RawQuery(query): RawQuery, headers: HeaderMap, body: Body) -> Response {
    let mut intake = Intake::new(body);
    let form = intake.bytes(1024).await;
    intake.drain().await;
    if !is_own_page(&headers) {
        return mistake("Only the sandbox's own page can sign in.");
    }
    let asked = match Asked::read(&app, &headers, &query.unwrap_or_default()) {
        Ok(asked) => asked,
        Err(words) => return mistake(&words),
    };
    let challenge = match asked.challenge.clone() {
        Ok(challenge) => challenge,
        Err(flaw) => return asked.refuse(StatusCode::SEE_OTHER, flaw),
    };
    match Parameters::read(&form.unwrap_or_default()).get("decision") {
        Some("sign-in") => {}
        Some("refuse") => {
            let flaw = ("access_denied", "The person did not sign in");
            return asked.refuse(StatusCode::SEE_OTHER, flaw);
        }
        _ => return mistake("That is neither of the two buttons."),
    }
    let (now, lifetime) = (moment::now(), app.lifetimes.code);
    let ends = now.saturating_add(lifetime);
    match app.store.sign_in(asked.redirect_uri.clone(), challenge, ends, now).await {
        Ok(code) => {
            let seconds = (lifetime / 1000).to_string();
            asked.redirect(StatusCode::SEE_OTHER, &[("code", &code), ("expires_in", &seconds)])
        }
        Err(error) => internal(error).into_response(),
    }
}

/// The address of a redirect URI, if it is one that a browser can be led to with something added. The parser is the one
/// browsers have, so that they lead nowhere else.
pub fn target(redirect_uri: &str) -> Option<Url> {
    let target = Url::parse(redirect_uri).ok()?;
    let is_plain = matches!(target.scheme(), "http" | "https")
        && target.fragment().is_none()
        && target.username().is_empty()
        && target.password().is_none();
    is_plain.then_some(target)
}

/// As the person who started the sandbox has it; else its own pages and those of this machine will do.
fn is_allowed(app: &App, headers: &HeaderMap, redirect_uri: &str, target: &Url) -> bool {
    if !app.redirect_uris.is_empty() {
        return app.redirect_uris.iter().any(|allowed| allowed == redirect_uri);
    }
    let own = Url::parse(&app::origin(app, headers));
    own.is_ok_and(|own| own.origin() == target.origin()) || target.host_str().is_some_and(app::is_loopback)
}

/// What the rest of a request must be like. A repeated parameter is refused whichever it is.
fn challenge(parameters: &Parameters) -> Result<String, Flaw> {
    if parameters.has_repeated() {
        return Err(("invalid_request", "A parameter is there twice"));
    }
    match parameters.get("response_type") {
        Some("code") => {}
        Some(_) => return Err(("unsupported_response_type", "response_type must be code")),
        None => return Err(("invalid_request", "response_type is missing")),
    }
    if parameters.get("code_challenge_method") != Some("S256") {
        return Err(("invalid_request", "code_challenge_method must be S256"));
    }
    // 32 bytes are 43 letters.
    let is_digest = |text: &&str| {
        text.len() == 43 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
    };
    match parameters.get("code_challenge").filter(is_digest) {
        Some(challenge) => Ok(challenge.to_owned()),
        None => Err(("invalid_request", "code_challenge must be 43 letters of base64url")),
    }
}

/// Whether the sandbox's own page sends this: browsers say so with every POST, and no other page can make them.
fn is_own_page(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let (Some(origin), Some(host)) = (text(header::ORIGIN), text(header::HOST)) else { return false };
    origin.split_once("://").is_some_and(|(_, own)| own.eq_ignore_ascii_case(host))
}

/// The page that asks. No script, and its form leads to the sandbox and from there to the redirect URI only.
fn question(asked: &Asked, query: &str) -> Response {
    let origin = asked.target.origin().ascii_serialization();
    let body = format!(
        "<article><h2>{origin} wants to send faxes</h2>\
         <p>It asks to send faxes as {PERSON}, to read the list of the faxes there are, and to cancel them.</p>\
         <form class=\"choices\" method=\"post\" action=\"/sign-in?{query}\">\
         <button class=\"main\" name=\"decision\" value=\"sign-in\">Sign in as {PERSON}</button>\
         <button name=\"decision\" value=\"refuse\">Do not sign in</button></form></article>",
        origin = Text(&origin),
        query = Text(query),
    );
    // Chromium holds a form's redirect to this too. Its grammar has no place for an IPv6 address.
    let leads_to = match asked.target.host() {
        Some(Host::Ipv6(_)) => format!("{}:", asked.target.scheme()),
        _ => origin,
    };
    let mut response = shown(StatusCode::OK, &format!("'self' {leads_to}"), &body);
    // With `no-referrer` the form's own POST would come from the origin `null`.
    response.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    response
}

/// The page that says what is wrong, where nothing else can be done.
fn mistake(words: &str) -> Response {
    let body = format!(
        "<article><h2>This sign-in cannot go on</h2><p>{}</p>\
         <p>Nobody was signed in. The page that led here has to be corrected.</p></article>",
        Text(words)
    );
    shown(StatusCode::BAD_REQUEST, "'none'", &body)
}

fn shown(status: StatusCode, form_action: &str, body: &str) -> Response {
    let html = format!(
        "{}<title>Practice sign-in</title></head><body>\
         <header class=\"top\"><h1>Practice sign-in</h1><p class=\"muted\">fax-sandbox</p>\
         <p class=\"banner\"><strong>Nothing is dialled here.</strong> This is a practice sign-in: there is no account \
         behind it and no password, and no fax leaves the sandbox.</p></header><main>{body}</main></body></html>\n",
        page::HEAD,
    );
    let policy = format!(
        "default-src 'none'; style-src 'self'; base-uri 'none'; form-action {form_action}; frame-ancestors 'none'"
    );
    let mut response = page::ours(page::HTML, html);
    *response.status_mut() = status;
    // An origin that no header can hold is none that a browser would lead to.
    let policy = HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static("default-src 'none'"));
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn redirect_uris() {
        for uri in ["http://127.0.0.1:8787/", "https://fax.example/a?b=c", "http://[::1]:3000/x"] {
            assert!(target(uri).is_some(), "{uri}");
        }
        for uri in [
            "",
            "/",
            "index.html",
            "javascript:alert(1)",
            "data:text/html,",
            "ftp://127.0.0.1/",
            "http://user@127.0.0.1/",
            "http://:secret@127.0.0.1/",
            "http://127.0.0.1/#a",
            "http://127.0.0.1/#",
            "http://",
        ] {
            assert!(target(uri).is_none(), "{uri}");
        }
        // As browsers read them.
        for (uri, host) in [("http://localhost\\@fax.example/", "localhost"), ("http://127.1/", "127.0.0.1")] {
            assert_eq!(target(uri).unwrap().host_str(), Some(host));
        }
    }
}
