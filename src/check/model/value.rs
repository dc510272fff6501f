//! What the specifications of consensus share: a value for each ballot, and majorities.

/// Ballots, at most: a vote is a bit of a byte.
pub(super) const MOST_BALLOTS: u32 = 8;

/// One value for each ballot, or none: four bits each.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub(super) struct Values(u32);

impl Values {
    /// Values, at most.
    pub(super) const MOST: u32 = 8;

    pub(super) fn get(self, ballot: u32) -> Option<u32> {
        (self.0 >> (4 * ballot) & 15).checked_sub(1)
    }

    pub(super) fn set(&mut self, ballot: u32, value: u32) {
        self.0 = self.0 & !(15 << (4 * ballot)) | (value + 1) << (4 * ballot);
    }

    /// The value of a ballot by name.
    pub(super) fn name(self, ballot: u32) -> String {
        self.get(ballot).map_or_else(|| "-".to_owned(), |value| number('v', value))
    }

    /// The same with values numbered in the order of the ballots that have them.
    pub(super) fn renamed(self) -> Values {
        let (mut names, mut used) = ([0; 16], 0);
        let mut renamed = Values::default();
        for ballot in 0..MOST_BALLOTS {
            if let Some(value) = self.get(ballot) {
                let name = &mut names[value as usize];
                if *name == 0 {
                    used += 1;
                    *name = used;
                }
                renamed.set(ballot, *name - 1);
            }
        }
        renamed
    }
}

/// A name such as `a1`, from a number that counts from 0.
pub(super) fn number(letter: char, index: u32) -> String {
    format!("{letter}{}", index + 1)
}

/// Every smallest majority of `n`, at most 8, as bits.
pub(super) fn majorities(n: u32) -> Vec<u8> {
    let most = 1_u32 << n.min(8);
    (0..most).filter(|set| set.count_ones() == n / 2 + 1).map(|set| set as u8).collect()
}

/// Whether all that was chosen is one value.
pub(super) fn agreement(mut chosen: impl Iterator<Item = u32>) -> bool {
    let Some(first) = chosen.next() else { return true };
    chosen.all(|value| value == first)
}

/// Sorts the records of parties that nobody names: what two lists say of each, at most 8.
pub(super) fn sort_records<A, B>(one: &mut [A], other: &mut [B])
where
    A: Copy + Default + Ord,
    B: Copy + Default + Ord,
{
    let mut records = [(A::default(), B::default()); 8];
    let records = &mut records[..one.len()];
    for ((record, one), other) in records.iter_mut().zip(&*one).zip(&*other) {
        *record = (*one, *other);
    }
    records.sort_unstable();
    for ((record, one), other) in records.iter().zip(one).zip(other) {
        (*one, *other) = *record;
    }
}
