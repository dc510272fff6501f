//! A run that is driven by time, written down event by event for a world driven by hand.
//!
//! What clients asked for arrives where it arrived, messages between nodes are delivered and timers
//! go off in the order in which they did. What was lost, cut or slow needs no line: by hand nothing
//! arrives by itself.

use std::collections::{BTreeMap, BTreeSet};

use crate::kernel::{ClientId, NodeId, Op, Party};
use crate::script::command::head;
use crate::script::grammar::{Head, Script, Setting, Statement};
use crate::script::limit;
use crate::script::plan::Plan;
use crate::script::print::print_input;
use crate::sim::{Cluster, Drive, Happening, Input, Matcher, OpNote, REQUEST, Target};

use super::hand::{Key, Sent};
use super::rows::{Rank, Row};

/// Most events that are written down: a text has so many lines.
const EVENTS: usize = limit::LINES - 100;

/// Ways of writing requests down: a client that asks again is a request by hand or none, and asks
/// under its own name or, not to wait for an answer that never comes, under another one each time.
pub(super) const WAYS: [Way; 3] = [
    Way { again: false, strangers: false },
    Way { again: false, strangers: true },
    Way { again: true, strangers: true },
];

/// One of [`WAYS`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Way {
    again: bool,
    strangers: bool,
}

/// The lines of `rows` as a scenario driven by hand that does what the run of `plan` did up to
/// `event`. `None` if there are too many.
pub(super) fn by_hand(
    (script, rows): (&Script, &[Row]),
    plan: &Plan,
    event: u64,
    way: Way,
) -> Option<Vec<Row>> {
    let mut world = plan.build().ok()?;
    let mut recorder = Recorder::new(way);
    let mut done: Vec<Row> = Vec::new();
    loop {
        for (input, key) in recorder.watch(&*world) {
            let text = print_input(&input, plan.names);
            done.push(Row { line: 0, text, does: Some((input, key)), rank: Rank::Action });
        }
        if done.len() > EVENTS || world.last().index >= event || !world.step() {
            break;
        }
    }
    if done.len() > EVENTS {
        return None;
    }
    let mut kept: Vec<Row> = script
        .lines
        .iter()
        .zip(rows)
        .filter_map(|(line, row)| still(line.statement.as_ref(), row))
        .collect();
    kept.push(Row::kept(String::new()));
    kept.extend(done);
    Some(kept)
}

/// What becomes of a line: by hand there is no time, no network and nobody who asks by himself.
fn still(statement: Option<&Statement>, row: &Row) -> Option<Row> {
    match statement {
        Some(Statement::Cluster(line)) => {
            let timed = |it: &Setting| matches!(it, Setting::Network(_) | Setting::Drive(_));
            let mut settings = line.settings.clone();
            settings.retain(|it| !timed(it));
            settings.push(Setting::Drive(Drive::Hand));
            let line = Head { word: line.word, settings };
            Some(Row { text: head::print("cluster", &line), ..row.clone() })
        }
        Some(
            Statement::At(..)
            | Statement::Network(_)
            | Statement::Clients(_)
            | Statement::Patience(_)
            | Statement::Run(_),
        ) => None,
        Some(_) => Some(row.clone()),
        // Blank lines set what is gone apart.
        None => (!row.text.trim().is_empty()).then(|| row.clone()),
    }
}

/// Watches a world and says what to do by hand.
struct Recorder {
    way: Way,
    sent: Sent,
    /// Messages between nodes, by number.
    keys: BTreeMap<u64, Key>,
    /// Requests on their way: whose, what, and the how-manieth of its client.
    asked: BTreeMap<u64, (ClientId, Op, u64)>,
    /// What each client asks for now.
    open: BTreeMap<ClientId, (Op, u64)>,
    /// Requests that are written down.
    told: BTreeSet<(ClientId, u64)>,
    strangers: u32,
}

impl Recorder {
    fn new(way: Way) -> Recorder {
        Recorder {
            way,
            sent: Sent::default(),
            keys: BTreeMap::new(),
            asked: BTreeMap::new(),
            open: BTreeMap::new(),
            told: BTreeSet::new(),
            strangers: 0,
        }
    }

    /// What to do for the event that just happened.
    fn watch(&mut self, world: &dyn Cluster) -> Vec<(Input, Option<Key>)> {
        let last = world.last();
        for op in &last.ops {
            if let OpNote::Invoked(id, op) = op {
                self.open.insert(id.client, (*op, id.serial));
            }
        }
        for note in &last.sent {
            if let Some(key) = self.sent.key(note) {
                self.keys.insert(note.id, key);
            } else if let Party::Client(client) = note.from
                && note.face.name == REQUEST.name
                && let Some((op, serial)) = self.open.get(&client)
            {
                self.asked.insert(note.id, (client, *op, *serial));
            }
        }
        match &last.what {
            Happening::Delivered(note) => match (note.to, self.keys.get(&note.id)) {
                (_, Some(key)) => {
                    let matcher = Matcher {
                        id: Some(note.id),
                        name: Some(note.face.name.to_owned()),
                        from: Some(note.from),
                        to: Some(note.to),
                        count: None,
                    };
                    vec![(Input::Deliver(matcher), Some(*key))]
                }
                (Party::Node(node), None) => self.request(note.id, node),
                (Party::Client(_), None) => Vec::new(), // Answers arrive by themselves.
            },
            Happening::TimerFired { node, name } => {
                vec![(Input::Fire(Target::Node(*node), (*name).to_owned()), None)]
            }
            Happening::Input { input, struck, .. } => {
                let each = struck.iter().filter_map(|node| at_node(input, *node));
                each.map(|input| (input, None)).collect()
            }
            Happening::Started | Happening::Lost(_) | Happening::ClientActed(_) => Vec::new(),
        }
    }

    /// A request arrives at a node.
    fn request(&mut self, flight: u64, node: NodeId) -> Vec<(Input, Option<Key>)> {
        let Some((client, op, serial)) = self.asked.get(&flight).copied() else {
            return Vec::new();
        };
        let again = !self.told.insert((client, serial));
        if again && !self.way.again {
            return Vec::new();
        }
        let client =
            if self.way.strangers { ClientId(self.strangers % limit::CLIENTS) } else { client };
        self.strangers += 1;
        let via = Some(Target::Node(node));
        vec![(Input::Request { op, via, client: Some(client) }, None)]
    }
}

/// What was done to a node, said of this node; `None` for what is nothing by hand.
fn at_node(input: &Input, node: NodeId) -> Option<Input> {
    let target = Target::Node(node);
    match input {
        Input::Crash(_) => Some(Input::Crash(target)),
        Input::Restart(_) => Some(Input::Restart(target)),
        Input::Skew(_, by) => Some(Input::Skew(target, *by)),
        Input::Drift(_, ppm) => Some(Input::Drift(target, *ppm)),
        Input::Disk(_, mode) => Some(Input::Disk(target, *mode)),
        Input::Compact(_) => Some(Input::Compact(target)),
        Input::Order(_, order) => Some(Input::Order(target, *order)),
        // Who stands still is not moved, and what does not arrive is not delivered.
        Input::Pause(_)
        | Input::Resume(_)
        | Input::Partition(_)
        | Input::Cut(..)
        | Input::Isolate(_)
        | Input::Heal
        | Input::Mend { .. }
        | Input::Link { .. }
        | Input::Network(_)
        | Input::Hold(_)
        | Input::Release(_)
        | Input::Drop(_)
        | Input::Duplicate(_)
        | Input::Delay(..)
        | Input::Deliver(_)
        | Input::Settle
        // These are told when they come about.
        | Input::Fire(..)
        | Input::Request { .. }
        | Input::Flap { .. }
        | Input::Pace(..) => None,
    }
}
