//! The end of the form: the service has the fax. Accepted is not sent, and no word here says so before the service does.

use wasm_bindgen::JsCast;

use super::element::{El, button, classed, el};
use super::fax::card;
use super::icon::{TICK, WARNING};
use super::review::when;
use super::widget::Widget;
use crate::message::{Message, Status};
use crate::submission::Stage;
use crate::words::Word;

/// What becomes of the fax, as the service tells it, and what happens next.
pub fn accepted(widget: Widget) -> El {
    let message = widget.parts().submission.peek(|submission| match submission.stage() {
        Stage::Accepted(message) => Some(message.clone()),
        _ => None,
    });
    let lang = widget.lang();
    let later = widget.parts().draft.peek(|draft| when(draft, &lang));
    let next = move || {
        widget.reset();
        widget.focus("[data-focus=to]");
    };
    let Some(message) = message else { return el("section") };
    let (id, copied, known) = (message.id.clone(), message.id.clone(), message.id.clone());
    // The words follow the fax to its end.
    let told = move || {
        let end = widget.message(&known).filter(Message::is_final);
        match (&end, &later) {
            (Some(end), _) if end.is_cancelled() => (Word::StatusCancelled, String::new()),
            (Some(end), _) if end.status == Status::Sent => (Word::EndSent, widget.say(Word::EndHint)),
            // Also one that was cancelled when it had reached some of them already.
            (Some(end), _) if end.missed() < end.to.len() => (Word::EndPartial, widget.say(Word::EndHint)),
            (Some(_), _) => (Word::EndFailed, String::new()),
            (None, Some(time)) => (Word::ScheduledTitle, widget.fill(Word::ScheduledHint, &[("time", time)])),
            (None, None) => (Word::Accepted, widget.say(Word::AcceptedHint)),
        }
    };
    let (title, hint) = (told.clone(), told.clone());
    let failed = move || matches!(told().0, Word::EndPartial | Word::EndFailed);
    let is_bad = failed.clone();
    let class = move || Some(if is_bad() { "good bad" } else { "good" }.to_owned());
    // The schema promises no recipients in the answer; then those of the draft are shown.
    let numbers: Vec<String> =
        widget.parts().draft.peek(|draft| draft.to.iter().map(|entry| entry.phone_number.clone()).collect());
    let shown = move || {
        let mut now = widget.message(&id).unwrap_or_else(|| message.clone());
        if now.to.is_empty() {
            now.to = numbers.iter().map(|number| crate::message::RecipientStatus::of(number)).collect();
        }
        let following = if now.is_final() { None } else { Some(classed("p", "hint").say(widget, Word::Following)) };
        let mut parts = vec![card(widget, &now)];
        parts.extend(following);
        parts
    };
    classed("section", "screen")
        .part("accepted")
        .child(
            el("header")
                .attr_by("class", class)
                .child(
                    classed("span", "mark").show(move || vec![el("span").icon(if failed() { WARNING } else { TICK })]),
                )
                .child(
                    el("div")
                        .child(el("h2").attr("tabindex", "-1").place("accepted").text_by(move || widget.say(title().0)))
                        .child(classed("p", "lead").text_by(move || hint().1)),
                ),
        )
        .child(el("div").show(shown))
        .child(
            classed("p", "hint")
                .say(widget, Word::MessageIdHint)
                .text(" ")
                .child(button("link", move || copy(widget, copied.as_str())).say(widget, Word::Copy)),
        )
        .child(
            el("footer")
                .child(button("quiet", move || widget.open_list()).part("faxes-link").say(widget, Word::FaxesLink))
                .child(button("primary", next).part("new").say(widget, Word::NextFax)),
        )
}

fn copy(widget: Widget, id: &str) {
    let clipboard = web_sys::window().map(|window| window.navigator()).and_then(|navigator| {
        js_sys::Reflect::get(&navigator, &"clipboard".into()).ok()?.dyn_into::<web_sys::Clipboard>().ok()
    });
    // Where the browser has no clipboard to give (a page without HTTPS), the id can still be selected.
    if let Some(clipboard) = clipboard {
        drop(clipboard.write_text(id));
        widget.announce(widget.say(Word::Copied));
    }
}
