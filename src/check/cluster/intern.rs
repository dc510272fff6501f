//! Values by number: every value that occurs is kept once.

use std::hash::Hash;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::check::explore::fingerprint;

/// A table of values. Equal values have one number; numbers count up from 0.
///
/// Each has a key too: numbers are of one table, keys the same in all.
#[derive(Clone, Debug)]
pub(super) struct Interner<T> {
    numbers: FxHashMap<Arc<T>, u32>,
    values: Vec<Arc<T>>,
    keys: Vec<u128>,
}

impl<T> Default for Interner<T> {
    fn default() -> Self {
        Interner { numbers: FxHashMap::default(), values: Vec::new(), keys: Vec::new() }
    }
}

impl<T: Eq + Hash> Interner<T> {
    /// The number of a value.
    pub(super) fn number(&mut self, value: T) -> u32 {
        self.number_by(value, fingerprint)
    }

    /// The number of a value whose key is made by `key`, for it is made of numbers itself.
    pub(super) fn number_by(&mut self, value: T, key: impl FnOnce(&T) -> u128) -> u32 {
        if let Some(number) = self.numbers.get(&value) {
            return *number;
        }
        self.keys.push(key(&value));
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

    /// The key of the value of that number.
    pub(super) fn key(&self, number: u32) -> u128 {
        self.keys[number as usize]
    }

    /// The keys of all values, in the order of their numbers.
    pub(super) fn keys(&self) -> &[u128] {
        &self.keys
    }

    /// How many values there are.
    pub(super) fn len(&self) -> usize {
        self.values.len()
    }
}
