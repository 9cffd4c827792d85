//! The JSON part: every field of a fax but its documents.

use serde::Serialize;

use crate::fax::{Fax, Recipient};

/// Absent fields are absent: leaving out `coverIndex` asks for the account's cover page, 0 asks for none.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Envelope<'a> {
    to: Vec<To<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cover_page_text: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cover_index: Option<u32>,
    fax_resolution: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    send_time: Option<String>,
    /// In JSON the one documented place of the country is this object (fax API facts §1.5).
    #[serde(skip_serializing_if = "Option::is_none")]
    country: Option<Country>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct To<'a> {
    phone_number: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
}

/// Recipients as the API's objects.
pub(super) fn to(recipients: &[Recipient]) -> Vec<To<'_>> {
    let to = |recipient: &Recipient| recipient.phone_number().to_string();
    recipients.iter().map(|recipient| To { phone_number: to(recipient), name: recipient.name() }).collect()
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Country {
    iso_code: &'static str,
}

/// The fields of `fax` as JSON text.
pub fn envelope<F>(fax: &Fax<F>) -> String {
    let envelope = Envelope {
        to: to(fax.to()),
        cover_page_text: fax.cover_page_text(),
        cover_index: fax.cover_index(),
        fax_resolution: fax.fax_resolution().as_str(),
        send_time: fax.send_time().map(|time| time.to_string()),
        country: fax.iso_code().map(|code| Country { iso_code: code.as_str() }),
    };
    // Writing strings and numbers to memory has no way to fail.
    serde_json::to_string(&envelope).unwrap_or_default()
}
