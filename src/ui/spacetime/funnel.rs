//! The bracket on the scrubber that shows the window, and the funnel that leads to the diagram.

use quorate::kernel::SimTime;
use quorate::scene::spacetime::{GUTTER, RIGHT, View};
use web_sys::Element;

use super::super::dom;

/// Farther away the scrubber is not over the diagram, and no funnel leads there.
const FAR: f64 = 40.0;

/// Two outlines, and where the scrubber is.
pub(super) struct Funnel {
    pub(super) bracket: Element,
    pub(super) funnel: Element,
    scrubber: Option<(f64, f64, f64)>,
    shown: String,
}

impl Funnel {
    pub(super) fn new(bracket: Element, funnel: Element) -> Funnel {
        Funnel { bracket, funnel, scrubber: None, shown: String::new() }
    }

    /// Where the scrubber is, seen from `root`: its left edge, width and top.
    pub(super) fn measure(&mut self, root: &Element) {
        let found = dom::document().query_selector(".transport .scrubber").ok().flatten();
        self.scrubber = found.map(|scrubber| {
            let (own, its) = (root.get_bounding_client_rect(), scrubber.get_bounding_client_rect());
            (its.left() - own.left(), its.width(), its.top() - own.top())
        });
        self.shown.clear();
    }

    pub(super) fn show(&mut self, view: View, end: SimTime, width: f64) {
        let Some((left, wide, top)) = self.scrubber else { return };
        let place = |at: SimTime| left + wide * (at.0 as f64 / end.0.max(1) as f64).min(1.0);
        let (from, to) = (place(view.from), place(view.to).max(place(view.from) + 3.0));
        let [from, to, edge, foot] =
            [from, to, width - RIGHT, top + 37.0].map(|length| length.round() as i32);
        let bracket = format!("M{from} {}v6H{to}v-6", foot - 6);
        if bracket == self.shown {
            return;
        }
        let _ = self.bracket.set_attribute("d", &bracket);
        let near = -top < 52.0 + FAR;
        let funnel =
            if near { format!("M{from} {foot}H{to}L{edge} 0H{GUTTER}z") } else { String::new() };
        let _ = self.funnel.set_attribute("d", &funnel);
        self.shown = bracket;
    }
}
