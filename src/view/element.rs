//! One way to make an element, over Leptos's own.
//!
//! Leptos gives every element, attribute list and closure a type of its own and compiles the rendering code for each
//! of them. That is fast, and it is most of a download: written with `view!` these screens came to 186 kB. Here
//! all of them are one element type with boxed parts, and the compiler makes that code once.

use std::sync::{Arc, Mutex};

use leptos::ev;
use leptos::prelude::*;
use leptos::tachys::html::attribute::any_attribute::{AnyAttribute, IntoAnyAttribute};
use leptos::tachys::html::attribute::custom::custom_attribute;
use leptos::tachys::html::element::custom;
use leptos::tachys::html::event::on;
use leptos::tachys::html::property::prop;
use leptos::tachys::reactive_graph::SharedReactiveFunction;
use leptos::tachys::view::add_attr::AddAnyAttr;
use web_sys::Event;

use super::icon::icon;
use super::words::{Word, say};

/// An element under construction: attributes and children in the order they are given. One pointer wide, and its
/// methods out of line, because there are hundreds of calls.
pub struct El(Box<Parts>);

struct Parts {
    tag: &'static str,
    attributes: Vec<AnyAttribute>,
    children: Vec<AnyView>,
}

/// An element of HTML.
#[inline(never)]
pub fn el(tag: &'static str) -> El {
    El(Box::new(Parts { tag, attributes: Vec::new(), children: Vec::new() }))
}

/// An element of HTML with a class.
#[inline(never)]
pub fn classed(tag: &'static str, class: &'static str) -> El {
    el(tag).attr("class", class)
}

/// A button that submits nothing and does `press`.
pub fn button(class: &'static str, press: impl Fn() + 'static) -> El {
    classed("button", class).attr("type", "button").on("click", move |_| press())
}

fn shared<T>(value: impl FnMut() -> T + Send + 'static) -> SharedReactiveFunction<T> {
    Arc::new(Mutex::new(value))
}

impl El {
    /// An attribute that stays.
    #[inline(never)]
    pub fn attr(self, name: &'static str, value: &str) -> Self {
        self.with_attribute(custom_attribute(name, value.to_owned()).into_any_attr())
    }

    #[inline(never)]
    fn with_attribute(mut self, attribute: AnyAttribute) -> Self {
        self.0.attributes.push(attribute);
        self
    }

    #[inline(never)]
    fn with_child(mut self, child: AnyView) -> Self {
        self.0.children.push(child);
        self
    }

    /// An attribute that follows what it reads; absent for `None`.
    pub fn attr_by(self, name: &'static str, value: impl Fn() -> Option<String> + Send + 'static) -> Self {
        self.followed_attribute(name, shared(value))
    }

    #[inline(never)]
    fn followed_attribute(self, name: &'static str, value: SharedReactiveFunction<Option<String>>) -> Self {
        self.with_attribute(custom_attribute(name, value).into_any_attr())
    }

    /// The name under which [`Widget::focus`](super::widget::Widget::focus) finds it.
    pub fn place(self, name: &str) -> Self {
        self.attr("data-focus", name)
    }

    /// What a form control holds.
    pub fn value_by(self, value: impl Fn() -> String + Send + 'static) -> Self {
        self.followed_value(shared(value))
    }

    #[inline(never)]
    fn followed_value(self, value: SharedReactiveFunction<String>) -> Self {
        self.with_attribute(prop("value", value).into_any_attr())
    }

    /// `checked`, `selected` and the like.
    pub fn state_by(self, name: &'static str, value: impl Fn() -> bool + Send + 'static) -> Self {
        self.followed_state(name, shared(value))
    }

    #[inline(never)]
    fn followed_state(self, name: &'static str, value: SharedReactiveFunction<bool>) -> Self {
        self.with_attribute(prop(name, value).into_any_attr())
    }

    /// An event listener.
    pub fn on(self, event: &'static str, listen: impl FnMut(Event) + 'static) -> Self {
        self.listening(event, Box::new(listen))
    }

    #[inline(never)]
    fn listening(self, event: &'static str, listen: Box<dyn FnMut(Event)>) -> Self {
        self.with_attribute(on(ev::Custom::<Event>::new(event), listen).into_any_attr())
    }

    /// Text that stays.
    #[inline(never)]
    pub fn text(self, text: &str) -> Self {
        self.with_child(text.to_owned().into_any())
    }

    /// A sentence.
    #[inline(never)]
    pub fn say(self, word: Word) -> Self {
        self.text(say(word))
    }

    /// Text that follows what it reads.
    pub fn text_by(self, text: impl Fn() -> String + Send + 'static) -> Self {
        self.followed_text(shared(text))
    }

    #[inline(never)]
    fn followed_text(self, text: SharedReactiveFunction<String>) -> Self {
        self.with_child(text.into_any())
    }

    /// A child.
    #[inline(never)]
    pub fn child(self, child: Self) -> Self {
        self.with_child(child.into())
    }

    /// A drawing.
    #[inline(never)]
    pub fn icon(self, drawing: &'static str) -> Self {
        self.with_child(icon(drawing))
    }

    /// Children.
    pub fn children(mut self, children: impl IntoIterator<Item = Self>) -> Self {
        for child in children {
            self = self.child(child);
        }
        self
    }

    /// Children that are made anew whenever what they read changes.
    pub fn show(self, children: impl Fn() -> Vec<Self> + Send + 'static) -> Self {
        let made: StoredValue<Vec<Self>, LocalStorage> = StoredValue::new_local(Vec::new());
        let last = StoredValue::new(0_u32);
        // Two elements are of one type here, and Leptos would turn one into the other: a new key makes it start over.
        let keys = move || {
            let children = children();
            let first = last.get_value();
            let count = u32::try_from(children.len()).unwrap_or_default();
            last.set_value(first.wrapping_add(count));
            let mut children = children;
            children.reverse();
            made.set_value(children);
            (0..count).map(|place| first.wrapping_add(place)).collect()
        };
        let take = move |_| made.try_update_value(Vec::pop).flatten().unwrap_or_else(|| el("span"));
        self.with_child(keyed(Box::new(keys), Arc::new(take)))
    }

    /// One child for each key, kept as long as its key is there.
    pub fn each(
        self,
        keys: impl Fn() -> Vec<u32> + Send + 'static,
        child: impl Fn(u32) -> Self + Send + Sync + 'static,
    ) -> Self {
        self.with_child(keyed(Box::new(keys), Arc::new(child)))
    }
}

#[inline(never)]
fn keyed(keys: Box<dyn Fn() -> Vec<u32> + Send>, child: Arc<dyn Fn(u32) -> El + Send + Sync>) -> AnyView {
    let children = move |key: u32| AnyView::from(child(key));
    For(ForProps::builder().each(keys).key(|key: &u32| *key).children(children).build()).into_any()
}

impl From<El> for AnyView {
    #[inline(never)]
    fn from(El(parts): El) -> Self {
        let Parts { tag, attributes, children } = *parts;
        custom(tag).child(children).add_any_attr(attributes).into_any()
    }
}
