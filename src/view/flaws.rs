//! What is wrong, where it is wrong and all in one place.

use leptos::prelude::*;
use leptos::tachys::view::any_view::IntoAny;

use super::icon::{WARNING, icon};
use super::sentences;
use super::widget::Widget;
use super::words::{Word, fill, say};
use crate::fax::{Field, Flaw};
use crate::reply::{Code, Failure, Outcome};
use crate::submission::Stage;

impl Widget {
    /// The sentence for a flaw of the draft as it stands.
    pub(super) fn sentence(self, flaw: &Flaw) -> String {
        self.settings.with(|settings| self.draft.with(|draft| sentences::flaw(flaw, draft, &settings.lang)))
    }

    /// The language for dates, numbers and sizes.
    pub(super) fn lang(self) -> String {
        self.settings.with(|settings| settings.lang.clone())
    }
}

/// The flaws of one field, under it; `id` is what the field's `aria-describedby` names.
pub fn field_flaws(
    widget: Widget,
    id: &'static str,
    of: impl Fn(Field) -> bool + Copy + Send + Sync + 'static,
) -> impl IntoView {
    view! {
        <div id=widget.id(id) class="flaws">
            {move || widget.flaws_of(of).iter().map(|flaw| flaw_line(widget.sentence(flaw))).collect::<Vec<_>>()}
        </div>
    }
}

/// One flaw as a line.
pub fn flaw_line(sentence: String) -> impl IntoView {
    view! { <p class="flaw" part="error">{sentence}</p> }
}

/// A notice about what was just added to a field.
pub fn notice(widget: Widget, of: Field) -> impl IntoView {
    move || {
        let said = widget.notice.get().filter(|(field, _)| *field == of);
        said.map(|(_, said)| view! { <p class="notice" part="notice">{said}</p> })
    }
}

/// Where the focus goes from the summary to mend a field.
fn place(field: Field) -> String {
    match field {
        Field::To => "[data-focus=to]".to_owned(),
        Field::Recipient(id) => format!("[data-focus=recipient-{id}]"),
        Field::Attachments => "[data-focus=attachment]".to_owned(),
        Field::Attachment(id) => format!("[data-focus=attachment-{id}]"),
        other => format!("[data-focus={}]", other.parameter()),
    }
}

/// The summary over the form: every flaw as a way to its field. Takes the focus when a person asks to send.
pub fn summary(widget: Widget) -> impl IntoView {
    move || {
        let flaws = if widget.asked.get() { widget.flaws.get() } else { Vec::new() };
        (!flaws.is_empty()).then(|| {
            let lines = flaws.iter().map(|flaw| {
                let (sentence, place) = (widget.sentence(flaw), place(flaw.field));
                view! {
                    <li>
                        <button type="button" class="link" on:click=move |_| widget.focus_on(place.clone())>
                            {sentence}
                        </button>
                    </li>
                }
            });
            view! {
                <section class="banner bad" part="summary" tabindex="-1" data-focus="flaws" aria-label=say(Word::FlawsTitle)>
                    {icon(WARNING)}
                    <div>
                        <h3>{say(Word::FlawsTitle)}</h3>
                        <ul>{lines.collect::<Vec<_>>()}</ul>
                    </div>
                </section>
            }
        })
    }
}

/// What became of the last attempt, over the form.
pub fn failure(widget: Widget) -> impl IntoView {
    let failed = Memo::new(move |_| {
        widget.submission.with(|submission| match submission.stage() {
            // Flaws of the draft have a summary of their own.
            Stage::Failed(failure) if failure.code != Code::Invalid || is_address(failure) => Some(failure.clone()),
            _ => None,
        })
    });
    move || match failed.get() {
        Some(failure) => banner(
            sentences::outcome(failure.outcome),
            vec![
                sentences::failure(widget, &failure),
                say(if failure.outcome == Outcome::Unknown { Word::UnknownHint } else { Word::DraftKept }).to_owned(),
            ],
            codes(&failure),
            if failure.outcome == Outcome::Unknown { "banner doubt" } else { "banner bad" },
        )
        .into_any(),
        None => unsettled(widget).into_any(),
    }
}

/// A reminder that an earlier attempt may have been accepted, wherever a person can send again.
pub fn unsettled(widget: Widget) -> impl IntoView {
    move || {
        let doubt = widget.submission.with(|submission| {
            let said = matches!(submission.stage(), Stage::Failed(failure) if failure.outcome == Outcome::Unknown);
            submission.is_unsettled() && !said
        });
        doubt
            .then(|| banner(say(Word::UnsettledTitle), vec![say(Word::UnsettledHint).to_owned()], None, "banner doubt"))
    }
}

fn banner(title: &'static str, lines: Vec<String>, codes: Option<String>, class: &'static str) -> impl IntoView {
    view! {
        <section class=class part="failure" tabindex="-1" data-focus="failure" aria-label=title>
            {icon(WARNING)}
            <div>
                <h3>{title}</h3>
                {lines.into_iter().map(|line| view! { <p>{line}</p> }).collect::<Vec<_>>()}
                {codes.map(|codes| view! { <p class="codes">{codes}</p> })}
            </div>
        </section>
    }
}

fn is_address(failure: &Failure) -> bool {
    matches!(failure.parameter_name.as_deref(), Some("server" | "endpoint" | "account" | "extension"))
}

/// Status and error code, which a support desk asks for. Only what looks like a code is shown.
fn codes(failure: &Failure) -> Option<String> {
    let status = failure.status.map(|status| status.to_string());
    let error_code = failure.error_code.clone().filter(|code| {
        code.len() <= 40 && code.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
    });
    let codes: Vec<String> = status.into_iter().chain(error_code).collect();
    (!codes.is_empty()).then(|| fill(Word::FailedCodes, &[("codes", &codes.join(", "))]))
}
