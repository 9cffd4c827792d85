//! The cover page: the account's default, none, or one of the service's list, and the text on it.

use leptos::prelude::*;

use super::flaws::field_flaws;
use super::widget::{CoverPages, Widget};
use super::words::{Word, fill, say};
use crate::fax::{Field, MOST_COVER_TEXT};

/// The choice and the text.
pub fn cover(widget: Widget) -> impl IntoView {
    let units = Memo::new(move |_| widget.draft.with(|draft| draft.cover_page_text.encode_utf16().count()));
    view! {
        <fieldset part="cover">
            <legend>{say(Word::Cover)}</legend>
            <label class="field">
                <span>{say(Word::CoverPage)}</span>
                <select
                    id=widget.id("cover")
                    data-focus="coverIndex"
                    aria-describedby=widget.id("cover-flaws")
                    on:change=move |event| {
                        let chosen = event_target_value(&event);
                        widget.draft.update(|draft| draft.set_cover_index(&chosen));
                    }
                >
                    {move || choices(widget)}
                </select>
            </label>
            {move || list_state(widget)}
            {field_flaws(widget, "cover-flaws", |field| field == Field::CoverIndex)}
            <label class="field">
                <span>{say(Word::CoverText)}</span>
                <textarea
                    id=widget.id("cover-text")
                    rows="4"
                    dir="auto"
                    data-focus="coverPageText"
                    aria-describedby=widget.id("cover-text-count cover-text-flaws")
                    prop:value=move || widget.draft.with(|draft| draft.cover_page_text.clone())
                    on:input=move |event| {
                        let text = event_target_value(&event);
                        widget.draft.update(|draft| draft.cover_page_text = text);
                    }
                ></textarea>
            </label>
            <p class="hint" class:over=move || { units.get() > MOST_COVER_TEXT } id=widget.id("cover-text-count")>
                {move || fill(Word::CoverTextCount, &[("n", &units.get().to_string())])}
            </p>
            {field_flaws(widget, "cover-text-flaws", |field| field == Field::CoverPageText)}
        </fieldset>
    }
}

/// What the choice is called on the screen.
pub fn cover_name(widget: Widget, index: Option<i64>) -> String {
    match index {
        None => say(Word::CoverDefault).to_owned(),
        Some(0) => say(Word::CoverNone).to_owned(),
        Some(index) => widget
            .cover_pages
            .with(|pages| match pages {
                CoverPages::Loaded(pages) => {
                    pages.iter().find(|page| i64::from(page.index) == index).map(|page| page.name.clone())
                }
                _ => None,
            })
            .unwrap_or_else(|| fill(Word::CoverNumber, &[("n", &index.to_string())])),
    }
}

/// The two choices that need no list, the list, and what is chosen where the list does not have it.
fn choices(widget: Widget) -> impl IntoView {
    let chosen = Memo::new(move |_| widget.draft.with(|draft| draft.cover_index));
    let mut offered = vec![None, Some(0)];
    widget.cover_pages.with(|pages| {
        if let CoverPages::Loaded(pages) = pages {
            offered.extend(pages.iter().filter(|page| page.index != 0).map(|page| Some(i64::from(page.index))));
        }
    });
    let chosen_now = chosen.get();
    if !offered.contains(&chosen_now) {
        offered.push(chosen_now);
    }
    offered
        .into_iter()
        .map(|index| {
            let value = index.map(|index| index.to_string()).unwrap_or_default();
            view! {
                <option value=value prop:selected=index == chosen_now>
                    {cover_name(widget, index)}
                </option>
            }
        })
        .collect::<Vec<_>>()
}

fn list_state(widget: Widget) -> impl IntoView {
    match widget.cover_pages.get() {
        CoverPages::Unknown | CoverPages::Loaded(_) => ().into_any(),
        CoverPages::Loading => view! { <p class="hint">{say(Word::CoverLoading)}</p> }.into_any(),
        CoverPages::Failed => view! {
            <p class="hint">
                {say(Word::CoverFailed)} " "
                <button type="button" class="link" on:click=move |_| widget.load_cover_pages()>
                    {say(Word::TryAgain)}
                </button>
            </p>
        }
        .into_any(),
    }
}
