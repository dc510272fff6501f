//! The page that shows every figure beside ours: `docs/verified.md`.
//!
//! `REWRITE=1 cargo test --test it references::page` writes it again; `SAMPLES=10` takes ten times
//! as many samples and prints the page instead of comparing it.

use std::fmt::Write as _;
use std::path::PathBuf;

use super::super::papers::raft::split_votes;
use super::{
    Row, Tolerance, elections, epidemics, hashes, logs, owners, probing, queues, resilience,
    rivals, split, stability, staleness, times,
};

/// What stands above the tables.
const HEAD: &str = "\
# Verified figures

Figures that others published, and what comes out here. Ours are computed by tests, with fixed
seeds, and a test compares this page with them. Raft is the node that runs in the playground;
epidemics and staleness are models of the sources, unless a row names an entry.

- `cargo test --test it references` computes them again,
- `REWRITE=1 cargo test --test it references::page` writes this page,
- `cargo xtask verify` takes many more samples, in release mode, and prints the tables.

The keys of the sources are resolved in [papers.md](papers.md). Bounds are marked `≥` and `≤`;
counts have to be equal. Figures of runs by chance may differ by three standard errors of so many
samples, besides what the models differ by; with seeds that are fixed, one that agrees does so
always.
";

/// Rows of the same sources that are not here: what, how much, why, and whose.
const MISSING: [[&str; 4]; 6] = [
    [
        "localities of weights 1 and 2, the first from 100 to 0% healthy: its share",
        "33 to 0%",
        "a pool has no localities",
        "[envoy §locality weighted]",
    ],
    [
        "zone-aware routing, 40/40/20 to 25/50/25: what stays",
        "62.5%",
        "a pool has no localities",
        "[envoy §zone aware]",
    ],
    [
        "Maglev, 7 slots, weights 2 and 1, first version: slots",
        "4 and 3",
        "the second version is built; its slots are above",
        "[katran §`MaglevHash.cpp`]",
    ],
    [
        "4 equal servers that share their time: p99 of Prequal over p99 in turns",
        "1.25",
        "sizes and load are not published; from 0.8 to 1.5 over those tried",
        "[sathwick §results]",
    ],
    [
        "three layers of four tries each: tries at the last",
        "64",
        "a pool is one layer; its factor is above",
        "[sre16 §22]",
    ],
    [
        "Prequal at YouTube: memory saved at the tail",
        "10 to 20%",
        "servers have no memory",
        "[wydrowski24 §5.1]",
    ],
];

/// The tables, in the order of the page. Their rows are computed at once, if there are cores.
fn sections() -> Vec<(&'static str, &'static str, &'static [Row])> {
    let all: Vec<Section> = protocols().into_iter().chain(pools()).collect();
    std::thread::scope(|scope| {
        let running: Vec<_> = all.iter().map(|(.., rows)| scope.spawn(rows)).collect();
        let rows = running.into_iter().map(|it| it.join().expect("rows are computed"));
        all.iter().zip(rows).map(|((title, about, _), rows)| (*title, *about, rows)).collect()
    })
}

/// A title, a sentence, and what computes its rows.
type Section = (&'static str, &'static str, fn() -> &'static [Row]);

fn protocols() -> [Section; 7] {
    [
        (
            "Split votes",
            "How often nobody wins the first election of a term, against the closed formula, and \
             when the first timer goes off. Raft in the simulated world, exact delays.",
            split_votes::rows,
        ),
        (
            "Elections",
            "From the crash of a leader to the first word of the next, in milliseconds. Raft in \
             the simulated world; in the first part the delays vary by a millisecond around three \
             and two of the four survivors cannot win. The narrowest ranges are left out: there \
             the jitter of the network decides, which is not published.",
            elections::rows,
        ),
        (
            "Elections with a shorter range for candidates",
            "Candidates wait from 23 to 46 ms for votes, followers as long as ever. Nodes of Raft \
             outside the world, whose timers the test draws.",
            rivals::rows,
        ),
        (
            "Logs",
            "Figure 7 node by node, under both rules of backing up, and how many one-way delays \
             after a heartbeat a follower commits whose answer was lost.",
            logs::rows,
        ),
        (
            "Stability",
            "Five nodes of which few pairs can talk, and a follower that comes back.",
            stability::rows,
        ),
        (
            "Epidemics",
            "Rumours among a thousand sites: who never hears them, messages for each site, and \
             the last cycle in which somebody does.",
            epidemics::rows,
        ),
        (
            "Staleness",
            "Reads and writes of partial quorums, by the laws of delays fitted to production.",
            staleness::rows,
        ),
    ]
}

fn pools() -> [Section; 6] {
    [
        (
            "Queues",
            "One pool of the playground against closed forms, in mean services: T is the mean \
             response, W the mean wait. Each tolerance is three standard errors of the length of \
             the run.",
            queues::rows,
        ),
        (
            "Many servers",
            "One stream over many servers of the playground, in mean services. Values for which \
             no closed form is known were computed elsewhere; then the error of that computation \
             is part of the tolerance.",
            split::rows,
        ),
        (
            "Bins and hashes",
            "How evenly strategies spread what never ends, and hashes their keys; how many keys \
             move.",
            hashes::rows,
        ),
        (
            "Balancers as their owners ship them",
            "Sequences and values of their own tests and documents, and Linkerd's experiment with \
             the scenario of the gallery.",
            owners::rows,
        ),
        (
            "Around the strategies",
            "Ejection, slow start, budgets, retries and throttles, against the documents of their \
             owners and closed forms.",
            resilience::rows,
        ),
        (
            "Probes",
            "Twenty balancers before twenty servers with four slots each, loads in speeds that \
             are guaranteed; a quarter of the machines lacks a part of it, the others have time \
             to spare that comes and goes. Machines, speeds and loads of the sources are not \
             published: they were chosen here with the published direction in sight, so these \
             rows are illustrations, not confirmations. Weights are equal; these reach the \
             timeout at 0.93 already. Weights that learn (`grpc-weights`), nearer to those of the \
             source, did not reach it at 1.03 in the same runs, only at 1.74. The last two rows \
             are at a load of 30%; the very last was between 0.8 and 1.5 at 30 to 70%.",
            probing::rows,
        ),
    ]
}

/// As many digits as the room between the figures gives sense to.
fn decimals(row: &Row) -> usize {
    let room = row.room();
    if room > 0.0 {
        return libm::ceil(-libm::log10(room / 2.0)).clamp(0.0, 9.0) as usize;
    }
    let whole = |value: f64| (value - libm::round(value)).abs() < 1e-9;
    if whole(row.expected) && (whole(row.ours) || row.expected >= 100.0) { 0 } else { 2 }
}

/// One line of a table.
fn line(row: &Row) -> String {
    let digits = decimals(row);
    let Row { name, expected, ours, source, .. } = row;
    let (sign, room) = match row.tolerance {
        Tolerance::Exact => ("", "exact".to_owned()),
        Tolerance::AtLeast => ("≥ ", String::new()),
        Tolerance::AtMost => ("≤ ", String::new()),
        _ if row.room() == 0.0 => ("", "exact".to_owned()),
        _ => ("", format!("± {:.digits$}", row.room())),
    };
    let verdict = if row.agrees() { "agrees" } else { "**differs**" };
    format!(
        "| {name} | {sign}{expected:.digits$} | {ours:.digits$} | {room} | {source} | {verdict} |"
    )
}

/// The page.
fn page(sections: &[(&str, &str, &[Row])]) -> String {
    let mut text = HEAD.to_owned();
    for (title, about, rows) in sections {
        write!(text, "\n## {title}\n\n{about}\n\n").expect("a text takes any line");
        text.push_str("| figure | published | ours | tolerance | source | verdict |\n");
        text.push_str("|---|---|---|---|---|---|\n");
        for row in *rows {
            writeln!(text, "{}", line(row)).expect("a text takes any line");
        }
    }
    text.push_str("\n## Not reproduced yet\n\n");
    text.push_str("| figure | published | why | source |\n|---|---|---|---|\n");
    for [what, published, why, source] in MISSING {
        writeln!(text, "| {what} | {published} | {why} | {source} |")
            .expect("a text takes any line");
    }
    text
}

#[test]
fn the_page_shows_the_figures() {
    let sections = sections();
    let found = page(&sections);
    if times() > 1 {
        println!("{found}");
    }
    let rows = sections.iter().flat_map(|(.., rows)| rows.iter());
    let apart: Vec<String> = rows.filter(|row| !row.agrees()).map(line).collect();
    assert!(apart.is_empty(), "{} rows differ:\n{}", apart.len(), apart.join("\n"));
    if times() > 1 {
        return;
    }
    let path = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/verified.md"));
    if std::env::var_os("REWRITE").is_some() {
        std::fs::write(&path, &found).expect("the page can be written");
        return;
    }
    let shown = std::fs::read_to_string(&path).unwrap_or_default();
    for (found, shown) in found.lines().zip(shown.lines()) {
        assert_eq!(found, shown, "docs/verified.md is old; REWRITE=1 writes it again");
    }
    assert_eq!(found.lines().count(), shown.lines().count(), "docs/verified.md is old");
}

#[test]
fn digits_follow_the_tolerance() {
    let row = |expected, ours, tolerance| Row {
        name: "x".to_owned(),
        expected,
        ours,
        tolerance,
        source: "s",
    };
    let share = line(&row(163.7, 171.234, Tolerance::Share(0.2)));
    assert_eq!(share, "| x | 164 | 171 | ± 33 | s | agrees |");
    let small = line(&row(0.3333, 0.4, Tolerance::Absolute(0.005)));
    assert_eq!(small, "| x | 0.333 | 0.400 | ± 0.005 | s | **differs** |");
    let count = line(&row(7.0, 7.0, Tolerance::Exact));
    assert_eq!(count, "| x | 7 | 7 | exact | s | agrees |");
    let half = line(&row(2.5, 7.0, Tolerance::AtLeast));
    assert_eq!(half, "| x | ≥ 2.50 | 7.00 |  | s | agrees |");
}
