//! From the recipe of a pool to the formulas whose assumptions it meets.

use crate::kernel::{About, KnobValue, Ratio, Span, Text};
use crate::sim::arrivals::Arrivals;
use crate::sim::sizes::Sizes;
use crate::sim::{ClusterSpec, Keys, Stream, Workload};

use super::formula;
use super::{Kind, Prediction, Silence, Subject};

/// What formulas ask of a pool.
struct Pool<'a> {
    strategy: &'static str,
    balancers: u32,
    /// Speeds, 1 for a server of speed 1.
    speeds: Vec<f64>,
    weights: Vec<f64>,
    /// All servers are alike, to the balancer too.
    even: bool,
    /// Requests served at once by each server; `None` if all share its speed.
    slots: Option<u32>,
    /// Most requests at a server, if there is a bound.
    room: Option<u32>,
    arrivals: &'a Arrivals,
    sizes: &'a Sizes,
    /// How many keys there are, if requests carry each as often.
    keys: Option<u64>,
    spec: &'a ClusterSpec,
}

/// Knobs that leave the formulas as they are, or are looked at here.
const KNOWN: &[&str] = &[
    "strategy",
    "balancers",
    "queue",
    "concurrency",
    "capacity",
    "forget",
    "choices",
    "replacement",
    "placement",
    "ties",
    "table",
    "memory",
];

/// Slowest network, in thousandths of a mean service, under which what a balancer knows counts as
/// true: a typical delay.
const STALE: u64 = 50;

/// What theory expects of the pool `about` with this recipe.
///
/// # Errors
/// Why nothing is expected: the assumption that fails.
pub fn predict(about: &About, spec: &ClusterSpec) -> Result<Vec<Prediction>, Silence> {
    let pool = Pool::new(about, spec)?;
    pool.stable()?;
    let mut found = match pool.shares() {
        Some(shares) => pool.split(&shares),
        None => pool.informed(),
    };
    // The evenness of a hash can be told whatever the sizes are.
    if let Some(spread) = pool.spread() {
        match &mut found {
            Ok(found) => found.push(spread),
            Err(silence) if !silence.unstable => found = Ok(vec![spread]),
            Err(_) => {}
        }
    }
    found
}

fn silence<T>(en: &'static str, zh: &'static str) -> Result<T, Silence> {
    Err(Silence { unstable: false, why: Text { en, zh } })
}

fn unstable<T>(en: &'static str, zh: &'static str) -> Result<T, Silence> {
    Err(Silence { unstable: true, why: Text { en, zh } })
}

impl<'a> Pool<'a> {
    fn new(about: &About, spec: &'a ClusterSpec) -> Result<Pool<'a>, Silence> {
        let Workload::Stream(Stream { arrivals, sizes, keys, .. }) = &spec.workload else {
            return silence("No stream of requests arrives.", "没有请求流到达。");
        };
        if !spec.inputs.is_empty() {
            return silence(
                "Something is done to the pool while it runs, and formulas are about a steady one.",
                "运行中对服务器池做了改动，而公式只适用于稳态。",
            );
        }
        if spec.patience.is_some() {
            return silence(
                "Clients give up after a timeout, which no formula here knows.",
                "客户端超时后会放弃，这里的公式都不考虑这一点。",
            );
        }
        if spec.network.loss > Ratio::ZERO || spec.network.duplicate > Ratio::ZERO {
            return silence("The network loses or doubles messages.", "网络会丢失或重复消息。");
        }
        let changed = about.knobs.iter().any(|knob| {
            !KNOWN.contains(&knob.name) && spec.knobs.get(knob.name) != Some(knob.default_value())
        });
        if changed {
            return silence(
                "The pool has a setting that no formula here knows.",
                "服务器池启用了公式没有考虑的设置。",
            );
        }
        let count = |name| spec.knobs.count(name) as u32;
        let balancers = count("balancers").min(spec.nodes.saturating_sub(1)).max(1);
        let servers = spec.nodes - balancers;
        let (speeds, weights) = setup(spec, servers);
        let alike = |values: &[u32]| values.iter().all(|value| *value == values[0]);
        let even = alike(&speeds) && alike(&weights);
        let speeds = speeds.into_iter().map(|speed| f64::from(speed) / 1000.0).collect();
        let weights = weights.into_iter().map(f64::from).collect();
        // The latest first is as good as the first first on average; classes are another matter.
        let shared = match spec.knobs.get("queue") {
            Some(KnobValue::Choice("fifo" | "lifo")) => false,
            Some(KnobValue::Choice("ps")) => true,
            _ => {
                return silence(
                    "Servers do not take requests as they come, which no formula here knows.",
                    "服务器不按到达顺序处理请求，这里的公式都不考虑这一点。",
                );
            }
        };
        Ok(Pool {
            strategy: spec.knobs.choice("strategy"),
            balancers,
            speeds,
            weights,
            even,
            slots: (!shared).then(|| count("concurrency").max(1)),
            room: Some(count("capacity")).filter(|room| *room > 0),
            arrivals,
            sizes,
            keys: match keys {
                Keys::Even(count) => Some(*count),
                Keys::Zipf { .. } => None,
            },
            spec,
        })
    }

    fn servers(&self) -> u32 {
        self.speeds.len() as u32
    }

    /// Requests per nanosecond, of an open stream.
    fn rate(&self) -> Option<f64> {
        self.arrivals.rate().map(|rate| rate / 1e9)
    }

    fn mean(&self) -> f64 {
        self.sizes.mean().0 as f64
    }

    fn exponential(&self) -> bool {
        matches!(self.sizes, Sizes::Exponential { .. })
    }

    /// Work that arrives over work that the servers can do.
    fn load(&self, rate: f64) -> f64 {
        let slots = f64::from(self.slots.unwrap_or(1));
        rate * self.mean() / (self.speeds.iter().sum::<f64>() * slots)
    }

    fn stable(&self) -> Result<(), Silence> {
        match self.rate() {
            // A rate that changes, or a record, is steady at no time.
            Some(_) if !self.steady() => Ok(()),
            Some(rate) if self.load(rate) >= 1.0 && self.room.is_none() => unstable(
                "More work arrives than all servers together can do: the queues grow for ever.",
                "到达的工作量超过所有服务器的处理能力之和：队列会无限增长。",
            ),
            _ => Ok(()),
        }
    }

    fn steady(&self) -> bool {
        let (poisson, even) = (self.poisson(), self.even_arrivals());
        poisson || even || matches!(self.arrivals, Arrivals::Mmpp { .. })
    }

    fn poisson(&self) -> bool {
        matches!(self.arrivals, Arrivals::Poisson { .. })
    }

    fn even_arrivals(&self) -> bool {
        matches!(self.arrivals, Arrivals::Deterministic { .. })
    }

    /// The part of the requests that each server gets, where the strategy leaves it to chance.
    fn shares(&self) -> Option<Vec<f64>> {
        let even = || Some(vec![1.0 / f64::from(self.servers()); self.speeds.len()]);
        match self.strategy {
            _ if self.servers() == 1 => Some(vec![1.0]),
            "random" => even(),
            "p2c" if self.spec.knobs.count("choices") == 1 => even(),
            "weighted-random" => {
                let sum: f64 = self.weights.iter().sum();
                Some(self.weights.iter().map(|weight| weight / sum).collect())
            }
            _ => None,
        }
    }

    /// A Poisson stream divided by chance is a Poisson stream at each server.
    fn split(&self, shares: &[f64]) -> Result<Vec<Prediction>, Silence> {
        let rate = match *self.arrivals {
            Arrivals::Poisson { rate } => rate / 1e9,
            Arrivals::Deterministic { .. } if self.servers() == 1 => return self.even_gaps(),
            _ => return no_poisson(),
        };
        let (mut time, mut served, mut lost) = (0.0, 0.0, 0.0);
        let mut model = None;
        for (share, speed) in shares.iter().zip(&self.speeds) {
            let found = self.station(rate * share * self.mean() / speed)?;
            let kept = share * (1.0 - found.lost);
            time += kept * found.stay * self.mean() / speed;
            served += kept;
            lost += share * found.lost;
            model = Some(found);
        }
        let Some(Station { name, formula, source, .. }) = model else { return no_formula() };
        let stay = prediction(name, formula, source, time / served);
        let mut all = vec![stay];
        if self.room.is_some() {
            let (subject, expected) = (Subject::Loss, lost * 1e6);
            all.push(Prediction { subject, expected, ..stay });
        }
        Ok(all)
    }

    /// One server with a Poisson stream that brings this much work.
    fn station(&self, work: f64) -> Result<Station, Silence> {
        let slots = self.slots.unwrap_or(1);
        if work >= f64::from(slots) && self.room.is_none() {
            return unstable(
                "More work arrives at a server than it can do: its queue grows for ever.",
                "某台服务器收到的工作量超过其处理能力：它的队列会无限增长。",
            );
        }
        if let Some(room) = self.room {
            return self.bounded(slots, room, work);
        }
        match (self.slots, self.sizes) {
            (None, _) => Ok(Station::new(
                "M/G/1-PS",
                "T = E[S] / (1 − ρ)",
                "[harchol13 §22.2]",
                formula::mm1(work),
            )),
            (Some(1), Sizes::Exponential { .. }) => Ok(Station::new(
                "M/M/1",
                "T = 1 / (μ − λ)",
                "[harchol13 §13.3]",
                formula::mm1(work),
            )),
            (Some(1), sizes) => Ok(Station::new(
                "M/G/1",
                "T = E[S] + ρ / (1 − ρ) · (1 + C²) / 2 · E[S]",
                "[harchol13 §23.5]",
                1.0 + formula::mg1_wait(work, sizes.scv()),
            )),
            (Some(slots), Sizes::Exponential { .. }) => Ok(Station::new(
                "M/M/c",
                "T = 1/μ + C(c, λ/μ) / (cμ − λ)",
                "[harchol13 §14.4]",
                1.0 + formula::mmc_wait(slots, work),
            )),
            (Some(_), _) => silence(
                "Several slots and sizes that are not exponential: no exact formula is known.",
                "有多个处理槽且处理时间不服从指数分布：没有已知的精确公式。",
            ),
        }
    }

    /// The same with a bound on the requests inside.
    fn bounded(&self, slots: u32, room: u32, work: f64) -> Result<Station, Silence> {
        if self.slots.is_some() && room <= slots {
            let lost = formula::erlang_b(room, work);
            let station = Station::new(
                "M/G/c/c",
                "B(c, a) = (aᶜ / c!) / Σₖ aᵏ / k!",
                "[harchol13 §15.4]",
                1.0,
            );
            return Ok(Station { lost, ..station });
        }
        // Sharing does not care for the law of sizes, a queue does.
        if self.slots.is_some() && !self.exponential() {
            return silence(
                "A bounded queue and sizes that are not exponential: no formula here.",
                "队列有上限且处理时间不服从指数分布：这里没有对应的公式。",
            );
        }
        let (lost, stay) = formula::mmck(slots, room, work);
        let (name, formula) = match (self.slots, slots) {
            (None, _) => ("M/G/1/K-PS", "P = (1 − ρ) ρᴷ / (1 − ρᴷ⁺¹)"),
            (Some(_), 1) => ("M/M/1/K", "P = (1 − ρ) ρᴷ / (1 − ρᴷ⁺¹)"),
            (Some(_), _) => ("M/M/c/K", "P = π_K, πₖ ∝ Πᵢ λ / (min(i, c) μ)"),
        };
        Ok(Station { lost, ..Station::new(name, formula, "[harchol13 §14.2]", stay) })
    }

    fn even_gaps(&self) -> Result<Vec<Prediction>, Silence> {
        self.one_slot_and_exponential()?;
        let load = self.rate().map_or(0.0, |rate| self.load(rate));
        let stay = formula::even_gaps(load) * self.mean() / self.speeds[0];
        let name = "D/M/1";
        Ok(vec![prediction(name, "T = 1 / (μ (1 − σ)), σ = e^(−(1 − σ)/ρ)", GAPS, stay)])
    }

    fn one_slot_and_exponential(&self) -> Result<(), Silence> {
        if self.room.is_some() {
            return silence(
                "Queues have a bound, which no formula for this strategy knows.",
                "队列有上限，而该策略没有对应的公式。",
            );
        }
        if !self.exponential() {
            return silence(
                "Sizes are not exponential, as the formula for this strategy asks.",
                "处理时间不服从指数分布，而该策略的公式要求这一点。",
            );
        }
        if self.slots.unwrap_or(1) > 1 {
            return silence(
                "Servers work on several requests at once, which no formula for this strategy \
                 knows.",
                "服务器同时处理多个请求，而该策略没有对应的公式。",
            );
        }
        Ok(())
    }

    /// Strategies that do not leave everything to chance.
    fn informed(&self) -> Result<Vec<Prediction>, Silence> {
        let Some(rate) = self.rate() else { return no_poisson() };
        self.one_slot_and_exponential()?;
        if !self.even {
            return silence(
                "Servers are not alike, as the formula for this strategy asks.",
                "各台服务器不相同，而该策略的公式要求它们相同。",
            );
        }
        let load = self.load(rate);
        let service = self.mean() / self.speeds[0];
        let (poisson, even) = (self.poisson(), self.even_arrivals());
        let one = self.balancers == 1;
        match self.strategy {
            "round-robin" | "weighted" if one && poisson => {
                let stay = formula::erlang_gaps(self.servers(), load) * service;
                let formula = "T = 1 / (μ (1 − σ)), σ = (nρ / (nρ + 1 − σ))ⁿ";
                Ok(vec![prediction("Eₙ/M/1", formula, GAPS, stay)])
            }
            "round-robin" | "weighted" if one && even => {
                let stay = formula::even_gaps(load) * service;
                let formula = "T = 1 / (μ (1 − σ)), σ = e^(−(1 − σ)/ρ)";
                Ok(vec![prediction("D/M/1", formula, GAPS, stay)])
            }
            _ if !poisson => no_poisson(),
            "p2c" if one && self.fresh() => {
                let choices = self.spec.knobs.count("choices") as u32;
                let expected = formula::supermarket(choices, load) * service;
                let (name, source) = ("supermarket model", "[mitzenmacher01 §2]");
                let formula = "T = Σᵢ ρ^((dⁱ − d)/(d − 1)) / μ";
                let found = prediction(name, formula, source, expected);
                Ok(vec![Prediction { kind: Kind::Limit, ..found }])
            }
            // Several balancers get requests in turns; the formula asks for Poisson's law at each.
            "jiq" if one && self.fresh() => {
                let ratio = f64::from(self.servers());
                let expected = formula::join_idle(load, ratio) * service;
                let formula = "T = 1 / (μ (1 − ρ(1 − s))), s / (1 − s) = r (1 − ρ)";
                let found = prediction("join-idle-queue", formula, "[lu11 §3.2]", expected);
                Ok(vec![Prediction { kind: Kind::Limit, ..found }])
            }
            _ => {
                // Whatever a strategy knows, it keeps no server busier than a shared queue would.
                let work = load * f64::from(self.servers());
                let expected = (1.0 + formula::mmc_wait(self.servers(), work)) * service;
                let formula = "T ≥ 1/μ + C(n, nρ) / (nμ − nλ)";
                let found = prediction("M/M/n", formula, "[harchol13 §14.4]", expected);
                Ok(vec![Prediction { kind: Kind::AtLeast, ..found }])
            }
        }
    }

    /// What balancers learn is true by the time they use it, near enough.
    fn fresh(&self) -> bool {
        let Span(delay) = self.spec.network.delay.typical();
        delay.saturating_mul(1000) <= self.sizes.mean().0.saturating_mul(STALE)
    }

    /// How uneven a hash of keys is.
    fn spread(&self) -> Option<Prediction> {
        let servers = self.servers();
        if servers < 2 || !self.even {
            return None;
        }
        let recorded = matches!(self.arrivals, Arrivals::Recorded(_));
        let keys = formula::lot_spread(servers, self.keys.filter(|_| !recorded)?);
        let (name, formula, source, spread) = match self.strategy {
            "rendezvous" | "jump" => {
                ("keys by lot", "σ = √((n − 1) / K)", "[mitzenmacher05 §5.3]", keys)
            }
            "ring-hash" if self.spec.knobs.choice("placement") == "nginx" => {
                let ring = formula::ring_spread(servers, RING_POINTS);
                let both = libm::sqrt(ring * ring + keys * keys);
                ("ring", "σ² = (n − 1) / (nV + 1) + (n − 1) / K", "[karger97 §4]", both)
            }
            _ => return None,
        };
        let found = prediction(name, formula, source, spread * 1e6);
        Some(Prediction { subject: Subject::Spread, ..found })
    }
}

/// Points of a server on nginx's ring.
const RING_POINTS: u32 = 160;

const GAPS: &str = "[kleinrock75 §6.4]";

/// One server by itself, in units of its mean service.
struct Station {
    name: &'static str,
    formula: &'static str,
    source: &'static str,
    stay: f64,
    lost: f64,
}

impl Station {
    fn new(name: &'static str, formula: &'static str, source: &'static str, stay: f64) -> Station {
        Station { name, formula, source, stay, lost: 0.0 }
    }
}

fn prediction(
    name: &'static str,
    formula: &'static str,
    source: &'static str,
    expected: f64,
) -> Prediction {
    let name = match name {
        "supermarket model" => Text { en: name, zh: "超市模型" },
        "join-idle-queue" => Text { en: name, zh: "空闲队列（JIQ）" },
        "keys by lot" => Text { en: name, zh: "键随机落点" },
        "ring" => Text { en: "hash ring", zh: "哈希环" },
        _ => Text { en: name, zh: name },
    };
    let (subject, kind) = (Subject::Stay, Kind::Exact);
    Prediction { name, formula, source, subject, kind, expected }
}

fn no_formula<T>() -> Result<T, Silence> {
    silence("No formula for this pool is known here.", "这里没有适用于该服务器池的公式。")
}

fn no_poisson<T>() -> Result<T, Silence> {
    silence(
        "Requests do not arrive by Poisson's law, as the formulas ask.",
        "请求不是按泊松过程到达，而公式要求这一点。",
    )
}

/// Speeds and weights of the servers, as the pool reads them from its `given` lines.
fn setup(spec: &ClusterSpec, servers: u32) -> (Vec<u32>, Vec<u32>) {
    let written = |wanted: &str| {
        let given = spec.given.iter().flat_map(|given| &given.settings);
        given.filter(|(name, _)| name == wanted).map(|(_, values)| values).next_back()
    };
    let list = |values: &String| -> Vec<u32> {
        values.split(',').filter_map(|word| word.trim().parse().ok()).collect()
    };
    let mut speeds = written("speeds").map(list).unwrap_or_default();
    speeds.resize(servers as usize, 1000);
    let mut weights = written("weights").map_or_else(|| speeds.clone(), list);
    weights.resize(servers as usize, 1);
    (speeds, weights)
}
