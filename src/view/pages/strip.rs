//! All pages in the order in which they go, small, and what they come to.

use super::super::element::{El, button, classed, el};
use super::super::format;
use super::super::widget::Widget;
use super::canvas;
use crate::pages::{PageId, Pages};
use crate::words::Word;

/// The pages; nothing where none can be shown.
pub fn strip(widget: Widget) -> El {
    // In another language, which makes this anew, the paper may be another.
    widget.work();
    el("div").each(move || shown(widget), move |_| pages(widget))
}

/// What the pages come to; nothing where none can be shown. In view wherever its screen is scrolled to.
pub fn total(widget: Widget) -> El {
    classed("div", "total")
        .each(move || shown(widget), move |_| classed("p", "hint").part("pages-total").text_by(move || sum(widget)))
}

/// A key where there is a page to show.
fn shown(widget: Widget) -> Vec<u32> {
    widget.parts().paging.pages.with(|pages| pages.pages().next().map(|_| 0)).into_iter().collect()
}

fn pages(widget: Widget) -> El {
    let keys = move || widget.parts().paging.pages.with(|pages| pages.pages().map(|page| key(page.id)).collect());
    classed("section", "strip")
        .part("pages")
        .attr("aria-label", &widget.say(Word::PagesTitle))
        .child(el("h3").say(widget, Word::PagesTitle))
        .child(classed("ol", "thumbnails").part("page-list").each(keys, move |key| small(widget, id_of(key))))
}

/// A page as the key of a list: documents and pages are few.
fn key(id: PageId) -> u32 {
    id.document << 12 | u32::try_from(id.page).unwrap_or(0xfff).min(0xfff)
}

fn id_of(key: u32) -> PageId {
    PageId { document: key >> 12, page: (key & 0xfff) as usize }
}

/// The place of a page among those that go, counted from one, and how many there are; a page that is left out counts as the
/// one that it would be.
pub fn place(pages: &Pages, id: PageId) -> (usize, usize) {
    let before = pages.pages().take_while(|page| page.id != id).filter(|page| !page.is_left_out).count();
    (before + 1, pages.pages().filter(|page| !page.is_left_out).count())
}

fn small(widget: Widget, id: PageId) -> El {
    let name = widget.parts().draft.peek(|draft| {
        draft
            .attachments
            .iter()
            .find(|entry| entry.id == id.document)
            .map(|entry| entry.name.clone())
            .unwrap_or_default()
    });
    let is_left_out =
        move || widget.parts().paging.pages.with(|pages| pages.page(id).is_some_and(|page| page.is_left_out));
    let numbered = move || {
        if is_left_out() {
            return widget.say(Word::PageLeftOut);
        }
        widget.number(widget.parts().paging.pages.with(|pages| place(pages, id)).0)
    };
    let called = move || {
        let (place, n) = widget.parts().paging.pages.with(|pages| place(pages, id));
        let values = [("place", &*widget.number(place)), ("n", &widget.number(n)), ("name", &name)];
        let page = widget.fill(Word::PageOf, &values);
        Some(if is_left_out() { [&page, ", ", &*widget.say(Word::PageLeftOut)].concat() } else { page })
    };
    let picture = move || {
        let grid = widget.grid_now();
        let page = widget.parts().paging.pages.with(|pages| pages.page(id))?;
        Some((widget.kept(&page, grid)?.thumbnail?, 1.0))
    };
    let class = move || Some(if is_left_out() { "page left-out" } else { "page" }.to_owned());
    el("li").child(
        button("", move || widget.look_at(id))
            .part("page")
            .attr_by("class", class)
            .attr_by("aria-label", called)
            .place(&format!("page-{}-{}", id.document, id.page))
            .child(canvas(picture))
            .child(el("span").text_by(numbered)),
    )
}

/// Pages, bytes and time on the line, in one line.
fn sum(widget: Widget) -> String {
    let parts = widget.parts();
    let wish = parts.settings.with(|settings| settings.pages);
    let grid = widget.grid_now();
    let as_is = parts.draft.with(crate::draft::Draft::size_as_is);
    let total = parts.paging.pages.with(|pages| pages.total(wish, grid));
    let lang = widget.lang();
    let mut said = widget.count(Word::PagesOne, Word::Pages, total.pages);
    if total.unknown > 0 {
        said += " ";
        said += &widget.count(Word::PagesElsewhereOne, Word::PagesElsewhere, total.unknown);
    }
    said += " · ";
    said += &format::size(as_is + total.shown_bytes, &lang);
    if total.seconds.0 > 0.0 {
        let is_all = total.waiting + total.unknown + total.failed == 0;
        let times =
            [("time", &*format::minutes(total.seconds.0, &lang)), ("slow", &format::minutes(total.seconds.1, &lang))];
        said += " · ";
        said += &widget.fill(if is_all { Word::OnTheLine } else { Word::OnTheLineAtLeast }, &times);
    }
    if total.waiting > 0 {
        said += " · ";
        said += &widget.say(Word::PagesPreparing);
    }
    said
}
