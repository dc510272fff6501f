//! How large a figure in a text is.

/// Width of a figure where nothing says otherwise, in pixels: a column of text.
pub const FIGURE_WIDTH: f64 = 720.0;

/// Height of the scene in a figure of this width, both in pixels; `servers` is zero for a cluster.
/// It never depends on the height that the figure has.
pub fn figure_height(width: f64, servers: usize) -> f64 {
    if servers > 0 {
        return (72.0 + 44.0 * servers as f64).clamp(240.0, 520.0);
    }
    // As wide as a column, or as narrow as a phone, where the ring needs its height.
    libm::round((width * 0.45).clamp(324.0, 440.0))
}
