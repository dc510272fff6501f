//! Clients of a replicated store: sessions that ask, follow redirects, and ask again elsewhere.
//!
//! A session has one operation outstanding at a time and numbers its operations, so that a store
//! can tell a retry from a new request [ongaro14phd §6.3].

use std::collections::VecDeque;

use crate::kernel::{
    Choices, ClientId, NodeId, Op, Outcome, Request, RequestId, SimTime, Span, Word,
};

use super::rng::{Concern, Stream};
use super::spec::Sessions;

/// What a client wants done after it acted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Wish {
    /// Send this request to that node.
    Send(Request, NodeId),
    /// Wake me then.
    Wake(SimTime),
}

#[derive(Clone, PartialEq, Debug)]
struct Open {
    request: Request,
    target: NodeId,
    asked_at: SimTime,
    /// Whom the client chose last by itself, hints aside.
    own: NodeId,
    /// How often its patience has come to an end.
    tries: u32,
}

/// So often a client goes on from where hints have led it. After that they lead in circles: nodes
/// that have left a cluster know no better.
const TRUSTING: u32 = 3;

/// One client.
#[derive(Clone, Debug)]
pub(super) struct Client {
    id: ClientId,
    nodes: u32,
    patience: Option<Span>,
    serial: u64,
    open: Option<Open>,
    waiting: VecDeque<(Op, Option<NodeId>)>,
    /// Whom to ask first: the node that answered or was hinted at last.
    favourite: NodeId,
    /// Wakes with another number are out of date.
    pub(super) wake: u32,
    plan: Option<Plan>,
}

/// A client that invokes by itself.
#[derive(Clone, Debug)]
struct Plan {
    every: Span,
    keys: u32,
    reads: crate::kernel::Ratio,
    next_at: SimTime,
    stream: Stream,
    written: u64,
}

impl Client {
    /// A client that begins at one of the first `doors` nodes, and tries all `nodes` if it has to.
    pub(super) fn new(
        id: ClientId,
        (doors, nodes): (u32, u32),
        patience: Option<Span>,
        seed: u64,
    ) -> Client {
        let mut stream = Stream::new(seed, Concern::Clients, id.0);
        let favourite = NodeId(stream.below(u64::from(doors.max(1))) as u32);
        Client {
            id,
            nodes,
            patience,
            serial: 0,
            open: None,
            waiting: VecDeque::new(),
            favourite,
            wake: 0,
            plan: None,
        }
    }

    /// Makes the client invoke by itself; clients start one after the other, not in step.
    pub(super) fn follow(&mut self, sessions: &Sessions, seed: u64) -> SimTime {
        let share = sessions.every.0 / u64::from(sessions.clients.max(1));
        let next_at = SimTime(sessions.every.0 + share * u64::from(self.id.0));
        self.plan = Some(Plan {
            every: sessions.every,
            keys: sessions.keys.max(1),
            reads: sessions.reads,
            next_at,
            stream: Stream::new(seed, Concern::Keys, self.id.0),
            written: 0,
        });
        next_at
    }

    /// The operation outstanding: request, whom it was sent to, and when it was last sent.
    pub(super) fn outstanding(&self) -> Option<(Request, NodeId, SimTime)> {
        self.open.as_ref().map(|open| (open.request, open.target, open.asked_at))
    }

    /// How many operations wait behind it.
    pub(super) fn backlog(&self) -> usize {
        self.waiting.len()
    }

    /// Asks for `op`, first of `via` if given; waits for its turn if one is outstanding. Returns
    /// the invocation if it is the client's turn.
    pub(super) fn ask(
        &mut self,
        op: Op,
        via: Option<NodeId>,
        now: SimTime,
        wishes: &mut Vec<Wish>,
    ) -> Option<(RequestId, Op)> {
        if self.open.is_some() {
            self.waiting.push_back((op, via));
            return None;
        }
        self.serial += 1;
        let id = RequestId { client: self.id, serial: self.serial };
        let target = via.unwrap_or(self.favourite);
        let request = Request { id, op };
        self.open = Some(Open { request, target, asked_at: now, own: target, tries: 0 });
        wishes.push(Wish::Send(Request { id, op }, target));
        self.plan_wake(now, wishes);
        Some((id, op))
    }

    /// Woken: asks again if its patience is at an end, and invokes if its plan says so.
    pub(super) fn woken(
        &mut self,
        now: SimTime,
        wishes: &mut Vec<Wish>,
    ) -> Option<(RequestId, Op)> {
        if let (Some(open), Some(patience)) = (&mut self.open, self.patience)
            && now >= open.asked_at + patience
        {
            // The node may be dead or cut off: go on to the next one.
            open.tries += 1;
            let from = if open.tries <= TRUSTING { open.target } else { open.own };
            open.target = NodeId((from.0 + 1) % self.nodes.max(1));
            open.own = open.target;
            open.asked_at = now;
            wishes.push(Wish::Send(open.request, open.target));
        }
        let invoked = self.due_op(now).and_then(|op| self.ask(op, None, now, wishes));
        if invoked.is_none() {
            self.plan_wake(now, wishes);
        }
        invoked
    }

    fn due_op(&mut self, now: SimTime) -> Option<Op> {
        let plan = self.plan.as_mut()?;
        if now < plan.next_at || self.open.is_some() {
            return None;
        }
        plan.next_at = now + plan.every;
        let key = key_name(plan.stream.below(u64::from(plan.keys)) as u32);
        if plan.reads.strikes(&mut plan.stream) {
            return Some(Op::Get(key));
        }
        plan.written += 1;
        // Values differ between clients and writes, so that histories can be judged.
        let value = plan.written * 100 + u64::from(self.id.0 + 1);
        Some(Op::Put(key, Word::number(value)))
    }

    /// An answer arrived. Returns the completed operation, and starts the next one that waits.
    pub(super) fn answered(
        &mut self,
        id: RequestId,
        outcome: Outcome,
        from: NodeId,
        now: SimTime,
        wishes: &mut Vec<Wish>,
    ) -> Option<Op> {
        // A second answer to a request asked twice is of no interest.
        let open = self.open.as_mut().filter(|open| open.request.id == id)?;
        if let Outcome::Redirect(hint) = outcome {
            // Only the node asked last may send the client elsewhere.
            if open.target == from
                && let Some(hint) = hint.filter(|hint| *hint != from)
            {
                open.target = hint;
                open.asked_at = now;
                wishes.push(Wish::Send(open.request, hint));
                self.plan_wake(now, wishes);
            }
            // Without a hint the client waits for its patience to end: asking at once would only
            // spin.
            return None;
        }
        let op = open.request.op;
        self.favourite = from;
        self.open = None;
        Some(op)
    }

    /// The next operation that waits, if the client is free.
    pub(super) fn next_waiting(&mut self) -> Option<(Op, Option<NodeId>)> {
        if self.open.is_some() { None } else { self.waiting.pop_front() }
    }

    /// Asks to be woken when something is next due.
    pub(super) fn plan_wake(&mut self, now: SimTime, wishes: &mut Vec<Wish>) {
        let retry = match (&self.open, self.patience) {
            (Some(open), Some(patience)) => Some(open.asked_at + patience),
            _ => None,
        };
        let invoke = match (&self.open, &self.plan) {
            (None, Some(plan)) => Some(plan.next_at.max(now)),
            _ => None,
        };
        if let Some(at) = retry.or(invoke) {
            wishes.push(Wish::Wake(at));
        }
    }
}

/// Names of keys of generated work: x, y, z, then k4, k5, ...
fn key_name(index: u32) -> Word {
    let name = match index {
        0 => Word::new("x"),
        1 => Word::new("y"),
        2 => Word::new("z"),
        n => Word::new(&format!("k{}", n + 1)),
    };
    name.unwrap_or_default()
}
