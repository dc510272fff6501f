//! `explore ...`: how far a search goes.

use std::fmt::Write;

use crate::check::cluster::Order;
use crate::script::cursor::Cursor;
use crate::script::grammar::{ExploreLine, Statement};
use crate::script::limit;
use crate::script::problem::{ProblemKind, What};
use crate::script::value;
use crate::script::wanted::Wanted;

use super::elsewhere;

/// What is counted, with the most of each.
const COUNTS: [(&str, u64); 8] = [
    ("depth", limit::STEPS),
    ("requests", limit::ASKS),
    ("timers", limit::BUDGET),
    ("crashes", limit::BUDGET),
    ("restarts", limit::BUDGET),
    ("losses", limit::BUDGET),
    ("duplicates", limit::BUDGET),
    ("cuts", limit::BUDGET),
];

/// Reads the rest of an `explore` line.
pub(super) fn read(cursor: &mut Cursor<'_, '_>) -> Option<Statement> {
    let command = cursor.taken();
    if elsewhere(cursor, command, "explore", false) {
        return None;
    }
    let known: Vec<&str> =
        COUNTS.iter().map(|(name, _)| *name).chain(["disks", "network", "symmetry"]).collect();
    let mut line = ExploreLine::default();
    let mut seen: Vec<&str> = Vec::new();
    while let Some((name, text)) = cursor.setting(&mut seen) {
        match name.text {
            "disks" => {
                let words = [("synced", false), ("unsynced", true)];
                line.unsynced = cursor.one_of(text, What::Word, &words);
            }
            "network" => {
                let words = [("unordered", Order::Unordered), ("ordered", Order::Ordered)];
                line.order = cursor.one_of(text, What::Word, &words);
            }
            "symmetry" => {
                line.symmetry = cursor.one_of(text, What::Word, &[("on", true), ("off", false)]);
            }
            _ => {
                let Some((word, most)) = COUNTS.iter().find(|(word, _)| *word == name.text) else {
                    cursor.unknown(name, What::Setting, &known);
                    continue;
                };
                let Some(count) = cursor.value_of(text, Wanted::Count, value::whole) else {
                    continue;
                };
                let least = u64::from(*word == "depth");
                if (least..=*most).contains(&count) {
                    line.counts.push((word, count as u16));
                    continue;
                }
                let kind = ProblemKind::Range {
                    name: (*word).to_owned(),
                    found: text.text.to_owned(),
                    min: least.to_string(),
                    max: most.to_string(),
                };
                cursor.problem(text, kind);
            }
        }
    }
    Some(Statement::Explore(line))
}

/// The line as printed.
pub(in crate::script) fn print(line: &ExploreLine) -> String {
    let mut text = "explore".to_owned();
    for (name, count) in &line.counts {
        let _ = write!(text, " {name}={count}");
    }
    match line.unsynced {
        Some(true) => text += " disks=unsynced",
        Some(false) => text += " disks=synced",
        None => {}
    }
    match line.order {
        Some(Order::Unordered) => text += " network=unordered",
        Some(Order::Ordered) => text += " network=ordered",
        None => {}
    }
    match line.symmetry {
        Some(true) => text += " symmetry=on",
        Some(false) => text += " symmetry=off",
        None => {}
    }
    text
}
