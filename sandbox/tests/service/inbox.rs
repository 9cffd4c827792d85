//! What a person sees.

use serde_json::json;

use crate::support::{GOOD, JSON, MESSAGES, Sandbox, form_data, iso, parts};

const EMPTY: &str = "X-Fax-Sandbox: empty";

#[test]
fn everything_is_escaped() {
    let sandbox = Sandbox::start();
    let evil = "<img src=x onerror=alert(1)>\"'&";
    let envelope = json!({
        "to": [{"phoneNumber": GOOD, "name": evil}], "coverPageText": evil, evil: evil, "originalMessageId": [evil],
    });
    let part =
        "Content-Disposition: form-data; name=\"<u>'\"; filename=\"<script>'&.html\"\r\nContent-Type: text/html;<i>";
    let body = parts(&[(JSON, envelope.to_string().as_bytes()), (part, b"<script>alert(1)</script>")]);
    assert_eq!(sandbox.post(&form_data(), &body).status, 200);
    let page = sandbox.get("/inbox").text();
    for text in ["<img", "<script", "<u>", "<i>", "onerror=alert(1)>\""] {
        assert!(!page.contains(text), "{text}");
    }
    assert!(page.contains("&lt;script&gt;&#39;&amp;.html"));
    assert!(page.contains("&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp;"));
    assert!(page.contains("Nothing is dialled here."));
    let fax = &sandbox.inbox()[0];
    assert_eq!(fax["fields"]["coverPageText"], evil);
    assert_eq!(fax["attachments"][0]["name"], "<script>'&.html");
}

#[test]
fn the_page_runs_nothing() {
    let sandbox = Sandbox::start();
    let page = sandbox.get("/inbox");
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'; style-src 'self';"), "{policy}");
    assert!(!page.text().contains("<script") && !page.text().contains("style="));
    assert!(page.text().contains("No fax has arrived yet."));
    assert_eq!(sandbox.get("/inbox.css").header("content-type"), Some("text/css;charset=utf-8"));
}

#[test]
fn documents_are_shown_only_where_that_is_safe() {
    let sandbox = Sandbox::start();
    for (name, declared, served, disposition) in [
        ("a.pdf", "application/pdf", "application/pdf", "inline"),
        ("a.png", "image/png", "image/png", "inline"),
        ("a.txt", "text/plain; charset=utf-16", "text/plain;charset=utf-8", "inline"),
        ("a.html", "text/html", "application/octet-stream", "attachment"),
        ("a.xml", "image/svg+xml", "application/octet-stream", "attachment"),
    ] {
        let part =
            format!("Content-Disposition: form-data; name=\"f\"; filename=\"{name}\"\r\nContent-Type: {declared}");
        let body = parts(&[(JSON, br#"{"to":[{"phoneNumber":"+16505550100"}]}"#), (&part, b"bytes")]);
        let id = sandbox.post(&form_data(), &body).json()["id"].clone();
        let reply = sandbox.get(&format!("/inbox/{id}/1"));
        assert_eq!(reply.body, b"bytes");
        assert_eq!(reply.header("content-type"), Some(served));
        assert!(reply.header("content-disposition").unwrap().starts_with(disposition));
        assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(reply.header("content-security-policy"), Some("sandbox; default-src 'none'"));
    }
    for path in ["/inbox/1/1", "/inbox/x/1", "/inbox/2000000001/0", "/inbox/2000000001/2"] {
        assert_eq!(sandbox.get(path).status, 404, "{path}");
    }
}

#[test]
fn emptying_takes_a_header() {
    let sandbox = Sandbox::start();
    let first = sandbox.fax(&[GOOD]).json()["id"].clone();
    for headers in [&[][..], &["X-Fax-Sandbox: yes"]] {
        assert_eq!(sandbox.request("DELETE", "/inbox", headers, b"").refusal().1, "CMN-110");
    }
    assert_eq!(sandbox.inbox().len(), 1);
    assert_eq!(sandbox.request("DELETE", "/inbox", &[EMPTY], b"").status, 204);
    assert!(sandbox.inbox().is_empty());
    assert!(!std::fs::read(sandbox.store()).unwrap().windows(5).any(|bytes| bytes == b"hello"));
    // An id is never used for another fax.
    assert!(sandbox.fax(&[GOOD]).json()["id"].as_i64() > first.as_i64());
}

#[test]
fn emptying_brings_back_what_came_in_first() {
    let sandbox = Sandbox::start();
    let inbound = || sandbox.get(&format!("{MESSAGES}?direction=Inbound")).json()["records"].clone();
    let first = inbound();
    sandbox.delete(&format!("{MESSAGES}?purge=true"));
    assert_eq!(inbound(), json!([]));
    assert_eq!(sandbox.request("DELETE", "/inbox", &[EMPTY], b"").status, 204);
    assert_eq!(inbound(), first);
}

#[test]
fn what_was_deleted_is_said() {
    let sandbox = Sandbox::start();
    let sent = sandbox.fax(&[GOOD]).json()["id"].clone();
    sandbox.settled(&sent);
    let stuck = sandbox.fax(&["+9990000009"]).json()["id"].clone();
    assert!(!sandbox.get("/inbox").text().contains("pill gone"));
    sandbox.delete(&format!("{MESSAGES}/{sent}"));
    let page = sandbox.get("/inbox").text();
    assert!(page.contains(">Deleted<") && !page.contains(">Cancelled<"));
    sandbox.delete(&format!("{MESSAGES}/{stuck}?purge=true"));
    let page = sandbox.get("/inbox").text();
    assert!(page.contains(">Deleted for good<") && page.contains(">Cancelled<"));
    let faxes = sandbox.inbox();
    let states: Vec<_> = faxes.iter().map(|fax| (&fax["id"], &fax["availability"], &fax["cancelled"])).collect();
    assert_eq!(states, [(&stuck, &json!("Purged"), &json!(true)), (&sent, &json!("Deleted"), &json!(false))]);
}

#[test]
fn a_long_list() {
    let sandbox = Sandbox::start();
    let fill = |headers: &[&str], body: &str| sandbox.request("POST", "/inbox/fill", headers, body.as_bytes());
    assert_eq!(fill(&[], r#"{"count":1,"days":1}"#).refusal().1, "CMN-110");
    assert_eq!(fill(&["X-Fax-Sandbox: empty"], r#"{"count":1,"days":1}"#).refusal().1, "CMN-110");
    let header = ["X-Fax-Sandbox: fill"];
    assert_eq!(fill(&header, "{").refusal().1, "CMN-103");
    assert_eq!(fill(&header, r#"{"count":0,"days":1}"#).refusal(), (400, "CMN-101".into(), "count".into()));
    assert_eq!(fill(&header, r#"{"count":1}"#).refusal(), (400, "CMN-101".into(), "days".into()));
    assert_eq!(fill(&header, r#"{"count":3000,"days":90}"#).json()["count"], 3000);

    assert!(sandbox.inbox().is_empty(), "nobody posted them");
    assert!(sandbox.get("/inbox").text().contains("No fax has arrived yet."));
    let list = |query: &str| sandbox.get(&format!("{MESSAGES}?dateFrom={}&{query}", iso(-91 * 86400))).json();
    let all = list("perPage=1000&page=2");
    assert_eq!(all["paging"]["totalElements"], 3002);
    let records = all["records"].as_array().unwrap();
    assert_eq!(records.len(), 1000);
    assert!(records.is_sorted_by_key(|record| std::cmp::Reverse(record["creationTime"].as_str().unwrap().to_owned())));
    let count = |status: &str| records.iter().filter(|record| record["messageStatus"] == status).count();
    assert_eq!(count("Queued"), 0);
    for status in ["Sent", "SendingFailed", "Received"] {
        assert!(count(status) > 100, "{status}");
    }
    for record in records {
        if record["direction"] == "Inbound" {
            assert_eq!(record.get("to"), None);
            continue;
        }
        let to = record["to"].as_array().unwrap();
        assert!((1..=3).contains(&to.len()));
        for recipient in to {
            assert_eq!(recipient["messageStatus"] == "SendingFailed", recipient["faxErrorCode"].is_string());
        }
        assert!(record["lastModifiedTime"].as_str() > record["creationTime"].as_str());
    }
    // About a ninetieth a day.
    let day = sandbox.get(MESSAGES).json()["paging"]["totalElements"].as_i64().unwrap();
    assert!((30..40).contains(&day), "{day}");
    let inbound = list("direction=Inbound")["paging"]["totalElements"].as_i64().unwrap();
    assert!((450..750).contains(&inbound), "{inbound}");
}
