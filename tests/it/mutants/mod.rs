//! Wrong variants: each breaks what it claims by the schedule written down for it, and the sound
//! protocol, driven by the same lines, breaks nothing.
//!
//! The schedules are in `tests/mutants/<entry>/<flaw>.quorate`; some are in the gallery as well.

mod scopes;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;
use std::rc::Rc;

use quorate::catalog::{self, Entry};
use quorate::check::swarm::trial;
use quorate::check::{Verdict, monitor};
use quorate::kernel::{Expect, Flaw, KnobValue, Party, Property};
use quorate::script::{self, Plan, run};

use crate::conformance::Told;
use quorate::sim::{Cluster, Drive, Happening, Input, Occurrence};

fn file(entry: &Entry, flaw: &Flaw) -> PathBuf {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    root.join(format!("tests/mutants/{}/{}.quorate", entry.about.id, flaw.name))
}

/// Every wrong variant with the text of its schedule.
fn variants() -> Vec<(Entry, Flaw, String)> {
    let mut all = Vec::new();
    for entry in catalog::entries() {
        for flaw in entry.flaws() {
            let path = file(&entry, &flaw);
            let text = fs::read_to_string(&path);
            all.push((
                entry,
                flaw,
                text.unwrap_or_else(|_| panic!("{} is missing", path.display())),
            ));
        }
    }
    all
}

/// What a run needed to break its property, in the words of an `explore` line.
#[derive(Default)]
struct Needs(BTreeMap<&'static str, u64>);

impl Needs {
    /// Counts an event as an explorer would: a step.
    fn count(&mut self, last: &Occurrence) {
        let word = match &last.what {
            Happening::Delivered(note) => match (note.from, note.to) {
                (Party::Node(_), Party::Node(_)) => "",
                // A request is one step, whatever its ways; what clients hear is none.
                (Party::Client(_), _) => "requests",
                (Party::Node(_), Party::Client(_)) => return,
            },
            Happening::TimerFired { .. } => "timers",
            Happening::Input { input: Input::Crash(_), struck, .. } if !struck.is_empty() => {
                "crashes"
            }
            // A restart belongs to its crash, and is a step as well.
            Happening::Input { input: Input::Restart(_), struck, .. } if !struck.is_empty() => "",
            Happening::Input { input: Input::Duplicate(_), .. } => "duplicates",
            // Messages that wait are lost as far as anybody knows.
            Happening::Started
            | Happening::Lost(_)
            | Happening::Input { .. }
            | Happening::ClientActed(_) => return,
        };
        *self.0.entry("depth").or_default() += 1;
        if !word.is_empty() {
            *self.0.entry(word).or_default() += 1;
        }
    }

    /// As words, after the number of nodes.
    fn words(&self, nodes: u32) -> String {
        let mut words = format!("nodes={nodes}");
        for word in ["depth", "timers", "requests", "crashes", "duplicates"] {
            if let Some(count) = self.0.get(word) {
                words.extend([" ", word, "=", &count.to_string()]);
            }
        }
        words
    }
}

/// One more event, unless the run is over.
fn goes_on(plan: &Plan, cluster: &mut dyn Cluster) -> bool {
    let timed = plan.spec.drive == Drive::Seeded;
    !(timed && cluster.next_at().is_none_or(|at| at > plan.until)) && cluster.step()
}

/// What a schedule needs until its property breaks; `None` if it does not.
fn needs(flaw: &Flaw, text: &str) -> Option<String> {
    let plan = script::plan(text).unwrap_or_else(|problems| panic!("{}: {problems:?}", flaw.name));
    let mut cluster = plan.build().expect("given lines that are understood");
    let mut monitor = monitor(flaw.breaks, plan.entry.about.era);
    let mut needs = Needs::default();
    loop {
        needs.count(cluster.last());
        monitor.watch(cluster.last());
        if matches!(monitor.verdict(), Verdict::Violated { .. }) {
            return Some(needs.words(plan.spec.nodes));
        }
        if !goes_on(&plan, &mut *cluster) {
            monitor.finish(plan.until);
            return monitor.verdict().is_violated().then(|| needs.words(plan.spec.nodes));
        }
    }
}

/// The schedule for the sound entry, which has to keep all its promises.
fn sound(entry: &Entry, flaw: &Flaw, text: &str) -> String {
    let head = format!("cluster {}", entry.about.id);
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines().filter(|line| !line.starts_with("expect ")) {
        if line.starts_with(&head) {
            let words = line.replacen(&head, &format!("cluster {}", flaw.of), 1);
            let words = flaw.written().split(' ').fold(words, |words, word| {
                assert!(words.contains(&format!(" {word}")), "{}: no `{word}`", flaw.name);
                words.replacen(&format!(" {word}"), "", 1)
            });
            lines.push(words);
        } else {
            lines.push(line.to_owned());
        }
    }
    lines.join("\n") + "\n"
}

#[test]
fn every_flaw_breaks_what_it_claims_in_the_scope_it_claims() {
    let mut wrong = Vec::new();
    for (entry, flaw, text) in variants() {
        let name = format!("{} {}", entry.about.id, flaw.name);
        let found = needs(&flaw, &text);
        println!("{} {name}: {:?} by {found:?}", flaw.id, flaw.breaks);
        let report = run::run(&script::plan(&text).expect("read before"));
        if !report.holds() || report.checks.is_empty() {
            wrong.push(format!("{name}: not as expected in its schedule"));
        }
        // Where time runs by itself there is no schedule to search for.
        let timed = script::plan(&text).is_ok_and(|plan| plan.spec.drive == Drive::Seeded);
        let found = found.map(|words| if timed { String::new() } else { words });
        match found {
            None => wrong.push(format!("{name}: {:?} does not break", flaw.breaks)),
            Some(words) if words != flaw.found => {
                wrong.push(format!("{name}: claims `{}`, shown in `{words}`", flaw.found));
            }
            Some(_) => {}
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn sound_protocols_break_nothing_by_the_same_schedules() {
    let mut wrong = Vec::new();
    for (entry, flaw, text) in variants() {
        let text = sound(&entry, &flaw, &text);
        let plan = script::plan(&text).unwrap_or_else(|it| panic!("{text}: {it:?}"));
        let claims = plan.entry.about.claims.iter();
        let held = claims.filter(|claim| claim.expect == Expect::Holds);
        let mut monitors: Vec<_> =
            held.map(|claim| monitor(claim.property, plan.entry.about.era)).collect();
        // Termination is never promised; by this schedule it comes about.
        if flaw.breaks == Property::Termination {
            monitors.push(monitor(flaw.breaks, plan.entry.about.era));
        }
        assert!(monitors.iter().any(|it| it.property() == flaw.breaks), "{}", flaw.name);
        let mut cluster = plan.build().expect("given lines that are understood");
        loop {
            for monitor in &mut monitors {
                monitor.watch(cluster.last());
            }
            if !goes_on(&plan, &mut *cluster) {
                break;
            }
        }
        for mut monitor in monitors {
            monitor.finish(plan.until);
            if let Verdict::Violated { because, .. } = monitor.verdict() {
                wrong.push(format!("{} {}: {because}", flaw.of, flaw.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_is_said_of_flaws_is_complete() {
    let mut ids = BTreeSet::new();
    for (entry, flaw, _) in variants() {
        assert!(ids.insert(flaw.id), "{} twice", flaw.id);
        assert!(catalog::find(flaw.of).is_some(), "{}", flaw.of);
        let chinese = |letter: char| ('\u{4e00}'..='\u{9fff}').contains(&letter);
        assert!(flaw.missing.en.is_ascii() && flaw.missing.en.ends_with('.'), "{}", flaw.name);
        assert!(flaw.missing.zh.chars().any(chinese), "{}", flaw.name);
        // A mutant names its rule where it leaves it out, in words that say which.
        if flaw.setting.is_empty() {
            let mark = entry.about.marks.iter().find(|mark| mark.id == flaw.name);
            assert_eq!(mark.map(|mark| mark.says), Some(flaw.missing), "{}", flaw.name);
        }
    }
    assert!(ids.len() >= 50, "{} flaws", ids.len());
}

/// Under every fault each variant goes on without a contradiction of its own: what cards show is
/// what was stated, and nothing panics.
#[test]
fn variants_run_under_faults() {
    for entry in catalog::entries() {
        for flaw in entry.flaws().into_iter().filter(|flaw| flaw.setting.is_empty()) {
            for seed in 0..4 {
                let mut spec = trial(entry.about, seed).spec;
                spec.knobs.set("flaw", KnobValue::Choice(flaw.name));
                let mut cluster = entry.build(Rc::new(spec)).expect("there are no given lines");
                let mut told = Told::new(cluster.spec().nodes);
                for _ in 0..1_500 {
                    told.watch(cluster.last());
                    if cluster.last().index.is_multiple_of(32) {
                        told.compare(&entry, &*cluster);
                    }
                    if !cluster.step() {
                        break;
                    }
                }
            }
        }
    }
}

/// The line of a wrong variant in the table of `docs/mutants.md`.
fn row(entry: &Entry, flaw: &Flaw, schedule: &str) -> String {
    let said = flaw.missing.en;
    let rule = said.split(": {node}").next().unwrap_or(said).trim_end_matches('.');
    let scope = if flaw.found.is_empty() { "a timed run" } else { flaw.found };
    let depth = flaw.found.split(' ').find_map(|word| word.strip_prefix("depth=")?.parse().ok());
    let shortest = match (flaw.clear, depth) {
        (0, None) => "no steps to count".to_owned(),
        (0, Some(_)) => "at most; not searched".to_owned(),
        (clear, depth) if depth == Some(clear + 1) => "yes".to_owned(),
        (clear, _) => format!("at most; none in {clear}"),
    };
    let clean =
        if flaw.clean.is_empty() { String::new() } else { format!("; not in `{}`", flaw.clean) };
    let (id, name) = (flaw.id, entry.about.id);
    let (breaks, set) = (broken(schedule), flaw.written());
    format!("| {id} | `{name} {set}` | {rule} | {breaks} | `{scope}`{clean} | {shortest} |\n")
}

/// The property that a schedule breaks, in words.
fn broken(schedule: &str) -> &str {
    let mut expected = schedule.lines().filter_map(|line| line.strip_prefix("expect "));
    expected.find_map(|line| line.strip_suffix(" broken")).unwrap_or_default()
}

#[test]
fn the_table_of_the_documentation_is_the_programs() {
    const BEGIN: &str = "<!-- flaws -->\n\n";
    const END: &str = "\n<!-- end of flaws -->";
    const HEAD: &str = "\
| id | entry and setting | the missing rule | breaks | found in | shortest |
|---|---|---|---|---|---|
";
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/mutants.md");
    let text = fs::read_to_string(&path).expect("the page is there");
    let (before, rest) = text.split_once(BEGIN).expect("the table begins");
    let (_, after) = rest.split_once(END).expect("the table ends");
    let rows = variants().into_iter().map(|(entry, flaw, text)| row(&entry, &flaw, &text));
    let real = format!("{before}{BEGIN}{HEAD}{}{END}{after}", rows.collect::<String>());
    if std::env::var("REWRITE").is_ok_and(|value| value == "1") {
        fs::write(&path, real).expect("the file can be written");
    } else {
        assert_eq!(real, text, "REWRITE=1 writes it");
    }
}
