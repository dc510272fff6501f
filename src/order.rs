//! Sorting, made once.
//!
//! The sorts of the standard library are compiled anew for every type and every key, about seven
//! kilobytes each. Here one list of places is sorted, whatever stands at them.

use std::cmp::Ordering;

/// Sorts `items` by `compare`; equal ones keep their order.
pub fn sort_by<T>(items: &mut [T], compare: impl Fn(&T, &T) -> Ordering) {
    let mut places: Vec<u32> = (0..items.len() as u32).collect();
    sort_places(&mut places, &|a, b| compare(&items[a as usize], &items[b as usize]));
    // Every item is swapped to its place, following each circle of moves to its end.
    for first in 0..places.len() {
        let mut to = first;
        loop {
            let from = places[to] as usize;
            places[to] = to as u32;
            if from == first {
                break;
            }
            items.swap(to, from);
            to = from;
        }
    }
}

/// Sorts `items` by a key; equal ones keep their order.
pub fn sort_by_key<T, K: Ord>(items: &mut [T], key: impl Fn(&T) -> K) {
    sort_by(items, |a, b| key(a).cmp(&key(b)));
}

/// Sorts `items`.
pub fn sort<T: Ord>(items: &mut [T]) {
    sort_by(items, T::cmp);
}

/// The only sort there is.
fn sort_places(places: &mut [u32], compare: &dyn Fn(u32, u32) -> Ordering) {
    places.sort_by(|a, b| compare(*a, *b));
}

#[cfg(test)]
mod tests {
    use super::{sort, sort_by_key};
    use wasm_bindgen_test::wasm_bindgen_test;

    #[wasm_bindgen_test(unsupported = test)]
    fn it_sorts_as_the_standard_library_does() {
        let mut state = 7_u64;
        for length in 0..60 {
            let mut own: Vec<(u64, usize)> = (0..length)
                .map(|place| {
                    state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                    (state >> 60, place)
                })
                .collect();
            let mut theirs = own.clone();
            sort_by_key(&mut own, |item| item.0);
            theirs.sort_by_key(|item| item.0);
            assert_eq!(own, theirs, "stable, {length} long");
            own.reverse();
            sort(&mut own);
            theirs.sort_unstable();
            assert_eq!(own, theirs, "{length} long");
        }
    }
}
