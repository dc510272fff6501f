//! A server in its row: queue, box, capacity, how busy, the slowest responses.

use super::super::cluster::Target;
use super::super::list::{Anchor, Face, Fill, List, Point, Segment, at, stroke, width_of};
use super::super::palette::Ink;
use super::super::text::{self, Label};
use super::{PoolLayout, PoolScene, ServerLook};

/// Below this height of a row there are no words in it.
const WORDS: f64 = 13.0;
/// From one waiting request to the next.
const CELL_STEP: f64 = 17.0;

pub(super) fn headings(list: &mut List, scene: &PoolScene<'_>, layout: &PoolLayout) {
    let Some((_, first)) = layout.servers.first() else { return };
    let mut heading = |x: f64, anchor: Anchor, label: Label| {
        let pen = list.text(at(x, 18.0), anchor).halo(Ink::Canvas);
        let _ = pen.run(label.text(scene.lang), 11.0, Face::Plain, Ink::Ink3);
    };
    heading(layout.head, Anchor::End, Label::Waiting);
    heading(first.x, Anchor::Start, Label::Server);
    if layout.step < WORDS {
        return;
    }
    if let Some((left, _)) = layout.busy {
        heading(left, Anchor::Start, Label::Busy);
    }
    if let Some(right) = layout.p99 {
        heading(right, Anchor::End, Label::P99LastSecond);
    }
}

pub(super) fn draw(
    list: &mut List,
    scene: &PoolScene<'_>,
    layout: &PoolLayout,
    (server, place): (&ServerLook, Point),
) {
    let share = (layout.step / 46.0).min(1.0);
    queue(list, layout, (server, place));
    let wide = width(layout, server);
    let tall = (34.0 * share).max(3.0);
    if !in_crowd(scene, layout, server) {
        body(list, scene, (server, place), (wide, tall));
    }
    if layout.step < WORDS {
        return;
    }
    let size = (12.0 * share.max(0.75)).max(9.0);
    let base = place.y + size * 0.35;
    let pen = list.text(at(place.x + wide + 9.0, base), Anchor::Start).halo(Ink::Canvas);
    let pen = pen.run(text::factor(server.capacity_milli), size, Face::Plain, Ink::Ink3);
    let _ = match (server.crashed, server.queue.slowed) {
        (true, _) => {
            let down = Label::Crashed.text(scene.lang).to_ascii_lowercase();
            pen.spaced(6.0, down, size, Face::Bold, Ink::Ink3)
        }
        (false, true) => pen.spaced(6.0, Label::Slow.text(scene.lang), size, Face::Bold, Ink::Ink),
        (false, false) => pen,
    };
    figures(list, layout, (server, place), (size, base));
}

/// Below this height of a row boxes have no round corners, and all plain ones are one outline.
const CROWD: f64 = 6.0;

/// True if the box of this server is drawn with the others.
fn in_crowd(scene: &PoolScene<'_>, layout: &PoolLayout, server: &ServerLook) -> bool {
    let plain = !server.queue.slowed && !server.crashed;
    layout.step < CROWD && plain && !scene.marked(Target::Node(server.node))
}

/// The boxes of all servers that are nothing special, where there are too many for words.
pub(super) fn crowd(list: &mut List, scene: &PoolScene<'_>, layout: &PoolLayout) {
    if layout.step >= CROWD {
        return;
    }
    let tall = (34.0 * layout.step / 46.0).max(3.0);
    let mut rows = layout.servers.iter();
    let boxes = scene.servers.iter().filter_map(|server| {
        let (_, place) = rows.find(|(id, _)| *id == server.node)?;
        let corner = at(place.x, place.y - tall / 2.0);
        let plain = in_crowd(scene, layout, server);
        plain.then(|| Segment::Box(corner, width(layout, server), tall))
    });
    list.path(boxes, Fill::Solid(Ink::Surface), Some(stroke(Ink::Slate, 2.0)));
}

/// Its width is its capacity.
fn width(layout: &PoolLayout, server: &ServerLook) -> f64 {
    let capacity = f64::from(server.capacity_milli) / 1000.0;
    let most = if layout.busy.is_some() { 84.0 } else { 46.0 };
    (16.0 + 17.0 * capacity).min(most).max(26.0)
}

fn body(
    list: &mut List,
    scene: &PoolScene<'_>,
    (server, place): (&ServerLook, Point),
    (wide, tall): (f64, f64),
) {
    let corner = at(place.x, place.y - tall / 2.0);
    let radius = (7.0_f64).min(tall / 3.0);
    let slow = server.queue.slowed;
    let mut edge = stroke(if slow { Ink::Ink } else { Ink::Slate }, 2.0);
    if server.crashed {
        edge = stroke(Ink::Ink3, 1.6).dashed(3.0, 4.0);
    }
    if scene.marked(Target::Node(server.node)) {
        let outer = at(corner.x - 5.0, corner.y - 5.0);
        let size = (wide + 10.0, tall + 10.0);
        list.rect(outer, size, radius + 4.0, Fill::None, Some(stroke(Ink::Ink, 1.5)));
    }
    list.rect(corner, (wide, tall), radius, Fill::Solid(Ink::Surface), Some(edge));
    if (slow || server.crashed) && tall > 6.0 {
        let inside = (wide - 4.0, tall - 4.0);
        let hatch = Fill::Hatch(Ink::Ink3, 1.6, 0.55);
        list.rect(corner.by(2.0, 2.0), inside, (radius - 1.5).max(0.0), hatch, None);
    }
    let size = (tall * 0.42).clamp(7.0, 14.0);
    if tall >= 9.0 {
        let middle = at(place.x + wide / 2.0, place.y + size * 0.36);
        let ink = if server.crashed { Ink::Ink3 } else { Ink::Ink };
        let pen = list.text(middle, Anchor::Middle).halo(Ink::Surface);
        let _ = pen.run(&server.name, size, Face::Bold, ink);
    }
}

/// Waiting requests with the head at the server; those served are full, the others paler by place.
fn queue(list: &mut List, layout: &PoolLayout, (server, place): (&ServerLook, Point)) {
    let share = (layout.step / 46.0).min(1.0);
    let (wide, tall) = (14.0, (24.0 * share).max(2.0));
    let room = if layout.busy.is_some() { layout.width * 0.2 } else { layout.width * 0.17 };
    let most = ((room / CELL_STEP) as usize).clamp(2, 12);
    let shown = server.queue.items.len().min(most);
    for (index, item) in server.queue.items.iter().take(shown).enumerate() {
        let left = layout.head - wide - index as f64 * CELL_STEP + 2.0;
        let alpha = if item.served { 1.0 } else { (0.86 - 0.13 * index as f64).max(0.35) };
        let corner = at(left, place.y - tall / 2.0);
        let radius = (3.0_f64).min(tall / 3.0);
        list.rect(corner, (wide, tall), radius, Fill::Solid(Ink::Canvas), None);
        list.faded(alpha, |list| {
            list.rect(corner, (wide, tall), radius, Fill::Solid(Ink::Plum), None);
        });
    }
    let more = u64::from(server.queue.length).saturating_sub(shown as u64);
    if more > 0 && layout.step >= WORDS {
        let right = layout.head + 2.0 - shown as f64 * CELL_STEP - 4.0;
        let pen = list.text(at(right, place.y + 4.0), Anchor::End).halo(Ink::Canvas);
        let _ = pen.run(text::queue_more(more), 11.5, Face::Bold, Ink::PlumText);
    }
}

/// How busy it was, and its slowest responses of the last second.
fn figures(
    list: &mut List,
    layout: &PoolLayout,
    (server, place): (&ServerLook, Point),
    (size, base): (f64, f64),
) {
    if let Some((left, long)) = layout.busy {
        let corner = at(left, place.y - 3.0);
        list.rect(corner, (long, 6.0), 3.0, Fill::Solid(Ink::Line), None);
        let part = long * server.busy.clamp(0.0, 1.0);
        if part >= 1.0 {
            list.rect(corner, (part, 6.0), 3.0_f64.min(part / 2.0), Fill::Solid(Ink::Slate), None);
        }
        let pen = list.text(at(left + long + 8.0, base), Anchor::Start).halo(Ink::Canvas);
        let _ = pen.run(text::percent(server.busy), size, Face::Plain, Ink::Ink);
    }
    if let (Some(right), Some(p99)) = (layout.p99, server.p99) {
        let face = if server.queue.slowed { Face::Bold } else { Face::Plain };
        let words = text::span(p99);
        // The column's figures end together; the estimate only guards against the stage's edge.
        let right = right.max(width_of(&words, size, face));
        let pen = list.text(at(right, base), Anchor::End).halo(Ink::Canvas);
        let _ = pen.run(words, size, face, Ink::Ink);
    }
}
