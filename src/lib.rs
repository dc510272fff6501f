//! Quorate: a playground for distributed consensus and load balancing.

pub mod catalog;
pub mod kernel;
pub mod lab;
pub mod protocol;
pub mod script;
pub mod sim;
