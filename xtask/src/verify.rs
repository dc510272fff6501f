//! What tests show in small, shown again at length: published figures with many more samples than
//! a test takes, and the scopes of all wrong variants, searched.

use crate::shell::{self, Outcome, Problem};

/// By how much, if the words behind the verb do not say.
const USUAL: u64 = 10;

const USE: &str =
    "use `cargo xtask verify [--only figures|mutants] [--samples TIMES] [--scopes most|all]`";

/// What is asked for.
struct Asked {
    figures: bool,
    mutants: bool,
    times: u64,
    /// Every scope, however large.
    all: bool,
}

impl Asked {
    fn read(words: &[String]) -> Outcome<Asked> {
        let mut asked = Asked { figures: true, mutants: true, times: USUAL, all: false };
        let mut words = words.iter().map(String::as_str);
        while let Some(word) = words.next() {
            match (word, words.next()) {
                ("--only", Some("figures")) => asked.mutants = false,
                ("--only", Some("mutants")) => asked.figures = false,
                ("--scopes", Some("most")) => asked.all = false,
                ("--scopes", Some("all")) => asked.all = true,
                ("--samples", Some(times)) => {
                    let count = times.parse().ok().filter(|times| *times > 0);
                    let wrong = || Problem::new(format!("`{times}` is no number of samples"));
                    asked.times = count.ok_or_else(wrong)?;
                    asked.mutants = false;
                }
                _ => return Err(Problem::new(USE)),
            }
        }
        if asked.figures || asked.mutants { Ok(asked) } else { Err(Problem::new(USE)) }
    }
}

/// Computes the page of the references with optimisation and prints all of its tables, also if some
/// rows differ: then it fails, with these rows at the end. Then searches the scopes that the table
/// of the wrong variants states, unless only one of the two is asked for.
pub(crate) fn run(words: &[String]) -> Outcome<()> {
    let asked = Asked::read(words)?;
    if asked.figures {
        figures(asked.times)?;
    }
    if asked.mutants {
        mutants(asked.all)?;
    }
    Ok(())
}

fn figures(times: u64) -> Outcome<()> {
    println!("{times} times as many samples as the tests take");
    let mut cargo = shell::cargo(&["test", "--locked", "--profile", "verify", "--test", "it"]);
    cargo.args(["references::page::the_page", "--", "--nocapture"]);
    shell::run(cargo.env("SAMPLES", times.to_string()))
}

/// Minutes: some scopes have millions of states. docs/mutants.md says how long it takes.
fn mutants(all: bool) -> Outcome<()> {
    println!("the scopes of {} wrong variants", if all { "all" } else { "most" });
    let mut cargo = shell::cargo(&["test", "--locked", "--profile", "verify", "--test", "it"]);
    cargo.args(["mutants::scopes", "--", "--nocapture"]);
    shell::run(cargo.env("SCOPES", if all { "all" } else { "most" }))
}
