//! `given n2 term=7 log=1.1.4`: what a node's disk holds before the run.

use crate::script::cursor::Cursor;
use crate::script::grammar::Statement;
use crate::script::names::Names;
use crate::script::wanted::Wanted;
use crate::sim::Given;

/// Reads the rest of a `given` line. What the settings mean is the entry's affair.
pub(super) fn read(cursor: &mut Cursor<'_, '_>) -> Option<Statement> {
    let first = cursor.want(Wanted::Setting)?;
    let mut settings = Vec::new();
    let mut node = None;
    match first.setting() {
        Some((name, text)) => settings.push((name.text.to_owned(), text.text.to_owned())),
        None if first.text == "all" => {}
        None => node = Some(cursor.node_of(first, Wanted::Node)?),
    }
    while let Some(token) = cursor.take() {
        let Some((name, text)) = token.setting() else {
            cursor.bad(token, Wanted::Setting);
            return None;
        };
        settings.push((name.text.to_owned(), text.text.to_owned()));
    }
    if settings.is_empty() {
        cursor.missing(Wanted::Setting);
        return None;
    }
    Some(Statement::Given(Given { node, settings }))
}

/// The line as printed.
pub(in crate::script) fn print(given: &Given, names: Names) -> String {
    let whose = given.node.map_or("all".to_owned(), |node| names.node(node));
    let settings: Vec<String> =
        given.settings.iter().map(|(name, text)| format!("{name}={text}")).collect();
    format!("given {whose} {}", settings.join(" "))
}
