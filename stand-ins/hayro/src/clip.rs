use crate::{Renderer, convert_fill_rule};
use hayro_interpret::{ClipPath, FillRule};
use kurbo::{Affine, BezPath, PathEl, Rect};

impl Renderer<'_> {
    pub(super) fn push_clip_path_inner(&mut self, clip_path: &BezPath, fill: FillRule) {
        let old_transform = *self.ctx.transform();

        self.ctx.set_fill_rule(convert_fill_rule(fill));
        self.ctx.set_transform(Affine::IDENTITY);
        self.ctx.push_clip_path(clip_path);

        self.ctx.set_transform(old_transform);
    }

    // CHANGED for fax-widget: these wait on a page (stamp.rs).
    pub(super) fn push_clip_path(&mut self, clip_path: &ClipPath) {
        // That of a form is a rectangle most often, and comes as a path.
        let rect = as_rect(&clip_path.path);
        if self.put_off_clip(Some((&clip_path.path, clip_path.fill)), rect) {
            return;
        }
        self.push_clip_path_inner(&clip_path.path, clip_path.fill);
    }

    pub(super) fn push_clip_rect(&mut self, rect: &Rect) {
        if self.put_off_clip(None, Some(*rect)) {
            return;
        }
        self.ctx.set_fill_rule(convert_fill_rule(FillRule::NonZero));
        self.ctx.set_transform(Affine::IDENTITY);
        self.ctx.push_clip_rect(rect);
    }

    pub(super) fn pop_clip(&mut self) {
        if self.forget_clip() {
            return;
        }
        self.ctx.pop_clip();
    }
}

/// CHANGED for fax-widget: the rectangle that a path is, if it lies straight.
fn as_rect(path: &BezPath) -> Option<Rect> {
    let [PathEl::MoveTo(a), PathEl::LineTo(b), PathEl::LineTo(c), PathEl::LineTo(d), PathEl::ClosePath] = path.elements()
    else {
        return None;
    };
    let is_straight = (a.y == b.y && b.x == c.x && c.y == d.y && d.x == a.x)
        || (a.x == b.x && b.y == c.y && c.x == d.x && d.y == a.y);
    is_straight.then(|| Rect::from_points(*a, *c))
}
