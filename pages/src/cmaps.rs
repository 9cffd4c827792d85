//! The character maps of Chinese, Japanese and Korean, as one file.
//!
//! The PDF library brings them in a form that it reads only where all of them are built in, a quarter of a megabyte that one document in a
//! hundred needs. Here they are taken out of it, written as small, and each is handed back as what any PDF may have in it: a map in
//! PostScript (Adobe's technical note 5014).

use std::fmt::Write;

/// A map: which code is which character of a collection, or which text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Map {
    /// Its name, such as `90ms-RKSJ-H`.
    pub name: String,
    /// The map that answers for what this one does not have, or nothing.
    pub base: String,
    /// Whether it is for vertical writing.
    pub is_vertical: bool,
    /// Adobe's collection, such as `Japan1`.
    pub ordering: String,
    /// The supplement of the collection.
    pub supplement: u32,
    /// Bytes of a code, first code, codes, first character: the characters follow each other.
    pub ranges: Vec<(u32, u32, u32, u32)>,
    /// First code, codes, UTF-16 of the first: the last units follow each other.
    pub texts: Vec<(u32, u32, Vec<u16>)>,
}

/// All maps in one file.
pub fn pack(maps: &[Map]) -> Vec<u8> {
    let mut pack = Vec::new();
    for map in maps {
        let mut body = Vec::new();
        for text in [&map.base, &map.ordering] {
            put(&mut body, text.len() as u32);
            body.extend(text.bytes());
        }
        put(&mut body, u32::from(map.is_vertical));
        put(&mut body, map.supplement);
        put(&mut body, map.ranges.len() as u32);
        let mut end = (0, 0);
        for (bytes, code, codes, character) in &map.ranges {
            put(&mut body, *bytes);
            put(&mut body, zigzag(code.wrapping_sub(end.0)));
            put(&mut body, codes - 1);
            put(&mut body, zigzag(character.wrapping_sub(end.1)));
            end = (code.wrapping_add(*codes), character.wrapping_add(*codes));
        }
        put(&mut body, map.texts.len() as u32);
        let mut end = (0, 0);
        for (code, codes, units) in &map.texts {
            put(&mut body, zigzag(code.wrapping_sub(end.0)));
            put(&mut body, codes - 1);
            put(&mut body, units.len() as u32);
            for unit in units {
                put(&mut body, zigzag(u32::from(*unit).wrapping_sub(end.1)));
                end.1 = u32::from(*unit);
            }
            end = (code.wrapping_add(*codes), end.1.wrapping_add(*codes));
        }
        put(&mut pack, map.name.len() as u32);
        pack.extend(map.name.bytes());
        put(&mut pack, body.len() as u32);
        pack.extend(body);
    }
    pack
}

/// Whether these are maps to the last byte, each with a name.
pub fn is_pack(pack: &[u8]) -> bool {
    let mut rest = Reader(pack);
    while !rest.0.is_empty() {
        let mut part = || {
            let length = rest.number()?;
            rest.take(length)
        };
        if !matches!((part(), part()), (Some([_, ..]), Some(_))) {
            return false;
        }
    }
    !pack.is_empty()
}

/// The map of this name in PostScript; none where the pack has none, or is damaged there.
pub fn unpack(pack: &[u8], name: &str) -> Option<Vec<u8>> {
    let mut rest = Reader(pack);
    loop {
        let length = rest.number()?;
        let found = rest.take(length)?;
        let length = rest.number()?;
        let body = rest.take(length)?;
        if found == name.as_bytes() {
            return post_script(name, &mut Reader(body));
        }
    }
}

fn post_script(name: &str, body: &mut Reader<'_>) -> Option<Vec<u8>> {
    let (base, ordering) = (body.text()?, body.text()?);
    let (is_vertical, supplement) = (body.number()?, body.number()?);
    let mut map = format!(
        "/CIDSystemInfo 3 dict dup begin /Registry (Adobe) def /Ordering ({ordering}) def /Supplement {supplement} def end def\n\
         /CMapName /{name} def /WMode {is_vertical} def\n"
    );
    if !base.is_empty() {
        let _ = writeln!(map, "/{base} usecmap");
    }
    let ranges = body.number()?;
    let _ = writeln!(map, "{ranges} begincidrange");
    let mut end = (0, 0);
    for _ in 0..ranges {
        let digits = body.number()?.clamp(1, 4) as usize * 2;
        let code = body.moved(end.0)?;
        let last = code.wrapping_add(body.number()?);
        let character = body.moved(end.1)?;
        let _ = writeln!(map, "<{code:0digits$x}> <{last:0digits$x}> {character}");
        end = (last.wrapping_add(1), character.wrapping_add(last.wrapping_sub(code)).wrapping_add(1));
    }
    let texts = body.number()?;
    let _ = writeln!(map, "endcidrange\n{texts} beginbfrange");
    let mut end = (0, 0);
    for _ in 0..texts {
        let code = body.moved(end.0)?;
        let last = code.wrapping_add(body.number()?);
        let _ = write!(map, "<{code:04x}> <{last:04x}> <");
        for _ in 0..body.number()? {
            end.1 = body.moved(end.1)?;
            let _ = write!(map, "{:04x}", end.1 & 0xffff);
        }
        map.push_str(">\n");
        end = (last.wrapping_add(1), end.1.wrapping_add(last.wrapping_sub(code)).wrapping_add(1));
    }
    map.push_str("endbfrange\n");
    Some(map.into_bytes())
}

/// Seven bits a byte, the lowest first; the eighth says that more follow.
fn put(to: &mut Vec<u8>, mut number: u32) {
    while number > 127 {
        to.push(number as u8 | 128);
        number >>= 7;
    }
    to.push(number as u8);
}

/// Small differences, up or down, as small numbers.
fn zigzag(difference: u32) -> u32 {
    (difference << 1) ^ ((difference as i32) >> 31) as u32
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn number(&mut self) -> Option<u32> {
        let mut number = 0;
        for shift in (0..32).step_by(7) {
            let (byte, rest) = self.0.split_first()?;
            self.0 = rest;
            number |= u32::from(byte & 127) << shift;
            if *byte < 128 {
                return Some(number);
            }
        }
        None
    }

    /// A number that is written as how far it is from another.
    fn moved(&mut self, from: u32) -> Option<u32> {
        let number = self.number()?;
        Some(from.wrapping_add((number >> 1) ^ (number & 1).wrapping_neg()))
    }

    fn take(&mut self, length: u32) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length as usize)?;
        self.0 = rest;
        Some(taken)
    }

    fn text(&mut self) -> Option<&'a str> {
        let length = self.number()?;
        std::str::from_utf8(self.take(length)?).ok()
    }
}
