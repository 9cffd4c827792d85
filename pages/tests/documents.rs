//! Documents of every kind become the pages they should.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

#[path = "support/seeds.rs"]
mod seeds;
mod support;

use std::io::Cursor;

use fax_pages::{
    Bitmap, Document, Kind, Lack, Limits, Options, PELS, Paper, Refusal, Rendered, Resolution, Supplies, Turn,
};
use image::{DynamicImage, ImageFormat, RgbImage};
use seeds::{jpeg, scanned};
use support::{
    FONTS, PdfFile, colourful, drawing, ghostscript, japanese, letter, path, photograph, plan, run, save, scratch,
};

const LETTER: &str = "0 0 612 792";

fn open(bytes: Vec<u8>) -> Document {
    Document::open(bytes, None, &Options::default()).unwrap()
}

fn high(document: &Document, page: usize) -> Rendered {
    document.render(page, Resolution::High, Paper::Letter, Turn::Auto).unwrap()
}

/// The smallest box around everything black: left, top, right, bottom.
fn ink(page: &Bitmap) -> (u32, u32, u32, u32) {
    let (mut left, mut top, mut right, mut bottom) = (u32::MAX, u32::MAX, 0, 0);
    for y in 0..page.height() {
        for x in 0..page.width() {
            if page.is_black(x, y) {
                (left, top, right, bottom) = (left.min(x), top.min(y), right.max(x + 1), bottom.max(y + 1));
            }
        }
    }
    (left, top, right, bottom)
}

fn picture(width: u32, height: u32, rgb: Vec<u8>, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::ImageRgb8(RgbImage::from_raw(width, height, rgb).unwrap()).write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// White with a black square in its upper left corner region, so that each turn shows.
fn corner(width: usize, height: usize) -> Vec<u8> {
    let mut rgb = vec![255; width * height * 3];
    for y in height / 10..height / 3 {
        for x in width / 10..width / 3 {
            rgb[(y * width + x) * 3..][..3].fill(0);
        }
    }
    rgb
}

/// In which quarter of the ink's page the black lies, of a picture that fills the page.
fn quarter(page: &Bitmap) -> (bool, bool) {
    let (left, top, right, bottom) = ink(page);
    ((left + right) / 2 > page.width() / 2, (top + bottom) / 2 > page.height() / 2)
}

#[test]
fn pages_agree_with_poppler() {
    let dir = scratch();
    for count in [1usize, 2, 7, 60] {
        let letter = letter(5);
        let all: Vec<_> = (0..count).map(|_| (LETTER, FONTS, letter.as_str())).collect();
        let mut pdf = PdfFile::new();
        let bytes = pdf.pages(&all).bytes();
        let file = save(dir.path(), "pages.pdf", &bytes);
        let said = run("pdfinfo", &[path(&file)]);
        let line = said.lines().find(|line| line.starts_with("Pages:")).unwrap();
        assert_eq!(line.split_whitespace().last().unwrap().parse::<usize>().unwrap(), count);
        assert_eq!(open(bytes).pages(), count);
    }
    // Trees of pages, and one that ghostscript has written anew.
    let mut pdf = PdfFile::new();
    let bytes = pdf.pages(&[(LETTER, FONTS, "0 0 m"), (LETTER, FONTS, "0 0 m"), ("0 0 100 100", "", "")]).bytes();
    let file = save(dir.path(), "plain.pdf", &bytes);
    let again = dir.path().join("again.pdf");
    run("pdfseparate", &["-f", "2", "-l", "2", path(&file), path(&dir.path().join("one-%d.pdf"))]);
    run("pdfunite", &[path(&file), path(&dir.path().join("one-2.pdf")), path(&file), path(&again)]);
    let said = run("pdfinfo", &[path(&again)]);
    assert!(said.contains("Pages:           7"), "{said}");
    assert_eq!(open(std::fs::read(&again).unwrap()).pages(), 7);
}

/// Lincoln's address at Gettysburg, which is nobody's property.
const ADDRESS: &str = include_str!("support/address.txt");

#[test]
fn pages_that_other_programs_write_agree_with_poppler() {
    let dir = scratch();
    let file = |name: &str| dir.path().join(name);
    // A paragraph to the page, as a browser prints it.
    let paragraphs: Vec<&str> = ADDRESS.split("\n\n").map(str::trim).collect();
    let pages: String = paragraphs.iter().map(|text| format!("<p style='break-after: page'>{text}</p>")).collect();
    let html =
        save(dir.path(), "address.html", format!("<!doctype html><meta charset=utf-8>{pages}<p>1863").as_bytes());
    let browser = std::env::var("CHROMIUM").unwrap_or("/usr/bin/chromium".to_owned());
    let printed = file("printed.pdf");
    let (profile, to) =
        (format!("--user-data-dir={}", path(&file("profile"))), format!("--print-to-pdf={}", path(&printed)));
    run(&browser, &["--headless", "--no-sandbox", "--disable-gpu", &profile, &to, &format!("file://{}", path(&html))]);

    // The same from hand to hand: written anew, as PostScript and back, drawn by another library, packed, laid out for the web, locked with no
    // password, as a fax in a TIFF and in a PDF around it.
    let names =
        ["pdfwrite", "postscript", "cairo", "packed", "plain", "locked"].map(|name| file(&format!("{name}.pdf")));
    let [written, again, cairo, packed, plain, locked] = &names;
    let (script, fax, around) = (file("address.ps"), file("fax.tif"), file("around.pdf"));
    ghostscript("pdfwrite", &[], &printed, written);
    ghostscript("ps2write", &[], &printed, &script);
    ghostscript("pdfwrite", &[], &script, again);
    run("pdftocairo", &["-pdf", path(&printed), path(cairo)]);
    run("qpdf", &["--object-streams=generate", "--linearize", path(&printed), path(packed)]);
    run("qpdf", &["--qdf", "--object-streams=disable", path(&printed), path(plain)]);
    run("qpdf", &["--encrypt", "", "owner", "256", "--", path(&printed), path(locked)]);
    ghostscript("tiffg4", &["-r204x196"], &printed, &fax);
    run("tiff2pdf", &["-o", path(&around), path(&fax)]);

    let counted = |file: &std::path::Path| -> usize {
        let said = run("pdfinfo", &[path(file)]);
        let line = said.lines().find(|line| line.starts_with("Pages:")).unwrap();
        line.split_whitespace().last().unwrap().parse().unwrap()
    };
    for file in [&printed, &around].into_iter().chain(&names) {
        let document = open(std::fs::read(file).unwrap());
        assert_eq!(document.pages(), counted(file), "{}", file.display());
        assert_eq!(document.pages(), paragraphs.len() + 1);
        for page in 0..document.pages() {
            let Rendered { bitmap, lacks, .. } = high(&document, page);
            // The least is a year.
            assert!(bitmap.black() > 200, "{} {page}: {}", file.display(), bitmap.black());
            assert_eq!(lacks, [], "{} {page}", file.display());
        }
    }
    let document = open(std::fs::read(&fax).unwrap());
    let directories = run("tiffinfo", &[path(&fax)]).matches("TIFF Directory").count();
    assert_eq!((document.pages(), directories), (paragraphs.len() + 1, paragraphs.len() + 1));
}

#[test]
fn the_grid_is_that_of_t_4() {
    let mut pdf = PdfFile::new();
    let content = letter(40);
    let document = open(pdf.pages(&[(LETTER, FONTS, &content)]).bytes());
    for (resolution, paper, lines) in [
        (Resolution::High, Paper::Letter, 2156),
        (Resolution::Low, Paper::Letter, 1078),
        (Resolution::High, Paper::A4, 2291),
        (Resolution::Low, Paper::A4, 1145),
    ] {
        let page = document.render(0, resolution, paper, Turn::Auto).unwrap();
        assert_eq!((page.bitmap.width(), page.bitmap.height()), (PELS, lines));
        assert_eq!(page.placement.scale, 1.0, "an ordinary letter is not shrunk");
        assert!(page.bitmap.black() > 10_000 / (1 + u64::from(resolution == Resolution::Low)));
        assert_eq!(page.dithered, 0.0, "a letter has no photograph");
    }
}

#[test]
fn an_inch_is_an_inch() {
    // A frame from one inch to two by three, in the middle of the page where nothing has to move.
    let mut pdf = PdfFile::new();
    let document = open(pdf.pages(&[(LETTER, "", "0 g 144 288 216 144 re f")]).bytes());
    for (resolution, lines) in [(Resolution::High, 196.0), (Resolution::Low, 98.0)] {
        let page = document.render(0, resolution, Paper::Letter, Turn::Auto).unwrap();
        let (left, top, right, bottom) = ink(&page.bitmap);
        let across = 3.0 * 25.4 * 1728.0 / 215.0;
        assert!((f64::from(right - left) - across).abs() <= 2.0, "{} {across}", right - left);
        assert!((f64::from(bottom - top) - 2.0 * lines).abs() <= 2.0, "{} {lines}", bottom - top);
    }
}

#[test]
fn what_reaches_the_edges_is_shrunk_and_all_of_it_stays() {
    // A frame on the very edge, its corners filled.
    let frame = "8 w 4 4 604 784 re S 0 g 0 0 40 40 re f 572 752 40 40 re f";
    let mut pdf = PdfFile::new();
    let document = open(pdf.pages(&[(LETTER, "", frame)]).bytes());
    for paper in [Paper::Letter, Paper::A4] {
        for resolution in [Resolution::High, Resolution::Low] {
            let page = document.render(0, resolution, paper, Turn::Auto).unwrap();
            let scale = page.placement.scale;
            assert!((0.85..0.95).contains(&scale), "{scale}");
            let (left, top, right, bottom) = ink(&page.bitmap);
            let grid = fax_pages::Grid { resolution, paper };
            let width_mm = f64::from(right - left) / grid.x_per_mm();
            let height_mm = f64::from(bottom - top) / grid.y_per_mm();
            assert!((width_mm - 215.9 * scale).abs() < 0.6, "{width_mm} of {}", 215.9 * scale);
            assert!((height_mm - 279.4 * scale).abs() < 0.6, "{height_mm} of {}", 279.4 * scale);
            // 195.58 mm across the middle, 9.99 mm from above: what every machine prints.
            assert!(f64::from(left) / grid.x_per_mm() > (215.0 - 195.6) / 2.0 - 0.3);
            assert!(f64::from(PELS - right) / grid.x_per_mm() > (215.0 - 195.6) / 2.0 - 0.3);
            assert!(f64::from(top) / grid.y_per_mm() > 9.9);
        }
    }
}

#[test]
fn ink_near_an_edge_moves_in_rather_than_shrink() {
    let mut pdf = PdfFile::new();
    let document = open(pdf.pages(&[(LETTER, "", "0 g 2 600 100 20 re f")]).bytes());
    let page = high(&document, 0);
    assert_eq!(page.placement.scale, 1.0);
    let (left, ..) = ink(&page.bitmap);
    assert!(f64::from(left) / 8.037 > 9.4, "{left}");
}

#[test]
fn landscape_pages_are_turned_and_turns_are_obeyed() {
    let mut pdf = PdfFile::new();
    // A bar along the upper edge of a landscape page.
    let document = open(pdf.pages(&[("0 0 792 612", "", "0 g 100 500 592 30 re f")]).bytes());
    let page = high(&document, 0);
    assert_eq!(page.placement.turn, Turn::Right);
    let (left, top, right, bottom) = ink(&page.bitmap);
    assert!(bottom - top > 4 * (right - left), "upright along the page");
    assert!(left > PELS / 2, "what was above is on the right");
    for (turn, on_the_right, below) in
        [(Turn::Left, Some(false), None), (Turn::Over, None, Some(true)), (Turn::Upright, None, Some(false))]
    {
        let page = document.render(0, Resolution::High, Paper::Letter, turn).unwrap();
        assert_eq!(page.placement.turn, turn);
        let (left, top, right, bottom) = ink(&page.bitmap);
        if let Some(on_the_right) = on_the_right {
            assert_eq!((left + right) / 2 > PELS / 2, on_the_right, "{turn:?}");
        }
        if let Some(below) = below {
            assert_eq!((top + bottom) / 2 > page.bitmap.height() / 2, below, "{turn:?}");
        }
    }
    // One that says itself how it is turned (ISO 32000-1, 7.7.3.3) is shown so first.
    let mut pdf = PdfFile::new();
    pdf.pages(&[(LETTER, "", "0 g 100 700 400 30 re f")]);
    let bytes = pdf.bytes();
    let turned = String::from_utf8_lossy(&bytes).replace("/MediaBox", "/Rotate 180/MediaBox");
    let page = high(&open(turned.into_bytes()), 0);
    let (_, top, ..) = ink(&page.bitmap);
    assert!(top > 1500, "{top}");
}

#[test]
fn every_kind_of_picture_is_read() {
    let rgb = corner(600, 800);
    for (format, kind) in [
        (ImageFormat::Png, Kind::Png),
        (ImageFormat::Gif, Kind::Gif),
        (ImageFormat::Bmp, Kind::Bmp),
        (ImageFormat::WebP, Kind::WebP),
        (ImageFormat::Jpeg, Kind::Jpeg),
    ] {
        let bytes = if format == ImageFormat::Gif {
            let mut bytes = Cursor::new(Vec::new());
            let rgba = DynamicImage::ImageRgb8(RgbImage::from_raw(600, 800, rgb.clone()).unwrap()).to_rgba8();
            rgba.write_to(&mut bytes, format).unwrap();
            bytes.into_inner()
        } else {
            picture(600, 800, rgb.clone(), format)
        };
        let document = open(bytes);
        assert_eq!((document.kind(), document.pages()), (kind, 1));
        let info = document.page(0).unwrap();
        assert!((info.width_mm - 158.75).abs() < 0.01 && (info.height_mm - 211.67).abs() < 0.01, "{info:?}");
        let page = high(&document, 0);
        let (left, top, right, bottom) = ink(&page.bitmap);
        // 140 by 187 points of 96 to the inch, and solid.
        assert!((f64::from(right - left) - 140.0 / 96.0 * 204.14).abs() < 4.0, "{kind}: {}", right - left);
        assert!((f64::from(bottom - top) - 186.0 / 96.0 * 196.0).abs() < 4.0, "{kind}: {}", bottom - top);
        assert!(page.bitmap.black() as f64 > 0.98 * f64::from((right - left) * (bottom - top)));
    }
}

/// A JPEG with an EXIF block that says how it lies.
fn lying(width: u32, height: u32, rgb: Vec<u8>, orientation: u8) -> Vec<u8> {
    let jpeg = picture(width, height, rgb, ImageFormat::Jpeg);
    let mut exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
    exif.extend([orientation, 0, 0, 0, 0, 0, 0]);
    let mut file = jpeg[..2].to_vec();
    file.extend([0xff, 0xe1]);
    file.extend((exif.len() as u16 + 2).to_be_bytes());
    file.extend(exif);
    file.extend(&jpeg[2..]);
    file
}

#[test]
fn exif_says_how_a_photograph_lies() {
    // What the camera stored, if the square is to be in the upper left corner once it is upright.
    let upright = image::RgbImage::from_raw(600, 800, corner(600, 800)).unwrap();
    use image::imageops::{flip_horizontal, flip_vertical, rotate90, rotate180, rotate270};
    let stored = [
        (1, upright.clone()),
        (2, flip_horizontal(&upright)),
        (3, rotate180(&upright)),
        (4, flip_vertical(&upright)),
        (5, flip_horizontal(&rotate90(&upright))),
        (6, rotate270(&upright)),
        (7, flip_horizontal(&rotate270(&upright))),
        (8, rotate90(&upright)),
    ];
    for (orientation, picture) in stored {
        let (width, height) = picture.dimensions();
        let document = open(lying(width, height, picture.into_raw(), orientation));
        let info = document.page(0).unwrap();
        assert!(info.height_mm > info.width_mm, "{orientation}: {info:?}");
        for (turn, quarters) in [
            (Turn::Auto, (false, false)),
            (Turn::Right, (true, false)),
            (Turn::Over, (true, true)),
            (Turn::Left, (false, true)),
        ] {
            let page = document.render(0, Resolution::High, Paper::A4, turn).unwrap();
            assert_eq!(quarter(&page.bitmap), quarters, "{orientation} {turn:?}");
        }
    }
}

#[test]
fn tiffs_of_every_coding_have_the_same_page() {
    // Ours, coded anew by libtiff in every way that a fax or a scanner does.
    let text = open(letter(40).into_bytes());
    let pages: Vec<_> = (0..text.pages()).chain(0..1).map(|page| high(&text, page).bitmap).collect();
    let dir = scratch();
    let file = save(dir.path(), "g4.tif", &fax_pages::encode::tiff(&pages).unwrap());
    for coding in [
        &["-c", "none"][..],
        &["-c", "lzw"],
        &["-c", "zip"],
        &["-c", "packbits"],
        &["-c", "g3:1d"],
        &["-c", "g3:2d"],
        &["-c", "g3:1d:fill"],
        &["-c", "g4"],
        &["-c", "g4", "-r", "100"],
        &["-c", "g3:2d", "-r", "64"],
        &["-c", "g4", "-f", "lsb2msb"],
        &["-B", "-c", "g4"],
        &["-8", "-c", "lzw"],
    ] {
        let out = dir.path().join("out.tif");
        let mut arguments = coding.to_vec();
        arguments.extend([path(&file), path(&out)]);
        run("tiffcp", &arguments);
        let document = open(std::fs::read(&out).unwrap());
        assert_eq!((document.kind(), document.pages()), (Kind::Tiff, pages.len()), "{coding:?}");
        for (number, page) in pages.iter().enumerate() {
            assert!(high(&document, number).bitmap == *page, "{coding:?}, page {number}");
        }
    }
}

#[test]
fn a_photograph_is_dithered_and_the_text_beside_it_is_sharp() {
    let mut pdf = PdfFile::new();
    let rgb = photograph(300, 200);
    let image =
        pdf.stream("/Type/XObject/Subtype/Image/Width 300/Height 200/ColorSpace/DeviceRGB/BitsPerComponent 8", &rgb);
    let with = format!("{} q 300 0 0 200 150 100 cm /P Do Q", letter(20));
    let resources = format!("{FONTS}/XObject<</P {image} 0 R>>");
    let both = high(&open(pdf.pages(&[(LETTER, &resources, &with)]).bytes()), 0);
    let mut pdf = PdfFile::new();
    let alone = high(&open(pdf.pages(&[(LETTER, FONTS, &letter(20))]).bytes()), 0);
    assert!((0.08..0.2).contains(&both.dithered), "{}", both.dithered);
    assert!(both.coloured < 0.2);
    // Above the photograph the page is the same to the pel.
    let (mut same, mut grain) = (true, 0u32);
    for y in 0..1200 {
        for x in 0..PELS {
            same &= both.bitmap.is_black(x, y) == alone.bitmap.is_black(x, y);
        }
    }
    assert!(same);
    // In it, greys become points: neither black nor white covers it, and it is as dark as the picture is.
    let (left, top, width, height) = (500, 1400, 700, 400);
    for y in top..top + height {
        for x in left..left + width {
            grain += u32::from(both.bitmap.is_black(x, y));
        }
    }
    let mean = rgb.chunks_exact(3).map(|pel| u64::from(pel[1])).sum::<u64>() as f64 / 60_000.0;
    let dark = f64::from(grain) / f64::from(width * height);
    assert!((dark - (1.0 - mean / 255.0)).abs() < 0.15, "{dark} for {mean}");
}

#[test]
fn pale_letters_and_hairlines_stay() {
    let content = "0.7 g BT /T 11 Tf 72 700 Td (Pale and small) Tj ET 0 g BT /T 11 Tf 72 680 Td (Black beside it) Tj ET 0.2 w 72 600 m 500 600 l S";
    let mut pdf = PdfFile::new();
    let page = high(&open(pdf.pages(&[(LETTER, FONTS, content)]).bytes()), 0).bitmap;
    let black = |top: u32, bottom: u32| {
        (top..bottom).map(|y| (0..PELS).filter(|x| page.is_black(*x, y)).count()).sum::<usize>()
    };
    let (pale, dark) = (black(220, 256), black(274, 312));
    assert!(pale > 600 && pale as f64 > 0.5 * dark as f64, "{pale} {dark}");
    let hairline = (515..530).map(|y| (0..PELS).filter(|x| page.is_black(*x, y)).count()).max().unwrap();
    assert!(hairline > 1200, "{hairline}");
}

#[test]
fn text_is_paginated() {
    let one = open("Zürich – “quoted”\r\n\tindented\n".into());
    assert_eq!((one.kind(), one.pages(), one.unknown_characters()), (Kind::Text, 1, 0));
    assert!(high(&one, 0).bitmap.black() > 500);
    assert_eq!(open("line\n".repeat(56).into()).pages(), 1);
    assert_eq!(open("line\n".repeat(57).into()).pages(), 2);
    assert_eq!(open("a\x0cb\x0cc".into()).pages(), 3);
    assert_eq!(open("word ".repeat(80 * 60 / 5).into()).pages(), 2);
    assert_eq!(open("你好 abc".into()).unknown_characters(), 2);
    assert_eq!(
        Document::open("x\n".repeat(56 * 400 + 1).into(), None, &Options::default()).unwrap_err(),
        Refusal::TooManyPages
    );
}

#[test]
fn texts_are_read_as_they_were_written() {
    let set = |bytes: &[u8]| {
        let document = Document::open(bytes.to_vec(), Some(Kind::Text), &Options::default()).unwrap();
        assert_eq!(document.kind(), Kind::Text);
        (high(&document, 0).bitmap, document.unknown_characters())
    };
    let expected = set("Žürich, 5 € – “née” à côté".as_bytes());
    assert_eq!(expected.1, 0);
    // Windows wrote it so before UTF-8; and so when asked for "Unicode".
    assert!(set(b"\x8e\xfcrich, 5 \x80 \x96 \x93n\xe9e\x94 \xe0 c\xf4t\xe9") == expected);
    for unit in [u16::to_le_bytes, u16::to_be_bytes] {
        let units = "\u{feff}Žürich, 5 € – “née” à côté".encode_utf16();
        assert!(set(&units.flat_map(unit).collect::<Vec<u8>>()) == expected);
    }
    // Macintoshes take accents apart; and a byte that is lost does not make the rest another text.
    assert!(set("Z\u{30c}u\u{308}rich, 5 € – “ne\u{301}e” a\u{300} co\u{302}te\u{301}".as_bytes()) == expected);
    assert_eq!(set(b"Z\xc3\xbcrich \xff caf\xc3\xa9"), set("Zürich ÿ café".as_bytes()));
    // Every letter that the typewriter has and that can be taken apart.
    let whole = "ÀÈÌÒÙàèìòùÁÉÍÓÚÝáéíóúýÂÊÎÔÛâêîôûÃÑÕãñõÄËÏÖÜŸäëïöüÿÅåŠŽšžÇç";
    let apart = "A\u{300}E\u{300}I\u{300}O\u{300}U\u{300}a\u{300}e\u{300}i\u{300}o\u{300}u\u{300}A\u{301}E\u{301}I\u{301}O\u{301}U\u{301}Y\u{301}a\u{301}e\u{301}i\u{301}o\u{301}u\u{301}y\u{301}A\u{302}E\u{302}I\u{302}O\u{302}U\u{302}a\u{302}e\u{302}i\u{302}o\u{302}u\u{302}A\u{303}N\u{303}O\u{303}a\u{303}n\u{303}o\u{303}A\u{308}E\u{308}I\u{308}O\u{308}U\u{308}Y\u{308}a\u{308}e\u{308}i\u{308}o\u{308}u\u{308}y\u{308}A\u{30a}a\u{30a}S\u{30c}Z\u{30c}s\u{30c}z\u{30c}C\u{327}c\u{327}";
    assert_eq!(set(apart.as_bytes()), set(whole.as_bytes()));
    // What it does not have is one character, however it is written, and is counted.
    for (text, unknown) in [
        ("Привет", 6),
        ("ο\u{301}", 1),
        ("x\u{301}\u{302}", 1),
        ("x\u{301}y", 1),
        ("\u{301}", 1),
        ("日本", 2),
        ("ő", 1),
    ] {
        assert_eq!(set(text.as_bytes()).1, unknown, "{text}");
    }
    assert_eq!(set("x\u{301}y".as_bytes()).0, set(b"?y").0);
    assert_eq!(set(b"\x81").1, 1);
}

#[test]
fn a_line_without_end_is_broken_as_it_comes() {
    // Ten million words of one line; tabs, of which each is eight columns.
    for line in ["word ".repeat(10_000_000), "\t".repeat(50_000_000)] {
        let began = std::time::Instant::now();
        assert_eq!(Document::open(line.into(), None, &Options::default()).unwrap_err(), Refusal::TooManyPages);
        assert!(began.elapsed() < std::time::Duration::from_secs(5));
    }
    let document = open(["word ".repeat(15), " ".into(), "x".repeat(81)].concat().into());
    assert_eq!(document.pages(), 1);
}

#[test]
fn encrypted_documents_ask_for_their_password() {
    let dir = scratch();
    let mut pdf = PdfFile::new();
    let content = letter(10);
    let file = save(dir.path(), "plain.pdf", &pdf.pages(&[(LETTER, FONTS, &content)]).bytes());
    let expected = high(&open(std::fs::read(&file).unwrap()), 0).bitmap;
    let mut all = Vec::new();
    for (name, length, revision) in [("rc4 by ghostscript", "128", "3"), ("rc4 of 40 bits by ghostscript", "40", "2")] {
        let locked = dir.path().join(name);
        let (length, revision) = (format!("-dKeyLength={length}"), format!("-dEncryptionR={revision}"));
        let words = ["-sUserPassword=swordfish", "-sOwnerPassword=owner", &length, &revision];
        ghostscript("pdfwrite", &words, &file, &locked);
        all.push((name, std::fs::read(&locked).unwrap(), false));
    }
    for (name, words) in [
        ("rc4", &["128", "--use-aes=n", "--"][..]),
        ("aes of 128 bits", &["128", "--use-aes=y", "--"]),
        ("aes of 256 bits", &["256", "--"]),
        ("aes of 256 bits as it was at first", &["256", "--force-R5", "--"]),
        ("aes, and objects in streams", &["256", "--", "--object-streams=generate"]),
    ] {
        let locked = dir.path().join("locked.pdf");
        let words = [&["--allow-weak-crypto", "--encrypt", "swordfish", "owner"], words, &[path(&file), path(&locked)]];
        run("qpdf", &words.concat());
        all.push((name, std::fs::read(&locked).unwrap(), true));
    }
    for (name, bytes, is_untouched) in all {
        let with = |password: &str| {
            let options = Options { password: password.to_owned(), ..Options::default() };
            Document::open(bytes.clone(), None, &options)
        };
        assert_eq!(with("").unwrap_err(), Refusal::PasswordNeeded, "{name}");
        assert_eq!(with("wrong").unwrap_err(), Refusal::PasswordNeeded, "{name}");
        let page = high(&with("swordfish").unwrap(), 0).bitmap;
        assert!(page.black().abs_diff(expected.black()) * 20 < expected.black(), "{name}");
        assert!(!is_untouched || page == expected, "{name}");
    }
}

/// How many pages poppler finds.
fn pages_by_poppler(file: &std::path::Path) -> usize {
    let said = run("pdfinfo", &["-upw", "swordfish", path(file)]);
    let line = said.lines().find(|line| line.starts_with("Pages:")).unwrap();
    line.split_whitespace().last().unwrap().parse().unwrap()
}

#[test]
fn pages_of_all_documents_agree_with_poppler() {
    let dir = scratch();
    let contents: Vec<String> = (0..9).map(|page| if page % 3 == 2 { plan(page) } else { letter(page * 5) }).collect();
    let all: Vec<_> = contents.iter().map(|content| (LETTER, FONTS, content.as_str())).collect();
    let plain = PdfFile::new().pages(&all).bytes();
    let nine = save(dir.path(), "nine.pdf", &plain);
    let mut files = vec![(nine.clone(), 9)];
    let mut by_qpdf = |name: &str, words: &[&str], pages| {
        let out = dir.path().join(name);
        run("qpdf", &[&["--allow-weak-crypto"], words, &[path(&nine), path(&out)]].concat());
        files.push((out, pages));
    };
    by_qpdf("streams.pdf", &["--object-streams=generate"], 9);
    by_qpdf("linear.pdf", &["--linearize"], 9);
    by_qpdf("linear streams.pdf", &["--linearize", "--object-streams=generate"], 9);
    by_qpdf("rc4.pdf", &["--encrypt", "swordfish", "owner", "128", "--use-aes=n", "--"], 9);
    by_qpdf("aes.pdf", &["--encrypt", "swordfish", "owner", "128", "--use-aes=y", "--"], 9);
    by_qpdf("aes 256.pdf", &["--encrypt", "swordfish", "owner", "256", "--"], 9);
    by_qpdf("some.pdf", &["--pages", ".", "1,3,5-9,1", "--"], 8);
    by_qpdf("turned.pdf", &["--rotate=+90:2-4"], 9);
    for (name, device, more) in [
        ("written.pdf", "pdfwrite", &[][..]),
        ("old.pdf", "pdfwrite", &["-dCompatibilityLevel=1.2"]),
        ("embedded.pdf", "pdfwrite", &["-dEmbedAllFonts=true", "-dPDFSETTINGS=/prepress"]),
        (
            "locked.pdf",
            "pdfwrite",
            &["-sUserPassword=swordfish", "-sOwnerPassword=owner", "-dKeyLength=128", "-dEncryptionR=3"],
        ),
        ("scanned.pdf", "pdfimage8", &["-r72"]),
    ] {
        let out = dir.path().join(name);
        ghostscript(device, more, &nine, &out);
        files.push((out, 9));
    }
    for (name, bytes, pages) in
        [("figures.pdf", colourful(), 1), ("japanese.pdf", japanese(), 1), ("letters.pdf", seeds::drawn_letters(), 1)]
    {
        files.push((save(dir.path(), name, &bytes), pages));
    }
    // What was changed stands behind (ISO 32000-1, 7.5.6): the tree of pages has two of them then.
    let table = String::from_utf8_lossy(&plain).rfind("xref\n0 ").unwrap();
    let kids = String::from_utf8_lossy(&plain).find("/Kids[").unwrap();
    let two: Vec<&str> = std::str::from_utf8(&plain[kids + 6..kids + 40]).unwrap().split(" 0 R").take(2).collect();
    let mut updated = plain.clone();
    let object = updated.len();
    updated.extend(
        format!("2 0 obj\n<</Type/Pages/Count 2/Kids[{} 0 R {} 0 R]>>\nendobj\n", two[0], two[1].trim()).bytes(),
    );
    let at = updated.len();
    updated.extend(
        format!(
            "xref\n2 1\n{object:010} 00000 n \ntrailer\n<</Size 99/Root 1 0 R/Prev {table}>>\nstartxref\n{at}\n%%EOF\n"
        )
        .bytes(),
    );
    files.push((save(dir.path(), "updated.pdf", &updated), 2));
    // The table is somewhere else, or wrong, or gone; the objects are there.
    for (name, change) in [
        ("moved.pdf", &(|text: &str| text.replace("startxref\n", "startxref\n1")) as &dyn Fn(&str) -> String),
        ("wrong.pdf", &|text| text.replace("00000 n", "00007 n").replace("\n00000", "\n00001")),
        ("gone.pdf", &|text| text[..text.rfind("xref\n0 ").unwrap()].to_owned() + "trailer\n<</Root 1 0 R>>\n"),
        ("shifted.pdf", &|text| text.replacen("%PDF-1.7\n", "%PDF-1.7\n% a line that nobody counted\n", 1)),
    ] {
        // Letters of one byte each, so that nothing moves.
        let text: String = plain.iter().map(|byte| char::from(*byte)).collect();
        let bytes: Vec<u8> = change(&text).chars().map(|character| character as u8).collect();
        files.push((save(dir.path(), name, &bytes), 9));
    }
    for (file, pages) in files {
        let name = file.file_name().unwrap().to_owned();
        assert_eq!(pages_by_poppler(&file), pages, "{name:?}");
        let options = Options { password: "swordfish".into(), ..Options::default() };
        let document = Document::open(std::fs::read(&file).unwrap(), None, &options).unwrap();
        assert_eq!(document.pages(), pages, "{name:?}");
        let last = document.render(pages - 1, Resolution::Low, Paper::Letter, Turn::Auto).unwrap();
        assert!(last.bitmap.black() > 50, "{name:?}");
    }
}

#[test]
fn what_a_page_lacks_is_told() {
    let lacks = |bytes: Vec<u8>, page: usize| {
        let document = open(bytes);
        let mut renderer = document.renderer();
        // What pages share is kept from page to page; what they lack is each one's own.
        (0..=page)
            .map(|page| renderer.render(page, Resolution::Low, Paper::A4, Turn::Auto).unwrap().lacks)
            .next_back()
            .unwrap()
    };
    let plain = letter(2);
    assert_eq!(lacks(PdfFile::new().pages(&[(LETTER, FONTS, &plain)]).bytes(), 0), []);
    assert_eq!(lacks(colourful(), 0), []);
    assert_eq!(lacks(japanese(), 0), [Lack::Font]);
    // Of three pages the first and the last have a picture that cannot be read, and letters that nobody has.
    for (dict, data) in [
        ("/ColorSpace/DeviceRGB/Filter/JPXDecode", &b"not a picture"[..]),
        ("/ColorSpace/DeviceRGB/Filter/DCTDecode", b"\xff\xd8\xff\xe0 nor this"),
        ("/ColorSpace/DeviceGray/Filter/JBIG2Decode", b"nor this"),
    ] {
        let mut pdf = PdfFile::new();
        let image = pdf.stream(&format!("/Type/XObject/Subtype/Image/Width 9/Height 9/BitsPerComponent 8{dict}"), data);
        let resources = format!(
            "/XObject<</P {image} 0 R>>/Font<</J<</Type/Font/Subtype/Type0/BaseFont/X/Encoding/Identity-H\
             /DescendantFonts[<</Type/Font/Subtype/CIDFontType2/BaseFont/X/FontDescriptor<</Type/FontDescriptor/FontName/X/Flags 4>>>>]>>>>"
        );
        let content = format!("/P Do {plain} BT /J 9 Tf 9 9 Td <00410042> Tj ET");
        let bytes = pdf
            .pages(&[(LETTER, &resources, &content), (LETTER, FONTS, &plain), (LETTER, &resources, &content)])
            .bytes();
        for (page, expected) in [(0, &[Lack::Picture, Lack::Font][..]), (1, &[]), (2, &[Lack::Picture, Lack::Font])] {
            assert_eq!(lacks(bytes.clone(), page), expected, "{dict}, page {page}");
        }
    }
    assert_eq!(
        [Lack::Picture, Lack::Font, Lack::Annotation, Lack::Frames].map(Lack::name),
        ["picture", "font", "annotation", "frames"]
    );
}

#[test]
fn moving_pictures_say_that_there_is_more() {
    let still = RgbImage::from_raw(60, 40, photograph(60, 40)).unwrap();
    let rgba = DynamicImage::ImageRgb8(still.clone()).to_rgba8();
    let gif = |frames: usize| {
        let mut bytes = Vec::new();
        let mut encoder = image::codecs::gif::GifEncoder::new(&mut bytes);
        encoder.encode_frames((0..frames).map(|_| image::Frame::new(rgba.clone()))).unwrap();
        drop(encoder);
        bytes
    };
    let chunk = |name: &[u8], body: &[u8]| {
        let padding = vec![0; body.len() % 2];
        [name, &(body.len() as u32).to_le_bytes(), body, &padding].concat()
    };
    let webp = |frames: usize| {
        let plain = picture(60, 40, photograph(60, 40), ImageFormat::WebP);
        let mut body = b"WEBP".to_vec();
        body.extend(chunk(b"VP8X", &[2, 0, 0, 0, 59, 0, 0, 39, 0, 0]));
        body.extend(chunk(b"ANIM", &[0; 6]));
        let frame = [&[0, 0, 0, 0, 0, 0, 59, 0, 0, 39, 0, 0, 100, 0, 0, 0][..], &plain[12..]].concat();
        (0..frames).for_each(|_| body.extend(chunk(b"ANMF", &frame)));
        chunk(b"RIFF", &body)
    };
    let png = |frames: u32| {
        let plain = picture(60, 40, photograph(60, 40), ImageFormat::Png);
        let body = [&b"acTL"[..], &frames.to_be_bytes(), &[0; 4]].concat();
        let mut check = flate2::Crc::new();
        check.update(&body);
        [&plain[..33], &[0, 0, 0, 8], &body, &check.sum().to_be_bytes(), &plain[33..]].concat()
    };
    for (bytes, expected) in [
        (gif(1), &[][..]),
        (gif(2), &[Lack::Frames]),
        (gif(5), &[Lack::Frames]),
        (webp(1), &[]),
        (webp(3), &[Lack::Frames]),
        (png(1), &[]),
        (png(2), &[Lack::Frames]),
        (picture(60, 40, photograph(60, 40), ImageFormat::WebP), &[]),
        (jpeg(60, 40, true), &[]),
    ] {
        let document = open(bytes);
        assert_eq!(document.lacks(), expected, "{document:?}");
        assert_eq!(high(&document, 0).lacks, expected, "{document:?}");
    }
}

#[test]
fn what_breaks_off_says_so() {
    let is_partial = |bytes: &[u8]| high(&open(bytes.to_vec()), 0).is_partial;
    let whole = jpeg(400, 300, true);
    let half = &whole[..whole.len() / 2];
    // As cameras and messengers write on behind the end.
    let longer = [&whole[..], b"and something of the camera's"].concat();
    let empty_end = [half, &vec![0; whole.len() / 2][..]].concat();
    assert_eq!([&whole[..], half, &longer, &empty_end].map(is_partial), [false, true, false, true]);
    let dict = "/Width 400/Height 300/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter/DCTDecode";
    assert!(!is_partial(&scanned(dict, &whole)) && is_partial(&scanned(dict, half)));
    // Where it is not all that is on the page, too.
    let mut pdf = PdfFile::new();
    let image = pdf.stream(&format!("/Type/XObject/Subtype/Image{dict}"), half);
    let content = format!("{} q 99 0 0 99 9 9 cm /P Do Q", letter(1));
    assert!(is_partial(&pdf.pages(&[(LETTER, &format!("{FONTS}/XObject<</P {image} 0 R>>"), &content)]).bytes()));

    let page = high(&open(letter(40).into_bytes()), 0).bitmap;
    let code = fax_pages::encode::group_4(&page).unwrap();
    let dict = "/Width 1728/Height 2156/ColorSpace/DeviceGray/BitsPerComponent 1/Filter/CCITTFaxDecode/DecodeParms<</K -1/Columns 1728/Rows 2156>>";
    assert!(!is_partial(&scanned(dict, &code)) && is_partial(&scanned(dict, &code[..code.len() / 2])));
    let dir = scratch();
    let tiff = fax_pages::encode::tiff(&[page.clone(), page]).unwrap();
    let file = save(dir.path(), "g4.tif", &tiff);
    for coding in ["g4", "g3:1d", "g3:2d"] {
        let out = dir.path().join("out.tif");
        run("tiffcp", &["-c", coding, "-r", "100", path(&file), path(&out)]);
        let document = open(std::fs::read(&out).unwrap());
        assert!(!document.is_partial() && !high(&document, 0).is_partial && !high(&document, 1).is_partial, "{coding}");
    }
    // Of the last page half is missing; then its directory, and with that the page.
    let first = high(&open(tiff.clone()), 0).bitmap;
    let half = open(tiff[..tiff.len() * 3 / 4].to_vec());
    assert_eq!((half.pages(), half.is_partial()), (2, false));
    assert!(!high(&half, 0).is_partial && high(&half, 1).is_partial);
    let second = u32::from_le_bytes(tiff[8 + 2 + 18 * 12..][..4].try_into().unwrap()) as usize;
    let one = open(tiff[..second].to_vec());
    assert_eq!((one.pages(), one.is_partial()), (1, true));
    assert!(high(&one, 0).bitmap == first && !high(&one, 0).is_partial);
}

#[test]
fn a_page_that_is_one_picture_is_laid_as_the_renderer_lays_it() {
    let (width, height) = (600, 800);
    // One that has its ink inside, and one that has some on its edges.
    let inside = corner(width as usize, height as usize);
    let mut edges = inside.clone();
    for (at, pel) in edges.chunks_exact_mut(3).enumerate() {
        let (x, y) = (at as u32 % width, at as u32 / width);
        if x < 20 || y < 20 || x >= width - 20 || y >= height - 20 {
            pel.fill(0);
        }
    }
    let dict = format!(
        "/Type/XObject/Subtype/Image/Width {width}/Height {height}/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter/DCTDecode"
    );
    let page = |rgb: &[u8], content: &str| {
        let mut pdf = PdfFile::new();
        let image = pdf.stream(&dict, &picture(width, height, rgb.to_vec(), ImageFormat::Jpeg));
        high(&open(pdf.pages(&[(LETTER, &format!("/XObject<</P {image} 0 R>>"), content)]).bytes()), 0)
    };
    for at in [
        "612 0 0 792 0 0",      // all of the page
        "300 0 0 400 36 300",   // a part of it
        "700 0 0 900 -40 -60",  // beyond its edges
        "-612 0 0 792 612 0",   // mirrored
        "612 0 0 -792 0 792",   // upside down
        "0 612 -612 0 612 0",   // on its side
        "540 0 0 720 -100 200", // cut off on the left
    ] {
        for rgb in [&inside, &edges] {
            let (scan, drawn) = (page(rgb, &format!("{at} cm /P Do")), page(rgb, &format!("0 g {at} cm /P Do")));
            let (a, b) = (scan.placement, drawn.placement);
            assert!((a.scale - b.scale).abs() < 0.005 && a.turn == b.turn, "{at}: {a:?} {b:?}");
            assert!((a.left - b.left).abs() <= 3 && (a.top - b.top).abs() <= 3, "{at}: {a:?} {b:?}");
            let (a, b) = (scan.bitmap.as_bytes(), drawn.bitmap.as_bytes());
            let differ: u32 = a.iter().zip(b).map(|(a, b)| (a ^ b).count_ones()).sum();
            assert!(differ as usize * 100 < a.len() * 8, "{at}: {differ} of {}", a.len() * 8);
            assert!(a.iter().any(|byte| *byte != 0), "{at}: nothing is there");
        }
    }
}

/// A letter as a telephone takes it: lamplight, and no point quite white or black. `stamp` is a part of its width that is blue.
fn photographed(width: usize, height: usize, stamp: usize) -> Vec<u8> {
    let mut rgb = Vec::new();
    for y in 0..height {
        for x in 0..width {
            let is_ink = y / 8 % 3 == 0 && x / 5 % 4 != 3;
            let light =
                235.0 - 40.0 * (x + y) as f64 / (width + height) as f64 - f64::from((x * 7 + y * 13) as u32 % 9);
            let [red, green, blue] = if stamp > 0 && x < width / stamp && y < height / stamp {
                [40.0, 60.0, 190.0]
            } else if is_ink {
                [50.0, 48.0, 44.0]
            } else {
                [light, light * 0.95, light * 0.85]
            };
            rgb.extend([red as u8, green as u8, blue as u8]);
        }
    }
    rgb
}

#[test]
fn a_photographed_letter_has_no_colours_and_a_stamp_on_it_has() {
    let file = |width: usize, height: usize, rgb: Vec<u8>| picture(width as u32, height as u32, rgb, ImageFormat::Jpeg);
    let coloured = |bytes: Vec<u8>| high(&open(bytes), 0).coloured;
    let plain = file(600, 800, photographed(600, 800, 0));
    assert!(coloured(plain.clone()) < 0.005);
    let stamped = coloured(file(600, 800, photographed(600, 800, 4)));
    assert!((0.04..0.09).contains(&stamped), "{stamped}");
    let mut bright = photograph(300, 200);
    bright.chunks_exact_mut(3).enumerate().for_each(|(at, pel)| pel[at / 300 / 67] = 20);
    assert!(coloured(file(300, 200, bright.clone())) > 0.4);
    // On a page of a PDF, and where it says nothing of its own.
    let dict = "/Width 600/Height 800/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter/DCTDecode";
    assert!(coloured(scanned(dict, &plain)) < 0.005);
    // A large one, and those that are written from coarse to fine.
    let (width, height) = (2500, 1700);
    let large = photographed(width, height, 4);
    assert!((0.04..0.09).contains(&coloured(file(width, height, large.clone()))));
    let fine = |width: usize, height: usize, rgb: &[u8]| {
        let mut bytes = Vec::new();
        let mut encoder = jpeg_encoder::Encoder::new(&mut bytes, 80);
        encoder.set_progressive(true);
        encoder.encode(rgb, width as u16, height as u16, jpeg_encoder::ColorType::Rgb).unwrap();
        bytes
    };
    assert!((0.04..0.09).contains(&coloured(fine(600, 800, &photographed(600, 800, 4)))));
    assert!((0.04..0.09).contains(&coloured(fine(width, height, &large))));
}

#[test]
fn supplies_are_what_they_are_said_to_be() {
    let supplies = Supplies::default();
    let page = b"<!doctype html><title>Not found</title>".to_vec();
    assert_eq!(supplies.add_font("Helvetica", page.clone()), Err(Refusal::Unknown));
    assert_eq!(supplies.add_font("Helvetica", Vec::new()), Err(Refusal::Unknown));
    assert_eq!(supplies.add_cmaps(page), Err(Refusal::Unknown));
    assert_eq!(supplies.add_cmaps(Vec::new()), Err(Refusal::Unknown));
    use hayro::hayro_interpret::font::StandardFont;
    for font in [StandardFont::Helvetica, StandardFont::Courier, StandardFont::TimesBold, StandardFont::Symbol] {
        let (data, _) = font.get_font_data();
        assert_eq!(supplies.add_font(font.postscript_name(), data.as_ref().as_ref().to_vec()), Ok(()));
    }
    let maps = [fax_pages::cmaps::Map { name: "Test-H".into(), ..Default::default() }];
    assert_eq!(supplies.add_cmaps(fax_pages::cmaps::pack(&maps)), Ok(()));
}

#[test]
fn kinds_are_told_by_the_bytes() {
    for (bytes, kind) in [
        (&b"PK\x03\x04 whatever"[..], Some(Kind::Zip)),
        (b"\0\0\0\x18ftypheic", Some(Kind::Heif)),
        (b"%PDF-1.7", Some(Kind::Pdf)),
        (b"plain", Some(Kind::Text)),
        ("broken off within Ü".as_bytes().split_last().unwrap().1, Some(Kind::Text)),
        (b"caf\xe9 it is", None),
        (b"\0\x01", None),
        (b"", None),
    ] {
        assert_eq!(Kind::of(bytes), kind, "{bytes:?}");
    }
}

#[test]
fn refusals_say_why() {
    let refused = |bytes: &[u8]| Document::open(bytes.to_vec(), None, &Options::default()).unwrap_err();
    assert_eq!(refused(b""), Refusal::Empty);
    assert_eq!(refused(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"), Refusal::Unsupported(Kind::Heif));
    assert_eq!(refused(b"PK\x03\x04\x14\0\x06\0"), Refusal::Unsupported(Kind::Zip));
    assert_eq!(refused(b"\x01\x02\x03"), Refusal::Unknown);
    assert_eq!(refused(b"%PDF-1.7 and nothing more"), Refusal::Damaged);
    assert_eq!(refused(b"\x89PNG\r\n\x1a\n and nothing more"), Refusal::Damaged);
    let small = Options { limits: Limits { bytes: 10, ..Limits::default() }, ..Options::default() };
    assert_eq!(Document::open(vec![b'x'; 11], None, &small).unwrap_err(), Refusal::TooLarge);
    let few = Options { limits: Limits { pages: 2, ..Limits::default() }, ..Options::default() };
    assert_eq!(Document::open(b"a\x0cb\x0cc".to_vec(), None, &few).unwrap_err(), Refusal::TooManyPages);
    let document = open(b"one page".to_vec());
    assert_eq!(document.page(1).unwrap_err(), Refusal::NoSuchPage);
    assert_eq!(document.render(7, Resolution::High, Paper::A4, Turn::Auto).unwrap_err(), Refusal::NoSuchPage);
    let none = Options { budget: Some(std::sync::Arc::new(|| false)), ..Options::default() };
    assert_eq!(Document::open(b"text".to_vec(), None, &none).unwrap_err(), Refusal::OutOfTime);
}

#[test]
fn vector_drawings_are_line_art() {
    let mut pdf = PdfFile::new();
    let page = high(&open(pdf.pages(&[(LETTER, FONTS, &drawing())]).bytes()), 0);
    assert_eq!(page.dithered, 0.0);
    assert_eq!(page.placement.scale, 1.0);
}

/// The point of an original, by shares of its width and height.
fn point(original: &fax_pages::Original, x: f64, y: f64) -> [u8; 3] {
    let (x, y) = ((x * original.width as f64) as usize, (y * original.height as f64) as usize);
    let at = (y * original.width + x) * 4;
    assert_eq!(original.rgba.len(), original.width * original.height * 4);
    assert_eq!(original.rgba[at + 3], 255);
    original.rgba[at..at + 3].try_into().unwrap()
}

fn near(one: [u8; 3], other: [u8; 3]) -> bool {
    one.iter().zip(other).all(|(one, other)| one.abs_diff(other) < 30)
}

#[test]
fn originals_are_upright_in_their_colours_and_as_wide_as_asked() {
    const RED: [u8; 3] = [220, 20, 30];
    let mut pdf = PdfFile::new();
    let pdf = open(pdf.pages(&[("0 0 792 612", "", "0.86 0.08 0.12 rg 79 408 185 143 re f")]).bytes());
    let original = pdf.renderer().original(0, 500).unwrap();
    assert_eq!((original.width, original.height), (500, 386));
    assert!(near(point(&original, 0.2, 0.2), RED) && near(point(&original, 0.5, 0.5), [255; 3]));

    let mut rgb = corner(600, 800);
    for pel in rgb.chunks_exact_mut(3).filter(|pel| pel[0] < 128) {
        pel.copy_from_slice(&RED);
    }
    let upright = RgbImage::from_raw(600, 800, rgb.clone()).unwrap();
    let stored = image::imageops::rotate270(&upright);
    let mut all = vec![("turned", lying(800, 600, stored.into_raw(), 6))];
    for format in [ImageFormat::Png, ImageFormat::Bmp, ImageFormat::WebP, ImageFormat::Jpeg] {
        all.push(("as it is", picture(600, 800, rgb.clone(), format)));
    }
    let dir = scratch();
    // As scanners write them: with brightness and two colours, too.
    let ppm = [b"P6 600 800 255\n".to_vec(), rgb].concat();
    let ppm = save(dir.path(), "red.ppm", &ppm);
    for (name, coding) in
        [("lzw.tif", &["-c", "lzw"][..]), ("rgb.tif", &["-c", "jpeg:r"]), ("brightness.tif", &["-c", "jpeg"])]
    {
        let tiff = dir.path().join(name);
        let mut words = vec!["-R", "96"];
        words.extend(coding);
        words.extend([path(&ppm), path(&tiff)]);
        run("ppm2tiff", &words);
        all.push((name, std::fs::read(&tiff).unwrap()));
    }
    for (what, bytes) in all {
        let document = open(bytes);
        for width in [60, 900] {
            let original = document.renderer().original(0, width).unwrap();
            assert_eq!((original.width, original.height), (width, width * 4 / 3), "{what}");
            assert!(near(point(&original, 0.2, 0.2), RED), "{what}, {:?}", document.kind());
            assert!(near(point(&original, 0.6, 0.6), [255; 3]), "{what}, {:?}", document.kind());
        }
    }
    // What is very long is bounded.
    let mut pdf = PdfFile::new();
    let long = open(pdf.pages(&[("0 0 10 10000", "", "0 0 5 5000 re f")]).bytes());
    let original = long.renderer().original(0, 4000).unwrap();
    assert_eq!((original.width, original.height), (8, 8192));
    assert_eq!(long.renderer().original(1, 100).unwrap_err(), Refusal::NoSuchPage);
}

#[test]
fn thumbnails_are_grey_and_have_the_proportions_of_the_paper() {
    let document = open(letter(40).into_bytes());
    for (resolution, paper, height) in [
        (Resolution::High, Paper::Letter, 281),
        (Resolution::Low, Paper::Letter, 281),
        (Resolution::High, Paper::A4, 298),
        (Resolution::Low, Paper::A4, 298),
    ] {
        let bitmap = document.render(0, resolution, paper, Turn::Auto).unwrap().bitmap;
        let thumbnail = bitmap.thumbnail(216);
        assert_eq!((thumbnail.width(), thumbnail.height()), (216, height));
        let grey: u64 = thumbnail.greys().iter().map(|grey| u64::from(255 - grey)).sum();
        let shares = [
            bitmap.black() as f64 / f64::from(bitmap.width() * bitmap.height()),
            grey as f64 / 255.0 / thumbnail.greys().len() as f64,
        ];
        assert!((shares[0] - shares[1]).abs() < 0.003, "{shares:?}");
        assert!(thumbnail.greys().iter().any(|grey| (30..220).contains(grey)));
    }
}

#[test]
fn letters_are_the_same_whether_or_not_something_is_drawn_behind_them() {
    // White on white at the edge: with it the renderer draws all letters in their turn, without it those at the end are put on top.
    const NOTHING: &str = "1 g 606 400 2 2 re f";
    let fonts = format!("{FONTS}/ExtGState<</Half<</ca 0.5>>/Times<</BM/Multiply>>>>");
    let text = |at: &str| format!("BT /T 14 Tf {at} Td (Fox, jumping over 1234) Tj 3 -5 Td (and over itself) Tj ET ");
    let (there, beside) = (text("100 500"), text("108 503"));
    for content in [
        there.clone(),
        format!("0.4 g {there}0.9 0.2 0 rg {beside}"),
        format!("100 480 200 40 re f 1 g {there}0 g {beside}"),
        format!("{there}1 g 150 490 60 20 re f 0 g {beside}"),
        format!("q 50 400 400 200 re W n {there}Q q 0 0 50 50 re W n 0 0 90 90 re f Q {beside}"),
        format!("q 50 400 400 200 re W n {there}Q q 0 0 50 50 re W n Q {beside}"),
        format!("q 120 490 30 12 re W n {there}Q {beside}"),
        format!("q 300 600 m 50 300 l 500 300 l h W n {there}Q {beside}"),
        format!("{there}q 120 490 30 12 re W n {beside}0.5 g 0 0 600 700 re f {beside}Q {there}"),
        format!("q /Half gs {there}{beside}Q "),
        format!("{there}q /Times gs 1 0 0 rg {beside}Q "),
        format!("1 Tr {there}2 Tr {beside}0 Tr {there}"),
        text("-20 780") + &text("560 790") + &text("560 2") + &text("-300 300"),
        format!("BT /T 300 Tf 20 100 Td (Fox) Tj ET {there}"),
        format!("0.7 0.7 -0.7 0.7 300 0 cm {there}{beside}"),
        String::new(),
    ] {
        let drawn = |content: &str| {
            let document = open(PdfFile::new().pages(&[(LETTER, &fonts, content)]).bytes());
            let original = document.renderer().original(0, PELS as usize).unwrap();
            let page = high(&document, 0);
            (original.rgba, page.bitmap.as_bytes().to_vec(), page.coloured)
        };
        let (alone, behind) = (drawn(&content), drawn(&format!("q {content} Q {NOTHING}")));
        let far = alone.0.iter().zip(&behind.0).map(|(one, other)| one.abs_diff(*other)).max().unwrap();
        // Letters of another colour than black are rounded otherwise by the renderer, depending on where they lie: by one each.
        let is_black = !["0.4 g", "1 g", "rg"].iter().any(|color| content.contains(color));
        assert!(far <= if is_black { 0 } else { 2 }, "{far}: {content}");
        assert_eq!(alone.2, behind.2, "{content}");
        let pels: u32 = alone.1.iter().zip(&behind.1).map(|(one, other)| (one ^ other).count_ones()).sum();
        assert!(pels <= if is_black { 0 } else { 9 }, "{pels}: {content}");
    }
}

#[test]
fn letters_lie_below_what_is_drawn_after_them() {
    for cover in [
        "1 g 0 0 612 792 re f",
        "1 g 0 0 m 612 0 l 612 792 l 0 792 l f",
        "1 G 999 w 0 300 m 300 310 l 600 300 l S",
        "q 400 0 0 100 50 350 cm BI /W 2 /H 2 /CS /G /BPC 8 /F /AHx ID FFFFFFFF> EI Q",
        "1 g BT /T 900 Tf -100 300 Td 90 Tz (\\267\\267\\267) Tj ET 1 G 200 w 90 400 m 500 400 l S",
    ] {
        let content = format!("BT /T 14 Tf 100 400 Td (Fox, jumping over 1234) Tj ET q 1 1 610 790 re W n {cover} Q");
        let page = high(&open(PdfFile::new().pages(&[(LETTER, FONTS, &content)]).bytes()), 0);
        assert_eq!(page.bitmap.black(), 0, "{cover}");
    }
}

#[test]
fn dots_of_a_grey_stand_in_groups_and_are_as_many_as_it_is_dark() {
    // Single dots would be twice the changes from black to white and back: minutes on the line. Where nothing but the grey decides, no streak is
    // much longer one way than the other.
    for grey in [64, 96, 128, 160, 192] {
        let page = fax_pages::Shade::new(1728, 800, vec![grey; 1728 * 800]).unwrap();
        let (bitmap, _) = fax_pages::binarise(&page, Resolution::High);
        let dark = bitmap.black() as f64 / f64::from(1728 * 800);
        assert!((dark - (1.0 - f64::from(grey) / 255.0)).abs() < 0.005, "{grey}: {dark}");
        let (mut across, mut down) = (0, 0);
        for y in (100..700).step_by(2) {
            for x in (100..1600).step_by(2) {
                across += u32::from(bitmap.is_black(x, y) != bitmap.is_black(x + 2, y));
                down += u32::from(bitmap.is_black(x, y) != bitmap.is_black(x, y + 2));
            }
        }
        let dots = 750.0 * 300.0 * dark.min(1.0 - dark);
        let (across, down) = (f64::from(across) / dots, f64::from(down) / dots);
        // Two changes, to it and from it, if every dot stood alone.
        assert!(across < 1.25 && down < 1.25, "{grey}: {across:.2} across, {down:.2} down");
        assert!((0.5..2.0).contains(&(across / down)), "{grey}: {across:.2} across, {down:.2} down");
    }
}

#[test]
fn a_dithered_grey_has_no_stripes_from_afar() {
    // Columns of two black pels and two white ones, as a middle grey comes out, at sizes at which a point is almost as wide as two columns.
    let page = fax_pages::Bitmap::from_rows(1728, 800, Resolution::High, vec![0b1100_1100; 1728 / 8 * 800]).unwrap();
    for width in (400..=500).step_by(7) {
        let afar = page.thumbnail(width);
        // The edge of the page is one.
        let inside = &afar.row(50)[2..width - 2];
        let (darkest, lightest) = (inside.iter().min().unwrap(), inside.iter().max().unwrap());
        assert!(lightest - darkest <= 12, "{width}: {darkest} to {lightest}");
    }
    // A line of one pel is still one, in a point or two.
    let mut line = fax_pages::Bitmap::white(1728, 800, Resolution::High);
    line.rows_mut().for_each(|row| row[100] = 0b0001_0000);
    let dark = |width| line.thumbnail(width).row(50).iter().filter(|grey| **grey < 240).count();
    assert_eq!([dark(864), dark(432)], [2, 2]);
}

#[test]
fn character_maps_come_out_of_the_pack_as_they_went_in() {
    use fax_pages::cmaps::{Map, pack, unpack};
    use hayro::hayro_interpret::hayro_cmap::{BfString, CMap, WritingMode};
    let map = |name: &str, base: &str| Map {
        name: name.into(),
        base: base.into(),
        ordering: "Japan1".into(),
        supplement: 6,
        ..Map::default()
    };
    let under =
        Map { ranges: vec![(1, 0x20, 95, 231), (2, 0x8140, 63, 633), (4, 0x8ea1_a1a1, 1, 7)], ..map("Test-H", "") };
    let over =
        Map { is_vertical: true, ranges: vec![(2, 0x8141, 2, 7887), (2, 0x8145, 1, 12)], ..map("Test-V", "Test-H") };
    let texts = Map {
        texts: vec![(1, 94, vec![0x20]), (95, 1, vec![0xd842, 0xdfb7]), (100, 3, vec![0x66, 0x61])],
        ..map("UCS2", "")
    };
    let file = pack(&[under, over, texts]);
    let parse = |name: &str| {
        CMap::parse(&unpack(&file, name).unwrap(), |name| {
            Some(&*unpack(&file, std::str::from_utf8(name.to_bytes()).unwrap())?.leak())
        })
        .unwrap()
    };
    let over = parse("Test-V");
    assert_eq!(over.metadata().writing_mode, Some(WritingMode::Vertical));
    for (code, bytes, character) in [
        (0x20, 1, Some(231)),
        (0x7e, 1, Some(325)),
        (0x7f, 1, None),
        (0x8140, 2, Some(633)),
        (0x8141, 2, Some(7887)),
        (0x8142, 2, Some(7888)),
        (0x8143, 2, Some(636)),
        (0x8145, 2, Some(12)),
        (0x8ea1_a1a1, 4, Some(7)),
    ] {
        assert_eq!(over.lookup_cid_code(code, bytes), character, "{code:x}");
    }
    let texts = parse("UCS2");
    assert_eq!(texts.lookup_bf_string(2), Some(BfString::Char('!')));
    assert_eq!(texts.lookup_bf_string(95), Some(BfString::Char('𠮷')));
    assert_eq!(texts.lookup_bf_string(102), Some(BfString::String("fc".into())));
    assert_eq!(unpack(&file, "Test"), None);
    for end in 0..file.len() {
        let _ = unpack(&file[..end], "UCS2");
    }
}
