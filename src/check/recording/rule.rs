//! The verdict on a recording, with its proof.

use crate::check::consistency::{Call, Core, Explained, Kind, Model, core, explain, points};
use crate::check::verdict::Because;

use super::{Entry, Recording};

/// Why a verdict is what it is. Operations are named by their places in the recording.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Proof {
    /// An order that explains everything: each operation that takes effect, and where: at a line
    /// of the recording or right behind it.
    Order(Vec<(usize, u64)>),
    /// Operations that no order allows, whatever came of all others.
    Core {
        /// Which.
        entries: Vec<usize>,
        /// None of them can be spared.
        minimal: bool,
    },
    /// The search gave up after so many steps.
    GaveUp(u64),
}

/// What came of judging a recording.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Found {
    /// The proof.
    pub proof: Proof,
    /// Steps the search took, those for the proof included.
    pub steps: u64,
}

/// Most steps spent on making a refutation short.
const SHORTEN: u64 = 400_000;

/// Judges a recording with at most `budget` steps.
pub fn rule(recording: &Recording, kind: Kind, model: Model, budget: u64) -> Found {
    let known = recording.calls();
    let calls: Vec<Call> = known.iter().map(|(_, call)| *call).collect();
    let mut left = budget;
    let explained = explain(kind, model, &calls, &mut left);
    let mut steps = budget - left;
    let proof = match explained {
        Explained::Order(order) => {
            let order = match model {
                Model::Linearizable => points(&calls, &order),
                // No instants: only the order counts.
                Model::Sequential => (0..).zip(order).map(|(at, call)| (call, at)).collect(),
            };
            Proof::Order(order.into_iter().map(|(call, at)| (known[call].0, at)).collect())
        }
        Explained::Impossible(object) => {
            let its: Vec<Call> = object.iter().map(|call| calls[*call]).collect();
            let mut left = SHORTEN;
            let Core { calls: few, minimal } = core(kind, model, &its, &mut left);
            steps += SHORTEN - left;
            let entries = few.into_iter().map(|place| known[object[place]].0).collect();
            Proof::Core { entries, minimal }
        }
        Explained::Unknown => Proof::GaveUp(budget),
    };
    Found { proof, steps }
}

impl Found {
    /// The verdict in a sentence.
    pub fn says(&self, model: Model) -> Because {
        match (&self.proof, model) {
            (Proof::Order(_), Model::Linearizable) => Because::new("linearizable", "线性一致"),
            (Proof::Order(_), Model::Sequential) => {
                Because::new("sequentially consistent", "顺序一致")
            }
            (Proof::Core { .. }, Model::Linearizable) => {
                Because::new("not linearizable", "不满足线性一致")
            }
            (Proof::Core { .. }, Model::Sequential) => {
                Because::new("not sequentially consistent", "不满足顺序一致")
            }
            (Proof::GaveUp(steps), _) => Because::new(
                format!("undecided: the search gave up after {steps} steps"),
                format!("无法判定：搜索 {steps} 步后放弃"),
            ),
        }
    }
}

impl Entry {
    /// What the client was told, in our form; `?` if nobody saw it.
    pub fn told(&self) -> String {
        use crate::kernel::Outcome;
        match self.end {
            Some((_, Outcome::Done(Some(value)))) => value.to_string(),
            Some((_, Outcome::Done(None))) if super::super::consistency::observes(self.op) => {
                "-".to_owned()
            }
            Some((_, Outcome::Done(None))) => "ok".to_owned(),
            Some((_, Outcome::Unmet)) => "unmet".to_owned(),
            Some((_, Outcome::Refused | Outcome::Redirect(_))) => "refused".to_owned(),
            None => "?".to_owned(),
        }
    }
}
