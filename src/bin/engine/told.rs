//! What a scene tells: plain objects. Times are milliseconds, with fractions; nodes and clients are
//! called by their names in a text.

use serde::Serialize;
use tsify::Tsify;
use wasm_bindgen::prelude::wasm_bindgen;

use super::refusal::Words;

/// The part a node plays.
#[derive(Clone, Copy, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub enum Role {
    /// Follows a leader, or waits.
    Follower,
    /// Asks to lead.
    Candidate,
    /// Leads.
    Leader,
    /// Distributes requests over servers.
    Balancer,
    /// Works on requests.
    Server,
}

/// Whether a node runs.
#[derive(Clone, Copy, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub enum Health {
    /// It runs.
    Up,
    /// It has lost everything but its disk.
    Crashed,
    /// It stands still.
    Paused,
}

/// Whether something judged holds at the instant.
#[derive(Clone, Copy, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub enum Verdict {
    /// So far, or for good.
    Holds,
    /// It does not.
    Violated,
    /// It cannot be said yet.
    Undecided,
}

/// The world at one instant.
#[derive(Serialize, Tsify)]
#[tsify(missing_as_null)]
pub struct Snapshot {
    /// The instant.
    pub ms: f64,
    /// Number of the last event at or before it.
    pub event: f64,
    /// What is happening, in one plain sentence.
    pub sentence: Words,
    /// Every node, in order.
    pub nodes: Vec<NodeState>,
    /// Every message in flight, in order of sending.
    pub messages: Vec<Message>,
    /// Every client, in order.
    pub clients: Vec<ClientState>,
    /// Directions in which messages are lost: partitions, cuts, isolations.
    pub cuts: Vec<Cut>,
    /// What the text expects, then what the protocol is always judged by.
    pub checks: Vec<Standing>,
}

/// A node.
#[derive(Serialize, Tsify)]
#[tsify(missing_as_null)]
pub struct NodeState {
    /// Its name: `n1` in a cluster, `b1` and `s1` in a pool.
    pub name: String,
    /// The part it plays; `follower` while crashed.
    pub role: Role,
    /// The protocol's own word for the part; empty while crashed.
    pub title: &'static str,
    /// Its term, ballot or epoch; 0 while crashed, or if it has none.
    pub era: f64,
    /// Whether it runs.
    pub status: Health,
    /// Since when it does not.
    pub since: Option<f64>,
    /// Its state in the paper's words; empty while crashed.
    pub fields: Vec<Field>,
    /// The end of its log.
    pub log: Vec<LogEntry>,
    /// Armed timers, soonest first.
    pub timers: Vec<Timer>,
    /// The queue of a server of a pool.
    pub queue: Option<Queue>,
}

/// One named value of a node's state.
#[derive(Serialize, Tsify)]
pub struct Field {
    /// As the paper writes it (`currentTerm`).
    pub name: &'static str,
    /// Printed.
    pub value: String,
}

/// One entry of a log, or the one value of a single-decree protocol.
#[derive(Serialize, Tsify)]
pub struct LogEntry {
    /// Position, from 1.
    pub slot: f64,
    /// Era of the entry.
    pub era: f64,
    /// What it says.
    pub value: String,
    /// This node knows that it is committed.
    pub committed: bool,
}

/// An armed timer.
#[derive(Serialize, Tsify)]
pub struct Timer {
    /// Its name.
    pub name: &'static str,
    /// When it was armed.
    pub armed: f64,
    /// When it goes off, unless armed again before.
    pub due: f64,
}

/// The queue of a server.
#[derive(Serialize, Tsify)]
pub struct Queue {
    /// Requests there, those served included.
    pub length: u32,
    /// Requests finished so far.
    pub done: f64,
    /// Share of time busy so far, from 0 to 1.
    pub busy: f64,
    /// Speed now; 1 is usual.
    pub speed: f64,
}

/// A message, in flight or at its end.
#[derive(Serialize, Tsify)]
#[tsify(missing_as_null)]
pub struct Message {
    /// Number of the flight, in order of sending, from 1.
    pub id: f64,
    /// The paper's name (`RequestVote`).
    pub name: &'static str,
    /// What it is about.
    #[tsify(type = "\"election\" | \"replication\" | \"client\"")]
    pub phase: &'static str,
    /// What it does.
    #[tsify(type = "\"ask\" | \"grant\" | \"refuse\" | \"beat\"")]
    pub manner: &'static str,
    /// The sender.
    pub from: String,
    /// The receiver.
    pub to: String,
    /// When it was sent.
    pub sent: f64,
    /// When it lands or landed, or is lost; `null` while it is held.
    pub due: Option<f64>,
    /// It never arrives: its network, a cut, a crashed receiver or an input loses it.
    pub lost: bool,
    /// What its label says beside the name; may be empty.
    pub detail: String,
}

/// A client.
#[derive(Serialize, Tsify)]
#[tsify(missing_as_null)]
pub struct ClientState {
    /// Its name (`c1`).
    pub name: String,
    /// The operation it waits for, as written in a scenario.
    pub waiting: Option<String>,
    /// How many operations wait behind it.
    pub backlog: u32,
}

/// A direction in which messages are lost.
#[derive(Serialize, Tsify)]
pub struct Cut {
    /// From any of these nodes
    pub from: Vec<String>,
    /// to any of these.
    pub to: Vec<String>,
    /// Since when.
    pub since: f64,
}

/// Something judged.
#[derive(Serialize, Tsify)]
#[tsify(missing_as_null)]
pub struct Standing {
    /// The line of the text that expects it, from 1; `null` for a property of the protocol.
    pub line: Option<u32>,
    /// What is expected, as written; for a property, its name.
    pub text: String,
    /// How it stands at the instant.
    pub verdict: Verdict,
    /// How it stands when the run is over.
    #[serde(rename = "final")]
    pub finally: Verdict,
    /// When it is violated, if it is in this run.
    #[serde(rename = "violatedAt")]
    pub violated_at: Option<f64>,
    /// Why it is violated or undecided; who did what.
    pub because: Words,
}

/// One event: something happened.
#[derive(Serialize, Tsify)]
#[tsify(missing_as_null)]
pub struct Happened {
    /// Number of the event, from 1.
    pub event: f64,
    /// When.
    pub ms: f64,
    /// The node it happened at, if it happened at one.
    pub node: Option<String>,
    /// What, as `quorate run --events` prints it.
    pub text: String,
}

/// A message was sent, handled, or lost.
#[derive(Serialize, Tsify)]
pub struct MessageTold {
    /// Number of the event.
    pub event: f64,
    /// When.
    pub ms: f64,
    /// Which.
    pub message: Message,
}

/// A node has learned or done something, in words that every protocol shares.
#[derive(Serialize, Tsify)]
#[tsify(missing_as_null)]
pub struct FactTold {
    /// Number of the event.
    pub event: f64,
    /// When.
    pub ms: f64,
    /// Who.
    pub node: String,
    /// What kind.
    pub fact: FactKind,
    /// In words: a clause whose subject is the node (`leads term 3`).
    pub text: String,
    /// The term, ballot or epoch it speaks of.
    pub era: Option<f64>,
    /// The position it speaks of; for `truncated`, the first that is gone.
    pub slot: Option<f64>,
    /// The value it speaks of.
    pub value: Option<String>,
    /// The other node it speaks of: who was voted for, picked, or allowed.
    pub peer: Option<String>,
}

/// What a fact states.
#[derive(Clone, Copy, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub enum FactKind {
    /// It entered an era.
    Entered,
    /// It voted, or promised.
    Voted,
    /// It leads.
    Elected,
    /// It leads no longer.
    SteppedDown,
    /// It asks for a value to be accepted.
    Proposed,
    /// It stored an entry.
    Appended,
    /// It deleted the end of its log.
    Truncated,
    /// It took over a snapshot.
    Installed,
    /// It knows entries to be committed.
    Committed,
    /// It learned a chosen value.
    Chosen,
    /// It applied a command.
    Applied,
    /// Its queue has changed.
    Load,
    /// It has finished a request.
    Served,
    /// It sent a request to a server.
    Picked,
    /// It voted on a transaction.
    Prepared,
    /// It learned how a transaction ended.
    Resolved,
    /// Its content has changed.
    Replica,
    /// It picks a server from now on, or no longer.
    Allowed,
}

/// A step of a client's operation.
#[derive(Serialize, Tsify)]
#[tsify(missing_as_null)]
pub struct OperationTold {
    /// Number of the event.
    pub event: f64,
    /// When.
    pub ms: f64,
    /// Whose (`c1`).
    pub client: String,
    /// The client's how-manieth, from 1.
    pub serial: f64,
    /// What is asked, as written in a scenario (`put x=1`).
    pub operation: String,
    /// It was asked, it was answered, or the client gave up.
    #[tsify(type = "\"asked\" | \"answered\" | \"gaveUp\"")]
    pub step: &'static str,
    /// What it was told: a value, `ok`, `unmet`, `refused`, `ask n2`; `null` unless answered.
    pub told: Option<String>,
}

/// A line of the text has struck.
#[derive(Serialize, Tsify)]
#[tsify(missing_as_null)]
pub struct InputTold {
    /// Number of the event.
    pub event: f64,
    /// When.
    pub ms: f64,
    /// Its line, from 1.
    pub line: Option<u32>,
    /// What was done (`crash leader`).
    pub input: String,
    /// The nodes it struck.
    pub struck: Vec<String>,
}

/// Something is violated from this event on.
#[derive(Serialize, Tsify)]
pub struct ViolationTold {
    /// Number of the event.
    pub event: f64,
    /// When.
    pub ms: f64,
    /// What.
    pub check: Standing,
}

/// The run is over.
#[derive(Serialize, Tsify)]
pub struct EndTold {
    /// How many events it had.
    pub event: f64,
    /// When.
    pub ms: f64,
    /// The digest of all events.
    pub digest: String,
    /// False if the limit of events was met before the end.
    pub complete: bool,
}

#[wasm_bindgen(typescript_custom_section)]
const TOPICS: &str = "
/** What a scene tells, by name. */
export interface SceneEvents {
    /** Every event. */
    event: Happened;
    /** A message was sent. */
    sent: MessageTold;
    /** A message was handled by its receiver. */
    delivered: MessageTold;
    /** A message ended on its way. */
    lost: MessageTold;
    /** A node has learned or done something. */
    fact: FactTold;
    /** A client has asked, was answered, or gave up. */
    operation: OperationTold;
    /** A line of the text has struck. */
    input: InputTold;
    /** Something that is expected is violated. */
    violation: ViolationTold;
    /** The run is over. */
    end: EndTold;
}

export interface Scene {
    /**
     * Calls `callback` with each event on the way forward, in order, after the scene has moved.
     * The function returned ends that. What a callback throws, `step` and `seek` throw in the end.
     */
    on<Name extends keyof SceneEvents>(
        name: Name,
        callback: (told: SceneEvents[Name]) => void,
    ): () => void;
}
";
