//! What becomes of documents: pages, in their order and to the point, or the code of a failure.

use std::time::{Duration, Instant};

use fax_pages::{Bitmap, Document, Options, Paper, Resolution, Turn, encode};
use serde_json::{Value, json};

use crate::support::{GOOD, JSON, MESSAGES, NOTE, Sandbox, fields, form_data, locked_pdf, parts, pdf};

/// The header of a document's part.
fn named(name: &str) -> String {
    format!(
        "Content-Disposition: form-data; name=\"attachment\"; filename=\"{name}\"\r\n\
         Content-Type: application/octet-stream"
    )
}

/// Posts documents under an envelope and gives the fax's id.
#[track_caller]
fn post(sandbox: &Sandbox, envelope: &Value, documents: &[(&str, &[u8])]) -> Value {
    let (envelope, headers) = (envelope.to_string(), documents.iter().map(|(name, _)| named(name)).collect::<Vec<_>>());
    let mut all = vec![(JSON, envelope.as_bytes())];
    all.extend(headers.iter().zip(documents).map(|(header, (_, bytes))| (header.as_str(), *bytes)));
    let reply = sandbox.post(&form_data(), &parts(&all));
    assert_eq!(reply.status, 200, "{}", reply.text());
    reply.json()["id"].clone()
}

/// An envelope to one recipient without a cover page.
fn plain() -> Value {
    json!({"to": [{"phoneNumber": GOOD}], "coverIndex": 0})
}

/// A page with something that no other page has.
fn marked(mark: u8, lines: u32, resolution: Resolution) -> Bitmap {
    let mut page = Bitmap::white(1728, lines, resolution);
    let mut chance = u32::from(mark) + 1;
    for (y, row) in page.rows_mut().enumerate() {
        for byte in row {
            // Everything that a page can have: text-like, dithered, and up to its very edges.
            chance = chance.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            *byte = match y / 100 % 4 {
                0 => mark,
                1 => (chance >> 24) as u8,
                2 => {
                    if y % 2 == 0 {
                        0x55
                    } else {
                        0xaa
                    }
                }
                _ => 0,
            };
        }
    }
    page
}

/// A page of a fax as it is shown at /inbox.
#[track_caller]
fn shown(sandbox: &Sandbox, href: &Value, resolution: Resolution) -> Bitmap {
    let reply = sandbox.get(href.as_str().unwrap());
    assert_eq!((reply.status, reply.header("content-type")), (200, Some("image/png")));
    let mut reader = png::Decoder::new(std::io::Cursor::new(&reply.body)).read_info().unwrap();
    let mut rows = vec![0; reader.output_buffer_size().unwrap()];
    reader.next_frame(&mut rows).unwrap();
    let info = reader.info();
    assert_eq!(info.bit_depth, png::BitDepth::One);
    rows.iter_mut().for_each(|byte| *byte = !*byte);
    Bitmap::from_rows(info.width, info.height, resolution, rows).unwrap()
}

#[track_caller]
fn entry(sandbox: &Sandbox, id: &Value) -> Value {
    sandbox.inbox().into_iter().find(|fax| fax["id"] == *id).unwrap()
}

/// What a fax came to: its page count, and each recipient's code.
fn outcome(message: &Value) -> (Value, Vec<Value>) {
    let codes = message["to"].as_array().unwrap().iter().map(|to| to["faxErrorCode"].clone()).collect();
    (message["faxPageCount"].clone(), codes)
}

#[test]
fn pages_are_counted() {
    let sandbox = Sandbox::start();
    let documents: [(&str, &[u8]); 3] =
        [("three.pdf", &pdf(3)), ("note.txt", b"one\x0ctwo"), ("table.xlsx", b"PK\x03\x04nothing that is read")];
    let bare = post(&sandbox, &plain(), &documents);
    let covered = post(&sandbox, &json!({"to": [{"phoneNumber": GOOD}]}), &documents);
    // Both pages of the text, and one for what the page engine does not know.
    assert_eq!(outcome(&sandbox.settled(&bare)), (json!(6), vec![Value::Null]));
    assert_eq!(outcome(&sandbox.settled(&covered)), (json!(7), vec![Value::Null]), "and the default cover page");
    let fax = entry(&sandbox, &covered);
    assert_eq!((&fax["rendering"], fax["pages"].as_array().unwrap().len()), (&json!("Done"), 7));
    assert_eq!(fax["pages"][6], format!("/inbox/{covered}/pages/7.png"));
}

#[test]
fn two_hundred_pages_and_no_more() {
    let sandbox = Sandbox::start();
    let envelope =
        json!({"to": [{"phoneNumber": GOOD}, {"phoneNumber": "+9990000001"}], "coverIndex": 0, "faxResolution": "Low"});
    let too_many = json!(["TooManyPages", "TooManyPages"]);
    let one = post(&sandbox, &envelope, &[("long.pdf", &pdf(201))]);
    let several = post(&sandbox, &envelope, &[("a.pdf", &pdf(3)), ("b.pdf", &pdf(198))]);
    let stand_in = post(&sandbox, &envelope, &[("a.pdf", &pdf(200)), ("b.docx", b"PK")]);
    let just = post(
        &sandbox,
        &json!({"to": [{"phoneNumber": GOOD}], "coverIndex": 7, "faxResolution": "Low"}),
        &[("full.pdf", &pdf(200))],
    );
    for id in [&one, &several, &stand_in] {
        let message = sandbox.settled_within(id, 60);
        assert_eq!(outcome(&message), (json!(0), too_many.as_array().unwrap().clone()), "{message}");
        assert_eq!(message["messageStatus"], "SendingFailed");
        assert_eq!(entry(&sandbox, id)["pages"], json!([]));
        let content = sandbox.get(&format!("{MESSAGES}/{id}/content/{id}"));
        assert_eq!(content.refusal(), (404, "CMN-102".into(), "attachmentId".into()));
    }
    let message = sandbox.settled_within(&just, 60);
    assert_eq!(outcome(&message), (json!(201), vec![Value::Null]), "the cover page comes on top");
}

#[test]
fn what_cannot_be_read_fails() {
    let sandbox = Sandbox::start();
    let cut = {
        let mut tiff = encode::tiff(&[marked(3, 2156, Resolution::High)]).unwrap();
        tiff.truncate(40);
        tiff
    };
    let cases: [(&str, &[u8], &str); 6] = [
        ("noise.pdf", &[0xde, 0xad, 0xbe, 0xef, 0, 1, 2, 3], "document 2: the document is of no known kind"),
        ("cut.pdf", &pdf(1)[..60], "document 2: the document is damaged"),
        ("page.pdf", b"<!doctype html><h1>Not found</h1>", "document 2: the document is damaged"),
        ("cut.tif", &cut, "document 2: the document is damaged"),
        ("locked.pdf", &locked_pdf(), "document 2: the document needs a password"),
        ("photo.jpg", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "document 2: HEIC of this sort cannot be rendered here"),
    ];
    for (name, bytes, reason) in cases {
        let id = post(&sandbox, &plain(), &[("good.pdf", &pdf(1)), (name, bytes)]);
        let message = sandbox.settled(&id);
        assert_eq!(outcome(&message), (json!(0), vec![json!("RenderingFailed")]), "{name}");
        let page = sandbox.get("/inbox").text();
        assert!(page.contains(&format!("RenderingFailed: {reason}.")), "{name}: {page}");
        // What failed once fails again.
        let again =
            sandbox.post("application/json", json!({"originalMessageId": id.to_string()}).to_string().as_bytes());
        let message = sandbox.settled(&again.json()["id"]);
        assert_eq!(outcome(&message), (json!(0), vec![json!("RenderingFailed")]), "{name}");
    }
}

#[test]
fn pages_sent_as_shown_arrive_to_the_point_and_in_order() {
    let sandbox = Sandbox::start();
    for (word, resolution, letter, a4) in [("High", Resolution::High, 2156, 2291), ("Low", Resolution::Low, 1078, 1145)]
    {
        let page = |mark, lines| marked(mark, lines, resolution);
        let sent = [page(1, letter), page(2, letter), page(3, a4), page(4, letter)];
        let (first, second) =
            (encode::tiff(&sent[..3]).unwrap(), encode::tiff(std::slice::from_ref(&sent[3])).unwrap());
        let envelope = json!({"to": [{"phoneNumber": GOOD}], "coverIndex": 7, "faxResolution": word});
        let id = post(&sandbox, &envelope, &[("b.tif", &first), ("a.tiff", &second)]);
        let message = sandbox.settled(&id);
        assert_eq!(message["faxPageCount"], 5);
        let hrefs = entry(&sandbox, &id)["pages"].clone();
        let cover = shown(&sandbox, &hrefs[0], resolution);
        assert_eq!((cover.width(), cover.height()), (1728, letter));
        assert!(cover.black() > 5_000, "the cover page comes first");
        for (at, page) in (1..).zip(&sent) {
            assert!(shown(&sandbox, &hrefs[at], resolution) == *page, "{word}, page {at}");
        }
        // The rendered document is the same pages once more.
        let content = sandbox.get(&format!("{MESSAGES}/{id}/content/{id}"));
        assert_eq!((content.status, content.header("content-type")), (200, Some("application/pdf")));
        let codes = |page: &Bitmap| encode::group_4(page).unwrap();
        let mut from = 0;
        for page in std::iter::once(&cover).chain(&sent) {
            let code = codes(page);
            let at = content.body[from..].windows(code.len()).position(|window| window == code);
            from += at.unwrap_or_else(|| panic!("{word}: a page is missing or out of order")) + code.len();
        }
        assert_eq!(Document::open(content.body, None, &Options::default()).unwrap().pages(), 5);
    }
}

#[test]
fn documents_are_rendered_as_the_engine_renders_them() {
    let sandbox = Sandbox::with(&["--pace", "50", "--paper", "a4"]);
    let document = pdf(2);
    for (word, resolution, lines) in [("High", Resolution::High, 2291), ("Low", Resolution::Low, 1145)] {
        let envelope = json!({"to": [{"phoneNumber": GOOD}], "coverIndex": 0, "faxResolution": word});
        let id = post(&sandbox, &envelope, &[("two.pdf", &document)]);
        sandbox.settled(&id);
        let hrefs = entry(&sandbox, &id)["pages"].clone();
        let opened = Document::open(document.clone(), None, &Options::default()).unwrap();
        for page in 0..2 {
            let expected = opened.render(page, resolution, Paper::A4, Turn::Auto).unwrap().bitmap;
            assert_eq!(expected.height(), lines);
            assert!(expected.black() > 500);
            assert!(shown(&sandbox, &hrefs[page], resolution) == expected, "{word}, page {page}");
        }
    }
}

#[test]
fn resends_and_forwards_have_the_pages_of_their_original() {
    let sandbox = Sandbox::start();
    let resend = |body: Value| {
        let reply = sandbox.post("application/json", body.to_string().as_bytes());
        assert_eq!(reply.status, 200, "{}", reply.text());
        reply.json()["id"].clone()
    };
    let first = post(&sandbox, &json!({"to": [{"phoneNumber": GOOD}]}), &[("two.pdf", &pdf(2))]);
    sandbox.settled(&first);
    let again = resend(json!({"originalMessageId": first.to_string()}));
    assert_eq!(sandbox.settled(&again)["faxPageCount"], 3);
    let once_more = resend(json!({"originalMessageId": again.to_string()}));
    assert_eq!(sandbox.settled(&once_more)["faxPageCount"], 3);
    for page in 1..=3 {
        let page = |id: &Value| sandbox.get(&format!("/inbox/{id}/pages/{page}.png")).body;
        assert!(page(&first) == page(&again) && page(&first) == page(&once_more));
    }
    let content = |id: &Value| sandbox.get(&format!("{MESSAGES}/{id}/content/{id}")).body;
    assert!(content(&first) == content(&once_more));

    // Nobody posted this one: its pages are made when they are needed, and are as many as it said.
    let inbound = json!(1_900_000_002);
    assert_eq!(sandbox.message(&inbound)["faxPageCount"], 3);
    let before = Document::open(content(&inbound), None, &Options::default()).unwrap();
    assert_eq!(before.pages(), 3);
    let forward = resend(json!({"originalMessageId": "1900000002", "to": [{"phoneNumber": GOOD}]}));
    assert_eq!(sandbox.settled(&forward)["faxPageCount"], 3);
    assert_eq!(sandbox.message(&inbound)["faxPageCount"], 3);
    let hrefs = entry(&sandbox, &forward)["pages"].clone();
    assert!(shown(&sandbox, &hrefs[0], Resolution::High) != shown(&sandbox, &hrefs[2], Resolution::High));
    assert!(content(&inbound) == content(&forward));
}

#[test]
fn a_document_that_takes_too_long_holds_up_nobody_for_long() {
    let sandbox = Sandbox::with(&["--pace", "50", "--rendering-limit", "1"]);
    // Within one page nothing stops the engine. Transparent layers over the whole page: many, and few enough for the memory that it may take.
    let layers = "/G gs 0 0 612 792 re f\n".repeat(20_000);
    let slow = crate::support::pdf_of(&[&layers], "/ExtGState<</G<</ca 0.5/BM/Luminosity>>>>");
    let began = Instant::now();
    let hostile = [post(&sandbox, &plain(), &[("slow.pdf", &slow)]), post(&sandbox, &plain(), &[("slow.pdf", &slow)])];
    let sound = sandbox.fax(&[GOOD]).json()["id"].clone();
    for id in &hostile {
        let message = sandbox.settled_within(id, 30);
        assert_eq!(outcome(&message), (json!(0), vec![json!("RenderingFailed")]));
        let page = sandbox.get("/inbox").text();
        assert!(page.contains("RenderingFailed: document 1: the time is up."), "{page}");
    }
    assert_eq!(sandbox.settled(&sound)["messageStatus"], "Sent");
    assert!(began.elapsed() < Duration::from_secs(25), "{:?}", began.elapsed());
}

/// A PDF of two megabytes whose table of objects unpacks to two gigabytes: it is needed before anything can be known.
fn bomb() -> Vec<u8> {
    use flate2::{Compress, Compression, FlushCompress};
    let mut packer = Compress::new(Compression::best(), true);
    let mut packed = || {
        let mut bytes = Vec::with_capacity(1 << 16);
        packer.compress_vec(&[0; 1 << 20], &mut bytes, FlushCompress::Full).unwrap();
        bytes
    };
    // The second megabyte is packed as all that follow are.
    let (first, next) = (packed(), packed());
    let table = [first, next.repeat(2_000)].concat();
    let head = format!(
        "%PDF-1.7\n1 0 obj\n<</Type/XRef/Size 9/W[1 2 1]/Root 2 0 R/Filter/FlateDecode/Length {}>>\nstream\n",
        table.len()
    );
    [head.as_bytes(), &table, b"\nendstream\nendobj\nstartxref\n9\n%%EOF\n"].concat()
}

#[cfg(target_os = "linux")]
#[test]
fn a_document_that_takes_too_much_memory_ends_its_renderer_alone() {
    let sandbox = Sandbox::start();
    let hostile = post(&sandbox, &plain(), &[("bomb.pdf", &bomb())]);
    let sound = sandbox.fax(&[GOOD]).json()["id"].clone();
    let message = sandbox.settled_within(&hostile, 60);
    assert_eq!(outcome(&message), (json!(0), vec![json!("RenderingFailed")]));
    let page = sandbox.get("/inbox").text();
    assert!(page.contains("RenderingFailed: document 1: the document ended the renderer."), "{page}");
    assert_eq!(sandbox.settled(&sound)["messageStatus"], "Sent");
}

#[test]
fn recipients_wait_for_their_pages() {
    // Due long before 200 pages are there.
    let sandbox = Sandbox::with(&["--pace", "1"]);
    let envelope = json!({
        "to": [{"phoneNumber": GOOD}, {"phoneNumber": "+9990000005"}], "coverIndex": 0, "faxResolution": "Low",
    });
    let id = post(&sandbox, &envelope, &[("a.pdf", &pdf(60))]);
    let path = format!("{MESSAGES}/{id}/content/{id}");
    assert_eq!(sandbox.get(&path).refusal(), (400, "MSG-368".into(), String::new()));
    let waiting = sandbox.message(&id);
    assert_eq!((&waiting["messageStatus"], &waiting["faxPageCount"]), (&json!("Queued"), &json!(0)));
    assert_eq!(entry(&sandbox, &id)["rendering"], "Waiting");
    assert!(sandbox.get("/inbox").text().contains("Being rendered."));
    assert_eq!(sandbox.get(&format!("/inbox/{id}/pages/1.png")).refusal().2, "page");
    let message = sandbox.settled_within(&id, 60);
    // A number that fails so on purpose has pages all the same.
    assert_eq!(outcome(&message), (json!(60), vec![Value::Null, json!("RenderingFailed")]));
    assert_eq!(sandbox.get(&path).status, 200);
}

#[test]
fn rendering_goes_on_after_a_restart() {
    let mut sandbox = Sandbox::with(&["--pace", "60000"]);
    let id = post(&sandbox, &json!({"to": [{"phoneNumber": GOOD}], "coverIndex": 0}), &[("a.pdf", &pdf(60))]);
    assert_eq!(entry(&sandbox, &id)["rendering"], "Waiting");
    sandbox.restart(&["--pace", "60000"]);
    let fax = sandbox.rendered(&id);
    assert_eq!((&fax["rendering"], fax["pages"].as_array().unwrap().len()), (&json!("Done"), 60));
    assert_eq!(sandbox.message(&id)["faxPageCount"], 0, "it is still Queued");
}

#[test]
fn what_is_emptied_meanwhile_is_gone() {
    let sandbox = Sandbox::start();
    post(&sandbox, &plain(), &[("a.pdf", &pdf(60))]);
    assert_eq!(sandbox.request("DELETE", "/inbox", &["X-Fax-Sandbox: empty"], b"").status, 204);
    let id = sandbox.fax(&[GOOD]).json()["id"].clone();
    assert_eq!(sandbox.settled_within(&id, 60)["faxPageCount"], 2);
    assert_eq!(sandbox.inbox().len(), 1);
    assert!(!sandbox.log().contains("the store failed"), "{}", sandbox.log());
}

#[test]
fn pages_can_be_looked_at() {
    let sandbox = Sandbox::start();
    let id = post(&sandbox, &plain(), &[("a.pdf", &pdf(12))]);
    sandbox.settled(&id);
    let page = sandbox.get("/inbox");
    assert!(page.header("content-security-policy").unwrap().contains("img-src 'self'"));
    let text = page.text();
    assert!(text.contains("<summary>2 more</summary>") && text.contains(" · 12 pages"));
    let source = format!("/inbox/{id}/thumbnails/12.png?");
    let at = text.find(&source).unwrap();
    let source = text[at..].split('"').next().unwrap();
    let small = sandbox.get(source);
    let info = png::Decoder::new(std::io::Cursor::new(&small.body)).read_info().unwrap();
    assert_eq!((info.info().width, info.info().height), (240, 312));
    assert!(small.header("cache-control").unwrap().contains("immutable"));
    assert_eq!(sandbox.get(source.split('?').next().unwrap()).header("cache-control"), Some("no-store"));
    let view = sandbox.get(&format!("/inbox/{id}/pages/12")).text();
    assert!(view.contains("Page 12 of 12") && view.contains("1728 by 2156 points, High"));
    assert!(view.contains(&format!("href=\"/inbox/{id}/pages/11\"")) && !view.contains("pages/13"));
    for none in ["pages/0", "pages/13", "pages/013", "pages/x", "pages/12.gif", "thumbnails/12", "thumbnails/0.png"] {
        assert_eq!(sandbox.get(&format!("/inbox/{id}/{none}")).refusal().2, "page", "{none}");
    }
    assert_eq!(sandbox.post(&form_data(), &parts(&[(NOTE, b"x")])).status, 400);
    assert_eq!(sandbox.post(&form_data(), &fields(&[GOOD])).status, 200);
}
