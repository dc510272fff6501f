//! Golden digests: the same recipe makes the same run on every machine, natively and in a browser.
//!
//! `REWRITE=1 cargo test --test it digests` writes the file again after an intended change.

use std::fmt::Write as _;
use std::rc::Rc;

use quorate::catalog;
use quorate::check::swarm::trial;
use quorate::kernel::{Family, Span};
use quorate::sim::arrivals::Arrivals;
use quorate::sim::sizes::Sizes;
use quorate::sim::{Keys, Stream, Workload};
use wasm_bindgen_test::wasm_bindgen_test;

/// Seeds per entry, and events per seed.
const SEEDS: u64 = 3;
const EVENTS: u64 = 4_000;

fn golden() -> &'static str {
    include_str!("../golden/digests.txt")
}

/// One line per entry and seed: `entry seed events digest state`.
fn computed() -> String {
    let mut text = String::new();
    for entry in catalog::entries() {
        for seed in 0..SEEDS {
            let mut spec = trial(entry.about, 1_000 + seed).spec;
            if entry.about.family == Family::Balancing {
                spec.nodes = 6;
                spec.doors = 1;
                spec.workload = Workload::Stream(Stream {
                    clients: 3,
                    arrivals: Arrivals::Mmpp { rate: 400.0, burst: 6.0, dwell: Span::millis(300) },
                    sizes: Sizes::LogNormal { mean: Span::millis(8), scv: 4.0 },
                    keys: Keys::Even(100),
                });
            }
            let mut cluster = entry.build(Rc::new(spec)).expect("there are no given lines");
            for _ in 0..EVENTS {
                if !cluster.step() {
                    break;
                }
            }
            let (events, id) = (cluster.last().index, entry.about.id);
            let (digest, state) = (cluster.digest(), cluster.state_digest());
            writeln!(text, "{id} {seed} {events} {digest:016x} {state:016x}")
                .expect("a text takes any line");
        }
    }
    text
}

#[wasm_bindgen_test(unsupported = test)]
fn runs_are_the_same_everywhere() {
    let found = computed();
    #[cfg(not(target_arch = "wasm32"))]
    if std::env::var_os("REWRITE").is_some() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/digests.txt");
        std::fs::write(path, &found).expect("the golden file can be written");
        return;
    }
    for (found, golden) in found.lines().zip(golden().lines()) {
        assert_eq!(found, golden, "entry, seed, events, digest of events, digest of state");
    }
    assert_eq!(found.lines().count(), golden().lines().count(), "entries came or went");
}
