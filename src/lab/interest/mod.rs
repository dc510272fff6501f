//! Faults that make a run interesting, found by search: the instant is looked for in a copy of the
//! run that goes ahead, the lines are written, and what comes of them is tried before the visitor
//! sees it.

mod scout;
mod tally;

use std::collections::VecDeque;

use crate::kernel::{SimTime, Text};
use crate::script::{self, Plan};
use crate::sim::{Cluster, Drive, Input};

use super::view_model::Say;
use scout::{Look, judge, look, open};
use tally::Tally;

/// Events that a search may look at before it gives up.
const PATIENCE: u64 = 400_000;
/// What building a run costs, in events.
const BUILDING: u64 = 100;

/// What a run can be made to show.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Turn {
    /// Several candidates, and no leader in that term.
    SplitVote,
    /// The leader is gone before what it stored is committed.
    CrashBeforeCommit,
    /// A leader that reaches nobody, and another one beside it.
    IsolateLeader,
    /// Ballots that outrun each other.
    Duel,
    /// Participants that said yes and hear no more.
    Window,
    /// A read that misses a write that was answered.
    StaleRead,
    /// A write that finds no majority.
    Starve,
}

/// A button: what it is called, what it does, and for which entries it is meant.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Trick {
    /// What comes of it.
    pub turn: Turn,
    /// On the button.
    pub name: Text,
    /// What it does.
    pub help: Text,
    entries: &'static [&'static str],
}

/// Every button, in the order of the screen.
pub const TRICKS: [Trick; 7] = [
    Trick {
        turn: Turn::SplitVote,
        name: Text { en: "split the vote", zh: "瓜分选票" },
        help: Text {
            en: "Several nodes stand for election at once, so that nobody gets a majority.",
            zh: "让几个节点同时参选，谁也得不到多数票。",
        },
        entries: &["raft"],
    },
    Trick {
        turn: Turn::CrashBeforeCommit,
        name: Text {
            en: "crash the leader before it commits", zh: "在提交前让领导者崩溃"
        },
        help: Text {
            en: "The leader crashes between storing an entry and learning that a majority has it.",
            zh: "领导者存下条目、却还没得知多数节点已存好时崩溃。",
        },
        entries: &["raft", "multi-paxos", "zab"],
    },
    Trick {
        turn: Turn::IsolateLeader,
        name: Text { en: "isolate the leader", zh: "隔离领导者" },
        help: Text {
            en: "The leader reaches nobody, and the others elect another one beside it.",
            zh: "领导者与所有节点失联，其余节点另选一个领导者。",
        },
        entries: &["raft", "multi-paxos", "zab", "primary-backup"],
    },
    Trick {
        turn: Turn::Duel,
        name: Text { en: "make proposers duel", zh: "让提议者互相抢占" },
        help: Text {
            en: "Each opens a higher ballot just before the other one is accepted.",
            zh: "每一方都抢在对方被接受之前开启更高的编号。",
        },
        entries: &["paxos", "multi-paxos"],
    },
    Trick {
        turn: Turn::Window,
        name: Text {
            en: "crash the coordinator in the window", zh: "在窗口期让协调者崩溃"
        },
        help: Text {
            en: "Everyone has voted yes and nobody knows the decision: all have to wait.",
            zh: "所有参与者都投了赞成票，却没有人知道决定：只能等待。",
        },
        entries: &["two-phase-commit"],
    },
    Trick {
        turn: Turn::StaleRead,
        name: Text { en: "read something old", zh: "读到旧值" },
        help: Text {
            en: "A read that begins after a write was answered, and does not see it.",
            zh: "写入已得到答复之后才开始的读取，却看不到它。",
        },
        entries: &["zab", "dynamo", "gossip-kv"],
    },
    Trick {
        turn: Turn::Starve,
        name: Text { en: "take the majority away", zh: "让多数派消失" },
        help: Text {
            en: "As many nodes crash in the middle of a write as it takes for it to wait.",
            zh: "在写入途中让足够多的节点崩溃，使它只能等待。",
        },
        entries: &["abd"],
    },
];

/// The buttons of the entry with this id; none where messages move by hand.
pub(super) fn tricks(entry: &str, plan_by_hand: bool) -> Vec<&'static Trick> {
    let meant = |trick: &&Trick| !plan_by_hand && trick.entries.contains(&entry);
    TRICKS.iter().filter(meant).collect()
}

/// What is done, and when.
type Acts = Vec<(SimTime, Input)>;

/// How far a search is.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Found {
    /// It goes on.
    Looking,
    /// These lines do it.
    Here(Vec<(SimTime, String)>),
    /// It cannot be done here.
    Nowhere,
}

/// A search for the place and the lines of a turn.
pub(super) struct Search {
    turn: Turn,
    text: String,
    /// Nothing is done before.
    from: SimTime,
    /// What is done in any case, on the way to what is looked for.
    given: Acts,
    /// Other ways to begin, with the instant to look on from; the last one is looked at next.
    paths: Vec<(Acts, SimTime)>,
    asked: bool,
    untried: VecDeque<Acts>,
    run: Option<Attempt>,
    left: u64,
}

/// A run with some acts in it.
struct Attempt {
    plan: Plan,
    world: Box<dyn Cluster>,
    tally: Tally,
    acts: Acts,
    /// What comes of it is judged; if not, a place for more is looked for.
    judged: bool,
}

impl Attempt {
    fn new(text: &str, acts: Acts, from: SimTime, judged: bool) -> Option<Attempt> {
        let own = script::plan(text).ok()?;
        let plan =
            if acts.is_empty() { own } else { script::plan(&written(text, &own, &acts)).ok()? };
        let world = plan.build().ok()?;
        let since = acts.last().filter(|_| judged).map_or(from, |(at, _)| *at);
        let mut tally = Tally::new(plan.spec.nodes, since);
        tally.watch(&*world);
        Some(Attempt { plan, world, tally, acts, judged })
    }

    /// One value is agreed on, and not a log.
    fn is_single(&self) -> bool {
        self.plan.entry.about.id == "paxos"
    }

    /// One event on. False at the end of the run.
    fn step(&mut self) -> bool {
        let over = self.world.next_at().is_none_or(|at| at > self.plan.until);
        let moved = !over && self.world.step() && self.world.now() <= self.plan.until;
        if moved {
            self.tally.watch(&*self.world);
        }
        moved
    }
}

fn written(text: &str, plan: &Plan, acts: &Acts) -> String {
    acts.iter().fold(text.to_owned(), |text, (at, input)| {
        script::edit::insert_timed(&text, *at, &script::print_input(input, plan.names)).0
    })
}

impl Search {
    /// A search in the run of `text`, for acts not before `from`. `None` if the text does not run.
    pub(super) fn new(turn: Turn, text: &str, from: SimTime) -> Option<Search> {
        let plan = script::plan(text).ok()?;
        if plan.spec.drive == Drive::Hand {
            return None;
        }
        Some(Search {
            turn,
            text: text.to_owned(),
            from,
            given: Vec::new(),
            paths: Vec::new(),
            asked: false,
            untried: VecDeque::new(),
            run: None,
            left: PATIENCE,
        })
    }

    /// Looks at `events` more events.
    pub(super) fn advance(&mut self, events: u64) -> Found {
        for _ in 0..events {
            if self.left == 0 {
                return Found::Nowhere;
            }
            self.left -= 1;
            let found = self.step();
            if found != Found::Looking {
                return found;
            }
        }
        Found::Looking
    }

    fn step(&mut self) -> Found {
        let Some(run) = &mut self.run else { return self.begin() };
        let moved = run.step();
        if run.judged {
            match judge(self.turn, &run.tally, !moved, run.is_single()) {
                None => {}
                Some(true) => return Found::Here(lines(run)),
                Some(false) => self.give_up(),
            }
            return Found::Looking;
        }
        let looked = if moved {
            look(self.turn, &run.tally, &*run.world, (&self.given, self.from))
        } else if self.asked {
            return self.turn_back();
        } else {
            // Nobody did anything worth disturbing: somebody is asked to.
            self.asked = true;
            let opening = open(self.turn, &run.tally, run.is_single(), self.from);
            match opening {
                Some(act) => Look::Give(vec![vec![act]]),
                None => return self.turn_back(),
            }
        };
        match looked {
            Look::Nothing => return Found::Looking,
            Look::Give(ways) => {
                let after = |acts: Acts| {
                    let from = acts.last().map_or(self.from, |(at, _)| *at);
                    (acts, from)
                };
                self.paths.extend(ways.into_iter().rev().map(after));
                return self.turn_back();
            }
            Look::Try(ways) => self.untried.extend(ways),
        }
        self.run = None;
        Found::Looking
    }

    /// Looks on along the next way to begin.
    fn turn_back(&mut self) -> Found {
        let Some((given, from)) = self.paths.pop() else { return Found::Nowhere };
        (self.given, self.from, self.run) = (given, from, None);
        Found::Looking
    }

    /// Builds the next run to look at: one to be judged if there is any, else one to look for a
    /// place in.
    fn begin(&mut self) -> Found {
        self.left = self.left.saturating_sub(BUILDING);
        let next = self.untried.pop_front();
        let judged = next.is_some();
        let acts = next.unwrap_or_else(|| self.given.clone());
        self.run = Attempt::new(&self.text, acts, self.from, judged);
        if self.run.is_some() { Found::Looking } else { Found::Nowhere }
    }

    /// This way does not lead there; without another one, the search goes on later in the run.
    fn give_up(&mut self) {
        let tried = self.run.take().and_then(|run| run.acts.last().map(|(at, _)| *at));
        if self.untried.is_empty()
            && let Some(at) = tried
        {
            self.from = SimTime(at.0 + 1_000);
        }
    }
}

fn lines(run: &Attempt) -> Vec<(SimTime, String)> {
    let line = |(at, input): &(SimTime, Input)| (*at, script::print_input(input, run.plan.names));
    run.acts.iter().map(line).collect()
}

/// Why nothing was written.
pub(super) fn nowhere(trick: &Trick) -> Say {
    Say::new(
        format!("No way was found here to “{}”. Try an earlier moment.", trick.name.en),
        format!("在此处没有找到“{}”的办法。请从更早的时刻再试。", trick.name.zh),
    )
}
