//! Who gets the fax: one entry for each number, and the fields for a new one.

use wasm_bindgen::JsCast;
use web_sys::{ClipboardEvent, Event, HtmlInputElement, KeyboardEvent};

use super::element::{El, button, classed, el};
use super::flaws::{checked, field_flaws, flaw_lines, notice};
use super::followed::Followed;
use super::icon::{CROSS, PEN};
use super::widget::{Parts, Widget};
use crate::draft::{Draft, DraftRecipient};
use crate::fax::Field;
use crate::phone_number::PhoneNumber;
use crate::words::Word;

/// The list and the fields under it.
pub fn recipients(widget: Widget) -> El {
    let ids = move || widget.parts().draft.with(|draft| draft.to.iter().map(|entry| entry.id).collect::<Vec<_>>());
    let counted = move || match widget.parts().draft.with(|draft| draft.to.len()) {
        0 => String::new(),
        n => widget.count(Word::RecipientCountOne, Word::RecipientCount, n),
    };
    el("fieldset")
        .part("recipients")
        .child(el("legend").say(widget, Word::To).text(" ").child(classed("span", "count").text_by(counted)))
        .child(classed("ul", "entries").part("recipient-list").each(ids, move |id| entry(widget, id)))
        .child(new_recipient(widget))
        .child(classed("p", "hint").attr("id", &widget.id("to-hint")).say(widget, Word::FaxNumberHint))
        .child(notice(widget, Field::To))
        .child(field_flaws(widget, "to-flaws", Field::To))
}

fn entry(widget: Widget, id: u32) -> El {
    let open = move || vec![u32::from(widget.parts().editing.get() == Some(id))];
    el("li")
        .attr("class", "entry")
        .part("recipient")
        .each(open, move |open| if open == 1 { editor(widget, id) } else { shown(widget, id) })
        .child(el("div").show(move || flaw_lines(widget, Field::Recipient(id))))
}

/// The number as a person reads it, or as it was typed where it is none.
pub fn readable(phone_number: &str) -> String {
    phone_number.parse::<PhoneNumber>().map_or_else(|_| phone_number.to_owned(), |number| number.grouped())
}

fn find<F>(draft: &Draft<F>, id: u32) -> DraftRecipient {
    draft.to.iter().find(|entry| entry.id == id).cloned().unwrap_or_default()
}

fn shown(widget: Widget, id: u32) -> El {
    // A number changes in its editor alone, and is shown anew when that closes.
    let recipient = widget.parts().draft.peek(|draft| find(draft, id));
    let number = readable(&recipient.phone_number);
    let named = |word| widget.fill(word, &[("number", &number)]);
    let edit = move || {
        let parts = widget.parts();
        let recipient = parts.draft.peek(|draft| find(draft, id));
        parts.edited.set((recipient.phone_number, recipient.name));
        parts.editing.set(Some(id));
        widget.focus("[data-focus=edit]");
    };
    classed("div", "row")
        .child(
            classed("span", "who").child(classed("span", "number").attr("dir", "ltr").text(&number)).child(
                classed("span", "name")
                    .attr("dir", "auto")
                    .text_by(move || widget.parts().draft.with(|draft| find(draft, id).name)),
            ),
        )
        .child(
            button("tool", edit)
                .place(&format!("recipient-{id}"))
                .attr("aria-label", &named(Word::EditRecipient))
                .attr("title", &widget.say(Word::Edit))
                .icon(PEN),
        )
        .child(
            button("tool", {
                let number = number.clone();
                move || remove(widget, id, &number)
            })
            .place(&format!("remove-recipient-{id}"))
            .attr("aria-label", &named(Word::RemoveRecipient))
            .attr("title", &widget.say(Word::Remove))
            .icon(CROSS),
        )
}

/// The focus goes to the next entry's remove button, or to the field for a new number.
fn remove(widget: Widget, id: u32, number: &str) {
    let next = widget.parts().draft.peek(|draft| {
        let place = draft.to.iter().position(|entry| entry.id == id).unwrap_or_default();
        draft.to.get(place + 1).or_else(|| draft.to.get(place.wrapping_sub(1))).map(|entry| entry.id)
    });
    widget.edit(|draft| draft.remove_recipient(id));
    widget.parts().notice.set(None);
    widget.announce(widget.fill(Word::RecipientRemoved, &[("number", number)]));
    widget.focus_on(next.map_or("[data-focus=to]".to_owned(), |next| format!("[data-focus=remove-recipient-{next}]")));
}

fn editor(widget: Widget, id: u32) -> El {
    let shown_again = move || widget.focus_on(format!("[data-focus=recipient-{id}]"));
    let done = move || {
        if widget.end_editing() {
            shown_again();
        } else {
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
            widget.parts().editing.set(None);
            shown_again();
        }
        _ => {}
    };
    classed("div", "fields")
        .on("keydown", on_key)
        .child(number_field(widget, "edit", |parts| &parts.edited))
        .child(name_field(widget, |parts| &parts.edited))
        .child(button("", done).say(widget, Word::Done))
}

fn new_recipient(widget: Widget) -> El {
    let add = move || {
        widget.reopen();
        widget.add_pending();
        widget.focus("[data-focus=to]");
    };
    let on_key = move |event: Event| {
        let empty = widget.parts().pending.peek(|(number, _)| number.trim().is_empty());
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
        .child(number_field(widget, "to", |parts| &parts.pending).on("paste", on_paste))
        .child(name_field(widget, |parts| &parts.pending))
        .child(button("", add).part("add-recipient").say(widget, Word::Add))
}

/// Number and name as they stand in two fields.
type Fields = fn(&Parts) -> &Followed<(String, String)>;

fn number_field(widget: Widget, place: &'static str, fields: Fields) -> El {
    field(widget, Word::FaxNumber).child(
        checked(el("input"), widget, "to-hint to-flaws", Field::To)
            .attr("type", "tel")
            .attr("autocomplete", "off")
            .attr("dir", "ltr")
            .place(place)
            .value_by(move || fields(&widget.parts()).with(|(number, _)| number.clone()))
            .on("input", move |event| fields(&widget.parts()).update(|(number, _)| *number = typed(&event))),
    )
}

fn name_field(widget: Widget, fields: Fields) -> El {
    field(widget, Word::RecipientName).child(
        el("input")
            .attr("autocomplete", "off")
            .attr("dir", "auto")
            .value_by(move || fields(&widget.parts()).with(|(_, name)| name.clone()))
            .on("input", move |event| fields(&widget.parts()).update(|(_, name)| *name = typed(&event))),
    )
}

/// A label, for a control to stand in.
pub fn field(widget: Widget, label: Word) -> El {
    classed("label", "field").child(el("span").part("label").say(widget, label))
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
