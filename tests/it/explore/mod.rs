//! The explorer and the specifications it can search.

// Random tiny models against a search written in another way.
#[cfg(not(target_arch = "wasm32"))]
pub mod brute;
// Several searches that share one.
pub mod company;
// Ceilings, threads, fingerprints that collide.
pub mod limits;
// A second Paxos, with messages as sets.
pub mod messages;
// Counts that others published.
pub mod published;
// Specifications by name.
pub mod words;

#[cfg(not(target_arch = "wasm32"))]
use quorate::check::explore::Batch;
use quorate::check::explore::{Explorer, Model, Options, Progress};

/// Searches to the end.
pub fn search<M: Model>(model: M, options: Options) -> Explorer<M> {
    let mut explorer = Explorer::new(model, options);
    while explorer.advance(1_000).end.is_none() {}
    explorer
}

/// Expands the foremost blocks on so many threads; what they led to is in the order of the blocks.
#[cfg(not(target_arch = "wasm32"))]
pub fn expand<M>(explorer: &Explorer<M>, blocks: usize, threads: usize) -> Vec<Batch<M>>
where
    M: Model + Send + Sync,
    M::State: Send + Sync,
    M::Step: Send + Sync,
{
    let mine = |thread: usize| {
        let mine = (thread..blocks).step_by(threads);
        mine.map(|block| (block, explorer.expand(block))).collect::<Vec<_>>()
    };
    let mut batches = std::thread::scope(|scope| {
        let all: Vec<_> = (0..threads).map(|it| scope.spawn(move || mine(it))).collect();
        let all = all.into_iter().map(|it| it.join().expect("no panic"));
        all.flatten().collect::<Vec<_>>()
    });
    batches.sort_unstable_by_key(|(block, _)| *block);
    batches.into_iter().map(|(_, batch)| batch).collect()
}

/// Unique, generated, levels.
pub fn counts(progress: Progress) -> (u64, u64, u32) {
    (progress.unique, progress.generated, progress.depth)
}
