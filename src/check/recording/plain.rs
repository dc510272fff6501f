//! Our form: `c1 call put x=1`, and later `c1 ok`.

use crate::check::consistency::{Kind, observes};
use crate::check::history::{End, History};
use crate::kernel::{ClientId, Op, Outcome, Word};

use super::{CLIENTS, Flaw, Reader, Recording, Token, tokens};

/// Reads our form.
pub(super) fn read(text: &str) -> Result<Recording, Flaw> {
    let mut reader = Reader::new();
    let mut kind = None;
    for line in text.lines() {
        reader.next(line)?;
        let mut words = tokens(line);
        let comment = words.iter().position(|word| word.text.starts_with('#'));
        words.truncate(comment.unwrap_or(words.len()));
        match words.as_slice() {
            [] => {}
            [word, rest @ ..] if word.text == "model" => {
                kind = Some(model(&reader, *word, rest, kind.is_some())?);
            }
            [who, what, rest @ ..] => step(&mut reader, *who, *what, rest)?,
            [who] => {
                return Err(reader.flaw(
                    who.column,
                    format!("`{}` is no line: `c1 call put x=1` and `c1 ok` are", who.text),
                    format!("无法识别 `{}`：应写成 `c1 call put x=1` 或 `c1 ok`", who.text),
                ));
            }
        }
    }
    Ok(Recording { kind, entries: reader.entries })
}

fn model(reader: &Reader, word: Token<'_>, rest: &[Token<'_>], again: bool) -> Result<Kind, Flaw> {
    let named = match rest {
        [name] => Kind::ALL.iter().find(|(known, _)| *known == name.text),
        _ => None,
    };
    let Some((_, kind)) = named.filter(|_| !again && reader.entries.is_empty()) else {
        let known: Vec<&str> = Kind::ALL.iter().map(|(name, _)| *name).collect();
        let known = known.join(", ");
        let column = rest.first().map_or(word.column, |name| name.column);
        return Err(reader.flaw(
            column,
            format!("`model` stands once, before all operations, and names one of {known}"),
            format!("`model` 只能出现一次，写在所有操作之前，取值为 {known} 之一"),
        ));
    };
    Ok(*kind)
}

fn client(reader: &Reader, token: Token<'_>) -> Result<ClientId, Flaw> {
    let number = token.text.strip_prefix('c').and_then(|digits| digits.parse::<u32>().ok());
    let number = number.and_then(|number| number.checked_sub(1)).filter(|it| *it < CLIENTS);
    number.map(ClientId).ok_or_else(|| {
        reader.flaw(
            token.column,
            format!("`{}` is no client: `c1` is", token.text),
            format!("`{}` 不是客户端，应写成 `c1`", token.text),
        )
    })
}

fn step(
    reader: &mut Reader,
    who: Token<'_>,
    what: Token<'_>,
    rest: &[Token<'_>],
) -> Result<(), Flaw> {
    let client = client(reader, who)?;
    if what.text == "call" {
        let op = op(reader, what, rest)?;
        return reader.call(who.column, client, op);
    }
    let place = reader.ends(who.column, client)?;
    let op = reader.entries[place].op;
    let outcome = match (what.text, rest) {
        ("ok", value) => Some(Outcome::Done(found(reader, op, what, value)?)),
        ("unmet", []) => Some(Outcome::Unmet),
        ("refused", []) => Some(Outcome::Refused),
        ("lost", []) => None,
        (word, []) => {
            return Err(reader.flaw(
                what.column,
                format!("`{word}` is no step; known are call, ok, unmet, refused, lost"),
                format!("无法识别 `{word}`，可用的有 call、ok、unmet、refused、lost"),
            ));
        }
        (word, [more, ..]) => {
            return Err(reader.flaw(
                more.column,
                format!("nothing stands behind `{word}`"),
                format!("`{word}` 后面不应再有内容"),
            ));
        }
    };
    reader.entries[place].end = outcome.map(|outcome| (reader.line, outcome));
    Ok(())
}

/// What an `ok` tells: a value behind what observes, nothing behind what changes.
fn found(reader: &Reader, op: Op, ok: Token<'_>, rest: &[Token<'_>]) -> Result<Option<Word>, Flaw> {
    let tells = observes(op) || matches!(op, Op::Pop(_));
    match (tells, rest) {
        (false, []) => Ok(None),
        (true, [value]) if value.text == "-" => Ok(None),
        (true, [value]) => word(reader, *value, value.text, 0).map(Some),
        (true, []) => Err(reader.flaw(
            ok.column,
            format!("`{op}` found something: `ok 1`, or `ok -` for nothing"),
            format!("`{op}` 应写明读到的值：`ok 1`；没有读到值写 `ok -`"),
        )),
        (_, [.., last]) => Err(reader.flaw(
            last.column,
            format!("`{op}` is not told so much"),
            format!("`{op}` 的答复内容过多"),
        )),
    }
}

/// A word of a history; `shift` characters behind the start of its token.
fn word(reader: &Reader, token: Token<'_>, text: &str, shift: usize) -> Result<Word, Flaw> {
    let column = token.column + shift;
    if text.is_empty() {
        return Err(reader.flaw(column, "something is missing here", "这里缺少内容"));
    }
    Word::new(text).ok_or_else(|| {
        let most = Word::BYTES;
        reader.flaw(
            column,
            format!("`{text}` is too long: keys and values have at most {most} bytes"),
            format!("`{text}` 过长：键和值最多 {most} 字节"),
        )
    })
}

/// An operation, written as in a scenario.
fn op(reader: &Reader, call: Token<'_>, rest: &[Token<'_>]) -> Result<Op, Flaw> {
    let Some((verb, rest)) = rest.split_first() else {
        return Err(reader.flaw(call.column, "nothing is called", "没有写明操作"));
    };
    let bad = |column: usize| {
        reader.flaw(
            column,
            format!("`{}` is not written like this; see docs/histories.md", verb.text),
            format!("`{}` 的写法不对，见 docs/histories.md", verb.text),
        )
    };
    let alone = |make: fn(Word) -> Op| match rest {
        [key] => Ok(make(word(reader, *key, key.text, 0)?)),
        [] => Err(bad(verb.column)),
        [_, more, ..] => Err(bad(more.column)),
    };
    let pair = |make: fn(Word, Word) -> Op| match rest {
        [pair] => {
            let (key, value) = split(reader, *pair)?;
            Ok(make(key, value))
        }
        [] => Err(bad(verb.column)),
        [_, more, ..] => Err(bad(more.column)),
    };
    match verb.text {
        "get" => alone(Op::Get),
        "pop" => alone(Op::Pop),
        "lock" => alone(Op::Lock),
        "unlock" => alone(Op::Unlock),
        "put" => pair(Op::Put),
        "append" => pair(Op::Append),
        "include" => pair(Op::Include),
        "exclude" => pair(Op::Exclude),
        "contains" => pair(Op::Contains),
        "push" => pair(Op::Push),
        "add" => match rest {
            [pair] => {
                let (key, value) = split(reader, *pair)?;
                let amount = value.as_str().parse().map_err(|_| bad(pair.column))?;
                Ok(Op::Add(key, amount))
            }
            _ => Err(bad(verb.column)),
        },
        "cas" => match rest {
            [pair, new] => {
                let (key, old) = split(reader, *pair)?;
                Ok(Op::Cas(key, old, word(reader, *new, new.text, 0)?))
            }
            _ => Err(bad(verb.column)),
        },
        other => Err(reader.flaw(
            verb.column,
            format!("`{other}` is no operation of a store"),
            format!("`{other}` 不是存储支持的操作"),
        )),
    }
}

fn split(reader: &Reader, pair: Token<'_>) -> Result<(Word, Word), Flaw> {
    let Some((key, value)) = pair.text.split_once('=') else {
        return Err(reader.flaw(
            pair.column,
            format!("`{}` is no key with a value: `x=1` is", pair.text),
            format!("`{}` 不是键值对，应写成 `x=1`", pair.text),
        ));
    };
    let shift = key.chars().count() + 1;
    Ok((word(reader, pair, key, 0)?, word(reader, pair, value, shift)?))
}

/// Writes our form.
pub(super) fn write(history: &History) -> String {
    let mut steps: Vec<(u64, bool, String)> = Vec::new();
    for it in history.operations() {
        if super::super::consistency::key(it.op).is_none() {
            continue;
        }
        let client = it.id.client;
        steps.push((it.invoked.event, true, format!("{client} call {}", it.op)));
        let told = match it.end {
            End::Pending => continue,
            // Nobody saw the end: that may be said anywhere behind the call.
            End::GivenUp(moment) => (moment, "lost".to_owned()),
            End::Answered(moment, Outcome::Unmet) => (moment, "unmet".to_owned()),
            End::Answered(moment, Outcome::Refused | Outcome::Redirect(_)) => {
                (moment, "refused".to_owned())
            }
            End::Answered(moment, Outcome::Done(found)) => {
                let tells = observes(it.op) || matches!(it.op, Op::Pop(_));
                let value = found.map_or_else(|| "-".to_owned(), |word| word.to_string());
                (moment, if tells { format!("ok {value}") } else { "ok".to_owned() })
            }
        };
        steps.push((told.0.event, false, format!("{client} {}", told.1)));
    }
    // At one moment answers come before calls: who is answered may ask again.
    crate::order::sort_by_key(&mut steps, |(event, call, _)| (*event, *call));
    steps.into_iter().map(|(_, _, line)| line + "\n").collect()
}
