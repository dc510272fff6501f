//! A picture made of points.

use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, CanvasRenderingContext2d, HtmlCanvasElement, HtmlImageElement};

use super::super::dom;

/// A picture of points is twice as fine.
const FINE: f64 = 2.0;
/// More points than this in a row no browser is sure to draw.
const MOST: f64 = 8_192.0;

/// The points of a picture.
pub(super) async fn png(svg: &str, size: (f64, f64)) -> Result<Vec<u8>, JsValue> {
    let image = HtmlImageElement::new()?;
    let text = js_sys::encode_uri_component(svg);
    image.set_src(&format!("data:image/svg+xml,{}", String::from(text)));
    JsFuture::from(image.decode()).await?;
    let canvas: HtmlCanvasElement = dom::document().create_element("canvas")?.unchecked_into();
    let fine = FINE.min(MOST / size.0.max(size.1));
    let (width, height) = (size.0 * fine, size.1 * fine);
    canvas.set_width(width as u32);
    canvas.set_height(height as u32);
    let context = canvas.get_context("2d")?.ok_or(JsValue::NULL)?;
    let context: CanvasRenderingContext2d = context.unchecked_into();
    context.draw_image_with_html_image_element_and_dw_and_dh(&image, 0.0, 0.0, width, height)?;
    let promise = js_sys::Promise::new(&mut |resolve, _| {
        // A canvas that cannot be read throws, and the promise is then rejected.
        let _ = canvas.to_blob(&resolve);
    });
    let blob: Blob = JsFuture::from(promise).await?.dyn_into()?;
    let buffer = JsFuture::from(blob.array_buffer()).await?;
    Ok(js_sys::Uint8Array::new(&buffer).to_vec())
}
