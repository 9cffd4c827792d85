//! What the fuzzer runs: the functions of `targets.rs`, each with a program of its own in `fuzz_targets/`.

#[path = "../tests/support/mod.rs"]
mod support;
mod targets;

pub use targets::*;
