//! What can be searched: states, the steps out of each, and what must be true of them.

use std::fmt::Debug;
use std::hash::Hash;

use super::fingerprint::fingerprint;

/// A system as a search sees it: where it begins, what may happen next, and what is claimed.
///
/// States are values. The same model, asked twice, must answer alike: the order of the steps is
/// the order in which a search takes them, so that counts and counterexamples are the same on
/// every machine and with any number of threads.
pub trait Model {
    /// A state; equal states are one.
    type State: Clone + Eq + Hash;
    /// A choice of what happens next. Small: it is made anew when a path is told.
    type Step: Clone + Debug;

    /// The states it may begin in.
    fn initial(&self) -> Vec<Self::State>;

    /// What may happen in `state`, appended to `out`.
    fn steps(&self, state: &Self::State, out: &mut Vec<Self::Step>);

    /// What comes of a step; `None` if it cannot be taken or is not counted when it leaves
    /// everything as it was. A state equal to `state` is counted as generated.
    fn next(&self, state: &Self::State, step: &Self::Step) -> Option<Self::State>;

    /// What comes of every step out of `state`, in their order. For a model in which that is done
    /// better in one go; `steps` is room for the steps.
    fn leave(
        &self,
        state: &Self::State,
        steps: &mut Vec<Self::Step>,
        out: &mut dyn FnMut(Self::State),
    ) {
        steps.clear();
        self.steps(state, steps);
        steps.iter().filter_map(|step| self.next(state, step)).for_each(out);
    }

    /// Whether the scope reaches as far as `state`. A state outside is generated and judged, but
    /// neither counted as found nor searched on, as TLC treats a state constraint.
    fn within(&self, _state: &Self::State) -> bool {
        true
    }

    /// The representative of all states that differ from `state` only by names; equal for all of
    /// them. `None` if the model has no such names, or symmetry is switched off.
    fn canonical(&self, _state: &Self::State) -> Option<Self::State> {
        None
    }

    /// What a state is known by: equal states have equal fingerprints, wherever the same model is
    /// searched.
    fn print(&self, state: &Self::State) -> u128 {
        fingerprint(state)
    }

    /// The fingerprints of many states. For a model in which that is done better in one go.
    fn prints(&self, states: &mut dyn Iterator<Item = &Self::State>, out: &mut Vec<u128>) {
        out.extend(states.map(|state| self.print(state)));
    }

    /// How many parts of states are told apart by a fingerprint of their own, of which that of a
    /// state is made; none where it is made of the state itself.
    fn keyed(&self) -> u64 {
        0
    }

    /// Bytes that `state` holds beyond its own size: what it has on the heap and shares with no
    /// other. For the ceiling of memory.
    fn weight(&self, _state: &Self::State) -> u64 {
        0
    }

    /// Whether the model knows already that it left out something that it may not leave out: then
    /// nothing is gained by going on.
    fn is_refuted(&self) -> bool {
        false
    }

    /// Bytes that the model itself holds, for what it remembers of all states; an estimate.
    fn held(&self) -> u64 {
        0
    }

    /// Asked when a search is over: whether all that the model left out may be left out. False if
    /// not; then the model has learnt what was wrong, and the search begins anew.
    fn confirm(&self) -> bool {
        true
    }

    /// What this search of the model has learnt that others of the same model, which share the
    /// work, may not know; what was told before is not told again.
    fn learnt(&self) -> Vec<u32> {
        Vec::new()
    }

    /// Hears what another search of the same model has learnt. False if that is not understood.
    fn hear(&self, _learnt: &[u32]) -> bool {
        true
    }

    /// What is claimed, in the order verdicts are listed; at most 64.
    fn claims(&self) -> &[Claimed];

    /// Whether the claim of that position is true of `state` alone.
    fn judge(&self, claim: usize, state: &Self::State) -> bool;

    /// Which of these claims, one bit each, are true of `state`. For a model in which that is done
    /// better in one go.
    fn truths(&self, claims: u64, state: &Self::State) -> u64 {
        let (mut truths, mut left) = (0, claims);
        while left != 0 {
            let claim = left.trailing_zeros() as usize;
            left &= left - 1;
            truths |= u64::from(self.judge(claim, state)) << claim;
        }
        truths
    }
}

/// When a claim has to be true.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum When {
    /// In every state.
    Always,
    /// In some state: an example is looked for, and its absence is stated within the scope only.
    Sometimes,
    /// Somewhere on every path that ends. A path that runs in a circle is not judged.
    Eventually,
}

/// A claim by name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Claimed {
    /// Its name, as listed and as written in a scenario.
    pub name: String,
    /// When it has to be true.
    pub when: When,
}
