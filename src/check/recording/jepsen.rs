//! The log lines of Jepsen about a compare-and-swap register:
//! `INFO  jepsen.util - 2  :invoke  :cas  [3 0]`.

use crate::check::consistency::Kind;
use crate::kernel::{ClientId, Op, Outcome, Word};

use super::{CLIENTS, Flaw, Reader, Recording, Token, tokens};

/// True if the line looks like one of Jepsen's.
pub(super) fn is_line(line: &str) -> bool {
    tokens(line).iter().any(|token| token.text == "jepsen.util")
}

/// Reads a log.
pub(super) fn read(text: &str) -> Result<Recording, Flaw> {
    let mut reader = Reader::new();
    for line in text.lines() {
        reader.next(line)?;
        let words = tokens(line);
        if words.is_empty() {
            continue;
        }
        let dash =
            words.windows(2).position(|two| two[0].text == "jepsen.util" && two[1].text == "-");
        let Some(dash) = dash else {
            return Err(reader.flaw(
                1,
                "this is no line of Jepsen's: `INFO jepsen.util - 0 :invoke :read nil` is",
                "这不是 Jepsen 的日志行，应形如 `INFO jepsen.util - 0 :invoke :read nil`",
            ));
        };
        let [process, kind, function, value @ ..] = &words[dash + 2..] else {
            let end = line.chars().count() + 1;
            return Err(reader.flaw(end, "the line is cut off", "这一行不完整"));
        };
        // What is done to the cluster is no operation.
        if process.text == ":nemesis" {
            continue;
        }
        step(&mut reader, (*process, *kind, *function), value)?;
    }
    Ok(Recording { kind: Some(Kind::CasRegister), entries: reader.entries })
}

fn step(
    reader: &mut Reader,
    (process, kind, function): (Token<'_>, Token<'_>, Token<'_>),
    value: &[Token<'_>],
) -> Result<(), Flaw> {
    let named = process.text.parse::<u32>().ok().filter(|it| *it < CLIENTS);
    let client = named.map(ClientId).ok_or_else(|| {
        reader.flaw(
            process.column,
            format!("`{}` is no process", process.text),
            format!("`{}` 不是进程编号", process.text),
        )
    })?;
    if kind.text == ":invoke" {
        let op = op(reader, function, value)?;
        return reader.call(process.column, client, op);
    }
    let place = reader.ends(process.column, client)?;
    let asked = reader.entries[place].op;
    let called = reader.entries[place].called;
    let other = |token: Token<'_>, reader: &Reader| {
        reader.flaw(
            token.column,
            format!("this is not the end of the operation of line {called}, `{asked}`"),
            format!("这不是第 {called} 行的操作 `{asked}` 的结果"),
        )
    };
    if function.text != name(asked) {
        return Err(other(function, reader));
    }
    let outcome = match kind.text {
        // It may still take effect at any time.
        ":info" => None,
        ":ok" if function.text == ":read" => Some(Outcome::Done(number(reader, function, value)?)),
        ":ok" | ":fail" if function.text != ":read" && op(reader, function, value)? != asked => {
            return Err(other(value.first().copied().unwrap_or(function), reader));
        }
        ":ok" => Some(Outcome::Done(None)),
        // The value was not the one to be swapped; a read or a write has simply not happened.
        ":fail" if function.text == ":cas" => Some(Outcome::Unmet),
        ":fail" => Some(Outcome::Refused),
        unknown => {
            return Err(reader.flaw(
                kind.column,
                format!("`{unknown}` is none of :invoke, :ok, :fail and :info"),
                format!("`{unknown}` 不是 :invoke、:ok、:fail 或 :info"),
            ));
        }
    };
    reader.entries[place].end = outcome.map(|outcome| (reader.line, outcome));
    Ok(())
}

/// The one object of the log.
fn register() -> Word {
    Word::new("r").unwrap_or_default()
}

fn name(op: Op) -> &'static str {
    match op {
        Op::Get(_) => ":read",
        Op::Put(..) => ":write",
        _ => ":cas", // The log knows no others.
    }
}

fn op(reader: &Reader, function: Token<'_>, value: &[Token<'_>]) -> Result<Op, Flaw> {
    match function.text {
        ":read" => Ok(Op::Get(register())),
        ":write" => match number(reader, function, value)? {
            Some(value) => Ok(Op::Put(register(), value)),
            None => Err(odd(reader, value.first().copied().unwrap_or(function))),
        },
        ":cas" => {
            let [old, new] = value else { return Err(odd(reader, function)) };
            let inner = |token: Token<'_>, text: Option<&str>| {
                text.and_then(integer).ok_or_else(|| odd(reader, token))
            };
            let first = inner(*old, old.text.strip_prefix('['))?;
            let second = inner(*new, new.text.strip_suffix(']'))?;
            Ok(Op::Cas(register(), first, second))
        }
        unknown => Err(reader.flaw(
            function.column,
            format!("`{unknown}` is none of :read, :write and :cas"),
            format!("`{unknown}` 不是 :read、:write 或 :cas"),
        )),
    }
}

/// A number, or `nil`.
fn number(reader: &Reader, function: Token<'_>, value: &[Token<'_>]) -> Result<Option<Word>, Flaw> {
    match value {
        [value] if value.text == "nil" => Ok(None),
        [value] => integer(value.text).map(Some).ok_or_else(|| odd(reader, *value)),
        [] => Err(odd(reader, function)),
        [_, more, ..] => Err(odd(reader, *more)),
    }
}

fn integer(text: &str) -> Option<Word> {
    text.parse::<i64>().ok()?;
    Word::new(text)
}

fn odd(reader: &Reader, token: Token<'_>) -> Flaw {
    reader.flaw(
        token.column,
        "a value is a number, `nil` for a read, and `[1 2]` for a swap",
        "值应是数字；读到空值写 `nil`，比较交换写 `[1 2]`",
    )
}
