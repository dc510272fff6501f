//! The frontier of a search: states that were found and not yet left.

use std::collections::VecDeque;

/// States of one block. Blocks are freed as they are used up, and handed out whole to threads.
const BLOCK: usize = 256;

/// A state on the frontier.
pub(super) struct Item<S> {
    /// Its number in the table.
    pub(super) id: u32,
    /// Steps from the beginning.
    pub(super) depth: u32,
    /// The state; `None` if another member of a company holds it.
    pub(super) state: Option<S>,
}

/// First in, first out.
pub(super) struct Queue<S> {
    front: std::vec::IntoIter<Item<S>>,
    blocks: VecDeque<Vec<Item<S>>>,
    len: u64,
}

impl<S> Queue<S> {
    pub(super) fn new() -> Queue<S> {
        Queue { front: Vec::new().into_iter(), blocks: VecDeque::new(), len: 0 }
    }

    pub(super) fn len(&self) -> u64 {
        self.len
    }

    pub(super) fn push(&mut self, item: Item<S>) {
        if self.blocks.back().is_none_or(|last| last.len() == BLOCK) {
            self.blocks.push_back(Vec::with_capacity(BLOCK));
        }
        if let Some(last) = self.blocks.back_mut() {
            last.push(item);
            self.len += 1;
        }
    }

    /// Makes block 0 the one that is taken from.
    pub(super) fn draw(&mut self) {
        if self.front.as_slice().is_empty() {
            self.front = self.blocks.pop_front().unwrap_or_default().into_iter();
        }
    }

    pub(super) fn pop(&mut self) -> Option<Item<S>> {
        self.draw();
        let item = self.front.next()?;
        self.len -= 1;
        Some(item)
    }

    /// Blocks that wait, the one in use among them.
    pub(super) fn blocks(&self) -> usize {
        usize::from(!self.front.as_slice().is_empty()) + self.blocks.len()
    }

    /// What is left of a block, counted from the front.
    pub(super) fn block(&self, index: usize) -> &[Item<S>] {
        let rest = self.front.as_slice();
        match (rest.is_empty(), index) {
            (false, 0) => rest,
            (false, _) => self.blocks.get(index - 1).map_or(&[], Vec::as_slice),
            (true, _) => self.blocks.get(index).map_or(&[], Vec::as_slice),
        }
    }

    /// All that waits, from the front.
    pub(super) fn items(&self) -> impl Iterator<Item = &Item<S>> {
        self.front.as_slice().iter().chain(self.blocks.iter().flatten())
    }

    /// The same, to change.
    pub(super) fn items_mut(&mut self) -> impl Iterator<Item = &mut Item<S>> {
        self.front.as_mut_slice().iter_mut().chain(self.blocks.iter_mut().flatten())
    }

    /// Bytes of all blocks, without what states hold elsewhere.
    pub(super) fn bytes(&self) -> u64 {
        (self.blocks.len() as u64 + 1) * Queue::<S>::BLOCK_BYTES
    }

    /// Bytes of one block.
    pub(super) const BLOCK_BYTES: u64 = (BLOCK * size_of::<Item<S>>()) as u64;
}
