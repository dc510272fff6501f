//! Requests on their way, and the path chosen last.

use crate::kernel::{Manner, NodeId, Party, SimTime};
use crate::sim::FlightNote;

use super::super::cluster::{Frame, Pace, Target};
use super::super::glyph;
use super::super::list::{Anchor, Face, Fill, List, Point, Segment, at, stroke, width_of};
use super::super::palette::Ink;
use super::{PoolLayout, PoolScene, Post, chip_words, curve, on_curve};

/// Above so many requests under way each is a speck.
const CROWD: usize = 300;
/// Above so many only a part is drawn, evenly chosen.
const MOST: usize = 3_000;

/// Where everything may travel.
pub(super) fn links(list: &mut List, layout: &PoolLayout) {
    let edge = Some(stroke(Ink::Line2, 1.0));
    let from_clients = layout.clients.iter().flat_map(|client| {
        layout.balancers.iter().flat_map(|(_, balancer)| {
            let (from, to) = feed(layout, *client, *balancer);
            [Segment::Move(from), Segment::Line(to)]
        })
    });
    list.path(from_clients, Fill::None, edge);
    let to_servers = layout.balancers.iter().flat_map(|(_, balancer)| {
        layout.servers.iter().flat_map(|(_, server)| {
            let lane = layout.lane(*balancer, *server);
            let [start, bend] = curve(lane);
            [start, bend, Segment::Line(at(layout.head + 4.0, server.y))]
        })
    });
    list.path(to_servers, Fill::None, edge);
}

/// From the rim of a client to the rim of a balancer.
fn feed(layout: &PoolLayout, client: Point, balancer: Point) -> (Point, Point) {
    let long = client.distance(balancer).max(1.0);
    let from = client.towards(balancer, (layout.client_half + 5.0) / long);
    (from, balancer.towards(client, (layout.balancer_half.0 + 6.0) / long))
}

pub(super) fn draw(frame: &mut Frame, scene: &PoolScene<'_>, layout: &PoolLayout) {
    let flights = &scene.snapshot.flights;
    let crowd = flights.len() > CROWD;
    let posts = layout.posts();
    let newest = newest_pick(scene, &posts);
    if let (Some(note), false) = (newest, scene.options.pace == Pace::Max) {
        chosen(&mut frame.live, scene, (layout, &posts), &note);
    }
    let skip = flights.len().div_ceil(MOST).max(1);
    for flight in flights.iter().step_by(skip) {
        let note = &flight.note;
        let Some(place) = place_of(scene, (layout, &posts), note) else { continue };
        let marked = scene.marked(Target::Flight(note.id));
        let main = newest.is_some_and(|newest| newest.id == note.id);
        if crowd && !marked {
            frame.live.tile(place, (4.0, 4.0), 0.0, Fill::Solid(Ink::Plum), None);
        } else {
            request(&mut frame.live, place, note, marked || main);
        }
        frame.flights.push((note.id, place));
    }
}

/// Requests are solid squares, answers hollow ones, anything else a small ring.
fn request(list: &mut List, place: Point, note: &FlightNote, big: bool) {
    let hue = glyph::hue(note.face.phase);
    let client_like = note.face.phase == crate::kernel::Phase::Client;
    let side = if big { 13.0 } else { 9.0 };
    match (client_like, note.face.manner) {
        (true, Manner::Ask) => {
            let edge = Some(stroke(Ink::Canvas, if big { 2.0 } else { 1.5 }));
            list.tile(place, (side, side), 2.0, Fill::Solid(hue), edge);
        }
        (true, _) => {
            let side = side - 2.0;
            let inside = Fill::Solid(Ink::Surface);
            list.tile(place, (side, side), 1.5, inside, Some(stroke(hue, 1.5)));
        }
        (false, _) => {
            list.circle(place, 3.0, Fill::Solid(Ink::Surface), Some(stroke(hue, 1.5)));
        }
    }
}

/// The request sent to a server last, while it is under way.
fn newest_pick(scene: &PoolScene<'_>, posts: &[Option<Post>]) -> Option<FlightNote> {
    let server = |party: Party| matches!(post(posts, party), Some(Post::Server(_)));
    // In order of sending.
    let mut newest_first = scene.snapshot.flights.iter().rev().map(|flight| flight.note);
    newest_first
        .find(|note| note.face.manner == Manner::Ask && server(note.to) && !server(note.from))
}

/// The chosen path in ink, with what waits at its end.
fn chosen(
    list: &mut List,
    scene: &PoolScene<'_>,
    (layout, posts): (&PoolLayout, &[Option<Post>]),
    note: &FlightNote,
) {
    let Some((from, to, server)) = ends(posts, note) else { return };
    let lane = layout.lane(from, to);
    list.path(curve(lane), Fill::None, Some(stroke(Ink::Ink, 1.6)));
    let Some(words) = chip_words(scene, server).filter(|_| layout.step >= 24.0) else { return };
    let wide = width_of(&words, 12.0, Face::Plain) + 22.0;
    let end = lane[3];
    if end.x + wide + 60.0 > layout.head {
        return;
    }
    let middle = end.by(wide / 2.0, 0.0);
    let edge = Some(stroke(Ink::Ink, 1.2));
    list.tile(middle, (wide, 22.0), 11.0, Fill::Solid(Ink::Ink), edge);
    let pen = list.text(middle.by(0.0, 4.0), Anchor::Middle);
    let _ = pen.run(words, 12.0, Face::Plain, Ink::OnInk);
}

/// What stands at one end of a message.
fn post(posts: &[Option<Post>], party: Party) -> Option<Post> {
    *posts.get(party.node()?.index())?
}

/// Balancer and server of a message between them.
fn ends(posts: &[Option<Post>], note: &FlightNote) -> Option<(Point, Point, NodeId)> {
    let pair = |balancer: Party, server: Party| match (post(posts, balancer)?, post(posts, server)?)
    {
        (Post::Balancer(from), Post::Server(to)) => Some((from, to, server.node()?)),
        _ => None,
    };
    pair(note.from, note.to).or_else(|| pair(note.to, note.from))
}

/// Where a message is: linear in virtual time along its way.
fn place_of(
    scene: &PoolScene<'_>,
    (layout, posts): (&PoolLayout, &[Option<Post>]),
    note: &FlightNote,
) -> Option<Point> {
    let share = share(scene, note);
    if let Some((from, to, server)) = ends(posts, note) {
        let back = note.from == Party::Node(server);
        let share = if back { 1.0 - share } else { share };
        return Some(along(layout, layout.lane(from, to), share));
    }
    let client = |party: Party| match party {
        Party::Client(id) => layout.clients.get(id.index()).copied(),
        Party::Node(_) => None,
    };
    let balancer = |party: Party| match post(posts, party)? {
        Post::Balancer(place) => Some(place),
        Post::Server(_) => None,
    };
    let there = client(note.from).zip(balancer(note.to));
    let back = client(note.to).zip(balancer(note.from));
    let (ends, share) = match (there, back) {
        (Some(ends), _) => (ends, share),
        (None, Some(ends)) => (ends, 1.0 - share),
        (None, None) => return None,
    };
    let (from, to) = feed(layout, ends.0, ends.1);
    Some(from.towards(to, share))
}

fn share(scene: &PoolScene<'_>, note: &FlightNote) -> f64 {
    if note.due_at == SimTime::MAX {
        return 0.4;
    }
    if scene.options.reduced_motion {
        return 0.5;
    }
    let whole = note.due_at.since(note.sent_at).0.max(1) as f64;
    let gone = (scene.at.since(note.sent_at).0 as f64 / whole).min(1.0);
    if note.lost.is_some() { gone / 2.0 } else { gone }
}

/// Along the curve and then straight on to the queue, at an even speed.
fn along(layout: &PoolLayout, lane: [Point; 4], share: f64) -> Point {
    let bend = lane[0].distance(lane[3]) * 1.08;
    let rest = (layout.head - 40.0 - lane[3].x).max(0.0);
    let part = bend / (bend + rest).max(1.0);
    if share <= part {
        on_curve(lane, share / part)
    } else {
        lane[3].by(rest * (share - part) / (1.0 - part).max(1e-9), 0.0)
    }
}
