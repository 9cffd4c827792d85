//! What happens when: one recipient after the other, the clock that runs faster, and the limits.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::{FAX, GOOD, MESSAGES, Reply, Sandbox, envelope, fields, form_data, iso};

#[test]
fn recipients_go_one_after_the_other() {
    let sandbox = Sandbox::with(&["--pace", "1000"]);
    let id = sandbox.fax(&[GOOD, "+9990000001", "+16505550101"]).json()["id"].clone();
    let mut seen: Vec<Value> = Vec::new();
    let end = Instant::now() + Duration::from_secs(10);
    while seen.last().is_none_or(|message| message["messageStatus"] == "Queued") {
        let message = sandbox.message(&id);
        if seen.last() != Some(&message) {
            seen.push(message);
        }
        assert!(Instant::now() < end, "{seen:?}");
        std::thread::sleep(Duration::from_millis(20));
    }
    let told: Vec<Value> = seen
        .iter()
        .map(|message| {
            let to = |at: usize| message["to"][at]["messageStatus"].clone();
            json!([message["messageStatus"], to(0), to(1), to(2), message["faxPageCount"]])
        })
        .collect();
    let expected = json!([
        ["Queued", "Queued", "Queued", "Queued", 0],
        ["Queued", "Sent", "Queued", "Queued", 0],
        ["Queued", "Sent", "SendingFailed", "Queued", 0],
        ["SendingFailed", "Sent", "SendingFailed", "Sent", 2],
    ]);
    assert_eq!(Value::Array(told), expected);
    assert_eq!(seen[2]["to"][1]["faxErrorCode"], "LineBusy");
    assert!(seen.is_sorted_by(|one, next| one["lastModifiedTime"].as_str() < next["lastModifiedTime"].as_str()));
}

#[test]
fn the_clock_runs_faster() {
    let sandbox = Sandbox::with(&["--clock", "60", "--pace", "30000"]);
    let start = Instant::now();
    let now = sandbox.fax(&[GOOD]).json()["id"].clone();
    let body = envelope(&json!({"to": [{"phoneNumber": GOOD}], "sendTime": iso(90)}).to_string());
    let later = sandbox.post(&form_data(), &body).json()["id"].clone();
    let first = sandbox.settled(&now);
    assert!(start.elapsed() >= Duration::from_millis(450), "half a minute's sixtieth: {:?}", start.elapsed());
    assert_eq!(sandbox.message(&later)["messageStatus"], "Queued");
    sandbox.settled(&later);
    let elapsed = start.elapsed();
    assert!(elapsed >= Duration::from_millis(1800) && elapsed < Duration::from_secs(8), "{elapsed:?}");
    // What is shown is the wall's time.
    let created = first["creationTime"].as_str().unwrap();
    assert!(created >= &*iso(-10) && created <= &*iso(1), "{created}");
    for nonsense in ["0", "-1", "fast", "NaN"] {
        let program = std::process::Command::new(env!("CARGO_BIN_EXE_fax-sandbox"));
        let output = { program }.args(["--clock", nonsense]).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{nonsense}");
    }
}

#[track_caller]
fn told(reply: &Reply, group: &str, limit: &str, remaining: &str, window: &str) {
    for (name, value) in [("group", group), ("limit", limit), ("remaining", remaining), ("window", window)] {
        assert_eq!(reply.header(&format!("x-rate-limit-{name}")), Some(value), "{name}");
    }
}

#[test]
fn limits() {
    let sandbox = Sandbox::with(&["--rate-limits", "on", "--clock", "10", "--pace", "50"]);
    let start = Instant::now();
    for remaining in (0..10).rev() {
        let reply = sandbox.fax(&[GOOD]);
        assert_eq!(reply.status, 200);
        told(&reply, "heavy", "10", &remaining.to_string(), "6");
        assert_eq!(reply.header("retry-after"), None);
    }
    let reply = sandbox.fax(&[GOOD]);
    assert!(start.elapsed() < Duration::from_secs(6), "too slow a machine for this test");
    assert_eq!(reply.refusal(), (429, "CMN-301".into(), String::new()));
    told(&reply, "heavy", "10", "0", "6");
    assert_eq!(reply.header("retry-after"), Some("6"));
    assert_eq!(sandbox.inbox().len(), 10);
    // Other groups and other tokens go on.
    told(&sandbox.get(&format!("{MESSAGES}/1")), "light", "50", "49", "6");
    told(&sandbox.delete(&format!("{MESSAGES}/1")), "medium", "40", "39", "6");
    let content_type = format!("Content-Type: {}", form_data());
    let other = ["Authorization: Bearer no-messages", &content_type, "Origin: https://app.example"];
    let reply = sandbox.request("POST", FAX, &other, &fields(&[GOOD]));
    told(&reply, "heavy", "10", "9", "6");
    let exposed = reply.header("access-control-expose-headers").unwrap();
    for name in ["Retry-After", "X-Rate-Limit-Group", "X-Rate-Limit-Remaining", "X-Rate-Limit-Window"] {
        assert!(exposed.contains(name), "{exposed}");
    }
    told(&sandbox.request("GET", MESSAGES, &other[..1], b""), "light", "50", "49", "6");
    for remaining in ["4", "3", "2", "1", "0"] {
        told(&sandbox.request("POST", "/restapi/oauth/token", &[], b""), "auth", "5", remaining, "6");
    }
    assert_eq!(sandbox.request("POST", "/restapi/oauth/token", &[], b"").status, 429);
    // A call within the penalty begins it again: six seconds after the first refusal there is still none.
    std::thread::sleep(Duration::from_secs(4));
    assert_eq!(sandbox.fax(&[GOOD]).status, 429);
    std::thread::sleep(Duration::from_secs(4));
    assert_eq!(sandbox.fax(&[GOOD]).status, 429);
    std::thread::sleep(Duration::from_millis(6200));
    told(&sandbox.fax(&[GOOD]), "heavy", "10", "9", "6");
}

#[test]
fn no_limits_unless_asked_for() {
    let sandbox = Sandbox::start();
    for _ in 0..12 {
        let reply = sandbox.fax(&[GOOD]);
        assert_eq!((reply.status, reply.header("x-rate-limit-group")), (200, None));
    }
}
