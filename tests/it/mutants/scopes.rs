//! Searches of the scopes that flaws state: the shortest counterexample, nothing below, and the
//! sound protocol.
//!
//! `tests/mutants/searched.txt` says what each search meets, and which of them left out orders of
//! which nothing can come. Short ones are carried out here; `cargo xtask verify` sets `SCOPES=most`
//! or `SCOPES=all` and carries out more of them, and `REWRITE=1` writes what is met. `ONLY=R03,R05`
//! narrows.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::num::NonZeroUsize;
use std::path::PathBuf;

use quorate::catalog::{self, Entry};
use quorate::check::cluster::is_judged;
use quorate::check::explore::{End, Options};
use quorate::kernel::{Expect, Flaw};
use quorate::script::search::{Exploration, Searched};
use quorate::script::{self, property_words};

use super::{broken, sound, variants};
use crate::explore::expand;

/// States that are searched for one row when not more is asked for.
const SHORT: u64 = 60_000;

/// The same with `SCOPES=most`.
const LONG: u64 = 8_000_000;

/// States of one question above which every order is too much: then the whole row is searched with
/// reduction, and says so.
const WHOLE: u32 = 2_500_000;

/// States that are searched at most for one question with reduction.
const MOST: u32 = 60_000_000;

/// Blocks of the frontier that are expanded in one round, by however many threads: what is learnt
/// of messages in a round does not depend on them.
const ROUND: usize = 32;

/// How a row of the record says that it was not searched in every order.
const REDUCED: &str = "  with reduction and symmetry\n";

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

/// How a row is searched.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum How {
    /// Every order: the counts are those of the whole scope.
    Whole,
    /// Without orders that only differ in when a message is delivered of which nothing can come,
    /// and states that differ in the names of nodes alone as one.
    Reduced,
}

/// A question has too many states.
struct TooMany;

/// What one search came to; `TooMany` if it met its ceiling.
type Answer<T> = Result<T, TooMany>;

/// Searches, and hands back what came of it.
fn searched(text: &str, how: How) -> Answer<Searched> {
    let plan = script::plan(text).unwrap_or_else(|problems| panic!("{text}{problems:?}"));
    let reduction = how == How::Reduced;
    let max_states = if reduction { MOST } else { WHOLE };
    let alike = Some(reduction);
    let options = Options { max_states, reduction, alike, ..Options::default() };
    let mut search = Exploration::new(&plan, &options).expect("it asks for a search");
    let threads = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    while !search.is_over() {
        let blocks = search.explorer().blocks().min(ROUND);
        if blocks == 0 {
            search.advance(20_000);
        } else {
            let batches = expand(search.explorer(), blocks, threads);
            search.merge(batches);
        }
    }
    if search.progress().end == Some(End::States) {
        return Err(TooMany);
    }
    let report = search.report(0.0);
    assert_eq!(report.defect, None, "{text}");
    Ok(report)
}

/// How many states a search visited that was to find nothing within its scope.
fn nothing_in(text: &str, found: &Searched) -> u64 {
    for check in &found.checks {
        assert_eq!(check.verdict, "holds", "{text}{}: {}", check.text, check.because);
    }
    found.unique
}

/// The sound protocol in a scope: it keeps everything it promises, and what this flaw breaks.
fn sound_in(entry: &Entry, flaw: &Flaw, schedule: &str, reach: &Reach, how: How) -> Answer<u64> {
    let schedule = sound(entry, flaw, schedule);
    let claims = catalog::find(flaw.of).expect("it is an entry").about.claims;
    let mut promised: Vec<_> =
        claims.iter().filter(|claim| claim.expect == Expect::Holds).map(|it| it.property).collect();
    assert!(promised.contains(&flaw.breaks), "{} does not promise {:?}", flaw.of, flaw.breaks);
    promised.retain(|property| is_judged(*property));
    let words: Vec<String> = promised.into_iter().map(property_words).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let text = question(&schedule, reach, &words);
    Ok(nothing_in(&text, &searched(&text, how)?))
}

/// The search that stands in a file of its own, in the folder `of`, and its scope in words; `None`
/// if there is no such file.
fn apart(entry: &Entry, flaw: &Flaw, of: &str, expected: &str) -> Option<(String, String)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/mutants");
    let path = folder.join(format!("{}/{of}/{}.quorate", entry.about.id, flaw.name));
    let text = fs::read_to_string(&path).ok()?;
    let plan = script::plan(&text).unwrap_or_else(|problems| panic!("{text}{problems:?}"));
    let asked = plan.exploring.as_ref().map(|it| it.text.replacen("explore ", "", 1));
    let stated = format!("nodes={} {}", plan.spec.nodes, asked.unwrap_or_default());
    let set = flaw.written();
    assert!(text.contains(&format!("cluster {} {set}", entry.about.id)), "{set}");
    assert!(text.ends_with(&format!("\nexpect {expected}\n")), "{expected}");
    Some((text, stated))
}

/// The scope in which a flaw breaks nothing, which has a file of its own, and another one in which
/// it breaks as well, if it has.
fn apart_of(entry: &Entry, flaw: &Flaw, breaks: &str, how: How) -> Answer<String> {
    let (id, name) = (flaw.id, flaw.name);
    let mut met = String::new();
    let clean = apart(entry, flaw, "clean", breaks);
    assert_eq!(clean.as_ref().map_or("", |(_, stated)| stated), flaw.clean, "{id}");
    if let Some((text, stated)) = clean {
        let states = nothing_in(&text, &searched(&text, how)?);
        let _ = writeln!(met, "{id} {name}: nothing in {stated}: {states} states");
    }
    if let Some((text, stated)) = apart(entry, flaw, "also", &format!("{breaks} broken")) {
        let found = searched(&text, how)?;
        let steps = Some(Reach::read(&stated).of("depth"));
        assert_eq!((found.steps, found.checks[0].verdict), (steps, "holds"), "{text}");
        let _ = writeln!(met, "{id} {name}: violated after as many steps in {stated}");
    }
    Ok(met)
}

/// What a search within a scope comes to, in a line; it has to find nothing, or so many steps.
fn meets(asked: &str, within: &str, steps: Option<u32>, how: How) -> Answer<String> {
    let found = searched(asked, how)?;
    Ok(if let Some(steps) = steps {
        assert_eq!((found.steps, found.checks[0].verdict), (Some(steps), "violated"), "{asked}");
        format!("  violated after {steps} steps\n")
    } else {
        format!("  nothing {within}: {} states\n", nothing_in(asked, &found))
    })
}

/// The same with one node less, which has no disk then, got no vote and is no member. Whether it
/// breaks is no claim.
fn fewer(schedule: &str, reach: &Reach, expects: &[&str], how: How) -> Answer<String> {
    let nodes = reach.of("nodes");
    let disk = format!("given n{nodes} ");
    let named = [format!(" vote=n{nodes}"), format!(",n{nodes}")];
    let lines = schedule.lines().filter(|line| !line.starts_with(&disk)).map(str::to_owned);
    let unnamed = |line: String| named.iter().fold(line, |line, name| line.replace(name, ""));
    let lines: Vec<String> = lines.map(unnamed).collect();
    let mut reach = reach.with("nodes", nodes - 1);
    // Alone, a node sends nothing that could be copied.
    if nodes == 2 {
        reach = reach.with("duplicates", 0);
    }
    let asked = question(&lines.join("\n"), &reach, expects);
    let found = searched(&asked, how)?;
    Ok(if let Some(steps) = found.steps {
        format!("  nodes={}: violated after {steps} steps\n", nodes - 1)
    } else {
        format!("  nodes={}: nothing: {} states\n", nodes - 1, nothing_in(&asked, &found))
    })
}

/// What searches meet of a flaw, in lines; none if nothing of it can be searched.
fn met(entry: &Entry, flaw: &Flaw, schedule: &str, how: How) -> Answer<String> {
    let expects = [broken(schedule)];
    let ask = |reach: &Reach| question(schedule, reach, &expects);
    let mut text = String::new();
    if flaw.clear > 0 {
        let whole = Reach::read(flaw.found);
        let depth = whole.of("depth");
        let below = whole.deep(flaw.clear);
        let _ = writeln!(text, "{} {} {}: {}", flaw.id, entry.about.id, flaw.written(), flaw.found);
        text += if how == How::Reduced { REDUCED } else { "" };
        let is_shortest = flaw.clear + 1 == depth;
        if is_shortest {
            text += &meets(&ask(&whole), "", Some(depth), how)?;
        }
        text += &meets(&ask(&below), &format!("within {} steps", flaw.clear), None, how)?;
        if is_shortest {
            for less in whole.below() {
                text += &meets(&ask(&less), &format!("in {}", less.line()), None, how)?;
            }
        }
        text += &fewer(schedule, &whole, &expects, how)?;
        let within = if is_shortest { whole } else { below };
        let states = sound_in(entry, flaw, schedule, &within, how)?;
        let _ = writeln!(text, "  {} in {}: {states} states", flaw.of, within.line());
    }
    Ok(text + &apart_of(entry, flaw, expects[0], how)?)
}

/// The same as the record was made, or, anew, in every order if that is not too much.
fn met_as(entry: &Entry, flaw: &Flaw, schedule: &str, before: Option<&str>) -> String {
    let reduced = || met(entry, flaw, schedule, How::Reduced);
    let met = match before {
        Some(lines) if lines.contains(REDUCED) => reduced(),
        Some(_) => met(entry, flaw, schedule, How::Whole),
        None => met(entry, flaw, schedule, How::Whole).or_else(|TooMany| reduced()),
    };
    met.unwrap_or_else(|TooMany| panic!("{}: too many states", flaw.id))
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

/// How many states a row may have to be searched, as the surroundings ask.
fn patience() -> u64 {
    match std::env::var("SCOPES").as_deref() {
        Ok("all") => u64::MAX,
        Ok("most") => LONG,
        _ => SHORT,
    }
}

#[test]
fn searches_meet_the_shortest_and_nothing_below() {
    let rewrite = std::env::var("REWRITE").is_ok_and(|it| it == "1");
    let only = std::env::var("ONLY").ok();
    let (mut known, mut real, mut searched) = (known(), String::new(), 0);
    for (entry, flaw, schedule) in variants() {
        let before = known.remove(flaw.id);
        let counted = before.as_deref().map_or(u64::MAX, states);
        let wanted = match &only {
            Some(only) => only.split(',').any(|id| id == flaw.id),
            None => counted <= patience(),
        };
        let met = if wanted {
            searched += 1;
            let met = met_as(&entry, &flaw, &schedule, before.as_deref().filter(|_| !rewrite));
            println!("{met}");
            met
        } else {
            before.clone().unwrap_or_default()
        };
        let before = before.unwrap_or_default();
        assert!(rewrite || met == before, "{}: {met:?}, not {before:?}", flaw.id);
        real += &met;
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
        let found = searched(&text, How::Whole).unwrap_or_else(|TooMany| panic!("{text}"));
        assert_eq!(found.checks[0].verdict, "undecided", "{text}");
        assert!(found.checks[0].because.contains("what time it is"), "{text}");
        assert!(!found.complete, "{text}");
    }
    assert_eq!(not_searched, ["R19", "R16"]);
}
