//! Events per second of whole worlds, and operations per second of judging histories, native:
//! `cargo bench`, or with the browser's beside it, `cargo xtask bench`.
//!
//! Each world runs its scenario from the start several times; the median counts, and the digest
//! shows that every run was the same run. The last lines say what building a crowded frame costs.

use std::time::Instant;

use quorate::check::chronicle::{Chronicle, Cone, Focus, Query};
use quorate::check::consistency::{Call, Explained, Kind, Model, explain};
use quorate::check::{Examiner, PoolWatch, Questions};
use quorate::kernel::{ClientId, Op, Outcome, Property, SimTime, Word, holds};
use quorate::scene::Crowd;
use quorate::scene::spacetime::{Diagram, Look, View};
use quorate::script;
use quorate::sim::OpNote;

/// Events of one run.
const EVENTS: u64 = 200_000;
/// Runs of one case.
const RUNS: usize = 7;

/// Frames that are averaged.
const FRAMES: u32 = 200;
/// Nodes and messages of the frames.
const CROWDS: [(u32, u32); 2] = [(5, 20), (200, 2_000)];

/// What is run: a name without spaces, and the scenario.
const CASES: [(&str, &str); 4] = [
    ("raft-5", "cluster raft nodes=5 seed=7\nclients 2 every=10ms keys=3\nrun 60s\n"),
    ("raft-5-idle", "cluster raft nodes=5 seed=7\nrun 60s\n"),
    (
        "pool-10",
        "balance p2c servers=10 seed=11\narrivals poisson load=70%\nservice exp mean=10ms\n\
         run 60s\n",
    ),
    (
        "customers-10",
        "balance p2c servers=10 seed=11\nnetwork delay=0s\narrivals poisson load=70%\n\
         service exp mean=10ms\nrun 60s\n",
    ),
];

/// A run whose history is recorded and judged, to its end. The page has the same text.
const JUDGED: &str = "cluster raft nodes=5 seed=7\nclients 2 every=100ms keys=3\nrun 600s\n\
                      expect linearizable\n";

/// A long run, for the space-time diagram.
const LONG: &str = "cluster raft nodes=5 seed=7\nclients 2 every=5ms keys=3\n\
                    limit 100000000 events\nrun 3600s\n";
/// Events of it.
const LONG_EVENTS: u32 = 1_000_000;

/// Operations of one history.
const OPERATIONS: u64 = 1_000;

/// Customers of the case that counts them.
const CUSTOMERS: u64 = 1_000_000;
/// Ten servers, two choices, first come first served; no network to speak of, and a data centre's.
const POOLS: [(&str, &str); 2] = [
    (
        "customers-10",
        "balance p2c servers=10 seed=11\nnetwork delay=0s\narrivals poisson load=70%\n\
         service exp mean=10ms\nlimit 100000000 events\nrun 3600s\n",
    ),
    (
        "customers-10-lan",
        "balance p2c servers=10 seed=11\narrivals poisson load=70%\n\
         service exp mean=10ms\nlimit 100000000 events\nrun 3600s\n",
    ),
];

fn main() {
    let only = std::env::args().skip(1).find(|word| !word.starts_with('-')).unwrap_or_default();
    for (name, text) in POOLS.into_iter().filter(|(name, _)| name.contains(&only)) {
        match customers(text) {
            Ok((rate, bare)) => {
                println!("{name} {rate:.0} customers/s measured, {bare:.0} without statistics");
            }
            Err(problem) => println!("{name} does not run: {problem}"),
        }
    }
    if !only.is_empty() {
        return;
    }
    for (name, text) in CASES {
        match measure(text) {
            Ok((rate, digest)) => println!("{name} {rate:.0} events/s digest={digest:016x}"),
            Err(problem) => println!("{name} does not run: {problem}"),
        }
    }
    for (nodes, flights) in CROWDS {
        let (took, shapes) = frame(nodes, flights);
        println!("frame of {nodes} nodes, {flights} messages: {took:.2} ms, {shapes} shapes");
    }
    match diagram() {
        Ok(lines) => lines.iter().for_each(|line| println!("{line}")),
        Err(problem) => println!("space-time does not run: {problem}"),
    }
    match recorded() {
        Ok((rate, messages)) => println!("raft-5-judged {rate:.0} of {messages} messages/s"),
        Err(problem) => println!("raft-5-judged does not run: {problem}"),
    }
    for (name, keys) in [("history-1-key", 1), ("history-10-keys", 10)] {
        println!("{name} {:.0} operations/s", histories(keys));
    }
}

/// Customers served per second, with the statistics of the pool and without.
fn customers(text: &str) -> Result<(f64, f64), String> {
    let plan = script::plan(text).map_err(|problems| format!("{problems:?}"))?;
    let shape = plan.pool_shape().ok_or("no pool")?;
    let mut rates = [0.0, 0.0];
    for (place, measured) in [(0, true), (1, false)] {
        let mut world = plan.build().map_err(|problem| format!("{problem:?}"))?;
        let mut watch = PoolWatch::new(shape, SimTime::ZERO);
        let start = Clock::start();
        let mut served = 0;
        while served < CUSTOMERS && world.step() {
            let done = |op: &OpNote| matches!(op, OpNote::Completed(..));
            served += world.last().ops.iter().filter(|op| done(op)).count() as u64;
            if measured {
                watch.watch(world.last());
            }
        }
        rates[place] = served as f64 / start.seconds();
    }
    Ok((rates[0], rates[1]))
}

/// Messages per second of a whole run with its history recorded and judged for linearizability, and
/// how many there are.
fn recorded() -> Result<(f64, usize), String> {
    let plan = script::plan(JUDGED).map_err(|problems| format!("{problems:?}"))?;
    let claims = const { &[holds(Property::Linearizability)] };
    let mut rates = Vec::with_capacity(RUNS);
    let mut messages = 0;
    for _ in 0..RUNS {
        let mut world = plan.build().map_err(|problem| format!("{problem:?}"))?;
        let mut examiner = Examiner::new(&Questions { claims, ..Questions::default() });
        let start = now();
        messages = world.last().sent.len();
        examiner.watch(world.last());
        while world.now() < plan.until && world.step() {
            examiner.watch(world.last());
            messages += world.last().sent.len();
        }
        rates.push(messages as f64 / start.elapsed().as_secs_f64());
        if examiner.standings().iter().any(|it| it.verdict.is_violated()) {
            return Err("it is not linearizable".to_owned());
        }
    }
    rates.sort_by(f64::total_cmp);
    Ok((rates[RUNS / 2], messages))
}

/// The median rate at which a history of three clients on so many keys is explained.
fn histories(keys: u64) -> f64 {
    let calls: Vec<Call> = (0..OPERATIONS).map(|at| operation(at, keys)).collect();
    let mut rates = Vec::with_capacity(RUNS);
    for _ in 0..RUNS {
        let start = now();
        let answer = explain(Kind::Any, Model::Linearizable, &calls, &mut u64::MAX.clone());
        rates.push(OPERATIONS as f64 / start.elapsed().as_secs_f64());
        assert!(matches!(answer, Explained::Order(_)), "it has an order by construction");
    }
    rates.sort_by(f64::total_cmp);
    rates[RUNS / 2]
}

/// Rounds of a write and two reads of it, all at once.
fn operation(at: u64, keys: u64) -> Call {
    let (round, part) = (at / 3, at % 3);
    let key = Word::number(round % keys);
    let value = Word::number(round);
    let (op, seen) = match part {
        0 => (Op::Put(key, value), Outcome::Done(None)),
        _ => (Op::Get(key), Outcome::Done(Some(value))),
    };
    let invoked = 10 * round + part;
    let client = ClientId(part as u32);
    Call { client, op, seen: Some(seen), invoked, returned: invoked + 9 }
}

/// Milliseconds to build the display list of a frame, and how many shapes it has.
fn frame(nodes: u32, flights: u32) -> (f64, usize) {
    let mut crowd = Crowd::new(nodes, flights);
    let mut shapes = crowd.draw(0.0);
    let start = now();
    for step in 0..FRAMES {
        shapes = crowd.draw(f64::from(step) / f64::from(FRAMES));
    }
    (start.elapsed().as_secs_f64() * 1000.0 / f64::from(FRAMES), shapes)
}

/// What the space-time diagram of a million events costs: to keep, to draw a window of a
/// thousandth, a tenth and all of it, to ask for a cone in the middle, and to search.
fn diagram() -> Result<Vec<String>, String> {
    let plan = script::plan(LONG).map_err(|problems| format!("{problems:?}"))?;
    let mut world = plan.build().map_err(|problem| format!("{problem:?}"))?;
    let mut chronicle = Chronicle::new();
    chronicle.watch(&*world);
    let start = Clock::start();
    while chronicle.events() < LONG_EVENTS && world.step() {
        chronicle.watch(&*world);
    }
    let mut lines = vec![format!(
        "space-time of {} events, {} messages, computed in {:.2} s",
        chronicle.events(),
        chronicle.messages(),
        start.seconds()
    )];
    let names: Vec<String> = (1..=5).map(|node| format!("n{node}")).collect();
    let end = chronicle.time(chronicle.events());
    let mut diagram = Diagram::default();
    for part in [1_000, 10, 1] {
        let width = end.0 / part;
        let start = Clock::start();
        for step in 0..u64::from(FRAMES) {
            let from = SimTime((end.0 - width) / u64::from(FRAMES) * step);
            let view = View::new(from, SimTime(from.0 + width));
            diagram.draw(&Look::new(&chronicle, &names, view, from), (1_000.0, 216.0));
        }
        let took = start.seconds() * 1_000.0 / f64::from(FRAMES);
        lines.push(format!("space-time, a window of 1/{part}: {took:.3} ms a frame"));
    }
    let middle = chronicle.focus(chronicle.events() / 2).unwrap_or(Focus::Message(0));
    let start = Clock::start();
    let cone = Cone::of(&chronicle, middle).ok_or("no event in the middle")?;
    let past = cone.past(&chronicle).0;
    lines.push(format!("space-time, a cone: {:.3} ms, {past} before", start.seconds() * 1_000.0));
    let start = Clock::start();
    let query = Query::new(&chronicle, "requestvote", &names).ok_or("no words")?;
    let found = query.next(&chronicle, chronicle.events() / 2, false);
    let took = start.seconds() * 1_000.0;
    lines.push(format!("space-time, a search around the whole run: {took:.3} ms, {found:?}"));
    Ok(lines)
}

/// The median rate, and the digest after the last event.
fn measure(text: &str) -> Result<(f64, u64), String> {
    let plan = script::plan(text).map_err(|problems| format!("{problems:?}"))?;
    let mut rates = Vec::with_capacity(RUNS);
    let mut digest = 0;
    for _ in 0..RUNS {
        let mut world = plan.build().map_err(|problem| format!("{problem:?}"))?;
        let start = now();
        let events = (0..EVENTS).take_while(|_| world.step()).count();
        rates.push(events as f64 / start.elapsed().as_secs_f64());
        digest = world.digest();
    }
    rates.sort_by(f64::total_cmp);
    Ok((rates[RUNS / 2], digest))
}

/// Time on the processor where the system tells it, so that other programs do not count; by the
/// wall elsewhere.
struct Clock {
    wall: Instant,
    worked: Option<u64>,
}

impl Clock {
    fn start() -> Clock {
        Clock { wall: now(), worked: worked() }
    }

    fn seconds(&self) -> f64 {
        match (self.worked, worked()) {
            (Some(before), Some(after)) => (after - before) as f64 / 1e9,
            _ => self.wall.elapsed().as_secs_f64(),
        }
    }
}

/// Nanoseconds this thread has been on a processor; Linux tells.
fn worked() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split_whitespace().next()?.parse().ok()
}

#[expect(clippy::disallowed_methods, reason = "a benchmark reads the wall clock")]
fn now() -> Instant {
    Instant::now()
}
