//! Strategies, servers and pools.

pub mod bench;
pub mod conserved;
pub mod disciplines;
pub mod hashing;
pub mod health;
pub mod measures;
pub mod owners;
pub mod queueing;
pub mod resilience;
pub mod rules;
pub mod scenes;
pub mod sequences;
pub mod theory;
pub mod tier;

use std::rc::Rc;

use quorate::balance::tier::Tier;
use quorate::check::measure::Summary;
use quorate::check::{PoolShape, PoolWatch};
use quorate::kernel::{Knob, KnobKind, KnobValue, Knobs, Node, Ratio, SimTime, Span, Window};
use quorate::sim::arrivals::Arrivals;
use quorate::sim::sizes::Sizes;
use quorate::sim::{ClusterSpec, Delay, Given, Input, Keys, NetworkSpec, Stream, Workload, World};

/// The mean size of all work here.
pub const MEAN: Span = Span::millis(10);

/// Requests per second that keep one server of speed 1 busy all the time.
pub const CAPACITY: f64 = 100.0;

/// The knobs of a pool, with some set as a scenario would write them.
pub fn knobs(settings: &[(&str, &str)]) -> Knobs {
    let mut knobs = Knobs::defaults(Tier::ABOUT.knobs);
    for (name, word) in settings {
        let knob = Tier::ABOUT.knobs.iter().find(|knob| knob.name == *name);
        let knob = knob.unwrap_or_else(|| panic!("no knob `{name}`"));
        knobs.set(knob.name, value(knob, word));
    }
    knobs
}

fn value(knob: &Knob, word: &str) -> KnobValue {
    match knob.kind {
        KnobKind::Count { .. } => KnobValue::Count(word.parse().expect("a count")),
        KnobKind::Length { .. } => {
            KnobValue::Length(Span::millis(word.parse().expect("milliseconds")))
        }
        KnobKind::Choice(words) => {
            let word = words.iter().copied().find(|known| *known == word);
            KnobValue::Choice(word.expect("a word of the knob"))
        }
        KnobKind::Switch { .. } => KnobValue::Switch(word == "on"),
        KnobKind::Share { .. } => {
            KnobValue::Share(Ratio::ppm((word.parse::<f64>().expect("percent") * 1e4) as u32))
        }
        KnobKind::Range { .. } => panic!("the pool has no such knob"),
    }
}

/// A pool without delays: one balancer and `servers` servers.
#[derive(Clone)]
pub struct Pool {
    pub spec: ClusterSpec,
}

impl Pool {
    pub fn new(servers: u32, settings: &[(&str, &str)]) -> Pool {
        let mut spec = ClusterSpec::new(servers + 1, knobs(settings), 7);
        let delay = Delay::Even(Window::exactly(Span::ZERO));
        let zero = Ratio::ZERO;
        spec.doors = 1;
        spec.patience = None;
        spec.network = NetworkSpec {
            delay: delay.clone(),
            client_delay: delay,
            loss: zero,
            duplicate: zero,
            reorder: zero,
        };
        Pool { spec }
    }

    #[must_use]
    pub fn given(mut self, name: &str, values: &str) -> Pool {
        let settings = vec![(name.to_owned(), values.to_owned())];
        match self.spec.given.first_mut() {
            Some(given) => given.settings.extend(settings),
            None => self.spec.given = vec![Given { node: None, settings }],
        }
        self
    }

    #[must_use]
    pub fn seed(mut self, seed: u64) -> Pool {
        self.spec.seed = seed;
        self
    }

    /// Pours a stream over the pool.
    #[must_use]
    pub fn stream(mut self, arrivals: Arrivals, sizes: Sizes) -> Pool {
        self.spec.workload =
            Workload::Stream(Stream { clients: 1, arrivals, sizes, keys: Keys::Even(100) });
        self
    }

    /// Exponential sizes and Poisson arrivals that keep `load` servers of speed 1 busy.
    #[must_use]
    pub fn load(self, load: f64) -> Pool {
        let arrivals = Arrivals::Poisson { rate: load * CAPACITY };
        self.stream(arrivals, Sizes::Exponential { mean: MEAN })
    }

    #[must_use]
    pub fn at(mut self, at: Span, input: Input) -> Pool {
        self.spec.inputs.push((SimTime::ZERO + at, input));
        self
    }

    pub fn world(&self) -> World<Tier> {
        World::new(Rc::new(self.spec.clone())).expect("the pool is built")
    }

    /// Runs until `requests` have arrived after a tenth as many for warming up.
    pub fn run(&self, requests: u64) -> Summary {
        let Workload::Stream(stream) = &self.spec.workload else { panic!("no stream") };
        let rate = stream.arrivals.rate().expect("an open stream");
        let length = |requests: f64| SimTime((requests / rate * 1e9) as u64);
        let (warm_up, end) = (length(requests as f64 * 0.1), length(requests as f64 * 1.1));
        let mut watch = self.watch(warm_up);
        let mut world = self.world();
        while world.next_at().is_some_and(|at| at <= end) && world.step() {
            watch.watch(world.last());
        }
        watch.summary(end)
    }

    /// Statistics of this pool that begin at `warm_up`.
    pub fn watch(&self, warm_up: SimTime) -> PoolWatch {
        let doors = self.spec.knobs.count("balancers") as u32;
        let slots = match self.spec.knobs.choice("queue") {
            "ps" => 1,
            _ => self.spec.knobs.count("concurrency") as u32,
        };
        PoolWatch::new(PoolShape { doors, servers: self.spec.nodes - doors, slots }, warm_up)
    }
}
