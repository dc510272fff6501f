//! What hashing strategies share: hash functions, and the ring.

use std::sync::Arc;

use super::{PoolView, ServerId};

/// Spreads the bits of a key: the finalizer of SplitMix64 \[steele14\].
pub(super) fn scramble(key: u64) -> u64 {
    let mut z = key.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// CRC-32 of a key written in decimal digits, as nginx hashes a text.
pub(super) fn crc_of_key(key: u64) -> u32 {
    crc32fast::hash(key.to_string().as_bytes())
}

/// The name of a server, as scenarios write it.
pub(super) fn name(id: ServerId) -> String {
    format!("s{}", id.0 + 1)
}

/// The integer hash by which HAProxy spreads points and keys over its ring
/// [haproxy §`src/hash.c`].
pub(super) fn full_avalanche(a: u32) -> u32 {
    let a = a.wrapping_add(0x7ed5_5d16).wrapping_add(a << 12);
    let a = (a ^ 0xc761_c23c) ^ (a >> 19);
    let a = a.wrapping_add(0x1656_67b1).wrapping_add(a << 5);
    let a = a.wrapping_add(0xd3a2_646c) ^ (a << 9);
    let a = a.wrapping_add(0xfd70_46c5).wrapping_add(a << 3);
    (a ^ 0xb55a_4f09) ^ (a >> 16)
}

/// The sdbm hash, HAProxy's default for keys.
pub(super) fn sdbm(text: &[u8]) -> u32 {
    text.iter().fold(0, |hash: u32, &byte| {
        u32::from(byte).wrapping_add(hash << 6).wrapping_add(hash << 16).wrapping_sub(hash)
    })
}

/// Points of servers on a circle of 32 bits, in order. Copies share it.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Ring(Arc<[(u32, ServerId)]>);

impl Default for Ring {
    fn default() -> Self {
        Ring(Arc::new([]))
    }
}

impl Ring {
    /// A ring of these points. Of equal points the first in list order stays.
    pub fn new(mut points: Vec<(u32, ServerId)>) -> Ring {
        crate::order::sort(&mut points);
        points.dedup_by_key(|(point, _)| *point);
        Ring(points.into())
    }

    /// nginx's ring: 160 points for each unit of weight, each the CRC-32 of the server's name and
    /// the point before [nginx §`ngx_http_upstream_hash_module.c`].
    pub fn nginx(pool: &PoolView) -> Ring {
        let mut points = Vec::new();
        for id in pool.ids() {
            let mut base = crc32fast::Hasher::new();
            base.update(name(id).as_bytes());
            base.update(&[0]);
            let mut previous = 0_u32;
            for _ in 0..160 * pool.weight(id) {
                let mut hasher = base.clone();
                hasher.update(&previous.to_le_bytes());
                previous = hasher.finalize();
                points.push((previous, id));
            }
        }
        Ring::new(points)
    }

    /// HAProxy's ring: 16 points for each unit of weight, from the server's number
    /// [haproxy §`src/lb_chash.c`].
    pub fn haproxy(pool: &PoolView) -> Ring {
        const RANGE: u32 = 4096;
        let mut points = Vec::new();
        for id in pool.ids() {
            let first = (id.0 + 1).wrapping_mul(RANGE);
            let own = (0..16 * pool.weight(id)).map(|at| full_avalanche(first.wrapping_add(at)));
            points.extend(own.map(|point| (point, id)));
        }
        Ring::new(points)
    }

    /// The position of the first point at or after `hash`, going round at the end.
    pub fn at_or_after(&self, hash: u32) -> usize {
        let at = self.0.partition_point(|(point, _)| *point < hash);
        if at == self.0.len() { 0 } else { at }
    }

    /// The position of the point nearest to `hash`, the later one if both are as near.
    pub fn nearest(&self, hash: u32) -> usize {
        let next = self.at_or_after(hash);
        let Some(&(after, _)) = self.0.get(next) else { return next };
        let before = if next == 0 { self.0.len() - 1 } else { next - 1 };
        let (ahead, behind) = (after.wrapping_sub(hash), hash.wrapping_sub(self.0[before].0));
        if behind < ahead { before } else { next }
    }

    /// The servers of the points from `at` on, once round.
    pub fn walk(&self, at: usize) -> impl Iterator<Item = ServerId> + '_ {
        let (before, from) = self.0.split_at(at.min(self.0.len()));
        from.iter().chain(before).map(|(_, id)| *id)
    }
}
