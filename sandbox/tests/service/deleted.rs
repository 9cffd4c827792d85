//! Deleting: once, twice, several, all, and what has not been sent yet.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{GOOD, MESSAGES, Reply, Sandbox, iso};

#[track_caller]
fn sent(sandbox: &Sandbox) -> Value {
    let id = sandbox.fax(&[GOOD]).json()["id"].clone();
    sandbox.settled(&id);
    id
}

#[track_caller]
fn gone(reply: &Reply) {
    assert_eq!((reply.status, reply.body.len()), (204, 0));
}

#[track_caller]
fn listed(sandbox: &Sandbox, query: &str) -> Vec<Value> {
    let list = sandbox.get(&format!("{MESSAGES}?direction=Outbound&{query}")).json();
    list["records"].as_array().unwrap().iter().map(|record| record["id"].clone()).collect()
}

#[test]
fn once_and_twice() {
    let sandbox = Sandbox::start();
    let (id, other) = (sent(&sandbox), sent(&sandbox));
    let path = format!("{MESSAGES}/{id}");
    let before = sandbox.message(&id);
    gone(&sandbox.delete(&path));
    let deleted = sandbox.message(&id);
    assert_eq!((&deleted["availability"], &deleted["messageStatus"]), (&json!("Deleted"), &json!("Sent")));
    assert!(deleted["lastModifiedTime"].as_str() > before["lastModifiedTime"].as_str());
    assert_eq!(listed(&sandbox, ""), vec![other.clone()], "lists hide it");
    assert_eq!(listed(&sandbox, "availability=Deleted"), vec![id.clone()]);
    assert_eq!(listed(&sandbox, "availability=Deleted&availability=Alive"), [other.clone(), id.clone()]);
    gone(&sandbox.delete(&path));
    let unknown = (404, "CMN-102".to_owned(), "messageId".to_owned());
    assert_eq!(sandbox.get(&path).refusal(), unknown);
    assert_eq!(sandbox.get(&format!("{path}/content/{id}")).refusal(), unknown);
    assert!(listed(&sandbox, "availability=Deleted&availability=Purged").is_empty());
    gone(&sandbox.delete(&path));
    // At once.
    gone(&sandbox.delete(&format!("{MESSAGES}/{other}?purge=true")));
    assert_eq!(sandbox.get(&format!("{MESSAGES}/{other}")).status, 404);
}

#[test]
fn what_is_not_there() {
    let sandbox = Sandbox::start();
    let id = sent(&sandbox);
    for path in [format!("{MESSAGES}/111"), format!("{MESSAGES}/abc"), format!("{MESSAGES}/%20")] {
        assert_eq!(sandbox.delete(&path).refusal(), (404, "CMN-102".into(), "messageId".into()), "{path}");
    }
    let other = "/restapi/v1.0/account/11112222/extension/22223333/message-store";
    assert_eq!(sandbox.delete(&format!("{other}/{id}")).status, 404);
    let reply = sandbox.delete(&format!("{MESSAGES}/{id}?purge=perhaps"));
    assert_eq!(reply.refusal(), (400, "CMN-101".into(), "purge".into()));
    assert_eq!(sandbox.message(&id)["availability"], "Alive");
}

#[test]
fn several() {
    let sandbox = Sandbox::start();
    let ids: Vec<Value> = (0..4).map(|_| sent(&sandbox)).collect();
    gone(&sandbox.delete(&format!("{MESSAGES}/{},{}", ids[0], ids[1])));
    // One id twice is one deletion, not a purge.
    gone(&sandbox.delete(&format!("{MESSAGES}/{},{}", ids[2], ids[2])));
    for id in &ids[..3] {
        assert_eq!(sandbox.message(id)["availability"], "Deleted");
    }
    let path = format!("{MESSAGES}/{},111", ids[3]);
    let headers = ["Authorization: Bearer sandbox", "Accept: application/vnd.ringcentral.multipart+json"];
    let reply = sandbox.request("DELETE", &path, &headers, b"");
    let list = reply.json();
    assert_eq!(reply.status, 207);
    assert_eq!(list[0], json!({"resourceId": ids[3].to_string(), "status": 204}));
    assert_eq!((&list[1]["resourceId"], &list[1]["status"]), (&json!("111"), &json!(404)));
    assert_eq!(list[1]["body"]["errors"][0]["errorCode"], "CMN-102");
    assert_eq!(sandbox.message(&ids[3])["availability"], "Deleted", "one that is not there keeps none that is");
    let reply = sandbox.delete(&path);
    assert!(reply.status == 207 && reply.header("content-type").unwrap().starts_with("multipart/mixed"));

    let last = sent(&sandbox);
    let many = format!("{MESSAGES}/{}", vec![last.to_string(); 51].join(","));
    assert_eq!(sandbox.delete(&many).refusal(), (400, "CMN-106".into(), String::new()));
    assert_eq!(sandbox.message(&last)["availability"], "Alive");
}

#[test]
fn what_is_scheduled_never_goes() {
    let mut sandbox = Sandbox::start();
    let body = crate::support::envelope(&json!({"to": [{"phoneNumber": GOOD}], "sendTime": iso(3)}).to_string());
    let deleted = sandbox.post(&crate::support::form_data(), &body).json()["id"].clone();
    let kept = sandbox.post(&crate::support::form_data(), &body).json()["id"].clone();
    gone(&sandbox.delete(&format!("{MESSAGES}/{deleted}")));
    sandbox.restart(&["--pace", "50"]);
    assert_eq!(sandbox.settled(&kept)["messageStatus"], "Sent");
    let message = sandbox.message(&deleted);
    assert_eq!((&message["availability"], &message["messageStatus"]), (&json!("Deleted"), &json!("Queued")));
    assert_eq!(message["to"][0]["messageStatus"], "Queued");
}

#[test]
fn who_is_still_waiting_gets_nothing() {
    let sandbox = Sandbox::with(&["--pace", "1500"]);
    let id = sandbox.fax(&[GOOD, "+16505550101"]).json()["id"].clone();
    while sandbox.message(&id)["to"][0]["messageStatus"] == "Queued" {
        std::thread::sleep(Duration::from_millis(10));
    }
    gone(&sandbox.delete(&format!("{MESSAGES}/{id}")));
    std::thread::sleep(Duration::from_millis(2500));
    let to = sandbox.message(&id)["to"].clone();
    assert_eq!((&to[0]["messageStatus"], &to[1]["messageStatus"]), (&json!("Sent"), &json!("Queued")));
}

#[test]
fn no_id_is_all_of_them() {
    for path in [MESSAGES.to_owned(), format!("{MESSAGES}/")] {
        let sandbox = Sandbox::start();
        let waiting = sandbox.fax(&["+9990000009"]).json()["id"].clone();
        let ids = [sent(&sandbox), sent(&sandbox), waiting];
        let other = "/restapi/v1.0/account/11112222/extension/22223333";
        let content_type = format!("Content-Type: {}", crate::support::form_data());
        let headers = ["Authorization: Bearer sandbox", &content_type];
        let body = crate::support::fields(&[GOOD]);
        let theirs = sandbox.request("POST", &format!("{other}/fax"), &headers, &body).json()["id"].clone();
        gone(&sandbox.delete(&path));
        let all = sandbox.get(&format!("{MESSAGES}?dateFrom={}", iso(-9 * 86400))).json();
        assert_eq!(all["records"], json!([]), "{path}");
        for id in &ids {
            assert_eq!(sandbox.message(id)["availability"], "Deleted");
        }
        let theirs = sandbox.get(&format!("{other}/message-store/{theirs}")).json();
        assert_eq!(theirs["availability"], "Alive");
        gone(&sandbox.delete(&path));
        assert_eq!(sandbox.get(&format!("{MESSAGES}/{}", ids[0])).status, 404);
    }
}

#[test]
fn a_resend_outlives_its_original() {
    let sandbox = Sandbox::start();
    let id = sent(&sandbox);
    let body = json!({"originalMessageId": id.to_string()}).to_string();
    let again = sandbox.post("application/json", body.as_bytes()).json()["id"].clone();
    gone(&sandbox.delete(&format!("{MESSAGES}/{id}?purge=true")));
    assert_eq!(sandbox.settled(&again)["messageStatus"], "Sent");
    let content = sandbox.get(&format!("{MESSAGES}/{again}/content/{again}"));
    assert_eq!((content.status, content.header("content-type")), (200, Some("application/pdf")));
}
