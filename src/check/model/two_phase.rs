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

/// Resource managers, at most: four bits of each fit into a number.
pub const MOST: u32 = 20;

/// What a resource manager is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Manager {
    Working = 0,
    Prepared = 1,
    Committed = 2,
    Aborted = 3,
}

/// All of it in one number: four bits for each resource manager (what it is, whether it said that
/// it is prepared, whether the transaction manager has read that), then two for the decision.
///
/// The messages "commit" and "abort" are sent exactly when it decides so, and are not kept again.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct State(u128);

const SAID: u128 = 4;
const READ: u128 = 8;
/// Where the decision is.
const DECISION: u32 = 4 * MOST;
const UNDECIDED: u128 = 0;
const COMMIT: u128 = 1;
const ABORT: u128 = 2;

impl State {
    fn manager(self, rm: u32) -> Manager {
        match self.0 >> (4 * rm) & 3 {
            0 => Manager::Working,
            1 => Manager::Prepared,
            2 => Manager::Committed,
            _ => Manager::Aborted,
        }
    }

    fn set(&mut self, rm: u32, manager: Manager) {
        self.0 = self.0 & !(3 << (4 * rm)) | (manager as u128) << (4 * rm);
    }

    fn has(self, rm: u32, flag: u128) -> bool {
        self.0 & flag << (4 * rm) != 0
    }

    fn decided(self) -> u128 {
        self.0 >> DECISION
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

    /// One bit in the place of every resource manager.
    fn everyone(&self) -> u128 {
        (0..self.rms).fold(0, |all, rm| all | 1 << (4 * rm))
    }

    /// Whether every resource manager is `manager`.
    fn all(&self, state: State, manager: Manager) -> bool {
        (0..self.rms).all(|rm| state.manager(rm) == manager)
    }

    fn any(&self, state: State, manager: Manager) -> bool {
        (0..self.rms).any(|rm| state.manager(rm) == manager)
    }
}

impl Model for TwoPhase {
    type State = State;
    type Step = Step;

    fn initial(&self) -> Vec<State> {
        vec![State(UNDECIDED)]
    }

    fn steps(&self, state: &State, out: &mut Vec<Step>) {
        let decided = state.decided();
        let open = decided == UNDECIDED;
        let all_read = self.everyone() * READ;
        if open && state.0 & all_read == all_read {
            out.push(Step::Commit);
        }
        if open {
            out.push(Step::Abort);
        }
        for rm in 0..self.rms {
            if open && state.has(rm, SAID) {
                out.push(Step::Read(rm));
            }
            if state.manager(rm) == Manager::Working {
                out.push(Step::Prepare(rm));
                out.push(Step::Choose(rm));
            }
            if decided == COMMIT {
                out.push(Step::LearnCommit(rm));
            }
            if decided == ABORT {
                out.push(Step::LearnAbort(rm));
            }
        }
    }

    fn next(&self, state: &State, step: &Step) -> Option<State> {
        let mut next = *state;
        match *step {
            Step::Commit => next.0 |= COMMIT << DECISION,
            Step::Abort => next.0 |= ABORT << DECISION,
            Step::Read(rm) => next.0 |= READ << (4 * rm),
            Step::Prepare(rm) => {
                next.set(rm, Manager::Prepared);
                next.0 |= SAID << (4 * rm);
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
        let mut records = [0_u8; MOST as usize];
        let records = &mut records[..self.rms as usize];
        for (rm, record) in records.iter_mut().enumerate() {
            *record = (state.0 >> (4 * rm) & 15) as u8;
        }
        records.sort_unstable();
        let sorted = records.iter().rev().fold(0, |all, record| all << 4 | u128::from(*record));
        Some(State(state.decided() << DECISION | sorted))
    }

    fn claims(&self) -> &[Claimed] {
        &self.claims
    }

    fn judge(&self, claim: usize, state: &State) -> bool {
        match claim {
            0 => !(self.any(*state, Manager::Aborted) && self.any(*state, Manager::Committed)),
            1 => self.all(*state, Manager::Aborted),
            _ => self.all(*state, Manager::Committed),
        }
    }
}

impl Specification for TwoPhase {
    fn tell(&self, _before: &State, step: &Step) -> Because {
        let name = |rm: u32| number('r', rm);
        match *step {
            Step::Commit => Because::new(
                "the transaction manager has heard from all and commits",
                "事务管理器收到全部准备消息，决定提交",
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
