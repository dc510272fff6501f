//! Strategies beside each other: the same requests, the same figures as alone, at every instant.

use std::rc::Rc;

use quorate::check::PoolWatch;
use quorate::check::measure::Summary;
use quorate::kernel::{SimTime, Span};
use quorate::lab::{Action, CompareView, Lab, SLOW_FACTOR, Status};
use quorate::script;
use wasm_bindgen_test::wasm_bindgen_test;

const FIVE: &str = "# One slow server\nbalance p2c servers=6 seed=11\n\
    servers s1 x3, s2..s4 x2, s5..s6 x1.5\narrivals poisson load=68%\n\
    at 1s slow s4 x2.2\nwarmup 500ms\nrun 3s\n\
    compare random round-robin weighted least-connections p2c\n\
    expect p99 < 200ms with p2c\nexpect p99 < 20ms with random\n";

/// A laboratory that compares, computed to its end and paused at the start.
fn opened(text: &str) -> Lab {
    let mut lab = Lab::new();
    lab.update(Action::Compare(true));
    lab.update(Action::Open(text.to_owned()));
    lab.update(Action::Reset);
    settled(lab)
}

fn settled(mut lab: Lab) -> Lab {
    for _ in 0..20_000 {
        if !lab.is_busy() {
            break;
        }
        lab.frame(16.0);
    }
    assert!(!lab.is_busy(), "it comes to an end");
    lab
}

fn shown(lab: &mut Lab, at: SimTime) -> Rc<CompareView> {
    lab.update(Action::Seek(at));
    let view = lab.view();
    Rc::clone(view.pool.as_ref().expect("a pool").compare.as_ref().expect("a comparison"))
}

/// What a run of its own says of `strategy` up to `until`.
fn alone(text: &str, strategy: &'static str, until: SimTime) -> Summary {
    let plan = script::plan(text).expect("a good text").with_strategy(strategy);
    let mut cluster = plan.build().expect("a good plan");
    let shape = plan.pool_shape().expect("a pool");
    let mut watch = PoolWatch::new(shape, SimTime::ZERO + plan.warmup);
    watch.watch(cluster.last());
    while cluster.next_at().is_some_and(|at| at <= until) && cluster.step() {
        watch.watch(cluster.last());
    }
    watch.summary(until)
}

#[wasm_bindgen_test(unsupported = test)]
fn at_every_instant_the_figures_are_those_of_a_run_alone() {
    let mut lab = opened(FIVE);
    for millis in [3_000, 1_777, 701, 2_345] {
        let at = SimTime::ZERO + Span::millis(millis);
        let view = shown(&mut lab, at);
        assert!(view.exact && view.common && view.complete);
        assert_eq!(view.at, at);
        assert_eq!(view.rows.len(), 5);
        for (row, id) in
            view.rows.iter().zip(["random", "round-robin", "weighted", "least-connections", "p2c"])
        {
            assert_eq!(row.strategy.id, id);
            let own = alone(FIVE, id, at);
            let figures = (row.arrived, row.completed, row.failed, row.spread);
            assert_eq!(figures, (own.arrived, own.completed, own.failed, own.response), "{id}");
            let counted: u64 = row.buckets.iter().map(|(.., count)| u64::from(*count)).sum();
            assert_eq!(counted, row.completed);
            for (server, share) in own.servers.iter().zip(&row.shares) {
                assert!((server.share - share).abs() < 1e-12, "{id}");
            }
            let busy = own.servers.iter().map(|server| server.utilisation).sum::<f64>() / 6.0;
            assert!((busy - row.utilisation).abs() < 1e-9, "{id}: {busy} {}", row.utilisation);
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn nothing_counts_before_the_warm_up_is_over() {
    let mut lab = opened(FIVE);
    let view = shown(&mut lab, SimTime::ZERO + Span::millis(400));
    assert!(view.rows.iter().all(|row| row.arrived + row.completed == 0));
    assert_eq!(view.warmup, Span::millis(500));
    assert!(view.rows.iter().any(|row| row.queues.iter().any(|queue| *queue > 0)));
}

#[wasm_bindgen_test(unsupported = test)]
fn shares_stand_against_speeds_and_the_limit_is_the_first_in_the_text() {
    let mut lab = opened(FIVE);
    let view = shown(&mut lab, SimTime::ZERO + Span::secs(3));
    let fair: Vec<(&str, u32)> =
        view.servers.iter().map(|(name, fair)| (name.as_str(), (fair * 120.0) as u32)).collect();
    assert_eq!(fair[0], ("s1", 30));
    assert_eq!(fair[5], ("s6", 15));
    let bound = view.limit.map(|(figure, bound)| (figure.name(), bound));
    assert_eq!(bound, Some(("p99", Span::millis(200))));
    let verdict = |id: &str| view.rows.iter().find(|row| row.strategy.id == id).map(|r| r.verdict);
    assert_eq!(verdict("p2c"), Some(Status::Holds));
    assert_eq!(verdict("random"), Some(Status::Violated), "its own expectation is stricter");
    let over: u64 = view.rows[0].over;
    let longer = view.rows[0].buckets.iter().filter(|(low, ..)| *low >= Span::millis(200));
    assert!(over >= longer.map(|(.., count)| u64::from(*count)).sum());
}

/// The verdict of a row and the one of the run on screen are the same judgement.
#[wasm_bindgen_test(unsupported = test)]
fn a_row_is_judged_like_the_run_on_screen() {
    for id in ["random", "p2c"] {
        let text = FIVE.replace("balance p2c", &format!("balance {id}"));
        let mut lab = opened(&text);
        let row = shown(&mut lab, SimTime::MAX).rows.iter().find(|r| r.strategy.current).cloned();
        let row = row.expect("the strategy on screen is one of them");
        assert_eq!(row.strategy.id, id);
        let violated = |it: &quorate::lab::CheckView| it.final_status == Status::Violated;
        let judged = lab.view().expectations.iter().any(violated);
        assert_eq!(row.verdict == Status::Violated, judged, "{id}");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn requests_slow_under_one_strategy_only_are_found() {
    let mut lab = opened(FIVE);
    let view = shown(&mut lab, SimTime::MAX);
    let found: u64 = view.rows.iter().map(|row| row.only).sum();
    assert!(found > 0, "random choice makes somebody wait");
    for row in &view.rows {
        assert!(row.slowest.len() as u64 <= row.only);
        for slow in &row.slowest {
            let response = slow.response.expect("nobody gives up here");
            assert!(response.0 >= SLOW_FACTOR * slow.others.0, "{slow:?}");
            assert!(slow.arrived >= SimTime::ZERO + Span::millis(500));
            assert!(response >= slow.size.min(response), "{slow:?}");
        }
        let behind: Vec<u64> =
            row.slowest.iter().map(|it| it.response.map_or(0, |r| r.0 - it.others.0)).collect();
        assert!(behind.is_sorted_by(|a, b| a >= b), "the worst come first");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn a_closed_group_asks_differently_under_each_strategy_and_says_so() {
    let text = "balance random servers=3 seed=2\narrivals closed users=9 think=20ms\nrun 2s\n\
                compare random jsq\n";
    let mut lab = opened(text);
    let view = shown(&mut lab, SimTime::MAX);
    assert!(!view.common);
    assert!(view.rows.iter().all(|row| row.completed > 0));
}

#[wasm_bindgen_test(unsupported = test)]
fn another_strategy_on_stage_keeps_what_was_compared() {
    let mut lab = opened(FIVE);
    let before = shown(&mut lab, SimTime::MAX);
    lab.update(Action::Strategy("random".to_owned()));
    let view = lab.view();
    let after = view.pool.as_ref().and_then(|pool| pool.compare.clone()).expect("a comparison");
    assert!(after.complete, "nothing is computed anew");
    let mut lab = settled(lab);
    let after = shown(&mut lab, SimTime::MAX);
    assert_eq!(after.rows[0].spread, before.rows[0].spread);
    assert!(after.rows[0].strategy.current && !after.rows[4].strategy.current);
}

#[wasm_bindgen_test(unsupported = test)]
fn a_changed_text_takes_the_screen_when_it_reaches_the_playhead() {
    let mut lab = opened(FIVE);
    let before = shown(&mut lab, SimTime::ZERO + Span::secs(2));
    lab.update(Action::Edit(FIVE.replace("load=68%", "load=30%")));
    let view = lab.view();
    let shown_still = view.pool.as_ref().and_then(|pool| pool.compare.clone());
    assert_eq!(shown_still.map(|it| it.arrived), Some(before.arrived));
    let mut lab = settled(lab);
    let after = shown(&mut lab, SimTime::ZERO + Span::secs(2));
    assert!(after.arrived * 3 < before.arrived * 2, "{} of {}", after.arrived, before.arrived);
}

#[wasm_bindgen_test(unsupported = test)]
fn nothing_is_compared_unless_it_is_wanted() {
    let mut lab = Lab::new();
    lab.update(Action::Open(FIVE.to_owned()));
    assert!(lab.view().pool.as_ref().is_some_and(|pool| pool.compare.is_none()));
    lab.update(Action::Compare(true));
    assert!(lab.is_busy());
    lab.update(Action::Open("cluster raft nodes=3\nrun 1s\n".to_owned()));
    let mut lab = {
        lab.update(Action::Pause);
        settled(lab)
    };
    assert!(lab.view().pool.is_none());
}

#[wasm_bindgen_test(unsupported = test)]
fn strategies_to_compare_are_written_into_the_text() {
    let ids = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>();
    let set = |text: &str, list: &[&str]| script::edit::set_compare(text, &ids(list));
    let few = "balance servers=2\nrun 1s\ncompare random  # blind\n    p2c\n\nexpect p99 < 1s\n";
    assert_eq!(
        set(few, &["jsq", "jiq"]),
        "balance servers=2\nrun 1s\ncompare jsq jiq\n\nexpect p99 < 1s\n"
    );
    assert_eq!(set(few, &[]), "balance servers=2\nrun 1s\n\nexpect p99 < 1s\n");
    assert_eq!(
        set("balance servers=2\nexpect p99 < 1s", &["jsq"]),
        "balance servers=2\ncompare jsq\nexpect p99 < 1s"
    );
    let many = set("balance servers=2", &["random", "p2c", "jsq", "jiq", "maglev"]);
    assert_eq!(
        many,
        "balance servers=2\ncompare random\n        p2c\n        jsq\n        jiq\n        maglev\n"
    );
    assert_eq!(script::plan(&many).expect("it reads back").compare.len(), 5);
}

#[wasm_bindgen_test(unsupported = test)]
fn it_is_exported_as_csv_and_as_json() {
    let mut lab = opened(FIVE);
    let view = shown(&mut lab, SimTime::MAX);
    let csv = view.csv();
    let lines: Vec<&str> = csv.split("\r\n").collect();
    assert_eq!(lines.len(), 7, "a head, five rows, and the end of the last: {csv}");
    let columns = lines[0].split(',').count();
    assert!(lines[1..6].iter().all(|line| line.split(',').count() == columns), "{csv}");
    assert!(lines[0].starts_with("strategy,arrived,completed,failed,mean_ms,p50_ms"));
    assert!(lines[0].ends_with("queue_s6"));
    assert!(lines[5].starts_with("p2c,"));
    let json = view.json(FIVE);
    for part in ["\"strategy\":\"p2c\"", "\"limit\":{\"p99_ms\":200}", "\"same_requests\":true"] {
        assert!(json.contains(part), "{part} in {json}");
    }
    let depth = |open: char| json.matches(open).count();
    assert_eq!((depth('{'), depth('[')), (depth('}'), depth(']')));
}
