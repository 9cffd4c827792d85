//! A fax composer for any web page.
//!
//! The modules stand in the order in which a fax passes through them, and each uses only those before it.

pub mod sorted;

pub mod file_kind;
pub mod phone_number;

pub mod draft;

pub mod fax;

pub mod pages;

pub mod message_id;

pub mod resend;

pub mod encoding;

pub mod message;

pub mod reply;

pub mod ledger;

pub mod settling;

pub mod twins;

pub mod submission;

pub mod batch;

pub mod following;

pub mod history;

pub mod service;

pub mod rate;

pub mod sign_in;

pub mod words;

pub mod reason;

#[cfg(target_arch = "wasm32")]
pub mod client;

#[cfg(target_arch = "wasm32")]
pub mod view;
