//! Bounded search: every order, every loss, every crash within a stated scope.
//!
//! A [`Model`] says what may happen; a search visits what is reachable, in slices, and comes to a
//! verdict for every claim together with the scope it was found in.

mod model;

pub use model::{Claimed, Model, When};
