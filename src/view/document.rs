//! The document that was faxed, as the service rendered it: fetched with the token in a header, shown and saved from
//! memory, and let go of when it is closed.

use gloo_timers::future::TimeoutFuture;
use leptos::prelude::on_cleanup;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Blob, Url};

use super::element::{El, button, classed, el};
use super::preview::received;
use super::sentences;
use super::widget::Widget;
use crate::message_id::MessageId;
use crate::reply::Failure;
use crate::words::Word;

/// How far it has come.
#[derive(Clone, Default)]
pub enum Document {
    /// Not asked for.
    #[default]
    Closed,
    /// On its way.
    Loading(MessageId),
    /// The service is still preparing it.
    Preparing(MessageId),
    /// Here.
    Open(MessageId, Blob),
    /// It could not be had.
    Failed(MessageId, Failure),
}

impl Document {
    fn id(&self) -> Option<&MessageId> {
        match self {
            Self::Closed => None,
            Self::Loading(id) | Self::Preparing(id) | Self::Open(id, _) | Self::Failed(id, _) => Some(id),
        }
    }
}

/// Milliseconds until a document that is being prepared is asked for again, and how often so soon. Ours.
const ASK_AGAIN: u32 = 10_000;
const SOON: u32 = 18;

impl Widget {
    /// Shows the document of a fax.
    pub fn open_document(self, id: MessageId) {
        // Only a fax's own screen has a place for it.
        let parts = self.parts();
        let is_there = parts.settings.peek(|settings| settings.view) == super::widget::Shown::Resend
            && parts.resending.screen.peek(|screen| *screen == super::resend::Screen::Fax(id.clone()));
        if !is_there {
            self.open_fax(id.clone());
        }
        self.parts().document.set(Document::Loading(id.clone()));
        self.focus("[data-focus=document]");
        spawn_local(async move {
            for question in 0.. {
                if crate::client::is_hidden() && question > 0 {
                    TimeoutFuture::new(ASK_AGAIN).await;
                    continue;
                }
                let result = self.fetch_document(&id).await;
                if self.is_gone() || self.parts().document.peek(|document| document.id() != Some(&id)) {
                    return;
                }
                match result {
                    Ok(Some(blob)) => return self.parts().document.set(Document::Open(id, blob)),
                    Ok(None) => self.parts().document.set(Document::Preparing(id.clone())),
                    Err(failure) => return self.parts().document.set(Document::Failed(id, failure)),
                }
                // A line that is busy, or a time that was put off, can keep it waiting for long.
                TimeoutFuture::new(if question < SOON { ASK_AGAIN } else { 6 * ASK_AGAIN }).await;
            }
        });
    }

    /// The document of a fax; `None` while it is being prepared.
    pub async fn fetch_document(self, id: &MessageId) -> Result<Option<Blob>, Failure> {
        let invalid = |attribute: &str| Failure::before_posting(crate::reply::Code::Invalid).about(attribute);
        let client = self.client().map_err(|error| invalid(error.attribute()))?;
        // The address is in the message, and may not have been there when it was last read.
        let uri = match self.message(id).and_then(|message| message.document) {
            Some(uri) => Some(uri),
            None => client.message(id).await?.and_then(|read| read.message.document),
        };
        match uri {
            Some(uri) => client.document(&uri).await,
            None => Ok(None),
        }
    }
}

/// The document of a fax, where it is asked for.
pub fn document(widget: Widget, id: MessageId) -> El {
    el("div").show(move || {
        let state = widget
            .parts()
            .document
            .with(|document| if document.id() == Some(&id) { document.clone() } else { Document::Closed });
        let close = move || {
            widget.parts().document.set(Document::Closed);
            widget.focus("[data-focus=fax]");
        };
        let mut parts = match &state {
            Document::Closed => return Vec::new(),
            Document::Loading(_) => vec![classed("p", "hint").say(widget, Word::Loading)],
            Document::Preparing(_) => {
                vec![classed("p", "notice").attr("role", "status").say(widget, Word::DocumentPreparing)]
            }
            Document::Failed(_, failure) => {
                vec![classed("p", "flaw").attr("role", "alert").text(&sentences::reading_failure(widget, failure))]
            }
            Document::Open(id, blob) => opened(widget, id, blob),
        };
        parts.push(button("quiet", close).say(widget, Word::Close));
        vec![
            classed("section", "document")
                .part("rendered-document")
                .attr("aria-label", &widget.say(Word::DocumentTitle))
                .attr("tabindex", "-1")
                .place("document")
                .child(el("h3").say(widget, Word::DocumentTitle))
                .children(parts),
        ]
    })
}

/// The kinds that a browser shows by itself and that run nothing, with the ending that each is saved under.
const SHOWN: [(&str, &str); 5] = [
    ("application/pdf", "pdf"),
    ("image/png", "png"),
    ("image/jpeg", "jpg"),
    ("image/gif", "gif"),
    ("image/webp", "webp"),
];

fn opened(widget: Widget, id: &MessageId, blob: &Blob) -> Vec<El> {
    let stated = blob.type_();
    let stated = stated.split(';').next().unwrap_or_default().trim();
    let shown = SHOWN.into_iter().find(|(kind, _)| *kind == stated);
    let (kind, ending) = match shown {
        Some(known) => known,
        None if stated == "image/tiff" => ("image/tiff", "tif"),
        None => ("application/octet-stream", "pdf"),
    };
    // Behind an address of the page's own origin a document of any other kind, a web page say, would run as a part of it.
    let document = blob.slice_with_f64_and_f64_and_content_type(0.0, blob.size(), kind);
    let Ok(url) = document.and_then(|document| Url::create_object_url_with_blob(&document)) else { return Vec::new() };
    let link = || el("a").attr("class", "button").attr("href", &url);
    let save =
        link().part("save-document button").attr("download", &format!("fax-{id}.{ending}")).say(widget, Word::Download);
    let mut parts = Vec::new();
    let mut ways = classed("div", "ask");
    match shown {
        // In a page of its own: a frame for it is more than the policy that the widget promises to run under allows, and
        // browsers of telephones show no PDF in one.
        Some(("application/pdf", _)) => {
            ways = ways.child(
                link()
                    .part("open-document button")
                    .attr("target", "_blank")
                    .attr("rel", "noopener")
                    .say(widget, Word::OpenDocument),
            );
        }
        Some(_) => {
            let title = widget.fill(Word::DocumentOf, &[("id", id.as_str())]);
            parts.push(classed("img", "pages").attr("alt", &title).attr("src", &url));
        }
        None => parts.push(classed("p", "hint").say(widget, Word::DocumentTiff)),
    }
    parts.push(ways.child(save));
    if matches!(kind, "application/pdf" | "image/tiff") {
        parts.push(received(widget, id, blob));
    }
    // Fails only for what is no such address.
    on_cleanup(move || drop(Url::revoke_object_url(&url)));
    parts
}
