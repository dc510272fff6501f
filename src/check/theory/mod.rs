//! Theory beside the run: which formula of queueing theory the scenario meets the assumptions of,
//! what it expects, and whether the run agrees.
//!
//! [`predict`] looks at the recipe only, [`Theory`] sets the prediction beside what was measured.
//! What is compared is the time requests spend *at a server*: the network's part of the response is
//! in no formula.
//!
//! **Invariant:** where an assumption fails, nothing is predicted and the assumption is named.

mod case;
pub mod formula;

pub use case::predict;

use crate::kernel::{Span, Text};

use super::measure::Summary;

/// What a prediction is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Subject {
    /// The mean time a request is at a server, waiting and being served.
    Stay,
    /// The share of requests that servers refuse.
    Loss,
    /// The standard deviation of the servers' shares of the requests, over their mean.
    Spread,
}

impl Subject {
    /// What the figure is.
    pub fn text(self) -> Text {
        match self {
            Subject::Stay => {
                Text { en: "mean time at a server", zh: "在服务器上的平均停留时间" }
            }
            Subject::Loss => Text { en: "share refused", zh: "被拒绝的比例" },
            Subject::Spread => Text {
                en: "spread of the servers' shares",
                zh: "各服务器份额的离散程度",
            },
        }
    }

    /// A value of this figure as shown: a time, or a percentage with two digits.
    pub fn show(self, value: u64) -> String {
        match self {
            Subject::Stay => {
                // As many digits as a reader can use: a thousandth of the value or finer.
                let unit = [1_000_000, 1_000].into_iter().find(|unit| value >= unit * 1_000);
                let unit = unit.unwrap_or(1);
                Span((value + unit / 2) / unit * unit).to_string()
            }
            Subject::Loss | Subject::Spread => {
                let hundredths = (value + 50) / 100;
                format!("{}.{:02}%", hundredths / 100, hundredths % 100)
            }
        }
    }
}

/// What kind of statement a formula makes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// It holds as it stands: the run is inside the interval, or something is wrong.
    Exact,
    /// It holds for infinitely many servers, and nearly for very many; a small pool does worse.
    Limit,
    /// No strategy can do better.
    AtLeast,
}

impl Kind {
    /// What the kind says to a reader; empty for what holds as it stands.
    pub fn text(self) -> Text {
        match self {
            Kind::Exact => Text { en: "", zh: "" },
            Kind::Limit => Text {
                en: "limit for very many servers",
                zh: "服务器数量趋于无穷时的极限",
            },
            Kind::AtLeast => {
                Text { en: "no strategy does better", zh: "任何策略都不会更好" }
            }
        }
    }
}

/// What theory expects of a scenario.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Prediction {
    /// The model, as engineers call it.
    pub name: Text,
    /// The formula. μ is the rate of a server, λ that of its requests, ρ = λ / μ.
    pub formula: &'static str,
    /// Where it is from, as cited: `[key §place]`.
    pub source: &'static str,
    /// What it is about.
    pub subject: Subject,
    /// What kind of statement it is.
    pub kind: Kind,
    /// What it expects: nanoseconds of a stay, parts per million of a share.
    pub expected: f64,
}

/// Why nothing is predicted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Silence {
    /// More work arrives than some server can do: there is no steady state to predict.
    pub unstable: bool,
    /// The assumption that fails.
    pub why: Text,
}

/// A formula beside a run: one line, ready to be drawn. Values are nanoseconds or parts per million
/// (see [`Subject::show`]).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Theory {
    /// The model (`M/M/1`); empty if no formula applies.
    pub name: Text,
    /// What the figures are.
    pub subject: Subject,
    /// What kind of statement the formula makes.
    pub kind: Kind,
    /// The formula; empty if none applies.
    pub formula: &'static str,
    /// Where it is from, as cited: `[key §place]`.
    pub source: &'static str,
    /// What it expects.
    pub expected: Option<u64>,
    /// What was measured; `None` before anything was.
    pub measured: Option<u64>,
    /// Where the mean that was measured lies, with 99 % confidence.
    pub interval: Option<(u64, u64)>,
    /// Theory and run agree: what is expected lies in the interval, or is not above it for
    /// [`Kind::AtLeast`]. `None` if there is nothing to compare, or a limit is far away.
    pub inside: Option<bool>,
    /// More work arrives than can be done: the queues grow for ever.
    pub unstable: bool,
    /// Why no formula applies; empty if one does.
    pub why: Text,
}

const NOTHING: Text = Text { en: "", zh: "" };

impl Theory {
    /// Sets what is predicted beside what was measured, if anything was: one line for each
    /// prediction, and one that says why there is none.
    pub fn beside(
        predicted: &Result<Vec<Prediction>, Silence>,
        summary: Option<&Summary>,
    ) -> Vec<Theory> {
        let stay = |kind| Theory {
            name: NOTHING,
            subject: Subject::Stay,
            kind,
            formula: "",
            source: "",
            expected: None,
            measured: None,
            interval: None,
            inside: None,
            unstable: false,
            why: NOTHING,
        };
        match predicted {
            Ok(predictions) => predictions.iter().map(|it| it.beside(summary)).collect(),
            Err(Silence { unstable, why }) => {
                let mut theory = Theory { unstable: *unstable, why: *why, ..stay(Kind::Exact) };
                let seen = summary.and_then(|summary| measured(Subject::Stay, summary));
                theory.measured = seen.map(|(mean, _)| whole(mean));
                theory.interval =
                    seen.and_then(|(_, ends)| ends).map(|(a, b)| (whole(a), whole(b)));
                vec![theory]
            }
        }
    }
}

impl Prediction {
    /// This prediction beside what was measured, if anything was.
    pub fn beside(&self, summary: Option<&Summary>) -> Theory {
        let Prediction { name, formula, source, subject, kind, expected } = *self;
        let seen = summary.and_then(|summary| measured(subject, summary));
        let ends = seen.and_then(|(_, ends)| ends);
        Theory {
            name,
            subject,
            kind,
            formula,
            source,
            expected: Some(whole(expected)),
            measured: seen.map(|(mean, _)| whole(mean)),
            interval: ends.map(|(low, high)| (whole(low), whole(high))),
            inside: ends.and_then(|(low, high)| match kind {
                Kind::Exact => Some(low <= expected && expected <= high),
                Kind::AtLeast => Some(expected <= high),
                Kind::Limit => None,
            }),
            unstable: false,
            why: NOTHING,
        }
    }
}

/// What a run says of a figure: the mean, and the ends of its interval.
fn measured(subject: Subject, summary: &Summary) -> Option<(f64, Option<(f64, f64)>)> {
    match subject {
        Subject::Stay if summary.completed > 0 => Some((summary.stay.mean, summary.stay.ends())),
        Subject::Loss if summary.completed + summary.failed > 0 => {
            Some((summary.loss.mean, summary.loss.ends()))
        }
        Subject::Spread => spread(summary),
        Subject::Stay | Subject::Loss => None,
    }
}

/// The spread of the shares, and where the one they are drawn from lies: the sum of squares over it
/// follows the law of χ² with one degree of freedom less than there are servers.
fn spread(summary: &Summary) -> Option<(f64, Option<(f64, f64)>)> {
    let n = summary.servers.len() as f64;
    if summary.servers.iter().all(|server| server.picked == 0) || summary.servers.len() < 2 {
        return None;
    }
    let apart = |share: f64| (share * n - 1.0) * (share * n - 1.0);
    let squares: f64 = summary.servers.iter().map(|server| apart(server.share)).sum();
    let found = libm::sqrt(squares / (n - 1.0)) * 1e6;
    // The approximation of Wilson and Hilferty to the quantiles of χ².
    let dof = n - 1.0;
    let z = super::stats::Level::P99.normal();
    let ratio = |z: f64| {
        let root = 1.0 - 2.0 / (9.0 * dof) + z * libm::sqrt(2.0 / (9.0 * dof));
        libm::sqrt((root * root * root).max(1e-3))
    };
    Some((found, Some((found / ratio(z), found / ratio(-z)))))
}

/// The nearest whole number that is not negative.
fn whole(value: f64) -> u64 {
    libm::round(value.max(0.0)) as u64
}
