//! The scenario language: text in, a recipe and its expectations out.
//!
//! [`parse`] reads a text line by line and finds every problem in it; [`compile`] makes a [`Plan`]
//! of what was read; [`print`](print::script) writes it back in canonical form; [`edit`] changes a
//! text in place; [`run`] carries a plan out without a screen. `docs/scenario.md` is the
//! reference.
//!
//! **Invariant:** any bytes may come in, nothing panics, and what is printed reads back as the
//! same.

pub mod ask;
mod caution;
mod command;
mod compile;
pub mod complete;
mod converse;
mod cursor;
pub mod dial;
pub mod edit;
pub mod gallery;
mod grammar;
pub mod help;
pub mod hunt;
pub(crate) mod json;
pub mod limit;
pub mod mend;
pub mod names;
mod plan;
pub mod print;
mod problem;
mod read;
pub mod render;
pub mod run;
mod saying;
mod scope;
pub mod search;
pub mod shrink;
pub mod spec;
pub mod sweep;
pub mod tell;
mod token;
pub mod trace;
pub mod trail;
pub mod value;
mod wanted;

pub use caution::Caution;
pub use command::expect::{Wish, property_words};
pub use compile::compile;
pub use converse::converse;
pub use grammar::{Line, Script, Statement, Titles};
pub use names::Names;
pub use plan::{Expected, Plan};
pub use print::print_input;
pub use problem::{Fix, Problem, ProblemKind, Said, What};
pub use read::{parse, parse_input};
pub use scope::Exploring;
pub use wanted::Wanted;

/// Reads and compiles a text.
///
/// # Errors
/// All that is wrong with it, in the order of the text.
pub fn plan(text: &str) -> Result<Plan, Vec<Problem>> {
    compile(&parse(text))
}
