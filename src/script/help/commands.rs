//! Every command: how it is written and what it does.

use super::{Command, Place};
use crate::kernel::Text;

const fn row(
    place: Place,
    word: &'static str,
    form: &'static str,
    example: &'static str,
    (en, zh): (&'static str, &'static str),
) -> Command {
    Command { word, form, example, place, says: Text { en, zh } }
}

const ANY: Place = Place::Anywhere;
const CLUSTER: Place = Place::Cluster;
const POOL: Place = Place::Pool;

/// Lines that set a run up.
pub(super) const SETUP: &[Command] = &[
    row(
        ANY,
        "at",
        "at TIME COMMAND ...",
        "at 400ms crash n1",
        ("Does something to the world at an instant.", "在某一时刻对系统做一件事。"),
    ),
    row(
        POOL,
        "arrivals",
        "arrivals LAW [load=SHARE] [rate=N/s]",
        "arrivals poisson load=68%",
        ("When requests come.", "请求何时到来。"),
    ),
    row(
        POOL,
        "balance",
        "balance [STRATEGY] [servers=N] [SETTING=VALUE]",
        "balance p2c servers=6",
        (
            "A pool of servers behind a balancer; the first line.",
            "均衡器后的一组服务器；写在第一行。",
        ),
    ),
    row(
        ANY,
        "clients",
        "clients N [every=TIME] [keys=N] [reads=SHARE]",
        "clients 2",
        (
            "Clients that ask by themselves, one operation at a time.",
            "自行发出请求的客户端，每次一个操作。",
        ),
    ),
    row(
        CLUSTER,
        "cluster",
        "cluster PROTOCOL [nodes=N] [SETTING=VALUE]",
        "cluster raft nodes=5",
        ("A cluster that runs a protocol; the first line.", "运行某个协议的集群；写在第一行。"),
    ),
    row(
        POOL,
        "compare",
        "compare STRATEGY ...",
        "compare random p2c",
        (
            "Runs these strategies on the very same requests. Indented lines go on.",
            "让这些策略处理完全相同的请求。缩进的行是它的延续。",
        ),
    ),
    row(
        ANY,
        "expect",
        "expect PROPERTY [broken]",
        "expect one leader per term",
        ("What the run is judged by; the scenario is a test.", "运行要接受的检验；场景就是测试。"),
    ),
    row(
        CLUSTER,
        "explore",
        "explore [depth=N] [requests=N] [timers=N] [crashes=N] [losses=N] ...",
        "explore requests=2 timers=2 crashes=1",
        (
            "Searches every order of events within a scope; quorate explore says what it found.",
            "在给定范围内搜索事件的一切次序；用 quorate explore 查看结果。",
        ),
    ),
    row(
        CLUSTER,
        "given",
        "given NODE SETTING=VALUE ...",
        "given n2 term=7 log=1.1.4",
        ("What a node has on disk before the run.", "运行之前节点磁盘上的内容。"),
    ),
    row(
        ANY,
        "limit",
        "limit N events",
        "limit 500000 events",
        ("The most events of the run.", "运行最多的事件数。"),
    ),
    row(
        ANY,
        "network",
        "network [PRESET] [delay=TIME] [loss=SHARE] [duplicate=SHARE] [reorder=SHARE]",
        "network wan loss=1%",
        ("How long messages take, and how many are lost.", "消息要走多久，会丢多少。"),
    ),
    row(
        CLUSTER,
        "patience",
        "patience TIME",
        "patience 500ms",
        (
            "How long a client waits before it asks another node; off: for ever.",
            "客户端等多久后改问别的节点；off 表示一直等。",
        ),
    ),
    row(ANY, "run", "run TIME", "run 10s", ("How long the run is.", "运行多长时间。")),
    row(
        POOL,
        "servers",
        "servers NAME xSPEED [weight=N], ...",
        "servers s1 x3, s2 x1",
        ("How fast servers are, and what they weigh.", "服务器的速度和权重。"),
    ),
    row(
        POOL,
        "service",
        "service LAW [mean=TIME]",
        "service exp mean=10ms",
        (
            "The work a request brings: its time alone on a server of speed 1.",
            "每个请求的工作量：独占速度为 1 的服务器所需的时间。",
        ),
    ),
    row(
        POOL,
        "timeout",
        "timeout TIME",
        "timeout 500ms",
        (
            "How long a client waits before it gives up; off: for ever.",
            "客户端等多久后放弃；off 表示一直等。",
        ),
    ),
    row(
        POOL,
        "trace",
        "trace",
        "trace\n  12ms 8ms 4",
        (
            "Requests as they were recorded: indented rows of arrival, work and key.",
            "按记录重放的请求：缩进的各行依次为到达时刻、工作量和键。",
        ),
    ),
    row(
        ANY,
        "warmup",
        "warmup TIME",
        "warmup 1s",
        ("What happens before is not measured.", "在此之前不计入统计。"),
    ),
];

/// What can be done to the world.
pub(super) const ACTIONS: &[Command] = &[
    row(
        CLUSTER,
        "add",
        "add NODE [via NODE] [from CLIENT]",
        "add n4",
        ("Makes a node a member that votes.", "让节点成为有投票权的成员。"),
    ),
    row(
        CLUSTER,
        "client",
        "client put KEY=VALUE [via NODE] [from CLIENT]",
        "client put y=3",
        ("The same as request.", "与 request 相同。"),
    ),
    row(
        CLUSTER,
        "compact",
        "compact [NODE]",
        "compact n1",
        ("Replaces what was applied by a snapshot.", "用快照取代已应用的日志。"),
    ),
    row(
        ANY,
        "crash",
        "crash WHOM",
        "crash any",
        (
            "Stops a node at once; it loses everything but its disk.",
            "节点立刻停机，只留下磁盘上的内容。",
        ),
    ),
    row(
        ANY,
        "cut",
        "cut NODE ... -> NODE ...",
        "cut n1 -> n2 n3",
        ("Severs one direction between nodes.", "切断节点之间的一个方向。"),
    ),
    row(
        ANY,
        "delay",
        "delay [first N] [MESSAGE] [FROM -> TO] by TIME",
        "delay by 50ms",
        ("Delays messages in flight.", "让途中的消息推迟到达。"),
    ),
    row(
        ANY,
        "deliver",
        "deliver [first N] [MESSAGE] [FROM -> TO]",
        "deliver #12",
        ("Delivers messages in flight now.", "立即送达途中的消息。"),
    ),
    row(
        ANY,
        "disk",
        "disk WHOM MODE",
        "disk any unsynced",
        (
            "Whether what is saved reaches the disk; unsynced, a crash loses it.",
            "保存的内容是否真正落盘；unsynced 时崩溃即丢失。",
        ),
    ),
    row(
        POOL,
        "drain",
        "drain SERVER",
        "drain s1",
        ("Balancers send a server nothing new.", "均衡器不再向该服务器派发新请求。"),
    ),
    row(
        ANY,
        "drift",
        "drift WHOM SHARE",
        "drift any +2%",
        ("Makes a clock run faster or slower.", "让时钟走快或走慢。"),
    ),
    row(
        ANY,
        "drop",
        "drop [first N] [MESSAGE] [FROM -> TO]",
        "drop #12",
        ("Loses messages in flight.", "丢弃途中的消息。"),
    ),
    row(
        ANY,
        "duplicate",
        "duplicate [first N] [MESSAGE] [FROM -> TO]",
        "duplicate #12",
        ("Sends messages in flight twice.", "让途中的消息多到一份。"),
    ),
    row(
        POOL,
        "fail",
        "fail SERVER [SHARE]",
        "fail s1 50%",
        ("A server answers with errors, all or a share.", "服务器对全部或部分请求返回错误。"),
    ),
    row(
        ANY,
        "fire",
        "fire WHOM TIMER",
        "fire any election",
        ("Makes a timer go off now.", "让定时器立即触发。"),
    ),
    row(
        ANY,
        "flap",
        "flap NODE every TIME [for TIME]",
        "flap n1 every 2s for 10s",
        ("A node crashes and restarts in turn.", "节点反复崩溃又重启。"),
    ),
    row(
        ANY,
        "heal",
        "heal",
        "heal",
        (
            "Undoes partitions, cuts, isolations and changes of links.",
            "撤销分区、切断、隔离以及链路的改动。",
        ),
    ),
    row(
        ANY,
        "hold",
        "hold [first N] [MESSAGE] [FROM -> TO]",
        "hold #12",
        (
            "Holds messages back, also later ones, until released.",
            "扣住消息（包括之后发出的），直到放行。",
        ),
    ),
    row(
        ANY,
        "isolate",
        "isolate WHOM",
        "isolate any",
        ("Cuts a node off from all others.", "让节点与其他所有节点隔绝。"),
    ),
    row(
        CLUSTER,
        "learner",
        "learner NODE [via NODE] [from CLIENT]",
        "learner n4",
        ("Makes a node a member that does not vote.", "让节点成为没有投票权的成员。"),
    ),
    row(
        ANY,
        "link",
        "link A -> B [delay=TIME] [loss=SHARE]",
        "link n1 <-> n2 loss=10%",
        (
            "Makes one link unlike the rest: -> one direction, <-> both.",
            "让一条链路与众不同：-> 单向，<-> 双向。",
        ),
    ),
    row(
        CLUSTER,
        "members",
        "members NODE ...",
        "members n1 n2",
        ("Replaces all voting members by joint consensus.", "用联合共识替换全部有投票权的成员。"),
    ),
    row(
        ANY,
        "network",
        "network [PRESET] [delay=TIME] [loss=SHARE] [duplicate=SHARE] [reorder=SHARE]",
        "network wan loss=5%",
        ("Changes the whole network.", "改变整个网络。"),
    ),
    row(
        ANY,
        "partition",
        "partition NODE ... | NODE ...",
        "partition n1 | n2 n3",
        (
            "Splits the network; who is not named is one more group.",
            "把网络分成几部分；未点名的节点自成一组。",
        ),
    ),
    row(
        ANY,
        "pause",
        "pause WHOM",
        "pause any",
        ("A node stands still, and what is due waits.", "节点停住不动，到期的事都先等着。"),
    ),
    row(
        CLUSTER,
        "read",
        "read KEY [via NODE] [from CLIENT]",
        "read y",
        ("Short for request get.", "request get 的简写。"),
    ),
    row(
        POOL,
        "recover",
        "recover SERVER",
        "recover s1",
        ("A server is as fast as before.", "服务器恢复原来的速度。"),
    ),
    row(
        ANY,
        "release",
        "release [first N] [MESSAGE] [FROM -> TO]",
        "release #12",
        ("Lets held messages go.", "放行被扣住的消息。"),
    ),
    row(
        CLUSTER,
        "remove",
        "remove NODE [via NODE] [from CLIENT]",
        "remove n2",
        ("Takes a member out.", "移除一个成员。"),
    ),
    row(
        CLUSTER,
        "request",
        "request put KEY=VALUE [via NODE] [from CLIENT]",
        "request put y=3 via leader",
        ("A client asks for an operation.", "客户端请求一个操作。"),
    ),
    row(
        POOL,
        "reset",
        "reset SERVER",
        "reset s1",
        ("A server drops what it holds.", "服务器丢弃手头的所有请求。"),
    ),
    row(
        ANY,
        "restart",
        "restart WHOM",
        "restart all",
        ("Boots a crashed node from its disk.", "让崩溃的节点从磁盘重新启动。"),
    ),
    row(
        ANY,
        "resume",
        "resume WHOM",
        "resume all",
        ("A paused node goes on.", "让暂停的节点继续。"),
    ),
    row(
        ANY,
        "settle",
        "settle",
        "settle",
        (
            "Delivers everything, and what that causes, until nothing is left.",
            "送达所有消息及其引发的消息，直到没有剩余。",
        ),
    ),
    row(ANY, "skew", "skew WHOM TIME", "skew any +40ms", ("Moves a clock.", "拨动时钟。")),
    row(
        POOL,
        "slow",
        "slow SERVER xFACTOR",
        "slow s1 x2.2",
        ("A server takes so many times as long.", "服务器用时变为若干倍。"),
    ),
    row(
        POOL,
        "speed",
        "speed SERVER xSPEED",
        "speed s1 x1.5",
        ("Sets the speed of a server.", "设定服务器的速度。"),
    ),
    row(
        CLUSTER,
        "transfer",
        "transfer NODE [via NODE] [from CLIENT]",
        "transfer n3",
        ("Hands the lead over.", "移交领导权。"),
    ),
    row(
        POOL,
        "undrain",
        "undrain SERVER",
        "undrain s1",
        ("Balancers send to a server again.", "均衡器重新向该服务器派发请求。"),
    ),
];
