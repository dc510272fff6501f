//! Scenarios with a line `explore`: what is found, and what cannot be asked.

use quorate::check::explore::Options;
use quorate::script::search::{Exploration, Searched};
use quorate::script::{self, gallery};
use wasm_bindgen_test::wasm_bindgen_test;

fn searched(text: &str) -> Searched {
    searched_with(text, true)
}

fn searched_with(text: &str, reduction: bool) -> Searched {
    let plan = script::plan(text).unwrap_or_else(|problems| panic!("{text}: {problems:?}"));
    let options = Options { reduction, ..Options::default() };
    let mut search = Exploration::new(&plan, &options).expect("it asks for a search");
    while !search.is_over() {
        search.advance(5_000);
    }
    search.report(0.0)
}

/// The listings of the article: the question, made of nothing but the entry and its knobs, the
/// counterexample, and the lesson of the gallery that plays it.
const LISTINGS: [(&str, &str, &str); 3] = [
    (
        "cluster paxos-article nodes=3 vote=always\nexplore requests=2\n",
        include_str!("../../counterexamples/paxos-article-always.quorate"),
        "paxos-article/six-steps",
    ),
    (
        "cluster paxos-article nodes=2 vote=first\nexplore requests=2\n",
        include_str!("../../counterexamples/paxos-article-first.quorate"),
        "paxos-article/a-tie",
    ),
    (
        "cluster raft-article nodes=3\nexplore requests=2\n",
        include_str!("../../counterexamples/raft-article.quorate"),
        "raft-article/two-steps",
    ),
];

/// The lines of a scenario that say what happens.
fn schedule(text: &str) -> Vec<&str> {
    let settings = ["#", "cluster ", "expect "];
    let happens = |line: &&str| !line.is_empty() && !settings.iter().any(|it| line.starts_with(it));
    text.lines().filter(happens).collect()
}

#[wasm_bindgen_test(unsupported = test)]
fn the_listings_of_the_article_break_in_the_fewest_steps() {
    for (text, golden, _) in LISTINGS {
        let found = searched(text);
        assert_eq!(found.defect, None, "{text}");
        assert_eq!(found.counterexample.as_deref(), Some(golden), "{text}");
        // Nothing breaks in fewer.
        let steps = found.steps.expect("there is a counterexample");
        let less = searched(&text.replace("explore", &format!("explore depth={}", steps - 1)));
        assert!(less.holds() && less.counterexample.is_none(), "{text}");
    }
}

/// The lessons play these counterexamples, line by line and in the words of the rules.
#[wasm_bindgen_test(unsupported = test)]
fn the_lessons_of_the_article_play_what_was_found() {
    for (_, golden, path) in LISTINGS {
        let lesson = gallery::find(path).expect("it is in the gallery");
        assert_eq!(schedule(lesson.text), schedule(golden), "{path}");
        let (lesson, golden) = (script::plan(lesson.text), script::plan(golden));
        let (lesson, golden) = (lesson.expect("a scenario"), golden.expect("a scenario"));
        assert_eq!(lesson.spec, golden.spec, "{path}");
        let (report, broken) = (script::run::run(&lesson), script::run::run(&golden));
        assert!(report.holds() && broken.checks[0].verdict == "violated", "{path}");
        assert_eq!(report.checks[0].text, format!("{} broken", broken.checks[0].text));
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn what_is_sound_is_clean_with_the_same_counts_everywhere() {
    let cases = [
        (
            "cluster paxos nodes=2\nexplore requests=2 timers=1\n",
            [(9_536, 18_231, 16), (7_528, 14_133, 16)],
        ),
        (
            "cluster multi-paxos nodes=3\nexplore requests=1 timers=1\n",
            [(5_812, 20_584, 16), (1_291, 3_526, 13)],
        ),
        (
            "cluster raft nodes=3\nexplore requests=1 timers=1\n",
            [(4_300, 12_943, 15), (2_089, 5_839, 13)],
        ),
        ("cluster abd nodes=3\nexplore requests=2\n", [(16_666, 70_889, 18), (5_494, 22_571, 16)]),
        (
            "cluster two-phase-commit nodes=3\nexplore requests=1 timers=2 crashes=1\n",
            [(6_224, 20_562, 20), (3_649, 11_819, 18)],
        ),
    ];
    for (text, counts) in cases {
        for (reduction, counts) in [false, true].into_iter().zip(counts) {
            let found = searched_with(text, reduction);
            assert!(found.complete && found.defect.is_none(), "{text}: {:?}", found.defect);
            for check in &found.checks {
                assert_eq!(check.verdict, "holds", "{text}{}: {}", check.text, check.because);
            }
            assert_eq!((found.unique, found.generated, found.depth), counts, "{text}");
        }
    }
}

/// Settings and scopes that give a promise up, with the steps it takes.
const BROKEN: [(&str, &str, u32); 6] = [
    (
        "cluster abd nodes=3 write-back=off drive=hand\nrequest put x=1 via n1 from c1\n\
         request get x via n2 from c2\nrequest get x via n3 from c2\nexplore\n",
        "linearizable",
        9,
    ),
    (
        "cluster primary-backup nodes=3 replication=async\nexplore requests=2 timers=1 depth=6\n",
        "linearizable",
        5,
    ),
    ("cluster dynamo nodes=3 r=1 w=1\nexplore requests=2\n", "linearizable", 2),
    ("cluster gossip-kv nodes=2\nexplore requests=2\n", "linearizable", 2),
    (
        "cluster raft nodes=3\nexplore timers=2 crashes=1 disks=unsynced depth=6\n\
         expect rising terms\n",
        "rising terms",
        3,
    ),
    (
        "cluster raft nodes=3\nexplore timers=2 crashes=1 disks=unsynced depth=6\n\
         expect one vote per era\n",
        "one vote per era",
        5,
    ),
];

#[wasm_bindgen_test(unsupported = test)]
fn every_promise_given_up_breaks_and_its_counterexample_replays() {
    for (text, property, steps) in BROKEN {
        let found = searched(text);
        assert_eq!(found.defect, None, "{text}");
        let check = found.checks.iter().find(|check| check.text == property);
        let check = check.unwrap_or_else(|| panic!("{text}"));
        assert_eq!((check.verdict, found.steps), ("violated", Some(steps)), "{text}");
        let again = found.counterexample.expect("there is one");
        let plan = script::plan(&again).expect("it is a scenario");
        let report = script::run::run(&plan);
        assert_eq!(report.checks[0].text, property);
        assert_eq!(report.checks[0].verdict, "violated", "{again}");
        // What is said of it is what the monitor says of the run.
        let reason = report.checks[0].because.clone().unwrap_or_default();
        assert!(check.because.ends_with(&reason), "{}: {reason}", check.because);
        let printed = script::print::script(&script::parse(&again));
        assert_eq!(printed, again, "it is in canonical form");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn a_violation_that_is_expected_is_what_holds() {
    let head = "cluster raft-article nodes=2\nexplore requests=2\n";
    let found = searched(&format!("{head}expect agreement broken\nexpect leader within 1s\n"));
    let verdicts: Vec<&str> = found.checks.iter().map(|check| check.verdict).collect();
    assert_eq!(verdicts, ["holds", "undecided"]);
    assert_eq!(found.checks[1].because, "not judged in a search");
    let sound = "cluster two-phase-commit nodes=2\nexplore requests=1\n";
    let found = searched(&format!("{sound}expect atomic commit broken\n"));
    assert_eq!(found.checks[0].verdict, "violated");
}

#[wasm_bindgen_test(unsupported = test)]
fn a_scope_that_cannot_be_names_the_words() {
    let cases = [
        ("cluster raft\nexplore\n", "Nothing may happen"),
        ("cluster raft\nexplore restarts=1 timers=1\n", "restarts=1 without crashes"),
        ("cluster raft\nexplore depth=0 timers=1\n", "depth may be 1 to"),
        ("cluster raft\nexplore timers=1 disks=unsynced\n", "disks=unsynced without crashes"),
        (
            "cluster raft\nexplore timers=1 duplicates=1 network=ordered\n",
            "duplicates and network=ordered",
        ),
        ("cluster raft nodes=1\nexplore timers=1 losses=2\n", "losses=2 with one node"),
        ("cluster raft reads=lease\nexplore timers=1\n", "rests on clocks"),
        ("cluster raft nodes=40\nexplore timers=1\n", "nodes may be 1 to 16"),
        ("cluster raft\nexplore timers=1\nat 1s crash n1\n", "crash and explore"),
        ("cluster raft\nexplore requests=3\nat 1s request put x=1\n", "requests=3, but 1"),
        ("cluster raft\nexplore timers=1\nexplore timers=2\n", "explore may stand once"),
        ("cluster raft\nexplore timer=1\n", "Unknown setting timer"),
        ("balance p2c\nexplore requests=1\n", "explore belongs to a scenario"),
    ];
    for (text, words) in cases {
        let Err(problems) = script::plan(text) else { panic!("{text}") };
        let says = problems[0].says();
        assert!(says.en.contains(words) && !says.zh.is_empty(), "{text}{}", says.en);
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn the_line_is_printed_as_it_is_read() {
    let text = "cluster raft nodes=3\nexplore   depth=9 crashes=1 requests=2  disks=unsynced \
                network=ordered\n";
    let printed = script::print::script(&script::parse(text));
    assert_eq!(printed, text.replace("explore   ", "explore ").replace("  disks", " disks"));
}
