//! Every way to post a fax, and that what arrives is kept to the byte.

use serde_json::{Value, json};

use crate::support::{BOUNDARY, GOOD, JSON, MESSAGES, NOTE, Sandbox, envelope, form_data, mixed, parts, sha256};

/// Bytes that no text survives: every value, line ends, and what looks like a boundary.
fn awkward() -> Vec<u8> {
    let mut bytes: Vec<u8> = (0..=255).cycle().take(70_000).collect();
    bytes.extend_from_slice(b"\r\n--\r\n\r\n------boundary-of\r\n--\n");
    bytes
}

#[track_caller]
fn kept_whole(sandbox: &Sandbox, fax: &Value, position: usize, bytes: &[u8]) {
    let attachment = &fax["attachments"][position];
    assert_eq!(attachment["size"], bytes.len());
    assert_eq!(attachment["sha256"], sha256(bytes));
    assert_eq!(sandbox.get(attachment["href"].as_str().unwrap()).body, bytes);
}

#[test]
fn form_data_with_an_envelope() {
    let sandbox = Sandbox::start();
    let text = "Grüße\nzwei\r\ndrei <b>";
    let request = json!({
        "to": [{"phoneNumber": "+16505550100", "name": "Zoë \"Z\""}, {"phoneNumber": "+1 (650) 555-0101"}],
        "faxResolution": "Low", "coverIndex": 0, "coverPageText": text, "country": {"isoCode": "GB"},
    });
    let awkward = awkward();
    let body = parts(&[
        (JSON, request.to_string().as_bytes()),
        (
            "Content-Disposition: form-data; name=\"any\"; filename=\"a b.pdf\"\r\nContent-Type: application/pdf",
            &awkward,
        ),
        ("Content-Disposition: form-data; name=\"files[]\"; filename=\"ü.PNG\"", b"\x89PNG\r\n"),
    ]);
    let reply = sandbox.post(&form_data(), &body);
    assert_eq!((reply.status, reply.header("connection")), (200, Some("close")));
    let message = reply.json();
    assert!(message["id"].is_i64());
    for (name, value) in [
        ("type", json!("Fax")),
        ("direction", json!("Outbound")),
        ("availability", json!("Alive")),
        ("messageStatus", json!("Queued")),
        ("faxResolution", json!("Low")),
        ("faxPageCount", json!(0)),
        ("coverIndex", json!(0)),
        ("coverPageText", json!(text)),
    ] {
        assert_eq!(message[name], value, "{name}");
    }
    assert_eq!(message["to"][0]["name"], "Zoë \"Z\"");
    assert_eq!(message["to"][1]["phoneNumber"], "+16505550101");
    assert_eq!(message["to"][1]["messageStatus"], "Queued");
    assert!(message["to"][0]["recipientId"].is_string());
    assert_eq!(message["attachments"].as_array().unwrap().len(), 1);

    let fax = &sandbox.inbox()[0];
    assert_eq!(fax["encoding"], "form-data-json");
    assert_eq!((&fax["accountId"], &fax["extensionId"]), (&json!("~"), &json!("~")));
    assert_eq!(
        fax["fields"],
        json!({"faxResolution": "Low", "coverIndex": 0, "coverPageText": text, "country": {"isoCode": "GB"}, "isoCode": "GB"})
    );
    assert_eq!(fax["to"][1]["phoneNumber"], "+1 (650) 555-0101");
    assert_eq!(fax["attachments"][0]["name"], "a b.pdf");
    assert_eq!(fax["attachments"][0]["partName"], "any");
    assert_eq!(fax["attachments"][0]["contentType"], "application/pdf");
    assert_eq!(fax["attachments"][1]["name"], "ü.PNG");
    assert_eq!(fax["attachments"][1]["contentType"], Value::Null);
    kept_whole(&sandbox, fax, 0, &awkward);
    kept_whole(&sandbox, fax, 1, b"\x89PNG\r\n");
}

#[test]
fn what_is_left_out_is_the_users_default() {
    let sandbox = Sandbox::start();
    let message = sandbox.post(&form_data(), &envelope(r#"{"to":[{"phoneNumber":"+16505550100"}]}"#)).json();
    assert_eq!(message["coverIndex"], 7);
    assert_eq!(message["faxResolution"], "High");
    assert_eq!(message.get("coverPageText"), None);
    assert_eq!(sandbox.inbox()[0]["fields"], json!({}));
    // One document and the cover.
    assert_eq!(sandbox.settled(&message["id"])["faxPageCount"], 2);
}

/// The form of the guide, as it stands there, one long sendTime and all.
#[test]
fn form_data_of_the_guide() {
    let sandbox = Sandbox::start();
    let text = |name: &str| {
        format!(
            "Content-Disposition: form-data; name=\"{name}\"; filename=\"\"\r\n\
             Content-Transfer-Encoding: 8bit\r\nContent-Type: text/plain"
        )
    };
    let file = "Content-Disposition: form-data; name=\"attachment\"; filename=\"\"\r\n\
                Content-Transfer-Encoding: binary\r\nContent-Type: text/plain";
    let (to, cover) = (text("to"), text("coverIndex"));
    let body = parts(&[
        (&text("coverPageText"), b""),
        (&cover, b"2"),
        (&text("faxResolution"), b"High"),
        (&text("sendTime"), b"2030-03-19T08:00:00.000Z"),
        (&text("isoCode"), b"UK"),
        (&to, b"18001234567"),
        (&to, b"18001234568"),
        (file, b"attachment0"),
        (file, b"attachment1"),
        (file, b"attachment2"),
    ]);
    let message = sandbox.post(&form_data(), &body).json();
    assert_eq!((&message["coverIndex"], &message["coverPageText"]), (&json!(2), &json!("")));
    assert_eq!(message["to"][1]["phoneNumber"], "+18001234568");
    let fax = &sandbox.inbox()[0];
    assert_eq!(fax["encoding"], "form-data-fields");
    assert_eq!(
        fax["fields"],
        json!({"coverPageText": "", "coverIndex": "2", "faxResolution": "High",
               "sendTime": "2030-03-19T08:00:00.000Z", "isoCode": "UK"})
    );
    assert_eq!(fax["to"][0]["phoneNumber"], "18001234567");
    kept_whole(&sandbox, fax, 2, b"attachment2");
    std::thread::sleep(std::time::Duration::from_millis(300));
    assert_eq!(sandbox.inbox()[0]["messageStatus"], "Queued", "its time has not come");
}

#[test]
fn mixed_of_the_guide() {
    let sandbox = Sandbox::start();
    let body = parts(&[
        (
            "Content-Type: application/json",
            br#"{"to":[{"phoneNumber":"18001234567"}],
 "faxResolution":"High",
 "sendTime":"2013-02-26T09:31:20.882Z"}
"#,
        ),
        ("Content-Disposition: attachment; filename=\"fax.txt\"", b"Hello, World!\r\n"),
        ("Content-Type: text/csv\r\nContent-Disposition: attachment; filename=b.csv", b"1,2"),
    ]);
    let message = sandbox.post(&mixed(), &body).json();
    let fax = &sandbox.inbox()[0];
    assert_eq!((&fax["id"], &fax["encoding"]), (&message["id"], &json!("mixed")));
    assert_eq!(fax["attachments"][0]["name"], "fax.txt");
    assert_eq!(fax["attachments"][0]["partName"], Value::Null);
    assert_eq!(fax["attachments"][1]["name"], "b.csv");
    kept_whole(&sandbox, fax, 0, b"Hello, World!\r\n");
    kept_whole(&sandbox, fax, 1, b"1,2");
    assert_eq!(sandbox.settled(&message["id"])["messageStatus"], "Sent", "a past time is now");
}

#[test]
fn a_resend_sends_the_same_documents() {
    let sandbox = Sandbox::start();
    let first = envelope(r#"{"to":[{"phoneNumber":"+9990000001","name":"Ann"}],"coverIndex":0,"faxResolution":"Low"}"#);
    let id = sandbox.post(&form_data(), &first).json()["id"].clone();
    assert_eq!(sandbox.settled(&id)["messageStatus"], "SendingFailed");

    let same =
        sandbox.post("application/json", json!({"originalMessageId": id.to_string()}).to_string().as_bytes()).json();
    assert_ne!(same["id"], id);
    assert_eq!((&same["to"][0]["name"], &same["faxResolution"]), (&json!("Ann"), &json!("Low")));

    let body =
        json!({"originalMessageId": id.to_string(), "to": [{"phoneNumber": GOOD}], "sendTime": "2016-12-01T00:00:00Z"});
    let other = sandbox.post("application/json; charset=utf-8", body.to_string().as_bytes()).json();
    assert_eq!((&other["to"][0]["phoneNumber"], &other["coverIndex"]), (&json!(GOOD), &json!(0)));
    let settled = sandbox.settled(&other["id"]);
    assert_eq!((&settled["messageStatus"], &settled["faxPageCount"]), (&json!("Sent"), &json!(1)));
    let content = settled["attachments"][0]["uri"].as_str().unwrap();
    let path = content.strip_prefix(&format!("http://{}", sandbox.address)).unwrap();
    assert!(sandbox.get(path).body.starts_with(b"%PDF-"));

    let fax = &sandbox.inbox()[0];
    assert_eq!((&fax["id"], &fax["originalMessageId"]), (&other["id"], &json!(id.to_string())));
    assert_eq!(sandbox.inbox()[2].get("originalMessageId"), None);
    assert_eq!((&fax["encoding"], &fax["attachments"]), (&json!("resend"), &json!([])));
    assert_eq!(fax["fields"], json!({"originalMessageId": id.to_string(), "sendTime": "2016-12-01T00:00:00Z"}));
}

#[test]
fn a_fax_that_came_in_is_forwarded() {
    let sandbox = Sandbox::start();
    let inbound = sandbox.get(&format!("{MESSAGES}?direction=Inbound")).json()["records"][0]["id"].to_string();
    let resend = |body: Value| sandbox.post("application/json", body.to_string().as_bytes());
    let nobody = resend(json!({"originalMessageId": inbound}));
    assert_eq!(nobody.refusal(), (400, "CMN-100".into(), "to".into()));
    let fax = resend(json!({"originalMessageId": inbound, "to": [{"phoneNumber": GOOD}]})).json();
    assert_eq!((&fax["direction"], &fax["coverIndex"]), (&json!("Outbound"), &json!(0)));
    let settled = sandbox.settled(&fax["id"]);
    assert_eq!((&settled["messageStatus"], &settled["faxPageCount"]), (&json!("Sent"), &json!(1)));
    assert_eq!(sandbox.inbox()[0]["originalMessageId"], json!(inbound));
}

#[test]
fn forty_megabytes_go_through() {
    let sandbox = Sandbox::start();
    let large: Vec<u8> =
        (0_u32..10_000_000).flat_map(|number| number.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
    let body = parts(&[
        ("Content-Disposition: form-data; name=\"to\"", GOOD.as_bytes()),
        (
            "Content-Disposition: form-data; name=\"attachment\"; filename=\"large.tif\"\r\nContent-Type: image/tiff",
            &large,
        ),
        (NOTE, b"hello"),
    ]);
    assert_eq!(sandbox.post(&form_data(), &body).status, 200);
    let fax = &sandbox.inbox()[0];
    kept_whole(&sandbox, fax, 0, &large);
    kept_whole(&sandbox, fax, 1, b"hello");
}

#[test]
fn a_body_may_come_in_pieces() {
    let sandbox = Sandbox::start();
    let mut chunked = Vec::new();
    for byte in envelope(r#"{"to":[{"phoneNumber":"+16505550100"}]}"#) {
        chunked.extend_from_slice(&[b'1', b'\r', b'\n', byte, b'\r', b'\n']);
    }
    chunked.extend_from_slice(b"0\r\n\r\n");
    let head = format!(
        "POST {} HTTP/1.1\r\nHost: {}\r\nAuthorization: bearer sandbox\r\n\
         Content-Type: multipart/form-data; boundary=\"{BOUNDARY}\"\r\nTransfer-Encoding: chunked\r\n\r\n",
        crate::support::FAX,
        sandbox.address
    );
    sandbox.exchange(&[head.as_bytes(), &chunked].concat(), std::time::Duration::from_secs(10));
    kept_whole(&sandbox, &sandbox.inbox()[0], 0, b"hello");
}
