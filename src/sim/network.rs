//! The network: a list of rules that decide the fate of each packet.
//!
//! Rules are asked in the order of the list and the first answer but `Pass` is taken, as in
//! turmoil's rule list. The stock list is: held by a visitor, cut, lost, duplicated, reordered,
//! delayed.

use crate::kernel::{Choices, Face, NodeId, Party, Ratio, SimTime, Span, Window};

use super::input::{LinkChange, Matcher};

/// A message as the network sees it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Packet {
    /// Number of the flight.
    pub id: u64,
    /// The sender.
    pub from: Party,
    /// The receiver.
    pub to: Party,
    /// Its kind.
    pub face: Face,
    /// When it is sent.
    pub at: SimTime,
}

/// Why a message was lost.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Cause {
    /// By the network's or link's loss rate.
    Chance,
    /// On a partition, a cut or an isolation.
    Cut,
    /// The receiver is crashed.
    Dead,
    /// By an input.
    Dropped,
}

/// What becomes of a packet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fate {
    /// This rule has nothing to say.
    Pass,
    /// It arrives after this long.
    Deliver(Span),
    /// It is lost.
    Drop(Cause),
    /// It arrives twice; each copy asks the rules after this one.
    Duplicate,
    /// It stays in flight until released.
    Hold,
}

/// A rule of the network.
pub trait Rule {
    /// The fate of `packet`, drawn from `choices` where chance decides.
    fn judge(&mut self, packet: &Packet, choices: &mut dyn Choices) -> Fate;
}

/// The law of one-way delays.
#[derive(Clone, PartialEq, Debug)]
pub enum Delay {
    /// Evenly from a window.
    Even(Window),
    /// A mix of a Pareto and an exponential law, as fitted to production traces [bailis12 §5.3].
    ParetoExp {
        /// Share of messages under the Pareto law.
        pareto: Ratio,
        /// Its smallest value.
        floor: Span,
        /// Its shape.
        alpha: f64,
        /// Mean of the exponential law.
        tail: Span,
    },
    /// Half the round trip between the regions of the two nodes, which take turns over the regions,
    /// plus an exponential wobble with this mean.
    Regions {
        /// Mean of the wobble.
        wobble: Span,
    },
    /// Log-normal with this mean and this ratio of standard deviation to mean.
    LogNormal {
        /// Mean delay.
        mean: Span,
        /// Standard deviation over mean.
        spread: f64,
    },
}

/// Names of the regions of [`Delay::Regions`].
pub const REGIONS: [&str; 5] = ["Dallas", "Frankfurt", "Tokyo", "Sydney", "São Paulo"];

/// Mean round trips between [`REGIONS`] in milliseconds, 21 September to 20 October 2024
/// [ibm24 §20 Oct 2024].
const ROUND_TRIP_MS: [[u64; 5]; 5] = [
    [0, 123, 142, 184, 144],
    [123, 0, 230, 250, 195],
    [142, 230, 0, 115, 283],
    [184, 250, 115, 0, 327],
    [144, 195, 283, 327, 0],
];

/// One way inside one region of the table above: half of 0.1 ms.
const SAME_REGION: Span = Span::micros(50);

impl Delay {
    /// One delay from `from` to `to`; at least a microsecond, so that cause precedes effect.
    fn draw(&self, from: Party, to: Party, choices: &mut dyn Choices) -> Span {
        let span = match *self {
            Delay::Even(window) => window.draw(choices),
            Delay::ParetoExp { pareto, floor, alpha, tail } => {
                if pareto.strikes(choices) {
                    let factor = libm::pow(unit(choices), -1.0 / alpha);
                    scale(floor, factor)
                } else {
                    exponential(tail, choices)
                }
            }
            Delay::Regions { wobble } => between(from, to) + exponential(wobble, choices),
            Delay::LogNormal { mean, spread } => {
                let variance = libm::log(1.0 + spread * spread);
                let z = normal(choices);
                scale(mean, libm::exp(libm::sqrt(variance) * z - variance / 2.0))
            }
        };
        span.max(Span::micros(1))
    }

    /// A typical delay, for pacing the playback.
    pub fn typical(&self) -> Span {
        match *self {
            Delay::Even(window) => Span(u64::midpoint(window.min.0, window.max.0)),
            Delay::ParetoExp { floor, .. } => floor,
            Delay::Regions { .. } => Span::millis(100),
            Delay::LogNormal { mean, .. } => mean,
        }
    }
}

fn between(from: Party, to: Party) -> Span {
    let (Party::Node(from), Party::Node(to)) = (from, to) else {
        return SAME_REGION; // Clients are near every node; their own journey is not the subject.
    };
    let row = from.index() % REGIONS.len();
    let column = to.index() % REGIONS.len();
    Span::micros(ROUND_TRIP_MS[row][column] * 500).max(SAME_REGION)
}

fn unit(choices: &mut dyn Choices) -> f64 {
    (choices.below(1 << 53) as f64 + 0.5) / (1u64 << 53) as f64
}

fn exponential(mean: Span, choices: &mut dyn Choices) -> Span {
    scale(mean, -libm::log(unit(choices)))
}

fn normal(choices: &mut dyn Choices) -> f64 {
    let radius = libm::sqrt(-2.0 * libm::log(unit(choices)));
    radius * libm::cos(2.0 * std::f64::consts::PI * unit(choices))
}

fn scale(span: Span, factor: f64) -> Span {
    Span((span.0 as f64 * factor).min(1e18) as u64)
}

/// The network of a scenario.
#[derive(Clone, PartialEq, Debug)]
pub struct NetworkSpec {
    /// The law of one-way delays between nodes.
    pub delay: Delay,
    /// The law of one-way delays between clients and nodes.
    pub client_delay: Delay,
    /// Share of messages between nodes that are lost.
    pub loss: Ratio,
    /// Share delivered twice.
    pub duplicate: Ratio,
    /// Share that falls behind later messages: such a message takes up to four times as long again.
    pub reorder: Ratio,
}

impl Default for NetworkSpec {
    fn default() -> Self {
        NetworkSpec::lan()
    }
}

impl NetworkSpec {
    fn plain(delay: Delay) -> NetworkSpec {
        let client_delay = delay.clone();
        let zero = Ratio::ZERO;
        NetworkSpec { delay, client_delay, loss: zero, duplicate: zero, reorder: zero }
    }

    /// One data centre: the mix fitted to `LinkedIn`'s production traces on solid state disks,
    /// every leg 91.22 % Pareto(0.235 ms, 10) and 8.78 % exponential with rate 1.66 per ms
    /// [bailis12 §5.3].
    pub fn lan() -> NetworkSpec {
        NetworkSpec::plain(Delay::ParetoExp {
            pareto: Ratio::ppm(912_200),
            floor: Span::micros(235),
            alpha: 10.0,
            tail: Span::micros(602),
        })
    }

    /// Across a continent: 30 to 40 ms one way, as in the availability study of Raft's dissertation
    /// [ongaro14phd §9.4].
    pub fn wan() -> NetworkSpec {
        NetworkSpec::plain(Delay::Even(Window::between(Span::millis(30), Span::millis(40))))
    }

    /// Five regions around the world [ibm24 §20 Oct 2024], half the mean round trip each way plus
    /// an exponential wobble of 2 ms (our assumption).
    pub fn geo() -> NetworkSpec {
        NetworkSpec::plain(Delay::Regions { wobble: Span::millis(2) })
    }

    /// Narrow-band cellular devices: mean 837 ms [ugwuanyi21 §6]; log-normal with a spread of 0.5
    /// and 2 % loss are our assumptions, after the high variability reported in [martinez19 §5].
    pub fn iot() -> NetworkSpec {
        let delay = Delay::LogNormal { mean: Span::millis(837), spread: 0.5 };
        NetworkSpec { loss: Ratio::percent(2), ..NetworkSpec::plain(delay) }
    }

    /// The preset of that name.
    pub fn named(name: &str) -> Option<NetworkSpec> {
        match name {
            "lan" => Some(NetworkSpec::lan()),
            "wan" => Some(NetworkSpec::wan()),
            "geo" => Some(NetworkSpec::geo()),
            "iot" => Some(NetworkSpec::iot()),
            _ => None,
        }
    }

    /// Names of the presets.
    pub const PRESETS: [&str; 4] = ["lan", "wan", "geo", "iot"];

    /// Applies a change to the whole network.
    pub fn change(&mut self, change: &LinkChange) {
        self.loss = change.loss.unwrap_or(self.loss);
        self.duplicate = change.duplicate.unwrap_or(self.duplicate);
        self.reorder = change.reorder.unwrap_or(self.reorder);
        if let Some(delay) = &change.delay {
            self.delay = delay.clone();
            self.client_delay = delay.clone();
        }
    }
}

/// What made a [`Cut`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CutKind {
    /// A partition into groups; the next one replaces it.
    Partition,
    /// A cut of one direction.
    OneWay,
    /// The isolation of one node.
    Isolation,
}

/// One direction in which messages are lost, from any of one set to any of another.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Cut {
    /// Senders.
    pub from: Vec<NodeId>,
    /// Receivers.
    pub to: Vec<NodeId>,
    /// Since when.
    pub since: SimTime,
    /// What made it.
    pub kind: CutKind,
}

impl Cut {
    fn is_empty(&self) -> bool {
        self.from.is_empty() || self.to.is_empty()
    }

    /// True if messages from `from` to `to` are lost on it.
    pub fn severs(&self, from: Party, to: Party) -> bool {
        let (Some(from), Some(to)) = (from.node(), to.node()) else { return false };
        self.from.binary_search(&from).is_ok() && self.to.binary_search(&to).is_ok()
    }
}

/// The network of a running world.
#[derive(Clone, Debug)]
pub struct Network {
    spec: NetworkSpec,
    home: NetworkSpec,
    holds: Vec<Matcher>,
    cuts: Vec<Cut>,
    links: Vec<(Party, Party, LinkChange)>,
}

impl Network {
    /// A network as the scenario has it.
    pub fn new(spec: NetworkSpec) -> Network {
        let home = spec.clone();
        Network { spec, home, holds: Vec::new(), cuts: Vec::new(), links: Vec::new() }
    }

    /// Partitions and cuts in force.
    pub fn cuts(&self) -> &[Cut] {
        &self.cuts
    }

    /// Holds in force.
    pub fn holds(&self) -> &[Matcher] {
        &self.holds
    }

    /// True if messages from `from` to `to` are lost on a cut.
    pub fn severs(&self, from: Party, to: Party) -> bool {
        self.cuts.iter().any(|cut| cut.severs(from, to))
    }

    pub(super) fn add_cut(&mut self, mut cut: Cut) {
        crate::order::sort(&mut cut.from);
        crate::order::sort(&mut cut.to);
        self.cuts.push(cut);
    }

    pub(super) fn drop_partitions(&mut self) {
        self.cuts.retain(|cut| cut.kind != CutKind::Partition);
    }

    pub(super) fn heal(&mut self) {
        self.cuts.clear();
        self.links.clear();
        self.spec = self.home.clone();
    }

    /// Links that differ from the network, in the order they were changed.
    pub fn links(&self) -> &[(Party, Party, LinkChange)] {
        &self.links
    }

    /// Undoes what was done to one direction of one link: its own changes, and cuts in that
    /// direction, which go on for the other links they sever.
    pub(super) fn mend(&mut self, from: Party, to: Party) {
        self.links.retain(|(a, b, _)| (*a, *b) != (from, to));
        let (Some(sender), Some(receiver)) = (from.node(), to.node()) else { return };
        let mut left = Vec::with_capacity(self.cuts.len());
        for cut in std::mem::take(&mut self.cuts) {
            if cut.kind != CutKind::OneWay || !cut.severs(from, to) {
                left.push(cut);
                continue;
            }
            let without = |nodes: &[NodeId], gone: NodeId| -> Vec<NodeId> {
                nodes.iter().copied().filter(|node| *node != gone).collect()
            };
            let others = Cut { from: without(&cut.from, sender), ..cut.clone() };
            let own = Cut { from: vec![sender], to: without(&cut.to, receiver), ..cut };
            left.extend([others, own].into_iter().filter(|cut| !cut.is_empty()));
        }
        self.cuts = left;
    }

    pub(super) fn change(&mut self, change: &LinkChange) {
        self.spec.change(change);
    }

    pub(super) fn change_link(&mut self, from: Party, to: Party, change: &LinkChange) {
        let known = self.links.iter_mut().find(|(a, b, _)| (*a, *b) == (from, to));
        match known {
            Some((_, _, settings)) => settings.update(change),
            None => self.links.push((from, to, change.clone())),
        }
    }

    pub(super) fn hold(&mut self, matcher: Matcher) {
        self.holds.push(matcher);
    }

    pub(super) fn release(&mut self, matcher: &Matcher) {
        self.holds.retain(|held| !matcher.covers(held));
    }

    /// The fate of a packet, and of a second copy if it is duplicated.
    pub(super) fn judge(&self, packet: &Packet, choices: &mut dyn Choices) -> (Fate, Option<Fate>) {
        // The common case is a healthy network without exceptions; it must stay cheap.
        let link = self.link(packet);
        let rare = self.holds.len() + self.cuts.len();
        if rare == 0 && link.loss == Ratio::ZERO && link.duplicate == Ratio::ZERO {
            // All rules but the last would pass, and draw nothing.
            let mut delayed = Delayed { delay: link.delay, reorder: link.reorder };
            return (delayed.judge(packet, choices), None);
        }
        let mut rules: [&mut dyn Rule; 5] = [
            &mut Held(&self.holds),
            &mut Severed(&self.cuts),
            &mut Lossy(link.loss),
            &mut Doubled(link.duplicate),
            &mut Delayed { delay: link.delay, reorder: link.reorder },
        ];
        let first = first_answer(&mut rules, packet, choices);
        if first != Fate::Duplicate {
            return (first, None);
        }
        let rest = &mut rules[4..];
        (first_answer(rest, packet, choices), Some(first_answer(rest, packet, choices)))
    }

    fn link(&self, packet: &Packet) -> Link<'_> {
        let between_nodes = packet.from.node().is_some() && packet.to.node().is_some();
        let mut link = if between_nodes {
            let spec = &self.spec;
            Link {
                loss: spec.loss,
                duplicate: spec.duplicate,
                reorder: spec.reorder,
                delay: &spec.delay,
            }
        } else {
            let zero = Ratio::ZERO;
            let delay = &self.spec.client_delay;
            Link { loss: zero, duplicate: zero, reorder: zero, delay }
        };
        for (from, to, change) in &self.links {
            if (*from, *to) == (packet.from, packet.to) {
                link.loss = change.loss.unwrap_or(link.loss);
                link.duplicate = change.duplicate.unwrap_or(link.duplicate);
                link.reorder = change.reorder.unwrap_or(link.reorder);
                link.delay = change.delay.as_ref().unwrap_or(link.delay);
            }
        }
        link
    }
}

struct Link<'a> {
    loss: Ratio,
    duplicate: Ratio,
    reorder: Ratio,
    delay: &'a Delay,
}

fn first_answer(rules: &mut [&mut dyn Rule], packet: &Packet, choices: &mut dyn Choices) -> Fate {
    for rule in rules {
        let fate = rule.judge(packet, choices);
        if fate != Fate::Pass {
            return fate;
        }
    }
    Fate::Pass
}

impl Matcher {
    /// True if this matcher means the packet.
    pub fn matches(&self, packet: &Packet) -> bool {
        self.id.is_none_or(|id| id == packet.id)
            && self.name.as_ref().is_none_or(|name| name == packet.face.name)
            && self.from.is_none_or(|from| from == packet.from)
            && self.to.is_none_or(|to| to == packet.to)
    }

    /// True if everything `other` names in words this one means as well.
    fn covers(&self, other: &Matcher) -> bool {
        (self.id.is_none() || self.id == other.id)
            && (self.name.is_none() || self.name == other.name)
            && (self.from.is_none() || self.from == other.from)
            && (self.to.is_none() || self.to == other.to)
    }
}

/// A visitor holds matching messages.
struct Held<'a>(&'a [Matcher]);

impl Rule for Held<'_> {
    fn judge(&mut self, packet: &Packet, _: &mut dyn Choices) -> Fate {
        if self.0.iter().any(|matcher| matcher.matches(packet)) { Fate::Hold } else { Fate::Pass }
    }
}

/// Partitions, cuts and isolations.
struct Severed<'a>(&'a [Cut]);

impl Rule for Severed<'_> {
    fn judge(&mut self, packet: &Packet, _: &mut dyn Choices) -> Fate {
        if self.0.iter().any(|cut| cut.severs(packet.from, packet.to)) {
            Fate::Drop(Cause::Cut)
        } else {
            Fate::Pass
        }
    }
}

/// Loss by chance.
struct Lossy(Ratio);

impl Rule for Lossy {
    fn judge(&mut self, _: &Packet, choices: &mut dyn Choices) -> Fate {
        if self.0.strikes(choices) { Fate::Drop(Cause::Chance) } else { Fate::Pass }
    }
}

/// Duplication by chance.
struct Doubled(Ratio);

impl Rule for Doubled {
    fn judge(&mut self, _: &Packet, choices: &mut dyn Choices) -> Fate {
        if self.0.strikes(choices) { Fate::Duplicate } else { Fate::Pass }
    }
}

/// Delay, and extra delay for messages that fall behind.
struct Delayed<'a> {
    delay: &'a Delay,
    reorder: Ratio,
}

impl Rule for Delayed<'_> {
    fn judge(&mut self, packet: &Packet, choices: &mut dyn Choices) -> Fate {
        let span = self.delay.draw(packet.from, packet.to, choices);
        if !self.reorder.strikes(choices) {
            return Fate::Deliver(span);
        }
        Fate::Deliver(span + Span(choices.below(span.0.saturating_mul(4).max(1))))
    }
}
