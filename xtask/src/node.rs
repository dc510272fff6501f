//! Node.js and the packages from npm. The page needs none of them: `binaryen` makes it smaller,
//! `playwright-core` and `axe-core` test it.

use crate::host::{self, Want};
use crate::shell::{self, Outcome, Problem};
use std::fs;

/// The oldest major version of Node.js that the packages accept.
const OLDEST: u32 = 18;

/// What npm writes when it has installed everything; compared with the lock file for freshness.
const INSTALLED: &str = "node_modules/.quorate-lock.json";

/// Installs Node.js and the packages of `package-lock.json`.
pub(crate) fn prepare() -> Outcome<()> {
    prepare_node()?;
    let lock = fs::read("package-lock.json")?;
    if fs::read(INSTALLED).is_ok_and(|installed| installed == lock) {
        println!("npm packages are there");
        return Ok(());
    }
    println!("installing the npm packages");
    shell::run(&mut shell::command("npm", &["ci", "--ignore-scripts"]))?;
    fs::write(INSTALLED, lock)?;
    Ok(())
}

/// Installs Node.js and npm if there is none that is new enough.
fn prepare_node() -> Outcome<()> {
    if shell::find("node").is_none() {
        host::install(&[Want::Node, Want::Npm], "Node.js with npm").map_err(explain)?;
    } else if shell::find("npm").is_none() {
        host::install(&[Want::Npm], "npm").map_err(explain)?;
    }
    let version = shell::version("node").unwrap_or_default();
    if major(&version) >= Some(OLDEST) {
        println!("Node.js {version} is there");
        return Ok(());
    }
    Err(explain(Problem::new(format!("Node.js `{version}` is too old"))))
}

/// Adds the way out by hand.
#[expect(clippy::needless_pass_by_value, reason = "it is handed to map_err")]
fn explain(problem: Problem) -> Problem {
    Problem::new(format!(
        "{problem}\nInstall Node.js {OLDEST} or newer with npm (nodejs.org), then start again."
    ))
}

/// The first number of a version.
fn major(version: &str) -> Option<u32> {
    version.split('.').next()?.parse().ok()
}
