//! Sentences about strategies beside each other.

use std::fmt::Write as _;

use crate::kernel::{SimTime, Span};

use super::Lang;
use super::figure::{clock, number, percent, span};

/// Over the comparison: what is common to all rows.
pub fn same_requests(lang: Lang, requests: u64, strategies: usize) -> String {
    let requests = number(requests);
    match (lang, strategies) {
        (Lang::En, 1) => format!("{requests} requests, one strategy"),
        (Lang::En, _) => format!("Same {requests} requests, {strategies} strategies"),
        (Lang::Zh, 1) => format!("{requests} 个请求，一种策略"),
        (Lang::Zh, _) => format!("同样的 {requests} 个请求，{strategies} 种策略"),
    }
}

/// How far the strategies have been computed.
pub fn compare_progress(lang: Lang, computed: SimTime, until: SimTime) -> String {
    let (computed, until) = (clock(computed), clock(until));
    match lang {
        Lang::En => format!("computed to {computed} of {until}"),
        Lang::Zh => format!("已计算到 {computed}，共 {until}"),
    }
}

/// As long as nothing counts.
pub fn warming_up(lang: Lang, warmup: Span) -> String {
    let warmup = span(warmup);
    match lang {
        Lang::En => format!("Warm-up: what arrives before {warmup} does not count."),
        Lang::Zh => format!("预热：{warmup} 之前到达的请求不计入统计。"),
    }
}

/// How far figures may be off, where there is too much to keep.
pub fn approximate(lang: Lang, at: SimTime) -> String {
    let at = clock(at);
    match lang {
        Lang::En => format!("figures of {at}; percentiles to within 1.6%"),
        Lang::Zh => format!("{at} 时的数据；百分位数误差不超过 1.6%"),
    }
}

/// How many requests were slow under one strategy only.
pub fn slow_only(lang: Lang, count: u64, strategy: &str) -> String {
    let number = number(count);
    match (lang, count) {
        (Lang::En, 1) => format!("1 request is slow only under {strategy}"),
        (Lang::En, _) => format!("{number} requests are slow only under {strategy}"),
        (Lang::Zh, _) => format!("{number} 个请求只在“{strategy}”下慢"),
    }
}

/// What slow under one strategy only means.
pub fn slow_rule(lang: Lang, factor: u64) -> String {
    match lang {
        Lang::En => {
            format!("At least {factor} times as long as under any other strategy; the worst first.")
        }
        Lang::Zh => format!("耗时至少是其他任何策略的 {factor} 倍；差距最大的在前。"),
    }
}

/// A distribution for those who do not see it.
pub fn distribution_spoken(lang: Lang, p50: Option<Span>, p99: Option<Span>) -> String {
    match (p50, p99) {
        (Some(p50), Some(p99)) => {
            let (p50, p99) = (span(p50), span(p99));
            match lang {
                Lang::En => format!("half within {p50}, 99% within {p99}"),
                Lang::Zh => format!("半数在 {p50} 内，99% 在 {p99} 内"),
            }
        }
        _ => lang.pick("no response yet", "尚无响应").to_owned(),
    }
}

/// Shares of requests for those who do not see them: `s1 16%, fair 22%; …`.
pub fn shares_spoken(lang: Lang, servers: &[(String, f64)], shares: &[f64]) -> String {
    let mut text = String::new();
    for ((name, fair), share) in servers.iter().zip(shares) {
        let gap = if text.is_empty() { "" } else { lang.pick("; ", "；") };
        let (share, fair) = (percent(*share), percent(*fair));
        let _ = match lang {
            Lang::En => write!(text, "{gap}{name} {share}, fair {fair}"),
            Lang::Zh => write!(text, "{gap}{name} {share}，应得 {fair}"),
        };
    }
    text
}

/// Queues for those who do not see them: `s1 0; s4 84`.
pub fn queues_spoken(lang: Lang, servers: &[(String, f64)], queues: &[u32]) -> String {
    let mut text = String::new();
    for ((name, _), queue) in servers.iter().zip(queues) {
        let gap = if text.is_empty() { "" } else { lang.pick("; ", "；") };
        let _ = write!(text, "{gap}{name} {queue}");
    }
    text
}
