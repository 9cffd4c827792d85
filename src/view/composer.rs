//! The form.

use leptos::prelude::*;
use web_sys::{ClipboardEvent, DragEvent, File, FileList};

use super::widget::Widget;
use super::words::{Word, say};
use super::{cover, delivery, documents, flaws, recipients};

/// Everything that is typed and chosen, and the button behind it.
pub fn composer(widget: Widget) -> impl IntoView {
    widget.load_cover_pages();
    let over = RwSignal::new(0_i32);
    view! {
        <form
            class="screen"
            class:dragging=move || { over.get() > 0 }
            part="form"
            novalidate
            on:submit=move |event| {
                event.prevent_default();
                go_on(widget);
            }
            on:dragenter=move |event: DragEvent| {
                if holds_files(&event) {
                    event.prevent_default();
                    over.update(|over| *over += 1);
                }
            }
            on:dragover=move |event: DragEvent| {
                if holds_files(&event) {
                    event.prevent_default();
                }
            }
            on:dragleave=move |event: DragEvent| {
                if holds_files(&event) {
                    over.update(|over| *over -= 1);
                }
            }
            on:drop=move |event: DragEvent| {
                if holds_files(&event) {
                    event.prevent_default();
                    over.set(0);
                    take_dropped(widget, &event);
                }
            }
            on:paste=move |event: ClipboardEvent| {
                let files = event.clipboard_data().and_then(|data| data.files());
                let files = files.map(|files| all(&files)).unwrap_or_default();
                if !files.is_empty() {
                    event.prevent_default();
                    widget.add_files(files);
                }
            }
        >
            <header>
                <h2>{say(Word::NewFax)}</h2>
            </header>
            {flaws::failure(widget)}
            {flaws::summary(widget)}
            <div class="columns">
                <div>{recipients::recipients(widget)} {documents::documents(widget)}</div>
                <div>{cover::cover(widget)} {delivery::delivery(widget)}</div>
            </div>
            {footer(widget)}
        </form>
    }
}

fn go_on(widget: Widget) {
    if widget.settings.with_untracked(|settings| settings.review) {
        widget.review();
    } else {
        widget.send();
    }
}

fn footer(widget: Widget) -> impl IntoView {
    let sure = RwSignal::new(false);
    let label = move || {
        let again = widget.submission.with(|submission| submission.is_unsettled());
        let later = widget.draft.with(|draft| draft.send_time.is_some());
        say(match (widget.settings.with(|settings| settings.review), again, later) {
            (true, ..) => Word::Review,
            (false, true, _) => Word::SendAgain,
            (false, false, true) => Word::Schedule,
            (false, false, false) => Word::Send,
        })
    };
    view! {
        <footer>
            {move || {
                if sure.get() {
                    view! {
                        <span class="ask" role="group" aria-label=say(Word::DiscardSure)>
                            <span>{say(Word::DiscardSure)}</span>
                            <button
                                type="button"
                                class="danger"
                                data-focus="discard-yes"
                                on:click=move |_| {
                                    sure.set(false);
                                    widget.reset();
                                    widget.focus("[data-focus=to]");
                                }
                            >
                                {say(Word::DiscardYes)}
                            </button>
                            <button
                                type="button"
                                class="quiet"
                                on:click=move |_| {
                                    sure.set(false);
                                    widget.focus("[data-focus=discard]");
                                }
                            >
                                {say(Word::DiscardNo)}
                            </button>
                        </span>
                    }
                        .into_any()
                } else {
                    view! {
                        <button
                            type="button"
                            class="quiet"
                            part="discard"
                            data-focus="discard"
                            disabled=move || {
                                widget.draft.with(|draft| draft.is_empty())
                                    && widget.pending.with(|(number, name)| number.is_empty() && name.is_empty())
                            }
                            on:click=move |_| {
                                sure.set(true);
                                widget.focus("[data-focus=discard-yes]");
                            }
                        >
                            {say(Word::Discard)}
                        </button>
                    }
                        .into_any()
                }
            }}
            <button type="submit" class="primary" part="send" data-focus="send">
                {label}
            </button>
        </footer>
    }
}

fn holds_files(event: &DragEvent) -> bool {
    event.data_transfer().is_some_and(|data| data.types().includes(&"Files".into(), 0))
}

/// Adds what was dropped; a folder comes as a file without bytes, and only its entry tells.
fn take_dropped(widget: Widget, event: &DragEvent) {
    let Some(data) = event.data_transfer() else { return };
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
