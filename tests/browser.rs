#![cfg(target_arch = "wasm32")]
#![allow(missing_docs)]
use wasm_bindgen_test::*;
wasm_bindgen_test_configure!(run_in_browser);
#[wasm_bindgen_test]
async fn it_runs() {
    assert_eq!(1, 1);
}
