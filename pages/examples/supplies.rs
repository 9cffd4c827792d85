//! `supplies DIRECTORY`: the fonts and character maps that the worker fetches when a document needs them, taken out of the PDF library:
//! `fonts/` with a file for each, and `cmaps`, all in one.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::PathBuf;

use fax_pages::cmaps::{self, Map};
use hayro::hayro_interpret::font::StandardFont;
use hayro::hayro_interpret::hayro_cmap::{BfString, CMap, CMapName, CidFamily, WritingMode, load_embedded};

const FONTS: [StandardFont; 14] = [
    StandardFont::Helvetica,
    StandardFont::HelveticaBold,
    StandardFont::HelveticaOblique,
    StandardFont::HelveticaBoldOblique,
    StandardFont::Courier,
    StandardFont::CourierBold,
    StandardFont::CourierOblique,
    StandardFont::CourierBoldOblique,
    StandardFont::TimesRoman,
    StandardFont::TimesBold,
    StandardFont::TimesItalic,
    StandardFont::TimesBoldItalic,
    StandardFont::ZapfDingBats,
    StandardFont::Symbol,
];

/// Those of PDF (ISO 32000-1, table 118), less the two that are the identity, and the four that say which text a character is.
#[rustfmt::skip]
const CMAPS: [&str; 63] = [
    "83pv-RKSJ-H", "90ms-RKSJ-H", "90ms-RKSJ-V", "90msp-RKSJ-H", "90msp-RKSJ-V", "90pv-RKSJ-H", "Add-RKSJ-H",
    "Add-RKSJ-V", "Adobe-CNS1-UCS2", "Adobe-GB1-UCS2", "Adobe-Japan1-UCS2", "Adobe-Korea1-UCS2", "B5pc-H", "B5pc-V",
    "CNS-EUC-H", "CNS-EUC-V", "ETen-B5-H", "ETen-B5-V", "ETenms-B5-H", "ETenms-B5-V", "EUC-H", "EUC-V", "Ext-RKSJ-H",
    "Ext-RKSJ-V", "GB-EUC-H", "GB-EUC-V", "GBK-EUC-H", "GBK-EUC-V", "GBK2K-H", "GBK2K-V", "GBKp-EUC-H", "GBKp-EUC-V",
    "GBpc-EUC-H", "GBpc-EUC-V", "H", "HKscs-B5-H", "HKscs-B5-V", "KSC-EUC-H", "KSC-EUC-V", "KSCms-UHC-H",
    "KSCms-UHC-HW-H", "KSCms-UHC-HW-V", "KSCms-UHC-V", "KSCpc-EUC-H", "UniCNS-UCS2-H", "UniCNS-UCS2-V",
    "UniCNS-UTF16-H", "UniCNS-UTF16-V", "UniGB-UCS2-H", "UniGB-UCS2-V", "UniGB-UTF16-H", "UniGB-UTF16-V",
    "UniJIS-UCS2-H", "UniJIS-UCS2-HW-H", "UniJIS-UCS2-HW-V", "UniJIS-UCS2-V", "UniJIS-UTF16-H", "UniJIS-UTF16-V",
    "UniKS-UCS2-H", "UniKS-UCS2-V", "UniKS-UTF16-H", "UniKS-UTF16-V", "V",
];

fn main() {
    let directory = PathBuf::from(std::env::args().nth(1).expect("a directory"));
    let fonts = directory.join("fonts");
    std::fs::create_dir_all(&fonts).unwrap();
    for font in FONTS {
        let (data, _) = font.get_font_data();
        std::fs::write(fonts.join(font.postscript_name()), data.as_ref().as_ref()).unwrap();
    }
    let maps: Vec<Map> = CMAPS.into_iter().map(map).collect();
    let pack = cmaps::pack(&maps);
    // What was written has to say what it was written from.
    for name in CMAPS {
        let parsed = |bytes: &[u8]| {
            CMap::parse(bytes, |name| {
                Some(&*cmaps::unpack(&pack, std::str::from_utf8(name.to_bytes()).unwrap())?.leak())
            })
        };
        assert_same(name, &library(name), &parsed(&cmaps::unpack(&pack, name).unwrap()).unwrap());
    }
    std::fs::write(directory.join("cmaps"), pack).unwrap();
}

fn library(name: &str) -> CMap {
    CMap::parse(load_embedded(CMapName::from_bytes(name.as_bytes())).unwrap(), load_embedded).unwrap()
}

/// All codes that a map of this name can have: of one byte and two, and of four in GB 18030, in EUC and as pairs of UTF-16.
fn codes(name: &str) -> impl Iterator<Item = (u8, u32)> {
    let four = match name {
        "GBK2K-H" | "GBK2K-V" => Some([0x81..=0xfe, 0x30..=0x39, 0x81..=0xfe, 0x30..=0x39]),
        "CNS-EUC-H" | "CNS-EUC-V" => Some([0x8e..=0x8e, 0xa1..=0xb0, 0xa1..=0xfe, 0xa1..=0xfe]),
        name if name.contains("UTF16") => Some([0xd8..=0xdb, 0..=0xff, 0xdc..=0xdf, 0..=0xff]),
        _ => None,
    };
    let four = four.map(|four| {
        four.into_iter().fold(vec![0u32], |codes, bytes| {
            codes.into_iter().flat_map(|code| bytes.clone().map(move |byte| code << 8 | byte)).collect()
        })
    });
    let four = four.into_iter().flatten();
    (0..=0xff).map(|code| (1, code)).chain((0..=0xffff).map(|code| (2, code))).chain(four.map(|code| (4, code)))
}

fn assert_same(name: &str, one: &CMap, other: &CMap) {
    let mode = |map: &CMap| map.metadata().writing_mode.unwrap_or_default();
    assert_eq!(mode(one), mode(other), "{name}");
    assert_eq!(one.metadata().character_collection, other.metadata().character_collection, "{name}");
    for (bytes, code) in codes(name) {
        assert_eq!(one.lookup_cid_code(code, bytes), other.lookup_cid_code(code, bytes), "{name} {code:x}");
        if bytes == 2 {
            assert_eq!(one.lookup_bf_string(code), other.lookup_bf_string(code), "{name} {code:x}");
        }
    }
}

fn map(name: &str) -> Map {
    let whole = library(name);
    let collection = whole.metadata().character_collection.clone().unwrap();
    let ordering = match collection.family {
        CidFamily::AdobeJapan1 => "Japan1".to_owned(),
        CidFamily::AdobeGB1 => "GB1".to_owned(),
        CidFamily::AdobeCNS1 => "CNS1".to_owned(),
        CidFamily::AdobeKorea1 => "Korea1".to_owned(),
        CidFamily::Custom { ordering, .. } => String::from_utf8(ordering).unwrap(),
        other => panic!("{name} is of {other:?}"),
    };
    let is_vertical = whole.metadata().writing_mode == Some(WritingMode::Vertical);
    // What is written downwards differs in some brackets only.
    let base = name.strip_suffix('V').map(|stem| format!("{stem}H")).filter(|base| CMAPS.contains(&&**base));
    let under = base.as_deref().map(library);
    let mut map = Map {
        name: name.to_owned(),
        base: base.unwrap_or_default(),
        is_vertical,
        ordering,
        supplement: u32::try_from(collection.supplement).unwrap(),
        ..Map::default()
    };
    for (bytes, code) in codes(name) {
        let text = (bytes == 2).then(|| whole.lookup_bf_string(code)).flatten();
        if let Some(text) = text {
            let units: Vec<u16> = match text {
                BfString::Char(character) => character.encode_utf16(&mut [0; 2]).to_vec(),
                BfString::String(text) => text.encode_utf16().collect(),
            };
            match map.texts.last_mut() {
                Some((first, codes, start)) if *first + *codes == code && follows(start, *codes, &units) => *codes += 1,
                _ => map.texts.push((code, 1, units)),
            }
        } else if let Some(character) = whole.lookup_cid_code(code, bytes)
            && under.as_ref().and_then(|under| under.lookup_cid_code(code, bytes)) != Some(character)
        {
            match map.ranges.last_mut() {
                Some((of, first, codes, start))
                    if *of == u32::from(bytes) && *first + *codes == code && *start + *codes == character =>
                {
                    *codes += 1;
                }
                _ => map.ranges.push((bytes.into(), code, 1, character)),
            }
        }
    }
    map
}

/// Whether the last unit alone goes on counting.
fn follows(start: &[u16], codes: u32, units: &[u16]) -> bool {
    match (start.split_last(), units.split_last()) {
        (Some((from, before)), Some((to, here))) => before == here && u32::from(*from) + codes == u32::from(*to),
        _ => false,
    }
}
