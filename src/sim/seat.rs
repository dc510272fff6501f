//! One seat of the world: what every node has, whatever its kind: timers, clock, random streams.

use crate::kernel::{Role, SimTime, Span};

use super::input::DiskMode;
use super::rng::{Concern, Stream};

/// A node's own clock: skewed by an offset, drifting by a rate.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Clock {
    /// World time at which `base_local` was right.
    base: SimTime,
    base_local: u64,
    /// Parts per million by which it runs fast.
    ppm: i32,
    /// Sum of all jumps, for display.
    skew: i64,
}

const MILLION: u128 = 1_000_000;

impl Clock {
    pub(super) fn local(&self, now: SimTime) -> SimTime {
        let elapsed = now.since(self.base).0;
        if self.ppm == 0 {
            return SimTime(self.base_local.saturating_add(elapsed));
        }
        let ran = u128::from(elapsed) * self.rate() / MILLION;
        SimTime(self.base_local.saturating_add(ran as u64))
    }

    /// How long `span` on this clock takes in the world.
    pub(super) fn real(&self, span: Span) -> Span {
        if self.ppm == 0 {
            return span;
        }
        Span((u128::from(span.0) * MILLION / self.rate()) as u64)
    }

    /// How long a world's `span` is on this clock.
    pub(super) fn ticked(&self, span: Span) -> Span {
        Span((u128::from(span.0) * self.rate() / MILLION) as u64)
    }

    pub(super) fn jump(&mut self, now: SimTime, by: i64) {
        let local = self.local(now).0;
        self.base = now;
        self.base_local = local.saturating_add_signed(by);
        self.skew = self.skew.saturating_add(by);
    }

    pub(super) fn drift(&mut self, now: SimTime, ppm: i32) {
        self.base_local = self.local(now).0;
        self.base = now;
        self.ppm = ppm.clamp(-900_000, 9_000_000);
    }

    pub(super) fn skew(&self) -> i64 {
        self.skew
    }

    pub(super) fn ppm(&self) -> i32 {
        self.ppm
    }

    fn rate(&self) -> u128 {
        (1_000_000 + i64::from(self.ppm)).max(1) as u128
    }
}

/// A timer that is or was armed.
#[derive(Clone, Copy, Debug)]
pub(super) struct TimerSlot {
    pub(super) name: &'static str,
    pub(super) generation: u32,
    pub(super) armed: bool,
    pub(super) armed_at: SimTime,
    pub(super) due_at: SimTime,
}

/// What became due while a node was paused.
#[derive(Clone, Copy, Debug)]
pub(super) enum Waiting {
    Flight { place: u32, id: u64 },
    Timer { slot: u32, generation: u32 },
}

/// One seat: all of a node that every entry has alike.
#[derive(Clone, Debug)]
pub(super) struct Seat {
    /// False while crashed.
    pub(super) up: bool,
    pub(super) disk_mode: DiskMode,
    pub(super) timers: Vec<TimerSlot>,
    pub(super) clock: Clock,
    pub(super) crashed_at: Option<SimTime>,
    /// The part it takes up again when it comes back: a server of a pool stays one.
    pub(super) post: Role,
    pub(super) paused_at: Option<SimTime>,
    pub(super) waiting: Vec<Waiting>,
    pub(super) choices: Stream,
    pub(super) timing: Stream,
    pub(super) network: Stream,
}

impl Seat {
    pub(super) fn new(id: u32, seed: u64) -> Self {
        Seat {
            up: false,
            disk_mode: DiskMode::Synced,
            timers: Vec::new(),
            clock: Clock::default(),
            crashed_at: None,
            post: Role::Follower,
            paused_at: None,
            waiting: Vec::new(),
            choices: Stream::new(seed, Concern::Choices, id),
            timing: Stream::new(seed, Concern::Timers, id),
            network: Stream::new(seed, Concern::Network, id),
        }
    }

    /// The node stops; only its disk is left.
    pub(super) fn crash(&mut self, now: SimTime) {
        self.up = false;
        self.crashed_at = Some(now);
        self.paused_at = None;
        for timer in &mut self.timers {
            timer.disarm();
        }
    }

    /// Arms the timer of that number and returns its generation and due time.
    pub(super) fn arm(
        &mut self,
        slot: u32,
        name: &'static str,
        length: Span,
        now: SimTime,
    ) -> (u32, SimTime) {
        let due_at = now + self.clock.real(length);
        // Numbers are given in order, so a new one is the next.
        if slot as usize == self.timers.len() {
            let (generation, armed) = (0, false);
            self.timers.push(TimerSlot { name, generation, armed, armed_at: now, due_at });
        }
        let slot = &mut self.timers[slot as usize];
        slot.generation = slot.generation.wrapping_add(1);
        slot.armed = true;
        slot.armed_at = now;
        slot.due_at = due_at;
        (slot.generation, due_at)
    }
}

impl TimerSlot {
    pub(super) fn disarm(&mut self) {
        self.armed = false;
        self.generation = self.generation.wrapping_add(1);
    }
}
