//! Registers that clients write once and read once, over a network that delivers in any order:
//! the systems that stateright comes with as examples [stateright §examples], so that counts can be
//! compared.
//!
//! Each client sends a `Put` of a value of its own to one server, and when that is answered a `Get`
//! to the next. Messages in flight are a bag; delivering one that its receiver ignores is not a
//! step, so the message stays for ever. The state holds the history of all operations, and each
//! new state is judged: is what clients saw linearizable?
//!
//! Published by stateright 0.31 for three servers of Paxos: 1 client 265 states, 482 generated, 14
//! levels; 2 clients 16,668, 32,971, 21; 3 clients 1,194,428, 2,420,477, 28. One server with a
//! single copy: 2 clients 93, 121, 9; 3 clients 4,243, 6,778, 13.

pub mod abd;
mod history;
pub mod paxos;
pub mod single_copy;

use std::fmt::Debug;
use std::hash::Hash;

use super::value::number;
use super::{Because, Specification};
use crate::check::explore::{Claimed, Model, When};
use history::Client;

/// Servers, at most.
pub const MOST_SERVERS: u32 = 5;
/// Clients, at most.
pub const MOST_CLIENTS: u32 = 6;
const SERVERS: usize = MOST_SERVERS as usize;
const CLIENTS: usize = MOST_CLIENTS as usize;

/// A message, with those among servers as `I`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Message<I> {
    /// Write this value.
    Put {
        /// The number that the answer repeats.
        request: u8,
        /// The value; 0 is what a register begins with, client 1 writes 1.
        value: u8,
    },
    /// Read.
    Get {
        /// The number that the answer repeats.
        request: u8,
    },
    /// It is written.
    PutOk {
        /// The number of the request.
        request: u8,
    },
    /// It was read.
    GetOk {
        /// The number of the request.
        request: u8,
        /// What was read.
        value: u8,
    },
    /// A message among servers.
    Internal(I),
}

/// A message on its way. Servers are numbered from 0, clients after them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Envelope<I> {
    /// Who sent it.
    pub from: u8,
    /// Who is to receive it.
    pub to: u8,
    /// What it says.
    pub message: Message<I>,
}

/// What a handler sends: few messages, without a place on the heap.
#[derive(Debug)]
pub struct Mail<I> {
    from: u8,
    servers: u8,
    sent: [Option<Envelope<I>>; SERVERS + 1],
    len: usize,
}

impl<I: Copy> Mail<I> {
    fn new(from: u8, servers: u8) -> Mail<I> {
        Mail { from, servers, sent: [None; SERVERS + 1], len: 0 }
    }

    /// Sends a message.
    pub fn send(&mut self, to: u8, message: Message<I>) {
        if let Some(free) = self.sent.get_mut(self.len) {
            *free = Some(Envelope { from: self.from, to, message });
            self.len += 1;
        }
    }

    /// Sends a message to all other servers.
    pub fn broadcast(&mut self, message: I) {
        let from = self.from;
        for to in (0..self.servers).filter(|to| *to != from) {
            self.send(to, Message::Internal(message));
        }
    }

    /// Servers that are a majority.
    pub fn majority(&self) -> u32 {
        u32::from(self.servers) / 2 + 1
    }
}

/// One kind of server.
pub trait Server: Copy + Eq + Ord + Hash + Debug + Send + Sync {
    /// Messages among servers.
    type Internal: Copy + Eq + Ord + Hash + Debug + Send + Sync;

    /// A server that has not heard anything.
    fn new(id: u8) -> Self;

    /// Takes a message. False if it does nothing with it.
    fn receive(
        &mut self,
        id: u8,
        from: u8,
        message: Message<Self::Internal>,
        mail: &mut Mail<Self::Internal>,
    ) -> bool;

    /// What a message among servers says, the same in both languages: names of protocols stay.
    fn name(message: &Self::Internal) -> String;
}

/// All servers, all clients with what they saw, and all messages on their way.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct State<S: Server> {
    servers: [S; SERVERS],
    clients: [Client; CLIENTS],
    /// Sorted; equal messages stand side by side.
    mail: Vec<Envelope<S::Internal>>,
}

/// The system of so many servers and clients.
pub struct Register<S> {
    servers: u8,
    clients: u8,
    claims: Vec<Claimed>,
    kind: std::marker::PhantomData<fn() -> S>,
}

impl<S: Server> Register<S> {
    /// The system; `None` unless there are 1 to [`MOST_SERVERS`] servers and 1 to [`MOST_CLIENTS`]
    /// clients.
    pub fn new(servers: u32, clients: u32) -> Option<Register<S>> {
        let few = (1..=MOST_SERVERS).contains(&servers) && (1..=MOST_CLIENTS).contains(&clients);
        let claims = vec![
            Claimed { name: "linearizable".to_owned(), when: When::Always },
            Claimed { name: "a written value is read".to_owned(), when: When::Sometimes },
        ];
        let (servers, clients) = (servers as u8, clients as u8);
        few.then_some(Register { servers, clients, claims, kind: std::marker::PhantomData })
    }

    /// The name of a party: servers s1, s2, clients c1, c2.
    fn party(&self, id: u8) -> String {
        match id.checked_sub(self.servers) {
            None => number('s', u32::from(id)),
            Some(client) => number('c', u32::from(client)),
        }
    }

    /// A client takes a message; whether it does anything with it.
    fn answer(
        &self,
        state: &mut State<S>,
        id: u8,
        message: Message<S::Internal>,
        mail: &mut Mail<S::Internal>,
    ) -> bool {
        let at = (id - self.servers) as usize;
        match (message, state.clients[at].awaits(id)) {
            (Message::PutOk { request }, Some(awaited)) if request == awaited => {
                history::written(&mut state.clients, at);
                let to = (id + 1) % self.servers;
                mail.send(to, Message::Get { request: 2 * id });
                true
            }
            (Message::GetOk { request, value }, Some(awaited)) if request == awaited => {
                state.clients[at].has_read(value);
                true
            }
            // Late answers change nothing, and no server sends a client anything else.
            (
                Message::PutOk { .. }
                | Message::GetOk { .. }
                | Message::Put { .. }
                | Message::Get { .. }
                | Message::Internal(_),
                _,
            ) => false,
        }
    }
}

/// Takes one message out of a sorted bag and puts some in.
fn exchange<I: Copy + Ord>(
    bag: &[Envelope<I>],
    out: &Envelope<I>,
    mail: &Mail<I>,
) -> Vec<Envelope<I>> {
    let mut next = Vec::with_capacity(bag.len() + mail.len - 1);
    let at = bag.binary_search(out).unwrap_or(bag.len());
    next.extend_from_slice(&bag[..at]);
    next.extend_from_slice(bag.get(at + 1..).unwrap_or(&[]));
    for envelope in mail.sent.iter().flatten() {
        let at = next.partition_point(|it| it <= envelope);
        next.insert(at, *envelope);
    }
    next
}

impl<S: Server> Model for Register<S> {
    type State = State<S>;
    type Step = Envelope<S::Internal>;

    fn initial(&self) -> Vec<State<S>> {
        let mut servers = [S::new(0); SERVERS];
        for (id, server) in servers[..self.servers as usize].iter_mut().enumerate() {
            *server = S::new(id as u8);
        }
        let put = |client: u8| {
            let from = self.servers + client;
            let message = Message::Put { request: from, value: client + 1 };
            Envelope { from, to: from % self.servers, message }
        };
        let mut mail: Vec<_> = (0..self.clients).map(put).collect();
        mail.sort_unstable();
        vec![State { servers, clients: [Client::default(); CLIENTS], mail }]
    }

    fn steps(&self, state: &State<S>, out: &mut Vec<Envelope<S::Internal>>) {
        for (at, envelope) in state.mail.iter().enumerate() {
            if at == 0 || state.mail[at - 1] != *envelope {
                out.push(*envelope);
            }
        }
    }

    fn next(&self, state: &State<S>, step: &Envelope<S::Internal>) -> Option<State<S>> {
        let mut mail = Mail::new(step.to, self.servers);
        // What is on its way is made anew below.
        let (servers, clients) = (state.servers, state.clients);
        let mut next = State { servers, clients, mail: Vec::new() };
        let touched = if step.to < self.servers {
            let server = &mut next.servers[step.to as usize];
            server.receive(step.to, step.from, step.message, &mut mail)
        } else {
            self.answer(&mut next, step.to, step.message, &mut mail)
        };
        next.mail = touched.then(|| exchange(&state.mail, step, &mail))?;
        Some(next)
    }

    fn weight(&self, state: &State<S>) -> u64 {
        (state.mail.capacity() * size_of::<Envelope<S::Internal>>()) as u64
    }

    fn claims(&self) -> &[Claimed] {
        &self.claims
    }

    fn judge(&self, claim: usize, state: &State<S>) -> bool {
        if claim == 0 {
            return history::linearizable(&state.clients[..self.clients as usize]);
        }
        let read = |it: &Envelope<_>| matches!(it.message, Message::GetOk { value: 1.., .. });
        state.mail.iter().any(read)
    }
}

impl<S: Server> Specification for Register<S> {
    fn tell(&self, _before: &State<S>, step: &Envelope<S::Internal>) -> Because {
        let (from, to) = (self.party(step.from), self.party(step.to));
        let value = |value: u8| match value.checked_sub(1) {
            None => "-".to_owned(),
            Some(value) => number('v', u32::from(value)),
        };
        let what = match step.message {
            Message::Put { value: it, .. } => format!("Put {}", value(it)),
            Message::Get { .. } => "Get".to_owned(),
            Message::PutOk { .. } => "PutOk".to_owned(),
            Message::GetOk { value: it, .. } => format!("GetOk {}", value(it)),
            Message::Internal(message) => S::name(&message),
        };
        Because::new(format!("{from} to {to}: {what}"), format!("{from} 到 {to}：{what}"))
    }
}
