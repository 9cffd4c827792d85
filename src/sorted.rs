//! A map and a set that stand in their order in one piece of memory.
//!
//! They do what those of the standard library do; those are some kB of a download for each pair of types, with what keeps
//! a tree of them in balance. Putting one in or taking one out moves those behind it, so these are not for what has many
//! thousands.

/// Values by keys. Each stands apart, so that little moves where one comes before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SortedMap<K, V>(Vec<(K, Box<V>)>);

impl<K, V> Default for SortedMap<K, V> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K, V> SortedMap<K, V> {
    /// An empty one.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// All, in the order of their keys.
    pub fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.0.iter().map(|(key, value)| (key, &**value))
    }

    /// The keys, in their order.
    pub fn keys(&self) -> impl Iterator<Item = &K> {
        self.0.iter().map(|(key, _)| key)
    }

    /// The values, in the order of their keys.
    pub fn values(&self) -> impl Iterator<Item = &V> {
        self.0.iter().map(|(_, value)| &**value)
    }

    /// The values, to be changed.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.0.iter_mut().map(|(_, value)| &mut **value)
    }

    /// Takes out all others.
    pub fn retain(&mut self, mut keeps: impl FnMut(&K, &V) -> bool) {
        self.0.retain(|(key, value)| keeps(key, value));
    }
}

impl<K: Ord, V> SortedMap<K, V> {
    fn find(&self, key: &K) -> Result<usize, usize> {
        self.0.binary_search_by(|(known, _)| known.cmp(key))
    }

    /// What stands under a key.
    #[must_use]
    pub fn get(&self, key: &K) -> Option<&V> {
        self.0.get(self.find(key).ok()?).map(|(_, value)| &**value)
    }

    /// What stands under a key, to be changed.
    pub fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        let place = self.find(key).ok()?;
        self.0.get_mut(place).map(|(_, value)| &mut **value)
    }

    /// Whether something stands under a key.
    #[must_use]
    pub fn contains_key(&self, key: &K) -> bool {
        self.find(key).is_ok()
    }

    /// Puts a value under a key, in place of what stood there.
    pub fn insert(&mut self, key: K, value: V) {
        match self.find(&key) {
            Ok(place) => {
                if let Some(entry) = self.0.get_mut(place) {
                    *entry.1 = value;
                }
            }
            Err(place) => self.0.insert(place, (key, Box::new(value))),
        }
        debug_assert!(self.0.is_sorted_by(|(one, _), (other, _)| one < other), "in their order");
    }

    /// Takes out what stands under a key; whether something did.
    pub fn remove(&mut self, key: &K) -> bool {
        self.find(key).map(|place| self.0.remove(place)).is_ok()
    }
}

/// Keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SortedSet<K>(Vec<K>);

impl<K> Default for SortedSet<K> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K> SortedSet<K> {
    /// An empty one.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All, in their order.
    pub fn iter(&self) -> std::slice::Iter<'_, K> {
        self.0.iter()
    }

    /// Takes out all others.
    pub fn retain(&mut self, keeps: impl FnMut(&K) -> bool) {
        self.0.retain(keeps);
    }
}

impl<K: Ord> SortedSet<K> {
    /// Whether it is in it.
    #[must_use]
    pub fn contains(&self, key: &K) -> bool {
        self.0.binary_search(key).is_ok()
    }

    /// Puts one in; whether it was not in it.
    pub fn insert(&mut self, key: K) -> bool {
        self.0.binary_search(&key).map_err(|place| self.0.insert(place, key)).is_err()
    }

    /// Takes one out; whether it was in it.
    pub fn remove(&mut self, key: &K) -> bool {
        self.0.binary_search(key).map(|place| self.0.remove(place)).is_ok()
    }
}

impl<K: Ord> FromIterator<K> for SortedSet<K> {
    fn from_iter<I: IntoIterator<Item = K>>(keys: I) -> Self {
        let mut keys: Vec<K> = keys.into_iter().collect();
        keys.sort();
        keys.dedup();
        Self(keys)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_map_does_what_that_of_the_standard_library_does(steps in prop::collection::vec((0..4_u8, 0..12_u8, any::<u8>()), 0..60)) {
            let (mut own, mut theirs) = (SortedMap::new(), BTreeMap::new());
            for (step, key, value) in steps {
                match step {
                    0 | 1 => {
                        own.insert(key, value);
                        theirs.insert(key, value);
                    }
                    2 => prop_assert_eq!(own.remove(&key), theirs.remove(&key).is_some()),
                    _ => {
                        own.retain(|known, stored| *known != key || *stored > value);
                        theirs.retain(|known, stored| *known != key || *stored > value);
                    }
                }
                prop_assert!(own.iter().eq(theirs.iter()));
                prop_assert!(own.keys().eq(theirs.keys()) && own.values().eq(theirs.values()));
                prop_assert_eq!(own.get(&key), theirs.get(&key));
                prop_assert_eq!(own.get_mut(&key), theirs.get_mut(&key));
                prop_assert_eq!(own.contains_key(&key), theirs.contains_key(&key));
            }
        }

        #[test]
        fn the_set_does_what_that_of_the_standard_library_does(first in prop::collection::vec(0..12_u8, 0..20), steps in prop::collection::vec((any::<bool>(), 0..12_u8), 0..60)) {
            let mut own: SortedSet<u8> = first.iter().copied().collect();
            let mut theirs: BTreeSet<u8> = first.into_iter().collect();
            for (comes, key) in steps {
                prop_assert!(own.iter().eq(theirs.iter()));
                prop_assert_eq!(own.contains(&key), theirs.contains(&key));
                if comes {
                    prop_assert_eq!(own.insert(key), theirs.insert(key));
                } else {
                    prop_assert_eq!(own.remove(&key), theirs.remove(&key));
                }
            }
            own.retain(|key| key % 2 == 0);
            theirs.retain(|key| key % 2 == 0);
            prop_assert!(own.iter().eq(theirs.iter()));
            prop_assert_eq!(own.is_empty(), theirs.is_empty());
        }
    }
}
