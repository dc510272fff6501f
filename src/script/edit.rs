//! Changing a text in place: everything else stays byte for byte.

use crate::kernel::{SimTime, Span};

use super::print::print_at;
use super::read::lines;
use super::token::{Cut, cut};
use super::value;

/// Writes `at <at> <command>` where it belongs in the order of time, and returns the text and the
/// line (from 1) that is new.
///
/// That is behind the last `at` line that is not later; without one, before the first `at` line;
/// without any, before the first of `run`, `limit`, `compare` and `expect`; without those, at the
/// end.
pub fn insert_timed(text: &str, at: SimTime, command: &str) -> (String, u32) {
    let lines = lines(text);
    let times: Vec<(usize, SimTime, usize)> = lines
        .iter()
        .enumerate()
        .filter_map(|(index, (_, raw))| timed(raw).map(|(time, width)| (index, time, width)))
        .collect();
    let before = times.iter().rev().find(|(_, time, _)| *time <= at);
    let (index, width) = match (before, times.first()) {
        (Some((index, _, width)), _) => (index + 1, *width),
        (None, Some((index, _, width))) => (*index, *width),
        (None, None) => (closing(&lines), 0),
    };
    let line = print_at(at, width, command);
    let set_off = times.is_empty();
    insert_line(text, &lines, index, &line, set_off)
}

/// Writes a command of a run that is driven by hand behind the line `behind`; without one, before
/// the line `first`, which is done first; without that, where a first `at` line would go. Returns
/// the text and the line (from 1) that is new.
pub fn insert_step(
    text: &str,
    behind: Option<u32>,
    first: Option<u32>,
    command: &str,
) -> (String, u32) {
    let lines = lines(text);
    let before = first.map(|line| line.saturating_sub(1) as usize);
    let index = behind.map(|line| line as usize).or(before);
    insert_line(text, &lines, index.unwrap_or_else(|| closing(&lines)), command, index.is_none())
}

/// Time of an `at` line, and how wide it is written with the blanks behind it, less one.
fn timed(raw: &str) -> Option<(SimTime, usize)> {
    let cut = cut(raw);
    let [first, time, action, ..] = cut.tokens.as_slice() else { return None };
    if first.text != "at" {
        return None;
    }
    let span = value::span(time.text)?;
    Some((SimTime::ZERO + span, raw[time.at..action.at].chars().count() - 1))
}

/// Where a first `at` line goes: before the lines that close a scenario.
fn closing(lines: &[(usize, &str)]) -> usize {
    let closes = |raw: &str| {
        cut(raw).tokens.first().is_some_and(|token| {
            ["run", "limit", "compare", "expect", "warmup"].contains(&token.text)
        })
    };
    lines.iter().position(|(_, raw)| closes(raw)).unwrap_or_else(|| {
        // Blank lines at the end stay at the end.
        let last = lines.iter().rposition(|(_, raw)| !raw.trim().is_empty());
        last.map_or(0, |index| index + 1)
    })
}

/// Puts `line` before the line `index`. `set_off` puts a blank line behind it if none is there.
fn insert_line(
    text: &str,
    lines: &[(usize, &str)],
    index: usize,
    line: &str,
    set_off: bool,
) -> (String, u32) {
    let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let Some((start, next)) = lines.get(index) else {
        let broken = text.is_empty() || text.ends_with('\n');
        let glue = if broken { "" } else { newline };
        return (format!("{text}{glue}{line}{newline}"), index as u32 + 1);
    };
    let gap = if set_off && !next.trim().is_empty() { newline } else { "" };
    let (before, after) = text.split_at(*start);
    (format!("{before}{line}{newline}{gap}{after}"), index as u32 + 1)
}

/// Sets `key=value` on a line (from 1): in place if the key is there, at the end of the line if
/// not.
///
/// `strategy` and `entry` mean the word behind `balance` and `cluster`; an empty key means the
/// word behind any command (`run 10s`). The text is unchanged if there is no such line or it has
/// no command.
pub fn set_word(text: &str, line: u32, key: &str, value: &str) -> String {
    let lines = lines(text);
    let place = (line as usize).checked_sub(1).and_then(|index| lines.get(index));
    let Some((start, raw)) = place else { return text.to_owned() };
    let cut = cut(raw);
    let Some((from, to, word)) = replacement(&cut, key, value) else { return text.to_owned() };
    let (from, to) = (start + from, start + to);
    format!("{}{word}{}", &text[..from], &text[to..])
}

/// What is replaced in a line, as byte offsets, and by what.
fn replacement(cut: &Cut<'_>, key: &str, value: &str) -> Option<(usize, usize, String)> {
    let first = cut.tokens.first()?;
    if ["", "strategy", "entry"].contains(&key) {
        let second = cut.tokens.get(1).filter(|token| token.setting().is_none());
        return Some(match second {
            Some(token) => (token.at, token.end(), value.to_owned()),
            None => (first.end(), first.end(), format!(" {value}")),
        });
    }
    let settings = cut.tokens.iter().filter_map(|token| token.setting());
    let found = settings.into_iter().find(|(name, _)| name.text == key);
    let last = cut.tokens.last()?;
    Some(match found {
        Some((_, old)) => (old.at, old.end(), value.to_owned()),
        None => (last.end(), last.end(), format!(" {key}={value}")),
    })
}

/// Takes a setting (`key=value`) or a word off a line (from 1), with the blanks before it. The text
/// is unchanged if it is not there.
pub fn remove_word(text: &str, line: u32, word: &str) -> String {
    let lines = lines(text);
    let place = (line as usize).checked_sub(1).and_then(|index| lines.get(index));
    let Some((start, raw)) = place else { return text.to_owned() };
    let cut = cut(raw);
    let is_it = |at: usize| {
        let token = &cut.tokens[at];
        token.setting().map_or(token.text, |(name, _)| name.text) == word
    };
    let Some(at) = (1..cut.tokens.len()).find(|at| is_it(*at)) else { return text.to_owned() };
    let (from, to) = (start + cut.tokens[at - 1].end(), start + cut.tokens[at].end());
    format!("{}{}", &text[..from], &text[to..])
}

/// The line (from 1) of the first statement with that command.
pub fn find_line(text: &str, command: &str) -> Option<u32> {
    let has = |raw: &str| cut(raw).tokens.first().is_some_and(|token| token.text == command);
    lines(text).iter().position(|(_, raw)| has(raw)).map(|index| index as u32 + 1)
}

/// Sets the length of the run, with a new line at the end if there is none.
pub fn set_run(text: &str, length: Span) -> String {
    if let Some(line) = find_line(text, "run") {
        return set_word(text, line, "", &length.to_string());
    }
    let lines = lines(text);
    insert_line(text, &lines, lines.len(), &format!("run {length}"), false).0
}

/// Compares these strategies: in the place of what is compared now, or as a new line before what is
/// expected. Without any, nothing is compared.
pub fn set_compare(text: &str, strategies: &[String]) -> String {
    let lines = lines(text);
    let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let body = match strategies {
        [] => String::new(),
        few if few.len() <= ON_ONE_LINE => format!("compare {}{newline}", few.join(" ")),
        many => format!("compare {}{newline}", many.join(&format!("{newline}        "))),
    };
    let first = |raw: &str| cut(raw).tokens.first().map(|token| token.text.to_owned());
    let is = |raw: &str, word: &str| first(raw).as_deref() == Some(word);
    let place = lines.iter().position(|(_, raw)| is(raw, "compare"));
    let start = |index: usize| lines.get(index).map_or(text.len(), |(start, _)| *start);
    let Some(from) = place else {
        let before = lines.iter().position(|(_, raw)| is(raw, "expect")).unwrap_or(lines.len());
        let (head, tail) = text.split_at(start(before));
        let glue = if head.is_empty() || head.ends_with('\n') { "" } else { newline };
        return format!("{head}{glue}{body}{tail}");
    };
    // Indented lines go on with it.
    let more = lines[from + 1..].iter().take_while(|(_, raw)| {
        let cut = cut(raw);
        cut.indented && !cut.tokens.is_empty()
    });
    let to = from + 1 + more.count();
    format!("{}{body}{}", &text[..start(from)], &text[start(to)..])
}

/// More strategies than this stand below each other.
const ON_ONE_LINE: usize = 4;

/// What is different between two texts: the bytes of `old` that are replaced, and by what. The
/// smallest such stretch, cut between letters.
pub fn difference(old: &str, new: &str) -> (usize, usize, String) {
    let same = |a: Option<char>, b: Option<char>| a.is_some() && a == b;
    let (mut left, mut right) = (old.chars(), new.chars());
    let mut head = 0;
    while let (Some(a), Some(b)) = (left.clone().next(), right.clone().next())
        && a == b
    {
        head += a.len_utf8();
        left.next();
        right.next();
    }
    let (mut left, mut right) = (old[head..].chars(), new[head..].chars());
    let mut tail = 0;
    while let last = left.next_back()
        && same(last, right.next_back())
    {
        tail += last.map_or(0, char::len_utf8);
    }
    (head, old.len() - tail, new[head..new.len() - tail].to_owned())
}

/// Makes comments of the lines that the bytes `from..=to` touch, or lines of comments, if all of
/// them are. Blank lines stay.
pub fn toggle_comment(text: &str, from: usize, to: usize) -> String {
    let lines = lines(text);
    let touched = |start: usize, raw: &str| start <= to && from <= start + raw.len();
    let of = |(start, raw): &&(usize, &str)| touched(*start, raw) && !raw.trim().is_empty();
    let comments = lines.iter().filter(of).all(|(_, raw)| raw.trim_start().starts_with('#'));
    let mut out = String::with_capacity(text.len() + 16);
    let mut copied = 0;
    for (start, raw) in lines.iter().filter(of) {
        let indent = raw.len() - raw.trim_start().len();
        // A line that goes on with another is told by its blanks, so they stay behind the sign.
        let (at, cut, sign) = if comments {
            let bare = &raw[indent + 1..];
            (start + indent, 1 + usize::from(bare.starts_with(' ')), "")
        } else {
            (*start, 0, "# ")
        };
        out.push_str(&text[copied..at]);
        out.push_str(sign);
        copied = at + cut;
    }
    out.push_str(&text[copied..]);
    out
}

/// The text in canonical form, everything that is not understood left as it is.
pub fn format(text: &str) -> String {
    let script = super::read::parse(text);
    // A text beyond the limits is not read line by line.
    if script.lines.is_empty() { text.to_owned() } else { super::print::script(&script) }
}

/// The instant of a line (from 1) that begins with `at`.
pub fn instant_of(text: &str, line: u32) -> Option<SimTime> {
    let (_, raw) = *lines(text).get((line as usize).checked_sub(1)?)?;
    timed(raw).map(|(at, _)| at)
}
