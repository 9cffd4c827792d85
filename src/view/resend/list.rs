//! Where a person begins: ids that are at hand, the faxes sent from this browser, the account's own list.

use std::cell::Cell;
use std::rc::Rc;

use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::form::Audience;
use super::{Filter, Screen, Source};
use crate::history::Remembered;
use crate::message::{Message, Status};
use crate::message_id::{MessageId, TypedId};
use crate::service::Direction;
use crate::view::doubts::doubts;
use crate::view::element::{El, button, classed, el, follow};
use crate::view::fax::{card, numbers_of, status_class, status_of, when_of};
use crate::view::faxes::Known;
use crate::view::followed::Followed;
use crate::view::recipients::{field, typed};
use crate::view::sign_in::session;
use crate::view::widget::Widget;
use crate::view::{clock, sentences};
use crate::words::Word;

/// The screen.
pub fn list(widget: Widget) -> El {
    let source = move || vec![widget.parts().resending.source.get() as u32];
    classed("section", "screen")
        .part("faxes")
        .child(
            el("header")
                .child(el("h2").attr("tabindex", "-1").place("faxes").say(widget, Word::FaxesTitle))
                .child(classed("p", "lead").say(widget, Word::FaxesHint))
                .child(button("link", move || widget.open_composer()).part("compose").say(widget, Word::NextFax)),
        )
        .child(session(widget))
        .child(doubts(widget))
        .child(ids(widget))
        .child(classed("div", "cards").each(
            move || {
                let asked = widget.parts().resending.asked.with(Vec::len);
                (0..u32::try_from(asked).unwrap_or(0)).collect()
            },
            move |place| asked(widget, place as usize),
        ))
        .child(
            classed("div", "choice")
                .attr("role", "group")
                .attr("aria-label", &widget.say(Word::SourceLabel))
                .child(tab(widget, Source::Remembered, Word::SourceRemembered))
                .child(tab(widget, Source::Account, Word::SourceAccount)),
        )
        .child(el("div").each(source, move |source| {
            if source == Source::Account as u32 { account(widget) } else { remembered(widget) }
        }))
        .child(footer(widget))
}

fn tab(widget: Widget, source: Source, label: Word) -> El {
    let pressed = move || Some((widget.parts().resending.source.get() == source).to_string());
    let choose = move || {
        let parts = widget.parts();
        parts.resending.source.set(source);
        widget.untick_listed();
        let unread = parts.resending.listed.peek(|listed| listed.ids.is_empty() && !listed.loading);
        if source == Source::Account && unread {
            widget.list_anew();
        }
    };
    button("tab", choose).attr_by("aria-pressed", pressed).say(widget, label)
}

fn ids(widget: Widget) -> El {
    let ask = move || {
        let text = widget.parts().resending.typed.now();
        widget.ask_for_ids(&text);
        let asked = widget.parts().resending.asked.peek(Vec::len);
        widget.announce(widget.count(Word::IdsAskedOne, Word::IdsAsked, asked));
    };
    el("form")
        .attr("novalidate", "")
        .part("ids")
        .on("submit", move |event| {
            event.prevent_default();
            ask();
        })
        .child(
            field(widget, Word::Ids).child(
                el("textarea")
                    .attr("rows", "2")
                    .attr("dir", "ltr")
                    .attr("inputmode", "numeric")
                    .attr("autocomplete", "off")
                    .attr("spellcheck", "false")
                    .attr("aria-describedby", &widget.id("ids-hint"))
                    .place("ids")
                    .value_by(move || widget.parts().resending.typed.get())
                    .on("input", move |event| widget.parts().resending.typed.set(typed(&event)))
                    .on("keydown", move |event| {
                        let with_shift =
                            event.dyn_ref::<web_sys::KeyboardEvent>().is_some_and(|event| event.shift_key());
                        if crate::view::recipients::key(&event) == "Enter" && !with_shift {
                            event.prevent_default();
                            ask();
                        }
                    }),
            ),
        )
        .child(
            classed("div", "beside")
                .child(classed("p", "hint").attr("id", &widget.id("ids-hint")).say(widget, Word::IdsHint))
                .child(classed("button", "").attr("type", "submit").part("show").say(widget, Word::IdsShow)),
        )
}

/// One of the ids that were asked for: what the service holds, or why there is nothing to show.
fn asked(widget: Widget, place: usize) -> El {
    let entry = move || widget.parts().resending.asked.with(|asked| asked.get(place).cloned());
    classed("article", "card").part("fax").show(move || {
        let Some(TypedId { typed, id }) = entry() else { return Vec::new() };
        let problem = |sentence: String| {
            vec![classed("p", "problem").attr("role", "alert").child(el("code").text(&typed)).text(" ").text(&sentence)]
        };
        let Some(id) = id else { return problem(widget.say(Word::IdMalformed)) };
        match widget.parts().faxes.known.with(|known| known.get(&id).cloned()) {
            Some(Known::Message(message)) if !message.is_fax => problem(widget.say(Word::IdNoFax)),
            Some(Known::Message(message)) => vec![choice(widget, &message), card(widget, &message)],
            Some(Known::Missing) => problem(widget.say(Word::IdUnknown)),
            Some(Known::Failed(failure)) => {
                let again = move || {
                    let id = id.clone();
                    wasm_bindgen_futures::spawn_local(async move { widget.fetch_messages(vec![id]).await });
                };
                let mut lines = problem(sentences::reading_failure(widget, &failure));
                lines.push(button("", again).say(widget, Word::TryAgain));
                lines
            }
            None if widget.may_ask() => problem(widget.say(Word::Loading)),
            None => problem(widget.say(Word::FailedNoToken)),
        }
    })
}

/// The tick box of a fax.
fn choice(widget: Widget, message: &Message) -> El {
    let (id, label) = (message.id.clone(), widget.fill(Word::ChooseFax, &[("id", message.id.as_str())]));
    let shown = id.clone();
    classed("label", "tick").child(
        el("input")
            .attr("type", "checkbox")
            .attr("part", "")
            .attr("aria-label", &label)
            .attr_by("disabled", {
                let can = message.can_be_resent();
                move || (!can).then(String::new)
            })
            .state_by("checked", move || widget.parts().resending.chosen.with(|chosen| chosen.contains(&shown)))
            .on("change", move |_| {
                widget.parts().resending.chosen.update(|chosen| {
                    if !chosen.remove(&id) {
                        chosen.insert(id.clone());
                    }
                });
            }),
    )
}

/// The ids of a list, made once for all that show it.
type Ids = Rc<Followed<Rc<Vec<MessageId>>>>;

/// Follows what makes a list.
fn listing(make: impl Fn() -> Vec<MessageId> + 'static) -> Ids {
    let ids = Ids::default();
    let made = Rc::clone(&ids);
    follow(Box::new(move || {
        let fresh = make();
        if made.peek(|known| **known != fresh) {
            made.set(Rc::new(fresh));
        }
    }));
    ids
}

fn remembered(widget: Widget) -> El {
    let ids = listing(move || {
        widget.parts().faxes.history.with(|history| history.iter().map(|fax| fax.id.clone()).collect())
    });
    let shown = Rc::clone(&ids);
    let state = move || vec![u32::from(!shown.with(|ids| ids.is_empty()))];
    el("div").each(state, move |state| {
        if state == 0 {
            return classed("p", "empty").say(widget, Word::RememberedNone);
        }
        el("div").child(rows(widget, &ids)).child(forget(widget))
    })
}

fn forget(widget: Widget) -> El {
    let press = move || {
        widget.forget_all();
        widget.untick_listed();
        widget.announce(widget.say(Word::Forgotten));
        widget.focus("[data-focus=faxes]");
    };
    classed("div", "beside")
        .child(classed("p", "hint").say(widget, Word::RememberedHint))
        .child(button("quiet", press).part("forget").say(widget, Word::Forget))
}

fn account(widget: Widget) -> El {
    let ids = listing(move || {
        let parts = widget.parts();
        let status = parts.resending.filter.with(|filter| filter.status.clone());
        let ids = parts.resending.listed.with(|listed| listed.ids.clone());
        let Some(status) = status else { return ids };
        parts.faxes.known.with(|known| {
            let fits =
                |id: &MessageId| known.get(id).and_then(Known::message).is_some_and(|known| known.status == status);
            ids.into_iter().filter(fits).collect()
        })
    });
    let all = Rc::clone(&ids);
    let state = move || {
        widget.parts().resending.listed.with(|listed| {
            let state = match (&listed.failure, listed.loading, listed.next) {
                (Some(_), ..) => 3,
                (None, true, _) => 2,
                (None, false, Some(_)) => 1,
                (None, false, None) => 0,
            };
            vec![state]
        })
    };
    let end = move |state| match state {
        0 => {
            let all = Rc::clone(&all);
            let counted = move || widget.count(Word::ListedOne, Word::Listed, all.with(|ids| ids.len()));
            classed("p", "hint").text_by(counted)
        }
        1 => button("", move || widget.list_more()).part("more").say(widget, Word::ListMore),
        2 => classed("p", "hint").say(widget, Word::Loading),
        _ => classed("div", "problem")
            .child(el("p").text_by(move || {
                let failure = widget.parts().resending.listed.with(|listed| listed.failure.clone());
                failure.map(|failure| sentences::reading_failure(widget, &failure)).unwrap_or_default()
            }))
            .child(
                button("", move || {
                    let parts = widget.parts();
                    parts.resending.listed.update(|listed| listed.next = listed.next.or(Some(1)));
                    widget.list_more();
                })
                .say(widget, Word::TryAgain),
            ),
    };
    el("div").child(filters(widget)).child(rows(widget, &ids)).child(classed("div", "end").each(state, end))
}

fn filters(widget: Widget) -> El {
    let change = move |change: Box<dyn FnOnce(&mut Filter)>| {
        widget.parts().resending.filter.update(change);
        widget.list_anew();
    };
    let option = |value: &str, label: Word| el("option").attr("value", value).say(widget, label);
    let direction = el("select")
        .on("change", move |event| {
            let direction = match typed(&event).as_str() {
                "Inbound" => Some(Direction::Inbound),
                "Outbound" => Some(Direction::Outbound),
                _ => None,
            };
            change(Box::new(move |filter| filter.direction = direction));
        })
        .child(option("", Word::FilterAll))
        .child(option("Outbound", Word::FilterOutbound))
        .child(option("Inbound", Word::FilterInbound))
        .value_by(move || {
            let direction = widget.parts().resending.filter.with(|filter| filter.direction);
            direction.map_or("", |way| if way == Direction::Inbound { "Inbound" } else { "Outbound" }).to_owned()
        });
    let status = el("select")
        .on("change", move |event| {
            let status = Some(typed(&event)).filter(|word| !word.is_empty()).map(|word| Status::new(&word));
            // Filtered here: the list stays.
            widget.parts().resending.filter.update(|filter| filter.status = status);
            widget.untick_listed();
        })
        .child(option("", Word::FilterAny))
        .child(option("Queued", Word::StatusQueuedShort))
        .child(option("Sent", Word::StatusSent))
        .child(option("SendingFailed", Word::StatusFailed))
        .child(option("Received", Word::StatusReceived))
        .value_by(move || {
            let status = widget.parts().resending.filter.with(|filter| filter.status.clone());
            status.as_ref().map_or("", Status::as_str).to_owned()
        });
    let day = |millis: i64| clock::local_input_value(millis).split('T').next().unwrap_or_default().to_owned();
    let from = el("input")
        .attr("type", "date")
        .value_by(move || day(widget.parts().resending.filter.with(|filter| filter.from)))
        .on("change", move |event| {
            if let Some(millis) = midnight(&typed(&event)) {
                change(Box::new(move |filter| filter.from = millis));
            }
        });
    let to = el("input")
        .attr("type", "date")
        .value_by(move || {
            widget.parts().resending.filter.with(|filter| filter.to).map(|to| day(to - 1)).unwrap_or_default()
        })
        .on("change", move |event| {
            // Up to the end of that day; empty is until now.
            let to = midnight(&typed(&event)).map(|millis| millis + 86_400_000);
            change(Box::new(move |filter| filter.to = to));
        });
    classed("div", "filters")
        .child(field(widget, Word::FilterDirection).child(direction))
        .child(field(widget, Word::FilterStatus).child(status))
        .child(field(widget, Word::FilterFrom).child(from))
        .child(field(widget, Word::FilterTo).child(to))
}

fn midnight(day: &str) -> Option<i64> {
    match clock::read(day).reading {
        crate::draft::TimeReading::At(millis) => Some(millis),
        _ => None,
    }
}

/// Pixels of a row: rows are all of one height, so that only those in view have to exist.
const ROW: f64 = 64.0;
/// Rows beyond either edge of what is in view.
const SPARE: usize = 4;

/// A list of any length. Only the rows in view, and some beside them, are elements.
fn rows(widget: Widget, ids: &Ids) -> El {
    let seen: Rc<Followed<(usize, usize)>> = Rc::default();
    seen.set((0, 20));
    let region = classed("div", "scroll")
        .part("fax-list")
        .attr("tabindex", "0")
        .attr("role", "region")
        .attr("aria-label", &widget.say(Word::FaxesTitle));
    let scrolled = {
        let (seen, ids, element) = (Rc::clone(&seen), Rc::clone(ids), region.element());
        let asked = Cell::new(0);
        move || {
            let element: &HtmlElement = element.unchecked_ref();
            let first = (f64::from(element.scroll_top()) / ROW).floor().max(0.0) as usize;
            let rows = (f64::from(element.client_height()) / ROW).ceil() as usize + 1;
            let window = (first.saturating_sub(SPARE), first + rows + SPARE);
            if seen.peek(|seen| *seen != window) {
                seen.set(window);
            }
            // The next page is asked for before its rows are in view.
            let n = ids.peek(|ids| ids.len());
            let of_account = widget.parts().resending.source.now() == Source::Account;
            if of_account && window.1 + 40 > n && asked.replace(n) != n {
                widget.list_more();
            }
        }
    };
    let (windowed, sized, placed) = (Rc::clone(ids), Rc::clone(ids), Rc::clone(ids));
    let keys = move || {
        let (first, last) = seen.with(|seen| *seen);
        let n = windowed.with(|ids| ids.len());
        (first.min(n)..last.min(n)).map(|place| u32::try_from(place).unwrap_or(0)).collect()
    };
    let list = classed("div", "virtual")
        .attr("role", "list")
        .height_by(move || sized.with(|ids| ids.len()) as f64 * ROW)
        .each(keys, move |place| row(widget, &placed, place as usize));
    region.on("scroll", move |_| scrolled()).child(list)
}

fn row(widget: Widget, ids: &Ids, place: usize) -> El {
    let (size, ids) = (Rc::clone(ids), Rc::clone(ids));
    let n = move || Some(size.with(|ids| ids.len()).to_string());
    classed("div", "fax-row")
        .attr("role", "listitem")
        .attr("aria-posinset", &(place + 1).to_string())
        .attr_by("aria-setsize", n)
        .top(place as f64 * ROW)
        .show(move || {
            let Some(id) = ids.with(|ids| ids.get(place).cloned()) else { return Vec::new() };
            let told = widget.message(&id);
            if told.is_none() {
                widget.want_message(&id);
            }
            // Until the service tells more, what this browser remembers.
            let remembered = || widget.parts().faxes.history.with(|history| history.find(&id).map(Remembered::message));
            let Some(message) = told.clone().or_else(remembered) else { return Vec::new() };
            let lang = widget.lang();
            let open = {
                let id = id.clone();
                move || widget.open_fax(id.clone())
            };
            let pages = message.pages.map(|pages| widget.count(Word::PagesOne, Word::Pages, pages as usize));
            let direction = if message.is_inbound { Word::FilterInbound } else { Word::FilterOutbound };
            let about = button("fax-line", open)
                .child(classed("span", "number").attr("dir", "ltr").text(&numbers_of(&message)))
                .child(classed("span", status_class(&message)).text(&status_of(widget, &message)))
                .child(
                    classed("span", "detail").text(
                        &[widget.say(direction), when_of(widget, &message, &lang), pages.unwrap_or_default()]
                            .into_iter()
                            .filter(|part| !part.is_empty())
                            .collect::<Vec<_>>()
                            .join(" · "),
                    ),
                );
            let tick = match &told {
                Some(message) => choice(widget, message),
                None => classed("span", "tick"),
            };
            vec![tick, about]
        })
}

fn footer(widget: Widget) -> El {
    let chosen =
        move || -> Vec<MessageId> { widget.parts().resending.chosen.with(|chosen| chosen.iter().cloned().collect()) };
    let sendable = move || -> Vec<MessageId> {
        let can = |id: &MessageId| widget.message(id).is_some_and(|message| message.can_be_resent());
        chosen().into_iter().filter(can).collect()
    };
    let label = move || widget.count(Word::ResendChosenOne, Word::ResendChosen, sendable().len());
    let press = move || {
        let ids = leptos::prelude::untrack(sendable);
        let all_failed =
            ids.iter().filter_map(|id| widget.message(id)).all(|message| message.failed().next().is_some());
        widget.open_resend_form(ids, if all_failed { Audience::Failed } else { Audience::Same });
    };
    let running = move || widget.parts().resending.running.get().then_some(1).into_iter().collect();
    let shown = move || (!sendable().is_empty()).then_some(1).into_iter().collect();
    el("footer")
        .attr("class", "chosen")
        .each(running, move |_| {
            button("quiet", move || widget.parts().resending.screen.set(Screen::Batch)).say(widget, Word::BatchShow)
        })
        .each(shown, move |_| button("primary", press).part("resend").place("resend-chosen").text_by(label))
}
