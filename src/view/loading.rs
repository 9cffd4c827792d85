//! What stands in place of any screen but the form until the rest of the program is there.

use super::element::{El, button, classed, el};
use super::rest::Arrival;
use super::widget::Widget;
use crate::client::is_online;
use crate::submission::Submission;
use crate::words::Word;

/// That it comes, or that it could not be had and what to do.
pub fn loading(widget: Widget) -> El {
    let has_failed = move || widget.parts().rest.get() == Arrival::Failed;
    let said = move || match (has_failed(), is_online()) {
        (false, _) => Word::Loading,
        (true, true) => Word::FailedLoading,
        (true, false) => Word::ReadOffline,
    };
    let ways = move |_| {
        classed("div", "ask")
            .child(button("", move || widget.fetch_rest()).say(widget, Word::TryAgain))
            .child(button("quiet", move || widget.open_composer()).say(widget, Word::NewFax))
    };
    let is_attempt = move || widget.parts().submission.with(Submission::is_busy).then_some(1).into_iter().collect();
    classed("section", "screen")
        .part("loading")
        .child(el("p").attr("role", "status").attr("tabindex", "-1").place("faxes").text_by(move || widget.say(said())))
        .each(is_attempt, move |_| button("", move || widget.cancel_send()).part("cancel").say(widget, Word::Cancel))
        .each(move || has_failed().then_some(1).into_iter().collect(), ways)
}
