//! A balancer: ranks the servers for each request, sends it on, and passes the answer back.
//!
//! It keeps a ticket for each request in flight. Tickets number consecutive slots of a ring, so
//! finding one costs no search and sending allocates nothing once the ring has grown. They start at
//! the clock's reading at boot: an answer to a former life of this node has a ticket nobody knows.

mod weigh;

use std::collections::VecDeque;

use crate::kernel::{
    Ctx, Fact, Knob, KnobKind, Knobs, NodeCard, NodeId, Op, Outcome, Request, RequestId, Role,
    SimTime, Span, Text,
};

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
struct Sent {
    at: SimTime,
    to: ServerId,
    /// False once it ended; closed ones leave the ring when they come to its front.
    open: bool,
}

/// One balancer.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Balancer {
    /// The node of the first server; the others follow it.
    first: u32,
    about: &'static str,
    strategy: AnyStrategy,
    pool: PoolView,
    ranking: Ranking,
    /// Who is to be probed; empty between requests.
    probed: Vec<ServerId>,
    /// After how long an unanswered request no longer counts as in flight.
    forget: Span,
    sent: VecDeque<Sent>,
    /// The ticket of the front of the ring.
    base: u64,
}

impl Balancer {
    /// A balancer that starts at `now` before a pool whose first server is the node `first`.
    pub(super) fn new(
        first: u32,
        (about, knobs): (&StrategyAbout, &Knobs),
        pool: PoolView,
        now: SimTime,
    ) -> Balancer {
        Balancer {
            first,
            about: about.id,
            strategy: AnyStrategy::new(about, knobs, &pool),
            pool,
            ranking: Ranking::new(1),
            probed: Vec::new(),
            forget: knobs.length(FORGET.name),
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
        self.sent.push_back(Sent { at: now, to, open: true });
        self.pool.sent(to);
        self.strategy.on_sent(to);
        // rule: picks
        ctx.mark("picks");
        let server = NodeId(self.first + to.0);
        ctx.learn(Fact::Picked { request: request.id, server });
        ctx.send(server, Msg::Work { ticket, request: request.id, size });
        self.probe(ctx);
    }

    /// Sends the probes that the strategy wants to go with the request.
    fn probe(&mut self, ctx: &mut Ctx<Tier>) {
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
        self.close(ticket, Ending::Done, now);
        if let Some(server) = self.server(from) {
            self.pool.reported(server, report, now);
        }
        // rule: relays
        ctx.mark("relays");
        ctx.reply(request, Outcome::Done(None));
    }

    /// A server refused the work.
    pub(super) fn on_full(&mut self, ctx: &mut Ctx<Tier>, ticket: u64, request: RequestId) {
        self.close(ticket, Ending::Refused, ctx.clock());
        // rule: rejects
        ctx.mark("rejects");
        ctx.reply(request, Outcome::Refused);
    }

    fn server(&self, node: NodeId) -> Option<ServerId> {
        let id = node.0.checked_sub(self.first)?;
        (id < self.pool.len()).then_some(ServerId(id))
    }

    /// Ends a request in flight. A ticket that is not open (answered twice, forgotten, of a former
    /// life) changes nothing; the client is answered all the same, and knows what it waits for.
    fn close(&mut self, ticket: u64, ending: Ending, now: SimTime) {
        let Some(index) = ticket.checked_sub(self.base) else { return };
        let Some(sent) = self.sent.get_mut(index as usize).filter(|sent| sent.open) else {
            return;
        };
        sent.open = false;
        let (to, latency) = (sent.to, now.since(sent.at));
        self.end(to, Feedback { ending, latency, at: now });
        self.drop_closed();
    }

    fn end(&mut self, to: ServerId, feedback: Feedback) {
        self.pool.ended(to, feedback);
        self.strategy.on_done(to, feedback);
    }

    /// Forgets requests that nobody answered for too long, so that a crashed server does not keep
    /// them in flight for ever. The ring is in order of sending, so only its front can be that old.
    fn forget_before(&mut self, now: SimTime) {
        while let Some(&Sent { at, to, open }) = self.sent.front() {
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

    fn drop_closed(&mut self) {
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
            .with("weight", &row(&|id| pool.weight(id).to_string()))
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
        card
    }
}

/// A length to a tenth of a millisecond, as short as that allows.
fn rounded(span: Span) -> String {
    Span(span.0 / 100_000 * 100_000).to_string()
}
