//! Two-phase commit for stateright.

use std::collections::BTreeSet;

use stateright::{Checker, Model, Property};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Manager {
    Working,
    Prepared,
    Committed,
    Aborted,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Said {
    Prepared(usize),
    Commit,
    Abort,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct State {
    managers: Vec<Manager>,
    decided: Option<bool>,
    read: Vec<bool>,
    said: BTreeSet<Said>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    Read(usize),
    Commit,
    Abort,
    Become(usize, Manager),
}

struct TwoPhase(usize);

impl Model for TwoPhase {
    type State = State;
    type Action = Step;

    fn init_states(&self) -> Vec<State> {
        vec![State {
            managers: vec![Manager::Working; self.0],
            decided: None,
            read: vec![false; self.0],
            said: BTreeSet::new(),
        }]
    }

    fn actions(&self, state: &State, out: &mut Vec<Step>) {
        let open = state.decided.is_none();
        if open && state.read.iter().all(|it| *it) {
            out.push(Step::Commit);
        }
        if open {
            out.push(Step::Abort);
        }
        for rm in 0..self.0 {
            if open && state.said.contains(&Said::Prepared(rm)) {
                out.push(Step::Read(rm));
            }
            if state.managers[rm] == Manager::Working {
                out.push(Step::Become(rm, Manager::Prepared));
                out.push(Step::Become(rm, Manager::Aborted));
            }
            if state.said.contains(&Said::Commit) {
                out.push(Step::Become(rm, Manager::Committed));
            }
            if state.said.contains(&Said::Abort) {
                out.push(Step::Become(rm, Manager::Aborted));
            }
        }
    }

    fn next_state(&self, state: &State, step: Step) -> Option<State> {
        let mut next = state.clone();
        match step {
            Step::Read(rm) => next.read[rm] = true,
            Step::Commit => {
                next.decided = Some(true);
                next.said.insert(Said::Commit);
            }
            Step::Abort => {
                next.decided = Some(false);
                next.said.insert(Said::Abort);
            }
            Step::Become(rm, manager) => {
                next.managers[rm] = manager;
                if manager == Manager::Prepared {
                    next.said.insert(Said::Prepared(rm));
                }
            }
        }
        Some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::sometimes("all abort", |_, state| all(state, Manager::Aborted)),
            Property::sometimes("all commit", |_, state| all(state, Manager::Committed)),
            Property::always("consistent", |_, state: &State| {
                let any = |it: Manager| state.managers.contains(&it);
                !(any(Manager::Aborted) && any(Manager::Committed))
            }),
        ]
    }
}

fn all(state: &State, wanted: Manager) -> bool {
    state.managers.iter().all(|manager| *manager == wanted)
}

/// Unique, generated, levels.
pub(crate) fn check(rms: usize) -> (u64, u64, u64) {
    let checker = TwoPhase(rms).checker().threads(1).spawn_bfs().join();
    let counts = (checker.unique_state_count(), checker.state_count(), checker.max_depth());
    (counts.0 as u64, counts.1 as u64, counts.2 as u64)
}
