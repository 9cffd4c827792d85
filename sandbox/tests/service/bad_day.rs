//! Every number that goes wrong on purpose.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::{FAX, GOOD, MESSAGES, Outcome, Sandbox, fields, form_data, request};

#[track_caller]
fn fails(sandbox: &Sandbox, number: &str, code: &str) {
    let id = sandbox.fax(&[GOOD, number]).json()["id"].clone();
    let message = sandbox.settled(&id);
    assert_eq!(message["messageStatus"], "SendingFailed");
    assert_eq!(message["to"][0]["messageStatus"], "Sent");
    assert_eq!(message["to"][0].get("faxErrorCode"), None);
    assert_eq!(message["to"][1]["messageStatus"], "SendingFailed");
    assert_eq!(message["to"][1]["faxErrorCode"], code);
    assert!(message["lastModifiedTime"].as_str() > message["creationTime"].as_str());
}

#[test]
fn outcomes() {
    let sandbox = Sandbox::start();
    fails(&sandbox, "+9990000001", "LineBusy");
    fails(&sandbox, "+9990000002", "NoAnswer");
    fails(&sandbox, "9990000003", "InvalidNumber");
    fails(&sandbox, "+999 000 0004", "SentPartially");
    fails(&sandbox, "+999-000-0005", "RenderingFailed");
    fails(&sandbox, "+(999)0000006", "TooManyPages");
    fails(&sandbox, "+9997000099", "LineOnFire");
}

#[test]
fn every_documented_code_has_a_number() {
    let sandbox = Sandbox::with(&["--pace", "1"]);
    let numbers: Vec<String> = (0..=35).map(|position| format!("+99970000{position:02}")).collect();
    let id = sandbox.fax(&numbers.iter().map(String::as_str).collect::<Vec<_>>()).json()["id"].clone();
    let to = sandbox.settled(&id)["to"].clone();
    assert_eq!((&to[0]["messageStatus"], &to[35]["messageStatus"]), (&"Sent".into(), &"Sent".into()));
    assert_eq!((&to[1]["faxErrorCode"], &to[7]["faxErrorCode"]), (&"AllLinesInUse".into(), &"LineBusy".into()));
    assert_eq!(to[34]["faxErrorCode"], "InternationalDisabled");
    let codes: HashSet<&str> = (1..=34).map(|position| to[position]["faxErrorCode"].as_str().unwrap()).collect();
    assert_eq!(codes.len(), 34);
}

/// What the message store lists of faxes sent.
#[track_caller]
fn listed(sandbox: &Sandbox) -> Vec<Value> {
    sandbox.get(&format!("{MESSAGES}?direction=Outbound")).json()["records"].as_array().unwrap().clone()
}

#[test]
fn accepted_twice() {
    let sandbox = Sandbox::start();
    let start = Instant::now();
    let answer = sandbox.fax(&["+9990000497", GOOD]).json();
    assert!(start.elapsed() >= Duration::from_secs(3), "{:?}", start.elapsed());
    let records = listed(&sandbox);
    assert_eq!(records.len(), 2);
    assert_eq!(records[0]["id"], answer["id"]);
    assert_ne!(records[1]["id"], answer["id"]);
    assert_eq!(records[0]["creationTime"], records[1]["creationTime"]);
    let inbox = sandbox.inbox();
    assert_eq!(inbox.len(), 2);
    for fax in inbox {
        assert_eq!(sandbox.get(fax["attachments"][0]["href"].as_str().unwrap()).body, b"hello");
    }
}

#[test]
fn accepted_and_listed_late() {
    let sandbox = Sandbox::start();
    let start = Instant::now();
    broken(&sandbox, "+9990000496");
    assert_eq!(sandbox.inbox().len(), 1);
    assert!(listed(&sandbox).is_empty());
    let end = start + Duration::from_secs(15);
    while listed(&sandbox).is_empty() {
        assert!(Instant::now() < end);
        std::thread::sleep(Duration::from_millis(100));
    }
    assert!(start.elapsed() > Duration::from_millis(4500), "{:?}", start.elapsed());
    assert_eq!(listed(&sandbox)[0]["messageStatus"], "Sent", "it went its way meanwhile");
}

#[test]
fn accepted_and_stuck() {
    let sandbox = Sandbox::start();
    broken(&sandbox, "+9990000495");
    std::thread::sleep(Duration::from_millis(500));
    assert_eq!(listed(&sandbox)[0]["messageStatus"], "Queued");
}

#[test]
fn accepted_behind_a_gateway_that_gives_up() {
    let sandbox = Sandbox::start();
    let reply = sandbox.fax(&["+9990000504"]);
    assert_eq!((reply.status, reply.header("content-type")), (504, Some("text/html")));
    assert!(reply.text().contains("504 Gateway Timeout"));
    assert_eq!(listed(&sandbox).len(), 1);
}

#[test]
fn accepted_long_after_a_gateway_gave_up() {
    let sandbox = Sandbox::start();
    let reply = sandbox.fax(&["+9990000502"]);
    assert_eq!((reply.status, reply.header("content-type")), (502, Some("text/html")));
    std::thread::sleep(Duration::from_secs(13));
    assert_eq!(listed(&sandbox).len(), 0);
    std::thread::sleep(Duration::from_secs(4));
    assert_eq!(listed(&sandbox).len(), 1);
}

#[test]
fn a_resend_has_bad_days_too() {
    let sandbox = Sandbox::start();
    let id = sandbox.fax(&[GOOD]).json()["id"].clone();
    sandbox.settled(&id);
    let resend = |number: &str| {
        let body = json!({"originalMessageId": id.to_string(), "to": [{"phoneNumber": number}]});
        sandbox.post("application/json", body.to_string().as_bytes())
    };
    assert_eq!(resend("+9990000500").refusal().1, "CMN-203");
    assert_eq!(resend("+9990000430").refusal().1, "CMN-301");
    assert_eq!(resend("+9990000413").status, 413);
    assert_eq!(sandbox.inbox().len(), 1, "none of them was accepted");
    assert_eq!(resend("+9990000504").status, 504);
    assert!(serde_json::from_slice::<Value>(&resend("+9990000201").body).is_err());
    let busy = resend("+9990000001").json()["id"].clone();
    assert_eq!(sandbox.settled(&busy)["to"][0]["faxErrorCode"], "LineBusy");
    let faxes = sandbox.inbox();
    assert_eq!(faxes.len(), 4);
    assert!(faxes[..3].iter().all(|fax| fax["originalMessageId"] == json!(id.to_string())));
}

/// Posts to a number at which the connection breaks.
#[track_caller]
fn broken(sandbox: &Sandbox, number: &str) {
    let headers = ["Authorization: Bearer sandbox", &format!("Content-Type: {}", form_data())];
    let bytes = request("POST", FAX, &format!("Host: {}", sandbox.address), &headers, &fields(&[number]));
    let outcome = sandbox.exchange(&bytes, Duration::from_secs(5));
    assert!(matches!(outcome, Outcome::Closed), "{outcome:?}");
}

#[test]
fn queued_for_ever() {
    let sandbox = Sandbox::start();
    let id = sandbox.fax(&["+9990000009", GOOD]).json()["id"].clone();
    std::thread::sleep(Duration::from_millis(500));
    let message = sandbox.get(&format!("{MESSAGES}/{id}")).json();
    assert_eq!((&message["messageStatus"], &message["faxPageCount"]), (&"Queued".into(), &0.into()));
    assert_eq!(message["to"][1]["messageStatus"], "Sent");
    let content = sandbox.get(&format!("{MESSAGES}/{id}/content/{id}"));
    assert_eq!(content.refusal(), (400, "MSG-368".into(), String::new()));
}

#[track_caller]
fn answers(sandbox: &Sandbox, number: &str, status: u16, code: &str, parameter: &str, retry_after: Option<&str>) {
    // Anywhere among the recipients, and each time.
    for to in [&[number][..], &[GOOD, number]] {
        let reply = sandbox.fax(to);
        assert_eq!(reply.refusal(), (status, code.to_owned(), parameter.to_owned()));
        assert_eq!(reply.header("retry-after"), retry_after);
    }
    assert!(sandbox.inbox().is_empty(), "{number} was not accepted");
}

#[test]
fn refusals() {
    let sandbox = Sandbox::start();
    answers(&sandbox, "+9990000400", 400, "CMN-101", "to", None);
    answers(&sandbox, "+9990000401", 401, "OAU-128", "", None);
    answers(&sandbox, "+9990000403", 403, "CMN-408", "", None);
    answers(&sandbox, "+9990000404", 404, "CMN-102", "to", None);
    answers(&sandbox, "+9990000406", 406, "MSG-343", "", None);
    answers(&sandbox, "+9990000415", 415, "MSG-348", "", None);
    answers(&sandbox, "+9990000430", 429, "CMN-301", "", Some("1"));
    answers(&sandbox, "+9990000500", 500, "CMN-203", "", None);
    answers(&sandbox, "+9990000503", 503, "CMN-201", "", Some("2"));
}

#[test]
fn pages_in_place_of_answers() {
    let sandbox = Sandbox::start();
    for (number, status) in [("+9990000413", 413), ("+9990000200", 200)] {
        let reply = sandbox.fax(&[number]);
        assert_eq!(reply.status, status);
        assert!(reply.header("content-type").unwrap().starts_with("text/html"));
        assert!(reply.text().starts_with('<'));
        assert!(sandbox.inbox().is_empty());
    }
}

#[test]
fn a_rate_limit_is_restarted_by_what_comes_too_early() {
    let sandbox = Sandbox::start();
    let limited = || {
        let reply = sandbox.fax(&["+9990000429"]);
        assert_eq!(reply.refusal(), (429, "CMN-301".into(), String::new()));
        assert_eq!(reply.header("retry-after"), Some("5"));
        assert_eq!(reply.header("x-rate-limit-group"), Some("heavy"));
        assert_eq!(reply.header("x-rate-limit-remaining"), Some("0"));
    };
    limited();
    std::thread::sleep(Duration::from_secs(3));
    limited();
    std::thread::sleep(Duration::from_secs(3));
    limited();
    assert!(sandbox.inbox().is_empty());
    std::thread::sleep(Duration::from_millis(5100));
    assert_eq!(sandbox.fax(&["+9990000429"]).status, 200);
    assert_eq!(sandbox.inbox().len(), 1);
    limited();
}

#[test]
fn an_answer_that_is_cut_off() {
    let sandbox = Sandbox::start();
    let reply = sandbox.fax(&["+9990000201"]);
    assert_eq!(reply.status, 200);
    assert!(serde_json::from_slice::<serde_json::Value>(&reply.body).is_err());
    assert_eq!(sandbox.inbox().len(), 1);
}

#[track_caller]
fn without_answer(number: &str, silent: bool, accepted: usize) {
    let sandbox = Sandbox::start();
    let headers = ["Authorization: Bearer sandbox", &format!("Content-Type: {}", form_data())];
    let host = format!("Host: {}", sandbox.address);
    let bytes = request("POST", FAX, &host, &headers, &fields(&[number]));
    let outcome = sandbox.exchange(&bytes, Duration::from_millis(700));
    assert_eq!(matches!(outcome, Outcome::Silence), silent, "{outcome:?}");
    assert_eq!(matches!(outcome, Outcome::Closed), !silent, "{outcome:?}");
    assert_eq!(sandbox.inbox().len(), accepted);
    // That the client has left is noticed, and written down.
    let end = Instant::now() + Duration::from_secs(5);
    while !sandbox.log().contains("/fax (no answer)") {
        assert!(Instant::now() < end, "{}", sandbox.log());
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn no_answer() {
    without_answer("+9990000408", true, 0);
    without_answer("+9990000409", true, 1);
    without_answer("+9990000498", false, 0);
    without_answer("+9990000499", false, 1);
}

#[test]
fn a_kept_connection_is_closed_too() {
    let sandbox = Sandbox::with(&["--pace", "50", "--keep-alive", "on"]);
    let headers = ["Authorization: Bearer sandbox", &format!("Content-Type: {}", form_data())];
    let host = format!("Host: {}", sandbox.address);
    let good = request("POST", FAX, &host, &headers, &fields(&[GOOD]));
    let bad = request("POST", FAX, &host, &headers, &fields(&["+9990000499"]));
    let outcome = sandbox.exchange(&[good, bad].concat(), Duration::from_secs(5));
    // One answer, then the end.
    assert!(matches!(outcome, Outcome::Answered(reply) if reply.header("connection").is_none()));
    let close = request("GET", "/inbox.json", &host, &["Connection: close"], b"");
    assert!(matches!(sandbox.exchange(&close, Duration::from_secs(5)), Outcome::Answered(reply)
        if reply.json().as_array().unwrap().len() == 2));
}

#[test]
fn a_stop_does_not_wait_for_those_held_open() {
    let mut sandbox = Sandbox::start();
    let headers = ["Authorization: Bearer sandbox", &format!("Content-Type: {}", form_data())];
    let bytes = request("POST", FAX, &format!("Host: {}", sandbox.address), &headers, &fields(&["+9990000408"]));
    let mut stream = std::net::TcpStream::connect(&sandbox.address).unwrap();
    std::io::Write::write_all(&mut stream, &bytes).unwrap();
    std::thread::sleep(Duration::from_millis(200));
    let start = Instant::now();
    sandbox.terminate();
    assert!(start.elapsed() < Duration::from_secs(3));
}
