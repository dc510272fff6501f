//! A portable hasher: the same values give the same digest on every target.
//!
//! Each word is folded in with an odd multiplier and the finalizer of SplitMix64 \[steele14\].
//! Lengths and discriminants, which the standard library hashes at pointer width, are widened to
//! 64 bits.

use std::hash::{Hash, Hasher};

/// The finalizer of SplitMix64: every input bit reaches every output bit.
pub fn mix(mut z: u64) -> u64 {
    z = z.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A running digest. Beside it runs the number of bytes that what was folded in would take: every
/// integer at its own width, a variant as one byte, a length as four.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Digest(u64, u32);

impl Digest {
    /// A digest that starts from `seed`.
    pub fn seeded(seed: u64) -> Digest {
        Digest(mix(seed), 0)
    }

    /// Folds one value in.
    pub fn add(&mut self, value: &(impl Hash + ?Sized)) {
        value.hash(self);
    }

    /// The digest so far.
    pub fn value(self) -> u64 {
        mix(self.0)
    }

    /// Bytes folded in so far, counted round at 4 GiB.
    pub fn bytes(self) -> u32 {
        self.1
    }

    fn fold(&mut self, word: u64, bytes: u32) {
        self.1 = self.1.wrapping_add(bytes);
        let z = (self.0 ^ word).wrapping_mul(0xff51_afd7_ed55_8ccd);
        self.0 = (z ^ (z >> 32)).wrapping_add(0x9e37_79b9_7f4a_7c15);
    }
}

impl Hasher for Digest {
    fn finish(&self) -> u64 {
        self.value()
    }

    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.fold(u64::from_le_bytes(word), chunk.len() as u32);
        }
        self.fold(bytes.len() as u64, 0);
    }

    fn write_u8(&mut self, i: u8) {
        self.fold(u64::from(i), 1);
    }

    fn write_u16(&mut self, i: u16) {
        self.fold(u64::from(i), 2);
    }

    fn write_u32(&mut self, i: u32) {
        self.fold(u64::from(i), 4);
    }

    fn write_u64(&mut self, i: u64) {
        self.fold(i, 8);
    }

    fn write_u128(&mut self, i: u128) {
        self.fold(i as u64, 8);
        self.fold((i >> 64) as u64, 8);
    }

    fn write_usize(&mut self, i: usize) {
        self.fold(i as u64, 4);
    }

    fn write_i8(&mut self, i: i8) {
        self.fold(i as u64, 1);
    }

    fn write_i16(&mut self, i: i16) {
        self.fold(i as u64, 2);
    }

    fn write_i32(&mut self, i: i32) {
        self.fold(i as u64, 4);
    }

    fn write_i64(&mut self, i: i64) {
        self.fold(i as u64, 8);
    }

    fn write_isize(&mut self, i: isize) {
        self.fold(i as u64, 1);
    }
}
