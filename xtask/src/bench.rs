//! Measurements: how fast worlds run, what a frame costs, how soon the page is there.

use crate::browser;
use crate::node;
use crate::shell::{self, Outcome};
use crate::site;
use crate::size;

/// Measures everything and prints it.
pub(crate) fn run() -> Outcome<()> {
    println!("\n== native");
    let native = shell::listen(&mut shell::cargo(&["bench", "--locked", "--bench", "throughput"]))?;
    println!("\n== beside stateright");
    shell::run(&mut shell::cargo(&["run", "--locked", "--release", "-p", "quorate-rivals"]))?;
    println!("\n== in the browser");
    site::build()?;
    node::prepare()?;
    let browser = browser::prepare()?;
    let mut page = shell::command("node", &["benches/page.mjs"]);
    // It prints its own figures beside these.
    page.env("QUORATE_NATIVE", native);
    shell::run(page.env("QUORATE_BROWSER", &browser.program))?;
    size::report()
}
