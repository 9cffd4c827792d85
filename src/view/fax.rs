//! One fax that the service holds: who got it, why others did not, and what can be done.

use super::document::document;
use super::element::{El, button, classed, el};
use super::faxes::{Cancelling, Known};
use super::format;
use super::icon::WARNING;
use super::recipients::readable;
use super::resend::{Audience, Screen};
use super::review::definition;
use super::sentences;
use super::sheet;
use super::widget::Widget;
use crate::message::{Message, RecipientStatus, Status};
use crate::message_id::MessageId;
use crate::reason::{Remedy, reason};
use crate::words::Word;

/// The screen of one fax.
pub fn fax_screen(widget: Widget) -> El {
    let id = move || {
        widget.parts().resending.screen.with(|screen| match screen {
            Screen::Fax(id) => Some(id.clone()),
            _ => None,
        })
    };
    let content = move || {
        let Some(id) = id() else { return Vec::new() };
        match widget.parts().faxes.known.with(|known| known.get(&id).cloned()) {
            Some(Known::Message(message)) => vec![card(widget, &message)],
            Some(Known::Missing) => vec![classed("p", "problem").say(widget, Word::IdUnknown)],
            Some(Known::Failed(failure)) => {
                vec![classed("p", "problem").text(&sentences::reading_failure(widget, &failure))]
            }
            None => vec![classed("p", "hint").say(widget, Word::Loading)],
        }
    };
    classed("section", "screen")
        .part("fax-screen")
        .child(
            el("header")
                .child(
                    button("link", move || widget.open_list())
                        .part("back")
                        .place("back")
                        .say(widget, Word::BackToFaxes),
                )
                .child(el("h2").attr("tabindex", "-1").place("fax").say(widget, Word::FaxTitle)),
        )
        .child(el("div").show(content))
        // Apart from what is told of the fax, so that news do not load the document anew.
        .child(el("div").show(move || id().into_iter().map(|id| document(widget, id)).collect()))
}

/// Everything about one fax, with its buttons.
pub fn card(widget: Widget, message: &Message) -> El {
    let lang = widget.lang();
    let send_time =
        widget.parts().faxes.history.with(|history| history.find(&message.id).and_then(|fax| fax.send_time));
    let direction = if message.is_inbound { Word::FilterInbound } else { Word::FilterOutbound };
    let mut facts = el("dl");
    facts = definition(
        widget,
        facts,
        Word::MessageId,
        el("dd").child(el("code").part("message-id").text(message.id.as_str())),
    );
    facts = definition(widget, facts, Word::FilterDirection, el("dd").say(widget, direction));
    if message.is_inbound {
        let from = message.from.phone_number.as_deref().map(readable).unwrap_or_default();
        facts = definition(
            widget,
            facts,
            Word::From,
            el("dd").child(classed("span", "number").attr("dir", "ltr").text(&from)),
        );
    }
    if let Some(created) = message.created {
        facts = definition(widget, facts, Word::Time, el("dd").text(&format::date_time(created, &lang)));
    }
    if let Some(time) = send_time.filter(|_| message.status == Status::Queued && !message.is_deleted) {
        facts = definition(widget, facts, Word::GoesOut, el("dd").text(&format::date_time(time, &lang)));
    }
    let pages = match message.pages {
        Some(pages) => widget.count(Word::PagesOne, Word::Pages, pages as usize),
        None => widget.say(Word::PagesUnknown),
    };
    facts = definition(widget, facts, Word::PageCount, el("dd").text(&pages));
    classed("div", "fax")
        .child(classed("p", "headline").child(classed("span", status_class(message)).text(&status_of(widget, message))))
        .child(
            classed("ul", "checked")
                .part("recipient-status")
                .children(message.to.iter().map(|to| recipient(widget, message, to))),
        )
        .children(remedies(widget, message))
        .children(twins(widget, &message.id))
        .child(facts)
        .child(actions(widget, message))
        .child(cancelling(widget, message.id.clone()))
}

fn recipient(widget: Widget, message: &Message, to: &RecipientStatus) -> El {
    let number = to.party.phone_number.as_deref().map(readable).unwrap_or_default();
    let status = message.status_of(to);
    let mut line = el("li")
        .child(classed("span", "number").attr("dir", "ltr").text(&number))
        .child(classed("span", "name").attr("dir", "auto").text(to.party.name.as_deref().unwrap_or_default()));
    let class = match status {
        Status::Sent => "status good",
        Status::SendingFailed => "status bad",
        _ => "status",
    };
    let mut said = if message.is_deleted && *status == Status::Queued {
        widget.say(Word::StatusCancelled)
    } else {
        sentences::status(widget, status)
    };
    if let Some(code) = to.fax_error_code.as_deref().filter(|_| *status == Status::SendingFailed) {
        let why = reason(code).map_or_else(|| code.to_owned(), |(_, word)| widget.say(word));
        said = named(widget, said, Some(why));
    }
    line = line.child(classed("span", class).text(&said));
    line
}

/// Something with what is to be said of it, where there is that.
pub fn named(widget: Widget, name: String, text: Option<String>) -> String {
    match text {
        Some(text) => widget.fill(Word::Named, &[("name", &name), ("text", &text)]),
        None => name,
    }
}

/// What helps, once for each group of reasons, with the numbers that it is about.
fn remedies(widget: Widget, message: &Message) -> Vec<El> {
    let mut groups: Vec<(Option<Remedy>, Vec<String>, String)> = Vec::new();
    for to in message.failed() {
        let code = to.fax_error_code.as_deref().unwrap_or("Undefined");
        let remedy = reason(code).map(|(remedy, _)| remedy);
        let number = to.party.phone_number.as_deref().map(readable).unwrap_or_default();
        match groups
            .iter_mut()
            .find(|(known, _, known_code)| *known == remedy && (remedy.is_some() || known_code == code))
        {
            Some((_, numbers, _)) => numbers.push(number),
            None => groups.push((remedy, vec![number], code.to_owned())),
        }
    }
    groups.sort_by_key(|(remedy, ..)| (remedy.is_none(), *remedy));
    let line = |(remedy, numbers, code): (Option<Remedy>, Vec<String>, String)| {
        let said = match remedy {
            Some(remedy) => widget.say(remedy.word()),
            None => widget.fill(Word::RemedyUnknown, &[("code", &code)]),
        };
        classed("p", "remedy").part("remedy").icon(WARNING).child(
            el("span")
                .child(classed("span", "number").attr("dir", "ltr").text(&numbers.join(", ")))
                .text(" ")
                .text(&said),
        )
    };
    groups.into_iter().map(line).collect()
}

/// The same fax under other ids.
fn twins(widget: Widget, id: &MessageId) -> Vec<El> {
    let twins: Vec<MessageId> = widget
        .parts()
        .faxes
        .twins
        .with(|twins| twins.iter().filter(|(accepted, _)| accepted == id).map(|(_, twin)| twin.clone()).collect());
    let line = |twin: MessageId| {
        let message = widget.message(&twin);
        let mut buttons = classed("div", "ask");
        let (shown, asked) = (twin.clone(), twin.clone());
        let hint = match &message {
            Some(message) if message.is_deleted => Word::TwinCancelled,
            Some(message) if message.status == Status::Queued => {
                buttons = buttons
                    .child(button("danger", move || ask_cancel(widget, asked.clone())).say(widget, Word::TwinCancel));
                Word::TwinQueued
            }
            Some(_) => Word::TwinGone,
            None => Word::Loading,
        };
        buttons = buttons.child(button("quiet", move || widget.open_fax(shown.clone())).say(widget, Word::ShowFax));
        classed("section", "banner doubt").part("twin").attr("role", "alert").icon(WARNING).child(
            el("div")
                .child(el("h3").say(widget, Word::TwinTitle))
                .child(el("p").text(&widget.fill(Word::TwinHint, &[("id", twin.as_str())])))
                .child(el("p").say(widget, hint))
                .child(buttons)
                .child(cancelling(widget, twin.clone())),
        )
    };
    twins.into_iter().map(line).collect()
}

fn actions(widget: Widget, message: &Message) -> El {
    let id = message.id.clone();
    let own = |press: fn(Widget, MessageId)| {
        let id = id.clone();
        move || press(widget, id.clone())
    };
    let mut actions = classed("div", "actions");
    if message.can_be_resent() && !message.is_inbound {
        if message.failed().next().is_some() {
            let word = if message.is_partial() { Word::ResendFailed } else { Word::ResendFax };
            actions = actions.child(
                button("primary", own(|widget, id| widget.open_resend_form(vec![id], Audience::Failed)))
                    .part("resend-failed")
                    .say(widget, word),
            );
            actions = actions.child(
                button("", own(|widget, id| widget.open_resend_form(vec![id], Audience::Others)))
                    .say(widget, Word::MendNumber),
            );
        }
        if message.is_partial() || message.failed().next().is_none() {
            actions = actions.child(
                button("", own(|widget, id| widget.open_resend_form(vec![id], Audience::Same)))
                    .part("resend")
                    .say(widget, Word::ResendAll),
            );
        }
    }
    if message.can_be_resent() {
        actions = actions.child(
            button("", own(|widget, id| widget.open_resend_form(vec![id], Audience::Others)))
                .part("forward")
                .say(widget, Word::Forward),
        );
    }
    if message.document.is_some() && !message.is_deleted {
        actions =
            actions.child(button("", own(Widget::open_document)).part("show-document").say(widget, Word::ShowDocument));
    }
    actions = actions.child(button("", own(sheet::print)).part("confirmation").say(widget, Word::Confirmation));
    if message.status == Status::Queued && !message.is_inbound && !message.is_deleted {
        actions = actions.child(
            button("quiet", own(ask_cancel)).part("cancel-fax").place("cancel-fax").say(widget, Word::CancelFax),
        );
    }
    actions
}

fn ask_cancel(widget: Widget, id: MessageId) {
    widget.parts().faxes.cancelling.set(Some((id, Cancelling::Asking)));
    widget.focus("[data-focus=cancel-yes]");
}

/// The question before a fax is cancelled, and what came of it.
fn cancelling(widget: Widget, id: MessageId) -> El {
    el("div").show(move || {
        let state = widget.parts().faxes.cancelling.get().filter(|(asked, _)| *asked == id).map(|(_, state)| state);
        match state {
            None => Vec::new(),
            Some(Cancelling::Running) => vec![classed("p", "hint").say(widget, Word::Cancelling)],
            Some(Cancelling::Failed(failure)) => {
                let said = classed("p", "flaw").attr("role", "alert").attr("tabindex", "-1").place("cancel-failed");
                vec![said.text(&sentences::cancel_failure(widget, &failure))]
            }
            Some(Cancelling::Asking) => {
                let asked = id.clone();
                let no = move || {
                    widget.parts().faxes.cancelling.set(None);
                    widget.focus("[data-focus=cancel-fax]");
                };
                vec![
                    classed("div", "ask")
                        .attr("role", "group")
                        .attr("aria-label", &widget.say(Word::CancelFaxSure))
                        .child(el("span").say(widget, Word::CancelFaxSure))
                        .child(
                            button("danger", move || widget.cancel_fax(asked.clone()))
                                .place("cancel-yes")
                                .say(widget, Word::CancelFaxYes),
                        )
                        .child(button("quiet", no).say(widget, Word::CancelFaxNo)),
                ]
            }
        }
    })
}

/// The numbers at the other end.
pub fn numbers_of(message: &Message) -> String {
    let far: Vec<&str> = if message.is_inbound {
        message.from.phone_number.as_deref().into_iter().collect()
    } else {
        message.to.iter().filter_map(|to| to.party.phone_number.as_deref()).collect()
    };
    far.into_iter().map(readable).collect::<Vec<_>>().join(", ")
}

/// The status of the whole: how many got it, where that differs.
pub fn status_of(widget: Widget, message: &Message) -> String {
    let lang = widget.lang();
    if message.is_cancelled() {
        return widget.say(Word::StatusCancelled);
    }
    // Deleted on its way, it had reached some of them already.
    let is_cut_off = message.is_deleted && message.status == Status::Queued;
    if message.is_deleted && !is_cut_off {
        return widget.say(Word::StatusDeleted);
    }
    if is_cut_off || message.is_partial() {
        let failed = if is_cut_off { message.missed() } else { message.failed().count() };
        return widget.fill(
            Word::StatusPartial,
            &[("failed", &format::number(failed, &lang)), ("n", &format::number(message.to.len(), &lang))],
        );
    }
    let send_time =
        widget.parts().faxes.history.with(|history| history.find(&message.id).and_then(|fax| fax.send_time));
    match send_time.filter(|time| message.status == Status::Queued && *time > super::clock::now()) {
        Some(time) => widget.fill(Word::StatusScheduled, &[("time", &format::short_time(time, &lang))]),
        None => sentences::status(widget, &message.status),
    }
}

/// The class that colours it.
pub fn status_class(message: &Message) -> &'static str {
    match message.status {
        _ if message.is_deleted => "status",
        Status::Sent | Status::Received => "status good",
        Status::SendingFailed => "status bad",
        _ => "status",
    }
}

/// When it was taken by the service.
pub fn when_of(widget: Widget, message: &Message, lang: &str) -> String {
    let remembered = widget.parts().faxes.history.with(|history| history.find(&message.id).map(|fax| fax.accepted));
    message.created.or(remembered).map(|time| format::short_time(time, lang)).unwrap_or_default()
}
