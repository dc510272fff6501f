//! Values by number: every value that occurs is kept once.

use std::hash::Hash;
use std::sync::Arc;

use rustc_hash::FxHashMap;

/// A table of values. Equal values have one number; numbers count up from 0.
#[derive(Clone, Debug)]
pub(super) struct Interner<T> {
    numbers: FxHashMap<Arc<T>, u32>,
    values: Vec<Arc<T>>,
}

impl<T> Default for Interner<T> {
    fn default() -> Self {
        Interner { numbers: FxHashMap::default(), values: Vec::new() }
    }
}

impl<T: Eq + Hash> Interner<T> {
    /// The number of a value.
    pub(super) fn number(&mut self, value: T) -> u32 {
        if let Some(number) = self.numbers.get(&value) {
            return *number;
        }
        let (number, value) = (self.values.len() as u32, Arc::new(value));
        self.numbers.insert(Arc::clone(&value), number);
        self.values.push(value);
        number
    }

    /// The number of a value, if it has occurred.
    pub(super) fn find(&self, value: &T) -> Option<u32> {
        self.numbers.get(value).copied()
    }

    /// The value of that number, which has to be one of this table.
    pub(super) fn get(&self, number: u32) -> &Arc<T> {
        &self.values[number as usize]
    }

    /// How many values there are.
    pub(super) fn len(&self) -> usize {
        self.values.len()
    }
}
