//! Power of d choices: of a few servers drawn by lot, the least loaded one.
//!
//! A little information goes a long way: with one choice the longest of `n` queues grows like log n
//! / log log n, with two like log log n [mitzenmacher01]. By default the draws are distinct, as in
//! Finagle, tower and nginx's `random two`, so the most loaded server is never picked; with
//! `replacement` two draws may meet, and it is picked once in n² times, as in Envoy.

use crate::kernel::{Choices, Cite, Knob, KnobKind, Text};

use super::{PoolView, Ranking, ServerId, Strategy, StrategyAbout, Telling};

pub(super) const ABOUT: StrategyAbout = StrategyAbout {
    id: "p2c",
    name: Text { en: "Power of two choices", zh: "两次随机选择" },
    summary: Text {
        en: "Draws two different servers by lot and takes the one with fewer requests in \
             flight for its weight.",
        zh: "随机抽取两台不同的服务器，选择其中相对权重而言在途请求较少的一台。",
    },
    cites: &[
        Cite { key: "mitzenmacher01", place: "§1" },
        Cite { key: "finagle", place: "P2C.scala" },
    ],
    ties: Text { en: "The first one drawn wins.", zh: "先抽到的服务器优先。" },
    knobs: &[DRAWS, REPLACEMENT],
    telling: Telling::Nothing,
    source: crate::kernel::listing!("p2c.rs"),
    make: |knobs| {
        Box::new(PowerOfChoices {
            draws: knobs.count(DRAWS.name) as u32,
            replacement: knobs.is_on(REPLACEMENT.name),
        })
    },
};

/// How many servers are drawn.
pub(super) const DRAWS: Knob = Knob {
    name: "choices",
    help: Text {
        en: "How many servers are drawn for each request; 1 is random.",
        zh: "每个请求抽取多少台服务器；1 即纯随机。",
    },
    kind: KnobKind::Count { min: 1, max: 100, default: 2 },
};

/// Whether a server may be drawn twice.
pub(super) const REPLACEMENT: Knob = Knob {
    name: "replacement",
    help: Text {
        en: "Whether the same server may be drawn twice for one request.",
        zh: "同一个请求是否可以重复抽到同一台服务器。",
    },
    kind: KnobKind::Switch { default: false },
};

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct PowerOfChoices {
    draws: u32,
    replacement: bool,
}

/// Two different servers that are up, in the order drawn; the same one twice if it is the only one.
pub(super) fn two_distinct(
    pool: &PoolView,
    choices: &mut dyn Choices,
) -> Option<(ServerId, ServerId)> {
    let up = pool.up();
    let first = if up == 0 { return None } else { choices.below(u64::from(up)) as u32 };
    let a = pool.nth_up(first)?;
    if up == 1 {
        return Some((a, a));
    }
    // Skipping over the first draw makes the second one even among the others.
    let second = choices.below(u64::from(up - 1)) as u32;
    let b = pool.nth_up(second + u32::from(second >= first))?;
    Some((a, b))
}

impl PowerOfChoices {
    /// So many draws, in order.
    fn draw(&self, pool: &PoolView, choices: &mut dyn Choices) -> Vec<ServerId> {
        let up = pool.up();
        let mut drawn: Vec<u32> = Vec::new();
        let mut servers = Vec::new();
        for count in 0..self.draws.min(if self.replacement { self.draws } else { up }) {
            let place = if self.replacement {
                choices.below(u64::from(up)) as u32
            } else {
                let mut place = choices.below(u64::from(up - count)) as u32;
                // The place among those not drawn yet becomes a place among all.
                for other in &drawn {
                    place += u32::from(place >= *other);
                }
                let at = drawn.partition_point(|other| *other < place);
                drawn.insert(at, place);
                place
            };
            servers.extend(pool.nth_up(place));
        }
        servers
    }
}

impl Strategy for PowerOfChoices {
    fn rank(&mut self, _key: u64, pool: &PoolView, choices: &mut dyn Choices, out: &mut Ranking) {
        if pool.up() == 0 {
            return;
        }
        let better = |a, b| if pool.cmp_load(b, a).is_lt() { b } else { a };
        let best = if self.draws == 2 && !self.replacement {
            two_distinct(pool, choices).map(|(a, b)| better(a, b))
        } else {
            self.draw(pool, choices).into_iter().reduce(better)
        };
        let Some(best) = best else { return };
        out.push(best);
        out.rest_by(pool, |x, y| pool.cmp_load(x, y));
    }
    fn follows_weights(&self) -> bool {
        true
    }

    fn looks_at(
        &self,
        _key: u64,
        pool: &PoolView,
        choices: &mut dyn Choices,
        out: &mut Vec<ServerId>,
    ) {
        if pool.up() == 0 {
            return;
        }
        if self.draws == 2 && !self.replacement {
            out.extend(
                two_distinct(pool, choices).map(<[ServerId; 2]>::from).into_iter().flatten(),
            );
        } else {
            out.extend(self.draw(pool, choices));
        }
    }
}
