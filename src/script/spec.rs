//! Specifications by name: `spec=paxos acceptors=3 values=2 ballots=2`.
//!
//! The words are those of the command line and of the JavaScript API. What is wrong with them is
//! said in both languages, with what is allowed.

use super::problem::nearest;
use crate::check::Because;
use crate::check::model::register::{self, Register, abd, single_copy};
use crate::check::model::{Specification, paxos, raft_mongo, two_phase, voting};

/// A specification: its name and what can be set.
#[derive(Debug)]
pub struct Spec {
    /// Its name.
    pub id: &'static str,
    /// What it is, in English and 中文.
    pub about: [&'static str; 2],
    /// What can be set, in order.
    pub settings: &'static [Setting],
    /// Whether names make no difference unless something else is asked for; `None` if its parts
    /// cannot change places.
    pub symmetry: Option<bool>,
}

/// A setting of a specification.
#[derive(Debug)]
pub struct Setting {
    /// Its name.
    pub name: &'static str,
    /// What it is, in English and 中文.
    pub about: [&'static str; 2],
    /// What it may be.
    pub range: Range,
}

/// What a setting may be.
#[derive(Debug)]
pub enum Range {
    /// A number: least, most, and what it is if nothing is said.
    Number(u32, u32, u32),
    /// One of these words; the first if nothing is said.
    Word(&'static [&'static str]),
}

const ACCEPTORS: Setting = Setting {
    name: "acceptors",
    about: ["acceptors; quorums are majorities", "接受者数；法定人数为多数派"],
    range: Range::Number(1, paxos::MOST_ACCEPTORS, 3),
};
const VALUES: Setting = Setting {
    name: "values",
    about: ["values that may be proposed", "可被提议的值的个数"],
    range: Range::Number(1, 8, 2),
};
const BALLOTS: Setting = Setting {
    name: "ballots",
    about: [
        "ballots, counted from 0: 2 means ballots 0 and 1",
        "选票数，从 0 计：2 表示选票 0 和 1",
    ],
    range: Range::Number(1, 8, 2),
};
const SERVERS: Setting = Setting {
    name: "servers",
    about: ["servers", "服务器数"],
    range: Range::Number(1, register::MOST_SERVERS, 3),
};
const CLIENTS: Setting = Setting {
    name: "clients",
    about: ["clients, each writes once and reads once", "客户端数，每个写一次、读一次"],
    range: Range::Number(1, register::MOST_CLIENTS, 2),
};

/// All specifications.
pub static SPECS: [Spec; 7] = [
    Spec {
        id: "paxos",
        about: ["Paxos as a set of messages (TLA+)", "以消息集合描述的 Paxos（TLA+）"],
        settings: &[ACCEPTORS, VALUES, BALLOTS],
        symmetry: Some(false),
    },
    Spec {
        id: "voting",
        about: ["Paxos without messages (TLA+)", "不含消息的 Paxos（TLA+）"],
        settings: &[ACCEPTORS, VALUES, BALLOTS],
        symmetry: Some(false),
    },
    Spec {
        id: "two-phase",
        about: ["two-phase commit (TLA+)", "两阶段提交（TLA+）"],
        settings: &[Setting {
            name: "rms",
            about: ["resource managers", "资源管理器数"],
            range: Range::Number(1, two_phase::MOST, 3),
        }],
        symmetry: Some(false),
    },
    Spec {
        id: "raft-mongo",
        about: ["Raft as MongoDB replicates (TLA+)", "MongoDB 复制所用的 Raft（TLA+）"],
        settings: &[
            Setting {
                name: "nodes",
                about: ["nodes", "节点数"],
                range: Range::Number(1, raft_mongo::MOST_NODES, 3),
            },
            Setting {
                name: "terms",
                about: ["terms", "term 数"],
                range: Range::Number(1, raft_mongo::MOST_TERMS, 3),
            },
            Setting {
                name: "log",
                about: ["entries of a log", "日志条数"],
                range: Range::Number(1, raft_mongo::MOST_ENTRIES, 3),
            },
            Setting {
                name: "rule",
                about: ["how a commit point is learnt", "得知提交点的规则"],
                range: Range::Word(&["gossip", "sync-source", "term-checked"]),
            },
        ],
        symmetry: Some(true),
    },
    Spec {
        id: "paxos-register",
        about: ["a register kept by Paxos (stateright)", "由 Paxos 维护的寄存器（stateright）"],
        settings: &[SERVERS, CLIENTS],
        symmetry: None,
    },
    Spec {
        id: "single-copy",
        about: ["each server for itself (stateright)", "各服务器自持副本的寄存器（stateright）"],
        settings: &[SERVERS_ALONE, CLIENTS],
        symmetry: None,
    },
    Spec {
        id: "abd-register",
        about: ["a register kept by majorities (stateright)", "由多数派维护的寄存器（stateright）"],
        settings: &[SERVERS_TWO, CLIENTS],
        symmetry: None,
    },
];

const SERVERS_ALONE: Setting =
    Setting { range: Range::Number(1, register::MOST_SERVERS, 1), ..SERVERS };
const SERVERS_TWO: Setting =
    Setting { range: Range::Number(1, register::MOST_SERVERS, 2), ..SERVERS };

/// What was asked for.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Which specification.
    pub spec: &'static Spec,
    /// Of each setting its number, or the place of its word.
    pub values: Vec<u32>,
    /// Whether names make no difference.
    pub symmetry: bool,
}

impl Asked {
    /// The words that ask for the same, with every setting.
    pub fn words(&self) -> String {
        let mut words = format!("spec={}", self.spec.id);
        for (setting, value) in self.spec.settings.iter().zip(&self.values) {
            let value = match setting.range {
                Range::Number(..) => value.to_string(),
                Range::Word(allowed) => allowed[*value as usize].to_owned(),
            };
            words.extend([" ", setting.name, "=", &value]);
        }
        if self.spec.symmetry.is_some() {
            words += if self.symmetry { " symmetry=on" } else { " symmetry=off" };
        }
        words
    }
}

/// Small letters without `-` and `_`: `TwoPhase` is `two-phase`.
fn plain(word: &str) -> String {
    let letters = word.chars().filter(|c| !matches!(c, '-' | '_'));
    letters.map(|c| c.to_ascii_lowercase()).collect()
}

/// "Did you mean", where a word is near, and all that is allowed.
fn unknown(what: [&str; 2], found: &str, allowed: &[&str]) -> Because {
    let (mut en, mut zh) =
        (format!("{} `{found}` is not known", what[0]), format!("未知的{} `{found}`", what[1]));
    if let Some(near) = nearest(found, allowed) {
        en.extend(["; did you mean `", near, "`?"]);
        zh.extend(["；是否想写 `", near, "`？"]);
    } else {
        en.push('.');
        zh.push('。');
    }
    let list = allowed.join(", ");
    Because::new(format!("{en} Allowed: {list}"), format!("{zh}可用：{list}"))
}

fn find(name: &str) -> Result<&'static Spec, Because> {
    let ids: Vec<&str> = SPECS.iter().map(|spec| spec.id).collect();
    let wanted = match plain(name).as_str() {
        "2pc" | "twophasecommit" => plain("two-phase"),
        "singlecopyregister" => plain("single-copy"),
        "abd" => plain("abd-register"),
        other => other.to_owned(),
    };
    let found = SPECS.iter().find(|spec| plain(spec.id) == wanted);
    found.ok_or_else(|| unknown(["specification", "规约"], name, &ids))
}

/// The number of a setting's value.
fn value(setting: &Setting, text: &str) -> Result<u32, Because> {
    match setting.range {
        Range::Number(least, most, _) => {
            let number = text.parse().ok().filter(|it| (least..=most).contains(it));
            number.ok_or_else(|| {
                let name = setting.name;
                Because::new(
                    format!("`{name}={text}`: {name} is a number from {least} to {most}"),
                    format!("`{name}={text}`：{name} 应为 {least} 到 {most} 之间的数"),
                )
            })
        }
        Range::Word(allowed) => {
            let found = allowed.iter().position(|word| plain(word) == plain(text));
            let what = [setting.name, setting.name];
            found.map(|at| at as u32).ok_or_else(|| unknown(what, text, allowed))
        }
    }
}

fn switch(text: &str) -> Result<bool, Because> {
    match text {
        "on" => Ok(true),
        "off" => Ok(false),
        _ => Err(unknown(["symmetry", "symmetry"], text, &["on", "off"])),
    }
}

/// Reads words such as `spec=paxos`, `acceptors=3`. What is not said is as usual.
///
/// # Errors
///
/// A sentence that names the word that is wrong, and what is allowed.
pub fn read<'a>(words: impl IntoIterator<Item = &'a str>) -> Result<Asked, Because> {
    let mut pairs = Vec::new();
    for word in words {
        let pair = word.split_once('=').filter(|(_, value)| !value.is_empty());
        pairs.push(pair.ok_or_else(|| {
            Because::new(
                format!("`{word}` is not a setting; write it as name=value, as in acceptors=3"),
                format!("`{word}` 不是设置；请写成 name=value，例如 acceptors=3"),
            )
        })?);
    }
    for (at, (name, _)) in pairs.iter().enumerate() {
        if pairs[..at].iter().any(|(earlier, _)| earlier == name) {
            let (en, zh) = (format!("`{name}` is set twice"), format!("`{name}` 设置了两次"));
            return Err(Because::new(en, zh));
        }
    }
    let Some((_, name)) = pairs.iter().find(|(name, _)| *name == "spec") else {
        let ids: Vec<&str> = SPECS.iter().map(|spec| spec.id).collect();
        let ids = ids.join(", ");
        return Err(Because::new(
            format!("say which specification: spec=NAME, one of {ids}"),
            format!("请指明规约：spec=名称，可用：{ids}"),
        ));
    };
    settle(find(name)?, &pairs)
}

/// Sets what the words say of a specification.
fn settle(spec: &'static Spec, pairs: &[(&str, &str)]) -> Result<Asked, Because> {
    let usual = |setting: &Setting| match setting.range {
        Range::Number(_, _, usual) => usual,
        Range::Word(_) => 0,
    };
    let values = spec.settings.iter().map(usual).collect();
    let mut asked = Asked { spec, values, symmetry: spec.symmetry.unwrap_or(false) };
    for (name, text) in pairs.iter().filter(|(name, _)| *name != "spec") {
        if *name == "symmetry" {
            asked.set_symmetry(switch(text)?)?;
            continue;
        }
        let Some(at) = spec.settings.iter().position(|setting| setting.name == *name) else {
            let mut names: Vec<&str> = spec.settings.iter().map(|setting| setting.name).collect();
            names.extend(spec.symmetry.map(|_| "symmetry"));
            let what =
                [format!("setting of `spec={}`:", spec.id), format!("（`spec={}`）设置", spec.id)];
            return Err(unknown([&what[0], &what[1]], name, &names));
        };
        asked.values[at] = value(&spec.settings[at], text)?;
    }
    Ok(asked)
}

impl Asked {
    /// Switches symmetry on or off.
    ///
    /// # Errors
    ///
    /// A sentence, if the parts of the specification cannot change places.
    pub fn set_symmetry(&mut self, on: bool) -> Result<(), Because> {
        if on && self.spec.symmetry.is_none() {
            let id = self.spec.id;
            return Err(Because::new(
                format!("`spec={id}` has no symmetry: its parties name each other"),
                format!("`spec={id}` 没有对称性：其中各方互相引用"),
            ));
        }
        self.symmetry = on;
        Ok(())
    }
}

/// What is done with a specification, whichever it is.
pub trait Visitor {
    /// What comes of it.
    type Out;

    /// Does it.
    fn visit<M>(self, model: M) -> Self::Out
    where
        M: Specification + Send + Sync + 'static,
        M::State: Send + Sync,
        M::Step: Send + Sync;
}

/// Makes the specification that was asked for, and does something with it; `None` if a setting is
/// out of its range, which [`read`] does not let through.
pub fn visit<V: Visitor>(asked: &Asked, visitor: V) -> Option<V::Out> {
    let (n, symmetry) = (|at: usize| asked.values.get(at).copied().unwrap_or(0), asked.symmetry);
    Some(match asked.spec.id {
        "paxos" => visitor.visit(paxos::Paxos::new(n(0), n(1), n(2), symmetry)?),
        "voting" => visitor.visit(voting::Voting::new(n(0), n(1), n(2), symmetry)?),
        "two-phase" => visitor.visit(two_phase::TwoPhase::new(n(0), symmetry)?),
        "raft-mongo" => {
            let rule = match n(3) {
                0 => raft_mongo::Rule::Gossip,
                1 => raft_mongo::Rule::SyncSource,
                _ => raft_mongo::Rule::TermChecked,
            };
            visitor.visit(raft_mongo::RaftMongo::new(n(0), n(1), n(2), rule, symmetry)?)
        }
        "paxos-register" => visitor.visit(Register::<register::paxos::Paxos>::new(n(0), n(1))?),
        "single-copy" => visitor.visit(Register::<single_copy::SingleCopy>::new(n(0), n(1))?),
        "abd-register" => visitor.visit(Register::<abd::Abd>::new(n(0), n(1))?),
        _ => return None,
    })
}
