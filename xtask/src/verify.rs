//! Published figures, computed again with many more samples than a test takes.

use crate::shell::{self, Outcome, Problem};

/// By how much, if the words behind the verb do not say.
const USUAL: u64 = 10;

/// Computes the page of the references in release mode and prints all of its tables, also if some
/// rows differ: then it fails, with these rows at the end.
pub(crate) fn run(words: &[String]) -> Outcome<()> {
    let times =
        match words {
            [] => USUAL,
            [option, times] if option == "--samples" => times
                .parse()
                .ok()
                .filter(|times| *times > 0)
                .ok_or_else(|| Problem::new(format!("`{times}` is no number of samples")))?,
            _ => return Err(Problem::new("use `cargo xtask verify [--samples TIMES]`")),
        };
    println!("{times} times as many samples as the tests take");
    let mut cargo = shell::cargo(&["test", "--locked", "--release", "--test", "it"]);
    cargo.args(["references::page::the_page", "--", "--nocapture"]);
    shell::run(cargo.env("SAMPLES", times.to_string()))
}
