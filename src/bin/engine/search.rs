//! A search, by slices: what the page's worker runs.

use js_sys::Uint32Array;
use quorate::check::Because;
use quorate::check::explore::{Company, Options, Order, Progress};
use quorate::script::hunt::{Hunt, Refused, hunt, is_specification};
use quorate::script::search::Searched;
use serde::{Deserialize, Serialize};
use tsify::{Ts, Tsify};
use wasm_bindgen::prelude::{JsError, JsValue, wasm_bindgen};

use super::refusal::refusal;

/// Bytes a search may hold if nothing else is said: wasm has 4 GiB, and browsers less.
const MEMORY: u64 = 1_000_000_000;

/// The order in which states are left.
#[derive(Clone, Copy, Deserialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub enum SearchOrder {
    /// Nearest first: shortest counterexamples.
    Breadth,
    /// Newest first.
    Depth,
    /// Depth first to one step, two steps, and so on.
    Deepening,
    /// Random runs.
    Random,
}

/// How to search, and how far.
#[derive(Clone, Default, Deserialize, Tsify)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SearchLimits {
    /// Different states, at most.
    #[tsify(optional)]
    pub(crate) max_states: Option<u32>,
    /// Megabytes held, at most; 1,000 if not said.
    #[tsify(optional)]
    pub(crate) max_memory: Option<u32>,
    /// Steps from the beginning, at most; of random runs, their length.
    #[tsify(optional)]
    max_depth: Option<u32>,
    /// The order; `breadth` if not said.
    #[tsify(optional)]
    order: Option<SearchOrder>,
    /// Whether one of all states that differ by names stands for them, where that is known.
    #[tsify(optional)]
    symmetry: Option<bool>,
    /// Whether messages of which nothing can come are delivered at once.
    #[tsify(optional)]
    reduction: Option<bool>,
    /// Whether whole states are compared, not fingerprints.
    #[tsify(optional)]
    exact: Option<bool>,
    /// Whether it ends with the first counterexample.
    #[tsify(optional)]
    stop: Option<bool>,
    /// The seed of random runs.
    #[tsify(optional)]
    seed: Option<u32>,
    /// Random runs; 1,000 if not said.
    #[tsify(optional)]
    walks: Option<u32>,
}

impl SearchLimits {
    fn options(&self) -> Options {
        let order = match self.order {
            None | Some(SearchOrder::Breadth) => Order::Breadth,
            Some(SearchOrder::Depth) => Order::Depth,
            Some(SearchOrder::Deepening) => Order::Deepening,
            Some(SearchOrder::Random) => Order::Random,
        };
        let usual = match order {
            Order::Random => Options::random(self.seed.map_or(0, u64::from)),
            Order::Breadth | Order::Depth | Order::Deepening => Options::default(),
        };
        Options {
            order,
            max_states: self.max_states.unwrap_or(usual.max_states).clamp(1, usual.max_states),
            max_bytes: self.max_memory.map_or(MEMORY, |mb| u64::from(mb) * 1_000_000),
            max_depth: self.max_depth.unwrap_or(usual.max_depth),
            alike: self.symmetry,
            reduction: self.reduction.unwrap_or(usual.reduction),
            exact: self.exact.unwrap_or(usual.exact),
            stop: self.stop.unwrap_or(usual.stop),
            walks: self.walks.unwrap_or(usual.walks),
            ..usual
        }
    }
}

/// How far a search has come.
#[derive(Clone, Serialize, Tsify)]
pub struct SearchProgress {
    /// Different states found.
    unique: u64,
    /// States generated.
    generated: u64,
    /// Levels reached.
    depth: u32,
    /// States found and not yet left.
    frontier: u64,
    /// Bytes held.
    bytes: u64,
    /// How many workers share the work.
    workers: u32,
    /// Whether it is over.
    over: bool,
}

/// A search within the scope of a scenario's line `explore`, or of a specification
/// (`spec=paxos acceptors=3`). Give its memory back with `free()`.
#[wasm_bindgen]
pub struct Search(Box<dyn Hunt>);

#[wasm_bindgen]
impl Search {
    /// Begins a search. Throws a `ScenarioError` if the text is not understood.
    ///
    /// # Errors
    /// If the text is not understood or asks for no search; the error says why.
    #[wasm_bindgen(constructor)]
    pub fn new(text: &str, limits: Option<Ts<SearchLimits>>) -> Result<Search, JsValue> {
        let limits = limits.map(|limits| limits.to_rust()).transpose().map_err(JsError::from)?;
        begin(text, &limits.unwrap_or_default()).map(Search)
    }

    /// Goes on for about `budget` generated states.
    ///
    /// # Errors
    /// If the answer cannot be handed to JavaScript.
    pub fn advance(&mut self, budget: u32) -> Result<Ts<SearchProgress>, JsValue> {
        self.0.advance(u64::from(budget));
        self.progress()
    }

    /// Whether there is enough to do that other workers could help with.
    #[wasm_bindgen(js_name = isWorthSharing, skip_typescript)]
    pub fn is_worth_sharing(&mut self) -> bool {
        self.0.company().is_some_and(|search| search.is_worth_sharing())
    }

    /// Where it stands: how often it began anew, and how many states it has left since.
    ///
    /// # Errors
    /// If it cannot be shared.
    #[wasm_bindgen(skip_typescript)]
    pub fn stand(&mut self) -> Result<Vec<f64>, JsValue> {
        let (begun, left) = self.company()?.stand();
        Ok(vec![f64::from(begun), left as f64])
    }

    /// Goes to where another one stands, which is the same search.
    ///
    /// # Errors
    /// If it never comes there.
    #[wasm_bindgen(js_name = catchUp, skip_typescript)]
    pub fn catch_up(&mut self, begun: u32, left: f64) -> Result<(), JsValue> {
        let (search, stand) = (self.company()?, (begun, left as u64));
        while search.stand() != stand {
            let before = search.stand();
            search.catch_up(stand, 1_000_000);
            if search.stand() == before {
                return Err(strangers());
            }
        }
        Ok(())
    }

    /// Becomes member `me` of a company of `of`, which all stand at the same place.
    ///
    /// # Errors
    /// If it cannot be shared.
    #[wasm_bindgen(skip_typescript)]
    pub fn accompany(&mut self, me: u32, of: u32) -> Result<(), JsValue> {
        self.company()?.accompany(me, of);
        Ok(())
    }

    /// Whether the company has more to do together.
    #[wasm_bindgen(js_name = hasRounds, skip_typescript)]
    pub fn has_rounds(&mut self) -> bool {
        self.0.company().is_some_and(|search| search.has_rounds())
    }

    /// Does this member's part of a round; what the others are to know of it.
    ///
    /// # Errors
    /// If it cannot be shared.
    #[wasm_bindgen(skip_typescript)]
    pub fn share(&mut self) -> Result<Vec<u32>, JsValue> {
        Ok(self.company()?.share())
    }

    /// Ends a round with what every member said, in their order.
    ///
    /// # Errors
    /// If that is not understood; then the search is to begin anew, alone.
    #[wasm_bindgen(skip_typescript)]
    pub fn join(&mut self, said: Vec<Uint32Array>) -> Result<Ts<SearchProgress>, JsValue> {
        let said: Vec<Vec<u32>> = said.into_iter().map(|words| words.to_vec()).collect();
        if !self.company()?.join(&said) {
            return Err(strangers());
        }
        self.progress()
    }

    /// What came of it, after so many seconds.
    ///
    /// # Errors
    /// If the answer cannot be handed to JavaScript.
    pub fn report(&self, seconds: f64) -> Result<Ts<Searched>, JsValue> {
        Ok(self.0.report(seconds).into_ts().map_err(JsError::from)?)
    }
}

impl Search {
    fn progress(&mut self) -> Result<Ts<SearchProgress>, JsValue> {
        let workers = self.0.company().map_or(1, |search| search.member().1);
        let progress = told(&self.0.progress(), self.0.is_over(), workers);
        Ok(progress.into_ts().map_err(JsError::from)?)
    }

    fn company(&mut self) -> Result<&mut dyn Company, JsValue> {
        self.0.company().ok_or_else(|| JsError::new("this search is not shared").into())
    }
}

fn strangers() -> JsValue {
    JsError::new("the workers do not understand each other").into()
}

/// The search of a text.
pub(crate) fn begin(text: &str, limits: &SearchLimits) -> Result<Box<dyn Hunt>, JsValue> {
    let because =
        |because: Because| JsValue::from(JsError::new(&format!("{} · {}", because.en, because.zh)));
    let text = match limits.symmetry {
        // What is asked for in the text itself comes first.
        Some(on) if is_specification(text) && !text.contains("symmetry=") => {
            format!("{} symmetry={}", text.trim_end(), if on { "on" } else { "off" })
        }
        Some(_) | None => text.to_owned(),
    };
    hunt(&text, &limits.options()).map_err(|refused| match refused {
        Refused::Problems(problems) => refusal(&problems),
        Refused::Because(wrong) => because(wrong),
    })
}

/// Progress as JavaScript sees it.
pub(crate) fn told(progress: &Progress, over: bool, workers: u32) -> SearchProgress {
    let Progress { unique, generated, depth, frontier, bytes, .. } = *progress;
    SearchProgress { unique, generated, depth, frontier, bytes, workers, over }
}
