//! What is printed reads back as the same.

use quorate::catalog;
use quorate::kernel::{Change, ClientId, NodeId, Op, Order, Party, Ratio, Span, Window, Word};
use quorate::script::{self, Names, print, print_input};
use quorate::sim::{Delay, DiskMode, Input, LinkChange, Matcher, NetworkSpec, Target};
use wasm_bindgen_test::wasm_bindgen_test;

fn node(place: u32) -> NodeId {
    NodeId(place)
}

fn word(text: &str) -> Word {
    Word::new(text).expect("short")
}

/// One input of every kind and shape.
fn inputs() -> Vec<Input> {
    let n2 = Target::Node(node(1));
    let loss = LinkChange { loss: Some(Ratio::percent(10)), ..LinkChange::default() };
    let all = LinkChange {
        loss: Some(Ratio::ppm(2_500)),
        duplicate: Some(Ratio::ONE),
        reorder: Some(Ratio::ZERO),
        delay: Some(Delay::Even(Window::between(Span::millis(20), Span::millis(30)))),
    };
    let (n1, c2) = (Party::Node(node(0)), Party::Client(ClientId(1)));
    let by_name = Matcher { name: Some("AppendEntries".to_owned()), ..Matcher::default() };
    let link = Matcher { from: Some(n1), to: Some(Party::Node(node(2))), ..by_name.clone() };
    let from = Matcher { from: Some(n1), ..Matcher::default() };
    let to = Matcher { to: Some(c2), count: Some(2), ..Matcher::default() };
    let id = Matcher { id: Some(12), ..Matcher::default() };
    let mut inputs = vec![
        Input::Crash(n2),
        Input::Crash(Target::Leader),
        Input::Restart(Target::Any),
        Input::Pause(Target::Follower),
        Input::Resume(Target::All),
        Input::Skew(n2, 40_000_000),
        Input::Skew(n2, -1),
        Input::Drift(n2, 20_000),
        Input::Drift(n2, -25_500),
        Input::Drift(n2, 200),
        Input::Drift(n2, 0),
        Input::Disk(n2, DiskMode::Unsynced),
        Input::Disk(n2, DiskMode::Synced),
        Input::Partition(vec![vec![node(0), node(1)], vec![node(2), node(3), node(4)]]),
        Input::Partition(vec![vec![node(4)]]),
        Input::Cut(vec![node(0)], vec![node(1), node(2)]),
        Input::Isolate(Target::Leader),
        Input::Heal,
        Input::Settle,
        Input::Fire(n2, "election".to_owned()),
        Input::Link { from: n1, to: Party::Node(node(1)), both: false, change: loss.clone() },
        Input::Link { from: c2, to: n1, both: true, change: all.clone() },
        Input::Network(all),
        Input::Network(loss),
        Input::Delay(link.clone(), Span::millis(50)),
        Input::Delay(Matcher::default(), Span(1)),
    ];
    for matcher in [Matcher::default(), by_name, link, from, to, id] {
        inputs.push(Input::Hold(matcher.clone()));
        inputs.push(Input::Release(matcher.clone()));
        inputs.push(Input::Drop(matcher.clone()));
        inputs.push(Input::Duplicate(matcher.clone()));
        inputs.push(Input::Deliver(matcher));
    }
    for op in changes().map(Op::Change) {
        inputs.push(Input::Request { op, via: None, client: None });
        inputs.push(Input::Request { op, via: Some(n2), client: Some(ClientId(1)) });
    }
    inputs.extend([Input::Compact(n2), Input::Compact(Target::All)]);
    for op in [Op::Put(word("y"), word("3")), Op::Get(word("键")), Op::Propose(word("A"))] {
        inputs.push(Input::Request { op, via: None, client: None });
        inputs.push(Input::Request { op, via: Some(n2), client: Some(ClientId(1)) });
        inputs.push(Input::Request { op, via: Some(Target::Leader), client: None });
    }
    inputs.extend(mended());
    inputs
}

/// Every change of members.
fn changes() -> [Change; 5] {
    let some = [node(0), node(2), node(4)].into_iter().collect();
    [
        Change::Add(node(1)),
        Change::Learner(node(1)),
        Change::Remove(node(4)),
        Change::Transfer(node(2)),
        Change::Members(some),
    ]
}

/// One direction of a link healed, and both.
fn mended() -> [Input; 2] {
    let (from, to) = (Party::Node(node(0)), Party::Node(node(1)));
    [false, true].map(|both| Input::Mend { from, to, both })
}

#[wasm_bindgen_test(unsupported = test)]
fn every_input_has_a_text_that_means_it() {
    let (names, raft) = (Names::cluster(5), catalog::find("raft"));
    for input in inputs() {
        let text = print_input(&input, names);
        let read = script::parse_input(&text, names, raft);
        assert_eq!(read, Ok(input), "{text}");
        // And in a scenario.
        let plan = script::plan(&format!("cluster raft nodes=5\nat 1s {text}\n"));
        let plan = plan.unwrap_or_else(|problems| panic!("{text}: {problems:#?}"));
        assert_eq!(print_input(&plan.spec.inputs[0].1, names), text);
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn every_law_of_delays_has_a_text() {
    let names = Names::cluster(3);
    let presets = NetworkSpec::PRESETS.map(|name| NetworkSpec::named(name).expect("a preset"));
    let laws = presets.map(|preset| preset.delay).into_iter().chain([
        Delay::Even(Window::exactly(Span::millis(7))),
        Delay::LogNormal { mean: Span::millis(3), spread: 0.25 },
        Delay::Regions { wobble: Span::micros(1_500) },
        Delay::ParetoExp {
            pareto: Ratio::percent(90),
            floor: Span::micros(100),
            alpha: 1.5,
            tail: Span::millis(2),
        },
    ]);
    for delay in laws {
        let change = LinkChange { delay: Some(delay), ..LinkChange::default() };
        let input = Input::Network(change);
        let text = print_input(&input, names);
        assert_eq!(script::parse_input(&text, names, None), Ok(input), "{text}");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn every_pace_has_a_text_that_means_it() {
    let names = Names::pool(2, 4);
    let target = Target::Node(names.server(3));
    let every = (0..3_000).chain([10_000, 123_456, u32::MAX]);
    for speed in every {
        let input = Input::Pace(target, speed);
        let text = print_input(&input, names);
        assert!(text.contains("s4"), "{text}");
        assert_eq!(script::parse_input(&text, names, catalog::find("pool")), Ok(input), "{text}");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn every_order_has_a_text_that_means_it() {
    let names = Names::pool(2, 4);
    let (s4, entry) = (names.server(3), catalog::find("pool"));
    let orders = [Ratio::ONE, Ratio::percent(30), Ratio::ZERO].map(Order::Fail);
    let orders = orders.into_iter().chain([Order::Reset]);
    let to_servers = orders.flat_map(|order| {
        [Target::Node(s4), Target::Any, Target::All].map(|target| Input::Order(target, order))
    });
    let to_balancers =
        [Order::Drain(s4), Order::Undrain(s4)].map(|order| Input::Order(Target::All, order));
    let every = Span::millis(500);
    for lasting in [Span::secs(10), script::limit::TIME] {
        let input = Input::Flap { node: node(2), every, lasting };
        let text = print_input(&input, Names::cluster(5));
        let read = script::parse_input(&text, Names::cluster(5), catalog::find("raft"));
        assert_eq!(read, Ok(input), "{text}");
    }
    for input in to_servers.chain(to_balancers) {
        let text = print_input(&input, names);
        assert_eq!(script::parse_input(&text, names, entry), Ok(input), "{text}");
        let wrong = script::parse_input(&text, Names::cluster(5), catalog::find("raft"));
        assert!(wrong.is_err(), "{text} is not for a cluster");
    }
    for wrong in ["drain all", "drain b1", "fail s4 200%", "flap s1", "flap s1 every 0s", "reset"] {
        assert!(script::parse_input(wrong, names, entry).is_err(), "{wrong}");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn a_script_is_printed_in_one_way() {
    let text = "\n\n# Title\n#sentence\ncluster   raft  nodes=5 seed=7   #five\n\n\n\
                at 1000ms client  put y=3\nat 0.25s partition {n1 n2}|{n3 n4 n5}\n\
                   # between\nat 61s link n1->n2 loss=1.50%\n\
                expect leader within 1.0s\n  expect one leader per ballot\n\n";
    let wanted = "# Title\n# sentence\ncluster raft nodes=5 seed=7  # five\n\n\
                  at 1s    request put y=3\nat 250ms partition n1 n2 | n3 n4 n5\n\
                  # between\nat 61s link n1 -> n2 loss=1.5%\n\
                  expect leader within 1s\nexpect one leader per term\n";
    assert_eq!(print::script(&script::parse(text)), wanted);
    assert_eq!(print::script(&script::parse(wanted)), wanted, "printing twice changes nothing");
}

#[wasm_bindgen_test(unsupported = test)]
fn a_line_that_is_not_understood_is_left_alone() {
    let text = "cluster raft\n  at  noon   crash n1\nrun   1s\n";
    assert_eq!(
        print::script(&script::parse(text)),
        "cluster raft\n  at  noon   crash n1\nrun 1s\n"
    );
}
