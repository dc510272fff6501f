//! What a line `explore` means: a scope, or why there is none.

use crate::catalog::Entry;
use crate::check::cluster::{Ask, Order, Scope};
use crate::kernel::{ClientId, Op, Property, Word};
use crate::sim::{ClusterSpec, Input, Target};

use super::grammar::ExploreLine;
use super::limit;
use super::names::Names;
use super::print::print_input;
use super::problem::{ProblemKind, Said};

/// A search that a scenario asks for.
#[derive(Clone, PartialEq, Debug)]
pub struct Exploring {
    /// Its line, from 1.
    pub line: u32,
    /// How far.
    pub scope: Scope,
    /// The line as printed.
    pub text: String,
}

/// The scope that the line means in this scenario.
///
/// # Errors
/// What contradicts what, by name.
pub(super) fn scope(
    line: &ExploreLine,
    entry: &Entry,
    spec: &ClusterSpec,
    names: Names,
) -> Result<Scope, ProblemKind> {
    let count =
        |name: &str| line.counts.iter().find(|(it, _)| *it == name).map(|(_, count)| *count);
    let of = |name| count(name).unwrap_or_default();
    if spec.nodes > limit::SEARCHED {
        let (found, max) = (spec.nodes.to_string(), limit::SEARCHED.to_string());
        let (name, min) = ("nodes".to_owned(), "1".to_owned());
        return Err(ProblemKind::Range { name, found, min, max });
    }
    if entry.trusted_drift(&spec.knobs).is_some() {
        return Err(wrong(
            format!(
                "{} rests on clocks with these settings, and a search has none.",
                entry.about.name
            ),
            format!("在这些设置下 {} 依赖时钟，而搜索中没有时钟。", entry.about.name),
        ));
    }
    let written = written(spec, names)?;
    let crashes = of("crashes");
    let mut scope = Scope {
        depth: count("depth").map(u32::from),
        crashes,
        restarts: count("restarts").unwrap_or(crashes),
        losses: of("losses"),
        duplicates: of("duplicates"),
        timers: of("timers"),
        cuts: of("cuts"),
        unsynced: line.unsynced == Some(true),
        order: line.order.unwrap_or_default(),
        symmetry: line.symmetry == Some(true),
        requests: count("requests").unwrap_or(written.len() as u16),
        asks: written,
    };
    contradiction(&scope, spec.nodes)?;
    if scope.asks.is_empty() {
        scope.asks = made_up(entry, scope.requests);
    }
    Ok(scope)
}

fn wrong(en: impl Into<String>, zh: impl Into<String>) -> ProblemKind {
    ProblemKind::Scope(Said::new(en, zh))
}

/// The requests that are written; whoever is not said to ask is a client of its own.
fn written(spec: &ClusterSpec, names: Names) -> Result<Vec<Ask>, ProblemKind> {
    let mut asks: Vec<(Option<ClientId>, Ask)> = Vec::new();
    for (_, input) in &spec.inputs {
        let Input::Request { op, via, client } = input else {
            let text = print_input(input, names);
            let word = text.split(' ').next().unwrap_or_default().to_owned();
            return Err(wrong(
                format!(
                    "{word} and explore do not go together: a search decides itself what is done \
                     to the cluster, but for requests."
                ),
                format!("{word} 不能与 explore 同时使用：除了 request，对集群做什么由搜索决定。"),
            ));
        };
        let via = match via {
            Some(Target::Node(node)) => Some(*node),
            // Who that is depends on the path: anybody.
            Some(Target::Leader | Target::Follower | Target::Any | Target::All) | None => None,
        };
        asks.push((*client, Ask { client: client.unwrap_or_default(), op: *op, via }));
    }
    let named: Vec<ClientId> = asks.iter().filter_map(|(client, _)| *client).collect();
    let mut free = (0..).map(ClientId).filter(|client| !named.contains(client));
    for (client, ask) in &mut asks {
        if client.is_none() {
            ask.client = free.next().unwrap_or_default();
        }
    }
    if asks.len() > limit::ASKS as usize {
        let (found, max) = (asks.len().to_string(), limit::ASKS.to_string());
        let (name, min) = ("requests".to_owned(), "0".to_owned());
        return Err(ProblemKind::Range { name, found, min, max });
    }
    Ok(asks.into_iter().map(|(_, ask)| ask).collect())
}

/// What cannot be in a scope together.
fn contradiction(scope: &Scope, nodes: u32) -> Result<(), ProblemKind> {
    let Scope { crashes, restarts, losses, duplicates, timers, cuts, requests, .. } = *scope;
    let written = scope.asks.len();
    if crashes == 0 && restarts > 0 {
        return Err(wrong(
            format!("restarts={restarts} without crashes: only a crashed node restarts."),
            format!("写了 restarts={restarts} 却没有 crashes：只有崩溃的节点才能重启。"),
        ));
    }
    if crashes == 0 && scope.unsynced {
        return Err(wrong(
            "disks=unsynced without crashes: only a crash loses what is not on disk.",
            "写了 disks=unsynced 却没有 crashes：只有崩溃才会丢失未落盘的内容。",
        ));
    }
    if duplicates > 0 && scope.order == Order::Ordered {
        return Err(wrong(
            "duplicates and network=ordered do not go together: an ordered link delivers each \
             message once.",
            "duplicates 不能与 network=ordered 同时使用：有序链路上每条消息只送达一次。",
        ));
    }
    if written > 0 && usize::from(requests) > written {
        return Err(wrong(
            format!("requests={requests}, but {written} are written."),
            format!("requests={requests}，但只写了 {written} 个请求。"),
        ));
    }
    let sent = [("losses", losses), ("duplicates", duplicates), ("cuts", cuts)];
    if let Some((name, count)) = sent.iter().find(|(_, count)| nodes < 2 && *count > 0) {
        return Err(wrong(
            format!("{name}={count} with one node: there are no messages between nodes."),
            format!("写了 {name}={count} 却只有一个节点：节点之间没有消息。"),
        ));
    }
    if [crashes, losses, duplicates, timers, cuts, requests].iter().all(|it| *it == 0) {
        return Err(wrong(
            "Nothing may happen in this scope: give explore some requests, timers or crashes.",
            "这个范围内什么都不会发生：请给 explore 写上 requests、timers 或 crashes。",
        ));
    }
    Ok(())
}

/// Small distinct operations, each of a client of its own. Where what clients see is judged, every
/// second one reads.
fn made_up(entry: &Entry, requests: u16) -> Vec<Ask> {
    let seen = [
        Property::Linearizability,
        Property::SequentialConsistency,
        Property::ReadYourWrites,
        Property::MonotonicReads,
    ];
    let reads = entry.about.claims.iter().any(|claim| seen.contains(&claim.property));
    let key = Word::new("x").unwrap_or_default();
    let ask = |place: u16| {
        let value =
            Word::number(if reads { u64::from(place / 2 + 1) } else { u64::from(place + 1) });
        let op = if reads && place % 2 == 1 { Op::Get(key) } else { Op::Put(key, value) };
        Ask { client: ClientId(u32::from(place)), op, via: None }
    };
    (0..requests).map(ask).collect()
}
