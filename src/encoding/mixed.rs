use std::fmt::Write;

use super::envelope::envelope;
use crate::fax::Fax;

/// A delimiter that does not occur in any document.
///
/// 128 random bits in lower-case hexadecimal: browsers lower-case the type of a Blob, boundary and all, and a match by chance in
/// 50 MB has odds of one in 10^30.
#[derive(Clone, PartialEq, Eq)]
pub struct Boundary(String);

impl Boundary {
    /// `random` must come from a source that nobody can foresee.
    #[must_use]
    pub fn new(random: [u8; 16]) -> Self {
        let mut text = String::from("fax-");
        for byte in random {
            // A String takes whatever is written to it.
            let _ = write!(text, "{byte:02x}");
        }
        Self(text)
    }
}

/// A piece of a `multipart/mixed` body.
#[derive(Clone, PartialEq, Eq)]
pub enum Segment<'a, F> {
    /// Delimiters, headers and the JSON part.
    Text(String),
    /// The bytes of a document.
    File(&'a F),
}

/// A `multipart/mixed` body as the pieces of a Blob.
#[derive(Clone, PartialEq, Eq)]
pub struct Mixed<'a, F> {
    /// The value of the Content-Type header.
    pub content_type: String,
    /// In order; joined end to end they are the body.
    pub segments: Vec<Segment<'a, F>>,
}

/// The JSON part first, then each document as a part with its name and type (RFC 2046 §5.1, guide "multipart/mixed").
#[must_use]
pub fn mixed<'a, F>(fax: &'a Fax<F>, boundary: &Boundary) -> Mixed<'a, F> {
    let delimiter = &boundary.0;
    let mut segments = Vec::with_capacity(2 * fax.attachments().len() + 1);
    let mut text = format!("--{delimiter}\r\nContent-Type: application/json\r\n\r\n{}\r\n", envelope(fax));
    for attachment in fax.attachments() {
        let _ = write!(
            text,
            "--{delimiter}\r\nContent-Type: {}\r\nContent-Disposition: attachment; filename=\"{}\"\r\n\r\n",
            attachment.content_type(),
            attachment.wire_name(),
        );
        segments.push(Segment::Text(std::mem::take(&mut text)));
        segments.push(Segment::File(attachment.file()));
        text.push_str("\r\n");
    }
    let _ = write!(text, "--{delimiter}--\r\n");
    segments.push(Segment::Text(text));
    Mixed { content_type: format!("multipart/mixed; boundary={delimiter}"), segments }
}
