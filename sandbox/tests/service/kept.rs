//! The message store: lists, several at once, content, and what a restart leaves.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{GOOD, MESSAGES, Sandbox, iso};

#[test]
fn one_and_several() {
    let sandbox = Sandbox::start();
    let id = sandbox.fax(&[GOOD]).json()["id"].clone();
    let message = sandbox.settled(&id);
    assert_eq!((&message["id"], &message["attachments"][0]["fileName"]), (&id, &json!(format!("fax-{id}.pdf"))));
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

    let second = list("direction=Outbound&perPage=2&page=2&messageType=Fax&messageType=SMS");
    assert_eq!(ids(&second), [&sent[2], &sent[1]]);
    assert_eq!(
        second["paging"],
        json!({"page": 2, "perPage": 2, "pageStart": 2, "pageEnd": 3, "totalPages": 3, "totalElements": 5})
    );
    let next = second["navigation"]["nextPage"]["uri"].as_str().unwrap();
    assert!(next.contains("direction=Outbound&messageType=Fax&messageType=SMS&page=3&perPage=2"), "{next}");
    assert!(second["navigation"]["previousPage"]["uri"].is_string());

    for nothing in [
        "messageType=SMS",
        "direction=Outbound&readStatus=Read",
        "availability=Deleted",
        "availability=Purged",
        "dateFrom=2100-01-01T00:00:00Z",
        "dateTo=2020-01-01T00:00:00Z",
        "page=9",
    ] {
        let list = list(nothing);
        assert_eq!(list["records"], json!([]), "{nothing}");
        assert_eq!(list["paging"].get("pageStart"), None);
    }
    assert_eq!(ids(&list("direction=Outbound&dateFrom=2020-01-01T00:00:00%2B01:00")).len(), 5);
    assert_eq!(list("perPage=5000")["paging"]["perPage"], 1000);
    for (query, parameter) in [
        ("page=0", "page"),
        ("perPage=x", "perPage"),
        ("dateFrom=yesterday", "dateFrom"),
        ("messageType=Letter", "messageType"),
        ("direction=Sideways", "direction"),
        ("availability=Gone", "availability"),
        ("readStatus=read", "readStatus"),
    ] {
        let reply = sandbox.get(&format!("{MESSAGES}?{query}"));
        assert_eq!(reply.refusal(), (400, "CMN-101".into(), parameter.into()));
    }
}

/// What came in before the first start: one within the day that lists show unasked, one further back.
#[test]
fn inbound() {
    let sandbox = Sandbox::start();
    assert!(sandbox.inbox().is_empty(), "nobody posted them");
    let list = |query: &str| sandbox.get(&format!("{MESSAGES}?{query}")).json()["records"].clone();
    let lately = list("direction=Inbound");
    let fax = &lately[0];
    assert_eq!(lately.as_array().unwrap().len(), 1);
    for (name, value) in [
        ("direction", json!("Inbound")),
        ("messageStatus", json!("Received")),
        ("subject", json!("+16505550177")),
        ("from", json!({"phoneNumber": "+16505550177"})),
        ("faxPageCount", json!(1)),
        ("availability", json!("Alive")),
    ] {
        assert_eq!(fax[name], value, "{name}");
    }
    assert_eq!((fax.get("to"), fax.get("coverIndex")), (None, None));
    let all = list(&format!("direction=Inbound&dateFrom={}", iso(-7 * 86400)));
    assert_eq!(all.as_array().unwrap().len(), 2);
    assert_eq!((&all[0]["id"], &all[1]["faxPageCount"]), (&fax["id"], &json!(3)), "the newest first");
    assert_eq!(list(&format!("readStatus=Read&dateFrom={}", iso(-7 * 86400)))[0]["id"], all[1]["id"]);
    let older = list(&format!("dateTo={}&phoneNumber=%2B44-2071-234567", iso(-2 * 86400)));
    assert_eq!(older, json!([]), "a day before dateTo is all there is without dateFrom");
    let older = list(&format!("dateTo={}&dateFrom={}", iso(-2 * 86400), iso(-7 * 86400)));
    assert_eq!((older.as_array().unwrap().len(), &older[0]["id"]), (1, &all[1]["id"]));
}

#[test]
fn lists_of_a_number() {
    let sandbox = Sandbox::start();
    let both = sandbox.fax(&[GOOD, "+1 (650) 555-0123"]).json()["id"].clone();
    let one = sandbox.fax(&["+16505550123"]).json()["id"].clone();
    sandbox.fax(&[GOOD]);
    let list = |number: &str| {
        let list = sandbox.get(&format!("{MESSAGES}?phoneNumber={number}")).json();
        ids(&list).into_iter().cloned().collect::<Vec<_>>()
    };
    assert_eq!(list("%2B16505550123"), [one, both]);
    assert_eq!(list("+16505550177").len(), 1, "one that came in, and a plus that was not encoded");
    assert_eq!(list("%2B16505550199").len(), 0);
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
    sandbox.rendered(&id);
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
