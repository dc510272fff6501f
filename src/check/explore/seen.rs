//! The table of states that were found: a fingerprint, and whence it was first reached.

/// No state: the parent of those a search begins with.
pub(super) const NONE: u32 = u32::MAX;
/// A slot that nobody took.
const FREE: u32 = u32::MAX;

/// States that may come in before anybody looks at the bytes again.
pub(super) const SOON: usize = 64;

/// What was found, in order of discovery. A state is its number; fingerprints and parents lie in
/// rows of their own, and `slots` finds the number of a fingerprint by linear probing.
pub(super) struct Seen<S> {
    prints: Vec<u128>,
    parents: Vec<u32>,
    /// Depths, for the orders that may find a shorter way later.
    depths: Option<Vec<u32>>,
    /// The states themselves, where equal fingerprints must not be believed.
    states: Option<Vec<S>>,
    slots: Vec<u32>,
}

/// Where a state is, or where it would go.
pub(super) enum Place {
    At(u32),
    Free(usize),
}

/// Grows a row by half, not by doubling: half of a large table would lie idle.
fn push<T>(row: &mut Vec<T>, value: T) {
    if row.len() == row.capacity() {
        row.reserve_exact((row.len() / 2).max(SOON));
    }
    row.push(value);
}

impl<S: Clone + Eq> Seen<S> {
    pub(super) fn new(with_depths: bool, exact: bool) -> Seen<S> {
        Seen {
            prints: Vec::new(),
            parents: Vec::new(),
            depths: with_depths.then(Vec::new),
            states: exact.then(Vec::new),
            slots: vec![FREE; 64],
        }
    }

    pub(super) fn clear(&mut self) {
        self.prints.clear();
        self.parents.clear();
        self.slots.fill(FREE);
        if let Some(depths) = &mut self.depths {
            depths.clear();
        }
        if let Some(states) = &mut self.states {
            states.clear();
        }
    }

    pub(super) fn len(&self) -> u32 {
        self.prints.len() as u32
    }

    pub(super) fn print(&self, id: u32) -> u128 {
        self.prints[id as usize]
    }

    pub(super) fn parent(&self, id: u32) -> u32 {
        self.parents[id as usize]
    }

    pub(super) fn depth(&self, id: u32) -> u32 {
        self.depths.as_ref().map_or(0, |depths| depths[id as usize])
    }

    /// Levels: one more than the greatest depth, where depths are kept.
    pub(super) fn levels(&self) -> u32 {
        let deepest = self.depths.as_ref().and_then(|depths| depths.iter().max());
        deepest.map_or(0, |deepest| deepest + 1)
    }

    /// A shorter way to a known state.
    pub(super) fn shorten(&mut self, id: u32, parent: u32, depth: u32) {
        self.parents[id as usize] = parent;
        if let Some(depths) = &mut self.depths {
            depths[id as usize] = depth;
        }
    }

    /// Looks for a state with this fingerprint; with this content too, if contents are kept.
    pub(super) fn find(&self, print: u128, state: Option<&S>) -> Place {
        let mask = self.slots.len() - 1;
        let mut slot = print as usize & mask;
        loop {
            let id = self.slots[slot];
            if id == FREE {
                return Place::Free(slot);
            }
            let same = self.prints[id as usize] == print
                && self.states.as_ref().is_none_or(|states| Some(&states[id as usize]) == state);
            if same {
                return Place::At(id);
            }
            slot = (slot + 1) & mask;
        }
    }

    /// For each fingerprint, who is in the first slot it may be in. With [`Seen::verify`], a look
    /// at the table that answers for most known states: nothing in it waits for anything else in
    /// it, so the memory is asked for all of them at once.
    pub(super) fn firsts(&self, prints: impl Iterator<Item = u128>, out: &mut Vec<u32>) {
        let mask = self.slots.len() - 1;
        out.extend(prints.map(|print| self.slots[print as usize & mask]));
    }

    /// Of those in `firsts`, leaves the ones that are right.
    pub(super) fn verify(&self, prints: impl Iterator<Item = u128>, firsts: &mut [u32]) {
        // Where contents are kept, contents decide.
        let trusted = self.states.is_none();
        for (first, print) in firsts.iter_mut().zip(prints) {
            let right = *first != FREE && self.prints[*first as usize] == print;
            *first = if right && trusted { *first } else { NONE };
        }
    }

    /// Enters a state at the free slot that [`Seen::find`] gave; its number.
    pub(super) fn enter(
        &mut self,
        slot: usize,
        print: u128,
        state: Option<&S>,
        parent: u32,
        depth: u32,
    ) -> u32 {
        let id = self.len();
        self.slots[slot] = id;
        push(&mut self.prints, print);
        push(&mut self.parents, parent);
        if let Some(depths) = &mut self.depths {
            push(depths, depth);
        }
        // Whole states are compared by those only who hold all of them.
        if let (Some(states), Some(state)) = (&mut self.states, state) {
            push(states, state.clone());
        }
        // At most four in five slots are taken, so that probes stay short.
        if self.prints.len() * 5 > self.slots.len() * 4 {
            self.widen();
        }
        id
    }

    fn widen(&mut self) {
        let wider = self.slots.len() * 2;
        let mask = wider - 1;
        self.slots = Vec::new();
        self.slots.resize(wider, FREE);
        for (id, print) in self.prints.iter().enumerate() {
            let mut slot = *print as usize & mask;
            while self.slots[slot] != FREE {
                slot = (slot + 1) & mask;
            }
            self.slots[slot] = id as u32;
        }
    }

    /// Bytes of all rows, taken or reserved.
    pub(super) fn bytes(&self) -> u64 {
        let slots = self.slots.len() * 4;
        (slots + self.prints.capacity() * self.row_bytes()) as u64
    }

    /// Bytes of all rows after the next [`SOON`] states.
    pub(super) fn bytes_soon(&self) -> u64 {
        let (len, capacity) = (self.prints.len() + SOON, self.prints.capacity());
        let rows = if len > capacity { capacity + (capacity / 2).max(SOON) } else { capacity };
        let slots = self.slots.len() * if len * 5 > self.slots.len() * 4 { 2 } else { 1 };
        (slots * 4 + rows * self.row_bytes()) as u64
    }

    /// Bytes of a state in all rows.
    fn row_bytes(&self) -> usize {
        let depths = if self.depths.is_some() { 4 } else { 0 };
        let states = if self.states.is_some() { size_of::<S>() } else { 0 };
        16 + 4 + depths + states
    }

    /// Fingerprints from the beginning to state `id`.
    pub(super) fn chain(&self, id: u32) -> Vec<u128> {
        let mut chain = Vec::new();
        let mut at = id;
        while at != NONE {
            chain.push(self.print(at));
            at = self.parent(at);
        }
        chain.reverse();
        chain
    }
}
