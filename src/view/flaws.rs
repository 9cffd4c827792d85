//! What is wrong, where it is wrong and all in one place.

use super::element::{El, button, classed, el};
use super::icon::WARNING;
use super::sentences;
use super::widget::Widget;
use crate::fax::{Field, Flaw};
use crate::reply::{Code, Failure, Outcome};
use crate::submission::{Stage, Submission};
use crate::words::{Word, fill, say};

impl Widget {
    /// The sentence for a flaw of the draft as it stands.
    pub(super) fn sentence(self, flaw: &Flaw) -> String {
        self.parts()
            .settings
            .with(|settings| self.parts().draft.with(|draft| sentences::flaw(flaw, draft, &settings.lang)))
    }

    /// The language for dates, numbers and sizes.
    pub(super) fn lang(self) -> String {
        self.parts().settings.with(|settings| settings.lang.clone())
    }
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
    let line = |flaw: &Flaw| classed("p", "flaw").attr("part", "error").text(&widget.sentence(flaw));
    widget.flaws_of(field).iter().map(line).collect()
}

/// A notice about what was just added to a field.
pub fn notice(widget: Widget, of: Field) -> El {
    el("div").show(move || {
        let said = widget.parts().notice.get().filter(|(field, _)| *field == of);
        said.into_iter().map(|(_, said)| classed("p", "notice").attr("part", "notice").text(&said)).collect()
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
            let way = button("link", move || widget.focus_on(place.clone())).text(&widget.sentence(flaw));
            el("li").child(way)
        };
        let lines = el("ul").children(flaws.iter().map(line));
        vec![banner("banner bad", "flaws", say(Word::FlawsTitle), vec![lines])]
    })
}

/// What became of the last attempt, over the form.
pub fn failure(widget: Widget) -> El {
    el("div").show(move || {
        let failed = widget.parts().submission.with(|submission| match submission.stage() {
            // Flaws of the draft have a summary of their own.
            Stage::Failed(failure) if failure.code != Code::Invalid || is_address(failure) => Some(failure.clone()),
            _ => None,
        });
        match failed {
            Some(failure) => vec![failure_banner(widget, &failure)],
            None => unsettled(widget),
        }
    })
}

fn failure_banner(widget: Widget, failure: &Failure) -> El {
    let unknown = failure.outcome == Outcome::Unknown;
    let mut lines = vec![
        el("p").text(&sentences::failure(widget, failure)),
        el("p").say(if unknown { Word::UnknownHint } else { Word::DraftKept }),
    ];
    lines.extend(codes(failure).map(|codes| classed("p", "codes").text(&codes)));
    let class = if unknown { "banner doubt" } else { "banner bad" };
    banner(class, "failure", sentences::outcome(failure.outcome), lines)
}

/// A reminder that an earlier attempt may have been accepted, wherever a person can send again.
pub fn unsettled(widget: Widget) -> Vec<El> {
    if !widget.parts().submission.with(Submission::is_unsettled) {
        return Vec::new();
    }
    vec![banner("banner doubt", "doubt", say(Word::UnsettledTitle), vec![el("p").say(Word::UnsettledHint)])]
}

fn banner(class: &'static str, place: &'static str, title: &'static str, lines: Vec<El>) -> El {
    classed("section", class)
        .attr("part", place)
        .attr("tabindex", "-1")
        .attr("aria-label", title)
        .place(place)
        .icon(WARNING)
        .child(el("div").child(el("h3").text(title)).children(lines))
}

fn is_address(failure: &Failure) -> bool {
    matches!(failure.parameter_name.as_deref(), Some("server" | "endpoint" | "account" | "extension"))
}

/// Status and error code, which a support desk asks for.
fn codes(failure: &Failure) -> Option<String> {
    let status = failure.status.map(|status| status.to_string());
    let error_code = failure.error_code.clone();
    let codes: Vec<String> = status.into_iter().chain(error_code).collect();
    (!codes.is_empty()).then(|| fill(Word::FailedCodes, &[("codes", &codes.join(", "))]))
}
