//! How a violation came about, step by step.

use quorate::lab::{Action, Lab, Status, StoryStep};
use wasm_bindgen_test::wasm_bindgen_test;

fn settled(text: &str) -> Lab {
    let mut lab = Lab::new();
    lab.update(Action::Open(text.to_owned()));
    lab.update(Action::Pause);
    settle(&mut lab);
    lab
}

fn settle(lab: &mut Lab) {
    while lab.is_busy() {
        lab.frame(16.0);
    }
}

fn story(text: &str) -> Vec<StoryStep> {
    settled(text).view().story.to_vec()
}

/// The step where a rule is missing says so, and every step names the rules it passed.
#[wasm_bindgen_test(unsupported = test)]
fn the_step_that_lacks_the_rule_is_told() {
    let text = scenario("flawed-paxos/ignores-reports");
    let steps = story(text);
    let missed: Vec<&StoryStep> = steps.iter().filter(|step| step.misses).collect();
    assert_eq!(missed.len(), 1, "{steps:#?}");
    assert!(missed[0].rules.contains(&"ignores-reports") && missed[0].say.en.contains("n3"));
    let handled = steps.iter().filter(|step| !step.say.en.starts_with("Now: "));
    assert!(handled.clone().count() >= 4 && handled.clone().all(|step| !step.rules.is_empty()));
    assert!(story(scenario("paxos-article/two-values")).iter().all(|step| !step.misses));
}

fn scenario(path: &str) -> &'static str {
    let found = quorate::script::gallery::GALLERY.iter().find(|item| item.path == path);
    found.map(|item| item.text).expect("it is in the gallery")
}

/// For every variant in the gallery the rule is told, and the sound protocol, driven by the same
/// lines, keeps its promises beside it.
#[wasm_bindgen_test(unsupported = test)]
fn the_sound_protocol_keeps_beside_it_what_the_variant_breaks() {
    let mut seen = 0;
    for item in quorate::script::gallery::GALLERY {
        if !item.path.starts_with("flawed-") && item.path != "paxos-article/two-values" {
            continue;
        }
        let mut lab = settled(item.text);
        let remedy = lab.view().remedy.clone().expect("a rule is missing");
        assert!(!remedy.rule.en.contains('{') && remedy.rule.en.ends_with('.'), "{remedy:?}");
        assert!(remedy.rule.zh.ends_with('。') && !remedy.rule.zh.contains('{'), "{remedy:?}");
        assert_eq!(remedy.mark.is_some(), item.path.starts_with("flawed-"), "{}", item.path);
        let fixed = remedy.fixed.clone().expect("the same lines are understood");
        assert!(!fixed.contains("flaw=") && !fixed.contains("broken"), "{fixed}");
        lab.update(Action::CompareSound(true));
        settle(&mut lab);
        let beside = lab.view().branches.beside.clone().expect("it stands beside");
        assert!(beside.sound && beside.complete, "{}", item.path);
        assert_eq!(beside.keeps, Some(true), "{}", item.path);
        assert!(matches!(beside.parting, quorate::lab::Parting::At(..)), "{}", item.path);
        assert!(beside.rows.iter().any(|row| row.here != row.there), "{:?}", beside.rows);
        // Taken, it runs; and that is undone as one change.
        lab.update(Action::Write(fixed.to_string()));
        lab.update(Action::Pause);
        settle(&mut lab);
        let view = lab.view();
        assert_eq!(*view.text, *fixed);
        assert!(view.story.is_empty() && view.remedy.is_none(), "{}", item.path);
        assert!(view.branches.beside.is_none());
        lab.update(Action::Undo);
        settle(&mut lab);
        assert_eq!(*lab.view().text, *item.text);
        seen += 1;
    }
    assert!(seen >= 5, "{seen}");
}

/// A setting that gives a rule up is taken back, whatever else stands on the line.
#[wasm_bindgen_test(unsupported = test)]
fn a_setting_that_gives_a_rule_up_is_taken_back() {
    let view = settled(
        "cluster multi-paxos nodes=4 q1=2 q2=2 drive=hand  # halves\n\
         fire n1 election\ndeliver Prepare n1 -> n2\ndeliver Promise n2 -> n1\n\
         request put x=1 via n1\ndeliver Accept n1 -> n2\ndeliver Accepted n2 -> n1\n\
         fire n3 election\ndeliver Prepare n3 -> n4\ndeliver Promise n4 -> n3\n\
         request put x=2 via n3 from c2\ndeliver Accept n3 -> n4\n\
         deliver Accepted n4 -> n3\n\nexpect agreement broken\n",
    )
    .view();
    let remedy = view.remedy.clone().expect("quorums do not meet");
    assert_eq!(remedy.written, "q1=2 q2=2");
    let fixed = remedy.fixed.as_deref().expect("the same lines are understood");
    assert!(fixed.starts_with("cluster multi-paxos nodes=4 drive=hand  # halves\n"), "{fixed}");
    assert!(fixed.ends_with("expect agreement\n"), "{fixed}");
    // Sound protocols lack nothing, whatever breaks.
    let view = settled("cluster raft nodes=3\nrun 1s\nexpect leader within 1ms\n").view();
    assert!(!view.story.is_empty() && view.remedy.is_none());
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
    let mut lab = settled(text);
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
