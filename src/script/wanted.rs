//! What may stand at a place of a line: the second half of "found this, wanted that".

use super::problem::Said;

/// What may stand at a place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wanted {
    /// A length of time.
    Time,
    /// A length of time, or `off`.
    TimeOrOff,
    /// A range of lengths.
    Range,
    /// A law of delays.
    Delay,
    /// A signed length of time.
    SignedTime,
    /// A drift.
    Drift,
    /// A percentage.
    Share,
    /// A percentage that may exceed 100 %.
    Percent,
    /// A whole number.
    Count,
    /// A number with or without a fraction.
    Number,
    /// A number of requests per second.
    Rate,
    /// A factor.
    Factor,
    /// `on` or `off`.
    Switch,
    /// A node or a word that stands for one.
    Target,
    /// A node.
    Node,
    /// Servers, one or a range.
    Servers,
    /// A node or a client.
    Party,
    /// A client.
    Client,
    /// An entry of the catalogue.
    Entry,
    /// A strategy.
    Strategy,
    /// `name=value`.
    Setting,
    /// A command that does something to the world.
    Action,
    /// An operation of a client.
    Operation,
    /// A key or value.
    Value,
    /// Key and value.
    Pair,
    /// A preset of the network.
    Network,
    /// A law.
    Law,
    /// An arrow.
    Arrow,
    /// `by` and a length of time.
    By,
    /// The name of a timer.
    Timer,
    /// The mode of a disk.
    DiskMode,
    /// Something to expect.
    Expectation,
    /// `<` and a bound.
    Below,
    /// `within` and a length of time.
    Within,
    /// The word `events`.
    Events,
    /// How many users.
    Users,
    /// A number of requests per second, or a percentage.
    Intensity,
    /// A setting of this name and a value.
    SettingOf(&'static str),
    /// `every` and a length of time.
    Every,
    /// `}`.
    Brace,
}

impl Wanted {
    /// What may stand here, with an example.
    pub fn says(self) -> Said {
        let (en, zh) = match self {
            Wanted::Time => ("a time such as 250ms", "时间，例如 250ms"),
            Wanted::TimeOrOff => ("a time such as 500ms, or off", "时间（例如 500ms）或 off"),
            Wanted::Range => ("a range such as 150ms..300ms", "时间范围，例如 150ms..300ms"),
            Wanted::Delay => {
                ("a delay such as 30ms, 20ms..30ms or wan", "延迟，例如 30ms、20ms..30ms 或 wan")
            }
            Wanted::SignedTime => ("a time with a sign such as +40ms", "带符号的时间，例如 +40ms"),
            Wanted::Drift => ("a drift such as +2% or -200ppm", "时钟漂移，例如 +2% 或 -200ppm"),
            Wanted::Share => ("a percentage from 0% to 100%", "0% 到 100% 之间的百分比"),
            Wanted::Percent => ("a percentage such as 68%", "百分比，例如 68%"),
            Wanted::Count => ("a whole number", "整数"),
            Wanted::Number => ("a number such as 1.5", "数字，例如 1.5"),
            Wanted::Rate => ("a rate such as 200/s", "速率，例如 200/s"),
            Wanted::Factor => ("a factor such as x2.2", "倍数，例如 x2.2"),
            Wanted::Switch => ("on or off", "on 或 off"),
            Wanted::Target => (
                "a node such as n1, or leader, follower, any, all",
                "节点（例如 n1），或 leader、follower、any、all",
            ),
            Wanted::Node => ("a node such as n1", "节点，例如 n1"),
            Wanted::Servers => ("servers such as s1 or s2..s4", "服务器，例如 s1 或 s2..s4"),
            Wanted::Party => ("a node or client such as n1 or c1", "节点或客户端，例如 n1 或 c1"),
            Wanted::Client => ("a client such as c1", "客户端，例如 c1"),
            Wanted::Entry => ("a protocol such as raft", "协议，例如 raft"),
            Wanted::Strategy => ("a strategy such as round-robin", "策略，例如 round-robin"),
            Wanted::Setting => ("name=value", "名称=值"),
            Wanted::Action => ("what is to happen, such as crash n1", "要做的事，例如 crash n1"),
            Wanted::Operation => {
                ("an operation: put y=3, get y or propose A", "操作：put y=3、get y 或 propose A")
            }
            Wanted::Value => ("a word of at most 15 bytes such as A", "不超过 15 字节的值，例如 A"),
            Wanted::Pair => ("a key and a value such as y=3", "键和值，例如 y=3"),
            Wanted::Network => ("a network such as wan", "网络，例如 wan"),
            Wanted::Law => ("the name of a law", "分布的名称"),
            Wanted::Arrow => ("-> and a receiver", "-> 和接收者"),
            Wanted::By => ("by and a time such as by 50ms", "by 和时间，例如 by 50ms"),
            Wanted::Timer => ("the name of a timer such as election", "定时器名称，例如 election"),
            Wanted::DiskMode => ("synced or unsynced", "synced 或 unsynced"),
            Wanted::Expectation => {
                ("what is expected, such as one leader per term", "期望，例如 one leader per term")
            }
            Wanted::Below => ("< and a bound", "< 和上限"),
            Wanted::Within => {
                ("within and a time such as within 1s", "within 和时间，例如 within 1s")
            }
            Wanted::Events => ("the word events", "单词 events"),
            Wanted::Users => ("users=20", "users=20"),
            Wanted::Intensity => (
                "a load such as 68% or a rate such as 200/s",
                "负载（例如 68%）或速率（例如 200/s）",
            ),
            Wanted::SettingOf(setting) => (setting, setting),
            Wanted::Every => ("every and a time such as every 2s", "every 加时间，例如 every 2s"),
            Wanted::Brace => ("a closing brace }", "右花括号 }"),
        };
        Said::new(en, zh)
    }
}
