//! Searching a run: kinds of messages, names of nodes, values.

use super::{Chronicle, NEVER, NOBODY, What};

/// What is searched for, prepared so that an event is judged without looking at letters.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Query {
    words: Vec<Word>,
}

/// Whom and what one word means.
#[derive(Clone, PartialEq, Debug, Default)]
struct Word {
    kinds: Vec<bool>,
    lanes: Vec<bool>,
    /// Events at which something of that name or value was said, in order.
    events: Vec<u32>,
    lost: bool,
}

impl Query {
    /// Words that all have to be meant by an event; `None` if there are none. A word means the kind
    /// of a message or timer by a part of its name, a node or client by its whole name, a value or
    /// operation by a part of it, and with `lost`, what was lost.
    pub fn new(chronicle: &Chronicle, text: &str, names: &[String]) -> Option<Query> {
        let words: Vec<Word> = text
            .split_whitespace()
            .map(|word| Word::new(chronicle, &word.to_lowercase(), names))
            .collect();
        (!words.is_empty()).then_some(Query { words })
    }

    /// True if the event is meant.
    pub fn event(&self, chronicle: &Chronicle, event: u32) -> bool {
        match chronicle.what(event) {
            What::Delivered(id) | What::Lost(id) => self.message(chronicle, id),
            _ => {
                let lane = chronicle.lane(event);
                self.words.iter().all(|word| word.lane(lane) || word.said(event))
            }
        }
    }

    /// True if the message is meant, or the event that sent or ended it speaks of what is meant.
    pub fn message(&self, chronicle: &Chronicle, id: u32) -> bool {
        let Some(message) = chronicle.message(id) else { return false };
        self.words.iter().all(|word| {
            word.kinds.get(usize::from(message.kind)) == Some(&true)
                || word.lane(message.from)
                || word.lane(message.to)
                || (word.lost && message.lost.is_some())
                || word.said(message.ended)
        })
    }

    /// The next event after `event` that is meant, or the one before it; around the ends.
    pub fn next(&self, chronicle: &Chronicle, event: u32, back: bool) -> Option<u32> {
        let all = chronicle.events();
        let step = |by: u32| {
            let by = u64::from(if back { all - by } else { by });
            ((u64::from(event) + by) % u64::from(all)) as u32
        };
        (1..=all).map(step).find(|event| self.event(chronicle, *event))
    }
}

impl Word {
    fn new(chronicle: &Chronicle, word: &str, names: &[String]) -> Word {
        let has = |text: &str| text.to_lowercase().contains(word);
        let nodes = usize::from(chronicle.nodes);
        let named = |lane: usize| match names.get(lane) {
            Some(name) if lane < nodes => name == word,
            _ => format!("c{}", lane + 1 - nodes.min(lane)) == word,
        };
        let lanes: Vec<bool> = (0..chronicle.lanes.len()).map(named).collect();
        // A name is nothing else: n1 is no part of a value.
        if lanes.contains(&true) {
            return Word { lanes, ..Word::default() };
        }
        Word {
            kinds: chronicle.kinds.iter().map(|kind| has(kind.face.name)).collect(),
            events: said(chronicle, word),
            lost: word == "lost" || word == "丢失",
            lanes,
        }
    }

    fn lane(&self, lane: u16) -> bool {
        lane != NOBODY && self.lanes.get(usize::from(lane)) == Some(&true)
    }

    fn said(&self, event: u32) -> bool {
        event != NEVER && self.events.binary_search(&event).is_ok()
    }
}

/// Events at which an operation, a value or a timer of that name was spoken of.
fn said(chronicle: &Chronicle, word: &str) -> Vec<u32> {
    let has = |text: String| text.to_lowercase().contains(word);
    let mut events = Vec::new();
    for wait in chronicle.lanes.iter().flat_map(|lane| &lane.waits) {
        if chronicle.op(wait).is_some_and(|op| has(op.to_string())) {
            events.push(wait.from);
            events.extend((wait.to != NEVER).then_some(wait.to));
        }
    }
    let mut known: Option<(crate::kernel::Word, bool)> = None;
    for (event, _, value) in &chronicle.values {
        // The same value is spoken of again and again.
        let same = known.filter(|(word, _)| word == value).map(|(_, meant)| meant);
        let meant = same.unwrap_or_else(|| has(value.to_string()));
        known = Some((*value, meant));
        events.extend(meant.then_some(*event));
    }
    if chronicle.timers.iter().any(|name| has((*name).to_owned())) {
        let timer = |event: &u32| match chronicle.what(*event) {
            What::Timer(name) => has(name.to_owned()),
            _ => false,
        };
        events.extend((0..chronicle.events()).filter(timer));
    }
    crate::order::sort(&mut events);
    events.dedup();
    events
}
