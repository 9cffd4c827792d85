//! Black or white, decided by region: letters and lines are sharp, photographs are dithered, on one page.
//!
//! Blocks of about two millimetres are told apart by their greys. A block full of greys between black and white is a photograph, or a tint,
//! and so is what hangs together with it. A letter's edge has such greys too, but no stroke of a letter fills a block. Photographs become
//! dots of a quarter millimetre, the error of each going on to its neighbours (Floyd and Steinberg), with some liking for the colour of the
//! dots above and beside it (Levien), so that dots come in small groups: single points blur on a coarse printer, and Group 4 takes four times the
//! bits for them, minutes on the line. Where a
//! photograph or tint has a sharp edge, as of a letter on a tint, and on all of the page beside, a point is black when it is nearer to the
//! darkest than to the lightest around it (Bernsen), so that hairlines and pale letters stay, beside black ones too. Errors end where a
//! photograph ends, so there is no seam to see.

use std::cell::Cell;
use std::hint::black_box;
use std::ops::Range;

use wide::{bytemuck, i16x8, u8x16, u16x8};

use crate::shade::{HISTOGRAM_ROWS, is_white};
use crate::{Bitmap, MANY, PAPER_WHITE, Resolution, Shade};

/// Pels of a block's side: 2 mm. As many as are worked on at a time.
const BLOCK: usize = MANY;
/// Neither as good as black nor as good as white: the darkest, and how many greys from there.
const MIDDLE: (u8, u8) = (28, 236 - 28);
/// Of a block's pels: so many greys make it the core of a photograph, so many a part of one beside a core, so many its edge.
const CORE: f32 = 0.9;
const PART: f32 = 0.5;
const EDGE: f32 = 0.08;
/// Blocks that a photograph has at least. Less is a thick stroke of a coloured letter.
const LEAST_BLOCKS: usize = 12;
/// How far around a point the darkest and the lightest are looked for, in pels: half a thick stroke.
const REACH: usize = 3;
/// Where they differ by less there is no edge, only a surface and its noise.
const CONTRAST: u8 = 40;
/// A surface is ink where it is so much darker than the paper around it.
const SURFACE: u8 = 56;
/// In a photograph, an edge that is so high is drawn sharp.
const SHARP: u8 = 128;
/// Pels of a dot's side.
const DOT: usize = 2;
/// How much the colour of the dot above weighs against the grey of a dot, and how much that of the one before it on its row, in sixteenths of a
/// grey. As much of both as makes groups that are as wide as high: with less of the second they stand in columns, with more they lie in streaks.
const ABOVE: i16 = 76 * 16;
const BEFORE: i32 = 60 * 16;

/// What a page's greys came to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tones {
    /// The share of the page that is dithered, 0 to 1: greys that the receiving machine shows as points.
    pub dithered: f32,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Region {
    /// Nothing on it.
    Paper,
    /// Letters and lines.
    Line,
    /// A photograph, or a tint.
    Tone,
}

struct Block {
    region: Region,
    /// The share of greys.
    middle: f32,
    darkest: u8,
    lightest: u8,
}

struct Blocks {
    across: usize,
    down: usize,
    /// Lines of a block.
    lines: usize,
    all: Vec<Block>,
}

/// Black and white for greys on the grid of `resolution`.
pub fn binarise(shade: &Shade, resolution: Resolution) -> (Bitmap, Tones) {
    let (width, height) = (shade.width(), shade.height());
    let mut bitmap = Bitmap::white(width as u32, height as u32, resolution);
    if width == 0 || height == 0 {
        return (bitmap, Tones { dithered: 0.0 });
    }
    let blocks = Blocks::of(shade, resolution);
    let reach = match resolution {
        Resolution::High => REACH,
        Resolution::Low => REACH.div_ceil(2), // as many millimetres
    };
    let lines = match resolution {
        Resolution::High => DOT,
        Resolution::Low => DOT / 2,
    };
    let mut diffusion = Diffusion::new(width);
    // Of each block of one row: what is black, and what waits for its dot.
    let mut black = vec![[u8x16::ZERO; BLOCK]; blocks.across];
    let mut waits = black.clone();
    let mut arounds =
        vec![Around { is_wanted: false, low: [u8x16::ZERO; ROWS], high: [u8x16::ZERO; ROWS] }; blocks.across];
    let mut padded = Vec::new();
    let mut packed = bitmap.rows_mut();
    for (row, top) in (0..height).step_by(blocks.lines).enumerate() {
        let here = blocks.lines.min(height - top);
        let band = blocks.band(row);
        if band.iter().all(|block| block.region == Region::Paper) {
            // Nothing goes on from photographs above.
            diffusion.end();
            packed.by_ref().take(here).for_each(drop);
            continue;
        }
        if here < blocks.lines {
            // Nothing waits below the page.
            waits.fill([u8x16::ZERO; BLOCK]);
        }
        let extremes = blocks.extremes(row);
        for ((block, (darkest, lightest)), around) in band.iter().zip(&extremes).zip(&mut arounds) {
            around.is_wanted = match block.region {
                Region::Paper => false,
                Region::Line => lightest.saturating_sub(*darkest) >= CONTRAST,
                Region::Tone => lightest.saturating_sub(*darkest) >= SHARP,
            };
        }
        look_around(shade, top..top + here, reach, &mut padded, &mut arounds);
        let to = black.iter_mut().zip(&mut waits);
        for (column, (((block, around), (_, paper)), (black, waits))) in
            band.iter().zip(&arounds).zip(&extremes).zip(to).enumerate()
        {
            let place = Place { left: column * BLOCK, top, here };
            match block.region {
                Region::Paper => (*black, *waits) = ([u8x16::ZERO; BLOCK], [u8x16::ZERO; BLOCK]),
                Region::Line => {
                    *waits = [u8x16::ZERO; BLOCK];
                    draw(shade, place, around, paper.saturating_sub(SURFACE).max(128), black);
                }
                Region::Tone => wait(shade, place, around, black, waits),
            }
        }
        let has_tone = band.iter().any(|block| block.region == Region::Tone);
        for line in (0..here).step_by(lines) {
            if has_tone {
                diffusion.row(shade, top, line..line + lines, &waits, &mut black);
            } else {
                diffusion.end();
            }
        }
        packed.by_ref().take(here).enumerate().for_each(|(line, row)| pack(&black, line, row));
    }
    drop(packed);
    (bitmap, Tones { dithered: blocks.share(Region::Tone) })
}

/// Of the lines of a block sixteen points each: a byte of ones, or of noughts.
type Lines = [u8x16; BLOCK];

/// Sixteen points to two bytes, the first in the highest bit.
#[inline(never)]
fn pack(black: &[Lines], line: usize, row: &mut [u8]) {
    let backwards = u8x16::new([15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0]);
    let mut twos = black.iter().filter_map(|block| block.get(line)).map(|black| {
        let two = black.shuffle_zeroing(backwards).to_bitmask() as u16;
        two.to_be_bytes()
    });
    let (whole, rest) = row.as_chunks_mut();
    whole.iter_mut().zip(&mut twos).for_each(|(to, two)| *to = two);
    rest.iter_mut().zip(twos).for_each(|(to, [byte, _])| *to = byte);
}

/// Where a block lies, and how many of its lines are on the page.
#[derive(Clone, Copy)]
struct Place {
    left: usize,
    top: usize,
    here: usize,
}

impl Place {
    /// The greys of its lines; what is no longer on the page is white.
    fn lines(self, shade: &Shade) -> impl Iterator<Item = u8x16> {
        // From where it begins on a line to there on the next.
        let from = shade.greys().get(self.top * shade.width() + self.left..).unwrap_or_default();
        let on_page = shade.width().saturating_sub(self.left);
        from.chunks(shade.width().max(1)).take(self.here).map(move |line| match line.first_chunk() {
            Some(greys) if on_page >= BLOCK => u8x16::new(*greys),
            _ => u8x16::new(filled(line.get(..on_page).unwrap_or_default())),
        })
    }
}

/// The greys of a row that are in a block; white behind the last.
fn of_block(row: &[u8]) -> u8x16 {
    match row.first_chunk() {
        Some(greys) => u8x16::new(*greys),
        None => u8x16::new(filled(row)),
    }
}

/// What is left of a row, and white behind it. Inlined, it would make a copy of unknown length of every whole row of a block.
#[inline(never)]
fn filled(row: &[u8]) -> [u8; BLOCK] {
    let mut greys = [255; BLOCK];
    greys.iter_mut().zip(row).for_each(|(to, grey)| *to = *grey);
    greys
}

/// Whether a grey is nearer to the darkest around it, or as near, than to the lightest.
fn is_dark(greys: u8x16, low: u8x16, high: u8x16) -> u8x16 {
    greys.saturating_sub(low).simd_le(high.saturating_sub(greys))
}

/// Letters and lines: black is what is nearer to the darkest around it; where there is no edge, what is darker than `surface`.
#[inline(never)]
fn draw(shade: &Shade, place: Place, around: &Around, surface: u8, black: &mut Lines) {
    let (white, surface, contrast) = (u8x16::splat(255), u8x16::splat(surface - 1), u8x16::splat(CONTRAST));
    for ((greys, black), (low, high)) in place.lines(shade).zip(black).zip(around.low.iter().zip(&around.high)) {
        if greys == white {
            *black = u8x16::ZERO;
            continue;
        }
        let is_surface = greys.simd_le(surface);
        if !around.is_wanted {
            *black = is_surface;
            continue;
        }
        let is_edge = high.saturating_sub(*low).simd_ge(contrast);
        *black = is_edge.select(is_dark(greys, *low, *high), is_surface);
    }
}

/// Photographs: what is no sharp edge waits for its dot.
#[inline(never)]
fn wait(shade: &Shade, place: Place, around: &Around, black: &mut Lines, waits: &mut Lines) {
    let mut on_page = [0; BLOCK];
    on_page.iter_mut().take(shade.width().saturating_sub(place.left)).for_each(|byte| *byte = 255);
    let (on_page, sharp) = (u8x16::new(on_page), u8x16::splat(SHARP));
    if !around.is_wanted {
        *black = [u8x16::ZERO; BLOCK];
        waits.iter_mut().take(place.here).for_each(|waits| *waits = on_page);
        return;
    }
    let to = black.iter_mut().zip(waits);
    for ((greys, (black, waits)), (low, high)) in place.lines(shade).zip(to).zip(around.low.iter().zip(&around.high)) {
        let is_edge = high.saturating_sub(*low).simd_ge(sharp);
        *black = is_edge & is_dark(greys, *low, *high);
        *waits = !is_edge & on_page;
    }
}

/// Points to the left and to the right of a block that are looked at with it, more than any reach.
const BESIDE: usize = BLOCK / 2;
const WINDOW: usize = BLOCK + 2 * BESIDE;
/// Lines of a block, and those above and below that are looked at with it.
const ROWS: usize = BLOCK + 2 * REACH;

/// The darkest and the lightest grey around each point of a block, line by line.
#[derive(Clone)]
struct Around {
    /// Whether there may be an edge. Where there is none, nobody looks at the rest.
    is_wanted: bool,
    low: [u8x16; ROWS],
    high: [u8x16; ROWS],
}

/// What is around the points of a row of blocks, so many lines above and below.
#[inline(never)]
fn look_around(shade: &Shade, lines: Range<usize>, reach: usize, padded: &mut Vec<u8>, arounds: &mut [Around]) {
    if !arounds.iter().any(|around| around.is_wanted) {
        return;
    }
    // First of the columns around each point, line by line: from so many lines above the block.
    for (i, y) in (lines.start..lines.end + 2 * reach).enumerate() {
        let row = y.checked_sub(reach).map(|y| shade.row(y)).unwrap_or_default();
        // What is beyond the last point of a row is as that: it is looked at whenever they would be.
        let (first, last) = (row.first().copied().unwrap_or(255), row.last().copied().unwrap_or(255));
        padded.clear();
        padded.extend_from_slice(&[first; BESIDE]);
        padded.extend_from_slice(row);
        padded.resize(arounds.len() * BLOCK + 2 * BESIDE, last);
        let windows = padded.windows(WINDOW).step_by(BLOCK).filter_map(|window| window.first_chunk::<WINDOW>());
        for (window, around) in windows.zip(arounds.iter_mut()).filter(|(_, around)| around.is_wanted) {
            let (Some(to_low), Some(to_high)) = (around.low.get_mut(i), around.high.get_mut(i)) else { continue };
            let white = u8x16::splat(255);
            let (mut low, mut high) = (white, if row.is_empty() { u8x16::ZERO } else { white });
            if !is_white(window) {
                high = u8x16::ZERO;
                for shift in BESIDE - REACH..=BESIDE + REACH {
                    let Some(columns) = window.get(shift..).and_then(|columns| columns.first_chunk()) else { continue };
                    let columns = u8x16::new(*columns);
                    (low, high) = (low.min(columns), high.max(columns));
                }
            }
            (*to_low, *to_high) = (low, high);
        }
    }
    // Then of the lines from each on: of two, of four, of all that are around the point so far below.
    for around in arounds.iter_mut().filter(|around| around.is_wanted) {
        for by in [1, 2, 2 * reach - 3] {
            for (line, below) in below(&mut around.low, by) {
                line.set(line.get().min(below.get()));
            }
            for (line, below) in below(&mut around.high, by) {
                line.set(line.get().max(below.get()));
            }
        }
    }
}

/// Each line, and the one so far below.
fn below<T>(lines: &mut [T], by: usize) -> impl Iterator<Item = (&Cell<T>, &Cell<T>)> {
    let lines = Cell::from_mut(lines).as_slice_of_cells();
    lines.iter().zip(lines.iter().skip(by))
}

impl Block {
    /// What a block comes to that has so many points on the page.
    #[inline(never)]
    fn of(lines: impl Iterator<Item = u8x16>, points: usize) -> Self {
        let (from, many) = (u8x16::splat(MIDDLE.0), u8x16::splat(MIDDLE.1));
        let white = u8x16::splat(255);
        let (mut middles, mut lightest, mut darkest) = (u8x16::ZERO, u8x16::ZERO, white);
        let mut has_white = false;
        for greys in lines {
            if greys == white {
                has_white = true;
                continue;
            }
            // All ones are one less than nought.
            middles -= (greys - from).simd_le(many);
            lightest = lightest.max(greys);
            darkest = darkest.min(greys);
        }
        let darkest = darkest.reduce_min();
        let middles: u16 = middles.to_array().into_iter().map(u16::from).sum();
        Self {
            region: if darkest >= PAPER_WHITE { Region::Paper } else { Region::Line },
            middle: f32::from(middles) / points.max(1) as f32,
            darkest,
            lightest: if has_white { 255 } else { lightest.reduce_max() },
        }
    }
}

impl Blocks {
    fn of(shade: &Shade, resolution: Resolution) -> Self {
        let lines = match resolution {
            Resolution::High => BLOCK,
            Resolution::Low => BLOCK / 2,
        };
        let (across, down) = (shade.width().div_ceil(BLOCK), shade.height().div_ceil(lines));
        let mut all = Vec::with_capacity(across * down);
        for top in (0..shade.height()).step_by(lines) {
            let here = lines.min(shade.height() - top);
            // Line by line first: what is far from the processor comes sooner when it is asked for in a row.
            let greys = shade.greys().get(top * shade.width()..(top + here) * shade.width()).unwrap_or_default();
            black_box(greys.iter().step_by(64).fold(0, |seen, grey| seen | grey));
            all.extend((0..shade.width()).step_by(BLOCK).map(|left| {
                let place = Place { left, top, here };
                Block::of(place.lines(shade), here * BLOCK.min(shade.width() - left))
            }));
        }
        let mut blocks = Self { across, down, lines, all };
        blocks.find_photographs();
        blocks
    }

    fn band(&self, row: usize) -> &[Block] {
        self.all.get(row * self.across..(row + 1) * self.across).unwrap_or_default()
    }

    /// The blocks around this one, and itself.
    fn around(&self, index: usize) -> impl Iterator<Item = usize> + use<> {
        let (across, down) = (self.across, self.down);
        let (column, row) = (index % across, index / across);
        let rows = row.saturating_sub(1)..(row + 2).min(down);
        rows.flat_map(move |row| {
            (column.saturating_sub(1)..(column + 2).min(across)).map(move |column| row * across + column)
        })
    }

    /// Of each block of a row the darkest and the lightest there is in it and around it.
    #[inline(never)]
    fn extremes(&self, row: usize) -> Vec<(u8, u8)> {
        let both = |one: (u8, u8), other: (u8, u8)| (one.0.min(other.0), one.1.max(other.1));
        let mut columns = vec![(255, 0); self.across];
        for row in row.saturating_sub(1)..row + 2 {
            for (column, block) in columns.iter_mut().zip(self.band(row)) {
                *column = both(*column, (block.darkest, block.lightest));
            }
        }
        let left = [(255, 0)].iter().chain(&columns);
        let right = columns.iter().skip(1).chain(&[(255, 0)]);
        left.zip(&columns).zip(right).map(|((left, column), right)| both(both(*left, *column), *right)).collect()
    }

    fn share(&self, region: Region) -> f32 {
        self.all.iter().filter(|block| block.region == region).count() as f32 / self.all.len().max(1) as f32
    }

    fn find_photographs(&mut self) {
        let middle = |blocks: &Self, index: usize| blocks.all.get(index).map_or(0.0, |block| block.middle);
        let mut seen = vec![false; self.all.len()];
        for core in 0..self.all.len() {
            if middle(self, core) < CORE || seen.get(core).copied().unwrap_or(true) {
                continue;
            }
            let mut photograph = vec![core];
            let mut next = 0;
            if let Some(seen) = seen.get_mut(core) {
                *seen = true;
            }
            while let Some(index) = photograph.get(next).copied() {
                next += 1;
                for neighbour in self.around(index) {
                    let Some(seen) = seen.get_mut(neighbour) else { continue };
                    if !*seen && middle(self, neighbour) >= PART {
                        *seen = true;
                        photograph.push(neighbour);
                    }
                }
            }
            if photograph.len() < LEAST_BLOCKS {
                continue;
            }
            for index in photograph {
                for neighbour in self.around(index) {
                    if middle(self, neighbour) >= EDGE
                        && let Some(block) = self.all.get_mut(neighbour)
                    {
                        block.region = Region::Tone;
                    }
                }
            }
        }
    }
}

/// Hands the error of each dot on to those that come after it. Of a row of dots all is block by block; greys and errors are in sixteenths of a grey,
/// and no error is more than a dot and what it is liked for.
struct Diffusion {
    /// The mean of the greys of each dot with the error that came from above; at last also with that from the side.
    greys: Vec<Dots>,
    /// Of how many points.
    counts: Vec<Dots>,
    /// How much too light each dot is to be black, or less than nought, before it is known what comes from the side.
    above: Vec<Dots>,
    /// All ones where a dot is black, or the one above was.
    black: Vec<Dots>,
    /// What is left over of each dot, with a block of nothing at each end.
    left: Vec<Dots>,
    is_backwards: bool,
}

/// Dots beside each other in a block.
const DOTS: usize = BLOCK / DOT;
type Dots = [i16; DOTS];

impl Diffusion {
    fn new(width: usize) -> Self {
        let blocks = width.div_ceil(BLOCK);
        let dots = || vec![[0; DOTS]; blocks];
        Self {
            greys: dots(),
            counts: dots(),
            above: dots(),
            black: dots(),
            left: vec![[0; DOTS]; blocks + 2],
            is_backwards: false,
        }
    }

    /// A row without a point that waits: errors do not go beyond it.
    fn end(&mut self) {
        self.left.fill([0; DOTS]);
    }

    /// One row of dots, on some lines of the blocks that begin at the line `top`: of those points that wait for it. A point of another kind ends the error.
    #[inline(never)]
    fn row(&mut self, shade: &Shade, top: usize, lines: Range<usize>, waits: &[Lines], black: &mut [Lines]) {
        let errors = Errors { left: self.left.as_flattened(), is_forwards: self.is_backwards };
        let first = shade.row(top + lines.start);
        // Of one line, and of the last of the page, the same once more, of which nothing waits.
        let second = Some(shade.row(top + lines.end - 1)).filter(|row| !row.is_empty()).unwrap_or(first);
        let greys = first.chunks(BLOCK).zip(second.chunks(BLOCK));
        let dots = self.greys.iter_mut().zip(&mut self.counts).zip(self.above.iter_mut().zip(&self.black));
        for (block, (((greys, counts), (above, black)), (waits, (first, second)))) in
            dots.zip(waits.iter().zip(greys)).enumerate()
        {
            let on = |line: usize| waits.get(line).copied().unwrap_or_default();
            let (upper, lower) = (on(lines.start), if lines.len() > 1 { on(lines.start + 1) } else { u8x16::ZERO });
            let sums = in_twos(of_block(first) & upper) + in_twos(of_block(second) & lower);
            let points = in_twos((upper & u8x16::splat(1)) + (lower & u8x16::splat(1)));
            let mean = means(sums, points) + errors.of(block);
            let like = i16x8::new(*black) & i16x8::splat(2 * ABOVE);
            *greys = mean.to_array();
            *counts = points.to_array();
            *above = (mean - i16x8::splat(128 * 16 - ABOVE) - like).to_array();
        }
        let dots = self.greys.iter_mut().zip(&self.counts).zip(self.above.iter().zip(&mut self.black));
        let mut beside = Beside::default();
        if self.is_backwards {
            dots.rev().for_each(|((greys, counts), (above, black))| {
                beside.block(counts, greys.iter_mut().zip(counts).zip(above.iter().zip(black)).rev());
            });
        } else {
            dots.for_each(|((greys, counts), (above, black))| {
                beside.block(counts, greys.iter_mut().zip(counts).zip(above.iter().zip(black)));
            });
        }
        let dots = self.greys.iter().zip(&self.counts).zip(&self.black).zip(self.left.iter_mut().skip(1));
        for ((waits, black), (((greys, counts), dots), left)) in waits.iter().zip(black).zip(dots) {
            let (greys, counts, dots) = (i16x8::new(*greys), i16x8::new(*counts), i16x8::new(*dots));
            let is_dot = counts.simd_gt(i16x8::ZERO);
            *left = (is_dot & (greys - (!dots & i16x8::splat(255 * 16)))).to_array();
            // Each dot is two bytes of ones, and two points.
            let dots: u8x16 = bytemuck::cast(dots);
            let points = waits.iter().zip(black).skip(lines.start).take(lines.len());
            points.for_each(|(waits, black)| *black |= *waits & dots);
        }
        self.is_backwards = !self.is_backwards;
    }
}

/// The sums of each two beside each other.
fn in_twos(bytes: u8x16) -> i16x8 {
    let twos: u16x8 = bytemuck::cast(bytes);
    bytemuck::cast((twos & u16x8::splat(0xff)) + (twos >> 8u32))
}

/// The means of up to four greys each, in sixteenths.
fn means(sums: i16x8, counts: i16x8) -> i16x8 {
    // What to multiply with for each count, in 32,768ths: the lower bytes and then the higher. A third, for as many greys as there are.
    let by = u8x16::new([0, 0, 0, 0xab, 0, 0, 0, 0, 0, 0x80, 0x40, 0x2a, 0x20, 0, 0, 0]);
    let places = counts * i16x8::splat(0x101) + i16x8::splat(0x800);
    let by: u16x8 = bytemuck::cast(by.shuffle_zeroing(bytemuck::cast(places)));
    let sums: u16x8 = bytemuck::cast(sums << 5u32);
    bytemuck::cast(sums.mul_keep_high(by))
}

/// What was left over of the dots above, and whether they were gone through from left to right.
struct Errors<'a> {
    left: &'a [i16],
    is_forwards: bool,
}

impl Errors<'_> {
    /// What comes to the dots of a block: shares of the one above, of the one that came after that, and of the one that came before it.
    #[inline(always)]
    fn of(&self, block: usize) -> i16x8 {
        // With the dot before them and the one behind.
        let around = self.left.get((block + 1) * DOTS - 1..).and_then(|left| left.first_chunk::<{ DOTS + 2 }>());
        let from = |dot: usize| {
            let left = around.and_then(|around| around.get(dot..)?.first_chunk());
            i16x8::new(left.copied().unwrap_or_default())
        };
        let (before, above, after) =
            if self.is_forwards { (from(0), from(1), from(2)) } else { (from(2), from(1), from(0)) };
        let share = |left: i16x8, by: i16| (left * i16x8::splat(by)) >> 4u32;
        let to_front = |left: i16x8| left - share(left, 7) - share(left, 5) - share(left, 3);
        share(above, 5) + share(after, 3) + to_front(before)
    }
}

/// What comes to a dot from the one before it on its row.
#[derive(Default)]
struct Beside {
    error: i32,
    /// The error, and how much less the dot is liked to be black.
    with_like: i32,
}

impl Beside {
    /// The dots of a block, in the order that the row is gone through: of each its grey, which becomes that with the error, how many of its points
    /// wait, how much too light it is, and its colour.
    #[inline(always)]
    fn block<'a>(
        &mut self,
        counts: &Dots,
        dots: impl Iterator<Item = ((&'a mut i16, &'a i16), (&'a i16, &'a mut i16))>,
    ) {
        if i16x8::new(*counts).simd_eq(i16x8::ZERO).none() {
            dots.for_each(|((grey, _), (above, black))| self.dot(grey, *above, black));
        } else {
            for ((grey, count), (above, black)) in dots {
                if *count == 0 {
                    *self = Self::default();
                } else {
                    self.dot(grey, *above, black);
                }
            }
        }
    }

    #[inline(always)]
    fn dot(&mut self, grey: &mut i16, above: i16, black: &mut i16) {
        // All ones of a black dot, whose number is below nought: no number here has more than sixteen bits. Said as a condition, browsers would jump
        // on it, and nobody foresees where to.
        let is_black = (i32::from(above) + self.with_like) >> 16;
        *black = is_black as i16;
        let all = i32::from(*grey) + self.error;
        *grey = all as i16;
        // Seven sixteenths of what is left. Those of a white dot are a whole number, so nobody has to wait for the colour first.
        let share = ((all * 7) >> 4) - 255 * 7;
        self.error = share + (is_black & (255 * 7));
        self.with_like = share + BEFORE + (is_black & (255 * 7 - 2 * BEFORE));
    }
}

#[inline(never)]
fn count_white(row: &[u8]) -> u64 {
    // As many as a byte counts.
    let white = row.chunks(255).map(|many| many.iter().fold(0u8, |white, grey| white + u8::from(*grey == 255)));
    white.map(u64::from).sum()
}

/// Makes the paper of a scan white: where a light grey covers much of the page, it and all that is lighter is paper. So many points of the page are
/// `beside` it, and white.
pub fn whiten(shade: &mut Shade, beside: u64) {
    const LIGHT: usize = 150;
    const NEAR: usize = 10;
    // Most pages are white already. Where more than half is as white as can be, no grey has more near it that has not that white near it.
    let all = shade.greys().len() as u64 + beside;
    let mut others = 0;
    if shade.rows().all(|row| {
        others += row.len() as u64 - count_white(row);
        others * 2 < all
    }) {
        return;
    }
    let mut counts = shade.histogram().map(u64::from);
    counts[255] += beside / HISTOGRAM_ROWS as u64;
    let all: u64 = counts.iter().sum();
    let near = |grey: usize| -> u64 {
        counts.get(grey.saturating_sub(NEAR)..(grey + NEAR + 1).min(256)).unwrap_or_default().iter().sum()
    };
    let Some(paper) = (LIGHT..256).max_by_key(|grey| near(*grey)) else { return };
    // A page that is white already is left alone, to the last pel.
    if paper >= 255 - NEAR || near(paper) * 10 < all * 4 {
        return;
    }
    shade.lighten(paper.saturating_sub(NEAR) as u8);
}
