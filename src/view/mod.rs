//! What a person sees.
//!
//! One component a screen, over one [`Widget`]: the form, the review, the attempt, the accepted fax, and the screens of
//! the resend view. Which of them stands is the view that is set, and in it the submission's stage or the resend view's
//! screen, and nothing else.

mod accepted;
pub mod client_object;
mod clock;
mod composer;
mod connection;
mod cover;
mod delivery;
mod document;
mod documents;
mod doubts;
mod download;
mod element;
mod events;
mod failure;
mod fax;
pub mod fax_object;
mod faxes;
mod flaws;
mod followed;
mod format;
mod icon;
mod kept_draft;
mod language;
mod late;
mod loading;
mod numbers;
mod pages;
mod preview;
mod progress;
mod recipients;
mod resend;
pub mod resend_object;
mod rest;
mod review;
mod sending;
mod sentences;
mod sheet;
mod sign_in;
mod widget;

use leptos::prelude::*;

pub use clock::{now, read as read_time};
pub use language::Language;
pub use widget::{CoverPages, Settings, Shown, Widget, client};

use crate::submission::Stage;
use element::{classed, el};
use rest::{Arrival, Rest};

/// The styles that the component needs, scoped to its own root; a page that shows it outside of the custom element
/// adds them to its own.
pub const STYLES: &str = include_str!(concat!(env!("OUT_DIR"), "/widget.css"));

/// The fax composer.
///
/// `widget` is made by [`Widget::new`] under the same reactive owner; the page keeps a copy to send, stop and read.
#[component]
pub fn FaxWidget(
    /// The state that the component shows.
    widget: Widget,
) -> impl IntoView {
    let stage = move || {
        let parts = widget.parts();
        // In another language every screen is another.
        let turn = parts.turn.get() << 24;
        if parts.settings.with(|settings| settings.view) == Shown::Resend {
            // The screens of one fax are made anew for another: their key is the turn of the page.
            return vec![turn | here(widget).map_or(LOADING, |rest| RESEND + (rest.resend_screen)(widget))];
        }
        let screen = parts.submission.with(|submission| screen(submission.stage()));
        if matches!(screen, FORM | REVIEW) && parts.looks_at_page.get() {
            return vec![turn | PAGE];
        }
        vec![turn | if screen == FORM || here(widget).is_some() { screen } else { LOADING }]
    };
    let shown = move |key| match key & 0xff_ffff {
        FORM => composer::composer(widget),
        LOADING => loading::loading(widget),
        PAGE => widget.parts().preview.now().map_or_else(|| el("section"), |preview| (preview.page)(widget)),
        // Nothing leads to these before the rest is there.
        other => rest::loaded().map_or_else(
            || el("section"),
            |rest| match other {
                REVIEW => (rest.review)(widget),
                ATTEMPT => (rest.progress)(widget),
                END => (rest.accepted)(widget),
                resend => (rest.resend_view)(widget, resend - RESEND),
            },
        ),
    };
    let content = el("div")
        .each(stage, shown)
        .child(classed("div", "unseen").attr("role", "status").text_by(move || widget.parts().announcement.get()))
        .element();
    widget.root.on_load(move |root| {
        // Before a screen of the rest is seen, which may stand in it already.
        if let Some(rest) = rest::loaded() {
            (rest.dress)(widget);
        }
        // Fails only where a page takes the root apart while it is being put in.
        let _ = root.append_child(&content);
        let root: web_sys::Element = root.into();
        element::follow(Box::new(move || language::mark(widget, &root)));
        widget.begin();
    });
    view! {
        <div
            class="fax-widget"
            part="widget"
            data-theme=move || widget.parts().settings.with(|settings| settings.theme.clone())
            node_ref=widget.root
        ></div>
    }
}

const FORM: u32 = 0;
const REVIEW: u32 = 1;
const ATTEMPT: u32 = 2;
const END: u32 = 3;
const LOADING: u32 = 4;
const PAGE: u32 = 5;
const RESEND: u32 = 6;

/// The rest of the program, and follows whether it is there.
fn here(widget: Widget) -> Option<&'static Rest> {
    (widget.parts().rest.get() == Arrival::Here).then(rest::loaded).flatten()
}

fn screen(stage: &Stage) -> u32 {
    match stage {
        Stage::Composing | Stage::Failed(_) => FORM,
        Stage::Reviewing => REVIEW,
        Stage::Checking | Stage::Uploading { .. } | Stage::Waiting { .. } | Stage::Looking => ATTEMPT,
        Stage::Accepted(_) => END,
    }
}
