//! Random tiny models, searched in every order, against sets that grow until they stop.

use std::collections::BTreeSet;

use proptest::prelude::*;
use quorate::check::explore::{Claimed, End, Explorer, Finding, Model, Options, Order, When};

use super::company::in_company;
use super::search;

/// A graph that was drawn: edges, where it begins, and what is true where.
#[derive(Clone, Debug)]
struct Graph {
    edges: Vec<Vec<u8>>,
    starts: Vec<u8>,
    within: Vec<bool>,
    truth: Vec<[bool; 3]>,
    claims: Vec<Claimed>,
}

impl Model for Graph {
    type State = u8;
    type Step = u8;

    fn initial(&self) -> Vec<u8> {
        self.starts.clone()
    }

    fn steps(&self, state: &u8, out: &mut Vec<u8>) {
        out.extend(&self.edges[*state as usize]);
    }

    fn next(&self, _: &u8, step: &u8) -> Option<u8> {
        // The last number stands for a step that cannot be taken after all.
        ((*step as usize) < self.edges.len()).then_some(*step)
    }

    fn within(&self, state: &u8) -> bool {
        self.within[*state as usize]
    }

    fn claims(&self) -> &[Claimed] {
        &self.claims
    }

    fn judge(&self, claim: usize, state: &u8) -> bool {
        self.truth[*state as usize][claim]
    }
}

fn graphs() -> impl Strategy<Value = Graph> {
    let size = 1..12_usize;
    size.prop_flat_map(|n| {
        let to = 0..=n as u8;
        (
            prop::collection::vec(prop::collection::vec(to, 0..4), n),
            prop::collection::vec(0..n as u8, 0..3),
            prop::collection::vec(prop::bool::weighted(0.9), n),
            prop::collection::vec(
                [prop::bool::weighted(0.8), prop::bool::weighted(0.5), prop::bool::weighted(0.5)],
                n,
            ),
        )
    })
    .prop_map(|(edges, starts, within, mut truth)| {
        // Examples are rare, and so are places where what must happen has happened.
        for it in &mut truth {
            it[1] &= it[2];
        }
        let claim = |name: &str, when| Claimed { name: name.to_owned(), when };
        let claims = vec![
            claim("always", When::Always),
            claim("sometimes", When::Sometimes),
            claim("eventually", When::Eventually),
        ];
        Graph { edges, starts, within, truth, claims }
    })
}

/// What a search has to find, found by growing sets.
#[derive(Debug, Default)]
struct Truth {
    unique: u64,
    generated: u64,
    levels: u32,
    /// Fewest steps to a state where the first claim is false, and the second true.
    bad: Option<u32>,
    good: Option<u32>,
    /// Fewest steps of a path that ends and on which the third is never true.
    never: Option<u32>,
}

/// All states in so many steps from the beginning, over states that `keep` lets through.
fn rounds(graph: &Graph, keep: impl Fn(u8) -> bool) -> Vec<BTreeSet<u8>> {
    let start = graph.starts.iter().copied().filter(|at| keep(*at));
    let mut rounds = vec![start.collect::<BTreeSet<u8>>()];
    for _ in 0..=graph.edges.len() {
        let last = &rounds[rounds.len() - 1];
        let inside = last.iter().filter(|at| graph.within[**at as usize]);
        let next = inside.flat_map(|at| graph.edges[*at as usize].iter().copied());
        let next = next.filter(|at| (*at as usize) < graph.edges.len() && keep(*at)).collect();
        rounds.push(next);
    }
    rounds
}

fn truth(graph: &Graph) -> Truth {
    let mut truth = Truth::default();
    let all = rounds(graph, |_| true);
    let first = |of: &[BTreeSet<u8>], test: &dyn Fn(u8) -> bool| {
        of.iter().position(|round| round.iter().any(|at| test(*at))).map(|at| at as u32)
    };
    truth.bad = first(&all, &|at| !graph.truth[at as usize][0]);
    truth.good = first(&all, &|at| graph.truth[at as usize][1]);
    let mut seen = BTreeSet::new();
    for (depth, round) in all.iter().enumerate() {
        let inside = round.iter().filter(|at| graph.within[**at as usize]);
        let fresh: Vec<u8> = inside.copied().filter(|at| seen.insert(*at)).collect();
        truth.levels = if fresh.is_empty() { truth.levels } else { depth as u32 + 1 };
    }
    truth.unique = seen.len() as u64;
    let real = |at: &u8| (*at as usize) < graph.edges.len();
    let degree = |at: &u8| graph.edges[*at as usize].iter().filter(|it| real(it)).count() as u64;
    truth.generated = graph.starts.len() as u64 + seen.iter().map(degree).sum::<u64>();
    let without = rounds(graph, |at| !graph.truth[at as usize][2]);
    let ends = |at: u8| {
        graph.within[at as usize]
            && graph.edges[at as usize].iter().all(|it| !real(it) || *it == at)
    };
    truth.never = first(&without, &ends);
    truth
}

fn options(order: Order) -> Options {
    Options { order, ..Options::default() }
}

/// The steps a verdict names, and those of the path that goes with it; the path is a path.
fn steps(explorer: &Explorer<Graph>, claim: usize) -> Option<u32> {
    let steps = match &explorer.verdicts()[claim] {
        Finding::Violated(steps, _) | Finding::Example(steps, _) => *steps,
        Finding::Holds(_) | Finding::Missing(_) => return None,
        Finding::Undecided(because) => panic!("undecided: {because}"),
    };
    let (graph, path) = (explorer.model(), explorer.path(claim).expect("a way to what was found"));
    assert_eq!(path.steps.len() as u32, steps);
    assert!(graph.starts.contains(&path.start));
    let mut at = path.start;
    for (_, next) in path.steps {
        assert!(graph.edges[at as usize].contains(&next));
        at = next;
    }
    Some(steps)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn breadth_first_finds_what_there_is(graph in graphs()) {
        let wanted = truth(&graph);
        let shared = in_company(|| graph.clone(), &Options::default(), 3);
        let explorer = search(graph, Options::default());
        prop_assert_eq!(explorer.verdicts(), shared.verdicts());
        prop_assert_eq!(explorer.progress().generated, shared.progress().generated);
        let found = explorer.progress();
        prop_assert_eq!(found.unique, wanted.unique);
        prop_assert_eq!(found.generated, wanted.generated);
        prop_assert_eq!(found.depth, wanted.levels);
        prop_assert_eq!(found.frontier, 0);
        prop_assert!(found.complete());
        prop_assert_eq!(steps(&explorer, 0), wanted.bad);
        prop_assert_eq!(steps(&explorer, 1), wanted.good);
        prop_assert_eq!(steps(&explorer, 2), wanted.never);
    }

    #[test]
    fn other_orders_find_the_same(graph in graphs()) {
        let wanted = truth(&graph);
        let deep = search(graph.clone(), options(Order::Depth));
        prop_assert_eq!(deep.progress().unique, wanted.unique);
        prop_assert_eq!(deep.progress().generated, wanted.generated);
        prop_assert_eq!(steps(&deep, 0).is_some(), wanted.bad.is_some());
        prop_assert_eq!(steps(&deep, 1).is_some(), wanted.good.is_some());
        prop_assert_eq!(steps(&deep, 2), wanted.never);
        let deepening = search(graph.clone(), options(Order::Deepening));
        prop_assert_eq!(deepening.progress().unique, wanted.unique);
        prop_assert_eq!(deepening.progress().depth, wanted.levels);
        // Shortest again.
        prop_assert_eq!(steps(&deepening, 0), wanted.bad);
        prop_assert_eq!(steps(&deepening, 1), wanted.good);
        let exact = search(graph, Options { exact: true, ..Options::default() });
        prop_assert_eq!(exact.progress().unique, wanted.unique);
    }

    #[test]
    fn a_scope_of_so_many_steps_is_covered(graph in graphs(), max_depth in 0..6_u32) {
        let all = rounds(&graph, |_| true);
        let near = all.iter().take(max_depth as usize + 1).flatten();
        let near: BTreeSet<u8> = near.copied().filter(|at| graph.within[*at as usize]).collect();
        for order in [Order::Breadth, Order::Depth, Order::Deepening] {
            let explorer = search(graph.clone(), Options { max_depth, ..options(order) });
            let found = explorer.progress();
            prop_assert_eq!(found.end, Some(End::Covered));
            prop_assert_eq!(found.unique, near.len() as u64, "{:?}", order);
        }
    }

    #[test]
    fn random_runs_are_runs(graph in graphs(), seed in any::<u64>()) {
        let wanted = truth(&graph);
        let options = Options { walks: 20, max_depth: 15, ..Options::random(seed) };
        let explorer = search(graph.clone(), options.clone());
        let found = explorer.progress();
        prop_assert_eq!(found.end, Some(End::Walked));
        prop_assert!(found.unique <= wanted.unique);
        prop_assert!(!found.complete());
        for claim in 0..2 {
            if explorer.path(claim).is_some() {
                steps(&explorer, claim);
            }
        }
        prop_assert_eq!(search(graph, options).progress(), found);
    }

    #[test]
    fn a_ceiling_of_states_is_kept(graph in graphs(), max_states in 1..8_u32) {
        let wanted = truth(&graph);
        for order in [Order::Breadth, Order::Depth] {
            let limited = Options { max_states, ..options(order) };
            let explorer = search(graph.clone(), limited);
            let found = explorer.progress();
            prop_assert_eq!(found.unique, wanted.unique.min(u64::from(max_states)));
            prop_assert_eq!(found.complete(), wanted.unique <= u64::from(max_states));
            if !found.complete() {
                prop_assert!(!matches!(explorer.verdicts()[0], Finding::Holds(_)));
            }
        }
    }
}
