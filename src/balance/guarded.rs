//! The way of a request through a balancer that has a guard.
//!
//! A request becomes a *call*: it is turned away, waits for room, or is tried. Each sending is a
//! *try* with a ticket of its own. A try that ends badly may lead to another one, at once or after
//! a back-off; the first good answer ends the call, and so does the last bad one. An answer that
//! nobody waits for any more is dropped, like that of a connection that was closed.
//!
//! A client that gives up (`timeout`) does not tell the balancer, which goes on with the call. A
//! balancer that restarts remembers no call and no drain.
//!
//! Tries that are left over when a call ends are called back if `cancel` is on; else servers go on
//! with them, and they count as in flight until they are answered or given up.

use crate::kernel::{Ctx, Fact, NodeId, Outcome, RequestId, SimTime, Span, Window};

use super::balancer::{Balancer, Sent};
use super::guard::Retry;
use super::guard::agenda::Errand;
use super::guard::calls::Call;
use super::guard::hedge::Hedge;
use super::tier::{Msg, Tier, Timer};
use super::view::{Ending, ServerId};

impl Balancer {
    /// Begins what happens by itself.
    pub(super) fn start(&mut self, ctx: &mut Ctx<Tier>) {
        let servers = self.pool.len();
        let Some(guard) = self.guard.as_deref_mut() else { return };
        let now = ctx.clock();
        let interval = guard.health.interval;
        if interval > Span::ZERO {
            for id in self.pool.ids() {
                // Spread evenly, the first one last of its own interval.
                let share = interval.0 / u64::from(servers) * u64::from(id.0 + 1);
                guard.agenda.add(now + Span(share), Errand::Check(id));
            }
        }
        if let Some(every) = guard.health.sweep_every() {
            guard.agenda.add(now + every, Errand::Sweep);
        }
        if guard.ramp.is_some() && self.strategy.follows_weights() {
            for id in self.pool.ids() {
                self.pool.set_warmth(id, 1000);
            }
            self.strategy.on_pool(&self.pool);
        }
        self.arm(ctx);
    }

    /// A client asks for work.
    pub(super) fn admit(&mut self, ctx: &mut Ctx<Tier>, request: RequestId, work: (u64, Span)) {
        let Some(guard) = self.guard.as_deref_mut() else { return };
        let now = ctx.clock();
        if let Some(throttle) = &mut guard.throttle
            && !throttle.admits(now, ctx.choices())
        {
            // rule: throttles
            ctx.mark("throttles");
            return self.turn_away(ctx, request);
        }
        if guard.limits.requests > 0 && guard.calls.len() >= guard.limits.requests {
            // rule: breaks
            ctx.mark("breaks");
            return self.turn_away(ctx, request);
        }
        guard.budget.deposit(now);
        let number = guard.calls.open(Call {
            request,
            key: work.0,
            size: work.1,
            since: now,
            out: 0,
            retries: 0,
            retrying: false,
            waits: false,
            tried: Vec::new(),
        });
        // Whoever waits already is served first.
        if !guard.pending.is_empty() || !self.attempt(ctx, number) {
            self.wait(ctx, number);
        }
        self.arm(ctx);
    }

    fn turn_away(&mut self, ctx: &mut Ctx<Tier>, request: RequestId) {
        if let Some(guard) = self.guard.as_deref_mut() {
            guard.counts.turned_away += 1;
        }
        ctx.reply(request, Outcome::Refused);
    }

    /// There is no server with room: the call waits in line, or it is over.
    fn wait(&mut self, ctx: &mut Ctx<Tier>, number: u64) {
        let Some(guard) = self.guard.as_deref_mut() else { return };
        let limits = &guard.limits;
        if !limits.bounds_conns() || self.pool.up() == 0 {
            // rule: refuses
            ctx.mark("refuses");
        } else if (guard.pending.len() as u32) < limits.pending {
            // rule: waits
            ctx.mark("waits");
            guard.pending.push_back(number);
            if let Some(call) = guard.calls.get(number) {
                call.waits = true;
            }
            return;
        } else {
            guard.counts.turned_away += 1;
            ctx.mark("breaks");
        }
        self.finish(ctx, number, Outcome::Refused);
    }

    /// Sends the call to a server. False if there is none with room.
    fn attempt(&mut self, ctx: &mut Ctx<Tier>, number: u64) -> bool {
        let now = ctx.clock();
        self.pool.refresh(now);
        let Some(to) = self.choose(ctx, number) else { return false };
        let ticket = self.base + self.sent.len() as u64;
        self.sent.push_back(Sent { at: now, to, open: true, call: number });
        self.pool.sent(to);
        self.strategy.on_sent(to);
        let Some(guard) = self.guard.as_deref_mut() else { return false };
        guard.out += 1;
        guard.agenda.add(now + guard.patience, Errand::Expire(ticket));
        let until = guard.health.sent(to, now);
        let Some(call) = guard.calls.get(number) else { return false };
        let (first, waited) = (call.tried.is_empty(), call.waits);
        call.waits = false;
        call.out += 1;
        call.tried.push(to);
        let (request, work) = (call.request, (call.key, call.size));
        if first && let Some(delay) = guard.hedge.as_ref().and_then(Hedge::delay) {
            guard.agenda.add(now + delay, Errand::Hedge(number));
        }
        if first && !waited {
            // rule: picks
            ctx.mark("picks");
        }
        let server = NodeId(self.first + to.0);
        ctx.learn(Fact::Picked { request, server });
        ctx.send(server, self.work(ticket, request, work));
        self.probe(ctx);
        self.judge(ctx, to, until);
        true
    }

    /// The best server with room, if possible one that the call has not seen.
    fn choose(&mut self, ctx: &mut Ctx<Tier>, number: u64) -> Option<ServerId> {
        let guard = self.guard.as_deref_mut()?;
        let (limits, elsewhere) = (&guard.limits, guard.elsewhere);
        let bounded = limits.bounds_conns();
        let call = guard.calls.get(number)?;
        let pool = &self.pool;
        let open = |id: ServerId| limits.has_room(id, pool.in_flight(id));
        if bounded && !pool.up_ids().any(open) {
            return None;
        }
        let seen: &[ServerId] = if elsewhere { &call.tried } else { &[] };
        // Only as long an order as may be needed.
        let longest = if bounded { pool.len() } else { 1 + seen.len() as u32 };
        self.ranking.want(longest);
        self.strategy.rank(call.key, pool, ctx.choices(), &mut self.ranking);
        let order = self.ranking.order().iter().copied().filter(|id| open(*id));
        let fresh = order.clone().find(|id| !seen.contains(id));
        let chosen = fresh.or_else(|| order.clone().next());
        self.ranking.clear();
        self.ranking.want(1);
        chosen
    }

    /// A server answered a try.
    pub(super) fn on_answer(&mut self, ctx: &mut Ctx<Tier>, ticket: u64, ending: Ending) {
        let now = ctx.clock();
        self.settle(ctx, ticket, ending, now);
        self.resume(ctx);
    }

    /// A try has ended. Nothing happens if it had before.
    fn settle(&mut self, ctx: &mut Ctx<Tier>, ticket: u64, ending: Ending, now: SimTime) {
        let Some((sent, latency)) = self.close(ticket, ending, now) else { return };
        let Some(guard) = self.guard.as_deref_mut() else { return };
        guard.out -= 1;
        // Late answers count, too: else copies would make answers look faster than they are.
        if let Some(hedge) = &mut guard.hedge
            && ending == Ending::Done
        {
            hedge.note(latency);
        }
        if let Some(throttle) = &mut guard.throttle
            && matches!(ending, Ending::Done | Ending::Failed)
        {
            throttle.accepted(now);
        }
        let until = guard.health.ended(sent.to, ending, now);
        // Before a retry looks for a server.
        self.judge(ctx, sent.to, until);
        let Some(guard) = self.guard.as_deref_mut() else { return };
        if let Some(call) = guard.calls.get(sent.call) {
            call.out -= 1;
            if ending == Ending::Done {
                // rule: relays
                ctx.mark("relays");
                self.finish(ctx, sent.call, Outcome::Done(None));
            } else {
                self.failed(ctx, sent.call, ending);
            }
        }
    }

    /// A try of an open call has ended badly.
    fn failed(&mut self, ctx: &mut Ctx<Tier>, number: u64, ending: Ending) {
        let now = ctx.clock();
        let Some(guard) = self.guard.as_deref_mut() else { return };
        // A call that waits for its next try needs no other one.
        let Some((out, waits)) = guard.calls.get(number).map(|call| (call.out, call.waits)) else {
            return;
        };
        if waits {
            return;
        }
        match guard.retry(number, ending, (now, ctx.choices())) {
            Retry::After(Span::ZERO) => {
                // rule: retries
                ctx.mark("retries");
                if !self.attempt(ctx, number) {
                    self.wait(ctx, number);
                }
                return;
            }
            Retry::After(wait) => {
                // rule: backs-off
                ctx.mark("backs-off");
                guard.agenda.add(now + wait, Errand::Retry(number));
                if let Some(call) = guard.calls.get(number) {
                    call.waits = true;
                }
                return;
            }
            // rule: saves
            Retry::Broke => ctx.mark("saves"),
            Retry::No => {}
        }
        // Another copy may still do it.
        if out == 0 {
            // rule: rejects
            ctx.mark("rejects");
            self.finish(ctx, number, Outcome::Refused);
        }
    }

    /// The client is answered.
    fn finish(&mut self, ctx: &mut Ctx<Tier>, number: u64, outcome: Outcome) {
        let Some(guard) = self.guard.as_deref_mut() else { return };
        let Some(call) = guard.calls.close(number) else { return };
        guard.retrying -= u64::from(call.retrying);
        let recall = guard.cancel && call.out > 0;
        ctx.reply(call.request, outcome);
        if !recall {
            return;
        }
        let now = ctx.clock();
        for place in (0..self.sent.len()).rev() {
            let Sent { at, to, open, call: own } = self.sent[place];
            if at < call.since {
                break;
            }
            if open && own == number {
                let ticket = self.base + place as u64;
                // rule: cancels
                ctx.mark("cancels");
                ctx.send(NodeId(self.first + to.0), Msg::Cancel { ticket });
                // Closed behind, since closing moves the ring.
                self.sent[place].open = false;
                let latency = now.since(at);
                let ending = Ending::Cancelled;
                self.end(to, super::Feedback { ending, latency, at: now });
                if let Some(guard) = self.guard.as_deref_mut() {
                    guard.out -= 1;
                    // It would have taken longer, and it lies beyond the percentile already.
                    guard.hedge.iter_mut().for_each(|hedge| hedge.note(latency));
                }
            }
        }
        self.drop_closed();
    }

    /// Brings up to date whether `server` may be picked, and notes when to look again.
    fn judge(&mut self, ctx: &mut Ctx<Tier>, server: ServerId, until: Option<SimTime>) {
        let Some(guard) = self.guard.as_deref_mut() else { return };
        if let Some(at) = until {
            guard.agenda.add(at, Errand::Readmit(server));
        }
        let well = guard.health.is_well(server);
        let before = self.pool.is_up(server);
        if well == self.pool.is_healthy(server) {
            return;
        }
        if well {
            // rule: readmits
            ctx.mark("readmits");
        } else {
            // rule: ejects
            ctx.mark("ejects");
        }
        self.pool.set_up(server, well);
        self.changed(ctx, server, before);
        self.strategy.on_pool(&self.pool);
    }

    /// A server may be picked that was left out, or the other way round: says so, and lets it warm
    /// up.
    pub(super) fn changed(&mut self, ctx: &mut Ctx<Tier>, id: ServerId, before: bool) {
        let allowed = self.pool.is_up(id);
        if allowed == before {
            return;
        }
        ctx.learn(Fact::Allowed { server: NodeId(self.first + id.0), allowed });
        let Some(guard) = self.guard.as_deref_mut() else { return };
        let Some(ramp) = guard.ramp.filter(|_| self.strategy.follows_weights()) else { return };
        guard.warming.retain(|(other, _)| *other != id);
        if allowed {
            let now = ctx.clock();
            if guard.warming.is_empty() {
                guard.agenda.add(now + ramp.step(), Errand::Warm);
            }
            guard.warming.push((id, now));
            self.pool.set_warmth(id, ramp.milli(Span::ZERO));
        }
    }

    /// Calls that wait get the room there is; then the timer is set.
    pub(super) fn resume(&mut self, ctx: &mut Ctx<Tier>) {
        while let Some(number) =
            self.guard.as_deref().and_then(|guard| guard.pending.front().copied())
        {
            let over = self.guard.as_deref().is_some_and(|guard| guard.calls.is_over(number));
            if !over && !self.attempt(ctx, number) {
                break;
            }
            if let Some(guard) = self.guard.as_deref_mut() {
                guard.pending.pop_front();
            }
        }
        self.arm(ctx);
    }

    /// The timer went off: everything that is due is done.
    pub(super) fn on_agenda(&mut self, ctx: &mut Ctx<Tier>) {
        let Some(guard) = self.guard.as_deref_mut() else { return };
        // Fired by hand it does what it was set to.
        let now = guard.agenda.due.take().map_or(ctx.clock(), |due| due.max(ctx.clock()));
        while let Some(guard) = self.guard.as_deref_mut()
            && let Some((at, errand)) = guard.agenda.front()
            && at <= now
        {
            guard.agenda.pop();
            self.do_errand(ctx, errand, now);
        }
        self.resume(ctx);
    }

    fn do_errand(&mut self, ctx: &mut Ctx<Tier>, errand: Errand, now: SimTime) {
        if self.is_void(errand) {
            return;
        }
        match errand {
            Errand::Expire(ticket) => self.expire(ctx, ticket, now),
            Errand::Hedge(number) => self.hedge(ctx, number, now),
            Errand::Retry(number) => {
                // rule: retries
                ctx.mark("retries");
                if !self.attempt(ctx, number) {
                    self.wait(ctx, number);
                }
            }
            Errand::Check(server) => self.check(ctx, server, now),
            Errand::Readmit(server) => {
                if let Some(guard) = self.guard.as_deref_mut() {
                    guard.health.readmit(server, now);
                }
                self.judge(ctx, server, None);
            }
            Errand::Sweep => self.sweep(ctx, now),
            Errand::Warm => self.warm(now),
        }
    }

    /// A try has been out for too long.
    fn expire(&mut self, ctx: &mut Ctx<Tier>, ticket: u64, now: SimTime) {
        let Some(guard) = self.guard.as_deref_mut() else { return };
        guard.counts.expired += 1;
        // rule: times-out
        ctx.mark("times-out");
        let place = ticket.wrapping_sub(self.base) as usize;
        if guard.cancel
            && let Some(sent) = self.sent.get(place)
        {
            // rule: cancels
            ctx.mark("cancels");
            ctx.send(NodeId(self.first + sent.to.0), Msg::Cancel { ticket });
        }
        self.settle(ctx, ticket, Ending::Forgotten, now);
    }

    /// A call has waited so long that it is sent a second time.
    fn hedge(&mut self, ctx: &mut Ctx<Tier>, number: u64, now: SimTime) {
        let Some(guard) = self.guard.as_deref_mut() else { return };
        // A second copy beside the first would not help if there is nowhere else to go.
        if self.pool.up() > 1 && guard.may_hedge(number, now) {
            // rule: hedges
            ctx.mark("hedges");
            self.attempt(ctx, number);
        }
    }

    fn check(&mut self, ctx: &mut Ctx<Tier>, server: ServerId, now: SimTime) {
        let Some(guard) = self.guard.as_deref_mut() else { return };
        guard.health.ask(server, now);
        guard.agenda.add(now + guard.health.interval, Errand::Check(server));
        // rule: checks
        ctx.mark("checks");
        ctx.send(NodeId(self.first + server.0), Msg::Check { asked: now, deep: guard.deep });
        self.judge(ctx, server, None);
    }

    /// A server answered a check.
    pub(super) fn on_checked(
        &mut self,
        ctx: &mut Ctx<Tier>,
        from: NodeId,
        (asked, good): (SimTime, bool),
    ) {
        let (Some(server), Some(guard)) = (self.server(from), self.guard.as_deref_mut()) else {
            return;
        };
        guard.health.checked(server, asked, good);
        self.judge(ctx, server, None);
        self.resume(ctx);
    }

    fn sweep(&mut self, ctx: &mut Ctx<Tier>, now: SimTime) {
        let Some(guard) = self.guard.as_deref_mut() else { return };
        guard.health.sweep(now);
        if let Some(every) = guard.health.sweep_every() {
            guard.agenda.add(now + every, Errand::Sweep);
        }
        for id in self.pool.ids() {
            self.judge(ctx, id, None);
        }
    }

    /// Raises the weights of servers that warm up.
    fn warm(&mut self, now: SimTime) {
        let Some(guard) = self.guard.as_deref_mut() else { return };
        let Some(ramp) = guard.ramp else { return };
        let before = guard.warming.len();
        for (id, since) in &guard.warming {
            self.pool.set_warmth(*id, ramp.milli(now.since(*since)));
        }
        guard.warming.retain(|(_, since)| now.since(*since) < ramp.window);
        if !guard.warming.is_empty() {
            guard.agenda.add(now + ramp.step(), Errand::Warm);
        }
        if guard.warming.len() < before {
            self.strategy.on_pool(&self.pool);
        } else {
            self.strategy.on_weights(&self.pool);
        }
    }

    /// True if there is no reason any more to do an errand.
    fn is_void(&self, errand: Errand) -> bool {
        let Some(guard) = self.guard.as_deref() else { return true };
        match errand {
            Errand::Expire(ticket) => {
                let place = ticket.checked_sub(self.base);
                let sent = place.and_then(|place| self.sent.get(place as usize));
                sent.is_none_or(|sent| !sent.open)
            }
            Errand::Hedge(number) | Errand::Retry(number) => guard.calls.is_over(number),
            Errand::Readmit(server) => guard.health.is_settled(server),
            Errand::Warm => guard.warming.is_empty(),
            Errand::Check(_) | Errand::Sweep => false,
        }
    }

    /// Sets the timer to the first errand that still has a reason.
    fn arm(&mut self, ctx: &mut Ctx<Tier>) {
        while let Some((_, errand)) = self.guard.as_deref().and_then(|guard| guard.agenda.front())
            && self.is_void(errand)
        {
            if let Some(guard) = self.guard.as_deref_mut() {
                guard.agenda.pop();
            }
        }
        let Some(guard) = self.guard.as_deref_mut() else { return };
        let due = guard.agenda.front().map(|(at, _)| at);
        if due == guard.agenda.due {
            return;
        }
        guard.agenda.due = due;
        match due {
            Some(due) => ctx.arm(Timer::Agenda, Window::exactly(due.since(ctx.clock()))),
            None => ctx.disarm(Timer::Agenda),
        }
    }
}
