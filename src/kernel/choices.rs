//! A declared choice: the one way a handler or a rule may be undetermined.

/// Answers "a number below n". The simulator answers from a seeded stream; an explorer enumerates.
pub trait Choices {
    /// A number in `0..n`. `n` is at least 1; for 1 the answer is 0 and no draw need happen.
    fn below(&mut self, n: u64) -> u64;
}
