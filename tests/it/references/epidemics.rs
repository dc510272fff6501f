//! The tables of *Epidemic Algorithms* [demers87 §1.4]: a rumour among a thousand sites, told in
//! cycles in which all contacts are made at once.

use std::rc::Rc;
use std::sync::LazyLock;

use quorate::catalog;
use quorate::kernel::{Choices as _, Fact, KnobValue, Knobs, NodeId, Op, SimTime, Span, Word};
use quorate::sim::rng::{Concern, Stream};
use quorate::sim::{ClusterSpec, Input, Target};
use wasm_bindgen_test::wasm_bindgen_test;

use super::{Row, Tolerance, assert_agree, samples};

const SITES: usize = 1_000;

/// When a site that knows the rumour stops telling it.
#[derive(Clone, Copy)]
enum Loss {
    /// With probability 1/k after each contact, whatever came of it.
    BlindCoin(u64),
    /// After k contacts in a row with sites that knew it already.
    FeedbackCounter(u32),
}

/// What came of a rumour.
#[derive(Clone, Copy, Default)]
struct Fate {
    /// The share of sites that never heard it.
    residue: f64,
    /// Messages that carried it, per site.
    traffic: f64,
    /// Cycles until the last site heard it.
    last: f64,
}

#[derive(Clone, Copy, PartialEq)]
enum Site {
    Susceptible,
    /// Tells it; so many contacts in a row were in vain.
    Infective(u32),
    Removed,
}

/// Each infective site tells one other in each cycle.
fn push(loss: Loss, dice: &mut Stream) -> Fate {
    let mut sites = vec![Site::Susceptible; SITES];
    sites[0] = Site::Infective(0);
    let (mut cycle, mut messages, mut last) = (0_u64, 0_u64, 0_u64);
    loop {
        let before = sites.clone();
        let tellers: Vec<usize> =
            (0..SITES).filter(|at| matches!(before[*at], Site::Infective(_))).collect();
        if tellers.is_empty() {
            break;
        }
        cycle += 1;
        for teller in tellers {
            let peer = other(teller, dice);
            messages += 1;
            let knew = before[peer] != Site::Susceptible;
            if !knew && sites[peer] == Site::Susceptible {
                sites[peer] = Site::Infective(0);
                last = cycle;
            }
            let Site::Infective(vain) = sites[teller] else { continue };
            let vain = if knew { vain + 1 } else { 0 };
            let over = match loss {
                Loss::BlindCoin(k) => dice.below(k) == 0,
                Loss::FeedbackCounter(k) => vain >= k,
            };
            sites[teller] = if over { Site::Removed } else { Site::Infective(vain) };
        }
    }
    fate(&sites, messages, last)
}

/// Each site asks one other in each cycle. A cycle in which all that asked an infective site knew
/// the rumour counts against it.
fn pull(k: u32, dice: &mut Stream) -> Fate {
    let mut sites = vec![Site::Susceptible; SITES];
    sites[0] = Site::Infective(0);
    let (mut cycle, mut messages, mut last) = (0_u64, 0_u64, 0_u64);
    while sites.iter().any(|site| matches!(site, Site::Infective(_))) {
        cycle += 1;
        let before = sites.clone();
        let mut asked = vec![(false, false); SITES];
        for site in 0..SITES {
            let peer = other(site, dice);
            if !matches!(before[peer], Site::Infective(_)) {
                continue;
            }
            messages += 1;
            let needed = before[site] == Site::Susceptible;
            asked[peer].0 = true;
            asked[peer].1 |= needed;
            if needed {
                sites[site] = Site::Infective(0);
                last = cycle;
            }
        }
        for (site, (asked, needed)) in asked.into_iter().enumerate() {
            if let Site::Infective(vain) = before[site]
                && asked
            {
                let vain = if needed { 0 } else { vain + 1 };
                sites[site] = if vain >= k { Site::Removed } else { Site::Infective(vain) };
            }
        }
    }
    fate(&sites, messages, last)
}

fn other(site: usize, dice: &mut Stream) -> usize {
    let pick = dice.below(SITES as u64 - 1) as usize;
    if pick < site { pick } else { pick + 1 }
}

fn fate(sites: &[Site], messages: u64, last: u64) -> Fate {
    let missed = sites.iter().filter(|site| **site == Site::Susceptible).count();
    let residue = missed as f64 / SITES as f64;
    Fate { residue, traffic: messages as f64 / SITES as f64, last: last as f64 }
}

fn mean(mut one: impl FnMut(&mut Stream) -> Fate) -> Fate {
    let mut sum = Fate::default();
    let runs = samples(200);
    for seed in 0..runs {
        let found = one(&mut Stream::new(seed, Concern::Faults, 0));
        sum.residue += found.residue / runs as f64;
        sum.traffic += found.traffic / runs as f64;
        sum.last += found.last / runs as f64;
    }
    sum
}

/// Cycles until a rumour that is never dropped has reached all of `nodes`, told by the entry
/// itself; a cycle is a period of its gossip.
fn cycles_of_the_store(nodes: u32, seeds: u64) -> f64 {
    let entry = catalog::find("gossip-kv").expect("an entry");
    let mut total = 0.0;
    for seed in 0..seeds {
        let mut spec = ClusterSpec::new(nodes, Knobs::defaults(entry.about.knobs), seed);
        spec.knobs.set("mode", KnobValue::Choice("push"));
        let period = Span::secs(1);
        spec.knobs.set("period", KnobValue::Length(period));
        let start = SimTime::ZERO + Span::secs(2);
        let word = |text| Word::new(text).expect("short");
        let op = Op::Put(word("x"), word("A"));
        let via = Some(Target::Node(NodeId(0)));
        spec.inputs.push((start, Input::Request { op, via, client: None }));
        let mut cluster = entry.build(Rc::new(spec)).expect("there are no given lines");
        let mut reached = 0;
        while reached < nodes && cluster.step() {
            let last = cluster.last();
            let told = |fact: &(NodeId, Fact)| matches!(fact.1, Fact::Replica { .. });
            if last.at >= start {
                reached += last.facts.iter().filter(|fact| told(fact)).count() as u32;
            }
        }
        total += cluster.last().at.since(start).as_secs_f64() / period.as_secs_f64();
    }
    total / seeds as f64
}

/// The rows of Tables 1 to 3, as far as 200 runs can tell, and the law of simple epidemics.
fn compute() -> Vec<Row> {
    let mut rows = Vec::new();
    let mut table = |what: String, fate: Fate, expected: [f64; 3], share: f64, source| {
        let ours = [fate.residue, fate.traffic, fate.last];
        for (at, name) in ["residue", "traffic", "last cycle"].into_iter().enumerate() {
            let name = format!("{what}: {name}");
            let tolerance = Tolerance::Share(if at == 0 { share } else { 0.05 });
            rows.push(Row { name, expected: expected[at], ours: ours[at], tolerance, source });
        }
    };
    let published = [(1, [0.18, 1.7, 16.8]), (2, [0.037, 3.3, 16.9]), (3, [0.011, 4.5, 17.4])];
    for (k, expected) in published {
        let fate = mean(|dice| push(Loss::FeedbackCounter(k), dice));
        let what = format!("push, feedback, counter k={k}");
        table(what, fate, expected, 0.06, "[demers87 §1.4, Table 1]");
    }
    let published = [(1, [0.96, 0.04, 38.0]), (2, [0.20, 1.6, 33.0]), (3, [0.060, 2.8, 32.0])];
    for (k, expected) in published {
        let fate = mean(|dice| push(Loss::BlindCoin(k), dice));
        let what = format!("push, blind, coin k={k}");
        table(what, fate, expected, 0.05, "[demers87 §1.4, Table 2]");
    }
    for (k, expected, share) in [(1, [3.1e-2, 2.7, 17.6], 0.05), (2, [5.8e-4, 4.5, 15.4], 0.25)] {
        let fate = mean(|dice| pull(k, dice));
        let what = format!("pull, feedback, counter k={k}");
        table(what, fate, expected, share, "[demers87 §1.4, Table 3]");
    }
    for nodes in [64_u32, 256] {
        let n = f64::from(nodes);
        rows.push(Row {
            name: format!("push to all {nodes}, gossip-kv: cycles"),
            expected: libm::log2(n) + libm::log(n),
            ours: cycles_of_the_store(nodes, samples(10)),
            // The law is of cycles in step; the nodes of a run begin theirs anywhere.
            tolerance: Tolerance::Share(0.25),
            source: "[demers87 §1.3]",
        });
    }
    rows
}

static ROWS: LazyLock<Vec<Row>> = LazyLock::new(compute);

/// The rows.
pub fn rows() -> &'static [Row] {
    &ROWS
}

#[wasm_bindgen_test(unsupported = test)]
fn rumours_spread_and_die_as_published() {
    assert_agree(rows());
}
