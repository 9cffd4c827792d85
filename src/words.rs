//! Every sentence that a person reads, in English. No other file holds any.
//!
//! `{name}` stands for a value that [`fill`] puts in. Where a sentence counts something, `…One` is the form for one; other
//! languages have one entry in its place, with the forms of their own plural rules (www/languages).

/// A sentence by its meaning. It leads to its own name and text alone, so that these go into the download that says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word(&'static (&'static str, &'static str));

impl Word {
    /// What the sentence is called in the catalogues of other languages, but for its first letter, which is a small one
    /// there.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.0.0
    }

    /// The sentence as it stands here.
    #[must_use]
    pub fn english(self) -> &'static str {
        self.0.1
    }
}

macro_rules! words {
    ($($word:ident = $english:literal,)*) => {
        #[expect(non_upper_case_globals, reason = "read as the variants of an enumeration")]
        impl Word { $(
            #[doc = $english]
            pub const $word: Self = Self(&(stringify!($word), $english));
        )* }

        /// All of them, for those who check catalogues.
        pub const WORDS: &[Word] = &[$(Word::$word,)*];
    };
}

words! {
    // How a heading goes before what it is about, and a name before what it names
    Headed = "{heading}. {text}",
    Named = "{name}: {text}",

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

    SizeAndKind = "{size}, {kind}",
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

    // The pages
    PagesTitle = "Pages as they will print",
    OnTheLine = "about {time} on the line, {slow} on a slow one",
    OnTheLineAtLeast = "at least {time} on the line, {slow} on a slow one",
    PagesPreparing = "More pages are being prepared…",
    PageOf = "Page {place} of {n}, {name}",
    PageHeading = "Page {place} of {n}",
    PageLeftOut = "Left out",
    SendAsShown = "Send as shown",
    GoesAsShown = "Exactly these pages are uploaded.",
    GoesAsItIs = "The fax service renders this document itself. A fax machine will most likely print it like this.",
    GoesUnlike = "The fax service renders this document itself, and may print what is missing here.",
    OtherResolution = "The fax goes in the other resolution.",
    ShownByNeed = "Goes as shown, because pages of it were left out, turned or moved.",
    ReadingPages = "Reading the pages…",
    NoPagesUnknown = "Pages of such a document cannot be shown here. It goes as it is.",
    NoPagesHeic = "This is a HEIC picture, which cannot be faxed. Save it as JPEG or PDF and add that.",
    Misnamed = "Its content is of another kind than its name says, so the fax service may not be able to print it. Save it as a PDF and add that.",
    NoPagesDamaged = "This document seems to be damaged: its pages cannot be shown. Open it once before you send it as it is.",
    NoPagesPassword = "This document is protected with a password. The fax service may not be able to open it.",
    NoPagesTooLarge = "Showing the pages of this document would ask too much of this device. It goes as it is.",
    NoPagesTooMany = "This document has more than 200 pages, the most that a fax can have. Send a part of it.",
    NoPagesLost = "The pages of this document cannot be shown: making them failed twice. It goes as it is.",
    NoPagesHere = "Pages cannot be shown in this browser at the moment. The document goes as it is.",
    Password = "Password",
    PasswordShow = "Show pages",
    PasswordWrong = "That password does not open it.",
    NameMisleads = "Its content is of another kind than its name says. Sent as shown, that does not matter.",
    UnknownCharactersOne = "1 character of it cannot be shown here and became a question mark.",
    UnknownCharacters = "{n} characters of it cannot be shown here and became question marks.",
    LacksPart = "A part of this document is damaged and missing here.",
    LacksPicture = "A picture in this document cannot be shown here.",
    LacksFont = "A font of this document is missing here, so letters are missing or look different.",
    LacksFrames = "Of several pictures in this file the first is shown alone.",
    PagesFailedOne = "1 page of it cannot be shown here.",
    PagesFailed = "{n} pages of it cannot be shown here.",
    PageFailed = "This page cannot be shown here.",
    ColoursLost = "Colours become black and white: look whether everything can still be told apart.",
    GreysLost = "Greys and pictures become dots.",
    SlowPage = "Page {place} takes about {time} on the line.",
    UseStandard = "Use standard resolution",
    TooManyPages = "Together the documents have {n} pages; a fax can have 200. Leave pages out or send two faxes.",
    PageTurn = "Turn",
    PageLeaveOut = "Leave out",
    PagePutBack = "Put back",
    PageEarlier = "Move earlier",
    PageLater = "Move later",
    PagePrevious = "Previous page",
    PageNext = "Next page",
    PageLarger = "Larger",
    PageSmaller = "Smaller",
    PageBack = "Back to the fax",
    PageAsFaxed = "As a fax",
    PageOriginal = "Original",
    PageMoved = "Moved: page {place} of {n} now.",
    PageTurned = "Turned.",
    PageByService = "As the service rendered it",
    PageAsShown = "As it was shown here",
    UseResolution = "Send the fax at this resolution",
    PagesWait = "Preparing the pages",
    PageNotMade = "A page of this document cannot be prepared. Send the document as it is, leave the page out, or remove the document.",
    NoPageLeft = "All pages are left out. Put at least one back.",
    NotAsShown = "A document could not go as it was shown, so nothing was sent. Look at the documents, then send again.",
    PagesElsewhereOne = "and 1 document whose pages are not known",
    PagesElsewhere = "and {n} documents whose pages are not known",

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
    KeepOpenUnwritten = "Keep this page open. This browser does not let it note what is on its way, so nobody could look for the fax afterwards.",
    Waiting = "The fax service is busy",
    WaitingHint = "It has not taken the fax yet and asks to wait. Next try in {time}.",
    AcceptedStep = "Accepted by the fax service",
    Cancel = "Cancel",

    // The end
    Accepted = "Accepted by the fax service",
    AcceptedHint = "It now dials the numbers below. Nothing has arrived yet: pages of text take about a minute each, pictures longer.",
    ScheduledTitle = "Accepted, to go out later",
    ScheduledHint = "The fax service will dial the numbers below on {time}.",
    EndSent = "Sent",
    EndPartial = "Sent to some, not to others",
    EndFailed = "Not sent",
    EndHint = "Sent means that a fax machine at that number took every page, not that somebody has read it.",
    MessageId = "Message ID",
    MessageIdHint = "Keep the message ID: with it this fax can be followed up, resent or forwarded.",
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
    FailedLoading = "The rest of this form could not be loaded. Check your connection, then try again.",
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

    // An attempt whose answer was lost
    Looking = "No answer came. Looking whether the fax was accepted",
    LookingHint = "This can take half a minute. Nothing is sent again by itself.",
    LookAgain = "Look again",
    Close = "Close",
    DoubtLooking = "Looking whether a fax was accepted",
    DoubtNotAccepted = "A fax was not accepted",
    DoubtAccepted = "A fax was accepted after all",
    DoubtWhat = "About {numbers}, {time}.",
    DoubtResend = "Message {id}",
    DoubtUnknownHint = "The account’s list of sent faxes could not be read, or does not tell. Look again when you are connected and signed in, or look into the list yourself, before you send it once more.",
    DoubtNotAcceptedHint = "The account’s list of sent faxes does not hold it. If you still want it to go, send it again.",
    DoubtSettled = "I have checked it myself",
    ShowFax = "Show fax",
    RepeatTitle = "You sent this within the last hour",
    RepeatHint = "The same documents went to the same number at {time}. Send them once more?",
    RepeatUnknownHint = "The same documents were sent to the same number at {time}, and it is not known whether they were accepted. Send them once more?",
    SendAnyway = "Send once more",
    SendNot = "Do not send",

    // One fax
    FaxTitle = "Fax",
    FaxesTitle = "Sent and received faxes",
    FaxesHint = "See what became of a fax, send it again or forward it.",
    FaxesLink = "Sent and received faxes",
    BackToFaxes = "All faxes",
    BackToFax = "Back to the fax",
    BackPlain = "Back",
    From = "From",
    Name = "Name",
    Time = "Time",
    GoesOut = "Goes out",
    AcceptedAt = "Accepted by the service",
    LastChange = "Last change",
    PrintedAt = "Printed",
    PageCount = "Pages",
    PagesOne = "1 page",
    Pages = "{n} pages",
    PagesUnknown = "Not known yet",
    StatusReceived = "Received",
    StatusQueuedShort = "Waiting",
    StatusCancelled = "Cancelled",
    StatusDeleted = "Deleted",
    StatusPartial = "Not sent to {failed} of {n}",
    StatusScheduled = "Goes out {time}",
    Following = "This page follows the fax until its end is known.",
    Loading = "Loading…",
    ResendFax = "Send again",
    ResendFailed = "Send again to those it failed for",
    ResendAll = "Send again to all",
    MendNumber = "Correct the number",
    Forward = "Forward",
    ShowDocument = "Show document",
    Confirmation = "Confirmation sheet",
    CancelFax = "Cancel this fax",
    CancelFaxSure = "Cancel this fax before it goes out?",
    CancelFaxYes = "Cancel the fax",
    CancelFaxNo = "Keep it",
    Cancelling = "Cancelling…",
    CancelForbidden = "This account may not delete messages, so it cannot cancel a fax. Ask the administrator of your phone system.",
    CancelUnknown = "No answer came, so the fax may or may not be cancelled. Look at its status in a moment.",
    TwinTitle = "The fax service holds this fax twice",
    TwinHint = "The same fax is also there as message {id}. Browsers may repeat a request by themselves when a connection breaks.",
    TwinQueued = "It has not gone out yet. Cancel it, or the recipients get it twice.",
    TwinGone = "It is no longer waiting to go out.",
    TwinCancelled = "It was cancelled.",
    TwinCancel = "Cancel the second one",
    DocumentTitle = "The document as it was faxed",
    DocumentOf = "Document of fax {id}",
    DocumentPreparing = "The fax service is still preparing the document. It is shown here as soon as it is there.",
    OpenDocument = "Open in a new tab",
    DocumentTiff = "This document is of a kind that browsers do not show. Save it and open it.",
    Download = "Save document",
    ConfirmationHint = "Print it, or save it as a PDF in the browser’s print window.",
    Print = "Print",
    SheetTitle = "Fax transmission report, message {id}",
    SheetProof = "This sheet shows what the fax service reported about the transmission. It does not prove that anybody read the fax.",
    FirstPage = "The first page",

    // Finding faxes
    Ids = "Message IDs",
    IdsHint = "As many as you like, with commas, spaces or lines between them.",
    IdsShow = "Show",
    IdsAskedOne = "1 message asked for.",
    IdsAsked = "{n} messages asked for.",
    IdMalformed = "is not a message ID. IDs are numbers, such as 1812166076.",
    IdUnknown = "There is no message with this ID in this account.",
    IdNoFax = "is a message, but not a fax.",
    ChooseFax = "Choose fax {id}",
    SourceLabel = "Which faxes",
    SourceRemembered = "Sent from this browser",
    SourceAccount = "All of this account",
    RememberedNone = "Nothing was sent from this browser yet, or it was forgotten.",
    RememberedHint = "Kept in this browser: message IDs, times, numbers and outcomes. No names, no documents.",
    Forget = "Forget all",
    Forgotten = "Forgotten in this browser. The fax service keeps them.",
    FilterDirection = "Direction",
    FilterStatus = "Status",
    FilterFrom = "From",
    FilterTo = "Until",
    FilterAll = "Both",
    FilterOutbound = "Outgoing",
    FilterInbound = "Incoming",
    FilterAny = "Any",
    ListedOne = "1 fax, and no more.",
    Listed = "{n} faxes, and no more.",
    ListMore = "Show more",
    ReadOffline = "This device is offline. It is read again when you are connected.",
    ReadForbidden = "This account may not read its messages. Ask the administrator of your phone system.",
    ReadNoStore = "This page’s fax service does not offer its list of messages.",
    ReadFailed = "The fax service could not be read. Try again.",
    ReadUnauthorized = "Your sign-in to the fax service has expired. Sign in again.",

    // Sending again
    ResendTitleOne = "Send this fax again",
    ResendTitle = "Send {n} faxes again",
    ForwardTitle = "Forward this fax",
    ResendHint = "The fax service still holds the documents, so nothing is uploaded.",
    ResendChosenOne = "Send 1 fax again…",
    ResendChosen = "Send {n} faxes again…",
    Audience = "To",
    AudienceSame = "The same recipients",
    AudienceFailed = "Those it failed for",
    AudienceOthers = "Other numbers",
    OtherNumbers = "Fax numbers",
    OtherNumbersHint = "With + and the country code; one a line, or with commas between them.",
    NoNumberToResend = "The fax service does not tell the numbers that it failed for. Choose other numbers and type them.",
    WhatGoes = "What goes",
    ResendNow = "Send again",
    SendAgainAnyway = "Send once more",
    ResendRepeatedOne = "This went to the same number within the last hour. Send it once more?",
    ResendRepeated = "{n} of these went to the same number within the last hour. Send them once more?",
    ResendNotAllowed = "The fax service does not allow it in its present state, such as while it is still going out. Wait until its end is known, then try again.",
    ResendNotFound = "The fax service no longer holds this fax. Send it as a new one.",
    BatchTitle = "Sending again: {done} of {n}",
    BatchEnd = "Finished",
    BatchCounts = "{n} accepted, {failed} not or not known, {left} to go.",
    BatchHint = "One after another, within the service’s limit of faxes a minute. Keep this page open.",
    BatchOffline = "This device is offline. It goes on when you are connected.",
    BatchDone = "{n} accepted by the fax service, {failed} not or not known.",
    BatchWaiting = "Waiting",
    BatchSending = "Sending…",
    BatchLimit = "Waiting for the service’s limit, {time}",
    BatchAccepted = "Accepted as message {id}",
    BatchStopped = "Stopped, not sent",
    BatchRepeated = "Not sent: it has just gone to the same number, from another tab perhaps",
    BatchStop = "Stop",
    BatchClose = "All faxes",
    BatchShow = "Show what is being sent",

    // Whether it is the right number
    KnownNever = "No earlier fax from this browser is known",
    KnownTried = "Tried from this browser, outcome not known yet",
    KnownSent = "Last fax went through, {time}",
    KnownFailedOne = "The last fax failed",
    KnownFailed = "The last {n} faxes failed",
    DirectoryName = "In the directory: {name}",
    DirectoryOther = "The directory has this number as {name}",
    DirectoryNone = "Not in the directory",
    Retype = "Type {number} again",
    RetypeWrong = "This is not the same number.",
    RetypeMissing = "Nothing is known of this number. Type it a second time before you send.",

    // Signing in
    SignInTitle = "Sign in to send faxes",
    SignInHint = "A window of the fax service opens. You can fill in the form before or after; nothing is lost.",
    SignIn = "Sign in",
    SignInAgain = "Try again",
    SignInHere = "Sign in on this page",
    SignInWaiting = "Signing in",
    SignInWaitingHint = "Go on in the window of the fax service. If it is hidden, look behind this one.",
    SignInLost = "The window is closed or cannot be seen from here. If you are still signing in, go on there; otherwise try again.",
    SignInBlocked = "The browser opened no window. Allow windows for this page and try again, or sign in on this page: what you entered is kept and comes back.",
    SignInBlockedFrame = "The browser opened no window. Allow windows for this page, then try again.",
    SignInFailed = "You are not signed in",
    SignInDeclined = "The sign-in was called off, by you or by the fax service.",
    SignInForeign = "What came back belongs to no sign-in of this page, or was used before. Sign in again.",
    SignInRefused = "The fax service does not sign in from this page. Ask whoever runs it to check its client ID and address.",
    SignInRefusedCode = "The fax service refused the sign-in ({code}). Try again; if that does not help, ask whoever runs this page.",
    SignInNoAnswer = "The fax service did not answer. Check your connection, then try again.",
    SignInInsecure = "Signing in needs a page with HTTPS. Ask whoever runs this page.",
    SignInAddress = "The address to come back to is not one of this site. Ask whoever runs this page to check “redirect-uri”.",
    SignInForgetful = "This browser keeps nothing while the page is away, so you would lose what you entered. Allow windows for this page and sign in there.",
    SignedIn = "Signed in.",
    SignedOut = "Signed out.",
    SessionHint = "You are signed in to the fax service.",
    SignOut = "Sign out",
    SessionExpired = "Your sign-in has expired. What you entered is still here.",
    SessionElsewhere = "You signed out in another tab.",
    SignOutUnheard = "You are signed out here. The fax service did not confirm it; to be sure, sign out there too.",

    // A draft that was kept
    DraftRestored = "Your draft from {time} is back.",
    DraftTimePast = "The time it was to be sent at has passed, so it was cleared. Choose when to send it.",
    DraftFull = "This device has no room to keep the draft. It is lost if you leave this page.",
    DraftUnavailable = "This browser cannot keep the draft. It is lost if you leave this page.",
    DraftDamaged = "A draft was kept here, but this browser can no longer read it. It was deleted.",

    // Why a fax did not get through
    RemedyTryAgain = "Sending it again may help.",
    RemedyMendNumber = "Check the number with the recipient.",
    RemedyMendDocument = "Change the document, then send it as a new fax.",
    RemedyAskAdministrator = "Ask the administrator of your phone system.",
    RemedyUnknown = "The fax service gave a reason that is not documented: {code}.",
    ReasonAllLinesInUse = "All of the service’s lines were in use",
    ReasonUndefined = "The service gave no reason",
    ReasonNoFaxSendPermission = "This account may not send faxes",
    ReasonNoInternationalPermission = "This account may not fax other countries",
    ReasonNoFaxMachine = "No fax machine answered",
    ReasonNoAnswer = "Nobody answered",
    ReasonLineBusy = "The line was busy",
    ReasonCallerHungUp = "The call ended before the fax was through",
    ReasonNotEnoughCredits = "The account has not enough credit",
    ReasonSentPartially = "Only some of the pages got through",
    ReasonInternationalCallingDisabled = "International calls are turned off for this account",
    ReasonDestinationCountryDisabled = "Calls to that country are turned off for this account",
    ReasonUnknownCountryCode = "There is no such country code",
    ReasonNotAccepted = "The other side did not take the fax",
    ReasonInvalidNumber = "The number cannot be dialled",
    ReasonCallDeclined = "The other side declined the call",
    ReasonTooManyCallsPerLine = "Too many calls on one line at once",
    ReasonCallFailed = "The call failed",
    ReasonRenderingFailed = "A document could not be turned into fax pages",
    ReasonTooManyPages = "The fax has too many pages; 200 is the limit",
    ReasonReturnToDBQueue = "The service put it back into its queue",
    ReasonNoCallTime = "The account has no call time left",
    ReasonWrongNumber = "It is the wrong number",
    ReasonProhibitedNumber = "This number may not be dialled",
    ReasonInternalError = "The service had a fault of its own",
    ReasonFaxSendingProhibited = "Sending faxes is forbidden for this account",
    ReasonThePhoneIsBlacklisted = "This number is on a block list",
    ReasonUserNotFound = "The service does not find the sender’s account",
    ReasonConvertError = "A document could not be converted",
    ReasonDBGeneralError = "The service’s database had a fault",
    ReasonSkypeBillingFailed = "Billing for the call failed",
    ReasonAccountSuspended = "The account is suspended",
    ReasonProhibitedDestination = "Faxes to that destination are not allowed for this account",
    ReasonInternationalDisabled = "International faxes are turned off for this account",
}

/// A sentence with values put in for its `{name}`s. Within a language that is written from the right every value is kept
/// from turning what stands around it.
#[must_use]
pub fn fill(sentence: &str, values: &[(&str, &str)], is_rtl: bool) -> String {
    let mut filled = String::new();
    let mut rest = sentence;
    while let Some((before, behind)) = rest.split_once('{') {
        let Some((name, after)) = behind.split_once('}') else { break };
        filled.push_str(before);
        let value = values.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value);
        // A value in another script, or with direction marks in it, must not turn the sentence around it.
        if is_rtl || value.chars().any(turns) {
            filled.push('\u{2068}');
            push_closed(&mut filled, value);
            filled.push('\u{2069}');
        } else {
            filled.push_str(value);
        }
        rest = after;
    }
    filled.push_str(rest);
    filled
}

/// Adds a value that stands apart, so that it stays there: what would end that before its time is left out, and what it
/// leaves open is closed. File names come from strangers.
fn push_closed(filled: &mut String, value: &str) {
    let mut open = 0_usize;
    for found in value.chars() {
        match found {
            '\u{2066}'..='\u{2068}' => open += 1,
            '\u{2069}' if open == 0 => continue,
            '\u{2069}' => open -= 1,
            _ => {}
        }
        filled.push(found);
    }
    filled.extend(std::iter::repeat_n('\u{2069}', open));
}

/// Whether a character is of a script that is written from the right, or a direction mark.
fn turns(found: char) -> bool {
    matches!(found,
        '\u{590}'..='\u{8ff}' | '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
        | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}' | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn values_are_put_in_once_and_never_read_again() {
        assert_eq!(fill("Remove {name}", &[("name", "{n}.pdf")], false), "Remove {n}.pdf");
    }

    #[test]
    fn values_stand_apart_where_the_writing_turns() {
        assert_eq!(fill("Remove {name}", &[("name", "חוזה.pdf")], false), "Remove \u{2068}חוזה.pdf\u{2069}");
        assert_eq!(fill("Remove {name}", &[("name", "a\u{202e}b")], false), "Remove \u{2068}a\u{202e}b\u{2069}");
        assert_eq!(fill("Remove {name}", &[("name", "Anna’s – 契約.pdf")], false), "Remove Anna’s – 契約.pdf");
        assert_eq!(fill("أزِل {name}", &[("name", "+1 650")], true), "أزِل \u{2068}+1 650\u{2069}");
    }

    #[test]
    fn no_value_reaches_out_of_its_place() {
        let filled = |name: &str| fill("Remove {name}", &[("name", name)], false);
        assert_eq!(filled("\u{2069}\u{202e}evil"), "Remove \u{2068}\u{202e}evil\u{2069}");
        assert_eq!(filled("\u{202e}\u{2067}evil"), "Remove \u{2068}\u{202e}\u{2067}evil\u{2069}\u{2069}");
        let within = filled("\u{2068}חוזה\u{2069}.pdf");
        assert_eq!(within, "Remove \u{2068}\u{2068}חוזה\u{2069}.pdf\u{2069}", "what is closed stays");
    }

    proptest! {
        /// Whatever is put in, what began for it ends with it.
        #[test]
        fn what_stands_apart_is_closed(value in "[a\u{590}\u{202a}-\u{202e}\u{2066}-\u{2069}{}]{0,20}", is_rtl: bool) {
            let mut open = 0;
            for found in fill("Remove {name}", &[("name", &value)], is_rtl).chars() {
                match found {
                    '\u{2066}'..='\u{2068}' => open += 1,
                    '\u{2069}' => open -= 1,
                    _ => {}
                }
                prop_assert!(open >= 0);
            }
            prop_assert_eq!(open, 0);
        }
    }
}
