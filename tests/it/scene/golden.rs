//! Pictures as SVG text, compared letter by letter; `REWRITE=1` writes them anew.

use std::path::PathBuf;

use quorate::kernel::NodeId;
use quorate::scene::balance::{PoolLayout, PoolScene};
use quorate::scene::svg::{self, Colours};
use quorate::scene::text::Lang;
use quorate::scene::{ClusterScene, Frame, Layout, Options, Target, Theme};
use quorate::sim::Snapshot;

use super::sample;

/// Compares `svg` with the stored picture of this name.
pub fn check(name: &str, svg: &str) {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/it/scene/pictures");
    let path = folder.join(format!("{name}.svg"));
    if std::env::var_os("REWRITE").is_some() {
        std::fs::write(&path, svg).expect("the folder of pictures can be written");
        return;
    }
    let stored = std::fs::read_to_string(&path).unwrap_or_default();
    let same = stored.lines().zip(svg.lines()).position(|(old, new)| old != new);
    let line = same.unwrap_or_else(|| stored.lines().count().min(svg.lines().count()));
    assert!(
        stored == svg,
        "{name}.svg differs in line {}:\n  stored {:?}\n  drawn  {:?}\nIf the new picture is \
         better, look at it and run again with REWRITE=1.",
        line + 1,
        stored.lines().nth(line),
        svg.lines().nth(line)
    );
}

/// `scene` of `snapshot` on a stage of this size, as SVG.
fn picture(size: (f64, f64), scene: &ClusterScene<'_>, theme: Theme) -> String {
    let layout = Layout::of(size, scene.snapshot);
    let mut frame = Frame::default();
    let scene = ClusterScene { brief: layout.phone(), ..*scene };
    frame.draw(&scene, &layout);
    svg::write(&[&frame.base, &frame.live], size, "", Colours::Of(theme))
}

fn scene<'a>(snapshot: &'a Snapshot, names: &'a [String], lang: Lang) -> ClusterScene<'a> {
    let scene = ClusterScene::new(snapshot, snapshot.at, names, None, lang);
    ClusterScene { era_letter: "T", single_decree: false, ..scene }
}

#[test]
fn the_workbench_in_both_themes() {
    let (snapshot, ended) = sample::two_halves();
    let names = sample::names(5);
    let selection = Some(Target::Node(NodeId(3)));
    let scene = ClusterScene { ended: &ended, selection, ..scene(&snapshot, &names, Lang::En) };
    check("workbench-light", &picture((792.0, 500.0), &scene, Theme::Light));
    check("workbench-dark", &picture((792.0, 500.0), &scene, Theme::Dark));
}

#[test]
fn a_phone_in_chinese() {
    let (snapshot, ended) = sample::two_halves();
    let names = sample::names(5);
    let scene = ClusterScene { ended: &ended, ..scene(&snapshot, &names, Lang::Zh) };
    check("phone-zh", &picture((390.0, 353.0), &scene, Theme::Light));
}

#[test]
fn an_embedded_election() {
    let snapshot = sample::election();
    let names = sample::names(5);
    let scene = scene(&snapshot, &names, Lang::En);
    check("embed", &picture((720.0, 324.0), &scene, Theme::Light));
}

#[test]
fn every_status_and_every_sign() {
    let snapshot = sample::menagerie();
    let names = sample::names(7);
    let scene = scene(&snapshot, &names, Lang::En);
    check("menagerie", &picture((900.0, 620.0), &scene, Theme::Light));
}

#[test]
fn a_pool_with_a_slow_server() {
    let (snapshot, servers) = sample::pool();
    let names: Vec<String> = ["b1", "s1", "s2", "s3", "s4", "s5", "s6"].map(String::from).into();
    let scene = PoolScene {
        snapshot: &snapshot,
        at: snapshot.at,
        servers: &servers,
        strategy: "Power of two",
        names: &names,
        lang: Lang::En,
        selection: None,
        hover: None,
        focus: None,
        options: Options::default(),
    };
    for (name, size) in [("pool", (1_124.0, 312.0)), ("pool-phone", (390.0, 353.0))] {
        let layout = PoolLayout::of(size, &snapshot);
        let mut frame = Frame::default();
        frame.draw_pool(&scene, &layout);
        let svg = svg::write(&[&frame.base, &frame.live], size, "", Colours::Of(Theme::Light));
        check(name, &svg);
    }
}
