//! Specifications that can be searched, as others published them, for any parameters.

pub mod paxos;
pub mod raft_mongo;
pub mod register;
pub mod two_phase;
mod value;
pub mod voting;

use super::explore::{Claimed, Model};
use super::verdict::Because;

/// A model that can tell its steps.
pub trait Specification: Model {
    /// What a step does, in a sentence without a full stop. `before` is the state it is taken in.
    fn tell(&self, before: &Self::State, step: &Self::Step) -> Because;

    /// The name of a claim, as a visitor reads it.
    fn name(&self, claim: &Claimed) -> Because {
        let zh = match claim.name.as_str() {
            "agreement" => "一致：至多选定一个值",
            "a value is chosen" => "有值被选定",
            "consistent" => "一致：不会有的提交、有的中止",
            "all abort" => "全部中止",
            "all commit" => "全部提交",
            "nothing committed is taken back" => "已提交的日志不被回滚",
            "an entry is committed" => "有日志被提交",
            "linearizable" => "线性一致",
            "a written value is read" => "读到写入的值",
            other => other,
        };
        Because::new(claim.name.clone(), zh)
    }
}
