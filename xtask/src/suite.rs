//! Everything that must pass, in the order that finds mistakes soonest.

use crate::browser::{self, Browser};
use crate::npm;
use crate::shell::{self, Outcome, Problem, Stopwatch};
use crate::site::{self, files_with};
use crate::size;
use crate::tools::{self, WASM};
use std::path::Path;
use std::process::Command;

/// A part of the tests: the name it is asked for by, and what it does.
type Part = (&'static str, fn() -> Outcome<()>);

/// The parts that can be asked for alone, in the order of the whole.
const PARTS: [Part; 5] =
    [("lint", lint), ("native", native), ("web", web), ("build", build), ("e2e", end_to_end)];

/// Runs all parts, or the one asked for.
pub(crate) fn run(words: &[String]) -> Outcome<()> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let only = match words[..] {
        [] => None,
        ["--only", part] if PARTS.iter().any(|(name, _)| *name == part) => Some(part),
        _ => {
            let names: Vec<&str> = PARTS.iter().map(|(name, _)| *name).collect();
            let text = format!("test knows `--only` with one of {}", names.join(", "));
            return Err(Problem::new(text));
        }
    };
    let whole = Stopwatch::start();
    let mut times = Vec::new();
    // Journeys alone would judge whatever page was built last.
    let wanted = |name: &str| match only {
        None => true,
        Some("e2e") => matches!(name, "build" | "e2e"),
        Some(part) => part == name,
    };
    for (name, part) in PARTS.iter().filter(|(name, _)| wanted(name)) {
        println!("\n== {name}");
        let watch = Stopwatch::start();
        part()?;
        times.push(format!("{name} {:.0} s", watch.seconds()));
    }
    println!("\nxtask: all passed in {:.0} s ({})", whole.seconds(), times.join(", "));
    Ok(())
}

/// Format, lints for both targets, documentation, and the house rules.
fn lint() -> Outcome<()> {
    tools::prepare_lint()?;
    tools::prepare_target()?;
    shell::run(&mut shell::cargo(&["fmt", "--all", "--check"]))?;
    let native = ["clippy", "--locked", "--workspace", "--all-targets", "--", "-D", "warnings"];
    shell::run(&mut shell::cargo(&native))?;
    let mut web = vec!["clippy", "--locked", "--target", WASM, "--no-default-features"];
    web.extend(["--features", "ui,js,api", "--all-targets", "--", "-D", "warnings"]);
    shell::run(&mut shell::cargo(&web))?;
    let mut docs = shell::cargo(&["doc", "--locked", "--no-deps", "--lib"]);
    shell::run(docs.env("RUSTDOCFLAGS", "-D warnings"))?;
    shell::run(&mut shell::cargo(&["test", "--locked", "--test", "it", "tidy::"]))
}

/// Unit tests, integration tests and documentation tests on this machine.
fn native() -> Outcome<()> {
    // One package after the other: together they would share the features of their dependencies,
    // and everything would be compiled once more. The rivals of the benchmark have no tests.
    shell::run(&mut shell::cargo(&["test", "--locked"]))?;
    shell::run(&mut shell::cargo(&["test", "--locked", "--package", "xtask"]))
}

/// The tests of the logic again, and those of the components, in a browser.
fn web() -> Outcome<()> {
    tools::prepare_build()?;
    let browser = browser::prepare()?;
    let bare = ["test", "--locked", "--target", WASM, "--no-default-features"];
    for rest in [&["--test", "it"][..], &["--test", "web"], &["--bin", "app", "--features", "ui"]] {
        let words: Vec<&str> = bare.iter().chain(rest).copied().collect();
        shell::run(in_browser(&mut shell::cargo(&words), &browser))?;
    }
    Ok(())
}

/// Tells wasm-bindgen's runner which browser to use and how long to wait on a slow machine.
fn in_browser<'c>(command: &'c mut Command, browser: &Browser) -> &'c mut Command {
    command
        .env("CHROMEDRIVER", &browser.driver)
        .env("WASM_BINDGEN_USE_BROWSER", "1")
        .env("WASM_BINDGEN_TEST_TIMEOUT", "1200")
        .env("WASM_BINDGEN_TEST_DRIVER_TIMEOUT", "60")
        // The published page has no special headers, so tests must not have them either.
        .env("WASM_BINDGEN_TEST_NO_ORIGIN_ISOLATION", "1")
}

/// The page as it is published, and its size.
fn build() -> Outcome<()> {
    site::build()?;
    size::gate()
}

/// The journeys of a visitor on the built page, and of a program with the built package.
fn end_to_end() -> Outcome<()> {
    npm::build()?;
    let browser = browser::prepare()?;
    let journeys: Vec<_> = files_with(Path::new("tests/e2e"), "mjs")?
        .into_iter()
        .filter(|file| file.to_string_lossy().ends_with(".test.mjs"))
        .collect();
    let mut command = shell::command("node", &["--test", "--test-reporter=spec"]);
    shell::run(command.args(journeys).env("QUORATE_BROWSER", &browser.program))
}
