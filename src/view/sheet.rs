//! The confirmation sheet of a fax, to print or to save as a PDF through the browser.

use std::cell::Cell;
use std::rc::Rc;

use futures_channel::oneshot;
use futures_util::future::{AbortHandle, Abortable, select};
use gloo_timers::future::TimeoutFuture;
use js_sys::{Array, Function, Promise, Reflect};
use leptos::prelude::{LocalStorage, StoredValue, UpdateValue, on_cleanup};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Document, Element, Node};

use super::clock;
use super::element::{El, button, classed, el};
use super::fax::named;
use super::fax::status_of;
use super::format;
use super::recipients::readable;
use super::resend::Screen;
use super::review::definition;
use super::sentences;
use super::widget::{Shown, Widget};
use crate::message::{Message, RecipientStatus, Status};
use crate::message_id::MessageId;
use crate::reason::reason;
use crate::words::Word;

/// Shows the sheet of a fax.
pub fn print(widget: Widget, id: MessageId) {
    let parts = widget.parts();
    parts.resending.screen.set(Screen::Sheet(id));
    parts.settings.update(|settings| settings.view = Shown::Resend);
    widget.focus("[data-focus=sheet]");
}

/// The screen: the sheet as it will be printed, and the button.
pub fn sheet_screen(widget: Widget) -> El {
    let id = widget.parts().resending.screen.peek(|screen| match screen {
        Screen::Sheet(id) => Some(id.clone()),
        _ => None,
    });
    let message = id.as_ref().and_then(|id| leptos::prelude::untrack(|| widget.message(id)));
    let back = move || {
        if let Some(id) = id.clone() {
            widget.open_fax(id);
        }
    };
    let screen = classed("section", "screen").part("confirmation-screen");
    let Some(message) = message else { return screen.child(button("", back).say(widget, Word::BackPlain)) };
    let (ready, picture) = oneshot::channel();
    let paper = plain(sheet(widget, &message, ready));
    let element = paper.element();
    let picture = Rc::new(Cell::new(Some(picture)));
    let is_printing = Rc::new(Cell::new(false));
    screen
        .child(
            el("header")
                .child(button("link", back).part("back").say(widget, Word::BackToFax))
                .child(el("h2").attr("tabindex", "-1").place("sheet").say(widget, Word::Confirmation))
                .child(classed("p", "lead").say(widget, Word::ConfirmationHint)),
        )
        .child(paper)
        .child(
            el("footer").child(
                button("primary", move || {
                    if is_printing.replace(true) {
                        return;
                    }
                    let (element, picture, is_printing) = (element.clone(), picture.take(), Rc::clone(&is_printing));
                    spawn_local(async move {
                        if let Some(picture) = picture {
                            select(picture, TimeoutFuture::new(PICTURE_WAIT)).await;
                        }
                        // Where the browser gives no frame to print from, the page is printed as it stands.
                        if print_element(&element).await.is_err() {
                            let _ = web_sys::window().map(|window| window.print());
                        }
                        is_printing.set(false);
                    });
                })
                .part("print")
                .place("print")
                .say(widget, Word::Print),
            ),
        )
}

/// Without parts inside: what a page's styles make of those on a dark screen would be white on white paper.
fn plain(paper: El) -> El {
    if let Ok(parts) = paper.element().query_selector_all("[part]") {
        for part in (0..parts.length()).filter_map(|place| parts.get(place)?.dyn_into::<Element>().ok()) {
            let _ = part.remove_attribute("part");
        }
    }
    paper
}

/// The sheet; `ready` is let go of when its picture stands, or there is none.
fn sheet(widget: Widget, message: &Message, ready: oneshot::Sender<()>) -> El {
    let lang = widget.lang();
    let remembered = widget.parts().faxes.history.peek(|history| history.find(&message.id).cloned());
    let time = |millis| el("dd").text(&format::date_time(millis, &lang));
    let mut facts = definition(widget, el("dl"), Word::MessageId, el("dd").text(message.id.as_str()));
    facts = definition(
        widget,
        facts,
        Word::FilterStatus,
        el("dd").text(&leptos::prelude::untrack(|| status_of(widget, message))),
    );
    let number = |number: Option<&str>| {
        classed("span", "number").attr("dir", "ltr").text(&number.map(readable).unwrap_or_default())
    };
    if message.from.phone_number.is_some() {
        facts = definition(widget, facts, Word::From, el("dd").child(number(message.from.phone_number.as_deref())));
    }
    if let Some(created) = message.created.or(remembered.as_ref().map(|fax| fax.accepted)) {
        facts = definition(widget, facts, Word::AcceptedAt, time(created));
    }
    if let Some(send_time) = remembered.and_then(|fax| fax.send_time) {
        facts = definition(widget, facts, Word::GoesOut, time(send_time));
    }
    if let Some(modified) = message.modified {
        facts = definition(widget, facts, Word::LastChange, time(modified));
    }
    let pages = message.pages.map_or_else(
        || widget.say(Word::PagesUnknown),
        |pages| widget.count(Word::PagesOne, Word::Pages, pages as usize),
    );
    facts = definition(widget, facts, Word::PageCount, el("dd").text(&pages));
    facts = definition(widget, facts, Word::PrintedAt, time(clock::now()));
    let has_names = message.to.iter().any(|to| to.party.name.is_some());
    let line = |to: &RecipientStatus| {
        let status = message.status_of(to);
        let code = to.fax_error_code.as_deref().filter(|_| *status == Status::SendingFailed);
        let why = code.map(|code| {
            format!("{} ({code})", reason(code).map_or_else(|| code.to_owned(), |(_, word)| widget.say(word)))
        });
        el("tr")
            .child(el("td").child(number(to.party.phone_number.as_deref())))
            .children(
                has_names.then(|| el("td").attr("dir", "auto").text(to.party.name.as_deref().unwrap_or_default())),
            )
            .child(el("td").text(&named(widget, sentences::status(widget, status), why)))
    };
    let head = |word| el("th").attr("scope", "col").say(widget, word);
    let mut paper = classed("article", "sheet")
        .part("sheet")
        .child(el("h3").text(&widget.fill(Word::SheetTitle, &[("id", message.id.as_str())])))
        .child(facts);
    if !message.to.is_empty() {
        paper = paper.child(
            el("table")
                .child(
                    el("thead").child(
                        el("tr")
                            .child(head(Word::To))
                            .children(has_names.then(|| head(Word::Name)))
                            .child(head(Word::FilterStatus)),
                    ),
                )
                .child(el("tbody").children(message.to.iter().map(line))),
        );
    }
    let picture = el("div");
    let place = picture.element();
    let id = message.id.clone();
    // Browsers show no TIFF, and of a PDF no single page.
    if message.is_picture && message.status != Status::Queued {
        let url = StoredValue::<Option<String>, LocalStorage>::new_local(None);
        let (abort, registration) = AbortHandle::new_pair();
        on_cleanup(move || {
            abort.abort();
            if let Some(url) = url.try_update_value(Option::take).flatten() {
                // Fails only for what is no such address.
                let _ = web_sys::Url::revoke_object_url(&url);
            }
        });
        spawn_local(async move {
            let _ = Abortable::new(show_picture(widget, &id, &place, url), registration).await;
            drop(ready);
        });
    }
    paper.child(picture).child(classed("p", "proof").say(widget, Word::SheetProof))
}

/// The first page, where the service keeps it as a picture that the browser can show.
async fn show_picture(
    widget: Widget,
    id: &MessageId,
    place: &Element,
    address: StoredValue<Option<String>, LocalStorage>,
) {
    let Ok(Some(blob)) = widget.fetch_document(id).await else { return };
    if !matches!(blob.type_().as_str(), "image/png" | "image/jpeg" | "image/gif" | "image/webp") {
        return;
    }
    let Ok(url) = web_sys::Url::create_object_url_with_blob(&blob) else { return };
    let picture = el("img").attr("src", &url).attr("alt", &widget.say(Word::FirstPage));
    let _ = place.append_child(&picture.element());
    address.try_update_value(|address| address.replace(url));
    decoded(&picture.element()).await;
}

/// Waits until a picture can be drawn, or it is certain that it cannot.
async fn decoded(picture: &Element) {
    let decode = Reflect::get(picture, &"decode".into()).and_then(|decode| decode.dyn_into::<Function>());
    if let Ok(decoding) = decode.and_then(|decode| decode.call0(picture)) {
        let _ = JsFuture::from(Promise::resolve(&decoding)).await;
    }
}

/// Milliseconds that the first page is waited for. Ours: a person has pressed Print.
const PICTURE_WAIT: u32 = 5_000;

/// Prints an element alone: a copy of it, in a frame of its own.
async fn print_element(element: &Element) -> Result<(), JsValue> {
    let owner = element.owner_document().ok_or(JsValue::UNDEFINED)?;
    let frame = owner.create_element("iframe")?;
    frame.set_attribute("class", "unseen")?;
    frame.set_attribute("aria-hidden", "true")?;
    frame.set_attribute("tabindex", "-1")?;
    let parent = element.parent_node().ok_or(JsValue::UNDEFINED)?;
    parent.append_child(&frame)?;
    let page = Reflect::get(&frame, &"contentWindow".into())?;
    // Of the frame's own realm, where nothing is an instance of this page's classes.
    let document: Document = Reflect::get(&frame, &"contentDocument".into())?.unchecked_into();
    let copy: Node = document.import_node_with_deep(element, true)?;
    document.body().ok_or(JsValue::UNDEFINED)?.append_child(&copy)?;
    document.set_title(&element.query_selector("h3")?.and_then(|title| title.text_content()).unwrap_or_default());
    // A sheet of that page's own: one of another document cannot be adopted.
    let class: Function = Reflect::get(&page, &"CSSStyleSheet".into())?.dyn_into()?;
    let styles = Reflect::construct(&class, &Array::new())?;
    let replace: Function = Reflect::get(&styles, &"replaceSync".into())?.dyn_into()?;
    replace.call1(&styles, &SHEET_STYLES.into())?;
    Reflect::set(&document, &"adoptedStyleSheets".into(), &Array::of1(&styles))?;
    let gone = frame.clone();
    let remove = Closure::once_into_js(move || gone.remove());
    let listen: Function = Reflect::get(&page, &"addEventListener".into())?.dyn_into()?;
    listen.call2(&page, &"afterprint".into(), &remove)?;
    // It has to load them anew.
    let pictures = document.query_selector_all("img")?;
    for picture in (0..pictures.length()).filter_map(|place| pictures.get(place)) {
        decoded(picture.unchecked_ref()).await;
    }
    let print: Function = Reflect::get(&page, &"print".into())?.dyn_into()?;
    print.call0(&page)?;
    Ok(())
}

/// Black on white, whatever the page looks like.
const SHEET_STYLES: &str = include_str!(concat!(env!("OUT_DIR"), "/sheet.css"));
