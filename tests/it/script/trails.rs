//! Trails of runs: written, checked, and caught where they were changed.

use quorate::kernel::SimTime;
use quorate::script::gallery::{self, GALLERY};
use quorate::script::trail::{Check, TrailProblem, VERSION, Verdict, Writer};
use quorate::script::{self, run};
use wasm_bindgen_test::wasm_bindgen_test;

const TEXT: &str = "# Title \"quoted\" \\ 标题\ncluster raft nodes=3 seed=7\n\
                    clients 1 every=50ms\nat 300ms crash leader\nrun 1s\n";

fn trail(text: &str) -> String {
    let plan = script::plan(text).expect("a scenario");
    let mut writer = Writer::new(text, &plan).expect("it runs");
    while !writer.advance(100) {}
    writer.text()
}

fn verdict(trail: &str) -> Verdict {
    let mut check = match Check::new(trail.to_owned()) {
        Ok(check) => check,
        Err(problem) => return Verdict::Broken(problem),
    };
    loop {
        let verdict = check.advance(64).clone();
        if verdict != Verdict::Running {
            return verdict;
        }
        assert!(check.percent() <= 100);
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn a_trail_is_the_run_it_was_made_of() {
    let whole = trail(TEXT);
    assert_eq!(verdict(&whole), Verdict::Same);
    let report = run::run(&script::plan(TEXT).expect("a scenario"));
    assert!(whole.contains(&format!("\"events\":{}", report.events)), "as a run counts them");
    assert!(whole.contains(&format!("\"digest\":\"{}\"", report.digest)));
    assert_eq!(whole.matches("\n[").count() as u64, report.events, "a line for each event");
    let mut check = Check::new(whole.clone()).expect("a trail");
    assert_eq!(check.text(), TEXT);
    check.advance(3);
    assert_eq!(check.events(), 3, "in slices as large as asked");
    // Blanks between the words mean nothing.
    assert_eq!(verdict(&whole.replace(",\"", " , \"")), Verdict::Same);
}

#[wasm_bindgen_test(unsupported = test)]
fn scenarios_of_every_kind_have_a_trail() {
    for path in ["paxos/one-value", "abd/no-leader", "dynamo/stale-read", "raft/unsynced-disk"] {
        let item = gallery::find(path).unwrap_or(&GALLERY[0]);
        assert_eq!(verdict(&trail(item.text)), Verdict::Same, "{path}");
    }
    let pool = "balance p2c servers=3\narrivals poisson load=50%\nrun 300ms\n";
    assert_eq!(verdict(&trail(pool)), Verdict::Same);
}

#[wasm_bindgen_test(unsupported = test)]
fn a_change_is_found_at_its_event() {
    let whole = trail(TEXT);
    let rows: Vec<&str> = whole.lines().filter(|line| line.starts_with('[')).collect();
    for place in [0, 1, 17, rows.len() - 1] {
        let row = rows[place];
        let fields: Vec<&str> = row.trim_end_matches(',').split(',').collect();
        let digest = fields[fields.len() - 1];
        let at = fields[1];
        for (old, new) in [
            (digest, "\"0123456789abcdef\"]"),
            (&format!(",{at},"), ",7,"),
            (",\"timer\",", ",\"lose\","),
            (",\"deliver\",", ",\"timer\","),
            (",\"client\",", ",\"input\","),
        ] {
            if !row.contains(old) {
                continue;
            }
            let bent = whole.replace(row, &row.replace(old, new));
            let Verdict::Differs(difference) = verdict(&bent) else {
                panic!("{old} became {new}: {:?}", verdict(&bent));
            };
            assert_eq!(difference.event, place as u64 + 1);
            let (expected, found) = (difference.expected.clone(), difference.found.clone());
            let (expected, found) = (expected.expect("a row"), found.expect("an event"));
            assert_ne!(expected, found);
            assert_eq!(difference.at, SimTime(found.at), "the instant to look at");
            let says = difference.says();
            assert!(says.en.contains(&format!("Event {} ", place + 1)), "{}", says.en);
            assert!(says.en.contains(&found.what) && !says.zh.is_empty());
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn a_trail_of_another_length_is_found() {
    let whole = trail(TEXT);
    let rows: Vec<&str> = whole.lines().filter(|line| line.starts_with('[')).collect();
    let last = rows[rows.len() - 1];
    let before = rows[rows.len() - 2];
    let short = whole.replace(&format!("{before}\n{last}"), before.trim_end_matches(','));
    let Verdict::Differs(difference) = verdict(&short) else { panic!("shorter") };
    assert_eq!(difference.expected, None);
    assert_eq!(difference.event, rows.len() as u64);
    assert!(difference.says().en.contains("nothing more"));
    let long =
        whole.replace(last, &format!("{last},\n[{},1,\"\",\"\",\"x\",\"\"]", rows.len() + 1));
    let Verdict::Differs(difference) = verdict(&long) else { panic!("longer") };
    assert_eq!((difference.found, difference.event), (None, rows.len() as u64 + 1));
    let seed = whole.replace("seed=7", "seed=8");
    assert!(matches!(verdict(&seed), Verdict::Differs(_)), "another recipe");
}

#[wasm_bindgen_test(unsupported = test)]
fn what_cannot_be_read_is_told_with_its_place() {
    let whole = trail("cluster raft nodes=1\nrun 300ms\n");
    for length in (0..whole.len() - 2).step_by(7) {
        let found = verdict(&whole[..length]);
        let told = matches!(
            found,
            Verdict::Broken(TrailProblem::Cut { .. } | TrailProblem::Garbled { .. })
        );
        assert!(told, "{length}: {found:?}");
    }
    let bent = whole.replacen("\n[2,", "\n[two,", 1);
    assert_eq!(
        verdict(&bent),
        Verdict::Broken(TrailProblem::Garbled { line: 8, column: 2 }),
        "{bent}"
    );
    let later = whole.replace("\"version\":1", &format!("\"version\":{}", VERSION + 1));
    assert_eq!(verdict(&later), Verdict::Broken(TrailProblem::Version));
    let other = verdict("{\"name\":\"package\"}\n");
    assert!(matches!(other, Verdict::Broken(TrailProblem::Garbled { line: 1, .. })), "{other:?}");
    let wrong = whole.replace("cluster raft", "cluster rift");
    assert!(matches!(verdict(&wrong), Verdict::Broken(TrailProblem::Scenario(_))));
    for problem in [
        TrailProblem::TooLong,
        TrailProblem::Cut { line: 3 },
        TrailProblem::Version,
        TrailProblem::Unable("x".to_owned()),
    ] {
        assert!(!problem.says().en.is_empty() && !problem.says().zh.is_empty());
    }
    let extra = whole.replace("]\n,", "],").replace("\"complete\"", "\"finished\"");
    assert!(matches!(verdict(&extra), Verdict::Broken(_)));
}
