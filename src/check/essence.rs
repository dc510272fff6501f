//! What a search has to remember of a monitor.
//!
//! The monitors that judge runs judge searches as well: there, a monitor is a part of the state. Of
//! what it holds only that counts which a later verdict may rest on, its *essence*; who was first
//! to say something, for example, only makes the reason a better sentence. Two monitors of equal
//! essence are one.

use std::hash::Hasher;

use crate::kernel::Property;

use super::choice::{Agreement, Integrity, Termination, Validity};
use super::conduct::{LeaderAppendOnly, MonotonicCommits, OneVote};
use super::consistent::{Linearizability, SequentialConsistency};
use super::converge::Convergence;
use super::leadership::{ElectionSafety, MonotonicEras};
use super::monitor::Monitor;
use super::primary::{PrimaryIntegrity, PrimaryOrder};
use super::replication::{LeaderCompleteness, LogMatching, StateMachineSafety};
use super::session::Session;
use super::transaction::AtomicCommit;

/// A monitor that a search may copy and compare.
pub(super) trait Judged: Monitor + Send + Sync {
    /// A copy that goes its own way.
    fn fork(&self) -> Box<dyn Judged>;

    /// All that later verdicts rest on, as long as nothing is violated.
    fn essence(&self, out: &mut Words);
}

/// A monitor, by what its verdict rests on.
pub(super) enum Made {
    /// What has happened so far.
    SoFar(Box<dyn Judged>),
    /// The whole run, or times.
    Whole(Box<dyn Monitor>),
}

/// The monitor of a property. `era` is the protocol's word for an era.
pub(super) fn made(property: Property, era: &'static str) -> Made {
    let era = if era.is_empty() { "era" } else { era };
    let judged: Box<dyn Judged> = match property {
        Property::Agreement => Box::new(Agreement::default()),
        Property::Validity => Box::new(Validity::default()),
        Property::Integrity => Box::new(Integrity::default()),
        Property::ElectionSafety => Box::new(ElectionSafety::new(era)),
        Property::LogMatching => Box::new(LogMatching::new(era)),
        Property::LeaderCompleteness => Box::new(LeaderCompleteness::new(era)),
        Property::StateMachineSafety => Box::new(StateMachineSafety::default()),
        Property::MonotonicEras => Box::new(MonotonicEras::new(era)),
        Property::LeaderAppendOnly => Box::new(LeaderAppendOnly::new(era)),
        Property::OneVote => Box::new(OneVote::new(era)),
        Property::MonotonicCommits => Box::new(MonotonicCommits::default()),
        Property::PrimaryOrder => Box::new(PrimaryOrder::new(era)),
        Property::PrimaryIntegrity => Box::new(PrimaryIntegrity::new(era)),
        Property::AtomicCommit => Box::new(AtomicCommit::default()),
        Property::Linearizability => Box::new(Linearizability::default()),
        Property::Termination => Box::new(Termination::default()),
        Property::Convergence => return Made::Whole(Box::new(Convergence::default())),
        Property::SequentialConsistency => {
            return Made::Whole(Box::new(SequentialConsistency::default()));
        }
        Property::ReadYourWrites => return Made::Whole(Box::new(Session::own_writes())),
        Property::MonotonicReads => return Made::Whole(Box::new(Session::forwards())),
    };
    Made::SoFar(judged)
}

/// The judge of a property in a search; `None` if its verdict rests on more than what has happened
/// so far, or on times.
pub(super) fn judge(property: Property, era: &'static str) -> Option<Box<dyn Judged>> {
    match made(property, era) {
        Made::SoFar(judged) => Some(judged),
        Made::Whole(_) => None,
    }
}

/// A hasher that forgets nothing: what was hashed, word by word.
#[derive(Clone, Debug, Default)]
pub(super) struct Words(pub(super) Vec<u64>);

impl Hasher for Words {
    fn finish(&self) -> u64 {
        0
    }

    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.0.push(u64::from_le_bytes(word));
        }
        self.0.push(bytes.len() as u64);
    }

    fn write_u8(&mut self, i: u8) {
        self.0.push(u64::from(i));
    }

    fn write_u32(&mut self, i: u32) {
        self.0.push(u64::from(i));
    }

    fn write_u64(&mut self, i: u64) {
        self.0.push(i);
    }

    fn write_usize(&mut self, i: usize) {
        self.0.push(i as u64);
    }

    fn write_isize(&mut self, i: isize) {
        self.0.push(i as u64);
    }
}
