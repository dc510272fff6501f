//! Weighted round robin by earliest deadline first, as Envoy and gRPC have it.
//!
//! Each server has a deadline, one over its weight after its last turn; the earliest goes first,
//! of equal ones the one scheduled first [envoy §`edf_scheduler.h`]. Weights 5, 1, 1 give a a a a
//! b c a, lumpier than nginx's way. From a cold start all weights look like a burst of the
//! heaviest, so Envoy begins at a random place of the schedule, and gRPC draws each first
//! deadline.

use crate::kernel::{Choices, Cite, Knob, KnobKind, Text};

use super::schedule::Schedule;
use super::{PoolView, Ranking, Strategy, StrategyAbout, Telling};

pub(super) const ABOUT: StrategyAbout = StrategyAbout {
    id: "edf",
    name: Text { en: "Earliest deadline first", zh: "最早截止时间优先" },
    summary: Text {
        en: "Gives each server a deadline of one over its weight after its last turn and picks the \
             earliest.",
        zh: "每台服务器的下一个截止时间是上次轮到之后再加权重的倒数，选择截止时间最早的一台。",
    },
    cites: &[
        Cite { key: "envoy", place: "edf_scheduler.h, round robin" },
        Cite { key: "grpc-a58", place: "earliest deadline first" },
    ],
    ties: Text { en: "Whoever was scheduled first wins.", zh: "先进入调度的优先。" },
    knobs: &[STAGGER],
    telling: Telling::Nothing,
    source: crate::kernel::listing!("edf.rs", "schedule.rs"),
    make: |knobs| {
        Box::new(Edf {
            stagger: match knobs.choice(STAGGER.name) {
                "envoy" => Stagger::Advance,
                "grpc" => Stagger::Draw,
                _ => Stagger::Off,
            },
            fresh: true,
            schedule: Schedule::default(),
        })
    },
};

/// How the schedule begins.
pub(super) const STAGGER: Knob = Knob {
    name: "stagger",
    help: Text {
        en: "How the schedule begins: off for everybody's full period, envoy for a random number \
             of turns ahead, grpc for a random first deadline each.",
        zh: "调度如何开始：off 表示都从完整周期开始，envoy 表示先随机推进若干轮，grpc 表示各自随机首个截止时间。",
    },
    kind: KnobKind::Choice(&["off", "envoy", "grpc"]),
};

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Stagger {
    Off,
    Advance,
    Draw,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Edf {
    stagger: Stagger,
    /// True until the schedule was made for the pool as it is.
    fresh: bool,
    schedule: Schedule,
}

impl Edf {
    fn begin(&mut self, pool: &PoolView, choices: &mut dyn Choices) {
        self.fresh = false;
        let draw = self.stagger == Stagger::Draw;
        self.schedule.restart(pool, |_| if draw { choices.below(65_536) } else { 65_536 });
        if self.stagger == Stagger::Advance && pool.up() > 0 {
            for _ in 0..choices.below(u64::from(pool.up())) {
                self.schedule.pick(|id| (u64::from(pool.weight(id)), 1));
            }
        }
    }
}

impl Strategy for Edf {
    fn rank(&mut self, _key: u64, pool: &PoolView, choices: &mut dyn Choices, out: &mut Ranking) {
        if self.fresh {
            self.begin(pool, choices);
        }
        let Some(first) = self.schedule.pick(|id| (u64::from(pool.weight(id)), 1)) else { return };
        out.push(first);
        out.rest_by(pool, |a, b| self.schedule.key(a).cmp(&self.schedule.key(b)));
    }

    fn follows_weights(&self) -> bool {
        true
    }

    fn on_pool(&mut self, _pool: &PoolView) {
        self.fresh = true;
    }
}
