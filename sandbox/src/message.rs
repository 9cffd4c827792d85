//! A fax as the API shows it, and whose it is.

use serde_json::{Map, Value, json};

use crate::envelope::Recipient;
use crate::moment;
use crate::refusal::Refusal;
use crate::store::{Fax, KeptRecipient};

/// The sender of every fax that is sent here, a number reserved for fiction.
pub const FROM: &str = "+16505550199";

/// Whose messages: `~` is the account or extension of the token (§6).
pub struct Mailbox {
    account: String,
    extension: String,
}

impl Mailbox {
    /// The mailbox of the token.
    pub fn own() -> Self {
        Self { account: "1000000001".into(), extension: "1000000002".into() }
    }

    /// Reads the path's two ids.
    ///
    /// # Errors
    /// CMN-101 for what is neither `~` nor a number.
    pub fn new(account: &str, extension: &str) -> Result<Self, Refusal> {
        let id = |text: &str, own: &str, name: &str| match text {
            "~" => Ok(own.to_owned()),
            _ if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) => Ok(text.to_owned()),
            _ => Err(Refusal::invalid(name)),
        };
        let own = Self::own();
        Ok(Self {
            account: id(account, &own.account, "accountId")?,
            extension: id(extension, &own.extension, "extensionId")?,
        })
    }

    /// Whose it is: the id of the extension.
    pub fn owner(&self) -> &str {
        &self.extension
    }

    /// How the store knows it.
    pub fn key(&self) -> String {
        format!("{}/{}", self.account, self.extension)
    }

    /// The address of its messages.
    pub fn uri(&self, origin: &str) -> String {
        format!("{origin}/restapi/v1.0/account/{}/extension/{}/message-store", self.account, self.extension)
    }
}

/// A message id, digits only.
pub fn id(text: &str) -> Option<i64> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then_some(text)?.parse().ok()
}

/// A recipient to be sent to again.
pub fn recipient(kept: KeptRecipient) -> Recipient {
    Recipient { phone_number: kept.phone_number, name: kept.name }
}

/// Which answer a message stands in: the two differ in how an attachment's name is spelt (§2.1).
#[derive(Clone, Copy)]
pub enum Shape {
    /// The answer to a post: `filename`.
    Posted,
    /// The message store's: `fileName`.
    Stored,
}

/// A fax as the API shows it. What came in has a subject, a number, and neither recipients nor a cover page
/// (fax API facts §2.2).
pub fn body(fax: &Fax, origin: &str, shape: Shape) -> Value {
    let uri = match Mailbox::new(&fax.account, &fax.extension) {
        Ok(mailbox) => format!("{}/{}", mailbox.uri(origin), fax.id),
        Err(_) => String::new(),
    };
    let mut body = json!({
        "id": fax.id,
        "uri": uri,
        "type": "Fax",
        "direction": "Outbound",
        "availability": fax.availability.name(),
        "readStatus": fax.read_status,
        "priority": "Normal",
        "messageStatus": fax.status().name(),
        "from": {"phoneNumber": fax.sender.as_deref().unwrap_or(FROM)},
        "creationTime": moment::write(fax.created),
        "lastModifiedTime": moment::write(fax.modified),
        "faxResolution": fax.resolution,
        "faxPageCount": fax.pages(),
        "attachments": [attachment(fax, &uri, shape)],
    });
    let Some(members) = body.as_object_mut() else { return body };
    if let Some(sender) = &fax.sender {
        members.insert("direction".into(), json!("Inbound"));
        members.insert("subject".into(), json!(sender));
    } else {
        members.insert("to".into(), fax.to.iter().map(to).collect());
        members.insert("coverIndex".into(), json!(fax.cover_index));
        if let Some(text) = &fax.cover_page_text {
            members.insert("coverPageText".into(), json!(text));
        }
    }
    body
}

/// One attachment with the message's own id, the rendering, however many documents were sent (§2.2).
fn attachment(fax: &Fax, uri: &str, shape: Shape) -> Value {
    let mut attachment = Map::from_iter([
        ("id".to_owned(), json!(fax.id)),
        ("uri".to_owned(), json!(format!("{uri}/content/{}", fax.id))),
        ("type".to_owned(), json!("RenderedDocument")),
        ("contentType".to_owned(), json!("application/pdf")),
    ]);
    match shape {
        Shape::Posted => attachment.insert("filename".into(), json!(file_name(fax))),
        Shape::Stored => attachment.insert("fileName".into(), json!(file_name(fax))),
    };
    Value::Object(attachment)
}

/// What the rendering is called. The names of the documents are not kept by the service (§1.6).
pub fn file_name(fax: &Fax) -> String {
    format!("fax-{}.pdf", fax.id)
}

fn to(recipient: &KeptRecipient) -> Value {
    let mut to = Map::from_iter([
        ("recipientId".to_owned(), json!(recipient.id.to_string())),
        ("phoneNumber".to_owned(), json!(e164(&recipient.phone_number))),
        ("messageStatus".to_owned(), json!(recipient.status.name())),
    ]);
    if let Some(name) = &recipient.name {
        to.insert("name".into(), json!(name));
    }
    if let Some(code) = &recipient.error_code {
        to.insert("faxErrorCode".into(), json!(code));
    }
    Value::Object(to)
}

/// Numbers come back with a plus where it is clear that they are international ones (§6: "usually").
fn e164(number: &str) -> String {
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    if number.starts_with('+') || digits.len() > 10 { format!("+{digits}") } else { number.to_owned() }
}

/// A file name in the letters no system and no header minds.
pub fn plain_name(name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|letter| match letter {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '.' | '-' | '_' => letter,
            _ => '_',
        })
        .collect();
    match plain.trim_start_matches('.') {
        "" => "document".into(),
        plain => plain.to_owned(),
    }
}
