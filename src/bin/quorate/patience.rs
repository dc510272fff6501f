//! How long a search may go on: to its end, to a number of seconds, or until somebody has had
//! enough. What it found until then is not lost.

use std::io::{IsTerminal, Write, stderr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use quorate::check::explore::Progress;
use quorate::script::render::Language;

/// Between two lines about how far it has come.
const PACE: Duration = Duration::from_millis(500);

/// Watches a search from outside.
pub(super) struct Patience {
    began: Instant,
    told: Instant,
    most: Option<Duration>,
    enough: Arc<AtomicBool>,
    loud: bool,
    language: Language,
}

impl Patience {
    /// From now on, for at most `seconds`. The first Ctrl+C ends the search, the second the
    /// program. How far it has come is told only where somebody watches.
    pub(super) fn new(seconds: Option<f64>, language: Language) -> Patience {
        #[expect(clippy::disallowed_methods, reason = "a visitor asks how long it took")]
        let began = Instant::now();
        let enough = Arc::new(AtomicBool::new(false));
        let heard = Arc::clone(&enough);
        // Without a handler Ctrl+C ends the program, as it does everywhere.
        let _ = ctrlc::set_handler(move || {
            if heard.swap(true, Ordering::Relaxed) {
                std::process::exit(130);
            }
        });
        let most = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
        let loud = stderr().is_terminal();
        Patience { began, told: began, most, enough, loud, language }
    }

    /// Seconds so far.
    pub(super) fn seconds(&self) -> f64 {
        self.began.elapsed().as_secs_f64()
    }

    /// Tells how far the search has come, and whether it may go on.
    pub(super) fn goes_on(&mut self, at: &Progress) -> bool {
        if self.loud && self.told.elapsed() >= PACE {
            self.told += PACE * (self.told.elapsed().as_millis() / PACE.as_millis()) as u32;
            self.tell(at);
        }
        !self.is_out()
    }

    /// Whether its time is up, or somebody has had enough.
    pub(super) fn is_out(&self) -> bool {
        let late = self.most.is_some_and(|most| self.began.elapsed() >= most);
        late || self.enough.load(Ordering::Relaxed)
    }

    /// One line that takes the place of the one before.
    fn tell(&self, at: &Progress) {
        let Progress { unique, frontier, depth, .. } = *at;
        let (rate, megabytes) = (unique as f64 / self.seconds(), at.bytes as f64 / 1e6);
        let line = match self.language {
            Language::En => format!(
                "{unique} states, {frontier} to go on from, depth {depth}, {rate:.0} states/s, \
                 {megabytes:.0} MB"
            ),
            Language::Zh => format!(
                "{unique} 个状态，待展开 {frontier} 个，深度 {depth}，每秒 {rate:.0} 个，{megabytes:.0} MB"
            ),
        };
        let _ = write!(stderr(), "\r\x1b[2K{line}");
    }
}

impl Drop for Patience {
    /// The line goes.
    fn drop(&mut self) {
        if self.loud {
            let _ = write!(stderr(), "\r\x1b[2K");
        }
    }
}
