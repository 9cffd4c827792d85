//! How and when it goes: resolution, time and country.

use leptos::prelude::*;

use super::flaws::field_flaws;
use super::widget::Widget;
use super::words::{Word, fill, say};
use super::{clock, format};
use crate::draft::TimeReading;
use crate::fax::{Field, ISO_CODES};

/// The three choices.
pub fn delivery(widget: Widget) -> impl IntoView {
    view! {
        <fieldset part="delivery">
            <legend>{say(Word::Delivery)}</legend>
            <div class="choice" role="radiogroup" aria-labelledby=widget.id("resolution") aria-describedby=widget.id("resolution-flaws")>
                <span id=widget.id("resolution") class="label">{say(Word::Resolution)}</span>
                {resolution(widget, "High", Word::High, Word::HighHint)}
                {resolution(widget, "Low", Word::Low, Word::LowHint)}
            </div>
            {field_flaws(widget, "resolution-flaws", |field| field == Field::FaxResolution)}
            {time(widget)}
            {country(widget)}
        </fieldset>
    }
}

fn resolution(widget: Widget, value: &'static str, label: Word, hint: Word) -> impl IntoView {
    radio(
        widget.id("resolution"),
        if value == "High" { "faxResolution" } else { "" },
        say(label),
        say(hint),
        move || widget.draft.with(|draft| draft.fax_resolution == value),
        move || widget.draft.update(|draft| value.clone_into(&mut draft.fax_resolution)),
    )
}

fn radio(
    group: String,
    place: &'static str,
    label: &'static str,
    hint: &'static str,
    checked: impl Fn() -> bool + Send + 'static,
    choose: impl Fn() + 'static,
) -> impl IntoView {
    view! {
        <label class="radio">
            <input type="radio" name=group data-focus=place prop:checked=checked on:change=move |_| choose() />
            <span>{label} {(!hint.is_empty()).then(|| view! { <small>{hint}</small> })}</span>
        </label>
    }
}

fn time(widget: Widget) -> impl IntoView {
    let later = Memo::new(move |_| widget.draft.with(|draft| draft.send_time.is_some()));
    view! {
        <div class="choice" role="radiogroup" aria-labelledby=widget.id("when")>
            <span id=widget.id("when") class="label">{say(Word::When)}</span>
            {radio(
                widget.id("when"),
                "",
                say(Word::Now),
                "",
                move || !later.get(),
                move || widget.draft.update(|draft| draft.send_time = None),
            )}
            {radio(
                widget.id("when"),
                "",
                say(Word::Later),
                "",
                move || later.get(),
                move || {
                    widget.draft.update(|draft| draft.send_time = Some(clock::read("")));
                    widget.focus("[data-focus=sendTime]");
                },
            )}
        </div>
        {move || later.get().then(|| time_field(widget))}
        {field_flaws(widget, "time-flaws", |field| field == Field::SendTime)}
    }
}

fn time_field(widget: Widget) -> impl IntoView {
    // What the person types stays as typed; an instant that a script set is shown in the local zone.
    let value = move || {
        widget.draft.with(|draft| match &draft.send_time {
            Some(time) => match time.reading {
                TimeReading::At(millis) => clock::local_input_value(millis),
                _ => time.typed.clone(),
            },
            None => String::new(),
        })
    };
    view! {
        <label class="field">
            <span>{say(Word::SendTime)}</span>
            <input
                id=widget.id("time")
                type="datetime-local"
                data-focus="sendTime"
                aria-describedby=widget.id("time-hint time-flaws")
                min=clock::local_input_value(clock::now())
                prop:value=value
                on:input=move |event| {
                    let time = clock::read(&event_target_value(&event));
                    widget.draft.update(|draft| draft.send_time = Some(time));
                }
            />
        </label>
        <p class="hint" id=widget.id("time-hint")>{fill(Word::SendTimeHint, &[("zone", &format::time_zone())])}</p>
    }
}

fn country(widget: Widget) -> impl IntoView {
    let choices = move || {
        let lang = widget.lang();
        let mut countries: Vec<(String, &str)> =
            ISO_CODES.split_ascii_whitespace().map(|code| (format::country(code, &lang), code)).collect();
        countries.sort_unstable();
        countries
            .into_iter()
            .map(|(name, code)| {
                let chosen = move || widget.draft.with(|draft| draft.iso_code.eq_ignore_ascii_case(code));
                view! { <option value=code prop:selected=chosen>{name}</option> }
            })
            .collect::<Vec<_>>()
    };
    view! {
        <label class="field">
            <span>{say(Word::Country)}</span>
            <select
                id=widget.id("country")
                data-focus="isoCode"
                aria-describedby=widget.id("country-flaws")
                on:change=move |event| {
                    let code = event_target_value(&event);
                    widget.draft.update(|draft| draft.iso_code = code);
                }
            >
                <option value="" prop:selected=move || widget.draft.with(|draft| draft.iso_code.is_empty())>
                    {say(Word::CountryNone)}
                </option>
                {choices}
            </select>
        </label>
        {field_flaws(widget, "country-flaws", |field| field == Field::IsoCode)}
    }
}
