//! What becomes of a fax whose answer was lost, and of a fax that goes once more.

use fax_widget::client::storage::{self, Keep};
use fax_widget::client::{AGREED, Encoding, Opened, Outbox, Parcel, Refusal, Settled, new_key};
use fax_widget::fax::Fax;
use fax_widget::reply::{Code, Outcome};
use gloo_timers::future::TimeoutFuture;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::File;

use crate::network::{Answer, Network, Timers};
use crate::page::{NUMBER, attach, pdf, until};
use crate::sending::{client, fax};

const LISTED: &str = r#"{"records":[{"id":41,"type":"Fax","direction":"Outbound","messageStatus":"Queued",
    "to":[{"phoneNumber":"+16505550100"}]}],"navigation":{}}"#;
const LISTED_TWICE: &str = r#"{"records":[
    {"id":41,"type":"Fax","direction":"Outbound","messageStatus":"Queued","to":[{"phoneNumber":"+16505550100"}]},
    {"id":42,"type":"Fax","direction":"Outbound","messageStatus":"Queued","to":[{"phoneNumber":"+16505550100"}]}],
    "navigation":{}}"#;
const EMPTY: &str = r#"{"records":[],"navigation":{}}"#;

fn outbox(remember: Keep) -> Outbox {
    Outbox { client: client(Encoding::FormData), remember, sent: Vec::new() }
}

fn named() -> Fax<File> {
    fax(|draft| draft.to[0].name = "Jane Roe".to_owned())
}

fn under_another_name() -> Fax<File> {
    fax(|draft| {
        draft.attachments.clear();
        attach(draft, pdf("b.pdf"));
    })
}

async fn post(outbox: &Outbox, fax: &Fax<File>, is_sure: bool) -> Result<Opened, Refusal> {
    outbox.post(Parcel::Fax(fax), &new_key(), if is_sure { AGREED } else { 0 }, &|_| true).await
}

fn lost() -> Answer {
    Answer::Rejects(JsValue::from_str("gone"))
}

#[wasm_bindgen_test]
async fn a_fax_whose_answer_was_lost_is_found() {
    let network = Network::new([lost()]);
    network.holds(Answer::Says(200, LISTED));
    let _timers = Timers::no_longer_than(20);
    let outbox = outbox(Keep::Session);
    let opened = post(&outbox, &named(), false).await.ok().unwrap();
    assert_eq!((opened.accepted.message.id.as_str(), opened.was_found), ("41", true));
    assert_eq!(network.posts(), 1);
    assert!(outbox.ledger().intents.is_empty());
}

#[wasm_bindgen_test]
async fn a_fax_that_is_held_twice_has_a_twin() {
    let network = Network::new([lost()]);
    network.holds(Answer::Says(200, LISTED_TWICE));
    let _timers = Timers::no_longer_than(20);
    let opened = post(&outbox(Keep::Session), &named(), false).await.ok().unwrap();
    assert_eq!(opened.twins.iter().map(|id| id.as_str()).collect::<Vec<_>>(), ["42"]);
}

#[wasm_bindgen_test]
async fn a_fax_that_the_store_does_not_hold_was_not_sent() {
    let network = Network::new([lost()]);
    network.holds(Answer::Says(200, EMPTY));
    let _timers = Timers::no_longer_than(20);
    let outbox = outbox(Keep::Session);
    let Err(Refusal::Failed(failure)) = post(&outbox, &named(), false).await else { panic!("it failed") };
    assert_eq!((failure.code, failure.outcome), (Code::Network, Outcome::NotSent));
    assert!(outbox.ledger().intents.is_empty());
    assert_eq!(network.posts(), 1, "nothing is sent again by itself");
}

#[wasm_bindgen_test]
async fn a_store_that_cannot_be_read_leaves_it_open() {
    let network = Network::new([lost()]);
    network.holds(Answer::Says(403, "{}"));
    let _timers = Timers::no_longer_than(20);
    let outbox = outbox(Keep::Page);
    let Err(Refusal::Failed(failure)) = post(&outbox, &named(), false).await else { panic!("it failed") };
    assert_eq!((failure.code, failure.outcome), (Code::Network, Outcome::Unknown));
    // On the device, whatever is remembered; without a name and without anything of the document.
    let kept = storage::read(Keep::Device, &storage::names(Keep::Device, "intent.")[0]).unwrap();
    assert!(kept.contains(NUMBER) && !kept.contains("Jane") && !kept.contains("a.pdf"));
    // Its lock comes free a moment after the attempt has ended.
    for _ in 0..20 {
        TimeoutFuture::new(5).await;
        if outbox.orphans().await.len() == 1 {
            return;
        }
    }
    panic!("nobody would look for it");
}

#[wasm_bindgen_test]
async fn the_intent_is_written_before_the_request_leaves_and_goes_with_a_refusal() {
    let network = Network::new([Answer::Waits]);
    let outbox = outbox(Keep::Session);
    let fax = named();
    let key = new_key();
    let seen = std::cell::Cell::new(0);
    let step = |_| {
        seen.set(outbox.ledger().intents.len());
        true
    };
    let posting = outbox.post(Parcel::Fax(&fax), &key, 0, &step);
    let releasing = async {
        until("the post", || network.posts() == 1).await;
        network.release(Answer::Says(400, "{}"));
    };
    let (result, ()) = futures_util::future::join(posting, releasing).await;
    assert!(matches!(result, Err(Refusal::Failed(failure)) if failure.code == Code::Refused));
    assert_eq!(seen.get(), 1);
    assert!(outbox.ledger().intents.is_empty());
}

#[wasm_bindgen_test]
async fn the_same_again_within_the_hour_is_asked_about() {
    let network = Network::new([]);
    let outbox = outbox(Keep::Session);
    assert!(post(&outbox, &named(), false).await.is_ok());
    let again = post(&outbox, &under_another_name(), false).await;
    assert!(matches!(again, Err(Refusal::Repeated(repeat)) if repeat.id.is_some()), "the same bytes, another name");
    assert_eq!(network.posts(), 1);
    assert!(post(&outbox, &named(), true).await.is_ok(), "where a person is sure");
    assert_eq!(network.posts(), 2);
    // What is kept of it tells no number.
    for name in storage::names(Keep::Device, "recent.") {
        assert!(!storage::read(Keep::Device, &name).unwrap().contains("6505550100"));
    }
}

#[wasm_bindgen_test]
async fn what_another_tab_settled_is_known_here() {
    let network = Network::new([lost()]);
    network.holds(Answer::Says(403, "{}"));
    let _timers = Timers::no_longer_than(20);
    let outbox = outbox(Keep::Session);
    assert!(post(&outbox, &named(), false).await.is_err());
    let intent = outbox.ledger().intents[0].clone();
    network.holds(Answer::Says(200, LISTED));
    assert!(
        matches!(outbox.settle_again(&intent).await, Settled::Accepted(read, _) if read.message.id.as_str() == "41")
    );
    // This tab has not heard of it, and looks once more: the message is not somebody else's.
    network.holds(Answer::Says(200, r#"{"id":41,"type":"Fax"}"#));
    assert!(
        matches!(outbox.settle_again(&intent).await, Settled::Accepted(read, _) if read.message.id.as_str() == "41")
    );
    assert!(outbox.ledger().intents.is_empty());
}

#[wasm_bindgen_test]
async fn each_keeps_its_own_under_a_name() {
    let _network = Network::new([]);
    storage::write(Keep::Page, "kept.1", "page");
    storage::write(Keep::Device, "kept.1", "device");
    storage::write(Keep::Device, "kept.2", "device");
    assert_eq!(storage::read(Keep::Device, "kept.1").as_deref(), Some("device"));
    assert_eq!(storage::names(Keep::Device, "kept."), ["kept.1", "kept.2"]);
    assert_eq!(storage::names(Keep::Page, "kept."), ["kept.1"]);
    storage::remove(Keep::Page, "kept.1");
    assert_eq!(storage::names(Keep::Page, "kept."), Vec::<String>::new());
    assert_eq!(storage::names(Keep::Device, "kept.").len(), 2);
}

#[wasm_bindgen_test]
async fn a_post_that_is_let_go_of_stays_in_doubt() {
    let network = Network::new([Answer::Waits]);
    let outbox = outbox(Keep::Session);
    let fax = named();
    let key = new_key();
    {
        let posting = std::pin::pin!(outbox.post(Parcel::Fax(&fax), &key, 0, &|_| true));
        let left = std::pin::pin!(until("the post", || network.posts() == 1));
        futures_util::future::select(posting, left).await;
    }
    let ledger = outbox.ledger();
    assert!(ledger.intents.first().is_some_and(|intent| intent.key == key && intent.doubt.is_some()));
}
