//! `documents DIRECTORY [figures]`: documents of every kind that the tests make themselves, and beside each the fax pages that this
//! machine makes of it: `NAME.RESOLUTION.PAPER.PAGE.g4`. What a browser makes has to be the same to the bit.
//! With `figures`, those that the figures are taken with instead, without their pages.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

#[path = "../tests/support/mod.rs"]
mod support;

use std::io::Cursor;
use std::path::{Path, PathBuf};

use fax_pages::{Bitmap, Document, Options, Paper, Resolution, Turn, encode};
use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ExtendedColorType, ImageFormat, RgbImage};
use support::{
    FONTS, PdfFile, colourful, drawing, ghostscript, japanese, letter, path, photograph, plan, read_pgm, run, save,
};

const LETTER: &str = "0 0 612 792";

fn main() {
    let mut words = std::env::args().skip(1);
    let directory = PathBuf::from(words.next().expect("a directory"));
    std::fs::create_dir_all(&directory).unwrap();
    if words.next().as_deref() == Some("figures") {
        return figures(&directory);
    }
    for (name, bytes) in documents(&directory) {
        save(&directory, &name, &bytes);
        let password = if name.starts_with("locked") { "swordfish" } else { "" };
        let options = Options { password: password.to_owned(), ..Options::default() };
        let document = Document::open(bytes, None, &options).unwrap();
        let mut renderer = document.renderer();
        for (resolution, paper) in [(Resolution::High, Paper::Letter), (Resolution::Low, Paper::A4)] {
            for page in 0..document.pages() {
                let bitmap = renderer.render(page, resolution, paper, Turn::Auto).unwrap().bitmap;
                let code = encode::group_4(&bitmap).unwrap();
                save(&directory, &format!("{name}.{resolution:?}.{paper:?}.{page}.g4"), &code);
            }
        }
    }
}

fn documents(scratch: &Path) -> Vec<(String, Vec<u8>)> {
    let mut all: Vec<(String, Vec<u8>)> = Vec::new();
    let mut add = |name: &str, bytes: Vec<u8>| all.push((name.to_owned(), bytes));

    let plain = PdfFile::new().pages(&[(LETTER, FONTS, &letter(40)), (LETTER, FONTS, &drawing())]).bytes();
    let file = save(scratch, "letter.pdf", &plain);
    add("letter.pdf", plain);
    for (name, device, more) in [
        ("embedded.pdf", "pdfwrite", &["-dEmbedAllFonts=true", "-dPDFSETTINGS=/prepress"][..]),
        (
            "locked.pdf",
            "pdfwrite",
            &["-sUserPassword=swordfish", "-sOwnerPassword=owner", "-dKeyLength=128", "-dEncryptionR=3"],
        ),
        ("grey.tif", "tiffgray", &["-r150"]),
        ("colours.tif", "tiff24nc", &["-r100", "-sCompression=lzw"]),
        ("coarse.tif", "tiffg32d", &["-r204x98"]),
    ] {
        let out = scratch.join(name);
        ghostscript(device, more, &file, &out);
        add(name, std::fs::read(&out).unwrap());
    }
    add("figures.pdf", colourful());
    add("photographs.pdf", photographs(2, 700, 900));
    add("japanese.pdf", japanese());
    add("landscape.pdf", PdfFile::new().pages(&[("0 0 842 595", FONTS, &letter(20))]).bytes());
    add("text.txt", "Zürich – “quoted”\r\n\tindented\n".repeat(40).into_bytes());
    for (name, format) in [
        ("picture.png", ImageFormat::Png),
        ("picture.jpg", ImageFormat::Jpeg),
        ("picture.gif", ImageFormat::Gif),
        ("picture.bmp", ImageFormat::Bmp),
        ("picture.webp", ImageFormat::WebP),
    ] {
        let picture = DynamicImage::ImageRgb8(RgbImage::from_raw(640, 480, photograph(640, 480)).unwrap());
        let picture = if format == ImageFormat::Gif { DynamicImage::ImageRgba8(picture.to_rgba8()) } else { picture };
        let mut bytes = Cursor::new(Vec::new());
        picture.write_to(&mut bytes, format).unwrap();
        add(name, bytes.into_inner());
    }
    all
}

/// Ten pages of what people fax, and a photograph as a telephone takes it.
fn figures(directory: &Path) {
    let pages: Vec<String> = (0..10).map(|page| letter(40 + page)).collect();
    let pages: Vec<(&str, &str, &str)> = pages.iter().map(|content| (LETTER, FONTS, content.as_str())).collect();
    let written = PdfFile::new().pages(&pages).bytes();
    let file = save(directory, "text.pdf", &written);
    // Most documents bring their fonts.
    let text = directory.join("embedded.pdf");
    ghostscript("pdfwrite", &["-dEmbedAllFonts=true", "-dPDFSETTINGS=/prepress"], &file, &text);
    std::fs::rename(&text, &file).unwrap();

    let mut scanned = PdfFile::new();
    let mut copied = PdfFile::new();
    let (mut in_greys, mut in_black) = (Vec::new(), Vec::new());
    for page in 1..=10 {
        for (density, pdf, pages) in [(200, &mut scanned, &mut in_greys), (300, &mut copied, &mut in_black)] {
            let pgm = directory.join("page");
            let (number, density) = (page.to_string(), density.to_string());
            let words = ["-gray", "-singlefile", "-r", &density, "-f", &number, "-l", &number, path(&file), path(&pgm)];
            run("pdftoppm", &words);
            let (width, height, greys) = read_pgm(&std::fs::read(pgm.with_extension("pgm")).unwrap());
            let dict = format!("/Type/XObject/Subtype/Image/Width {width}/Height {height}/ColorSpace/DeviceGray");
            let image = if density == "200" {
                let mut jpeg = Vec::new();
                let mut encoder = JpegEncoder::new_with_quality(&mut jpeg, 80);
                let (width, height) = (width as u32, height as u32);
                encoder.encode(&as_scanned(&greys), width, height, ExtendedColorType::L8).unwrap();
                pdf.stream(&format!("{dict}/BitsPerComponent 8/Filter/DCTDecode"), &jpeg)
            } else {
                let rows = greys
                    .chunks(width)
                    .flat_map(|row| {
                        row.chunks(8).map(|eight| {
                            eight
                                .iter()
                                .enumerate()
                                .fold(0, |byte, (bit, grey)| byte | u8::from(*grey < 128) << (7 - bit))
                        })
                    })
                    .collect();
                let bitmap = Bitmap::from_rows(width as u32, height as u32, Resolution::High, rows).unwrap();
                let filter = format!(
                    "{dict}/BitsPerComponent 1/Filter/CCITTFaxDecode/DecodeParms<</K -1/Columns {width}/Rows {height}>>"
                );
                pdf.stream(&filter, &encode::group_4(&bitmap).unwrap())
            };
            pages.push(format!("/XObject<</P {image} 0 R>>"));
            std::fs::remove_file(pgm.with_extension("pgm")).unwrap();
        }
    }
    for (name, mut pdf, pages) in [("scanned.pdf", scanned, in_greys), ("copied.pdf", copied, in_black)] {
        let pages: Vec<_> = pages.iter().map(|page| (LETTER, page.as_str(), "612 0 0 792 0 0 cm /P Do")).collect();
        save(directory, name, &pdf.pages(&pages).bytes());
    }

    let plans: Vec<String> = (0..10).map(plan).collect();
    let plans: Vec<_> = plans.iter().map(|content| (LETTER, FONTS, content.as_str())).collect();
    let written = save(directory, "plan.pdf", &PdfFile::new().pages(&plans).bytes());
    ghostscript(
        "pdfwrite",
        &["-dEmbedAllFonts=true", "-dPDFSETTINGS=/prepress"],
        &written,
        &directory.join("drawings.pdf"),
    );
    std::fs::remove_file(written).unwrap();
    save(directory, "photographs.pdf", &photographs(10, 1500, 1900));

    let mut jpeg = Vec::new();
    let mut encoder = JpegEncoder::new_with_quality(&mut jpeg, 93);
    encoder.encode(&photograph(4000, 3000), 4000, 3000, ExtendedColorType::Rgb8).unwrap();
    save(directory, "photograph.jpg", &jpeg);
}

/// Paper is not white, and a scanner has its noise.
fn as_scanned(greys: &[u8]) -> Vec<u8> {
    let mut seed = 0x9e37_79b9_7f4a_7c15u64;
    greys
        .iter()
        .map(|grey| {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            (20 + u32::from(*grey) * 215 / 255 + (seed >> 60) as u32).min(255) as u8
        })
        .collect()
}

/// Photographs that fill their pages.
fn photographs(pages: usize, width: u32, height: u32) -> Vec<u8> {
    let mut pdf = PdfFile::new();
    let resources: Vec<String> = (0..pages)
        .map(|page| {
            let (width, height) = (width + page as u32, height);
            let mut jpeg = Vec::new();
            let mut encoder = JpegEncoder::new_with_quality(&mut jpeg, 85);
            let rgb = photograph(width as usize, height as usize);
            encoder.encode(&rgb, width, height, ExtendedColorType::Rgb8).unwrap();
            let dict = format!("/Type/XObject/Subtype/Image/Width {width}/Height {height}/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter/DCTDecode");
            format!("/XObject<</P {} 0 R>>", pdf.stream(&dict, &jpeg))
        })
        .collect();
    let pages: Vec<_> =
        resources.iter().map(|page| (LETTER, page.as_str(), "q 540 0 0 684 36 54 cm /P Do Q")).collect();
    pdf.pages(&pages).bytes()
}
