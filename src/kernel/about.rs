//! What an entry says of itself. A required constant, so documentation cannot be missing.

use super::{Knob, Span};

/// A sentence or a name in both languages of the screen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Text {
    /// English.
    pub en: &'static str,
    /// 中文.
    pub zh: &'static str,
}

/// Which shelf of the gallery an entry stands on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Family {
    /// Agreement on a value or a log.
    Consensus,
    /// Replicated data, with promises strong and weak.
    Storage,
    /// Wrong on purpose.
    Naive,
    /// A balancer and its servers.
    Balancing,
}

/// A place in a source listed in `docs/papers.md`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Cite {
    /// Key in `docs/papers.md`, for example `ongaro14`.
    pub key: &'static str,
    /// Section, page or file, for example `5.1-5.4`.
    pub place: &'static str,
}

/// A property a run can be judged by. Judged in `check`, claimed here.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Property {
    /// No two nodes learn different chosen values for one slot.
    Agreement,
    /// Only a proposed value is chosen.
    Validity,
    /// A node learns a chosen value for a slot once.
    Integrity,
    /// At most one leader per era.
    ElectionSafety,
    /// Logs that agree on slot and era agree on everything up to there.
    LogMatching,
    /// A committed entry is in the log of every later leader.
    LeaderCompleteness,
    /// No two nodes apply different commands at one position.
    StateMachineSafety,
    /// No node's era ever goes back.
    MonotonicEras,
    /// A leader never deletes or overwrites entries of its own log.
    LeaderAppendOnly,
    /// A node votes for at most one candidate in an era.
    OneVote,
    /// What a node knows to be committed never shrinks while it lives, nor runs past its log.
    MonotonicCommits,
    /// What leaders broadcast is delivered in the order of their eras, and within one in the order
    /// they broadcast it.
    PrimaryOrder,
    /// A leader broadcasts only after it has delivered everything earlier leaders got delivered.
    PrimaryIntegrity,
    /// A transaction ends alike for all its participants, and commits only if all voted yes.
    AtomicCommit,
    /// Once writes stop and the network is whole, all replicas come to hold the same.
    Convergence,
    /// What clients saw could have happened on a single copy, one operation at a time, each between
    /// its call and its answer.
    Linearizability,
    /// What clients saw could have happened on a single copy in an order that keeps the order of
    /// each client.
    SequentialConsistency,
    /// A client that has written reads that or something later.
    ReadYourWrites,
    /// A client never reads something older than it has read before.
    MonotonicReads,
    /// Something is chosen, or committed, in the time given.
    Termination,
}

impl Property {
    /// Every property, in the order the screen lists them.
    pub const ALL: [Property; 20] = [
        Property::Agreement,
        Property::Validity,
        Property::Integrity,
        Property::ElectionSafety,
        Property::LogMatching,
        Property::LeaderCompleteness,
        Property::StateMachineSafety,
        Property::MonotonicEras,
        Property::LeaderAppendOnly,
        Property::OneVote,
        Property::MonotonicCommits,
        Property::PrimaryOrder,
        Property::PrimaryIntegrity,
        Property::AtomicCommit,
        Property::Convergence,
        Property::Linearizability,
        Property::SequentialConsistency,
        Property::ReadYourWrites,
        Property::MonotonicReads,
        Property::Termination,
    ];
}

/// A setting that is allowed although a promise is not kept with it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Risk {
    /// The knob.
    pub knob: &'static str,
    /// What may happen, in one sentence.
    pub says: Text,
}

/// What an entry promises about a property.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Claim {
    /// The property.
    pub property: Property,
    /// Whether it holds, and if not, how soon it is seen to break.
    pub expect: Expect,
}

/// Whether a claimed property holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Expect {
    /// In every run, whatever the faults.
    Holds,
    /// Some run violates it within so many events of the seeded world.
    Breaks(Bound),
    /// Some run never gets there, though nothing unsafe happens.
    Stalls(Bound),
}

/// How to see a claimed failure.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Bound {
    /// The most events the failing run needs.
    pub events: u64,
    /// Settings under which it fails, as written after the entry's name (`vote=always nodes=3`).
    pub with: &'static str,
    /// The longest simulated time the failing run needs.
    pub within: Span,
}

/// The property holds in every run.
pub const fn holds(property: Property) -> Claim {
    Claim { property, expect: Expect::Holds }
}

/// The property breaks within `events` events under the settings `with`.
pub const fn breaks(property: Property, events: u64, with: &'static str) -> Claim {
    Claim { property, expect: Expect::Breaks(Bound { events, with, within: Span::secs(60) }) }
}

/// The property is never reached within `events` events under the settings `with`.
pub const fn stalls(property: Property, events: u64, with: &'static str) -> Claim {
    Claim { property, expect: Expect::Stalls(Bound { events, with, within: Span::secs(60) }) }
}

/// What a message is about. The screen gives each phase a hue.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Phase {
    /// Who leads: elections, phase 1. Amber.
    Election,
    /// What is agreed: replication, phase 2. Blue.
    Replication,
    /// Clients and requests. Plum.
    Client,
}

/// What a message does. The screen gives each a shape; solid asks, hollow answers.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Manner {
    /// Asks for something.
    Ask,
    /// Answers yes.
    Grant,
    /// Answers no.
    Refuse,
    /// Only says that the sender lives.
    Beat,
}

/// How a kind of message looks.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Face {
    /// The paper's name, English on every screen (`RequestVote`).
    pub name: &'static str,
    /// Its hue.
    pub phase: Phase,
    /// Its shape.
    pub manner: Manner,
}

/// A rule of the protocol that a handler names when it applies it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Mark {
    /// The name given to `Ctx::mark`, and the anchor in the listing (`// rule: name`).
    pub id: &'static str,
    /// The sentence above the scene. `{node}` is the node applying the rule, `{peer}` the other
    /// end of the message or request being handled, `{era}` the node's era after the event.
    pub says: Text,
}

/// What an entry says of itself.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct About {
    /// As written in the scenario; equal to the file name with `-` for `_`.
    pub id: &'static str,
    /// As written in prose.
    pub name: &'static str,
    /// Its shelf.
    pub family: Family,
    /// What it is, in one or two sentences.
    pub summary: Text,
    /// The protocol's word for an era: `term`, `ballot`; empty if it has none.
    pub era: &'static str,
    /// Where it is described.
    pub cites: &'static [Cite],
    /// Its parameters, beside `nodes`.
    pub knobs: &'static [Knob],
    /// What it promises.
    pub claims: &'static [Claim],
    /// The rules its handlers name.
    pub marks: &'static [Mark],
    /// The kinds of messages it sends.
    pub faces: &'static [Face],
    /// The listing: the source that runs.
    pub source: &'static str,
}

/// The listing of an entry: the source that runs, its files one after the other.
///
/// In the page it is empty: the same files lie beside the page under `listing/`, so that nobody
/// downloads them before asking to read them.
macro_rules! listing {
    ($($file:literal),+ $(,)?) => {
        if cfg!(any(feature = "ui", feature = "js")) {
            ""
        } else {
            concat!($(include_str!($file)),+)
        }
    };
}
pub(crate) use listing;
