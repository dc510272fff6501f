//! A register that is written once, by Paxos \[lamport01\]: every `Put` is a proposal with a ballot
//! of its own, and a server that knows the decision answers every `Get` with it.

use super::super::value::number;
use super::{Mail, Message, SERVERS, Server};

/// A ballot: its round, then the server that leads it.
type Ballot = (u8, u8);

/// What was voted for: the ballot, and the client whose value it is. A client writes once, so it
/// stands for its request and its value.
type Vote = (Ballot, Wish);

/// What a client wants written: who, and which request and value.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Wish {
    client: u8,
    request: u8,
    value: u8,
}

/// Messages among servers.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Talk {
    /// Promise this ballot.
    Prepare(Ballot),
    /// Promised; the last vote, if there was one.
    Prepared(Ballot, Option<Vote>),
    /// Vote for this.
    Accept(Vote),
    /// Voted.
    Accepted(Ballot),
    /// A majority voted for this.
    Decided(Vote),
}

/// Proposer, acceptor and learner in one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Paxos {
    ballot: Ballot,
    /// What it proposes.
    wish: Option<Wish>,
    /// Servers that promised its ballot, one bit each, and the highest vote among theirs.
    promised: u8,
    votes: [Option<Vote>; SERVERS],
    /// Servers that voted in its ballot, one bit each.
    accepted_by: u8,
    vote: Option<Vote>,
    decided: bool,
}

impl Paxos {
    /// A client asks: begins a ballot with the next round.
    fn propose(&mut self, id: u8, wish: Wish, mail: &mut Mail<Talk>) {
        self.wish = Some(wish);
        self.ballot = (self.ballot.0 + 1, id);
        self.accepted_by = 0;
        self.promised = 0;
        self.votes = [None; SERVERS];
        self.note_promise(id, self.vote);
        mail.broadcast(Talk::Prepare(self.ballot));
    }

    fn note_promise(&mut self, from: u8, vote: Option<Vote>) {
        self.promised |= 1 << from;
        self.votes[from as usize] = vote;
    }

    /// Somebody promised: with a majority, proposes the highest vote, or its own wish.
    fn promise(&mut self, id: u8, from: u8, vote: Option<Vote>, mail: &mut Mail<Talk>) {
        self.note_promise(from, vote);
        if self.promised.count_ones() != mail.majority() {
            return;
        }
        let highest = self.votes.iter().flatten().max();
        let Some(wish) = highest.map(|(_, wish)| *wish).or(self.wish) else { return };
        self.wish = Some(wish);
        self.vote = Some((self.ballot, wish));
        self.accepted_by |= 1 << id;
        mail.broadcast(Talk::Accept((self.ballot, wish)));
    }

    /// Somebody voted: with a majority, it is decided.
    fn accept(&mut self, from: u8, mail: &mut Mail<Talk>) {
        self.accepted_by |= 1 << from;
        let Some(wish) = self.wish else { return };
        if self.accepted_by.count_ones() == mail.majority() {
            self.decided = true;
            mail.broadcast(Talk::Decided((self.ballot, wish)));
            mail.send(wish.client, Message::PutOk { request: wish.request });
        }
    }
}

impl Server for Paxos {
    type Internal = Talk;

    fn new(_id: u8) -> Paxos {
        Paxos {
            ballot: (0, 0),
            wish: None,
            promised: 0,
            votes: [None; SERVERS],
            accepted_by: 0,
            vote: None,
            decided: false,
        }
    }

    fn receive(&mut self, id: u8, from: u8, message: Message<Talk>, mail: &mut Mail<Talk>) -> bool {
        if self.decided {
            return match (message, self.vote) {
                (Message::Get { request }, Some((_, wish))) => {
                    mail.send(from, Message::GetOk { request, value: wish.value });
                    true
                }
                // Whatever else comes, the decision stands.
                (
                    Message::Get { .. }
                    | Message::Put { .. }
                    | Message::PutOk { .. }
                    | Message::GetOk { .. }
                    | Message::Internal(_),
                    _,
                ) => false,
            };
        }
        match message {
            Message::Put { request, value } if self.wish.is_none() => {
                self.propose(id, Wish { client: from, request, value }, mail);
            }
            Message::Internal(Talk::Prepare(ballot)) if self.ballot < ballot => {
                self.ballot = ballot;
                mail.send(from, Message::Internal(Talk::Prepared(ballot, self.vote)));
            }
            Message::Internal(Talk::Prepared(ballot, vote)) if ballot == self.ballot => {
                self.promise(id, from, vote, mail);
            }
            Message::Internal(Talk::Accept((ballot, wish))) if self.ballot <= ballot => {
                self.ballot = ballot;
                self.vote = Some((ballot, wish));
                mail.send(from, Message::Internal(Talk::Accepted(ballot)));
            }
            Message::Internal(Talk::Accepted(ballot)) if ballot == self.ballot => {
                self.accept(from, mail);
            }
            Message::Internal(Talk::Decided((ballot, wish))) => {
                self.ballot = ballot;
                self.vote = Some((ballot, wish));
                self.decided = true;
            }
            // A second wish, a read before the decision, talk of ballots that are over; answers
            // go to clients.
            Message::Put { .. }
            | Message::Get { .. }
            | Message::Internal(_)
            | Message::PutOk { .. }
            | Message::GetOk { .. } => return false,
        }
        true
    }

    fn name(message: &Talk) -> String {
        let ballot = |(round, leader): Ballot| format!("{round}.{}", number('s', leader.into()));
        let wish = |it: Wish| number('v', u32::from(it.value.saturating_sub(1)));
        match *message {
            Talk::Prepare(b) => format!("Prepare {}", ballot(b)),
            Talk::Prepared(b, None) => format!("Prepared {}", ballot(b)),
            Talk::Prepared(b, Some((last, w))) => {
                format!("Prepared {} ({} in {})", ballot(b), wish(w), ballot(last))
            }
            Talk::Accept((b, w)) => format!("Accept {} {}", ballot(b), wish(w)),
            Talk::Accepted(b) => format!("Accepted {}", ballot(b)),
            Talk::Decided((b, w)) => format!("Decided {} {}", ballot(b), wish(w)),
        }
    }
}
