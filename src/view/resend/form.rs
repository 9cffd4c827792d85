//! Who gets it this time, and when.

use wasm_bindgen_futures::spawn_local;

use super::Screen;
use crate::client::{AGREED, digest};
use crate::draft::{Draft, DraftRecipient, DraftTime, TimeReading};
use crate::fax::{Cause, Field, Flaw};
use crate::ledger::is_same_number;
use crate::message::Message;
use crate::message_id::MessageId;
use crate::resend::Resend;
use crate::view::delivery::radio;
use crate::view::element::{El, button, classed, el};
use crate::view::numbers::{known_number, retype, retype_missing};
use crate::view::recipients::{field, key, readable, typed};
use crate::view::widget::{Shown, Widget};
use crate::view::{clock, flaws, format, sentences};
use crate::words::Word;

/// Who gets a fax that goes again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Audience {
    /// The original's recipients.
    #[default]
    Same,
    /// Those of them that it failed for.
    Failed,
    /// Others.
    Others,
}

/// What is filled in.
#[derive(Clone, Default, PartialEq)]
pub struct ResendForm {
    /// The faxes that go again.
    pub originals: Vec<MessageId>,
    /// Who gets them.
    pub audience: Audience,
    /// Other numbers as typed.
    pub numbers: String,
    /// When they go; `None` for now.
    pub send_time: Option<DraftTime>,
    /// What is wrong; looked for when a person asks to send.
    pub flaws: Vec<Flaw>,
    /// How many of them went to the same number within the hour, where a person has to be asked.
    pub repeated: Option<usize>,
}

impl ResendForm {
    /// The other numbers as entries.
    fn entries(&self) -> Vec<DraftRecipient> {
        let mut draft = Draft::<()>::default();
        draft.add_recipients(&self.numbers, "");
        draft.to
    }

    /// The resends that this asks for.
    fn resends(&self, messages: &[Message]) -> Result<Vec<Resend>, Vec<Flaw>> {
        let now = clock::now();
        let others = self.entries();
        let one = |message: &Message| {
            let failed: Vec<DraftRecipient>;
            let to = match self.audience {
                Audience::Same => None,
                Audience::Others => Some(others.as_slice()),
                Audience::Failed => {
                    failed = message.failed().filter_map(|to| to.party.phone_number.clone()).map(entry).collect();
                    Some(failed.as_slice())
                }
            };
            Resend::new(message.id.clone(), to, self.send_time.as_ref(), now)
        };
        let all: Vec<_> = messages
            .iter()
            .filter(|message| self.audience != Audience::Failed || message.failed().next().is_some())
            .map(one)
            .collect();
        all.into_iter().collect()
    }
}

fn entry(phone_number: String) -> DraftRecipient {
    DraftRecipient { phone_number, ..DraftRecipient::default() }
}

impl Widget {
    /// Opens the form for some faxes.
    pub fn open_resend_form(self, originals: Vec<MessageId>, audience: Audience) {
        let parts = self.parts();
        let messages: Vec<Message> = originals.iter().filter_map(|id| self.message(id)).collect();
        // What cannot go to its own recipients goes to others.
        let audience = if messages.iter().any(|message| message.is_inbound) { Audience::Others } else { audience };
        // Mending a number starts from the one that failed.
        let failed = messages.iter().flat_map(Message::failed).filter_map(|to| to.party.phone_number.as_deref());
        let numbers =
            if messages.len() == 1 { failed.map(readable).collect::<Vec<_>>().join("\n") } else { String::new() };
        parts.resending.form.set(ResendForm { originals, audience, numbers, ..ResendForm::default() });
        parts.resending.screen.set(Screen::Form);
        // Also from the screen at the end of the form.
        parts.settings.update(|settings| settings.view = Shown::Resend);
        self.focus("[data-focus=resend]");
    }

    fn form_messages(self) -> Vec<Message> {
        self.parts().resending.form.with(|form| form.originals.iter().filter_map(|id| self.message(id)).collect())
    }

    fn edit_form(self, change: impl FnOnce(&mut ResendForm)) {
        self.parts().resending.form.update(|form| {
            change(form);
            form.flaws.clear();
            form.repeated = None;
        });
    }

    fn send_form(self, is_sure: bool) {
        let parts = self.parts();
        let messages = self.form_messages();
        let form = parts.resending.form.now();
        let missing = if form.audience == Audience::Others { retype_missing(self, &form.entries()) } else { None };
        match (form.resends(&messages), missing) {
            (Err(flaws), _) => {
                parts.resending.form.update(|form| form.flaws = flaws);
                self.focus("[data-focus=resend-flaws]");
            }
            (_, Some(place)) => {
                self.announce(self.say(Word::RetypeMissing));
                self.focus_on(place);
            }
            (Ok(resends), None) => spawn_local(async move {
                let (agreed, repeated) = self.repeated(&resends, &messages).await;
                if self.is_gone() {
                    return;
                }
                if repeated > 0 && !is_sure {
                    self.parts().resending.form.update(|form| form.repeated = Some(repeated));
                    self.focus("[data-focus=repeat]");
                } else {
                    self.start_batch(resends.into_iter().zip(agreed).collect());
                }
            }),
        }
    }

    /// When each of these last went to the same number within the hour, and how many of them a person is asked about:
    /// what failed there is no repeat.
    async fn repeated(self, resends: &[Resend], messages: &[Message]) -> (Vec<i64>, usize) {
        let Ok(outbox) = self.outbox() else { return (vec![0; resends.len()], 0) };
        let ledger = outbox.ledger();
        let mut agreed = Vec::new();
        let mut repeated = 0;
        for resend in resends {
            let own = messages.iter().find(|message| message.id == *resend.original());
            let to: Vec<String> = match resend.to() {
                Some(to) => to.iter().map(|to| to.phone_number().digits().to_owned()).collect(),
                None => own
                    .map(crate::ledger::numbers_of)
                    .unwrap_or_default()
                    .iter()
                    .map(|number| number.chars().filter(char::is_ascii_digit).collect())
                    .collect(),
            };
            let mut marks = Vec::new();
            for number in &to {
                marks.extend(digest::of_resend(resend.original().as_str(), number).await);
            }
            let is_under_way =
                self.parts().resending.running.now() && self.parts().resending.batch.peek(|batch| batch.holds(resend));
            let failed = own.filter(|own| {
                let failed: Vec<&str> = own.failed().filter_map(|to| to.party.phone_number.as_deref()).collect();
                to.iter().all(|number| failed.iter().any(|failed| is_same_number(number, failed)))
            });
            let repeat = |failed| ledger.repeat(&marks, failed, clock::now());
            repeated += usize::from(is_under_way || repeat(failed.map(|failed| &failed.id)).is_some());
            agreed.push(if is_under_way { AGREED } else { repeat(None).map_or(0, |repeat| repeat.started) });
        }
        (agreed, repeated)
    }
}

/// The form.
pub fn form(widget: Widget) -> El {
    let parts = widget.parts();
    let messages = widget.form_messages();
    let is_forward = matches!(messages.as_slice(), [one] if one.is_inbound);
    let title = move || match going(widget).len() {
        _ if is_forward => widget.say(Word::ForwardTitle),
        n => widget.count(Word::ResendTitleOne, Word::ResendTitle, n),
    };
    let any_failed = messages.iter().any(|message| message.failed().next().is_some());
    let any_inbound = messages.iter().any(|message| message.is_inbound);
    let back = move || {
        let originals = widget.parts().resending.form.peek(|form| form.originals.clone());
        match originals.as_slice() {
            [one] => widget.open_fax(one.clone()),
            _ => widget.open_list(),
        }
    };
    let audience = move |value: Audience, label: Word| {
        radio(
            widget.id("audience"),
            el("span").say(widget, label),
            move || widget.parts().resending.form.with(|form| form.audience == value),
            move || widget.edit_form(|form| form.audience = value),
        )
    };
    let mut choices = classed("div", "choice three")
        .attr("role", "radiogroup")
        .attr("aria-labelledby", &widget.id("audience-label"))
        .child(classed("span", "label").attr("id", &widget.id("audience-label")).say(widget, Word::Audience));
    if !any_inbound {
        choices = choices.child(audience(Audience::Same, Word::AudienceSame));
    }
    if any_failed {
        choices = choices.child(audience(Audience::Failed, Word::AudienceFailed));
    }
    choices = choices.child(audience(Audience::Others, Word::AudienceOthers));
    let others = move || {
        let shown = widget.parts().resending.form.with(|form| form.audience == Audience::Others);
        shown.then_some(1).into_iter().collect()
    };
    let later = move || widget.parts().resending.form.with(|form| form.send_time.is_some());
    let label = move || {
        let form = widget.parts().resending.form.with(|form| (form.send_time.is_some(), form.repeated.is_some()));
        widget
            .say(match form {
                (_, true) => Word::SendAgainAnyway,
                (true, _) => Word::Schedule,
                _ if any_inbound => Word::Forward,
                _ => Word::ResendNow,
            })
            .to_owned()
    };
    drop(parts);
    el("form")
        .attr("class", "screen")
        .part("resend-form screen")
        .attr("novalidate", "")
        .on("submit", move |event| {
            event.prevent_default();
            let is_sure = widget.parts().resending.form.peek(|form| form.repeated.is_some());
            widget.send_form(is_sure);
        })
        .on("keydown", move |event| {
            if key(&event) == "Escape" {
                back();
            }
        })
        .child(
            el("header")
                .child(el("h2").attr("tabindex", "-1").place("resend").text_by(title))
                .child(classed("p", "lead").say(widget, Word::ResendHint)),
        )
        .child(el("div").show(move || notices(widget)))
        .children((any_failed || !any_inbound).then_some(choices))
        .each(others, move |_| numbers(widget))
        .child(
            classed("div", "choice")
                .attr("role", "radiogroup")
                .attr("aria-labelledby", &widget.id("resend-when"))
                .child(classed("span", "label").attr("id", &widget.id("resend-when")).say(widget, Word::When))
                .child(radio(
                    widget.id("resend-time"),
                    el("span").say(widget, Word::Now),
                    move || !later(),
                    move || widget.edit_form(|form| form.send_time = None),
                ))
                .child(radio(widget.id("resend-time"), el("span").say(widget, Word::Later), later, move || {
                    widget.edit_form(|form| form.send_time = Some(clock::read("")));
                    widget.focus("[data-focus=resend-time]");
                }))
                .each(move || later().then_some(1).into_iter().collect(), move |_| time(widget)),
        )
        .child(el("h3").say(widget, Word::WhatGoes))
        .child(classed("ul", "checked").show(move || goes(widget)))
        .child(el("footer").child(button("quiet", back).part("back").say(widget, Word::BackPlain)).child(
            classed("button", "primary").attr("type", "submit").part("send").place("resend-send").text_by(label),
        ))
}

/// What is wrong, and the question about what went within the hour.
fn notices(widget: Widget) -> Vec<El> {
    let form = widget.parts().resending.form.get();
    let mut notices = Vec::new();
    if !form.flaws.is_empty() {
        let mut draft = Draft::<()>::default();
        draft.add_recipients(&form.numbers, "");
        let line = |flaw: &Flaw| {
            let said = match (&flaw.cause, flaw.field) {
                (Cause::NoRecipient, Field::To) if form.audience == Audience::Failed => {
                    widget.say(Word::NoNumberToResend)
                }
                _ => sentences::flaw(flaw, &draft, &widget.language()),
            };
            el("p").text(&said)
        };
        let lines = form.flaws.iter().map(line).collect();
        notices.push(flaws::banner("banner bad", "resend-flaws", &widget.say(Word::FlawsTitle), lines));
    }
    if let Some(repeated) = form.repeated {
        let said = widget.count(Word::ResendRepeatedOne, Word::ResendRepeated, repeated);
        notices.push(flaws::banner(
            "banner doubt",
            "repeat",
            &widget.say(Word::RepeatTitle),
            vec![el("p").text(&said)],
        ));
    }
    notices
}

fn numbers(widget: Widget) -> El {
    el("div")
        .child(
            field(widget, Word::OtherNumbers).child(
                el("textarea")
                    .attr("dir", "ltr")
                    .attr("rows", "3")
                    .attr("autocomplete", "off")
                    .place("numbers")
                    .value_by(move || widget.parts().resending.form.with(|form| form.numbers.clone()))
                    .on("input", move |event| {
                        let numbers = typed(&event);
                        widget.edit_form(|form| form.numbers = numbers);
                    }),
            ),
        )
        .child(classed("p", "hint").say(widget, Word::OtherNumbersHint))
        .child(classed("ul", "checked").show(move || {
            let entries = widget.parts().resending.form.with(ResendForm::entries);
            let line = |entry: DraftRecipient| {
                el("li")
                    .child(classed("span", "number large").attr("dir", "ltr").text(&readable(&entry.phone_number)))
                    .child(known_number(widget, &entry.phone_number, &entry.name))
                    .child(retype(widget, &entry))
            };
            entries.into_iter().map(line).collect()
        }))
}

fn time(widget: Widget) -> El {
    let value = move || {
        widget.parts().resending.form.with(|form| match &form.send_time {
            Some(DraftTime { reading: TimeReading::At(millis), .. }) => clock::local_input_value(*millis),
            Some(time) => time.typed.clone(),
            None => String::new(),
        })
    };
    let zone = widget.fill(Word::SendTimeHint, &[("zone", &format::time_zone())]);
    field(widget, Word::SendTime)
        .child(
            el("input")
                .attr("type", "datetime-local")
                .attr("min", &clock::local_input_value(clock::now()))
                .place("resend-time")
                .value_by(value)
                .on("input", move |event| {
                    let time = clock::read(&typed(&event));
                    widget.edit_form(|form| form.send_time = Some(time));
                }),
        )
        .child(classed("small", "hint").text(&zone))
}

/// Each fax with the numbers that it goes to.
fn goes(widget: Widget) -> Vec<El> {
    let audience = widget.parts().resending.form.with(|form| form.audience);
    let line = |message: Message| {
        let numbers: Vec<String> = match audience {
            Audience::Same => {
                message.to.iter().filter_map(|to| to.party.phone_number.as_deref()).map(readable).collect()
            }
            Audience::Failed => {
                message.failed().filter_map(|to| to.party.phone_number.as_deref()).map(readable).collect()
            }
            Audience::Others => {
                let entries = widget.parts().resending.form.with(ResendForm::entries);
                entries.iter().map(|entry| readable(&entry.phone_number)).collect()
            }
        };
        let pages =
            message.pages.map(|pages| widget.count(Word::PagesOne, Word::Pages, pages as usize)).unwrap_or_default();
        let numbers = if numbers.is_empty() { "–".to_owned() } else { numbers.join(", ") };
        el("li").child(classed("span", "number").attr("dir", "ltr").text(&numbers)).child(
            classed("span", "status").text(&format!(
                "{} {}{}{pages}",
                widget.say(Word::MessageId),
                message.id,
                if pages.is_empty() { "" } else { " · " }
            )),
        )
    };
    going(widget).into_iter().map(line).collect()
}

/// The faxes that go: of several, those that failed for nobody do not go to those they failed for.
fn going(widget: Widget) -> Vec<Message> {
    let only_failed = widget.parts().resending.form.with(|form| form.audience == Audience::Failed);
    widget.form_messages().into_iter().filter(|message| !only_failed || message.failed().next().is_some()).collect()
}
