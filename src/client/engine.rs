//! The program that renders documents, in a worker: www/pages.js and the package `fax-pages`. It is started when it is first
//! asked for something, and again after it has stopped; what it was reading is then read once more.
//!
//! Documents are hostile, and what renders them may stop at any of them or go on for ever. So it has one question at a time, and
//! whatever happens over that is nobody else's: a worker that goes on for too long is ended, and that question has no answer; where
//! it ended by itself, the question is put to a fresh one once more, for what it ran out of may have been taken by documents before.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use futures_channel::oneshot;
use futures_util::future::{Either, select};
use gloo_timers::future::TimeoutFuture;
use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::File;

use super::channel::call;
use crate::fax::FaxResolution;
use crate::file_kind::{Family, FileKind};
use crate::pages::{Kind, Lacks, Made, Page, Reading, Refusal, Rendering, Turn};
use crate::sorted::SortedMap;

/// Milliseconds that the worker may take over one question before it is ended. Ours: a slow phone takes a second for a page.
const TIME_LIMIT: u32 = 30_000;
/// Milliseconds in which it has to be there, its program fetched included. Ours.
const START_LIMIT: u32 = 60_000;

thread_local! {
    static START: RefCell<Option<Function>> = const { RefCell::new(None) };
}

/// Sets the function that starts the worker: it returns one, or a promise of one. The page's scripts know where it lies;
/// without it no pages are shown.
pub fn set_renderer(start: Option<Function>) {
    START.with_borrow_mut(|known| *known = start);
}

/// Whether there is something to render with.
#[must_use]
pub fn has_renderer() -> bool {
    START.with_borrow(Option::is_some)
}

/// A page as it was rendered.
pub struct Rendered {
    /// What it came to.
    pub made: Made,
    /// Pels and lines.
    pub size: (u32, u32),
    /// In the coding of fax machines.
    pub coded: JsValue,
    /// A small picture of it (ImageBitmap).
    pub thumbnail: Option<JsValue>,
    /// A picture of it, a pixel for each pel (ImageBitmap).
    pub picture: Option<JsValue>,
}

/// What a page is rendered for.
#[derive(Clone, Copy)]
pub struct Wanted {
    /// How wide a small picture is to be; 0 for none.
    pub thumbnail: u32,
    /// Whether a picture pel by pel is wanted.
    pub picture: bool,
}

/// The worker of one widget.
#[derive(Clone, Default)]
pub struct Engine(Rc<Inner>);

#[derive(Default)]
struct Inner {
    worker: RefCell<Option<Worker>>,
    last: Cell<u32>,
    /// The question that the worker has, by its number, and who waits for the answer.
    asked: RefCell<Option<(u32, oneshot::Sender<JsValue>)>>,
    /// Comes when the last question that was put has been dealt with.
    before: RefCell<Option<oneshot::Receiver<()>>>,
    is_stopped: Cell<bool>,
    /// What the worker has open, and what opens it once more.
    sources: RefCell<SortedMap<u32, Source>>,
}

struct Worker {
    handle: JsValue,
    _hear: Closure<dyn FnMut(JsValue)>,
    _fail: Closure<dyn FnMut(JsValue)>,
}

#[derive(Clone)]
struct Source {
    file: File,
    is_text: bool,
    password: String,
    /// What it turned out to be.
    kind: Option<Kind>,
    is_open: bool,
}

impl Engine {
    /// Opens a document under the id of its draft entry; what it is by its bytes, as far as that can be told.
    pub async fn open(&self, document: u32, file: &File, is_text: bool, password: &str) -> (Reading, Option<Kind>) {
        let source = Source { file: file.clone(), is_text, password: password.to_owned(), kind: None, is_open: false };
        self.0.sources.borrow_mut().insert(document, source);
        match self.ask(Some(document), None).await {
            Ok(answer) => read(&answer),
            Err(refusal) => (Reading::Refused(refusal), None),
        }
    }

    /// Opens a document by its bytes and its name.
    pub async fn open_named(&self, document: u32, file: &File, name: &str, password: &str) -> Reading {
        let family = FileKind::of(name).map(FileKind::family);
        match self.open(document, file, family == Some(Family::Text), password).await {
            (Reading::Open { kind, .. }, _) if !kind.is_shown_as(family) => {
                self.close(document);
                Reading::Refused(kind.refusal(name))
            }
            (Reading::Refused(Refusal::Unknown), Some(kind)) => Reading::Refused(kind.refusal(name)),
            (reading, _) => reading,
        }
    }

    /// Renders a page.
    ///
    /// # Errors
    /// Why it cannot be shown.
    pub async fn render(&self, (id, grid, turn): Rendering, wanted: Wanted) -> Result<Rendered, Refusal> {
        let request = question("page", id.document);
        put(&request, "page", &JsValue::from_f64(id.page as f64));
        put(&request, "resolution", &grid.resolution.as_str().into());
        put(&request, "paper", &grid.paper.as_str().into());
        put(&request, "turn", &turn.map_or("auto", Turn::word).into());
        put(&request, "thumbnail", &wanted.thumbnail.into());
        put(&request, "picture", &wanted.picture.into());
        let answer = self.granted(id.document, request).await?;
        let number = |name: &str| get(&answer, name).as_f64().unwrap_or_default();
        let seconds: Array = get(&answer, "seconds").dyn_into().map_err(|_| Refusal::NoEngine)?;
        let coded = get(&answer, "coded");
        let whole = |name: &str| number(name) as u32;
        Ok(Rendered {
            made: Made {
                bytes: get(&coded, "length").as_f64().unwrap_or_default() as u32,
                seconds: (seconds.get(0).as_f64().unwrap_or_default(), seconds.get(1).as_f64().unwrap_or_default()),
                dithered: number("dithered"),
                coloured: number("coloured"),
                turn: Turn::of(&text(&answer, "turn")),
                lacks: lacks(&answer),
            },
            size: (whole("width"), whole("height")),
            coded,
            thumbnail: Some(get(&answer, "thumbnail")).filter(JsValue::is_object),
            picture: Some(get(&answer, "picture")).filter(JsValue::is_object),
        })
    }

    /// A page as the document has it, so many pixels wide (ImageBitmap).
    ///
    /// # Errors
    /// Why it cannot be shown.
    pub async fn original(&self, page: &Page, width: u32) -> Result<JsValue, Refusal> {
        let request = question("original", page.id.document);
        put(&request, "page", &JsValue::from_f64(page.id.page as f64));
        put(&request, "width", &width.into());
        Ok(get(&self.granted(page.id.document, request).await?, "picture"))
    }

    /// One file with these pages, in their order; bytes.
    ///
    /// # Errors
    /// Where the worker is lost.
    pub async fn file(&self, pages: &[(u32, u32, FaxResolution, JsValue)]) -> Result<JsValue, Refusal> {
        let list: Array = pages
            .iter()
            .map(|(width, height, resolution, coded)| {
                let page = Object::new();
                put(&page, "width", &(*width).into());
                put(&page, "height", &(*height).into());
                put(&page, "resolution", &resolution.as_str().into());
                put(&page, "coded", coded);
                page
            })
            .collect();
        let request = question("file", 0);
        put(&request, "pages", &list);
        let answer = self.ask(None, Some(request)).await?;
        refusal(&answer).map_or_else(|| Ok(get(&answer, "file")), Err)
    }

    /// Lets go of a document.
    pub fn close(&self, document: u32) {
        self.0.sources.borrow_mut().remove(&document);
        if let Some(worker) = self.0.worker.borrow().as_ref() {
            let request = question("close", document);
            // Its answer is of no interest.
            put(&request, "id", &0.into());
            call(&worker.handle, "postMessage", &[&request]);
        }
    }

    /// Ends the worker for good; whoever waits hears that there is none.
    pub fn stop(&self) {
        self.0.is_stopped.set(true);
        self.end();
    }

    fn end(&self) {
        if let Some(worker) = self.0.worker.take() {
            call(&worker.handle, "terminate", &[]);
        }
        for source in self.0.sources.borrow_mut().values_mut() {
            source.is_open = false;
        }
        self.0.asked.take();
    }

    /// The answer about a page, where it is none that refuses.
    async fn granted(&self, document: u32, request: Object) -> Result<JsValue, Refusal> {
        let answer = self.ask(Some(document), Some(request)).await?;
        let kind = self.0.sources.borrow().get(&document).and_then(|source| source.kind);
        match refusal(&answer) {
            // The fonts for it could not be fetched.
            Some(Refusal::Unknown) if matches!(kind, Some(Kind::Pdf | Kind::Text)) => Err(Refusal::NoEngine),
            Some(refusal) => Err(refusal),
            None => Ok(answer),
        }
    }

    /// The answer to a question, or to opening the document where there is none; it waits for its turn. Whoever lets go of it leaves the
    /// worker to come to its end.
    async fn ask(&self, document: Option<u32>, request: Option<Object>) -> Result<JsValue, Refusal> {
        let (done, turn) = oneshot::channel::<()>();
        let before = self.0.before.replace(Some(turn));
        let (sender, receiver) = oneshot::channel();
        let engine = self.clone();
        spawn_local(async move {
            if let Some(before) = before {
                // Comes to nothing where the one before is done, too.
                let _ = before.await;
            }
            if !sender.is_canceled() {
                let mut answer = Err(Refusal::Lost);
                for _ in 0..2 {
                    if matches!(answer, Err(Refusal::Lost)) {
                        answer = engine.answer(document, request.as_ref()).await;
                    }
                }
                let _ = sender.send(answer);
            }
            drop(done);
        });
        receiver.await.unwrap_or(Err(Refusal::Lost))
    }

    async fn answer(&self, document: Option<u32>, request: Option<&Object>) -> Result<JsValue, Refusal> {
        self.start().await?;
        if let Some(document) = document {
            let source = self.0.sources.borrow().get(&document).cloned().ok_or(Refusal::NoEngine)?;
            if !source.is_open || request.is_none() {
                let opening = question("open", document);
                put(&opening, "file", &source.file);
                put(&opening, "isText", &source.is_text.into());
                put(&opening, "password", &source.password.into());
                let answer = self.post(&opening).await?;
                let is_open = get(&answer, "refusal").is_undefined();
                if let Some(source) = self.0.sources.borrow_mut().get_mut(&document) {
                    source.is_open = is_open;
                    source.kind = Kind::of(&text(&answer, "kind"));
                }
                if !is_open || request.is_none() {
                    return Ok(answer);
                }
            }
        }
        match request {
            Some(request) => self.post(request).await,
            None => Err(Refusal::NoEngine),
        }
    }

    /// Puts a question to the worker, which has no other.
    async fn post(&self, request: &Object) -> Result<JsValue, Refusal> {
        let id = self.0.last.get() + 1;
        self.0.last.set(id);
        put(request, "id", &id.into());
        let (sender, receiver) = oneshot::channel();
        self.0.asked.replace(Some((id, sender)));
        let posted = match self.0.worker.borrow().as_ref() {
            Some(worker) => call(&worker.handle, "postMessage", &[request]).is_some(),
            None => false,
        };
        if !posted {
            return Err(Refusal::NoEngine);
        }
        match select(receiver, TimeoutFuture::new(TIME_LIMIT)).await {
            Either::Left((answer, _)) => answer.map_err(|_| Refusal::Lost),
            Either::Right(_) => {
                self.end();
                Err(Refusal::TooLarge)
            }
        }
    }

    /// The worker, started where it is not there.
    async fn start(&self) -> Result<(), Refusal> {
        if self.0.is_stopped.get() {
            return Err(Refusal::NoEngine);
        }
        if self.0.worker.borrow().is_some() {
            return Ok(());
        }
        let start = START.with_borrow(Clone::clone).ok_or(Refusal::NoEngine)?;
        let begun = start.call0(&JsValue::UNDEFINED).map_err(|_| Refusal::NoEngine)?;
        let handle = JsFuture::from(Promise::resolve(&begun)).await.map_err(|_| Refusal::NoEngine)?;
        let (sender, ready) = oneshot::channel::<bool>();
        let sender = Rc::new(RefCell::new(Some(sender)));
        let hear = {
            let (engine, sender) = (self.clone(), Rc::clone(&sender));
            Closure::<dyn FnMut(JsValue)>::new(move |event: JsValue| {
                let answer = get(&event, "data");
                if let Some(is_ready) = get(&answer, "isReady").as_bool() {
                    if let Some(sender) = sender.borrow_mut().take() {
                        // Whoever waited may have gone.
                        let _ = sender.send(is_ready);
                    }
                    return;
                }
                if get(&answer, "isOver").is_truthy() {
                    return engine.end();
                }
                let id = get(&answer, "id").as_f64().unwrap_or_default() as u32;
                let asked = engine.0.asked.borrow_mut().take_if(|(asked, _)| *asked == id);
                if let Some((_, waiting)) = asked {
                    let _ = waiting.send(answer);
                }
            })
        };
        let fail = {
            let (engine, sender) = (self.clone(), Rc::clone(&sender));
            Closure::<dyn FnMut(JsValue)>::new(move |event: JsValue| {
                // Said to nobody else: it may name what was being read.
                call(&event, "preventDefault", &[]);
                drop(sender.borrow_mut().take());
                engine.end();
            })
        };
        put(&handle, "onmessage", hear.as_ref());
        put(&handle, "onerror", fail.as_ref());
        self.0.worker.replace(Some(Worker { handle, _hear: hear, _fail: fail }));
        let is_ready = matches!(select(ready, TimeoutFuture::new(START_LIMIT)).await, Either::Left((Ok(true), _)));
        if is_ready {
            Ok(())
        } else {
            self.end();
            Err(Refusal::NoEngine)
        }
    }
}

/// How far a document has been read, and what it is.
fn read(answer: &JsValue) -> (Reading, Option<Kind>) {
    let kind = Kind::of(&text(answer, "kind"));
    let number = |name: &str| get(answer, name).as_f64().unwrap_or_default() as usize;
    let reading = match (refusal(answer), kind) {
        (Some(refusal), _) => Reading::Refused(refusal),
        (None, Some(kind)) => {
            Reading::Open { kind, pages: number("pages"), unknown: number("unknownCharacters"), lacks: lacks(answer) }
        }
        (None, None) => Reading::Refused(Refusal::Unknown),
    };
    (reading, kind)
}

/// What is missing of a document or a page.
fn lacks(answer: &JsValue) -> Lacks {
    let words: Array = get(answer, "lacks").dyn_into().unwrap_or_default();
    let part = if get(answer, "isPartial").is_truthy() { Lacks::PART } else { Lacks::default() };
    words.iter().fold(part, |lacks, word| lacks.and(Lacks::of(&word.as_string().unwrap_or_default())))
}

fn refusal(answer: &JsValue) -> Option<Refusal> {
    Some(match &*get(answer, "refusal").as_string()? {
        "unknown" | "unsupported" => Refusal::Unknown,
        "password-needed" => Refusal::PasswordNeeded,
        "too-large" | "too-intricate" | "out-of-time" => Refusal::TooLarge,
        "too-many-pages" => Refusal::TooManyPages,
        _ => Refusal::Damaged,
    })
}

/// The beginning of a question about a document.
fn question(what: &str, document: u32) -> Object {
    let request = Object::new();
    put(&request, "do", &what.into());
    put(&request, "document", &document.into());
    request
}

fn text(object: &JsValue, name: &str) -> String {
    get(object, name).as_string().unwrap_or_default()
}

fn get(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).unwrap_or_default()
}

fn put(object: &JsValue, name: &str, value: &JsValue) {
    // Fails only on a frozen object.
    let _ = Reflect::set(object, &name.into(), value);
}
