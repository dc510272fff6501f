//! Pure drawing: what the screen shows as a list of shapes, and every word on it.

pub mod layout;
pub mod list;
pub mod palette;
pub mod svg;
pub mod text;
