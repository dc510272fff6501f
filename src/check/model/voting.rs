//! What Paxos is made of, without messages: the `Voting` specification of the TLA+ examples.
//!
//! An acceptor may vote in a ballot for a value that some quorum shows to be safe: nothing else was
//! or can still be chosen in a lower ballot.
//!
//! Published: three acceptors, two values, ballots 0 to 2: 6,752 states, 41,017 generated, 16
//! levels; ballots 0 and 1 with symmetry of acceptors and values: 77 states, 451 generated, 11
//! levels.

use super::value::{MOST_BALLOTS, Values, agreement, majorities, number, sort_records};
use super::{Because, Specification};
use crate::check::explore::{Claimed, Model, When};

/// Acceptors, at most.
pub const MOST_ACCEPTORS: u32 = 7;
const MOST: usize = MOST_ACCEPTORS as usize;

/// Of each acceptor the lowest ballot it may still vote in, and its votes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct State {
    /// Of each acceptor, one more than its highest ballot; 0 if none.
    heights: [u8; MOST],
    /// Of each acceptor, a bit for each ballot it voted in.
    votes: [u8; MOST],
    /// What votes of a ballot were for: never two values in one ballot.
    values: Values,
}

impl State {
    fn voted(&self, acceptor: usize, ballot: u32) -> bool {
        self.votes[acceptor] >> ballot & 1 == 1
    }
}

/// One action of the specification.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    /// An acceptor will vote in no ballot below this one.
    Raise(u32, u32),
    /// An acceptor votes, in a ballot, for a value.
    Vote(u32, u32, u32),
}

/// The specification for so many acceptors, values and ballots.
pub struct Voting {
    acceptors: u32,
    values: u32,
    ballots: u32,
    symmetry: bool,
    quorums: Vec<u8>,
    claims: Vec<Claimed>,
}

impl Voting {
    /// The specification; `None` unless there are 1 to [`MOST_ACCEPTORS`] acceptors, and 1 to 8
    /// values and ballots. Ballots are counted from 0. With `symmetry`, acceptors that change
    /// places and values that change names make no difference.
    pub fn new(acceptors: u32, values: u32, ballots: u32, symmetry: bool) -> Option<Voting> {
        let few = (1..=MOST_ACCEPTORS).contains(&acceptors)
            && (1..=Values::MOST).contains(&values)
            && (1..=MOST_BALLOTS).contains(&ballots);
        let quorums = majorities(acceptors);
        let claims = vec![
            Claimed { name: "agreement".to_owned(), when: When::Always },
            Claimed { name: "a value is chosen".to_owned(), when: When::Sometimes },
        ];
        few.then_some(Voting { acceptors, values, ballots, symmetry, quorums, claims })
    }

    /// In how many ways it can be shown that `value` is safe in `ballot`: by a quorum that has come
    /// so far, if nobody of it voted in a lower ballot; else by each of it that voted for the value
    /// in the highest of those.
    fn ways(&self, state: &State, ballot: u32, value: u32) -> u32 {
        let mut ways = 0;
        for quorum in &self.quorums {
            let members = (0..MOST).filter(|at| quorum >> at & 1 == 1);
            if members.clone().any(|at| u32::from(state.heights[at]) < ballot + 1) {
                continue;
            }
            let below = (1_u32 << ballot) - 1;
            let all = members.clone().fold(0, |all, at| all | u32::from(state.votes[at])) & below;
            // The highest lower ballot that anybody of the quorum voted in, if there is one.
            ways += match 31_u32.checked_sub(all.leading_zeros()) {
                None => 1,
                Some(lower) if state.values.get(lower) == Some(value) => {
                    members.filter(|at| state.voted(*at, lower)).count() as u32
                }
                Some(_) => 0,
            };
        }
        ways
    }

    fn chosen(&self, state: &State) -> impl Iterator<Item = u32> {
        (0..self.ballots).filter_map(move |ballot| {
            let votes = (0..MOST).filter(|at| state.voted(*at, ballot)).count() as u32;
            (votes * 2 > self.acceptors).then(|| state.values.get(ballot)).flatten()
        })
    }
}

impl Model for Voting {
    type State = State;
    type Step = Step;

    fn initial(&self) -> Vec<State> {
        vec![State { heights: [0; MOST], votes: [0; MOST], values: Values::default() }]
    }

    fn steps(&self, state: &State, out: &mut Vec<Step>) {
        for acceptor in 0..self.acceptors {
            let height = u32::from(state.heights[acceptor as usize]);
            for ballot in 0..self.ballots {
                if ballot + 1 > height {
                    out.push(Step::Raise(acceptor, ballot));
                }
                if ballot + 1 < height || state.voted(acceptor as usize, ballot) {
                    continue;
                }
                for value in 0..self.values {
                    if state.values.get(ballot).is_none_or(|it| it == value) {
                        let ways = self.ways(state, ballot, value);
                        out.extend((0..ways).map(|_| Step::Vote(acceptor, ballot, value)));
                    }
                }
            }
        }
    }

    fn next(&self, state: &State, step: &Step) -> Option<State> {
        let mut next = *state;
        match *step {
            Step::Raise(acceptor, ballot) => next.heights[acceptor as usize] = ballot as u8 + 1,
            Step::Vote(acceptor, ballot, value) => {
                next.heights[acceptor as usize] = ballot as u8 + 1;
                next.votes[acceptor as usize] |= 1 << ballot;
                next.values.set(ballot, value);
            }
        }
        Some(next)
    }

    fn canonical(&self, state: &State) -> Option<State> {
        if !self.symmetry {
            return None;
        }
        let acceptors = self.acceptors as usize;
        let mut sorted = State { values: state.values.renamed(), ..*state };
        sort_records(&mut sorted.heights[..acceptors], &mut sorted.votes[..acceptors]);
        Some(sorted)
    }

    fn claims(&self) -> &[Claimed] {
        &self.claims
    }

    fn judge(&self, claim: usize, state: &State) -> bool {
        match claim {
            0 => agreement(self.chosen(state)),
            _ => self.chosen(state).next().is_some(),
        }
    }
}

impl Specification for Voting {
    fn tell(&self, _before: &State, step: &Step) -> Because {
        match *step {
            Step::Raise(a, b) => {
                let who = number('a', a);
                Because::new(
                    format!("{who} will vote in no ballot below {b}"),
                    format!("{who} 不再参加编号小于 {b} 的选票"),
                )
            }
            Step::Vote(a, b, v) => {
                let (who, value) = (number('a', a), number('v', v));
                Because::new(
                    format!("{who} votes for {value} in ballot {b}"),
                    format!("{who} 在选票 {b} 中投给 {value}"),
                )
            }
        }
    }
}
