//! The simulated world: what each input does, what each stream decides, and going back in time.

pub mod clients;
pub mod echo;
pub mod faults;
pub mod hand;
pub mod messages;
pub mod recipe;
pub mod streams;
pub mod timeline;

use std::rc::Rc;

use quorate::kernel::{
    ClientId, Fact, KnobValue, Knobs, Node, NodeId, Party, SimTime, Span, Window,
};
use quorate::sim::{
    Cluster, ClusterSpec, Delay, Happening, Input, NetworkSpec, Occurrence, Target, World,
};

use echo::Echo;

pub const N1: NodeId = NodeId(0);
pub const N2: NodeId = NodeId(1);
pub const N3: NodeId = NodeId(2);

pub fn ms(count: u64) -> Span {
    Span::millis(count)
}

pub fn at(count: u64) -> SimTime {
    SimTime::ZERO + ms(count)
}

pub fn node(id: NodeId) -> Target {
    Target::Node(id)
}

pub fn client(id: u32) -> Party {
    Party::Client(ClientId(id))
}

/// Three echoes that tick every 10 ms and reach each other in exactly 1 ms.
pub fn spec() -> ClusterSpec {
    let mut knobs = Knobs::defaults(Echo::ABOUT.knobs);
    knobs.set("tick", KnobValue::Range(Window::exactly(ms(10))));
    let mut spec = ClusterSpec::new(3, knobs, 7);
    let delay = Delay::Even(Window::exactly(ms(1)));
    spec.network = NetworkSpec { client_delay: delay.clone(), delay, ..NetworkSpec::lan() };
    spec
}

/// The same with inputs at milliseconds.
pub fn with(inputs: Vec<(u64, Input)>) -> ClusterSpec {
    let inputs = inputs.into_iter().map(|(millis, input)| (at(millis), input)).collect();
    ClusterSpec { inputs, ..spec() }
}

pub fn silent(mut spec: ClusterSpec) -> ClusterSpec {
    spec.knobs.set("talk", KnobValue::Switch(false));
    spec
}

pub fn world(spec: ClusterSpec) -> World<Echo> {
    World::new(Rc::new(spec)).expect("the recipe is sound")
}

pub fn cluster(spec: ClusterSpec) -> Box<dyn Cluster> {
    Box::new(world(spec))
}

/// Runs up to and including `until` and returns every event.
pub fn run(world: &mut World<Echo>, until: SimTime) -> Vec<Occurrence> {
    let mut events = Vec::new();
    while world.next_at().is_some_and(|next| next <= until) && world.step() {
        events.push(world.last().clone());
    }
    events
}

/// Every event of a run of `spec` up to `until` milliseconds.
pub fn events(spec: ClusterSpec, until: u64) -> Vec<Occurrence> {
    run(&mut world(spec), at(until))
}

/// When `id` ticked, in nanoseconds.
pub fn ticks(events: &[Occurrence], id: NodeId) -> Vec<u64> {
    facts(events, id, |fact| matches!(fact, Fact::Committed { .. }))
}

/// When `id` received a ping.
pub fn pings(events: &[Occurrence], id: NodeId) -> Vec<u64> {
    facts(events, id, |fact| matches!(fact, Fact::Voted { .. }))
}

/// When `id` stated such a fact.
pub fn facts(events: &[Occurrence], id: NodeId, wanted: impl Fn(&Fact) -> bool) -> Vec<u64> {
    let stated =
        |event: &&Occurrence| event.facts.iter().any(|(node, fact)| *node == id && wanted(fact));
    events.iter().filter(stated).map(|event| event.at.0).collect()
}

/// Who sent the pings that `id` received after `after` milliseconds.
pub fn heard(events: &[Occurrence], id: NodeId, after: u64) -> Vec<NodeId> {
    let mut from: Vec<NodeId> = events
        .iter()
        .filter(|event| event.at > at(after))
        .flat_map(|event| &event.facts)
        .filter_map(|(node, fact)| match fact {
            Fact::Voted { candidate, .. } if *node == id => Some(*candidate),
            _ => None,
        })
        .collect();
    from.sort_unstable();
    from.dedup();
    from
}

/// Flights that were lost, with the reason, and those delivered.
pub fn landed(
    events: &[Occurrence],
) -> (Vec<quorate::sim::FlightNote>, Vec<quorate::sim::FlightNote>) {
    let mut lost = Vec::new();
    let mut delivered = Vec::new();
    for event in events {
        match &event.what {
            Happening::Lost(note) => lost.push(*note),
            Happening::Delivered(note) => delivered.push(*note),
            _ => {}
        }
    }
    (lost, delivered)
}
