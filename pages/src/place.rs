//! Where a page goes on the paper: at its own size where all that is on it can be printed there, else shrunk just so much.
//!
//! A page rarely has anything on its margins, and shrinking every page for the sake of empty margins would make all text smaller than
//! it was written. So what counts is the ink: it has to lie where every machine prints. Nothing is ever enlarged, and nothing cut off.

use fax_points::Extent;

use crate::{Grid, Shade, Turn};

/// Pels and lines, right and bottom excluded. May reach over the edges of the paper.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Area {
    pub left: i64,
    pub top: i64,
    pub right: i64,
    pub bottom: i64,
}

impl Area {
    fn width(&self) -> i64 {
        self.right - self.left
    }

    fn height(&self) -> i64 {
        self.bottom - self.top
    }

    fn is_empty(&self) -> bool {
        self.width() <= 0 || self.height() <= 0
    }
}

/// Where a page of the document came to lie on the fax page.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Placement {
    /// Its size there, by its own size: 1, or less where it was shrunk.
    pub scale: f64,
    /// How it was turned; never [`Turn::Auto`].
    pub turn: Turn,
    /// The pel of the fax page on which its upper left point lies; less than none where an empty margin reaches over the edge.
    pub left: i64,
    /// The line of the fax page on which its upper left point lies.
    pub top: i64,
}

/// The smallest area that holds everything darker than paper.
pub(crate) fn ink(shade: &Shade) -> Area {
    match shade.ink() {
        Some(Extent { left, top, right, bottom }) => {
            Area { left: left as i64, top: top as i64, right: right as i64, bottom: bottom as i64 }
        }
        None => Area { left: shade.width() as i64, top: 0, right: 0, bottom: 0 },
    }
}

/// How a page of this size (in millimetres, as the document has it) is turned for `grid`.
pub(crate) fn turn(size: (f64, f64), grid: Grid, wanted: Turn) -> Turn {
    let (width, height) = size;
    let clear = grid.clear();
    let fits = width * grid.x_per_mm() <= clear.width() as f64;
    match wanted {
        Turn::Auto if width > height && !fits => Turn::Right,
        Turn::Auto => Turn::Upright,
        turn => turn,
    }
}

/// The scale to try first for a page of this size (in millimetres, turned): its own size, or what makes it as large as the paper where
/// it is larger by more than A4 is higher than Letter.
pub(crate) fn first_scale(size: (f64, f64), grid: Grid) -> f64 {
    const NEARLY: f64 = 1.07;
    let (width, height) = grid.paper.size_mm();
    if size.0 <= width * NEARLY && size.1 <= height * NEARLY { 1.0 } else { (width / size.0).min(height / size.1) }
}

/// A page of this size (in millimetres, turned) at this scale, in points and parts of them.
pub(crate) fn points(size: (f64, f64), scale: f64, grid: Grid) -> (f64, f64) {
    (size.0 * scale * grid.x_per_mm(), size.1 * scale * grid.y_per_mm())
}

/// Points of a page of this size (in millimetres, turned) at this scale. At least one, and never many more than the paper has. What is left
/// of the page is less than one: with a point for it, everything on the page would have to be cut to the page.
pub(crate) fn extent(size: (f64, f64), scale: f64, grid: Grid) -> (usize, usize) {
    let points = |mm: f64, per_mm: f64, most: u32| {
        ((mm * scale * per_mm + 1.0 / 512.0) as usize).clamp(1, most as usize * 5 / 4)
    };
    (points(size.0, grid.x_per_mm(), grid.width()), points(size.1, grid.y_per_mm(), grid.height()))
}

/// Where the upper left point of a page with this extent is in the middle of the paper.
pub(crate) fn middle(extent: (usize, usize), grid: Grid) -> (i64, i64) {
    let before = |paper: u32, page: usize| (i64::from(paper) - page as i64).div_euclid(2);
    (before(grid.width(), extent.0), before(grid.height(), extent.1))
}

/// Where the upper left point of a page with this extent and ink goes: centred on the paper, and from there moved as little as brings the ink
/// to where it is printed. `Err` is how much it has to shrink for that.
pub(crate) fn settle(extent: (usize, usize), ink: Area, grid: Grid) -> Result<(i64, i64), f64> {
    let clear = grid.clear();
    let (left, top) = middle(extent, grid);
    if ink.is_empty() {
        return Ok((left, top));
    }
    if ink.width() > clear.width() || ink.height() > clear.height() {
        let by = |clear: i64, ink: i64| clear as f64 / ink as f64;
        // A little more, for the edges of what is smaller fall on other points.
        return Err(by(clear.width(), ink.width()).min(by(clear.height(), ink.height())).min(1.0) * 0.998);
    }
    let moved =
        |at: i64, low: i64, high: i64, from: i64, to: i64| at + (from - low - at).max(0) - (high + at - to).max(0);
    Ok((
        moved(left, ink.left, ink.right, clear.left, clear.right),
        moved(top, ink.top, ink.bottom, clear.top, clear.bottom),
    ))
}
