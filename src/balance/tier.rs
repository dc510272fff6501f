//! A pool as nodes of the world: balancers first, servers after them.
//!
//! A client's request reaches a balancer, which ranks the servers and sends the work to the best
//! one. The server queues it, works on it for its size over the server's speed, and answers the
//! balancer, which answers the client. One balancer and one server is the monolith.
//!
//! A crashed server loses its queue. Nobody tells the balancer: clients time out, and after
//! `forget` the balancer stops counting what it sent there as in flight. What balancers do about it
//! is in [`guard`](super::guard).
//!
//! # Simplifications
//!
//! Requests are not connections: the network delivers each on its own. A duplicated message is
//! worked on twice, as a retried request would be, and the client takes the first answer.

use std::ops::RangeInclusive;
use std::sync::Arc;

use crate::kernel::{
    About, Choices, Ctx, Face, Fact, Knobs, Manner, Node, NodeCard, NodeId, Order, Outcome,
    Payload, Phase, Request, RequestId, Role, Settings, SimTime, Span, Tag, Weighing,
};

use super::balancer::Balancer;
use super::pool::ABOUT;
use super::server::{Discipline, Server, Shed};
use super::view::{Ending, PoolView, Report};
use super::weighted_load::MEMORY;
use super::{News, STRATEGIES, Telling, lookup};

/// The pool as all its nodes know it: what a `given` line says. The same for every node.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct PoolSetup {
    /// Speeds of the servers in thousandths; servers beyond the list have speed 1.
    speeds: Arc<[u32]>,
    /// Weights of the servers, if they are not to follow the speeds; servers beyond have weight 1.
    weights: Option<Arc<[u32]>>,
    /// Most requests a balancer has in flight at each server; zero is no bound. Servers beyond have
    /// the bound of the knob `max-conns`.
    max_conns: Arc<[u32]>,
}

impl PoolSetup {
    /// The speed of a server in thousandths.
    pub fn speed_milli(&self, server: u32) -> u32 {
        self.speeds.get(server as usize).copied().unwrap_or(1000)
    }

    /// The weights of `servers` servers: as given, or the speeds in lowest terms.
    pub fn weights(&self, servers: u32) -> Vec<u32> {
        if let Some(weights) = &self.weights {
            return (0..servers as usize).map(|i| weights.get(i).copied().unwrap_or(1)).collect();
        }
        let speeds = || (0..servers).map(|server| self.speed_milli(server));
        let common = speeds().fold(0, gcd).max(1);
        speeds().map(|speed| speed / common).collect()
    }
}

fn gcd(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// How one server works.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) struct ServerSetup {
    /// Own speed in thousandths.
    pub(super) speed_milli: u32,
    /// Who is served next.
    pub(super) discipline: Discipline,
    /// What is refused although there is room.
    pub(super) shed: Shed,
    /// Requests served at once, each at full speed; zero means that all share the speed.
    pub(super) slots: u32,
    /// Most requests held, served ones included; zero means no bound.
    pub(super) capacity: u32,
    /// How many nodes, from the first, are balancers.
    pub(super) balancers: u32,
    /// What it tells them.
    pub(super) telling: Telling,
}

impl ServerSetup {
    pub(super) fn is_shared(&self) -> bool {
        self.slots == 0
    }
}

/// Messages between balancers and servers. A ticket names one sending of one request.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Msg {
    /// To a server: do this work.
    Work {
        /// The balancer's name for this sending.
        ticket: u64,
        /// The client's request.
        request: RequestId,
        /// Time it takes at speed 1.
        size: Span,
    },
    /// From a server: the work is done.
    Done {
        /// As in the work.
        ticket: u64,
        /// As in the work.
        request: RequestId,
        /// The server's account of itself.
        report: Report,
    },
    /// To a server: tell me about yourself.
    Probe,
    /// From a server: something about itself.
    News(News),
    /// From a server: the queue is full, the work was not begun.
    Full {
        /// As in the work.
        ticket: u64,
        /// As in the work.
        request: RequestId,
    },
    /// To a server that serves by class: do this work.
    Classed {
        /// As in the work.
        ticket: u64,
        /// As in the work.
        request: RequestId,
        /// As in the work.
        size: Span,
        /// The smaller, the sooner.
        class: u32,
    },
    /// From a server: the work failed.
    Failed {
        /// As in the work.
        ticket: u64,
        /// As in the work.
        request: RequestId,
    },
    /// To a server: nobody waits for this work any more.
    Cancel {
        /// As in the work.
        ticket: u64,
    },
    /// To a server: are you well?
    Check {
        /// When it was asked, by the balancer's clock.
        asked: SimTime,
        /// Whether failing requests count as not well.
        deep: bool,
    },
    /// From a server: the answer to that.
    Checked {
        /// As in the question.
        asked: SimTime,
        /// Whether it is well.
        good: bool,
    },
}

pub(super) const WORK: Face = Face { name: "Work", phase: Phase::Client, manner: Manner::Ask };
pub(super) const DONE: Face = Face { name: "Done", phase: Phase::Client, manner: Manner::Grant };
pub(super) const PROBE: Face = Face { name: "Probe", phase: Phase::Client, manner: Manner::Ask };
pub(super) const NEWS: Face = Face { name: "News", phase: Phase::Client, manner: Manner::Beat };
pub(super) const FULL: Face = Face { name: "Full", phase: Phase::Client, manner: Manner::Refuse };
pub(super) const FAILED: Face =
    Face { name: "Failed", phase: Phase::Client, manner: Manner::Refuse };
pub(super) const CANCEL: Face = Face { name: "Cancel", phase: Phase::Client, manner: Manner::Beat };
pub(super) const CHECK: Face = Face { name: "Check", phase: Phase::Client, manner: Manner::Ask };
pub(super) const CHECKED: Face =
    Face { name: "Checked", phase: Phase::Client, manner: Manner::Grant };

impl Payload for Msg {
    fn face(&self) -> Face {
        match self {
            Msg::Work { .. } | Msg::Classed { .. } => WORK,
            Msg::Done { .. } => DONE,
            Msg::Full { .. } => FULL,
            Msg::Failed { .. } => FAILED,
            Msg::Cancel { .. } => CANCEL,
            Msg::Check { .. } => CHECK,
            Msg::Checked { .. } => CHECKED,
            Msg::Probe => PROBE,
            Msg::News(_) => NEWS,
        }
    }

    fn detail(&self) -> String {
        match self {
            Msg::Work { request, size, .. } => format!("{request}: {size}"),
            Msg::Classed { request, size, class, .. } => format!("{request}: {size}, {class}"),
            Msg::Done { request, .. } | Msg::Full { request, .. } | Msg::Failed { request, .. } => {
                request.to_string()
            }
            Msg::Probe | Msg::Cancel { .. } | Msg::Check { .. } => String::new(),
            Msg::Checked { good, .. } => (if *good { "up" } else { "down" }).to_owned(),
            Msg::News(News::Length(length)) => length.to_string(),
            Msg::News(News::Probe { in_flight, latency }) => format!("{in_flight}, {latency}"),
        }
    }
}

/// The timer of a server, and that of a balancer.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Timer {
    /// The next request in service is done.
    Finish,
    /// A balancer has something to do by itself: a time-out, a retry, a check.
    Agenda,
}

impl Tag for Timer {
    // Fired early, the first finds nothing finished and arms itself again; the second does what it
    // was set to.
    const BY_HAND: &'static [Self] = &[Timer::Finish, Timer::Agenda];

    fn name(&self) -> &'static str {
        match self {
            Timer::Finish => "finish",
            Timer::Agenda => "agenda",
        }
    }
}

/// A node of the pool.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Tier(Part);

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
enum Part {
    Balancer(Box<Balancer>),
    Server(Box<Server>),
}

impl Tier {
    /// What this node knows of the pool; `None` if it is a server.
    pub fn pool(&self) -> Option<&PoolView> {
        match &self.0 {
            Part::Balancer(balancer) => Some(balancer.pool()),
            Part::Server(_) => None,
        }
    }
}

impl Node for Tier {
    type Msg = Msg;
    type Timer = Timer;
    type Disk = PoolSetup;

    const ABOUT: About = ABOUT;

    fn boot(ctx: &mut Ctx<Self>, knobs: &Knobs, disk: &PoolSetup) -> Self {
        // At least one node must be left to be a server, or there is nothing to balance.
        let balancers = (knobs.count("balancers") as u32).min(ctx.nodes().saturating_sub(1)).max(1);
        let me = ctx.id().0;
        let about = lookup(knobs.choice("strategy")).unwrap_or(&STRATEGIES[0]);
        if me < balancers {
            let weights = disk.weights(ctx.nodes().saturating_sub(balancers));
            let pool = PoolView::new(weights, knobs.length(MEMORY.name));
            let bounds = Arc::clone(&disk.max_conns);
            let mut part = Balancer::new(balancers, (about, knobs), (pool, bounds), ctx.clock());
            part.start(ctx);
            return Tier(Part::Balancer(Box::new(part)));
        }
        let discipline = Discipline::new(knobs);
        let slots = if discipline == Discipline::Ps { 0 } else { knobs.count("concurrency") };
        let setup = ServerSetup {
            speed_milli: disk.speed_milli(me - balancers),
            discipline,
            shed: Shed::new(knobs),
            slots: slots as u32,
            capacity: knobs.count("capacity") as u32,
            balancers,
            telling: about.telling,
        };
        // After a crash the queue is gone, and those who count have to know.
        ctx.learn(Fact::Load { length: 0, served: 0 });
        let server = Server::new(setup, ctx.clock());
        server.tell(ctx);
        Tier(Part::Server(Box::new(server)))
    }

    fn on_message(&mut self, ctx: &mut Ctx<Self>, from: NodeId, msg: Msg) {
        match (&mut self.0, msg) {
            (Part::Server(server), Msg::Work { ticket, request, size }) => {
                server.on_work(ctx, from, (ticket, request, size, 0));
            }
            (Part::Server(server), Msg::Classed { ticket, request, size, class }) => {
                server.on_work(ctx, from, (ticket, request, size, class));
            }
            (Part::Server(server), Msg::Cancel { ticket }) => server.on_cancel(ctx, from, ticket),
            (Part::Server(server), Msg::Check { asked, deep }) => {
                server.on_check(ctx, from, (asked, deep));
            }
            (Part::Balancer(balancer), Msg::Done { ticket, request, report }) => {
                balancer.on_done(ctx, from, (ticket, request, report));
            }
            (Part::Balancer(balancer), Msg::Full { ticket, request }) => {
                balancer.on_bad(ctx, (ticket, request), Ending::Refused);
            }
            (Part::Balancer(balancer), Msg::Failed { ticket, request }) => {
                balancer.on_bad(ctx, (ticket, request), Ending::Failed);
            }
            (Part::Balancer(balancer), Msg::Checked { asked, good }) => {
                balancer.on_checked(ctx, from, (asked, good));
            }
            (Part::Server(server), Msg::Probe) => server.on_probe(ctx, from),
            (Part::Balancer(balancer), Msg::News(news)) => {
                balancer.on_news(from, news, ctx.clock());
            }
            // Servers send no work and balancers answer none: only a forged message gets here.
            (
                Part::Balancer(_),
                Msg::Work { .. }
                | Msg::Classed { .. }
                | Msg::Cancel { .. }
                | Msg::Check { .. }
                | Msg::Probe,
            )
            | (
                Part::Server(_),
                Msg::Done { .. }
                | Msg::Full { .. }
                | Msg::Failed { .. }
                | Msg::Checked { .. }
                | Msg::News(_),
            ) => {}
        }
    }

    fn on_timer(&mut self, ctx: &mut Ctx<Self>, timer: Timer) {
        match (&mut self.0, timer) {
            (Part::Server(server), Timer::Finish) => server.on_finish(ctx),
            (Part::Balancer(balancer), Timer::Agenda) => balancer.on_agenda(ctx),
            // Neither arms the timer of the other.
            (Part::Balancer(_), Timer::Finish) | (Part::Server(_), Timer::Agenda) => {}
        }
    }

    fn on_request(&mut self, ctx: &mut Ctx<Self>, request: Request) {
        match &mut self.0 {
            Part::Balancer(balancer) => balancer.on_request(ctx, request),
            Part::Server(_) => {
                // rule: redirects
                ctx.mark("redirects");
                ctx.reply(request.id, Outcome::Redirect(Some(NodeId(0))));
            }
        }
    }

    fn role(&self) -> Role {
        match &self.0 {
            Part::Balancer(_) => Role::Balancer,
            Part::Server(_) => Role::Server,
        }
    }

    fn era(&self) -> u64 {
        0
    }

    fn card(&self) -> NodeCard {
        match &self.0 {
            Part::Balancer(balancer) => balancer.card(),
            Part::Server(server) => server.card(),
        }
    }

    fn weigh(&self, now: SimTime, key: u64, choices: &mut dyn Choices) -> Option<Weighing> {
        match &self.0 {
            Part::Balancer(balancer) => Some(balancer.weigh(now, key, choices)),
            Part::Server(_) => None,
        }
    }

    fn given(settings: &Settings<'_>) -> Result<PoolSetup, String> {
        let mut setup = PoolSetup::default();
        for &(name, values) in settings {
            match name {
                "speeds" => setup.speeds = list(name, values, 1..=1_000_000)?.into(),
                "weights" => setup.weights = Some(list(name, values, 1..=1_000)?.into()),
                "max-conns" => setup.max_conns = list(name, values, 0..=1_000_000)?.into(),
                _ => {
                    return Err(format!(
                        "`{name}` is no setting of a pool: it has `speeds`, `weights` and \
                         `max-conns`"
                    ));
                }
            }
        }
        Ok(setup)
    }

    /// `speed_milli` is in thousandths of the server's own speed, so 1000 means recovered. A
    /// balancer has no pace.
    fn on_pace(&mut self, ctx: &mut Ctx<Self>, speed_milli: u32) {
        match &mut self.0 {
            Part::Server(server) => server.on_pace(ctx, speed_milli),
            Part::Balancer(_) => {}
        }
    }

    fn on_order(&mut self, ctx: &mut Ctx<Self>, order: Order) {
        match (&mut self.0, order) {
            (Part::Server(server), Order::Fail(share)) => server.on_fail(ctx, share),
            (Part::Server(server), Order::Reset) => server.on_reset(ctx),
            (Part::Balancer(balancer), Order::Drain(node)) => balancer.on_drain(ctx, node, true),
            (Part::Balancer(balancer), Order::Undrain(node)) => {
                balancer.on_drain(ctx, node, false);
            }
            // A balancer does no work, and a server picks nobody.
            (Part::Balancer(_), Order::Fail(_) | Order::Reset)
            | (Part::Server(_), Order::Drain(_) | Order::Undrain(_)) => {}
        }
    }
}

/// Whole numbers in `range`, separated by commas.
fn list(name: &str, values: &str, range: RangeInclusive<u32>) -> Result<Vec<u32>, String> {
    let number = |word: &str| match word.trim().parse() {
        Ok(value) if range.contains(&value) => Ok(value),
        _ => Err(format!(
            "`{word}` in `{name}` is not understood: expected whole numbers from {} to {}, \
             separated by commas",
            range.start(),
            range.end()
        )),
    };
    values.split(',').map(number).collect()
}
