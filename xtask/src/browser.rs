//! The browser that tests drive.

use crate::host::{self, Want};
use crate::shell::{self, Outcome, Problem};
use std::env;
use std::path::{Path, PathBuf};

/// Names and places of Chromium and its relatives, the system's own first.
const BROWSERS: [&str; 10] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
];

/// A browser and the program that drives it for wasm-bindgen's tests.
pub(crate) struct Browser {
    /// The browser itself.
    pub(crate) program: PathBuf,
    /// Its `WebDriver`.
    pub(crate) driver: PathBuf,
}

/// Finds a browser with its driver, or installs them.
pub(crate) fn prepare() -> Outcome<Browser> {
    let mut wants = Vec::new();
    if program().is_none() {
        wants.push(Want::Browser);
    }
    if driver().is_none() {
        wants.push(Want::Driver);
    }
    if wants.is_empty() {
        println!("a browser is there");
    } else {
        host::install(&wants, "a browser for the tests").map_err(|problem| explain(&problem))?;
    }
    prepare_fonts();
    let missing = || explain(&Problem::new("the browser was installed, but is not to be found"));
    Ok(Browser { program: program().ok_or_else(missing)?, driver: driver().ok_or_else(missing)? })
}

/// A browser on this machine; `CHROME` names another one.
fn program() -> Option<PathBuf> {
    named("CHROME").or_else(|| BROWSERS.iter().find_map(|name| shell::find(name)))
}

/// The driver; `CHROMEDRIVER` names another one.
fn driver() -> Option<PathBuf> {
    named("CHROMEDRIVER").or_else(|| shell::find("chromedriver"))
}

/// The file that an environment variable names.
fn named(variable: &str) -> Option<PathBuf> {
    env::var_os(variable).map(PathBuf::from).filter(|path| path.is_file())
}

/// Adds the way out by hand.
fn explain(problem: &Problem) -> Problem {
    Problem::new(format!(
        "{problem}\nInstall Chrome or Chromium and the chromedriver of the same version, put both \
         on PATH or name them in CHROME and CHROMEDRIVER, then start again."
    ))
}

/// Chinese text needs a font. Its absence spoils pictures, not tests, so it is only tried.
fn prepare_fonts() {
    let linux = cfg!(target_os = "linux");
    let listed = shell::read("fc-list", &[":lang=zh", "family"]);
    let placed = Path::new("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc").exists();
    if !linux || placed || listed.is_some_and(|fonts| !fonts.is_empty()) {
        return;
    }
    if let Err(problem) = host::install(&[Want::Fonts], "a font for Chinese") {
        println!("note: {problem}");
    }
}
