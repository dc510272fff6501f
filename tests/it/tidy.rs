//! The house rules, as far as a machine can hold them (see
//! `docs/decisions/0002-rules-are-tests.md`).
//!
//! Every rule is a function from sources to findings, and every rule is itself tested with a text
//! that breaks it. A finding says where, which rule, and the way out.

mod bans;
mod docs;
mod edges;
mod shape;
mod source;
mod tables;

use source::{Source, read_all};
use std::fmt;

/// A place that breaks a rule.
#[derive(Debug, PartialEq, Eq)]
struct Finding {
    /// Path from the root of the repository.
    path: String,
    /// Line, from 1; 0 for the file as a whole.
    line: usize,
    /// What is wrong.
    rule: String,
    /// How to put it right.
    way_out: &'static str,
}

impl Finding {
    fn new(source: &Source, line: usize, rule: impl Into<String>, way_out: &'static str) -> Self {
        Self { path: source.path.clone(), line, rule: rule.into(), way_out }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}. {}", self.path, self.line, self.rule, self.way_out)
    }
}

/// Fails with all findings at once.
#[track_caller]
fn demand_none(findings: &[Finding]) {
    let lines: Vec<String> = findings.iter().map(ToString::to_string).collect();
    assert!(lines.is_empty(), "{} places to tidy:\n{}\n", lines.len(), lines.join("\n"));
}

/// Applies a rule to every file with one of these endings.
#[track_caller]
fn demand(endings: &[&str], rule: impl Fn(&Source) -> Vec<Finding>) {
    let sources = read_all(endings);
    assert!(!sources.is_empty(), "no file ends in {endings:?}: the walk itself is broken");
    demand_none(&sources.iter().flat_map(rule).collect::<Vec<_>>());
}

#[test]
fn rooms_know_only_the_rooms_below_them() {
    demand(&["rs"], edges::forbidden_rooms);
}

#[test]
fn files_are_short() {
    demand(&["rs", "mjs", "js", "css", "html"], shape::long_file);
}

#[test]
fn functions_are_short() {
    demand(&["rs"], shape::long_functions);
}

#[test]
fn lines_are_short() {
    demand(&["rs"], shape::long_lines);
}

#[test]
fn the_library_knows_no_page_and_does_not_panic() {
    demand(&["rs"], bans::in_library);
}

#[test]
fn hashed_and_serialised_state_has_no_machine_width() {
    demand(&["rs"], bans::machine_width);
}

#[test]
fn ignored_messages_are_named() {
    demand(&["rs"], bans::bare_wildcards);
}

#[test]
fn no_test_is_switched_off() {
    demand(&["rs"], bans::disabled_tests);
}

#[test]
fn the_page_asks_nobody_but_its_host() {
    demand(&["html", "css", "js", "svg"], bans::strangers);
}

#[test]
fn the_lock_file_of_npm_names_no_registry() {
    demand(&["json"], bans::resolved_urls);
}

#[test]
fn tables_list_every_file() {
    demand_none(&tables::unlisted(&read_all(&["rs"])));
}

#[test]
fn ids_equal_file_names() {
    demand(&["rs"], tables::wrong_ids);
}

#[test]
fn every_entry_has_a_scenario() {
    let entries: Vec<&str> = quorate::catalog::entries().iter().map(|e| e.about.id).collect();
    let strategies: Vec<&str> = quorate::catalog::strategies().iter().map(|s| s.id).collect();
    let scenarios = read_all(&["quorate"]);
    demand_none(&tables::without_scenario(&entries, &scenarios));
    demand_none(&tables::strategies_without_scenario(&strategies, &scenarios));
}

#[test]
fn every_test_file_is_run() {
    demand_none(&tables::unlisted_tests(&read_all(&["rs"])));
}

#[test]
fn citations_and_papers_agree() {
    demand_none(&docs::loose_citations(&read_all(&["rs", "md", "quorate"])));
}

#[test]
fn links_between_documents_resolve() {
    demand_none(&docs::dead_links(&read_all(&["md"])));
}

#[test]
fn documents_have_one_title() {
    demand(&["md"], docs::titles);
}

#[test]
fn decisions_are_numbered_in_a_row() {
    demand_none(&docs::decision_numbers(&read_all(&["md"])));
}
