//! What tests show in small, shown again at length: published figures with many more samples than
//! a test takes, and the scopes of all wrong variants, searched.

use crate::shell::{self, Outcome, Problem};

/// By how much, if the words behind the verb do not say.
const USUAL: u64 = 10;

/// Computes the page of the references in release mode and prints all of its tables, also if some
/// rows differ: then it fails, with these rows at the end. Then searches every scope that the
/// table of the wrong variants states, unless only one of the two is asked for.
pub(crate) fn run(words: &[String]) -> Outcome<()> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[..] {
        [] => {
            figures(USUAL)?;
            mutants()
        }
        ["--only", "mutants"] => mutants(),
        ["--only", "figures"] => figures(USUAL),
        ["--samples", times] => {
            let count = times.parse().ok().filter(|times| *times > 0);
            figures(
                count.ok_or_else(|| Problem::new(format!("`{times}` is no number of samples")))?,
            )
        }
        _ => {
            Err(Problem::new("use `cargo xtask verify [--only figures|mutants] [--samples TIMES]`"))
        }
    }
}

fn figures(times: u64) -> Outcome<()> {
    println!("{times} times as many samples as the tests take");
    let mut cargo = shell::cargo(&["test", "--locked", "--release", "--test", "it"]);
    cargo.args(["references::page::the_page", "--", "--nocapture"]);
    shell::run(cargo.env("SAMPLES", times.to_string()))
}

/// Minutes, and up to two gigabytes: some scopes have millions of states.
fn mutants() -> Outcome<()> {
    println!("the scopes of all wrong variants");
    let mut cargo = shell::cargo(&["test", "--locked", "--release", "--test", "it"]);
    cargo.args(["mutants::scopes", "--", "--nocapture"]);
    shell::run(cargo.env("SCOPES", "all"))
}
