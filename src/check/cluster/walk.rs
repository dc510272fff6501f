//! What comes of a step.

use std::collections::VecDeque;

use crate::kernel::{NodeId, Outcome, Request, RequestId};
use crate::sim::OpNote;

use super::judges::{NOTHING, Record, Struck};
use super::state::{Draft, Event, Phase, State, Step, Used};
use super::tables::{Miss, Tables};
use super::troupe::Call;

/// A client that is sent from node to node gives up after so many: they send it in circles.
const CIRCLES: usize = 32;

/// What happened on one step, for telling it.
#[derive(Clone, Debug, Default)]
pub(super) struct Telling {
    /// Whether anybody listens.
    pub(super) full: bool,
    pub(super) records: Vec<u32>,
    /// Messages sent, in order.
    pub(super) sent: Vec<u32>,
    /// How many outcomes each call had that had more than one.
    pub(super) widths: Vec<u32>,
}

/// What travels between clients and nodes within one step.
enum Leg {
    Ask(usize, NodeId),
    Answer(RequestId, Outcome, NodeId),
}

/// A step under way.
pub(super) struct Walk {
    pub(super) draft: Draft,
    pub(super) used: Used,
    picks: u64,
    legs: VecDeque<Leg>,
    phases: Option<Vec<Phase>>,
    /// Nodes whose messages may have come to be spent, one bit each.
    pub(super) touched: u64,
}

impl Tables {
    /// What comes of a step; `None` if it cannot be taken, or would never end. Where `spare`,
    /// messages that are spent are taken out.
    pub(super) fn walk(
        &self,
        state: &State,
        step: &Step,
        spare: bool,
        telling: &mut Telling,
    ) -> Result<Option<State>, Miss> {
        let mut walk = Walk {
            draft: state.draft(),
            used: self.used(state),
            picks: step.picks,
            legs: VecDeque::new(),
            phases: None,
            touched: 0,
        };
        self.happen(&mut walk, step.event, telling)?;
        if !self.serve(&mut walk, telling)? {
            return Ok(None);
        }
        if let Some(phases) = walk.phases.take() {
            let phases = phases.into();
            let clients = self.clients.find(&phases).ok_or(Miss::Clients(phases))?;
            walk.draft.set_clients(clients);
        }
        walk.draft.set_used(self.used.find(&walk.used).ok_or(Miss::Used(walk.used))?);
        if spare {
            self.drop_spent(&mut walk)?;
        }
        Ok(Some(walk.draft.done()))
    }

    /// The state without the messages that are spent.
    pub(super) fn spared(&self, state: &State) -> Result<State, Miss> {
        let (draft, used) = (state.draft(), self.used(state));
        let (legs, touched) = (VecDeque::new(), u64::MAX);
        let mut walk = Walk { draft, used, picks: 0, legs, phases: None, touched };
        self.drop_spent(&mut walk)?;
        Ok(walk.draft.done())
    }

    fn happen(&self, walk: &mut Walk, event: Event, telling: &mut Telling) -> Result<(), Miss> {
        match event {
            Event::Request(place, node) => {
                walk.used.requests += 1;
                let Request { id, op } = self.request(place as usize);
                self.tell_ops(walk, OpNote::Invoked(id, op), telling)?;
                walk.legs.push_back(Leg::Ask(place as usize, node));
            }
            Event::Deliver(message) => {
                let to = self.come_down(walk, message);
                self.act(walk, to, Call::Message(message), telling)?;
            }
            Event::Fire(node, timer) => {
                walk.used.timers += 1;
                self.act(walk, node, Call::Timer(timer), telling)?;
            }
            Event::Crash(node) => {
                walk.used.crashes += 1;
                let seat = walk.draft.seat(node);
                let after = *self.crashed.get(&(node, seat)).ok_or(Miss::Crash(node, seat))?;
                sit(walk, node, after);
                let record = Record { struck: Struck::Crashed(node), ..Record::default() };
                let record = self.bench.find(&record).ok_or(Miss::Record(record))?;
                self.judge(walk, record, telling)?;
            }
            Event::Restart(node) => {
                walk.used.restarts += 1;
                walk.touched = u64::MAX;
                self.act(walk, node, Call::Boot, telling)?;
            }
            Event::Lose(message) => {
                walk.used.losses += 1;
                self.come_down(walk, message);
            }
            Event::Duplicate(message) => {
                walk.used.duplicates += 1;
                self.take_off(&mut walk.draft, message);
            }
            Event::Cut(side) => {
                walk.used.cuts += 1;
                walk.used.cut = side;
                walk.touched = u64::MAX;
                let used = walk.used;
                walk.draft.retain(|it| {
                    let letter = self.letter(it);
                    !used.severs(letter.from, letter.to)
                });
            }
            Event::Heal => walk.used.cut = 0,
        }
        Ok(())
    }

    /// Carries what goes between clients and nodes, until nothing is left. False if they are sent
    /// in circles.
    fn serve(&self, walk: &mut Walk, telling: &mut Telling) -> Result<bool, Miss> {
        let mut asked = 0;
        while let Some(leg) = walk.legs.pop_front() {
            match leg {
                Leg::Ask(place, node) => {
                    asked += 1;
                    if asked > CIRCLES {
                        return Ok(false);
                    }
                    self.client(walk)[place] = Phase::Open(node);
                    // Whoever is crashed does not hear it.
                    if self.actors.is_up(walk.draft.seat(node)) {
                        let request = self.request(place);
                        self.act(walk, node, Call::Request(request), telling)?;
                    }
                }
                Leg::Answer(id, outcome, from) => {
                    self.answer(walk, (id, outcome, from), telling)?;
                }
            }
        }
        Ok(true)
    }

    /// A client is answered, as [`crate::sim`] has it: sent elsewhere by whom it asked last it goes
    /// there at once.
    fn answer(
        &self,
        walk: &mut Walk,
        (id, outcome, from): (RequestId, Outcome, NodeId),
        telling: &mut Telling,
    ) -> Result<(), Miss> {
        let Some(place) = self.ask(id) else { return Ok(()) };
        let Phase::Open(asked) = self.client(walk)[place] else { return Ok(()) };
        if let Outcome::Redirect(hint) = outcome {
            if let Some(hint) = hint.filter(|hint| asked == from && *hint != from) {
                walk.legs.push_back(Leg::Ask(place, hint));
                // It counts as asked as soon as it is sent off.
                self.client(walk)[place] = Phase::Open(hint);
            }
            return Ok(());
        }
        self.client(walk)[place] = Phase::Done;
        let op = self.scope.asks[place].op;
        self.tell_ops(walk, OpNote::Completed(id, op, outcome), telling)
    }

    fn client<'a>(&self, walk: &'a mut Walk) -> &'a mut Vec<Phase> {
        let clients = walk.draft.clients();
        walk.phases.get_or_insert_with(|| self.phases(clients).to_vec())
    }

    /// A node is called.
    fn act(
        &self,
        walk: &mut Walk,
        node: NodeId,
        call: Call,
        telling: &mut Telling,
    ) -> Result<(), Miss> {
        let outcomes = self.call(node, walk.draft.seat(node), call)?;
        let mut pick = 0;
        if outcomes.len() > 1 {
            pick = (walk.picks & 0xff) as usize;
            walk.picks >>= 8;
            telling.widths.push(outcomes.len() as u32);
        }
        let Some(done) = outcomes.get(pick.min(outcomes.len() - 1)) else { return Ok(()) };
        sit(walk, node, done.seat);
        if telling.full {
            telling.sent.extend(done.sends.iter());
        }
        for message in done.sends.iter() {
            let letter = self.letter(*message);
            // What would cross a cut is lost.
            if !walk.used.severs(letter.from, letter.to) {
                self.take_off(&mut walk.draft, *message);
                walk.touched |= bit(letter.to);
            }
        }
        self.judge(walk, done.record, telling)?;
        let replies = done.replies.iter().map(|(id, outcome)| Leg::Answer(*id, *outcome, node));
        walk.legs.extend(replies);
        Ok(())
    }

    /// A message comes down; where.
    fn come_down(&self, walk: &mut Walk, message: u32) -> NodeId {
        let to = self.letter(message).to;
        if let Some(place) = walk.draft.flying().iter().position(|it| *it == message) {
            walk.draft.remove(place);
        }
        walk.touched |= bit(to);
        to
    }

    fn judge(&self, walk: &mut Walk, record: u32, telling: &mut Telling) -> Result<(), Miss> {
        if record != NOTHING {
            if telling.full {
                telling.records.push(record);
            }
            let bench = walk.draft.bench();
            let after = self.bench.after(bench, record).ok_or(Miss::Watch(bench, record))?;
            walk.draft.set_bench(after);
        }
        Ok(())
    }

    fn tell_ops(&self, walk: &mut Walk, note: OpNote, telling: &mut Telling) -> Result<(), Miss> {
        let record = self.note(note)?;
        self.judge(walk, record, telling)
    }
}

/// The node is on that seat from now on.
fn sit(walk: &mut Walk, node: NodeId, seat: u32) {
    if walk.draft.seat(node) != seat {
        walk.draft.sit(node, seat);
        walk.touched |= bit(node);
    }
}

/// The bit of a node among those that were touched.
pub(super) fn bit(node: NodeId) -> u64 {
    1 << node.0.min(63)
}
