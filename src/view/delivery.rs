//! How and when it goes: resolution, time and country.

use super::element::{El, classed, el};
use super::flaws::{checked, field_flaws};
use super::recipients::{field, typed};
use super::widget::Widget;
use super::{clock, format, here};
use crate::draft::TimeReading;
use crate::fax::{Field, IsoCode};
use crate::words::Word;

/// The three choices.
pub fn delivery(widget: Widget) -> El {
    el("fieldset")
        .part("delivery")
        .child(el("legend").say(widget, Word::Delivery))
        .child(
            choice(widget, "resolution", Word::Resolution)
                .child(resolution(widget, "High", Word::High, Word::HighHint).place("faxResolution"))
                .child(resolution(widget, "Low", Word::Low, Word::LowHint)),
        )
        .child(field_flaws(widget, "resolution-flaws", Field::FaxResolution))
        .child(time(widget))
        .child(field_flaws(widget, "when-flaws", Field::SendTime))
        .child(country(widget))
        .child(field_flaws(widget, "country-flaws", Field::IsoCode))
}

fn choice(widget: Widget, name: &str, label: Word) -> El {
    classed("div", "choice")
        .attr("role", "radiogroup")
        .attr("aria-labelledby", &widget.id(name))
        .attr("aria-describedby", &widget.id(&format!("{name}-flaws")))
        .child(classed("span", "label").attr("id", &widget.id(name)).say(widget, label))
}

fn resolution(widget: Widget, value: &'static str, label: Word, hint: Word) -> El {
    radio(
        widget.id("resolution"),
        el("span").say(widget, label).child(el("small").say(widget, hint)),
        move || widget.parts().draft.with(|draft| draft.fax_resolution == value),
        move || widget.edit(|draft| value.clone_into(&mut draft.fax_resolution)),
    )
}

/// One of several choices that exclude each other.
pub fn radio(group: String, label: El, checked: impl Fn() -> bool + 'static, choose: impl Fn() + 'static) -> El {
    let input = el("input")
        .attr("type", "radio")
        .attr("part", "")
        .attr("name", &group)
        .state_by("checked", checked)
        .on("change", move |_| choose());
    classed("label", "radio").child(input).child(label)
}

fn time(widget: Widget) -> El {
    let later = move || widget.parts().draft.with(|draft| draft.send_time.is_some());
    let now = radio(
        widget.id("when"),
        el("span").say(widget, Word::Now),
        move || !later(),
        move || widget.edit(|draft| draft.send_time = None),
    );
    let at = radio(widget.id("when"), el("span").say(widget, Word::Later), later, move || {
        widget.edit(|draft| draft.send_time = Some(clock::read("")));
        widget.focus("[data-focus=sendTime]");
    });
    choice(widget, "when", Word::When)
        .child(now)
        .child(at)
        .each(move || later().then_some(1).into_iter().collect(), move |_| time_field(widget))
}

fn time_field(widget: Widget) -> El {
    // What the person types stays as typed; an instant that a script set is shown in the local zone.
    let value = move || {
        widget.parts().draft.with(|draft| match &draft.send_time {
            Some(time) => match time.reading {
                TimeReading::At(millis) => clock::local_input_value(millis),
                // What a script set: the field cannot hold it, and the browser complains.
                TimeReading::Unreadable => String::new(),
                _ => time.typed.clone(),
            },
            None => String::new(),
        })
    };
    let input = checked(el("input"), widget, "time-hint when-flaws", Field::SendTime)
        .attr("type", "datetime-local")
        .attr("min", &clock::local_input_value(clock::now()))
        .place("sendTime")
        .value_by(value)
        .on("input", move |event| {
            let time = clock::read(&typed(&event));
            widget.edit(|draft| draft.send_time = Some(time));
        });
    let zone = widget.fill(Word::SendTimeHint, &[("zone", &format::time_zone())]);
    field(widget, Word::SendTime)
        .child(input)
        .child(classed("small", "hint").attr("id", &widget.id("time-hint")).text(&zone))
}

fn country(widget: Widget) -> El {
    let choices = move || {
        let parts = widget.parts();
        let mut countries = match here(widget).filter(|_| parts.has_stood.get()) {
            Some(rest) => (rest.countries)(&widget.lang()),
            // Two hundred and fifty names: the form does not wait for them, but says what is chosen.
            None => {
                let chosen = parts.draft.with(|draft| IsoCode::new(&draft.iso_code));
                chosen.map(|code| (format::country(code.as_str(), &widget.lang()), code.as_str())).into_iter().collect()
            }
        };
        countries.insert(0, (widget.say(Word::CountryNone), ""));
        let option = |(name, code): (String, &'static str)| el("option").attr("value", code).text(&name);
        countries.into_iter().map(option).collect()
    };
    let select = checked(el("select"), widget, "country-flaws", Field::IsoCode)
        .place("isoCode")
        .on("change", move |event| widget.edit(|draft| draft.iso_code = typed(&event)))
        .show(choices)
        .value_by(move || {
            // Other options, none of them chosen.
            here(widget);
            widget.parts().has_stood.get();
            widget.parts().draft.with(|draft| draft.iso_code.to_ascii_uppercase())
        });
    field(widget, Word::Country).child(select)
}
