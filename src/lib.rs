//! Quorate: a playground for distributed consensus and load balancing.

pub mod catalog;
pub mod kernel;
pub mod protocol;
pub mod scene;
pub mod sim;
