use std::fmt;

use crate::Kind;

/// Why a document, or a page of it, cannot be turned into fax pages. Sentences for people live with whoever shows them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// There are no bytes.
    Empty,
    /// The bytes begin like a known kind and cannot be read as one.
    Damaged,
    /// It is encrypted and needs a password, or another one than was given.
    PasswordNeeded,
    /// A known kind, or a part of one, that cannot be rendered here. It may well be sent as it is.
    Unsupported(Kind),
    /// Nothing that is known here. It may well be sent as it is.
    Unknown,
    /// More bytes, or more pels in one picture, than the limits allow.
    TooLarge,
    /// More pages than the limits allow.
    TooManyPages,
    /// A page whose drawing would take longer than the limits allow.
    TooIntricate,
    /// The budget said that it is enough.
    OutOfTime,
    /// No such page.
    NoSuchPage,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("the document is empty"),
            Self::Damaged => f.write_str("the document is damaged"),
            Self::PasswordNeeded => f.write_str("the document needs a password"),
            Self::Unsupported(kind) => write!(f, "{kind} of this sort cannot be rendered here"),
            Self::Unknown => f.write_str("the document is of no known kind"),
            Self::TooLarge => f.write_str("the document is too large"),
            Self::TooManyPages => f.write_str("the document has too many pages"),
            Self::TooIntricate => f.write_str("the page is too intricate"),
            Self::OutOfTime => f.write_str("the time is up"),
            Self::NoSuchPage => f.write_str("there is no such page"),
        }
    }
}

impl std::error::Error for Refusal {}

/// Runs `work` of a large library on bytes that nobody vouches for. Natively a panic in it is a damaged document; where a panic
/// aborts, as in a browser, this adds nothing.
pub(crate) fn guarded<T>(work: impl FnOnce() -> Result<T, Refusal>) -> Result<T, Refusal> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(work)).unwrap_or(Err(Refusal::Damaged))
}
