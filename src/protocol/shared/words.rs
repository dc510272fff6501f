//! Commands as words: how an entry of a log is named in facts and on screen.

use crate::kernel::{Op, Word};

/// The operation as a value that facts and the screen can carry. Different operations have
/// different words, up to the digest that ends a word too long to be whole.
pub fn word(op: Op) -> Word {
    match op {
        Op::Put(key, value) => shortened(&format!("{key}={value}")),
        Op::Propose(value) => value,
        Op::Work { key, .. } => Word::number(key),
        other => shortened(&other.to_string()),
    }
}

/// The text itself if it fits a word; else its start, `~`, and seven hexadecimal digits of its
/// digest.
pub fn shortened(text: &str) -> Word {
    const KEPT: usize = 7;
    if let Some(word) = Word::new(text) {
        return word;
    }
    let start = (0..=KEPT).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
    Word::new(&format!("{}~{:07x}", &text[..start], fnv(text) >> 36)).unwrap_or_default()
}

/// FNV-1a with 64 bits [fowler11].
fn fnv(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |digest, byte| {
        (digest ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
