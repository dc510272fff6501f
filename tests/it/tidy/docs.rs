//! Documents: citations, links, titles.

use super::Finding;
use super::source::{Source, ends_in};
use std::collections::BTreeSet;
use std::path::Path;

const PAPERS: &str = "docs/papers.md";

/// Citations that no paper resolves, and papers that nobody cites.
pub(super) fn loose_citations(sources: &[Source]) -> Vec<Finding> {
    let (papers, rest): (Vec<&Source>, Vec<&Source>) =
        sources.iter().partition(|source| source.path == PAPERS);
    let listed: Vec<(&Source, usize, &str)> = papers.iter().flat_map(|p| paper_keys(p)).collect();
    let known: BTreeSet<&str> = listed.iter().map(|(_, _, key)| *key).collect();
    let mut cited = BTreeSet::new();
    let mut found = Vec::new();
    for source in rest {
        for (line, key) in citations(source) {
            if !known.contains(key.as_str()) {
                let rule = format!("`{key}` is not in {PAPERS}");
                found.push(Finding::new(source, line, rule, "Add a row for it, or mend the key"));
            }
            cited.insert(key);
        }
    }
    let lonely = listed.iter().filter(|(_, _, key)| !cited.contains(*key));
    found.extend(lonely.map(|(papers, line, key)| {
        let way_out = "Cite it where it is used, or remove the row";
        Finding::new(papers, *line, format!("nobody cites `{key}`"), way_out)
    }));
    found
}

/// The keys in the first column of the table of papers.
fn paper_keys(papers: &Source) -> Vec<(&Source, usize, &str)> {
    let key = |line: &'_ str| -> Option<usize> { line.strip_prefix("| `")?.find('`') };
    papers
        .text
        .lines()
        .enumerate()
        .filter_map(|(index, line)| Some((papers, index + 1, &line[3..3 + key(line)?])))
        .collect()
}

/// Every citation: `[key §place]` anywhere, `[key]` in comments, and keys in what an entry says of
/// itself.
fn citations(source: &Source) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (index, line) in source.text.lines().enumerate() {
        let is_comment = line.trim_start().starts_with("//");
        for (at, _) in line.match_indices('[') {
            let rest = &line[at + 1..];
            let Some(end) = rest.find(']') else { continue };
            let (key, placed) =
                rest[..end].split_once(" §").map_or((&rest[..end], false), |(key, _)| (key, true));
            // A work cited as a whole: bare brackets would be a link to rustdoc.
            let key = key.trim_end_matches('\\');
            let is_link = rest[end + 1..].starts_with(['(', ':']);
            let alone = is_comment && has_year(key) && !is_link;
            if is_key(key) && key != "key" && (placed || alone) {
                found.push((index + 1, key.to_owned()));
            }
        }
        if matches!(source.room(), Some("protocol" | "balance")) {
            for (at, word) in line.match_indices("key: \"") {
                let key = line[at + word.len()..].split('"').next().unwrap_or_default();
                found.push((index + 1, key.to_owned()));
            }
        }
    }
    found
}

fn is_key(text: &str) -> bool {
    let letters = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    text.starts_with(|c: char| c.is_ascii_lowercase()) && text.chars().all(letters)
}

/// Whether a key ends in a year of two digits and perhaps a suffix in letters, like `lamport01`.
fn has_year(key: &str) -> bool {
    let name = key.trim_start_matches(|c: char| c.is_ascii_lowercase());
    let suffix = name.trim_start_matches(|c: char| c.is_ascii_digit());
    let letters = suffix.chars().all(|c| c.is_ascii_lowercase());
    is_key(key) && name.len() - suffix.len() == 2 && letters
}

/// The lines of a document outside its code blocks, with code spans blanked out.
fn prose(source: &Source) -> Vec<(usize, String)> {
    let mut inside = false;
    let mut lines = Vec::new();
    for (index, line) in source.text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            inside = !inside;
        } else if !inside {
            let parts = line.split('`').enumerate();
            let spans = parts.map(|(i, part)| if i % 2 == 0 { part } else { " " });
            lines.push((index + 1, spans.collect()));
        }
    }
    lines
}

/// Links between documents that lead nowhere.
pub(super) fn dead_links(documents: &[Source]) -> Vec<Finding> {
    let mut found = Vec::new();
    for document in documents {
        for (line, text) in prose(document) {
            for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
                if let Some(rule) = broken(document, target, documents) {
                    found.push(Finding::new(document, line, rule, "Mend the path or the heading"));
                }
            }
        }
    }
    found
}

/// What is wrong with a link.
fn broken(document: &Source, target: &str, documents: &[Source]) -> Option<String> {
    if target.contains("://") || target.starts_with("mailto:") {
        return None;
    }
    let (path, anchor) = target.split_once('#').unwrap_or((target, ""));
    let path = if path.is_empty() { document.path.clone() } else { beside(&document.path, path) };
    let exists = documents.iter().any(|other| other.path == path)
        || Path::new(env!("CARGO_MANIFEST_DIR")).join(&path).exists();
    if !exists {
        return Some(format!("there is no `{path}`"));
    }
    let other = documents.iter().find(|other| other.path == path)?;
    let has = |anchor: &str| headings(other).iter().any(|(_, _, text)| slug(text) == anchor);
    (!anchor.is_empty() && !has(anchor)).then(|| format!("`{path}` has no heading `#{anchor}`"))
}

/// The path of a relative link, from the root of the repository.
fn beside(document: &str, link: &str) -> String {
    let mut parts: Vec<&str> = document.split('/').collect();
    parts.pop();
    for part in link.split('/') {
        match part {
            ".." => drop(parts.pop()),
            "." | "" => {}
            name => parts.push(name),
        }
    }
    parts.join("/")
}

/// The headings of a document: line, level, text.
fn headings(document: &Source) -> Vec<(usize, usize, String)> {
    let raw: Vec<&str> = document.text.lines().collect();
    prose(document)
        .into_iter()
        .filter_map(|(line, _)| {
            let text = raw[line - 1];
            let level = text.chars().take_while(|c| *c == '#').count();
            let title = text[level..].strip_prefix(' ')?;
            (level > 0).then(|| (line, level, title.to_owned()))
        })
        .collect()
}

/// A heading as hosts of repositories write it into links.
fn slug(heading: &str) -> String {
    let kept = |c: &char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_');
    heading.to_lowercase().chars().filter(kept).map(|c| if c == ' ' { '-' } else { c }).collect()
}

/// A document with no title, or with two.
pub(super) fn titles(document: &Source) -> Vec<Finding> {
    let titles: Vec<usize> =
        headings(document).iter().filter(|(_, level, _)| *level == 1).map(|(at, ..)| *at).collect();
    match titles[..] {
        [1] => Vec::new(),
        [] => vec![Finding::new(document, 1, "no title", "Begin with one line `# Title`")],
        _ => {
            let line = titles.into_iter().find(|line| *line != 1).unwrap_or(1);
            let way_out = "A document has one title, on its first line; use `##` for its parts";
            vec![Finding::new(document, line, "a title in the wrong place", way_out)]
        }
    }
}

/// Decisions whose numbers leave a gap or meet.
pub(super) fn decision_numbers(documents: &[Source]) -> Vec<Finding> {
    let is_decision = |source: &&Source| source.path.starts_with("docs/decisions/");
    let decisions = documents.iter().filter(is_decision).filter(|d| ends_in(&d.path, &["md"]));
    let mut found = Vec::new();
    for (index, decision) in decisions.enumerate() {
        let expected = format!("{:04}-", index + 1);
        if !decision.stem().starts_with(&expected) {
            let rule = format!("expected number {expected}");
            found.push(Finding::new(decision, 0, rule, "Rename it to the next free number"));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "# Papers\n\n| key | source |\n|---|---|\n| `doe99` | Doe. |\n";

    #[test]
    fn citations_are_held_against_the_table() {
        let papers = Source::new(PAPERS, TABLE);
        let cite = |text: &str| Source::new("src/protocol/a.rs", text);
        let good = cite(&format!("/// See [doe99 {}2].\nlet a = b[x];", '§'));
        assert_eq!(loose_citations(&[papers.clone(), good]), []);
        for bad in [format!("//! [roe98 {}1] \\[doe99\\]", '§'), "// [roe98] [doe99]".to_owned()] {
            let found = loose_citations(&[papers.clone(), cite(&bad)]);
            assert_eq!(found.len(), 1, "{bad}: {found:?}");
        }
        let quiet = cite("Cite { key: \"roe98\" }");
        assert_eq!(loose_citations(&[papers, quiet]).len(), 2, "unknown, and doe99 is lonely");
    }

    #[test]
    fn links_are_followed() {
        let other = Source::new("docs/b.md", "# B\n\n## The `third` thing, again\n");
        let links = |text: &str| {
            let document = Source::new("docs/a.md", text);
            dead_links(&[document, other.clone()]).len()
        };
        let good =
            "[b](b.md) [c](../docs/b.md#the-third-thing-again) [d](https://x.y) `[e](no.md)`";
        assert_eq!(links(good), 0);
        assert_eq!(links("```\n[e](no.md)\n```\n"), 0);
        assert_eq!(links("[e](no.md) [f](b.md#no) [g](#no)"), 3);
    }

    #[test]
    fn titles_are_counted_outside_code() {
        let count = |text: &str| titles(&Source::new("docs/a.md", text)).len();
        assert_eq!(count("# A\n\n```\n# not a title\n```\n"), 0);
        assert_eq!((count("text\n"), count("# A\n\n# B\n"), count("\n# A\n")), (1, 1, 1));
    }

    #[test]
    fn a_gap_between_decisions_is_seen() {
        let decisions = |names: &[&str]| {
            let path = |name: &&str| Source::new(&format!("docs/decisions/{name}.md"), "");
            decision_numbers(&names.iter().map(path).collect::<Vec<_>>()).len()
        };
        assert_eq!(decisions(&["0001-a", "0002-b"]), 0);
        assert_eq!((decisions(&["0001-a", "0003-b"]), decisions(&["0001-a", "0001-b"])), (1, 1));
    }
}
