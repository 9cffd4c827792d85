//! Greys, black and white points, and their code: all that is done to every point of a page.
//!
//! A crate of its own because Cargo optimises by the crate. In the worker of a browser this one is built for speed, and the readers of
//! documents, of which there is ten times as much, for size. The loops go over sixteen points at a time, which compilers turn into single
//! instructions; most of most pages is white, and is passed over. `#[inline(never)]` stands where they begin: inside a function that is
//! built for size they would be built for size as well. They end with the row: what a browser has made fast meanwhile is used from the next call on,
//! and the first page is not waited for until the second.

#![forbid(unsafe_code)]

mod bitmap;
mod coding;
mod fill;
mod jpeg;
mod resolution;
mod shade;
mod tone;

pub use bitmap::Bitmap;
pub use coding::group_4;
pub use fill::{Bounds, Canvas, Edge, FillRule, Mask, Shape};
pub use jpeg::{Jpeg, jpeg};
pub use resolution::{PELS, Resolution};
pub use shade::{Extent, Shade, grey, is_coloured};
pub use tone::{Tones, binarise, whiten};

/// Anything lighter is paper.
pub const PAPER_WHITE: u8 = 248;

/// Points that are worked on at a time.
const MANY: usize = 16;
