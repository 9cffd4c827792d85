//! The resend view: faxes that the service holds, found by their ids, by what this browser remembers or in the account's
//! own list; and from there sent again or forwarded.

mod batch;
mod form;
mod list;

use std::cell::RefCell;
use std::rc::Rc;

use futures_util::future::AbortHandle;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;

pub use form::{Audience, ResendForm};

use super::clock;
use super::element::El;
use super::fax;
use super::followed::Followed;
use super::sheet;
use super::widget::{Shown, Widget};
use crate::batch::Batch;
use crate::client::Read;
use crate::following::MOST_AT_ONCE;
use crate::history::History;
use crate::message::{Message, MessagePage, Status};
use crate::message_id::{MessageId, TypedId, read_ids};
use crate::reply::Failure;
use crate::service::{Direction, Query};
use crate::sorted::SortedSet;

/// Which list is shown under the field for ids.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Source {
    /// Those sent from this browser.
    #[default]
    Remembered,
    /// The account's own.
    Account,
}

/// Which faxes of the account are listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    /// `None` for both ways.
    pub direction: Option<Direction>,
    /// `None` for any. The service cannot filter by it (fax API facts §4), so this is done here.
    pub status: Option<Status>,
    /// First day, in milliseconds since 1970.
    pub from: i64,
    /// Behind the last day; `None` for until now.
    pub to: Option<i64>,
}

impl Default for Filter {
    fn default() -> Self {
        Self { direction: None, status: None, from: clock::now() - 30 * 86_400_000, to: None }
    }
}

/// The account's list as far as it was read.
#[derive(Clone, Default, PartialEq)]
pub struct Listed {
    /// In the service's order.
    pub ids: Vec<MessageId>,
    /// The page to ask for next; `None` where there is none.
    pub next: Option<u32>,
    /// Whether a page is on its way.
    pub loading: bool,
    /// Why the last one could not be read.
    pub failure: Option<Failure>,
}

/// What stands on the screen.
#[derive(Clone, Default, PartialEq, Eq)]
pub enum Screen {
    /// The lists.
    #[default]
    List,
    /// One fax.
    Fax(MessageId),
    /// The form to send some again.
    Form,
    /// A batch under way, or its end.
    Batch,
    /// The confirmation sheet of one.
    Sheet(MessageId),
}

/// The state of the view.
#[derive(Default)]
pub struct Resending {
    /// What stands on the screen.
    pub screen: Followed<Screen>,
    /// What stands in the field for ids.
    pub typed: Followed<String>,
    /// The ids that were asked for.
    pub asked: Followed<Vec<TypedId>>,
    /// Which list is shown.
    pub source: Followed<Source>,
    /// The faxes that are ticked.
    pub chosen: Followed<SortedSet<MessageId>>,
    /// Which faxes of the account are listed.
    pub filter: Followed<Filter>,
    /// The account's list.
    pub listed: Followed<Listed>,
    /// The form to send some again.
    pub form: Followed<ResendForm>,
    /// What is being sent again.
    pub batch: Followed<Batch>,
    /// Whether a batch is under way.
    pub running: Followed<bool>,
    /// Whether it waits for the browser to be online again.
    pub paused: Followed<bool>,
    /// Stops the one of it that is under way.
    abort: RefCell<Option<AbortHandle>>,
    /// Each stops what a script resends.
    of_scripts: RefCell<Vec<Rc<AbortHandle>>>,
    /// Goes up with every list that is begun: pages of one before it are let go.
    pub turn: RefCell<u32>,
}

/// Messages in a page of the list. The most that the service gives at once is 1,000 (fax API facts §4).
const PER_PAGE: u32 = 500;

impl Widget {
    /// Shows one fax.
    pub fn open_fax(self, id: MessageId) {
        let parts = self.parts();
        parts.resending.screen.set(Screen::Fax(id.clone()));
        parts.settings.update(|settings| settings.view = Shown::Resend);
        self.focus("[data-focus=fax]");
        spawn_local(async move { self.fetch_messages(vec![id]).await });
    }

    /// Goes to the lists.
    pub fn open_list(self) {
        let parts = self.parts();
        parts.resending.screen.set(Screen::List);
        parts.settings.update(|settings| settings.view = Shown::Resend);
        self.focus("[data-focus=faxes]");
        self.refresh_remembered();
    }

    /// Goes to the form for a new fax.
    pub fn open_composer(self) {
        self.parts().settings.update(|settings| settings.view = Shown::Send);
        self.focus("[data-focus=to]");
    }

    /// Asks for the faxes whose ids stand in a text.
    pub fn ask_for_ids(self, text: &str) {
        let parts = self.parts();
        let ids = read_ids(text);
        parts.resending.asked.set(ids.clone());
        let known: Vec<MessageId> = ids.into_iter().filter_map(|entry| entry.id).collect();
        parts.resending.chosen.set(known.iter().cloned().collect());
        if self.may_ask() {
            spawn_local(async move { self.fetch_messages(known).await });
        }
    }

    /// Fills in ids from the page.
    pub fn start_with_ids(self, text: &str) {
        let parts = self.parts();
        parts.resending.typed.set(text.to_owned());
        parts.resending.screen.set(Screen::List);
        self.ask_for_ids(text);
    }

    /// Asks once more for the ids on the screen that nothing is known of, now that there is a token.
    pub fn ask_again(self) {
        let parts = self.parts();
        let asked = parts.resending.asked.now();
        let unknown = |id: &MessageId| {
            parts.faxes.known.peek(|known| !matches!(known.get(id), Some(super::faxes::Known::Message(_))))
        };
        let ids: Vec<MessageId> = asked.into_iter().filter_map(|entry| entry.id).filter(unknown).collect();
        if self.may_ask() && !ids.is_empty() {
            spawn_local(async move { self.fetch_messages(ids).await });
        }
        if parts.settings.peek(|settings| settings.view) == Shown::Resend {
            self.refresh_remembered();
        }
    }

    /// Reads what became of the newest remembered faxes, where this page has not read it yet.
    pub fn refresh_remembered(self) {
        let parts = self.parts();
        let newest = |history: &History| history.iter().take(MOST_AT_ONCE).map(|fax| fax.id.clone()).collect();
        let newest: Vec<MessageId> = parts.faxes.history.peek(newest);
        newest.iter().for_each(|id| self.want_message(id));
    }

    /// Shows no list and no fax any more.
    pub fn forget_lists(self) {
        let parts = self.parts();
        *parts.resending.turn.borrow_mut() += 1;
        parts.resending.listed.set(Listed::default());
        parts.resending.asked.set(Vec::new());
        parts.resending.chosen.set(SortedSet::new());
        if !parts.resending.running.now() {
            parts.resending.screen.set(Screen::List);
        }
    }

    /// Begins the account's list anew.
    pub fn list_anew(self) {
        let parts = self.parts();
        *parts.resending.turn.borrow_mut() += 1;
        parts.resending.listed.set(Listed { next: Some(1), ..Listed::default() });
        self.untick_listed();
        self.list_more();
    }

    /// Takes the ticks off the faxes of the lists, which are about to be others. Those that were asked for stay on the screen.
    pub fn untick_listed(self) {
        let parts = self.parts();
        let asked: SortedSet<MessageId> =
            parts.resending.asked.peek(|asked| asked.iter().filter_map(|entry| entry.id.clone()).collect());
        parts.resending.chosen.update(|chosen| chosen.retain(|id| asked.contains(id)));
    }

    /// Reads the next page of the account's list.
    pub fn list_more(self) {
        let parts = self.parts();
        let next = parts.resending.listed.peek(|listed| listed.next.filter(|_| !listed.loading));
        let (Some(page), Ok(client)) = (next, self.client()) else { return };
        let turn = *parts.resending.turn.borrow();
        let filter = parts.resending.filter.now();
        parts.resending.listed.update(|listed| {
            listed.loading = true;
            listed.failure = None;
        });
        spawn_local(async move {
            let query = Query {
                direction: filter.direction,
                date_from: filter.from,
                date_to: filter.to,
                page,
                per_page: PER_PAGE,
            };
            let answer = client.list(&query).await;
            if self.is_gone() || *self.parts().resending.turn.borrow() != turn {
                return;
            }
            self.take_page(page, answer.map(|(page, _)| page));
        });
    }

    fn take_page(self, page: u32, answer: Result<MessagePage<JsValue>, Failure>) {
        let parts = self.parts();
        match answer {
            Ok(MessagePage { messages, raws, has_more }) => {
                let faxes = messages.iter().filter(|message| message.is_fax);
                let ids: Vec<MessageId> = faxes.map(|message| message.id.clone()).collect();
                let reads = messages.into_iter().zip(raws).map(|(message, raw)| Read { message, raw });
                self.show_read(reads.collect());
                parts.resending.listed.update(|listed| {
                    // Faxes that came in meanwhile push others onto the next page.
                    let before: SortedSet<MessageId> = listed.ids.iter().cloned().collect();
                    listed.ids.extend(ids.into_iter().filter(|id| !before.contains(id)));
                    listed.next = has_more.then_some(page + 1);
                    listed.loading = false;
                });
            }
            Err(failure) => parts.resending.listed.update(|listed| {
                listed.loading = false;
                listed.failure = Some(failure);
            }),
        }
    }

    /// The message of a fax, where it is known.
    pub fn message(self, id: &MessageId) -> Option<Message> {
        self.parts().faxes.known.with(|known| known.get(id).and_then(super::faxes::Known::message).cloned())
    }
}

/// What stands on the screen.
pub fn resend(widget: Widget, screen: u32) -> El {
    match screen {
        1 => fax::fax_screen(widget),
        2 => form::form(widget),
        3 => batch::batch(widget),
        4 => sheet::sheet_screen(widget),
        _ => list::list(widget),
    }
}

/// The number of a screen, for the view to tell one from another.
pub fn number(screen: &Screen) -> u32 {
    match screen {
        Screen::List => 0,
        Screen::Fax(_) => 1,
        Screen::Form => 2,
        Screen::Batch => 3,
        Screen::Sheet(_) => 4,
    }
}
