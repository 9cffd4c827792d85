use crate::{Renderer, convert_fill_rule};
use hayro_interpret::{DrawMode, DrawProps, FillRule, StrokeProps};
use kurbo::{Affine, BezPath, Point, Rect, Shape};
use std::borrow::Cow;
use std::f64::consts::SQRT_2;

/// CHANGED for fax-widget: how far from a curve the lines may lie that are drawn in its place, in points of the page. `vello_cpu` takes a
/// quarter. That cannot be seen on a screen, where it is a shade lighter or darker; on a page of black and white points it decides which of
/// two is black, all along a curve.
pub(crate) const TOLERANCE: f64 = 0.04;

/// CHANGED for fax-widget: how wide a line is at the most, in points of the page, of which the curves are taken for lines before it is drawn.
const THIN: f64 = 4.0;

impl Renderer<'_> {
    pub(super) fn set_stroke_properties(&mut self, stroke_props: &StrokeProps, is_text: bool) {
        let threshold = if is_text { 0.25 } else { 1.0 };

        // Best-effort attempt to ensure a line width of at least 1.0, as required by the PDF
        // specification. If we are stroking text, we reduce the threshold as it will otherwise
        // lead to very bold-looking text at low resolutions.
        let min_factor = max_factor(self.ctx.transform());
        let mut line_width = stroke_props.line_width.max(0.01 / min_factor);
        let transformed_width = line_width * min_factor;

        // Only enforce line width if not inside of pattern or type 3 glyph.
        if transformed_width < threshold && !self.inside_pattern && !self.in_type3_glyph {
            line_width /= transformed_width;
            line_width *= threshold;
        }

        // At a device width of at most one pixel, round caps and joins are indistinguishable
        // from square caps and bevel joins, which are much cheaper to construct.
        let is_thin = transformed_width <= 1.0;
        let cap = match stroke_props.line_cap {
            kurbo::Cap::Round if is_thin => kurbo::Cap::Square,
            cap => cap,
        };
        let join = match stroke_props.line_join {
            kurbo::Join::Round if is_thin => kurbo::Join::Bevel,
            join => join,
        };

        let stroke = kurbo::Stroke {
            width: line_width as f64,
            join,
            miter_limit: stroke_props.miter_limit as f64,
            start_cap: cap,
            end_cap: cap,
            dash_pattern: stroke_props.dash_array.iter().map(|n| *n as f64).collect(),
            dash_offset: stroke_props.dash_offset as f64,
        };

        self.ctx.set_stroke(stroke);
    }

    /// CHANGED for fax-widget: fills a path with its curves as lines that lie closer than `vello_cpu` would draw them.
    pub(crate) fn fill_finely(&mut self, path: &BezPath) {
        let path = as_lines(path, self.ctx.transform(), f64::from(self.ctx.width().max(self.ctx.height())));
        self.ctx.fill_path(&path);
    }

    /// CHANGED for fax-widget: strokes a path as closely.
    pub(crate) fn stroke_finely(&mut self, path: &BezPath) {
        let outline = self.outline_of(path);
        self.ctx.set_fill_rule(convert_fill_rule(FillRule::NonZero));
        self.fill_finely(&outline);
    }

    /// CHANGED for fax-widget: what a stroke of a path covers.
    fn outline_of(&self, path: &BezPath) -> BezPath {
        let factor = f64::from(max_factor(self.ctx.transform()));
        let tolerance = TOLERANCE / factor.max(1.0);
        let page = f64::from(self.ctx.width().max(self.ctx.height()));
        let stroke = self.ctx.stroke();
        // The sides of a thin line are as close to lines as its middle is. Where it turns by less than a quarter, which it does on its way
        // along a curve, it needs no corner, which `kurbo` decides by how far off it may be.
        let has_corners = stroke.join != kurbo::Join::Round && stroke.start_cap != kurbo::Cap::Round;
        let lines = (has_corners && stroke.width * factor <= THIN).then(|| as_lines(path, self.ctx.transform(), page));
        match lines {
            Some(Cow::Owned(lines)) => {
                kurbo::stroke(lines.iter(), stroke, &kurbo::StrokeOpts::default(), stroke.width / 8.0)
            }
            _ => kurbo::stroke(path.iter(), stroke, &kurbo::StrokeOpts::default(), tolerance),
        }
    }

    pub(super) fn stroke_path(
        &mut self,
        path: &BezPath,
        props: DrawProps<'_>,
        stroke_props: &StrokeProps,
        is_text: bool,
    ) {
        // CHANGED for fax-widget: it waits where it may (stamp.rs).
        let color = self.may_stamp(&props);
        if color.is_none() {
            self.commit();
        }
        self.apply_draw_props(&props);
        self.set_stroke_properties(stroke_props, is_text);

        let stroke = self.ctx.stroke();
        let extent = stroke.width / 2.0 * stroke.miter_limit.max(SQRT_2);
        let bbox = path.control_box().inflate(extent, extent);
        if self.misses_target(props.transform.transform_rect_bbox(bbox)) {
            return;
        }

        let outline = single_segment_outline(path, self.ctx.stroke()).unwrap_or_else(|| self.outline_of(path));
        if let Some(color) = color {
            if self.stamp_shape(&outline, props.transform, FillRule::NonZero, color) {
                return;
            }
            self.commit();
            self.apply_draw_props(&props);
        }

        let clip_path = self.set_paint(&props.paint, || path.bounding_box(), true);
        if let Some(clip_path) = clip_path.as_ref() {
            self.push_clip_path_inner(clip_path, FillRule::NonZero);
        }
        self.ctx.set_fill_rule(convert_fill_rule(FillRule::NonZero));
        self.fill_finely(&outline);
        if clip_path.is_some() {
            self.ctx.pop_clip();
        }
    }

    pub(super) fn fill_path(&mut self, path: &BezPath, props: DrawProps<'_>, fill_rule: FillRule) {
        // CHANGED for fax-widget: it waits where it may (stamp.rs).
        if let Some(color) = self.may_stamp(&props)
            && self.stamp_shape(path, props.transform, fill_rule, color)
        {
            return;
        }
        self.commit();
        self.ctx.set_fill_rule(convert_fill_rule(fill_rule));
        self.apply_draw_props(&props);

        let clip_path = self.set_paint(&props.paint, || path.bounding_box(), false);
        if let Some(clip_path) = clip_path.as_ref() {
            self.push_clip_path_inner(clip_path, fill_rule);
        }

        self.fill_finely(path);

        if clip_path.is_some() {
            self.ctx.pop_clip();
        }
    }

    pub(super) fn draw_path<'a>(
        &mut self,
        path: &BezPath,
        props: DrawProps<'a>,
        draw_mode: &DrawMode,
    ) {
        match draw_mode {
            DrawMode::Fill(f) => {
                Self::fill_path(self, path, props, *f);
            }
            DrawMode::Stroke(s) => {
                Self::stroke_path(self, path, props, s, false);
            }
            DrawMode::FillAndStroke(f, s) => {
                Self::fill_path(self, path, props.clone(), *f);
                Self::stroke_path(self, path, props, s, false);
            }
            DrawMode::Invisible => {}
        }
    }

    pub(super) fn draw_rect<'a>(
        &mut self,
        rect: &Rect,
        props: DrawProps<'a>,
        draw_mode: &DrawMode,
    ) {
        match draw_mode {
            DrawMode::Fill(fill_rule) => {
                // CHANGED for fax-widget: it waits where it may (stamp.rs).
                if let Some(color) = self.may_stamp(&props)
                    && self.stamp_shape(&rect.to_path(0.1), props.transform, *fill_rule, color)
                {
                    return;
                }
                self.commit();
                self.ctx.set_fill_rule(convert_fill_rule(*fill_rule));
                self.apply_draw_props(&props);

                let clip_path = self.set_paint(&props.paint, || *rect, false);
                if let Some(clip_path) = clip_path.as_ref() {
                    self.push_clip_path_inner(clip_path, *fill_rule);
                }

                self.ctx.fill_rect(rect);

                if clip_path.is_some() {
                    self.ctx.pop_clip();
                }
            }
            DrawMode::Stroke(s) => {
                let path = rect.to_path(0.1);
                Self::stroke_path(self, &path, props, s, false);
            }
            DrawMode::FillAndStroke(fill_rule, stroke_props) => {
                self.draw_rect(rect, props.clone(), &DrawMode::Fill(*fill_rule));
                let path = rect.to_path(0.1);
                Self::stroke_path(self, &path, props, stroke_props, false);
            }
            DrawMode::Invisible => {}
        }
    }
}

/// CHANGED for fax-widget: the path, with a move to where it begins behind each end that closes: from there it goes on, which `kurbo::flatten` leaves out.
pub(crate) fn going_on(path: &BezPath) -> impl Iterator<Item = kurbo::PathEl> {
    let mut begin = Point::ZERO;
    path.iter().flat_map(move |el| {
        if let kurbo::PathEl::MoveTo(point) = el {
            begin = point;
        }
        let next = matches!(el, kurbo::PathEl::ClosePath).then_some(kurbo::PathEl::MoveTo(begin));
        std::iter::once(el).chain(next)
    })
}

/// CHANGED for fax-widget: the path with lines for its curves, as close as `TOLERANCE` after the transform. Of one that goes far beyond the
/// page most would never be seen, and `vello_cpu` knows which.
fn as_lines<'a>(path: &'a BezPath, transform: &Affine, page: f64) -> Cow<'a, BezPath> {
    let is_curve = |el: &kurbo::PathEl| matches!(el, kurbo::PathEl::QuadTo(..) | kurbo::PathEl::CurveTo(..));
    if !path.elements().iter().any(is_curve) {
        return Cow::Borrowed(path);
    }
    let bounds = transform.transform_rect_bbox(path.control_box());
    if !(bounds.width() <= page * 4.0 && bounds.height() <= page * 4.0) {
        return Cow::Borrowed(path);
    }
    let mut lines = BezPath::with_capacity(path.elements().len() * 4);
    kurbo::flatten(going_on(path), TOLERANCE / f64::from(max_factor(transform)), |line| lines.push(line));
    Cow::Owned(lines)
}

pub(crate) fn max_factor(transform: &Affine) -> f32 {
    let scale_skew_transform = {
        let c = transform.as_coeffs();
        Affine::new([c[0], c[1], c[2], c[3], 0.0, 0.0])
    };

    let x_advance = scale_skew_transform * Point::new(1.0, 0.0);
    let y_advance = scale_skew_transform * Point::new(0.0, 1.0);

    x_advance
        .to_vec2()
        .length()
        .max(y_advance.to_vec2().length()) as f32
}

fn single_segment_outline(path: &BezPath, stroke: &kurbo::Stroke) -> Option<BezPath> {
    use kurbo::{Cap, PathEl};

    if !stroke.dash_pattern.is_empty() || stroke.start_cap != stroke.end_cap {
        return None;
    }

    let (p0, p1) = match path.elements() {
        [PathEl::MoveTo(p0), PathEl::LineTo(p1)] => (*p0, *p1),
        _ => return None,
    };

    let d = p1 - p0;
    let len = d.hypot();
    if len <= 0.0 || !len.is_finite() {
        return None;
    }

    let half = 0.5 * stroke.width;
    let dir = d / len;
    let n = kurbo::Vec2::new(-dir.y, dir.x) * half;
    let (a, b) = match stroke.start_cap {
        Cap::Butt => (p0, p1),
        Cap::Square => (p0 - dir * half, p1 + dir * half),
        Cap::Round => return None,
    };

    Some(BezPath::from_vec(vec![
        PathEl::MoveTo(a + n),
        PathEl::LineTo(b + n),
        PathEl::LineTo(b - n),
        PathEl::LineTo(a - n),
        PathEl::ClosePath,
    ]))
}
