//! What the entry `pool` says of itself. Its nodes are [`Tier`](super::tier::Tier)s.

use crate::kernel::{About, Cite, Family, Knob, KnobKind, Mark, Text};

use super::IDS;
use super::balancer::FORGET;
use super::server::{CLASSES, SHED, SHED_AFTER, SHED_TARGET};
use super::tier::{CANCEL, CHECK, CHECKED, DONE, FAILED, FULL, NEWS, PROBE, WORK};
use super::weighted::MAX_FAILS;
use super::weighted_load::MEMORY;
use super::{
    bounded_load, edf, grpc_weights, guard, least_connections, least_request, least_time, maglev,
    p2c, peak_ewma, prequal, ring_hash, sticky,
};

pub(super) const ABOUT: About = About {
    id: "pool",
    name: "Pool",
    family: Family::Balancing,
    summary: Text {
        en: "Balancers distribute the requests of clients over servers that queue them. The \
             strategy decides who gets what.",
        zh: "负载均衡器把客户端的请求分发给各台服务器，服务器将其排队处理；由策略决定请求发给谁。",
    },
    era: "",
    cites: &[
        Cite { key: "harchol13", place: "chapters 13, 14, 24" },
        Cite { key: "nginx", place: "ngx_http_upstream_module" },
    ],
    knobs: &KNOBS,
    claims: &[],
    marks: &MARKS,
    faces: &[WORK, DONE, FULL, PROBE, NEWS, FAILED, CANCEL, CHECK, CHECKED],
    source: crate::kernel::listing!("balancer.rs", "guarded.rs", "server.rs", "tier.rs"),
};

/// How a server works.
pub(super) const QUEUE: Knob = Knob {
    name: "queue",
    help: Text {
        en: "How a server works: fifo serves in order of arrival, ps shares its speed evenly among \
             all requests it holds, lifo serves the latest first, priority the smallest class.",
        zh: "服务器的工作方式：fifo 按到达顺序服务，ps 把处理速度平均分给所持有的全部请求，lifo 后到先服务，priority 优先级高的先服务。",
    },
    kind: KnobKind::Choice(&["fifo", "ps", "lifo", "priority"]),
};

const OWN: [Knob; 29] = [
    Knob {
        name: "strategy",
        help: Text {
            en: "How a balancer chooses a server for a request.",
            zh: "负载均衡器如何为请求选择服务器。",
        },
        kind: KnobKind::Choice(IDS),
    },
    Knob {
        name: "balancers",
        help: Text {
            en: "How many of the nodes, counted from the first, are balancers; each counts only \
                 what it sent itself.",
            zh: "从第一个节点数起，有多少个节点是负载均衡器；每个只统计自己发出的请求。",
        },
        kind: KnobKind::Count { min: 1, max: 100, default: 1 },
    },
    QUEUE,
    Knob {
        name: "concurrency",
        help: Text {
            en: "How many requests a server works on at once, each at full speed; not for ps.",
            zh: "服务器同时处理多少个请求，每个都以全速处理；对 ps 无效。",
        },
        kind: KnobKind::Count { min: 1, max: 1000, default: 1 },
    },
    Knob {
        name: "capacity",
        help: Text {
            en: "How many requests a server holds at most, those in service included; it refuses \
                 more. 0 sets no bound.",
            zh: "一台服务器最多容纳多少个请求（包括正在处理的），超出的会被拒绝；0 表示不设上限。",
        },
        kind: KnobKind::Count { min: 0, max: 1_000_000, default: 0 },
    },
    CLASSES,
    SHED,
    SHED_AFTER,
    SHED_TARGET,
    FORGET,
    MAX_FAILS,
    MEMORY,
    bounded_load::FACTOR,
    edf::STAGGER,
    grpc_weights::BLACKOUT,
    grpc_weights::EXPIRY,
    least_connections::TIES,
    least_request::BIAS,
    least_time::IDLE,
    maglev::TABLE,
    p2c::DRAWS,
    p2c::REPLACEMENT,
    peak_ewma::DECAY,
    peak_ewma::DEFAULT_TIME,
    peak_ewma::FLAVOUR,
    prequal::HOT,
    prequal::PROBES,
    ring_hash::PLACEMENT,
    sticky::SESSIONS,
];

const KNOBS: [Knob; OWN.len() + guard::KNOBS.len()] = {
    let mut knobs = [OWN[0]; OWN.len() + guard::KNOBS.len()];
    let mut at = 0;
    while at < knobs.len() {
        knobs[at] = if at < OWN.len() { OWN[at] } else { guard::KNOBS[at - OWN.len()] };
        at += 1;
    }
    knobs
};

const MARKS: [Mark; 29] = [
    Mark {
        id: "picks",
        says: Text {
            en: "{node} picks a server and sends it the request of {peer}.",
            zh: "{node} 选出一台服务器，把 {peer} 的请求发给它。",
        },
    },
    Mark {
        id: "refuses",
        says: Text {
            en: "{node} has no server for the request of {peer} and refuses it.",
            zh: "{node} 没有可以处理 {peer} 的请求的服务器，予以拒绝。",
        },
    },
    Mark {
        id: "relays",
        says: Text {
            en: "{node} passes the answer of {peer} on to the client.",
            zh: "{node} 把 {peer} 的答复转交给客户端。",
        },
    },
    Mark {
        id: "rejects",
        says: Text {
            en: "{node} tells the client that {peer} refused the request.",
            zh: "{node} 告知客户端：请求已被 {peer} 拒绝。",
        },
    },
    Mark {
        id: "redirects",
        says: Text {
            en: "{node} is a server and sends {peer} to a balancer.",
            zh: "{node} 是服务器，让 {peer} 去找负载均衡器。",
        },
    },
    Mark {
        id: "probes",
        says: Text {
            en: "{node} asks servers how busy they are, for requests to come.",
            zh: "{node} 询问若干服务器的繁忙程度，供之后的请求参考。",
        },
    },
    Mark {
        id: "tells",
        says: Text {
            en: "{node} tells a balancer how busy it is.",
            zh: "{node} 告知负载均衡器自己的繁忙程度。",
        },
    },
    Mark {
        id: "starts",
        says: Text {
            en: "{node} begins to work on the request at once.",
            zh: "{node} 立即开始处理该请求。",
        },
    },
    Mark {
        id: "queues",
        says: Text {
            en: "{node} is busy and puts the request at the end of its queue.",
            zh: "{node} 正忙，把该请求放到队列末尾。",
        },
    },
    Mark {
        id: "full",
        says: Text {
            en: "{node} has a full queue and refuses the request.",
            zh: "{node} 的队列已满，拒绝该请求。",
        },
    },
    Mark {
        id: "finishes",
        says: Text {
            en: "{node} has finished a request and answers the balancer.",
            zh: "{node} 处理完一个请求，答复负载均衡器。",
        },
    },
    Mark {
        id: "fails",
        says: Text {
            en: "{node} answers the request of {peer} with an error, at once.",
            zh: "{node} 立即以错误答复 {peer} 的请求。",
        },
    },
    Mark {
        id: "sheds",
        says: Text {
            en: "{node} refuses a request that has waited for too long.",
            zh: "{node} 拒绝一个等待过久的请求。",
        },
    },
    Mark {
        id: "drops",
        says: Text {
            en: "{node} drops a request whose answer nobody waits for.",
            zh: "{node} 放弃一个已无人等待的请求。",
        },
    },
    Mark {
        id: "resets",
        says: Text {
            en: "{node} starts again: everything it held fails.",
            zh: "{node} 重新启动：所持有的请求全部失败。",
        },
    },
    Mark {
        id: "throttles",
        says: Text {
            en: "{node} has seen many refusals of late and turns the request of {peer} away \
                 itself.",
            zh: "{node} 近期遭到大量拒绝，直接挡下 {peer} 的请求。",
        },
    },
    Mark {
        id: "breaks",
        says: Text {
            en: "{node} has too much under way and turns a request away.",
            zh: "{node} 处理中的请求过多，挡下一个请求。",
        },
    },
    Mark {
        id: "waits",
        says: Text {
            en: "{node} has no server with room: the request waits in line.",
            zh: "{node} 找不到有空位的服务器，请求排队等候。",
        },
    },
    Mark {
        id: "retries",
        says: Text { en: "{node} tries a request again.", zh: "{node} 重试一个请求。" },
    },
    Mark {
        id: "backs-off",
        says: Text {
            en: "{node} waits a moment before it tries a request again.",
            zh: "{node} 稍候片刻再重试请求。",
        },
    },
    Mark {
        id: "saves",
        says: Text {
            en: "{node} would try a request again, but its budget for retries is spent.",
            zh: "{node} 本想重试一个请求，但重试预算已用尽。",
        },
    },
    Mark {
        id: "times-out",
        says: Text {
            en: "{node} has waited too long for a server and gives the try up.",
            zh: "{node} 等待服务器过久，放弃这次尝试。",
        },
    },
    Mark {
        id: "hedges",
        says: Text {
            en: "{node} has waited long for an answer and sends a second copy of the request \
                 elsewhere.",
            zh: "{node} 久等未得答复，把请求再发一份到别处。",
        },
    },
    Mark {
        id: "cancels",
        says: Text {
            en: "{node} tells a server to drop a request.",
            zh: "{node} 通知服务器放弃一个请求。",
        },
    },
    Mark {
        id: "checks",
        says: Text {
            en: "{node} asks a server whether it is well.",
            zh: "{node} 询问服务器是否正常。",
        },
    },
    Mark {
        id: "ejects",
        says: Text {
            en: "{node} holds a server to be ill and sends nothing there any more.",
            zh: "{node} 判定一台服务器异常，不再向它发送请求。",
        },
    },
    Mark {
        id: "readmits",
        says: Text {
            en: "{node} lets a server take part again.",
            zh: "{node} 重新接纳一台服务器。",
        },
    },
    Mark {
        id: "drains",
        says: Text {
            en: "{node} sends nothing new to a server that is to drain.",
            zh: "{node} 不再向待排空的服务器发送新请求。",
        },
    },
    Mark {
        id: "takes-back",
        says: Text {
            en: "{node} sends requests to a server again that had drained.",
            zh: "{node} 恢复向排空过的服务器发送请求。",
        },
    },
];
