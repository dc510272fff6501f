//! The playground without pixels.

pub mod link;
