//! The page: a Yew tree around one playground.
//!
//! [`session::Session`] owns the [`Lab`](quorate::lab::Lab) outside the tree, runs its frames and
//! tells panels when to look again: at most ten times a second while it plays, at once otherwise.
//! Panels are pure functions of shared values compared by pointer. What moves is drawn on a canvas
//! by the stage.

mod app;
mod cards;
mod checker;
mod checks;
mod compare;
mod dialogs;
mod dock;
mod dom;
mod editor;
mod embed;
mod faults;
mod files;
mod film;
mod hints;
mod history;
mod inspector;
mod keys;
mod link;
mod listing;
mod narration;
mod panic;
mod parts;
mod place;
mod prefs;
mod scene_area;
mod screen;
mod session;
mod shortcuts;
mod shrinking;
mod spacetime;
mod stage;
mod story;
mod sweep;
mod theory;
mod topbar;
mod transport;
mod why;
mod workbench;
mod worker;

#[cfg(test)]
mod tests;

/// Puts the page in place of what was painted before it.
pub(crate) fn start() {
    panic::install();
    let document = dom::document();
    let Some(root) = document.get_element_by_id("app") else { return };
    root.set_inner_html("");
    yew::Renderer::<app::App>::with_root(root).render();
}
