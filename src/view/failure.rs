//! What became of the last attempt, and the reminder that one before it may have been accepted.

use super::element::{El, classed, el};
use super::flaws::banner;
use super::sentences;
use super::widget::Widget;
use crate::reply::{Code, Failure, Outcome};
use crate::submission::{Stage, Submission};
use crate::words::Word;

/// What became of the last attempt, over the form.
pub fn failure(widget: Widget) -> Vec<El> {
    let failed = widget.parts().submission.with(|submission| match submission.stage() {
        // Flaws of the draft have a summary of their own.
        Stage::Failed(failure) if failure.code != Code::Invalid || is_address(failure) => Some(failure.clone()),
        _ => None,
    });
    // Where the message store is looked at, one banner says all (see `doubts`).
    if widget.own_doubt_shown() {
        return Vec::new();
    }
    match failed {
        Some(failure) => vec![failure_banner(widget, &failure)],
        None => unsettled(widget),
    }
}

fn failure_banner(widget: Widget, failure: &Failure) -> El {
    let unknown = failure.outcome == Outcome::Unknown;
    let mut lines = vec![
        el("p").text(&sentences::failure(widget, failure)),
        el("p").say(widget, if unknown { Word::UnknownHint } else { Word::DraftKept }),
    ];
    lines.extend(codes(widget, failure).map(|codes| classed("p", "codes").text(&codes)));
    let class = if unknown { "banner doubt" } else { "banner bad" };
    banner(class, "failure", &widget.say(sentences::outcome(failure.outcome)), lines)
}

/// A reminder that an earlier attempt may have been accepted, wherever a person can send again.
pub fn unsettled(widget: Widget) -> Vec<El> {
    if !widget.parts().submission.with(Submission::is_unsettled) {
        return Vec::new();
    }
    vec![banner(
        "banner doubt",
        "doubt",
        &widget.say(Word::UnsettledTitle),
        vec![el("p").say(widget, Word::UnsettledHint)],
    )]
}

fn is_address(failure: &Failure) -> bool {
    matches!(failure.parameter_name.as_deref(), Some("server" | "endpoint" | "account" | "extension"))
}

/// Status and error code, which a support desk asks for.
fn codes(widget: Widget, failure: &Failure) -> Option<String> {
    let status = failure.status.map(|status| status.to_string());
    let error_code = failure.error_code.clone();
    let codes: Vec<String> = status.into_iter().chain(error_code).collect();
    (!codes.is_empty()).then(|| widget.fill(Word::FailedCodes, &[("codes", &codes.join(", "))]))
}
