//! Drafts that outlive the page: what is kept, for how long, and what can be read of it.
//!
//! A store that is dropped stands for a page that was closed: the browser gives its slot back in either case.

use fax_widget::client::{DraftStore, Kept, StoreError};
use fax_widget::draft::Draft;
use fax_widget::view::{fax_object, read_time};
use js_sys::{Array, JSON, Promise, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{File, FilePropertyBag};

use crate::network::{object, property, watch};
use crate::page::{NUMBER, attach, file, settle};

#[wasm_bindgen(module = "/tests/browser/stand_ins.js")]
extern "C" {
    fn restore();
    fn forget_everything() -> Promise;
    fn everything_kept() -> Promise;
    fn spelled_out(value: &JsValue) -> String;
    fn damage(place: u32) -> Promise;
    fn exchange(a: u32, b: u32) -> Promise;
    fn pass_time(milliseconds: f64);
    fn fill_up(throws: bool);
    fn take_away(name: &str);
    /// The next page is opened in a tab of its own, not loaded again.
    fn new_tab();
    fn moved_file(name: &str) -> File;
    fn is_extractable(key: &JsValue) -> Promise;
}

const HOUR: f64 = 3_600_000.0;
const MINUTE: f64 = 60_000.0;

/// A browser that keeps nothing yet.
struct Browser;

impl Browser {
    async fn new() -> Self {
        restore();
        JsFuture::from(forget_everything()).await.unwrap();
        Self
    }

    /// `[key, value]` of every record, heads first.
    async fn records(&self) -> Vec<[JsValue; 2]> {
        let list: Array = JsFuture::from(everything_kept()).await.unwrap().into();
        let pair = |record: JsValue| [0, 1].map(|n| js_sys::Reflect::get_u32(&record, n).unwrap());
        list.iter().map(pair).collect()
    }

    /// How many heads and how many pieces there are.
    async fn counts(&self) -> [usize; 2] {
        let records = self.records().await;
        let pieces = records.iter().filter(|[key, _]| key.is_array()).count();
        [records.len() - pieces, pieces]
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        restore();
    }
}

async fn open() -> DraftStore {
    DraftStore::open("page").await.expect("a store")
}

async fn restored(store: &DraftStore) -> Kept {
    store.restore().await.expect("readable").expect("a draft")
}

fn with_files(files: &[File]) -> JsValue {
    let draft = object(r#"{"to":[{"phoneNumber":"+16505550100","name":"Jane Roe"}],"coverPageText":"Confidential"}"#);
    js_sys::Reflect::set(&draft, &"attachments".into(), &files.iter().collect::<Array>()).unwrap();
    draft.into()
}

async fn save(store: &DraftStore, files: &[File]) -> Result<(), StoreError> {
    store.save(&with_files(files), &JsValue::NULL).await
}

fn files(kept: &Kept) -> Vec<File> {
    Array::from(&property(&kept.draft, "attachments")).iter().map(JsCast::unchecked_into).collect()
}

fn names(kept: &Kept) -> Vec<String> {
    files(kept).iter().map(File::name).collect()
}

async fn bytes(file: &File) -> Vec<u8> {
    Uint8Array::new(&JsFuture::from(file.array_buffer()).await.unwrap()).to_vec()
}

/// Longer than two pieces.
fn long_file() -> File {
    let bytes: Vec<u8> = (0..9_000_001_u32).map(|n| (n % 251) as u8).collect();
    let options = FilePropertyBag::new();
    options.set_type("image/tiff");
    let bytes = Array::of1(&Uint8Array::from(bytes.as_slice()));
    File::new_with_blob_sequence_and_options(&bytes, "Lageplan Süd 図.tif", &options).unwrap()
}

// ----- kept and got back

#[wasm_bindgen_test]
async fn a_draft_comes_back_as_it_was() {
    let _browser = Browser::new().await;
    let mut draft = Draft::default();
    draft.add_recipient(NUMBER, "Jane Roe");
    draft.add_recipient("reception", "");
    for file in [file("b.txt", "text/plain", "second letter first"), long_file(), file("a.pdf", "application/pdf", "")]
    {
        attach(&mut draft, file);
    }
    draft.fax_resolution = "Low".to_owned();
    draft.cover_index = Some(3);
    draft.cover_page_text = "Grüße\n\u{1f4e0}".to_owned();
    draft.send_time = Some(read_time("2030-07-15T10:30"));
    draft.iso_code = "DE".to_owned();

    let store = open().await;
    let began = js_sys::Date::now() as i64;
    let extra = object(r#"{"pending":["+1650",""]}"#);
    store.save(&fax_object::write(&draft), &extra).await.unwrap();
    drop(store);

    let kept = restored(&open().await).await;
    assert!((began..=js_sys::Date::now() as i64).contains(&kept.saved));
    assert_eq!(JSON::stringify(&kept.extra).unwrap(), JSON::stringify(&extra).unwrap());
    let back = fax_object::read(&kept.draft).unwrap();
    assert!(back.to == draft.to && back.send_time.map(|time| time.reading) == draft.send_time.map(|time| time.reading));
    assert_eq!((back.fax_resolution, back.cover_index), (draft.fax_resolution, draft.cover_index));
    assert_eq!((back.cover_page_text, back.iso_code), (draft.cover_page_text, draft.iso_code));
    assert_eq!(back.attachments.len(), 3);
    for (back, entry) in back.attachments.iter().zip(&draft.attachments) {
        assert_eq!((&back.name, back.size, &back.claimed_type), (&entry.name, entry.size, &entry.claimed_type));
        assert!(bytes(&back.file).await == bytes(&entry.file).await, "{}", entry.name);
    }
}

#[wasm_bindgen_test]
async fn an_empty_slot_holds_nothing() {
    let browser = Browser::new().await;
    assert!(open().await.restore().await.unwrap().is_none());
    assert_eq!(browser.counts().await, [0, 0], "a page that saves nothing leaves nothing");
}

#[wasm_bindgen_test]
async fn files_are_written_once_and_follow_the_draft() {
    let browser = Browser::new().await;
    let [a, b, c] = ["a", "b", "c"].map(|name| file(name, "text/plain", name));
    let store = open().await;
    save(&store, &[a.clone(), long_file(), b.clone()]).await.unwrap();
    assert_eq!(browser.counts().await, [1, 5]);

    let puts = watch(&property(&property(&js_sys::global(), "IDBObjectStore"), "prototype"), "put");
    save(&store, &[b.clone(), a.clone()]).await.unwrap();
    assert_eq!(puts.length(), 1, "only the head");
    assert_eq!(browser.counts().await, [1, 2], "the pieces of the file that is gone are gone");
    drop(store);

    let store = open().await;
    let kept = restored(&store).await;
    assert_eq!(names(&kept), ["b", "a"]);
    puts.set_length(0);
    let back = files(&kept);
    save(&store, &[back[1].clone(), c, back[0].clone()]).await.unwrap();
    assert_eq!(puts.length(), 3, "the new file, and the head before and behind it");
    drop(store);
    let kept = restored(&open().await).await;
    assert_eq!(names(&kept), ["a", "c", "b"]);
    for file in files(&kept) {
        assert_eq!(bytes(&file).await, file.name().as_bytes());
    }
}

#[wasm_bindgen_test]
async fn one_file_twice_is_two_files() {
    let browser = Browser::new().await;
    let twin = file("a", "text/plain", "a");
    save(&open().await, &[twin.clone(), twin]).await.unwrap();
    assert_eq!(browser.counts().await, [1, 1]);
    let store = open().await;
    let back = files(&restored(&store).await);
    assert!(back.len() == 2 && back[0] != back[1]);
    save(&store, &back).await.unwrap();
    drop(store);
    assert_eq!(names(&restored(&open().await).await), ["a", "a"]);
}

#[wasm_bindgen_test]
async fn a_file_that_was_moved_is_left_out() {
    let browser = Browser::new().await;
    let store = open().await;
    let [a, b] = ["a", "b"].map(|name| file(name, "text/plain", name));
    assert_eq!(save(&store, &[a, moved_file("moved"), b]).await, Ok(()));
    drop(store);
    assert_eq!(names(&restored(&open().await).await), ["a", "b"]);
    assert_eq!(browser.counts().await, [1, 2]);
}

#[wasm_bindgen_test]
async fn the_last_save_wins() {
    let browser = Browser::new().await;
    let store = open().await;
    let [a, b] = ["a", "b"].map(|name| file(name, "text/plain", name));
    let (first, second) = (with_files(&[long_file(), a.clone()]), with_files(std::slice::from_ref(&a)));
    let third = with_files(&[b, a]);
    let extra = JsValue::NULL;
    let done = futures_util::future::join3(
        store.save(&first, &extra),
        store.save(&second, &extra),
        store.save(&third, &extra),
    );
    assert_eq!(done.await, (Ok(()), Ok(()), Ok(())));
    drop(store);
    assert_eq!(names(&restored(&open().await).await), ["b", "a"]);
    assert_eq!(browser.counts().await, [1, 2]);
}

#[wasm_bindgen_test]
async fn a_save_that_is_let_go_costs_nothing() {
    let _browser = Browser::new().await;
    let store = open().await;
    let draft = with_files(&[long_file()]);
    {
        let extra = JsValue::NULL;
        let saving = std::pin::pin!(store.save(&draft, &extra));
        let _ = futures_util::future::select(saving, std::pin::pin!(settle())).await;
    }
    save(&store, &[file("a", "text/plain", "a")]).await.unwrap();
    drop(store);
    assert_eq!(names(&restored(&open().await).await), ["a"]);
}

// ----- gone

#[wasm_bindgen_test]
async fn what_is_cleared_is_gone() {
    let browser = Browser::new().await;
    let store = open().await;
    save(&store, &[long_file()]).await.unwrap();
    store.clear().await.unwrap();
    assert_eq!(browser.counts().await, [0, 0]);
    assert!(store.restore().await.unwrap().is_none());

    save(&store, &[file("a", "text/plain", "a")]).await.unwrap();
    drop(store);
    assert_eq!(names(&restored(&open().await).await), ["a"], "the next draft is kept again");
}

#[wasm_bindgen_test]
async fn a_save_under_way_does_not_bring_back_what_is_cleared() {
    let browser = Browser::new().await;
    let store = open().await;
    let (draft, extra) = (with_files(&[long_file(), long_file()]), JsValue::NULL);
    let clearing = async {
        // Until pieces are being written.
        while browser.counts().await[1] == 0 {
            settle().await;
        }
        store.clear().await
    };
    let done = futures_util::future::join(store.save(&draft, &extra), clearing).await;
    assert_eq!(done, (Ok(()), Ok(())));
    assert_eq!(browser.counts().await, [0, 0]);
}

#[wasm_bindgen_test]
async fn the_next_draft_may_come_at_once() {
    let browser = Browser::new().await;
    let store = open().await;
    let [first, second] = ["first", "second"].map(|name| with_files(&[file(name, "text/plain", name)]));
    let extra = JsValue::NULL;
    store.save(&first, &extra).await.unwrap();
    let done = futures_util::future::join(store.clear(), store.save(&second, &extra)).await;
    assert_eq!(done, (Ok(()), Ok(())));
    assert_eq!(names(&restored(&store).await), ["second"]);
    let done =
        futures_util::future::join3(store.save(&first, &extra), store.clear(), store.save(&second, &extra)).await;
    assert_eq!(done, (Ok(()), Ok(()), Ok(())));
    assert_eq!(names(&restored(&store).await), ["second"]);
    assert_eq!(browser.counts().await, [1, 1]);
}

#[wasm_bindgen_test]
async fn a_day_later_it_is_gone() {
    let browser = Browser::new().await;
    save(&open().await, &[file("a", "text/plain", "a")]).await.unwrap();
    pass_time(23.9 * HOUR);
    assert!(open().await.restore().await.unwrap().is_some());
    pass_time(0.2 * HOUR);
    // Whatever page of the site is opened.
    assert!(DraftStore::open("another page").await.unwrap().restore().await.unwrap().is_none());
    assert_eq!(browser.counts().await, [0, 0]);
}

#[wasm_bindgen_test]
async fn a_clock_that_was_set_back_keeps_nothing_longer() {
    let browser = Browser::new().await;
    save(&open().await, &[]).await.unwrap();
    pass_time(-25.0 * HOUR);
    assert!(open().await.restore().await.unwrap().is_none());
    assert_eq!(browser.counts().await, [0, 0]);
}

/// The page has been open for a day, and another one has deleted what was old.
#[wasm_bindgen_test]
async fn a_page_that_stays_open_saves_all_of_it_again() {
    let _browser = Browser::new().await;
    let store = open().await;
    let kept_file = file("a", "text/plain", "a");
    save(&store, std::slice::from_ref(&kept_file)).await.unwrap();
    pass_time(25.0 * HOUR);
    drop(open().await);
    save(&store, &[kept_file]).await.unwrap();
    drop(store);
    let back = files(&restored(&open().await).await);
    assert_eq!(bytes(&back[0]).await, b"a");
}

// ----- who gets it

#[wasm_bindgen_test]
async fn two_open_pages_have_a_slot_each() {
    let browser = Browser::new().await;
    let first = open().await;
    save(&first, &[file("first", "text/plain", "1")]).await.unwrap();
    let second = open().await;
    assert!(second.restore().await.unwrap().is_none(), "the other page has it open");
    save(&second, &[file("second", "text/plain", "2")]).await.unwrap();
    assert_eq!(browser.counts().await, [2, 2]);

    drop(first);
    new_tab();
    let third = open().await;
    assert_eq!(names(&restored(&third).await), ["first"]);
    drop((second, third));
    // Loaded again, a tab gets its own, although the other is newer.
    assert_eq!(names(&restored(&open().await).await), ["first"]);
    new_tab();
    assert_eq!(names(&restored(&open().await).await), ["second"], "a new tab gets the newest");
}

#[wasm_bindgen_test]
async fn another_form_does_not_get_it() {
    let _browser = Browser::new().await;
    save(&open().await, &[]).await.unwrap();
    let other = DraftStore::open("another page").await.unwrap();
    assert!(other.restore().await.unwrap().is_none());
    assert!(open().await.restore().await.unwrap().is_some());
}

#[wasm_bindgen_test]
async fn without_locks_a_tab_finds_its_own_and_what_was_left() {
    let _browser = Browser::new().await;
    take_away("locks");
    save(&open().await, &[file("a", "text/plain", "a")]).await.unwrap();
    assert_eq!(names(&restored(&open().await).await), ["a"], "loaded again");
    new_tab();
    assert!(open().await.restore().await.unwrap().is_none(), "an open tab may have it");
    pass_time(11.0 * MINUTE);
    new_tab();
    assert_eq!(names(&restored(&open().await).await), ["a"]);
}

/// A tab that was duplicated thinks that it has the slot of the other.
#[wasm_bindgen_test]
async fn without_locks_two_tabs_part_when_both_save() {
    let browser = Browser::new().await;
    take_away("locks");
    let first = open().await;
    save(&first, &[]).await.unwrap();
    let second = open().await;
    restored(&second).await;
    settle().await;
    save(&second, &[file("second", "text/plain", "2")]).await.unwrap();
    save(&first, &[file("first", "text/plain", "1")]).await.unwrap();
    assert_eq!(browser.counts().await, [2, 2]);
    assert_eq!(names(&restored(&second).await), ["second"]);
    assert_eq!(names(&restored(&first).await), ["first"]);
}

// ----- what can be read of it

#[wasm_bindgen_test]
async fn nothing_of_a_draft_stands_there_in_plain_text() {
    let browser = Browser::new().await;
    let store = open().await;
    save(&store, &[file("diagnosis.pdf", "application/pdf", "%PDF-1.7 the patient")]).await.unwrap();
    let records = browser.records().await;
    assert_eq!(records.len(), 2);
    let kept: Array = records.iter().flatten().collect();
    let kept = spelled_out(&kept);
    for secret in ["diagnosis", "pdf", "PDF", "6505550100", "Jane", "Confidential", "patient", "phoneNumber", "page"] {
        assert!(!kept.contains(secret), "{secret}: {kept}");
    }
    for [key, _] in &records {
        assert!(
            Array::from(&if key.is_array() { key.clone() } else { Array::of1(key).into() })
                .iter()
                .all(|part| part.as_f64().is_some())
        );
    }
}

#[wasm_bindgen_test]
async fn the_key_cannot_be_taken_out_and_no_two_drafts_share_one() {
    let browser = Browser::new().await;
    let (first, second) = (open().await, open().await);
    save(&first, &[]).await.unwrap();
    save(&second, &[]).await.unwrap();
    let mut sealed = Vec::new();
    for [_, head] in browser.records().await {
        let key = js_sys::Reflect::get_u32(&head, 3).unwrap();
        assert_eq!(property(&property(&key, "algorithm"), "length"), 256);
        assert_eq!(JsFuture::from(is_extractable(&key)).await.unwrap(), false);
        sealed.push(spelled_out(&js_sys::Reflect::get_u32(&head, 4).unwrap()));
    }
    assert_ne!(sealed[0], sealed[1]);
}

#[wasm_bindgen_test]
async fn what_was_changed_is_not_believed() {
    for place in [0, 1, 3] {
        let browser = Browser::new().await;
        save(&open().await, &[long_file()]).await.unwrap();
        JsFuture::from(damage(place)).await.unwrap();
        let store = open().await;
        assert_eq!(store.restore().await.err(), Some(StoreError::Damaged), "record {place}");
        assert_eq!(browser.counts().await, [0, 0], "and is dropped");
        save(&store, &[file("a", "text/plain", "a")]).await.unwrap();
        assert_eq!(names(&restored(&store).await), ["a"]);
    }
}

#[wasm_bindgen_test]
async fn a_piece_in_the_place_of_another_is_not_believed() {
    let _browser = Browser::new().await;
    save(&open().await, &[long_file()]).await.unwrap();
    JsFuture::from(exchange(1, 2)).await.unwrap();
    assert_eq!(open().await.restore().await.err(), Some(StoreError::Damaged));
}

// ----- trouble

#[wasm_bindgen_test]
async fn without_space_what_was_typed_is_kept() {
    for throws in [true, false] {
        let browser = Browser::new().await;
        let store = open().await;
        fill_up(throws);
        assert_eq!(save(&store, &[file("a", "text/plain", "a")]).await, Err(StoreError::Full));
        assert_eq!(browser.counts().await, [1, 0]);
        restore();
        // There is space again.
        assert_eq!(save(&store, &[file("a", "text/plain", "a")]).await, Ok(()));
        drop(store);
        let kept = restored(&open().await).await;
        assert_eq!(names(&kept), ["a"]);
        assert_eq!(property(&kept.draft, "coverPageText"), "Confidential");
    }
}

#[wasm_bindgen_test]
async fn a_browser_that_keeps_nothing_is_said_to() {
    for missing in ["indexedDB", "subtle"] {
        let _browser = Browser::new().await;
        take_away(missing);
        assert_eq!(DraftStore::open("page").await.err(), Some(StoreError::Unavailable), "{missing}");
    }
}
