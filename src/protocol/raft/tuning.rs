//! The parameters of a run, read once.

use crate::kernel::{Knobs, Span, Window};

/// How a read is answered.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Reads {
    /// Through the log, as a write.
    Log,
    /// After a round of heartbeats.
    Index,
    /// At once, as long as a round of heartbeats is young enough.
    Lease,
}

/// The parameters of a run.
#[expect(clippy::struct_excessive_bools, reason = "each is a rule that is on or off")]
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Tuning {
    pub(super) election: Window,
    pub(super) heartbeat: Span,
    pub(super) batch: u64,
    /// The most entries on the way to one follower; zero if what is not acknowledged is repeated.
    pub(super) pipeline: u64,
    pub(super) noop: bool,
    pub(super) skip_terms: bool,
    pub(super) prevote: bool,
    pub(super) checkquorum: bool,
    /// Who campaigns first; zero if nobody does.
    pub(super) prefer: u32,
    pub(super) reads: Reads,
    /// How long a round of heartbeats stands for leadership.
    pub(super) lease: Span,
    /// Entries applied from one snapshot to the next; zero if none is taken.
    pub(super) snapshot: u64,
    /// Entries before a snapshot that stay in the log.
    pub(super) keep: u64,
    /// How many nodes take part at first; zero if all do.
    pub(super) members: u32,
    pub(super) own_term: bool,
}

impl Tuning {
    pub(super) fn read(knobs: &Knobs) -> Tuning {
        // A timer of no length would stop the clock of the world.
        let floor = Span::millis(1);
        let election = knobs.range("election");
        let election = Window { min: election.min.max(floor), max: election.max.max(floor) };
        let reads = match knobs.choice("reads") {
            "index" => Reads::Index,
            "lease" => Reads::Lease,
            _ => Reads::Log,
        };
        Tuning {
            election,
            heartbeat: knobs.length("heartbeat").max(floor),
            batch: knobs.count("batch").max(1),
            pipeline: knobs.count("pipeline"),
            noop: knobs.is_on("noop"),
            skip_terms: knobs.choice("backup") == "term",
            prevote: knobs.is_on("prevote"),
            checkquorum: knobs.is_on("checkquorum"),
            prefer: knobs.count("prefer") as u32,
            reads,
            lease: shrunk(election.min, knobs.share("drift").as_ppm()),
            snapshot: knobs.count("snapshot"),
            keep: knobs.count("keep"),
            members: knobs.count("members") as u32,
            own_term: knobs.is_on("own-term"),
        }
    }

    /// Voters refuse to help a candidate while they hear a leader. A lease rests on that.
    pub(super) fn is_sticky(&self) -> bool {
        self.checkquorum || self.reads == Reads::Lease
    }

    /// Leaders show with messages of their own that they live.
    pub(super) fn beats_bare(&self) -> bool {
        self.pipeline > 0 || self.reads == Reads::Lease
    }
}

/// What is left of `span` on a clock that runs faster by `ppm` parts per million than the one it
/// was measured with.
fn shrunk(span: Span, ppm: u32) -> Span {
    let million = 1_000_000;
    let nanos = u128::from(span.0) * million / (million + u128::from(ppm));
    Span(u64::try_from(nanos).unwrap_or(span.0))
}
