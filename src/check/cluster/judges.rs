//! The judges of a search: monitors, as parts of the state.

use rustc_hash::FxHashMap;

use crate::check::essence::{Judged, Words, judge};
use crate::check::explore::fingerprint_all;
use crate::kernel::{Fact, NodeId, Property, SimTime};
use crate::sim::{DiskMode, Happening, Input, Occurrence, OpNote, Target};

use super::intern::Interner;

/// What was done from outside, as far as judges care.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub(super) enum Struck {
    #[default]
    Nobody,
    Crashed(NodeId),
    Restarted(NodeId),
    /// The disks of so many nodes no longer sync.
    Unsynced(u32),
}

/// What judges are told of one event.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(super) struct Record {
    pub(super) struck: Struck,
    pub(super) facts: Vec<(NodeId, Fact)>,
    pub(super) ops: Vec<OpNote>,
}

impl Record {
    fn occurrence(&self, index: u64) -> Occurrence {
        let done = |input, struck| Happening::Input { index: 0, input, struck };
        Occurrence {
            index,
            // Later events are later; how much does not matter.
            at: SimTime(index),
            what: match self.struck {
                Struck::Nobody => Happening::Started,
                Struck::Crashed(node) => done(Input::Crash(Target::Node(node)), vec![node]),
                Struck::Restarted(node) => done(Input::Restart(Target::Node(node)), vec![node]),
                Struck::Unsynced(nodes) => {
                    let all = (0..nodes).map(NodeId).collect();
                    done(Input::Disk(Target::All, DiskMode::Unsynced), all)
                }
            },
            facts: self.facts.clone(),
            ops: self.ops.clone(),
            ..Occurrence::default()
        }
    }
}

/// One of the monitors that are equal in essence.
struct Standing {
    /// `None` once its property is violated.
    judge: Option<Box<dyn Judged>>,
    /// How many events it has seen.
    events: u64,
}

/// Where in the bench everything stands, and what becomes of it.
pub(super) struct Bench {
    properties: Vec<Property>,
    /// Essences, of all judges alike: they begin with the place of the judge.
    essences: Interner<Box<[u64]>>,
    /// One monitor of each essence.
    standings: Vec<Standing>,
    benches: Interner<Box<[u32]>>,
    /// For each bench the judges whose property is violated.
    violated: Vec<u32>,
    records: Interner<Record>,
    known: FxHashMap<(u32, u32), u32>,
}

/// The record of an event of which judges learn nothing.
pub(super) const NOTHING: u32 = 0;

impl Bench {
    /// Judges of these properties, and of these only that can be judged in a search: see
    /// [`is_judged`].
    pub(super) fn new(properties: &[Property], era: &'static str) -> Bench {
        let mut bench = Bench {
            properties: Vec::new(),
            essences: Interner::default(),
            standings: Vec::new(),
            benches: Interner::default(),
            violated: Vec::new(),
            records: Interner::default(),
            known: FxHashMap::default(),
        };
        bench.records.number(Record::default());
        let mut places = Vec::new();
        for property in properties {
            if let Some(judge) = judge(*property, era) {
                let standing = Standing { judge: Some(judge), events: 0 };
                places.push(bench.place(bench.properties.len(), standing));
                bench.properties.push(*property);
            }
        }
        bench.bench(places);
        bench
    }

    /// What a bench is known by in every search.
    pub(super) fn key(&self, bench: u32) -> u128 {
        self.benches.key(bench)
    }

    /// Before anything has happened.
    pub(super) const FIRST: u32 = 0;

    /// What is judged, in order.
    pub(super) fn properties(&self) -> &[Property] {
        &self.properties
    }

    fn place(&mut self, seat: usize, standing: Standing) -> u32 {
        let mut words = Words::default();
        words.0.push(seat as u64);
        if let Some(judge) = &standing.judge {
            words.0.push(0);
            judge.essence(&mut words);
        }
        let number = self.essences.number(words.0.into());
        if number as usize == self.standings.len() {
            self.standings.push(standing);
        }
        number
    }

    fn bench(&mut self, places: Vec<u32>) -> u32 {
        let essences = &self.essences;
        let number = self.benches.number_by(places.into(), |places| {
            fingerprint_all(places.iter().map(|place| essences.key(*place)))
        });
        if number as usize == self.violated.len() {
            let places = self.benches.get(number).iter().enumerate();
            let broken = places.filter(|(_, it)| self.standings[**it as usize].judge.is_none());
            self.violated.push(broken.fold(0, |mask, (seat, _)| mask | 1 << seat));
        }
        number
    }

    /// The number of a record.
    pub(super) fn record(&mut self, record: Record) -> u32 {
        self.records.number(record)
    }

    /// The number of a record, if there has been one like it.
    pub(super) fn find(&self, record: &Record) -> Option<u32> {
        self.records.find(record)
    }

    /// The record of that number.
    pub(super) fn told(&self, record: u32) -> &Record {
        self.records.get(record)
    }

    /// The bench after an event, if it is known.
    pub(super) fn after(&self, bench: u32, record: u32) -> Option<u32> {
        if record == NOTHING {
            return Some(bench);
        }
        self.known.get(&(bench, record)).copied()
    }

    /// The bench after an event: lets the judges watch it.
    pub(super) fn watch(&mut self, bench: u32, record: u32) -> u32 {
        if let Some(after) = self.after(bench, record) {
            return after;
        }
        let places = self.benches.get(bench).clone();
        let told = self.records.get(record).clone();
        let mut after = Vec::with_capacity(places.len());
        for (seat, place) in places.iter().enumerate() {
            let Standing { judge, events } = &self.standings[*place as usize];
            let Some(judge) = judge else {
                after.push(*place);
                continue;
            };
            let (mut judge, events) = (judge.fork(), events + 1);
            judge.watch(&told.occurrence(events));
            let judge = (!judge.verdict().is_violated()).then_some(judge);
            after.push(self.place(seat, Standing { judge, events }));
        }
        let after = self.bench(after);
        self.known.insert((bench, record), after);
        after
    }

    /// Forgets what becomes of benches; they keep their numbers.
    pub(super) fn forget(&mut self) {
        self.known.clear();
    }

    /// True if the judges of two benches say the same.
    pub(super) fn agree(&self, one: u32, two: u32) -> bool {
        self.broken(one) == self.broken(two)
            && (0..self.properties.len()).all(|seat| self.holds(one, seat) == self.holds(two, seat))
    }

    /// The places of the properties that are violated, one bit each.
    pub(super) fn broken(&self, bench: u32) -> u64 {
        u64::from(self.violated[bench as usize])
    }

    /// True if the judge at that place is sure that its property holds.
    pub(super) fn holds(&self, bench: u32, seat: usize) -> bool {
        let place = self.benches.get(bench)[seat];
        let judge = &self.standings[place as usize].judge;
        judge.as_ref().is_some_and(|judge| judge.verdict().holds())
    }

    /// How many different benches and essences have a key.
    pub(super) fn keyed(&self) -> usize {
        self.benches.len() + self.essences.len()
    }

    /// How many different benches and essences there are so far.
    pub(super) fn len(&self) -> usize {
        self.benches.len() + self.essences.len() + self.known.len()
    }
}

/// True if a search can judge the property.
pub fn is_judged(property: Property) -> bool {
    judge(property, "").is_some()
}
