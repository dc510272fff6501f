//! Why this server: the last choices, and one of them with everything it rested on.
//!
//! A choice is looked at from the world one event before it, so what is shown is what the balancer
//! saw, and not what came of it.

use crate::kernel::{Candidate, Weighing};
use crate::script::Plan;
use crate::sim::{FlightNote, Timeline};

use super::meter::{Meter, Pick};
use super::view_model::{CandidateView, PickView, Say, WhyView};

/// How many choices before the playhead are listed.
const LISTED: usize = 12;

/// The last choices up to `event`, latest first.
pub(super) fn picks(meter: &Meter, event: u64, names: &[String]) -> Vec<PickView> {
    let known = meter.chosen.partition_point(|pick| pick.event <= event);
    let last = meter.chosen[known.saturating_sub(LISTED)..known].iter().rev();
    last.map(|pick| view(meter, pick, names)).collect()
}

fn view(meter: &Meter, pick: &Pick, names: &[String]) -> PickView {
    let name = |node: crate::kernel::NodeId| names.get(node.index()).cloned().unwrap_or_default();
    let asked = pick.serial.checked_sub(1).and_then(|place| meter.asked.get(place as usize));
    let (client, key) = asked.copied().unwrap_or_default();
    PickView {
        event: pick.event,
        at: pick.at,
        serial: pick.serial,
        client,
        key,
        balancer: name(pick.by),
        server: name(pick.server),
    }
}

/// The choice made last at `event`, or the one that sent `flight`, in full.
pub(super) fn why(
    (meter, timeline, plan): (&Meter, &Timeline, &Plan),
    (event, flight): (u64, Option<&FlightNote>),
    names: &[String],
) -> Option<WhyView> {
    let known = meter.chosen.partition_point(|pick| pick.event <= event);
    let sent = |pick: &&Pick| {
        flight.is_some_and(|note| {
            pick.at == note.sent_at
                && note.from.node() == Some(pick.by)
                && note.to.node() == Some(pick.server)
        })
    };
    let recent = &meter.chosen[..known];
    let pick = recent.iter().rev().take(1 << 16).find(sent).or(recent.last())?;
    let shown = view(meter, pick, names);
    let Weighing { candidates, order } =
        timeline.before(pick.event).weigh(pick.by, pick.at, shown.key)?;
    let up = candidates.iter().filter(|candidate| candidate.up).count();
    let looked = candidates.iter().filter(|candidate| candidate.looked_at).count();
    let candidate = |it: &Candidate| CandidateView {
        name: names.get(it.node.index()).cloned().unwrap_or_default(),
        chosen: it.node == pick.server,
        place: order.iter().position(|node| *node == it.node).map(|place| place as u32 + 1),
        seen: it.clone(),
    };
    let strategy = crate::catalog::strategies();
    let strategy = strategy.iter().find(|about| Some(about.id) == plan.strategy())?;
    Some(WhyView {
        candidates: candidates.iter().map(candidate).collect(),
        some: looked < up,
        summary: Say::new(strategy.summary.en, strategy.summary.zh),
        ties: Say::new(strategy.ties.en, strategy.ties.zh),
        name: Say::new(strategy.name.en, strategy.name.zh),
        sure: order.first() == Some(&pick.server),
        pick: shown,
    })
}
