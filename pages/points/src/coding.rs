//! ITU-T T.6, "Group 4": each line by how it differs from the one above.

use fax::Bits;
use fax::maps::{EDFB_HALF, Mode, black, mode, white};

use crate::Bitmap;

/// The page in T.6, closed by an end of block. None where it is wider than 65,535 pels; no fax is.
pub fn group_4(page: &Bitmap) -> Option<Vec<u8>> {
    let width = i32::from(u16::try_from(page.width()).ok()?);
    let mut code = Code::new(page.as_bytes().len() / 4);
    let (mut above, mut here) = (vec![width; BEHIND], Vec::new());
    let mut row_above: &[u8] = &[];
    if width > 0 {
        for row in page.rows() {
            if is_same(row, row_above) {
                // Each change right below the one above, and the end too.
                code.straight_down(above.len() - BEHIND + 1);
                continue;
            }
            changes(row, width, &mut here);
            line(&mut code, width, &above, &here);
            std::mem::swap(&mut above, &mut here);
            row_above = row;
        }
    }
    code.put(EDFB_HALF);
    code.put(EDFB_HALF);
    Some(code.finish())
}

/// Whether all bytes of two rows are the same. By eight at a time, which compilers for browsers leave to a function that takes one after the other.
fn is_same(row: &[u8], other: &[u8]) -> bool {
    let ((many, rest), (many_others, other_rest)) = (row.as_chunks::<8>(), other.as_chunks::<8>());
    let numbers = |many: &[u8; 8]| u64::from_ne_bytes(*many);
    row.len() == other.len()
        && many.iter().map(numbers).eq(many_others.iter().map(numbers))
        && rest.iter().eq(other_rest)
}

/// So often the end of a line stands behind its changes, because the next ones are looked at together.
const BEHIND: usize = 4;

/// Where the colour changes on a line that begins white.
#[inline(never)]
fn changes(row: &[u8], width: i32, to: &mut Vec<i32>) {
    to.clear();
    let (words, rest) = row.as_chunks::<8>();
    let mut last = 0;
    let mut at = 0;
    let mut find = |word: u64| {
        // A one wherever a pel differs from the one before.
        let mut differ = word ^ (word >> 1 | last << 63);
        last = word & 1;
        while differ != 0 {
            let first = differ.leading_zeros();
            to.push(at + first as i32);
            differ &= !(1 << 63 >> first);
        }
        at += 64;
    };
    for word in words {
        find(u64::from_be_bytes(*word));
    }
    if !rest.is_empty() {
        find(rest.iter().enumerate().fold(0, |word, (i, byte)| word | u64::from(*byte) << (56 - 8 * i)));
    }
    // Behind the last pel all is white, which is no change.
    while to.last().is_some_and(|last| *last >= width) {
        to.pop();
    }
    to.extend([width; BEHIND]);
}

/// One line (T.6, 2.2), from where its colours change and those of the line above do.
#[inline(never)]
fn line(code: &mut Code, width: i32, above: &[i32], here: &[i32]) {
    let two = |changes: &[i32], i: usize| changes.get(i..).and_then(|changes| changes.first_chunk()).copied();
    let mut a0 = -1;
    let (mut i, mut right) = (0, 0);
    while a0 < width {
        // The first change above that lies to the right of a0; most often one of the next three, and which nobody foresees.
        let (Some([a1, a2]), Some([first, second])) = (two(here, i), two(above, right)) else { return };
        right += usize::from(first <= a0) + usize::from(second <= a0);
        while above.get(right).is_some_and(|change| *change <= a0) {
            right += 1;
        }
        // And the first from there that is one to the other colour: even ones are to black.
        let b = right + ((right ^ i) & 1);
        let Some([b1, b2]) = two(above, b) else { return };
        if b2 < a1 {
            code.put(code.pass);
            a0 = b2;
        } else if let Some(vertical) = code.vertical.get((a1 - b1 + 3) as usize) {
            code.put(*vertical);
            a0 = a1;
            i += 1;
        } else {
            code.two_runs(i, a1 - a0.max(0), a2 - a1);
            a0 = a2;
            i += 2;
        }
    }
}

/// The codes of runs behind a change: of black ones behind odd changes.
fn codes(change: usize) -> &'static [(u16, Bits)] {
    if change & 1 == 1 { &black::ENTRIES } else { &white::ENTRIES }
}

/// Bits, the first in the highest.
struct Code {
    bytes: Vec<u8>,
    held: u64,
    bits: u32,
    pass: Bits,
    horizontal: Bits,
    /// For a change from three pels to the left of the one above to three to its right.
    vertical: [Bits; 7],
}

impl Code {
    fn new(bytes: usize) -> Self {
        let of = |what| mode::encode(what).unwrap_or(Bits { data: 0, len: 0 });
        Self {
            bytes: Vec::with_capacity(bytes),
            held: 0,
            bits: 0,
            pass: of(Mode::Pass),
            horizontal: of(Mode::Horizontal),
            vertical: [-3, -2, -1, 0, 1, 2, 3].map(|by| of(Mode::Vertical(by))),
        }
    }

    #[inline(always)]
    fn put(&mut self, Bits { data, len }: Bits) {
        self.put_bits(u32::from(data), u32::from(len));
    }

    /// At most thirty-two.
    #[inline(always)]
    fn put_bits(&mut self, data: u32, len: u32) {
        self.held = self.held << len | u64::from(data);
        self.bits += len;
        if self.bits >= 32 {
            self.bits -= 32;
            self.bytes.extend_from_slice(&((self.held >> self.bits) as u32).to_be_bytes());
        }
    }

    /// So many changes right below those above: each is one bit, a one.
    fn straight_down(&mut self, mut changes: usize) {
        while changes > 0 {
            let some = changes.min(16);
            self.put(Bits { data: (0xffff_u32 >> (16 - some)) as u16, len: some as u8 });
            changes -= some;
        }
    }

    /// Horizontal mode: so many pels of the colour that the change before was to, and then so many of the other. Most are short, and one code then.
    #[inline(always)]
    fn two_runs(&mut self, change: usize, first: i32, second: i32) {
        let short = |change, pels: i32| codes(change).get(usize::try_from(pels).ok().filter(|pels| *pels < 64)?);
        if let (Some((_, first)), Some((_, second))) = (short(change, first), short(change + 1, second)) {
            // Of three bits, twelve and eight, at most.
            let data = (u32::from(self.horizontal.data) << first.len | u32::from(first.data)) << second.len;
            let len = u32::from(self.horizontal.len) + u32::from(first.len) + u32::from(second.len);
            self.put_bits(data | u32::from(second.data), len);
        } else {
            self.put(self.horizontal);
            self.run(change, first);
            self.run(change + 1, second);
        }
    }

    /// So many pels of the colour that the change before this one was to.
    fn run(&mut self, change: usize, pels: i32) {
        // One for each length up to 63, and then one for each multiple of 64 up to 2,560 (T.4, tables 2 and 3).
        let mut put = |index: usize| {
            if let Some((_, bits)) = codes(change).get(index) {
                self.put(*bits);
            }
        };
        let mut pels = pels.max(0) as usize;
        while pels >= 2560 {
            put(63 + 2560 / 64);
            pels -= 2560;
        }
        if pels >= 64 {
            put(63 + pels / 64);
        }
        put(pels % 64);
    }

    fn finish(mut self) -> Vec<u8> {
        let rest = (self.held << (64 - self.bits).min(63)).to_be_bytes();
        self.bytes.extend(rest.iter().take(self.bits.div_ceil(8) as usize));
        self.bytes
    }
}
