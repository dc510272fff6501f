//! Worlds made by hand, so that pictures do not change when a protocol does.

use quorate::kernel::{
    Cell, ClientId, Face, Manner, NodeCard, NodeId, Op, Party, Phase, Queue, QueueItem, RequestId,
    Role, SimTime, Span, Vote, Word,
};
use quorate::scene::balance::ServerLook;
use quorate::sim::{
    Cause, ClientView, Cut, CutKind, DiskMode, FlightNote, FlightView, NodeView, Snapshot, Status,
    TimerView,
};

pub const ASK: Face = Face { name: "RequestVote", phase: Phase::Election, manner: Manner::Ask };
pub const VOTE: Face = Face { name: "Vote", phase: Phase::Election, manner: Manner::Grant };
pub const DENY: Face = Face { name: "Vote", phase: Phase::Election, manner: Manner::Refuse };
pub const APPEND: Face =
    Face { name: "AppendEntries", phase: Phase::Replication, manner: Manner::Ask };
pub const ACK: Face = Face { name: "Ack", phase: Phase::Replication, manner: Manner::Grant };
pub const NACK: Face = Face { name: "Nack", phase: Phase::Replication, manner: Manner::Refuse };
pub const BEAT: Face =
    Face { name: "AppendEntries", phase: Phase::Replication, manner: Manner::Beat };
pub const REQUEST: Face = Face { name: "Request", phase: Phase::Client, manner: Manner::Ask };
pub const REPLY: Face = Face { name: "Reply", phase: Phase::Client, manner: Manner::Grant };

pub fn ms(millis: u64) -> SimTime {
    SimTime(millis * 1_000_000)
}

pub fn names(count: usize) -> Vec<String> {
    (1..=count).map(|node| format!("n{node}")).collect()
}

pub fn word(text: &str) -> Word {
    Word::new(text).expect("a short word")
}

/// A log of (era, committed).
pub fn log(entries: &[(u64, bool)]) -> Vec<Cell> {
    let cells = entries.iter().enumerate().map(|(index, &(era, committed))| Cell {
        slot: index as u64 + 1,
        era,
        value: word("x=1"),
        committed,
    });
    cells.collect()
}

pub fn node(id: u32, role: Role, era: u64, timer: f64, now: SimTime) -> NodeView {
    let whole = 200_000_000.0;
    let name = if role == Role::Leader { "heartbeat" } else { "election" };
    let due_at = SimTime(now.0 + (whole * timer) as u64);
    let armed_at = SimTime(due_at.0.saturating_sub(whole as u64));
    NodeView {
        id: NodeId(id),
        role,
        era,
        status: Status::Up,
        timers: vec![TimerView { name, armed_at, due_at }],
        skew: 0,
        drift_ppm: 0,
        disk: DiskMode::Synced,
        isolated: false,
        card: Some(NodeCard::new(role, "", era)),
        durable: None,
    }
}

pub fn with_log(mut node: NodeView, entries: &[(u64, bool)]) -> NodeView {
    if let Some(card) = &mut node.card {
        card.log = log(entries);
    }
    node
}

pub fn with_votes(mut node: NodeView, granted: &[u32]) -> NodeView {
    if let Some(card) = &mut node.card {
        let votes = granted.iter().map(|from| Vote { from: NodeId(*from), granted: true });
        card.votes = votes.collect();
    }
    node
}

/// A message from node to node that is `share` of its 20 ms way at `now`.
pub fn flight(id: u64, ends: (u32, u32), face: Face, share: f64, now: SimTime) -> FlightNote {
    let gone = (20_000_000.0 * share) as u64;
    let sent_at = SimTime(now.0.saturating_sub(gone));
    let (from, to) = (Party::Node(NodeId(ends.0)), Party::Node(NodeId(ends.1)));
    FlightNote {
        id,
        from,
        to,
        face,
        sent_at,
        due_at: SimTime(sent_at.0 + 20_000_000),
        lost: None,
        size: 9,
    }
}

pub fn flying(note: FlightNote, detail: &str) -> FlightView {
    FlightView { note, detail: detail.to_owned() }
}

pub fn empty(at: SimTime) -> Snapshot {
    Snapshot {
        at,
        event: 0,
        nodes: Vec::new(),
        flights: Vec::new(),
        clients: Vec::new(),
        cuts: Vec::new(),
        holds: Vec::new(),
        links: Vec::new(),
    }
}

pub fn split(one: &[u32], two: &[u32], since: SimTime) -> Vec<Cut> {
    let ids = |nodes: &[u32]| nodes.iter().map(|id| NodeId(*id)).collect::<Vec<_>>();
    let cut = |from: &[u32], to: &[u32]| Cut {
        from: ids(from),
        to: ids(to),
        since,
        kind: CutKind::Partition,
    };
    vec![cut(one, two), cut(two, one)]
}

pub fn client(id: u32, to: u32, since: SimTime) -> ClientView {
    let id = ClientId(id);
    let request = RequestId { client: id, serial: 1 };
    let op = Op::Put(word("x"), word("1"));
    ClientView { id, waiting_for: Some((request, op, NodeId(to), since)), backlog: 0 }
}

/// Two halves, no quorum: the scenario of the workbench at 1.280 s.
pub fn two_halves() -> (Snapshot, Vec<FlightNote>) {
    let now = ms(1_280);
    let stored = [(1, true), (1, true), (2, true)];
    let pending = [(1, true), (1, true), (2, true), (2, false)];
    let mut snapshot = empty(now);
    let mut crashed = with_log(node(2, Role::Follower, 0, 0.0, now), &stored[..2]);
    crashed.status = Status::Crashed(ms(400));
    let candidate = with_log(node(0, Role::Candidate, 4, 0.88, now), &stored);
    snapshot.nodes = vec![
        with_votes(candidate, &[0]),
        with_log(node(1, Role::Follower, 4, 0.94, now), &stored),
        crashed,
        with_log(node(3, Role::Leader, 2, 0.84, now), &pending),
        with_log(node(4, Role::Follower, 2, 0.90, now), &pending),
    ];
    snapshot.cuts = split(&[0, 1], &[2, 3, 4], ms(900));
    let lost =
        |id, ends, face| FlightNote { lost: Some(Cause::Cut), ..flight(id, ends, face, 1.0, now) };
    snapshot.flights = vec![
        flying(FlightNote { due_at: ms(1_290), ..flight(1, (0, 4), ASK, 0.27, now) }, "T4"),
        flying(flight(2, (1, 0), VOTE, 0.36, now), "T4"),
        flying(flight(3, (3, 4), APPEND, 0.42, now), "4: x=1"),
        flying(flight(4, (4, 3), ACK, 0.52, now), "4"),
        flying(flight(5, (3, 2), APPEND, 0.40, now), "4: x=1"),
    ];
    snapshot.flights[0].note.lost = Some(Cause::Cut);
    snapshot.clients = vec![client(0, 3, ms(1_200))];
    let ended = vec![lost(6, (0, 3), ASK), lost(7, (0, 2), ASK), lost(8, (3, 1), BEAT)];
    (snapshot, ended)
}

/// An election in an embedded picture: n2 asks, two votes are on their way back.
pub fn election() -> Snapshot {
    let now = ms(212);
    let mut snapshot = empty(now);
    snapshot.nodes = vec![
        node(0, Role::Follower, 1, 0.97, now),
        with_votes(node(1, Role::Candidate, 1, 0.82, now), &[1]),
        node(2, Role::Follower, 1, 0.95, now),
        node(3, Role::Follower, 0, 0.34, now),
        node(4, Role::Follower, 0, 0.22, now),
    ];
    snapshot.flights = vec![
        flying(flight(1, (1, 4), ASK, 0.62, now), "T1"),
        flying(flight(2, (1, 3), ASK, 0.7, now), "T1"),
        flying(flight(3, (2, 1), VOTE, 0.45, now), "T1"),
        flying(flight(4, (0, 1), VOTE, 0.5, now), "T1"),
    ];
    snapshot
}

/// Every status, every sign, a link cut in one direction, a held message.
pub fn menagerie() -> Snapshot {
    let now = ms(500);
    let mut snapshot = empty(now);
    let mut nodes: Vec<NodeView> = vec![
        node(0, Role::Leader, 3, 0.6, now),
        node(1, Role::Candidate, 4, 0.9, now),
        node(2, Role::Follower, 3, 0.4, now),
        node(3, Role::Follower, 3, 0.3, now),
        node(4, Role::Follower, 3, 0.5, now),
        node(5, Role::Follower, 3, 0.7, now),
        node(6, Role::Leader, 2, 0.8, now),
    ];
    nodes[2].status = Status::Paused(ms(450));
    nodes[3].isolated = true;
    nodes[4].skew = 40_000_000;
    nodes[5].status = Status::Crashed(ms(100));
    nodes[6].status = Status::Paused(ms(450));
    snapshot.nodes = nodes;
    snapshot.cuts = vec![
        Cut {
            from: vec![NodeId(0)],
            to: vec![NodeId(4)],
            since: ms(200),
            kind: CutKind::Partition,
        },
        Cut { from: vec![NodeId(3)], to: vec![], since: ms(300), kind: CutKind::Isolation },
    ];
    let faces = [ASK, VOTE, DENY, APPEND, ACK, NACK, BEAT];
    for (index, face) in faces.into_iter().enumerate() {
        let from = index as u32;
        let note = flight(index as u64 + 1, (from, (from + 3) % 7), face, 0.42, now);
        snapshot.flights.push(flying(note, ""));
    }
    let held = FlightNote { due_at: SimTime::MAX, ..flight(8, (0, 1), APPEND, 0.1, now) };
    snapshot.flights.push(flying(held, "2: y=3"));
    snapshot.flights.push(flying(FlightNote { id: 9, ..held }, "3: z=1"));
    snapshot.clients =
        vec![client(0, 0, ms(420)), ClientView { id: ClientId(1), waiting_for: None, backlog: 0 }];
    let mut ask = flight(10, (0, 0), REQUEST, 0.5, now);
    ask.from = Party::Client(ClientId(0));
    snapshot.flights.push(flying(ask, "put x=1"));
    let mut answer = flight(11, (0, 0), REPLY, 0.5, now);
    answer.to = Party::Client(ClientId(1));
    snapshot.flights.push(flying(answer, "ok"));
    snapshot
}

/// A pool of six servers behind one balancer: one of them slow.
pub fn pool() -> (Snapshot, Vec<ServerLook>) {
    let now = ms(6_400);
    let mut snapshot = empty(now);
    snapshot.nodes.push(node(0, Role::Balancer, 0, 0.5, now));
    let capacities = [3_000, 2_000, 2_000, 2_000, 1_500, 1_500];
    let lengths = [2, 1, 0, 3, 1, 1];
    let busy = [0.71, 0.69, 0.70, 0.97, 0.62, 0.66];
    let tails = [41, 52, 47, 168, 58, 63];
    let mut servers = Vec::new();
    for (index, capacity_milli) in capacities.into_iter().enumerate() {
        let id = NodeId(index as u32 + 1);
        snapshot.nodes.push(node(id.0, Role::Server, 0, 0.5, now));
        let item = |place| QueueItem { left: Span::millis(5), served: place == 0 };
        servers.push(ServerLook {
            node: id,
            name: format!("s{}", index + 1),
            capacity_milli,
            queue: Queue {
                items: (0..lengths[index]).map(item).collect(),
                length: lengths[index],
                speed_milli: capacity_milli,
                slowed: index == 3,
                busy: Span::millis(4_000),
                done: 100,
            },
            busy: busy[index],
            p99: Some(Span::millis(tails[index])),
            crashed: false,
        });
    }
    for (index, share) in [0.18, 0.52, 0.8, 0.34, 0.66, 0.1, 0.45].into_iter().enumerate() {
        let mut note = flight(index as u64 + 1, (0, 0), REQUEST, share, now);
        note.from = Party::Client(ClientId(index as u32 % 3));
        snapshot.flights.push(flying(note, ""));
    }
    for (index, (to, share)) in [(1, 0.4), (3, 0.3), (6, 0.6), (2, 0.2)].into_iter().enumerate() {
        let note = flight(index as u64 + 20, (0, to), REQUEST, share, now);
        snapshot.flights.push(flying(note, ""));
    }
    snapshot.flights.push(flying(flight(40, (5, 0), REPLY, 0.7, now), ""));
    snapshot.clients = (0..3).map(|id| client(id, 0, now)).collect();
    (snapshot, servers)
}
