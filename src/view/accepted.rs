//! The end: the service has the fax. Accepted is not sent, and no word here says so.

use wasm_bindgen::JsCast;

use super::element::{El, button, classed, el};
use super::icon::TICK;
use super::recipients::readable;
use super::review::{definition, when};
use super::widget::Widget;
use crate::reply::RecipientStatus;
use crate::submission::Stage;
use crate::words::{Word, fill, say};

/// The message id, the recipients as the service tells them, and what happens next.
pub fn accepted(widget: Widget) -> El {
    let message = widget.parts().submission.peek(|submission| match submission.stage() {
        Stage::Accepted(message) => Some(message.clone()),
        _ => None,
    });
    let lang = widget.parts().settings.peek(|settings| settings.lang.clone());
    let later = widget.parts().draft.peek(|draft| when(draft, &lang));
    let (title, hint) = match &later {
        Some(time) => (Word::ScheduledTitle, fill(Word::ScheduledHint, &[("time", time)])),
        None => (Word::Accepted, say(Word::AcceptedHint).to_owned()),
    };
    let id = message.as_ref().map(|message| message.id.clone()).unwrap_or_default();
    // The schema promises no recipients in the answer; then those of the draft are shown.
    let told = message.map(|message| message.to).filter(|to| !to.is_empty());
    let recipients = told.unwrap_or_else(|| {
        widget.parts().draft.peek(|draft| {
            let told = |number: &String| RecipientStatus { phone_number: Some(number.clone()), ..Default::default() };
            draft.to.iter().map(|entry| told(&entry.phone_number)).collect()
        })
    });
    let shown_id = el("dd")
        .child(el("code").attr("part", "message-id").text(&id))
        .text(" ")
        .child(button("link", move || copy(widget, &id)).say(Word::Copy))
        .child(classed("p", "hint").say(Word::MessageIdHint));
    let next = move || {
        widget.reset();
        widget.focus("[data-focus=to]");
    };
    classed("section", "screen")
        .attr("part", "accepted")
        .child(
            classed("header", "good").child(classed("span", "mark").icon(TICK)).child(
                el("div")
                    .child(el("h2").attr("tabindex", "-1").place("accepted").say(title))
                    .child(classed("p", "lead").text(&hint)),
            ),
        )
        .child(classed("ul", "checked").children(recipients.iter().map(line)))
        .child(definition(el("dl"), Word::MessageId, shown_id))
        .child(el("footer").child(button("primary", next).attr("part", "new").say(Word::NextFax)))
}

fn line(recipient: &RecipientStatus) -> El {
    // A status that is not known is shown as it came.
    let status = match recipient.message_status.as_deref() {
        None | Some("Queued") => say(Word::StatusQueued),
        Some("Sent") => say(Word::StatusSent),
        Some("SendingFailed") => say(Word::StatusFailed),
        Some(other) => other,
    };
    let number = recipient.phone_number.as_deref().map(readable).unwrap_or_default();
    el("li")
        .child(classed("span", "number").attr("dir", "ltr").text(&number))
        .child(classed("span", "name").attr("dir", "auto").text(recipient.name.as_deref().unwrap_or_default()))
        .child(classed("span", "status").text(status))
}

fn copy(widget: Widget, id: &str) {
    let clipboard = web_sys::window().map(|window| window.navigator()).and_then(|navigator| {
        js_sys::Reflect::get(&navigator, &"clipboard".into()).ok()?.dyn_into::<web_sys::Clipboard>().ok()
    });
    // Where the browser has no clipboard to give (a page without HTTPS), the id can still be selected.
    if let Some(clipboard) = clipboard {
        drop(clipboard.write_text(id));
        widget.parts().announcement.set(say(Word::Copied).to_owned());
    }
}
