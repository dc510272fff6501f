//! The gallery until it lands.

use quorate::kernel::Family;
use quorate::lab::Say;

/// A scenario of the gallery.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Exhibit {
    pub(crate) id: &'static str,
    pub(crate) entry: &'static str,
    pub(crate) title: Say,
    pub(crate) sentence: Say,
    pub(crate) text: &'static str,
}

impl Exhibit {
    pub(crate) fn family(&self) -> Family {
        quorate::catalog::find(self.entry).map_or(Family::Balancing, |entry| entry.about.family)
    }
}

thread_local! {
    static ALL: &'static [Exhibit] = Box::leak(Box::new([Exhibit {
        id: "raft/first-election",
        entry: "raft",
        title: Say::new("Two halves, no quorum", "两半都不够多数"),
        sentence: Say::new("A split leaves neither side a majority.", "分区后两侧都没有多数。"),
        text: "# Two halves, no quorum\n# 两半都不够多数\ncluster raft nodes=5 seed=7\n\n\
               at 250ms request put y=3\nat 400ms crash leader\n\
               at 900ms partition n1 n2 | n4 n5\nat 1200ms request put x=1\nat 3s heal\nrun 4s\n\n\
               expect one leader per term\n",
    }]));
}

pub(crate) fn all() -> &'static [Exhibit] {
    ALL.with(|all| *all)
}

pub(crate) trait Links {
    fn link(&self) -> String;
    fn open_link(&mut self, fragment: &str) -> Result<(), Say>;
}

impl Links for quorate::lab::Lab {
    fn link(&self) -> String {
        String::new()
    }
    fn open_link(&mut self, _: &str) -> Result<(), Say> {
        Err(Say::new("not yet", "尚未"))
    }
}
