//! The faxes sent from this browser, and what they tell of a number.
//!
//! Kept are ids, times, numbers and outcomes; never a name, and nothing of a document.

use serde::Serialize;

use crate::message::{Json, Message, RecipientStatus, Status, text, whole};
use crate::message_id::MessageId;
use crate::phone_number::decimal_digit;

/// How many are kept; the oldest goes first. Ours.
const MOST: usize = 500;

/// What became of one recipient.
#[derive(Clone, PartialEq, Eq)]
pub struct RememberedRecipient {
    /// The number, as sent or as the service tells it.
    pub phone_number: String,
    /// How far it came.
    pub status: Status,
    /// Why it failed.
    pub fax_error_code: Option<String>,
}

/// A fax that was sent from this browser.
#[derive(Clone, PartialEq, Eq)]
pub struct Remembered {
    /// The message id.
    pub id: MessageId,
    /// The fax resource that it was posted to.
    pub place: String,
    /// When it was accepted, in milliseconds since 1970, by the device's clock.
    pub accepted: i64,
    /// When it goes out, where that was put off: the API does not tell (fax API facts §1.4).
    pub send_time: Option<i64>,
    /// Its recipients.
    pub to: Vec<RememberedRecipient>,
}

impl Remembered {
    /// What is remembered as the service would tell it; the status of the whole follows its rule (fax API facts §2.3).
    #[must_use]
    pub fn message(&self) -> Message {
        let any = |is: &dyn Fn(&Status) -> bool| self.to.iter().map(|to| &to.status).find(|status| is(status));
        let status = any(&|status| !status.is_final()).or_else(|| any(&|status| *status == Status::SendingFailed));
        let recipient = |to: &RememberedRecipient| RecipientStatus {
            status: Some(to.status.clone()),
            fax_error_code: to.fax_error_code.clone(),
            ..RecipientStatus::of(&to.phone_number)
        };
        Message {
            status: status.or(any(&|_| true)).cloned().unwrap_or_default(),
            created: Some(self.accepted),
            to: self.to.iter().map(recipient).collect(),
            ..Message::of(self.id.clone())
        }
    }
}

/// What this browser knows of a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Known {
    /// Nothing was sent there from here.
    Never,
    /// Something went there, and nothing is known of its end.
    Tried,
    /// The last one of which the end is known went through, at this time.
    SentAt(i64),
    /// The last one failed; how many times in a row, and why.
    Failed {
        /// In a row, the last included.
        times: usize,
        /// The last one's `faxErrorCode`.
        code: Option<String>,
    },
}

/// The faxes sent from this browser, oldest first.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct History(Vec<Remembered>);

impl History {
    /// Notes a fax that was accepted.
    pub fn add(&mut self, fax: Remembered) {
        self.0.retain(|known| known.id != fax.id);
        self.0.push(fax);
        let over = self.0.len().saturating_sub(MOST);
        self.0.drain(..over);
    }

    /// Notes how far a fax has come, where it is one of these; `true` where that is news.
    pub fn update(&mut self, message: &Message) -> bool {
        let Some(known) = self.0.iter_mut().find(|known| known.id == message.id) else { return false };
        let before = known.to.clone();
        for (place, told) in message.to.iter().enumerate() {
            let digits = told.party.phone_number.as_deref().map(digits).unwrap_or_default();
            let place = known.to.iter().position(|to| self::digits(&to.phone_number) == digits).unwrap_or(place);
            if let Some(recipient) = known.to.get_mut(place) {
                recipient.status = message.status_of(told).clone();
                recipient.fax_error_code.clone_from(&told.fax_error_code);
            }
        }
        known.to != before
    }

    /// The faxes, newest first.
    pub fn iter(&self) -> impl Iterator<Item = &Remembered> {
        self.0.iter().rev()
    }

    /// The ids of those that were accepted since then.
    #[must_use]
    pub fn since(&self, place: &str, since: i64) -> Vec<MessageId> {
        let lately = self.iter().filter(|fax| fax.place == place && fax.accepted >= since);
        lately.map(|fax| fax.id.clone()).collect()
    }

    /// One of them.
    #[must_use]
    pub fn find(&self, id: &MessageId) -> Option<&Remembered> {
        self.0.iter().find(|known| known.id == *id)
    }

    /// Forgets all.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// What is known of a number.
    #[must_use]
    pub fn known(&self, phone_number: &str) -> Known {
        let wanted = digits(phone_number);
        let mut tried = false;
        let mut times = 0;
        let mut code = None;
        for (fax, to) in self.iter().flat_map(|fax| fax.to.iter().map(move |to| (fax, to))) {
            if digits(&to.phone_number) != wanted {
                continue;
            }
            tried = true;
            match to.status {
                Status::Sent if times == 0 => return Known::SentAt(fax.send_time.unwrap_or(fax.accepted)),
                Status::Sent => break,
                Status::SendingFailed => {
                    if times == 0 {
                        code.clone_from(&to.fax_error_code);
                    }
                    times += 1;
                }
                _ => {}
            }
        }
        match (times, tried) {
            (0, false) => Known::Never,
            (0, true) => Known::Tried,
            _ => Known::Failed { times, code },
        }
    }

    /// As JSON.
    #[must_use]
    pub fn write(&self) -> String {
        let recipient = |to: &RememberedRecipient| WrittenRecipient {
            phone_number: to.phone_number.clone(),
            message_status: to.status.as_str().to_owned(),
            fax_error_code: to.fax_error_code.clone(),
        };
        let fax = |fax: &Remembered| Written {
            id: fax.id.to_string(),
            place: fax.place.clone(),
            accepted: fax.accepted,
            send_time: fax.send_time,
            to: fax.to.iter().map(recipient).collect(),
        };
        // Writing strings and numbers to memory has no way to fail.
        serde_json::to_string(&self.0.iter().map(fax).collect::<Vec<_>>()).unwrap_or_default()
    }

    /// Reads such JSON; what is damaged is left out.
    #[must_use]
    pub fn read<J: Json>(list: &J) -> Self {
        let recipient = |to: &J| RememberedRecipient {
            phone_number: text(to, "phoneNumber").unwrap_or_default(),
            status: text(to, "messageStatus").map(|word| Status::new(&word)).unwrap_or_default(),
            fax_error_code: text(to, "faxErrorCode"),
        };
        let fax = |fax: &J| {
            Some(Remembered {
                id: text(fax, "id")?.parse().ok()?,
                place: text(fax, "place").unwrap_or_default(),
                accepted: whole(fax, "accepted")?,
                send_time: whole(fax, "sendTime"),
                to: fax.property("to")?.items().iter().map(recipient).collect(),
            })
        };
        Self(list.items().iter().filter_map(fax).collect())
    }
}

fn digits(number: &str) -> String {
    number.chars().filter_map(decimal_digit).collect()
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Written {
    id: String,
    place: String,
    accepted: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    send_time: Option<i64>,
    to: Vec<WrittenRecipient>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WrittenRecipient {
    phone_number: String,
    message_status: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    fax_error_code: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::tests::message;
    use serde_json::{Value, json};

    fn fax(id: u32, accepted: i64, to: &[(&str, &str)]) -> Remembered {
        let to = to.iter().map(|(number, status)| RememberedRecipient {
            phone_number: (*number).to_owned(),
            status: Status::new(status),
            fax_error_code: (*status == "SendingFailed").then(|| "LineBusy".to_owned()),
        });
        Remembered {
            id: id.to_string().parse().unwrap(),
            place: "p".into(),
            accepted,
            send_time: None,
            to: to.collect(),
        }
    }

    #[test]
    fn a_number_is_known_by_its_faxes() {
        let mut history = History::default();
        let failed = |times| Known::Failed { times, code: Some("LineBusy".into()) };
        assert_eq!(history.known("+16505550100"), Known::Never);
        history.add(fax(1, 10, &[("+16505550100", "Queued"), ("+16505550101", "SendingFailed")]));
        assert_eq!(history.known("+1 (650) 555-0100"), Known::Tried);
        assert_eq!(history.known("+16505550101"), failed(1));
        history.add(fax(2, 20, &[("+16505550100", "Sent"), ("+16505550101", "SendingFailed")]));
        assert_eq!(history.known("+16505550100"), Known::SentAt(20));
        assert_eq!(history.known("+16505550101"), failed(2));
        history.add(fax(3, 30, &[("+16505550100", "SendingFailed")]));
        assert_eq!(history.known("+16505550100"), failed(1));
        history.add(fax(4, 40, &[("+16505550100", "Queued")]));
        assert_eq!(history.known("+16505550100"), failed(1), "what is under way says nothing yet");
        history.clear();
        assert_eq!(history.known("+16505550100"), Known::Never);
    }

    #[test]
    fn what_is_remembered_is_told_as_the_service_would() {
        let status = |to: &[&str]| {
            let to: Vec<(&str, &str)> = to.iter().map(|status| ("+16505550100", *status)).collect();
            fax(1, 10, &to).message()
        };
        assert_eq!(status(&["Sent", "SendingFailed", "Queued"]).status, Status::Queued);
        assert_eq!(status(&["Sent", "Sent"]).status, Status::Sent);
        assert_eq!(status(&[]).status, Status::Queued);
        let partial = status(&["Sent", "SendingFailed"]);
        assert!(partial.status == Status::SendingFailed && partial.is_partial() && partial.created == Some(10));
        assert_eq!(partial.to[1].fax_error_code.as_deref(), Some("LineBusy"));
    }

    #[test]
    fn outcomes_are_noted_for_the_right_recipient() {
        let mut history = History::default();
        history.add(fax(1, 10, &[("+16505550100", "Queued"), ("+16505550101", "Queued")]));
        let told = message(json!({"id": 1, "messageStatus": "SendingFailed", "to": [
            {"phoneNumber": "(650) 555-0101", "messageStatus": "Sent"},
            {"phoneNumber": "+16505550100", "messageStatus": "SendingFailed", "faxErrorCode": "NoAnswer"},
        ]}));
        assert!(history.update(&told));
        assert!(!history.update(&told));
        assert_eq!(history.known("+16505550100"), Known::Failed { times: 1, code: Some("NoAnswer".into()) });
        assert!(!history.update(&message(json!({"id": 2}))));
    }

    #[test]
    fn it_is_written_and_read_and_does_not_grow_for_ever() {
        let mut history = History::default();
        for id in 1..=600 {
            history.add(Remembered { send_time: Some(7), ..fax(id, 10, &[("+16505550100", "SendingFailed")]) });
        }
        assert_eq!(history.len(), MOST);
        assert_eq!(history.iter().next().map(|fax| fax.id.to_string()).as_deref(), Some("600"));
        let written = serde_json::from_str::<Value>(&history.write()).unwrap();
        assert!(History::read(&written) == history);
        assert!(History::read(&json!([{}, 1, {"id": "x"}])).is_empty());
    }
}
