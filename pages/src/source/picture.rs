use std::io::Cursor;

use fax_points::Jpeg;
use image::codecs::{bmp::BmpDecoder, gif::GifDecoder, png::PngDecoder, webp::WebPDecoder};
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError};
use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;

use super::{Colours, Picture, check_pels, grey, is_coloured};
use crate::{Kind, Limits, Refusal, Shade};

/// Width and height of a picture as it will lie, in millimetres, without decoding it.
pub(crate) fn size_mm(bytes: &[u8], kind: Kind, limits: &Limits) -> Result<(f64, f64), Refusal> {
    if kind == Kind::Jpeg {
        let mut decoder = jpeg(bytes, ColorSpace::Luma);
        let (width, height) = jpeg_size(&mut decoder, limits)?;
        return Ok(Picture::size_mm(width, height, jpeg_orientation(&decoder), None));
    }
    with_decoder(bytes, kind, limits, |mut decoder| {
        let (width, height) = decoder.dimensions();
        let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms).to_exif();
        Ok(Picture::size_mm(width, height, orientation, None))
    })
}

/// The picture in greys.
pub(crate) fn decode(bytes: &[u8], kind: Kind, limits: &Limits) -> Result<Picture, Refusal> {
    if kind == Kind::Jpeg {
        return decode_jpeg(bytes, limits);
    }
    with_decoder(bytes, kind, limits, |mut decoder| {
        let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms).to_exif();
        let image = DynamicImage::from_decoder(decoder).map_err(refusal)?;
        let (width, height) = (image.width() as usize, image.height() as usize);
        let (greys, coloured) = match image {
            DynamicImage::ImageLuma8(greys) => (greys.into_raw(), 0),
            image if image.color().has_color() && !image.color().has_alpha() => {
                rgb_to_greys(image.into_rgb8().as_raw())
            }
            image => {
                let (mut greys, mut coloured) = (Vec::with_capacity(width * height), 0);
                for pel in image.into_rgba8().pixels() {
                    let [red, green, blue] = over_paper(pel.0);
                    greys.push(grey(red, green, blue));
                    coloured += usize::from(is_coloured(red, green, blue));
                }
                (greys, coloured)
            }
        };
        let shade = Shade::new(width, height, greys).ok_or(Refusal::Damaged)?;
        Ok(Picture { shade, orientation, density: None, coloured: share(coloured, width * height), is_partial: false })
    })
}

/// The picture in its colours.
pub(crate) fn colours(bytes: &[u8], kind: Kind, limits: &Limits) -> Result<Colours, Refusal> {
    if kind == Kind::Jpeg {
        let mut decoder = jpeg(bytes, ColorSpace::RGB);
        let (width, height) = jpeg_size(&mut decoder, limits)?;
        let orientation = jpeg_orientation(&decoder);
        let pels = decoder.decode().map_err(|_| Refusal::Damaged)?;
        let pels = match decoder.output_colorspace() {
            Some(ColorSpace::Luma) => pels.into_iter().map(|grey| [grey; 3]).collect(),
            Some(ColorSpace::RGB) => pels.chunks_exact(3).filter_map(|pel| pel.try_into().ok()).collect(),
            _ => return Err(Refusal::Unsupported(kind)),
        };
        return Ok(Colours { width: width as usize, height: height as usize, pels, orientation });
    }
    with_decoder(bytes, kind, limits, |mut decoder| {
        let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms).to_exif();
        let image = DynamicImage::from_decoder(decoder).map_err(refusal)?;
        let (width, height) = (image.width() as usize, image.height() as usize);
        Ok(Colours {
            width,
            height,
            pels: image.into_rgba8().pixels().map(|pel| over_paper(pel.0)).collect(),
            orientation,
        })
    })
}

/// What shows through is paper.
pub(crate) fn over_paper([red, green, blue, alpha]: [u8; 4]) -> [u8; 3] {
    let alpha = u32::from(alpha);
    [red, green, blue].map(|part| ((u32::from(part) * alpha + 255 * (255 - alpha) + 127) / 255) as u8)
}

pub(crate) fn rgb_to_greys(rgb: &[u8]) -> (Vec<u8>, usize) {
    let mut coloured = 0;
    let greys = rgb
        .chunks_exact(3)
        .map(|pel| match pel {
            [red, green, blue] => {
                coloured += usize::from(is_coloured(*red, *green, *blue));
                grey(*red, *green, *blue)
            }
            _ => 255,
        })
        .collect();
    (greys, coloured)
}

pub(crate) fn share(part: usize, all: usize) -> f32 {
    part as f32 / all.max(1) as f32
}

fn with_decoder<T>(
    bytes: &[u8],
    kind: Kind,
    limits: &Limits,
    with: impl FnOnce(Box<dyn ImageDecoder + '_>) -> Result<T, Refusal>,
) -> Result<T, Refusal> {
    let bytes = Cursor::new(bytes);
    let mut decoder: Box<dyn ImageDecoder> = match kind {
        Kind::Png => Box::new(PngDecoder::new(bytes).map_err(refusal)?),
        Kind::Gif => Box::new(GifDecoder::new(bytes).map_err(refusal)?),
        Kind::Bmp => Box::new(BmpDecoder::new(bytes).map_err(refusal)?),
        Kind::WebP => Box::new(WebPDecoder::new(bytes).map_err(refusal)?),
        _ => return Err(Refusal::Unsupported(kind)),
    };
    let (width, height) = decoder.dimensions();
    check_pels(u64::from(width), u64::from(height), limits.pels)?;
    // Decoders hold a picture more than once.
    let most = limits.pels.saturating_mul(4);
    if decoder.total_bytes() > most {
        return Err(Refusal::TooLarge);
    }
    let mut memory = image::Limits::default();
    memory.max_alloc = Some(most.saturating_mul(2));
    decoder.set_limits(memory).map_err(refusal)?;
    with(decoder)
}

fn refusal(error: ImageError) -> Refusal {
    match error {
        ImageError::Limits(_) => Refusal::TooLarge,
        _ => Refusal::Damaged,
    }
}

fn jpeg(bytes: &[u8], into: ColorSpace) -> JpegDecoder<ZCursor<&[u8]>> {
    // Strictness would refuse pictures that only lack their end; the sizes are checked by us.
    let options = DecoderOptions::default()
        .set_strict_mode(false)
        .set_max_width(usize::from(u16::MAX))
        .set_max_height(usize::from(u16::MAX))
        .jpeg_set_max_scans(64)
        .jpeg_set_out_colorspace(into);
    JpegDecoder::new_with_options(ZCursor::new(bytes), options)
}

fn jpeg_size(decoder: &mut JpegDecoder<ZCursor<&[u8]>>, limits: &Limits) -> Result<(u32, u32), Refusal> {
    decoder.decode_headers().map_err(|_| Refusal::Damaged)?;
    let info = decoder.info().ok_or(Refusal::Damaged)?;
    check_pels(u64::from(info.width), u64::from(info.height), limits.pels)?;
    Ok((u32::from(info.width), u32::from(info.height)))
}

fn jpeg_orientation(decoder: &JpegDecoder<ZCursor<&[u8]>>) -> u8 {
    decoder.exif().and_then(|exif| Orientation::from_exif_chunk(exif)).map_or(1, Orientation::to_exif)
}

/// A JPEG in greys.
pub(super) struct Brightness {
    pub shade: Shade,
    pub coloured: f32,
    pub is_partial: bool,
}

/// The greys of a JPEG whose colours have so many parts, if they are kept as brightness and colour: then they are its brightness.
pub(super) fn brightness(bytes: &[u8], components: u32, limits: &Limits) -> Option<Brightness> {
    let mut decoder = jpeg(bytes, ColorSpace::Luma);
    jpeg_size(&mut decoder, limits).ok()?;
    match (components, decoder.input_colorspace()?) {
        (1, ColorSpace::Luma) | (3, ColorSpace::YCbCr) => greys(bytes, decoder).ok(),
        _ => None,
    }
}

fn decode_jpeg(bytes: &[u8], limits: &Limits) -> Result<Picture, Refusal> {
    let mut decoder = jpeg(bytes, ColorSpace::Luma);
    jpeg_size(&mut decoder, limits)?;
    let orientation = jpeg_orientation(&decoder);
    let Brightness { shade, coloured, is_partial } = greys(bytes, decoder)?;
    Ok(Picture { shade, orientation, density: None, coloured, is_partial })
}

/// Most are read here, which is a third of the memory and of the time.
fn greys<'a>(bytes: &'a [u8], mut decoder: JpegDecoder<ZCursor<&'a [u8]>>) -> Result<Brightness, Refusal> {
    let info = decoder.info().ok_or(Refusal::Damaged)?;
    let (width, height) = (usize::from(info.width), usize::from(info.height));
    let is_partial = breaks_off(bytes);
    let space = decoder.input_colorspace();
    if matches!(space, Some(ColorSpace::Luma | ColorSpace::YCbCr))
        && let Some(Jpeg { shade, points }) = fax_points::jpeg(bytes, (width, height))
    {
        return Ok(Brightness { shade, coloured: colours_of(points.iter()), is_partial });
    }
    let damaged = |_| Refusal::Damaged;
    let (greys, coloured) = match space {
        Some(ColorSpace::CMYK | ColorSpace::YCCK) => {
            decoder = jpeg(bytes, ColorSpace::RGB);
            let (greys, coloured) = rgb_to_greys(&decoder.decode().map_err(damaged)?);
            (greys, share(coloured, width * height))
        }
        // The library falls over some that it is asked for the brightness of alone.
        Some(ColorSpace::YCbCr) => {
            decoder = jpeg(bytes, ColorSpace::YCbCr);
            let decoded = decoder.decode().map_err(damaged)?;
            let pels = decoded.as_chunks::<3>().0;
            let step = (pels.len() / POINTS).isqrt().max(1);
            let points = pels.chunks(width.max(1)).step_by(step).flat_map(|row| row.iter().step_by(step));
            (pels.iter().map(|[brightness, ..]| *brightness).collect(), colours_of(points))
        }
        // What has more than one part has colours.
        _ => (decoder.decode().map_err(damaged)?, if info.components > 1 { 1.0 } else { 0.0 }),
    };
    match decoder.output_colorspace() {
        Some(ColorSpace::Luma | ColorSpace::RGB | ColorSpace::YCbCr) => {}
        _ => return Err(Refusal::Unsupported(Kind::Jpeg)),
    }
    let shade = Shade::new(width, height, greys).ok_or(Refusal::Damaged)?;
    Ok(Brightness { shade, coloured, is_partial })
}

/// So many points tell what all do.
const POINTS: usize = 20_000;

/// The share of points, each its brightness and how blue and how red it is, that have another colour than the light: paper is never quite
/// white on a photograph, and its tint is not a colour that anybody chose.
fn colours_of<'a>(points: impl Iterator<Item = &'a [u8; 3]> + Clone) -> f32 {
    /// From white to here, light has a tint and things have a colour.
    const PALE: i32 = 24;
    /// As far from it as what is a colour elsewhere (`fax_points::is_coloured`).
    const FAR: i32 = 20;
    let tint = |part: fn(&[u8; 3]) -> u8| {
        let mut counts = [0usize; 256];
        points.clone().for_each(|pel| {
            if let Some(count) = counts.get_mut(usize::from(part(pel))) {
                *count += 1;
            }
        });
        let half = counts.iter().sum::<usize>() / 2;
        let mut sum = 0;
        let middle = counts.iter().position(|count| {
            sum += count;
            sum > half
        });
        let tint = middle.map_or(0, |middle| middle as i32 - 128);
        if tint.abs() <= PALE { tint } else { 0 }
    };
    let (blue, red) = (tint(|pel| pel[1]), tint(|pel| pel[2]));
    let (mut all, mut coloured) = (0, 0);
    points.for_each(|pel| {
        // The darker a point, the less of the light's tint it has.
        let [brightness, is_blue, is_red] = pel.map(i32::from);
        let far = |is: i32, tint: i32| (is - 128 - tint * brightness / 224).abs() > FAR;
        coloured += usize::from(far(is_blue, blue) || far(is_red, red));
        all += 1;
    });
    share(coloured, all)
}

/// Whether the end of a JPEG is missing: going back, what it is made of last is not the mark of its end.
pub(super) fn breaks_off(bytes: &[u8]) -> bool {
    const END: u8 = 0xd9;
    const SCAN: u8 = 0xda;
    let marks = bytes.windows(2).rev().filter_map(|two| match two {
        [0xff, mark @ (END | SCAN)] => Some(*mark),
        _ => None,
    });
    marks.take(1).all(|mark| mark != END)
}

/// Whether there are more pictures in the file than the first, which is all that is shown.
pub(crate) fn has_more(bytes: &[u8], kind: Kind) -> bool {
    let many = match kind {
        Kind::Gif => frames_of_gif(bytes),
        Kind::WebP => {
            let chunks = Chunks { rest: bytes.get(12..).unwrap_or_default(), is_png: false };
            chunks.filter(|(name, _)| *name == b"ANMF").take(2).count()
        }
        Kind::Png => {
            let mut chunks = Chunks { rest: bytes.get(8..).unwrap_or_default(), is_png: true };
            let animation = chunks.find(|(name, _)| *name == b"acTL");
            // How many of them, in four bytes.
            animation
                .map_or(1, |(_, body)| body.get(..4).map_or(1, |many| many.iter().map(|byte| usize::from(*byte)).sum()))
        }
        _ => 1,
    };
    many > 1
}

/// The parts of a PNG or a WebP: a name and what is under it.
struct Chunks<'a> {
    rest: &'a [u8],
    is_png: bool,
}

impl<'a> Iterator for Chunks<'a> {
    type Item = (&'a [u8; 4], &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let (first, rest) = self.rest.split_first_chunk::<4>()?;
        let (second, rest) = rest.split_first_chunk::<4>()?;
        // One has the length before the name, and a check of four bytes at the end; the other has it behind, and is even.
        let (name, length, end) = if self.is_png {
            let length = u32::from_be_bytes(*first) as usize;
            (second, length, length.checked_add(4)?)
        } else {
            let length = u32::from_le_bytes(*second) as usize;
            (first, length, length.checked_add(length % 2)?)
        };
        let body = rest.get(..length)?;
        self.rest = rest.get(end..).unwrap_or_default();
        Some((name, body))
    }
}

/// Up to two.
fn frames_of_gif(bytes: &[u8]) -> usize {
    let palette = |flags: Option<&u8>| flags.map_or(0, |flags| if flags & 0x80 == 0 { 0 } else { 6 << (flags & 7) });
    let mut at = 13 + palette(bytes.get(10));
    let mut frames = 0;
    while frames < 2 {
        match bytes.get(at) {
            Some(0x2c) => {
                frames += 1;
                at += 11 + palette(bytes.get(at + 9));
            }
            Some(0x21) => at += 2,
            _ => break,
        }
        // Its blocks, up to the empty one.
        while let Some(length @ 1..) = bytes.get(at) {
            at += usize::from(*length) + 1;
        }
        at += 1;
    }
    frames
}
