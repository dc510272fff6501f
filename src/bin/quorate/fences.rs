//! Figures in Markdown: fenced blocks of language `quorate`.

/// A fenced block of language `quorate`.
pub(crate) struct Fence {
    /// The line of its first mark, from 1; the text begins on the next.
    pub(crate) line: u32,
    /// Its settings: `quorate,at=1.2s,autoplay`.
    pub(crate) settings: Vec<(String, String)>,
    /// The scenario.
    pub(crate) text: String,
    /// What stands before its marks, and was taken off every line of the text.
    pub(crate) indent: String,
    /// The block with its marks, in bytes of the whole.
    pub(crate) range: std::ops::Range<usize>,
}

impl Fence {
    /// The value of a setting; empty if it stands alone.
    pub(crate) fn setting(&self, name: &str) -> Option<&str> {
        self.settings.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// The marks that open or close a block: which, how many, and what follows them.
struct Marks<'a> {
    indent: &'a str,
    letter: char,
    count: usize,
    rest: &'a str,
}

fn marks(line: &str) -> Option<Marks<'_>> {
    let trimmed = line.trim_start();
    let letter = trimmed.chars().next().filter(|letter| matches!(letter, '`' | '~'))?;
    let rest = trimmed.trim_start_matches(letter);
    let count = trimmed.len() - rest.len();
    if count < 3 || (letter == '`' && rest.contains('`')) {
        return None;
    }
    Some(Marks { indent: &line[..line.len() - trimmed.len()], letter, count, rest: rest.trim() })
}

/// The settings behind the language, if that is `quorate`: `quorate,at=1s`, `quorate at="1s"`,
/// `{.quorate at=1s}`.
fn settings(info: &str) -> Option<Vec<(String, String)>> {
    let info = info.trim_start_matches(['{', ' ', '.']).trim_end_matches(['}', ' ']);
    let mut words = info.split([',', ' ']).filter(|word| !word.is_empty());
    if words.next() != Some("quorate") {
        return None;
    }
    let pair = |word: &str| {
        let (name, value) = word.split_once('=').unwrap_or((word, ""));
        (name.to_owned(), value.trim_matches('"').to_owned())
    };
    Some(words.map(pair).collect())
}

/// Every fenced block of language `quorate`, in order. A block that never ends is the rest.
pub(crate) fn fences(markdown: &str) -> Vec<Fence> {
    let mut found: Vec<Fence> = Vec::new();
    // The letter and number of the marks of the open block, and whether it is one of ours.
    let mut open: Option<(char, usize, bool)> = None;
    let mut place = 0;
    for (line, number) in markdown.split_inclusive('\n').zip(1..) {
        let start = place;
        place += line.len();
        let marks = marks(line);
        let Some((letter, count, ours)) = open else {
            let Some(marks) = marks else { continue };
            let settings = settings(marks.rest);
            open = Some((marks.letter, marks.count, settings.is_some()));
            if let Some(settings) = settings {
                let indent = marks.indent.to_owned();
                let range = start..markdown.len();
                found.push(Fence { line: number, settings, text: String::new(), indent, range });
            }
            continue;
        };
        let closes =
            marks.is_some_and(|it| it.letter == letter && it.count >= count && it.rest.is_empty());
        if closes {
            open = None;
        }
        let Some(fence) = found.last_mut().filter(|_| ours) else { continue };
        if closes {
            fence.range.end = place;
        } else {
            fence.text.push_str(
                line.strip_prefix(&*fence.indent).unwrap_or(line.trim_start_matches([' ', '\t'])),
            );
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::fences;

    #[test]
    fn a_figure_is_found_with_its_settings_and_its_line() {
        let text = "# A\n\n```quorate,at=1.2s,autoplay\ncluster raft\nrun 1s\n```\n\nend\n";
        let found = fences(text);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].line, &*found[0].text), (3, "cluster raft\nrun 1s\n"));
        assert_eq!(found[0].setting("at"), Some("1.2s"));
        assert_eq!(found[0].setting("autoplay"), Some(""));
        assert_eq!(found[0].setting("height"), None);
        assert!(text[found[0].range.clone()].starts_with("```quorate"));
        assert!(text[found[0].range.clone()].ends_with("```\n"));
    }

    #[test]
    fn marks_of_other_tools_and_indents_are_understood() {
        let list = "- item\n  ~~~ {.quorate at=\"2s\"}\n  cluster raft\n\n  run 1s\n  ~~~\n";
        let found = fences(list);
        assert_eq!(found[0].text, "cluster raft\n\nrun 1s\n");
        assert_eq!(found[0].setting("at"), Some("2s"));
    }

    #[test]
    fn a_block_inside_another_or_of_another_language_is_not_ours() {
        let text = "````md\n```quorate\ncluster raft\n```\n````\n```quorated\nx\n```\n";
        assert!(fences(text).is_empty());
    }

    #[test]
    fn a_block_that_never_ends_is_the_rest() {
        let found = fences("```quorate\ncluster raft\n");
        assert_eq!((found.len(), &*found[0].text), (1, "cluster raft\n"));
        assert_eq!(found[0].range.end, 24);
    }
}
