//! Signing in to the service, where the page asks for it (`client-id`), and out again.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use futures_util::future::{AbortHandle, Abortable};
use gloo_timers::future::TimeoutFuture;
use wasm_bindgen_futures::spawn_local;

use super::element::{El, button, classed, el};
use super::followed::Followed;
use super::icon::WARNING;
use super::kept_draft::drafts;
use super::resend::Source;
use super::rest::Task;
use super::widget::Widget;
use crate::client::{SignIn, SignInWindow, Watch, way_in};
use crate::sign_in::{Client, End, Return, Trouble};
use crate::words::Word;

/// How far a sign-in has come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Progress {
    /// Nothing is under way.
    #[default]
    Idle,
    /// A window stands open; or it is closed, or out of reach.
    Window {
        /// Whether it is closed, or out of reach.
        lost: bool,
    },
    /// The browser opens no window.
    Blocked,
    /// The answer is being redeemed, or the page is about to be left.
    Busy,
    /// It came to nothing.
    Failed(Trouble),
}

/// The sign-in of a widget.
#[derive(Default)]
pub struct Signing {
    /// Who signs in, where the page asks for that.
    sign_in: RefCell<Option<SignIn>>,
    /// Hears of who is signed in.
    watch: RefCell<Option<Watch>>,
    /// Whether somebody is; `None` where the page asks for no sign-in.
    pub is_in: Followed<Option<bool>>,
    /// How far a sign-in has come.
    pub progress: Followed<Progress>,
    /// Whether the service did not answer that it knows of a sign-out.
    unheard: Followed<bool>,
    /// Whether sending was wanted, and waits for a person to sign in.
    wanted: Cell<bool>,
    /// Ends what is under way.
    abort: RefCell<Option<AbortHandle>>,
    /// The id of who was signed in when it was last looked.
    owner: RefCell<Option<String>>,
}

/// Milliseconds that another widget of the page has for taking what the page came back with, where that is for another
/// client than this one's. Ours.
const OTHERS: u32 = 1_000;

thread_local! {
    /// What a page came back with is for one widget of it.
    static IS_BACK: Cell<bool> = const { Cell::new(false) };
}

impl Widget {
    /// The page asks for a sign-in, for another one, or no longer.
    pub fn sign_in_as_set(self) {
        let parts = self.parts();
        let (id, keeps) = parts.settings.peek(|settings| (settings.client_id.clone(), settings.keep_sign_in));
        let root = self.client().ok().and_then(|client| client.service.root().map(str::to_owned));
        let client = root.and_then(|root| Client::new(&root, &id));
        let is_same = |known: &Option<SignIn>| known.as_ref().map(SignIn::client) == client.as_ref();
        if is_same(&parts.signing.sign_in.borrow()) {
            if let Some(sign_in) = self.sign_in() {
                sign_in.keep(keeps);
            }
            return;
        }
        self.stop_sign_in();
        parts.signing.watch.take();
        parts.signing.progress.set(Progress::Idle);
        let sign_in = client.map(|client| SignIn::of(&client));
        parts.signing.sign_in.replace(sign_in.clone());
        let Some(sign_in) = sign_in else {
            self.tokens().set_sign_in(None);
            return parts.signing.is_in.set(None);
        };
        self.tokens().set_sign_in(Some(Rc::new(sign_in.clone())));
        sign_in.keep(keeps);
        // Whoever signs in through one widget is signed in for all.
        parts.signing.watch.replace(Some(sign_in.watch(move || {
            if !self.is_gone() {
                self.signed_in_or_out();
            }
        })));
        parts.signing.is_in.set(Some(sign_in.is_in()));
        parts.signing.owner.replace(sign_in.owner());
        self.come_back(false);
    }

    /// The same when the page has set all that it sets in a row.
    pub fn sign_in_when_set(self) {
        spawn_local(async move {
            leptos::task::tick().await;
            if !self.is_gone() {
                self.sign_in_as_set();
            }
        });
    }

    fn sign_in(self) -> Option<SignIn> {
        self.parts().signing.sign_in.borrow().clone()
    }

    /// The id of who is signed in, where the service told.
    #[must_use]
    pub fn owner(self) -> Option<String> {
        self.sign_in()?.owner()
    }

    fn signed_in_or_out(self) {
        let parts = self.parts();
        let is_in = self.sign_in().is_some_and(|sign_in| sign_in.is_in());
        let before = parts.signing.owner.replace(self.owner());
        let changed =
            parts.signing.is_in.peek(|known| *known != Some(is_in)) || *parts.signing.owner.borrow() != before;
        let had_focus = self.has_focus("[part~=sign-in]");
        parts.signing.is_in.set(Some(is_in));
        if !changed {
            return;
        }
        // What was shown is the other person's.
        self.forget_shown();
        if is_in {
            // Another window, that this widget has opened, is of no use any more.
            self.stop_sign_in();
            parts.signing.progress.set(Progress::Idle);
            parts.signing.unheard.set(false);
            self.announce(self.say(Word::SignedIn));
            // Nothing goes by itself: the person presses once more.
            if parts.signing.wanted.take() {
                self.focus("[data-focus=send]");
            } else if had_focus {
                self.focus("[data-focus=sign-out]");
            }
        }
        self.ask_with_token();
        if is_in && parts.resending.source.now() == Source::Account {
            self.list_anew();
        }
    }

    /// Whether sending has to wait until somebody is signed in.
    pub fn must_sign_in(self) -> bool {
        let signing = &self.parts().signing;
        let must = signing.is_in.peek(|is_in| *is_in == Some(false)) && !self.may_ask();
        if must {
            signing.wanted.set(true);
        }
        must
    }

    /// Signs in through a window; called in the press of a button, behind which alone a browser opens one.
    fn begin_sign_in(self) {
        let Some(sign_in) = self.sign_in() else { return };
        self.stop_sign_in();
        let signing = &self.parts().signing;
        let Some(window) = SignInWindow::open() else {
            signing.progress.set(Progress::Blocked);
            return self.focus("[data-focus=sign-in]");
        };
        signing.progress.set(Progress::Window { lost: false });
        // The button that was pressed is gone.
        self.focus("[data-focus=sign-in]");
        let lost = move || {
            if !self.is_gone() {
                self.parts().signing.progress.set(Progress::Window { lost: true });
            }
        };
        let address = self.parts().settings.peek(|settings| settings.redirect_uri.clone());
        self.attempt_sign_in(Box::pin(async move { sign_in.through(window, &address, lost).await }));
    }

    /// Leaves the page for the sign-in; the draft is there again when it comes back.
    fn leave_for_sign_in(self) {
        let Some(sign_in) = self.sign_in() else { return };
        self.parts().signing.progress.set(Progress::Busy);
        self.focus("[data-focus=sign-in]");
        let address = self.parts().settings.peek(|settings| settings.redirect_uri.clone());
        self.attempt_sign_in(Box::pin(async move {
            let path = way_in::path_back(&address).ok_or(Trouble::Address)?;
            if !self.keep_for_return(&path).await {
                return Err(Trouble::Forgetful);
            }
            sign_in.leave(&address).await?;
            // The page goes away now.
            std::future::pending().await
        }));
    }

    /// The page was left for a sign-in, and is back. What is for another widget of it is left to that one, for a while.
    fn come_back(self, is_last: bool) {
        let Some(sign_in) = self.sign_in() else { return };
        let back = self.parts().settings.peek(|settings| Return::read(&settings.returned));
        let Some(back) = back else { return };
        if let Return::Back(attempt, _) = &back
            && !attempt.is_of(sign_in.client())
            && !is_last
        {
            spawn_local(async move {
                TimeoutFuture::new(OTHERS).await;
                if !self.is_gone() {
                    self.come_back(true);
                }
            });
            return;
        }
        if IS_BACK.replace(true) {
            return;
        }
        let answer = match back {
            Return::Taken => return,
            Return::Foreign => return self.sign_in_failed(Trouble::Foreign),
            Return::Back(attempt, answer) => {
                self.restore_after_return();
                if !attempt.is_of(sign_in.client()) {
                    return self.sign_in_failed(Trouble::Foreign);
                }
                // Without one a person has just come back.
                let Some(answer) = answer else { return };
                (attempt, answer)
            }
        };
        self.parts().signing.progress.set(Progress::Busy);
        self.attempt_sign_in(Box::pin(async move { sign_in.redeem(&answer.0, &answer.1).await }));
    }

    fn attempt_sign_in(self, attempt: Task<Result<(), Trouble>>) {
        let (abort, registration) = AbortHandle::new_pair();
        self.parts().signing.abort.replace(Some(abort));
        spawn_local(async move {
            if let Ok(Err(trouble)) = Abortable::new(attempt, registration).await
                && !self.is_gone()
            {
                self.sign_in_failed(trouble);
            }
        });
    }

    fn sign_in_failed(self, trouble: Trouble) {
        self.parts().signing.progress.set(Progress::Failed(trouble));
        self.focus("[data-focus=sign-in]");
    }

    /// Ends what is under way; a window that stands open is closed.
    pub fn stop_sign_in(self) {
        if let Some(abort) = self.parts().signing.abort.take() {
            abort.abort();
        }
    }

    /// The page is not left after all, or has not been: a person was asked whether to, and stayed.
    fn stay(self) {
        way_in::stay();
        if self.parts().settings.peek(|settings| !settings.persist) {
            self.close_kept();
        }
    }

    fn sign_out(self) {
        let Some(sign_in) = self.sign_in() else { return };
        let told = sign_in.sign_out();
        self.announce(self.say(Word::SignedOut));
        self.focus("[data-focus=sign-in]");
        spawn_local(async move {
            let is_heard = told.await;
            if !self.is_gone() {
                self.parts().signing.unheard.set(!is_heard);
            }
        });
    }
}

/// Over a screen: that somebody has to sign in, and how; or, for who is, the way out.
pub fn session(widget: Widget) -> El {
    let key = move || match widget.parts().signing.is_in.get() {
        // A token of the page's own wins.
        None => Vec::new(),
        Some(_) if widget.tokens().are_the_pages() => Vec::new(),
        Some(is_in) => vec![u32::from(is_in)],
    };
    el("div").each(key, move |is_in| if is_in == 1 { signed_in(widget) } else { signed_out(widget) })
}

fn signed_in(widget: Widget) -> El {
    classed("p", "hint")
        .part("session")
        .say(widget, Word::SessionHint)
        .text(" ")
        .child(button("link", move || widget.sign_out()).part("sign-out").place("sign-out").say(widget, Word::SignOut))
}

fn signed_out(widget: Widget) -> El {
    let content = move || {
        let signing = &widget.parts().signing;
        let progress = signing.progress.get();
        let sign_in = |class: &str, word: Word| {
            button(class, move || widget.begin_sign_in()).part("sign-in-button").say(widget, word)
        };
        let hint = |word: Word| el("p").say(widget, word);
        let stop = move || {
            widget.stop_sign_in();
            widget.stay();
            widget.parts().signing.progress.set(Progress::Idle);
            widget.focus("[data-focus=sign-in]");
        };
        let ways = |buttons: Vec<El>| classed("div", "ask").children(buttons);
        let (title, mut lines) = match progress {
            Progress::Idle => {
                (Word::SignInTitle, vec![hint(Word::SignInHint), ways(vec![sign_in("primary", Word::SignIn)])])
            }
            Progress::Window { lost } => (
                Word::SignInWaiting,
                vec![
                    hint(if lost { Word::SignInLost } else { Word::SignInWaitingHint }),
                    ways(vec![button("quiet", stop).say(widget, Word::Cancel), sign_in("", Word::SignInAgain)]),
                ],
            ),
            Progress::Blocked => (
                Word::SignInTitle,
                vec![
                    hint(if way_in::may_leave() { Word::SignInBlocked } else { Word::SignInBlockedFrame }),
                    ways(
                        way_in::may_leave()
                            .then(|| {
                                button("primary", move || widget.leave_for_sign_in())
                                    .part("sign-in-button")
                                    .say(widget, Word::SignInHere)
                            })
                            .into_iter()
                            .chain([sign_in("", Word::SignInAgain)])
                            .collect(),
                    ),
                ],
            ),
            Progress::Busy => (
                Word::SignInWaiting,
                vec![hint(Word::Loading), ways(vec![button("quiet", stop).say(widget, Word::Cancel)])],
            ),
            Progress::Failed(ref trouble) => {
                let said = sentence(widget, trouble);
                (Word::SignInFailed, vec![el("p").text(&said), ways(vec![sign_in("primary", Word::SignInAgain)])])
            }
        };
        let ended = widget.sign_in().and_then(|sign_in| sign_in.end()).filter(|_| progress == Progress::Idle);
        let ended = match ended {
            Some(End::Expired) => Some(Word::SessionExpired),
            Some(End::Elsewhere) => Some(Word::SessionElsewhere),
            Some(End::SignedOut) if signing.unheard.get() => Some(Word::SignOutUnheard),
            _ => None,
        };
        if let Some(word) = ended {
            lines.insert(0, hint(word));
        }
        vec![el("h3").say(widget, title)].into_iter().chain(lines).collect()
    };
    classed("section", "banner")
        .part("sign-in")
        .attr("tabindex", "-1")
        .attr("aria-label", &widget.say(Word::SignInTitle))
        .place("sign-in")
        .icon(WARNING)
        .child(el("div").attr("role", "status").show(content))
}

/// Why nobody is signed in, and what to do.
fn sentence(widget: Widget, trouble: &Trouble) -> String {
    widget.say(match trouble {
        Trouble::Declined => Word::SignInDeclined,
        Trouble::Foreign => Word::SignInForeign,
        Trouble::Refused(Some(code)) => return widget.fill(Word::SignInRefusedCode, &[("code", code)]),
        Trouble::Refused(None) => Word::SignInRefused,
        Trouble::NoAnswer => Word::SignInNoAnswer,
        Trouble::Insecure => Word::SignInInsecure,
        Trouble::Address => Word::SignInAddress,
        Trouble::Forgetful => Word::SignInForgetful,
    })
}

/// Over the form: who is signed in, and the draft that was kept.
pub fn over_form(widget: Widget) -> El {
    el("div").child(session(widget)).child(drafts(widget))
}
