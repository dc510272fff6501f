//! Where in a run something can be made of it, and whether something was.

use crate::kernel::{ClientId, Fact, NodeId, Op, Outcome, SimTime, Span, Word, majority};
use crate::sim::{Cluster, Input, Target, Workload};

use super::tally::{Campaign, Tally};
use super::{Acts, Turn};

/// Most nodes that a read is tried at.
const READERS: usize = 8;
/// Ballots that have to be outrun for a duel.
const ROUNDS: usize = 3;
/// What is blocked for so long is blocked.
const BLOCKED: Span = Span::secs(1);

/// What was seen at an event.
pub(super) enum Look {
    /// Nothing to be made of it.
    Nothing,
    /// With any of these acts, look on; the first is looked at first.
    Give(Vec<Acts>),
    /// Any of these may do it; the first is tried first.
    Try(Vec<Acts>),
}

/// Looks at the event that just happened in a run with the acts `given`; nothing is done before
/// `from`.
pub(super) fn look(
    turn: Turn,
    tally: &Tally,
    world: &dyn Cluster,
    (given, from): (&Acts, SimTime),
) -> Look {
    if tally.now < from {
        return Look::Nothing;
    }
    let just_before = whole_before(tally.now);
    let with = |acts: Acts| Look::Try(vec![[given.clone(), acts].concat()]);
    match turn {
        Turn::SplitVote => split_vote(tally, given, from),
        Turn::CrashBeforeCommit if tally.commits && just_before >= from => {
            with(vec![(just_before, Input::Crash(Target::Leader))])
        }
        Turn::IsolateLeader if tally.leader.is_some() => {
            with(vec![(whole_behind(tally.now), Input::Isolate(Target::Leader))])
        }
        Turn::Duel => duel(tally, world, given, from),
        Turn::Window if tally.commits_txn && just_before >= from => {
            let told = |(node, fact): &(NodeId, Fact)| {
                matches!(fact, Fact::Resolved { commit: true, .. }).then_some(*node)
            };
            let coordinator = world.last().facts.iter().find_map(told);
            coordinator.map_or(Look::Nothing, |node| {
                with(vec![(just_before, Input::Crash(Target::Node(node)))])
            })
        }
        Turn::StaleRead => stale_read(tally, world, given, from),
        Turn::Starve => starve(tally, given, from),
        Turn::CrashBeforeCommit | Turn::IsolateLeader | Turn::Window => Look::Nothing,
    }
}

/// The last whole microsecond not behind `at`: what is written is readable.
fn whole_before(at: SimTime) -> SimTime {
    SimTime(at.0 / 1_000 * 1_000)
}

/// The first whole microsecond behind `at`.
fn whole_behind(at: SimTime) -> SimTime {
    SimTime((at.0 / 1_000 + 1) * 1_000)
}

/// As a node stands for election by itself, others do as well. A leader goes first.
fn split_vote(tally: &Tally, given: &Acts, from: SimTime) -> Look {
    if tally.leader.is_some() && given.is_empty() {
        return Look::Give(vec![vec![(from, Input::Crash(Target::Leader))]]);
    }
    let Some((node, "election")) = tally.fired else { return Look::Nothing };
    if tally.leader.is_some() {
        return Look::Nothing;
    }
    let at = whole_before(tally.now).max(from);
    let mut rivals: Vec<NodeId> = tally.up().filter(|other| *other != node).collect();
    // From the neighbour on, so that it is not always the first nodes.
    let behind = rivals.iter().filter(|other| **other < node).count();
    rivals.rotate_left(behind);
    let fire = |target| (at, Input::Fire(target, "election".to_owned()));
    let some = (1..rivals.len().min(4)).map(|count| {
        let fires = rivals[..count].iter().map(|rival| fire(Target::Node(*rival)));
        given.iter().cloned().chain(fires).collect()
    });
    let all = [given.clone(), vec![fire(Target::All)]].concat();
    Look::Try(some.chain([all]).collect())
}

/// As a ballot gets its majority, another one is opened in the midst of its first phase.
fn duel(tally: &Tally, world: &dyn Cluster, given: &Acts, from: SimTime) -> Look {
    // Who was made to outrun the last one is the next to be outrun.
    let turn = given.last().and_then(|(_, act)| match act {
        Input::Request { via: Some(Target::Node(node)), .. }
        | Input::Fire(Target::Node(node), _) => Some(*node),
        _ => None, // Whoever answers a first request.
    });
    let won = |one: &&Campaign| {
        one.won == Some(tally.now) && one.opened >= from && turn.is_none_or(|node| node == one.node)
    };
    let Some(&Campaign { node, opened, .. }) = tally.campaigns.iter().find(won) else {
        return Look::Nothing;
    };
    let mut others = tally.campaigns.iter().rev().map(|one| one.node);
    let known = others.find(|other| *other != node && !tally.crashed.contains(other));
    let rival = known.or_else(|| tally.up().find(|other| *other != node));
    let Some(rival) = rival else { return Look::Nothing };
    let timer = if world.about().id == "paxos" { "retry" } else { "election" };
    // Quarters of the first phase; a request needs its time to arrive, so it goes out before.
    let quarter = tally.now.since(opened).0 / 4;
    let (start, first) = (opened.0, known.is_none() && timer == "retry");
    let tries = if first {
        [2, 3, 1, 4].map(|q| start + 2 * quarter - q * quarter)
    } else {
        [2, 1, 3, 0].map(|q| start + q * quarter)
    };
    let op = Word::new("B").map(Op::Propose);
    let act = |at: u64| {
        let at = whole_before(SimTime(at)).max(from);
        match op {
            Some(op) if first => {
                let via = Some(Target::Node(rival));
                (at, Input::Request { op, via, client: Some(stranger(tally, world)) })
            }
            _ => (at, Input::Fire(Target::Node(rival), timer.to_owned())),
        }
    };
    let ways = tries.map(|at| [given.clone(), vec![act(at)]].concat()).to_vec();
    let outrun = given.iter().filter(|(_, act)| !is_opening(act)).count() + 1;
    if outrun < ROUNDS { Look::Give(ways) } else { Look::Try(ways) }
}

/// A client's first request, which outruns nobody.
fn is_opening(act: &Input) -> bool {
    matches!(act, Input::Request { client: None, .. })
}

/// A client that nobody else is.
fn stranger(tally: &Tally, world: &dyn Cluster) -> ClientId {
    let busy = match &world.spec().workload {
        Workload::Sessions(sessions) => sessions.clients,
        _ => 0,
    };
    let seen = tally.open.keys().map(|id| id.client.0 + 1).max().unwrap_or(0);
    let answered = tally.answered.map_or(0, |(id, ..)| id.client.0 + 1);
    ClientId(busy.max(seen).max(answered).max(1))
}

/// As a write is answered, another client reads: at each node, then at one that was cut off.
fn stale_read(tally: &Tally, world: &dyn Cluster, given: &Acts, from: SimTime) -> Look {
    let Some((_, Op::Put(key, _), asked, Outcome::Done(_))) = tally.answered else {
        return Look::Nothing;
    };
    let client = Some(stranger(tally, world));
    let read = |at: SimTime, node: NodeId| {
        let via = Some(Target::Node(node));
        (at, Input::Request { op: Op::Get(key), via, client })
    };
    let readers: Vec<NodeId> = tally.up().take(READERS).collect();
    let behind = whole_behind(tally.now);
    let plain = readers.iter().map(|node| [given.clone(), vec![read(behind, *node)]].concat());
    let mut ways: Vec<Acts> = plain.collect();
    // Messages on their way when a node is cut off do not reach it.
    let whole = tally.now.since(asked).0;
    for share in [0, whole / 4, whole / 2] {
        let before = SimTime(whole_before(tally.now).0.saturating_sub(share / 1_000 * 1_000));
        if before < from {
            break;
        }
        ways.extend(readers.iter().map(|node| {
            let cut_off = (before, Input::Isolate(Target::Node(*node)));
            [given.clone(), vec![cut_off, read(behind, *node)]].concat()
        }));
    }
    Look::Try(ways)
}

/// In the middle of a write, so many nodes crash that no majority is left.
fn starve(tally: &Tally, given: &Acts, from: SimTime) -> Look {
    let Some((_, Op::Put(..), asked, Outcome::Done(_))) = tally.answered else {
        return Look::Nothing;
    };
    let at = whole_before(asked + Span(tally.now.since(asked).0 / 2));
    let up: Vec<NodeId> = tally.up().collect();
    let spare = (up.len() + 1).saturating_sub(majority(tally.nodes) as usize);
    if at < from || spare >= up.len() {
        return Look::Nothing;
    }
    let crashes = up.iter().rev().take(spare).rev();
    let crashes = crashes.map(|node| (at, Input::Crash(Target::Node(*node))));
    Look::Try(vec![given.iter().cloned().chain(crashes).collect()])
}

/// What somebody is asked for where nobody asks for anything.
pub(super) fn open(
    turn: Turn,
    tally: &Tally,
    single: bool,
    from: SimTime,
) -> Option<(SimTime, Input)> {
    let ask = |op| Some((from, Input::Request { op, via: None, client: None }));
    match turn {
        Turn::CrashBeforeCommit | Turn::StaleRead | Turn::Starve => {
            ask(Op::Put(Word::new("x")?, Word::new("new")?))
        }
        Turn::Window => ask(Op::Propose(Word::new("t1")?)),
        Turn::Duel if single => ask(Op::Propose(Word::new("A")?)),
        Turn::Duel => {
            let leader = tally.leader.map(|(_, leader)| leader);
            let rival = tally.up().find(|node| Some(*node) != leader)?;
            Some((from, Input::Fire(Target::Node(rival), "election".to_owned())))
        }
        Turn::SplitVote | Turn::IsolateLeader => None,
    }
}

/// Whether the acts, the last of which is done by `tally.since`, made the turn come; `None` while
/// that is open. `over`: the run has ended.
pub(super) fn judge(turn: Turn, tally: &Tally, over: bool, single: bool) -> Option<bool> {
    let undecided = if over { Some(false) } else { None };
    match turn {
        Turn::SplitVote => split(tally, over),
        Turn::CrashBeforeCommit => tally.struck.as_ref().map(|(.., open)| *open).or(undecided),
        Turn::IsolateLeader => {
            let Some((at, struck, _)) = &tally.struck else { return undecided };
            let other = |one: &Campaign| {
                one.won.is_some_and(|won| won > *at) && !struck.contains(&one.node)
            };
            if tally.campaigns.iter().any(other) { Some(true) } else { undecided }
        }
        Turn::Duel if single && tally.chosen.is_some() => Some(false),
        Turn::Duel => {
            let won = tally.recent().any(|one| one.won.is_some());
            if won { Some(true) } else { undecided }
        }
        Turn::Window => {
            let Some((at, ..)) = &tally.struck else { return undecided };
            let (txn, _) = tally.yes.last_key_value()?;
            if tally.resolved.contains(txn) {
                return Some(false);
            }
            (over || tally.now.since(*at) >= BLOCKED).then_some(true)
        }
        Turn::StaleRead => {
            let Some((_, Op::Get(key), asked, outcome)) = tally.answered else { return undecided };
            if asked != tally.since {
                return undecided;
            }
            let Outcome::Done(seen) = outcome else { return Some(false) };
            let known = tally.written.get(&key).filter(|known| known.answered < asked);
            let missed = known.is_some_and(|known| seen != Some(known.value));
            Some(missed && !tally.contended(key))
        }
        Turn::Starve => {
            if !over && tally.now.since(tally.since) < BLOCKED {
                return None;
            }
            let waits = |(op, at): &(Op, SimTime)| matches!(op, Op::Put(..)) && *at <= tally.since;
            Some(tally.open.values().any(waits))
        }
    }
}

/// Two or more stood for one era, and the next one came without a leader of it.
fn split(tally: &Tally, over: bool) -> Option<bool> {
    let stood = |era: u64| tally.recent().filter(|one| one.era == era).count();
    let split = tally.recent().map(|one| one.era).find(|era| stood(*era) > 1);
    let later = |era: u64| tally.recent().any(|one| one.era > era);
    let Some(era) = split else {
        // Some other era came instead.
        let led = tally.recent().any(|one| one.won.is_some());
        return (led || over).then_some(false);
    };
    if tally.recent().any(|one| one.era == era && one.won.is_some()) {
        return Some(false);
    }
    (later(era) || over).then_some(true)
}
