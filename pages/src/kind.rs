use std::fmt;

/// What a document is, told by its bytes and never by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// Portable Document Format.
    Pdf,
    /// Tagged Image File Format, of any number of pages.
    Tiff,
    /// Portable Network Graphics.
    Png,
    /// JPEG, turned as its EXIF says.
    Jpeg,
    /// GIF, of which only the first picture counts.
    Gif,
    /// Windows bitmap.
    Bmp,
    /// WebP, of which only the first picture counts.
    WebP,
    /// HEIC or AVIF, as telephones make them: told apart so that it can be named, never rendered. There is no decoder in safe Rust.
    Heif,
    /// A ZIP archive, as office documents are: told apart so that it can be named, never rendered.
    Zip,
    /// Plain text: UTF-8 by its bytes; other encodings only where its name says that it is text.
    Text,
}

impl Kind {
    /// The kind that `bytes` are, or none that is known here.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        // A PDF may have a kilobyte of something else in front (ISO 32000-1, Annex H, note 13).
        let head = bytes.get(..1024).unwrap_or(bytes);
        let starts = |magic: &[u8]| bytes.starts_with(magic);
        let brand = bytes.get(8..12);
        if starts(b"\x89PNG\r\n\x1a\n") {
            Some(Self::Png)
        } else if starts(b"\xff\xd8\xff") {
            Some(Self::Jpeg)
        } else if starts(b"GIF87a") || starts(b"GIF89a") {
            Some(Self::Gif)
        } else if starts(b"II*\0") || starts(b"MM\0*") || starts(b"II+\0") || starts(b"MM\0+") {
            Some(Self::Tiff)
        } else if starts(b"RIFF") && brand == Some(b"WEBP") {
            Some(Self::WebP)
        } else if bytes.get(4..8) == Some(b"ftyp")
            && brand.is_some_and(|brand| {
                [b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif", b"avis"]
                    .iter()
                    .any(|heif| brand == *heif)
            })
        {
            Some(Self::Heif)
        } else if starts(b"PK\x03\x04") || starts(b"PK\x05\x06") {
            Some(Self::Zip)
        } else if head.windows(5).any(|five| five == b"%PDF-") {
            Some(Self::Pdf)
        } else if starts(b"BM") && bytes.get(6..10) == Some(&[0; 4]) {
            Some(Self::Bmp)
        } else if is_text(bytes) {
            Some(Self::Text)
        } else {
            None
        }
    }
}

/// UTF-8 without control characters other than those of a typewriter. It may break off within a character.
fn is_text(bytes: &[u8]) -> bool {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => {
            bytes.get(..error.valid_up_to()).and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default()
        }
        Err(_) => return false,
    };
    !text.is_empty() && !text.chars().any(|c| c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\x0c' | '\u{85}'))
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Pdf => "PDF",
            Self::Tiff => "TIFF",
            Self::Png => "PNG",
            Self::Jpeg => "JPEG",
            Self::Gif => "GIF",
            Self::Bmp => "BMP",
            Self::WebP => "WebP",
            Self::Heif => "HEIC",
            Self::Zip => "ZIP",
            Self::Text => "text",
        })
    }
}
