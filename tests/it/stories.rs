//! How a violation came about, step by step.

use quorate::lab::{Action, Lab, Status, StoryStep};
use wasm_bindgen_test::wasm_bindgen_test;

fn story(text: &str) -> Vec<StoryStep> {
    let mut lab = Lab::new();
    lab.update(Action::Open(text.to_owned()));
    lab.update(Action::Pause);
    while lab.is_busy() {
        lab.frame(16.0);
    }
    lab.view().story.to_vec()
}

/// Both halves of a disagreement are told: who decided one value, and who the other.
#[wasm_bindgen_test(unsupported = test)]
fn both_halves_are_told() {
    let steps = story(
        "cluster paxos-article nodes=3 seed=1 network=wan\nat 100ms request propose A via n1\n\
         at 110ms request propose B via n3 from c2\nrun 2s\n",
    );
    let last = steps.last().expect("a violation has a story");
    assert!(last.breaks && steps.iter().filter(|step| step.breaks).count() == 1);
    assert!(last.say.en.contains('A') && last.say.en.contains('B'), "{}", last.say.en);
    let nodes: Vec<_> = steps.iter().filter_map(|step| step.node).collect();
    assert!(nodes.iter().any(|node| Some(*node) != last.node), "{nodes:?}");
    assert!(
        steps.iter().any(|step| step.say.en.contains("request propose A")
            || step.say.en.contains("request propose B")),
        "{steps:#?}"
    );
    assert!(steps.windows(2).all(|pair| pair[0].event < pair[1].event));
    assert!(steps.len() <= 12 && steps.iter().all(|step| !step.say.zh.is_empty()));
}

/// A run in which nothing breaks has no story.
#[wasm_bindgen_test(unsupported = test)]
fn nothing_broken_nothing_told() {
    assert_eq!(story("cluster raft nodes=3\nrun 2s\nexpect agreement\n"), []);
}

/// Every scenario of the gallery that breaks something says how, and ends with what broke.
#[wasm_bindgen_test(unsupported = test)]
fn every_broken_promise_of_the_gallery_has_a_story() {
    let mut told = 0;
    for scenario in quorate::script::gallery::GALLERY {
        if !scenario.text.contains("broken") || scenario.text.contains("cluster balance") {
            continue;
        }
        let steps = story(scenario.text);
        if let Some(last) = steps.last() {
            assert!(last.breaks, "{}", scenario.path);
            told += 1;
        }
    }
    assert!(told >= 3, "{told}");
}

fn sought(text: &str) -> Lab {
    let mut lab = Lab::new();
    lab.update(Action::Open(text.to_owned()));
    lab.update(Action::Pause);
    while lab.is_busy() {
        lab.frame(16.0);
    }
    lab.update(Action::FailingSeed(true));
    for _ in 0..200_000 {
        if lab.view().seeds.is_none() {
            break;
        }
        lab.frame(16.0);
    }
    while lab.is_busy() {
        lab.frame(16.0);
    }
    lab
}

/// The seed that is found is written into the text, and with it something fails indeed.
#[wasm_bindgen_test(unsupported = test)]
fn a_seed_that_fails_is_found_and_written() {
    let text = "cluster raft nodes=3 seed=1 network=wan\nrun 3s\nexpect leader within 200ms\n";
    let mut lab = sought(text);
    let view = lab.view();
    assert_ne!(view.seed, 1);
    assert!(view.text.contains(&format!("seed={}", view.seed)), "{}", view.text);
    let fails = |check: &quorate::lab::CheckView| check.final_status == Status::Violated;
    assert!(view.expectations.iter().any(fails), "{:?}", view.expectations);
    assert!(view.undo.is_some(), "what the search has written can be taken back");
}

/// Where nothing fails the text stays, and it is said how many were tried.
#[wasm_bindgen_test(unsupported = test)]
fn a_search_that_finds_nothing_ends() {
    let text = "cluster paxos nodes=1\nat 1ms request propose A\nrun 10ms\nexpect agreement\n";
    let mut lab = Lab::new();
    lab.update(Action::Open(text.to_owned()));
    lab.update(Action::FailingSeed(true));
    lab.frame(16.0);
    assert!(lab.view().seeds.is_some_and(|seeds| seeds.tried > 0));
    lab.update(Action::FailingSeed(false));
    assert_eq!(lab.view().seeds, None);
    let mut lab = sought(text);
    assert_eq!(*lab.view().text, *text);
}
