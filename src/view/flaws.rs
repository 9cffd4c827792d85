//! What is wrong, where it is wrong and all in one place.

use super::element::{El, button, classed, el};
use super::icon::WARNING;
use super::rest::{self, Arrival};
use super::sentences;
use super::widget::Widget;
use crate::fax::{Field, Flaw};
use crate::submission::Stage;
use crate::words::Word;

/// The sentence for a flaw of the draft as it stands. Before the rest is there no flaw is found, so none is without.
fn sentence(widget: Widget, flaw: &Flaw) -> String {
    rest::loaded().map(|rest| (rest.flaw)(widget, flaw)).unwrap_or_default()
}

/// The flaws of one field, under it; `id` is what the field's `aria-describedby` names.
pub fn field_flaws(widget: Widget, id: &'static str, field: Field) -> El {
    classed("div", "flaws").attr("id", &widget.id(id)).show(move || flaw_lines(widget, field))
}

/// A control whose `aria-invalid` says whether its field has flaws that are shown, described by the element `id`.
pub fn checked(control: El, widget: Widget, id: &'static str, field: Field) -> El {
    control
        .attr("aria-describedby", &widget.id(id))
        .attr_by("aria-invalid", move || (!widget.flaws_of(field).is_empty()).then(|| "true".to_owned()))
}

/// The flaws of one field, a line each.
pub fn flaw_lines(widget: Widget, field: Field) -> Vec<El> {
    let line = |flaw: &Flaw| classed("p", "flaw").text(&sentence(widget, flaw));
    widget.flaws_of(field).iter().map(line).collect()
}

/// A notice about what was just added to a field.
pub fn notice(widget: Widget, of: Field) -> El {
    el("div").show(move || {
        let said = widget.parts().notice.get().filter(|(field, _)| *field == of);
        said.into_iter().map(|(_, said)| classed("p", "notice").text(&said)).collect()
    })
}

/// Where the focus goes from the summary to mend a field.
fn place(field: Field) -> String {
    match field {
        Field::To => "[data-focus=to]".to_owned(),
        Field::Recipient(id) => format!("[data-focus=recipient-{id}]"),
        Field::Attachments => "[data-focus=attachment]".to_owned(),
        Field::Attachment(id) => format!("[data-focus=attachment-{id}]"),
        other => format!("[data-focus={}]", other.parameter()),
    }
}

/// The summary over the form: every flaw as a way to its field. Takes the focus when a person asks to send.
pub fn summary(widget: Widget) -> El {
    el("div").show(move || {
        let flaws = if widget.parts().asked.get() { widget.parts().flaws.get() } else { Vec::new() };
        if flaws.is_empty() {
            return Vec::new();
        }
        let line = |flaw: &Flaw| {
            let place = place(flaw.field);
            let way = button("link", move || widget.focus_on(place.clone())).text(&sentence(widget, flaw));
            el("li").child(way)
        };
        let lines = el("ul").children(flaws.iter().map(line));
        vec![banner("banner bad", "flaws", &widget.say(Word::FlawsTitle), vec![lines])]
    })
}

/// What became of the last attempt, over the form.
pub fn failure(widget: Widget) -> El {
    el("div").show(move || {
        let failure = widget.parts().submission.with(|submission| match submission.stage() {
            Stage::Failed(failure) => Some(failure.clone()),
            _ => None,
        });
        if let (Some(failure), None) = (failure, rest::loaded()) {
            // It stays when the rest of the program comes, until something is done about it.
            let lines = vec![el("p").say(widget, sentences::early(&failure)), el("p").say(widget, Word::DraftKept)];
            return vec![banner("banner bad", "failure", &widget.say(Word::NotSentTitle), lines)];
        }
        if widget.parts().rest.get() != Arrival::Here {
            return Vec::new();
        }
        rest::loaded().map(|rest| (rest.failure)(widget)).unwrap_or_default()
    })
}

/// A box with a heading that stands out; takes the focus under its place's name.
pub fn banner(class: &'static str, place: &'static str, title: &str, lines: Vec<El>) -> El {
    classed("section", class)
        .part(place)
        .attr("tabindex", "-1")
        .attr("aria-label", title)
        .place(place)
        .icon(WARNING)
        .child(el("div").child(el("h3").text(title)).children(lines))
}
