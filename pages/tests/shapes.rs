//! What is filled on greys, and on colours, is what the rasteriser of the rest of a page makes of it.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use fax_pages::{Document, Options, Paper, Resolution, Turn};
use fax_points::{Bounds, Canvas, Edge, FillRule, Mask, Shape};
use hayro::kurbo::{BezPath, Rect};
use hayro::vello_cpu::color::AlphaColor;
use hayro::vello_cpu::peniko::Fill;
use hayro::vello_cpu::{Pixmap, RasterizerSettings, RenderContext, Resources, TargetInit};
use proptest::prelude::*;
use support::{FONTS, PdfFile, drawing, plan};

const WIDTH: usize = 150;
const HEIGHT: usize = 90;

fn edges(corners: &[(f32, f32)]) -> Vec<Edge> {
    let next = corners.iter().cycle().skip(1);
    corners.iter().zip(next).map(|(from, to)| Edge { from: [from.0, from.1], to: [to.0, to.1] }).collect()
}

fn filled(shapes: &[Shape<'_>], (width, height): (usize, usize)) -> Vec<u8> {
    let mut greys = vec![255; width * height];
    let mut canvas = Canvas::of_greys(&mut greys, width);
    shapes.iter().for_each(|shape| canvas.fill(shape));
    greys
}

const fn page(width: usize, height: usize) -> Bounds {
    Bounds { left: 0.0, top: 0.0, right: width as f32, bottom: height as f32 }
}

/// The same by `vello_cpu`, with red, green, blue and 255 of each point.
fn by_vello(corners: &[(f32, f32)], shape: &Shape<'_>, (width, height): (usize, usize)) -> Vec<u8> {
    let mut path = BezPath::new();
    for (number, (x, y)) in corners.iter().enumerate() {
        let at = (f64::from(*x), f64::from(*y));
        if number == 0 { path.move_to(at) } else { path.line_to(at) }
    }
    path.close_path();
    let mut context = RenderContext::new(width as u16, height as u16);
    let Bounds { left, top, right, bottom } = shape.within;
    context.push_clip_rect(&Rect::new(left.into(), top.into(), right.into(), bottom.into()));
    context.set_fill_rule(if shape.rule == FillRule::NonZero { Fill::NonZero } else { Fill::EvenOdd });
    let [red, green, blue] = shape.colour;
    context.set_paint(AlphaColor::from_rgba8(red, green, blue, 255));
    context.fill_path(&path);
    context.pop_clip();
    context.flush();
    let mut pixmap = Pixmap::new(width as u16, height as u16);
    let white = TargetInit::Clear(AlphaColor::from_rgba8(255, 255, 255, 255));
    let settings = RasterizerSettings { target_init: white, ..RasterizerSettings::default() };
    context.render_with(&mut pixmap, &mut Resources::default(), settings);
    pixmap.data_as_u8_slice().to_vec()
}

/// Where the two are more than so many levels apart.
fn apart(ours: &[u8], theirs: &[u8], levels: u8) -> Vec<(usize, u8, u8)> {
    assert_eq!(ours.len(), theirs.len());
    let pairs = ours.iter().zip(theirs).enumerate();
    pairs.filter(|(_, (a, b))| a.abs_diff(**b) > levels).map(|(at, (a, b))| (at, *a, *b)).collect()
}

fn reds(rgba: &[u8]) -> Vec<u8> {
    rgba.iter().step_by(4).copied().collect()
}

prop_compose! {
    /// Shapes that lie over the page's edges, and over themselves.
    fn corners()(corners in prop::collection::vec((-60.0f32..210.0, -50.0f32..140.0), 3..14)) -> Vec<(f32, f32)> { corners }
}

prop_compose! {
    fn within()(left in 0u8..70, top in 0u8..40, right in 80u8..150, bottom in 50u8..90) -> Bounds {
        Bounds { left: left.into(), top: top.into(), right: right.into(), bottom: bottom.into() }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_shape_is_what_the_rasteriser_of_the_rest_makes_of_it(
        corners in corners(), within in within(), even_odd: bool, colour: [u8; 3],
    ) {
        let rule = if even_odd { FillRule::EvenOdd } else { FillRule::NonZero };
        let edges = edges(&corners);
        let black = Shape { edges: &edges, rule, within, colour: [0; 3] };
        let theirs = by_vello(&corners, &black, (WIDTH, HEIGHT));
        let ours = filled(&[black], (WIDTH, HEIGHT));
        prop_assert_eq!(apart(&ours, &reds(&theirs), 3), vec![]);

        let coloured = Shape { colour, ..black };
        let mut rgba = vec![255; WIDTH * HEIGHT * 4];
        Canvas::of_colours(&mut rgba, WIDTH).fill(&coloured);
        prop_assert_eq!(apart(&rgba, &by_vello(&corners, &coloured, (WIDTH, HEIGHT)), 3), vec![]);
        // A grey is the same in either.
        let grey = Shape { colour: [colour[0]; 3], ..black };
        rgba.fill(255);
        Canvas::of_colours(&mut rgba, WIDTH).fill(&grey);
        prop_assert_eq!(reds(&rgba), filled(&[grey], (WIDTH, HEIGHT)));
    }

    /// A rectangle cut by another is where they overlap, also within points.
    #[test]
    fn bounds_cut_within_points(
        (left, top) in (-20.0f32..60.0, -20.0f32..40.0), (across, down) in (5.0f32..120.0, 5.0f32..80.0),
        (cut_left, cut_top) in (0.0f32..60.0, 0.0f32..40.0), (cut_across, cut_down) in (5.0f32..80.0, 5.0f32..40.0),
    ) {
        let within = Bounds { left: cut_left, top: cut_top, right: cut_left + cut_across, bottom: cut_top + cut_down };
        let rectangle = |left, top, right, bottom| edges(&[(left, top), (right, top), (right, bottom), (left, bottom)]);
        let whole = rectangle(left, top, left + across, top + down);
        let shape = Shape { edges: &whole, rule: FillRule::NonZero, within, colour: [0; 3] };
        let cut = filled(&[shape], (WIDTH, HEIGHT));
        let bounds = Bounds::of(&whole).intersect(within);
        let small = rectangle(bounds.left, bounds.top, bounds.right.max(bounds.left), bounds.bottom.max(bounds.top));
        let small = Shape { edges: &small, within: page(WIDTH, HEIGHT), ..shape };
        prop_assert_eq!(apart(&cut, &filled(&[small], (WIDTH, HEIGHT)), 1), vec![]);
    }

    /// Whatever is filled: nothing but the points within bounds is touched, and what comes after is not changed.
    #[test]
    fn nothing_is_left_over(
        far in prop::collection::vec((-6000.0f32..6000.0, -6000.0f32..6000.0), 0..20),
        near in prop::collection::vec((-20.0f32..170.0, -20.0f32..110.0), 0..20),
        within in within(),
    ) {
        let any: Vec<Edge> = edges(&far).into_iter().chain(edges(&near)).collect();
        let any = Shape { edges: &any, rule: FillRule::NonZero, within, colour: [255; 3] };
        let triangle = edges(&[(10.0, 10.0), (140.5, 30.2), (70.1, 85.7)]);
        let triangle = Shape { edges: &triangle, rule: FillRule::NonZero, within: page(WIDTH, HEIGHT), colour: [0; 3] };
        // White on white cannot be seen, but what it would leave behind could.
        prop_assert_eq!(filled(&[any, triangle], (WIDTH, HEIGHT)), filled(&[triangle], (WIDTH, HEIGHT)));
        let drawn = filled(&[Shape { colour: [0; 3], ..any }], (WIDTH, HEIGHT));
        for (at, grey) in drawn.iter().enumerate() {
            let (x, y) = ((at % WIDTH) as f32, (at / WIDTH) as f32);
            let is_within = within.left <= x && x < within.right && within.top <= y && y < within.bottom;
            prop_assert!(is_within || *grey == 255, "{x} {y} is {grey}");
        }
    }
}

#[test]
fn what_is_no_number_does_no_harm() {
    for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, f32::MAX, f32::MIN] {
        for good in [-10.0, 20.0] {
            let edges = edges(&[(bad, good), (good, bad), (30.0, 40.0), (bad, bad)]);
            let shape = Shape { edges: &edges, rule: FillRule::EvenOdd, within: page(WIDTH, HEIGHT), colour: [0; 3] };
            let _ = filled(&[shape], (WIDTH, HEIGHT));
            let _ = filled(&[Shape { within: Bounds { left: bad, ..page(WIDTH, HEIGHT) }, ..shape }], (WIDTH, HEIGHT));
        }
    }
}

/// One that is upright but for less than a number holds, at the edge of what is seen; and one that leaves a column on its way down all of a page.
#[test]
fn steep_edges_stay_where_they_are() {
    let filled_from = |left: f32| {
        let along = edges(&[(0.0, 10.0), (left, 85.0), (40.0, 85.0), (40.0, 10.0)]);
        let shape = Shape { edges: &along, rule: FillRule::NonZero, within: page(WIDTH, HEIGHT), colour: [0; 3] };
        filled(&[shape], (WIDTH, HEIGHT))
    };
    assert!(filled_from(-f32::from_bits(1)) == filled_from(0.0));

    let (width, height) = (200, 2200);
    let along = edges(&[(99.99976, 0.0), (100.00024, 2200.0), (150.0, 2200.0), (150.0, 0.0)]);
    let shape = Shape { edges: &along, rule: FillRule::NonZero, within: page(width, height), colour: [0; 3] };
    for row in filled(&[shape], (width, height)).chunks(width) {
        assert!(row[99] > 252 && row[100] < 3, "{} {}", row[99], row[100]);
    }
}

/// So often around that numbers do not hold it.
#[test]
fn a_shape_may_go_around_as_often_as_it_likes() {
    let once = edges(&[(10.0, 10.0), (100.0, 10.0), (100.0, 80.0), (10.0, 80.0)]);
    let often: Vec<Edge> = once.iter().copied().cycle().take(once.len() * 600_000).collect();
    let shape = Shape { edges: &often, rule: FillRule::NonZero, within: page(WIDTH, HEIGHT), colour: [0; 3] };
    assert_eq!(filled(&[shape], (WIDTH, HEIGHT))[0], 255);
}

/// Of a whole page, which is gone through in bands.
#[test]
fn a_large_shape_is_whole() {
    let (width, height) = (1728, 2200);
    let star: Vec<(f32, f32)> = (0..11).map(|i| (i as f32 * 4.0 * std::f32::consts::TAU / 11.0).sin_cos()).collect();
    let star: Vec<(f32, f32)> = star.iter().map(|(x, y)| (900.3 + x * 1100.0, 1100.7 + y * 1150.0)).collect();
    let edges = edges(&star);
    for rule in [FillRule::NonZero, FillRule::EvenOdd] {
        let shape = Shape { edges: &edges, rule, within: page(width, height), colour: [0; 3] };
        let ours = filled(&[shape], (width, height));
        let theirs = reds(&by_vello(&star, &shape, (width, height)));
        let apart = apart(&ours, &theirs, 3);
        assert!(apart.len() < 10, "{rule:?}: {} {:?}", apart.len(), apart.first());
        assert!(ours.iter().filter(|grey| **grey == 0).count() > 500_000);
    }
}

#[test]
fn a_mask_that_lies_over_the_edges_is_cut() {
    let coverage: Vec<u8> = (0..16).map(|number| number * 17).collect();
    for (left, top) in [(-2, -1), (8, 7), (3, 3), (-4, 0), (10, 10), (i32::MIN, 0), (0, i32::MAX), (i32::MAX, i32::MIN)]
    {
        let mut greys = vec![255; 100];
        Canvas::of_greys(&mut greys, 10).stamp(&Mask { left, top, width: 4, coverage: &coverage }, [0; 3]);
        for (at, grey) in greys.iter().enumerate() {
            let (x, y) = ((at % 10) as i64 - i64::from(left), (at / 10) as i64 - i64::from(top));
            let is_under = (0..4).contains(&x) && (0..4).contains(&y);
            let covered = if is_under { coverage[(y * 4 + x) as usize] } else { 0 };
            assert!(grey.abs_diff(255 - covered) <= 1, "{left} {top}: {at} is {grey}");
        }
    }
}

/// A page whose last thing cannot wait is drawn by the one rasteriser, and else by the other: nobody sees which.
#[test]
fn what_waits_is_drawn_as_what_does_not() {
    let clipped = format!("q 100.3 200.7 180 333.3 re W n {} Q 20 20 m 80 20 l S", drawing());
    let even_odd = "100 100 m 500 100 l 150 400 l 300 50 l 450 400 l f* 200 500 m 300 700 l 400 500 l f".to_owned();
    let large_letters = "BT /H 300 Tf 80 400 Td (Fax) Tj ET 1 Tr BT /H 90 Tf 3 w 80 200 Td (Fax) Tj ET".to_owned();
    // Less of it is seen than of anything, and it shines through.
    let last = "/G gs 1 g 0 0 1 1 re f";
    for (name, content, most) in [
        ("in a form", "/F Do".to_owned(), 0.0005),
        ("drawing", drawing(), 0.0005),
        ("plan", plan(3), 0.001),
        ("clipped", clipped, 0.0005),
        ("even and odd", even_odd, 0.0002),
        ("large letters", large_letters, 0.0002),
    ] {
        let both = format!("q {content} Q {last}");
        let media = "0 0 612 792";
        let mut pdf = PdfFile::new();
        let form = format!("/Type/XObject/Subtype/Form/BBox[90 90 400 600]/Resources<<{FONTS}>>");
        let form = pdf.stream(&form, drawing().as_bytes());
        let resources = format!("{FONTS}/ExtGState<</G<</ca 0.5>>>>/XObject<</F {form} 0 R>>");
        let bytes = pdf.pages(&[(media, &resources, &content), (media, &resources, &both)]).bytes();
        let document = Document::open(bytes, None, &Options::default()).unwrap();
        let mut renderer = document.renderer();
        let [waits, does_not] =
            [0, 1].map(|page| renderer.render(page, Resolution::High, Paper::Letter, Turn::Auto).unwrap().bitmap);
        let differ: u32 = waits.as_bytes().iter().zip(does_not.as_bytes()).map(|(a, b)| (a ^ b).count_ones()).sum();
        let black: u32 = waits.as_bytes().iter().map(|byte| byte.count_ones()).sum();
        let share = f64::from(differ) / f64::from(waits.width() * waits.height());
        println!("{name}: {black} black, {share:.5} differ");
        assert!(black > 5000 && share <= most, "{name}: {black} black, {share} differ");
    }
}

/// A curve that comes right after the end that closes goes on from where the path began.
#[test]
fn a_path_goes_on_behind_its_end() {
    let curve = "100 400 300 400 300 100 c f";
    let at_once = format!("100 100 m 300 100 l 300 150 l h {curve}");
    let anew = format!("100 100 m 300 100 l 300 150 l h 100 100 m {curve}");
    let gs = "/ExtGState<</G<</ca 0.5>>>>";
    let pages = [at_once.clone(), anew.clone(), format!("{at_once} /G gs 1 g 0 0 1 1 re f")];
    let pages = pages.each_ref().map(|content| ("0 0 612 792", gs, content.as_str()));
    let document = Document::open(PdfFile::new().pages(&pages).bytes(), None, &Options::default()).unwrap();
    let mut renderer = document.renderer();
    let [at_once, anew, by_vello] =
        [0, 1, 2].map(|page| renderer.render(page, Resolution::High, Paper::Letter, Turn::Auto).unwrap().bitmap);
    assert!(at_once.black() > 100_000 && at_once == anew);
    let differ: u32 = anew.as_bytes().iter().zip(by_vello.as_bytes()).map(|(a, b)| (a ^ b).count_ones()).sum();
    assert!(differ < 500, "{differ}");
}
