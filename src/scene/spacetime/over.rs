//! What lies over the picture: the names of the lanes, what is still to come, the playhead.

use crate::check::chronicle::{Change, State};
use crate::kernel::Role;

use super::super::glyph;
use super::super::list::{Anchor, Face, Fill, List, Point, Segment, at, stroke, width_of};
use super::super::palette::Ink;
use super::super::text::clock;
use super::Look;
use super::ground::{GUTTER, Ground, STRIP};

/// Height of a line of names.
const LINE: f64 = 13.0;

pub(super) fn draw(list: &mut List, look: &Look<'_>, ground: &Ground) {
    let x = ground.x(look.at);
    // What is still to come is pale.
    let veil = x.max(GUTTER);
    if veil < ground.end() {
        let size = (ground.end() - veil + 14.0, ground.height - STRIP + 8.0);
        let place = at(veil, STRIP - 8.0);
        list.faded(0.55, |list| list.rect(place, size, 0.0, Fill::Solid(Ink::Canvas), None));
    }
    names(list, look, ground);
    if (GUTTER - 0.5..=ground.end() + 0.5).contains(&x) {
        list.line(at(x, STRIP - 7.0), at(x, ground.height), stroke(Ink::Ink, 2.0));
        let words = clock(look.at);
        let half = width_of(&words, 11.0, Face::Bold) / 2.0 + 6.0;
        let middle = x.clamp(half, ground.width - half);
        list.tile(at(middle, 10.0), (2.0 * half, 18.0), 4.0, Fill::Solid(Ink::Ink), None);
        let pen = list.text(at(middle, 14.0), Anchor::Middle);
        let _ = pen.run(words, 11.0, Face::Bold, Ink::OnInk);
    }
}

/// The names of the lanes with what they are at the playhead; some of them where lanes are thin.
fn names(list: &mut List, look: &Look<'_>, ground: &Ground) {
    let event = look.event();
    let size = (GUTTER, ground.height - STRIP + 8.0);
    list.rect(at(0.0, STRIP - 8.0), size, 0.0, Fill::Solid(Ink::Canvas), None);
    let every = (LINE / ground.pitch).ceil().max(1.0) as usize;
    for row in (0..ground.nodes + ground.clients).filter(|row| row.is_multiple_of(every)) {
        let y = ground.y_of(row);
        if y < STRIP - 4.0 || y > ground.height {
            continue;
        }
        let place = at(14.0, y);
        let lane = row as u16;
        if row >= ground.nodes {
            list.tile(place, (10.0, 10.0), 2.5, Fill::None, Some(stroke(Ink::Plum, 2.0)));
            let name = if ground.clients == 1 { "c*".to_owned() } else { look.name(lane) };
            let alone = look.chronicle.lanes().len() == ground.nodes + 1;
            let name = if alone { look.name(lane) } else { name };
            word(list, y, &name, false);
            continue;
        }
        let now = look.chronicle.lanes().get(row).and_then(|lane| lane.at(event));
        if let Some(now) = now {
            shape(list, place, now);
        }
        let leads = now.is_some_and(|now| now.role == Role::Leader && now.state == State::Up);
        word(list, y, &look.name(lane), leads);
    }
}

fn word(list: &mut List, y: f64, name: &str, bold: bool) {
    let face = if bold { Face::Bold } else { Face::Plain };
    let _ = list.text(at(27.0, y + 4.0), Anchor::Start).run(name, 12.0, face, Ink::Ink);
}

/// The shape of a part, small.
fn shape(list: &mut List, place: Point, now: Change) {
    match (now.state, now.role) {
        (State::Crashed, _) => glyph::cross(list, place, 0.8, Ink::Ink2, Ink::Canvas),
        (State::Paused, _) => glyph::bars(list, place.by(0.0, -4.0), 0.9, Ink::Ink2),
        (State::Up, Role::Leader) => {
            let corners = [(0.0, -6.0), (5.2, -3.0), (5.2, 3.0), (0.0, 6.0), (-5.2, 3.0)];
            let rest = corners.iter().map(|(x, y)| Segment::Line(place.by(*x, *y)));
            let outline = [Segment::Move(place.by(-5.2, -3.0))].into_iter().chain(rest);
            list.path(outline.chain([Segment::Close]), Fill::Solid(Ink::Blue), None);
        }
        (State::Up, Role::Candidate) => glyph::election(list, place, 1.0, false, Ink::Canvas),
        (State::Up, Role::Balancer) => {
            let edge = Some(stroke(Ink::Ink2, 2.0));
            list.tile(place, (11.0, 11.0), 5.5, Fill::Solid(Ink::SlateTint), edge);
        }
        (State::Up, Role::Server) => {
            list.tile(place, (10.0, 10.0), 2.0, Fill::None, Some(stroke(Ink::Slate, 2.0)));
        }
        (State::Up, Role::Follower) => {
            list.circle(place, 5.0, Fill::None, Some(stroke(Ink::Slate, 2.0)));
        }
    }
}
