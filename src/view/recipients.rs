//! Who gets the fax: one entry for each number, and the fields for a new one.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{ClipboardEvent, Event, HtmlInputElement, KeyboardEvent};

use super::element::{El, button, classed, el};
use super::flaws::{field_flaws, flaw_lines, notice};
use super::icon::{CROSS, PEN, icon};
use super::widget::Widget;
use super::words::{Word, count, fill, say};
use crate::draft::{Draft, DraftRecipient};
use crate::fax::Field;
use crate::phone_number::PhoneNumber;

/// The list and the fields under it.
pub fn recipients(widget: Widget) -> El {
    let editing = RwSignal::new(None::<u32>);
    let ids = Memo::new(move |_| widget.draft.with(|draft| draft.to.iter().map(|entry| entry.id).collect::<Vec<_>>()));
    let counted = move || match ids.with(Vec::len) {
        0 => String::new(),
        n => count(Word::RecipientCountOne, Word::RecipientCount, n),
    };
    el("fieldset")
        .attr("part", "recipients")
        .child(el("legend").say(Word::To).child(classed("span", "count").text_by(counted)))
        .child(
            classed("ul", "entries")
                .attr("part", "recipient-list")
                .each(move || ids.get(), move |id| entry(widget, id, editing)),
        )
        .child(new_recipient(widget))
        .child(classed("p", "hint").attr("id", widget.id("to-hint")).say(Word::FaxNumberHint))
        .child(notice(widget, Field::To))
        .child(field_flaws(widget, "to-flaws", Field::To))
}

fn entry(widget: Widget, id: u32, editing: RwSignal<Option<u32>>) -> El {
    let open = Memo::new(move |_| editing.get() == Some(id));
    el("li")
        .attr("class", "entry")
        .attr("part", "recipient")
        .show(move || vec![if open.get() { editor(widget, id, editing) } else { shown(widget, id, editing) }])
        .child(el("div").show(move || flaw_lines(widget, Field::Recipient(id))))
}

/// The number as a person reads it, or as it was typed where it is none.
pub fn readable(phone_number: &str) -> String {
    phone_number.parse::<PhoneNumber>().map_or_else(|_| phone_number.to_owned(), |number| number.grouped())
}

fn find<F>(draft: &Draft<F>, id: u32) -> DraftRecipient {
    draft.to.iter().find(|entry| entry.id == id).cloned().unwrap_or_default()
}

fn shown(widget: Widget, id: u32, editing: RwSignal<Option<u32>>) -> El {
    // An entry changes in its editor alone, and is shown anew when that closes.
    let recipient = widget.draft.with_untracked(|draft| find(draft, id));
    let number = readable(&recipient.phone_number);
    let named = |word| fill(word, &[("number", &number)]);
    let edit = move || {
        editing.set(Some(id));
        widget.focus("[data-focus=edit]");
    };
    classed("div", "row")
        .child(classed("span", "number").attr("dir", "ltr").text(&number))
        .child(classed("span", "name").attr("dir", "auto").text(recipient.name))
        .child(
            button("tool", edit)
                .place(format!("recipient-{id}"))
                .attr("aria-label", named(Word::EditRecipient))
                .attr("title", say(Word::Edit))
                .child(icon(PEN)),
        )
        .child(
            button("tool", {
                let number = number.clone();
                move || remove(widget, id, &number)
            })
            .place(format!("remove-recipient-{id}"))
            .attr("aria-label", named(Word::RemoveRecipient))
            .attr("title", say(Word::Remove))
            .child(icon(CROSS)),
        )
}

/// The focus goes to the next entry's remove button, or to the field for a new number.
fn remove(widget: Widget, id: u32, number: &str) {
    let next = widget.draft.with_untracked(|draft| {
        let place = draft.to.iter().position(|entry| entry.id == id).unwrap_or_default();
        draft.to.get(place + 1).or_else(|| draft.to.get(place.wrapping_sub(1))).map(|entry| entry.id)
    });
    widget.draft.update(|draft| draft.remove_recipient(id));
    widget.notice.set(None);
    widget.announcement.set(fill(Word::RecipientRemoved, &[("number", number)]));
    widget.focus_on(next.map_or("[data-focus=to]".to_owned(), |next| format!("[data-focus=remove-recipient-{next}]")));
}

fn editor(widget: Widget, id: u32, editing: RwSignal<Option<u32>>) -> El {
    let recipient = widget.draft.with_untracked(|draft| find(draft, id));
    let fields = RwSignal::new((recipient.phone_number, recipient.name));
    let close = move || {
        editing.set(None);
        widget.focus_on(format!("[data-focus=recipient-{id}]"));
    };
    let done = move || {
        let (number, name) = fields.get_untracked();
        let kept = widget.draft.try_update(|draft| draft.edit_recipient(id, &number, &name));
        close();
        widget.notice.set(None);
        if kept == Some(false) {
            widget.say_repeated(&number);
            widget.focus("[data-focus=to]");
        }
    };
    let on_key = move |event: Event| match key(&event).as_str() {
        "Enter" => {
            event.prevent_default();
            done();
        }
        "Escape" => {
            event.prevent_default();
            close();
        }
        _ => {}
    };
    classed("div", "fields")
        .on("keydown", on_key)
        .child(number_field(widget, "edit", fields))
        .child(name_field(fields))
        .child(button("", done).say(Word::Done))
}

fn new_recipient(widget: Widget) -> El {
    let add = move || {
        widget.reopen();
        widget.add_pending();
        widget.focus("[data-focus=to]");
    };
    let on_key = move |event: Event| {
        let empty = widget.pending.with_untracked(|(number, _)| number.trim().is_empty());
        if key(&event) == "Enter" && !empty {
            event.prevent_default();
            add();
        }
    };
    // Several numbers pasted at once become entries at once.
    let on_paste = move |event: Event| {
        let data = event.dyn_ref::<ClipboardEvent>().and_then(ClipboardEvent::clipboard_data);
        let text = data.and_then(|data| data.get_data("text").ok()).unwrap_or_default();
        if text.trim().contains(['\n', ',', ';', '\t']) {
            event.prevent_default();
            widget.add_recipients(&text, "");
        }
    };
    classed("div", "fields")
        .on("keydown", on_key)
        .child(number_field(widget, "to", widget.pending).on("paste", on_paste))
        .child(name_field(widget.pending))
        .child(button("", add).attr("part", "add-recipient").say(Word::Add))
}

fn number_field(widget: Widget, place: &'static str, fields: RwSignal<(String, String)>) -> El {
    field(Word::FaxNumber).child(
        el("input")
            .attr("type", "tel")
            .attr("autocomplete", "off")
            .attr("dir", "ltr")
            .attr("aria-describedby", widget.id("to-hint to-flaws"))
            .place(place)
            .value_by(move || fields.with(|(number, _)| number.clone()))
            .on("input", move |event| fields.update(|(number, _)| *number = typed(&event))),
    )
}

fn name_field(fields: RwSignal<(String, String)>) -> El {
    field(Word::RecipientName).child(
        el("input")
            .attr("autocomplete", "off")
            .attr("dir", "auto")
            .value_by(move || fields.with(|(_, name)| name.clone()))
            .on("input", move |event| fields.update(|(_, name)| *name = typed(&event))),
    )
}

/// A label, for a control to stand in.
pub fn field(label: Word) -> El {
    classed("label", "field").child(el("span").say(label))
}

/// What the control of an event holds.
pub fn typed(event: &Event) -> String {
    // A property of inputs, selects and text areas alike.
    event.target().map(|control| control.unchecked_ref::<HtmlInputElement>().value()).unwrap_or_default()
}

/// The key of a key event; none while an input method composes a character with it.
pub fn key(event: &Event) -> String {
    let event = event.dyn_ref::<KeyboardEvent>().filter(|event| !event.is_composing());
    event.map(KeyboardEvent::key).unwrap_or_default()
}
