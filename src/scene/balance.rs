//! The scene of a pool: clients, balancers, and servers with their queues.

mod rows;
mod traffic;

use crate::kernel::{NodeId, Queue, Role, SimTime, Span};
use crate::sim::Snapshot;

use super::cluster::{Frame, Options, Target};
use super::list::{Anchor, Face, Fill, List, Point, Segment, at, stroke, width_of};
use super::palette::Ink;
use super::text::{self, Label, Lang};

/// A server of the pool at one instant.
#[derive(Clone, PartialEq, Debug)]
pub struct ServerLook {
    /// Which node.
    pub node: NodeId,
    /// Its name (`s1`).
    pub name: String,
    /// Its own speed in thousandths.
    pub capacity_milli: u32,
    /// Its queue.
    pub queue: Queue,
    /// Share of time busy so far, from 0 to 1.
    pub busy: f64,
    /// The 99th percentile of responses that ended in the last second; `None` without any.
    pub p99: Option<Span>,
    /// It is down.
    pub crashed: bool,
}

/// What is drawn: the state of a pool and of the screen at one instant.
#[derive(Clone, Copy)]
pub struct PoolScene<'a> {
    /// The world behind the last event at or before `at`.
    pub snapshot: &'a Snapshot,
    /// The instant shown.
    pub at: SimTime,
    /// Every server, in order.
    pub servers: &'a [ServerLook],
    /// Name of the strategy.
    pub strategy: &'a str,
    /// Names of the nodes, by index.
    pub names: &'a [String],
    /// The language of the words.
    pub lang: Lang,
    /// What is selected.
    pub selection: Option<Target>,
    /// What the pointer is over.
    pub hover: Option<Target>,
    /// What has the keyboard.
    pub focus: Option<Target>,
    /// What the visitor wants to see.
    pub options: Options,
}

impl PoolScene<'_> {
    /// True if `target` is selected, pointed at or has the keyboard.
    fn marked(&self, target: Target) -> bool {
        [self.selection, self.hover, self.focus].contains(&Some(target))
    }

    fn name(&self, id: NodeId) -> &str {
        self.names.get(id.index()).map_or("", String::as_str)
    }
}

/// Places of one arrangement of a pool.
#[derive(Clone, PartialEq, Debug)]
pub struct PoolLayout {
    /// Width of the stage in pixels.
    pub width: f64,
    /// Height of the stage in pixels.
    pub height: f64,
    /// Clients, by id.
    pub clients: Vec<Point>,
    /// Half the side of a client's square.
    pub client_half: f64,
    /// Balancers: node and centre.
    pub balancers: Vec<(NodeId, Point)>,
    /// Half the width and height of a balancer.
    pub balancer_half: (f64, f64),
    /// Servers: node and the left end of the row's middle line, where the box begins.
    pub servers: Vec<(NodeId, Point)>,
    /// From one row to the next.
    pub step: f64,
    /// The right end of a queue, where its head stands.
    pub head: f64,
    /// Left end of the busy bar and its width; `None` where there is no room.
    pub busy: Option<(f64, f64)>,
    /// Right end of the p99 column; `None` where there is no room.
    pub p99: Option<f64>,
}

/// What a node of a pool is, and where.
#[derive(Clone, Copy)]
enum Post {
    /// Its centre.
    Balancer(Point),
    /// The left end of its row's middle line.
    Server(Point),
}

/// Below this width a pool has no busy column.
const NARROW: f64 = 560.0;
/// Below this width a pool has no column of tails.
const MIDDLE: f64 = 760.0;

impl PoolLayout {
    /// Places for what `snapshot` shows, on a stage of this size in pixels.
    pub fn of((width, height): (f64, f64), snapshot: &Snapshot) -> PoolLayout {
        let of_role = |server: bool| {
            let nodes = snapshot.nodes.iter();
            nodes.filter(move |node| (node.role == Role::Server) == server).map(|node| node.id)
        };
        let rows: Vec<NodeId> = of_role(true).collect();
        let count = rows.len().max(1) as f64;
        let step = ((height - 64.0) / count).min(46.0);
        let first = (34.0 + step / 2.0).max((height - step * (count - 1.0)) / 2.0 + 6.0);
        let narrow = width < NARROW;
        let box_at = if narrow {
            width - 132.0
        } else {
            // Name, capacity and `slow` come between the box and the column of how busy it is.
            (width * 0.637).min(width * 0.763 - 142.0)
        };
        let servers = rows
            .iter()
            .enumerate()
            .map(|(row, id)| (*id, at(box_at, first + step * row as f64)))
            .collect();
        let middle = height / 2.0 + 6.0;
        let clients = column(
            if narrow { 26.0 } else { width * 0.062 },
            height,
            middle,
            snapshot.clients.len(),
            84.0,
        );
        let balancers: Vec<NodeId> = of_role(false).collect();
        let (half_w, half_h): (f64, f64) = match (narrow, balancers.len()) {
            (true, _) => (30.0, 24.0),
            (false, 0 | 1) => (46.0, 34.0),
            (false, _) => (46.0, 26.0),
        };
        let places = column(
            width * if narrow { 0.27 } else { 0.238 },
            height,
            middle,
            balancers.len(),
            96.0,
        );
        let apart = match places.as_slice() {
            [first, second, ..] => second.y - first.y,
            _ => height,
        };
        let half = (half_w, half_h.min(apart * 0.42).max(1.5));
        let room = (height / snapshot.clients.len().max(1) as f64 * 0.38).max(2.0);
        PoolLayout {
            width,
            height,
            clients,
            client_half: room.min(if narrow { 13.0 } else { 19.0 }),
            balancer_half: half,
            balancers: balancers.into_iter().zip(places).collect(),
            servers,
            step,
            head: box_at - 12.0,
            busy: (!narrow).then_some((width * 0.763, (width * 0.08).min(110.0))),
            p99: (width >= MIDDLE).then_some(width - 24.0),
        }
    }

    /// Where requests for a server leave the balancer, and how they go.
    fn lane(&self, from: Point, to: Point) -> [Point; 4] {
        let start = from.by(self.balancer_half.0, 0.0);
        let reach = ((self.head - start.x) * 0.35).clamp(24.0, 134.0);
        [
            start,
            start.by(reach * 0.48, 0.0),
            at(start.x + reach * 0.33, to.y),
            at(start.x + reach, to.y),
        ]
    }

    /// What each node is and where, by id.
    fn posts(&self) -> Vec<Option<Post>> {
        let balancers = self.balancers.iter().map(|(id, place)| (*id, Post::Balancer(*place)));
        let servers = self.servers.iter().map(|(id, place)| (*id, Post::Server(*place)));
        let mut posts = vec![None; self.balancers.len() + self.servers.len()];
        for (id, post) in balancers.chain(servers) {
            if let Some(own) = posts.get_mut(id.index()) {
                *own = Some(post);
            }
        }
        posts
    }

    /// Centre and half side of the button over each node, by id.
    pub fn seats(&self, nodes: usize) -> Vec<(f64, f64, f64)> {
        let mut seats = vec![(0.0, 0.0, 0.0); nodes];
        for (id, place) in &self.balancers {
            if let Some(seat) = seats.get_mut(id.index()) {
                *seat = (place.x, place.y, self.balancer_half.1);
            }
        }
        for (id, place) in &self.servers {
            if let Some(seat) = seats.get_mut(id.index()) {
                let half = (self.step / 2.0).min(17.0);
                *seat = (place.x + 22.0, place.y, half);
            }
        }
        seats
    }

    /// What is at this point of the stage.
    pub fn hit(&self, frame: &Frame, point: Point) -> Option<Target> {
        let balancer = self.balancers.iter().find(|(_, place)| {
            libm::fabs(place.x - point.x) <= self.balancer_half.0
                && libm::fabs(place.y - point.y) <= self.balancer_half.1
        });
        let server = self.servers.iter().find(|(_, place)| {
            libm::fabs(place.y - point.y) <= self.step / 2.0 && point.x >= place.x - 4.0
        });
        if let Some((id, _)) = balancer.or(server) {
            return Some(Target::Node(*id));
        }
        let near = frame.flights.iter().map(|(id, place)| (place.distance(point), *id));
        let best = near.filter(|(far, _)| *far <= 10.0).min_by(|a, b| a.0.total_cmp(&b.0));
        best.map(|(_, id)| Target::Flight(id))
    }
}

/// `count` places in a column around `middle`, at most `step` apart.
fn column(x: f64, height: f64, middle: f64, count: usize, step: f64) -> Vec<Point> {
    let step = step.min((height - 24.0) / count.max(1) as f64);
    let first = middle - step * (count.max(1) as f64 - 1.0) / 2.0;
    (0..count).map(|index| at(x, first + step * index as f64)).collect()
}

impl Frame {
    /// Draws a pool into this frame, whose memory is reused.
    pub fn draw_pool(&mut self, scene: &PoolScene<'_>, layout: &PoolLayout) {
        self.base.clear();
        self.live.clear();
        self.flights.clear();
        self.taken.clear();
        let size = (layout.width, layout.height);
        self.base.rect(at(0.0, 0.0), size, 0.0, Fill::Solid(Ink::Canvas), None);
        self.base.rect(at(0.0, 0.0), size, 0.0, Fill::Dots(Ink::Dot), None);
        traffic::links(&mut self.base, layout);
        rows::headings(&mut self.base, scene, layout);
        traffic::draw(self, scene, layout);
        clients(&mut self.live, scene, layout);
        for (id, place) in &layout.balancers {
            balancer(&mut self.live, scene, layout, (*id, *place));
        }
        rows::crowd(&mut self.live, scene, layout);
        // Both are in the order of the nodes, but a look may be missing.
        let mut rows = layout.servers.iter();
        for server in scene.servers {
            if let Some((_, place)) = rows.find(|(id, _)| *id == server.node) {
                rows::draw(&mut self.live, scene, layout, (server, *place));
            }
        }
    }
}

fn clients(list: &mut List, scene: &PoolScene<'_>, layout: &PoolLayout) {
    let half = layout.client_half;
    let share = half / 19.0;
    for (client, place) in scene.snapshot.clients.iter().zip(&layout.clients) {
        let edge = Some(stroke(Ink::Plum, 2.0 * share.max(0.5)));
        let size = (2.0 * half, 2.0 * half);
        list.tile(*place, size, 6.0 * share, Fill::Solid(Ink::Surface), edge);
        if half >= 8.0 {
            let size = (14.0 * share).max(8.0);
            let pen = list.text(place.by(0.0, size * 0.36), Anchor::Middle);
            let _ = pen.run(client.id, size, Face::Bold, Ink::PlumText);
        }
    }
}

fn balancer(
    list: &mut List,
    scene: &PoolScene<'_>,
    layout: &PoolLayout,
    (id, place): (NodeId, Point),
) {
    let (half_w, half_h) = layout.balancer_half;
    let several = layout.balancers.len() > 1;
    let corner = half_h.min(12.0);
    let crashed = scene
        .snapshot
        .nodes
        .get(id.index())
        .is_some_and(|node| matches!(node.status, crate::sim::Status::Crashed(_)));
    let mut edge = stroke(if crashed { Ink::Ink3 } else { Ink::Ink }, 2.0);
    if crashed {
        edge = edge.dashed(3.0, 4.0);
    }
    let size = (half_w * 2.0, half_h * 2.0);
    if scene.marked(Target::Node(id)) {
        let outer = (size.0 + 12.0, size.1 + 12.0);
        list.tile(place, outer, corner + 5.0, Fill::None, Some(stroke(Ink::Ink, 1.5)));
    }
    list.tile(place, size, corner, Fill::Solid(Ink::Surface), Some(edge));
    if crashed {
        list.tile(place, size, corner, Fill::Hatch(Ink::Ink3, 1.2, 0.35), None);
    }
    let word = if several { scene.name(id) } else { Label::Balancer.text(scene.lang) };
    let mut big: f64 = if half_w > 40.0 { 15.0 } else { 12.0 };
    let room = 2.0 * half_w - 12.0;
    let wide = width_of(word, big, Face::Bold);
    big = if wide > room { big * room / wide } else { big };
    // A crowd of balancers has room for names, then for nothing.
    let tall = half_h >= 20.0;
    big = if tall { big } else { big.min(half_h * 1.3) };
    if big < 6.0 {
        return;
    }
    let pen = list.text(place.by(0.0, if tall { -3.0 } else { big * 0.36 }), Anchor::Middle);
    let _ = pen.run(word, big, Face::Bold, Ink::Ink);
    if !tall {
        return;
    }
    let wide = width_of(scene.strategy, 11.5, Face::Plain);
    let small = if wide > room { (11.5 * room / wide).max(7.0) } else { 11.5 };
    let pen = list.text(place.by(0.0, 16.0), Anchor::Middle);
    let _ = pen.run(scene.strategy, small, Face::Plain, Ink::Ink3);
}

/// A curve through four points.
fn curve(points: [Point; 4]) -> [Segment; 2] {
    let [from, first, second, to] = points;
    [Segment::Move(from), Segment::Cubic(first, second, to)]
}

/// The point of a curve `share` of the way.
fn on_curve([a, b, c, d]: [Point; 4], share: f64) -> Point {
    let (ab, bc, cd) = (a.towards(b, share), b.towards(c, share), c.towards(d, share));
    ab.towards(bc, share).towards(bc.towards(cd, share), share)
}

/// The words on the chip of the path chosen last.
fn chip_words(scene: &PoolScene<'_>, server: NodeId) -> Option<String> {
    let look = scene.servers.iter().find(|look| look.node == server)?;
    Some(text::waits_at_server(scene.lang, look.queue.length))
}
