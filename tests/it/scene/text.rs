//! The catalogue of words: complete in both languages, and Chinese where it should be.

use quorate::kernel::{
    Family, Manner, NodeId, Phase, Property, Role, SimTime, Span as Length, Text,
};
use quorate::lab::{Action, Lab};
use quorate::scene::text::{self, KEYS, Label, Lang};
use quorate::sim::{Cause, DiskMode, NodeView, Status};
use wasm_bindgen_test::wasm_bindgen_test;

/// Words that stay English on every screen: protocols' own names, formats and names of things.
const ALLOWED: &[&str] = &[
    // Keys, as they are labelled.
    "Page",
    "Up",
    "Down",
    "term",
    "p50",
    "p90",
    "p99",
    "SVG",
    "WebM",
    "PNG",
    "JSON",
    "WebAssembly",
    "ms",
    "s",
    "µs",
    "ns",
    "n4",
    "RequestVote",
    "T4",
    "n1",
    "n5",
    "put",
    "x",
    "c1",
    "Enter",
];

fn chinese(character: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&character)
}

/// Every run of Latin letters in `text` is an allowed word, and something in it is Chinese.
fn assert_chinese(text: &str) {
    assert!(text.chars().any(chinese), "no Chinese in {text:?}");
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != 'µ');
    for word in words.filter(|word| word.chars().any(|c| c.is_ascii_alphabetic())) {
        assert!(ALLOWED.contains(&word), "{word:?} is left English in {text:?}");
    }
}

fn assert_both(text: Text) {
    assert!(!text.en.trim().is_empty() && !text.zh.trim().is_empty(), "{text:?}");
    assert!(!text.en.chars().any(chinese), "Chinese in {:?}", text.en);
    assert_chinese(text.zh);
}

#[wasm_bindgen_test(unsupported = test)]
fn labels_are_complete() {
    assert!(Label::ALL.len() > 200);
    for label in Label::ALL {
        assert_both(label.both());
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn shortcuts_are_complete() {
    for shortcut in KEYS {
        assert!(!shortcut.keys.is_empty());
        assert_both(shortcut.does);
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn names_are_complete() {
    let mut zh = Vec::new();
    zh.extend(Property::ALL.map(|property| text::property(Lang::Zh, property)));
    zh.extend(Property::ALL.map(|property| text::property_help(Lang::Zh, property)));
    let roles = [Role::Follower, Role::Candidate, Role::Leader, Role::Balancer, Role::Server];
    zh.extend(roles.map(|role| text::role(Lang::Zh, role)));
    let causes = [Cause::Chance, Cause::Cut, Cause::Dead, Cause::Dropped];
    zh.extend(causes.map(|cause| text::cause(Lang::Zh, cause)));
    zh.extend([DiskMode::Synced, DiskMode::Unsynced].map(|mode| text::disk(Lang::Zh, mode)));
    let shelves = [Family::Consensus, Family::Naive, Family::Balancing];
    zh.extend(shelves.map(|family| text::family(Lang::Zh, family)));
    let phases = [Phase::Election, Phase::Replication, Phase::Client];
    zh.extend(phases.map(|phase| text::phase(Lang::Zh, phase)));
    let manners = [Manner::Ask, Manner::Grant, Manner::Refuse, Manner::Beat];
    zh.extend(manners.map(|manner| text::manner(Lang::Zh, manner)));
    for name in zh {
        assert_chinese(name);
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn phrases_are_translated() {
    let at = SimTime(1_280_000_000);
    let zh = Lang::Zh;
    for phrase in [
        text::event_of(zh, 214, 618),
        text::request_of(zh, 2941, 5588),
        text::insert_at(zh, at),
        text::checks_hold(zh, 2),
        text::checks_violated(zh, 1),
        text::at_line(zh, 12),
        text::violated_at(zh, at),
        text::partition_since(zh, at),
        text::needs_to_win(zh, 3),
        text::needs_to_commit(zh, 3),
        text::votes_of(zh, 1, 3),
        text::waiting(zh, Length::millis(80)),
        text::waits_at_server(zh, 3),
        text::line_not_understood(zh, 6),
        text::run_stopped(zh, 2_000_000),
        text::stopped_detail(zh, at),
        text::explored(zh, 1284),
        text::states_found(zh, 1284, 12),
        text::holds_count(zh, 3, 5),
        text::link_long(zh, 4200),
        text::playhead_spoken(zh, at, at),
        text::same_requests(zh, 5588, 5),
        text::compare_progress(zh, at, at),
        text::warming_up(zh, Length::secs(4)),
        text::approximate(zh, at),
        text::slow_only(zh, 12, "随机"),
        text::slow_rule(zh, 3),
        text::distribution_spoken(zh, Some(Length::millis(9)), Some(Length::millis(71))),
        text::waiting_spoken(zh, 3, 130),
        text::sweep_progress(zh, 3, 275),
    ] {
        assert_chinese(&phrase);
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn figures_carry_units_and_thin_spaces() {
    assert_eq!(text::number(618), "618");
    assert_eq!(text::number(2_941), "2\u{2009}941");
    assert_eq!(text::number(2_000_000), "2\u{2009}000\u{2009}000");
    assert_eq!(text::clock(SimTime(1_280_400_000)), "1.280 s");
    assert_eq!(text::span(Length::millis(80)), "80 ms");
    assert_eq!(text::span(Length::millis(1_280)), "1.28 s");
    assert_eq!(text::span(Length::millis(12_500)), "12.5 s");
    assert_eq!(text::span(Length::micros(235)), "235 µs");
    assert_eq!(text::span(Length::micros(1_007)), "1 ms");
    assert_eq!(text::span(Length(7)), "7 ns");
    assert_eq!(text::span(Length::ZERO), "0 ms");
    assert_eq!(text::percent(0.974), "97%");
    assert_eq!(text::factor(1_500), "×1.5");
    assert_eq!(text::factor(3_000), "×3");
    assert_eq!(text::per_cent(1, 6), "16.7%");
    assert_eq!(text::per_cent(0, 0), "0.0%");
    assert_eq!(text::permille(974), "97%");
    assert_eq!(text::per_weight(3, 2), "1.5");
    assert_eq!(text::per_weight(4, 2), "2");
    assert_eq!(text::per_weight(10, 1), "10");
}

fn node(status: Status) -> NodeView {
    NodeView {
        id: NodeId(3),
        role: Role::Leader,
        era: 2,
        status,
        timers: Vec::new(),
        skew: 0,
        drift_ppm: 0,
        disk: DiskMode::Synced,
        isolated: false,
        card: None,
        durable: None,
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn nodes_are_spoken() {
    let up = node(Status::Up);
    assert_eq!(text::node_spoken(Lang::En, "n4", &up, "term"), "n4, leader, term 2");
    assert_eq!(text::node_spoken(Lang::Zh, "n4", &up, "term"), "n4，领导者，term 2");
    let down = node(Status::Crashed(SimTime(400_000_000)));
    assert_eq!(text::node_spoken(Lang::En, "n4", &down, "term"), "n4, crashed at 400 ms");
    let isolated = NodeView { isolated: true, ..node(Status::Up) };
    let spoken = text::node_spoken(Lang::En, "n4", &isolated, "");
    assert_eq!(spoken, "n4, leader, isolated");
}

#[wasm_bindgen_test(unsupported = test)]
fn languages_are_found_by_tag() {
    assert_eq!(Lang::from_tag("zh-CN"), Lang::Zh);
    assert_eq!(Lang::from_tag("ZH"), Lang::Zh);
    assert_eq!(Lang::from_tag("en-GB"), Lang::En);
    assert_eq!(Lang::from_tag(""), Lang::En);
}

/// A line for each form of `expect`: none is left in English, but for names and figures.
#[wasm_bindgen_test(unsupported = test)]
fn what_is_expected_has_chinese_words() {
    let cluster = "cluster raft nodes=3 seed=1\nrun 1s\n";
    let pool = "balance p2c servers=3 seed=1\nrun 1s\n";
    for (head, line, en, zh) in [
        (cluster, "leader within 1s", "Leader within 1s", "1 s 内选出领导者"),
        (cluster, "rising terms", "Rising terms", "term 从不后退"),
        (cluster, "rising terms broken", "Rising terms broken", "term 从不后退（预期被打破）"),
        (cluster, "commit within 200ms", "Commit within 200ms", "写入在 200 ms 内提交"),
        (cluster, "chosen within 2s", "Chosen within 2s", "2 s 内有值被选定"),
        (cluster, "chosen red", "Chosen red", "选定的值为 red"),
        (cluster, "converges within 1s", "Converges within 1s", "静止后 1 s 内收敛"),
        (
            cluster,
            "leader within 1s broken",
            "Leader within 1s broken",
            "1 s 内选出领导者（预期不成立）",
        ),
        (pool, "p99 < 200ms", "p99 < 200ms", "p99 响应时间 < 200 ms"),
        (pool, "mean < 20ms", "Mean < 20ms", "平均响应时间 < 20 ms"),
        (pool, "failures < 1%", "Failures < 1%", "失败率 < 1%"),
        (
            pool,
            "utilisation < 90% with p2c",
            "Utilisation < 90% with p2c",
            "各服务器利用率 < 90%（p2c）",
        ),
    ] {
        let mut lab = Lab::new();
        lab.update(Action::Open(format!("{head}expect {line}\n")));
        let check = lab.view().expectations.first().cloned().unwrap_or_else(|| panic!("{line}"));
        let wish = check.wish.expect("a line is a wish");
        assert_eq!(text::expected(Lang::En, &wish, &check.text), en);
        assert_eq!(text::expected(Lang::Zh, &wish, &check.text), zh);
    }
}
