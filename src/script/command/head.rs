//! `cluster` and `balance`: the first line.

use crate::catalog::{self, Entry};
use crate::kernel::{Family, Knob, KnobKind, KnobValue};
use crate::script::cursor::Cursor;
use crate::script::grammar::{Head, Setting, Statement};
use crate::script::names::Names;
use crate::script::problem::{ProblemKind, What};
use crate::script::token::Token;
use crate::script::wanted::Wanted;
use crate::script::{limit, value};
use crate::sim::{Drive, NetworkSpec};

/// The entry that `balance` lines are about.
pub(in crate::script) const POOL: &str = "pool";
/// The knob of the pool that chooses its strategy.
pub(in crate::script) const STRATEGY: &str = "strategy";
/// The knob of the pool that says how many of its nodes balance.
pub(in crate::script) const BALANCERS: &str = "balancers";

/// Nodes of a cluster, and servers of a pool, when the scenario is silent.
pub(in crate::script) const NODES: u32 = 3;

/// Reads the rest of a `cluster` line.
pub(super) fn cluster(cursor: &mut Cursor<'_, '_>) -> Option<Statement> {
    let entries: Vec<Entry> = catalog::entries();
    let entries: Vec<(&str, Entry)> = entries
        .into_iter()
        .filter(|entry| entry.about.family != Family::Balancing)
        .map(|entry| (entry.about.id, entry))
        .collect();
    let token = cursor.want(Wanted::Entry)?;
    let entry = cursor.one_of(token, What::Entry, &entries);
    let settings = settings(cursor, entry, false);
    entry.map(|entry| Statement::Cluster(Head { word: Some(entry.about.id), settings }))
}

/// Reads the rest of a `balance` line.
pub(super) fn balance(cursor: &mut Cursor<'_, '_>) -> Option<Statement> {
    let entry = catalog::find(POOL)?;
    let strategies = strategies(&entry);
    let token = cursor.peek().filter(|token| token.setting().is_none());
    let word = token.and_then(|token| {
        cursor.take();
        let words: Vec<(&str, &'static str)> =
            strategies.iter().map(|word| (*word, *word)).collect();
        cursor.one_of(token, What::Strategy, &words)
    });
    let settings = settings(cursor, Some(entry), true);
    Some(Statement::Balance(Head { word, settings }))
}

/// The strategies a pool knows.
pub(in crate::script) fn strategies(entry: &Entry) -> &'static [&'static str] {
    let knob = entry.about.knobs.iter().find(|knob| knob.name == STRATEGY);
    match knob.map(|knob| knob.kind) {
        Some(KnobKind::Choice(words)) => words,
        _ => &[],
    }
}

fn settings(cursor: &mut Cursor<'_, '_>, entry: Option<Entry>, pool: bool) -> Vec<Setting> {
    let mut settings = Vec::new();
    let mut seen: Vec<&str> = Vec::new();
    while let Some((name, text)) = cursor.setting(&mut seen) {
        settings.extend(setting(cursor, entry, pool, (name, text)));
    }
    settings
}

fn setting(
    cursor: &mut Cursor<'_, '_>,
    entry: Option<Entry>,
    pool: bool,
    (name, text): (Token<'_>, Token<'_>),
) -> Option<Setting> {
    let knobs = entry.map_or(&[] as &[Knob], |entry| entry.about.knobs);
    match name.text {
        "nodes" if !pool => {
            // While the entry itself is not known, it may be one with a larger limit.
            let most = entry.map_or(limit::CROWD, |entry| limit::nodes(entry.about));
            count(cursor, (name, text), 1, u64::from(most))
                .map(|count| Setting::Nodes(count as u32))
        }
        "servers" if pool => {
            let most = limit::POOL - 1;
            count(cursor, (name, text), 1, u64::from(most))
                .map(|count| Setting::Servers(count as u32))
        }
        "seed" => cursor.value_of(text, Wanted::Count, value::whole).map(Setting::Seed),
        "network" => {
            let presets = NetworkSpec::PRESETS.map(|preset| (preset, preset));
            cursor.one_of(text, What::Network, &presets).map(Setting::Network)
        }
        "drive" => {
            let drives = [("hand", Drive::Hand), ("seeded", Drive::Seeded)];
            let drives = drives.each_ref().map(|(word, drive)| (*word, drive));
            cursor.one_of(text, What::Word, &drives).cloned().map(Setting::Drive)
        }
        _ => {
            let knob = knobs.iter().find(|knob| knob.name == name.text && !(pool && hidden(knob)));
            let Some(knob) = knob else {
                // While the entry itself is not known, nobody can tell which settings it has.
                if entry.is_some() {
                    cursor.unknown(name, What::Setting, &known(knobs, pool));
                }
                return None;
            };
            knob_value(cursor, knob, (name, text)).map(|value| Setting::Knob(knob.name, value))
        }
    }
}

/// The strategy is the word behind `balance`, not a setting.
fn hidden(knob: &Knob) -> bool {
    knob.name == STRATEGY
}

fn known(knobs: &[Knob], pool: bool) -> Vec<&'static str> {
    let count = if pool { "servers" } else { "nodes" };
    let own = knobs.iter().filter(|knob| !(pool && hidden(knob))).map(|knob| knob.name);
    [count, "seed", "network", "drive"].into_iter().chain(own).collect()
}

fn count(
    cursor: &mut Cursor<'_, '_>,
    (name, text): (Token<'_>, Token<'_>),
    min: u64,
    max: u64,
) -> Option<u64> {
    let count = cursor.value_of(text, Wanted::Count, value::whole)?;
    if (min..=max).contains(&count) {
        return Some(count);
    }
    let kind = ProblemKind::Range {
        name: name.text.to_owned(),
        found: count.to_string(),
        min: min.to_string(),
        max: max.to_string(),
    };
    cursor.problem(text, kind);
    None
}

fn knob_value(
    cursor: &mut Cursor<'_, '_>,
    knob: &Knob,
    (name, text): (Token<'_>, Token<'_>),
) -> Option<KnobValue> {
    match knob.kind {
        KnobKind::Count { min, max, .. } => {
            count(cursor, (name, text), min, max).map(KnobValue::Count)
        }
        KnobKind::Switch { .. } => {
            let words = [("on", true), ("off", false)];
            cursor.one_of(text, What::Word, &words).map(KnobValue::Switch)
        }
        KnobKind::Length { .. } => {
            cursor.value_of(text, Wanted::Time, value::span).map(KnobValue::Length)
        }
        KnobKind::Range { .. } => {
            cursor.value_of(text, Wanted::Range, value::window).map(KnobValue::Range)
        }
        KnobKind::Share { .. } => {
            cursor.value_of(text, Wanted::Share, value::ratio).map(KnobValue::Share)
        }
        KnobKind::Choice(words) => {
            let words: Vec<(&str, &'static str)> =
                words.iter().map(|word| (*word, *word)).collect();
            cursor.one_of(text, What::Word, &words).map(KnobValue::Choice)
        }
    }
}

/// How the participants of the run are called that this line describes.
pub(in crate::script) fn names(head: &Head, entry: &Entry, pool: bool) -> Names {
    let mut count = NODES;
    let default = entry.about.knobs.iter().find(|knob| knob.name == BALANCERS);
    let mut balancers = match default.map(Knob::default_value) {
        Some(KnobValue::Count(count)) => count as u32,
        _ => 1,
    };
    for setting in &head.settings {
        match setting {
            Setting::Nodes(nodes) => count = *nodes,
            Setting::Servers(servers) => count = *servers,
            Setting::Knob(name, KnobValue::Count(value)) if *name == BALANCERS => {
                balancers = *value as u32;
            }
            Setting::Knob(..) | Setting::Seed(_) | Setting::Network(_) | Setting::Drive(_) => {}
        }
    }
    if pool { Names::pool(balancers, count) } else { Names::cluster(count) }
}

/// The line as printed.
pub(in crate::script) fn print(command: &str, head: &Head) -> String {
    let words = head.word.map(str::to_owned).into_iter();
    let words = words.chain(head.settings.iter().map(print_setting));
    std::iter::once(command.to_owned()).chain(words).collect::<Vec<_>>().join(" ")
}

fn print_setting(setting: &Setting) -> String {
    match setting {
        Setting::Nodes(count) => format!("nodes={count}"),
        Setting::Servers(count) => format!("servers={count}"),
        Setting::Seed(seed) => format!("seed={seed}"),
        Setting::Network(preset) => format!("network={preset}"),
        Setting::Drive(Drive::Hand) => "drive=hand".to_owned(),
        Setting::Drive(Drive::Seeded) => "drive=seeded".to_owned(),
        Setting::Knob(name, value) => format!("{name}={}", value::show_knob(*value)),
    }
}
