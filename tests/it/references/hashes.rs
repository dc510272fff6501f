//! Balls into bins, and how evenly hashes spread keys and how few of them move.

use std::sync::LazyLock;

use quorate::balance::bounded_load::slots;
use quorate::balance::maglev::{Claimant, fill};
use quorate::balance::{ServerId, jump};
use quorate::check::theory::formula;
use quorate::kernel::Choices as _;
use quorate::sim::rng::{Concern, Stream};

use super::super::balance::bench::Bench;
use super::super::balance::hashing::neighbour_deviations;
use super::super::balance::knobs;
use super::queues::row;
use super::{Row, Tolerance, samples};

const BINS: &str = "[mitzenmacher05 §5, §14]";
const RING: &str = "[karger97 §4]";
const MAGLEV: &str = "[eisenbud16 §3.4, §5.3]";

fn draws(seed: u64) -> Stream {
    Stream::new(seed, Concern::Choices, 0)
}

/// How many of `n` bins hold so many balls, after `n` were thrown by a strategy that never gets
/// one back: by number of balls, the last one and more.
fn throw(settings: &[(&str, &str)], n: u32, seed: u64) -> [u32; 16] {
    let strategy = settings.iter().find(|(name, _)| *name == "strategy").map_or("", |it| it.1);
    let mut bench = Bench::with(strategy, &vec![1; n as usize], &knobs(settings));
    bench.draws = Box::new(draws(seed));
    for _ in 0..n {
        let to = bench.rank().expect("all are up");
        bench.pool.sent(to);
    }
    let mut counts = [0; 16];
    for id in bench.pool.ids() {
        counts[(bench.pool.in_flight(id) as usize).min(15)] += 1;
    }
    counts
}

const RANDOM: &[(&str, &str)] = &[("strategy", "random")];
const TWO: &[(&str, &str)] = &[("strategy", "p2c"), ("replacement", "on")];
const THREE: &[(&str, &str)] = &[("strategy", "p2c"), ("replacement", "on"), ("choices", "3")];

/// B12, B13 and B14.
fn bins(rows: &mut Vec<Row>) {
    const N: u32 = 10_000;
    let throws = samples(6);
    for (name, law, empty, shares) in [
        ("by lot", RANDOM, 0.36788, &[0.26424, 0.08030, 0.01899][..]),
        ("the emptier of two", TWO, 0.23841, &[0.22950, 0.00890, 6.05e-6][..]),
        ("the emptiest of three", THREE, f64::NAN, &[0.17645, 0.000_508][..]),
    ] {
        let mut sum = [0_u32; 16];
        for seed in 0..throws {
            let counts = throw(law, N, seed);
            sum.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
        }
        let all = f64::from(N) * throws as f64;
        let at_least = |k: usize| f64::from(sum[k..].iter().sum::<u32>()) / all;
        let error = |share: f64| 3.0 * libm::sqrt(share * (1.0 - share) / all) + 0.1 / f64::from(N);
        if empty.is_finite() {
            let ours = 1.0 - at_least(1);
            let name = format!("as many balls as bins, {name}: empty bins");
            rows.push(row(name, empty, ours, error(empty), BINS));
        }
        for (place, share) in shares.iter().enumerate() {
            let k = place + 2;
            let name = format!("as many balls as bins, {name}: bins with {k} or more");
            rows.push(row(name, *share, at_least(k), error(*share), BINS));
        }
    }
    fullest(rows);
}

/// B14: how full the fullest bin is.
fn fullest(rows: &mut Vec<Row>) {
    const SIMULATED: &str = "[validation §simulated]";
    for (n, throws, law, mean, deviation) in [
        (1_000, 60, RANDOM, 5.50, 0.75),
        (1_000, 60, TWO, 3.006, 0.09),
        (10_000, 12, RANDOM, 6.69, 0.75),
        (10_000, 12, TWO, 3.06, 0.25),
        (100_000, 2, RANDOM, 7.75, 0.75),
        (100_000, 2, TWO, 3.49, 0.5),
        (1_000_000, 1, TWO, 4.0, 0.1),
    ] {
        let throws = samples(throws);
        let fullest = |seed| throw(law, n, 50 + seed).iter().rposition(|count| *count > 0);
        let found: Vec<usize> = (0..throws).filter_map(fullest).collect();
        let share = |from: usize, to: usize| {
            found.iter().filter(|most| (from..=to).contains(*most)).count() as f64 / throws as f64
        };
        let how = if law == TWO { "the emptier of two" } else { "by lot" };
        let what = format!("{n} balls, {n} bins, {how}: the fullest");
        let ours = found.iter().sum::<usize>() as f64 / throws as f64;
        let error = 3.0 * deviation / libm::sqrt(throws as f64);
        rows.push(row(format!("{what} on average"), mean, ours, error, SIMULATED));
        if n == 1_000 {
            let (from, to, often) = if law == TWO { (3, 3, 0.99) } else { (5, 7, 0.97) };
            let error = 3.0 * libm::sqrt(often * (1.0 - often) / throws as f64) + 0.005;
            let name = format!("{what} holds {from} to {to}");
            rows.push(row(name, often, share(from, to), error, SIMULATED));
        }
    }
}

/// B15: which rank two choices pick.
fn ranks(rows: &mut Vec<Row>) {
    let picks = samples(20_000);
    for (how, replacement, expected) in [
        ("distinct", "off", [0.4, 0.3, 0.2, 0.1, 0.0]),
        ("with replacement", "on", [0.36, 0.28, 0.2, 0.12, 0.04]),
    ] {
        let settings = knobs(&[("strategy", "p2c"), ("replacement", replacement)]);
        let mut bench = Bench::with("p2c", &[1; 5], &settings).drawing(draws(3));
        for id in 0..5 {
            (0..id).for_each(|_| bench.pool.sent(ServerId(id)));
        }
        let mut counts = [0_u64; 5];
        for _ in 0..picks {
            counts[bench.rank().expect("all are up").index()] += 1;
        }
        for (rank, expected) in expected.into_iter().enumerate() {
            let ours = counts[rank] as f64 / picks as f64;
            let error = 3.0 * libm::sqrt(expected * (1.0 - expected) / picks as f64);
            let name = format!("two of 5, {how}: picks of the server of rank {}", rank + 1);
            rows.push(row(name, expected, ours, error, "[mitzenmacher01 §1]"));
        }
    }
}

/// Keys that are not in a row.
fn key(n: u64) -> u64 {
    n.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 16
}

fn places(bench: &mut Bench<'_>, keys: u64) -> Vec<u32> {
    (0..keys).map(|n| bench.rank_key(key(n)).expect("a server is up").0).collect()
}

/// C1, C3 and C4: rings of points drawn by lot.
fn rings(rows: &mut Vec<Row>) {
    const N: u32 = 10;
    for (points, expected, most) in [
        (1_u32, 0.9045, 2.95),
        (10, 0.2985, 1.54),
        (40, 0.1498, f64::NAN),
        (100, 0.0948, 1.16),
        (160, 0.0750, 1.12),
        (1000, 0.0300, 1.05),
    ] {
        let rings = samples(if points > 200 { 30 } else { 200 });
        let mut lots = draws(u64::from(points));
        let (mut squares, mut fullest, mut inside) = (0.0, 0.0, 0);
        // Where 99 % of the shares lie, by the law of Gamma, to two digits.
        let (low, high) = match points {
            10 => (0.37, 2.00),
            100 => (0.76, 1.28),
            1000 => (0.92, 1.08),
            _ => (0.0, f64::INFINITY),
        };
        for _ in 0..rings {
            let shares = arcs(&mut lots, N, points);
            squares += shares.iter().map(|it| (it - 1.0) * (it - 1.0)).sum::<f64>();
            fullest += shares.iter().copied().fold(0.0, f64::max);
            inside += shares.iter().filter(|share| (low..=high).contains(share)).count();
        }
        if low > 0.0 {
            let all = rings as f64 * f64::from(N);
            let name = format!("ring, {points} points each: shares from {low} to {high:.2}");
            let error = 3.0 * libm::sqrt(0.99 * 0.01 / all) + 0.003;
            rows.push(row(name, 0.99, inside as f64 / all, error, "[lamping14 §2]"));
        }
        let ours = libm::sqrt(squares / (rings as f64 * f64::from(N)));
        // The deviation of a deviation from so many servers, twice as large for single arcs.
        let error = 3.0 * expected / libm::sqrt(2.0 * rings as f64 * f64::from(N - 1));
        let error = if points == 1 { 2.0 * error } else { error };
        let name = format!("ring, 10 servers, {points} points each: deviation of a share");
        rows.push(row(name, expected, ours, error, RING));
        if most.is_finite() {
            let ours = fullest / rings as f64;
            // The source's own simulation is good to a hundredth.
            let error = 2.5 * expected / libm::sqrt(rings as f64) + 0.01 * most;
            let name = format!("ring, 10 servers, {points} points each: largest share");
            rows.push(row(name, most, ours, error, "[validation §simulated]"));
        }
    }
}

/// C4: the next point clockwise, or the nearer of both neighbours.
fn neighbours(rows: &mut Vec<Row>) {
    let rings = samples(60);
    let found = neighbour_deviations(rings as u32, 2_000);
    for (way, expected, ours) in
        [("clockwise", 0.236, found[0]), ("the nearer neighbour", 0.166, found[1])]
    {
        let name = format!("ring, 10 servers, 16 points each, {way}: deviation of a share");
        let error = 3.0 * expected / libm::sqrt(18.0 * rings as f64) + 0.005;
        let source = if way == "clockwise" { RING } else { "[validation §simulated]" };
        rows.push(row(name, expected, ours, error, source));
    }
}

/// The shares of the servers, over the mean, of a ring of points drawn by lot.
fn arcs(lots: &mut Stream, servers: u32, points: u32) -> Vec<f64> {
    let ids = (0..servers).flat_map(|id| std::iter::repeat_n(ServerId(id), points as usize));
    let mut all: Vec<(u32, ServerId)> = ids.map(|id| (lots.below(1 << 32) as u32, id)).collect();
    all.sort_unstable();
    let mut shares = vec![0.0; servers as usize];
    let mut before = all.last().map_or(0, |it| it.0);
    for (point, id) in all {
        let arc = f64::from(point.wrapping_sub(before)) / 4_294_967_296.0;
        shares[id.index()] += arc * f64::from(servers);
        before = point;
    }
    shares
}

/// C5, C6 and C8: keys that move when servers come and go.
fn moves(rows: &mut Vec<Row>) {
    let keys = samples(5_000);
    for (id, placement) in
        [("ring-hash", "nginx"), ("ring-hash", "haproxy"), ("rendezvous", "nginx")]
    {
        let mut bench = Bench::with(id, &[1; 10], &knobs(&[("placement", placement)]));
        let before = places(&mut bench, keys);
        bench.set_up(3, false);
        let after = places(&mut bench, keys);
        let astray = before.iter().zip(&after).filter(|(a, b)| **a != 3 && a != b).count();
        let what = if id == "ring-hash" { format!("{id}, {placement}") } else { id.to_owned() };
        let name = format!("{what}: keys of the others that move when one of 10 leaves");
        let (tolerance, ours) = (Tolerance::Exact, astray as f64);
        rows.push(Row { name, expected: 0.0, ours, tolerance, source: RING });
    }
    let ten = places(&mut Bench::new("modulo", &[1; 10]), keys);
    let eleven = places(&mut Bench::new("modulo", &[1; 11]), keys);
    let moved = ten.iter().zip(&eleven).filter(|(a, b)| a != b).count() as f64 / keys as f64;
    let share = |share: f64| 3.0 * libm::sqrt(share * (1.0 - share) / keys as f64);
    let name = "key mod n, 10 to 11 servers: keys that move".to_owned();
    rows.push(row(name, 10.0 / 11.0, moved, share(10.0 / 11.0), "[lamping14 §1]"));
    for n in [9_u32, 30] {
        let moved =
            (0..keys).filter(|it| jump::bucket(key(*it), n) != jump::bucket(key(*it), n + 1));
        let moved: Vec<u32> = moved.map(|it| jump::bucket(key(it), n + 1)).collect();
        let (ours, expected) = (moved.len() as f64 / keys as f64, 1.0 / f64::from(n + 1));
        let name = format!("jump hash, {n} to {} buckets: keys that move", n + 1);
        rows.push(row(name, expected, ours, share(expected), "[lamping14 §2]"));
        let astray = moved.iter().filter(|to| **to != n).count() as f64;
        let name = format!("jump hash, {n} to {} buckets: keys that move elsewhere", n + 1);
        let (expected, tolerance, source) = (0.0, Tolerance::Exact, "[lamping14 §2]");
        rows.push(Row { name, expected, ours: astray, tolerance, source });
    }
    let vectors =
        [(1, 1, 0), (42, 57, 43), (0xDEAD_10CC, 1, 0), (0xDEAD_10CC, 666, 361), (256, 1024, 520)];
    for (key, buckets, bucket) in vectors {
        let name = format!("jump hash: bucket of {key:#x} among {buckets}");
        let (expected, ours) = (f64::from(bucket), f64::from(jump::bucket(key, buckets)));
        let (tolerance, source) = (Tolerance::Exact, "[lamping14 §2]");
        rows.push(Row { name, expected, ours, tolerance, source });
    }
}

/// Claimants whose permutations are drawn by lot.
fn claimants(lots: &mut Stream, count: u32, size: u32) -> Vec<Claimant> {
    let mut draw = |id| {
        let (offset, skip) = (lots.below(u64::from(size)), lots.below(u64::from(size) - 1));
        Claimant { id: ServerId(id), offset: offset as u32, skip: skip as u32 + 1, weight: 1 }
    };
    (0..count).map(&mut draw).collect()
}

/// C9 to C13: Maglev's table.
fn maglev(rows: &mut Vec<Row>) {
    let exact = |name: &str, expected: f64, ours: f64| {
        let (name, tolerance) = (name.to_owned(), Tolerance::Exact);
        Row { name, expected, ours, tolerance, source: MAGLEV }
    };
    let of = |id, offset, skip| Claimant { id: ServerId(id), offset, skip, weight: 1 };
    let all = [of(0, 3, 4), of(1, 0, 2), of(2, 3, 1)];
    for (name, who, expected) in [
        ("Maglev's example: slots as in the paper, of 7", &all[..], [1, 0, 1, 0, 2, 2, 0]),
        ("the same without B1", &[all[0], all[2]][..], [0, 0, 0, 0, 2, 2, 2]),
    ] {
        let table = fill(7, who);
        let same = table.iter().zip(expected).filter(|(found, it)| found.0 == *it).count();
        rows.push(exact(name, 7.0, same as f64));
    }
    let mut lots = draws(9);
    for (servers, size, expected) in [
        (1000, 65_537, [65.0, 66.0]),
        (1000, 655_373, [655.0, 656.0]),
        (400, 65_537, [163.0, 164.0]),
    ] {
        let table = fill(size, &claimants(&mut lots, servers, size));
        let mut counts = vec![0_u32; servers as usize];
        for id in &table {
            counts[id.index()] += 1;
        }
        let ends = [("fewest", counts.iter().min()), ("most", counts.iter().max())];
        for ((what, ours), expected) in ends.into_iter().zip(expected) {
            let name = format!("Maglev, {servers} servers, {size} slots: {what} slots");
            rows.push(exact(&name, expected, ours.map_or(f64::NAN, |count| f64::from(*count))));
        }
    }
    let weigh = |id, weight| Claimant { id: ServerId(id), offset: id * 2 + 1, skip: 2, weight };
    for (size, weights, expected, source) in [
        (65_537, [1, 2], [21_846.0, 43_691.0], "[envoy §Maglev]"),
        (7, [2, 1], [5.0, 2.0], "[katran §`MaglevHashV2.cpp`]"),
    ] {
        let table = fill(size, &[weigh(0, weights[0]), weigh(1, weights[1])]);
        for (id, expected) in expected.into_iter().enumerate() {
            let ours = table.iter().filter(|it| it.index() == id).count() as f64;
            let name = format!("Maglev, {size} slots, weights {weights:?}: slots of server {id}");
            rows.push(Row { source, ..exact(&name, expected, ours) });
        }
    }
    leavers(rows);
}

/// C12 and C13: slots that change when servers leave.
fn leavers(rows: &mut Vec<Row>) {
    let mut lots = draws(19);
    for (servers, size, leave) in [
        (1000_u32, 65_537, &[(1, 0.0067), (5, 0.023), (10, 0.033), (50, 0.083)][..]),
        (1000, 655_373, &[(1, 0.0043), (5, 0.0097), (10, 0.0158), (50, 0.059)]),
        (10, 65_537, &[(1, 0.103)]),
    ] {
        let who = claimants(&mut lots, servers, size);
        let before = fill(size, &who);
        for (gone, expected) in leave {
            let after = fill(size, &who[*gone..]);
            let moved = before.iter().zip(&after).filter(|(a, b)| a != b).count() as f64;
            let name =
                format!("Maglev, {size} slots, {gone} of {servers} leave: slots that change");
            let room = if servers == 10 { 0.03 } else { 0.25 };
            let (ours, error) = (moved / f64::from(size), room * expected);
            rows.push(row(name, *expected, ours, error, "[validation §simulated]"));
        }
    }
}

/// C14: one hot key and a bound.
fn bounded(rows: &mut Vec<Row>) {
    let mut bench = Bench::with("bounded-load", &[1; 4], &knobs(&[("factor", "125")]));
    let mut held = [0_u32; 4];
    for sent in 1..=40_u32 {
        let to = bench.rank_key(77).expect("a server is up");
        bench.pool.sent(to);
        held[to.index()] += 1;
        let bound = match sent {
            4 => 2.0,
            8 => 3.0,
            16 => 5.0,
            40 => 13.0,
            _ => continue,
        };
        let most = held.iter().max().map_or(f64::NAN, |most| f64::from(*most));
        let name = format!("bounded load, 4 servers, 125%: fullest after {sent} of one key");
        let (tolerance, source) = (Tolerance::AtMost, "[mirrokni18 §1]");
        rows.push(Row { name, expected: bound, ours: most, tolerance, source });
    }
    let name = "HAProxy's slots, 10 in flight over 3, 150%".to_owned();
    let (ours, tolerance) = (slots(10, 150, 1, 3) as f64, Tolerance::Exact);
    rows.push(Row { name, expected: 5.0, ours, tolerance, source: "[haproxy §`src/lb_chash.c`]" });
}

fn compute() -> Vec<Row> {
    let mut rows = Vec::new();
    bins(&mut rows);
    ranks(&mut rows);
    rings(&mut rows);
    neighbours(&mut rows);
    moves(&mut rows);
    maglev(&mut rows);
    bounded(&mut rows);
    let name = "10 servers, 1000 keys by lot: deviation of a share".to_owned();
    rows.push(row(name, 0.0949, formula::lot_spread(10, 1000), 0.00005, BINS));
    rows
}

static ROWS: LazyLock<Vec<Row>> = LazyLock::new(compute);

/// The rows.
pub fn rows() -> &'static [Row] {
    &ROWS
}

#[test]
fn keys_fall_and_move_as_published() {
    super::assert_agree(rows());
}
