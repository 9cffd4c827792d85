//! Which files the service turns into fax pages, and the name and type that each travels under.
//!
//! The service goes by the extension of the file name; a part's media type may be missing or general
//! (fax API facts §1.6). So a file is judged by its extension, never by what the browser believes it to be.

/// What sort of document a file holds, for a picture and a word beside its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// PDF.
    Pdf,
    /// Word processing.
    Document,
    /// Tables.
    Spreadsheet,
    /// Slides.
    Presentation,
    /// Line drawings and page layouts.
    Drawing,
    /// Photographs and scans.
    Image,
    /// Plain text and program sources.
    Text,
    /// HTML and XML.
    Markup,
}

/// One of the 42 kinds of file that can be faxed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileKind {
    extension: &'static str,
    content_type: &'static str,
    family: Family,
}

const fn kind(extension: &'static str, content_type: &'static str, family: Family) -> FileKind {
    FileKind { extension, content_type, family }
}

/// The service's list of extensions (fax API facts §1.6). It publishes no media types: those here are IANA's or in
/// common use, and the general one where there is none.
pub const FILE_KINDS: [FileKind; 42] = {
    use Family::{Document, Drawing, Image, Markup, Pdf, Presentation, Spreadsheet, Text};
    const ANY: &str = "application/octet-stream";
    const EXCEL: &str = "application/vnd.ms-excel";
    const PLAIN: &str = "text/plain";
    [
        kind("pdf", "application/pdf", Pdf),
        kind("psd", "image/vnd.adobe.photoshop", Image),
        kind("doc", "application/msword", Document),
        kind("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", Document),
        kind("dot", "application/msword", Document),
        kind("mcw", ANY, Document),
        kind("xls", EXCEL, Spreadsheet),
        kind("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", Spreadsheet),
        kind("xlsb", "application/vnd.ms-excel.sheet.binary.macroenabled.12", Spreadsheet),
        kind("ppt", "application/vnd.ms-powerpoint", Presentation),
        kind("pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation", Presentation),
        kind("vsd", "application/vnd.visio", Drawing),
        kind("vdx", ANY, Drawing),
        kind("pub", "application/x-mspublisher", Drawing),
        kind("wps", "application/vnd.ms-works", Document),
        kind("wri", ANY, Document),
        kind("awd", ANY, Image),
        kind("tif", "image/tiff", Image),
        kind("tiff", "image/tiff", Image),
        kind("gif", "image/gif", Image),
        kind("jpg", "image/jpeg", Image),
        kind("jpeg", "image/jpeg", Image),
        kind("bmp", "image/bmp", Image),
        kind("png", "image/png", Image),
        kind("pcx", ANY, Image),
        kind("tga", ANY, Image),
        kind("rtf", "application/rtf", Document),
        kind("txt", PLAIN, Text),
        kind("log", PLAIN, Text),
        kind("h", PLAIN, Text),
        kind("cpp", PLAIN, Text),
        kind("c", PLAIN, Text),
        kind("err", PLAIN, Text),
        kind("hpp", PLAIN, Text),
        kind("wk1", ANY, Spreadsheet),
        kind("wk3", ANY, Spreadsheet),
        kind("wk4", ANY, Spreadsheet),
        kind("wq1", ANY, Spreadsheet),
        kind("xml", "application/xml", Markup),
        kind("html", "text/html", Markup),
        kind("htm", "text/html", Markup),
        kind("csv", "text/csv", Spreadsheet),
    ]
};

/// What stands behind the last dot of a file name, as written; empty where there is no dot.
#[must_use]
pub fn extension(file_name: &str) -> &str {
    file_name.rsplit_once('.').map_or("", |(_, extension)| extension)
}

impl FileKind {
    /// The kind of a file by its name; `None` where the service does not list it.
    #[must_use]
    pub fn of(file_name: &str) -> Option<Self> {
        let extension = extension(file_name);
        FILE_KINDS.into_iter().find(|kind| kind.extension.eq_ignore_ascii_case(extension))
    }

    /// In lower case, without the dot.
    #[must_use]
    pub fn extension(self) -> &'static str {
        self.extension
    }

    /// The media type, `application/octet-stream` where none is settled.
    #[must_use]
    pub fn content_type(self) -> &'static str {
        self.content_type
    }

    /// What sort of document it is.
    #[must_use]
    pub fn family(self) -> Family {
        self.family
    }

    /// Whether browsers can show it in an `<img>`.
    #[must_use]
    pub fn is_picture(self) -> bool {
        matches!(self.extension, "png" | "jpg" | "jpeg" | "gif" | "bmp")
    }
}

/// Longest stem of a wire name, in characters; ours, far below what any file system allows.
const MOST_STEM: usize = 100;

/// The file name that goes over the wire: ASCII letters, digits, dot, dash and underscore, with the file's own
/// extension and never empty.
///
/// The service asks for names without special characters, and how it reads non-ASCII ones is not known
/// (fax API facts §1.6). The person goes on seeing the original. The law: a wire name's wire name is itself.
#[must_use]
pub fn wire_name(file_name: &str) -> String {
    let (stem, extension) = file_name.rsplit_once('.').unwrap_or((file_name, ""));
    let mut wire = String::with_capacity(file_name.len());
    let mut gap = false;
    for found in stem.chars() {
        if found.is_ascii_alphanumeric() || matches!(found, '.' | '-' | '_') {
            if gap && !wire.is_empty() && !wire.ends_with('_') && found != '_' {
                wire.push('_');
            }
            gap = false;
            wire.push(found);
        } else {
            gap = true;
        }
    }
    wire.truncate(MOST_STEM);
    let mut wire = wire.trim_matches('.').to_owned();
    if wire.trim_matches(['.', '_', '-']).is_empty() {
        "document".clone_into(&mut wire);
    }
    let extension: String = extension.chars().filter(char::is_ascii_alphanumeric).collect();
    if extension.is_empty() {
        // What stands behind a dot would become the extension.
        return wire.replace('.', "_");
    }
    wire.push('.');
    wire.push_str(&extension);
    wire
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn travels(name: &str, wire: &str) {
        assert_eq!(wire_name(name), wire, "{name}");
    }

    #[test]
    fn plain_names_travel_as_they_are() {
        travels("contract.pdf", "contract.pdf");
        travels("Scan-2026.11.23_v2.TIFF", "Scan-2026.11.23_v2.TIFF");
        travels("__init__.c", "__init__.c");
    }

    #[test]
    fn other_names_are_folded_to_ascii() {
        travels("my report.pdf", "my_report.pdf");
        travels("scan (1).pdf", "scan_1.pdf");
        travels("R&D #5 @50%.pdf", "R_D_5_50.pdf");
        travels("診断書.pdf", "document.pdf");
        travels("診断書 2026.pdf", "2026.pdf");
        travels("Überweisung Müller.pdf", "berweisung_M_ller.pdf");
        travels(".pdf", "document.pdf");
        travels("..pdf", "document.pdf");
        travels("a\r\nContent-Type: text/html\r\n\r\n.txt", "a_Content-Type_text_html.txt");
        travels("quo\"te\\.txt", "quo_te.txt");
        travels("\u{202e}fdp.txt", "fdp.txt");
    }

    #[test]
    fn the_kind_is_the_extensions() {
        assert_eq!(FileKind::of("A.PDF").map(FileKind::content_type), Some("application/pdf"));
        assert_eq!(FileKind::of("letter.dot").map(FileKind::content_type), Some("application/msword"));
        assert_eq!(FileKind::of("old.wri").map(FileKind::content_type), Some("application/octet-stream"));
        assert_eq!(FileKind::of("photo.heic"), None);
        assert_eq!(FileKind::of("archive.tar.gz"), None);
        assert_eq!(FileKind::of("pdf"), None);
        assert_eq!(FileKind::of(""), None);
    }

    #[test]
    fn media_types_are_in_the_lower_case_that_browsers_make_of_them() {
        for kind in FILE_KINDS {
            assert_eq!(kind.content_type(), kind.content_type().to_ascii_lowercase());
            assert_eq!(FileKind::of(&format!("x.{}", kind.extension())), Some(kind));
        }
    }

    proptest! {
        #[test]
        fn a_wire_name_is_safe_and_settled(name in "(?s).{0,300}") {
            let wire = wire_name(&name);
            prop_assert!(!wire.is_empty() && wire.len() <= MOST_STEM + 1 + name.len());
            prop_assert!(wire.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte)));
            prop_assert_eq!(wire_name(&wire), wire);
        }

        #[test]
        fn a_kind_survives_the_wire_name(stem in "(?s).{0,40}", kind in 0..FILE_KINDS.len()) {
            let name = format!("{stem}.{}", FILE_KINDS[kind].extension());
            prop_assert_eq!(FileKind::of(&wire_name(&name)), Some(FILE_KINDS[kind]));
        }
    }
}
