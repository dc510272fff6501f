//! `request`: what a client is told to ask. `client` may be written for it.

use std::fmt::Write;

use crate::kernel::{ClientId, Op, Word};
use crate::script::cursor::Cursor;
use crate::script::names::{self, Names};
use crate::script::problem::What;
use crate::script::token::Token;
use crate::script::wanted::Wanted;
use crate::sim::{Input, Target};

use super::{elsewhere, fault};

#[derive(Clone, Copy)]
enum Verb {
    /// A key.
    Key(fn(Word) -> Op),
    /// A key and a value, `x=3`.
    Pair(fn(Word, Word) -> Op),
    /// A key and a whole number, `x=-3`.
    Amount,
    /// A key, what is expected there and what is to be, `x=3 5`.
    Cas,
}

const VERBS: [(&str, Verb); 14] = [
    ("put", Verb::Pair(Op::Put)),
    ("get", Verb::Key(Op::Get)),
    ("read", Verb::Key(Op::Get)),
    ("cas", Verb::Cas),
    ("append", Verb::Pair(Op::Append)),
    ("add", Verb::Amount),
    ("include", Verb::Pair(Op::Include)),
    ("exclude", Verb::Pair(Op::Exclude)),
    ("contains", Verb::Pair(Op::Contains)),
    ("push", Verb::Pair(Op::Push)),
    ("pop", Verb::Key(Op::Pop)),
    ("lock", Verb::Key(Op::Lock)),
    ("unlock", Verb::Key(Op::Unlock)),
    ("propose", Verb::Key(Op::Propose)),
];

/// Reads the rest of `request put y=3 via n2 from c2`.
pub(super) fn read(cursor: &mut Cursor<'_, '_>) -> Option<Input> {
    let token = cursor.want(Wanted::Operation)?;
    if elsewhere(cursor, token, "request", false) {
        return None;
    }
    let op = match cursor.one_of(token, What::Word, &VERBS)? {
        Verb::Key(op) => op(cursor.value(Wanted::Value, word)?),
        Verb::Pair(op) => {
            let (key, value) = pair(cursor)?;
            op(key, cursor.value_of(value, Wanted::Value, word)?)
        }
        Verb::Amount => {
            let (key, amount) = pair(cursor)?;
            Op::Add(key, cursor.value_of(amount, Wanted::Count, |text| text.parse().ok())?)
        }
        Verb::Cas => {
            let (key, old) = pair(cursor)?;
            let old = cursor.value_of(old, Wanted::Value, word)?;
            Op::Cas(key, old, cursor.value(Wanted::Value, word)?)
        }
    };
    let (via, client) = whom(cursor)?;
    Some(Input::Request { op, via, client })
}

/// Reads the rest of `read y via n2`, short for `request get y via n2`.
pub(super) fn read_key(cursor: &mut Cursor<'_, '_>) -> Option<Input> {
    let token = cursor.want(Wanted::Value)?;
    if elsewhere(cursor, token, "read", false) {
        return None;
    }
    let op = Op::Get(cursor.value_of(token, Wanted::Value, word)?);
    let (via, client) = whom(cursor)?;
    Some(Input::Request { op, via, client })
}

/// Reads whom a client asks first, and which client it is, if that is said.
pub(super) fn whom(cursor: &mut Cursor<'_, '_>) -> Option<(Option<Target>, Option<ClientId>)> {
    let (mut via, mut client) = (None, None);
    loop {
        if via.is_none() && cursor.eat("via") {
            via = Some(fault::target(cursor)?);
        } else if client.is_none() && cursor.eat("from") {
            client = Some(cursor.value(Wanted::Client, names::find_client)?);
        } else {
            return Some((via, client));
        }
    }
}

/// Reads `key=value`: the key, and the place of the value.
fn pair<'t>(cursor: &mut Cursor<'t, '_>) -> Option<(Word, Token<'t>)> {
    let token = cursor.want(Wanted::Pair)?;
    let Some((key, value)) = token.setting() else {
        cursor.bad(token, Wanted::Pair);
        return None;
    };
    Some((cursor.value_of(key, Wanted::Value, word)?, value))
}

fn word(text: &str) -> Option<Word> {
    Word::new(text).filter(|word| !word.as_str().is_empty())
}

/// A request as printed.
pub(in crate::script) fn print(
    op: Op,
    via: Option<Target>,
    client: Option<ClientId>,
    names: Names,
) -> String {
    let mut text = format!("request {op}");
    let _ = print_whom(&mut text, via, client, names);
    text
}

/// Whom a client asks first, and which client it is, as printed behind a request.
pub(super) fn print_whom(
    text: &mut String,
    via: Option<Target>,
    client: Option<ClientId>,
    names: Names,
) -> std::fmt::Result {
    if let Some(via) = via {
        write!(text, " via {}", fault::print_target(via, names))?;
    }
    if let Some(client) = client {
        write!(text, " from {client}")?;
    }
    Ok(())
}
