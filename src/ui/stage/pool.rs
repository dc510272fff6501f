//! The stage of a pool: the scene of servers from the view and the snapshot.

use std::mem::take;

use quorate::kernel::Queue;
use quorate::lab::{StageView, StrategyView, ViewModel};
use quorate::scene::balance::{PoolLayout, PoolScene, ServerLook};
use quorate::scene::text::Lang;
use quorate::scene::{Frame, Options, Point, Target};

use super::painter::Look;

/// What is remembered between two frames of a pool.
#[derive(Default)]
pub(super) struct PoolPicture {
    layout: Option<PoolLayout>,
    nodes: usize,
    servers: Vec<ServerLook>,
}

impl PoolPicture {
    /// Draws the pool into `frame`.
    pub(super) fn draw(
        &mut self,
        frame: &mut Frame,
        size: (f64, f64),
        stage: &StageView,
        look: &Look,
        (selection, hover, focus): (Option<Target>, Option<Target>, Option<Target>),
        options: Options,
    ) {
        self.nodes = stage.snapshot.nodes.len();
        let layout = PoolLayout::of(size, &stage.snapshot);
        self.look_at(&look.view, stage);
        let scene = PoolScene {
            snapshot: &stage.snapshot,
            at: stage.at,
            servers: &self.servers,
            strategy: strategy(look.lang, &look.view),
            names: &look.view.names,
            lang: look.lang,
            selection,
            hover,
            focus,
            options,
        };
        frame.draw_pool(&scene, &layout);
        self.layout = Some(layout);
    }

    /// Figures from the view, queues from the snapshot, which is as new as the frame.
    fn look_at(&mut self, view: &ViewModel, stage: &StageView) {
        let servers = view.pool.as_ref().map_or(&[][..], |pool| &pool.servers);
        self.servers.truncate(servers.len());
        for (index, server) in servers.iter().enumerate() {
            let node = stage.snapshot.nodes.get(server.node.index());
            let card = node.and_then(|node| node.card.as_ref());
            let fresh = card.and_then(|card| card.queue.as_ref());
            let queue = fresh.unwrap_or(&server.queue);
            // The memory of the frame before is used again.
            let (mut name, mut items) = match self.servers.get_mut(index) {
                Some(old) => (take(&mut old.name), take(&mut old.queue.items)),
                None => Default::default(),
            };
            name.clone_from(&server.name);
            items.clone_from(&queue.items);
            let look = ServerLook {
                node: server.node,
                name,
                capacity_milli: server.capacity_milli,
                queue: Queue { items, ..*queue },
                busy: server.busy,
                p99: server.p99,
                crashed: server.crashed,
            };
            match self.servers.get_mut(index) {
                Some(old) => *old = look,
                None => self.servers.push(look),
            }
        }
    }

    /// Centre and half side of each node's button.
    pub(super) fn places(&self) -> Vec<(f64, f64, f64)> {
        self.layout.as_ref().map_or(Vec::new(), |layout| layout.seats(self.nodes))
    }

    /// What is at this point of the stage.
    pub(super) fn hit(&self, frame: &Frame, point: Point) -> Option<Target> {
        self.layout.as_ref().and_then(|layout| layout.hit(frame, point))
    }
}

/// The name of the strategy on screen.
fn strategy(lang: Lang, view: &ViewModel) -> &str {
    let strategies = view.pool.as_ref().map(|pool| &pool.strategies);
    let current = strategies.and_then(|all| all.iter().find(|one| one.current));
    current.map_or("", |StrategyView { name, .. }| lang.pick(&name.en, &name.zh))
}
