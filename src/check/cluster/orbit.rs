//! The representative of a state: of all that come of it when nodes that are alike trade places,
//! the least by the keys of its parts, which are the same in every search.

use crate::kernel::NodeId;

use super::alike::{Alike, Swap};
use super::state::{Draft, Phase, State};
use super::tables::{Miss, Tables};
use super::troupe::Kind;

/// Orders of nodes that are tried for one state, at most. A state of more has several
/// representatives, which costs states and no verdict.
const MOST: usize = 720;

/// The least of the states that were compared.
struct Least {
    state: State,
    compared: usize,
}

impl Tables {
    /// The representative of all states that nodes which are alike make of one by trading places;
    /// `None` if there are none, or nothing is known of the state.
    pub(super) fn canonical(&self, state: &State) -> Result<Option<State>, Miss> {
        let Some(alike) = self.alike.as_ref().filter(|it| it.is_of_use()) else { return Ok(None) };
        let mut ranks = self.ranks(alike, state)?;
        let (mut state, mut runs, mut first) = (state.clone(), Vec::new(), 0);
        for class in &alike.classes {
            for end in 1..class.len() {
                for at in (1..=end).rev() {
                    let (left, right) = (class[at - 1].index(), class[at].index());
                    if ranks[left] <= ranks[right] {
                        break;
                    }
                    let Some(traded) = self.trade(&alike.swaps[first + at - 1], &state)? else {
                        return Ok(None);
                    };
                    state = traded;
                    ranks.swap(left, right);
                }
            }
            let mut at = 0;
            for run in class.chunk_by(|a, b| ranks[a.index()] == ranks[b.index()]) {
                if run.len() > 1 {
                    runs.push((first + at, run.len()));
                }
                at += run.len();
            }
            first += class.len() - 1;
        }
        let mut least = Least { state: state.clone(), compared: 0 };
        let told = self.compare(&alike.swaps, &runs, state, &mut least)?;
        Ok(told.map(|_| least.state))
    }

    /// What nodes have in common with those that may take their place: the rank of the seat, and
    /// how many messages fly to it and from it.
    fn ranks(&self, alike: &Alike, state: &State) -> Result<Vec<(u128, u32)>, Miss> {
        let mut ranks = Vec::with_capacity(state.seats().len());
        for (place, seat) in state.seats().iter().enumerate() {
            let node = NodeId::at(place);
            let rank = alike.ranks.get(&(node, *seat)).ok_or(Miss::Rank(node, *seat))?;
            ranks.push((*rank, 0));
        }
        for message in state.flying() {
            let letter = self.letter(*message);
            ranks[letter.to.index()].1 += 1 << 16;
            ranks[letter.from.index()].1 += 1;
        }
        Ok(ranks)
    }

    /// Compares all orders of nodes within their runs; the state in the last of them. A run is its
    /// first swap, and how many nodes it has.
    fn compare(
        &self,
        swaps: &[Swap],
        runs: &[(usize, usize)],
        mut state: State,
        least: &mut Least,
    ) -> Result<Option<State>, Miss> {
        let Some(((first, len), rest)) = runs.split_first() else {
            least.compared += 1;
            if self.names(&state).lt(self.names(&least.state)) {
                least.state = state.clone();
            }
            return Ok(Some(state));
        };
        let mut changes = plain_changes(*len).into_iter();
        loop {
            let Some(ordered) = self.compare(swaps, rest, state, least)? else { return Ok(None) };
            let next = changes.next().filter(|_| least.compared < MOST);
            let Some(change) = next else { return Ok(Some(ordered)) };
            let Some(traded) = self.trade(&swaps[first + change], &ordered)? else {
                return Ok(None);
            };
            state = traded;
        }
    }

    /// What states are ordered by.
    fn names(&self, state: &State) -> impl Iterator<Item = u128> {
        let (seats, messages) = (self.actors.keys(Kind::Seat), self.actors.keys(Kind::Message));
        let seats = state.seats().iter().map(|seat| seats[*seat as usize]);
        let rest = [
            self.bench.key(state.bench()),
            self.clients.key(state.clients()),
            self.used.key(state.used()),
        ];
        seats.chain(rest).chain(state.flying().iter().map(|it| messages[*it as usize]))
    }

    /// The state in the mirror of a swap; `None` if a part of it was never seen there.
    fn trade(&self, swap: &Swap, state: &State) -> Result<Option<State>, Miss> {
        let seats = state.seats();
        let seat = |place: usize| {
            let of = swap.node(NodeId::at(place));
            swap.seats.get(&(of, seats[of.index()])).copied()
        };
        let traded: Option<Vec<u32>> = (0..seats.len()).map(seat).collect();
        let bench = swap.benches.get(&state.bench()).copied();
        let (Some(traded), Some(bench)) = (traded, bench) else { return Ok(None) };
        let used = swap.used(self.used(state), seats.len() as u32);
        let used = self.used.find(&used).ok_or(Miss::Used(used))?;
        let phase = |it: &Phase| match it {
            Phase::Open(node) => Phase::Open(swap.node(*node)),
            Phase::Not | Phase::Done => *it,
        };
        let phases: Box<[Phase]> = self.phases(state.clients()).iter().map(phase).collect();
        let clients = self.clients.find(&phases).ok_or(Miss::Clients(phases))?;
        let mut draft = Draft::new(&traded, bench, clients, used);
        for message in state.flying() {
            let Some(message) = swap.messages.get(message) else { return Ok(None) };
            self.take_off(&mut draft, *message);
        }
        Ok(Some(draft.done()))
    }
}

/// Neighbours to swap, one pair after the other, so that every order of so many things comes up
/// once (Knuth, volume 4A, section 7.2.1.2, algorithm P); not more than [`MOST`] of them.
fn plain_changes(things: usize) -> Vec<usize> {
    let Some(fewer) = things.checked_sub(1).filter(|fewer| *fewer > 0) else { return Vec::new() };
    let mut changes = Vec::new();
    let mut inner = plain_changes(fewer).into_iter();
    loop {
        // The last thing goes through to the left; then to the right, and so on.
        changes.extend((0..fewer).rev());
        let Some(change) = inner.next().filter(|_| changes.len() < MOST) else { return changes };
        changes.push(change + 1);
        changes.extend(0..fewer);
        let Some(change) = inner.next().filter(|_| changes.len() < MOST) else { return changes };
        changes.push(change);
    }
}
