//! The figures of *Probabilistically Bounded Staleness* [bailis12 §3, §5]: how often a read of
//! quorums that need not meet is fresh.

use std::sync::LazyLock;

use quorate::kernel::Choices as _;
use quorate::sim::rng::{Concern, Stream};
use quorate::sim::sample::exponential;
use wasm_bindgen_test::wasm_bindgen_test;

use super::{Row, Tolerance, assert_agree, samples};

const REPLICAS: usize = 3;

fn trials() -> usize {
    samples(200_000) as usize
}

/// A fit of one leg of a message, in milliseconds: a share of a Pareto law, and the rest of an
/// exponential one [bailis12 §5.3].
#[derive(Clone, Copy)]
struct Leg {
    share: f64,
    floor: f64,
    shape: f64,
    rate: f64,
}

impl Leg {
    fn draw(self, dice: &mut Stream) -> f64 {
        if dice.unit() < self.share {
            self.floor * libm::pow(dice.unit(), -1.0 / self.shape)
        } else {
            exponential(dice, 1.0 / self.rate)
        }
    }
}

const SSD: Leg = Leg { share: 0.9122, floor: 0.235, shape: 10.0, rate: 1.66 };
const DISK: Leg = Leg { share: 0.38, floor: 1.05, shape: 1.51, rate: 0.183 };
const YMMR_WRITE: Leg = Leg { share: 0.939, floor: 3.0, shape: 3.35, rate: 0.0028 };
const YMMR_OTHER: Leg = Leg { share: 0.982, floor: 1.5, shape: 3.8, rate: 0.0217 };

/// The leg of a write to a replica, and all the others: its acknowledgement, and both of a read.
#[derive(Clone, Copy)]
struct Network {
    write: Leg,
    other: Leg,
}

/// The share of reads that see the last write, `after` milliseconds after it was answered.
fn fresh(network: Network, (r, w): (usize, usize), after: f64) -> f64 {
    let mut dice = Stream::new(7, Concern::Network, 0);
    let mut seen = 0;
    for _ in 0..trials() {
        let stored = [(); REPLICAS].map(|()| network.write.draw(&mut dice));
        let mut acked = stored.map(|at| at + network.other.draw(&mut dice));
        acked.sort_unstable_by(f64::total_cmp);
        let begun = acked[w - 1] + after;
        let asked = [(); REPLICAS].map(|()| network.other.draw(&mut dice));
        let mut answers: Vec<(f64, bool)> = (0..REPLICAS)
            .map(|at| {
                let back = asked[at] + network.other.draw(&mut dice);
                (back, stored[at] <= begun + asked[at])
            })
            .collect();
        answers.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        seen += usize::from(answers[..r].iter().any(|answer| answer.1));
    }
    seen as f64 / trials() as f64
}

/// The 99.9th percentile of the time until `count` of the replicas have answered, in milliseconds.
fn slowest(there: Leg, back: Leg, count: usize) -> f64 {
    let mut dice = Stream::new(11, Concern::Network, 0);
    let mut times: Vec<f64> = (0..trials())
        .map(|_| {
            let mut times = [(); REPLICAS].map(|()| there.draw(&mut dice) + back.draw(&mut dice));
            times.sort_unstable_by(f64::total_cmp);
            times[count - 1]
        })
        .collect();
    times.sort_unstable_by(f64::total_cmp);
    times[trials() * 999 / 1_000]
}

/// The share of reads that see one of the last `k` versions, each stored by a quorum drawn evenly.
fn within_versions(r: usize, w: usize, k: usize) -> f64 {
    let mut dice = Stream::new(13, Concern::Choices, 0);
    let mut seen = 0;
    for _ in 0..trials() {
        let read = some(r, &mut dice);
        seen += usize::from((0..k).any(|_| some(w, &mut dice) & read != 0));
    }
    seen as f64 / trials() as f64
}

/// A set of so many replicas, as bits.
fn some(count: usize, dice: &mut Stream) -> u32 {
    let mut set = 0_u32;
    while (set.count_ones() as usize) < count {
        set |= 1 << dice.below(REPLICAS as u64);
    }
    set
}

fn compute() -> Vec<Row> {
    let ssd = Network { write: SSD, other: SSD };
    let disk = Network { write: DISK, other: SSD };
    let ymmr = Network { write: YMMR_WRITE, other: YMMR_OTHER };
    let mut rows = Vec::new();
    for (w, k, expected) in [
        (1, 1, 0.3333),
        (1, 2, 0.5556),
        (1, 3, 0.7037),
        (1, 5, 0.8683),
        (1, 10, 0.9827),
        (2, 1, 0.6667),
        (2, 2, 0.8889),
    ] {
        rows.push(Row {
            name: format!("N=3 R=1 W={w}: a read of the last {k} versions"),
            expected,
            ours: within_versions(1, w, k),
            tolerance: Tolerance::Absolute(0.005),
            source: "[bailis12 §3.1]",
        });
    }
    for (name, network, quorums, after, expected) in [
        ("LNKD-SSD", ssd, (1, 1), 0.0, 0.974),
        ("LNKD-DISK", disk, (1, 1), 0.0, 0.439),
        ("LNKD-DISK", disk, (1, 1), 10.0, 0.925),
        ("YMMR", ymmr, (1, 1), 0.0, 0.893),
        ("LNKD-DISK", disk, (2, 2), 0.0, 1.0),
        ("YMMR", ymmr, (3, 1), 0.0, 1.0),
        ("YMMR", ymmr, (1, 3), 0.0, 1.0),
    ] {
        let (r, w) = quorums;
        // Quorums that meet leave no room.
        let room = if r + w > REPLICAS { 0.0 } else { 0.01 };
        rows.push(Row {
            name: format!("{name} R={r} W={w}: fresh {after} ms after the write"),
            expected,
            ours: fresh(network, quorums, after),
            tolerance: Tolerance::Absolute(room),
            source: "[bailis12 §5.6]",
        });
    }
    for (name, there, back, count, expected) in [
        ("LNKD-SSD read R=1", SSD, SSD, 1, 0.66),
        ("LNKD-DISK write W=1", DISK, SSD, 1, 10.99),
        ("LNKD-DISK write W=2", DISK, SSD, 2, 20.97),
        ("YMMR read R=1", YMMR_OTHER, YMMR_OTHER, 1, 5.58),
        ("YMMR write W=2", YMMR_WRITE, YMMR_OTHER, 2, 427.0),
    ] {
        rows.push(Row {
            name: format!("{name}: 99.9th percentile in ms"),
            expected,
            ours: slowest(there, back, count),
            tolerance: Tolerance::Share(0.05),
            source: "[bailis12 §5.6, Table 4]",
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
fn reads_are_as_fresh_as_published() {
    assert_agree(rows());
}
