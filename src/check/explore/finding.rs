//! What a search came to.

use super::model::{Claimed, Model, When};
use super::options::{End, Progress};
use crate::check::verdict::Because;

/// One run of a model.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Path<S, T> {
    /// Where it begins.
    pub start: S,
    /// Each step with the state it led to.
    pub steps: Vec<(T, S)>,
}

impl<S, T> Path<S, T> {
    /// Where it ends.
    pub fn last(&self) -> &S {
        self.steps.last().map_or(&self.start, |(_, state)| state)
    }
}

/// What is known of a claim.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Finding {
    /// True in the whole scope, or in all states within so many steps.
    Holds(Because),
    /// An example of what should be possible, after so many steps.
    Example(u32, Because),
    /// False after so many steps.
    Violated(u32, Because),
    /// Nothing in the whole scope shows what should be possible.
    Missing(Because),
    /// The search ended, or goes on, without an answer.
    Undecided(Because),
}

impl Finding {
    /// The word of the command line: `holds`, `violated` or `undecided`.
    pub fn word(&self) -> &'static str {
        match self {
            Finding::Holds(_) | Finding::Example(..) => "holds",
            Finding::Violated(..) | Finding::Missing(_) => "violated",
            Finding::Undecided(_) => "undecided",
        }
    }

    /// The sentence that gives the reason.
    pub fn because(&self) -> &Because {
        let (Finding::Holds(because)
        | Finding::Example(_, because)
        | Finding::Violated(_, because)
        | Finding::Missing(because)
        | Finding::Undecided(because)) = self;
        because
    }
}

/// Follows a chain of fingerprints, which a search kept instead of states: runs the model again.
/// The states told are those of one true run, also where the search knew representatives only.
pub(super) fn tell<M: Model>(
    model: &M,
    identify: impl Fn(&M::State) -> u128,
    chain: &[u128],
) -> Option<Path<M::State, M::Step>> {
    let (first, rest) = chain.split_first()?;
    let start = model.initial().into_iter().find(|state| identify(state) == *first)?;
    let mut path = Path { start, steps: Vec::with_capacity(rest.len()) };
    let mut choices = Vec::new();
    for print in rest {
        choices.clear();
        model.steps(path.last(), &mut choices);
        let taken = choices.drain(..).find_map(|step| {
            let next = model.next(path.last(), &step)?;
            (identify(&next) == *print).then_some((step, next))
        });
        path.steps.push(taken?);
    }
    Some(path)
}

/// Words for numbers of things, one and many.
fn count(n: u64, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

/// The finding for a claim, from what was found of it (steps to it) and how far the search came.
pub(super) fn conclude(claim: &Claimed, found: Option<u32>, at: &Progress) -> Finding {
    if let Some(steps) = found {
        let en = count(u64::from(steps), "step", "steps");
        return match claim.when {
            When::Sometimes => Finding::Example(
                steps,
                Because::new(format!("shown after {en}"), format!("{steps} 步后出现")),
            ),
            When::Always => Finding::Violated(
                steps,
                Because::new(format!("false after {en}"), format!("{steps} 步后不成立")),
            ),
            When::Eventually => Finding::Violated(
                steps,
                Because::new(
                    format!("a path of {en} ends without it"),
                    format!("一条 {steps} 步的路径直到结束都未出现"),
                ),
            ),
        };
    }
    let unique = at.unique;
    let states = count(unique, "state", "states");
    let because = |en: &str, zh: &str| {
        Because::new(en.replace("{}", &states), zh.replace("{}", &unique.to_string()))
    };
    let caveat = claim.when == When::Eventually;
    match at.end {
        Some(End::Covered) => covered(claim.when, at, &states),
        None => Finding::Undecided(because(
            "not decided in {} so far",
            "到目前为止的 {} 个状态尚无结论",
        )),
        Some(End::States) => Finding::Undecided(because(
            "not decided in {}; the search ended at its limit of states",
            "{} 个状态内尚无结论；搜索因达到状态数上限而结束",
        )),
        Some(End::Memory) => Finding::Undecided(because(
            "not decided in {}; the search ended at its limit of memory",
            "{} 个状态内尚无结论；搜索因达到内存上限而结束",
        )),
        Some(End::Found) => Finding::Undecided(because(
            "not decided in {}; the search ended with the first counterexample",
            "{} 个状态内尚无结论；搜索在发现第一个反例后结束",
        )),
        Some(End::Walked) if caveat => Finding::Undecided(because(
            "random runs do not judge what must happen eventually",
            "随机运行不判定“终将发生”的性质",
        )),
        Some(End::Walked) => Finding::Undecided(because(
            "not decided in {} that random runs met",
            "随机运行遇到的 {} 个状态内尚无结论",
        )),
    }
}

/// The finding where nothing was left to visit and nothing was found of the claim.
fn covered(when: When, at: &Progress, states: &str) -> Finding {
    let (en, zh) = if at.cut {
        let steps = at.depth.saturating_sub(1);
        let en = count(u64::from(steps), "step", "steps");
        (format!("all {states} within {en}"), format!("{steps} 步以内的全部 {} 个状态", at.unique))
    } else {
        (format!("all {states} of the scope"), format!("范围内全部 {} 个状态", at.unique))
    };
    match when {
        When::Always => {
            Finding::Holds(Because::new(format!("true in {en}"), format!("在{zh}中都成立")))
        }
        When::Eventually => Finding::Holds(Because::new(
            format!(
                "on every path that ends, among {en}; paths that run in circles are not judged"
            ),
            format!("在{zh}中，凡是有终点的路径都会出现；不判定循环的路径"),
        )),
        When::Sometimes => {
            Finding::Missing(Because::new(format!("in none of {en}"), format!("在{zh}中都未出现")))
        }
    }
}
