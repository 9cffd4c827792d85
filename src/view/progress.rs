//! An attempt under way: which step, for how long, and the way out.

use std::time::Duration;

use leptos::prelude::*;

use super::element::{El, button, classed, el};
use super::icon::TICK;
use super::widget::Widget;
use super::{clock, format};
use crate::submission::Stage;
use crate::words::Word;

/// The three steps, with the time that has passed; no percentage, because fetch does not tell how much has gone.
pub fn progress(widget: Widget) -> El {
    let tick = move || widget.parts().clock.set(clock::now());
    tick();
    if let Ok(ticking) = set_interval_with_handle(tick, Duration::from_millis(500)) {
        on_cleanup(move || ticking.clear());
    }
    let now = move || widget.parts().clock.get();
    let stage = move || widget.parts().submission.with(|submission| submission.stage().clone());
    let uploading = move || match stage() {
        Stage::Uploading { bytes, .. } => {
            widget.fill(Word::UploadingSize, &[("size", &format::size(bytes, &widget.lang()))])
        }
        Stage::Waiting { .. } => widget.say(Word::Waiting),
        Stage::Looking => widget.say(Word::Looking),
        _ => widget.say(Word::Uploading),
    };
    let detail = move || match stage() {
        Stage::Uploading { since, .. } => {
            widget.fill(Word::Elapsed, &[("time", &format::elapsed((now() - since) / 1_000))])
        }
        Stage::Waiting { until } => {
            widget.fill(Word::WaitingHint, &[("time", &format::elapsed((until - now() + 999) / 1_000))])
        }
        Stage::Looking => widget.say(Word::LookingHint),
        _ => String::new(),
    };
    let lead = move || {
        let is_unwritten = stage() != Stage::Checking && !widget.is_written_down();
        widget.say(if is_unwritten { Word::KeepOpenUnwritten } else { Word::KeepOpen })
    };
    let is_checking = move || stage() == Stage::Checking;
    let first = move || Some(if is_checking() { "now" } else { "done" }.to_owned());
    let second = move || (!is_checking()).then(|| "now".to_owned());
    let step = || el("li").child(classed("span", "mark").icon(TICK));
    classed("section", "screen")
        .part("progress")
        .attr("aria-busy", "true")
        .child(
            el("header")
                .child(el("h2").attr("tabindex", "-1").place("progress").say(widget, Word::Sending))
                .child(classed("p", "lead").text_by(lead)),
        )
        .child(
            classed("ol", "steps")
                .part("steps")
                .child(step().attr_by("class", first).child(el("span").say(widget, Word::Checking)))
                .child(
                    step()
                        .attr_by("class", second)
                        .child(el("span").text_by(uploading).child(classed("small", "elapsed").text_by(detail))),
                )
                .child(step().child(el("span").say(widget, Word::AcceptedStep))),
        )
        .child(el("footer").child(button("", move || widget.cancel_send()).part("cancel").say(widget, Word::Cancel)))
}
