//! What the page around a figure may ask of it: every command is a name and one string.
//!
//! **Invariant:** a message comes from anybody who can put the figure into a frame. Its length is
//! bounded before it is read, and what is not understood is refused with a sentence.

use crate::kernel::SimTime;
use crate::script::{Said, limit, value};

/// The version of the messages: their member `quorate`. Messages of another are refused.
pub const SCHEMA: u32 = 1;
/// Longest value of a command that is not a scenario, in bytes.
pub const VALUE_BYTES: usize = 100;
/// Longest name of a command, in bytes.
pub const NAME_BYTES: usize = 16;

/// A part of a figure.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Part {
    /// The sentence on top: what is happening now.
    Sentence = 1,
    /// The nodes and their messages.
    Scene = 2,
    /// Buttons, clock and time axis.
    Transport = 4,
    /// The way into the playground.
    Open = 8,
    /// The text of the scenario.
    Text = 16,
}

/// Which parts a figure shows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Parts(u8);

impl Default for Parts {
    /// Everything but the text, which the reader can ask for.
    fn default() -> Parts {
        Parts(15)
    }
}

impl Parts {
    /// The parts named in a list such as `scene, transport`; `None` if one has no such name, or
    /// none is named.
    pub fn named(list: &str) -> Option<Parts> {
        let mut parts = 0;
        for name in list.split([',', ' ']).filter(|name| !name.is_empty()) {
            parts |= match name {
                "sentence" => Part::Sentence,
                "scene" => Part::Scene,
                "transport" => Part::Transport,
                "open" => Part::Open,
                "text" => Part::Text,
                _ => return None,
            } as u8;
        }
        (parts != 0).then_some(Parts(parts))
    }

    /// True if `part` is shown.
    pub fn show(self, part: Part) -> bool {
        self.0 & part as u8 != 0
    }

    /// With `part` shown if it was not, and the other way round.
    #[must_use]
    pub fn toggled(self, part: Part) -> Parts {
        Parts(self.0 ^ part as u8)
    }
}

/// A command that was understood.
#[derive(Clone, PartialEq, Debug)]
pub enum Order {
    /// Show this scenario from its start. It plays, unless `Pause` follows.
    Load(String),
    /// Play.
    Play,
    /// Pause.
    Pause,
    /// To an instant.
    Seek(SimTime),
    /// `light`, `dark`, or `auto` for the reader's own.
    Theme(&'static str),
    /// The language with this tag.
    Lang(String),
    /// Show these parts.
    Views(Parts),
}

/// Longest value that is read of a command, in bytes.
pub fn longest(name: &str) -> usize {
    if name == "load" { limit::BYTES } else { VALUE_BYTES }
}

/// The command with this name and value.
///
/// # Errors
/// If there is none, or its value is none it can take.
pub fn order(name: &str, value: &str) -> Result<Order, Said> {
    if value.len() > longest(name) {
        return Err(refused("it is too long", "内容过长"));
    }
    match name {
        "load" => Ok(Order::Load(value.to_owned())),
        "play" => Ok(Order::Play),
        "pause" => Ok(Order::Pause),
        "seek" => value::span(value)
            .map(|at| Order::Seek(SimTime::ZERO + at))
            .ok_or_else(|| refused("`seek` takes a time such as 1.2s", "seek 需要时间，例如 1.2s")),
        "theme" => ["light", "dark", "auto"]
            .into_iter()
            .find(|theme| *theme == value)
            .map(Order::Theme)
            .ok_or_else(|| {
                refused("`theme` is light, dark or auto", "theme 只能是 light、dark 或 auto")
            }),
        "lang" => Ok(Order::Lang(value.to_owned())),
        "views" => Parts::named(value).map(Order::Views).ok_or_else(|| {
            refused(
                "`views` lists sentence, scene, transport, open, text",
                "views 的可选值为 sentence、scene、transport、open、text",
            )
        }),
        _ => Err(refused("it names no command", "没有这个命令")),
    }
}

/// A message that is no command of this version.
pub fn unread() -> Said {
    refused("it is not of version 1", "不是版本 1 的消息")
}

fn refused(en: &str, zh: &str) -> Said {
    Said::new(
        ["The page around this figure sent a message that is ignored: ", en, "."].concat(),
        ["外层页面发来的一条消息已被忽略：", zh, "。"].concat(),
    )
}
