//! What every entry of the catalog has to keep, whoever wrote it. A new entry joins by itself.

use std::collections::BTreeSet;
use std::rc::Rc;

use quorate::catalog::{self, Entry};
use quorate::check::swarm::trial;
use quorate::kernel::{
    Expect, Face, Fact, Family, KnobKind, Knobs, NodeCard, NodeId, Phase, Ratio, SimTime, Span,
    Word,
};
use quorate::script::limit;
use quorate::sim::arrivals::Arrivals;
use quorate::sim::sizes::Sizes;
use quorate::sim::{
    Cards, Cluster, ClusterSpec, DiskMode, Happening, Input, Keys, Occurrence, REDIRECT, REFUSAL,
    REPLY, REQUEST, Sessions, Stream, Target, Workload,
};
use wasm_bindgen_test::wasm_bindgen_test;

fn ms(count: u64) -> SimTime {
    SimTime::ZERO + Span::millis(count)
}

/// Something for the entry to do.
fn workload(entry: &Entry) -> Workload {
    if entry.about.family == Family::Balancing {
        return Workload::Stream(Stream {
            clients: 2,
            arrivals: Arrivals::Poisson { rate: 300.0 },
            sizes: Sizes::Exponential { mean: Span::millis(5) },
            keys: Keys::Even(20),
        });
    }
    Workload::Sessions(Sessions {
        clients: 2,
        every: Span::millis(30),
        keys: 2,
        reads: Ratio::percent(30),
    })
}

fn spec(entry: &Entry, nodes: u32) -> ClusterSpec {
    let mut spec = ClusterSpec::new(nodes, Knobs::defaults(entry.about.knobs), 5);
    spec.workload = workload(entry);
    if entry.about.family == Family::Balancing {
        spec.doors = 1;
    }
    spec
}

/// A recipe full of faults.
fn faulty(entry: &Entry, seed: u64) -> ClusterSpec {
    let mut spec = trial(entry.about, seed).spec;
    if entry.about.family == Family::Balancing {
        spec.nodes = spec.nodes.max(3);
        spec.workload = workload(entry);
        spec.doors = 1;
    }
    spec
}

fn build(entry: &Entry, spec: ClusterSpec) -> Box<dyn Cluster> {
    entry.build(Rc::new(spec)).expect("there are no given lines")
}

/// Steps at most `events` times and shows every event, the first included.
fn play(cluster: &mut dyn Cluster, events: u64, mut watch: impl FnMut(&dyn Cluster)) {
    watch(cluster);
    for _ in 0..events {
        if !cluster.step() {
            return;
        }
        watch(cluster);
    }
}

fn sizes(entry: &Entry) -> Vec<u32> {
    let most = limit::nodes(entry.about);
    match entry.about.family {
        // One node would be a balancer without servers.
        Family::Balancing => vec![2, 3, 5, 9, most],
        Family::Consensus | Family::Storage | Family::Naive => vec![1, 2, 3, 5, 9, most],
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn entries_boot_and_run_at_every_size() {
    for entry in catalog::entries() {
        for nodes in sizes(&entry) {
            let mut cluster = build(&entry, spec(&entry, nodes));
            let events = if nodes > 9 { 600 } else { 1_500 };
            play(&mut *cluster, events, |cluster| {
                if cluster.last().index.is_multiple_of(100) {
                    check_cards(&entry, cluster);
                }
            });
            assert!(cluster.last().index > 0, "{} with {nodes} nodes", entry.about.id);
        }
    }
}

fn check_cards(entry: &Entry, cluster: &dyn Cluster) {
    for node in cluster.snapshot(Cards::All).nodes {
        let Some(card) = node.card else { continue };
        let id = entry.about.id;
        assert_eq!((card.role, card.era), (node.role, node.era), "{id}");
        assert!(!card.title.is_empty(), "{id}");
        assert!(card.log.len() <= NodeCard::LOG_SHOWN, "{id}");
        assert!(card.log.windows(2).all(|pair| pair[0].slot + 1 == pair[1].slot), "{id}");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn entries_are_deterministic() {
    for entry in catalog::entries() {
        for seed in 0..3 {
            let mut one = build(&entry, faulty(&entry, seed));
            let mut two = build(&entry, faulty(&entry, seed));
            for event in 0..3_000 {
                let id = entry.about.id;
                assert_eq!(one.last(), two.last(), "{id}, seed {seed}: event {event} differs");
                assert_eq!(one.digest(), two.digest(), "{id}, seed {seed}: event {event}");
                if !(one.step() & two.step()) {
                    break;
                }
            }
            assert_eq!(one.state_digest(), two.state_digest());
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn entries_survive_crash_and_restart_of_every_node() {
    for entry in catalog::entries() {
        for disk in [DiskMode::Synced, DiskMode::Unsynced] {
            let mut spec = spec(&entry, 5);
            spec.inputs.push((ms(100), Input::Disk(Target::All, disk)));
            for id in 0..5 {
                let at = 300 + 200 * u64::from(id);
                let node = Target::Node(NodeId(id));
                spec.inputs.push((ms(at), Input::Crash(node)));
                spec.inputs.push((ms(at + 150), Input::Restart(node)));
            }
            spec.inputs.push((ms(1_500), Input::Crash(Target::All)));
            spec.inputs.push((ms(1_600), Input::Restart(Target::All)));
            let mut cluster = build(&entry, spec);
            while cluster.next_at().is_some_and(|at| at < ms(3_000)) && cluster.step() {}
            check_cards(&entry, &*cluster);
            let up = cluster.snapshot(Cards::All).nodes.iter().all(|node| node.card.is_some());
            assert!(up, "{}", entry.about.id);
        }
    }
}

/// What a visitor can be shown: every rule named and every message sent is declared, and every rule
/// has its place in the listing.
#[wasm_bindgen_test(unsupported = test)]
fn marks_and_faces_are_declared_and_marks_are_in_the_listing() {
    for entry in catalog::entries() {
        let about = entry.about;
        let declared: BTreeSet<&str> = about.marks.iter().map(|mark| mark.id).collect();
        assert_eq!(declared.len(), about.marks.len(), "{}: a mark twice", about.id);
        let mut faces: Vec<Face> = about.faces.to_vec();
        faces.extend([REQUEST, REPLY, REFUSAL, REDIRECT]);
        for seed in 0..6 {
            let mut cluster = build(&entry, faulty(&entry, seed));
            play(&mut *cluster, 2_000, |cluster| {
                for node in cluster.snapshot(Cards::None).nodes {
                    for timer in node.timers {
                        assert!(entry.timers().contains(&timer.name), "{}: {timer:?}", about.id);
                    }
                }
                for (_, mark) in &cluster.last().marks {
                    assert!(declared.contains(mark), "{}: mark `{mark}`", about.id);
                }
                for note in &cluster.last().sent {
                    assert!(faces.contains(&note.face), "{}: {:?}", about.id, note.face);
                }
            });
        }
        let timers = entry.timers();
        assert_eq!(timers.iter().collect::<BTreeSet<_>>().len(), timers.len(), "{timers:?}");
        for mark in about.marks {
            let anchor = format!("// rule: {}\n", mark.id);
            assert!(about.source.contains(&anchor), "{}: no `{}`", about.id, anchor.trim());
            assert!(!mark.says.en.is_empty() && !mark.says.zh.is_empty());
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn what_entries_say_of_themselves_is_complete() {
    let mut ids = BTreeSet::new();
    for entry in catalog::entries() {
        let about = entry.about;
        assert!(ids.insert(about.id), "{} twice", about.id);
        let texts = [about.name, about.summary.en, about.summary.zh, about.source];
        assert!(texts.iter().all(|text| !text.is_empty()), "{}", about.id);
        assert!(!about.cites.is_empty(), "{}", about.id);
        let settings = |expect: Expect| match expect {
            Expect::Holds => None,
            Expect::Breaks(bound) | Expect::Stalls(bound) => Some(bound.with),
        };
        let claims = about.claims.iter().map(|claim| (claim.property, settings(claim.expect)));
        let claims: BTreeSet<_> = claims.collect();
        assert_eq!(claims.len(), about.claims.len(), "{}: a property claimed twice", about.id);
        if matches!(about.family, Family::Consensus | Family::Storage) {
            assert!(!claims.is_empty(), "{} promises nothing", about.id);
        }
        let mut names = BTreeSet::new();
        for knob in about.knobs {
            assert!(names.insert(knob.name), "{}: knob {}", about.id, knob.name);
            assert!(!knob.help.en.is_empty() && !knob.help.zh.is_empty(), "{}", knob.name);
            match knob.kind {
                KnobKind::Count { min, max, default } => {
                    assert!((min..=max).contains(&default), "{}: {}", about.id, knob.name);
                }
                KnobKind::Range { default } => assert!(default.min <= default.max),
                KnobKind::Choice(words) => assert!(!words.is_empty()),
                KnobKind::Switch { .. } | KnobKind::Length { .. } | KnobKind::Share { .. } => {}
            }
        }
        for face in about.faces {
            assert!(!face.name.is_empty());
            let client = face.phase == Phase::Client;
            assert!(client || about.family != Family::Balancing, "{}", face.name);
        }
    }
}

/// The log each node should have by what it stated: kept the plain way, to be compared with cards.
#[derive(Default)]
pub(crate) struct Told {
    logs: Vec<Vec<(u64, Word)>>,
    durable: Vec<Option<Vec<(u64, Word)>>>,
    any: bool,
}

impl Told {
    pub(crate) fn new(nodes: u32) -> Told {
        let nodes = nodes as usize;
        Told { logs: vec![Vec::new(); nodes], durable: vec![None; nodes], any: false }
    }

    pub(crate) fn watch(&mut self, occurrence: &Occurrence) {
        if let Happening::Input { input, struck, .. } = &occurrence.what {
            for node in struck {
                let at = node.index();
                match input {
                    Input::Crash(_) => {
                        if let Some(durable) = &self.durable[at] {
                            self.logs[at].clone_from(durable);
                        }
                    }
                    Input::Disk(_, DiskMode::Unsynced) => {
                        self.durable[at].get_or_insert(self.logs[at].clone());
                    }
                    Input::Disk(_, DiskMode::Synced) => self.durable[at] = None,
                    _ => {}
                }
            }
        }
        for (node, fact) in &occurrence.facts {
            if let Fact::Installed { slot, era } = *fact {
                self.install(node.index(), slot as usize, era);
            }
            let log = &mut self.logs[node.index()];
            match *fact {
                Fact::Appended { slot, era, value } => {
                    self.any = true;
                    log.truncate(slot as usize - 1);
                    assert_eq!(log.len() as u64 + 1, slot, "{node} left a gap");
                    log.push((era, value));
                }
                Fact::Truncated { from } => log.truncate(from as usize - 1),
                _ => {}
            }
        }
    }

    /// A snapshot stands for what any log with that entry holds up to there.
    fn install(&mut self, node: usize, slot: usize, era: u64) {
        let holds = |log: &&Vec<(u64, Word)>| log.get(slot - 1).is_some_and(|it| it.0 == era);
        if !holds(&&self.logs[node]) {
            let source = self.logs.iter().find(holds).expect("somebody had the entry");
            self.logs[node] = source[..slot].to_vec();
        }
    }

    pub(crate) fn compare(&self, entry: &Entry, cluster: &dyn Cluster) {
        for node in cluster.snapshot(Cards::All).nodes {
            let Some(card) = node.card.filter(|_| self.any) else { continue };
            let told = &self.logs[node.id.index()];
            let (id, event) = (entry.about.id, cluster.last().index);
            // What a snapshot stands for is not shown.
            let snapshot = card.fields.iter().find(|field| field.name == "lastIncludedIndex");
            let snapshot = snapshot.and_then(|field| field.value.parse().ok());
            let last = card.log.last().map_or(snapshot.unwrap_or(0), |cell| cell.slot);
            assert_eq!(told.len() as u64, last, "{id}, event {event}, {}", node.id);
            for cell in card.log {
                let told = told[cell.slot as usize - 1];
                assert_eq!(told, (cell.era, cell.value), "{id}, event {event}, {}", node.id);
            }
        }
    }
}

/// Monitors judge by facts. They have to say what the cards say, through crashes and lost disks.
#[wasm_bindgen_test(unsupported = test)]
fn facts_tell_the_logs_that_cards_show() {
    for entry in catalog::entries() {
        if entry.about.family == Family::Balancing {
            continue;
        }
        for seed in 0..4 {
            let mut spec = faulty(&entry, seed);
            if seed % 2 == 1 {
                spec.inputs.push((ms(200), Input::Disk(Target::Any, DiskMode::Unsynced)));
                spec.inputs.push((ms(250), Input::Disk(Target::Any, DiskMode::Unsynced)));
                spec.inputs.push((ms(3_000), Input::Disk(Target::All, DiskMode::Synced)));
            }
            let mut told = Told::new(spec.nodes);
            let mut cluster = build(&entry, spec);
            play(&mut *cluster, 4_000, |cluster| {
                told.watch(cluster.last());
                if cluster.last().index.is_multiple_of(32) {
                    told.compare(&entry, cluster);
                }
            });
        }
    }
}
