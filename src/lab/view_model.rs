//! What the screen shows: plain data, shared by `Rc` and compared by pointer.

use std::rc::Rc;

use crate::check::Figure;
use crate::check::measure::Spread;
use crate::check::theory::Theory;
use crate::kernel::{About, Candidate, ClientId, NodeId, Property, Queue, SimTime, Span};
pub use crate::script::Said as Say;
use crate::script::dial::Dial;
use crate::script::sweep::Curve;
use crate::script::{Caution, Problem, Wish};
use crate::sim::{FlightNote, Snapshot};

use super::action::Speed;
use super::branch::BranchesView;
use super::compare::SlowRequest;
use super::interest::{Trick, Turn};
use super::logs::LogsView;
use super::messages::Messages;
use super::remedy::RemedyView;
use super::story::StoryStep;

/// What is selected.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Selection {
    /// A node: its inspector is open.
    Node(NodeId),
    /// A message, by number of its flight.
    Flight(u64),
}

/// How a check stands at the playhead.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Status {
    /// It holds so far, or has been met.
    Holds,
    /// It is violated.
    Violated,
    /// It cannot be said yet.
    Undecided,
}

/// An expectation of the text, or a property the entry is always judged by.
#[derive(Clone, PartialEq, Debug)]
pub struct CheckView {
    /// The line of the text, from 1; `None` for the entry's own properties.
    pub line: Option<u32>,
    /// The property, for the entry's own properties. The screen has their names.
    pub property: Option<Property>,
    /// What is expected, as written; empty for properties.
    pub text: String,
    /// The same as a value; `None` for the entry's own properties. The screen has its words.
    pub wish: Option<Wish>,
    /// How it stands at the playhead.
    pub status: Status,
    /// How it stands when the run is over.
    pub final_status: Status,
    /// When it is violated, if it is in this run.
    pub violated_at: Option<(SimTime, u64)>,
    /// Why it is violated or undecided; who did what.
    pub because: Say,
    /// A small count beside it (`4 terms`); may be empty.
    pub note: Say,
}

/// Where the playhead is.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct PlayheadView {
    /// The instant shown.
    pub at: SimTime,
    /// Number of the last event at or before it.
    pub event: u64,
    /// How many events the run has, as far as it is computed.
    pub events: u64,
    /// The end of the run.
    pub end: SimTime,
    /// It moves by itself.
    pub playing: bool,
    /// It does so towards the start, or did last.
    pub backwards: bool,
    /// How fast.
    pub speed: Speed,
    /// How much of the cluster's time passes in a second at 1×.
    pub pace: Span,
}

/// How the computation of the run goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RunView {
    /// There is no run: the first text was not understood.
    Empty,
    /// Still computing ahead.
    Computing,
    /// Computed to the end.
    Complete,
    /// Stopped at the limit of events; everything up to there can be replayed.
    Limited(u64),
}

/// What a marker of the scrubber stands for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum MarkKind {
    /// A node became leader.
    ElectionWon,
    /// A candidacy ended without a leader.
    ElectionLost,
    /// A node crashed.
    Crash,
    /// A node restarted.
    Restart,
    /// Another fault struck, or was undone.
    Fault,
    /// A client invoked an operation.
    Call,
    /// A slot was committed or a value chosen, for the first time.
    Commit,
    /// A check was violated.
    Violation,
}

/// A marker of the scrubber.
#[derive(Clone, PartialEq, Debug)]
pub struct TrackMark {
    /// When.
    pub at: SimTime,
    /// Behind which event.
    pub event: u64,
    /// What.
    pub kind: MarkKind,
    /// Who, if it is about one node.
    pub node: Option<NodeId>,
    /// What it says when pointed at.
    pub label: Say,
}

/// What a stretch of the scrubber stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SpanKind {
    /// Some leader can reach a quorum.
    Led,
    /// There is a leader, but it cannot reach a quorum.
    LedWithoutQuorum,
    /// A fault is in force: a partition, a slow server, a pause.
    Fault,
}

/// A stretch of the scrubber.
#[derive(Clone, PartialEq, Debug)]
pub struct TrackSpan {
    /// From when.
    pub from: SimTime,
    /// Until when.
    pub to: SimTime,
    /// What.
    pub kind: SpanKind,
}

/// Everything the scrubber draws. Changes only while the run is being computed.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Track {
    /// Markers, in order of time.
    pub marks: Vec<TrackMark>,
    /// Stretches.
    pub spans: Vec<TrackSpan>,
}

/// A word shown behind a line of the text: whom `leader` meant.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct InlayView {
    /// The line, from 1.
    pub line: u32,
    /// What is shown (`n3`).
    pub text: String,
}

/// A rule of the protocol, as far as it was applied at the playhead.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RuleView {
    /// Its anchor in the listing.
    pub id: &'static str,
    /// How often it was applied up to the playhead.
    pub times: u64,
    /// At least so often: it is counted no further.
    pub more: bool,
    /// The event that applies it next; behind the last one, the first. `None` if none does.
    pub next: Option<u64>,
}

/// A strategy that can be switched to.
#[derive(Clone, PartialEq, Debug)]
pub struct StrategyView {
    /// As written in the text.
    pub id: String,
    /// Its name in both languages.
    pub name: Say,
    /// What it does, in one sentence.
    pub summary: Say,
    /// It is the one on screen.
    pub current: bool,
}

/// A server of a pool at the playhead.
#[derive(Clone, PartialEq, Debug)]
pub struct ServerView {
    /// Which node.
    pub node: NodeId,
    /// Its name (`s1`).
    pub name: String,
    /// Its own speed in thousandths.
    pub capacity_milli: u32,
    /// Its queue.
    pub queue: Queue,
    /// Share of time busy so far, from 0 to 1.
    pub busy: f64,
    /// Requests picked for it so far.
    pub picked: u64,
    /// The 99th percentile of responses that ended in the last second; `None` without any.
    pub p99: Option<Span>,
    /// It is down.
    pub crashed: bool,
}

/// An operation of a client, as far as it had come at the playhead.
#[derive(Clone, PartialEq, Debug)]
pub struct OpView {
    /// Who asked.
    pub client: ClientId,
    /// What, as written in a scenario.
    pub op: String,
    /// What it was told: a value, `-` for nothing, `ok`, `unmet`, `refused`; `?` while it is open.
    pub told: String,
    /// When it was asked.
    pub from: SimTime,
    /// When it was told.
    pub to: Option<SimTime>,
    /// Where it takes effect in an order that explains everything, and its place in that order.
    pub point: Option<(SimTime, usize)>,
    /// It is one of those that are impossible together.
    pub core: bool,
}

/// What clients saw up to the playhead.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct HistoryView {
    /// The latest operations, in order of invocation.
    pub operations: Vec<OpView>,
    /// How many there have been.
    pub total: u64,
}

/// One strategy of a comparison, as far as its run had come at the instant shown.
#[derive(Clone, PartialEq, Debug)]
pub struct CompareRow {
    /// Which.
    pub strategy: StrategyView,
    /// Requests that arrived after the warm-up.
    pub arrived: u64,
    /// Of these: answered.
    pub completed: u64,
    /// Of these: refused or given up.
    pub failed: u64,
    /// Of these: answered later than the limit.
    pub over: u64,
    /// Their response times.
    pub spread: Spread,
    /// The same as a distribution: shortest and longest of each bucket, and how many.
    pub buckets: Vec<(Span, Span, u32)>,
    /// Part of the requests that each server was sent, from 0 to 1.
    pub shares: Vec<f64>,
    /// Requests at each server.
    pub queues: Vec<u32>,
    /// Requests at all servers, at instants that lie evenly from the start of the run.
    pub waiting: Vec<u32>,
    /// Part of the servers' slots that was busy, averaged over time, from 0 to 1.
    pub utilisation: f64,
    /// Whether the whole run meets what the text expects of this strategy, and the limit.
    pub verdict: Status,
    /// Its run was stopped by the limit of events.
    pub limited: bool,
    /// Requests of the whole run that were slow under this strategy only.
    pub only: u64,
    /// The worst of them.
    pub slowest: Vec<SlowRequest>,
}

/// A choice of a server.
#[derive(Clone, PartialEq, Debug)]
pub struct PickView {
    /// The event it was made in.
    pub event: u64,
    /// When.
    pub at: SimTime,
    /// The number of the request, from 1.
    pub serial: u64,
    /// Whose request.
    pub client: ClientId,
    /// The key it carried.
    pub key: u64,
    /// Who chose.
    pub balancer: String,
    /// Who was chosen.
    pub server: String,
}

/// A server as the balancer saw it when it chose.
#[derive(Clone, PartialEq, Debug)]
pub struct CandidateView {
    /// Its name.
    pub name: String,
    /// What was seen of it.
    pub seen: Candidate,
    /// It is the one.
    pub chosen: bool,
    /// Its place in the order of preference, from 1.
    pub place: Option<u32>,
}

/// A choice with everything it rested on.
#[derive(Clone, PartialEq, Debug)]
pub struct WhyView {
    /// The choice.
    pub pick: PickView,
    /// Every server, in order.
    pub candidates: Vec<CandidateView>,
    /// Only some of those that were up were looked at.
    pub some: bool,
    /// Name of the strategy.
    pub name: Say,
    /// How it chooses.
    pub summary: Say,
    /// What it does among equals.
    pub ties: Say,
    /// Chosen again, the same server comes out: what is shown is what the choice rested on.
    pub sure: bool,
}

/// Strategies beside each other, on the same requests.
#[derive(Clone, PartialEq, Debug)]
pub struct CompareView {
    /// In the order of the text.
    pub rows: Vec<CompareRow>,
    /// The instant the figures are of.
    pub at: SimTime,
    /// Up to when every strategy is computed.
    pub computed: SimTime,
    /// The end of the run.
    pub until: SimTime,
    /// Every strategy is computed to the end.
    pub complete: bool,
    /// Requests that arrived after the warm-up.
    pub arrived: u64,
    /// What arrived before does not count.
    pub warmup: Span,
    /// The first bound on response times in the text.
    pub limit: Option<(Figure, Span)>,
    /// Percentiles are exact; if not, they are off by at most 1/64, and `at` is an instant of a
    /// grid.
    pub exact: bool,
    /// Every strategy met the same requests at the same instants.
    pub common: bool,
    /// Ends of the axis of response times, for the whole run.
    pub axis: (Span, Span),
    /// Name and fair share by speed of each server.
    pub servers: Rc<Vec<(String, f64)>>,
}

/// A sweep over the load, as far as it has come.
#[derive(Clone, PartialEq, Debug)]
pub struct SweepView {
    /// A curve for each strategy.
    pub curves: Vec<Curve>,
    /// Runs that are over.
    pub done: usize,
    /// Runs in all.
    pub of: usize,
    /// It was stopped.
    pub stopped: bool,
}

/// What the balancing scene shows beside the snapshot.
#[derive(Clone, PartialEq, Debug)]
pub struct PoolView {
    /// Strategies to switch to: those of `compare`, or all.
    pub strategies: Vec<StrategyView>,
    /// Every server.
    pub servers: Vec<ServerView>,
    /// Requests that arrived so far, and in the whole run.
    pub requests: (u64, u64),
    /// Requests answered, and given up or refused, so far.
    pub completed: u64,
    /// See `completed`.
    pub failed: u64,
    /// Mean, p50, p90, p99 and maximum of responses in the whole run after warm-up.
    pub response: Option<[Span; 5]>,
    /// The strategies beside each other, if the screen wants them.
    pub compare: Option<Rc<CompareView>>,
    /// The last choices of servers, latest first.
    pub picks: Vec<PickView>,
    /// The last one in full, or the one that sent the selected message; only while paused.
    pub why: Option<Rc<WhyView>>,
    /// Load of the text, in parts per million, if it has one.
    pub load_ppm: Option<u64>,
    /// A sweep over the load, if one was asked for.
    pub sweep: Option<Rc<SweepView>>,
    /// What queueing theory expects of this pool and strategy, or why it expects nothing; with what
    /// was measured, once the whole run is computed.
    pub theory: Rc<Vec<Theory>>,
}

/// What the stage draws sixty times a second.
#[derive(Clone, PartialEq, Debug)]
pub struct StageView {
    /// The world behind the last event at or before `at`.
    pub snapshot: Rc<Snapshot>,
    /// The instant shown: between that event and the next.
    pub at: SimTime,
    /// The latest messages that ended, delivered or lost, while the playhead moved forward, latest
    /// last: for the ring on the receiver and the cross of a lost message.
    pub ended: Rc<Vec<FlightNote>>,
    /// How much of the cluster's time passes in a second of playback now; zero while paused.
    pub flow: Span,
}

/// A search for a seed with which something fails.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SeedsView {
    /// Seeds tried so far.
    pub tried: u64,
}

/// Everything the screen shows beside the stage.
#[derive(Clone, PartialEq, Debug)]
pub struct ViewModel {
    /// The text of the editor.
    pub text: Rc<str>,
    /// What is not understood in it. While there is any, the run on screen is the last good one.
    pub problems: Rc<[Problem]>,
    /// What is allowed in the run on screen and unsafe.
    pub cautions: Rc<[Caution]>,
    /// Title of the scenario, from its first comment.
    pub title: Say,
    /// Its sentence, from the second.
    pub sentence: Say,
    /// The entry that runs; `None` if nothing does.
    pub about: Option<&'static About>,
    /// How the computation goes.
    pub run: RunView,
    /// Where the playhead is.
    pub playhead: PlayheadView,
    /// The world at the playhead, with cards (everybody's up to 32 nodes, else the selected one's).
    pub snapshot: Option<Rc<Snapshot>>,
    /// Names of the nodes, by index.
    pub names: Rc<Vec<String>>,
    /// One plain sentence: what is happening now.
    pub narration: Say,
    /// The last rule that a sentence spoke of: the anchor in the listing. `None` before the first.
    pub rule: Option<&'static str>,
    /// The rules that the entry's code names, in the order of its description; none of a pool.
    pub rules: Rc<Vec<RuleView>>,
    /// Expectations of the text, in order.
    pub expectations: Rc<Vec<CheckView>>,
    /// The entry's own properties.
    pub properties: Rc<Vec<CheckView>>,
    /// What clients saw.
    pub history: Rc<HistoryView>,
    /// The scrubber.
    pub track: Rc<Track>,
    /// How the first violation of the run came about; empty while there is none.
    pub story: Rc<[StoryStep]>,
    /// The rule that is missing where something is violated.
    pub remedy: Option<Rc<RemedyView>>,
    /// What is selected.
    pub selection: Option<Selection>,
    /// The line of the input that struck last, from 1.
    pub current_line: Option<u32>,
    /// Words behind lines.
    pub inlays: Rc<Vec<InlayView>>,
    /// What can be turned in the text; of the text that was understood last.
    pub dials: Rc<Vec<Dial>>,
    /// The strategies that the text compares.
    pub compared: Rc<Vec<&'static str>>,
    /// What can be taken back, in words.
    pub undo: Option<Say>,
    /// What can be done again.
    pub redo: Option<Say>,
    /// The futures of this run: the one on screen, and those kept when the past was changed.
    pub branches: Rc<BranchesView>,
    /// Every message sent so far.
    pub messages: Messages,
    /// Everybody's log, if wanted.
    pub logs: Option<Rc<LogsView>>,
    /// The pool, if the scenario is one.
    pub pool: Option<Rc<PoolView>>,
    /// The digest of the whole run, once computed, in hexadecimal.
    pub digest: Option<String>,
    /// The seed of the run.
    pub seed: u64,
    /// The scope of a search, if the text has a line `explore`.
    pub scope: Option<Rc<str>>,
    /// The search for a seed that fails, while there is one.
    pub seeds: Option<SeedsView>,
    /// What can make this run interesting.
    pub tricks: Rc<[&'static Trick]>,
    /// What is being looked for, to make it so.
    pub looking: Option<Turn>,
    /// A fault by hand that could not be written, and why; cleared by the next action.
    pub notice: Option<Say>,
}
