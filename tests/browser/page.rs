//! A page with a widget on it, and what a person does there.

use std::cell::RefCell;
use std::rc::Rc;

use fax_widget::draft::Draft;
use fax_widget::view::{FaxWidget, Settings, Widget};
use gloo_timers::future::TimeoutFuture;
use js_sys::{Array, Uint8Array};
use leptos::prelude::*;
use leptos::tachys::view::any_view::{AnyViewState, IntoAny};
use leptos::tachys::view::{Mountable, Render};
use wasm_bindgen::prelude::*;
use web_sys::{
    CustomEvent, DataTransfer, Document, Event, EventTarget, File, FilePropertyBag, HtmlElement, HtmlInputElement,
};

use super::network::property;

pub const NUMBER: &str = "+16505550100";

pub fn document() -> Document {
    web_sys::window().unwrap().document().unwrap()
}

pub fn file(name: &str, content_type: &str, text: &str) -> File {
    let options = FilePropertyBag::new();
    options.set_type(content_type);
    let bytes = Uint8Array::from(text.as_bytes());
    File::new_with_blob_sequence_and_options(&Array::of1(&bytes), name, &options).unwrap()
}

pub fn pdf(name: &str) -> File {
    file(name, "application/pdf", "%PDF-1.7")
}

/// Puts a file into a draft as the form does.
pub fn attach(draft: &mut Draft<File>, file: File) {
    let (name, content_type, size) = (file.name(), file.type_(), file.size());
    draft.add_attachment(file, &name, size as u64, &content_type);
}

/// Whatever is due is done.
pub async fn settle() {
    for _ in 0..3 {
        TimeoutFuture::new(0).await;
    }
}

/// Waits for something that is about to happen.
pub async fn until(what: &str, happened: impl Fn() -> bool) {
    for _ in 0..400 {
        if happened() {
            return;
        }
        TimeoutFuture::new(5).await;
    }
    panic!("waited in vain: {what}");
}

const EVENTS: [&str; 6] = ["fax-ready", "fax-change", "fax-submit", "fax-progress", "fax-accepted", "fax-error"];

type Listener = Closure<dyn FnMut(CustomEvent)>;

pub struct Page {
    pub widget: Widget,
    /// The element of the page that the widget stands in, and that its events come from.
    pub place: HtmlElement,
    owner: Owner,
    view: Option<AnyViewState>,
    heard: Rc<RefCell<Vec<CustomEvent>>>,
    listeners: Vec<Listener>,
}

impl Page {
    /// A page whose widget has a token.
    pub async fn open() -> Self {
        Self::open_with(|_| {}).await
    }

    pub async fn open_with(change: impl FnOnce(&mut Settings)) -> Self {
        let mut settings = Settings { server: "https://fax.test".to_owned(), ..Settings::default() };
        change(&mut settings);
        // Fails only where an earlier test did it.
        let _ = any_spawner::Executor::init_wasm_bindgen();
        let place: HtmlElement = document().create_element("div").unwrap().unchecked_into();
        document().body().unwrap().append_child(&place).unwrap();
        // As src/main.rs mounts it.
        let owner = Owner::new();
        let (widget, view) = owner.with(|| {
            let widget = Widget::new(settings);
            widget.set_target(place.clone().into());
            widget.tokens().set_token(Some("token".to_owned()));
            let mut view = view! { <FaxWidget widget /> }.into_any().build();
            view.mount(&place, None);
            (widget, view)
        });
        let mut page = Self { widget, place, owner, view: Some(view), heard: Rc::default(), listeners: Vec::new() };
        let heard = Rc::clone(&page.heard);
        for name in EVENTS {
            let heard = Rc::clone(&heard);
            page.listen(name, move |event| heard.borrow_mut().push(event));
        }
        until("the form stands", || page.place.query_selector("form").unwrap().is_some()).await;
        settle().await;
        page
    }

    /// A widget ready to send: one number, one document.
    pub async fn filled() -> Self {
        let page = Self::open().await;
        page.fill_in().await;
        page
    }

    pub async fn fill_in(&self) {
        self.add_recipient(NUMBER).await;
        self.choose(&[pdf("a.pdf")]).await;
    }

    /// Takes the widget out of the page for good.
    pub fn unmount(&mut self) {
        self.owner.cleanup();
        if let Some(mut view) = self.view.take() {
            view.unmount();
        }
    }

    /// The page listens to an event of the widget.
    pub fn listen(&mut self, name: &str, listener: impl FnMut(CustomEvent) + 'static) {
        let listener = Closure::<dyn FnMut(CustomEvent)>::new(listener);
        let target: &EventTarget = self.place.as_ref();
        target.add_event_listener_with_callback(name, listener.as_ref().unchecked_ref()).unwrap();
        self.listeners.push(listener);
    }

    // ----- what a person sees

    pub fn all(&self, selector: &str) -> Vec<HtmlElement> {
        let found = self.place.query_selector_all(selector).unwrap();
        (0..found.length()).filter_map(|n| found.get(n)?.dyn_into().ok()).collect()
    }

    #[track_caller]
    pub fn find(&self, selector: &str) -> HtmlElement {
        self.all(selector).into_iter().next().unwrap_or_else(|| panic!("not on the page: {selector}"))
    }

    pub fn text(&self) -> String {
        self.place.text_content().unwrap_or_default()
    }

    pub fn shows(&self, text: &str) -> bool {
        self.text().contains(text)
    }

    pub fn numbers(&self) -> Vec<String> {
        self.all(".entry .number").iter().map(|shown| shown.text_content().unwrap_or_default()).collect()
    }

    pub fn documents(&self) -> Vec<String> {
        self.all(".file-name").iter().map(|shown| shown.text_content().unwrap_or_default()).collect()
    }

    /// A button by what it says, or by its label where it says nothing.
    #[track_caller]
    pub fn button(&self, name: &str) -> HtmlElement {
        let is_it = |button: &HtmlElement| {
            let label = button.get_attribute("aria-label");
            label.or_else(|| button.text_content()).is_some_and(|label| label.trim() == name)
        };
        self.all("button").into_iter().find(is_it).unwrap_or_else(|| panic!("no button “{name}”: {}", self.text()))
    }

    // ----- what a person does

    pub async fn press(&self, name: &str) {
        self.button(name).click();
        settle().await;
    }

    pub async fn type_into(&self, place: &str, text: &str) {
        let field: HtmlInputElement = self.find(&format!("[data-focus={place}]")).unchecked_into();
        field.set_value(text);
        let event = Event::new("input").unwrap();
        event.init_event_with_bubbles("input", true);
        field.dispatch_event(&event).unwrap();
        settle().await;
    }

    pub async fn add_recipient(&self, number: &str) {
        self.type_into("to", number).await;
        self.press("Add").await;
    }

    pub fn picker(&self) -> HtmlInputElement {
        self.find("input[type=file]").unchecked_into()
    }

    /// Chooses files as the browser's own dialog does.
    pub async fn choose(&self, files: &[File]) {
        let data = DataTransfer::new().unwrap();
        for file in files {
            data.items().add_with_file(file).unwrap();
        }
        let picker = self.picker();
        picker.set_files(data.files().as_ref());
        assert_eq!(picker.files().map(|files| files.length() as usize), Some(files.len()), "the dialog works");
        picker.dispatch_event(&Event::new("change").unwrap()).unwrap();
        settle().await;
    }

    /// Reviews and sends.
    pub async fn send(&self) {
        self.press("Review fax").await;
        self.press("Send fax").await;
    }

    /// The same where an earlier try may have been accepted, or the fax is to go later.
    pub async fn send_again(&self) {
        self.press("Review fax").await;
        self.find("[part~=send]").click();
        settle().await;
    }

    // ----- what a page hears

    pub fn heard(&self, name: &str) -> Vec<CustomEvent> {
        self.heard.borrow().iter().filter(|event| event.type_() == name).cloned().collect()
    }

    pub async fn until_heard(&self, name: &str) -> JsValue {
        until(name, || !self.heard(name).is_empty()).await;
        self.heard(name).last().unwrap().detail()
    }

    /// Code and outcome of the last `fax-error`.
    pub async fn failure(&self) -> [String; 2] {
        let error = self.until_heard("fax-error").await;
        ["code", "outcome"].map(|name| property(&error, name).as_string().unwrap_or_default())
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        self.unmount();
        self.place.remove();
    }
}
