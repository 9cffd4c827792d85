//! The list of calls that were made.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{FAX, GOOD, MESSAGES, Sandbox, fields, form_data, request};

#[track_caller]
fn calls(sandbox: &Sandbox) -> Vec<Value> {
    let reply = sandbox.request("GET", "/requests.json", &[], b"");
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    let Value::Array(calls) = reply.json() else { panic!("no list") };
    calls
}

#[test]
fn calls_are_written_down() {
    let sandbox = Sandbox::with(&["--pace", "600000"]);
    assert!(calls(&sandbox).is_empty());
    let id = sandbox.fax(&[GOOD]).json()["id"].clone();
    sandbox.get("/inbox.json");
    sandbox.get(&format!("{MESSAGES}?messageType=Fax&messageType=SMS&perPage=5"));
    sandbox.get(&format!("{MESSAGES}/111"));
    sandbox.get(&format!("{MESSAGES}/{id}/content/{id}"));
    sandbox.delete(&format!("{MESSAGES}/{id}?purge=true"));
    sandbox.delete(MESSAGES);
    sandbox.delete(&format!("{MESSAGES}/"));
    sandbox.request("DELETE", MESSAGES, &[], b"");
    sandbox.get("/restapi/v1.0/nowhere");
    let calls = calls(&sandbox);
    let told: Vec<Value> = calls
        .iter()
        .map(|call| json!([call["method"], call["path"], call["status"], call["group"], call["wipes"]]))
        .collect();
    let expected = json!([
        ["POST", FAX, 200, "heavy", false],
        ["GET", MESSAGES, 200, "light", false],
        ["GET", format!("{MESSAGES}/111"), 404, "light", false],
        ["GET", format!("{MESSAGES}/{id}/content/{id}"), 400, "medium", false],
        ["DELETE", format!("{MESSAGES}/{id}"), 204, "medium", false],
        ["DELETE", MESSAGES, 204, "medium", true],
        ["DELETE", format!("{MESSAGES}/"), 204, "medium", true],
        ["DELETE", MESSAGES, 401, "medium", true],
        ["GET", "/restapi/v1.0/nowhere", 404, null, false],
    ]);
    assert_eq!(Value::Array(told), expected);
    assert_eq!(calls[1]["query"], json!({"messageType": ["Fax", "SMS"], "perPage": ["5"]}));
    assert_eq!(calls[4]["query"], json!({"purge": ["true"]}));
    assert!(calls.is_sorted_by_key(|call| call["at"].as_str().unwrap().to_owned()));
}

#[test]
fn a_call_without_answer_has_no_status() {
    let sandbox = Sandbox::start();
    let headers = ["Authorization: Bearer sandbox", &format!("Content-Type: {}", form_data())];
    for number in ["+9990000408", "+9990000499"] {
        let bytes = request("POST", FAX, &format!("Host: {}", sandbox.address), &headers, &fields(&[number]));
        sandbox.exchange(&bytes, Duration::from_millis(300));
    }
    let statuses: Vec<Value> = calls(&sandbox).iter().map(|call| call["status"].clone()).collect();
    assert_eq!(statuses, [Value::Null, Value::Null]);
}

#[test]
fn it_names_nobody_and_can_be_emptied() {
    let sandbox = Sandbox::start();
    sandbox.fax(&["+16505550123"]);
    sandbox.get(&format!("{MESSAGES}?phoneNumber=%2B16505550123&access_token=sandbox&other=secret"));
    let text = sandbox.get("/requests.json").text();
    for secret in ["650555", "hello", "\"sandbox\"", "Bearer", "secret"] {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
    assert_eq!(calls(&sandbox)[1]["query"]["phoneNumber"], json!(["(not kept)"]));
    for headers in [&[][..], &["X-Fax-Sandbox: fill"]] {
        assert_eq!(sandbox.request("DELETE", "/requests", headers, b"").refusal().1, "CMN-110");
    }
    assert_eq!(calls(&sandbox).len(), 2);
    assert_eq!(sandbox.request("DELETE", "/requests", &["X-Fax-Sandbox: empty"], b"").status, 204);
    assert!(calls(&sandbox).is_empty());
    sandbox.get(MESSAGES);
    assert_eq!(calls(&sandbox).len(), 1);
}
