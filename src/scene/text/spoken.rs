//! What a screen reader says of the things on the stage.

use crate::kernel::{Party, SimTime};
use crate::sim::{ClientView, FlightView, NodeView, Status};

use super::figure::{clock, number, percent, span};
use super::names::role_title;
use super::{Label, Lang, waiting};

/// `n4, leader, term 2`; with `crashed`, `paused` or `isolated` where it is so.
pub fn node_spoken(lang: Lang, name: &str, node: &NodeView, era_word: &str) -> String {
    let comma = lang.pick(", ", "，");
    let mut text = name.to_owned();
    if let Status::Crashed(at) = node.status {
        text.push_str(comma);
        text.push_str(&Label::Crashed.text(lang).to_ascii_lowercase());
        text.push(' ');
        text.push_str(&super::at_time(lang, at));
        return text;
    }
    let title = node.card.as_ref().map_or("", |card| card.title);
    text.push_str(comma);
    text.push_str(&role_title(lang, node.role, title).to_ascii_lowercase());
    if !era_word.is_empty() {
        text.push_str(comma);
        text.push_str(era_word);
        text.push(' ');
        text.push_str(&number(node.era));
    }
    if matches!(node.status, Status::Paused(_)) {
        text.push_str(comma);
        text.push_str(&Label::Paused.text(lang).to_ascii_lowercase());
    }
    if node.isolated {
        text.push_str(comma);
        text.push_str(&Label::Isolated.text(lang).to_ascii_lowercase());
    }
    text
}

/// `RequestVote T4 from n1 to n5, arrives at 1.300 s`.
pub fn flight_spoken(lang: Lang, flight: &FlightView, from: &str, to: &str) -> String {
    let note = &flight.note;
    let space = if flight.detail.is_empty() { "" } else { " " };
    let what = format!("{}{space}{}", note.face.name, flight.detail);
    let held = note.due_at == SimTime::MAX;
    let end = match lang {
        Lang::En if held => "held".to_owned(),
        Lang::Zh if held => "已扣住".to_owned(),
        Lang::En => format!("arrives at {}", clock(note.due_at)),
        Lang::Zh => format!("将于 {} 到达", clock(note.due_at)),
    };
    match lang {
        Lang::En => format!("{what} from {from} to {to}, {end}"),
        Lang::Zh => format!("{what}，{from} 发往 {to}，{end}"),
    }
}

/// `c1, put x=1, waiting 80 ms`; `c1, idle`.
pub fn client_spoken(lang: Lang, client: &ClientView, at: SimTime) -> String {
    let comma = lang.pick(", ", "，");
    let name = Party::Client(client.id).to_string();
    match client.waiting_for {
        Some((_, op, _, since)) => {
            let wait = waiting(lang, at.since(since));
            format!("{name}{comma}{op}{comma}{wait}")
        }
        None => format!("{name}{comma}{}", lang.pick("idle", "空闲")),
    }
}

/// `s4, 3 waiting, busy 97%, p99 168 ms`.
pub fn server_spoken(
    lang: Lang,
    name: &str,
    waiting: u32,
    busy: f64,
    p99: Option<crate::kernel::Span>,
) -> String {
    let comma = lang.pick(", ", "，");
    let wait = super::waits_at_server(lang, waiting);
    let busy = format!("{} {}", Label::Busy.text(lang), percent(busy));
    let tail = p99.map_or(String::new(), |p99| format!("{comma}p99 {}", span(p99)));
    format!("{name}{comma}{wait}{comma}{busy}{tail}")
}

/// What the polite live region says while the playhead moves by itself.
pub fn narration_spoken(lang: Lang, at: SimTime, sentence: &str) -> String {
    match lang {
        Lang::En => format!("{}: {sentence}", clock(at)),
        Lang::Zh => format!("{}：{sentence}", clock(at)),
    }
}

/// The value of the timeline as a slider.
pub fn playhead_spoken(lang: Lang, at: SimTime, end: SimTime) -> String {
    match lang {
        Lang::En => format!("{} of {}", clock(at), clock(end)),
        Lang::Zh => format!("{}，共 {}", clock(at), clock(end)),
    }
}
