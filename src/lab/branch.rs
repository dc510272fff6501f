//! The futures of a run. Whoever changes the past gets another future; the old one is kept.
//!
//! A branch is a text: a run is its recipe. The branch on screen follows what is done to the text,
//! the others stay as they are. Opening another scenario begins another family of branches, and
//! taking that back brings the old family back.

use std::rc::Rc;

use crate::kernel::SimTime;

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

struct Branch {
    id: u32,
    family: u32,
    name: Say,
    /// It got its name from a visitor.
    renamed: bool,
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
}

fn first(id: u32) -> Branch {
    Branch {
        id,
        family: id,
        name: Say::new("first run", "最初的运行"),
        renamed: false,
        text: Rc::from(""),
        left_at: None,
    }
}

impl Default for Branches {
    fn default() -> Self {
        Branches { all: vec![first(0)], current: 0, parting: None, stretch: None }
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
        let names = self.all.iter().map(|it| (it.id, it.name.clone(), it.renamed)).collect();
        Version { branch: self.current, names, text: text.to_owned(), what }
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
    }

    /// The run of `text` has taken the place of that of `old`, which is a different one.
    pub(super) fn part(&mut self, old: &Rc<str>, text: &str, at: SimTime) {
        let Some(what) = self.parting.clone() else { return };
        let typed = what.en.is_empty();
        let known = self.stretch.filter(|_| typed).and_then(|id| self.place(id));
        if let Some(place) = known {
            // The same edit goes on: what it is called changes with it.
            let name = difference(&self.all[place].text, text);
            if !self.all[place].renamed {
                self.all[place].name = before(&name);
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
        let known = undone.names.iter().find(|(id, ..)| *id == undone.branch);
        let name = known.map(|(_, name, _)| name.clone()).unwrap_or_default();
        let name = Say::new(format!("undone: {}", name.en), format!("已撤销：{}", name.zh));
        self.keep(&Rc::from(undone.text.as_str()), name, at);
    }

    /// Keeps `text` unless some branch has it already.
    fn keep(&mut self, text: &Rc<str>, name: Say, at: SimTime) -> Option<u32> {
        let (family, current) = (self.here().family, self.current);
        let mut kept = self.all.iter().filter(|it| it.family == family && it.id != current);
        if kept.any(|it| it.text == *text) {
            return None;
        }
        let own = |it: &Branch| it.family == family && it.id != current && !it.renamed;
        if self.all.iter().filter(|it| it.family == family).count() >= KEPT
            && let Some(oldest) = self.all.iter().position(own)
        {
            self.all.remove(oldest);
        }
        let id = self.all.iter().map(|branch| branch.id).max().map_or(0, |id| id + 1);
        let text = Rc::clone(text);
        self.all.push(Branch { id, family, name, renamed: false, text, left_at: Some(at) });
        Some(id)
    }

    fn call(&mut self, name: Say) {
        let here = self.here();
        if !here.renamed {
            here.name = name;
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
        for (id, name, renamed) in &version.names {
            if let Some(place) = self.place(*id) {
                let branch = &mut self.all[place];
                (branch.name, branch.renamed) = (name.clone(), *renamed);
            }
        }
    }

    /// Gives a name; an empty one is none.
    pub(super) fn rename(&mut self, id: u32, name: &str) {
        let name: String = name.trim().chars().take(NAME_MAX).collect();
        if let Some(place) = self.place(id)
            && !name.is_empty()
        {
            let branch = &mut self.all[place];
            (branch.name, branch.renamed) = (Say::new(name.as_str(), name.as_str()), true);
        }
    }

    pub(super) fn current(&self) -> u32 {
        self.current
    }

    /// The text of a branch that is not on screen, of the same family.
    pub(super) fn text(&self, id: u32) -> Option<&Rc<str>> {
        let family = |id: u32| self.place(id).map(|place| self.all[place].family);
        let place = self.place(id).filter(|_| id != self.current)?;
        (family(id) == family(self.current)).then(|| &self.all[place].text)
    }

    pub(super) fn view(&self, compared: Option<u32>) -> Vec<BranchView> {
        let family = self.place(self.current).map(|place| self.all[place].family);
        let own = self.all.iter().filter(|branch| Some(branch.family) == family);
        own.map(|branch| BranchView {
            id: branch.id,
            name: branch.name.clone(),
            left_at: branch.left_at,
            current: branch.id == self.current,
            compared: compared == Some(branch.id),
        })
        .collect()
    }
}

fn before(what: &Say) -> Say {
    Say::new(format!("before: {}", what.en), format!("之前：{}", what.zh))
}
