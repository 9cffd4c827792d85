//! A fax composer for any web page.
//!
//! The modules stand in the order in which a fax passes through them, and each uses only those before it.

pub mod file_kind;
pub mod phone_number;

pub mod draft;

pub mod fax;

pub mod encoding;

pub mod reply;

pub mod submission;

pub mod service;

pub mod words;

#[cfg(target_arch = "wasm32")]
pub mod client;

#[cfg(target_arch = "wasm32")]
pub mod view;
