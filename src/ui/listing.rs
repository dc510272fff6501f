//! The code that runs: the rule that was applied last is lit up, and every rule says how often it
//! was applied.

use std::rc::Rc;

use quorate::lab::{Action, RuleView};
use quorate::scene::text::{Label, Lang, hands, number};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Element, Response};
use yew::prelude::*;

use super::dom;
use super::prefs::use_lang;

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct ListingProps {
    /// The entry or strategy whose code is shown.
    pub(crate) id: AttrValue,
    /// The rule applied last: an anchor `// rule: name`.
    pub(crate) rule: Option<&'static str>,
    /// Every rule of the entry; empty where it names none.
    pub(crate) rules: Rc<Vec<RuleView>>,
    pub(crate) act: Callback<Action>,
}

/// What is known of a listing.
#[derive(Clone, PartialEq)]
enum Text {
    Awaited,
    Here(AttrValue),
    Missing,
}

/// The listing. It is fetched when it is first looked at.
#[component]
pub(crate) fn Listing(props: &ListingProps) -> Html {
    let lang = use_lang();
    let text = use_state(|| Text::Awaited);
    let lit = use_node_ref();
    use_effect_with(props.id.clone(), {
        let text = text.clone();
        move |id| {
            text.set(Text::Awaited);
            let address = format!("listing/{id}.rs");
            spawn_local(async move {
                let found = fetch(&address).await.ok().flatten();
                text.set(found.map_or(Text::Missing, |found| Text::Here(found.into())));
            });
        }
    });
    use_effect_with((props.rule, (*text).clone(), lit.clone()), |(_, _, lit)| show(lit));
    match &*text {
        Text::Awaited => html! { <p class="muted" aria-busy="true">{"…"}</p> },
        Text::Missing => html! { <p class="muted">{Label::ListingMissing.text(lang)}</p> },
        Text::Here(text) => {
            let (before, rule, after) = cut(text, props.rule);
            html! {
                <figure class="listing">
                    <figcaption class="muted">{Label::ListingHelp.text(lang)}</figcaption>
                    {coverage(lang, props)}
                    <pre lang="en"><code>
                        {code(lang, before, props)}
                        <mark ref={lit}>{code(lang, rule, props)}</mark>
                        {code(lang, after, props)}
                    </code></pre>
                </figure>
            }
        }
    }
}

/// Every rule and how often it was applied; those not seen yet are told apart.
fn coverage(lang: Lang, props: &ListingProps) -> Html {
    if props.rules.is_empty() {
        return Html::default();
    }
    let seen = props.rules.iter().filter(|rule| rule.times > 0).count();
    html! {
        <div class="coverage">
            <p role="status">{hands::rules_seen(lang, seen, props.rules.len())}</p>
            <ul>
                for rule in props.rules.iter() {
                    <li key={rule.id}>{rule_button(lang, rule, props, false)}</li>
                }
            </ul>
        </div>
    }
}

/// A rule: its name and how often it was applied. Pressed, it goes to where it is applied next.
fn rule_button(lang: Lang, rule: &RuleView, props: &ListingProps, in_code: bool) -> Html {
    let next = rule.next.unwrap_or_default();
    let class = classes!(
        "rule-chip",
        (rule.times == 0).then_some("rule-unseen"),
        (props.rule == Some(rule.id)).then_some("rule-lit")
    );
    // In the code it is for pointers: keys have the list above.
    let tabindex = in_code.then_some("-1");
    let more = if rule.more { "+" } else { "" };
    html! {
        <button type="button" {class} disabled={rule.next.is_none()} {tabindex} lang="en"
            title={hands::rule_spoken(lang, rule.id, rule.times)}
            onclick={props.act.reform(move |_: MouseEvent| Action::SeekEvent(next))}>
            {rule.id}{" "}<span class="num">{format!("×{}{more}", number(rule.times))}</span>
        </button>
    }
}

/// A stretch of code, its anchors as buttons.
fn code(lang: Lang, text: &str, props: &ListingProps) -> Html {
    let mut parts: Vec<Html> = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(ANCHOR) {
        let name = rest[at + ANCHOR.len()..].lines().next().unwrap_or_default();
        let end = at + ANCHOR.len() + name.len();
        if let Some(rule) = props.rules.iter().find(|rule| rule.id == name) {
            parts.push(rest[..at].to_owned().into());
            parts.push(rule_button(lang, rule, props, true));
        } else {
            parts.push(rest[..end].to_owned().into());
        }
        rest = &rest[end..];
    }
    parts.push(rest.to_owned().into());
    parts.into_iter().collect()
}

/// What stands before the name of a rule in the source.
const ANCHOR: &str = "// rule: ";

async fn fetch(address: &str) -> Result<Option<String>, JsValue> {
    let response = JsFuture::from(dom::window().fetch_with_str(address)).await?;
    let response: Response = response.dyn_into()?;
    if !response.ok() {
        return Ok(None);
    }
    Ok(JsFuture::from(response.text()?).await?.as_string())
}

/// Scrolls the lit rule into the middle of the panel, and nothing else on the page.
fn show(lit: &NodeRef) {
    let Some(rule) = lit.cast::<Element>() else { return };
    let Ok(Some(panel)) = rule.closest(".dock-body") else { return };
    if rule.text_content().is_none_or(|text| text.is_empty()) {
        return;
    }
    let (place, frame) = (rule.get_bounding_client_rect(), panel.get_bounding_client_rect());
    let offset = place.top() - frame.top() - (frame.height() - place.height()).max(0.0) / 2.0;
    panel.set_scroll_top(panel.scroll_top() + offset as i32);
}

/// The text before the rule, the lines of the rule, and the text behind it. A rule goes from its
/// anchor to the next empty line, anchor, or line that is indented less.
pub(crate) fn cut<'a>(text: &'a str, rule: Option<&str>) -> (&'a str, &'a str, &'a str) {
    let Some(from) = rule.and_then(|rule| anchor(text, rule)) else { return (text, "", "") };
    let indent = text[from..].len() - text[from..].trim_start_matches(' ').len();
    let mut to = from;
    for (count, line) in text[from..].split_inclusive('\n').enumerate() {
        let words = line.trim_start_matches(' ');
        let out = line.len() - words.len() < indent || words.trim().is_empty();
        if count > 0 && (out || words.starts_with("// rule: ")) {
            break;
        }
        to += line.len();
    }
    (&text[..from], &text[from..to], &text[to..])
}

/// Where the line of the rule's anchor begins.
fn anchor(text: &str, rule: &str) -> Option<usize> {
    let mark = format!("// rule: {rule}\n");
    let at = text.find(&mark)?;
    Some(text[..at].rfind('\n').map_or(0, |end| end + 1))
}
