//! The worker of the browser: what its script (www/pages.js) gets from here. The one file that exports to JavaScript; it translates and
//! decides nothing.

#[cfg(target_arch = "wasm32")]
mod bindings {
    use std::cell::RefCell;

    use fax_pages::{
        Document, Kind, Lack, Limits, Options, Original, Paper, Refusal, Rendered, Renderer, Resolution, Supplies,
        Turn, encode,
    };
    use wasm_bindgen::Clamped;
    use wasm_bindgen::prelude::*;

    thread_local! {
        /// Fonts and character maps serve all documents, once they were fetched.
        static SUPPLIES: Supplies = Supplies::default();
    }

    self_cell::self_cell!(
        /// A document beside what its renderer keeps from page to page.
        struct Open {
            owner: Box<Document>,
            #[not_covariant]
            dependent: Renderer,
        }
    );

    impl Open {
        fn of(document: Box<Document>) -> Self {
            Self::new(document, |document| document.renderer())
        }
    }

    /// A document that was opened.
    #[wasm_bindgen]
    pub struct Opened(RefCell<Option<Open>>);

    /// What these bytes are; of no kind that is known here, `unknown`.
    #[wasm_bindgen(js_name = kindOf)]
    pub fn kind_of(bytes: &[u8], is_text: bool) -> String {
        match Kind::of(bytes) {
            Some(kind) => kind.to_string().to_lowercase(),
            None => if is_text { "text" } else { "unknown" }.to_owned(),
        }
    }

    /// How many bytes a document may have.
    #[wasm_bindgen(js_name = mostBytes)]
    pub fn most_bytes() -> usize {
        Limits::default().bytes
    }

    /// Opens a document, or throws the name of a refusal.
    #[wasm_bindgen]
    pub fn open(bytes: Vec<u8>, is_text: bool, password: String) -> Result<Opened, JsValue> {
        let supplies = SUPPLIES.with(Supplies::clone);
        let options = Options { password, supplies, ..Options::default() };
        let document = Document::open(bytes, is_text.then_some(Kind::Text), &options).map_err(name)?;
        Ok(Opened(Some(Open::of(Box::new(document))).into()))
    }

    #[wasm_bindgen]
    impl Opened {
        #[wasm_bindgen(getter)]
        pub fn pages(&self) -> usize {
            self.document(Document::pages).unwrap_or_default()
        }

        #[wasm_bindgen(getter, js_name = unknownCharacters)]
        pub fn unknown_characters(&self) -> usize {
            self.document(Document::unknown_characters).unwrap_or_default()
        }

        /// Whether there were to be more pages.
        #[wasm_bindgen(getter, js_name = isPartial)]
        pub fn is_partial(&self) -> bool {
            self.document(Document::is_partial).unwrap_or_default()
        }

        /// What none of its pages shows, by name.
        #[wasm_bindgen(getter)]
        pub fn lacks(&self) -> Vec<String> {
            names(&self.document(Document::lacks).unwrap_or_default())
        }

        /// A page as the fax machine prints it, by the API's names.
        pub fn page(&self, page: usize, resolution: &str, paper: &str, turn: &str) -> Result<Page, JsValue> {
            let resolution = resolution_of(resolution);
            let paper = if paper == "A4" { Paper::A4 } else { Paper::Letter };
            let turn = match turn {
                "upright" => Turn::Upright,
                "right" => Turn::Right,
                "over" => Turn::Over,
                "left" => Turn::Left,
                _ => Turn::Auto,
            };
            self.renderer(|renderer| {
                let rendered = renderer.render(page, resolution, paper, turn)?;
                let coded = encode::group_4(&rendered.bitmap)?;
                Ok(Page { rendered, coded })
            })
        }

        /// A page in its colours, upright, so many points wide.
        pub fn original(&self, page: usize, width: usize) -> Result<Picture, JsValue> {
            let Original { width, height, rgba } = self.renderer(|renderer| renderer.original(page, width))?;
            Ok(Picture { width, height, rgba })
        }

        /// Forgets what the renderer keeps: it is made with what was missed, as long as that was missed.
        pub fn refresh(&self) {
            let open = self.0.take();
            self.0.replace(open.map(|open| Open::of(open.into_owner())));
        }

        fn document<T>(&self, with: impl FnOnce(&Document) -> T) -> Option<T> {
            self.0.borrow().as_ref().map(|open| with(open.borrow_owner()))
        }

        fn renderer<T>(&self, with: impl FnOnce(&mut Renderer) -> Result<T, Refusal>) -> Result<T, JsValue> {
            let mut open = self.0.borrow_mut();
            let open = open.as_mut().ok_or(Refusal::Damaged).map_err(name)?;
            open.with_dependent_mut(|_, renderer| with(renderer)).map_err(name)
        }
    }

    /// A fax page and its code.
    #[wasm_bindgen]
    pub struct Page {
        rendered: Rendered,
        coded: Vec<u8>,
    }

    #[wasm_bindgen]
    impl Page {
        #[wasm_bindgen(getter)]
        pub fn width(&self) -> u32 {
            self.rendered.bitmap.width()
        }

        #[wasm_bindgen(getter)]
        pub fn height(&self) -> u32 {
            self.rendered.bitmap.height()
        }

        /// A copy of its Group 4 code.
        #[wasm_bindgen(getter)]
        pub fn coded(&self) -> Vec<u8> {
            self.coded.clone()
        }

        /// An estimate of its time on the line, at so many bits a second.
        pub fn seconds(&self, rate: u32) -> f64 {
            encode::seconds_on_the_line(self.coded.len() as u64 * 8, rate)
        }

        /// The shares of it that are black, that are dithered, and that had a colour.
        #[wasm_bindgen(getter)]
        pub fn black(&self) -> f64 {
            let bitmap = &self.rendered.bitmap;
            bitmap.black() as f64 / (f64::from(bitmap.width()) * f64::from(bitmap.height()))
        }

        #[wasm_bindgen(getter)]
        pub fn dithered(&self) -> f32 {
            self.rendered.dithered
        }

        #[wasm_bindgen(getter)]
        pub fn coloured(&self) -> f32 {
            self.rendered.coloured
        }

        /// What is missing on it, by name.
        #[wasm_bindgen(getter)]
        pub fn lacks(&self) -> Vec<String> {
            names(&self.rendered.lacks)
        }

        /// Whether something on it breaks off.
        #[wasm_bindgen(getter, js_name = isPartial)]
        pub fn is_partial(&self) -> bool {
            self.rendered.is_partial
        }

        #[wasm_bindgen(getter)]
        pub fn turn(&self) -> String {
            match self.rendered.placement.turn {
                Turn::Auto => "auto",
                Turn::Upright => "upright",
                Turn::Right => "right",
                Turn::Over => "over",
                Turn::Left => "left",
            }
            .to_owned()
        }

        #[wasm_bindgen(getter)]
        pub fn scale(&self) -> f64 {
            self.rendered.placement.scale
        }

        /// The page so many points wide, in greys.
        pub fn thumbnail(&self, width: usize) -> Picture {
            let shade = self.rendered.bitmap.thumbnail(width.clamp(1, self.width() as usize));
            let rgba = shade.greys().iter().flat_map(|grey| [*grey, *grey, *grey, 255]).collect();
            Picture { width: shade.width(), height: shade.height(), rgba }
        }

        /// The page pel by pel, black on white.
        pub fn picture(&self) -> Picture {
            let (width, height) = (self.width() as usize, self.height() as usize);
            let mut rgba = Vec::with_capacity(width * height * 4);
            for row in self.rendered.bitmap.rows() {
                let bits = row.iter().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1 == 1)).take(width);
                rgba.extend(bits.flat_map(|is_black| if is_black { [0, 0, 0, 255] } else { [255; 4] }));
            }
            Picture { width, height, rgba }
        }
    }

    /// Points for an `ImageData`.
    #[wasm_bindgen]
    pub struct Picture {
        width: usize,
        height: usize,
        rgba: Vec<u8>,
    }

    #[wasm_bindgen]
    impl Picture {
        #[wasm_bindgen(getter)]
        pub fn width(&self) -> usize {
            self.width
        }

        #[wasm_bindgen(getter)]
        pub fn height(&self) -> usize {
            self.height
        }

        /// Its points, for good.
        #[wasm_bindgen(js_name = takePoints)]
        pub fn take_points(&mut self) -> Clamped<Vec<u8>> {
            Clamped(std::mem::take(&mut self.rgba))
        }
    }

    /// A TIFF that is being put together from pages that were coded before.
    #[wasm_bindgen]
    #[derive(Default)]
    pub struct File(Vec<(u32, u32, Resolution, Vec<u8>)>);

    #[wasm_bindgen]
    impl File {
        #[wasm_bindgen(constructor)]
        pub fn new() -> Self {
            Self::default()
        }

        pub fn add(&mut self, width: u32, height: u32, resolution: &str, coded: Vec<u8>) {
            self.0.push((width, height, resolution_of(resolution), coded));
        }

        pub fn bytes(&self) -> Result<Vec<u8>, JsValue> {
            let count = u16::try_from(self.0.len()).map_err(|_| name(Refusal::TooManyPages))?;
            let pages = self.0.iter().map(|(width, height, resolution, coded)| (*width, *height, *resolution, coded));
            encode::tiff_of(
                pages.map(|(width, height, resolution, coded)| (width, height, resolution, &**coded)),
                count,
            )
            .map_err(name)
        }
    }

    /// The files with what was missed since the last call, by their addresses beside the worker: never a word of a document.
    #[wasm_bindgen(js_name = takeMissed)]
    pub fn take_missed() -> Vec<String> {
        let missed = SUPPLIES.with(Supplies::take_missed);
        let maps = (!missed.cmaps.is_empty()).then(|| "cmaps".to_owned());
        missed.fonts.iter().map(|font| format!("fonts/{font}")).chain(maps).collect()
    }

    /// Takes in one of these files, or throws where it is something else.
    #[wasm_bindgen]
    pub fn supply(file: &str, bytes: Vec<u8>) -> Result<(), JsValue> {
        SUPPLIES
            .with(|supplies| match file.strip_prefix("fonts/") {
                Some(font) => supplies.add_font(font, bytes),
                None => supplies.add_cmaps(bytes),
            })
            .map_err(name)
    }

    fn names(lacks: &[Lack]) -> Vec<String> {
        lacks.iter().map(|lack| lack.name().to_owned()).collect()
    }

    fn resolution_of(name: &str) -> Resolution {
        if name == "Low" { Resolution::Low } else { Resolution::High }
    }

    fn name(refusal: Refusal) -> JsValue {
        JsValue::from_str(match refusal {
            Refusal::Empty => "empty",
            Refusal::Damaged => "damaged",
            Refusal::PasswordNeeded => "password-needed",
            Refusal::Unsupported(_) => "unsupported",
            Refusal::TooLarge => "too-large",
            Refusal::TooManyPages => "too-many-pages",
            Refusal::TooIntricate => "too-intricate",
            Refusal::OutOfTime => "out-of-time",
            Refusal::NoSuchPage => "no-such-page",
            _ => "unknown",
        })
    }
}

fn main() {}
