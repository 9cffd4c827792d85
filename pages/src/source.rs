//! What documents are read from, each kind in its own way.

use fax_points::{grey, is_coloured};

use crate::place::{self, Area};
use crate::{Grid, Original, Placement, Refusal, Shade, Turn};

pub(crate) mod pdf;
pub(crate) mod picture;
mod scan;
pub(crate) mod text;
pub(crate) mod tiff;
mod unpack;
mod weight;

/// A picture as its file has it, in greys.
pub(crate) struct Picture {
    pub shade: Shade,
    /// How it lies, as EXIF numbers it: 1 is upright.
    pub orientation: u8,
    /// Pels to the inch, across and down as the file has it, where it says so.
    pub density: Option<(f64, f64)>,
    /// The share of its pels that have a colour.
    pub coloured: f32,
    /// Whether its file breaks off before it does: what is not there is white or grey.
    pub is_partial: bool,
}

/// Pels to the inch where a picture does not say: what browsers and office programs take then.
const DENSITY: f64 = 96.0;

impl Picture {
    /// Its size in millimetres once it is upright.
    pub fn size_mm(width: u32, height: u32, orientation: u8, density: Option<(f64, f64)>) -> (f64, f64) {
        let sound =
            |density: &(f64, f64)| (1.0..=100_000.0).contains(&density.0) && (1.0..=100_000.0).contains(&density.1);
        let (x, y) = density.filter(sound).unwrap_or((DENSITY, DENSITY));
        let size = (f64::from(width) / x * 25.4, f64::from(height) / y * 25.4);
        if orientation >= 5 { (size.1, size.0) } else { size }
    }

    /// The page with this picture on it.
    pub fn on_paper(mut self, grid: Grid, wanted: Turn) -> (Shade, Placement) {
        let (width, height) = (self.shade.width(), self.shade.height());
        let size = Self::size_mm(width as u32, height as u32, self.orientation, self.density);
        let turn = place::turn(size, grid, wanted);
        if let Some(at) = self.is_fax(grid, turn) {
            let paper = self.shade.on_paper(grid.size(), (width, height), (0, at));
            return (paper, Placement { scale: 1.0, turn, left: 0, top: at });
        }
        let lies = Lies::of(self.orientation).then(turn);
        let size = if turn.swaps() { (size.1, size.0) } else { size };
        fax_points::whiten(&mut self.shade, 0);
        let ink = lies.area(place::ink(&self.shade), (width, height));
        let mut scale = place::first_scale(size, grid);
        loop {
            let extent = place::extent(size, scale, grid);
            let lie = Lie { lies, at: (0, 0), extent };
            match place::settle(extent, lie.ink(ink, &self.shade), grid) {
                Ok((left, top)) => {
                    let paper = lie.on_paper(&self.shade, grid.size(), (left, top));
                    return (paper, Placement { scale, turn, left, top });
                }
                Err(by) => scale *= by.min(0.999),
            }
        }
    }

    /// Whether it is a page of a fax already, on this very grid: then not a pel of it is touched. The line that it begins on.
    fn is_fax(&self, grid: Grid, turn: Turn) -> Option<i64> {
        let (x, y) = self.density?;
        let like = |density: f64, wanted: f64| (density / wanted - 1.0).abs() <= 0.03;
        (turn == Turn::Upright
            && self.orientation <= 1
            && self.shade.width() == grid.width() as usize
            && self.shade.height() <= grid.height() as usize
            && like(x, 204.0)
            && like(y, f64::from(grid.resolution.lines_per_inch()))
            && self.shade.greys().iter().all(|grey| matches!(grey, 0 | 255)))
        .then_some(0)
    }
}

/// A picture as its file has it, in its colours.
pub(crate) struct Colours {
    pub width: usize,
    pub height: usize,
    pub pels: Vec<[u8; 3]>,
    /// How it lies, as EXIF numbers it: 1 is upright.
    pub orientation: u8,
}

impl Colours {
    /// Upright, on `width` by `height` points.
    pub fn original(self, (width, height): (usize, usize)) -> Result<Original, Refusal> {
        let lies = Lies::of(self.orientation);
        let (across, down) = lies.size((width, height));
        let mut rgba = vec![255; width * height * 4];
        for part in 0..3 {
            let greys = self.pels.iter().filter_map(|pel| pel.get(part).copied()).collect();
            let shade = Shade::new(self.width, self.height, greys).ok_or(Refusal::Damaged)?;
            let shade = lies.turned(shade.resampled(across, down));
            for (to, grey) in rgba.iter_mut().skip(part).step_by(4).zip(shade.greys()) {
                *to = *grey;
            }
        }
        Ok(Original { width, height, rgba })
    }
}

/// Where a picture lies on a page, in points of the page.
struct Lie {
    lies: Lies,
    at: (i64, i64),
    extent: (usize, usize),
}

impl Lie {
    /// Where the page has the ink of a picture, which it has here as it lies.
    fn ink(&self, ink: Area, shade: &Shade) -> Area {
        let (width, height) = self.lies.size((shade.width(), shade.height()));
        let (x, y) = (self.extent.0 as f64 / width.max(1) as f64, self.extent.1 as f64 / height.max(1) as f64);
        Area {
            left: self.at.0 + (ink.left as f64 * x) as i64,
            top: self.at.1 + (ink.top as f64 * y) as i64,
            right: self.at.0 + (ink.right as f64 * x).ceil() as i64,
            bottom: self.at.1 + (ink.bottom as f64 * y).ceil() as i64,
        }
    }

    /// Whether all of it is on a page of this extent, but for less than a point.
    fn is_on(&self, page: (usize, usize)) -> bool {
        let is_on = |at: i64, extent: usize, page: usize| at >= 0 && at as usize + extent <= page + 1;
        is_on(self.at.0, self.extent.0, page.0) && is_on(self.at.1, self.extent.1, page.1)
    }

    /// Paper of this size with a picture on it, where the page has its upper left point.
    fn on_paper(&self, shade: &Shade, paper: (usize, usize), page: (i64, i64)) -> Shade {
        let at = (page.0 + self.at.0, page.1 + self.at.1);
        if self.lies == Lies::default() {
            return shade.on_paper(paper, self.extent, at);
        }
        let (across, down) = self.lies.size(self.extent);
        self.lies.turned(shade.resampled(across, down)).on_paper(paper, self.extent, at)
    }
}

/// One of the eight ways that a picture can lie.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
struct Lies {
    /// First along the diagonal,
    transposed: bool,
    /// then left to right,
    mirrored: bool,
    /// then top to bottom.
    upside_down: bool,
}

impl Lies {
    /// What makes a picture with this EXIF orientation upright.
    fn of(orientation: u8) -> Self {
        let (transposed, mirrored, upside_down) = match orientation {
            2 => (false, true, false),
            3 => (false, true, true),
            4 => (false, false, true),
            5 => (true, false, false),
            6 => (true, true, false),
            7 => (true, true, true),
            8 => (true, false, true),
            _ => (false, false, false),
        };
        Self { transposed, mirrored, upside_down }
    }

    fn then(self, turn: Turn) -> Self {
        let next = match turn {
            Turn::Auto | Turn::Upright => return self,
            Turn::Right => Self { transposed: true, mirrored: true, upside_down: false },
            Turn::Over => Self { transposed: false, mirrored: true, upside_down: true },
            Turn::Left => Self { transposed: true, mirrored: false, upside_down: true },
        };
        // Along the diagonal, left to right becomes top to bottom.
        let (mirrored, upside_down) =
            if next.transposed { (self.upside_down, self.mirrored) } else { (self.mirrored, self.upside_down) };
        Self {
            transposed: self.transposed ^ next.transposed,
            mirrored: mirrored ^ next.mirrored,
            upside_down: upside_down ^ next.upside_down,
        }
    }

    fn size(self, (width, height): (usize, usize)) -> (usize, usize) {
        if self.transposed { (height, width) } else { (width, height) }
    }

    fn area(self, area: Area, size: (usize, usize)) -> Area {
        let Area { mut left, mut top, mut right, mut bottom } = area;
        if self.transposed {
            (left, top, right, bottom) = (top, left, bottom, right);
        }
        let (width, height) = self.size(size);
        if self.mirrored {
            (left, right) = (width as i64 - right, width as i64 - left);
        }
        if self.upside_down {
            (top, bottom) = (height as i64 - bottom, height as i64 - top);
        }
        Area { left, top, right, bottom }
    }

    fn turned(self, mut shade: Shade) -> Shade {
        if self.transposed {
            shade = shade.transposed();
        }
        if self.mirrored {
            shade = shade.mirrored();
        }
        if self.upside_down {
            shade = shade.upside_down();
        }
        shade
    }
}

/// Checks the size of a picture before anything of that size is made.
pub(crate) fn check_pels(width: u64, height: u64, most: u64) -> Result<(), Refusal> {
    match width.checked_mul(height) {
        Some(0) => Err(Refusal::Damaged),
        Some(pels) if pels <= most => Ok(()),
        _ => Err(Refusal::TooLarge),
    }
}
