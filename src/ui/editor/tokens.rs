//! Cuts a line of the scenario into words by class, for colour alone: what is wrong is found
//! elsewhere.

/// What kind of word it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Class {
    /// Blanks, commas, braces and words without a class.
    Plain,
    Comment,
    /// The first word of a line.
    Keyword,
    /// What is done: the word behind the time.
    Command,
    /// A number, with its unit if it has one.
    Number,
    /// A node, a server, a client, or who leads.
    Node,
    /// An entry, a strategy, the name of a law or a preset.
    Entry,
}

impl Class {
    /// The class in the style sheet.
    pub(crate) fn css(self) -> Option<&'static str> {
        match self {
            Class::Plain => None,
            Class::Comment => Some("w-comment"),
            Class::Keyword => Some("w-keyword"),
            Class::Command => Some("w-command"),
            Class::Number => Some("w-number"),
            Class::Node => Some("w-node"),
            Class::Entry => Some("w-entry"),
        }
    }
}

/// A piece of a line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Piece<'a> {
    pub(crate) class: Class,
    pub(crate) text: &'a str,
}

/// The line in pieces; together they are the line.
pub(crate) fn pieces(line: &str) -> Vec<Piece<'_>> {
    let mut found = Vec::new();
    let (code, comment) = line.split_at(line.find('#').unwrap_or(line.len()));
    let continued = line.starts_with([' ', '\t']);
    let mut rest = code;
    let mut words: Vec<&str> = Vec::new();
    while let Some(first) = rest.chars().next() {
        let wordy = is_wordy(first);
        let end = rest.find(|c| is_wordy(c) != wordy).unwrap_or(rest.len());
        let (text, tail) = rest.split_at(end);
        let is_value = found.last().is_some_and(|before: &Piece<'_>| before.text == "=");
        let class = match classify(text, &words, tail, continued) {
            _ if !wordy => Class::Plain,
            Class::Plain if is_value => Class::Entry,
            class => class,
        };
        if wordy {
            words.push(text);
        }
        found.push(Piece { class, text });
        rest = tail;
    }
    if !comment.is_empty() {
        found.push(Piece { class: Class::Comment, text: comment });
    }
    found
}

fn is_wordy(c: char) -> bool {
    !c.is_ascii() || c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '%' | '+')
}

/// The class of `word` behind `before`, with `tail` still to come; the line may be `continued` from
/// the one before.
fn classify(word: &str, before: &[&str], tail: &str, continued: bool) -> Class {
    if word.starts_with(|c: char| c.is_ascii_digit()) || is_factor(word) {
        return Class::Number;
    }
    if is_node(word) {
        return Class::Node;
    }
    match before {
        _ if continued => Class::Entry,
        [] => Class::Keyword,
        _ if tail.starts_with('=') => Class::Plain,
        ["at", _] => Class::Command,
        ["cluster" | "network" | "arrivals" | "service"] | ["balance" | "compare", ..] => {
            Class::Entry
        }
        _ => Class::Plain,
    }
}

/// `x2.2`: so many times.
fn is_factor(word: &str) -> bool {
    word.strip_prefix('x').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}

/// `n1`, `s2..s4`, `c1`, `leader`.
fn is_node(word: &str) -> bool {
    let numbered = |name: &str| {
        let digits = name.strip_prefix(['n', 's', 'c', 'b']);
        digits.is_some_and(|d| !d.is_empty() && d.bytes().all(|b| b.is_ascii_digit()))
    };
    matches!(word, "leader" | "follower" | "any" | "all" | "balancer")
        || word.split("..").all(numbered)
}

/// Cuts pieces at the edges of `marks` (from and to, in characters from 0), and says which lie
/// inside.
pub(crate) fn marked<'a>(pieces: &[Piece<'a>], marks: &[(u32, u32)]) -> Vec<(Piece<'a>, bool)> {
    let inside = |at: u32| marks.iter().any(|(from, to)| (*from..*to).contains(&at));
    let mut found = Vec::new();
    let mut at = 0;
    for piece in pieces {
        let mut start = 0;
        let mut state = inside(at);
        for (offset, _) in piece.text.char_indices() {
            if offset > 0 && inside(at) != state {
                found.push((Piece { text: &piece.text[start..offset], ..*piece }, state));
                start = offset;
                state = !state;
            }
            at += 1;
        }
        found.push((Piece { text: &piece.text[start..], ..*piece }, state));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_bindgen_test::wasm_bindgen_test;

    fn classes(line: &str) -> Vec<(&str, Class)> {
        let mut all: Vec<_> = pieces(line).iter().map(|p| (p.text, p.class)).collect();
        all.retain(|(text, _)| !text.trim().is_empty());
        all
    }

    #[wasm_bindgen_test]
    fn a_fault_has_a_time_a_command_and_a_node() {
        assert_eq!(
            classes("at 400ms crash leader # why"),
            [
                ("at", Class::Keyword),
                ("400ms", Class::Number),
                ("crash", Class::Command),
                ("leader", Class::Node),
                ("# why", Class::Comment),
            ]
        );
    }

    #[wasm_bindgen_test]
    fn a_head_has_an_entry_and_settings() {
        assert_eq!(
            classes("cluster raft nodes=5"),
            [
                ("cluster", Class::Keyword),
                ("raft", Class::Entry),
                ("nodes", Class::Plain),
                ("=", Class::Plain),
                ("5", Class::Number),
            ]
        );
    }

    #[wasm_bindgen_test]
    fn values_and_lines_that_go_on_have_a_class() {
        assert_eq!(classes("cluster raft network=wan").last(), Some(&("wan", Class::Entry)));
        assert_eq!(classes("        round-robin"), [("round-robin", Class::Entry)]);
    }

    #[wasm_bindgen_test]
    fn pieces_are_the_line_also_where_they_are_marked() {
        let line = "at 1s 使崩溃 n9 # 注";
        let whole = pieces(line);
        let marked = marked(&whole, &[(7, 9), (10, 12)]);
        assert_eq!(marked.iter().map(|(piece, _)| piece.text).collect::<String>(), line);
        let underlined: Vec<&str> =
            marked.iter().filter(|(_, in_mark)| *in_mark).map(|(piece, _)| piece.text).collect();
        assert_eq!(underlined, ["崩溃", "n9"]);
    }
}
