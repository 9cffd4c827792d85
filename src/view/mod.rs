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
pub mod fax_object;
mod flaws;
mod followed;
mod format;
mod icon;
mod progress;
mod recipients;
mod review;
mod sentences;
mod widget;

use leptos::prelude::*;

pub use clock::read as read_time;
pub use events::error_object;
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
    let stage = move || vec![widget.parts().submission.with(|submission| screen(submission.stage()))];
    let shown = move |screen| match screen {
        FORM => composer::composer(widget),
        REVIEW => review::review(widget),
        ATTEMPT => progress::progress(widget),
        _ => accepted::accepted(widget),
    };
    let content = el("div")
        .each(stage, shown)
        .child(classed("div", "unseen").attr("role", "status").text_by(move || widget.parts().announcement.get()))
        .element();
    widget.root.on_load(move |root| {
        // Fails only where a page takes the root apart while it is being put in.
        let _ = root.append_child(&content);
        widget.load_cover_pages();
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

fn screen(stage: &Stage) -> u32 {
    match stage {
        Stage::Composing | Stage::Failed(_) => FORM,
        Stage::Reviewing => REVIEW,
        Stage::Checking | Stage::Uploading { .. } | Stage::Waiting { .. } => ATTEMPT,
        Stage::Accepted(_) => END,
    }
}
