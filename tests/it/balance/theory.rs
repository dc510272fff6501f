//! Formulas against values that others published or solved, and predictions against the recipes
//! they are for.

use quorate::check::stats::{Batches, Estimate, Level};
use quorate::check::theory::formula as f;
use quorate::check::theory::{Kind, Subject, Theory};
use quorate::kernel::{SimTime, Span};
use quorate::script::{self, Plan};
use wasm_bindgen_test::wasm_bindgen_test;

#[track_caller]
fn assert_near(found: f64, expected: f64, error: f64) {
    assert!((found - expected).abs() <= error, "{found}, expected {expected} ± {error}");
}

#[wasm_bindgen_test(unsupported = test)]
pub fn single_queues() {
    for (load, expected) in [(0.5, 2.0), (0.7, 3.3333), (0.8, 5.0), (0.9, 10.0)] {
        assert_near(f::mm1(load), expected, 5e-5);
    }
    for (p, expected) in
        [(0.5, 3.466), (0.9, 11.513), (0.95, 14.979), (0.99, 23.026), (0.999, 34.539)]
    {
        assert_near(f::mm1_percentile(0.8, p), expected, 5e-4);
    }
    for (scv, expected) in [(0.0, 2.0), (1.0 / 3.0, 2.667), (0.25, 2.5), (1.0, 4.0), (10.0, 22.0)] {
        assert_near(f::mg1_wait(0.8, scv), expected, 5e-4);
    }
}

#[wasm_bindgen_test(unsupported = test)]
pub fn pooled_queues_and_losses() {
    for (slots, load, waits, wait) in [
        (2, 0.8, 0.71111, 1.7778),
        (2, 0.9, 0.85263, 4.2632),
        (5, 0.8, 0.55411, 0.55411),
        (10, 0.8, 0.40918, 0.20459),
        (10, 0.9, 0.66873, 0.66873),
        (20, 0.9, 0.55077, 0.27538),
    ] {
        let work = f64::from(slots) * load;
        assert_near(f::erlang_c(slots, work), waits, 5e-6);
        assert_near(f::mmc_wait(slots, work), wait, 5e-5);
    }
    for (slots, work, lost) in
        [(10, 8.0, 0.12166), (5, 3.0, 0.11005), (10, 10.0, 0.21458), (2, 1.0, 0.2)]
    {
        assert_near(f::erlang_b(slots, work), lost, 5e-6);
        // No room to wait in is a system as large as its slots.
        assert_near(f::mmck(slots, slots, work).0, lost, 5e-6);
    }
    for (room, load, lost) in [(10, 0.8, 0.02349), (10, 1.2, 0.19259), (4, 0.9, 0.16022)] {
        assert_near(f::mmck(1, room, load).0, lost, 5e-6);
    }
    // With room enough the bound is not felt, and under any work nothing overflows.
    assert_near(f::mmck(3, 400, 2.4).1, 1.0 + f::mmc_wait(3, 2.4), 1e-9);
    let (lost, stay) = f::mmck(1, 1000, 1e6);
    assert_near(lost, 1.0 - 1e-6, 1e-9);
    assert_near(stay, 1000.0, 1e-2);
}

#[wasm_bindgen_test(unsupported = test)]
pub fn turns_and_even_gaps() {
    for (servers, load, expected) in [
        (2, 0.8, 3.8440),
        (3, 0.8, 3.4594),
        (5, 0.8, 3.1523),
        (10, 0.8, 2.9223),
        (2, 0.9, 7.5883),
        (3, 0.9, 6.7847),
        (5, 0.9, 6.1421),
        (10, 0.9, 5.6603),
        (20, 0.9, 5.4194),
        (2, 0.5, 1.6180),
        (10, 0.5, 1.3246),
    ] {
        assert_near(f::erlang_gaps(servers, load), expected, 5e-5);
    }
    assert_near(f::erlang_gaps(1, 0.8), 5.0, 1e-6);
    assert_near(f::even_gaps(0.8), 2.6927, 5e-5);
    assert_near(f::even_gaps(0.9), 5.1787, 5e-5);
}

#[wasm_bindgen_test(unsupported = test)]
pub fn power_of_choices() {
    let loads = [0.5, 0.7, 0.8, 0.9, 0.95, 0.99];
    for (choices, expected) in [
        (2, [1.2657, 1.6145, 1.9474, 2.6141, 3.3830, 5.4320]),
        (5, [1.0313, 1.1681, 1.3289, 1.6329, 1.9888, 2.9017]),
    ] {
        for (load, expected) in loads.into_iter().zip(expected) {
            assert_near(f::supermarket(choices, load), expected, 6e-5);
        }
    }
    assert_near(f::supermarket(1, 0.9), 10.0, 1e-9);
    for (length, share) in [(1, 0.9), (2, 0.729), (3, 0.4783), (4, 0.2059), (5, 0.0382)] {
        assert_near(f::supermarket_tail(2, 0.9, length), share, 5e-5);
    }
    for (length, share) in [(1, 0.9), (2, 0.81), (3, 0.729), (4, 0.656), (5, 0.590)] {
        assert_near(f::supermarket_tail(1, 0.9, length), share, 5e-4);
    }
    assert_near(f::join_idle(0.9, 10.0), 1.818, 5e-4);
}

#[wasm_bindgen_test(unsupported = test)]
pub fn the_evenness_of_hashes() {
    for (points, expected) in
        [(1, 0.9045), (10, 0.2985), (40, 0.1498), (100, 0.0948), (160, 0.0750), (1000, 0.0300)]
    {
        assert_near(f::ring_spread(10, points), expected, 5e-5);
    }
    assert_near(f::lot_spread(10, 900), 0.1, 1e-9);
}

#[wasm_bindgen_test(unsupported = test)]
pub fn quantiles_of_students_law_are_those_of_the_tables() {
    for (dof, p95, p99) in [
        (1, 12.706, 63.657),
        (2, 4.303, 9.925),
        (3, 3.182, 5.841),
        (4, 2.776, 4.604),
        (5, 2.571, 4.032),
        (9, 2.262, 3.250),
        (15, 2.131, 2.947),
        (19, 2.093, 2.861),
        (30, 2.042, 2.750),
        (120, 1.980, 2.617),
    ] {
        assert_near(Level::P95.student(dof), p95, 1.5e-3);
        assert_near(Level::P99.student(dof), p99, 1.5e-3);
    }
    assert_near(Level::P95.student(1_000_000), 1.960, 1e-3);
}

#[wasm_bindgen_test(unsupported = test)]
pub fn an_interval_is_worked_out_as_by_hand() {
    // Mean 5, sum of squares 40: s² = 10, s / √5 = 1.4142, times 2.776.
    let found = Estimate::of(&[1.0, 3.0, 5.0, 7.0, 9.0], Level::P95);
    assert_near(found.mean, 5.0, 1e-12);
    assert_near(found.half.expect("there are values"), 3.926, 2e-3);
    assert_eq!(Estimate::of(&[4.0], Level::P95), Estimate { mean: 4.0, half: None });
    assert_eq!(Estimate::of(&[], Level::P95), Estimate { mean: 0.0, half: None });
}

#[wasm_bindgen_test(unsupported = test)]
pub fn batches_are_joined_and_their_mean_is_exact() {
    let mut batches = Batches::default();
    for value in 0..100 {
        batches.record(value);
    }
    assert_eq!(batches.estimate(Level::P99).half, None, "batches are too short");
    for value in 100..10_000 {
        batches.record(value);
    }
    let found = batches.estimate(Level::P99);
    assert_near(found.mean, 4999.5, 1e-9);
    // A trend: the interval is as wide as the trend makes it, and holds the mean.
    assert!(found.half.is_some_and(|half| half > 1000.0), "{found:?}");
}

#[wasm_bindgen_test(unsupported = test)]
pub fn intervals_hold_the_mean_as_often_as_they_say() {
    use quorate::sim::rng::{Concern, Stream};
    use quorate::sim::sample::exponential;
    let mut missed = 0;
    for seed in 0..400 {
        let mut draws = Stream::new(seed, Concern::Sizes, 0);
        let mut batches = Batches::default();
        (0..700).for_each(|_| batches.record(exponential(&mut draws, 1e6) as u64));
        let (low, high) = batches.estimate(Level::P95).ends().expect("enough values");
        missed += u32::from(!(low..=high).contains(&1e6));
    }
    // Twenty of four hundred miss; three standard deviations are 13.
    assert!((7..=33).contains(&missed), "{missed} of 400");
}

fn plan(text: &str) -> Plan {
    script::plan(text).unwrap_or_else(|problems| panic!("{text}: {problems:?}"))
}

/// What is predicted for a pool with these lines: name and value in mean services of 10 ms.
fn predicted(lines: &str) -> (String, f64, Kind) {
    let found = plan(&format!("balance {lines}\nrun 1s\n")).theory();
    let found = found.unwrap_or_else(|silence| panic!("{lines}: {}", silence.why.en));
    (found[0].name.en.to_owned(), found[0].expected / 1e7, found[0].kind)
}

#[wasm_bindgen_test(unsupported = test)]
pub fn a_recipe_is_known_by_its_formula() {
    for (lines, name, expected, kind) in [
        ("random servers=10\narrivals poisson load=90%", "M/M/1", 10.0, Kind::Exact),
        ("round-robin servers=10\narrivals poisson load=90%", "Eₙ/M/1", 5.6603, Kind::Exact),
        ("round-robin servers=4\narrivals deterministic load=80%", "D/M/1", 2.6927, Kind::Exact),
        ("p2c servers=1 concurrency=10\narrivals poisson load=80%", "M/M/c", 1.20459, Kind::Exact),
        ("p2c servers=1 capacity=10\narrivals poisson load=80%", "M/M/1/K", 3.7971, Kind::Exact),
        (
            "random servers=2\nservice fixed mean=10ms\narrivals poisson load=80%",
            "M/G/1",
            3.0,
            Kind::Exact,
        ),
        (
            "random servers=2 queue=ps\nservice pareto mean=10ms\narrivals poisson load=80%",
            "M/G/1-PS",
            5.0,
            Kind::Exact,
        ),
        ("p2c servers=100\narrivals poisson load=90%", "supermarket model", 2.6141, Kind::Limit),
        ("jiq servers=10\narrivals poisson load=90%", "join-idle-queue", 1.8182, Kind::Limit),
        ("jsq servers=10\narrivals poisson load=90%", "M/M/n", 1.66873, Kind::AtLeast),
        (
            "weighted-random servers=3\nservers s1 x1, s2 x2, s3 x5\narrivals poisson load=60%",
            "M/M/1",
            0.9375,
            Kind::Exact,
        ),
    ] {
        let found = predicted(lines);
        assert_eq!((found.0.as_str(), found.2), (name, kind), "{lines}");
        assert_near(found.1, expected, 6e-5);
    }
}

#[wasm_bindgen_test(unsupported = test)]
pub fn a_recipe_that_breaks_an_assumption_is_told_which() {
    for (lines, unstable, word) in [
        ("random servers=2\narrivals poisson load=120%", true, "all servers"),
        ("random servers=2\nservers s1 x1, s2 x3\narrivals poisson load=60%", true, "a server"),
        ("random servers=2\ntimeout 1s", false, "timeout"),
        ("random servers=2\nnetwork lan loss=1%", false, "loses"),
        ("random servers=2\nat 500ms slow s1 x2", false, "while it runs"),
        ("random servers=2\narrivals mmpp load=50%", false, "Poisson"),
        ("random servers=2\narrivals closed users=3", false, "Poisson"),
        ("round-robin servers=2\nservice fixed mean=10ms", false, "exponential"),
        ("round-robin servers=2 concurrency=2", false, "several requests"),
        ("round-robin servers=2\nservers s1 x2", false, "not alike"),
        ("random servers=2 concurrency=2\nservice fixed mean=10ms", false, "Several slots"),
        ("random servers=2 drive=hand", false, "No stream"),
    ] {
        let found = plan(&format!("balance {lines}\n")).theory();
        let silence = found.expect_err(lines);
        assert_eq!(silence.unstable, unstable, "{lines}");
        assert!(silence.why.en.contains(word), "{lines}: {}", silence.why.en);
        assert!(silence.why.zh.chars().any(|letter| letter > '\u{4e00}'), "{lines}");
    }
}

/// The theory of a scenario beside its run.
fn beside(text: &str) -> Vec<Theory> {
    let plan = plan(text);
    let warm_up = SimTime::ZERO + plan.warmup;
    let shape = plan.pool_shape().expect("a pool");
    let mut watch = quorate::check::PoolWatch::new(shape, warm_up);
    let mut world = plan.build().expect("it builds");
    while world.next_at().is_some_and(|at| at <= plan.until) && world.step() {
        watch.watch(world.last());
    }
    Theory::beside(&plan.theory(), Some(&watch.summary(plan.until)))
}

#[wasm_bindgen_test(unsupported = test)]
pub fn a_run_is_inside_the_interval() {
    let found =
        beside("balance random servers=2 seed=4\narrivals poisson load=50%\nwarmup 1s\nrun 60s\n");
    assert_eq!((found.len(), found[0].subject), (1, Subject::Stay));
    assert_eq!((found[0].expected, found[0].inside), (Some(20_000_000), Some(true)), "{found:?}");
    assert_eq!(Subject::Stay.show(20_000_000), "20ms");

    let lossy = beside(
        "balance random servers=1 capacity=4\narrivals poisson load=90%\nwarmup 1s\nrun 120s\n",
    );
    assert_eq!((lossy.len(), lossy[1].subject), (2, Subject::Loss));
    assert_eq!(lossy[1].expected, Some(160_216));
    assert_eq!(Subject::Loss.show(160_216), "16.02%");
    assert_eq!((lossy[0].inside, lossy[1].inside), (Some(true), Some(true)), "{lossy:?}");

    let hashed = beside(
        "balance rendezvous servers=20 seed=2\nclients 1 keys=500\narrivals poisson load=40%\n\
         run 20s\n",
    );
    assert_eq!(
        hashed.last().map(|it| (it.subject, it.inside)),
        Some((Subject::Spread, Some(true)))
    );

    let unstable = beside("balance random servers=2\narrivals poisson load=120%\nrun 5s\n");
    assert!(unstable[0].unstable && unstable[0].expected.is_none());
    assert!(unstable[0].measured.is_some());
}

#[wasm_bindgen_test(unsupported = test)]
pub fn figures_are_shown_short() {
    for (nanos, shown) in
        [(26_692_713, "26.693ms"), (1_234_567_891, "1.235s"), (999, "999ns"), (1_500, "1.5us")]
    {
        assert_eq!(Subject::Stay.show(nanos), shown);
    }
    assert_eq!(Span(26_693_000).to_string(), "26.693ms");
}

#[wasm_bindgen_test(unsupported = test)]
pub fn every_request_is_somewhere_at_every_event() {
    use quorate::sim::OpNote;
    for about in &quorate::balance::STRATEGIES {
        let plan = plan(&format!(
            "balance {} servers=3 balancers=2 capacity=3 seed=8\narrivals poisson load=120%\n\
             timeout 60ms\nat 500ms crash s2\nat 1s restart s2\nrun 2s\n",
            about.id
        ));
        let shape = plan.pool_shape().expect("a pool");
        let mut watch = quorate::check::PoolWatch::new(shape, SimTime::ZERO);
        let mut world = plan.build().expect("it builds");
        let (mut open, mut arrived, mut ended) = (std::collections::BTreeSet::new(), 0, 0);
        while world.next_at().is_some_and(|at| at <= plan.until) && world.step() {
            watch.watch(world.last());
            for note in &world.last().ops {
                match note {
                    OpNote::Invoked(id, _) => {
                        arrived += 1;
                        assert!(open.insert(*id), "{}: {id} arrives once", about.id);
                    }
                    OpNote::Completed(id, ..) | OpNote::GaveUp(id, _) => {
                        ended += 1;
                        assert!(open.remove(id), "{}: {id} ends once", about.id);
                    }
                }
            }
            assert_eq!(watch.measure().in_system(), arrived - ended, "{}", about.id);
        }
        let summary = watch.summary(plan.until);
        assert_eq!(summary.arrived, arrived);
        assert_eq!(summary.completed + summary.failed, ended, "{}", about.id);
        assert!(summary.failed > 20 && summary.completed > 100, "{}: {summary:?}", about.id);
    }
}
