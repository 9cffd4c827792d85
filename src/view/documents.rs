//! What is faxed: the files in page order.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::{DragEvent, File, HtmlElement, HtmlInputElement, Url};

use super::composer::all;
use super::element::{El, button, classed, el};
use super::flaws::{field_flaws, flaw_lines, notice};
use super::icon::{CROSS, DOWN, GRIP, PAGE, UP, UPLOAD};
use super::language::Language;
use super::preview::Preview;
use super::widget::Widget;
use super::{format, here, rest, sentences};
use crate::draft::{Draft, DraftAttachment};
use crate::fax::Field;
use crate::file_kind::{FILE_KINDS, FileKind, extension};
use crate::words::Word;

/// The place to drop and choose files, and the list of those chosen.
pub fn documents(widget: Widget) -> El {
    el("fieldset")
        .part("documents")
        .child(
            el("legend").say(widget, Word::Documents).text(" ").child(
                classed("span", "count")
                    .text_by(move || widget.parts().draft.with(|draft| counted(draft, &widget.language()))),
            ),
        )
        .child(
            classed("ol", "entries")
                .part("document-list")
                .each(move || widget.parts().draft.with(ids), move |id| entry(widget, id)),
        )
        .child(picker(widget))
        .each(move || previewed(widget), move |_| preview(widget, |preview| (preview.strip)(widget)))
        .child(notice(widget, Field::Attachments))
        .child(field_flaws(widget, "attachment-flaws", Field::Attachments))
}

/// How many documents there are and their size; nothing for none.
pub fn counted<F>(draft: &Draft<F>, language: &Language) -> String {
    match draft.attachments.len() {
        0 => String::new(),
        n => {
            let size = format::size(draft.total_size(), &language.tag);
            language.count_with(Word::FileCountOne, Word::FileCount, n, &[("size", &size)])
        }
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
        .attr("part", "")
        .attr("multiple", "")
        .attr("hidden", "")
        .attr("accept", &accept)
        .attr("aria-label", &widget.say(Word::ChooseFiles))
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
        .part("drop-zone")
        .icon(UPLOAD)
        .child(
            button("", choose)
                .part("choose-files")
                .attr("aria-describedby", &widget.id("drop-hint attachment-flaws"))
                .place("attachment")
                .say(widget, Word::ChooseFiles),
        )
        .child(classed("span", "hint").attr("id", &widget.id("drop-hint")).say(widget, Word::DropHint))
        .child(classed("span", "hint now").say(widget, Word::DropNow))
        .child(input)
}

fn ids(draft: &Draft<File>) -> Vec<u32> {
    draft.attachments.iter().map(|entry| entry.id).collect()
}

fn entry(widget: Widget, id: u32) -> El {
    let find = |draft: &Draft<File>| draft.attachments.iter().find(|entry| entry.id == id).cloned();
    let Some(file) = widget.parts().draft.peek(find) else { return el("li") };
    let mover = Mover { widget, id };
    let named = |word| widget.fill(word, &[("name", &file.name)]);
    let tool = |word: Word, focus: &str, drawing: &'static str, press: fn(Mover)| {
        button("tool", move || press(mover))
            .place(&format!("{focus}-{id}"))
            .attr("aria-label", &named(word))
            .icon(drawing)
    };
    let first = move || Some(mover.place().0.eq(&0).to_string());
    let last = move || {
        let (place, n) = mover.place();
        Some((place + 1 >= n).to_string())
    };
    let is_dragged =
        move || Some(if widget.parts().dragged.get() == Some(id) { "entry dragged" } else { "entry" }.to_owned());
    el("li")
        .attr_by("class", is_dragged)
        .part("document")
        .attr("draggable", "true")
        .on("dragstart", move |event| {
            if let Some(data) = event.dyn_ref::<DragEvent>().and_then(DragEvent::data_transfer) {
                data.set_effect_allowed("move");
                // Firefox starts no drag without data; the file's name stays out of it.
                let _ = data.set_data("text/x-fax-document", "");
            }
            widget.parts().dragged.set(Some(id));
        })
        .on("dragend", move |_| widget.parts().dragged.set(None))
        .on("dragover", move |event| {
            if widget.parts().dragged.now().is_some() {
                event.prevent_default();
            }
        })
        .on("dragenter", move |event| {
            if let Some(other) = widget.parts().dragged.now() {
                event.prevent_default();
                if other != id {
                    let to = mover.place().0;
                    widget.edit(|draft| draft.move_attachment(other, to));
                }
            }
        })
        .on("drop", move |event| {
            if let Some(other) = widget.parts().dragged.now() {
                event.prevent_default();
                widget.parts().dragged.set(None);
                Mover { widget, id: other }.tell();
            }
        })
        .child(
            classed("div", "row")
                .child(classed("span", "grip").attr("title", &widget.say(Word::DragFile)).icon(GRIP))
                .child(thumbnail(widget, &file))
                .child(described(widget, &file))
                .child(tool(Word::MoveUp, "up", UP, Mover::up).attr_by("aria-disabled", first))
                .child(tool(Word::MoveDown, "down", DOWN, Mover::down).attr_by("aria-disabled", last))
                .child(
                    tool(Word::RemoveFile, "attachment", CROSS, Mover::remove).attr("title", &widget.say(Word::Remove)),
                ),
        )
        .child(el("div").show(move || flaw_lines(widget, Field::Attachment(id))))
        .each(move || previewed(widget), move |_| preview(widget, |preview| (preview.document)(widget, id)))
}

/// A key as soon as the part of the program is there that shows pages.
pub fn previewed(widget: Widget) -> Vec<u32> {
    widget.parts().preview.with(|preview| preview.map(|_| 0)).into_iter().collect()
}

/// What that part has to show.
pub fn preview(widget: Widget, show: impl FnOnce(&Preview) -> El) -> El {
    widget.parts().preview.now().map_or_else(|| el("div"), show)
}

/// What the buttons of one document do.
#[derive(Clone, Copy)]
struct Mover {
    widget: Widget,
    id: u32,
}

impl Mover {
    /// Its place, counted from 0, and how many there are.
    fn place(self) -> (usize, usize) {
        self.widget.parts().draft.with(|draft| {
            let place = draft.attachments.iter().position(|entry| entry.id == self.id);
            (place.unwrap_or_default(), draft.attachments.len())
        })
    }

    fn name(self) -> String {
        self.widget.parts().draft.peek(|draft| {
            let entry = draft.attachments.iter().find(|entry| entry.id == self.id);
            entry.map(|entry| entry.name.clone()).unwrap_or_default()
        })
    }

    fn up(self) {
        if let Some(to) = self.place().0.checked_sub(1) {
            self.go(to, "up");
        }
    }

    fn down(self) {
        let (place, n) = self.place();
        if place + 1 < n {
            self.go(place + 1, "down");
        }
    }

    fn go(self, to: usize, focus: &str) {
        self.widget.edit(|draft| draft.move_attachment(self.id, to));
        self.tell();
        self.widget.focus_on(format!("[data-focus={focus}-{}]", self.id));
    }

    fn tell(self) {
        let (place, n) = self.place();
        let (place, n) = (self.widget.number(place + 1), self.widget.number(n));
        let values = [("name", &*self.name()), ("place", &place), ("n", &n)];
        self.widget.announce(self.widget.fill(Word::FileMoved, &values));
    }

    /// The focus goes to the next file's remove button, or to the button that chooses files.
    fn remove(self) {
        let (place, _) = self.place();
        let parts = self.widget.parts();
        let ids = parts.draft.peek(ids);
        let next = ids.get(place + 1).or_else(|| ids.get(place.wrapping_sub(1)));
        let focus = next.map_or("[data-focus=attachment]".to_owned(), |next| format!("[data-focus=attachment-{next}]"));
        self.widget.announce(self.widget.fill(Word::FileRemoved, &[("name", &self.name())]));
        parts.notice.set(None);
        self.widget.edit(|draft| draft.remove_attachment(self.id));
        self.widget.focus_on(focus);
    }
}

/// Name, size and kind.
pub fn described(widget: Widget, file: &DraftAttachment<File>) -> El {
    let family = sentences::family(FileKind::of(&file.name).map(FileKind::family));
    classed("span", "file")
        .child(classed("span", "file-name").attr("dir", "auto").attr("title", &file.name).text(&file.name))
        .child(classed("span", "hint").text(&widget.fill(
            Word::SizeAndKind,
            &[("size", &format::size(file.size, &widget.lang())), ("kind", &widget.say(family))],
        )))
}

/// A page with the file's ending, and over it the picture itself where the browser can show that.
pub fn thumbnail(widget: Widget, file: &DraftAttachment<File>) -> El {
    let is_picture = FileKind::of(&file.name).is_some_and(FileKind::is_picture) && file.size > 0;
    let handle = file.file.clone();
    let shown = move || here(widget).filter(|_| is_picture).map(|_| 0).into_iter().collect();
    classed("span", "thumbnail")
        .attr("aria-hidden", "true")
        .icon(PAGE)
        .child(classed("span", "ending").text(&extension(&file.name).chars().take(4).collect::<String>()))
        .each(shown, move |_| rest::loaded().map_or_else(|| el("span"), |rest| (rest.picture)(&handle)))
}

/// The picture that a file is.
pub fn picture(file: &File) -> El {
    let picture = el("img")
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
    let url = StoredValue::new(String::new());
    on_cleanup(move || {
        // An address that was never known needs no taking back.
        let _ = url.with_value(|url| Url::revoke_object_url(url));
    });
    let (file, image) = (file.clone(), picture.element());
    spawn_local(async move {
        // Half a millisecond each: fifty at once would hold up the page.
        gloo_timers::future::TimeoutFuture::new(0).await;
        if !url.is_disposed()
            && let Ok(made) = Url::create_object_url_with_blob(&file)
        {
            let _ = image.set_attribute("src", &made);
            url.set_value(made);
        }
    });
    picture
}
