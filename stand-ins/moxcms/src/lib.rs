//! moxcms with none of its defaults but tables. Those who depend on it take its defaults along, and nothing above them can take these off: with
//! them it computes colours with AVX2, SSE or NEON where a processor has them, and each rounds otherwise.
#![no_std]
#![allow(missing_docs)]

pub use ::moxcms::*;
