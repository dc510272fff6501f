//! The lines of a scenario, as far as they are still there.

use std::fmt::Write as _;

use crate::script::grammar::{Script, Statement};
use crate::script::plan::Plan;
use crate::sim::Input;

use super::hand::{Hand, Key};

/// A line that is still there.
#[derive(Clone, Debug)]
pub(super) struct Row {
    /// From 1, in the text as it was; 0 if it was not there.
    pub(super) line: u32,
    pub(super) text: String,
    /// What it does, driven by hand, and whom it means if it means one message.
    pub(super) does: Option<(Input, Option<Key>)>,
    /// What is done to the world goes first; what cannot be missing stays.
    pub(super) rank: Rank,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Rank {
    Action,
    Setting,
    Kept,
}

impl Row {
    /// A line that is new and stays.
    pub(super) fn kept(text: String) -> Row {
        Row { line: 0, text, does: None, rank: Rank::Kept }
    }
}

/// The rows of a script; the line `kept` says what stays violated.
pub(super) fn rows_of(script: &Script, plan: &Plan, kept: u32) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut hand = Hand::new(plan);
    for (line, number) in script.lines.iter().zip(1_u32..) {
        let (mut does, mut rank) = (None, Rank::Setting);
        match &line.statement {
            Some(Statement::Do(input)) => {
                rank = Rank::Action;
                if let Some(hand) = &mut hand {
                    does = Some((input.clone(), hand.key(input)));
                    hand.act(input.clone());
                }
            }
            Some(Statement::At(..)) => rank = Rank::Action,
            Some(Statement::Expect(_)) if number == kept => rank = Rank::Kept,
            // Rows belong to the line before them.
            Some(
                Statement::Cluster(_)
                | Statement::Balance(_)
                | Statement::Run(_)
                | Statement::Trace
                | Statement::Row(_)
                | Statement::Compare { .. },
            )
            | None => rank = Rank::Kept,
            Some(_) => {}
        }
        rows.push(Row { line: number, text: line.raw.clone(), does, rank });
    }
    rows
}

pub(super) fn text_of(rows: &[Row]) -> String {
    let mut text = String::new();
    for row in rows {
        let _ = writeln!(text, "{}", row.text);
    }
    text
}

/// How many rows are of a rank.
pub(super) fn count(rows: &[Row], rank: Rank) -> usize {
    rows.iter().filter(|row| row.rank == rank).count()
}

/// The rows without those of a rank from the place `start` up to `end` among their like.
pub(super) fn without(rows: &[Row], rank: Rank, start: usize, end: usize) -> Vec<Row> {
    let mut place = 0;
    let mut rows = rows.to_vec();
    rows.retain(|row| {
        let own = row.rank == rank;
        place += usize::from(own);
        !own || place <= start || place > end
    });
    rows
}
