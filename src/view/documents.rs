//! What is faxed: the files in page order.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{DragEvent, File, HtmlInputElement, Url};

use super::composer::all;
use super::flaws::{field_flaws, flaw_line, notice};
use super::icon::{CROSS, DOWN, GRIP, PAGE, UP, UPLOAD, icon};
use super::widget::Widget;
use super::words::{Word, fill, say};
use super::{format, sentences};
use crate::draft::{Draft, DraftAttachment};
use crate::fax::Field;
use crate::file_kind::{FILE_KINDS, FileKind, extension};

/// The place to drop and choose files, and the list of those chosen.
pub fn documents(widget: Widget) -> impl IntoView {
    let ids = Memo::new(move |_| {
        widget.draft.with(|draft| draft.attachments.iter().map(|entry| entry.id).collect::<Vec<_>>())
    });
    let counted = move || match ids.with(Vec::len) {
        0 => String::new(),
        n => {
            let size = format::size(widget.draft.with(Draft::total_size), &widget.lang());
            fill(if n == 1 { Word::FileCountOne } else { Word::FileCount }, &[("n", &n.to_string()), ("size", &size)])
        }
    };
    let dragged = RwSignal::new(None::<u32>);
    view! {
        <fieldset part="documents">
            <legend>{say(Word::Documents)} <span class="count">{counted}</span></legend>
            <ol class="entries" part="document-list">
                <For each=move || ids.get() key=|id| *id children=move |id| entry(widget, id, ids, dragged) />
            </ol>
            {picker(widget)}
            {notice(widget, Field::Attachments)}
            {field_flaws(widget, "attachment-flaws", |field| field == Field::Attachments)}
        </fieldset>
    }
}

fn picker(widget: Widget) -> impl IntoView {
    let accept: String = FILE_KINDS.iter().map(|kind| format!(".{},", kind.extension())).collect();
    let input = NodeRef::<leptos::html::Input>::new();
    let on_change = move |event: leptos::ev::Event| {
        let Some(input) = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok()) else { return };
        let files = input.files().map(|files| all(&files)).unwrap_or_default();
        // Emptied, so that the same file can be chosen again after it was removed.
        input.set_value("");
        widget.add_files(files);
    };
    view! {
        <div class="drop" part="drop-zone">
            {icon(UPLOAD)}
            <button
                type="button"
                data-focus="attachment"
                part="choose-files"
                aria-describedby=widget.id("drop-hint attachment-flaws")
                on:click=move |_| {
                    if let Some(input) = input.get_untracked() {
                        input.click();
                    }
                }
            >
                {say(Word::ChooseFiles)}
            </button>
            <span class="hint" id=widget.id("drop-hint")>{say(Word::DropHint)}</span>
            <span class="hint now">{say(Word::DropNow)}</span>
            <input node_ref=input type="file" multiple hidden accept=accept aria-label=say(Word::ChooseFiles) on:change=on_change />
        </div>
    }
}

fn entry(widget: Widget, id: u32, ids: Memo<Vec<u32>>, dragged: RwSignal<Option<u32>>) -> impl IntoView {
    let Some(file) =
        widget.draft.with_untracked(|draft| draft.attachments.iter().find(|entry| entry.id == id).cloned())
    else {
        return ().into_any();
    };
    let place = move || ids.with(|ids| ids.iter().position(|other| *other == id).unwrap_or_default());
    let name = file.name.clone();
    let label = move |word| fill(word, &[("name", &name)]);
    let (label_up, label_down, label_remove) = (label(Word::MoveUp), label(Word::MoveDown), label(Word::RemoveFile));
    let name = file.name.clone();
    let move_to = move |to: usize, focus: &str| {
        widget.draft.update(|draft| draft.move_attachment(id, to));
        let values = [
            ("name", name.as_str()),
            ("place", &(to + 1).to_string()),
            ("n", &ids.with_untracked(Vec::len).to_string()),
        ];
        widget.announcement.set(fill(Word::FileMoved, &values));
        widget.focus_on(format!("[data-focus={focus}-{id}]"));
    };
    let (move_up, move_down, drop_on) = (move_to.clone(), move_to.clone(), move_to);
    let name = file.name.clone();
    let flaws = move || {
        widget
            .flaws_of(|field| field == Field::Attachment(id))
            .iter()
            .map(|flaw| flaw_line(widget.sentence(flaw)))
            .collect::<Vec<_>>()
    };
    let is_dragged = move || dragged.get() == Some(id);
    view! {
        <li
            class="entry"
            class:dragged=is_dragged
            part="document"
            draggable="true"
            on:dragstart=move |event: DragEvent| {
                if let Some(data) = event.data_transfer() {
                    data.set_effect_allowed("move");
                    // Firefox starts no drag without data; the file's name stays out of it.
                    let _ = data.set_data("text/x-fax-document", "");
                }
                dragged.set(Some(id));
            }
            on:dragend=move |_| dragged.set(None)
            on:dragover=move |event: DragEvent| {
                if dragged.get_untracked().is_some() {
                    event.prevent_default();
                }
            }
            on:dragenter=move |event: DragEvent| {
                if let Some(other) = dragged.get_untracked() {
                    event.prevent_default();
                    if other != id {
                        widget.draft.update(|draft| draft.move_attachment(other, place()));
                    }
                }
            }
            on:drop=move |event: DragEvent| {
                if let Some(other) = dragged.get_untracked() {
                    event.prevent_default();
                    dragged.set(None);
                    if other == id {
                        drop_on(place(), "attachment");
                    }
                }
            }
        >
            <div class="row">
                <span class="grip" title=say(Word::DragFile)>{icon(GRIP)}</span>
                {thumbnail(&file)}
                {described(widget, &file)}
                <button
                    type="button"
                    class="tool"
                    data-focus=format!("up-{id}")
                    aria-label=label_up
                    aria-disabled=move || (place() == 0).to_string()
                    on:click=move |_| {
                        if let Some(to) = place().checked_sub(1) {
                            move_up(to, "up");
                        }
                    }
                >
                    {icon(UP)}
                </button>
                <button
                    type="button"
                    class="tool"
                    data-focus=format!("down-{id}")
                    aria-label=label_down
                    aria-disabled=move || (place() + 1 >= ids.with(Vec::len)).to_string()
                    on:click=move |_| {
                        if place() + 1 < ids.with_untracked(Vec::len) {
                            move_down(place() + 1, "down");
                        }
                    }
                >
                    {icon(DOWN)}
                </button>
                <button
                    type="button"
                    class="tool"
                    data-focus=format!("attachment-{id}")
                    aria-label=label_remove
                    title=say(Word::Remove)
                    on:click=move |_| remove(widget, id, &name)
                >
                    {icon(CROSS)}
                </button>
            </div>
            {flaws}
        </li>
    }
    .into_any()
}

/// The focus goes to the next file's remove button, or to the button that chooses files.
fn remove(widget: Widget, id: u32, name: &str) {
    let next = widget.draft.with_untracked(|draft| {
        let place = draft.attachments.iter().position(|entry| entry.id == id).unwrap_or_default();
        let next = draft.attachments.get(place + 1).or_else(|| draft.attachments.get(place.wrapping_sub(1)));
        next.map(|entry| entry.id)
    });
    widget.draft.update(|draft| draft.remove_attachment(id));
    widget.notice.set(None);
    widget.announcement.set(fill(Word::FileRemoved, &[("name", name)]));
    widget
        .focus_on(next.map_or("[data-focus=attachment]".to_owned(), |next| format!("[data-focus=attachment-{next}]")));
}

/// Name, size and kind.
pub fn described(widget: Widget, file: &DraftAttachment<File>) -> impl IntoView + use<> {
    let (name, size) = (file.name.clone(), file.size);
    let family = sentences::family(FileKind::of(&file.name).map(FileKind::family));
    view! {
        <span class="file">
            <span class="file-name" dir="auto" title=name.clone()>{name.clone()}</span>
            <span class="hint">{move || format!("{}, {family}", format::size(size, &widget.lang()))}</span>
        </span>
    }
}

/// The picture itself where the browser can show it, else a page with the file's ending.
pub fn thumbnail(file: &DraftAttachment<File>) -> impl IntoView + use<> {
    let is_picture = FileKind::of(&file.name).is_some_and(FileKind::is_picture) && file.size > 0;
    let url = is_picture.then(|| Url::create_object_url_with_blob(&file.file).ok()).flatten();
    if let Some(url) = url.clone() {
        on_cleanup(move || {
            // An address that was never known needs no taking back.
            let _ = Url::revoke_object_url(&url);
        });
    }
    match url {
        Some(url) => view! {
            <span class="thumbnail">
                <img src=url alt="" loading="lazy" decoding="async" draggable="false" />
            </span>
        }
        .into_any(),
        None => view! {
            <span class="thumbnail" aria-hidden="true">
                {icon(PAGE)} <span class="ending">{extension(&file.name).chars().take(4).collect::<String>()}</span>
            </span>
        }
        .into_any(),
    }
}
