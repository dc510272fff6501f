//! How to search, how far, and how far it came.

/// The order in which states are left.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Order {
    /// Nearest first: the first counterexample is a shortest one.
    #[default]
    Breadth,
    /// Newest first: deep soon, with a small frontier; counterexamples are long.
    Depth,
    /// Depth first up to one step, two steps, and so on: shortest counterexamples with a small
    /// frontier, at the price of beginning anew.
    Deepening,
    /// Random runs from the beginning; never complete.
    Random,
}

/// How to search.
#[derive(Clone, PartialEq, Eq, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub struct Options {
    /// The order.
    pub order: Order,
    /// Unique states, at most.
    pub max_states: u32,
    /// Steps from the beginning, at most: a scope, not a ceiling. Of random runs, their length.
    pub max_depth: u32,
    /// Bytes held by the table and the frontier, at most.
    pub max_bytes: u64,
    /// Whether states are compared whole, not by fingerprint alone.
    pub exact: bool,
    /// Whether only one of all states that differ by names is searched, where the model can tell.
    pub symmetry: bool,
    /// Whether nodes that are alike trade places, in a search over nodes; `None` as its scope says.
    pub alike: Option<bool>,
    /// Whether steps that nothing comes of are left out, where the model can tell.
    pub reduction: bool,
    /// Whether the search ends with the first counterexample.
    pub stop: bool,
    /// Whether the search ends once every claim is decided.
    pub enough: bool,
    /// The seed of random runs.
    pub seed: u64,
    /// Random runs, at most.
    pub walks: u32,
    /// States on the frontier from which on a company divides it.
    pub worth: u64,
}

impl Default for Options {
    /// Breadth first, with symmetry, to the end or as far as 32-bit numbers reach; random runs are
    /// 1,000 of at most 100 steps when asked for with [`Options::random`].
    fn default() -> Options {
        Options {
            order: Order::Breadth,
            max_states: u32::MAX - 1,
            max_depth: u32::MAX,
            max_bytes: u64::MAX,
            exact: false,
            symmetry: true,
            alike: None,
            reduction: true,
            stop: false,
            enough: false,
            seed: 0,
            walks: 1_000,
            worth: 2_048,
        }
    }
}

impl Options {
    /// Random runs from `seed`.
    pub fn random(seed: u64) -> Options {
        Options { order: Order::Random, seed, max_depth: 100, ..Options::default() }
    }
}

/// Why a search is over.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum End {
    /// Nothing was left to visit.
    Covered,
    /// The ceiling of states was reached.
    States,
    /// The ceiling of memory was reached.
    Memory,
    /// A counterexample was found, and the search was to end with it.
    Found,
    /// All random runs were made.
    Walked,
}

/// How far a search has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Progress {
    /// Different states found within the scope.
    pub unique: u64,
    /// States generated: the initial ones, and one for every step taken.
    pub generated: u64,
    /// Levels reached, the initial states being level 1, as TLC and stateright count.
    pub depth: u32,
    /// States found and not yet left.
    pub frontier: u64,
    /// Bytes held now by the table and the frontier.
    pub bytes: u64,
    /// The most bytes held so far.
    pub peak: u64,
    /// Whether states were left alone because `max_depth` was reached.
    pub cut: bool,
    /// Why it is over; `None` while it is not.
    pub end: Option<End>,
}

impl Progress {
    /// Whether every reachable state within the model's scope was visited.
    pub fn complete(&self) -> bool {
        self.end == Some(End::Covered) && !self.cut
    }
}
