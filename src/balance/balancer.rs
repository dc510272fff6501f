//! A balancer: ranks the servers for each request, sends it on, and passes the answer back.
//!
//! It keeps a ticket for each request in flight. Tickets number consecutive slots of a ring, so
//! finding one costs no search and sending allocates nothing once the ring has grown. They start at
//! the clock's reading at boot: an answer to a former life of this node has a ticket nobody knows.

mod weigh;

use std::collections::VecDeque;
use std::sync::Arc;

use crate::kernel::{
    Ctx, Fact, Knob, KnobKind, Knobs, NodeCard, NodeId, Op, Outcome, Request, RequestId, Role,
    SimTime, Span, Text,
};

use super::guard::calls::NO_CALL;
use super::guard::{Counts, Guard};
use super::pool::QUEUE;
use super::server::CLASSES;
use super::tier::{Msg, Tier};
use super::view::{Ending, Feedback, PoolView, Report, ServerId};
use super::{AnyStrategy, News, Ranking, StrategyAbout};

/// After how long a request that nobody answered no longer counts.
pub(super) const FORGET: Knob = Knob {
    name: "forget",
    help: Text {
        en: "After how long without an answer a balancer stops counting a request as in flight.",
        zh: "请求多久没有得到回应后，负载均衡器不再把它算作在途请求。",
    },
    kind: KnobKind::Length { default: Span::secs(5) },
};

/// How many servers a card lists.
const LISTED: usize = 12;

/// One request sent to a server.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) struct Sent {
    pub(super) at: SimTime,
    pub(super) to: ServerId,
    /// False once it ended; closed ones leave the ring when they come to its front.
    pub(super) open: bool,
    /// The guard's number of the request this is a try of.
    pub(super) call: u64,
}

/// One balancer.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Balancer {
    /// The node of the first server; the others follow it.
    pub(super) first: u32,
    about: &'static str,
    pub(super) strategy: AnyStrategy,
    pub(super) pool: PoolView,
    pub(super) ranking: Ranking,
    /// Who is to be probed; empty between requests.
    probed: Vec<ServerId>,
    /// After how long an unanswered request no longer counts as in flight.
    forget: Span,
    pub(super) sent: VecDeque<Sent>,
    /// The ticket of the front of the ring.
    pub(super) base: u64,
    /// Into how many classes keys fall, where servers serve by class; else zero.
    classes: u32,
    /// All around the strategy, if the scenario asks for any of it.
    pub(super) guard: Option<Box<Guard>>,
}

impl Balancer {
    /// A balancer that starts at `now` before a pool whose first server is the node `first`.
    pub(super) fn new(
        first: u32,
        (about, knobs): (&StrategyAbout, &Knobs),
        (pool, own_conns): (PoolView, Arc<[u32]>),
        now: SimTime,
    ) -> Balancer {
        let forget = knobs.length(FORGET.name);
        Balancer {
            first,
            about: about.id,
            strategy: AnyStrategy::new(about, knobs, &pool),
            guard: Guard::new(knobs, (pool.len(), own_conns), forget, now),
            pool,
            ranking: Ranking::new(1),
            probed: Vec::new(),
            forget,
            classes: match knobs.choice(QUEUE.name) {
                "priority" => knobs.count(CLASSES.name) as u32,
                _ => 0,
            },
            sent: VecDeque::new(),
            base: now.0,
        }
    }

    /// What it knows of the pool.
    pub(super) fn pool(&self) -> &PoolView {
        &self.pool
    }

    /// A client asks for work.
    pub(super) fn on_request(&mut self, ctx: &mut Ctx<Tier>, request: Request) {
        let Op::Work { key, size } = request.op else {
            // rule: refuses
            ctx.mark("refuses");
            ctx.reply(request.id, Outcome::Refused);
            return;
        };
        if self.guard.is_some() {
            return self.admit(ctx, request.id, (key, size));
        }
        let now = ctx.clock();
        self.forget_before(now);
        self.pool.refresh(now);
        self.ranking.clear();
        self.strategy.rank(key, &self.pool, ctx.choices(), &mut self.ranking);
        let chosen = self.ranking.first();
        // An order that was used is not state.
        self.ranking.clear();
        let Some(to) = chosen else {
            ctx.mark("refuses");
            ctx.reply(request.id, Outcome::Refused);
            return;
        };
        let ticket = self.base + self.sent.len() as u64;
        self.sent.push_back(Sent { at: now, to, open: true, call: NO_CALL });
        self.pool.sent(to);
        self.strategy.on_sent(to);
        // rule: picks
        ctx.mark("picks");
        let server = NodeId(self.first + to.0);
        ctx.learn(Fact::Picked { request: request.id, server });
        ctx.send(server, self.work(ticket, request.id, (key, size)));
        self.probe(ctx);
    }

    /// The message that carries the work.
    pub(super) fn work(&self, ticket: u64, request: RequestId, (key, size): (u64, Span)) -> Msg {
        match self.classes {
            0 => Msg::Work { ticket, request, size },
            classes => {
                let class = (key % u64::from(classes)) as u32;
                Msg::Classed { ticket, request, size, class }
            }
        }
    }

    /// Sends the probes that the strategy wants to go with the request.
    pub(super) fn probe(&mut self, ctx: &mut Ctx<Tier>) {
        let mut probed = std::mem::take(&mut self.probed);
        self.strategy.probes(&self.pool, ctx.choices(), &mut probed);
        for to in probed.drain(..) {
            // rule: probes
            ctx.mark("probes");
            ctx.send(NodeId(self.first + to.0), Msg::Probe);
        }
        self.probed = probed;
    }

    /// A server told something of itself.
    pub(super) fn on_news(&mut self, from: NodeId, news: News, now: SimTime) {
        if let Some(server) = self.server(from) {
            self.strategy.on_news(server, news, now);
        }
    }

    /// A server did the work.
    pub(super) fn on_done(
        &mut self,
        ctx: &mut Ctx<Tier>,
        from: NodeId,
        (ticket, request, report): (u64, RequestId, Report),
    ) {
        let now = ctx.clock();
        if let Some(server) = self.server(from) {
            self.pool.reported(server, report, now);
        }
        if self.guard.is_some() {
            return self.on_answer(ctx, ticket, Ending::Done);
        }
        self.close(ticket, Ending::Done, now);
        // rule: relays
        ctx.mark("relays");
        ctx.reply(request, Outcome::Done(None));
    }

    /// A server refused the work, or failed at it.
    pub(super) fn on_bad(
        &mut self,
        ctx: &mut Ctx<Tier>,
        (ticket, request): (u64, RequestId),
        ending: Ending,
    ) {
        if self.guard.is_some() {
            return self.on_answer(ctx, ticket, ending);
        }
        self.close(ticket, ending, ctx.clock());
        // rule: rejects
        ctx.mark("rejects");
        ctx.reply(request, Outcome::Refused);
    }

    /// An operator lets a server drain, or no longer.
    pub(super) fn on_drain(&mut self, ctx: &mut Ctx<Tier>, node: NodeId, draining: bool) {
        let Some(server) = self.server(node) else { return };
        if self.pool.is_draining(server) == draining {
            return;
        }
        if draining {
            // rule: drains
            ctx.mark("drains");
        } else {
            // rule: takes-back
            ctx.mark("takes-back");
        }
        let before = self.pool.is_up(server);
        self.pool.set_draining(server, draining);
        self.changed(ctx, server, before);
        self.strategy.on_pool(&self.pool);
        self.resume(ctx);
    }

    pub(super) fn server(&self, node: NodeId) -> Option<ServerId> {
        let id = node.0.checked_sub(self.first)?;
        (id < self.pool.len()).then_some(ServerId(id))
    }

    /// Ends a request in flight: the try that ended, and how long it took. A ticket that is not
    /// open (answered twice, forgotten, of a former life) changes nothing; without a guard the
    /// client is answered all the same, and knows what it waits for.
    pub(super) fn close(
        &mut self,
        ticket: u64,
        ending: Ending,
        now: SimTime,
    ) -> Option<(Sent, Span)> {
        let index = ticket.checked_sub(self.base)?;
        let sent = self.sent.get_mut(index as usize).filter(|sent| sent.open)?;
        sent.open = false;
        let (closed, latency) = (*sent, now.since(sent.at));
        self.end(closed.to, Feedback { ending, latency, at: now });
        self.drop_closed();
        Some((closed, latency))
    }

    pub(super) fn end(&mut self, to: ServerId, feedback: Feedback) {
        self.pool.ended(to, feedback);
        self.strategy.on_done(to, feedback);
    }

    /// Forgets requests that nobody answered for too long, so that a crashed server does not keep
    /// them in flight for ever. The ring is in order of sending, so only its front can be that old.
    fn forget_before(&mut self, now: SimTime) {
        while let Some(&Sent { at, to, open, .. }) = self.sent.front() {
            let latency = now.since(at);
            if open && latency < self.forget {
                break;
            }
            if open {
                self.end(to, Feedback { ending: Ending::Forgotten, latency, at: now });
            }
            self.sent.pop_front();
            self.base += 1;
        }
    }

    pub(super) fn drop_closed(&mut self) {
        while self.sent.pop_front_if(|sent| !sent.open).is_some() {
            self.base += 1;
        }
    }

    /// What the inspector shows: one column per server, at most the first dozen.
    pub(super) fn card(&self) -> NodeCard {
        let pool = &self.pool;
        let row = |cell: &dyn Fn(ServerId) -> String| {
            let more = if pool.len() as usize > LISTED { " …" } else { "" };
            pool.ids().take(LISTED).map(cell).collect::<Vec<_>>().join(" ") + more
        };
        let latency = |id| pool.latency(id).map_or("-".to_owned(), rounded);
        let rate = |id| {
            let tenths = (pool.rate(id) * 10 + super::view::UNIT / 2) / super::view::UNIT;
            format!("{}.{}", tenths / 10, tenths % 10)
        };
        let mut card = NodeCard::new(Role::Balancer, "Balancer", 0)
            .with("strategy", &self.about)
            .with("weight", &row(&|id| pool.configured_weight(id).to_string()))
            .with("inFlight", &row(&|id| pool.in_flight(id).to_string()))
            .with("sent", &row(&|id| pool.sent_to(id).to_string()))
            .with("done", &row(&|id| pool.done_by(id).to_string()))
            .with("latency", &row(&latency))
            .with("rate", &row(&rate))
            .with("utilisation", &row(&|id| format!("{}%", pool.utilisation_milli(id) / 10)));
        if pool.ids().next().is_some_and(|id| self.strategy.score(id, pool).is_some()) {
            let score = |id| self.strategy.score(id, pool).unwrap_or_default().to_string();
            card = card.with("score", &row(&score));
        }
        let draining = pool.ids().any(|id| pool.is_draining(id));
        match &self.guard {
            Some(guard) => card_of_guard(card, guard, pool, &row),
            None if draining => card.with("health", &row(&|id| health_of(None, pool, id))),
            None => card,
        }
    }
}

/// A length to a tenth of a millisecond, as short as that allows.
fn rounded(span: Span) -> String {
    Span(span.0 / 100_000 * 100_000).to_string()
}

type Row<'a> = dyn Fn(&dyn Fn(ServerId) -> String) -> String + 'a;

/// One word on a server: why it gets nothing, or how far it has warmed up.
fn health_of(guard: Option<&Guard>, pool: &PoolView, id: ServerId) -> String {
    if pool.is_draining(id) {
        return "draining".to_owned();
    }
    let word = guard.map_or("up", |guard| guard.health.word(id));
    let milli = pool.weight(id) / pool.configured_weight(id).max(1);
    let warming = guard.is_some_and(|guard| guard.warming.iter().any(|(own, _)| *own == id));
    if word == "up" && warming { format!("{}%", milli / 10) } else { word.to_owned() }
}

/// What is around the strategy, as far as it was asked for.
fn card_of_guard(card: NodeCard, guard: &Guard, pool: &PoolView, row: &Row<'_>) -> NodeCard {
    let Counts { retries, hedges, expired, turned_away } = guard.counts;
    let mut card = card
        .with("health", &row(&|id| health_of(Some(guard), pool, id)))
        .with("failed", &row(&|id| pool.failed_by(id).to_string()))
        .with("timedOut", &expired);
    if guard.retries > 0 {
        card = card.with("retries", &retries).with("retrying", &guard.retrying);
    }
    if guard.hedge.is_some() {
        card = card.with("hedges", &hedges);
    }
    if guard.throttle.is_some() || guard.limits.any() {
        card = card.with("turnedAway", &turned_away).with("pending", &guard.pending.len());
    }
    card
}
