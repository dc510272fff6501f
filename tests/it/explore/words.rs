//! `spec=paxos acceptors=3`, and what is said when it is wrong.

use quorate::check::model::Specification;
use quorate::script::spec::{Asked, SPECS, Visitor, read, visit};
use wasm_bindgen_test::wasm_bindgen_test;

fn asked(text: &str) -> Asked {
    read(text.split(' ')).unwrap_or_else(|because| panic!("{text}: {because}"))
}

fn wrong(text: &str) -> String {
    let because = read(text.split(' ')).expect_err("it is wrong");
    assert!(!because.zh.is_empty());
    because.en
}

/// What is not said is as usual, spelling of names is free, and the answer names everything.
#[wasm_bindgen_test(unsupported = test)]
fn words_are_read_and_written_back() {
    let all = "spec=paxos acceptors=5 values=2 ballots=2 symmetry=off";
    assert_eq!(asked("spec=paxos acceptors=5").words(), all);
    assert_eq!(asked(all).words(), all);
    assert_eq!(
        asked("spec=TwoPhase rms=4 symmetry=on").words(),
        "spec=two-phase rms=4 symmetry=on"
    );
    let mongo = "spec=raft-mongo nodes=3 terms=3 log=3 rule=sync-source symmetry=on";
    assert_eq!(asked("rule=sync-source spec=RaftMongo").words(), mongo);
    assert_eq!(asked("spec=paxos-register").words(), "spec=paxos-register servers=3 clients=2");
}

/// Every message names the word, and what is allowed.
#[wasm_bindgen_test(unsupported = test)]
fn what_is_wrong_is_named() {
    assert!(wrong("spec=paxs").contains("did you mean `paxos`"));
    assert!(wrong("acceptors=3").contains("raft-mongo"));
    assert!(wrong("spec=paxos aceptors=3").contains("did you mean `acceptors`"));
    assert!(wrong("spec=paxos ballots=0").contains("ballots is a number from 1 to 8"));
    assert!(wrong("spec=paxos ballots=-1").contains("ballots=-1"));
    assert!(wrong("spec=paxos ballots=99999999999").contains("1 to 8"));
    assert!(wrong("spec=paxos ballots").contains("name=value"));
    assert!(wrong("spec=paxos ballots=").contains("name=value"));
    assert!(wrong("spec=paxos values=2 values=3").contains("set twice"));
    assert!(wrong("spec=raft-mongo rule=gosip").contains("did you mean `gossip`"));
    assert!(wrong("spec=paxos symmetry=yes").contains("on, off"));
    assert!(wrong("spec=abd symmetry=on").contains("no symmetry"));
}

struct Names;

impl Visitor for Names {
    type Out = usize;

    fn visit<M>(self, model: M) -> usize
    where
        M: Specification + Send + Sync,
        M::State: Send + Sync,
        M::Step: Send + Sync,
    {
        for claim in model.claims() {
            let words = model.name(claim);
            assert!(words.zh != words.en && !words.zh.is_ascii(), "{words}");
        }
        model.claims().len()
    }
}

/// Every specification that is listed can be made, and its claims have names in both languages.
#[wasm_bindgen_test(unsupported = test)]
fn all_that_is_listed_can_be_made() {
    for spec in &SPECS {
        let asked = asked(&format!("spec={}", spec.id));
        assert!(visit(&asked, Names).is_some_and(|claims| claims > 0), "{}", spec.id);
    }
}
