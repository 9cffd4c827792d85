//! The end: the service has the fax. Accepted is not sent, and no word here says so.

use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::icon::{TICK, icon};
use super::recipients::readable;
use super::review::when;
use super::widget::Widget;
use super::words::{Word, fill, say};
use crate::reply::RecipientStatus;
use crate::submission::Stage;

/// The message id, the recipients as the service tells them, and what happens next.
pub fn accepted(widget: Widget) -> impl IntoView {
    let message = widget.submission.with_untracked(|submission| match submission.stage() {
        Stage::Accepted(message) => Some(message.clone()),
        _ => None,
    });
    let lang = widget.settings.with_untracked(|settings| settings.lang.clone());
    let later = widget.draft.with_untracked(|draft| when(draft, &lang));
    let (title, hint) = match &later {
        Some(time) => (Word::ScheduledTitle, fill(Word::ScheduledHint, &[("time", time)])),
        None => (Word::Accepted, say(Word::AcceptedHint).to_owned()),
    };
    let id = message.as_ref().map(|message| message.id.clone()).unwrap_or_default();
    // The schema promises no recipients in the answer; then those of the draft are shown.
    let told = message.map(|message| message.to).filter(|to| !to.is_empty());
    let recipients = told.unwrap_or_else(|| {
        widget.draft.with_untracked(|draft| {
            let told = |number: &String| RecipientStatus { phone_number: Some(number.clone()), ..Default::default() };
            draft.to.iter().map(|entry| told(&entry.phone_number)).collect()
        })
    });
    let copied = id.clone();
    view! {
        <section class="screen" part="accepted">
            <header class="good">
                <span class="mark">{icon(TICK)}</span>
                <div>
                    <h2 tabindex="-1" data-focus="accepted">{say(title)}</h2>
                    <p class="lead">{hint}</p>
                </div>
            </header>
            <ul class="checked">{recipients.into_iter().map(|recipient| line(&recipient)).collect::<Vec<_>>()}</ul>
            <dl>
                <dt>{say(Word::MessageId)}</dt>
                <dd>
                    <code part="message-id">{id}</code>
                    " "
                    <button type="button" class="link" on:click=move |_| copy(widget, &copied)>{say(Word::Copy)}</button>
                    <p class="hint">{say(Word::MessageIdHint)}</p>
                </dd>
            </dl>
            <footer>
                <button
                    type="button"
                    class="primary"
                    part="new"
                    on:click=move |_| {
                        widget.reset();
                        widget.focus("[data-focus=to]");
                    }
                >
                    {say(Word::NextFax)}
                </button>
            </footer>
        </section>
    }
}

fn line(recipient: &RecipientStatus) -> impl IntoView + use<> {
    let number = recipient.phone_number.as_deref().map(readable).unwrap_or_default();
    // A status that is not known is shown as it came.
    let status = match recipient.message_status.as_deref() {
        None | Some("Queued") => say(Word::StatusQueued).to_owned(),
        Some("Sent") => say(Word::StatusSent).to_owned(),
        Some("SendingFailed") => say(Word::StatusFailed).to_owned(),
        Some(other) => other.to_owned(),
    };
    view! {
        <li>
            <span class="number" dir="ltr">{number}</span>
            <span class="name" dir="auto">{recipient.name.clone()}</span>
            <span class="status">{status}</span>
        </li>
    }
}

fn copy(widget: Widget, id: &str) {
    let clipboard = web_sys::window().map(|window| window.navigator()).and_then(|navigator| {
        js_sys::Reflect::get(&navigator, &"clipboard".into()).ok()?.dyn_into::<web_sys::Clipboard>().ok()
    });
    // Where the browser has no clipboard to give (a page without HTTPS), the id can still be selected.
    if let Some(clipboard) = clipboard {
        drop(clipboard.write_text(id));
        widget.announcement.set(say(Word::Copied).to_owned());
    }
}
