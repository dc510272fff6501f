//! Paxos once more, as the specification is written: a set of messages and three functions. It
//! shares nothing with the library, and has to count the same.

use std::collections::{BTreeMap, BTreeSet};

use quorate::check::explore::Options;
use quorate::check::model::paxos::Paxos;
use wasm_bindgen_test::wasm_bindgen_test;

use super::search;

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Said {
    OneA(u8),
    /// Acceptor, ballot, and the last vote.
    OneB(u8, u8, Option<(u8, u8)>),
    TwoA(u8, u8),
    TwoB(u8, u8, u8),
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
struct World {
    said: BTreeSet<Said>,
    ballots: BTreeMap<u8, u8>,
    votes: BTreeMap<u8, (u8, u8)>,
}

/// The values that the leader of a ballot may propose: some quorum promised, and its highest vote,
/// if there is one, was for this value.
fn proposable(world: &World, acceptors: u8, values: u8, ballot: u8) -> BTreeSet<u8> {
    let promised: BTreeMap<u8, Option<(u8, u8)>> = world
        .said
        .iter()
        .filter_map(|said| match said {
            Said::OneB(who, at, vote) if *at == ballot => Some((*who, *vote)),
            Said::OneA(_) | Said::OneB(..) | Said::TwoA(..) | Said::TwoB(..) => None,
        })
        .collect();
    let mut may = BTreeSet::new();
    for quorum in 0_u32..1 << acceptors {
        let members: Vec<u8> = (0..acceptors).filter(|at| quorum >> at & 1 == 1).collect();
        let enough = members.len() * 2 > acceptors as usize;
        if !enough || !members.iter().all(|at| promised.contains_key(at)) {
            continue;
        }
        match members.iter().filter_map(|at| promised[at]).max() {
            None => may.extend(0..values),
            Some((_, value)) => drop(may.insert(value)),
        }
    }
    may
}

fn nexts(world: &World, (acceptors, values, ballots): (u8, u8, u8)) -> Vec<World> {
    let mut nexts = Vec::new();
    let mut with = |said: Said, ballot: Option<(u8, u8)>, vote: Option<(u8, (u8, u8))>| {
        let mut next = world.clone();
        next.said.insert(said);
        next.ballots.extend(ballot);
        next.votes.extend(vote);
        nexts.push(next);
    };
    for ballot in 0..ballots {
        with(Said::OneA(ballot), None, None);
        if !world.said.iter().any(|said| matches!(said, Said::TwoA(at, _) if *at == ballot)) {
            for value in proposable(world, acceptors, values, ballot) {
                with(Said::TwoA(ballot, value), None, None);
            }
        }
    }
    for who in 0..acceptors {
        let (height, vote) = (world.ballots.get(&who), world.votes.get(&who));
        for said in &world.said {
            match *said {
                Said::OneA(at) if height.is_none_or(|it| at > *it) => {
                    with(Said::OneB(who, at, vote.copied()), Some((who, at)), None);
                }
                Said::TwoA(at, value) if height.is_none_or(|it| at >= *it) => {
                    let vote = Some((who, (at, value)));
                    with(Said::TwoB(who, at, value), Some((who, at)), vote);
                }
                Said::OneA(_) | Said::OneB(..) | Said::TwoA(..) | Said::TwoB(..) => {}
            }
        }
    }
    nexts
}

#[wasm_bindgen_test(unsupported = test)]
fn sets_of_messages_count_the_same() {
    let scopes = [(1, 1, 2), (1, 2, 3), (2, 2, 2), (3, 1, 2), (3, 2, 2), (3, 3, 1), (4, 1, 1)];
    for (acceptors, values, ballots) in scopes {
        let mut seen = BTreeSet::from([World::default()]);
        let (mut round, mut levels) = (vec![World::default()], 0);
        while !round.is_empty() {
            levels += 1;
            let all = round.iter().flat_map(|it| nexts(it, (acceptors, values, ballots)));
            round = all.filter(|next| seen.insert(next.clone())).collect();
        }
        let model = Paxos::new(acceptors.into(), values.into(), ballots.into(), false);
        let found = search(model.expect("within the limits"), Options::default()).progress();
        let scope = (acceptors, values, ballots);
        assert_eq!((found.unique, found.depth), (seen.len() as u64, levels), "{scope:?}");
    }
}
