//! Raft as MongoDB replicates: the `RaftMongo` specification [raft-mongo §RaftMongo.tla], in its
//! six abstract actions, with three rules by which nodes learn how far the log is committed.
//!
//! Nodes pull entries from each other; an election takes no messages and lifts the one term that
//! all know; a node that is behind takes back entries one by one. The question is how a node may
//! learn of a commit point without ever taking back what it believes to be committed.
//!
//! Published, with terms and logs up to 3 and symmetry: 3 nodes, gossip 9,177 states and 68,431
//! generated, sync source 7,402 and 46,220; 5 nodes, sync source 230,091 and 3,161,304.

use super::value::number;
use super::{Because, Specification};
use crate::check::explore::{Claimed, Model, When};

/// Nodes, at most.
pub const MOST_NODES: u32 = 7;
/// Terms, at most: an entry is its term in four bits, and one term beyond the scope is met.
pub const MOST_TERMS: u32 = 14;
/// Entries of a log, at most: one beyond the scope is met.
pub const MOST_ENTRIES: u32 = 7;
const MOST: usize = MOST_NODES as usize;

/// How a node learns a commit point from another.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Rule {
    /// From anybody, whatever its own log is.
    Gossip,
    /// From a node that it could pull an entry from.
    SyncSource,
    /// From anybody, if the commit point is of the term of its own last entry.
    TermChecked,
}

/// A node: its log, its commit point, whether it leads.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
struct Node {
    /// The term of each entry, four bits each, the first lowest.
    log: u32,
    /// Term and index of the commit point; an order on both is the order of the specification.
    commit: (u8, u8),
    leads: bool,
}

impl Node {
    fn len(self) -> u32 {
        (32 - self.log.leading_zeros()).div_ceil(4)
    }

    /// The term of an entry, counted from 1; 0 for index 0.
    fn term_at(self, index: u32) -> u32 {
        if index == 0 { 0 } else { self.log >> (4 * (index - 1)) & 15 }
    }

    fn last_term(self) -> u32 {
        self.term_at(self.len())
    }

    fn append(&mut self, term: u32) {
        self.log |= term << (4 * self.len());
    }

    fn take_back(&mut self) {
        let kept = self.len().saturating_sub(1);
        self.log &= ((1_u64 << (4 * kept)) - 1) as u32;
    }

    /// Whether the next entry of `other` continues this log.
    fn can_pull(self, other: Node) -> bool {
        self.len() < other.len() && self.last_term() == other.term_at(self.len())
    }

    /// Whether this log has to give way to that of `other`.
    fn must_yield(self, other: Node) -> bool {
        self.log != 0
            && self.last_term() < other.last_term()
            && (self.len() > other.len() || self.last_term() != other.term_at(self.len()))
    }

    /// Whether this log is at least as far as that of `other`.
    fn not_behind(self, other: Node) -> bool {
        (self.last_term(), self.len()) >= (other.last_term(), other.len())
    }
}

/// All nodes, and the term that all know.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct State {
    term: u8,
    nodes: [Node; MOST],
}

/// One action of the specification. Nodes are numbered from 0.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    /// The first pulls an entry from the second.
    Append(u32, u32),
    /// The first takes back an entry, for the log of the second is ahead in another direction.
    TakeBack(u32, u32),
    /// A node is elected by a majority whose logs are not ahead.
    Elect(u32),
    /// The leader writes an entry.
    Write(u32),
    /// The leader sees its last entry on a majority.
    Commit(u32),
    /// The first learns the commit point of the second.
    Learn(u32, u32),
}

/// The specification for so many nodes, terms and entries.
pub struct RaftMongo {
    nodes: u32,
    terms: u32,
    entries: u32,
    rule: Rule,
    symmetry: bool,
    claims: Vec<Claimed>,
}

impl RaftMongo {
    /// The specification; `None` unless there are 1 to [`MOST_NODES`] nodes, 1 to [`MOST_TERMS`]
    /// terms, and logs of 1 to [`MOST_ENTRIES`]. With `symmetry`, nodes that change places make no
    /// difference.
    pub fn new(
        nodes: u32,
        terms: u32,
        entries: u32,
        rule: Rule,
        symmetry: bool,
    ) -> Option<RaftMongo> {
        let few = (1..=MOST_NODES).contains(&nodes)
            && (1..=MOST_TERMS).contains(&terms)
            && (1..=MOST_ENTRIES).contains(&entries);
        let claims = vec![
            Claimed { name: "nothing committed is taken back".to_owned(), when: When::Always },
            Claimed { name: "an entry is committed".to_owned(), when: When::Sometimes },
        ];
        few.then_some(RaftMongo { nodes, terms, entries, rule, symmetry, claims })
    }

    fn all<'a>(&self, state: &'a State) -> &'a [Node] {
        &state.nodes[..self.nodes as usize]
    }

    fn majority(&self, n: usize) -> bool {
        n as u32 * 2 > self.nodes
    }

    /// Whether the last entry of `node` is on a majority, and of the term that all know.
    fn can_commit(&self, state: &State, node: Node) -> bool {
        let (index, term) = (node.len(), node.last_term());
        let has = |other: &&Node| other.len() >= index && other.term_at(index) == term;
        term == u32::from(state.term) && self.majority(self.all(state).iter().filter(has).count())
    }

    fn may_learn(&self, node: Node, from: Node) -> bool {
        node.commit < from.commit
            && match self.rule {
                Rule::Gossip => true,
                Rule::SyncSource => node.can_pull(from),
                Rule::TermChecked => node.last_term() == u32::from(from.commit.0),
            }
    }
}

impl Model for RaftMongo {
    type State = State;
    type Step = Step;

    fn initial(&self) -> Vec<State> {
        vec![State { term: 0, nodes: [Node::default(); MOST] }]
    }

    fn steps(&self, state: &State, out: &mut Vec<Step>) {
        let all = self.all(state);
        for (i, node) in all.iter().enumerate() {
            let at = i as u32;
            for (j, other) in all.iter().enumerate() {
                let from = j as u32;
                if node.can_pull(*other) {
                    out.push(Step::Append(at, from));
                }
                if node.must_yield(*other) {
                    out.push(Step::TakeBack(at, from));
                }
                if self.may_learn(*node, *other) {
                    out.push(Step::Learn(at, from));
                }
            }
            if self.majority(all.iter().filter(|other| node.not_behind(**other)).count()) {
                out.push(Step::Elect(at));
            }
            if node.leads {
                out.push(Step::Write(at));
                if self.can_commit(state, *node) {
                    out.push(Step::Commit(at));
                }
            }
        }
    }

    fn next(&self, state: &State, step: &Step) -> Option<State> {
        let mut next = *state;
        match *step {
            Step::Append(i, j) => {
                let node = &mut next.nodes[i as usize];
                let term = state.nodes[j as usize].term_at(node.len() + 1);
                node.append(term);
            }
            Step::TakeBack(i, _) => next.nodes[i as usize].take_back(),
            Step::Elect(i) => {
                next.term += 1;
                for (at, node) in next.nodes.iter_mut().enumerate() {
                    node.leads = at == i as usize;
                }
            }
            Step::Write(i) => next.nodes[i as usize].append(u32::from(state.term)),
            Step::Commit(i) => {
                let node = &mut next.nodes[i as usize];
                node.commit = (node.last_term() as u8, node.len() as u8);
            }
            Step::Learn(i, j) => next.nodes[i as usize].commit = state.nodes[j as usize].commit,
        }
        Some(next)
    }

    fn within(&self, state: &State) -> bool {
        u32::from(state.term) <= self.terms
            && self.all(state).iter().all(|node| node.len() <= self.entries)
    }

    fn canonical(&self, state: &State) -> Option<State> {
        if !self.symmetry {
            return None;
        }
        let mut sorted = *state;
        sorted.nodes[..self.nodes as usize].sort_unstable();
        Some(sorted)
    }

    fn claims(&self) -> &[Claimed] {
        &self.claims
    }

    fn judge(&self, claim: usize, state: &State) -> bool {
        let all = self.all(state);
        if claim == 1 {
            return all.iter().any(|node| node.commit.1 > 0);
        }
        !all.iter().any(|node| {
            let last = (node.last_term() as u8, node.len() as u8);
            last <= node.commit && all.iter().any(|other| node.must_yield(*other))
        })
    }
}

impl Specification for RaftMongo {
    fn tell(&self, before: &State, step: &Step) -> Because {
        let name = |node: u32| number('n', node);
        let node = |node: u32| before.nodes[node as usize];
        match *step {
            Step::Append(i, j) => {
                let (index, i, j) = (node(i).len() + 1, name(i), name(j));
                Because::new(
                    format!("{i} pulls entry {index} from {j}"),
                    format!("{i} 从 {j} 拉取第 {index} 条日志"),
                )
            }
            Step::TakeBack(i, j) => {
                let (index, i, j) = (node(i).len(), name(i), name(j));
                Because::new(
                    format!("{i} takes back entry {index}, for the log of {j} is ahead"),
                    format!("{i} 回滚第 {index} 条日志，因为 {j} 的日志更新"),
                )
            }
            Step::Elect(i) => {
                let (term, i) = (before.term + 1, name(i));
                Because::new(
                    format!("{i} is elected in term {term}"),
                    format!("{i} 在 term {term} 当选"),
                )
            }
            Step::Write(i) => {
                let (index, i, term) = (node(i).len() + 1, name(i), before.term);
                Because::new(
                    format!("{i} writes entry {index} of term {term}"),
                    format!("{i} 写入第 {index} 条日志（term {term}）"),
                )
            }
            Step::Commit(i) => {
                let (index, i) = (node(i).len(), name(i));
                Because::new(
                    format!("{i} sees entry {index} on a majority: committed"),
                    format!("{i} 看到第 {index} 条日志已在多数节点上：提交"),
                )
            }
            Step::Learn(i, j) => {
                let (term, index) = node(j).commit;
                let (i, j) = (name(i), name(j));
                Because::new(
                    format!("{i} learns from {j} that entry {index} of term {term} is committed"),
                    format!("{i} 从 {j} 得知第 {index} 条日志（term {term}）已提交"),
                )
            }
        }
    }
}
