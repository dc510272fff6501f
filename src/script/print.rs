//! Canonical text.

use crate::sim::Input;

use super::grammar::Script;
use super::names::Names;

/// The script in canonical form.
pub fn script(script: &Script) -> String {
    let _ = script;
    String::new()
}

/// An input as it is written in a scenario, without its time.
pub fn print_input(input: &Input, names: Names) -> String {
    let _ = (input, names);
    String::new()
}
