//! Keeps what the tool needs that makes two downloads of one program (scripts/split.mjs), and takes out of the styles what
//! only people read.

use std::path::Path;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    let is = |name, value: &str| env::var(name).is_ok_and(|found| found == value);
    if env::var_os("CARGO_FEATURE_SPLIT").is_some() && is("CARGO_CFG_TARGET_ARCH", "wasm32") {
        // Which function and which text uses which: the linker throws that away otherwise.
        println!("cargo::rustc-link-arg-bins=--emit-relocs");
    }
    let out = env::var_os("OUT_DIR").unwrap_or_default();
    for name in ["widget.css", "rest.css", "sheet.css", "pages.css"] {
        println!("cargo::rerun-if-changed=www/{name}");
        fs::write(Path::new(&out).join(name), dense(&fs::read_to_string(Path::new("www").join(name))?))?;
    }
    Ok(())
}

/// Styles without comments, and with no more space than their grammar asks for: it is part of a selector and of `calc`,
/// and of nothing else around these.
fn dense(styles: &str) -> String {
    let mut left = String::new();
    for (number, piece) in styles.split("/*").enumerate() {
        left += if number == 0 { piece } else { piece.split_once("*/").map_or("", |(_, rest)| rest) };
    }
    let mut dense = left.split_whitespace().collect::<Vec<_>>().join(" ");
    for mark in ["{", "}", ";", ","] {
        dense = dense.replace(&format!(" {mark}"), mark).replace(&format!("{mark} "), mark);
    }
    dense.replace(": ", ":").replace(";}", "}")
}
