//! Counting quorums: pure arithmetic, used by every protocol.

/// The size of the smallest majority of `n`: two of them always share a member.
pub fn majority(n: u32) -> u32 {
    n / 2 + 1
}

/// Half of `n`, rounded up: *not* a quorum system for even `n`. For protocols that are wrong on
/// purpose.
pub fn at_least_half(n: u32) -> u32 {
    n.div_ceil(2)
}
