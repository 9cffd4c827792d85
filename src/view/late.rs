use std::cell::OnceCell;
use std::ops::Deref;

/// A value that is made when it is first used, by the code that uses it: whoever merely holds it, as the form holds what
/// stands behind it, has nothing of how it is made and taken apart.
pub struct Late<T: 'static>(OnceCell<Box<dyn Held<T>>>);

/// What a [`Late`] holds. Through it the value is dropped by a function that is looked up, not named.
trait Held<T> {
    fn get(&self) -> &T;
}

impl<T> Held<T> for T {
    fn get(&self) -> &T {
        self
    }
}

impl<T> Default for Late<T> {
    fn default() -> Self {
        Self(OnceCell::new())
    }
}

impl<T: Default> Deref for Late<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.0.get_or_init(|| Box::new(T::default())).as_ref().get()
    }
}
