//! Maglev: a table that servers fill in turn, so that shares are even and a lookup is one step
//! [eisenbud16 §3.4].
//!
//! Each server has its own order of the slots, an offset and a skip that its name gives it; in
//! turn each claims its next free one. With weights, a server passes turns as Envoy has it: it
//! claims when the turns of the heaviest, times its own weight, have come up to what it has
//! claimed [envoy §maglev].

use std::sync::Arc;

use crate::kernel::{Choices, Cite, Knob, KnobKind, Text};

use super::hashing::{name, scramble};
use super::{PoolView, Ranking, ServerId, Strategy, StrategyAbout, Telling};

pub(super) const ABOUT: StrategyAbout = StrategyAbout {
    id: "maglev",
    name: Text { en: "Maglev", zh: "Maglev 哈希" },
    summary: Text {
        en: "Looks a key up in a table that the servers have filled in turn: shares are even, and \
             few other keys move when a server leaves.",
        zh: "在由各服务器轮流填满的查找表中查找键：份额十分均匀，服务器离开时只有少量其他键会迁移。",
    },
    cites: &[
        Cite { key: "eisenbud16", place: "§3.4" },
        Cite { key: "envoy", place: "load balancing, Maglev" },
    ],
    ties: Text {
        en: "Servers claim slots in list order; who comes first keeps the slot.",
        zh: "服务器按列表顺序认领槽位，先到者得。",
    },
    knobs: &[TABLE],
    telling: Telling::Nothing,
    source: crate::kernel::listing!("maglev.rs", "hashing.rs"),
    make: |knobs| {
        let size = next_prime(knobs.count(TABLE.name) as u32);
        Box::new(Maglev { size, table: Arc::new([]) })
    },
};

/// How large the table is.
pub(super) const TABLE: Knob = Knob {
    name: "table",
    help: Text {
        en: "How many slots the table has, raised to the next prime; a hundred times the servers \
             keeps shares within one per cent.",
        zh: "查找表的槽位数，向上取到最近的质数；取服务器数的一百倍时份额误差在百分之一以内。",
    },
    kind: KnobKind::Count { min: 7, max: 655_373, default: 65_537 },
};

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Maglev {
    size: u32,
    table: Arc<[ServerId]>,
}

/// The smallest prime that is at least `n`.
fn next_prime(n: u32) -> u32 {
    let is_prime = |n: &u32| *n >= 2 && (2..=n.isqrt()).all(|d| !n.is_multiple_of(d));
    // There is a prime between every number and its double.
    (n..=2 * n.max(1)).find(is_prime).unwrap_or(n)
}

/// One who takes part in filling a table.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Claimant {
    /// Who.
    pub id: ServerId,
    /// The first slot it wants.
    pub offset: u32,
    /// From each slot it wants to the next, at least one.
    pub skip: u32,
    /// Its weight, at least one.
    pub weight: u32,
}

/// Fills a table of `size` slots, a prime. Empty if there is nobody.
pub fn fill(size: u32, claimants: &[Claimant]) -> Vec<ServerId> {
    let Some(heaviest) = claimants.iter().map(|it| u64::from(it.weight)).max() else {
        return Vec::new();
    };
    let mut table: Vec<Option<ServerId>> = vec![None; size as usize];
    let mut next: Vec<u32> = claimants.iter().map(|it| it.offset % size).collect();
    // What each has to come up to before its next claim: so many times the heaviest weight.
    let mut due: Vec<u64> = vec![heaviest; claimants.len()];
    let (mut filled, mut turn) = (0, 1_u64);
    while filled < size {
        for (at, claimant) in claimants.iter().enumerate() {
            if filled == size || turn * u64::from(claimant.weight) < due[at] {
                continue;
            }
            due[at] += heaviest;
            while table[next[at] as usize].is_some() {
                next[at] = (next[at] + claimant.skip) % size;
            }
            table[next[at] as usize] = Some(claimant.id);
            filled += 1;
        }
        turn += 1;
    }
    table.into_iter().flatten().collect()
}

impl Strategy for Maglev {
    fn rank(&mut self, key: u64, pool: &PoolView, _: &mut dyn Choices, out: &mut Ranking) {
        if self.table.is_empty() {
            return;
        }
        let slot = scramble(key) % u64::from(self.size);
        out.push(self.table[slot as usize]);
        if !out.is_full() {
            let (before, from) = self.table.split_at(slot as usize);
            out.rest_in(pool, from.iter().chain(before).copied());
        }
    }

    fn on_pool(&mut self, pool: &PoolView) {
        let size = self.size;
        let claimant = |id| {
            let text = name(id);
            let seed = u64::from(crc32fast::hash(text.as_bytes()));
            let offset = (scramble(seed) % u64::from(size)) as u32;
            let skip = (scramble(!seed) % u64::from(size - 1)) as u32 + 1;
            Claimant { id, offset, skip, weight: pool.weight(id) }
        };
        let claimants: Vec<Claimant> = pool.up_ids().map(claimant).collect();
        self.table = fill(size, &claimants).into();
    }
}
