use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use crate::{Refusal, cmaps};

/// What a document may cost.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of the document. By default 50 MB, the service's limit.
    pub bytes: usize,
    /// Pages of the document. By default 400, twice what the service takes in one fax: pages can be left out of what is too long for it.
    pub pages: usize,
    /// Pels of one picture, alone or in a PDF. By default 64 million; a telephone's camera makes 12 to 50.
    pub pels: u64,
    /// Drawing operations of one PDF page, with those of the forms that it draws again and again. By default a million, some seconds.
    pub operations: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { bytes: 50 << 20, pages: 400, pels: 64_000_000, operations: 1_000_000 }
    }
}

/// Asked between steps whether work may go on; `false` makes the step a [`Refusal::OutOfTime`].
pub type Budget = Arc<dyn Fn() -> bool + Send + Sync>;

/// How documents are opened.
#[derive(Clone, Default)]
pub struct Options {
    /// What a document may cost.
    pub limits: Limits,
    /// Asked between steps: after opening, before a page and while it is weighed, after its rendering. None never says no.
    pub budget: Option<Budget>,
    /// For encrypted PDFs. Many open with the empty one.
    pub password: String,
    /// Fonts and character maps that are not built in.
    pub supplies: Supplies,
}

impl Options {
    pub(crate) fn may_go_on(&self) -> Result<(), Refusal> {
        match &self.budget {
            Some(budget) if !budget() => Err(Refusal::OutOfTime),
            _ => Ok(()),
        }
    }
}

/// Fonts and character maps that documents name and do not bring, handed in once they were fetched, and the names of those that were
/// missed. With the features `fonts` and `cmaps` nothing is ever missed.
#[derive(Clone, Default)]
pub struct Supplies(Arc<Mutex<Shelf>>);

#[derive(Default)]
struct Shelf {
    fonts: BTreeMap<String, Arc<Vec<u8>>>,
    pack: Option<Vec<u8>>,
    /// Those that were taken out of the pack. They stay in memory until the end: the renderer keeps maps for good.
    cmaps: BTreeMap<String, &'static [u8]>,
    missed: Missed,
}

/// What was asked for in vain, each once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Missed {
    /// Fonts, by the names of PDF's 14.
    pub fonts: Vec<String>,
    /// Character maps, by whatever names documents have for them.
    pub cmaps: Vec<String>,
}

impl Missed {
    /// Whether nothing was.
    pub fn is_empty(&self) -> bool {
        self.fonts.is_empty() && self.cmaps.is_empty()
    }
}

impl Supplies {
    /// A font under its PostScript name, such as `Helvetica-Bold`: one of PDF's 14, as Type 1, OpenType or CFF. What is none of them is not
    /// taken in: hosts answer with a web page for a file that they do not have.
    pub fn add_font(&self, name: &str, bytes: Vec<u8>) -> Result<(), Refusal> {
        let starts = [&b"\x80\x01"[..], b"%!", b"OTTO", b"true", b"\0\x01\0\0", b"\x01\0"];
        if !starts.iter().any(|start| bytes.starts_with(start)) {
            return Err(Refusal::Unknown);
        }
        self.shelf(|shelf| shelf.fonts.insert(name.to_owned(), Arc::new(bytes)));
        Ok(())
    }

    /// All character maps in one, as [`cmaps::pack`](crate::cmaps::pack) writes them. What is no such file is not taken in.
    pub fn add_cmaps(&self, pack: Vec<u8>) -> Result<(), Refusal> {
        if !cmaps::is_pack(&pack) {
            return Err(Refusal::Unknown);
        }
        self.shelf(|shelf| shelf.pack = Some(pack));
        Ok(())
    }

    /// What was asked for in vain since the last call. A page that was rendered in between lacks it.
    pub fn take_missed(&self) -> Missed {
        self.shelf(|shelf| std::mem::take(&mut shelf.missed)).unwrap_or_default()
    }

    pub(crate) fn font(&self, name: &str) -> Option<Arc<Vec<u8>>> {
        self.shelf(|shelf| shelf.fonts.get(name).cloned())?
    }

    /// The map of this name. `None` within is for one that the pack lacks too.
    pub(crate) fn cmap(&self, name: &str) -> Option<Option<&'static [u8]>> {
        self.shelf(|shelf| {
            if let Some(map) = shelf.cmaps.get(name) {
                return Some(Some(*map));
            }
            let map = cmaps::unpack(shelf.pack.as_ref()?, name).map(|map| &*map.leak());
            if let Some(map) = map {
                shelf.cmaps.insert(name.to_owned(), map);
            }
            Some(map)
        })?
    }

    #[cfg(not(feature = "fonts"))]
    pub(crate) fn misses_fonts(&self) -> bool {
        self.shelf(|shelf| !shelf.missed.fonts.is_empty()).unwrap_or_default()
    }

    #[cfg(not(feature = "fonts"))]
    pub(crate) fn miss_font(&self, name: &str) {
        self.shelf(|shelf| note(&mut shelf.missed.fonts, name));
    }

    #[cfg(not(feature = "cmaps"))]
    pub(crate) fn miss_cmap(&self, name: &str) {
        self.shelf(|shelf| note(&mut shelf.missed.cmaps, name));
    }

    fn shelf<T>(&self, with: impl FnOnce(&mut Shelf) -> T) -> Option<T> {
        self.0.lock().ok().map(|mut shelf| with(&mut shelf))
    }
}

#[cfg(not(all(feature = "fonts", feature = "cmaps")))]
fn note(missed: &mut Vec<String>, name: &str) {
    if !missed.iter().any(|missed| missed == name) {
        missed.push(name.to_owned());
    }
}
