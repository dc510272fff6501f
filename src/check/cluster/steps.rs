//! What may happen in a state.

use crate::kernel::NodeId;

use super::scope::Ask;
use super::state::{Event, Phase, State, Step, Used};
use super::tables::{Miss, Tables};
use super::troupe::Call;
use super::walk::Telling;

impl Tables {
    /// Every step that may be taken.
    pub(super) fn steps(&self, state: &State, out: &mut Vec<Step>) -> Result<(), Miss> {
        let (used, nodes) = (self.used(state), state.seats().len() as u32);
        self.asks(state, used, out)?;
        let flying = state.flying();
        for (place, message) in flying.iter().enumerate() {
            if self.is_next(flying, place) {
                self.travels(state, *message, used, out)?;
            }
        }
        for node in (0..nodes).map(NodeId) {
            if !self.is_up(state, node) {
                if used.restarts < self.scope.restarts {
                    self.branch(state, Event::Restart(node), out)?;
                }
                continue;
            }
            if used.timers < self.scope.timers {
                for timer in self.actors.armed(state.seats()[node.index()]) {
                    self.branch(state, Event::Fire(node, *timer), out)?;
                }
            }
            if used.crashes < self.scope.crashes {
                out.push(Step { event: Event::Crash(node), picks: 0 });
            }
        }
        if used.cut != 0 {
            out.push(Step { event: Event::Heal, picks: 0 });
        } else if used.cuts < self.scope.cuts {
            // The side without the first node stands for the cut.
            let sides = 1..1u64 << (nodes.min(16) - 1);
            let cuts = sides.map(|side| Step { event: Event::Cut(side << 1), picks: 0 });
            out.extend(cuts);
        }
        Ok(())
    }

    fn is_up(&self, state: &State, node: NodeId) -> bool {
        self.actors.is_up(state.seats()[node.index()])
    }

    fn travels(
        &self,
        state: &State,
        message: u32,
        used: Used,
        out: &mut Vec<Step>,
    ) -> Result<(), Miss> {
        // A message to a crashed node waits for it, or is lost out of the budget of losses.
        if self.is_up(state, self.letter(message).to) {
            self.branch(state, Event::Deliver(message), out)?;
        }
        if used.losses < self.scope.losses {
            out.push(Step { event: Event::Lose(message), picks: 0 });
        }
        if used.duplicates < self.scope.duplicates {
            out.push(Step { event: Event::Duplicate(message), picks: 0 });
        }
        Ok(())
    }

    fn asks(&self, state: &State, used: Used, out: &mut Vec<Step>) -> Result<(), Miss> {
        if used.requests >= self.scope.requests {
            return Ok(());
        }
        let phases = self.phases(state.clients());
        for place in 0..self.scope.asks.len() {
            let Ask { client, via, .. } = self.scope.asks[place];
            let before = (0..place).filter(|it| self.scope.asks[*it].client == client);
            let free = before.into_iter().all(|it| phases[it] == Phase::Done);
            if phases[place] != Phase::Not || !free {
                continue;
            }
            let all = 0..state.seats().len() as u32;
            for node in all.map(NodeId).filter(|node| via.is_none_or(|it| it == *node)) {
                if self.is_up(state, node) {
                    self.branch(state, Event::Request(place as u32, node), out)?;
                }
            }
        }
        Ok(())
    }

    /// Every outcome that an event may have.
    fn branch(&self, state: &State, event: Event, out: &mut Vec<Step>) -> Result<(), Miss> {
        let (node, call) = match event {
            Event::Deliver(it) => (self.letter(it).to, Call::Message(it)),
            Event::Fire(node, timer) => (node, Call::Timer(timer)),
            Event::Restart(node) => (node, Call::Boot),
            Event::Request(place, node) => (node, Call::Request(self.request(place as usize))),
            Event::Crash(_)
            | Event::Lose(_)
            | Event::Duplicate(_)
            | Event::Cut(_)
            | Event::Heal => {
                out.push(Step { event, picks: 0 });
                return Ok(());
            }
        };
        if let [done] = self.call(node, state.seats()[node.index()], call)?
            && done.replies.is_empty()
        {
            out.push(Step { event, picks: 0 });
            return Ok(());
        }
        let mut digits: Vec<u32> = Vec::new();
        loop {
            let picks = digits.iter().rev().fold(0, |picks, it| picks << 8 | u64::from(*it));
            let (step, mut telling) = (Step { event, picks }, Telling::default());
            if self.walk(state, &step, false, &mut telling)?.is_some() {
                out.push(step);
            }
            telling.widths.truncate(8);
            digits.resize(telling.widths.len(), 0);
            while let Some(last) = digits.pop() {
                if last + 1 < telling.widths[digits.len()] {
                    digits.push(last + 1);
                    break;
                }
            }
            if digits.is_empty() {
                return Ok(());
            }
        }
    }
}
