//! Response times and failures of a pool's requests.

use rustc_hash::FxHashMap;

use crate::kernel::{Outcome, Ratio, RequestId, SimTime, Span};
use crate::sim::{Occurrence, OpNote};

use super::expect::Figure;

/// Every response time of a run, kept exactly.
#[derive(Clone, Debug, Default)]
pub struct Responses {
    warmup: SimTime,
    open: FxHashMap<RequestId, SimTime>,
    /// In order of completion.
    spans: Vec<Span>,
    failed: u64,
}

impl Responses {
    /// Nothing yet. Requests invoked before `warmup` will not count.
    pub fn new(warmup: SimTime) -> Responses {
        Responses { warmup, ..Responses::default() }
    }

    /// Sees one event.
    pub fn watch(&mut self, occurrence: &Occurrence) {
        for note in &occurrence.ops {
            match *note {
                OpNote::Invoked(id, _) => {
                    if occurrence.at >= self.warmup {
                        self.open.insert(id, occurrence.at);
                    }
                }
                OpNote::Completed(id, _, outcome) => {
                    let Some(invoked) = self.open.remove(&id) else { continue };
                    match outcome {
                        Outcome::Done(_) => self.spans.push(occurrence.at.since(invoked)),
                        Outcome::Refused | Outcome::Redirect(_) => self.failed += 1,
                    }
                }
                OpNote::GaveUp(id, _) => {
                    if self.open.remove(&id).is_some() {
                        self.failed += 1;
                    }
                }
            }
        }
    }

    /// How many requests were answered.
    pub fn completed(&self) -> u64 {
        self.spans.len() as u64
    }

    /// How many requests were refused or given up.
    pub fn failed(&self) -> u64 {
        self.failed
    }

    /// The share of requests that failed, of those that came to an end.
    pub fn failures(&self) -> Option<Ratio> {
        let ended = self.completed() + self.failed;
        let ppm = (self.failed * 1_000_000).checked_div(ended)?;
        Some(Ratio::ppm(ppm as u32))
    }

    /// A figure of the response times; `None` if nothing was answered. The percentiles are exact: the
    /// smallest time that at least that share of requests does not exceed.
    pub fn figure(&self, figure: Figure) -> Option<Span> {
        let count = self.completed();
        if count == 0 {
            return None;
        }
        let rank = |milli: u64| {
            let mut spans = self.spans.clone();
            let rank = (count * milli).div_ceil(1_000).max(1) as usize - 1;
            *spans.select_nth_unstable(rank).1
        };
        Some(match figure {
            Figure::Mean => {
                let sum: u128 = self.spans.iter().map(|span| u128::from(span.0)).sum();
                Span((sum / u128::from(count)) as u64)
            }
            Figure::P50 => rank(500),
            Figure::P90 => rank(900),
            Figure::P99 => rank(990),
            Figure::P999 => rank(999),
            Figure::Max => rank(1_000),
        })
    }
}
