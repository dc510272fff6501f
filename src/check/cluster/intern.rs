//! Values by number: every value that occurs is kept once.

use std::hash::Hash;
use std::rc::Rc;

use rustc_hash::FxHashMap;

/// A table of values. Equal values have one number; numbers count up from 0.
#[derive(Clone, Debug)]
pub(super) struct Interner<T> {
    numbers: FxHashMap<Rc<T>, u32>,
    values: Vec<Rc<T>>,
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
        let (number, value) = (self.values.len() as u32, Rc::new(value));
        self.numbers.insert(Rc::clone(&value), number);
        self.values.push(value);
        number
    }

    /// The value of that number, which has to be one of this table.
    pub(super) fn get(&self, number: u32) -> &Rc<T> {
        &self.values[number as usize]
    }

    /// How many values there are.
    pub(super) fn len(&self) -> usize {
        self.values.len()
    }
}
