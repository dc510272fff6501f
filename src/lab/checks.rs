//! How everything that is judged stands: at the playhead, and when the run is over.

use crate::check::theory::Theory;
use crate::check::{
    Because, Examiner, Expectation, Moment, Monitor, Questions, Ruling, Standing, Status as Judged,
    Verdict, monitor,
};
use crate::kernel::{Property, SimTime};
use crate::script::{Expected, Plan, Wish};
use crate::sim::Cluster;

use super::history::Proof;
use super::view_model::{CheckView, HistoryView, MarkKind, Say, Status, TrackMark};

/// The examiner of a run, and the lines its questions come from.
pub(super) struct Checks {
    expects: Vec<Expected>,
    examiner: Examiner,
    /// What the text expects to break and the entry says nothing about: when it does is shown.
    breaking: Vec<Box<dyn Monitor>>,
    /// What came of the expectations and of the entry's properties when last asked. Frames read
    /// these; asking costs more than a frame has.
    rulings: Vec<Ruling>,
    standings: Vec<Standing>,
    /// What proves the verdict on what clients saw.
    proof: Proof,
    /// The last event seen.
    last: u64,
    /// The end of the run, once it is over.
    over: Option<Moment>,
}

impl Checks {
    pub(super) fn new(plan: &Plan) -> Checks {
        let about = plan.entry.about;
        let questions = Questions {
            expectations: plan.expects.iter().map(|expected| expected.expectation).collect(),
            claims: about.claims,
            era: about.era,
            warmup: SimTime::ZERO + plan.warmup,
        };
        let mut examiner = Examiner::new(&questions);
        if let Some(shape) = plan.pool_shape() {
            examiner = examiner.with_pool(shape);
        }
        let (rulings, standings) = (Vec::new(), Vec::new());
        let expects = plan.expects.clone();
        let breaking = breaking(plan).into_iter().map(|it| monitor(it, about.era)).collect();
        let (proof, last, over) = (Proof::default(), 0, None);
        let mut checks =
            Checks { expects, examiner, breaking, rulings, standings, proof, last, over };
        checks.ask();
        checks
    }

    /// Asks the examiner how everything stands.
    fn ask(&mut self) {
        let rulings = self.expects.iter().zip(self.examiner.rulings());
        self.rulings =
            rulings.map(|(expected, ruling)| expected.settle(ruling, self.over)).collect();
        self.standings = self.examiner.standings();
        self.standings.extend(self.breaking.iter().map(|monitor| Standing {
            property: monitor.property(),
            verdict: monitor.verdict(),
            decided: monitor.decided(),
            tally: monitor.tally(),
        }));
    }

    /// What theory expects of a pool beside what was measured up to `end`, if it has ended.
    pub(super) fn theory(&self, plan: &Plan, end: Option<SimTime>) -> Vec<Theory> {
        let Some(pool) = self.examiner.pool() else { return Vec::new() };
        let summary = end.map(|end| pool.summary(end));
        Theory::beside(&plan.theory(), summary.as_ref())
    }

    /// More of the run has been computed. The statistics of a pool are told when it is over.
    pub(super) fn refresh(&mut self) {
        if self.examiner.pool().is_none() {
            self.ask();
            self.proof.refresh(self.examiner.history(), false);
        }
    }

    /// What clients saw up to an event.
    pub(super) fn history(&self, event: u64) -> HistoryView {
        self.proof.view(self.examiner.history(), event)
    }

    pub(super) fn watch(&mut self, cluster: &dyn Cluster) {
        self.last = cluster.last().index;
        self.examiner.watch(cluster.last());
        for monitor in &mut self.breaking {
            monitor.watch(cluster.last());
        }
    }

    /// The run is over. One that was stopped by its limit leaves open what was open.
    pub(super) fn finish(&mut self, end: SimTime, complete: bool) {
        if complete {
            self.examiner.finish(end);
            for monitor in &mut self.breaking {
                monitor.finish(end);
            }
            self.over = Some(Moment { at: end, event: self.last });
        }
        self.ask();
        self.proof.refresh(self.examiner.history(), true);
    }

    /// The first violation behind the events `after` up to and including `until`.
    pub(super) fn first_violation(&self, after: u64, until: u64) -> Option<(u64, SimTime)> {
        let ours = self.violations().filter(|(event, ..)| *event > after && *event <= until);
        ours.map(|(event, at, _)| (event, at)).min()
    }

    fn violations(&self) -> impl Iterator<Item = (u64, SimTime, &Because)> {
        let rulings = self.rulings.iter().map(|ruling| &ruling.verdict);
        let standings = self.standings.iter().map(|standing| &standing.verdict);
        rulings.chain(standings).filter_map(|verdict| match verdict {
            Verdict::Violated { at, event, because } => Some((*event, *at, because)),
            Verdict::Holds | Verdict::Undecided { .. } => None,
        })
    }

    /// Properties that are violated.
    pub(super) fn broken(&self) -> Vec<Property> {
        let of = |standing: &Standing| standing.verdict.is_violated().then_some(standing.property);
        let own = self.standings.iter().filter_map(of);
        // A promise of a line that is to break is no violation, but it breaks.
        let ruled = self.expects.iter().zip(&self.rulings).filter_map(|(expected, ruling)| {
            match (expected.expectation, ruling.verdict.is_violated()) {
                (Expectation::Holds(property), true) | (Expectation::Broken(property), false) => {
                    Some(property)
                }
                _ => None, // Times and figures, and promises that are kept.
            }
        });
        own.chain(ruled).collect()
    }

    /// Markers of the violations: one for each event that violates something.
    pub(super) fn marks(&self) -> Vec<TrackMark> {
        let mut marks: Vec<TrackMark> = Vec::new();
        for (event, at, because) in self.violations() {
            if marks.iter().any(|mark| mark.event == event) {
                continue;
            }
            let (kind, node) = (MarkKind::Violation, None);
            marks.push(TrackMark { at, event, kind, node, label: say(because) });
        }
        marks
    }

    /// Why the event is a violation, if it is one.
    pub(super) fn explanation(&self, event: u64) -> Option<Say> {
        self.violations().find(|(at, ..)| *at == event).map(|(_, _, because)| say(because))
    }

    /// The expectations of the text, as they stand at a moment.
    pub(super) fn expectations(&self, at: SimTime, event: u64) -> Vec<CheckView> {
        let both = self.expects.iter().zip(&self.rulings);
        both.map(|(expected, ruling)| expectation(expected, ruling, Moment { at, event })).collect()
    }

    /// The entry's own properties, as they stand at a moment.
    pub(super) fn properties(&self, at: SimTime, event: u64) -> Vec<CheckView> {
        self.standings.iter().map(|standing| property(standing, Moment { at, event })).collect()
    }
}

/// Properties that lines expect to break, at some event, and that the entry does not speak of.
fn breaking(plan: &Plan) -> Vec<Property> {
    let claims = plan.entry.about.claims;
    let mut properties: Vec<Property> = Vec::new();
    for expected in &plan.expects {
        if let Expectation::Broken(property) = expected.expectation
            // Nothing happens where these are not met.
            && !matches!(property, Property::Termination | Property::Convergence)
            && claims.iter().all(|claim| claim.property != property)
            && !properties.contains(&property)
        {
            properties.push(property);
        }
    }
    properties
}

const END: Moment = Moment { at: SimTime::MAX, event: u64::MAX };

fn expectation(expected: &Expected, ruling: &Ruling, moment: Moment) -> CheckView {
    CheckView {
        line: Some(expected.line),
        property: None,
        text: expected.text.clone(),
        wish: Some(Wish {
            expectation: expected.expectation,
            broken: expected.broken,
            strategy: expected.strategy,
        }),
        status: status(ruling.status_at(moment)),
        final_status: status(ruling.status_at(END)),
        violated_at: violated_at(&ruling.verdict),
        because: ruling.verdict.because().map(say).unwrap_or_default(),
        note: Say::default(),
    }
}

fn property(standing: &Standing, moment: Moment) -> CheckView {
    let note = standing.tally.map(|tally| say(&tally.says()));
    CheckView {
        line: None,
        property: Some(standing.property),
        text: String::new(),
        wish: None,
        status: status(standing.status_at(moment)),
        final_status: status(standing.status_at(END)),
        violated_at: violated_at(&standing.verdict),
        because: standing.verdict.because().map(say).unwrap_or_default(),
        note: note.unwrap_or_default(),
    }
}

fn violated_at(verdict: &Verdict) -> Option<(SimTime, u64)> {
    match verdict {
        Verdict::Violated { at, event, .. } => Some((*at, *event)),
        Verdict::Holds | Verdict::Undecided { .. } => None,
    }
}

fn status(judged: Judged) -> Status {
    match judged {
        Judged::Holds => Status::Holds,
        Judged::Violated => Status::Violated,
        Judged::Undecided => Status::Undecided,
    }
}

fn say(because: &Because) -> Say {
    Say::new(&because.en, &because.zh)
}
