//! The state machine behind a log: objects under keys.
//!
//! A key holds what was first put there: text, a counter, a set, a queue or a lock. An operation
//! on an object of another kind is unmet and changes nothing, as an operation whose condition does
//! not hold is.

use rpds::{RedBlackTreeMapSync, RedBlackTreeSetSync, VectorSync};

use super::replica::Digest;
use crate::kernel::{ClientId, Op, Outcome, Word};

/// What a key holds.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
enum Object {
    /// The value last written, with what was appended since.
    Text(Word),
    /// A sum.
    Counter(i64),
    /// Members.
    Set(RedBlackTreeSetSync<Word>),
    /// Values, and how many of the first were taken.
    Queue(VectorSync<Word>, u64),
    /// Who holds it.
    Lock(Option<ClientId>),
}

/// Objects under keys. Copies share what they have in common.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Store(RedBlackTreeMapSync<Word, Object>);

/// True if a store can execute the operation at all.
pub fn serves(op: Op) -> bool {
    !matches!(op, Op::Propose(_) | Op::Work { .. } | Op::Change(_))
}

/// True if the operation can only observe.
pub fn reads(op: Op) -> bool {
    matches!(op, Op::Get(_) | Op::Contains(..))
}

impl Store {
    /// Executes `op` for `client`.
    pub fn apply(&mut self, client: ClientId, op: Op) -> Outcome {
        match op {
            Op::Get(_) | Op::Contains(..) => self.read(op),
            Op::Put(key, value) => self.set(key, Object::Text(value)),
            Op::Cas(key, old, new) if self.text(key) == Some(old) => {
                self.set(key, Object::Text(new))
            }
            Op::Append(key, value) => self.append(key, value),
            Op::Add(key, amount) => self.add(key, amount),
            Op::Include(key, member) => self.change_set(key, |set| set.insert_mut(member)),
            Op::Exclude(key, member) => self.change_set(key, |set| {
                set.remove_mut(&member);
            }),
            Op::Push(key, value) => self.push(key, value),
            Op::Pop(key) => self.pop(key),
            Op::Lock(key) => self.turn(key, None, Some(client)),
            Op::Unlock(key) => self.turn(key, Some(client), None),
            Op::Cas(..) => Outcome::Unmet,
            // Not for a store: see `serves`.
            Op::Propose(_) | Op::Work { .. } | Op::Change(_) => Outcome::Refused,
        }
    }

    /// Answers an operation that only observes; any other is refused.
    pub fn read(&self, op: Op) -> Outcome {
        match op {
            Op::Get(key) => match self.0.get(&key) {
                None => Outcome::Done(None),
                Some(Object::Text(value)) => Outcome::Done(Some(*value)),
                Some(Object::Counter(sum)) => Outcome::Done(Word::new(&sum.to_string())),
                Some(Object::Set(_) | Object::Queue(..) | Object::Lock(_)) => Outcome::Unmet,
            },
            Op::Contains(key, member) => {
                let found = match self.0.get(&key) {
                    None => false,
                    Some(Object::Set(set)) => set.contains(&member),
                    Some(_) => return Outcome::Unmet,
                };
                Outcome::Done(Word::new(if found { "yes" } else { "no" }))
            }
            _ => Outcome::Refused,
        }
    }

    /// The first pairs, printed, for a card.
    pub fn show(&self) -> String {
        const SHOWN: usize = 6;
        let mut text = String::new();
        for (key, object) in self.0.iter().take(SHOWN) {
            if !text.is_empty() {
                text.push(' ');
            }
            text.push_str(key.as_str());
            text.push('=');
            text.push_str(&object.show());
        }
        if self.0.size() > SHOWN {
            text.push_str(" …");
        }
        text
    }

    /// Digest of the whole content, for [`Fact::Replica`](crate::kernel::Fact::Replica).
    pub fn digest(&self) -> u64 {
        let digest = self.0.iter().fold(Digest::default(), |digest, (key, object)| {
            digest.with(key.as_str()).with(&object.show())
        });
        digest.value()
    }

    /// How many keys hold something.
    pub fn len(&self) -> u64 {
        self.0.size() as u64
    }

    /// True if no key holds anything.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn text(&self, key: Word) -> Option<Word> {
        match self.0.get(&key) {
            Some(Object::Text(value)) => Some(*value),
            Some(_) | None => None,
        }
    }

    fn set(&mut self, key: Word, object: Object) -> Outcome {
        self.0.insert_mut(key, object);
        Outcome::Done(None)
    }

    fn append(&mut self, key: Word, value: Word) -> Outcome {
        let before = match self.0.get(&key) {
            None => Word::default(),
            Some(Object::Text(value)) => *value,
            Some(_) => return Outcome::Unmet,
        };
        match Word::new(&format!("{before}{value}")) {
            Some(joined) => self.set(key, Object::Text(joined)),
            None => Outcome::Unmet,
        }
    }

    fn add(&mut self, key: Word, amount: i32) -> Outcome {
        let before = match self.0.get(&key) {
            None => 0,
            Some(Object::Counter(sum)) => *sum,
            Some(_) => return Outcome::Unmet,
        };
        self.set(key, Object::Counter(before.saturating_add(i64::from(amount))))
    }

    fn change_set(
        &mut self,
        key: Word,
        change: impl FnOnce(&mut RedBlackTreeSetSync<Word>),
    ) -> Outcome {
        let mut set = match self.0.get(&key) {
            None => RedBlackTreeSetSync::new_sync(),
            Some(Object::Set(set)) => set.clone(),
            Some(_) => return Outcome::Unmet,
        };
        change(&mut set);
        self.set(key, Object::Set(set))
    }

    fn push(&mut self, key: Word, value: Word) -> Outcome {
        let (mut values, taken) = match self.0.get(&key) {
            None => (VectorSync::new_sync(), 0),
            Some(Object::Queue(values, taken)) => (values.clone(), *taken),
            Some(_) => return Outcome::Unmet,
        };
        values.push_back_mut(value);
        self.set(key, Object::Queue(values, taken))
    }

    fn pop(&mut self, key: Word) -> Outcome {
        let Some(Object::Queue(values, taken)) = self.0.get(&key) else { return Outcome::Unmet };
        let Some(head) = values.get(*taken as usize).copied() else { return Outcome::Unmet };
        let (values, taken) = (values.clone(), taken + 1);
        self.set(key, Object::Queue(values, taken));
        Outcome::Done(Some(head))
    }

    fn turn(&mut self, key: Word, from: Option<ClientId>, to: Option<ClientId>) -> Outcome {
        let holder = match self.0.get(&key) {
            None => None,
            Some(Object::Lock(holder)) => *holder,
            Some(_) => return Outcome::Unmet,
        };
        if holder == from { self.set(key, Object::Lock(to)) } else { Outcome::Unmet }
    }
}

impl Object {
    fn show(&self) -> String {
        match self {
            Object::Text(value) => value.to_string(),
            Object::Counter(sum) => sum.to_string(),
            Object::Set(set) => {
                let members: Vec<&str> = set.iter().map(Word::as_str).collect();
                format!("{{{}}}", members.join(","))
            }
            Object::Queue(values, taken) => {
                let waiting: Vec<&str> =
                    values.iter().skip(*taken as usize).map(Word::as_str).collect();
                format!("[{}]", waiting.join(","))
            }
            Object::Lock(holder) => holder.map_or_else(|| "free".to_owned(), |it| it.to_string()),
        }
    }
}
