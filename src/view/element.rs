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

use crate::words::{Word, say};

thread_local! {
    static DRAWN: RefCell<Vec<(&'static str, Element)>> = const { RefCell::new(Vec::new()) };
}

/// An element. What follows a value does so until the owner that it was made under is cleaned up.
pub struct El(Element);

/// An element of HTML.
#[inline(never)]
pub fn el(tag: &str) -> El {
    El(document().create_element(tag).unwrap_or_else(|_| never()))
}

/// An element of HTML with a class.
#[inline(never)]
pub fn classed(tag: &str, class: &str) -> El {
    el(tag).attr("class", class)
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
fn follow(run: Box<dyn Fn()>) {
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
    pub fn say(self, word: Word) -> Self {
        self.text(say(word))
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
            for Self(old) in shown.borrow().iter() {
                old.remove();
            }
            for Self(new) in &fresh {
                insert_before(new, &end);
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

fn insert_before(element: &Element, next: &Node) {
    if let Some(parent) = next.parent_node() {
        // Fails only where `next` is no child of its own parent.
        let _ = parent.insert_before(element, Some(next));
    }
}
