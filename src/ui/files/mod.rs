//! Files in and out: what is dropped or chosen is opened, what is on screen is saved.

mod open;
mod picture;
mod save;
mod trail;

pub(crate) use open::{open_file, use_drop};
pub(crate) use save::{Picture, Wanted, save, save_picture};
