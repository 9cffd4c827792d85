use std::cell::Cell;
use std::sync::{Arc, Mutex};

use hayro::hayro_interpret::font::FontQuery;
#[cfg(not(feature = "fonts"))]
use hayro::hayro_interpret::font::StandardFont;
use hayro::hayro_interpret::{InterpreterSettings, InterpreterWarning};
use hayro::hayro_syntax::page::Page;
use hayro::hayro_syntax::{DecryptionError, LoadPdfError, Pdf};
use hayro::kurbo::Affine;
use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::vello_cpu::{self, Level, PixmapMut, RasterizerSettings, RenderContext, Resources, TargetInit};
use hayro::{RenderCache, RenderSettings, Stamps, render_into};

use super::{picture::share, scan::Scan, weight};
use crate::{Grid, Kind, Lack, Options, Placement, Refusal, Shade, Supplies, Turn, place};

const MM_PER_POINT: f64 = 25.4 / 72.0;

pub(crate) fn open(bytes: Vec<u8>, options: &Options) -> Result<Pdf, Refusal> {
    let pdf = Pdf::new_with_password(bytes, &options.password).map_err(|error| match error {
        LoadPdfError::Decryption(DecryptionError::PasswordProtected) => Refusal::PasswordNeeded,
        LoadPdfError::Decryption(DecryptionError::UnsupportedAlgorithm) => Refusal::Unsupported(Kind::Pdf),
        LoadPdfError::Decryption(_) | LoadPdfError::Invalid => Refusal::Damaged,
    })?;
    match pdf.pages().len() {
        0 => Err(Refusal::Damaged),
        pages if pages > options.limits.pages => Err(Refusal::TooManyPages),
        _ => Ok(pdf),
    }
}

/// Width and height in millimetres, as the page is shown.
pub(crate) fn size_mm(page: &Page<'_>) -> (f64, f64) {
    // Since PDF 1.6 a page may have larger units (ISO 32000-1, 7.7.3.3).
    let unit = page.raw().get::<f64>("UserUnit").filter(|unit| (0.01..=1000.0).contains(unit)).unwrap_or(1.0);
    let (width, height) = page.render_dimensions();
    let mm = |points: f32| {
        let mm = f64::from(points) * unit * MM_PER_POINT;
        if mm.is_finite() { mm.clamp(0.1, 1e6) } else { 1.0 }
    };
    (mm(width), mm(height))
}

/// A page on the paper.
pub(crate) struct OnPaper {
    pub shade: Shade,
    pub placement: Placement,
    /// The share of it that has colours.
    pub coloured: f32,
    pub lacks: Vec<Lack>,
    /// Whether a picture on it breaks off.
    pub is_partial: bool,
}

/// The page on the paper.
pub(crate) fn on_paper<'p>(
    page: &'p Page<'p>,
    cache: &RenderCache<'p>,
    options: &Options,
    grid: Grid,
    wanted: Turn,
) -> Result<OnPaper, Refusal> {
    let found = weight::check(page, options)?;
    let lacks = Lacks::default();
    let settings = settings(&options.supplies, &lacks);
    let size = size_mm(page);
    let turn = place::turn(size, grid, wanted);
    let size = if turn.swaps() { (size.1, size.0) } else { size };
    let mut scan = Scan::of(page, &options.limits);
    let is_partial = found.is_partial || scan.as_ref().is_some_and(|scan| scan.is_partial);
    if let Some(scan) = &mut scan
        && let Some((shade, placement)) = scan.on_paper(size, turn, grid, |points| transform(page, turn, points))
    {
        return Ok(OnPaper { shade, placement, coloured: scan.coloured, lacks: found.lacks, is_partial });
    }
    let mut scale = place::first_scale(size, grid);
    loop {
        let extent = place::extent(size, scale, grid);
        let points = place::points(size, scale, grid);
        let scanned =
            scan.as_ref().and_then(|scan| Some((scan.drawn(transform(page, turn, points), extent)?, scan.coloured)));
        let (mut shade, coloured) = scanned.unwrap_or_else(|| {
            let drawn = Drawn::of(page, cache, &settings, turn, points, extent);
            drawn.greys().unwrap_or_else(|| {
                drawn.rendered(|rgba| {
                    let (shade, coloured) = Shade::from_rgba(extent.0, extent.1, rgba);
                    (shade, share(coloured, extent.0 * extent.1))
                })
            })
        });
        fax_points::whiten(&mut shade, 0);
        match place::settle(extent, place::ink(&shade), grid) {
            Ok((left, top)) => {
                lacks.add(&found.lacks);
                return Ok(OnPaper {
                    shade: shade.on_paper(grid.size(), extent, (left, top)),
                    placement: Placement { scale, turn, left, top },
                    coloured,
                    lacks: lacks.take(),
                    is_partial,
                });
            }
            Err(by) => scale *= by.min(0.999),
        }
    }
}

/// The page in its colours, upright, on `width` by `height` points, row by row.
pub(crate) fn original<'p>(
    page: &'p Page<'p>,
    cache: &RenderCache<'p>,
    options: &Options,
    (width, height): (usize, usize),
) -> Result<Vec<[u8; 3]>, Refusal> {
    weight::check(page, options)?;
    let settings = settings(&options.supplies, &Lacks::default());
    let size = (width as f64, height as f64);
    Ok(Drawn::of(page, cache, &settings, Turn::Upright, size, (width, height))
        .rendered(|rgba| rgba.as_chunks().0.iter().map(|[red, green, blue, _]| [*red, *green, *blue]).collect()))
}

/// From where a page has things to where it has them turned and so large.
fn transform(page: &Page<'_>, turn: Turn, size: (f64, f64)) -> Affine {
    let (width, height) = page.render_dimensions();
    let (width, height) = (f64::from(width), f64::from(height));
    let (turned, (across, down)) = match turn {
        Turn::Auto | Turn::Upright => (Affine::IDENTITY, (width, height)),
        Turn::Right => (Affine::new([0.0, 1.0, -1.0, 0.0, height, 0.0]), (height, width)),
        Turn::Over => (Affine::new([-1.0, 0.0, 0.0, -1.0, width, height]), (width, height)),
        Turn::Left => (Affine::new([0.0, -1.0, 1.0, 0.0, 0.0, width]), (height, width)),
    };
    Affine::scale_non_uniform(size.0 / across, size.1 / down) * turned * to_kurbo(page)
}

thread_local! {
    /// What the page before was drawn on: fifteen megabytes, and new ones take as long as a tenth of a page.
    static POINTS: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// A page that was gone through: what is on it, and the letters on top of that.
struct Drawn {
    context: RenderContext,
    letters: Stamps,
    extent: (usize, usize),
}

impl Drawn {
    /// The page, turned, so large on so many points.
    fn of<'p>(
        page: &'p Page<'p>,
        cache: &RenderCache<'p>,
        settings: &InterpreterSettings,
        turn: Turn,
        size: (f64, f64),
        extent: (usize, usize),
    ) -> Self {
        let transform = transform(page, turn, size);
        let level = vello_cpu::RenderSettings { level: Level::baseline(), num_threads: 0 };
        let mut context = RenderContext::new_with(extent.0 as u16, extent.1 as u16, level);
        // Hinting would bend letters to a square grid that is not the fax's.
        let how = RenderSettings { hinting: false, glyph_caching: true, ..RenderSettings::default() };
        let letters = render_into(page, cache, settings, &how, &mut context, transform);
        Self { context, letters, extent }
    }

    /// Its greys, and that it has no colours, where it has nothing but black and grey letters. They are what the points would come to.
    fn greys(&self) -> Option<(Shade, f32)> {
        if !self.letters.are_all_in_grey() {
            return None;
        }
        let (width, height) = self.extent;
        let mut greys = vec![255; width * height];
        self.letters.on_greys(&mut greys, width);
        Some((Shade::new(width, height, greys)?, 0.0))
    }

    /// What `look` makes of its points: red, green, blue and 255 of each.
    fn rendered<T>(mut self, look: impl FnOnce(&[u8]) -> T) -> T {
        self.context.flush();
        let (width, height) = self.extent;
        let bytes = width * height * 4;
        let mut points = POINTS.take();
        if points.len() < bytes {
            points = vec![0; bytes];
        }
        let points_here = points.get_mut(..bytes).unwrap_or_default();
        if let Some(pixmap) = PixmapMut::new(width as u16, height as u16, points_here) {
            let on_white =
                RasterizerSettings { target_init: TargetInit::Clear(WHITE), ..RasterizerSettings::default() };
            self.context.render_with(pixmap, &mut Resources::default(), on_white);
        }
        let points_here = points.get_mut(..bytes).unwrap_or_default();
        self.letters.on_colours(points_here, width);
        let looked = look(points_here);
        POINTS.set(points);
        looked
    }
}

fn to_kurbo(page: &Page<'_>) -> Affine {
    use hayro::hayro_interpret::TransformExt;
    page.initial_transform(true).to_kurbo()
}

/// What the renderer leaves out while it draws, each once.
#[derive(Clone, Default)]
struct Lacks(Arc<Mutex<Vec<Lack>>>);

impl Lacks {
    fn add(&self, more: &[Lack]) {
        if let Ok(mut lacks) = self.0.lock() {
            let new = more.iter().filter(|lack| !lacks.contains(lack)).copied().collect::<Vec<_>>();
            lacks.extend(new);
        }
    }

    fn take(&self) -> Vec<Lack> {
        self.0.lock().map(|mut lacks| std::mem::take(&mut *lacks)).unwrap_or_default()
    }
}

/// Where fonts and character maps come from: what was handed in, then what is built in; else they are missed, by name.
fn settings(supplies: &Supplies, lacks: &Lacks) -> InterpreterSettings {
    let (fonts, cmaps, lacks) = (supplies.clone(), supplies.clone(), lacks.clone());
    InterpreterSettings {
        font_resolver: Arc::new(move |query| {
            let standard = match query {
                FontQuery::Standard(font) => *font,
                FontQuery::Fallback(font) => font.pick_standard_font(),
            };
            let name = standard.postscript_name();
            if let Some(font) = fonts.font(name) {
                return Some((font, 0));
            }
            #[cfg(feature = "fonts")]
            return Some(standard.get_font_data());
            #[cfg(not(feature = "fonts"))]
            {
                // What may only stand in for a font that was just missed is not needed once that is there: Helvetica too, which hayro takes
                // for every font that it cannot have. One that is needed all the same is missed the next time.
                let may_stand_in =
                    matches!(query, FontQuery::Fallback(_)) || matches!(standard, StandardFont::Helvetica);
                if !may_stand_in || !fonts.misses_fonts() {
                    fonts.miss_font(name);
                }
                None
            }
        }),
        cmap_resolver: Arc::new(move |name| {
            let text = String::from_utf8_lossy(name.to_bytes()).into_owned();
            if let Some(map) = cmaps.cmap(&text) {
                return map;
            }
            #[cfg(feature = "cmaps")]
            return hayro::hayro_interpret::hayro_cmap::load_embedded(name);
            #[cfg(not(feature = "cmaps"))]
            {
                cmaps.miss_cmap(&text);
                None
            }
        }),
        warning_sink: Arc::new(move |warning| match warning {
            InterpreterWarning::ImageDecodeFailure => lacks.add(&[Lack::Picture]),
            InterpreterWarning::UnsupportedFont => lacks.add(&[Lack::Font]),
            InterpreterWarning::UnresolvedAnnotationAppearance => lacks.add(&[Lack::Annotation]),
            _ => {}
        }),
        ..InterpreterSettings::default()
    }
}
