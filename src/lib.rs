//! Quorate: a playground for distributed consensus and load balancing.

pub mod balance;
pub mod catalog;
pub mod check;
pub mod kernel;
pub mod lab;
pub mod protocol;
pub mod scene;
pub mod script;
pub mod sim;
