//! What is read of a JPEG here is what a decoder that knows everything reads of it.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use fax_points::{Jpeg, jpeg};
use jpeg_encoder::{ColorType, Encoder, QuantizationTableType, SamplingFactor};
use support::photograph;
use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;

type Size = (usize, usize);
type Settings<'a> = &'a dyn Fn(&mut Encoder<&mut Vec<u8>>);

/// A photograph in colours, or the red of it.
fn encoded((width, height): Size, color: ColorType, quality: u8, settings: Settings<'_>) -> Vec<u8> {
    let mut pels = photograph(width, height);
    if color == ColorType::Luma {
        pels = pels.chunks(3).map(|pel| pel[0]).collect();
    }
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, quality);
    settings(&mut encoder);
    encoder.encode(&pels, width as u16, height as u16, color).unwrap();
    bytes
}

fn as_others_read_it(bytes: &[u8], space: ColorSpace) -> Vec<u8> {
    let options = DecoderOptions::default().jpeg_set_out_colorspace(space);
    JpegDecoder::new_with_options(ZCursor::new(bytes), options).decode().unwrap()
}

#[track_caller]
fn is_as_others_read_it(bytes: &[u8], size: Size) {
    let Jpeg { shade, .. } = jpeg(bytes, size).unwrap();
    let others = as_others_read_it(bytes, ColorSpace::Luma);
    assert_eq!((shade.width(), shade.height(), others.len()), (size.0, size.1, size.0 * size.1));
    // Both round, each in its own way.
    let far = shade.greys().iter().zip(&others).map(|(grey, other)| grey.abs_diff(*other)).max();
    assert!(far <= Some(1), "{far:?}");
}

const FACTORS: [SamplingFactor; 4] =
    [SamplingFactor::F_1_1, SamplingFactor::F_2_1, SamplingFactor::F_1_2, SamplingFactor::F_2_2];

#[test]
fn brightness_is_as_others_read_it() {
    for quality in [1, 10, 50, 85, 100] {
        for size in [(64, 48), (61, 83), (1, 1), (7, 200), (200, 9)] {
            is_as_others_read_it(&encoded(size, ColorType::Luma, quality, &|_| {}), size);
            for factor in FACTORS {
                let bytes = encoded(size, ColorType::Rgb, quality, &|encoder| encoder.set_sampling_factor(factor));
                is_as_others_read_it(&bytes, size);
            }
        }
    }
}

#[test]
fn a_picture_in_stretches_and_with_codes_of_its_own_is_read() {
    let size = (150, 70);
    for factor in FACTORS {
        for groups in [1, 3, 1000] {
            let bytes = encoded(size, ColorType::Rgb, 90, &|encoder| {
                encoder.set_sampling_factor(factor);
                encoder.set_restart_interval(groups);
            });
            assert_eq!(bytes.windows(2).filter(|two| *two == [0xff, 0xd0]).count() > 0, groups < 1000);
            is_as_others_read_it(&bytes, size);
        }
    }
    let own = encoded(size, ColorType::Luma, 90, &|encoder| encoder.set_optimized_huffman_tables(true));
    is_as_others_read_it(&own, size);
    // Steps of more than a byte.
    let mut steps = [300; 64];
    steps[0] = 16;
    let steps = QuantizationTableType::Custom(Box::new(steps));
    let bytes = encoded(size, ColorType::Luma, 100, &|encoder| {
        encoder.set_quantization_tables(steps.clone(), steps.clone());
    });
    is_as_others_read_it(&bytes, size);
}

#[test]
fn points_tell_what_colours_there_are() {
    // The left third is blue, and the rest as bright without a colour.
    let size = (960, 640);
    let pels: Vec<u8> =
        (0..size.0 * size.1).flat_map(|at| if at % size.0 < size.0 / 3 { [60, 90, 220] } else { [96; 3] }).collect();
    for factor in FACTORS {
        let mut bytes = Vec::new();
        let mut encoder = Encoder::new(&mut bytes, 90);
        encoder.set_sampling_factor(factor);
        encoder.encode(&pels, size.0 as u16, size.1 as u16, ColorType::Rgb).unwrap();
        let points = jpeg(&bytes, size).unwrap().points;
        assert!((9_600..=120_000).contains(&points.len()), "{}", points.len());
        let others = as_others_read_it(&bytes, ColorSpace::YCbCr);
        let (first, last) = (&others[..3], &others[others.len() - 3..]);
        let near =
            |point: &[u8; 3], other: &[u8]| point.iter().zip(other).all(|(this, that)| this.abs_diff(*that) <= 3);
        let blue = points.iter().filter(|point| near(point, first)).count() as f64 / points.len() as f64;
        let grey = points.iter().filter(|point| near(point, last)).count() as f64 / points.len() as f64;
        assert!((0.32..0.35).contains(&blue) && (0.65..0.68).contains(&grey), "{blue} {grey}");
    }
    assert!(jpeg(&encoded(size, ColorType::Luma, 90, &|_| {}), size).unwrap().points.is_empty());
}

#[test]
fn colours_are_found_wherever_they_are() {
    // What telephones make: groups whose number in a row has many factors, of which some are left out.
    let size = (4032, 3024);
    for (from, to) in [(32, 144), (1904, 2000), (0, 96), (3900, 4032)] {
        let pels: Vec<u8> = (0..size.0 * size.1)
            .flat_map(|at| if (from..to).contains(&(at % size.0)) { [60, 90, 220] } else { [96; 3] })
            .collect();
        let mut bytes = Vec::new();
        let mut encoder = Encoder::new(&mut bytes, 90);
        encoder.set_sampling_factor(SamplingFactor::F_2_2);
        encoder.encode(&pels, size.0 as u16, size.1 as u16, ColorType::Rgb).unwrap();
        let points = jpeg(&bytes, size).unwrap().points;
        let found = points.iter().filter(|point| point[1] > 160).count() as f64 / points.len() as f64;
        let share = (to - from) as f64 / size.0 as f64;
        assert!((found / share - 1.0).abs() < 0.2, "{from}..{to}: {found} of {share}");
    }
    for size in [(2, 500), (500, 2), (1, 1)] {
        let pels = [220, 20, 20].repeat(size.0 * size.1);
        let mut bytes = Vec::new();
        Encoder::new(&mut bytes, 90).encode(&pels, size.0 as u16, size.1 as u16, ColorType::Rgb).unwrap();
        let points = jpeg(&bytes, size).unwrap().points;
        assert!(!points.is_empty() && points.iter().all(|point| point[2] > 180), "{size:?}");
    }
}

#[test]
fn a_file_that_says_more_than_it_shows_takes_no_longer() {
    // Ten million bytes of codes that nothing is written in.
    let length = 2 + 17 * 3854;
    let segment = [&[0xff, 0xc4], &(length as u16).to_be_bytes()[..], &[0; 17 * 3854]].concat();
    let bytes = [vec![0xff, 0xd8], segment.repeat(160)].concat();
    let start = std::time::Instant::now();
    assert!(jpeg(&bytes, (64, 48)).is_none());
    assert!(start.elapsed().as_secs() < 2, "{:?}", start.elapsed());
}

#[test]
fn what_is_written_in_another_way_or_damaged_is_left_to_others() {
    let size = (64, 48);
    let plain = encoded(size, ColorType::Rgb, 80, &|_| {});
    assert!(jpeg(&plain, size).is_some());
    assert!(jpeg(&plain, (48, 64)).is_none(), "another size");
    assert!(jpeg(&encoded(size, ColorType::Rgb, 80, &|encoder| encoder.set_progressive(true)), size).is_none());
    // Its parts one after the other.
    let apart = encoded(size, ColorType::Rgb, 80, &|encoder| encoder.set_sampling_factor(SamplingFactor::R_4_1_1));
    assert!(jpeg(&apart, size).is_none());
    // Breaking off anywhere in the picture, but for the mark of its end.
    for length in 0..plain.len() - 3 {
        assert!(jpeg(&plain[..length], size).is_none(), "{length} of {}", plain.len());
    }
    let stretches = encoded(size, ColorType::Rgb, 80, &|encoder| encoder.set_restart_interval(2));
    let mark = stretches.windows(2).position(|two| two == [0xff, 0xd1]).unwrap();
    let lost = [&stretches[..mark], &stretches[mark + 2..]].concat();
    assert!(jpeg(&lost, size).is_none(), "a mark is missing");
}
