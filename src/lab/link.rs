//! A run in a link: the scenario text, where the playhead stands, and how it is looked at.

use crate::kernel::SimTime;
use crate::script::Said;

/// What a link carries.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Shared {
    /// The scenario.
    pub text: String,
    /// Where the playhead stands.
    pub at: Option<SimTime>,
    /// Options of the view, by name, in the order of their names.
    pub view: std::collections::BTreeMap<String, String>,
}

/// What a fragment of an address means.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Link {
    /// A whole scenario.
    Shared(Shared),
    /// A scenario of the gallery, by its path without extension (`raft/first-election`).
    Gallery {
        /// The path.
        path: String,
        /// Where the playhead stands.
        at: Option<SimTime>,
    },
}

/// Why a fragment cannot be read.
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
            LinkProblem::TooLong => {
                ("This link is longer than a scenario can be.", "这个链接超出了场景允许的长度。")
            }
            LinkProblem::TooBig => (
                "This link unpacks to more than a scenario can hold.",
                "这个链接解压后超出了场景允许的大小。",
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
