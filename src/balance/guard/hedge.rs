//! Hedging: a request that waits for long is sent a second time, elsewhere, and the first answer
//! counts [dean13 §hedged requests].
//!
//! The delay is fixed, or a percentile of the answers of late. Percentiles come from a histogram
//! whose buckets are a sixteenth of a power of two wide, halved whenever it holds 4096 answers, and
//! are looked up again after every 64 answers. Nothing is hedged before the first 64.

use crate::kernel::{Knob, KnobKind, Knobs, Ratio, Span, Text};

/// The fixed delay.
pub(in crate::balance) const HEDGE_AFTER: Knob = Knob {
    name: "hedge-after",
    help: Text {
        en: "After how long without an answer a second copy goes to another server; 0s never.",
        zh: "请求多久没有答复后，向另一台服务器再发一份；0s 表示从不。",
    },
    kind: KnobKind::Length { default: Span::ZERO },
};

/// The percentile.
pub(in crate::balance) const HEDGE_AT: Knob = Knob {
    name: "hedge-at",
    help: Text {
        en: "A second copy goes out once a request has waited longer than this share of the \
             answers of late took; 0% never.",
        zh: "当请求的等待时间超过近期这一比例的答复时间时，再发一份；0% 表示从不。",
    },
    kind: KnobKind::Share { default: Ratio::ZERO },
};

/// Bits of a value that its bucket keeps behind the leading one.
const BITS: u32 = 4;
/// When counts are halved.
const MOST: u32 = 4096;
/// Answers between two looks at the percentile.
const EVERY: u32 = 64;

/// When second copies go out.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Hedge {
    share: Ratio,
    delay: Option<Span>,
    /// Counts by bucket, as far as needed.
    counts: Vec<u32>,
    total: u32,
    fresh: u32,
}

impl Hedge {
    /// As the knobs say; `None` if nothing is ever sent twice.
    pub(in crate::balance) fn new(knobs: &Knobs) -> Option<Hedge> {
        let (after, share) = (knobs.length(HEDGE_AFTER.name), knobs.share(HEDGE_AT.name));
        match (after, share) {
            (Span::ZERO, Ratio::ZERO) => None,
            (Span::ZERO, share) => Some(Hedge::at(share)),
            (after, _) => Some(Hedge { delay: Some(after), ..Hedge::at(Ratio::ZERO) }),
        }
    }

    /// At a percentile.
    pub fn at(share: Ratio) -> Hedge {
        Hedge { share, delay: None, counts: Vec::new(), total: 0, fresh: 0 }
    }

    /// After how long the second copy of a request goes out.
    pub fn delay(&self) -> Option<Span> {
        self.delay
    }

    /// A request was answered after so long.
    pub fn note(&mut self, latency: Span) {
        if self.share == Ratio::ZERO {
            return;
        }
        let place = bucket(latency.0) as usize;
        if place >= self.counts.len() {
            self.counts.resize(place + 1, 0);
        }
        self.counts[place] += 1;
        self.total += 1;
        self.fresh += 1;
        if self.fresh < EVERY {
            return;
        }
        self.fresh = 0;
        self.delay = Some(self.percentile());
        if self.total >= MOST {
            self.counts.iter_mut().for_each(|count| *count /= 2);
            self.total = self.counts.iter().sum();
        }
    }

    /// The value below which the share lies; inside a bucket, values count as evenly spread.
    fn percentile(&self) -> Span {
        let wanted = (u64::from(self.total) * u64::from(self.share.as_ppm())).div_ceil(1_000_000);
        let mut before = 0;
        for (place, count) in self.counts.iter().enumerate() {
            let count = u64::from(*count);
            if before + count >= wanted && count > 0 {
                let (low, high) = (lowest(place as u32), lowest(place as u32 + 1));
                let part = u128::from(high - low) * u128::from(wanted - before) / u128::from(count);
                return Span(low + part as u64);
            }
            before += count;
        }
        Span(u64::MAX)
    }
}

/// The bucket of a value: its leading one and the four bits behind it.
fn bucket(value: u64) -> u32 {
    if value < 1 << BITS {
        return value as u32;
    }
    let exponent = value.ilog2() - BITS;
    (exponent << BITS) + (value >> exponent) as u32
}

/// The smallest value of a bucket; the end of the numbers behind the last one.
fn lowest(bucket: u32) -> u64 {
    let exponent = (bucket >> BITS).saturating_sub(1);
    let top = u128::from(bucket - (exponent << BITS));
    u64::try_from(top << exponent).unwrap_or(u64::MAX)
}
