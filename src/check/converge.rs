//! Do replicas come to hold the same, once nobody writes and nothing is broken?

use std::collections::{BTreeMap, BTreeSet};

use crate::kernel::{Fact, NodeId, Op, Party, Property, Ratio, RequestId, SimTime, Span};
use crate::sim::{Happening, Input, LinkChange, Matcher, Occurrence, OpNote};

use super::consistency::observes;
use super::history::Moment;
use super::judge::Judge;
use super::monitor::Monitor;
use super::verdict::{Because, Breach, Verdict};

/// How long it must have been quiet before replicas that differ at the end count as a violation.
const SETTLE: Span = Span::secs(1);

#[derive(Clone, Copy, Debug)]
struct Replica {
    /// `None`: it never stated any.
    digest: Option<u64>,
    up: bool,
}

/// What every node holds, and since when they have had the chance to agree.
#[derive(Clone, Debug)]
struct Replicas {
    nodes: BTreeMap<NodeId, Replica>,
    writes: BTreeSet<RequestId>,
    paused: BTreeSet<NodeId>,
    severed: bool,
    held: Vec<Matcher>,
    /// When the last write, fault or repair was.
    since: Moment,
    /// Everything in flight has been delivered by hand since then.
    settled: bool,
}

impl Default for Replicas {
    fn default() -> Replicas {
        Replicas {
            nodes: BTreeMap::new(),
            writes: BTreeSet::new(),
            paused: BTreeSet::new(),
            severed: false,
            held: Vec::new(),
            since: Moment::START,
            settled: false,
        }
    }
}

/// True if nothing comes through any more.
fn severs(change: &LinkChange) -> bool {
    change.loss.is_some_and(|loss| loss >= Ratio::percent(100))
}

impl Replicas {
    fn node(&mut self, node: NodeId) -> &mut Replica {
        self.nodes.entry(node).or_insert(Replica { digest: None, up: true })
    }

    fn watch(&mut self, occurrence: &Occurrence) {
        let moment = Moment::of(occurrence);
        if let Happening::Input { input, struck, .. } = &occurrence.what {
            self.input(moment, input, struck);
        }
        for flight in &occurrence.sent {
            for party in [flight.from, flight.to] {
                if let Party::Node(node) = party {
                    self.node(node);
                }
            }
        }
        for &(node, fact) in &occurrence.facts {
            let replica = self.node(node);
            if let Fact::Replica { digest } = fact {
                replica.digest = Some(digest);
            }
        }
        for note in &occurrence.ops {
            let (id, op) = match *note {
                OpNote::Invoked(id, op) | OpNote::Completed(id, op, _) | OpNote::GaveUp(id, op) => {
                    (id, op)
                }
            };
            if observes(op) || matches!(op, Op::Work { .. }) {
                continue;
            }
            match note {
                OpNote::Invoked(..) => self.writes.insert(id),
                OpNote::Completed(..) | OpNote::GaveUp(..) => self.writes.remove(&id),
            };
            self.disturb(moment);
        }
    }

    fn disturb(&mut self, moment: Moment) {
        (self.since, self.settled) = (moment, false);
    }

    fn input(&mut self, moment: Moment, input: &Input, struck: &[NodeId]) {
        match input {
            // What clients ask for is seen by what they do.
            // What is compacted stays what it was. A flap happens as crashes and restarts.
            Input::Request { .. } | Input::Compact(_) | Input::Flap { .. } => return,
            Input::Settle => {
                self.settled = true;
                return;
            }
            Input::Crash(_) => struck.iter().for_each(|node| {
                self.node(*node).up = false;
                self.paused.remove(node);
            }),
            Input::Restart(_) => struck.iter().for_each(|node| self.node(*node).up = true),
            Input::Pause(_) => self.paused.extend(struck),
            Input::Resume(_) => struck.iter().for_each(|node| {
                self.paused.remove(node);
            }),
            Input::Partition(_) | Input::Cut(..) | Input::Isolate(_) => self.severed = true,
            Input::Link { change, .. } | Input::Network(change) if severs(change) => {
                self.severed = true;
            }
            Input::Heal => self.severed = false,
            Input::Hold(matcher) => self.held.push(matcher.clone()),
            Input::Release(matcher) if *matcher == Matcher::default() => self.held.clear(),
            Input::Release(matcher) => self.held.retain(|held| held != matcher),
            // Trouble that passes; and a mended link, which need not have been the only one.
            Input::Mend { .. }
            | Input::Skew(..)
            | Input::Drift(..)
            | Input::Disk(..)
            | Input::Link { .. }
            | Input::Network(_)
            | Input::Drop(_)
            | Input::Duplicate(_)
            | Input::Delay(..)
            | Input::Deliver(_)
            | Input::Fire(..)
            | Input::Order(..)
            | Input::Pace(..) => {}
        }
        self.disturb(moment);
    }

    /// True if nobody is writing and nothing is broken.
    fn calm(&self) -> bool {
        let whole = !self.severed && self.held.is_empty() && self.paused.is_empty();
        whole && self.writes.is_empty()
    }

    /// True if any node stated what it holds.
    fn any(&self) -> bool {
        self.nodes.values().any(|replica| replica.digest.is_some())
    }

    /// Two nodes that are up and hold different content.
    fn differ(&self) -> Option<(NodeId, NodeId)> {
        let mut up = self.nodes.iter().filter(|(_, replica)| replica.up);
        let (first, replica) = up.next()?;
        up.find(|(_, other)| other.digest != replica.digest).map(|(other, _)| (*first, *other))
    }
}

fn apart(a: NodeId, b: NodeId, since: SimTime, until: SimTime) -> Because {
    let quiet = until.since(since);
    Because::new(
        format!("{a} and {b} still held different content {quiet} after the last write and fault."),
        format!("最后一次写入和故障过去 {quiet} 后，{a} 和 {b} 的内容仍不相同。"),
    )
}

fn undecided(en: &str, zh: &str) -> Verdict {
    Verdict::Undecided { because: Because::new(en, zh) }
}

/// Once writes stop and nothing is broken, all replicas that are up come to hold the same. Judged
/// at the end of the run.
#[derive(Clone, Debug, Default)]
pub(super) struct Convergence {
    replicas: Replicas,
    last: u64,
    end: Option<SimTime>,
    breach: Breach,
}

impl Monitor for Convergence {
    fn property(&self) -> Property {
        Property::Convergence
    }

    fn watch(&mut self, occurrence: &Occurrence) {
        self.last = occurrence.index;
        self.replicas.watch(occurrence);
    }

    fn finish(&mut self, at: SimTime) {
        self.end = Some(at);
        let Replicas { since, settled, .. } = self.replicas;
        let long = settled || at.since(since.at) >= SETTLE;
        if self.replicas.calm()
            && long
            && let Some((a, b)) = self.replicas.differ()
        {
            self.breach.note_at(at, self.last, || apart(a, b, since.at, at));
        }
    }

    fn verdict(&self) -> Verdict {
        self.breach.verdict_or(if !self.replicas.any() {
            undecided("No node has stated what it holds.", "还没有节点说明自己的内容。")
        } else if !self.replicas.calm() {
            undecided("Writes or faults are going on.", "写入或故障仍在继续。")
        } else if self.replicas.differ().is_some() && self.end.is_some() {
            undecided(
                "The run ended too soon after the last write.",
                "最后一次写入后运行很快就结束了。",
            )
        } else if self.replicas.differ().is_some() {
            undecided("Replicas differ so far.", "目前各副本内容不同。")
        } else {
            Verdict::Holds
        })
    }
}

/// Whenever it has been quiet for so long, all replicas that are up hold the same.
pub(super) struct Converges {
    span: Span,
    replicas: Replicas,
    last: Moment,
    /// The quiet that was judged last began here.
    judged: Option<Moment>,
    breach: Breach,
}

impl Converges {
    pub(super) fn new(span: Span) -> Converges {
        let (replicas, breach) = (Replicas::default(), Breach::default());
        Converges { span, replicas, last: Moment::START, judged: None, breach }
    }

    /// Nothing has happened since the last event, and now it is `now`.
    fn judge(&mut self, now: SimTime) {
        let since = self.replicas.since;
        let due = since.at + self.span;
        let ready = self.replicas.any() && self.replicas.calm() && self.judged != Some(since);
        if !ready || now < due {
            return;
        }
        self.judged = Some(since);
        if let Some((a, b)) = self.replicas.differ() {
            self.breach.note_at(due, self.last.event, || apart(a, b, since.at, due));
        }
    }
}

impl Judge for Converges {
    fn watch(&mut self, occurrence: &Occurrence) {
        // What happens at the very end of the time still counts.
        if occurrence.at > self.last.at {
            self.judge(SimTime(occurrence.at.0 - 1));
        }
        self.last = Moment::of(occurrence);
        self.replicas.watch(occurrence);
    }

    fn finish(&mut self, at: SimTime) {
        self.judge(at);
    }

    fn ruling(&self) -> (Verdict, Option<Moment>) {
        let otherwise = if self.judged.is_some() {
            Verdict::Holds
        } else {
            let span = self.span;
            Verdict::Undecided {
                because: Because::new(
                    format!("It has not been quiet for {span} yet."),
                    format!("还没有出现过持续 {span} 的平静。"),
                ),
            }
        };
        (self.breach.verdict_or(otherwise), self.breach.moment())
    }
}
