//! What the scenes of the gallery say, counted.
#![cfg(not(target_arch = "wasm32"))]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use quorate::kernel::{Fact, NodeId, Op, SimTime, Span};
use quorate::script::{self, Plan};
use quorate::sim::OpNote;

fn scene(name: &str) -> Plan {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("www/scenarios/pool").join(name);
    let text = fs::read_to_string(path.with_extension("quorate")).expect("the scene is there");
    script::plan(&text).expect("the scene is understood")
}

/// The keys of server 4 move when it drains, a tenth of them. Others move with them as the hash
/// has it: none under ring and rendezvous, a few under Maglev, those behind under jump, nine in
/// ten under modulo.
#[test]
fn keys_move_from_a_drained_server_and_some_others_with_them() {
    let plan = scene("a-node-leaves-the-ring");
    let drained_at = SimTime::ZERO + Span::secs(15);
    let mut moved_beside = BTreeMap::new();
    for (_, strategy) in plan.compare.clone() {
        let mut world = plan.with_strategy(strategy).build().expect("it is built");
        let mut keys = BTreeMap::new();
        let mut homes: [BTreeMap<u64, NodeId>; 2] = [BTreeMap::new(), BTreeMap::new()];
        while world.next_at().is_some_and(|at| at <= plan.until) && world.step() {
            let last = world.last();
            for op in &last.ops {
                if let OpNote::Invoked(id, Op::Work { key, .. }) = *op {
                    keys.insert(id, key);
                }
            }
            for (_, fact) in &last.facts {
                if let Fact::Picked { request, server } = fact {
                    homes[usize::from(last.at > drained_at)].insert(keys[request], *server);
                }
            }
        }
        let [before, after] = homes;
        let victim = plan.names.find("s4").expect("it is there");
        assert!(after.values().all(|home| *home != victim));
        let known = before.iter().filter_map(|(key, home)| after.get(key).map(|now| (*home, *now)));
        let (mut forced, mut beside, mut all) = (0.0, 0.0, 0.0);
        for (home, now) in known {
            all += 1.0;
            forced += f64::from(u8::from(home == victim));
            beside += f64::from(u8::from(home != victim && home != now));
        }
        assert!((forced / all - 0.1_f64).abs() < 0.07, "{strategy}: {forced} of {all}");
        moved_beside.insert(strategy, beside / all);
    }
    let share = |strategy| moved_beside[strategy];
    assert!(share("ring-hash") == 0.0 && share("rendezvous") == 0.0, "{moved_beside:?}");
    assert!(share("maglev") < 0.05, "{moved_beside:?}");
    assert!(share("modulo") > 0.7, "{moved_beside:?}");
}

/// In five slices of five seconds of a scene: the share of requests that was answered, and how
/// often each was sent.
pub fn goodput(name: &str) -> [(f64, f64); 5] {
    let plan = scene(name);
    let mut world = plan.build().expect("it is built");
    let mut slices = [(0_u32, 0_u32, 0_u32); 5];
    while world.next_at().is_some_and(|at| at < plan.until) && world.step() {
        let slice = &mut slices[(world.now().0 / 5_000_000_000).min(4) as usize];
        let last = world.last();
        slice.2 +=
            last.facts.iter().filter(|(_, f)| matches!(f, Fact::Picked { .. })).count() as u32;
        for op in &last.ops {
            match op {
                OpNote::Invoked(..) => slice.0 += 1,
                OpNote::Completed(.., quorate::kernel::Outcome::Done(_)) => slice.1 += 1,
                OpNote::Completed(..) | OpNote::GaveUp(..) => {}
            }
        }
    }
    slices.map(|(asked, done, sent)| {
        (f64::from(done) / f64::from(asked), f64::from(sent) / f64::from(asked))
    })
}

/// Row F7: after the slow seconds are long over, nothing is answered in time without a budget, and
/// all but a few requests are with one.
#[test]
fn retries_without_a_budget_never_recover() {
    let endless = goodput("retries-that-never-end");
    assert!(endless[0].0 > 0.98 && endless[0].1 < 1.1, "well at first: {endless:?}");
    assert!(endless[3..].iter().all(|(done, sent)| *done < 0.02 && *sent > 4.5), "{endless:?}");
    let budget = goodput("retries-on-a-budget");
    assert!(budget[3..].iter().all(|(done, sent)| *done > 0.95 && *sent < 1.25), "{budget:?}");
}
