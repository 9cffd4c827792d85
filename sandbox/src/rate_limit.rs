//! The documented limits, a group of calls at a time, for each token (fax API facts §3.3). Off unless asked for: what
//! is tried by hand should not be stopped by them.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::app::App;
use crate::clock::Clock;
use crate::intake::Intake;
use crate::refusal::{FromGateway, Refusal};
use crate::token::Token;

/// The window, and the penalty too.
const MINUTE: Duration = Duration::from_secs(60);

/// The headers that tell of the limits.
pub const HEADERS: &str =
    "Retry-After, X-Rate-Limit-Group, X-Rate-Limit-Limit, X-Rate-Limit-Remaining, X-Rate-Limit-Window";

/// Which calls are counted together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Group {
    /// Reading messages and dictionaries.
    Light,
    /// Content, and changes to messages.
    Medium,
    /// Posting faxes.
    Heavy,
    /// Tokens.
    Auth,
}

impl Group {
    /// The group of a request to the API.
    pub fn of(method: &Method, path: &str) -> Option<Self> {
        let path = path.strip_prefix("/restapi/")?;
        if *method == Method::OPTIONS {
            None
        } else if path.starts_with("oauth/") {
            Some(Self::Auth)
        } else if path.contains("/message-store/") && path.contains("/content/") {
            Some(Self::Medium)
        } else if path.contains("/message-store") {
            let reads = *method == Method::GET || *method == Method::HEAD;
            Some(if reads { Self::Light } else { Self::Medium })
        } else if path.ends_with("/fax") {
            Some(Self::Heavy)
        } else {
            path.contains("/dictionary/").then_some(Self::Light)
        }
    }

    /// The API's word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Medium => "medium",
            Self::Heavy => "heavy",
            Self::Auth => "auth",
        }
    }

    /// How many calls a minute.
    fn limit(self) -> usize {
        match self {
            Self::Light => 50,
            Self::Medium => 40,
            Self::Heavy => 10,
            Self::Auth => 5,
        }
    }
}

/// What was called lately.
pub struct RateLimits {
    window: Duration,
    calls: Mutex<HashMap<(Option<Token>, Group), Calls>>,
}

#[derive(Default)]
struct Calls {
    lately: VecDeque<Instant>,
    penalty: Option<Instant>,
}

impl RateLimits {
    /// Limits whose minute is the clock's.
    pub fn new(clock: Clock) -> Self {
        Self { window: clock.real(MINUTE), calls: Mutex::default() }
    }

    /// Counts a call and says how many more there may be; nothing if it is one too many, or comes within the penalty
    /// that began with one, and begins again with each that does.
    fn count(&self, token: Option<Token>, group: Group, now: Instant) -> Option<usize> {
        let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        let Calls { lately, penalty } = calls.entry((token, group)).or_default();
        while lately.front().is_some_and(|call| now.duration_since(*call) >= self.window) {
            lately.pop_front();
        }
        if penalty.is_some_and(|end| now < end) || lately.len() >= group.limit() {
            *penalty = now.checked_add(self.window);
            return None;
        }
        *penalty = None;
        lately.push_back(now);
        Some(group.limit() - lately.len())
    }

    /// The window in the wall's seconds, of which a client is told; a part of one counts as one.
    fn seconds(&self) -> u64 {
        self.window.as_secs() + u64::from(self.window.subsec_nanos() > 0)
    }
}

/// Stops the calls that are too many.
pub async fn count(State(app): State<App>, request: Request, next: Next) -> Response {
    let (Some(limits), Some(group)) = (&app.limits, Group::of(request.method(), request.uri().path())) else {
        return next.run(request).await;
    };
    let token = request.extensions().get::<Token>().copied();
    let Some(remaining) = limits.count(token, group, Instant::now()) else {
        Intake::new(request.into_body()).drain().await;
        let mut response = Refusal::rate_exceeded().into_response();
        response.headers_mut().insert(header::RETRY_AFTER, limits.seconds().into());
        tell(response.headers_mut(), group, 0, limits.seconds());
        return response;
    };
    let mut response = next.run(request).await;
    if response.extensions().get::<FromGateway>().is_none() {
        tell(response.headers_mut(), group, remaining, limits.seconds());
    }
    response
}

/// Sets the headers. An answer that has its own, as of a number that goes wrong on purpose, keeps them.
fn tell(headers: &mut HeaderMap, group: Group, remaining: usize, window: u64) {
    const GROUP: HeaderName = HeaderName::from_static("x-rate-limit-group");
    if headers.contains_key(GROUP) {
        return;
    }
    headers.insert(GROUP, HeaderValue::from_static(group.name()));
    headers.insert(HeaderName::from_static("x-rate-limit-limit"), group.limit().into());
    headers.insert(HeaderName::from_static("x-rate-limit-remaining"), remaining.into());
    headers.insert(HeaderName::from_static("x-rate-limit-window"), window.into());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_slides_and_a_penalty_restarts() {
        let limits = RateLimits::new(Clock::WALL);
        let start = Instant::now();
        let at = |second| limits.count(Some(Token::Sandbox), Group::Heavy, start + Duration::from_secs(second));
        for second in 0..10 {
            assert_eq!(at(second), Some(9 - usize::try_from(second).unwrap()));
        }
        // The first of them has just left the window.
        assert_eq!(at(60), Some(0));
        assert_eq!(at(60), None);
        // Any other would have by now, but each call begins the penalty again.
        assert_eq!(at(119), None);
        assert_eq!(at(178), None);
        assert_eq!(at(237), None);
        assert_eq!(at(297), Some(9));
    }

    #[test]
    fn groups_and_tokens_are_apart() {
        let limits = RateLimits::new(Clock::WALL);
        let now = Instant::now();
        for _ in 0..5 {
            assert!(limits.count(None, Group::Auth, now).is_some());
        }
        assert_eq!(limits.count(None, Group::Auth, now), None);
        assert_eq!(limits.count(None, Group::Light, now), Some(49));
        assert_eq!(limits.count(Some(Token::NoMessages), Group::Medium, now), Some(39));
        assert_eq!(limits.count(Some(Token::Sandbox), Group::Medium, now), Some(39));
    }

    #[track_caller]
    fn group(method: &Method, path: &str, group: Option<Group>) {
        assert_eq!(Group::of(method, path), group, "{method} {path}");
    }

    #[test]
    fn groups() {
        let path = |rest: &str| format!("/restapi/v1.0/account/~/extension/~/{rest}");
        group(&Method::POST, &path("fax"), Some(Group::Heavy));
        group(&Method::GET, &path("message-store"), Some(Group::Light));
        group(&Method::GET, &path("message-store/1,2"), Some(Group::Light));
        group(&Method::GET, &path("message-store/1/content/1"), Some(Group::Medium));
        group(&Method::DELETE, &path("message-store/1"), Some(Group::Medium));
        group(&Method::DELETE, &path("message-store/"), Some(Group::Medium));
        group(&Method::GET, "/restapi/v1.0/dictionary/fax-cover-page", Some(Group::Light));
        group(&Method::POST, "/restapi/oauth/token", Some(Group::Auth));
        group(&Method::OPTIONS, &path("fax"), None);
        group(&Method::GET, "/inbox", None);
    }
}
