//! What a person sees.
//!
//! One component a screen, over one [`Widget`]: the form, the review, the attempt, the accepted fax. Which of them
//! stands is the submission's stage and nothing else.

mod accepted;
mod clock;
mod composer;
mod cover;
mod delivery;
mod documents;
mod element;
mod events;
pub(crate) mod fax_object;
mod flaws;
mod format;
mod icon;
mod progress;
mod recipients;
mod review;
mod sentences;
mod widget;
mod words;

use leptos::prelude::*;

pub use clock::read as read_time;
pub(crate) use events::error_object;
pub use widget::{CoverPages, Settings, Widget};

use crate::submission::Stage;
use element::{classed, el};

/// The styles that the component needs, scoped to its own root; a page that shows it outside of the custom element
/// adds them to its own.
pub const STYLES: &str = include_str!("../../www/widget.css");

/// The fax composer.
///
/// `widget` is made by [`Widget::new`] under the same reactive owner; the page keeps a copy to send, stop and read.
#[component]
pub fn FaxWidget(
    /// The state that the component shows.
    widget: Widget,
) -> impl IntoView {
    let screen = Memo::new(move |_| widget.submission.with(|submission| Screen::of(submission.stage())));
    let shown = move || match screen.get() {
        Screen::Form => composer::composer(widget),
        Screen::Review => review::review(widget),
        Screen::Attempt => progress::progress(widget),
        Screen::End => accepted::accepted(widget),
    };
    let content = el("div")
        .show(move || vec![shown()])
        .child(classed("div", "unseen").attr("role", "status").text_by(move || widget.announcement.get()));
    view! {
        <div
            class="fax-widget"
            part="widget"
            data-theme=move || widget.settings.with(|settings| settings.theme.clone())
            node_ref=widget.root
        >
            {AnyView::from(content)}
        </div>
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Screen {
    Form,
    Review,
    Attempt,
    End,
}

impl Screen {
    fn of(stage: &Stage) -> Self {
        match stage {
            Stage::Composing | Stage::Failed(_) => Self::Form,
            Stage::Reviewing => Self::Review,
            Stage::Checking | Stage::Uploading { .. } | Stage::Waiting { .. } => Self::Attempt,
            Stage::Accepted(_) => Self::End,
        }
    }
}
