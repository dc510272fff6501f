//! The space-time diagram: pictures, windows, hits, words.

use quorate::check::chronicle::{Cone, Focus, NEVER};
use quorate::kernel::{SimTime, Span};
use quorate::lab::file::{Held, open, svg_with};
use quorate::scene::Theme;
use quorate::scene::spacetime::{
    Diagram, GUTTER, Look, MOST, RIGHT, View, cone_words, describe, height_of, line, lines, svg,
};
use quorate::scene::svg::Colours;
use quorate::scene::text::Lang;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::check::chronicle::chronicle;

/// Two halves, no quorum: a candidate on one side of a split, a leader on the other.
pub const SPLIT: &str = "cluster raft nodes=5 seed=7 network=wan\nat 250ms request put y=3\n\
                         at 1s crash leader\nat 2s partition n1 n2 | n3 n4 n5\n\
                         at 2.2s request put x=1\nat 3s heal\nat 3.2s restart all\nrun 5s\n";
/// One balancer and three servers.
pub const POOL: &str = "balance round-robin servers=3 seed=11\narrivals poisson load=60%\n\
                        service exp mean=10ms\nat 200ms crash s2\nrun 1s\n";

pub fn ms(ms: u64) -> SimTime {
    SimTime::ZERO + Span::millis(ms)
}

pub fn names(letters: &str, count: usize) -> Vec<String> {
    (1..=count).map(|number| format!("{letters}{number}")).collect()
}

pub fn pool_names() -> Vec<String> {
    let mut all = names("b", 1);
    all.extend(names("s", 3));
    all
}

#[wasm_bindgen_test(unsupported = test)]
fn a_window_stays_inside_the_run() {
    let end = ms(4_000);
    let view = View::new(ms(1_000), ms(1_400));
    let near = view.zoomed(0.5, 0.25, end);
    assert_eq!((near.from, near.to), (ms(1_050), ms(1_250)), "the instant pointed at stays");
    let far = view.zoomed(1e9, 0.5, end);
    assert_eq!((far.from, far.to), (ms(0), end));
    let late = view.moved(100.0, end);
    assert_eq!((late.from, late.to), (ms(3_600), end));
    assert_eq!(view.moved(-100.0, end).from, ms(0));
    assert!(view.zoomed(0.0, 0.5, end).width() > 0);
    assert_eq!(view.whole(end).width(), end.0);
    for at in [0, 700, 1_000, 1_390, 1_500, 3_999, 4_000] {
        assert!(view.following(ms(at), end).has(ms(at)), "{at}");
    }
    assert_eq!(view.following(ms(1_100), end), view, "what is in it moves nothing");
    assert!(view.whole(SimTime::ZERO).width() > 0, "an empty run has a window");
}

fn drawn(look: &Look<'_>) -> Diagram {
    let mut diagram = Diagram::default();
    diagram.draw(look, (900.0, 216.0));
    diagram
}

#[wasm_bindgen_test(unsupported = test)]
fn a_press_means_what_is_drawn_there() {
    let chronicle = chronicle(SPLIT, NEVER);
    let names = names("n", 5);
    let look = Look::new(&chronicle, &names, View::new(ms(100), ms(500)), ms(300));
    let diagram = drawn(&look);
    let window = chronicle.window(ms(100), ms(500));
    let mut found = 0;
    for event in window {
        let Some(Focus::Event(spot)) = chronicle.focus(event) else { continue };
        let share = (chronicle.time(event).0 - ms(100).0) as f64 / 400e6;
        let x = GUTTER + share * (900.0 - GUTTER - RIGHT);
        let pitch = ((216.0 - 26.0 - 4.0) / chronicle.lanes().len() as f64).min(29.0);
        let y = 26.0 + pitch * (f64::from(spot.lane) + 0.5);
        let Some(Focus::Event(hit)) = diagram.hit(quorate::scene::Point { x, y }) else {
            panic!("nothing at {spot:?}")
        };
        assert_eq!(hit.lane, spot.lane);
        let apart = chronicle.time(hit.event).0.abs_diff(chronicle.time(event).0);
        assert!(apart < 1_000, "{hit:?} for {spot:?}");
        found += 1;
    }
    assert!(found > 10);
    assert_eq!(diagram.hit(quorate::scene::Point { x: 5.0, y: 5.0 }), None);
}

#[wasm_bindgen_test(unsupported = test)]
fn the_picture_for_a_file_has_every_lane_and_comes_back_as_its_scenario() {
    for nodes in [1, 5, 40, 120] {
        let text = format!("cluster gossip-kv nodes={nodes} seed=7\nrun 300ms\n");
        let chronicle = chronicle(&text, NEVER);
        let names = names("n", nodes);
        let look = Look::new(&chronicle, &names, View::new(ms(0), ms(300)), ms(100));
        let size = (960.0, height_of(&chronicle));
        assert!(size.1 <= (nodes as f64 * 9.0 + 60.0).max(700.0), "{nodes}: {size:?}");
        let picture = svg(&look, size, Colours::Of(Theme::Light));
        assert!(picture.contains(&format!("height=\"{}\"", size.1)), "{nodes}: {size:?}");
        let carried = svg_with(&picture, &text, Some(ms(100)));
        let held = open(carried.as_bytes()).expect("it carries a scenario");
        assert_eq!(held, Held::Scenario { text, at: Some(ms(100)) });
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn a_long_run_is_drawn_at_the_cost_of_a_picture() {
    let text = "cluster raft nodes=5 seed=7\nclients 2 every=5ms\nrun 20s\n";
    let chronicle = chronicle(text, 40_000);
    assert!(chronicle.events() > 30_000);
    let names = names("n", 5);
    let whole = View::default().whole(ms(20_000));
    let look = Look::new(&chronicle, &names, whole, ms(3_000));
    let diagram = drawn(&look);
    assert!(diagram.thinned > 10 * MOST, "{}", diagram.thinned);
    let segments: usize = diagram
        .base
        .shapes()
        .iter()
        .map(|shape| match &shape.form {
            quorate::scene::list::Form::Path(range) => range.len(),
            _ => 1,
        })
        .sum();
    assert!(segments < 30 * MOST, "{segments}");
    let near = View::new(ms(3_000), ms(3_010));
    assert_eq!(drawn(&Look { view: near, ..look }).thinned, 0, "near, all are there");
}

#[wasm_bindgen_test(unsupported = test)]
fn the_twin_tells_the_window_in_order() {
    let chronicle = chronicle(SPLIT, NEVER);
    let names = names("n", 5);
    let view = View::new(ms(0), ms(600));
    let look = Look::new(&chronicle, &names, view, ms(300));
    let (all, of) = lines(&look, usize::MAX / 2);
    assert_eq!(all.len(), of);
    assert!(all.windows(2).all(|pair| pair[0].event < pair[1].event));
    assert!(all.iter().all(|line| !line.text.is_empty()));
    let (some, of) = lines(&look, 10);
    assert_eq!((some.len(), of), (10, all.len()));
    let hidden = Look { hidden: u64::MAX, ..look };
    assert!(lines(&hidden, 1_000).0.iter().all(|line| !line.text.contains("receives")));
    assert!(describe(&look).contains("5 nodes"));
    let zh = Look { lang: Lang::Zh, ..look };
    assert!(lines(&zh, 1_000).0.iter().any(|line| line.text.contains("收到")));
}

#[wasm_bindgen_test(unsupported = test)]
fn a_cone_says_why_and_what_for() {
    let chronicle = chronicle(SPLIT, NEVER);
    let names = names("n", 5);
    let mark = chronicle.eras().iter().find(|mark| mark.won).expect("somebody leads");
    let focus = chronicle.focus(mark.event).expect("it happened at a node");
    let cone = Cone::of(&chronicle, focus).expect("it happened");
    let view = View::new(ms(0), ms(600));
    let look = Look { cone: Some(&cone), ..Look::new(&chronicle, &names, view, ms(300)) };
    let words = cone_words(&look, &cone);
    assert!(words.title.contains("receives"), "{words:?}");
    assert_eq!(words.why.len(), 2, "{words:?}");
    assert!(words.why[1].text.contains("timer"), "{words:?}");
    assert!(words.next.iter().all(|line| line.event >= mark.event), "{words:?}");
    assert!(words.past.contains("earlier events") && words.future.contains("later events"));
    let zh = cone_words(&Look { lang: Lang::Zh, ..look }, &cone);
    assert!(zh.past.contains("事件") && zh.title.contains("收到"), "{zh:?}");
    assert_eq!(line(&look, 0).text, "the run begins");
}

#[cfg(not(target_arch = "wasm32"))]
mod pictures {
    use super::*;
    use crate::scene::golden::check;
    use quorate::check::chronicle::{Chronicle, Query};
    use quorate::scene::Theme;
    use quorate::scene::spacetime::svg;
    use quorate::scene::svg::Colours;

    fn look<'a>(chronicle: &'a Chronicle, names: &'a [String], at: u64) -> Look<'a> {
        let view = View::new(ms(at.saturating_sub(260)), ms(at + 140));
        Look { era: "T", ..Look::new(chronicle, names, view, ms(at)) }
    }

    #[test]
    fn a_split_with_a_candidate() {
        let chronicle = chronicle(SPLIT, NEVER);
        let names = names("n", 5);
        let look = look(&chronicle, &names, 2_300);
        let size = (752.0, 216.0);
        check("spacetime-split", &svg(&look, size, Colours::Of(Theme::Light)));
        let dark = Look { lang: Lang::Zh, ..look };
        check("spacetime-split-dark-zh", &svg(&dark, size, Colours::Of(Theme::Dark)));
    }

    #[test]
    fn the_cone_of_an_election() {
        let chronicle = chronicle(SPLIT, NEVER);
        let names = names("n", 5);
        let mark = chronicle.eras().iter().find(|mark| mark.won).expect("somebody leads");
        let focus = chronicle.focus(mark.event).expect("it happened at a node");
        let cone = Cone::of(&chronicle, focus);
        let at = chronicle.time(mark.event).0 / 1_000_000;
        let look = Look { cone: cone.as_ref(), ..look(&chronicle, &names, at) };
        check("spacetime-cone", &svg(&look, (752.0, 216.0), Colours::Of(Theme::Light)));
    }

    #[test]
    fn a_search_in_a_pool() {
        let chronicle = chronicle(POOL, NEVER);
        let names = pool_names();
        let query = Query::new(&chronicle, "s1", &names);
        let view = View::new(ms(150), ms(260));
        let look = Look { query: query.as_ref(), ..Look::new(&chronicle, &names, view, ms(210)) };
        check("spacetime-pool", &svg(&look, (752.0, 216.0), Colours::Of(Theme::Light)));
    }

    #[test]
    fn ninety_nine_nodes() {
        let text = "cluster raft nodes=99 seed=7 network=wan\nrun 2s\n";
        let chronicle = chronicle(text, NEVER);
        let names = names("n", 99);
        let view = View { top: 120.0, ..View::new(ms(0), ms(2_000)) };
        let look = Look { era: "T", ..Look::new(&chronicle, &names, view, ms(400)) };
        let picture = svg(&look, (752.0, 216.0), Colours::Of(Theme::Light));
        assert!(picture.len() < 600_000, "{}", picture.len());
        assert!(picture.contains(">n15<") && !picture.contains(">n99<"));
    }
}
