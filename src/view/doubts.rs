//! Attempts of which it is not known what became: of this page, or of one that was closed in the middle.

use gloo_timers::future::TimeoutFuture;
use wasm_bindgen_futures::spawn_local;

use super::element::{El, button, classed, el};
use super::format;
use super::icon::{TICK, WARNING};
use super::recipients::readable;
use super::sentences;
use super::widget::Widget;
use crate::client::{Opened, Settled};
use crate::ledger::{Doubt, Intent};
use crate::message_id::MessageId;
use crate::submission::{Stage, Submission};
use crate::words::Word;

/// One of them.
#[derive(Clone, PartialEq, Eq)]
pub struct DoubtRow {
    /// What was set out to be sent.
    pub intent: Intent,
    /// What is known.
    pub state: DoubtState,
}

/// What is known of an attempt whose answer was lost.
#[derive(Clone, PartialEq, Eq)]
pub enum DoubtState {
    /// The message store is being looked at.
    Looking,
    /// It cannot be known yet.
    Unknown,
    /// It was not accepted.
    NotAccepted,
    /// It was, under this id.
    Accepted(MessageId),
}

impl Widget {
    /// Looks for what became of every attempt that no open page is working on.
    pub fn look_for_orphans(self) {
        if !self.may_ask() {
            return;
        }
        spawn_local(async move {
            // The lock of an attempt that has just ended comes free a moment later.
            for pause in [0, 100, 1_000] {
                if pause > 0 {
                    TimeoutFuture::new(pause).await;
                }
                let (Ok(outbox), false) = (self.outbox(), self.is_gone()) else { return };
                if outbox.ledger().intents.is_empty() {
                    return;
                }
                for (intent, held) in outbox.orphans().await {
                    let seen = self.parts().doubts.peek(|rows| rows.iter().any(|row| row.intent.key == intent.key));
                    if pause == 0 || !seen {
                        spawn_local(async move {
                            self.look_for(intent, false).await;
                            // Until here no other tab looked for it.
                            drop(held);
                        });
                    }
                }
            }
        });
    }

    async fn look_for(self, intent: Intent, is_once: bool) {
        let row = |state| DoubtRow { intent: intent.clone(), state };
        let is_looked_for = |rows: &Vec<DoubtRow>| {
            rows.iter().any(|row| row.intent.key == intent.key && row.state == DoubtState::Looking)
        };
        if self.is_gone() || self.parts().doubts.peek(is_looked_for) {
            return;
        }
        self.note_doubt(row(DoubtState::Looking));
        if self.is_in_doubt(&intent.key) && !is_once {
            // The banner of the failure, which had the focus, has made place for this one.
            self.focus("[data-focus=failure]");
        }
        let Ok(outbox) = self.outbox() else { return };
        if outbox.client.service.fax() != intent.place {
            // The page has turned to another account, whose messages say nothing of it.
            return self.note_doubt(row(DoubtState::Unknown));
        }
        let settled = if is_once {
            outbox.settle_again(&intent).await
        } else {
            outbox.settle(&intent, intent.doubt.unwrap_or(Doubt::Stopped)).await
        };
        if self.is_gone() {
            return;
        }
        match settled {
            Settled::Accepted(read, twins) => {
                let id = read.message.id.clone();
                let took = intent.broke.map_or(0, |broke| broke - intent.started);
                let opened = Opened { accepted: read.clone(), intent: intent.clone(), took, twins, was_found: true };
                self.track(opened, &intent.to);
                self.end_doubt(self.settled(&intent.key, Some(read)), row(DoubtState::Accepted(id)));
            }
            Settled::NotAccepted => {
                self.end_doubt(self.settled(&intent.key, None), row(DoubtState::NotAccepted));
            }
            Settled::Unknown => self.note_doubt(row(DoubtState::Unknown)),
            // What can be known of it stands elsewhere; the form goes on to say that an earlier try is open.
            Settled::Elsewhere => self.drop_doubt(&intent.key),
        }
    }

    /// What became of it stands on the screen of its own draft, or here.
    fn end_doubt(self, is_shown: bool, row: DoubtRow) {
        if is_shown {
            self.parts().doubts.update(|rows| rows.retain(|known| known.intent.key != row.intent.key));
        } else {
            self.note_doubt(row);
        }
    }

    /// Whether the attempt at the draft on the screen would be looked for if this page went away.
    pub fn is_written_down(self) -> bool {
        let key = self.with_inner(|inner| inner.key.clone());
        self.outbox().is_ok_and(|outbox| outbox.is_written(&key))
    }

    /// Notes an attempt that was looked for in vain; `false` where the ledger does not hold it.
    pub fn note_unknown(self, key: &str) -> bool {
        let Some(intent) = self.outbox().ok().and_then(|outbox| outbox.intent_of(key)) else { return false };
        self.note_doubt(DoubtRow { intent, state: DoubtState::Unknown });
        true
    }

    fn note_doubt(self, row: DoubtRow) {
        self.parts().doubts.update(|rows| match rows.iter_mut().find(|known| known.intent.key == row.intent.key) {
            Some(known) => *known = row,
            None => rows.push(row),
        });
    }

    /// Whether a banner of this list is about the draft on the screen.
    pub fn own_doubt_shown(self) -> bool {
        let keys = self.parts().doubts.with(|rows| rows.iter().map(|row| row.intent.key.clone()).collect::<Vec<_>>());
        self.parts().submission.with(|_| ());
        keys.iter().any(|key| self.is_in_doubt(key))
    }

    fn drop_doubt(self, key: &str) {
        self.parts().doubts.update(|rows| rows.retain(|row| row.intent.key != key));
        self.focus("[data-focus=to], [data-focus=ids]");
    }
}

/// All of them, each with what a person can do.
pub fn doubts(widget: Widget) -> El {
    el("div").show(move || widget.parts().doubts.get().into_iter().map(|row| banner(widget, row)).collect())
}

fn banner(widget: Widget, row: DoubtRow) -> El {
    let (class, icon, title) = match row.state {
        DoubtState::Looking => ("banner doubt", WARNING, Word::DoubtLooking),
        DoubtState::Unknown => ("banner doubt", WARNING, Word::UnknownTitle),
        DoubtState::NotAccepted => ("banner bad", WARNING, Word::DoubtNotAccepted),
        DoubtState::Accepted(_) => ("banner good", TICK, Word::DoubtAccepted),
    };
    let numbers: Vec<String> = row.intent.to.iter().map(|number| readable(number)).collect();
    let time = format::date_time(row.intent.started, &widget.lang());
    let numbers = match (&row.intent.original, numbers.is_empty()) {
        (Some(id), true) => widget.fill(Word::DoubtResend, &[("id", id.as_str())]),
        _ => numbers.join(", "),
    };
    let what = widget.fill(Word::DoubtWhat, &[("numbers", &numbers), ("time", &time)]);
    let mut body = el("div").child(el("h3").say(widget, title)).child(el("p").text(&what));
    let is_own = widget.is_in_doubt(&row.intent.key);
    let failure = widget.parts().submission.with(|submission| match submission.stage() {
        Stage::Failed(failure) if is_own => Some(failure.clone()),
        _ => None,
    });
    if let Some(failure) = failure {
        body = body.child(el("p").text(&sentences::failure(widget, &failure)));
    }
    let key = row.intent.key.clone();
    let close = move || widget.drop_doubt(&key);
    let mut buttons = classed("div", "ask");
    match &row.state {
        DoubtState::Looking => body = body.child(el("p").say(widget, Word::LookingHint)),
        DoubtState::Unknown => {
            body = body.child(el("p").say(widget, Word::DoubtUnknownHint));
            let (intent, key) = (row.intent.clone(), row.intent.key.clone());
            let again = move || {
                let intent = intent.clone();
                spawn_local(async move { widget.look_for(intent, true).await });
            };
            let done = move || {
                if let Ok(outbox) = widget.outbox() {
                    outbox.settle_by_hand(&key);
                }
                if widget.is_in_doubt(&key) {
                    widget.parts().submission.update(Submission::settle_by_hand);
                }
                widget.drop_doubt(&key);
            };
            buttons = buttons
                .child(button("", again).place("look-again").say(widget, Word::LookAgain))
                .child(button("quiet", done).say(widget, Word::DoubtSettled));
        }
        DoubtState::NotAccepted => {
            body = body.child(el("p").say(widget, Word::DoubtNotAcceptedHint));
            buttons = buttons.child(button("quiet", close).say(widget, Word::Close));
        }
        DoubtState::Accepted(id) => {
            let shown = id.clone();
            buttons = buttons
                .child(button("", move || widget.open_fax(shown.clone())).say(widget, Word::ShowFax))
                .child(button("quiet", close).say(widget, Word::Close));
        }
    }
    classed("section", class)
        .part("doubt")
        .attr("tabindex", "-1")
        // There may be several: each has a name of its own.
        .attr("aria-label", &sentences::headed(title, &what, &widget.language()))
        .place(if is_own { "failure" } else { "doubt-row" })
        .icon(icon)
        .child(body.child(buttons))
}

/// The question whether the same is to go once more.
pub fn repeat(widget: Widget) -> El {
    el("div").show(move || {
        let Some(repeat) = widget.parts().repeat.get() else { return Vec::new() };
        let time = format::short_time(repeat.started, &widget.lang());
        let hint = if repeat.id.is_some() { Word::RepeatHint } else { Word::RepeatUnknownHint };
        let no = move || {
            widget.parts().repeat.set(None);
            widget.focus("[data-focus=send]");
        };
        let buttons = classed("div", "ask")
            .child(button("", move || widget.send_anyway()).place("send-anyway").say(widget, Word::SendAnyway))
            .child(button("quiet", no).say(widget, Word::SendNot));
        let lines = vec![el("p").text(&widget.fill(hint, &[("time", &time)])), buttons];
        vec![super::flaws::banner("banner doubt", "repeat", &widget.say(Word::RepeatTitle), lines)]
    })
}
