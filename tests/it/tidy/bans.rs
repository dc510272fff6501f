//! What must not be written, where clippy cannot see it.

use super::Finding;
use super::source::Source;

/// Lines of `code` that contain one of `words`.
fn hits(
    source: &Source,
    code: &str,
    words: &[&str],
    rule: &str,
    out: &'static str,
) -> Vec<Finding> {
    let mut found = Vec::new();
    for (index, line) in code.lines().enumerate() {
        for word in words.iter().filter(|word| line.contains(*word)) {
            found.push(Finding::new(source, index + 1, format!("{rule}: `{word}`"), out));
        }
    }
    found
}

/// The page and deliberate panics, in the library.
pub(super) fn in_library(source: &Source) -> Vec<Finding> {
    let Some(room) = source.room().filter(|room| *room != "ui") else { return Vec::new() };
    let code = source.code_before_tests();
    let page = ["web_sys", "js_sys", "wasm_bindgen::", "yew::", "getrandom::"];
    let panics = ["panic!(", "unimplemented!(", "todo!(", ".unwrap()"];
    let mut found = hits(
        source,
        code,
        &page,
        &format!("`{room}` knows no page"),
        "The screen is in src/ui, the JavaScript API in src/bin/engine.rs; hand values down",
    );
    found.extend(hits(
        source,
        code,
        &panics,
        "the library answers with a value",
        "Return an error or a verdict; `expect(\"why it cannot be\")` is for what cannot be",
    ));
    found
}

/// `usize` and floats in what is hashed or serialised.
pub(super) fn machine_width(source: &Source) -> Vec<Finding> {
    if source.room().is_none_or(|room| room == "ui") {
        return Vec::new();
    }
    let mut found = Vec::new();
    for (at, _) in source.code.match_indices("#[derive(") {
        let rest = &source.code[at..];
        let Some(derives) = rest.find(")]").map(|end| &rest[..end]) else { continue };
        let kept = ["Hash", "Serialize", "Deserialize"];
        if !kept.iter().any(|name| words(derives).any(|word| word == *name)) {
            continue;
        }
        let item = item_text(rest);
        let first = Source::line_at(&source.code, at);
        for (index, line) in item.lines().enumerate() {
            if let Some(word) = words(line).find(|word| matches!(*word, "usize" | "isize")) {
                let rule = format!("`{word}` in hashed or serialised state");
                let way_out = "Its width differs between native and wasm: use u32 or u64";
                found.push(Finding::new(source, first + index, rule, way_out));
            }
        }
    }
    found
}

/// The words of a piece of code.
fn words(code: &str) -> impl Iterator<Item = &str> {
    code.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty())
}

/// From an attribute to the end of the item it stands on.
fn item_text(code: &str) -> &str {
    let mut depth = 0_u32;
    for (at, c) in code.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth <= 1 => return &code[..at],
            '}' => depth -= 1,
            ';' if depth == 0 => return &code[..at],
            _ => {}
        }
    }
    code
}

/// Catch-all arms in protocols.
pub(super) fn bare_wildcards(source: &Source) -> Vec<Finding> {
    if source.room() != Some("protocol") {
        return Vec::new();
    }
    hits(
        source,
        source.code_before_tests(),
        &["_ => {}", "_ => (),"],
        "a protocol names what it ignores",
        "Write one arm for each message or state that is ignored, with its reason",
    )
}

/// Tests that do not run, or pass by failing.
pub(super) fn disabled_tests(source: &Source) -> Vec<Finding> {
    let way_out = "Delete it or mend it; a slow one goes behind SLOW=1";
    hits(source, &source.code, &["#[ignore", "#[should_panic"], "a test runs and passes", way_out)
}

/// Anything the page would load from elsewhere.
pub(super) fn strangers(source: &Source) -> Vec<Finding> {
    let ours = source.path == "index.html" || source.path.starts_with("www/");
    if !ours {
        return Vec::new();
    }
    let loads = [
        "src=\"http",
        "src=\"//",
        "url(http",
        "url(\"http",
        "@import",
        "from \"http",
        "import(\"http",
        "fetch(\"http",
    ];
    let rule = "the page loads nothing from elsewhere";
    let way_out = "Put the file under www/ and name it relatively";
    let mut found = hits(source, &source.text, &loads, rule, way_out);
    for (index, line) in source.text.lines().enumerate() {
        if line.contains("<link") && line.contains("href=\"http") {
            found.push(Finding::new(source, index + 1, rule, way_out));
        }
    }
    found
}

/// Addresses of a registry in the lock file of npm.
pub(super) fn resolved_urls(source: &Source) -> Vec<Finding> {
    if source.path != "package-lock.json" {
        return Vec::new();
    }
    let way_out = "Run `npm install` in this folder: .npmrc leaves the addresses out";
    hits(source, &source.text, &["\"resolved\":"], "the lock file names no registry", way_out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn finds(rule: fn(&Source) -> Vec<Finding>, path: &str, text: &str, lines: &[usize]) {
        let found = rule(&Source::new(path, text));
        assert_eq!(found.iter().map(|f| f.line).collect::<Vec<_>>(), lines, "{text}: {found:?}");
    }

    #[test]
    fn the_page_and_panics_are_seen_in_the_library_only() {
        finds(in_library, "src/sim/a.rs", "fn f() {\n  web_sys::window();\n}", &[2]);
        finds(in_library, "src/sim/a.rs", "fn f() { panic!(\"x\") }", &[1]);
        finds(in_library, "src/sim/a.rs", "fn f() { a.unwrap_or(1) } // panic!(", &[]);
        finds(in_library, "src/sim/a.rs", "#[cfg(test)]\nmod t { fn f() { x.unwrap() } }", &[]);
        finds(in_library, "src/ui/a.rs", "fn f() { web_sys::window(); }", &[]);
    }

    #[test]
    fn a_width_that_differs_is_seen_in_what_is_hashed() {
        let state = "#[derive(Clone, Hash)]\npub struct A {\n  a: Vec<usize>,\n}\nstruct B(usize);";
        finds(machine_width, "src/sim/a.rs", state, &[3]);
        finds(machine_width, "src/sim/a.rs", "#[derive(Serialize)]\nstruct B(isize);", &[2]);
        finds(machine_width, "src/sim/a.rs", "#[derive(Clone)]\nstruct B(usize);", &[]);
    }

    #[test]
    fn a_bare_wildcard_is_seen_in_protocols_only() {
        finds(bare_wildcards, "src/protocol/a.rs", "match m {\n  _ => {}\n}", &[2]);
        finds(bare_wildcards, "src/sim/a.rs", "match m { _ => {} }", &[]);
    }

    #[test]
    fn a_disabled_test_is_seen() {
        finds(disabled_tests, "tests/it/a.rs", "#[test]\n#[ignore = \"slow\"]\nfn f() {}", &[2]);
    }

    #[test]
    fn a_stranger_is_seen() {
        finds(strangers, "index.html", "<script src=\"https://a.b/c.js\"></script>", &[1]);
        finds(strangers, "index.html", "<link rel=\"a\" href=\"https://a.b\">", &[1]);
        finds(strangers, "www/a.css", "a { background: url(https://a.b/c.png) }", &[1]);
        finds(strangers, "www/a.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\">", &[]);
    }

    #[test]
    fn an_address_in_the_lock_file_is_seen() {
        finds(resolved_urls, "package-lock.json", "{\n\"resolved\": \"https://a\" }", &[2]);
    }
}
