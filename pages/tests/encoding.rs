//! What is coded is the page: by a decoder of other people's, and by libtiff.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use fax_pages::{Bitmap, Document, Options, PELS, Paper, Refusal, Resolution, Turn, encode};
use hayro_ccitt::{DecodeSettings, DecoderContext, EncodingMode};
use proptest::prelude::*;
use support::{complaints, path, run, save, scratch};

/// Pages as fuzzers like them: noise, stripes and runs of any length.
fn pages(most_width: u32) -> impl Strategy<Value = Bitmap> {
    (1..=most_width, 0u32..40, any::<bool>()).prop_flat_map(|(width, height, high)| {
        let stride = width.div_ceil(8) as usize;
        let row = prop_oneof![
            prop::collection::vec(any::<u8>(), stride),
            prop::collection::vec(prop_oneof![Just(0u8), Just(0xff)], stride),
            any::<u8>().prop_map(move |byte| vec![byte; stride]),
        ];
        prop::collection::vec(row, height as usize).prop_map(move |rows| {
            let resolution = if high { Resolution::High } else { Resolution::Low };
            Bitmap::from_rows(width, height, resolution, rows.concat()).unwrap()
        })
    })
}

struct Sink(u32, Vec<u8>);

impl hayro_ccitt::Decoder for Sink {
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

fn decoded(code: &[u8], width: u32, height: u32) -> Vec<u8> {
    let settings = DecodeSettings {
        columns: width,
        rows: height,
        end_of_block: true,
        end_of_line: false,
        rows_are_byte_aligned: false,
        encoding: EncodingMode::Group4,
        strict: true,
    };
    let mut sink = Sink(width, Vec::new());
    if height > 0 {
        hayro_ccitt::decode(code, &mut sink, &mut DecoderContext::new(settings)).unwrap();
    }
    sink.1
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_code_is_the_page(page in pages(6000)) {
        let code = encode::group_4(&page).unwrap();
        prop_assert_eq!(decoded(&code, page.width(), page.height()), page.as_bytes());
    }

    /// The crate that the tables are from codes point by point; the code is the same.
    #[test]
    fn the_code_is_what_others_write(page in pages(6000)) {
        let mut encoder = fax::encoder::Encoder::new(fax::VecWriter::new());
        for y in 0..page.height() {
            let colour = |x| if page.is_black(x, y) { fax::Color::Black } else { fax::Color::White };
            encoder.encode_line((0..page.width()).map(colour), page.width()).unwrap();
        }
        prop_assert_eq!(encode::group_4(&page).unwrap(), encoder.finish().unwrap().finish());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    /// libtiff, told to unpack the file, finds every pel.
    #[test]
    fn libtiff_reads_the_pages(all in prop::collection::vec(pages(2500), 1..4)) {
        let all: Vec<_> = all.into_iter().filter(|page| page.height() > 0).collect();
        prop_assume!(!all.is_empty());
        let dir = scratch();
        let file = save(dir.path(), "in.tif", &encode::tiff(&all).unwrap());
        let plain = dir.path().join("out.tif");
        run("tiffcp", &["-c", "none", "-r", "100000", path(&file), path(&plain)]);
        let bytes = std::fs::read(&plain).unwrap();
        let mut decoder = tiff::decoder::Decoder::new(std::io::Cursor::new(bytes)).unwrap();
        for (number, page) in all.iter().enumerate() {
            if number > 0 {
                decoder.next_image().unwrap();
            }
            prop_assert_eq!(decoder.dimensions().unwrap(), (page.width(), page.height()));
            let tiff::decoder::DecodingResult::U8(rows) = decoder.read_image().unwrap() else { panic!("not bits") };
            // The file says that nought is white, which this library turns over.
            let rows = Bitmap::from_rows(page.width(), page.height(), page.resolution(), rows.iter().map(|byte| !byte).collect());
            prop_assert_eq!(rows.unwrap(), page.clone());
        }
        prop_assert!(!decoder.more_images());
    }
}

#[test]
fn the_file_has_the_fields_of_profile_f() {
    let pages = [Bitmap::white(PELS, 2156, Resolution::High), Bitmap::white(PELS, 1078, Resolution::Low)];
    let dir = scratch();
    let file = save(dir.path(), "f.tif", &encode::tiff(&pages).unwrap());
    let said = run("tiffinfo", &[path(&file)]);
    for expected in [
        "Subfile Type: multi-page document (2 = 0x2)",
        "Image Width: 1728 Image Length: 2156",
        "Resolution: 204, 196 pixels/inch",
        "Resolution: 204, 98 pixels/inch",
        "Bits/Sample: 1",
        "Compression Scheme: CCITT Group 4",
        "Photometric Interpretation: min-is-white",
        "FillOrder: msb-to-lsb",
        "Orientation: row 0 top, col 0 lhs",
        "Page Number: 0-2",
        "Page Number: 1-2",
    ] {
        assert!(said.contains(expected), "{expected} is not in\n{said}");
    }
    assert_eq!(complaints("tiffinfo", &[path(&file)]), "");
}

#[test]
fn a_fax_that_comes_back_is_not_touched() {
    for (resolution, paper) in [(Resolution::High, Paper::Letter), (Resolution::Low, Paper::A4)] {
        let document = Document::open(support::letter(30).into_bytes(), None, &Options::default()).unwrap();
        let first = document.render(0, resolution, paper, Turn::Auto).unwrap().bitmap;
        assert!(first.black() > 1000);
        let again =
            Document::open(encode::tiff(std::slice::from_ref(&first)).unwrap(), None, &Options::default()).unwrap();
        assert_eq!(again.render(0, resolution, paper, Turn::Auto).unwrap().bitmap, first);
    }
}

#[test]
fn nothing_is_no_file() {
    assert_eq!(encode::tiff(&[]), Err(Refusal::Empty));
    assert_eq!(encode::group_4(&Bitmap::white(70_000, 1, Resolution::High)), Err(Refusal::TooLarge));
}

#[test]
fn seconds_grow_with_the_bits_and_shrink_with_the_rate() {
    let page = encode::seconds_on_the_line(40_000 * 8, 14_400);
    assert!((25.0..26.5).contains(&page), "{page}");
    assert!(encode::seconds_on_the_line(40_000 * 8, 9_600) > page * 1.4);
    assert!(encode::seconds_on_the_line(0, 14_400) > 0.0);
}
