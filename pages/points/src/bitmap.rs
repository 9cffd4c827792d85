use std::fmt;

use crate::{PELS, Resolution, Shade};

/// A page of black and white points.
#[derive(Clone, PartialEq, Eq)]
pub struct Bitmap {
    width: u32,
    height: u32,
    resolution: Resolution,
    rows: Vec<u8>,
}

impl Bitmap {
    /// A white page of `width` pels and `height` lines.
    pub fn white(width: u32, height: u32, resolution: Resolution) -> Self {
        Self { width, height, resolution, rows: vec![0; stride(width) * height as usize] }
    }

    /// A page from packed rows: eight pels to the byte, the leftmost in the highest bit, a one is black, each row begins a byte. Bits behind
    /// the last pel of a row do not count. None where `rows` is not as long as that takes.
    pub fn from_rows(width: u32, height: u32, resolution: Resolution, mut rows: Vec<u8>) -> Option<Self> {
        let stride = stride(width);
        if rows.len() != stride.checked_mul(height as usize)? {
            return None;
        }
        if !width.is_multiple_of(8) && stride > 0 {
            for row in rows.chunks_exact_mut(stride) {
                if let Some(last) = row.last_mut() {
                    *last &= 0xff << (8 - width % 8);
                }
            }
        }
        Some(Self { width, height, resolution, rows })
    }

    /// Pels of a line.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Lines.
    pub fn height(&self) -> u32 {
        self.height
    }

    /// How close the lines lie.
    pub fn resolution(&self) -> Resolution {
        self.resolution
    }

    /// All rows, packed as [`Bitmap::from_rows`] takes them.
    pub fn as_bytes(&self) -> &[u8] {
        &self.rows
    }

    /// The rows from the top, each packed.
    pub fn rows(&self) -> impl Iterator<Item = &[u8]> {
        // A page without width has rows all the same.
        let stride = stride(self.width);
        (0..self.height as usize).map(move |y| self.rows.get(y * stride..(y + 1) * stride).unwrap_or_default())
    }

    /// The rows from the top, to be drawn on. Bits behind the last pel of a row have to stay white.
    pub fn rows_mut(&mut self) -> impl Iterator<Item = &mut [u8]> {
        self.rows.chunks_exact_mut(stride(self.width).max(1))
    }

    /// Whether the point is black; nothing outside the page is.
    pub fn is_black(&self, x: u32, y: u32) -> bool {
        x < self.width
            && y < self.height
            && self
                .rows
                .get(y as usize * stride(self.width) + x as usize / 8)
                .is_some_and(|byte| byte >> (7 - x % 8) & 1 == 1)
    }

    /// The page smaller, in greys, `width` points wide and as high as it is on paper: lines of [`Resolution::Low`] are twice as high as pels are wide.
    pub fn thumbnail(&self, width: usize) -> Shade {
        let (across, down) = (self.width as usize, self.height as usize);
        let mut greys = Vec::with_capacity(across * down);
        self.rows().for_each(|row| unpack(row, across, &mut greys));
        let shade = Shade::new(across, down, greys).unwrap_or_else(|| Shade::white(across, down));
        let per_line = f64::from(PELS) / 215.0 * 25.4 / f64::from(self.resolution.lines_per_inch());
        let height = width as f64 * down as f64 * per_line / across.max(1) as f64;
        let (width, height) = (width.max(1), (height.round() as usize).max(1));
        if width * 2 > across {
            return shade.resampled(width, height);
        }
        // Dithered greys come in columns that are about as wide as a point is now: each point takes in some of those beside it, else they
        // would come out as stripes.
        let halves = shade.resampled(width * 2, height);
        Shade::new(width, height, halves.rows().flat_map(whole).collect()).unwrap_or(halves)
    }

    /// How many points are black.
    #[inline(never)]
    pub fn black(&self) -> u64 {
        let (many, rest) = self.rows.as_chunks();
        let many = many.iter().map(|many| u64::from(u64::from_ne_bytes(*many).count_ones())).sum::<u64>();
        many + rest.iter().map(|byte| u64::from(byte.count_ones())).sum::<u64>()
    }
}

impl fmt::Debug for Bitmap {
    /// Its size alone: what is on it is private.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Bitmap({} x {}, {:?})", self.width, self.height, self.resolution)
    }
}

fn stride(width: u32) -> usize {
    (width as usize).div_ceil(8)
}

/// The points of a row of which the halves are there, with a part of the next half on either side.
fn whole(halves: &[u8]) -> impl Iterator<Item = u8> {
    let points = halves.as_chunks::<2>().0;
    let beside = |at: Option<usize>| at.and_then(|at| points.get(at)).copied();
    points.iter().enumerate().map(move |(at, [left, right])| {
        let before = beside(at.checked_sub(1)).map_or(*left, |[_, right]| right);
        let after = beside(Some(at + 1)).map_or(*right, |[left, _]| left);
        let sum = u32::from(before) + 3 * u32::from(*left) + 3 * u32::from(*right) + u32::from(after);
        ((sum + 4) / 8) as u8
    })
}

/// A row's points, each black or white in eight bits.
#[inline(never)]
fn unpack(row: &[u8], width: usize, greys: &mut Vec<u8>) {
    let end = greys.len() + width;
    for byte in row {
        greys.extend([128, 64, 32, 16, 8, 4, 2, 1].map(|bit| if byte & bit == 0 { 255 } else { 0 }));
    }
    greys.truncate(end);
}
