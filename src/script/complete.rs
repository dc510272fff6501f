//! What can be written at a place of a text, and what the word there means.
//!
//! Nothing here knows the grammar: a word that means nothing is put at the caret, and what the
//! reader of the language says may stand there is what is offered. So a new command completes
//! itself.

use crate::kernel::{NodeId, Property, SimTime};

use super::command::{expect, head};
use super::cursor::Scene;
use super::help::{self, Place};
use super::problem::{Problem, ProblemKind, Said, What};
use super::read::{lines, scene, trial};
use super::token::{Cut, cut};
use super::value;
use super::wanted::Wanted;

/// A word that can be written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Offer {
    /// As it is listed.
    pub word: String,
    /// What is written: the word, and what has to follow it (`seed=`).
    pub insert: String,
    /// What it means; empty where [`Offer::property`] says it.
    pub says: Said,
    /// The property it names.
    pub property: Option<Property>,
}

/// What can be written at a caret.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Offers {
    /// Byte offset of the word that is replaced.
    pub start: usize,
    /// Its end.
    pub end: usize,
    /// How the line is written, once its command is there.
    pub form: &'static str,
    /// What is wanted here, where that is not one of a few words.
    pub wanted: Option<Said>,
    /// The words, those that begin like what is there.
    pub list: Vec<Offer>,
}

/// What a word of a text means.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Explained {
    /// Byte offset of the word.
    pub start: usize,
    /// Its end.
    pub end: usize,
    /// The word, or how its command is written.
    pub form: String,
    /// What it means; empty where [`Explained::property`] says it.
    pub says: Said,
    /// The property it names.
    pub property: Option<Property>,
}

/// Words that mean nothing: as a name, as a setting, and as neither.
const TRIALS: [&str; 3] = ["zqzqzq", "zqzqzq=", "\u{1}"];
/// Most nodes that are listed by name.
const NODES: u32 = 40;

/// What can be written at byte `caret` of `text`, with the playhead at `now`; `None` in a comment.
pub fn offers(text: &str, caret: usize, now: Option<SimTime>) -> Option<Offers> {
    let spot = Spot::at(text, caret)?;
    let typed = &text[spot.from()..caret];
    if let Some(found) = spot.phrases(caret) {
        return Some(found);
    }
    let (mut all, wanted) = spot.offers(now);
    let begins = |word: &str| starts(word, typed);
    all.retain(|offer| begins(&offer.word) || (typed.len() > 2 && holds(&offer.word, typed)));
    // Those that begin so come before those that only hold it.
    let (mut list, others): (Vec<_>, Vec<_>) = all.into_iter().partition(|it| begins(&it.word));
    list.extend(others);
    let form = spot.command().map_or("", |command| command.form);
    Some(Offers { start: spot.from(), end: spot.from() + spot.length, form, wanted, list })
}

/// What the word at byte `at` of `text` means; `None` where there is none, or none is known.
pub fn explain(text: &str, at: usize) -> Option<Explained> {
    let spot = Spot::at(text, at).filter(|spot| spot.length > 0)?;
    let (start, end) = (spot.from(), spot.from() + spot.length);
    if let Some((phrase, property)) = spot.phrase() {
        let says = help::word("expect", &phrase).unwrap_or_default();
        return Some(Explained { start, end, form: phrase, says, property });
    }
    let word = &text[start..end];
    let (all, wanted) = spot.offers(None);
    let found = all.into_iter().find(|offer| offer.word == word && offer.says != Said::default());
    let of_command = spot.command().filter(|command| command.word == word && spot.name.is_none());
    let form = of_command.map_or(word, |command| command.form).to_owned();
    let named = spot.name.and_then(|name| help::setting(spot.line_word(), spot.entry(), name));
    let says = match (found, named, wanted) {
        (Some(offer), _, _) => offer.says,
        (None, Some(says), _) => says,
        (None, None, Some(wanted)) => wanted,
        (None, None, None) => help::word(spot.line_word(), word)?,
    };
    Some(Explained { start, end, form, says, property: None })
}

fn starts(word: &str, typed: &str) -> bool {
    word.get(..typed.len()).is_some_and(|head| head.eq_ignore_ascii_case(typed))
}

fn holds(word: &str, typed: &str) -> bool {
    word.to_ascii_lowercase().contains(&typed.to_ascii_lowercase())
}

/// A place in a text: the word there, and the line around it.
struct Spot<'a> {
    lines: Vec<(usize, &'a str)>,
    /// Position of the line.
    index: usize,
    raw: &'a str,
    cut: Cut<'a>,
    scene: Scene,
    /// Byte offset of the word in its line.
    column: usize,
    length: usize,
    /// The setting whose value the word is.
    name: Option<&'a str>,
}

impl<'a> Spot<'a> {
    fn at(text: &'a str, place: usize) -> Option<Spot<'a>> {
        text.get(..place)?;
        let mut lines = lines(text);
        if text.is_empty() || text.ends_with('\n') {
            lines.push((text.len(), ""));
        }
        let index = lines.iter().rposition(|(start, _)| *start <= place)?;
        let (start, raw) = lines[index];
        let column = (place - start).min(raw.len());
        let cut = cut(raw);
        if column > cut.comment_at {
            return None;
        }
        let wordy = |text: &str| !["->", "<->", "|", "{", "}", "<"].contains(&text);
        let touching = |token: &&super::token::Token<'_>| {
            token.at <= column && column <= token.end() && wordy(token.text)
        };
        let token = cut.tokens.iter().find(touching).copied();
        let parts = token.and_then(super::token::Token::setting);
        let (column, length, name) = match (token, parts) {
            (_, Some((name, value))) if column > name.end() => {
                (value.at, value.text.len(), Some(name.text))
            }
            (_, Some((name, _))) => (name.at, name.text.len(), None),
            (Some(token), None) => (token.at, token.text.len(), None),
            (None, None) => (column, 0, None),
        };
        let scene = scene(&lines);
        Some(Spot { lines, index, raw, cut, scene, column, length, name })
    }

    /// Byte offset of the word in the text.
    fn from(&self) -> usize {
        self.lines[self.index].0 + self.column
    }

    fn entry(&self) -> Option<crate::catalog::Entry> {
        let word = self.cut.tokens.get(1).map_or("", |token| token.text);
        match self.line_word() {
            "cluster" => crate::catalog::find(word),
            "balance" => crate::catalog::find(head::POOL),
            _ => None,
        }
    }

    /// Words of the line before the place.
    fn before(&self) -> impl Iterator<Item = &'a str> {
        let column = self.column;
        self.cut.tokens.iter().filter(move |token| token.end() <= column).map(|token| token.text)
    }

    /// The command of the line, wherever it stands in it.
    fn line_word(&self) -> &'a str {
        let mut words = self.cut.tokens.iter().map(|token| token.text);
        match words.next() {
            Some("at") => words.nth(1).unwrap_or("at"),
            Some(_) if self.cut.indented => "",
            Some(word) => word,
            None => "",
        }
    }

    /// The command that the word belongs to, or is.
    fn command(&self) -> Option<&'static help::Command> {
        let acts = self.cut.tokens.first().is_some_and(|first| first.text == "at");
        let on_time = acts && self.before().count() < 2;
        let word = if on_time { "at" } else { self.line_word() };
        help::command(word, acts && !on_time)
    }

    // Expectations are phrases, so the whole rest of the line counts.

    fn phrase_start(&self) -> Option<usize> {
        let first = self.cut.tokens.first().filter(|token| token.text == "expect")?;
        let second = self.cut.tokens.get(1).map_or(self.cut.comment_at, |token| token.at);
        (self.column > first.end()).then_some(second)
    }

    /// The phrase that the place is in.
    fn phrase(&self) -> Option<(String, Option<Property>)> {
        let start = self.phrase_start()?;
        let rest = self.raw.get(start..self.cut.comment_at)?.trim_end();
        let mut all = expect::phrases();
        all.retain(|(phrase, _)| {
            let follows = rest.strip_prefix(phrase.as_str()).map(|rest| rest.chars().next());
            follows.is_some_and(|next| next.is_none_or(|c| c.is_whitespace() || c == '<'))
                && self.column < start + phrase.len()
        });
        all.into_iter().next()
    }

    fn phrases(&self, caret: usize) -> Option<Offers> {
        let line = self.lines[self.index].0;
        let start = self.phrase_start()?.min(caret - line);
        let typed = self.raw.get(start..caret - line)?;
        let claims = self.scene.entry.map_or(&[][..], |entry| entry.about.claims);
        let mut list: Vec<Offer> = Vec::new();
        for (phrase, property) in expect::phrases() {
            let figure = property.is_none() && help::word("expect", &phrase).is_some();
            let fits = property.is_some() || figure;
            if !fits || !starts(&phrase, typed) || phrase == typed {
                continue;
            }
            let says = help::word("expect", &phrase).unwrap_or_default();
            let insert = phrase_insert(&phrase, property);
            list.push(Offer { word: phrase, insert, says, property });
        }
        // What the entry promises comes first.
        let claimed = |offer: &Offer| {
            offer.property.is_some_and(|it| claims.iter().any(|claim| claim.property == it))
        };
        let (mut first, rest): (Vec<_>, Vec<_>) = list.into_iter().partition(claimed);
        first.extend(rest);
        if first.is_empty() {
            return None;
        }
        let end = (line + self.column + self.length).max(caret);
        let form = help::command("expect", false).map_or("", |command| command.form);
        Some(Offers { start: line + start, end, form, wanted: None, list: first })
    }

    /// Everything that may stand at the place, and what is wanted there.
    fn offers(&self, now: Option<SimTime>) -> (Vec<Offer>, Option<Said>) {
        let mut list = List { spot: self, offers: Vec::new(), wanted: None };
        let trials = if self.name.is_some() { &TRIALS[..1] } else { &TRIALS[..] };
        for word in trials {
            let line = format!("{}{word}", &self.raw[..self.column]);
            let found = trial(self.scene, &self.lines[..self.index], &line);
            let column = line[..self.column].chars().count() as u32 + 1;
            let here = found.iter().filter(|problem| problem.column == column);
            let mut told = false;
            for problem in here {
                list.problem(problem);
                told = true;
            }
            if !told && let Some(problem) = found.first() {
                list.missing(problem);
            }
        }
        list.finish(now);
        (list.offers, list.wanted)
    }
}

/// What an expectation goes on with.
fn phrase_insert(phrase: &str, property: Option<Property>) -> String {
    match phrase {
        _ if property.is_some() => phrase.to_owned(),
        "leader" | "commit" | "converges" => format!("{phrase} within "),
        "chosen" => "chosen ".to_owned(),
        _ => format!("{phrase} < "),
    }
}

/// The offers of a place, as they are found.
struct List<'s, 'a> {
    spot: &'s Spot<'a>,
    offers: Vec<Offer>,
    wanted: Option<Said>,
}

impl List<'_, '_> {
    fn push(&mut self, word: &str, insert: String, says: Option<Said>) {
        if self.offers.iter().all(|offer| offer.word != word) {
            let (word, says) = (word.to_owned(), says.unwrap_or_default());
            self.offers.push(Offer { word, insert, says, property: None });
        }
    }

    fn plain(&mut self, word: &str) {
        let says = help::word(self.spot.line_word(), word);
        self.push(word, word.to_owned(), says);
    }

    fn problem(&mut self, problem: &Problem) {
        match &problem.kind {
            ProblemKind::Unknown { what, allowed, .. } => {
                for word in allowed {
                    self.known(*what, word);
                }
            }
            ProblemKind::Bad { wanted, .. } => self.wanted(*wanted),
            ProblemKind::Unexpected { .. } => self.optional(),
            // Whatever else is wrong says nothing about the word.
            _ => {}
        }
    }

    /// What is missing at the end of the line.
    fn missing(&mut self, problem: &Problem) {
        if let ProblemKind::Missing { wanted } = problem.kind {
            self.wanted(wanted);
        }
    }

    fn known(&mut self, what: What, word: &str) {
        let own = word.to_owned();
        match what {
            What::Command => self.command(word),
            What::Setting => self.setting(word),
            What::Entry => self.push(word, own, help::entry(word)),
            What::Strategy => self.push(word, own, help::strategy(word)),
            What::Expectation => {}
            What::Network | What::Law | What::Timer | What::Word => self.plain(word),
        }
    }

    fn command(&mut self, word: &str) {
        let scene = &self.spot.scene;
        let acts = self.spot.before().next() == Some("at");
        let first = !acts;
        let Some(command) = help::command(word, acts) else { return };
        let setup = help::setup().iter().any(|line| line.word == word);
        let begun = scene.entry.is_some();
        let fits = match command.place {
            _ if first && !begun => ["cluster", "balance"].contains(&word),
            _ if first && !setup && !scene.by_hand && word != "link" => false,
            Place::Anywhere => word != "at" || !scene.by_hand,
            Place::Cluster => !scene.names.is_pool() && word != "cluster",
            Place::Pool => scene.names.is_pool() && word != "balance",
        };
        if fits {
            let more = if command.form == word { "" } else { " " };
            let says = Said::new(command.says.en, command.says.zh);
            self.push(word, format!("{word}{more}"), Some(says));
        }
    }

    fn setting(&mut self, name: &str) {
        let there = |token: &super::token::Token<'_>| {
            token.at != self.spot.column && token.setting().is_some_and(|(it, _)| it.text == name)
        };
        if self.spot.cut.tokens.iter().any(there) {
            return;
        }
        // Where a value stands behind the name already, the name alone is replaced.
        let end = self.spot.column + self.spot.length;
        let sign = if self.spot.raw[end..].starts_with('=') { "" } else { "=" };
        let entry = self.spot.entry();
        let says = help::setting(self.spot.line_word(), entry, name);
        self.push(name, format!("{name}{sign}"), says);
    }

    fn wanted(&mut self, wanted: Wanted) {
        let words: &[&str] = match wanted {
            Wanted::Target => {
                let led = !self.spot.scene.names.is_pool();
                let roles: &[&str] =
                    if led { &["leader", "follower", "any", "all"] } else { &["any", "all"] };
                for word in roles {
                    self.plain(word);
                }
                return self.nodes(false);
            }
            Wanted::Node | Wanted::Servers => return self.nodes(wanted == Wanted::Servers),
            Wanted::Party => {
                self.nodes(false);
                return self.plain("c1");
            }
            Wanted::Client => &["c1", "c2", "c3"],
            Wanted::TimeOrOff => &["off"],
            Wanted::Switch => &["on", "off"],
            Wanted::DiskMode => &["synced", "unsynced"],
            Wanted::Arrow => &["->"],
            Wanted::By => &["by"],
            Wanted::Every => &["every"],
            Wanted::Within => &["within"],
            Wanted::Below => &["<"],
            Wanted::Events => &["events"],
            Wanted::Delay => &crate::sim::NetworkSpec::PRESETS,
            // Offered by the trial with `=`, or written freely.
            _ => &[],
        };
        for word in words {
            self.plain(word);
        }
        if words.is_empty() && wanted != Wanted::Setting {
            self.wanted = Some(wanted.says());
        }
    }

    fn nodes(&mut self, servers: bool) {
        let names = self.spot.scene.names;
        let from = if servers { names.balancers() } else { 0 };
        let says = Wanted::Node.says();
        let taken: Vec<&str> = self.spot.before().collect();
        for id in (from..names.nodes()).take(NODES as usize) {
            let name = names.node(NodeId(id));
            if !taken.contains(&name.as_str()) {
                self.push(&name, name.clone(), None);
            }
        }
        let form = self.spot.command().map_or("", |command| command.form);
        let begun = self.spot.before().any(|word| names.find(word).is_ok());
        for sign in ["|", "->"] {
            if begun && form.contains(&format!(" {sign} ")) && !taken.contains(&"->") {
                self.plain(sign);
            }
        }
        self.wanted = self.wanted.take().or(Some(says));
    }

    /// Words in brackets of the form that are not there yet.
    fn optional(&mut self) {
        let form = self.spot.command().map_or("", |command| command.form);
        let before: Vec<&str> = self.spot.before().collect();
        for part in form.split('[').skip(1) {
            let word = part.split([' ', ']']).next().unwrap_or_default();
            let small = !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase());
            if small && !before.contains(&word) {
                self.plain(word);
            }
        }
        if before.first() == Some(&"expect") && self.spot.scene.names.is_pool() {
            self.plain("with");
        }
    }

    /// What no trial can find: what stands on a disk, the present instant, a default.
    fn finish(&mut self, now: Option<SimTime>) {
        let spot = self.spot;
        let before = spot.before().count();
        if spot.line_word() == "given" && before >= 2 && spot.name.is_none() {
            for name in ["term", "vote", "log"] {
                self.setting(name);
            }
        }
        let on_time = before == 1 && spot.before().next() == Some("at");
        if let Some(now) = now.filter(|_| on_time) {
            let says = Said::new("Where the playhead stands.", "播放位置所在的时刻。");
            let now = SimTime(now.0 / 1_000 * 1_000).to_string();
            self.push(&now, format!("{now} "), Some(says));
        }
        if let (Some(name), Some(entry), true) = (spot.name, spot.entry(), self.offers.is_empty())
            && let Some(knob) = entry.about.knobs.iter().find(|knob| knob.name == name)
        {
            let default = value::show_knob(knob.default_value());
            self.push(&default.clone(), default, Some(help::of_knob(knob)));
        }
    }
}
