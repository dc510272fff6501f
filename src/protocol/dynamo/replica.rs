//! What a node keeps, for itself and for others, and how replicas become equal
//! [decandia07 §4.6, §4.7].

use std::sync::Arc;

use super::version::Versions;
use super::{Disk, Dynamo, Msg, Timer};
use crate::kernel::{Ctx, Fact, NodeId, Window, Word};
use crate::protocol::shared::replica::Digest;

impl Dynamo {
    /// The versions of a key that this node has, hints included.
    pub(super) fn versions(&self, key: Word) -> Versions {
        let mut all = self.store.get(&key).cloned().unwrap_or_default();
        for (_, hint) in self.hints.iter().filter(|((_, of), _)| *of == key) {
            all.join(hint, self.tuning.rule);
        }
        all
    }

    /// Takes in what was written to a key of its own. True if it was new.
    pub(super) fn adopt(&mut self, ctx: &mut Ctx<Self>, key: Word, versions: &Versions) -> bool {
        let mut own = self.store.get(&key).cloned().unwrap_or_default();
        if !own.join(versions, self.tuning.rule) {
            return false;
        }
        self.store.insert_mut(key, own);
        self.save(ctx);
        self.tell(ctx);
        true
    }

    /// Keeps what is meant for another node.
    pub(super) fn keep_hint(
        &mut self,
        ctx: &mut Ctx<Self>,
        home: NodeId,
        key: Word,
        versions: &Versions,
    ) {
        // rule: stand-in
        ctx.mark("stand-in");
        if self.hints.is_empty() && self.tuning.handoff {
            ctx.arm(Timer::Handoff, Window::exactly(self.tuning.period));
        }
        let mut hint = self.hints.get(&(home, key)).cloned().unwrap_or_default();
        hint.join(versions, self.tuning.rule);
        self.hints.insert_mut((home, key), hint);
        self.save(ctx);
    }

    /// Tries to hand over what it keeps for others.
    pub(super) fn hand_off(&mut self, ctx: &mut Ctx<Self>) {
        // Only by hand: the timer runs while there are hints.
        if self.hints.is_empty() {
            return;
        }
        // rule: hand-off
        ctx.mark("hand-off");
        ctx.arm(Timer::Handoff, Window::exactly(self.tuning.period));
        for ((home, key), versions) in &self.hints {
            ctx.send(*home, Msg::Handoff { key: *key, versions: versions.clone() });
        }
    }

    /// The node a hint was for has it.
    pub(super) fn on_handoff_ack(
        &mut self,
        ctx: &mut Ctx<Self>,
        from: NodeId,
        key: Word,
        versions: &Versions,
    ) {
        // It was handed over before, or something was added since it was sent.
        if self.hints.get(&(from, key)) != Some(versions) {
            return;
        }
        // rule: drop-hint
        ctx.mark("drop-hint");
        self.hints.remove_mut(&(from, key));
        self.save(ctx);
        if self.hints.is_empty() {
            ctx.disarm(Timer::Handoff);
        }
    }

    /// Anti-entropy: sends another node everything both should have.
    pub(super) fn exchange(&mut self, ctx: &mut Ctx<Self>) {
        let others = u64::from(ctx.nodes()) - 1;
        // Only by hand: alone there is nobody to compare with.
        if others == 0 {
            return;
        }
        ctx.arm(Timer::Exchange, Window::exactly(self.tuning.period));
        let pick = ctx.below(others) as u32;
        let peer = NodeId(if pick < self.me.0 { pick } else { pick + 1 });
        let common = self.store.iter().filter(|(key, _)| self.homes(**key).contains(&peer));
        let items: Arc<[(Word, Versions)]> =
            common.map(|(key, versions)| (*key, versions.clone())).collect();
        // rule: exchange
        ctx.mark("exchange");
        ctx.send(peer, Msg::Exchange { items, answer: false });
    }

    pub(super) fn on_exchange(
        &mut self,
        ctx: &mut Ctx<Self>,
        from: NodeId,
        items: &[(Word, Versions)],
        answer: bool,
    ) {
        for (key, versions) in items {
            if self.adopt(ctx, *key, versions) {
                // rule: store
                ctx.mark("store");
            }
        }
        if answer {
            return;
        }
        // What the other one lacks goes back.
        let sent =
            |key: &Word| items.iter().find(|(it, _)| it == key).map(|(_, versions)| versions);
        let common = self.store.iter().filter(|(key, _)| self.homes(**key).contains(&from));
        let newer = common.filter(|(key, versions)| sent(key) != Some(versions));
        let newer: Arc<[(Word, Versions)]> =
            newer.map(|(key, versions)| (*key, versions.clone())).collect();
        if !newer.is_empty() {
            // rule: answer-exchange
            ctx.mark("answer-exchange");
            ctx.send(from, Msg::Exchange { items: newer, answer: true });
        }
    }

    /// Tells what it holds, if every node is to hold the same.
    pub(super) fn tell(&self, ctx: &mut Ctx<Self>) {
        if self.copies() < u64::from(self.nodes) {
            return;
        }
        let digest = self.store.iter().fold(Digest::default(), |digest, (key, versions)| {
            let digest = digest.with(key.as_str());
            versions.values().fold(digest, |digest, value| digest.with(value.as_str()))
        });
        ctx.learn(Fact::Replica { digest: digest.value() });
    }

    /// Makes what it keeps durable. It is shared, not copied.
    pub(super) fn save(&self, ctx: &mut Ctx<Self>) {
        ctx.save(Disk { store: self.store.clone(), hints: self.hints.clone() });
    }
}
