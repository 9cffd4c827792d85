//! One way to make an element that follows values.
//!
//! Leptos owns the reactive graph, the clean-up and the component around all this. Elements are made here, because
//! `view!` gives every element, attribute list and closure a type of its own and has the rendering code compiled for
//! each: the same screens written with it are a download nearly twice as large (ARCHITECTURE.md has the figures).

use std::cell::RefCell;

use leptos::prelude::*;
use leptos::reactive::effect::RenderEffect;
use wasm_bindgen::prelude::*;
use web_sys::{Comment, Element, Event, Node, Text};

use super::widget::Widget;
use crate::words::Word;

thread_local! {
    static DRAWN: RefCell<Vec<(&'static str, Element)>> = const { RefCell::new(Vec::new()) };
}

/// An element. What follows a value does so until the owner that it was made under is cleaned up.
pub struct El(Element);

/// An element of HTML. Those that stand on many screens are parts by their kind, so that a page's styles need not name
/// each.
#[inline(never)]
pub fn el(tag: &str) -> El {
    let element = El(document().create_element(tag).unwrap_or_else(|_| never()));
    match tag {
        "header" | "footer" | "legend" => element.attr("part", tag),
        "dl" => element.attr("part", "facts"),
        "h2" => element.attr("part", "heading"),
        "h3" => element.attr("part", "subheading"),
        "input" | "select" | "textarea" => element.attr("part", "control"),
        _ => element,
    }
}

/// An element of HTML with a class. Some classes make it a part too.
#[inline(never)]
pub fn classed(tag: &str, class: &str) -> El {
    let element = el(tag).attr("class", class);
    let kind = class.split(' ').next().unwrap_or_default();
    match (tag, kind) {
        (
            _,
            "actions" | "banner" | "choice" | "columns" | "count" | "fax-line" | "fax-row" | "field" | "fields"
            | "filters" | "hint" | "label" | "lead" | "link" | "notice" | "number" | "radio" | "screen" | "status"
            | "thumbnail" | "tool",
        ) => element.attr("part", kind),
        (_, "flaw") => element.attr("part", "error"),
        ("button", _) => element.attr("part", "button").part(class),
        _ => element,
    }
}

/// A button that submits nothing and does `press`.
pub fn button(class: &str, press: impl Fn() + 'static) -> El {
    classed("button", class).attr("type", "button").on("click", move |_| press())
}

/// For calls that fail only where a name is no name, and every name is a literal of these files.
fn never() -> Element {
    JsValue::UNDEFINED.unchecked_into()
}

/// Does `run` now and whenever what it read changes, until the owner is cleaned up.
#[inline(never)]
pub fn follow(run: Box<dyn Fn()>) {
    let effect = RenderEffect::new(move |_: Option<()>| run());
    on_cleanup(move || drop(effect));
}

impl El {
    /// An attribute that stays.
    #[inline(never)]
    pub fn attr(self, name: &str, value: &str) -> Self {
        // Fails only for a name that is none.
        let _ = self.0.set_attribute(name, value);
        self
    }

    /// A part of its own, beside that of its kind.
    #[inline(never)]
    pub fn part(self, name: &str) -> Self {
        let kind = self.0.get_attribute("part").unwrap_or_default();
        self.attr("part", [name, &kind].join(" ").trim())
    }

    /// An attribute that follows what it reads; absent for `None`.
    pub fn attr_by(self, name: &'static str, value: impl Fn() -> Option<String> + 'static) -> Self {
        self.attribute_follows(name, Box::new(value))
    }

    #[inline(never)]
    fn attribute_follows(self, name: &'static str, value: Box<dyn Fn() -> Option<String>>) -> Self {
        let element = self.0.clone();
        let last = RefCell::new(None);
        follow(Box::new(move || {
            let value = value();
            // A call into the browser costs more than a comparison, and most values stay.
            if *last.borrow() != value {
                let _ = match &value {
                    Some(value) => element.set_attribute(name, value),
                    None => element.remove_attribute(name),
                };
                last.replace(value);
            }
        }));
        self
    }

    /// The name under which [`Widget::focus`](super::widget::Widget::focus) finds it.
    pub fn place(self, name: &str) -> Self {
        self.attr("data-focus", name)
    }

    /// What a form control holds.
    pub fn value_by(self, value: impl Fn() -> String + 'static) -> Self {
        self.property_follows("value", Box::new(move || value().into()))
    }

    /// `checked`, `selected` and the like.
    pub fn state_by(self, name: &'static str, value: impl Fn() -> bool + 'static) -> Self {
        self.property_follows(name, Box::new(move || value().into()))
    }

    #[inline(never)]
    fn property_follows(self, name: &'static str, value: Box<dyn Fn() -> JsValue>) -> Self {
        let element = self.0.clone();
        follow(Box::new(move || {
            let (name, value) = (JsValue::from_str(name), value());
            // Setting a value moves the caret, also where nothing changes.
            if js_sys::Reflect::get(&element, &name).is_ok_and(|known| known != value) {
                let _ = js_sys::Reflect::set(&element, &name, &value);
            }
        }));
        self
    }

    /// How high it is, in pixels. Through the object model: a content security policy may forbid style attributes.
    pub fn height_by(self, height: impl Fn() -> f64 + 'static) -> Self {
        let element = self.0.clone();
        follow(Box::new(move || set_style(&element, "height", height())));
        self
    }

    /// How far below the top of its container it stands, in pixels.
    pub fn top(self, top: f64) -> Self {
        set_style(&self.0, "top", top);
        self
    }

    /// An event listener.
    pub fn on(self, event: &str, listen: impl FnMut(Event) + 'static) -> Self {
        self.listening(event, Box::new(listen))
    }

    #[inline(never)]
    fn listening(self, event: &str, listen: Box<dyn FnMut(Event)>) -> Self {
        // Given to the collector together with the element: an event may still come after the clean-up.
        let listen = Closure::wrap(listen).into_js_value();
        let _ = self.0.add_event_listener_with_callback(event, listen.unchecked_ref());
        self
    }

    /// Text that stays.
    #[inline(never)]
    pub fn text(self, text: &str) -> Self {
        let _ = self.0.append_with_str_1(text);
        self
    }

    /// A sentence.
    #[inline(never)]
    pub fn say(self, widget: Widget, word: Word) -> Self {
        self.text(&widget.say(word))
    }

    /// Text that follows what it reads.
    pub fn text_by(self, text: impl Fn() -> String + 'static) -> Self {
        self.text_follows(Box::new(text))
    }

    #[inline(never)]
    fn text_follows(self, text: Box<dyn Fn() -> String>) -> Self {
        let node: Text = document().create_text_node("");
        let _ = self.0.append_child(&node);
        let last = RefCell::new(String::new());
        follow(Box::new(move || {
            let text = text();
            if *last.borrow() != text {
                node.set_data(&text);
                last.replace(text);
            }
        }));
        self
    }

    /// A child.
    #[inline(never)]
    pub fn child(self, Self(child): Self) -> Self {
        let _ = self.0.append_child(&child);
        self
    }

    /// Children.
    pub fn children(mut self, children: impl IntoIterator<Item = Self>) -> Self {
        for child in children {
            self = self.child(child);
        }
        self
    }

    /// A line drawing of 24 by 24, in the colour of the text around it; decoration only.
    #[inline(never)]
    pub fn icon(self, drawing: &'static str) -> Self {
        // Drawn once and copied from then on: a long list holds hundreds.
        let drawn = DRAWN.with_borrow(|drawn| {
            let icon = drawn.iter().find(|(known, _)| *known == drawing);
            icon.map(|(_, icon)| icon.clone_node_with_deep(true))
        });
        if let Some(Ok(copy)) = drawn {
            let _ = self.0.append_child(&copy);
            return self;
        }
        let svg = |tag| {
            Self(document().create_element_ns(Some("http://www.w3.org/2000/svg"), tag).unwrap_or_else(|_| never()))
        };
        let path = svg("path").attr("d", drawing);
        let icon =
            svg("svg").attr("class", "icon").attr("viewBox", "0 0 24 24").attr("aria-hidden", "true").child(path);
        DRAWN.with_borrow_mut(|drawn| drawn.push((drawing, icon.0.clone())));
        self.child(icon)
    }

    /// Children that are made anew whenever what `children` reads changes.
    pub fn show(self, children: impl Fn() -> Vec<Self> + 'static) -> Self {
        self.showing(Box::new(children))
    }

    #[inline(never)]
    fn showing(self, children: Box<dyn Fn() -> Vec<Self>>) -> Self {
        let end = self.end();
        let shown = RefCell::new(Vec::<Self>::new());
        follow(Box::new(move || {
            let fresh = children();
            let focused = shown.borrow().iter().find_map(|Self(old)| focus_in(old));
            for Self(old) in shown.borrow().iter() {
                old.remove();
            }
            for Self(new) in &fresh {
                insert_before(new, &end);
            }
            if let Some(focused) = focused {
                // On what says the same, else on what stands in its place, else on the heading of the screen.
                let again = fresh.iter().any(|Self(new)| focus_again(new, &focused))
                    || fresh.iter().any(|Self(new)| focus(Some(new.clone())))
                    || fresh.iter().any(|Self(new)| focus(new.query_selector("[tabindex]").ok().flatten()));
                if !again {
                    let screen = end.parent_element().and_then(|parent| parent.closest("[part=widget]").ok().flatten());
                    focus(screen.and_then(|screen| screen.query_selector("h2[tabindex]").ok().flatten()));
                }
            }
            shown.replace(fresh);
        }));
        self
    }

    /// One child for each key, kept as long as its key is there and moved where the order changes.
    pub fn each(self, keys: impl Fn() -> Vec<u32> + 'static, child: impl Fn(u32) -> Self + 'static) -> Self {
        self.keyed(Box::new(keys), Box::new(child))
    }

    #[inline(never)]
    fn keyed(self, keys: Box<dyn Fn() -> Vec<u32>>, child: Box<dyn Fn(u32) -> Self>) -> Self {
        let end = self.end();
        let Some(owner) = Owner::current() else { return self };
        let shown = RefCell::new(Vec::<(u32, Element, Owner)>::new());
        follow(Box::new(move || {
            let keys = keys();
            let mut before = shown.take();
            let mut after = Vec::with_capacity(keys.len());
            for key in keys {
                // Most keys are still where they were, at the front of what is left.
                let entry = match before.iter().position(|(known, ..)| *known == key) {
                    Some(place) => before.remove(place),
                    None => {
                        // An owner of its own, outside of this effect's, which is cleaned up at every run.
                        let own = owner.with(Owner::new);
                        let Self(element) = own.with(|| untrack(|| child(key)));
                        (key, element, own)
                    }
                };
                after.push(entry);
            }
            for (_, element, own) in before {
                own.cleanup();
                element.remove();
            }
            let mut next: Node = end.clone().into();
            for (_, element, _) in after.iter().rev() {
                if element.next_sibling().as_ref() != Some(&next) {
                    insert_before(element, &next);
                }
                next = element.clone().into();
            }
            shown.replace(after);
        }));
        self
    }

    /// A mark behind the children that come and go.
    fn end(&self) -> Comment {
        let end = document().create_comment("");
        let _ = self.0.append_child(&end);
        end
    }

    /// The element itself.
    pub fn element(&self) -> Element {
        self.0.clone()
    }
}

/// The selector and the words of the element that has the focus, where that is inside `element`.
fn focus_in(element: &Element) -> Option<(String, Option<String>)> {
    let root = element.get_root_node();
    let active: Element = js_sys::Reflect::get(&root, &"activeElement".into()).ok()?.dyn_into().ok()?;
    element.contains(Some(&active)).then(|| (active.tag_name().to_ascii_lowercase(), active.text_content()))
}

/// Gives the focus to the element that stands in the place of the one that had it.
fn focus_again(element: &Element, (tag, words): &(String, Option<String>)) -> bool {
    let Ok(found) = element.query_selector_all(tag) else { return false };
    let same = (0..found.length()).filter_map(|place| found.get(place)).find(|node| node.text_content() == *words);
    focus(same.and_then(|node| node.dyn_into().ok()))
}

/// Gives an element the focus, where it can have it.
fn focus(element: Option<Element>) -> bool {
    let Some(element) = element.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok()) else {
        return false;
    };
    (element.has_attribute("tabindex") || element.tab_index() >= 0) && element.focus().is_ok()
}

fn set_style(element: &Element, name: &str, pixels: f64) {
    if let Ok(style) = js_sys::Reflect::get(element, &"style".into()) {
        let _ = js_sys::Reflect::set(&style, &name.into(), &format!("{}px", pixels.round() as i64).into());
    }
}

fn insert_before(element: &Element, next: &Node) {
    if let Some(parent) = next.parent_node() {
        // Fails only where `next` is no child of its own parent.
        let _ = parent.insert_before(element, Some(next));
    }
}
