//! A register kept by Paxos for stateright, with its own actors, clients and tester.

use std::borrow::Cow;

use stateright::actor::register::{RegisterActor, RegisterMsg};
use stateright::actor::{Actor, ActorModel, Id, Network, Out, majority, model_peers};
use stateright::semantics::LinearizabilityTester;
use stateright::semantics::register::Register;
use stateright::util::{HashableHashMap, HashableHashSet};
use stateright::{Checker, Expectation, Model};

type Ballot = (u32, Id);
type Wish = (u64, Id, char);
type Vote = (Ballot, Wish);
type Message = RegisterMsg<u64, char, Talk>;

#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Talk {
    Prepare(Ballot),
    Prepared(Ballot, Option<Vote>),
    Accept(Vote),
    Accepted(Ballot),
    Decided(Vote),
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Server {
    ballot: Ballot,
    wish: Option<Wish>,
    promises: HashableHashMap<Id, Option<Vote>>,
    accepted_by: HashableHashSet<Id>,
    vote: Option<Vote>,
    decided: bool,
}

#[derive(Clone)]
struct Paxos {
    peers: Vec<Id>,
}

impl Paxos {
    fn quorum(&self) -> usize {
        majority(self.peers.len() + 1)
    }

    fn propose(&self, id: Id, server: &mut Server, wish: Wish, out: &mut Out<Self>) {
        server.wish = Some(wish);
        server.promises = HashableHashMap::default();
        server.accepted_by = HashableHashSet::default();
        server.ballot = (server.ballot.0 + 1, id);
        server.promises.insert(id, server.vote);
        out.broadcast(&self.peers, &RegisterMsg::Internal(Talk::Prepare(server.ballot)));
    }

    fn lead(&self, id: Id, server: &mut Server, out: &mut Out<Self>) {
        let highest = server.promises.values().flatten().max();
        let Some(wish) = highest.map(|(_, wish)| *wish).or(server.wish) else { return };
        server.wish = Some(wish);
        server.vote = Some((server.ballot, wish));
        server.accepted_by.insert(id);
        let accept = Talk::Accept((server.ballot, wish));
        out.broadcast(&self.peers, &RegisterMsg::Internal(accept));
    }
}

impl Actor for Paxos {
    type Msg = Message;
    type State = Server;
    type Timer = ();
    type Random = ();
    type Storage = ();

    fn on_start(&self, _: Id, _: &Option<()>, _: &mut Out<Self>) -> Server {
        Server {
            ballot: (0, Id::from(0)),
            wish: None,
            promises: HashableHashMap::default(),
            accepted_by: HashableHashSet::default(),
            vote: None,
            decided: false,
        }
    }

    fn on_msg(
        &self,
        id: Id,
        state: &mut Cow<Server>,
        from: Id,
        message: Message,
        out: &mut Out<Self>,
    ) {
        use RegisterMsg::{Get, GetOk, Internal, Put, PutOk};
        if state.decided {
            if let (Get(request), Some((_, wish))) = (message, state.vote) {
                out.send(from, GetOk(request, wish.2));
            }
            return;
        }
        match message {
            Put(request, value) if state.wish.is_none() => {
                self.propose(id, state.to_mut(), (request, from, value), out);
            }
            Internal(Talk::Prepare(ballot)) if state.ballot < ballot => {
                state.to_mut().ballot = ballot;
                out.send(from, Internal(Talk::Prepared(ballot, state.vote)));
            }
            Internal(Talk::Prepared(ballot, vote)) if ballot == state.ballot => {
                let server = state.to_mut();
                server.promises.insert(from, vote);
                if server.promises.len() == self.quorum() {
                    self.lead(id, server, out);
                }
            }
            Internal(Talk::Accept(vote)) if state.ballot <= vote.0 => {
                let server = state.to_mut();
                (server.ballot, server.vote) = (vote.0, Some(vote));
                out.send(from, Internal(Talk::Accepted(vote.0)));
            }
            Internal(Talk::Accepted(ballot)) if ballot == state.ballot => {
                let server = state.to_mut();
                server.accepted_by.insert(from);
                let Some(wish) = server.wish else { return };
                if server.accepted_by.len() == self.quorum() {
                    server.decided = true;
                    out.broadcast(&self.peers, &Internal(Talk::Decided((ballot, wish))));
                    out.send(wish.1, PutOk(wish.0));
                }
            }
            Internal(Talk::Decided(vote)) => {
                let server = state.to_mut();
                (server.ballot, server.vote, server.decided) = (vote.0, Some(vote), true);
            }
            // Old ballots, a second wish, reads before the decision.
            Put(..) | Get(_) | PutOk(_) | GetOk(..) | Internal(_) => {}
        }
    }
}

/// Unique, generated, levels, of three servers.
pub(crate) fn check(clients: usize) -> (u64, u64, u64) {
    let servers = 3;
    let client = RegisterActor::Client { put_count: 1, server_count: servers };
    let server = |at| RegisterActor::Server(Paxos { peers: model_peers(at, servers) });
    let checker = ActorModel::new((), LinearizabilityTester::new(Register('\0')))
        .actors((0..servers).map(server))
        .actors((0..clients).map(|_| client.clone()))
        .init_network(Network::new_unordered_nonduplicating([]))
        .property(Expectation::Always, "linearizable", |_, state| {
            state.history.serialized_history().is_some()
        })
        .property(Expectation::Sometimes, "a written value is read", |_, state| {
            let read = |it: &Message| matches!(it, RegisterMsg::GetOk(_, value) if *value != '\0');
            state.network.iter_deliverable().any(|envelope| read(envelope.msg))
        })
        .record_msg_in(RegisterMsg::record_returns)
        .record_msg_out(RegisterMsg::record_invocations)
        .checker()
        .threads(1)
        .spawn_bfs()
        .join();
    let counts = (checker.unique_state_count(), checker.state_count(), checker.max_depth());
    (counts.0 as u64, counts.1 as u64, counts.2 as u64)
}
