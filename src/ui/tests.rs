//! The page in a browser: what a panel shows for what it is given, and that actions arrive.

use std::cell::RefCell;
use std::rc::Rc;

use quorate::kernel::NodeId;
use quorate::lab::{Action, Lab, Selection, Speed};
use quorate::scene::text::Lang;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{Element, HtmlElement, HtmlInputElement};
use yew::prelude::*;
use yew::scheduler;

use super::dialogs::Gallery;
use super::dom;
use super::editor::Editor;
use super::inspector::{InspectorProps, inspector_panel};
use super::session::Same;
use super::shrinking::Shrink;
use super::transport::{SpeedProps, speed_choice};

wasm_bindgen_test_configure!(run_in_browser);

const RAFT: &str = "cluster raft nodes=5 seed=7\nat 900ms request put y=3\nrun 2s\n\
                    expect one leader per term\n";

/// What a component under test asked for.
type Heard = Rc<RefCell<Vec<Action>>>;

#[derive(Clone, PartialEq, Properties)]
struct TableProps {
    lang: Lang,
    children: Html,
}

/// A page around one panel.
#[component]
fn Table(props: &TableProps) -> Html {
    html! {
        <ContextProvider<Lang> context={props.lang}>{props.children.clone()}</ContextProvider<Lang>>
    }
}

/// A fresh place on the page.
fn place() -> Element {
    let place = dom::document().create_element("div").expect("elements can be made");
    dom::document().body().expect("a page has a body").append_child(&place).expect("it fits");
    place
}

async fn show(lang: Lang, children: Html) -> Element {
    let place = place();
    let props = TableProps { lang, children };
    yew::Renderer::<Table>::with_root_and_props(place.clone(), props).render();
    scheduler::flush().await;
    place
}

fn lab(text: &str) -> Lab {
    let mut lab = Lab::new();
    lab.update(Action::Open(text.to_owned()));
    lab
}

fn hears() -> (Heard, Callback<Action>) {
    let heard = Heard::default();
    let ears = Rc::clone(&heard);
    (heard, Callback::from(move |action| ears.borrow_mut().push(action)))
}

fn text(place: &Element) -> String {
    place.text_content().unwrap_or_default()
}

fn click(place: &Element, what: &str) {
    let found = place.query_selector(what).ok().flatten();
    let button: HtmlElement = found.expect(what).unchecked_into();
    button.click();
}

#[wasm_bindgen_test]
async fn the_editor_says_what_is_wrong_and_mends_it() {
    let mut lab = lab(RAFT);
    lab.update(Action::Edit(format!("{RAFT}at 1s crsh n1\n")));
    let view = lab.view();
    assert_eq!(view.problems.len(), 1, "{:?}", view.problems);
    let (heard, act) = hears();
    let editor = html! {
        <Editor view={Same::from(&view)} {act} on_partition={Callback::noop()}
            shrink={Shrink::none(&view)} />
    };
    let place = show(Lang::En, editor).await;
    let problems = place.query_selector("#problems").ok().flatten().expect("the list is there");
    assert!(text(&problems).contains("Line 5"), "{}", text(&problems));
    let underlined = place.query_selector(".w-wrong").ok().flatten().expect("it is underlined");
    assert_eq!(text(&underlined), "crsh");
    click(&problems, ".problem-ways button:last-child");
    scheduler::flush().await;
    let expected = Action::Edit(format!("{RAFT}at 1s crash n1\n"));
    assert!(heard.borrow().contains(&expected), "{:?}", heard.borrow());
}

#[wasm_bindgen_test]
async fn speed_buttons_choose_and_show_what_is_chosen() {
    let (heard, act) = hears();
    let place =
        show(Lang::En, speed_choice(Lang::En, &SpeedProps { speed: Speed::One, act })).await;
    let pressed = place.query_selector("[aria-pressed=true]").ok().flatten().expect("one is");
    assert_eq!(text(&pressed), "1×");
    click(&place, ".speeds button:last-child");
    click(&place, ".speeds button:first-child");
    let wanted = [Action::Speed(Speed::Max), Action::Speed(Speed::Quarter)];
    assert_eq!(*heard.borrow(), wanted);
}

#[wasm_bindgen_test]
async fn the_inspector_shows_state_and_log_of_the_selected_node() {
    let mut lab = lab(RAFT);
    lab.update(Action::End);
    lab.update(Action::Select(Some(Selection::Node(NodeId(0)))));
    let view = lab.view();
    let card = view.snapshot.as_ref().and_then(|s| s.nodes[0].card.clone()).expect("it is up");
    let (_, act) = hears();
    let inspector = inspector_panel(
        Lang::En,
        &InspectorProps {
            view: Same::from(&view),
            act,
            on_menu: Callback::noop(),
            shrink: Shrink::none(&view),
            on_show: Callback::noop(),
        },
    );
    let shown = text(&show(Lang::En, inspector).await);
    for field in &card.fields {
        assert!(shown.contains(field.name), "{} is missing: {shown}", field.name);
    }
    assert!(!card.log.is_empty(), "two seconds are enough for an entry");
    assert!(shown.contains(&card.log[0].value.to_string()), "{shown}");
}

#[wasm_bindgen_test]
async fn the_gallery_finds_what_is_typed() {
    let gallery = html! { <Gallery on_choose={Callback::noop()} on_close={Callback::noop()} /> };
    let place = show(Lang::Zh, gallery).await;
    let count =
        |place: &Element| place.query_selector_all(".exhibit").map_or(0, |found| found.length());
    let all = count(&place);
    assert_eq!(all as usize, quorate::script::gallery::GALLERY.len());
    let field = place.query_selector("input").ok().flatten().expect("there is a field");
    let field: HtmlInputElement = field.unchecked_into();
    field.set_value("paxos");
    let options = web_sys::EventInit::new();
    options.set_bubbles(true);
    let event = Event::new_with_event_init_dict("input", &options).expect("events can be made");
    field.dispatch_event(&event).expect("it is heard");
    scheduler::flush().await;
    assert!((1..all).contains(&count(&place)), "{} of {all}", count(&place));
    // The dialog would cover the tests that come after.
    place.remove();
}

#[wasm_bindgen_test]
async fn chinese_leaves_no_english_of_our_own() {
    let mut lab = lab(RAFT);
    lab.update(Action::End);
    let view = lab.view();
    let (_, act) = hears();
    let panels = html! {
        <>
            {inspector_panel(Lang::Zh, &InspectorProps {
                view: Same::from(&view),
                act: act.clone(),
                on_menu: Callback::noop(),
                shrink: Shrink::none(&view),
                on_show: Callback::noop(),
            })}
            {speed_choice(Lang::Zh, &SpeedProps { speed: Speed::One, act })}
        </>
    };
    let place = show(Lang::Zh, panels).await;
    let shown = text(&place);
    for word in ["Follower", "Leader", "Invariants", "Select", "Log ", "holds", "Max"] {
        assert!(!shown.contains(word), "“{word}” is left: {shown}");
    }
    assert!(shown.contains("跟随者"), "{shown}");
}
