//! A register that a majority keeps, without leader and without log \[attiya95\]: whoever writes
//! asks a majority for the highest stamp and records a higher one; whoever reads records what it
//! read.

use super::super::value::number;
use super::{MOST_SERVERS, Mail, Message, SERVERS, Server};

/// A stamp: a count, then the server that gave it.
type Stamp = (u8, u8);

/// Messages among servers.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Talk {
    /// What do you have?
    Query(u8),
    /// This, with this stamp.
    AckQuery(u8, Stamp, u8),
    /// Keep this.
    Record(u8, Stamp, u8),
    /// Kept, or something newer.
    AckRecord(u8),
}

/// What a server does for a client.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
enum Phase {
    Idle,
    /// Asks for stamps.
    Asking {
        request: u8,
        client: u8,
        /// The value to write; 0 if it reads.
        write: u8,
        /// Servers that answered, one bit each, and what they said.
        answered: u8,
        answers: [(Stamp, u8); SERVERS],
    },
    /// Has others keep.
    Recording {
        request: u8,
        client: u8,
        /// What is read; `None` if it writes.
        read: Option<u8>,
        /// Servers that keep it, one bit each.
        kept: u8,
    },
}

/// A copy with its stamp.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Abd {
    stamp: Stamp,
    value: u8,
    phase: Phase,
}

impl Abd {
    fn ask(&mut self, id: u8, request: u8, client: u8, write: u8, mail: &mut Mail<Talk>) {
        mail.broadcast(Talk::Query(request));
        let mut answers = [((0, 0), 0); SERVERS];
        answers[id as usize] = (self.stamp, self.value);
        self.phase = Phase::Asking { request, client, write, answered: 1 << id, answers };
    }

    /// Keeps what has a higher stamp.
    fn keep(&mut self, stamp: Stamp, value: u8) {
        if stamp > self.stamp {
            (self.stamp, self.value) = (stamp, value);
        }
    }

    /// An answer to a query; with a majority, goes on to record. False if nobody asked.
    fn hear(
        &mut self,
        id: u8,
        from: u8,
        about: u8,
        told: (Stamp, u8),
        mail: &mut Mail<Talk>,
    ) -> bool {
        let Phase::Asking { request, client, write, answered, answers } = &mut self.phase else {
            return false;
        };
        if *request != about {
            return false;
        }
        *answered |= 1 << from;
        answers[from as usize] = told;
        if answered.count_ones() != mail.majority() {
            return true;
        }
        let asked = (0..MOST_SERVERS).filter(|at| *answered >> at & 1 == 1);
        let highest = asked.map(|at| answers[at as usize]).max_by_key(|(stamp, _)| *stamp);
        let (highest, value) = highest.unwrap_or(told);
        let (request, client) = (*request, *client);
        let (stamp, value, read) = match *write {
            0 => (highest, value, Some(value)),
            write => ((highest.0 + 1, id), write, None),
        };
        mail.broadcast(Talk::Record(request, stamp, value));
        self.keep(stamp, value);
        self.phase = Phase::Recording { request, client, read, kept: 1 << id };
        true
    }

    /// Somebody keeps it; with a majority, answers the client. False if nobody waits for that.
    fn count(&mut self, from: u8, about: u8, mail: &mut Mail<Talk>) -> bool {
        let Phase::Recording { request, client, read, kept } = &mut self.phase else {
            return false;
        };
        if *request != about || *kept >> from & 1 == 1 {
            return false;
        }
        *kept |= 1 << from;
        if kept.count_ones() == mail.majority() {
            let request = *request;
            let answer = match *read {
                Some(value) => Message::GetOk { request, value },
                None => Message::PutOk { request },
            };
            mail.send(*client, answer);
            self.phase = Phase::Idle;
        }
        true
    }
}

impl Server for Abd {
    type Internal = Talk;

    fn new(id: u8) -> Abd {
        Abd { stamp: (0, id), value: 0, phase: Phase::Idle }
    }

    fn receive(&mut self, id: u8, from: u8, message: Message<Talk>, mail: &mut Mail<Talk>) -> bool {
        match message {
            Message::Put { request, value } if self.phase == Phase::Idle => {
                self.ask(id, request, from, value, mail);
                true
            }
            Message::Get { request } if self.phase == Phase::Idle => {
                self.ask(id, request, from, 0, mail);
                true
            }
            Message::Internal(Talk::Query(request)) => {
                let answer = Talk::AckQuery(request, self.stamp, self.value);
                mail.send(from, Message::Internal(answer));
                true
            }
            Message::Internal(Talk::AckQuery(request, stamp, value)) => {
                self.hear(id, from, request, (stamp, value), mail)
            }
            Message::Internal(Talk::Record(request, stamp, value)) => {
                mail.send(from, Message::Internal(Talk::AckRecord(request)));
                self.keep(stamp, value);
                true
            }
            Message::Internal(Talk::AckRecord(request)) => self.count(from, request, mail),
            // One request at a time; answers go to clients.
            Message::Put { .. }
            | Message::Get { .. }
            | Message::PutOk { .. }
            | Message::GetOk { .. } => false,
        }
    }

    fn name(message: &Talk) -> String {
        let stamp = |(count, by): Stamp| format!("{count}.{}", number('s', by.into()));
        let value = |value: u8| match value.checked_sub(1) {
            None => "-".to_owned(),
            Some(value) => number('v', value.into()),
        };
        match *message {
            Talk::Query(_) => "Query".to_owned(),
            Talk::AckQuery(_, s, v) => format!("AckQuery {} {}", stamp(s), value(v)),
            Talk::Record(_, s, v) => format!("Record {} {}", stamp(s), value(v)),
            Talk::AckRecord(_) => "AckRecord".to_owned(),
        }
    }
}
