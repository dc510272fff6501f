//! Wrong on purpose: each declares what it breaks, and a test proves it.

pub mod flawed;
pub mod flawed_paxos;
pub mod flawed_raft;
pub mod flawed_two_phase_commit;
pub mod flawed_zab;
pub mod paxos_article;
pub mod raft_article;

use crate::kernel::{Settings, Tag};

/// The answer to a `given` line of a listing that keeps nothing through a crash.
fn nothing_given(id: &str, settings: &Settings<'_>) -> Result<(), String> {
    match settings {
        [] => Ok(()),
        [(name, _), ..] => Err(format!("`{name}`: {id} saves nothing, so nothing can be given")),
    }
}

/// The timers of a listing that has none.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum NoTimer {}

impl Tag for NoTimer {
    const BY_HAND: &'static [Self] = &[];

    fn name(&self) -> &'static str {
        match *self {}
    }
}
