//! From what happened to what is told.

use quorate::kernel::{Fact, Outcome, Party, SimTime};
use quorate::lab::{CheckView, FlightNote, Health as Status, NodeView, Replay};
use quorate::lab::{Snapshot as World, Status as Judged, Violation};
use quorate::scene::text;
use quorate::script::{Plan, print_input, tell};
use quorate::sim::{Happening, Occurrence, OpNote};
use tsify::Tsify;
use wasm_bindgen::JsValue;

use super::ears::{Ears, Told, Topic};
use super::refusal::Words;
use super::told::{
    ClientState, Cut, FactKind, FactTold, Field, Happened, Health, InputTold, LogEntry, Message,
    MessageTold, NodeState, OperationTold, Queue, Role, Snapshot, Standing, Timer, Verdict,
    ViolationTold,
};

/// Milliseconds, with fractions.
pub(crate) fn ms(at: SimTime) -> f64 {
    at.0 as f64 / 1e6
}

/// Collects what listeners want to hear of one event after the other.
pub(crate) struct Teller<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) ears: &'a Ears,
    /// What is to be told, with the number of the event.
    pub(crate) told: Vec<(u64, Told)>,
}

impl Teller<'_> {
    /// Adds one. An object of ours can always be handed over: it holds no number that JavaScript
    /// lacks.
    pub(crate) fn add(&mut self, event: u64, topic: Topic, value: &impl IntoJs) {
        if let Some(value) = value.js() {
            self.told.push((event, (topic, value)));
        }
    }

    /// Adds everything about one event.
    pub(crate) fn event(&mut self, last: &Occurrence) {
        let names = self.plan.names;
        let (index, at) = (last.index, ms(last.at));
        let event = index as f64;
        if self.ears.want(Topic::Event) {
            let era = self.plan.entry.about.era;
            let text = tell::occurrence(last, names, era).swap_remove(0);
            let node = last.node().map(|node| names.node(node));
            self.add(index, Topic::Event, &Happened { event, ms: at, node, text });
        }
        match &last.what {
            Happening::Delivered(note) => self.message(last, Topic::Delivered, note),
            Happening::Lost(note) => self.message(last, Topic::Lost, note),
            Happening::Input { index: place, input, struck } if self.ears.want(Topic::Input) => {
                let line = self.plan.input_lines.get(*place as usize).copied();
                let input = print_input(input, names);
                let struck = struck.iter().map(|node| names.node(*node)).collect();
                self.add(index, Topic::Input, &InputTold { event, ms: at, line, input, struck });
            }
            // Inputs that nobody asks for; the others say nothing beyond the event itself.
            Happening::Input { .. }
            | Happening::Started
            | Happening::TimerFired { .. }
            | Happening::ClientActed(_) => {}
        }
        if self.ears.want(Topic::Fact) {
            for (node, fact) in &last.facts {
                let told = self.fact(last, names.node(*node), *fact);
                self.add(index, Topic::Fact, &told);
            }
        }
        for note in &last.sent {
            self.message(last, Topic::Sent, note);
        }
        if self.ears.want(Topic::Operation) {
            for op in &last.ops {
                self.add(index, Topic::Operation, &operation(last, *op, self.plan));
            }
        }
    }

    fn message(&mut self, last: &Occurrence, topic: Topic, note: &FlightNote) {
        if self.ears.want(topic) {
            let message = message(note, String::new(), self.plan);
            let (event, ms) = (last.index as f64, ms(last.at));
            self.add(last.index, topic, &MessageTold { event, ms, message });
        }
    }

    fn fact(&self, last: &Occurrence, node: String, fact: Fact) -> FactTold {
        let names = self.plan.names;
        let text = tell::fact(fact, names, self.plan.entry.about.era);
        let (era, slot, value, peer) = (None, None, None, None);
        let (event, ms) = (last.index as f64, ms(last.at));
        let plain = |fact| FactTold { event, ms, node, fact, text, era, slot, value, peer };
        let some = |number: u64| Some(number as f64);
        match fact {
            Fact::Entered { era } => FactTold { era: some(era), ..plain(FactKind::Entered) },
            Fact::Voted { era, candidate } => {
                let peer = Some(names.node(candidate));
                FactTold { era: some(era), peer, ..plain(FactKind::Voted) }
            }
            Fact::Elected { era } => FactTold { era: some(era), ..plain(FactKind::Elected) },
            Fact::SteppedDown { era } => {
                FactTold { era: some(era), ..plain(FactKind::SteppedDown) }
            }
            Fact::Proposed { slot, value } => {
                let value = Some(value.to_string());
                FactTold { slot: some(slot), value, ..plain(FactKind::Proposed) }
            }
            Fact::Appended { slot, era, value } => {
                let value = Some(value.to_string());
                let (slot, era) = (some(slot), some(era));
                FactTold { era, slot, value, ..plain(FactKind::Appended) }
            }
            Fact::Truncated { from } => FactTold { slot: some(from), ..plain(FactKind::Truncated) },
            Fact::Installed { slot, era } => {
                FactTold { slot: some(slot), era: some(era), ..plain(FactKind::Installed) }
            }
            Fact::Committed { slot } => FactTold { slot: some(slot), ..plain(FactKind::Committed) },
            Fact::Chosen { slot, value } => {
                let value = Some(value.to_string());
                FactTold { slot: some(slot), value, ..plain(FactKind::Chosen) }
            }
            Fact::Applied { slot, value } => {
                let value = Some(value.to_string());
                FactTold { slot: some(slot), value, ..plain(FactKind::Applied) }
            }
            Fact::Picked { server, .. } => {
                FactTold { peer: Some(names.node(server)), ..plain(FactKind::Picked) }
            }
            Fact::Allowed { server, .. } => {
                FactTold { peer: Some(names.node(server)), ..plain(FactKind::Allowed) }
            }
            Fact::Load { .. } => plain(FactKind::Load),
            Fact::Served { .. } => plain(FactKind::Served),
            Fact::Prepared { .. } => plain(FactKind::Prepared),
            Fact::Resolved { .. } => plain(FactKind::Resolved),
            Fact::Replica { .. } => plain(FactKind::Replica),
        }
    }

    /// Adds violations.
    pub(crate) fn violations(&mut self, all: Vec<Violation>) {
        for Violation { event: index, at, check: view } in all {
            let (event, ms, check) = (index as f64, ms(at), check(view));
            self.add(index, Topic::Violation, &ViolationTold { event, ms, check });
        }
    }
}

/// What can be handed to JavaScript.
pub(crate) trait IntoJs {
    /// As an object of JavaScript.
    fn js(&self) -> Option<JsValue>;
}

impl<T: Tsify + serde::Serialize> IntoJs for T {
    fn js(&self) -> Option<JsValue> {
        self.into_ts().ok().map(JsValue::from)
    }
}

fn operation(last: &Occurrence, op: OpNote, plan: &Plan) -> OperationTold {
    let (id, asked, step, told) = match op {
        OpNote::Invoked(id, asked) => (id, asked, "asked", None),
        OpNote::Completed(id, asked, outcome) => (id, asked, "answered", Some(outcome)),
        OpNote::GaveUp(id, asked) => (id, asked, "gaveUp", None),
    };
    let told = told.map(|outcome| match outcome {
        Outcome::Done(Some(value)) => value.to_string(),
        Outcome::Done(None) => "ok".to_owned(),
        Outcome::Unmet => "unmet".to_owned(),
        Outcome::Refused => "refused".to_owned(),
        Outcome::Redirect(Some(node)) => format!("ask {}", plan.names.node(node)),
        Outcome::Redirect(None) => "ask another".to_owned(),
    });
    OperationTold {
        event: last.index as f64,
        ms: ms(last.at),
        client: plan.names.party(Party::Client(id.client)),
        serial: id.serial as f64,
        operation: asked.to_string(),
        step,
        told,
    }
}

fn message(note: &FlightNote, detail: String, plan: &Plan) -> Message {
    use quorate::kernel::{Manner, Phase};
    Message {
        id: note.id as f64,
        name: note.face.name,
        phase: match note.face.phase {
            Phase::Election => "election",
            Phase::Replication => "replication",
            Phase::Client => "client",
        },
        manner: match note.face.manner {
            Manner::Ask => "ask",
            Manner::Grant => "grant",
            Manner::Refuse => "refuse",
            Manner::Beat => "beat",
        },
        from: plan.names.party(note.from),
        to: plan.names.party(note.to),
        sent: ms(note.sent_at),
        due: (note.due_at != SimTime::MAX).then(|| ms(note.due_at)),
        lost: note.lost.is_some(),
        detail,
    }
}

/// The world where `replay` stands.
pub(crate) fn snapshot(replay: &Replay) -> Snapshot {
    let (plan, world) = (replay.plan(), replay.snapshot());
    let names = |nodes: &[quorate::kernel::NodeId]| -> Vec<String> {
        nodes.iter().map(|node| plan.names.node(*node)).collect()
    };
    let flights = world.flights.iter();
    let clients = world.clients.iter().map(|client| ClientState {
        name: plan.names.party(Party::Client(client.id)),
        waiting: client.waiting_for.map(|(_, op, ..)| op.to_string()),
        backlog: client.backlog,
    });
    let cuts = world.cuts.iter().map(|cut| Cut {
        from: names(&cut.from),
        to: names(&cut.to),
        since: ms(cut.since),
    });
    Snapshot {
        ms: ms(replay.at()),
        event: replay.event() as f64,
        sentence: Words::from(&replay.narration(&world)),
        nodes: world.nodes.iter().map(|node| node_state(node, &world, plan)).collect(),
        messages: flights.map(|one| message(&one.note, one.detail.clone(), plan)).collect(),
        clients: clients.collect(),
        cuts: cuts.collect(),
        checks: replay.checks().into_iter().map(check).collect(),
    }
}

fn node_state(node: &NodeView, world: &World, plan: &Plan) -> NodeState {
    use quorate::kernel::Role as Part;
    let card = node.card.as_ref();
    let (status, since) = match node.status {
        Status::Up => (Health::Up, None),
        Status::Crashed(at) => (Health::Crashed, Some(ms(at))),
        Status::Paused(at) => (Health::Paused, Some(ms(at))),
    };
    let fields = card.iter().flat_map(|card| &card.fields);
    let log = card.iter().flat_map(|card| &card.log);
    let timers = node.timers.iter();
    NodeState {
        name: plan.names.node(node.id),
        role: match node.role {
            Part::Follower => Role::Follower,
            Part::Candidate => Role::Candidate,
            Part::Leader => Role::Leader,
            Part::Balancer => Role::Balancer,
            Part::Server => Role::Server,
        },
        title: card.map_or("", |card| card.title),
        era: node.era as f64,
        status,
        since,
        fields: fields.map(|it| Field { name: it.name, value: it.value.clone() }).collect(),
        log: log
            .map(|cell| LogEntry {
                slot: cell.slot as f64,
                era: cell.era as f64,
                value: cell.value.to_string(),
                committed: cell.committed,
            })
            .collect(),
        timers: timers
            .map(|it| Timer { name: it.name, armed: ms(it.armed_at), due: ms(it.due_at) })
            .collect(),
        queue: card.and_then(|card| card.queue.as_ref()).map(|queue| Queue {
            length: queue.length,
            done: queue.done as f64,
            busy: (queue.busy.0 as f64 / world.at.0.max(1) as f64).min(1.0),
            speed: f64::from(queue.speed_milli) / 1000.0,
        }),
    }
}

fn check(view: CheckView) -> Standing {
    let verdict = |status: Judged| match status {
        Judged::Holds => Verdict::Holds,
        Judged::Violated => Verdict::Violated,
        Judged::Undecided => Verdict::Undecided,
    };
    let property = view.property.map(|property| text::property(text::Lang::En, property));
    Standing {
        line: view.line,
        text: property.map_or(view.text, str::to_owned),
        verdict: verdict(view.status),
        finally: verdict(view.final_status),
        violated_at: view.violated_at.map(|(at, _)| ms(at)),
        because: Words::from(&view.because),
    }
}
