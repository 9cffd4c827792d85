//! `page` and `perPage`, and the `paging` and `navigation` of an answer (fax API facts §4).

use serde_json::{Map, Value, json};

use crate::refusal::Refusal;

/// The most records a page may have; more is quietly made this.
const MOST: usize = 1000;

/// Which part of a list is asked for.
#[derive(Debug, PartialEq)]
pub struct Page {
    number: usize,
    size: usize,
}

impl Page {
    /// Reads a query.
    ///
    /// # Errors
    /// CMN-101 for what is not a number from 1.
    pub fn read(query: &str) -> Result<Self, Refusal> {
        let number = |name: &str, or: usize| match values(query, name).last() {
            None => Ok(or),
            Some(text) => match text.parse() {
                Ok(number) if number > 0 => Ok(number),
                _ => Err(Refusal::invalid(name)),
            },
        };
        Ok(Self { number: number("page", 1)?, size: number("perPage", 100)?.min(MOST) })
    }

    /// How many records come before it.
    pub fn offset(&self) -> usize {
        (self.number - 1).saturating_mul(self.size)
    }

    /// How many records it has at most.
    pub fn size(&self) -> usize {
        self.size
    }

    /// The answer, given the records of this page and how many there are in all.
    pub fn body(&self, uri: &str, query: &str, records: Vec<Value>, total: usize) -> Value {
        let pages = total.div_ceil(self.size).max(1);
        let link = |number: usize| json!({"uri": self.uri(uri, query, number)});
        let mut navigation = Map::from_iter([("firstPage".to_owned(), link(1)), ("lastPage".to_owned(), link(pages))]);
        if self.number < pages {
            navigation.insert("nextPage".into(), link(self.number + 1));
        }
        if self.number > 1 {
            navigation.insert("previousPage".into(), link((self.number - 1).min(pages)));
        }
        let mut paging = json!({
            "page": self.number, "perPage": self.size, "totalPages": pages, "totalElements": total,
        });
        // An empty page has neither start nor end.
        if let (Some(paging), false) = (paging.as_object_mut(), records.is_empty()) {
            paging.insert("pageStart".into(), json!(self.offset()));
            paging.insert("pageEnd".into(), json!(self.offset() + records.len() - 1));
        }
        json!({
            "uri": self.uri(uri, query, self.number),
            "records": records, "paging": paging, "navigation": navigation,
        })
    }

    fn uri(&self, uri: &str, query: &str, number: usize) -> String {
        let mut pairs = form_urlencoded::Serializer::new(String::new());
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            if name != "page" && name != "perPage" {
                pairs.append_pair(&name, &value);
            }
        }
        pairs.append_pair("page", &number.to_string());
        pairs.append_pair("perPage", &self.size.to_string());
        format!("{uri}?{}", pairs.finish())
    }
}

/// Every value a query gives a name, in order.
pub fn values(query: &str, name: &str) -> Vec<String> {
    form_urlencoded::parse(query.as_bytes())
        .filter(|(key, _)| key == name)
        .map(|(_, value)| value.into_owned())
        .collect()
}
