//! What a leader knows of its followers, and how far it runs ahead of their answers
//! [ongaro14phd §10.2], [etcd-raft].

use std::collections::BTreeSet;

use super::membership::Stage;
use super::reads::Waiting;
use super::transfer::Transfer;
use super::{Msg, Raft, Standing};
use crate::kernel::{Ctx, NodeId, NodeSet, Request, RequestId, SimTime};

/// How far one follower is known to have come.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) struct Progress {
    /// The next entry to send it. Above `matched`, and at most one behind the end of the log.
    pub(super) next: u64,
    /// Its log equals the leader's up to here.
    pub(super) matched: u64,
    /// The last entry sent to it since it was heard of; what a batch cut off follows the answer.
    pub(super) sent: u64,
    /// The snapshot on the way to it stands for the entries up to here; zero if there is none.
    pub(super) pending: u64,
    /// Pipelined: where the logs meet is not known, so there is one message at a time.
    pub(super) probing: bool,
    /// Pipelined: the probe is on the way.
    pub(super) paused: bool,
    /// The latest round of heartbeats it has echoed.
    pub(super) round: u64,
    /// When that was sent, on the leader's own clock.
    pub(super) echoed: SimTime,
}

impl Progress {
    /// Nothing is known of a follower whose leader's log ends at `last`.
    pub(super) fn behind(last: u64) -> Progress {
        Progress {
            next: last + 1,
            matched: 0,
            sent: 0,
            pending: 0,
            probing: true,
            paused: false,
            round: 0,
            echoed: SimTime::ZERO,
        }
    }
}

/// What a leader has to remember while it leads.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(in crate::protocol) struct Leadership {
    /// Indexed by node; the leader's own place is not used.
    pub(super) progress: Vec<Progress>,
    /// Requests in the log whose clients wait here.
    pub(super) waiting: BTreeSet<RequestId>,
    /// Who was heard of since the quorum was last checked.
    pub(super) active: NodeSet,
    /// Changes asked for, the one being made first.
    pub(super) changes: Vec<Request>,
    /// How far that one has come.
    pub(super) stage: Stage,
    pub(super) transfer: Option<Transfer>,
    /// Somebody has been told to campaign in this term, so no lease holds any more.
    pub(in crate::protocol) lease_lost: bool,
    /// Rounds of heartbeats sent.
    pub(super) round: u64,
    /// Reads that wait for a round to be echoed, or for the first commit of the term.
    pub(super) reads: Vec<Waiting>,
}

impl Leadership {
    /// A new leader of `nodes` nodes, whose log ends at `last`.
    pub(super) fn new(nodes: u32, last: u64) -> Leadership {
        Leadership {
            progress: vec![Progress::behind(last); nodes as usize],
            waiting: BTreeSet::new(),
            active: NodeSet::EMPTY,
            changes: Vec::new(),
            stage: Stage::Idle,
            transfer: None,
            lease_lost: false,
            round: 0,
            reads: Vec::new(),
        }
    }

    /// Up to where the log of `node` is known to equal the leader's.
    pub(in crate::protocol) fn matched(&self, node: NodeId) -> u64 {
        self.progress.get(node.index()).map_or(0, |progress| progress.matched)
    }
}

impl Raft {
    /// Sends a follower as much as the pipeline takes: `nextIndex` moves on without an answer.
    pub(super) fn fill_pipeline(&mut self, ctx: &mut Ctx<Self>, peer: NodeId) {
        loop {
            let Standing::Leader(lead) = &mut self.standing else { return };
            let Some(progress) = lead.progress.get_mut(peer.index()) else { return };
            if progress.paused || progress.pending > 0 {
                return;
            }
            let prev_index = progress.next - 1;
            if prev_index < self.log.base() {
                self.send_snapshot(ctx, peer);
                return;
            }
            let under_way = prev_index - progress.matched;
            let room = if progress.probing {
                self.tuning.batch
            } else {
                self.tuning.pipeline.saturating_sub(under_way).min(self.tuning.batch)
            };
            let nothing = progress.next > self.log.last_index() || room == 0;
            if nothing && !progress.probing {
                return;
            }
            self.send_ahead(ctx, peer, room);
        }
    }

    /// Sends at most `room` entries and takes it that they arrive; a probe waits for its answer.
    fn send_ahead(&mut self, ctx: &mut Ctx<Self>, peer: NodeId, room: u64) {
        let Standing::Leader(lead) = &mut self.standing else { return };
        let progress = &mut lead.progress[peer.index()];
        let prev_index = progress.next - 1;
        let Some(prev_term) = self.log.term(prev_index) else { return };
        let entries = self.log.slice(progress.next, room);
        progress.sent = prev_index + entries.len() as u64;
        if progress.probing {
            // rule: probe
            ctx.mark("probe");
            progress.paused = true;
        } else {
            // rule: run-ahead
            ctx.mark("run-ahead");
            progress.next += entries.len() as u64;
        }
        let (term, commit) = (self.term, self.commit);
        ctx.send(peer, Msg::AppendEntries { term, prev_index, prev_term, entries, commit });
    }

    /// A follower echoes and still lacks entries: if some were lost on the way, it refuses an empty
    /// message behind them, and is probed.
    pub(super) fn probe_pipeline(&mut self, ctx: &mut Ctx<Self>, peer: NodeId) {
        let Standing::Leader(lead) = &mut self.standing else { return };
        let progress = &mut lead.progress[peer.index()];
        if progress.probing || progress.pending > 0 || progress.next - 1 < self.log.base() {
            self.fill_pipeline(ctx, peer);
            return;
        }
        self.send_ahead(ctx, peer, 0);
        self.fill_pipeline(ctx, peer);
    }
}
