//! Balancers and servers as nodes of the world, to the nanosecond.

use std::collections::BTreeSet;

use quorate::balance::tier::Tier;
use quorate::balance::{IDS, STRATEGIES, ServerId, lookup, visit};
use quorate::kernel::{
    ClientId, Fact, Node, NodeCard, NodeId, Op, Outcome, Ratio, Role, SimTime, Span, Word,
};
use quorate::sim::sizes::Sizes;
use quorate::sim::{Cluster, FlightNote, Input, OpNote, Target, World};
use wasm_bindgen_test::wasm_bindgen_test;

use super::{MEAN, Pool};

const SERVER: Target = Target::Node(NodeId(1));

/// The shortest time the network takes.
const HOP: Span = Span::micros(1);

fn ms(count: u64) -> Span {
    Span::millis(count)
}

/// Work of so many milliseconds, asked for by a client of its own.
fn work(client: u32, size: Span) -> Input {
    ask(client, Op::Work { key: 0, size }, None)
}

fn ask(client: u32, op: Op, via: Option<Target>) -> Input {
    Input::Request { op, via, client: Some(ClientId(client)) }
}

/// A pool that is asked for work: (when, how much), each by a client of its own.
fn asked(pool: Pool, works: &[(u64, u64)]) -> Pool {
    let mut pool = pool;
    for (client, (at, size)) in works.iter().enumerate() {
        pool = pool.at(ms(*at), work(client as u32, ms(*size)));
    }
    pool
}

/// When each client was answered and what, in order of clients.
fn answers(pool: &Pool) -> Vec<(u64, Outcome)> {
    let mut world = pool.world();
    let mut answers = Vec::new();
    while world.step() {
        for op in &world.last().ops {
            if let OpNote::Completed(id, _, outcome) = *op {
                answers.push((id.client, world.now().0 / 1_000_000, outcome));
            }
        }
    }
    answers.sort_by_key(|(client, ..)| *client);
    answers.into_iter().map(|(_, at, outcome)| (at, outcome)).collect()
}

/// The milliseconds at which each client was answered that its work is done.
#[track_caller]
fn assert_done_at(pool: &Pool, expected: &[u64]) {
    let expected: Vec<_> = expected.iter().map(|at| (*at, Outcome::Done(None))).collect();
    assert_eq!(answers(pool), expected);
}

fn card(world: &World<Tier>, node: u32) -> NodeCard {
    world.node(NodeId(node)).expect("the node is up").card()
}

fn field(card: &NodeCard, name: &str) -> String {
    let field = card.fields.iter().find(|field| field.name == name);
    field.map_or_else(|| panic!("no field {name}"), |field| field.value.clone())
}

fn run_to(world: &mut World<Tier>, end: Span) {
    while world.next_at().is_some_and(|at| at <= SimTime::ZERO + end) && world.step() {}
}

#[wasm_bindgen_test(unsupported = test)]
pub fn fifo_serves_in_order_of_arrival() {
    assert_done_at(&asked(Pool::new(1, &[]), &[(0, 10), (1, 5), (30, 2)]), &[10, 15, 32]);
}

#[wasm_bindgen_test(unsupported = test)]
pub fn slots_serve_side_by_side() {
    let pool = Pool::new(1, &[("concurrency", "2")]);
    // The third takes the slot that is free first.
    assert_done_at(&asked(pool, &[(0, 10), (1, 3), (2, 4), (3, 1)]), &[10, 4, 8, 9]);
}

#[wasm_bindgen_test(unsupported = test)]
pub fn sharing_divides_the_speed() {
    let pool = Pool::new(1, &[("queue", "ps")]);
    // Alone to 4, then at half speed: the first has 6 left and takes 12, the second has 4 left
    // then.
    assert_done_at(&asked(pool, &[(0, 10), (4, 10)]), &[16, 20]);
    // A short one overtakes: from 2 to 8 three share.
    let pool = Pool::new(1, &[("queue", "ps")]);
    assert_done_at(&asked(pool, &[(0, 10), (0, 20), (2, 2)]), &[22, 32, 8]);
}

#[wasm_bindgen_test(unsupported = test)]
pub fn speed_divides_the_time() {
    for queue in ["fifo", "ps"] {
        let pool = Pool::new(1, &[("queue", queue)]).given("speeds", "2500");
        assert_done_at(&asked(pool, &[(0, 10)]), &[4]);
    }
}

#[wasm_bindgen_test(unsupported = test)]
pub fn a_change_of_pace_preserves_what_is_left() {
    let slow = |pace| Input::Pace(SERVER, pace);
    for queue in ["fifo", "ps"] {
        let pool = || asked(Pool::new(1, &[("queue", queue)]), &[(0, 10)]);
        // 6 left at 4, at half speed.
        assert_done_at(&pool().at(ms(4), slow(500)), &[16]);
        // 3 of these done at 10, then full speed again.
        assert_done_at(&pool().at(ms(4), slow(500)).at(ms(10), slow(1000)), &[13]);
        // At a standstill from 4 to 9.
        assert_done_at(&pool().at(ms(4), slow(0)).at(ms(9), slow(1000)), &[15]);
        // Faster than its own speed.
        assert_done_at(&pool().at(ms(4), slow(3000)), &[6]);
    }
}

#[wasm_bindgen_test(unsupported = test)]
pub fn a_slow_server_is_shown_as_slow() {
    let pool = asked(Pool::new(1, &[]), &[(0, 10), (0, 7)]).given("speeds", "2000");
    let pool = pool.at(ms(1), Input::Pace(SERVER, 250));
    let mut world = pool.world();
    run_to(&mut world, ms(1));
    let queue = card(&world, 1).queue.expect("a server has a queue");
    assert_eq!((queue.speed_milli, queue.slowed, queue.length), (500, true, 2));
    let rounded = |left: Span| ms((left.0 + 500_000) / 1_000_000);
    let items = queue.items.iter().map(|item| (rounded(item.left), item.served));
    assert!(items.eq([(ms(8), true), (ms(7), false)]));
    run_to(&mut world, ms(100));
    let queue = card(&world, 1).queue.expect("a server has a queue");
    // 1 ms at speed 2, then 15 ms of work at half speed.
    assert_eq!((rounded(queue.busy), queue.done, queue.length), (ms(31), 2, 0));
}

/// Time busy with two hundred works of odd sizes that keep one server busy throughout, and the work
/// in them, while the pace goes through `paces`.
fn busy_time(queue: &str, paces: &[u32]) -> (Span, Span) {
    let mut pool = Pool::new(1, &[("queue", queue)]);
    let mut total = Span::ZERO;
    for client in 0..200_u64 {
        let size = Span(1_000_003 + 7_919 * client);
        total = total + size;
        let at = Span(client * 900_001);
        pool = pool.at(at, work(client as u32, size));
        let pace = paces[client as usize % paces.len()];
        pool = pool.at(at + Span(17), Input::Pace(SERVER, pace));
    }
    let mut world = pool.world();
    while world.step() {}
    let queue = card(&world, 1).queue.expect("a server has a queue");
    assert_eq!(queue.done, 200);
    (queue.busy, total)
}

#[wasm_bindgen_test(unsupported = test)]
pub fn no_work_is_lost_or_made_up() {
    // At speed 1 a server that never idles is busy exactly as long as the work is.
    let (busy, total) = busy_time("fifo", &[1000]);
    assert_eq!(busy, total);
    // Sharing finishes on whole nanoseconds too: at most one is lost per request.
    let (busy, total) = busy_time("ps", &[1000]);
    assert!(busy >= total && busy.0 - total.0 <= 200, "{busy} for {total}");
    // At twice the speed a whole nanosecond is two of work.
    for queue in ["fifo", "ps"] {
        let (busy, total) = busy_time(queue, &[2000]);
        assert!(busy.0 * 2 >= total.0 && busy.0 * 2 - total.0 <= 400, "{busy} for {total}");
    }
    // Whatever the pace does, both disciplines have worked equally much, to a nanosecond per event.
    let (fifo, total) = busy_time("fifo", &[1000, 700, 300, 900]);
    let (ps, _) = busy_time("ps", &[1000, 700, 300, 900]);
    assert!(fifo.0.abs_diff(ps.0) <= 800 && fifo > total, "{fifo} and {ps}");
}

#[wasm_bindgen_test(unsupported = test)]
pub fn a_full_queue_refuses() {
    let pool = Pool::new(1, &[("capacity", "2")]);
    let answers = answers(&asked(pool, &[(0, 10), (1, 10), (2, 10), (11, 10)]));
    let done = Outcome::Done(None);
    assert_eq!(answers, [(10, done), (20, done), (2, Outcome::Refused), (30, done)]);
}

#[wasm_bindgen_test(unsupported = test)]
pub fn one_balancer_and_one_server_is_the_monolith() {
    let world = Pool::new(1, &[]).world();
    assert_eq!(card(&world, 0).role, Role::Balancer);
    assert_eq!(card(&world, 1).role, Role::Server);
    let pool = world.node(NodeId(0)).and_then(Tier::pool).expect("a balancer has a view");
    assert_eq!(pool.len(), 1);
    assert!(world.node(NodeId(1)).and_then(Tier::pool).is_none());
}

#[wasm_bindgen_test(unsupported = test)]
pub fn a_pool_without_servers_refuses() {
    assert_eq!(answers(&asked(Pool::new(0, &[]), &[(3, 10)])), [(3, Outcome::Refused)]);
}

#[wasm_bindgen_test(unsupported = test)]
pub fn a_pool_only_works() {
    let get = Op::Get(Word::new("x").expect("a word"));
    let pool = Pool::new(1, &[]).at(ms(1), ask(0, get, None));
    assert_eq!(answers(&pool), [(1, Outcome::Refused)]);
}

#[wasm_bindgen_test(unsupported = test)]
pub fn a_server_sends_clients_to_the_balancer() {
    let op = Op::Work { key: 0, size: ms(5) };
    let pool = Pool::new(2, &[]).at(ms(1), ask(0, op, Some(Target::Node(NodeId(2)))));
    assert_done_at(&pool, &[6]);
}

#[wasm_bindgen_test(unsupported = test)]
pub fn balancers_come_first_and_count_for_themselves() {
    let mut pool = Pool::new(4, &[("balancers", "2"), ("strategy", "least-connections")]);
    pool.spec.doors = 2;
    for client in 0..4 {
        let via = Some(Target::Node(NodeId(client % 2)));
        let op = Op::Work { key: 0, size: ms(50) };
        pool = pool.at(ms(1), ask(client, op, via));
    }
    let mut world = pool.world();
    run_to(&mut world, ms(2));
    let roles: Vec<Role> = (0..5).map(|id| card(&world, id).role).collect();
    assert_eq!(roles[..2], [Role::Balancer; 2]);
    assert_eq!(roles[2..], [Role::Server; 3]);
    // Neither knows what the other sent, so both pick the same two servers.
    for id in 0..2 {
        assert_eq!(field(&card(&world, id), "inFlight"), "1 1 0");
    }
    let lengths: Vec<u32> =
        (2..5).map(|id| card(&world, id).queue.map_or(0, |queue| queue.length)).collect();
    assert_eq!(lengths, [2, 2, 0]);
}

#[wasm_bindgen_test(unsupported = test)]
pub fn a_crashed_server_loses_its_queue_and_is_forgotten_in_time() {
    let pool =
        Pool::new(2, &[("strategy", "least-connections"), ("forget", "2000"), ("max-fails", "0")]);
    let pool = asked(pool, &[(0, 100), (0, 100), (0, 100), (0, 100)]);
    let pool = pool.at(ms(50), Input::Crash(SERVER)).at(ms(60), Input::Restart(SERVER));
    let in_flight = |world: &World<Tier>| field(&card(world, 0), "inFlight");
    let pool = pool.at(ms(1900), work(4, ms(1))).at(ms(2000), work(5, ms(1)));
    let mut world = pool.world();
    run_to(&mut world, ms(1000));
    assert_eq!(in_flight(&world), "2 0", "nobody told the balancer");
    assert_eq!(card(&world, 1).queue.map(|queue| (queue.length, queue.done)), Some((0, 0)));
    run_to(&mut world, ms(1999));
    assert_eq!(in_flight(&world), "2 0");
    run_to(&mut world, ms(3000));
    assert_eq!(in_flight(&world), "0 0");
    assert_eq!(field(&card(&world, 0), "sent"), "3 3", "the one that was empty gets the last");
}

#[wasm_bindgen_test(unsupported = test)]
pub fn an_answer_to_a_former_life_is_passed_on_and_not_counted() {
    let balancer = Target::Node(NodeId(0));
    let pool = asked(Pool::new(1, &[]), &[(0, 10), (8, 10)]);
    let pool = pool.at(ms(4), Input::Crash(balancer)).at(ms(6), Input::Restart(balancer));
    let mut world = pool.world();
    run_to(&mut world, ms(12));
    assert_eq!(field(&card(&world, 0), "inFlight"), "1", "only the one it sent itself");
    assert_eq!(field(&card(&world, 0), "done"), "0");
    assert_done_at(&pool, &[10, 20]);
}

#[wasm_bindgen_test(unsupported = test)]
pub fn an_answer_after_forgetting_is_passed_on_and_not_counted() {
    let pool = asked(Pool::new(1, &[("forget", "5")]), &[(0, 20), (10, 1)]);
    let mut world = pool.world();
    run_to(&mut world, ms(10));
    assert_eq!(field(&card(&world, 0), "inFlight"), "1");
    assert_done_at(&pool, &[20, 21]);
    while world.step() {}
    assert_eq!(field(&card(&world, 0), "inFlight"), "0");
    assert_eq!(field(&card(&world, 0), "done"), "1");
}

#[wasm_bindgen_test(unsupported = test)]
pub fn duplicated_messages_do_not_confuse_the_books() {
    let mut pool = Pool::new(3, &[("strategy", "p2c")]).load(1.0).seed(5);
    pool.spec.network.duplicate = Ratio::percent(100);
    let mut world = pool.world();
    let mut completed = BTreeSet::new();
    for _ in 0..20_000 {
        assert!(world.step());
        for op in &world.last().ops {
            if let OpNote::Completed(id, ..) = *op {
                assert!(completed.insert(id), "{id} is completed twice");
            }
        }
    }
    assert!(completed.len() > 300, "{}", completed.len());
    let view = world.node(NodeId(0)).and_then(Tier::pool).expect("a balancer has a view");
    let (mut sent, mut ended) = (0, 0);
    for id in view.ids() {
        sent += view.sent_to(id);
        ended += view.done_by(id) + u64::from(view.in_flight(id));
    }
    assert_eq!(sent, ended);
}

#[wasm_bindgen_test(unsupported = test)]
pub fn a_timer_fired_by_hand_finishes_nothing() {
    let pool = asked(Pool::new(1, &[]), &[(0, 10)]);
    assert_done_at(&pool.at(ms(4), Input::Fire(SERVER, "finish".to_owned())), &[10]);
}

#[wasm_bindgen_test(unsupported = test)]
pub fn a_paused_server_does_not_work_past_what_was_due() {
    let pool = asked(Pool::new(1, &[("queue", "ps")]), &[(0, 10), (1, 10)]);
    let pool = pool.at(ms(2), Input::Pause(SERVER)).at(ms(50), Input::Resume(SERVER));
    // The first is due at 19. The second has 1 left then, and nobody worked on it until 50.
    assert_done_at(&pool, &[50, 51]);
    let pool = asked(Pool::new(1, &[]), &[(0, 10), (1, 10)]);
    let pool = pool.at(ms(2), Input::Pause(SERVER)).at(ms(50), Input::Resume(SERVER));
    assert_done_at(&pool, &[50, 60]);
}

#[wasm_bindgen_test(unsupported = test)]
pub fn a_clock_that_jumps_forward_finishes_when_due() {
    let pool = asked(Pool::new(1, &[]), &[(0, 10), (1, 10)]);
    assert_done_at(&pool.at(ms(4), Input::Skew(SERVER, 100_000_000)), &[10, 20]);
}

#[wasm_bindgen_test(unsupported = test)]
pub fn a_clock_that_jumps_back_costs_no_request() {
    let pool = asked(Pool::new(1, &[]), &[(20, 10)]);
    let answers = answers(&pool.at(ms(24), Input::Skew(SERVER, -15_000_000)));
    // What was done since the last event is not seen, and done again.
    assert!(answers[0].0 >= 30 && answers[0].0 <= 45, "{answers:?}");
}

#[wasm_bindgen_test(unsupported = test)]
pub fn servers_state_their_stays() {
    let stays = |queue| {
        let pool = asked(Pool::new(1, &[("queue", queue)]), &[(0, 10), (4, 10)]);
        let (mut world, mut stays) = (pool.world(), Vec::new());
        while world.step() {
            for (node, fact) in &world.last().facts {
                if let Fact::Served { waited, served, .. } = *fact {
                    assert_eq!(*node, NodeId(1));
                    stays.push((waited, served));
                }
            }
        }
        stays
    };
    assert_eq!(stays("fifo"), [(ms(0), ms(10)), (ms(6), ms(10))]);
    assert_eq!(stays("ps"), [(ms(6), ms(10)), (ms(6), ms(10))]);
}

#[wasm_bindgen_test(unsupported = test)]
pub fn weights_follow_speeds_in_lowest_terms() {
    let weights = |settings: &[(&str, &str)]| {
        Tier::given(settings).map(|setup| setup.weights(4)).expect("a good line")
    };
    assert_eq!(weights(&[]), [1, 1, 1, 1]);
    assert_eq!(weights(&[("speeds", "3000,2000,1500")]), [6, 4, 3, 2]);
    assert_eq!(weights(&[("speeds", "3000,2000"), ("weights", "1, 5")]), [1, 5, 1, 1]);
    let setup = Tier::given(&[("speeds", "3000,2000")]).expect("a good line");
    assert_eq!(
        [setup.speed_milli(0), setup.speed_milli(1), setup.speed_milli(2)],
        [3000, 2000, 1000]
    );
}

#[wasm_bindgen_test(unsupported = test)]
pub fn a_bad_line_is_named_with_what_would_do() {
    let error = |name, values| Tier::given(&[(name, values)]).expect_err("a bad line");
    assert_eq!(
        error("speed", "1"),
        "`speed` is no setting of a pool: it has `speeds`, `weights` and `max-conns`"
    );
    for (name, values, word, most) in [
        ("speeds", "1000,fast", "fast", "1000000"),
        ("speeds", "0", "0", "1000000"),
        ("weights", "2,,1", "", "1000"),
        ("weights", "1001", "1001", "1000"),
        ("weights", "-1", "-1", "1000"),
    ] {
        let message = error(name, values);
        assert!(message.starts_with(&format!("`{word}` in `{name}`")), "{message}");
        assert!(message.contains(&format!("from 1 to {most}")), "{message}");
    }
}

#[wasm_bindgen_test(unsupported = test)]
pub fn every_mark_and_face_is_declared_and_occurs() {
    let get = Op::Get(Word::new("x").expect("a word"));
    let pool = Pool::new(1, &[("capacity", "2")]).at(ms(1), ask(9, get, Some(SERVER)));
    let pool = asked(pool, &[(0, 10), (0, 10), (0, 10)]);
    // Probes go out only for a strategy that wants them.
    let probing = asked(Pool::new(2, &[("strategy", "prequal")]), &[(0, 10), (30, 10)]);
    let (mut marks, mut faces) = (BTreeSet::new(), BTreeSet::new());
    for pool in [pool, probing].into_iter().chain(super::conserved::storms("p2c")) {
        let mut world = pool.world();
        while world.now() < SimTime::ZERO + Span::secs(20) && world.step() {
            marks.extend(world.last().marks.iter().map(|(_, mark)| *mark));
            let between =
                |note: &&FlightNote| note.from.node().is_some() && note.to.node().is_some();
            faces.extend(world.last().sent.iter().filter(between).map(|note| note.face.name));
        }
    }
    let declared: BTreeSet<_> = Tier::ABOUT.marks.iter().map(|mark| mark.id).collect();
    assert_eq!(marks, declared);
    assert_eq!(faces, Tier::ABOUT.faces.iter().map(|face| face.name).collect());
    for mark in Tier::ABOUT.marks {
        let anchor = format!("// rule: {}\n", mark.id);
        assert!(Tier::ABOUT.source.contains(&anchor), "no anchor of {}", mark.id);
    }
}

#[wasm_bindgen_test(unsupported = test)]
pub fn the_tables_agree() {
    let mut seen = Vec::new();
    visit(&mut |about| seen.push(about.id));
    assert_eq!(seen, IDS);
    for about in &STRATEGIES {
        assert_eq!(lookup(about.id).map(|found| found.id), Some(about.id));
        assert!(about.source.contains(&format!("id: \"{}\"", about.id)), "{}", about.id);
        for knob in about.knobs {
            assert!(Tier::ABOUT.knobs.contains(knob), "the pool lacks {}", knob.name);
        }
        for text in [about.name, about.summary, about.ties] {
            assert!(!text.en.is_empty() && !text.zh.is_ascii(), "{}: {text:?}", about.id);
        }
    }
    assert!(lookup("least-regret").is_none());
}

#[wasm_bindgen_test(unsupported = test)]
pub fn a_run_is_its_recipe() {
    for strategy in IDS {
        let settings = [("strategy", *strategy), ("queue", "ps"), ("capacity", "20")];
        let pool = Pool::new(5, &settings).given("speeds", "3000,2000,1000").load(6.5);
        let pool = pool.at(ms(300), Input::Pace(SERVER, 300)).at(ms(600), Input::Crash(SERVER));
        let (mut one, mut two) = (pool.world(), pool.world());
        for step in 0..1500 {
            assert!(one.step() && two.step());
            assert_eq!(one.digest(), two.digest(), "{strategy} differs at event {step}");
        }
        let mut fork = one.fork();
        let before = one.state_digest();
        for _ in 0..500 {
            assert!(fork.step());
        }
        assert_eq!(one.state_digest(), before, "{strategy}: a fork touches its origin");
        for _ in 0..500 {
            assert!(one.step());
        }
        assert_eq!(one.state_digest(), fork.state_digest(), "{strategy}: a fork goes elsewhere");
    }
}

#[wasm_bindgen_test(unsupported = test)]
pub fn the_view_counts_what_the_run_shows() {
    let pool =
        Pool::new(4, &[("strategy", "weighted-load")]).given("speeds", "4000,2000,1000,1000");
    let pool = pool.load(4.0);
    let mut world = pool.world();
    run_to(&mut world, Span::secs(60));
    let view = world.node(NodeId(0)).and_then(Tier::pool).expect("a balancer has a view");
    // Speed 4 does 400 a second; measured over tens of seconds of its work, within a tenth.
    for (server, speed) in [4.0, 2.0, 1.0, 1.0].into_iter().enumerate() {
        let rate = view.rate(ServerId(server as u32)) as f64 / 65_536.0;
        let expected = speed * 1e9 / MEAN.0 as f64;
        assert!((rate / expected - 1.0).abs() < 0.2, "server {server}: {rate}, not {expected}");
    }
    let fixed = Pool::new(1, &[]).stream(
        quorate::sim::arrivals::Arrivals::Deterministic { rate: 50.0 },
        Sizes::Deterministic { mean: MEAN },
    );
    let mut world = fixed.world();
    run_to(&mut world, Span::secs(5));
    let view = world.node(NodeId(0)).and_then(Tier::pool).expect("a balancer has a view");
    assert_eq!(view.latency(ServerId(0)), Some(MEAN + HOP + HOP));
    assert_eq!(view.utilisation_milli(ServerId(0)), 500);
}
