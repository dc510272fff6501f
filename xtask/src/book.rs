//! The sample book: figures as a documentation author has them, built with the real mdBook.

use crate::shell::{self, Outcome};
use crate::tools;
use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

/// The sources of the book.
const SOURCE: &str = "docs/book";
/// The built book. Not below `dist/`, which trunk replaces as a whole.
const BUILT: &str = "target/book";

/// Builds the book, with the playground in it if that has been built.
pub(crate) fn build() -> Outcome<()> {
    tools::prepare_book()?;
    shell::run(&mut shell::cargo(&["build", "--locked", "--bin", "quorate"]))?;
    let here = env::current_dir()?;
    let built = here.join(BUILT);
    if built.is_dir() {
        fs::remove_dir_all(&built)?;
    }
    // Its figures are tests.
    let own = env::var_os("CARGO_TARGET_DIR").map_or_else(|| here.join("target"), PathBuf::from);
    let own = own.join("debug");
    let mut chapters = Vec::new();
    collect(&Path::new(SOURCE).join("src"), &mut chapters)?;
    let quorate = own.join("quorate").display().to_string();
    shell::run(shell::command(&quorate, &["run"]).args(&chapters))?;
    let mut command = shell::command("mdbook", &["build", SOURCE, "--dest-dir"]);
    command.arg(&built).env("PATH", path_with(&own));
    shell::run(&mut command)?;
    if Path::new("dist/index.html").is_file() {
        copy(Path::new("dist"), &built.join("quorate"))?;
    } else {
        println!("no dist/: the figures stay still (`cargo xtask build`)");
    }
    println!("\nThe book is in {BUILT}/.");
    Ok(())
}

/// The search path with `folder` in front, where mdBook finds our preprocessor.
fn path_with(folder: &Path) -> OsString {
    let path = shell::search_path();
    let all = std::iter::once(folder.to_path_buf()).chain(env::split_paths(&path));
    env::join_paths(all).unwrap_or(path)
}

/// Every chapter below a folder, in order.
fn collect(folder: &Path, chapters: &mut Vec<PathBuf>) -> Outcome<()> {
    let entries: Result<Vec<_>, _> = fs::read_dir(folder)?.collect();
    let mut entries: Vec<PathBuf> = entries?.into_iter().map(|entry| entry.path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            collect(&path, chapters)?;
        } else if path.extension().is_some_and(|ending| ending == "md") {
            chapters.push(path);
        }
    }
    Ok(())
}

/// Copies a folder with everything below it.
fn copy(from: &Path, to: &Path) -> Outcome<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
