use wide::{bytemuck, i16x8, i32x4, u8x16, u16x8};

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

/// What red, green and blue bring to a grey, in 256ths (ITU-R BT.709).
const BRIGHTNESS: [u8; 3] = [54, 183, 19];

/// The grey of a colour: what it is as bright as, in whole numbers so that it is the same everywhere.
pub fn grey(red: u8, green: u8, blue: u8) -> u8 {
    let parts = [red, green, blue].into_iter().zip(BRIGHTNESS).map(|(part, by)| u32::from(part) * u32::from(by));
    ((parts.sum::<u32>() + 128) >> 8) as u8
}

/// How far apart the parts of a colour are at least.
const COLOURED: u8 = 40;

/// Whether a person would call it a colour.
pub fn is_coloured(red: u8, green: u8, blue: u8) -> bool {
    red.max(green).max(blue) - red.min(green).min(blue) > COLOURED
}

/// So many rows apart the greys of a page are counted.
pub(crate) const HISTOGRAM_ROWS: usize = 8;

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
    let (many, rest) = rgba.as_chunks::<{ MANY * 4 }>();
    let (to_many, to_rest) = greys.as_chunks_mut::<MANY>();
    let white = u8x16::splat(255);
    for (pels, to) in many.iter().zip(to_many) {
        let fours: [u8x16; 4] = bytemuck::cast(*pels);
        if fours.iter().fold(white, |all, four| all & *four) == white {
            continue;
        }
        let [a, b, c, d] = fours.map(greys_of_four);
        let (first, second) = (bytemuck::cast([a, b]), bytemuck::cast([c, d]));
        *to = u8x16::narrow_i16x8(i16x8::from_i32x8_saturate(first), i16x8::from_i32x8_saturate(second)).to_array();
        coloured += fours.map(coloured_of_four).iter().sum::<u32>();
    }
    for ([red, green, blue, _], to) in rest.as_chunks::<4>().0.iter().zip(to_rest) {
        coloured += u32::from(is_coloured(*red, *green, *blue));
        *to = grey(*red, *green, *blue);
    }
    coloured as usize
}

/// `grey` of four points.
#[inline(always)]
fn greys_of_four(rgba: u8x16) -> i32x4 {
    // Red and blue in the lower halves of two numbers, green and one more in the upper.
    let twos: u16x8 = bytemuck::cast(rgba);
    let (red_blue, green): (i16x8, i16x8) = (bytemuck::cast(twos & u16x8::splat(0xff)), bytemuck::cast(twos >> 8u32));
    let [red, by_green, blue] = BRIGHTNESS.map(i16::from);
    let by = |twos: i16x8, one, two| twos.dot(i16x8::new([one, two, one, two, one, two, one, two]));
    (by(red_blue, red, blue) + by(green, by_green, 0) + 128) >> 8
}

/// How many of four points `is_coloured`.
#[inline(always)]
fn coloured_of_four(rgba: u8x16) -> u32 {
    let green = rgba.shuffle_zeroing(u8x16::new([1, 1, 1, 1, 5, 5, 5, 5, 9, 9, 9, 9, 13, 13, 13, 13]));
    let blue = rgba.shuffle_zeroing(u8x16::new([2, 2, 2, 2, 6, 6, 6, 6, 10, 10, 10, 10, 14, 14, 14, 14]));
    let apart = rgba.max(green).max(blue).saturating_sub(rgba.min(green).min(blue));
    // Only beside the red are all three of a point.
    (apart.simd_ge(u8x16::splat(COLOURED + 1)).to_bitmask() & 0x1111).count_ones()
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

    /// How often each grey occurs, on one of so many rows: as much as tells what paper a page is on.
    pub fn histogram(&self) -> [u32; 256] {
        // Two, because counting the same grey twice in a row waits for itself.
        let mut counts = [[0u32; 256]; 2];
        self.rows().step_by(HISTOGRAM_ROWS).for_each(|row| count(row, &mut counts));
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
        self.on_paper((width, height), (width, height), (0, 0))
    }

    /// A white page of so many points with this picture on it, resampled to an extent, its upper left point at `left` and `top`. What would lie beside
    /// the page is left out.
    pub fn on_paper(&self, page: (usize, usize), extent: (usize, usize), (left, top): (i64, i64)) -> Self {
        let mut resampling = Resampling::of(self, extent.0, extent.1);
        let (from, to) = ((-left).max(0) as usize, left.max(0) as usize);
        let (width, height) = page;
        let mut greys = Vec::with_capacity(width * height);
        for (y, end) in (0i64..).zip((1..=height).map(|rows| rows * width)) {
            let y = usize::try_from(y - top).ok().filter(|y| *y < extent.1);
            let drawn = y.map(|y| resampling.row(y)).unwrap_or_default().get(from..).unwrap_or_default();
            if !drawn.is_empty() && to < width {
                greys.resize(greys.len() + to, 255);
                greys.extend_from_slice(drawn.get(..width - to).unwrap_or(drawn));
            }
            greys.resize(end, 255);
        }
        Self { width, height, greys }
    }
}

/// The rows of a picture on other points.
struct Resampling<'a> {
    picture: &'a Shade,
    is_same: bool,
    down: Vec<(usize, Vec<u32>)>,
    across: Vec<(usize, Vec<u32>)>,
    /// Those across by eight, where there are few for each point.
    shares: Option<Vec<Vec<Share>>>,
    /// Of each column the mean of what lies under a row, in twelve bits. More than there are columns, for those that are taken eight at a time.
    means: Vec<i16>,
    drawn: Vec<u8>,
}

impl<'a> Resampling<'a> {
    fn of(picture: &'a Shade, width: usize, height: usize) -> Self {
        let is_same = (width, height) == (picture.width, picture.height);
        let taps = |from, to| if is_same { Vec::new() } else { taps(from, to) };
        let (down, across) = (taps(picture.height, height), taps(picture.width, width));
        let are_few = across.iter().all(|(_, weights)| weights.len() <= FEW);
        let shares = are_few.then(|| shares(&across));
        let means = vec![0; picture.width.next_multiple_of(MANY) + MANY];
        Self { picture, is_same, down, across, shares, means, drawn: vec![255; width] }
    }

    fn row(&mut self, y: usize) -> &[u8] {
        if self.is_same {
            return self.picture.row(y);
        }
        let Some((first, weights)) = self.down.get(y) else { return &[] };
        let rows = (*first..).zip(weights).map(|(y, weight)| (self.picture.row(y), *weight));
        let means = &mut self.means;
        if weights.len() <= FEW {
            means.fill(0);
            rows.for_each(|(row, weight)| add_share(row, in_15_bits(weight), means));
        } else {
            let mut sums = vec![0; self.picture.width];
            for (row, weight) in rows {
                sums.iter_mut().zip(row).for_each(|(sum, grey)| *sum += u32::from(*grey) * weight);
            }
            means
                .iter_mut()
                .zip(sums)
                .for_each(|(mean, sum)| *mean = ((sum + (1 << (SHIFT - 5))) >> (SHIFT - 4)) as i16);
        }
        match &self.shares {
            Some(shares) => weigh(means, shares, &mut self.drawn),
            None => weigh_all(means, &self.across, &mut self.drawn),
        }
        &self.drawn
    }
}

/// So many points lie under one where they are weighed with what a processor has for it: each share is rounded then, and of more of them
/// white would not be white.
const FEW: usize = 6;

/// A weight as `i16x8::mul_scale_round` takes it; all of a point make 1 << 15, or what is next to it.
fn in_15_bits(weight: u32) -> i16 {
    weight.div_ceil(2).min(i16::MAX as u32) as i16
}

/// Adds so much of a row, in twelve bits.
#[inline(never)]
fn add_share(row: &[u8], weight: i16, to: &mut [i16]) {
    let weight = i16x8::splat(weight);
    let share = |greys: i16x8| (greys << 4u32).mul_scale_round(weight);
    let add = |row: &[u8; MANY], to: &mut [i16; MANY]| {
        let (row, [first, second]) = (u8x16::new(*row), bytemuck::cast::<_, [i16x8; 2]>(*to));
        let sums = [first + share(i16x8::from_u8x16_low(row)), second + share(i16x8::from_u8x16_high(row))];
        *to = bytemuck::cast(sums);
    };
    let (many, rest) = row.as_chunks();
    let to = to.as_chunks_mut().0;
    many.iter().zip(&mut *to).for_each(|(row, to)| add(row, to));
    if let Some(to) = to.get_mut(many.len()) {
        let mut last = [0; MANY];
        last.iter_mut().zip(rest).for_each(|(to, grey)| *to = *grey);
        add(&last, to);
    }
}

/// What eight points in a row bring to eight others.
struct Share {
    from: usize,
    /// For each of the others which of the eight, by two bytes; none where there are not so many.
    places: u8x16,
    weights: i16x8,
}

/// Of each eight points what they are the mean of.
fn shares(taps: &[(usize, Vec<u32>)]) -> Vec<Vec<Share>> {
    let shares_of = |eight: &[(usize, Vec<u32>)]| {
        let mut shares = Vec::new();
        for number in 0..FEW {
            // Where there is one with this number under a point, and how much it counts.
            let mut left: Vec<_> = eight
                .iter()
                .enumerate()
                .filter_map(|(at, (first, weights))| Some((at, first + number, *weights.get(number)?)))
                .collect();
            while let Some((_, from, _)) = left.first().copied() {
                let (mut places, mut weights) = ([u8::MAX; 16], [0; 8]);
                left.retain(|(at, place, weight)| {
                    let place = place - from;
                    let (Some(two), Some(to)) = (places.as_chunks_mut::<2>().0.get_mut(*at), weights.get_mut(*at))
                    else {
                        return false;
                    };
                    if place < 8 {
                        *two = [place as u8 * 2, place as u8 * 2 + 1];
                        *to = in_15_bits(*weight);
                    }
                    place >= 8
                });
                shares.push(Share { from, places: u8x16::new(places), weights: i16x8::new(weights) });
            }
        }
        shares
    };
    taps.chunks(8).map(shares_of).collect()
}

/// Of each point the mean of those under it.
#[inline(never)]
fn weigh(sums: &[i16], shares: &[Vec<Share>], to: &mut [u8]) {
    let mean_of = |share: &Share| {
        let under = sums.get(share.from..).and_then(|sums| sums.first_chunk::<8>()).copied().unwrap_or_default();
        let under: u8x16 = bytemuck::cast(under);
        bytemuck::cast::<_, i16x8>(under.shuffle_zeroing(share.places)).mul_scale_round(share.weights)
    };
    for (to, shares) in to.chunks_mut(8).zip(shares) {
        // Four bits more than a grey has, rounded.
        let half = i16x8::splat(8);
        let mean = match shares.as_slice() {
            // As of most pages.
            [one, two] => half + mean_of(one) + mean_of(two),
            shares => shares.iter().fold(half, |mean, share| mean + mean_of(share)),
        };
        let [greys, _] = bytemuck::cast::<_, [[u8; 8]; 2]>(u8x16::narrow_i16x8(mean >> 4u32, i16x8::ZERO));
        match to.first_chunk_mut() {
            Some(to) => *to = greys,
            None => to.iter_mut().zip(greys).for_each(|(to, grey)| *to = grey),
        }
    }
}

/// The same, however many there are.
#[inline(never)]
fn weigh_all(sums: &[i16], taps: &[(usize, Vec<u32>)], to: &mut [u8]) {
    for (to, (first, weights)) in to.iter_mut().zip(taps) {
        let under = sums.get(*first..*first + weights.len()).unwrap_or_default();
        let sum: u32 = under.iter().zip(weights).map(|(sum, weight)| *sum as u32 * weight).sum();
        *to = ((sum + (1 << (SHIFT + 3))) >> (SHIFT + 4)) as u8;
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers that look like chance.
    fn chance(many: usize) -> Vec<u8> {
        let mut state = 1u32;
        let next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        };
        std::iter::repeat_with(next).take(many).collect()
    }

    #[test]
    fn points_are_the_means_of_what_lies_under_them() {
        let (width, height) = (97, 61);
        let greys = chance(width * height);
        let picture = Shade::new(width, height, greys).unwrap_or(Shade::white(0, 0));
        let exact = |taps: &(usize, Vec<u32>)| taps.1.iter().map(|w| f64::from(*w) / 65_536.0).collect::<Vec<_>>();
        for to in [(97, 61), (100, 70), (150, 200), (96, 60), (80, 40), (48, 31), (30, 61), (16, 12), (9, 5), (1, 1)] {
            let (across, down) = (taps(width, to.0), taps(height, to.1));
            let resampled = picture.resampled(to.0, to.1);
            for (row, down) in resampled.rows().zip(&down) {
                for (point, across) in row.iter().zip(&across) {
                    let mut mean = 0.0;
                    for (y, by) in (down.0..).zip(exact(down)) {
                        for (grey, weight) in picture.row(y).iter().skip(across.0).zip(exact(across)) {
                            mean += f64::from(*grey) * by * weight;
                        }
                    }
                    assert!((mean - f64::from(*point)).abs() < 1.0, "{to:?}: {point} for {mean}");
                }
            }
            for grey in [0, 255] {
                let even = Shade { greys: vec![grey; width * height], ..picture }.resampled(to.0, to.1);
                assert!(even.greys.iter().all(|point| *point == grey), "{to:?}: {grey}");
            }
        }
    }

    #[test]
    fn colours_are_greys_as_one_by_one() {
        let (width, height) = (53, 40);
        let mut rgba = chance(width * height * 4);
        // Some have no colour, and some are white.
        rgba.chunks_mut(4).step_by(3).for_each(|pel| pel.fill(pel.len() as u8 * 50));
        rgba.chunks_mut(4 * width).step_by(4).for_each(|row| row.fill(255));
        let (shade, coloured) = Shade::from_rgba(width, height, &rgba);
        let pels = rgba.as_chunks::<4>().0;
        let greys: Vec<u8> = pels.iter().map(|[red, green, blue, _]| grey(*red, *green, *blue)).collect();
        assert!(shade.greys == greys);
        assert_eq!(coloured, pels.iter().filter(|[red, green, blue, _]| is_coloured(*red, *green, *blue)).count());
    }
}
