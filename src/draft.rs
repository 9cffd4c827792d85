//! What a person has typed and chosen so far, flaws and all.
//!
//! A draft keeps everything exactly as it came, because nothing that a person typed may be lost. It can hold
//! letters in a number, an empty file or a time in the past; [`Fax::new`](crate::fax::Fax::new) is the one place
//! that says which of that may be sent.
//!
//! The draft is generic over the file handle `F`: a `web_sys::File` in the browser, bytes in native tests.

use std::fmt;

/// One recipient as typed.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct DraftRecipient {
    /// Tells the entry from the others while the list is edited; unique within one draft.
    pub id: u32,
    /// The fax number as typed or pasted.
    pub phone_number: String,
    /// The name printed on the cover page; empty for none.
    pub name: String,
}

impl DraftRecipient {
    /// The decimal digits of the number, which is what two spellings of one number have in common
    /// (fax API facts §6: compare numbers by their digits).
    #[must_use]
    pub fn digits(&self) -> String {
        digits_of(&self.phone_number)
    }
}

/// One chosen file.
#[derive(Clone, PartialEq, Eq)]
pub struct DraftAttachment<F> {
    /// Tells the entry from the others while the list is edited; unique within one draft.
    pub id: u32,
    /// The handle that the transport can read the bytes from.
    pub file: F,
    /// The file's own name, as the person knows it.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// What the browser takes the file to be; often empty or wrong (fax API facts §1.6).
    pub claimed_type: String,
    /// Whether the last attempt to read the file failed: it was moved, changed or removed after it was chosen.
    pub unreadable: bool,
    /// What is known of its pages.
    pub pages: DraftPages,
}

/// What is known of the pages of a chosen file, for what depends on it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DraftPages {
    /// How many of them go; 0 where that is not known.
    pub count: usize,
    /// Whether they go in place of the file, as they are shown.
    pub are_shown: bool,
    /// Whether they are to and one of them could not be rendered.
    pub are_broken: bool,
    /// Whether there are more of them than one fax may have; they are not counted then.
    pub are_too_many: bool,
    /// Whether a person has left out all of them.
    pub are_left_out: bool,
}

/// A point in time as chosen, with what the clock and the zone make of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftTime {
    /// The text as typed or set, for example `2030-03-19T08:00`.
    pub typed: String,
    /// Where it lies on the time line.
    pub reading: TimeReading,
}

/// What a date and time text means in the zone of the person who typed it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeReading {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    At(i64),
    /// The clock skips this time: it falls into the hour that daylight saving leaves out.
    Skipped,
    /// A time is wanted and none is given yet.
    Missing,
    /// The text is not a date and time.
    Unreadable,
}

/// Everything on the form.
#[derive(Clone, PartialEq)]
pub struct Draft<F> {
    /// In the order shown.
    pub to: Vec<DraftRecipient>,
    /// In page order.
    pub attachments: Vec<DraftAttachment<F>>,
    /// `High` or `Low`.
    pub fax_resolution: String,
    /// `None` is the account's default cover page, `Some(0)` is no cover page (fax API facts §1.2).
    pub cover_index: Option<i64>,
    /// Text for the cover page; empty for none.
    pub cover_page_text: String,
    /// `None` sends at once.
    pub send_time: Option<DraftTime>,
    /// Two letters of ISO 3166-1, or empty.
    pub iso_code: String,
    next_id: u32,
}

/// What became of recipients that were added together.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct AddedRecipients {
    /// How many entries are new.
    pub added: usize,
    /// Numbers, as written, that were in the list already and were kept once.
    pub repeated: Vec<String>,
}

impl<F> fmt::Debug for Draft<F> {
    /// Numbers, names and documents are private: a log shows only how many there are.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Draft({} recipients, {} files, {} bytes)", self.to.len(), self.attachments.len(), self.total_size())
    }
}

impl<F> Default for Draft<F> {
    fn default() -> Self {
        Self {
            to: Vec::new(),
            attachments: Vec::new(),
            fax_resolution: "High".to_owned(),
            cover_index: None,
            cover_page_text: String::new(),
            send_time: None,
            iso_code: String::new(),
            next_id: 0,
        }
    }
}

impl<F> Draft<F> {
    fn fresh_id(&mut self) -> u32 {
        self.next_id += 1;
        self.next_id
    }

    /// Puts another draft in this one's place. Its entries get ids that no entry had before: a screen that shows both
    /// one after the other must not take one for the other.
    pub fn replace(&mut self, mut other: Self) {
        other.next_id = self.next_id;
        for id in other.to.iter_mut().map(|entry| &mut entry.id) {
            other.next_id += 1;
            *id = other.next_id;
        }
        for id in other.attachments.iter_mut().map(|entry| &mut entry.id) {
            other.next_id += 1;
            *id = other.next_id;
        }
        *self = other;
    }

    /// Adds every recipient found in `text`, one to a line or separated by commas or semicolons, each a number or
    /// `Name <number>`. `name` goes to a recipient that brings none, where there is just one.
    pub fn add_recipients(&mut self, text: &str, name: &str) -> AddedRecipients {
        let mut entries = split_recipients(text);
        if let [(_, own_name)] = entries.as_mut_slice()
            && own_name.is_empty()
        {
            name.trim().clone_into(own_name);
        }
        let mut outcome = AddedRecipients::default();
        for (phone_number, name) in entries {
            if self.add_recipient(&phone_number, &name) {
                outcome.added += 1;
            } else {
                outcome.repeated.push(phone_number);
            }
        }
        outcome
    }

    /// Adds one recipient; `false` where the number is in the list already. A name that the entry lacked is kept.
    pub fn add_recipient(&mut self, phone_number: &str, name: &str) -> bool {
        let digits = digits_of(phone_number);
        if let Some(known) = self.recipient_with(&digits, None) {
            if known.name.is_empty() {
                name.trim().clone_into(&mut known.name);
            }
            return false;
        }
        let id = self.fresh_id();
        self.to.push(DraftRecipient { id, phone_number: phone_number.trim().to_owned(), name: name.trim().to_owned() });
        true
    }

    /// Replaces what an entry says; `false` where the number is now another entry's, and the two became one.
    pub fn edit_recipient(&mut self, id: u32, phone_number: &str, name: &str) -> bool {
        let digits = digits_of(phone_number);
        if let Some(other) = self.recipient_with(&digits, Some(id)) {
            if other.name.is_empty() {
                name.trim().clone_into(&mut other.name);
            }
            self.remove_recipient(id);
            return false;
        }
        if let Some(entry) = self.to.iter_mut().find(|entry| entry.id == id) {
            phone_number.trim().clone_into(&mut entry.phone_number);
            name.trim().clone_into(&mut entry.name);
        }
        true
    }

    /// Takes an entry out of the list.
    pub fn remove_recipient(&mut self, id: u32) {
        self.to.retain(|entry| entry.id != id);
    }

    fn recipient_with(&mut self, digits: &str, except: Option<u32>) -> Option<&mut DraftRecipient> {
        if digits.is_empty() {
            return None;
        }
        self.to.iter_mut().find(|entry| Some(entry.id) != except && entry.digits() == digits)
    }

    /// Adds a file behind the others, and returns the id of its entry.
    pub fn add_attachment(&mut self, file: F, name: &str, size: u64, claimed_type: &str) -> u32 {
        let id = self.fresh_id();
        self.attachments.push(DraftAttachment {
            id,
            file,
            name: name.to_owned(),
            size,
            claimed_type: claimed_type.to_owned(),
            unreadable: false,
            pages: DraftPages::default(),
        });
        id
    }

    /// Takes a file out of the list.
    pub fn remove_attachment(&mut self, id: u32) {
        self.attachments.retain(|entry| entry.id != id);
    }

    /// Moves a file to the place `to`, counted from 0, and shifts those between; past the end is the end.
    pub fn move_attachment(&mut self, id: u32, to: usize) {
        if let Some(from) = self.attachments.iter().position(|entry| entry.id == id) {
            let entry = self.attachments.remove(from);
            self.attachments.insert(to.min(self.attachments.len()), entry);
        }
    }

    /// Bytes of the files that go as they are. What goes as it is shown is small, and weighed when it is made.
    #[must_use]
    pub fn size_as_is(&self) -> u64 {
        self.attachments.iter().filter(|entry| !entry.pages.are_shown).map(|entry| entry.size).sum()
    }

    /// Pages that go, as far as they are known.
    #[must_use]
    pub fn page_count(&self) -> usize {
        self.attachments.iter().map(|entry| entry.pages.count).sum()
    }

    /// Bytes of all files together.
    #[must_use]
    pub fn total_size(&self) -> u64 {
        self.attachments.iter().map(|entry| entry.size).sum()
    }

    /// Whether nothing has been typed or chosen.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.to.is_empty() && self.attachments.is_empty() && self.cover_page_text.is_empty() && self.send_time.is_none()
    }
}

fn digits_of(number: &str) -> String {
    number.chars().filter_map(crate::phone_number::decimal_digit).collect()
}

/// Cuts pasted text into (number, name) pairs.
fn split_recipients(text: &str) -> Vec<(String, String)> {
    text.split(['\n', '\r', ';', ',', '\t'])
        .map(str::trim)
        .filter(|piece| !piece.is_empty())
        .map(|piece| match piece.split_once('<') {
            Some((name, number)) => {
                (number.trim_end_matches('>').trim().to_owned(), name.trim().trim_matches('"').to_owned())
            }
            None => (piece.to_owned(), String::new()),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn splits(text: &str, expected: &[(&str, &str)]) {
        let found = split_recipients(text);
        let found: Vec<_> = found.iter().map(|(number, name)| (number.as_str(), name.as_str())).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn pasted_text_is_cut_into_recipients() {
        splits("+16505550100", &[("+16505550100", "")]);
        splits(
            "+16505550100, +16505550101;+16505550102",
            &[("+16505550100", ""), ("+16505550101", ""), ("+16505550102", "")],
        );
        splits("+1 650 555 0100\r\n\r\n(650) 555-0101\n", &[("+1 650 555 0100", ""), ("(650) 555-0101", "")]);
        splits("Jane Roe <+16505550100>", &[("+16505550100", "Jane Roe")]);
        splits("\"Dr. Jane\" <+16505550100>", &[("+16505550100", "Dr. Jane")]);
        splits(" , ; \n", &[]);
    }

    #[test]
    fn a_number_is_kept_once_however_it_is_written() {
        let mut draft = Draft::<()>::default();
        let outcome = draft.add_recipients("+1 (650) 555-0100\n+16505550100\n1-650-555-0100\n+16505550101", "");
        assert_eq!(outcome.added, 2);
        assert_eq!(outcome.repeated, ["+16505550100", "1-650-555-0100"]);
        assert_eq!(draft.to.len(), 2);
    }

    #[test]
    fn text_without_digits_is_never_taken_for_a_repeat() {
        let mut draft = Draft::<()>::default();
        assert_eq!(draft.add_recipients("reception\nfront desk", "").added, 2);
    }

    #[test]
    fn a_repeat_brings_its_name_along() {
        let mut draft = Draft::<()>::default();
        draft.add_recipient("+16505550100", "");
        assert!(!draft.add_recipient("+1 650 555 0100", "Jane Roe"));
        assert_eq!(draft.to[0].name, "Jane Roe");
    }

    #[test]
    fn the_typed_name_goes_to_a_single_number_only() {
        let mut draft = Draft::<()>::default();
        draft.add_recipients("+16505550100", " Jane Roe ");
        draft.add_recipients("+16505550101 +", "");
        draft.add_recipients("+16505550102, +16505550103", "Nobody");
        let names: Vec<_> = draft.to.iter().map(|entry| entry.name.as_str()).collect();
        assert_eq!(names, ["Jane Roe", "", "", ""]);
    }

    #[test]
    fn editing_into_another_entry_makes_them_one() {
        let mut draft = Draft::<()>::default();
        draft.add_recipients("+16505550100, +16505550101", "");
        let second = draft.to[1].id;
        assert!(draft.edit_recipient(second, "+16505550102", "B"));
        assert!(!draft.edit_recipient(second, "+1 650 555 0100", "A"));
        assert_eq!(draft.to.len(), 1);
        assert_eq!(draft.to[0].name, "A");
    }

    #[test]
    fn another_draft_shares_no_id_with_the_one_before() {
        let filled = || {
            let mut draft = Draft::<()>::default();
            draft.add_recipient("+16505550100", "");
            draft.add_attachment((), "a.pdf", 1, "");
            draft
        };
        let mut draft = filled();
        let ids = |draft: &Draft<()>| [draft.to[0].id, draft.attachments[0].id];
        let before = ids(&draft);
        draft.replace(filled());
        assert!(ids(&draft).iter().all(|id| !before.contains(id)));
        draft.replace(Draft::default());
        draft.add_recipient("+16505550101", "");
        assert!(!before.contains(&draft.to[0].id));
    }

    #[test]
    fn files_move_and_go() {
        let mut draft = Draft::<&str>::default();
        let ids: Vec<u32> = ["a", "b", "c"].iter().map(|name| draft.add_attachment(name, name, 1, "")).collect();
        let order = |draft: &Draft<&str>| draft.attachments.iter().map(|entry| entry.file).collect::<String>();
        draft.move_attachment(ids[0], 2);
        assert_eq!(order(&draft), "bca");
        draft.move_attachment(ids[2], 0);
        assert_eq!(order(&draft), "cba");
        draft.move_attachment(ids[2], 99);
        assert_eq!(order(&draft), "bac");
        draft.remove_attachment(ids[0]);
        assert_eq!(order(&draft), "bc");
        assert_eq!(draft.total_size(), 2);
    }
}
