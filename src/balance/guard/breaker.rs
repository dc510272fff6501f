//! Circuit breakers: how much may be under way at once.
//!
//! `max-requests` bounds the requests of a balancer [envoy §circuit breakers]; `max-conns` bounds
//! what it has in flight at one server [nginx §`max_conns`] [haproxy §`maxconn`], for all servers
//! alike or for one by a `servers` line, as their owners have it. A request that
//! finds no server with room waits at the balancer if fewer than `max-pending` wait, in order of
//! arrival, and goes to the first server that has room again [envoy §circuit breakers, max pending
//! requests] [haproxy §`maxqueue`]; else it is refused.
//!
//! With `max-conns=1` and a long line the balancer *is* the queue: M/M/c.

use std::sync::Arc;

use crate::kernel::{Knob, KnobKind, Knobs, Text};

use super::super::view::ServerId;

/// Most requests of a balancer at once.
pub(in crate::balance) const MAX_REQUESTS: Knob = Knob {
    name: "max-requests",
    help: Text {
        en: "How many requests a balancer has under way at most; it refuses more. 0 sets no bound.",
        zh: "一个负载均衡器最多同时有多少个请求在处理中，超出的会被拒绝；0 表示不设上限。",
    },
    kind: KnobKind::Count { min: 0, max: 1_000_000, default: 0 },
};

/// Most in flight at one server.
pub(in crate::balance) const MAX_CONNS: Knob = Knob {
    name: "max-conns",
    help: Text {
        en: "How many requests a balancer has in flight at one server at most. 0 sets no bound.",
        zh: "一个负载均衡器在一台服务器上最多有多少个在途请求；0 表示不设上限。",
    },
    kind: KnobKind::Count { min: 0, max: 1_000_000, default: 0 },
};

/// Most that wait at the balancer.
pub(in crate::balance) const MAX_PENDING: Knob = Knob {
    name: "max-pending",
    help: Text {
        en: "How many requests wait at a balancer for a server with room (see max-conns); it \
             refuses more.",
        zh: "没有服务器有空位时（见 max-conns），最多有多少个请求在负载均衡器处等待，超出的会被拒绝。",
    },
    kind: KnobKind::Count { min: 0, max: 1_000_000, default: 0 },
};

/// The bounds; zero is none, but for `pending`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(in crate::balance) struct Limits {
    pub(in crate::balance) requests: u32,
    conns: u32,
    /// The bounds of single servers, by id; those beyond have `conns`.
    own_conns: Arc<[u32]>,
    pub(in crate::balance) pending: u32,
}

impl Limits {
    pub(in crate::balance) fn new(knobs: &Knobs, own_conns: Arc<[u32]>) -> Limits {
        Limits {
            requests: knobs.count(MAX_REQUESTS.name) as u32,
            conns: knobs.count(MAX_CONNS.name) as u32,
            own_conns,
            pending: knobs.count(MAX_PENDING.name) as u32,
        }
    }

    pub(in crate::balance) fn any(&self) -> bool {
        self.requests > 0 || self.bounds_conns()
    }

    /// Some server has a bound.
    pub(in crate::balance) fn bounds_conns(&self) -> bool {
        self.conns > 0 || self.own_conns.iter().any(|bound| *bound > 0)
    }

    /// True if a server with so many requests in flight takes another.
    pub(in crate::balance) fn has_room(&self, server: ServerId, in_flight: u32) -> bool {
        let bound = self.own_conns.get(server.0 as usize).copied().unwrap_or(self.conns);
        bound == 0 || in_flight < bound
    }
}
