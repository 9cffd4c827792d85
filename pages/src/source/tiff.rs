use std::borrow::Cow;
use std::io::Cursor;

use hayro_ccitt::{DecodeSettings, DecoderContext, EncodingMode};
use tiff::ColorType;
use tiff::decoder::ifd::Value;
use tiff::decoder::{Decoder, DecodingResult};
use tiff::tags::{CompressionMethod, Tag};

use super::picture::{over_paper, share};
use super::{Colours, Picture, check_pels, grey, is_coloured};
use crate::{Kind, Limits, Options, Refusal, Shade};

type Reader<'a> = Decoder<Cursor<&'a [u8]>>;

/// How many pages there are, and whether there were to be more. Follows the directories without reading what they describe, so one page
/// that cannot be read does not cost the others.
pub(crate) fn count(bytes: &[u8], limits: &Limits) -> Result<(usize, bool), Refusal> {
    let mut decoder = open(bytes, limits)?;
    let (mut seen, mut is_partial) = (Vec::new(), false);
    let mut pointer = decoder.ifd_pointer();
    while let Some(at) = pointer {
        // A chain that comes back to itself ends there.
        if seen.contains(&at.0) {
            break;
        }
        if seen.len() == limits.pages {
            return Err(Refusal::TooManyPages);
        }
        match decoder.read_directory(at) {
            Ok(directory) => pointer = directory.next(),
            Err(_) => {
                is_partial = true;
                break;
            }
        }
        seen.push(at.0);
    }
    if seen.is_empty() { Err(Refusal::Damaged) } else { Ok((seen.len(), is_partial)) }
}

/// Size of a page in millimetres as it will lie.
pub(crate) fn size_mm(bytes: &[u8], page: usize, limits: &Limits) -> Result<(f64, f64), Refusal> {
    let mut decoder = at(bytes, page, limits)?;
    let (width, height) = decoder.dimensions().map_err(refusal)?;
    Ok(Picture::size_mm(width, height, orientation(&mut decoder), density(&mut decoder)))
}

pub(crate) fn decode(bytes: &[u8], page: usize, options: &Options) -> Result<Picture, Refusal> {
    let (mut decoder, (width, height), method) = page_at(bytes, page, &options.limits)?;
    let mut is_partial = false;
    let (shade, coloured) = match method {
        Some(method) => {
            let shade;
            (shade, is_partial) = fax(&mut decoder, bytes, (width, height), method, options)?;
            (shade, 0)
        }
        None => {
            let (mut greys, mut coloured) = (Vec::with_capacity(width as usize * height as usize), 0);
            plain(&mut decoder, width as usize, |pel| {
                coloured += usize::from(pel.is_coloured());
                greys.push(pel.grey());
            })?;
            (Shade::new(width as usize, height as usize, greys).ok_or(Refusal::Damaged)?, coloured)
        }
    };
    let orientation = orientation(&mut decoder);
    let density = density(&mut decoder);
    Ok(Picture { coloured: share(coloured, shade.greys().len()), shade, orientation, density, is_partial })
}

/// The page in its colours.
pub(crate) fn colours(bytes: &[u8], page: usize, options: &Options) -> Result<Colours, Refusal> {
    let (mut decoder, (width, height), method) = page_at(bytes, page, &options.limits)?;
    let mut pels = Vec::with_capacity(width as usize * height as usize);
    match method {
        Some(method) => {
            let (shade, _) = fax(&mut decoder, bytes, (width, height), method, options)?;
            pels.extend(shade.greys().iter().map(|grey| [*grey; 3]));
        }
        None => plain(&mut decoder, width as usize, |pel| pels.push(pel.rgb()))?,
    }
    Ok(Colours { width: width as usize, height: height as usize, pels, orientation: orientation(&mut decoder) })
}

type Size = (u32, u32);

/// A page whose size is sound; the coding, where it is one of a fax.
fn page_at<'a>(bytes: &'a [u8], page: usize, limits: &Limits) -> Result<(Reader<'a>, Size, Option<u16>), Refusal> {
    let mut decoder = at(bytes, page, limits)?;
    let (width, height) = decoder.dimensions().map_err(refusal)?;
    check_pels(u64::from(width), u64::from(height), limits.pels)?;
    let method = decoder.find_tag_unsigned::<u16>(Tag::Compression).map_err(refusal)?.unwrap_or(1);
    let of_a_fax = matches!(
        CompressionMethod::from_u16(method),
        Some(CompressionMethod::Huffman | CompressionMethod::Fax3 | CompressionMethod::Fax4)
    );
    Ok((decoder, (width, height), of_a_fax.then_some(method)))
}

fn open<'a>(bytes: &'a [u8], limits: &Limits) -> Result<Reader<'a>, Refusal> {
    let most = usize::try_from(limits.pels.saturating_mul(4)).unwrap_or(usize::MAX);
    let mut memory = tiff::decoder::Limits::default();
    memory.decoding_buffer_size = most;
    memory.intermediate_buffer_size = most;
    Ok(Decoder::new(Cursor::new(bytes)).map_err(refusal)?.with_limits(memory))
}

fn at<'a>(bytes: &'a [u8], page: usize, limits: &Limits) -> Result<Reader<'a>, Refusal> {
    let mut decoder = open(bytes, limits)?;
    if page > 0 {
        decoder.seek_to_image(page).map_err(refusal)?;
    }
    Ok(decoder)
}

fn refusal(error: tiff::TiffError) -> Refusal {
    match error {
        tiff::TiffError::LimitsExceeded => Refusal::TooLarge,
        tiff::TiffError::UnsupportedError(_) => Refusal::Unsupported(Kind::Tiff),
        _ => Refusal::Damaged,
    }
}

fn orientation(decoder: &mut Reader) -> u8 {
    match decoder.find_tag_unsigned::<u8>(Tag::Orientation) {
        Ok(Some(orientation @ 1..=8)) => orientation,
        _ => 1,
    }
}

fn density(decoder: &mut Reader) -> Option<(f64, f64)> {
    let mut per = |tag| match decoder.get_tag(tag).ok()? {
        Value::Rational(number, of) => Some(f64::from(number) / f64::from(of)),
        Value::Float(number) => Some(f64::from(number)),
        Value::Double(number) => Some(number),
        Value::Short(number) => Some(f64::from(number)),
        _ => None,
    };
    let (x, y) = (per(Tag::XResolution)?, per(Tag::YResolution)?);
    match decoder.find_tag_unsigned::<u16>(Tag::ResolutionUnit) {
        Ok(Some(3)) => Some((x * 2.54, y * 2.54)),
        Ok(Some(1)) => None,
        _ => Some((x, y)),
    }
}

/// A point as its file has it.
enum Pel {
    Grey(u8),
    Rgb([u8; 3]),
    /// Brightness, and how blue and how red (ITU-R BT.601).
    YCbCr(u8, u8, u8),
}

impl Pel {
    fn grey(&self) -> u8 {
        match *self {
            Self::Grey(grey) | Self::YCbCr(grey, ..) => grey,
            Self::Rgb([red, green, blue]) => grey(red, green, blue),
        }
    }

    fn is_coloured(&self) -> bool {
        match *self {
            Self::Grey(_) => false,
            Self::YCbCr(_, blue, red) => blue.abs_diff(128) > 20 || red.abs_diff(128) > 20,
            Self::Rgb([red, green, blue]) => is_coloured(red, green, blue),
        }
    }

    fn rgb(&self) -> [u8; 3] {
        match *self {
            Self::Grey(grey) => [grey; 3],
            Self::Rgb(rgb) => rgb,
            Self::YCbCr(grey, blue, red) => {
                let (grey, blue, red) = (i32::from(grey) * 1000, i32::from(blue) - 128, i32::from(red) - 128);
                [grey + 1402 * red, grey - 344 * blue - 714 * red, grey + 1772 * blue]
                    .map(|part| ((part + 500) / 1000).clamp(0, 255) as u8)
            }
        }
    }
}

/// Hands on the points of a page, row by row.
fn plain(decoder: &mut Reader, width: usize, mut pel: impl FnMut(Pel)) -> Result<(), Refusal> {
    let colours = decoder.colortype().map_err(refusal)?;
    let planar = decoder.find_tag_unsigned::<u16>(Tag::PlanarConfiguration).map_err(refusal)? == Some(2);
    let unsupported = Refusal::Unsupported(Kind::Tiff);
    if planar && colours.num_samples() > 1 {
        return Err(unsupported);
    }
    let samples: Vec<u8> = match decoder.read_image().map_err(refusal)? {
        DecodingResult::U8(samples) => samples,
        // Of sixteen bits the upper eight.
        DecodingResult::U16(samples) => samples.into_iter().map(|sample| (sample >> 8) as u8).collect(),
        _ => return Err(unsupported),
    };
    let as_pel: fn(&[u8]) -> Option<Pel> = match colours {
        // Packed, each row from a byte of its own. Where nought is white, the library has turned them over.
        ColorType::Gray(bits @ (1 | 2 | 4)) => {
            let per_byte = 8 / usize::from(bits);
            let most = (1u16 << bits) - 1;
            for row in samples.chunks(width.div_ceil(per_byte)) {
                row.iter()
                    .flat_map(|byte| {
                        (0..per_byte).map(move |i| u16::from(*byte) >> (8 - usize::from(bits) * (i + 1)) & most)
                    })
                    .take(width)
                    .for_each(|sample| pel(Pel::Grey((sample * 255 / most) as u8)));
            }
            return Ok(());
        }
        ColorType::Gray(8 | 16) | ColorType::YCbCr(_) => |samples| match *samples {
            [grey, blue, red] => Some(Pel::YCbCr(grey, blue, red)),
            [grey, ..] => Some(Pel::Grey(grey)),
            [] => None,
        },
        ColorType::GrayA(8 | 16) => |samples| match *samples {
            [grey, alpha] => over_paper([grey, grey, grey, alpha]).first().copied().map(Pel::Grey),
            _ => None,
        },
        ColorType::RGB(8 | 16) => |samples| samples.try_into().ok().map(Pel::Rgb),
        ColorType::RGBA(8 | 16) => |samples| samples.try_into().ok().map(|rgba| Pel::Rgb(over_paper(rgba))),
        ColorType::CMYK(8 | 16) => |samples| match *samples {
            [cyan, magenta, yellow, black] => Some(Pel::Rgb(
                [cyan, magenta, yellow].map(|ink| (u32::from(255 - ink) * u32::from(255 - black) / 255) as u8),
            )),
            _ => None,
        },
        _ => return Err(unsupported),
    };
    samples.chunks_exact(usize::from(colours.num_samples())).filter_map(as_pel).for_each(pel);
    Ok(())
}

/// A page as fax machines code it, which the TIFF library reads in part only: T.4 in one and two dimensions and T.6, any number of strips.
/// And whether it breaks off.
fn fax(
    decoder: &mut Reader,
    bytes: &[u8],
    (width, height): Size,
    method: u16,
    options: &Options,
) -> Result<(Shade, bool), Refusal> {
    let tag = |decoder: &mut Reader, tag| decoder.find_tag_unsigned::<u32>(tag).map_err(refusal);
    let unsupported = Refusal::Unsupported(Kind::Tiff);
    if tag(decoder, Tag::BitsPerSample)?.unwrap_or(1) != 1 || tag(decoder, Tag::SamplesPerPixel)?.unwrap_or(1) != 1 {
        return Err(unsupported);
    }
    let two_dimensions = tag(decoder, Tag::from_u16_exhaustive(292))?.unwrap_or(0) & 1 == 1;
    let lowest_first = tag(decoder, Tag::from_u16_exhaustive(266))? == Some(2);
    let black_is_white = tag(decoder, Tag::PhotometricInterpretation)? == Some(1);
    let rows_per_strip = tag(decoder, Tag::RowsPerStrip)?.unwrap_or(height).clamp(1, height);
    let many = |decoder: &mut Reader, tag| decoder.find_tag_unsigned_vec::<u64>(tag).map_err(refusal);
    let offsets = many(decoder, Tag::StripOffsets)?.ok_or(unsupported)?;
    let lengths = many(decoder, Tag::StripByteCounts)?.unwrap_or_default();

    let mut page = Rows::new(width, height);
    let mut is_partial = false;
    // All at once: strips may lie over each other, and be as many as there are rows.
    let bytes: Cow<'_, [u8]> =
        if lowest_first { bytes.iter().map(|byte| byte.reverse_bits()).collect() } else { bytes.into() };
    for (strip, offset) in offsets.iter().enumerate() {
        let left = height.saturating_sub(rows_per_strip.saturating_mul(strip as u32));
        if left == 0 {
            break;
        }
        options.may_go_on()?;
        let offset = usize::try_from(*offset).map_err(|_| Refusal::Damaged)?;
        let rest = bytes.get(offset..).ok_or(Refusal::Damaged)?;
        let length = lengths.get(strip).and_then(|length| usize::try_from(*length).ok()).unwrap_or(rest.len());
        let coded = rest.get(..length).unwrap_or(rest);
        let settings = DecodeSettings {
            columns: width,
            rows: rows_per_strip.min(left),
            end_of_block: method != 2,
            end_of_line: method == 3,
            rows_are_byte_aligned: method == 2,
            encoding: match method {
                4 => EncodingMode::Group4,
                3 if two_dimensions => EncodingMode::Group3_2D,
                _ => EncodingMode::Group3_1D,
            },
            strict: false,
        };
        // What was decoded before an error counts, as on a machine; a page of which nothing was is damaged.
        let before = page.greys.len();
        let result = page.decode(coded, settings);
        if result.is_err() && page.greys.is_empty() {
            return Err(Refusal::Damaged);
        }
        let end = (before + width as usize * rows_per_strip.min(left) as usize).min(page.most);
        is_partial |= page.greys.len() < end;
        page.greys.resize(end, 255);
    }
    let (shade, lacks_strips) = page.finish(width, height, black_is_white).ok_or(Refusal::Damaged)?;
    Ok((shade, is_partial || lacks_strips))
}

/// Rows of a fax as they are decoded.
pub(super) struct Rows {
    width: usize,
    most: usize,
    greys: Vec<u8>,
}

impl Rows {
    /// Of a page whose size has been checked.
    pub fn new(width: u32, height: u32) -> Self {
        Self { width: width as usize, most: width as usize * height as usize, greys: Vec::new() }
    }

    pub fn is_empty(&self) -> bool {
        self.greys.is_empty()
    }

    pub fn decode(&mut self, coded: &[u8], settings: DecodeSettings) -> Result<(), hayro_ccitt::DecodeError> {
        hayro_ccitt::decode(coded, self, &mut DecoderContext::new(settings)).map(drop)
    }

    /// The page, white where nothing was, and whether that is anywhere.
    pub fn finish(mut self, width: u32, height: u32, black_is_white: bool) -> Option<(Shade, bool)> {
        let is_partial = self.greys.len() < self.most;
        self.greys.resize(self.most, 255);
        if black_is_white {
            self.greys.iter_mut().for_each(|grey| *grey = 255 - *grey);
        }
        Some((Shade::new(width as usize, height as usize, self.greys)?, is_partial))
    }
}

impl hayro_ccitt::Decoder for Rows {
    fn push_row(&mut self, changes: &[u32]) {
        let start = self.greys.len();
        if start + self.width > self.most {
            return;
        }
        self.greys.resize(start + self.width, 255);
        for run in changes.chunks(2) {
            let from = run.first().map_or(0, |at| *at as usize).min(self.width);
            let to = run.get(1).map_or(self.width, |at| *at as usize).clamp(from, self.width);
            if let Some(run) = self.greys.get_mut(start + from..start + to) {
                run.fill(0);
            }
        }
    }
}
