//! Protocols in the seeded world: what each claims is seen, with faults and without.

use std::rc::Rc;

use quorate::catalog::{self, Entry};
use quorate::check::{End, Examiner, Expectation, Operation, Questions, Verdict};
use quorate::kernel::{
    Bound, ClientId, Expect, Knob, KnobKind, KnobValue, Knobs, NodeId, Op, Outcome, Property,
    Ratio, SimTime, Span, Word,
};
use quorate::sim::{
    Cards, Cluster, ClusterSpec, Input, LinkChange, NetworkSpec, OpNote, Sessions, Target, Workload,
};
use wasm_bindgen_test::wasm_bindgen_test;

/// A run, judged by what its entry claims.
struct Run {
    cluster: Box<dyn Cluster>,
    examiner: Examiner,
    answered: u64,
    refused: u64,
    elections: u64,
}

impl Run {
    fn of(entry: &Entry, spec: ClusterSpec) -> Run {
        let claims = entry.about.claims.iter();
        let questions = Questions {
            expectations: claims.map(|claim| Expectation::Holds(claim.property)).collect(),
            era: entry.about.era,
            ..Questions::default()
        };
        let cluster = entry.build(Rc::new(spec)).expect("a good recipe");
        let (answered, refused, elections) = (0, 0, 0);
        let examiner = Examiner::new(&questions);
        let mut run = Run { cluster, examiner, answered, refused, elections };
        run.watch();
        run
    }

    /// Goes on to `until`, or to the event `last`.
    fn play(mut self, until: SimTime, last: u64) -> Run {
        while self.cluster.next_at().is_some_and(|at| at <= until)
            && self.cluster.last().index < last
            && self.cluster.step()
        {
            self.watch();
        }
        self.examiner.finish(until);
        self
    }

    fn watch(&mut self) {
        let last = self.cluster.last();
        self.examiner.watch(last);
        for op in &last.ops {
            if let OpNote::Completed(_, _, outcome) = op {
                self.answered += u64::from(matches!(outcome, Outcome::Done(_)));
                self.refused += u64::from(matches!(outcome, Outcome::Refused));
            }
        }
        let elected =
            |fact: &quorate::kernel::Fact| matches!(fact, quorate::kernel::Fact::Elected { .. });
        self.elections += last.facts.iter().filter(|(_, fact)| elected(fact)).count() as u64;
    }

    fn verdict(&self, property: Property) -> Verdict {
        let rulings = self.examiner.rulings().into_iter();
        let mut about = rulings.filter(|it| it.expectation == Expectation::Holds(property));
        about.next().expect("a claimed property").verdict
    }

    /// Every property but termination, which a short run need not reach.
    fn assert_safe(&self, what: &str) {
        for ruling in self.examiner.rulings() {
            if ruling.expectation != Expectation::Holds(Property::Termination) {
                assert!(ruling.verdict.holds(), "{what}: {ruling:?}");
            }
        }
    }
}

fn entry(id: &str) -> Entry {
    catalog::find(id).expect("an entry of the gallery")
}

/// The recipe of `id` under settings as written after its name.
fn spec(entry: &Entry, with: &str, seed: u64) -> ClusterSpec {
    let mut spec = ClusterSpec::new(5, Knobs::defaults(entry.about.knobs), seed);
    for (name, value) in with.split_whitespace().filter_map(|word| word.split_once('=')) {
        match name {
            "nodes" => {
                spec.nodes = value.parse().expect("a number of nodes");
                spec.doors = spec.nodes;
                continue;
            }
            "network" => {
                spec.network = NetworkSpec::named(value).expect("a preset");
                continue;
            }
            _ => {}
        }
        let knob = entry.about.knobs.iter().find(|knob| knob.name == name);
        let knob = knob.expect("a declared knob");
        spec.knobs.set(knob.name, setting(knob, value));
    }
    spec
}

fn setting(knob: &Knob, text: &str) -> KnobValue {
    match knob.kind {
        KnobKind::Switch { .. } => KnobValue::Switch(text == "on"),
        KnobKind::Choice(words) => {
            let word = words.iter().find(|word| **word == text);
            KnobValue::Choice(word.expect("a declared word"))
        }
        KnobKind::Count { .. } => KnobValue::Count(text.parse().expect("a number")),
        KnobKind::Length { .. } | KnobKind::Range { .. } | KnobKind::Share { .. } => {
            panic!("claims do not set `{}`", knob.name)
        }
    }
}

fn word(text: &str) -> Word {
    Word::new(text).expect("a short word")
}

/// Each node is asked for a value of its own, by a client of its own, at the same instant.
fn everyone_proposes(spec: &mut ClusterSpec) {
    for (id, value) in (0..spec.nodes).zip(["A", "B", "C", "D", "E"]) {
        let (via, client) = (Some(Target::Node(NodeId(id))), Some(ClientId(id)));
        let op = Op::Put(word("x"), word(value));
        spec.inputs.push((SimTime(10_000_000), Input::Request { op, via, client }));
    }
}

fn sessions(clients: u32, every_ms: u64) -> Workload {
    let every = Span::millis(every_ms);
    Workload::Sessions(Sessions { clients, every, keys: 3, reads: Ratio::percent(50) })
}

fn secs(count: u64) -> SimTime {
    SimTime::ZERO + Span::secs(count)
}

/// A run in which the entry is asked much at once, and one with a steady stream of requests.
fn ask(spec: &mut ClusterSpec, seed: u64) {
    if seed.is_multiple_of(2) {
        everyone_proposes(spec);
    } else {
        spec.workload = sessions(3, 20);
    }
}

/// How the world is to a run in which a failure is looked for.
#[derive(Clone, Copy)]
enum Weather {
    Calm,
    Storm,
}

/// True if the claimed failure is seen in this run.
fn fails(entry: &Entry, claim: (Property, Bound), weather: Weather, seed: u64) -> bool {
    let (property, bound) = claim;
    let mut spec = spec(entry, bound.with, seed);
    match weather {
        Weather::Calm => ask(&mut spec, seed),
        Weather::Storm => {
            spec.workload = sessions(3, 20);
            storm(&mut spec, seed, 55_000);
        }
    }
    let run = Run::of(entry, spec).play(SimTime::ZERO + bound.within, bound.events);
    matches!(run.verdict(property), Verdict::Violated { event, .. } if event <= bound.events)
}

/// Wrong on purpose is asserted: each must be caught, by name, within the events it names.
#[wasm_bindgen_test(unsupported = test)]
fn claimed_failures_are_seen_within_their_bounds() {
    let mut seen = 0;
    for entry in catalog::entries() {
        for claim in entry.about.claims {
            let (Expect::Breaks(bound) | Expect::Stalls(bound)) = claim.expect else { continue };
            let mut runs = [Weather::Calm, Weather::Storm].into_iter().flat_map(|weather| {
                (0..32).map(move |seed| (weather, seed)) // Most failures need no storm.
            });
            let what = (claim.property, bound);
            let caught = runs.any(|(weather, seed)| fails(&entry, what, weather, seed));
            assert!(caught, "{}: {:?} under {}", entry.about.id, claim.property, bound.with);
            seen += 1;
        }
    }
    assert!(seen >= 6, "{seen} claims of failure");
}

/// A listing that remembers its first vote never disagrees, but the votes may split for good.
#[wasm_bindgen_test(unsupported = test)]
fn first_votes_split_without_disagreeing() {
    let article = entry("paxos-article");
    let mut splits = 0;
    for seed in 0..20 {
        let mut spec = spec(&article, "vote=first nodes=3", seed);
        everyone_proposes(&mut spec);
        let run = Run::of(&article, spec).play(secs(60), u64::MAX);
        assert!(run.verdict(Property::Agreement).holds());
        // `propose` returned None to everyone, or one value was first at two nodes.
        let split = run.verdict(Property::Termination).is_violated();
        assert_eq!((run.answered, run.refused), if split { (0, 3) } else { (1, 2) });
        splits += u32::from(split);
    }
    assert!((5..20).contains(&splits), "{splits} splits");
}

/// The value of a field on every node's card.
fn fields(run: &Run, name: &str) -> Vec<String> {
    let snapshot = run.cluster.snapshot(Cards::All);
    let cards = snapshot.nodes.iter().filter_map(|node| node.card.as_ref());
    let field = |card: &quorate::kernel::NodeCard| {
        card.fields.iter().find(|field| field.name == name).map(|field| field.value.clone())
    };
    cards.filter_map(field).collect()
}

#[wasm_bindgen_test(unsupported = test)]
fn paxos_chooses_one_value_everywhere() {
    let paxos = entry("paxos");
    for network in ["lan", "wan", "geo"] {
        for nodes in [1, 2, 3, 4, 5, 9] {
            let mut spec = spec(&paxos, &format!("nodes={nodes}"), nodes as u64);
            spec.network = NetworkSpec::named(network).expect("a preset");
            everyone_proposes(&mut spec);
            let run = Run::of(&paxos, spec).play(secs(30), 100_000);
            run.assert_safe(network);
            let chosen = fields(&run, "chosen");
            assert_eq!(chosen.len(), nodes);
            assert_ne!(chosen[0], "-", "{network}, {nodes} nodes");
            assert!(chosen.iter().all(|value| *value == chosen[0]), "{chosen:?}");
            assert_eq!(run.answered, nodes.min(5) as u64);
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn paxos_proposers_that_do_not_back_off_duel_across_a_continent() {
    let paxos = entry("paxos");
    for (settings, ends) in [("nodes=3 backoff=off", false), ("nodes=3 backoff=on", true)] {
        for seed in 0..10 {
            let mut spec = spec(&paxos, settings, seed);
            spec.network = NetworkSpec::wan();
            everyone_proposes(&mut spec);
            let run = Run::of(&paxos, spec).play(secs(20), u64::MAX);
            run.assert_safe(settings);
            assert_eq!(fields(&run, "chosen")[0] != "-", ends, "{settings}, seed {seed}");
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn raft_elects_once_and_serves_its_clients() {
    let raft = entry("raft");
    for (network, nodes, clients, answered) in [
        ("lan", 1, 2, 350),
        ("lan", 2, 2, 350),
        ("lan", 3, 4, 700),
        ("lan", 5, 4, 700),
        ("wan", 5, 4, 200),
    ] {
        for seed in 0..4 {
            let mut spec = spec(&raft, &format!("nodes={nodes}"), seed);
            spec.network = NetworkSpec::named(network).expect("a preset");
            spec.workload = sessions(clients, 50);
            let run = Run::of(&raft, spec).play(secs(10), u64::MAX);
            run.assert_safe(network);
            assert!(run.answered > answered, "{network} {nodes}: {}", run.answered);
            assert!(run.elections <= 4, "{network} {nodes}: {} leaders", run.elections);
            assert_eq!(run.refused, 0);
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn raft_runs_with_ninety_nine_nodes() {
    let raft = entry("raft");
    let mut spec = spec(&raft, "nodes=99", 1);
    spec.workload = sessions(2, 100);
    let run = Run::of(&raft, spec).play(secs(2), u64::MAX);
    run.assert_safe("99 nodes");
    assert!(run.answered > 10, "{}", run.answered);
}

#[wasm_bindgen_test(unsupported = test)]
fn raft_goes_on_when_its_leader_falls() {
    let raft = entry("raft");
    for seed in 0..10 {
        let mut spec = spec(&raft, "nodes=5", seed);
        spec.workload = sessions(3, 50);
        for round in 0..8 {
            spec.inputs.push((secs(1 + round), Input::Crash(Target::Leader)));
            let back = secs(1 + round) + Span::millis(800);
            spec.inputs.push((back, Input::Restart(Target::All)));
        }
        let run = Run::of(&raft, spec).play(secs(10), u64::MAX);
        run.assert_safe("leader crashes");
        assert!(run.elections >= 9, "seed {seed}: {} elections", run.elections);
        assert!(run.answered > 150, "seed {seed}: {} answers", run.answered);
    }
}

/// Everything that may go wrong for `until`, then nothing.
fn storm(spec: &mut ClusterSpec, seed: u64, until_ms: u64) {
    let at = |ms: u64| SimTime::ZERO + Span::millis(ms);
    let percent = |count| Some(Ratio::percent(count));
    let bad = LinkChange {
        loss: percent(5 + seed as u32 % 20),
        duplicate: percent(15),
        reorder: percent(25),
        delay: None,
    };
    spec.inputs.push((SimTime::ZERO, Input::Network(bad)));
    let nodes = spec.nodes;
    for (step, ms) in (300..until_ms).step_by(170 + seed as usize % 7 * 31).enumerate() {
        let node = NodeId((step as u32 * 7 + seed as u32) % nodes);
        let input = match (step as u64 + seed) % 9 {
            0 | 4 => Input::Crash(Target::Any),
            1 => Input::Isolate(Target::Leader),
            2 | 6 => Input::Restart(Target::All),
            3 => Input::Crash(Target::Leader),
            5 => Input::Partition(vec![vec![NodeId(0), node], vec![NodeId(1)]]),
            7 => Input::Pause(Target::Any),
            _ => Input::Resume(Target::All),
        };
        spec.inputs.push((at(ms), input));
    }
    let back =
        LinkChange { loss: percent(0), duplicate: percent(0), reorder: percent(0), delay: None };
    for input in
        [Input::Network(back), Input::Heal, Input::Resume(Target::All), Input::Restart(Target::All)]
    {
        spec.inputs.push((at(until_ms), input));
    }
}

/// No read may return a value that was overwritten before the read began, nor one not yet written.
/// Values are written once, so this needs no search; it is necessary for linearizability.
fn assert_no_stale_read(operations: &[Operation], what: &str) {
    let begin = |of: &Operation| of.invoked.event;
    let end = |of: &Operation| match of.end {
        End::Answered(moment, Outcome::Done(_)) => moment.event,
        // It may take effect at any time.
        End::Answered(_, Outcome::Refused | Outcome::Unmet | Outcome::Redirect(_))
        | End::Pending
        | End::GivenUp(_) => u64::MAX,
    };
    for read in operations {
        let (Op::Get(key), End::Answered(_, Outcome::Done(found))) = (read.op, read.end) else {
            continue;
        };
        let writes = || operations.iter().filter(|it| matches!(it.op, Op::Put(to, _) if to == key));
        let source = writes().find(|it| matches!(it.op, Op::Put(_, value) if Some(value) == found));
        assert!(found.is_none() || source.is_some(), "{what}: {read:?} found what nobody wrote");
        assert!(source.is_none_or(|it| begin(it) < end(read)), "{what}: {read:?}");
        let overwritten = writes().find(|it| {
            end(it) < begin(read) && source.is_none_or(|source| end(source) < begin(it))
        });
        assert!(overwritten.is_none(), "{what}: {read:?} is older than {overwritten:?}");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn raft_is_safe_in_a_storm_and_live_after_it() {
    let raft = entry("raft");
    for seed in 0..40 {
        let settings = ["nodes=3", "nodes=5", "nodes=4 batch=1", "nodes=5 noop=off backup=one"];
        let settings = settings[seed as usize % settings.len()];
        let mut spec = spec(&raft, settings, seed);
        spec.workload = sessions(4, 40);
        storm(&mut spec, seed, 12_000);
        let mut run = Run::of(&raft, spec).play(secs(14), u64::MAX);
        let before = run.answered;
        run = run.play(secs(16), u64::MAX);
        run.assert_safe(&format!("{settings}, seed {seed}"));
        assert_no_stale_read(run.examiner.history().operations(), settings);
        assert!(run.answered > before + 20, "seed {seed}: {before} then {}", run.answered);
        let commits = fields(&run, "commitIndex");
        let commits: Vec<u64> =
            commits.iter().map(|text| text.parse().expect("a number")).collect();
        let (low, high) = (commits.iter().min(), commits.iter().max());
        assert!(low.zip(high).is_some_and(|(low, high)| high - low < 20), "{commits:?}");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn paxos_is_safe_in_a_storm_and_live_after_it() {
    let paxos = entry("paxos");
    for seed in 0..60 {
        let settings = ["nodes=3", "nodes=5", "nodes=4", "nodes=5 backoff=off"];
        let settings = settings[seed as usize % settings.len()];
        let mut spec = spec(&paxos, settings, seed);
        everyone_proposes(&mut spec);
        storm(&mut spec, seed, 4_000);
        // Across a continent proposers that do not back off duel more slowly.
        let far = seed % 8 >= 4 || settings.ends_with("off");
        spec.network = if far { NetworkSpec::wan() } else { NetworkSpec::lan() };
        let run = Run::of(&paxos, spec).play(secs(30), 10_000);
        run.assert_safe(&format!("{settings}, seed {seed}"));
        let chosen = fields(&run, "chosen");
        // Without back-off slow proposers may still duel; then nobody may have learned anything.
        if settings.ends_with("off") && chosen.iter().all(|value| value == "-") {
            continue;
        }
        assert!(chosen.iter().all(|value| *value == chosen[0]), "seed {seed}: {chosen:?}");
        assert_ne!(chosen[0], "-", "seed {seed}, {settings}");
    }
}
