//! The pages of a fax, for a person to look at and for tests to compare: point for point as a PNG, small among others,
//! and one at a time on a page of its own.

use std::io::Cursor;

use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use fax_pages::{Bitmap, Resolution};
use hayro_ccitt::{DecodeSettings, Decoder, DecoderContext, EncodingMode};

use crate::app::App;
use crate::fax::internal;
use crate::inbox::{NO_ICON, secured};
use crate::message;
use crate::page::{self, Text};
use crate::refusal::Refusal;
use crate::rendering::resolution;
use crate::store::{Fax, Page, Rendering};

/// How wide a thumbnail is, in points; twice what it is shown at, for sharp screens.
pub const THUMBNAIL: usize = 240;

/// The point size of ITU-T T.4: 215 mm have 1,728.
const PELS_PER_METRE: f64 = 1728.0 / 0.215;

/// `GET /inbox/{fax}/pages/{page}`: with `.png` behind its number the page itself, without a page to look at it.
///
/// # Errors
/// CMN-102 when there is no such page.
pub async fn page(
    State(app): State<App>,
    Path((fax, name)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let number = name.strip_suffix(".png").unwrap_or(&name);
    let (fax, number, page) = find(&app, &fax, number).await?;
    if number.to_string() == name {
        let large = query.is_some_and(|query| query == "large");
        return Ok(secured(html(&fax, number, &page, large)));
    }
    let resolution = resolution(&fax);
    let picture = worked(move || png(&decoded(&page, resolution)?)).await?;
    Ok(shown(&fax, query, picture))
}

/// `GET /inbox/{fax}/thumbnails/{page}.png`.
///
/// # Errors
/// CMN-102 when there is no such page.
pub async fn thumbnail(
    State(app): State<App>,
    Path((fax, name)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let number = name.strip_suffix(".png").ok_or_else(unknown)?;
    let (fax, _, page) = find(&app, &fax, number).await?;
    let resolution = resolution(&fax);
    let picture = worked(move || small_png(&decoded(&page, resolution)?)).await?;
    Ok(shown(&fax, query, picture))
}

fn unknown() -> Refusal {
    Refusal::not_found("page")
}

async fn find(app: &App, fax: &str, number: &str) -> Result<(Fax, usize, Page), Refusal> {
    let id = message::id(fax).ok_or_else(unknown)?;
    // Written as the links are, and no other way.
    let number = number.parse().ok().filter(|read: &usize| read.to_string() == number).ok_or_else(unknown)?;
    let fax = app.store.fax(id, None).await.map_err(internal)?.ok_or_else(unknown)?;
    if fax.rendering != Rendering::Done {
        return Err(unknown());
    }
    let page = app.store.page(fax.source(), number).await.map_err(internal)?.ok_or_else(unknown)?;
    Ok((fax, number, page))
}

/// Off the threads that serve.
async fn worked(work: impl FnOnce() -> Option<Vec<u8>> + Send + 'static) -> Result<Vec<u8>, Refusal> {
    tokio::task::spawn_blocking(work).await.ok().flatten().ok_or_else(Refusal::internal)
}

/// Links carry the time of the fax: another store may have another fax under the same number.
pub fn version(fax: &Fax) -> String {
    fax.created.to_string()
}

fn shown(fax: &Fax, query: Option<String>, picture: Vec<u8>) -> Response {
    let kept = query.is_some_and(|query| query == version(fax));
    let kept = if kept { "private, max-age=31536000, immutable" } else { "no-store" };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("image/png")),
        (header::CACHE_CONTROL, HeaderValue::from_static(kept)),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ];
    let mut response = (headers, picture).into_response();
    page::same_origin(&mut response);
    response
}

/// The points of a page.
fn decoded(page: &Page, resolution: Resolution) -> Option<Bitmap> {
    struct Rows<'a, I: Iterator<Item = &'a mut [u8]>>(I);

    impl<'a, I: Iterator<Item = &'a mut [u8]>> Decoder for Rows<'a, I> {
        fn push_row(&mut self, changes: &[u32]) {
            let Some(row) = self.0.next() else { return };
            let end = u32::try_from(row.len() * 8).unwrap_or(u32::MAX);
            for run in changes.chunks(2) {
                let (from, to) = (run.first().copied().unwrap_or(end), run.get(1).copied().unwrap_or(end));
                for x in from..to {
                    if let Some(byte) = row.get_mut(x as usize / 8) {
                        *byte |= 0x80 >> (x % 8);
                    }
                }
            }
        }
    }

    let mut bitmap = Bitmap::white(page.width, page.lines, resolution);
    let settings = DecodeSettings {
        columns: page.width,
        rows: page.lines,
        end_of_block: true,
        end_of_line: false,
        rows_are_byte_aligned: false,
        encoding: EncodingMode::Group4,
        strict: true,
    };
    let decoded = {
        let mut rows = Rows(bitmap.rows_mut());
        hayro_ccitt::decode(&page.coded, &mut rows, &mut DecoderContext::new(settings))
    };
    decoded.is_ok().then_some(bitmap)
}

/// A page to the point: one bit each.
fn png(bitmap: &Bitmap) -> Option<Vec<u8>> {
    let white_is_one: Vec<u8> = bitmap.as_bytes().iter().map(|byte| !byte).collect();
    let lines = f64::from(bitmap.resolution().lines_per_inch()) / 0.0254;
    let density = (PELS_PER_METRE.round() as u32, lines.round() as u32);
    written(bitmap.width(), bitmap.height(), png::BitDepth::One, Some(density), &white_is_one)
}

/// A page in little, in greys, as wide to its height as on paper.
fn small_png(bitmap: &Bitmap) -> Option<Vec<u8>> {
    let shade = bitmap.thumbnail(THUMBNAIL);
    let side = |points: usize| u32::try_from(points).ok();
    written(side(shade.width())?, side(shade.height())?, png::BitDepth::Eight, None, shade.greys())
}

fn written(width: u32, height: u32, depth: png::BitDepth, density: Option<(u32, u32)>, rows: &[u8]) -> Option<Vec<u8>> {
    let mut file = Cursor::new(Vec::new());
    let mut encoder = png::Encoder::new(&mut file, width, height);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(depth);
    let density = density.map(|(xppu, yppu)| png::PixelDimensions { xppu, yppu, unit: png::Unit::Meter });
    encoder.set_pixel_dims(density);
    let mut writer = encoder.write_header().ok()?;
    writer.write_image_data(rows).ok()?;
    writer.finish().ok()?;
    Some(file.into_inner())
}

/// The paper a page is shown on: lines are not as wide apart as points, and on Low twice as far.
fn paper(page: &Page, resolution: Resolution) -> &'static str {
    // Letter has eleven inches.
    if page.lines > 11 * resolution.lines_per_inch() + 1 { "a4" } else { "letter" }
}

fn html(fax: &Fax, number: usize, page: &Page, large: bool) -> String {
    let (id, all) = (fax.id, fax.rendered);
    let size = if large { "?large" } else { "" };
    let step = |to: Option<usize>, words: &str| match to {
        Some(to) => format!("<a class=\"step\" href=\"/inbox/{id}/pages/{to}{size}\">{words}</a>"),
        None => format!("<span class=\"step\">{words}</span>"),
    };
    let (back, on) = (number.checked_sub(1).filter(|to| *to > 0), Some(number + 1).filter(|to| *to <= all));
    let picture = format!("/inbox/{id}/pages/{number}.png");
    let (other, does, class) = match large {
        true => (format!("/inbox/{id}/pages/{number}"), "Fit to the window", "sheet full"),
        false => (format!("/inbox/{id}/pages/{number}?large"), "Full size", "sheet"),
    };
    format!(
        "{}{NO_ICON}<title>Page {number} of fax {id}</title></head><body class=\"viewer\">\
         <header class=\"bar\"><h1>Fax <a href=\"/inbox#{id}\">{id}</a></h1>\
         <nav aria-label=\"Pages\">{}<span class=\"place\">Page {number} of {all}</span>{}</nav>\
         <p class=\"muted\"><span class=\"measure\">{} by {} points, {} · </span><a href=\"{other}\">{does}</a> · \
         <a href=\"{picture}\" download=\"fax-{id}-page-{number}.png\">Save</a></p></header>\
         <main class=\"{class}\"><a href=\"{other}\"><img class=\"{}\" src=\"{picture}?{}\" alt=\"Page {number}\"></a></main>\
         </body></html>\n",
        page::HEAD,
        step(back, "Previous"),
        step(on, "Next"),
        page.width,
        page.lines,
        Text(&fax.resolution),
        paper(page, resolution(fax)),
        version(fax),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use fax_pages::encode;

    #[test]
    fn a_page_comes_back_as_it_was_coded() {
        let mut bitmap = Bitmap::white(1728, 300, Resolution::Low);
        let mut chance = 1_u32;
        for row in bitmap.rows_mut() {
            for byte in row {
                chance = chance.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                *byte = (chance >> 24) as u8;
            }
        }
        for bitmap in [bitmap, Bitmap::white(1728, 2156, Resolution::Low)] {
            let page = Page { width: 1728, lines: bitmap.height(), coded: encode::group_4(&bitmap).unwrap() };
            let back = decoded(&page, Resolution::Low).unwrap();
            assert!(back == bitmap);
            let file = png(&back).unwrap();
            let mut reader = png::Decoder::new(Cursor::new(&file)).read_info().unwrap();
            let mut rows = vec![0; reader.output_buffer_size().unwrap()];
            reader.next_frame(&mut rows).unwrap();
            assert!(rows.iter().map(|byte| !byte).eq(bitmap.as_bytes().iter().copied()));
            let info = reader.info();
            assert_eq!((info.width, info.height, info.bit_depth as u8), (1728, bitmap.height(), 1));
            let density = info.pixel_dims.unwrap();
            assert_eq!((density.xppu, density.yppu), (8037, 3858));
        }
    }
}
