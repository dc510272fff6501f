//! Monitors of what clients saw: linearizability and sequential consistency.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::hash::Hash;

use crate::kernel::{Op, Outcome, Property, SimTime, Word};
use crate::sim::{Occurrence, OpNote};

use super::consistency::{
    Call, Core, Explained, Fit, Frontier, Kind, Model, calls, core, explain, key,
};
use super::essence::{Judged, Words};
use super::history::{End, History, Moment, Operation};
use super::monitor::{Monitor, Tally};
use super::verdict::{Because, Breach, Verdict};

/// Most steps of one search.
const BUDGET: u64 = 1_000_000;
/// Most steps spent on making a reason short.
const SHORTEN: u64 = 500_000;
/// Most operations a reason names.
const NAMED: usize = 6;
/// Histories are searched whenever they have grown to twice the length, from this length on.
const FIRST: u64 = 32;

/// How far one object is followed.
#[derive(Clone)]
enum Track {
    Followed(Frontier<Kind>),
    /// Too many possibilities: searched as a whole, now and then.
    Searched,
}

/// What clients saw could have happened on single copies, each operation between its call and its
/// answer.
///
/// Every answer is judged when it comes. An object with so many operations at once that its states
/// cannot be followed is searched whenever its history has doubled, and at the end.
#[derive(Clone, Default)]
pub(super) struct Linearizability {
    history: History,
    tracks: BTreeMap<Word, Track>,
    /// Answers, and how many there will be at the next search.
    answered: u64,
    due: u64,
    /// The last search gave up.
    unsure: bool,
    /// Who asks is told what was decided.
    decides: bool,
    breach: Breach,
}

impl Linearizability {
    fn note(&mut self, occurrence: &Occurrence, note: &OpNote) {
        let (id, op) = match *note {
            OpNote::Invoked(id, op) | OpNote::Completed(id, op, _) | OpNote::GaveUp(id, op) => {
                (id, op)
            }
        };
        let Some(key) = key(op) else { return };
        let fresh = || Track::Followed(Frontier::new(Kind::Any));
        let track = self.tracks.entry(key).or_insert_with(fresh);
        let Track::Followed(frontier) = track else { return };
        match *note {
            OpNote::Invoked(..) => frontier.invoke(id, op),
            OpNote::Completed(_, _, outcome) => match frontier.answer(id, outcome) {
                Fit::Fits => {}
                Fit::Lost => {
                    *track = Track::Searched;
                    self.due = self.due.min(2 * self.answered);
                }
                Fit::Breaks => self.broken(Moment::of(occurrence), key),
            },
            // It may take effect at any time, so it stays open.
            OpNote::GaveUp(..) => {}
        }
    }

    /// The answer of this moment is impossible.
    fn broken(&mut self, moment: Moment, key: Word) {
        if self.breach.found() {
            return;
        }
        let operations = self.history.operations();
        let mut known = calls(operations, moment.event);
        known.retain(|(_, call)| super::consistency::key(call.op) == Some(key));
        let because = because(operations, moment, &known, Model::Linearizable);
        self.breach.note_at(moment.at, moment.event, || because);
    }

    /// Searches the objects that are not followed.
    fn search(&mut self) {
        self.unsure = false;
        let searched = self.tracks.iter().filter(|(_, it)| matches!(it, Track::Searched));
        let keys: Vec<Word> = searched.map(|(key, _)| *key).collect();
        if keys.is_empty() {
            return;
        }
        let mut budget = BUDGET;
        let operations = self.history.operations();
        let mut known: BTreeMap<Option<Word>, Vec<(usize, Call)>> = BTreeMap::new();
        for it in calls(operations, u64::MAX) {
            known.entry(super::consistency::key(it.1.op)).or_default().push(it);
        }
        for key in keys {
            let of_key = |(_, call): &(usize, Call)| super::consistency::key(call.op) == Some(key);
            let its = known.remove(&Some(key)).unwrap_or_default();
            match fit(&its, Model::Linearizable, &mut budget) {
                Fit::Fits => {}
                Fit::Lost => self.unsure = true,
                Fit::Breaks => {
                    let moment = first_break(operations, Model::Linearizable, of_key);
                    self.broken(moment, key);
                    return;
                }
            }
        }
    }
}

impl Monitor for Linearizability {
    fn property(&self) -> Property {
        Property::Linearizability
    }

    fn watch(&mut self, occurrence: &Occurrence) {
        if occurrence.ops.is_empty() || self.breach.found() || self.decides {
            return;
        }
        self.history.watch(occurrence);
        self.decides = occurrence.ops.iter().any(decides);
        if self.decides {
            self.tracks.clear();
            return;
        }
        for note in &occurrence.ops {
            self.answered += u64::from(matches!(note, OpNote::Completed(..)));
            self.note(occurrence, note);
        }
        if self.answered >= self.due.max(FIRST) {
            self.due = 2 * self.answered;
            self.search();
        }
    }

    fn finish(&mut self, _: SimTime) {
        if !self.breach.found() {
            self.search();
        }
    }

    fn verdict(&self) -> Verdict {
        if self.decides {
            return self.breach.verdict_or(no_store());
        }
        self.breach.verdict_or(open_verdict(self.tracks.is_empty(), self.unsure))
    }

    fn tally(&self) -> Option<Tally> {
        Some(Tally::Answers(self.answered))
    }
}

/// What clients saw could have happened on single copies in an order that keeps the order of each
/// client.
///
/// The history is searched whenever it has doubled, and at the end. It is judged as far as it goes:
/// a value that nobody has asked to write yet explains nothing.
#[derive(Default)]
pub(super) struct SequentialConsistency {
    history: History,
    answered: u64,
    due: u64,
    unsure: bool,
    /// Who asks is told what was decided.
    decides: bool,
    breach: Breach,
}

impl SequentialConsistency {
    fn search(&mut self) {
        let operations = self.history.operations();
        let known = calls(operations, u64::MAX);
        match fit(&known, Model::Sequential, &mut BUDGET.clone()) {
            Fit::Fits => self.unsure = false,
            Fit::Lost => self.unsure = true,
            Fit::Breaks => {
                let moment = first_break(operations, Model::Sequential, |_| true);
                let known = calls(operations, moment.event);
                let because = because(operations, moment, &known, Model::Sequential);
                self.breach.note_at(moment.at, moment.event, || because);
            }
        }
    }
}

impl Monitor for SequentialConsistency {
    fn property(&self) -> Property {
        Property::SequentialConsistency
    }

    fn watch(&mut self, occurrence: &Occurrence) {
        if occurrence.ops.is_empty() || self.breach.found() || self.decides {
            return;
        }
        self.history.watch(occurrence);
        self.decides = occurrence.ops.iter().any(decides);
        let answers = occurrence.ops.iter().filter(|it| matches!(it, OpNote::Completed(..)));
        self.answered += answers.count() as u64;
        if self.answered >= self.due.max(FIRST) && !self.decides {
            self.due = 2 * self.answered;
            self.search();
        }
    }

    fn finish(&mut self, _: SimTime) {
        if !self.breach.found() && !self.decides {
            self.search();
        }
    }

    fn verdict(&self) -> Verdict {
        if self.decides {
            return self.breach.verdict_or(no_store());
        }
        let idle = !self.history.operations().iter().any(|it| key(it.op).is_some());
        self.breach.verdict_or(open_verdict(idle, self.unsure))
    }

    fn tally(&self) -> Option<Tally> {
        Some(Tally::Answers(self.answered))
    }
}

/// True of a write that is answered with a value: it was a proposal, and the value is what was
/// chosen.
fn decides(note: &OpNote) -> bool {
    matches!(note, OpNote::Completed(_, Op::Put(..), Outcome::Done(Some(_))))
}

fn no_store() -> Verdict {
    let because = Because::new(
        "Clients are told what was chosen: they propose, and there is nothing that is read and \
         written.",
        "客户端得到的是选定的值：这里只有提议，没有可读写的对象。",
    );
    Verdict::Undecided { because }
}

fn open_verdict(idle: bool, unsure: bool) -> Verdict {
    if idle {
        let because = Because::new("No client has read or written.", "还没有客户端读写。");
        return Verdict::Undecided { because };
    }
    if unsure {
        let because = Because::new(
            format!("The search gave up after {BUDGET} steps."),
            format!("搜索 {BUDGET} 步后仍无结论。"),
        );
        return Verdict::Undecided { because };
    }
    Verdict::Holds
}

fn fit(known: &[(usize, Call)], model: Model, budget: &mut u64) -> Fit {
    let calls: Vec<Call> = known.iter().map(|(_, call)| *call).collect();
    match explain(Kind::Any, model, &calls, budget) {
        Explained::Order(_) => Fit::Fits,
        Explained::Impossible(_) => Fit::Breaks,
        Explained::Unknown => Fit::Lost,
    }
}

/// The first answer that left the calls of interest without an explanation, given that they have
/// none in the end: what no order explains stays so.
pub(super) fn first_break(
    operations: &[Operation],
    model: Model,
    of_interest: impl Fn(&(usize, Call)) -> bool,
) -> Moment {
    let ended = operations.iter().filter_map(|it| match it.end {
        End::Answered(moment, _) if key(it.op).is_some() => Some(moment),
        End::Answered(..) | End::GivenUp(_) | End::Pending => None,
    });
    let mut ends: Vec<Moment> = ended.collect();
    crate::order::sort(&mut ends);
    let mut budget = 4 * BUDGET;
    let possible = |moment: &Moment| {
        let mut known = calls(operations, moment.event);
        known.retain(&of_interest);
        let mut mine = BUDGET.min(budget);
        let given = mine;
        let found = fit(&known, model, &mut mine);
        budget -= given - mine;
        found != Fit::Breaks
    };
    let first = ends.partition_point(possible).min(ends.len().saturating_sub(1));
    ends.get(first).copied().unwrap_or(Moment::START)
}

/// Puts into words why `known`, of which the answer of `moment` was the last, is impossible.
fn because(
    operations: &[Operation],
    moment: Moment,
    known: &[(usize, Call)],
    model: Model,
) -> Because {
    let calls: Vec<Call> = known.iter().map(|(_, call)| *call).collect();
    let Core { calls: places, .. } = core(Kind::Any, model, &calls, &mut SHORTEN.clone());
    let last = operations.iter().find(|it| match it.end {
        End::Answered(end, _) => end == moment,
        End::GivenUp(_) | End::Pending => false,
    });
    let (mut en, mut zh) = last.map_or_else(Default::default, |it| {
        let (client, op, asked) = (it.id.client, it.op, it.invoked.at);
        let told = told(it);
        let (no, none) = match model {
            Model::Linearizable => {
                ("no order of all operations allows it", "任何操作顺序都解释不了")
            }
            Model::Sequential => (
                "no order that keeps that of each client allows it",
                "任何保持各客户端先后的顺序都解释不了",
            ),
        };
        (
            format!("{client} asked {op} at {asked} and got {told}: {no}."),
            format!("{client} 在 {asked} 执行 {op}，得到 {told}：{none}。"),
        )
    });
    if places.len() <= NAMED {
        let named: Vec<String> =
            places.iter().map(|place| name(&operations[known[*place].0])).collect();
        let list = named.join(", ");
        let _ = write!(en, " Impossible together: {list}.");
        let _ = write!(zh, "无法同时成立：{list}。");
    }
    Because::new(en, zh)
}

/// What a client was told.
fn told(operation: &Operation) -> String {
    match operation.end {
        End::Answered(_, Outcome::Done(Some(value))) => value.to_string(),
        End::Answered(_, Outcome::Unmet) => "unmet".to_owned(),
        End::Answered(_, Outcome::Done(None)) => match operation.op {
            crate::kernel::Op::Get(_) => "-".to_owned(),
            _ => "ok".to_owned(),
        },
        End::Answered(..) | End::GivenUp(_) | End::Pending => "?".to_owned(),
    }
}

/// An operation with what came of it, and when.
fn name(operation: &Operation) -> String {
    let (client, op, begun) = (operation.id.client, operation.op, operation.invoked.at);
    let told = match told(operation).as_str() {
        "ok" => String::new(),
        told => format!(" → {told}"),
    };
    let begun = rounded(begun);
    match operation.end {
        End::Answered(end, _) => format!("{client} {op}{told} ({begun}–{})", rounded(end.at)),
        End::GivenUp(_) | End::Pending => format!("{client} {op}{told} ({begun}–)"),
    }
}

/// A moment to a tenth of a millisecond: enough to find it by.
fn rounded(at: SimTime) -> SimTime {
    SimTime(at.0 / 100_000 * 100_000)
}

impl Judged for Linearizability {
    fn fork(&self) -> Box<dyn Judged> {
        Box::new(self.clone())
    }

    fn essence(&self, out: &mut Words) {
        self.decides.hash(out);
        self.tracks.len().hash(out);
        for (key, track) in &self.tracks {
            key.hash(out);
            match track {
                Track::Followed(frontier) => frontier.essence(out),
                // Only the whole history will tell.
                Track::Searched => self.history.essence(out),
            }
        }
    }
}
