//! What the balancing scene measures: kept by event, so that it can be shown at any instant.

use crate::kernel::{ClientId, Fact, NodeCard, NodeId, Op, SimTime, Span};
use crate::sim::{Cluster, OpNote, Snapshot, Status};

use super::view_model::ServerView;

/// The span over which the 99th percentile beside a server is taken.
const WINDOW: Span = Span::secs(1);

/// A request that was answered.
#[derive(Clone, Copy, Debug)]
struct Answer {
    at: SimTime,
    server: Option<NodeId>,
    response: Span,
}

/// A choice of a server.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pick {
    pub(super) event: u64,
    pub(super) at: SimTime,
    pub(super) serial: u64,
    /// The balancer.
    pub(super) by: NodeId,
    pub(super) server: NodeId,
}

/// Counts of a pool, by instant.
#[derive(Default)]
pub(super) struct Meter {
    /// By serial, from 1: when a request arrived, and who was picked to serve it.
    requests: Vec<(SimTime, Option<NodeId>)>,
    answers: Vec<Answer>,
    /// When each request failed: refused, or given up.
    failures: Vec<SimTime>,
    /// When a request was sent to which server.
    picks: Vec<Vec<SimTime>>,
    /// Every choice of a server, in order.
    pub(super) chosen: Vec<Pick>,
    /// The client and the key of each request, by serial.
    pub(super) asked: Vec<(ClientId, u64)>,
}

impl Meter {
    pub(super) fn watch(&mut self, cluster: &dyn Cluster) {
        let last = cluster.last();
        for (by, fact) in &last.facts {
            if let Fact::Picked { request, server } = fact {
                if self.picks.len() <= server.index() {
                    self.picks.resize(server.index() + 1, Vec::new());
                }
                self.picks[server.index()].push(last.at);
                let (event, at, serial) = (last.index, last.at, request.serial);
                self.chosen.push(Pick { event, at, serial, by: *by, server: *server });
                if let Some(place) = self.request(request.serial) {
                    place.1 = Some(*server);
                }
            }
        }
        for op in &last.ops {
            match op {
                OpNote::Invoked(id, op) => {
                    self.requests.push((last.at, None));
                    let key = if let Op::Work { key, .. } = op { *key } else { 0 };
                    self.asked.push((id.client, key));
                }
                OpNote::Completed(id, _, crate::kernel::Outcome::Done(_)) => {
                    self.answered(id.serial, last.at);
                }
                OpNote::Completed(..) | OpNote::GaveUp(..) => self.failures.push(last.at),
            }
        }
    }

    fn request(&mut self, serial: u64) -> Option<&mut (SimTime, Option<NodeId>)> {
        let place = usize::try_from(serial.checked_sub(1)?).ok()?;
        self.requests.get_mut(place)
    }

    fn answered(&mut self, serial: u64, at: SimTime) {
        if let Some(&mut (arrived, server)) = self.request(serial) {
            self.answers.push(Answer { at, server, response: at.since(arrived) });
        }
    }

    /// Requests that arrived by `at`.
    pub(super) fn arrived(&self, at: SimTime) -> u64 {
        self.requests.partition_point(|(time, _)| *time <= at) as u64
    }

    /// Requests that arrived in the whole run so far.
    pub(super) fn arrived_in_all(&self) -> u64 {
        self.requests.len() as u64
    }

    /// Requests answered by `at`.
    pub(super) fn completed(&self, at: SimTime) -> u64 {
        self.answers.partition_point(|answer| answer.at <= at) as u64
    }

    /// Requests failed by `at`.
    pub(super) fn failed(&self, at: SimTime) -> u64 {
        self.failures.partition_point(|time| *time <= at) as u64
    }

    /// Mean, p50, p90, p99 and maximum of the responses that ended after the warm-up.
    pub(super) fn response(&self, warmup: SimTime) -> Option<[Span; 5]> {
        let from = self.answers.partition_point(|answer| answer.at < warmup);
        let mut spans: Vec<Span> = self.answers[from..].iter().map(|a| a.response).collect();
        if spans.is_empty() {
            return None;
        }
        crate::order::sort(&mut spans);
        let sum: u128 = spans.iter().map(|span| u128::from(span.0)).sum();
        let mean = Span((sum / spans.len() as u128) as u64);
        let max = spans[spans.len() - 1];
        Some([mean, rank(&spans, 50), rank(&spans, 90), rank(&spans, 99), max])
    }

    /// The servers of the snapshot with their own speeds; the first `balancers` nodes are left out.
    pub(super) fn servers(
        &self,
        snapshot: &Snapshot,
        names: &[String],
        balancers: u32,
        speeds: &[u32],
    ) -> Vec<ServerView> {
        let mut recent = self.recent(snapshot.at, snapshot.nodes.len());
        let servers = snapshot.nodes.iter().skip(balancers as usize).zip(speeds);
        servers
            .map(|(node, &capacity_milli)| {
                let queue = node.card.as_ref().and_then(|card: &NodeCard| card.queue.clone());
                let queue = queue.unwrap_or_default();
                let mut spans =
                    recent.get_mut(node.id.index()).map(std::mem::take).unwrap_or_default();
                crate::order::sort(&mut spans);
                let picks = self.picks.get(node.id.index());
                ServerView {
                    node: node.id,
                    name: names.get(node.id.index()).cloned().unwrap_or_default(),
                    capacity_milli,
                    busy: share(queue.busy, Span(snapshot.at.0)),
                    queue,
                    picked: picks
                        .map_or(0, |times| times.partition_point(|time| *time <= snapshot.at))
                        as u64,
                    p99: (!spans.is_empty()).then(|| rank(&spans, 99)),
                    crashed: matches!(node.status, Status::Crashed(_)),
                }
            })
            .collect()
    }

    /// Responses that ended in the last second, by server.
    fn recent(&self, at: SimTime, nodes: usize) -> Vec<Vec<Span>> {
        let from = SimTime(at.0.saturating_sub(WINDOW.0));
        let first = self.answers.partition_point(|answer| answer.at < from);
        let end = self.answers.partition_point(|answer| answer.at <= at);
        let mut by_server = vec![Vec::new(); nodes];
        for answer in &self.answers[first..end] {
            if let Some(spans) = answer.server.and_then(|server| by_server.get_mut(server.index()))
            {
                spans.push(answer.response);
            }
        }
        by_server
    }
}

fn share(part: Span, whole: Span) -> f64 {
    if whole == Span::ZERO { 0.0 } else { (part.0 as f64 / whole.0 as f64).min(1.0) }
}

/// The nearest-rank percentile of sorted spans that are not empty.
fn rank(sorted: &[Span], percent: usize) -> Span {
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted[rank - 1]
}
