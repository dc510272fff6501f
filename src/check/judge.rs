//! One expectation being judged.

use std::collections::{BTreeSet, VecDeque};

use crate::kernel::{Fact, Op, Outcome, RequestId, SimTime, Span, Word};
use crate::sim::{Occurrence, OpNote};

use super::choice::is_choice;
use super::history::Moment;
use super::monitor::Monitor;
use super::verdict::{Because, Breach, Verdict};

/// A judge of one expectation.
pub(super) trait Judge {
    /// Sees one event.
    fn watch(&mut self, occurrence: &Occurrence);
    /// The run is over.
    fn finish(&mut self, at: SimTime);
    /// What it has come to, and since when for good.
    fn ruling(&self) -> (Verdict, Option<Moment>);
}

fn violated_at(verdict: &Verdict) -> Option<Moment> {
    match verdict {
        Verdict::Violated { at, event, .. } => Some(Moment { at: *at, event: *event }),
        Verdict::Holds | Verdict::Undecided { .. } => None,
    }
}

/// The property holds.
pub(super) struct Holds(pub(super) Box<dyn Monitor>);

impl Judge for Holds {
    fn watch(&mut self, occurrence: &Occurrence) {
        self.0.watch(occurrence);
    }

    fn finish(&mut self, at: SimTime) {
        self.0.finish(at);
    }

    fn ruling(&self) -> (Verdict, Option<Moment>) {
        (self.0.verdict(), self.0.decided())
    }
}

/// The property breaks.
pub(super) struct Broken {
    monitor: Box<dyn Monitor>,
    last: Moment,
    end: Option<Moment>,
}

impl Broken {
    pub(super) fn new(monitor: Box<dyn Monitor>) -> Broken {
        Broken { monitor, last: Moment::START, end: None }
    }
}

impl Judge for Broken {
    fn watch(&mut self, occurrence: &Occurrence) {
        self.last = Moment::of(occurrence);
        self.monitor.watch(occurrence);
    }

    fn finish(&mut self, at: SimTime) {
        self.monitor.finish(at);
        self.end = Some(Moment { at, ..self.last });
    }

    fn ruling(&self) -> (Verdict, Option<Moment>) {
        let found = violated_at(&self.monitor.verdict());
        if found.is_some() {
            return (Verdict::Holds, found);
        }
        if let Some(end) = self.end {
            let because = Because::new(
                "It held throughout the run, though it was expected to break.",
                "整个运行中它都成立，而预期是它会被破坏。",
            );
            return (Verdict::Violated { at: end.at, event: end.event, because }, self.end);
        }
        let because = Because::new("It has not broken yet.", "目前还没有被破坏。");
        (Verdict::Undecided { because }, None)
    }
}

/// What has to happen in time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Goal {
    Leader,
    Choice,
}

/// The goal is reached within a time from the start.
pub(super) struct Within {
    goal: Goal,
    span: Span,
    last: Moment,
    reached: Option<Moment>,
    missed: Option<Moment>,
}

impl Within {
    pub(super) fn new(goal: Goal, span: Span) -> Within {
        Within { goal, span, last: Moment::START, reached: None, missed: None }
    }

    fn deadline(&self) -> SimTime {
        SimTime::ZERO + self.span
    }

    fn miss(&mut self) {
        self.missed = Some(Moment { at: self.deadline(), event: self.last.event });
    }
}

impl Judge for Within {
    fn watch(&mut self, occurrence: &Occurrence) {
        if self.reached.is_some() || self.missed.is_some() {
            return;
        }
        if occurrence.at > self.deadline() {
            self.miss();
            return;
        }
        self.last = Moment::of(occurrence);
        let met = occurrence.facts.iter().any(|(_, fact)| match self.goal {
            Goal::Leader => matches!(fact, Fact::Elected { .. }),
            Goal::Choice => is_choice(fact),
        });
        if met {
            self.reached = Some(self.last);
        }
    }

    fn finish(&mut self, at: SimTime) {
        if self.reached.is_none() && self.missed.is_none() && at >= self.deadline() {
            self.miss();
        }
    }

    fn ruling(&self) -> (Verdict, Option<Moment>) {
        if self.reached.is_some() {
            return (Verdict::Holds, self.reached);
        }
        let span = self.span;
        if let Some(Moment { at, event }) = self.missed {
            let because = match self.goal {
                Goal::Leader => Because::new(
                    format!("No node had been elected by {span}."),
                    format!("到 {span} 时还没有节点当选领导者。"),
                ),
                Goal::Choice => Because::new(
                    format!("Nothing had been chosen by {span}."),
                    format!("到 {span} 时还没有选定任何值。"),
                ),
            };
            return (Verdict::Violated { at, event, because }, self.missed);
        }
        let because = match self.goal {
            Goal::Leader => Because::new(
                format!("No node has been elected yet; there is time until {span}."),
                format!("还没有节点当选领导者，期限是 {span}。"),
            ),
            Goal::Choice => Because::new(
                format!("Nothing has been chosen yet; there is time until {span}."),
                format!("还没有选定任何值，期限是 {span}。"),
            ),
        };
        (Verdict::Undecided { because }, None)
    }
}

/// Every write is answered in time.
pub(super) struct Commits {
    span: Span,
    /// Writes in order of invocation, so in order of their deadlines.
    due: VecDeque<(SimTime, RequestId, Op)>,
    open: BTreeSet<RequestId>,
    any: bool,
    last: Moment,
    breach: Breach,
}

impl Commits {
    pub(super) fn new(span: Span) -> Commits {
        Commits {
            span,
            due: VecDeque::new(),
            open: BTreeSet::new(),
            any: false,
            last: Moment::START,
            breach: Breach::default(),
        }
    }

    /// Looks at the writes whose time was up before `now`.
    fn expire(&mut self, now: SimTime) {
        while let Some(&(deadline, id, op)) = self.due.front()
            && deadline < now
        {
            self.due.pop_front();
            if self.open.contains(&id) {
                self.late(deadline, id, op);
            }
        }
    }

    fn late(&mut self, deadline: SimTime, id: RequestId, op: Op) {
        let (span, client) = (self.span, id.client);
        self.breach.note_at(deadline, self.last.event, || {
            Because::new(
                format!("{client} waited longer than {span} for the answer to {op}."),
                format!("{client} 的 {op} 等了超过 {span} 仍没有答复。"),
            )
        });
    }

    fn complete(&mut self, occurrence: &Occurrence, id: RequestId, op: Op, outcome: Outcome) {
        self.open.remove(&id);
        if matches!(outcome, Outcome::Done(_)) || !writes(op) {
            return;
        }
        let client = id.client;
        self.breach.note(occurrence, || {
            Because::new(
                format!("{client} was refused {op}."),
                format!("{client} 的 {op} 被拒绝。"),
            )
        });
    }
}

/// True if the operation changes something.
fn writes(op: Op) -> bool {
    match op {
        Op::Put(..)
        | Op::Cas(..)
        | Op::Append(..)
        | Op::Add(..)
        | Op::Include(..)
        | Op::Exclude(..)
        | Op::Push(..)
        | Op::Pop(_)
        | Op::Lock(_)
        | Op::Unlock(_)
        | Op::Propose(_)
        | Op::Change(_) => true,
        Op::Get(_) | Op::Contains(..) | Op::Work { .. } => false,
    }
}

impl Judge for Commits {
    fn watch(&mut self, occurrence: &Occurrence) {
        self.expire(occurrence.at);
        self.last = Moment::of(occurrence);
        for note in &occurrence.ops {
            match *note {
                OpNote::Invoked(id, op) if writes(op) => {
                    self.any = true;
                    self.open.insert(id);
                    self.due.push_back((occurrence.at + self.span, id, op));
                }
                OpNote::Completed(id, op, outcome) => self.complete(occurrence, id, op, outcome),
                // Reads are not judged, and giving up answers nothing.
                OpNote::Invoked(..) | OpNote::GaveUp(..) => {}
            }
        }
    }

    fn finish(&mut self, at: SimTime) {
        self.expire(SimTime(at.0.saturating_add(1)));
    }

    fn ruling(&self) -> (Verdict, Option<Moment>) {
        let open = self.open.len();
        let otherwise = if !self.any {
            let because = Because::new("No client has written anything.", "还没有客户端写入。");
            Verdict::Undecided { because }
        } else if let Some((_, id, op)) = self.due.iter().find(|it| self.open.contains(&it.1)) {
            let client = id.client;
            let because = Because::new(
                format!("{op} of {client} is not answered yet ({open} open)."),
                format!("{client} 的 {op} 还没有答复（共 {open} 个未完成）。"),
            );
            Verdict::Undecided { because }
        } else {
            Verdict::Holds
        };
        let verdict = self.breach.verdict_or(otherwise);
        let decided = violated_at(&verdict);
        (verdict, decided)
    }
}

/// The first value chosen is the one expected.
pub(super) struct Chosen {
    wanted: Word,
    breach: Breach,
    met: Option<Moment>,
}

impl Chosen {
    pub(super) fn new(wanted: Word) -> Chosen {
        Chosen { wanted, breach: Breach::default(), met: None }
    }
}

impl Judge for Chosen {
    fn watch(&mut self, occurrence: &Occurrence) {
        if self.met.is_some() || self.breach.found() {
            return;
        }
        let chosen = occurrence.facts.iter().find_map(|&(node, fact)| match fact {
            Fact::Chosen { value, .. } => Some((node, value)),
            _ => None, // Other facts choose nothing.
        });
        let Some((node, value)) = chosen else { return };
        if value == self.wanted {
            self.met = Some(Moment::of(occurrence));
            return;
        }
        let wanted = self.wanted;
        self.breach.note(occurrence, || {
            Because::new(
                format!("{node} learned that {value} is chosen, not {wanted}."),
                format!("{node} 得知选定的是 {value}，不是 {wanted}。"),
            )
        });
    }

    fn finish(&mut self, _: SimTime) {}

    fn ruling(&self) -> (Verdict, Option<Moment>) {
        if self.met.is_some() {
            return (Verdict::Holds, self.met);
        }
        let because = Because::new("Nothing has been chosen yet.", "还没有选定任何值。");
        let verdict = self.breach.verdict_or(Verdict::Undecided { because });
        let decided = violated_at(&verdict);
        (verdict, decided)
    }
}
