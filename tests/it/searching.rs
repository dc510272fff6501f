//! Searches as a page and a program ask for them: by text, with plain data on both sides.

use quorate::check::explore::Options;
use quorate::script::ask::{USUAL, searchable};
use quorate::script::hunt::{Hunt, Refused, hunt};
use quorate::script::search::Searched;
use quorate::script::{self, gallery};
use wasm_bindgen_test::wasm_bindgen_test;

fn searched(text: &str) -> Result<Searched, Refused> {
    let mut search: Box<dyn Hunt> = hunt(text, &Options::default())?;
    while !search.is_over() {
        search.advance(1_000);
    }
    Ok(search.report(0.0))
}

/// A timed scenario becomes a search of its cluster, with its requests and its promises; what is
/// found plays, and is violated there.
#[wasm_bindgen_test(unsupported = test)]
fn a_timed_scenario_is_searched() {
    let text = "# Two values\ncluster paxos-article nodes=3 seed=1 network=wan\n\
                at 100ms request propose A via n1\nat 110ms request propose B via n3 from c2\n\
                at 1s crash n2\nrun 2s\nexpect agreement\nexpect leader within 1s\n";
    let plan = script::plan(text).expect("a scenario");
    let asked = searchable(&plan, text, &USUAL);
    assert!(!asked.contains("crash n2") && !asked.contains("within"), "{asked}");
    let report = searched(&asked).expect("a search");
    assert_eq!(report.checks.len(), 1, "what is of one run is not judged");
    let text = report.counterexample.expect("the listing breaks");
    let replay = script::run::run(&script::plan(&text).expect("a scenario"));
    assert!(replay.checks.iter().any(|check| check.verdict == "violated"), "{text}");
    assert_eq!(report.defect, None);
}

/// A text that says its scope is searched as it is.
#[wasm_bindgen_test(unsupported = test)]
fn a_written_scope_is_kept() {
    let text = "cluster paxos nodes=2\nexplore requests=1 timers=1\nexpect agreement\n";
    let plan = script::plan(text).expect("a scenario");
    assert_eq!(searchable(&plan, text, &USUAL), text);
    let report = searched(text).expect("a search");
    assert!(report.complete && report.counterexample.is_none());
    assert_eq!(report.checks[0].verdict, "holds");
}

/// Specifications are reached the same way, with their published counts [V06].
#[wasm_bindgen_test(unsupported = test)]
fn a_specification_is_searched_by_its_words() {
    let report = searched("spec=paxos acceptors=3 values=2 ballots=2").expect("a search");
    assert_eq!((report.unique, report.depth, report.complete), (3_921, 17, true));
}

/// What cannot be searched is refused with words, and nothing panics.
#[wasm_bindgen_test(unsupported = test)]
fn what_cannot_be_searched_is_refused() {
    for text in ["", "spec=", "spec=paxos acceptors=0", "spec=pacos", "cluster raft nodes=3\n"] {
        assert!(hunt(text, &Options::default()).is_err(), "{text}");
    }
    let text = "cluster raft nodes=3\nexplore restarts=1\n";
    assert!(matches!(hunt(text, &Options::default()), Err(Refused::Problems(_))));
}

/// Whatever cluster of the gallery is on screen, the page's button has something to search, or the
/// scenario says why not.
#[wasm_bindgen_test(unsupported = test)]
fn every_cluster_of_the_gallery_can_be_asked_about() {
    let mut asked_for = 0;
    for item in gallery::GALLERY {
        let plan = script::plan(item.text).expect("the gallery is understood");
        if plan.is_pool() {
            continue;
        }
        let asked = searchable(&plan, item.text, &USUAL);
        match hunt(&asked, &Options::default()) {
            Ok(mut search) => {
                search.advance(200);
                asked_for += 1;
            }
            Err(Refused::Problems(problems)) => {
                assert!(problems.iter().all(|it| !it.says().en.is_empty()), "{}", item.path);
            }
            Err(Refused::Because(because)) => panic!("{}: {}", item.path, because.en),
        }
    }
    assert!(asked_for > 20, "{asked_for}");
}
