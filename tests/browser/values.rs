//! Times as the browser's zone has them, and the draft as the plain object of scripts.
//!
//! The law of times holds in every zone, and in UTC it is easily kept: `TZ=America/New_York cargo test …` runs it in
//! a zone that moves its clocks.

use fax_widget::draft::{Draft, TimeReading};
use fax_widget::fax::{Cause, Fax};
use fax_widget::view::{fax_object, read_time};
use js_sys::{Array, Date, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{File, HtmlInputElement};

use crate::network::{Network, object, property};
use crate::page::{Page, file, pdf, settle};

// ----- times

fn reading(typed: &str) -> TimeReading {
    read_time(typed).reading
}

/// An instant by its text in UTC.
fn utc(text: &str) -> TimeReading {
    TimeReading::At(Date::parse(text) as i64)
}

/// The parts that a clock in the browser's zone shows, as a person types them.
fn local(date: &Date) -> String {
    let [year, month, day] = [date.get_full_year(), date.get_month() + 1, date.get_date()];
    format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}", date.get_hours(), date.get_minutes())
}

fn local_date(month: i32, day: i32, hour: i32, minute: i32) -> Date {
    Date::new_with_year_month_day_hr_min(2030, month - 1, day, hour, minute)
}

/// A time in 2030 that the browser's zone leaves out.
fn skipped() -> Option<String> {
    (1..=12).flat_map(|month| (1..=28).map(move |day| (month, day))).find_map(|(month, day)| {
        let typed = |hour| format!("2030-{month:02}-{day:02}T{hour:02}:30");
        (0..4).find(|hour| local(&local_date(month, day, *hour, 30)) != typed(*hour)).map(typed)
    })
}

#[wasm_bindgen_test]
fn a_time_without_a_zone_is_the_browsers_own() {
    for (month, day) in [(1, 15), (7, 15)] {
        let date = local_date(month, day, 10, 30);
        let expected = TimeReading::At(date.get_time() as i64);
        assert_eq!(reading(&format!("2030-{month:02}-{day}T10:30")), expected);
        assert_eq!(reading(&format!(" 2030-{month:02}-{day} 10:30:00 ")), expected);
    }
    let TimeReading::At(millis) = reading("2030-07-15T10:30:45") else { panic!("a time with seconds") };
    assert_eq!(millis, local_date(7, 15, 10, 30).get_time() as i64 + 45_000);
}

#[wasm_bindgen_test]
fn a_time_with_a_zone_is_that_instant() {
    for typed in [
        "2030-07-15T14:30:00Z",
        "2030-07-15T14:30Z",
        "2030-07-15T14:30:00.000Z",
        "2030-07-15T16:30:00+02:00",
        "2030-07-15T16:30:00.000+02:00",
        "2030-07-15T10:30:00.000-04:00",
    ] {
        assert_eq!(reading(typed), utc("2030-07-15T14:30:00Z"), "{typed}");
    }
}

#[wasm_bindgen_test]
fn nonsense_is_kept_as_typed_and_is_no_time() {
    for typed in [
        "soon",
        "2030-13-01T10:00",
        "2030-02-30T10:00",
        "2030-01-01T25:00",
        "2030-01-01T10:60",
        "2030-01-01T10",
        "T10:00",
        "2030-01-01T10:00:00.000X",
        "8:30",
    ] {
        assert_eq!(reading(typed), TimeReading::Unreadable, "{typed}");
        assert_eq!(read_time(typed).typed, typed);
    }
    assert_eq!(reading(""), TimeReading::Missing);
    assert_eq!(reading("  "), TimeReading::Missing);
}

/// A day alone is midnight there, or no time; never midnight in Greenwich, which may be the day before.
#[wasm_bindgen_test]
fn a_day_alone_is_not_the_day_before() {
    let midnight = TimeReading::At(local_date(7, 15, 0, 0).get_time() as i64);
    assert!([midnight, TimeReading::Unreadable].contains(&reading("2030-07-15")), "{:?}", reading("2030-07-15"));
}

#[wasm_bindgen_test]
fn a_time_that_the_clock_leaves_out_is_said_to_be_none() {
    match skipped() {
        Some(typed) => assert_eq!(reading(&typed), TimeReading::Skipped, "{typed}"),
        None => {
            // This zone leaves none out: then no time of the year is said to be left out.
            for month in 1..=12 {
                for day in 1..=28 {
                    let typed = format!("2030-{month:02}-{day:02}T02:30");
                    assert!(matches!(reading(&typed), TimeReading::At(_)), "{typed}");
                }
            }
        }
    }
}

/// Every 13 hours and 7 minutes of a year.
#[wasm_bindgen_test]
fn a_time_reads_as_what_the_clock_shows_then() {
    let (begin, end) = (Date::parse("2030-01-01T00:00Z") as i64, Date::parse("2031-01-01T00:00Z") as i64);
    for millis in (begin..end).step_by(13 * 3_600_000 + 7 * 60_000) {
        let typed = local(&Date::new(&(millis as f64).into()));
        let TimeReading::At(read) = reading(&typed) else { panic!("{typed} is a time") };
        // Where the clock shows a time twice, either is right.
        assert_eq!(local(&Date::new(&(read as f64).into())), typed);
        assert!(read == millis || (read - millis).abs() <= 3_600_000, "{typed}");
    }
}

#[wasm_bindgen_test]
async fn the_time_that_a_script_sets_is_shown_as_the_clock_shows_it_and_reads_back() {
    let _network = Network::new([]);
    let page = Page::open().await;
    for instant in ["2030-01-15T14:30:00.000Z", "2030-07-15T23:45:00Z"] {
        page.widget.edit(|draft| draft.send_time = Some(read_time(instant)));
        settle().await;
        let field: HtmlInputElement = page.find("[data-focus=sendTime]").unchecked_into();
        assert_eq!(field.value(), local(&Date::new(&instant.into())), "{instant}");
        assert_eq!(reading(&field.value()), utc(instant));
    }
}

// ----- the object of scripts

fn plain(json: &str, attachments: &[File]) -> JsValue {
    let plain = object(json);
    let files: Array = attachments.iter().collect();
    Reflect::set(&plain, &"attachments".into(), &files).unwrap();
    plain.into()
}

fn read(value: &JsValue) -> Draft<File> {
    fax_object::read(value).unwrap_or_else(|error| panic!("{error:?}"))
}

/// The object as JSON; files have no properties of their own there.
fn json(value: &JsValue) -> String {
    js_sys::JSON::stringify(value).unwrap().into()
}

fn causes(draft: &Draft<File>) -> Vec<(&'static str, Cause)> {
    let flaws = Fax::new(draft, 0).err().unwrap_or_default();
    flaws.into_iter().map(|flaw| (flaw.field.parameter(), flaw.cause)).collect()
}

#[wasm_bindgen_test]
fn what_is_written_reads_back() {
    let whole = r#"{"to":[{"phoneNumber":"+16505550100","name":"Anna"},{"phoneNumber":"(650) 555-0101"}],"attachments":[{},{}],"faxResolution":"Low","coverIndex":7,"coverPageText":"two\nlines","sendTime":"2030-07-15T14:30:00.000Z","isoCode":"FR"}"#;
    let files = [pdf("a.pdf"), file("b.txt", "text/plain", "b")];
    let draft = read(&plain(whole, &files));
    let written = fax_object::write(&draft);
    assert_eq!(json(&written), whole);
    let attachments: Array = property(&written, "attachments").into();
    assert!(files.iter().zip(attachments.iter()).all(|(chosen, written)| Object::is(chosen, &written)));
    let again = read(&written);
    assert!(again.to == draft.to && again.attachments == draft.attachments);
    assert_eq!(json(&fax_object::write(&again)), whole);
    assert!(Fax::new(&again, 0).is_ok());
}

#[wasm_bindgen_test]
fn what_is_not_set_is_absent() {
    for value in [JsValue::UNDEFINED, JsValue::NULL, Object::new().into()] {
        assert_eq!(json(&fax_object::write(&read(&value))), r#"{"to":[],"attachments":[],"faxResolution":"High"}"#);
    }
    let nulls = r#"{"to":null,"attachments":null,"faxResolution":null,"coverIndex":null,"coverPageText":null,"sendTime":null,"isoCode":null}"#;
    assert!(read(&object(nulls)) == Draft::default());
}

#[wasm_bindgen_test]
fn no_cover_page_is_kept_apart_from_the_accounts_own() {
    for zero in [r#"{"coverIndex":0}"#, r#"{"coverIndex":"0"}"#] {
        let draft = read(&object(zero));
        assert_eq!(draft.cover_index, Some(0));
        assert_eq!(property(&fax_object::write(&draft), "coverIndex").as_f64(), Some(0.0));
    }
    assert_eq!(read(&object("{}")).cover_index, None);
}

#[wasm_bindgen_test]
fn numbers_may_be_plain_strings() {
    let draft = read(&object(r#"{"to":["+16505550100",{"phoneNumber":16505550101}]}"#));
    let numbers: Vec<&str> = draft.to.iter().map(|entry| entry.phone_number.as_str()).collect();
    assert_eq!(numbers, ["+16505550100", "16505550101"]);
}

#[wasm_bindgen_test]
fn a_time_may_be_a_date() {
    let plain = object("{}");
    Reflect::set(&plain, &"sendTime".into(), &Date::new(&"2030-07-15T14:30:00Z".into())).unwrap();
    let draft = read(&plain);
    assert_eq!(draft.send_time.as_ref().map(|time| time.reading), Some(utc("2030-07-15T14:30:00Z")));
    assert_eq!(property(&fax_object::write(&draft), "sendTime"), JsValue::from_str("2030-07-15T14:30:00.000Z"));
    Reflect::set(&plain, &"sendTime".into(), &Date::new(&JsValue::from_f64(f64::NAN))).unwrap();
    assert_eq!(read(&plain).send_time.map(|time| time.reading), Some(TimeReading::Unreadable));
}

#[wasm_bindgen_test]
fn what_is_wrong_is_kept_for_the_form_to_show() {
    let flawed = r#"{"to":[{"phoneNumber":"call me"}],"faxResolution":"Medium","coverIndex":-1,"sendTime":"soon","isoCode":"UK"}"#;
    let draft = read(&plain(flawed, &[file("a.exe", "", "x"), file("empty.pdf", "application/pdf", "")]));
    let causes = causes(&draft);
    let parameters: Vec<&str> = causes.iter().map(|(parameter, _)| *parameter).collect();
    assert_eq!(
        parameters,
        ["to", "attachment", "attachment", "faxResolution", "coverIndex", "sendTime", "isoCode"],
        "{causes:?}"
    );
    let written = fax_object::write(&draft);
    assert_eq!(json(&property(&written, "to")), r#"[{"phoneNumber":"call me"}]"#);
    let texts = ["faxResolution", "sendTime", "isoCode"].map(|name| property(&written, name).as_string());
    assert_eq!(texts.map(Option::unwrap_or_default), ["Medium", "soon", "UK"]);
    assert_eq!(property(&written, "attachments").unchecked_into::<Array>().length(), 2);
    for index in ["1.5", r#""x""#, "-1"] {
        let draft = read(&object(&format!(r#"{{"coverIndex":{index}}}"#)));
        assert_eq!(draft.cover_index, Some(-1), "{index}");
    }
}

#[track_caller]
fn refuses(value: &JsValue) {
    match fax_object::read(value) {
        Err(error) => assert!(error.is_instance_of::<js_sys::TypeError>(), "{error:?}"),
        Ok(draft) => panic!("{} is read as {}", json(value), json(&fax_object::write(&draft))),
    }
}

#[wasm_bindgen_test]
fn a_list_of_another_kind_is_a_type_error() {
    for flawed in [
        r#"{"to":"+16505550100"}"#,
        r#"{"to":16505550100}"#,
        r#"{"to":true}"#,
        r#"{"to":[{}]}"#,
        r#"{"to":[null]}"#,
        r#"{"to":[["+16505550100"]]}"#,
        r#"{"to":[{"phoneNumber":{}}]}"#,
        r#"{"attachments":"a.pdf"}"#,
        r#"{"attachments":["a.pdf"]}"#,
        r#"{"attachments":[{}]}"#,
        r#"{"attachments":[null]}"#,
    ] {
        refuses(&object(flawed));
    }
    let blob: JsValue = pdf("a.pdf").slice().unwrap().into();
    let plain = object("{}");
    Reflect::set(&plain, &"attachments".into(), &Array::of1(&blob)).unwrap();
    refuses(&plain);
}

/// An object in place of a list would be read as an empty one.
#[wasm_bindgen_test]
fn an_object_in_place_of_a_list_is_a_type_error() {
    refuses(&object(r#"{"to":{"phoneNumber":"+16505550100"}}"#));
    let plain = object("{}");
    Reflect::set(&plain, &"attachments".into(), &pdf("a.pdf")).unwrap();
    refuses(&plain);
}

/// Read as nothing, it would empty the form without a word.
#[wasm_bindgen_test]
fn what_is_no_object_is_a_type_error() {
    for value in [JsValue::from_str("+16505550100"), JsValue::from_f64(7.0), JsValue::TRUE] {
        refuses(&value);
    }
}

/// Read as absent, a time to send at would be now. As a flaw it may be kept as well.
#[wasm_bindgen_test]
fn a_time_of_another_kind_is_not_now() {
    for flawed in [r#"{"sendTime":{}}"#, r#"{"sendTime":true}"#, r#"{"sendTime":[2030,7,15]}"#] {
        match fax_object::read(&object(flawed)) {
            Err(error) => assert!(error.is_instance_of::<js_sys::TypeError>(), "{error:?}"),
            Ok(draft) => assert!(draft.send_time.is_some(), "{flawed} is now"),
        }
    }
}

#[wasm_bindgen_test]
fn files_may_come_in_the_browsers_own_list() {
    let data = web_sys::DataTransfer::new().unwrap();
    data.items().add_with_file(&pdf("a.pdf")).unwrap();
    let plain = object("{}");
    Reflect::set(&plain, &"attachments".into(), &data.files().unwrap()).unwrap();
    let names: Vec<String> = read(&plain).attachments.into_iter().map(|entry| entry.name).collect();
    assert_eq!(names, ["a.pdf"]);
}
