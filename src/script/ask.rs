//! What to search for a scenario that does not say it: its cluster, its requests and its promises,
//! with a modest scope.

use crate::check::Expectation;
use crate::sim::Input;

use super::command::given;
use super::plan::Plan;

/// The settings of a line `explore` that a page offers, with the most it offers.
pub const SETTINGS: [(&str, u16); 6] =
    [("requests", 4), ("timers", 6), ("crashes", 3), ("losses", 3), ("duplicates", 2), ("cuts", 2)];

/// The scope tried if nothing else is said, in the order of [`SETTINGS`]: requests, and a timer
/// that goes off too soon.
pub const USUAL: [u16; 6] = [2, 1, 0, 0, 0, 0];

/// The scenario to search: the text itself where it has a line `explore`, and otherwise the
/// cluster of `plan` with its requests and promises, and a line of these `counts`, which are in
/// the order of [`SETTINGS`].
pub fn searchable(plan: &Plan, text: &str, counts: &[u16]) -> String {
    if plan.exploring.is_some() {
        return text.to_owned();
    }
    let lines: Vec<&str> = text.lines().collect();
    let line = |number: u32| lines.get(number as usize - 1).copied().unwrap_or_default();
    let mut asked = line(plan.head_line).to_owned() + "\n";
    for given in &plan.spec.given {
        asked += &given::print(given, plan.names);
        asked.push('\n');
    }
    let mut requests = 0;
    for ((_, input), number) in plan.spec.inputs.iter().zip(&plan.input_lines) {
        if matches!(input, Input::Request { .. }) {
            asked += line(*number);
            asked.push('\n');
            requests += 1;
        }
    }
    asked += "explore";
    for ((name, _), count) in SETTINGS.iter().zip(counts) {
        let count = if *name == "requests" && requests > 0 { requests } else { *count };
        if count > 0 {
            asked.extend([" ", name, "=", &count.to_string()]);
        }
    }
    asked.push('\n');
    for expected in &plan.expects {
        let lasting =
            matches!(expected.expectation, Expectation::Holds(_) | Expectation::Broken(_));
        if lasting {
            asked += line(expected.line);
            asked.push('\n');
        }
    }
    asked
}
