//! From what is written to what is run.

use super::grammar::Script;
use super::plan::Plan;
use super::problem::Problem;

/// Makes a plan of a script.
///
/// # Errors
/// All that is wrong with it, in the order of the text.
pub fn compile(script: &Script) -> Result<Plan, Vec<Problem>> {
    Err(script.problems.clone())
}
