//! Names of roles, properties, causes and shelves.

use crate::kernel::{Family, Manner, Phase, Property, Role, Text};
use crate::sim::{Cause, DiskMode};

use super::{Label, Lang, properties};

/// The neutral word for a role.
pub const fn role(lang: Lang, role: Role) -> &'static str {
    lang.of(match role {
        Role::Follower => Text { en: "Follower", zh: "跟随者" },
        Role::Candidate => Text { en: "Candidate", zh: "候选者" },
        Role::Leader => Text { en: "Leader", zh: "领导者" },
        Role::Balancer => Text { en: "Balancer", zh: "均衡器" },
        Role::Server => Text { en: "Server", zh: "服务器" },
    })
}

/// The protocol's own words for parts, and their translations.
const TITLES: &[(&str, &str)] = &[
    ("Follower", "跟随者"),
    ("Candidate", "候选者"),
    ("Pre-candidate", "预候选者"),
    ("Leader", "领导者"),
    ("Learner", "学习者"),
    ("Observer", "观察者"),
    ("Acceptor", "接受者"),
    ("Proposer", "提议者"),
    ("Primary", "主节点"),
    ("Backup", "备份节点"),
    ("Replica", "副本"),
    ("Coordinator", "协调者"),
    ("Participant", "参与者"),
    ("Looking", "选举中"),
    ("Leading", "领导中"),
    ("Following", "跟随中"),
    ("Discovery", "发现阶段"),
    ("Synchronization", "同步阶段"),
    ("Broadcast", "广播阶段"),
    ("Recovering", "恢复中"),
    ("Normal", "正常"),
    ("View change", "视图更换"),
    ("Waiting", "等待"),
    ("Decided", "已决定"),
    ("Balancer", "均衡器"),
    ("Server", "服务器"),
];

/// The protocol's own word for a part if there is one and it can be translated, else the neutral
/// one.
pub fn role_title(lang: Lang, neutral: Role, title: &'static str) -> &'static str {
    if title.is_empty() {
        return role(lang, neutral);
    }
    match lang {
        Lang::En => title,
        Lang::Zh => {
            let known = TITLES.iter().find(|(en, _)| *en == title);
            known.map_or(role(lang, neutral), |(_, zh)| zh)
        }
    }
}

/// The name of a property, as the list of invariants shows it.
pub const fn property(lang: Lang, property: Property) -> &'static str {
    lang.of(properties::name(property))
}

/// What a property says, in one sentence.
pub const fn property_help(lang: Lang, property: Property) -> &'static str {
    lang.of(properties::help(property))
}

/// Why a message was lost.
pub const fn cause(lang: Lang, cause: Cause) -> &'static str {
    match cause {
        Cause::Chance => Label::LostByChance.text(lang),
        Cause::Cut => Label::LostOnCut.text(lang),
        Cause::Dead => Label::LostAtDead.text(lang),
        Cause::Dropped => Label::LostDropped.text(lang),
    }
}

/// What a disk does with saves.
pub const fn disk(lang: Lang, mode: DiskMode) -> &'static str {
    lang.of(match mode {
        DiskMode::Synced => Text { en: "synced", zh: "同步写入" },
        DiskMode::Unsynced => Text { en: "not synced", zh: "未同步" },
    })
}

/// The name of a shelf of the gallery.
pub const fn family(lang: Lang, family: Family) -> &'static str {
    lang.of(match family {
        Family::Consensus => Text { en: "Consensus", zh: "共识" },
        Family::Storage => Text { en: "Replicated stores", zh: "复制存储" },
        Family::Naive => Text { en: "Wrong on purpose", zh: "故意写错的协议" },
        Family::Balancing => Text { en: "Load balancing", zh: "负载均衡" },
    })
}

/// What a phase is about.
pub const fn phase(lang: Lang, phase: Phase) -> &'static str {
    lang.of(match phase {
        Phase::Election => Text { en: "who leads?", zh: "谁来领导？" },
        Phase::Replication => Text { en: "what is agreed?", zh: "达成了什么？" },
        Phase::Client => Text { en: "clients", zh: "客户端" },
    })
}

/// What a message does.
pub const fn manner(lang: Lang, manner: Manner) -> &'static str {
    lang.of(match manner {
        Manner::Ask => Text { en: "asks", zh: "请求" },
        Manner::Grant => Text { en: "grants", zh: "同意" },
        Manner::Refuse => Text { en: "refuses", zh: "拒绝" },
        Manner::Beat => Text { en: "heartbeat", zh: "心跳" },
    })
}

/// The letter before an era's number under a node: `T` for term, `B` for ballot.
pub fn era_short(era_word: &str) -> &'static str {
    match era_word {
        "term" => "T",
        "ballot" => "B",
        "epoch" => "E",
        "view" => "V",
        "round" => "R",
        _ => "",
    }
}
