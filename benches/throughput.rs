//! Events per second of whole worlds, native: `cargo bench`, or with the browser's beside it,
//! `cargo xtask bench`.
//!
//! Each world runs its scenario from the start several times; the median counts, and the digest
//! shows that every run was the same run. The last lines say what building a crowded frame costs.

use std::time::Instant;

use quorate::scene::Crowd;
use quorate::script;

/// Events of one run.
const EVENTS: u64 = 200_000;
/// Runs of one case.
const RUNS: usize = 7;

/// Frames that are averaged.
const FRAMES: u32 = 200;
/// Nodes and messages of the frames.
const CROWDS: [(u32, u32); 2] = [(5, 20), (200, 2_000)];

/// What is run: a name without spaces, and the scenario.
const CASES: [(&str, &str); 3] = [
    ("raft-5", "cluster raft nodes=5 seed=7\nclients 2 every=10ms keys=3\nrun 60s\n"),
    ("raft-5-idle", "cluster raft nodes=5 seed=7\nrun 60s\n"),
    (
        "pool-10",
        "balance p2c servers=10 seed=11\narrivals poisson load=70%\nservice exp mean=10ms\n\
         run 60s\n",
    ),
];

fn main() {
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

#[expect(clippy::disallowed_methods, reason = "a benchmark reads the wall clock")]
fn now() -> Instant {
    Instant::now()
}
