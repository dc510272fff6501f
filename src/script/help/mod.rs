//! What every word of the language means: the one source of completion, of documentation under
//! the pointer, and of the table of commands in `docs/scenario.md`.
//!
//! Entries, strategies and their settings speak for themselves in their `About`; here stands the
//! rest.

mod commands;
mod words;

use crate::catalog;
use crate::kernel::{Family, Knob, KnobKind, Text};

use super::problem::Said;
use super::value;

/// Where a command may stand.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    /// In every scenario.
    Anywhere,
    /// Where a cluster runs.
    Cluster,
    /// Where a pool runs.
    Pool,
}

/// A command: the first word of a line, or what is done at an instant.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Command {
    /// The word.
    pub word: &'static str,
    /// How it is written: capitals are filled in, what is in brackets may be left out.
    pub form: &'static str,
    /// One that is understood.
    pub example: &'static str,
    /// Where it may stand.
    pub place: Place,
    /// What it does, in one sentence.
    pub says: Text,
}

/// A word that is no command.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Word {
    /// The command it belongs to; empty for any.
    line: &'static str,
    word: &'static str,
    says: Text,
}

/// Lines that set a run up, `at` first.
pub fn setup() -> &'static [Command] {
    commands::SETUP
}

/// What can be done to the world.
pub fn actions() -> &'static [Command] {
    commands::ACTIONS
}

/// The command of that name: what is done at an instant if `acts`, else the line that sets up, or
/// failing that what is done.
pub fn command(word: &str, acts: bool) -> Option<&'static Command> {
    let of = |table: &'static [Command]| table.iter().find(|command| command.word == word);
    let setup = if acts { None } else { of(commands::SETUP) };
    setup.or_else(|| of(commands::ACTIONS))
}

/// The table of commands for the language reference, as Markdown.
pub fn markdown() -> String {
    let mut text = String::new();
    for (head, table) in [("line", commands::SETUP), ("behind `at TIME`", commands::ACTIONS)] {
        text += &format!("| {head} | what it does |\n|---|---|\n");
        for command in table {
            let form = command.form.replace('|', "\\|");
            text += &format!("| `{form}` | {} |\n", command.says.en);
        }
        text.push('\n');
    }
    text.trim_end().to_owned() + "\n"
}

fn said(text: Text) -> Said {
    Said::new(text.en, text.zh)
}

/// What a setting of a `line` means, with its range and default.
pub(super) fn setting(line: &str, entry: Option<catalog::Entry>, name: &str) -> Option<Said> {
    if let Some(knob) = entry.and_then(|entry| knob(entry.about.knobs, name)) {
        return Some(of_knob(knob));
    }
    lookup(words::SETTINGS, line, name).map(said)
}

/// What a word of a `line` stands for.
pub(super) fn word(line: &str, word: &str) -> Option<Said> {
    lookup(words::WORDS, line, word).map(said)
}

fn lookup(table: &[Word], line: &str, name: &str) -> Option<Text> {
    let of = |line: &str| table.iter().find(|row| row.line == line && row.word == name);
    of(line).or_else(|| of("")).map(|row| row.says)
}

fn knob<'k>(knobs: &'k [Knob], name: &str) -> Option<&'k Knob> {
    knobs.iter().find(|knob| knob.name == name)
}

/// What a protocol is.
pub(super) fn entry(id: &str) -> Option<Said> {
    let about = catalog::find(id).filter(|entry| entry.about.family != Family::Balancing)?.about;
    let Text { en, zh } = about.summary;
    Some(Said::new(format!("{}: {en}", about.name), format!("{}：{zh}", about.name)))
}

/// How a strategy chooses.
pub(super) fn strategy(id: &str) -> Option<Said> {
    let about = catalog::strategies().iter().find(|about| about.id == id)?;
    let (name, sum) = (about.name, about.summary);
    Some(Said::new(format!("{}: {}", name.en, sum.en), format!("{}：{}", name.zh, sum.zh)))
}

/// What a knob does, with its range and default.
pub fn of_knob(knob: &Knob) -> Said {
    let default = value::show_knob(knob.default_value());
    let (range, range_zh) = match knob.kind {
        KnobKind::Count { min, max, .. } if max == u64::MAX => {
            (format!("At least {min}; "), format!("至少 {min}；"))
        }
        KnobKind::Count { min, max, .. } => {
            (format!("{min} to {max}; "), format!("{min} 到 {max}；"))
        }
        KnobKind::Switch { .. } => ("on or off; ".to_owned(), "on 或 off；".to_owned()),
        KnobKind::Length { .. } => ("A time; ".to_owned(), "时间；".to_owned()),
        KnobKind::Range { .. } => ("A range of times; ".to_owned(), "时间范围；".to_owned()),
        KnobKind::Share { .. } => ("A percentage; ".to_owned(), "百分比；".to_owned()),
        KnobKind::Choice(all) => (all.join(", ") + "; ", all.join("、") + "；"),
    };
    Said::new(
        format!("{} {range}{default} when silent.", knob.help.en),
        format!("{} {range_zh}不写则为 {default}。", knob.help.zh),
    )
}
