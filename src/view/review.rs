//! The step before the point of no return: what will go, in the largest type, with one way back (WCAG 2.2, 3.3.4).

use super::composer::send_word;
use super::cover::cover_name;
use super::documents::{counted, described, thumbnail};
use super::doubts::repeat;
use super::element::{El, button, classed, el};
use super::failure::unsettled;
use super::numbers::{known_number, retype};
use super::recipients::{key, readable};
use super::sign_in::session;
use super::widget::Widget;
use super::{clock, format};
use crate::draft::{Draft, TimeReading};
use crate::words::Word;

/// Numbers, documents, cover and time as they will be sent.
pub fn review(widget: Widget) -> El {
    let draft = widget.parts().draft.now();
    let lang = widget.lang();
    let recipients = draft.to.iter().map(|entry| {
        el("li")
            .child(classed("span", "number large").attr("dir", "ltr").text(&readable(&entry.phone_number)))
            .child(classed("span", "name").attr("dir", "auto").text(&entry.name))
            .child(known_number(widget, &entry.phone_number, &entry.name))
            .child(retype(widget, entry))
    });
    let files = draft
        .attachments
        .iter()
        .map(|file| classed("li", "row").child(thumbnail(widget, file)).child(described(widget, file)));
    let when = when(&draft, &lang);
    let send = send_word(widget, when.is_some());
    let mut facts =
        definition(widget, el("dl"), Word::CoverPage, el("dd").text(&cover_name(widget, draft.cover_index)));
    let cover_text = draft.cover_page_text.trim();
    if !cover_text.is_empty() {
        facts = definition(
            widget,
            facts,
            Word::ReviewCoverText,
            classed("dd", "cover-text").attr("dir", "auto").text(cover_text),
        );
    }
    let resolution = if draft.fax_resolution == "Low" { Word::Low } else { Word::High };
    facts = definition(widget, facts, Word::Resolution, el("dd").say(widget, resolution));
    facts = definition(widget, facts, Word::When, el("dd").text(&when.unwrap_or_else(|| widget.say(Word::ReviewNow))));
    if !draft.iso_code.is_empty() {
        facts = definition(widget, facts, Word::Country, el("dd").text(&format::country(&draft.iso_code, &lang)));
    }
    classed("section", "screen")
        .part("review")
        .on("keydown", move |event| {
            if key(&event) == "Escape" {
                widget.back();
            }
        })
        .child(
            el("header")
                .child(el("h2").attr("tabindex", "-1").place("review").say(widget, Word::ReviewTitle))
                .child(classed("p", "lead").say(widget, Word::ReviewHint)),
        )
        .child(session(widget))
        .child(repeat(widget))
        .children(unsettled(widget))
        .child(el("h3").text(&widget.count(Word::RecipientCountOne, Word::RecipientCount, draft.to.len())))
        .child(classed("ul", "checked").children(recipients))
        .child(el("h3").text(&counted(&draft, &widget.language())))
        .child(classed("ol", "checked").children(files))
        .children(widget.parts().preview.now().map(|preview| (preview.strip)(widget)))
        .child(facts)
        .children(widget.parts().preview.now().map(|preview| (preview.total)(widget)))
        .child(
            el("footer")
                .child(button("quiet", move || widget.back()).part("back").say(widget, Word::Back))
                .child(button("primary", move || widget.send()).part("send").place("send").say(widget, send)),
        )
}

/// The time to send at in the person's zone; `None` for now.
pub fn when<F>(draft: &Draft<F>, lang: &str) -> Option<String> {
    match draft.send_time.as_ref()?.reading {
        TimeReading::At(millis) if millis > clock::now() => Some(format::date_time(millis, lang)),
        _ => None,
    }
}

/// A term and what it stands for, added to a `dl`.
pub fn definition(widget: Widget, list: El, term: Word, description: El) -> El {
    list.child(el("dt").say(widget, term)).child(description)
}
