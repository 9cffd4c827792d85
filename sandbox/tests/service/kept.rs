//! The message store: lists, several at once, content, and what a restart leaves.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{GOOD, JSON, MESSAGES, NOTE, Sandbox, form_data, parts};

#[test]
fn one_and_several() {
    let sandbox = Sandbox::start();
    let id = sandbox.fax(&[GOOD]).json()["id"].clone();
    let message = sandbox.settled(&id);
    assert_eq!((&message["id"], &message["attachments"][0]["fileName"]), (&id, &json!("note.txt")));
    assert_eq!(sandbox.get(&format!("{MESSAGES}/111")).refusal(), (404, "CMN-102".into(), "messageId".into()));

    let path = format!("{MESSAGES}/{id},111");
    let headers = ["Authorization: Bearer sandbox", "Accept: application/vnd.ringcentral.multipart+json"];
    let reply = sandbox.request("GET", &path, &headers, b"");
    let list = reply.json();
    assert_eq!((reply.status, list.as_array().unwrap().len()), (207, 2));
    assert_eq!((&list[0]["resourceId"], &list[0]["status"]), (&json!(id.to_string()), &json!(200)));
    assert_eq!(list[0]["body"], message);
    assert_eq!((&list[1]["resourceId"], &list[1]["status"]), (&json!("111"), &json!(404)));
    assert_eq!(list[1]["body"]["errors"][0]["errorCode"], "CMN-102");

    let reply = sandbox.get(&path);
    assert_eq!(reply.status, 207);
    assert!(reply.header("content-type").unwrap().starts_with("multipart/mixed"));
    assert!(reply.text().contains("\"responseDescription\":\"Not Found\""));

    let many = vec!["1"; 51].join(",");
    assert_eq!(sandbox.get(&format!("{MESSAGES}/{many}")).refusal().1, "CMN-106");
}

#[test]
fn mailboxes_are_apart() {
    let sandbox = Sandbox::start();
    let id = sandbox.fax(&[GOOD]).json()["id"].clone();
    let other = "/restapi/v1.0/account/11112222/extension/22223333/message-store";
    assert_eq!(sandbox.get(&format!("{other}/{id}")).status, 404);
    assert_eq!(sandbox.get(other).json()["records"], json!([]));
}

fn ids(list: &Value) -> Vec<&Value> {
    list["records"].as_array().unwrap().iter().map(|record| &record["id"]).collect()
}

#[test]
fn lists() {
    let sandbox = Sandbox::start();
    let sent: Vec<Value> = (0..5).map(|_| sandbox.fax(&[GOOD]).json()["id"].clone()).collect();
    let list = |query: &str| sandbox.get(&format!("{MESSAGES}?{query}")).json();

    let all = list("messageType=Fax&direction=Outbound");
    assert_eq!(ids(&all), sent.iter().rev().collect::<Vec<_>>());
    assert_eq!(all["paging"]["totalElements"], 5);
    assert_eq!(all["navigation"].get("nextPage"), None);

    let second = list("perPage=2&page=2&messageType=Fax&messageType=SMS");
    assert_eq!(ids(&second), [&sent[2], &sent[1]]);
    assert_eq!(
        second["paging"],
        json!({"page": 2, "perPage": 2, "pageStart": 2, "pageEnd": 3, "totalPages": 3, "totalElements": 5})
    );
    let next = second["navigation"]["nextPage"]["uri"].as_str().unwrap();
    assert!(next.contains("messageType=Fax&messageType=SMS&page=3&perPage=2"), "{next}");
    assert!(second["navigation"]["previousPage"]["uri"].is_string());

    for nothing in [
        "messageType=SMS",
        "direction=Inbound",
        "dateFrom=2100-01-01T00:00:00Z",
        "dateTo=2020-01-01T00:00:00Z",
        "page=9",
    ] {
        let list = list(nothing);
        assert_eq!(list["records"], json!([]), "{nothing}");
        assert_eq!(list["paging"].get("pageStart"), None);
    }
    assert_eq!(ids(&list("dateFrom=2020-01-01T00:00:00%2B01:00")).len(), 5);
    assert_eq!(list("perPage=5000")["paging"]["perPage"], 1000);
    for (query, parameter) in [
        ("page=0", "page"),
        ("perPage=x", "perPage"),
        ("dateFrom=yesterday", "dateFrom"),
        ("messageType=Letter", "messageType"),
    ] {
        let reply = sandbox.get(&format!("{MESSAGES}?{query}"));
        assert_eq!(reply.refusal(), (400, "CMN-101".into(), parameter.into()));
    }
}

#[test]
fn content_is_the_first_document() {
    let sandbox = Sandbox::start();
    let page = "Content-Disposition: form-data; name=\"a\"; filename=\"page.html\"\r\nContent-Type: text/html";
    let body =
        parts(&[(JSON, br#"{"to":[{"phoneNumber":"+16505550100"}]}"#), (page, b"<script>1</script>"), (NOTE, b"x")]);
    let id = sandbox.post(&form_data(), &body).json()["id"].clone();
    let path = format!("{MESSAGES}/{id}/content/{id}");
    assert_eq!(sandbox.get(&path).refusal().1, "MSG-368");
    sandbox.settled(&id);
    let reply = sandbox.get(&path);
    assert_eq!(reply.body, b"<script>1</script>");
    assert_eq!(reply.header("content-type"), Some("text/html"));
    assert_eq!(reply.header("content-disposition"), Some("attachment; filename=\"page.html\""));
    assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(sandbox.get(&format!("{MESSAGES}/{id}/content/1")).status, 404);
}

#[test]
fn cover_pages() {
    let sandbox = Sandbox::start();
    let list = sandbox.get("/restapi/v1.0/dictionary/fax-cover-page?page=1&perPage=100").json();
    assert_eq!(list["records"].as_array().unwrap().len(), 14);
    assert_eq!(list["records"][0], json!({"id": "0", "name": "None"}));
    assert_eq!(list["records"][13], json!({"id": "13", "name": "Urgent"}));
    let second = sandbox.get("/restapi/v1.0/dictionary/fax-cover-page?page=2&perPage=10").json();
    assert_eq!((second["records"].as_array().unwrap().len(), &second["paging"]["pageStart"]), (4, &json!(10)));
}

#[test]
fn a_restart_loses_nothing() {
    let mut sandbox = Sandbox::with(&["--pace", "60000"]);
    let id = sandbox.fax(&[GOOD, "+9990000001"]).json()["id"].clone();
    assert_eq!(sandbox.get(&format!("{MESSAGES}/{id}")).json()["messageStatus"], "Queued");
    let before = sandbox.inbox();
    sandbox.restart(&["--pace", "50"]);
    let after = sandbox.inbox();
    assert_eq!(before, after);
    assert_eq!(sandbox.get(after[0]["attachments"][0]["href"].as_str().unwrap()).body, b"hello");
    let newer = sandbox.fax(&[GOOD]).json()["id"].clone();
    assert!(newer.as_i64() > id.as_i64());
    // Everything is in the one file.
    let store = sandbox.store();
    sandbox.terminate();
    let names: Vec<_> = std::fs::read_dir(store.parent().unwrap())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name != "log")
        .collect();
    assert_eq!(names, ["store.sqlite"]);
}

#[test]
fn what_was_queued_goes_on_after_a_restart() {
    let mut sandbox = Sandbox::with(&["--pace", "1000"]);
    let id = sandbox.fax(&["+9990000002"]).json()["id"].clone();
    sandbox.restart(&["--pace", "60000"]);
    std::thread::sleep(Duration::from_millis(800));
    let message = sandbox.settled(&id);
    assert_eq!(message["to"][0]["faxErrorCode"], "NoAnswer");
}
