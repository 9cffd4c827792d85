//! A fax as the service holds it: the API's message object, read.

use crate::message_id::MessageId;

/// A parsed JSON value, as far as it is read here: the browser's own object there, `serde_json`'s in native tests.
pub trait Json: Sized {
    /// A property of an object; `None` for null and for what is absent.
    fn property(&self, name: &str) -> Option<Self>;
    /// The items of an array; none for anything else.
    fn items(&self) -> Vec<Self>;
    /// A string.
    fn string(&self) -> Option<String>;
    /// A number.
    fn number(&self) -> Option<f64>;
}

/// A property that is a string.
pub(crate) fn text(object: &impl Json, name: &str) -> Option<String> {
    object.property(name)?.string()
}

/// A property that is a whole number.
pub(crate) fn whole(object: &impl Json, name: &str) -> Option<i64> {
    #[expect(clippy::cast_possible_truncation, reason = "checked to be exact")]
    object
        .property(name)?
        .number()
        .filter(|number| number.fract() == 0.0 && number.abs() <= MOST_EXACT)
        .map(|number| number as i64)
}

/// Beyond 2^53 a JavaScript number no longer tells one id from the next.
const MOST_EXACT: f64 = 9_007_199_254_740_991.0;

/// A phone number, without control characters and direction marks: several stand side by side in a line, and one must not
/// turn the next.
fn number(object: &impl Json) -> Option<String> {
    let turns = |found: char| matches!(found, '\u{61c}' | '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text(object, "phoneNumber")
        .map(|number| number.chars().filter(|found| !found.is_control() && !turns(*found)).collect())
}

/// Ids come as numbers or as strings (fax API facts §2.1).
pub(crate) fn id(object: &impl Json, name: &str) -> Option<MessageId> {
    let digits = match text(object, name) {
        Some(text) => text,
        None => whole(object, name)?.to_string(),
    };
    // Only as the service writes it: its answers hold no spaces or other digits.
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok()).flatten()
}

/// A time of the API, always UTC (fax API facts §1.4), in milliseconds since 1970.
fn time(object: &impl Json, name: &str) -> Option<i64> {
    let time = humantime::parse_rfc3339(&text(object, name)?).ok()?;
    i64::try_from(time.duration_since(std::time::UNIX_EPOCH).ok()?.as_millis()).ok()
}

/// How far a fax, or one recipient of it, has come (fax API facts §2.3).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Status {
    /// Waiting for its time, to be rendered or to be dialled; or the service has not said.
    #[default]
    Queued,
    /// Went through.
    Sent,
    /// Did not go through.
    SendingFailed,
    /// A fax that came in.
    Received,
    /// Another word, as it came.
    Other(String),
}

impl Status {
    /// Reads the API's word.
    #[must_use]
    pub fn new(word: &str) -> Self {
        match word {
            "Queued" => Self::Queued,
            // The second of each pair is what the API says of text messages.
            "Sent" | "Delivered" => Self::Sent,
            "SendingFailed" | "DeliveryFailed" => Self::SendingFailed,
            "Received" => Self::Received,
            other => Self::Other(other.to_owned()),
        }
    }

    /// The API's word.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Queued => "Queued",
            Self::Sent => "Sent",
            Self::SendingFailed => "SendingFailed",
            Self::Received => "Received",
            Self::Other(word) => word,
        }
    }

    /// Whether nothing more will come of it.
    #[must_use]
    pub fn is_final(&self) -> bool {
        matches!(self, Self::Sent | Self::SendingFailed | Self::Received)
    }
}

/// One end of a fax as the service tells it.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Party {
    /// Mostly E.164, sometimes formatted or masked (fax API facts §6).
    pub phone_number: Option<String>,
    /// A name, where there is one.
    pub name: Option<String>,
}

/// One recipient of a fax.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct RecipientStatus {
    /// Whom it goes to.
    pub party: Party,
    /// `None` where the service has not said.
    pub status: Option<Status>,
    /// Why it failed (fax API facts §2.4); an open list.
    pub fax_error_code: Option<String>,
}

impl RecipientStatus {
    /// A recipient of whom the service has not said anything.
    #[must_use]
    pub fn of(phone_number: &str) -> Self {
        let party = Party { phone_number: Some(phone_number.to_owned()), name: None };
        Self { party, ..Self::default() }
    }
}

/// A fax that the service holds.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    /// What it is asked for by.
    pub id: MessageId,
    /// Whether it is a fax; the mailbox holds voice mail and text messages too.
    pub is_fax: bool,
    /// Whether it came in.
    pub is_inbound: bool,
    /// Who sent it; mostly absent for one that went out.
    pub from: Party,
    /// May be empty: the schema promises nothing, and a fax that came in has none.
    pub to: Vec<RecipientStatus>,
    /// Of all recipients together: any that is queued makes it queued, else any that failed makes it failed
    /// (fax API facts §2.3), so that it hides who got it.
    pub status: Status,
    /// `None` until it is rendered: the service says 0 so long.
    pub pages: Option<u32>,
    /// When the service took it, in milliseconds since 1970, by its own clock.
    pub created: Option<i64>,
    /// When something last happened to it.
    pub modified: Option<i64>,
    /// The API's word for its resolution.
    pub resolution: Option<String>,
    /// The number of its cover page.
    pub cover: Option<String>,
    /// Where the rendered document is.
    pub document: Option<String>,
    /// Whether it is a picture, and no PDF or TIFF.
    pub is_picture: bool,
    /// Whether it was deleted; of a fax that was waiting this is what cancelled means.
    pub is_deleted: bool,
}

impl Message {
    /// A fax that went out, of which nothing is known but its id.
    #[must_use]
    pub fn of(id: MessageId) -> Self {
        Self {
            id,
            is_fax: true,
            is_inbound: false,
            from: Party::default(),
            to: Vec::new(),
            status: Status::default(),
            pages: None,
            created: None,
            modified: None,
            resolution: None,
            cover: None,
            document: None,
            is_picture: false,
            is_deleted: false,
        }
    }

    /// Reads a message object; `None` where it has no id.
    pub fn read(object: &impl Json) -> Option<Self> {
        let party = |object: &_| Party { phone_number: number(object), name: text(object, "name") };
        let recipient = |entry: &_| RecipientStatus {
            party: party(entry),
            status: text(entry, "messageStatus").map(|word| Status::new(&word)),
            fax_error_code: text(entry, "faxErrorCode").filter(|code| !code.is_empty()),
        };
        let to = object.property("to").map(|to| to.items().iter().map(recipient).collect());
        let attachments = object.property("attachments").map(|list| list.items()).unwrap_or_default();
        Some(Self {
            id: id(object, "id")?,
            is_fax: text(object, "type").is_none_or(|kind| kind == "Fax"),
            is_inbound: text(object, "direction").is_some_and(|direction| direction == "Inbound"),
            from: object.property("from").as_ref().map(party).unwrap_or_default(),
            to: to.unwrap_or_default(),
            status: text(object, "messageStatus").map(|word| Status::new(&word)).unwrap_or_default(),
            pages: whole(object, "faxPageCount").and_then(|n| u32::try_from(n).ok()).filter(|n| *n > 0),
            created: time(object, "creationTime"),
            modified: time(object, "lastModifiedTime"),
            resolution: text(object, "faxResolution"),
            cover: whole(object, "coverIndex").map(|index| index.to_string()),
            document: attachments.iter().find_map(|attachment| text(attachment, "uri")),
            is_picture: attachments
                .iter()
                .find_map(|attachment| text(attachment, "contentType"))
                .is_some_and(|kind| ["image/png", "image/jpeg", "image/gif", "image/webp"].contains(&kind.as_str())),
            is_deleted: text(object, "availability").is_some_and(|word| word == "Deleted" || word == "Purged"),
        })
    }

    /// Whether nothing more will happen to it: every recipient's end is known, or it was deleted.
    #[must_use]
    pub fn is_final(&self) -> bool {
        self.is_deleted
            || (self.status.is_final() && self.to.iter().filter_map(|to| to.status.as_ref()).all(Status::is_final))
    }

    /// How far one of its recipients has come; the status of the whole where the service says nothing of one.
    #[must_use]
    pub fn status_of<'a>(&'a self, recipient: &'a RecipientStatus) -> &'a Status {
        recipient.status.as_ref().unwrap_or(&self.status)
    }

    /// The recipients that it did not get through to.
    pub fn failed(&self) -> impl Iterator<Item = &RecipientStatus> {
        self.to.iter().filter(|to| *self.status_of(to) == Status::SendingFailed)
    }

    /// Whether it failed for some recipients and not for others.
    #[must_use]
    pub fn is_partial(&self) -> bool {
        let failed = self.failed().count();
        failed > 0 && failed < self.to.len()
    }

    /// How many of its recipients it has not got through to, whether or not it still may.
    #[must_use]
    pub fn missed(&self) -> usize {
        self.to.iter().filter(|to| *self.status_of(to) != Status::Sent).count()
    }

    /// Whether it was deleted before it reached anybody.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.is_deleted && self.status == Status::Queued && self.missed() == self.to.len()
    }

    /// Whether the service was seen to allow sending it again; anything but a fax that is still going out. The list of
    /// states is not published (fax API facts §1.7), so the service has the last word (406).
    #[must_use]
    pub fn can_be_resent(&self) -> bool {
        self.is_fax && !self.is_deleted && self.status != Status::Queued
    }
}

/// A page of the message list.
#[derive(Clone, PartialEq, Eq)]
pub struct MessagePage<J> {
    /// In the service's order, newest first.
    pub messages: Vec<Message>,
    /// The same as the service wrote them.
    pub raws: Vec<J>,
    /// Whether there is a page behind it.
    pub has_more: bool,
}

impl<J: Json> MessagePage<J> {
    /// Reads a page; `None` where it is none.
    pub fn read(object: &J) -> Option<Self> {
        let records = object.property("records")?.items().into_iter();
        let (messages, raws) = records.filter_map(|raw| Some((Message::read(&raw)?, raw))).unzip();
        let navigation = object.property("navigation");
        let has_more = navigation.and_then(|navigation| navigation.property("nextPage")).is_some();
        Some(Self { messages, raws, has_more })
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use serde_json::{Value, json};

    impl Json for Value {
        fn property(&self, name: &str) -> Option<Self> {
            self.get(name).filter(|value| !value.is_null()).cloned()
        }

        fn items(&self) -> Vec<Self> {
            self.as_array().cloned().unwrap_or_default()
        }

        fn string(&self) -> Option<String> {
            self.as_str().map(str::to_owned)
        }

        fn number(&self) -> Option<f64> {
            self.as_f64()
        }
    }

    pub fn message(object: Value) -> Message {
        Message::read(&object).unwrap()
    }

    #[test]
    fn the_recorded_message_is_read() {
        // fax API facts §2.2
        let message = message(json!({
            "id": 1812166076, "type": "Fax", "direction": "Outbound", "availability": "Alive",
            "to": [{"recipientId": "3611402076", "phoneNumber": "+16505550125", "messageStatus": "Queued"}],
            "from": {"phoneNumber": "+16505550199"}, "creationTime": "2024-12-16T01:45:40.000Z",
            "attachments": [{"id": 1812166076, "uri": "https://media.ringcentral.com/x/content/1", "type": "RenderedDocument"}],
            "messageStatus": "Queued", "faxPageCount": 0,
        }));
        assert_eq!(message.id.as_str(), "1812166076");
        assert_eq!(message.created, Some(1_734_313_540_000));
        assert_eq!((message.pages, message.is_final()), (None, false));
        assert_eq!(message.document.as_deref(), Some("https://media.ringcentral.com/x/content/1"));
        assert!(!message.can_be_resent());
    }

    #[test]
    fn a_number_turns_no_other() {
        let message =
            message(json!({"id": 1, "to": [{"phoneNumber": "\u{2069}\u{202e}+1 (650)\r\n 555\u{0}-01XX\u{200f}"}]}));
        assert_eq!(message.to[0].party.phone_number.as_deref(), Some("+1 (650) 555-01XX"));
    }

    #[test]
    fn the_end_is_known_when_every_recipients_is() {
        let with = |all: &str, first: &str, second: &str| {
            message(json!({"id": "1", "messageStatus": all,
                "to": [{"messageStatus": first}, {"messageStatus": second, "faxErrorCode": "LineBusy"}]}))
        };
        assert!(!with("Queued", "Sent", "Queued").is_final());
        assert!(!with("SendingFailed", "Queued", "SendingFailed").is_final());
        let partial = with("SendingFailed", "Sent", "SendingFailed");
        assert!(partial.is_final() && partial.is_partial() && partial.can_be_resent());
        assert_eq!(partial.failed().count(), 1);
        let all = with("SendingFailed", "SendingFailed", "SendingFailed");
        assert!(all.is_final() && !all.is_partial());
        assert!(message(json!({"id": 2, "messageStatus": "Queued", "availability": "Deleted"})).is_final());
        assert!(!message(json!({"id": 2, "messageStatus": "Thinking"})).is_final());
    }

    #[test]
    fn what_was_deleted_on_its_way_may_have_reached_some() {
        let with = |first: &str, second: &str| {
            message(json!({"id": 1, "messageStatus": "Queued", "availability": "Deleted",
                "to": [{"messageStatus": first}, {"messageStatus": second}]}))
        };
        assert!(with("Queued", "Queued").is_cancelled());
        assert!(with("Queued", "SendingFailed").is_cancelled());
        assert!(!with("Sent", "Queued").is_cancelled());
        assert_eq!(with("Sent", "Queued").missed(), 1);
        let bare =
            |availability: &str| message(json!({"id": 1, "messageStatus": "Queued", "availability": availability}));
        assert!(bare("Purged").is_cancelled() && !bare("Alive").is_cancelled());
    }

    #[test]
    fn a_page_tells_whether_more_follow() {
        let page = json!({"records": [{}, {"id": 1}, {}], "navigation": {"nextPage": {"uri": "x"}}});
        let read = MessagePage::read(&page).unwrap();
        assert!(read.messages.len() == 1 && read.raws == [json!({"id": 1})] && read.has_more);
        assert!(!MessagePage::read(&json!({"records": []})).unwrap().has_more);
        assert!(MessagePage::read(&json!({"id": 1})).is_none());
    }
}
