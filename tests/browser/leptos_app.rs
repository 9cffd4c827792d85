//! A Leptos application with the component in it, as the README shows it; `tests/readme.rs` keeps the two the same.

use fax_widget::view::{FaxWidget, Language, STYLES, Settings, Widget};
use leptos::prelude::*;

#[component]
fn FaxPage(token: String) -> impl IntoView {
    let widget = Widget::new(Settings { server: "https://fax.test".to_owned(), ..Settings::default() });
    widget.speak(Language { tag: "en-GB".to_owned(), ..Language::default() });
    widget.tokens().set_token(Some(token));
    let sent = RwSignal::new(0);
    let send = move |_| {
        leptos::task::spawn_local(async move {
            if widget.submit().await.is_ok() {
                sent.update(|sent| *sent += 1);
            }
        });
    };
    view! {
        <style>{STYLES}</style>
        <FaxWidget widget />
        <button on:click=send>"Fax it"</button>
        <output>{sent}</output>
    }
}
// The README ends here.

use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{DataTransfer, Event, EventInit, HtmlElement, HtmlInputElement};

use crate::network::{Answer, Network};
use crate::page::{NUMBER, document, pdf, until};

#[wasm_bindgen_test]
async fn an_application_shows_it_and_sends_with_it() {
    let network = Network::new([Answer::Accepts]);
    let place: HtmlElement = document().create_element("div").unwrap().unchecked_into();
    document().body().unwrap().append_child(&place).unwrap();
    let app = leptos::mount::mount_to(place.clone(), || view! { <FaxPage token="token".to_owned() /> });
    until("the form stands", || place.query_selector("form").unwrap().is_some()).await;
    let find = |selector: &str| place.query_selector(selector).unwrap();
    let press: HtmlElement = place.last_element_child().unwrap().previous_element_sibling().unwrap().unchecked_into();
    press.click();
    until("an empty fax is not sent", || find("[part~=flaws]").is_some()).await;
    assert_eq!(network.posts(), 0);
    let number: HtmlInputElement = find("input[type=tel]").unwrap().unchecked_into();
    number.set_value(NUMBER);
    number.dispatch_event(&bubbling("input")).unwrap();
    let files = DataTransfer::new().unwrap();
    files.items().add_with_file(&pdf("a.pdf")).unwrap();
    let input: HtmlInputElement = find("input[type=file]").unwrap().unchecked_into();
    input.set_files(files.files().as_ref());
    input.dispatch_event(&bubbling("change")).unwrap();
    press.click();
    until("it was sent", || find("output").unwrap().text_content().as_deref() == Some("1")).await;
    assert_eq!(network.posts(), 1);
    drop(app);
    assert!(find("form").is_none());
    place.remove();
}

fn bubbling(event: &str) -> Event {
    let options = EventInit::new();
    options.set_bubbles(true);
    Event::new_with_event_init_dict(event, &options).unwrap()
}
