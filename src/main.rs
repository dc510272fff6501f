//! The page: mounts the app in place of the first paint.

mod ui;

fn main() {
    ui::start();
}
