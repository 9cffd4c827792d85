//! One page, large: as it will print, in either resolution, with the original beside it.

use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use leptos::prelude::{GetUntracked, Owner, on_cleanup};
use leptos::task::tick;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;

use super::super::element::{El, button, classed, el, follow};
use super::super::followed::Followed;
use super::super::recipients::key;
use super::super::widget::Widget;
use super::strip::{place, total};
use super::{canvas, close, close_with_screen, resolution_of};
use crate::client::PageWanted;
use crate::fax::FaxResolution;
use crate::pages::{Grid, Page, PageId, Turn};
use crate::words::Word;

/// How large a page is shown, by its width: all of it in view, and closer.
pub const SIZES: [&str; 4] = ["fit", "two", "three", "four"];

/// Pels that a page is wide (ITU-T T.4).
const PELS: u32 = 1_728;

impl Widget {
    /// Opens a page.
    pub(super) fn look_at(self, id: PageId) {
        self.parts().paging.looked_at.set(Some(id));
        self.parts().looks_at_page.set(true);
        self.focus("[data-focus=page]");
    }

    pub(super) fn close_page(self) {
        let paging = &self.parts().paging;
        let Some(id) = paging.looked_at.now() else { return };
        self.parts().looks_at_page.set(false);
        paging.looked_at.set(None);
        paging.looked_at_in.set(None);
        self.focus_on(format!("[data-focus=page-{}-{}]", id.document, id.page));
    }

    /// Draws what is wanted of the page that is looked at: first as a fax, then, where nothing else is wanted by then, as it is in the
    /// document.
    pub(super) async fn draw(self, view: View) {
        if view.is_gone.load(Relaxed) {
            return;
        }
        let engine = self.parts().paging.engine.clone();
        let keep = |picture: Option<JsValue>, drawn: &mut Picture| {
            if let (Some(owner), Some(picture)) = (&view.owner, picture.clone()) {
                owner.with(|| close_with_screen(picture));
            }
            let before = std::mem::replace(drawn, (picture.is_none(), picture));
            before.1.iter().for_each(close);
        };
        let width = self.pixels_across();
        self.parts().paging.across.set(width);
        if view.is_faxed {
            let original = engine.original(&view.page, width).await.ok();
            return view.drawn.update(|drawn| keep(original, &mut drawn.original));
        }
        let is_afar = width < PELS;
        let wanted = PageWanted { thumbnail: if is_afar { width } else { 0 }, picture: !is_afar };
        let rendered = engine.render((view.page.id, view.grid, view.page.turn), wanted).await.ok();
        let faxed = rendered.and_then(|rendered| rendered.thumbnail.or(rendered.picture));
        view.drawn.update(|drawn| {
            keep(faxed, &mut drawn.faxed);
            // ITU-T T.4: 1,728 pels across 215 mm; 7.7 lines to the millimetre, or 3.85.
            let lines = f64::from(PELS) / 215.0 / if view.grid.resolution == FaxResolution::Low { 3.85 } else { 7.7 };
            drawn.stretch = if is_afar { 1.0 } else { lines };
        });
        if !view.is_gone.load(Relaxed) {
            self.parts().paging.view.borrow_mut().get_or_insert(View { is_faxed: true, ..view });
        }
    }

    /// Draws again where the window, or the screen that it is on, makes the page larger or smaller.
    fn follow_window(self) {
        let paging = &self.parts().paging;
        let draw_again = move || {
            let paging = &self.parts().paging;
            if paging.looked_at.now().is_some() && self.pixels_across() != paging.across.get() {
                paging.size.update(|_| ());
            }
        };
        if let Some(window) = web_sys::window().filter(|_| !paging.follows_window.replace(true)) {
            self.listen(window.into(), "resize", draw_again);
        }
    }

    /// Pixels of the screen that the page which is looked at is wide, those that are scrolled out of sight too; [`PELS`] at the most.
    ///
    /// Pictures are made for these: browsers make large pictures small by leaving points out, which makes patterns of dots.
    fn pixels_across(self) -> u32 {
        let across = || {
            let canvas = self.root.try_get_untracked().flatten()?.query_selector(".plate canvas").ok().flatten()?;
            Some(canvas.get_bounding_client_rect().width() * web_sys::window()?.device_pixel_ratio())
        };
        // None where the page is not on the screen.
        across()
            .map(|pixels| pixels.round() as u32)
            .filter(|pixels| *pixels > 0)
            .map_or(PELS, |pixels| pixels.min(PELS))
    }
}

/// What is wanted of the page that is looked at.
#[derive(Clone)]
pub struct View {
    page: Page,
    grid: Grid,
    /// Whether it has been drawn as a fax.
    is_faxed: bool,
    drawn: Rc<Followed<Drawn>>,
    owner: Option<Owner>,
    /// Whether the page is no longer looked at.
    is_gone: Arc<AtomicBool>,
}

/// The page that is looked at.
pub fn page(widget: Widget) -> El {
    widget.follow_window();
    let looked_at = move || widget.parts().paging.looked_at.get();
    let key_of = move || {
        let turn = looked_at().and_then(|id| widget.parts().paging.pages.with(|pages| pages.page(id))?.turn);
        let is_high = shown_in(widget) == FaxResolution::High;
        // Another page, turn or resolution is another picture.
        looked_at().map(|id| {
            id.document << 16
                | (id.page as u32) << 5
                | turn.map_or(0, |turn| 1 + u32::from(turn.quarters())) << 1
                | u32::from(is_high)
        })
    };
    classed("section", "screen")
        .part("page-screen")
        .on("keydown", move |event| match key(&event).as_str() {
            "Escape" => widget.close_page(),
            "PageDown" => step(widget, 1),
            "PageUp" => step(widget, -1),
            _ => {}
        })
        .child(
            classed("header", "beside")
                .child(el("h2").attr("tabindex", "-1").place("page").text_by(move || heading(widget)))
                .child(button("link", move || widget.close_page()).part("page-back").say(widget, Word::PageBack)),
        )
        .child(total(widget))
        .child(tools(widget))
        .child(el("div").each(move || key_of().into_iter().collect(), move |_| pictures(widget)))
        .child(
            classed("p", "hint")
                .part("page-hint")
                .text_by(move || looked_at().map(|id| widget.say(how_it_goes(widget, id))).unwrap_or_default()),
        )
}

/// What the page that is looked at has to do with what is sent.
fn how_it_goes(widget: Widget, id: PageId) -> Word {
    let wish = widget.parts().settings.with(|settings| settings.pages);
    let differs = shown_in(widget) != widget.parts().draft.with(resolution_of);
    widget.parts().paging.pages.with(|pages| match pages.page(id) {
        Some(page) if page.is_left_out => Word::PageLeftOut,
        _ if differs => Word::OtherResolution,
        _ if pages.is_shown(id.document, wish) => Word::GoesAsShown,
        _ if pages.is_doubtful(id.document) => Word::GoesUnlike,
        _ => Word::GoesAsItIs,
    })
}

fn heading(widget: Widget) -> String {
    let Some(id) = widget.parts().paging.looked_at.get() else { return String::new() };
    let (place, n) = widget.parts().paging.pages.with(|pages| place(pages, id));
    widget.fill(Word::PageHeading, &[("place", &widget.number(place)), ("n", &widget.number(n))])
}

/// The resolution in which the page is looked at.
fn shown_in(widget: Widget) -> FaxResolution {
    let own = widget.parts().paging.looked_at_in.get();
    own.unwrap_or_else(|| widget.parts().draft.with(resolution_of))
}

/// Goes some pages on.
fn step(widget: Widget, by: isize) {
    let paging = &widget.parts().paging;
    let Some(id) = paging.looked_at.now() else { return };
    let next = paging.pages.peek(|pages| {
        let all: Vec<PageId> = pages.pages().map(|page| page.id).collect();
        let at = all.iter().position(|known| *known == id)?;
        all.get(at.checked_add_signed(by)?).copied()
    });
    if let Some(next) = next {
        paging.looked_at.set(Some(next));
        widget.announce(heading(widget));
    }
}

fn tools(widget: Widget) -> El {
    let looked_at = move || widget.parts().paging.looked_at.now();
    let is_left_out = move || {
        let id = widget.parts().paging.looked_at.get();
        widget.parts().paging.pages.with(|pages| id.and_then(|id| pages.page(id)).is_some_and(|page| page.is_left_out))
    };
    let turn = move || {
        let Some(id) = looked_at() else { return };
        let grid = widget.grid();
        widget.arrange(|pages| {
            let lies = pages.page(id).and_then(|page| pages.made(&page, grid).map(|made| made.turn));
            pages.turn(id, lies.unwrap_or(Turn::UPRIGHT));
        });
        widget.announce(widget.say(Word::PageTurned));
    };
    let leave_out = move || {
        let Some(id) = looked_at() else { return };
        let is_in = !is_left_out();
        widget.arrange(|pages| pages.leave_out(id, is_in));
        widget.announce(widget.say(if is_in { Word::PageLeftOut } else { Word::PagePutBack }));
    };
    let shift = move |to_front: bool| {
        let Some(id) = looked_at() else { return };
        let mut moved = false;
        widget.arrange(|pages| moved = pages.shift(id, to_front));
        if moved {
            let (place, n) = widget.parts().paging.pages.peek(|pages| place(pages, id));
            let values = [("place", &*widget.number(place)), ("n", &widget.number(n))];
            widget.announce(widget.fill(Word::PageMoved, &values));
        }
    };
    let tool = |word: Word, press: Box<dyn Fn()>| button("", press).say(widget, word);
    let resize = move |by: isize| {
        widget.parts().paging.size.update(|size| *size = size.saturating_add_signed(by).min(SIZES.len() - 1));
    };
    let ends = move |by: isize| {
        let at = widget.parts().paging.size.get();
        (if by < 0 { at == 0 } else { at + 1 == SIZES.len() }).then(|| "true".to_owned())
    };
    let resolution = |own: FaxResolution, word: Word| {
        button("", move || widget.parts().paging.looked_at_in.set(Some(own)))
            .attr_by("aria-pressed", move || Some((shown_in(widget) == own).to_string()))
            .say(widget, word)
    };
    let use_it = move || {
        let shown = shown_in(widget);
        let differs = widget.parts().draft.with(resolution_of) != shown;
        let take = move || widget.edit(|draft| draft.fax_resolution = shown.as_str().to_owned());
        differs
            .then(|| button("link", take).part("use-resolution").say(widget, Word::UseResolution))
            .into_iter()
            .collect()
    };
    classed("div", "tools")
        .part("page-tools")
        .child(
            classed("div", "group")
                .child(tool(Word::PagePrevious, Box::new(move || step(widget, -1))).part("page-previous"))
                .child(tool(Word::PageNext, Box::new(move || step(widget, 1))).part("page-next")),
        )
        .child(
            classed("div", "group")
                .child(tool(Word::PageTurn, Box::new(turn)).part("page-turn"))
                .child(
                    button("", leave_out).part("page-leave-out").text_by(move || {
                        widget.say(if is_left_out() { Word::PagePutBack } else { Word::PageLeaveOut })
                    }),
                )
                .child(tool(Word::PageEarlier, Box::new(move || shift(true))).part("page-earlier"))
                .child(tool(Word::PageLater, Box::new(move || shift(false))).part("page-later")),
        )
        .child(
            classed("div", "group")
                .child(
                    tool(Word::PageSmaller, Box::new(move || resize(-1)))
                        .part("page-smaller")
                        .attr_by("aria-disabled", move || ends(-1)),
                )
                .child(
                    tool(Word::PageLarger, Box::new(move || resize(1)))
                        .part("page-larger")
                        .attr_by("aria-disabled", move || ends(1)),
                ),
        )
        .child(
            classed("div", "group")
                .attr("role", "group")
                .attr("aria-label", &widget.say(Word::Resolution))
                .child(resolution(FaxResolution::High, Word::High))
                .child(resolution(FaxResolution::Low, Word::Low))
                .child(el("span").show(use_it)),
        )
}

/// The page as a fax and as it is in the document, side by side.
fn pictures(widget: Widget) -> El {
    let paging = &widget.parts().paging;
    let page = paging.looked_at.now().and_then(|id| paging.pages.peek(|pages| pages.page(id)));
    let Some(page) = page else { return el("div") };
    let resolution = shown_in(widget);
    let drawn = Rc::new(Followed::<Drawn>::default());
    let is_gone = Arc::new(AtomicBool::new(false));
    let (grid, owner) = (widget.grid_of(resolution), Owner::current());
    let view = View { page, grid, is_faxed: false, drawn: Rc::clone(&drawn), owner, is_gone: Arc::clone(&is_gone) };
    on_cleanup(move || is_gone.store(true, Relaxed));
    follow(Box::new(move || {
        let paging = &widget.parts().paging;
        paging.size.get();
        // The newest only: whoever goes through many pages waits for none of those before.
        paging.view.replace(Some(view.clone()));
        spawn_local(async move {
            tick().await; // when the page is as large as it is to be
            while widget.do_next(&|_| None).await {}
        });
    }));
    let fax = {
        let drawn = Rc::clone(&drawn);
        move || drawn.with(|drawn| (drawn.faxed.clone(), drawn.stretch))
    };
    let original = move || (drawn.with(|drawn| drawn.original.clone()), 1.0);
    classed("div", "pictures")
        .child(framed(widget, Word::PageAsFaxed, fax).part("page-as-faxed"))
        .child(framed(widget, Word::PageOriginal, original).part("page-original"))
}

/// A picture, and whether it cannot be had.
type Picture = (bool, Option<JsValue>);

/// The pictures of one page, as far as they are there.
#[derive(Default)]
struct Drawn {
    /// As a fax: pel by pel where there is room for that, else every point of it is as grey as the pels that it stands for.
    faxed: Picture,
    /// How many times as high that is as in pixels.
    stretch: f64,
    original: Picture,
}

fn framed(widget: Widget, word: Word, picture: impl Fn() -> (Picture, f64) + Clone + 'static) -> El {
    let size = move || Some(["plate ", SIZES.get(widget.parts().paging.size.get()).unwrap_or(&"fit")].concat());
    let waits = picture.clone();
    let waiting = move || {
        let ((has_failed, picture), _) = waits();
        let word = if has_failed { Word::PageFailed } else { Word::ReadingPages };
        picture.is_none().then(|| classed("p", "hint").say(widget, word)).into_iter().collect()
    };
    let picture = move || {
        let ((_, picture), stretch) = picture();
        Some((picture?, stretch))
    };
    el("figure").child(el("figcaption").say(widget, word)).child(
        el("div")
            .attr_by("class", size)
            .attr("tabindex", "0")
            .attr("role", "img")
            .attr("aria-label", &widget.say(word))
            .child(canvas(picture))
            .child(el("div").show(waiting)),
    )
}
