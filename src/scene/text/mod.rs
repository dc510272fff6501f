//! Every word of the screen, in both languages.
//!
//! A [`Label`] is a fixed word or sentence; the functions beside it are sentences with something to
//! fill in. A missing translation does not compile: labels carry both languages in one line, and
//! functions match on [`Lang`] without a catch-all. Names of a protocol's own (`RequestVote`,
//! `term`, `commitIndex`) stay English on every screen.

mod compare;
mod figure;
mod files;
pub mod hands;
mod keys;
mod label;
mod names;
mod phrase;
pub mod proof;
mod properties;
mod spoken;
pub mod time;

use crate::kernel::Text;

pub use compare::{
    approximate, compare_progress, distribution_spoken, pick_of, queues_spoken, same_requests,
    shares_spoken, slow_only, slow_rule, sweep_progress, waiting_spoken, warming_up, why_sentence,
};
pub use figure::{
    clock, factor, number, per_cent, per_weight, percent, permille, seconds, span, span_parts,
};
pub use files::{
    film_saved, go_to_event, go_to_instant, minutes, offers_spoken, opened_file, trace_agrees,
    trace_progress, trace_until,
};
pub use keys::{KEYS, Shortcut};
pub use label::Label;
pub use names::{
    cause, disk, era_short, family, manner, phase, property, property_help, role, role_title,
};
pub use phrase::{
    at_line, at_time, because_line, checks_hold, checks_open, checks_violated, event_of, explored,
    holds_count, in_flight, insert_at, line_not_understood, link_long, megabytes, more_in_flight,
    needs_to_commit, needs_to_win, node_tab, partition_since, per_second, queue_more, request_of,
    run_stopped, search_sentence, seats, seats_spoken, seeds_tried, states_found, stopped_detail,
    violated_at, votes_of, waiting, waits_at_server,
};
pub use properties::expected;
pub use spoken::{
    client_spoken, flight_spoken, narration_spoken, node_spoken, playhead_spoken, server_spoken,
};

/// A language of the screen.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub enum Lang {
    /// English.
    #[default]
    En,
    /// 中文.
    Zh,
}

impl Lang {
    /// Both, in the order of the switch.
    pub const ALL: [Lang; 2] = [Lang::En, Lang::Zh];

    /// The tag of the language, as in `lang="zh-Hans"`.
    pub const fn tag(self) -> &'static str {
        match self {
            Lang::En => "en",
            Lang::Zh => "zh-Hans",
        }
    }

    /// As written on the switch, each in its own language.
    pub const fn own_name(self) -> &'static str {
        match self {
            Lang::En => "EN",
            Lang::Zh => "中文",
        }
    }

    /// The language a tag asks for (`zh-CN`, `en-GB`); English if it is neither.
    pub fn from_tag(tag: &str) -> Lang {
        let chinese = tag.get(..2).is_some_and(|head| head.eq_ignore_ascii_case("zh"));
        if chinese { Lang::Zh } else { Lang::En }
    }

    /// The half of `text` in this language.
    pub const fn of(self, text: Text) -> &'static str {
        self.pick(text.en, text.zh)
    }

    /// `en` or `zh`.
    pub const fn pick<'a>(self, en: &'a str, zh: &'a str) -> &'a str {
        match self {
            Lang::En => en,
            Lang::Zh => zh,
        }
    }
}

/// Runs of ASCII letters and digits, and what stands between them: where a name may be, also in a
/// language that parts no words.
pub fn words(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let kind = first.is_ascii_alphanumeric();
        let end = rest.find(|c: char| c.is_ascii_alphanumeric() != kind).unwrap_or(rest.len());
        let (word, tail) = rest.split_at(end);
        rest = tail;
        Some(word)
    })
}

#[cfg(test)]
mod tests {
    use super::words;
    use wasm_bindgen_test::wasm_bindgen_test;

    #[wasm_bindgen_test(unsupported = test)]
    fn words_are_parted_also_in_chinese() {
        let parts: Vec<&str> = words("n4忽略n1的请求").collect();
        assert_eq!(parts, ["n4", "忽略", "n1", "的请求"]);
        assert_eq!(words("(n2).").collect::<Vec<_>>(), ["(", "n2", ")."]);
    }
}
