//! The playground without pixels: what a visitor may do, and what the screen shows.
//!
//! [`Lab::update`] takes an [`Action`]; [`Lab::view`] gives plain data. Sixty times a second the screen
//! calls [`Lab::frame`] and draws [`Lab::stage`]; everything else it reads from the view model, at most
//! ten times a second.

mod action;
mod view_model;

pub use action::{Action, Deed, Speed};
pub use view_model::{
    CheckView, InlayView, MarkKind, PlayheadView, PoolView, RunView, Say, Selection, ServerView,
    SpanKind, StageView, Status, StrategyView, Track, TrackMark, TrackSpan, ViewModel,
};
