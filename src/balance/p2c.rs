//! Power of two choices: of two servers drawn by lot, the less loaded one.
//!
//! A little information goes a long way: with one choice the longest of `n` queues grows like log n
//! / log log n, with two like log log n [mitzenmacher01]. The two are distinct, as in Finagle,
//! tower and nginx's `random two`, so the most loaded server is never picked; Envoy draws with
//! replacement and picks it once in n² times.

use crate::kernel::{Choices, Cite, Text};

use super::{PoolView, Ranking, Strategy, StrategyAbout};

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
    knobs: &[],
    source: crate::kernel::listing!("p2c.rs"),
    make: |_| Box::new(PowerOfTwo),
};

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct PowerOfTwo;

impl Strategy for PowerOfTwo {
    fn rank(&mut self, _key: u64, pool: &PoolView, choices: &mut dyn Choices, out: &mut Ranking) {
        let up = pool.up();
        if up == 0 {
            return;
        }
        let first = choices.below(u64::from(up)) as u32;
        let Some(a) = pool.nth_up(first) else { return };
        let mut best = a;
        if up > 1 {
            // Skipping over the first draw makes the second one even among the others.
            let second = choices.below(u64::from(up - 1)) as u32;
            let b = pool.nth_up(second + u32::from(second >= first));
            if let Some(b) = b.filter(|&b| pool.cmp_load(b, a).is_lt()) {
                best = b;
            }
        }
        out.push(best);
        out.rest_by(pool, |x, y| pool.cmp_load(x, y));
    }
}
