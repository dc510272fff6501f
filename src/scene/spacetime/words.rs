//! The diagram in words: what happened in the window, and why.

use crate::check::chronicle::{Cone, Focus, NEVER, NOBODY, Spot, What};
use crate::kernel::SimTime;

use super::super::text::{Label, Lang, cause, clock, number};
use super::Look;

/// Most consequences that are told one by one.
const TOLD: usize = 6;

/// Most events before and after the playhead that are looked at for a list.
const LOOKED_AT: u32 = 20_000;

/// An event in words.
#[derive(Clone, PartialEq, Debug)]
pub struct Line {
    /// Which.
    pub event: u32,
    /// When.
    pub at: SimTime,
    /// What happened.
    pub text: String,
}

/// Why something happened and what came of it, in words.
#[derive(Clone, PartialEq, Debug)]
pub struct ConeWords {
    /// What is asked about.
    pub title: String,
    /// Where it can be jumped to.
    pub event: u32,
    /// The events that triggered it, the latest first.
    pub why: Vec<Line>,
    /// How much led to it.
    pub past: String,
    /// What came of it at once.
    pub next: Vec<Line>,
    /// How much came of it.
    pub future: String,
}

/// An event as one sentence.
pub fn line(look: &Look<'_>, event: u32) -> Line {
    let lane = look.chronicle.lane(event);
    let text = match look.chronicle.what(event) {
        What::Started => look.lang.pick("the run begins", "运行开始").to_owned(),
        What::Delivered(id) | What::Lost(id) => ended(look, id),
        What::Timer(name) => {
            let node = look.name(lane);
            match look.lang {
                Lang::En => format!("{node}: timer {name} goes off"),
                Lang::Zh => format!("{node}：定时器 {name} 到期"),
            }
        }
        What::Input(index) => (look.deed)(index).unwrap_or_else(|| {
            look.lang.pick("something is done from outside", "来自外部的操作").to_owned()
        }),
        What::Client => client(look, lane, event),
    };
    Line { event, at: look.chronicle.time(event), text }
}

/// A message at its end.
fn ended(look: &Look<'_>, id: u32) -> String {
    let Some(message) = look.chronicle.message(id) else { return String::new() };
    let kinds = look.chronicle.kinds();
    let kind = kinds.get(usize::from(message.kind)).map_or("", |kind| kind.face.name);
    let (from, to) = (look.name(message.from), look.name(message.to));
    match (look.lang, message.lost) {
        (Lang::En, None) => format!("{to} receives {kind} from {from}"),
        (Lang::Zh, None) => format!("{to} 收到 {from} 的 {kind}"),
        (Lang::En, Some(why)) => format!("{kind} from {from} to {to}: {}", cause(look.lang, why)),
        (Lang::Zh, Some(why)) => format!("{from} 发往 {to} 的 {kind}：{}", cause(look.lang, why)),
    }
}

fn client(look: &Look<'_>, lane: u16, event: u32) -> String {
    let name = look.name(lane);
    let waits = look.chronicle.lanes().get(usize::from(lane)).map_or(&[][..], |lane| lane.waits());
    let asked = waits.partition_point(|wait| wait.from < event);
    let asked = waits.get(asked).filter(|wait| wait.from == event);
    if let Some(op) = asked.and_then(|wait| look.chronicle.op(wait)) {
        return match look.lang {
            Lang::En => format!("{name} asks: {op}"),
            Lang::Zh => format!("{name} 请求：{op}"),
        };
    }
    match (look.chronicle.sent_by(event).is_empty(), look.lang) {
        (false, Lang::En) => format!("{name} asks"),
        (false, Lang::Zh) => format!("{name} 发出请求"),
        (true, Lang::En) => format!("{name} waits no longer"),
        (true, Lang::Zh) => format!("{name} 不再等待"),
    }
}

/// The events of the window in order, at most `most`, around the playhead if there are more, and
/// how many there are. Messages of hidden kinds and what is not searched for are left out.
pub fn lines(look: &Look<'_>, most: usize) -> (Vec<Line>, usize) {
    let window = look.chronicle.window(look.view.from, look.view.to);
    let here = look.event().clamp(window.start, window.end.max(window.start + 1) - 1);
    let shown = |event: &u32| {
        let kind = match look.chronicle.what(*event) {
            What::Delivered(id) | What::Lost(id) => look.chronicle.message(id).map(|it| it.kind),
            _ => None,
        };
        kind.is_none_or(|kind| look.shows(kind))
            && look.query.is_none_or(|query| query.event(look.chronicle, *event))
            && look.cone.is_none_or(|cone| in_cone(look, cone, *event))
    };
    let near = |from: u32, to: u32| {
        let (least, most) = (here.saturating_sub(LOOKED_AT), here.saturating_add(LOOKED_AT));
        from.max(least)..to.min(most)
    };
    let known = near(window.start, here).rev().filter(shown).take(most / 2);
    let mut before: Vec<u32> = known.collect();
    before.reverse();
    let room = most - before.len();
    before.extend(near(here, window.end).filter(shown).take(room));
    let lines = before.into_iter().map(|event| line(look, event)).collect();
    (lines, window.len())
}

fn in_cone(look: &Look<'_>, cone: &Cone, event: u32) -> bool {
    match look.chronicle.what(event) {
        What::Lost(id) => cone.carries(look.chronicle, id),
        _ => match look.chronicle.lane(event) {
            NOBODY => true,
            lane => cone.led_here(Spot { event, lane }) || cone.comes_of(Spot { event, lane }),
        },
    }
}

/// The diagram as one sentence, for those who cannot see it.
pub fn describe(look: &Look<'_>) -> String {
    let window = look.chronicle.window(look.view.from, look.view.to);
    let (from, to) = (clock(look.view.from), clock(look.view.to));
    let events = number(window.len() as u64);
    let nodes = look.chronicle.nodes();
    match look.lang {
        Lang::En => format!("Space-time diagram, {nodes} nodes, {from} to {to}: {events} events"),
        Lang::Zh => format!("时空图，{nodes} 个节点，{from} 至 {to}：{events} 个事件"),
    }
}

/// Only some messages are drawn.
pub(super) fn thinned(lang: Lang, drawn: usize, of: usize) -> String {
    let (drawn, of) = (number(drawn as u64), number(of as u64));
    match lang {
        Lang::En => format!("{drawn} of {of} messages drawn; zoom in for all"),
        Lang::Zh => format!("共 {of} 条消息，绘出 {drawn} 条；放大可看全部"),
    }
}

/// Why it happened, and what it caused.
pub fn cone_words(look: &Look<'_>, cone: &Cone) -> ConeWords {
    let chronicle = look.chronicle;
    let (event, sends) = match cone.focus {
        Focus::Event(spot) => (spot.event, chronicle.sent_by(spot.event)),
        Focus::Message(id) => {
            let message = chronicle.message(id);
            let ended = message.map_or(NEVER, |message| message.ended);
            let heard = message.is_some_and(|message| message.lost.is_none());
            let none = chronicle.messages()..chronicle.messages();
            let sends = if heard && ended != NEVER { chronicle.sent_by(ended) } else { none };
            let sent = message.map_or(0, |message| message.sent);
            (if ended == NEVER { sent } else { ended }, sends)
        }
    };
    let title = match cone.focus {
        Focus::Message(id) => message_title(look, id),
        Focus::Event(_) => line(look, event).text,
    };
    let skip = usize::from(matches!(cone.focus, Focus::Event(_)));
    let why = cone.why().iter().skip(skip).map(|spot| line(look, spot.event)).collect();
    let ends = sends.filter_map(|id| chronicle.message(id)).filter(|it| it.ended != NEVER);
    let mut next: Vec<u32> = ends.map(|message| message.ended).take(TOLD).collect();
    crate::order::sort(&mut next);
    let mut next: Vec<Line> = next.into_iter().map(|event| line(look, event)).collect();
    next.extend(leads(look, cone));
    ConeWords {
        title,
        event,
        why,
        past: size(look.lang, cone.past(chronicle), false),
        next,
        future: size(look.lang, cone.future(chronicle), true),
    }
}

fn message_title(look: &Look<'_>, id: u32) -> String {
    let Some(message) = look.chronicle.message(id) else { return String::new() };
    let text = ended(look, id);
    if message.ended != NEVER {
        return text;
    }
    let way = Label::InFlight.text(look.lang);
    match look.lang {
        Lang::En => format!("{text} ({way})"),
        Lang::Zh => format!("{text}（{way}）"),
    }
}

/// The first election that came of it.
fn leads(look: &Look<'_>, cone: &Cone) -> Option<Line> {
    let came = |spot: Spot| cone.comes_of(spot);
    let first = match cone.focus {
        Focus::Event(spot) => spot.event,
        Focus::Message(id) => look.chronicle.message(id)?.ended,
    };
    let marks = look.chronicle.eras();
    let later = marks[marks.partition_point(|mark| mark.event < first)..].iter();
    let won = later
        .filter(|mark| mark.won)
        .find(|mark| came(Spot { event: mark.event, lane: mark.lane }))?;
    let (node, era) = (look.name(won.lane), won.era);
    let text = match look.lang {
        Lang::En => format!("{node} leads era {era}"),
        Lang::Zh => format!("{node} 成为第 {era} 届领导者"),
    };
    Some(Line { event: won.event, at: look.chronicle.time(won.event), text })
}

fn size(lang: Lang, (events, lanes): (usize, usize), after: bool) -> String {
    let count = number(events as u64);
    match (lang, after, events) {
        (Lang::En, false, 0) => "nothing before it".to_owned(),
        (Lang::Zh, false, 0) => "之前没有任何事件".to_owned(),
        (Lang::En, true, 0) => "nothing came of it".to_owned(),
        (Lang::Zh, true, 0) => "没有引起任何事件".to_owned(),
        (Lang::En, false, _) => format!("{count} earlier events at {lanes} lanes could matter"),
        (Lang::Zh, false, _) => format!("此前可能有关的事件 {count} 个，涉及 {lanes} 条泳道"),
        (Lang::En, true, _) => format!("{count} later events at {lanes} lanes could depend on it"),
        (Lang::Zh, true, _) => format!("此后可能受影响的事件 {count} 个，涉及 {lanes} 条泳道"),
    }
}
