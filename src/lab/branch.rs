//! The futures of a run. Whoever changes the past gets another future; the old one is kept.
//!
//! A branch is a text: a run is its recipe. The branch on screen follows what is done to the text,
//! the others stay as they are. Another scenario begins another family of branches, and taking that
//! back brings the old family back. What is opened is another scenario; so is what is written over
//! the old text if it has little to do with it: see [`Branches::is_another`].

use std::rc::Rc;

use crate::kernel::SimTime;

use crate::script::Plan;

use super::beside::BesideView;
use super::undo::{Version, difference};
use super::view_model::Say;

/// Most branches kept of one scenario.
const KEPT: usize = 48;
/// Most characters of a name.
const NAME_MAX: usize = 60;

/// A branch as the screen shows it.
#[derive(Clone, PartialEq, Debug)]
pub struct BranchView {
    /// What to call it in actions.
    pub id: u32,
    /// Its name.
    pub name: Say,
    /// Where its past was left, if it was.
    pub left_at: Option<SimTime>,
    /// It is on screen.
    pub current: bool,
    /// It stands beside the one on screen.
    pub compared: bool,
}

/// The branches of the scenario on screen.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct BranchesView {
    /// In the order in which they were made.
    pub list: Vec<BranchView>,
    /// The one that stands beside, and how it differs.
    pub beside: Option<Rc<BesideView>>,
}

/// What a visitor may change about a branch, and undo again.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Label {
    name: Say,
    /// It got its name from a visitor.
    renamed: bool,
    /// It is deleted. It is kept as long as that can be undone.
    deleted: bool,
}

impl Label {
    fn new(name: Say) -> Label {
        Label { name, renamed: false, deleted: false }
    }
}

struct Branch {
    id: u32,
    family: u32,
    label: Label,
    text: Rc<str>,
    left_at: Option<SimTime>,
}

/// All of them.
pub(super) struct Branches {
    all: Vec<Branch>,
    current: u32,
    /// What is about to part the run from its old future.
    pub(super) parting: Option<Say>,
    /// What a stretch of edits has kept already.
    stretch: Option<u32>,
    /// The text on screen is being written, not brought back.
    written: bool,
    /// The text was empty since the last run: whatever comes now is another scenario.
    emptied: bool,
    /// A scenario is being written over another one: it has no future yet that could be lost.
    fresh: bool,
}

fn first(id: u32) -> Branch {
    Branch {
        id,
        family: id,
        label: Label::new(Say::new("first run", "最初的运行")),
        text: Rc::from(""),
        left_at: None,
    }
}

impl Default for Branches {
    fn default() -> Self {
        Branches {
            all: vec![first(0)],
            current: 0,
            parting: None,
            stretch: None,
            written: false,
            emptied: false,
            fresh: false,
        }
    }
}

impl Branches {
    fn place(&self, id: u32) -> Option<usize> {
        self.all.iter().position(|branch| branch.id == id)
    }

    fn here(&mut self) -> &mut Branch {
        let place = self.place(self.current).unwrap_or_default();
        &mut self.all[place]
    }

    /// The branch on screen with `text`, and all names, for undo.
    pub(super) fn version(&self, text: &str, what: Say) -> Version {
        let labels = self.all.iter().map(|it| (it.id, it.label.clone())).collect();
        Version { branch: self.current, labels, text: text.to_owned(), what }
    }

    /// Another scenario is opened in place of `text`.
    pub(super) fn opened(&mut self, text: &Rc<str>) {
        self.here().text = Rc::clone(text);
        let id = self.all.iter().map(|branch| branch.id).max().map_or(0, |id| id + 1);
        self.all.push(first(id));
        self.current = id;
        self.settle();
    }

    /// Nothing is being changed any more.
    pub(super) fn settle(&mut self) {
        (self.parting, self.stretch) = (None, None);
        (self.written, self.fresh) = (false, false);
    }

    /// The text is about to become this one, by writing; `parting` is what that does to the run if
    /// its future is not over.
    pub(super) fn writing(&mut self, parting: Option<Say>) {
        (self.parting, self.written) = (parting, true);
    }

    /// The text on screen is this one now. One that is empty leaves nothing to be a branch of.
    pub(super) fn is_now(&mut self, text: &str) {
        self.emptied |= self.written && text.trim().is_empty();
    }

    /// The run of `new` takes the place of that of `old`; true if it is of another scenario that
    /// was written over the old one.
    ///
    /// It is one if its protocol or pool is another; or if most of its lines are new, and so is its
    /// title or the text was empty in between; or if three lines and more share nothing. A new
    /// title over the same lines is none, and neither are new lines under the same title.
    pub(super) fn is_another(&mut self, (old, new): (&Plan, &Plan), texts: (&str, &str)) -> bool {
        let emptied = std::mem::take(&mut self.emptied);
        let shared = Shared::of(texts.0, texts.1);
        let renamed = old.titles.title != new.titles.title;
        let other = old.entry.about.id != new.entry.about.id
            || ((emptied || renamed) && shared.lines * 2 < shared.most)
            || (shared.lines == 0 && shared.least > 2);
        self.written && other
    }

    /// Another scenario is written over `text`.
    pub(super) fn rewritten(&mut self, text: &Rc<str>) {
        let written = self.written;
        self.opened(text);
        (self.written, self.fresh) = (written, true);
    }

    /// The run of `text` has taken the place of that of `old`, which is a different one.
    pub(super) fn part(&mut self, old: &Rc<str>, text: &str, at: SimTime) {
        let Some(what) = self.parting.clone().filter(|_| !self.fresh) else { return };
        let typed = what.en.is_empty();
        let known = self.stretch.filter(|_| typed).and_then(|id| self.place(id));
        if let Some(place) = known {
            // The same edit goes on: what it is called changes with it.
            let name = difference(&self.all[place].text, text);
            if !self.all[place].label.renamed {
                self.all[place].label.name = before(&name);
            }
            self.call(name);
            return;
        }
        let name = if typed { difference(old, text) } else { what };
        let id = self.keep(old, before(&name), at);
        self.stretch = id.filter(|_| typed);
        if !typed {
            self.parting = None;
        }
        self.call(name);
    }

    /// What was taken back and is given up by another change.
    pub(super) fn keep_undone(&mut self, undone: &Version, at: SimTime) {
        let known = undone.labels.iter().find(|(id, _)| *id == undone.branch);
        let name = known.map(|(_, label)| label.name.clone()).unwrap_or_default();
        let name = Say::new(format!("undone: {}", name.en), format!("已撤销：{}", name.zh));
        self.keep(&Rc::from(undone.text.as_str()), name, at);
    }

    /// Keeps `text` unless some branch has it already.
    fn keep(&mut self, text: &Rc<str>, name: Say, at: SimTime) -> Option<u32> {
        let (family, current) = (self.here().family, self.current);
        let own = |it: &Branch| it.family == family && it.id != current;
        let mut kept = self.all.iter().filter(|it| own(it) && !it.label.deleted);
        if kept.any(|it| it.text == *text) {
            return None;
        }
        let gone = self.all.iter().position(|it| own(it) && it.label.deleted);
        let oldest = || self.all.iter().position(|it| own(it) && !it.label.renamed);
        if self.all.iter().filter(|it| it.family == family).count() >= KEPT
            && let Some(oldest) = gone.or_else(oldest)
        {
            self.all.remove(oldest);
        }
        let id = self.all.iter().map(|branch| branch.id).max().map_or(0, |id| id + 1);
        let text = Rc::clone(text);
        self.all.push(Branch { id, family, label: Label::new(name), text, left_at: Some(at) });
        Some(id)
    }

    fn call(&mut self, name: Say) {
        let label = &mut self.here().label;
        if !label.renamed {
            label.name = name;
        }
    }

    /// Goes on with another branch; `text` is what is on screen. Its text.
    pub(super) fn switch(&mut self, id: u32, text: &Rc<str>) -> Option<Rc<str>> {
        let place = self.place(id).filter(|_| id != self.current)?;
        self.here().text = Rc::clone(text);
        self.current = id;
        self.settle();
        Some(Rc::clone(&self.all[place].text))
    }

    /// Goes where a version stood; `text` is what is on screen.
    pub(super) fn restore(&mut self, version: &Version, text: &Rc<str>) {
        self.switch(version.branch, text);
        self.settle();
        self.emptied = false;
        for (id, label) in &version.labels {
            if let Some(place) = self.place(*id) {
                self.all[place].label = label.clone();
            }
        }
    }

    /// Deletes a branch that is not on screen.
    pub(super) fn delete(&mut self, id: u32) {
        if let Some(place) = self.place(id).filter(|_| id != self.current) {
            self.all[place].label.deleted = true;
        }
    }

    /// Gives a name; an empty one is none.
    pub(super) fn rename(&mut self, id: u32, name: &str) {
        let name: String = name.trim().chars().take(NAME_MAX).collect();
        if let Some(place) = self.place(id)
            && !name.is_empty()
        {
            let label = &mut self.all[place].label;
            (label.name, label.renamed) = (Say::new(name.as_str(), name.as_str()), true);
        }
    }

    pub(super) fn current(&self) -> u32 {
        self.current
    }

    /// The text of a branch that is not on screen, of the same family.
    pub(super) fn text(&self, id: u32) -> Option<&Rc<str>> {
        let family = |id: u32| self.place(id).map(|place| self.all[place].family);
        let place = self.place(id).filter(|_| id != self.current)?;
        let kept = !self.all[place].label.deleted;
        (kept && family(id) == family(self.current)).then(|| &self.all[place].text)
    }

    pub(super) fn view(&self, compared: Option<u32>) -> Vec<BranchView> {
        let family = self.place(self.current).map(|place| self.all[place].family);
        let own = |it: &&Branch| Some(it.family) == family && !it.label.deleted;
        self.all
            .iter()
            .filter(own)
            .map(|branch| BranchView {
                id: branch.id,
                name: branch.label.name.clone(),
                left_at: branch.left_at,
                current: branch.id == self.current,
                compared: compared == Some(branch.id),
            })
            .collect()
    }
}

/// The lines that two texts have in common.
struct Shared {
    lines: usize,
    /// Lines of the shorter text, and of the longer one.
    least: usize,
    most: usize,
}

impl Shared {
    fn of(old: &str, new: &str) -> Shared {
        let lines = |text: &str| -> Vec<String> {
            let lines = text.lines().map(|line| line.trim().to_owned());
            lines.filter(|line| !line.is_empty()).collect()
        };
        let (old, new) = (lines(old), lines(new));
        let shared = new.iter().filter(|line| old.contains(line)).count();
        let (least, most) = (old.len().min(new.len()), old.len().max(new.len()));
        Shared { lines: shared, least, most }
    }
}

fn before(what: &Say) -> Say {
    Say::new(format!("before: {}", what.en), format!("之前：{}", what.zh))
}
