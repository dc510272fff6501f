//! gRPC's weighted round robin: weights from what servers report \[grpc-a58\].
//!
//! The weight of a server is its requests per second over its utilisation, both from its load
//! reports. A server counts only after `blackout` of reports, and until its last one is `expiry`
//! old. Servers without a weight take the mean of those that have one; with fewer than two known,
//! turns are even.
//!
//! Turns follow gRPC's static stride scheduler: in generation `g` server `i` of `n` gets its turn
//! unless `(weight · g + i · 32767) mod 65535` falls short of `65535 - weight`, where weights are
//! scaled so that the largest is 65535 [grpc-a58 §static stride scheduler].

use crate::kernel::{Choices, Cite, Knob, KnobKind, SimTime, Span, Text};

use super::{PoolView, Ranking, ServerId, Strategy, StrategyAbout, Telling};

pub(super) const ABOUT: StrategyAbout = StrategyAbout {
    id: "grpc-weights",
    name: Text { en: "Weighted by utilisation (gRPC)", zh: "按利用率加权（gRPC）" },
    summary: Text {
        en: "Takes turns in proportion to requests per second over utilisation, as servers report \
             them; even turns until enough is known.",
        zh: "按服务器报告的“每秒请求数 ÷ 利用率”的比例轮转；信息不足时均匀轮询。",
    },
    cites: &[Cite { key: "grpc-a58", place: "weight calculation, static stride scheduler" }],
    ties: Text {
        en: "List order, shifted for each server.", zh: "列表顺序，各服务器错开。"
    },
    knobs: &[BLACKOUT, EXPIRY],
    telling: Telling::Nothing,
    source: crate::kernel::listing!("grpc_weights.rs"),
    make: |knobs| {
        Box::new(GrpcWeights {
            blackout: knobs.length(BLACKOUT.name),
            expiry: knobs.length(EXPIRY.name),
            sequence: 0,
            weights: Vec::new(),
            next_update: SimTime::ZERO,
        })
    },
};

/// How long reports are collected before they count.
pub(super) const BLACKOUT: Knob = Knob {
    name: "blackout",
    help: Text {
        en: "How long a server must have been reporting before its reports count.",
        zh: "服务器持续上报多久之后，其报告才生效。",
    },
    kind: KnobKind::Length { default: Span::secs(10) },
};

/// How long a report counts.
pub(super) const EXPIRY: Knob = Knob {
    name: "expiry",
    help: Text {
        en: "After how long without a report a server's weight is forgotten.",
        zh: "服务器多久没有上报后，其权重作废。",
    },
    kind: KnobKind::Length { default: Span::secs(180) },
};

/// The largest scaled weight.
const MOST: u64 = 65_535;
/// How often weights are brought up to date.
const UPDATE: Span = Span::secs(1);

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct GrpcWeights {
    blackout: Span,
    expiry: Span,
    sequence: u64,
    /// Scaled weights; empty while turns are even.
    weights: Vec<u16>,
    next_update: SimTime,
}

/// The weight of a server: requests per second over utilisation, both in thousandths; zero if
/// either is not known [grpc-a58 §weight calculation]. `errors` of `rate` requests failed; each
/// counts as utilisation.
pub fn weight(rate_milli: u64, utilisation_milli: u64, errors_milli: u64) -> u64 {
    if rate_milli == 0 || utilisation_milli == 0 {
        return 0;
    }
    let penalty = errors_milli * 1000 / rate_milli;
    rate_milli * 1000 / (utilisation_milli + penalty)
}

/// Weights scaled to the largest, unknown ones (zero) at the mean; empty if fewer than two are
/// known.
pub fn scaled(weights: &[u64]) -> Vec<u16> {
    let known: Vec<u64> = weights.iter().copied().filter(|weight| *weight > 0).collect();
    let Some(largest) = known.iter().max().filter(|_| known.len() >= 2) else {
        return Vec::new();
    };
    let mean = known.iter().sum::<u64>() / known.len() as u64;
    let scale = |weight: u64| {
        let weight = if weight == 0 { mean } else { weight };
        (u128::from(weight) * u128::from(MOST) / u128::from(*largest)).max(1) as u16
    };
    weights.iter().map(|weight| scale(*weight)).collect()
}

impl GrpcWeights {
    fn update(&mut self, pool: &PoolView) {
        let now = pool.now();
        if now < self.next_update {
            return;
        }
        self.next_update = now + UPDATE;
        let weigh = |id| match pool.reporting(id) {
            Some((since, last))
                if now.since(since) >= self.blackout && now.since(last) < self.expiry =>
            {
                weight(pool.throughput_milli(id), pool.utilisation_milli(id).into(), 0)
            }
            _ => 0,
        };
        let weights: Vec<u64> = pool.ids().map(weigh).collect();
        self.weights = scaled(&weights);
    }

    /// Whether it is this server's turn in this generation.
    fn takes(&self, at: u64, generation: u64) -> bool {
        let Some(weight) = self.weights.get(at as usize) else { return true };
        let weight = u64::from(*weight);
        let place = (weight * generation + at * (MOST / 2)) % MOST;
        place >= MOST - weight
    }
}

impl Strategy for GrpcWeights {
    fn rank(&mut self, _key: u64, pool: &PoolView, _: &mut dyn Choices, out: &mut Ranking) {
        if pool.up() == 0 {
            return;
        }
        self.update(pool);
        let n = u64::from(pool.len());
        let mut first = None;
        // The heaviest takes its turn in every generation, but it may be down.
        for _ in 0..n * (MOST + 1) {
            let (at, generation) = (self.sequence % n, self.sequence / n);
            self.sequence += 1;
            if pool.is_up(ServerId(at as u32)) && self.takes(at, generation) {
                first = Some(ServerId(at as u32));
                break;
            }
        }
        let Some(first) = first else { return };
        out.push(first);
        out.rest_in(pool, pool.ids());
    }
}
