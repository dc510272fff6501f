//! Builds the scrubber's markers and stretches while a run is being computed.

use crate::kernel::{Fact, NodeId, Order, Ratio, Role, SimTime, majority};
use crate::sim::{Cards, Cluster, Happening, Input, Occurrence, OpNote, Snapshot, Status};

use super::view_model::{MarkKind, Say, SpanKind, Track, TrackMark, TrackSpan};

/// Calls and commits beyond so many are not marked: they would only paint the line full.
const CROWD: usize = 600;

/// A track in the making.
#[derive(Default)]
pub(super) struct TrackMaker {
    track: Track,
    crowd: usize,
    /// The stretch of leadership going on: since when, and of which kind.
    led: Option<(SimTime, SpanKind)>,
    /// Faults in force: since when, and what ends them.
    faults: Vec<(SimTime, Ends)>,
    /// Highest slot committed so far.
    committed: u64,
    /// Eras somebody campaigned in that have no leader yet.
    open_eras: Vec<(u64, NodeId)>,
    changed: bool,
}

/// What ends a fault.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ends {
    Heal,
    Resume(NodeId),
    Recover(NodeId),
    Undrain(NodeId),
}

impl TrackMaker {
    /// Looks at the event that just happened. `names` are the names of the nodes.
    pub(super) fn watch(&mut self, cluster: &dyn Cluster, names: &[String]) {
        let last = cluster.last();
        let mut leadership_moved = false;
        if let Happening::Input { input, struck, .. } = &last.what {
            self.input(last, input, struck, names);
            leadership_moved = true;
        }
        for (node, fact) in &last.facts {
            leadership_moved |= self.fact(last, *node, *fact, names);
        }
        for op in &last.ops {
            // Work of a pool arrives by the thousand; only sessions are marked.
            if let OpNote::Invoked(id, op) = op
                && !matches!(op, crate::kernel::Op::Work { .. })
            {
                let text = format!("{} {op}", id.client);
                self.crowd_mark(last, MarkKind::Call, None, same(text));
            }
        }
        if leadership_moved {
            self.leadership(&cluster.snapshot(Cards::None));
        }
    }

    fn fact(&mut self, last: &Occurrence, node: NodeId, fact: Fact, names: &[String]) -> bool {
        let name = names.get(node.index()).map_or("", String::as_str);
        match fact {
            Fact::Elected { era } => {
                self.open_eras.retain(|(open, _)| *open != era);
                let label = Say {
                    en: format!("{name} leads era {era}"),
                    zh: format!("{name} 成为第 {era} 届领导者"),
                };
                self.mark(last, MarkKind::ElectionWon, Some(node), label);
                true
            }
            Fact::SteppedDown { .. } => true,
            Fact::Voted { era, candidate } if candidate == node => {
                self.open_eras.push((era, node));
                false
            }
            Fact::Entered { era } => {
                self.close_lost_eras(last, era, names);
                false
            }
            Fact::Committed { slot } | Fact::Chosen { slot, .. } if slot > self.committed => {
                self.committed = slot;
                let label = Say {
                    en: format!("slot {slot} committed"),
                    zh: format!("槽位 {slot} 已提交"),
                };
                self.crowd_mark(last, MarkKind::Commit, Some(node), label);
                false
            }
            _ => false, // Every other fact says nothing the scrubber shows.
        }
    }

    /// Whoever campaigned in an era that everybody leaves has lost.
    fn close_lost_eras(&mut self, last: &Occurrence, era: u64, names: &[String]) {
        let lost: Vec<(u64, NodeId)> =
            self.open_eras.iter().copied().filter(|(open, _)| *open < era).collect();
        self.open_eras.retain(|(open, _)| *open >= era);
        for (open, node) in lost {
            let name = names.get(node.index()).map_or("", String::as_str);
            let label = Say {
                en: format!("{name} lost the election of era {open}"),
                zh: format!("{name} 在第 {open} 届选举中落败"),
            };
            self.mark(last, MarkKind::ElectionLost, Some(node), label);
        }
    }

    fn input(&mut self, last: &Occurrence, input: &Input, struck: &[NodeId], names: &[String]) {
        let at = last.at;
        // All balancers are told, but it is about one server.
        let drained = match input {
            Input::Order(_, Order::Drain(node) | Order::Undrain(node)) => Some(*node),
            _ => None, // Every other input is about whom it struck.
        };
        let struck = drained.as_slice().first().map_or(struck, std::slice::from_ref);
        let who = struck
            .iter()
            .filter_map(|node| names.get(node.index()).map(String::as_str))
            .collect::<Vec<_>>()
            .join(" ");
        let node = struck.first().copied();
        let (kind, en, zh) = match input {
            Input::Crash(_) => (MarkKind::Crash, "crashes", "崩溃"),
            Input::Restart(_) => (MarkKind::Restart, "restarts", "重启"),
            Input::Pause(_) => (MarkKind::Fault, "pauses", "暂停"),
            Input::Resume(_) => (MarkKind::Fault, "resumes", "恢复运行"),
            Input::Partition(_) => (MarkKind::Fault, "| the rest: partition", "| 其余：网络分区"),
            Input::Cut(..) => (MarkKind::Fault, "cut", "单向中断"),
            Input::Isolate(_) => (MarkKind::Fault, "isolated", "被隔离"),
            Input::Heal | Input::Mend { .. } => (MarkKind::Fault, "heal", "网络恢复"),
            Input::Pace(_, speed) if *speed >= 1000 => (MarkKind::Fault, "recovers", "恢复速度"),
            Input::Pace(..) => (MarkKind::Fault, "slows down", "变慢"),
            Input::Order(_, Order::Fail(Ratio::ZERO)) => {
                (MarkKind::Fault, "answers well again", "恢复正常答复")
            }
            Input::Order(_, Order::Fail(_)) => (MarkKind::Fault, "answers errors", "报错"),
            Input::Order(_, Order::Reset) => (MarkKind::Fault, "resets", "进程重启"),
            Input::Order(_, Order::Drain(_)) => (MarkKind::Fault, "drains", "排空"),
            Input::Order(_, Order::Undrain(_)) => (MarkKind::Fault, "takes part again", "恢复接单"),
            Input::Skew(..) | Input::Drift(..) => (MarkKind::Fault, "clock", "时钟异常"),
            Input::Compact(_) => (MarkKind::Fault, "compacts", "压缩日志"),
            Input::Disk(..) => (MarkKind::Fault, "disk", "磁盘模式改变"),
            Input::Link { .. } | Input::Network(_) => (MarkKind::Fault, "link changes", "链路改变"),
            // A flap happens as crashes and restarts.
            Input::Flap { .. }
            // Requests are marked as calls; what is done to single messages is seen in the scene.
            | Input::Request { .. }
            | Input::Hold(_)
            | Input::Release(_)
            | Input::Drop(_)
            | Input::Duplicate(_)
            | Input::Delay(..)
            | Input::Deliver(_)
            | Input::Fire(..)
            | Input::Settle => return,
        };
        let label = Say {
            en: format!("{who} {en}").trim().to_owned(),
            zh: format!("{who} {zh}").trim().to_owned(),
        };
        self.mark(last, kind, node, label);
        self.fault_span(at, input, struck);
    }

    fn fault_span(&mut self, at: SimTime, input: &Input, struck: &[NodeId]) {
        let begins: Vec<Ends> = match input {
            Input::Partition(_)
            | Input::Cut(..)
            | Input::Isolate(_)
            | Input::Link { .. }
            | Input::Network(_) => vec![Ends::Heal],
            Input::Pause(_) => struck.iter().map(|node| Ends::Resume(*node)).collect(),
            Input::Pace(_, speed) if *speed < 1000 => {
                struck.iter().map(|node| Ends::Recover(*node)).collect()
            }
            Input::Order(_, Order::Fail(share)) if *share > Ratio::ZERO => {
                struck.iter().map(|node| Ends::Recover(*node)).collect()
            }
            Input::Order(_, Order::Drain(node)) => vec![Ends::Undrain(*node)],
            _ => Vec::new(), // No other input lasts.
        };
        let ends = |fault: Ends| match (input, fault) {
            (Input::Heal, Ends::Heal) => true,
            (Input::Resume(_) | Input::Crash(_), Ends::Resume(node)) => struck.contains(&node),
            (Input::Pace(_, speed), Ends::Recover(node)) => {
                *speed >= 1000 && struck.contains(&node)
            }
            (Input::Order(_, Order::Undrain(server)), Ends::Undrain(node)) => *server == node,
            _ => false,
        };
        let ended: Vec<SimTime> =
            self.faults.iter().filter(|(_, fault)| ends(*fault)).map(|(from, _)| *from).collect();
        self.faults.retain(|(_, fault)| !ends(*fault));
        for from in ended {
            self.span(from, at, SpanKind::Fault);
        }
        self.faults.extend(begins.into_iter().map(|fault| (at, fault)));
    }

    fn leadership(&mut self, snapshot: &Snapshot) {
        let kind = leadership(snapshot);
        if self.led.map(|(_, kind)| kind) == kind {
            return;
        }
        if let Some((from, kind)) = self.led.take() {
            self.span(from, snapshot.at, kind);
        }
        self.led = kind.map(|kind| (snapshot.at, kind));
    }

    fn span(&mut self, from: SimTime, to: SimTime, kind: SpanKind) {
        self.changed = true;
        self.track.spans.push(TrackSpan { from, to, kind });
    }

    fn mark(&mut self, last: &Occurrence, kind: MarkKind, node: Option<NodeId>, label: Say) {
        self.changed = true;
        let (at, event) = (last.at, last.index);
        self.track.marks.push(TrackMark { at, event, kind, node, label });
    }

    fn crowd_mark(&mut self, last: &Occurrence, kind: MarkKind, node: Option<NodeId>, label: Say) {
        self.crowd += 1;
        if self.crowd <= CROWD {
            self.mark(last, kind, node, label);
        }
    }

    /// True if the track has grown since the last call of [`TrackMaker::track`].
    pub(super) fn changed(&self) -> bool {
        self.changed
    }

    /// The track as far as it goes: stretches still going on end at `end`.
    pub(super) fn track(&mut self, end: SimTime, violations: Vec<TrackMark>) -> Track {
        self.changed = false;
        let mut track = self.track.clone();
        if let Some((from, kind)) = self.led {
            track.spans.push(TrackSpan { from, to: end, kind });
        }
        for (from, _) in &self.faults {
            track.spans.push(TrackSpan { from: *from, to: end, kind: SpanKind::Fault });
        }
        track.marks.extend(violations);
        crate::order::sort_by_key(&mut track.marks, |mark| (mark.event, mark.kind));
        track
    }
}

fn same(text: String) -> Say {
    Say { en: text.clone(), zh: text }
}

/// Whether somebody leads, and whether that node can reach a quorum.
fn leadership(snapshot: &Snapshot) -> Option<SpanKind> {
    let needed = majority(snapshot.nodes.len() as u32);
    let leaders =
        snapshot.nodes.iter().filter(|node| node.role == Role::Leader && node.status == Status::Up);
    let mut best = None;
    for leader in leaders {
        if reachable(snapshot, leader.id).len() as u32 >= needed {
            return Some(SpanKind::Led);
        }
        best = Some(SpanKind::LedWithoutQuorum);
    }
    best
}

/// The nodes that `from` can talk with both ways, itself included, crashed ones left out.
pub(super) fn reachable(snapshot: &Snapshot, from: NodeId) -> Vec<NodeId> {
    let severed = |a: NodeId, b: NodeId| {
        snapshot.cuts.iter().any(|cut| cut.from.contains(&a) && cut.to.contains(&b))
    };
    snapshot
        .nodes
        .iter()
        .filter(|node| !matches!(node.status, Status::Crashed(_)))
        .map(|node| node.id)
        .filter(|id| *id == from || (!severed(from, *id) && !severed(*id, from)))
        .collect()
}
