//! States as 128 bits.

use std::hash::Hash;

use rustc_stable_hash::FromStableHash;
use rustc_stable_hash::hashers::{SipHasher128Hash, StableSipHasher128};

use crate::check::verdict::Because;

struct Print(u128);

impl FromStableHash for Print {
    type Hash = SipHasher128Hash;

    fn from(SipHasher128Hash([low, high]): SipHasher128Hash) -> Print {
        Print(u128::from(high) << 64 | u128::from(low))
    }
}

/// The fingerprint of a state: `SipHash` 1-3 with 128 bits \[aumasson12\] of what `Hash` feeds it.
///
/// Every integer is widened and read in one order of bytes, so that a fingerprint is the same on
/// every target. It is not shown and not kept in files.
pub fn fingerprint(state: &impl Hash) -> u128 {
    fingerprint_all([state])
}

/// The fingerprint of several values, one after the other.
pub(crate) fn fingerprint_all(values: impl IntoIterator<Item = impl Hash>) -> u128 {
    let mut hasher = StableSipHasher128::new();
    values.into_iter().for_each(|value| value.hash(&mut hasher));
    hasher.finish::<Print>().0
}

/// How likely it is, at most, that any two of `unique` states shared a fingerprint, so that one of
/// them was overlooked: n(n − 1)/2 pairs, each with a chance of 2⁻¹²⁸, which is below n²/2¹²⁹.
pub fn collision_chance(unique: u64) -> f64 {
    let n = unique as f64;
    // 2^-129, written by its bits: the exponent's bias is 1023.
    n * n * f64::from_bits((1023 - 129) << 52)
}

/// How sure it is that no two states were taken for one, in words without a full stop.
pub fn alike(chance: f64) -> Because {
    if chance > 0.0 {
        Because::new(
            format!("two states look alike with a chance below {chance:.1e}"),
            format!("两个状态被混同的概率低于 {chance:.1e}"),
        )
    } else {
        Because::new("states were compared whole", "逐一比较了完整状态")
    }
}
