//! Log compaction [ongaro14 §7], [ongaro14phd §5].

use std::sync::Arc;

use super::{Config, Configs, Log, Msg, Raft, Sessions, Standing, Store};
use crate::kernel::{Ctx, Fact, NodeId};

/// What the entries up to an index made of the state machine.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Snapshot {
    /// The last entry it stands for.
    pub index: u64,
    /// The term of that entry.
    pub term: u64,
    /// Who votes as of that entry.
    pub(super) config: Config,
    /// The state machine.
    pub(super) store: Store,
    /// The sessions of clients, which are part of it.
    pub(super) sessions: Sessions,
}

impl Raft {
    /// The last entry that the snapshot on disk stands for; zero if there is none.
    pub(super) fn snapshot_index(&self) -> u64 {
        self.snapshot.as_ref().map_or(0, |snapshot| snapshot.index)
    }

    /// Takes a snapshot when enough was applied since the last one.
    pub(super) fn maybe_compact(&mut self, ctx: &mut Ctx<Self>) {
        let every = self.tuning.snapshot;
        if every > 0 && self.applied - self.snapshot_index() >= every {
            self.compact(ctx, self.tuning.keep);
        }
    }

    /// Replaces what was applied by a snapshot, and drops all but `keep` of its entries.
    pub(super) fn compact(&mut self, ctx: &mut Ctx<Self>, keep: u64) {
        let index = self.applied;
        let Some(term) = self.log.term(index) else { return };
        if index <= self.snapshot_index() {
            return;
        }
        // rule: compact
        ctx.mark("compact");
        self.snapshot = Some(Arc::new(Snapshot {
            index,
            term,
            config: self.configs.at(index),
            store: self.store.clone(),
            sessions: self.sessions.clone(),
        }));
        self.configs.forget(index);
        self.log.compact(index.saturating_sub(keep));
        self.save(ctx);
    }

    /// Sends the snapshot to a follower that needs entries this leader no longer has. Nothing more
    /// is sent to it until it answers, or until the next heartbeat.
    pub(super) fn send_snapshot(&mut self, ctx: &mut Ctx<Self>, peer: NodeId) {
        let Standing::Leader(lead) = &mut self.standing else { return };
        let Some(snapshot) = self.snapshot.clone() else { return };
        let progress = &mut lead.progress[peer.index()];
        if progress.pending > 0 {
            return;
        }
        // rule: send-snapshot
        ctx.mark("send-snapshot");
        progress.pending = snapshot.index;
        ctx.send(peer, Msg::InstallSnapshot { term: self.term, snapshot });
    }

    /// The leader of this term sends its snapshot.
    pub(super) fn on_install_snapshot(
        &mut self,
        ctx: &mut Ctx<Self>,
        from: NodeId,
        term: u64,
        snapshot: Arc<Snapshot>,
    ) {
        if term < self.term {
            ctx.mark("refuse-stale");
            ctx.send(from, Msg::Installed { term: self.term, upto: 0 });
            return;
        }
        if !self.hear_leader(ctx, from) {
            return;
        }
        if snapshot.index <= self.commit {
            // rule: ignore-snapshot
            ctx.mark("ignore-snapshot");
            // What is committed here is in the leader's log as well.
            ctx.send(from, Msg::Installed { term, upto: self.commit });
            return;
        }
        let upto = snapshot.index;
        self.install(ctx, snapshot);
        ctx.send(from, Msg::Installed { term, upto });
        self.answer_reads(ctx);
    }

    /// Takes over the state of the snapshot.
    pub(in crate::protocol) fn install(&mut self, ctx: &mut Ctx<Self>, snapshot: Arc<Snapshot>) {
        // rule: install-snapshot
        ctx.mark("install-snapshot");
        let (index, term) = (snapshot.index, snapshot.term);
        if self.log.term(index) == Some(term) {
            // By Log Matching all up to there is the same, and what follows may be needed.
            self.log.compact(index);
        } else {
            self.log = Log::behind(index, term);
            self.configs = Configs::new(snapshot.config, index);
        }
        self.store = snapshot.store.clone();
        self.sessions = snapshot.sessions.clone();
        self.snapshot = Some(snapshot);
        self.commit = index;
        self.applied = index;
        self.configs.forget(index);
        self.save(ctx);
        ctx.learn(Fact::Installed { slot: index, era: term });
        ctx.learn(Fact::Committed { slot: index });
    }
}
