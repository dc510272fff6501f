//! What is allowed in a text although a promise is not kept with it: said, never refused.

use crate::catalog::Entry;
use crate::sim::{ClusterSpec, Input};

use super::problem::Said;

/// Something that is allowed and unsafe, or never settles.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Caution {
    /// Its line, from 1.
    pub line: u32,
    /// What may happen, in one sentence.
    pub says: Said,
}

/// Parts per million in one.
const MILLION: i64 = 1_000_000;

/// Where the lines stand that may give reason for a caution.
pub(super) struct Places<'a> {
    /// The line `cluster` or `balance`.
    pub(super) head: u32,
    /// The line `arrivals`.
    pub(super) arrivals: Option<u32>,
    /// The lines of the recipe's inputs.
    pub(super) inputs: &'a [u32],
}

/// All cautions of a recipe, in the order of the text.
pub(super) fn cautions(
    entry: &Entry,
    spec: &ClusterSpec,
    load_ppm: Option<u64>,
    places: &Places<'_>,
) -> Vec<Caution> {
    let mut found: Vec<Caution> = entry
        .risks(&spec.knobs, spec.nodes)
        .into_iter()
        .map(|risk| Caution {
            line: places.head,
            says: Said::new(
                format!("`{}`: {}", risk.knob, risk.says.en),
                format!("`{}`：{}", risk.knob, risk.says.zh),
            ),
        })
        .collect();
    found.extend(clocks(entry, spec, places.inputs));
    if let Some(load) = load_ppm.filter(|load| *load >= MILLION as u64) {
        found.push(unstable(load, places.arrivals.unwrap_or(places.head)));
    }
    crate::order::sort_by_key(&mut found, |caution| caution.line);
    found
}

fn unstable(load_ppm: u64, line: u32) -> Caution {
    let percent = load_ppm / 10_000;
    Caution {
        line,
        says: Said::new(
            format!(
                "The load is {percent}%: queues grow without end, and the figures depend on how \
                 long the run is."
            ),
            format!("负载为 {percent}%：队列会不断变长，统计数字取决于运行多久。"),
        ),
    }
}

/// Clocks that leave the bound that a lease rests on.
fn clocks(entry: &Entry, spec: &ClusterSpec, lines: &[u32]) -> Vec<Caution> {
    let Some(trusted) = entry.trusted_drift(&spec.knobs) else { return Vec::new() };
    let mut found = Vec::new();
    // A clock that nobody touched runs true.
    let (mut slow, mut fast) = (0_i64, 0_i64);
    for ((_, input), line) in spec.inputs.iter().zip(lines) {
        let says = match input {
            Input::Drift(_, ppm) => {
                (slow, fast) = (slow.min(i64::from(*ppm)), fast.max(i64::from(*ppm)));
                let within =
                    (fast - slow) * MILLION <= i64::from(trusted.as_ppm()) * (MILLION + slow);
                if within {
                    continue;
                }
                Said::new(
                    format!(
                        "Clocks are trusted to differ by at most {trusted}. Beyond that a lease \
                         may outlive its leader, and a read may be old."
                    ),
                    format!(
                        "系统假定各时钟快慢之差不超过 {trusted}。超出后，租约可能比 leader 的任期更长，读到\
                         的可能是旧值。"
                    ),
                )
            }
            Input::Skew(..) => Said::new(
                "A lease rests on clocks that nobody sets: a read may be old.",
                "租约的前提是时钟不被拨动：读到的可能是旧值。",
            ),
            _ => continue,
        };
        found.push(Caution { line: *line, says });
    }
    found
}
