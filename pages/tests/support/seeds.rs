//! One sound document for each kind, coding and part of the engine: what fuzzers and laws begin with.
#![allow(dead_code, clippy::unwrap_used, clippy::indexing_slicing)]

use std::io::{Cursor, Write};

use fax_pages::{Bitmap, Document, Options, Paper, Resolution, Turn, encode};
use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ExtendedColorType, ImageFormat, RgbImage};
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

use crate::support::{FONTS, PdfFile, colourful, japanese, letter, path, photograph, run, save, scratch};

const LETTER: &str = "0 0 612 792";

pub fn deflated(data: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    packer.write_all(data).unwrap();
    packer.finish().unwrap()
}

pub fn jpeg(width: usize, height: usize, is_coloured: bool) -> Vec<u8> {
    let rgb = photograph(width, height);
    let mut bytes = Vec::new();
    let mut encoder = JpegEncoder::new_with_quality(&mut bytes, 80);
    let (width, height) = (width as u32, height as u32);
    if is_coloured {
        encoder.encode(&rgb, width, height, ExtendedColorType::Rgb8).unwrap();
    } else {
        let greys: Vec<u8> = rgb.chunks_exact(3).map(|pel| pel[1]).collect();
        encoder.encode(&greys, width, height, ExtendedColorType::L8).unwrap();
    }
    bytes
}

/// The same in the ways of cameras: colours for each four points, in stretches, or from coarse to fine.
pub fn camera(width: usize, height: usize, is_progressive: bool) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, 80);
    encoder.set_sampling_factor(SamplingFactor::F_2_2);
    if is_progressive {
        encoder.set_progressive(true);
    } else {
        encoder.set_restart_interval(3);
    }
    encoder.encode(&photograph(width, height), width as u16, height as u16, ColorType::Rgb).unwrap();
    bytes
}

/// A PDF whose page is one picture.
pub fn scanned(dict: &str, data: &[u8]) -> Vec<u8> {
    let mut pdf = PdfFile::new();
    let image = pdf.stream(&format!("/Type/XObject/Subtype/Image{dict}"), data);
    pdf.pages(&[(LETTER, &format!("/XObject<</P {image} 0 R>>"), "612 0 0 408 0 300 cm /P Do")]).bytes()
}

/// A PDF whose letters are drawings.
pub fn drawn_letters() -> Vec<u8> {
    let mut pdf = PdfFile::new();
    let square = pdf.stream("", b"750 0 0 0 750 750 d1 0 0 750 750 re f");
    let stroke = pdf.stream("", b"1000 0 d0 1 0 0 RG 40 w 0 0 m 700 700 l S q 300 0 0 300 0 0 cm BI /W 8 /H 8 /IM true ID \xaaU\xaaU\xaaU\xaaU EI Q");
    let font = pdf.object(format!(
        "<</Type/Font/Subtype/Type3/FontBBox[0 0 750 750]/FontMatrix[0.001 0 0 0.001 0 0]/Resources<<>>/FirstChar 97/LastChar 98/Widths[1000 1000]\
         /CharProcs<</square {square} 0 R/stroke {stroke} 0 R>>/Encoding<</Type/Encoding/Differences[97/square/stroke]>>>>"
    ));
    let content = "BT /D 12 Tf 72 700 Td (abab) Tj [(a) -200 (b)] TJ (ab) ' ET";
    pdf.pages(&[(LETTER, &format!("/Font<</D {font} 0 R>>"), content)]).bytes()
}

/// All of them, by what they are.
pub fn sound() -> Vec<(&'static str, Vec<u8>)> {
    let rgb = photograph(60, 40);
    let picture = |format: ImageFormat| {
        let mut bytes = Cursor::new(Vec::new());
        let picture = DynamicImage::ImageRgb8(RgbImage::from_raw(60, 40, rgb.clone()).unwrap());
        let picture = if format == ImageFormat::Gif { DynamicImage::ImageRgba8(picture.to_rgba8()) } else { picture };
        picture.write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    };
    let mut all = vec![
        ("png", picture(ImageFormat::Png)),
        ("jpeg", picture(ImageFormat::Jpeg)),
        ("jpeg of a camera", camera(60, 40, false)),
        ("jpeg from coarse to fine", camera(60, 40, true)),
        ("gif", picture(ImageFormat::Gif)),
        ("bmp", picture(ImageFormat::Bmp)),
        ("webp", picture(ImageFormat::WebP)),
        ("text", letter(3).into_bytes()),
    ];
    let mut pdf = PdfFile::new();
    let image = pdf.stream(
        "/Type/XObject/Subtype/Image/Width 60/Height 40/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter/FlateDecode",
        &deflated(&rgb),
    );
    let form = pdf.stream("/Type/XObject/Subtype/Form/BBox[0 0 100 100]", b"0 0 50 50 re f 1 0 0 rg 10 10 20 20 re B");
    let resources = format!("{FONTS}/XObject<</P {image} 0 R/F {form} 0 R>>");
    let content = format!("{} q 100 0 0 80 50 50 cm /P Do Q /F Do", letter(2));
    let plain = pdf.pages(&[(LETTER, &resources, &content)]).bytes();
    let size = "/Width 60/Height 40";
    for (space, is_coloured) in [("/DeviceRGB", true), ("/DeviceGray", false)] {
        let dict = format!("{size}/ColorSpace{space}/BitsPerComponent 8/Filter/DCTDecode");
        all.push(("pdf of a jpeg", scanned(&dict, &jpeg(60, 40, is_coloured))));
    }
    let mut bits = Bitmap::white(60, 40, Resolution::High);
    bits.rows_mut().enumerate().for_each(|(y, row)| row.iter_mut().take(5).for_each(|byte| *byte = (y * 7) as u8));
    let code = encode::group_4(&bits).unwrap();
    all.push((
        "pdf of a fax",
        scanned(
            &format!("{size}/ColorSpace/DeviceGray/BitsPerComponent 1/Filter/CCITTFaxDecode/DecodeParms<</K -1/Columns 60/Rows 40>>"),
            &code,
        ),
    ));
    // A soft mask, a tile, shadings, inks.
    all.push(("pdf of everything", colourful()));
    all.push(("pdf of drawn letters", drawn_letters()));
    all.push(("pdf of named maps", japanese()));
    let dir = scratch();
    let file = save(dir.path(), "plain.pdf", &plain);
    for (name, words) in [
        (
            "pdf locked with rc4",
            &["--allow-weak-crypto", "--encrypt", "swordfish", "owner", "128", "--use-aes=n", "--"][..],
        ),
        (
            "pdf locked with aes 128",
            &["--allow-weak-crypto", "--encrypt", "swordfish", "owner", "128", "--use-aes=y", "--"],
        ),
        ("pdf locked with aes 256", &["--encrypt", "swordfish", "owner", "256", "--"]),
        ("pdf of object streams", &["--object-streams=generate"]),
    ] {
        let out = dir.path().join("out.pdf");
        run("qpdf", &[&["--static-id"], words, &[path(&file), path(&out)]].concat());
        all.push((name, std::fs::read(&out).unwrap()));
    }
    all.push(("pdf", plain));
    let page = Document::open(b"A page".to_vec(), None, &Options::default()).unwrap();
    let page = page.render(0, Resolution::Low, Paper::A4, Turn::Auto).unwrap().bitmap;
    let fax = encode::tiff(&[page]).unwrap();
    let file = save(dir.path(), "fax.tif", &fax);
    for coding in ["none", "lzw", "zip", "packbits", "g3:1d", "g3:2d"] {
        let out = dir.path().join("out.tif");
        run("tiffcp", &["-c", coding, path(&file), path(&out)]);
        all.push(("tiff", std::fs::read(&out).unwrap()));
    }
    all.push(("tiff", fax));
    all
}

/// For each target of `fuzz/targets.rs` what it begins with.
pub fn of_target(target: &str) -> Vec<Vec<u8>> {
    let coded = |first: u8, rest: Vec<u8>| [vec![first], rest].concat();
    let strip = |height: u32| {
        let mut page = Bitmap::white(600, height, Resolution::High);
        page.rows_mut().enumerate().for_each(|(y, row)| row.iter_mut().for_each(|byte| *byte = (y / 3 * 5) as u8));
        encode::group_4(&page).unwrap()
    };
    match target {
        "scan" => {
            let mut bits = Bitmap::white(60, 40, Resolution::High);
            bits.rows_mut()
                .enumerate()
                .for_each(|(y, row)| row.iter_mut().take(5).for_each(|byte| *byte = (y * 7) as u8));
            let code = encode::group_4(&bits).unwrap();
            let rows: Vec<u8> = photograph(60, 40).chunks(180).flat_map(|row| [&[0], row].concat()).collect();
            let mut all = vec![
                coded(0, jpeg(60, 40, false)),
                coded(1, jpeg(60, 40, true)),
                coded(1, camera(60, 40, false)),
                coded(7, deflated(&rows)),
            ];
            all.extend((2..5).map(|coding| coded(coding, code.clone())));
            // The headers of a JPEG 2000 and of a JBIG2 that say 60 by 40.
            let mut header = b"\xff\x4f\xff\x51\0\x2f\0\0".to_vec();
            header.extend([60u32, 40, 0, 0, 60, 40, 0, 0].iter().flat_map(|side| side.to_be_bytes()));
            header.extend(b"\0\x03\x07\x01\x01\x07\x01\x01\x07\x01\x01");
            all.push(coded(5, header));
            all.push(coded(6, b"\0\0\0\0\x30\0\x01\0\0\0\x13\0\0\0\x3c\0\0\0\x28\0\0\0\0\0\0\0\0\0\0\0".to_vec()));
            all
        }
        "packed" => {
            let content = letter(2).into_bytes();
            let hex: Vec<u8> = content.iter().flat_map(|byte| format!("{byte:02x}").into_bytes()).collect();
            vec![
                coded(0, deflated(b"0 0 100 100 re f 10 w 0 0 m 300 300 l S")),
                coded(1, vec![0x80, 0x0b, 0x60, 0x50, 0x22, 0x0c, 0x0c, 0x85, 0x01]),
                coded(2, [b"\x0d0 0 9 9 re f \xf0 \x80".to_vec()].concat()),
                coded(3, b"0H_J\\0H_J\\0H_J\\z~>".to_vec()),
                coded(4, hex.clone()),
                coded(5, b"GhQ(p~>".to_vec()),
                coded(6, hex),
            ]
        }
        "fax" => (0..64).step_by(5).map(|coding| coded(coding, strip(200))).collect(),
        "cmaps" => {
            use fax_pages::cmaps::{Map, pack};
            let map = |name: &str, base: &str| Map {
                name: name.into(),
                base: base.into(),
                ordering: "Japan1".into(),
                ..Map::default()
            };
            let one = Map { ranges: vec![(1, 0x20, 95, 231), (2, 0x8140, 63, 633)], ..map("90ms-RKSJ-H", "") };
            let two = Map { ranges: vec![(2, 0x8141, 2, 7887)], ..map("90ms-RKSJ-V", "90ms-RKSJ-H") };
            let texts = Map { texts: vec![(1, 94, vec![0x20]), (95, 1, vec![0xd842, 0xdfb7])], ..map("Test-H", "") };
            vec![pack(&[one, two, texts])]
        }
        "coding" => vec![[vec![100, 2], photograph(80, 20)].concat(), [vec![7, 0], vec![0xff; 40]].concat()],
        "text" => vec![
            letter(3).into_bytes(),
            b"\xff\xfea\0\n\0".to_vec(),
            b"na\xefve \x80 \tx\x0cy".to_vec(),
            "e\u{301}\r\n".into(),
        ],
        _ => sound().into_iter().map(|(_, bytes)| bytes).collect(),
    }
}
