//! A balancer without a world: what tests of strategies share.

use quorate::balance::{AnyStrategy, Ending, Feedback, PoolView, Ranking, ServerId, lookup};
use quorate::kernel::{Choices, Knobs, SimTime, Span};

use super::knobs;

pub const DONE: Feedback =
    Feedback { ending: Ending::Done, latency: Span::millis(1), at: SimTime::ZERO };
pub const FORGOTTEN: Feedback =
    Feedback { ending: Ending::Forgotten, latency: Span::secs(5), at: SimTime::ZERO };
pub const REFUSED: Feedback =
    Feedback { ending: Ending::Refused, latency: Span::millis(1), at: SimTime::ZERO };

/// A balancer without a world: a strategy, its view, and draws.
pub struct Bench<'a> {
    pub strategy: AnyStrategy,
    pub pool: PoolView,
    pub draws: Box<dyn Choices + 'a>,
    pub out: Ranking,
}

/// Choices that must not be drawn from.
pub struct Never;

impl Choices for Never {
    fn below(&mut self, n: u64) -> u64 {
        assert_eq!(n, 1, "this strategy leaves nothing to chance");
        0
    }
}

/// Choices given in advance, each with the bound it is an answer to.
pub struct Script(pub Vec<(u64, u64)>);

impl Choices for Script {
    fn below(&mut self, n: u64) -> u64 {
        let (bound, answer) = self.0.remove(0);
        assert_eq!(n, bound);
        answer
    }
}

impl<'a> Bench<'a> {
    pub fn new(id: &str, weights: &[u32]) -> Bench<'a> {
        Bench::with(id, weights, &knobs(&[]))
    }

    pub fn with(id: &str, weights: &[u32], knobs: &Knobs) -> Bench<'a> {
        let pool = PoolView::new(weights.iter().copied(), Span::secs(5));
        let strategy = AnyStrategy::new(lookup(id).expect("a strategy"), knobs, &pool);
        Bench { strategy, pool, draws: Box::new(Never), out: Ranking::new(1) }
    }

    #[must_use]
    pub fn drawing(mut self, draws: impl Choices + 'a) -> Bench<'a> {
        self.draws = Box::new(draws);
        self
    }

    pub fn rank(&mut self) -> Option<ServerId> {
        self.rank_key(0)
    }

    /// Where a request of this key goes.
    pub fn rank_key(&mut self, key: u64) -> Option<ServerId> {
        self.out.clear();
        self.strategy.rank(key, &self.pool, &mut *self.draws, &mut self.out);
        self.out.first()
    }

    /// Picks a server and leaves the request in flight.
    pub fn send(&mut self) -> char {
        let to = self.rank().expect("a server is up");
        self.pool.sent(to);
        self.strategy.on_sent(to);
        name(to)
    }

    pub fn end(&mut self, server: char, feedback: Feedback) {
        let id = ServerId(server as u32 - 'a' as u32);
        self.pool.ended(id, feedback);
        self.strategy.on_done(id, feedback);
    }

    /// Picks a server and has the request done at once.
    pub fn serve(&mut self) -> char {
        let server = self.send();
        self.end(server, DONE);
        server
    }

    pub fn sends(&mut self, count: usize) -> String {
        (0..count).map(|_| self.send()).collect()
    }

    pub fn serves(&mut self, count: usize) -> String {
        (0..count).map(|_| self.serve()).collect()
    }

    pub fn set_up(&mut self, server: u32, up: bool) {
        self.pool.set_up(ServerId(server), up);
        self.strategy.on_pool(&self.pool);
    }

    pub fn scores(&self) -> Vec<i64> {
        self.pool.ids().filter_map(|id| self.strategy.score(id, &self.pool)).collect()
    }

    /// The whole order of preference.
    pub fn order(&mut self) -> String {
        self.out = Ranking::new(self.pool.len());
        self.rank();
        let order = self.out.order().iter().map(|id| name(*id)).collect();
        self.out = Ranking::new(1);
        order
    }
}

pub fn name(id: ServerId) -> char {
    char::from(b'a' + id.0 as u8)
}
