//! What only a browser can show: runs in Chromium (`cargo xtask test --only web`).
#![cfg(target_arch = "wasm32")]

use wasm_bindgen_test::wasm_bindgen_test;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

/// The published page has no special headers; neither may the tests (see `xtask/src/suite.rs`).
#[wasm_bindgen_test]
fn tests_run_without_origin_isolation() {
    let isolated = js_sys::Reflect::get(&js_sys::global(), &"crossOriginIsolated".into());
    assert_eq!(isolated.ok().and_then(|value| value.as_bool()), Some(false));
}
