//! A sound protocol with one rule left out.
//!
//! The sound node is inside and runs as it stands. A [`Fault`] is put around its handlers: it may
//! change what comes in (a message, a disk at boot), the node's own memory, and what goes out.
//! Nothing in the sound listing knows of it.

mod table;

use crate::kernel::{
    About, Ctx, Effect, Flaw, Knobs, Node, NodeCard, NodeId, NodeSet, Ratio, Request, Risk, Role,
    Settings,
};

pub use table::{joined, knobs, marks, names};

/// A rule left out of `N`. Whatever it does not change, the sound node does.
pub trait Fault<N: Node>: Sync {
    /// The node starts or restarts.
    fn boot(&self, ctx: &mut Ctx<N>, knobs: &Knobs, disk: &N::Disk) -> N {
        N::boot(ctx, knobs, disk)
    }

    /// A message arrived.
    fn message(&self, node: &mut N, ctx: &mut Ctx<N>, from: NodeId, msg: N::Msg) {
        node.on_message(ctx, from, msg);
    }

    /// A timer went off.
    fn timer(&self, node: &mut N, ctx: &mut Ctx<N>, timer: N::Timer) {
        node.on_timer(ctx, timer);
    }

    /// A client's request arrived.
    fn request(&self, node: &mut N, ctx: &mut Ctx<N>, request: Request) {
        node.on_request(ctx, request);
    }
}

/// A wrong variant: what is said of it, and what it does.
pub struct Mutant<N: 'static> {
    /// What is said of it.
    pub flaw: Flaw,
    /// What it does.
    pub fault: &'static dyn Fault<N>,
}

impl<N> Clone for Mutant<N> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<N> Copy for Mutant<N> {}

/// A sound protocol that has wrong variants.
pub trait Specimen: Node {
    /// What the entry of the wrong variants says of itself.
    const WRONG: About;
    /// The wrong variants, in the order of the words of the knob `flaw`.
    const MUTANTS: &'static [Mutant<Self>];
}

/// A node of a wrong variant.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Flawed<N> {
    /// Which variant: its place in the table.
    flaw: u32,
    node: N,
}

impl<N: Specimen> Flawed<N> {
    /// Runs a handler of the fault, and passes on what it wants done.
    fn run(&mut self, ctx: &mut Ctx<Self>, act: impl FnOnce(&dyn Fault<N>, &mut N, &mut Ctx<N>)) {
        let Some(mutant) = N::MUTANTS.get(self.flaw as usize) else { return };
        let node = &mut self.node;
        for effect in ctx.within(|ctx| act(mutant.fault, node, ctx)).1 {
            perform(ctx, effect);
        }
    }
}

impl<N: Specimen> Node for Flawed<N> {
    type Msg = N::Msg;
    type Timer = N::Timer;
    type Disk = N::Disk;

    const ABOUT: About = N::WRONG;

    fn boot(ctx: &mut Ctx<Self>, knobs: &Knobs, disk: &N::Disk) -> Self {
        let word = knobs.choice("flaw");
        let found = N::MUTANTS.iter().position(|mutant| mutant.flaw.name == word);
        let place = found.unwrap_or_default();
        let (node, effects) = ctx.within(|ctx| N::MUTANTS[place].fault.boot(ctx, knobs, disk));
        for effect in effects {
            perform(ctx, effect);
        }
        Flawed { flaw: place as u32, node }
    }

    fn on_message(&mut self, ctx: &mut Ctx<Self>, from: NodeId, msg: N::Msg) {
        self.run(ctx, |fault, node, ctx| fault.message(node, ctx, from, msg));
    }

    fn on_timer(&mut self, ctx: &mut Ctx<Self>, timer: N::Timer) {
        self.run(ctx, |fault, node, ctx| fault.timer(node, ctx, timer));
    }

    fn on_request(&mut self, ctx: &mut Ctx<Self>, request: Request) {
        self.run(ctx, |fault, node, ctx| fault.request(node, ctx, request));
    }

    fn on_compact(&mut self, ctx: &mut Ctx<Self>) {
        self.run(ctx, |_, node, ctx| node.on_compact(ctx));
    }

    fn role(&self) -> Role {
        self.node.role()
    }

    fn era(&self) -> u64 {
        self.node.era()
    }

    fn card(&self) -> NodeCard {
        let name = N::MUTANTS.get(self.flaw as usize).map_or("-", |mutant| mutant.flaw.name);
        self.node.card().with("flaw", &name)
    }

    fn given(settings: &Settings<'_>) -> Result<N::Disk, String> {
        N::given(settings)
    }

    fn named(disk: &N::Disk) -> NodeSet {
        N::named(disk)
    }

    fn risks(knobs: &Knobs, nodes: u32) -> Vec<Risk> {
        N::risks(knobs, nodes)
    }

    fn trusted_drift(knobs: &Knobs) -> Option<Ratio> {
        N::trusted_drift(knobs)
    }

    fn flaws() -> Vec<Flaw> {
        N::MUTANTS.iter().map(|mutant| mutant.flaw).collect()
    }
}

/// Records an effect of one node as that of another one that speaks the same.
pub fn perform<N: Node, O>(ctx: &mut Ctx<O>, effect: Effect<N>)
where
    O: Node<Msg = N::Msg, Timer = N::Timer, Disk = N::Disk>,
{
    match effect {
        Effect::Send(to, msg) => ctx.send(to, msg),
        Effect::Arm(timer, window) => ctx.arm(timer, window),
        Effect::Disarm(timer) => ctx.disarm(timer),
        Effect::Save(disk) => ctx.save(disk),
        Effect::Reply(request, outcome) => ctx.reply(request, outcome),
        Effect::Learn(fact) => ctx.learn(fact),
        Effect::Mark(rule) => ctx.mark(rule),
    }
}
