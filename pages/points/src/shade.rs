use crate::{MANY, PAPER_WHITE};

/// Points and rows, right and bottom excluded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extent {
    /// The first point.
    pub left: usize,
    /// The first row.
    pub top: usize,
    /// The point behind the last.
    pub right: usize,
    /// The row behind the last.
    pub bottom: usize,
}

/// The grey of a colour: what it is as bright as (ITU-R BT.709), in whole numbers so that it is the same everywhere.
pub fn grey(red: u8, green: u8, blue: u8) -> u8 {
    ((u32::from(red) * 54 + u32::from(green) * 183 + u32::from(blue) * 19 + 128) >> 8) as u8
}

/// Whether a person would call it a colour.
pub fn is_coloured(red: u8, green: u8, blue: u8) -> bool {
    red.max(green).max(blue) - red.min(green).min(blue) > 40
}

/// Whether all of them are 255. By eight at a time, which needs no help of the compiler's.
pub(crate) fn is_white(greys: &[u8]) -> bool {
    let (many, rest) = greys.as_chunks::<8>();
    many.iter().fold(u64::MAX, |all, eight| all & u64::from_ne_bytes(*eight)) == u64::MAX
        && rest.iter().all(|grey| *grey == 255)
}

/// The greys of a row that was white, where they are not; how many of its points have a colour.
#[inline(never)]
fn greys_of(rgba: &[u8], greys: &mut [u8]) -> usize {
    let mut coloured = 0;
    for (pels, greys) in rgba.chunks(MANY * 4).zip(greys.chunks_mut(MANY)) {
        if is_white(pels) {
            continue;
        }
        // Most of what is not white has no colour either, and is its own grey.
        let tint = |pel: &[u8; 4]| {
            let pel = u32::from_le_bytes(*pel);
            (pel ^ pel >> 8) & 0xffff
        };
        let pels = pels.as_chunks::<4>().0;
        if pels.iter().fold(0, |all, pel| all | tint(pel)) == 0 {
            greys.iter_mut().zip(pels).for_each(|(to, pel)| *to = pel[0]);
            continue;
        }
        let mut many = 0u8;
        for ([red, green, blue, _], to) in pels.iter().zip(greys) {
            many += u8::from(is_coloured(*red, *green, *blue));
            *to = grey(*red, *green, *blue);
        }
        coloured += usize::from(many);
    }
    coloured
}

#[inline(never)]
fn multiply(row: &mut [u8], factor: u32) {
    for grey in row {
        *grey = ((u32::from(*grey) * factor) >> 16).min(255) as u8;
    }
}

#[inline(never)]
fn count(row: &[u8], counts: &mut [[u32; 256]; 2]) {
    for two in row.chunks(2) {
        for (counts, grey) in counts.iter_mut().zip(two) {
            if let Some(count) = counts.get_mut(usize::from(*grey)) {
                *count += 1;
            }
        }
    }
}

/// Where a row has the first point that is darker than paper, and where the last ends.
#[inline(never)]
fn dark(row: &[u8]) -> Option<(usize, usize)> {
    let is_dark = |grey: &u8| *grey < PAPER_WHITE;
    let (many, rest) = row.as_chunks::<MANY>();
    let has_ink = |many: &[u8; MANY]| !is_white(many) && many.iter().any(is_dark);
    let first = many.iter().position(has_ink);
    let left = match first {
        Some(at) => many.get(at).and_then(|many| many.iter().position(is_dark)).map(|x| at * MANY + x),
        None => rest.iter().position(is_dark).map(|x| many.len() * MANY + x),
    }?;
    let last = match rest.iter().rposition(is_dark) {
        Some(x) => many.len() * MANY + x,
        None => many
            .iter()
            .rposition(has_ink)
            .and_then(|at| many.get(at)?.iter().rposition(is_dark).map(|x| at * MANY + x))
            .unwrap_or(left),
    };
    Some((left, last + 1))
}

/// A page, or a picture, in greys: 0 is black, 255 white.
#[derive(Clone, PartialEq, Eq)]
pub struct Shade {
    width: usize,
    height: usize,
    greys: Vec<u8>,
}

impl Shade {
    /// From greys row by row; None where there are not `width` × `height` of them.
    pub fn new(width: usize, height: usize, greys: Vec<u8>) -> Option<Self> {
        (width.checked_mul(height) == Some(greys.len())).then_some(Self { width, height, greys })
    }

    /// The greys of red, green, blue and one byte more for each point, and how many of them have a colour.
    pub fn from_rgba(width: usize, height: usize, rgba: &[u8]) -> (Self, usize) {
        let mut shade = Self::white(width, height);
        let rows = rgba.chunks_exact((width * 4).max(1)).zip(shade.rows_mut());
        let coloured = rows.map(|(pels, greys)| greys_of(pels, greys)).sum();
        (shade, coloured)
    }

    /// Nothing but paper.
    pub fn white(width: usize, height: usize) -> Self {
        Self { width, height, greys: vec![255; width * height] }
    }

    /// Pels of a row.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Rows.
    pub fn height(&self) -> usize {
        self.height
    }

    /// All greys, row by row.
    pub fn greys(&self) -> &[u8] {
        &self.greys
    }

    /// One row; empty outside.
    pub fn row(&self, y: usize) -> &[u8] {
        self.greys.get(y * self.width..(y + 1) * self.width).unwrap_or_default()
    }

    /// All rows from the top.
    pub fn rows(&self) -> impl Iterator<Item = &[u8]> {
        self.greys.chunks_exact(self.width.max(1))
    }

    /// All rows from the top, to be drawn on.
    pub fn rows_mut(&mut self) -> impl Iterator<Item = &mut [u8]> {
        self.greys.chunks_exact_mut(self.width.max(1))
    }

    /// Every grey so much lighter that `white`, and all that is lighter, is 255.
    pub fn lighten(&mut self, white: u8) {
        // Rounded up, so that what is cut off behind the product is what a division leaves.
        let factor = (255u32 << 16).div_ceil(u32::from(white.max(1)));
        self.rows_mut().for_each(|row| multiply(row, factor));
    }

    /// How often each grey occurs, on every fourth row: as much as tells what paper a page is on.
    pub fn histogram(&self) -> [u32; 256] {
        // Two, because counting the same grey twice in a row waits for itself.
        let mut counts = [[0u32; 256]; 2];
        self.rows().step_by(4).for_each(|row| count(row, &mut counts));
        let [mut counts, others] = counts;
        for (count, other) in counts.iter_mut().zip(others) {
            *count += other;
        }
        counts
    }

    /// The smallest area that holds everything darker than paper.
    pub fn ink(&self) -> Option<Extent> {
        let mut ink: Option<Extent> = None;
        for (y, row) in self.rows().enumerate() {
            let Some((left, right)) = dark(row) else { continue };
            let ink = ink.get_or_insert(Extent { left, top: y, right, bottom: y + 1 });
            ink.bottom = y + 1;
            ink.left = ink.left.min(left);
            ink.right = ink.right.max(right);
        }
        ink
    }

    /// Mirrored top to bottom.
    pub fn upside_down(&self) -> Self {
        let mut greys = Vec::with_capacity(self.greys.len());
        for row in self.greys.chunks_exact(self.width.max(1)).rev() {
            greys.extend_from_slice(row);
        }
        Self { greys, ..*self }
    }

    /// Mirrored left to right.
    pub fn mirrored(mut self) -> Self {
        self.rows_mut().for_each(<[u8]>::reverse);
        self
    }

    /// Mirrored along the diagonal from the upper left: rows become columns.
    #[inline(never)]
    pub fn transposed(&self) -> Self {
        let mut greys = vec![255; self.greys.len()];
        for (y, row) in self.rows().enumerate() {
            let column = greys.get_mut(y..).unwrap_or_default();
            for (to, grey) in column.iter_mut().step_by(self.height.max(1)).zip(row) {
                *to = *grey;
            }
        }
        Self { width: self.height, height: self.width, greys }
    }

    /// This picture on `width` by `height` points: each is the mean of what lies under it, or lies between its neighbours where the
    /// picture grows.
    pub fn resampled(&self, width: usize, height: usize) -> Self {
        if (width, height) == (self.width, self.height) || self.greys.is_empty() {
            return self.clone();
        }
        let down = taps(self.height, height);
        let across = taps(self.width, width);
        let most = across.iter().map(|(_, weights)| weights.len()).max().unwrap_or(0);
        let (two, three, four) = (two(&across), few::<3>(&across), few::<4>(&across));
        let mut greys = vec![0; width * height];
        // Eight bits and four more, so that the second rounding does not add to the first. Three more of them, for the last point.
        let mut sums = vec![0u16; self.width + 3];
        let mut many = Vec::new();
        for ((first, weights), to) in down.iter().zip(greys.chunks_exact_mut(width.max(1))) {
            self.mean_of(*first, weights, &mut sums, &mut many);
            match most {
                ..=2 => lie_between(&sums, &two, to),
                3 => weigh(&sums, &three, to),
                4 => weigh(&sums, &four, to),
                _ => weigh_all(&sums, &across, to),
            }
        }
        Self { width, height, greys }
    }

    /// Of each column the mean of some rows from the `first` on, in twelve bits. In `many` for the sums of more than two.
    #[inline(never)]
    fn mean_of(&self, first: usize, weights: &[u32], to: &mut [u16], many: &mut Vec<u32>) {
        match weights {
            [_] => to.iter_mut().zip(self.row(first)).for_each(|(to, grey)| *to = u16::from(*grey) << 4),
            [a, b] => {
                for (to, (p, q)) in to.iter_mut().zip(self.row(first).iter().zip(self.row(first + 1))) {
                    *to = bits_12(u32::from(*p) * a + u32::from(*q) * b);
                }
            }
            _ => {
                many.clear();
                many.resize(self.width, 0);
                for (y, weight) in (first..).zip(weights) {
                    many.iter_mut().zip(self.row(y)).for_each(|(sum, grey)| *sum += u32::from(*grey) * weight);
                }
                to.iter_mut().zip(many.iter()).for_each(|(to, sum)| *to = bits_12(*sum));
            }
        }
    }
}

fn bits_12(sum: u32) -> u16 {
    ((sum + (1 << (SHIFT - 5))) >> (SHIFT - 4)) as u16
}

fn point(sum: u32) -> u8 {
    ((sum + (1 << (SHIFT + 3))) >> (SHIFT + 4)) as u8
}

/// Of points under which there are two at most, how much the second counts.
fn two(taps: &[(usize, Vec<u32>)]) -> Vec<(usize, i32)> {
    taps.iter().map(|(first, weights)| (*first, weights.get(1).map_or(0, |weight| *weight as i32))).collect()
}

/// Of each point what lies between the two.
#[inline(never)]
fn lie_between(sums: &[u16], taps: &[(usize, i32)], to: &mut [u8]) {
    for (to, (first, weight)) in to.iter_mut().zip(taps) {
        let Some([first, second]) = sums.get(*first..).and_then(|sums| sums.first_chunk()) else { continue };
        let (first, second) = (i32::from(*first), i32::from(*second));
        *to = point(((first << SHIFT) + (second - first) * weight) as u32);
    }
}

/// The same weights, of `N` at most: then none of them is counted. Nothing where there are more.
fn few<const N: usize>(taps: &[(usize, Vec<u32>)]) -> Vec<(usize, [u32; N])> {
    let few = taps.iter().map_while(|(first, weights)| {
        let mut few = [0; N];
        few.get_mut(..weights.len())?.copy_from_slice(weights);
        Some((*first, few))
    });
    few.collect()
}

/// Of each point the mean of those under it.
#[inline(never)]
fn weigh<const N: usize>(sums: &[u16], taps: &[(usize, [u32; N])], to: &mut [u8]) {
    for (to, (first, weights)) in to.iter_mut().zip(taps) {
        let Some(under) = sums.get(*first..).and_then(|under| under.first_chunk::<N>()) else { continue };
        *to = point(under.iter().zip(weights).map(|(sum, weight)| u32::from(*sum) * weight).sum());
    }
}

/// The same, however many there are.
#[inline(never)]
fn weigh_all(sums: &[u16], taps: &[(usize, Vec<u32>)], to: &mut [u8]) {
    for (to, (first, weights)) in to.iter_mut().zip(taps) {
        let under = sums.get(*first..*first + weights.len()).unwrap_or_default();
        *to = point(under.iter().zip(weights).map(|(sum, weight)| u32::from(*sum) * weight).sum());
    }
}

const SHIFT: u32 = 16;

/// For each of `to` points which of `from` points lie under it and how much each counts; all weights of a point make 1 << SHIFT.
fn taps(from: usize, to: usize) -> Vec<(usize, Vec<u32>)> {
    let ratio = from as f64 / to as f64;
    (0..to)
        .map(|i| {
            // Shrinking: what the point covers. Growing: the two points that its middle lies between.
            let (start, end) = if ratio >= 1.0 {
                (i as f64 * ratio, (i + 1) as f64 * ratio)
            } else {
                let middle = (i as f64 + 0.5) * ratio;
                (middle - 0.5, middle + 0.5)
            };
            let (start, end) = (start.max(0.0), end.min(from as f64));
            let first = (start as usize).min(from.saturating_sub(1));
            let last = ((end.ceil() as usize).max(first + 1)).min(from);
            let mut weights: Vec<u32> = (first..last)
                .map(|j| {
                    let covered =
                        (end.min((j + 1) as f64) - start.max(j as f64)).max(0.0) / (end - start).max(f64::MIN_POSITIVE);
                    (covered * f64::from(1u32 << SHIFT)) as u32
                })
                .collect();
            let missing = (1u32 << SHIFT).saturating_sub(weights.iter().sum());
            if let Some(largest) = weights.iter_mut().max() {
                *largest += missing;
            }
            (first, weights)
        })
        .collect()
}
