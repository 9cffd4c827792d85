//! What JavaScript gets of all this: the program that a page starts. The one file that exports; it translates and
//! decides nothing. A Leptos application that uses the library has none of it.

#[cfg(target_arch = "wasm32")]
mod bindings {

    use js_sys::{Array, Function, Promise};
    use leptos::prelude::*;
    use leptos::tachys::view::any_view::{AnyViewState, IntoAny};
    use leptos::tachys::view::{Mountable, Render};
    use wasm_bindgen::JsCast;
    use wasm_bindgen::prelude::*;
    use web_sys::{Element, EventTarget, File, RequestCredentials};

    use fax_widget::client::Encoding;
    use fax_widget::client::storage::Keep;
    use fax_widget::pages::Wish;
    use fax_widget::view::{FaxWidget, Language, Settings, Shown, Widget, fax_object, read_time};

    /// The client without a view, as a plain object; see `FaxClient` in www/client.js. Resolves when the rest of the
    /// program, which holds it, is there.
    #[wasm_bindgen]
    pub fn client(options: JsValue) -> Promise {
        fax_widget::view::client(options)
    }

    /// Sets the function that starts the worker which renders pages, of this page's widgets and clients.
    #[wasm_bindgen(js_name = setRenderer)]
    pub fn set_renderer(start: Function) {
        fax_widget::client::set_renderer(Some(start));
    }

    /// A widget of a page. It goes on until [`Mounted::unmount`] is called.
    #[wasm_bindgen]
    pub struct Mounted {
        owner: Owner,
        widget: Widget,
        view: std::cell::RefCell<Option<AnyViewState>>,
    }

    /// Makes a widget with its events on `target`. It shows nothing and calls nobody until [`Mounted::show`], so that
    /// the page can set it up first.
    #[wasm_bindgen]
    #[must_use]
    pub fn mount(target: EventTarget) -> Mounted {
        // Fails only where it was done before.
        let _ = any_spawner::Executor::init_wasm_bindgen();
        // An owner of our own: the unmount handle of Leptos skips the clean-up while a scoped future still holds on.
        let owner = Owner::new();
        let widget = owner.with(|| Widget::new(Settings::default()));
        widget.set_target(target);
        Mounted { owner, widget, view: None.into() }
    }

    #[wasm_bindgen]
    impl Mounted {
        /// Puts the widget into `parent`, and tells the page when it stands there.
        pub fn show(&self, parent: &Element) {
            let widget = self.widget;
            let mut view = self.owner.with(|| view! { <FaxWidget widget /> }.into_any().build());
            view.mount(parent, None);
            self.view.replace(Some(view));
            wasm_bindgen_futures::spawn_local(async move {
                leptos::task::tick().await;
                widget.announce_ready();
            });
        }

        /// Takes over the doubt about an attempt that the widget before this one made.
        pub fn doubt(&self, key: String) {
            self.widget.take_doubt(key);
        }

        /// Stops everything, an attempt under way included, and takes the widget out of the page. What comes back is for
        /// the widget that may stand here next: the draft, or `undefined`, the name of an attempt at it that
        /// is in doubt, or `undefined`, and what was done to its pages.
        pub fn unmount(&self) -> Array {
            let (fax, doubt) = self.widget.leave();
            let pages = self.widget.leave_pages();
            self.owner.cleanup();
            if let Some(mut view) = self.view.borrow_mut().take() {
                view.unmount();
            }
            Array::of3(&fax.unwrap_or_default(), &doubt.into(), &pages)
        }

        /// Does to the pages of the draft that comes next what was done to them in the widget before this one.
        pub fn arrange(&self, pages: JsValue) {
            self.widget.take_pages(pages);
        }

        /// Sets what an attribute says; `undefined` where it is taken away. During an attempt it waits until that ends.
        pub fn set(&self, attribute: String, value: Option<String>) {
            self.widget.when_free(move |widget| set(widget, &attribute, value));
        }

        /// Speaks another language; during an attempt, when that has ended. `tag` is the page's language, `spoken` that of the
        /// sentences, `sentences` an object with those that stand in place of the English ones.
        pub fn speak(&self, tag: String, spoken: String, is_rtl: bool, sentences: JsValue) {
            let language = Language { tag, spoken, is_rtl, sentences };
            self.widget.when_free(move |widget| widget.speak(language));
        }

        /// Sets the access token; `undefined` forgets it.
        #[wasm_bindgen(js_name = setToken)]
        pub fn set_token(&self, token: Option<String>) {
            self.widget.tokens().set_token(token);
            self.widget.token_changed();
        }

        /// Sets the function that fetches tokens.
        #[wasm_bindgen(js_name = setTokenProvider)]
        pub fn set_token_provider(&self, provider: Option<Function>) {
            self.widget.tokens().set_provider(provider);
            self.widget.token_changed();
        }

        /// The draft as a plain object.
        #[wasm_bindgen(getter)]
        pub fn fax(&self) -> JsValue {
            self.widget.parts().draft.peek(fax_object::write)
        }

        /// Sets the whole draft; during an attempt it waits until that ends.
        ///
        /// # Errors
        /// A `TypeError` where a value is of another kind altogether.
        #[wasm_bindgen(setter)]
        pub fn set_fax(&self, fax: &JsValue) -> Result<(), JsValue> {
            let draft = fax_object::read(fax)?;
            self.widget.when_free(|widget| {
                widget.reset();
                widget.edit(|before| before.replace(draft));
            });
            Ok(())
        }

        /// Adds files behind the others.
        #[wasm_bindgen(js_name = addFiles)]
        pub fn add_files(&self, files: &Array) {
            let files = files.iter().filter_map(|file| file.dyn_into::<File>().ok()).collect();
            self.widget.when_free(|widget| widget.add_files(files));
        }

        /// Sends the draft; resolves with the API's message object, rejects with a `FaxError`.
        pub fn submit(&self) -> Promise {
            self.widget.submit_from_script()
        }

        /// Sends a fax again that the service holds: `{originalMessageId, to?, sendTime?}`; resolves with the API's message
        /// object, rejects with a `FaxError`.
        pub fn resend(&self, request: &JsValue) -> Promise {
            self.widget.resend_from(request)
        }

        /// The pages as they would be uploaded, as one file; resolves with `{file, pageCount, seconds}`, rejects with a `FaxError`.
        #[wasm_bindgen(js_name = renderPages)]
        pub fn render_pages(&self) -> Promise {
            self.widget.render_pages()
        }

        /// Sets the function that knows names for numbers.
        #[wasm_bindgen(js_name = setDirectory)]
        pub fn set_directory(&self, directory: Option<Function>) {
            self.widget.set_directory(directory);
        }

        /// Stops the attempt under way.
        pub fn cancel(&self) {
            self.widget.cancel();
        }

        /// Empties the draft.
        pub fn reset(&self) {
            self.widget.reset();
        }
    }

    fn set(widget: Widget, attribute: &str, value: Option<String>) {
        let stated = value.clone().unwrap_or_default();
        let default = Settings::default();
        let or = |default: String| value.clone().filter(|value| !value.is_empty()).unwrap_or(default);
        match attribute {
            "to" | "iso-code" | "fax-resolution" | "cover-index" | "cover-page-text" | "send-time" => {
                widget.fill_in(|draft| match attribute {
                    "to" => {
                        draft.to.clear();
                        draft.add_recipients(&stated, "");
                    }
                    "iso-code" => draft.iso_code = stated,
                    "fax-resolution" => draft.fax_resolution = or("High".to_owned()),
                    "cover-index" => draft.set_cover_index(&stated),
                    "cover-page-text" => draft.cover_page_text = stated,
                    _ => draft.send_time = Some(stated).filter(|time| !time.is_empty()).map(|time| read_time(&time)),
                });
            }
            _ => {
                widget.parts().settings.update(|settings| match attribute {
                    "server" => settings.server = or(default.server),
                    "account" => settings.account = or(default.account),
                    "extension" => settings.extension = or(default.extension),
                    "endpoint" => settings.endpoint = stated,
                    "credentials" => {
                        settings.credentials = match stated.as_str() {
                            "include" => RequestCredentials::Include,
                            "same-origin" => RequestCredentials::SameOrigin,
                            _ => RequestCredentials::Omit,
                        }
                    }
                    "encoding" => {
                        settings.encoding = if stated == "mixed" { Encoding::Mixed } else { Encoding::FormData };
                    }
                    "pages" => {
                        settings.pages = match stated.as_str() {
                            "shown" => Wish::Shown,
                            "as-is" => Wish::AsIs,
                            _ => Wish::Auto,
                        }
                    }
                    "review" => settings.review = stated != "off",
                    "theme" => settings.theme = or(default.theme),
                    "view" => settings.view = if stated == "resend" { Shown::Resend } else { Shown::Send },
                    "remember" => {
                        settings.remember = match stated.as_str() {
                            "device" => Keep::Device,
                            "off" => Keep::Page,
                            _ => Keep::Session,
                        }
                    }
                    "persist" => settings.persist = value.is_some(),
                    "message-ids" => settings.message_ids = stated,
                    "client-id" => settings.client_id = stated,
                    "redirect-uri" => settings.redirect_uri = stated,
                    "keep-sign-in" => settings.keep_sign_in = value.is_some(),
                    // Not an attribute: what www/sign_in.js found.
                    "returned" => settings.returned = stated,
                    "retype-unknown" => settings.retype_unknown = value.is_some(),
                    _ => {}
                });
                widget.setting_changed(attribute);
            }
        }
    }
}

fn main() {}
