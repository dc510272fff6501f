//! Sizes. A cap is raised in `docs/decisions` and here, never at the place.

use super::Finding;
use super::source::Source;

const FILE: usize = 600;
const SMALL_FILE: usize = 200;
const MAIN: usize = 20;
const FUNCTION: usize = 70;
const LINE: usize = 100;

/// A file with more lines than its kind may have.
pub(super) fn long_file(source: &Source) -> Vec<Finding> {
    let lines = source.text.lines().count();
    let most = most_lines(source);
    if lines <= most {
        return Vec::new();
    }
    let rule = format!("{lines} lines, at most {most}");
    let way_out = "Cut it along its concerns into a folder of the same name";
    vec![Finding::new(source, 0, rule, way_out)]
}

fn most_lines(source: &Source) -> usize {
    let naive = source.path.starts_with("src/protocol/naive/");
    let strategy = source.room() == Some("balance") && source.code.contains("impl Strategy for");
    match source.path.as_str() {
        "src/main.rs" => MAIN,
        _ if naive || strategy => SMALL_FILE,
        _ => FILE,
    }
}

/// Lines with more than so many characters.
pub(super) fn long_lines(source: &Source) -> Vec<Finding> {
    let too_long = |(_, line): &(usize, &str)| line.chars().count() > LINE;
    source
        .text
        .lines()
        .enumerate()
        .filter(too_long)
        .map(|(index, line)| {
            let rule = format!("{} characters, at most {LINE}", line.chars().count());
            Finding::new(source, index + 1, rule, "Break the sentence or name the parts")
        })
        .collect()
}

/// Functions with more than so many lines.
pub(super) fn long_functions(source: &Source) -> Vec<Finding> {
    functions(&source.code)
        .into_iter()
        .filter(|(_, _, lines)| *lines > FUNCTION)
        .map(|(name, line, lines)| {
            let rule = format!("function `{name}` has {lines} lines, at most {FUNCTION}");
            Finding::new(source, line, rule, "Give its steps names of their own")
        })
        .collect()
}

/// Every function with a body: its name, its first line, how many lines it has.
fn functions(code: &str) -> Vec<(String, usize, usize)> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices("fn ") {
        let starts_word =
            at == 0 || !code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
        let name: String =
            code[at + 3..].chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        if !starts_word || name.is_empty() {
            continue;
        }
        if let Some(length) = body_end(&code[at..]) {
            let lines = code[at..at + length].matches('\n').count() + 1;
            found.push((name, Source::line_at(code, at), lines));
        }
    }
    found
}

/// The byte after the closing brace of the function that starts here; nothing if it has no body.
fn body_end(code: &str) -> Option<usize> {
    let (mut braces, mut brackets) = (0_u32, 0_i32);
    for (at, c) in code.char_indices() {
        match c {
            '(' | '[' => brackets += 1,
            ')' | ']' => brackets -= 1,
            '{' => braces += 1,
            '}' if braces == 1 => return Some(at + 1),
            '}' => braces = braces.checked_sub(1)?,
            ';' if braces == 0 && brackets == 0 => return None,
            _ => {}
        }
    }
    None
}

#[test]
fn a_line_too_many_is_a_finding() {
    let file = |path: &str, lines: usize| long_file(&Source::new(path, &"x\n".repeat(lines))).len();
    assert_eq!((file("src/sim/a.rs", 600), file("src/sim/a.rs", 601)), (0, 1));
    assert_eq!(
        (file("src/protocol/naive/a.rs", 200), file("src/protocol/naive/a.rs", 201)),
        (0, 1)
    );
    assert_eq!((file("src/main.rs", 20), file("src/main.rs", 21)), (0, 1));
    let strategy = format!("impl Strategy for A {{}}\n{}", "x\n".repeat(200));
    assert_eq!(long_file(&Source::new("src/balance/a.rs", &strategy)).len(), 1);
}

#[test]
fn a_character_too_many_is_a_finding() {
    let line = |width: usize| long_lines(&Source::new("a.rs", &"词".repeat(width))).len();
    assert_eq!((line(100), line(101)), (0, 1));
}

#[test]
fn a_long_function_is_a_finding_and_braces_in_strings_are_not_counted() {
    let with = |lines: usize| {
        let text =
            format!("fn long(a: [u8; 3]) {{\n{}}}\nfn b();\n", "f('}', \"}\");\n".repeat(lines));
        long_functions(&Source::new("a.rs", &text))
    };
    assert_eq!(with(68), []);
    let found = with(69);
    assert_eq!((found.len(), found[0].line), (1, 1));
}
