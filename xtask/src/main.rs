//! Everything one does with Quorate from a shell, in plain Rust: see [`HELP`].

mod bench;
mod book;
mod browser;
mod host;
mod listing;
mod node;
mod npm;
mod offline;
mod shell;
mod site;
mod size;
mod suite;
mod swarm;
mod tools;
mod verify;

use shell::{Outcome, Problem};

/// What `cargo xtask help` prints.
const HELP: &str = "\
cargo xtask <verb>

  serve [--port N] [--release]  build the playground and serve it on this machine; rebuilds on save
  build                         build the page for publishing into dist/
  test [--only PART]            everything that must pass; PART is lint, native, web, build or e2e
  npm                           put the npm package together in target/npm/
  book                          the sample book of docs/book, built with mdBook, into target/book/
  bench                         events per second, frame time, load time, sizes
  verify [--samples N]          published figures beside ours, from N times as many samples (10)
  verify --only mutants         the scopes of wrong variants, searched; without --only, both;
                                with --scopes all those of many millions of states as well
  swarm --entry E --seeds A..B  random trials in release mode, one JSON line for each seed
  setup                         install what is missing, without building anything
  size                          the sizes of dist/ against their limits
  help                          this text

Each verb first installs the tools it needs that are not there: Rust tools into .tools/, packages
for tests into node_modules/, a browser and Node.js through the package manager of the system.
What cannot be installed is named, with the command that installs it.
";

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let outcome = shell::enter_repository().and_then(|()| dispatch(&words));
    if let Err(problem) = outcome {
        eprintln!("\nxtask: {problem}");
        std::process::exit(1);
    }
}

/// Runs the verb in `words`.
fn dispatch(words: &[String]) -> Outcome<()> {
    let (verb, rest) = words.split_first().map_or(("help", &[][..]), |(v, r)| (v.as_str(), r));
    match verb {
        "help" | "--help" | "-h" => {
            print!("{HELP}");
            Ok(())
        }
        "setup" => {
            tools::prepare_build()?;
            node::prepare()?;
            tools::prepare_lint()?;
            browser::prepare()?;
            tools::print_path_line();
            Ok(())
        }
        "serve" => site::serve(rest),
        "build" => site::build().and_then(|()| size::report()),
        "finish" => site::finish(),
        "npm" => npm::build(),
        "bench" => bench::run(),
        "book" => book::build(),
        "size" => size::gate(),
        "swarm" => swarm::run(rest),
        "verify" => verify::run(rest),
        "test" => suite::run(rest),
        other => Err(Problem::new(format!("there is no verb `{other}`; see `cargo xtask help`"))),
    }
}
