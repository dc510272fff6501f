//! `quorate shrink FILE`: the same verdict from less.

use std::path::PathBuf;

use quorate::script::render::Language;
use quorate::script::shrink::{Unshrunk, shrink};

use super::{Outcome, explain, read};

/// Make a failing scenario small: strike out what is not needed for the same verdict.
#[derive(clap::Args)]
pub(crate) struct Shrink {
    /// The scenario; `-` reads standard input.
    file: PathBuf,
}

/// Prints the scenario made small; what was struck out stands above it, as comments.
pub(crate) fn run(asked: &Shrink, language: Language) -> Outcome {
    let text = read(&asked.file)?;
    match shrink(&text) {
        Ok(shrunk) => Ok((shrunk.annotated(), true)),
        Err(Unshrunk::Wrong(problems)) => Err(explain(&problems, &asked.file, &text, language)),
        Err(Unshrunk::Unbroken) => {
            let file = asked.file.display();
            Err(match language {
                Language::En => format!("error: {file}: nothing that it expects is violated\n"),
                Language::Zh => format!("错误：{file}：没有任何期望被违反\n"),
            })
        }
    }
}
