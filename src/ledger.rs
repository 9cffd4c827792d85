//! What was set out to be sent, written down before it leaves.
//!
//! The API has no idempotency key (fax API facts §3.4), so this is what keeps a fax from going twice by accident: an
//! [`Intent`] stands in the ledger from before the request leaves until it is known what became of it, across reloads
//! and tabs. Where no answer came, the message store is looked at for a fax from that moment to those recipients
//! ([`Intent::find`]).

use serde::Serialize;

use crate::message::{Json, Message, text, whole};
use crate::message_id::MessageId;
use crate::phone_number::decimal_digit;
use crate::reply::{Code, Failure};

/// Milliseconds within which the same documents to the same number bring a question.
pub const SAME_AGAIN: i64 = 3_600_000;
/// Milliseconds that the clocks of device and service are taken to be apart, where nothing is known of that. Ours.
const CLOCKS_APART: i64 = 120_000;
/// Milliseconds that they may be apart at the most, where nothing is known of that: a device that shows the time of
/// another zone. Ours.
pub const FARTHEST_APART: i64 = 26 * 3_600_000;
/// Milliseconds by which what is known of it may be wrong. Ours: a header tells seconds, and answers take time.
const CLOCK_ERROR: i64 = 20_000;
/// Milliseconds between the beginnings of two intents beyond which neither's message can be the other's: longer than
/// the slowest post. Ours.
const RIVALS_WITHIN: i64 = 1_800_000;
/// Milliseconds from the writing of an intent within which its fax is accepted, if ever: waits, the slowest post and
/// clocks that are apart. Ours.
const LONGEST_POST: i64 = 7_200_000;
/// Milliseconds around an acceptance in which a second fax to the same recipients is taken for its twin, besides the
/// time that the request took. Ours: by the service's own clock.
const TWIN_WITHIN: i64 = 5_000;
/// Milliseconds that the request of a page which went away is taken to have been under way. Ours.
const ORPHAN_TOOK: i64 = 60_000;

/// What the names of intents begin with, each an item of its own: so tabs that write at the same moment never overwrite
/// what the other wrote, however late they hear of it.
pub const INTENT: &str = "intent.";
/// What the names of accepted faxes begin with.
pub const RECENT: &str = "recent.";

/// Why nobody knows what became of an intent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// The connection broke, or the answer was none: the service is done with the request.
    Broken,
    /// No answer came in time, or a gateway gave up waiting for it: the service may still be at it.
    Late,
    /// The page was closed, or a person stopped, in the middle.
    Stopped,
}

impl Doubt {
    /// What a post that failed so leaves open.
    #[must_use]
    pub fn of(failure: &Failure) -> Self {
        match (failure.code, failure.status) {
            (Code::Timeout, _) | (_, Some(502 | 504)) => Self::Late,
            _ => Self::Broken,
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Broken => "broken",
            Self::Late => "late",
            Self::Stopped => "stopped",
        }
    }

    fn read(word: &str) -> Option<Self> {
        [Self::Broken, Self::Late, Self::Stopped].into_iter().find(|doubt| doubt.as_str() == word)
    }

    /// Milliseconds behind the break at which the message store is looked at. Only when the last look finds nothing
    /// is the fax taken for not accepted: how soon an accepted fax is listed is not documented. Ours.
    #[must_use]
    pub fn looks(self) -> &'static [i64] {
        match self {
            Self::Broken => &[500, 3_000, 8_000],
            Self::Stopped => &[500, 4_000, 12_000],
            Self::Late => &[500, 5_000, 15_000, 30_000],
        }
    }

    /// Milliseconds behind the break until which the service may still take it. Ours.
    #[must_use]
    pub fn patience(self) -> i64 {
        self.looks().last().copied().unwrap_or_default()
    }
}

/// One fax that was set out to be sent or resent. It holds numbers, because the message store is searched by them, and
/// neither names nor anything of the documents but a digest.
#[derive(Clone, PartialEq, Eq)]
pub struct Intent {
    /// Random; also the name of the lock that its tab holds while the request is under way.
    pub key: String,
    /// The fax resource that it is posted to: another account's message store knows nothing of it.
    pub place: String,
    /// When it was written down, in milliseconds since 1970, by the device's clock.
    pub started: i64,
    /// Why it is not known what became of it; `None` while its request is under way, or was when the page went.
    pub doubt: Option<Doubt>,
    /// The recipients' numbers as sent; empty for the recipients of `original`.
    pub to: Vec<String>,
    /// The fax that was to be resent.
    pub original: Option<MessageId>,
    /// When it was to go out, where that was put off.
    pub send_time: Option<i64>,
    /// The other options, in the API's words.
    pub options: String,
    /// One digest for each recipient, of the documents and the number together.
    pub marks: Vec<String>,
    /// Ids of faxes that were accepted before it: none of them is this one.
    pub before: Vec<MessageId>,
    /// How far the service's clock is ahead of the device's, in milliseconds, where that is known.
    pub ahead: Option<i64>,
    /// When it came to be in doubt, by the device's clock; `None` where the page went away with its request.
    pub broke: Option<i64>,
}

/// What the message store says of an intent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// It was accepted, as the first; the others are the same fax once more.
    Accepted(Vec<MessageId>),
    /// There is no such fax.
    Nothing,
    /// It cannot be told: its recipients are not known, or another's message cannot be told from its own.
    Unclear,
}

impl Intent {
    /// Looks for this fax among `messages`. `known` are the ids that belong to other faxes; `others` are the intents
    /// that are not settled either: where one went to the same recipients, a message may be its own.
    #[must_use]
    pub fn find<'a>(
        &self,
        messages: &[Message],
        known: &[MessageId],
        others: impl IntoIterator<Item = &'a Self>,
    ) -> Found {
        if self.to.is_empty() {
            return Found::Unclear;
        }
        let (likely, possible) = (self.likely(), self.possible());
        let mut found: Vec<&Message> = Vec::new();
        // Something may be this fax, and may not.
        let mut is_open = false;
        for message in messages {
            let is_within = |(from, until)| message.created.is_none_or(|created| (from..=until).contains(&created));
            if !self.may_be(message, known) || !is_within(possible) {
                continue;
            }
            match same_recipients(&self.to, message) {
                Some(false) => {}
                Some(true) if is_within(likely) && !self.differs(message) => found.push(message),
                _ => is_open = true,
            }
        }
        found.sort_by_key(|message| message.created);
        let Some(first) = found.first() else { return if is_open { Found::Unclear } else { Found::Nothing } };
        let rivals: Vec<&Self> = others.into_iter().filter(|other| self.is_rival(other)).collect();
        if rivals.is_empty() {
            let took = self.broke.map_or(ORPHAN_TOOK, |broke| broke - self.started).max(0);
            let same_moment = |other: &&&Message| match (first.created, other.created) {
                (Some(one), Some(other)) => other - one <= took + TWIN_WITHIN,
                _ => true,
            };
            return Found::Accepted(found.iter().filter(same_moment).map(|one| one.id.clone()).collect());
        }
        if rivals.iter().any(|other| other.to.is_empty()) {
            return Found::Unclear;
        }
        // With one message for each they are told apart by their order; with fewer, nobody can tell whose they are.
        let earlier = rivals.iter().filter(|other| (other.started, &other.key) < (self.started, &self.key)).count();
        match found.get(earlier) {
            Some(own) if found.len() == rivals.len() + 1 => Found::Accepted(vec![own.id.clone()]),
            _ => Found::Unclear,
        }
    }

    /// The earliest time at which the service can have taken it, by the service's clock.
    #[must_use]
    pub fn earliest(&self) -> i64 {
        self.possible().0
    }

    /// Between which times the service took it, by the service's clock, if what is known of that clock holds.
    fn likely(&self) -> (i64, i64) {
        let apart = if self.ahead.is_some() { CLOCK_ERROR } else { CLOCKS_APART };
        let ahead = self.ahead.unwrap_or(0);
        (self.started + ahead - apart, self.ended() + ahead + apart)
    }

    /// Between which times it can have been at all. What is known of the clock may be wrong, and where nothing is known of
    /// it, it may be far off: a fax that only the clock rules out leaves the matter open.
    fn possible(&self) -> (i64, i64) {
        let (from, until) = self.likely();
        let apart = if self.ahead.is_some() { CLOCKS_APART } else { FARTHEST_APART };
        (from.min(self.started - apart), (until + CLOCKS_APART).max(self.ended() + apart))
    }

    /// Until when the service can have taken it, by the device's clock.
    fn ended(&self) -> i64 {
        let patience = self.doubt.unwrap_or(Doubt::Stopped).patience();
        self.broke.map_or(self.started + LONGEST_POST, |broke| broke.max(self.started) + patience)
    }

    /// Whether a message is a fax that went out and is nobody else's.
    fn may_be(&self, message: &Message, known: &[MessageId]) -> bool {
        message.is_fax && !message.is_inbound && !known.contains(&message.id) && !self.before.contains(&message.id)
    }

    /// Whether a message has other options than those that this was sent with, as far as the service tells them.
    fn differs(&self, message: &Message) -> bool {
        let is_told = |name: &str, told: Option<&str>| {
            let sent = self.options.split(' ').find_map(|option| option.strip_prefix(name)?.strip_prefix('='));
            sent.zip(told).is_some_and(|(sent, told)| sent != told)
        };
        is_told("faxResolution", message.resolution.as_deref()) || is_told("coverIndex", message.cover.as_deref())
    }

    /// Whether another's message cannot be told from this one's.
    #[must_use]
    pub fn is_rival(&self, other: &Self) -> bool {
        other.key != self.key
            && other.place == self.place
            && (other.started - self.started).abs() <= RIVALS_WITHIN
            && (self.to.is_empty() || other.to.is_empty() || self.goes_to(&other.to))
    }

    /// Whether these are its recipients.
    #[must_use]
    pub fn goes_to(&self, numbers: &[String]) -> bool {
        same_numbers(&self.to, numbers.iter().map(|number| Some(number.as_str())).collect()) == Some(true)
    }

    /// Looks for the same fax once more: to the same recipients, from the same moment, under another id. Chromium
    /// posts by itself a second time where a connection that it reuses breaks before the answer. `took` is how many
    /// milliseconds the request took.
    #[must_use]
    pub fn twins(&self, accepted: &Message, took: i64, messages: &[Message], known: &[MessageId]) -> Vec<MessageId> {
        let to = numbers_of(accepted);
        let to = if to.is_empty() { &self.to } else { &to };
        let same_moment = |message: &Message| match (accepted.created, message.created) {
            (Some(one), Some(other)) => (one - other).abs() <= took.max(0) + TWIN_WITHIN,
            _ => false,
        };
        let twin = |message: &&Message| {
            message.id != accepted.id
                && self.may_be(message, known)
                && same_moment(message)
                && !to.is_empty()
                && same_recipients(to, message) == Some(true)
                && !self.differs(message)
        };
        messages.iter().filter(twin).map(|message| message.id.clone()).collect()
    }

    /// From when on twins of an accepted fax may have been taken, by the service's clock.
    #[must_use]
    pub fn twins_since(&self, accepted: &Message, took: i64) -> i64 {
        accepted.created.map_or(self.earliest(), |created| created - took.max(0) - TWIN_WITHIN)
    }
}

/// The number of every recipient of a message; none where it does not tell one of them.
#[must_use]
pub fn numbers_of(message: &Message) -> Vec<String> {
    let all: Option<Vec<String>> = message.to.iter().map(|to| to.party.phone_number.clone()).collect();
    all.unwrap_or_default()
}

/// Whether a message went to these; `None` where it does not tell whom it went to, for the schema promises nothing.
fn same_recipients(to: &[String], message: &Message) -> Option<bool> {
    if message.to.is_empty() {
        return None;
    }
    same_numbers(to, message.to.iter().map(|to| to.party.phone_number.as_deref()).collect())
}

/// Whether numbers are the same in some order; `None` where those that are told are, and others are not told.
fn same_numbers(to: &[String], mut told: Vec<Option<&str>>) -> Option<bool> {
    let untold = told.iter().filter(|number| number.is_none()).count();
    if to.len() != told.len() {
        return Some(false);
    }
    let is_missing = |digits: &&String| {
        let place = told.iter().position(|number| number.is_some_and(|number| is_same_number(digits, number)));
        place.map(|place| told.remove(place)).is_none()
    };
    let missing = to.iter().filter(is_missing).count();
    if missing > untold { Some(false) } else { (untold == 0).then_some(true) }
}

/// Whether two ways to write a number are of the same one: formatted, masked with X, or without the country code (fax API
/// facts §6).
#[must_use]
pub fn is_same_number(one: &str, other: &str) -> bool {
    let digits = |number: &str| -> Vec<char> {
        let digit = |found| if matches!(found, 'X' | 'x') { Some('X') } else { decimal_digit(found) };
        number.chars().filter_map(digit).collect()
    };
    let (one, other) = (digits(one), digits(other));
    let same = |pair: (&char, &char)| pair.0 == pair.1 || *pair.0 == 'X' || *pair.1 == 'X';
    if one.len() == other.len() {
        return one.iter().zip(&other).all(same);
    }
    // One is written without its country code, and perhaps with the 0 that stands for it.
    let (short, long) = if one.len() < other.len() { (one, other) } else { (other, one) };
    let short: Vec<char> = short.into_iter().skip_while(|found| *found == '0').collect();
    short.len() >= 7 && short.iter().rev().zip(long.iter().rev()).all(same)
}

/// A fax that the service took within the hour: no number, only digests.
#[derive(Clone, PartialEq, Eq)]
pub struct Recent {
    /// When it was posted.
    pub started: i64,
    /// Its id.
    pub id: MessageId,
    /// As in [`Intent`]; and those of its being resent.
    pub marks: Vec<String>,
    /// The key of its intent: another tab that looks for it finds it here.
    pub key: String,
}

/// A fax of the same documents to the same number.
#[derive(Clone, PartialEq, Eq)]
pub struct Repeat {
    /// When it was posted.
    pub started: i64,
    /// Its id; `None` where it is not known whether it was accepted.
    pub id: Option<MessageId>,
}

/// Everything that is not settled, and what was accepted within the hour.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Ledger {
    /// In the order they were written down.
    pub intents: Vec<Intent>,
    /// Settled by a person, who need not have said how: kept for as long as a message may be theirs or another's.
    by_hand: Vec<Intent>,
    /// In the order they were posted.
    pub recent: Vec<Recent>,
}

/// One item that is written, or taken away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Its name, of which no other intent or fax has the same.
    pub name: String,
    /// JSON; `None` where it goes.
    pub text: Option<String>,
}

impl Ledger {
    /// Writes an intent down.
    pub fn open(&mut self, intent: Intent) {
        self.intents.push(intent);
    }

    /// The service took it.
    pub fn accept(&mut self, intent: &Intent, id: MessageId, now: i64) {
        self.take(&intent.key);
        self.recent.retain(|recent| now - recent.started < SAME_AGAIN && recent.id != id);
        let Intent { key, started, marks, .. } = intent.clone();
        self.recent.push(Recent { started, id, marks, key });
    }

    /// Digests by which an accepted fax is known, besides those of its intent.
    pub fn mark(&mut self, id: &MessageId, marks: &[String]) {
        for recent in self.recent.iter_mut().filter(|recent| recent.id == *id) {
            recent.marks.extend_from_slice(marks);
        }
    }

    /// It is certain that the service did not take it.
    pub fn take(&mut self, key: &str) -> Option<Intent> {
        let place = self.intents.iter().position(|intent| intent.key == key)?;
        let taken = self.intents.remove(place);
        let intents = &self.intents;
        self.by_hand.retain(|settled| intents.iter().any(|intent| intent.is_rival(settled)));
        Some(taken)
    }

    /// A person says that it is settled.
    pub fn settle_by_hand(&mut self, key: &str) {
        if let Some(settled) = self.take(key)
            && self.intents.iter().any(|intent| intent.is_rival(&settled))
        {
            self.by_hand.push(settled);
        }
    }

    /// Nobody knows what became of it.
    pub fn doubt(&mut self, key: &str, doubt: Doubt, now: i64) {
        for intent in self.intents.iter_mut().filter(|intent| intent.key == key) {
            intent.doubt = Some(doubt);
            intent.broke = Some(now);
        }
    }

    /// Whether an intent stands in it.
    #[must_use]
    pub fn holds(&self, key: &str) -> bool {
        self.intents.iter().any(|intent| intent.key == key)
    }

    /// The id under which an intent was accepted, where it was within the hour.
    #[must_use]
    pub fn accepted(&self, key: &str) -> Option<&MessageId> {
        self.recent.iter().find(|recent| recent.key == key).map(|recent| &recent.id)
    }

    /// Every intent that a message may be of.
    pub fn claims(&self) -> impl Iterator<Item = &Intent> {
        self.intents.iter().chain(&self.by_hand)
    }

    /// The latest fax within the hour before `now` with one of these digests; `failed` is one that did not get through, so
    /// that the same again is no repeat of it.
    #[must_use]
    pub fn repeat(&self, marks: &[String], failed: Option<&MessageId>, now: i64) -> Option<Repeat> {
        let same = |others: &[String]| others.iter().any(|mark| marks.contains(mark));
        let lately = |started: i64| (now - started).abs() < SAME_AGAIN;
        let intents = self.intents.iter().filter(|intent| same(&intent.marks) && lately(intent.started));
        let intents = intents.map(|intent| Repeat { started: intent.started, id: None });
        let recent = self.recent.iter().filter(|recent| same(&recent.marks) && lately(recent.started));
        let recent = recent.filter(|recent| failed != Some(&recent.id));
        let recent = recent.map(|recent| Repeat { started: recent.started, id: Some(recent.id.clone()) });
        intents.chain(recent).max_by_key(|repeat| repeat.started)
    }

    /// The ids of faxes that were accepted within the hour.
    pub fn known(&self) -> impl Iterator<Item = &MessageId> {
        self.recent.iter().map(|recent| &recent.id)
    }

    /// What has to be written for this to stand where `before` stands; nothing of what is the same in both.
    ///
    /// In an order in which half of it does no harm: what was accepted before its intent goes.
    #[must_use]
    pub fn changes(&self, before: &Self) -> Vec<Change> {
        let (now, then) = (self.items(), before.items());
        let written = now.iter().filter(|item| !then.contains(item)).cloned();
        let gone = then.iter().filter(|item| !now.iter().any(|other| other.name == item.name));
        written.chain(gone.map(|item| Change { name: item.name.clone(), text: None })).collect()
    }

    fn items(&self) -> Vec<Change> {
        let recent = self.recent.iter().map(|recent| Change {
            name: format!("{RECENT}{}", recent.id),
            // Writing strings and numbers to memory has no way to fail.
            text: serde_json::to_string(&(recent.started, recent.id.as_str(), &recent.marks, &recent.key)).ok(),
        });
        let intents = self.intents.iter().map(|intent| (intent, false));
        let intents = intents.chain(self.by_hand.iter().map(|intent| (intent, true)));
        let intents = intents.map(|(intent, by_hand)| Change {
            name: format!("{INTENT}{}", intent.key),
            text: serde_json::to_string(&Written::of(intent, by_hand)).ok(),
        });
        recent.chain(intents).collect()
    }

    /// Reads both, in any order; what is damaged is left out.
    #[must_use]
    pub fn read<J: Json>(intents: &[J], recent: &[J], now: i64) -> Self {
        let mut recent: Vec<Recent> =
            recent.iter().filter_map(read_recent).filter(|recent| now - recent.started < SAME_AGAIN).collect();
        recent.sort_by_key(|recent| recent.started);
        let is_by_hand = |item: &&J| whole(*item, "by_hand").is_some();
        let read = |items: Vec<&J>| {
            let mut read: Vec<Intent> = items.into_iter().filter_map(read_intent).collect();
            read.sort_by(|one, other| (one.started, &one.key).cmp(&(other.started, &other.key)));
            read
        };
        let (by_hand, open) = intents.iter().partition(is_by_hand);
        Self { intents: read(open), by_hand: read(by_hand), recent }
    }
}

#[derive(Serialize)]
struct Written<'a> {
    key: &'a str,
    place: &'a str,
    started: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    doubt: Option<&'static str>,
    to: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    original: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    send_time: Option<i64>,
    options: &'a str,
    marks: &'a [String],
    before: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ahead: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    broke: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    by_hand: Option<u8>,
}

impl<'a> Written<'a> {
    fn of(intent: &'a Intent, by_hand: bool) -> Self {
        Self {
            key: &intent.key,
            place: &intent.place,
            started: intent.started,
            doubt: intent.doubt.map(Doubt::as_str),
            to: &intent.to,
            original: intent.original.as_ref().map(MessageId::as_str),
            send_time: intent.send_time,
            options: &intent.options,
            marks: &intent.marks,
            before: intent.before.iter().map(MessageId::as_str).collect(),
            ahead: intent.ahead,
            broke: intent.broke,
            by_hand: by_hand.then_some(1),
        }
    }
}

fn texts(object: &impl Json, name: &str) -> Vec<String> {
    object.property(name).map(|list| list.items().iter().filter_map(Json::string).collect()).unwrap_or_default()
}

fn read_intent<J: Json>(object: &J) -> Option<Intent> {
    Some(Intent {
        key: text(object, "key")?,
        place: text(object, "place")?,
        started: whole(object, "started")?,
        doubt: text(object, "doubt").and_then(|word| Doubt::read(&word)),
        to: texts(object, "to"),
        original: text(object, "original").and_then(|id| id.parse().ok()),
        send_time: whole(object, "send_time"),
        options: text(object, "options").unwrap_or_default(),
        marks: texts(object, "marks"),
        before: texts(object, "before").iter().filter_map(|id| id.parse().ok()).collect(),
        ahead: whole(object, "ahead"),
        broke: whole(object, "broke"),
    })
}

fn read_recent<J: Json>(entry: &J) -> Option<Recent> {
    let parts = entry.items();
    #[expect(clippy::cast_possible_truncation, reason = "whole milliseconds, far below 2^53")]
    let started = parts.first()?.number()? as i64;
    let id = parts.get(1)?.string()?.parse().ok()?;
    let marks = parts.get(2)?.items().iter().filter_map(Json::string).collect();
    let key = parts.get(3).and_then(Json::string).unwrap_or_default();
    Some(Recent { started, id, marks, key })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::tests::message;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    const STARTED: i64 = 1_734_313_540_000; // 2024-12-16T01:45:40Z

    fn intent(to: &[&str]) -> Intent {
        Intent {
            key: "k".into(),
            place: "https://fax.test/fax".into(),
            started: STARTED,
            doubt: None,
            to: to.iter().map(|to| (*to).to_owned()).collect(),
            original: None,
            send_time: None,
            options: String::new(),
            marks: vec!["a1".into()],
            before: Vec::new(),
            ahead: None,
            broke: None,
        }
    }

    fn sent(id: u32, created: &str, to: &[&str]) -> Message {
        let to: Vec<Value> = to.iter().map(|number| json!({"phoneNumber": number})).collect();
        message(json!({"id": id, "type": "Fax", "direction": "Outbound", "creationTime": created, "to": to}))
    }

    fn ids(ids: &[u32]) -> Vec<MessageId> {
        ids.iter().map(|id| id.to_string().parse().unwrap()).collect()
    }

    #[track_caller]
    fn finds(to: &[&str], told: &[&str], is_found: bool) {
        let found = intent(to).find(&[sent(1, "2024-12-16T01:45:41Z", told)], &[], []);
        assert_eq!(found, if is_found { Found::Accepted(ids(&[1])) } else { Found::Nothing }, "{to:?} {told:?}");
    }

    /// What is found among faxes to this one's recipient, with nothing known of the clock or with what is known.
    #[track_caller]
    fn find(fax: &Intent, created: &[&str]) -> Found {
        let store: Vec<_> = (1..).zip(created).map(|(id, at)| sent(id, at, &["+16505550100"])).collect();
        fax.find(&store, &[], [])
    }

    fn to_anna() -> Intent {
        intent(&["16505550100"])
    }

    #[test]
    fn a_fax_is_found_by_its_recipients() {
        finds(&["16505550100"], &["+16505550100"], true);
        finds(&["16505550100"], &["(650) 555-0100"], true);
        finds(&["06505550100"], &["+496505550100"], true);
        finds(&["18552011234"], &["+1855201XXXX"], true);
        finds(&["16505550100", "16505550101"], &["+16505550101", "+16505550100"], true);
        finds(&["16505550100"], &["+16505550101"], false);
        finds(&["16505550100"], &["+16505550100", "+16505550101"], false);
        finds(&["16505550100", "16505550101"], &["+16505550100", "+16505550100"], false);
        // The original of a resend may be told masked.
        finds(&["+1855201XXXX"], &["+1855201XXXX"], true);
        finds(&["+1855201XXXX"], &["+18552011234"], true);
    }

    #[test]
    fn a_fax_whose_recipients_are_not_told_may_be_it() {
        let untold = |to: Value| {
            let created = "2024-12-16T01:45:41Z";
            message(json!({"id": 1, "type": "Fax", "direction": "Outbound", "creationTime": created, "to": to}))
        };
        let fax = intent(&["16505550100", "16505550101"]);
        let (anna, carl) = (json!({"phoneNumber": "+16505550100"}), json!({"phoneNumber": "+16505550102"}));
        assert_eq!(fax.find(&[untold(json!(null))], &[], []), Found::Unclear);
        assert_eq!(fax.find(&[untold(json!([]))], &[], []), Found::Unclear);
        assert_eq!(fax.find(&[untold(json!([anna, {"name": "Ben"}]))], &[], []), Found::Unclear);
        assert_eq!(fax.find(&[untold(json!([carl, {"name": "Ben"}]))], &[], []), Found::Nothing);
        assert_eq!(fax.find(&[untold(json!([anna]))], &[], []), Found::Nothing);
        let own = sent(2, "2024-12-16T01:45:42Z", &["+16505550101", "+16505550100"]);
        assert_eq!(fax.find(&[untold(json!(null)), own], &[], []), Found::Accepted(ids(&[2])));
    }

    #[test]
    fn a_fax_with_other_options_is_not_taken_for_it() {
        let to = json!([{"phoneNumber": "+16505550100"}]);
        let told = |resolution: Value, cover: Value| {
            message(json!({"id": 1, "type": "Fax", "direction": "Outbound", "creationTime": "2024-12-16T01:45:41Z",
                "to": to, "faxResolution": resolution, "coverIndex": cover}))
        };
        let find =
            |options: &str, told: Message| Intent { options: options.into(), ..to_anna() }.find(&[told], &[], []);
        let own = Found::Accepted(ids(&[1]));
        assert_eq!(find("faxResolution=High coverIndex=7", told(json!("High"), json!(7))), own);
        assert_eq!(find("faxResolution=High", told(json!("High"), json!(7))), own);
        assert_eq!(find("faxResolution=High coverIndex=7", told(Value::Null, Value::Null)), own);
        assert_eq!(find("", told(json!("Low"), json!(3))), own, "of a resend they are the original's");
        assert_eq!(find("faxResolution=High", told(json!("Low"), Value::Null)), Found::Unclear);
        assert_eq!(find("faxResolution=High coverIndex=0", told(json!("High"), json!(7))), Found::Unclear);
    }

    #[test]
    fn a_fax_is_found_by_its_moment() {
        let to = ["+16505550100"];
        let fax = to_anna();
        assert_eq!(find(&fax, &["2024-12-16T01:44:40Z"]), Found::Accepted(ids(&[1])));
        assert_eq!(fax.find(&[sent(1, "2024-12-16T01:45:41Z", &to)], &ids(&[1]), []), Found::Nothing);
        let two = [sent(9, "2024-12-16T01:45:43Z", &to), sent(4, "2024-12-16T01:45:41Z", &to)];
        assert_eq!(fax.find(&two, &[], []), Found::Accepted(ids(&[4, 9])));
        assert_eq!(intent(&[]).find(&two, &[], []), Found::Unclear);
        // What was accepted before it is another fax.
        let later = Intent { before: ids(&[4]), ..to_anna() };
        assert_eq!(later.find(&two, &[], []), Found::Accepted(ids(&[9])));
    }

    #[test]
    fn where_nothing_is_known_of_the_clock_no_moment_rules_a_fax_out() {
        let fax = Intent { broke: Some(STARTED + 1_000), ..to_anna() };
        assert_eq!(find(&fax, &[]), Found::Nothing);
        for created in [
            "2024-12-16T01:40:00Z", // a device that is fast by five minutes
            "2024-12-16T00:45:41Z",
            "2024-12-15T00:00:00Z", // the time of another zone
            "2024-12-16T03:45:41Z", // slow by two hours
            "2024-12-16T23:00:00Z",
        ] {
            assert_eq!(find(&fax, &[created]), Found::Unclear, "{created}");
            let told = [sent(1, created, &["+16505550100"])];
            assert_eq!(fax.find(&told, &ids(&[1]), []), Found::Nothing, "it is another fax of this browser's");
        }
        assert_eq!(find(&fax, &["2024-12-14T23:00:00Z"]), Found::Nothing);
        assert!(fax.earliest() <= STARTED - 26 * 3_600_000, "so far back the list is read");
    }

    #[test]
    fn a_fax_from_long_after_the_break_is_somebody_elses() {
        let fax = Intent { broke: Some(STARTED + 1_000), doubt: Some(Doubt::Broken), ahead: Some(0), ..to_anna() };
        assert_eq!(find(&fax, &["2024-12-16T01:46:00Z"]), Found::Accepted(ids(&[1])));
        assert_eq!(find(&fax, &["2024-12-16T01:47:00Z"]), Found::Unclear, "the clock may be wrong");
        assert_eq!(find(&fax, &["2024-12-16T01:55:00Z"]), Found::Nothing);
        let late = Intent { doubt: Some(Doubt::Late), ..fax.clone() };
        assert_eq!(find(&late, &["2024-12-16T01:46:15Z"]), Found::Accepted(ids(&[1])), "what a gateway gave up on");
        let unknown = Intent { ahead: None, ..fax };
        assert_eq!(find(&unknown, &["2024-12-16T01:55:00Z"]), Found::Unclear);
        // A page that went away may have waited for the limit before it posted.
        let orphan = Intent { broke: None, doubt: None, ..unknown };
        assert_eq!(find(&orphan, &["2024-12-16T01:55:00Z"]), Found::Accepted(ids(&[1])));
    }

    #[test]
    fn a_later_fax_to_the_same_number_is_no_twin_of_what_is_found() {
        let fax = Intent { broke: Some(STARTED + 2_000), doubt: Some(Doubt::Late), ..to_anna() };
        let created = ["2024-12-16T01:45:41Z", "2024-12-16T01:45:47Z", "2024-12-16T01:45:50Z"];
        assert_eq!(find(&fax, &created), Found::Accepted(ids(&[1, 2])));
    }

    #[test]
    fn one_message_of_two_intents_is_nobodys() {
        let to = ["+16505550100"];
        let first = Intent { key: "a".into(), ..to_anna() };
        let second = Intent { key: "b".into(), started: STARTED + 100, ..intent(&["6505550100"]) };
        let elsewhere = Intent { key: "c".into(), ..intent(&["16505550101"]) };
        let both = [first.clone(), second.clone(), elsewhere.clone()];
        let one = [sent(1, "2024-12-16T01:45:41Z", &to)];
        let two = [sent(2, "2024-12-16T01:45:42Z", &to), sent(1, "2024-12-16T01:45:41Z", &to)];
        assert_eq!(first.find(&one, &[], &both), Found::Unclear);
        assert_eq!(first.find(&one, &[], &[elsewhere]), Found::Accepted(ids(&[1])));
        assert_eq!(first.find(&two, &[], &both), Found::Accepted(ids(&[1])));
        assert_eq!(second.find(&two, &[], &both), Found::Accepted(ids(&[2])));
        assert_eq!(second.find(&[], &[], &both), Found::Nothing);
        // A resend whose recipients could not be asked for may have gone to anybody.
        let to_somebody = Intent { key: "d".into(), ..intent(&[]) };
        assert_eq!(first.find(&two, &[], [&to_somebody]), Found::Unclear);
    }

    #[test]
    fn what_a_person_settled_still_claims_its_message() {
        let mut ledger = Ledger::default();
        for (key, started) in [("a", 0), ("b", 100)] {
            ledger.open(Intent { key: key.into(), started: STARTED + started, ..to_anna() });
        }
        ledger.open(Intent { key: "c".into(), ..intent(&["16505550101"]) });
        ledger.settle_by_hand("a");
        ledger.settle_by_hand("c");
        let ledger = read_anew(&ledger);
        assert!(
            !ledger.holds("a")
                && ledger.repeat(&["a1".to_owned()], None, STARTED).is_some_and(|repeat| repeat.started > STARTED)
        );
        let one = [sent(1, "2024-12-16T01:45:41Z", &["+16505550100"])];
        assert_eq!(ledger.intents[0].find(&one, &[], ledger.claims()), Found::Unclear);
        assert_eq!(ledger.claims().count(), 2, "nobody else's message can be that of the third");
        let mut ledger = ledger;
        ledger.take("b");
        assert!(ledger == Ledger::default(), "the number goes with the last that it could be mistaken for");
    }

    #[test]
    fn a_known_clock_leaves_no_room_for_an_older_fax() {
        let fax = |ahead| Intent { ahead, ..to_anna() };
        assert_eq!(find(&fax(None), &["2024-12-16T01:45:00Z"]), Found::Accepted(ids(&[1])));
        assert_eq!(find(&fax(Some(0)), &["2024-12-16T01:45:00Z"]), Found::Unclear, "the clock may be wrong");
        assert_eq!(find(&fax(Some(0)), &["2024-12-16T01:40:00Z"]), Found::Nothing);
        // A device that is fast by an hour.
        assert_eq!(find(&fax(Some(-3_600_000)), &["2024-12-16T00:45:41Z"]), Found::Accepted(ids(&[1])));
    }

    #[test]
    fn a_gateway_that_gave_up_says_that_the_service_may_still_be_at_it() {
        let doubt = |code, status| Doubt::of(&Failure { status, ..Failure::new(code) });
        assert_eq!(doubt(Code::Server, Some(502)), Doubt::Late);
        assert_eq!(doubt(Code::Server, Some(504)), Doubt::Late);
        assert_eq!(doubt(Code::Timeout, None), Doubt::Late);
        assert_eq!(doubt(Code::Server, Some(500)), Doubt::Broken);
        assert_eq!(doubt(Code::Server, Some(503)), Doubt::Broken);
        assert_eq!(doubt(Code::Network, None), Doubt::Broken);
    }

    #[test]
    fn twins_are_of_the_same_moment_by_the_services_clock() {
        let to = ["+16505550100"];
        let fax = intent(&["16505550100"]);
        let accepted = sent(4, "2024-12-16T03:00:00Z", &to);
        let store = [
            accepted.clone(),
            sent(3, "2024-12-16T02:59:58Z", &to),
            sent(2, "2024-12-16T02:59:00Z", &to),
            sent(5, "2024-12-16T03:00:00Z", &["+16505550101"]),
            sent(6, "2024-12-16T03:00:01Z", &to),
        ];
        assert_eq!(fax.twins(&accepted, 0, &store, &ids(&[6])), ids(&[3]));
        assert_eq!(fax.twins(&accepted, 60_000, &store, &ids(&[6])), ids(&[3, 2]));
    }

    #[test]
    fn the_same_again_within_the_hour_is_noticed() {
        let mut ledger = Ledger::default();
        ledger.open(intent(&["1"]));
        let marks = ["b2".to_owned(), "a1".to_owned()];
        let id: MessageId = "7".parse().unwrap();
        assert!(ledger.repeat(&marks, None, STARTED + 1).is_some_and(|repeat| repeat.id.is_none()));
        ledger.accept(&intent(&["1"]), id.clone(), STARTED + 5);
        assert!(ledger.intents.is_empty());
        assert!(ledger.repeat(&marks, None, STARTED + SAME_AGAIN - 1).is_some_and(|repeat| repeat.id.is_some()));
        assert!(ledger.repeat(&marks, None, STARTED + SAME_AGAIN).is_none());
        assert!(ledger.repeat(&["b2".to_owned()], None, STARTED + 1).is_none());
        // It is known by its own id too, when it is to go once more; unless it has failed.
        let again = ["c3".to_owned()];
        ledger.mark(&id, &again);
        assert!(ledger.repeat(&again, None, STARTED + 1).is_some_and(|repeat| repeat.id == Some(id.clone())));
        assert!(ledger.repeat(&again, Some(&id), STARTED + 1).is_none());
        let mut refused = Ledger::default();
        refused.open(intent(&["1"]));
        refused.take("k");
        assert!(refused.repeat(&marks, None, STARTED).is_none());
    }

    #[test]
    fn it_is_written_and_read() {
        let mut ledger = Ledger::default();
        let before = vec!["3".parse().unwrap()];
        let original = Some("12".parse().unwrap());
        ledger.open(Intent { original, send_time: Some(5), before, ahead: Some(-7), ..intent(&["1", "2"]) });
        ledger.open(Intent { key: "l".into(), ..intent(&["3"]) });
        ledger.doubt("l", Doubt::Late, 9);
        ledger.open(Intent { key: "m".into(), ..intent(&["3"]) });
        let third = Intent { key: "m".into(), ..intent(&["3"]) };
        ledger.accept(&third, "99".parse().unwrap(), STARTED);
        assert!(read_anew(&ledger) == ledger);
        assert_eq!(ledger.accepted("m").map(MessageId::as_str), Some("99"));
        let damaged = [json!({"x": 1}), json!([1, [], ["x"]]), json!(null)];
        assert!(Ledger::read(&damaged, &damaged, 0) == Ledger::default());
        let recent = |change: &Change| change.name == "recent.99";
        let written = ledger.changes(&Ledger::default()).into_iter().find(recent).unwrap().text.unwrap();
        assert!(!written.contains("\"3\""), "what was accepted leaves no number behind");
        let read: Value = serde_json::from_str(&written).unwrap();
        assert!(Ledger::read(&[], &[read], STARTED + SAME_AGAIN).recent.is_empty());
    }

    #[test]
    fn only_what_is_new_is_written() {
        let mut ledger = Ledger::default();
        ledger.open(intent(&["1"]));
        ledger.open(Intent { key: "l".into(), ..intent(&["2"]) });
        let before = ledger.clone();
        ledger.accept(&intent(&["1"]), "7".parse().unwrap(), STARTED);
        let names: Vec<_> =
            ledger.changes(&before).into_iter().map(|change| (change.name, change.text.is_some())).collect();
        assert_eq!(names, [("recent.7".to_owned(), true), ("intent.k".to_owned(), false)]);
        assert!(ledger.changes(&ledger).is_empty());
    }

    /// As another tab or the next page reads it.
    fn read_anew(ledger: &Ledger) -> Ledger {
        let mut storage = Storage::new();
        write(&mut storage, &ledger.changes(&Ledger::default()));
        read(&storage)
    }

    type Storage = std::collections::BTreeMap<String, String>;

    fn write(storage: &mut Storage, changes: &[Change]) {
        for Change { name, text } in changes {
            match text {
                Some(text) => storage.insert(name.clone(), text.clone()),
                None => storage.remove(name),
            };
        }
    }

    fn read(storage: &Storage) -> Ledger {
        let items = |prefix: &str| -> Vec<Value> {
            let found = storage.iter().filter(|(name, _)| name.starts_with(prefix));
            found.map(|(_, text)| serde_json::from_str(text).unwrap()).collect()
        };
        Ledger::read(&items(INTENT), &items(RECENT), STARTED)
    }

    proptest! {
        /// In any order of events, an intent leaves the ledger only by being accepted or taken out, and what is written of
        /// each event leads to the same ledger.
        #[test]
        fn an_intent_stays_until_it_is_settled(events in proptest::collection::vec((0..5u8, 0..40u8), 0..100)) {
            let mut ledger = Ledger::default();
            let mut storage = Storage::new();
            let (mut open, mut used) = (std::collections::BTreeSet::new(), std::collections::BTreeSet::new());
            for (event, number) in events {
                let key = number.to_string();
                let intent = Intent { key: key.clone(), ..intent(&["1"]) };
                let before = ledger.clone();
                match event {
                    // No key is ever used twice.
                    0 => if used.insert(key.clone()) { open.insert(key); ledger.open(intent); },
                    1 => { open.remove(&key); ledger.accept(&intent, "1".parse().unwrap(), STARTED); }
                    2 => { prop_assert_eq!(ledger.take(&key).is_some(), open.remove(&key)); }
                    3 => { open.remove(&key); ledger.settle_by_hand(&key); }
                    _ => ledger.doubt(&key, Doubt::Broken, 1),
                }
                write(&mut storage, &ledger.changes(&before));
                let keys = |ledger: &Ledger| ledger.intents.iter().map(|intent| intent.key.clone()).collect::<std::collections::BTreeSet<_>>();
                prop_assert_eq!(&keys(&ledger), &open);
                let read = read(&storage);
                prop_assert_eq!(keys(&read), open.clone());
                prop_assert!(read.recent == ledger.recent && read.claims().count() == ledger.claims().count());
            }
        }

        /// Two tabs in two processes hear of each other's writing late; still nothing that one of them wrote is lost, and
        /// nothing that it settled comes back.
        #[test]
        fn what_two_tabs_write_is_all_there(events in proptest::collection::vec((0..2usize, 0..6u8, 0..4u8), 0..200)) {
            let mut seen = [Storage::new(), Storage::new()];
            let mut on_the_way: [Vec<Change>; 2] = Default::default();
            let mut open = std::collections::BTreeMap::new();
            for (tab, event, number) in events {
                // Each tab settles its own, and those of the other only under their locks.
                let key = format!("{tab}{number}");
                let intent = Intent { key: key.clone(), ..intent(&["1"]) };
                let before = read(&seen[tab]);
                let mut ledger = before.clone();
                match event {
                    0 => if let std::collections::btree_map::Entry::Vacant(entry) = open.entry(key) { entry.insert(None); ledger.open(intent); },
                    1 => { open.remove(&key); ledger.accept(&intent, format!("{}", 10 * tab + usize::from(number) + 1).parse().unwrap(), STARTED); }
                    2 => { open.remove(&key); ledger.take(&key); }
                    3 => if let Some(doubt) = open.get_mut(&key) { *doubt = Some(Doubt::Late); ledger.doubt(&key, Doubt::Late, 1) },
                    _ => {
                        let changes = std::mem::take(&mut on_the_way[tab]);
                        write(&mut seen[tab], &changes);
                        continue;
                    }
                }
                let changes = ledger.changes(&before);
                write(&mut seen[tab], &changes);
                on_the_way[1 - tab].extend(changes);
            }
            for (seen, changes) in seen.iter_mut().zip(&on_the_way) {
                write(seen, changes);
                let kept: std::collections::BTreeMap<_, _> = read(seen).intents.into_iter().map(|intent| (intent.key, intent.doubt)).collect();
                prop_assert_eq!(&kept, &open);
            }
        }
    }
}
