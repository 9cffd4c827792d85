//! What is refused, and with which code.

use serde_json::json;

use crate::support::{FAX, GOOD, JSON, MESSAGES, NOTE, Sandbox, envelope, fields, form_data, mixed, parts};

const TO: &str = "Content-Disposition: form-data; name=\"to\"";
const ENVELOPE: &[u8] = br#"{"to":[{"phoneNumber":"+16505550100"}]}"#;

struct Posts(Sandbox);

impl Posts {
    #[track_caller]
    fn refused(&self, content_type: &str, body: &[u8], status: u16, code: &str, parameter: &str) {
        let reply = self.0.post(content_type, body);
        assert_eq!(reply.refusal(), (status, code.to_owned(), parameter.to_owned()));
    }

    #[track_caller]
    fn form(&self, list: &[(&str, &[u8])], status: u16, code: &str, parameter: &str) {
        self.refused(&form_data(), &parts(list), status, code, parameter);
    }
}

#[test]
fn envelopes() {
    let posts = Posts(Sandbox::start());
    for text in
        ["", "{", "[]", r#"{"to":"+16505550100"}"#, r#"{"to":{"phoneNumber":"+16505550100"}}"#, r#"{"to":[{}]}"#]
    {
        posts.refused(&form_data(), &envelope(text), 400, "MSG-349", "");
        posts.refused(&mixed(), &envelope(text), 400, "MSG-349", "");
    }
    posts.refused(&form_data(), &envelope("{}"), 400, "CMN-100", "to");
    posts.refused("application/json", b"{", 400, "MSG-349", "");
    // The envelope is not first, or not there.
    posts.form(&[(NOTE, b"a"), (JSON, ENVELOPE)], 400, "MSG-349", "");
    posts.refused(&mixed(), &parts(&[(NOTE, b"a")]), 400, "MSG-349", "");
    // A dialect is kept to.
    posts.form(&[(JSON, ENVELOPE), (TO, b"+16505550100"), (NOTE, b"a")], 400, "MSG-351", "");
    assert_eq!(posts.0.inbox(), Vec::<serde_json::Value>::new());
}

#[test]
fn values() {
    let posts = Posts(Sandbox::start());
    let field = |name: &str| format!("Content-Disposition: form-data; name=\"{name}\"");
    let long = "é".repeat(1025);
    for (name, value) in [
        ("to", "16505550100,16505550101"),
        ("to", "Jane"),
        ("faxResolution", "Fine"),
        ("coverIndex", "2.0"),
        ("coverIndex", "14"),
        ("coverPageText", &long),
        ("isoCode", "GBR"),
        ("sendTime", "2030-03-19T08:00"),
    ] {
        let list: [(&str, &[u8]); 3] = [(TO, GOOD.as_bytes()), (&field(name), value.as_bytes()), (NOTE, b"a")];
        posts.form(&list, 400, "CMN-101", name);
        if name != "coverIndex" && name != "to" {
            let body = json!({"to": [{"phoneNumber": GOOD}], name: value});
            posts.refused(&form_data(), &envelope(&body.to_string()), 400, "CMN-101", name);
        }
    }
    posts.form(&[(NOTE, b"a")], 400, "CMN-100", "to");
    posts.form(
        &[(TO, GOOD.as_bytes()), (&field("coverPageText"), b"\xff"), (NOTE, b"a")],
        400,
        "CMN-101",
        "coverPageText",
    );
}

#[test]
fn documents() {
    let posts = Posts(Sandbox::start());
    posts.form(&[(JSON, ENVELOPE)], 400, "CMN-100", "attachment");
    posts.form(&[(TO, GOOD.as_bytes())], 400, "CMN-100", "attachment");
    posts.form(&[(JSON, ENVELOPE), (NOTE, b"")], 400, "MSG-347", "");
    let bare = "Content-Type: application/pdf";
    let nameless = "Content-Disposition: form-data; name=\"attachment\"";
    let empty = "Content-Disposition: form-data; name=\"attachment\"; filename=\"\"\r\nContent-Type: application/pdf";
    posts.form(&[(JSON, ENVELOPE), (bare, b"a")], 400, "MSG-350", "");
    posts.refused(&mixed(), &parts(&[(JSON, ENVELOPE), (bare, b"a")]), 400, "MSG-350", "");
    for part in [nameless, empty] {
        posts.form(&[(JSON, ENVELOPE), (part, b"a")], 400, "MSG-351", "");
        posts.form(&[(TO, GOOD.as_bytes()), (part, b"a")], 400, "MSG-351", "");
    }
    for name in ["a.heic", "a.webp", "blob", "a.zip", "a.pdf.exe", "a.json", "a."] {
        let part = format!(
            "Content-Disposition: form-data; name=\"attachment\"; filename=\"{name}\"\r\nContent-Type: application/pdf"
        );
        posts.form(&[(JSON, ENVELOPE), (&part, b"a")], 415, "MSG-348", "");
    }
    let elsewhere = "Content-Disposition: form-data; name=\"file\"; filename=\"a.pdf\"";
    posts.form(&[(TO, GOOD.as_bytes()), (elsewhere, b"a"), (NOTE, b"a")], 400, "CMN-101", "file");
    let encoded = format!("{NOTE}\r\nContent-Transfer-Encoding: base64");
    posts.form(&[(JSON, ENVELOPE), (&encoded, b"aGVsbG8=")], 400, "CMN-104", "");
}

#[test]
fn sizes() {
    let posts = Posts(Sandbox::start());
    let bytes = vec![7; 50_000_001];
    posts.form(&[(JSON, ENVELOPE), (NOTE, &bytes)], 400, "MSG-337", "");
    let half = &bytes[..25_000_001];
    posts.form(&[(JSON, ENVELOPE), (NOTE, half), (NOTE, half)], 400, "MSG-338", "");
    let whole = &bytes[..50_000_000];
    assert_eq!(posts.0.post(&form_data(), &parts(&[(JSON, ENVELOPE), (NOTE, whole)])).status, 200);
    let reply = posts.0.post(&form_data(), &parts(&[(JSON, ENVELOPE), (NOTE, whole), (NOTE, whole)]));
    assert_eq!((reply.status, reply.header("content-type")), (413, Some("text/html")));
}

#[test]
fn bodies() {
    let posts = Posts(Sandbox::start());
    for content_type in ["text/plain", "application/x-www-form-urlencoded", "multipart/related; boundary=a", "nonsense"]
    {
        let reply = posts.0.post(content_type, &fields(&[GOOD]));
        assert_eq!(reply.status, 415, "{content_type}");
    }
    posts.refused("multipart/form-data", &fields(&[GOOD]), 400, "CMN-104", "");
    let whole = fields(&[GOOD]);
    posts.refused(&form_data(), &whole[..whole.len() - 10], 400, "CMN-104", "");
    posts.refused("multipart/form-data; boundary=other", &whole, 400, "CMN-104", "");
}

#[test]
fn resends() {
    let posts = Posts(Sandbox::start());
    for id in ["1", "12345678", "abc", "-1", ""] {
        let body = json!({"originalMessageId": id}).to_string();
        posts.refused("application/json", body.as_bytes(), 404, "CMN-102", "originalMessageId");
    }
    posts.refused("application/json", ENVELOPE, 400, "CMN-100", "originalMessageId");
    let id = posts.0.fax(&["+9990000009"]).json()["id"].to_string();
    let body = json!({"originalMessageId": id}).to_string();
    posts.refused("application/json", body.as_bytes(), 406, "MSG-343", "");
    // Only recipients and time can be set.
    for name in ["coverIndex", "faxResolution", "attachments", "id"] {
        let body = json!({"originalMessageId": id, name: 0}).to_string();
        posts.refused("application/json", body.as_bytes(), 400, "CMN-101", name);
    }
    // What was deleted is gone, whichever way.
    for query in ["", "?purge=true"] {
        let id = posts.0.fax(&[GOOD]).json()["id"].clone();
        posts.0.settled(&id);
        posts.0.delete(&format!("{MESSAGES}/{id}{query}"));
        let body = json!({"originalMessageId": id.to_string(), "to": [{"phoneNumber": GOOD}]}).to_string();
        posts.refused("application/json", body.as_bytes(), 404, "CMN-102", "originalMessageId");
    }
}

#[test]
fn tokens() {
    let sandbox = Sandbox::start();
    for (header, code) in [
        ("X-Nothing: 1", "AGW-401"),
        ("Authorization: Bearer expired", "OAU-128"),
        ("Authorization: Bearer other", "OAU-129"),
        ("Authorization: Bearer", "OAU-129"),
        ("Authorization: Basic sandbox", "OAU-129"),
    ] {
        let content_type = format!("Content-Type: {}", form_data());
        let large = parts(&[(TO, GOOD.as_bytes()), (NOTE, &vec![1; 3_000_000])]);
        for reply in [
            sandbox.request("GET", MESSAGES, &[header], b""),
            sandbox.request("GET", "/restapi/v1.0/dictionary/fax-cover-page", &[header], b""),
            sandbox.request("POST", FAX, &[header, &content_type], &large),
        ] {
            assert_eq!(reply.refusal(), (401, code.into(), String::new()), "{header}");
        }
    }
    assert_eq!(sandbox.request("GET", MESSAGES, &["authorization: bEARER sandbox"], b"").status, 200);
}

#[test]
fn a_token_that_may_not_read_messages() {
    let sandbox = Sandbox::start();
    let token = "Authorization: Bearer no-messages";
    let content_type = format!("Content-Type: {}", form_data());
    let reply = sandbox.request("POST", FAX, &[token, &content_type], &fields(&[GOOD]));
    assert_eq!(reply.status, 200);
    let id = reply.json()["id"].clone();
    for (method, path) in [
        ("GET", MESSAGES.to_owned()),
        ("GET", format!("{MESSAGES}/{id}")),
        ("GET", format!("{MESSAGES}/{id}/content/{id}")),
        ("DELETE", format!("{MESSAGES}/{id}")),
        ("DELETE", MESSAGES.to_owned()),
    ] {
        let reply = sandbox.request(method, &path, &[token], b"");
        assert_eq!(reply.refusal(), (403, "CMN-401".into(), String::new()), "{method} {path}");
        assert!(reply.text().contains("[ReadMessages]"));
    }
    assert_eq!(sandbox.get(&format!("{MESSAGES}/{id}")).json()["availability"], "Alive");
    let cover_pages = sandbox.request("GET", "/restapi/v1.0/dictionary/fax-cover-page", &[token], b"");
    assert_eq!(cover_pages.status, 200);
}

#[test]
fn paths() {
    let sandbox = Sandbox::start();
    let reply = sandbox.get("/restapi/v1.0/account/x/extension/~/message-store");
    assert_eq!(reply.refusal(), (400, "CMN-101".into(), "accountId".into()));
    let reply = sandbox.get("/restapi/v1.0/nowhere");
    assert_eq!((reply.status, &reply.json()["errorCode"]), (404, &json!("AGW-404")));
}
