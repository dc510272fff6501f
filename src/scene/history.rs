//! A history as a picture: a bar for each operation, a row for each client, and the proof.
//!
//! If an order explains the history, a tick in each bar says where the operation takes effect, with
//! its place in the order. If none does, the operations that are already impossible are red, with a
//! triangle; colour never says it alone.

use std::fmt;

use crate::check::recording::{Found, Proof, Recording};
use crate::kernel::ClientId;

use super::glyph;
use super::list::{Anchor, Face, Fill, List, Point, at, stroke, width_of};
use super::palette::Ink;
use super::text::Lang;

/// One operation.
#[derive(Clone, PartialEq, Debug)]
pub struct Bar {
    /// Its row, from 0.
    pub row: usize,
    /// What was asked and told, such as `get x → 1`.
    pub label: String,
    /// Where it was invoked; any unit, the same for all.
    pub from: f64,
    /// Where it ended; `None` if nobody saw the end.
    pub to: Option<f64>,
    /// Where it takes effect, and its place in the order, from 1.
    pub point: Option<(f64, usize)>,
    /// It is one of those that are impossible together.
    pub core: bool,
}

/// A history to draw.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct HistoryScene {
    /// The clients, by row.
    pub clients: Vec<String>,
    /// The operations, in order of invocation.
    pub bars: Vec<Bar>,
    /// What the picture says, for its title.
    pub title: String,
}

/// Between rows.
const ROW: f64 = 40.0;
const BAR: f64 = 18.0;
/// Left of the first position: the clients' names.
const GUTTER: f64 = 56.0;
const MARGIN: f64 = 16.0;
const SIZE: f64 = 11.0;
/// A bar is never narrower.
const LEAST: f64 = 4.0;

impl HistoryScene {
    /// The height of the picture in pixels.
    pub fn height(&self) -> f64 {
        2.0 * MARGIN + ROW * self.clients.len().max(1) as f64
    }

    /// A width in pixels at which most labels fit.
    pub fn width(&self) -> f64 {
        let bars = self.bars.iter();
        // Bars of one client stand one behind the other.
        let mut rows = vec![0.0; self.clients.len()];
        for bar in bars {
            if let Some(row) = rows.get_mut(bar.row) {
                *row += width_of(&bar.label, SIZE, Face::Mono) + 24.0;
            }
        }
        (GUTTER + MARGIN + rows.into_iter().fold(0.0, f64::max)).max(480.0)
    }

    fn span(&self) -> (f64, f64) {
        let from = self.bars.iter().map(|bar| bar.from).fold(f64::INFINITY, f64::min);
        let ends = self.bars.iter().flat_map(|bar| [Some(bar.from), bar.to]);
        let to = ends.flatten().fold(f64::NEG_INFINITY, f64::max);
        if from < to { (from, to) } else { (from, from + 1.0) }
    }

    /// Draws the picture at this width.
    pub fn draw(&self, list: &mut List, width: f64) {
        let (from, to) = self.span();
        // What nobody saw the end of goes on behind everything.
        let room = (width - GUTTER - 2.0 * MARGIN).max(1.0);
        let x = |position: f64| GUTTER + room * (position - from) / (to - from);
        let end = width - MARGIN / 2.0;
        for (row, client) in self.clients.iter().enumerate() {
            let y = MARGIN + ROW * (row as f64 + 0.5);
            list.line(at(GUTTER, y), at(end, y), stroke(Ink::Line, 1.0));
            let pen = list.text(at(GUTTER - 10.0, y + 4.0), Anchor::End);
            let _ = pen.run(client, 12.0, Face::Mono, Ink::Ink2);
        }
        for bar in &self.bars {
            let y = MARGIN + ROW * (bar.row as f64 + 0.5);
            let left = x(bar.from);
            let right = bar.to.map_or(end, &x).max(left + LEAST);
            draw_bar(list, bar, (left, right, y), end);
        }
        for bar in &self.bars {
            let Some((point, place)) = bar.point else { continue };
            let y = MARGIN + ROW * (bar.row as f64 + 0.5);
            let right = bar.to.map_or(end, &x).max(x(bar.from) + LEAST);
            // Points of one position keep their order on screen where there is room.
            let place_x = x(point).clamp(x(bar.from), right);
            draw_point(list, at(place_x, y), place);
        }
    }

    /// The picture in words: the order, or the operations that are impossible together.
    pub fn describe(&self, lang: Lang) -> String {
        let named = |bar: &Bar| {
            let client = self.clients.get(bar.row).map_or("", String::as_str);
            format!("{client} {}", bar.label)
        };
        let core: Vec<String> = self.bars.iter().filter(|bar| bar.core).map(named).collect();
        if !core.is_empty() {
            let (en, zh) = ("Impossible together: ", "无法同时成立：");
            return lang.pick(en, zh).to_owned() + &core.join(lang.pick("; ", "；"));
        }
        let mut order: Vec<(usize, String)> = Vec::new();
        for bar in &self.bars {
            order.extend(bar.point.map(|(_, place)| (place, named(bar))));
        }
        crate::order::sort_by_key(&mut order, |(place, _)| *place);
        let order: Vec<String> = order.into_iter().map(|(_, name)| name).collect();
        if order.is_empty() {
            return String::new();
        }
        let (en, zh) = ("An order that explains it: ", "可以解释的顺序：");
        lang.pick(en, zh).to_owned() + &order.join(lang.pick("; ", "；"))
    }
}

fn draw_bar(list: &mut List, bar: &Bar, (left, right, y): (f64, f64, f64), end: f64) {
    let (fill, edge, words) = if bar.core {
        (Ink::RedTint, stroke(Ink::Red, 2.0), Ink::RedText)
    } else {
        (Ink::PlumTint, stroke(Ink::Plum, 1.0), Ink::PlumText)
    };
    let edge = if bar.to.is_none() { edge.dashed(4.0, 3.0) } else { edge };
    let corner = at(left, y - BAR / 2.0);
    list.rect(corner, (right - left, BAR), 4.0, Fill::Solid(fill), Some(edge));
    if bar.core {
        glyph::violation(list, at(left, y - BAR / 2.0), 0.7);
    }
    let face = if bar.core { Face::Bold } else { Face::Mono };
    let wide = width_of(&bar.label, SIZE, Face::Mono);
    if wide + 8.0 <= right - left {
        let place = at(f64::midpoint(left, right), y + 4.0);
        let _ = list.text(place, Anchor::Middle).run(&bar.label, SIZE, face, words);
    } else if bar.core {
        // Near the edge of the picture the label ends where it would have begun.
        let beyond = left + wide > end;
        let (x, anchor) = if beyond { (right, Anchor::End) } else { (left, Anchor::Start) };
        let pen = list.text(at(x, y + BAR / 2.0 + 11.0), anchor).halo(Ink::Canvas);
        let _ = pen.run(&bar.label, SIZE, face, words);
    }
}

fn draw_point(list: &mut List, place: Point, number: usize) {
    let (top, foot) = (place.by(0.0, -BAR / 2.0 - 4.0), place.by(0.0, BAR / 2.0 + 2.0));
    list.line(top, foot, stroke(Ink::Green, 2.0).round());
    list.circle(top, 2.5, Fill::Solid(Ink::Green), None);
    let pen = list.text(top.by(5.0, 3.0), Anchor::Start).halo(Ink::Canvas);
    let _ = pen.run(number, 9.0, Face::Plain, Ink::GreenText);
}

/// The picture of a recording and what came of judging it; positions are its lines.
pub fn of_recording(recording: &Recording, found: &Found, title: &str) -> HistoryScene {
    let mut clients: Vec<ClientId> = recording.entries.iter().map(|it| it.client).collect();
    crate::order::sort(&mut clients);
    clients.dedup();
    let bars = recording.entries.iter().map(|entry| Bar {
        row: clients.binary_search(&entry.client).unwrap_or_default(),
        label: label(entry.op, &entry.told()),
        from: entry.called as f64,
        to: entry.end.map(|(line, _)| line as f64),
        point: None,
        core: false,
    });
    let mut bars: Vec<Bar> = bars.collect();
    match &found.proof {
        Proof::Order(order) => {
            let mut order = order.clone();
            crate::order::sort_by_key(&mut order, |(_, at)| *at);
            for (place, (entry, at)) in order.into_iter().enumerate() {
                bars[entry].point = Some((at as f64, place + 1));
            }
        }
        Proof::Core { entries, .. } => {
            for entry in entries {
                bars[*entry].core = true;
            }
        }
        Proof::GaveUp(_) => {}
    }
    let clients = clients.iter().map(ClientId::to_string).collect();
    HistoryScene { clients, bars, title: title.to_owned() }
}

/// An operation with what its client was told, if that says anything.
pub fn label(op: impl fmt::Display, told: &str) -> String {
    if told == "ok" { op.to_string() } else { format!("{op} → {told}") }
}
