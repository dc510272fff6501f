//! Line icons of 16 units, drawn with the colour of the text beside them.

use yew::prelude::*;

/// An icon.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Glyph {
    Play,
    Pause,
    Back,
    Forward,
    Reset,
    Share,
    Embed,
    Sun,
    Moon,
    Auto,
    Help,
    Down,
    Right,
    Cross,
    Dots,
    Dice,
    Power,
    Isolate,
    Clock,
    Panel,
    Fullscreen,
    Out,
    Undo,
    Redo,
    Gauge,
    Tidy,
    Split,
}

impl Glyph {
    /// Outlines, in one path.
    fn path(self) -> &'static str {
        match self {
            Glyph::Play => "M5 3l8 5-8 5z",
            Glyph::Pause => "M5.5 3.5v9M10.5 3.5v9",
            Glyph::Back => "M12 4L6 8l6 4zM3.5 4v8",
            Glyph::Forward => "M4 4l6 4-6 4zM12.5 4v8",
            Glyph::Reset => "M3.2 6.2A5.2 5.2 0 1 1 2.8 8.6M3 3v3.3h3.3",
            Glyph::Share => {
                "M8 10V2.5M5 5l3-2.8L11 5M3 9v3.5A1.5 1.5 0 0 0 4.5 14h7a1.5 1.5 0 0 0 \
                             1.5-1.5V9"
            }
            Glyph::Embed => "M5.5 4L1.5 8l4 4M10.5 4l4 4-4 4",
            Glyph::Sun => {
                "M8 5a3 3 0 1 0 .01 0M8 1v1.6M8 13.4V15M1 8h1.6M13.4 8H15M3.1 3.1l1.1 \
                           1.1M11.8 11.8l1.1 1.1M3.1 12.9l1.1-1.1M11.8 4.2l1.1-1.1"
            }
            Glyph::Moon => "M13.5 9.8A6 6 0 0 1 6.2 2.5 6 6 0 1 0 13.5 9.8z",
            Glyph::Auto => "M8 2a6 6 0 1 0 .01 0M8 2v12M8 5l4.9-1M8 8.5h6M8 12h4.4",
            Glyph::Help => {
                "M8 2a6 6 0 1 0 .01 0M6 6.5a2 2 0 1 1 2.8 1.8c-.5.25-.8.6-.8 1.2M8 \
                            11.6v.1"
            }
            Glyph::Down => "M4 6l4 4 4-4",
            Glyph::Right => "M6 4l4 4-4 4",
            Glyph::Cross => "M4 4l8 8M12 4l-8 8",
            Glyph::Dots => "M3 8h.1M8 8h.1M13 8h.1",
            Glyph::Dice => {
                "M4.5 2.5h7a2 2 0 0 1 2 2v7a2 2 0 0 1-2 2h-7a2 2 0 0 1-2-2v-7a2 2 0 0 1 \
                            2-2zM5.6 5.6h.1M10.4 10.4h.1M10.4 5.6h.1M5.6 10.4h.1M8 8h.1"
            }
            Glyph::Power => "M8 1.8v5.4M5 3.9a5.3 5.3 0 1 0 6 0",
            Glyph::Isolate => {
                "M8 6a2 2 0 1 0 .01 0M8 1.5v1.3M8 13.2v1.3M1.5 8h1.3M13.2 8h1.3M3.4 \
                               3.4l.9.9M11.7 11.7l.9.9M3.4 12.6l.9-.9M11.7 4.3l.9-.9"
            }
            Glyph::Clock => "M8 2a6 6 0 1 0 .01 0M8 4.8V8l2.4 1.5",
            Glyph::Panel => "M2.5 3.5h11v9h-11zM10 3.5v9",
            Glyph::Fullscreen => "M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10",
            Glyph::Out => {
                "M9.5 2.5h4v4M13.5 2.5L7.5 8.5M12 9.5v3a1 1 0 0 1-1 1H3.5a1 1 0 0 \
                           1-1-1V5a1 1 0 0 1 1-1h3"
            }
            Glyph::Undo => "M3 6.5h6.5a3.2 3.2 0 1 1 0 6.5H6M5.8 3.5L3 6.5l2.8 3",
            Glyph::Redo => "M13 6.5H6.5a3.2 3.2 0 1 0 0 6.5H10M10.2 3.5L13 6.5l-2.8 3",
            Glyph::Tidy => "M2.5 3.5h11M2.5 8h7M2.5 12.5h9",
            Glyph::Split => "M11.5 1.5l-7 13M3.5 5.5h.1M5 9h.1M11 7h.1M12.5 10.5h.1",
            Glyph::Gauge => "M2.6 11.5a6 6 0 1 1 10.8 0M8 9.5l3-3.5",
        }
    }

    /// Its inside is filled.
    fn filled(self) -> bool {
        matches!(self, Glyph::Play)
    }
}

/// The icon. It says nothing to a screen reader: the control around it has a name.
pub(crate) fn icon(glyph: Glyph) -> Html {
    let heavy = matches!(glyph, Glyph::Dots | Glyph::Pause | Glyph::Split);
    let class =
        classes!("icon", glyph.filled().then_some("icon-filled"), heavy.then_some("icon-heavy"));
    html! {
        <svg class={class} viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
            <path d={glyph.path()} />
        </svg>
    }
}
