//! The Rust side of the tools: the wasm target, trunk, wasm-bindgen, clippy and rustfmt.

use crate::shell::{self, Outcome, Problem};
use std::fs;
use std::path::Path;

/// The target of everything that runs in a browser.
pub(crate) const WASM: &str = "wasm32-unknown-unknown";

/// The version of trunk that is installed when there is none of this series.
const TRUNK: &str = "0.21.14";

/// The version of mdBook that is installed when there is none of this series.
const MDBOOK: &str = "0.5.4";

/// Installs what building the page needs.
pub(crate) fn prepare_build() -> Outcome<()> {
    prepare_target()?;
    let series = TRUNK.rsplit_once('.').map_or(TRUNK, |(series, _)| series);
    let found = shell::version("trunk").filter(|version| version.starts_with(series));
    ensure("trunk", TRUNK, found, &[])?;

    let wanted = locked_version("wasm-bindgen")?;
    let runner = shell::find("wasm-bindgen-test-runner").is_some();
    let found = shell::version("wasm-bindgen").filter(|version| runner && *version == wanted);
    ensure("wasm-bindgen-cli", &wanted, found, &[])?;

    // Only the two installations above write there; the next one starts afresh.
    let _ = fs::remove_dir_all(".tools/target");
    Ok(())
}

/// Installs mdBook. That takes about three minutes of one processor, too long for every run of the
/// tests.
pub(crate) fn prepare_book() -> Outcome<()> {
    let series = MDBOOK.rsplit_once('.').map_or(MDBOOK, |(series, _)| series);
    let found = shell::version("mdbook").filter(|version| version.starts_with(series));
    // Without its server and its search, which no test looks at.
    ensure("mdbook", MDBOOK, found, &["--no-default-features"])?;
    let _ = fs::remove_dir_all(".tools/target");
    Ok(())
}

/// Installs what judging the source needs.
pub(crate) fn prepare_lint() -> Outcome<()> {
    for (component, verb) in [("rustfmt", "fmt"), ("clippy", "clippy")] {
        if shell::cargo(&[verb, "--version"]).output().is_ok_and(|out| out.status.success()) {
            continue;
        }
        shell::run(&mut shell::command("rustup", &["component", "add", component]))?;
    }
    Ok(())
}

/// Prints how a shell finds the tools for plain `trunk serve`.
pub(crate) fn print_path_line() {
    println!("\nEverything is installed. For plain `trunk serve` and `trunk build --release`:");
    if cfg!(windows) {
        println!("  $env:PATH = \"$PWD\\.tools\\bin;$env:PATH\"");
    } else {
        println!("  export PATH=\"$PWD/.tools/bin:$PATH\"");
    }
}

/// Adds the standard library for wasm to the toolchain.
pub(crate) fn prepare_target() -> Outcome<()> {
    let folder = shell::read("rustc", &["--print", "target-libdir", "--target", WASM]);
    if folder.is_some_and(|folder| Path::new(&folder).is_dir()) {
        return Ok(());
    }
    println!("the Rust target {WASM} is missing, adding it");
    shell::run(&mut shell::command("rustup", &["target", "add", WASM])).map_err(|problem| {
        Problem::new(format!(
            "{problem}; without rustup, install your system's package of the Rust standard library \
             for {WASM}"
        ))
    })
}

/// Installs `package` into `.tools` unless `found` says that it is there. `extra` are words for a
/// build from source.
fn ensure(package: &str, version: &str, found: Option<String>, extra: &[&str]) -> Outcome<()> {
    if let Some(found) = found {
        println!("{package} {found} is there");
        return Ok(());
    }
    println!("installing {package} {version} into .tools");
    let spec = format!("{package}@{version}");
    if shell::find("cargo-binstall").is_some() {
        let words =
            ["binstall", "--no-confirm", "--disable-strategies", "compile", "--root", ".tools"];
        let mut command = shell::cargo(&words);
        if shell::run(command.arg(&spec)).is_ok() {
            return Ok(());
        }
        println!("no prebuilt {package}, building it");
    }
    // A quick build of a tool that runs for seconds beats a slow build of a fast one.
    let words = ["install", "--locked", "--root", ".tools", "--target-dir", ".tools/target"];
    let mut command = shell::cargo(&words);
    command
        .args(extra)
        .arg(&spec)
        .env("CARGO_PROFILE_RELEASE_LTO", "off")
        .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1")
        .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16");
    shell::run(&mut command)
}

/// The version of a package in `Cargo.lock`.
fn locked_version(package: &str) -> Outcome<String> {
    let lock = fs::read_to_string("Cargo.lock")?;
    version_in(&lock, package)
        .ok_or_else(|| Problem::new(format!("Cargo.lock names no package {package}")))
}

/// The version of a package in the text of a lock file.
fn version_in(lock: &str, package: &str) -> Option<String> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != name);
    let line = lines.nth(1)?;
    Some(line.strip_prefix("version = \"")?.strip_suffix('"')?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::version_in;

    #[test]
    fn finds_the_version_beside_the_exact_name() {
        let lock = "[[package]]\nname = \"wasm-bindgen-futures\"\nversion = \"0.4.79\"\n\n\
                    [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.129\"\n";
        assert_eq!(version_in(lock, "wasm-bindgen").as_deref(), Some("0.2.129"));
        assert_eq!(version_in(lock, "wasm"), None);
    }
}
