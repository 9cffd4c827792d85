//! How much a stream of a PDF unpacks to, counted without keeping it.
//!
//! The renderer unpacks a stream whole, each of its filters into memory of its own, and has no limit. So every filter is counted here first. Where a
//! stream is damaged the renderer makes of it what it can, so then what counts is the most that its bytes could become.

use std::borrow::Cow;

use flate2::{Decompress, FlushDecompress, Status};
use hayro::hayro_syntax::Filter;
use hayro::hayro_syntax::object::{Array, Dict, Object, Stream};

use super::check_pels;
use crate::Refusal;

/// What a byte can become at most, deflated.
const DEFLATE: u64 = 1040;

/// What a stream unpacks to.
pub(super) struct Unpacked<'a> {
    /// Bytes of what is unpacked.
    pub bytes: u64,
    /// The coding of a picture that is left then, and its bytes where they were not packed once more.
    pub picture: Option<(Filter, Option<Cow<'a, [u8]>>)>,
}

/// Refuses a stream that unpacks to more than `most` bytes, or that is packed in a way that nobody means well with.
pub(super) fn unpacked<'a>(stream: &Stream<'a>, most: u64) -> Result<Unpacked<'a>, Refusal> {
    let mut data = Some(stream.raw_data());
    let mut bytes = data.as_ref().map_or(0, |data| data.len() as u64);
    let mut picture = None;
    for (number, filter) in stream.filters().into_iter().enumerate() {
        if picture.is_some() {
            // Points are not packed once more.
            return Err(Refusal::Damaged);
        }
        match (filter, data.take()) {
            (Filter::Crypt, kept) if number == 0 => data = kept,
            (Filter::AsciiHexDecode, Some(text)) => data = Some(Cow::Owned(hex(&text))),
            (Filter::Ascii85Decode, Some(text)) => data = Some(Cow::Owned(base_85(&text, most)?)),
            (Filter::FlateDecode, Some(packed)) => bytes = inflated(&packed, most)?,
            (Filter::LzwDecode, Some(packed)) => bytes = lzw(&packed, false, most)?.max(lzw(&packed, true, most)?),
            (Filter::RunLengthDecode, Some(packed)) => bytes = runs(&packed),
            (Filter::DctDecode | Filter::CcittFaxDecode, kept) => picture = Some((filter, kept)),
            (Filter::JpxDecode | Filter::Jbig2Decode, Some(kept)) => picture = Some((filter, Some(kept))),
            // Packed twice or more, a kilobyte can become a gigabyte, and nothing becomes smaller by it.
            _ => return Err(Refusal::TooLarge),
        }
        if let Some(data) = &data {
            bytes = data.len() as u64;
        }
        if bytes > most {
            return Err(Refusal::TooLarge);
        }
    }
    for words in parameters(stream.dict()) {
        let number = |key: &str, usual: u64| words.get::<usize>(key).map_or(usual, |number| number as u64);
        // What stands beside and above a point is looked at, in rows that are made whole.
        let row =
            number("Columns", 1).saturating_mul(number("Colors", 1)).saturating_mul(number("BitsPerComponent", 8));
        if number("Predictor", 1) > 1 && row / 8 > most {
            return Err(Refusal::TooLarge);
        }
    }
    Ok(Unpacked { bytes, picture })
}

/// What is said to each filter of a stream, by either name.
pub(super) fn parameters<'a>(dict: &Dict<'a>) -> Vec<Dict<'a>> {
    let mut all = Vec::new();
    for key in ["DecodeParms", "DP"] {
        match dict.get::<Object<'_>>(key) {
            Some(Object::Dict(words)) => all.push(words),
            Some(Object::Array(several)) => {
                all.extend(Array::iter::<Object<'_>>(&several).filter_map(Object::into_dict))
            }
            _ => {}
        }
    }
    all
}

/// Refuses a picture whose own header asks for more points than `most`: it counts, whatever the page says of it.
pub(super) fn check_header(filter: Filter, bytes: &[u8], most: u64) -> Result<(), Refusal> {
    let (width, height) = match filter {
        Filter::JpxDecode => {
            let settings = hayro_jpeg2000::DecodeSettings {
                resolve_palette_indices: false,
                strict: false,
                target_resolution: None,
            };
            // What has no header is not decoded either.
            let Ok(image) = hayro_jpeg2000::Image::new(bytes, &settings) else { return Ok(()) };
            (image.width(), image.height())
        }
        Filter::Jbig2Decode => {
            let settings = hayro_jbig2::DecodeSettings { strict: false };
            let Ok(page) = hayro_jbig2::Page::new_embedded(bytes, None, &settings) else { return Ok(()) };
            (page.width(), page.height())
        }
        // The renderer makes the header of a JPEG say what the page says.
        _ => return Ok(()),
    };
    check_pels(u64::from(width), u64::from(height), most)
}

fn is_space(byte: u8) -> bool {
    matches!(byte, 0 | b'\t' | b'\n' | b'\x0c' | b'\r' | b' ')
}

fn hex(text: &[u8]) -> Vec<u8> {
    let digits = text.iter().take_while(|byte| **byte != b'>').filter_map(|byte| char::from(*byte).to_digit(16));
    let digits: Vec<u8> = digits.map(|digit| digit as u8).collect();
    digits
        .chunks(2)
        .map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit) << (4 * (2 - pair.len())))
        .collect()
}

fn base_85(text: &[u8], most: u64) -> Result<Vec<u8>, Refusal> {
    let mut bytes = Vec::new();
    let mut group = Vec::with_capacity(5);
    let mut put = |group: &mut Vec<u8>| {
        let known = group.len();
        if known > 0 {
            group.resize(5, 84);
            let number =
                group.iter().fold(0u32, |number, digit| number.wrapping_mul(85).wrapping_add(u32::from(*digit)));
            bytes.extend(number.to_be_bytes().iter().take(known - 1));
            group.clear();
        }
        if bytes.len() as u64 > most { Err(Refusal::TooLarge) } else { Ok(()) }
    };
    for byte in text.iter().filter(|byte| !is_space(**byte)) {
        match byte {
            b'z' => {
                put(&mut group)?;
                group.resize(5, 0);
            }
            b'!'..=b'u' => group.push(byte - b'!'),
            _ => break,
        }
        if group.len() == 5 {
            put(&mut group)?;
        }
    }
    put(&mut group)?;
    Ok(bytes)
}

fn inflated(packed: &[u8], most: u64) -> Result<u64, Refusal> {
    let has_header = matches!(packed, [method, flags, ..]
        if method & 15 == 8 && (u16::from(*method) << 8 | u16::from(*flags)) % 31 == 0 && flags & 0x20 == 0);
    let mut rest = packed.get(if has_header { 2 } else { 0 }..).unwrap_or_default();
    let mut decoder = Decompress::new(false);
    let mut buffer = [0; 1 << 14];
    loop {
        let (taken, given) = (decoder.total_in(), decoder.total_out());
        let status = decoder.decompress(rest, &mut buffer, FlushDecompress::None);
        rest = rest.get((decoder.total_in() - taken) as usize..).unwrap_or_default();
        let bytes = decoder.total_out();
        match status {
            _ if bytes > most => return Err(Refusal::TooLarge),
            Ok(Status::StreamEnd) => return Ok(bytes),
            Ok(_) if bytes > given || decoder.total_in() > taken => {}
            // It breaks off.
            Ok(_) => return Ok(bytes),
            Err(_) => return Ok((packed.len() as u64).saturating_mul(DEFLATE)),
        }
    }
}

/// A table of what each code stands for grows with each code; here it holds how long that is.
fn lzw(packed: &[u8], is_early: bool, most: u64) -> Result<u64, Refusal> {
    const CLEAR: usize = 256;
    const END: usize = 257;
    const MOST_CODES: usize = 4096;
    let mut lengths = vec![1u64; END + 1];
    let (mut held, mut bits, mut bytes, mut before) = (0u32, 0, 0, None);
    for byte in packed {
        held = held << 8 | u32::from(*byte);
        bits += 8;
        let width = match lengths.len() + usize::from(is_early) {
            2048.. => 12,
            1024.. => 11,
            512.. => 10,
            _ => 9,
        };
        if bits < width {
            continue;
        }
        bits -= width;
        let code = (held >> bits) as usize & ((1 << width) - 1);
        if code == CLEAR {
            lengths.truncate(END + 1);
            before = None;
            continue;
        }
        if code == END {
            break;
        }
        if let Some(length) = before.filter(|_| lengths.len() < MOST_CODES) {
            lengths.push(length + 1);
        }
        let Some(length) = lengths.get(code) else { break };
        bytes += length;
        if bytes > most {
            return Err(Refusal::TooLarge);
        }
        before = Some(*length);
    }
    Ok(bytes)
}

fn runs(packed: &[u8]) -> u64 {
    let (mut rest, mut bytes) = (packed, 0);
    while let [length @ (0..=127 | 129..), after @ ..] = rest {
        let many = usize::from(*length);
        let (taken, given) = if many < 128 { (many + 1, many + 1) } else { (1, 257 - many) };
        bytes += given as u64;
        rest = after.get(taken..).unwrap_or_default();
    }
    bytes
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_lzw_are_counted_as_they_unpack() {
        // The example of ISO 32000-1, 7.4.4.2: nine bytes, and their table grows early.
        let packed = [0x80, 0x0b, 0x60, 0x50, 0x22, 0x0c, 0x0c, 0x85, 0x01];
        assert_eq!(lzw(&packed, true, 100).unwrap(), 9 + 1);
        assert_eq!(lzw(&packed, true, 5), Err(Refusal::TooLarge));
    }

    #[test]
    fn texts_of_bytes_are_read() {
        assert_eq!(hex(b"AF 3e2\n7>00"), [0xaf, 0x3e, 0x27]);
        assert_eq!(hex(b"AF7"), [0xaf, 0x70]);
        assert_eq!(base_85(b"87cUR D]i,\"Ebo80~>", 100).unwrap(), b"Hello World!");
        assert_eq!(base_85(b"zz", 100).unwrap(), [0; 8]);
        assert_eq!(base_85(b"zz", 7), Err(Refusal::TooLarge));
    }

    #[test]
    fn runs_are_counted() {
        assert_eq!(runs(&[2, 1, 2, 3, 255, 7, 129, 9, 128, 5, 5]), 3 + 2 + 128);
    }
}
