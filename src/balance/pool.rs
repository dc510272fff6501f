//! What the entry `pool` says of itself. Its nodes are [`Tier`](super::tier::Tier)s.

use crate::kernel::{About, Cite, Family, Knob, KnobKind, Mark, Text};

use super::IDS;
use super::balancer::FORGET;
use super::tier::{DONE, FULL, NEWS, PROBE, WORK};
use super::weighted::MAX_FAILS;
use super::weighted_load::MEMORY;
use super::{
    bounded_load, edf, grpc_weights, least_connections, least_request, least_time, maglev, p2c,
    peak_ewma, prequal, ring_hash, sticky,
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
    faces: &[WORK, DONE, FULL, PROBE, NEWS],
    source: crate::kernel::listing!("balancer.rs", "server.rs", "tier.rs"),
};

const KNOBS: [Knob; 25] = [
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
    Knob {
        name: "queue",
        help: Text {
            en: "How a server works: fifo serves in order of arrival, ps shares its speed evenly \
                 among all requests it holds.",
            zh: "服务器的工作方式：fifo 按到达顺序服务，ps 把处理速度平均分给所持有的全部请求。",
        },
        kind: KnobKind::Choice(&["fifo", "ps"]),
    },
    Knob {
        name: "concurrency",
        help: Text {
            en: "How many requests a fifo server works on at once, each at full speed.",
            zh: "fifo 服务器同时处理多少个请求，每个都以全速处理。",
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

const MARKS: [Mark; 11] = [
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
];
