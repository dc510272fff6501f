//! Reading a text: line by line, all problems of all lines.

use crate::catalog;
use crate::sim::Drive;

use super::command::{self, head, members, pool, trace};
use super::cursor::{Cursor, Scene};
use super::grammar::{Head, Line, Script, Setting, Statement};
use super::names::Names;
use super::problem::{Problem, ProblemKind};
use super::{limit, token};

/// Reads a text. Never fails: what is wrong is in [`Script::problems`].
pub fn parse(text: &str) -> Script {
    let whole = Problem { line: 1, column: 1, length: 1, kind: ProblemKind::NoHead, fix: None };
    let mut problems = Vec::new();
    let lines = lines(text);
    if text.len() > limit::BYTES {
        problems.push(Problem { kind: ProblemKind::TooLong { bytes: text.len() }, ..whole });
    } else if lines.len() > limit::LINES {
        problems.push(Problem { kind: ProblemKind::TooManyLines { lines: lines.len() }, ..whole });
    }
    if !problems.is_empty() {
        return Script { lines: Vec::new(), names: Names::cluster(head::NODES), problems };
    }
    let scene = scene(&lines);
    let mut reader = Reader { scene, going: None, problems };
    let lines = lines.into_iter().enumerate();
    let lines = lines.map(|(index, (start, raw))| reader.line(index as u32 + 1, start, raw));
    let lines = lines.collect();
    Script { lines, names: reader.scene.names, problems: reader.problems }
}

/// Lines of the text with their byte offsets, without their ends.
pub(super) fn lines(text: &str) -> Vec<(usize, &str)> {
    let mut start = 0;
    let mut lines = Vec::new();
    for line in text.split_inclusive('\n') {
        let raw = line.strip_suffix('\n').unwrap_or(line);
        lines.push((start, raw.strip_suffix('\r').unwrap_or(raw)));
        start += line.len();
    }
    lines
}

/// What every line has to know, from the first line that begins with `cluster` or `balance`.
pub(super) fn scene(lines: &[(usize, &str)]) -> Scene {
    let permissive = Scene { names: Names::cluster(limit::CROWD), entry: None, by_hand: false };
    let Some(raw) = lines.iter().map(|(_, raw)| *raw).find(|raw| is_head(raw)) else {
        return permissive;
    };
    let cut = token::cut(raw);
    let mut unused = Vec::new();
    let mut cursor = Cursor::new(&permissive, (raw, 1, 0), &cut.tokens, &mut unused);
    let by_hand = |head: &Head| head.settings.contains(&Setting::Drive(Drive::Hand));
    match command::statement(&mut cursor) {
        Some(Statement::Cluster(line)) => {
            let entry = line.word.and_then(catalog::find);
            let names = entry.map_or(permissive.names, |entry| head::names(&line, &entry, false));
            let names = match entry {
                Some(entry) if members::has(&entry, members::MEMBERS) => {
                    let lines = lines.iter().map(|(_, raw)| *raw);
                    let nodes = members::with_spares(names.nodes(), limit::NODES, lines);
                    Names::cluster(nodes)
                }
                _ => names,
            };
            Scene { names, entry, by_hand: by_hand(&line) }
        }
        Some(Statement::Balance(line)) => {
            let entry = catalog::find(head::POOL);
            let names = entry.map_or(permissive.names, |entry| head::names(&line, &entry, true));
            Scene { names, entry, by_hand: by_hand(&line) }
        }
        _ => permissive,
    }
}

/// True if the line begins as a head does, understood or not.
pub(super) fn is_head(raw: &str) -> bool {
    let cut = token::cut(raw);
    cut.tokens.first().is_some_and(|first| ["cluster", "balance"].contains(&first.text))
}

/// Whatever might be wrong with `raw` if it stood behind the lines `before`.
pub(super) fn trial(scene: Scene, before: &[(usize, &str)], raw: &str) -> Vec<Problem> {
    let begun = before.iter().rev().map(|(_, line)| token::cut(line));
    let begun = begun.filter(|cut| !cut.tokens.is_empty() && !cut.indented);
    let going = begun.take(1).find_map(|cut| goes_on(cut.tokens[0].text));
    let mut reader = Reader { scene, going, problems: Vec::new() };
    reader.line(1, 0, raw);
    reader.problems
}

struct Reader {
    scene: Scene,
    /// The command that indented lines go on with.
    going: Option<&'static str>,
    problems: Vec<Problem>,
}

impl Reader {
    fn line(&mut self, number: u32, start: usize, raw: &str) -> Line {
        let cut = token::cut(raw);
        let comment = cut.comment.map(|comment| comment.trim().to_owned());
        let mut statement = None;
        if !cut.tokens.is_empty() {
            let place = (raw, number, start);
            let before = self.problems.len();
            let scene = self.scene;
            let mut cursor = Cursor::new(&scene, place, &cut.tokens, &mut self.problems);
            statement = match self.going.filter(|_| cut.indented) {
                Some("compare") => pool::compare_more(&mut cursor),
                Some(_) => trace::row(&mut cursor),
                None => command::statement(&mut cursor),
            };
            if cursor.noted() == before {
                cursor.finish();
            }
            // A full list takes no more problems, so nothing can be told from its length.
            if self.problems.len() > before || before >= limit::PROBLEMS {
                statement = None;
            }
            self.going = if cut.indented { self.going } else { goes_on(cut.tokens[0].text) };
        }
        Line { statement, comment, raw: raw.to_owned(), start }
    }
}

/// The command that indented lines may go on with, if a line begins with it.
fn goes_on(first: &str) -> Option<&'static str> {
    ["compare", "trace"].into_iter().find(|command| *command == first)
}

/// Reads one action on its own, for a world whose participants are called `names`.
///
/// # Errors
/// All that is wrong with it; lines count as line 1.
pub fn parse_input(
    text: &str,
    names: Names,
    entry: Option<catalog::Entry>,
) -> Result<crate::sim::Input, Vec<Problem>> {
    let scene = Scene { names, entry, by_hand: true };
    let cut = token::cut(text);
    let mut problems = Vec::new();
    let mut cursor = Cursor::new(&scene, (text, 1, 0), &cut.tokens, &mut problems);
    let input = command::action(&mut cursor);
    if cursor.noted() == 0 {
        cursor.finish();
    }
    match input {
        Some(input) if problems.is_empty() => Ok(input),
        _ => Err(problems),
    }
}
