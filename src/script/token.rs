//! A line of a scenario cut into words.

/// A word with its place in the line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Token<'a> {
    /// The word.
    pub(super) text: &'a str,
    /// Byte offset in the line.
    pub(super) at: usize,
}

impl<'a> Token<'a> {
    /// Byte offset behind the word.
    pub(super) fn end(self) -> usize {
        self.at + self.text.len()
    }

    /// Name and value of a word `name=value`.
    pub(super) fn setting(self) -> Option<(Token<'a>, Token<'a>)> {
        let equals = self.text.find('=')?;
        let name = Token { text: &self.text[..equals], at: self.at };
        let value = Token { text: &self.text[equals + 1..], at: self.at + equals + 1 };
        Some((name, value))
    }
}

/// A line cut into words and its comment.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Cut<'a> {
    /// The words, in order.
    pub(super) tokens: Vec<Token<'a>>,
    /// What stands behind `#`, untrimmed.
    pub(super) comment: Option<&'a str>,
    /// Byte offset of the `#`, or the length of the line.
    pub(super) comment_at: usize,
    /// The line begins with white space.
    pub(super) indented: bool,
}

/// Words that end a word wherever they stand. Longer ones come first.
const SIGNS: [&str; 9] = ["<->", "->", "<=", ">=", "<", ">", "{", "}", "|"];

/// Cuts a line. Any text is accepted.
pub(super) fn cut(line: &str) -> Cut<'_> {
    let comment_at = comment_start(line).unwrap_or(line.len());
    let mut tokens = Vec::new();
    let mut at = 0;
    for piece in line[..comment_at].split_inclusive(char::is_whitespace) {
        cut_piece(piece.trim_end(), at, &mut tokens);
        at += piece.len();
    }
    Cut {
        tokens,
        comment: line.get(comment_at + 1..),
        comment_at,
        indented: line.starts_with(char::is_whitespace),
    }
}

/// `#` starts a comment at the start of a line and behind white space, but `#12` behind other
/// words is the number of a message.
fn comment_start(line: &str) -> Option<usize> {
    let mut blank_before = true;
    let mut words_before = false;
    for (at, letter) in line.char_indices() {
        if letter == '#' && blank_before && !(words_before && is_flight(&line[at + 1..])) {
            return Some(at);
        }
        blank_before = letter.is_whitespace();
        words_before |= !blank_before;
    }
    None
}

fn is_flight(text: &str) -> bool {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    digits > 0 && text[digits..].chars().next().is_none_or(char::is_whitespace)
}

fn cut_piece<'a>(piece: &'a str, at: usize, tokens: &mut Vec<Token<'a>>) {
    let mut start = 0;
    let mut here = 0;
    let push = |from: usize, to: usize, tokens: &mut Vec<Token<'a>>| {
        if from < to {
            tokens.push(Token { text: &piece[from..to], at: at + from });
        }
    };
    while here < piece.len() {
        let rest = &piece[here..];
        let comma = rest == ",";
        match SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
            Some(sign) => {
                push(start, here, tokens);
                push(here, here + sign.len(), tokens);
                here += sign.len();
                start = here;
            }
            None if comma => {
                push(start, here, tokens);
                here += 1;
                start = here;
            }
            None => here += rest.chars().next().map_or(1, char::len_utf8),
        }
    }
    push(start, piece.len(), tokens);
}
