//! A run in a link: the scenario text, where the playhead stands, and how it is looked at.
//!
//! `#s=1.<data>` holds a whole scenario; `<data>` is base64url of deflated JSON (zlib, so that
//! damage shows). `#g=raft/first-election` names a scenario of the gallery; `@1.5s` behind it says
//! where the playhead stands.
//!
//! **Invariant:** a link comes from anybody. Its length is bounded before it is decoded, what it
//! unpacks to is bounded while it is, and nothing in it can make this panic.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use miniz_oxide::deflate::compress_to_vec_zlib;
use miniz_oxide::inflate::decompress_to_vec_zlib_with_limit;

use crate::kernel::SimTime;
use crate::script::{Said, gallery, json, limit, value};

/// Longest link that is read, in bytes.
pub const LINK_BYTES: usize = 32 * 1024;
/// Most that a link may unpack to, in bytes.
pub const UNPACKED_BYTES: usize = 64 * 1024;
/// Most options of the view that are kept.
pub const OPTIONS: usize = 32;

const SHARED: &str = "s=";
const GALLERY: &str = "g=";
/// The version of the form behind [`SHARED`].
const VERSION: &str = "1";
/// Level of compression: the smallest, since links are made seldom and pasted often.
const LEVEL: u8 = 10;

/// What a link carries.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Shared {
    /// The scenario.
    pub text: String,
    /// Where the playhead stands.
    pub at: Option<SimTime>,
    /// Options of the view, by name, in the order of their names.
    pub view: Vec<(String, String)>,
}

/// What a fragment of an address means.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Link {
    /// A whole scenario.
    Shared(Shared),
    /// A scenario of the gallery.
    Gallery {
        /// Its path: `raft/first-election`.
        path: String,
        /// Where the playhead stands.
        at: Option<SimTime>,
    },
}

/// The fragment of an address, `#` included.
///
/// # Errors
/// If the scenario is longer than a link can carry.
pub fn encode(link: &Link) -> Result<String, LinkProblem> {
    match link {
        Link::Gallery { path, at } => {
            let at = at.map(|at| format!("@{at}")).unwrap_or_default();
            Ok(format!("#{GALLERY}{path}{at}"))
        }
        Link::Shared(shared) => {
            let json = pack(shared);
            if json.len() > UNPACKED_BYTES {
                return Err(LinkProblem::TooBig);
            }
            let data = URL_SAFE_NO_PAD.encode(compress_to_vec_zlib(json.as_bytes(), LEVEL));
            let fragment = format!("#{SHARED}{VERSION}.{data}");
            if fragment.len() > LINK_BYTES { Err(LinkProblem::TooLong) } else { Ok(fragment) }
        }
    }
}

/// What a fragment of an address means; the `#` may be missing.
///
/// # Errors
/// If it is not a link, or one that cannot be read here.
pub fn decode(fragment: &str) -> Result<Link, LinkProblem> {
    if fragment.len() > LINK_BYTES {
        return Err(LinkProblem::TooLong);
    }
    let fragment = fragment.strip_prefix('#').unwrap_or(fragment);
    if let Some(path) = fragment.strip_prefix(GALLERY) {
        return decode_gallery(path);
    }
    let rest = fragment.strip_prefix(SHARED).ok_or(LinkProblem::Foreign)?;
    let (version, data) = rest.split_once('.').ok_or(LinkProblem::Garbled)?;
    if version != VERSION {
        let number = !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_digit());
        return Err(if number { LinkProblem::Version } else { LinkProblem::Garbled });
    }
    let packed = URL_SAFE_NO_PAD.decode(data).map_err(|_| LinkProblem::Garbled)?;
    let json = unpack(&packed)?;
    let json = std::str::from_utf8(&json).map_err(|_| LinkProblem::Garbled)?;
    read(json).map(Link::Shared)
}

// The form that is compressed is a JSON object. Its names are short because links are: `t` is the
// scenario; `p`, which may be missing, the playhead in nanoseconds as text, since numbers of JSON
// lose digits; `v`, which may be missing, an object of the options of the view.

fn pack(shared: &Shared) -> String {
    let mut json = String::with_capacity(shared.text.len() + 64);
    json.push_str("{\"t\":");
    json::write(&mut json, &shared.text);
    if let Some(at) = shared.at {
        json.push_str(",\"p\":");
        json::write(&mut json, &at.0.to_string());
    }
    for (index, (name, value)) in shared.view.iter().enumerate() {
        json.push_str(if index == 0 { ",\"v\":{" } else { "," });
        json::write(&mut json, name);
        json.push(':');
        json::write(&mut json, value);
    }
    json.push_str(if shared.view.is_empty() { "}" } else { "}}" });
    json
}

fn read(json: &str) -> Result<Shared, LinkProblem> {
    let (mut text, mut at, mut view) = (None, None, None);
    let mut reader = json::Reader::new(json);
    let whole = reader.object(|name, reader| match name.as_str() {
        "t" if text.is_none() => reader.string().map(|value| text = Some(value)),
        "p" if at.is_none() => reader.string().map(|value| at = Some(value)),
        "v" if view.is_none() => {
            let mut options: Vec<(String, String)> = Vec::new();
            reader
                .object(|name, reader| reader.string().map(|value| options.push((name, value))))?;
            view = Some(options);
            Some(())
        }
        _ => None,
    });
    whole.and_then(|()| reader.end()).ok_or(LinkProblem::Garbled)?;
    let (text, mut view) = (text.ok_or(LinkProblem::Garbled)?, view.unwrap_or_default());
    if text.len() > limit::BYTES || view.len() > OPTIONS {
        return Err(LinkProblem::TooBig);
    }
    crate::order::sort_by(&mut view, |a, b| a.0.cmp(&b.0));
    let at = match at {
        Some(text) => Some(SimTime(value::whole(&text).ok_or(LinkProblem::Garbled)?)),
        None => None,
    };
    Ok(Shared { text, at, view })
}

/// Inflates, and stops as soon as there is more than may be.
fn unpack(packed: &[u8]) -> Result<Vec<u8>, LinkProblem> {
    use miniz_oxide::inflate::TINFLStatus;
    decompress_to_vec_zlib_with_limit(packed, UNPACKED_BYTES).map_err(|error| match error.status {
        TINFLStatus::HasMoreOutput => LinkProblem::TooBig,
        _ => LinkProblem::Garbled,
    })
}

fn decode_gallery(path: &str) -> Result<Link, LinkProblem> {
    let (path, at) = match path.split_once('@') {
        Some((path, at)) => (path, Some(value::span(at).ok_or(LinkProblem::Garbled)?)),
        None => (path, None),
    };
    if gallery::find(path).is_none() {
        return Err(LinkProblem::Unknown);
    }
    let at = at.map(|at| SimTime::ZERO + at);
    Ok(Link::Gallery { path: path.to_owned(), at })
}

/// Why a fragment cannot be read, or a scenario not be linked to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LinkProblem {
    /// It is not a link of Quorate.
    Foreign,
    /// It was made by a later version.
    Version,
    /// It is longer than the limit.
    TooLong,
    /// It unpacks to more than the limit.
    TooBig,
    /// Something is cut off or garbled.
    Garbled,
    /// The gallery has no such scenario.
    Unknown,
}

impl LinkProblem {
    /// The problem in both languages.
    pub fn says(self) -> Said {
        let (en, zh) = match self {
            LinkProblem::Foreign => ("This link does not hold a scenario.", "这个链接里没有场景。"),
            LinkProblem::Version => (
                "This link was made by a newer version of Quorate. Reload the page.",
                "这个链接由更新版本的 Quorate 生成，请刷新页面。",
            ),
            LinkProblem::TooLong => (
                "This scenario is too long for a link (32 kB). Save it as a file instead.",
                "场景太长，超出了链接的上限（32 kB），请改存为文件。",
            ),
            LinkProblem::TooBig => (
                "This link unpacks to more than a scenario can hold (64 kB).",
                "这个链接解压后超出了场景的上限（64 kB）。",
            ),
            LinkProblem::Garbled => (
                "This link is incomplete or damaged. Ask for it again.",
                "这个链接不完整或已损坏，请重新获取。",
            ),
            LinkProblem::Unknown => {
                ("The gallery has no scenario of this name.", "图库里没有这个名字的场景。")
            }
        };
        Said::new(en, zh)
    }
}
