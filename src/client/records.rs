//! The database: a store of heads, one for each draft, and a store of the pieces of their files.
//!
//! It is opened for each thing that is done and closed behind it. A page that stays open for days is then in nobody's
//! way, neither a newer widget's with another layout nor a person's who clears the data of the site.

use idb::request::{GetAllKeysStoreRequest, OpenDatabaseRequest};
use idb::{
    Database, DatabaseEvent, Factory, KeyRange, ObjectStore, ObjectStoreParams, Query, Request, TransactionMode,
};
use js_sys::{Array, Promise, Reflect};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

use super::draft_store::StoreError;

const DATABASE: &str = "fax-widget";
const HEADS: &str = "heads";
const PIECES: &str = "pieces";

/// An open database; closed when it is dropped.
pub struct Records(Database);

impl Drop for Records {
    fn drop(&mut self) {
        self.0.close();
    }
}

/// A transaction. Its requests have their results once [`end`](Self::end) says that it went well; nothing else may be
/// waited for in between, for the browser ends a transaction that has nothing to do.
pub struct Transaction {
    /// By slot.
    pub heads: ObjectStore,
    /// By slot, number of the file, and number of the piece.
    pub pieces: ObjectStore,
    handle: JsValue,
}

impl Records {
    pub async fn open() -> Result<Self, StoreError> {
        let handle: JsValue = Factory::new()?.open(DATABASE, Some(1))?.into();
        let mut request = OpenDatabaseRequest::try_from(handle.clone())?;
        request.on_upgrade_needed(|event| {
            for name in [HEADS, PIECES] {
                // Where it fails, the transactions do.
                let _ = event.database().map(|database| database.create_object_store(name, ObjectStoreParams::new()));
            }
        });
        settled(&handle, "onsuccess", "onerror").await?;
        Ok(Self(request.database()?))
    }

    pub fn read(&self) -> Result<Transaction, StoreError> {
        self.begin(TransactionMode::ReadOnly)
    }

    pub fn write(&self) -> Result<Transaction, StoreError> {
        self.begin(TransactionMode::ReadWrite)
    }

    fn begin(&self, mode: TransactionMode) -> Result<Transaction, StoreError> {
        let transaction = self.0.transaction(&[HEADS, PIECES], mode)?;
        Ok(Transaction {
            heads: transaction.object_store(HEADS)?,
            pieces: transaction.object_store(PIECES)?,
            handle: transaction.into(),
        })
    }
}

impl Transaction {
    /// Waits until it is done; where it fails, nothing of it is.
    pub async fn end(self) -> Result<(), StoreError> {
        settled(&self.handle, "oncomplete", "onabort").await
    }
}

/// The keys that a request found, each a list of three numbers.
pub fn keys(found: &GetAllKeysStoreRequest) -> Result<Vec<JsValue>, StoreError> {
    Ok(Array::from(&found.result()?).to_vec())
}

/// Everything whose key begins with these numbers.
pub fn below(key: &[u32]) -> Result<Query, StoreError> {
    let list = |last: u32| -> Array {
        let (end, begin) = key.split_last().map_or((0, key), |(end, begin)| (*end, begin));
        begin.iter().copied().map(f64::from).chain([f64::from(end) + f64::from(last)]).map(JsValue::from_f64).collect()
    };
    Ok(KeyRange::bound(&list(0), &list(1), None, Some(true))?.into())
}

/// Waits for one of two events of a request or a transaction. Its handlers are the functions of a promise, which need no
/// closures of ours.
async fn settled(handle: &JsValue, good: &str, bad: &str) -> Result<(), StoreError> {
    let promise = Promise::new(&mut |resolve, reject| {
        // Fails only on a frozen object.
        let _ = Reflect::set(handle, &good.into(), &resolve);
        let _ = Reflect::set(handle, &bad.into(), &reject);
    });
    match JsFuture::from(promise).await {
        Ok(_) => Ok(()),
        Err(_) => Err(StoreError::of(&Reflect::get(handle, &"error".into()).unwrap_or_default())),
    }
}

impl StoreError {
    fn of(cause: &JsValue) -> Self {
        let name = Reflect::get(cause, &"name".into()).unwrap_or_default();
        if name == "QuotaExceededError" { Self::Full } else { Self::Unavailable }
    }
}

impl From<idb::Error> for StoreError {
    fn from(error: idb::Error) -> Self {
        match error {
            idb::Error::UpdateFailed(cause) => Self::of(&cause),
            _ => Self::Unavailable,
        }
    }
}
