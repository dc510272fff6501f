//! The library for JavaScript. The same file is the Web Worker of the page.

use wasm_bindgen::prelude::wasm_bindgen;

fn main() {}

/// The version of Quorate.
#[wasm_bindgen]
pub fn version() -> String {
    env!("CARGO_PKG_VERSION").to_owned()
}
