//! A campaign of random trials in release mode, cut into shards by its seeds.

use crate::shell::{self, Outcome};

/// Runs `quorate swarm` with the words that follow the verb; cargo talks on standard error, so that
/// standard output is the campaign's.
pub(crate) fn run(words: &[String]) -> Outcome<()> {
    let mut cargo = shell::cargo(&["run", "--locked", "--release", "--quiet", "--bin", "quorate"]);
    shell::run(cargo.args(["--", "swarm"]).args(words))
}
