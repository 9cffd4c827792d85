//! The language in which a widget speaks: its sentences, and what the browser writes in the same language.

use js_sys::Reflect;
use wasm_bindgen::JsValue;
use web_sys::Element;

use super::format;
use super::widget::Widget;
use crate::words::{Word, fill};

/// A language with its sentences.
#[derive(Clone, Default, PartialEq)]
pub struct Language {
    /// The tag of BCP 47 for dates, numbers and sizes; empty for the browser's own.
    pub tag: String,
    /// The tag of the language that the sentences are in, where another is spoken than the page's.
    pub spoken: String,
    /// Whether it is written from the right.
    pub is_rtl: bool,
    /// Sentences in place of the English ones, as an object with their names as keys: each a string, or for what is
    /// counted an object with one for each plural category. Undefined for none.
    pub sentences: JsValue,
}

impl Language {
    /// The sentence as it stands.
    #[must_use]
    #[inline(never)]
    pub fn say(&self, word: Word) -> String {
        self.replaced(word, "other").unwrap_or_else(|| word.english().to_owned())
    }

    /// A sentence with values put in for its `{name}`s.
    #[must_use]
    #[inline(never)]
    pub fn fill(&self, word: Word, values: &[(&str, &str)]) -> String {
        fill(&self.say(word), values, self.is_rtl)
    }

    /// The sentence for `n` of something; where there is none for it in another language, the English one for one or for
    /// several.
    #[must_use]
    pub fn count(&self, one: Word, other: Word, n: usize) -> String {
        self.count_with(one, other, n, &[])
    }

    /// The same with further values.
    #[must_use]
    #[inline(never)]
    pub fn count_with(&self, one: Word, other: Word, n: usize, values: &[(&str, &str)]) -> String {
        let sentence = match self.replaced(other, &format::plural(n, &self.tag)) {
            Some(sentence) => sentence,
            None => if n == 1 { one } else { other }.english().to_owned(),
        };
        let number = format::number(n, &self.tag);
        let all: Vec<(&str, &str)> = values.iter().copied().chain([("n", &*number)]).collect();
        fill(&sentence, &all, self.is_rtl)
    }

    /// The sentence in place of the English one; of several forms the one of this plural category.
    fn replaced(&self, word: Word, category: &str) -> Option<String> {
        if self.sentences.is_undefined() {
            return None;
        }
        let (first, rest) = word.name().split_at_checked(1)?;
        let name = [&*first.to_ascii_lowercase(), rest].concat();
        let entry = Reflect::get(&self.sentences, &name.into()).ok()?;
        let form = |category: &str| Reflect::get(&entry, &category.into()).ok()?.as_string();
        entry.as_string().or_else(|| form(category)).or_else(|| form("other"))
    }
}

impl Widget {
    /// The language in which it speaks.
    #[must_use]
    #[inline(never)]
    pub fn language(self) -> Language {
        self.parts().language.now()
    }

    /// The sentence as it stands.
    #[must_use]
    #[inline(never)]
    pub fn say(self, word: Word) -> String {
        self.parts().language.peek(|language| language.say(word))
    }

    /// A sentence with values put in for its `{name}`s.
    #[must_use]
    #[inline(never)]
    pub fn fill(self, word: Word, values: &[(&str, &str)]) -> String {
        self.parts().language.peek(|language| language.fill(word, values))
    }

    /// The sentence for `n` of something.
    #[must_use]
    #[inline(never)]
    pub fn count(self, one: Word, other: Word, n: usize) -> String {
        self.parts().language.peek(|language| language.count(one, other, n))
    }

    /// A whole number as the language writes it.
    #[must_use]
    pub fn number(self, n: usize) -> String {
        format::number(n, &self.lang())
    }

    /// The language for dates, numbers and sizes.
    #[must_use]
    #[inline(never)]
    pub fn lang(self) -> String {
        self.parts().language.peek(|language| language.tag.clone())
    }

    /// Speaks another language from now on. Every screen is made anew, and nothing that was typed or chosen is lost.
    pub fn speak(self, language: Language) {
        let parts = self.parts();
        if parts.language.peek(|known| *known == language) {
            return;
        }
        // The focus goes back to what is in the place of what had it.
        let active = self.active().and_then(|active| active.get_attribute("data-focus"));
        // What was said in the language before.
        parts.notice.set(None);
        self.announce(String::new());
        parts.language.set(language);
        parts.turn.update(|turn| *turn = (*turn + 1) % 128);
        if let Some(place) = active {
            self.focus_on(["[data-focus=", &place, "]"].concat());
        }
    }
}

/// Writes the language and the direction on the element that all screens stand in.
pub fn mark(widget: Widget, root: &Element) {
    widget.parts().language.with(|language| {
        let _ = root.set_attribute("dir", if language.is_rtl { "rtl" } else { "ltr" });
        let _ = if language.spoken.is_empty() {
            root.remove_attribute("lang")
        } else {
            root.set_attribute("lang", &language.spoken)
        };
    });
}
