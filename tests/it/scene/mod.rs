//! Pure drawing: layout, pictures, hits, palettes, words.

// Strategies beside each other.
pub mod comparing;
// Pictures compared with files.
#[cfg(not(target_arch = "wasm32"))]
pub mod golden;
// Places, and what is pointed at.
pub mod layout;
// Colours.
pub mod palette;
// The space-time diagram.
pub mod spacetime;
// Worlds made by hand.
pub mod sample;
// Hues as people see them who see fewer of them.
pub mod sight;
// Small charts and long tables.
pub mod spark;
// The catalogue of words.
pub mod text;
