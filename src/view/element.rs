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

use super::words::{Word, say};

/// An element under construction: attributes and children in the order they are given.
pub struct El {
    tag: &'static str,
    attributes: Vec<AnyAttribute>,
    children: Vec<AnyView>,
}

/// An element of HTML.
pub fn el(tag: &'static str) -> El {
    El { tag, attributes: Vec::new(), children: Vec::new() }
}

/// An element of HTML with a class.
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
    pub fn attr(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.attributes.push(custom_attribute(name, value.into()).into_any_attr());
        self
    }

    /// An attribute that follows what it reads; absent for `None`.
    pub fn attr_by(mut self, name: &'static str, value: impl Fn() -> Option<String> + Send + 'static) -> Self {
        self.attributes.push(custom_attribute(name, shared(value)).into_any_attr());
        self
    }

    /// The name under which [`Widget::focus`](super::widget::Widget::focus) finds it.
    pub fn place(self, name: impl Into<String>) -> Self {
        self.attr("data-focus", name)
    }

    /// What a form control holds.
    pub fn value_by(mut self, value: impl Fn() -> String + Send + 'static) -> Self {
        self.attributes.push(prop("value", shared(value)).into_any_attr());
        self
    }

    /// `checked`, `selected` and the like.
    pub fn state_by(mut self, name: &'static str, value: impl Fn() -> bool + Send + 'static) -> Self {
        self.attributes.push(prop(name, shared(value)).into_any_attr());
        self
    }

    /// An event listener.
    pub fn on(mut self, event: &'static str, listen: impl FnMut(Event) + 'static) -> Self {
        let listen: Box<dyn FnMut(Event)> = Box::new(listen);
        self.attributes.push(on(ev::Custom::<Event>::new(event), listen).into_any_attr());
        self
    }

    /// Text that stays.
    pub fn text(mut self, text: impl Into<String>) -> Self {
        self.children.push(text.into().into_any());
        self
    }

    /// A sentence.
    pub fn say(self, word: Word) -> Self {
        self.text(say(word))
    }

    /// Text that follows what it reads.
    pub fn text_by(mut self, text: impl Fn() -> String + Send + 'static) -> Self {
        self.children.push(shared(text).into_any());
        self
    }

    /// A child.
    pub fn child(mut self, child: impl Into<AnyView>) -> Self {
        self.children.push(child.into());
        self
    }

    /// Children.
    pub fn children(mut self, children: impl IntoIterator<Item = Self>) -> Self {
        self.children.extend(children.into_iter().map(AnyView::from));
        self
    }

    /// Children that are made anew whenever what they read changes.
    pub fn show(mut self, children: impl Fn() -> Vec<Self> + Send + 'static) -> Self {
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
        self.children.push(keyed(Box::new(keys), Arc::new(take)));
        self
    }

    /// One child for each key, kept as long as its key is there.
    pub fn each(
        mut self,
        keys: impl Fn() -> Vec<u32> + Send + 'static,
        child: impl Fn(u32) -> Self + Send + Sync + 'static,
    ) -> Self {
        self.children.push(keyed(Box::new(keys), Arc::new(child)));
        self
    }
}

fn keyed(keys: Box<dyn Fn() -> Vec<u32> + Send>, child: Arc<dyn Fn(u32) -> El + Send + Sync>) -> AnyView {
    let children = move |key: u32| AnyView::from(child(key));
    For(ForProps::builder().each(keys).key(|key: &u32| *key).children(children).build()).into_any()
}

impl From<El> for AnyView {
    fn from(El { tag, attributes, children }: El) -> Self {
        custom(tag).child(children).add_any_attr(attributes).into_any()
    }
}
