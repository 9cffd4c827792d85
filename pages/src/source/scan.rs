//! A page of a PDF that is one picture and nothing else, as scanners and telephones write them: read as the picture it is.
//!
//! The renderer would unpack its colours and draw it point by point; here a JPEG is unpacked straight to its greys, and each point of the page
//! is the mean of what lies under it. Pages like this are the most that people fax.

use hayro::hayro_syntax::Filter;
use hayro::hayro_syntax::content::ops::TypedInstruction;
use hayro::hayro_syntax::object::{Array, Dict, Name, Object, Stream};
use hayro::hayro_syntax::page::Page;
use hayro::kurbo::Affine;
use hayro_ccitt::{DecodeSettings, EncodingMode};

use super::picture::{self, Brightness};
use super::{Lie, Lies, tiff};
use crate::{Grid, Limits, Placement, Shade, Turn, place};

pub(crate) struct Scan {
    shade: Shade,
    /// The share that has colours.
    pub coloured: f32,
    /// Whether it breaks off.
    pub is_partial: bool,
    /// From a square of one by one, its upper left corner first, to where the page has the picture.
    at: Affine,
}

impl Scan {
    /// None where there is more to the page, or more to the picture. What is refused here the renderer judges.
    pub fn of(page: &Page<'_>, limits: &Limits) -> Option<Self> {
        if page.raw().contains_key("Annots".as_bytes()) {
            return None;
        }
        let (stream, at) = only_picture(page)?;
        let dict = stream.dict();
        if ["SMask", "Mask", "Decode", "OC", "Alternates"].iter().any(|key| dict.contains_key(key.as_bytes()))
            || dict.get::<bool>("ImageMask").unwrap_or(false)
        {
            return None;
        }
        let (width, height) = (dict.get::<u32>("Width")?, dict.get::<u32>("Height")?);
        let components = components(&dict.get::<Object<'_>>("ColorSpace")?)?;
        let bits = dict.get::<u32>("BitsPerComponent")?;
        let found = match (stream.filters().as_slice(), components, bits) {
            ([Filter::DctDecode], components, 8) if !dict.contains_key("DecodeParms".as_bytes()) => {
                picture::brightness(&stream.raw_data(), components, limits)?
            }
            ([Filter::CcittFaxDecode], 1, 1) => {
                let (shade, is_partial) = fax(&stream, width, height)?;
                Brightness { shade, coloured: 0.0, is_partial }
            }
            _ => return None,
        };
        let Brightness { shade, coloured, is_partial } = found;
        if (shade.width(), shade.height()) != (width as usize, height as usize) {
            return None;
        }
        // A picture stands on its lower edge.
        let at = at * Affine::new([1.0, 0.0, 0.0, -1.0, 0.0, 1.0]);
        Some(Self { shade, coloured, is_partial, at })
    }

    /// The page on the paper, where it keeps its size and its place there: `to` leads from where a page that is so large has things to its points. None
    /// where it does not lie straight, reaches beyond the page, or has ink near the edges, so that what it comes to has to be looked at first.
    pub fn on_paper(
        &mut self,
        size: (f64, f64),
        turn: Turn,
        grid: Grid,
        to: impl Fn((f64, f64)) -> Affine,
    ) -> Option<(Shade, Placement)> {
        let scale = place::first_scale(size, grid);
        let extent = place::extent(size, scale, grid);
        let lie = self.lie(to(place::points(size, scale, grid)), extent).filter(|lie| lie.is_on(extent))?;
        let around = (extent.0 * extent.1) as f64 / (lie.extent.0 * lie.extent.1) as f64 - 1.0;
        let beside = self.shade.greys().len() as f64 * around.max(0.0);
        fax_points::whiten(&mut self.shade, beside as u64);
        // What comes to be darker than paper has a point under it that is: the page has no other ink than this.
        let ink = lie.lies.area(place::ink(&self.shade), (self.shade.width(), self.shade.height()));
        let settled = place::settle(extent, lie.ink(ink, &self.shade), grid);
        let (left, top) = settled.ok().filter(|at| *at == place::middle(extent, grid))?;
        let paper = lie.on_paper(&self.shade, grid.size(), (left, top));
        Some((paper, Placement { scale, turn, left, top }))
    }

    /// The page on so many points, `to` leading there from where the page has things. None where it would not lie straight.
    pub fn drawn(&self, to: Affine, extent: (usize, usize)) -> Option<Shade> {
        Some(self.lie(to, extent)?.on_paper(&self.shade, extent, (0, 0)))
    }

    /// Where the page has it.
    fn lie(&self, to: Affine, extent: (usize, usize)) -> Option<Lie> {
        /// How far a corner may lie from where it would be straight, in points.
        const STRAIGHT: f64 = 0.5;
        let [a, b, c, d, x, y] = (to * self.at).as_coeffs();
        let (lies, width, height) = if b.abs() < STRAIGHT && c.abs() < STRAIGHT {
            (Lies { transposed: false, mirrored: a < 0.0, upside_down: d < 0.0 }, a, d)
        } else if a.abs() < STRAIGHT && d.abs() < STRAIGHT {
            (Lies { transposed: true, mirrored: c < 0.0, upside_down: b < 0.0 }, c, b)
        } else {
            return None;
        };
        let side = |at: f64, length: f64, most: usize| {
            let (from, to) = (at.min(at + length).round(), at.max(at + length).round());
            let most = most as f64 * 4.0;
            (from.abs() <= most && to - from >= 1.0 && to - from <= most).then_some((from as i64, (to - from) as usize))
        };
        let ((left, width), (top, height)) = (side(x, width, extent.0)?, side(y, height, extent.1)?);
        Some(Lie { lies, at: (left, top), extent: (width, height) })
    }
}

/// The one picture that a page draws, and where: none for a page that does anything else.
fn only_picture<'a>(page: &Page<'a>) -> Option<(Stream<'a>, Affine)> {
    let mut operations = page.typed_operations();
    let (mut at, mut outer, mut found) = (Affine::IDENTITY, Vec::new(), None);
    while let Some(operation) = operations.next() {
        match operation {
            TypedInstruction::SaveState(_) => outer.push(at),
            TypedInstruction::RestoreState(_) => at = outer.pop().unwrap_or(at),
            TypedInstruction::Transform(matrix) => {
                let [a, b, c, d, e, f] =
                    [matrix.0, matrix.1, matrix.2, matrix.3, matrix.4, matrix.5].map(|number| number.as_f64());
                at *= Affine::new([a, b, c, d, e, f]);
            }
            TypedInstruction::XObject(name) if found.is_none() => {
                let stream = page.resources().get_x_object(name.0)?;
                if stream.dict().get::<Name<'_>>("Subtype").as_deref() != Some(b"Image") {
                    return None;
                }
                found = Some((stream, at));
            }
            _ => return None,
        }
    }
    found
}

/// How many parts a colour has, in those spaces whose greys are the picture's brightness.
fn components(space: &Object<'_>) -> Option<u32> {
    match space {
        Object::Name(name) => match name.as_ref() {
            b"DeviceGray" => Some(1),
            b"DeviceRGB" => Some(3),
            _ => None,
        },
        Object::Array(parts) => {
            let mut parts = parts.iter::<Object<'_>>();
            match (parts.next()?, parts.next()?) {
                (Object::Name(name), Object::Stream(profile)) if name.as_ref() == b"ICCBased" => {
                    profile.dict().get::<u32>("N").filter(|parts| matches!(parts, 1 | 3))
                }
                _ => None,
            }
        }
        _ => None,
    }
}

fn fax(stream: &Stream<'_>, width: u32, height: u32) -> Option<(Shade, bool)> {
    let dict = stream.dict();
    let words = dict
        .get::<Dict<'_>>("DecodeParms")
        .or_else(|| dict.get::<Array<'_>>("DecodeParms").and_then(|all| all.iter::<Dict<'_>>().next()))
        .unwrap_or_default();
    let is = |key: &str| words.get::<bool>(key);
    if words.get::<u32>("Columns").unwrap_or(1728) != width {
        return None;
    }
    let settings = DecodeSettings {
        columns: width,
        rows: height,
        end_of_block: is("EndOfBlock").unwrap_or(true),
        end_of_line: is("EndOfLine").unwrap_or(false),
        rows_are_byte_aligned: is("EncodedByteAlign").unwrap_or(false),
        encoding: match words.get::<i32>("K").unwrap_or(0) {
            ..0 => EncodingMode::Group4,
            0 => EncodingMode::Group3_1D,
            _ => EncodingMode::Group3_2D,
        },
        strict: false,
    };
    let mut rows = tiff::Rows::new(width, height);
    // What was decoded before an error counts, as in a TIFF.
    if rows.decode(&stream.raw_data(), settings).is_err() && rows.is_empty() {
        return None;
    }
    // What nought stands for is white where black is one, and black else; a picture in greys shows the latter turned over.
    rows.finish(width, height, is("BlackIs1").unwrap_or(false))
}
