//! One seat of the world: a node, its disk, its timers, its clock and its random streams.

use crate::kernel::{Node, SimTime, Span};

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
#[derive(Clone, Debug)]
pub(super) struct TimerSlot<T> {
    pub(super) timer: T,
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

/// One seat.
#[derive(Clone, Debug)]
pub(super) struct Slot<N: Node> {
    /// `None` while crashed.
    pub(super) node: Option<N>,
    pub(super) disk: N::Disk,
    /// What the node believes to be on disk, while the disk is unsynced.
    pub(super) unsynced: Option<N::Disk>,
    pub(super) disk_mode: DiskMode,
    pub(super) timers: Vec<TimerSlot<N::Timer>>,
    pub(super) clock: Clock,
    pub(super) crashed_at: Option<SimTime>,
    pub(super) paused_at: Option<SimTime>,
    pub(super) waiting: Vec<Waiting>,
    pub(super) choices: Stream,
    pub(super) timing: Stream,
    pub(super) network: Stream,
}

impl<N: Node> Slot<N> {
    pub(super) fn new(id: u32, seed: u64, disk: N::Disk) -> Self {
        Slot {
            node: None,
            disk,
            unsynced: None,
            disk_mode: DiskMode::Synced,
            timers: Vec::new(),
            clock: Clock::default(),
            crashed_at: None,
            paused_at: None,
            waiting: Vec::new(),
            choices: Stream::new(seed, Concern::Choices, id),
            timing: Stream::new(seed, Concern::Timers, id),
            network: Stream::new(seed, Concern::Network, id),
        }
    }

    /// Stores a save, as the disk's mode has it.
    pub(super) fn save(&mut self, disk: N::Disk) {
        match self.disk_mode {
            DiskMode::Synced => self.disk = disk,
            DiskMode::Unsynced => self.unsynced = Some(disk),
        }
    }

    pub(super) fn set_disk_mode(&mut self, mode: DiskMode) {
        if mode == DiskMode::Synced
            && let Some(disk) = self.unsynced.take()
        {
            self.disk = disk;
        }
        self.disk_mode = mode;
    }

    /// The node stops; only its disk is left.
    pub(super) fn crash(&mut self, now: SimTime) {
        self.node = None;
        self.unsynced = None;
        self.crashed_at = Some(now);
        self.paused_at = None;
        self.disarm_all();
    }

    fn disarm_all(&mut self) {
        for timer in &mut self.timers {
            timer.armed = false;
            timer.generation = timer.generation.wrapping_add(1);
        }
    }

    /// Arms a timer and returns its slot, generation and due time.
    pub(super) fn arm(
        &mut self,
        timer: N::Timer,
        length: Span,
        now: SimTime,
    ) -> (u32, u32, SimTime) {
        let due_at = now + self.clock.real(length);
        let index = self.timers.iter().position(|slot| slot.timer == timer);
        let index = index.unwrap_or_else(|| {
            let (generation, armed) = (0, false);
            self.timers.push(TimerSlot { timer, generation, armed, armed_at: now, due_at });
            self.timers.len() - 1
        });
        let slot = &mut self.timers[index];
        slot.generation = slot.generation.wrapping_add(1);
        slot.armed = true;
        slot.armed_at = now;
        slot.due_at = due_at;
        (index as u32, slot.generation, due_at)
    }

    pub(super) fn disarm(&mut self, timer: &N::Timer) {
        if let Some(slot) = self.timers.iter_mut().find(|slot| slot.timer == *timer) {
            slot.armed = false;
            slot.generation = slot.generation.wrapping_add(1);
        }
    }
}
