//! Single-decree Paxos as a set of messages: the `Paxos` specification of the TLA+ examples, after
//! \[lamport01\].
//!
//! Every ballot has a leader of its own. Messages are never lost for good and never consumed: an
//! action is possible as soon as what it answers was sent, once or many times. The four actions are
//! those of the paper's two phases.
//!
//! Published: one acceptor, one value, ballots 0 and 1: 25 states, 82 generated, 9 levels; three
//! acceptors, two values, ballots 0 and 1: 3,921 states, 23,563 generated, 17 levels.

use super::value::{MOST_BALLOTS, Values, agreement, majorities, number, sort_records};
use super::{Because, Specification};
use crate::check::explore::{Claimed, Model, When};

/// Acceptors, at most.
pub const MOST_ACCEPTORS: u32 = 7;
const MOST: usize = MOST_ACCEPTORS as usize;

/// All messages ever sent. What an acceptor knows follows from what it said: its ballot is the
/// highest that it promised or voted in, its last vote the highest it cast.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct State {
    /// Of each acceptor, four bits a ballot: 0 if it promised nothing, 1 if it had not voted
    /// before, 2 + the ballot of its last vote otherwise.
    promises: [u32; MOST],
    /// Of each acceptor, a bit for each ballot it voted in.
    votes: [u8; MOST],
    /// A bit for each ballot whose leader asked for promises.
    asked: u8,
    /// What the leaders proposed.
    proposals: Values,
}

impl State {
    fn promise(&self, acceptor: usize, ballot: u32) -> u32 {
        self.promises[acceptor] >> (4 * ballot) & 15
    }

    fn voted(&self, acceptor: usize, ballot: u32) -> bool {
        self.votes[acceptor] >> ballot & 1 == 1
    }

    /// One more than the highest ballot an acceptor knows of; 0 if none.
    fn height(&self, acceptor: usize) -> u32 {
        let promised = (32 - self.promises[acceptor].leading_zeros()).div_ceil(4);
        promised.max(self.last_vote(acceptor))
    }

    /// One more than the highest ballot an acceptor voted in; 0 if none.
    fn last_vote(&self, acceptor: usize) -> u32 {
        8 - self.votes[acceptor].leading_zeros()
    }
}

/// One action of the specification.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    /// 1a: the leader of a ballot asks for promises.
    Ask(u32),
    /// 1b: an acceptor promises to take part in no lower ballot, and says how it last voted.
    Promise(u32, u32),
    /// 2a: the leader of a ballot proposes a value.
    Propose(u32, u32),
    /// 2b: an acceptor votes for what was proposed in a ballot.
    Vote(u32, u32),
}

/// The specification for so many acceptors, values and ballots.
pub struct Paxos {
    acceptors: u32,
    values: u32,
    ballots: u32,
    symmetry: bool,
    quorums: Vec<u8>,
    claims: Vec<Claimed>,
}

impl Paxos {
    /// The specification; `None` unless there are 1 to [`MOST_ACCEPTORS`] acceptors, and 1 to 8
    /// values and ballots. Ballots are counted from 0. With `symmetry`, acceptors that change
    /// places and values that change names make no difference.
    pub fn new(acceptors: u32, values: u32, ballots: u32, symmetry: bool) -> Option<Paxos> {
        let few = (1..=MOST_ACCEPTORS).contains(&acceptors)
            && (1..=Values::MOST).contains(&values)
            && (1..=MOST_BALLOTS).contains(&ballots);
        let quorums = majorities(acceptors);
        let claims = vec![
            Claimed { name: "agreement".to_owned(), when: When::Always },
            Claimed { name: "a value is chosen".to_owned(), when: When::Sometimes },
        ];
        few.then_some(Paxos { acceptors, values, ballots, symmetry, quorums, claims })
    }

    /// In how many ways the leader of `ballot` may propose `value`: for each quorum that promised,
    /// one if nobody in it had voted, else one for each highest vote that was for this value.
    fn ways(&self, state: &State, ballot: u32, value: u32) -> u32 {
        let in_quorum = |quorum: u8| (0..MOST).filter(move |at| quorum >> at & 1 == 1);
        let mut ways = 0;
        for quorum in &self.quorums {
            if in_quorum(*quorum).any(|at| state.promise(at, ballot) == 0) {
                continue;
            }
            let highest = in_quorum(*quorum).map(|at| state.promise(at, ballot)).max();
            let highest = highest.unwrap_or(1);
            ways += match highest.checked_sub(2) {
                None => 1,
                Some(last) if state.proposals.get(last) == Some(value) => {
                    let tops =
                        in_quorum(*quorum).filter(|at| state.promise(*at, ballot) == highest);
                    tops.count() as u32
                }
                Some(_) => 0,
            };
        }
        ways
    }

    /// Ballots and values that were chosen: a quorum voted in the ballot.
    fn chosen(&self, state: &State) -> impl Iterator<Item = u32> {
        (0..self.ballots).filter_map(move |ballot| {
            let votes = (0..MOST).filter(|at| state.voted(*at, ballot)).count() as u32;
            (votes * 2 > self.acceptors).then(|| state.proposals.get(ballot)).flatten()
        })
    }
}

impl Model for Paxos {
    type State = State;
    type Step = Step;

    fn initial(&self) -> Vec<State> {
        let (promises, votes) = ([0; MOST], [0; MOST]);
        vec![State { promises, votes, asked: 0, proposals: Values::default() }]
    }

    fn steps(&self, state: &State, out: &mut Vec<Step>) {
        for ballot in 0..self.ballots {
            // Asking again is a step that changes nothing; it is counted, as TLC counts it.
            out.push(Step::Ask(ballot));
            if state.proposals.get(ballot).is_none() {
                for value in 0..self.values {
                    let ways = self.ways(state, ballot, value);
                    out.extend((0..ways).map(|_| Step::Propose(ballot, value)));
                }
            }
        }
        for acceptor in 0..self.acceptors {
            let height = state.height(acceptor as usize);
            for ballot in 0..self.ballots {
                if state.asked >> ballot & 1 == 1 && ballot + 1 > height {
                    out.push(Step::Promise(acceptor, ballot));
                }
                if state.proposals.get(ballot).is_some() && ballot + 1 >= height {
                    out.push(Step::Vote(acceptor, ballot));
                }
            }
        }
    }

    fn next(&self, state: &State, step: &Step) -> Option<State> {
        let mut next = *state;
        match *step {
            Step::Ask(ballot) => next.asked |= 1 << ballot,
            Step::Promise(acceptor, ballot) => {
                let last = state.last_vote(acceptor as usize);
                next.promises[acceptor as usize] |= (1 + last) << (4 * ballot);
            }
            Step::Propose(ballot, value) => next.proposals.set(ballot, value),
            Step::Vote(acceptor, ballot) => next.votes[acceptor as usize] |= 1 << ballot,
        }
        Some(next)
    }

    fn canonical(&self, state: &State) -> Option<State> {
        if !self.symmetry {
            return None;
        }
        // Acceptors name nobody and no values: sorting their records and renaming the values in
        // the order of their ballots are independent of each other.
        let acceptors = self.acceptors as usize;
        let mut sorted = State { proposals: state.proposals.renamed(), ..*state };
        sort_records(&mut sorted.promises[..acceptors], &mut sorted.votes[..acceptors]);
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

impl Specification for Paxos {
    fn tell(&self, before: &State, step: &Step) -> Because {
        match *step {
            Step::Ask(b) => Because::new(
                format!("1a: the leader of ballot {b} asks for promises"),
                format!("1a：选票 {b} 的领导者请求承诺"),
            ),
            Step::Promise(a, b) => {
                let who = number('a', a);
                match before.last_vote(a as usize).checked_sub(1) {
                    None => Because::new(
                        format!("1b: {who} promises ballot {b}; it has not voted"),
                        format!("1b：{who} 承诺选票 {b}；它尚未投票"),
                    ),
                    Some(last) => {
                        let value = before.proposals.name(last);
                        let en = format!("its last vote was {value} in ballot {last}");
                        Because::new(
                            format!("1b: {who} promises ballot {b}; {en}"),
                            format!(
                                "1b：{who} 承诺选票 {b}；它最近一次在选票 {last} 中投给 {value}"
                            ),
                        )
                    }
                }
            }
            Step::Propose(b, v) => {
                let value = number('v', v);
                Because::new(
                    format!("2a: the leader of ballot {b} proposes {value}"),
                    format!("2a：选票 {b} 的领导者提议 {value}"),
                )
            }
            Step::Vote(a, b) => {
                let (who, value) = (number('a', a), before.proposals.name(b));
                Because::new(
                    format!("2b: {who} votes for {value} in ballot {b}"),
                    format!("2b：{who} 在选票 {b} 中投给 {value}"),
                )
            }
        }
    }
}
