//! Pure drawing: what the screen shows as a list of shapes, and every word on it.

pub mod text;
