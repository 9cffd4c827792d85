//! One attached document: what its part said of it, and its bytes in a temporary file, never as a whole in memory.

use std::fs::File;
use std::io::{Read, Seek, Write};
use std::path::Path;

use axum::http::StatusCode;
use sha2::{Digest, Sha256};

use crate::refusal::Refusal;

/// "50Mb" in its smaller reading (fax API facts §7.9), for one document and for all together.
pub const LIMIT: u64 = 50_000_000;

/// The 42 extensions of the guide to sending faxes (fax API facts §1.6). No list of media types is published,
/// so that the file name alone decides.
const EXTENSIONS: [&str; 42] = [
    "pdf", "psd", "doc", "docx", "dot", "mcw", "xls", "xlsx", "xlsb", "ppt", "pptx", "vsd", "vdx", "pub", "wps", "wri",
    "awd", "tif", "tiff", "gif", "jpg", "jpeg", "bmp", "png", "pcx", "tga", "rtf", "txt", "log", "h", "cpp", "c",
    "err", "hpp", "wk1", "wk3", "wk4", "wq1", "xml", "html", "htm", "csv",
];

/// What a part's headers say of a document, exactly as they say it.
#[derive(Clone, Debug)]
pub struct Label {
    /// `filename`.
    pub name: String,
    /// `Content-Type`.
    pub content_type: Option<String>,
    /// `name`.
    pub part_name: Option<String>,
}

impl Label {
    /// Checks the name against the list.
    ///
    /// # Errors
    /// MSG-348, with the document's position from 1.
    pub fn check(&self, position: usize) -> Result<(), Refusal> {
        // The guide's own form-data example attaches text with `filename=""`; text/plain says enough there.
        let plain = self.content_type.as_deref().is_some_and(is_plain_text);
        let extension = self.name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
        match extension {
            None if self.name.is_empty() && plain => Ok(()),
            Some(extension) if EXTENSIONS.contains(&extension.as_str()) => Ok(()),
            _ => Err(Refusal::unsupported(position, &self.name)),
        }
    }
}

/// What the sandbox can do with a document, by its name, as the service is said to go by it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum DocumentKind {
    /// PDF, TIFF or a picture, whose bytes say which.
    Picture,
    /// Plain text.
    Text,
    /// Listed, and nothing the page engine knows.
    Other,
}

impl DocumentKind {
    /// By the extension; without a name it is text, for nothing else is taken without.
    pub fn of(name: &str) -> Self {
        match name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase()).as_deref() {
            Some("pdf" | "tif" | "tiff" | "gif" | "jpg" | "jpeg" | "bmp" | "png") => Self::Picture,
            None | Some("txt" | "log" | "h" | "cpp" | "c" | "err" | "hpp" | "csv") => Self::Text,
            Some(_) => Self::Other,
        }
    }
}

/// A size for a person, in the units the service's limit is given in.
pub fn size(bytes: u64) -> String {
    match bytes {
        0..1000 => format!("{bytes} bytes"),
        1000..1_000_000 => format!("{}.{} kB", bytes / 1000, bytes % 1000 / 100),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000),
    }
}

/// Whether a content type is text/plain, whatever its parameters.
pub fn is_plain_text(content_type: &str) -> bool {
    essence(content_type) == "text/plain"
}

/// A content type without its parameters, in lower case.
pub fn essence(content_type: &str) -> String {
    content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// A document that arrived whole.
pub struct Document {
    /// What its part said.
    pub label: Label,
    /// How many bytes.
    pub size: u64,
    /// Their SHA-256 in lower-case hexadecimal.
    pub sha256: String,
    file: File,
}

impl Document {
    /// The bytes, from the first.
    ///
    /// # Errors
    /// When the temporary file cannot be read.
    pub fn bytes(&mut self) -> std::io::Result<impl Read + '_> {
        self.file.rewind()?;
        Ok(&mut self.file)
    }
}

/// A document on its way in. Its file has no name, so that nothing of it stays behind if the process is killed.
pub struct Incoming {
    label: Label,
    size: u64,
    hash: Sha256,
    file: File,
}

impl Incoming {
    /// Starts a document in a folder: the store's own, because a system's temporary folder may be memory.
    ///
    /// # Errors
    /// When no file can be made there.
    pub fn new(label: Label, folder: &Path) -> std::io::Result<Self> {
        Ok(Self { label, size: 0, hash: Sha256::new(), file: tempfile::tempfile_in(folder)? })
    }

    /// Takes the next bytes. The write goes to a local file, block by block, and is not worth a thread of its own.
    ///
    /// # Errors
    /// MSG-337 once there are too many, CMN-203 when they cannot be written.
    pub fn take(&mut self, bytes: &[u8]) -> Result<(), Refusal> {
        self.size += bytes.len() as u64;
        if self.size > LIMIT {
            let message = "Attachment size limit exceeded";
            return Err(Refusal::new(StatusCode::BAD_REQUEST, "MSG-337", message));
        }
        self.hash.update(bytes);
        self.file.write_all(bytes).map_err(|_| Refusal::internal())
    }

    /// Ends it.
    ///
    /// # Errors
    /// MSG-347 if nothing came.
    pub fn finish(self) -> Result<Document, Refusal> {
        if self.size == 0 {
            let message = "Attachment body is empty";
            return Err(Refusal::new(StatusCode::BAD_REQUEST, "MSG-347", message));
        }
        Ok(Document {
            label: self.label,
            size: self.size,
            sha256: self.hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect(),
            file: self.file,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, content_type: Option<&str>, accepted: bool) {
        let label = Label { name: name.into(), content_type: content_type.map(Into::into), part_name: None };
        assert_eq!(label.check(1).is_ok(), accepted, "{name} {content_type:?}");
    }

    #[test]
    fn the_name_decides() {
        check("a.pdf", None, true);
        check("A.PDF", Some("application/octet-stream"), true);
        check("a.tar.gz", None, false);
        check("a.heic", Some("application/pdf"), false);
        check("pdf", None, false);
        check("blob", Some("application/pdf"), false);
        check("", Some("text/plain"), true);
        check("", Some("application/pdf"), false);
    }
}
