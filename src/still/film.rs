//! The pictures of a film: the scene as it moves, the sentence above it, the time below.

use crate::kernel::Span;
use crate::lab::{Speed, StageView, ViewModel};
use crate::scene::list::{Fill, Point, at};
use crate::scene::text::Lang;
use crate::scene::{Frame, Ink, Layout, List, Options, Pace, Pulses};

use super::{BAR, CAPTION, MARGIN, Motion, bar_of, caption_of, cluster_frame, foot_of, pool_frame};

/// Width and height in pixels, in the shape of a screen.
const SIZE: (f64, f64) = (960.0, 540.0);
/// More events than this between two pictures are a jump, which starts no motion.
const JUMP: u64 = 400;

/// Draws one picture after the other, each whole, with what a film needs of the one before.
#[derive(Default)]
pub struct Film {
    frame: Frame,
    layout: Option<Layout>,
    pulses: Pulses,
    seen_event: u64,
    ground: List,
    caption: List,
    bar: List,
}

impl Film {
    /// Width and height of every picture, in pixels.
    pub const SIZE: (f64, f64) = SIZE;

    /// Draws the next picture, `passed` milliseconds of the wall after the one before. Where motion
    /// is not wanted (`still`), messages do not travel.
    pub fn draw(
        &mut self,
        view: &ViewModel,
        stage: &StageView,
        lang: Lang,
        (passed, still): (f64, bool),
    ) {
        let (width, height) = (SIZE.0, SIZE.1 - CAPTION - BAR);
        let fast = view.playhead.playing && view.playhead.speed == Speed::Max;
        let pace = if fast { Pace::Fast } else { Pace::Calm };
        let options = Options { reduced_motion: still, pace, ..Options::default() };
        self.watch(stage, passed, still);
        if view.pool.is_some() {
            self.layout = None;
            pool_frame(&mut self.frame, view, stage, ((width, height), lang), options);
        } else {
            let kept = self.layout.take();
            let kept = kept.filter(|it| it.serves((width, height), &stage.snapshot));
            let layout = kept.unwrap_or_else(|| Layout::of((width, height), &stage.snapshot));
            let playing = stage.flow != Span::ZERO;
            let motion = Motion { playing, options, pulses: Some(&self.pulses) };
            cluster_frame(&mut self.frame, view, stage, (&layout, lang), motion);
            self.layout = Some(layout);
        }
        self.ground.clear();
        self.ground.rect(at(0.0, 0.0), SIZE, 0.0, Fill::Solid(Ink::Surface), None);
        let canvas = Fill::Solid(Ink::Canvas);
        self.ground.rect(at(0.0, CAPTION), (width, height), 0.0, canvas, None);
        self.caption.clear();
        let sentence = lang.pick(&view.narration.en, &view.narration.zh);
        caption_of(&mut self.caption, sentence, view, width);
        self.bar.clear();
        foot_of(&mut self.bar, width);
        bar_of(&mut self.bar, view, stage.at, (MARGIN, width));
    }

    /// Notes commits as nodes learn of them.
    fn watch(&mut self, stage: &StageView, passed: f64, still: bool) {
        let event = stage.snapshot.event;
        let jump = event < self.seen_event || event - self.seen_event > JUMP;
        self.seen_event = event;
        self.pulses.observe(&stage.snapshot, passed, jump, still);
    }

    /// The lists of the picture, one over the other, and where the corner of each comes to lie.
    pub fn layers(&self) -> [(Point, &List); 5] {
        let (top, scene) = (at(0.0, 0.0), at(0.0, CAPTION));
        [
            (top, &self.ground),
            (scene, &self.frame.base),
            (scene, &self.frame.live),
            (top, &self.caption),
            (at(0.0, SIZE.1 - BAR), &self.bar),
        ]
    }
}
