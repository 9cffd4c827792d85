//! The cover page: the account's default, none, or one of the service's list, and the text on it.

use super::element::{El, button, classed, el};
use super::flaws::{checked, field_flaws};
use super::recipients::{field, typed};
use super::rest;
use super::widget::{CoverPages, Widget};
use crate::fax::{Field, MOST_COVER_TEXT};
use crate::words::Word;

/// The choice and the text.
pub fn cover(widget: Widget) -> El {
    let units = move || widget.parts().draft.with(|draft| draft.cover_page_text.encode_utf16().count());
    let counter = move || Some(if units() > MOST_COVER_TEXT { "hint over" } else { "hint" }.to_owned());
    let choice = checked(el("select"), widget, "cover-flaws", Field::CoverIndex)
        .place("coverIndex")
        .on("change", move |event| widget.edit(|draft| draft.set_cover_index(&typed(&event))))
        .each(move || choices(widget), move |key| option(widget, key));
    let text = checked(el("textarea"), widget, "cover-text-count cover-text-flaws", Field::CoverPageText)
        .attr("rows", "4")
        .attr("dir", "auto")
        .place("coverPageText")
        .value_by(move || widget.parts().draft.with(|draft| draft.cover_page_text.clone()))
        .on("input", move |event| widget.edit(|draft| draft.cover_page_text = typed(&event)));
    el("fieldset")
        .part("cover")
        .child(el("legend").say(widget, Word::Cover))
        .child(field(widget, Word::CoverPage).child(choice))
        .child(el("div").show(move || list_state(widget)))
        .child(field_flaws(widget, "cover-flaws", Field::CoverIndex))
        .child(field(widget, Word::CoverText).child(text))
        .child(
            el("p")
                .attr("id", &widget.id("cover-text-count"))
                .attr_by("class", counter)
                .text_by(move || widget.fill(Word::CoverTextCount, &[("n", &counted(widget, units()))])),
        )
        .child(field_flaws(widget, "cover-text-flaws", Field::CoverPageText))
}

/// A number the way the language writes it. Nothing typed yet is a plain nought until the form has stood.
fn counted(widget: Widget, units: usize) -> String {
    if units > 0 || widget.parts().has_stood.get() { widget.number(units) } else { "0".to_owned() }
}

/// What the choice is called on the screen.
pub fn cover_name(widget: Widget, index: Option<i64>) -> String {
    match index {
        None => widget.say(Word::CoverDefault),
        Some(0) => widget.say(Word::CoverNone),
        Some(index) => widget
            .parts()
            .cover_pages
            .with(|pages| match pages {
                CoverPages::Loaded(pages) => {
                    pages.iter().find(|page| i64::from(page.index) == index).map(|page| page.name.clone())
                }
                _ => None,
            })
            .unwrap_or_else(|| widget.fill(Word::CoverNumber, &[("n", &index.to_string())])),
    }
}

/// The keys of the choices: the two that need no list, the list, and what is chosen where the list does not have it.
fn choices(widget: Widget) -> Vec<u32> {
    let mut offered = vec![key(None), key(Some(0))];
    widget.parts().cover_pages.with(|pages| {
        if let CoverPages::Loaded(pages) = pages {
            offered.extend(pages.iter().filter(|page| page.index != 0).map(|page| key(Some(i64::from(page.index)))));
        }
    });
    let chosen = key(widget.parts().draft.with(|draft| draft.cover_index));
    if !offered.contains(&chosen) {
        offered.push(chosen);
    }
    offered
}

/// 0 for the account's default, 1 for none, one more than its index for a cover page.
fn key(index: Option<i64>) -> u32 {
    index.map_or(0, |index| u32::try_from(index.saturating_add(1)).unwrap_or(u32::MAX))
}

fn option(widget: Widget, of: u32) -> El {
    let index = of.checked_sub(1).map(i64::from);
    el("option")
        .attr("value", &index.map(|index| index.to_string()).unwrap_or_default())
        .state_by("selected", move || widget.parts().draft.with(|draft| key(draft.cover_index) == of))
        .text_by(move || cover_name(widget, index))
}

fn list_state(widget: Widget) -> Vec<El> {
    match widget.parts().cover_pages.get() {
        CoverPages::Unknown | CoverPages::Loaded(_) => Vec::new(),
        CoverPages::Loading => vec![classed("p", "hint").say(widget, Word::CoverLoading)],
        CoverPages::Failed => {
            let try_again = move || {
                if let Some(rest) = rest::loaded() {
                    (rest.cover_pages)(widget);
                }
                widget.focus("[data-focus=coverIndex]");
            };
            let again = button("link", try_again).say(widget, Word::TryAgain);
            vec![classed("p", "hint").say(widget, Word::CoverFailed).text(" ").child(again)]
        }
    }
}
