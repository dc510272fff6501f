//! What a text means.

use quorate::kernel::{KnobValue, NodeId, Op, Ratio, SimTime, Span, Word};
use quorate::script::{self, Plan};
use quorate::sim::arrivals::Arrivals;
use quorate::sim::{Delay, Drive, Input, NetworkSpec, Target, Workload};
use wasm_bindgen_test::wasm_bindgen_test;

#[track_caller]
fn plan(text: &str) -> Plan {
    script::plan(text).unwrap_or_else(|problems| panic!("{text}: {problems:#?}"))
}

#[wasm_bindgen_test(unsupported = test)]
fn the_scenario_of_the_design() {
    let plan = plan(
        "\
# Two halves, no quorum
# A sentence.
# zh: 标题
# zh: 句子
cluster raft nodes=5 seed=7 election=200ms..400ms
network wan loss=1%
clients 2 every=50ms keys=3
at 250ms  request put y=3
at 400ms  crash leader
at 900ms  partition {n1 n2} | {n3 n4 n5}
at 3s     heal
run 10s
expect one leader per term
",
    );
    let spec = &plan.spec;
    assert_eq!((spec.nodes, spec.doors, spec.seed), (5, 5, 7));
    assert_eq!(spec.network, NetworkSpec { loss: Ratio::percent(1), ..NetworkSpec::wan() });
    let Workload::Sessions(sessions) = &spec.workload else { panic!("{:?}", spec.workload) };
    assert_eq!((sessions.clients, sessions.every, sessions.keys), (2, Span::millis(50), 3));
    let word = |text| Word::new(text).expect("short");
    let put = Op::Put(word("y"), word("3"));
    assert_eq!(
        spec.inputs,
        [
            (SimTime(250_000_000), Input::Request { op: put, via: None, client: None }),
            (SimTime(400_000_000), Input::Crash(Target::Leader)),
            (
                SimTime(900_000_000),
                Input::Partition(vec![
                    vec![NodeId(0), NodeId(1)],
                    vec![NodeId(2), NodeId(3), NodeId(4)]
                ])
            ),
            (SimTime(3_000_000_000), Input::Heal),
        ]
    );
    assert_eq!(plan.input_lines, [8, 9, 10, 11]);
    assert_eq!((plan.until, plan.head_line), (SimTime(10_000_000_000), 5));
    assert_eq!(plan.expects.len(), 1);
    assert_eq!((plan.expects[0].line, plan.expects[0].text.as_str()), (13, "one leader per term"));
    assert_eq!(plan.titles.title.en, "Two halves, no quorum");
    assert_eq!(plan.titles.title.zh, "标题");
    assert_eq!(plan.titles.sentence.en, "A sentence.");
    assert_eq!(plan.titles.sentence.zh, "句子");
}

#[wasm_bindgen_test(unsupported = test)]
fn load_becomes_a_rate() {
    // Speeds 3 + 2·3 + 1.5·2 = 12 servers of speed 1; 68 % of 12 over 10 ms is 816 a second.
    let plan = plan(
        "balance p2c servers=6 seed=11\nservers s1 x3, s2..s4 x2, s5..s6 x1.5\n\
         arrivals poisson load=68%\nservice exp mean=10ms\n",
    );
    let Workload::Stream(stream) = &plan.spec.workload else { panic!() };
    let Arrivals::Poisson { rate } = stream.arrivals else { panic!() };
    assert!((rate - 816.0).abs() < 1e-9, "{rate}");
    assert_eq!(plan.load_ppm, Some(680_000));
    assert_eq!(plan.spec.given.len(), 1);
    let speeds = ("speeds".to_owned(), "3000,2000,2000,2000,1500,1500".to_owned());
    assert_eq!(plan.spec.given[0].settings, [speeds]);
    assert_eq!((plan.spec.nodes, plan.spec.doors), (7, 1));
    assert_eq!(plan.strategy(), Some("p2c"));
    assert_eq!(plan.spec.patience, None, "nobody gives up unless the text says so");
}

#[wasm_bindgen_test(unsupported = test)]
fn a_rate_becomes_a_load_and_slots_count() {
    let plan = plan(
        "balance servers=2 concurrency=4\narrivals deterministic rate=200/s\n\
         service fixed mean=20ms\ntimeout 1s\n",
    );
    // Eight slots do 400 a second.
    assert_eq!(plan.load_ppm, Some(500_000));
    assert_eq!(plan.spec.patience, Some(Span::secs(1)));
    let shared = script::plan("balance servers=2 queue=ps concurrency=4\n").expect("it compiles");
    let shape = shared.pool_shape().expect("a pool");
    assert_eq!((shape.servers, shape.slots), (2, 1), "a server that shares has no slots");
}

#[wasm_bindgen_test(unsupported = test)]
fn compared_strategies_run_on_the_same_recipe() {
    let plan = plan(
        "balance servers=3\ncompare random p2c\n        weighted\n\
         expect p99 < 1s\nexpect p99 < 1ms broken with random\n",
    );
    assert_eq!(plan.compare, [(2, "random"), (2, "p2c"), (3, "weighted")]);
    assert_eq!(plan.strategy(), Some("random"), "the first one is shown");
    assert_eq!(plan.expects.len(), 2);
    let other = plan.with_strategy("p2c");
    assert_eq!(other.expects.len(), 1, "a line with another strategy is not about this one");
    let mut knobs = other.spec.knobs.clone();
    knobs.set("strategy", KnobValue::Choice("random"));
    assert_eq!(knobs, plan.spec.knobs, "nothing else differs");
    assert_eq!(other.with_strategy("random").expects, plan.expects);
}

#[wasm_bindgen_test(unsupported = test)]
fn driven_by_hand_lines_are_done_in_order() {
    let plan = plan("cluster raft drive=hand\nfire n1 election\nsettle\nlink n1 -> n2 loss=10%\n");
    assert_eq!(plan.spec.drive, Drive::Hand);
    assert_eq!(plan.spec.inputs.len(), 3);
    assert_eq!(plan.input_lines, [2, 3, 4]);
}

#[wasm_bindgen_test(unsupported = test)]
fn given_lines_of_one_node_are_put_together() {
    let plan =
        plan("cluster raft nodes=3\ngiven all term=3\ngiven n2 log=1.1.2\ngiven n2 term=4\n");
    let of = |node: Option<NodeId>| {
        let given = plan.spec.given.iter().find(|given| given.node == node).expect("given");
        let settings = given.settings.iter().map(|(name, value)| format!("{name}={value}"));
        settings.collect::<Vec<_>>().join(" ")
    };
    assert_eq!(of(None), "term=3");
    assert_eq!(of(Some(NodeId(1))), "term=3 log=1.1.2 term=4");
    assert_eq!(plan.spec.given[0].node, None, "what is given to all comes first");
}

#[wasm_bindgen_test(unsupported = test)]
fn slow_means_longer_and_recover_means_as_before() {
    let plan =
        plan("balance servers=4\nat 1s slow s4 x2.2\nat 2s recover s4\nat 3s speed s4 x1.5\n");
    let paces: Vec<&Input> = plan.spec.inputs.iter().map(|(_, input)| input).collect();
    let s4 = Target::Node(NodeId(4));
    assert_eq!(paces, [&Input::Pace(s4, 455), &Input::Pace(s4, 1000), &Input::Pace(s4, 1500)]);
}

#[wasm_bindgen_test(unsupported = test)]
fn a_network_by_its_parts() {
    let plan = plan("cluster raft\nnetwork delay=20ms..30ms duplicate=1% reorder=5%\n");
    let window = quorate::kernel::Window::between(Span::millis(20), Span::millis(30));
    assert_eq!(plan.spec.network.delay, Delay::Even(window));
    assert_eq!(plan.spec.network.client_delay, Delay::Even(window));
    assert_eq!(plan.spec.network.duplicate, Ratio::percent(1));
    assert_eq!(plan.spec.network.loss, Ratio::ZERO);
}

/// A node that some line makes a member is there from the start, as a spare that clients do not
/// know.
#[wasm_bindgen_test(unsupported = test)]
fn later_members_are_spares_at_first() {
    let count = |text: &str| {
        let plan = script::plan(text).expect("a good scenario");
        let members = plan.spec.knobs.count("members");
        (plan.spec.nodes, plan.spec.doors, members)
    };
    assert_eq!(count("cluster raft nodes=5\n"), (5, 5, 0));
    assert_eq!(count("cluster raft nodes=5\nat 1s add n6\n"), (6, 5, 5));
    assert_eq!(count("at 1s learner n7\ncluster raft nodes=5\nat 9s add n6\n"), (7, 5, 5));
    assert_eq!(count("cluster raft nodes=2\nat 1s members n1 n3..n4\n"), (4, 2, 2));
    assert_eq!(count("cluster raft nodes=5 members=3\nat 1s add n4\n"), (5, 3, 3));
    assert_eq!(count("cluster raft nodes=5 members=3\nat 1s add n6\n"), (6, 3, 3));
    assert_eq!(count("cluster raft nodes=3\nat 1s remove n3\nat 2s read x\n"), (3, 3, 0));
}

/// `read x` is short for `request get x`, and prints as that.
#[wasm_bindgen_test(unsupported = test)]
fn a_short_read_is_a_request() {
    let plan = script::plan("cluster raft\nat 1s read x via n2 from c2\n").expect("good");
    let text = script::print_input(&plan.spec.inputs[0].1, plan.names);
    assert_eq!(text, "request get x via n2 from c2");
}
