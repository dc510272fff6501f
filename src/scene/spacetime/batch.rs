//! Outlines that look alike, drawn as one shape: a thousand lines cost a canvas as much as one.

use super::super::list::{Fill, List, Point, Segment, Stroke};

/// Outlines by their look.
#[derive(Default)]
pub(super) struct Batch {
    looks: Vec<(Fill, Option<Stroke>, f64, Vec<Segment>)>,
}

impl Batch {
    /// Adds to the outline of this look.
    pub(super) fn add(
        &mut self,
        fill: Fill,
        stroke: Option<Stroke>,
        alpha: f64,
        segments: impl IntoIterator<Item = Segment>,
    ) {
        let same = |look: &&mut (Fill, Option<Stroke>, f64, Vec<Segment>)| {
            (look.0, look.1) == (fill, stroke) && (look.2 - alpha).abs() < 1e-6
        };
        if let Some(look) = self.looks.iter_mut().find(same) {
            look.3.extend(segments);
        } else {
            self.looks.push((fill, stroke, alpha, segments.into_iter().collect()));
        }
    }

    /// Adds a straight line.
    pub(super) fn line(&mut self, from: Point, to: Point, stroke: Stroke, alpha: f64) {
        let line = [Segment::Move(from), Segment::Line(to)];
        self.add(Fill::None, Some(stroke), alpha, line);
    }

    /// Draws all, those that were begun first behind.
    pub(super) fn draw(self, list: &mut List) {
        for (fill, stroke, alpha, segments) in self.looks {
            list.faded(alpha, |list| list.path(segments, fill, stroke));
        }
    }
}
