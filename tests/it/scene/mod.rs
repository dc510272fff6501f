//! Pure drawing: layout, pictures, hits, palettes, words.

pub mod text;
