//! Quorate: a playground for distributed consensus and load balancing.
//!
//! A short text becomes a deterministic simulated cluster; every rule is judged at every event; any
//! moment can be reached again. This library is the playground without pixels: the Yew page, the
//! command line and the engine for JavaScript are thin programs around it.
//!
//! ```
//! use quorate::{lab::{Action, Lab}, script};
//!
//! let text = "cluster raft nodes=5 seed=7\nat 1s crash leader\nrun 3s\n\
//!             expect one leader per term\n";
//!
//! // Headless: one call, one report.
//! let plan = script::plan(text).expect("the text is understood");
//! let report = script::run::run(&plan);
//! assert!(report.checks.iter().all(|check| check.holds()));
//!
//! // As the page does it: actions in, view models out. Same text, same run.
//! let mut lab = Lab::new();
//! lab.update(Action::Open(text.to_owned()));
//! while lab.view().digest.is_none() {
//!     lab.frame(16.0);
//! }
//! assert_eq!(lab.view().digest, Some(report.digest));
//! ```
//!
//! The rooms, from the bottom up; each knows only those above it in this list:
//!
//! - [`kernel`]: the shared vocabulary, and the trait [`kernel::Node`] that a protocol implements;
//! - [`protocol`] and [`balance`]: one file (or folder) for each protocol and each strategy;
//! - [`sim`]: the deterministic world, its network and faults, and going back in time;
//! - [`check`]: properties, expectations, histories, statistics;
//! - [`catalog`]: protocols and strategies made runnable;
//! - [`script`]: the scenario language and the headless run;
//! - [`lab`]: what a visitor may do, and what the screen shows;
//! - [`scene`]: pure drawing, and every word of the screen in both languages.
//! - [`still`]: one moment of a run as a picture that stands alone.

pub mod balance;
pub mod catalog;
pub mod check;
pub mod kernel;
pub mod lab;
pub mod order;
pub mod protocol;
pub mod scene;
pub mod script;
pub mod sim;
pub mod still;
