//! The step before the point of no return: what will go, in the largest type, with one way back (WCAG 2.2, 3.3.4).

use leptos::prelude::*;

use super::cover::cover_name;
use super::documents::{described, thumbnail};
use super::flaws::unsettled;
use super::recipients::readable;
use super::widget::Widget;
use super::words::{Word, count, fill, say};
use super::{clock, format};
use crate::draft::{Draft, TimeReading};

/// Numbers, documents, cover and time as they will be sent.
pub fn review(widget: Widget) -> impl IntoView {
    let draft = widget.draft.get_untracked();
    let lang = widget.settings.with_untracked(|settings| settings.lang.clone());
    let size = format::size(draft.total_size(), &lang);
    let documents = draft.attachments.len();
    let documents = fill(
        if documents == 1 { Word::FileCountOne } else { Word::FileCount },
        &[("n", &documents.to_string()), ("size", &size)],
    );
    let recipients = draft.to.iter().map(|entry| {
        view! {
            <li>
                <span class="number large" dir="ltr">{readable(&entry.phone_number)}</span>
                <span class="name" dir="auto">{entry.name.clone()}</span>
            </li>
        }
    });
    let files = draft.attachments.iter().map(|file| {
        view! { <li class="row">{thumbnail(file)} {described(widget, file)}</li> }
    });
    let when = when(&draft, &lang);
    let label = match (widget.submission.with_untracked(|submission| submission.is_unsettled()), when.is_some()) {
        (true, _) => Word::SendAgain,
        (false, true) => Word::Schedule,
        (false, false) => Word::Send,
    };
    let resolution = say(if draft.fax_resolution == "Low" { Word::Low } else { Word::High });
    let country = (!draft.iso_code.is_empty()).then(|| row(Word::Country, format::country(&draft.iso_code, &lang)));
    let cover_text = draft.cover_page_text.trim().to_owned();
    let cover_text = (!cover_text.is_empty()).then(|| {
        view! {
            <dt>{say(Word::ReviewCoverText)}</dt>
            <dd class="cover-text" dir="auto">{cover_text}</dd>
        }
    });
    view! {
        <section class="screen" part="review" on:keydown=move |event| {
            if event.key() == "Escape" {
                widget.back();
            }
        }>
            <header>
                <h2 tabindex="-1" data-focus="review">{say(Word::ReviewTitle)}</h2>
                <p class="lead">{say(Word::ReviewHint)}</p>
            </header>
            {unsettled(widget)}
            <h3>{count(Word::RecipientCountOne, Word::RecipientCount, draft.to.len())}</h3>
            <ul class="checked">{recipients.collect::<Vec<_>>()}</ul>
            <h3>{documents}</h3>
            <ol class="checked">{files.collect::<Vec<_>>()}</ol>
            <dl>
                {row(Word::CoverPage, cover_name(widget, draft.cover_index))}
                {cover_text}
                {row(Word::Resolution, resolution.to_owned())}
                {row(Word::When, when.unwrap_or_else(|| say(Word::ReviewNow).to_owned()))}
                {country}
            </dl>
            <footer>
                <button type="button" class="quiet" part="back" on:click=move |_| widget.back()>{say(Word::Back)}</button>
                <button type="button" class="primary" part="send" data-focus="send" on:click=move |_| widget.send()>
                    {say(label)}
                </button>
            </footer>
        </section>
    }
}

/// The time to send at in the person's zone; `None` for now.
pub fn when<F>(draft: &Draft<F>, lang: &str) -> Option<String> {
    match draft.send_time.as_ref()?.reading {
        TimeReading::At(millis) if millis > clock::now() => Some(format::date_time(millis, lang)),
        _ => None,
    }
}

fn row(name: Word, value: String) -> impl IntoView {
    view! {
        <dt>{say(name)}</dt>
        <dd>{value}</dd>
    }
}
