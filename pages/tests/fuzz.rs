//! The fuzzer's targets without the fuzzer: sound bytes, and what comes of them by breaking off, flipping, copying and counting wrong.
//! More cases with PROPTEST_CASES, which a long night may be given.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

#[path = "support/seeds.rs"]
mod seeds;
mod support;
#[path = "../fuzz/targets.rs"]
mod targets;

use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{Config, TestRunner};

/// A change of some bytes.
#[derive(Clone, Debug)]
enum Change {
    BreakOff(Index),
    Flip(Index, u8),
    /// Where the headers are.
    FlipEarly(Index, u8),
    /// So many bytes from here to there.
    Copy(Index, Index, usize),
    Number(Index, &'static str),
}

fn changes() -> impl Strategy<Value = Vec<Change>> {
    const NUMBERS: [&str; 6] = ["0", "-1", "99999999999", "1e38", "2147483647", "0.0001"];
    let change = prop_oneof![
        1 => any::<Index>().prop_map(Change::BreakOff),
        3 => (any::<Index>(), 0u8..8).prop_map(|(at, bit)| Change::Flip(at, bit)),
        3 => (any::<Index>(), 0u8..8).prop_map(|(at, bit)| Change::FlipEarly(at, bit)),
        2 => (any::<Index>(), any::<Index>(), 1usize..40).prop_map(|(from, to, many)| Change::Copy(from, to, many)),
        2 => (any::<Index>(), prop::sample::select(&NUMBERS[..])).prop_map(|(at, number)| Change::Number(at, number)),
    ];
    prop::collection::vec(change, 0..8)
}

fn changed(mut bytes: Vec<u8>, changes: &[Change]) -> Vec<u8> {
    for change in changes.iter().filter(|_| !bytes.is_empty()).cloned().collect::<Vec<_>>() {
        let length = bytes.len().max(1);
        match change {
            Change::BreakOff(at) => bytes.truncate(at.index(length)),
            Change::Flip(..) | Change::FlipEarly(..) => {
                let (at, bit) = match change {
                    Change::FlipEarly(at, bit) => (at.index(length.min(300)), bit),
                    Change::Flip(at, bit) => (at.index(length), bit),
                    _ => continue,
                };
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << bit;
                }
            }
            Change::Copy(from, to, many) => {
                let from = from.index(length);
                let part = bytes[from.min(bytes.len())..(from + many).min(bytes.len())].to_vec();
                let to = to.index(length).min(bytes.len());
                bytes.splice(to..to, part);
            }
            Change::Number(at, number) => {
                let digits: Vec<usize> = (0..bytes.len()).filter(|at| bytes[*at].is_ascii_digit()).collect();
                if !digits.is_empty() {
                    let at = digits[at.index(digits.len())];
                    bytes.splice(at..=at, number.bytes());
                }
            }
        }
    }
    bytes
}

/// Every seed as it is, then so many cases of changed ones.
fn runs(target: &str, cases: u32, run: fn(&[u8])) {
    let seeds = seeds::of_target(target);
    seeds.iter().for_each(|seed| run(seed));
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(cases);
    let mut runner = TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() });
    let all = (any::<Index>(), changes());
    runner
        .run(&all, |(which, changes)| {
            run(&changed(seeds[which.index(seeds.len())].clone(), &changes));
            Ok(())
        })
        .unwrap();
}

#[test]
fn documents() {
    runs("document", 200, targets::document);
}

#[test]
fn originals() {
    runs("original", 150, targets::original);
}

#[test]
fn scans() {
    runs("scan", 200, targets::scan);
}

#[test]
fn packed_operations() {
    runs("packed", 200, targets::packed);
}

#[test]
fn faxes() {
    runs("fax", 200, targets::fax);
}

#[test]
fn texts() {
    runs("text", 100, targets::text);
}

#[test]
fn character_maps() {
    runs("cmaps", 500, targets::cmaps);
}

#[test]
fn codes() {
    runs("coding", 500, targets::coding);
}
