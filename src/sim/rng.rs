//! Seeded streams, one per concern, so that a new draw in one never reshuffles another.

use rand_core::Rng as _;
use rand_pcg::Pcg32;

use crate::kernel::Choices;

/// A concern of the world with random streams of its own.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Concern {
    /// When requests arrive.
    Arrivals = 1,
    /// How long the work of a request takes.
    Sizes = 2,
    /// Which keys requests carry, and whether they read or write.
    Keys = 3,
    /// Choices that handlers declare (`Ctx::below`), per node: routing, back-off.
    Choices = 4,
    /// Delay, loss and duplication of messages, per sender.
    Network = 5,
    /// Lengths of timers, per node.
    Timers = 6,
    /// Faults whose victim or moment is drawn.
    Faults = 7,
    /// What clients decide.
    Clients = 8,
}

/// One seeded stream of numbers: PCG-XSH-RR 64/32, whose algorithm is fixed by its name, so a seed
/// means the same run on every machine and in every version.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stream(Pcg32);

impl Stream {
    /// The stream of `concern` for one `owner` (a node, a client; zero for the world) under `seed`.
    pub fn new(seed: u64, concern: Concern, owner: u32) -> Stream {
        let selector = (concern as u64) << 32 | u64::from(owner);
        // Neighbouring seeds must not give neighbouring states.
        Stream(Pcg32::new(super::digest::mix(seed ^ super::digest::mix(selector)), selector))
    }

    /// 32 even bits.
    pub fn bits32(&mut self) -> u32 {
        self.0.next_u32()
    }

    /// 64 even bits.
    pub fn bits64(&mut self) -> u64 {
        u64::from(self.0.next_u32()) << 32 | u64::from(self.0.next_u32())
    }

    /// A float in the open interval (0, 1) with 53 bits, for the samplers.
    pub fn unit(&mut self) -> f64 {
        ((self.bits64() >> 11) as f64 + 0.5) * (1.0 / 9_007_199_254_740_992.0)
    }
}

impl Choices for Stream {
    /// Lemire's multiply-and-reject: even for every `n` \[lemire19\].
    fn below(&mut self, n: u64) -> u64 {
        if n <= 1 {
            return 0;
        }
        if let Ok(n) = u32::try_from(n) {
            let threshold = n.wrapping_neg() % n;
            loop {
                let wide = u64::from(self.bits32()) * u64::from(n);
                if wide as u32 >= threshold {
                    return wide >> 32;
                }
            }
        }
        let threshold = n.wrapping_neg() % n;
        loop {
            let wide = u128::from(self.bits64()) * u128::from(n);
            if wide as u64 >= threshold {
                return (wide >> 64) as u64;
            }
        }
    }
}
