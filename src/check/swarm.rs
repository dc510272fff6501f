//! Swarm testing: a random recipe for each seed, and a judgement of the run it makes.
//!
//! Each seed switches every kind of fault on or off, so that some runs are full of crashes and
//! free of partitions and others the reverse; mixing everything into every run hides what only a
//! few faults together can show \[groce12\]. A run has two phases: first faults, under which
//! nothing unsafe may happen; then everything is healed, and what clients asked for has to be
//! answered.

use std::fmt;

use crate::kernel::{
    About, Change, Choices, Claim, Expect, KnobValue, Knobs, NodeId, Op, Party, Property, Ratio,
    SimTime, Span, Window,
};
use crate::sim::rng::{Concern, Stream};
use crate::sim::{
    Cluster, ClusterSpec, Input, LinkChange, Matcher, NetworkSpec, Sessions, Target, Workload,
};

use super::expect::{Examiner, Expectation, Questions, Standing};
use super::history::End;
use super::verdict::{Because, Verdict};

/// A kind of trouble.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Trouble {
    Crash,
    Pause,
    Partition,
    Cut,
    Isolate,
    Skew,
    Drift,
    Hold,
    Drop,
    Duplicate,
    Delay,
    /// An operator changes who takes part, or who leads.
    Operate,
    /// An operator wants snapshots.
    Compact,
}

impl Trouble {
    const ALL: [Trouble; 13] = [
        Trouble::Crash,
        Trouble::Pause,
        Trouble::Partition,
        Trouble::Cut,
        Trouble::Isolate,
        Trouble::Skew,
        Trouble::Drift,
        Trouble::Hold,
        Trouble::Drop,
        Trouble::Duplicate,
        Trouble::Delay,
        Trouble::Operate,
        Trouble::Compact,
    ];

    /// True if an entry can be troubled in this way.
    fn suits(self, about: &About) -> bool {
        match self {
            Trouble::Operate => has(about, MEMBERS),
            Trouble::Compact => has(about, "snapshot"),
            _ => true, // What is done to nodes, clocks and the network is done to any entry.
        }
    }
}

/// The knob of entries whose members can change.
const MEMBERS: &str = "members";

fn has(about: &About, knob: &str) -> bool {
    about.knobs.iter().any(|it| it.name == knob)
}

/// Settings to draw from, for every entry that has such a knob; safe ones only.
const DRAWN: [(&str, &[KnobValue]); 10] = [
    ("prevote", &[KnobValue::Switch(false), KnobValue::Switch(true)]),
    ("checkquorum", &[KnobValue::Switch(false), KnobValue::Switch(true)]),
    ("reads", &[KnobValue::Choice("log"), KnobValue::Choice("index")]),
    ("snapshot", &[KnobValue::Count(0), KnobValue::Count(4), KnobValue::Count(30)]),
    ("keep", &[KnobValue::Count(0), KnobValue::Count(10)]),
    ("batch", &[KnobValue::Count(64), KnobValue::Count(4), KnobValue::Count(16)]),
    ("pipeline", &[KnobValue::Count(0), KnobValue::Count(4), KnobValue::Count(40)]),
    ("prefer", &[KnobValue::Count(0), KnobValue::Count(2)]),
    ("backup", &[KnobValue::Choice("term"), KnobValue::Choice("one")]),
    ("noop", &[KnobValue::Switch(true)]),
];

/// Draws settings, and perhaps nodes that are to be members later. A lease is drawn only where
/// clocks keep the pace and the hour.
fn settings(about: &About, dice: &mut Stream, spec: &mut ClusterSpec, troubles: &[Trouble]) {
    for (name, values) in DRAWN.iter().filter(|(name, _)| has(about, name)) {
        let value = values[dice.below(values.len() as u64) as usize];
        // Half of the runs are as plain as they come.
        if dice.below(2) == 0 {
            spec.knobs.set(name, value);
        }
    }
    let steady = !troubles.iter().any(|it| matches!(it, Trouble::Skew | Trouble::Drift));
    if steady && spec.knobs.get("reads") == Some(KnobValue::Choice("index")) && dice.below(2) == 0 {
        spec.knobs.set("reads", KnobValue::Choice("lease"));
    }
    if troubles.contains(&Trouble::Operate) {
        // Whoever is removed and does not know would disturb the others for ever.
        for rule in ["prevote", "checkquorum"].into_iter().filter(|rule| has(about, rule)) {
            spec.knobs.set(rule, KnobValue::Switch(true));
        }
        spec.knobs.set(MEMBERS, KnobValue::Count(u64::from(spec.nodes)));
        spec.nodes += dice.below(3) as u32;
    }
}

/// How long after the healing everything asked for must be answered.
pub const GRACE: Span = Span::secs(10);

/// A random recipe.
#[derive(Clone, PartialEq, Debug)]
pub struct Trial {
    /// The entry it is for.
    pub entry: &'static str,
    /// The recipe.
    pub spec: ClusterSpec,
    /// When everything is healed.
    pub healed: SimTime,
    /// When the run ends.
    pub end: SimTime,
    troubles: Vec<Trouble>,
}

impl fmt::Display for Trial {
    /// What one needs to make it again, and what is in it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ClusterSpec { seed, nodes, network, inputs, .. } = &self.spec;
        write!(f, "entry={} seed={seed} (nodes={nodes} loss={}", self.entry, network.loss)?;
        write!(f, " duplicate={} reorder={}", network.duplicate, network.reorder)?;
        write!(f, " inputs={} {:?} healed at {})", inputs.len(), self.troubles, self.healed)
    }
}

/// The recipe of `seed` for an entry.
pub fn trial(about: &'static About, seed: u64) -> Trial {
    // The world's own fault stream belongs to owner 0.
    let mut dice = Stream::new(seed, Concern::Faults, 1);
    let nodes = [1, 2, 3, 3, 3, 4, 5, 5, 5, 7][dice.below(10) as usize];
    let mut spec = ClusterSpec::new(nodes, Knobs::defaults(about.knobs), seed);
    spec.network = network(&mut dice);
    spec.workload = Workload::Sessions(Sessions {
        clients: 1 + dice.below(3) as u32,
        every: Span::millis(20 + dice.below(150)),
        keys: 1 + dice.below(3) as u32,
        reads: Ratio::percent(dice.below(60) as u32),
    });
    let healed = SimTime::ZERO + Span::millis(1_000 + dice.below(9_000));
    let mut troubles: Vec<Trouble> = Trouble::ALL.to_vec();
    troubles.retain(|trouble| trouble.suits(about));
    troubles.retain(|_| dice.below(2) == 0);
    // Settings come from dice of their own, so that entries without any keep their runs.
    settings(about, &mut Stream::new(seed, Concern::Faults, 2), &mut spec, &troubles);
    let mut plan = Plan { nodes: spec.nodes, dice, inputs: Vec::new() };
    if !troubles.is_empty() {
        plan.make(&troubles, healed);
    }
    plan.heal(healed);
    // Inputs of one instant strike in this order.
    crate::order::sort_by_key(&mut plan.inputs, |(at, _)| *at);
    spec.inputs = plan.inputs;
    let end = healed + GRACE + Span::secs(2);
    Trial { entry: about.id, spec, healed, end, troubles }
}

fn network(dice: &mut Stream) -> NetworkSpec {
    let mut network = if dice.below(3) == 0 { NetworkSpec::wan() } else { NetworkSpec::lan() };
    let mut share = |most: u64| match dice.below(2) {
        0 => Ratio::ZERO,
        _ => Ratio::percent(1 + dice.below(most) as u32),
    };
    network.loss = share(20);
    network.duplicate = share(30);
    network.reorder = share(40);
    network
}

struct Plan {
    nodes: u32,
    dice: Stream,
    inputs: Vec<(SimTime, Input)>,
}

impl Plan {
    fn make(&mut self, troubles: &[Trouble], until: SimTime) {
        let pace = 20 + self.dice.below(500);
        let mut at = SimTime::ZERO + self.span(1, 300);
        while at < until {
            let pick = self.dice.below(troubles.len() as u64) as usize;
            self.strike(troubles[pick], at);
            at += self.span(1, pace);
        }
        // What would be undone later is undone by the healing.
        self.inputs.retain(|(at, _)| *at < until);
    }

    /// Adds one trouble, and its end a while later.
    fn strike(&mut self, trouble: Trouble, at: SimTime) {
        let later = at + self.span(5, 2_000);
        let count = Some(1 + self.dice.below(6) as u32);
        let some = Matcher { count, ..Matcher::default() };
        let (begin, end) = match trouble {
            Trouble::Crash => (Input::Crash(self.victim()), Some(Input::Restart(Target::Any))),
            Trouble::Pause => (Input::Pause(self.victim()), Some(Input::Resume(Target::All))),
            Trouble::Partition => (Input::Partition(self.groups()), Some(Input::Heal)),
            Trouble::Cut => {
                let (from, to) = (self.node(), self.node());
                (Input::Cut(vec![from], vec![to]), Some(Input::Heal))
            }
            Trouble::Isolate => (Input::Isolate(self.victim()), Some(Input::Heal)),
            Trouble::Skew => {
                let by = self.dice.below(4_000_000_000) as i64 - 2_000_000_000;
                (Input::Skew(Target::Any, by), None)
            }
            Trouble::Drift => {
                let ppm = self.dice.below(600_000) as i32 - 300_000;
                (Input::Drift(Target::Any, ppm), None)
            }
            Trouble::Hold => {
                let (from, to) = (Some(Party::Node(self.node())), Some(Party::Node(self.node())));
                let link = Matcher { from, to, ..Matcher::default() };
                (Input::Hold(link.clone()), Some(Input::Release(link)))
            }
            Trouble::Operate => {
                let (op, via, client) = (Op::Change(self.change()), None, None);
                (Input::Request { op, via, client }, None)
            }
            Trouble::Compact => (Input::Compact(self.victim()), None),
            Trouble::Drop => (Input::Drop(some), None),
            Trouble::Duplicate => (Input::Duplicate(some), None),
            Trouble::Delay => {
                let by = self.span(1, 3_000);
                (Input::Delay(some, by), None)
            }
        };
        self.inputs.push((at, begin));
        self.inputs.extend(end.map(|input| (later, input)));
    }

    /// Ends every trouble, and the noise of the network with it.
    fn heal(&mut self, at: SimTime) {
        let calm = LinkChange {
            loss: Some(Ratio::ZERO),
            duplicate: Some(Ratio::ZERO),
            reorder: Some(Ratio::ZERO),
            delay: None,
        };
        let all = [
            Input::Heal,
            Input::Network(calm),
            Input::Release(Matcher::default()),
            Input::Resume(Target::All),
            Input::Restart(Target::All),
            Input::Drift(Target::All, 0),
        ];
        self.inputs.extend(all.map(|input| (at, input)));
    }

    fn span(&mut self, min_ms: u64, max_ms: u64) -> Span {
        Window::between(Span::millis(min_ms), Span::millis(max_ms)).draw(&mut self.dice)
    }

    fn node(&mut self) -> NodeId {
        NodeId(self.dice.below(u64::from(self.nodes)) as u32)
    }

    fn victim(&mut self) -> Target {
        match self.dice.below(3) {
            0 => Target::Leader,
            1 => Target::Node(self.node()),
            _ => Target::Any,
        }
    }

    fn change(&mut self) -> Change {
        match self.dice.below(8) {
            0..=2 => Change::Add(self.node()),
            3 => Change::Learner(self.node()),
            4 => Change::Remove(self.node()),
            5 | 6 => Change::Transfer(self.node()),
            _ => {
                let some = (0..=self.dice.below(5)).map(|_| self.node());
                Change::Members(some.collect::<Vec<_>>().into_iter().collect())
            }
        }
    }

    fn groups(&mut self) -> Vec<Vec<NodeId>> {
        let mut groups = vec![Vec::new(); 2 + self.dice.below(2) as usize];
        for id in 0..self.nodes {
            let group = self.dice.below(groups.len() as u64) as usize;
            groups[group].push(NodeId(id));
        }
        groups
    }
}

/// What came of a trial.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Outcome {
    /// Events the run took.
    pub events: u64,
    /// Its digest.
    pub digest: u64,
    /// How each property fared that the entry claims anything of, and linearizability.
    pub verdicts: Vec<(Property, Verdict)>,
    /// The first operation left without an answer, though there was time after the healing.
    pub unanswered: Option<Because>,
    /// What is wrong, if anything is.
    pub complaint: Option<Because>,
}

/// Runs a trial in `cluster`, which was built from its recipe. Stops at the first violation of a
/// property that the entry claims to hold. What a replicated log answers has to be linearizable
/// even if its entry does not say so.
pub fn judge(trial: &Trial, mut cluster: Box<dyn Cluster>) -> Outcome {
    let about = cluster.about();
    let claims = about.claims;
    let mut expectations = Vec::new();
    if holds(claims, Property::StateMachineSafety) && !claimed(claims, Property::Linearizability) {
        expectations.push(Expectation::Holds(Property::Linearizability));
    }
    let questions = Questions { expectations, claims, era: about.era, ..Questions::default() };
    let mut examiner = Examiner::new(&questions);
    examiner.watch(cluster.last());
    let mut broken = false;
    while cluster.next_at().is_some_and(|next| next <= trial.end) && cluster.step() {
        examiner.watch(cluster.last());
        // Asked now and then: a violation stays one.
        broken = cluster.last().index.is_multiple_of(1_024) && complain(&examiner).is_some();
        if broken {
            break;
        }
    }
    if !broken {
        examiner.finish(trial.end);
    }
    let unanswered = unanswered(trial, &examiner);
    let complaint = complain(&examiner).or_else(|| unanswered.clone());
    let (events, digest) = (cluster.last().index, cluster.digest());
    let verdicts = verdicts(&examiner).map(|it| (it.property, it.verdict)).collect();
    Outcome { events, digest, verdicts, unanswered, complaint }
}

fn claimed(claims: &[Claim], property: Property) -> bool {
    claims.iter().any(|claim| claim.property == property)
}

fn holds(claims: &[Claim], property: Property) -> bool {
    claims.iter().any(|claim| claim.property == property && claim.expect == Expect::Holds)
}

/// Everything judged, what the entry claims first.
fn verdicts(examiner: &Examiner) -> impl Iterator<Item = Standing> {
    let rulings = examiner.rulings().into_iter().filter_map(|ruling| match ruling.expectation {
        Expectation::Holds(property) => {
            let (verdict, decided) = (ruling.verdict, ruling.decided);
            Some(Standing { property, verdict, decided, tally: None })
        }
        _ => None, // A trial expects nothing else.
    });
    examiner.standings().into_iter().chain(rulings)
}

fn complain(examiner: &Examiner) -> Option<Because> {
    let claims = examiner.claims();
    let meant = |it: &Standing| holds(claims, it.property) || !claimed(claims, it.property);
    let mut found = verdicts(examiner).filter(meant).filter_map(|it| match it.verdict {
        Verdict::Violated { at, event, because } => Some((event, at, it.property, because)),
        Verdict::Holds | Verdict::Undecided { .. } => None,
    });
    let (event, at, property, because) = found.next()?;
    Some(Because::new(
        format!("{property:?} broke at {at}, event {event}: {because}"),
        format!("{property:?} 在 {at}（第 {event} 个事件）被破坏：{}", because.zh),
    ))
}

/// The first operation that nobody answered, though there was time.
fn unanswered(trial: &Trial, examiner: &Examiner) -> Option<Because> {
    let late = SimTime(trial.end.0 - GRACE.0);
    let mut open = examiner.history().operations().iter();
    let found = open.find(|it| it.invoked.at <= late && it.end == End::Pending)?;
    let (client, op, at) = (found.id.client, found.op, found.invoked.at);
    Some(Because::new(
        format!("{op} of {client}, asked at {at}, was not answered within {GRACE} of peace."),
        format!("{client} 在 {at} 提出的 {op}，恢复正常 {GRACE} 后仍没有答复。"),
    ))
}
