use std::cell::RefCell;

use leptos::prelude::*;

/// A value that the screen follows: whatever reads it with [`with`](Self::with) is done again when it changes.
///
/// A cell and one of Leptos's triggers. Leptos's own signals are compiled for each type of value, which for the dozen
/// that the widget holds is a good part of a download; the trigger has no type.
#[derive(Default)]
pub struct Followed<T> {
    value: RefCell<T>,
    changed: ArcTrigger,
}

impl<T> Followed<T> {
    /// Reads, and follows.
    pub fn with<R>(&self, read: impl FnOnce(&T) -> R) -> R {
        self.changed.track();
        read(&self.value.borrow())
    }

    /// Reads once.
    pub fn peek<R>(&self, read: impl FnOnce(&T) -> R) -> R {
        read(&self.value.borrow())
    }

    /// Changes the value in place.
    pub fn update<R>(&self, change: impl FnOnce(&mut T) -> R) -> R {
        let result = change(&mut self.value.borrow_mut());
        self.changed.notify();
        result
    }

    /// Puts another value in.
    pub fn set(&self, value: T) {
        self.value.replace(value);
        self.changed.notify();
    }
}

impl<T: Clone> Followed<T> {
    /// A copy, and follows.
    pub fn get(&self) -> T {
        self.with(T::clone)
    }

    /// A copy of the value now.
    pub fn now(&self) -> T {
        self.peek(T::clone)
    }
}
