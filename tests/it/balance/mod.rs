//! Strategies, servers and pools.

pub mod measures;
pub mod queueing;
pub mod sequences;
pub mod tier;

use std::rc::Rc;

use quorate::balance::tier::Tier;
use quorate::check::measure::{Measure, Summary};
use quorate::kernel::{
    Fact, Knob, KnobKind, KnobValue, Knobs, Node, Outcome, Ratio, RequestId, SimTime, Span, Window,
};
use quorate::sim::arrivals::Arrivals;
use quorate::sim::sizes::Sizes;
use quorate::sim::{
    ClusterSpec, Delay, Given, Input, NetworkSpec, Occurrence, OpNote, Stream, Workload, World,
};

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
        KnobKind::Switch { .. } | KnobKind::Range { .. } | KnobKind::Share { .. } => {
            panic!("the pool has no such knob")
        }
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
        self.spec.given = vec![Given { node: None, settings }];
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
        self.spec.workload = Workload::Stream(Stream { clients: 1, arrivals, sizes, keys: 100 });
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
        let mut watch = Watch::new(&self.spec, warm_up);
        let mut world = self.world();
        while world.next_at().is_some_and(|at| at <= end) && world.step() {
            watch.see(world.last());
        }
        watch.measure.summary(end)
    }
}

/// Turns occurrences of a pool of one balancer into calls of a [`Measure`].
pub struct Watch {
    pub measure: Measure,
    first: u32,
    base: u64,
    open: Vec<Open>,
}

#[derive(Clone, Copy, Default)]
struct Open {
    arrived: SimTime,
    server: u32,
    waited: Span,
}

impl Watch {
    pub fn new(spec: &ClusterSpec, warm_up: SimTime) -> Watch {
        let first = spec.knobs.count("balancers") as u32;
        let slots = match spec.knobs.choice("queue") {
            "ps" => 1,
            _ => spec.knobs.count("concurrency") as u32,
        };
        let measure = Measure::new(spec.nodes - first, slots, warm_up);
        Watch { measure, first, base: 1, open: Vec::new() }
    }

    fn open(&mut self, id: RequestId) -> &mut Open {
        let place = (id.serial - self.base) as usize;
        if place >= self.open.len() {
            self.open.resize(place + 1, Open::default());
        }
        &mut self.open[place]
    }

    pub fn see(&mut self, last: &Occurrence) {
        let (at, first) = (last.at, self.first);
        for (node, fact) in &last.facts {
            match *fact {
                Fact::Load { length, served } => {
                    self.measure.load(at, node.0 - first, length, served);
                }
                Fact::Served { request, waited, .. } => self.open(request).waited = waited,
                Fact::Picked { request, server } => {
                    self.open(request).server = server.0 - first;
                    self.measure.picked(at, server.0 - first);
                }
                _ => panic!("a pool states {fact:?}"),
            }
        }
        for op in &last.ops {
            match *op {
                OpNote::Invoked(id, _) => {
                    self.open(id).arrived = at;
                    self.measure.arrived(at);
                }
                OpNote::Completed(id, _, Outcome::Done(_)) => {
                    let open = *self.open(id);
                    let response = at.since(open.arrived);
                    self.measure.completed(open.arrived, open.server, open.waited, response);
                }
                OpNote::Completed(id, ..) | OpNote::GaveUp(id, _) => {
                    let arrived = self.open(id).arrived;
                    self.measure.failed(arrived, at);
                }
            }
        }
    }
}
