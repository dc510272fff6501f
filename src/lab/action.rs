//! Everything a visitor can do: a closed list.

use crate::kernel::{NodeId, SimTime, Span};
use crate::sim::Input;

use super::interest::Turn;
use super::view_model::Selection;

/// How fast the playback runs, relative to the scenario's own pace.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Speed {
    /// A quarter of the scenario's pace.
    Quarter,
    /// The scenario's pace.
    #[default]
    One,
    /// Four times the pace.
    Four,
    /// As fast as the machine can.
    Max,
}

impl Speed {
    /// Every speed, slowest first.
    pub const ALL: [Speed; 4] = [Speed::Quarter, Speed::One, Speed::Four, Speed::Max];

    /// As written on the button.
    pub fn label(self) -> &'static str {
        match self {
            Speed::Quarter => "¼×",
            Speed::One => "1×",
            Speed::Four => "4×",
            Speed::Max => "Max",
        }
    }
}

/// Something a visitor does to the cluster by hand. It is written into the text at the playhead.
#[derive(Clone, PartialEq, Debug)]
pub enum Deed {
    /// An input, as is.
    Input(Input),
    /// Crash the node if it is up, restart it if it is down.
    ToggleCrash(NodeId),
    /// Pause the node if it runs, resume it if it stands still.
    TogglePause(NodeId),
    /// Isolate the node, or heal if it is isolated.
    ToggleIsolate(NodeId),
    /// The node's disk stops syncing, or syncs again.
    ToggleDisk(NodeId),
    /// Hold the message of this number, or release it if it is held.
    ToggleHold(u64),
    /// Something is done to the message of this number, which is in flight.
    Message(u64, Handling),
}

/// What can be done to a message in flight.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Handling {
    /// It is lost.
    Drop,
    /// It arrives twice.
    Duplicate,
    /// It stays in flight until released.
    Hold,
    /// It goes on.
    Release,
    /// It arrives now.
    Deliver,
    /// It arrives so much later.
    Delay(Span),
}

/// Something a visitor does.
#[derive(Clone, PartialEq, Debug)]
pub enum Action {
    /// Replace the whole text (gallery, link, file) and run it from the start, playing.
    Open(String),
    /// The text was edited by typing. It runs when it is understood; the last good run stays
    /// otherwise.
    Edit(String),
    /// Run the text from the start, playing.
    Run,
    /// Back to the start, paused.
    Reset,
    /// Play if paused, pause if playing; from the end, play from the start.
    TogglePlay,
    /// Play.
    Play,
    /// Pause.
    Pause,
    /// Play towards the start; pause if that is what it does.
    TogglePlayBack,
    /// One event on.
    StepForward,
    /// One event back.
    StepBack,
    /// To the next marker of the scrubber.
    NextMark,
    /// To the previous marker of the scrubber.
    PreviousMark,
    /// To the next message that the selected node sent or received; anybody's without one.
    NextMessage,
    /// To the previous one.
    PreviousMessage,
    /// To the next violation, around the end to the first.
    NextViolation,
    /// To the previous violation, around the start to the last.
    PreviousViolation,
    /// To the last election before the playhead.
    LastElection,
    /// To the start.
    Home,
    /// To the end.
    End,
    /// To an instant.
    Seek(SimTime),
    /// Behind an event.
    SeekEvent(u64),
    /// Behind an event, and play on from there.
    PlayFrom(u64),
    /// Choose a speed.
    Speed(Speed),
    /// One speed up.
    Faster,
    /// One speed down.
    Slower,
    /// Select, or clear the selection.
    Select(Option<Selection>),
    /// Do something to the cluster at the playhead.
    Do(Deed),
    /// Look for the place and the lines that make the run interesting in this way, and write them.
    Interest(Turn),
    /// Take back the last change of the text, typed or by hand.
    Undo,
    /// Do it again.
    Redo,
    /// Run another strategy of the pool on the same trace, staying at the same instant.
    Strategy(String),
    /// Whether all strategies of a pool are computed beside each other. Off at first: it costs.
    Compare(bool),
    /// Compare these strategies: written into the text.
    Strategies(Vec<String>),
    /// Sweep the load of a pool, or stop.
    Sweep(bool),
    /// Turn the dial of this name to one of its stops: written into the text. Turning on is one
    /// change for undo, until [`Action::Settle`].
    Turn(String, usize),
    /// What was turned is let go.
    Settle,
    /// Go on with another branch of this run; the one on screen stays as it is.
    Branch(u32),
    /// Call a branch something else.
    RenameBranch(u32, String),
    /// Delete a branch that is not on screen. [`Action::Undo`] brings it back.
    DeleteBranch(u32),
    /// Put a branch beside the one on screen, or stop.
    CompareBranch(Option<u32>),
    /// Put the protocol that keeps the missing rule, driven by the same lines, beside the run on
    /// screen; or take it away.
    CompareSound(bool),
    /// Replace the text by one that was made of it, and run it from the start, playing. Undone as
    /// one change.
    Write(String),
    /// Whether everybody's log is shown. Off at first: it costs where nodes are many.
    Logs(bool),
    /// Run with another seed, written into the text.
    Seed(u64),
    /// Look for a seed with which something that is judged fails, and write it into the text; or
    /// look no longer.
    FailingSeed(bool),
    /// Let a run that hit its limit of events go on.
    RaiseLimit,
}
