//! Makes the view model: once per change, shared by pointer until the next.

use std::rc::Rc;

use crate::kernel::Span;
use crate::sim::{Cards, Drive, Progress, Snapshot};

use super::beside::{Beside, Other};
use super::branch::{BranchView, BranchesView};
use super::interest::tricks;
use super::logs::{LogsView, logs};
use super::messages::Messages;
use super::run::Run;
use super::seeds::Seeds;
use super::sweeping::Sweeping;
use super::view_model::{PlayheadView, PoolView, RunView, Say, Selection, ViewModel};
use super::{Lab, Speed};

impl Lab {
    /// What the screen shows. The same pointer until something changes.
    pub fn view(&mut self) -> Rc<ViewModel> {
        if let Some(view) = &self.view {
            return Rc::clone(view);
        }
        let view = Rc::new(self.make_view());
        self.view = Some(Rc::clone(&view));
        view
    }

    /// What is shown while nothing runs.
    fn empty(&self) -> ViewModel {
        ViewModel {
            text: Rc::clone(&self.text),
            problems: Rc::clone(&self.problems),
            cautions: Rc::from([]),
            title: Say::default(),
            sentence: Say::default(),
            about: None,
            run: RunView::Empty,
            playhead: self.playhead(None),
            snapshot: None,
            names: Rc::default(),
            narration: Say::default(),
            rule: None,
            rules: Rc::default(),
            expectations: Rc::default(),
            properties: Rc::default(),
            history: Rc::default(),
            track: Rc::default(),
            story: Rc::from([]),
            remedy: None,
            selection: self.selection,
            current_line: None,
            inlays: Rc::default(),
            dials: Rc::clone(&self.dials),
            compared: Rc::clone(&self.compared),
            undo: self.undo.undoes(&self.text),
            redo: self.undo.redoes(&self.text),
            branches: Rc::new(self.branches_view()),
            messages: Messages::default(),
            logs: None,
            pool: None,
            digest: None,
            seed: 0,
            scope: None,
            seeds: self.seeds.as_ref().map(Seeds::view),
            tricks: Rc::from([]),
            looking: self.search.as_ref().map(|(trick, _)| trick.turn),
            notice: self.notice.clone(),
        }
    }

    fn make_view(&self) -> ViewModel {
        let empty = self.empty();
        let (Some(run), Some(snapshot)) = (&self.run, &self.snapshot) else { return empty };
        let event = run.timeline.event();
        let titles = &run.plan.titles;
        // The sentence of a violation is its explanation, as long as the playhead stands on it.
        let narration =
            run.checks.explanation(event).unwrap_or_else(|| run.narration(event, snapshot));
        ViewModel {
            cautions: Rc::clone(&run.plan.cautions),
            title: titles.title.clone(),
            sentence: titles.sentence.clone(),
            about: Some(run.plan.entry.about),
            run: run_view(run),
            playhead: self.playhead(Some(run)),
            snapshot: Some(Rc::clone(snapshot)),
            names: Rc::clone(&run.names),
            narration,
            rule: run.rule(event),
            rules: run.rules(event),
            expectations: Rc::new(run.checks.expectations(self.playback.at, event)),
            properties: Rc::new(run.checks.properties(self.playback.at, event)),
            history: Rc::new(run.checks.history(event)),
            track: Rc::clone(run.track()),
            story: Rc::clone(run.story()),
            remedy: run.remedy().cloned(),
            current_line: run.current_line(event),
            inlays: Rc::clone(&run.inlays),
            pool: self.pool(run, snapshot),
            messages: Messages::new(&run.ledger, snapshot, &run.names),
            logs: self.logs.then(|| Rc::new(logs_view(run, snapshot))),
            digest: run.digest().map(|digest| format!("{digest:016x}")),
            seed: run.plan.spec.seed,
            scope: run.plan.exploring.as_ref().map(|it| it.text.as_str().into()),
            tricks: tricks(run.plan.entry.about.id, run.plan.spec.drive == Drive::Hand).into(),
            ..empty
        }
    }

    fn pool(&self, run: &Run, snapshot: &Snapshot) -> Option<Rc<PoolView>> {
        let mut pool = run.pool(snapshot)?;
        pool.compare = self.rivals.view(self.playback.at, run.plan.strategy()).map(Rc::new);
        pool.sweep = self.sweep.as_ref().map(Sweeping::view);
        if !self.playback.playing {
            let flight = match self.selection {
                Some(Selection::Flight(id)) => snapshot.flights.iter().find(|it| it.note.id == id),
                Some(Selection::Node(_)) | None => None,
            };
            pool.why = run.why(snapshot.event, flight.map(|it| &it.note)).map(Rc::new);
        }
        Some(Rc::new(pool))
    }

    /// Everybody's log; the snapshot may not have all cards where nodes are many.
    fn branches_view(&self) -> BranchesView {
        let list = self.branches.view(self.beside.as_ref().and_then(Beside::branch));
        let beside = self.beside.as_ref().zip(self.run.as_ref()).map(|(beside, run)| {
            let name = |own: fn(&BranchView) -> bool| {
                list.iter().find(|it| own(it)).map(|it| it.name.clone()).unwrap_or_default()
            };
            let names = match (beside.of, run.remedy()) {
                (Other::Sound, Some(remedy)) => {
                    [remedy.written.as_str(), remedy.sound].map(|name| Say::new(name, name))
                }
                _ => [name(|it| it.current), name(|it| it.compared)],
            };
            Rc::new(beside.view(run, names))
        });
        BranchesView { list, beside }
    }

    fn playhead(&self, run: Option<&Run>) -> PlayheadView {
        let playback = &self.playback;
        let (event, events, end) = run.map_or((0, 0, playback.at), |run| {
            (run.timeline.event(), run.timeline.last_event(), run.timeline.end())
        });
        PlayheadView {
            at: playback.at,
            event,
            events,
            end,
            playing: playback.playing,
            backwards: playback.backwards,
            speed: playback.speed,
            pace: playback.pace,
        }
    }

    /// How much of the cluster's time passes in a real second at `speed`; for tooltips.
    pub fn flow_at(&self, speed: Speed) -> Span {
        let mut playback = self.playback;
        playback.speed = speed;
        playback.flow()
    }
}

fn run_view(run: &Run) -> RunView {
    match run.timeline.progress() {
        Progress::Running => RunView::Computing,
        Progress::Complete => RunView::Complete,
        Progress::Limited => RunView::Limited(run.timeline.last_event()),
    }
}

/// The logs of all nodes; a snapshot for the scene may lack the cards they are on.
fn logs_view(run: &Run, snapshot: &Snapshot) -> LogsView {
    let carded = snapshot.nodes.iter().all(|it| it.card.is_some() || it.durable.is_some());
    if carded { logs(snapshot) } else { logs(&run.timeline.cursor().snapshot(Cards::All)) }
}
