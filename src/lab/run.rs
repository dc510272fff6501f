//! One run: computed ahead in slices, judged at every event, looked at anywhere.

use std::cell::RefCell;
use std::rc::Rc;

use crate::check::chronicle::Chronicle;
use crate::check::theory::Theory;
use crate::kernel::{NodeId, SimTime, Span, Text};
use crate::script::{Plan, print_input};
use crate::sim::{Cards, FlightNote, Happening, Progress, SpecError, Timeline};

use super::checks::Checks;
use super::coverage::Coverage;
use super::messages::Ledger;
use super::meter::Meter;
use super::narrate::Narrator;
use super::remedy::{RemedyView, flaw, remedy};
use super::story::{StoryStep, story};
use super::track::TrackMaker;
use super::view_model::{InlayView, PoolView, RuleView, Say, StrategyView, Track, WhyView};

/// Up to so many nodes, everybody's card is shown at once.
const CARDS_FOR_ALL: u32 = 32;
/// Most messages kept for the echo of their end.
const ECHOES: usize = 64;

/// A run being computed, or computed.
pub(super) struct Run {
    pub(super) plan: Rc<Plan>,
    pub(super) timeline: Timeline,
    pub(super) checks: Checks,
    pub(super) names: Rc<Vec<String>>,
    pub(super) meter: Option<Meter>,
    pub(super) inlays: Rc<Vec<InlayView>>,
    /// What happened, for the space-time diagram.
    pub(super) chronicle: Chronicle,
    maker: TrackMaker,
    narrator: Narrator,
    /// None of a pool: what is shown there is a strategy's code.
    coverage: Option<Coverage>,
    track: Rc<Track>,
    /// Events that did an input, with its line.
    struck: Vec<(u64, u32)>,
    digest: Option<u64>,
    /// Response times of the whole run, once it is computed.
    response: Option<[Span; 5]>,
    /// What theory expects, and what was measured once the run is computed; empty for clusters.
    theory: Rc<Vec<Theory>>,
    speeds: Vec<u32>,
    /// Messages that ended as the playhead moved on.
    pub(super) ended: Rc<Vec<FlightNote>>,
    /// Every message, and how long operations took.
    pub(super) ledger: Rc<RefCell<Ledger>>,
    /// How the first violation came about, and at which event it is.
    story: (u64, Rc<[StoryStep]>),
    /// The rule that is missing, once something is violated.
    remedy: Option<Rc<RemedyView>>,
    /// The text it was made of.
    pub(super) text: Rc<str>,
}

impl Run {
    /// Builds the world of a plan and computes nothing yet.
    pub(super) fn new(plan: Plan, text: &Rc<str>) -> Result<Run, SpecError> {
        let cluster = plan.build()?;
        let missing = flaw(&plan, &[]).map(|flaw| flaw.name);
        let names = (0..plan.spec.nodes).map(|id| plan.names.node(NodeId(id))).collect();
        let mut checks = Checks::new(&plan);
        checks.watch(&*cluster);
        let theory = Rc::new(checks.theory(&plan, None));
        let mut maker = TrackMaker::default();
        let names: Rc<Vec<String>> = Rc::new(names);
        maker.watch(&*cluster, &names);
        let mut ledger = Ledger::default();
        ledger.watch(&*cluster);
        let mut chronicle = Chronicle::new();
        chronicle.watch(&*cluster);
        Ok(Run {
            chronicle,
            ledger: Rc::new(RefCell::new(ledger)),
            text: Rc::clone(text),
            story: (u64::MAX, Rc::from([])),
            remedy: None,
            timeline: Timeline::new(cluster, plan.until, plan.events_max),
            checks,
            meter: plan.is_pool().then(Meter::default),
            inlays: Rc::default(),
            narrator: Narrator::new(plan.entry.about, missing),
            coverage: (!plan.is_pool()).then(|| Coverage::new(plan.entry.about)),
            track: Rc::default(),
            struck: Vec::new(),
            digest: None,
            response: None,
            theory,
            speeds: speeds(&plan),
            ended: Rc::default(),
            plan: Rc::new(plan),
            maker,
            names,
        })
    }

    /// Computes at most `events` more events.
    pub(super) fn compute(&mut self, events: u64) -> Progress {
        if self.timeline.progress() != Progress::Running {
            return self.timeline.progress();
        }
        let Run {
            timeline,
            checks,
            coverage,
            maker,
            narrator,
            meter,
            plan,
            names,
            struck,
            inlays,
            ..
        } = self;
        let mut ledger = self.ledger.borrow_mut();
        let chronicle = &mut self.chronicle;
        let mut digest = 0;
        let progress = timeline.extend(events, |cluster| {
            checks.watch(cluster);
            maker.watch(cluster, names);
            ledger.watch(cluster);
            chronicle.watch(cluster);
            if let Some(coverage) = coverage {
                coverage.watch(cluster.last());
            }
            narrator.watch(cluster, |input| print_input(input, plan.names));
            if let Some(meter) = meter {
                meter.watch(cluster);
            }
            if let Happening::Input { index, struck: nodes, .. } = &cluster.last().what
                && let Some(&line) = plan.input_lines.get(*index as usize)
            {
                struck.push((cluster.last().index, line));
                if let Some(inlay) = inlay(plan, *index, nodes, line) {
                    Rc::make_mut(inlays).push(inlay);
                }
            }
            digest = cluster.digest();
        });
        drop(ledger);
        if progress == Progress::Running {
            self.checks.refresh();
        } else {
            self.finish();
        }
        self.refresh_track();
        progress
    }

    fn finish(&mut self) {
        self.checks.finish(self.timeline.end(), self.timeline.progress() == Progress::Complete);
        self.digest = Some(self.timeline.head_digest());
        let warmup = SimTime::ZERO + self.plan.warmup;
        self.response = self.meter.as_ref().and_then(|meter| meter.response(warmup));
        self.theory = Rc::new(self.checks.theory(&self.plan, Some(self.timeline.end())));
        self.refresh_track_now();
    }

    fn refresh_track(&mut self) {
        if self.maker.changed() {
            self.refresh_track_now();
        }
    }

    fn refresh_track_now(&mut self) {
        let violations = self.checks.marks();
        let first = violations.iter().min_by_key(|mark| mark.event);
        if let Some(mark) = first.filter(|mark| mark.event != self.story.0) {
            let told = (&self.chronicle, &self.narrator, self.coverage.as_ref());
            let steps = story(told, &self.names, (mark.event, &mark.label));
            self.story = (mark.event, steps.into());
            let flaw = flaw(&self.plan, &self.checks.broken());
            self.remedy = flaw.map(|flaw| Rc::new(remedy(&self.plan, &self.text, &flaw)));
        }
        self.track = Rc::new(self.maker.track(self.timeline.end(), violations));
    }

    /// How the first violation came about; empty while there is none.
    pub(super) fn story(&self) -> &Rc<[StoryStep]> {
        &self.story.1
    }

    /// The rule that is missing where something is violated.
    pub(super) fn remedy(&self) -> Option<&Rc<RemedyView>> {
        self.remedy.as_ref()
    }

    /// Lets a run that was stopped by its limit go on.
    pub(super) fn raise_limit(&mut self) {
        let more = self.plan.events_max;
        self.timeline.raise_limit(more);
        self.digest = None;
    }

    /// True if the playhead can be at `at`: the run is computed that far.
    pub(super) fn reaches(&self, at: SimTime) -> bool {
        self.timeline.progress() != Progress::Running
            || self.timeline.time_of(self.timeline.last_event()) >= at
    }

    pub(super) fn track(&self) -> &Rc<Track> {
        &self.track
    }

    /// The digest of the whole run, once it is computed.
    pub(super) fn digest(&self) -> Option<u64> {
        self.digest
    }

    /// Moves to the last event at or before `at`, keeping what ended on the way.
    pub(super) fn seek_time(&mut self, at: SimTime) {
        let event = self.timeline.event_at(at);
        self.seek(event);
    }

    /// Moves behind `event`.
    pub(super) fn seek(&mut self, event: u64) {
        let before = self.timeline.event();
        if before == event {
            return;
        }
        let forward = event > before;
        let mut ended = if forward { (*self.ended).clone() } else { Vec::new() };
        self.timeline.seek(event, |occurrence| {
            if let Happening::Delivered(note) | Happening::Lost(note) = &occurrence.what
                && occurrence.index > before
            {
                // Landed now, whatever the schedule said when it was sent.
                ended.push(FlightNote { due_at: occurrence.at, ..*note });
            }
        });
        let surplus = ended.len().saturating_sub(ECHOES);
        ended.drain(..surplus);
        self.ended = Rc::new(ended);
    }

    /// Which cards the screen gets.
    pub(super) fn cards(&self, selected: Option<NodeId>) -> Cards {
        match selected {
            // A pool is drawn by its queues, which are on the cards.
            _ if self.plan.spec.nodes <= CARDS_FOR_ALL || self.plan.is_pool() => Cards::All,
            Some(node) => Cards::One(node),
            None => Cards::None,
        }
    }

    /// The line of the last input that struck by `event`.
    pub(super) fn current_line(&self, event: u64) -> Option<u32> {
        let known = self.struck.partition_point(|(at, _)| *at <= event);
        known.checked_sub(1).map(|index| self.struck[index].1)
    }

    /// The event in which the input of that line struck first.
    pub(super) fn struck_at(&self, line: u32) -> Option<u64> {
        self.struck.iter().find(|(_, own)| *own == line).map(|(event, _)| *event)
    }

    /// The rules of the entry, and how often each was applied up to `event`.
    pub(super) fn rules(&self, event: u64) -> Rc<Vec<RuleView>> {
        self.coverage.as_ref().map_or_else(Rc::default, |coverage| coverage.at(event))
    }

    /// The last rule that a sentence spoke of up to `event`.
    pub(super) fn rule(&self, event: u64) -> Option<&'static str> {
        self.narrator.rule(event)
    }

    pub(super) fn narration(&self, event: u64, snapshot: &crate::sim::Snapshot) -> Say {
        self.narrator.say(event, snapshot, &self.names)
    }

    /// What the balancing scene shows at the snapshot.
    pub(super) fn pool(&self, snapshot: &crate::sim::Snapshot) -> Option<PoolView> {
        let meter = self.meter.as_ref()?;
        let current = self.plan.strategy();
        Some(PoolView {
            strategies: strategies(&self.plan, current),
            servers: meter.servers(
                snapshot,
                &self.names,
                self.plan.names.balancers(),
                &self.speeds,
            ),
            requests: (meter.arrived(snapshot.at), meter.arrived_in_all()),
            completed: meter.completed(snapshot.at),
            failed: meter.failed(snapshot.at),
            response: self.response,
            compare: None,
            picks: super::why::picks(meter, snapshot.event, &self.names),
            why: None,
            load_ppm: self.plan.load_ppm,
            sweep: None,
            theory: Rc::clone(&self.theory),
        })
    }

    /// The choice of a server made last, or the one that sent `flight`, with what it rested on.
    pub(super) fn why(&self, event: u64, flight: Option<&FlightNote>) -> Option<WhyView> {
        let meter = self.meter.as_ref()?;
        super::why::why((meter, &self.timeline, &self.plan), (event, flight), &self.names)
    }

    /// What was done from outside at the place `index` of the recipe, as a scenario says it.
    pub(super) fn deed(&self, index: u32) -> Option<String> {
        let (_, input) = self.plan.spec.inputs.get(index as usize)?;
        Some(print_input(input, self.plan.names))
    }

    /// How long a typical message takes, for the pace of the playback.
    pub(super) fn typical_delay(&self) -> Span {
        self.plan.spec.network.delay.typical()
    }
}

/// Whom a word such as `leader` meant, beside the line that says it.
fn inlay(plan: &Plan, index: u32, struck: &[NodeId], line: u32) -> Option<InlayView> {
    let (_, input) = plan.spec.inputs.get(index as usize)?;
    let text: Vec<String> = struck.iter().map(|node| plan.names.node(*node)).collect();
    let written = print_input(input, plan.names);
    let words: Vec<&str> = written.split_whitespace().collect();
    let drawn = ["leader", "follower", "any"].iter().any(|word| words.contains(word));
    drawn.then(|| InlayView { line, text: text.join(" ") }).filter(|inlay| !inlay.text.is_empty())
}

/// Speeds of the servers in thousandths, in the order of the servers; empty for clusters.
pub(super) fn speeds(plan: &Plan) -> Vec<u32> {
    if !plan.is_pool() {
        return Vec::new();
    }
    let given = plan.spec.given.iter().flat_map(|given| &given.settings);
    let written = given.filter(|(name, _)| name == "speeds").map(|(_, value)| value).next_back();
    let mut speeds: Vec<u32> = written
        .map(|value| value.split(',').filter_map(|speed| speed.trim().parse().ok()).collect())
        .unwrap_or_default();
    speeds.resize(plan.names.servers() as usize, 1000);
    speeds
}

fn strategies(plan: &Plan, current: Option<&str>) -> Vec<StrategyView> {
    let compared = plan.compare.iter().map(|(_, id)| *id);
    let all = crate::catalog::strategies();
    let wanted: Vec<&str> = if plan.compare.is_empty() {
        all.iter().map(|about| about.id).collect()
    } else {
        compared.collect()
    };
    wanted.into_iter().map(|id| strategy_view(id, current)).collect()
}

/// What the screen knows of a strategy. `id` is one of the catalogue's.
pub(super) fn strategy_view(id: &str, current: Option<&str>) -> StrategyView {
    let all = crate::catalog::strategies();
    let about = all.iter().find(|about| about.id == id);
    let say = |text: Option<Text>| text.map_or_else(Say::default, |it| Say::new(it.en, it.zh));
    StrategyView {
        id: id.to_owned(),
        name: say(about.map(|about| about.name)),
        summary: say(about.map(|about| about.summary)),
        current: current == Some(id),
    }
}
