use super::envelope::envelope;
use crate::fax::{Attachment, Fax, MOST_COVER_TEXT};

/// One entry of a browser's `FormData`, in order.
#[derive(Clone, PartialEq, Eq)]
pub enum FormField<'a, F> {
    /// A text part.
    Text {
        /// The API's parameter name.
        name: &'static str,
        /// Its value; the browser turns line ends into CRLF.
        value: String,
    },
    /// A part named `json` with the file name `request.json` and the type `application/json`: the official clients'
    /// way to send the fields, and the first part where it is used.
    Json(String),
    /// A document, under the name `attachment`.
    File(&'a Attachment<F>),
}

/// The entries of `fax`: flat fields in the guide's order, or one JSON part where flat fields would lose something;
/// then the documents in page order.
#[must_use]
pub fn form_data<F>(fax: &Fax<F>) -> Vec<FormField<'_, F>> {
    let mut fields = if flat_fields_suffice(fax) { flat_fields(fax) } else { vec![FormField::Json(envelope(fax))] };
    fields.extend(fax.attachments().iter().map(FormField::File));
    fields
}

/// A text part for `to` is the number alone (fax API facts §1.3), and line ends grow on the way (§7.7).
fn flat_fields_suffice<F>(fax: &Fax<F>) -> bool {
    let has_names = fax.to().iter().any(|recipient| recipient.name().is_some());
    !has_names && fax.cover_page_text().is_none_or(|text| units_with_crlf(text) <= MOST_COVER_TEXT)
}

/// UTF-16 units of a text once every line end in it is CRLF.
fn units_with_crlf(text: &str) -> usize {
    let mut after_return = false;
    let ends = text.bytes().filter(|byte| {
        let pair = after_return && *byte == b'\n';
        after_return = *byte == b'\r';
        matches!(byte, b'\r' | b'\n') && !pair
    });
    text.encode_utf16().filter(|unit| !matches!(unit, 10 | 13)).count() + 2 * ends.count()
}

fn flat_fields<F>(fax: &Fax<F>) -> Vec<FormField<'_, F>> {
    let mut fields = Vec::new();
    let mut text = |name, value| fields.push(FormField::Text { name, value });
    if let Some(cover_page_text) = fax.cover_page_text() {
        text("coverPageText", cover_page_text.to_owned());
    }
    if let Some(cover_index) = fax.cover_index() {
        text("coverIndex", cover_index.to_string());
    }
    text("faxResolution", fax.fax_resolution().as_str().to_owned());
    if let Some(send_time) = fax.send_time() {
        text("sendTime", send_time.to_string());
    }
    if let Some(iso_code) = fax.iso_code() {
        text("isoCode", iso_code.as_str().to_owned());
    }
    for recipient in fax.to() {
        text("to", recipient.phone_number().to_string());
    }
    fields
}
