//! Pages that the sandbox makes up itself: the cover page, the page that stands for a document it cannot render, and the
//! pages of faxes that nobody posted. They go through the page engine as any document does.

use crate::pdf;

/// Points from each edge of the paper, 8.5 by 11 inches, which is 612 by 792.
const MARGIN: usize = 72;

/// The size of the letters, all as wide as one another: 0.6 of it.
const SIZE: usize = 11;

/// How many of them go on a line.
pub const COLUMNS: usize = 70;

/// From one line to the next.
const LEADING: usize = 14;

/// One page: a title and lines, none of them longer than [`COLUMNS`].
pub struct Sheet {
    title: String,
    lines: Vec<String>,
}

impl Sheet {
    /// A page that has a title so far.
    pub fn new(title: impl Into<String>) -> Self {
        Self { title: title.into(), lines: Vec::new() }
    }

    /// Adds a paragraph.
    pub fn say(mut self, text: &str) -> Self {
        self.lines.extend(wrapped(text, COLUMNS));
        self
    }

    /// Adds one line as it is.
    pub fn line(mut self, line: String) -> Self {
        self.lines.push(line);
        self
    }

    /// Adds an empty line.
    pub fn gap(mut self) -> Self {
        self.lines.push(String::new());
        self
    }

    /// Adds a value under its name, further lines of it below the first.
    pub fn field(mut self, name: &str, value: &str) -> Self {
        const INDENT: usize = 12;
        for (at, line) in wrapped(value, COLUMNS - INDENT).into_iter().enumerate() {
            let name = if at == 0 { name } else { "" };
            self.lines.push(format!("{name:INDENT$}{line}"));
        }
        self
    }

    fn content(&self) -> Vec<u8> {
        let (top, below) = (792 - MARGIN - 28, 792 - MARGIN - 28 - 2 * LEADING);
        let mut content = format!("BT /B 28 Tf {MARGIN} {top} Td ").into_bytes();
        show(&mut content, &self.title);
        content.extend(format!("ET\nBT /C {SIZE} Tf {LEADING} TL {MARGIN} {below} Td\n").bytes());
        for line in &self.lines {
            show(&mut content, line);
            content.extend(b"T*\n");
        }
        content.extend(b"ET");
        content
    }
}

/// These pages as a document.
pub fn document(sheets: &[Sheet]) -> Vec<u8> {
    let (bold, even, first) = (pdf::TREE + 1, pdf::TREE + 2, pdf::TREE + 3);
    let font =
        |name: &str| format!("<</Type/Font/Subtype/Type1/BaseFont/{name}/Encoding/WinAnsiEncoding>>").into_bytes();
    let mut objects =
        vec![pdf::tree((0..sheets.len()).map(|sheet| first + 2 * sheet)), font("Helvetica-Bold"), font("Courier")];
    for (number, sheet) in sheets.iter().enumerate() {
        let content = first + 2 * number + 1;
        objects.push(
            format!(
                "<</Type/Page/Parent {} 0 R/MediaBox[0 0 612 792]/Resources<</Font<</B {bold} 0 R/C {even} 0 R>>>>\
                 /Contents {content} 0 R>>",
                pdf::TREE
            )
            .into_bytes(),
        );
        objects.push(pdf::stream("", &sheet.content()));
    }
    pdf::file(&objects)
}

/// Text in lines no longer than so many letters, broken between words where there are any.
pub fn wrapped(text: &str, columns: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.lines() {
        let mut line = String::new();
        let mut length = 0;
        for word in paragraph.split_whitespace() {
            let mut letters = word.chars().peekable();
            while letters.peek().is_some() {
                let piece: String = letters.by_ref().take(columns).collect();
                let wide = piece.chars().count();
                if length > 0 && length + 1 + wide > columns {
                    lines.push(std::mem::take(&mut line));
                    length = 0;
                }
                if length > 0 {
                    line.push(' ');
                    length += 1;
                }
                line.push_str(&piece);
                length += wide;
            }
        }
        lines.push(line);
    }
    lines
}

/// Writes a text as the operator takes it: in the encoding of Windows, which is that of the standard fonts; what that
/// does not have is a question mark.
fn show(content: &mut Vec<u8>, text: &str) {
    content.push(b'(');
    for letter in text.chars() {
        let byte = match letter {
            '‘' => 0x91,
            '’' => 0x92,
            '“' => 0x93,
            '”' => 0x94,
            '–' => 0x96,
            '—' => 0x97,
            '…' => 0x85,
            '€' => 0x80,
            ' '..='~' | '\u{a0}'..='ÿ' => u8::try_from(u32::from(letter)).unwrap_or(b'?'),
            _ => b'?',
        };
        if matches!(byte, b'(' | b')' | b'\\') {
            content.push(b'\\');
        }
        content.push(byte);
    }
    content.extend(b") Tj ");
}

#[cfg(test)]
mod tests {
    use super::*;
    use fax_pages::{Document, Options, Paper, Resolution, Turn};

    #[test]
    fn lines_are_broken_between_words_and_nothing_is_lost() {
        assert_eq!(wrapped("one two three", 7), ["one two", "three"]);
        assert_eq!(wrapped("abcdefghij k", 4), ["abcd", "efgh", "ij k"]);
        assert_eq!(wrapped("a\n\nb", 4), ["a", "", "b"]);
        assert_eq!(wrapped("", 4), [""; 0]);
        assert_eq!(wrapped("äöü ßéñ", 3), ["äöü", "ßéñ"]);
    }

    #[test]
    fn a_sheet_is_a_page_with_everything_on_it() {
        let full = || {
            let lines = (0..40).fold(Sheet::new("Title (of \\ it)"), |sheet, _| sheet.say(&"x".repeat(COLUMNS)));
            lines.field("Name", "— “ü” \u{202e}漢")
        };
        let document = Document::open(document(&[full(), Sheet::new("").gap()]), None, &Options::default()).unwrap();
        assert_eq!(document.pages(), 2);
        let page = |page| document.render(page, Resolution::High, Paper::Letter, Turn::Auto).unwrap();
        // At its own size: nothing reaches over the edge of what every machine prints.
        assert!((page(0).placement.scale - 1.0).abs() < 1e-9, "{:?}", page(0).placement);
        assert!(page(0).bitmap.black() > 50_000);
        assert_eq!(page(1).bitmap.black(), 0);
    }
}
