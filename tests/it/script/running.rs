//! Running without a screen.

use quorate::script::{self, run};
use wasm_bindgen_test::wasm_bindgen_test;

fn report(text: &str) -> run::Report {
    run::run(&script::plan(text).expect("it compiles"))
}

#[wasm_bindgen_test(unsupported = test)]
fn the_json_has_the_names_others_rely_on() {
    let report = report(
        "balance servers=2 seed=3\narrivals poisson load=50%\nrun 2s\n\
         compare random round-robin\nexpect p99 < 1us\nexpect failures < 1%\n",
    );
    let json = serde_json::to_value(&report).expect("plain data");
    let keys = |value: &serde_json::Value| {
        let object = value.as_object().expect("an object");
        object.keys().cloned().collect::<Vec<_>>().join(" ")
    };
    for key in ["digest", "events", "time_ns", "checks", "strategies"] {
        assert!(json.get(key).is_some(), "{key}");
    }
    assert_eq!(json["time_ns"], 2_000_000_000_u64);
    assert_eq!(json["digest"].as_str().map(str::len), Some(16));
    assert_eq!(json["checks"].as_array().map(Vec::len), Some(4), "one per line and strategy");
    let check = &json["checks"][0];
    assert_eq!((check["line"].as_u64(), check["text"].as_str()), (Some(5), Some("p99 < 1us")));
    assert_eq!(
        (check["verdict"].as_str(), check["strategy"].as_str()),
        (Some("violated"), Some("random"))
    );
    assert!(check["at_ns"].is_u64() && check["because"].is_string());
    let held = &json["checks"][2];
    assert_eq!(held["verdict"], "holds");
    assert!(held["at_ns"].is_null() && held["because"].is_null());
    let strategy = &json["strategies"][1];
    assert_eq!(strategy["name"], "round-robin");
    assert_eq!(keys(&strategy["response"]), "max mean p50 p90 p99 p999");
    assert_eq!(keys(&strategy["wait"]), "mean");
    assert_eq!(keys(&strategy["servers"][0]), "id picked queue_mean utilisation");
    assert_eq!(strategy["servers"][0]["id"], "s1");
    let [requests, completed, failed] =
        ["requests", "completed", "failed"].map(|key| strategy[key].as_u64().expect("a count"));
    assert!(requests >= completed + failed && completed > 50);
    assert_eq!(json["strategies"][0]["requests"], requests, "the same requests for everybody");
}

#[wasm_bindgen_test(unsupported = test)]
fn the_same_recipe_gives_the_same_digest_and_another_seed_another() {
    let text = "cluster raft nodes=3 seed=1\nclients 1 every=50ms\nrun 2s\n";
    assert_eq!(report(text), report(text));
    assert_ne!(report(text).digest, report(&text.replace("seed=1", "seed=2")).digest);
}

#[wasm_bindgen_test(unsupported = test)]
fn a_run_stopped_by_its_limit_decides_nothing_it_could_not_know() {
    let text = "cluster raft nodes=3 seed=1\nlimit 2 events\nexpect leader within 1s\n";
    let report = report(text);
    assert!(!report.complete);
    assert_eq!(report.events, 2);
    assert_eq!(report.checks[0].verdict, "undecided");
    assert!(!report.holds());
}

#[wasm_bindgen_test(unsupported = test)]
fn broken_turns_the_verdict_around() {
    let base = "cluster raft nodes=3 seed=1\nat 1s crash all\nat 1.1s request put x=1\nrun 3s\n";
    let broken = report(&format!("{base}expect commit within 500ms broken\n"));
    assert!(broken.holds(), "{:?}", broken.checks);
    let plain = report(&format!("{base}expect commit within 500ms\n"));
    assert_eq!(plain.checks[0].verdict, "violated");
    let wrong = report("cluster raft nodes=3\nrun 3s\nexpect leader within 2s broken\n");
    assert_eq!(wrong.checks[0].verdict, "violated", "it held, so it is not broken");
    assert_eq!(wrong.checks[0].at_ns, Some(3_000_000_000));
}

#[wasm_bindgen_test(unsupported = test)]
fn a_trace_tells_every_event() {
    let plan = script::plan("cluster raft nodes=3 drive=hand\nfire n1 election\nsettle\n");
    let plan = plan.expect("it compiles");
    let trace = run::trace(&plan).join("\n");
    for line in ["n1 enters term 1", "n2 votes for n1 in term 1", "n1 leads term 1"] {
        assert!(trace.contains(line), "{line}\n{trace}");
    }
}
