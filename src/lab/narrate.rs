//! One plain sentence: what is happening now, and who did it.

use crate::kernel::{About, Manner, Mark, NodeId, Party, majority};
use crate::sim::{Cluster, Happening, Input, Snapshot};

use super::track::reachable;
use super::view_model::Say;

/// An event worth a sentence, kept short: there are many.
#[derive(Clone, PartialEq, Debug)]
struct Line {
    event: u64,
    what: What,
}

#[derive(Clone, PartialEq, Debug)]
enum What {
    Rule { mark: &'static Mark, node: NodeId, peer: Option<Party>, era: u64 },
    Input { text: String, struck: Vec<NodeId>, nobody: bool },
}

/// The sentences of a run.
pub(super) struct Narrator {
    about: &'static About,
    /// A rule that is missing: where it would have been applied it is told before all others.
    missing: Option<&'static str>,
    lines: Vec<Line>,
}

impl Narrator {
    pub(super) fn new(about: &'static About, missing: Option<&'static str>) -> Narrator {
        Narrator { about, missing, lines: Vec::new() }
    }

    /// Looks at the event that just happened. `print` writes an input as the scenario does.
    pub(super) fn watch(&mut self, cluster: &dyn Cluster, print: impl Fn(&Input) -> String) {
        let last = cluster.last();
        if let Happening::Input { input, struck, .. } = &last.what {
            let needs_target = !matches!(input, Input::Heal | Input::Settle | Input::Network(_));
            let messages = matches!(
                input,
                Input::Hold(_)
                    | Input::Release(_)
                    | Input::Drop(_)
                    | Input::Duplicate(_)
                    | Input::Delay(..)
                    | Input::Deliver(_)
                    | Input::Request { .. }
            );
            let nobody = needs_target && !messages && struck.is_empty();
            let what = What::Input { text: print(input), struck: struck.clone(), nobody };
            self.lines.push(Line { event: last.index, what });
            return;
        }
        // Heartbeats and counted answers that change nothing would drown the rest.
        let asked = matches!(&last.what, Happening::Delivered(flight)
            if matches!(flight.face.manner, Manner::Ask | Manner::Refuse));
        let missing = last.marks.iter().find(|(_, rule)| Some(*rule) == self.missing);
        if last.facts.is_empty() && !asked && missing.is_none() {
            return;
        }
        let Some((node, rule)) = missing.or(last.marks.last()) else { return };
        let Some(mark) = self.about.marks.iter().find(|mark| mark.id == *rule) else { return };
        let peer = match &last.what {
            Happening::Delivered(flight) if flight.to == Party::Node(*node) => Some(flight.from),
            _ => last.sent.first().map(|flight| flight.to),
        };
        let era = last
            .facts
            .iter()
            .rev()
            .find_map(|(_, fact)| match fact {
                crate::kernel::Fact::Entered { era }
                | crate::kernel::Fact::Elected { era }
                | crate::kernel::Fact::Voted { era, .. } => Some(*era),
                _ => None, // No other fact names the era the node is in.
            })
            .or_else(|| cluster.era(*node))
            .unwrap_or(0);
        let what = What::Rule { mark, node: *node, peer, era };
        self.lines.push(Line { event: last.index, what });
    }

    /// The last rule that a sentence spoke of up to `event`.
    pub(super) fn rule(&self, event: u64) -> Option<&'static str> {
        let known = self.lines.partition_point(|line| line.event <= event);
        self.lines[..known].iter().rev().find_map(|line| match &line.what {
            What::Rule { mark, .. } => Some(mark.id),
            What::Input { .. } => None,
        })
    }

    /// The sentence for the world behind `event`.
    pub(super) fn say(&self, event: u64, snapshot: &Snapshot, names: &[String]) -> Say {
        let known = self.lines.partition_point(|line| line.event <= event);
        let Some(line) = known.checked_sub(1).map(|index| &self.lines[index]) else {
            return Say {
                en: "Every node has just booted.".to_owned(),
                zh: "所有节点刚刚启动。".to_owned(),
            };
        };
        let mut say = sentence(&line.what, names);
        if let What::Rule { node, .. } = &line.what {
            add_reach(&mut say, *node, snapshot, names);
        }
        say
    }

    /// Whether the event is worth a sentence.
    pub(super) fn tells(&self, event: u64) -> bool {
        self.line(event).is_some()
    }

    /// The sentence of the event itself; empty if it is not worth one.
    pub(super) fn told(&self, event: u64, names: &[String]) -> Say {
        self.line(event).map(|line| sentence(&line.what, names)).unwrap_or_default()
    }

    /// The last event up to `event` where the missing rule would have been applied.
    pub(super) fn missed(&self, event: u64) -> Option<u64> {
        let known = self.lines.partition_point(|line| line.event <= event);
        let missed = |line: &&Line| matches!(&line.what, What::Rule { mark, .. } if Some(mark.id) == self.missing);
        self.lines[..known].iter().rev().find(missed).map(|line| line.event)
    }

    /// The last event before `event` in which another node applied the same rule.
    pub(super) fn other_half(&self, event: u64) -> Option<u64> {
        let here = self.lines.binary_search_by_key(&event, |line| line.event).ok()?;
        let What::Rule { mark, node, .. } = &self.lines[here].what else { return None };
        let same = |line: &&Line| {
            matches!(&line.what, What::Rule { mark: rule, node: other, .. }
                if rule.id == mark.id && other != node)
        };
        self.lines[..here].iter().rev().find(same).map(|line| line.event)
    }

    fn line(&self, event: u64) -> Option<&Line> {
        let at = self.lines.binary_search_by_key(&event, |line| line.event).ok()?;
        self.lines.get(at)
    }
}

/// What happened, with the names of those it happened to.
fn sentence(what: &What, names: &[String]) -> Say {
    let name = |node: NodeId| names.get(node.index()).cloned().unwrap_or_default();
    match what {
        What::Rule { mark, node, peer, era } => {
            let peer = match peer {
                Some(Party::Node(peer)) => name(*peer),
                Some(Party::Client(client)) => client.to_string(),
                None => String::new(),
            };
            let fill = |text: &str| {
                text.replace("{node}", &name(*node))
                    .replace("{peer}", &peer)
                    .replace("{era}", &era.to_string())
            };
            Say { en: fill(mark.says.en), zh: fill(mark.says.zh) }
        }
        What::Input { text, nobody: true, .. } => Say {
            en: format!("“{text}” finds nobody to strike."),
            zh: format!("“{text}” 没有命中任何节点。"),
        },
        What::Input { text, struck, .. } => {
            let who = struck.iter().map(|node| name(*node)).collect::<Vec<_>>().join(", ");
            if who.is_empty() || text.contains(&who) {
                return Say { en: format!("Now: {text}."), zh: format!("此刻：{text}。") };
            }
            Say {
                en: format!("Now: {text} ({who})."), zh: format!("此刻：{text}（{who}）。")
            }
        }
    }
}

/// Says how far the node gets across a split, if that is not far enough for a quorum.
fn add_reach(say: &mut Say, node: NodeId, snapshot: &Snapshot, names: &[String]) {
    if snapshot.cuts.is_empty() {
        return;
    }
    let reached = reachable(snapshot, node);
    let needed = majority(snapshot.nodes.len() as u32);
    if reached.len() as u32 >= needed || !reached.contains(&node) {
        return;
    }
    let others: Vec<&str> = reached
        .iter()
        .filter(|id| **id != node)
        .filter_map(|id| names.get(id.index()).map(String::as_str))
        .collect();
    if others.is_empty() {
        say.en.push_str(" It can reach nobody.");
        say.zh.push_str("它谁也联系不上。");
    } else {
        let (en, zh) = (others.join(", "), others.join("、"));
        say.en = format!("{} Across the split it can reach only {en}.", say.en);
        say.zh = format!("{}分区另一侧不可达，它只能联系 {zh}。", say.zh);
    }
}
