//! Consistency of what clients saw: histories, single copies, and the orders that explain them.
//!
//! A history is consistent by a [`Model`] if there is an order of its operations that a single copy
//! of every object could have gone through. [`explain`] finds such an order or says that there is
//! none; [`core()`] then finds the few operations that are already impossible. While a run goes on
//! [`Frontier`] keeps every state its objects may be in.

mod call;
mod explain;
mod frontier;
mod order;
mod search;
mod spec;
mod values;

pub use call::{Call, calls, objects};
pub use explain::{Core, Explained, Model, core, explain, points};
pub use frontier::{Fit, Frontier};
pub use spec::{Kind, Object, Spec, key, member, observes};
