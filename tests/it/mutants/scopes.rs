//! Searches of the scopes that flaws state: the shortest counterexample, nothing below, and the
//! sound protocol.
//!
//! `tests/mutants/searched.txt` says what each search meets. Short ones are carried out here;
//! `cargo xtask verify` sets `SCOPES=all` and carries out all of them, and `REWRITE=1` writes what
//! is met. `ONLY=R03` narrows.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use quorate::catalog::{self, Entry};
use quorate::check::cluster::is_judged;
use quorate::check::explore::Options;
use quorate::kernel::{Expect, Flaw};
use quorate::script::search::{Exploration, Searched};
use quorate::script::{self, property_words};

use super::{broken, sound, variants};

/// States that are searched for one row when not all rows are asked for.
const SHORT: u64 = 60_000;

/// States that are searched at most for one question.
const MOST: u32 = 6_000_000;

/// What ask for something by a line of their own.
const ASKING: [&str; 6] = ["request", "members", "remove", "add", "learner", "transfer"];

/// A scope as a flaw states it: words with numbers, the first of them the nodes.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Reach(Vec<(String, u32)>);

impl Reach {
    fn read(words: &str) -> Reach {
        let pair = |word: &str| {
            let (name, count) = word.split_once('=').expect("a word and its number");
            (name.to_owned(), count.parse().expect("a number"))
        };
        Reach(words.split(' ').map(pair).collect())
    }

    fn of(&self, name: &str) -> u32 {
        self.0.iter().find(|(it, _)| it == name).map_or(0, |(_, count)| *count)
    }

    /// The same scope with another number; nothing of a kind is not said.
    fn with(&self, name: &str, count: u32) -> Reach {
        let mut reach = self.clone();
        for word in reach.0.iter_mut().filter(|(it, _)| it == name) {
            word.1 = count;
        }
        reach.0.retain(|(_, count)| *count > 0);
        reach
    }

    /// The scope of so many steps.
    fn deep(&self, depth: u32) -> Reach {
        self.with("depth", depth)
    }

    /// The scopes with one thing less, of those that may happen at all.
    fn below(&self) -> Vec<Reach> {
        let less = |name| self.with(name, self.of(name) - 1);
        let words = ["timers", "requests", "crashes", "duplicates"].into_iter();
        let all = words.filter(|name| self.of(name) > 0).map(less);
        // Where nothing may happen there is nothing to search.
        all.filter(|reach| reach.0.len() > 2).collect()
    }

    fn line(&self) -> String {
        let words = self.0.iter().filter(|(name, _)| name != "nodes");
        words.fold("explore".to_owned(), |line, (name, count)| format!("{line} {name}={count}"))
    }
}

/// The search that goes with a schedule: its settings and its disks, and what its clients ask, of
/// any node and at any time.
fn question(schedule: &str, reach: &Reach, expects: &[&str]) -> String {
    let mut text = String::new();
    for line in schedule.lines() {
        let mut words: Vec<&str> = line.split(' ').collect();
        let nodes = format!("nodes={}", reach.of("nodes"));
        match words[0] {
            "cluster" => {
                words.retain(|word| !word.starts_with("nodes="));
                words.insert(2, &nodes);
            }
            "given" => {}
            verb if ASKING.contains(&verb) && reach.of("requests") > 0 => {
                if let Some(place) = words.iter().position(|word| *word == "via") {
                    words.drain(place..place + 2);
                }
            }
            _ => continue,
        }
        text += &words.join(" ");
        text.push('\n');
    }
    text += &reach.line();
    text.push('\n');
    for expected in expects {
        let _ = writeln!(text, "expect {expected}");
    }
    text
}

/// Searches, and hands back what came of it.
fn searched(text: &str) -> Searched {
    let plan = script::plan(text).unwrap_or_else(|problems| panic!("{text}{problems:?}"));
    // Every order: the counts are those of the whole scope.
    let options = Options { max_states: MOST, reduction: false, ..Options::default() };
    let mut search = Exploration::new(&plan, &options).expect("it asks for a search");
    while !search.is_over() {
        search.advance(50_000);
    }
    let report = search.report(0.0);
    assert_eq!(report.defect, None, "{text}");
    report
}

/// How many states a search visited that was to find nothing within its scope.
fn nothing_in(text: &str, found: &Searched) -> u64 {
    for check in &found.checks {
        assert_eq!(check.verdict, "holds", "{text}{}: {}", check.text, check.because);
    }
    found.unique
}

/// The sound protocol in a scope: it keeps everything it promises, and what this flaw breaks.
fn sound_in(entry: &Entry, flaw: &Flaw, schedule: &str, reach: &Reach) -> u64 {
    let schedule = sound(entry, flaw, schedule);
    let claims = catalog::find(flaw.of).expect("it is an entry").about.claims;
    let mut promised: Vec<_> =
        claims.iter().filter(|claim| claim.expect == Expect::Holds).map(|it| it.property).collect();
    assert!(promised.contains(&flaw.breaks), "{} does not promise {:?}", flaw.of, flaw.breaks);
    promised.retain(|property| is_judged(*property));
    let words: Vec<String> = promised.into_iter().map(property_words).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let text = question(&schedule, reach, &words);
    nothing_in(&text, &searched(&text))
}

/// The scope in which a flaw breaks nothing, which has a file of its own, and its states.
fn clean_in(entry: &Entry, flaw: &Flaw, breaks: &str) -> (&'static str, u64) {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/mutants");
    let path = folder.join(format!("{}/clean/{}.quorate", entry.about.id, flaw.name));
    let text = fs::read_to_string(&path).expect("a scope that is stated has its file");
    let plan = script::plan(&text).unwrap_or_else(|problems| panic!("{text}{problems:?}"));
    let asked = plan.exploring.as_ref().map(|it| it.text.replacen("explore ", "", 1));
    let stated = format!("nodes={} {}", plan.spec.nodes, asked.unwrap_or_default());
    assert_eq!(stated, flaw.clean, "{}", path.display());
    let set = flaw.written();
    assert!(text.contains(&format!("cluster {} {set}", entry.about.id)), "{set}");
    assert!(text.ends_with(&format!("\nexpect {breaks}\n")), "{breaks}");
    (flaw.clean, nothing_in(&text, &searched(&text)))
}

/// What a search within a scope comes to, in a line; it has to find nothing, or so many steps.
fn meets(text: &mut String, asked: &str, within: &str, steps: Option<u32>) {
    let found = searched(asked);
    if let Some(steps) = steps {
        assert_eq!((found.steps, found.checks[0].verdict), (Some(steps), "violated"), "{asked}");
        let _ = writeln!(text, "  violated after {steps} steps");
    } else {
        let states = nothing_in(asked, &found);
        let _ = writeln!(text, "  nothing {within}: {states} states");
    }
}

/// The same with one node less, which has no disk then. Whether it breaks is no claim.
fn fewer(text: &mut String, schedule: &str, reach: &Reach, expects: &[&str]) {
    let nodes = reach.of("nodes");
    let disk = format!("given n{nodes} ");
    let lines = schedule.lines().filter(|line| !line.starts_with(&disk));
    let lines: Vec<&str> = lines.collect();
    let asked = question(&lines.join("\n"), &reach.with("nodes", nodes - 1), expects);
    let found = searched(&asked);
    let _ = if let Some(steps) = found.steps {
        writeln!(text, "  nodes={}: violated after {steps} steps", nodes - 1)
    } else {
        let states = nothing_in(&asked, &found);
        writeln!(text, "  nodes={}: nothing: {states} states", nodes - 1)
    };
}

/// What searches meet of a flaw, in lines; `None` if nothing of it can be searched.
fn met(entry: &Entry, flaw: &Flaw, schedule: &str) -> Option<String> {
    let expects = [broken(schedule)];
    let ask = |reach: &Reach| question(schedule, reach, &expects);
    let mut text = String::new();
    if flaw.clear > 0 {
        let whole = Reach::read(flaw.found);
        let depth = whole.of("depth");
        let below = whole.deep(flaw.clear);
        let _ = writeln!(text, "{} {} {}: {}", flaw.id, entry.about.id, flaw.written(), flaw.found);
        let is_shortest = flaw.clear + 1 == depth;
        if is_shortest {
            meets(&mut text, &ask(&whole), "", Some(depth));
        }
        meets(&mut text, &ask(&below), &format!("within {} steps", flaw.clear), None);
        if is_shortest {
            for less in whole.below() {
                meets(&mut text, &ask(&less), &format!("in {}", less.line()), None);
            }
            fewer(&mut text, schedule, &whole, &expects);
        }
        let within = if is_shortest { whole } else { below };
        let states = sound_in(entry, flaw, schedule, &within);
        let _ = writeln!(text, "  {} in {}: {states} states", flaw.of, within.line());
    }
    if !flaw.clean.is_empty() {
        let (asked, states) = clean_in(entry, flaw, expects[0]);
        let _ = writeln!(text, "{} {}: nothing in {asked}: {states} states", flaw.id, flaw.name);
    }
    (!text.is_empty()).then_some(text)
}

fn golden() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/mutants/searched.txt")
}

/// What was met, by the number of the flaw.
fn known() -> BTreeMap<String, String> {
    let text = fs::read_to_string(golden()).unwrap_or_default();
    let mut known: BTreeMap<String, String> = BTreeMap::new();
    let mut id = String::new();
    for line in text.lines() {
        if !line.starts_with(' ') {
            line.split(' ').next().unwrap_or_default().clone_into(&mut id);
        }
        known.entry(id.clone()).or_default().extend([line, "\n"]);
    }
    known
}

/// How many states lines speak of.
fn states(lines: &str) -> u64 {
    let counts = lines.lines().filter_map(|line| line.strip_suffix(" states")?.rsplit(' ').next());
    counts.filter_map(|count| count.parse::<u64>().ok()).sum()
}

#[test]
fn searches_meet_the_shortest_and_nothing_below() {
    let is_set = |name, value: &str| std::env::var(name).is_ok_and(|it| it == value);
    let (all, rewrite) = (is_set("SCOPES", "all"), is_set("REWRITE", "1"));
    let only = std::env::var("ONLY").ok();
    let (mut known, mut real, mut searched) = (known(), String::new(), 0);
    for (entry, flaw, schedule) in variants() {
        let before = known.remove(flaw.id);
        let short = before.as_deref().is_some_and(|lines| states(lines) <= SHORT);
        let wanted = only.as_ref().map_or(all || short, |only| only == flaw.id);
        let met = if wanted { met(&entry, &flaw, &schedule) } else { before.clone() };
        if wanted && met.is_some() {
            searched += 1;
            println!("{}", met.as_deref().unwrap_or_default());
        }
        assert!(rewrite || met == before, "{}: {met:?}, not {before:?}", flaw.id);
        real += met.as_deref().unwrap_or_default();
    }
    if rewrite {
        fs::write(golden(), real).expect("the file can be written");
    } else {
        assert!(known.is_empty(), "of no flaw: {known:?}");
        assert!(only.is_some() || searched >= 16, "{searched} were searched");
    }
}

/// Two variants rest on clocks: one is refused, the other ends its search when it asks for the
/// time.
#[test]
fn what_rests_on_clocks_is_not_said_to_hold() {
    let mut not_searched = Vec::new();
    for (entry, flaw, schedule) in variants() {
        if flaw.clear > 0 || flaw.found.is_empty() {
            continue;
        }
        not_searched.push(flaw.id);
        let text = question(&schedule, &Reach::read(flaw.found), &[broken(&schedule)]);
        if let Err(problems) = script::plan(&text) {
            assert!(problems[0].says().en.contains("rests on clocks"), "{}", entry.about.id);
            continue;
        }
        let found = searched(&text);
        assert_eq!(found.checks[0].verdict, "undecided", "{text}");
        assert!(found.checks[0].because.contains("what time it is"), "{text}");
        assert!(!found.complete, "{text}");
    }
    assert_eq!(not_searched, ["R19", "R16"]);
}
