//! Every example of the language reference is read, and every whole scenario in it is run.

use quorate::script::{self, help, print, run};

const BOOK: &str = include_str!("../../../docs/scenario.md");

/// Fenced blocks with this mark, with the line they begin on.
fn blocks(mark: &str) -> Vec<(usize, String)> {
    let mut blocks = Vec::new();
    let mut open: Option<(usize, String)> = None;
    for (index, line) in BOOK.lines().enumerate() {
        match &mut open {
            Some(_) if line.trim_end() == "```" => blocks.extend(open.take()),
            Some((_, text)) => {
                text.push_str(line);
                text.push('\n');
            }
            None if line.trim_end() == format!("```{mark}") => {
                open = Some((index + 2, String::new()));
            }
            None => {}
        }
    }
    blocks
}

#[test]
fn every_whole_scenario_runs_and_holds() {
    let blocks = blocks("quorate");
    assert!(blocks.len() >= 3, "the book has examples");
    for (line, text) in blocks {
        let plan = script::plan(&text)
            .unwrap_or_else(|problems| panic!("docs/scenario.md:{line}: {problems:#?}"));
        let report = run::run(&plan);
        assert!(report.holds(), "docs/scenario.md:{line}: {:#?}", report.checks);
        let script = script::parse(&text);
        assert_eq!(print::script(&script), text, "docs/scenario.md:{line} is not canonical");
    }
}

/// Heads under which single lines of the book are tried.
const HEADS: [&str; 4] = [
    "",
    "cluster raft nodes=5\n",
    "cluster raft nodes=5 drive=hand\n",
    "balance servers=6 balancers=2\n",
];

#[test]
fn every_single_line_is_understood_in_some_scenario() {
    let blocks = blocks("quorate-lines");
    assert!(blocks.len() >= 10, "the book has examples of lines");
    for (start, text) in blocks {
        for (index, line) in text.lines().enumerate() {
            let tries = HEADS.map(|head| script::plan(&format!("{head}{line}\nrun 3600s\n")));
            let understood = tries.iter().any(Result::is_ok)
                || script::plan(&format!("cluster raft nodes=5\n{line}\n")).is_ok();
            assert!(
                understood,
                "docs/scenario.md:{}: {line}: {tries:?}",
                start + index,
                tries = tries[1].as_ref().err()
            );
        }
    }
}

/// `REWRITE=1` writes it again.
#[test]
fn the_table_of_commands_is_that_of_completion() {
    let (head, rest) = BOOK.split_once("<!-- commands -->\n").expect("a place for it");
    let (table, tail) = rest.split_once("<!-- end of commands -->").expect("its end");
    let wanted = format!("\n{}\n", help::markdown());
    if std::env::var_os("REWRITE").is_some() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/scenario.md");
        let text = format!("{head}<!-- commands -->\n{wanted}<!-- end of commands -->{tail}");
        std::fs::write(path, text).expect("the book can be written");
    } else {
        assert_eq!(table, wanted, "docs/scenario.md is old; REWRITE=1 writes the table again");
    }
}
