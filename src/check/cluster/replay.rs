//! A path of a search, carried out in the ordinary world, driven by hand.

use std::rc::Rc;

use crate::kernel::{Fact, NodeId, Party, SimTime};
use crate::sim::{
    ClusterSpec, DiskMode, Drive, Happening, Input, Matcher, NetworkSpec, Occurrence, OpNote,
    Target, Workload,
};

use super::model::ClusterModel;
use super::state::{Event, State, Step};
use super::walk::Telling;

/// Where a node had a choice, the world draws by its seed: so many seeds are tried for one that
/// draws as the path does.
const SEEDS: u64 = 2_000;

/// One step of a path, as done by hand.
#[derive(Clone, PartialEq, Debug)]
pub struct Line {
    /// What is done.
    pub input: Input,
    /// What comes of it, in a sentence; empty if there is nothing to say.
    pub says: String,
}

/// A path that was carried out.
#[derive(Clone, PartialEq, Debug)]
pub struct Replay {
    /// The seed under which nodes choose as on the path.
    pub seed: u64,
    /// What is done, in order.
    pub lines: Vec<Line>,
    /// How many events the world took, without the start.
    pub events: u64,
}

/// All that was stated in some stretch of a run, event by event or not.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
struct Stated {
    facts: Vec<(NodeId, Fact)>,
    ops: Vec<OpNote>,
    /// Sender, receiver and name of each message between nodes.
    sent: Vec<(NodeId, NodeId, &'static str)>,
}

/// A message in flight: its number in the world, and in the search.
type Flying = (u64, u32);

impl ClusterModel {
    /// Carries out a path in the ordinary world and compares all that is stated.
    ///
    /// # Errors
    /// If the world does something else than the search: a defect of one of the two.
    pub fn replay(&self, spec: &ClusterSpec, path: &[Step]) -> Result<Replay, String> {
        let mut first = None;
        for seed in (0..SEEDS).map(|more| spec.seed.wrapping_add(more)) {
            match self.replay_with(spec, seed, path) {
                Ok(replay) => return Ok(replay),
                Err(message) => {
                    first.get_or_insert(message);
                }
            }
            if !self.read().memo.has_choices() {
                break;
            }
        }
        Err(first.unwrap_or_default())
    }

    fn replay_with(&self, spec: &ClusterSpec, seed: u64, path: &[Step]) -> Result<Replay, String> {
        let spec = Rc::new(by_hand(spec, seed));
        let world = self.read().actors.world(spec);
        let mut world = world.map_err(|error| error.message)?;
        let mut flying: Vec<Flying> = Vec::new();
        let mut lines = Vec::new();
        let mut stated = Stated::default();
        stated.add(world.last());
        self.compare(&stated, self.start(), "start")?;
        track(&mut flying, world.last(), &mut self.start().sent.iter());
        if self.read().scope.unsynced {
            let input = Input::Disk(Target::All, DiskMode::Unsynced);
            world.inject(input.clone());
            while world.next_at().is_some() && world.step() {}
            lines.push(Line { input, says: String::new() });
        }
        let mut state = self.start_state().clone();
        for step in path {
            let Some((after, telling)) = self.tell(&state, step) else {
                return Err("a step of the path cannot be taken again".to_owned());
            };
            let input = self.input(&state, step, &mut flying)?;
            world.inject(input.clone());
            let (mut stated, mut sent) = (Stated::default(), copies(step, &telling).into_iter());
            let mut says = String::new();
            while world.next_at().is_some() && world.step() {
                stated.add(world.last());
                track(&mut flying, world.last(), &mut sent.by_ref());
                if let Some(sentence) = sentence(world.about(), &*world) {
                    says = sentence;
                }
            }
            self.compare(&stated, &telling, &format!("{input:?}"))?;
            lines.push(Line { input, says });
            state = after;
        }
        Ok(Replay { seed, lines, events: world.last().index })
    }

    /// Whether the world stated what the search did.
    fn compare(&self, world: &Stated, telling: &Telling, at: &str) -> Result<(), String> {
        let tables = self.read();
        let mut ours = Stated::default();
        for record in &telling.records {
            let record = tables.bench.told(*record);
            ours.facts.extend(record.facts.iter().copied());
            ours.ops.extend(record.ops.iter().copied());
        }
        for message in &telling.sent {
            let letter = tables.letter(*message);
            ours.sent.push((letter.from, letter.to, letter.face.name));
        }
        if ours == *world {
            return Ok(());
        }
        Err(format!("at {at} the search has {ours:?}, and the world {world:?}"))
    }

    /// What is done in the world for a step.
    fn input(&self, state: &State, step: &Step, flying: &mut Vec<Flying>) -> Result<Input, String> {
        let tables = self.read();
        let mut matcher = |message: u32, goes: bool| {
            let place = flying.iter().position(|(_, it)| *it == message);
            let place = place.ok_or("a message of the path does not fly")?;
            let letter = tables.letter(message);
            let id = if goes { flying.remove(place).0 } else { flying[place].0 };
            Ok::<_, String>(Matcher {
                id: Some(id),
                name: Some(letter.face.name.to_owned()),
                from: Some(Party::Node(letter.from)),
                to: Some(Party::Node(letter.to)),
                count: None,
            })
        };
        Ok(match step.event {
            Event::Request(place, node) => {
                let ask = tables.scope.asks[place as usize];
                let via = Some(Target::Node(node));
                Input::Request { op: ask.op, via, client: Some(ask.client) }
            }
            Event::Deliver(message) => Input::Deliver(matcher(message, true)?),
            Event::Lose(message) => Input::Drop(matcher(message, true)?),
            Event::Duplicate(message) => Input::Duplicate(matcher(message, false)?),
            Event::Fire(node, timer) => {
                Input::Fire(Target::Node(node), tables.actors.timer(timer).to_owned())
            }
            Event::Crash(node) => Input::Crash(Target::Node(node)),
            Event::Restart(node) => Input::Restart(Target::Node(node)),
            Event::Cut(side) => {
                let nodes = (0..state.seats().len() as u32).map(NodeId);
                Input::Partition(vec![nodes.filter(|node| side >> node.0 & 1 == 1).collect()])
            }
            Event::Heal => Input::Heal,
        })
    }
}

/// Messages that take off on a step, in order: those sent, or the copy.
fn copies(step: &Step, telling: &Telling) -> Vec<u32> {
    match step.event {
        Event::Duplicate(message) => vec![message],
        _ => telling.sent.clone(),
    }
}

/// The recipe of a world that is driven by hand and does nothing by itself.
fn by_hand(spec: &ClusterSpec, seed: u64) -> ClusterSpec {
    ClusterSpec {
        seed,
        network: NetworkSpec::default(),
        workload: Workload::None,
        drive: Drive::Hand,
        inputs: Vec::<(SimTime, Input)>::new(),
        ..spec.clone()
    }
}

/// Notes the numbers of the messages between nodes that the event sent.
fn track<'a>(
    flying: &mut Vec<Flying>,
    event: &Occurrence,
    sent: &mut dyn Iterator<Item = impl std::borrow::Borrow<u32> + 'a>,
) {
    for note in &event.sent {
        if note.from.node().is_some()
            && note.to.node().is_some()
            && let Some(message) = sent.next()
        {
            flying.push((note.id, *message.borrow()));
        }
    }
}

impl Stated {
    fn add(&mut self, event: &Occurrence) {
        self.facts.extend(event.facts.iter().copied());
        self.ops.extend(event.ops.iter().copied());
        if matches!(&event.what, Happening::Input { input: Input::Duplicate(_), .. }) {
            return;
        }
        for note in &event.sent {
            if let (Some(from), Some(to)) = (note.from.node(), note.to.node()) {
                self.sent.push((from, to, note.face.name));
            }
        }
    }
}

/// The rule that was applied last by the event, as a sentence.
fn sentence(about: &crate::kernel::About, world: &dyn crate::sim::Cluster) -> Option<String> {
    let last = world.last();
    let (node, rule) = last.marks.last()?;
    let mark = about.marks.iter().find(|mark| mark.id == *rule)?;
    let peer = match &last.what {
        Happening::Delivered(note) => note.from.to_string(),
        _ => String::new(),
    };
    let era = world.era(*node).unwrap_or_default();
    let text = mark.says.en.replace("{node}", &node.to_string());
    Some(text.replace("{peer}", &peer).replace("{era}", &era.to_string()))
}
