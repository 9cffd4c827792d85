//! The client: what stops a request, what is tried again, and what every answer comes to.

use std::cell::RefCell;
use std::pin::pin;
use std::rc::Rc;

use fax_widget::client::{Encoding, FaxClient, Step, Tokens};
use fax_widget::draft::Draft;
use fax_widget::fax::Fax;
use fax_widget::reply::{Code, Failure, Outcome};
use fax_widget::service::Service;
use futures_util::future::{Either, join, select};
use js_sys::{Error, Function, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{File, RequestCredentials};

use crate::network::{Answer, Network, REFUSED, Timers, go_offline, header, is_aborted, large_file};
use crate::page::{NUMBER, attach, pdf, settle, until};

/// A client with a token and nobody to renew it.
pub fn client(encoding: Encoding) -> FaxClient {
    let tokens = Tokens::default();
    tokens.set_token(Some("token".to_owned()));
    FaxClient {
        service: Service::new("https://fax.test", "~", "~").unwrap(),
        credentials: RequestCredentials::Omit,
        encoding,
        tokens,
        anonymous: false,
    }
}

/// One number and one document, and whatever `change` makes of it.
pub fn fax(change: impl FnOnce(&mut Draft<File>)) -> Fax<File> {
    let mut draft = Draft::default();
    draft.add_recipient(NUMBER, "");
    attach(&mut draft, pdf("a.pdf"));
    change(&mut draft);
    Fax::new(&draft, 0).unwrap()
}

async fn sent_by(client: &FaxClient) -> Result<String, Failure> {
    client.send(&fax(|_| {}), &|_| true).await.map(|accepted| accepted.message.id.to_string())
}

async fn sent() -> Result<String, Failure> {
    sent_by(&client(Encoding::FormData)).await
}

fn accepted() -> Result<String, Failure> {
    Ok("7654321".to_owned())
}

/// The only answer to a fax gives this failure, and it was posted once.
async fn fails(answer: Answer, code: Code, outcome: Outcome) {
    let network = Network::new([answer]);
    let failure = sent().await.unwrap_err();
    assert_eq!((failure.code, failure.outcome), (code, outcome));
    assert_eq!(network.posts(), 1, "{code:?} is not repeated");
}

// ----- what stops a request

#[wasm_bindgen_test]
async fn letting_go_of_the_future_aborts_the_request() {
    let network = Network::new([Answer::Waits]);
    let (client, fax) = (client(Encoding::FormData), fax(|_| {}));
    {
        let sending = pin!(client.send(&fax, &|_| true));
        let posted = pin!(until("the post", || network.posts() == 1));
        assert!(matches!(select(sending, posted).await, Either::Right(_)));
        assert!(!is_aborted(&network.post(0)), "it is on its way");
    }
    assert!(is_aborted(&network.post(0)));
}

#[wasm_bindgen_test]
async fn no_answer_in_time_aborts_the_request() {
    let network = Network::new([Answer::Waits]);
    let timers = Timers::no_longer_than(20);
    let failure = sent().await.unwrap_err();
    assert_eq!((failure.code, failure.outcome), (Code::Timeout, Outcome::Unknown));
    assert_eq!(network.posts(), 1);
    assert!(is_aborted(&network.post(0)));
    assert!(timers.were_set_to(60_000), "a minute, for a fax of a few bytes");
}

/// 20 MiB at 256 kbit/s take eleven minutes.
#[wasm_bindgen_test]
async fn a_large_fax_has_more_time() {
    let _network = Network::new([Answer::Waits]);
    let timers = Timers::no_longer_than(20);
    let large = fax(|draft| {
        draft.attachments.clear();
        attach(draft, large_file("large.pdf", "application/pdf", 20));
    });
    let failure = client(Encoding::FormData).send(&large, &|_| true).await.err().map(|failure| failure.code);
    assert_eq!(failure, Some(Code::Timeout));
    assert!(timers.were_set_to(60_000 + (20 << 20) / 32));
}

#[wasm_bindgen_test]
async fn an_answer_ends_its_time_limit() {
    let _network = Network::new([Answer::Accepts]);
    let timers = Timers::watched();
    assert_eq!(sent().await, accepted());
    assert!(timers.were_set_to(60_000));
    assert_eq!(timers.running(1_000), 0);
}

// ----- fetch at its worst

#[wasm_bindgen_test]
async fn a_rejection_of_any_kind_is_a_failed_connection() {
    for reason in [
        JsValue::UNDEFINED,
        JsValue::NULL,
        JsValue::from_str("no"),
        JsValue::from_f64(7.0),
        js_sys::TypeError::new("Failed to fetch").into(),
        js_sys::Symbol::iterator().into(),
    ] {
        fails(Answer::Rejects(reason), Code::Network, Outcome::Unknown).await;
    }
}

#[wasm_bindgen_test]
async fn a_fetch_that_throws_at_once_is_a_failed_connection() {
    for reason in [JsValue::UNDEFINED, JsValue::from_str("no"), Error::new("no").into()] {
        fails(Answer::Throws(reason), Code::Network, Outcome::Unknown).await;
    }
}

#[wasm_bindgen_test]
async fn a_fetch_that_gives_no_response_is_a_failed_connection() {
    for value in [JsValue::UNDEFINED, JsValue::from_str("ok"), js_sys::Object::new().into()] {
        fails(Answer::Gives(value), Code::Network, Outcome::Unknown).await;
    }
}

#[wasm_bindgen_test]
async fn half_an_answer_is_a_failed_connection() {
    fails(Answer::BreaksOff, Code::Network, Outcome::Unknown).await;
}

// ----- what is tried again, and what is not

#[wasm_bindgen_test]
async fn nothing_else_is_repeated() {
    for (status, body, code, outcome) in [
        (500, "{}", Code::Server, Outcome::Unknown),
        (503, "", Code::Server, Outcome::Unknown),
        (200, "<html>", Code::Unreadable, Outcome::Unknown),
        (200, "[]", Code::Unreadable, Outcome::Unknown),
        (400, REFUSED, Code::Refused, Outcome::NotSent),
        (403, "{}", Code::Forbidden, Outcome::NotSent),
        (404, "{}", Code::NotFound, Outcome::NotSent),
        (413, "", Code::TooLarge, Outcome::NotSent),
        (415, "{}", Code::Unsupported, Outcome::NotSent),
    ] {
        fails(Answer::Says(status, body), code, outcome).await;
    }
}

#[wasm_bindgen_test]
async fn a_refusal_names_its_code_and_parameter() {
    let _network = Network::new([Answer::Says(400, REFUSED)]);
    let failure = sent().await.unwrap_err();
    assert_eq!(failure.status, Some(400));
    assert_eq!(failure.error_code.as_deref(), Some("CMN-101"));
    assert_eq!(failure.parameter_name.as_deref(), Some("to"));
}

#[wasm_bindgen_test]
async fn a_busy_service_is_waited_for() {
    let network = Network::new([Answer::AsksToWait("0"), Answer::AsksToWait("1"), Answer::Accepts]);
    let steps = RefCell::new(Vec::new());
    let began = js_sys::Date::now();
    let accepted = client(Encoding::FormData)
        .send(&fax(|_| {}), &|step| {
            steps.borrow_mut().push(step);
            true
        })
        .await;
    assert!(accepted.is_ok());
    assert_eq!(network.posts(), 3);
    assert!(js_sys::Date::now() - began >= 990.0, "no sooner than asked");
    assert!(matches!(steps.take()[..], [Step::Posting, Step::Posting, Step::Waiting(_), Step::Posting]));
}

#[wasm_bindgen_test]
async fn a_busy_service_is_given_up_in_the_end() {
    let network = Network::new([0; 4].map(|_| Answer::AsksToWait("0")));
    let failure = sent().await.unwrap_err();
    assert_eq!((failure.code, failure.outcome), (Code::RateLimited, Outcome::NotSent));
    assert_eq!(network.posts(), 3);
}

#[wasm_bindgen_test]
async fn nobody_is_asked_to_wait_for_ever() {
    let network = Network::new([Answer::AsksToWait("301")]);
    let failure = sent().await.unwrap_err();
    assert_eq!((failure.code, failure.retry_after), (Code::RateLimited, Some(301)));
    assert_eq!(network.posts(), 1);
}

/// From another origin the header cannot be read.
#[wasm_bindgen_test]
async fn a_busy_service_that_names_no_time_gets_a_minute() {
    for answer in [Answer::Says(429, "{}"), Answer::AsksToWait("soon")] {
        let network = Network::new([answer]);
        let steps = RefCell::new(Vec::new());
        let _timers = Timers::no_longer_than(50);
        let began = js_sys::Date::now() as i64;
        let accepted = client(Encoding::FormData)
            .send(&fax(|_| {}), &|step| {
                steps.borrow_mut().push(step);
                true
            })
            .await;
        assert!(accepted.is_ok());
        assert_eq!(network.posts(), 2);
        let steps = steps.take();
        let [Step::Posting, Step::Waiting(until), Step::Posting] = steps[..] else { panic!("{steps:?}") };
        assert!((60_000..61_000).contains(&(until - began)), "{until} {began}");
    }
}

#[wasm_bindgen_test]
async fn nothing_is_posted_while_the_browser_is_offline() {
    let network = Network::new([]);
    go_offline();
    let failure = sent().await.unwrap_err();
    assert_eq!((failure.code, failure.outcome), (Code::Offline, Outcome::NotSent));
    assert_eq!(network.posts(), 0);
}

// ----- tokens

/// A page's function that fetches tokens, and the reasons that it was called with.
pub struct Provider {
    pub reasons: Rc<RefCell<Vec<String>>>,
    function: Closure<dyn FnMut(String) -> Result<JsValue, JsValue>>,
}

impl Provider {
    /// Answers each call with whatever `answer` makes of its number, counted from 1.
    pub fn new(mut answer: impl FnMut(usize) -> Result<JsValue, JsValue> + 'static) -> Self {
        let reasons = Rc::new(RefCell::new(Vec::new()));
        let function = Closure::new({
            let reasons = Rc::clone(&reasons);
            move |reason: String| {
                reasons.borrow_mut().push(reason);
                let n = reasons.borrow().len();
                answer(n)
            }
        });
        Self { reasons, function }
    }

    /// A new token at each call.
    pub fn fresh() -> Self {
        Self::new(|n| Ok(format!("fresh {n}").into()))
    }

    pub fn function(&self) -> Function {
        self.function.as_ref().unchecked_ref::<Function>().clone()
    }

    fn reasons(&self) -> Vec<String> {
        self.reasons.borrow().clone()
    }
}

fn client_of(provider: &Provider, token: Option<&str>) -> FaxClient {
    let client = client(Encoding::FormData);
    client.tokens.set_token(token.map(str::to_owned));
    client.tokens.set_provider(Some(provider.function()));
    client
}

const EXPIRED: Answer = Answer::Says(401, r#"{"errorCode":"TokenExpired"}"#);

/// The `Authorization` of each post.
fn tokens(network: &Network) -> Vec<String> {
    (0..network.posts()).map(|n| header(&network.post(n), "Authorization")).collect()
}

#[wasm_bindgen_test]
async fn an_expired_token_is_renewed_once() {
    let network = Network::new([EXPIRED, Answer::Accepts]);
    let provider = Provider::fresh();
    let client = client_of(&provider, Some("old"));
    assert_eq!(sent_by(&client).await, accepted());
    assert_eq!(provider.reasons(), ["expired"]);
    assert_eq!(tokens(&network), ["Bearer old", "Bearer fresh 1"]);
    // And the new one is kept.
    assert_eq!(sent_by(&client).await, accepted());
    assert_eq!(provider.reasons(), ["expired"]);
    assert_eq!(tokens(&network)[2], "Bearer fresh 1");
}

#[wasm_bindgen_test]
async fn a_renewed_token_that_does_not_work_either_is_the_end() {
    let network = Network::new([EXPIRED, EXPIRED]);
    let provider = Provider::fresh();
    let failure = sent_by(&client_of(&provider, Some("old"))).await.unwrap_err();
    assert_eq!((failure.code, failure.outcome), (Code::Unauthorized, Outcome::NotSent));
    assert_eq!((failure.status, failure.error_code.as_deref()), (Some(401), Some("TokenExpired")));
    assert_eq!(provider.reasons(), ["expired"]);
    assert_eq!(network.posts(), 2);
}

#[wasm_bindgen_test]
async fn with_nobody_to_renew_it_an_expired_token_is_the_end() {
    fails(EXPIRED, Code::Unauthorized, Outcome::NotSent).await;
}

#[wasm_bindgen_test]
async fn a_provider_that_fails_is_the_end() {
    for answer in [
        Err(Error::new("no").into()),
        Err(JsValue::UNDEFINED),
        Ok(Promise::reject(&JsValue::from_str("closed")).into()),
        Ok(JsValue::UNDEFINED),
        Ok(JsValue::from_str("")),
        Ok(JsValue::from_f64(7.0)),
    ] {
        let network = Network::new([EXPIRED]);
        let provider = Provider::new(move |_| answer.clone());
        let failure = sent_by(&client_of(&provider, Some("old"))).await.unwrap_err();
        assert_eq!((failure.code, failure.outcome), (Code::Unauthorized, Outcome::NotSent));
        assert_eq!(provider.reasons(), ["expired"]);
        assert_eq!(network.posts(), 1);
    }
}

#[wasm_bindgen_test]
async fn without_a_token_nothing_is_posted() {
    let network = Network::new([]);
    let client = client(Encoding::FormData);
    client.tokens.set_token(None);
    let failure = sent_by(&client).await.unwrap_err();
    assert_eq!((failure.code, failure.outcome, failure.status), (Code::Unauthorized, Outcome::NotSent, None));
    assert_eq!(network.posts(), 0);
}

#[wasm_bindgen_test]
async fn a_proxy_needs_no_token() {
    let network = Network::new([]);
    let mut client = client(Encoding::FormData);
    client.tokens.set_token(None);
    client.anonymous = true;
    assert_eq!(sent_by(&client).await, accepted());
    assert_eq!(tokens(&network), [""]);
}

#[wasm_bindgen_test]
async fn all_who_need_a_token_wait_for_one_call() {
    let network = Network::new([EXPIRED, EXPIRED]);
    // As long as it takes to sign in.
    let provider = Provider::new(|n| {
        let later =
            js_sys::Function::new_with_args("n", "return new Promise((done) => setTimeout(done, 200, `fresh ${n}`))");
        later.call1(&JsValue::NULL, &JsValue::from_f64(n as f64))
    });
    let client = client_of(&provider, None);
    // Both without a token at first, and both with an expired one then.
    let both = join(sent_by(&client), sent_by(&client)).await;
    assert_eq!(both, (accepted(), accepted()));
    assert_eq!(provider.reasons(), ["initial", "expired"]);
    assert_eq!(tokens(&network), ["Bearer fresh 1", "Bearer fresh 1", "Bearer fresh 2", "Bearer fresh 2"]);
}

/// A 401 that comes when the token that it is about has been replaced already; a provider that rotates what it renews
/// with would fail at a second call.
#[wasm_bindgen_test]
async fn a_token_that_was_renewed_meanwhile_is_not_renewed_again() {
    let network = Network::new([EXPIRED, Answer::Waits]);
    let provider = Provider::fresh();
    let client = client_of(&provider, Some("old"));
    let first = pin!(sent_by(&client));
    let second = pin!(async {
        until("the post with the new token", || network.posts() == 3).await;
        network.release(EXPIRED);
        settle().await;
    });
    let late = pin!(sent_by(&client));
    let (_, (first, late)) = join(second, join(first, late)).await;
    assert_eq!((first, late), (accepted(), accepted()));
    assert_eq!(provider.reasons(), ["expired"]);
    assert_eq!(tokens(&network), ["Bearer old", "Bearer old", "Bearer fresh 1", "Bearer fresh 1"]);
}

#[wasm_bindgen_test]
async fn a_provider_may_set_the_token_itself() {
    let network = Network::new([EXPIRED]);
    let client = client(Encoding::FormData);
    let provider = Provider::new({
        let tokens = client.tokens.clone();
        move |_| {
            tokens.set_token(Some("set".to_owned()));
            Ok("set".into())
        }
    });
    client.tokens.set_provider(Some(provider.function()));
    assert_eq!(sent_by(&client).await, accepted());
    assert_eq!(tokens(&network), ["Bearer token", "Bearer set"]);
}

/// A person who stops a send while signing in, and closes that window, can sign in at the next send.
#[wasm_bindgen_test]
async fn a_sign_in_that_nobody_waits_for_any_more_is_not_the_next_ones() {
    let network = Network::new([]);
    let reject = Rc::new(RefCell::new(None::<Function>));
    let provider = Provider::new({
        let reject = Rc::clone(&reject);
        move |n| match n {
            1 => Ok(Promise::new(&mut |_, rejected| *reject.borrow_mut() = Some(rejected)).into()),
            _ => Ok("signed in".into()),
        }
    });
    let client = client_of(&provider, None);
    {
        let sending = pin!(sent_by(&client));
        let asked = pin!(until("the call", || provider.reasons().len() == 1));
        assert!(matches!(select(sending, asked).await, Either::Right(_)));
    }
    reject.borrow().as_ref().unwrap().call1(&JsValue::NULL, &"closed".into()).unwrap();
    settle().await;
    assert_eq!(sent_by(&client).await, accepted());
    assert_eq!(tokens(&network), ["Bearer signed in"]);
}
