//! The scenario language: reading, problems, printing, editing, running.

#[cfg(not(target_arch = "wasm32"))]
mod any_text;
#[cfg(not(target_arch = "wasm32"))]
mod book;
mod cautions;
#[cfg(all(not(target_arch = "wasm32"), feature = "cli"))]
mod cli;
mod compiling;
mod completing;
mod dials;
mod editing;
mod printing;
mod problems;
mod running;
mod sweeping;
mod tracing;
mod trails;
