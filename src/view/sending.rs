//! An attempt at sending, from the press to its end on the screen.

use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::File;

use super::clock;
use super::events::{self, Verdict};
use super::numbers::retype_missing;
use super::widget::Widget;
use crate::client::{AGREED, Opened, Parcel, Refusal, Step, is_readable, new_key};
use crate::draft::Draft;
use crate::fax::Fax;
use crate::message_id::MessageId;
use crate::reply::{Code, Failure};
use crate::sorted::SortedMap;
use crate::submission::{Stage, Submission};
use crate::words::Word;

impl Widget {
    /// Whether numbers that nothing is known of have to be typed once more. The review, which alone has the fields for
    /// it, is then open.
    pub fn must_retype(self) -> bool {
        let entries = self.parts().draft.peek(|draft| draft.to.clone());
        let Some(place) = retype_missing(self, &entries) else { return false };
        self.announce(self.say(Word::RetypeMissing));
        self.parts().submission.update(Submission::review);
        self.focus_on(place);
        true
    }

    /// Makes an attempt, and shows and tells how it ended.
    pub async fn carry_out(self, attempt: u32, is_sure: bool) {
        if self.with_inner(|inner| std::mem::take(&mut inner.is_unchecked)) {
            let entries = self.parts().draft.peek(|draft| draft.to.clone());
            if retype_missing(self, &entries).is_some() {
                self.end_asking(false);
                self.must_retype();
                return;
            }
        }
        // A script is told with an error; a person is asked, and presses once more.
        if !self.is_awaited() && self.must_sign_in() {
            self.end_asking(self.with_inner(|inner| inner.from_review));
            return self.focus("[data-focus=sign-in]");
        }
        self.focus("[data-focus=progress]");
        self.parts().repeat.set(None);
        self.with_inner(|inner| inner.key = new_key());
        let result = self.attempt(attempt, is_sure).await;
        if !self.is_stopped(attempt) {
            self.finish(result);
        }
    }

    async fn attempt(self, attempt: u32, is_sure: bool) -> Result<Opened, Refusal> {
        self.tell(|target| events::progress(target, "checking", None));
        let invalid = |parameter: &str| Refusal::Failed(Failure::before_posting(Code::Invalid).about(parameter));
        let outbox = self.outbox().map_err(|error| invalid(error.attribute()))?;
        self.check_files().await;
        let fax = self
            .parts()
            .draft
            .peek(|draft| Fax::new(draft, clock::now()))
            .map_err(|flaws| invalid(flaws.first().map(|flaw| flaw.field.parameter()).unwrap_or_default()))?;
        let detail = self.parts().draft.peek(super::fax_object::write);
        let may_go = match self.tell(|target| events::submit(target, &detail)) {
            Some(Verdict::CallOff) => false,
            Some(Verdict::Later(verdict)) => JsFuture::from(verdict).await == Ok(JsValue::TRUE),
            Some(Verdict::Send) | None => true,
        };
        if !may_go {
            return Err(Refusal::Failed(Failure::before_posting(Code::Cancelled)));
        }
        if self.is_stopped(attempt) {
            return std::future::pending().await;
        }
        // Waits for the pages that go as they are shown.
        let prepared = self.prepared().await.map_err(Refusal::Failed)?;
        if self.is_stopped(attempt) {
            return std::future::pending().await;
        }
        let fax = match &prepared {
            Some(draft) => Fax::new(draft, clock::now())
                .map_err(|flaws| invalid(flaws.first().map(|flaw| flaw.field.parameter()).unwrap_or_default()))?,
            None => fax,
        };
        let bytes = prepared.as_ref().map_or_else(|| self.parts().draft.peek(Draft::total_size), Draft::total_size);
        let key = self.with_inner(|inner| inner.key.clone());
        let agreed = if is_sure { AGREED } else { 0 };
        outbox.post(Parcel::Fax(&fax), &key, agreed, &|step| self.show(step, bytes, attempt)).await
    }

    /// Shows a step, and says whether the attempt goes on.
    fn show(self, step: Step, bytes: u64, attempt: u32) -> bool {
        // While it is looked for, it may have been accepted.
        self.with_inner(|inner| inner.on_its_way = step == Step::Looking);
        self.parts().clock.set(clock::now());
        let (stage, phase, total) = match step {
            Step::Posting => (Stage::Uploading { since: clock::now(), bytes }, "uploading", Some(bytes)),
            Step::Renewing => (Stage::Checking, "checking", None),
            Step::Waiting(until) => (Stage::Waiting { until }, "waiting", None),
            Step::Looking => (Stage::Looking, "looking", None),
        };
        self.parts().submission.update(|submission| submission.proceed(stage));
        let said = match step {
            Step::Posting => self.say(Word::Uploading),
            Step::Renewing => self.say(Word::Checking),
            Step::Waiting(_) => self.say(Word::Waiting),
            Step::Looking => self.say(Word::Looking),
        };
        self.announce(said.to_owned());
        self.tell(|target| events::progress(target, phase, total));
        let goes_on = !self.is_stopped(attempt);
        if goes_on {
            self.with_inner(|inner| inner.on_its_way = matches!(step, Step::Posting | Step::Looking));
            if step == Step::Posting {
                // From here on the draft that is kept is that of this attempt, should the page not see its end.
                self.keep_draft_now();
            }
        }
        goes_on
    }

    /// Marks the files that can no longer be read.
    async fn check_files(self) {
        let files: Vec<(u32, File)> = self
            .parts()
            .draft
            .peek(|draft| draft.attachments.iter().map(|entry| (entry.id, entry.file.clone())).collect());
        for (id, file) in files {
            let unreadable = !is_readable(&file).await;
            let changes = self
                .parts()
                .draft
                .peek(|draft| draft.attachments.iter().any(|entry| entry.id == id && entry.unreadable != unreadable));
            if changes {
                self.edit(|draft| {
                    for entry in draft.attachments.iter_mut().filter(|entry| entry.id == id) {
                        entry.unreadable = unreadable;
                    }
                });
            }
        }
    }

    fn finish(self, result: Result<Opened, Refusal>) {
        let opened = match result {
            Ok(opened) => opened,
            Err(Refusal::Failed(failure)) => return self.fail(failure),
            Err(Refusal::Repeated(repeat)) => {
                self.end_asking(self.with_inner(|inner| inner.from_review));
                self.parts().repeat.set(Some(repeat));
                self.announce(String::new());
                return self.focus("[data-focus=repeat]");
            }
        };
        let raw = opened.accepted.raw.clone();
        self.with_inner(|inner| inner.accepted = raw.clone());
        let deferred = self.end_waiting(&Ok(raw.clone()));
        let message = opened.accepted.message.clone();
        self.sent_pages(&message.id);
        self.parts().submission.update(|submission| submission.end(Ok(message)));
        self.drop_kept();
        let numbers =
            self.parts().draft.peek(|draft| draft.to.iter().map(|to| to.phone_number.clone()).collect::<Vec<_>>());
        self.track(opened, &numbers);
        self.do_deferred(deferred);
        // The heading says it when it gets the focus; nothing is said twice.
        self.announce(String::new());
        self.focus("[data-focus=accepted]");
        self.tell(|target| events::progress(target, "accepted", None));
        self.tell(|target| events::accepted(target, &raw));
    }

    /// The pages that were about to go went under this id.
    fn sent_pages(self, id: &MessageId) {
        if let Some(preview) = self.parts().preview.now() {
            (preview.sent)(self, id);
        }
    }

    /// Ends an attempt that posted nothing, because a person has to be asked first.
    fn end_asking(self, from_review: bool) {
        let deferred = self.end_waiting(&Err(Failure::before_posting(Code::Cancelled)));
        self.parts().submission.update(|submission| submission.ask(from_review));
        self.do_deferred(deferred);
    }

    /// The draft was given up.
    pub fn draft_dropped(self) {
        self.drop_kept();
        self.parts().repeat.set(None);
        self.parts().retyped.set(SortedMap::new());
    }

    /// It is not known what became of the attempt at the draft on the screen.
    pub fn doubt_draft(self) {
        // The doubt is kept with the draft.
        self.keep_draft();
        let key = self.with_inner(|inner| inner.key.clone());
        let was_looked_for = self.parts().submission.peek(|submission| match submission.stage() {
            Stage::Failed(failure) => failure.code != Code::Cancelled,
            _ => false,
        });
        if !(was_looked_for && self.note_unknown(&key)) {
            self.look_for_orphans();
        }
    }

    /// What became of an attempt is known at last. `accepted` as the API's own object too. `true` where the screen of its
    /// draft says so; not where that draft is gone, or was changed into another fax.
    pub fn settled(self, key: &str, accepted: Option<crate::client::Read>) -> bool {
        let parts = self.parts();
        let is_own = self.is_in_doubt(key) && !parts.submission.peek(Submission::is_busy);
        let message = accepted.as_ref().map(|read| read.message.clone());
        let is_shown = is_own && parts.submission.update(|submission| submission.settle(message));
        if let Some(read) = accepted {
            if is_own {
                self.sent_pages(&read.message.id);
                self.drop_kept();
                self.with_inner(|inner| inner.accepted = read.raw.clone());
                self.announce(self.say(Word::Accepted));
            }
            self.tell(|target| events::accepted(target, &read.raw));
        }
        is_shown
    }

    /// Whether the draft on the screen is the one of an attempt of which nobody knows.
    pub fn is_in_doubt(self, key: &str) -> bool {
        self.with_inner(|inner| inner.key == key) && self.parts().submission.peek(Submission::is_unsettled)
    }
}
