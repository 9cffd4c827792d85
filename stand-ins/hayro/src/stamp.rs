//! CHANGED for fax-widget: this file. Letters of the cache and shapes in one colour that nothing else is drawn over are not put into the drawing
//! context but handed back, to be drawn onto the page when the rest of it is there. They come out the same, in a third of the time.

use crate::Renderer;
use crate::convert_fill_rule;
use crate::glyph_cache::CachedGlyph;
use crate::path::{TOLERANCE, going_on};
use fax_points::{Bounds, Canvas, Edge, Mask, Shape};
use hayro_interpret::{BlendMode, DrawProps, FillRule, Paint};
use kurbo::{Affine, BezPath, PathEl, Point, Rect};
use std::ops::Range;
use std::rc::Rc;
use vello_cpu::color::{AlphaColor, Srgb};
use vello_cpu::peniko::{self, Compose, Mix};

const BLENDED: peniko::BlendMode = peniko::BlendMode::new(Mix::Normal, Compose::SrcOver);

/// When so many edges wait, 32 MB of them, all that waits goes to the drawing context, and what comes then waits anew.
const MOST_EDGES: usize = 2_000_000;

/// What is drawn, and the colour that nothing shines through.
struct Stamp {
    what: What,
    color: AlphaColor<Srgb>,
}

enum What {
    Letter { glyph: Rc<CachedGlyph>, x: i32, y: i32 },
    /// Its edges among those of all shapes.
    Shape { edges: Range<usize>, rule: FillRule, within: Rect },
}

/// The letters and shapes that were drawn last on a page, and nothing else over them.
#[derive(Default)]
pub struct Stamps {
    all: Vec<Stamp>,
    edges: Vec<Edge>,
    has_drawn: bool,
}

/// What bounds drawing: a rectangle, or a path.
struct Clip {
    path: BezPath,
    rule: FillRule,
    rect: Option<Rect>,
    /// Where this and all before let everything through; none where that is not known.
    bounds: Option<Rect>,
}

/// What waits for the end of a page.
#[derive(Default)]
pub(crate) struct Waiting {
    stamps: Stamps,
    clips: Vec<Clip>,
    /// How many of them the drawing context knows of: it is told when something is drawn that needs them.
    pushed: usize,
}

impl Waiting {
    pub(crate) fn into_stamps(self) -> Stamps {
        self.stamps
    }

    /// Where all clips let everything through; none where one of them is a path.
    fn bounds(&self) -> Option<Rect> {
        match self.clips.last() {
            // The last is within all the others: a page may have very many.
            Some(clip) => clip.bounds,
            None => Some(Rect::new(f64::NEG_INFINITY, f64::NEG_INFINITY, f64::INFINITY, f64::INFINITY)),
        }
    }
}

impl Renderer<'_> {
    /// The colour of what may wait that is drawn like this; none on anything but a page.
    pub(crate) fn may_stamp(&self, props: &DrawProps<'_>) -> Option<AlphaColor<Srgb>> {
        let Paint::Color(color) = &props.paint else { return None };
        let [red, green, blue, alpha] = color.to_rgba().to_rgba8();
        let is_plain = alpha == 255
            && props.soft_mask.is_none()
            && props.blend_mode == BlendMode::Normal
            && self.global.aliasing_threshold.is_none();
        (is_plain && self.layers == 0 && !self.inside_pattern && self.waiting.is_some())
            .then(|| AlphaColor::from_rgba8(red, green, blue, alpha))
    }

    /// Has a letter wait; `false` where a clip cuts it.
    pub(crate) fn stamp(&mut self, glyph: &Rc<CachedGlyph>, x: i32, y: i32, color: AlphaColor<Srgb>) -> bool {
        let Some(waiting) = &mut self.waiting else { return false };
        let (x, y) = (x.saturating_add(glyph.x), y.saturating_add(glyph.y));
        let (x0, y0) = (f64::from(x), f64::from(y));
        let bounds = Rect::new(x0, y0, x0 + f64::from(glyph.width), y0 + f64::from(glyph.height));
        if !waiting.bounds().is_some_and(|clip| clip.contains_rect(bounds)) {
            return false;
        }
        waiting.stamps.all.push(Stamp { what: What::Letter { glyph: glyph.clone(), x, y }, color });
        true
    }

    /// Has a shape wait; `false` where it is cut by a clip that is a path, and where it goes far beyond the page: most of it would never be
    /// seen, and `vello_cpu` knows which.
    pub(crate) fn stamp_shape(
        &mut self,
        path: &BezPath,
        transform: Affine,
        rule: FillRule,
        color: AlphaColor<Srgb>,
    ) -> bool {
        let far = 4.0 * f64::from(self.ctx.width().max(self.ctx.height()));
        let reach = Rect::new(-far, -far, far, far);
        let bounds = transform.transform_rect_bbox(path.control_box());
        if !reach.contains_rect(bounds) {
            return false;
        }
        if self.misses_target(bounds) {
            return true;
        }
        let Some(waiting) = &mut self.waiting else { return false };
        let Some(within) = waiting.bounds() else { return false };
        if waiting.stamps.edges.len() > MOST_EDGES {
            return false;
        }
        let edges = &mut waiting.stamps.edges;
        let first = edges.len();
        let (mut start, mut last) = ([0.0; 2], [0.0; 2]);
        let mut add = |el: PathEl| {
            let at = |point: Point| [point.x as f32, point.y as f32];
            let (to, begins) = match el {
                PathEl::MoveTo(to) => (start, Some(at(to))),
                PathEl::LineTo(to) => (at(to), None),
                _ => (start, None),
            };
            if last != to {
                edges.push(Edge { from: last, to });
            }
            start = begins.unwrap_or(start);
            last = begins.unwrap_or(to);
        };
        kurbo::flatten(going_on(path).map(|el| transform * el), TOLERANCE, &mut add);
        add(PathEl::ClosePath);
        let edges = first..waiting.stamps.edges.len();
        waiting.stamps.all.push(Stamp { what: What::Shape { edges, rule, within }, color });
        true
    }

    /// Comes before anything that is drawn into the context: what waits goes there too, and lies below. What bounds it has been the
    /// same since, or wider.
    pub(crate) fn commit(&mut self) {
        let Some(waiting) = &mut self.waiting else { return };
        let Stamps { all, edges, .. } = std::mem::take(&mut waiting.stamps);
        waiting.stamps.has_drawn = true;
        if !all.is_empty() {
            self.ctx.reset_mask();
            self.ctx.set_blend_mode(BLENDED);
        }
        for Stamp { what, color } in all {
            match what {
                What::Letter { glyph, x, y } => self.draw_cached_glyph(&glyph, x, y, color),
                What::Shape { edges: range, rule, within } => {
                    self.draw_shape(edges.get(range).unwrap_or_default(), rule, within, color);
                }
            }
        }
        let Some(waiting) = &mut self.waiting else { return };
        for clip in &waiting.clips[waiting.pushed..] {
            self.ctx.set_fill_rule(convert_fill_rule(clip.rule));
            self.ctx.set_transform(Affine::IDENTITY);
            match clip.rect {
                Some(rect) => self.ctx.push_clip_rect(&rect),
                None => self.ctx.push_clip_path(&clip.path),
            }
        }
        waiting.pushed = waiting.clips.len();
        self.ctx.set_fill_rule(peniko::Fill::NonZero);
    }

    fn draw_shape(&mut self, edges: &[Edge], rule: FillRule, within: Rect, color: AlphaColor<Srgb>) {
        let point = |[x, y]: [f32; 2]| Point::new(f64::from(x), f64::from(y));
        let mut path = BezPath::new();
        let mut last = None;
        for edge in edges {
            if last != Some(edge.from) {
                path.move_to(point(edge.from));
            }
            path.line_to(point(edge.to));
            last = Some(edge.to);
        }
        self.ctx.set_transform(Affine::IDENTITY);
        self.ctx.set_paint_transform(Affine::IDENTITY);
        self.ctx.set_paint(color);
        let is_cut = !within.contains_rect(path.control_box());
        if is_cut {
            self.ctx.push_clip_rect(&within);
        }
        self.ctx.set_fill_rule(convert_fill_rule(rule));
        self.ctx.fill_path(&path);
        if is_cut {
            self.ctx.pop_clip();
        }
    }

    /// Whether the clip waits; what is no page has no time to.
    pub(crate) fn put_off_clip(&mut self, path: Option<(&BezPath, FillRule)>, rect: Option<Rect>) -> bool {
        let Some(waiting) = &mut self.waiting else { return false };
        let (path, rule) = path.map_or((BezPath::new(), FillRule::NonZero), |(path, rule)| (path.clone(), rule));
        let bounds = match waiting.clips.last() {
            Some(last) => rect.zip(last.bounds).map(|(rect, bounds)| rect.intersect(bounds)),
            None => rect,
        };
        waiting.clips.push(Clip { path, rule, rect, bounds });
        true
    }

    /// Whether the last clip had been waiting until now.
    pub(crate) fn forget_clip(&mut self) -> bool {
        let Some(waiting) = &mut self.waiting else { return false };
        let has_waited = waiting.clips.len() > waiting.pushed;
        waiting.clips.pop();
        waiting.pushed = waiting.pushed.min(waiting.clips.len());
        has_waited
    }
}

impl Stamps {
    /// Whether there is nothing but these on the page, and they have no colour.
    pub fn are_all_in_grey(&self) -> bool {
        let is_grey = |stamp: &Stamp| {
            let [red, green, blue] = rgb(stamp.color);
            red == green && green == blue
        };
        !self.has_drawn && self.all.iter().all(is_grey)
    }

    /// Draws them onto points of four bytes, so many to the row.
    pub fn on_colours(&self, points: &mut [u8], width: usize) {
        self.draw(&mut Canvas::of_colours(points, width));
    }

    /// Draws them onto greys, so many to the row.
    pub fn on_greys(&self, greys: &mut [u8], width: usize) {
        self.draw(&mut Canvas::of_greys(greys, width));
    }

    fn draw(&self, canvas: &mut Canvas<'_>) {
        for Stamp { what, color } in &self.all {
            let colour = rgb(*color);
            match what {
                What::Letter { glyph, x, y } => {
                    let mask =
                        Mask { left: *x, top: *y, width: usize::from(glyph.width), coverage: &glyph.coverage };
                    canvas.stamp(&mask, colour);
                }
                What::Shape { edges, rule, within } => {
                    let edges = self.edges.get(edges.clone()).unwrap_or_default();
                    canvas.fill(&Shape { edges, rule: fill_rule(*rule), within: bounds(*within), colour });
                }
            }
        }
    }
}

fn rgb(color: AlphaColor<Srgb>) -> [u8; 3] {
    let [red, green, blue, _] = color.to_rgba8().to_u8_array();
    [red, green, blue]
}

fn fill_rule(rule: FillRule) -> fax_points::FillRule {
    match rule {
        FillRule::NonZero => fax_points::FillRule::NonZero,
        FillRule::EvenOdd => fax_points::FillRule::EvenOdd,
    }
}

fn bounds(rect: Rect) -> Bounds {
    Bounds { left: rect.x0 as f32, top: rect.y0 as f32, right: rect.x1 as f32, bottom: rect.y1 as f32 }
}
