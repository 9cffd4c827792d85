//! An attempt under way: which step, for how long, and the way out.

use std::time::Duration;

use leptos::prelude::*;

use super::icon::{TICK, icon};
use super::widget::Widget;
use super::words::{Word, fill, say};
use super::{clock, format};
use crate::submission::Stage;

/// The three steps, with the time that has passed; no percentage, because fetch does not tell how much has gone.
pub fn progress(widget: Widget) -> impl IntoView {
    let now = RwSignal::new(clock::now());
    if let Ok(ticking) = set_interval_with_handle(move || now.set(clock::now()), Duration::from_millis(500)) {
        on_cleanup(move || ticking.clear());
    }
    let stage = move || widget.submission.with(|submission| submission.stage().clone());
    let checked = Memo::new(move |_| !matches!(stage(), Stage::Checking));
    let uploading = move || match stage() {
        Stage::Uploading { bytes, .. } => fill(Word::UploadingSize, &[("size", &format::size(bytes, &widget.lang()))]),
        Stage::Waiting { .. } => say(Word::Waiting).to_owned(),
        _ => say(Word::Uploading).to_owned(),
    };
    let detail = move || match stage() {
        Stage::Uploading { since, .. } => {
            fill(Word::Elapsed, &[("time", &format::elapsed((now.get() - since) / 1_000))])
        }
        Stage::Waiting { until } => {
            let seconds = (until - now.get() + 999) / 1_000;
            fill(Word::WaitingHint, &[("time", &format::elapsed(seconds))])
        }
        _ => String::new(),
    };
    view! {
        <section class="screen" part="progress" aria-busy="true">
            <header>
                <h2 tabindex="-1" data-focus="progress">{say(Word::Sending)}</h2>
                <p class="lead">{say(Word::KeepOpen)}</p>
            </header>
            <ol class="steps">
                <li class:now=move || !checked.get() class:done=move || checked.get()>
                    <span class="mark">{icon(TICK)}</span>
                    <span>{say(Word::Checking)}</span>
                </li>
                <li class:now=move || checked.get()>
                    <span class="mark">{icon(TICK)}</span>
                    <span>
                        {uploading} <small class="elapsed">{detail}</small>
                    </span>
                </li>
                <li>
                    <span class="mark">{icon(TICK)}</span>
                    <span>{say(Word::AcceptedStep)}</span>
                </li>
            </ol>
            <footer>
                <button type="button" part="cancel" on:click=move |_| widget.cancel()>{say(Word::Cancel)}</button>
            </footer>
        </section>
    }
}
