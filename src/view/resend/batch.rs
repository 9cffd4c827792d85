//! Resends under way, one after another.

use std::cell::Cell;
use std::rc::Rc;

use futures_util::future::{AbortHandle, AbortRegistration, Abortable};
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::GetUntracked;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;

use super::Screen;
use crate::batch::{Batch, Progress};
use crate::client::{AGREED, Opened, Parcel, Refusal, Step, is_online, new_key};
use crate::ledger::numbers_of;
use crate::reply::{Code, Failure, Outcome};
use crate::resend::Resend;
use crate::view::element::{El, button, classed, el};
use crate::view::recipients::readable;
use crate::view::widget::Widget;
use crate::view::{clock, events, format, resend_object, sentences};
use crate::words::Word;

/// Milliseconds after which a batch that found the browser offline looks again. Ours.
const LOOK_AGAIN: u32 = 1_000;

impl Widget {
    /// Begins a batch, or adds to the one under way; it goes on whatever stands on the screen. Beside each stands up to
    /// which moment its going to the same number has been seen: what another tab did since then is not done once more.
    pub fn start_batch(self, resends: Vec<(Resend, i64)>) {
        let parts = self.parts();
        if resends.is_empty() {
            return;
        }
        // What was ticked goes now.
        parts.resending.chosen.set(Default::default());
        parts.resending.screen.set(Screen::Batch);
        self.focus("[data-focus=batch]");
        if parts.resending.running.now() {
            return parts.resending.batch.update(|batch| batch.add(resends));
        }
        parts.resending.running.set(true);
        parts.resending.batch.set(Batch::new(resends));
        spawn_local(async move {
            while let Some((place, resend)) = self.next_of_batch().await {
                self.show_in_batch(place);
                let (abort, registration) = AbortHandle::new_pair();
                self.parts().resending.abort.replace(Some(abort));
                let step = move |step| {
                    let until = if let Step::Waiting(until) = step { Some(until) } else { None };
                    self.parts().clock.set(clock::now());
                    self.parts().resending.batch.update(|batch| batch.wait(place, until))
                };
                let agreed = self.parts().resending.batch.peek(|batch| batch.agreed(place));
                let result = self.resend_until(resend, agreed, registration, &step).await;
                if self.is_gone() {
                    return;
                }
                let ended = result.map(|opened| opened.accepted.message.id);
                self.parts().resending.abort.replace(None);
                self.parts().resending.batch.update(|batch| batch.end(place, ended));
            }
            let parts = self.parts();
            parts.resending.running.set(false);
            self.announce(summary(self, &parts.resending.batch.now()));
            self.look_for_orphans();
        });
    }

    /// Scrolls the list, and nothing but the list, to the one that is under way.
    fn show_in_batch(self, place: usize) {
        let list = self.root.get_untracked().and_then(|root| root.query_selector("[part~=batch] .rows").ok().flatten());
        let line = list.as_ref().and_then(|list| list.children().item(u32::try_from(place).unwrap_or(0)));
        if let (Some(list), Some(line)) = (list, line) {
            let below = line.get_bounding_client_rect().bottom() - list.get_bounding_client_rect().bottom();
            if below > 0.0 {
                #[expect(clippy::cast_possible_truncation, reason = "pixels")]
                list.set_scroll_top(list.scroll_top() + below as i32 + 1);
            }
        }
    }

    /// The next one, when the browser is online.
    async fn next_of_batch(self) -> Option<(usize, Resend)> {
        while !self.is_gone() {
            let parts = self.parts();
            let is_offline = !is_online() && parts.resending.batch.peek(Batch::left) > 0;
            if parts.resending.paused.now() != is_offline {
                parts.resending.paused.set(is_offline);
            }
            if !is_offline {
                return parts.resending.batch.update(Batch::begin_next);
            }
            TimeoutFuture::new(LOOK_AGAIN).await;
        }
        None
    }

    /// Resends one fax, unless it is stopped before its end. Where its request had left by then, its intent stands in the
    /// ledger and is looked for.
    async fn resend_until(
        self,
        resend: Resend,
        agreed: i64,
        stop: AbortRegistration,
        step: &dyn Fn(Step) -> bool,
    ) -> Result<Opened, Failure> {
        let has_left = Cell::new(false);
        let step = |now_at| {
            let goes_on = step(now_at);
            has_left.set(goes_on && matches!(now_at, Step::Posting | Step::Looking));
            goes_on
        };
        match Abortable::new(self.resend_once(resend, agreed, &step), stop).await {
            Ok(result) => result,
            Err(_) if has_left.get() => Err(Failure::new(Code::Cancelled)),
            Err(_) => Err(Failure::before_posting(Code::Cancelled)),
        }
    }

    /// Resends one fax, after a person or a script decided so, and tells the page what came of it.
    ///
    /// # Errors
    /// What became of it where it was not accepted.
    pub async fn resend_once(
        self,
        resend: Resend,
        agreed: i64,
        step: &dyn Fn(Step) -> bool,
    ) -> Result<Opened, Failure> {
        let invalid = |parameter: &str| Failure::before_posting(Code::Invalid).about(parameter);
        let outbox = self.outbox().map_err(|error| invalid(error.attribute()))?;
        let original = self
            .parts()
            .faxes
            .known
            .peek(|known| known.get(resend.original()).and_then(|known| known.message()).cloned());
        let own = original.as_ref().map(numbers_of).unwrap_or_default();
        let parcel = Parcel::Resend(&resend, &own);
        let result = outbox.post(parcel, &new_key(), agreed, step).await;
        if self.is_gone() {
            return Err(Failure::new(Code::Cancelled));
        }
        match result {
            Ok(opened) => {
                let numbers = resend.to().map(|to| to.iter().map(|to| to.phone_number().to_string()).collect());
                self.tell(|target| events::accepted(target, &opened.accepted.raw));
                self.track(opened.clone(), &numbers.unwrap_or(own));
                Ok(opened)
            }
            Err(refusal) => {
                let failure = match refusal {
                    Refusal::Failed(failure) => failure,
                    Refusal::Repeated(_) => Failure::before_posting(Code::Cancelled).about("originalMessageId"),
                };
                let error = self.error_object(&failure);
                self.tell(|target| events::failed(target, &error));
                Err(failure)
            }
        }
    }

    /// Resends from a script; resolves with the API's message object.
    ///
    /// # Errors
    /// What became of it where it was not accepted.
    pub async fn resend(self, resend: Resend) -> Result<JsValue, Failure> {
        let (abort, registration) = AbortHandle::new_pair();
        let abort = Rc::new(abort);
        self.parts().resending.of_scripts.borrow_mut().push(Rc::clone(&abort));
        let result = self.resend_until(resend, AGREED, registration, &|_| true).await;
        self.parts().resending.of_scripts.borrow_mut().retain(|other| !Rc::ptr_eq(other, &abort));
        if result.as_ref().is_err_and(|failure| failure.outcome == Outcome::Unknown) && !self.is_gone() {
            self.look_for_orphans();
        }
        result.map(|opened| opened.accepted.raw)
    }

    /// The same for a request as the script wrote it; rejects with a `FaxError`.
    pub fn resend_from_script(self, request: &JsValue) -> impl Future<Output = Result<JsValue, JsValue>> + 'static {
        let resend = resend_object::read(request, clock::now());
        async move {
            let resend = resend
                .map_err(|parameter| self.error_object(&Failure::before_posting(Code::Invalid).about(parameter)))?;
            self.resend(resend).await.map_err(|failure| self.error_object(&failure))
        }
    }

    /// Stops everything that is being resent, by a person or a script, what is under way included.
    pub fn cancel_resend(self) {
        let parts = self.parts();
        parts.resending.batch.update(Batch::stop);
        if let Some(abort) = parts.resending.abort.take() {
            abort.abort();
        }
        parts.resending.of_scripts.take().iter().for_each(|abort| abort.abort());
    }
}

fn summary(widget: Widget, batch: &Batch) -> String {
    let (accepted, failed) = (widget.number(batch.accepted()), widget.number(batch.failed()));
    widget.fill(Word::BatchDone, &[("n", &accepted), ("failed", &failed)])
}

/// The screen.
pub fn batch(widget: Widget) -> El {
    let with = move |read: fn(&Batch) -> usize| widget.parts().resending.batch.with(read);
    let title = move || {
        let all = with(|batch| batch.items().len());
        let done = all - with(Batch::left);
        if with(Batch::left) > 0 {
            widget.fill(Word::BatchTitle, &[("done", &widget.number(done)), ("n", &widget.number(all))])
        } else {
            widget.say(Word::BatchEnd)
        }
    };
    let lead = move || {
        let batch = widget.parts().resending.batch.get();
        match batch.left() {
            0 => summary(widget, &batch),
            left => {
                let counts = [("n", batch.accepted()), ("failed", batch.failed()), ("left", left)];
                let counts = counts.map(|(name, count)| (name, format::number(count, &widget.lang())));
                let counts: Vec<(&str, &str)> = counts.iter().map(|(name, count)| (*name, count.as_str())).collect();
                let paused = widget.parts().resending.paused.get();
                let hint = if paused { Word::BatchOffline } else { Word::BatchHint };
                format!("{} {}", widget.fill(Word::BatchCounts, &counts), widget.say(hint))
            }
        }
    };
    let places = move || {
        let n = with(|batch| batch.items().len());
        (0..u32::try_from(n).unwrap_or(0)).collect()
    };
    let running = move || u32::from(with(Batch::left) > 0);
    let stop = move || {
        let parts = widget.parts();
        if parts.resending.batch.update(Batch::stop)
            && let Some(abort) = parts.resending.abort.take()
        {
            abort.abort();
        }
        widget.focus("[data-focus=batch]");
    };
    classed("section", "screen")
        .part("batch")
        .child(
            el("header")
                .child(el("h2").attr("tabindex", "-1").place("batch").text_by(title))
                .child(classed("p", "lead").text_by(lead)),
        )
        .child(classed("ol", "entries rows").each(places, move |place| line(widget, place as usize)))
        .child(el("footer").each(
            move || vec![running()],
            move |running| {
                if running == 1 {
                    button("", stop).part("cancel").place("stop").say(widget, Word::BatchStop)
                } else {
                    button("primary", move || widget.open_list()).part("back").say(widget, Word::BatchClose)
                }
            },
        ))
}

fn line(widget: Widget, place: usize) -> El {
    let item = move || widget.parts().resending.batch.with(|batch| batch.items().get(place).cloned());
    let original = item().map(|item| item.resend.original().to_string()).unwrap_or_default();
    let to =
        item().and_then(|item| item.resend.to().map(|to| to.iter().map(|to| to.phone_number().grouped()).collect()));
    let numbers: Vec<String> = to.unwrap_or_else(|| {
        let message = item().and_then(|item| widget.message(item.resend.original()));
        let to = message.map(|message| message.to).unwrap_or_default();
        to.iter().filter_map(|to| to.party.phone_number.as_deref()).map(readable).collect()
    });
    let status = move || match item().map(|item| item.progress) {
        None | Some(Progress::Waiting) => widget.say(Word::BatchWaiting),
        Some(Progress::Sending(None)) => widget.say(Word::BatchSending),
        Some(Progress::Sending(Some(until))) => {
            let left = (until - widget.parts().clock.get() + 999) / 1_000;
            widget.fill(Word::BatchLimit, &[("time", &format::elapsed(left))])
        }
        Some(Progress::Accepted(id)) => widget.fill(Word::BatchAccepted, &[("id", id.as_str())]),
        Some(Progress::Failed(failure)) if failure.outcome == Outcome::Unknown => {
            sentences::headed(Word::UnknownTitle, &sentences::failure(widget, &failure), &widget.language())
        }
        Some(Progress::Failed(failure)) => sentences::resend_failure(widget, &failure),
        Some(Progress::Stopped) => widget.say(Word::BatchStopped),
    };
    let class = move || {
        let class = match item().map(|item| item.progress) {
            Some(Progress::Accepted(_)) => "status good",
            Some(Progress::Failed(failure)) if failure.outcome == Outcome::Unknown => "status doubt",
            Some(Progress::Failed(_)) => "status bad",
            _ => "status",
        };
        Some(class.to_owned())
    };
    let accepted = move || match item().map(|item| item.progress) {
        Some(Progress::Accepted(_)) => vec![1],
        _ => Vec::new(),
    };
    let open = move || {
        if let Some(Progress::Accepted(id)) = item().map(|item| item.progress) {
            widget.open_fax(id);
        }
    };
    let who =
        if numbers.is_empty() { widget.fill(Word::DoubtResend, &[("id", &original)]) } else { numbers.join(", ") };
    el("li").child(
        classed("div", "row")
            .child(
                classed("span", "who")
                    .child(classed("span", "number").attr("dir", "ltr").text(&who))
                    .child(classed("span", "name").text(&widget.fill(Word::DoubtResend, &[("id", &original)]))),
            )
            .child(classed("span", "status").attr_by("class", class).text_by(status))
            .each(accepted, move |_| button("link", open).say(widget, Word::ShowFax)),
    )
}
