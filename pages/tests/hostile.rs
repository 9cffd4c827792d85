//! Bytes that mean harm cost bounded time and memory, and are refused or rendered, never a panic.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

#[path = "support/seeds.rs"]
mod seeds;
mod support;

use std::time::{Duration, Instant};

use fax_pages::{Document, Kind, Limits, Options, Paper, Refusal, Resolution, Turn, encode};
use proptest::prelude::*;
use seeds::{deflated, drawn_letters, scanned};
use support::{FONTS, PdfFile, letter};

const LETTER: &str = "0 0 612 792";

/// Everything that can be done with a document, up to three pages of it.
fn through(bytes: Vec<u8>, stated: Option<Kind>) -> Result<(), Refusal> {
    // Small, so that many cases fit into a test.
    let limits = Limits { pels: 2_000_000, operations: 20_000, pages: 20, ..Limits::default() };
    let options = Options { limits, password: "swordfish".to_owned(), ..Options::default() };
    let document = Document::open(bytes, stated, &options)?;
    for page in 0..document.pages().min(3) {
        document.page(page)?;
        document.renderer().original(page, 100)?;
        let page = document.render(page, Resolution::Low, Paper::A4, Turn::Auto)?;
        assert_eq!((page.bitmap.width(), page.bitmap.height()), (1728, 1145));
        encode::tiff(&[page.bitmap])?;
    }
    Ok(())
}

#[test]
fn sound_documents_pass() {
    for (name, bytes) in seeds::sound() {
        assert_eq!(through(bytes, None), Ok(()), "{name}");
    }
}

fn cases(many: u32) -> ProptestConfig {
    // More of them with PROPTEST_CASES, which a long night may be given.
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(many);
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn bytes_behind_any_beginning(
        magic in prop::sample::select(vec![
            &b"%PDF-1.7\n"[..], b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", b"\xff\xd8\xff\xe0", b"GIF89a", b"II*\0\x08\0\0\0", b"MM\0*\0\0\0\x08",
            b"II+\0\x08\0\0\0", b"BM\0\0\0\0\0\0\0\0", b"RIFF\x40\0\0\0WEBPVP8 ", b"RIFF\x40\0\0\0WEBPVP8L", b"RIFF\x40\0\0\0WEBPVP8X", b"",
        ]),
        bytes in prop::collection::vec(any::<u8>(), 0..600),
        stated in prop::sample::select(vec![None, Some(Kind::Text)]),
    ) {
        let _ = through([magic, &bytes].concat(), stated);
    }
}

/// In at most so many seconds, however slow the machine.
#[track_caller]
fn quick<T>(work: impl FnOnce() -> T) -> T {
    let began = Instant::now();
    let done = work();
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
    done
}

fn render(bytes: Vec<u8>) -> Result<fax_pages::Rendered, Refusal> {
    quick(|| Document::open(bytes, None, &Options::default())?.render(0, Resolution::High, Paper::A4, Turn::Auto))
}

#[test]
fn huge_pictures_are_refused_by_their_headers() {
    // A PNG of 60,000 by 60,000 pels that says no more.
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut chunk = |kind: &[u8], data: &[u8]| {
        png.extend((data.len() as u32).to_be_bytes());
        let mut checked = flate2::Crc::new();
        checked.update(kind);
        checked.update(data);
        png.extend([kind, data].concat());
        png.extend(checked.sum().to_be_bytes());
    };
    chunk(b"IHDR", &[0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60, 8, 2, 0, 0, 0]);
    chunk(b"IDAT", &deflated(&vec![0; 1 << 20]));
    chunk(b"IEND", &[]);
    assert_eq!(render(png).unwrap_err(), Refusal::TooLarge);
    // A TIFF of two thousand million columns, and one of as many lines.
    let page = encode::tiff(&[fax_pages::Bitmap::white(1728, 100, Resolution::High)]).unwrap();
    for tag in [256u16, 257] {
        let mut tiff = page.clone();
        let at = tiff.windows(4).position(|four| four == [tag as u8, (tag >> 8) as u8, 4, 0]).unwrap();
        tiff[at + 8..at + 12].copy_from_slice(&0x7fff_ffffu32.to_le_bytes());
        let refusal = render(tiff).unwrap_err();
        assert!(matches!(refusal, Refusal::TooLarge | Refusal::Damaged), "{tag}: {refusal}");
    }
}

#[test]
fn a_pdf_with_a_huge_picture_is_refused() {
    let mut pdf = PdfFile::new();
    let image = pdf.stream("/Type/XObject/Subtype/Image/Width 100000/Height 100000/ColorSpace/DeviceGray/BitsPerComponent 8/Filter/FlateDecode", &deflated(&[0; 100]));
    let bytes = pdf.pages(&[(LETTER, &format!("/XObject<</P {image} 0 R>>"), "100 0 0 100 0 0 cm /P Do")]).bytes();
    assert_eq!(render(bytes).unwrap_err(), Refusal::TooLarge);
}

#[test]
fn forms_that_draw_each_other_end_and_those_that_double_are_refused() {
    let drawing =
        |number: usize| format!("/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X {number} 0 R>>>>");
    let mut pdf = PdfFile::new();
    assert_eq!((pdf.stream(&drawing(4), b"/X Do /X Do"), pdf.stream(&drawing(3), b"/X Do /X Do")), (3, 4));
    // A library that does not follow a reference back to where it comes from may render it; it has to end.
    let bytes = pdf.pages(&[(LETTER, "/XObject<</X 3 0 R>>", "/X Do")]).bytes();
    assert!(matches!(render(bytes), Ok(_) | Err(Refusal::Damaged)));

    let mut pdf = PdfFile::new();
    let mut form = pdf.stream("/Type/XObject/Subtype/Form/BBox[0 0 9 9]", b"0 0 1 1 re f");
    for _ in 0..28 {
        form = pdf.stream(
            &format!("/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X {form} 0 R>>>>"),
            b"/X Do /X Do",
        );
    }
    let bytes = pdf.pages(&[(LETTER, &format!("/XObject<</X {form} 0 R>>"), "/X Do")]).bytes();
    assert_eq!(render(bytes).unwrap_err(), Refusal::TooIntricate);
}

#[test]
fn streams_that_unpack_to_gigabytes_are_refused() {
    let bomb = deflated(&vec![b' '; 100 << 20]);
    assert!(bomb.len() < 200_000);
    for (filter, data) in [("/FlateDecode", bomb.clone()), ("[/FlateDecode/FlateDecode]", deflated(&bomb))] {
        let mut pdf = PdfFile::new();
        let form = pdf.stream(&format!("/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Filter{filter}"), &data);
        let bytes = pdf.pages(&[(LETTER, &format!("/XObject<</X {form} 0 R>>"), "/X Do")]).bytes();
        assert_eq!(render(bytes).unwrap_err(), Refusal::TooLarge, "{filter}");
    }
}

/// Base 85 (ISO 32000-1, 7.4.3), of whole groups.
fn in_base_85(bytes: &[u8]) -> Vec<u8> {
    let mut text = Vec::new();
    for four in bytes.chunks(4) {
        let mut group = [0; 4];
        group[..four.len()].copy_from_slice(four);
        let number = u32::from_be_bytes(group);
        let digits = (0..5).rev().map(|power| (number / 85u32.pow(power) % 85) as u8 + b'!');
        text.extend(digits.take(four.len() + 1));
    }
    text.extend(b"~>");
    text
}

/// LZW at its worst: each code stands for one byte more than the one before, until the table is full; and so on, so often.
fn lzw_bomb(times: usize) -> Vec<u8> {
    let (mut bytes, mut held, mut bits) = (Vec::new(), 0u64, 0);
    let mut put = |code: u64, width: u32| {
        held = held << width | code;
        bits += width;
        while bits >= 8 {
            bits -= 8;
            bytes.push((held >> bits) as u8);
        }
    };
    for time in 0..times {
        put(256, if time == 0 { 9 } else { 12 });
        let mut codes = 258u64;
        put(97, 9);
        while codes < 4095 {
            let width = match codes + 1 {
                2048.. => 12,
                1024.. => 11,
                512.. => 10,
                _ => 9,
            };
            put(codes, width);
            codes += 1;
        }
    }
    bytes
}

#[test]
fn no_way_of_packing_hides_gigabytes() {
    use std::io::Write;
    let spaces = vec![b' '; 100 << 20];
    let mut raw = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
    raw.write_all(&spaces).unwrap();
    let raw = raw.finish().unwrap();
    let zipped = deflated(&spaces);
    // A good beginning, and a checksum that is wrong.
    let mut wrong = zipped.clone();
    *wrong.last_mut().unwrap() ^= 1;
    let runs = [129u8, b' '].repeat(600_000);
    let hex: Vec<u8> = zipped.iter().flat_map(|byte| format!("{byte:02x}").into_bytes()).collect();
    for (filter, data) in [
        ("/FlateDecode", raw),
        ("/FlateDecode", wrong),
        ("[/ASCII85Decode/FlateDecode]", in_base_85(&zipped)),
        ("[/ASCIIHexDecode/FlateDecode]", hex),
        ("/LZWDecode", lzw_bomb(11)),
        ("/RunLengthDecode", runs),
        ("[/RunLengthDecode/LZWDecode]", vec![129; 100]),
        ("/ASCII85Decode", vec![b'z'; 17 << 20]),
        ("/FlateDecode/DecodeParms<</Predictor 2/Colors 3/Columns 2147483647>>", deflated(b"0 0 m")),
    ] {
        let mut pdf = PdfFile::new();
        let form = pdf.stream(&format!("/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Filter{filter}"), &data);
        let bytes = pdf.pages(&[(LETTER, &format!("/XObject<</X {form} 0 R>>"), "/X Do")]).bytes();
        assert_eq!(render(bytes).unwrap_err(), Refusal::TooLarge, "{filter}");
    }
}

#[test]
fn all_parts_of_a_page_count_together() {
    let mut pdf = PdfFile::new();
    let part = pdf.stream("/Filter/FlateDecode", &deflated(&vec![b' '; 20 << 20]));
    let mut page = |parts: usize| {
        let contents = format!("{part} 0 R ").repeat(parts);
        let page = pdf.object(format!("<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents[{contents}]>>"));
        pdf.set(2, format!("<</Type/Pages/Count 1/Kids[{page} 0 R]>>"));
        render(pdf.bytes()).map(|page| page.bitmap.black())
    };
    assert_eq!(page(3), Ok(0));
    assert_eq!(page(4), Err(Refusal::TooLarge));
    let mut pdf = PdfFile::new();
    let part = pdf.stream("", b"");
    let page = pdf.object(format!(
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents[{}]>>",
        format!("{part} 0 R ").repeat(1_000_000)
    ));
    pdf.set(2, format!("<</Type/Pages/Count 1/Kids[{page} 0 R]>>"));
    assert_eq!(render(pdf.bytes()).unwrap_err(), Refusal::TooIntricate);
}

#[test]
fn masks_of_masks_have_an_end() {
    let mut pdf = PdfFile::new();
    let size = "/Type/XObject/Subtype/Image/Width 2/Height 2/ColorSpace/DeviceGray/BitsPerComponent 8";
    let mut mask = pdf.stream(size, &[0; 4]);
    for _ in 0..50_000 {
        mask = pdf.stream(&format!("{size}/SMask {mask} 0 R"), &[0; 4]);
    }
    let bytes = pdf.pages(&[(LETTER, &format!("/XObject<</P {mask} 0 R>>"), "9 0 0 9 0 0 cm /P Do")]).bytes();
    assert!(render(bytes).is_ok());
    // A mask is a picture too.
    for (key, mask) in [("SMask", size), ("Mask", "/Type/XObject/Subtype/Image/ImageMask true/BitsPerComponent 1")] {
        let mut pdf = PdfFile::new();
        let mask =
            pdf.stream(&format!("{}/Width 100000/Height 100000", mask.replace("/Width 2/Height 2", "")), &[0; 4]);
        let picture = pdf.stream(&format!("{size}/{key} {mask} 0 R"), &[0; 4]);
        let bytes = pdf.pages(&[(LETTER, &format!("/XObject<</P {picture} 0 R>>"), "9 0 0 9 0 0 cm /P Do")]).bytes();
        assert_eq!(render(bytes).unwrap_err(), Refusal::TooLarge, "{key}");
    }
}

#[test]
fn small_pictures_that_unpack_to_much_are_refused_and_counted() {
    let drawn = |bytes: usize, times: usize| {
        let mut pdf = PdfFile::new();
        let dict = "/Type/XObject/Subtype/Image/Width 31/Height 32/ColorSpace/DeviceGray/BitsPerComponent 8/Filter/FlateDecode";
        let picture = pdf.stream(dict, &deflated(&vec![0; bytes]));
        let content = "/P Do ".repeat(times);
        render(pdf.pages(&[(LETTER, &format!("/XObject<</P {picture} 0 R>>"), &content)]).bytes()).map(drop)
    };
    assert_eq!(drawn(1_000, 100), Ok(()));
    assert_eq!(drawn(60 << 20, 1), Err(Refusal::TooLarge));
    assert_eq!(drawn(1 << 20, 100_000), Err(Refusal::TooIntricate));
    // By whatever name the size goes.
    for size in ["/Width 1/W 100000/Height 100000", "/W 1/Width 100000/H 1/Height 100000"] {
        let bytes = scanned(&format!("{size}/ColorSpace/DeviceGray/BitsPerComponent 8"), &[0; 4]);
        assert_eq!(render(bytes).unwrap_err(), Refusal::TooLarge, "{size}");
    }
    // Within the operations, too.
    let image = "BI /W 31 /H 32 /CS /G /BPC 8 /F /RL ID ";
    let mut content = Vec::new();
    for _ in 0..1_500 {
        content.extend(image.bytes());
        content.extend([129u8, 0].repeat(8_000));
        content.extend(b" EI\n");
    }
    let mut pdf = PdfFile::new();
    let content = pdf.stream("", &content);
    let page = pdf.object(format!("<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents {content} 0 R>>"));
    pdf.set(2, format!("<</Type/Pages/Count 1/Kids[{page} 0 R]>>"));
    assert_eq!(render(pdf.bytes()).unwrap_err(), Refusal::TooIntricate);
}

#[test]
fn a_picture_is_as_large_as_its_own_header_says() {
    // A JPEG 2000 and a JBIG2 of 60,000 by 60,000 pels, called one by one.
    let mut jpx = b"\xff\x4f\xff\x51\0\x29\0\0".to_vec();
    jpx.extend([60_000u32, 60_000, 0, 0, 60_000, 60_000, 0, 0].iter().flat_map(|side| side.to_be_bytes()));
    jpx.extend(b"\0\x01\x07\x01\x01");
    jpx.extend(b"\xff\x52\0\x0c\0\0\0\x01\0\x01\x03\x03\0\0\xff\x5c\0\x07\x40\x40\x48\x48\x50");
    jpx.extend(b"\xff\x90\0\x0a\0\0\0\0\0\x0e\0\x01\xff\x93\xff\xd9");
    let mut jbig2 = b"\0\0\0\0\x30\0\x01\0\0\0\x13".to_vec();
    jbig2.extend([60_000u32, 60_000, 0, 0].iter().flat_map(|side| side.to_be_bytes()));
    jbig2.extend([0; 3]);
    for (filter, data) in [("JPXDecode", &jpx), ("JBIG2Decode", &jbig2)] {
        let dict = "/Width 1/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8";
        let bytes = scanned(&format!("{dict}/Filter/{filter}"), data);
        assert_eq!(render(bytes).unwrap_err(), Refusal::TooLarge, "{filter}");
        // Packed once more, nobody could look.
        let bytes = scanned(&format!("{dict}/Filter[/FlateDecode/{filter}]"), &deflated(data));
        assert_eq!(render(bytes).unwrap_err(), Refusal::TooLarge, "{filter}");
    }
    let dict = "/Width 1/Height 1000/ColorSpace/DeviceGray/BitsPerComponent 1/Filter/CCITTFaxDecode/DecodeParms<</K -1/Columns 4000000>>";
    assert_eq!(render(scanned(dict, &[0; 9])).unwrap_err(), Refusal::TooLarge);
}

#[test]
fn letters_that_are_drawings_count_as_often_as_they_are_drawn() {
    assert!(render(drawn_letters()).is_ok());
    let heavy = "0 0 9 9 re f ".repeat(2_000);
    let letters = "(a) Tj ".repeat(2_000);
    let by_font = "/Font<</D 4 0 R>>";
    for (resources, content) in [
        (by_font.to_owned(), format!("BT /D 9 Tf {letters} ET")),
        (by_font.to_owned(), format!("BT /D 9 Tf [{}] TJ ET", "(aa) 9 ".repeat(1_000))),
        // Chosen by a graphics state, kept over another font, and used by a form that chooses none.
        ("/ExtGState<</G<</Font[4 0 R 9]>>>>".to_owned(), format!("BT /G gs {letters} ET")),
        (format!("{by_font}/ExtGState<<>>"), format!("BT /D 9 Tf q /None 9 Tf Q {letters} ET")),
        (format!("{by_font}/XObject<</F 5 0 R>>"), "/D 9 Tf /F Do".to_owned()),
    ] {
        let mut pdf = PdfFile::new();
        let letter = pdf.stream("", format!("1000 0 0 0 9 9 d1 {heavy}").as_bytes());
        pdf.object(format!(
            "<</Type/Font/Subtype/Type3/FontBBox[0 0 9 9]/FontMatrix[0.1 0 0 0.1 0 0]/Resources<<>>/FirstChar 97/LastChar 97/Widths[9]\
             /CharProcs<</a {letter} 0 R>>/Encoding<</Differences[97/a]>>>>"
        ));
        pdf.stream("/Type/XObject/Subtype/Form/BBox[0 0 999 999]", format!("BT {letters} ET").as_bytes());
        let bytes = pdf.pages(&[(LETTER, &resources, &content)]).bytes();
        assert_eq!(render(bytes).unwrap_err(), Refusal::TooIntricate, "{resources}");
    }
}

#[test]
fn a_form_is_weighed_with_the_names_of_who_draws_it() {
    let mut pdf = PdfFile::new();
    let form = "/Type/XObject/Subtype/Form/BBox[0 0 9 9]";
    let light = pdf.stream(&format!("{form}/Resources<<>>"), b"0 0 9 9 re f");
    let heavy = pdf.stream(&format!("{form}/Resources<<>>"), "0 0 9 9 re f ".repeat(20_000).as_bytes());
    let inner = pdf.stream(form, b"/X Do");
    let mut outer = |x| pdf.stream(&format!("{form}/Resources<</XObject<</X {x} 0 R/F {inner} 0 R>>>>"), b"/F Do");
    let (one, other) = (outer(light), outer(heavy));
    let content = format!("/A Do {}", "/B Do ".repeat(100));
    let bytes = pdf.pages(&[(LETTER, &format!("/XObject<</A {one} 0 R/B {other} 0 R>>"), &content)]).bytes();
    assert_eq!(render(bytes).unwrap_err(), Refusal::TooIntricate);
}

#[test]
fn the_budget_is_asked_while_a_page_is_weighed_and_between_strips() {
    let asked = |bytes: Vec<u8>| {
        let count = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
        let counter = std::sync::Arc::clone(&count);
        let budget: fax_pages::Budget =
            std::sync::Arc::new(move || counter.fetch_add(1, std::sync::atomic::Ordering::Relaxed) < 20);
        let options = Options { budget: Some(budget), ..Options::default() };
        let document = Document::open(bytes, None, &options).unwrap();
        let refusal = document.render(0, Resolution::High, Paper::A4, Turn::Auto).unwrap_err();
        assert_eq!(count.load(std::sync::atomic::Ordering::Relaxed), 21);
        refusal
    };
    let mut pdf = PdfFile::new();
    let forms: Vec<usize> =
        (0..30).map(|_| pdf.stream("/Type/XObject/Subtype/Form/BBox[0 0 9 9]", b"0 0 9 9 re f")).collect();
    let names: String = forms.iter().map(|form| format!("/F{form} {form} 0 R")).collect();
    let content: String = forms.iter().map(|form| format!("/F{form} Do ")).collect();
    let bytes = pdf.pages(&[(LETTER, &format!("/XObject<<{names}>>"), &content)]).bytes();
    assert_eq!(asked(bytes), Refusal::OutOfTime);
    assert_eq!(asked(strips(30, 1, 2)), Refusal::OutOfTime);
}

/// A fax of so many strips, of a line each: all begin in the same place, and each is said to be as long as can be. Behind them lies more.
fn strips(many: u32, order: u32, behind: usize) -> Vec<u8> {
    let lists = 8 + 2 + 10 * 12 + 4;
    let fields = [
        (256u16, 1u32, 1728),
        (257, 1, many),
        (258, 1, 1),
        (259, 1, 4),
        (262, 1, 0),
        (266, 1, order),
        (273, many, lists),
        (277, 1, 1),
        (278, 1, 1),
        (279, many, lists + many * 4),
    ];
    let mut tiff = b"II*\0\x08\0\0\0\x0a\0".to_vec();
    for (tag, count, value) in fields {
        tiff.extend(tag.to_le_bytes());
        tiff.extend([4, 0]);
        tiff.extend(count.to_le_bytes());
        tiff.extend(u32::to_le_bytes(value));
    }
    tiff.extend([0; 4]);
    tiff.extend((0..many).flat_map(|_| (lists + many * 8).to_le_bytes()));
    tiff.extend((0..many).flat_map(|_| 0x7fff_ffffu32.to_le_bytes()));
    // White lines.
    tiff.extend(std::iter::repeat_n(0xff, 64 + behind));
    tiff
}

#[test]
fn strips_over_each_other_cost_no_more_than_they_hold() {
    for order in [1, 2] {
        let page = render(strips(2_000, order, 8 << 20)).unwrap();
        assert_eq!(page.bitmap.black(), 0);
    }
}

#[test]
fn a_page_that_fails_costs_the_others_nothing() {
    let mut pdf = PdfFile::new();
    let heavy = "0 0 m ".repeat(1_000_001);
    let bytes = pdf.pages(&[(LETTER, FONTS, &letter(3)), (LETTER, "", &heavy), (LETTER, FONTS, &letter(5))]).bytes();
    let mut tiff = encode::tiff(&vec![fax_pages::Bitmap::white(1728, 100, Resolution::High); 3]).unwrap();
    // The second page's picture is said to lie outside.
    let second = u32::from_le_bytes(tiff[8 + 2 + 18 * 12..][..4].try_into().unwrap()) as usize;
    let at = second + 2 + 7 * 12 + 8;
    tiff[at..at + 4].copy_from_slice(&0x7fff_0000u32.to_le_bytes());
    for (bytes, refusal) in [(bytes, Refusal::TooIntricate), (tiff, Refusal::Damaged)] {
        let document = Document::open(bytes, None, &Options::default()).unwrap();
        let mut renderer = document.renderer();
        let mut page = |page| renderer.render(page, Resolution::Low, Paper::A4, Turn::Auto).map(drop);
        assert_eq!([page(0), page(1), page(2), page(1), page(0)], [Ok(()), Err(refusal), Ok(()), Err(refusal), Ok(())]);
        assert_eq!(document.renderer().original(1, 100).unwrap_err(), refusal);
    }
}

#[test]
fn trees_of_pages_that_come_back_to_themselves_end() {
    let mut pdf = PdfFile::new();
    pdf.set(2, "<</Type/Pages/Count 1000000/Kids[2 0 R 2 0 R 3 0 R 3 0 R]>>");
    pdf.object("<</Type/Pages/Parent 2 0 R/Kids[2 0 R 3 0 R]>>");
    assert_eq!(quick(|| Document::open(pdf.bytes(), None, &Options::default()).unwrap_err()), Refusal::Damaged);
}

#[test]
fn chains_of_directories_that_come_back_to_themselves_end() {
    let page = fax_pages::Bitmap::white(1728, 100, Resolution::High);
    let link = 8 + 2 + 18 * 12;
    let alone = encode::tiff(std::slice::from_ref(&page)).unwrap();
    let mut both = encode::tiff(&[page.clone(), page]).unwrap();
    assert_eq!(alone[link..link + 4], [0; 4]);
    let second = u32::from_le_bytes(both[link..link + 4].try_into().unwrap()) as usize;
    // The second says that the first comes next, or itself.
    for next in [8u32, second as u32] {
        let at = second + 2 + 18 * 12;
        both[at..at + 4].copy_from_slice(&next.to_le_bytes());
        let document = quick(|| Document::open(both.clone(), None, &Options::default()).unwrap());
        assert_eq!(document.pages(), 2);
        let _ = quick(|| document.render(1, Resolution::High, Paper::A4, Turn::Auto));
    }
}

#[test]
fn pages_of_absurd_sizes_are_rendered() {
    for media in [
        "0 0 1 14400",
        "0 0 14400 1",
        "0 0 0 0",
        "0 0 1000000000 1000000000",
        "-500 -500 112 292",
        "612 792 0 0",
        "0 0 0.001 0.001",
    ] {
        let mut pdf = PdfFile::new();
        let bytes = pdf.pages(&[(media, "", "0 g -100000 -100000 200000 200000 re f")]).bytes();
        let page = render(bytes).unwrap();
        assert_eq!(page.bitmap.width(), 1728, "{media}");
    }
}

#[test]
fn tiles_that_lie_over_each_other_are_counted() {
    let drawn = |bbox: &str, step: &str| {
        let mut pdf = PdfFile::new();
        let tile = format!(
            "/Type/Pattern/PatternType 1/PaintType 1/TilingType 1/BBox[{bbox}]/XStep {step}/YStep {step}/Resources<<>>"
        );
        let tile = pdf.stream(&tile, b"0 g 0 0 3 3 re f");
        let resources = format!("/Pattern<</T {tile} 0 R>>");
        render(pdf.pages(&[(LETTER, &resources, "/Pattern cs /T scn 72 72 400 400 re f")]).bytes())
    };
    for (bbox, step) in
        [("0 0 9 9", "0.001"), ("0 0 9 9", "-0.001"), ("0 0 99999999999 9", "9"), ("0 0 99999 99999", "9")]
    {
        assert_eq!(drawn(bbox, step).err(), Some(Refusal::TooIntricate), "{bbox}, {step}");
    }
    for step in ["9", "4", "900", "0"] {
        drawn("0 0 9 9", step).unwrap();
    }
}

#[test]
fn too_many_pages_are_refused() {
    let mut pdf = PdfFile::new();
    let all = vec![(LETTER, "", ""); 401];
    assert_eq!(Document::open(pdf.pages(&all).bytes(), None, &Options::default()).unwrap_err(), Refusal::TooManyPages);
    let page = fax_pages::Bitmap::white(8, 1, Resolution::High);
    let tiff = encode::tiff(&vec![page; 401]).unwrap();
    assert_eq!(Document::open(tiff, None, &Options::default()).unwrap_err(), Refusal::TooManyPages);
}
