//! The draft that outlives the page, where the page asks for that (`persist`).

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use futures_util::future::{AbortHandle, Abortable};
use gloo_timers::future::TimeoutFuture;
use js_sys::{Array, JSON, Object};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;

use super::clock;
use super::doubts::{DoubtRow, DoubtState};
use super::element::{El, classed, el};
use super::events::set;
use super::fax_object;
use super::format;
use super::widget::Widget;
use crate::client::{DraftStore, StoreError};
use crate::draft::{Draft, TimeReading};
use crate::message::Json;
use crate::submission::Stage;
use crate::words::Word;

/// Milliseconds without a change after which the draft is saved. Ours.
const PAUSE: u32 = 400;

/// What keeps the draft.
#[derive(Default)]
pub struct Keeping {
    store: RefCell<Option<Rc<DraftStore>>>,
    /// Whether it is being opened.
    opening: Cell<bool>,
    next: RefCell<Option<AbortHandle>>,
}

/// What a person is told about the draft that was kept, or could not be.
#[derive(Clone, PartialEq, Eq)]
pub enum KeptNotice {
    /// It is back, from this time; and whether its time to send at had passed and was cleared.
    Restored(i64, bool),
    /// There is no room for it.
    Full,
    /// The browser keeps nothing.
    Unavailable,
    /// One was kept, and cannot be read any more.
    Damaged,
}

impl Widget {
    /// Opens what keeps the draft, and brings back one that was left; does nothing unless the page asks for it.
    pub fn open_kept(self) {
        if self.parts().settings.peek(|settings| settings.persist) {
            self.restore_kept(false);
        }
    }

    /// The page was left for a sign-in, and is back: so is its draft, and it is kept no longer than the page asks for.
    pub fn restore_after_return(self) {
        self.restore_kept(true);
    }

    /// Keeps the draft while the page is left, for the page under `path`; `false` where the browser cannot.
    pub async fn keep_for_return(self, path: &str) -> bool {
        let Ok(store) = DraftStore::open(path).await else { return self.parts().draft.peek(Draft::is_empty) };
        if self.is_gone() {
            return false;
        }
        self.parts().keeping.store.replace(Some(Rc::new(store)));
        self.save_draft().await
    }

    /// Brings a draft back. What the page fills in by itself gives way to what a person had there before a sign-in.
    fn restore_kept(self, is_return: bool) {
        let parts = self.parts();
        if parts.keeping.opening.replace(true) {
            return;
        }
        let path = web_sys::window().and_then(|window| window.location().pathname().ok()).unwrap_or_default();
        spawn_local(async move {
            // By now the page has set all that it sets at once.
            let own = self.scope(&path);
            let store = match DraftStore::open(if is_return { &path } else { &own }).await {
                Ok(store) => Rc::new(store),
                Err(_) => return self.note_kept(KeptNotice::Unavailable),
            };
            if self.is_gone() {
                return;
            }
            let restored = store.restore().await;
            if self.is_gone() {
                return;
            }
            let parts = self.parts();
            parts.keeping.store.replace(Some(store));
            let is_free = self.with_inner(|inner| !inner.is_touched)
                && parts.submission.peek(|submission| *submission.stage() == Stage::Composing);
            match restored {
                // The page went away in the middle, and what it sent was found meanwhile.
                Ok(Some(kept)) if text(&kept.extra, "doubt").is_some_and(|key| self.was_found(&key)) => {
                    self.drop_kept();
                }
                Ok(Some(kept)) if is_free || is_return => {
                    let Ok(mut draft) = fax_object::read(&kept.draft) else { return };
                    // The service would send at once what was to go at a time that has passed (fax API facts §1.2).
                    let passed = matches!(&draft.send_time, Some(time) if matches!(time.reading, TimeReading::At(at) if at <= clock::now()));
                    if passed {
                        draft.send_time = Some(clock::read(""));
                    }
                    self.edit(|before| before.replace(draft));
                    let text = |name| text(&kept.extra, name);
                    let pages = kept.extra.property("pages").and_then(|pages| pages.dyn_into::<Array>().ok());
                    let codes =
                        pages.unwrap_or_default().iter().filter_map(|code| Some(code.as_f64()? as u32)).collect();
                    self.restore_arrangement(codes);
                    let is_open = |key: &String| {
                        let ledger = self.outbox().map(|outbox| outbox.ledger());
                        ledger.is_ok_and(|ledger| ledger.intents.iter().any(|intent| intent.key == *key))
                    };
                    if let Some(key) = text("doubt").filter(is_open) {
                        self.take_doubt(key);
                    }
                    parts.pending.set((text("number").unwrap_or_default(), text("name").unwrap_or_default()));
                    self.note_kept(KeptNotice::Restored(kept.saved, passed));
                }
                Err(StoreError::Damaged) => self.note_kept(KeptNotice::Damaged),
                // What was filled in meanwhile is what counts.
                _ => self.keep_draft(),
            }
            let persists = parts.settings.peek(|settings| settings.persist);
            if !persists || (is_return && own != path) {
                // It was kept for the way to the sign-in and back alone.
                if let Some(store) = parts.keeping.store.take() {
                    let _ = store.clear().await;
                }
                parts.keeping.opening.set(false);
                if !self.is_gone() {
                    self.open_kept();
                }
            }
        });
    }

    /// What tells the drafts of this page from those of others. A page whose attributes fill in the form, for another
    /// recipient each time say, has as many drafts as ways to fill it in: none takes the place of another.
    fn scope(self, path: &str) -> String {
        let initial = self.with_inner(|inner| inner.initial.clone());
        let initial = JSON::stringify(&initial).ok().and_then(|text| text.as_string());
        initial.map_or_else(|| path.to_owned(), |initial| format!("{path} {initial}"))
    }

    /// Whether an attempt of this name was found to be accepted since this page was loaded.
    fn was_found(self, key: &str) -> bool {
        let is_found = |row: &DoubtRow| row.intent.key == key && matches!(row.state, DoubtState::Accepted(_));
        self.parts().doubts.peek(|rows| rows.iter().any(is_found))
    }

    fn note_kept(self, notice: KeptNotice) {
        if !self.is_gone() {
            self.parts().kept_notice.set(Some(notice));
        }
    }

    /// Saves the draft in a moment; called at every change of it.
    pub fn keep_draft(self) {
        let parts = self.parts();
        if parts.keeping.store.borrow().is_none() {
            return;
        }
        let (abort, registration) = AbortHandle::new_pair();
        if let Some(before) = parts.keeping.next.replace(Some(abort)) {
            before.abort();
        }
        let saving = async move {
            TimeoutFuture::new(PAUSE).await;
            // Detached from the timer: a save under way is not cut off by the next change.
            self.keep_draft_now();
        };
        spawn_local(async move {
            let _ = Abortable::new(saving, registration).await;
        });
    }

    /// Saves the draft at once.
    pub fn keep_draft_now(self) {
        if let Some(next) = self.parts().keeping.next.take() {
            next.abort();
        }
        spawn_local(async move {
            // A person is told where it cannot be kept.
            let _ = self.save_draft().await;
        });
    }

    /// Saves the draft; whether it is kept, or there is none to keep.
    async fn save_draft(self) -> bool {
        if self.is_gone() {
            return false;
        }
        let parts = self.parts();
        let Some(store) = parts.keeping.store.borrow().clone() else { return false };
        // Accepted meanwhile: what went does not come back.
        if parts.submission.peek(|submission| matches!(submission.stage(), Stage::Accepted(_))) {
            return true;
        }
        let pending = parts.pending.now();
        let is_empty = parts.draft.peek(Draft::is_empty) && pending.0.is_empty() && pending.1.is_empty();
        let result = if is_empty {
            store.clear().await
        } else {
            let extra = Object::new();
            set(&extra, "doubt", &self.doubted().into());
            set(&extra, "number", &pending.0.into());
            set(&extra, "name", &pending.1.into());
            set(&extra, "pages", &self.arrangement().into_iter().map(JsValue::from).collect::<Array>());
            let draft: JsValue = parts.draft.peek(fax_object::write);
            store.save(&draft, &extra).await
        };
        if result == Err(StoreError::Full) {
            self.note_kept(KeptNotice::Full);
        }
        result.is_ok()
    }

    /// Deletes what is kept: the fax was accepted or given up.
    pub fn drop_kept(self) {
        let parts = self.parts();
        parts.kept_notice.set(None);
        if let Some(next) = parts.keeping.next.take() {
            next.abort();
        }
        if let Some(store) = parts.keeping.store.borrow().clone() {
            spawn_local(async move {
                // What cannot be deleted is gone after a day.
                let _ = store.clear().await;
            });
        }
    }

    /// The page no longer wants the draft kept.
    pub fn close_kept(self) {
        self.drop_kept();
        let parts = self.parts();
        parts.keeping.store.replace(None);
        parts.keeping.opening.set(false);
    }
}

fn text(object: &JsValue, name: &str) -> Option<String> {
    object.property(name)?.string()
}

/// What there is to know about the draft that was kept.
pub fn drafts(widget: Widget) -> El {
    el("div").show(move || {
        let Some(notice) = widget.parts().kept_notice.get() else { return Vec::new() };
        let line = |said: &str| classed("p", "notice").attr("role", "status").text(said);
        match notice {
            KeptNotice::Restored(saved, passed) => {
                let time = format::short_time(saved, &widget.lang());
                let mut lines = vec![line(&widget.fill(Word::DraftRestored, &[("time", &time)]))];
                lines.extend(passed.then(|| line(&widget.say(Word::DraftTimePast))));
                lines
            }
            KeptNotice::Full => vec![line(&widget.say(Word::DraftFull))],
            KeptNotice::Unavailable => vec![line(&widget.say(Word::DraftUnavailable))],
            KeptNotice::Damaged => vec![line(&widget.say(Word::DraftDamaged))],
        }
    })
}
