//! What a fax is to be, read from the JSON envelope, from flat form fields or from a resend's body, and checked.
//! Reading is the only validation: nothing after it looks again.

use serde_json::{Map, Value};

use crate::cover_page;
use crate::moment::{self, Millis};
use crate::refusal::Refusal;

/// `maxLength: 1024` of coverPageText. The unit is not published (fax API facts §1.2); UTF-16 units are ours.
const COVER_TEXT: usize = 1024;

/// One recipient, as received.
#[derive(Clone, Debug, PartialEq)]
pub struct Recipient {
    /// The number as it was written.
    pub phone_number: String,
    /// The name for the cover page.
    pub name: Option<String>,
}

/// A valid envelope.
#[derive(Debug, Default, PartialEq)]
pub struct Envelope {
    /// The recipients; empty only for a resend to the first recipients.
    pub to: Vec<Recipient>,
    /// `High` or `Low`.
    pub fax_resolution: Option<String>,
    /// A known cover page.
    pub cover_index: Option<i32>,
    /// Text for it.
    pub cover_page_text: Option<String>,
    /// When to send.
    pub send_time: Option<Millis>,
    /// The fax to send again.
    pub original_message_id: Option<String>,
    /// Everything but the recipients, as received.
    pub fields: Map<String, Value>,
}

impl Envelope {
    /// Reads the JSON part of a new fax.
    ///
    /// # Errors
    /// MSG-349 for what is not JSON of the right types, else CMN-100, CMN-101 or MSG-365.
    pub fn from_json(bytes: &[u8]) -> Result<Self, Refusal> {
        let (to, mut fields) = object(bytes)?;
        let Some(to) = to else { return Err(Refusal::missing("to")) };
        let to = recipients(&to)?;
        if to.is_empty() {
            return Err(Refusal::missing("to"));
        }
        let country = country(&fields)?;
        let envelope = Self {
            to,
            fax_resolution: text(&fields, "faxResolution")?.map(resolution).transpose()?,
            cover_index: fields.get("coverIndex").map(cover_index_json).transpose()?,
            cover_page_text: text(&fields, "coverPageText")?.map(cover_page_text).transpose()?,
            send_time: text(&fields, "sendTime")?.map(send_time).transpose()?,
            ..Self::default()
        };
        // The envelope nests the country (fax API facts §1.5); those who look at what arrived find it in one place.
        if let Some(country) = country {
            fields.insert("isoCode".into(), Value::String(country.to_owned()));
        }
        Ok(Self { fields, ..envelope })
    }

    /// Reads the flat fields of a form, in their order.
    ///
    /// # Errors
    /// CMN-100 or CMN-101.
    pub fn from_fields(received: Vec<(String, String)>) -> Result<Self, Refusal> {
        let mut to = Vec::new();
        let mut fields = Map::new();
        for (name, value) in received {
            if name == "to" {
                if !is_phone_number(&value) {
                    return Err(Refusal::invalid("to"));
                }
                to.push(Recipient { phone_number: value, name: None });
            } else if fields.insert(name.clone(), Value::String(value)).is_some() {
                // Only `to` and `attachment` may be repeated; what the service makes of others is not documented.
                return Err(Refusal::invalid(&name));
            }
        }
        if to.is_empty() {
            return Err(Refusal::missing("to"));
        }
        let field = |name: &str| fields.get(name).and_then(Value::as_str);
        // The guide's example has a field coverPageText with nothing in it.
        let envelope = Self {
            to,
            fax_resolution: field("faxResolution").map(resolution).transpose()?,
            cover_index: field("coverIndex").map(cover_index_text).transpose()?,
            cover_page_text: field("coverPageText").map(cover_page_text).transpose()?,
            send_time: field("sendTime").map(send_time).transpose()?,
            ..Self::default()
        };
        field("isoCode").map(iso_code).transpose()?;
        Ok(Self { fields, ..envelope })
    }

    /// Reads the body of a resend. Only the recipients and the time can be set there (fax API facts §1.7). What the
    /// service makes of anything else is not documented; refusing it here brings to light a client that relies on it.
    ///
    /// # Errors
    /// MSG-349 as for a new fax (ours: the documents name the code only for the envelope part), CMN-100, CMN-101.
    pub fn from_resend(bytes: &[u8]) -> Result<Self, Refusal> {
        let (to, fields) = object(bytes)?;
        if let Some(name) = fields.keys().find(|name| !matches!(name.as_str(), "originalMessageId" | "sendTime")) {
            return Err(Refusal::invalid(name));
        }
        let members = to.iter().filter_map(Value::as_array).flatten().filter_map(Value::as_object);
        if members.flat_map(Map::keys).any(|name| !matches!(name.as_str(), "phoneNumber" | "name")) {
            return Err(Refusal::invalid("to"));
        }
        let Some(original) = text(&fields, "originalMessageId")? else {
            return Err(Refusal::missing("originalMessageId"));
        };
        let to = match to {
            None => Vec::new(),
            // Present and empty is neither "the same recipients" nor a list of others.
            Some(to) => match recipients(&to)? {
                empty if empty.is_empty() => return Err(Refusal::invalid("to")),
                to => to,
            },
        };
        Ok(Self {
            to,
            send_time: text(&fields, "sendTime")?.map(send_time).transpose()?,
            original_message_id: Some(original.to_owned()),
            fields: fields.clone(),
            ..Self::default()
        })
    }
}

fn object(bytes: &[u8]) -> Result<(Option<Value>, Map<String, Value>), Refusal> {
    match serde_json::from_slice(bytes) {
        Ok(Value::Object(mut fields)) => Ok((fields.remove("to"), fields)),
        _ => Err(Refusal::envelope()),
    }
}

fn recipients(to: &Value) -> Result<Vec<Recipient>, Refusal> {
    to.as_array().ok_or_else(Refusal::envelope)?.iter().map(recipient).collect()
}

fn recipient(value: &Value) -> Result<Recipient, Refusal> {
    let fields = value.as_object().ok_or_else(Refusal::envelope)?;
    let phone_number = text(fields, "phoneNumber")?.ok_or_else(Refusal::envelope)?;
    if !is_phone_number(phone_number) {
        return Err(Refusal::invalid("to"));
    }
    Ok(Recipient { phone_number: phone_number.to_owned(), name: text(fields, "name")?.map(ToOwned::to_owned) })
}

/// A string member. Whether the service takes null for absent is not known; here it is a wrong type.
fn text<'a>(fields: &'a Map<String, Value>, name: &str) -> Result<Option<&'a str>, Refusal> {
    fields.get(name).map(|value| value.as_str().ok_or_else(Refusal::envelope)).transpose()
}

fn resolution(text: &str) -> Result<String, Refusal> {
    match text {
        "High" | "Low" => Ok(text.to_owned()),
        _ => Err(Refusal::invalid("faxResolution")),
    }
}

fn cover_index_json(value: &Value) -> Result<i32, Refusal> {
    if !value.is_number() {
        return Err(Refusal::envelope());
    }
    known_cover(value.as_i64().and_then(|index| i32::try_from(index).ok()))
}

fn cover_index_text(text: &str) -> Result<i32, Refusal> {
    known_cover(text.parse().ok())
}

fn known_cover(index: Option<i32>) -> Result<i32, Refusal> {
    index.filter(|index| cover_page::is_known(*index)).ok_or_else(|| Refusal::invalid("coverIndex"))
}

fn cover_page_text(text: &str) -> Result<String, Refusal> {
    if text.encode_utf16().count() > COVER_TEXT {
        return Err(Refusal::invalid("coverPageText"));
    }
    Ok(text.to_owned())
}

fn send_time(text: &str) -> Result<Millis, Refusal> {
    moment::read(text).ok_or_else(|| Refusal::invalid("sendTime"))
}

/// Two letters, whichever: the guide's own example says UK, which is no ISO code (fax API facts §1.5).
fn iso_code(text: &str) -> Result<&str, Refusal> {
    if text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        Ok(text)
    } else {
        Err(Refusal::invalid("isoCode"))
    }
}

/// The country of an envelope: `country.isoCode` as in the only documented example, or the top-level `isoCode` that
/// the generated clients would send (fax API facts §1.5).
fn country(fields: &Map<String, Value>) -> Result<Option<&str>, Refusal> {
    let top = text(fields, "isoCode")?.map(iso_code).transpose()?;
    let Some(country) = fields.get("country") else { return Ok(top) };
    let country = country.as_object().ok_or_else(Refusal::envelope)?;
    let nested = text(country, "isoCode")?.map(iso_code).transpose()?;
    if nested.is_some() && country.contains_key("id") {
        return Err(Refusal::new(
            axum::http::StatusCode::BAD_REQUEST,
            "MSG-365",
            "Both country id and isoCode are specified",
        ));
    }
    Ok(nested.or(top))
}

/// A plus at most in front, digits, and the marks people put between them. Comma-joined lists are refused
/// (fax API facts §1.3), extensions too (§6). At least seven and at most fifteen digits are ours.
fn is_phone_number(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let rest = text.strip_prefix('+').unwrap_or(text);
    (7..=15).contains(&digits)
        && rest.chars().all(|letter| letter.is_ascii_digit() || matches!(letter, ' ' | '-' | '.' | '(' | ')'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn codes(refusal: &Refusal) -> (String, String) {
        let entry = &refusal.body()["errors"][0];
        let text = |name: &str| entry[name].as_str().unwrap_or_default().to_owned();
        (text("errorCode"), text("parameterName"))
    }

    #[track_caller]
    fn json_refused(member: &str, value: Value, code: &str, parameter: &str) {
        let mut body = json!({"to": [{"phoneNumber": "+16505550100"}]});
        body[member] = value;
        let refusal = Envelope::from_json(body.to_string().as_bytes()).unwrap_err();
        assert_eq!(codes(&refusal), (code.into(), parameter.into()), "{body}");
    }

    #[track_caller]
    fn field_refused(name: &str, value: &str, code: &str, parameter: &str) {
        let fields = vec![("to".into(), "+16505550100".into()), (name.into(), value.into())];
        let refusal = Envelope::from_fields(fields).unwrap_err();
        assert_eq!(codes(&refusal), (code.into(), parameter.into()), "{name}={value}");
    }

    #[test]
    fn wrong_types_are_no_envelope() {
        for to in [json!("+16505550100"), json!({"phoneNumber": "+16505550100"}), json!(["+16505550100"]), json!([{}])]
        {
            json_refused("to", to, "MSG-349", "");
        }
        json_refused("to", json!([{"phoneNumber": 16_505_550_100_i64}]), "MSG-349", "");
        json_refused("to", json!([{"phoneNumber": "+16505550100", "name": 1}]), "MSG-349", "");
        json_refused("coverIndex", json!("7"), "MSG-349", "");
        json_refused("coverPageText", json!(["a"]), "MSG-349", "");
        json_refused("sendTime", json!(1), "MSG-349", "");
        json_refused("faxResolution", json!(null), "MSG-349", "");
        json_refused("country", json!("GB"), "MSG-349", "");
        for text in ["", "[]", "{", "null", "{\"to\":}"] {
            assert_eq!(Envelope::from_json(text.as_bytes()).unwrap_err(), Refusal::envelope(), "{text}");
        }
    }

    #[test]
    fn wrong_values_name_their_parameter() {
        json_refused("to", json!([]), "CMN-100", "to");
        for number in
            ["", "abc", "+1650555010x12", "16505550100,16505550101", "911", "+1+6505550100", "1234567890123456"]
        {
            json_refused("to", json!([{"phoneNumber": number}]), "CMN-101", "to");
            field_refused("to", number, "CMN-101", "to");
        }
        for text in ["high", "Fine", ""] {
            json_refused("faxResolution", json!(text), "CMN-101", "faxResolution");
            field_refused("faxResolution", text, "CMN-101", "faxResolution");
        }
        for index in ["-1", "14", "25", "4294967296", "7.5"] {
            json_refused("coverIndex", serde_json::from_str(index).unwrap(), "CMN-101", "coverIndex");
            field_refused("coverIndex", index, "CMN-101", "coverIndex");
        }
        for text in ["2030-03-19T08:00", "2030-03-19T08:00:00", "2030-03-19", "soon", ""] {
            json_refused("sendTime", json!(text), "CMN-101", "sendTime");
            field_refused("sendTime", text, "CMN-101", "sendTime");
        }
        for code in ["", "G", "GBR", "1A", "é"] {
            json_refused("isoCode", json!(code), "CMN-101", "isoCode");
            json_refused("country", json!({"isoCode": code}), "CMN-101", "isoCode");
            field_refused("isoCode", code, "CMN-101", "isoCode");
        }
        json_refused("country", json!({"isoCode": "GB", "id": "1"}), "MSG-365", "");
        field_refused("faxResolution", "Low,High", "CMN-101", "faxResolution");
    }

    #[test]
    fn cover_text_is_counted_in_utf16() {
        json_refused("coverPageText", json!("😀".repeat(513)), "CMN-101", "coverPageText");
        let body = json!({"to": [{"phoneNumber": "+16505550100"}], "coverPageText": "😀".repeat(512)});
        assert!(Envelope::from_json(body.to_string().as_bytes()).is_ok());
    }

    #[test]
    fn a_resend_may_leave_the_recipients_out() {
        let envelope = Envelope::from_resend(br#"{"originalMessageId":"12"}"#).unwrap();
        assert_eq!((envelope.to, envelope.original_message_id), (vec![], Some("12".into())));
        for (body, code, parameter) in [
            ("{}", "CMN-100", "originalMessageId"),
            (r#"{"originalMessageId":12}"#, "MSG-349", ""),
            (r#"{"originalMessageId":"12","to":[]}"#, "CMN-101", "to"),
            (r#"{"originalMessageId":"12","to":"+16505550100"}"#, "MSG-349", ""),
            (r#"{"originalMessageId":"12","sendTime":"soon"}"#, "CMN-101", "sendTime"),
            (r#"{"originalMessageId":"12","coverIndex":0}"#, "CMN-101", "coverIndex"),
            (r#"{"originalMessageId":"12","id":"12"}"#, "CMN-101", "id"),
            (r#"{"originalMessageId":"12","to":[{"phoneNumber":"+16505550101","recipientId":"1"}]}"#, "CMN-101", "to"),
        ] {
            let refusal = Envelope::from_resend(body.as_bytes()).unwrap_err();
            assert_eq!(codes(&refusal), (code.into(), parameter.into()), "{body}");
        }
    }
}
