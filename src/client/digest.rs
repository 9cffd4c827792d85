//! Digests that tell one set of documents from another and say nothing of what is in them.

use std::cell::RefCell;

use js_sys::{Array, Function, Promise, Reflect, Uint8Array, WeakMap};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, future_to_promise};
use web_sys::File;

thread_local! {
    /// The digest of a file, or of one that is being read.
    static KNOWN: RefCell<WeakMap> = RefCell::new(WeakMap::new());
}

/// Bytes that are read at once: documents are large, and the browser digests only what lies in memory as a whole.
const PIECE: f64 = 4_194_304.0;

/// Begins to digest a file, so that it is done when it is asked for. The promise is of a string, or of null where
/// there is no digest to be had.
pub fn begin(file: &File) -> Promise {
    let known = KNOWN.with_borrow(|known| known.get(file));
    if let Ok(promise) = known.dyn_into::<Promise>() {
        return promise;
    }
    let reading = file.clone();
    // Null where there is none: nobody may be waiting, and what is rejected unheard is an error of the page.
    let promise =
        future_to_promise(async move { Ok(digest_pieces(&reading).await.map_or(JsValue::NULL, JsValue::from)) });
    KNOWN.with_borrow(|known| known.set(file, &promise));
    promise
}

/// A digest of all files in their order; `None` where the browser has none to give (a page without HTTPS) or a file
/// cannot be read.
pub async fn documents(files: &[File]) -> Option<String> {
    let mut all = String::new();
    for file in files {
        all += &JsFuture::from(begin(file)).await.ok()?.as_string()?;
    }
    text(&all).await
}

/// A digest of a number together with the documents that went to it.
pub async fn of_documents(documents: &str, digits: &str) -> Option<String> {
    text(&format!("{documents} {digits}")).await
}

/// A digest of a number together with the message that went to it once more.
pub async fn of_resend(id: &str, digits: &str) -> Option<String> {
    text(&format!("message {id} {digits}")).await
}

/// SHA-256 of a text, in hexadecimal.
async fn text(text: &str) -> Option<String> {
    let bytes = Uint8Array::from(text.as_bytes());
    digest(&bytes).await.map(|digest| hexadecimal(&digest))
}

async fn digest_pieces(file: &File) -> Option<String> {
    let mut at = 0.0;
    let mut digests = String::new();
    while at < file.size() {
        let piece = file.slice_with_f64_and_f64(at, at + PIECE).ok()?;
        let bytes = JsFuture::from(piece.array_buffer()).await.ok()?;
        digests += &hexadecimal(&digest(&bytes).await?);
        at += PIECE;
    }
    text(&format!("{} {digests}", file.size() as u64)).await
}

/// SHA-256 of some bytes; `None` where the browser has none to give.
pub(super) async fn sha256(bytes: &[u8]) -> Option<Vec<u8>> {
    digest(&Uint8Array::from(bytes)).await.map(|digest| digest.to_vec())
}

async fn digest(bytes: &JsValue) -> Option<Uint8Array> {
    let crypto = Reflect::get(&js_sys::global(), &"crypto".into()).ok()?;
    let subtle = Reflect::get(&crypto, &"subtle".into()).ok()?;
    let method: Function = Reflect::get(&subtle, &"digest".into()).ok()?.dyn_into().ok()?;
    let promise = method.apply(&subtle, &Array::of2(&"SHA-256".into(), bytes)).ok()?;
    Some(Uint8Array::new(&JsFuture::from(Promise::resolve(&promise)).await.ok()?))
}

fn hexadecimal(bytes: &Uint8Array) -> String {
    let mut text = String::with_capacity(64);
    for byte in bytes.to_vec() {
        for half in [byte >> 4, byte & 15] {
            text.extend(char::from_digit(u32::from(half), 16));
        }
    }
    text
}
