//! Going back in time: key frames and deterministic replay.
//!
//! A timeline computes a run ahead and keeps, for every event, its instant, and every so often a
//! whole copy of the world. To be anywhere, it copies the nearest key frame before and replays
//! from there; equal to having run there in the first place, because a run is its recipe.

use crate::kernel::SimTime;

use super::cluster::Cluster;
use super::input::Input;
use super::occurrence::Occurrence;
use super::spec::Drive;

/// Events between key frames at first. Doubled whenever there are [`KEYS_MAX`] of them.
const KEY_EVERY: usize = 512;
/// Most key frames kept.
const KEYS_MAX: usize = 512;

/// How far a run has been computed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Progress {
    /// There is more to compute.
    Running,
    /// The end of the run is reached, or nothing is left to happen.
    Complete,
    /// The limit of events is reached before the end.
    Limited,
}

/// A run that can be looked at anywhere.
pub struct Timeline {
    keys: Vec<(usize, Box<dyn Cluster>)>,
    key_every: usize,
    head: Box<dyn Cluster>,
    cursor: Box<dyn Cluster>,
    /// Instant of each event computed, event 0 included.
    times: Vec<SimTime>,
    /// Of every event computed; the head may have gone past the end of the run.
    digest: u64,
    until: SimTime,
    events_max: u64,
    progress: Progress,
}

impl Timeline {
    /// A run of `cluster`, which has just been built, up to `until` and at most `events_max`
    /// events.
    pub fn new(cluster: Box<dyn Cluster>, until: SimTime, events_max: u64) -> Timeline {
        Timeline {
            keys: vec![(0, cluster.fork())],
            key_every: KEY_EVERY,
            cursor: cluster.fork(),
            times: vec![cluster.now()],
            digest: cluster.digest(),
            head: cluster,
            until,
            events_max,
            progress: Progress::Running,
        }
    }

    /// Computes at most `events` more events and shows each to `watch`.
    pub fn extend(&mut self, events: u64, mut watch: impl FnMut(&dyn Cluster)) -> Progress {
        for _ in 0..events {
            if self.progress != Progress::Running {
                break;
            }
            if self.times.len() as u64 > self.events_max {
                self.progress = Progress::Limited;
            } else if self.head.next_at().is_none_or(|at| at > self.until) || !self.head.step() {
                self.progress = Progress::Complete;
            } else if self.head.now() > self.until {
                // A timer armed again made the look-ahead too early; the event belongs to no run.
                self.progress = Progress::Complete;
            } else {
                self.record();
                watch(&*self.head);
            }
        }
        self.progress
    }

    fn record(&mut self) {
        let index = self.times.len();
        self.times.push(self.head.now());
        self.digest = self.head.digest();
        if !index.is_multiple_of(self.key_every) {
            return;
        }
        if self.keys.len() >= KEYS_MAX {
            self.key_every *= 2;
            let every = self.key_every;
            self.keys.retain(|(index, _)| index.is_multiple_of(every));
            if !index.is_multiple_of(every) {
                return;
            }
        }
        self.keys.push((index, self.head.fork()));
    }

    /// How far the run has been computed.
    pub fn progress(&self) -> Progress {
        self.progress
    }

    /// Lets a limited run go on for `events` more.
    pub fn raise_limit(&mut self, events: u64) {
        self.events_max = self.events_max.saturating_add(events);
        if self.progress == Progress::Limited {
            self.progress = Progress::Running;
        }
    }

    /// The digest of every event computed.
    pub fn head_digest(&self) -> u64 {
        self.digest
    }

    /// How many whole copies of the world are kept.
    pub fn key_frames(&self) -> usize {
        self.keys.len()
    }

    /// Number of the last event computed.
    pub fn last_event(&self) -> u64 {
        self.times.len() as u64 - 1
    }

    /// The end of the run: as asked for, or the last event if the run was limited or is driven by
    /// hand, where nothing happens after it.
    pub fn end(&self) -> SimTime {
        match self.progress {
            _ if self.head.spec().drive == Drive::Hand => {
                self.times.last().copied().unwrap_or_default()
            }
            Progress::Limited => self.times.last().copied().unwrap_or_default(),
            Progress::Running | Progress::Complete => self.until,
        }
    }

    /// The instant of an event; of the last one for a number past it.
    pub fn time_of(&self, event: u64) -> SimTime {
        let index = (event as usize).min(self.times.len() - 1);
        self.times[index]
    }

    /// Number of the last event at or before `at`.
    pub fn event_at(&self, at: SimTime) -> u64 {
        self.times.partition_point(|time| *time <= at).saturating_sub(1) as u64
    }

    /// The world where the cursor is.
    pub fn cursor(&self) -> &dyn Cluster {
        &*self.cursor
    }

    /// Number of the event the cursor is behind.
    pub fn event(&self) -> u64 {
        self.cursor.last().index
    }

    /// Moves the cursor behind `event`, or behind the last one computed if that is earlier. Shows
    /// every event replayed on the way to `watch`.
    pub fn seek(&mut self, event: u64, mut watch: impl FnMut(&Occurrence)) {
        let event = event.min(self.last_event());
        let near = self.keys.partition_point(|(index, _)| *index as u64 <= event) - 1;
        let (key, cluster) = &self.keys[near];
        // Going on from where the cursor is beats a key frame when it is on the way.
        if self.event() > event || (self.event() as usize) < *key {
            self.cursor = cluster.fork();
        }
        while self.event() < event && self.cursor.step() {
            watch(self.cursor.last());
        }
    }

    /// Moves the cursor behind the last event at or before `at`.
    pub fn seek_time(&mut self, at: SimTime, watch: impl FnMut(&Occurrence)) {
        self.seek(self.event_at(at), watch);
    }

    /// A copy of the world just before `event`, the cursor left where it is.
    pub fn before(&self, event: u64) -> Box<dyn Cluster> {
        let goal = event.min(self.last_event()).saturating_sub(1);
        let near = self.keys.partition_point(|(index, _)| *index as u64 <= goal).max(1) - 1;
        let (key, cluster) = &self.keys[near];
        let on_the_way = (*key as u64..=goal).contains(&self.event());
        let mut world = if on_the_way { self.cursor.fork() } else { cluster.fork() };
        while world.last().index < goal && world.step() {}
        world
    }

    /// Moves the cursor back to the start.
    pub fn rewind(&mut self) {
        self.seek(0, |_| {});
    }

    /// The world at the cursor, going its own way: with `input` done to it now.
    pub fn fork(&self, input: Input) -> Box<dyn Cluster> {
        let mut fork = self.cursor.fork();
        fork.inject(input);
        fork
    }
}
