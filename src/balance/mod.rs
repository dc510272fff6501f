//! Load balancing: the table of strategies, one file each, and the pool they work on.
//!
//! A strategy puts the servers of a pool in an order of preference. [`tier::Tier`] makes balancers
//! and servers nodes of the same world that consensus runs in.
//!
//! **Invariant:** a strategy sees its [`PoolView`] and declared choices: not time, not a server's
//! true queue. Everything here knows `kernel` only.

mod balancer;
pub mod bounded_load;
mod burst;
mod edf;
pub mod grpc_weights;
pub mod guard;
mod guarded;
pub mod hashing;
pub mod ip_hash;
mod jiq;
mod jsq;
pub mod jump;
mod least_connections;
pub mod least_request;
mod least_time;
pub mod maglev;
mod modulo;
mod p2c;
pub mod peak_ewma;
mod pool;
mod prequal;
mod random;
mod rendezvous;
mod ring_hash;
mod round_robin;
mod schedule;
mod server;
mod sticky;
pub mod tier;
pub mod view;
mod weighted;
mod weighted_load;
mod weighted_random;

use std::any::Any;
use std::cmp::Ordering;
use std::fmt::Debug;
use std::hash::{Hash, Hasher};
use std::ops::{Deref, DerefMut};

use crate::kernel::{Choices, Cite, Knob, Knobs, SimTime, Span, Text};

pub use view::{Ending, Feedback, PoolView, Report, ServerId};

/// Every strategy, in the order of the gallery: from those that know nothing to those that measure,
/// then those that go by the key.
pub static STRATEGIES: [StrategyAbout; 24] = [
    round_robin::ABOUT,
    random::ABOUT,
    weighted_random::ABOUT,
    weighted::ABOUT,
    edf::ABOUT,
    burst::ABOUT,
    least_connections::ABOUT,
    p2c::ABOUT,
    least_request::ABOUT,
    peak_ewma::ABOUT,
    least_time::ABOUT,
    jsq::ABOUT,
    jiq::ABOUT,
    prequal::ABOUT,
    weighted_load::ABOUT,
    grpc_weights::ABOUT,
    modulo::ABOUT,
    ring_hash::ABOUT,
    bounded_load::ABOUT,
    maglev::ABOUT,
    rendezvous::ABOUT,
    jump::ABOUT,
    ip_hash::ABOUT,
    sticky::ABOUT,
];

/// The names of all strategies, for a knob; the first is the default.
pub const IDS: &[&str] = &[
    round_robin::ABOUT.id,
    random::ABOUT.id,
    weighted_random::ABOUT.id,
    weighted::ABOUT.id,
    edf::ABOUT.id,
    burst::ABOUT.id,
    least_connections::ABOUT.id,
    p2c::ABOUT.id,
    least_request::ABOUT.id,
    peak_ewma::ABOUT.id,
    least_time::ABOUT.id,
    jsq::ABOUT.id,
    jiq::ABOUT.id,
    prequal::ABOUT.id,
    weighted_load::ABOUT.id,
    grpc_weights::ABOUT.id,
    modulo::ABOUT.id,
    ring_hash::ABOUT.id,
    bounded_load::ABOUT.id,
    maglev::ABOUT.id,
    rendezvous::ABOUT.id,
    jump::ABOUT.id,
    ip_hash::ABOUT.id,
    sticky::ABOUT.id,
];

/// The strategy of that name.
pub fn lookup(id: &str) -> Option<&'static StrategyAbout> {
    STRATEGIES.iter().find(|about| about.id == id)
}

/// Shows every strategy to `visitor`, in the order of the gallery.
pub fn visit(visitor: &mut dyn FnMut(&'static StrategyAbout)) {
    STRATEGIES.iter().for_each(visitor);
}

/// What a strategy says of itself.
#[derive(Clone, Copy, Debug)]
pub struct StrategyAbout {
    /// As written in the scenario; equal to the file name with `-` for `_`.
    pub id: &'static str,
    /// As written in prose.
    pub name: Text,
    /// How it chooses, in one or two sentences.
    pub summary: Text,
    /// Where it comes from.
    pub cites: &'static [Cite],
    /// What it does when several servers are equally good.
    pub ties: Text,
    /// Its own parameters; each is a knob of the pool too.
    pub knobs: &'static [Knob],
    /// What servers have to tell balancers for it.
    pub telling: Telling,
    /// The listing: the source that runs.
    pub source: &'static str,
    /// Makes one. The pool it works on is told by [`Strategy::on_pool`].
    pub make: fn(&Knobs) -> Box<dyn Strategy>,
}

/// What servers tell balancers of themselves, beside the report on every answer.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Telling {
    /// Nothing.
    Nothing,
    /// Every change of the queue's length, to every balancer.
    Lengths,
    /// That it has become idle, to one balancer drawn by lot.
    Idle,
    /// Answers to probes.
    Probes,
}

/// What a server told of itself.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum News {
    /// So many requests are there.
    Length(u32),
    /// The answer to a probe.
    Probe {
        /// So many requests are there.
        in_flight: u32,
        /// What a request that arrives now is expected to take.
        latency: Span,
    },
}

/// A way to distribute requests.
///
/// The caller promises to call `on_pool` before the first `rank` and after every change of weights
/// or of who is up, `on_sent` for each request sent, and `on_done` once for each of these. The last
/// two may do nothing: ignoring feedback is a legitimate strategy.
pub trait Strategy: Erased + Debug + Send + Sync {
    /// Writes an order of preference into `out`, best first, until [`Ranking::is_full`] or no
    /// server that is up is left. The first one *is* the choice: whatever the strategy advances, it
    /// advances as if the request went there. Must not allocate once `out` has grown to the pool's
    /// size.
    ///
    /// `key` is what hashing strategies look at.
    fn rank(&mut self, key: u64, pool: &PoolView, choices: &mut dyn Choices, out: &mut Ranking);

    /// A request was sent to `to`. The view counts it already.
    fn on_sent(&mut self, _to: ServerId) {}

    /// A request sent to `to` ended.
    fn on_done(&mut self, _to: ServerId, _feedback: Feedback) {}

    /// Writes which servers are to be probed together with the request that was just ranked.
    fn probes(&mut self, _: &PoolView, _: &mut dyn Choices, _: &mut Vec<ServerId>) {}

    /// A server told something of itself, if [`StrategyAbout::telling`] asks for it.
    fn on_news(&mut self, _from: ServerId, _news: News, _now: SimTime) {}

    /// The pool is now this.
    fn on_pool(&mut self, _pool: &PoolView) {}

    /// Weights have changed a little while servers warm up; who is up has not. A strategy that
    /// reads them at every ranking has nothing to do.
    fn on_weights(&mut self, _pool: &PoolView) {}

    /// Whether a smaller weight sends a server fewer requests at once, so that servers can warm up
    /// by their weights. Not so where a key has its home, and where weights do not count.
    fn follows_weights(&self) -> bool {
        false
    }

    /// Writes which servers it looks at before it chooses, of those that are up, as `rank` would
    /// with the same choices; for readers who ask why one was picked.
    fn looks_at(
        &self,
        _key: u64,
        pool: &PoolView,
        _choices: &mut dyn Choices,
        out: &mut Vec<ServerId>,
    ) {
        out.extend(pool.up_ids());
    }

    /// What speaks for a server now, for readers who ask why it was picked: the larger, the sooner
    /// its turn. `None` if the strategy keeps no score.
    fn score(&self, _id: ServerId, _pool: &PoolView) -> Option<i64> {
        None
    }
}

/// What makes a strategy a value although its type is forgotten. Holds for every strategy that
/// derives `Clone`, `Eq` and `Hash`.
pub trait Erased: Any {
    /// A copy.
    fn clone_box(&self) -> Box<dyn Strategy>;
    /// True if `other` is of the same type and equal.
    fn same(&self, other: &dyn Strategy) -> bool;
    /// Feeds the state to a hasher.
    fn hash_into(&self, hasher: &mut dyn Hasher);
}

impl<S: Strategy + Clone + Eq + Hash> Erased for S {
    fn clone_box(&self) -> Box<dyn Strategy> {
        Box::new(self.clone())
    }

    fn same(&self, other: &dyn Strategy) -> bool {
        (other as &dyn Any).downcast_ref::<S>() == Some(self)
    }

    fn hash_into(&self, mut hasher: &mut dyn Hasher) {
        self.hash(&mut hasher);
    }
}

/// A strategy of any kind as a value: what a node keeps, so that a node is one type.
#[derive(Debug)]
pub struct AnyStrategy(Box<dyn Strategy>);

impl AnyStrategy {
    /// The strategy `about` tells of, for a pool as it is now.
    pub fn new(about: &StrategyAbout, knobs: &Knobs, pool: &PoolView) -> AnyStrategy {
        let mut strategy = (about.make)(knobs);
        strategy.on_pool(pool);
        AnyStrategy(strategy)
    }
}

impl Deref for AnyStrategy {
    type Target = dyn Strategy;

    fn deref(&self) -> &Self::Target {
        &*self.0
    }
}

impl DerefMut for AnyStrategy {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut *self.0
    }
}

impl Clone for AnyStrategy {
    fn clone(&self) -> Self {
        AnyStrategy(self.0.clone_box())
    }
}

impl PartialEq for AnyStrategy {
    fn eq(&self, other: &AnyStrategy) -> bool {
        self.0.same(&*other.0)
    }
}

impl Eq for AnyStrategy {}

impl Hash for AnyStrategy {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash_into(state);
    }
}

/// An order of preference being written.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Ranking {
    order: Vec<ServerId>,
    wanted: u32,
}

impl Ranking {
    /// An empty order of which the best `wanted` will be looked at.
    pub fn new(wanted: u32) -> Ranking {
        Ranking { order: Vec::new(), wanted }
    }

    /// From now on the best `wanted` will be looked at.
    pub fn want(&mut self, wanted: u32) {
        self.wanted = wanted;
    }

    /// Empties it and keeps its memory.
    pub fn clear(&mut self) {
        self.order.clear();
    }

    /// True once it is long enough for the caller.
    pub fn is_full(&self) -> bool {
        self.order.len() as u32 >= self.wanted
    }

    /// Adds the next best server.
    pub fn push(&mut self, id: ServerId) {
        self.order.push(id);
    }

    /// The best one, if any server is up.
    pub fn first(&self) -> Option<ServerId> {
        self.order.first().copied()
    }

    /// The order so far, best first.
    pub fn order(&self) -> &[ServerId] {
        &self.order
    }

    /// Unless it is full: adds every other server that is up, ordered by `cmp`, in list order if
    /// equal.
    pub fn rest_by(&mut self, pool: &PoolView, cmp: impl Fn(ServerId, ServerId) -> Ordering) {
        if self.is_full() {
            return;
        }
        let ranked = self.append_others(pool);
        rank(&mut self.order[ranked..], &cmp);
        self.order.truncate(self.wanted as usize);
    }

    /// Unless it is full: adds the servers of `order` that are up, each once.
    pub fn rest_in(&mut self, pool: &PoolView, order: impl IntoIterator<Item = ServerId>) {
        for id in order {
            if self.is_full() {
                return;
            }
            if pool.is_up(id) && !self.order.contains(&id) {
                self.order.push(id);
            }
        }
    }

    /// Unless it is full: adds every other server that is up in random order.
    pub fn rest_shuffled(&mut self, pool: &PoolView, choices: &mut dyn Choices) {
        if self.is_full() {
            return;
        }
        let ranked = self.append_others(pool);
        for next in ranked..self.order.len().min(self.wanted as usize) {
            let left = (self.order.len() - next) as u64;
            self.order.swap(next, next + choices.below(left) as usize);
        }
        self.order.truncate(self.wanted as usize);
    }

    /// Adds the servers that are up and not yet in, and answers how many were.
    fn append_others(&mut self, pool: &PoolView) -> usize {
        let ranked = self.order.len();
        for id in pool.up_ids() {
            if !self.order[..ranked].contains(&id) {
                self.order.push(id);
            }
        }
        ranked
    }
}

/// Sorts servers by `cmp`, in list order if equal. Compiled once for all strategies.
fn rank(order: &mut [ServerId], cmp: &dyn Fn(ServerId, ServerId) -> Ordering) {
    order.sort_unstable_by(|&a, &b| cmp(a, b).then(a.cmp(&b)));
}
