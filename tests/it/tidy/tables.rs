//! Tables and folders agree.

use super::Finding;
use super::source::Source;
use std::collections::BTreeMap;

/// Folders whose children are entries, and what makes a child one.
const SHELVES: [(&str, &str); 3] = [
    ("src/protocol/naive", "impl Node for"),
    ("src/protocol", "impl Node for"),
    ("src/balance", "impl Strategy for"),
];

const LIST_IT: &str = "Add it to the table in `mod.rs` of its folder, or of the folder above";

/// The shelf a file stands on and the name of the entry it belongs to.
fn place(source: &Source) -> Option<(&'static str, &'static str, &str)> {
    let (shelf, mark) = SHELVES.into_iter().find(|(shelf, _)| {
        source.path.strip_prefix(shelf).is_some_and(|rest| rest.starts_with('/'))
    })?;
    let name = source.path[shelf.len() + 1..].split('/').next()?;
    let name = name.strip_suffix(".rs").unwrap_or(name);
    (!matches!(name, "mod" | "naive")).then_some((shelf, mark, name))
}

/// Entries that no table shows.
pub(super) fn unlisted(sources: &[Source]) -> Vec<Finding> {
    let code: BTreeMap<&str, &str> =
        sources.iter().map(|source| (source.path.as_str(), source.code.as_str())).collect();
    let table = |folder: &str| code.get(format!("{folder}/mod.rs").as_str()).copied().unwrap_or("");
    let mut found = Vec::new();
    for source in sources {
        let Some((shelf, mark, name)) = place(source) else { continue };
        if !source.code_before_tests().contains(mark) {
            continue;
        }
        let own = table(shelf);
        let above = shelf.rsplit_once('/').map_or("", |(parent, _)| table(parent));
        if !own.contains(&format!("mod {name};")) {
            found.push(Finding::new(source, 0, format!("`{name}` is no module"), LIST_IT));
        }
        let shown = format!("{name}::");
        if !own.contains(&shown) && !above.contains(&shown) {
            found.push(Finding::new(source, 0, format!("no table shows `{name}`"), LIST_IT));
        }
    }
    found
}

/// Entries whose id is not their name.
pub(super) fn wrong_ids(source: &Source) -> Vec<Finding> {
    let Some((_, _, name)) = place(source) else { return Vec::new() };
    let Some(at) = about_id(source) else { return Vec::new() };
    let id = source.text[at..].split('"').next().unwrap_or_default();
    if id.replace('-', "_") == name {
        return Vec::new();
    }
    let rule = format!("the id `{id}` is not the file's name `{name}`");
    let way_out = "Name the file like the entry, with `_` for `-`";
    vec![Finding::new(source, Source::line_at(&source.text, at), rule, way_out)]
}

/// Where the text of the id begins in `About { id: "..." }`.
fn about_id(source: &Source) -> Option<usize> {
    let about = ["= About {", "= StrategyAbout {"];
    let start = about.iter().find_map(|word| source.code.find(word))?;
    // Strings are blanked in the code at the same character, so the text is searched by lines.
    let line = Source::line_at(&source.code, start);
    let skipped: usize = source.text.split_inclusive('\n').take(line - 1).map(str::len).sum();
    let key = "id: \"";
    Some(skipped + source.text[skipped..].find(key)? + key.len())
}

/// Entries that no scenario of the gallery shows.
pub(super) fn without_scenario(ids: &[&str], scenarios: &[Source]) -> Vec<Finding> {
    ids.iter()
        .filter(|id| {
            let folder = format!("www/scenarios/{id}/");
            !scenarios.iter().any(|scenario| scenario.path.starts_with(&folder))
        })
        .map(|id| Finding {
            path: format!("www/scenarios/{id}"),
            line: 0,
            rule: format!("the entry `{id}` has no scenario"),
            way_out: "Add a short one, with an `expect` line: it is its lesson and its test",
        })
        .collect()
}

/// Strategies that no scenario of the gallery names.
pub(super) fn strategies_without_scenario(ids: &[&str], scenarios: &[Source]) -> Vec<Finding> {
    let heads: Vec<&str> = scenarios
        .iter()
        .filter(|scenario| scenario.path.starts_with("www/scenarios/"))
        .flat_map(|scenario| scenario.text.lines())
        .filter(|line| {
            // A long `compare` goes on below, indented.
            ["balance ", "compare ", "        "].iter().any(|start| line.starts_with(start))
        })
        .collect();
    ids.iter()
        .filter(|id| !heads.iter().any(|head| head.split_whitespace().any(|word| word == **id)))
        .map(|id| Finding {
            path: "www/scenarios".to_owned(),
            line: 0,
            rule: format!("no scenario shows the strategy `{id}`"),
            way_out: "Add one with `balance` or `compare` and an `expect` line",
        })
        .collect()
}

/// Files of the integration tests that `main.rs` does not run, or does not introduce.
pub(super) fn unlisted_tests(sources: &[Source]) -> Vec<Finding> {
    let way_out = "Add `pub mod name;` to tests/it/main.rs below one line of comment";
    let main = sources.iter().find(|source| source.path == "tests/it/main.rs");
    let lines: Vec<&str> = main.map_or("", |main| main.text.as_str()).lines().collect();
    let mut found = Vec::new();
    for source in sources {
        let top = source.path.strip_prefix("tests/it/").is_some_and(|rest| !rest.contains('/'));
        if !top || source.stem() == "main" {
            continue;
        }
        let wanted = format!("pub mod {};", source.stem());
        let Some(at) = lines.iter().position(|line| *line == wanted) else {
            found.push(Finding::new(source, 0, "no test runs this file", way_out));
            continue;
        };
        let before = lines[..at].iter().rev().find(|line| !line.starts_with("#["));
        if before.is_none_or(|line| !line.starts_with("//")) {
            found.push(Finding::new(source, 0, "the list of tests does not introduce it", way_out));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(files: &[(&str, &str)]) -> Vec<Source> {
        files.iter().map(|(path, text)| Source::new(path, text)).collect()
    }

    #[test]
    fn an_entry_outside_the_table_is_seen() {
        let table = ("src/protocol/mod.rs", "pub mod a;\npub mod raft;\nv.node::<a::A>();");
        let a = ("src/protocol/a.rs", "impl Node for A {}");
        let helper = ("src/protocol/helper.rs", "fn f() {}");
        assert_eq!(unlisted(&files(&[table, a, helper])), []);
        let found =
            unlisted(&files(&[table, a, ("src/protocol/raft/mod.rs", "impl Node for R {}")]));
        assert_eq!(found.len(), 1, "a module, but not shown: {found:?}");
        let found = unlisted(&files(&[table, ("src/protocol/naive/b.rs", "impl Node for B {}")]));
        assert_eq!(found.len(), 2, "neither: {found:?}");
        let found = unlisted(&files(&[("src/balance/p2c.rs", "impl Strategy for P2c {}")]));
        assert_eq!(found.len(), 2);
    }

    #[test]
    fn an_id_unlike_its_file_is_seen() {
        let about = "// 中文\nconst ABOUT: About = About {\n    id: \"two-phase\",\n};";
        assert_eq!(wrong_ids(&Source::new("src/protocol/two_phase.rs", about)), []);
        assert_eq!(wrong_ids(&Source::new("src/protocol/two_phase/about.rs", about)), []);
        let found = wrong_ids(&Source::new("src/protocol/raft.rs", about));
        assert_eq!((found.len(), found[0].line), (1, 3));
    }

    #[test]
    fn an_entry_without_scenario_is_seen() {
        let shelf = files(&[("www/scenarios/raft/a.quorate", "")]);
        assert_eq!(without_scenario(&["raft"], &shelf), []);
        assert_eq!(without_scenario(&["raft", "zab"], &shelf).len(), 1);
    }

    #[test]
    fn a_strategy_without_scenario_is_seen() {
        let text = "balance p2c servers=6\ncompare random p2c\n";
        let shelf = files(&[("www/scenarios/p2c/a.quorate", text)]);
        assert_eq!(strategies_without_scenario(&["p2c", "random"], &shelf), []);
        assert_eq!(strategies_without_scenario(&["p2c", "maglev"], &shelf).len(), 1);
    }

    #[test]
    fn a_test_file_that_nobody_runs_is_seen() {
        let main = ("tests/it/main.rs", "// Why.\n#[cfg(unix)]\npub mod a;\n\npub mod b;\n");
        assert_eq!(unlisted_tests(&files(&[main, ("tests/it/a.rs", "")])), []);
        assert_eq!(unlisted_tests(&files(&[main, ("tests/it/a/deep.rs", "")])), []);
        let bad = [main, ("tests/it/b.rs", ""), ("tests/it/c.rs", "")];
        assert_eq!(unlisted_tests(&files(&bad)).len(), 2);
    }
}
