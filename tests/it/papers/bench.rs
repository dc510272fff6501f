//! A cluster without a world: handlers are called directly, and nothing moves unless a test moves
//! it.

use std::collections::BTreeMap;

use quorate::kernel::{
    Choices, ClientId, Ctx, Effect, Fact, KnobValue, Knobs, Node, NodeCard, NodeId, Op, Outcome,
    Request, RequestId, Role, SimTime, Span, Window, Word,
};

/// A message under way.
#[derive(Clone, Debug)]
pub struct Flight<N: Node> {
    /// The sender.
    pub from: NodeId,
    /// The receiver.
    pub to: NodeId,
    /// The message.
    pub msg: N::Msg,
}

/// Always draws zero: paper tests depend on no chance.
#[derive(Clone, Debug)]
struct Zero;

impl Choices for Zero {
    fn below(&mut self, _: u64) -> u64 {
        0
    }
}

/// Nodes on a bench.
#[derive(Clone)]
pub struct Bench<N: Node> {
    knobs: Knobs,
    /// Running nodes.
    pub nodes: Vec<Option<N>>,
    disks: Vec<N::Disk>,
    /// Messages under way, in order of sending.
    pub flights: Vec<Flight<N>>,
    /// Armed timers of each node, and how often each was armed.
    pub armed: Vec<BTreeMap<N::Timer, (Window, u32)>>,
    /// What each node's own clock shows.
    pub clocks: Vec<SimTime>,
    /// Facts in order.
    pub facts: Vec<(NodeId, Fact)>,
    /// Rules named, in order.
    pub marks: Vec<(NodeId, &'static str)>,
    /// Answers to clients in order.
    pub replies: Vec<(NodeId, RequestId, Outcome)>,
}

/// `n(1)` is the first node, as printed.
pub fn n(number: u32) -> NodeId {
    NodeId(number - 1)
}

/// A word of a test.
pub fn word(text: &str) -> Word {
    Word::new(text).expect("a short word")
}

/// The request of `client` with this serial number.
pub fn request(client: u32, serial: u64, op: Op) -> Request {
    Request { id: RequestId { client: ClientId(client), serial }, op }
}

impl<N: Node> Bench<N> {
    /// `nodes` nodes with empty disks.
    pub fn new(nodes: usize, knobs: &[(&str, KnobValue)]) -> Self {
        Bench::given(&vec![&[][..]; nodes], knobs)
    }

    /// One node for each disk, written as a `given` line has it.
    pub fn given(disks: &[&[(&str, &str)]], knobs: &[(&str, KnobValue)]) -> Self {
        let mut set = Knobs::defaults(N::ABOUT.knobs);
        for (name, value) in knobs {
            let knob = N::ABOUT.knobs.iter().find(|knob| knob.name == *name);
            set.set(knob.expect("a declared knob").name, *value);
        }
        let disks: Vec<N::Disk> = disks
            .iter()
            .map(|words| match words {
                [] => N::Disk::default(),
                words => N::given(words).expect("a good disk"),
            })
            .collect();
        let count = disks.len();
        let mut bench = Bench {
            knobs: set,
            nodes: vec![None; count],
            disks,
            flights: Vec::new(),
            armed: vec![BTreeMap::new(); count],
            clocks: vec![SimTime::ZERO; count],
            facts: Vec::new(),
            marks: Vec::new(),
            replies: Vec::new(),
        };
        for id in 0..count {
            bench.restart(NodeId::at(id));
        }
        bench
    }

    /// The node, which has to be up.
    pub fn node(&self, id: NodeId) -> &N {
        self.nodes[id.index()].as_ref().expect("a running node")
    }

    /// What the node shows.
    pub fn card(&self, id: NodeId) -> NodeCard {
        self.node(id).card()
    }

    /// The part the node plays.
    pub fn role(&self, id: NodeId) -> Role {
        self.node(id).role()
    }

    /// A field of the node's card.
    pub fn field(&self, id: NodeId, name: &str) -> String {
        let card = self.card(id);
        let field = card.fields.iter().find(|field| field.name == name);
        field.expect("a field of the card").value.clone()
    }

    /// The eras of the entries of the node's log.
    pub fn eras(&self, id: NodeId) -> Vec<u64> {
        self.card(id).log.iter().map(|cell| cell.era).collect()
    }

    /// Stops a node: all but its disk is lost.
    pub fn crash(&mut self, id: NodeId) {
        self.nodes[id.index()] = None;
        self.armed[id.index()].clear();
    }

    /// Boots a node from its disk.
    pub fn restart(&mut self, id: NodeId) {
        let (mut effects, mut choices) = (Vec::new(), Zero);
        let count = self.nodes.len() as u32;
        let clock = self.clocks[id.index()];
        let mut ctx = Ctx::new(id, count, clock, &mut choices, &mut effects);
        let node = N::boot(&mut ctx, &self.knobs, &self.disks[id.index()]);
        self.nodes[id.index()] = Some(node);
        self.perform(id, effects);
    }

    /// A timer of the node goes off, armed or not.
    pub fn fire(&mut self, id: NodeId, timer: N::Timer) {
        self.armed[id.index()].remove(&timer);
        self.call(id, |node, ctx| node.on_timer(ctx, timer));
    }

    /// All clocks go on.
    pub fn pass(&mut self, span: Span) {
        self.clocks.iter_mut().for_each(|clock| *clock += span);
    }

    /// An operator wants the node to take a snapshot.
    pub fn compact(&mut self, id: NodeId) {
        self.call(id, N::on_compact);
    }

    /// A request reaches the node.
    pub fn ask(&mut self, id: NodeId, request: Request) {
        self.call(id, |node, ctx| node.on_request(ctx, request));
    }

    /// A message reaches the node, whether anybody sent it or not.
    pub fn receive(&mut self, from: NodeId, to: NodeId, msg: N::Msg) {
        self.call(to, |node, ctx| node.on_message(ctx, from, msg));
    }

    /// Delivers the messages under way that match, not those they cause. Messages to a crashed
    /// node are lost. Returns how many there were.
    pub fn deliver(&mut self, mut which: impl FnMut(&Flight<N>) -> bool) -> usize {
        let (go, stay) = std::mem::take(&mut self.flights).into_iter().partition(|f| which(f));
        self.flights = stay;
        let go: Vec<Flight<N>> = go;
        let count = go.len();
        for flight in go {
            if self.nodes[flight.to.index()].is_some() {
                self.receive(flight.from, flight.to, flight.msg);
            }
        }
        count
    }

    /// Delivers everything between the nodes `among`, and what that causes, until nothing is left;
    /// other messages are lost.
    pub fn settle(&mut self, among: &[NodeId]) {
        let inside =
            |flight: &Flight<N>| among.contains(&flight.from) && among.contains(&flight.to);
        for _ in 0..10_000 {
            if self.deliver(inside) == 0 {
                self.flights.clear();
                return;
            }
        }
        panic!("the cluster does not settle");
    }

    /// Every node.
    pub fn all(&self) -> Vec<NodeId> {
        (0..self.nodes.len()).map(NodeId::at).collect()
    }

    /// The messages under way to and from there.
    pub fn between(&self, from: NodeId, to: NodeId) -> Vec<&N::Msg> {
        let flights = self.flights.iter().filter(|f| f.from == from && f.to == to);
        flights.map(|flight| &flight.msg).collect()
    }

    /// The values the node has learned to be chosen, by slot, in order of learning.
    pub fn chosen(&self, id: NodeId) -> Vec<(u64, Word)> {
        let facts = self.facts.iter().filter(|(node, _)| *node == id);
        facts
            .filter_map(|(_, fact)| match fact {
                Fact::Chosen { slot, value } => Some((*slot, *value)),
                _ => None,
            })
            .collect()
    }

    fn call(&mut self, id: NodeId, handler: impl FnOnce(&mut N, &mut Ctx<'_, N>)) {
        let (mut effects, mut choices) = (Vec::new(), Zero);
        let count = self.nodes.len() as u32;
        let clock = self.clocks[id.index()];
        let mut ctx = Ctx::new(id, count, clock, &mut choices, &mut effects);
        handler(self.nodes[id.index()].as_mut().expect("a running node"), &mut ctx);
        self.perform(id, effects);
    }

    fn perform(&mut self, id: NodeId, effects: Vec<Effect<N>>) {
        for effect in effects {
            match effect {
                Effect::Send(to, msg) => self.flights.push(Flight { from: id, to, msg }),
                Effect::Arm(timer, window) => {
                    let armed = self.armed[id.index()].entry(timer).or_insert((window, 0));
                    *armed = (window, armed.1 + 1);
                }
                Effect::Disarm(timer) => {
                    self.armed[id.index()].remove(&timer);
                }
                Effect::Save(disk) => self.disks[id.index()] = disk,
                Effect::Reply(request, outcome) => self.replies.push((id, request, outcome)),
                Effect::Learn(fact) => self.facts.push((id, fact)),
                Effect::Mark(rule) => {
                    assert!(
                        N::ABOUT.marks.iter().any(|mark| mark.id == rule),
                        "`{rule}` is not declared"
                    );
                    self.marks.push((id, rule));
                }
            }
        }
    }
}
