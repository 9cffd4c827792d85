//! Whether a number is the right one: what the page's directory and this browser know of it.

use super::element::{El, classed, el};
use super::fax::named;
use super::format;
use super::recipients::{readable, typed};
use super::widget::Widget;
use crate::draft::DraftRecipient;
use crate::history::Known;
use crate::phone_number::PhoneNumber;
use crate::reason::reason;
use crate::sorted::SortedMap;
use crate::words::Word;

fn digits(phone_number: &str) -> String {
    phone_number.chars().filter_map(crate::phone_number::decimal_digit).collect()
}

/// What is known of a number, under it. `name` is what the fax itself calls the recipient.
pub fn known_number(widget: Widget, phone_number: &str, name: &str) -> El {
    if phone_number.parse::<PhoneNumber>().is_err() {
        return classed("span", "known");
    }
    widget.look_up(phone_number);
    let (number, name) = (phone_number.to_owned(), name.to_owned());
    classed("span", "known").show(move || {
        let mut lines = Vec::new();
        let listed = widget.parts().names.with(|names| names.get(&digits(&number)).cloned());
        match listed {
            Some(Some(listed)) => {
                let other = !name.is_empty() && !listed.eq_ignore_ascii_case(&name);
                let word = if other { Word::DirectoryOther } else { Word::DirectoryName };
                let class = if other { "doubt" } else { "good" };
                lines.push(classed("small", class).attr("dir", "auto").text(&widget.fill(word, &[("name", &listed)])));
            }
            Some(None) => lines.push(classed("small", "doubt").say(widget, Word::DirectoryNone)),
            None => {}
        }
        let known = widget.parts().faxes.history.with(|history| history.known(&number));
        let (class, said) = match known {
            Known::Never => ("doubt", widget.say(Word::KnownNever)),
            Known::Tried => ("", widget.say(Word::KnownTried)),
            Known::SentAt(time) => {
                ("good", widget.fill(Word::KnownSent, &[("time", &format::short_time(time, &widget.lang()))]))
            }
            Known::Failed { times, code } => {
                let why = match code.as_deref() {
                    Some(code) => reason(code).map_or_else(|| code.to_owned(), |(_, word)| widget.say(word)),
                    None => widget.say(Word::ReasonUndefined),
                };
                ("bad", named(widget, widget.count(Word::KnownFailedOne, Word::KnownFailed, times), Some(why)))
            }
        };
        lines.push(classed("small", class).text(&said));
        lines
    })
}

/// Whether nothing is known of a number: no name in the page's directory, nothing sent there.
fn is_unknown(widget: Widget, phone_number: &str) -> bool {
    let parts = widget.parts();
    let named = parts.names.with(|names| names.get(&digits(phone_number)).is_some_and(Option::is_some));
    let sent = parts.faxes.history.with(|history| matches!(history.known(phone_number), Known::SentAt(_)));
    !named && !sent
}

/// A field to type a number once more, where the page asks for that and nothing is known of it.
pub fn retype(widget: Widget, entry: &DraftRecipient) -> El {
    let (id, number) = (entry.id, entry.phone_number.clone());
    let wanted = move || {
        let asked = widget.parts().settings.with(|settings| settings.retype_unknown);
        let is_number = number.parse::<PhoneNumber>().is_ok();
        (asked && is_number && is_unknown(widget, &number)).then_some(1).into_iter().collect()
    };
    let number = entry.phone_number.clone();
    el("div").each(wanted, move |_| retype_field(widget, id, &number))
}

fn retype_field(widget: Widget, id: u32, number: &str) -> El {
    let key = digits(number);
    let retyped = {
        let key = key.clone();
        move || widget.parts().retyped.with(|retyped| retyped.get(&key).cloned()).unwrap_or_default()
    };
    // Whoever types on may still be right.
    let wrong = {
        let (key, retyped) = (key.clone(), retyped.clone());
        move || !key.starts_with(&digits(&retyped()))
    };
    let is_wrong = wrong.clone();
    // Not after the number: ids are what other scripts of the page write into logs.
    let place = format!("retype-{id}");
    let flaw = widget.id(&format!("{place}-flaw"));
    el("div")
        .child(classed("p", "hint").say(widget, Word::RetypeMissing))
        .child(
            classed("label", "field")
                .child(el("span").part("label").text(&widget.fill(Word::Retype, &[("number", &readable(number))])))
                .child(
                    el("input")
                        .attr("type", "tel")
                        .attr("dir", "ltr")
                        .attr("autocomplete", "off")
                        .attr("aria-describedby", &flaw)
                        .place(&place)
                        .value_by(retyped)
                        .attr_by("aria-invalid", move || is_wrong().then(|| "true".to_owned()))
                        // Typed, not copied: that is the point of it.
                        .on("paste", |event| event.prevent_default())
                        .on("input", move |event| {
                            widget.parts().retyped.update(|retyped| retyped.insert(key.clone(), typed(&event)));
                        }),
                ),
        )
        .child(
            el("div").attr("id", &flaw).show(move || {
                wrong().then(|| classed("p", "flaw").say(widget, Word::RetypeWrong)).into_iter().collect()
            }),
        )
}

/// The place of the first number that has yet to be typed a second time, or was typed otherwise.
pub fn retype_missing(widget: Widget, entries: &[DraftRecipient]) -> Option<String> {
    if !widget.parts().settings.peek(|settings| settings.retype_unknown) {
        return None;
    }
    let retyped: SortedMap<String, String> = widget.parts().retyped.now();
    leptos::prelude::untrack(|| {
        entries.iter().filter(|entry| is_unknown(widget, &entry.phone_number)).find_map(|entry| {
            let key = digits(&entry.phone_number);
            let agrees = retyped.get(&key).is_some_and(|typed| digits(typed) == key);
            (!agrees).then(|| format!("[data-focus=retype-{}]", entry.id))
        })
    })
}
