//! Why a fax did not get through, by what a person can do about it.
//!
//! The service publishes its codes and no meanings (fax API facts §2.4); the sentences and the grouping are our reading
//! of the names. The list is open: it has changed before, and an unknown code is shown as it came.

use crate::words::Word;

/// What helps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Remedy {
    /// Sending it again.
    TryAgain,
    /// Another number.
    MendNumber,
    /// Another document.
    MendDocument,
    /// Somebody who runs the account.
    AskAdministrator,
}

impl Remedy {
    /// What to do, in one sentence.
    #[must_use]
    pub fn word(self) -> Word {
        match self {
            Self::TryAgain => Word::RemedyTryAgain,
            Self::MendNumber => Word::RemedyMendNumber,
            Self::MendDocument => Word::RemedyMendDocument,
            Self::AskAdministrator => Word::RemedyAskAdministrator,
        }
    }
}

/// The documented codes, in the service's order, with what helps and what they say.
const REASONS: [(&str, Remedy, Word); 34] = {
    use Remedy::{AskAdministrator, MendDocument, MendNumber, TryAgain};
    [
        ("AllLinesInUse", TryAgain, Word::ReasonAllLinesInUse),
        ("Undefined", AskAdministrator, Word::ReasonUndefined),
        ("NoFaxSendPermission", AskAdministrator, Word::ReasonNoFaxSendPermission),
        ("NoInternationalPermission", AskAdministrator, Word::ReasonNoInternationalPermission),
        ("NoFaxMachine", MendNumber, Word::ReasonNoFaxMachine),
        ("NoAnswer", TryAgain, Word::ReasonNoAnswer),
        ("LineBusy", TryAgain, Word::ReasonLineBusy),
        ("CallerHungUp", TryAgain, Word::ReasonCallerHungUp),
        ("NotEnoughCredits", AskAdministrator, Word::ReasonNotEnoughCredits),
        ("SentPartially", TryAgain, Word::ReasonSentPartially),
        ("InternationalCallingDisabled", AskAdministrator, Word::ReasonInternationalCallingDisabled),
        ("DestinationCountryDisabled", AskAdministrator, Word::ReasonDestinationCountryDisabled),
        ("UnknownCountryCode", MendNumber, Word::ReasonUnknownCountryCode),
        ("NotAccepted", MendNumber, Word::ReasonNotAccepted),
        ("InvalidNumber", MendNumber, Word::ReasonInvalidNumber),
        ("CallDeclined", MendNumber, Word::ReasonCallDeclined),
        ("TooManyCallsPerLine", TryAgain, Word::ReasonTooManyCallsPerLine),
        ("CallFailed", TryAgain, Word::ReasonCallFailed),
        ("RenderingFailed", MendDocument, Word::ReasonRenderingFailed),
        ("TooManyPages", MendDocument, Word::ReasonTooManyPages),
        ("ReturnToDBQueue", TryAgain, Word::ReasonReturnToDBQueue),
        ("NoCallTime", AskAdministrator, Word::ReasonNoCallTime),
        ("WrongNumber", MendNumber, Word::ReasonWrongNumber),
        ("ProhibitedNumber", MendNumber, Word::ReasonProhibitedNumber),
        ("InternalError", TryAgain, Word::ReasonInternalError),
        ("FaxSendingProhibited", AskAdministrator, Word::ReasonFaxSendingProhibited),
        ("ThePhoneIsBlacklisted", MendNumber, Word::ReasonThePhoneIsBlacklisted),
        ("UserNotFound", AskAdministrator, Word::ReasonUserNotFound),
        ("ConvertError", MendDocument, Word::ReasonConvertError),
        ("DBGeneralError", TryAgain, Word::ReasonDBGeneralError),
        ("SkypeBillingFailed", AskAdministrator, Word::ReasonSkypeBillingFailed),
        ("AccountSuspended", AskAdministrator, Word::ReasonAccountSuspended),
        ("ProhibitedDestination", AskAdministrator, Word::ReasonProhibitedDestination),
        ("InternationalDisabled", AskAdministrator, Word::ReasonInternationalDisabled),
    ]
};

/// What a `faxErrorCode` says and what helps; `None` for one that is not documented.
#[must_use]
pub fn reason(code: &str) -> Option<(Remedy, Word)> {
    REASONS.iter().find(|(known, ..)| *known == code).map(|(_, remedy, word)| (*remedy, *word))
}

#[cfg(test)]
mod tests {
    use super::*;

    use std::collections::BTreeSet;

    /// As documented (fax API facts §2.4).
    const DOCUMENTED: &str = "AllLinesInUse, Undefined, NoFaxSendPermission, NoInternationalPermission, NoFaxMachine, \
        NoAnswer, LineBusy, CallerHungUp, NotEnoughCredits, SentPartially, InternationalCallingDisabled, \
        DestinationCountryDisabled, UnknownCountryCode, NotAccepted, InvalidNumber, CallDeclined, TooManyCallsPerLine, \
        CallFailed, RenderingFailed, TooManyPages, ReturnToDBQueue, NoCallTime, WrongNumber, ProhibitedNumber, \
        InternalError, FaxSendingProhibited, ThePhoneIsBlacklisted, UserNotFound, ConvertError, DBGeneralError, \
        SkypeBillingFailed, AccountSuspended, ProhibitedDestination, InternationalDisabled";

    #[test]
    fn every_documented_code_has_a_sentence_of_its_own() {
        let mut sentences = BTreeSet::new();
        for code in DOCUMENTED.split(", ") {
            let (_, word) = reason(code).unwrap_or_else(|| panic!("{code} has no reason"));
            assert!(sentences.insert(word.english()), "{code} says what another says");
            assert!(!word.english().contains(code), "{code} is no plain word");
        }
        assert_eq!(sentences.len(), REASONS.len());
        assert_eq!(reason("LineOnFire"), None);
    }
}
