//! Under a document: how many pages it has, whether they go as they are shown, and what a person should know before it costs.

use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

use super::super::element::{El, button, classed, el};
use super::super::format;
use super::super::widget::Widget;
use crate::draft::Draft;
use crate::fax::{FaxResolution, Field};
use crate::pages::{Lacks, Reading, Refusal, SLOW};
use crate::words::Word;

/// The share of a page from which a colour, or a grey, is worth a word. Ours.
const WORTH_A_WORD: f64 = 0.01;

/// What there is to know of a document's pages.
pub fn document(widget: Widget, id: u32) -> El {
    let state = move || match widget.parts().paging.pages.with(|pages| pages.reading(id)) {
        None | Some(Reading::Waiting) => 0,
        Some(Reading::Open { .. }) => 1,
        Some(Reading::Refused(refusal)) => 2 + refusal as u32,
    };
    classed("div", "pages-of").part("document-pages").each(
        move || vec![state()],
        move |state| match state {
            0 => classed("p", "hint").say(widget, Word::ReadingPages),
            1 => open(widget, id),
            _ => refused(widget, id),
        },
    )
}

fn open(widget: Widget, id: u32) -> El {
    let parts = widget.parts();
    let wish = move || widget.parts().settings.with(|settings| settings.pages);
    let must = move || widget.parts().paging.pages.with(|pages| pages.must_be_shown(id));
    let is_shown = move || widget.parts().paging.pages.with(|pages| pages.is_shown(id, wish()));
    let count = move || {
        let count = widget.parts().paging.pages.with(|pages| pages.count(id));
        widget.count(Word::PagesOne, Word::Pages, count)
    };
    let switch = el("input")
        .attr("type", "checkbox")
        .place(&format!("as-shown-{id}"))
        .attr("aria-describedby", &widget.id(&format!("as-shown-{id}")))
        .state_by("checked", is_shown)
        .state_by("disabled", must)
        .on("change", move |event| {
            if let Some(input) = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok()) {
                let shown = input.checked();
                widget.arrange(|pages| pages.choose(id, shown));
            }
        });
    let hint = move || {
        let is_doubtful = widget.parts().paging.pages.with(|pages| pages.is_doubtful(id));
        widget.say(match (must(), is_shown()) {
            (true, _) => Word::ShownByNeed,
            (false, true) => Word::GoesAsShown,
            (false, false) if is_doubtful => Word::GoesUnlike,
            (false, false) => Word::GoesAsItIs,
        })
    };
    let name = parts.draft.peek(|draft| name_of(draft, id));
    let misleads = parts.paging.pages.peek(|pages| match pages.reading(id) {
        Some(Reading::Open { kind, .. }) => kind.is_misnamed(&name),
        _ => false,
    });
    let told = move || {
        let grid = widget.grid_now();
        let mut lines = Vec::new();
        let (unknown, lacks, failed) =
            widget.parts().paging.pages.with(|pages| (pages.unknown(id), pages.lacks(id), pages.failures(id, grid)));
        let notice = |said: &str| classed("p", "notice").text(said);
        if unknown > 0 {
            lines.push(notice(&widget.count(Word::UnknownCharactersOne, Word::UnknownCharacters, unknown)));
        }
        for (one, word) in [
            (Lacks::PART, Word::LacksPart),
            (Lacks::PICTURE, Word::LacksPicture),
            (Lacks::FONT, Word::LacksFont),
            (Lacks::FRAMES, Word::LacksFrames),
        ] {
            lines.extend(lacks.has(one).then(|| notice(&widget.say(word))));
        }
        if !failed.is_empty() {
            let said = widget.count(Word::PagesFailedOne, Word::PagesFailed, failed.len());
            let leave_out = move || {
                widget.arrange(|pages| failed.iter().for_each(|page| pages.leave_out(*page, true)));
            };
            lines.push(notice(&said).text(" ").child(button("link", leave_out).say(widget, Word::PageLeaveOut)));
        }
        if misleads && !is_shown() {
            lines.push(classed("p", "notice").say(widget, Word::NameMisleads).text(" ").child(
                button("link", move || widget.arrange(|pages| pages.choose(id, true))).say(widget, Word::SendAsShown),
            ));
        }
        let (mut colours, mut greys, mut slow) = (false, false, None);
        widget.parts().paging.pages.with(|pages| {
            for (place, page) in pages.pages().filter(|page| !page.is_left_out).enumerate() {
                let Some(made) = pages.made(&page, grid).filter(|_| page.id.document == id) else { continue };
                colours |= made.coloured > WORTH_A_WORD;
                greys |= made.dithered > WORTH_A_WORD;
                if made.seconds.0 > SLOW && slow.is_none_or(|(_, seconds)| seconds < made.seconds.0) {
                    slow = Some((place + 1, made.seconds.0));
                }
            }
        });
        if colours {
            lines.push(classed("p", "hint").say(widget, Word::ColoursLost));
        } else if greys {
            lines.push(classed("p", "hint").say(widget, Word::GreysLost));
        }
        if let Some((place, seconds)) = slow {
            let said = widget.fill(
                Word::SlowPage,
                &[("place", &widget.number(place)), ("time", &format::minutes(seconds, &widget.lang()))],
            );
            let mut line = classed("p", "notice").text(&said);
            if grid.resolution == FaxResolution::High {
                line = line.text(" ").child(
                    button("link", move || widget.edit(|draft| draft.fax_resolution = "Low".to_owned()))
                        .say(widget, Word::UseStandard),
                );
            }
            lines.push(line);
        }
        lines
    };
    el("div")
        .child(
            classed("label", "as-shown")
                .child(switch)
                .child(el("span").say(widget, Word::SendAsShown))
                .child(classed("span", "hint").part("page-count").text_by(count)),
        )
        .child(classed("p", "hint").attr("id", &widget.id(&format!("as-shown-{id}"))).text_by(hint))
        .child(el("div").show(told))
}

fn refused(widget: Widget, id: u32) -> El {
    let refusal = widget.parts().paging.pages.peek(|pages| match pages.reading(id) {
        Some(Reading::Refused(refusal)) => refusal,
        _ => Refusal::Unknown,
    });
    let word = match refusal {
        // What is no kind of a document at all is said as a flaw, and does not go.
        Refusal::Unknown => {
            let is_flawed = move || !widget.flaws_of(Field::Attachment(id)).is_empty();
            let hint = move || classed("p", "hint").say(widget, Word::NoPagesUnknown);
            return el("div").show(move || if is_flawed() { Vec::new() } else { vec![hint()] });
        }
        Refusal::Misnamed => Word::Misnamed,
        Refusal::Heic => Word::NoPagesHeic,
        Refusal::Damaged => Word::NoPagesDamaged,
        Refusal::PasswordNeeded => return locked(widget, id),
        Refusal::TooLarge => Word::NoPagesTooLarge,
        // A flaw, and said as one.
        Refusal::TooManyPages => return el("div"),
        Refusal::NoEngine => Word::NoPagesHere,
        Refusal::Lost => Word::NoPagesLost,
    };
    let is_bad = matches!(refusal, Refusal::Misnamed | Refusal::Heic | Refusal::Damaged);
    classed("p", if is_bad { "notice" } else { "hint" }).say(widget, word)
}

fn locked(widget: Widget, id: u32) -> El {
    let field = el("input")
        .attr("type", "password")
        .attr("autocomplete", "off")
        .attr("aria-describedby", &widget.id(&format!("locked-{id}")))
        .place(&format!("password-{id}"));
    let input = field.element();
    let unlock = move || {
        let typed = input.dyn_ref::<HtmlInputElement>().map(HtmlInputElement::value).unwrap_or_default();
        if !typed.is_empty() {
            widget.unlock(id, typed);
        }
    };
    let press = unlock.clone();
    let field = field.on("keydown", move |event| {
        if super::super::recipients::key(&event) == "Enter" {
            // Not the whole form's.
            event.prevent_default();
            press();
        }
    });
    let wrong = move || {
        let is_wrong = widget.parts().paging.locked.with(|locked| locked.contains(&id));
        is_wrong
            .then(|| classed("p", "flaw").attr("role", "status").say(widget, Word::PasswordWrong))
            .into_iter()
            .collect()
    };
    el("div")
        .child(
            classed("p", "notice").attr("id", &widget.id(&format!("locked-{id}"))).say(widget, Word::NoPagesPassword),
        )
        .child(
            classed("div", "unlock")
                .child(classed("label", "field").child(el("span").say(widget, Word::Password)).child(field))
                .child(button("", unlock).say(widget, Word::PasswordShow)),
        )
        .child(el("div").show(wrong))
}

fn name_of<F>(draft: &Draft<F>, id: u32) -> String {
    draft.attachments.iter().find(|entry| entry.id == id).map(|entry| entry.name.clone()).unwrap_or_default()
}
