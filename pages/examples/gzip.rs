//! `gzip FILE…`: puts `FILE.gz` beside each, which browsers and the worker unpack like any other: by a program that looks for the
//! shortest way to write it, a twentieth smaller than gzip's own at its hardest.
#![allow(clippy::unwrap_used)]

use std::fs;

use zopfli::{Format, Options};

fn main() {
    // Code changes its kind often: with the library's 15 blocks it is larger by a sixtieth.
    let options = Options { maximum_block_splits: 120, iteration_count: 5.try_into().unwrap(), ..Options::default() };
    for file in std::env::args().skip(1) {
        let mut packed = Vec::new();
        zopfli::compress(options, Format::Gzip, &*fs::read(&file).unwrap(), &mut packed).unwrap();
        fs::write(format!("{file}.gz"), packed).unwrap();
    }
}
