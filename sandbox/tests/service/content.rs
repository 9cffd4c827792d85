//! The rendered document.

use serde_json::json;

use crate::support::{GOOD, JSON, MESSAGES, NOTE, Sandbox, form_data, parts};

#[test]
fn is_a_pdf_with_the_faxs_pages() {
    let sandbox = Sandbox::start();
    let page = "Content-Disposition: form-data; name=\"a\"; filename=\"page.html\"\r\nContent-Type: text/html";
    let envelope = json!({"to": [{"phoneNumber": GOOD}], "coverIndex": 7}).to_string();
    let body = parts(&[(JSON, envelope.as_bytes()), (page, b"<script>1</script>"), (NOTE, b"x")]);
    let id = sandbox.post(&form_data(), &body).json()["id"].clone();
    let path = format!("{MESSAGES}/{id}/content/{id}");
    assert_eq!(sandbox.get(&path).refusal(), (400, "MSG-368".into(), String::new()));
    let message = sandbox.settled(&id);
    assert_eq!(message["faxPageCount"], 3, "two documents and the cover");
    let attachment = &message["attachments"][0];
    assert_eq!(attachment["contentType"], "application/pdf");
    assert_eq!(
        attachment["uri"],
        format!(
            "http://{}/restapi/v1.0/account/1000000001/extension/1000000002/message-store/{id}/content/{id}",
            sandbox.address
        )
    );
    let reply = sandbox.get(&path);
    assert_eq!((reply.status, reply.header("content-type")), (200, Some("application/pdf")));
    assert_eq!(reply.header("content-disposition"), Some(format!("inline; filename=\"fax-{id}.pdf\"").as_str()));
    assert_eq!(reply.header("accept-ranges"), Some("bytes"));
    assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
    assert!(reply.body.starts_with(b"%PDF-1.4\n") && reply.body.ends_with(b"%%EOF\n"));
    let document = fax_pages::Document::open(reply.body, None, &fax_pages::Options::default()).unwrap();
    assert_eq!((document.kind(), document.pages()), (fax_pages::Kind::Pdf, 3));
    assert_eq!(sandbox.get(&format!("{MESSAGES}/{id}/content/1")).refusal().2, "attachmentId");
}

#[test]
fn may_be_read_in_parts() {
    let sandbox = Sandbox::start();
    let id = &sandbox.get(&format!("{MESSAGES}?direction=Inbound")).json()["records"][0]["id"];
    let path = format!("{MESSAGES}/{id}/content/{id}");
    let whole = sandbox.get(&path).body;
    let length = whole.len();
    let part = |range: &str| sandbox.request("GET", &path, &["Authorization: Bearer sandbox", range], b"");
    for (range, first, last) in [
        ("Range: bytes=0-4", 0, 4),
        ("Range: bytes=10-19", 10, 19),
        ("Range: bytes=100-", 100, length - 1),
        ("Range: bytes=-7", length - 7, length - 1),
        ("Range: bytes=0-999999", 0, length - 1),
    ] {
        let reply = part(range);
        assert_eq!((reply.status, &*reply.body), (206, &whole[first..=last]), "{range}");
        assert_eq!(reply.header("content-range"), Some(format!("bytes {first}-{last}/{length}").as_str()));
    }
    let beyond = part("Range: bytes=999999-");
    assert_eq!((beyond.status, beyond.body.len()), (416, 0));
    assert_eq!(beyond.header("content-range"), Some(format!("bytes */{length}").as_str()));
    for ignored in ["Range: bytes=0-1,3-4", "Range: pages=1-2"] {
        let reply = part(ignored);
        assert_eq!((reply.status, reply.body.len(), reply.header("content-range")), (200, length, None));
    }
}

#[test]
fn is_called_as_it_is_asked_to_be() {
    let sandbox = Sandbox::start();
    let id = &sandbox.get(&format!("{MESSAGES}?direction=Inbound")).json()["records"][0]["id"];
    let get = |query: &str| sandbox.get(&format!("{MESSAGES}/{id}/content/{id}?{query}"));
    let named = get("contentDisposition=Attachment&contentDispositionFilename=Gr%C3%BC%C3%9Fe%22.pdf");
    assert_eq!(
        named.header("content-disposition"),
        Some("attachment; filename=\"Gr__e_.pdf\"; filename*=UTF-8''Gr%C3%BC%C3%9Fe%22.pdf")
    );
    let inline = get("contentDisposition=Inline&contentDispositionFilename=a.pdf");
    assert_eq!(inline.header("content-disposition"), Some("inline; filename=\"a.pdf\""));
    assert_eq!(get("contentDisposition=Print").refusal(), (400, "CMN-101".into(), "contentDisposition".into()));
}
