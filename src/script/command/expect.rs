//! `expect ...`: what a run is judged by.

use crate::check::{Expectation, Figure};
use crate::kernel::{Property, Span, Word};
use crate::script::cursor::Cursor;
use crate::script::grammar::Statement;
use crate::script::problem::What;
use crate::script::wanted::Wanted;
use crate::script::{saying, value};

use super::head;

/// What a line `expect` expects.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Wish {
    /// What is judged. A property that is to break is [`Expectation::Broken`].
    pub expectation: Expectation,
    /// The line holds when the expectation is violated. False for properties, which have an
    /// expectation of their own for that.
    pub broken: bool,
    /// The line is about this strategy only.
    pub strategy: Option<&'static str>,
}

/// How properties are written. The first form of each is the one printed.
const PROPERTIES: [(&[&str], Property); 26] = [
    (&["agreement"], Property::Agreement),
    (&["validity"], Property::Validity),
    (&["integrity"], Property::Integrity),
    (&["one", "leader", "per", "term"], Property::ElectionSafety),
    (&["one", "leader", "per", "ballot"], Property::ElectionSafety),
    (&["one", "leader", "per", "era"], Property::ElectionSafety),
    (&["election", "safety"], Property::ElectionSafety),
    (&["log", "matching"], Property::LogMatching),
    (&["leader", "completeness"], Property::LeaderCompleteness),
    (&["state", "machine", "safety"], Property::StateMachineSafety),
    (&["rising", "terms"], Property::MonotonicEras),
    (&["rising", "ballots"], Property::MonotonicEras),
    (&["rising", "eras"], Property::MonotonicEras),
    (&["leader", "append-only"], Property::LeaderAppendOnly),
    (&["one", "vote", "per", "era"], Property::OneVote),
    (&["rising", "commits"], Property::MonotonicCommits),
    (&["primary", "order"], Property::PrimaryOrder),
    (&["primary", "integrity"], Property::PrimaryIntegrity),
    (&["atomic", "commit"], Property::AtomicCommit),
    (&["convergence"], Property::Convergence),
    (&["linearizable"], Property::Linearizability),
    (&["sequential"], Property::SequentialConsistency),
    (&["read-your-writes"], Property::ReadYourWrites),
    (&["monotonic-reads"], Property::MonotonicReads),
    (&["termination"], Property::Termination),
    (&["progress"], Property::Termination),
];

/// How a property is written.
pub fn property_words(property: Property) -> String {
    let found = PROPERTIES.iter().find(|(_, other)| *other == property);
    found.map_or_else(String::new, |(words, _)| words.join(" "))
}

/// The property that is written so.
pub(in crate::script) fn property_of(words: &[&str]) -> Option<Property> {
    PROPERTIES.iter().find(|(other, _)| *other == words).map(|(_, property)| *property)
}

/// Reads the rest of an `expect` line.
pub(super) fn read(cursor: &mut Cursor<'_, '_>) -> Option<Statement> {
    if cursor.peek().is_none() {
        cursor.missing(Wanted::Expectation);
        return None;
    }
    let property = PROPERTIES.iter().find(|(words, _)| cursor.eat_all(words));
    if let Some((_, property)) = property {
        let broken = cursor.eat("broken");
        let expectation =
            if broken { Expectation::Broken(*property) } else { Expectation::Holds(*property) };
        return Some(Statement::Expect(Wish { expectation, broken: false, strategy: None }));
    }
    let expectation = bounded(cursor)?;
    let broken = cursor.eat("broken");
    let mut strategy = None;
    if cursor.scene.names.is_pool() && cursor.eat("with") {
        let known = cursor.scene.entry.map_or(&[] as &[&str], |entry| head::strategies(&entry));
        let known: Vec<(&str, &'static str)> = known.iter().map(|word| (*word, *word)).collect();
        let token = cursor.want(Wanted::Strategy)?;
        strategy = Some(cursor.one_of(token, What::Strategy, &known)?);
    }
    Some(Statement::Expect(Wish { expectation, broken, strategy }))
}

fn bounded(cursor: &mut Cursor<'_, '_>) -> Option<Expectation> {
    let token = cursor.take()?;
    match token.text {
        "leader" => within(cursor).map(Expectation::LeaderWithin),
        "commit" => within(cursor).map(Expectation::CommitWithin),
        "chosen" if cursor.peek().is_some_and(|token| token.text == "within") => {
            within(cursor).map(Expectation::ChosenWithin)
        }
        "chosen" => cursor.value(Wanted::Value, Word::new).map(Expectation::ChosenValue),
        "converges" => within(cursor).map(Expectation::ConvergesWithin),
        "failures" => {
            below(cursor)?;
            cursor.value(Wanted::Share, value::ratio).map(Expectation::Failures)
        }
        "utilisation" => {
            below(cursor)?;
            cursor.value(Wanted::Share, value::ratio).map(Expectation::Utilisation)
        }
        name => {
            if let Some(figure) = Figure::ALL.into_iter().find(|figure| figure.name() == name) {
                below(cursor)?;
                let span = cursor.value(Wanted::Time, value::span)?;
                return Some(Expectation::Response(figure, span));
            }
            let known = known();
            let known: Vec<&str> = known.iter().map(String::as_str).collect();
            cursor.unknown(token, What::Expectation, &known);
            while cursor.take().is_some() {}
            None
        }
    }
}

/// Everything that may stand behind `expect`, with the property if it is one.
pub(in crate::script) fn phrases() -> Vec<(String, Option<Property>)> {
    let properties = Property::ALL.map(|property| (property_words(property), Some(property)));
    let others = known().into_iter().skip(Property::ALL.len()).map(|word| (word, None));
    properties.into_iter().chain(others).collect()
}

fn known() -> Vec<String> {
    let properties = Property::ALL.map(property_words);
    let others = ["leader", "commit", "chosen", "converges", "failures", "utilisation"];
    let others = others.map(str::to_owned);
    let figures = Figure::ALL.map(|figure| figure.name().to_owned());
    properties.into_iter().chain(others).chain(figures).collect()
}

fn within(cursor: &mut Cursor<'_, '_>) -> Option<Span> {
    let token = cursor.want(Wanted::Within)?;
    if token.text != "within" {
        cursor.bad(token, Wanted::Within);
        return None;
    }
    let token = cursor.want(Wanted::Time)?;
    let span = cursor.value_of(token, Wanted::Time, value::span)?;
    if span > crate::script::limit::TIME {
        cursor.problem(token, saying::time_limit("within", span));
    }
    Some(span)
}

fn below(cursor: &mut Cursor<'_, '_>) -> Option<()> {
    let token = cursor.want(Wanted::Below)?;
    if token.text != "<" {
        cursor.bad(token, Wanted::Below);
        return None;
    }
    Some(())
}

/// What is expected, as printed behind `expect`.
pub(in crate::script) fn print(wish: &Wish) -> String {
    let text = match wish.expectation {
        Expectation::Holds(property) => property_words(property),
        Expectation::Broken(property) => format!("{} broken", property_words(property)),
        Expectation::LeaderWithin(span) => format!("leader within {span}"),
        Expectation::CommitWithin(span) => format!("commit within {span}"),
        Expectation::ChosenWithin(span) => format!("chosen within {span}"),
        Expectation::ChosenValue(value) => format!("chosen {value}"),
        Expectation::Response(figure, span) => format!("{} < {span}", figure.name()),
        Expectation::Failures(ratio) => format!("failures < {ratio}"),
        Expectation::ConvergesWithin(span) => format!("converges within {span}"),
        Expectation::Utilisation(ratio) => format!("utilisation < {ratio}"),
    };
    let broken = if wish.broken { " broken" } else { "" };
    let under = wish.strategy.map(|strategy| format!(" with {strategy}")).unwrap_or_default();
    format!("{text}{broken}{under}")
}
