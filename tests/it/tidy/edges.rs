//! Who may know whom.

use super::Finding;
use super::source::Source;

/// Each room and the rooms it may use. The order is the direction: later rows know earlier ones.
const ROOMS: [(&str, &[&str]); 12] = [
    ("order", &[]),
    ("kernel", &[]),
    ("protocol", &["order", "kernel"]),
    ("balance", &["order", "kernel"]),
    ("sim", &["order", "kernel"]),
    ("check", &["order", "kernel", "sim"]),
    ("catalog", &["order", "kernel", "protocol", "balance", "sim", "check"]),
    ("script", &["order", "kernel", "sim", "check", "catalog"]),
    ("lab", &["order", "kernel", "sim", "check", "catalog", "script"]),
    ("scene", &["order", "kernel", "sim", "check", "catalog", "script"]),
    ("still", &["kernel", "script", "lab", "scene"]),
    ("ui", &["order", "kernel", "sim", "check", "catalog", "script", "lab", "scene", "still"]),
];

const WAY_OUT: &str = "Move what both need into a lower room (`kernel` for vocabulary), or hand \
                       it in as a value; the allowed edges are in tests/it/tidy/edges.rs";

/// Paths into rooms that this file's room may not use, and rooms that the table does not know.
pub(super) fn forbidden_rooms(source: &Source) -> Vec<Finding> {
    let Some(room) = source.room() else { return Vec::new() };
    let Some((_, allowed)) = ROOMS.iter().find(|(name, _)| *name == room) else {
        return vec![Finding::new(source, 0, format!("room `{room}` is in no table"), WAY_OUT)];
    };
    let is_room = |name: &str| ROOMS.iter().any(|(known, _)| *known == name);
    named_rooms(source)
        .into_iter()
        .filter(|(_, name)| is_room(name) && name != room && !allowed.contains(&name.as_str()))
        .map(|(line, name)| {
            Finding::new(source, line, format!("`{room}` may not know `{name}`"), WAY_OUT)
        })
        .collect()
}

/// Every first name after the root of the crate, with its line.
fn named_rooms(source: &Source) -> Vec<(usize, String)> {
    let code = &source.code;
    // src/sim/queue.rs is module sim::queue, two below the root; src/sim/mod.rs is one below.
    let depth = source.path.matches('/').count() - usize::from(source.stem() == "mod");
    let climb = "super::".repeat(depth.max(1));
    let mut found = Vec::new();
    for root in ["crate::", "quorate::", climb.as_str()] {
        for (at, _) in code.match_indices(root) {
            let line = Source::line_at(code, at);
            let names = first_names(&code[at + root.len()..]);
            found.extend(names.into_iter().map(|name| (line, name)));
        }
    }
    found
}

/// The first name of a path, or those of a group in braces.
fn first_names(path: &str) -> Vec<String> {
    let word = |text: &str| -> String {
        text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
    };
    let Some(group) = path.strip_prefix('{') else { return vec![word(path)] };
    let (mut depth, mut start, mut names) = (0_u32, 0, Vec::new());
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            ',' | '}' if depth == 0 => {
                names.push(word(&group[start..at]));
                start = at + 1;
                if c == '}' {
                    break;
                }
            }
            '}' => depth -= 1,
            _ => {}
        }
    }
    names
}

#[test]
fn every_form_of_a_forbidden_path_is_seen() {
    for bad in [
        "use crate::sim::World;",
        "use crate::{kernel::{A, B}, sim::World};",
        "fn f() { crate::sim::now() }",
        "use super::super::sim::World;",
    ] {
        let found = forbidden_rooms(&Source::new("src/protocol/raft.rs", bad));
        assert_eq!(found.len(), 1, "{bad}: {found:?}");
    }
    let found = forbidden_rooms(&Source::new("src/ui/mod.rs", "use quorate::protocol::raft;"));
    assert_eq!(found.len(), 1);
}

#[test]
fn allowed_paths_and_comments_pass() {
    for good in ["use crate::kernel::Node;", "/// See [`crate::sim`].", "use super::visit;"] {
        assert_eq!(forbidden_rooms(&Source::new("src/protocol/raft.rs", good)), []);
    }
    assert_eq!(forbidden_rooms(&Source::new("src/bin/quorate.rs", "use quorate::sim::World;")), []);
}

#[test]
fn an_unknown_room_is_a_finding() {
    assert_eq!(forbidden_rooms(&Source::new("src/misc/mod.rs", "")).len(), 1);
}

#[test]
fn no_room_knows_a_later_one() {
    for (index, (room, allowed)) in ROOMS.iter().enumerate() {
        for name in *allowed {
            let below = ROOMS[..index].iter().any(|(known, _)| known == name);
            assert!(below, "{room} may know {name}, which is not below it");
        }
    }
}
