//! Signing in to the service: OAuth 2.0's authorization code with PKCE (RFC 6749, RFC 7636; fax API facts §5), as data.
//!
//! What goes out are addresses and forms, what comes in are a query and JSON. Asking, waiting and keeping are the
//! browser's side, in `client`.

use form_urlencoded::{Serializer, parse};
use serde::Serialize;

use crate::message::{Json, text, whole};
use crate::reply::Reply;
use crate::service::host;

/// What every state of ours begins with; www/sign_in.js knows an answer by it.
pub const STATE_PREFIX: &str = "fax-widget.";

/// Seconds that an access token lives where the answer does not say (fax API facts §5: the default).
const LIFETIME: i64 = 3_600;
/// Milliseconds before its end from which a token is renewed: the time that a slow answer takes.
const LEAD: i64 = 60_000;
/// A token's life is spent by this share when it is renewed at the latest; one of a few seconds would be due at once.
const SHORT_LEAD: i64 = 5;
/// Milliseconds by which a clock may be behind the moment that a token is from, before it counts as set back.
const SET_BACK: i64 = 5_000;

/// Who signs people in, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    root: String,
    id: String,
}

impl Client {
    /// The client that is registered under `id` with the service at `root`, its address up to `/restapi`.
    #[must_use]
    pub fn new(root: &str, id: &str) -> Option<Self> {
        let id = id.trim();
        // What RFC 6749 appendix A.1 allows.
        let is_id = !id.is_empty() && id.bytes().all(|byte| matches!(byte, b' '..=b'~'));
        is_id.then(|| Self { root: root.to_owned(), id: id.to_owned() })
    }

    /// A name that no other client has.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{}@{}", self.id, self.root)
    }

    /// The host that counts the calls.
    #[must_use]
    pub fn host(&self) -> &str {
        host(&self.root).unwrap_or_default()
    }

    /// Where tokens are given.
    #[must_use]
    pub fn token_url(&self) -> String {
        format!("{}/restapi/oauth/token", self.root)
    }

    /// Where they are taken back.
    #[must_use]
    pub fn revoke_url(&self) -> String {
        format!("{}/restapi/oauth/revoke", self.root)
    }

    /// The form that asks for new tokens.
    #[must_use]
    pub fn refresh(&self, refresh_token: &str) -> String {
        form(&[("grant_type", "refresh_token"), ("refresh_token", refresh_token), ("client_id", &self.id)])
    }

    /// The form that ends a session.
    #[must_use]
    pub fn revoke(&self, token: &str) -> String {
        form(&[("token", token), ("client_id", &self.id)])
    }
}

/// One way to the service's sign-in and back. It has no `Debug`: whoever has its verifier can use its code.
#[derive(Clone, PartialEq, Eq)]
pub struct Attempt {
    client: Client,
    redirect_uri: String,
    state: String,
    verifier: String,
}

impl Attempt {
    /// Sets out; `random` is never used again.
    #[must_use]
    pub fn new(client: &Client, redirect_uri: &str, random: &[u8; 48]) -> Self {
        // 32 bytes are the 43 characters that RFC 7636 §4.1 recommends.
        let (verifier, state) = random.split_at(32);
        Self {
            client: client.clone(),
            redirect_uri: redirect_uri.to_owned(),
            state: format!("{STATE_PREFIX}{}", base64url(state)),
            verifier: base64url(verifier),
        }
    }

    /// What the answer has to bring back.
    #[must_use]
    pub fn state(&self) -> &str {
        &self.state
    }

    /// What is digested for [`url`](Self::url), and told when the code is redeemed.
    #[must_use]
    pub fn verifier(&self) -> &str {
        &self.verifier
    }

    /// Whether it was this client that set out.
    #[must_use]
    pub fn is_of(&self, client: &Client) -> bool {
        self.client == *client
    }

    /// Where a person signs in; `digest` is the verifier's SHA-256.
    #[must_use]
    pub fn url(&self, digest: &[u8]) -> String {
        let query = form(&[
            ("response_type", "code"),
            ("client_id", &self.client.id),
            ("redirect_uri", &self.redirect_uri),
            ("state", &self.state),
            ("code_challenge", &base64url(digest)),
            // Left out, it would be `plain`, which the verifier is no secret under.
            ("code_challenge_method", "S256"),
        ]);
        format!("{}/restapi/oauth/authorize?{query}", self.client.root)
    }

    /// Whether an answer is to this.
    #[must_use]
    pub fn is_answered_by(&self, answer: &Answer) -> bool {
        self.state == answer.state
    }

    /// The code that an answer brings.
    ///
    /// # Errors
    /// Where it is no answer to this, or a refusal.
    pub fn code<'a>(&self, answer: &'a Answer) -> Result<&'a str, Trouble> {
        if !self.is_answered_by(answer) {
            return Err(Trouble::Foreign);
        }
        match &answer.code {
            Ok(code) => Ok(code),
            Err(error) if error == "access_denied" => Err(Trouble::Declined),
            Err(error) if matches!(error.as_str(), "server_error" | "temporarily_unavailable") => {
                Err(Trouble::NoAnswer)
            }
            Err(error) => Err(Trouble::Refused(code_word(error))),
        }
    }

    /// The form that redeems a code.
    #[must_use]
    pub fn redeem(&self, code: &str) -> String {
        form(&[
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &self.redirect_uri),
            ("client_id", &self.client.id),
            ("code_verifier", &self.verifier),
        ])
    }

    /// As text, for the time that the page is away; `back` is the query and the fragment that are to stand in its address
    /// when it comes back. www/sign_in.js reads `state` and `back`.
    #[must_use]
    pub fn write(&self, back: &str) -> String {
        form(&[
            ("state", &self.state),
            ("verifier", &self.verifier),
            ("root", &self.client.root),
            ("client_id", &self.client.id),
            ("redirect_uri", &self.redirect_uri),
            ("back", back),
        ])
    }

    /// Reads such text; `None` for any other.
    #[must_use]
    pub fn read(written: &str) -> Option<Self> {
        let field = |name| once(written, name).filter(|value| !value.is_empty());
        Some(Self {
            client: Client::new(&field("root")?, &field("client_id")?)?,
            redirect_uri: field("redirect_uri")?,
            state: field("state")?,
            verifier: field("verifier")?,
        })
    }
}

/// What the sign-in sent back.
#[derive(Clone, PartialEq, Eq)]
pub struct Answer {
    state: String,
    /// A code, or the name of an error.
    code: Result<String, String>,
}

impl Answer {
    /// Reads the query of an address; `None` where it is no answer. What stands there twice is none (RFC 6749 §3.1).
    #[must_use]
    pub fn read(query: &str) -> Option<Self> {
        let state = once(query, "state")?;
        let code = match (once(query, "error"), once(query, "code")) {
            (Some(error), _) => Err(error),
            (None, Some(code)) if !code.is_empty() => Ok(code),
            _ => return None,
        };
        Some(Self { state, code })
    }
}

/// What www/sign_in.js found when the page was opened.
#[derive(Clone, PartialEq, Eq)]
pub enum Return {
    /// Another window waited for the answer and has it; this one is left over.
    Taken,
    /// The page was left for a sign-in, and comes back: with an answer, or without one.
    Back(Attempt, Option<Answer>),
    /// An answer to nothing that is known here.
    Foreign,
}

impl Return {
    /// Reads what it gives: a word, or the query of the answer and, in a second line, what [`Attempt::write`] wrote; either
    /// may be empty. `None` where nothing came back.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let (query, written) = text.split_once('\n').unwrap_or((text, ""));
        match (query, Attempt::read(written)) {
            ("taken", _) => Some(Self::Taken),
            ("", None) => None,
            // An answer to another attempt than the one that the page was left for is none to this.
            (query, Some(attempt))
                if query.is_empty() || Answer::read(query).is_some_and(|answer| attempt.is_answered_by(&answer)) =>
            {
                Some(Self::Back(attempt, Answer::read(query)))
            }
            _ => Some(Self::Foreign),
        }
    }
}

/// Why nobody is signed in who wanted to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The person, or the service for them, said no.
    Declined,
    /// What came back is not the answer to what was asked here, or was used before.
    Foreign,
    /// The service does not sign in like this; with its code for it.
    Refused(Option<String>),
    /// There was no answer, or none that can be used.
    NoAnswer,
    /// The browser gives no digests to this page: it came by plain HTTP.
    Insecure,
    /// The address to come back to is none, or another site's.
    Address,
    /// The browser keeps nothing for this page while it is away.
    Forgetful,
}

/// Why a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Its time was over, or the service no longer wanted it.
    Expired,
    /// A person signed out, here.
    SignedOut,
    /// A person signed out in another tab.
    Elsewhere,
}

/// Tokens as the service gave them.
pub struct Grant {
    access: String,
    refresh: Option<String>,
    /// Seconds.
    lifetime: i64,
    owner: Option<String>,
}

impl Grant {
    /// Reads the answer to a form of this module.
    ///
    /// # Errors
    /// [`Trouble::Refused`] where the service will not give tokens for this, now or later, and [`Trouble::NoAnswer`]
    /// for everything that says nothing of that.
    pub fn read<J: Json>(reply: &Reply<J>) -> Result<Self, Trouble> {
        let tokens = reply.body.as_ref().filter(|_| (200..300).contains(&reply.status));
        if let Some(grant) = tokens.and_then(Self::tokens) {
            return Ok(grant);
        }
        // A request that is late or too many is none that the service has judged.
        if !(400..500).contains(&reply.status) || matches!(reply.status, 408 | 425 | 429) {
            return Err(Trouble::NoAnswer);
        }
        let error = || code_word(&text(reply.body.as_ref()?, "error")?);
        Err(Trouble::Refused(reply.failure().error_code.or_else(error)))
    }

    fn tokens<J: Json>(body: &J) -> Option<Self> {
        let token = |name| text(body, name).filter(|token| is_token(token));
        let is_bearer = text(body, "token_type").is_none_or(|kind| kind.eq_ignore_ascii_case("bearer"));
        let owner = || body.property("owner_id")?.string().or_else(|| whole(body, "owner_id").map(|id| id.to_string()));
        Some(Self {
            access: token("access_token").filter(|_| is_bearer)?,
            refresh: token("refresh_token"),
            lifetime: whole(body, "expires_in").filter(|seconds| *seconds > 0).unwrap_or(LIFETIME),
            owner: owner(),
        })
    }

    /// What ends the session that this would have gone on with.
    #[must_use]
    pub fn revocable(&self) -> &str {
        self.refresh.as_deref().unwrap_or(&self.access)
    }
}

/// How much longer a token is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Age {
    /// It is.
    Fresh,
    /// It is, and should be renewed.
    Due,
    /// It is not, by the device's clock.
    Over,
}

/// Somebody who is signed in. Tabs that were duplicated share it, and whoever renews it hands it to the others.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Session {
    /// Names it among those of other people and other sign-ins.
    name: String,
    /// Goes up with every renewal.
    turn: i64,
    access: String,
    refresh: Option<String>,
    /// When its tokens were asked for, in milliseconds since 1970.
    from: i64,
    until: i64,
    owner: Option<String>,
}

impl Session {
    /// Begins with the tokens that were asked for at a moment; nothing else was ever given that name.
    #[must_use]
    pub fn begin(name: &[u8; 16], grant: Grant, asked: i64) -> Self {
        Self { name: base64url(name), turn: 0, access: String::new(), refresh: None, from: 0, until: 0, owner: None }
            .renewed(grant, asked)
    }

    /// Goes on with other tokens. What the service does not say anew stays (RFC 6749 §6).
    #[must_use]
    pub fn renewed(&self, grant: Grant, asked: i64) -> Self {
        Self {
            name: self.name.clone(),
            turn: self.turn + 1,
            access: grant.access,
            refresh: grant.refresh.or_else(|| self.refresh.clone()),
            from: asked,
            until: asked.saturating_add(grant.lifetime.saturating_mul(1_000)),
            owner: grant.owner.or_else(|| self.owner.clone()),
        }
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Goes up with every renewal.
    #[must_use]
    pub fn turn(&self) -> i64 {
        self.turn
    }

    /// What calls are made with.
    #[must_use]
    pub fn access(&self) -> &str {
        &self.access
    }

    /// What new tokens are asked for with; `None` where the service gave none.
    #[must_use]
    pub fn refresh(&self) -> Option<&str> {
        self.refresh.as_deref()
    }

    /// What ends it at the service.
    #[must_use]
    pub fn revocable(&self) -> &str {
        self.refresh.as_deref().unwrap_or(&self.access)
    }

    /// The service's id of who is signed in, where it told.
    #[must_use]
    pub fn owner(&self) -> Option<&str> {
        self.owner.as_deref()
    }

    /// When its tokens were asked for.
    #[must_use]
    pub fn from(&self) -> i64 {
        self.from
    }

    /// Whether it is what another one became: the same session, renewed since.
    #[must_use]
    pub fn follows(&self, other: &Self) -> bool {
        self.name == other.name && (self.turn, self.from) > (other.turn, other.from)
    }

    /// How much longer its token is good for.
    #[must_use]
    pub fn age(&self, now: i64) -> Age {
        // On a clock that was set back nothing is known of the end; asking early does no harm.
        if now >= self.until {
            Age::Over
        } else if self.refresh.is_some() && (now >= self.due() || now < self.from - SET_BACK) {
            Age::Due
        } else {
            Age::Fresh
        }
    }

    /// Milliseconds until its [`age`](Self::age) is another.
    #[must_use]
    pub fn next(&self, now: i64) -> i64 {
        let moment = if self.refresh.is_some() { self.due() } else { self.until };
        (moment - now).max(0)
    }

    fn due(&self) -> i64 {
        self.until - ((self.until - self.from) / SHORT_LEAD).min(LEAD)
    }

    /// As JSON, for the tab's own storage and for other tabs that have it too.
    #[must_use]
    pub fn write(&self) -> String {
        // Writing strings and numbers to memory has no way to fail.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Reads such JSON.
    #[must_use]
    pub fn read<J: Json>(written: &J) -> Option<Self> {
        let token = |name| text(written, name).filter(|token| is_token(token));
        Some(Self {
            name: text(written, "name").filter(|name| !name.is_empty())?,
            turn: whole(written, "turn")?,
            access: token("access")?,
            refresh: token("refresh"),
            from: whole(written, "from")?,
            until: whole(written, "until")?,
            owner: text(written, "owner"),
        })
    }
}

/// Base64 with the alphabet for addresses and without padding (RFC 4648 §5).
fn base64url(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let letter = |bits: u32| ALPHABET.get(bits as usize & 63).copied().map_or('A', char::from);
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let bits = group.iter().enumerate().fold(0, |bits, (place, byte)| bits | u32::from(*byte) << (16 - 8 * place));
        // A letter more than there are bytes.
        text.extend([18, 12, 6, 0].into_iter().take(group.len() + 1).map(|shift| letter(bits >> shift)));
    }
    text
}

fn form(fields: &[(&str, &str)]) -> String {
    Serializer::new(String::new()).extend_pairs(fields).finish()
}

/// A field that stands in a form, or a query, once.
fn once(form: &str, name: &str) -> Option<String> {
    let mut found = parse(form.as_bytes()).filter(|(known, _)| known == name);
    let value = found.next()?.1.into_owned();
    found.next().is_none().then_some(value)
}

/// What can stand in a header and in a form.
fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// What looks like a code, which a person may be shown; a sentence of whoever made up the address is none.
fn code_word(text: &str) -> Option<String> {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    ((1..=40).contains(&text.len()) && text.bytes().all(is_word)).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    const PAGE: &str = "https://clinic.example/fax";

    fn client() -> Client {
        Client::new("https://service.example", "c l&i").unwrap()
    }

    fn attempt() -> Attempt {
        Attempt::new(&client(), PAGE, &std::array::from_fn(|n| n as u8))
    }

    fn answered(status: u16, body: Value) -> Result<Grant, Trouble> {
        Grant::read(&Reply { status, retry_after: None, body: Some(body) })
    }

    fn grant(fields: Value) -> Grant {
        let mut body = json!({"access_token": "access1", "token_type": "bearer"});
        body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        answered(200, body).unwrap_or_else(|trouble| panic!("{trouble:?}"))
    }

    fn session(fields: Value) -> Session {
        Session::begin(&[0; 16], grant(fields), 1_000)
    }

    // ----- the way out

    /// RFC 7636 appendix B, and the pair in the service's own guide; the digests are SHA-256 of the verifiers.
    #[test]
    fn challenges_are_as_published() {
        let octets = [
            116, 24, 223, 180, 151, 153, 224, 37, 79, 250, 96, 125, 216, 173, 187, 186, 22, 212, 37, 77, 105, 214, 191,
            240, 91, 88, 5, 88, 83, 132, 141, 121,
        ];
        assert_eq!(base64url(&octets), "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
        let digest = [
            19, 211, 30, 150, 26, 26, 216, 236, 47, 22, 177, 12, 76, 152, 46, 8, 118, 168, 120, 173, 109, 241, 68, 86,
            110, 225, 137, 74, 203, 112, 249, 195,
        ];
        assert_eq!(base64url(&digest), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
        assert!(attempt().url(&digest).contains("code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&"));
    }

    #[test]
    fn base64url_is_as_published() {
        // RFC 4648 §10, and the two letters that are its own.
        for (bytes, text) in [("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg")] {
            assert_eq!(base64url(bytes.as_bytes()), text);
        }
        assert_eq!(base64url(&[0xfb, 0xff, 0xbf]), "-_-_");
    }

    #[test]
    fn the_address_of_the_sign_in_carries_all_that_it_needs_and_no_secret() {
        let attempt = attempt();
        let url = attempt.url(&[0; 32]);
        let challenge = "A".repeat(43);
        assert_eq!(
            url,
            format!(
                "https://service.example/restapi/oauth/authorize?response_type=code&client_id=c+l%26i\
                 &redirect_uri=https%3A%2F%2Fclinic.example%2Ffax&state={}&code_challenge={challenge}\
                 &code_challenge_method=S256",
                attempt.state()
            )
        );
        assert!(!url.contains(attempt.verifier()));
    }

    proptest! {
        /// RFC 7636 §4.1 and §10.10, and a state that is known again.
        #[test]
        fn verifier_and_state_keep_to_their_letters_and_differ(random in proptest::array::uniform32(0..=255u8), more in proptest::array::uniform16(0..=255u8)) {
            let mut bytes = [0; 48];
            bytes[..32].copy_from_slice(&random);
            bytes[32..].copy_from_slice(&more);
            let attempt = Attempt::new(&client(), PAGE, &bytes);
            let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
            prop_assert!(attempt.verifier().len() == 43 && plain(attempt.verifier()));
            let state = attempt.state().strip_prefix(STATE_PREFIX).unwrap();
            prop_assert!(state.len() == 22 && plain(state));
            prop_assert!(!attempt.verifier().contains(state));
        }

        /// Whatever the page's address is, it is the same behind the way out and back.
        #[test]
        fn an_attempt_is_read_as_it_was_written(page in "\\PC{1,40}", back in "\\PC{0,40}") {
            let attempt = Attempt::new(&client(), &page, &[7; 48]);
            let written = attempt.write(&back);
            prop_assert!(Attempt::read(&written) == Some(attempt));
            prop_assert_eq!(once(&written, "back"), Some(back));
        }
    }

    #[test]
    fn half_an_attempt_is_none() {
        let written = attempt().write("");
        assert!(Attempt::read(&written).is_some());
        for missing in ["state", "verifier", "root", "client_id", "redirect_uri"] {
            assert!(Attempt::read(&written.replace(&format!("{missing}="), "x=")).is_none(), "{missing}");
            assert!(Attempt::read(&format!("{written}&{missing}=other")).is_none(), "{missing} twice");
        }
        assert!(Attempt::read("").is_none());
    }

    #[test]
    fn what_is_no_client_id_signs_nobody_in() {
        for id in ["", "  ", "a\nb", "ä"] {
            assert_eq!(Client::new("https://service.example", id), None, "{id:?}");
        }
        assert_eq!(client().name(), "c l&i@https://service.example");
    }

    // ----- the way back

    #[track_caller]
    fn brings(query: &str) -> Result<String, Trouble> {
        let attempt = attempt();
        let answer = Answer::read(&query.replace("STATE", attempt.state())).expect("an answer");
        attempt.code(&answer).map(str::to_owned)
    }

    #[test]
    fn a_code_comes_with_its_state() {
        assert_eq!(
            brings("code=U0pDMTFQMDFQQVMwMHxB%2B_&state=STATE&expires_in=60"),
            Ok("U0pDMTFQMDFQQVMwMHxB+_".into())
        );
        assert_eq!(brings("?code=x&state=STATE".trim_start_matches('?')), Ok("x".into()));
    }

    #[test]
    fn a_state_that_is_not_ours_is_refused_whatever_comes_with_it() {
        for query in ["code=x&state=fax-widget.other", "code=x&state=", "error=access_denied&state=fax-widget.other"] {
            assert_eq!(brings(query), Err(Trouble::Foreign), "{query}");
        }
        let other = Attempt::new(&client(), PAGE, &[9; 48]);
        let answer = Answer::read(&format!("code=x&state={}", other.state())).unwrap();
        assert_eq!(attempt().code(&answer), Err(Trouble::Foreign));
        assert!(!other.is_of(&Client::new("https://service.example", "another").unwrap()));
        assert!(!other.is_of(&Client::new("https://other.example", "c l&i").unwrap()));
        assert!(other.is_of(&client()));
    }

    #[test]
    fn refusals_are_told_apart() {
        assert_eq!(brings("error=access_denied&state=STATE"), Err(Trouble::Declined));
        assert_eq!(brings("error=temporarily_unavailable&state=STATE"), Err(Trouble::NoAnswer));
        assert_eq!(brings("error=invalid_request&state=STATE"), Err(Trouble::Refused(Some("invalid_request".into()))));
        // With a code or without one.
        assert_eq!(brings("code=x&error=access_denied&state=STATE"), Err(Trouble::Declined));
        // A sentence of whoever made up the address is shown to nobody.
        assert_eq!(brings("error=Call+0900+now&state=STATE"), Err(Trouble::Refused(None)));
    }

    #[test]
    fn what_is_no_answer_is_none() {
        for query in
            ["", "code=x", "state=fax-widget.x", "code=&state=x", "code=x&code=y&state=x", "code=x&state=x&state=x"]
        {
            assert!(Answer::read(query).is_none(), "{query}");
        }
    }

    #[test]
    fn what_the_page_found_is_read() {
        let attempt = attempt();
        let written = attempt.write("?tab=fax#send");
        let answer = format!("code=x&state={}", attempt.state());
        let back = |answer: &str| Some(Return::Back(attempt.clone(), Answer::read(answer)));
        assert!(Return::read(&format!("{answer}\n{written}")) == back(&answer));
        assert!(Return::read(&format!("\n{written}")) == back(""), "the person went back");
        assert!(Return::read("taken") == Some(Return::Taken));
        for nothing in ["", "\n", "\nstate=x"] {
            assert!(Return::read(nothing).is_none(), "{nothing:?}");
        }
        for foreign in [&answer, &format!("{answer}\n"), &format!("code=x&state=fax-widget.other\n{written}")] {
            assert!(Return::read(foreign) == Some(Return::Foreign), "{foreign}");
        }
    }

    // ----- tokens

    #[test]
    fn forms_are_as_documented() {
        let attempt = attempt();
        assert_eq!(
            attempt.redeem("a+b"),
            format!(
                "grant_type=authorization_code&code=a%2Bb&redirect_uri=https%3A%2F%2Fclinic.example%2Ffax\
                 &client_id=c+l%26i&code_verifier={}",
                attempt.verifier()
            )
        );
        assert_eq!(client().refresh("r=1"), "grant_type=refresh_token&refresh_token=r%3D1&client_id=c+l%26i");
        assert_eq!(client().revoke("r=1"), "token=r%3D1&client_id=c+l%26i");
        assert_eq!(client().token_url(), "https://service.example/restapi/oauth/token");
        assert_eq!(client().revoke_url(), "https://service.example/restapi/oauth/revoke");
    }

    #[test]
    fn tokens_are_read() {
        let session = session(json!({
            "token_type": "Bearer", "expires_in": 600, "refresh_token": "refresh1", "refresh_token_expires_in": 604_800,
            "scope": "Faxes", "owner_id": "256440016", "endpoint_id": "x",
        }));
        assert_eq!((session.access(), session.refresh()), ("access1", Some("refresh1")));
        assert_eq!((session.owner(), session.until), (Some("256440016"), 601_000));
        let bare = self::session(json!({"owner_id": 256_440_016}));
        assert_eq!((bare.refresh(), bare.owner(), bare.until), (None, Some("256440016"), 3_601_000));
    }

    #[test]
    fn what_gives_no_token_is_told_apart() {
        let refused = |code: &str| Err(Trouble::Refused(Some(code.into())));
        let trouble = |status, body| answered(status, body).map(|grant| grant.access);
        let revoked = json!({"error": "invalid_grant", "error_description": "Token revoked",
            "errors": [{"errorCode": "OAU-211", "message": "Token revoked"}]});
        assert_eq!(trouble(400, revoked), refused("OAU-211"));
        assert_eq!(trouble(400, json!({"error": "invalid_grant"})), refused("invalid_grant"));
        assert_eq!(trouble(401, json!({"error": "who <b>are</b> you"})), Err(Trouble::Refused(None)));
        for (status, body) in [
            (500, json!({})),
            (503, json!({"error": "invalid_grant"})),
            (429, json!({"errorCode": "CMN-301"})),
            (0, json!({})),
            (200, json!({"error": "invalid_grant"})),
            (200, json!({"access_token": "a b"})),
            (200, json!({"access_token": ""})),
            (200, json!({"access_token": "a", "token_type": "mac"})),
        ] {
            assert_eq!(trouble(status, body.clone()), Err(Trouble::NoAnswer), "{status} {body}");
        }
    }

    // ----- how long

    #[test]
    fn a_token_is_renewed_before_its_end() {
        let hour = session(json!({"expires_in": 3_600, "refresh_token": "r"}));
        let age = |seconds: i64| hour.age(1_000 + seconds * 1_000);
        assert_eq!((age(0), age(3_539), age(3_540)), (Age::Fresh, Age::Fresh, Age::Due));
        assert_eq!((age(3_599), age(3_600), age(99_999)), (Age::Due, Age::Over, Age::Over));
        assert_eq!((hour.next(1_000), hour.next(3_600_000)), (3_540_000, 0));
        let short = session(json!({"expires_in": 10, "refresh_token": "r"}));
        assert_eq!((short.age(8_999), short.age(9_000)), (Age::Fresh, Age::Due));
    }

    #[test]
    fn without_a_refresh_token_it_lasts_to_its_end() {
        let session = session(json!({"expires_in": 3_600}));
        assert_eq!((session.age(3_600_000), session.age(3_601_000)), (Age::Fresh, Age::Over));
        assert_eq!(session.next(1_000), 3_600_000);
        assert_eq!(session.age(-9_000_000), Age::Fresh, "nothing can be done");
    }

    #[test]
    fn a_clock_that_was_set_back_has_it_renewed() {
        let session = Session::begin(&[0; 16], grant(json!({"refresh_token": "r"})), 9_000_000);
        assert_eq!((session.age(8_996_000), session.age(8_994_000)), (Age::Fresh, Age::Due));
    }

    #[test]
    fn a_renewed_session_keeps_what_was_not_said_anew() {
        let first = session(json!({"refresh_token": "refresh1", "owner_id": "7"}));
        let second = first.renewed(grant(json!({"access_token": "access2"})), 2_000);
        assert_eq!((second.access(), second.refresh(), second.owner()), ("access2", Some("refresh1"), Some("7")));
        let third = second.renewed(grant(json!({"refresh_token": "refresh3"})), 3_000);
        assert_eq!((third.refresh(), third.turn()), (Some("refresh3"), 3));
        assert!(third.follows(&first) && second.follows(&first) && !first.follows(&first) && !first.follows(&third));
        let stranger = Session::begin(&[1; 16], grant(json!({})), 9_000);
        assert!(!stranger.renewed(grant(json!({})), 9_500).follows(&first));
    }

    #[test]
    fn a_session_is_read_as_it_was_written() {
        for fields in [json!({"refresh_token": "r", "owner_id": "7"}), json!({})] {
            let session = session(fields);
            let written: Value = serde_json::from_str(&session.write()).unwrap();
            assert!(Session::read(&written) == Some(session));
        }
        for broken in [json!({}), json!({"name": "n", "turn": 1, "from": 1, "until": 2, "access": "a b"}), json!("x")] {
            assert!(Session::read(&broken).is_none());
        }
    }
}
