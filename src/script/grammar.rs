//! A scenario as written: one statement per line, with comments and blank lines kept.

use crate::check::cluster::Order;
use crate::kernel::{KnobValue, Ratio, SimTime, Span};
use crate::sim::arrivals::Recorded;
use crate::sim::{Drive, Given, Input, LinkChange};

use super::command::expect::Wish;
use super::names::Names;
use super::problem::{Problem, Said};

/// A scenario as written.
#[derive(Clone, PartialEq, Debug)]
pub struct Script {
    /// Every line of the text, in order.
    pub lines: Vec<Line>,
    /// How the participants are called; permissive while the first line is not understood.
    pub names: Names,
    /// All that is wrong, in the order of the text.
    pub problems: Vec<Problem>,
}

/// One line.
#[derive(Clone, PartialEq, Debug)]
pub struct Line {
    /// What it says; `None` for a blank line, a comment, and a line that is not understood.
    pub statement: Option<Statement>,
    /// What stands behind `#`, without blanks around it.
    pub comment: Option<String>,
    /// The line as it is in the text, without its end.
    pub raw: String,
    /// Byte offset in the text.
    pub start: usize,
}

/// What a line says.
#[derive(Clone, PartialEq, Debug)]
pub enum Statement {
    /// `cluster raft nodes=5 seed=7 network=wan`
    Cluster(Head),
    /// `balance p2c servers=6 seed=11`
    Balance(Head),
    /// `servers s1 x3, s2..s4 x2`
    Servers(Vec<ServerGroup>),
    /// `network wan loss=1%`
    Network(NetworkLine),
    /// `clients 2 every=50ms keys=3 reads=50%`
    Clients(ClientsLine),
    /// `patience 500ms`; `timeout` in a pool.
    Patience(Option<Span>),
    /// `given n2 term=7 log=1.1.4`
    Given(Given),
    /// `arrivals poisson load=68%`
    Arrivals(ArrivalsLine),
    /// `service exp mean=10ms`
    Service(crate::sim::sizes::Sizes),
    /// `trace`; the indented lines after it are its rows.
    Trace,
    /// A row of a trace: `12ms 8ms 4`
    Row(Recorded),
    /// `warmup 1s`
    Warmup(Span),
    /// `run 10s`
    Run(Span),
    /// `limit 500000 events`
    Limit(u64),
    /// `compare random round-robin`; also the indented lines after it, which go on.
    Compare {
        /// The strategies on this line.
        strategies: Vec<&'static str>,
        /// The line goes on from the one before.
        more: bool,
    },
    /// `explore depth=20 timers=2 requests=2`
    Explore(ExploreLine),
    /// `expect one leader per term`
    Expect(Wish),
    /// `at 400ms crash leader`
    At(SimTime, Input),
    /// `crash n1`, driven by hand; `link ...` before the run.
    Do(Input),
}

/// The first line.
#[derive(Clone, PartialEq, Debug)]
pub struct Head {
    /// The entry, or the strategy if the line names one.
    pub word: Option<&'static str>,
    /// Settings in the order written.
    pub settings: Vec<Setting>,
}

/// One setting of the first line.
#[derive(Clone, PartialEq, Debug)]
pub enum Setting {
    /// `nodes=5`
    Nodes(u32),
    /// `servers=6`
    Servers(u32),
    /// `seed=7`
    Seed(u64),
    /// `network=wan`
    Network(&'static str),
    /// `drive=hand`
    Drive(Drive),
    /// A parameter of the entry.
    Knob(&'static str, KnobValue),
}

/// Servers with their speed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ServerGroup {
    /// The first, from 0.
    pub first: u32,
    /// The last, itself included.
    pub last: u32,
    /// Speed in thousandths.
    pub speed_milli: u32,
    /// Weight, if it is not the speed's.
    pub weight: Option<u32>,
    /// Most requests a balancer has in flight at each, if not as many as at all others; 0 is no
    /// bound.
    pub max_conns: Option<u32>,
}

/// `network wan loss=1%`
#[derive(Clone, PartialEq, Debug, Default)]
pub struct NetworkLine {
    /// The preset, if one is named.
    pub preset: Option<&'static str>,
    /// What differs from it.
    pub change: LinkChange,
}

/// `clients 2 every=50ms keys=3 reads=50%`; `clients 3 keys=1000 zipf=1` in a pool.
#[derive(Clone, PartialEq, Debug)]
pub struct ClientsLine {
    /// How many.
    pub count: u32,
    /// From one operation to the next.
    pub every: Option<Span>,
    /// How many keys.
    pub keys: Option<u64>,
    /// Share of reads.
    pub reads: Option<Ratio>,
    /// Exponent of Zipf's law, if keys follow it.
    pub zipf: Option<f64>,
}

/// How much work arrives.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Intensity {
    /// Share of what the servers can do, in parts per million.
    Load(u64),
    /// Requests per second.
    Rate(f64),
}

/// `arrivals poisson load=68%`
#[derive(Clone, PartialEq, Debug)]
pub enum ArrivalsLine {
    /// Exponential gaps.
    Poisson(Intensity),
    /// Even gaps.
    Deterministic(Intensity),
    /// Quiet and busy phases in turn.
    Mmpp {
        /// In the long run.
        intensity: Intensity,
        /// Busy rate over quiet rate.
        burst: f64,
        /// Mean length of a phase.
        dwell: Span,
    },
    /// A rate that changes evenly.
    Ramp {
        /// At the start.
        from: Intensity,
        /// At the end, and from then on.
        to: Intensity,
        /// How long it takes.
        over: Span,
    },
    /// A rate that changes at once.
    Step {
        /// Before, and behind.
        from: Intensity,
        /// Between.
        to: Intensity,
        /// When it changes.
        at: Span,
        /// When it changes back.
        until: Option<Span>,
    },
    /// Users who wait for the answer.
    Closed {
        /// How many.
        users: u32,
        /// How long each thinks.
        think: Span,
    },
}

/// `explore depth=20 timers=2 requests=2`
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ExploreLine {
    /// How often each thing may happen, in the order written.
    pub counts: Vec<(&'static str, u16)>,
    /// Saves stay in memory.
    pub unsynced: Option<bool>,
    /// How messages travel.
    pub order: Option<Order>,
    /// Nodes that are alike trade places.
    pub symmetry: Option<bool>,
}

/// The title and the sentence a file begins with.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Titles {
    /// The first comment line, and the first `# zh:` line.
    pub title: Said,
    /// The second comment line, and the second `# zh:` line.
    pub sentence: Said,
}
