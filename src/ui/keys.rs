//! The keyboard: which key means what. Which element has the focus is the caller's concern.

use quorate::kernel::NodeId;
use quorate::lab::{Action, Deed, Handling, Selection};
use quorate::lab::{Input, Target};

use super::faults::MenuOf;

/// A key as pressed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Press {
    /// `KeyboardEvent.key`.
    pub(crate) key: String,
    pub(crate) shift: bool,
    /// Ctrl, or ⌘ on a Mac.
    pub(crate) command: bool,
    pub(crate) alt: bool,
    pub(crate) focus: Focus,
}

/// Where the focus is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Focus {
    /// On nothing that hears keys itself.
    Page,
    /// On something a key works: a button, a link.
    Control,
    /// Where text is written, or a value set.
    Field,
}

/// What a key means.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Meaning {
    Do(Action),
    /// Open the menu of the selected node, at its clock.
    Skew(NodeId),
    /// Open a menu.
    Menu(MenuOf),
    /// Select the next message in flight, or the one before.
    Message(Way),
    /// Pick a side of a partition.
    Partition,
    /// Clear the selection, leave what is open.
    Escape,
    Help,
    Search,
}

/// Along the messages in flight.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Way {
    Next,
    Previous,
}

/// What `press` means while `selected` is selected, in a cluster of `nodes`; `None` if nothing.
pub(crate) fn meaning(press: &Press, selected: Option<Selection>, nodes: u32) -> Option<Meaning> {
    if press.alt {
        return None;
    }
    if press.command {
        return with_command(press).map(Meaning::Do);
    }
    if press.focus == Focus::Field {
        return None;
    }
    let own = || match selected? {
        Selection::Node(node) => striking(press, node, nodes),
        Selection::Flight(flight) => handling(press, flight),
    };
    moving(press).or_else(|| choosing(press, nodes)).or_else(own)
}

fn with_command(press: &Press) -> Option<Action> {
    match press.key.as_str() {
        "Enter" => Some(Action::Run),
        "z" | "Z" if press.shift => Some(Action::Redo),
        "z" | "Z" => Some(Action::Undo),
        // The habit of Windows.
        "y" if press.focus != Focus::Field => Some(Action::Redo),
        _ => None,
    }
}

/// Keys that move the playhead.
fn moving(press: &Press) -> Option<Meaning> {
    let free = press.focus == Focus::Page;
    let action = match press.key.as_str() {
        " " if free => Action::TogglePlay,
        "ArrowLeft" if press.shift => Action::PreviousMark,
        "ArrowRight" if press.shift => Action::NextMark,
        "ArrowLeft" => Action::StepBack,
        "ArrowRight" => Action::StepForward,
        "Home" => Action::Home,
        "End" => Action::End,
        "[" => Action::Slower,
        "]" => Action::Faster,
        "b" => Action::TogglePlayBack,
        "m" => Action::NextMessage,
        "M" => Action::PreviousMessage,
        "v" => Action::NextViolation,
        "V" => Action::PreviousViolation,
        _ => return None,
    };
    Some(Meaning::Do(action))
}

/// Keys that choose and open.
fn choosing(press: &Press, nodes: u32) -> Option<Meaning> {
    let meaning = match press.key.as_str() {
        "Escape" => Meaning::Escape,
        "?" => Meaning::Help,
        "/" => Meaning::Search,
        "p" => Meaning::Partition,
        "," => Meaning::Message(Way::Previous),
        "." => Meaning::Message(Way::Next),
        "h" => Meaning::Do(Action::Do(Deed::Input(Input::Heal))),
        digit => {
            let number: u32 = digit.parse().ok().filter(|number| (1..=9).contains(number))?;
            if number > nodes {
                return None;
            }
            Meaning::Do(Action::Select(Some(Selection::Node(NodeId(number - 1)))))
        }
    };
    Some(meaning)
}

/// Keys that do something to the selected node.
fn striking(press: &Press, node: NodeId, nodes: u32) -> Option<Meaning> {
    let deed = match press.key.as_str() {
        "c" => Deed::Input(Input::Crash(Target::Node(node))),
        "r" => Deed::Input(Input::Restart(Target::Node(node))),
        "z" => Deed::TogglePause(node),
        "i" => Deed::ToggleIsolate(node),
        "u" => Deed::ToggleDisk(node),
        "k" => return Some(Meaning::Skew(node)),
        "a" => return Some(Meaning::Menu(MenuOf::Node(node))),
        "l" if nodes > 1 => {
            let other = NodeId(if node.0 + 1 < nodes { node.0 + 1 } else { 0 });
            return Some(Meaning::Menu(MenuOf::Link(node, other)));
        }
        _ => return None,
    };
    Some(Meaning::Do(Action::Do(deed)))
}

/// Keys that do something to the selected message.
fn handling(press: &Press, flight: u64) -> Option<Meaning> {
    let deed = match press.key.as_str() {
        "x" => Deed::Message(flight, Handling::Drop),
        "d" => Deed::Message(flight, Handling::Duplicate),
        "e" => Deed::Message(flight, Handling::Deliver),
        "o" => Deed::ToggleHold(flight),
        "a" => return Some(Meaning::Menu(MenuOf::Message(flight))),
        _ => return None,
    };
    Some(Meaning::Do(Action::Do(deed)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use quorate::scene::text::KEYS;
    use wasm_bindgen_test::wasm_bindgen_test;

    fn press(key: &str) -> Press {
        Press { key: key.to_owned(), shift: false, command: false, alt: false, focus: Focus::Page }
    }

    #[wasm_bindgen_test]
    fn letters_are_letters_while_typing() {
        let typed = Press { focus: Focus::Field, ..press("c") };
        assert_eq!(meaning(&typed, Some(Selection::Node(NodeId(0))), 5), None);
        let run = Press { focus: Focus::Field, command: true, ..press("Enter") };
        assert_eq!(meaning(&run, None, 5), Some(Meaning::Do(Action::Run)));
    }

    #[wasm_bindgen_test]
    fn faults_need_a_selected_node() {
        assert_eq!(meaning(&press("c"), None, 5), None);
        let crash = Action::Do(Deed::Input(Input::Crash(Target::Node(NodeId(3)))));
        assert_eq!(
            meaning(&press("c"), Some(Selection::Node(NodeId(3))), 5),
            Some(Meaning::Do(crash))
        );
    }

    #[wasm_bindgen_test]
    fn numbers_select_nodes_that_are_there() {
        let fifth = Action::Select(Some(Selection::Node(NodeId(4))));
        assert_eq!(meaning(&press("5"), None, 5), Some(Meaning::Do(fifth)));
        assert_eq!(meaning(&press("6"), None, 5), None);
    }

    #[wasm_bindgen_test]
    fn space_works_the_button_that_has_the_focus() {
        let focused = Press { focus: Focus::Control, ..press(" ") };
        assert_eq!(meaning(&focused, None, 5), None);
        assert_eq!(meaning(&press(" "), None, 5), Some(Meaning::Do(Action::TogglePlay)));
    }

    /// Both tables of keys, the one that is obeyed and the one that is read, name the same keys.
    #[wasm_bindgen_test]
    fn every_key_is_in_the_help_and_every_key_there_is_obeyed() {
        let obeyed = |key: &str| {
            let key = match key {
                "Space" => " ",
                "←" => "ArrowLeft",
                "→" => "ArrowRight",
                "Esc" => "Escape",
                "…" => "5",
                key => key,
            };
            let selections = [None, Some(Selection::Node(NodeId(0))), Some(Selection::Flight(1))];
            selections.into_iter().any(|one| meaning(&press(key), one, 9).is_some())
        };
        // The diagram hears its keys itself, while it has the focus.
        let everywhere = KEYS.iter().filter(|row| !row.does.en.starts_with("In the diagram"));
        let words = everywhere.flat_map(|row| row.keys);
        let plain: Vec<&str> = words.copied().filter(|key| !key.contains(' ')).collect();
        for key in &plain {
            assert!(obeyed(key), "{key} is in the help and means nothing");
        }
        for letter in "abcdefghijklmnopqrstuvwxyz[]/?,.;'".chars() {
            let key = letter.to_string();
            let told = plain.contains(&key.as_str());
            assert_eq!(obeyed(&key), told, "{key}: what it does and what the help says");
        }
    }
}
