//! What the widget asks the service for by itself, and when.

use std::cell::RefCell;

use futures_util::future::{AbortHandle, Abortable};
use js_sys::{Array, Function, Reflect};
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;

use super::clock;
use super::widget::{CoverPages, Shown, Widget};
use crate::client::storage::Keep;
use crate::client::{FaxClient, Outbox, digest};
use crate::ledger::FARTHEST_APART;
use crate::service::{AddressError, Service};

/// What the screens behind the form wear.
const STYLES: &str = include_str!(concat!(env!("OUT_DIR"), "/rest.css"));

impl Widget {
    /// The widget stands in its page: what was left undone is taken up.
    pub fn begin_rest(self) {
        let parts = self.parts();
        self.dress();
        self.sign_in_as_set();
        self.load_cover_pages();
        self.watch_page();
        self.remember_as_set();
        self.look_for_orphans();
        self.open_kept();
        self.see_documents();
        // Done by the time that the fax goes.
        parts.draft.peek(|draft| draft.attachments.iter().for_each(|entry| drop(digest::begin(&entry.file))));
        let ids = parts.settings.peek(|settings| settings.message_ids.clone());
        if !ids.is_empty() {
            self.start_with_ids(&ids);
        }
        if parts.settings.peek(|settings| settings.view) == Shown::Resend {
            self.refresh_remembered();
        }
    }

    /// Puts on what the screens behind the form wear.
    pub fn dress(self) {
        self.wear(STYLES);
    }

    /// Puts styles beside those that the widget has on, once.
    pub(super) fn wear(self, styles: &'static str) {
        let Some(root) = self.root.try_get_untracked().flatten() else { return };
        let add = || -> Result<(), JsValue> {
            let home = root.get_root_node();
            let sheet = style_sheet(styles)?;
            let sheets = Array::from(&Reflect::get(&home, &"adoptedStyleSheets".into())?);
            if !sheets.includes(&sheet, 0) {
                sheets.push(&sheet);
                Reflect::set(&home, &"adoptedStyleSheets".into(), &sheets)?;
            }
            Ok(())
        };
        // Without them everything is there, and plain.
        let _ = add();
    }

    /// An attribute was changed: what hangs on it is asked for anew.
    pub fn attribute_changed(self, name: &str) {
        let parts = self.parts();
        match name {
            "server" | "endpoint" => {
                // What was being asked of the other service is asked no longer, and no token that comes now goes there.
                self.part_tokens();
                self.forget_shown();
                self.sign_in_when_set();
                self.load_cover_pages();
            }
            "client-id" | "keep-sign-in" => self.sign_in_when_set(),
            "account" | "extension" => self.recall(),
            "remember" => self.remember_as_set(),
            "message-ids" => self.start_with_ids(&parts.settings.peek(|settings| settings.message_ids.clone())),
            "pages" => self.see_documents(),
            "persist" if parts.settings.peek(|settings| settings.persist) => self.open_kept(),
            "persist" => self.close_kept(),
            _ => {}
        }
    }

    /// What was remembered comes back, or goes where the page says that nothing is to be remembered.
    fn remember_as_set(self) {
        if self.parts().settings.peek(|settings| settings.remember) == Keep::Page {
            self.forget_kept();
        }
        self.recall();
    }

    /// The page set a token, or who fetches one: what waited for it is asked for.
    pub fn ask_with_token(self) {
        // Whether a sign-in is offered hangs on it as well.
        self.parts().signing.is_in.update(|_| ());
        self.load_cover_pages();
        spawn_local(async move {
            leptos::task::tick().await;
            if !self.is_gone() {
                self.recall();
                self.look_for_orphans();
                self.ask_again();
            }
        });
    }

    /// Whether there is a token to ask the service with, or none is needed, or it can be had.
    #[must_use]
    pub fn may_ask(self) -> bool {
        self.tokens().are_there() || self.client().is_ok_and(|client| client.anonymous)
    }

    /// The client with its ledger.
    ///
    /// # Errors
    /// An address that cannot be used.
    pub fn outbox(self) -> Result<Outbox, AddressError> {
        let remember = self.parts().settings.peek(|settings| settings.remember);
        self.client().map(|client| {
            let lately = clock::now() - FARTHEST_APART;
            let sent = self.parts().faxes.history.peek(|history| history.since(client.service.fax(), lately));
            Outbox { client, remember, sent }
        })
    }

    /// A client for the service that the page has set.
    ///
    /// # Errors
    /// An address that cannot be used.
    pub fn client(self) -> Result<FaxClient, AddressError> {
        self.parts().settings.peek(|settings| {
            let endpoint = settings.endpoint.as_str();
            let service = if endpoint.is_empty() {
                Service::new(&absolute(&settings.server), &settings.account, &settings.extension)
            } else {
                Service::at(&absolute(endpoint))
            };
            Ok(FaxClient {
                service: service?,
                credentials: settings.credentials,
                encoding: settings.encoding,
                tokens: self.tokens(),
                anonymous: !endpoint.is_empty(),
            })
        })
    }

    /// Asks the service for its cover pages; does nothing before the widget is shown, or where there is no token to
    /// ask with.
    pub fn load_cover_pages(self) {
        // The request to a service that the page has meanwhile turned away from is let go.
        let (abort, registration) = AbortHandle::new_pair();
        if let Some(before) = self.with_inner(|inner| inner.asking_cover_pages.replace(abort)) {
            before.abort();
        }
        let asking = async move {
            // A page sets several things in a row: the token goes to the service that stands at the end of them.
            leptos::task::tick().await;
            let (parts, tokens) = (self.parts(), self.tokens());
            let shown = self.root.try_get_untracked().flatten().is_some();
            let Ok(client) = self.client() else { return };
            let may_ask = client.anonymous || tokens.are_there();
            if !(shown && may_ask) {
                return;
            }
            parts.cover_pages.set(CoverPages::Loading);
            let pages = match client.cover_pages().await {
                Ok((pages, _)) if pages.is_empty() => CoverPages::Unknown,
                Ok((pages, _)) => CoverPages::Loaded(pages),
                Err(_) => CoverPages::Failed,
            };
            parts.cover_pages.set(pages);
        };
        spawn_local(async move {
            // Aborted or not, there is nobody to tell.
            let _ = Abortable::new(asking, registration).await;
        });
    }

    /// Asks the page's directory for the name of a number, once.
    pub fn look_up(self, phone_number: &str) {
        let digits: String = phone_number.chars().filter(char::is_ascii_digit).collect();
        let Some(directory) = self.with_inner(|inner| inner.directory.clone()) else { return };
        if digits.is_empty() || self.parts().names.peek(|names| names.contains_key(&digits)) {
            return;
        }
        let number = phone_number.parse::<crate::phone_number::PhoneNumber>();
        let number = number.map_or_else(|_| phone_number.to_owned(), |number| number.to_string());
        spawn_local(async move {
            // The page's own function: whatever it throws, the number is then merely not known.
            let answer = directory.call1(&JsValue::NULL, &number.into()).unwrap_or_default();
            let name =
                wasm_bindgen_futures::JsFuture::from(js_sys::Promise::resolve(&answer)).await.unwrap_or_default();
            let name = name.as_string().filter(|name| !name.trim().is_empty());
            if !self.is_gone() {
                self.parts().names.update(|names| names.insert(digits, name));
            }
        });
    }

    /// Whether the page has a directory.
    #[must_use]
    pub fn has_directory(self) -> bool {
        self.with_inner(|inner| inner.directory.is_some())
    }
}

/// A relative address, `/fax` say, against the page's own.
pub(super) fn absolute(address: &str) -> String {
    let base = web_sys::window().and_then(|window| window.document()).and_then(|document| document.base_uri().ok());
    match base.flatten() {
        Some(base) if address.starts_with('/') => {
            web_sys::Url::new_with_base(address, &base).map_or_else(|_| address.to_owned(), |url| url.href())
        }
        _ => address.to_owned(),
    }
}

/// A sheet of these styles, one for all widgets of a page.
fn style_sheet(styles: &'static str) -> Result<JsValue, JsValue> {
    thread_local! {
        static MADE: RefCell<Vec<(&'static str, JsValue)>> = const { RefCell::new(Vec::new()) };
    }
    let made =
        MADE.with_borrow(|made| made.iter().find(|(of, _)| std::ptr::eq(*of, styles)).map(|(_, sheet)| sheet.clone()));
    if let Some(sheet) = made {
        return Ok(sheet);
    }
    let class: Function = Reflect::get(&js_sys::global(), &"CSSStyleSheet".into())?.dyn_into()?;
    let sheet = Reflect::construct(&class, &Array::new())?;
    let replace: Function = Reflect::get(&sheet, &"replaceSync".into())?.dyn_into()?;
    replace.call1(&sheet, &styles.into())?;
    MADE.with_borrow_mut(|made| made.push((styles, sheet.clone())));
    Ok(sheet)
}
