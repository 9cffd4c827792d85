//! The form.

use wasm_bindgen::JsCast;
use web_sys::{ClipboardEvent, DataTransfer, DragEvent, Event, File, FileList};

use super::documents::{preview, previewed};
use super::element::{El, button, classed, el};
use super::rest::{self, Arrival, Rest};
use super::widget::Widget;
use super::{cover, delivery, documents, flaws, recipients};
use crate::draft::Draft;
use crate::submission::Submission;
use crate::words::Word;

/// Everything that is typed and chosen, and the button behind it.
pub fn composer(widget: Widget) -> El {
    let class = move || Some(if widget.parts().over.get() > 0 { "screen dragging" } else { "screen" }.to_owned());
    el("form")
        .attr_by("class", class)
        .part("form screen")
        .attr("novalidate", "")
        .on("submit", move |event| {
            event.prevent_default();
            go_on(widget);
        })
        .on("dragenter", move |event| when_files(event, |_| widget.parts().over.update(|over| *over += 1)))
        .on("dragleave", move |event| {
            when_files(event, |_| widget.parts().over.update(|over| *over = over.saturating_sub(1)))
        })
        .on("dragover", move |event| when_files(event, |_| {}))
        .on("drop", move |event| {
            widget.parts().over.set(0);
            when_files(event, |data| take_dropped(widget, data));
        })
        .on("paste", move |event| {
            let data = event.dyn_ref::<ClipboardEvent>().and_then(ClipboardEvent::clipboard_data);
            let files = data.and_then(|data| data.files()).map(|files| all(&files)).unwrap_or_default();
            if !files.is_empty() {
                event.prevent_default();
                widget.add_files(files);
            }
        })
        .child(
            classed("header", "beside")
                .child(el("h2").say(widget, Word::NewFax))
                .child(button("link", move || widget.show_list()).part("faxes-link").say(widget, Word::FaxesLink)),
        )
        .each(move || arrived(widget), move |_| rested(widget, |rest| rest.kept_notice))
        .child(flaws::failure(widget))
        .each(move || arrived(widget), move |_| rested(widget, |rest| rest.doubts))
        .each(move || arrived(widget), move |_| rested(widget, |rest| rest.repeat))
        .child(flaws::summary(widget))
        .child(
            classed("div", "columns")
                .child(
                    el("div").part("column").child(recipients::recipients(widget)).child(documents::documents(widget)),
                )
                .child(el("div").part("column").child(cover::cover(widget)).child(delivery::delivery(widget))),
        )
        .each(move || previewed(widget), move |_| preview(widget, |preview| (preview.total)(widget)))
        .child(footer(widget))
}

/// A key as soon as the rest of the program is there.
fn arrived(widget: Widget) -> Vec<u32> {
    widget.parts().rest.with(|arrival| (*arrival == Arrival::Here).then_some(0)).into_iter().collect()
}

/// What the rest has to show on this screen.
fn rested(widget: Widget, part: fn(&Rest) -> fn(Widget) -> El) -> El {
    rest::loaded().map_or_else(|| el("div"), |rest| part(rest)(widget))
}

fn go_on(widget: Widget) {
    if widget.parts().settings.peek(|settings| settings.review) {
        widget.review();
    } else {
        widget.send();
    }
}

fn footer(widget: Widget) -> El {
    let label = move || {
        let later = widget.parts().draft.with(|draft| draft.send_time.is_some());
        let review = widget.parts().settings.with(|settings| settings.review);
        let word = if review { Word::Review } else { send_word(widget, later) };
        widget.say(if widget.parts().awaiting.get() { Word::Loading } else { word }).to_owned()
    };
    el("footer")
        .child(el("div").each(
            move || vec![u32::from(widget.parts().discarding.get())],
            move |sure| if sure == 1 { ask_discard(widget) } else { discard(widget) },
        ))
        .child(classed("button", "primary").attr("type", "submit").part("send").place("send").text_by(label))
}

/// What the button that sends is called.
pub fn send_word(widget: Widget, later: bool) -> Word {
    match (widget.parts().submission.with(Submission::is_unsettled), later) {
        (true, _) => Word::SendAgain,
        (false, true) => Word::Schedule,
        (false, false) => Word::Send,
    }
}

fn discard(widget: Widget) -> El {
    let nothing = move || {
        let pending = widget.parts().pending.with(|(number, name)| !number.is_empty() || !name.is_empty());
        (widget.parts().draft.with(Draft::is_empty) && !pending).then(String::new)
    };
    let ask = move || {
        widget.parts().discarding.set(true);
        widget.focus("[data-focus=discard-yes]");
    };
    button("quiet", ask).part("discard").place("discard").attr_by("disabled", nothing).say(widget, Word::Discard)
}

fn ask_discard(widget: Widget) -> El {
    let yes = move || {
        widget.parts().discarding.set(false);
        widget.reset();
        widget.focus("[data-focus=to]");
    };
    let no = move || {
        widget.parts().discarding.set(false);
        widget.focus("[data-focus=discard]");
    };
    classed("div", "ask")
        .attr("role", "group")
        .attr("aria-label", &widget.say(Word::DiscardSure))
        .child(el("span").say(widget, Word::DiscardSure))
        .child(button("danger", yes).place("discard-yes").say(widget, Word::DiscardYes))
        .child(button("quiet", no).say(widget, Word::DiscardNo))
}

/// Takes a drag that brings files, which the browser would otherwise open in place of the page.
fn when_files(event: Event, take: impl FnOnce(&DataTransfer)) {
    let data = event.dyn_ref::<DragEvent>().and_then(DragEvent::data_transfer);
    if let Some(data) = data.filter(|data| data.types().includes(&"Files".into(), 0)) {
        event.prevent_default();
        take(&data);
    }
}

/// Adds what was dropped; a folder comes as a file without bytes, and only its entry tells.
fn take_dropped(widget: Widget, data: &DataTransfer) {
    let items = data.items();
    let mut files = Vec::new();
    let mut folder = None;
    for place in 0..items.length() {
        let Some(item) = items.get(place).filter(|item| item.kind() == "file") else { continue };
        match item.webkit_get_as_entry() {
            Ok(Some(entry)) if entry.is_directory() => folder = Some(entry.name()),
            _ => files.extend(item.get_as_file().ok().flatten()),
        }
    }
    widget.add_files(files);
    if let Some(name) = folder {
        widget.refuse_folder(&name);
    }
}

/// The files of a list, in order.
pub fn all(files: &FileList) -> Vec<File> {
    (0..files.length()).filter_map(|place| files.get(place)).collect()
}
