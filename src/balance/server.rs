//! A server: a queue of work, served in turn or shared.
//!
//! Work is counted in thousandths of a nanosecond at speed 1, so a server of `speed_milli` does
//! exactly `speed_milli` units each nanosecond and a change of pace preserves what is left to the
//! unit. Both disciplines run on one virtual clock: the work that each request in service has been
//! given since the server was last idle. A request finishes when that clock reaches the mark set at
//! its start.
//!
//! Under processor sharing the clock advances by the work done over the number in service; what
//! does not divide is kept for the next division, so no work is lost or made up.

use std::collections::VecDeque;

use crate::kernel::{
    Ctx, Fact, NodeCard, NodeId, Queue, QueueItem, RequestId, Role, SimTime, Span, Window,
};

use super::tier::{Msg, ServerSetup, Tier, Timer};
use super::view::Report;
use super::{News, Telling};

/// Units of work per nanosecond at speed 1.
const UNITS: u64 = 1000;

/// How many requests a card lists.
const LISTED: usize = 12;

/// A request at this server.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
struct Job {
    from: NodeId,
    ticket: u64,
    request: RequestId,
    /// What it takes, in units of work.
    work: u64,
    arrived: SimTime,
    /// How many requests it met here, for answers to probes.
    met: u32,
}

/// A request in service, and where the virtual clock stands when it is done.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
struct Served {
    finish: u64,
    started: SimTime,
    job: Job,
}

/// One server of the pool.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Server {
    setup: ServerSetup,
    pace_milli: u32,
    /// Units of work per nanosecond now.
    speed: u64,

    // The queue.
    waiting: VecDeque<Job>,
    /// Soonest done last; of equals, the one that started first is nearer the end.
    serving: Vec<Served>,
    /// The virtual clock, in units of work, and what did not divide.
    given: u64,
    spare: u64,
    /// The instant all of this is true of, and when the timer is due.
    at: SimTime,
    due: Option<SimTime>,

    // The account since the start.
    since: SimTime,
    busy: Span,
    slot_time: Span,
    done: u64,
    refused: u64,
    /// Kept only for those who probe.
    recent: Recent,
}

/// Completions of late, for answers to probes: how many were there on arrival, and how long it
/// took. A ring of the last few.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
struct Recent {
    stays: VecDeque<(u32, Span)>,
}

impl Recent {
    /// How many completions are remembered.
    const MOST: usize = 256;
    /// Of how many, nearest in load, the median is taken.
    const NEAR: usize = 33;

    fn note(&mut self, met: u32, stay: Span) {
        if self.stays.len() == Recent::MOST {
            self.stays.pop_front();
        }
        self.stays.push_back((met, stay));
    }

    /// The median stay of those that met about as many requests as there are now
    /// [wydrowski24 §4].
    fn expected(&self, in_flight: u32) -> Span {
        let mut near: Vec<(u32, Span)> =
            self.stays.iter().map(|(met, stay)| (met.abs_diff(in_flight), *stay)).collect();
        near.sort_unstable();
        near.truncate(Recent::NEAR);
        near.sort_unstable_by_key(|(_, stay)| *stay);
        near.get(near.len() / 2).map_or(Span::ZERO, |(_, stay)| *stay)
    }
}

impl Server {
    /// An idle server that starts at `now`.
    pub(super) fn new(setup: ServerSetup, now: SimTime) -> Server {
        Server {
            setup,
            pace_milli: 1000,
            speed: u64::from(setup.speed_milli),
            waiting: VecDeque::new(),
            serving: Vec::new(),
            given: 0,
            spare: 0,
            at: now,
            due: None,
            since: now,
            busy: Span::ZERO,
            slot_time: Span::ZERO,
            done: 0,
            refused: 0,
            recent: Recent::default(),
        }
    }

    /// A balancer sent work.
    pub(super) fn on_work(
        &mut self,
        ctx: &mut Ctx<Tier>,
        from: NodeId,
        (ticket, request, size): (u64, RequestId, Span),
    ) {
        self.settle(ctx);
        if self.setup.capacity > 0 && self.length() >= self.setup.capacity {
            // rule: full
            ctx.mark("full");
            self.refused += 1;
            ctx.send(from, Msg::Full { ticket, request });
            self.arm(ctx);
            return;
        }
        let work = size.0.max(1).saturating_mul(UNITS);
        let job = Job { from, ticket, request, work, arrived: self.at, met: self.length() };
        if self.has_room() {
            // rule: starts
            ctx.mark("starts");
            self.start(job);
        } else {
            // rule: queues
            ctx.mark("queues");
            self.waiting.push_back(job);
        }
        self.learn_load(ctx);
        self.arm(ctx);
    }

    /// The first request in service should be done.
    pub(super) fn on_finish(&mut self, ctx: &mut Ctx<Tier>) {
        self.settle(ctx);
        self.due = None;
        self.arm(ctx);
    }

    /// From now on the server works at this many thousandths of its own speed.
    pub(super) fn on_pace(&mut self, ctx: &mut Ctx<Tier>, pace_milli: u32) {
        self.settle(ctx);
        self.pace_milli = pace_milli;
        let speed = u64::from(self.setup.speed_milli) * u64::from(pace_milli);
        // Never rounded to a standstill; only a pace of zero stops the server.
        self.speed = if pace_milli == 0 { 0 } else { ((speed + 500) / 1000).max(1) };
        self.arm(ctx);
    }

    /// How many requests are here, served ones included.
    fn length(&self) -> u32 {
        (self.waiting.len() + self.serving.len()) as u32
    }

    fn has_room(&self) -> bool {
        self.setup.is_shared() || (self.serving.len() as u32) < self.setup.slots
    }

    /// How many requests divide the server's speed. A slot has a processor of its own.
    fn sharers(&self) -> u64 {
        if self.setup.is_shared() { self.serving.len() as u64 } else { 1 }
    }

    fn start(&mut self, job: Job) {
        let finish = self.given.saturating_add(job.work);
        let place = self.serving.partition_point(|other| other.finish > finish);
        self.serving.insert(place, Served { finish, started: self.at, job });
    }

    /// Does the work up to now, answers for what is finished, and starts what waited for it.
    fn settle(&mut self, ctx: &mut Ctx<Tier>) {
        self.advance(ctx.clock());
        let done = self.done;
        while let Some(served) = self.serving.pop_if(|first| first.finish <= self.given) {
            self.done += 1;
            // rule: finishes
            ctx.mark("finishes");
            let Job { from, ticket, request, .. } = served.job;
            ctx.learn(self.stay(&served));
            if self.setup.telling == Telling::Probes {
                self.recent.note(served.job.met, self.at.since(served.job.arrived));
            }
            ctx.send(from, Msg::Done { ticket, request, report: self.report() });
            if let Some(next) = self.waiting.pop_front() {
                self.start(next);
            }
        }
        if self.serving.is_empty() {
            (self.given, self.spare) = (0, 0);
        }
        if self.done > done {
            self.learn_load(ctx);
        }
    }

    /// A balancer asks what a request would meet.
    pub(super) fn on_probe(&mut self, ctx: &mut Ctx<Tier>, from: NodeId) {
        self.settle(ctx);
        let in_flight = self.length();
        let latency = self.recent.expected(in_flight);
        // rule: tells
        ctx.mark("tells");
        ctx.send(from, Msg::News(News::Probe { in_flight, latency }));
        self.arm(ctx);
    }

    /// Tells balancers of a change of the queue, if their strategy wants to know.
    pub(super) fn tell(&self, ctx: &mut Ctx<Tier>) {
        let news = Msg::News(News::Length(self.length()));
        match self.setup.telling {
            Telling::Nothing | Telling::Probes => {}
            Telling::Lengths => {
                ctx.mark("tells");
                for balancer in 0..self.setup.balancers {
                    ctx.send(NodeId(balancer), news);
                }
            }
            Telling::Idle if self.length() > 0 => {}
            Telling::Idle => {
                ctx.mark("tells");
                let balancer = ctx.below(u64::from(self.setup.balancers)) as u32;
                ctx.send(NodeId(balancer), news);
            }
        }
    }

    fn learn_load(&self, ctx: &mut Ctx<Tier>) {
        self.tell(ctx);
        ctx.learn(Fact::Load { length: self.length(), served: self.serving.len() as u32 });
    }

    /// How long a request that is done waited and was served. Where all share, what it would have
    /// taken alone at the server's own speed counts as served, and the rest as waiting.
    fn stay(&self, Served { started, job, .. }: &Served) -> Fact {
        let stay = self.at.since(job.arrived);
        let waited = if self.setup.is_shared() {
            stay - Span(job.work.div_ceil(u64::from(self.setup.speed_milli)))
        } else {
            started.since(job.arrived)
        };
        Fact::Served { request: job.request, waited, served: stay - waited }
    }

    /// Does the work up to `now`. If the timer is overdue, the server stood still or its clock
    /// jumped: what lies beyond the due time was no time to work in.
    fn advance(&mut self, now: SimTime) {
        let passed = self.due.map_or(now, |due| due.min(now)).since(self.at);
        self.at = now;
        if self.serving.is_empty() {
            return;
        }
        self.busy = self.busy + passed;
        self.slot_time = self.slot_time + Span(passed.0.saturating_mul(self.serving.len() as u64));
        let work = passed.0.saturating_mul(self.speed).saturating_add(self.spare);
        self.given = self.given.saturating_add(work / self.sharers());
        self.spare = work % self.sharers();
    }

    /// Arms the timer for the first instant at which a request in service is done, if that changed.
    fn arm(&mut self, ctx: &mut Ctx<Tier>) {
        let due = self.serving.last().filter(|_| self.speed > 0).map(|first| {
            let left = (first.finish - self.given).saturating_mul(self.sharers());
            self.at + Span(left.saturating_sub(self.spare).div_ceil(self.speed))
        });
        if due == self.due {
            return;
        }
        self.due = due;
        match due {
            Some(due) => ctx.arm(Timer::Finish, Window::exactly(due.since(self.at))),
            None => ctx.disarm(Timer::Finish),
        }
    }

    fn report(&self) -> Report {
        let busy = if self.setup.is_shared() {
            self.busy
        } else {
            Span(self.slot_time.0 / u64::from(self.setup.slots))
        };
        Report { since: self.since, busy, done: self.done }
    }

    /// What the inspector shows, as of the last event at this server.
    pub(super) fn card(&self) -> NodeCard {
        let discipline = if self.setup.is_shared() { "ps" } else { "fifo" };
        let mut card = NodeCard::new(Role::Server, "Server", 0)
            .with("discipline", &discipline)
            .with("inService", &self.serving.len())
            .with("waiting", &self.waiting.len())
            .with("refused", &self.refused);
        if self.setup.capacity > 0 {
            card = card.with("capacity", &self.setup.capacity);
        }
        let left = |units: u64| Span(units.div_ceil(UNITS));
        let served = self.serving.iter().rev().map(|served| QueueItem {
            left: left(served.finish.saturating_sub(self.given)),
            served: true,
        });
        let waiting =
            self.waiting.iter().map(|job| QueueItem { left: left(job.work), served: false });
        card.queue = Some(Queue {
            items: served.chain(waiting).take(LISTED).collect(),
            length: self.length(),
            speed_milli: self.speed as u32,
            slowed: self.pace_milli < 1000,
            busy: self.busy,
            done: self.done,
        });
        card
    }
}
