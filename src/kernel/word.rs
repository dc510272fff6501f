//! A short text that is `Copy`: keys and values of client operations.

use std::fmt;

/// Up to fifteen bytes of UTF-8 (five Chinese characters), stored in place.
///
/// Keys and values travel in every message and every log, so they must not allocate.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Word([u8; Word::BYTES]);

impl Word {
    /// The longest word in bytes.
    pub const BYTES: usize = 15;

    /// The word, or `None` if `text` is longer than [`Word::BYTES`] or holds a NUL.
    pub fn new(text: &str) -> Option<Word> {
        let bytes = text.as_bytes();
        if bytes.len() > Word::BYTES || bytes.contains(&0) {
            return None;
        }
        let mut word = [0; Word::BYTES];
        word[..bytes.len()].copy_from_slice(bytes);
        Some(Word(word))
    }

    /// The decimal digits of `number`; the last fifteen of them if there are more.
    pub fn number(number: u64) -> Word {
        let text = number.to_string();
        Word::new(&text[text.len().saturating_sub(Word::BYTES)..]).unwrap_or_default()
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        let end = self.0.iter().position(|&byte| byte == 0).unwrap_or(Word::BYTES);
        std::str::from_utf8(&self.0[..end]).unwrap_or_default()
    }
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}
