//! Encryption of what is kept: AES-GCM with a key that the browser holds and never hands out.
//!
//! Plain and encrypted bytes are buffers of the browser's throughout; none enter wasm memory.

use js_sys::{Array, Float64Array, Object, Promise, Reflect, Uint8Array};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_futures::JsFuture;

use super::draft_store::StoreError;

const ALGORITHM: &str = "AES-GCM";
/// Bits.
const KEY_LENGTH: u32 = 256;
/// Bytes, as NIST SP 800-38D §8.2 recommends for this mode.
const IV_LENGTH: u32 = 12;

// Named where they are called, so that a browser without one of them (a page that came by plain HTTP has no `subtle`)
// throws there, which is caught; and with less glue than web-sys has for the same.
#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = ["crypto", "subtle"], js_name = generateKey, catch)]
    fn generate_key(algorithm: &JsValue, extractable: bool, usages: &JsValue) -> Result<Promise, JsValue>;
    #[wasm_bindgen(js_namespace = ["crypto", "subtle"], catch)]
    fn encrypt(algorithm: &JsValue, key: &JsValue, plain: &JsValue) -> Result<Promise, JsValue>;
    #[wasm_bindgen(js_namespace = ["crypto", "subtle"], catch)]
    fn decrypt(algorithm: &JsValue, key: &JsValue, cipher: &JsValue) -> Result<Promise, JsValue>;
    #[wasm_bindgen(js_namespace = crypto, js_name = getRandomValues, catch)]
    fn fill_at_random(bytes: &JsValue) -> Result<JsValue, JsValue>;
}

/// Where a record belongs. Moved to another place it does not open.
pub type Place = [f64; 3];

/// A key, and what is done with it.
#[derive(Clone)]
pub struct Vault(JsValue);

impl Vault {
    /// A vault with a new key.
    pub async fn new() -> Result<Self, StoreError> {
        let algorithm = object(&[("name", &ALGORITHM.into()), ("length", &KEY_LENGTH.into())]);
        let usages = Array::of2(&"encrypt".into(), &"decrypt".into());
        let key = wait(generate_key(&algorithm, false, &usages)).await;
        key.map(Self).ok_or(StoreError::Unavailable)
    }

    /// The vault of a key that was kept.
    pub fn with(key: JsValue) -> Self {
        Self(key)
    }

    /// The key, as the browser's own object.
    pub fn key(&self) -> &JsValue {
        &self.0
    }

    /// Encrypts a buffer under a fresh initialization vector, which stands first in what it gives.
    pub async fn seal(&self, place: Place, plain: &JsValue) -> Result<JsValue, StoreError> {
        let iv = random(IV_LENGTH).ok_or(StoreError::Unavailable)?;
        let cipher = wait(encrypt(&parameters(&iv, place), &self.0, plain)).await.ok_or(StoreError::Unavailable)?;
        Ok(Array::of2(&iv, &cipher).into())
    }

    /// Decrypts what [`seal`](Self::seal) gave for the same place; `Damaged` for anything else.
    pub async fn open(&self, place: Place, sealed: &JsValue) -> Result<JsValue, StoreError> {
        let parameters = parameters(&item(sealed, 0), place);
        wait(decrypt(&parameters, &self.0, &item(sealed, 1))).await.ok_or(StoreError::Damaged)
    }
}

/// Bytes that nobody can foretell.
pub(super) fn random(bytes: u32) -> Option<Uint8Array> {
    let array = Uint8Array::new_with_length(bytes);
    fill_at_random(&array).is_ok().then_some(array)
}

fn parameters(iv: &JsValue, place: Place) -> JsValue {
    let place = Float64Array::from(place.as_slice());
    object(&[("name", &ALGORITHM.into()), ("iv", iv), ("additionalData", &place)])
}

async fn wait(promise: Result<Promise, JsValue>) -> Option<JsValue> {
    JsFuture::from(promise.ok()?).await.ok()
}

fn object(entries: &[(&str, &JsValue)]) -> JsValue {
    let object = Object::new();
    for (name, value) in entries {
        // Fails only on a frozen object.
        let _ = Reflect::set(&object, &(*name).into(), value);
    }
    object.into()
}

/// One item of an array; `undefined` where there is none, or no array.
pub fn item(list: &JsValue, n: u32) -> JsValue {
    Reflect::get_u32(list, n).unwrap_or_default()
}
