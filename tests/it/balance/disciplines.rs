//! Disciplines of servers, bounded queues and shedding.

use quorate::kernel::{ClientId, Op, Outcome, Span};
use quorate::sim::arrivals::Arrivals;
use quorate::sim::sizes::Sizes;
use quorate::sim::{Input, OpNote};
use wasm_bindgen_test::wasm_bindgen_test;

use super::{CAPACITY, MEAN, Pool};

fn ms(count: u64) -> Span {
    Span::millis(count)
}

/// Works as (when, how much, key), each by a client of its own: when each was answered, and how.
fn answers(pool: Pool, works: &[(u64, u64, u64)]) -> Vec<(u64, bool)> {
    let pool = works.iter().enumerate().fold(pool, |pool, (client, (at, size, key))| {
        let op = Op::Work { key: *key, size: ms(*size) };
        let client = Some(ClientId(client as u32));
        pool.at(ms(*at), Input::Request { op, via: None, client })
    });
    let (mut world, mut answers) = (pool.world(), Vec::new());
    while world.step() {
        for op in &world.last().ops {
            if let OpNote::Completed(id, _, outcome) = *op {
                let done = outcome == Outcome::Done(None);
                answers.push((id.client, world.now().0 / 1_000_000, done));
            }
        }
    }
    answers.sort_by_key(|(client, ..)| *client);
    answers.into_iter().map(|(_, at, done)| (at, done)).collect()
}

#[wasm_bindgen_test(unsupported = test)]
pub fn lifo_serves_the_latest_first() {
    let works = [(0, 10, 0), (1, 10, 0), (2, 5, 0), (12, 5, 0)];
    let found = answers(Pool::new(1, &[("queue", "lifo")]), &works);
    // The third starts at 10, the fourth at 15 though it came last, and the second waits to 20.
    assert_eq!(found, [(10, true), (30, true), (15, true), (20, true)]);
}

#[wasm_bindgen_test(unsupported = test)]
pub fn the_smallest_class_is_served_first() {
    // Keys 1, 3 and 5 are class 1, keys 2 and 4 class 0.
    let works = [(0, 10, 1), (1, 10, 3), (2, 10, 2), (3, 10, 5), (4, 10, 4)];
    let found = answers(Pool::new(1, &[("queue", "priority")]), &works);
    let ends: Vec<u64> = found.iter().map(|(at, _)| *at).collect();
    assert_eq!(ends, [10, 40, 20, 50, 30]);
    // Three classes: keys 0, 1, 2 modulo 3.
    let settings = [("queue", "priority"), ("classes", "3")];
    let works = [(0, 10, 0), (1, 10, 2), (2, 10, 1), (3, 10, 3)];
    let found = answers(Pool::new(1, &settings), &works);
    assert_eq!(found.iter().map(|(at, _)| *at).collect::<Vec<_>>(), [10, 40, 30, 20]);
}

#[wasm_bindgen_test(unsupported = test)]
pub fn who_waited_too_long_is_shed() {
    let settings = [("shed", "age"), ("shed-after", "15")];
    let works = [(0, 10, 0), (0, 10, 0), (0, 10, 0), (11, 10, 0)];
    // The third would start at 20, after 20; the fourth starts then instead.
    let found = answers(Pool::new(1, &settings), &works);
    assert_eq!(found, [(10, true), (20, true), (20, false), (30, true)]);
}

/// [maurer15]: after a standing queue of 100 ms new requests may wait for 5 ms only.
#[wasm_bindgen_test(unsupported = test)]
pub fn a_standing_queue_is_kept_short() {
    let mean = |settings: &[(&str, &str)], load| {
        let arrivals = Arrivals::Poisson { rate: load * CAPACITY };
        let sizes = Sizes::Deterministic { mean: ms(1) };
        let pool = Pool::new(1, settings).stream(arrivals, sizes);
        let summary = pool.run(100_000);
        (summary.wait.mean.as_millis_f64(), summary.failed as f64 / summary.arrived as f64)
    };
    // 900 a second of 1 ms each: the wait would be 4.5 ms (M/D/1), and hardly anybody is shed.
    let (calm, shed) = mean(&[("shed", "codel")], 9.0);
    assert!((calm - 4.0).abs() < 1.0 && shed < 0.02, "{calm} {shed}");
    // A third more than it can do: all that is above is shed, and who is served has not waited.
    let (wait, shed) = mean(&[("shed", "codel")], 13.3);
    assert!(wait < 20.0 && (shed - 0.25).abs() < 0.02, "{wait} {shed}");
    let (wait, shed) = mean(&[("shed", "age")], 13.3);
    assert!(wait > 90.0 && (shed - 0.25).abs() < 0.02, "{wait} {shed}");
}

/// Row A4, Erlang B: (c, a) = (10, 8), (5, 3), (10, 10), (2, 1) lose .12166, .11005, .21458,
/// .20000.
#[wasm_bindgen_test(unsupported = test)]
pub fn a_concurrency_limit_sheds_by_erlang_b() {
    for (slots, load, expected) in
        [("10", 8.0, 0.12166), ("5", 3.0, 0.11005), ("10", 10.0, 0.21458), ("2", 1.0, 0.2)]
    {
        let settings = [("concurrency", slots), ("capacity", slots)];
        let summary = Pool::new(1, &settings).load(load).run(200_000);
        let lost = summary.failed as f64 / summary.arrived as f64;
        assert!((lost - expected).abs() < 0.004, "{slots} {load}: {lost}");
    }
    // The same at the balancer: ten connections and nobody waits.
    let summary =
        Pool::new(1, &[("concurrency", "10"), ("max-conns", "10")]).load(8.0).run(200_000);
    let lost = summary.failed as f64 / summary.arrived as f64;
    assert!((lost - 0.12166).abs() < 0.004, "{lost}");
}

/// Row A5, M/M/1/K: K = 10 at .8 and 1.2, K = 4 at .9 lose .02349, .19259, .16022, in whatever
/// order requests are served.
#[wasm_bindgen_test(unsupported = test)]
pub fn a_bounded_queue_loses_the_same_in_any_order() {
    for queue in ["fifo", "lifo", "ps"] {
        for (capacity, load, expected) in
            [("10", 0.8, 0.02349), ("10", 1.2, 0.19259), ("4", 0.9, 0.16022)]
        {
            let settings = [("queue", queue), ("capacity", capacity)];
            let summary = Pool::new(1, &settings).load(load).run(100_000);
            let lost = summary.failed as f64 / summary.arrived as f64;
            assert!((lost - expected).abs() < 0.005, "{queue} {capacity} {load}: {lost}");
        }
    }
}

/// The mean response does not depend on the order (M/M/1 at .8: 5), its spread does.
#[wasm_bindgen_test(unsupported = test)]
pub fn the_order_changes_the_tail_and_not_the_mean() {
    let spread = |queue| {
        let response = Pool::new(1, &[("queue", queue)]).load(0.8).run(200_000).response;
        let scaled = |span: Span| span.as_secs_f64() / MEAN.as_secs_f64();
        (scaled(response.mean), scaled(response.p99))
    };
    let found = ["fifo", "lifo", "priority"].map(spread);
    assert!(found.iter().all(|(mean, _)| (mean - 5.0).abs() < 0.35), "{found:?}");
    let [(_, fifo), (_, lifo), (_, priority)] = found;
    assert!((fifo - 23.0).abs() < 3.5 && lifo > 1.5 * fifo && priority > fifo, "{found:?}");
}

/// Row F6: of requests that wait at most 20 services at load .9, e^-2 = 13.5 % are given up.
#[wasm_bindgen_test(unsupported = test)]
pub fn clients_give_up_by_the_law_of_the_response() {
    let mut pool = Pool::new(1, &[]).load(0.9);
    pool.spec.patience = Some(Span(MEAN.0 * 20));
    let summary = pool.run(400_000);
    let lost = summary.failed as f64 / summary.arrived as f64;
    // Three deviations of so many customers at this load: a seventh of the tail.
    assert!((lost - 0.1353).abs() < 0.02, "{lost}");
}

/// Row F5: after an outage of 10 s at load .8 of 1 per second, the backlog of 8 is gone 40 s after
/// the recovery, on average over many outages.
#[wasm_bindgen_test(unsupported = test)]
pub fn a_backlog_drains_at_the_spare_capacity() {
    let drained = |seed| {
        // One per second and server: a thousandth of the time, so that an outage is 100 ms.
        let mut pool = Pool::new(1, &[]).load(0.8).seed(seed);
        let (down, up) = (Span::secs(1), Span::millis(1100));
        let target = quorate::sim::Target::Node(quorate::kernel::NodeId(1));
        pool = pool.at(down, Input::Pace(target, 0)).at(up, Input::Pace(target, 1000));
        let mut world = pool.world();
        let mut length = 0;
        while world.step() {
            for (_, fact) in &world.last().facts {
                if let quorate::kernel::Fact::Load { length: now, .. } = fact {
                    length = *now;
                }
            }
            let now = world.now().since(quorate::kernel::SimTime::ZERO);
            if now > up && length == 0 {
                return (now - up).as_secs_f64() / MEAN.as_secs_f64();
            }
        }
        0.0
    };
    let runs = 800;
    let mean = (0..runs).map(drained).sum::<f64>() / f64::from(runs as u32);
    // The queue met by the outage holds 4 on average: (8 + 4) / .2 = 60, of which 40 are the
    // outage's.
    assert!((mean - 60.0).abs() < 5.0, "{mean}");
}
