use std::hint::black_box;

use wide::{bytemuck, i16x8, i32x4, u8x16, u16x8};

/// A straight edge of a shape, from one place on the page to another: across, then down, in points.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Edge {
    /// Where it begins.
    pub from: [f32; 2],
    /// Where it ends.
    pub to: [f32; 2],
}

/// What is inside of a shape whose edges lie over each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FillRule {
    /// What they go around in either direction.
    NonZero,
    /// What they go around an odd number of times.
    EvenOdd,
}

/// A part of a page, in points, and in parts of them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bounds {
    /// Where it begins across.
    pub left: f32,
    /// Where it begins down.
    pub top: f32,
    /// Where it ends across.
    pub right: f32,
    /// Where it ends down.
    pub bottom: f32,
}

impl Bounds {
    /// What both have in common. Nothing, where it ends before it begins.
    pub fn intersect(self, other: Self) -> Self {
        Self {
            left: self.left.max(other.left),
            top: self.top.max(other.top),
            right: self.right.min(other.right),
            bottom: self.bottom.min(other.bottom),
        }
    }

    /// Around all of them.
    pub fn of(edges: &[Edge]) -> Self {
        const NOTHING: Bounds =
            Bounds { left: f32::INFINITY, top: f32::INFINITY, right: f32::NEG_INFINITY, bottom: f32::NEG_INFINITY };
        edges.iter().flat_map(|edge| [edge.from, edge.to]).fold(NOTHING, |bounds, [x, y]| Self {
            left: bounds.left.min(x),
            top: bounds.top.min(y),
            right: bounds.right.max(x),
            bottom: bounds.bottom.max(y),
        })
    }
}

/// A shape in one colour.
#[derive(Clone, Copy, Debug)]
pub struct Shape<'a> {
    /// In any order. Wherever one ends another begins, so that together they go around something. Of one with what is no number in it, or
    /// far beyond every page, nobody knows what it comes to; it does no harm.
    pub edges: &'a [Edge],
    /// What of it is inside.
    pub rule: FillRule,
    /// What of the page it can be seen on.
    pub within: Bounds,
    /// Red, green and blue.
    pub colour: [u8; 3],
}

/// Points that are covered at a time.
const EIGHT: usize = 8;

/// Bits behind the point of a number, and one with them: whole numbers are the same everywhere, and of what goes around a shape nothing is left over.
const FRACTION: u32 = 12;
const ONE: i32 = 1 << FRACTION;

/// An edge that is as far from the page as this is left out, as what is no number is.
const FAR: f32 = 1e7;

fn fixed(place: f32) -> i32 {
    (place * ONE as f32) as i32
}

/// As many points are gone through at once as stay close to the processor, or as there are edges; larger shapes in bands.
const MOST: usize = 1 << 16;

/// How much of each point something covers that is drawn often, as letters are: 255 is all of it.
#[derive(Clone, Copy, Debug)]
pub struct Mask<'a> {
    /// Where it begins across; what lies beside the page is left out.
    pub left: i32,
    /// Where it begins down.
    pub top: i32,
    /// Points to the row.
    pub width: usize,
    /// Row by row.
    pub coverage: &'a [u8],
}

/// A page to draw on, one thing over the other.
pub struct Canvas<'a> {
    points: Points<'a>,
    width: usize,
    filler: Filler,
}

enum Points<'a> {
    Greys(&'a mut [[u8; 1]]),
    Colours(&'a mut [[u8; 4]]),
}

impl<'a> Canvas<'a> {
    /// Of greys, so many to the row.
    pub fn of_greys(greys: &'a mut [u8], width: usize) -> Self {
        Self { points: Points::Greys(greys.as_chunks_mut().0), width, filler: Filler::default() }
    }

    /// Of red, green, blue and one byte more for each point, so many points to the row.
    pub fn of_colours(rgba: &'a mut [u8], width: usize) -> Self {
        Self { points: Points::Colours(rgba.as_chunks_mut().0), width, filler: Filler::default() }
    }

    /// Fills a shape. On greys its colour is its red.
    pub fn fill(&mut self, shape: &Shape<'_>) {
        match &mut self.points {
            Points::Greys(points) => self.filler.fill(points, self.width, shape),
            Points::Colours(points) => self.filler.fill(points, self.width, shape),
        }
    }

    /// Stamps a colour. On greys it is its red.
    pub fn stamp(&mut self, mask: &Mask<'_>, colour: [u8; 3]) {
        match &mut self.points {
            Points::Greys(points) => stamp(points, self.width, mask, &colour),
            Points::Colours(points) => stamp(points, self.width, mask, &colour),
        }
    }
}

#[inline(never)]
fn stamp<const N: usize>(points: &mut [[u8; N]], width: usize, mask: &Mask<'_>, colour: &[u8; 3]) {
    // Of what begins beside the page, what is on it.
    let split = |at: i32| if at < 0 { (0, at.unsigned_abs() as usize) } else { (at as usize, 0) };
    let ((left, beside), (top, above)) = (split(mask.left), split(mask.top));
    let rows = mask.coverage.chunks_exact(mask.width.max(1)).skip(above);
    for (points, coverage) in points.chunks_exact_mut(width.max(1)).skip(top).zip(rows) {
        cover(points.get_mut(left..).unwrap_or_default(), coverage.get(beside..).unwrap_or_default(), colour);
    }
}

/// Fills shapes, one after the other. The area that edges have to their right is summed up from the left, with their direction; of most points there is
/// nothing to sum, and those are passed over.
#[derive(Default)]
struct Filler {
    /// Of each point how much more of it is covered than of the one to its left. Nothing, between two bands.
    changes: Vec<i32>,
    /// Of each row which eights of them are anything, by one bit each.
    touched: Vec<u64>,
}

/// What is gone through at once: whole points, and rows.
#[derive(Clone, Copy)]
struct Band {
    bounds: Bounds,
    left: usize,
    top: usize,
    /// Eights of points in a row, and one more where what lies beyond the last is left.
    eights: usize,
    /// Numbers of 64 bits for them.
    words: usize,
}

impl Filler {
    #[inline(never)]
    fn fill<const N: usize>(&mut self, page: &mut [[u8; N]], width: usize, shape: &Shape<'_>) {
        let Some(height) = page.len().checked_div(width) else { return };
        let on_page = Bounds { left: 0.0, top: 0.0, right: width as f32, bottom: height as f32 };
        let bounds = Bounds::of(shape.edges).intersect(shape.within).intersect(on_page);
        if !(bounds.left < bounds.right && bounds.top < bounds.bottom) {
            return;
        }
        let left = bounds.left as usize / EIGHT * EIGHT;
        let eights = (bounds.right.ceil() as usize - left).div_ceil(EIGHT) + 1;
        let band = Band { bounds, left, top: 0, eights, words: eights.div_ceil(64) };
        let rows = (shape.edges.len().max(MOST) / (eights * EIGHT)).max(1);
        for top in (bounds.top as usize..bounds.bottom.ceil() as usize).step_by(rows) {
            let until = Bounds { top: top as f32, bottom: (top + rows) as f32, ..bounds };
            let band = Band { top, bounds: bounds.intersect(until), ..band };
            let rows = band.bounds.bottom.ceil() as usize - top;
            self.add(&band, rows, shape.edges);
            let points = page.get_mut(top * width..(top + rows) * width).unwrap_or_default();
            self.look_ahead(points, width, &band);
            let changes = self.changes.as_chunks_mut().0.chunks_exact_mut(band.eights);
            for ((row, changes), touched) in
                points.chunks_exact_mut(width).zip(changes).zip(self.touched.chunks_exact_mut(band.words))
            {
                if let Some(points) = row.get_mut(left..) {
                    cover_row(points, changes, touched, shape);
                }
            }
        }
    }

    /// Has the points where rows begin and end brought near. A page is larger than what a processor has near it, and here it waits for many of
    /// them together, where what fills them waits for one after the other.
    #[inline(always)]
    fn look_ahead<const N: usize>(&self, points: &[[u8; N]], width: usize, band: &Band) {
        let mut seen = 0;
        for (row, touched) in points.chunks_exact(width).zip(self.touched.chunks_exact(band.words)) {
            for (word, bits) in touched.iter().enumerate() {
                let at = |bit: u32| band.left + (word * 64 + bit as usize) * EIGHT;
                for at in [at(bits.trailing_zeros()), at(63 - bits.leading_zeros().min(63))] {
                    seen |= row.get(at).and_then(|point| point.first()).copied().unwrap_or(0);
                }
            }
        }
        black_box(seen);
    }

    #[inline(never)]
    fn add(&mut self, band: &Band, rows: usize, edges: &[Edge]) {
        let (changes, words) = (rows * band.eights * EIGHT, rows * band.words);
        if self.changes.len() < changes {
            self.changes.resize(changes, 0);
        }
        if self.touched.len() < words {
            self.touched.resize(words, 0);
        }
        for edge in edges {
            self.add_edge(band, edge);
        }
    }

    fn add_edge(&mut self, band: &Band, edge: &Edge) {
        let Bounds { left, top, right, bottom } = band.bounds;
        let (direction, [mut x, mut y], [mut to_x, mut to_y]) =
            if edge.from[1] < edge.to[1] { (1, edge.from, edge.to) } else { (-1, edge.to, edge.from) };
        let is_near = x.abs() + y.abs() + to_x.abs() + to_y.abs() < FAR;
        if !(y < bottom && to_y > top && y < to_y && is_near) {
            return;
        }
        if x < left || to_x < left || x > right || to_x > right || y < top || to_y > bottom {
            let slope = (to_x - x) / (to_y - y);
            if to_y > bottom {
                (to_x, to_y) = (x + (bottom - y) * slope, bottom);
            }
            if y < top {
                (x, y) = (x + (top - y) * slope, top);
            }
            // What is beside the band counts for all of the row behind it, as at the band's own edge.
            for side in if slope > 0.0 { [left, right] } else { [right, left] } {
                if (x < side) != (to_x < side) {
                    // Of a line that is as good as upright nobody knows where; `max` passes over what is no number.
                    let at = (y + (side - x) / slope).max(y).min(to_y);
                    self.add_line(band, direction, [x.clamp(left, right), y].map(fixed), [side, at].map(fixed));
                    (x, y) = (side, at);
                }
            }
            (x, to_x) = (x.clamp(left, right), to_x.clamp(left, right));
        }
        self.add_line(band, direction, [x, y].map(fixed), [to_x, to_y].map(fixed));
    }

    /// A line that is on the band all along, downwards; it may have been an edge upwards.
    fn add_line(&mut self, band: &Band, direction: i32, [from_x, from_y]: [i32; 2], [to_x, to_y]: [i32; 2]) {
        if from_y >= to_y {
            return;
        }
        let (across, down) = (to_x - from_x, to_y - from_y);
        let turn = across.signum();
        let slope = parts(across.abs(), down, 32);
        let rate = if across == 0 { 0 } else { parts(down, across.abs(), 20) * i64::from(direction) };
        let stride = band.eights * EIGHT;
        let row = (from_y >> FRACTION) as usize - band.top;
        let (mut start, mut word) = (row * stride, row * band.words);
        let begin = from_x - ((band.left as i32) << FRACTION);
        let (mut x, mut y) = (begin, from_y);
        while let (Some(changes), Some(touched)) =
            (self.changes.get_mut(start..start + stride), self.touched.get_mut(word..word + band.words))
        {
            let until = ((y & !(ONE - 1)) + ONE).min(to_y);
            let next = begin + ((slope * i64::from(until - from_y)) >> 32) as i32 * turn;
            let piece = Piece { down: (until - y) * direction, rate, from: x.min(next), to: x.max(next) };
            piece.add(changes, touched);
            if until == to_y {
                break;
            }
            (x, y) = (next, until);
            start += stride;
            word += band.words;
        }
    }
}

/// What one number is of another, with so many bits behind the point. Browsers divide these sooner than whole numbers of 64 bits.
#[inline(always)]
fn parts(number: i32, of: i32, bits: u32) -> i64 {
    (f64::from(number) / f64::from(of) * (1u64 << bits) as f64) as i64
}

/// A line within a row: so far down, and across from one place to the other.
struct Piece {
    down: i32,
    rate: i64,
    from: i32,
    to: i32,
}

/// A shape may go around a point as often as it likes; what is more than numbers can hold is wrong, and nothing else.
#[inline(always)]
fn raise(change: &mut i32, by: i32) {
    *change = change.wrapping_add(by);
}

impl Piece {
    #[inline(always)]
    fn add(&self, changes: &mut [i32], touched: &mut [u64]) {
        let (first, last) = ((self.from >> FRACTION) as usize, (self.to >> FRACTION) as usize);
        // As much of each point is to the right of the line as it has gone down where it leaves it, but for half of what it went in there.
        let in_last = (self.to & (ONE - 1)) + if first == last { self.from & (ONE - 1) } else { 0 };
        let Some(changes) = changes.get_mut(first..) else { return };
        let end = match last - first {
            0 => {
                let Some([here, next]) = changes.first_chunk_mut() else { return };
                let right = (self.down * in_last) >> (FRACTION + 1);
                raise(here, self.down - right);
                raise(next, right);
                first + 1
            }
            1 => {
                let Some([here, next, beyond]) = changes.first_chunk_mut() else { return };
                let before = (last as i32) * ONE - self.from;
                // A steep line is in one of the two for less than its step across would take.
                let most = self.down.abs();
                let gone = ((self.rate * i64::from(before)) >> 20).clamp(-i64::from(most), i64::from(most)) as i32;
                let covered = (gone * before) >> (FRACTION + 1);
                let right = ((self.down - gone) * in_last) >> (FRACTION + 1);
                raise(here, covered);
                raise(next, self.down - right - covered);
                raise(beyond, right);
                first + 2
            }
            across => {
                let (mut at, mut gone, mut before) = (self.from, 0, 0);
                let mut leaves = (self.from & !(ONE - 1)) + ONE;
                let Some((after, inside)) = changes.get_mut(..across + 2).and_then(|changes| changes.split_last_mut())
                else {
                    return;
                };
                for change in inside {
                    let until = leaves.min(self.to);
                    let now = ((self.rate * i64::from(until - self.from)) >> 20) as i32;
                    let covered = gone + (((now - gone) * (2 * leaves - at - until)) >> (FRACTION + 1));
                    raise(change, covered - before);
                    (at, gone, before) = (until, now, covered);
                    leaves += ONE;
                }
                raise(after, self.down - before);
                last + 1
            }
        };
        for eight in first / EIGHT..=end / EIGHT {
            if let Some(bits) = touched.get_mut(eight / 64) {
                *bits |= 1 << (eight % 64);
            }
        }
    }
}

/// Sums up the changes of a row, which are nothing then, and covers its points.
#[inline(always)]
fn cover_row<const N: usize>(
    points: &mut [[u8; N]],
    changes: &mut [[i32; EIGHT]],
    touched: &mut [u64],
    Shape { rule, colour, .. }: &Shape<'_>,
) {
    let mut sum = 0;
    let mut next = 0;
    for (word, bits) in touched.iter_mut().enumerate() {
        while *bits != 0 {
            let eight = word * 64 + bits.trailing_zeros() as usize;
            *bits &= *bits - 1;
            let Some(changes) = changes.get_mut(eight) else { continue };
            if sum != 0 && next < eight {
                let between = points.get_mut(next * EIGHT..(eight * EIGHT).min(points.len())).unwrap_or_default();
                let [alpha, ..] = alphas([i32x4::splat(sum); 2], *rule).to_array();
                cover_all(between, alpha as u8, colour);
            }
            let [low, high]: [i32x4; 2] = bytemuck::cast(std::mem::take(changes));
            let low = summed(low) + i32x4::splat(sum);
            let high = summed(high) + i32x4::splat(last(low));
            sum = last(high);
            next = eight + 1;
            let alphas = alphas([low, high], *rule);
            let points = points.get_mut(eight * EIGHT..).unwrap_or_default();
            if N == 1
                && let Some(greys) = points.as_flattened_mut().first_chunk_mut()
            {
                cover_eight(greys, alphas, colour[0]);
            } else {
                cover(points, &alphas.to_array().map(|alpha| alpha as u8), colour);
            }
        }
    }
}

/// Of each number the sum of it and those before.
#[inline(always)]
fn summed(numbers: i32x4) -> i32x4 {
    let behind = |numbers: i32x4, places: [u8; 16]| -> i32x4 {
        bytemuck::cast(bytemuck::cast::<_, u8x16>(numbers).shuffle_zeroing(u8x16::new(places)))
    };
    let twos = numbers + behind(numbers, [255, 255, 255, 255, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    twos + behind(twos, [255, 255, 255, 255, 255, 255, 255, 255, 0, 1, 2, 3, 4, 5, 6, 7])
}

#[inline(always)]
fn last(numbers: i32x4) -> i32 {
    let [.., last] = numbers.to_array();
    last
}

/// How much is covered, in 255ths, where edges in one direction and in the other come to such sums.
#[inline(always)]
fn alphas(sums: [i32x4; 2], rule: FillRule) -> i16x8 {
    let one = i32x4::splat(ONE);
    let covered = sums.map(|sums| match rule {
        FillRule::NonZero => sums.abs().min(one),
        FillRule::EvenOdd => one - ((sums & i32x4::splat(2 * ONE - 1)) - one).abs(),
    });
    let alphas = covered.map(|covered| (covered * i32x4::splat(255) + i32x4::splat(ONE / 2)) >> FRACTION);
    i16x8::from_i32x8_saturate(bytemuck::cast(alphas))
}

#[inline(never)]
fn cover_all<const N: usize>(points: &mut [[u8; N]], alpha: u8, colour: &[u8; 3]) {
    match alpha {
        0 => {}
        255 => points.iter_mut().flat_map(|point| point.iter_mut().zip(colour)).for_each(|(part, own)| *part = *own),
        _ => points.iter_mut().for_each(|point| cover_point(point, alpha, colour)),
    }
}

/// `cover`, of eight greys.
#[inline(always)]
fn cover_eight(greys: &mut [u8; EIGHT], alphas: i16x8, own: u8) {
    let share = |part: u16x8, of: u16x8| (part * of + u16x8::splat(255)) >> 8u32;
    let alphas: u16x8 = bytemuck::cast(alphas);
    let parts = u16x8::new(greys.map(u16::from));
    let covered = share(u16x8::splat(u16::from(own)), alphas) + share(parts, u16x8::splat(255) - alphas);
    let covered = u8x16::narrow_i16x8(bytemuck::cast(covered), i16x8::ZERO).to_array();
    greys.iter_mut().zip(covered).for_each(|(grey, covered)| *grey = covered);
}

/// Lays a colour over points, of each of which so many 255ths are covered. As `vello_cpu` does: it is what the rest of a page was drawn with.
#[inline(never)]
fn cover<const N: usize>(points: &mut [[u8; N]], alphas: &[u8], colour: &[u8; 3]) {
    if *colour == [0; 3] {
        for (point, alpha) in points.iter_mut().zip(alphas) {
            point.iter_mut().take(3).for_each(|part| *part = share(*part, 255 - alpha));
        }
    } else {
        points.iter_mut().zip(alphas).for_each(|(point, alpha)| cover_point(point, *alpha, colour));
    }
}

#[inline(always)]
fn cover_point<const N: usize>(point: &mut [u8; N], alpha: u8, colour: &[u8; 3]) {
    for (part, own) in point.iter_mut().zip(colour) {
        *part = share(*own, alpha).saturating_add(share(*part, 255 - alpha));
    }
}

/// So many 255ths, as near as shifts come to it.
#[inline(always)]
fn share(part: u8, of: u8) -> u8 {
    ((u16::from(part) * u16::from(of) + 255) >> 8) as u8
}
