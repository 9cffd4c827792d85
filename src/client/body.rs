//! A fax as the browser's own objects. Documents are referred to, never read.

use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, BlobPropertyBag, File, FormData};

use super::Encoding;
use crate::encoding::{Boundary, FormField, Segment, form_data, mixed};
use crate::fax::Fax;

/// A request body.
pub struct Packed {
    pub body: JsValue,
    /// `None` for a FormData, whose boundary the browser chooses.
    pub content_type: Option<String>,
    /// Bytes of the documents.
    pub bytes: u64,
}

/// Packs a fax; fails only where the browser does not make the objects.
pub fn pack(fax: &Fax<File>, encoding: Encoding) -> Result<Packed, ()> {
    let packed = match encoding {
        Encoding::FormData => pack_form_data(fax).map(|body| (body, None)),
        Encoding::Mixed => pack_mixed(fax).map(|(body, content_type)| (body, Some(content_type))),
    };
    let (body, content_type) = packed.map_err(|_| ())?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "file sizes are whole and positive")]
    let bytes = fax.attachments().iter().map(|attachment| attachment.file().size() as u64).sum();
    Ok(Packed { body, content_type, bytes })
}

fn pack_form_data(fax: &Fax<File>) -> Result<JsValue, JsValue> {
    let form = FormData::new()?;
    for field in form_data(fax) {
        match field {
            FormField::Text { name, value } => form.append_with_str(name, &value)?,
            FormField::Json(text) => {
                let part = blob(&Array::of1(&text.into()), "application/json")?;
                form.append_with_blob_and_filename("json", &part, "request.json")?;
            }
            FormField::File(attachment) => {
                let part = typed(attachment.file(), attachment.content_type())?;
                form.append_with_blob_and_filename("attachment", &part, attachment.wire_name())?;
            }
        }
    }
    Ok(form.into())
}

fn pack_mixed(fax: &Fax<File>) -> Result<(JsValue, String), JsValue> {
    let mut random = [0; 16];
    let crypto = web_sys::window().ok_or(JsValue::UNDEFINED)?.crypto()?;
    crypto.get_random_values_with_u8_array(&mut random)?;
    let mixed = mixed(fax, &Boundary::new(random));
    let pieces = Array::new();
    for segment in mixed.segments {
        match segment {
            Segment::Text(text) => pieces.push(&text.into()),
            Segment::File(file) => pieces.push(file),
        };
    }
    Ok((blob(&pieces, &mixed.content_type)?.into(), mixed.content_type))
}

/// The file itself, or a view of it with another type; neither copies a byte.
fn typed(file: &File, content_type: &str) -> Result<Blob, JsValue> {
    if file.type_() == content_type {
        return Ok(file.clone().unchecked_into());
    }
    file.slice_with_f64_and_f64_and_content_type(0.0, file.size(), content_type)
}

fn blob(pieces: &Array, content_type: &str) -> Result<Blob, JsValue> {
    let options = BlobPropertyBag::new();
    options.set_type(content_type);
    Blob::new_with_blob_sequence_and_options(pieces, &options)
}

/// Whether the file can still be read: not moved, changed or removed since it was chosen. Reads one byte.
pub async fn is_readable(file: &File) -> bool {
    match file.slice_with_f64_and_f64(0.0, 1.0) {
        Ok(first) => JsFuture::from(first.array_buffer()).await.is_ok(),
        Err(_) => false,
    }
}
