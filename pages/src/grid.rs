use fax_points::{PELS, Resolution};

use crate::place::Area;

const LINE_MM: f64 = 215.0;
const MM_PER_INCH: f64 = 25.4;

/// What the receiving machine prints on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Paper {
    /// 215.9 by 279.4 mm.
    Letter,
    /// 210 by 297 mm.
    A4,
}

impl Paper {
    /// Width and height in millimetres.
    pub fn size_mm(self) -> (f64, f64) {
        match self {
            Self::Letter => (215.9, 279.4),
            Self::A4 => (210.0, 297.0),
        }
    }

    /// What every machine prints: width, height and distance from the upper edge in millimetres.
    ///
    /// The "guaranteed reproducible area" of T.4's appendix I, what is left when all tolerances of feeding, scanning and printing go
    /// the wrong way, as the page size database of HylaFAX gives it in 1,200ths of an inch: 9,240 wide on both, 12,400 (Letter) or 13,200 (A4)
    /// high, from 472 below the edge. Ours is centred sideways.
    fn clear_mm(self) -> (f64, f64, f64) {
        let mm = |parts: f64| parts * MM_PER_INCH / 1200.0;
        match self {
            Self::Letter => (mm(9240.0), mm(12400.0), mm(472.0)),
            Self::A4 => (mm(9240.0), mm(13200.0), mm(472.0)),
        }
    }
}

/// How a page is turned before it goes on the paper.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Turn {
    /// To the right where it is wider than high and would have to shrink otherwise; upright else.
    #[default]
    Auto,
    /// As the document has it.
    Upright,
    /// A quarter turn clockwise.
    Right,
    /// Upside down.
    Over,
    /// A quarter turn counterclockwise.
    Left,
}

impl Turn {
    /// Whether width and height change places.
    pub(crate) fn swaps(self) -> bool {
        matches!(self, Self::Right | Self::Left)
    }
}

/// The points of a page: 1,728 across 215 mm, centred on the paper, and as many lines as the paper is high.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Grid {
    /// How close the lines lie.
    pub resolution: Resolution,
    /// The paper.
    pub paper: Paper,
}

impl Grid {
    /// Pels of a line.
    pub fn width(&self) -> u32 {
        PELS
    }

    /// Lines of a page: 2,156 or 1,078 on Letter, 2,291 or 1,145 on A4.
    pub fn height(&self) -> u32 {
        (self.paper.size_mm().1 * self.y_per_mm()) as u32
    }

    /// Pels to the millimetre.
    pub fn x_per_mm(&self) -> f64 {
        f64::from(PELS) / LINE_MM
    }

    /// Lines to the millimetre.
    pub fn y_per_mm(&self) -> f64 {
        f64::from(self.resolution.lines_per_inch()) / MM_PER_INCH
    }

    /// Pels of a line, and lines.
    pub(crate) fn size(&self) -> (usize, usize) {
        (self.width() as usize, self.height() as usize)
    }

    /// Where every machine prints, in pels and lines.
    pub(crate) fn clear(&self) -> Area {
        let (width, height, top) = self.paper.clear_mm();
        let (x, y) = (self.x_per_mm(), self.y_per_mm());
        let half = (width / 2.0 * x) as i64;
        let middle = i64::from(PELS / 2);
        Area {
            left: middle - half,
            top: (top * y).ceil() as i64,
            right: middle + half,
            bottom: ((top + height) * y) as i64,
        }
    }
}
