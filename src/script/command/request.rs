//! `request`: what a client is told to ask. `client` may be written for it.

use std::fmt::Write;

use crate::kernel::{ClientId, Op, Word};
use crate::script::cursor::Cursor;
use crate::script::names::{self, Names};
use crate::script::problem::What;
use crate::script::wanted::Wanted;
use crate::sim::{Input, Target};

use super::{elsewhere, fault};

#[derive(Clone, Copy)]
enum Verb {
    Put,
    Get,
    Propose,
}

const VERBS: [(&str, Verb); 3] =
    [("put", Verb::Put), ("get", Verb::Get), ("propose", Verb::Propose)];

/// Reads the rest of `request put y=3 via n2 from c2`.
pub(super) fn read(cursor: &mut Cursor<'_, '_>) -> Option<Input> {
    let token = cursor.want(Wanted::Operation)?;
    if elsewhere(cursor, token, "request", false) {
        return None;
    }
    let op = match cursor.one_of(token, What::Word, &VERBS)? {
        Verb::Put => {
            let token = cursor.want(Wanted::Pair)?;
            let Some((key, value)) = token.setting() else {
                cursor.bad(token, Wanted::Pair);
                return None;
            };
            let key = cursor.value_of(key, Wanted::Value, word)?;
            Op::Put(key, cursor.value_of(value, Wanted::Value, word)?)
        }
        Verb::Get => Op::Get(cursor.value(Wanted::Value, word)?),
        Verb::Propose => Op::Propose(cursor.value(Wanted::Value, word)?),
    };
    let (mut via, mut client) = (None, None);
    loop {
        if via.is_none() && cursor.eat("via") {
            via = Some(fault::target(cursor)?);
        } else if client.is_none() && cursor.eat("from") {
            client = Some(cursor.value(Wanted::Client, names::find_client)?);
        } else {
            return Some(Input::Request { op, via, client });
        }
    }
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
    if let Some(via) = via {
        let _ = write!(text, " via {}", fault::print_target(via, names));
    }
    if let Some(client) = client {
        let _ = write!(text, " from {client}");
    }
    text
}
