//! Files of the repository, and Rust text without its comments and strings.

use std::fs;
use std::path::Path;

/// Folders that hold no source of ours.
const SKIPPED: [&str; 6] = [".git", ".tools", ".trunk", "dist", "node_modules", "target"];

/// One file.
#[derive(Clone, Debug)]
pub(super) struct Source {
    /// Path from the root of the repository, with `/` on every system.
    pub(super) path: String,
    /// All of it.
    pub(super) text: String,
    /// For Rust: the text with comments, strings and characters blanked out, line by line.
    pub(super) code: String,
}

impl Source {
    pub(super) fn new(path: &str, text: &str) -> Self {
        let is_rust = ends_in(path, &["rs"]);
        let code = if is_rust { code_only(text) } else { String::new() };
        Self { path: path.to_owned(), text: text.to_owned(), code }
    }

    /// The room of the library this file belongs to: `sim` for `src/sim/queue.rs` and `src/sim.rs`.
    pub(super) fn room(&self) -> Option<&str> {
        let rest = self.path.strip_prefix("src/")?;
        let name = rest.split('/').next()?;
        let name = name.strip_suffix(".rs").unwrap_or(name);
        (!matches!(name, "lib" | "main" | "bin")).then_some(name)
    }

    /// The name without folder and ending.
    pub(super) fn stem(&self) -> &str {
        let name = self.path.rsplit('/').next().unwrap_or_default();
        name.rsplit_once('.').map_or(name, |(stem, _)| stem)
    }

    /// The line of a byte of `text` or `code`, from 1.
    pub(super) fn line_at(text: &str, byte: usize) -> usize {
        text[..byte].matches('\n').count() + 1
    }

    /// The lines of the code that stand before the unit tests.
    pub(super) fn code_before_tests(&self) -> &str {
        self.code.find("#[cfg(test)]").map_or(&self.code, |end| &self.code[..end])
    }
}

/// Whether a path has one of these endings.
pub(super) fn ends_in(path: &str, endings: &[&str]) -> bool {
    let ending = Path::new(path).extension().and_then(|ending| ending.to_str());
    ending.is_some_and(|ending| endings.contains(&ending))
}

/// Every file of ours with one of these endings, by path.
pub(super) fn read_all(endings: &[&str]) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = Vec::new();
    walk(root, "", endings, &mut paths);
    paths.sort();
    let read = |path: &String| {
        let text = fs::read_to_string(root.join(path)).expect("a source is readable UTF-8");
        Source::new(path, &text)
    };
    paths.iter().map(read).collect()
}

fn walk(root: &Path, folder: &str, endings: &[&str], paths: &mut Vec<String>) {
    let entries = fs::read_dir(root.join(folder)).expect("a folder of the repository is readable");
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
        if entry.path().is_dir() {
            if !SKIPPED.contains(&name.as_str()) {
                walk(root, &path, endings, paths);
            }
        } else if ends_in(&path, endings) {
            paths.push(path);
        }
    }
}

/// Rust text with comments, strings and characters replaced by blanks; line breaks stay.
fn code_only(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < chars.len() {
        let end = skipped_until(&chars, at);
        if end == at {
            out.push(chars[at]);
            at += 1;
        } else {
            out.extend(chars[at..end].iter().map(|&c| if c == '\n' { '\n' } else { ' ' }));
            at = end;
        }
    }
    out
}

/// Where the comment, string or character that starts at `at` ends; `at` itself if none starts
/// there.
fn skipped_until(chars: &[char], at: usize) -> usize {
    let next = chars.get(at + 1).copied();
    let after_word = at > 0 && (chars[at - 1].is_alphanumeric() || chars[at - 1] == '_');
    match (chars[at], next) {
        ('/', Some('/')) => position(chars, at, |i| chars[i] == '\n'),
        ('/', Some('*')) => block_comment_end(chars, at),
        ('"', _) => string_end(chars, at),
        ('r', Some('"' | '#')) if !after_word => raw_string_end(chars, at + 1),
        ('b', Some('r')) if !after_word => raw_string_end(chars, at + 2).max(at),
        ('\'', Some('\\')) => position(chars, at + 3, |i| chars[i] == '\'') + 1,
        ('\'', Some(_)) if chars.get(at + 2) == Some(&'\'') => at + 3,
        _ => at,
    }
    .min(chars.len())
}

fn position(chars: &[char], from: usize, is_it: impl Fn(usize) -> bool) -> usize {
    (from..chars.len()).find(|&i| is_it(i)).unwrap_or(chars.len())
}

fn block_comment_end(chars: &[char], from: usize) -> usize {
    let (mut depth, mut at) = (0_u32, from);
    while at + 1 < chars.len() {
        match (chars[at], chars[at + 1]) {
            ('/', '*') => depth += 1,
            ('*', '/') => depth -= 1,
            _ => {
                at += 1;
                continue;
            }
        }
        at += 2;
        if depth == 0 {
            return at;
        }
    }
    chars.len()
}

fn string_end(chars: &[char], from: usize) -> usize {
    let mut at = from + 1;
    while at < chars.len() && chars[at] != '"' {
        at += if chars[at] == '\\' { 2 } else { 1 };
    }
    at + 1
}

/// The end of a raw string whose first `#` or quote is at `from`; the start of the word if it is
/// none.
fn raw_string_end(chars: &[char], from: usize) -> usize {
    let quote = position(chars, from, |i| chars[i] != '#');
    if chars.get(quote) != Some(&'"') {
        return from - 1;
    }
    let hashes = quote - from;
    let closes = |i: usize| {
        chars[i] == '"'
            && chars[i + 1..].iter().take(hashes).filter(|&&c| c == '#').count() == hashes
    };
    position(chars, quote + 1, closes) + 1 + hashes
}

#[test]
fn comments_and_strings_are_blanked() {
    let text =
        "let a = \"{ // \\\" \"; /* { /* } */ */ b('{', '\\'', 'x'); // }\nc::<'a>(r#\"}\"#);";
    let code = Source::new("a.rs", text).code;
    assert_eq!(code.lines().count(), 2);
    assert!(!code.contains(['{', '}', '"', '/']), "{code}");
    assert!(code.contains("b(") && code.contains("c::<'a>("), "{code}");
}

#[test]
fn a_room_is_the_first_folder_below_src() {
    let room = |path| Source::new(path, "").room().map(str::to_owned);
    assert_eq!(room("src/sim/queue.rs").as_deref(), Some("sim"));
    assert_eq!(room("src/catalog.rs").as_deref(), Some("catalog"));
    assert_eq!(room("src/lib.rs"), None);
    assert_eq!(room("tests/it/main.rs"), None);
}
