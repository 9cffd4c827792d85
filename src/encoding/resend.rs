use serde::Serialize;

use super::envelope::{To, to};
use crate::resend::Resend;

/// The guide's "Forwarding and Resending Faxes": these three and no other.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    original_message_id: &'a str,
    /// Absent, the original's recipients.
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<Vec<To<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    send_time: Option<String>,
}

/// The JSON body that resends or forwards a fax which the service already holds.
#[must_use]
pub fn resend(resend: &Resend) -> String {
    let body = Body {
        original_message_id: resend.original().as_str(),
        to: resend.to().map(to),
        send_time: resend.send_time().map(|time| time.to_string()),
    };
    // Writing strings to memory has no way to fail.
    serde_json::to_string(&body).unwrap_or_default()
}
