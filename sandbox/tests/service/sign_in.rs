//! Signing in: the page that asks, the tokens that come of it, and all that is refused.

use std::collections::BTreeMap;
use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};
use url::Url;

use crate::support::{FAX, GOOD, MESSAGES, Reply, Sandbox, fields, form_data, sha256};

const TOKEN: &str = "/restapi/oauth/token";
const REVOKE: &str = "/restapi/oauth/revoke";
const BACK: &str = "http://localhost:3000/back?view=send";
const ELSEWHERE: &str = "https://fax.example/back";
/// The pair of RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const FORM: &str = "Content-Type: application/x-www-form-urlencoded";

fn written(pairs: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

/// What a client asks with, some of it in other words; an empty word leaves its name out.
fn asked(other: &[(&str, &str)]) -> String {
    let mut pairs = vec![
        ("response_type", "code"),
        ("client_id", "sandbox"),
        ("redirect_uri", BACK),
        ("state", "a state"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    for (name, value) in other {
        match pairs.iter_mut().find(|(known, _)| known == name) {
            Some(pair) => pair.1 = value,
            None => pairs.push((name, value)),
        }
    }
    pairs.retain(|(_, value)| !value.is_empty());
    written(&pairs)
}

#[track_caller]
fn page(sandbox: &Sandbox, query: &str) -> Reply {
    sandbox.request("GET", &format!("/restapi/oauth/authorize?{query}"), &[], b"")
}

/// Presses a button of the page.
#[track_caller]
fn press(sandbox: &Sandbox, query: &str, decision: &str) -> Reply {
    let origin = format!("Origin: http://{}", sandbox.address);
    sandbox.request("POST", &format!("/sign-in?{query}"), &[&origin, FORM], format!("decision={decision}").as_bytes())
}

/// What a redirect leads back with, when it leads back to where it should.
#[track_caller]
fn led_back(reply: &Reply, status: u16, to: &str) -> BTreeMap<String, String> {
    assert_eq!(reply.status, status, "{}", reply.text());
    assert_eq!(
        (reply.header("cache-control"), reply.header("referrer-policy")),
        (Some("no-store"), Some("no-referrer"))
    );
    let mut address = Url::parse(reply.header("location").unwrap()).unwrap();
    let pairs = address.query_pairs().into_owned().collect();
    address.set_query(None);
    assert_eq!(address.as_str(), to);
    pairs
}

#[track_caller]
fn code(sandbox: &Sandbox) -> String {
    code_for(sandbox, &asked(&[]))
}

#[track_caller]
fn code_for(sandbox: &Sandbox, query: &str) -> String {
    let reply = press(sandbox, query, "sign-in");
    let address = Url::parse(reply.header("location").unwrap()).unwrap();
    let code = address.query_pairs().find(|(name, _)| name == "code");
    code.unwrap().1.into_owned()
}

#[track_caller]
fn form(sandbox: &Sandbox, path: &str, pairs: &[(&str, &str)]) -> Reply {
    let reply = sandbox.request("POST", path, &[FORM], written(pairs).as_bytes());
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    reply
}

/// The form for a code, some of it in other words; an empty word leaves its name out.
fn exchange<'a>(code: &'a str, other: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut pairs = vec![
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", BACK),
        ("client_id", "sandbox"),
        ("code_verifier", VERIFIER),
    ];
    for (name, value) in other {
        match pairs.iter_mut().find(|(known, _)| known == name) {
            Some(pair) => pair.1 = value,
            None => pairs.push((name, value)),
        }
    }
    pairs.retain(|(_, value)| !value.is_empty());
    pairs
}

#[track_caller]
fn exchanged(sandbox: &Sandbox, code: &str) -> Reply {
    form(sandbox, TOKEN, &exchange(code, &[]))
}

#[track_caller]
fn refreshed(sandbox: &Sandbox, token: &str) -> Reply {
    form(sandbox, TOKEN, &[("grant_type", "refresh_token"), ("refresh_token", token), ("client_id", "sandbox")])
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// The access and refresh token of a new sign-in.
#[track_caller]
fn signed_in(sandbox: &Sandbox) -> (String, String) {
    pair(&exchanged(sandbox, &code(sandbox)))
}

#[track_caller]
fn pair(reply: &Reply) -> (String, String) {
    assert_eq!(reply.status, 200, "{}", reply.text());
    let body = reply.json();
    (text(&body["access_token"]), text(&body["refresh_token"]))
}

#[track_caller]
fn call(sandbox: &Sandbox, token: &str) -> Reply {
    sandbox.request("GET", MESSAGES, &[&format!("Authorization: Bearer {token}")], b"")
}

/// Status, OAuth's word and the service's code of a refusal.
#[track_caller]
fn refused(reply: &Reply, error: &str, code: &str) {
    let body = reply.json();
    assert_eq!((reply.status, &body["error"], &body["errors"][0]["errorCode"]), (400, &json!(error), &json!(code)));
    assert_eq!(body["error_description"], body["errors"][0]["message"]);
    assert!(!reply.text().contains(VERIFIER));
}

#[test]
fn the_fixed_tokens_are_not_right_when_one_has_to_sign_in() {
    let sandbox = Sandbox::with(&["--sign-in"]);
    let config = sandbox.request("GET", "/config.json", &[], b"");
    assert_eq!(config.json(), json!({"server": format!("http://{}", sandbox.address), "clientId": "sandbox"}));
    assert_eq!(config.header("cache-control"), Some("no-store"));
    for token in ["sandbox", "no-messages"] {
        assert_eq!(call(&sandbox, token).refusal(), (401, "OAU-129".into(), String::new()), "{token}");
    }
    let (access, _) = signed_in(&sandbox);
    let authorization = format!("Authorization: Bearer {access}");
    let content_type = format!("Content-Type: {}", form_data());
    let reply = sandbox.request("POST", FAX, &[&authorization, &content_type], &fields(&[GOOD]));
    assert_eq!(reply.status, 200);
    let id = reply.json()["id"].clone();
    for path in [MESSAGES, &format!("{MESSAGES}/{id}"), "/restapi/v1.0/dictionary/fax-cover-page"] {
        assert_eq!(sandbox.request("GET", path, &[&authorization], b"").status, 200, "{path}");
    }
    assert_eq!(sandbox.request("DELETE", &format!("{MESSAGES}/{id}"), &[&authorization], b"").status, 204);
}

#[test]
fn without_the_flag_both_are_right() {
    let sandbox = Sandbox::start();
    let (access, _) = signed_in(&sandbox);
    assert_eq!((call(&sandbox, &access).status, call(&sandbox, "sandbox").status), (200, 200));
}

#[test]
fn the_page_asks_and_runs_nothing() {
    let sandbox = Sandbox::start();
    let evil = "\"><script>alert(1)</script>'&";
    let reply = page(&sandbox, &format!("{}&x='", asked(&[("state", evil), ("ui_locales", evil)])));
    assert_eq!((reply.status, reply.header("content-type")), (200, Some("text/html;charset=utf-8")));
    let html = reply.text();
    assert!(html.contains("Nothing is dialled here.") && html.contains("practice sign-in"));
    assert!(html.contains(">Sign in as Practice User</button>") && html.contains(">Do not sign in</button>"));
    assert!(html.contains("http://localhost:3000 wants to send faxes"));
    assert!(!html.contains("<script") && !html.contains("style="), "{html}");
    assert!(html.contains("&amp;x=&#39;\">"), "{html}");
    let policy = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self' http://localhost:3000; \
                  frame-ancestors 'none'";
    assert_eq!(reply.header("content-security-policy"), Some(policy));
    assert_eq!(
        (reply.header("cache-control"), reply.header("referrer-policy")),
        (Some("no-store"), Some("same-origin"))
    );
    // The grammar has no place for such an address.
    let reply = page(&sandbox, &asked(&[("redirect_uri", "http://[::1]:3000/")]));
    assert!(reply.header("content-security-policy").unwrap().contains("form-action 'self' http:;"));
    // No other page may look at it.
    let origin = ["Origin: http://localhost:3000"];
    let reply = sandbox.request("GET", &format!("/restapi/oauth/authorize?{}", asked(&[])), &origin, b"");
    assert_eq!((reply.status, reply.header("access-control-allow-origin")), (200, None));
}

#[test]
fn it_leads_back_with_the_answer() {
    let sandbox = Sandbox::start();
    let answer = led_back(&press(&sandbox, &asked(&[]), "sign-in"), 303, "http://localhost:3000/back");
    let names: Vec<&str> = answer.keys().map(String::as_str).collect();
    assert_eq!(names, ["code", "expires_in", "state", "view"]);
    assert_eq!((answer["state"].as_str(), answer["expires_in"].as_str()), ("a state", "60"));
    assert!(answer["code"].len() == 43 && answer["view"] == "send");
    let answer = led_back(&press(&sandbox, &asked(&[]), "refuse"), 303, "http://localhost:3000/back");
    assert_eq!((answer["error"].as_str(), answer["state"].as_str()), ("access_denied", "a state"));
    assert_eq!(answer.get("code"), None);
    let answer = led_back(&press(&sandbox, &asked(&[("state", "")]), "sign-in"), 303, "http://localhost:3000/back");
    assert_eq!(answer.get("state"), None);
}

#[test]
fn it_leads_to_no_stranger() {
    let sandbox = Sandbox::start();
    let own = format!("http://{}/", sandbox.address);
    for allowed in [BACK, own.as_str(), "http://127.0.0.1/", "https://localhost/", "http://[::1]:1/?a"] {
        assert_eq!(page(&sandbox, &asked(&[("redirect_uri", allowed)])).status, 200, "{allowed}");
    }
    for (name, value) in [
        ("client_id", ""),
        ("client_id", "other"),
        ("client_id", "<b>"),
        ("redirect_uri", ""),
        ("redirect_uri", ELSEWHERE),
        ("redirect_uri", "http://localhost.fax.example/"),
        ("redirect_uri", "http://localhost@fax.example/"),
        ("redirect_uri", "http://fax.example@localhost/"),
        ("redirect_uri", "//fax.example/"),
        ("redirect_uri", "/back"),
        ("redirect_uri", "http://localhost/#back"),
        ("redirect_uri", "javascript:alert(1)//localhost"),
        ("redirect_uri", "<b>\r\nX-Header: 1"),
    ] {
        let query = asked(&[(name, value)]);
        for reply in [page(&sandbox, &query), press(&sandbox, &query, "sign-in"), press(&sandbox, &query, "refuse")] {
            assert_eq!((reply.status, reply.header("location")), (400, None), "{name} {value}");
            assert!(reply.header("content-security-policy").unwrap().contains("form-action 'none'"));
            assert!(!reply.text().contains("<b>") && !reply.text().contains("<form"), "{}", reply.text());
        }
    }
    for name in ["client_id=sandbox", "redirect_uri=http%3A%2F%2Flocalhost%2F"] {
        let reply = page(&sandbox, &format!("{}&{name}", asked(&[])));
        assert_eq!((reply.status, reply.header("location")), (400, None), "{name} twice");
    }
}

#[test]
fn what_else_is_wrong_leads_back() {
    let sandbox = Sandbox::start();
    let long = format!("{CHALLENGE}=");
    for (name, value, error) in [
        ("response_type", "", "invalid_request"),
        ("response_type", "token", "unsupported_response_type"),
        ("code_challenge", "", "invalid_request"),
        ("code_challenge", &CHALLENGE[1..], "invalid_request"),
        ("code_challenge", &long, "invalid_request"),
        ("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw+cM", "invalid_request"),
        ("code_challenge_method", "", "invalid_request"),
        ("code_challenge_method", "plain", "invalid_request"),
        ("code_challenge_method", "s256", "invalid_request"),
    ] {
        let query = asked(&[(name, value)]);
        for (reply, status) in [(page(&sandbox, &query), 302), (press(&sandbox, &query, "sign-in"), 303)] {
            let answer = led_back(&reply, status, "http://localhost:3000/back");
            assert_eq!((answer["error"].as_str(), answer["state"].as_str()), (error, "a state"), "{name} {value}");
            assert_eq!((answer.get("code"), answer["view"].as_str()), (None, "send"));
        }
    }
    let answer = led_back(&page(&sandbox, &format!("{}&state=b", asked(&[]))), 302, "http://localhost:3000/back");
    assert_eq!((answer["error"].as_str(), answer.get("state")), ("invalid_request", None));
}

#[test]
fn redirect_uris_to_the_letter() {
    let sandbox = Sandbox::with(&["--redirect-uri", ELSEWHERE, "--redirect-uri", "http://localhost:3000/"]);
    for allowed in [ELSEWHERE, "http://localhost:3000/"] {
        assert_eq!(page(&sandbox, &asked(&[("redirect_uri", allowed)])).status, 200, "{allowed}");
    }
    let own = format!("http://{}/", sandbox.address);
    for other in [&own, "http://localhost:3000", "http://localhost:3000/?a", "https://fax.example/back/", BACK] {
        assert_eq!(page(&sandbox, &asked(&[("redirect_uri", other)])).status, 400, "{other}");
    }
    let reply = press(&sandbox, &asked(&[("redirect_uri", ELSEWHERE)]), "sign-in");
    assert_eq!(led_back(&reply, 303, ELSEWHERE)["state"], "a state");
    for nonsense in [
        ["--redirect-uri", "localhost"],
        ["--redirect-uri", "http://localhost/#a"],
        ["--token-lifetime", "0"],
        ["--token-lifetime", "1m"],
        ["--refresh-lifetime", "-1"],
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_fax-sandbox")).args(nonsense).arg("--version").output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{nonsense:?}");
    }
}

#[test]
fn only_its_own_page_can_press_the_button() {
    let sandbox = Sandbox::start();
    let path = format!("/sign-in?{}", asked(&[]));
    for origin in ["X-No-Origin: 1", "Origin: null", "Origin: http://localhost:3000", "Origin: http://evil.example"] {
        let reply = sandbox.request("POST", &path, &[origin, FORM], b"decision=sign-in");
        assert_eq!((reply.status, reply.header("location")), (400, None), "{origin}");
    }
    for decision in ["", "yes", "sign-in&decision=sign-in"] {
        let reply = press(&sandbox, &asked(&[]), decision);
        assert_eq!((reply.status, reply.header("location")), (400, None), "{decision}");
    }
    assert_eq!(sandbox.request("GET", &path, &[], b"").status, 405);
}

#[test]
fn tokens_for_a_code() {
    let sandbox = Sandbox::start();
    let reply = exchanged(&sandbox, &code(&sandbox));
    assert_eq!(reply.header("content-type"), Some("application/json;charset=utf-8"));
    let body = reply.json();
    for (name, value) in [
        ("token_type", json!("bearer")),
        ("expires_in", json!(3600)),
        ("refresh_token_expires_in", json!(604_800)),
        ("scope", json!("Faxes ReadMessages EditMessages")),
        ("owner_id", json!("1000000002")),
    ] {
        assert_eq!(body[name], value, "{name}");
    }
    for name in ["access_token", "refresh_token", "endpoint_id", "session_id"] {
        assert!(!body[name].as_str().unwrap().is_empty(), "{name}");
    }
    assert_eq!(body.as_object().unwrap().len(), 9);
    assert_ne!(code(&sandbox), code(&sandbox));
}

#[test]
fn a_code_is_tried_once() {
    let sandbox = Sandbox::start();
    let wrong = format!("{}a", &VERIFIER[..42]);
    for (name, value, code_of_refusal) in [
        ("redirect_uri", "http://localhost:3000/back", "OAU-109"),
        ("redirect_uri", "http://localhost:3000/back?view=send&", "OAU-109"),
        ("code_verifier", &wrong, "CMN-101"),
        ("code_verifier", CHALLENGE, "CMN-101"),
        ("code", &VERIFIER[..42], "OAU-106"),
    ] {
        let code = code(&sandbox);
        refused(&form(&sandbox, TOKEN, &exchange(&code, &[(name, value)])), "invalid_grant", code_of_refusal);
        let second = exchanged(&sandbox, &code);
        match name {
            "code" => assert_eq!(second.status, 200),
            _ => refused(&second, "invalid_grant", "OAU-106"),
        }
    }
}

#[test]
fn a_code_used_twice_takes_back_what_it_gave() {
    let sandbox = Sandbox::start();
    let (other, _) = signed_in(&sandbox);
    let code = code(&sandbox);
    let (access, refresh) = pair(&exchanged(&sandbox, &code));
    let (access, refresh) = match call(&sandbox, &access).status {
        200 => pair(&refreshed(&sandbox, &refresh)),
        status => panic!("{status}"),
    };
    refused(&exchanged(&sandbox, &code), "invalid_grant", "OAU-106");
    assert_eq!(call(&sandbox, &access).refusal(), (401, "OAU-129".into(), String::new()));
    refused(&refreshed(&sandbox, &refresh), "invalid_grant", "OAU-213");
    assert_eq!(call(&sandbox, &other).status, 200);
}

#[test]
fn a_code_is_short_lived() {
    let sandbox = Sandbox::with(&["--clock", "60"]);
    let answer = led_back(&press(&sandbox, &asked(&[]), "sign-in"), 303, "http://localhost:3000/back");
    assert_eq!(answer["expires_in"], "1", "by the wall's clock");
    let in_time = code(&sandbox);
    assert_eq!(exchanged(&sandbox, &in_time).status, 200);
    let late = code(&sandbox);
    std::thread::sleep(Duration::from_millis(1050));
    refused(&exchanged(&sandbox, &late), "invalid_grant", "OAU-108");
}

#[test]
fn refresh_tokens_rotate() {
    let sandbox = Sandbox::start();
    let (other, _) = signed_in(&sandbox);
    let first = exchanged(&sandbox, &code(&sandbox));
    let (access, refresh) = pair(&first);
    let second = refreshed(&sandbox, &refresh);
    let (newer, next) = pair(&second);
    assert!(newer != access && next != refresh);
    for name in ["scope", "owner_id", "endpoint_id", "session_id", "expires_in"] {
        assert_eq!(first.json()[name], second.json()[name], "{name}");
    }
    // The old access token is none any more.
    assert_eq!((call(&sandbox, &access).status, call(&sandbox, &newer).status), (401, 200));
    let (newer, next) = pair(&refreshed(&sandbox, &next));
    assert_eq!(call(&sandbox, &newer).status, 200);
    // Two clients have the first one: which of them is the right one cannot be known.
    refused(&refreshed(&sandbox, &refresh), "invalid_grant", "OAU-211");
    assert_eq!(call(&sandbox, &newer).refusal(), (401, "OAU-129".into(), String::new()));
    refused(&refreshed(&sandbox, &next), "invalid_grant", "OAU-213");
    assert_eq!(call(&sandbox, &other).status, 200);
    refused(&refreshed(&sandbox, "nobody's"), "invalid_grant", "OAU-213");
}

#[test]
fn two_refreshes_at_once_are_one_too_many() {
    let sandbox = Sandbox::start();
    let (_, refresh) = signed_in(&sandbox);
    let replies: Vec<Reply> = std::thread::scope(|scope| {
        let both = [(); 2].map(|()| scope.spawn(|| refreshed(&sandbox, &refresh)));
        both.map(|one| one.join().unwrap()).into()
    });
    let mut statuses: Vec<u16> = replies.iter().map(|reply| reply.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 400]);
    let given = replies.iter().find(|reply| reply.status == 200).unwrap();
    assert_eq!(call(&sandbox, &pair(given).0).status, 401);
}

#[test]
fn an_app_without_refresh_tokens() {
    let sandbox = Sandbox::with(&["--refresh-lifetime", "0"]);
    let body = exchanged(&sandbox, &code(&sandbox)).json();
    assert_eq!((body.get("refresh_token"), body.get("refresh_token_expires_in")), (None, None));
    assert_eq!(call(&sandbox, &text(&body["access_token"])).status, 200);
}

#[test]
fn tokens_expire() {
    let sandbox = Sandbox::with(&["--sign-in", "--clock", "10", "--token-lifetime", "20s", "--refresh-lifetime", "40"]);
    let reply = exchanged(&sandbox, &code(&sandbox));
    let body = reply.json();
    assert_eq!((&body["expires_in"], &body["refresh_token_expires_in"]), (&json!(2), &json!(4)), "by the wall's clock");
    let (access, refresh) = pair(&reply);
    assert_eq!(call(&sandbox, &access).status, 200);
    std::thread::sleep(Duration::from_millis(2100));
    let expired = call(&sandbox, &access);
    assert_eq!(expired.refusal(), (401, "OAU-128".into(), String::new()));
    assert_eq!(expired.json(), call(&sandbox, "expired").json());
    let (access, refresh) = pair(&refreshed(&sandbox, &refresh));
    assert_eq!(call(&sandbox, &access).status, 200);
    std::thread::sleep(Duration::from_millis(4100));
    refused(&refreshed(&sandbox, &refresh), "invalid_grant", "OAU-213");
}

#[test]
fn requests_for_tokens() {
    let sandbox = Sandbox::start();
    let code = code(&sandbox);
    let (short, long) = (&VERIFIER[..42], "a".repeat(129));
    for (name, value, error, code_of_refusal) in [
        ("grant_type", "", "invalid_request", "CMN-100"),
        ("grant_type", "password", "unsupported_grant_type", "OAU-250"),
        ("grant_type", "refresh_token", "invalid_request", "CMN-100"),
        ("code", "", "invalid_request", "CMN-100"),
        ("redirect_uri", "", "invalid_request", "CMN-100"),
        ("client_id", "", "invalid_request", "CMN-100"),
        ("client_id", "other", "invalid_client", "OAU-153"),
        ("code_verifier", "", "invalid_request", "CMN-100"),
        ("code_verifier", short, "invalid_request", "CMN-101"),
        ("code_verifier", &long, "invalid_request", "CMN-101"),
        ("code_verifier", "dBjftJeZ4CVP+mB92K27uhbUJU1p1r/wW1gFWFOEjXk", "invalid_request", "CMN-101"),
    ] {
        let reply = form(&sandbox, TOKEN, &exchange(&code, &[(name, value)]));
        refused(&reply, error, code_of_refusal);
        let parameter = &reply.json()["errors"][0]["parameterName"];
        match (name, value) {
            ("grant_type", "refresh_token") => assert_eq!(parameter, "refresh_token"),
            _ if code_of_refusal.starts_with("CMN") => assert_eq!(parameter, name),
            _ => assert_eq!(parameter, &Value::Null),
        }
    }
    let body = written(&exchange(&code, &[]));
    let post = |path: &str, headers: &[&str], body: &str| sandbox.request("POST", path, headers, body.as_bytes());
    refused(&post(TOKEN, &[FORM], &format!("{body}&scope=a&scope=a")), "invalid_request", "OAU-111");
    refused(&post(TOKEN, &[FORM], &format!("{body}&scope={}", "a".repeat(17_000))), "invalid_request", "CMN-104");
    refused(&post(TOKEN, &["Content-Type: application/json"], &body), "invalid_request", "CMN-104");
    refused(&post(TOKEN, &[], &body), "invalid_request", "CMN-104");
    refused(&post(&format!("{TOKEN}?{body}"), &[FORM], ""), "invalid_request", "CMN-105");
    refused(&post(&format!("{TOKEN}?a"), &[FORM], &body), "invalid_request", "CMN-105");
    for authorization in ["Authorization: Basic c2FuZGJveDo=", "Authorization: Bearer sandbox"] {
        refused(&post(TOKEN, &[FORM, authorization], &body), "invalid_request", "OAU-116");
    }
    assert_eq!(sandbox.request("GET", TOKEN, &[], b"").status, 405);
    // None of that has used the code up.
    let charset = format!("{FORM};charset=UTF-8");
    assert_eq!(post(TOKEN, &[&charset], &body).status, 200);
    let long = "a".repeat(128);
    let digest: Vec<u8> =
        (0..64).step_by(2).map(|at| u8::from_str_radix(&sha256(long.as_bytes())[at..at + 2], 16).unwrap()).collect();
    let challenge = base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, digest);
    let code = code_for(&sandbox, &asked(&[("code_challenge", &challenge)]));
    assert_eq!(form(&sandbox, TOKEN, &exchange(&code, &[("code_verifier", &long)])).status, 200);
}

#[test]
fn signing_out() {
    let sandbox = Sandbox::start();
    let (other, _) = signed_in(&sandbox);
    for which in 0..2 {
        let (access, refresh) = signed_in(&sandbox);
        let token = [&access, &refresh][which];
        let reply = form(&sandbox, REVOKE, &[("token", token), ("client_id", "sandbox")]);
        assert_eq!((reply.status, reply.text().as_str()), (200, ""));
        // The whole session is over.
        assert_eq!(call(&sandbox, &access).refusal(), (401, "OAU-129".into(), String::new()));
        refused(&refreshed(&sandbox, &refresh), "invalid_grant", "OAU-213");
        assert_eq!(form(&sandbox, REVOKE, &[("token", token), ("client_id", "sandbox")]).status, 200, "once more");
    }
    assert_eq!(call(&sandbox, &other).status, 200);
    refused(&form(&sandbox, REVOKE, &[("client_id", "sandbox")]), "invalid_request", "CMN-100");
    refused(&form(&sandbox, REVOKE, &[("token", &other)]), "invalid_request", "CMN-100");
    refused(&form(&sandbox, REVOKE, &[("token", &other), ("client_id", "other")]), "invalid_client", "OAU-153");
    refused(
        &form(&sandbox, &format!("{REVOKE}?token={other}"), &[("client_id", "sandbox")]),
        "invalid_request",
        "CMN-105",
    );
    assert_eq!(call(&sandbox, &other).status, 200);
    assert_eq!(form(&sandbox, REVOKE, &[("token", "sandbox"), ("client_id", "sandbox")]).status, 200);
    assert_eq!(call(&sandbox, "sandbox").status, 200, "it was never signed in");
}

#[test]
fn any_origin_may_ask_for_tokens() {
    let sandbox = Sandbox::start();
    let origin = "Origin: https://app.example";
    for path in [TOKEN, REVOKE] {
        let asked = ["Access-Control-Request-Method: POST", "Access-Control-Request-Headers: x-user-agent", origin];
        let preflight = sandbox.request("OPTIONS", path, &asked, b"");
        assert_eq!(
            (preflight.status, preflight.header("access-control-allow-origin")),
            (204, Some("https://app.example"))
        );
        let reply = sandbox.request("POST", path, &[FORM, origin], b"");
        assert_eq!((reply.status, reply.header("access-control-allow-origin")), (400, Some("https://app.example")));
        assert_eq!(reply.header("vary"), Some("Origin"));
    }
    let body = written(&exchange(&code(&sandbox), &[]));
    let reply = sandbox.request("POST", TOKEN, &[FORM, origin], body.as_bytes());
    assert_eq!((reply.status, reply.header("access-control-allow-origin")), (200, Some("https://app.example")));
    // There is no such thing here; the real service has one.
    let reply = sandbox.request("POST", "/restapi/oauth/wstoken", &[origin], b"");
    assert_eq!((reply.status, reply.header("access-control-allow-origin")), (404, None));
}

#[test]
fn a_session_outlives_a_restart_and_is_written_nowhere() {
    let site = tempfile::TempDir::new().unwrap();
    std::fs::write(site.path().join("index.html"), "<!doctype html>").unwrap();
    let options = ["--sign-in", "--site", site.path().to_str().unwrap()];
    let mut sandbox = Sandbox::with(&options);
    let unused = code(&sandbox);
    let used = code(&sandbox);
    let (access, refresh) = pair(&exchanged(&sandbox, &used));
    let (open, current) = signed_in(&sandbox);
    // What a careless client would do, and what a careful one does.
    sandbox.request("POST", &format!("{TOKEN}?code={unused}&code_verifier={VERIFIER}"), &[FORM], b"");
    sandbox.request("POST", &format!("{REVOKE}?token={access}"), &[FORM], b"");
    sandbox.request("GET", &format!("{MESSAGES}?access_token={access}"), &[], b"");
    assert_eq!(sandbox.request("GET", &format!("/?code={unused}&state=hush"), &[], b"").status, 200);
    press(&sandbox, &asked(&[("state", "hush")]), "sign-in");
    page(&sandbox, &asked(&[("state", "hush")]));
    let (newer, next) = pair(&refreshed(&sandbox, &refresh));
    let requests = sandbox.get("/requests.json").text();
    assert!(requests.contains("\"code_verifier\":[\"(not kept)\"]"));

    sandbox.restart(&options);
    assert_eq!(
        (call(&sandbox, &open).status, call(&sandbox, &newer).status, call(&sandbox, &access).status),
        (200, 200, 401)
    );
    let (last, _) = pair(&refreshed(&sandbox, &current));
    assert_eq!(call(&sandbox, &last).status, 200);
    let (more, _) = pair(&exchanged(&sandbox, &unused));
    assert_eq!(call(&sandbox, &more).status, 200);
    refused(&refreshed(&sandbox, &refresh), "invalid_grant", "OAU-211");
    assert_eq!(call(&sandbox, &newer).status, 401);

    let (store, log) = (std::fs::read(sandbox.store()).unwrap(), sandbox.log());
    for secret in [&unused, &used, &access, &refresh, &open, &current, &newer, &next, VERIFIER, "hush"] {
        assert!(!store.windows(secret.len()).any(|bytes| bytes == secret.as_bytes()), "in the store");
        assert!(!log.contains(secret) && !requests.contains(secret), "{log}{requests}");
    }
    assert!(log.contains("POST /restapi/oauth/token 200\n") && log.contains("POST /sign-in 303\n"), "{log}");
}

#[test]
fn emptying_the_inbox_signs_nobody_out() {
    let sandbox = Sandbox::with(&["--sign-in"]);
    let (access, _) = signed_in(&sandbox);
    assert_eq!(sandbox.request("DELETE", "/inbox", &["X-Fax-Sandbox: empty"], b"").status, 204);
    assert_eq!(call(&sandbox, &access).status, 200);
}

#[test]
fn limits_are_a_persons_not_a_tokens() {
    let sandbox = Sandbox::with(&["--sign-in", "--rate-limits", "on"]);
    // The page counts, its buttons do not: theirs is no address of the API.
    assert_eq!(page(&sandbox, &asked(&[])).header("x-rate-limit-remaining"), Some("4"));
    assert_eq!(press(&sandbox, &asked(&[]), "refuse").header("x-rate-limit-group"), None);
    let reply = exchanged(&sandbox, &code(&sandbox));
    assert_eq!((reply.header("x-rate-limit-group"), reply.header("x-rate-limit-remaining")), (Some("auth"), Some("3")));
    let (access, refresh) = pair(&reply);
    assert_eq!(call(&sandbox, &access).header("x-rate-limit-remaining"), Some("49"));
    let (access, _) = pair(&refreshed(&sandbox, &refresh));
    assert_eq!(call(&sandbox, &access).header("x-rate-limit-remaining"), Some("48"));
    assert_eq!(
        form(&sandbox, REVOKE, &[("token", &access), ("client_id", "sandbox")]).header("x-rate-limit-remaining"),
        Some("1")
    );
    let groups: Vec<Value> =
        sandbox.get("/requests.json").json().as_array().unwrap().iter().map(|call| call["group"].clone()).collect();
    assert_eq!(groups, ["auth", "auth", "light", "auth", "light", "auth"]);
}
