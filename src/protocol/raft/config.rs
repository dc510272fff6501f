//! Who votes: a configuration, and the entries that change it [ongaro14 §6], [ongaro14phd §4].

use std::fmt;

use crate::kernel::{NodeId, NodeSet, majority};

/// Who takes part. Copied into the entry of the log that brings it into force.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Config {
    /// Whose votes and copies count.
    pub voters: NodeSet,
    /// Joint consensus: those of the old configuration, whose majority is needed as well. Empty
    /// otherwise.
    pub outgoing: NodeSet,
    /// Who is sent the log and counts for nothing.
    pub learners: NodeSet,
}

/// What the answers so far say of an election.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tally {
    /// Enough have granted.
    Won,
    /// Enough have refused that the others cannot make up for it.
    Lost,
    /// The others decide.
    Open,
}

impl Config {
    /// The members of a `given` line, `rest` being what follows the bracket in `entry`:
    /// `[n1,n2/n1,n3+n4]` with the old voters of joint consensus in front and learners behind.
    pub(super) fn parse(rest: &str, entry: &str) -> Result<Config, String> {
        let wrong = || format!("`{entry}` is not an entry like `4[n1,n3]` or `4[n1,n2/n1,n3+n4]`");
        let inner = rest.strip_suffix(']').ok_or_else(wrong)?;
        let (voters, learners) =
            inner.split_once('+').map_or((inner, None), |(voters, it)| (voters, Some(it)));
        let (outgoing, voters) =
            voters.split_once('/').map_or((None, voters), |(old, new)| (Some(old), new));
        let all = |text: Option<&str>| text.map_or(Ok(NodeSet::EMPTY), parse_nodes);
        let (outgoing, learners) = (all(outgoing)?, all(learners)?);
        let config = Config { voters: parse_nodes(voters)?, outgoing, learners };
        // Whoever votes is no learner.
        if config.electors().and(config.learners).is_empty() { Ok(config) } else { Err(wrong()) }
    }

    /// A plain configuration of these voters.
    pub fn of(voters: NodeSet) -> Config {
        Config { voters, ..Config::default() }
    }

    /// Everybody who is sent the log.
    pub fn members(&self) -> NodeSet {
        self.electors().or(self.learners)
    }

    /// Everybody whose vote counts in one half or the other.
    pub fn electors(&self) -> NodeSet {
        self.voters.or(self.outgoing)
    }

    /// True while two majorities are needed.
    pub fn is_joint(&self) -> bool {
        !self.outgoing.is_empty()
    }

    /// What these answers say. A joint election is won in both halves, and lost in either.
    pub fn tally(&self, granted: NodeSet, refused: NodeSet) -> Tally {
        match (half(self.voters, granted, refused), half(self.outgoing, granted, refused)) {
            (Tally::Won, Tally::Won) => Tally::Won,
            (Tally::Lost, _) | (_, Tally::Lost) => Tally::Lost,
            (Tally::Open, _) | (_, Tally::Open) => Tally::Open,
        }
    }

    /// True if these are a majority, of both halves if there are two.
    pub fn agrees(&self, granted: NodeSet) -> bool {
        self.tally(granted, NodeSet::EMPTY) == Tally::Won
    }

    /// The largest number that a majority has reached, of both halves if there are two. Without
    /// voters nobody stands in the way of any number.
    pub fn reached(&self, number: impl Fn(NodeId) -> u64) -> u64 {
        let voters = reached(self.voters, &number);
        if self.is_joint() { voters.min(reached(self.outgoing, &number)) } else { voters }
    }
}

/// A node of a `given` line, for example `n2`.
pub(super) fn parse_node(text: &str) -> Result<NodeId, String> {
    text.strip_prefix('n')
        .and_then(|digits| digits.parse().ok())
        .filter(|number| (1..=NodeSet::ROOM).contains(number))
        .map(|number| NodeId(number - 1))
        .ok_or_else(|| format!("`{text}` is not a node, for example `n2`"))
}

/// Nodes of a `given` line, for example `n1,n3`; at least one.
fn parse_nodes(text: &str) -> Result<NodeSet, String> {
    text.split(',').try_fold(NodeSet::EMPTY, |nodes, word| Ok(nodes.with(parse_node(word)?)))
}

fn half(voters: NodeSet, granted: NodeSet, refused: NodeSet) -> Tally {
    let needed = if voters.is_empty() { 0 } else { majority(voters.len()) };
    let open = voters.minus(granted).minus(refused).len();
    let yes = voters.and(granted).len();
    if yes >= needed {
        Tally::Won
    } else if yes + open >= needed {
        Tally::Open
    } else {
        Tally::Lost
    }
}

fn reached(voters: NodeSet, number: &impl Fn(NodeId) -> u64) -> u64 {
    let mut numbers = [0; NodeSet::ROOM as usize];
    let count = voters.len() as usize;
    if count == 0 {
        return u64::MAX;
    }
    for (place, voter) in numbers.iter_mut().zip(voters) {
        *place = number(voter);
    }
    // The first so many, largest first, have reached at least this much.
    let place = majority(count as u32) as usize - 1;
    *numbers[..count].select_nth_unstable_by(place, |a, b| b.cmp(a)).1
}

impl fmt::Display for Config {
    /// `n1 n2 n6`, joint `n1 n2 n3 > n1 n2`, learners behind `+`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_joint() {
            write!(f, "{} > ", self.outgoing)?;
        }
        write!(f, "{}", self.voters)?;
        if !self.learners.is_empty() {
            write!(f, " + {}", self.learners)?;
        }
        Ok(())
    }
}

/// The configurations a log brings into force: the latest one, and those it may go back to.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(in crate::protocol) struct Configs {
    /// In force: the latest in the log, committed or not.
    pub(in crate::protocol) now: Config,
    /// The index of its entry; zero for the one the cluster began with.
    pub(super) since: u64,
    /// The ones before, with their indices, as far as they may be needed again.
    earlier: Vec<(u64, Config)>,
}

impl Configs {
    pub(super) fn new(now: Config, since: u64) -> Configs {
        Configs { now, since, earlier: Vec::new() }
    }

    /// An entry at `index` brings `config` into force.
    pub(super) fn adopt(&mut self, index: u64, config: Config) {
        self.earlier.push((self.since, self.now));
        (self.since, self.now) = (index, config);
    }

    /// The entries from `first` on are gone. True if that changes who votes.
    pub(in crate::protocol) fn truncate(&mut self, first: u64) -> bool {
        let mut changed = false;
        while self.since >= first
            && let Some((since, config)) = self.earlier.pop()
        {
            (self.since, self.now) = (since, config);
            changed = true;
        }
        changed
    }

    /// The configuration in force after the entry at `index`.
    pub(super) fn at(&self, index: u64) -> Config {
        if self.since <= index {
            return self.now;
        }
        let found = self.earlier.iter().rev().find(|(since, _)| *since <= index);
        found.or(self.earlier.first()).map_or(self.now, |(_, config)| *config)
    }

    /// The entries up to `index` will not be undone: nothing before is needed again.
    pub(super) fn forget(&mut self, index: u64) {
        if self.since <= index {
            self.earlier.clear();
        } else if let Some(keep) = self.earlier.iter().rposition(|(since, _)| *since <= index) {
            self.earlier.drain(..keep);
        }
    }
}
