//! Conversations: a scenario driven by hand in which commands are followed by what they print.
//!
//! ```text
//! cluster raft nodes=3 drive=hand
//! ----
//! all nodes start
//!
//! fire n1 election
//! state n1
//! ----
//! ...
//! ```
//!
//! Commands stand up to `----`; what they print stands behind it, up to a blank line. Beside the
//! lines of a scenario there are commands that only look: `state [n2]`, `log [n2]`, `flights`,
//! `facts` (stated since the last `facts`), `check PROPERTY`.

use crate::check::{Monitor, Verdict, monitor};
use crate::kernel::{NodeId, Property};
use crate::sim::{Cards, Cluster, Drive};

use super::plan::Plan;
use super::{Problem, command, parse_input, plan, tell, token};

/// The line between commands and what they print.
const RULE: &str = "----";

/// Has the conversation of `text` and returns it with what was really printed. Equal to `text` if
/// everything is as written there.
pub fn converse(text: &str) -> String {
    let mut talk = Talk::default();
    let mut out = String::new();
    let mut lines = text.lines();
    let mut said: Vec<String> = Vec::new();
    while let Some(line) = lines.next() {
        out.push_str(line);
        out.push('\n');
        if line == RULE {
            // What is written here is replaced by what is true.
            let mut rest = lines.by_ref().skip_while(|line| !line.is_empty());
            let ended = rest.next().is_some();
            if said.is_empty() {
                said.push("ok".to_owned());
            }
            for line in said.drain(..) {
                out.push_str(&line);
                out.push('\n');
            }
            if ended {
                out.push('\n');
            }
        } else {
            said.extend(talk.say(line));
        }
    }
    out
}

/// A conversation under way.
#[derive(Default)]
struct Talk {
    /// Lines that set the run up, until the first action.
    setup: String,
    world: Option<World>,
}

struct World {
    plan: Plan,
    cluster: Box<dyn Cluster>,
    monitors: Vec<Box<dyn Monitor>>,
    facts: Vec<String>,
}

impl Talk {
    /// What a line prints.
    fn say(&mut self, line: &str) -> Vec<String> {
        let cut = token::cut(line);
        let Some(first) = cut.tokens.first() else {
            self.setup.push('\n');
            return Vec::new();
        };
        let looks = ["state", "log", "flights", "facts", "check"].contains(&first.text);
        if !looks && !command::is_action(first.text) {
            if self.world.is_some() {
                return vec!["error: the run has begun".to_owned()];
            }
            self.setup.push_str(line);
            self.setup.push('\n');
            // The head is tried at once, so that a mistake in it is told where it stands.
            return Vec::new();
        }
        if let Err(lines) = self.begin() {
            return lines;
        }
        let Some(world) = &mut self.world else { return Vec::new() };
        if !looks {
            return world.act(line);
        }
        let words: Vec<&str> = cut.tokens.iter().map(|token| token.text).collect();
        world.look(&words)
    }

    fn begin(&mut self) -> Result<(), Vec<String>> {
        if self.world.is_some() {
            return Ok(());
        }
        let plan = plan(&self.setup).map_err(|problems| errors(&problems))?;
        if plan.spec.drive != Drive::Hand {
            return Err(vec!["error: a conversation needs drive=hand".to_owned()]);
        }
        let cluster = plan.build().map_err(|error| vec![format!("error: {}", error.message)])?;
        let era = plan.entry.about.era;
        let monitors = Property::ALL.map(|property| monitor(property, era)).into();
        let mut world = World { plan, cluster, monitors, facts: Vec::new() };
        world.note();
        self.world = Some(world);
        Ok(())
    }
}

fn errors(problems: &[Problem]) -> Vec<String> {
    problems.iter().map(|problem| format!("error: {}", problem.says().en)).collect()
}

impl World {
    /// Lets the monitors see the last event and keeps its facts.
    fn note(&mut self) {
        let (names, era) = (self.plan.names, self.plan.entry.about.era);
        let last = self.cluster.last();
        for monitor in &mut self.monitors {
            monitor.watch(last);
        }
        let facts = last.facts.iter();
        let facts = facts
            .map(|(node, fact)| format!("{} {}", names.node(*node), tell::fact(*fact, names, era)));
        self.facts.extend(facts);
    }

    fn act(&mut self, line: &str) -> Vec<String> {
        let input = match parse_input(line, self.plan.names, Some(self.plan.entry)) {
            Ok(input) => input,
            Err(problems) => return errors(&problems),
        };
        self.cluster.inject(input);
        let mut lines = Vec::new();
        while self.cluster.step() {
            let era = self.plan.entry.about.era;
            lines.extend(tell::occurrence(self.cluster.last(), self.plan.names, era));
            self.note();
        }
        lines
    }

    fn look(&mut self, words: &[&str]) -> Vec<String> {
        let names = self.plan.names;
        let node: Result<Option<NodeId>, Vec<String>> = match words.get(1) {
            Some(name) if words[0] != "check" => match names.find(name) {
                Ok(node) => Ok(Some(node)),
                Err(_) => Err(vec![format!("error: unknown node {name}")]),
            },
            _ => Ok(None),
        };
        let node = match node {
            Ok(node) => node,
            Err(lines) => return lines,
        };
        match words[0] {
            "state" => tell::state(&*self.cluster, names, node),
            "log" => tell::log(&*self.cluster, names, node),
            "flights" => some(tell::flights(&self.cluster.snapshot(Cards::None), names)),
            "facts" => some(std::mem::take(&mut self.facts)),
            _ => vec![self.check(&words[1..])],
        }
    }

    fn check(&self, words: &[&str]) -> String {
        let Some(property) = command::expect::property_of(words) else {
            return format!("error: unknown property {}", words.join(" "));
        };
        let monitor = self.monitors.iter().find(|monitor| monitor.property() == property);
        match monitor.map(|monitor| monitor.verdict()) {
            Some(Verdict::Holds) => "holds".to_owned(),
            Some(Verdict::Violated { event, because, .. }) => {
                format!("violated by event {event}: {}", because.en)
            }
            Some(Verdict::Undecided { because }) => format!("undecided: {}", because.en),
            None => "not watched".to_owned(),
        }
    }
}

fn some(lines: Vec<String>) -> Vec<String> {
    if lines.is_empty() { vec!["none".to_owned()] } else { lines }
}
