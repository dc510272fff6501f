//! Log replication and commitment [ongaro14 §5.3, §5.4.2, §5.5].

use super::{Command, Entry, Msg, Raft, Standing, Timer};
use crate::kernel::{Ctx, Fact, NodeId, Window};

/// The leader.
impl Raft {
    /// A command enters the log of the leader, and by that the protocol.
    pub(super) fn append_own(&mut self, ctx: &mut Ctx<Self>, command: Command) {
        let (slot, value) = (self.log.last_index() + 1, command.word());
        self.push(Entry { term: self.term, command });
        self.save(ctx);
        ctx.learn(Fact::Proposed { slot, value });
        ctx.learn(Fact::Appended { slot, era: self.term, value });
    }

    pub(super) fn append_noop(&mut self, ctx: &mut Ctx<Self>) {
        // rule: no-op
        ctx.mark("no-op");
        self.append_own(ctx, Command::Noop);
    }

    /// The heartbeat is due. It repeats what a follower has not acknowledged, since that may be
    /// lost.
    pub(super) fn beat(&mut self, ctx: &mut Ctx<Self>) {
        // rule: heartbeat
        ctx.mark("heartbeat");
        ctx.arm(Timer::Heartbeat, Window::exactly(self.tuning.heartbeat));
        let bare = self.tuning.beats_bare();
        let Standing::Leader(lead) = &mut self.standing else { return };
        let asked = !lead.reads.is_empty();
        if self.tuning.pipeline == 0 {
            // A snapshot on the way may be lost as well.
            lead.progress.iter_mut().for_each(|progress| progress.pending = 0);
            self.replicate(ctx);
        }
        if bare || asked {
            self.send_round(ctx);
        }
        self.lose_patience(ctx);
    }

    /// Sends every follower what it lacks, as far as the leader knows.
    pub(super) fn replicate(&mut self, ctx: &mut Ctx<Self>) {
        for peer in self.audience() {
            self.send_append(ctx, peer);
        }
    }

    pub(super) fn send_append(&mut self, ctx: &mut Ctx<Self>, peer: NodeId) {
        if self.tuning.pipeline > 0 {
            self.fill_pipeline(ctx, peer);
            return;
        }
        let Standing::Leader(lead) = &mut self.standing else { return };
        let Some(progress) = lead.progress.get_mut(peer.index()) else { return };
        // The snapshot on the way comes first.
        if progress.pending > 0 {
            return;
        }
        let prev_index = progress.next - 1;
        if prev_index < self.log.base() {
            self.send_snapshot(ctx, peer);
            return;
        }
        let Some(prev_term) = self.log.term(prev_index) else { return };
        let entries = self.log.slice(progress.next, self.tuning.batch);
        progress.sent = prev_index + entries.len() as u64;
        let (term, commit) = (self.term, self.commit);
        ctx.send(peer, Msg::AppendEntries { term, prev_index, prev_term, entries, commit });
    }

    /// A follower has everything up to `upto`: it says so of entries or of a snapshot.
    pub(super) fn on_appended(&mut self, ctx: &mut Ctx<Self>, from: NodeId, term: u64, upto: u64) {
        // An acknowledgement to the leader of an earlier term.
        if term < self.term {
            return;
        }
        // It leads no longer, or never did in this term.
        let Standing::Leader(lead) = &mut self.standing else { return };
        let Some(progress) = lead.progress.get_mut(from.index()) else { return };
        lead.active.insert(from);
        if self.tuning.pipeline > 0 && upto == progress.matched {
            // The logs meet where they were thought to: entries may flow.
            (progress.probing, progress.paused) = (false, false);
            self.fill_pipeline(ctx, from);
            return;
        }
        // Overtaken by a later one, or a duplicate: what is matched stays matched.
        if upto <= progress.matched {
            return;
        }
        // rule: match
        ctx.mark("match");
        progress.matched = upto;
        progress.next = progress.next.max(upto + 1);
        (progress.probing, progress.paused) = (false, false);
        if progress.pending <= upto {
            progress.pending = 0;
        }
        let cut_off = progress.sent < self.log.last_index() && progress.sent <= upto;
        self.advance_commit(ctx);
        if cut_off || self.tuning.pipeline > 0 {
            self.send_append(ctx, from);
        }
        self.push_change(ctx);
        self.push_transfer(ctx);
    }

    pub(super) fn on_rejected(
        &mut self,
        ctx: &mut Ctx<Self>,
        from: NodeId,
        term: u64,
        prev_index: u64,
        retry_at: u64,
    ) {
        // A refusal to the leader of an earlier term.
        if term < self.term {
            return;
        }
        let flowing = self.tuning.pipeline > 0;
        // It leads no longer, or never did in this term.
        let Standing::Leader(lead) = &mut self.standing else { return };
        let Some(progress) = lead.progress.get_mut(from.index()) else { return };
        lead.active.insert(from);
        // It refuses an older probe, or is a duplicate, or was overtaken by an acknowledgement.
        let probe = prev_index + 1 == progress.next || (flowing && !progress.probing);
        if !probe || prev_index <= progress.matched {
            return;
        }
        // rule: back-up
        ctx.mark("back-up");
        // Always at least one step back, and never behind what is known to match.
        progress.next = retry_at.min(prev_index).max(progress.matched + 1);
        (progress.probing, progress.paused) = (true, false);
        self.send_append(ctx, from);
    }

    /// Moves the commit index to what a majority stores, if that is of this term.
    pub(super) fn advance_commit(&mut self, ctx: &mut Ctx<Self>) {
        let Standing::Leader(lead) = &self.standing else { return };
        let (me, last) = (ctx.id(), self.log.last_index());
        let stored = |node: NodeId| if node == me { last } else { lead.matched(node) };
        let everywhere = self.configs.now.reached(stored).min(last);
        // Copies of an entry of an earlier term prove nothing (Figure 8); it is committed by a
        // later one.
        if everywhere > self.commit && self.log.term(everywhere) == Some(self.term) {
            // rule: commit
            ctx.mark("commit");
            self.commit_to(ctx, everywhere);
        }
    }
}

/// The follower.
impl Raft {
    /// A message of the leader of this term. True unless this node leads itself.
    pub(super) fn hear_leader(&mut self, ctx: &mut Ctx<Self>, from: NodeId) -> bool {
        match self.standing {
            // There is one leader per term: nobody else can have sent this.
            Standing::Leader(_) => return false,
            Standing::Candidate { .. } => {
                // rule: concede
                ctx.mark("concede");
                self.follow(ctx);
            }
            Standing::Follower => {}
        }
        if self.leader != Some(from) {
            self.leader = Some(from);
            self.settle_transfer(ctx, from);
        }
        if self.tuning.is_sticky() {
            self.heard_at = Some(ctx.stamp());
        }
        self.yielded = false;
        ctx.arm(Timer::Election, self.tuning.election);
        true
    }

    /// `prev` is the index and the term of the entry before `entries`.
    pub(super) fn on_append_entries(
        &mut self,
        ctx: &mut Ctx<Self>,
        from: NodeId,
        term: u64,
        prev: (u64, u64),
        entries: &[Entry],
        commit: u64,
    ) {
        if term < self.term {
            // rule: refuse-stale
            ctx.mark("refuse-stale");
            self.reject(ctx, from, prev.0, prev.0);
            return;
        }
        if !self.hear_leader(ctx, from) {
            return;
        }
        // What a snapshot stands for is committed, so every leader has it.
        if prev.0 >= self.log.base() && self.log.term(prev.0) != Some(prev.1) {
            // rule: reject-append
            ctx.mark("reject-append");
            self.reject(ctx, from, prev.0, self.retry_at(prev.0));
            return;
        }
        self.store_entries(ctx, prev.0, entries);
        // What the message covered, not the end of the log: behind it may lie entries of nobody.
        let upto = prev.0 + entries.len() as u64;
        ctx.send(from, Msg::Appended { term: self.term, upto });
        self.learn_commit(ctx, commit.min(upto));
    }

    /// The leader says that what this node shares with it is committed up to `index`.
    pub(in crate::protocol) fn learn_commit(&mut self, ctx: &mut Ctx<Self>, index: u64) {
        if index > self.commit {
            // rule: follow-commit
            ctx.mark("follow-commit");
            self.commit_to(ctx, index);
        }
    }

    /// Where the leader should go on after a refusal at `prev_index`.
    fn retry_at(&self, prev_index: u64) -> u64 {
        if !self.tuning.skip_terms {
            return prev_index;
        }
        match self.log.term(prev_index) {
            // The log ends before: the leader need not try what does not exist.
            None => self.log.last_index() + 1,
            // All entries of the conflicting term are skipped at once [ongaro14 §5.3].
            Some(conflicting) => self.log.first_of(conflicting),
        }
    }

    fn reject(&mut self, ctx: &mut Ctx<Self>, to: NodeId, prev_index: u64, retry_at: u64) {
        ctx.send(to, Msg::Rejected { term: self.term, prev_index, retry_at });
    }

    /// Makes the log hold `entries` behind `prev_index`. Entries that only follow them are kept:
    /// the message may be an old one, overtaken by one that carried more.
    fn store_entries(&mut self, ctx: &mut Ctx<Self>, prev_index: u64, entries: &[Entry]) {
        let mut changed = false;
        for (entry, slot) in entries.iter().zip(prev_index + 1..) {
            let held = self.log.term(slot);
            if slot <= self.log.base() || held == Some(entry.term) {
                continue;
            }
            if held.is_some() {
                // rule: truncate
                ctx.mark("truncate");
                self.log.truncate(slot);
                ctx.learn(Fact::Truncated { from: slot });
                if self.configs.truncate(slot) {
                    // rule: undo-members
                    ctx.mark("undo-members");
                }
            }
            self.push(*entry);
            if let Command::Members(_) = entry.command {
                // rule: adopt-members
                ctx.mark("adopt-members");
            }
            let value = entry.command.word();
            ctx.learn(Fact::Appended { slot, era: entry.term, value });
            changed = true;
        }
        if changed {
            // rule: append
            ctx.mark("append");
            self.save(ctx);
        }
    }
}

/// Every server.
impl Raft {
    /// Puts an entry at the end of the log. Who votes changes with it, committed or not.
    pub(in crate::protocol) fn push(&mut self, entry: Entry) {
        self.log.push(entry);
        if let Command::Members(config) = entry.command {
            self.configs.adopt(self.log.last_index(), config);
        }
    }

    /// Commits everything up to `index` and applies it, in order and once.
    pub(in crate::protocol) fn commit_to(&mut self, ctx: &mut Ctx<Self>, index: u64) {
        let before = std::mem::replace(&mut self.commit, index);
        ctx.learn(Fact::Committed { slot: index });
        while self.applied < self.commit {
            let slot = self.applied + 1;
            // Nothing is committed that is not in the log.
            let Some(entry) = self.log.get(slot) else { return };
            let value = entry.command.word();
            ctx.learn(Fact::Chosen { slot, value });
            ctx.learn(Fact::Applied { slot, value });
            self.applied = slot;
            self.execute(ctx, entry.command);
        }
        self.maybe_compact(ctx);
        self.answer_reads(ctx);
        if matches!(self.standing, Standing::Leader(_)) {
            self.lead_on(ctx, before);
        }
    }

    /// What waited for the commit index of this leader to move on from `before`.
    fn lead_on(&mut self, ctx: &mut Ctx<Self>, before: u64) {
        self.release_reads(ctx);
        if (before + 1..=self.commit).contains(&self.configs.since) {
            self.settle_members(ctx);
        } else {
            self.next_change(ctx);
        }
    }
}
