//! The nodes that are animated, as a model to search.

use std::cell::{Ref, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

use crate::check::explore::{Claimed, Model, When};
use crate::kernel::{NodeId, Op, Outcome, Property, Request, RequestId};
use crate::sim::OpNote;

use super::intern::Interner;
use super::judges::{Bench, NOTHING, Record, Struck};
use super::nets::{EMPTY, NONE, Nets};
use super::scope::{Ask, Order, Scope};
use super::state::{BENCH, CLIENTS, Event, NET, Phase, State, Step, USED, Used};
use super::troupe::{Actors, Call, Done, Memo};

/// A client that is sent from node to node gives up after so many: they send it in circles.
const CIRCLES: usize = 32;

/// All that the states of a search are made of.
pub(super) struct Tables {
    pub(super) actors: Box<dyn Actors>,
    memo: Memo,
    pub(super) nets: Nets,
    pub(super) bench: Bench,
    clients: Interner<Box<[Phase]>>,
    used: Interner<Used>,
    pub(super) scope: Scope,
    /// For each ask its number within its client's session, from 1.
    serials: Vec<u64>,
    /// A handler asked what time it is.
    told_time: bool,
}

/// What happened on one step, for telling it.
#[derive(Clone, Debug, Default)]
pub(super) struct Telling {
    pub(super) records: Vec<u32>,
    /// Messages sent, in order.
    pub(super) sent: Vec<u32>,
    /// How many outcomes each call had that had more than one.
    widths: Vec<u32>,
}

/// What travels between clients and nodes within one step.
enum Leg {
    Ask(usize, NodeId),
    Answer(RequestId, Outcome, NodeId),
}

/// The nodes that are animated, as a model to search.
pub struct ClusterModel {
    tables: RefCell<Tables>,
    first: State,
    start: Telling,
    claims: Vec<Claimed>,
    /// The place of termination among the claims: its judge only knows whether it was reached.
    termination: Option<usize>,
}

impl ClusterModel {
    /// A model of `nodes` nodes.
    pub(super) fn new(
        actors: Box<dyn Actors>,
        nodes: u32,
        scope: Scope,
        (properties, era): (&[Property], &'static str),
        word: &dyn Fn(Property) -> String,
    ) -> ClusterModel {
        let (bench, first_bench) = Bench::new(properties, era);
        let judged = bench.properties();
        let claimed = |it: &Property| Claimed { name: word(*it), when: When::Always };
        let claims: Vec<Claimed> = judged.iter().map(claimed).collect();
        let termination = judged.iter().position(|it| *it == Property::Termination);
        let mut serials = Vec::new();
        for (place, ask) in scope.asks.iter().enumerate() {
            let before = scope.asks[..place].iter().filter(|it| it.client == ask.client);
            serials.push(before.count() as u64 + 1);
        }
        let mut tables = Tables {
            actors,
            memo: Memo::default(),
            nets: Nets::new(scope.order),
            bench,
            clients: Interner::default(),
            used: Interner::default(),
            scope,
            serials,
            told_time: false,
        };
        let (first, start) = tables.boot(nodes, first_bench);
        ClusterModel { tables: RefCell::new(tables), first, start, claims, termination }
    }

    /// What the search rests on.
    pub(super) fn tables(&self) -> Ref<'_, Tables> {
        self.tables.borrow()
    }

    /// What happened when the nodes booted.
    pub(super) fn start(&self) -> &Telling {
        &self.start
    }

    /// What is judged, in the order of the claims.
    pub fn properties(&self) -> Vec<Property> {
        self.tables().bench.properties().to_vec()
    }

    /// True once a handler has asked what time it is: then what is found holds for no other time.
    pub fn told_time(&self) -> bool {
        self.tables().told_time
    }

    /// Different states of nodes, different messages, different networks: what was found of each.
    pub fn parts(&self) -> (usize, usize, usize) {
        let tables = self.tables();
        let (locals, messages) = tables.actors.sizes();
        (locals, messages, tables.nets.len())
    }

    /// About how many bytes the parts of states take, without what they hold on the heap.
    pub fn bytes(&self) -> u64 {
        let (locals, messages, nets) = self.parts();
        let tables = self.tables();
        let parts = [locals, messages, nets, tables.bench.len(), tables.memo.len()];
        parts.iter().map(|count| *count as u64 * 128).sum()
    }

    /// A step, told.
    pub(super) fn tell(&self, state: &State, step: &Step) -> Option<(State, Telling)> {
        let mut telling = Telling::default();
        let after = self.tables.borrow_mut().walk(state, step, &mut telling)?;
        Some((after, telling))
    }
}

impl Model for ClusterModel {
    type State = State;
    type Step = Step;

    fn initial(&self) -> Vec<State> {
        vec![self.first.clone()]
    }

    fn steps(&self, state: &State, out: &mut Vec<Step>) {
        self.tables.borrow_mut().steps(state, out);
    }

    fn next(&self, state: &State, step: &Step) -> Option<State> {
        let after = self.tables.borrow_mut().walk(state, step, &mut Telling::default())?;
        (after != *state).then_some(after)
    }

    fn weight(&self, state: &State) -> u64 {
        4 * state.0.len() as u64
    }

    fn claims(&self) -> &[Claimed] {
        &self.claims
    }

    fn judge(&self, claim: usize, state: &State) -> bool {
        if Some(claim) == self.termination {
            return !self.tables().is_stuck(state, claim);
        }
        !self.tables().bench.is_violated(state.bench(), claim)
    }
}

impl Tables {
    fn boot(&mut self, nodes: u32, bench: u32) -> (State, Telling) {
        let mut telling = Telling::default();
        let mut seats: Vec<u32> = (0..nodes).map(|id| self.actors.first(NodeId(id))).collect();
        let (mut facts, mut net) = (Vec::new(), EMPTY);
        for (index, seat) in seats.iter_mut().enumerate() {
            // The world draws what a node chooses while it boots; the first choice stands here.
            let (place, _) = self.call(NodeId::at(index), *seat, Call::Boot);
            let done = self.memo.done(place).clone();
            *seat = done.seat;
            facts.extend(self.bench.told(done.record).facts.clone());
            telling.sent.extend(self.nets.get(done.sends).iter());
            let actors = &self.actors;
            net = self.nets.step(net, NONE, done.sends, &|it| actors.letter(it));
        }
        let record = self.bench.record(Record { facts, ..Record::default() });
        telling.records.push(record);
        let mut bench = self.bench.watch(bench, record);
        if self.scope.unsynced {
            self.actors.unsync();
            let struck = Struck::Unsynced(nodes);
            let record = self.bench.record(Record { struck, ..Record::default() });
            bench = self.bench.watch(bench, record);
        }
        let clients = self.clients.number(vec![Phase::Not; self.scope.asks.len()].into());
        let used = self.used.number(Used::default());
        seats.extend([net, bench, clients, used]);
        (State(seats.into()), telling)
    }

    /// What comes of a call: the first outcome and how many there are.
    fn call(&mut self, node: NodeId, seat: u32, call: Call) -> (u32, u32) {
        let key = (node.0, seat, call);
        if let Some(found) = self.memo.get(key) {
            return found;
        }
        let mut outcomes = Vec::new();
        for ran in self.actors.call(node, seat, call) {
            self.told_time |= ran.told_time;
            let struck = if call == Call::Boot { Struck::Restarted(node) } else { Struck::Nobody };
            outcomes.push(Done {
                seat: ran.seat,
                sends: self.nets.list(ran.sends),
                record: self.bench.record(Record { struck, facts: ran.facts, ops: Vec::new() }),
                replies: ran.replies.into(),
            });
        }
        self.memo.put(key, outcomes)
    }

    pub(super) fn used(&self, state: &State) -> Used {
        **self.used.get(state.used())
    }

    fn is_up(&self, state: &State, node: NodeId) -> bool {
        self.actors.is_up(state.seats()[node.index()])
    }

    // What may happen.

    fn steps(&mut self, state: &State, out: &mut Vec<Step>) {
        let (used, nodes) = (self.used(state), state.seats().len() as u32);
        self.asks(state, used, out);
        let net = self.nets.get(state.net());
        for (place, message) in net.iter().enumerate() {
            if self.is_next(&net, place) {
                self.travels(state, *message, used, out);
            }
        }
        for node in (0..nodes).map(NodeId) {
            if !self.is_up(state, node) {
                if used.restarts < self.scope.restarts {
                    self.branch(state, Event::Restart(node), out);
                }
                continue;
            }
            if used.timers < self.scope.timers {
                for timer in self.actors.armed(state.seats()[node.index()]).iter() {
                    self.branch(state, Event::Fire(node, *timer), out);
                }
            }
            if used.crashes < self.scope.crashes {
                out.push(Step { event: Event::Crash(node), picks: 0 });
            }
        }
        if used.cut != 0 {
            out.push(Step { event: Event::Heal, picks: 0 });
        } else if used.cuts < self.scope.cuts {
            // The side without the first node stands for the cut.
            let sides = 1..1u64 << (nodes.min(16) - 1);
            let cuts = sides.map(|side| Step { event: Event::Cut(side << 1), picks: 0 });
            out.extend(cuts);
        }
    }

    /// True unless an equal message, or an earlier one of the same connection, stands before it.
    fn is_next(&self, net: &[u32], place: usize) -> bool {
        let Some(before) = place.checked_sub(1) else { return true };
        if self.scope.order == Order::Unordered {
            return net[before] != net[place];
        }
        let (one, two) = (self.actors.letter(net[before]), self.actors.letter(net[place]));
        (one.from, one.to) != (two.from, two.to)
    }

    fn travels(&mut self, state: &State, message: u32, used: Used, out: &mut Vec<Step>) {
        // A message to a crashed node waits for it, or is lost out of the budget of losses.
        if self.is_up(state, self.actors.letter(message).to) {
            self.branch(state, Event::Deliver(message), out);
        }
        if used.losses < self.scope.losses {
            out.push(Step { event: Event::Lose(message), picks: 0 });
        }
        if used.duplicates < self.scope.duplicates {
            out.push(Step { event: Event::Duplicate(message), picks: 0 });
        }
    }

    fn asks(&mut self, state: &State, used: Used, out: &mut Vec<Step>) {
        if used.requests >= self.scope.requests {
            return;
        }
        let phases = Rc::clone(self.clients.get(state.clients()));
        for place in 0..self.scope.asks.len() {
            let Ask { client, via, .. } = self.scope.asks[place];
            let before = (0..place).filter(|it| self.scope.asks[*it].client == client);
            let free = before.into_iter().all(|it| phases[it] == Phase::Done);
            if phases[place] != Phase::Not || !free {
                continue;
            }
            let all = 0..state.seats().len() as u32;
            for node in all.map(NodeId).filter(|node| via.is_none_or(|it| it == *node)) {
                if self.is_up(state, node) {
                    self.branch(state, Event::Request(place as u32, node), out);
                }
            }
        }
    }

    /// Every outcome that an event may have.
    fn branch(&mut self, state: &State, event: Event, out: &mut Vec<Step>) {
        let (node, call) = match event {
            Event::Deliver(it) => (self.actors.letter(it).to, Call::Message(it)),
            Event::Fire(node, timer) => (node, Call::Timer(timer)),
            Event::Restart(node) => (node, Call::Boot),
            Event::Request(place, node) => (node, Call::Request(self.request(place as usize))),
            Event::Crash(_)
            | Event::Lose(_)
            | Event::Duplicate(_)
            | Event::Cut(_)
            | Event::Heal => return out.push(Step { event, picks: 0 }),
        };
        let (place, count) = self.call(node, state.seats()[node.index()], call);
        if count == 1 && self.memo.done(place).replies.is_empty() {
            return out.push(Step { event, picks: 0 });
        }
        let mut digits: Vec<u32> = Vec::new();
        loop {
            let picks = digits.iter().rev().fold(0, |picks, it| picks << 8 | u64::from(*it));
            let (step, mut telling) = (Step { event, picks }, Telling::default());
            if self.walk(state, &step, &mut telling).is_some() {
                out.push(step);
            }
            telling.widths.truncate(8);
            digits.resize(telling.widths.len(), 0);
            while let Some(last) = digits.pop() {
                if last + 1 < telling.widths[digits.len()] {
                    digits.push(last + 1);
                    break;
                }
            }
            if digits.is_empty() {
                return;
            }
        }
    }

    /// True once a call has had more than one outcome.
    pub(super) fn has_choices(&self) -> bool {
        self.memo.has_choices()
    }

    fn request(&self, place: usize) -> Request {
        let Ask { client, op, .. } = self.scope.asks[place];
        Request { id: RequestId { client, serial: self.serials[place] }, op }
    }

    // What comes of it.

    /// What comes of a step; `None` if it cannot be taken, or would never end.
    fn walk(&mut self, state: &State, step: &Step, telling: &mut Telling) -> Option<State> {
        let mut walk = Walk {
            state: state.clone(),
            used: self.used(state),
            picks: step.picks,
            legs: VecDeque::new(),
            phases: None,
        };
        match step.event {
            Event::Request(place, node) => {
                walk.used.requests += 1;
                let Request { id, op } = self.request(place as usize);
                self.note(&mut walk, OpNote::Invoked(id, op), telling);
                walk.legs.push_back(Leg::Ask(place as usize, node));
            }
            Event::Deliver(message) => {
                let to = self.actors.letter(message).to;
                self.fly(&mut walk, message, EMPTY);
                self.act(&mut walk, to, Call::Message(message), telling);
            }
            Event::Fire(node, timer) => {
                walk.used.timers += 1;
                self.act(&mut walk, node, Call::Timer(timer), telling);
            }
            Event::Crash(node) => {
                walk.used.crashes += 1;
                walk.state.0[node.index()] = self.actors.crash(state.seats()[node.index()]);
                let struck = Struck::Crashed(node);
                let record = self.bench.record(Record { struck, ..Record::default() });
                self.judge(&mut walk, record, telling);
            }
            Event::Restart(node) => {
                walk.used.restarts += 1;
                self.act(&mut walk, node, Call::Boot, telling);
            }
            Event::Lose(message) => {
                walk.used.losses += 1;
                self.fly(&mut walk, message, EMPTY);
            }
            Event::Duplicate(message) => {
                walk.used.duplicates += 1;
                let copy = self.nets.list(vec![message]);
                self.fly(&mut walk, NONE, copy);
            }
            Event::Cut(side) => {
                walk.used.cuts += 1;
                walk.used.cut = side;
                self.sever(&mut walk);
            }
            Event::Heal => walk.used.cut = 0,
        }
        self.serve(&mut walk, telling)?;
        if let Some(phases) = walk.phases {
            walk.state.set(CLIENTS, self.clients.number(phases.into()));
        }
        walk.state.set(USED, self.used.number(walk.used));
        Some(walk.state)
    }

    /// Carries what goes between clients and nodes, until nothing is left.
    fn serve(&mut self, walk: &mut Walk, telling: &mut Telling) -> Option<()> {
        let mut asked = 0;
        while let Some(leg) = walk.legs.pop_front() {
            match leg {
                Leg::Ask(place, node) => {
                    asked += 1;
                    if asked > CIRCLES {
                        return None;
                    }
                    self.phases(walk)[place] = Phase::Open(node);
                    // Whoever is crashed does not hear it.
                    if self.is_up(&walk.state, node) {
                        let request = self.request(place);
                        self.act(walk, node, Call::Request(request), telling);
                    }
                }
                Leg::Answer(id, outcome, from) => self.answer(walk, (id, outcome, from), telling),
            }
        }
        Some(())
    }

    /// A client is answered, as [`crate::sim`] has it: sent elsewhere by whom it asked last it goes
    /// there at once.
    fn answer(
        &mut self,
        walk: &mut Walk,
        (id, outcome, from): (RequestId, Outcome, NodeId),
        telling: &mut Telling,
    ) {
        let places = 0..self.scope.asks.len();
        let mut places = places.filter(|it| {
            self.scope.asks[*it].client == id.client && self.serials[*it] == id.serial
        });
        let Some(place) = places.next() else { return };
        let Phase::Open(asked) = self.phases(walk)[place] else { return };
        if let Outcome::Redirect(hint) = outcome {
            if let Some(hint) = hint.filter(|hint| asked == from && *hint != from) {
                walk.legs.push_back(Leg::Ask(place, hint));
                // It counts as asked as soon as it is sent off.
                self.phases(walk)[place] = Phase::Open(hint);
            }
            return;
        }
        self.phases(walk)[place] = Phase::Done;
        let op: Op = self.scope.asks[place].op;
        self.note(walk, OpNote::Completed(id, op, outcome), telling);
    }

    fn phases<'a>(&self, walk: &'a mut Walk) -> &'a mut Vec<Phase> {
        let clients = walk.state.clients();
        walk.phases.get_or_insert_with(|| self.clients.get(clients).to_vec())
    }

    fn act(&mut self, walk: &mut Walk, node: NodeId, call: Call, telling: &mut Telling) {
        let (place, count) = self.call(node, walk.state.seats()[node.index()], call);
        let pick = if count > 1 { walk.picks as u32 & 0xff } else { 0 };
        if count > 1 {
            walk.picks >>= 8;
            telling.widths.push(count);
        }
        let done = self.memo.done(place + pick.min(count - 1)).clone();
        walk.state.0[node.index()] = done.seat;
        telling.sent.extend(self.nets.get(done.sends).iter());
        self.fly(walk, NONE, done.sends);
        self.judge(walk, done.record, telling);
        let replies = done.replies.iter().map(|(id, outcome)| Leg::Answer(*id, *outcome, node));
        walk.legs.extend(replies);
    }

    /// One message comes down, and a list takes off; what would cross a cut is lost.
    fn fly(&mut self, walk: &mut Walk, gone: u32, mut sends: u32) {
        let actors = &self.actors;
        if walk.used.cut != 0 && sends != EMPTY {
            let mut left = self.nets.get(sends).to_vec();
            left.retain(|it| {
                let letter = actors.letter(*it);
                !walk.used.severs(letter.from, letter.to)
            });
            sends = self.nets.list(left);
        }
        let net = self.nets.step(walk.state.net(), gone, sends, &|it| actors.letter(it));
        walk.state.set(NET, net);
    }

    /// What flies across a new cut is lost.
    fn sever(&mut self, walk: &mut Walk) {
        let actors = &self.actors;
        let mut left = self.nets.get(walk.state.net()).to_vec();
        left.retain(|it| {
            let letter = actors.letter(*it);
            !walk.used.severs(letter.from, letter.to)
        });
        let net = self.nets.settle(left, &|it| actors.letter(it));
        walk.state.set(NET, net);
    }

    fn judge(&mut self, walk: &mut Walk, record: u32, telling: &mut Telling) {
        if record != NOTHING {
            telling.records.push(record);
            let bench = self.bench.watch(walk.state.bench(), record);
            walk.state.set(BENCH, bench);
        }
    }

    fn note(&mut self, walk: &mut Walk, note: OpNote, telling: &mut Telling) {
        let record = self.bench.record(Record { ops: vec![note], ..Record::default() });
        self.judge(walk, record, telling);
    }

    /// True if a client waits, nothing is under way or will go off, and nothing has been done to
    /// the cluster that would excuse it: then nobody is ever answered.
    fn is_stuck(&self, state: &State, termination: usize) -> bool {
        state.net() == EMPTY
            && self.used(state).is_faultless()
            && state.seats().iter().all(|seat| self.actors.armed(*seat).is_empty())
            && self.clients.get(state.clients()).iter().any(|it| *it != Phase::Not)
            && !self.bench.holds(state.bench(), termination)
    }
}

/// A step under way.
struct Walk {
    state: State,
    used: Used,
    picks: u64,
    legs: VecDeque<Leg>,
    phases: Option<Vec<Phase>>,
}
