//! What can be turned in a text: every stop is a text that is understood.

use quorate::lab::{Action, Lab};
use quorate::script::dial::{Dial, dials};
use quorate::script::gallery::GALLERY;
use quorate::script::plan;
use wasm_bindgen_test::wasm_bindgen_test;

const SLOW: &str = "balance p2c servers=6 seed=11\nservers s1 x3, s2..s4 x2\n\
                    arrivals poisson load=68%  # busy\nat 4s slow s4 x2.2\nat 8s recover s4\n\
                    run 12s\ncompare random prequal\n";

fn of(text: &str) -> Vec<Dial> {
    dials(text, &plan(text).expect("a good text"))
}

fn named<'a>(all: &'a [Dial], id: &str) -> &'a Dial {
    all.iter().find(|dial| dial.id == id).unwrap_or_else(|| panic!("no dial {id} in {all:?}"))
}

#[wasm_bindgen_test(unsupported = test)]
fn a_dial_writes_its_value_and_nothing_else() {
    let all = of(SLOW);
    let load = named(&all, "load");
    assert_eq!(load.shown(), "68%");
    assert_eq!(load.turned(SLOW, load.at + 4), SLOW.replace("68%", "72%"));
    let slow = named(&all, "slow s4 4s");
    assert_eq!(slow.shown(), "x2.2");
    assert_eq!(slow.turned(SLOW, slow.at + 1), SLOW.replace("x2.2", "x2.5"));
    // What the text does not say is written behind its line.
    let draws = named(&all, "choices");
    assert_eq!(draws.shown(), "2");
    assert_eq!(draws.turned(SLOW, draws.at + 1), SLOW.replace("seed=11", "seed=11 choices=3"));
    assert_eq!(*draws.stops.last().expect("stops"), 6, "more draws than servers change nothing");
}

#[wasm_bindgen_test(unsupported = test)]
fn there_are_never_fewer_servers_than_are_named() {
    let all = of(SLOW);
    assert_eq!(named(&all, "servers").stops[0], 4);
}

#[wasm_bindgen_test(unsupported = test)]
fn knobs_of_every_strategy_in_play_can_be_turned() {
    let all = of(SLOW);
    for id in ["choices", "probes", "hot"] {
        named(&all, id);
    }
    assert!(
        dials(
            "cluster raft nodes=3\nrun 1s\n",
            &plan("cluster raft nodes=3\nrun 1s\n").expect("good")
        )
        .is_empty()
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn every_stop_of_every_dial_of_the_gallery_is_understood_and_reads_back() {
    let pools = GALLERY.iter().filter(|item| item.path.starts_with("pool/"));
    let mut count = 0;
    for item in pools {
        for dial in of(item.text) {
            assert!(dial.stops.is_sorted_by(|a, b| a < b), "{}: {dial:?}", item.path);
            let last = dial.stops.len() - 1;
            for stop in [0, 1.min(last), last / 2, last] {
                let text = dial.turned(item.text, stop);
                let again = plan(&text).unwrap_or_else(|problems| panic!("{text}\n{problems:?}"));
                let again = dials(&text, &again);
                let value = named(&again, &dial.id);
                assert_eq!(value.stops[value.at], dial.stops[stop], "{} {}", item.path, dial.id);
                count += 1;
            }
        }
    }
    assert!(count > 100, "{count}");
}

#[wasm_bindgen_test(unsupported = test)]
fn turning_on_is_one_change_for_undo() {
    let mut lab = Lab::new();
    lab.update(Action::Open(SLOW.to_owned()));
    let turn = |lab: &mut Lab, id: &str, by: usize| {
        let dials = lab.view().dials.clone();
        lab.update(Action::Turn(id.to_owned(), named(&dials, id).at + by));
    };
    for _ in 0..5 {
        turn(&mut lab, "load", 1);
    }
    lab.update(Action::Settle);
    assert!(lab.view().text.contains("load=73%"), "{}", lab.view().text);
    turn(&mut lab, "load", 2);
    turn(&mut lab, "servers", 1);
    assert!(lab.view().text.contains("load=75%") && lab.view().text.contains("servers=7"));
    lab.update(Action::Undo);
    assert!(lab.view().text.contains("load=75%") && lab.view().text.contains("servers=6"));
    lab.update(Action::Undo);
    assert!(lab.view().text.contains("load=73%"));
    lab.update(Action::Undo);
    assert_eq!(&*lab.view().text, SLOW);
    lab.update(Action::Redo);
    assert!(lab.view().text.contains("load=73%"));
}

/// A value that the rest of the text forbids is not written, and nothing else is lost.
#[wasm_bindgen_test(unsupported = test)]
fn a_value_that_the_text_forbids_is_not_written() {
    let mut lab = Lab::new();
    lab.update(Action::Open(SLOW.to_owned()));
    lab.update(Action::Turn("no such dial".to_owned(), 0));
    lab.update(Action::Turn("load".to_owned(), 10_000));
    assert_eq!(&*lab.view().text, SLOW);
    lab.update(Action::Edit(SLOW.replace("p2c", "p3c")));
    lab.update(Action::Turn("load".to_owned(), 3));
    assert!(lab.view().text.contains("68%"), "a text that is not understood is not turned");
}
