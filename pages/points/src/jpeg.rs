//! The brightness of a JPEG, as cameras and scanners write it: ITU-T T.81, sequential, Huffman coded, eight bits, all parts of a point
//! together.
//!
//! A fax has no colours, and of a photograph most of the time goes into its picture. So only the brightness becomes points; of the colours no more is
//! unpacked than tells whether there are any. What is written in another way, or is damaged, is left to a decoder that knows everything.

use std::hint::black_box;

use wide::{bytemuck, i16x8, i32x4, u8x16, u32x4};

use crate::{MANY, Shade};

/// Points of a block's side.
const SIDE: usize = 8;
/// Points that tell of all what colours there are, at least, where there are so many.
const POINTS: usize = 20_000;
/// Bits of a code that are looked up at once.
const QUICK: u32 = 12;

/// What is known of a JPEG once it is read.
pub struct Jpeg {
    /// Its brightness.
    pub shade: Shade,
    /// Points from all over it, 20,000 or some more where it has them: how bright each is, how blue, and how red, where 128 is neither. None of a picture in greys.
    pub points: Vec<[u8; 3]>,
}

/// Reads a picture of one part, its brightness, or of three, of which the first is. None where it has not this size, is written in any other way, or
/// is damaged: it takes no more time and memory than its points do.
pub fn jpeg(bytes: &[u8], size: (usize, usize)) -> Option<Jpeg> {
    let mut headers = Headers::default();
    let mut rest = bytes.strip_prefix(&[0xff, 0xd8])?;
    loop {
        let [0xff, mark, after @ ..] = rest else { return None };
        let (length, _) = after.split_first_chunk()?;
        let length = usize::from(u16::from_be_bytes(*length));
        let segment = after.get(2..length)?;
        rest = after.get(length..)?;
        match mark {
            0xc0 | 0xc1 => headers.frame(segment, size)?,
            0xc4 => headers.codes(segment)?,
            0xdb => headers.steps(segment)?,
            0xdd => headers.restarts = usize::from(u16::from_be_bytes(segment.try_into().ok()?)),
            0xda => return Scan::new(&headers, segment, size)?.read(rest),
            // Of applications, and comments.
            0xe0..=0xef | 0xfe => {}
            _ => return None,
        }
    }
}

/// What is said before the picture. Nothing is made of it that the picture does not need: a file can say as much as it likes.
#[derive(Default)]
struct Headers<'a> {
    parts: Vec<Part>,
    /// How far apart the values of each frequency are, in the order in which they are written.
    steps: [Option<[u16; 64]>; 4],
    dc: [Option<Lengths<'a>>; 4],
    ac: [Option<Lengths<'a>>; 4],
    /// How many groups of blocks can be read without those before. 0 for all.
    restarts: usize,
}

/// Of codes of 1 to 16 bits how many there are, and then what each stands for.
type Lengths<'a> = (&'a [u8; 16], &'a [u8]);

/// The brightness, or one of two parts of the colour.
#[derive(Clone, Copy)]
struct Part {
    name: u8,
    /// Blocks of a group.
    across: usize,
    down: usize,
    steps: u8,
}

impl<'a> Headers<'a> {
    /// T.81, B.2.2.
    fn frame(&mut self, segment: &[u8], size: (usize, usize)) -> Option<()> {
        let (&[8, height, low_height, width, low_width, many], parts) = segment.split_first_chunk()? else {
            return None;
        };
        let written = [[width, low_width], [height, low_height]].map(|two| usize::from(u16::from_be_bytes(two)));
        let (parts, []) = parts.as_chunks::<3>() else { return None };
        if written != [size.0, size.1]
            || size.0 * size.1 == 0
            || parts.len() != usize::from(many)
            || !self.parts.is_empty()
        {
            return None;
        }
        self.parts = parts
            .iter()
            .map(|[name, sides, steps]| Part {
                name: *name,
                across: usize::from(sides >> 4),
                down: usize::from(sides & 15),
                steps: *steps,
            })
            .collect();
        match self.parts.as_mut_slice() {
            // Alone, its blocks come one by one.
            [one] => {
                (one.across, one.down) = (1, 1);
                Some(())
            }
            [one, two, three] => {
                let is_sound = matches!((one.across, one.down), (1 | 2, 1 | 2));
                (is_sound && (two.across, two.down, three.across, three.down) == (1, 1, 1, 1)).then_some(())
            }
            _ => None,
        }
    }

    /// T.81, B.2.4.1.
    fn steps(&mut self, mut segment: &[u8]) -> Option<()> {
        while let Some((&what, rest)) = segment.split_first() {
            let steps = self.steps.get_mut(usize::from(what & 15))?;
            let mut read = [0; 64];
            segment = if what >> 4 == 0 {
                let (bytes, rest) = rest.split_first_chunk::<64>()?;
                read.iter_mut().zip(bytes).for_each(|(step, byte)| *step = u16::from(*byte));
                rest
            } else {
                let (bytes, rest) = rest.split_first_chunk::<128>()?;
                let words = bytes.as_chunks::<2>().0;
                read.iter_mut().zip(words).for_each(|(step, two)| *step = u16::from_be_bytes(*two));
                rest
            };
            *steps = Some(read);
        }
        Some(())
    }

    /// T.81, B.2.4.2.
    fn codes(&mut self, mut segment: &'a [u8]) -> Option<()> {
        while let Some((&what, rest)) = segment.split_first() {
            let (counts, rest) = rest.split_first_chunk::<16>()?;
            let (symbols, rest) = rest.split_at_checked(counts.iter().map(|count| usize::from(*count)).sum())?;
            let all = if what >> 4 == 0 { &mut self.dc } else { &mut self.ac };
            *all.get_mut(usize::from(what & 15))? = Some((counts, symbols));
            segment = rest;
        }
        Some(())
    }
}

/// How values are written: a code for how many noughts come before and how many bits the value has, and then those bits.
struct Codes {
    /// For whatever the next bits are, what they stand for.
    quick: Box<[Step; 1 << QUICK]>,
    is_ac: bool,
    /// For each length of a code, one to sixteen: what is not less, in sixteen bits, is longer.
    ends: [u32; 16],
    /// What to add to a code of each length for where its symbol is.
    from: [u32; 16],
    symbols: Vec<u8>,
}

impl Codes {
    /// T.81, C.2. None where there are more codes than there can be.
    fn new((counts, symbols): Lengths<'_>, is_ac: bool) -> Option<Self> {
        let (mut ends, mut places) = ([0; 16], [0; 16]);
        let mut quick = vec![Step(OPEN); 1 << QUICK];
        let (mut code, mut at) = (0u32, 0usize);
        for ((length, count), (end, from)) in (1..).zip(counts).zip(ends.iter_mut().zip(&mut places)) {
            code <<= 1;
            *from = (at as u32).wrapping_sub(code);
            for symbol in symbols.get(at..at + usize::from(*count))? {
                if length <= QUICK {
                    let (first, many) = ((code << (QUICK - length)) as usize, 1 << (QUICK - length));
                    for (low, quick) in (0..).zip(quick.get_mut(first..first + many)?) {
                        *quick = Step::new(*symbol, length, low, is_ac);
                    }
                }
                code += 1;
            }
            at += usize::from(*count);
            if code > 1 << length {
                return None;
            }
            *end = code << (16 - length);
        }
        Some(Self { quick: quick.try_into().ok()?, is_ac, ends, from: places, symbols: symbols.to_vec() })
    }

    /// With as much as there is room for of what comes behind a value, in other codes or in these.
    fn then(mut self, other: Option<&Self>) -> Self {
        let next = other.map_or_else(|| self.quick.clone(), |other| other.quick.clone());
        for (bits, step) in self.quick.iter_mut().enumerate() {
            *step = step.then(bits, &next);
        }
        self
    }
}

/// What the next bits stand for: a value and the noughts before it, twice where there is room, for most are short, and an end. In place of a
/// value that is not there stands a nought, where one comes anyway.
///
/// The bits that are done with (0 to 4), `END` and `OPEN`; the noughts before the first value (8 to 11), its bits where they are still to be read
/// (12 to 15), and itself (16 to 31); where the second comes (32 to 36), the bits of the first alone (37 to 40), how many frequencies they are
/// together (41 to 46), and the second (48 to 63).
#[derive(Clone, Copy)]
struct Step(u64);

/// All that follow are noughts.
const END: u64 = 1 << 5;
/// The value is to be read. Where no bits are done with, the code is longer.
const OPEN: u64 = 1 << 6;

impl Step {
    /// What a code of this length stands for, before these bits.
    fn new(symbol: u8, length: u32, low: u32, is_ac: bool) -> Self {
        let (noughts, many) = (if is_ac { u32::from(symbol >> 4) } else { 0 }, u32::from(symbol & 15));
        let free = QUICK.saturating_sub(length);
        if is_ac && many == 0 && noughts < 15 {
            Self(END | u64::from(length))
        } else if many > free {
            Self(u64::from(many << 12 | noughts << 8 | length) | OPEN)
        } else {
            Self::one(noughts, value(low >> (free - many), many), length + many)
        }
    }

    /// A value behind noughts, in so many bits.
    fn one(noughts: u32, value: i32, bits: u32) -> Self {
        let after = u64::from(noughts + 1);
        Self(after << 41 | u64::from(bits) << 37 | after << 32 | u64::from((value as u32) << 16 | noughts << 8 | bits))
    }

    /// With what the bits behind it stand for, as far as they were looked at.
    fn then(self, looked_at: usize, next: &[Self; 1 << QUICK]) -> Self {
        let behind = |step: Self| {
            let next = *next.get(looked_at << step.bits() & ((1 << QUICK) - 1))?;
            (step.0 & (END | OPEN) == 0 && next.0 & OPEN == 0 && step.bits() + next.bits() <= QUICK).then_some(next)
        };
        let mut step = self;
        if let Some(second) = behind(step)
            && !second.is_end()
        {
            let at = step.many() + second.noughts();
            let kept = step.0 & (0xf << 37 | 0xffff_ff00);
            let packed = (at as u64 + 1) << 41 | (at as u64) << 32 | (second.value() as u64) << 48;
            step = Self(kept | packed | u64::from(step.bits() + second.bits()));
        }
        match behind(step) {
            Some(end) if end.is_end() => Self((step.0 | END) + u64::from(end.bits())),
            _ => step,
        }
    }

    /// The first value, without what was read behind it.
    fn alone(self) -> Self {
        Self::one(self.noughts() as u32, self.value(), (self.0 >> 37 & 15) as u32)
    }

    fn bits(self) -> u32 {
        (self.0 & 31) as u32
    }

    fn is_end(self) -> bool {
        self.0 & END != 0
    }

    fn noughts(self) -> usize {
        (self.0 >> 8 & 15) as usize
    }

    fn value(self) -> i32 {
        self.0 as i32 >> 16
    }

    /// Where the second value comes, from where the first has its noughts, and itself.
    fn second(self) -> (usize, i32) {
        ((self.0 >> 32 & 31) as usize, (self.0.cast_signed() >> 48) as i32)
    }

    /// How many frequencies they are.
    fn many(self) -> usize {
        (self.0 >> 41 & 63) as usize
    }
}

/// So many bits as the number that they stand for (T.81, F.2.2.1): the lower half are less than nought.
fn value(bits: u32, many: u32) -> i32 {
    let is_less = many > 0 && bits >> (many - 1) == 0;
    bits as i32 + if is_less { 1 - (1 << many) } else { 0 }
}

/// A picture, or a part of it that is read without those before, as it is coded.
#[derive(Default)]
struct Stretch {
    /// The last one first: eight of them are then a number as WebAssembly reads it.
    bytes: Vec<u8>,
}

/// Noughts behind the last.
const BEHIND: usize = 8;

impl Stretch {
    /// Goes on with what comes up to the next mark, which is returned: none where the file ends before.
    fn take(&mut self, rest: &mut &[u8]) -> Option<u8> {
        self.bytes.clear();
        let mark = loop {
            let (many, few) = rest.as_chunks::<MANY>();
            let has_mark = |bytes: &[u8; MANY]| bytes.iter().fold(false, |has, byte| has | (*byte == 0xff));
            let from = many.iter().position(has_mark).unwrap_or(many.len()) * MANY;
            let tail = rest.get(from..).unwrap_or(few);
            let length = from + tail.iter().position(|byte| *byte == 0xff).unwrap_or(tail.len());
            let (before, after) = rest.split_at_checked(length).unwrap_or((rest, &[]));
            self.bytes.extend_from_slice(before);
            match after {
                [0xff, 0, after @ ..] => {
                    self.bytes.push(0xff);
                    *rest = after;
                }
                // Any number of them may stand before a mark.
                [0xff, 0xff, ..] => *rest = after.get(1..).unwrap_or_default(),
                [0xff, mark, after @ ..] => {
                    *rest = after;
                    break Some(*mark);
                }
                _ => break None,
            }
        };
        self.bytes.extend([0; BEHIND]);
        self.bytes.reverse();
        mark
    }

    /// From the first bit on.
    fn bits(&self) -> Bits {
        Bits { held: 0, many: 0, left: self.bytes.len() }
    }

    /// Whether more was read than there was, or something that means nothing.
    fn is_damaged(&self, bits: Bits) -> bool {
        (bits.left.wrapping_sub(BEHIND).wrapping_add(bits.many as usize / 8)).cast_signed() < 0
    }
}

/// The bits that are read next, the first in the highest. By value all through the inner loop: in memory they would be waited for.
#[derive(Clone, Copy, Default)]
struct Bits {
    held: u64,
    many: u32,
    /// How many bytes there are after them, those behind the last among them.
    left: usize,
}

impl Bits {
    /// Makes them damaged.
    fn give_up(&mut self) {
        self.left = 0;
    }

    #[inline(always)]
    fn skip(&mut self, bits: u32) {
        self.held <<= bits;
        self.many -= bits;
    }

    /// What comes next, whose bits are to be skipped then. Behind the last byte all is nought.
    #[inline(always)]
    fn next(&mut self, bytes: &[u8], codes: &Codes) -> Step {
        // As much as the longest code and its value.
        if self.many < 32 {
            if let Some(eight) = bytes.get(..self.left).and_then(|bytes| bytes.last_chunk()) {
                self.held |= u64::from_le_bytes(*eight) >> self.many;
            }
            self.left = self.left.wrapping_sub(((63 - self.many) >> 3) as usize);
            self.many |= 56;
        }
        let mut step = codes.quick.get((self.held >> (64 - QUICK)) as usize).copied().unwrap_or(Step(END));
        if step.0 & OPEN != 0 {
            (*self, step) = self.open(codes, step);
        }
        step
    }

    /// What is not known from the bits that were looked at: the code, or the value. Its bits are skipped.
    #[inline(never)]
    fn open(mut self, codes: &Codes, mut step: Step) -> (Self, Step) {
        if step.bits() == 0 {
            let next = (self.held >> 48) as u32;
            let mut lengths = (1..).zip(codes.ends.iter().zip(&codes.from));
            let found = lengths.find(|(_, (end, _))| next < **end).and_then(|(length, (_, from))| {
                Some((length, codes.symbols.get((next >> (16 - length)).wrapping_add(*from) as usize)?))
            });
            let Some((length, symbol)) = found else {
                self.give_up();
                return (self, Step(END));
            };
            // None of the bits of its value were looked at.
            step = Step::new(*symbol, length, 0, codes.is_ac);
        }
        self.skip(step.bits());
        if step.0 & OPEN == 0 {
            return (self, if step.is_end() { Step(END) } else { Step::one(step.noughts() as u32, 0, 0) });
        }
        let many = (step.0 >> 12 & 15) as u32;
        let bits = (self.held >> 32 >> (32 - many)) as u32;
        self.skip(many);
        (self, Step::one(step.noughts() as u32, value(bits, many), 0))
    }
}

/// Where each frequency of a block goes, in the order in which they are written (T.81, figure 5).
#[expect(clippy::indexing_slicing, reason = "what is outside does not compile")]
const ORDER: [u8; 64] = {
    let (mut order, mut k, mut x, mut y, mut is_up) = ([0; 64], 0, 0, 0, true);
    while k < 64 {
        order[k] = place(x, y);
        (x, y, is_up) = match (is_up, x, y) {
            (true, 7, y) => (7, y + 1, false),
            (true, x, 0) => (x + 1, 0, false),
            (true, x, y) => (x + 1, y - 1, true),
            (false, x, 7) => (x + 1, 7, true),
            (false, 0, y) => (0, y + 1, true),
            (false, x, y) => (x - 1, y + 1, false),
        };
        k += 1;
    }
    order
};

/// Where the frequency of so many half waves across and down is kept: beside the one that it makes a pair with in `waves`, across; and the two that make a
/// pair down eight apart, so that what becomes of them lies in the same place of two vectors.
#[expect(clippy::indexing_slicing, reason = "what is outside does not compile")]
const fn place(x: usize, y: usize) -> u8 {
    const PAIR: [u8; 8] = [0, 2, 1, 2, 0, 3, 1, 3];
    const SECOND: [u8; 8] = [0, 0, 0, 1, 1, 0, 1, 1];
    PAIR[x] * 16 + SECOND[y] * 8 + PAIR[y] * 2 + SECOND[x]
}

/// How one part of the points is read.
struct Blocks {
    dc: Codes,
    ac: Codes,
    /// Where each frequency goes, in six bits, and from the ninth on how far apart its values are. Behind them, where values of nought go.
    steps: [u32; 128],
    /// The mean of the block before.
    mean: i32,
}

impl Blocks {
    fn new(headers: &Headers<'_>, part: &Part, tables: u8) -> Option<Self> {
        let dc = Codes::new((*headers.dc.get(usize::from(tables >> 4))?)?, false)?;
        let ac = Codes::new((*headers.ac.get(usize::from(tables & 15))?)?, true)?;
        let mut steps = [0; 128];
        let read = headers.steps.get(usize::from(part.steps))?.as_ref()?;
        let of = ORDER.iter().zip(read);
        steps.iter_mut().zip(of).for_each(|(step, (place, read))| *step = u32::from(*read) << 8 | u32::from(*place));
        Some(Self { dc: dc.then(Some(&ac)), ac: ac.then(None), steps, mean: 0 })
    }

    /// The frequencies of the next block, and how many of them were written, at most.
    #[inline(always)]
    fn next(&mut self, bytes: &[u8], bits: &mut Bits, to: &mut [i16; 64]) -> usize {
        // Of noughts that are known as such compilers make a call, which a browser takes far longer for.
        *to = bytemuck::cast([i16x8::splat(black_box(0)); 8]);
        let many = self.pass(bytes, bits, |step, value| {
            if let Some(to) = to.get_mut(step as usize & 63) {
                *to = value.wrapping_mul((step >> 8) as i32) as i16;
            }
        });
        let [mean, ..] = to;
        *mean = self.mean.saturating_mul((self.steps[0] >> 8) as i32).clamp(i16::MIN.into(), i16::MAX.into()) as i16;
        many
    }

    /// Passes over a block, and says how many of its frequencies were written, at most: each but the mean to `put`.
    #[inline(always)]
    fn pass(&mut self, bytes: &[u8], bits: &mut Bits, mut put: impl FnMut(u32, i32)) -> usize {
        let mut put = |at: usize, value| put(self.steps.get(at & 127).copied().unwrap_or_default(), value);
        let mut step = bits.next(bytes, &self.dc);
        bits.skip(step.bits());
        self.mean = self.mean.wrapping_add(step.value());
        let (at, value) = step.second();
        put(at, value);
        let mut many = step.many();
        while !step.is_end() && many < 64 {
            step = bits.next(bytes, &self.ac);
            if many + step.many() >= 64 {
                // Behind the last comes another block, in other codes.
                step = step.alone();
            }
            bits.skip(step.bits());
            put(many + step.noughts(), step.value());
            let (at, value) = step.second();
            put(many + at, value);
            many += step.many();
        }
        if many > 64 {
            bits.give_up();
        }
        many
    }
}

/// The picture behind its headers.
struct Scan {
    size: (usize, usize),
    /// Blocks of a group, and groups of a row.
    across: usize,
    down: usize,
    groups: usize,
    brightness: Blocks,
    colours: Option<[Blocks; 2]>,
    /// How many groups are read without those before, where not all are; how many of them are left.
    restarts: Option<usize>,
    left: usize,
    /// The mark behind them.
    mark: Option<u8>,
    marks: u8,
    stretch: Stretch,
    bits: Bits,
    /// The blocks of a row of groups, from left to right and then down.
    row: Vec<[u8; 64]>,
    /// What is told of the colours, of groups so far apart.
    points: Vec<[u8; 3]>,
    apart: usize,
}

impl Scan {
    /// T.81, B.2.3.
    fn new(headers: &Headers<'_>, segment: &[u8], size: (usize, usize)) -> Option<Self> {
        let (many, rest) = segment.split_first()?;
        let (parts, [0, 63, 0]) = rest.split_at_checked(usize::from(*many) * 2)? else { return None };
        let parts = parts.as_chunks::<2>().0;
        if parts.len() != headers.parts.len() {
            return None;
        }
        let mut all = parts
            .iter()
            .zip(&headers.parts)
            .map(|([name, tables], part)| if *name == part.name { Blocks::new(headers, part, *tables) } else { None });
        let brightness = all.next()??;
        let colours = if *many > 1 { Some([all.next()??, all.next()??]) } else { None };
        let Part { across, down, .. } = *headers.parts.first()?;
        let groups = size.0.div_ceil(across * SIDE);
        // So far apart that one row has others than the row before.
        let mut apart = (groups * size.1.div_ceil(down * SIDE) * 4 / POINTS).max(1);
        while (2..=apart).any(|factor| apart.is_multiple_of(factor) && groups.is_multiple_of(factor)) {
            apart -= 1;
        }
        let restarts = Some(headers.restarts).filter(|restarts| *restarts > 0);
        Some(Self {
            size,
            across,
            down,
            groups,
            brightness,
            colours,
            restarts,
            left: restarts.unwrap_or(usize::MAX),
            mark: None,
            marks: 0,
            stretch: Stretch::default(),
            bits: Bits::default(),
            row: vec![[0; 64]; groups * across * down],
            points: Vec::new(),
            apart,
        })
    }

    fn read(mut self, mut rest: &[u8]) -> Option<Jpeg> {
        let (width, height) = self.size;
        let mut greys = vec![0; width * height];
        self.mark = self.stretch.take(&mut rest);
        self.bits = self.stretch.bits();
        for (number, lines) in greys.chunks_mut(self.down * SIDE * width).enumerate() {
            self.next_row(number, &mut rest)?;
            for (blocks, lines) in self.row.chunks(self.groups * self.across).zip(lines.chunks_mut(SIDE * width)) {
                lines.chunks_mut(width).enumerate().for_each(|(y, line)| lay(blocks, y, line));
            }
        }
        Some(Jpeg { shade: Shade::new(width, height, greys)?, points: self.points })
    }

    /// Reads a row of groups: all of its blocks. None where it is damaged.
    #[inline(never)]
    fn next_row(&mut self, number: usize, rest: &mut &[u8]) -> Option<()> {
        let mut frequencies = [0; 64];
        let mut bits = self.bits;
        for group in 0..self.groups {
            if self.left == 0 {
                self.bits = bits;
                self.go_on(rest)?;
                bits = self.bits;
            }
            self.left -= 1;
            for line in 0..self.down {
                for column in 0..self.across {
                    let many = self.brightness.next(&self.stretch.bytes, &mut bits, &mut frequencies);
                    let at = (line * self.groups + group) * self.across + column;
                    if let Some(block) = self.row.get_mut(at) {
                        *block = points(&frequencies, many);
                    }
                }
            }
            let Some(colours) = &mut self.colours else { continue };
            if !(number * self.groups + group).is_multiple_of(self.apart) {
                colours.iter_mut().for_each(|colour| {
                    colour.pass(&self.stretch.bytes, &mut bits, |_, _| {});
                });
                continue;
            }
            let [blue, red] = colours.each_mut().map(|colour| {
                colour.next(&self.stretch.bytes, &mut bits, &mut frequencies);
                quarters(&frequencies)
            });
            self.tell(number, group, blue, red);
        }
        self.bits = bits;
        (!self.stretch.is_damaged(bits)).then_some(())
    }

    /// The points in the middle of each quarter of a group.
    #[inline(never)]
    fn tell(&mut self, number: usize, group: usize, blue: [u8; 4], red: [u8; 4]) {
        let quarters = [(0, 0), (4, 0), (0, 4), (4, 4)].into_iter().zip(blue.into_iter().zip(red));
        for ((x, y), (blue, red)) in quarters {
            let of = |x: usize, y: usize| ((x + group * SIDE) * self.across, y * self.down);
            let ((left, top), (x, y)) = (of(x, y), of(x + 2, y + 2));
            if left < self.size.0 && top + number * self.down * SIDE < self.size.1 {
                // Behind the edge a block goes on.
                let block = self.row.get(y / SIDE * self.groups * self.across + x / SIDE);
                let grey = block.and_then(|block| block.get(y % SIDE * SIDE + x % SIDE));
                self.points.push([grey.copied().unwrap_or(255), blue, red]);
            }
        }
    }

    /// On behind the next mark (T.81, E.2.4).
    fn go_on(&mut self, rest: &mut &[u8]) -> Option<()> {
        if self.stretch.is_damaged(self.bits) || self.mark != Some(0xd0 | self.marks) {
            return None;
        }
        self.marks = (self.marks + 1) & 7;
        self.mark = self.stretch.take(rest);
        self.bits = self.stretch.bits();
        self.left = self.restarts?;
        self.brightness.mean = 0;
        self.colours.iter_mut().flatten().for_each(|colour| colour.mean = 0);
        Some(())
    }
}

/// The line `y` of some blocks, side by side.
#[inline(never)]
fn lay(blocks: &[[u8; 64]], y: usize, line: &mut [u8]) {
    let mut lines = blocks.iter().filter_map(|block| block.as_chunks::<SIDE>().0.get(y));
    let (whole, rest) = line.as_chunks_mut::<SIDE>();
    whole.iter_mut().zip(&mut lines).for_each(|(to, line)| *to = *line);
    rest.iter_mut().zip(lines.flatten()).for_each(|(to, grey)| *to = *grey);
}

/// A colour in the four quarters of a block: their means, but for what higher frequencies bring to them.
fn quarters(frequencies: &[i16; 64]) -> [u8; 4] {
    // In 1,024ths: an eighth, and what the first half of a wave of one half comes to in either direction and in both.
    let of =
        |x, y, by: i32| frequencies.get(usize::from(place(x, y))).map_or(0, |frequency| i32::from(*frequency) * by);
    let (mean, x, y, both) = (of(0, 0, 128), of(1, 0, 116), of(0, 1, 116), of(1, 1, 105));
    [(x, y, both), (-x, y, -both), (x, -y, -both), (-x, -y, both)]
        .map(|(x, y, both)| (((mean + x + y + both + 512) >> 10) + 128).clamp(0, 255) as u8)
}

/// The points of a block, line by line, from its frequencies, of which `many` were written.
#[inline(always)]
fn points(frequencies: &[i16; 64], many: usize) -> [u8; 64] {
    let [mean, ..] = *frequencies;
    if many <= 1 {
        return [(((i32::from(mean) + 4) >> 3) + 128).clamp(0, 255) as u8; 64];
    }
    all_points(frequencies)
}

#[inline(never)]
fn all_points(frequencies: &[i16; 64]) -> [u8; 64] {
    let [a, b, c, d, e, f, g, h]: [i16x8; 8] = bytemuck::cast(*frequencies);
    // From memory: browsers make a number that is part of the program anew, in three steps, wherever it is used.
    let by = black_box(&COSINES);
    // Across, with two bits more than there are. Then down, from pairs that are put together anew, four columns at a time.
    let (these, those) = (waves([a, c, e, g], 1 << 10, by), waves([b, d, f, h], 1 << 10, by));
    // One by one: what goes through a loop here goes through memory, in pieces that are waited for.
    let ([a, b, c, d, e, f, g, h], [i, j, k, l, m, n, o, p]) = (these, those);
    let (left, right) =
        ([pair(a, i), pair(b, j), pair(c, k), pair(d, l)], [pair(e, m), pair(f, n), pair(g, o), pair(h, p)]);
    let down = |pairs| waves(transpose(pairs), 1 << 17, by);
    let ([a, b, c, d, e, f, g, h], [i, j, k, l, m, n, o, p]) = (down(left), down(right));
    bytemuck::cast([two_lines([a, i, b, j]), two_lines([c, k, d, l]), two_lines([e, m, f, n]), two_lines([g, o, h, p])])
}

/// Of two rows of four points the frequencies that make pairs down, without eleven bits.
#[inline(always)]
fn pair(this: i32x4, that: i32x4) -> u32x4 {
    let (low, high): ([i16; 8], [i16; 8]) = (bytemuck::cast(this >> 11), bytemuck::cast(that << 5));
    let ([a, _, b, _, c, _, d, _], [_, e, _, f, _, g, _, h]) = (low, high);
    bytemuck::cast([a, e, b, f, c, g, d, h])
}

/// Columns from rows.
#[inline(always)]
fn transpose([a, b, c, d]: [u32x4; 4]) -> [i16x8; 4] {
    let (even, odd) = ((a.unpack_lo(c), a.unpack_hi(c)), (b.unpack_lo(d), b.unpack_hi(d)));
    [even.0.unpack_lo(odd.0), even.0.unpack_hi(odd.0), even.1.unpack_lo(odd.1), even.1.unpack_hi(odd.1)]
        .map(bytemuck::cast)
}

/// The greys of two lines, left and right: without eighteen bits, and nought is the grey in the middle.
#[inline(always)]
fn two_lines([a, b, c, d]: [i32x4; 4]) -> u8x16 {
    // Eight of them go with the lower bytes, so that what is darker than black or lighter than white comes to an end in the sixteen that there are.
    let line = |left, right| -> u8x16 {
        bytemuck::cast(i16x8::from_i32x8_saturate(bytemuck::cast([left >> 10, right >> 10])))
    };
    const NONE: u8 = 255;
    let first = u8x16::new([1, 3, 5, 7, 9, 11, 13, 15, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE]);
    let second = u8x16::new([NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, 1, 3, 5, 7, 9, 11, 13, 15]);
    (line(a, b).shuffle_zeroing(first) | line(c, d).shuffle_zeroing(second)) ^ u8x16::splat(128)
}

/// What each pair of frequencies brings to places, from the root of two times the cosines of 1 to 7 sixteenths of a half turn, in 8,192ths.
const COSINES: [i16x8; 12] = {
    const fn by(one: i16, two: i16) -> i16x8 {
        i16x8::new([one, two, one, two, one, two, one, two])
    }
    let [c1, c2, c3, c4, c5, c6, c7] = [11363, 10703, 9633, 8192, 6436, 4433, 2260];
    [
        // Those that are the same from either end.
        by(c4, c4),
        by(c4, -c4),
        by(c2, c6),
        by(c6, -c2),
        // Those that are not.
        by(c1, c3),
        by(c5, c7),
        by(c3, -c7),
        by(-c1, -c5),
        by(c5, -c1),
        by(c7, c3),
        by(c7, -c5),
        by(c3, -c1),
    ]
};

/// What eight waves come to at eight places, times the root of eight and 8,192 (T.81, A.3.3), with `round` more: in pairs the frequencies 0 and 4, 2
/// and 6, 1 and 3, 5 and 7.
#[inline(always)]
fn waves([a, b, c, d]: [i16x8; 4], round: i32, by: &[i16x8; 12]) -> [i32x4; 8] {
    let [a0, a1, b0, b1, c0, d0, c1, d1, c2, d2, c3, d3] = *by;
    let (sum, difference) = (a.dot(a0) + round, a.dot(a1) + round);
    let (wide, narrow) = (b.dot(b0), b.dot(b1));
    let (e0, e1, e2, e3) = (sum + wide, difference + narrow, difference - narrow, sum - wide);
    let (o0, o1) = (c.dot(c0) + d.dot(d0), c.dot(c1) + d.dot(d1));
    let (o2, o3) = (c.dot(c2) + d.dot(d2), c.dot(c3) + d.dot(d3));
    [e0 + o0, e1 + o1, e2 + o2, e3 + o3, e3 - o3, e2 - o2, e1 - o1, e0 - o0]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of each length of a code how many there are: some are longer than is looked up at once.
    const COUNTS: [u8; 16] = [0, 3, 1, 1, 1, 1, 1, 1, 1, 1, 0, 1, 2, 1, 2, 1];
    /// Differences of means; none at all has one of the longest codes.
    const DC: [u8; 18] = [2, 1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 0, 14, 15, 12, 1];
    /// Ends, sixteen noughts, and values of all lengths behind many noughts and few, each with short codes and with long ones.
    const AC: [u8; 18] =
        [0x02, 0x11, 0x33, 0x01, 0x00, 0xf0, 0x21, 0x0a, 0xe1, 0x05, 0x47, 0x0f, 0x00, 0xf0, 0xa2, 0x03, 0x10, 0x04];

    /// The next block as it is written, code by code. None where a code is none, or where there are more than 64 frequencies.
    fn one_by_one(bits: &mut impl Iterator<Item = bool>, mean: &mut i32) -> Option<[i16; 64]> {
        let read = |bits: &mut dyn Iterator<Item = bool>, many: u8| {
            bits.take(usize::from(many)).fold(0, |value, bit| value << 1 | u32::from(bit))
        };
        let symbol = |bits: &mut dyn Iterator<Item = bool>, symbols: &[u8; 18]| {
            let (mut code, mut first, mut at) = (0, 0, 0);
            COUNTS.iter().map(|count| usize::from(*count)).find_map(|count| {
                code = code << 1 | usize::from(bits.next()?);
                first <<= 1;
                let found = (code - first < count).then(|| symbols[at + code - first]);
                first += count;
                at += count;
                found
            })
        };
        let mut block = [0; 64];
        let many = symbol(bits, &DC)?;
        *mean += value(read(bits, many), many.into());
        let mut at = 1;
        while at < 64 {
            let symbol = symbol(bits, &AC)?;
            let (noughts, many) = (usize::from(symbol >> 4), symbol & 15);
            if many == 0 && noughts < 15 {
                break;
            }
            at += noughts;
            *block.get_mut(at)? = value(read(bits, many), many.into()) as i16;
            at += 1;
        }
        Some(block)
    }

    #[test]
    fn values_are_as_one_by_one() {
        let (mut chance, mut blocks, mut full) = (1u64, 0, 0);
        for _ in 0..3000 {
            let bytes: Vec<u8> = (0..400)
                .map(|_| {
                    chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                    (chance >> 56) as u8
                })
                .collect();
            let mut one = bytes.iter().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1 == 1));
            let stretch = Stretch { bytes: [0; BEHIND].into_iter().chain(bytes.iter().rev().copied()).collect() };
            let headers = Headers {
                steps: [Some([1; 64]), None, None, None],
                dc: [Some((&COUNTS, &DC)), None, None, None],
                ac: [Some((&COUNTS, &AC)), None, None, None],
                ..Headers::default()
            };
            let part = Part { name: 0, across: 1, down: 1, steps: 0 };
            let mut two = Blocks::new(&headers, &part, 0).unwrap();
            let (mut bits, mut mean) = (stretch.bits(), 0);
            loop {
                let wanted = one_by_one(&mut one, &mut mean);
                let mut block = [0; 64];
                two.next(&stretch.bytes, &mut bits, &mut block);
                let Some(wanted) = wanted.filter(|_| !stretch.is_damaged(bits)) else { break };
                assert_eq!(two.mean, mean);
                let read = ORDER.map(|place| block[usize::from(place)]);
                assert_eq!(read[1..], wanted[1..]);
                blocks += 1;
                full += usize::from(wanted[63] != 0);
            }
        }
        assert!(blocks > 10_000 && full > 100, "{blocks} blocks, {full} of them to the last value");
    }
}
