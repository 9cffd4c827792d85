//! One function for each way that bytes take through what we wrote. All of them end, soon, and what they say about the bytes holds.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use fax_pages::{Bitmap, Document, Kind, Limits, Options, Paper, Refusal, Resolution, Turn, cmaps as maps, encode};
use hayro_ccitt::{DecodeSettings, DecoderContext, EncodingMode};

use crate::support::PdfFile;

/// Small, so that many cases fit into a minute.
fn options() -> Options {
    let limits = Limits { bytes: 1 << 20, pages: 20, pels: 2_000_000, operations: 20_000 };
    Options { limits, password: "swordfish".to_owned(), ..Options::default() }
}

/// Whatever a person may drop: opened, and its first pages made.
pub fn document(bytes: &[u8]) {
    let _ = through(bytes, None);
}

/// The same for what is called a text.
pub fn text(bytes: &[u8]) {
    let _ = through(bytes, Some(Kind::Text));
}

fn through(bytes: &[u8], stated: Option<Kind>) -> Result<(), Refusal> {
    let document = Document::open(bytes.to_vec(), stated, &options())?;
    assert!((1..=20).contains(&document.pages()));
    let mut renderer = document.renderer();
    for number in 0..document.pages().min(3) {
        // A page that cannot be made costs the others nothing.
        if let Ok(info) = document.page(number) {
            assert!(info.width_mm > 0.0 && info.height_mm > 0.0 && info.width_mm.max(info.height_mm).is_finite());
        }
        if let Ok(page) = renderer.render(number, Resolution::Low, Paper::A4, Turn::Auto) {
            assert_eq!((page.bitmap.width(), page.bitmap.height()), (1728, 1145));
            assert!((0.0..=1.0).contains(&page.dithered) && (0.0..=1.0).contains(&page.coloured));
            assert!(page.placement.scale > 0.0 && page.placement.scale <= 1.0);
            is_coded(&page.bitmap);
        }
    }
    Ok(())
}

/// Whatever a person may drop, in its colours.
pub fn original(bytes: &[u8]) {
    if let Ok(document) = Document::open(bytes.to_vec(), None, &options())
        && let Ok(original) = document.renderer().original(0, 300)
    {
        assert_eq!(original.rgba.len(), original.width * original.height * 4);
    }
}

/// The one picture of a PDF page. The first byte says how it is coded.
pub fn scan(bytes: &[u8]) {
    let Some((coding, picture)) = bytes.split_first() else { return };
    let fax = |k: i32| {
        format!("/DeviceGray/BitsPerComponent 1/Filter/CCITTFaxDecode/DecodeParms<</K {k}/Columns 60/Rows 40>>")
    };
    let coding = match coding % 8 {
        0 => "/DeviceGray/BitsPerComponent 8/Filter/DCTDecode".to_owned(),
        1 => "/DeviceRGB/BitsPerComponent 8/Filter/DCTDecode".to_owned(),
        2 => fax(-1),
        3 => fax(0),
        4 => fax(4),
        5 => "/DeviceRGB/BitsPerComponent 8/Filter/JPXDecode".to_owned(),
        6 => "/DeviceGray/BitsPerComponent 1/Filter/JBIG2Decode".to_owned(),
        _ => "/DeviceRGB/BitsPerComponent 8/Filter/FlateDecode/DecodeParms<</Predictor 15/Colors 3/Columns 60>>"
            .to_owned(),
    };
    let mut pdf = PdfFile::new();
    let image = pdf.stream(&format!("/Type/XObject/Subtype/Image/Width 60/Height 40/ColorSpace{coding}"), picture);
    let resources = format!("/XObject<</P {image} 0 R>>");
    document(&pdf.pages(&[("0 0 612 792", &resources, "612 0 0 408 0 300 cm /P Do")]).bytes());
}

/// The operations of a PDF page, packed. The first byte says in which ways.
pub fn packed(bytes: &[u8]) {
    let Some((coding, content)) = bytes.split_first() else { return };
    let filter = match coding % 8 {
        0 => "/FlateDecode",
        1 => "/LZWDecode",
        2 => "/RunLengthDecode",
        3 => "/ASCII85Decode",
        4 => "/ASCIIHexDecode",
        5 => "[/ASCII85Decode/FlateDecode]",
        6 => "[/ASCIIHexDecode/LZWDecode]/DecodeParms[null<</EarlyChange 0>>]",
        _ => "[/ASCII85Decode/RunLengthDecode]",
    };
    let mut pdf = PdfFile::new();
    let form = pdf.stream(&format!("/Type/XObject/Subtype/Form/BBox[0 0 612 792]/Filter{filter}"), content);
    document(&pdf.pages(&[("0 0 612 792", &format!("/XObject<</F {form} 0 R>>"), "/F Do")]).bytes());
}

/// The strips of a fax in a TIFF, one or four. The first byte says how they are coded.
pub fn fax(bytes: &[u8]) {
    let Some((coding, strips)) = bytes.split_first() else { return };
    let bit = |bit: u8| u32::from(coding >> bit & 1);
    let many = 1 + 3 * bit(4);
    let (lists, length) = (8 + 2 + 11 * 12 + 4, strips.len() as u32 / many);
    let at = |strip: u32| lists + many * 8 + strip * length;
    let one_or = |one: u32, list: u32| if many == 1 { one } else { list };
    let fields = [
        (256u16, 1, 600),                              // ImageWidth
        (257, 1, 200),                                 // ImageLength
        (258, 1, 1),                                   // BitsPerSample
        (259, 1, 2 + u32::from(coding % 3)),           // Compression: Huffman, T.4, T.6
        (262, 1, bit(2)),                              // PhotometricInterpretation
        (266, 1, 1 + bit(3)),                          // FillOrder
        (273, many, one_or(at(0), lists)),             // StripOffsets
        (277, 1, 1),                                   // SamplesPerPixel
        (278, 1, 200 / many),                          // RowsPerStrip
        (279, many, one_or(length, lists + many * 4)), // StripByteCounts
        (292, 1, bit(5)),                              // T4Options: two dimensions
    ];
    let mut tiff = b"II*\0\x08\0\0\0".to_vec();
    tiff.extend((fields.len() as u16).to_le_bytes());
    for (tag, count, value) in fields {
        tiff.extend(tag.to_le_bytes());
        tiff.extend([4, 0]);
        tiff.extend(u32::to_le_bytes(count));
        tiff.extend(u32::to_le_bytes(value));
    }
    tiff.extend([0; 4]);
    tiff.extend((0..many).flat_map(|strip| at(strip).to_le_bytes()));
    tiff.extend((0..many).flat_map(|_| length.to_le_bytes()));
    tiff.extend(strips);
    document(&tiff);
    original(&tiff);
}

/// A file of character maps, as a host may answer with.
pub fn cmaps(bytes: &[u8]) {
    use hayro::hayro_interpret::hayro_cmap::CMap;
    let is_pack = maps::is_pack(bytes);
    for name in ["90ms-RKSJ-H", "90ms-RKSJ-V", "Test-H", ""] {
        if let Some(map) = maps::unpack(bytes, name) {
            assert!(map.is_ascii() || !is_pack || std::str::from_utf8(&map).is_ok());
            let _ = CMap::parse(&map, |_| None);
        }
    }
}

/// A page: its width, and its rows.
pub fn coding(bytes: &[u8]) {
    let [low, high, rows @ ..] = bytes else { return };
    let width = u32::from(u16::from_le_bytes([*low, *high])) % 4000 + 1;
    let stride = width.div_ceil(8) as usize;
    let height = rows.len() / stride;
    let rows = rows[..height * stride].to_vec();
    is_coded(&Bitmap::from_rows(width, height as u32, Resolution::High, rows).unwrap());
}

/// Decoded by others, the code of a page is the page.
fn is_coded(page: &Bitmap) {
    struct Rows(u32, Vec<u8>);
    impl hayro_ccitt::Decoder for Rows {
        fn push_row(&mut self, changes: &[u32]) {
            let mut row = vec![0u8; self.0.div_ceil(8) as usize];
            for run in changes.chunks(2) {
                for x in run[0]..run.get(1).copied().unwrap_or(self.0) {
                    row[x as usize / 8] |= 0x80 >> (x % 8);
                }
            }
            self.1.extend(row);
        }
    }
    let settings = DecodeSettings {
        columns: page.width(),
        rows: page.height(),
        end_of_block: true,
        end_of_line: false,
        rows_are_byte_aligned: false,
        encoding: EncodingMode::Group4,
        strict: true,
    };
    let mut rows = Rows(page.width(), Vec::new());
    if page.height() > 0 {
        hayro_ccitt::decode(&encode::group_4(page).unwrap(), &mut rows, &mut DecoderContext::new(settings)).unwrap();
    }
    assert!(rows.1 == page.as_bytes());
}
