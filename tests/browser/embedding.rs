//! What a page that holds the widget relies on: events, `submit()`, errors, and that nothing stays behind.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use fax_widget::reply::{Code, Failure, Outcome};
use fax_widget::view::{Language, Widget, read_time};
use futures_util::future::join;
use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::network::{Answer, MESSAGE, Network, REFUSED, Timers, is_aborted, object, property, watch, watch_markup};
use crate::page::{NUMBER, Page, document, file, pdf, settle, until};

fn json(value: &JsValue) -> String {
    js_sys::JSON::stringify(value).unwrap().into()
}

fn text(value: &JsValue, name: &str) -> String {
    property(value, name).as_string().unwrap_or_default()
}

/// What `submit()` came to, once it has.
fn submitted(widget: Widget) -> Rc<RefCell<Option<Result<JsValue, Failure>>>> {
    let result = Rc::new(RefCell::new(None));
    let told = Rc::clone(&result);
    spawn_local(async move {
        let ended = widget.submit().await;
        *told.borrow_mut() = Some(ended);
    });
    result
}

// ----- submit()

#[wasm_bindgen_test]
async fn submit_resolves_with_the_apis_own_message() {
    let network = Network::new([Answer::Accepts]);
    let page = Page::filled().await;
    let message = page.widget.submit().await.unwrap();
    assert_eq!(json(&message), json(&object(MESSAGE)));
    assert_eq!(network.posts(), 1);
}

#[wasm_bindgen_test]
async fn submit_twice_is_one_attempt() {
    let network = Network::new([Answer::Accepts]);
    let page = Page::filled().await;
    let (first, second) = join(page.widget.submit(), page.widget.submit()).await;
    assert_eq!(json(&first.unwrap()), json(&second.unwrap()));
    assert_eq!(network.posts(), 1);
    // What was accepted is not sent again.
    assert_eq!(json(&page.widget.submit().await.unwrap()), json(&object(MESSAGE)));
    assert_eq!(network.posts(), 1);
}

#[wasm_bindgen_test]
async fn submit_joins_what_a_person_began() {
    let network = Network::new([Answer::Waits]);
    let page = Page::filled().await;
    page.send().await;
    until("the post", || network.posts() == 1).await;
    let joined = submitted(page.widget);
    settle().await;
    network.release(Answer::Says(400, REFUSED));
    until("the end", || joined.borrow().is_some()).await;
    let failure = joined.take().unwrap().unwrap_err();
    assert_eq!((failure.code, failure.outcome), (Code::Refused, Outcome::NotSent));
    assert_eq!(network.posts(), 1);
    assert_eq!(page.heard("fax-error").len(), 1);
}

#[wasm_bindgen_test]
async fn submit_sends_what_still_stands_in_the_number_field() {
    let network = Network::new([]);
    let page = Page::open().await;
    page.choose(&[pdf("a.pdf")]).await;
    page.type_into("to", NUMBER).await;
    assert!(page.widget.submit().await.is_ok());
    assert_eq!(network.posts(), 1);
}

#[wasm_bindgen_test]
async fn a_flawed_draft_is_invalid_and_not_posted() {
    let network = Network::new([]);
    let page = Page::open().await;
    page.add_recipient("call me").await;
    page.choose(&[pdf("a.pdf")]).await;
    let failure = page.widget.submit().await.unwrap_err();
    assert_eq!((failure.code, failure.outcome), (Code::Invalid, Outcome::NotSent));
    assert_eq!(network.posts(), 0);
    assert!(page.heard("fax-submit").is_empty());
}

// ----- events

#[wasm_bindgen_test]
async fn events_come_in_order_bubble_and_cross_shadow_roots() {
    let _network = Network::new([]);
    let mut page = Page::filled().await;
    let order = Rc::new(RefCell::new(Vec::new()));
    for name in ["fax-submit", "fax-progress", "fax-accepted"] {
        let order = Rc::clone(&order);
        page.listen(name, move |event| {
            let phase = text(&event.detail(), "phase");
            order.borrow_mut().push(if phase.is_empty() { event.type_() } else { phase });
        });
    }
    page.send().await;
    page.until_heard("fax-accepted").await;
    assert_eq!(order.take(), ["checking", "fax-submit", "uploading", "accepted", "fax-accepted"]);
    for name in ["fax-change", "fax-submit", "fax-progress", "fax-accepted"] {
        for event in page.heard(name) {
            assert!(event.bubbles() && event.composed(), "{name}");
            assert_eq!(event.cancelable(), name == "fax-submit", "{name}");
        }
    }
    assert_eq!(json(&page.heard("fax-accepted")[0].detail()), json(&object(MESSAGE)));
    let uploading = page.heard("fax-progress").into_iter().find(|event| text(&event.detail(), "phase") == "uploading");
    assert_eq!(property(&uploading.unwrap().detail(), "total").as_f64(), Some(8.0));
}

#[wasm_bindgen_test]
async fn fax_submit_carries_the_draft() {
    let _network = Network::new([]);
    let page = Page::open().await;
    let chosen = pdf("a.pdf");
    page.choose(std::slice::from_ref(&chosen)).await;
    page.add_recipient("Anna <+16505550100>").await;
    page.send().await;
    page.until_heard("fax-accepted").await;
    let detail = page.heard("fax-submit")[0].detail();
    assert_eq!(json(&property(&detail, "to")), r#"[{"phoneNumber":"+16505550100","name":"Anna"}]"#);
    assert_eq!(text(&detail, "faxResolution"), "High");
    let attachments: Array = property(&detail, "attachments").into();
    assert_eq!(attachments.length(), 1);
    assert!(js_sys::Object::is(&attachments.get(0), &chosen));
}

#[wasm_bindgen_test]
async fn a_page_that_prevents_fax_submit_stops_the_fax_before_any_request() {
    let network = Network::new([]);
    let mut page = Page::filled().await;
    let requests = network.requests();
    page.listen("fax-submit", |event| event.prevent_default());
    let failure = page.widget.submit().await.unwrap_err();
    assert_eq!((failure.code, failure.outcome), (Code::Cancelled, Outcome::NotSent));
    assert_eq!(page.failure().await, ["cancelled", "not-sent"]);
    settle().await;
    assert_eq!(network.requests(), requests);
    assert!(page.shows("The fax was not sent"));
    assert_eq!(page.documents(), ["a.pdf"]);
}

/// As good a place to call it off as any; what is told is `not-sent`, so nothing may go.
#[wasm_bindgen_test]
async fn a_page_that_cancels_in_fax_submit_stops_the_fax_before_any_request() {
    let network = Network::new([]);
    let mut page = Page::filled().await;
    let widget = page.widget;
    page.listen("fax-submit", move |_| widget.cancel());
    let failure = widget.submit().await.unwrap_err();
    settle().await;
    assert_eq!((failure.code, failure.outcome), (Code::Cancelled, Outcome::NotSent));
    assert_eq!(network.posts(), 0);
}

#[wasm_bindgen_test]
async fn fax_error_is_a_fax_error_that_gives_nobody_away() {
    let _network = Network::new([Answer::Says(400, REFUSED)]);
    let page = Page::open().await;
    page.add_recipient("Anna Secret <+16505550100>").await;
    page.choose(&[pdf("diagnosis.pdf")]).await;
    page.send().await;
    let error = page.until_heard("fax-error").await;
    assert!(error.is_instance_of::<js_sys::Error>());
    assert_eq!(["name", "code", "outcome"].map(|name| text(&error, name)), ["FaxError", "refused", "not-sent"]);
    assert_eq!(property(&error, "status").as_f64(), Some(400.0));
    assert_eq!([text(&error, "errorCode"), text(&error, "parameterName")], ["CMN-101", "to"]);
    assert!(property(&error, "retryAfter").is_undefined());
    gives_nobody_away(&error);
}

#[wasm_bindgen_test]
async fn the_error_of_a_flawed_draft_gives_nobody_away_either() {
    let _network = Network::new([]);
    let page = Page::open().await;
    page.add_recipient("Anna Secret <+16505550100 ext 5>").await;
    page.choose(&[file("diagnosis.exe", "", "x"), file("diagnosis.pdf", "application/pdf", "")]).await;
    let failure = page.widget.submit().await.unwrap_err();
    let error = page.until_heard("fax-error").await;
    assert_eq!(["name", "code", "parameterName"].map(|name| text(&error, name)), ["FaxError", "invalid", "to"]);
    gives_nobody_away(&error);
    gives_nobody_away(&page.widget.error_object(&failure));
}

#[track_caller]
fn gives_nobody_away(error: &JsValue) {
    let told = [text(error, "message"), text(error, "stack"), json(error)].concat();
    assert!(!text(error, "message").is_empty());
    for private in ["5550100", "555 0100", "Anna", "Secret", "diagnosis", "token"] {
        assert!(!told.contains(private), "{private}: {told}");
    }
}

#[wasm_bindgen_test]
async fn what_a_page_changes_during_a_send_waits_for_its_end() {
    let network = Network::new([Answer::Waits]);
    let page = Page::filled().await;
    page.send().await;
    until("the post", || network.posts() == 1).await;
    page.widget.when_free(|widget| widget.edit(|draft| draft.set_cover_index("3")));
    page.widget.reset();
    assert_eq!(page.widget.parts().draft.peek(|draft| (draft.to.len(), draft.cover_index)), (1, None));
    network.release(Answer::Says(400, REFUSED));
    page.until_heard("fax-error").await;
    settle().await;
    assert!(page.widget.parts().draft.peek(|draft| draft.is_empty()), "set, and then reset");
}

// ----- leaving the page

#[wasm_bindgen_test]
async fn unmounting_aborts_the_request() {
    let network = Network::new([Answer::Waits]);
    let mut page = Page::filled().await;
    let result = submitted(page.widget);
    until("the post", || network.posts() == 1).await;
    assert!(!is_aborted(&network.post(0)));
    page.unmount();
    settle().await;
    assert!(is_aborted(&network.post(0)));
    until("the end", || result.borrow().is_some()).await;
    let failure = result.take().unwrap().unwrap_err();
    assert_eq!((failure.code, failure.outcome), (Code::Cancelled, Outcome::Unknown));
}

#[wasm_bindgen_test]
async fn unmounting_before_the_post_means_not_sent() {
    let network = Network::new([]);
    let mut page = Page::filled().await;
    // A sign-in that does not end.
    let waiting = js_sys::Function::new_no_args("return new Promise(() => {})");
    page.widget.tokens().set_token(None);
    page.widget.tokens().set_provider(Some(waiting));
    let result = submitted(page.widget);
    settle().await;
    page.unmount();
    until("the end", || result.borrow().is_some()).await;
    let failure = result.take().unwrap().unwrap_err();
    assert_eq!((failure.code, failure.outcome), (Code::Cancelled, Outcome::NotSent));
    assert_eq!(network.posts(), 0);
}

#[wasm_bindgen_test]
async fn unmounting_stops_every_timer() {
    let network = Network::new([Answer::Waits]);
    let timers = Timers::watched();
    let mut page = Page::filled().await;
    page.send().await;
    until("the post", || network.posts() == 1).await;
    assert!(timers.running(100) >= 2, "the screen's clock and the request's time limit");
    page.unmount();
    settle().await;
    assert_eq!(timers.running(100), 0);
}

#[wasm_bindgen_test]
async fn unmounting_stops_the_request_for_the_cover_pages() {
    let network = Network::new([]);
    network.lists(Answer::Waits);
    let timers = Timers::watched();
    let mut page = Page::open().await;
    until("the request", || network.requests() == 1).await;
    page.unmount();
    settle().await;
    assert!(is_aborted(&network.list()));
    assert_eq!(timers.running(100), 0);
}

#[wasm_bindgen_test]
async fn the_screens_clock_stops_with_its_screen() {
    let network = Network::new([Answer::Waits]);
    let timers = Timers::watched();
    let page = Page::filled().await;
    page.send().await;
    until("the post", || network.posts() == 1).await;
    assert!(timers.running(100) >= 2);
    network.release(Answer::Accepts);
    page.until_heard("fax-accepted").await;
    settle().await;
    // What is left are the questions after the fax, ten seconds apart.
    assert_eq!(timers.running(100), timers.running(9_000));
}

#[wasm_bindgen_test]
async fn after_unmounting_nothing_follows_any_more() {
    let network = Network::new([]);
    let mut page = Page::filled().await;
    let parts = page.widget.parts();
    let root = page.find(".fax-widget");
    let send = page.button("Review fax");
    let shown = || root.text_content().unwrap_or_default();
    // While it stands, it follows.
    let before = shown();
    parts.draft.update(|draft| draft.add_recipient("+16505550101", ""));
    settle().await;
    assert_ne!(shown(), before);
    page.unmount();
    settle().await;
    assert!(page.all(".fax-widget").is_empty(), "it is gone from the page");
    let (before, changes) = (shown(), page.heard("fax-change").len());
    parts.draft.update(|draft| draft.add_recipient("+16505550102", ""));
    page.widget.speak(Language { tag: "de".to_owned(), ..Language::default() });
    parts.asked.set(true);
    parts.announcement.set("still here".to_owned());
    parts.over.set(3);
    settle().await;
    assert_eq!(shown(), before);
    // Late presses and scripts find nothing to do and nothing to break.
    send.click();
    page.widget.send();
    page.widget.cancel();
    page.widget.reset();
    page.widget.add_files(vec![pdf("late.pdf")]);
    page.widget.announce_ready();
    settle().await;
    assert_eq!(network.posts(), 0);
    assert_eq!(page.heard("fax-change").len(), changes);
}

/// As in `widget.submit(); widget.remove();`.
#[wasm_bindgen_test]
async fn a_widget_that_leaves_before_it_submits_has_not_sent() {
    let network = Network::new([]);
    let mut page = Page::filled().await;
    let result = submitted(page.widget);
    page.unmount();
    until("the end", || result.borrow().is_some()).await;
    let failure = result.take().unwrap().unwrap_err();
    assert_eq!((failure.code, failure.outcome), (Code::Cancelled, Outcome::NotSent));
    assert_eq!(network.posts(), 0);
}

#[wasm_bindgen_test]
async fn the_addresses_of_thumbnails_are_taken_back() {
    let _network = Network::new([]);
    let urls = property(&js_sys::global(), "URL");
    let (made, revoked) = (watch(&urls, "createObjectURL"), watch(&urls, "revokeObjectURL"));
    let mut page = Page::open().await;
    page.choose(&[file("a.png", "image/png", "x"), file("b.jpg", "image/jpeg", "x"), pdf("c.pdf")]).await;
    assert_eq!((made.length(), revoked.length()), (2, 0), "a PDF has no thumbnail");
    let shown: Vec<JsValue> = page.all("img").iter().map(|picture| picture.get_attribute("src").into()).collect();
    page.press("Remove a.png").await;
    assert_eq!(revoked.length(), 1);
    page.add_recipient(NUMBER).await;
    // The review shows its own.
    page.press("Review fax").await;
    assert!(made.length() > 2);
    page.press("Back to change something").await;
    page.unmount();
    settle().await;
    let revoked: Vec<JsValue> = revoked.iter().map(|values| values.unchecked_into::<Array>().get(0)).collect();
    // Taking back an address that never was does no harm.
    assert_eq!(revoked.iter().filter(|url| **url != JsValue::from_str("")).count(), made.length() as usize);
    assert_eq!(shown.len(), 2);
    assert!(shown.iter().all(|url| revoked.contains(url)));
}

/// Text of people and of the service goes in as text: then no markup in it can do anything.
#[wasm_bindgen_test]
async fn nothing_is_ever_made_of_markup() {
    let network = Network::new([Answer::Says(400, REFUSED), Answer::Waits, Answer::Accepts]);
    network.lists(Answer::Says(200, r#"{"records":[{"id":"7","name":"<img src=x onerror=alert(1)>"}]}"#));
    let seen = watch_markup();
    let mut page = Page::open().await;
    page.add_recipient("<b>Bold</b> <call me>").await;
    page.choose(&[file("<img src=x>.png", "image/png", "x"), file("a.exe", "", "")]).await;
    page.press("Review fax").await;
    assert!(page.shows("<img src=x>.png"));
    page.widget.reset();
    page.widget.edit(|draft| draft.send_time = Some(read_time("2090-01-01T10:00Z")));
    page.fill_in().await;
    page.send_again().await;
    page.until_heard("fax-error").await;
    settle().await;
    page.send_again().await;
    until("the second post", || network.posts() == 2).await;
    page.press("Cancel").await;
    page.press("Discard").await;
    page.press("Keep").await;
    page.send_again().await;
    page.until_heard("fax-accepted").await;
    settle().await;
    page.press("New fax").await;
    page.unmount();
    assert_eq!(json(&seen), "[]");
    // The watch sees it where it happens.
    document().create_element("div").unwrap().set_inner_html("<i></i>");
    document().create_element("template").unwrap().set_inner_html("<i></i>");
    assert_eq!(json(&seen), r#"["innerHTML","innerHTML"]"#);
}

#[wasm_bindgen_test]
async fn fax_change_tells_of_every_change() {
    let _network = Network::new([]);
    let page = Page::open().await;
    let heard = Cell::new(0);
    let one_more = |what: &str| {
        assert_eq!(page.heard("fax-change").len(), heard.get() + 1, "{what}");
        heard.set(heard.get() + 1);
    };
    page.add_recipient(NUMBER).await;
    one_more("a number");
    page.choose(&[pdf("a.pdf"), pdf("b.pdf")]).await;
    one_more("two files at once");
    page.press("Move b.pdf up").await;
    one_more("another order");
    assert_eq!(page.documents(), ["b.pdf", "a.pdf"]);
    page.press("Remove a.pdf").await;
    one_more("a file less");
    page.press("Remove +1 650 555 0100").await;
    one_more("a number less");
}
