//! Pure drawing: what the screen shows as a list of shapes, and every word on it.
//!
//! A scene is plain data about one instant; drawing it fills a [`list::List`], which the page puts
//! on a canvas and [`svg::write`] writes as text. Nothing here knows a page, a clock or a
//! laboratory.

pub mod balance;
mod bench;
mod client;
pub mod cluster;
pub mod compare;
mod figure;
pub mod flight;
pub mod glyph;
mod grip;
pub mod history;
pub mod layout;
pub mod list;
mod node;
pub mod palette;
mod partition;
mod pulse;
pub mod spacetime;
pub mod spark;
pub mod svg;
pub mod sweep;
pub mod text;

pub use bench::{Crowd, bench_frame};
pub use cluster::{ClusterScene, Frame, Options, Pace, Target};
pub use figure::{FIGURE_WIDTH, figure_height};
pub use grip::{Grip, Pull, link_at, mark_link};
pub use layout::Layout;
pub use list::{List, Point};
pub use palette::{Ink, Theme};
pub use pulse::Pulses;
