//! Help while writing: completion, what a word means, quick fixes, form and comments.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use quorate::kernel::{Property, SimTime};
use quorate::scene::text::{Lang, property_help};
use quorate::script::complete::{Offers, explain, offers};
use quorate::script::{Fix, Problem, Said, edit, mend};
use web_sys::HtmlTextAreaElement;
use yew::prelude::*;

use super::super::dom::Timeout;
use super::super::session::Same;
use super::caret::{byte_at, byte_of, cell_of, put, put_whole, selection};
use super::field::{LINE_PX, Typed};

/// A pointer that rests so long asks what is below it.
const REST_MS: i32 = 350;

/// What can be written at the caret.
#[derive(Clone, PartialEq)]
pub(super) struct Popup {
    pub(super) offers: Rc<Offers>,
    /// The one that Enter takes.
    pub(super) active: usize,
    pub(super) place: (u32, u32),
}

/// What a word means.
#[derive(Clone, PartialEq)]
pub(super) struct Tip {
    pub(super) form: String,
    pub(super) says: String,
    pub(super) place: (u32, u32),
}

/// What the field asks of its help. Made at every render, over the same state.
#[derive(Clone)]
pub(super) struct Assist {
    pub(super) lang: Lang,
    pub(super) field: NodeRef,
    /// As wide as a hundred cells.
    pub(super) ruler: NodeRef,
    pub(super) popup: UseStateHandle<Option<Popup>>,
    pub(super) tip: UseStateHandle<Option<Tip>>,
    /// The pointer rests, until this goes off.
    pub(super) rest: Rc<RefCell<Option<Timeout>>>,
    pub(super) problems: Same<[Problem]>,
    pub(super) now: Rc<Cell<SimTime>>,
    pub(super) on_typed: Callback<Typed>,
    pub(super) on_caret: Callback<u32>,
    pub(super) on_go: Callback<()>,
}

impl Assist {
    fn field(&self) -> Option<HtmlTextAreaElement> {
        self.field.cast()
    }

    /// Looks what can be written at the caret. Not `asked`, only where a word has begun.
    pub(super) fn look(&self, asked: bool) {
        let Some(field) = self.field() else { return };
        let text = field.value();
        let (from, caret) = selection(&field, &text);
        let found = Some(caret).filter(|caret| *caret == from);
        let found = found.and_then(|caret| offers(&text, caret, Some(self.now.get())));
        let wanted = found.filter(|found| {
            let typed = &text[found.start..caret];
            let begun = !typed.is_empty() || text[..caret].ends_with('=');
            // A word that is whole needs no help, and Enter is a new line then.
            let whole = found.list.iter().any(|offer| offer.word == typed);
            let some = !found.list.is_empty();
            if asked { some || found.wanted.is_some() } else { some && begun && !whole }
        });
        let place = cell_of(&text, wanted.as_ref().map_or(caret, |found| found.start));
        let popup = |offers| Popup { offers: Rc::new(offers), active: 0, place };
        self.popup.set(wanted.map(popup));
        self.tip.set(None);
    }

    /// Writes an offer, and looks what may follow it.
    pub(super) fn accept(&self, place: usize) {
        let (Some(field), Some(popup)) = (self.field(), &*self.popup) else { return };
        let Some(offer) = popup.offers.list.get(place) else { return };
        let text = field.value();
        let (_, caret) = selection(&field, &text);
        let (start, end) = (popup.offers.start, popup.offers.end.max(caret));
        // A blank that is there already is not written again.
        let blank = text.get(end..).is_some_and(|rest| rest.starts_with(' '));
        let word = if blank { offer.insert.trim_end() } else { &offer.insert };
        self.put((start, end), word);
        self.popup.set(None);
        if word.ends_with([' ', '=']) {
            self.look(true);
        }
    }

    fn put(&self, range: (usize, usize), word: &str) {
        let Some(field) = self.field() else { return };
        self.on_typed.emit(Typed::Settle);
        if !put(&field, range, word) {
            let fix = Fix { start: range.0, end: range.1, text: word.to_owned() };
            self.on_typed.emit(Typed::Text(fix.apply(&field.value())));
        }
        self.on_typed.emit(Typed::Settle);
    }

    fn put_whole(&self, new: String) {
        let Some(field) = self.field() else { return };
        self.on_typed.emit(Typed::Settle);
        if !put_whole(&field, &new) {
            self.on_typed.emit(Typed::Text(new));
        }
        self.on_typed.emit(Typed::Settle);
        self.popup.set(None);
    }

    /// The text in canonical form.
    pub(super) fn format(&self) {
        if let Some(field) = self.field() {
            self.put_whole(edit::format(&field.value()));
        }
    }

    /// Lines that are selected become comments, or lines again.
    fn comment(&self) {
        let Some(field) = self.field() else { return };
        let text = field.value();
        let (from, to) = selection(&field, &text);
        self.put_whole(edit::toggle_comment(&text, from, to));
    }

    /// Makes a fix, as if it were typed.
    pub(super) fn fix(&self, fix: &Fix) {
        self.put((fix.start, fix.end), &fix.text);
    }

    /// The likeliest way out of the problem at the caret's line, or of the first.
    fn quick_fix(&self) {
        let Some(field) = self.field() else { return };
        let text = field.value();
        let (caret, _) = selection(&field, &text);
        let line = cell_of(&text, caret).0 + 1;
        let here = self.problems.iter().filter(|problem| problem.line == line);
        let all = here.chain(self.problems.iter());
        let fix = all.flat_map(|problem| mend::fixes(&text, problem)).next();
        if let Some(fix) = fix {
            self.fix(&fix);
        }
    }

    /// Says what the word at the caret means.
    fn explain(&self) {
        let Some(field) = self.field() else { return };
        let text = field.value();
        let (caret, _) = selection(&field, &text);
        self.popup.set(None);
        self.tip.set(self.tip_at(&text, caret));
    }

    fn tip_at(&self, text: &str, byte: usize) -> Option<Tip> {
        let (line, cell) = cell_of(text, byte);
        let wrong = self.problems.iter().find(|problem| {
            let raw = text.split('\n').nth(line as usize).unwrap_or_default();
            let column = |at: u32| raw.chars().take(at as usize - 1).collect::<String>();
            let from = cell_of(&column(problem.column), usize::MAX).1;
            let to = cell_of(&column(problem.column + problem.length), usize::MAX).1;
            problem.line == line + 1 && (from..=to).contains(&cell)
        });
        let found = explain(text, byte);
        if wrong.is_none() && found.is_none() {
            return None;
        }
        let mut says = wrong.map_or_else(String::new, |it| said(self.lang, &it.says(), None));
        let (form, start) = match found {
            Some(found) => {
                if !says.is_empty() {
                    says.push('\n');
                }
                says.push_str(&said(self.lang, &found.says, found.property));
                (found.form, found.start)
            }
            None => (String::new(), byte),
        };
        Some(Tip { form, says, place: cell_of(text, start) })
    }

    /// The pointer is at a point of the field.
    pub(super) fn point(&self, x: i32, y: i32) {
        let again = self.clone();
        let width = self.cell_width();
        let rest = Timeout::new(REST_MS, move || {
            let Some(field) = again.field() else { return };
            if again.popup.is_some() || x < 0 || y < 0 {
                return;
            }
            let text = field.value();
            let place = ((y / LINE_PX) as u32, (f64::from(x) / width) as u32);
            let byte = byte_at(&text, place);
            again.tip.set(byte.and_then(|byte| again.tip_at(&text, byte)));
        });
        self.rest.replace(Some(rest));
    }

    /// The pointer has gone.
    pub(super) fn leave(&self) {
        self.rest.replace(None);
        self.tip.set(None);
    }

    /// Closes what stands over the text.
    pub(super) fn close(&self) {
        self.popup.set(None);
        self.leave();
    }

    /// The offer that Enter takes, for a screen reader.
    pub(super) fn active_id(&self) -> Option<String> {
        let popup = self.popup.as_ref().filter(|popup| !popup.offers.list.is_empty())?;
        Some(format!("offer-{}", popup.active))
    }

    /// How wide a cell is, in pixels.
    fn cell_width(&self) -> f64 {
        let ruler = self.ruler.cast::<web_sys::Element>();
        let width = ruler.map_or(0.0, |ruler| ruler.get_bounding_client_rect().width()) / 100.0;
        if width > 1.0 { width } else { 8.0 }
    }

    /// Where a cell is on the screen: its left, its top, and whether there is room below it.
    pub(super) fn place(&self, (line, cell): (u32, u32)) -> Option<(f64, f64, bool)> {
        let field = self.field()?;
        let bounds = field.get_bounding_client_rect();
        let left = bounds.left() + f64::from(cell) * self.cell_width();
        let top = bounds.top() + f64::from(line as i32 * LINE_PX);
        let height = super::super::dom::window().inner_height().ok()?.as_f64()?;
        Some((left, top, top < height * 0.6))
    }

    /// Tells the line of the caret.
    pub(super) fn tell_caret(&self) {
        let Some(field) = self.field() else { return };
        let units = field.selection_end().ok().flatten().unwrap_or(0);
        let text = field.value();
        self.on_caret.emit(cell_of(&text, byte_of(&text, units)).0 + 1);
    }

    /// Does what a key asks for. True if it was one of these.
    pub(super) fn key(&self, event: &KeyboardEvent) -> bool {
        let command = event.ctrl_key() || event.meta_key();
        let (key, code) = (event.key(), event.code());
        match (command, event.alt_key(), event.shift_key(), key.as_str()) {
            (true, false, false, " ") => self.look(true),
            (true, false, false, "/") => self.comment(),
            (true, false, false, "i") => self.explain(),
            (true, false, false, ".") => self.quick_fix(),
            (false, true, true, _) if code == "KeyF" => self.format(),
            (false, true, false, "Enter") => self.on_go.emit(()),
            (false, false, false, _) => return self.popup_key(&key),
            _ => return false,
        }
        true
    }

    fn popup_key(&self, key: &str) -> bool {
        if key == "Escape" && self.tip.is_some() && self.popup.is_none() {
            self.tip.set(None);
            return true;
        }
        let Some(popup) = &*self.popup else { return false };
        let count = popup.offers.list.len();
        let next = match key {
            "Escape" => {
                self.popup.set(None);
                return true;
            }
            "Enter" | "Tab" if count > 0 => {
                self.accept(popup.active);
                return true;
            }
            "ArrowDown" if count > 0 => (popup.active + 1) % count,
            "ArrowUp" if count > 0 => (popup.active + count - 1) % count,
            "ArrowLeft" | "ArrowRight" | "Home" | "End" => {
                self.popup.set(None);
                return false;
            }
            _ => return false,
        };
        self.popup.set(Some(Popup { active: next, ..popup.clone() }));
        true
    }
}

/// What a word means, in the language of the screen.
pub(super) fn said(lang: Lang, says: &Said, property: Option<Property>) -> String {
    match property {
        Some(property) => property_help(lang, property).to_owned(),
        None => lang.pick(&says.en, &says.zh).to_owned(),
    }
}
