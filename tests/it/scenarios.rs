//! The gallery and the conversations, run as they stand.
//!
//! `www/scenarios` is what visitors see: every expectation there holds. `tests/scenarios` are
//! conversations; `REWRITE=1` writes what is really printed into them, `ONLY=name` narrows.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use quorate::script::{self, gallery, print, render, run};

/// Runs with fewer events than this are run twice and compared.
const REPEATED: u64 = 20_000;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn files(folder: &str, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("the folder is there").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|other| other == ending) {
                found.push(path);
            }
        }
    }
    found.sort();
    let only = std::env::var("ONLY").unwrap_or_default();
    found.retain(|path| path.to_string_lossy().contains(&only));
    found
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).expect("a scenario is text")
}

fn name(path: &Path) -> String {
    let folder = root().join("www/scenarios");
    let path = path.strip_prefix(folder).expect("inside").with_extension("");
    let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy().into_owned()).collect();
    parts.join("/")
}

#[test]
fn every_scenario_of_the_gallery_holds() {
    for path in files("www/scenarios", "quorate") {
        let text = read(&path);
        let plan = script::plan(&text).unwrap_or_else(|problems| {
            let shown = problems
                .iter()
                .map(|problem| render::problem(problem, &name(&path), &text, render::Language::En));
            panic!("{}", shown.collect::<String>())
        });
        let report = run::run(&plan);
        let shown = render::report(&report, render::Language::En);
        assert!(report.holds(), "{}:\n{shown}", name(&path));
        assert!(!report.checks.is_empty(), "{} expects nothing", name(&path));
        assert!(report.complete, "{} is stopped by its limit", name(&path));
        if report.events < REPEATED {
            assert_eq!(report, run::run(&plan), "{}: the same recipe, another run", name(&path));
        }
    }
}

#[test]
fn every_scenario_is_in_the_table_of_the_page_and_in_its_folder() {
    let listed: BTreeSet<String> =
        gallery::GALLERY.iter().map(|item| item.path.to_owned()).collect();
    assert_eq!(listed.len(), gallery::GALLERY.len(), "a path stands twice");
    let found: BTreeSet<String> =
        files("www/scenarios", "quorate").iter().map(|path| name(path)).collect();
    if std::env::var("ONLY").is_err() {
        assert_eq!(listed, found);
    }
    for item in gallery::GALLERY {
        let plan = script::plan(item.text).expect("it compiles");
        assert_eq!(plan.entry.about.id, item.entry(), "{}", item.path);
    }
}

#[test]
fn every_scenario_has_titles_in_both_languages() {
    for item in gallery::GALLERY {
        let titles = item.titles();
        for said in [&titles.title, &titles.sentence] {
            assert!(!said.en.is_empty() && said.en.is_ascii() || item.path.contains("world"));
            let chinese = said.zh.chars().any(|letter| ('\u{4e00}'..='\u{9fff}').contains(&letter));
            assert!(chinese, "{}: {}", item.path, said.zh);
        }
        assert!(titles.title.en.len() <= 40, "{}: a title is short", item.path);
    }
}

#[test]
fn every_scenario_is_in_canonical_form() {
    for path in files("www/scenarios", "quorate") {
        let text = read(&path);
        assert_eq!(print::script(&script::parse(&text)), text, "{}", name(&path));
    }
}

#[test]
fn every_conversation_goes_as_written() {
    let rewrite = std::env::var("REWRITE").is_ok_and(|value| value == "1");
    let paths = files("tests/scenarios", "txt");
    assert!(!paths.is_empty() || std::env::var("ONLY").is_ok());
    for path in paths {
        let text = read(&path);
        let real = script::converse(&text);
        if rewrite && real != text {
            fs::write(&path, &real).expect("the file can be written");
        } else if !rewrite {
            assert_eq!(real, text, "{} (REWRITE=1 rewrites it)", path.display());
        }
    }
}
