//! Recorded requests, in the text of a scenario and in files of their own; and the rates that
//! change.

use quorate::kernel::{Op, SimTime, Span};
use quorate::script::{self, Problem, limit, print, trace};
use quorate::sim::arrivals::{Arrivals, Recorded};
use quorate::sim::sizes::Sizes;
use quorate::sim::{Keys, OpNote, Workload};
use wasm_bindgen_test::wasm_bindgen_test;

fn row(at: u64, size: Option<u64>, key: Option<u64>) -> Recorded {
    Recorded { at: SimTime(at), size: size.map(Span), key }
}

const MS: u64 = 1_000_000;

#[wasm_bindgen_test(unsupported = test)]
fn a_file_is_read_in_any_of_its_forms() {
    let expected = vec![
        row(10 * MS, Some(30 * MS), Some(7)),
        row(20 * MS, Some(5 * MS), Some(8)),
        row(20 * MS, Some(5 * MS), Some(7)),
    ];
    for text in [
        "10ms,30ms,7\n20ms,5ms,8\n20ms,5ms,7\n",
        "arrival,size,key\r\n0.010,0.03,7\r\n0.02,0.005,8\r\n0.02,0.005,7",
        "\u{feff}\"at\"; size; key\n# from a Monday\n\n 10ms ; 30ms ; 7\n20ms;5ms;8\n0.02;5ms;7\n",
        "10ms\t30ms\t7\n20000us\t5ms\t8\n0.02\t0.005\t7\n",
    ] {
        assert_eq!(trace::read(text), Ok(expected.clone()), "{text}");
    }
    assert_eq!(
        trace::read("1\n2\n"),
        Ok(vec![row(1_000 * MS, None, None), row(2_000 * MS, None, None),])
    );
}

/// The first problem of a trace: line, column, length, sentence.
#[track_caller]
fn first(text: &str) -> (u32, u32, u32, String) {
    let problems = trace::read(text).expect_err(text);
    let Problem { line, column, length, .. } = problems[0];
    (line, column, length, problems[0].says().en)
}

#[wasm_bindgen_test(unsupported = test)]
fn a_row_that_is_wrong_is_shown_at_its_place() {
    for (text, line, column, words) in [
        ("10ms,5ms\n20ms,abc\n", 2, 6, "Found abc, wanted a time"),
        ("10ms,5ms,1\n20ms,5ms,x7\n", 2, 10, "Found x7, wanted a whole number"),
        ("10ms,5ms,1\n20ms,5ms,1,9\n", 2, 12, "one word too many"),
        ("10ms,5ms,1\n\n20ms,5ms\n", 3, 1, "has 2 values and the first one has 3"),
        ("30ms,5ms\n20ms,5ms\n", 2, 1, "20ms is earlier than 30ms"),
        ("时间,大小\n10ms,,3\n", 2, 6, "Something is missing"),
        ("-1,5ms\n", 1, 1, "Found -1, wanted a time"),
        ("10ms\n9h\n", 2, 1, "outside"),
        ("", 1, 1, "needs rows"),
        ("# nothing\n", 1, 1, "needs rows"),
    ] {
        let found = first(text);
        assert_eq!((found.0, found.1), (line, column), "{text}: {}", found.3);
        assert!(found.3.contains(words), "{text}: {}", found.3);
    }
    // Every row that is wrong is told, up to a limit.
    let many = "1s,x\n".repeat(1_000);
    assert_eq!(trace::read(&many).expect_err("wrong").len(), limit::PROBLEMS);
}

#[wasm_bindgen_test(unsupported = test)]
fn rows_beyond_the_limit_are_not_lost_in_silence() {
    let text = "0\n".repeat(100);
    assert_eq!(trace::read_at_most(&text, 100).expect("as many as allowed").len(), 100);
    let problems = trace::read_at_most(&(text + "0\n"), 100).expect_err("one too many");
    assert_eq!((problems[0].line, problems[0].column), (101, 1));
    assert!(problems[0].says().en.contains("at most 100 rows"), "{problems:?}");
}

/// When requests arrive in a scenario, with their sizes and keys.
fn poured(plan: &script::Plan) -> Vec<(u64, u64, u64)> {
    let mut world = plan.build().expect("it builds");
    let mut all = Vec::new();
    while world.next_at().is_some_and(|at| at <= plan.until) && world.step() {
        for note in &world.last().ops {
            if let OpNote::Invoked(_, Op::Work { key, size }) = *note {
                all.push((world.now().0, size.0, key));
            }
        }
    }
    all
}

const HEAD: &str = "balance random servers=2 seed=5\n";

#[wasm_bindgen_test(unsupported = test)]
fn what_was_recorded_is_what_arrives() {
    let text = format!("{HEAD}trace\n      10ms 30ms 7\n      20ms 5ms 8\n      20ms 5ms 7\n");
    let plan = script::plan(&text).expect("it compiles");
    let expected = vec![(10 * MS, 30 * MS, 7), (20 * MS, 5 * MS, 8), (20 * MS, 5 * MS, 7)];
    assert_eq!(poured(&plan), expected);
    assert_eq!(plan.until, SimTime(20 * MS) + limit::BEHIND);
    assert_eq!(print::script(&script::parse(&text)), text);
    let commas = text.replace("10ms 30ms 7", "10ms, 0.03, 7");
    assert_eq!(print::script(&script::parse(&commas)), text);

    let rows = trace::read("10ms,30ms,7\n20ms,5ms,8\n20ms,5ms,7\n").expect("rows");
    let from_file = script::plan(HEAD).expect("it compiles").with_trace(rows).expect("it fits");
    assert_eq!(poured(&from_file), expected);
    // 40 ms of work in 20 ms for two servers.
    assert_eq!((from_file.load_ppm, plan.load_ppm), (Some(1_000_000), Some(1_000_000)));

    // What was not recorded is drawn, from the streams of sizes and keys.
    let rows = trace::read("10ms\n20ms\n").expect("rows");
    let drawn = script::plan(HEAD).expect("it compiles").with_trace(rows).expect("it fits");
    let own = poured(&script::plan(HEAD).expect("it compiles"));
    let part =
        |all: &[(u64, u64, u64)]| all.iter().map(|it| (it.1, it.2)).take(2).collect::<Vec<_>>();
    assert_eq!(part(&poured(&drawn)), part(&own));
}

#[wasm_bindgen_test(unsupported = test)]
fn a_trace_in_a_text_is_held_to_the_same_rules() {
    for (lines, line, words) in [
        ("trace\n", 2, "needs rows"),
        ("trace\n  20ms 1ms\n  10ms 1ms\n", 4, "earlier than 20ms"),
        ("trace\n  20ms 1ms\n  30ms\n", 4, "has 1 values"),
        ("trace\n  20ms 1ms 3 4\n", 3, "one word too many"),
        ("trace\n  x\n", 3, "wanted a time"),
        ("trace\n  20ms 1ms\n  2s 1ms\nrun 1s\n", 4, "ends at 1s"),
        ("trace\n  20ms 1ms\narrivals poisson load=10%\n", 4, "twice"),
        ("trace\n  20ms 1ms\nservice exp mean=1ms\n", 4, "twice"),
        ("trace now\n  20ms 1ms\n", 2, "one word too many"),
    ] {
        let problems = script::plan(&format!("{HEAD}{lines}")).err().unwrap_or_default();
        assert!(!problems.is_empty(), "{lines}");
        assert_eq!(problems[0].line, line, "{lines}: {:?}", problems[0]);
        assert!(problems[0].says().en.contains(words), "{lines}: {}", problems[0].says().en);
    }
    let elsewhere = script::plan("cluster raft nodes=3\ntrace\n  20ms\n").err().expect("no pool");
    assert!(elsewhere[0].says().en.contains("starts with balance"), "{elsewhere:?}");
    let short = script::plan(&format!("{HEAD}run 1s\n")).expect("it compiles");
    assert!(short.with_trace(vec![row(2_000 * MS, None, None)]).is_err());
}

#[wasm_bindgen_test(unsupported = test)]
fn rates_that_change_and_laws_are_read() {
    let stream = |lines: &str| {
        let plan = script::plan(&format!("balance random servers=2\n{lines}\n"));
        let plan = plan.unwrap_or_else(|problems| panic!("{lines}: {problems:?}"));
        let Workload::Stream(stream) = &plan.spec.workload else { panic!("a stream") };
        stream.clone()
    };
    let over = Span::secs(20);
    let ramp = stream("arrivals ramp from=20% to=120% over=20s");
    assert_eq!(ramp.arrivals, Arrivals::Ramp { from: 40.0, to: 240.0, over });
    let (at, until) = (Span::secs(10), Some(Span::secs(20)));
    let step = stream("arrivals step from=0 to=150/s at=10s until=20s");
    assert_eq!(step.arrivals, Arrivals::Step { from: 0.0, to: 150.0, at, until });
    let zipf = stream("clients 3 keys=50 zipf=1.1");
    assert_eq!(zipf.keys, Keys::Zipf { count: 50, exponent: 1.1 });
    let normal = stream("service normal mean=167ms sd=5ms");
    let (mean, deviation) = (Span::millis(167), Span::millis(5));
    assert_eq!(normal.sizes, Sizes::Normal { mean, deviation });
    for (lines, words) in [
        ("arrivals ramp from=20% to=120%", "over=20s"),
        ("arrivals ramp to=120% over=1s", "from=20%"),
        ("arrivals step from=20% to=9999% at=1s", "Found 9999%"),
        ("arrivals step from=20% to=30% at=5s until=1s", "until may be 5s"),
        ("service normal mean=10ms sd=5ms", "sd may be"),
        ("clients 3 zipf=0", "zipf may be"),
    ] {
        let problems =
            script::plan(&format!("balance random\n{lines}\n")).err().unwrap_or_default();
        assert!(problems.iter().any(|it| it.says().en.contains(words)), "{lines}: {problems:?}");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn keys_by_zipf_are_hot_and_cold() {
    let text = format!("{HEAD}clients 1 keys=100 zipf=1\narrivals poisson rate=500/s\nrun 20s\n");
    let keys: Vec<u64> =
        poured(&script::plan(&text).expect("it compiles")).iter().map(|it| it.2).collect();
    let share =
        |wanted| keys.iter().filter(|key| **key == wanted).count() as f64 / keys.len() as f64;
    // The harmonic number of 100 is 5.18738.
    for (key, expected) in [(0, 1.0 / 5.18738), (1, 0.5 / 5.18738), (9, 0.1 / 5.18738)] {
        let error = 4.0 * libm::sqrt(expected / keys.len() as f64);
        assert!((share(key) - expected).abs() < error, "{key}: {}", share(key));
    }
    assert!(keys.iter().all(|key| *key < 100));
}
