//! Faults of nodes, clocks, disks and the network between groups.

use crate::kernel::{NodeId, Span};
use crate::script::cursor::Cursor;
use crate::script::names::Names;
use crate::script::problem::{ProblemKind, What};
use crate::script::token::Token;
use crate::script::wanted::Wanted;
use crate::script::{limit, saying, value};
use crate::sim::{DiskMode, Input, Target};

/// Words that stand for nodes, in a cluster.
const ROLES: [(&str, Target); 4] = [
    ("leader", Target::Leader),
    ("follower", Target::Follower),
    ("any", Target::Any),
    ("all", Target::All),
];

pub(super) fn crash(cursor: &mut Cursor<'_, '_>) -> Option<Input> {
    target(cursor).map(Input::Crash)
}

pub(super) fn restart(cursor: &mut Cursor<'_, '_>) -> Option<Input> {
    target(cursor).map(Input::Restart)
}

pub(super) fn pause(cursor: &mut Cursor<'_, '_>) -> Option<Input> {
    target(cursor).map(Input::Pause)
}

pub(super) fn resume(cursor: &mut Cursor<'_, '_>) -> Option<Input> {
    target(cursor).map(Input::Resume)
}

/// Reads the rest of `flap s3 every 2s for 10s`.
pub(super) fn flap(cursor: &mut Cursor<'_, '_>) -> Option<Input> {
    let token = cursor.want(Wanted::Node)?;
    let node = cursor.node_of(token, Wanted::Node)?;
    if !cursor.eat("every") {
        cursor.missing(Wanted::Every);
        return None;
    }
    let every = positive(cursor, "every")?;
    let lasting = if cursor.eat("for") { positive(cursor, "for")? } else { limit::TIME };
    Some(Input::Flap { node, every, lasting })
}

fn positive(cursor: &mut Cursor<'_, '_>, name: &'static str) -> Option<Span> {
    let token = cursor.want(Wanted::Time)?;
    let span = cursor.value_of(token, Wanted::Time, value::span)?;
    if span > Span::ZERO && span <= limit::TIME {
        return Some(span);
    }
    cursor.problem(token, saying::positive_time(name, span));
    None
}

/// A node that flaps, as printed.
pub(in crate::script) fn print_flap(node: &str, every: Span, lasting: Span) -> String {
    if lasting == limit::TIME {
        return format!("flap {node} every {every}");
    }
    format!("flap {node} every {every} for {lasting}")
}

pub(super) fn isolate(cursor: &mut Cursor<'_, '_>) -> Option<Input> {
    target(cursor).map(Input::Isolate)
}

/// Reads the rest of `heal`, or of `heal n1 -> n2`.
pub(super) fn heal(cursor: &mut Cursor<'_, '_>) -> Option<Input> {
    if cursor.peek().is_none() {
        return Some(Input::Heal);
    }
    let (from, both, to) = super::network::ends(cursor)?;
    Some(Input::Mend { from, to, both })
}

pub(super) fn skew(cursor: &mut Cursor<'_, '_>) -> Option<Input> {
    let target = target(cursor)?;
    let by = cursor.value(Wanted::SignedTime, value::signed_span)?;
    Some(Input::Skew(target, by))
}

pub(super) fn drift(cursor: &mut Cursor<'_, '_>) -> Option<Input> {
    let target = target(cursor)?;
    let token = cursor.want(Wanted::Drift)?;
    let ppm = cursor.value_of(token, Wanted::Drift, value::drift)?;
    if (-DRIFT_MAX..=DRIFT_MAX).contains(&ppm) {
        return Some(Input::Drift(target, ppm));
    }
    let kind = ProblemKind::Range {
        name: "drift".to_owned(),
        found: token.text.to_owned(),
        min: value::show_drift(-DRIFT_MAX),
        max: value::show_drift(DRIFT_MAX),
    };
    cursor.problem(token, kind);
    None
}

/// Fastest and slowest clock: beyond, one stands still.
const DRIFT_MAX: i32 = 900_000;

pub(super) fn disk(cursor: &mut Cursor<'_, '_>) -> Option<Input> {
    let target = target(cursor)?;
    let token = cursor.want(Wanted::DiskMode)?;
    let modes = [("synced", DiskMode::Synced), ("unsynced", DiskMode::Unsynced)];
    cursor.one_of(token, What::Word, &modes).map(|mode| Input::Disk(target, mode))
}

/// Reads whom an input is meant for.
pub(super) fn target(cursor: &mut Cursor<'_, '_>) -> Option<Target> {
    let token = cursor.want(Wanted::Target)?;
    target_of(cursor, token)
}

/// `token` as the node or nodes it stands for.
pub(super) fn target_of(cursor: &mut Cursor<'_, '_>, token: Token<'_>) -> Option<Target> {
    let led = !cursor.scene.names.is_pool();
    let role = ROLES.iter().find(|(word, _)| *word == token.text).map(|(_, target)| *target);
    match role {
        Some(Target::Leader | Target::Follower) if !led => {
            cursor.unknown(token, What::Word, &["any", "all"]);
            None
        }
        Some(role) => Some(role),
        None => {
            let names: Vec<&str> = ROLES.iter().map(|(word, _)| *word).collect();
            let near = crate::script::problem::nearest(token.text, &names);
            // `leadr` is a misspelt word, `n9` a node that is not there, `7` neither.
            match near {
                Some(_) if token.text.len() > 2 => {
                    cursor.unknown(token, What::Word, &names);
                    None
                }
                _ => cursor.node_of(token, Wanted::Target).map(Target::Node),
            }
        }
    }
}

/// A target as printed.
pub(in crate::script) fn print_target(target: Target, names: Names) -> String {
    match target {
        Target::Node(id) => names.node(id),
        Target::Leader => "leader".to_owned(),
        Target::Follower => "follower".to_owned(),
        Target::Any => "any".to_owned(),
        Target::All => "all".to_owned(),
    }
}

/// Reads the rest of `partition n1 n2 | n3 n4 n5`; braces around groups are accepted.
pub(super) fn partition(cursor: &mut Cursor<'_, '_>) -> Option<Input> {
    let mut groups: Vec<Vec<NodeId>> = Vec::new();
    loop {
        let braced = cursor.eat("{");
        let before: Vec<NodeId> = groups.concat();
        let group = nodes(cursor, &before)?;
        if braced && !cursor.eat("}") {
            cursor.missing(Wanted::Brace);
            return None;
        }
        groups.push(group);
        if !cursor.eat("|") {
            return Some(Input::Partition(groups));
        }
    }
}

/// Reads the rest of `cut n1 n2 -> n3`.
pub(super) fn cut(cursor: &mut Cursor<'_, '_>) -> Option<Input> {
    let from = nodes(cursor, &[])?;
    if !cursor.eat("->") {
        cursor.missing(Wanted::Arrow);
        return None;
    }
    let to = nodes(cursor, &[])?;
    Some(Input::Cut(from, to))
}

/// Reads nodes and ranges of nodes (`n3..n5`) as long as there are any.
fn nodes(cursor: &mut Cursor<'_, '_>, taken: &[NodeId]) -> Option<Vec<NodeId>> {
    nodes_until(cursor, &["|", "}", "{", "->"], taken)
}

/// Reads nodes and ranges of nodes up to one of the words `ends`.
pub(super) fn nodes_before(cursor: &mut Cursor<'_, '_>, ends: &[&str]) -> Option<Vec<NodeId>> {
    nodes_until(cursor, ends, &[])
}

fn nodes_until(
    cursor: &mut Cursor<'_, '_>,
    ends: &[&str],
    taken: &[NodeId],
) -> Option<Vec<NodeId>> {
    let mut nodes: Vec<NodeId> = Vec::new();
    let is_node = |token: &Token<'_>| !ends.contains(&token.text);
    while let Some(token) = cursor.peek().filter(is_node) {
        cursor.take();
        for node in range(cursor, token)? {
            if nodes.contains(&node) || taken.contains(&node) {
                let name = cursor.scene.names.node(node);
                cursor.problem(token, ProblemKind::Twice { name });
                return None;
            }
            nodes.push(node);
        }
    }
    if nodes.is_empty() {
        cursor.missing(Wanted::Node);
        return None;
    }
    Some(nodes)
}

fn range(cursor: &mut Cursor<'_, '_>, token: Token<'_>) -> Option<Vec<NodeId>> {
    let Some((first, last)) = token.text.split_once("..") else {
        return cursor.node_of(token, Wanted::Node).map(|node| vec![node]);
    };
    let first = cursor.node_of(Token { text: first, at: token.at }, Wanted::Node)?;
    let last = cursor.node_of(Token { text: last, at: token.end() - last.len() }, Wanted::Node)?;
    if first > last {
        cursor.bad(token, Wanted::Node);
        return None;
    }
    Some((first.0..=last.0).map(NodeId).collect())
}

/// A partition as printed.
pub(in crate::script) fn print_partition(groups: &[Vec<NodeId>], names: Names) -> String {
    let groups: Vec<String> = groups.iter().map(|group| print_nodes(group, names)).collect();
    format!("partition {}", groups.join(" | "))
}

/// Nodes as printed, with blanks between.
pub(in crate::script) fn print_nodes(nodes: &[NodeId], names: Names) -> String {
    nodes.iter().map(|node| names.node(*node)).collect::<Vec<_>>().join(" ")
}
