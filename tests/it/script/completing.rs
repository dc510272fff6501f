//! Completion, documentation under the pointer, quick fixes, and edits of the whole text.

use quorate::catalog;
use quorate::kernel::{Family, Property, SimTime};
use quorate::script::complete::{Offers, explain, offers};
use quorate::script::help::{self, Place};
use quorate::script::{self, edit, gallery::GALLERY, mend, print};
use wasm_bindgen_test::wasm_bindgen_test;

const RAFT: &str = "cluster raft nodes=5\n";
const POOL: &str = "balance p2c servers=4\n";

/// What is offered where `|` stands behind the lines `head`.
fn at(head: &str, line: &str) -> Offers {
    let column = line.find('¦').expect("a caret");
    let text = format!("{head}{}", line.replace('¦', ""));
    offers(&text, head.len() + column, Some(SimTime(1_234_567_890))).expect("no comment")
}

fn words(offers: &Offers) -> Vec<&str> {
    offers.list.iter().map(|offer| offer.word.as_str()).collect()
}

#[wasm_bindgen_test(unsupported = test)]
fn a_line_begins_with_what_may_stand_there() {
    assert_eq!(words(&at("", "¦")), ["balance", "cluster"]);
    let in_cluster = at(RAFT, "¦");
    let in_cluster = words(&in_cluster);
    for word in ["at", "clients", "expect", "network", "link", "run"] {
        assert!(in_cluster.contains(&word), "{word} of {in_cluster:?}");
    }
    for word in ["arrivals", "crash", "cluster", "timeout"] {
        assert!(!in_cluster.contains(&word), "{word} of {in_cluster:?}");
    }
    let by_hand = at("cluster raft drive=hand\n", "¦");
    assert!(words(&by_hand).contains(&"deliver") && !words(&by_hand).contains(&"at"));
    assert_eq!(words(&at(POOL, "ar¦")), ["arrivals"]);
    assert_eq!(at(POOL, "ar¦").list[0].insert, "arrivals ");
}

#[wasm_bindgen_test(unsupported = test)]
fn entries_settings_and_values_follow_the_head() {
    let entries = at("", "cluster ra¦");
    assert_eq!(words(&entries)[..2], ["raft", "raft-article"]);
    assert!(entries.list[0].says.en.starts_with("Raft: ") && !entries.list[0].says.zh.is_empty());
    let settings = at("", "cluster raft el¦");
    assert_eq!(settings.list[0].insert, "election=");
    assert!(settings.list[0].says.en.contains("when silent"), "{:?}", settings.list[0]);
    assert!(!words(&at("", "cluster raft nodes=5 ¦")).contains(&"nodes"), "it stands there");
    assert_eq!(words(&at("", "cluster raft network=¦")), ["lan", "wan", "geo", "iot"]);
    assert_eq!(words(&at("", "cluster raft drive=h¦")), ["hand"]);
    let count = at("", "cluster raft nodes=¦");
    assert!(count.wanted.expect("a number is wanted").en.contains("number"));
    // A name before a value is replaced alone.
    let renamed = at("", "cluster raft se¦=7");
    assert_eq!((words(&renamed), renamed.list[0].insert.as_str()), (vec!["seed"], "seed"));
    assert!(words(&at("", "balance ¦")).contains(&"p2c"));
    assert!(words(&at("", "balance p2c q¦")).contains(&"queue"));
    assert!(words(&at("", "balance p2c queue=¦")).contains(&"lifo"));
}

#[wasm_bindgen_test(unsupported = test)]
fn an_instant_an_action_and_whom_it_strikes() {
    let instant = at(RAFT, "at ¦");
    assert_eq!(instant.list[0].insert, "1.234567s ", "where the playhead stands");
    assert!(instant.wanted.expect("a time").en.contains("time"));
    assert_eq!(words(&at(RAFT, "at 1s cr¦")), ["crash"]);
    assert_eq!(at(RAFT, "at 1s heal¦").list[0].insert, "heal", "nothing follows it");
    assert!(!words(&at(RAFT, "at 1s ¦")).contains(&"slow"), "a pool's");
    let whom = at(RAFT, "at 1s crash ¦");
    assert_eq!(words(&whom)[..5], ["leader", "follower", "any", "all", "n1"]);
    assert_eq!(whom.form, "crash WHOM");
    assert_eq!(words(&at(POOL, "at 1s slow s¦"))[0], "s1");
    assert!(words(&at(RAFT, "at 1s partition n1 ¦")).contains(&"|"));
    assert!(!words(&at(RAFT, "at 1s partition n1 ¦")).contains(&"n1"), "named once");
    assert_eq!(words(&at(RAFT, "at 1s cut n1 -¦")), ["->"]);
    assert!(words(&at(RAFT, "at 1s drop Req¦")).contains(&"RequestVote"));
    assert!(words(&at(RAFT, "at 1s hold ¦")).contains(&"n3"));
    assert!(words(&at(RAFT, "at 1s request ¦")).contains(&"put"));
    assert_eq!(words(&at(RAFT, "at 1s request get y ¦")), ["via", "from"]);
    assert_eq!(words(&at(RAFT, "at 1s disk n1 ¦")), ["synced", "unsynced"]);
    assert_eq!(words(&at(RAFT, "at 1s flap n1 ¦")), ["every"]);
}

#[wasm_bindgen_test(unsupported = test)]
fn laws_expectations_and_lines_that_go_on() {
    assert!(words(&at(POOL, "arrivals ¦")).contains(&"poisson"));
    assert_eq!(words(&at(POOL, "arrivals poisson l¦")), ["load"]);
    assert!(words(&at(POOL, "service pareto ¦")).contains(&"alpha"));
    let one = at(RAFT, "expect one ¦");
    assert_eq!(words(&one), ["one leader per term", "one vote per era"]);
    assert_eq!(one.start, RAFT.len() + "expect ".len(), "the phrase is replaced as a whole");
    assert_eq!(one.list[0].property, Some(Property::ElectionSafety));
    assert_eq!(at(RAFT, "expect lead¦").list.last().expect("one").insert, "leader within ");
    assert_eq!(words(&at(RAFT, "expect agreement ¦")), ["broken"]);
    assert!(words(&at(POOL, "expect p99 < 20ms ¦")).contains(&"with"));
    assert!(words(&at(POOL, "expect p99 < 20ms with ¦")).contains(&"random"));
    let more = format!("{POOL}compare random\n");
    assert!(words(&at(&more, "        round¦")).contains(&"round-robin"));
    assert!(words(&at(RAFT, "given n2 ¦")).contains(&"log"));
    assert!(offers("# a comment", 5, None).is_none());
}

/// What the word at `¦` means.
fn meaning(head: &str, line: &str) -> (String, String) {
    let column = line.find('¦').expect("a place");
    let text = format!("{head}{}", line.replace('¦', ""));
    let found = explain(&text, head.len() + column).unwrap_or_else(|| panic!("{line}"));
    assert!(text.get(found.start..found.end).is_some());
    (found.form, found.says.en)
}

#[wasm_bindgen_test(unsupported = test)]
fn every_word_of_a_line_is_explained() {
    assert_eq!(meaning(RAFT, "at 1s cra¦sh leader").0, "crash WHOM");
    assert!(meaning(RAFT, "at 1s crash lea¦der").1.contains("leads"));
    assert!(meaning(RAFT, "a¦t 1s crash leader").0.starts_with("at TIME"));
    assert!(meaning(RAFT, "at ¦1s crash leader").1.contains("time"));
    assert!(meaning("", "cluster ra¦ft").1.starts_with("Raft"));
    assert!(meaning("", "cluster raft elec¦tion=1s..2s").1.contains("silent"));
    assert!(meaning("", "cluster raft election=1s.¦.2s").1.contains("silent"), "the value too");
    assert!(meaning("", "cluster raft network=w¦an").1.contains("continent"));
    assert!(meaning(RAFT, "network wan lo¦ss=1%").1.contains("lost"));
    assert!(meaning(POOL, "arrivals poi¦sson load=68%").1.contains("xponential"));
    assert!(meaning(POOL, "balance p2¦c").1.contains(": "));
    let text = format!("{RAFT}expect one leader per term broken");
    let phrase = explain(&text, RAFT.len() + 14).expect("a phrase");
    assert_eq!(phrase.property, Some(Property::ElectionSafety));
    assert!(meaning(RAFT, "expect leader wi¦thin 1s").1.contains("time"));
    assert!(explain("# comment", 4).is_none() && explain("", 0).is_none());
}

#[wasm_bindgen_test(unsupported = test)]
fn every_command_and_every_knob_is_documented() {
    for (table, acts) in [(help::setup(), false), (help::actions(), true)] {
        for command in table {
            let Place::Pool = command.place else { continue };
            assert!(!command.says.zh.is_empty() && command.says.en.ends_with('.'));
            assert_eq!(help::command(command.word, acts), Some(command));
        }
    }
    // What the reader knows, by its own word: an unknown command lists all.
    let list = |text: &str| match script::parse(text).problems.into_iter().next() {
        Some(problem) => match problem.kind {
            script::ProblemKind::Unknown { allowed, .. } => allowed,
            other => panic!("{other:?}"),
        },
        None => panic!("{text} is understood"),
    };
    for word in list("cluster raft\nzqzqzq\n") {
        assert!(help::command(&word, false).is_some(), "{word} has no documentation");
    }
    for word in list("cluster raft\nat 1s zqzqzq\n") {
        assert!(help::actions().iter().any(|it| it.word == word), "{word} has none");
    }
    for entry in catalog::entries() {
        let pool = entry.about.family == Family::Balancing;
        let head = if pool { "balance p2c" } else { &format!("cluster {}", entry.about.id) };
        let text = format!("{head} ");
        for offer in offers(&text, text.len(), None).expect("settings").list {
            assert!(!offer.says.en.is_empty(), "{head}: {}", offer.word);
            assert!(!offer.says.zh.is_empty(), "{head}: {}", offer.word);
        }
        for knob in entry.about.knobs {
            let says = help::of_knob(knob);
            assert!(says.en.len() > knob.help.en.len() && knob.help.en.len() > 5, "{}", knob.name);
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn every_example_of_the_table_is_understood_where_it_says() {
    for (table, time) in [(help::setup(), ""), (help::actions(), "at 1s ")] {
        for command in table {
            let line = format!("{time}{}\n", command.example);
            let raft = script::parse(&format!("cluster raft nodes=4 members=3\n{line}"));
            let pool = script::parse(&format!("balance p2c servers=4\n{line}"));
            let head = script::parse(&line);
            let (raft, pool) = (raft.problems.is_empty(), pool.problems.is_empty());
            // Nodes and timers are those of an entry.
            let own = ["n1", "n2", "election"];
            let nodes = own.iter().any(|word| command.example.contains(word));
            match command.place {
                Place::Cluster => assert!(raft, "{line}"),
                Place::Pool => assert!(pool && (!raft || command.word == "balance"), "{line}"),
                Place::Anywhere => assert!(raft && (pool || nodes), "{line}"),
            }
            if ["cluster", "balance"].contains(&command.word) {
                assert_eq!(head.problems, [], "{line}");
            }
        }
    }
}

/// Accepting an offer anywhere in the gallery never panics, and keeps the rest of the text.
#[wasm_bindgen_test(unsupported = test)]
fn offers_fit_everywhere_in_the_gallery() {
    for item in GALLERY.iter().step_by(5) {
        for caret in (0..=item.text.len()).filter(|at| item.text.is_char_boundary(*at)).step_by(3) {
            let _ = explain(item.text, caret);
            let Some(found) = offers(item.text, caret, None) else { continue };
            assert!(found.start <= caret && caret <= found.end, "{} at {caret}", item.path);
            assert!(item.text.get(found.start..found.end).is_some(), "{} at {caret}", item.path);
        }
    }
}

/// The texts that the ways out of the first problem of `text` lead to.
fn mended(text: &str) -> Vec<String> {
    let problems = script::plan(text).err().expect("a problem");
    mend::fixes(text, &problems[0]).iter().map(|fix| fix.apply(text)).collect()
}

#[wasm_bindgen_test(unsupported = test)]
fn ways_out_of_a_problem() {
    let first = |text: &str| {
        let all = mended(text);
        assert!(script::plan(&all[0]).is_ok(), "{text:?} became {:?}", all[0]);
        all.into_iter().next().expect("a way out")
    };
    assert_eq!(first("cluster raft\nat 1s crahs n1\n"), "cluster raft\nat 1s crash n1\n");
    assert_eq!(first("cluster raft\nat 400 crash n1\n"), "cluster raft\nat 400ms crash n1\n");
    assert_eq!(first("cluster raft\nnetwork lan loss=5\n"), "cluster raft\nnetwork lan loss=5%\n");
    assert_eq!(first("cluster raft nodes=500\n"), "cluster raft nodes=99\n");
    assert_eq!(first("cluster raft\nrun 1s\nrun 2s\n"), "cluster raft\nrun 1s\n");
    assert_eq!(first("cluster raft seed=1 seed=2\n"), "cluster raft seed=1\n");
    assert_eq!(first("cluster raft\nlimit 5\n"), "cluster raft\nlimit 5 events\n");
    assert_eq!(first("cluster raft\nat 1s crash n9\n"), "cluster raft\nat 1s crash n3\n");
    assert_eq!(first("cluster raft\nat 9s heal\nrun 2s\n"), "cluster raft\nat 9s heal\nrun 9s\n");
    assert_eq!(first("# Title\nrun 1s\n"), "# Title\ncluster raft nodes=5\nrun 1s\n");
    assert_eq!(first("cluster raft\ncrash n1\n"), "cluster raft\nat 1s crash n1\n");
    assert_eq!(first("balance p2c\nservers 1 x2\n"), "balance p2c\nservers s1 x2\n");
    assert!(mended("cluster raft\nexpect nothing at all\n").len() <= 3);
}

#[wasm_bindgen_test(unsupported = test)]
fn comments_are_put_and_taken_away() {
    let text = "cluster raft\n\nat 1s heal\n  at 2s heal\nrun 3s\n";
    let (from, to) = (text.find("at 1s").expect("there"), text.find("2s").expect("there"));
    let off = edit::toggle_comment(text, from, to);
    assert_eq!(off, "cluster raft\n\n# at 1s heal\n#   at 2s heal\nrun 3s\n");
    assert_eq!(edit::toggle_comment(&off, from, to + 4), text, "and back");
    let mixed = "# a\nrun 1s\n";
    assert_eq!(edit::toggle_comment(mixed, 0, mixed.len() - 1), "# # a\n# run 1s\n");
    assert_eq!(edit::toggle_comment("", 0, 0), "");
    assert_eq!(edit::toggle_comment("#no blank", 3, 3), "no blank");
}

#[wasm_bindgen_test(unsupported = test)]
fn a_difference_is_the_smallest_stretch() {
    for (old, new) in [
        ("", ""),
        ("abc", "abc"),
        ("abc", "abXc"),
        ("aaa", "aa"),
        ("领导者", "领跑者"),
        ("x", ""),
        ("", "新"),
        ("one two", "one three two"),
    ] {
        let (from, to, text) = edit::difference(old, new);
        assert_eq!(format!("{}{text}{}", &old[..from], &old[to..]), new, "{old:?} {new:?}");
        assert!(text.len() + (to - from) <= old.len() + new.len());
    }
    assert_eq!(edit::difference("abc", "abXc"), (2, 2, "X".to_owned()));
}

#[wasm_bindgen_test(unsupported = test)]
fn formatting_keeps_the_meaning_and_every_comment() {
    for item in GALLERY {
        let once = edit::format(item.text);
        assert_eq!(edit::format(&once), once, "{}: twice is once", item.path);
        let (before, after) = (script::parse(item.text), script::parse(&once));
        let comments = |script: &script::Script| {
            let all = script.lines.iter().filter_map(|line| line.comment.clone());
            all.filter(|comment| !comment.is_empty()).collect::<Vec<_>>()
        };
        assert_eq!(comments(&before), comments(&after), "{}", item.path);
        let recipe = |text: &str| {
            let plan = script::plan(text).unwrap_or_else(|all| panic!("{}: {all:?}", item.path));
            let expects: Vec<String> = plan.expects.iter().map(|it| it.text.clone()).collect();
            (format!("{:?}", plan.spec), plan.until, plan.events_max, plan.warmup, expects)
        };
        assert_eq!(recipe(item.text), recipe(&once), "{}", item.path);
        assert_eq!(print::script(&after), once);
    }
    let broken = "cluster raft\nat   noon crash\nrun   1s\n";
    assert_eq!(edit::format(broken), "cluster raft\nat   noon crash\nrun 1s\n");
}

#[wasm_bindgen_test(unsupported = test)]
fn a_timed_line_knows_its_instant() {
    let text = "cluster raft\nat 1.5s heal # now\nat x heal\n";
    assert_eq!(edit::instant_of(text, 2), Some(SimTime(1_500_000_000)));
    for line in [0, 1, 3, 4, 99] {
        assert_eq!(edit::instant_of(text, line), None, "line {line}");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn timers_are_those_of_the_entry() {
    for entry in catalog::entries() {
        let head = match entry.about.family {
            Family::Balancing => "balance p2c servers=4 drive=hand\n".to_owned(),
            _ => format!("cluster {} drive=hand\n", entry.about.id),
        };
        let who = if entry.about.family == Family::Balancing { "s1" } else { "n1" };
        assert_eq!(words(&at(&head, &format!("fire {who} ¦"))), entry.timers(), "{head}");
        for timer in entry.timers() {
            let plan = script::plan(&format!("{head}fire {who} {timer}\n"));
            assert!(plan.is_ok(), "{head}: {timer}");
        }
    }
    let problems = script::plan("cluster raft drive=hand\nfire n1 elction\n").err();
    let problems = problems.expect("no such timer");
    assert_eq!(problems[0].says().en, "Unknown timer elction.");
    assert_eq!(problems[0].fix.as_ref().expect("one is near").text, "election");
}
