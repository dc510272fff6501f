//! The scene as a picture.

use quorate::kernel::Queue;
use quorate::lab::{StageView, ViewModel};
use quorate::scene::balance::{PoolLayout, PoolScene, ServerLook};
use quorate::scene::list::{Fill, List};
use quorate::scene::svg::{self, Colours};
use quorate::scene::text::Lang;
use quorate::scene::{ClusterScene, Frame, Ink, Layout, Options, Point, Theme};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, CanvasRenderingContext2d, HtmlCanvasElement, HtmlImageElement};

use super::super::dom;

/// Width and height of a picture.
pub(super) const SIZE: (f64, f64) = (960.0, 600.0);
/// A picture of points is twice as fine.
const FINE: f64 = 2.0;

/// What is on the stage, as a picture that stands alone.
pub(super) fn svg(view: &ViewModel, stage: &StageView, lang: Lang, theme: Theme) -> String {
    let mut frame = Frame::default();
    let snapshot = &*stage.snapshot;
    if let Some(pool) = &view.pool {
        let look = |server: &quorate::lab::ServerView| ServerLook {
            node: server.node,
            name: server.name.clone(),
            capacity_milli: server.capacity_milli,
            queue: Queue { items: server.queue.items.clone(), ..server.queue },
            busy: server.busy,
            p99: server.p99,
            crashed: server.crashed,
        };
        let servers: Vec<ServerLook> = pool.servers.iter().map(look).collect();
        let current = pool.strategies.iter().find(|strategy| strategy.current);
        let strategy = current.map_or("", |it| lang.pick(&it.name.en, &it.name.zh));
        let scene = PoolScene {
            snapshot,
            at: stage.at,
            servers: &servers,
            strategy,
            names: &view.names,
            lang,
            selection: None,
            hover: None,
            focus: None,
            options: Options::default(),
        };
        frame.draw_pool(&scene, &PoolLayout::of(SIZE, snapshot));
    } else {
        let plain = ClusterScene::new(snapshot, stage.at, &view.names, view.about, lang);
        let flow = view.playhead.pace;
        frame.draw(
            &ClusterScene { ended: &stage.ended, flow, ..plain },
            &Layout::of(SIZE, snapshot),
        );
    }
    let mut ground = List::new();
    ground.rect(Point { x: 0.0, y: 0.0 }, SIZE, 0.0, Fill::Solid(Ink::Canvas), None);
    let title = lang.pick(&view.title.en, &view.title.zh);
    svg::write(&[&ground, &frame.base, &frame.live], SIZE, title, Colours::Of(theme))
}

/// The points of a picture.
pub(super) async fn png(svg: &str) -> Result<Vec<u8>, JsValue> {
    let image = HtmlImageElement::new()?;
    let text = js_sys::encode_uri_component(svg);
    image.set_src(&format!("data:image/svg+xml,{}", String::from(text)));
    JsFuture::from(image.decode()).await?;
    let canvas: HtmlCanvasElement = dom::document().create_element("canvas")?.unchecked_into();
    canvas.set_width((SIZE.0 * FINE) as u32);
    canvas.set_height((SIZE.1 * FINE) as u32);
    let context = canvas.get_context("2d")?.ok_or(JsValue::NULL)?;
    let context: CanvasRenderingContext2d = context.unchecked_into();
    let (width, height) = (SIZE.0 * FINE, SIZE.1 * FINE);
    context.draw_image_with_html_image_element_and_dw_and_dh(&image, 0.0, 0.0, width, height)?;
    let promise = js_sys::Promise::new(&mut |resolve, _| {
        // A canvas that cannot be read throws, and the promise is then rejected.
        let _ = canvas.to_blob(&resolve);
    });
    let blob: Blob = JsFuture::from(promise).await?.dyn_into()?;
    let buffer = JsFuture::from(blob.array_buffer()).await?;
    Ok(js_sys::Uint8Array::new(&buffer).to_vec())
}
