//! The parameters of OAuth's requests, wherever they stand.

use std::collections::BTreeMap;

/// Names and values. One without a value counts as absent, and one that stands there twice has none (RFC 6749 §3.1).
pub struct Parameters(BTreeMap<String, Vec<String>>);

impl Parameters {
    /// Reads what is written as forms are.
    pub fn read(text: &[u8]) -> Self {
        let mut names: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (name, value) in form_urlencoded::parse(text) {
            names.entry(name.into_owned()).or_default().push(value.into_owned());
        }
        Self(names)
    }

    /// The value of a name.
    pub fn get(&self, name: &str) -> Option<&str> {
        match self.0.get(name)?.as_slice() {
            [value] if !value.is_empty() => Some(value),
            _ => None,
        }
    }

    /// Whether any name stands there twice.
    pub fn has_repeated(&self) -> bool {
        self.0.values().any(|values| values.len() > 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn once_and_with_a_value() {
        let parameters = Parameters::read(b"a=1&b=&c=x%2By+z&c=2");
        assert_eq!((parameters.get("a"), parameters.get("b"), parameters.get("c")), (Some("1"), None, None));
        assert!(parameters.has_repeated());
        let parameters = Parameters::read(b"c=x%2By+z");
        assert_eq!(parameters.get("c"), Some("x+y z"));
        assert!(!parameters.has_repeated());
    }
}
