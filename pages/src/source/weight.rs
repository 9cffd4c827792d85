//! How much work a PDF page is, worked out before it is done.
//!
//! A page of a few kilobytes can ask for more than the age of the universe: a form that draws another twice, which draws another twice, and so
//! on; a stream that unpacks to gigabytes; a picture of a million by a million pels. The renderer cannot be stopped, so it is not begun.
//! What stands for itself is weighed once, however often it is drawn. On the way it shows what the page lacks.

use std::collections::HashMap;
use std::rc::Rc;

use hayro::hayro_syntax::Filter;
use hayro::hayro_syntax::content::TypedIter;
use hayro::hayro_syntax::content::ops::TypedInstruction;
use hayro::hayro_syntax::object::dict::keys::{
    ANNOTS, AP, BBOX, CHAR_PROCS, D, G, H, HEIGHT, MASK, N, RESOURCES, SMASK, SUBTYPE, W, WIDTH, X_STEP, Y_STEP,
};
use hayro::hayro_syntax::object::{Array, Dict, Name, Object, ObjectIdentifier, Rect, Stream, String as Text};
use hayro::hayro_syntax::page::{Page, Resources};

use super::unpack::{Unpacked, check_header, parameters, unpacked};
use super::{check_pels, picture};
use crate::{Lack, Options, Refusal};

/// Bytes that the drawing operations of a page, or of a form, may unpack to.
const MOST_CONTENT: u64 = 64 << 20;
/// Bytes that a picture may take for each pel, and however few it has.
const MOST_PER_PEL: u64 = 8;
const LEAST_FOR_PICTURE: u64 = 1 << 20;
/// Streams that the operations of a page may be in.
const MOST_PARTS: usize = 10_000;
/// Forms in forms. The renderer draws 50 deep and leaves out the rest; no program writes more than a few.
const DEEPEST: usize = 32;
/// Bytes that are unpacked, or pels that are drawn, for what one operation counts. That is done each time.
const PER_OPERATION: u64 = 1000;
/// What it costs to begin with a form.
const PER_FORM: u64 = 10;

/// Refuses a page that asks for too much; says what is missing on it.
pub(crate) fn check(page: &Page<'_>, options: &Options) -> Result<Found, Refusal> {
    let mut scales =
        Scales { options, known: HashMap::new(), fonts: HashMap::new(), open: Vec::new(), found: Found::default() };
    let contents = page.raw().get::<Stream<'_>>("Contents");
    let parts = page.raw().get::<Array<'_>>("Contents");
    let mut left = MOST_CONTENT;
    // They become one.
    for (number, stream) in
        contents.into_iter().chain(parts.iter().flat_map(|parts| parts.iter::<Stream<'_>>())).enumerate()
    {
        if number == MOST_PARTS {
            return Err(Refusal::TooIntricate);
        }
        left -= scales.unpacked(&stream, left)?.bytes;
    }
    let mut weight = scales.operations(page.typed_operations(), page.resources())?.all(&Letters::None);
    for annotation in page.raw().get::<Array<'_>>(ANNOTS).iter().flat_map(|all| all.iter::<Dict<'_>>()) {
        weight = weight.saturating_add(1);
        let Some(appearances) = annotation.get::<Dict<'_>>(AP) else { continue };
        let mut add = |form: &Stream<'_>| -> Result<(), Refusal> {
            weight = weight.saturating_add(scales.form(form, page.resources())?.all(&Letters::None));
            if weight > options.limits.operations { Err(Refusal::TooIntricate) } else { Ok(()) }
        };
        for appearance in [N, D] {
            match appearances.get::<Object<'_>>(appearance) {
                Some(Object::Stream(form)) => add(&form)?,
                Some(Object::Dict(states)) => {
                    for state in states.keys() {
                        if let Some(form) = states.get::<Stream<'_>>(state) {
                            add(&form)?;
                        }
                    }
                }
                _ => {}
            }
        }
    }
    if weight > options.limits.operations { Err(Refusal::TooIntricate) } else { Ok(scales.found) }
}

/// What is missing on a page, as far as that shows before it is drawn.
#[derive(Default)]
pub(crate) struct Found {
    pub lacks: Vec<Lack>,
    /// Whether a picture breaks off.
    pub is_partial: bool,
}

/// What drawing something costs, in operations.
#[derive(Clone, Copy, Default)]
struct Weight {
    own: u64,
    /// Letters of whatever font is chosen where it is drawn.
    letters: u64,
}

impl Weight {
    fn all(self, letters: &Letters) -> u64 {
        self.own.saturating_add(self.letters.saturating_mul(letters.heaviest()))
    }
}

/// What the letters of the chosen font cost, where each is a drawing of its own.
#[derive(Clone)]
enum Letters {
    /// That of whoever draws the form.
    Outer,
    /// Nothing: they are outlines.
    None,
    /// By their codes.
    Drawn(Rc<[u64; 256]>),
}

impl Letters {
    fn heaviest(&self) -> u64 {
        match self {
            Self::Drawn(weights) => weights.iter().copied().max().unwrap_or(0),
            Self::Outer | Self::None => 0,
        }
    }

    fn weight(&self, text: &Text<'_>) -> Weight {
        match self {
            Self::Outer => Weight { own: 0, letters: text.as_bytes().len() as u64 },
            Self::None => Weight::default(),
            Self::Drawn(weights) => Weight {
                own: text.as_bytes().iter().fold(0, |sum: u64, code| {
                    sum.saturating_add(weights.get(usize::from(*code)).copied().unwrap_or(0))
                }),
                letters: 0,
            },
        }
    }
}

struct Scales<'o> {
    options: &'o Options,
    /// What was weighed already, by its number.
    known: HashMap<ObjectIdentifier, Weight>,
    /// What was found out about fonts, by where they are written: some stand within what uses them.
    fonts: HashMap<(usize, usize), Letters>,
    /// The forms that are being weighed, the outermost first.
    open: Vec<ObjectIdentifier>,
    found: Found,
}

impl Scales<'_> {
    fn operations(&mut self, mut operations: TypedIter<'_>, resources: &Resources<'_>) -> Result<Weight, Refusal> {
        let mut weight = Weight::default();
        let (mut letters, mut outer) = (Letters::Outer, Vec::new());
        while let Some(operation) = operations.next() {
            let more = match operation {
                TypedInstruction::SaveState(_) => {
                    outer.push(letters.clone());
                    Weight::default()
                }
                TypedInstruction::RestoreState(_) => {
                    letters = outer.pop().unwrap_or(letters);
                    Weight::default()
                }
                TypedInstruction::XObject(name) => match resources.get_x_object(name.0) {
                    Some(stream) => {
                        let form = self.form(&stream, resources)?;
                        match &letters {
                            Letters::Outer => form,
                            letters => Weight { own: form.all(letters), letters: 0 },
                        }
                    }
                    None => Weight::default(),
                },
                TypedInstruction::InlineImage(image) => self.picture(image.0, false)?,
                TypedInstruction::NonStrokeColorNamed(colour) => self.pattern(colour.1, resources)?,
                TypedInstruction::StrokeColorNamed(colour) => self.pattern(colour.1, resources)?,
                TypedInstruction::SetGraphicsState(name) => {
                    let state = resources.get_ext_g_state(name.0);
                    let font = state.as_ref().and_then(|state| state.get::<Array<'_>>("Font"));
                    if let Some(font) = font.and_then(|font| font.iter::<Dict<'_>>().next()) {
                        weight.own = weight.own.saturating_add(self.choose(&font, resources, &mut letters)?);
                    }
                    let mask = state.and_then(|state| state.get::<Dict<'_>>(SMASK));
                    match mask.and_then(|mask| mask.get::<Stream<'_>>(G)) {
                        Some(form) => self.form(&form, resources)?,
                        None => Weight::default(),
                    }
                }
                TypedInstruction::TextFont(font) => match resources.get_font(font.0) {
                    Some(font) => Weight { own: self.choose(&font, resources, &mut letters)?, letters: 0 },
                    None => Weight::default(),
                },
                TypedInstruction::ShowText(text) => letters.weight(text.0),
                TypedInstruction::NextLineAndShowText(text) => letters.weight(text.0),
                TypedInstruction::ShowTextWithParameters(text) => letters.weight(text.2),
                TypedInstruction::ShowTexts(texts) => {
                    texts.0.iter::<Object<'_>>().fold(Weight::default(), |sum, part| {
                        let more = match &part {
                            Object::String(text) => letters.weight(text),
                            _ => Weight::default(),
                        };
                        Weight {
                            own: sum.own.saturating_add(more.own),
                            letters: sum.letters.saturating_add(more.letters),
                        }
                    })
                }
                _ => Weight::default(),
            };
            weight.own = weight.own.saturating_add(1).saturating_add(more.own);
            weight.letters = weight.letters.saturating_add(more.letters);
            if weight.own > self.options.limits.operations {
                return Err(Refusal::TooIntricate);
            }
        }
        Ok(weight)
    }

    fn form(&mut self, stream: &Stream<'_>, outer: &Resources<'_>) -> Result<Weight, Refusal> {
        if stream.dict().get::<Name<'_>>(SUBTYPE).as_deref() == Some(b"Image") {
            return self.picture(stream, true);
        }
        let id = stream.obj_id();
        if let Some(weight) = self.known.get(&id) {
            return Ok(*weight);
        }
        // Forms that draw each other have no end.
        if self.open.contains(&id) {
            return Err(Refusal::Damaged);
        }
        if self.open.len() >= DEEPEST {
            return Err(Refusal::TooIntricate);
        }
        let bytes = self.unpacked(stream, MOST_CONTENT)?.bytes;
        let Ok(content) = stream.decoded_data() else { return Ok(Weight::default()) };
        let own = stream.dict().get::<Dict<'_>>(RESOURCES).map(Resources::new);
        self.open.push(id);
        let weight = self.operations(TypedIter::new(content.as_ref()), own.as_ref().unwrap_or(outer));
        self.open.pop();
        let mut weight = weight?;
        weight.own = weight.own.saturating_add(PER_FORM).saturating_add(bytes / PER_OPERATION);
        // What names are in it may depend on who draws it.
        if own.is_some() {
            self.known.insert(id, weight);
        }
        Ok(weight)
    }

    /// One within the operations has no number of its own to be known by.
    fn picture(&mut self, stream: &Stream<'_>, is_object: bool) -> Result<Weight, Refusal> {
        let id = stream.obj_id();
        if let Some(weight) = self.known.get(&id).filter(|_| is_object) {
            return Ok(*weight);
        }
        let mut own = self.points(stream)?;
        for mask in [SMASK, MASK] {
            // A mask of a mask is not looked at by anybody.
            if let Some(mask) = stream.dict().get::<Stream<'_>>(mask) {
                own = own.saturating_add(self.points(&mask)?);
            }
        }
        let weight = Weight { own, letters: 0 };
        if is_object {
            self.known.insert(id, weight);
        }
        Ok(weight)
    }

    /// What the points of a picture cost, without those of its masks.
    fn points(&mut self, stream: &Stream<'_>) -> Result<u64, Refusal> {
        let (dict, most) = (stream.dict(), self.options.limits.pels);
        // By which of its names the renderer goes is its own affair.
        let side = |keys: [&[u8]; 2]| {
            keys.into_iter().filter_map(|key| dict.get::<u32>(key)).max().map_or(1, |side| u64::from(side.max(1)))
        };
        let (width, height) = (side([WIDTH, W]), side([HEIGHT, H]));
        check_pels(width, height, most)?;
        let pels = width * height;
        let Unpacked { bytes, picture } = self.unpacked(stream, LEAST_FOR_PICTURE.max(pels * MOST_PER_PEL))?;
        match picture {
            Some((Filter::CcittFaxDecode, _)) => {
                for words in parameters(dict) {
                    check_pels(words.get::<usize>("Columns").map_or(1, |columns| columns.max(1) as u64), height, most)?;
                }
            }
            Some((Filter::DctDecode, Some(bytes))) => self.found.is_partial |= picture::breaks_off(&bytes),
            Some((filter, Some(bytes))) => check_header(filter, &bytes, most)?,
            _ => {}
        }
        Ok(pels.max(bytes) / PER_OPERATION)
    }

    fn unpacked<'s>(&self, stream: &Stream<'s>, most: u64) -> Result<Unpacked<'s>, Refusal> {
        self.options.may_go_on()?;
        unpacked(stream, most)
    }

    fn pattern(&mut self, name: Option<&Name<'_>>, resources: &Resources<'_>) -> Result<Weight, Refusal> {
        match name.and_then(|name| resources.get_pattern(name)) {
            Some(Object::Stream(tile)) => {
                let Weight { own, letters } = self.form(&tile, resources)?;
                let copies = overlapping(tile.dict());
                Ok(Weight {
                    own: own.saturating_add(1).saturating_mul(copies),
                    letters: letters.saturating_mul(copies),
                })
            }
            _ => Ok(Weight::default()),
        }
    }

    /// Chooses a font, and says what finding out about it costs.
    fn choose(&mut self, font: &Dict<'_>, outer: &Resources<'_>, letters: &mut Letters) -> Result<u64, Refusal> {
        let key = (font.data().as_ptr() as usize, font.data().len());
        if let Some(known) = self.fonts.get(&key) {
            *letters = known.clone();
            return Ok(0);
        }
        let drawings = font.get::<Dict<'_>>(CHAR_PROCS);
        let own = font.get::<Dict<'_>>(RESOURCES).map(Resources::new);
        *letters = match &drawings {
            Some(drawings) => self.drawn(font, drawings, own.as_ref().unwrap_or(outer))?,
            None => {
                if is_missing(font) && !self.found.lacks.contains(&Lack::Font) {
                    self.found.lacks.push(Lack::Font);
                }
                Letters::None
            }
        };
        // What names are in its letters may depend on who uses it.
        match drawings {
            Some(drawings) if own.is_none() => Ok(drawings.keys().count() as u64 * PER_FORM),
            _ => {
                self.fonts.insert(key, letters.clone());
                Ok(0)
            }
        }
    }

    fn drawn(&mut self, font: &Dict<'_>, letters: &Dict<'_>, resources: &Resources<'_>) -> Result<Letters, Refusal> {
        let mut by_name = HashMap::new();
        for letter in letters.keys() {
            if let Some(drawing) = letters.get::<Stream<'_>>(&letter) {
                let weight = self.form(&drawing, resources)?.all(&Letters::None);
                by_name.insert(letter.as_ref().to_vec(), weight.saturating_add(1));
            }
        }
        // A code of which the font does not say what it is may be any letter.
        let mut weights = [by_name.values().copied().max().unwrap_or(0); 256];
        let mut code = 0;
        let differences =
            font.get::<Dict<'_>>("Encoding").and_then(|encoding| encoding.get::<Array<'_>>("Differences"));
        for part in differences.iter().flat_map(|all| all.iter::<Object<'_>>()) {
            match part {
                Object::Number(number) => code = usize::try_from(number.as_i64()).unwrap_or(256),
                Object::Name(name) => {
                    if let Some(weight) = weights.get_mut(code) {
                        *weight = by_name.get(name.as_ref()).copied().unwrap_or(0);
                    }
                    code = code.saturating_add(1);
                }
                _ => {}
            }
        }
        Ok(Letters::Drawn(Rc::new(weights)))
    }
}

/// How many tiles of a pattern lie over each other: the renderer draws each tile with all that reach into it.
fn overlapping(tile: &Dict<'_>) -> u64 {
    let Some(bbox) = tile.get::<Rect>(BBOX) else { return 1 };
    let across = |side: f64, step: Option<f32>| match step.map(|step| f64::from(step.abs())) {
        Some(step) if step > 0.0 => (side.abs() / step).ceil().max(1.0) as u64,
        _ => 1, // which the renderer leaves out
    };
    across(bbox.x1 - bbox.x0, tile.get(X_STEP)).saturating_mul(across(bbox.y1 - bbox.y0, tile.get(Y_STEP)))
}

/// Whether the letters of a font cannot be shown: of the many that Chinese, Japanese and Korean need none is built in, and of a font that is
/// known by the numbers of its letters alone nothing says what they are.
fn is_missing(font: &Dict<'_>) -> bool {
    let Some(font_of) = font.get::<Array<'_>>("DescendantFonts").and_then(|all| all.iter::<Dict<'_>>().next()) else {
        return false;
    };
    let brings = |descriptor: Dict<'_>| {
        ["FontFile", "FontFile2", "FontFile3"].iter().any(|file| descriptor.contains_key(file.as_bytes()))
    };
    if font_of.get::<Dict<'_>>("FontDescriptor").is_some_and(brings) {
        return false;
    }
    let system = font_of.get::<Dict<'_>>("CIDSystemInfo").and_then(|system| system.get::<Text<'_>>("Ordering"));
    match system.as_ref().map(|ordering| ordering.as_bytes()) {
        None | Some(b"Identity") => !font.contains_key("ToUnicode".as_bytes()),
        Some(_) => true,
    }
}
