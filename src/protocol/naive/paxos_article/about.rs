//! What the article's Paxos says of itself.

use crate::kernel::{
    About, Cite, Face, Family, Flaw, Knob, KnobKind, Manner, Mark, Phase, Property, Text, breaks,
    stalls,
};

const fn face(name: &'static str, phase: Phase, manner: Manner) -> Face {
    Face { name, phase, manner }
}

pub(super) const VOTE: Face = face("vote", Phase::Election, Manner::Ask);
pub(super) const YES: Face = face("True", Phase::Election, Manner::Grant);
pub(super) const NO: Face = face("False", Phase::Election, Manner::Refuse);
pub(super) const ACCEPT: Face = face("accept", Phase::Replication, Manner::Ask);

const fn mark(id: &'static str, en: &'static str, zh: &'static str) -> Mark {
    Mark { id, says: Text { en, zh } }
}

pub(super) const ABOUT: About = About {
    id: "paxos-article",
    name: "Paxos (article)",
    family: Family::Naive,
    summary: Text {
        en: "The article's Paxos listing as it stands: it counts yes votes without ballots or \
             promises, so two values may be chosen, or none.",
        zh: "原样移植文章中的 Paxos 代码：只数赞成票，没有 ballot 也没有承诺，因此可能选出两个值，也可能一个都\
             选不出。",
    },
    era: "",
    cites: &[Cite { key: "article", place: "4.1" }],
    knobs: &[Knob {
        name: "vote",
        help: Text {
            en: "What the undefined `vote` says: yes to every value, or only to the first one it \
                 sees.",
            zh: "文章未定义的 vote 如何回答：对所有值都赞成（always），或只赞成它见到的第一个值（first）。",
        },
        kind: KnobKind::Choice(&["always", "first"]),
    }],
    claims: &[
        breaks(Property::Agreement, 40, "vote=always nodes=3"),
        stalls(Property::Termination, 40, "vote=first nodes=3"),
    ],
    marks: &[
        mark(
            "election",
            "{node} becomes proposer and starts counting from zero.",
            "{node} 成为提案者，票数从零开始计。",
        ),
        mark("voting", "{node} asks every node for its vote.", "{node} 向每个节点询问是否赞成。"),
        mark("vote", "{node} votes on the value of {peer}.", "{node} 对 {peer} 的值投票。"),
        mark(
            "decision",
            "{node} has counted more than half and takes its value for chosen.",
            "{node} 数到超过半数的赞成票，认为自己的值已被选定。",
        ),
        mark(
            "return-none",
            "Everyone has answered {node}, and no value has more than half.",
            "所有节点都已答复 {node}，但赞成票没有超过半数。",
        ),
    ],
    faces: &[VOTE, YES, NO, ACCEPT],
    source: crate::kernel::listing!("../paxos_article.rs"),
};

/// Its wrong variants.
pub(super) const FLAWS: &[Flaw] = &[Flaw::new(
    "paxos",
    "P01",
    "no-ballots",
    Property::Agreement,
    Cite { key: "lamport01", place: "2.2" },
)
.setting("vote=always")
.found("nodes=3 depth=6 requests=2")
.clear(5)
.missing(
    "Votes belong to ballots, and a later ballot takes over what an earlier one may have chosen.",
    "选票属于 ballot，较晚的 ballot 必须沿用较早 ballot 可能已选定的值。",
)];
