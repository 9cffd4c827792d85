//! What is faxed: the files in page order.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{DragEvent, File, HtmlElement, HtmlInputElement, Url};

use super::composer::all;
use super::element::{El, button, classed, el};
use super::flaws::{field_flaws, flaw_lines, notice};
use super::icon::{CROSS, DOWN, GRIP, PAGE, UP, UPLOAD, icon};
use super::widget::Widget;
use super::words::{Word, fill, say};
use super::{format, sentences};
use crate::draft::{Draft, DraftAttachment};
use crate::fax::Field;
use crate::file_kind::{FILE_KINDS, FileKind, extension};

/// The place to drop and choose files, and the list of those chosen.
pub fn documents(widget: Widget) -> El {
    let ids = Memo::new(move |_| {
        widget.draft.with(|draft| draft.attachments.iter().map(|entry| entry.id).collect::<Vec<_>>())
    });
    let dragged = RwSignal::new(None::<u32>);
    el("fieldset")
        .attr("part", "documents")
        .child(
            el("legend").say(Word::Documents).child(
                classed("span", "count").text_by(move || widget.draft.with(|draft| counted(draft, &widget.lang()))),
            ),
        )
        .child(
            classed("ol", "entries")
                .attr("part", "document-list")
                .each(move || ids.get(), move |id| entry(widget, id, ids, dragged)),
        )
        .child(picker(widget))
        .child(notice(widget, Field::Attachments))
        .child(field_flaws(widget, "attachment-flaws", Field::Attachments))
}

/// How many documents there are and their size; nothing for none.
pub fn counted<F>(draft: &Draft<F>, lang: &str) -> String {
    let size = format::size(draft.total_size(), lang);
    match draft.attachments.len() {
        0 => String::new(),
        1 => fill(Word::FileCountOne, &[("size", &size)]),
        n => fill(Word::FileCount, &[("n", &n.to_string()), ("size", &size)]),
    }
}

fn picker(widget: Widget) -> El {
    let accept: String = FILE_KINDS.iter().map(|kind| format!(".{},", kind.extension())).collect();
    let choose = move || {
        let root = widget.root.get_untracked();
        let input = root.and_then(|root| root.query_selector("input[type=file]").ok().flatten());
        if let Some(input) = input.and_then(|input| input.dyn_into::<HtmlElement>().ok()) {
            input.click();
        }
    };
    let input = el("input")
        .attr("type", "file")
        .attr("multiple", "")
        .attr("hidden", "")
        .attr("accept", accept)
        .attr("aria-label", say(Word::ChooseFiles))
        .on("change", move |event| {
            let Some(input) = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok()) else {
                return;
            };
            let files = input.files().map(|files| all(&files)).unwrap_or_default();
            // Emptied, so that the same file can be chosen again after it was removed.
            input.set_value("");
            widget.add_files(files);
        });
    classed("div", "drop")
        .attr("part", "drop-zone")
        .child(icon(UPLOAD))
        .child(
            button("", choose)
                .attr("part", "choose-files")
                .attr("aria-describedby", widget.id("drop-hint attachment-flaws"))
                .place("attachment")
                .say(Word::ChooseFiles),
        )
        .child(classed("span", "hint").attr("id", widget.id("drop-hint")).say(Word::DropHint))
        .child(classed("span", "hint now").say(Word::DropNow))
        .child(input)
}

fn entry(widget: Widget, id: u32, ids: Memo<Vec<u32>>, dragged: RwSignal<Option<u32>>) -> El {
    let find = |draft: &Draft<File>| draft.attachments.iter().find(|entry| entry.id == id).cloned();
    let Some(file) = widget.draft.with_untracked(find) else { return el("li") };
    let place = move || ids.with(|ids| ids.iter().position(|other| *other == id).unwrap_or_default());
    let name = StoredValue::new(file.name.clone());
    let tool = move |word: Word, focus: &str, drawing: &'static str, press: fn(Mover)| {
        let mover = Mover { widget, id, ids, name };
        button("tool", move || press(mover))
            .place(format!("{focus}-{id}"))
            .attr("aria-label", name.with_value(|name| fill(word, &[("name", name)])))
            .child(icon(drawing))
    };
    let first = move || Some((place() == 0).to_string());
    let last = move || Some((place() + 1 >= ids.with(Vec::len)).to_string());
    let is_dragged = move || Some(if dragged.get() == Some(id) { "entry dragged" } else { "entry" }.to_owned());
    el("li")
        .attr_by("class", is_dragged)
        .attr("part", "document")
        .attr("draggable", "true")
        .on("dragstart", move |event| {
            if let Some(data) = event.dyn_ref::<DragEvent>().and_then(DragEvent::data_transfer) {
                data.set_effect_allowed("move");
                // Firefox starts no drag without data; the file's name stays out of it.
                let _ = data.set_data("text/x-fax-document", "");
            }
            dragged.set(Some(id));
        })
        .on("dragend", move |_| dragged.set(None))
        .on("dragover", move |event| {
            if dragged.get_untracked().is_some() {
                event.prevent_default();
            }
        })
        .on("dragenter", move |event| {
            if let Some(other) = dragged.get_untracked() {
                event.prevent_default();
                if other != id {
                    widget.draft.update(|draft| draft.move_attachment(other, place()));
                }
            }
        })
        .on("drop", move |event| {
            if let Some(other) = dragged.get_untracked() {
                event.prevent_default();
                dragged.set(None);
                Mover { widget, id: other, ids, name }.tell();
            }
        })
        .child(
            classed("div", "row")
                .child(classed("span", "grip").attr("title", say(Word::DragFile)).child(icon(GRIP)))
                .child(thumbnail(&file))
                .child(described(&file, &widget.lang()))
                .child(tool(Word::MoveUp, "up", UP, Mover::up).attr_by("aria-disabled", first))
                .child(tool(Word::MoveDown, "down", DOWN, Mover::down).attr_by("aria-disabled", last))
                .child(tool(Word::RemoveFile, "attachment", CROSS, Mover::remove).attr("title", say(Word::Remove))),
        )
        .child(el("div").show(move || flaw_lines(widget, Field::Attachment(id))))
}

/// What the buttons of one document do.
#[derive(Clone, Copy)]
struct Mover {
    widget: Widget,
    id: u32,
    ids: Memo<Vec<u32>>,
    name: StoredValue<String>,
}

impl Mover {
    fn place(self) -> usize {
        self.ids.with_untracked(|ids| ids.iter().position(|other| *other == self.id).unwrap_or_default())
    }

    fn up(self) {
        if let Some(to) = self.place().checked_sub(1) {
            self.go(to, "up");
        }
    }

    fn down(self) {
        let to = self.place() + 1;
        if to < self.ids.with_untracked(Vec::len) {
            self.go(to, "down");
        }
    }

    fn go(self, to: usize, focus: &str) {
        self.widget.draft.update(|draft| draft.move_attachment(self.id, to));
        self.tell();
        self.widget.focus_on(format!("[data-focus={focus}-{}]", self.id));
    }

    fn tell(self) {
        let (place, n) = (self.place() + 1, self.ids.with_untracked(Vec::len));
        let name = self.widget.draft.with_untracked(|draft| {
            draft
                .attachments
                .iter()
                .find(|entry| entry.id == self.id)
                .map(|entry| entry.name.clone())
                .unwrap_or_default()
        });
        let values = [("name", name.as_str()), ("place", &place.to_string()), ("n", &n.to_string())];
        self.widget.announcement.set(fill(Word::FileMoved, &values));
    }

    /// The focus goes to the next file's remove button, or to the button that chooses files.
    fn remove(self) {
        let (place, widget) = (self.place(), self.widget);
        let next =
            self.ids.with_untracked(|ids| ids.get(place + 1).or_else(|| ids.get(place.wrapping_sub(1))).copied());
        widget.announcement.set(self.name.with_value(|name| fill(Word::FileRemoved, &[("name", name)])));
        widget.draft.update(|draft| draft.remove_attachment(self.id));
        widget.notice.set(None);
        widget.focus_on(
            next.map_or("[data-focus=attachment]".to_owned(), |next| format!("[data-focus=attachment-{next}]")),
        );
    }
}

/// Name, size and kind.
pub fn described(file: &DraftAttachment<File>, lang: &str) -> El {
    let family = sentences::family(FileKind::of(&file.name).map(FileKind::family));
    classed("span", "file")
        .child(classed("span", "file-name").attr("dir", "auto").attr("title", &file.name).text(&file.name))
        .child(classed("span", "hint").text(format!("{}, {family}", format::size(file.size, lang))))
}

/// The picture itself where the browser can show it, over a page with the file's ending.
pub fn thumbnail(file: &DraftAttachment<File>) -> El {
    let page = classed("span", "thumbnail")
        .attr("aria-hidden", "true")
        .child(icon(PAGE))
        .child(classed("span", "ending").text(extension(&file.name).chars().take(4).collect::<String>()));
    let is_picture = FileKind::of(&file.name).is_some_and(FileKind::is_picture) && file.size > 0;
    let Some(url) = is_picture.then(|| Url::create_object_url_with_blob(&file.file).ok()).flatten() else {
        return page;
    };
    let picture = el("img")
        .attr("src", &url)
        .attr("alt", "")
        .attr("loading", "lazy")
        .attr("decoding", "async")
        .attr("draggable", "false")
        // A damaged picture gives way to the page behind it.
        .on("error", |event| {
            if let Some(picture) = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok()) {
                picture.set_hidden(true);
            }
        });
    on_cleanup(move || {
        // An address that was never known needs no taking back.
        let _ = Url::revoke_object_url(&url);
    });
    page.child(picture)
}
