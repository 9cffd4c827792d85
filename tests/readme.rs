//! What the README shows in Rust is what `tests/browser/leptos_app.rs` compiles and runs.

#![allow(clippy::unwrap_used)]

use std::fs;

#[test]
fn the_application_in_the_readme_is_the_one_that_is_tested() {
    let read = |file: &str| fs::read_to_string(format!("{}/{file}", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let (readme, tested) = (read("README.md"), read("tests/browser/leptos_app.rs"));
    let shown: Vec<&str> = readme.split("```rust\n").skip(1).map(|rest| rest.split_once("```").unwrap().0).collect();
    let code = tested.split_once("\n\n").unwrap().1.split_once("// The README ends here.").unwrap().0;
    assert_eq!(shown, [code.replace("https://fax.test", "https://platform.ringcentral.com")]);
}
