//! Two-phase commit as a set of messages: the `TwoPhase` specification of \[gray06\], the version
//! that comes with the TLA+ examples.
//!
//! A transaction manager and `rms` resource managers. A resource manager prepares, which it says in
//! a message that is never lost and never consumed, or aborts on its own; the transaction manager
//! collects those messages and commits when it has all, or aborts at any time before.
//!
//! Published: three resource managers, 288 states, 1,146 generated, 11 levels; five, 8,832.

use super::value::number;
use super::{Because, Specification};
use crate::check::explore::{Claimed, Model, When};

/// Resource managers, at most: the set of each kind fits into 20 bits.
pub const MOST: u32 = 20;

/// What a resource manager is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Manager {
    Working = 0,
    Prepared = 1,
    Committed = 2,
    Aborted = 3,
}

/// All of it in 128 bits: two bits for each resource manager, one for each message "prepared", one
/// for each that the transaction manager has read, two for what it decided.
///
/// The messages "commit" and "abort" are sent exactly when it decides so, and are not kept again.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct State {
    managers: u64,
    said: u32,
    read: u32,
    decided: u8,
}

const UNDECIDED: u8 = 0;
const COMMIT: u8 = 1;
const ABORT: u8 = 2;

impl State {
    fn manager(&self, rm: u32) -> Manager {
        match self.managers >> (2 * rm) & 3 {
            0 => Manager::Working,
            1 => Manager::Prepared,
            2 => Manager::Committed,
            _ => Manager::Aborted,
        }
    }

    fn set(&mut self, rm: u32, manager: Manager) {
        self.managers = self.managers & !(3 << (2 * rm)) | (manager as u64) << (2 * rm);
    }
}

/// One action of the specification.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    /// The transaction manager commits.
    Commit,
    /// The transaction manager aborts.
    Abort,
    /// The transaction manager reads that this one has prepared.
    Read(u32),
    /// This one prepares.
    Prepare(u32),
    /// This one aborts on its own.
    Choose(u32),
    /// This one learns that it is committed.
    LearnCommit(u32),
    /// This one learns that it is aborted.
    LearnAbort(u32),
}

/// The specification for so many resource managers.
pub struct TwoPhase {
    rms: u32,
    symmetry: bool,
    claims: Vec<Claimed>,
}

impl TwoPhase {
    /// The specification for 1 to [`MOST`] resource managers; `None` for other numbers. With
    /// `symmetry`, resource managers that change places make no difference.
    pub fn new(rms: u32, symmetry: bool) -> Option<TwoPhase> {
        let claim = |name: &str, when| Claimed { name: name.to_owned(), when };
        let claims = vec![
            claim("consistent", When::Always),
            claim("all abort", When::Sometimes),
            claim("all commit", When::Sometimes),
        ];
        (1..=MOST).contains(&rms).then_some(TwoPhase { rms, symmetry, claims })
    }

    fn everyone(&self) -> u32 {
        (1 << self.rms) - 1
    }

    /// Whether every resource manager is `manager`.
    fn all(&self, state: &State, manager: Manager) -> bool {
        (0..self.rms).all(|rm| state.manager(rm) == manager)
    }

    fn any(&self, state: &State, manager: Manager) -> bool {
        (0..self.rms).any(|rm| state.manager(rm) == manager)
    }
}

impl Model for TwoPhase {
    type State = State;
    type Step = Step;

    fn initial(&self) -> Vec<State> {
        vec![State { managers: 0, said: 0, read: 0, decided: UNDECIDED }]
    }

    fn steps(&self, state: &State, out: &mut Vec<Step>) {
        let open = state.decided == UNDECIDED;
        if open && state.read == self.everyone() {
            out.push(Step::Commit);
        }
        if open {
            out.push(Step::Abort);
        }
        for rm in 0..self.rms {
            if open && state.said >> rm & 1 == 1 {
                out.push(Step::Read(rm));
            }
            if state.manager(rm) == Manager::Working {
                out.push(Step::Prepare(rm));
                out.push(Step::Choose(rm));
            }
            if state.decided == COMMIT {
                out.push(Step::LearnCommit(rm));
            }
            if state.decided == ABORT {
                out.push(Step::LearnAbort(rm));
            }
        }
    }

    fn next(&self, state: &State, step: &Step) -> Option<State> {
        let mut next = *state;
        match *step {
            Step::Commit => next.decided = COMMIT,
            Step::Abort => next.decided = ABORT,
            Step::Read(rm) => next.read |= 1 << rm,
            Step::Prepare(rm) => {
                next.set(rm, Manager::Prepared);
                next.said |= 1 << rm;
            }
            Step::Choose(rm) | Step::LearnAbort(rm) => next.set(rm, Manager::Aborted),
            Step::LearnCommit(rm) => next.set(rm, Manager::Committed),
        }
        Some(next)
    }

    fn canonical(&self, state: &State) -> Option<State> {
        if !self.symmetry {
            return None;
        }
        // Nobody names anybody else: sorted records are equal for all orders of the same records.
        let record = |rm: u32| {
            (state.managers >> (2 * rm) & 3) as u8
                | (state.said >> rm & 1) as u8 * 4
                | (state.read >> rm & 1) as u8 * 8
        };
        let mut records = [0_u8; MOST as usize];
        let records = &mut records[..self.rms as usize];
        for (rm, kept) in records.iter_mut().enumerate() {
            *kept = record(rm as u32);
        }
        records.sort_unstable();
        let mut sorted = State { managers: 0, said: 0, read: 0, decided: state.decided };
        for (rm, kept) in records.iter().enumerate() {
            sorted.managers |= u64::from(kept & 3) << (2 * rm);
            sorted.said |= u32::from(kept >> 2 & 1) << rm;
            sorted.read |= u32::from(kept >> 3 & 1) << rm;
        }
        Some(sorted)
    }

    fn claims(&self) -> &[Claimed] {
        &self.claims
    }

    fn judge(&self, claim: usize, state: &State) -> bool {
        match claim {
            0 => !(self.any(state, Manager::Aborted) && self.any(state, Manager::Committed)),
            1 => self.all(state, Manager::Aborted),
            _ => self.all(state, Manager::Committed),
        }
    }
}

impl Specification for TwoPhase {
    fn tell(&self, _before: &State, step: &Step) -> Because {
        let name = |rm: u32| number('r', rm);
        match *step {
            Step::Commit => Because::new(
                "the transaction manager has heard from all and commits",
                "事务管理器收到全部准备消息,决定提交",
            ),
            Step::Abort => Because::new("the transaction manager aborts", "事务管理器决定中止"),
            Step::Read(rm) => Because::new(
                format!("the transaction manager reads that {} has prepared", name(rm)),
                format!("事务管理器得知 {} 已准备", name(rm)),
            ),
            Step::Prepare(rm) => {
                Because::new(format!("{} prepares", name(rm)), format!("{} 进入准备状态", name(rm)))
            }
            Step::Choose(rm) => Because::new(
                format!("{} aborts on its own", name(rm)),
                format!("{} 自行中止", name(rm)),
            ),
            Step::LearnCommit(rm) => Because::new(
                format!("{} learns of the commit", name(rm)),
                format!("{} 得知提交", name(rm)),
            ),
            Step::LearnAbort(rm) => Because::new(
                format!("{} learns of the abort", name(rm)),
                format!("{} 得知中止", name(rm)),
            ),
        }
    }
}
