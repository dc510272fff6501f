//! What makes the stage paint: the session, its size, the theme.

use std::rc::Rc;

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, MutationObserver, MutationObserverInit, ResizeObserver};

use super::super::dom::{self, Listener};
use super::super::session::{Hearing, Session};
use super::Backstage;

/// Observers that end with this value.
pub(super) struct Watch {
    _hearing: Hearing,
    resize: Option<ResizeObserver>,
    theme: Option<MutationObserver>,
    _system: Option<Listener>,
    _paper: Listener,
    _closures: [Closure<dyn FnMut()>; 2],
}

impl Watch {
    pub(super) fn new(session: &Session, root: &Element, backstage: &Rc<Backstage>) -> Watch {
        let hearing = {
            let backstage = Rc::downgrade(backstage);
            session.on_paint(move || {
                if let Some(backstage) = backstage.upgrade() {
                    backstage.paint();
                }
            })
        };
        let resized = {
            let backstage = Rc::downgrade(backstage);
            Closure::<dyn FnMut()>::new(move || {
                if let Some(backstage) = backstage.upgrade() {
                    backstage.with(super::Painter::resize);
                    // At once: an emptied canvas must not be seen.
                    backstage.paint();
                }
            })
        };
        let recoloured = {
            let backstage = Rc::downgrade(backstage);
            move || {
                if let Some(backstage) = backstage.upgrade() {
                    backstage.with(super::Painter::set_theme);
                    backstage.paint();
                }
            }
        };
        let system = system_theme(recoloured.clone());
        let recoloured = Closure::<dyn FnMut()>::new(recoloured);
        let resize = ResizeObserver::new(resized.as_ref().unchecked_ref()).ok();
        if let Some(resize) = &resize {
            resize.observe(root);
        }
        let theme = watch_theme(&recoloured);
        Watch {
            _hearing: hearing,
            resize,
            theme,
            _system: system,
            _paper: paper(root, backstage),
            _closures: [resized, recoloured],
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        if let Some(resize) = &self.resize {
            resize.disconnect();
        }
        if let Some(theme) = &self.theme {
            theme.disconnect();
        }
    }
}

/// Tells when the page's own theme changes.
pub(crate) fn watch_theme(hear: &Closure<dyn FnMut()>) -> Option<MutationObserver> {
    let observer = MutationObserver::new(hear.as_ref().unchecked_ref()).ok()?;
    let options = MutationObserverInit::new();
    options.set_attributes(true);
    options.set_attribute_filter(&js_sys::Array::of1(&"data-theme".into()));
    let root = dom::document().document_element()?;
    observer.observe_with_options(&root, &options).ok()?;
    Some(observer)
}

/// Tells when the system's theme changes.
pub(crate) fn system_theme(hear: impl Fn() + 'static) -> Option<Listener> {
    let query = dom::window().match_media("(prefers-color-scheme: dark)").ok().flatten()?;
    Some(Listener::new(&query, "change", move |_| hear()))
}

/// A printer gets lines instead of pixels, and never the dark theme: the picture is put under the
/// canvases when the page is about to be printed, and only shown on paper.
fn paper(root: &Element, backstage: &Rc<Backstage>) -> Listener {
    let backstage = Rc::downgrade(backstage);
    let root = root.clone();
    Listener::new(&dom::window(), "beforeprint", move |_| {
        let Some(backstage) = backstage.upgrade() else { return };
        let Some(picture) = backstage.with(|painter| painter.on_paper()) else { return };
        let known = root.query_selector(".stage-paper").ok().flatten();
        let sheet = known.or_else(|| {
            let sheet = dom::document().create_element("div").ok()?;
            sheet.set_class_name("stage-paper");
            root.append_child(&sheet).ok()?;
            Some(sheet)
        });
        if let Some(sheet) = sheet {
            sheet.set_inner_html(&picture);
        }
    })
}
