//! Documents to fax pages.
//!
//! A fax machine prints black or white points on a grid of its own, and neither a PDF nor a photograph says how it will look there.
//! This package makes those very points, so that a person sees what will arrive, and what was seen is what is sent.
//!
//! | step | module | what it does |
//! |---|---|---|
//! | bytes → [`Document`] | [`document`](Document), `source` | tells the [`Kind`] by the bytes, counts pages, refuses what cannot be read |
//! | page → grey | `source`, `place` | renders it on the [`Grid`] of the fax: turned, shrunk where it has to be, clear of the edges |
//! | grey → [`Bitmap`] | `fax_points` | black or white: sharp where there is text, dithered where there is a photograph |
//! | bitmaps → file | [`encode`] | one TIFF with all pages, in the coding of fax machines |
//!
//! ```
//! use fax_pages::{Document, Options, Paper, Resolution, Turn, encode};
//!
//! let document = Document::open(b"Dear Sir or Madam,\n".to_vec(), None, &Options::default())?;
//! let page = document.render(0, Resolution::High, Paper::A4, Turn::Auto)?;
//! let file = encode::tiff(&[page.bitmap])?;
//! # Ok::<(), fax_pages::Refusal>(())
//! ```
//!
//! # The grid
//!
//! ITU-T T.4 puts 1,728 pels on a line of 215 mm, 204 to the inch, at 3.85 or 7.7 lines to the millimetre, 98 or 196 to the inch. The fax
//! service calls the same two "High, black and white 200 dpi" and "Low, 100 dpi": a rounding of the lines, for its faxes go to machines that
//! know no other grid. [`Resolution`] is T.4's, because a page made at 200 by 200 dpi would have to be scaled once more on its way.
//!
//! # Trust
//!
//! Documents are hostile. All sizes are checked before anything of that size is allocated; what cannot be read is a [`Refusal`]. The
//! libraries below are fuzzed, and they are large: natively a panic in one is caught and is [`Refusal::Damaged`]; in a browser it ends the
//! worker, which whoever started it has to take as the same. A page that is being rendered cannot be stopped from within:
//! [`Options::budget`] is asked between steps, and the weight of a PDF page is worked out before it is rendered.

#![forbid(unsafe_code)]

pub mod cmaps;
mod document;
pub mod encode;
mod grid;
mod kind;
mod options;
mod place;
mod refusal;
mod source;

pub use document::{Document, Lack, Original, PageInfo, Rendered, Renderer};
pub use fax_points::{Bitmap, PELS, Resolution, Shade, Tones, binarise};
pub use grid::{Grid, Paper, Turn};
pub use kind::Kind;
pub use options::{Budget, Limits, Missed, Options, Supplies};
pub use place::Placement;
pub use refusal::Refusal;
