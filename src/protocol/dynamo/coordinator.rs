//! The coordinator of a request [decandia07 §4.5], and those that stand in [decandia07 §4.6].

use std::collections::{BTreeMap, BTreeSet};

use super::{Dynamo, Msg, Task, Timer};
use crate::kernel::{Ctx, NodeId, Op, Outcome, Request, RequestId, Word};
use crate::protocol::shared::words;

use super::version::Versions;

/// How often a task that has been answered looks for the nodes still missing.
const AFTERCARE: u32 = 3;

impl Dynamo {
    /// A client's request.
    pub(super) fn serve(&mut self, ctx: &mut Ctx<Self>, request: Request) {
        let Request { id, op } = request;
        let (key, value) = match op {
            Op::Get(key) => (key, None),
            Op::Put(key, value) => (key, Some(value)),
            // It stores values under keys, and nothing else.
            _ => {
                ctx.reply(id, Outcome::Refused);
                return;
            }
        };
        let homes = self.homes(key);
        if !homes.contains(&self.me) {
            // rule: redirect
            ctx.mark("redirect");
            ctx.reply(id, Outcome::Redirect(homes.first().copied()));
            return;
        }
        if let Some(outcome) = self.answers.result(id) {
            // rule: repeat-answer
            ctx.mark("repeat-answer");
            ctx.reply(id, outcome);
            return;
        }
        // It is under way; or the client has moved on long ago.
        if self.tasks.contains_key(&id) || self.answers.forgot(id) {
            return;
        }
        let write = value.map(|value| {
            // rule: coordinate-put
            ctx.mark("coordinate-put");
            let version = Versions::one(self.versions(key).next(self.me, value));
            self.adopt(ctx, key, &version);
            version
        });
        if write.is_none() {
            // rule: coordinate-get
            ctx.mark("coordinate-get");
        }
        let running = !self.tasks.is_empty();
        if !running {
            ctx.arm(Timer::Retry, self.tuning.retry);
        }
        let task = Task {
            key,
            write,
            reached: BTreeSet::new(),
            stand_ins: BTreeMap::new(),
            found: BTreeMap::new(),
            answered: false,
            young: running,
            ticks: 0,
        };
        for home in homes.into_iter().filter(|home| *home != self.me) {
            ctx.send(home, task.question(id, None));
        }
        let found = self.versions(key);
        self.tasks.insert(id, task);
        self.reach(ctx, id, self.me, found);
    }

    /// A node has stored, or answered with, `found`.
    pub(super) fn reach(
        &mut self,
        ctx: &mut Ctx<Self>,
        of: RequestId,
        from: NodeId,
        found: Versions,
    ) {
        let copies = self.copies();
        // Nobody here waits for it any more.
        let Some(task) = self.tasks.get_mut(&of) else { return };
        task.reached.insert(from);
        if task.write.is_none() {
            task.found.insert(from, found);
        }
        let needed = if task.write.is_some() { self.tuning.w } else { self.tuning.r };
        let enough = task.reached.len() as u64 >= needed.min(copies);
        if enough && !task.answered {
            self.answer(ctx, of);
        }
        self.close_if_covered(ctx, of);
    }

    fn answer(&mut self, ctx: &mut Ctx<Self>, of: RequestId) {
        let Some(task) = self.tasks.get_mut(&of) else { return };
        task.answered = true;
        let outcome = if task.write.is_some() {
            // rule: put-done
            ctx.mark("put-done");
            Outcome::Done(None)
        } else {
            let found = task.merged(self.tuning.rule);
            if found.differ() {
                // rule: siblings
                ctx.mark("siblings");
            } else {
                // rule: get-done
                ctx.mark("get-done");
            }
            Outcome::Done(shown(&found))
        };
        self.answers.record(of, outcome);
        ctx.reply(of, outcome);
    }

    /// Ends a task whose every node has been reached, or has somebody who stands in for it.
    fn close_if_covered(&mut self, ctx: &mut Ctx<Self>, of: RequestId) {
        let Some(task) = self.tasks.get(&of) else { return };
        let covered = |home: &NodeId| {
            let stand_in = task.stand_ins.get(home);
            task.reached.contains(home)
                || stand_in.is_some_and(|it| *it == self.me || task.reached.contains(it))
        };
        if task.answered && self.homes(task.key).iter().all(covered) {
            self.close(ctx, of);
        }
    }

    fn close(&mut self, ctx: &mut Ctx<Self>, of: RequestId) {
        let Some(task) = self.tasks.remove(&of) else { return };
        if self.tasks.is_empty() {
            ctx.disarm(Timer::Retry);
        }
        if task.write.is_none() && self.tuning.read_repair {
            self.repair(ctx, &task);
        }
    }

    /// Read repair [decandia07 §5]: whoever answered with less is sent the rest.
    fn repair(&mut self, ctx: &mut Ctx<Self>, task: &Task) {
        let merged = task.merged(self.tuning.rule);
        let homes = self.homes(task.key);
        let behind: Vec<NodeId> = task
            .found
            .iter()
            .filter(|(node, found)| homes.contains(node) && **found != merged)
            .map(|(node, _)| *node)
            .collect();
        if behind.is_empty() {
            return;
        }
        // rule: repair
        ctx.mark("repair");
        for node in behind {
            if node == self.me {
                self.adopt(ctx, task.key, &merged);
            } else {
                ctx.send(node, Msg::Repair { key: task.key, versions: merged.clone() });
            }
        }
    }

    /// Time to look after nodes that have not answered.
    pub(super) fn look_after(&mut self, ctx: &mut Ctx<Self>) {
        // Only by hand: the timer runs while there are tasks.
        if self.tasks.is_empty() {
            return;
        }
        ctx.arm(Timer::Retry, self.tuning.retry);
        let ids: Vec<RequestId> = self.tasks.keys().copied().collect();
        for of in ids {
            let Some(task) = self.tasks.get_mut(&of) else { continue };
            if std::mem::take(&mut task.young) {
                // It began after the timer was armed, and is given a whole turn.
                continue;
            }
            task.ticks += 1;
            if task.answered && (!self.tuning.sloppy || task.ticks > AFTERCARE) {
                self.close(ctx, of);
                continue;
            }
            self.ask_again(ctx, of);
            self.close_if_covered(ctx, of);
        }
    }

    fn ask_again(&mut self, ctx: &mut Ctx<Self>, of: RequestId) {
        let Some(mut task) = self.tasks.remove(&of) else { return };
        let homes = self.homes(task.key);
        let silent = homes.iter().filter(|home| !task.reached.contains(home)).copied();
        for home in silent.collect::<Vec<_>>() {
            // rule: ask-again
            ctx.mark("ask-again");
            ctx.send(home, task.question(of, None));
            if !self.tuning.sloppy {
                continue;
            }
            let known = task.stand_ins.get(&home).copied();
            let Some(stand_in) = known.or_else(|| self.spare(&task)) else {
                // Nobody is left on the ring: the coordinator keeps the hint, which counts for
                // nothing but is not forgotten.
                if let Some(versions) = task.write.clone() {
                    self.keep_hint(ctx, home, task.key, &versions);
                    task.stand_ins.insert(home, self.me);
                }
                continue;
            };
            task.stand_ins.insert(home, stand_in);
            if stand_in != self.me && !task.reached.contains(&stand_in) {
                // rule: ask-stand-in
                ctx.mark("ask-stand-in");
                ctx.send(stand_in, task.question(of, Some(home)));
            }
        }
        self.tasks.insert(of, task);
    }

    /// The next node on the ring that neither keeps the key nor stands in for anybody.
    fn spare(&self, task: &Task) -> Option<NodeId> {
        let taken: Vec<NodeId> = task.stand_ins.values().copied().collect();
        let ring = self.ring(task.key).skip(self.copies() as usize);
        ring.into_iter().find(|node| !taken.contains(node))
    }
}

impl Task {
    /// What others are asked; a stand-in is told for whom.
    fn question(&self, of: RequestId, keep_for: Option<NodeId>) -> Msg {
        match &self.write {
            None => Msg::Get { of, key: self.key },
            Some(versions) => Msg::Put { of, key: self.key, versions: versions.clone(), keep_for },
        }
    }

    fn merged(&self, rule: super::Rule) -> Versions {
        self.found.values().fold(Versions::default(), |mut all, found| {
            all.join(found, rule);
            all
        })
    }
}

/// What a client is told: the value, or all that are side by side.
fn shown(found: &Versions) -> Option<Word> {
    let mut values: Vec<Word> = found.values().collect();
    crate::order::sort(&mut values);
    values.dedup();
    let texts: Vec<&str> = values.iter().map(Word::as_str).collect();
    (!texts.is_empty()).then(|| words::shortened(&texts.join("|")))
}
