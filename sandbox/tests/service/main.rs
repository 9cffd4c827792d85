//! The sandbox as its clients meet it: the real program, started on a free port, and bytes on a socket.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that panics has failed, and that is all"
)]

mod bad_day;
mod content;
mod deleted;
mod guard;
mod inbox;
mod kept;
mod post;
mod refused;
mod rendering;
mod requests;
mod sign_in;
mod support;
mod timing;
