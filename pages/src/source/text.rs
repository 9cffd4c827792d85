//! Plain text, set as a PDF in memory: one typewriter face that every PDF has, so there is one way to the page.

use std::fmt::Write;

use crate::{Limits, Refusal};

/// A page that fits both papers: as narrow as A4, as low as Letter. So a text has the same pages on both.
const PAGE: (f64, f64) = (595.3, 792.0);
const MARGIN: f64 = 57.0; // 20 mm
const SIZE: f64 = 10.0;
const LEADING: f64 = 12.0;
/// Of a Courier letter of this size: six tenths.
const COLUMNS: usize = ((PAGE.0 - 2.0 * MARGIN) / (SIZE * 0.6)) as usize;
const LINES: usize = ((PAGE.1 - 2.0 * MARGIN) / LEADING) as usize;
const TAB: usize = 8;

/// A PDF of this text, and how many of its characters the typewriter does not have: each is a question mark.
pub(crate) fn set(bytes: &[u8], limits: &Limits) -> Result<(Vec<u8>, usize), Refusal> {
    let text = read(bytes);
    let mut setting = Setting { pages: vec![Vec::new()], unknown: 0, most: limits.pages };
    for (number, sheet) in text.strip_prefix('\u{feff}').unwrap_or(&text).split('\x0c').enumerate() {
        if number > 0 {
            setting.page()?;
        }
        let sheet = sheet.replace("\r\n", "\n").replace(['\r', '\u{85}', '\u{2028}', '\u{2029}'], "\n");
        // The end of the last line does not begin another.
        for line in sheet.strip_suffix('\n').unwrap_or(&sheet).split('\n') {
            setting.line(line)?;
        }
    }
    Ok((pdf(&setting.pages), setting.unknown))
}

/// What the bytes say: UTF-16 where they begin with its mark, else UTF-8. Where they are neither, they are what Windows wrote before it
/// wrote those; its letters are the same as ours below 128.
fn read(bytes: &[u8]) -> String {
    let utf_16 = |units: &[u8], unit: fn([u8; 2]) -> u16| {
        let units = units.as_chunks::<2>().0.iter().map(|bytes| unit(*bytes));
        char::decode_utf16(units).map(|character| character.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
    };
    match bytes {
        [0xff, 0xfe, units @ ..] => utf_16(units, u16::from_le_bytes),
        [0xfe, 0xff, units @ ..] => utf_16(units, u16::from_be_bytes),
        _ => bytes.utf8_chunks().fold(String::with_capacity(bytes.len()), |mut text, chunk| {
            text.push_str(chunk.valid());
            text.extend(chunk.invalid().iter().map(|byte| windows(*byte)));
            text
        }),
    }
}

/// Lines of codes, page by page.
struct Setting {
    pages: Vec<Vec<Vec<u8>>>,
    unknown: usize,
    most: usize,
}

impl Setting {
    fn page(&mut self) -> Result<(), Refusal> {
        self.pages.push(Vec::new());
        if self.pages.len() > self.most { Err(Refusal::TooManyPages) } else { Ok(()) }
    }

    fn put(&mut self, line: Vec<u8>) -> Result<(), Refusal> {
        if self.pages.last().is_none_or(|page| page.len() == LINES) {
            self.page()?;
        }
        if let Some(page) = self.pages.last_mut() {
            page.push(line);
        }
        Ok(())
    }

    /// One line of a text as lines of the page: broken between words where it is too long, within one where there is no other way. What is
    /// not on a page yet is never more than such a line, however long the text's is.
    fn line(&mut self, line: &str) -> Result<(), Refusal> {
        let mut codes = Vec::new();
        let mut before = None;
        for character in line.chars() {
            match character {
                '\t' => codes.resize((codes.len() / TAB + 1) * TAB, b' '),
                // Marks that show nothing themselves.
                '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}' => continue,
                // What goes on the letter before it: some systems write an accent so.
                '\u{300}'..='\u{36f}' => {
                    // What is unknown already is so with an accent, and counts once.
                    if before.is_none_or(|letter| code(letter).is_some()) {
                        let whole = before.and_then(|letter| composed(letter, character));
                        codes.pop();
                        codes.push(whole.and_then(code).unwrap_or_else(|| self.unknown()));
                        before = whole.or(Some(character));
                    }
                    continue;
                }
                character => codes.push(code(character).unwrap_or_else(|| self.unknown())),
            }
            before = Some(character);
            while codes.len() > COLUMNS {
                let space = codes.iter().take(COLUMNS + 1).rposition(|code| *code == b' ').filter(|at| *at > 0);
                let rest = codes.split_off(space.map_or(COLUMNS, |at| at + 1));
                codes.truncate(space.unwrap_or(COLUMNS));
                self.put(std::mem::replace(&mut codes, rest))?;
            }
        }
        self.put(codes)
    }

    fn unknown(&mut self) -> u8 {
        self.unknown += 1;
        b'?'
    }
}

/// The letter with an accent that stands behind it (Unicode's normal form C), of those that the typewriter has.
fn composed(letter: char, mark: char) -> Option<char> {
    let (letters, whole) = match mark {
        '\u{300}' => ("AEIOUaeiou", "ÀÈÌÒÙàèìòù"),
        '\u{301}' => ("AEIOUYaeiouy", "ÁÉÍÓÚÝáéíóúý"),
        '\u{302}' => ("AEIOUaeiou", "ÂÊÎÔÛâêîôû"),
        '\u{303}' => ("ANOano", "ÃÑÕãñõ"),
        '\u{308}' => ("AEIOUYaeiouy", "ÄËÏÖÜŸäëïöüÿ"),
        '\u{30a}' => ("Aa", "Åå"),
        '\u{30c}' => ("SZsz", "ŠŽšž"),
        '\u{327}' => ("Cc", "Çç"),
        _ => return None,
    };
    whole.chars().nth(letters.find(letter)?)
}

/// What WinAnsiEncoding, and Windows' code page 1252, has from 128 to 159; five codes are nothing.
const HIGH: [(char, u8); 27] = [
    ('€', 0x80),
    ('‚', 0x82),
    ('ƒ', 0x83),
    ('„', 0x84),
    ('…', 0x85),
    ('†', 0x86),
    ('‡', 0x87),
    ('ˆ', 0x88),
    ('‰', 0x89),
    ('Š', 0x8a),
    ('‹', 0x8b),
    ('Œ', 0x8c),
    ('Ž', 0x8e),
    ('‘', 0x91),
    ('’', 0x92),
    ('“', 0x93),
    ('”', 0x94),
    ('•', 0x95),
    ('–', 0x96),
    ('—', 0x97),
    ('˜', 0x98),
    ('™', 0x99),
    ('š', 0x9a),
    ('›', 0x9b),
    ('œ', 0x9c),
    ('ž', 0x9e),
    ('Ÿ', 0x9f),
];

/// The code of a character in PDF's WinAnsiEncoding (ISO 32000-1, annex D).
fn code(character: char) -> Option<u8> {
    match character {
        ' '..='~' | '¡'..='ÿ' => u8::try_from(u32::from(character)).ok(),
        '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{3000}' => Some(b' '),
        '\u{2010}' | '\u{2011}' | '\u{2012}' | '\u{2212}' => Some(b'-'),
        _ => HIGH.iter().find(|(high, _)| *high == character).map(|(_, code)| *code),
    }
}

/// The character of a code in Windows' code page 1252.
fn windows(code: u8) -> char {
    match code {
        0x80..=0x9f => {
            HIGH.iter().find(|(_, high)| *high == code).map_or(char::REPLACEMENT_CHARACTER, |(character, _)| *character)
        }
        code => char::from(code),
    }
}

fn pdf(pages: &[Vec<Vec<u8>>]) -> Vec<u8> {
    let mut file = b"%PDF-1.4\n".to_vec();
    let mut offsets = Vec::new();
    let mut object = |body: &[u8]| {
        offsets.push(file.len());
        file.extend(format!("{} 0 obj\n", offsets.len()).bytes());
        file.extend(body);
        file.extend(b"\nendobj\n");
    };
    object(b"<</Type/Catalog/Pages 2 0 R>>");
    let kids = (0..pages.len()).fold(String::new(), |mut kids, i| {
        let _ = write!(kids, "{} 0 R ", 4 + 2 * i);
        kids
    });
    object(format!("<</Type/Pages/Count {}/Kids[{kids}]>>", pages.len()).as_bytes());
    object(b"<</Type/Font/Subtype/Type1/BaseFont/Courier/Encoding/WinAnsiEncoding>>");
    for (i, page) in pages.iter().enumerate() {
        let (width, height) = PAGE;
        object(
            format!(
                "<</Type/Page/Parent 2 0 R/MediaBox[0 0 {width} {height}]/Resources<</Font<</F 3 0 R>>>>/Contents {} 0 R>>",
                5 + 2 * i
            )
            .as_bytes(),
        );
        let mut content = format!("BT /F {SIZE} Tf {LEADING} TL {MARGIN} {} Td\n", height - MARGIN - SIZE).into_bytes();
        for line in page {
            content.push(b'<');
            content.extend(line.iter().flat_map(|code| format!("{code:02x}").into_bytes()));
            content.extend(b"> Tj T*\n");
        }
        content.extend(b"ET");
        let mut body = format!("<</Length {}>>\nstream\n", content.len()).into_bytes();
        body.extend(content);
        body.extend(b"\nendstream");
        object(&body);
    }
    let at = file.len();
    file.extend(format!("xref\n0 {}\n0000000000 65535 f \n", offsets.len() + 1).bytes());
    for offset in &offsets {
        file.extend(format!("{offset:010} 00000 n \n").bytes());
    }
    file.extend(format!("trailer\n<</Size {}/Root 1 0 R>>\nstartxref\n{at}\n%%EOF\n", offsets.len() + 1).bytes());
    file
}
