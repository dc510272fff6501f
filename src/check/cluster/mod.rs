//! Bounded search over the very nodes that are animated.

mod alike;
mod intern;
mod judges;
mod memo;
mod model;
mod news;
mod orbit;
mod replay;
mod scope;
mod spent;
mod state;
mod steps;
mod tables;
mod troupe;
mod walk;

pub use judges::is_judged;
pub use model::ClusterModel;
pub use replay::{Line, Replay};
pub use scope::{Ask, Order, Scope};
pub use state::{State, Step};

use crate::kernel::{Node, Property};
use crate::sim::{ClusterSpec, SpecError};

use troupe::Troupe;

/// What is searched.
pub struct Question<'a> {
    /// Nodes, parameters and disks. Its clients, inputs and network are not used.
    pub spec: &'a ClusterSpec,
    /// How far.
    pub scope: Scope,
    /// What is judged; a property that cannot be judged in a search is left out.
    pub properties: &'a [Property],
    /// How a property is written.
    pub word: &'a dyn Fn(Property) -> String,
    /// Whether messages that are spent are delivered at once; no verdict depends on it.
    pub reduced: bool,
}

/// The model of a question about nodes of one kind.
///
/// # Errors
/// If a `given` line is not understood by the protocol.
pub fn model<N: Node>(question: Question<'_>) -> Result<ClusterModel, SpecError> {
    let Question { spec, scope, properties, word, reduced } = question;
    let troupe = Troupe::<N>::new(spec)?;
    let judged = (properties, N::ABOUT.era);
    Ok(ClusterModel::new(Box::new(troupe), spec.nodes, (scope, reduced), judged, word))
}
