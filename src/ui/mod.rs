//! The screen.

use yew::prelude::*;

/// Mounts the app in `#app`, whose first paint it replaces.
pub(crate) fn start() {
    let host = web_sys::window()
        .and_then(|window| window.document())
        .and_then(|document| document.get_element_by_id("app"));
    if let Some(host) = host {
        yew::Renderer::<App>::with_root(host).render();
    }
}

/// The whole page.
#[component]
fn App() -> Html {
    html! { <main><h1>{ "Quorate" }</h1></main> }
}
