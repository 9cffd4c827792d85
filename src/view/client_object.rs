//! The client as the plain object that scripts call, with no view: what `FaxClient` in JavaScript stands on.
//!
//! | method | resolves with |
//! |---|---|
//! | `send(fax, {signal, onProgress, onTwin})`, `resend(request, {signal, onProgress, onTwin})` | the API's message object |
//! | `message(id)`, `follow(id, {onStatus})` | the API's message object; `follow` when its end is known |
//! | `messages({direction, dateFrom, dateTo, page, perPage})` | the API's page: `{records, paging, navigation}` |
//! | `coverPages()` | the API's records: `[{id, name}]` |
//! | `cancel(id)` | nothing |
//! | `document(id)` | a Blob; `null` while the service is still preparing it |
//! | `renderPages(files, {faxResolution})` | `{file, pageCount, seconds}`: all pages as one file |
//! | `unsettled()` | `[{key, started, to, originalMessageId?, sendTime?}]`: faxes of which it is not known what became |
//! | `look(key)` | `{outcome, message?}`: what the message store says of one of them |
//! | `settle(key)` | nothing: a person says that one of them is settled |
//!
//! Each takes `{signal}`, and rejects with a `FaxError`.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use futures_channel::oneshot;
use futures_util::StreamExt;
use futures_util::future::{Either, LocalBoxFuture, select};
use gloo_timers::future::TimeoutFuture;
use js_sys::{Array, Date, Function, Object, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{future_to_promise, spawn_local};
use web_sys::{AbortSignal, RequestCredentials};

use super::clock;
use super::connection::absolute;
use super::events::{error_object_at, progress_object, set};
use super::preview::render_files;
use super::{fax_object, resend_object};
use crate::client::storage::Keep;
use crate::client::{
    AGREED, Encoding, FaxClient, Follower, Opened, Outbox, Parcel, Refusal, Settled, Step, Tokens, new_key,
};
use crate::draft::TimeReading;
use crate::fax::Fax;
use crate::ledger::Intent;
use crate::message_id::MessageId;
use crate::reply::{Code, Failure, Outcome};
use crate::service::{Direction, Query, Service};
use crate::twins::Watch;

/// A failure, and nothing of the value that was wrong.
fn invalid(parameter: &str) -> Failure {
    Failure::before_posting(Code::Invalid).about(parameter)
}

/// There is none with this id or key.
fn missing() -> Failure {
    Failure { status: Some(404), ..Failure::before_posting(Code::NotFound) }
}

type Answer = LocalBoxFuture<'static, Result<JsValue, Failure>>;

/// What all calls of one `FaxClient` share.
struct Shared {
    outbox: Outbox,
    follower: Rc<Follower>,
    twins: RefCell<Watch<Opened>>,
    /// Who wants to hear of a second one, by the id of the first.
    twin_ears: RefCell<Vec<(MessageId, Function)>>,
    /// What they have heard of: each first one with its second.
    told: RefCell<Vec<(MessageId, MessageId)>>,
    is_looking: Cell<bool>,
}

/// What a call was given besides its first argument.
struct Extras {
    options: JsValue,
    /// Whether a request has left and has no answer: stopped now, the fax may have been accepted.
    on_its_way: Rc<Cell<bool>>,
}

impl Extras {
    fn function(&self, name: &str) -> Option<Function> {
        get(&self.options, name).dyn_into().ok()
    }

    /// Tells a script of each step.
    fn step(&self, total: u64) -> impl Fn(Step) -> bool + 'static {
        let (tell, on_its_way) = (self.function("onProgress"), Rc::clone(&self.on_its_way));
        move |step| {
            on_its_way.set(matches!(step, Step::Posting | Step::Looking));
            let (phase, total) = match step {
                Step::Posting => ("uploading", Some(total)),
                Step::Renewing => ("checking", None),
                Step::Waiting(_) => ("waiting", None),
                Step::Looking => ("looking", None),
            };
            if let Some(tell) = &tell {
                // What a script throws is its own.
                let _ = tell.call1(&JsValue::UNDEFINED, &progress_object(phase, total));
            }
            true
        }
    }
}

/// Makes the object; `options` are `{server, account, extension, endpoint, credentials, encoding, token, tokenProvider}`.
pub fn make(options: &JsValue) -> JsValue {
    let client = Rc::new(read_options(options));
    let object = Object::new();
    let method = |name: &str, run: fn(Rc<Shared>, JsValue, Extras) -> Answer| {
        let client = Rc::clone(&client);
        let call = move |argument: JsValue, options: JsValue| -> JsValue {
            let client = Rc::clone(&client);
            future_to_promise(async move {
                match client.as_ref() {
                    Ok(shared) => call(Rc::clone(shared), run, argument, options).await,
                    Err(failure) => Err(error_object_at("", failure)),
                }
            })
            .into()
        };
        let closure: Box<dyn FnMut(JsValue, JsValue) -> JsValue> = Box::new(call);
        set(&object, name, &Closure::wrap(closure).into_js_value());
    };
    method("send", |shared, fax, extras| Box::pin(send(shared, fax, extras)));
    method("resend", |shared, request, extras| Box::pin(resend(shared, request, extras)));
    method("message", |shared, id, _| Box::pin(async move { message(&shared.outbox, &read_id(&id)?).await }));
    method("messages", |shared, query, _| {
        Box::pin(async move { shared.outbox.client.list(&read_query(&query)?).await.map(|(_, raw)| raw) })
    });
    method("coverPages", |shared, _, _| {
        Box::pin(async move { shared.outbox.client.cover_pages().await.map(|(_, raw)| raw) })
    });
    method("cancel", |shared, id, _| {
        Box::pin(async move { shared.outbox.client.cancel(&read_id(&id)?).await.map(|()| JsValue::UNDEFINED) })
    });
    method("document", |shared, id, _| Box::pin(async move { document(&shared.outbox, &read_id(&id)?).await }));
    method("renderPages", |_, files, extras| Box::pin(render_files(files, extras.options)));
    method("follow", |shared, id, extras| Box::pin(async move { follow(&shared, read_id(&id)?, &extras).await }));
    method("unsettled", |shared, _, _| Box::pin(async move { Ok::<_, Failure>(unsettled(&shared.outbox).await) }));
    method("look", |shared, key, _| Box::pin(async move { look(&shared.outbox, &key).await }));
    method("settle", |shared, key, _| {
        Box::pin(async move {
            shared.outbox.settle_by_hand(&read_key(&shared.outbox, &key)?.key);
            Ok::<_, Failure>(JsValue::UNDEFINED)
        })
    });
    object.into()
}

async fn call(
    shared: Rc<Shared>,
    run: fn(Rc<Shared>, JsValue, Extras) -> Answer,
    argument: JsValue,
    options: JsValue,
) -> Result<JsValue, JsValue> {
    let on_its_way = Rc::new(Cell::new(false));
    let signal: Option<AbortSignal> = get(&options, "signal").dyn_into().ok();
    let host = shared.outbox.client.service.host().to_owned();
    let fail = |failure: &Failure| error_object_at(&host, failure);
    if signal.as_ref().is_some_and(AbortSignal::aborted) {
        return Err(fail(&Failure::before_posting(Code::Cancelled)));
    }
    let (sender, receiver) = oneshot::channel::<()>();
    let mut sender = Some(sender);
    let listen = Closure::<dyn FnMut()>::new(move || {
        let _ = sender.take().map(|sender| sender.send(()));
    });
    if let Some(signal) = &signal {
        let _ = signal.add_event_listener_with_callback("abort", listen.as_ref().unchecked_ref());
    }
    let running = run(shared, argument, Extras { options, on_its_way: Rc::clone(&on_its_way) });
    // Without a signal nobody ever sends, and the closure that could lives until this ends.
    let result = match select(running, receiver).await {
        Either::Left((result, _)) => result,
        // Dropping what runs aborts its request.
        Either::Right(_) if on_its_way.get() => Err(Failure::new(Code::Cancelled)),
        Either::Right(_) => Err(Failure::before_posting(Code::Cancelled)),
    };
    if let Some(signal) = &signal {
        let _ = signal.remove_event_listener_with_callback("abort", listen.as_ref().unchecked_ref());
    }
    result.map_err(|failure| fail(&failure))
}

async fn send(shared: Rc<Shared>, fax: JsValue, extras: Extras) -> Result<JsValue, Failure> {
    let draft = fax_object::read(&fax).map_err(|_| Failure::before_posting(Code::Invalid))?;
    let total = draft.total_size();
    let fax = Fax::new(&draft, clock::now())
        .map_err(|flaws| invalid(flaws.first().map(|flaw| flaw.field.parameter()).unwrap_or_default()))?;
    let result = shared.outbox.post(Parcel::Fax(&fax), &new_key(), AGREED, &extras.step(total)).await;
    ended(&shared, &extras, result)
}

async fn resend(shared: Rc<Shared>, request: JsValue, extras: Extras) -> Result<JsValue, Failure> {
    let resend = resend_object::read(&request, clock::now()).map_err(invalid)?;
    let result = shared.outbox.post(Parcel::Resend(&resend, &[]), &new_key(), AGREED, &extras.step(0)).await;
    ended(&shared, &extras, result)
}

fn ended(shared: &Rc<Shared>, extras: &Extras, result: Result<Opened, Refusal>) -> Result<JsValue, Failure> {
    let opened = result.map_err(|refusal| match refusal {
        Refusal::Failed(failure) => failure,
        // Never asked for: a script has decided already.
        Refusal::Repeated(_) => Failure::before_posting(Code::Cancelled),
    })?;
    let raw = opened.accepted.raw.clone();
    if let Some(tell) = extras.function("onTwin") {
        look_for_twins(shared, opened, tell);
    }
    Ok(raw)
}

/// Looks whether the service holds an accepted fax twice, when the call that sent it has ended already.
fn look_for_twins(shared: &Rc<Shared>, opened: Opened, tell: Function) {
    let (id, took_long) = (opened.accepted.message.id.clone(), Outbox::took_long(&opened));
    let found: Vec<_> = opened.twins.iter().map(|twin| (id.clone(), twin.clone())).collect();
    shared.twin_ears.borrow_mut().push((id, tell));
    shared.twins.borrow_mut().begin(opened, took_long, clock::now());
    let shared = Rc::clone(shared);
    spawn_local(async move {
        tell_twins(&shared, found).await;
        if shared.is_looking.replace(true) {
            return;
        }
        while let Some(due) = { shared.twins.borrow().due() } {
            TimeoutFuture::new(u32::try_from(due - clock::now()).unwrap_or(0)).await;
            let found = shared.outbox.look_for_twins(&shared.twins).await;
            tell_twins(&shared, found).await;
        }
        shared.twin_ears.borrow_mut().clear();
        shared.is_looking.set(false);
    });
}

async fn tell_twins(shared: &Shared, found: Vec<(MessageId, MessageId)>) {
    for pair in found {
        if shared.told.borrow().contains(&pair) {
            continue;
        }
        let tell = shared.twin_ears.borrow().iter().find(|(id, _)| *id == pair.0).map(|(_, tell)| tell.clone());
        if let (Some(tell), Ok(Some(twin))) = (tell, shared.outbox.client.message(&pair.1).await) {
            shared.told.borrow_mut().push(pair);
            let _ = tell.call1(&JsValue::UNDEFINED, &twin.raw);
        }
    }
}

/// What stands in the ledger and no open page is at work on.
async fn unsettled(outbox: &Outbox) -> JsValue {
    let all = Array::new();
    for (intent, _) in outbox.orphans().await {
        let one = Object::new();
        set(&one, "key", &intent.key.as_str().into());
        set(&one, "started", &clock::iso(intent.started).into());
        let to: Array = intent.to.iter().map(|number| JsValue::from_str(number)).collect();
        set(&one, "to", &to);
        if let Some(original) = &intent.original {
            set(&one, "originalMessageId", &original.as_str().into());
        }
        if let Some(time) = intent.send_time {
            set(&one, "sendTime", &clock::iso(time).into());
        }
        all.push(&one);
    }
    all.into()
}

/// Looks for one of them.
async fn look(outbox: &Outbox, key: &JsValue) -> Result<JsValue, Failure> {
    let intent = read_key(outbox, key)?;
    let (outcome, message) = match outbox.settle_again(&intent).await {
        Settled::Accepted(read, _) => ("accepted", Some(read.raw)),
        Settled::NotAccepted => (Outcome::NotSent.as_str(), None),
        Settled::Unknown => (Outcome::Unknown.as_str(), None),
        Settled::Elsewhere => return Err(missing()),
    };
    let result = Object::new();
    set(&result, "outcome", &outcome.into());
    if let Some(message) = message {
        set(&result, "message", &message);
    }
    Ok(result.into())
}

fn read_key(outbox: &Outbox, key: &JsValue) -> Result<Intent, Failure> {
    let intent = key.as_string().and_then(|key| outbox.intent_of(&key));
    intent.filter(|intent| intent.place == outbox.client.service.fax()).ok_or_else(missing)
}

async fn message(outbox: &Outbox, id: &MessageId) -> Result<JsValue, Failure> {
    match outbox.client.message(id).await? {
        Some(read) => Ok(read.raw),
        None => Err(missing()),
    }
}

async fn document(outbox: &Outbox, id: &MessageId) -> Result<JsValue, Failure> {
    let read = outbox.client.message(id).await?;
    let read = read.ok_or_else(missing)?;
    let document = match read.message.document {
        Some(uri) => outbox.client.document(&uri).await?,
        None => None,
    };
    Ok(document.map_or(JsValue::NULL, JsValue::from))
}

/// Hears of a fax until its end is known.
async fn follow(shared: &Shared, id: MessageId, extras: &Extras) -> Result<JsValue, Failure> {
    let tell = extras.function("onStatus");
    let mut heard = shared.follower.follow(shared.outbox.client.clone(), id);
    let mut is_first = true;
    while let Some(read) = heard.next().await {
        let read = read?;
        if let Some(tell) = tell.as_ref().filter(|_| !is_first) {
            let _ = tell.call1(&JsValue::UNDEFINED, &read.raw);
        }
        is_first = false;
        if read.message.is_final() {
            return Ok(read.raw);
        }
    }
    // The last that is heard is its end, or why it cannot be followed.
    Err(Failure::before_posting(Code::Cancelled))
}

fn get(object: &JsValue, name: &str) -> JsValue {
    if object.is_object() { Reflect::get(object, &name.into()).unwrap_or_default() } else { JsValue::UNDEFINED }
}

fn read_id(id: &JsValue) -> Result<MessageId, Failure> {
    fax_object::text_of(id).and_then(|text| text.parse().ok()).ok_or_else(|| invalid("messageId"))
}

fn read_query(query: &JsValue) -> Result<Query, Failure> {
    let time = |name: &str| -> Result<Option<i64>, Failure> {
        let value = get(query, name);
        let time = match (value.dyn_ref::<Date>(), value.as_string()) {
            (Some(date), _) => clock::at(date),
            (None, Some(text)) => clock::read(&text),
            (None, None) => return Ok(None),
        };
        match time.reading {
            TimeReading::At(millis) => Ok(Some(millis)),
            _ => Err(invalid(name)),
        }
    };
    let direction = match get(query, "direction").as_string().as_deref() {
        Some("Inbound") => Some(Direction::Inbound),
        Some("Outbound") => Some(Direction::Outbound),
        None | Some("") => None,
        Some(_) => return Err(invalid("direction")),
    };
    let number = |name: &str, default: u32| match get(query, name).as_f64() {
        None => Ok(default),
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked by the guard")]
        Some(number) if number.fract() == 0.0 && (1.0..1e9).contains(&number) => Ok(number as u32),
        Some(_) => Err(invalid(name)),
    };
    Ok(Query {
        direction,
        date_from: time("dateFrom")?.unwrap_or_else(|| clock::now() - 30 * 86_400_000),
        date_to: time("dateTo")?,
        page: number("page", 1)?,
        per_page: number("perPage", 100)?,
    })
}

fn read_options(options: &JsValue) -> Result<Rc<Shared>, Failure> {
    let text = |name: &str| get(options, name).as_string().unwrap_or_default();
    let or = |name: &str, default: &str| {
        Some(text(name)).filter(|text| !text.is_empty()).unwrap_or_else(|| default.to_owned())
    };
    let endpoint = text("endpoint");
    let service = if endpoint.is_empty() {
        let server = or("server", "https://platform.ringcentral.com");
        Service::new(&absolute(&server), &or("account", "~"), &or("extension", "~"))
    } else {
        Service::at(&absolute(&endpoint))
    };
    let tokens = Tokens::default();
    tokens.set_token(get(options, "token").as_string());
    tokens.set_provider(get(options, "tokenProvider").dyn_into().ok());
    let client = FaxClient {
        service: service.map_err(|error| invalid(error.attribute()))?,
        credentials: match text("credentials").as_str() {
            "include" => RequestCredentials::Include,
            "same-origin" => RequestCredentials::SameOrigin,
            _ => RequestCredentials::Omit,
        },
        encoding: if text("encoding") == "mixed" { Encoding::Mixed } else { Encoding::FormData },
        tokens,
        anonymous: !endpoint.is_empty(),
    };
    Ok(Rc::new(Shared {
        outbox: Outbox { client, remember: Keep::Page, sent: Vec::new() },
        follower: Rc::default(),
        twins: RefCell::default(),
        twin_ears: RefCell::default(),
        told: RefCell::default(),
        is_looking: Cell::default(),
    }))
}
