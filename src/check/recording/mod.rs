//! Histories written down: read from text and judged.
//!
//! Two forms are understood: ours (`docs/histories.md`), and the log lines of Jepsen about a
//! compare-and-swap register. Whatever is not understood is refused with its line and column: a
//! verdict about half of a history would be about another one.

mod jepsen;
mod plain;
mod rule;

use std::fmt;

use crate::kernel::{ClientId, Op, Outcome};

use super::consistency::{Call, Kind};
use super::history::History;
use super::verdict::Because;

pub use rule::{Found, Proof, rule};

/// Most bytes of a recording.
pub const BYTES: usize = 16 << 20;
/// Most bytes of one of its lines.
pub const LINE: usize = 1 << 12;
/// Most operations of a recording.
pub const OPERATIONS: usize = 100_000;

/// Numbers of clients are below this.
pub const CLIENTS: u32 = 1_000_000;

/// What is wrong with a recording, and where.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Flaw {
    /// Its line, from 1.
    pub line: usize,
    /// Its column in characters, from 1.
    pub column: usize,
    /// What it is.
    pub what: Because,
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.line, self.column, self.what)
    }
}

/// An operation as it was recorded.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Entry {
    /// Who asked.
    pub client: ClientId,
    /// What was asked.
    pub op: Op,
    /// The line of the invocation.
    pub called: usize,
    /// The line of the end, and what was told there; `None` if nobody saw the end.
    pub end: Option<(usize, Outcome)>,
}

/// A history read from text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Recording {
    /// What its objects are, if it says so.
    pub kind: Option<Kind>,
    /// Every operation, in order of invocation.
    pub entries: Vec<Entry>,
}

/// Reads a recording in either form.
///
/// # Errors
/// The first flaw.
pub fn read(text: &str) -> Result<Recording, Flaw> {
    if text.len() > BYTES {
        let what = Because::new(
            format!("the history has {} bytes; at most {BYTES} are read", text.len()),
            format!("历史有 {} 字节，最多读取 {BYTES} 字节", text.len()),
        );
        return Err(Flaw { line: 1, column: 1, what });
    }
    let jepsen = text.lines().find(|line| !line.trim().is_empty());
    let recording =
        if jepsen.is_some_and(jepsen::is_line) { jepsen::read(text)? } else { plain::read(text)? };
    if recording.entries.is_empty() {
        let what = Because::new("the history has no operation", "历史中没有任何操作");
        return Err(Flaw { line: text.lines().count().max(1), column: 1, what });
    }
    if !text.ends_with('\n') {
        let last = text.lines().count();
        let column = text.lines().last().map_or(0, |line| line.chars().count()) + 1;
        let what = Because::new(
            "the last line does not end: the file may have been cut off",
            "最后一行没有换行符：文件可能被截断",
        );
        return Err(Flaw { line: last, column, what });
    }
    Ok(recording)
}

/// Writes what clients saw in a run in our form.
pub fn write(history: &History) -> String {
    plain::write(history)
}

impl Recording {
    /// The calls of the recording, each with its place in it; positions are lines.
    pub fn calls(&self) -> Vec<(usize, Call)> {
        let calls = self.entries.iter().enumerate().filter_map(|(place, entry)| {
            let Entry { client, op, called, end } = *entry;
            let seen = end.map(|(_, outcome)| outcome);
            // What was refused had no effect, and a read without an answer found nothing out.
            let told = seen.is_some() || !super::consistency::observes(op);
            let known = !matches!(seen, Some(Outcome::Refused | Outcome::Redirect(_)));
            let returned = end.map_or(u64::MAX, |(line, _)| line as u64);
            let call = Call { client, op, seen, invoked: called as u64, returned };
            (told && known).then_some((place, call))
        });
        calls.collect()
    }

    /// The first operation that objects of this kind do not know.
    pub fn foreign(&self, kind: Kind) -> Option<Flaw> {
        let entry = self.entries.iter().find(|entry| !kind.knows(entry.op))?;
        let name = Kind::ALL.iter().find(|(_, it)| *it == kind).map_or("", |(name, _)| *name);
        let what = Because::new(
            format!("a {name} does not know `{}`", entry.op),
            format!("{name} 不支持 `{}`", entry.op),
        );
        Some(Flaw { line: entry.called, column: 1, what })
    }
}

/// One word of a line, with its column in characters from 1.
#[derive(Clone, Copy, Debug)]
struct Token<'a> {
    text: &'a str,
    column: usize,
}

/// The words of a line.
fn tokens(line: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut begun: Option<(usize, usize)> = None;
    for (column, (at, letter)) in line.char_indices().enumerate() {
        match (letter.is_whitespace(), begun) {
            (true, Some((from, column))) => {
                tokens.push(Token { text: &line[from..at], column });
                begun = None;
            }
            (false, None) => begun = Some((at, column + 1)),
            (true, None) | (false, Some(_)) => {}
        }
    }
    if let Some((from, column)) = begun {
        tokens.push(Token { text: &line[from..], column });
    }
    tokens
}

/// Lines being read: who has which operation open.
struct Reader {
    line: usize,
    entries: Vec<Entry>,
    open: std::collections::BTreeMap<ClientId, usize>,
}

impl Reader {
    fn new() -> Reader {
        Reader { line: 0, entries: Vec::new(), open: std::collections::BTreeMap::new() }
    }

    fn flaw(&self, column: usize, en: impl Into<String>, zh: impl Into<String>) -> Flaw {
        Flaw { line: self.line, column, what: Because::new(en, zh) }
    }

    /// The next line, if it is not too long.
    fn next(&mut self, line: &str) -> Result<(), Flaw> {
        self.line += 1;
        if line.len() > LINE {
            return Err(self.flaw(
                1,
                format!("the line has {} bytes; at most {LINE} are read", line.len()),
                format!("这一行有 {} 字节，最多读取 {LINE} 字节", line.len()),
            ));
        }
        Ok(())
    }

    fn call(&mut self, column: usize, client: ClientId, op: Op) -> Result<(), Flaw> {
        if let Some(open) = self.open.get(&client) {
            let called = self.entries[*open].called;
            return Err(self.flaw(
                column,
                format!("{client} asks again, but its operation of line {called} is still open"),
                format!("{client} 再次发起操作，但它在第 {called} 行的操作还没有结束"),
            ));
        }
        if self.entries.len() >= OPERATIONS {
            return Err(self.flaw(
                column,
                format!("the history has more than {OPERATIONS} operations"),
                format!("历史中的操作超过 {OPERATIONS} 个"),
            ));
        }
        self.open.insert(client, self.entries.len());
        self.entries.push(Entry { client, op, called: self.line, end: None });
        Ok(())
    }

    /// The operation that ends here.
    fn ends(&mut self, column: usize, client: ClientId) -> Result<usize, Flaw> {
        let open = self.open.remove(&client);
        open.ok_or_else(|| {
            self.flaw(
                column,
                format!("{client} is told something, but has asked nothing"),
                format!("{client} 得到答复，但它没有发起操作"),
            )
        })
    }
}
