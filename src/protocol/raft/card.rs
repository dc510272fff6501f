//! What the inspector shows of a server, and disks as `given` lines write them.

use super::{Disk, Log, Raft, Standing, config, log};
use crate::kernel::{Cell, Node, NodeCard, NodeId, Settings, Vote};

impl Raft {
    /// The part it plays, in the paper's words.
    fn title(&self) -> &'static str {
        match self.standing {
            Standing::Candidate { pre: true, .. } => "PreCandidate",
            Standing::Candidate { .. } => "Candidate",
            Standing::Leader(_) => "Leader",
            Standing::Follower if self.configs.now.electors().has(self.id) => "Follower",
            Standing::Follower if self.configs.now.learners.has(self.id) => "Learner",
            Standing::Follower => "Spare",
        }
    }

    pub(super) fn show(&self) -> NodeCard {
        let mut card = NodeCard::new(self.role(), self.title(), self.term)
            .with("currentTerm", &self.term)
            .with("votedFor", &show(self.vote))
            .with("leader", &show(self.leader))
            .with("commitIndex", &self.commit)
            .with("lastApplied", &self.applied)
            .with("store", &self.store.show());
        // Who votes is worth a line once it is not everybody from the start.
        if self.configs.since > 0 || self.tuning.members > 0 {
            card = card.with("configuration", &self.configs.now);
        }
        if let Some(snapshot) = &self.snapshot {
            card = card.with("lastIncludedIndex", &snapshot.index);
        }
        let last = self.log.last_index();
        let first = last.saturating_sub(NodeCard::LOG_SHOWN as u64).max(self.log.base()) + 1;
        card.log.extend((first..=last).filter_map(|slot| {
            let entry = self.log.get(slot)?;
            let (era, value) = (entry.term, entry.command.word());
            Some(Cell { slot, era, value, committed: slot <= self.commit })
        }));
        match &self.standing {
            Standing::Follower => {}
            Standing::Candidate { granted, refused, .. } => {
                let yes = granted.iter().map(|from| Vote { from, granted: true });
                let no = refused.iter().map(|from| Vote { from, granted: false });
                card.votes.extend(yes.chain(no));
            }
            Standing::Leader(lead) => {
                let audience = self.audience();
                let known = |peer: NodeId| (peer, &lead.progress[peer.index()]);
                let known = audience.iter().map(known);
                card.peers.extend(known.map(|(peer, it)| (peer, it.matched, it.next)));
            }
        }
        card
    }
}

fn show(value: Option<impl ToString>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| value.to_string())
}

/// The disk of a `given` line.
pub(super) fn given(settings: &Settings<'_>) -> Result<Disk, String> {
    let mut disk = Disk { untold: true, ..Disk::default() };
    for &(name, text) in settings {
        match name {
            "term" => disk.term = log::parse_term(text)?,
            "vote" => disk.vote = Some(config::parse_node(text)?),
            "log" => disk.log = Log::parse(text)?,
            _ => {
                return Err(format!(
                    "`{name}`: raft knows `term=7`, `vote=n2` and `log=1.1.4[n1,n3].4`"
                ));
            }
        }
    }
    let last = disk.log.last_term();
    if disk.term == 0 {
        disk.term = last;
    }
    if disk.term < last {
        return Err(format!("term={} is below the term {last} of the last entry", disk.term));
    }
    Ok(disk)
}
