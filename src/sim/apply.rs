//! What each input does to the world.

use std::rc::Rc;

use crate::kernel::{Choices, ClientId, NodeId, Op, Party, Role, SimTime, Span};

use super::cast::Cast;
use super::core::{Cargo, Core, HAND_TRANSIT};
use super::input::{DiskMode, Input, LinkChange, Matcher, Target};
use super::network::{Cause, Cut, CutKind, Packet};
use super::occurrence::Happening;
use super::queue::Due;
use super::seat::Waiting;
use super::spec::Workload;

impl Core {
    /// Does the input at `index` of the recipe.
    pub(super) fn apply(&mut self, cast: &mut dyn Cast, index: u32) {
        let spec = Rc::clone(&self.spec);
        let Some((since, input)) = spec.inputs.get(index as usize) else { return };
        let input = match input {
            Input::Flap { node, every, lasting } => {
                self.turn_of_flap(index, *node, (*since + *lasting, *every))
            }
            _ => input.clone(),
        };
        self.last.what = Happening::Input { index, input: input.clone(), struck: Vec::new() };
        let struck = self.act(cast, &input);
        if let Happening::Input { struck: place, .. } = &mut self.last.what {
            *place = struck;
        }
    }

    /// What a node that crashes and restarts until `end` does now; it goes on half of `every`
    /// later. By hand there is no later.
    fn turn_of_flap(&mut self, index: u32, node: NodeId, (end, every): (SimTime, Span)) -> Input {
        let over = self.now >= end && self.hand.is_none();
        if !over && self.hand.is_none() {
            let next = self.now + Span((every.0 / 2).max(1));
            self.queue.push(next.min(end), Due::Input(index));
        }
        let up = self.seats.get(node.index()).is_some_and(|seat| seat.up);
        let target = Target::Node(node);
        if up && !over { Input::Crash(target) } else { Input::Restart(target) }
    }

    /// Does `input` and returns the nodes it struck.
    fn act(&mut self, cast: &mut dyn Cast, input: &Input) -> Vec<NodeId> {
        match input {
            Input::Crash(target) => {
                self.strike(cast, *target, |core, cast, id| core.crash(cast, id))
            }
            Input::Restart(target) => self.restart(cast, *target),
            Input::Pause(target) => self.strike(cast, *target, |core, _, id| core.pause(id)),
            Input::Resume(target) => self.strike(cast, *target, |core, _, id| core.resume(id)),
            Input::Skew(target, by) => self.strike(cast, *target, |core, _, id| {
                let now = core.now;
                core.seats[id.index()].clock.jump(now, *by);
                true
            }),
            Input::Drift(target, ppm) => {
                self.strike(cast, *target, |core, _, id| core.drift(id, *ppm))
            }
            Input::Disk(target, mode) => self.disks(cast, *target, *mode),
            Input::Partition(groups) => self.partition(groups),
            Input::Cut(from, to) => {
                self.cut(from.clone(), to.clone(), CutKind::OneWay);
                [from.as_slice(), to.as_slice()].concat()
            }
            Input::Isolate(target) => self.strike(cast, *target, |core, _, id| {
                let others = core.ids().filter(|other| *other != id).collect::<Vec<_>>();
                core.cut(vec![id], others.clone(), CutKind::Isolation);
                core.cut(others, vec![id], CutKind::Isolation);
                true
            }),
            Input::Heal => {
                self.network.heal();
                Vec::new()
            }
            Input::Mend { from, to, both } => self.mend(*from, *to, *both),
            Input::Link { from, to, both, change } => self.link(*from, *to, *both, change),
            Input::Network(change) => {
                self.network.change(change);
                Vec::new()
            }
            Input::Fire(target, name) => self.fire(cast, *target, name),
            Input::Request { op, via, client } => {
                let via = via.and_then(|target| self.first(cast, target));
                self.ask(client.unwrap_or_else(|| self.asker(*op)), *op, via);
                via.into_iter().collect()
            }
            Input::Pace(..) | Input::Compact(_) | Input::Order(..) => self.tell(cast, input),
            Input::Flap { node, .. } => self.strike(cast, Target::Node(*node), |core, cast, id| {
                if !core.crash(cast, id) {
                    core.boot(cast, id);
                }
                true
            }),
            Input::Settle => {
                if let Some(hand) = &mut self.hand {
                    hand.settling = true;
                }
                self.deliver(&Matcher::default());
                Vec::new()
            }
            Input::Hold(_)
            | Input::Release(_)
            | Input::Drop(_)
            | Input::Duplicate(_)
            | Input::Delay(..)
            | Input::Deliver(_) => self.act_on_messages(cast, input),
        }
    }

    /// What nodes are told as such, whatever they make of it.
    fn tell(&mut self, cast: &mut dyn Cast, input: &Input) -> Vec<NodeId> {
        match input {
            Input::Pace(target, speed) => self.strike(cast, *target, |core, cast, id| {
                cast.pace(core, id, *speed);
                true
            }),
            Input::Order(target, order) => self.strike(cast, *target, |core, cast, id| {
                cast.order(core, id, *order);
                true
            }),
            Input::Compact(target) => {
                self.strike(cast, *target, |core, cast, id| cast.compact(core, id))
            }
            _ => Vec::new(), // Every other input is done by `act`.
        }
    }

    /// Who asks if the recipe does not say: the first client; for changes of the cluster somebody
    /// who does not have to wait for the operations of those that ask by themselves.
    fn asker(&self, op: Op) -> ClientId {
        match (op, &self.spec.workload) {
            (Op::Change(_), Workload::Sessions(sessions)) => ClientId(sessions.clients),
            _ => ClientId(0),
        }
    }

    fn act_on_messages(&mut self, cast: &mut dyn Cast, input: &Input) -> Vec<NodeId> {
        match input {
            Input::Hold(matcher) => self.hold(matcher),
            Input::Release(matcher) => self.release(matcher),
            Input::Drop(matcher) => {
                for place in self.matching(matcher) {
                    if let Some(flight) = &mut self.flights[place] {
                        flight.note.lost = Some(Cause::Dropped);
                    }
                    self.reschedule(place, self.now);
                }
            }
            Input::Duplicate(matcher) => self.duplicate(cast, matcher),
            Input::Delay(matcher, by) => {
                for place in self.matching(matcher) {
                    let due = self.flights[place].as_ref().map(|flight| flight.note.due_at);
                    if let Some(due) = due.filter(|due| *due != SimTime::MAX) {
                        self.reschedule(place, due + *by);
                    }
                }
            }
            Input::Deliver(matcher) => self.deliver(matcher),
            _ => {} // Every other input is done by `act`.
        }
        Vec::new()
    }

    fn ids(&self) -> impl Iterator<Item = NodeId> + use<> {
        (0..self.spec.nodes).map(NodeId)
    }

    fn strike(
        &mut self,
        cast: &mut dyn Cast,
        target: Target,
        act: impl Fn(&mut Self, &mut dyn Cast, NodeId) -> bool,
    ) -> Vec<NodeId> {
        let mut struck = self.resolve(cast, target);
        struck.retain(|id| act(self, cast, *id));
        struck
    }

    /// The nodes a target means now.
    fn resolve(&mut self, cast: &dyn Cast, target: Target) -> Vec<NodeId> {
        match target {
            Target::Node(id) if id.0 < self.spec.nodes => vec![id],
            Target::Node(_) => Vec::new(),
            Target::Leader => self.leader(cast).into_iter().collect(),
            Target::Follower => self.draw(cast, |role| role != Role::Leader),
            Target::Any => self.draw(cast, |_| true),
            Target::All => self.ids().collect(),
        }
    }

    fn first(&mut self, cast: &dyn Cast, target: Target) -> Option<NodeId> {
        self.resolve(cast, target).into_iter().next()
    }

    /// The node that leads the latest era.
    fn leader(&self, cast: &dyn Cast) -> Option<NodeId> {
        self.ids()
            .filter_map(|id| cast.part(id).map(|(role, era)| (role, era, id)))
            .filter(|(role, ..)| *role == Role::Leader)
            .max_by_key(|(_, era, id)| (*era, std::cmp::Reverse(*id)))
            .map(|(.., id)| id)
    }

    fn draw(&mut self, cast: &dyn Cast, wanted: impl Fn(Role) -> bool) -> Vec<NodeId> {
        let up: Vec<NodeId> =
            self.ids().filter(|id| cast.part(*id).is_some_and(|(role, _)| wanted(role))).collect();
        if up.is_empty() {
            return up;
        }
        vec![up[self.faults.below(up.len() as u64) as usize]]
    }

    fn crash(&mut self, cast: &mut dyn Cast, id: NodeId) -> bool {
        let now = self.now;
        let seat = &mut self.seats[id.index()];
        if !seat.up {
            return false;
        }
        seat.crash(now);
        if let Some((post @ (Role::Balancer | Role::Server), _)) = cast.part(id) {
            seat.post = post;
        }
        cast.crash(id);
        // What waited for the paused node arrives at a dead one.
        for waiting in std::mem::take(&mut seat.waiting) {
            if let Waiting::Flight { place, id } = waiting {
                self.land_waiting(place, id);
            }
        }
        true
    }

    /// A flight that waited for a paused node lands now, unless something else became of it:
    /// dropped, held or delayed meanwhile. Its place may have gone to another flight.
    fn land_waiting(&mut self, place: u32, id: u64) {
        let flight = self.flights[place as usize].as_ref();
        if flight.is_some_and(|flight| flight.note.id == id && flight.note.due_at <= self.now) {
            self.reschedule(place as usize, self.now);
        }
    }

    fn restart(&mut self, cast: &mut dyn Cast, target: Target) -> Vec<NodeId> {
        let candidates = match target {
            Target::Node(id) => vec![id],
            // Nobody who leads or follows is crashed: these mean the one crashed first.
            Target::Leader | Target::Follower | Target::Any => self
                .ids()
                .filter(|id| !self.seats[id.index()].up)
                .min_by_key(|id| self.seats[id.index()].crashed_at)
                .into_iter()
                .collect(),
            Target::All => self.ids().collect(),
        };
        let crashed = |id: &NodeId| self.seats.get(id.index()).is_some_and(|seat| !seat.up);
        let crashed: Vec<NodeId> = candidates.into_iter().filter(crashed).collect();
        for id in &crashed {
            self.boot(cast, *id);
        }
        crashed
    }

    fn pause(&mut self, id: NodeId) -> bool {
        let now = self.now;
        let seat = &mut self.seats[id.index()];
        let stands = seat.up && seat.paused_at.is_none();
        if stands {
            seat.paused_at = Some(now);
        }
        stands
    }

    fn resume(&mut self, id: NodeId) -> bool {
        let now = self.now;
        let seat = &mut self.seats[id.index()];
        if seat.paused_at.take().is_none() {
            return false;
        }
        for waiting in std::mem::take(&mut seat.waiting) {
            match waiting {
                Waiting::Flight { place, id } => self.land_waiting(place, id),
                Waiting::Timer { slot, generation } => {
                    self.queue.push(now, Due::Timer { node: id.0, slot, generation });
                }
            }
        }
        true
    }

    /// Changes a clock's rate; timers already armed go off by the new rate from now on.
    fn drift(&mut self, id: NodeId, ppm: i32) -> bool {
        let now = self.now;
        let by_hand = self.hand.is_some();
        let seat = &mut self.seats[id.index()];
        let old = seat.clock;
        seat.clock.drift(now, ppm);
        for (place, timer) in seat.timers.iter_mut().enumerate() {
            if !timer.armed || timer.due_at <= now {
                continue;
            }
            let left = old.ticked(timer.due_at.since(now));
            timer.due_at = now + seat.clock.real(left);
            timer.generation = timer.generation.wrapping_add(1);
            if !by_hand {
                let (slot, generation) = (place as u32, timer.generation);
                self.queue.push(timer.due_at, Due::Timer { node: id.0, slot, generation });
            }
        }
        true
    }

    fn disks(&mut self, cast: &mut dyn Cast, target: Target, mode: DiskMode) -> Vec<NodeId> {
        self.strike(cast, target, |core, cast, id| {
            core.seats[id.index()].disk_mode = mode;
            if mode == DiskMode::Synced {
                cast.sync(id);
            }
            true
        })
    }

    fn partition(&mut self, groups: &[Vec<NodeId>]) -> Vec<NodeId> {
        self.network.drop_partitions();
        let named = groups.concat();
        let rest: Vec<NodeId> = self.ids().filter(|id| !named.contains(id)).collect();
        let mut groups = groups.to_vec();
        if !rest.is_empty() {
            groups.push(rest);
        }
        for (index, group) in groups.iter().enumerate() {
            let others: Vec<NodeId> = groups
                .iter()
                .enumerate()
                .filter(|(other, _)| *other != index)
                .flat_map(|(_, group)| group.iter().copied())
                .collect();
            self.cut(group.clone(), others, CutKind::Partition);
        }
        named
    }

    fn cut(&mut self, from: Vec<NodeId>, to: Vec<NodeId>, kind: CutKind) {
        self.network.add_cut(Cut { from, to, since: self.now, kind });
    }

    fn mend(&mut self, from: Party, to: Party, both: bool) -> Vec<NodeId> {
        self.network.mend(from, to);
        if both {
            self.network.mend(to, from);
        }
        from.node().into_iter().chain(to.node()).collect()
    }

    fn link(&mut self, from: Party, to: Party, both: bool, change: &LinkChange) -> Vec<NodeId> {
        self.network.change_link(from, to, change);
        if both {
            self.network.change_link(to, from, change);
        }
        from.node().into_iter().chain(to.node()).collect()
    }

    fn fire(&mut self, cast: &mut dyn Cast, target: Target, name: &str) -> Vec<NodeId> {
        let now = self.now;
        self.strike(cast, target, |core, _, id| {
            let seat = &mut core.seats[id.index()];
            let found = seat
                .timers
                .iter_mut()
                .enumerate()
                .find(|(_, timer)| timer.armed && timer.name == name);
            let Some((place, timer)) = found else { return false };
            timer.due_at = now;
            timer.generation = timer.generation.wrapping_add(1);
            let (slot, generation) = (place as u32, timer.generation);
            core.queue.push(now, Due::Timer { node: id.0, slot, generation });
            true
        })
    }

    // Messages.

    /// Places of the flights a matcher means, in order of sending.
    fn matching(&self, matcher: &Matcher) -> Vec<usize> {
        let mut places: Vec<(u64, usize)> = self
            .flights
            .iter()
            .enumerate()
            .filter_map(|(place, flight)| flight.as_ref().map(|flight| (place, flight)))
            .filter(|(_, flight)| flight.note.lost.is_none())
            .filter(|(_, flight)| {
                let note = flight.note;
                let packet = Packet {
                    id: note.id,
                    from: note.from,
                    to: note.to,
                    face: note.face,
                    at: note.sent_at,
                };
                matcher.matches(&packet)
            })
            .map(|(place, flight)| (flight.note.id, place))
            .collect();
        crate::order::sort(&mut places);
        places.truncate(matcher.count.map_or(usize::MAX, |count| count as usize));
        places.into_iter().map(|(_, place)| place).collect()
    }

    fn hold(&mut self, matcher: &Matcher) {
        for place in self.matching(matcher) {
            if let Some(flight) = &mut self.flights[place] {
                flight.note.due_at = SimTime::MAX;
            }
        }
        // A single chosen flight is held; a kind of message is held from now on.
        if matcher.id.is_none() && matcher.count.is_none() {
            self.network.hold(matcher.clone());
        }
    }

    fn release(&mut self, matcher: &Matcher) {
        self.network.release(matcher);
        self.deliver_held(matcher, true);
    }

    fn deliver(&mut self, matcher: &Matcher) {
        self.deliver_held(matcher, false);
    }

    fn deliver_held(&mut self, matcher: &Matcher, held_only: bool) {
        let at = if self.hand.is_some() { self.now + HAND_TRANSIT } else { self.now };
        for place in self.matching(matcher) {
            let held = self.flights[place]
                .as_ref()
                .is_some_and(|flight| flight.note.due_at == SimTime::MAX);
            if held || !held_only {
                self.reschedule(place, at);
            }
        }
    }

    fn duplicate(&mut self, cast: &mut dyn Cast, matcher: &Matcher) {
        for place in self.matching(matcher) {
            let Some(flight) = self.flights[place] else { continue };
            let due_at = if flight.note.due_at == SimTime::MAX {
                SimTime::MAX
            } else {
                // The copy comes right behind the original.
                flight.note.due_at + crate::kernel::Span::micros(1)
            };
            let copy = self.copy_flight(flight, due_at);
            if matches!(flight.cargo, Cargo::Message(_)) {
                cast.copy(place as u32, copy);
            }
        }
    }
}
