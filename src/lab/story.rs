//! How a violation came about: the steps on its causal path, in sentences.
//!
//! The path is what triggered the event that breaks a property, message by message
//! [lamport78 §1], and what triggered the last other node that applied the same rule: where two
//! nodes disagree, that is how the other one came to its half. Each step that rests on what its
//! node did before brings that along.

use crate::check::chronicle::{Chronicle, Cone, Focus, Spot};
use crate::kernel::{NodeId, SimTime};

use super::coverage::Coverage;
use super::narrate::Narrator;
use super::view_model::Say;

/// Most steps of a story: the latest are told.
const STEPS: usize = 12;
/// How far back in its own past a node is asked what it did before.
const BACK: usize = 64;

/// A step of a story.
#[derive(Clone, PartialEq, Debug)]
pub struct StoryStep {
    /// The event.
    pub event: u64,
    /// When.
    pub at: SimTime,
    /// At which node; `None` if it was done to several, or to none.
    pub node: Option<NodeId>,
    /// The rules of the listing that the handler passed, in the order of the entry's description.
    pub rules: Vec<&'static str>,
    /// What happened.
    pub say: Say,
    /// It broke the property.
    pub breaks: bool,
    /// Here the rule that is missing would have been applied.
    pub misses: bool,
}

/// The steps that led to the violation at `event`, which `because` explains; the earliest first.
pub(super) fn story(
    (chronicle, narrator, coverage): (&Chronicle, &Narrator, Option<&Coverage>),
    names: &[String],
    (event, because): (u64, &Say),
) -> Vec<StoryStep> {
    let Ok(breaking) = u32::try_from(event) else { return Vec::new() };
    let mut spots = chain(chronicle, breaking);
    if let Some(other) = narrator.other_half(event) {
        spots.extend(chain(chronicle, other as u32));
    }
    let earlier: Vec<Spot> =
        spots.iter().filter_map(|spot| before(chronicle, narrator, *spot)).collect();
    spots.extend(earlier);
    let mut events: Vec<u32> = spots.iter().map(|spot| spot.event).collect();
    let missed = narrator.missed(event);
    events.extend(missed.map(|event| event as u32));
    events.retain(|&it| it == breaking || narrator.tells(u64::from(it)));
    events.push(breaking);
    events.sort_unstable();
    events.dedup();
    let surplus = events.len().saturating_sub(STEPS);
    let step = |event: &u32| {
        let breaks = *event == breaking;
        let told = narrator.told(u64::from(*event), names);
        let lane = chronicle.lane(*event);
        StoryStep {
            event: u64::from(*event),
            at: chronicle.time(*event),
            node: (lane < chronicle.nodes()).then(|| NodeId(u32::from(lane))),
            rules: coverage.map_or_else(Vec::new, |it| it.of(u64::from(*event))),
            say: if breaks { because.clone() } else { told },
            breaks,
            misses: missed == Some(u64::from(*event)),
        }
    };
    events[surplus..].iter().map(step).collect()
}

/// What triggered an event, one by one.
fn chain(chronicle: &Chronicle, event: u32) -> Vec<Spot> {
    let cone = chronicle.focus(event).and_then(|focus: Focus| Cone::of(chronicle, focus));
    cone.map(|cone| cone.why().to_vec()).unwrap_or_default()
}

/// The last thing worth a sentence that the same node did before.
fn before(chronicle: &Chronicle, narrator: &Narrator, spot: Spot) -> Option<Spot> {
    let lane = chronicle.lanes().get(usize::from(spot.lane))?;
    let known = lane.events().partition_point(|event| *event < spot.event);
    let told = |event: &&u32| narrator.tells(u64::from(**event));
    let event = lane.events()[..known].iter().rev().take(BACK).find(told)?;
    Some(Spot { event: *event, lane: spot.lane })
}
