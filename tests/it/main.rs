//! The native integration tests, in one binary.
#![allow(missing_docs, reason = "a test is documented by its name")]

// What is shipped is what is tested: the same tests run in a browser. In a worker, for a driver
// takes a page for dead when one test keeps it busy for half a minute.
#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_dedicated_worker);

// Strategies, servers and pools, against published sequences and queueing theory.
pub mod balance;
// Monitors, expectations and histories.
pub mod check;
// Bounded search, and published counts.
pub mod explore;
// What every entry of the catalog has to keep.
pub mod conformance;
// Golden digests, the same on every machine.
pub mod digests;
// The nodes that are animated, searched.
pub mod cluster;
// Random recipes over every sound entry.
pub mod swarm;
// The simulated world: faults, messages, clients, streams, and going back in time.
pub mod world;
// The laws of arrivals, sizes and keys.
pub mod sampling;
// The house rules, as far as a machine can hold them.
#[cfg(not(target_arch = "wasm32"))]
pub mod tidy;
// Protocols with a rule missing: what breaks, and that it is the rule.
#[cfg(not(target_arch = "wasm32"))]
pub mod mutants;
// Sentences of papers, one test each.
pub mod papers;
// Replicated logs under other settings than the usual.
pub mod replicated;
// Protocols in the seeded world.
pub mod protocols;

// Published figures, computed again.
pub mod references;
// Pure drawing: words, layout, pictures.
pub mod scene;
// Actions in, view models out.
pub mod lab;
// Logs side by side.
pub mod logs;
// Messages, metrics, ways through time, branches.
pub mod time;
// What is done by hand, and what makes a run interesting.
pub mod hands;
// Strategies beside each other.
pub mod comparison;
// A run that a program moves and listens to.
pub mod replay;
// Why a server was chosen.
pub mod reasons;

// Files that are dropped on the page.
pub mod files;
// Links to scenarios.
pub mod links;
// Stills, figures in Markdown, the book, commands of a host.
pub mod figures;
// What is pasted into other pages.
pub mod snippets;
// The gallery and the conversations, run as they stand.
#[cfg(not(target_arch = "wasm32"))]
pub mod scenarios;
// The scenario language.
pub mod script;
// Searches as a page asks for them.
pub mod searching;
// How violations came about.
pub mod stories;
