//! The network as a test wants it: what is posted is written down, and the answers are those told beforehand.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{FormData, Headers, Request, Response, ResponseInit};

#[wasm_bindgen(module = "/tests/browser/stand_ins.js")]
extern "C" {
    fn restore();
    fn replace_fetch(fetch: &JsValue);
    fn watch_timers(most: u32) -> JsValue;
    fn half_an_answer() -> JsValue;
    fn entries(form: &FormData) -> Array;
    /// The browser says that it is offline.
    pub fn go_offline();
    /// The arguments of every call of a function from now on.
    pub fn watch(object: &JsValue, name: &str) -> Array;
    /// The names of what makes elements of text, once for each time that it is used.
    pub fn watch_markup() -> Array;
    pub fn large_file(name: &str, content_type: &str, megabytes: u32) -> web_sys::File;
}

/// What fetch does.
#[derive(Clone)]
pub enum Answer {
    /// Status and body.
    Says(u16, &'static str),
    /// The same with a `Retry-After`.
    AsksToWait(&'static str),
    /// Takes the fax.
    Accepts,
    /// Rejects.
    Rejects(JsValue),
    /// Throws before it gives a promise.
    Throws(JsValue),
    /// Resolves with something.
    Gives(JsValue),
    /// Breaks off in the middle of the answer.
    BreaksOff,
    /// Says nothing until [`Network::release`].
    Waits,
}

/// The API's message object for an accepted fax.
pub const MESSAGE: &str = r#"{"id":7654321,"messageStatus":"Queued","to":[{"phoneNumber":"+16505550100"}]}"#;

pub const REFUSED: &str = r#"{"errorCode":"CMN-101","message":"Parameter [to] value is invalid",
    "errors":[{"errorCode":"CMN-101","parameterName":"to"}]}"#;

impl Answer {
    fn give(self, waiting: &RefCell<Vec<Function>>) -> Result<Promise, JsValue> {
        Ok(match self {
            Self::Says(status, body) => Promise::resolve(&response(status, body, None)),
            Self::AsksToWait(seconds) => Promise::resolve(&response(429, "{}", Some(seconds))),
            Self::Accepts => Promise::resolve(&response(200, MESSAGE, None)),
            Self::Rejects(reason) => Promise::reject(&reason).unchecked_into(),
            Self::Throws(reason) => return Err(reason),
            Self::Gives(value) => Promise::resolve(&value),
            Self::BreaksOff => Promise::resolve(&half_an_answer()),
            Self::Waits => Promise::new(&mut |resolve, _| waiting.borrow_mut().push(resolve)),
        })
    }
}

fn response(status: u16, body: &str, retry_after: Option<&str>) -> JsValue {
    let headers = Headers::new().unwrap();
    if let Some(retry_after) = retry_after {
        headers.set("Retry-After", retry_after).unwrap();
    }
    let init = ResponseInit::new();
    init.set_status(status);
    init.set_headers(&headers);
    Response::new_with_opt_str_and_init(Some(body), &init).unwrap().into()
}

#[derive(Default)]
struct Seen {
    posts: RefCell<Vec<Request>>,
    others: RefCell<Vec<Request>>,
    answers: RefCell<VecDeque<Answer>>,
    /// Answers to anything but a post; `None` gives an empty list.
    list: RefCell<Option<Answer>>,
    /// Answers of the message store.
    store: RefCell<Option<Answer>>,
    waiting: RefCell<Vec<Function>>,
}

/// Made first in a test, for it puts the page back as it was; and so does its end.
pub struct Network {
    seen: Rc<Seen>,
    _fetch: Closure<dyn FnMut(Request) -> Result<Promise, JsValue>>,
}

impl Network {
    /// Posts are answered in this order; all that come after are accepted, so that a post too many shows.
    pub fn new(answers: impl IntoIterator<Item = Answer>) -> Self {
        restore();
        let seen = Rc::new(Seen { answers: RefCell::new(answers.into_iter().collect()), ..Seen::default() });
        let fetch = Closure::new({
            let seen = Rc::clone(&seen);
            move |request: Request| {
                let answer = if request.method() == "POST" {
                    seen.posts.borrow_mut().push(request);
                    seen.answers.borrow_mut().pop_front().unwrap_or(Answer::Accepts)
                } else if request.url().contains("/message-store") {
                    // Not to be had, so that an answer that was lost stays lost.
                    seen.store.borrow().clone().unwrap_or(Answer::Says(404, "{}"))
                } else {
                    seen.others.borrow_mut().push(request);
                    seen.list.borrow().clone().unwrap_or(Answer::Says(200, r#"{"records":[]}"#))
                };
                answer.give(&seen.waiting)
            }
        });
        replace_fetch(fetch.as_ref());
        Self { seen, _fetch: fetch }
    }

    /// What the message store answers.
    pub fn holds(&self, answer: Answer) {
        self.seen.store.replace(Some(answer));
    }

    /// What the list of cover pages is answered with.
    pub fn lists(&self, answer: Answer) {
        self.seen.list.replace(Some(answer));
    }

    pub fn posts(&self) -> usize {
        self.seen.posts.borrow().len()
    }

    /// The posts and everything else.
    pub fn requests(&self) -> usize {
        self.posts() + self.seen.others.borrow().len()
    }

    #[track_caller]
    pub fn post(&self, n: usize) -> Request {
        Clone::clone(self.seen.posts.borrow().get(n).expect("a post"))
    }

    /// The newest request that is no post.
    #[track_caller]
    pub fn list(&self) -> Request {
        Clone::clone(self.seen.others.borrow().last().expect("a request for the list"))
    }

    /// Everything that waits is answered.
    pub fn release(&self, answer: Answer) {
        for resolve in self.seen.waiting.take() {
            let given = answer.clone().give(&self.seen.waiting).unwrap();
            resolve.call1(&JsValue::NULL, &given).unwrap();
        }
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        restore();
    }
}

/// What a request carries as a form: each name with its value, a string or a File.
pub async fn form(request: &Request) -> Vec<(String, JsValue)> {
    let form: FormData = JsFuture::from(request.clone().unwrap().form_data().unwrap()).await.unwrap().into();
    let pair = |entry: JsValue| {
        let entry: Array = entry.into();
        (entry.get(0).as_string().unwrap(), entry.get(1))
    };
    entries(&form).iter().map(pair).collect()
}

pub async fn body_text(request: &Request) -> String {
    JsFuture::from(request.clone().unwrap().text().unwrap()).await.unwrap().as_string().unwrap()
}

pub fn header(request: &Request, name: &str) -> String {
    request.headers().get(name).unwrap().unwrap_or_default()
}

pub fn is_aborted(request: &Request) -> bool {
    request.signal().aborted()
}

/// The page's timers.
pub struct Timers(JsValue);

impl Timers {
    pub fn watched() -> Self {
        Self(watch_timers(u32::MAX))
    }

    /// A time longer than this passes as fast.
    pub fn no_longer_than(most: u32) -> Self {
        Self(watch_timers(most))
    }

    /// Those of at least so many milliseconds that are neither over nor cleared.
    pub fn running(&self, least: u32) -> u32 {
        let running: Function = Reflect::get(&self.0, &"running".into()).unwrap().into();
        let found: Array = running.call1(&JsValue::NULL, &least.into()).unwrap().into();
        found.length()
    }

    /// Whether one of so many milliseconds was ever set.
    pub fn were_set_to(&self, milliseconds: u32) -> bool {
        let set: Array = Reflect::get(&self.0, &"set".into()).unwrap().into();
        set.includes(&milliseconds.into(), 0)
    }
}

/// A plain object out of JSON.
pub fn object(json: &str) -> Object {
    js_sys::JSON::parse(json).unwrap().into()
}

pub fn property(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).unwrap()
}
