//! A server: a queue of work, served in turn, last come first, by class, or shared.
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
    Ctx, Fact, Knob, KnobKind, Knobs, NodeCard, NodeId, Queue, QueueItem, Ratio, RequestId, Role,
    SimTime, Span, Text, Window,
};

use super::pool::QUEUE;
use super::tier::{Msg, ServerSetup, Tier, Timer};
use super::view::Report;
use super::{News, Telling};

/// Units of work per nanosecond at speed 1.
const UNITS: u64 = 1000;

/// How many requests a card lists.
const LISTED: usize = 12;

/// Who is served next. A request in service is never interrupted.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Discipline {
    /// Whoever came first.
    Fifo,
    /// All at once, each at its part of the speed.
    Ps,
    /// Whoever came last.
    Lifo,
    /// The smallest class; of one class whoever came first.
    Priority,
}

impl Discipline {
    pub(super) fn new(knobs: &Knobs) -> Discipline {
        match knobs.choice(QUEUE.name) {
            "ps" => Discipline::Ps,
            "lifo" => Discipline::Lifo,
            "priority" => Discipline::Priority,
            _ => Discipline::Fifo,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Discipline::Fifo => "fifo",
            Discipline::Ps => "ps",
            Discipline::Lifo => "lifo",
            Discipline::Priority => "priority",
        }
    }
}

/// Into how many classes keys fall.
pub(super) const CLASSES: Knob = Knob {
    name: "classes",
    help: Text {
        en: "queue=priority: into how many classes requests fall, by their key modulo this; class \
             0 is served first.",
        zh: "queue=priority：请求分为多少个优先级，即键对此数取模；0 级最先得到服务。",
    },
    kind: KnobKind::Count { min: 1, max: 100, default: 2 },
};

/// Whether old requests are refused.
pub(super) const SHED: Knob = Knob {
    name: "shed",
    help: Text {
        en: "Which waiting requests a server refuses when their turn comes: none, those that \
             waited longer than shed-after (age), or, once the queue has not been empty for that \
             long, those that waited longer than shed-target (codel).",
        zh: "轮到时服务器拒绝哪些请求：off 不拒绝；age 拒绝等待超过 shed-after 的；\
             codel 在队列持续非空超过该时长后，拒绝等待超过 shed-target 的。",
    },
    kind: KnobKind::Choice(&["off", "age", "codel"]),
};

/// How long a request may wait.
pub(super) const SHED_AFTER: Knob = Knob {
    name: "shed-after",
    help: Text {
        en: "How long a request may wait at a server that sheds load.",
        zh: "在会丢弃负载的服务器上，请求最多等待多久。",
    },
    kind: KnobKind::Length { default: Span::millis(100) },
};

/// How long a request may wait where a queue stands.
pub(super) const SHED_TARGET: Knob = Knob {
    name: "shed-target",
    help: Text {
        en: "shed=codel: how long a request may wait once the queue has not been empty for \
             shed-after.",
        zh: "shed=codel：队列持续非空超过 shed-after 后，请求最多等待多久。",
    },
    kind: KnobKind::Length { default: Span::millis(5) },
};

/// What a server refuses although it has room, when its turn comes.
///
/// `codel` is the rule of [maurer15 §controlled delay]: a request that arrives may wait for
/// `target` if the queue was last empty more than `after` ago, else for `after`; with the article's
/// 100 ms and 5 ms. So short bursts are served whole and a standing queue is kept short.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) struct Shed {
    /// `None` if nothing is ever shed.
    after: Option<Span>,
    target: Span,
}

impl Shed {
    pub(super) fn new(knobs: &Knobs) -> Shed {
        let after = knobs.length(SHED_AFTER.name);
        let (after, target) = match knobs.choice(SHED.name) {
            "age" => (Some(after), after),
            "codel" => (Some(after), knobs.length(SHED_TARGET.name)),
            _ => (None, after),
        };
        Shed { after, target }
    }
}

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
    /// The smaller, the sooner, where classes count.
    class: u32,
    /// It came when the queue had stood for long, and may not wait for long.
    hurried: bool,
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

    // Faults and shedding.
    /// The share of requests that are answered with an error at once.
    failing: Ratio,
    failed: u64,
    /// When nobody was waiting last.
    empty_at: SimTime,
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
        crate::order::sort(&mut near);
        near.truncate(Recent::NEAR);
        crate::order::sort_by_key(&mut near, |(_, stay)| *stay);
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
            failing: Ratio::ZERO,
            failed: 0,
            empty_at: now,
        }
    }

    /// A balancer sent work.
    pub(super) fn on_work(
        &mut self,
        ctx: &mut Ctx<Tier>,
        from: NodeId,
        (ticket, request, size, class): (u64, RequestId, Span, u32),
    ) {
        self.settle(ctx);
        if self.failing.strikes(ctx.choices()) {
            // rule: fails
            ctx.mark("fails");
            self.failed += 1;
            ctx.send(from, Msg::Failed { ticket, request });
            self.arm(ctx);
            return;
        }
        if self.setup.capacity > 0 && self.length() >= self.setup.capacity {
            // rule: full
            ctx.mark("full");
            self.refused += 1;
            ctx.send(from, Msg::Full { ticket, request });
            self.arm(ctx);
            return;
        }
        let work = size.0.max(1).saturating_mul(UNITS);
        let (arrived, met) = (self.at, self.length());
        let hurried = self.is_hurried();
        let job = Job { from, ticket, request, work, arrived, met, class, hurried };
        if self.has_room() {
            // rule: starts
            ctx.mark("starts");
            self.start(job);
        } else {
            // rule: queues
            ctx.mark("queues");
            self.queue(job);
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
        if pace_milli == 1000 {
            // Recovered, in every respect.
            self.failing = Ratio::ZERO;
        }
        self.pace_milli = pace_milli;
        let speed = u64::from(self.setup.speed_milli) * u64::from(pace_milli);
        // Never rounded to a standstill; only a pace of zero stops the server.
        self.speed = if pace_milli == 0 { 0 } else { ((speed + 500) / 1000).max(1) };
        self.arm(ctx);
    }

    /// Puts a request where its turn will come.
    fn queue(&mut self, job: Job) {
        if self.setup.discipline == Discipline::Priority {
            let place = self.waiting.partition_point(|other| other.class <= job.class);
            self.waiting.insert(place, job);
        } else {
            self.waiting.push_back(job);
        }
    }

    /// True if the queue has stood for so long that a request that comes now may not wait long.
    fn is_hurried(&mut self) -> bool {
        let Some(after) = self.setup.shed.after else { return false };
        if self.waiting.is_empty() {
            self.empty_at = self.at;
        }
        self.at.since(self.empty_at) > after
    }

    /// The next one to be served, if anybody waits. Whoever has waited for too long is refused.
    fn next(&mut self, ctx: &mut Ctx<Tier>) -> Option<Job> {
        loop {
            let job = match self.setup.discipline {
                Discipline::Lifo => self.waiting.pop_back(),
                Discipline::Fifo | Discipline::Ps | Discipline::Priority => {
                    self.waiting.pop_front()
                }
            }?;
            let Shed { after: Some(after), target } = self.setup.shed else { return Some(job) };
            let most = if job.hurried { target } else { after };
            if self.at.since(job.arrived) <= most {
                return Some(job);
            }
            // rule: sheds
            ctx.mark("sheds");
            self.refused += 1;
            let (ticket, request) = (job.ticket, job.request);
            ctx.send(job.from, Msg::Full { ticket, request });
        }
    }

    /// This share of requests is answered with an error from now on, without being worked on.
    pub(super) fn on_fail(&mut self, ctx: &mut Ctx<Tier>, share: Ratio) {
        self.settle(ctx);
        self.failing = share;
        self.arm(ctx);
    }

    /// The process dies and is there again at once: everything here fails, and its callers learn
    /// it.
    pub(super) fn on_reset(&mut self, ctx: &mut Ctx<Tier>) {
        self.settle(ctx);
        // rule: resets
        ctx.mark("resets");
        let served = self.serving.drain(..).rev().map(|served| served.job);
        for job in served.chain(self.waiting.drain(..)) {
            self.failed += 1;
            let Job { from, ticket, request, .. } = job;
            ctx.send(from, Msg::Failed { ticket, request });
        }
        (self.given, self.spare) = (0, 0);
        self.learn_load(ctx);
        self.arm(ctx);
    }

    /// A balancer waits no longer for what it sent.
    pub(super) fn on_cancel(&mut self, ctx: &mut Ctx<Tier>, from: NodeId, ticket: u64) {
        self.settle(ctx);
        let is_it = |job: &Job| job.from == from && job.ticket == ticket;
        if let Some(place) = self.waiting.iter().position(is_it) {
            self.waiting.remove(place);
        } else if let Some(place) = self.serving.iter().position(|served| is_it(&served.job)) {
            self.serving.remove(place);
            if let Some(next) = self.next(ctx) {
                self.start(next);
            }
            if self.serving.is_empty() {
                (self.given, self.spare) = (0, 0);
            }
        } else {
            // It was done meanwhile: the answer is on its way.
            self.arm(ctx);
            return;
        }
        // rule: drops
        ctx.mark("drops");
        self.learn_load(ctx);
        self.arm(ctx);
    }

    /// A balancer asks whether the server is well. A server that fails requests by lot fails deep
    /// checks by lot.
    pub(super) fn on_check(
        &mut self,
        ctx: &mut Ctx<Tier>,
        from: NodeId,
        (asked, deep): (SimTime, bool),
    ) {
        let good = !(deep && self.failing.strikes(ctx.choices()));
        ctx.send(from, Msg::Checked { asked, good });
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
            if let Some(next) = self.next(ctx) {
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
        let mut card = NodeCard::new(Role::Server, "Server", 0)
            .with("discipline", &self.setup.discipline.word())
            .with("inService", &self.serving.len())
            .with("waiting", &self.waiting.len())
            .with("refused", &self.refused);
        if self.failing > Ratio::ZERO || self.failed > 0 {
            card = card.with("failing", &self.failing).with("failed", &self.failed);
        }
        if self.setup.capacity > 0 {
            card = card.with("capacity", &self.setup.capacity);
        }
        let left = |units: u64| Span(units.div_ceil(UNITS));
        let served = self.serving.iter().rev().map(|served| QueueItem {
            left: left(served.finish.saturating_sub(self.given)),
            served: true,
        });
        let wait = |job: &Job| QueueItem { left: left(job.work), served: false };
        let last_first = self.setup.discipline == Discipline::Lifo;
        let (first, last) = if last_first { (0, LISTED) } else { (LISTED, 0) };
        let waiting = self.waiting.iter().take(first).map(wait);
        let waiting = waiting.chain(self.waiting.iter().rev().take(last).map(wait));
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
