//! Both encodings of a fax as a person reads them, and as a MIME parser that is not ours reads them.
//!
//! Golden texts show what goes over the wire, to be held against the guide; the properties say that no name, text or
//! document, however hostile, changes the shape of a body or comes out as anything but itself.

// Tests stop at the first thing that is not as they say; that is their way to fail.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

use fax_widget::draft::{Draft, DraftTime, TimeReading};
use fax_widget::encoding::{Boundary, FormField, Segment, form_data, mixed};
use fax_widget::fax::{Fax, ISO_CODES, MOST_COVER_TEXT};
use fax_widget::file_kind::{self, FILE_KINDS};
use mailparse::{DispositionType, MailHeaderMap, ParsedMail};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// Before any time that a golden text sends at.
const NOW: i64 = 1_300_000_000_000;

const BOUNDARY: &str = "fax-000102030405060708090a0b0c0d0e0f";

fn boundary() -> Boundary {
    Boundary::new([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15])
}

fn at(millis: i64) -> Option<DraftTime> {
    Some(DraftTime { typed: String::new(), reading: TimeReading::At(millis) })
}

/// One recipient, one document, and whatever `change` makes of it.
fn fax(change: impl FnOnce(&mut Draft<&'static str>)) -> Fax<&'static str> {
    let mut draft = Draft::default();
    draft.add_recipient("+16505550100", "");
    draft.add_attachment("%PDF", "contract.pdf", 4, "application/pdf");
    change(&mut draft);
    Fax::new(&draft, NOW).unwrap()
}

/// A line for each entry, text as it is handed to the browser.
fn form_data_text(fax: &Fax<&str>) -> String {
    let line = |field| match field {
        FormField::Text { name, value } => format!("{name} = {value}\n"),
        FormField::Json(json) => format!("json = {json}\n"),
        FormField::File(file) => {
            format!("attachment = {} ({}) {}\n", file.wire_name(), file.content_type(), file.file())
        }
    };
    form_data(fax).into_iter().map(line).collect()
}

fn mixed_bytes<F: AsRef<[u8]>>(fax: &Fax<F>) -> Vec<u8> {
    let bytes = |segment: &Segment<F>| match segment {
        Segment::Text(text) => text.as_bytes().to_vec(),
        Segment::File(file) => file.as_ref().to_vec(),
    };
    mixed(fax, &boundary()).segments.iter().flat_map(bytes).collect()
}

/// Golden texts are indented with the code around them.
#[track_caller]
fn reads(found: &str, golden: &str) {
    let golden: String = golden.trim().lines().map(|line| format!("{}\n", line.trim_start())).collect();
    assert!(found == golden, "found:\n{found}\nexpected:\n{golden}");
}

#[track_caller]
fn form_data_reads(fax: &Fax<&str>, golden: &str) {
    reads(&form_data_text(fax), golden);
}

/// `↵` stands for CRLF, so that a line end of another kind shows.
#[track_caller]
fn mixed_reads(fax: &Fax<&str>, golden: &str) {
    reads(&String::from_utf8(mixed_bytes(fax)).unwrap().replace("\r\n", "↵\n"), golden);
}

/// Three documents, two numbers, and every option but the cover text, which the guide's example leaves empty.
fn guide_example() -> Fax<&'static str> {
    let mut draft = Draft::default();
    draft.add_recipients("18001234567, 18001234568", "");
    for text in ["attachment0", "attachment1", "attachment2"] {
        draft.add_attachment(text, &format!("{text}.txt"), 11, "text/plain");
    }
    draft.cover_index = Some(2);
    draft.send_time = at(1_900_137_600_000);
    // Where the guide says UK, which ISO 3166-1 does not have (fax API facts §1.5).
    draft.iso_code = "GB".to_owned();
    Fax::new(&draft, NOW).unwrap()
}

#[test]
fn the_guides_form_data() {
    form_data_reads(
        &guide_example(),
        "
        coverIndex = 2
        faxResolution = High
        sendTime = 2030-03-19T08:00:00.000Z
        isoCode = GB
        to = 18001234567
        to = 18001234568
        attachment = attachment0.txt (text/plain) attachment0
        attachment = attachment1.txt (text/plain) attachment1
        attachment = attachment2.txt (text/plain) attachment2
        ",
    );
}

#[test]
fn what_is_not_set_is_not_sent() {
    form_data_reads(
        &fax(|_| {}),
        "
        faxResolution = High
        to = +16505550100
        attachment = contract.pdf (application/pdf) %PDF
        ",
    );
}

/// 0 is no cover page, absent is the account's own (fax API facts §7.3).
#[test]
fn no_cover_page_is_said_in_so_many_words() {
    let fax = fax(|draft| draft.cover_index = Some(0));
    form_data_reads(
        &fax,
        "
        coverIndex = 0
        faxResolution = High
        to = +16505550100
        attachment = contract.pdf (application/pdf) %PDF
        ",
    );
    mixed_reads(
        &fax,
        r#"
        --fax-000102030405060708090a0b0c0d0e0f↵
        Content-Type: application/json↵
        ↵
        {"to":[{"phoneNumber":"+16505550100"}],"coverIndex":0,"faxResolution":"High"}↵
        --fax-000102030405060708090a0b0c0d0e0f↵
        Content-Type: application/pdf↵
        Content-Disposition: attachment; filename="contract.pdf"↵
        ↵
        %PDF↵
        --fax-000102030405060708090a0b0c0d0e0f--↵
        "#,
    );
}

#[test]
fn flat_fields_stand_in_the_guides_order() {
    form_data_reads(
        &fax(|draft| {
            draft.cover_page_text = "For your review".to_owned();
            draft.cover_index = Some(7);
            draft.fax_resolution = "Low".to_owned();
        }),
        "
        coverPageText = For your review
        coverIndex = 7
        faxResolution = Low
        to = +16505550100
        attachment = contract.pdf (application/pdf) %PDF
        ",
    );
}

/// A flat `to` has no place for a name (fax API facts §1.3), and with JSON there is no flat field at all.
#[test]
fn a_name_turns_the_fields_into_one_json_part() {
    form_data_reads(
        &fax(|draft| {
            draft.add_recipient("+16505550101", "Jane Roe");
            draft.cover_page_text = "For your review".to_owned();
            draft.cover_index = Some(7);
            draft.send_time = at(1_900_137_600_000);
            draft.iso_code = "US".to_owned();
        }),
        concat!(
            r#"json = {"to":[{"phoneNumber":"+16505550100"},{"phoneNumber":"+16505550101","name":"Jane Roe"}],"#,
            r#""coverPageText":"For your review","coverIndex":7,"faxResolution":"High","#,
            r#""sendTime":"2030-03-19T08:00:00.000Z","country":{"isoCode":"US"}}"#,
            "\nattachment = contract.pdf (application/pdf) %PDF",
        ),
    );
}

#[track_caller]
fn cover_text_goes_flat(text: &str) {
    let fax = fax(|draft| draft.cover_page_text = text.to_owned());
    let fields = form_data(&fax);
    assert!(matches!(&fields[0], FormField::Text { name: "coverPageText", value } if value == text));
    assert!(!fields.iter().any(|field| matches!(field, FormField::Json(_))));
}

#[track_caller]
fn cover_text_goes_as_json(text: &str) {
    let fax = fax(|draft| draft.cover_page_text = text.to_owned());
    let fields = form_data(&fax);
    let FormField::Json(json) = &fields[0] else { panic!("no JSON part, or not the first") };
    assert_eq!(serde_json::from_str::<Value>(json).unwrap()["coverPageText"], text);
    assert!(!fields.iter().any(|field| matches!(field, FormField::Text { .. })));
}

/// The browser makes every line end of a flat field CRLF, and 1,024 units are the limit (fax API facts §7.7).
#[test]
fn cover_text_that_would_outgrow_the_limit_goes_as_json() {
    cover_text_goes_flat(&"x".repeat(1024));
    cover_text_goes_flat(&"😀".repeat(512));
    cover_text_goes_flat(&("x".repeat(1022) + "\n"));
    cover_text_goes_flat(&("x".repeat(1022) + "\r"));
    cover_text_goes_flat(&("x".repeat(1022) + "\r\n"));
    cover_text_goes_as_json(&("x".repeat(1023) + "\n"));
    cover_text_goes_as_json(&("x".repeat(1023) + "\r"));
    cover_text_goes_as_json(&("x".repeat(1021) + "\r\n\n"));
    cover_text_goes_as_json(&("x".repeat(1021) + "\n\r\n"));
    cover_text_goes_as_json(&("x".repeat(1020) + "\n\r\r\n"));
    cover_text_goes_as_json(&("😀".repeat(511) + "x\n"));
}

#[test]
fn the_guides_mixed_body() {
    let mut draft = Draft::default();
    draft.add_recipient("18001234567", "");
    draft.add_attachment("Hello, World!", "fax.txt", 13, "");
    draft.send_time = at(1_361_871_080_882);
    let fax = Fax::new(&draft, NOW).unwrap();
    assert_eq!(mixed(&fax, &boundary()).content_type, format!("multipart/mixed; boundary={BOUNDARY}"));
    mixed_reads(
        &fax,
        r#"
        --fax-000102030405060708090a0b0c0d0e0f↵
        Content-Type: application/json↵
        ↵
        {"to":[{"phoneNumber":"18001234567"}],"faxResolution":"High","sendTime":"2013-02-26T09:31:20.882Z"}↵
        --fax-000102030405060708090a0b0c0d0e0f↵
        Content-Type: text/plain↵
        Content-Disposition: attachment; filename="fax.txt"↵
        ↵
        Hello, World!↵
        --fax-000102030405060708090a0b0c0d0e0f--↵
        "#,
    );
}

/// The country has a place of its own in JSON (fax API facts §1.5); documents stand in page order, each with the name
/// and type that it travels under.
#[test]
fn a_mixed_body_with_everything_in_it() {
    let mut draft = Draft::default();
    draft.add_recipient("+441632960001", "Zoë \"Z\" Müller");
    draft.add_recipient("+441632960002", "");
    draft.add_attachment("first\n", "Résumé \"final\".TXT", 6, "Text/Plain; Charset=UTF-8");
    draft.add_attachment("second\r\n", "診断書.xlsb", 8, "");
    draft.add_attachment("--fax-", "note\r\nX-Evil: 1.htm", 6, "image/png");
    draft.fax_resolution = "Low".to_owned();
    draft.cover_index = Some(2);
    draft.cover_page_text = "Two\nlines".to_owned();
    draft.iso_code = "gb".to_owned();
    mixed_reads(
        &Fax::new(&draft, NOW).unwrap(),
        &r#"
        --fax-000102030405060708090a0b0c0d0e0f↵
        Content-Type: application/json↵
        ↵
        {"to":[{"phoneNumber":"+441632960001","name":"Zoë \"Z\" Müller"},{"phoneNumber":"+441632960002"}],
        "coverPageText":"Two\nlines","coverIndex":2,"faxResolution":"Low","country":{"isoCode":"GB"}}↵
        --fax-000102030405060708090a0b0c0d0e0f↵
        Content-Type: text/plain; charset=utf-8↵
        Content-Disposition: attachment; filename="R_sum_final.TXT"↵
        ↵
        first
        ↵
        --fax-000102030405060708090a0b0c0d0e0f↵
        Content-Type: application/vnd.ms-excel.sheet.binary.macroenabled.12↵
        Content-Disposition: attachment; filename="document.xlsb"↵
        ↵
        second↵
        ↵
        --fax-000102030405060708090a0b0c0d0e0f↵
        Content-Type: text/html↵
        Content-Disposition: attachment; filename="note_X-Evil_1.htm"↵
        ↵
        --fax-↵
        --fax-000102030405060708090a0b0c0d0e0f--↵
        "#
        // The JSON is one line; here it is two to fit the page.
        .replace("}],\n        \"cover", "}],\"cover"),
    );
}

/// Text with all that has ever broken out of a header, a quoted string or a line.
fn hostile_text() -> impl Strategy<Value = String> {
    prop_oneof![
        "(?s).{0,60}",
        "[\"\\\\'%;:=.,<>\r\n\t \u{0}\u{7f}\u{85}\u{2028}a-c]{0,40}",
        "[\u{200e}\u{200f}\u{202a}-\u{202e}\u{2066}-\u{2069}éß漢\u{1f600}a-c.]{0,40}",
        Just("a\"\r\nContent-Type: text/html\r\n\r\n<p>".to_owned()),
        Just(format!("\r\n--{BOUNDARY}--\r\n")),
        Just("=?utf-8?B?w6k=?= %22 \\\"; filename*=utf-8''b".to_owned()),
    ]
}

/// Bytes, none of them a document with the boundary in it: that there is none is what the boundary promises.
fn document() -> impl Strategy<Value = Vec<u8>> {
    let near_miss = BOUNDARY.strip_suffix('f').unwrap();
    let piece = prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..40),
        "[-\r\nf]{1,8}".prop_map(String::into_bytes),
        proptest::sample::select(vec![
            "--".to_owned(),
            "\r\n\r\n".to_owned(),
            "\r\n--fax-".to_owned(),
            format!("\r\n--{near_miss}"),
            format!("\r\n--{near_miss}0--\r\n"),
            format!("\n--{}\r\n", BOUNDARY.to_uppercase()),
            format!("\r\n-{BOUNDARY}\r\n"),
            "Content-Type: application/json\r\n\r\n{}".to_owned(),
        ])
        .prop_map(String::into_bytes),
    ];
    proptest::collection::vec(piece, 1..8)
        .prop_map(|pieces| pieces.concat())
        .prop_filter("an empty file is not sent", |bytes| !bytes.is_empty())
        .prop_filter("the boundary occurs in no document", |bytes| {
            let delimiter = format!("--{BOUNDARY}");
            !bytes.windows(delimiter.len()).any(|window| window == delimiter.as_bytes())
        })
}

/// A listed extension behind any stem.
fn file_name() -> impl Strategy<Value = String> {
    (hostile_text(), 0..FILE_KINDS.len(), any::<bool>()).prop_map(|(stem, kind, shouted)| {
        let extension = FILE_KINDS[kind].extension();
        format!("{stem}.{}", if shouted { extension.to_uppercase() } else { extension.to_owned() })
    })
}

/// What a browser may say of the file: nothing, the truth and more, or anything else. The File API leaves no character
/// outside U+0020 to U+007E in it.
fn claimed_type() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        proptest::sample::select(vec![
            "Text/Plain; Charset=UTF-8",
            "application/pdf;version=\"1.7\"",
            " text/html ",
            "\r\ntext/plain",
            "text/plain\r\n\r\n",
            "text/plain\u{a0}",
            " text/plain ;a",
        ])
        .prop_map(str::to_owned),
        "[ -~]{0,30}",
    ]
}

fn cover_text() -> impl Strategy<Value = String> {
    // The second is long enough, and has line ends enough, to stand on either side of the limit.
    prop_oneof![hostile_text(), "[\r\n]{0,24}[x\u{1f600}]{600,700}"].prop_map(|mut text| {
        while text.encode_utf16().count() > MOST_COVER_TEXT {
            text.pop();
        }
        text
    })
}

fn any_draft() -> impl Strategy<Value = Draft<Vec<u8>>> {
    let name = prop_oneof![Just(String::new()), hostile_text()];
    // One name is enough for JSON, so half of all faxes have none.
    let nameless = proptest::collection::vec(Just(String::new()), 1..4);
    let recipients = prop_oneof![nameless, proptest::collection::vec(name, 1..4)];
    let attachments = proptest::collection::vec((document(), file_name(), claimed_type()), 1..4);
    let iso_codes: Vec<&str> = ISO_CODES.split_ascii_whitespace().collect();
    let options = (
        any::<bool>(),
        proptest::option::of(0..30_i64),
        proptest::option::of(NOW + 1..253_402_300_800_000),
        proptest::option::of(proptest::sample::select(iso_codes)),
    );
    (recipients, attachments, cover_text(), options).prop_map(|(recipients, attachments, text, options)| {
        let mut draft = Draft::default();
        for (number, name) in recipients.iter().enumerate() {
            draft.add_recipient(&format!("+1650555010{number}"), name);
        }
        for (bytes, name, claimed_type) in attachments {
            let size = bytes.len() as u64;
            draft.add_attachment(bytes, &name, size, &claimed_type);
        }
        let (low, cover_index, send_time, iso_code) = options;
        draft.fax_resolution = if low { "Low" } else { "High" }.to_owned();
        // A text without a cover page to stand on is a flaw.
        draft.cover_index = cover_index.filter(|index| *index != 0 || text.trim().is_empty());
        draft.cover_page_text = text;
        draft.send_time = send_time.and_then(at);
        draft.iso_code = iso_code.unwrap_or_default().to_owned();
        draft
    })
}

/// All that the fields of a fax say, by the API's names.
fn told<F>(fax: &Fax<F>) -> Value {
    let recipient = |recipient: &fax_widget::fax::Recipient| match recipient.name() {
        Some(name) => json!({ "phoneNumber": recipient.phone_number().to_string(), "name": name }),
        None => json!({ "phoneNumber": recipient.phone_number().to_string() }),
    };
    let mut told = Map::new();
    told.insert("to".into(), fax.to().iter().map(recipient).collect());
    told.insert("faxResolution".into(), fax.fax_resolution().as_str().into());
    if let Some(text) = fax.cover_page_text() {
        told.insert("coverPageText".into(), text.into());
    }
    if let Some(index) = fax.cover_index() {
        told.insert("coverIndex".into(), index.into());
    }
    if let Some(time) = fax.send_time() {
        told.insert("sendTime".into(), time.to_string().into());
    }
    if let Some(code) = fax.iso_code() {
        told.insert("country".into(), json!({ "isoCode": code.as_str() }));
    }
    told.into()
}

/// The same, gathered from flat fields.
fn gathered<F>(fields: &[FormField<F>]) -> Value {
    let mut gathered = Map::new();
    let mut to = Vec::new();
    for field in fields {
        let FormField::Text { name, value } = field else { continue };
        let known = match *name {
            "to" => {
                to.push(json!({ "phoneNumber": value }));
                continue;
            }
            "coverIndex" => gathered.insert((*name).into(), value.parse::<u32>().unwrap().into()),
            "isoCode" => gathered.insert("country".into(), json!({ "isoCode": value })),
            _ => gathered.insert((*name).into(), value.as_str().into()),
        };
        assert!(known.is_none(), "{name} stands there twice");
    }
    gathered.insert("to".into(), to.into());
    gathered.into()
}

/// What the server gets: the header that the transport sets, and the body.
fn message<F: AsRef<[u8]>>(fax: &Fax<F>) -> Vec<u8> {
    let content_type = mixed(fax, &boundary()).content_type;
    let mut message = format!("MIME-Version: 1.0\r\nContent-Type: {content_type}\r\n\r\n").into_bytes();
    message.extend(mixed_bytes(fax));
    message
}

/// The header lines of a part, without its blank line.
fn header_lines<'a>(part: &'a ParsedMail<'_>) -> Vec<&'a str> {
    let block = std::str::from_utf8(part.get_headers().get_raw_bytes()).unwrap();
    block.strip_suffix("\r\n\r\n").expect("the headers end with a blank line").split("\r\n").collect()
}

fn header<'a>(part: &'a ParsedMail<'_>, name: &str) -> &'a str {
    std::str::from_utf8(part.headers.get_first_header(name).unwrap().get_value_raw()).unwrap()
}

fn units_as_crlf(text: &str) -> usize {
    text.replace("\r\n", "\n").replace(['\r', '\n'], "\r\n").encode_utf16().count()
}

proptest! {
    // Seeds of failures are not kept in the repository, and proptest looks for their place beside a lib.rs.
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_mixed_body_reads_back_as_the_same_fax(draft in any_draft()) {
        let fax = Fax::new(&draft, NOW).unwrap();
        let message = message(&fax);
        let mail = mailparse::parse_mail(&message).unwrap();
        prop_assert_eq!(&mail.ctype.mimetype, "multipart/mixed");
        prop_assert_eq!(mail.subparts.len(), 1 + draft.attachments.len());

        let json = &mail.subparts[0];
        prop_assert_eq!(header_lines(json), ["Content-Type: application/json"]);
        let json: Value = serde_json::from_slice(&json.get_body_raw().unwrap()).unwrap();
        prop_assert_eq!(&json, &told(&fax));
        if !draft.cover_page_text.trim().is_empty() {
            prop_assert_eq!(&json["coverPageText"], &draft.cover_page_text);
        }

        for ((part, chosen), checked) in mail.subparts[1..].iter().zip(&draft.attachments).zip(fax.attachments()) {
            // Without a transfer encoding the raw body is the bytes between the delimiters.
            prop_assert_eq!(part.get_body_raw().unwrap(), chosen.file.as_slice());
            prop_assert_eq!(header(part, "Content-Type"), checked.content_type());
            let disposition = part.get_content_disposition();
            prop_assert_eq!(disposition.disposition, DispositionType::Attachment);
            prop_assert_eq!(&disposition.params["filename"], &file_kind::wire_name(&chosen.name));
        }
    }

    #[test]
    fn no_name_reaches_into_a_header(draft in any_draft()) {
        let fax = Fax::new(&draft, NOW).unwrap();
        let message = message(&fax);
        for part in &mailparse::parse_mail(&message).unwrap().subparts[1..] {
            let lines = header_lines(part);
            prop_assert_eq!(lines.len(), 2, "{:?}", lines);
            prop_assert!(lines.concat().bytes().all(|byte| matches!(byte, b' '..=b'~')), "{lines:?}");
            prop_assert!(lines[0].starts_with("Content-Type: "));
            let name = lines[1].strip_prefix("Content-Disposition: attachment; filename=\"").unwrap();
            let name = name.strip_suffix('"').unwrap();
            prop_assert!(!name.is_empty() && !name.contains(['"', '\\', '\r', '\n']), "{name:?}");
        }
    }

    #[test]
    fn form_data_says_what_the_mixed_body_says(draft in any_draft()) {
        let fax = Fax::new(&draft, NOW).unwrap();
        let fields = form_data(&fax);
        if let FormField::Json(json) = &fields[0] {
            let message = message(&fax);
            let in_mixed = mailparse::parse_mail(&message).unwrap().subparts[0].get_body_raw().unwrap();
            prop_assert_eq!(json.as_bytes(), in_mixed);
            prop_assert_eq!(fields.len(), 1 + draft.attachments.len());
        } else {
            prop_assert_eq!(gathered(&fields), told(&fax));
        }
        let files: Vec<_> = fields[fields.len() - draft.attachments.len()..]
            .iter()
            .map(|field| match field {
                FormField::File(file) => Some(file.file()),
                _ => None,
            })
            .collect();
        prop_assert_eq!(files, draft.attachments.iter().map(|chosen| Some(&chosen.file)).collect::<Vec<_>>());
    }

    #[test]
    fn fields_go_flat_wherever_nothing_is_lost_by_it(draft in any_draft()) {
        let fax = Fax::new(&draft, NOW).unwrap();
        let has_name = fax.to().iter().any(|recipient| recipient.name().is_some());
        let fits = fax.cover_page_text().is_none_or(|text| units_as_crlf(text) <= MOST_COVER_TEXT);
        let flat = matches!(form_data(&fax)[0], FormField::Text { .. });
        prop_assert_eq!(flat, !has_name && fits);
    }
}
