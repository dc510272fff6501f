//! Who can reach whom: the groups of a partition and the links cut in one direction.

use crate::kernel::{NodeId, SimTime};
use crate::sim::{Cut, CutKind};

/// The nodes, sorted by whom they can reach.
#[derive(Clone, PartialEq, Debug)]
pub struct Groups {
    /// Per node: its group, from 0, in order of the smallest member.
    of: Vec<u32>,
    /// How many groups there are.
    count: u32,
    /// Since when the nodes are apart.
    since: SimTime,
    /// Links cut in one direction only: from, to.
    one_way: Vec<(NodeId, NodeId)>,
}

/// Above this many nodes a cut link is no longer marked on its own.
const MARKED: usize = 40;

impl Groups {
    pub(super) fn of(nodes: usize, cuts: &[Cut]) -> Groups {
        let mut groups = Groups {
            of: vec![0; nodes],
            count: u32::from(nodes > 0),
            since: SimTime::ZERO,
            one_way: Vec::new(),
        };
        let between: Vec<&Cut> = cuts.iter().filter(|cut| cut.kind != CutKind::Isolation).collect();
        if between.is_empty() || nodes < 2 {
            return groups;
        }
        let parted = |cut: &&&Cut| cut.kind == CutKind::Partition;
        let parts = between.iter().filter(parted).map(|cut| cut.since).max();
        let cuts = || between.iter().map(|cut| cut.since).max();
        groups.since = parts.or_else(cuts).unwrap_or_default();
        let severed = matrix(nodes, &between);
        groups.flood(nodes, &severed);
        if nodes <= MARKED {
            groups.find_one_way(nodes, &severed);
        }
        groups
    }

    /// The group of a node.
    pub fn group_of(&self, node: usize) -> u32 {
        self.of.get(node).copied().unwrap_or(0)
    }

    /// How many groups there are; one if nothing is cut.
    pub fn count(&self) -> u32 {
        self.count
    }

    /// Since when the nodes are apart.
    pub fn since(&self) -> SimTime {
        self.since
    }

    /// Links cut in one direction only.
    pub fn one_way(&self) -> &[(NodeId, NodeId)] {
        &self.one_way
    }

    /// The nodes of a group.
    pub fn members(&self, group: u32) -> impl Iterator<Item = usize> + '_ {
        let all = self.of.iter().enumerate();
        all.filter(move |(_, of)| **of == group).map(|(node, _)| node)
    }

    /// The largest group, the first of several.
    pub fn largest(&self) -> u32 {
        let sizes = (0..self.count).map(|group| (self.members(group).count(), group));
        sizes.max_by_key(|(size, group)| (*size, u32::MAX - group)).map_or(0, |(_, group)| group)
    }

    /// The nodes in the order in which they stand around the ring: as numbered if every group
    /// stands together so, else group by group.
    pub(super) fn order(&self) -> Vec<u32> {
        let mut order: Vec<u32> = (0..self.of.len() as u32).collect();
        if self.count > 1 && self.borders(&order) > self.count as usize {
            crate::order::sort_by_key(&mut order, |node| (self.of[*node as usize], *node));
        }
        order
    }

    fn borders(&self, order: &[u32]) -> usize {
        let next = order.iter().cycle().skip(1);
        let pairs = order.iter().zip(next);
        pairs.filter(|(a, b)| self.of[**a as usize] != self.of[**b as usize]).count()
    }

    /// Nodes that reach each other in at least one direction are in one group.
    fn flood(&mut self, nodes: usize, severed: &[bool]) {
        let mut group_of: Vec<Option<u32>> = vec![None; nodes];
        let mut count = 0;
        let mut stack = Vec::new();
        for first in 0..nodes {
            if group_of[first].is_some() {
                continue;
            }
            group_of[first] = Some(count);
            stack.push(first);
            while let Some(node) = stack.pop() {
                for other in 0..nodes {
                    let apart = severed[node * nodes + other] && severed[other * nodes + node];
                    if group_of[other].is_none() && !apart {
                        group_of[other] = Some(count);
                        stack.push(other);
                    }
                }
            }
            count += 1;
        }
        self.of = group_of.into_iter().map(Option::unwrap_or_default).collect();
        self.count = count;
    }

    fn find_one_way(&mut self, nodes: usize, severed: &[bool]) {
        for from in 0..nodes {
            for to in 0..nodes {
                if severed[from * nodes + to] && !severed[to * nodes + from] {
                    self.one_way.push((NodeId::at(from), NodeId::at(to)));
                }
            }
        }
    }
}

/// Row by row: whether a message from the one to the other is lost.
fn matrix(nodes: usize, cuts: &[&Cut]) -> Vec<bool> {
    let mut severed = vec![false; nodes * nodes];
    for cut in cuts {
        for from in cut.from.iter().map(|id| id.index()).filter(|id| *id < nodes) {
            for to in cut.to.iter().map(|id| id.index()).filter(|id| *id < nodes) {
                severed[from * nodes + to] = from != to;
            }
        }
    }
    severed
}
