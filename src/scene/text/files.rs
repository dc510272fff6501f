//! Sentences about files, traces and what is offered while writing.

use crate::kernel::SimTime;

use super::{Lang, number, seconds};

/// A file was opened.
pub fn opened_file(lang: Lang, name: &str) -> String {
    match lang {
        Lang::En => format!("Opened {name}."),
        Lang::Zh => format!("已打开 {name}。"),
    }
}

/// How far a trace is written or compared.
pub fn trace_progress(lang: Lang, events: u64) -> String {
    let events = number(events);
    match lang {
        Lang::En => format!("Working through the trace: {events} events so far"),
        Lang::Zh => format!("正在处理事件记录：已有 {events} 个事件"),
    }
}

/// Everything happened again as a trace says.
pub fn trace_agrees(lang: Lang, events: u64) -> String {
    let events = number(events);
    match lang {
        Lang::En => format!("Run again: all {events} events are as the trace says."),
        Lang::Zh => format!("已重新运行：{events} 个事件与记录完全一致。"),
    }
}

/// How many events agree before a trace cannot be read on.
pub fn trace_until(lang: Lang, events: u64, why: &str) -> String {
    let events = number(events);
    match lang {
        Lang::En => format!("{why} The {events} events before agree."),
        Lang::Zh => format!("{why}此前 {events} 个事件一致。"),
    }
}

/// A film of so many seconds is in its file; `full` if there was no room for more.
pub fn film_saved(lang: Lang, name: &str, seconds: u32, full: bool) -> String {
    let why = match (lang, full) {
        (_, false) => "",
        (Lang::En, true) => " That is as long as a film may be.",
        (Lang::Zh, true) => "已达到最长时长。",
    };
    match lang {
        Lang::En => format!("Film saved: {name}, {seconds} s.{why}"),
        Lang::Zh => format!("影片已保存：{name}，{seconds} 秒。{why}"),
    }
}

/// Minutes and seconds, as a recorder shows them.
pub fn minutes(ms: f64) -> String {
    let seconds = (ms / 1_000.0) as u32;
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

/// A way to an event.
pub fn go_to_event(lang: Lang, event: u64) -> String {
    let event = number(event);
    match lang {
        Lang::En => format!("Go to event {event}"),
        Lang::Zh => format!("跳到第 {event} 个事件"),
    }
}

/// A way to the instant of a line.
pub fn go_to_instant(lang: Lang, at: SimTime) -> String {
    let at = seconds(at);
    match lang {
        Lang::En => format!("Go to {at} s"),
        Lang::Zh => format!("跳到 {at} 秒"),
    }
}

/// How many words are offered.
pub fn offers_spoken(lang: Lang, count: usize) -> String {
    match (lang, count) {
        (Lang::En, 1) => "1 suggestion".to_owned(),
        (Lang::En, _) => format!("{count} suggestions"),
        (Lang::Zh, _) => format!("{count} 条建议"),
    }
}
