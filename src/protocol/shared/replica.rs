//! Digests of replicated content, for [`Fact::Replica`](crate::kernel::Fact::Replica).

/// A digest of texts in order: FNV-1a with 64 bits \[fowler11\], each text ended by a byte that no
/// UTF-8 has, so that the borders between them count.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Digest(u64);

impl Default for Digest {
    fn default() -> Self {
        Digest(0xcbf2_9ce4_8422_2325)
    }
}

impl Digest {
    /// The digest with one more text.
    #[must_use]
    pub fn with(self, text: &str) -> Digest {
        let bytes = text.bytes().chain([0xff]);
        Digest(
            bytes.fold(self.0, |digest, byte| {
                (digest ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
            }),
        )
    }

    /// The number.
    pub fn value(self) -> u64 {
        self.0
    }
}
