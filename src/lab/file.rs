//! Files: a scenario inside a picture, and what a file that is dropped on the page holds.
//!
//! A picture carries the scenario it shows and the instant, so that dropping it back opens the very
//! same scene: an SVG as an element `<scenario>` of its metadata, a PNG as a text chunk named
//! [`KEYWORD`] that holds the same element.
//!
//! **Invariant:** a file comes from anybody. Its length is bounded, every offset in it is checked,
//! and nothing in it can make this panic.

use std::fmt::Write as _;

use miniz_oxide::inflate::decompress_to_vec_zlib_with_limit;

use crate::kernel::SimTime;
use crate::script::{Said, edit, limit, trail, value};

/// Longest picture that is read, in bytes.
pub const PICTURE_BYTES: usize = 32 * 1024 * 1024;
/// The name of the text chunk of a PNG.
pub const KEYWORD: &str = "quorate";

/// How the element begins; the version of the form follows.
const OPEN: &str = "<scenario xmlns=\"urn:quorate:";
const VERSION: &str = "1";
const CLOSE: &str = "</scenario>";

/// What a file holds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Held {
    /// A scenario, with the instant it is to be opened at.
    Scenario {
        /// The text.
        text: String,
        /// The instant, if the file says one.
        at: Option<SimTime>,
    },
    /// The trail of a run; see [`trail::Check`].
    Trail(String),
}

/// Why a file cannot be opened.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FileProblem {
    /// It is empty.
    Empty,
    /// It is longer than the limit of its kind, in kilobytes.
    TooLong(usize),
    /// It is text without a line that begins a scenario.
    Words,
    /// It is a picture without a scenario in it.
    Plain,
    /// It was made by a later version.
    Version,
    /// Something is cut off or garbled at this byte.
    Garbled(usize),
    /// It is neither text nor a picture; the byte where that shows.
    Foreign(usize),
}

impl FileProblem {
    /// The problem in both languages.
    pub fn says(self) -> Said {
        match self {
            FileProblem::Empty => Said::new("This file is empty.", "这个文件是空的。"),
            FileProblem::TooLong(most) => Said::new(
                format!("This file is longer than {most} kB."),
                format!("这个文件超过 {most} kB。"),
            ),
            FileProblem::Words => Said::new(
                "This file holds no scenario: no line begins with cluster or balance.",
                "这个文件里没有场景：没有以 cluster 或 balance 开头的行。",
            ),
            FileProblem::Plain => Said::new(
                "There is no scenario in this picture: only those exported here carry one.",
                "这张图片里没有场景：只有从这里导出的图片才带有场景。",
            ),
            FileProblem::Version => Said::new(
                "This file was made by a newer version of Quorate.",
                "这个文件由更新版本的 Quorate 生成。",
            ),
            FileProblem::Garbled(at) => Said::new(
                format!("This file is incomplete or damaged at byte {at}."),
                format!("这个文件不完整，或在第 {at} 字节处损坏。"),
            ),
            FileProblem::Foreign(at) => Said::new(
                format!("This file is neither text nor a picture (byte {at})."),
                format!("这个文件既不是文本也不是图片（第 {at} 字节）。"),
            ),
        }
    }
}

/// What `bytes` hold, told by what they are and not by the name of the file.
///
/// # Errors
/// Why they cannot be opened.
pub fn open(bytes: &[u8]) -> Result<Held, FileProblem> {
    if bytes.starts_with(&SIGNATURE) {
        return of_png(bytes);
    }
    if bytes.len() > trail::BYTES {
        return Err(FileProblem::TooLong(trail::BYTES / 1024));
    }
    let text =
        std::str::from_utf8(bytes).map_err(|error| FileProblem::Foreign(error.valid_up_to()))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let begin = text.trim_start();
    if begin.is_empty() {
        return Err(FileProblem::Empty);
    }
    if let Some(at) = text.find('\0') {
        return Err(FileProblem::Foreign(at));
    }
    if begin.starts_with('{') {
        return Ok(Held::Trail(text.to_owned()));
    }
    if begin.starts_with('<') {
        return of_svg(text);
    }
    if text.len() > limit::BYTES {
        return Err(FileProblem::TooLong(limit::BYTES / 1024));
    }
    if !begins(text) {
        return Err(FileProblem::Words);
    }
    Ok(Held::Scenario { text: text.to_owned(), at: None })
}

/// Some line begins as a scenario does, understood or not.
fn begins(text: &str) -> bool {
    edit::find_line(text, "cluster").or_else(|| edit::find_line(text, "balance")).is_some()
}

// The element.

/// The element that carries a scenario.
fn element(text: &str, at: Option<SimTime>) -> String {
    let mut out = format!("{OPEN}{VERSION}\"");
    if let Some(at) = at {
        let _ = write!(out, " at=\"{at}\"");
    }
    out.push('>');
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\r' => out.push_str("&#13;"),
            // What XML cannot hold; it means nothing in a scenario either.
            '\0'..='\x08' | '\x0b' | '\x0c' | '\x0e'..='\x1f' | '\u{fffe}' | '\u{ffff}' => {
                out.push('\u{fffd}');
            }
            letter => out.push(letter),
        }
    }
    out.push_str(CLOSE);
    out
}

/// Reads an element that stands somewhere in `text`; `base` is added to the place of a problem.
fn read_element(text: &str, base: usize) -> Result<Held, FileProblem> {
    let start = text.find(OPEN).ok_or(FileProblem::Plain)?;
    let garbled = |at: usize| FileProblem::Garbled(base + at);
    let rest = &text[start + OPEN.len()..];
    let (version, rest) = rest.split_once('"').ok_or(garbled(text.len()))?;
    if version != VERSION {
        return Err(FileProblem::Version);
    }
    let (attributes, rest) = rest.split_once('>').ok_or(garbled(text.len()))?;
    let here = text.len() - rest.len();
    let (body, _) = rest.split_once(CLOSE).ok_or(garbled(text.len()))?;
    let at = match attributes.trim().strip_prefix("at=\"").map(|at| at.strip_suffix('"')) {
        Some(at) => {
            let span = at.and_then(value::span).ok_or(garbled(here))?;
            Some(SimTime::ZERO + span)
        }
        None if attributes.trim().is_empty() => None,
        None => return Err(garbled(here)),
    };
    let text = plain(body).map_err(|place| garbled(here + place))?;
    if text.len() > limit::BYTES {
        return Err(FileProblem::TooLong(limit::BYTES / 1024));
    }
    Ok(Held::Scenario { text, at })
}

/// Text without entities, or the place of one that is not known.
fn plain(body: &str) -> Result<String, usize> {
    let mut out = String::with_capacity(body.len());
    let mut rest = body;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        let place = body.len() - rest.len() + at;
        let (name, tail) = rest[at + 1..].split_once(';').ok_or(place)?;
        let letter = match name {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "apos" => '\'',
            _ => {
                let number = name.strip_prefix('#').ok_or(place)?;
                let code = match number.strip_prefix(['x', 'X']) {
                    Some(digits) => u32::from_str_radix(digits, 16).ok(),
                    None => number.parse().ok(),
                };
                code.and_then(char::from_u32).ok_or(place)?
            }
        };
        out.push(letter);
        rest = tail;
    }
    out.push_str(rest);
    Ok(out)
}

// SVG.

/// The picture with the scenario in its metadata; as it is if it is no SVG document.
pub fn svg_with(svg: &str, text: &str, at: Option<SimTime>) -> String {
    let inside = svg.find("<svg").and_then(|start| Some(start + svg[start..].find('>')? + 1));
    let Some(inside) = inside else { return svg.to_owned() };
    let (head, body) = svg.split_at(inside);
    format!("{head}\n<metadata>{}</metadata>{body}", element(text, at))
}

fn of_svg(svg: &str) -> Result<Held, FileProblem> {
    if svg.len() > PICTURE_BYTES {
        return Err(FileProblem::TooLong(PICTURE_BYTES / 1024));
    }
    read_element(svg, 0)
}

// PNG [w3c-png §5, §11.3.3.4].

const SIGNATURE: [u8; 8] = *b"\x89PNG\r\n\x1a\n";
/// Length, name and checksum of a chunk.
const AROUND: usize = 12;

/// The picture with the scenario in a text chunk; `None` if it is no PNG.
pub fn png_with(png: &[u8], text: &str, at: Option<SimTime>) -> Option<Vec<u8>> {
    let first = chunk(png, SIGNATURE.len()).ok().filter(|_| png.starts_with(&SIGNATURE))?;
    if first.name != b"IHDR" {
        return None;
    }
    let mut body = KEYWORD.as_bytes().to_vec();
    // Not compressed, and neither a language nor a translated keyword.
    body.extend([0, 0, 0, 0, 0]);
    body.extend(element(text, at).as_bytes());
    let (head, tail) = png.split_at(first.end);
    let mut out = head.to_vec();
    out.extend(u32::try_from(body.len()).ok()?.to_be_bytes());
    let named = out.len();
    out.extend(b"iTXt");
    out.extend(body);
    let sum = crc32fast::hash(&out[named..]);
    out.extend(sum.to_be_bytes());
    out.extend(tail);
    Some(out)
}

struct Chunk<'a> {
    name: &'a [u8],
    body: &'a [u8],
    /// Where the next one begins.
    end: usize,
}

/// The chunk at `at`, or the byte that is wrong.
fn chunk(png: &[u8], at: usize) -> Result<Chunk<'_>, FileProblem> {
    let wrong = FileProblem::Garbled(at.min(png.len()));
    let rest = png.get(at..).ok_or(wrong)?;
    let length = rest.first_chunk::<4>().map(|bytes| u32::from_be_bytes(*bytes) as usize);
    let length = length.ok_or(wrong)?;
    let whole = length.checked_add(AROUND).and_then(|whole| rest.get(..whole)).ok_or(wrong)?;
    let (name, body) = (&whole[4..8], &whole[8..8 + length]);
    let sum = whole[8 + length..].first_chunk::<4>().map(|bytes| u32::from_be_bytes(*bytes));
    if sum != Some(crc32fast::hash(&whole[4..8 + length])) {
        return Err(wrong);
    }
    Ok(Chunk { name, body, end: at + whole.len() })
}

fn of_png(png: &[u8]) -> Result<Held, FileProblem> {
    if png.len() > PICTURE_BYTES {
        return Err(FileProblem::TooLong(PICTURE_BYTES / 1024));
    }
    let mut at = SIGNATURE.len();
    loop {
        if at == png.len() {
            return Err(FileProblem::Garbled(at));
        }
        let chunk = chunk(png, at)?;
        let own = chunk.name == b"iTXt" && chunk.body.starts_with(KEYWORD.as_bytes());
        if own && chunk.body.get(KEYWORD.len()) == Some(&0) {
            return of_chunk(chunk.body, at);
        }
        if chunk.name == b"IEND" {
            return Err(FileProblem::Plain);
        }
        at = chunk.end;
    }
}

/// What a text chunk at byte `at` of the file holds.
fn of_chunk(body: &[u8], at: usize) -> Result<Held, FileProblem> {
    let wrong = FileProblem::Garbled(at);
    let rest = body.get(KEYWORD.len() + 1..).ok_or(wrong)?;
    let [packed, _method, words @ ..] = rest else { return Err(wrong) };
    // The language and the translated keyword each end with a zero.
    let mut parts = words.splitn(3, |byte| *byte == 0);
    let text = parts.nth(2).ok_or(wrong)?;
    let unpacked;
    let text = if *packed == 1 {
        let most = limit::BYTES * 8;
        unpacked = decompress_to_vec_zlib_with_limit(text, most).map_err(|_| wrong)?;
        &unpacked
    } else {
        text
    };
    let text = std::str::from_utf8(text).map_err(|_| wrong)?;
    read_element(text, at)
}
