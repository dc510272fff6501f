//! Any bytes may come in: nothing panics, and what is understood survives printing.

use proptest::prelude::*;
use quorate::kernel::SimTime;
use quorate::script::complete::{explain, offers};
use quorate::script::gallery::GALLERY;
use quorate::script::{self, Names, edit, limit, mend, print, render};

/// Everything that is done with a text on the page, short of running it.
fn handle(text: &str) {
    let parsed = script::parse(text);
    let printed = print::script(&parsed);
    if parsed.problems.is_empty() {
        let again = script::parse(&printed);
        assert_eq!(again.problems, [], "{text:?} was printed as {printed:?}");
        let statements = |script: &script::Script| {
            let lines = script.lines.iter();
            lines.filter_map(|line| line.statement.clone()).collect::<Vec<_>>()
        };
        assert_eq!(statements(&parsed), statements(&again), "{text:?} and {printed:?}");
        assert_eq!(print::script(&again), printed);
    }
    if let Err(problems) = script::plan(text) {
        assert!(!problems.is_empty());
        for problem in &problems {
            let shown = render::problem(problem, "x", text, render::Language::Zh);
            assert!(!problem.says().en.is_empty() && !shown.is_empty());
            let lines = text.lines().count().max(1);
            assert!(problem.line >= 1 && problem.line as usize <= lines.max(limit::LINES));
            for fix in problem.fix.iter().cloned().chain(mend::fixes(text, problem)) {
                assert!(text.is_char_boundary(fix.start) && text.is_char_boundary(fix.end));
                let _ = fix.apply(text);
            }
        }
    }
    write_and_ask(text, &edit::format(text));
    let (with, line) = edit::insert_timed(text, SimTime(1_500_000_000), "heal");
    assert!(with.lines().nth(line as usize - 1).is_some());
    let _ = edit::set_word(text, 1, "seed", "8");
    let _ = edit::set_word(text, 2, "strategy", "p2c");
    let _ = script::parse_input(text, Names::cluster(3), None);
}

/// What the editor does with a text, of which `other` is another form.
fn write_and_ask(text: &str, other: &str) {
    let (from, to, word) = edit::difference(text, other);
    assert_eq!(format!("{}{word}{}", &text[..from], &text[to..]), other);
    let places = text.char_indices().map(|(at, _)| at).chain([text.len()]);
    for at in places.step_by(text.len() / 40 + 1) {
        if let Some(found) = offers(text, at, None) {
            assert!(found.start <= at && text.get(found.start..found.end).is_some());
        }
        if let Some(found) = explain(text, at) {
            assert!(text.get(found.start..found.end).is_some_and(|word| !word.is_empty()));
        }
        let _ = edit::toggle_comment(text, at / 2, at);
    }
}

/// Words of the language, right and wrong.
const WORDS: [&str; 60] = [
    "cluster",
    "balance",
    "raft",
    "paxos",
    "p2c",
    "random",
    "nodes=3",
    "nodes=0",
    "servers=4",
    "seed=7",
    "drive=hand",
    "network",
    "wan",
    "loss=1%",
    "delay=1ms..2ms",
    "at",
    "1s",
    "250ms",
    "0.5s",
    "1e9s",
    "crash",
    "restart",
    "leader",
    "all",
    "n1",
    "n2",
    "n9",
    "b1",
    "s1",
    "s1..s4",
    "x2",
    "x0",
    "|",
    "{",
    "}",
    "->",
    "<->",
    "<",
    "partition",
    "cut",
    "link",
    "hold",
    "deliver",
    "#1",
    "#",
    "request",
    "put",
    "y=3",
    "=",
    "via",
    "from",
    "c1",
    "expect",
    "agreement",
    "broken",
    "within",
    "p99",
    "compare",
    "run",
    "given",
];

/// A place in a text, a byte, and what is done with it there.
fn change() -> impl Strategy<Value = (prop::sample::Index, u8, u8)> {
    (any::<prop::sample::Index>(), any::<u8>(), 0..3_u8)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        handle(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn any_text(text in "(.|\n){0,200}") {
        handle(&text);
    }

    #[test]
    fn any_words(words in proptest::collection::vec((0..WORDS.len(), 0..5_u8), 1..40)) {
        let mut text = String::new();
        for (word, gap) in words {
            text += WORDS[word];
            text += ["\n", " ", " ", "  ", ""][gap as usize];
        }
        handle(&text);
        handle(&format!("cluster raft nodes=3\n{text}"));
        handle(&format!("cluster paxos drive=hand\n{text}"));
        handle(&format!("balance servers=4\n{text}"));
    }

    #[test]
    fn a_scenario_with_a_few_bytes_changed(
        item in 0..GALLERY.len(),
        changes in proptest::collection::vec(change(), 1..6),
    ) {
        let mut bytes = GALLERY[item].text.as_bytes().to_vec();
        for (place, byte, kind) in changes {
            if bytes.is_empty() {
                break;
            }
            let place = place.index(bytes.len());
            match kind {
                0 => bytes[place] = byte,
                1 => {
                    bytes.remove(place);
                }
                _ => bytes.insert(place, byte),
            }
        }
        handle(&String::from_utf8_lossy(&bytes));
    }
}
