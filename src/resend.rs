//! A fax that the service holds, to go out again: to its own recipients, to some of them, or to others.

use crate::draft::{DraftRecipient, DraftTime};
use crate::fax::{Field, Flaw, Recipient, SendTime, recipients};
use crate::message_id::MessageId;

/// A resend that may be posted; checked like a [`Fax`](crate::fax::Fax), and nothing behind it checks again.
#[derive(Clone, PartialEq, Eq)]
pub struct Resend {
    original: MessageId,
    to: Option<Vec<Recipient>>,
    send_time: Option<SendTime>,
}

impl Resend {
    /// Checks a resend at the time `now`, in milliseconds since 1970. Without `to` it goes to the original's
    /// recipients.
    ///
    /// # Errors
    /// All flaws, never an empty list: of a number, of an empty list of numbers, of the time.
    pub fn new(
        original: MessageId,
        to: Option<&[DraftRecipient]>,
        send_time: Option<&DraftTime>,
        now: i64,
    ) -> Result<Self, Vec<Flaw>> {
        let mut flaws = Vec::new();
        let mut flaw = |field, cause| flaws.push(Flaw { field, cause });
        let to = to.map(|entries| recipients(entries, &mut flaw));
        let send_time = send_time.and_then(|time| match SendTime::new(time.reading, now) {
            Ok(send_time) => Some(send_time),
            Err(cause) => {
                flaw(Field::SendTime, cause);
                None
            }
        });
        if flaws.is_empty() { Ok(Self { original, to, send_time }) } else { Err(flaws) }
    }

    /// The fax that goes again.
    #[must_use]
    pub fn original(&self) -> &MessageId {
        &self.original
    }

    /// Where it goes; `None` for the original's recipients.
    #[must_use]
    pub fn to(&self) -> Option<&[Recipient]> {
        self.to.as_deref()
    }

    /// When it goes; `None` for at once.
    #[must_use]
    pub fn send_time(&self) -> Option<SendTime> {
        self.send_time
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draft::TimeReading;
    use crate::encoding;
    use crate::fax::Cause;

    fn entry(phone_number: &str, name: &str) -> DraftRecipient {
        DraftRecipient { id: 7, phone_number: phone_number.to_owned(), name: name.to_owned() }
    }

    fn at(millis: i64) -> DraftTime {
        DraftTime { typed: String::new(), reading: TimeReading::At(millis) }
    }

    #[track_caller]
    fn is_written(to: Option<&[DraftRecipient]>, time: Option<&DraftTime>, body: &str) {
        let resend = Resend::new("12345678".parse().unwrap(), to, time, 0).unwrap();
        assert_eq!(encoding::resend(&resend), body);
    }

    #[track_caller]
    fn is_refused(to: Option<&[DraftRecipient]>, time: Option<&DraftTime>, field: Field, cause: Cause) {
        let flaws = Resend::new("1".parse().unwrap(), to, time, 1_000).err().unwrap();
        assert_eq!(flaws, [Flaw { field, cause }]);
    }

    #[test]
    fn the_body_is_the_guides_and_nothing_else() {
        is_written(None, None, r#"{"originalMessageId":"12345678"}"#);
        is_written(
            Some(&[entry("+1 650 111 2222", "")]),
            Some(&at(1_480_550_400_000)),
            r#"{"originalMessageId":"12345678","to":[{"phoneNumber":"+16501112222"}],"sendTime":"2016-12-01T00:00:00.000Z"}"#,
        );
        is_written(
            Some(&[entry("+16501112222", "Jane Roe"), entry("+1 (650) 111-2222", "again"), entry("+16501112223", "")]),
            None,
            r#"{"originalMessageId":"12345678","to":[{"phoneNumber":"+16501112222","name":"Jane Roe"},{"phoneNumber":"+16501112223"}]}"#,
        );
    }

    #[test]
    fn flaws_are_found() {
        is_refused(Some(&[]), None, Field::To, Cause::NoRecipient);
        is_refused(None, Some(&at(1_000)), Field::SendTime, Cause::Past);
        let flaws = Resend::new("1".parse().unwrap(), Some(&[entry("x", "")]), None, 0).err().unwrap();
        assert_eq!(flaws[0].field, Field::Recipient(7));
    }
}
