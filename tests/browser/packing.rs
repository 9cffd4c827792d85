//! A fax as the browser's own FormData or Blob.

use fax_widget::client::Encoding;
use fax_widget::draft::Draft;
use fax_widget::view::read_time;
use js_sys::{Object, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Blob, File, Request};

use crate::network::{Answer, Network, body_text, form, header, large_file, object, property, watch};
use crate::page::{NUMBER, Page, attach, file, pdf};
use crate::sending::{client, fax};

/// Posts a fax, and gives the request.
async fn posted(encoding: Encoding, change: impl FnOnce(&mut Draft<File>)) -> Request {
    let network = Network::new([Answer::Accepts]);
    client(encoding).send(&fax(change), &|_| true).await.map_err(|failure| failure.code).unwrap();
    assert_eq!(network.posts(), 1);
    network.post(0)
}

fn as_file(value: &JsValue) -> File {
    value.clone().dyn_into().expect("a File")
}

async fn content(blob: &Blob) -> String {
    JsFuture::from(blob.text()).await.unwrap().as_string().unwrap()
}

/// Name, type and text of a file in a form.
async fn described(value: &JsValue) -> [String; 3] {
    let file = as_file(value);
    [file.name(), file.type_(), content(&file).await]
}

#[wasm_bindgen_test]
async fn a_form_has_the_guides_fields_in_its_order() {
    let request = posted(Encoding::FormData, |draft| {
        draft.add_recipients("+16505550101, +16505550102", "");
        draft.cover_page_text = "For Anna".to_owned();
        draft.set_cover_index("2");
        draft.fax_resolution = "Low".to_owned();
        draft.send_time = Some(read_time("2030-03-19T08:00:00Z"));
        draft.iso_code = "gb".to_owned();
        attach(draft, file("Größe, 1.TXT", "text/plain", "attachment1"));
        attach(draft, file("scan.png", "", "attachment2"));
    })
    .await;
    let form = form(&request).await;
    let texts: Vec<(&str, String)> =
        form.iter().filter_map(|(name, value)| Some((name.as_str(), value.as_string()?))).collect();
    let expected = [
        ("coverPageText", "For Anna"),
        ("coverIndex", "2"),
        ("faxResolution", "Low"),
        ("sendTime", "2030-03-19T08:00:00.000Z"),
        ("isoCode", "GB"),
        ("to", "+16505550100"),
        ("to", "+16505550101"),
        ("to", "+16505550102"),
    ];
    assert_eq!(texts, expected.map(|(name, value)| (name, value.to_owned())));
    // The files stand behind the fields, each with its wire name, its kind's type and its own bytes.
    let files = &form[expected.len()..];
    assert!(files.iter().all(|(name, _)| name == "attachment"));
    assert_eq!(files.len(), 3);
    assert_eq!(described(&files[0].1).await, ["a.pdf", "application/pdf", "%PDF-1.7"]);
    assert_eq!(described(&files[1].1).await, ["Gr_e_1.TXT", "text/plain", "attachment1"]);
    assert_eq!(described(&files[2].1).await, ["scan.png", "image/png", "attachment2"]);
}

#[wasm_bindgen_test]
async fn what_is_not_chosen_is_not_in_the_form() {
    let form = form(&posted(Encoding::FormData, |_| {}).await).await;
    let names: Vec<&str> = form.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["faxResolution", "to", "attachment"]);
}

#[wasm_bindgen_test]
async fn a_form_goes_under_the_browsers_own_boundary() {
    let request = posted(Encoding::FormData, |_| {}).await;
    let content_type = header(&request, "Content-Type");
    let boundary = content_type.strip_prefix("multipart/form-data; boundary=").expect(&content_type);
    let body = body_text(&request).await;
    assert!(!boundary.is_empty() && body.starts_with(&format!("--{boundary}\r\n")), "{content_type}\n{body}");
    assert!(body.trim_end().ends_with(&format!("--{boundary}--")), "{body}");
}

#[wasm_bindgen_test]
async fn a_request_says_who_asks_and_for_what() {
    let request = posted(Encoding::FormData, |_| {}).await;
    assert_eq!(request.method(), "POST");
    assert_eq!(request.url(), "https://fax.test/restapi/v1.0/account/~/extension/~/fax");
    assert_eq!(header(&request, "Authorization"), "Bearer token");
    assert_eq!(header(&request, "Accept"), "application/json");
    assert_eq!(request.credentials(), web_sys::RequestCredentials::Omit);
    assert_eq!(request.cache(), web_sys::RequestCache::NoStore);
}

#[wasm_bindgen_test]
async fn a_recipients_name_turns_the_fields_into_one_json_part_in_front() {
    let request = posted(Encoding::FormData, |draft| {
        draft.add_recipient("+16505550101", "Zoë");
        draft.set_cover_index("0");
    })
    .await;
    let form = form(&request).await;
    let names: Vec<&str> = form.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["json", "attachment"]);
    let [name, content_type, json] = described(&form[0].1).await;
    assert_eq!([name.as_str(), content_type.as_str()], ["request.json", "application/json"]);
    let expected = r#"{"to":[{"phoneNumber":"+16505550100"},{"phoneNumber":"+16505550101","name":"Zoë"}],"coverIndex":0,"faxResolution":"High"}"#;
    assert_eq!(json, expected);
    assert_eq!(described(&form[1].1).await, ["a.pdf", "application/pdf", "%PDF-1.7"]);
}

/// The browser turns line ends of a text field into CRLF, and the limit counts what arrives.
#[wasm_bindgen_test]
async fn cover_text_that_its_line_ends_would_make_too_long_goes_as_json() {
    let text = "x\n".repeat(400);
    let flat = form(&posted(Encoding::FormData, |draft| draft.cover_page_text = "a\nb".to_owned()).await).await;
    assert_eq!((flat[0].0.as_str(), flat[0].1.as_string().as_deref()), ("coverPageText", Some("a\r\nb")));
    let long = form(&posted(Encoding::FormData, |draft| draft.cover_page_text = text.clone()).await).await;
    assert_eq!(long[0].0, "json");
    let json = object(&content(&as_file(&long[0].1)).await);
    assert_eq!(property(&json, "coverPageText").as_string(), Some(text));
}

#[wasm_bindgen_test]
async fn a_mixed_body_and_its_header_agree_on_the_boundary() {
    let request = posted(Encoding::Mixed, |draft| {
        draft.add_recipient("+16505550101", "Zoë");
        attach(draft, file("b.txt", "text/plain", "two\nlines"));
    })
    .await;
    let content_type = header(&request, "Content-Type");
    let boundary = content_type.strip_prefix("multipart/mixed; boundary=").expect(&content_type);
    assert_eq!(boundary, boundary.to_lowercase(), "browsers lower-case the type of a Blob");
    let golden = [
        "--BOUNDARY\r\nContent-Type: application/json\r\n\r\n",
        r#"{"to":[{"phoneNumber":"+16505550100"},{"phoneNumber":"+16505550101","name":"Zoë"}],"faxResolution":"High"}"#,
        "\r\n--BOUNDARY\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename=\"a.pdf\"\r\n\r\n",
        "%PDF-1.7",
        "\r\n--BOUNDARY\r\nContent-Type: text/plain\r\nContent-Disposition: attachment; filename=\"b.txt\"\r\n\r\n",
        "two\nlines\r\n--BOUNDARY--\r\n",
    ];
    assert_eq!(body_text(&request).await, golden.concat().replace("BOUNDARY", boundary));
}

#[wasm_bindgen_test]
async fn every_mixed_body_has_a_boundary_of_its_own() {
    let first = header(&posted(Encoding::Mixed, |_| {}).await, "Content-Type");
    let second = header(&posted(Encoding::Mixed, |_| {}).await, "Content-Type");
    assert!(first.starts_with("multipart/mixed; ") && first != second, "{first}");
}

#[wasm_bindgen_test]
async fn a_file_of_the_right_type_is_appended_as_it_is() {
    let network = Network::new([]);
    let prototype = property(&property(&js_sys::global(), "FormData"), "prototype");
    let appended = watch(&prototype, "append");
    let (right, wrong) = (pdf("right.pdf"), file("wrong.csv", "application/vnd.ms-excel", "1;2"));
    let fax = fax(|draft| {
        draft.attachments.clear();
        attach(draft, right.clone());
        attach(draft, wrong.clone());
    });
    client(Encoding::FormData).send(&fax, &|_| true).await.map_err(|failure| failure.code).unwrap();
    assert_eq!(network.posts(), 1);
    let files: Vec<js_sys::Array> = appended
        .iter()
        .map(JsCast::unchecked_into::<js_sys::Array>)
        .filter(|values| values.get(0) == JsValue::from_str("attachment"))
        .collect();
    assert!(Object::is(&files[0].get(1), &right), "the very object that was chosen");
    assert_eq!(files[0].get(2), JsValue::from_str("right.pdf"));
    // Only the type differs: a view of the same bytes.
    let retyped: Blob = files[1].get(1).unchecked_into();
    assert!(!Object::is(&retyped, &wrong));
    assert_eq!((retyped.type_().as_str(), retyped.size()), ("text/csv", 3.0));
    assert_eq!(content(&retyped).await, "1;2");
}

fn wasm_bytes() -> f64 {
    let buffer = property(&wasm_bindgen::memory(), "buffer");
    Reflect::get(&buffer, &"byteLength".into()).unwrap().as_f64().unwrap()
}

#[wasm_bindgen_test]
async fn documents_never_enter_the_programs_memory() {
    const MEGABYTE: f64 = 1_048_576.0;
    for encoding in [Encoding::FormData, Encoding::Mixed] {
        for content_type in ["application/pdf", ""] {
            let large = large_file("large.pdf", content_type, 20);
            assert_eq!(large.size(), 20.0 * MEGABYTE);
            let before = wasm_bytes();
            let request = posted(encoding, |draft| {
                attach(draft, large.clone());
            })
            .await;
            // As the network would, read all that goes.
            let body = JsFuture::from(request.array_buffer().unwrap()).await.unwrap();
            assert!(Uint8Array::new(&body).length() > 20 << 20, "all of it was on its way");
            assert!(wasm_bytes() - before < MEGABYTE, "{encoding:?}: {} bytes more", wasm_bytes() - before);
        }
    }
    // Nor on the way through the form.
    let network = Network::new([Answer::Accepts]);
    let page = Page::open().await;
    let before = wasm_bytes();
    page.choose(&[large_file("large.pdf", "application/pdf", 20)]).await;
    page.add_recipient(NUMBER).await;
    page.send().await;
    page.until_heard("fax-accepted").await;
    assert_eq!(network.posts(), 1);
    assert!(wasm_bytes() - before < MEGABYTE, "{} bytes more", wasm_bytes() - before);
    // The measure sees a copy where there is one.
    let before = wasm_bytes();
    let large = large_file("large.pdf", "application/pdf", 20);
    let bytes = Uint8Array::new(&JsFuture::from(large.array_buffer()).await.unwrap()).to_vec();
    assert_eq!(bytes.len(), 20 << 20);
    assert!(wasm_bytes() - before > 10.0 * MEGABYTE, "{} bytes more", wasm_bytes() - before);
}
