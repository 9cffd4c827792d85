//! Drafts that outlive the page: kept in the browser's database, encrypted, for a day.
//!
//! A draft lies in a *slot*: a head, with all that was typed and the list of the files, and the files in pieces. The
//! head is written before the pieces and again after each file, so that a crash in the middle of a large file costs
//! that file only, and no piece is ever without a head that says how old it is. What can be read in the database are
//! numbers: slots, sizes and when a draft was saved.

use std::cell::{Cell, RefCell};
use std::cmp::Ordering;

use futures_channel::oneshot;
use gloo_timers::future::TimeoutFuture;
use idb::Request;
use js_sys::{Array, Date, JSON, Object, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, BlobPropertyBag, File, FilePropertyBag};

use super::records::{Records, below, keys};
use super::slot::{Claim, Hold, claim, remember, remembered};
use super::vault::{Vault, item};
use crate::message::Json;

/// Milliseconds that a draft is kept after it was last saved.
const LIFETIME: f64 = 24.0 * 3_600_000.0;
/// Bytes of a file that are in memory at a time.
const PIECE: u32 = 4 << 20;
/// Milliseconds in which a page that is left gives its slot back to the one that follows.
const HANDOVER: u32 = 300;
/// Milliseconds after which a draft that nobody saves counts as left, where the browser has no locks to tell.
const LEFT: f64 = 600_000.0;

/// Why a draft is not kept, or not got back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoreError {
    /// The browser keeps nothing for this page: no database, no encryption (a page that came by plain HTTP), or a
    /// private window.
    Unavailable,
    /// There is no space for the draft, or for all of its files.
    Full,
    /// What was kept cannot be decrypted; it has been deleted.
    Damaged,
}

/// A draft that was kept.
pub struct Kept {
    /// The object that was saved; `attachments` are new files with the old names, types and bytes.
    pub draft: JsValue,
    /// What was saved along.
    pub extra: JsValue,
    /// When it was saved, in milliseconds since 1970-01-01T00:00:00Z.
    pub saved: i64,
}

/// A slot for one draft, which no other tab writes to.
pub struct DraftStore {
    scope: u32,
    slot: Cell<u32>,
    hold: Option<Hold>,
    /// Taken out by whoever reads or writes the slot at the moment.
    state: RefCell<Option<State>>,
    waiting: RefCell<Vec<oneshot::Sender<()>>>,
    /// Goes up with whatever makes a save that came before it pointless.
    tickets: Cell<u32>,
}

/// What this tab knows of its slot.
#[derive(Default)]
struct State {
    vault: Option<Vault>,
    /// When the head was written that this tab wrote or read last; 0 for never. Another one in its place is not ours.
    saved: f64,
    files: Vec<StoredFile>,
    /// The number that a file got last.
    last_number: u32,
}

/// A file that lies in the slot. The page's handle tells it from the others: ids of a draft's entries change when a
/// draft is put in another's place.
struct StoredFile {
    file: File,
    number: u32,
    pieces: u32,
}

/// The one that reads or writes the slot at the moment.
struct Turn<'a> {
    store: &'a DraftStore,
    state: State,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.store.state.replace(Some(std::mem::take(&mut self.state)));
        for sender in self.store.waiting.take() {
            // Whoever waited may have gone.
            let _ = sender.send(());
        }
    }
}

/// What is to be saved.
struct Entry<'a> {
    draft: &'a JsValue,
    extra: &'a JsValue,
    files: &'a [File],
    ticket: u32,
}

/// What stands in the store of heads.
struct Head {
    slot: u32,
    scope: u32,
    saved: f64,
    vault: Vault,
    sealed: JsValue,
}

impl Head {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "written as u32; else it is no slot")]
    fn read(record: &JsValue) -> Option<Self> {
        let number = |n| item(record, n).as_f64();
        Some(Self {
            slot: number(0)? as u32,
            scope: number(1)? as u32,
            saved: number(2)?,
            vault: Vault::with(item(record, 3)),
            sealed: item(record, 4),
        })
    }

    fn write(&self) -> JsValue {
        let numbers = [self.slot.into(), self.scope.into(), self.saved.into()];
        numbers.iter().chain([self.vault.key(), &self.sealed]).collect::<Array>().into()
    }

    fn place(&self) -> [f64; 3] {
        [self.slot.into(), self.scope.into(), self.saved]
    }

    /// A clock that was set back makes a draft older, too: it is never kept longer than said.
    fn is_expired(&self) -> bool {
        (Date::now() - self.saved).abs() >= LIFETIME
    }
}

impl DraftStore {
    /// Takes a slot: the one that this tab had, else one with a draft that no open tab has, the newest first, else an
    /// empty one. Only drafts that were saved under the same `scope` count: a page with two forms, or two pages, do not
    /// get each other's. Drafts of any scope that are a day old are deleted.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn open(scope: &str) -> Result<Self, StoreError> {
        // FNV-1a: a scope may be an address, and only numbers go into the database.
        let scope =
            scope.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
        // Where the browser does not encrypt, it is said now, and not when there is something to lose.
        Vault::new().await?;
        let heads = live_heads(&Records::open().await?).await?;
        let own = remembered(scope);
        let wanted = heads.iter().filter(|head| head.scope == scope);
        let mut wanted: Vec<(bool, f64, u32)> =
            wanted.map(|head| (Some(head.slot) == own, head.saved, head.slot)).collect();
        loop {
            // The tab's own, and else the newest.
            let best = wanted.iter().enumerate().max_by(|(_, a), (_, b)| a.partial_cmp(b).unwrap_or(Ordering::Equal));
            let (is_own, saved, slot) = match best.map(|(n, _)| n) {
                Some(n) => wanted.swap_remove(n),
                None => (false, 0.0, fresh_slot()),
            };
            match claim(slot).await {
                Claim::Held(hold) => return Ok(Self::with(scope, slot, Some(hold))),
                Claim::Unguarded if is_own || Date::now() - saved >= LEFT => return Ok(Self::with(scope, slot, None)),
                Claim::Taken if is_own => {
                    TimeoutFuture::new(HANDOVER).await;
                    wanted.push((false, f64::MAX, slot));
                }
                _ => {}
            }
        }
    }

    fn with(scope: u32, slot: u32, hold: Option<Hold>) -> Self {
        remember(scope, slot);
        Self {
            scope,
            slot: slot.into(),
            hold,
            state: Some(State::default()).into(),
            waiting: RefCell::default(),
            tickets: Cell::default(),
        }
    }

    /// What the slot holds.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn restore(&self) -> Result<Option<Kept>, StoreError> {
        let mut turn = self.turn().await;
        let restored = self.read(&mut turn.state).await;
        if matches!(restored, Err(StoreError::Damaged)) {
            turn.state = State::default();
            // Where it cannot be deleted, it is a day later.
            let _ = self.erase().await;
        }
        restored
    }

    /// Keeps a draft, an object like `{to: [{phoneNumber, name?}], attachments: File[], …}`, and a small object of the
    /// caller's. Files that are in the slot already are not written again, a file that cannot be read is left out, and
    /// files that are no longer in the draft are deleted. A save that another one or [`clear`](Self::clear) has
    /// overtaken does nothing more.
    ///
    /// # Errors
    /// [`StoreError::Full`], where what was typed and the files before the one that found no space may be kept all the
    /// same, and [`StoreError::Unavailable`].
    pub async fn save(&self, draft: &JsValue, extra: &JsValue) -> Result<(), StoreError> {
        let ticket = self.next_ticket();
        let mut turn = self.turn().await;
        if self.is_overtaken(ticket) {
            return Ok(());
        }
        let (state, records) = (&mut turn.state, Records::open().await?);
        let mut stale = self.settle_in(state, &records).await?;

        let files: Vec<File> = items(draft, "attachments").into_iter().map(JsCast::unchecked_into).collect();
        state.files.retain(|stored| files.contains(&stored.file));
        stale.retain(|key| !state.files.iter().any(|stored| item(key, 1) == f64::from(stored.number)));
        let entry = Entry { draft, extra, files: &files, ticket };
        let mut goes_on = self.write_head(&entry, stale, state, &records).await?;
        for file in &files {
            let is_stored = state.files.iter().any(|stored| stored.file == *file);
            if goes_on && !is_stored && self.store(file, state, &records).await? {
                goes_on = self.write_head(&entry, Vec::new(), state, &records).await?;
            }
        }
        Ok(())
    }

    /// Deletes what the slot holds.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn clear(&self) -> Result<(), StoreError> {
        let ticket = self.next_ticket();
        if self.state.borrow().is_none() {
            // At once, for the tab may be closed the next moment; and again behind the save that is writing a file.
            self.erase().await?;
        }
        let mut turn = self.turn().await;
        // The save of another draft that came since finds its slot empty, and begins anew.
        if self.is_overtaken(ticket) {
            return Ok(());
        }
        turn.state = State::default();
        self.erase().await
    }

    fn next_ticket(&self) -> u32 {
        self.tickets.set(self.tickets.get().wrapping_add(1));
        self.tickets.get()
    }

    fn is_overtaken(&self, ticket: u32) -> bool {
        self.tickets.get() != ticket
    }

    async fn turn(&self) -> Turn<'_> {
        loop {
            if let Some(state) = self.state.take() {
                return Turn { store: self, state };
            }
            let (sender, receiver) = oneshot::channel();
            self.waiting.borrow_mut().push(sender);
            // Sent or dropped: either way the turn may be free.
            let _ = receiver.await;
        }
    }

    async fn erase(&self) -> Result<(), StoreError> {
        let records = Records::open().await?;
        let writing = records.write()?;
        writing.heads.delete(JsValue::from(self.slot.get()))?;
        writing.pieces.delete(below(&[self.slot.get()])?)?;
        writing.end().await
    }

    async fn read(&self, state: &mut State) -> Result<Option<Kept>, StoreError> {
        let records = Records::open().await?;
        let reading = records.read()?;
        let found = reading.heads.get(JsValue::from(self.slot.get()))?;
        reading.end().await?;
        let Some(head) = Head::read(&found.result()?) else { return Ok(None) };

        let bytes = head.vault.open(head.place(), &head.sealed).await?;
        let text = String::from_utf8(Uint8Array::new(&bytes).to_vec()).map_err(|_| StoreError::Damaged)?;
        let kept = JSON::parse(&text).map_err(|_| StoreError::Damaged)?;
        let (draft, extra) = (item(&kept, 0), item(&kept, 1));
        let files = Array::new();
        *state = State { vault: Some(head.vault.clone()), saved: head.saved, ..State::default() };
        for listed in items(&draft, "attachments") {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "written as u32")]
            let [number, pieces] = [0, 1].map(|n| item(&listed, n).as_f64().unwrap_or_default() as u32);
            let [name, claimed_type] = [2, 3].map(|n| item(&listed, n).as_string().unwrap_or_default());
            let blobs = Array::new();
            for n in 0..pieces {
                let reading = records.read()?;
                let found = reading.pieces.get(piece_key(head.slot, number, n))?;
                reading.end().await?;
                let place = [head.slot.into(), number.into(), n.into()];
                let bytes = head.vault.open(place, &found.result()?).await?;
                // A blob each, which the browser may put on disk before the next is read.
                let blob = Blob::new_with_blob_sequence_and_options(&Array::of1(&bytes), &BlobPropertyBag::new());
                blobs.push(blob.map_err(|_| StoreError::Unavailable)?.as_ref());
            }
            let options = FilePropertyBag::new();
            options.set_type(&claimed_type);
            let file = File::new_with_blob_sequence_and_options(&blobs, &name, &options);
            let file = file.map_err(|_| StoreError::Unavailable)?;
            files.push(&file);
            state.last_number = state.last_number.max(number);
            state.files.push(StoredFile { file, number, pieces });
        }
        // Fails only on a frozen object.
        let _ = Reflect::set(&draft, &"attachments".into(), &files);
        #[expect(clippy::cast_possible_truncation, reason = "whole milliseconds, far below 2^53")]
        Ok(Some(Kept { draft, extra, saved: head.saved as i64 }))
    }

    /// Makes sure that the slot holds what this tab thinks, and else begins anew: a day has passed, the person has
    /// cleared the data of the site, or, where there are no locks, another tab has come. Gives the keys of all pieces.
    async fn settle_in(&self, state: &mut State, records: &Records) -> Result<Vec<JsValue>, StoreError> {
        let reading = records.read()?;
        let head = reading.heads.get(JsValue::from(self.slot.get()))?;
        let pieces = reading.pieces.get_all_keys(Some(below(&[self.slot.get()])?), None)?;
        reading.end().await?;
        let found = Head::read(&head.result()?);
        let is_ours = found.as_ref().is_some_and(|head| head.saved == state.saved);
        if is_ours && state.vault.is_some() {
            return keys(&pieces);
        }
        *state = State { vault: Some(Vault::new().await?), ..State::default() };
        if found.is_some() && self.hold.is_none() {
            self.slot.set(fresh_slot());
            remember(self.scope, self.slot.get());
            return Ok(Vec::new());
        }
        keys(&pieces)
    }

    /// Writes the head, with those of the files that are stored, and deletes pieces; `false` where the save has been
    /// overtaken, and nothing was written.
    async fn write_head(
        &self,
        entry: &Entry<'_>,
        stale: Vec<JsValue>,
        state: &mut State,
        records: &Records,
    ) -> Result<bool, StoreError> {
        let vault = state.vault.clone().ok_or(StoreError::Unavailable)?;
        let list = Array::new();
        for file in entry.files {
            if let Some(stored) = state.files.iter().find(|stored| stored.file == *file) {
                let numbers = [stored.number, stored.pieces].map(JsValue::from);
                list.push(&numbers.into_iter().chain([file.name().into(), file.type_().into()]).collect::<Array>());
            }
        }
        let draft = Object::assign(&Object::new(), entry.draft.unchecked_ref());
        // Fails only on a frozen object.
        let _ = Reflect::set(&draft, &"attachments".into(), &list);
        let text = JSON::stringify(&Array::of2(&draft, entry.extra)).map_err(|_| StoreError::Unavailable)?;
        let bytes = Uint8Array::from(String::from(text).as_bytes());
        let mut head =
            Head { slot: self.slot.get(), scope: self.scope, saved: Date::now(), vault, sealed: JsValue::UNDEFINED };
        head.sealed = head.vault.seal(head.place(), &bytes).await?;

        // Asked last: what is written from here on is there before what a later call writes or deletes.
        if self.is_overtaken(entry.ticket) {
            return Ok(false);
        }
        let writing = records.write()?;
        writing.heads.put(&head.write(), Some(&head.slot.into()))?;
        for key in stale {
            writing.pieces.delete(key)?;
        }
        writing.end().await?;
        state.saved = head.saved;
        Ok(true)
    }

    /// Puts a file into the slot; `false` where it cannot be read.
    async fn store(&self, file: &File, state: &mut State, records: &Records) -> Result<bool, StoreError> {
        let vault = state.vault.clone().ok_or(StoreError::Unavailable)?;
        // Never one that was used before: pieces of a file that was given up may still be there.
        state.last_number += 1;
        let number = state.last_number;
        match self.store_pieces(file, number, &vault, records).await {
            Ok(Some(pieces)) => {
                state.files.push(StoredFile { file: file.clone(), number, pieces });
                Ok(true)
            }
            given_up => {
                // Half a file is of no use, and takes space; where this fails, the next save deletes it.
                if let Ok(writing) = records.write() {
                    let _ = writing.pieces.delete(below(&[self.slot.get(), number])?);
                    let _ = writing.end().await;
                }
                given_up.map(|_| false)
            }
        }
    }

    async fn store_pieces(
        &self,
        file: &File,
        number: u32,
        vault: &Vault,
        records: &Records,
    ) -> Result<Option<u32>, StoreError> {
        let slot = self.slot.get();
        let (mut begin, mut n) = (0.0, 0);
        while begin < file.size() {
            let end = begin + f64::from(PIECE);
            let Ok(piece) = file.slice_with_f64_and_f64(begin, end) else { return Ok(None) };
            let Ok(plain) = JsFuture::from(piece.array_buffer()).await else { return Ok(None) };
            let sealed = vault.seal([slot.into(), number.into(), n.into()], &plain).await?;
            drop(plain);
            let writing = records.write()?;
            writing.pieces.put(&sealed, Some(&piece_key(slot, number, n)))?;
            writing.end().await?;
            (begin, n) = (end, n + 1);
        }
        Ok(Some(n))
    }
}

fn items(object: &JsValue, name: &str) -> Vec<JsValue> {
    object.property(name).map(|list| list.items()).unwrap_or_default()
}

/// All heads that are to be kept. The others are deleted, and with them whatever belongs to none.
async fn live_heads(records: &Records) -> Result<Vec<Head>, StoreError> {
    let reading = records.read()?;
    let heads = reading.heads.get_all(None, None)?;
    let pieces = reading.pieces.get_all_keys(None, None)?;
    reading.end().await?;
    let heads: Vec<Head> = Array::from(&heads.result()?).iter().filter_map(|record| Head::read(&record)).collect();
    let (expired, live): (Vec<Head>, Vec<Head>) = heads.into_iter().partition(Head::is_expired);
    let writing = records.write()?;
    for head in expired {
        writing.heads.delete(JsValue::from(head.slot))?;
    }
    for key in keys(&pieces)? {
        if !live.iter().any(|head| item(&key, 0) == f64::from(head.slot)) {
            writing.pieces.delete(key)?;
        }
    }
    writing.end().await?;
    Ok(live)
}

fn piece_key(slot: u32, number: u32, piece: u32) -> JsValue {
    [slot, number, piece].into_iter().map(JsValue::from).collect::<Array>().into()
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 2^32")]
fn fresh_slot() -> u32 {
    (js_sys::Math::random() * f64::from(u32::MAX)) as u32
}
