//! What a visitor does to the cluster by hand: each act becomes a line of the text.

use crate::kernel::{NodeId, Party, Ratio, SimTime, Span};
use crate::script;
use crate::sim::{
    CutKind, Delay, DiskMode, Drive, FlightNote, Input, LinkChange, Matcher, NodeView, Snapshot,
    Status, Target,
};

use super::Lab;
use super::action::{Deed, Handling};
use super::interest::{self, Found, Search, TRICKS, Turn};
use super::seeds::{Seeds, Sought};
use super::view_model::Say;

/// Events that a search looks at before the page is drawn again.
const AT_ONCE: u64 = 6_000;

impl Lab {
    /// Writes the deed into the text at the playhead, and shows what comes of it.
    pub(super) fn do_by_hand(&mut self, deed: Deed) {
        self.playback.playing = false;
        let Some(run) = &self.run else { return };
        if !self.problems.is_empty() {
            self.notice = Some(Say::new(
                "The text has a problem; mend it first, then a fault can be written into it.",
                "文本中还有错误；请先修正，才能把故障写入文本。",
            ));
            return;
        }
        let by_hand = run.plan.spec.drive == Drive::Hand;
        let (input, at) = match self.input_of(deed) {
            Ok(input) => input,
            Err(why) => {
                self.notice = Some(why);
                return;
            }
        };
        if at > run.plan.until && !by_hand {
            self.notice = Some(over());
            return;
        }
        let command = script::print_input(&input, run.plan.names);
        if by_hand {
            self.write_step(&command);
        } else {
            self.write(&[(at, command)]);
        }
    }

    /// Begins to look for the lines that make the run interesting in this way.
    pub(super) fn make_interesting(&mut self, turn: Turn) {
        self.playback.playing = false;
        let Some(trick) = TRICKS.iter().find(|trick| trick.turn == turn) else { return };
        let search = Search::new(turn, &self.text, self.moment());
        self.search = search.map(|search| (trick, search));
        if self.search.is_none() {
            self.notice = Some(interest::nowhere(trick));
        }
        self.look_further(AT_ONCE);
    }

    /// Looks at `events` more events of the search, and writes what it has found.
    pub(super) fn look_further(&mut self, events: u64) {
        let Some((trick, search)) = &mut self.search else { return };
        let trick = *trick;
        match search.advance(events) {
            Found::Looking => {}
            Found::Nowhere => {
                self.search = None;
                self.notice = Some(interest::nowhere(trick));
            }
            Found::Here(lines) => {
                self.search = None;
                self.write(&lines);
                self.notice = Some(Say::new(trick.help.en, trick.help.zh));
            }
        }
    }

    /// Begins to look for a seed with which something fails, or looks no longer.
    pub(super) fn seek_failure(&mut self, wanted: bool) {
        self.seeds = self.run.as_ref().filter(|_| wanted).map(|run| Seeds::new(&run.plan));
        self.playback.playing &= !wanted;
    }

    /// Looks at `events` more events of other seeds; what fails is written into the text.
    pub(super) fn seek_on(&mut self, events: u64) {
        let Some(seeds) = &mut self.seeds else { return };
        match seeds.advance(events) {
            Sought::Looking => {}
            Sought::Nothing => {
                self.notice = Some(seeds.nothing());
                self.seeds = None;
            }
            Sought::Fails(seed) => {
                self.seeds = None;
                self.set_word("seed", &seed.to_string());
                self.notice = Some(Say::new(
                    format!("Something fails with seed {seed}."),
                    format!("种子 {seed} 会出现失败。"),
                ));
            }
        }
    }

    /// Later than everything that happened up to the playhead, and readable: whole microseconds.
    pub(super) fn moment(&self) -> SimTime {
        SimTime((self.playback.at.0 / 1_000 + 1) * 1_000)
    }

    /// Writes commands at their instants, as one change.
    pub(super) fn write(&mut self, lines: &[(SimTime, String)]) {
        let Some((first, command)) = lines.first() else { return };
        let when = Span::millis(first.0 / 1_000_000);
        let what = Say::new(format!("{command} at {when}"), format!("{when} 时 {command}"));
        let mut text = self.text.to_string();
        for (at, command) in lines {
            text = script::edit::insert_timed(&text, *at, command).0;
        }
        self.changing(what, false);
        self.playback.at = *first;
        self.set_text(text);
    }

    /// Writes a command of a run driven by hand: behind the line that was done last.
    fn write_step(&mut self, command: &str) {
        let Some(run) = &self.run else { return };
        let behind = run.current_line(run.timeline.event());
        let first = run.plan.input_lines.first().copied();
        let (text, line) = script::edit::insert_step(&self.text, behind, first, command);
        self.changing(Say::new(command, command), false);
        self.set_text(text);
        if let Some(event) = self.run.as_ref().and_then(|run| run.struck_at(line)) {
            self.jump_behind(event);
        }
    }

    /// What a deed is in the language, and when it is done.
    fn input_of(&self, deed: Deed) -> Result<(Input, SimTime), Say> {
        let node = |node: NodeId| self.snapshot.as_ref()?.nodes.get(node.index());
        let status = |id: NodeId, wanted: fn(&NodeView) -> bool| node(id).is_some_and(wanted);
        let input = match deed {
            Deed::Input(input) => input,
            Deed::Message(flight, handling) => return self.handle(flight, handling),
            Deed::ToggleHold(flight) => {
                let found = self.snapshot.as_deref().and_then(|world| in_flight(world, flight));
                let held = found.is_some_and(|note| note.due_at == SimTime::MAX);
                let handling = if held { Handling::Release } else { Handling::Hold };
                return self.handle(flight, handling);
            }
            Deed::ToggleDisk(node) => {
                let synced = status(node, |view| view.disk == DiskMode::Synced);
                let mode = if synced { DiskMode::Unsynced } else { DiskMode::Synced };
                Input::Disk(Target::Node(node), mode)
            }
            Deed::ToggleCrash(node) => {
                let crashed = status(node, |view| matches!(view.status, Status::Crashed(_)));
                let target = Target::Node(node);
                if crashed { Input::Restart(target) } else { Input::Crash(target) }
            }
            Deed::TogglePause(node) => {
                let paused = status(node, |view| matches!(view.status, Status::Paused(_)));
                let target = Target::Node(node);
                if paused { Input::Resume(target) } else { Input::Pause(target) }
            }
            Deed::ToggleIsolate(node) => {
                let isolated = status(node, |view| view.isolated);
                if isolated { Input::Heal } else { Input::Isolate(Target::Node(node)) }
            }
        };
        Ok((input, self.moment()))
    }

    /// What is done to the message of that number, and when: never after it has landed.
    fn handle(&self, flight: u64, handling: Handling) -> Result<(Input, SimTime), Say> {
        let gone = || {
            Say::new(
                "This message has arrived or was lost; go back a little to take hold of it.",
                "这条消息已到达或丢失；请回到稍早的时刻再操作它。",
            )
        };
        let snapshot = self.snapshot.as_deref().ok_or_else(gone)?;
        let note = in_flight(snapshot, flight).ok_or_else(gone)?;
        let held = note.due_at == SimTime::MAX;
        if note.due_at <= self.playback.at {
            return Err(gone());
        }
        let at = self.moment().min(note.due_at);
        if held && matches!(handling, Handling::Delay(_)) {
            return Err(Say::new(
                "A held message has no time of arrival; release it first.",
                "被扣住的消息没有到达时刻；请先放行。",
            ));
        }
        let lasting = matches!(handling, Handling::Hold | Handling::Release);
        let which = Matcher {
            id: (lasting || !self.is_alone(snapshot, note, at)).then_some(flight),
            name: Some(note.face.name.to_owned()),
            from: Some(note.from),
            to: Some(note.to),
            count: None,
        };
        let input = match handling {
            Handling::Drop => Input::Drop(which),
            Handling::Duplicate => Input::Duplicate(which),
            Handling::Hold => Input::Hold(which),
            Handling::Release => Input::Release(which),
            Handling::Deliver => Input::Deliver(which),
            Handling::Delay(by) => Input::Delay(which, by),
        };
        Ok((input, at))
    }

    /// True if the message's name and ends mean it alone at `at`, so that its number need not be
    /// written.
    fn is_alone(&self, snapshot: &Snapshot, note: FlightNote, at: SimTime) -> bool {
        let Some(run) = &self.run else { return false };
        let alike = |other: &FlightNote| {
            other.lost.is_none()
                && (other.face.name, other.from, other.to) == (note.face.name, note.from, note.to)
        };
        let event = run.timeline.event();
        // Nothing may be sent between the playhead and the act.
        let quiet = event == run.timeline.last_event() || run.timeline.time_of(event + 1) > at;
        quiet && snapshot.flights.iter().filter(|view| alike(&view.note)).count() == 1
    }
}

/// Why nothing can be done behind the end.
pub(super) fn over() -> Say {
    Say::new(
        "The run is over here; go back to do something to the cluster.",
        "运行已在此结束；请先回到更早的时刻再操作集群。",
    )
}

/// The message of that number, if it is still to arrive.
fn in_flight(snapshot: &Snapshot, flight: u64) -> Option<FlightNote> {
    let found = snapshot.flights.iter().find(|view| view.note.id == flight)?;
    Some(found.note).filter(|note| note.lost.is_none())
}

/// How one direction of a link differs from the network.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct LinkState {
    /// Severed by a `cut`.
    pub cut: bool,
    /// Severed by a partition or an isolation.
    pub severed: bool,
    /// Its own share of messages lost.
    pub loss: Option<Ratio>,
    /// Its own typical delay.
    pub delay: Option<Span>,
}

impl LinkState {
    /// True if healing the link would change something.
    pub fn differs(&self) -> bool {
        self.cut || self.loss.is_some() || self.delay.is_some()
    }
}

/// How the link from `from` to `to` stands in `snapshot`.
pub fn link_state(snapshot: &Snapshot, from: NodeId, to: NodeId) -> LinkState {
    let ends = (Party::Node(from), Party::Node(to));
    let severed = |one_way: bool| {
        let mut cuts = snapshot.cuts.iter();
        cuts.any(|cut| (cut.kind == CutKind::OneWay) == one_way && cut.severs(ends.0, ends.1))
    };
    let own = snapshot.links.iter().find(|(a, b, _)| (*a, *b) == ends).map(|(.., own)| own);
    LinkState {
        cut: severed(true),
        severed: severed(false),
        loss: own.and_then(|own| own.loss),
        delay: own.and_then(|own| own.delay.as_ref()).map(Delay::typical),
    }
}

/// The line that makes a link lose this share of its messages, both ways.
pub fn lossy_link(from: NodeId, to: NodeId, loss: Ratio) -> Input {
    changed_link(from, to, LinkChange { loss: Some(loss), ..LinkChange::default() })
}

/// The line that makes messages of a link take this long, both ways.
pub fn slow_link(from: NodeId, to: NodeId, delay: Span) -> Input {
    let delay = Some(Delay::Even(crate::kernel::Window::exactly(delay)));
    changed_link(from, to, LinkChange { delay, ..LinkChange::default() })
}

fn changed_link(from: NodeId, to: NodeId, change: LinkChange) -> Input {
    Input::Link { from: Party::Node(from), to: Party::Node(to), both: true, change }
}
