//! Tags, versions, and the copies a node keeps.

use std::fmt;

use rpds::RedBlackTreeMapSync;

use crate::kernel::{RequestId, Word};
use crate::protocol::shared::replica::Digest;

/// How new a version is: counters first, then the names of the requests that write
/// [lynch97 §3]. No two writes share one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Tag {
    /// One more than the largest its writer had found.
    pub counter: u64,
    /// Who wrote; nobody for what was there before the run.
    pub writer: Option<RequestId>,
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.writer {
            None => write!(f, "{}", self.counter),
            Some(writer) => write!(f, "{}.{}", self.counter, writer.client),
        }
    }
}

/// A value and how new it is. Ordered by tag, since a tag has one value.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Version {
    /// How new it is.
    pub tag: Tag,
    /// The value; none before the first write.
    pub value: Option<Word>,
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.value {
            None => f.write_str("-"),
            Some(value) => write!(f, "{value}@{}", self.tag),
        }
    }
}

/// One version for each key. Copies of it share what they have in common.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Copies(RedBlackTreeMapSync<Word, Version>);

impl Copies {
    /// The version of `key`; the oldest of all if nothing was stored.
    pub fn get(&self, key: Word) -> Version {
        self.0.get(&key).copied().unwrap_or_default()
    }

    /// Stores `version` if it is newer. False if it is not.
    pub fn replace(&mut self, key: Word, version: Version) -> bool {
        let newer = version.tag > self.get(key).tag;
        if newer {
            self.0.insert_mut(key, version);
        }
        newer
    }

    /// Digest of keys and values: how new they are is not content.
    pub fn digest(&self) -> u64 {
        let values = self.0.iter().filter_map(|(key, version)| Some((key, version.value?)));
        let digest = values.fold(Digest::default(), |digest, (key, value)| {
            digest.with(key.as_str()).with(value.as_str())
        });
        digest.value()
    }

    /// The first ones, printed, for a card.
    pub(super) fn show(&self) -> String {
        const SHOWN: usize = 6;
        let pairs = self.0.iter().take(SHOWN).map(|(key, version)| format!("{key}={version}"));
        let text = pairs.collect::<Vec<_>>().join(" ");
        if text.is_empty() { "-".to_owned() } else { text }
    }
}

/// A version as a `given` line has it: counter and value, `4:A`.
pub(super) fn parse(text: &str) -> Result<Version, String> {
    /// Counters beyond this could not be counted up any more.
    const HIGHEST: u64 = 1_000_000_000;
    let Some((counter, value)) = text.split_once(':') else {
        return Err(format!("`{text}`: write a counter and a value, for example `4:A`"));
    };
    let counter = counter.parse().ok().filter(|counter| (1..=HIGHEST).contains(counter));
    let counter = counter.ok_or_else(|| format!("`{text}` has no counter in 1..={HIGHEST}"))?;
    let word = Word::new(value).filter(|_| !value.is_empty());
    let word = word.ok_or_else(|| format!("`{value}` is not a value of 1 to 15 bytes"))?;
    Ok(Version { tag: Tag { counter, writer: None }, value: Some(word) })
}
