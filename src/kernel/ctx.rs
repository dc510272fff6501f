//! All a handler may do. Effects are recorded, never performed.

use std::cell::Cell;

use super::{Choices, Fact, Node, NodeId, Outcome, RequestId, SimTime, Window};

/// Something a handler wants done. Performed by the world in the order recorded.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Effect<N: Node> {
    /// Send a message to another node.
    Send(NodeId, N::Msg),
    /// Arm a timer; an equal one is replaced.
    Arm(N::Timer, Window),
    /// Disarm a timer; nothing happens if it is not armed.
    Disarm(N::Timer),
    /// Replace the disk. Durable before the messages of the same handler leave.
    Save(N::Disk),
    /// Answer a client.
    Reply(RequestId, Outcome),
    /// State a fact.
    Learn(Fact),
    /// Name the rule being applied.
    Mark(&'static str),
}

/// What a handler sees and may do.
pub struct Ctx<'a, N: Node> {
    id: NodeId,
    nodes: u32,
    clock: SimTime,
    told_time: Cell<bool>,
    choices: &'a mut dyn Choices,
    effects: &'a mut Vec<Effect<N>>,
}

impl<'a, N: Node> Ctx<'a, N> {
    /// A context for one call of one handler. `clock` is the node's own clock.
    pub fn new(
        id: NodeId,
        nodes: u32,
        clock: SimTime,
        choices: &'a mut dyn Choices,
        effects: &'a mut Vec<Effect<N>>,
    ) -> Self {
        Ctx { id, nodes, clock, told_time: Cell::new(false), choices, effects }
    }

    /// Who am I.
    pub fn id(&self) -> NodeId {
        self.id
    }

    /// How many nodes the cluster has, this one included.
    pub fn nodes(&self) -> u32 {
        self.nodes
    }

    /// Everyone else, in order.
    pub fn peers(&self) -> impl Iterator<Item = NodeId> + use<N> {
        let me = self.id;
        (0..self.nodes).map(NodeId).filter(move |&id| id != me)
    }

    /// The node's own clock, which may be skewed and drift. Only for protocols that are declared
    /// timed (leases, balancers).
    pub fn clock(&self) -> SimTime {
        self.told_time.set(true);
        self.clock
    }

    /// The node's own clock, to be written down and nothing else: whatever is decided by it later
    /// is decided by asking [`clock`](Ctx::clock) then.
    pub fn stamp(&self) -> SimTime {
        self.clock
    }

    /// True once the handler has asked what time it is: what it does may rest on it.
    pub fn told_time(&self) -> bool {
        self.told_time.get()
    }

    /// Runs `act` as a node of another kind in the same seat would: what it wants done is returned
    /// and not recorded here. It has asked what time it is if `act` has.
    pub fn within<M: Node, T>(
        &mut self,
        act: impl FnOnce(&mut Ctx<'_, M>) -> T,
    ) -> (T, Vec<Effect<M>>) {
        let mut effects = Vec::new();
        let mut ctx = Ctx::new(self.id, self.nodes, self.clock, self.choices, &mut effects);
        let said = act(&mut ctx);
        let told_time = ctx.told_time();
        self.told_time.set(self.told_time.get() || told_time);
        (said, effects)
    }

    /// A declared choice: a number in `0..n`, for `n` of at least 1.
    pub fn below(&mut self, n: u64) -> u64 {
        self.choices.below(n)
    }

    /// The declared choices themselves, for code that draws many.
    pub fn choices(&mut self) -> &mut dyn Choices {
        self.choices
    }

    /// Sends `msg` to another node. Never to oneself: call the handler.
    pub fn send(&mut self, to: NodeId, msg: N::Msg) {
        debug_assert_ne!(to, self.id, "a node does not send to itself");
        self.effects.push(Effect::Send(to, msg));
    }

    /// Sends `msg` to everyone else.
    pub fn broadcast(&mut self, msg: &N::Msg) {
        for peer in self.peers() {
            self.send(peer, msg.clone());
        }
    }

    /// Arms `timer` to go off after a length out of `window`, measured by the node's own clock.
    pub fn arm(&mut self, timer: N::Timer, window: Window) {
        self.effects.push(Effect::Arm(timer, window));
    }

    /// Disarms `timer`.
    pub fn disarm(&mut self, timer: N::Timer) {
        self.effects.push(Effect::Disarm(timer));
    }

    /// Replaces what survives a crash.
    pub fn save(&mut self, disk: N::Disk) {
        self.effects.push(Effect::Save(disk));
    }

    /// Answers a client's request.
    pub fn reply(&mut self, request: RequestId, outcome: Outcome) {
        self.effects.push(Effect::Reply(request, outcome));
    }

    /// States a fact.
    pub fn learn(&mut self, fact: Fact) {
        self.effects.push(Effect::Learn(fact));
    }

    /// Names the rule being applied: one of the entry's `About::marks`.
    pub fn mark(&mut self, rule: &'static str) {
        self.effects.push(Effect::Mark(rule));
    }
}
