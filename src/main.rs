//! The page of Quorate, for the browser.

mod ui;

fn main() {
    ui::start();
}
