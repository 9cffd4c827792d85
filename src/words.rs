//! Every sentence that a person reads, in English. No other file holds any.
//!
//! `{name}` stands for a value that [`fill`] puts in.

macro_rules! words {
    ($($word:ident = $english:literal,)*) => {
        /// A sentence by its meaning.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Word { $(
            #[doc = $english]
            $word,
        )* }

        /// The sentence as it stands.
        #[must_use]
        pub fn say(word: Word) -> &'static str {
            match word { $(Word::$word => $english,)* }
        }
    };
}

words! {
    // The form
    NewFax = "New fax",
    To = "To",
    FaxNumber = "Fax number",
    FaxNumberHint = "Number with + and the country code; paste as many as you like. The name goes on the cover page.",
    RecipientName = "Name (optional)",
    Add = "Add",
    Edit = "Edit",
    Done = "Done",
    Remove = "Remove",
    EditRecipient = "Edit {number}",
    RemoveRecipient = "Remove {number}",
    RecipientsAddedOne = "1 recipient added.",
    RecipientsAdded = "{n} recipients added.",
    RecipientRemoved = "{number} removed.",
    RecipientRepeated = "Already in the list and kept once: {numbers}",
    RecipientCountOne = "1 recipient",
    RecipientCount = "{n} recipients",

    Documents = "Documents",
    ChooseFiles = "Choose files",
    DropHint = "or drop or paste them here. PDF, Office, images and text, 50 MB together.",
    DropNow = "Drop to add",
    FilesAddedOne = "1 file added.",
    FilesAdded = "{n} files added.",
    FileRemoved = "{name} removed.",
    FileMoved = "{name} is now document {place} of {n}.",
    MoveUp = "Move {name} up",
    MoveDown = "Move {name} down",
    RemoveFile = "Remove {name}",
    DragFile = "Drag to change the order",
    FileCountOne = "1 document, {size}",
    FileCount = "{n} documents, {size}",
    FolderDropped = "“{name}” is a folder and cannot be faxed. Open it and choose the files inside.",

    KindPdf = "PDF",
    KindDocument = "Text document",
    KindSpreadsheet = "Spreadsheet",
    KindPresentation = "Presentation",
    KindDrawing = "Drawing",
    KindImage = "Image",
    KindText = "Plain text",
    KindMarkup = "Web page",
    KindUnknown = "Unknown kind",

    Cover = "Cover page",
    CoverPage = "Cover page",
    CoverDefault = "Account’s default",
    CoverNone = "None",
    CoverNumber = "Cover page {n}",
    CoverLoading = "Loading the list of cover pages…",
    CoverFailed = "The list of cover pages could not be loaded.",
    TryAgain = "Try again",
    CoverText = "Text on the cover page",
    CoverTextCount = "{n} of 1,024 characters",

    Delivery = "Delivery",
    Resolution = "Resolution",
    High = "Fine",
    HighHint = "Small print and pictures",
    Low = "Standard",
    LowHint = "Less time on the line",
    Country = "Country of the numbers",
    CountryNone = "Not needed for numbers with +",
    When = "When",
    Now = "Now",
    Later = "Later",
    SendTime = "Date and time",
    SendTimeHint = "In your time zone, {zone}",

    Review = "Review fax",
    Send = "Send fax",
    Schedule = "Schedule fax",
    SendAgain = "Send again",
    Discard = "Discard",
    DiscardSure = "Discard this fax?",
    DiscardYes = "Discard",
    DiscardNo = "Keep",

    // The review
    ReviewTitle = "Check before it goes",
    ReviewHint = "A faxed page cannot be called back. Compare each number with your source.",
    Back = "Back to change something",
    ReviewNow = "Now",
    ReviewCoverText = "Text",

    // The attempt
    Sending = "Sending your fax",
    Checking = "Checking the documents",
    Uploading = "Uploading",
    UploadingSize = "Uploading {size}",
    Elapsed = "{time} so far",
    KeepOpen = "Keep this page open until the fax service has answered.",
    Waiting = "The fax service is busy",
    WaitingHint = "It has not taken the fax yet and asks to wait. Next try in {time}.",
    AcceptedStep = "Accepted by the fax service",
    Cancel = "Cancel",

    // The end
    Accepted = "Accepted by the fax service",
    AcceptedHint = "It now dials the numbers below. Nothing has arrived yet: pages of text take about a minute each, pictures longer.",
    ScheduledTitle = "Accepted, to go out later",
    ScheduledHint = "The fax service will dial the numbers below on {time}.",
    MessageId = "Message ID",
    MessageIdHint = "Keep it: with it this fax can be followed up, resent or forwarded.",
    Copy = "Copy",
    Copied = "Copied.",
    StatusQueued = "Waiting to be dialled",
    StatusSent = "Sent",
    StatusFailed = "Not sent",
    NextFax = "New fax",

    // What is wrong with a draft
    FlawsTitle = "Before this fax can go",
    NoRecipient = "Enter at least one fax number.",
    NumberEmpty = "“{number}” has no digits. Enter a fax number, such as +1 650 555 0100.",
    NumberUnexpected = "“{number}”: “{found}” does not belong in a fax number. Use digits only, with + in front.",
    NumberExtension = "“{number}” ends in an extension, which a fax cannot dial. Enter the direct fax number.",
    NumberDoubleZero = "“{number}”: write + and the country code in place of 00.",
    NumberTrunkZero = "“{number}”: leave out the (0) after the country code.",
    NumberTooShort = "“{number}” is too short: it has {digits} digits and needs at least {least}. Check for a missing one.",
    NumberTooLong = "“{number}” is too long: it has {digits} digits and may have {most}. Check for one too many.",
    NoAttachment = "Add at least one document.",
    FileUnknownKind = "“{name}”: .{extension} files cannot be faxed. Save it as a PDF and add that.",
    FileNoExtension = "“{name}” has no ending such as .pdf, so its kind is not known. Rename it or save it as a PDF.",
    FileEmpty = "“{name}” is empty. Choose another file.",
    FileUnreadable = "“{name}” was moved or changed after you chose it. Remove it and choose it again.",
    FilesTooLarge = "Together the documents are {over} over the limit of 50 MB. Remove some or send them in two faxes.",
    ResolutionUnknown = "Choose a resolution: fine or standard.",
    CoverIndexUnknown = "Choose a cover page from the list.",
    CoverTextTooLong = "The cover text has {n} characters, and the limit is 1,024. Shorten it by {over}.",
    CoverTextWithoutCover = "There is text for a cover page, but no cover page is sent. Choose a cover page or clear the text.",
    TimeMissing = "Choose the date and time to send at, or send now.",
    TimePast = "The time to send at has passed. Choose a later one, or send now.",
    TimeSkipped = "That time does not exist: the clocks go forward over it. Choose a time an hour later.",
    TimeUnreadable = "The time to send at is not a date and time. Choose one, or send now.",
    CountryUnknown = "“{code}” is not a country code. Choose a country from the list.",
    CountryUk = "“UK” is not a country code: the United Kingdom is GB. Choose it from the list.",

    // What became of an attempt
    NotSentTitle = "The fax was not sent",
    UnknownTitle = "It is not known whether the fax was accepted",
    UnknownHint = "Look into your fax service’s list of sent faxes before you send again, or the recipients may get it twice.",
    UnsettledTitle = "An earlier try may have been accepted",
    UnsettledHint = "If you send again, the recipients may get this fax twice.",
    DraftKept = "Everything you entered is still here.",
    FailedInvalid = "Something has to be put right first.",
    FailedAddress = "The fax service’s address is wrong. Ask whoever runs this page to check “{name}”.",
    FailedOffline = "This device is offline. Connect to the internet, then send.",
    FailedNetwork = "The connection broke, or nothing answers at {host}. Check your connection; if it works, ask whoever runs this page to check the address of the fax service.",
    FailedTimeout = "The fax service did not answer in time.",
    CancelledBefore = "You stopped before anything was sent.",
    CancelledDuring = "You stopped while the fax was on its way.",
    FailedNoToken = "You are not signed in to the fax service. Sign in on this page, or ask whoever runs it for access.",
    FailedUnauthorized = "Your sign-in to the fax service has expired. Sign in again, then send.",
    FailedForbidden = "This account may not send faxes. Ask the administrator of your phone system.",
    FailedNotFound = "There is no fax service at {host}. Ask whoever runs this page to check the address, account and extension.",
    FailedNotAllowed = "The fax service does not allow this now.",
    FailedTooLarge = "The documents are too large for the fax service. Remove some or send them in two faxes.",
    FailedUnsupported = "The fax service cannot fax one of the documents. Save it as a PDF and add that.",
    FailedRateLimited = "The fax service is busy and asks to wait. Try again in a few minutes.",
    FailedRefused = "The fax service refused it.",
    FailedRefusedParameter = "The fax service refused what it was given for “{name}”. Check that and send again.",
    FailedServer = "The fax service had a fault of its own.",
    FailedUnreadable = "Something answered, but not the way a fax service does.",
    FailedCodes = "For support: {codes}",
}

/// A sentence with values put in for its `{name}`s.
#[must_use]
pub fn fill(word: Word, values: &[(&str, &str)]) -> String {
    let mut filled = String::new();
    let mut rest = say(word);
    while let Some((before, behind)) = rest.split_once('{') {
        let Some((name, after)) = behind.split_once('}') else { break };
        filled.push_str(before);
        let value = values.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value);
        // A value in another script, or with direction marks in it, must not turn the sentence around it.
        if value.chars().any(|found| found >= '\u{590}') {
            filled.extend(["\u{2068}", value, "\u{2069}"]);
        } else {
            filled.push_str(value);
        }
        rest = after;
    }
    filled.push_str(rest);
    filled
}

/// The sentence for one or for `n` of something.
#[must_use]
pub fn count(one: Word, other: Word, n: usize) -> String {
    if n == 1 { fill(one, &[]) } else { fill(other, &[("n", &n.to_string())]) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_put_in_once_and_never_read_again() {
        assert_eq!(fill(Word::RemoveFile, &[("name", "{n}.pdf")]), "Remove {n}.pdf");
        assert_eq!(count(Word::RecipientCountOne, Word::RecipientCount, 1), "1 recipient");
        assert_eq!(count(Word::RecipientCountOne, Word::RecipientCount, 12), "12 recipients");
    }
}
