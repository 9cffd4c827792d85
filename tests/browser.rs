//! The widget in a browser: the requests that it makes, what a person does on the page, and what a script hears.
//!
//! Run by `cargo test --target wasm32-unknown-unknown --test browser`. There is no server: fetch is a stand-in that
//! writes down what is posted and answers as told. What a server receives is the end-to-end tests' matter.

#![cfg(target_arch = "wasm32")]
// Tests stop at the first thing that is not as they say; that is their way to fail.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

#[path = "browser/network.rs"]
mod network;
#[path = "browser/page.rs"]
mod page;

#[path = "browser/packing.rs"]
mod packing;

#[path = "browser/sending.rs"]
mod sending;

#[path = "browser/settling.rs"]
mod settling;

#[path = "browser/composing.rs"]
mod composing;

#[path = "browser/embedding.rs"]
mod embedding;

#[path = "browser/drafts.rs"]
mod drafts;

#[path = "browser/values.rs"]
mod values;

#[path = "browser/leptos_app.rs"]
mod leptos_app;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
