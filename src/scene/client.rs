//! Clients: a square outside the ring, and what it waits for.

use crate::kernel::{NodeId, Op};
use crate::sim::ClientView;

use super::cluster::{ClusterScene, Target};
use super::layout::{Door, Layout};
use super::list::{Anchor, Face, Fill, List, Segment, stroke};
use super::palette::Ink;
use super::text;

/// A dashed line from each waiting client to the node it asked last.
pub(super) fn links(list: &mut List, scene: &ClusterScene<'_>, layout: &Layout) {
    let ends = scene.snapshot.clients.iter().zip(&layout.clients);
    let lines = ends.filter_map(|(client, door)| {
        let (_, _, NodeId(node), _) = client.waiting_for?;
        let spot = layout.nodes.get(node as usize)?;
        Some([Segment::Move(door.place), Segment::Line(spot.place)])
    });
    let edge = stroke(Ink::Line2, 1.0).dashed(2.0, 4.0).alpha(0.8);
    list.path(lines.flatten(), Fill::None, Some(edge));
}

pub(super) fn draw(list: &mut List, scene: &ClusterScene<'_>, layout: &Layout) {
    for (client, door) in scene.snapshot.clients.iter().zip(&layout.clients) {
        square(list, scene, client, door);
        if door.labelled && scene.options.pace == super::cluster::Pace::Calm {
            words(list, scene, client, door);
        }
    }
}

/// The square of a client with its name.
fn square(list: &mut List, scene: &ClusterScene<'_>, client: &ClientView, door: &Door) {
    let side = 2.0 * door.half;
    let share = door.half / 19.0;
    let marked = scene.marked(Target::Client(client.id));
    let edge = stroke(Ink::Plum, if marked { 3.0 } else { 2.0 * share.max(0.6) });
    let size = (side, side);
    list.tile(door.place, size, 6.0 * share, Fill::Solid(Ink::Surface), Some(edge));
    if door.half >= 8.0 {
        let size = (14.0 * share).max(8.0);
        let place = door.place.by(0.0, size * 0.36);
        let pen = list.text(place, Anchor::Middle);
        let _ = pen.run(client.id, size, Face::Bold, Ink::PlumText);
    }
}

/// What it waits for, since when, and how much waits behind.
fn words(list: &mut List, scene: &ClusterScene<'_>, client: &ClientView, door: &Door) {
    let Some((_, op, _, since)) = client.waiting_for else { return };
    if matches!(op, Op::Work { .. }) {
        return;
    }
    let place = door.place.by(0.0, door.half + 18.0);
    let pen = list.text(place, Anchor::Middle).halo(Ink::Canvas);
    let _ = pen.run(op, 12.5, Face::Bold, Ink::PlumText);
    let wait = text::waiting(scene.lang, round(scene.at.since(since)));
    let pen = list.text(place.by(0.0, 16.0), Anchor::Middle).halo(Ink::Canvas);
    let pen = pen.run(wait, 11.5, Face::Plain, Ink::Ink3);
    if client.backlog > 0 {
        let more = text::queue_more(u64::from(client.backlog));
        let _ = pen.spaced(4.0, more, 11.5, Face::Plain, Ink::PlumText);
    }
}

/// To a whole millisecond, or a microsecond below one: the figure must be readable while it runs.
fn round(span: crate::kernel::Span) -> crate::kernel::Span {
    let unit = if span.0 >= 1_000_000 { 1_000_000 } else { 1_000 };
    crate::kernel::Span(span.0 / unit * unit)
}
