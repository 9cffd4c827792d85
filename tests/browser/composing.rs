//! What a person does on the page.

use fax_widget::submission::Submission;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::HtmlInputElement;

use crate::network::{Answer, Network, form, is_aborted};
use crate::page::{NUMBER, Page, document, pdf, settle, until};

#[wasm_bindgen_test]
async fn a_fax_goes_from_the_empty_form_to_accepted() {
    let network = Network::new([Answer::Accepts]);
    let page = Page::open().await;
    page.type_into("to", NUMBER).await;
    page.press("Add").await;
    assert_eq!(page.numbers(), ["+1 650 555 0100"]);
    page.choose(&[pdf("contract.pdf")]).await;
    assert_eq!(page.documents(), ["contract.pdf"]);
    page.press("Review fax").await;
    assert!(page.shows("Check before it goes") && page.shows("contract.pdf"));
    assert_eq!(network.posts(), 0, "a review sends nothing");
    page.press("Send fax").await;
    page.until_heard("fax-accepted").await;
    settle().await;
    assert!(page.shows("Accepted by the fax service") && page.shows("7654321"));
    assert_eq!(network.posts(), 1);
    page.press("New fax").await;
    assert!(page.numbers().is_empty() && page.documents().is_empty());
}

#[wasm_bindgen_test]
async fn an_empty_form_complains_when_asked_to_send_and_not_before() {
    let network = Network::new([]);
    let page = Page::open().await;
    assert!(!page.shows("Enter at least one fax number."));
    page.press("Review fax").await;
    assert!(page.shows("Enter at least one fax number.") && page.shows("Add at least one document."));
    assert_eq!(network.posts(), 0);
}

#[wasm_bindgen_test]
async fn the_same_file_can_be_chosen_twice() {
    let network = Network::new([]);
    let page = Page::open().await;
    let file = pdf("a.pdf");
    page.choose(std::slice::from_ref(&file)).await;
    // Were it still chosen, choosing it again would be no change, and the browser would say nothing.
    assert_eq!(page.picker().value(), "");
    assert_eq!(page.picker().files().map(|files| files.length()), Some(0));
    page.press("Remove a.pdf").await;
    assert!(page.documents().is_empty());
    page.choose(std::slice::from_ref(&file)).await;
    page.choose(std::slice::from_ref(&file)).await;
    assert_eq!(page.documents(), ["a.pdf", "a.pdf"]);
    page.add_recipient(NUMBER).await;
    page.send().await;
    page.until_heard("fax-accepted").await;
    let sent = form(&network.post(0)).await;
    assert_eq!(sent.iter().filter(|(name, _)| name == "attachment").count(), 2);
}

#[wasm_bindgen_test]
async fn choosing_nothing_changes_nothing() {
    let _network = Network::new([]);
    let page = Page::open().await;
    page.choose(&[]).await;
    assert!(page.documents().is_empty());
    assert!(page.heard("fax-change").is_empty());
}

#[wasm_bindgen_test]
async fn a_double_click_sends_once() {
    let network = Network::new([Answer::Waits]);
    let page = Page::filled().await;
    page.press("Review fax").await;
    let send = page.button("Send fax");
    send.click();
    send.click();
    settle().await;
    send.click();
    until("the post", || network.posts() > 0).await;
    network.release(Answer::Accepts);
    page.until_heard("fax-accepted").await;
    settle().await;
    send.click();
    settle().await;
    assert_eq!(network.posts(), 1);
    assert_eq!(page.heard("fax-submit").len(), 1);
}

#[wasm_bindgen_test]
async fn a_double_click_without_a_review_sends_once() {
    let network = Network::new([Answer::Waits]);
    let page = Page::open_with(|settings| settings.review = false).await;
    page.fill_in().await;
    let send = page.button("Send fax");
    send.click();
    send.click();
    until("the post", || network.posts() > 0).await;
    settle().await;
    assert_eq!(network.posts(), 1);
}

#[wasm_bindgen_test]
async fn cancel_aborts_the_request_and_keeps_the_draft() {
    let network = Network::new([Answer::Waits]);
    let page = Page::filled().await;
    page.send().await;
    until("the post", || network.posts() == 1).await;
    assert!(!is_aborted(&network.post(0)));
    page.press("Cancel").await;
    assert!(is_aborted(&network.post(0)));
    assert_eq!(page.failure().await, ["cancelled", "unknown"]);
    assert!(page.shows("It is not known whether the fax was accepted"));
    assert_eq!((page.numbers().len(), page.documents().len()), (1, 1));
    // An answer that comes after all changes nothing.
    network.release(Answer::Accepts);
    settle().await;
    assert!(page.heard("fax-accepted").is_empty());
    assert!(page.shows("It is not known whether the fax was accepted"));
    page.press("Review fax").await;
    assert!(page.shows("If you send again, the recipients may get this fax twice."));
    page.press("Send again").await;
    page.until_heard("fax-accepted").await;
    assert_eq!(network.posts(), 2);
}

#[wasm_bindgen_test]
async fn cancel_while_the_service_is_busy_means_not_sent() {
    let network = Network::new([Answer::AsksToWait("1")]);
    let page = Page::filled().await;
    page.send().await;
    until("the countdown", || page.shows("The fax service is busy")).await;
    page.press("Cancel").await;
    assert_eq!(page.failure().await, ["cancelled", "not-sent"]);
    gloo_timers::future::TimeoutFuture::new(1_200).await;
    assert_eq!(network.posts(), 1, "nothing goes later");
}

#[wasm_bindgen_test]
async fn what_failed_can_be_sent_again_with_the_whole_draft() {
    let network = Network::new([Answer::Says(503, "{}")]);
    let page = Page::filled().await;
    page.send().await;
    assert_eq!(page.failure().await, ["server", "unknown"]);
    settle().await;
    page.press("Review fax").await;
    page.press("Send again").await;
    page.until_heard("fax-accepted").await;
    let names: Vec<String> = form(&network.post(1)).await.into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["faxResolution", "to", "attachment"]);
}

#[wasm_bindgen_test]
async fn two_widgets_on_one_page_keep_apart() {
    let network = Network::new([Answer::Accepts]);
    let (first, second) = (Page::open().await, Page::open().await);
    first.fill_in().await;
    second.add_recipient("+16505550199").await;
    assert_eq!(first.numbers(), ["+1 650 555 0100"]);
    assert_eq!(second.numbers(), ["+1 650 555 0199"]);
    assert!(second.documents().is_empty());

    // No id of one is in the other, and each description is at hand in its own widget.
    let ids = |page: &Page| page.all("[id]").iter().map(|found| found.id()).collect::<Vec<_>>();
    assert!(!ids(&first).is_empty());
    assert!(ids(&first).iter().all(|id| !ids(&second).contains(id)));
    for page in [&first, &second] {
        for described in page.all("[aria-describedby]") {
            for id in described.get_attribute("aria-describedby").unwrap().split(' ') {
                assert!(ids(page).contains(&id.to_owned()), "{id}");
            }
        }
    }
    // Radio buttons of one name would be one group.
    let groups = |page: &Page| {
        page.all("input[type=radio]").into_iter().map(|radio| radio.unchecked_into::<HtmlInputElement>().name())
    };
    assert!(groups(&first).all(|name| groups(&second).all(|other| other != name)));

    first.send().await;
    first.until_heard("fax-accepted").await;
    settle().await;
    assert_eq!(network.posts(), 1);
    for name in ["fax-submit", "fax-progress", "fax-accepted"] {
        assert!(second.heard(name).is_empty(), "{name}");
    }
    assert_eq!(second.numbers(), ["+1 650 555 0199"]);
    assert!(second.widget.parts().submission.peek(Submission::is_open));
}

#[wasm_bindgen_test]
async fn moving_the_widget_in_the_page_keeps_the_draft() {
    let network = Network::new([]);
    let page = Page::filled().await;
    page.type_into("to", "+16505550").await;
    let elsewhere = document().create_element("section").unwrap();
    document().body().unwrap().append_child(&elsewhere).unwrap();
    elsewhere.append_child(&page.place).unwrap();
    settle().await;
    assert_eq!(page.numbers(), ["+1 650 555 0100"]);
    assert_eq!(page.documents(), ["a.pdf"]);
    let typed: HtmlInputElement = page.find("[data-focus=to]").unchecked_into();
    assert_eq!(typed.value(), "+16505550");
    // And it goes on working there.
    page.add_recipient("+16505550101").await;
    assert_eq!(page.numbers().len(), 2);
    page.send().await;
    page.until_heard("fax-accepted").await;
    assert_eq!(network.posts(), 1);
    drop(page);
    elsewhere.remove();
}
