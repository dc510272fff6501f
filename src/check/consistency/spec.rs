//! Sequential specifications: what a single copy of an object does, one operation at a time.

use std::collections::{BTreeSet, VecDeque};
use std::hash::Hash;

use crate::kernel::{ClientId, Op, Outcome, Word};

/// What a single copy of an object does.
pub trait Spec {
    /// What the object is.
    type State: Clone + Eq + Hash;

    /// What it is at first.
    fn initial(&self) -> Self::State;

    /// What it is after `op` of `client`, and what that client is told. An operation the object
    /// does not know is refused and changes nothing.
    fn step(&self, state: &Self::State, client: ClientId, op: Op) -> (Self::State, Outcome);
}

/// The kinds of objects under a key.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Read and write.
    Register,
    /// A register that can also compare and swap.
    CasRegister,
    /// A compare-and-swap register with text that can be appended to.
    Text,
    /// A sum that can be read and added to.
    Counter,
    /// Members that come and go.
    Set,
    /// First in, first out.
    Queue,
    /// Held by one client at a time.
    Lock,
    /// Becomes what it is first used as, as a key of the replicated store does.
    Any,
}

impl Kind {
    /// Every kind, with its name on the command line.
    pub const ALL: [(&'static str, Kind); 8] = [
        ("register", Kind::Register),
        ("cas-register", Kind::CasRegister),
        ("text", Kind::Text),
        ("counter", Kind::Counter),
        ("set", Kind::Set),
        ("queue", Kind::Queue),
        ("lock", Kind::Lock),
        ("store", Kind::Any),
    ];

    /// True if an object of this kind knows the operation.
    pub fn knows(self, op: Op) -> bool {
        match op {
            Op::Get(_) => !matches!(self, Kind::Set | Kind::Queue | Kind::Lock),
            Op::Put(..) => {
                matches!(self, Kind::Register | Kind::CasRegister | Kind::Text | Kind::Any)
            }
            Op::Cas(..) => matches!(self, Kind::CasRegister | Kind::Text | Kind::Any),
            Op::Append(..) => matches!(self, Kind::Text | Kind::Any),
            Op::Add(..) => matches!(self, Kind::Counter | Kind::Any),
            Op::Include(..) | Op::Exclude(..) | Op::Contains(..) => {
                matches!(self, Kind::Set | Kind::Any)
            }
            Op::Push(..) | Op::Pop(_) => matches!(self, Kind::Queue | Kind::Any),
            Op::Lock(_) | Op::Unlock(_) => matches!(self, Kind::Lock | Kind::Any),
            Op::Propose(_) | Op::Work { .. } | Op::Change(_) => false,
        }
    }
}

/// The key an operation of the store is about; `None` for operations of anything else.
pub fn key(op: Op) -> Option<Word> {
    match op {
        Op::Get(key)
        | Op::Put(key, _)
        | Op::Cas(key, ..)
        | Op::Append(key, _)
        | Op::Add(key, _)
        | Op::Include(key, _)
        | Op::Exclude(key, _)
        | Op::Contains(key, _)
        | Op::Push(key, _)
        | Op::Pop(key)
        | Op::Lock(key)
        | Op::Unlock(key) => Some(key),
        Op::Propose(_) | Op::Work { .. } | Op::Change(_) => None,
    }
}

/// The member an operation of a set is about.
pub fn member(op: Op) -> Option<Word> {
    match op {
        Op::Include(_, member) | Op::Exclude(_, member) | Op::Contains(_, member) => Some(member),
        _ => None, // No other operation is about a part of its object.
    }
}

/// True if the operation can only observe.
pub fn observes(op: Op) -> bool {
    matches!(op, Op::Get(_) | Op::Contains(..))
}

/// What an object is. What was never changed is of no kind yet.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Object {
    /// Never changed.
    Nothing,
    /// The value last written, with what was appended since.
    Text(Word),
    /// A sum.
    Counter(i64),
    /// Members.
    Set(BTreeSet<Word>),
    /// Waiting values, the head first.
    Queue(VecDeque<Word>),
    /// Who holds it.
    Lock(Option<ClientId>),
}

/// It took effect, and there is nothing to tell.
const DONE: Outcome = Outcome::Done(None);

impl Spec for Kind {
    type State = Object;

    fn initial(&self) -> Object {
        Object::Nothing
    }

    fn step(&self, state: &Object, client: ClientId, op: Op) -> (Object, Outcome) {
        if !self.knows(op) {
            return (state.clone(), Outcome::Refused);
        }
        if let Some(outcome) = look(state, op) {
            return (state.clone(), outcome);
        }
        match change(state, client, op) {
            Some((after, outcome)) => (after, outcome),
            None => (state.clone(), Outcome::Unmet),
        }
    }
}

/// What an operation that only observes finds; `None` for any other.
fn look(state: &Object, op: Op) -> Option<Outcome> {
    Some(match (op, state) {
        (Op::Get(_), Object::Nothing) => DONE,
        (Op::Get(_), Object::Text(value)) => Outcome::Done(Some(*value)),
        (Op::Get(_), Object::Counter(sum)) => Outcome::Done(Word::new(&sum.to_string())),
        (Op::Contains(..), Object::Nothing) => Outcome::Done(Word::new("no")),
        (Op::Contains(_, member), Object::Set(set)) => {
            Outcome::Done(Word::new(if set.contains(&member) { "yes" } else { "no" }))
        }
        (Op::Get(_) | Op::Contains(..), _) => Outcome::Unmet,
        _ => return None,
    })
}

/// What the object becomes; `None` if the condition of the operation is not met.
fn change(state: &Object, client: ClientId, op: Op) -> Option<(Object, Outcome)> {
    let after = match (op, state) {
        (Op::Put(_, value), _) | (Op::Append(_, value), Object::Nothing) => Object::Text(value),
        (Op::Cas(_, old, new), Object::Text(value)) if *value == old => Object::Text(new),
        (Op::Append(_, value), Object::Text(before)) => {
            Object::Text(Word::new(&format!("{before}{value}"))?)
        }
        (Op::Add(_, amount), Object::Nothing) => Object::Counter(i64::from(amount)),
        (Op::Add(_, amount), Object::Counter(sum)) => {
            Object::Counter(sum.saturating_add(i64::from(amount)))
        }
        (Op::Include(_, member), Object::Nothing) => Object::Set(BTreeSet::from([member])),
        (Op::Include(_, member), Object::Set(set)) => {
            let mut set = set.clone();
            set.insert(member);
            Object::Set(set)
        }
        (Op::Exclude(..), Object::Nothing) => Object::Set(BTreeSet::new()),
        (Op::Exclude(_, member), Object::Set(set)) => {
            let mut set = set.clone();
            set.remove(&member);
            Object::Set(set)
        }
        (Op::Push(_, value), Object::Nothing) => Object::Queue(VecDeque::from([value])),
        (Op::Push(_, value), Object::Queue(queue)) => {
            let mut queue = queue.clone();
            queue.push_back(value);
            Object::Queue(queue)
        }
        (Op::Pop(_), Object::Queue(queue)) => {
            let mut queue = queue.clone();
            let head = queue.pop_front()?;
            return Some((Object::Queue(queue), Outcome::Done(Some(head))));
        }
        (Op::Lock(_), Object::Nothing | Object::Lock(None)) => Object::Lock(Some(client)),
        (Op::Unlock(_), Object::Lock(Some(holder))) if *holder == client => Object::Lock(None),
        _ => return None, // An object of another kind, or a condition that does not hold.
    };
    Some((after, DONE))
}
