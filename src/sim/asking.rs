//! How the world serves its clients: sessions, and the stream of work of a pool.

use crate::kernel::{ClientId, NodeId, Op, Outcome, Party, RequestId, SimTime};

use super::clients::Wish;
use super::core::{Cargo, Core, REQUEST};
use super::occurrence::{Happening, OpNote};
use super::queue::Due;

impl Core {
    pub(super) fn answer(
        &mut self,
        client: ClientId,
        id: RequestId,
        outcome: Outcome,
        from: NodeId,
    ) {
        if let Some(pour) = &mut self.pour
            && let Some((op, next)) = pour.answered(id, self.now)
        {
            self.last.ops.push(OpNote::Completed(id, op, outcome));
            if let Some((at, user)) = next {
                self.queue.push(at, Due::Arrival { user });
            }
            return;
        }
        let now = self.now;
        let mut wishes = std::mem::take(&mut self.wishes);
        let session = &mut self.clients[client.index()];
        if let Some(op) = session.answered(id, outcome, from, now, &mut wishes) {
            self.last.ops.push(OpNote::Completed(id, op, outcome));
            let invoked =
                session.next_waiting().and_then(|(op, via)| session.ask(op, via, now, &mut wishes));
            match invoked {
                Some((id, op)) => self.last.ops.push(OpNote::Invoked(id, op)),
                None => session.plan_wake(now, &mut wishes),
            }
        }
        self.wishes = wishes;
        self.grant_wishes(client);
    }

    /// Asks for `op` as `client`, through `via` if given.
    pub(super) fn ask(&mut self, client: ClientId, op: Op, via: Option<NodeId>) {
        self.client(client);
        let (now, mut wishes) = (self.now, std::mem::take(&mut self.wishes));
        let invoked = self.clients[client.index()].ask(op, via, now, &mut wishes);
        if let Some((id, op)) = invoked {
            self.last.ops.push(OpNote::Invoked(id, op));
        }
        self.wishes = wishes;
        self.grant_wishes(client);
    }

    pub(super) fn wake_up(&mut self, id: ClientId, wake: u32) -> bool {
        let (now, mut wishes) = (self.now, std::mem::take(&mut self.wishes));
        let client = &mut self.clients[id.index()];
        if client.wake != wake {
            self.wishes = wishes;
            return false;
        }
        let invoked = client.woken(now, &mut wishes);
        let acted = wishes.iter().any(|wish| matches!(wish, Wish::Send(..)));
        if let Some((id, op)) = invoked {
            self.last.ops.push(OpNote::Invoked(id, op));
        }
        self.last.what = Happening::ClientActed(id);
        self.wishes = wishes;
        self.grant_wishes(id);
        acted
    }

    fn grant_wishes(&mut self, client: ClientId) {
        let mut wishes = std::mem::take(&mut self.wishes);
        for wish in wishes.drain(..) {
            match wish {
                Wish::Send(request, to) => {
                    let (from, to) = (Party::Client(client), Party::Node(to));
                    self.launch(from, to, REQUEST, Cargo::Request(request));
                }
                Wish::Wake(at) => self.wake(client, at),
            }
        }
        self.wishes = wishes;
    }

    pub(super) fn wake(&mut self, id: ClientId, at: SimTime) {
        if self.hand.is_some() {
            return;
        }
        let client = &mut self.clients[id.index()];
        client.wake = client.wake.wrapping_add(1);
        self.queue.push(at, Due::Client { client: id.0, wake: client.wake });
    }

    pub(super) fn arrive(&mut self, user: u32) -> bool {
        let Some(pour) = &mut self.pour else { return false };
        let (request, next) = pour.arrive(user, self.now);
        let door = NodeId((request.id.serial % u64::from(self.spec.doors.max(1))) as u32);
        if let Some((at, user)) = next {
            self.queue.push(at, Due::Arrival { user });
        }
        if let Some(patience) = self.spec.patience {
            self.queue.push(self.now + patience, Due::GiveUp { serial: request.id.serial });
        }
        self.last.what = Happening::ClientActed(request.id.client);
        self.last.ops.push(OpNote::Invoked(request.id, request.op));
        let from = Party::Client(request.id.client);
        self.launch(from, Party::Node(door), REQUEST, Cargo::Request(request));
        true
    }

    pub(super) fn give_up(&mut self, serial: u64) -> bool {
        let Some(pour) = &mut self.pour else { return false };
        let Some((id, op, next)) = pour.give_up(serial, self.now) else { return false };
        if let Some((at, user)) = next {
            self.queue.push(at, Due::Arrival { user });
        }
        self.last.what = Happening::ClientActed(id.client);
        self.last.ops.push(OpNote::GaveUp(id, op));
        true
    }
}
