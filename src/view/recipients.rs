//! Who gets the fax: one entry for each number, and the fields for a new one.

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use web_sys::ClipboardEvent;

use super::flaws::{field_flaws, flaw_line, notice};
use super::icon::{CROSS, PEN, icon};
use super::widget::Widget;
use super::words::{Word, count, fill, say};
use crate::draft::DraftRecipient;
use crate::fax::Field;
use crate::phone_number::PhoneNumber;

/// The list and the fields under it.
pub fn recipients(widget: Widget) -> impl IntoView {
    let editing = RwSignal::new(None::<u32>);
    let ids = Memo::new(move |_| widget.draft.with(|draft| draft.to.iter().map(|entry| entry.id).collect::<Vec<_>>()));
    let counted = move || match ids.with(Vec::len) {
        0 => String::new(),
        n => count(Word::RecipientCountOne, Word::RecipientCount, n),
    };
    view! {
        <fieldset part="recipients">
            <legend>{say(Word::To)} <span class="count">{counted}</span></legend>
            <ul class="entries" part="recipient-list">
                <For each=move || ids.get() key=|id| *id children=move |id| entry(widget, id, editing) />
            </ul>
            {new_recipient(widget)}
            {notice(widget, Field::To)}
            {field_flaws(widget, "to-flaws", |field| field == Field::To)}
        </fieldset>
    }
}

fn entry(widget: Widget, id: u32, editing: RwSignal<Option<u32>>) -> impl IntoView {
    let recipient = Memo::new(move |_| {
        widget.draft.with(|draft| draft.to.iter().find(|entry| entry.id == id).cloned()).unwrap_or_default()
    });
    let flaws = move || {
        widget
            .flaws_of(|field| field == Field::Recipient(id))
            .iter()
            .map(|flaw| flaw_line(widget.sentence(flaw)))
            .collect::<Vec<_>>()
    };
    view! {
        <li class="entry" part="recipient">
            {move || {
                if editing.get() == Some(id) {
                    editor(widget, recipient.get_untracked(), editing).into_any()
                } else {
                    shown(widget, recipient, editing).into_any()
                }
            }}
            {flaws}
        </li>
    }
}

/// The number as a person reads it, or as it was typed where it is none.
pub fn readable(phone_number: &str) -> String {
    phone_number.parse::<PhoneNumber>().map_or_else(|_| phone_number.to_owned(), |number| number.grouped())
}

fn shown(widget: Widget, recipient: Memo<DraftRecipient>, editing: RwSignal<Option<u32>>) -> impl IntoView {
    let id = recipient.with_untracked(|entry| entry.id);
    let number = move || recipient.with(|entry| readable(&entry.phone_number));
    view! {
        <div class="row">
            <span class="number" dir="ltr">{number}</span>
            <span class="name" dir="auto">{move || recipient.with(|entry| entry.name.clone())}</span>
            <button
                type="button"
                class="tool"
                data-focus=format!("recipient-{id}")
                aria-label=move || fill(Word::EditRecipient, &[("number", &number())])
                title=say(Word::Edit)
                on:click=move |_| {
                    editing.set(Some(id));
                    widget.focus("[data-focus=edit-number]");
                }
            >
                {icon(PEN)}
            </button>
            <button
                type="button"
                class="tool"
                data-focus=format!("remove-recipient-{id}")
                aria-label=move || fill(Word::RemoveRecipient, &[("number", &number())])
                title=say(Word::Remove)
                on:click=move |_| remove(widget, id, &number())
            >
                {icon(CROSS)}
            </button>
        </div>
    }
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

fn editor(widget: Widget, recipient: DraftRecipient, editing: RwSignal<Option<u32>>) -> impl IntoView {
    let id = recipient.id;
    let number = RwSignal::new(recipient.phone_number);
    let name = RwSignal::new(recipient.name);
    let done = move || {
        let written = number.get_untracked();
        let kept = widget.draft.try_update(|draft| draft.edit_recipient(id, &written, &name.get_untracked()));
        editing.set(None);
        if kept == Some(false) {
            let said = fill(Word::RecipientRepeated, &[("numbers", &written)]);
            widget.notice.set(Some((Field::To, said.clone())));
            widget.announcement.set(said);
            widget.focus("[data-focus=to]");
        } else {
            widget.notice.set(None);
            widget.focus_on(format!("[data-focus=recipient-{id}]"));
        }
    };
    let on_key = move |event: KeyboardEvent| match event.key().as_str() {
        "Enter" => {
            event.prevent_default();
            done();
        }
        "Escape" => {
            event.prevent_default();
            event.stop_propagation();
            editing.set(None);
            widget.focus_on(format!("[data-focus=recipient-{id}]"));
        }
        _ => {}
    };
    view! {
        <div class="fields" on:keydown=on_key>
            {number_field(widget, "edit-number", number.into(), move |typed| number.set(typed), |_| false)}
            {name_field(name.into(), move |typed| name.set(typed))}
            <button type="button" on:click=move |_| done()>{say(Word::Done)}</button>
        </div>
    }
}

fn new_recipient(widget: Widget) -> impl IntoView {
    let on_key = move |event: KeyboardEvent| {
        let empty = widget.pending.with_untracked(|(number, _)| number.trim().is_empty());
        if event.key() == "Enter" && !empty {
            event.prevent_default();
            add(widget);
        }
    };
    // Several numbers pasted at once become entries at once.
    let on_paste = move |event: &ClipboardEvent| {
        let text = event.clipboard_data().and_then(|data| data.get_data("text").ok()).unwrap_or_default();
        let several = text.trim().contains(['\n', ',', ';', '\t']);
        if several {
            widget.add_recipients(&text, "");
        }
        several
    };
    view! {
        <div class="fields" on:keydown=on_key>
            {number_field(
                widget,
                "to",
                Signal::derive(move || widget.pending.with(|(number, _)| number.clone())),
                move |typed| widget.pending.update(|(number, _)| *number = typed),
                on_paste,
            )}
            {name_field(
                Signal::derive(move || widget.pending.with(|(_, name)| name.clone())),
                move |typed| widget.pending.update(|(_, name)| *name = typed),
            )}
            <button type="button" part="add-recipient" on:click=move |_| add(widget)>{say(Word::Add)}</button>
        </div>
        <p class="hint" id=widget.id("to-hint")>{say(Word::FaxNumberHint)}</p>
    }
}

fn add(widget: Widget) {
    widget.reopen();
    widget.add_pending();
    widget.focus("[data-focus=to]");
}

fn number_field(
    widget: Widget,
    place: &'static str,
    value: Signal<String>,
    typed: impl Fn(String) + 'static,
    pasted: impl Fn(&ClipboardEvent) -> bool + 'static,
) -> impl IntoView {
    view! {
        <label class="field">
            <span>{say(Word::FaxNumber)}</span>
            <input
                type="tel"
                inputmode="tel"
                autocomplete="off"
                dir="ltr"
                data-focus=place
                aria-describedby=widget.id("to-hint to-flaws")
                prop:value=value
                on:input=move |event| typed(event_target_value(&event))
                on:paste=move |event: ClipboardEvent| {
                    if pasted(&event) {
                        event.prevent_default();
                    }
                }
            />
        </label>
    }
}

fn name_field(value: Signal<String>, typed: impl Fn(String) + 'static) -> impl IntoView {
    view! {
        <label class="field">
            <span>{say(Word::RecipientName)}</span>
            <input
                type="text"
                autocomplete="off"
                dir="auto"
                prop:value=value
                on:input=move |event| typed(event_target_value(&event))
            />
        </label>
    }
}
