//! Finding and sorting messages.

use crate::kernel::{ClientId, NodeId, Party};

use super::ledger::{CLIENT, Ledger, NEVER, Packed, end_code};
use super::{Fate, Messages};

/// A column of the table.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Column {
    /// The kind, by name.
    Kind,
    /// The sender.
    From,
    /// The receiver.
    To,
    /// The order of sending.
    #[default]
    Sent,
    /// The order in which they ended; those on their way last.
    Ended,
    /// What became of them.
    Fate,
    /// What they say.
    Detail,
}

impl Column {
    /// All of them, as they stand in the table.
    pub const ALL: [Column; 7] = [
        Column::Kind,
        Column::From,
        Column::To,
        Column::Sent,
        Column::Ended,
        Column::Fate,
        Column::Detail,
    ];
}

/// Which messages are wanted, and in which order.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct MessageQuery {
    /// Words; each has to be in the kind, an end, or the detail. Capitals do not matter.
    pub text: String,
    /// Of this kind only.
    pub kind: Option<&'static str>,
    /// From or to this one only.
    pub end: Option<Party>,
    /// With this fate only.
    pub fate: Option<Fate>,
    /// Sorted by this column; equal ones in order of sending.
    pub sort: Column,
    /// The other way round.
    pub descending: bool,
}

/// What a word is found in.
struct Hits {
    faces: Vec<bool>,
    nodes: Vec<bool>,
    clients: Vec<bool>,
    details: Vec<bool>,
}

impl Hits {
    fn has(&self, row: &Packed) -> bool {
        let end = |code: u32| match code.checked_sub(CLIENT) {
            Some(client) => self.clients[client as usize],
            None => self.nodes.get(code as usize).copied().unwrap_or_default(),
        };
        self.faces[usize::from(row.face)]
            || end(row.from)
            || end(row.to)
            || self.details[row.detail as usize]
    }
}

impl Messages {
    /// The places of the messages that are wanted, in the order wanted. Takes time in proportion
    /// to the messages; sorting by detail also compares every different detail.
    pub fn find(&self, query: &MessageQuery) -> Vec<u32> {
        let ledger = self.ledger();
        let mut places: Vec<u32> = (0..self.len() as u32).collect();
        let kind: Option<Vec<bool>> =
            query.kind.map(|name| ledger.faces.iter().map(|face| face.name == name).collect());
        let end = query.end.map(end_code);
        let words: Vec<Hits> =
            query.text.split_whitespace().map(|word| self.hits(&ledger, word)).collect();
        if kind.is_some() || end.is_some() || query.fate.is_some() || !words.is_empty() {
            places.retain(|place| {
                let row = &ledger.rows[*place as usize];
                kind.as_ref().is_none_or(|kind| kind[usize::from(row.face)])
                    && end.is_none_or(|end| row.from == end || row.to == end)
                    && query.fate.is_none_or(|fate| self.fate(*place, row) == fate)
                    && words.iter().all(|hits| hits.has(row))
            });
        }
        if query.sort != Column::Sent {
            let keys = self.keys(&ledger, query.sort);
            places = in_order(places, &keys);
        }
        if query.descending {
            places.reverse();
        }
        places
    }

    fn hits(&self, ledger: &Ledger, word: &str) -> Hits {
        let has = |text: &str| contains(text, word);
        Hits {
            faces: ledger.faces.iter().map(|face| has(face.name)).collect(),
            nodes: self.names.iter().map(|name| has(name)).collect(),
            clients: (0..ledger.clients).map(|id| has(&ClientId(id).to_string())).collect(),
            details: (0..ledger.details()).map(|number| has(ledger.detail(number))).collect(),
        }
    }

    /// What each message is sorted by.
    fn keys(&self, ledger: &Ledger, column: Column) -> Vec<u32> {
        let kinds = ranks(ledger.faces.len() as u32, &|face| ledger.faces[face as usize].name);
        let details = match column {
            Column::Detail => ranks(ledger.details(), &|number| ledger.detail(number)),
            _ => Vec::new(), // The other columns do not need them.
        };
        let event = self.event() as u32;
        let key = |(place, row): (usize, &Packed)| match column {
            Column::Kind => kinds[usize::from(row.face)],
            Column::From => row.from,
            Column::To => row.to,
            Column::Sent => row.sent,
            Column::Ended if row.ended > event => NEVER,
            Column::Ended => row.ended,
            Column::Fate => self.fate(place as u32, row) as u32,
            Column::Detail => details[row.detail as usize],
        };
        ledger.rows[..self.len()].iter().enumerate().map(key).collect()
    }

    /// The event of the next message that `node` received or sent, or that anybody did; the last
    /// one before the playhead if `backwards`.
    pub(in crate::lab) fn beside(&self, node: Option<NodeId>, backwards: bool) -> Option<u64> {
        let here = self.event() as u32;
        let mut best = None;
        let mut meet = |event: u32| {
            let better = if backwards {
                event < here && best.is_none_or(|best| event > best)
            } else {
                event > here && event != NEVER && best.is_none_or(|best| event < best)
            };
            if better {
                best = Some(event);
            }
        };
        let code = node.map(|node| node.0);
        for row in &self.ledger().rows {
            if code.is_none_or(|code| code == row.from) {
                meet(row.sent);
            }
            // What was lost was never received.
            if row.lost.is_none() && code.is_none_or(|code| code == row.to) {
                meet(row.ended);
            }
        }
        best.map(u64::from)
    }
}

/// True if `word` is in `text`, whatever the capitals.
fn contains(text: &str, word: &str) -> bool {
    let (text, word) = (text.as_bytes(), word.as_bytes());
    text.windows(word.len().max(1)).any(|part| part.eq_ignore_ascii_case(word))
}

/// The place of each of `count` texts in their order; equal ones share it.
fn ranks<'a>(count: u32, text: &dyn Fn(u32) -> &'a str) -> Vec<u32> {
    let mut order: Vec<u32> = (0..count).collect();
    crate::order::sort_by(&mut order, |a, b| text(*a).cmp(text(*b)));
    let mut ranks = vec![0; count as usize];
    let mut rank = 0;
    for pair in order.windows(2) {
        rank += u32::from(text(pair[0]) != text(pair[1]));
        ranks[pair[1] as usize] = rank;
    }
    ranks
}

/// `places` sorted by their keys, equal ones in the order they were: one pass for each half of the
/// key, whatever their number.
fn in_order(mut places: Vec<u32>, keys: &[u32]) -> Vec<u32> {
    let mut sorted = vec![0; places.len()];
    for shift in [0, 16] {
        let digit = |place: u32| (keys[place as usize] >> shift & 0xffff) as usize;
        let mut starts = vec![0_u32; 1 << 16];
        for place in &places {
            starts[digit(*place)] += 1;
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += std::mem::replace(start, sum);
        }
        for place in &places {
            let start = &mut starts[digit(*place)];
            sorted[*start as usize] = *place;
            *start += 1;
        }
        std::mem::swap(&mut places, &mut sorted);
    }
    places
}
