//! Black or white, decided by region: letters and lines are sharp, photographs are dithered, on one page.
//!
//! Blocks of about two millimetres are told apart by their greys. A block full of greys between black and white is a photograph, or a tint,
//! and so is what hangs together with it. A letter's edge has such greys too, but no stroke of a letter fills a block. Photographs become
//! dots of a quarter millimetre, the error of each going on to its neighbours (Floyd and Steinberg), with some liking for the colour of the
//! dot above: smaller ones blur on a coarse printer, and Group 4 takes three times the bits for them, minutes on the line. Where a
//! photograph or tint has a sharp edge, as of a letter on a tint, and on all of the page beside, a point is black when it is nearer to the
//! darkest than to the lightest around it (Bernsen), so that hairlines and pale letters stay, beside black ones too. Errors end where a
//! photograph ends, so there is no seam to see.

use std::ops::Range;

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
/// How much the colour of the dot above weighs against the grey of a dot.
const CLING: i32 = 20;

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
    /// The lightest grey.
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
#[inline(never)]
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
    // Of the lines of one row of dots: what is black, and what waits for its dot. Ones and noughts, in whole blocks.
    let mut black = vec![vec![[0u8; BLOCK]; blocks.across]; lines];
    let mut waits = black.clone();
    // Of each block of a row of blocks: below which grey a surface is ink.
    let mut surfaces = vec![None; blocks.across];
    let mut packed = bitmap.rows_mut();
    for top in (0..height).step_by(lines) {
        let row = top / blocks.lines;
        let band = blocks.band(row);
        if band.iter().all(|block| block.region == Region::Paper) {
            // Nothing goes on from photographs above.
            diffusion.end();
            packed.by_ref().take(lines).for_each(drop);
            continue;
        }
        if top % blocks.lines == 0 {
            surfaces.fill(None);
        }
        let here = lines.min(height - top);
        let mut any_waits = false;
        for ((column, block), surface) in band.iter().enumerate().zip(&mut surfaces) {
            let left = column * BLOCK;
            // What lies around all of these lines; looked at where one of them has ink.
            let both = (top + here - 1).saturating_sub(reach)..(top + reach + 1).min(height);
            let mut around_both = None;
            for ((y, black), waits) in (top..top + here).zip(&mut black).zip(&mut waits) {
                let (Some(black), Some(waits)) = (black.get_mut(column), waits.get_mut(column)) else { continue };
                (*black, *waits) = ([0; BLOCK], [0; BLOCK]);
                let row_greys = shade.row(y).get(left..).unwrap_or_default();
                // What is no longer on the page is never black and waits for nothing.
                let mut beyond = [255; BLOCK];
                let greys = row_greys.first_chunk().unwrap_or_else(|| {
                    beyond.iter_mut().zip(row_greys).for_each(|(to, grey)| *to = *grey);
                    &beyond
                });
                let is_white = greys.iter().fold(255, |all, grey| all & grey) == 255;
                if block.region == Region::Paper || block.region == Region::Line && is_white {
                    continue;
                }
                let mut around = around_both.get_or_insert_with(|| Around::of(shade, left, both.clone())).clone();
                around.add(shade, left, y.saturating_sub(reach)..both.start);
                around.add(shade, left, both.end..(y + reach + 1).min(height));
                let (low, high) = around.extremes();
                let points = greys.iter().zip(low.iter().zip(&high)).zip(black.iter_mut().zip(waits.iter_mut()));
                if block.region == Region::Line {
                    let surface = *surface
                        .get_or_insert_with(|| blocks.paper_around(column, row).saturating_sub(SURFACE).max(128));
                    for ((grey, (low, high)), (black, _)) in points {
                        let is_edge = high.saturating_sub(*low) >= CONTRAST;
                        *black = u8::from(if is_edge { *grey <= low.midpoint(*high) } else { *grey < surface });
                    }
                } else {
                    for ((grey, (low, high)), (black, waits)) in points {
                        let is_edge = high.saturating_sub(*low) >= SHARP;
                        *black = u8::from(is_edge && *grey <= low.midpoint(*high));
                        *waits = u8::from(!is_edge);
                    }
                    waits.iter_mut().skip(row_greys.len()).for_each(|waits| *waits = 0);
                    any_waits = true;
                }
            }
        }
        if any_waits {
            diffusion.row(shade, top, waits.get(..here).unwrap_or_default(), &mut black);
        } else {
            diffusion.end();
        }
        for (row, black) in packed.by_ref().take(lines).zip(&black) {
            for (bytes, black) in row.chunks_mut(BLOCK / 8).zip(black) {
                for (byte, eight) in bytes.iter_mut().zip(black.as_chunks::<8>().0) {
                    *byte = eight.iter().fold(0, |byte, black| byte << 1 | black);
                }
            }
        }
    }
    drop(packed);
    (bitmap, Tones { dithered: blocks.share(Region::Tone) })
}

/// Points to the left and to the right of a block that are looked at with it, more than any reach.
const BESIDE: usize = BLOCK / 2;
const WINDOW: usize = BLOCK + 2 * BESIDE;

/// The darkest and the lightest grey of some rows, column by column, of a block and what lies beside it.
#[derive(Clone)]
struct Around {
    low: [u8; WINDOW],
    high: [u8; WINDOW],
}

impl Around {
    fn of(shade: &Shade, left: usize, rows: Range<usize>) -> Self {
        let mut around = Self { low: [255; WINDOW], high: [0; WINDOW] };
        around.add(shade, left, rows);
        around
    }

    fn add(&mut self, shade: &Shade, left: usize, rows: Range<usize>) {
        for y in rows {
            let row = shade.row(y);
            let window = left.checked_sub(BESIDE).and_then(|from| row.get(from..from + WINDOW)?.try_into().ok());
            let mut at_edge = [255; WINDOW];
            let window: &[u8; WINDOW] = match window {
                Some(window) => window,
                None => {
                    // The last point of a row stands for those beyond it: it is looked at whenever they would be.
                    for (i, to) in at_edge.iter_mut().enumerate() {
                        let x = (left + i).saturating_sub(BESIDE).min(row.len().saturating_sub(1));
                        *to = row.get(x).copied().unwrap_or(255);
                    }
                    &at_edge
                }
            };
            for ((low, high), grey) in self.low.iter_mut().zip(&mut self.high).zip(window) {
                *low = (*low).min(*grey);
                *high = (*high).max(*grey);
            }
        }
    }

    /// For each point of the block the darkest and the lightest of the columns around it.
    fn extremes(&self) -> ([u8; BLOCK], [u8; BLOCK]) {
        let (mut low, mut high) = ([255u8; BLOCK], [0u8; BLOCK]);
        for shift in BESIDE - REACH..=BESIDE + REACH {
            let columns = self.low.iter().zip(&self.high).skip(shift);
            for ((low, high), (column_low, column_high)) in low.iter_mut().zip(&mut high).zip(columns) {
                *low = (*low).min(*column_low);
                *high = (*high).max(*column_high);
            }
        }
        (low, high)
    }
}

/// What the greys of a block come to, column by column.
#[derive(Clone)]
struct Tally {
    middles: [u8; BLOCK],
    lightest: [u8; BLOCK],
    darkest: [u8; BLOCK],
    has_white: bool,
}

impl Default for Tally {
    fn default() -> Self {
        Self { middles: [0; BLOCK], lightest: [0; BLOCK], darkest: [255; BLOCK], has_white: false }
    }
}

impl Tally {
    fn add(&mut self, greys: &[u8; BLOCK]) {
        let (from, many) = MIDDLE;
        for (middles, grey) in self.middles.iter_mut().zip(greys) {
            *middles += u8::from(grey.wrapping_sub(from) <= many);
        }
        for (lightest, grey) in self.lightest.iter_mut().zip(greys) {
            *lightest = (*lightest).max(*grey);
        }
        for (darkest, grey) in self.darkest.iter_mut().zip(greys) {
            *darkest = (*darkest).min(*grey);
        }
    }

    fn block(&self, pels: usize) -> Block {
        let middles: usize = self.middles.iter().map(|middles| usize::from(*middles)).sum();
        let darkest = self.darkest.iter().copied().min().unwrap_or(255);
        let lightest = self.lightest.iter().copied().max().unwrap_or(0);
        Block {
            region: if darkest >= PAPER_WHITE { Region::Paper } else { Region::Line },
            middle: middles as f32 / pels.max(1) as f32,
            lightest: if self.has_white { 255 } else { lightest },
        }
    }
}

impl Blocks {
    #[inline(never)]
    fn of(shade: &Shade, resolution: Resolution) -> Self {
        let lines = match resolution {
            Resolution::High => BLOCK,
            Resolution::Low => BLOCK / 2,
        };
        let (across, down) = (shade.width().div_ceil(BLOCK), shade.height().div_ceil(lines));
        let mut all = Vec::with_capacity(across * down);
        let (whole, rest) = (shade.width() / BLOCK, shade.width() % BLOCK);
        for top in (0..shade.height()).step_by(lines) {
            let bottom = (top + lines).min(shade.height());
            let mut tallies = vec![Tally::default(); across];
            for y in top..bottom {
                let (many, rest) = shade.row(y).as_chunks::<BLOCK>();
                for (greys, tally) in many.iter().zip(&mut tallies) {
                    if greys.iter().fold(255, |all, grey| all & grey) == 255 {
                        tally.has_white = true;
                    } else {
                        tally.add(greys);
                    }
                }
                if let Some(tally) = tallies.last_mut().filter(|_| !rest.is_empty()) {
                    let mut greys = [255; BLOCK];
                    greys.iter_mut().zip(rest).for_each(|(to, grey)| *to = *grey);
                    tally.add(&greys);
                }
            }
            all.extend(
                tallies.into_iter().enumerate().map(|(column, tally)| {
                    tally.block((bottom - top) * if column < whole { BLOCK } else { rest.max(1) })
                }),
            );
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

    fn paper_around(&self, column: usize, row: usize) -> u8 {
        self.around(row * self.across + column)
            .filter_map(|index| self.all.get(index))
            .map(|block| block.lightest)
            .max()
            .unwrap_or(255)
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

/// Hands the error of each dot on to those that come after it.
struct Diffusion {
    /// Errors in sixteenths of a grey, with one dot more at each end.
    here: Vec<i32>,
    below: Vec<i32>,
    /// Of this row of dots: the sums of their greys, of how many points.
    sums: Vec<i32>,
    counts: Vec<u8>,
    /// One or nought.
    black: Vec<u8>,
    backwards: bool,
}

impl Diffusion {
    fn new(width: usize) -> Self {
        // In whole blocks.
        let dots = width.div_ceil(BLOCK) * (BLOCK / DOT);
        Self {
            here: vec![0; dots + 2],
            below: vec![0; dots + 2],
            sums: vec![0; dots],
            counts: vec![0; dots],
            black: vec![0; dots],
            backwards: false,
        }
    }

    /// A row without a point that waits: errors do not go beyond it.
    fn end(&mut self) {
        self.here.fill(0);
    }

    /// One row of dots from the line `top` on: of those points that wait for it. A point of another kind ends the error.
    #[inline(never)]
    fn row(&mut self, shade: &Shade, top: usize, waits: &[Vec<[u8; BLOCK]>], black: &mut [Vec<[u8; BLOCK]>]) {
        self.sums.fill(0);
        self.counts.fill(0);
        for (y, waits) in (top..).zip(waits) {
            let greys = shade.row(y).as_chunks::<DOT>().0;
            let waits = waits.as_flattened().as_chunks::<DOT>().0;
            for (((sum, count), [left, right]), [wait, waits]) in
                self.sums.iter_mut().zip(&mut self.counts).zip(greys).zip(waits)
            {
                *sum += i32::from(*left) * i32::from(*wait) + i32::from(*right) * i32::from(*waits);
                *count += *wait + *waits;
            }
            // Of an odd width the last point is half a dot.
            if let ([.., last], Some(waits)) = (shade.row(y), waits.get(greys.len()))
                && shade.width() % DOT == 1
                && let (Some(sum), Some(count)) = (self.sums.get_mut(greys.len()), self.counts.get_mut(greys.len()))
            {
                *sum += i32::from(*last) * i32::from(waits[0]);
                *count += waits[0];
            }
        }
        let errors = self.here.get(1..).unwrap_or_default();
        let dots = self.sums.iter().zip(&self.counts).zip(errors).zip(&mut self.black);
        if self.backwards {
            diffuse(dots.rev(), self.below.iter_mut().rev());
        } else {
            diffuse(dots, self.below.iter_mut());
        }
        for (waits, black) in waits.iter().zip(black) {
            let waits = waits.as_flattened().as_chunks::<DOT>().0;
            let points = black.as_flattened_mut().as_chunks_mut::<DOT>().0;
            for ((waits, points), is_black) in waits.iter().zip(points).zip(&self.black) {
                for (waits, point) in waits.iter().zip(points) {
                    *point |= waits & is_black;
                }
            }
        }
        std::mem::swap(&mut self.here, &mut self.below);
        self.backwards = !self.backwards;
    }
}

/// One row of dots, each a sum of greys, their count, the error that came to it from above, and the colour of the one above, which becomes its
/// own. `below` begins with the dot beside the first. All in the order that the row is gone through.
fn diffuse<'a>(
    dots: impl Iterator<Item = (((&'a i32, &'a u8), &'a i32), &'a mut u8)>,
    mut below: impl Iterator<Item = &'a mut i32>,
) {
    let mut ahead = 0;
    // What is gathered so far for the dot below and behind, and for the one below.
    let (mut behind, mut under) = (0, 0);
    for (((sum, count), error), black) in dots {
        let mut front = 0;
        if *count == 0 {
            ahead = 0;
        } else {
            let mean = match count {
                1 => sum * 16,
                2 => sum * 8,
                4 => sum * 4,
                count => sum * 16 / i32::from(*count),
            };
            let value = mean + error + ahead;
            let is_black = value < (128 + if *black == 1 { CLING } else { -CLING }) * 16;
            *black = u8::from(is_black);
            // Bounded, so that a long dark surface does not bleed into what follows it.
            let left_over = (value - if is_black { 0 } else { 255 * 16 }).clamp(-255 * 16, 255 * 16);
            ahead = left_over * 7 / 16;
            behind += left_over * 3 / 16;
            under += left_over * 5 / 16;
            front = left_over / 16;
        }
        if let Some(below) = below.next() {
            *below = behind;
        }
        (behind, under) = (under, front);
    }
    for (below, rest) in below.zip([behind, under]) {
        *below = rest;
    }
}

/// Makes the paper of a scan white: where a light grey covers much of the page, it and all that is lighter is paper.
#[inline(never)]
pub fn whiten(shade: &mut Shade) {
    const LIGHT: usize = 150;
    const NEAR: usize = 10;
    let all = shade.greys().len() as u64;
    // Most pages are white already. Where more than half is as white as can be, no grey has more near it that has not that white near it.
    let mut white = 0;
    for many in shade.greys().chunks(255) {
        white += u64::from(many.iter().fold(0u8, |white, grey| white + u8::from(*grey == 255)));
    }
    if white * 2 > all {
        return;
    }
    let counts = shade.histogram();
    let near = |grey: usize| -> u64 {
        counts
            .get(grey.saturating_sub(NEAR)..(grey + NEAR + 1).min(256))
            .unwrap_or_default()
            .iter()
            .map(|n| u64::from(*n))
            .sum()
    };
    let Some(paper) = (LIGHT..256).max_by_key(|grey| near(*grey)) else { return };
    // A page that is white already is left alone, to the last pel.
    if paper >= 255 - NEAR || near(paper) * 10 < all * 4 {
        return;
    }
    let white = paper.saturating_sub(NEAR).max(1);
    let mut table = [255; 256];
    for (grey, to) in table.iter_mut().enumerate().take(white) {
        *to = (grey * 255 / white) as u8;
    }
    shade.map(&table);
}
