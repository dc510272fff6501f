//! The moment of a run that tells most in one picture.

use crate::kernel::{SimTime, Span};

use super::view_model::{MarkKind, ViewModel};

/// A moment worth a picture, as far as the run is computed: behind the first violation, else in the
/// midst of what the last fault or crash set going, else of the last election, else well into the
/// run.
pub fn telling(view: &ViewModel) -> SimTime {
    let marks = &view.track.marks;
    let last = |wanted: &[MarkKind]| marks.iter().rev().find(|mark| wanted.contains(&mark.kind));
    let end = view.playhead.end;
    if let Some(mark) = marks.iter().find(|mark| mark.kind == MarkKind::Violation) {
        return mark.at;
    }
    let fault = last(&[MarkKind::Crash]).or_else(|| last(&[MarkKind::Fault]));
    let mark = fault.or_else(|| last(&[MarkKind::ElectionWon])).or_else(|| last(&[MarkKind::Call]));
    if let Some(mark) = mark.filter(|_| view.pool.is_none()) {
        // A moment later, when messages are on their way.
        let later = mark.at + Span(view.playhead.pace.0 / 3);
        return later.min(end);
    }
    SimTime(end.0 / 3 * 2)
}
