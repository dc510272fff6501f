//! Time-outs, retries, budgets, second copies, breakers, health: in the world, to the nanosecond
//! where it is certain, and against closed forms where it is not.

use quorate::balance::tier::Tier;
use quorate::kernel::{
    ClientId, Fact, Node, NodeCard, NodeId, Op, Order, Outcome, Party, Ratio, SimTime, Span, Window,
};
use quorate::sim::arrivals::Arrivals;
use quorate::sim::sizes::Sizes;
use quorate::sim::{Delay, Input, LinkChange, OpNote, Target, World};
use wasm_bindgen_test::wasm_bindgen_test;

use super::{CAPACITY, MEAN, Pool};

/// The server at `place`, from one, behind one balancer.
fn server(place: u32) -> Target {
    Target::Node(NodeId(place))
}

fn ms(count: u64) -> Span {
    Span::millis(count)
}

fn work(client: u32, size: Span) -> Input {
    let op = Op::Work { key: u64::from(client), size };
    Input::Request { op, via: None, client: Some(ClientId(client)) }
}

/// A pool that is asked for work: (when, how much), each by a client of its own.
pub fn asked(pool: Pool, works: &[(u64, u64)]) -> Pool {
    works
        .iter()
        .enumerate()
        .fold(pool, |pool, (client, (at, size))| pool.at(ms(*at), work(client as u32, ms(*size))))
}

fn card(world: &World<Tier>, node: u32) -> NodeCard {
    world.node(NodeId(node)).expect("the node is up").card()
}

fn field(world: &World<Tier>, node: u32, name: &str) -> String {
    let card = card(world, node);
    let field = card.fields.iter().find(|field| field.name == name);
    field.map_or_else(|| panic!("no field {name}"), |field| field.value.clone())
}

fn run_to(world: &mut World<Tier>, end: Span) {
    while world.next_at().is_some_and(|at| at <= SimTime::ZERO + end) && world.step() {}
}

/// What a run told.
#[derive(Default, Debug)]
pub struct Told {
    /// Millisecond of the answer and what it was, by client.
    pub answers: Vec<(u64, Outcome)>,
    /// Servers picked, in order.
    pub picks: Vec<u32>,
    /// Rules named: how often each.
    pub marks: std::collections::BTreeMap<&'static str, u64>,
    pub invoked: u64,
    pub done: u64,
    pub refused: u64,
}

impl Told {
    pub fn marked(&self, rule: &str) -> u64 {
        self.marks.get(rule).copied().unwrap_or(0)
    }

    /// Sendings per request.
    pub fn amplification(&self) -> f64 {
        self.picks.len() as f64 / self.invoked as f64
    }
}

pub fn tell(pool: &Pool, end: Span) -> Told {
    let mut world = pool.world();
    let mut told = Told::default();
    let mut answers = Vec::new();
    while world.next_at().is_some_and(|at| at <= SimTime::ZERO + end) && world.step() {
        let last = world.last();
        last.marks.iter().for_each(|(_, rule)| *told.marks.entry(rule).or_default() += 1);
        told.picks.extend(last.facts.iter().filter_map(|(_, fact)| match fact {
            Fact::Picked { server, .. } => Some(server.0),
            _ => None, // Only picks are of interest.
        }));
        for op in &last.ops {
            match *op {
                OpNote::Invoked(..) => told.invoked += 1,
                OpNote::Completed(id, _, outcome) => {
                    answers.push((id.client, world.now().0 / 1_000_000, outcome));
                    match outcome {
                        Outcome::Done(_) => told.done += 1,
                        _ => told.refused += 1, // A pool knows no other answer.
                    }
                }
                OpNote::GaveUp(..) => {}
            }
        }
    }
    answers.sort_by_key(|(client, ..)| *client);
    told.answers = answers.into_iter().map(|(_, at, outcome)| (at, outcome)).collect();
    told
}

const LONG: Span = Span::secs(100);
const DONE: Outcome = Outcome::Done(None);

#[wasm_bindgen_test(unsupported = test)]
pub fn a_try_is_given_up_in_time() {
    let settings = [("try-timeout", "30")];
    let told = tell(&asked(Pool::new(1, &settings), &[(0, 20), (1, 20), (2, 20)]), LONG);
    // The second would be done at 40, 39 after it was sent; the server works on it all the same.
    assert_eq!(told.answers, [(20, DONE), (31, Outcome::Refused), (32, Outcome::Refused)]);
    let mut world = asked(Pool::new(1, &settings), &[(0, 20), (1, 20), (2, 20)]).world();
    run_to(&mut world, ms(50));
    assert_eq!(field(&world, 0, "inFlight"), "0");
    assert_eq!(field(&world, 0, "timedOut"), "2");
    assert_eq!(card(&world, 1).queue.map(|queue| (queue.length, queue.done)), Some((1, 2)));
}

#[wasm_bindgen_test(unsupported = test)]
pub fn a_cancelled_try_leaves_the_queue() {
    let settings = [("try-timeout", "30"), ("cancel", "on")];
    let told = tell(&asked(Pool::new(1, &settings), &[(0, 20), (1, 20), (12, 5)]), LONG);
    // The second is dropped at 31 while it is worked on; the third starts then.
    assert_eq!(told.answers, [(20, DONE), (31, Outcome::Refused), (36, DONE)]);
    assert_eq!((told.marked("cancels"), told.marked("drops")), (1, 1));
    // Sharing: two at half speed from 1 to 31 when the first is done, and the other is dropped.
    let pool = Pool::new(1, &[("try-timeout", "30"), ("cancel", "on"), ("queue", "ps")]);
    let told = tell(&asked(pool, &[(0, 10), (2, 100), (40, 10)]), LONG);
    assert_eq!(told.answers, [(18, DONE), (32, Outcome::Refused), (50, DONE)]);
}

#[wasm_bindgen_test(unsupported = test)]
pub fn a_retry_goes_elsewhere() {
    let fail = |pool: Pool| pool.at(ms(0), Input::Order(server(1), Order::Fail(Ratio::ONE)));
    let base = [("strategy", "round-robin"), ("retries", "2")];
    let told = tell(&fail(asked(Pool::new(3, &base), &[(1, 10), (2, 10)])), LONG);
    assert_eq!((told.picks, told.marks["retries"]), (vec![1, 2, 3], 1));
    assert_eq!(told.answers, [(11, DONE), (12, DONE)]);
    // Where all have failed, the strategy's choice has to do.
    let all = Input::Order(Target::All, Order::Fail(Ratio::ONE));
    let pool = asked(Pool::new(2, &[("retries", "3")]), &[(1, 10)]).at(ms(0), all);
    let told = tell(&pool, LONG);
    assert_eq!((told.picks.len(), told.answers), (4, vec![(1, Outcome::Refused)]));
    // `lowest` always prefers the first: `other` goes on, `any` hammers it.
    let fixed = [("strategy", "least-connections"), ("ties", "lowest"), ("retries", "2")];
    let any: Vec<_> = fixed.iter().copied().chain([("retry-to", "any")]).collect();
    assert_eq!(tell(&fail(asked(Pool::new(3, &fixed), &[(1, 10)])), LONG).picks, [1, 2]);
    assert_eq!(tell(&fail(asked(Pool::new(3, &any), &[(1, 10)])), LONG).picks, [1, 1, 1]);
}

#[wasm_bindgen_test(unsupported = test)]
pub fn what_is_retried_is_a_setting() {
    let tries = |on: &str, pool: &dyn Fn(Pool) -> Pool| {
        let settings =
            [("retries", "1"), ("retry-on", on), ("capacity", "1"), ("try-timeout", "30")];
        tell(&pool(Pool::new(1, &settings)), LONG).marked("retries")
    };
    let error = |pool: Pool| {
        asked(pool.at(ms(0), Input::Order(server(1), Order::Fail(Ratio::ONE))), &[(1, 5)])
    };
    let refusal = |pool| asked(pool, &[(0, 10), (1, 10)]);
    let timeout = |pool| asked(pool, &[(0, 50)]);
    for (on, expected) in
        [("any", [1, 1, 1]), ("error", [1, 0, 0]), ("refusal", [0, 1, 0]), ("timeout", [0, 0, 1])]
    {
        let found = [tries(on, &error), tries(on, &refusal), tries(on, &timeout)];
        // A time-out finds the server full of its own first try.
        assert_eq!(found, expected, "retry-on={on}");
    }
}

#[wasm_bindgen_test(unsupported = test)]
pub fn a_back_off_waits_by_lot() {
    let all = Input::Order(Target::All, Order::Fail(Ratio::ONE));
    let settings = [("retries", "3"), ("backoff", "100")];
    let ends: Vec<u64> = (0..20)
        .map(|seed| {
            let pool = asked(Pool::new(2, &settings), &[(0, 10)]).at(ms(0), all.clone());
            let told = tell(&pool.seed(seed), LONG);
            assert_eq!((told.picks.len(), told.marked("backs-off")), (4, 3));
            told.answers[0].0
        })
        .collect();
    // The waits are below 100, 300 and 700 ms: 550 ms on average, with deviation 220 / sqrt 20.
    let mean = ends.iter().sum::<u64>() as f64 / 20.0;
    assert!((mean - 550.0).abs() < 150.0 && ends.iter().all(|end| *end <= 1100), "{ends:?}");
}

#[wasm_bindgen_test(unsupported = test)]
pub fn a_late_answer_is_dropped() {
    // The first try is given up at 30 and its answer comes at 100; the retry is done at 40.
    let settings = [("strategy", "round-robin"), ("try-timeout", "30"), ("retries", "1")];
    let pool = asked(Pool::new(2, &settings).given("speeds", "100,1000"), &[(0, 10)]);
    let told = tell(&pool, LONG);
    assert_eq!((told.picks, told.answers), (vec![1, 2], vec![(40, DONE)]));
    assert_eq!(told.marks["relays"], 1);
}

#[wasm_bindgen_test(unsupported = test)]
pub fn the_second_copy_wins() {
    let settings = [("strategy", "round-robin"), ("hedge-after", "30")];
    let slow = |settings: &[(&str, &str)]| {
        asked(Pool::new(2, settings).given("speeds", "100,1000"), &[(0, 10), (50, 10), (60, 10)])
    };
    let told = tell(&slow(&settings), LONG);
    // Server 1 takes 100 ms: a copy goes to server 2 at 30 and is done at 40. The second request
    // goes to server 1 by turns, is copied at 80 to server 2, which has the third from 60 to 70.
    assert_eq!(told.picks, [1, 2, 1, 2, 2]);
    assert_eq!(told.answers, [(40, DONE), (90, DONE), (70, DONE)]);
    assert_eq!(told.marked("hedges"), 2);
    // Called back, the slow server is free again.
    let cancel: Vec<_> = settings.iter().copied().chain([("cancel", "on")]).collect();
    let told = tell(&slow(&cancel), LONG);
    assert_eq!((told.marked("cancels"), told.marked("drops")), (2, 2));
    let mut world = slow(&cancel).world();
    run_to(&mut world, LONG);
    assert_eq!(field(&world, 0, "inFlight"), "0 0");
    // One server has nowhere to copy to.
    let told = tell(&asked(Pool::new(1, &settings), &[(0, 50)]), LONG);
    assert_eq!((told.picks.len(), told.answers), (1, vec![(50, DONE)]));
}

#[wasm_bindgen_test(unsupported = test)]
pub fn breakers_turn_away_and_let_wait() {
    let works = [(0, 10), (0, 10), (0, 10), (0, 10)];
    let told = tell(&asked(Pool::new(1, &[("max-requests", "2")]), &works), LONG);
    assert_eq!(told.answers[1..], [(20, DONE), (0, Outcome::Refused), (0, Outcome::Refused)]);
    let conns = [("max-conns", "1"), ("max-pending", "1")];
    let told = tell(&asked(Pool::new(2, &conns), &works), LONG);
    assert_eq!(told.answers, [(10, DONE), (10, DONE), (20, DONE), (0, Outcome::Refused)]);
    assert_eq!((told.marked("waits"), told.marked("breaks")), (1, 1));
    // Row D4, nginx's own test: four at once, weights 2 and 1, one connection each: two are turned
    // away.
    let pool =
        Pool::new(2, &[("strategy", "weighted"), ("max-conns", "1")]).given("weights", "2,1");
    let told = tell(&asked(pool, &works), LONG);
    assert_eq!((told.picks, told.done, told.refused), (vec![1, 2], 2, 2));
    // And with one connection at the first only: the second takes three.
    let pool = Pool::new(2, &[("strategy", "weighted")]).given("weights", "2,1");
    let told = tell(&asked(pool.given("max-conns", "1,0"), &works), LONG);
    assert_eq!((told.picks, told.done, told.refused), (vec![1, 2, 2, 2], 4, 0));
}

/// One connection per server and a long line at the balancer: M/M/c, whatever the strategy.
#[wasm_bindgen_test(unsupported = test)]
pub fn a_line_at_the_balancer_is_one_queue() {
    // Row A3: c = 5, load .8: the mean wait is .55411 of a service.
    for strategy in ["round-robin", "random", "p2c"] {
        let settings = [("strategy", strategy), ("max-conns", "1"), ("max-pending", "1000000")];
        let summary = Pool::new(5, &settings).load(4.0).run(200_000);
        let wait = summary.response.mean.as_secs_f64() / MEAN.as_secs_f64() - 1.0;
        assert!((wait - 0.554).abs() < 0.03, "{strategy}: {wait}");
    }
}

/// A pool whose answers take an exponential time with the mean [`MEAN`], and nothing else does:
/// nobody ever waits in a queue, and a second copy is drawn anew.
pub fn far(settings: &[(&str, &str)]) -> Pool {
    let servers = 20;
    let all: Vec<_> = [("concurrency", "1000"), ("strategy", "random")]
        .into_iter()
        .chain(settings.iter().copied())
        .collect();
    let sizes = Sizes::Deterministic { mean: Span(1) };
    let mut pool = Pool::new(servers, &all).stream(Arrivals::Poisson { rate: 1000.0 }, sizes);
    let (floor, alpha) = (Span(1), 1.0);
    pool.spec.network.delay = Delay::ParetoExp { pareto: Ratio::ZERO, floor, alpha, tail: MEAN };
    for server in 1..=servers {
        let delay = Some(Delay::Even(Window::exactly(Span::ZERO)));
        let change = LinkChange { delay, ..LinkChange::default() };
        let (from, to) = (Party::Node(NodeId(0)), Party::Node(NodeId(server)));
        pool = pool.at(Span::ZERO, Input::Link { from, to, both: false, change });
    }
    pool
}

/// Copies for each of `n` requests, the mean, p99 and p99.9 of their times.
pub fn hedged(settings: &[(&str, &str)], n: u64) -> [f64; 4] {
    let pool = far(settings);
    let spread = pool.run(n).response;
    let scaled = |span: Span| span.as_secs_f64() / MEAN.as_secs_f64();
    // A thousand a second.
    let extra = tell(&pool, Span::millis(n / 2)).amplification() - 1.0;
    [extra, scaled(spread.mean), scaled(spread.p99), scaled(spread.p999)]
}

/// Row F1: a second copy after the 95th percentile of exp(1) times costs 5 % more and brings p99
/// from 4.605 to 3.800, p99.9 from 6.908 to 4.952, the mean to .975.
#[wasm_bindgen_test(unsupported = test)]
pub fn hedging_cuts_the_tail_for_five_percent() {
    let hedged = |settings: &[(&str, &str)]| hedged(settings, 200_000);
    // Three deviations of 200,000 samples: of the mean .7 %, of p99 1.7 %, of p99.9 3 %.
    let check = |found: [f64; 4], expected: [f64; 4], within: [f64; 4], name: &str| {
        for (found, (expected, within)) in found.iter().zip(expected.iter().zip(within)) {
            assert!((found - expected).abs() <= within, "{name}: {found}, not {expected}");
        }
    };
    check(hedged(&[]), [0.0, 1.0, 4.605, 6.908], [0.0, 0.007, 0.07, 0.21], "no copies");
    let after = (libm::log(20.0) * MEAN.as_millis_f64()).round().to_string();
    let expected = [0.05, 0.975, 3.800, 4.952];
    let within = [0.0025, 0.007, 0.03, 0.15];
    check(hedged(&[("hedge-after", &after)]), expected, within, "after 3 means");
    let within = [0.006, 0.007, 0.1, 0.2];
    check(hedged(&[("hedge-at", "95")]), expected, within, "at the 95th percentile");
}

/// Row F2: with failure probability p and r retries, (1 - p^(r+1)) / (1 - p) tries per request.
#[wasm_bindgen_test(unsupported = test)]
pub fn retries_multiply_tries() {
    let tries = |share, retries: &str| {
        let pool = Pool::new(3, &[("retries", retries)]).load(0.3);
        let pool = pool.at(ms(0), Input::Order(Target::All, Order::Fail(Ratio::percent(share))));
        tell(&pool, Span::secs(1000))
    };
    let told = tries(50, "3");
    assert!((told.amplification() - 1.875).abs() < 0.03, "{}", told.amplification());
    let failed = told.refused as f64 / told.invoked as f64;
    assert!((failed - 0.0625).abs() < 0.006, "{failed}");
    // A total outage multiplies by all tries there are.
    let told = tries(100, "3");
    let open = told.invoked * 4 - told.picks.len() as u64;
    assert!(open <= 4 && told.done == 0, "{open} tries are yet to come");
}

/// Tries for a request when every server stands still, in 100 seconds with 200 requests each.
pub fn outage(settings: &[(&str, &str)]) -> f64 {
    let all: Vec<_> = [("retries", "10"), ("try-timeout", "1000"), ("max-fails", "0")]
        .into_iter()
        .chain(settings.iter().copied())
        .collect();
    let pool = Pool::new(10, &all).load(2.0).at(ms(0), Input::Pace(Target::All, 0));
    tell(&pool, Span::secs(100)).amplification()
}

/// Row F3: in a total outage a budget bounds tries by 1 + b times the requests (tokens that
/// requests leave) or 1 / (1 - b) times (a share of what is in flight), and what is free.
#[wasm_bindgen_test(unsupported = test)]
pub fn a_budget_bounds_a_total_outage() {
    for (percent, bound) in [("10", 1.1), ("20", 1.2)] {
        let found =
            outage(&[("budget", "finagle"), ("budget-share", percent), ("budget-min", "0")]);
        assert!(found <= bound + 1e-9 && found > bound - 0.02, "finagle {percent}%: {found}");
    }
    // Ten a second are free besides: a twentieth of the requests. All that was free is there at
    // once.
    let found = outage(&[("budget", "finagle"), ("budget-min", "10")]);
    assert!(found > 1.23 && found <= 1.2 + 0.05 + 0.006, "{found}");
    let found = outage(&[("budget", "envoy"), ("budget-min", "0")]);
    assert!(found <= 1.25 && found > 1.2, "{found}");
    // At most three at once, each a second long: three a second of two hundred.
    let found = outage(&[("budget", "static")]);
    assert!((found - 1.015).abs() < 0.003, "{found}");
    assert!(outage(&[]) > 9.0, "without a budget every request is tried ten times more");
}

/// Row F4: K = 2, ten times the load that servers can do: they see twice of it, and four fifths are
/// refused by the balancer.
#[wasm_bindgen_test(unsupported = test)]
pub fn a_throttle_lets_twice_the_capacity_through() {
    let settings = [("throttle", "2"), ("throttle-window", "20000"), ("capacity", "10")];
    let pool = Pool::new(1, &settings).load(10.0);
    let told = tell(&pool, Span::secs(200));
    let refused = told.marked("throttles") as f64 / told.invoked as f64;
    assert!((refused - 0.8).abs() < 0.02, "{refused}");
    let seen = told.picks.len() as f64 / 200.0 / CAPACITY;
    assert!((seen - 2.0).abs() < 0.2, "{seen}");
    // Within capacity nobody is.
    let told = tell(&Pool::new(1, &settings).load(0.5), Span::secs(100));
    assert!(told.marked("throttles") < 5, "{}", told.marked("throttles"));
}
