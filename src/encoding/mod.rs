//! How a [`Fax`](crate::fax::Fax) is written down for the service.
//!
//! | encoding | content type | what carries the fields | when |
//! |---|---|---|---|
//! | [`form_data`] | `multipart/form-data` | one text part each, `to` once per recipient | the default |
//! | [`form_data`] | `multipart/form-data` | one JSON part, the first | where text parts would lose something: a recipient's name, or cover text that their line ends make too long |
//! | [`resend`] | `application/json` | the whole body | resending and forwarding, with no upload |
//! | [`mixed`] | `multipart/mixed` | one JSON part, the first | where asked for |
//!
//! All are data, generic over the file handle: documents are referred to, never read, so that they go from
//! the disk to the network without passing through this program's memory. Sources: the guide's two multipart
//! sections; fax API facts §1.1 (the dialects), §1.3 (names), §1.5 (country), §8 (what official clients send).

mod envelope;
mod form_data;
mod mixed;
mod resend;

pub use form_data::{FormField, form_data};
pub use mixed::{Boundary, Mixed, Segment, mixed};
pub use resend::resend;
