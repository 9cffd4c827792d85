//! Pages as a file, and how long they take on the line.
//!
//! One TIFF holds all pages: profile F of RFC 3949, which is what fax services keep faxes in, coded as ITU-T T.6 (Group 4). A PDF with the same
//! pictures would be no smaller, and whoever renders it has to be told the grid by the size of the page; a TIFF of this profile *is* the fax, and
//! a service that knows the profile has nothing left to convert.

use crate::{Bitmap, Refusal, Resolution};

/// The page in T.6, closed by an end of block.
///
/// What is wider than 65,535 pels is [`Refusal::TooLarge`]; no fax is.
pub fn group_4(page: &Bitmap) -> Result<Vec<u8>, Refusal> {
    fax_points::group_4(page).ok_or(Refusal::TooLarge)
}

/// All pages in one TIFF, in their order. Without a page there is no file: [`Refusal::Empty`].
pub fn tiff(pages: &[Bitmap]) -> Result<Vec<u8>, Refusal> {
    let count = u16::try_from(pages.len()).map_err(|_| Refusal::TooManyPages)?;
    let mut coded = Vec::with_capacity(pages.len());
    for page in pages {
        coded.push(group_4(page)?);
    }
    tiff_of(
        pages
            .iter()
            .zip(&coded)
            .map(|(page, coded)| (page.width(), page.height(), page.resolution(), coded.as_slice())),
        count,
    )
}

/// All pages in one TIFF, from pages that were coded before by [`group_4`]: width, height, resolution, code.
pub fn tiff_of<'a>(
    pages: impl Iterator<Item = (u32, u32, Resolution, &'a [u8])>,
    count: u16,
) -> Result<Vec<u8>, Refusal> {
    const HEADER: usize = 8;
    let mut file = b"II*\0".to_vec();
    // Where the offset of the next page's directory belongs.
    let mut link = file.len();
    file.extend([0; 4]);
    for (number, (width, height, resolution, coded)) in pages.enumerate() {
        if file.len() > HEADER && !file.len().is_multiple_of(2) {
            file.push(0);
        }
        let at = u32::try_from(file.len()).map_err(|_| Refusal::TooLarge)?;
        if let Some(link) = file.get_mut(link..link + 4) {
            link.copy_from_slice(&at.to_le_bytes());
        }
        let directory = Directory::of(width, height, resolution, coded.len(), (number as u16, count), at)?;
        link = file.len() + directory.link;
        file.extend(directory.bytes);
        file.extend(coded);
    }
    if file.len() == HEADER { Err(Refusal::Empty) } else { Ok(file) }
}

struct Directory {
    bytes: Vec<u8>,
    /// Where in `bytes` the offset of the next one belongs.
    link: usize,
}

impl Directory {
    /// The fields that RFC 3949 requires of profile F (section 4), and `Software`; the picture follows right behind.
    fn of(
        width: u32,
        height: u32,
        resolution: Resolution,
        coded: usize,
        page: (u16, u16),
        at: u32,
    ) -> Result<Self, Refusal> {
        const SHORT: u16 = 3;
        const LONG: u16 = 4;
        const RATIONAL: u16 = 5;
        const FIELDS: u32 = 18;
        const ENTRY: u32 = 12;
        const SOFTWARE: &[u8] = b"fax-pages\0";
        let rationals = at + 2 + FIELDS * ENTRY + 4;
        let software = rationals + 16;
        let picture = software + SOFTWARE.len() as u32;
        let coded = u32::try_from(coded).map_err(|_| Refusal::TooLarge)?;
        let fields: [(u16, u16, u32, u32); FIELDS as usize] = [
            (254, LONG, 1, 2),                                            // NewSubfileType: one page of several
            (256, LONG, 1, width),                                        // ImageWidth
            (257, LONG, 1, height),                                       // ImageLength
            (258, SHORT, 1, 1),                                           // BitsPerSample
            (259, SHORT, 1, 4),                                           // Compression: T.6
            (262, SHORT, 1, 0),                                           // PhotometricInterpretation: nought is white
            (266, SHORT, 1, 1),                                           // FillOrder: the highest bit first
            (273, LONG, 1, picture),                                      // StripOffsets
            (274, SHORT, 1, 1),                                           // Orientation: upright
            (277, SHORT, 1, 1),                                           // SamplesPerPixel
            (278, LONG, 1, height),                                       // RowsPerStrip: all in one
            (279, LONG, 1, coded),                                        // StripByteCounts
            (282, RATIONAL, 1, rationals),                                // XResolution
            (283, RATIONAL, 1, rationals + 8),                            // YResolution
            (293, LONG, 1, 0),                                            // T6Options: nothing uncompressed
            (296, SHORT, 1, 2),                                           // ResolutionUnit: inch
            (297, SHORT, 2, u32::from(page.0) | u32::from(page.1) << 16), // PageNumber, of how many
            (305, 2, SOFTWARE.len() as u32, software),                    // Software
        ];
        let mut bytes = (FIELDS as u16).to_le_bytes().to_vec();
        for (tag, kind, count, value) in fields {
            bytes.extend(tag.to_le_bytes());
            bytes.extend(kind.to_le_bytes());
            bytes.extend(count.to_le_bytes());
            bytes.extend(value.to_le_bytes());
        }
        let link = bytes.len();
        bytes.extend([0; 4]);
        for (number, of) in [(204u32, 1u32), (resolution.lines_per_inch(), 1)] {
            bytes.extend(number.to_le_bytes());
            bytes.extend(of.to_le_bytes());
        }
        bytes.extend(SOFTWARE);
        Ok(Self { bytes, link })
    }
}

/// An estimate of the seconds that a page of this many coded bits takes at `rate` bits a second, 14,400 or 9,600 as a rule.
///
/// T.6 is what machines with error correction send, in frames of 256 octets with 8 octets around each (T.30, annex A); each page begins
/// and ends with about three seconds of training and signals. Not counted: the call itself (some 15 seconds) and frames sent again.
pub fn seconds_on_the_line(bits: u64, rate: u32) -> f64 {
    const FRAME: f64 = 256.0;
    const AROUND: f64 = 8.0;
    const SIGNALS: f64 = 3.0;
    let stuffed = bits as f64 * (FRAME + AROUND) / FRAME;
    SIGNALS + stuffed / f64::from(rate.max(1))
}
