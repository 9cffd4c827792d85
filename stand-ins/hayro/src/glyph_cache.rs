use crate::Renderer;
use ab_glyph_rasterizer::{Rasterizer, point};
use kurbo::{Affine, BezPath, PathEl, Point, Rect, Shape};
use rustc_hash::FxHashMap;
use std::cell::OnceCell;
use std::rc::Rc;
use std::sync::Arc;
use vello_cpu::color::palette::css::BLACK;
use vello_cpu::color::{AlphaColor, Srgb};
use vello_cpu::peniko::{self, ImageAlphaType, ImageQuality, ImageSampler};
use vello_cpu::{Image, ImageSource, PixelMetadata, Pixmap, Tint, TintMode};

const SUBPIXEL_STEPS: f64 = 4.0;
// CHANGED for fax-widget: 128, which is four times as much to keep, for letters that a page has few of.
const MAX_CACHED_SIZE: f64 = 64.0;
/// CHANGED for fax-widget: how many letters are kept; there was no end to them. At the most they are 64 MB. What comes after is drawn as paths.
const MAX_CACHED: usize = 4096;

pub(crate) type GlyphCache = FxHashMap<GlyphKey, Option<Rc<CachedGlyph>>>;

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct GlyphKey {
    glyph: u128,
    hinted: bool,
    linear: [u64; 4],
    // CHANGED for fax-widget: down too. A letter on a whole line is a third of a per cent of a page's points away.
    subpixel: (u8, u8),
}

// CHANGED for fax-widget: what is covered, from which the picture is made when it is first needed (stamp.rs).
pub(crate) struct CachedGlyph {
    pub(crate) coverage: Vec<u8>,
    pixmap: OnceCell<Arc<Pixmap>>,
    pub(crate) width: u16,
    pub(crate) height: u16,
    pub(crate) x: i32,
    pub(crate) y: i32,
}

impl CachedGlyph {
    fn pixmap(&self) -> Arc<Pixmap> {
        let pixmap = self.pixmap.get_or_init(|| {
            let data = self.coverage.iter().flat_map(|alpha| [0, 0, 0, *alpha]).collect();
            let metadata = PixelMetadata {
                may_have_transparency: true,
                alpha_type: ImageAlphaType::AlphaPremultiplied,
            };
            Arc::new(Pixmap::from_parts(data, self.width, self.height, metadata))
        });
        pixmap.clone()
    }
}

impl Renderer<'_> {
    pub(crate) fn fill_cached_glyph(
        &mut self,
        glyph: u128,
        hinted: bool,
        outline: &BezPath,
        transform: Affine,
        color: AlphaColor<Srgb>,
        may_wait: bool,
    ) -> bool {
        let [a, b, c, d, e, f] = transform.as_coeffs();
        let step = |at: f64| {
            let steps = (at * SUBPIXEL_STEPS).round() as i64;
            let whole = steps.div_euclid(SUBPIXEL_STEPS as i64) as i32;
            (whole, steps.rem_euclid(SUBPIXEL_STEPS as i64) as u8)
        };
        let ((x, right), (y, down)) = (step(e), step(f));
        let subpixel = (right, down);
        let key = GlyphKey {
            glyph,
            hinted,
            linear: [a.to_bits(), b.to_bits(), c.to_bits(), d.to_bits()],
            subpixel,
        };

        let cached = self.global.glyph_cache.borrow().get(&key).cloned();
        let cached = match cached {
            Some(cached) => cached,
            None => {
                if self.global.glyph_cache.borrow().len() >= MAX_CACHED {
                    return false;
                }
                let offset = |steps: u8| f64::from(steps) / SUBPIXEL_STEPS;
                let transform = Affine::new([a, b, c, d, offset(right), offset(down)]);
                let Some(rasterized) = rasterize(outline, transform)
                else {
                    return false;
                };
                let rasterized = rasterized.map(Rc::new);
                self.global
                    .glyph_cache
                    .borrow_mut()
                    .insert(key, rasterized.clone());
                rasterized
            }
        };

        let Some(cached) = cached else {
            return true;
        };

        if may_wait && self.stamp(&cached, x, y, color) {
            return true;
        }
        self.commit();
        self.draw_cached_glyph(&cached, x.saturating_add(cached.x), y.saturating_add(cached.y), color);
        true
    }

    pub(crate) fn draw_cached_glyph(
        &mut self,
        cached: &CachedGlyph,
        x: i32,
        y: i32,
        color: AlphaColor<Srgb>,
    ) {
        let (width, height) = (cached.width, cached.height);
        self.ctx
            .set_transform(Affine::translate((f64::from(x), f64::from(y))));
        self.ctx.set_paint_transform(Affine::IDENTITY);
        self.ctx.set_paint(Image {
            image: ImageSource::Pixmap(cached.pixmap()),
            sampler: ImageSampler {
                x_extend: peniko::Extend::Pad,
                y_extend: peniko::Extend::Pad,
                quality: ImageQuality::Low,
                alpha: 1.0,
            },
        });
        let tint = color != BLACK;
        if tint {
            self.ctx.set_tint(Some(Tint {
                color,
                mode: TintMode::AlphaMask,
            }));
        }
        self.ctx
            .fill_rect(&Rect::new(0.0, 0.0, f64::from(width), f64::from(height)));
        if tint {
            self.ctx.set_tint(None);
        }
    }
}

fn rasterize(outline: &BezPath, transform: Affine) -> Option<Option<CachedGlyph>> {
    let path = transform * outline.clone();
    let bbox = path.bounding_box();

    if bbox.width() > MAX_CACHED_SIZE || bbox.height() > MAX_CACHED_SIZE {
        return None;
    }

    if bbox.is_zero_area() {
        return Some(None);
    }

    let x0 = bbox.x0.floor();
    let y0 = bbox.y0.floor();
    let width = (bbox.x1.ceil() - x0) as u16;
    let height = (bbox.y1.ceil() - y0) as u16;

    let mut rasterizer = Rasterizer::new(usize::from(width), usize::from(height));
    let to_point = |p: Point| point((p.x - x0) as f32, (p.y - y0) as f32);
    let mut start = Point::ZERO;
    let mut last = Point::ZERO;

    for el in path.elements() {
        match *el {
            PathEl::MoveTo(p) => {
                if last != start {
                    rasterizer.draw_line(to_point(last), to_point(start));
                }
                start = p;
                last = p;
            }
            PathEl::LineTo(p) => {
                rasterizer.draw_line(to_point(last), to_point(p));
                last = p;
            }
            PathEl::QuadTo(p1, p2) => {
                rasterizer.draw_quad(to_point(last), to_point(p1), to_point(p2));
                last = p2;
            }
            PathEl::CurveTo(p1, p2, p3) => {
                rasterizer.draw_cubic(to_point(last), to_point(p1), to_point(p2), to_point(p3));
                last = p3;
            }
            PathEl::ClosePath => {
                if last != start {
                    rasterizer.draw_line(to_point(last), to_point(start));
                }
                last = start;
            }
        }
    }

    if last != start {
        rasterizer.draw_line(to_point(last), to_point(start));
    }

    let mut coverage = vec![0; usize::from(width) * usize::from(height)];
    rasterizer.for_each_pixel(|idx, covered| {
        coverage[idx] = (covered.min(1.0) * 255.0).round() as u8;
    });

    Some(Some(CachedGlyph {
        coverage,
        pixmap: OnceCell::new(),
        width,
        height,
        x: x0 as i32,
        y: y0 as i32,
    }))
}
