//! `seeds DIRECTORY`: what the fuzzer begins with, in a folder for each of its targets (fuzz/Cargo.toml).
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

#[path = "../tests/support/seeds.rs"]
mod seeds;
#[path = "../tests/support/mod.rs"]
mod support;

fn main() {
    let directory = std::path::PathBuf::from(std::env::args().nth(1).expect("a directory"));
    for target in ["document", "original", "scan", "packed", "fax", "text", "cmaps", "coding"] {
        let folder = directory.join(target);
        std::fs::create_dir_all(&folder).unwrap();
        for (number, seed) in seeds::of_target(target).iter().enumerate() {
            std::fs::write(folder.join(number.to_string()), seed).unwrap();
        }
    }
}
