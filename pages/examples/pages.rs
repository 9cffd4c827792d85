//! `pages FILE DIRECTORY [low] [a4]`: the fax pages of a document as PNGs and as one TIFF, and what each costs.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::time::Instant;

use fax_pages::{Document, Options, Paper, Resolution, Turn, encode};
use image::GrayImage;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let file = arguments.next().expect("a file");
    let directory = arguments.next().expect("a directory");
    let rest: Vec<String> = arguments.collect();
    let resolution = if rest.iter().any(|word| word == "low") { Resolution::Low } else { Resolution::High };
    let paper = if rest.iter().any(|word| word == "a4") { Paper::A4 } else { Paper::Letter };
    std::fs::create_dir_all(&directory).unwrap();

    let bytes = std::fs::read(&file).unwrap();
    let size = bytes.len();
    let began = Instant::now();
    let document = match Document::open(bytes, None, &Options::default()) {
        Ok(document) => document,
        Err(refusal) => return println!("refused: {refusal}"),
    };
    println!("{document:?}, {size} bytes, opened in {:.1} ms", began.elapsed().as_secs_f64() * 1e3);
    let mut renderer = document.renderer();
    let mut pages = Vec::new();
    for number in 0..document.pages() {
        let began = Instant::now();
        match renderer.render(number, resolution, paper, Turn::Auto) {
            Ok(page) => {
                let rendered = began.elapsed().as_secs_f64() * 1e3;
                let coded = encode::group_4(&page.bitmap).unwrap().len();
                let both = began.elapsed().as_secs_f64() * 1e3;
                println!(
                    "page {}: {rendered:.1} ms, with coding {both:.1} ms, {coded} bytes, {:.0} s at 14.4 kbit/s, dithered {:.3}, coloured {:.3}, {:?}",
                    number + 1,
                    encode::seconds_on_the_line(coded as u64 * 8, 14_400),
                    page.dithered,
                    page.coloured,
                    page.placement
                );
                let bitmap = &page.bitmap;
                let picture = GrayImage::from_fn(bitmap.width(), bitmap.height(), |x, y| {
                    image::Luma([if bitmap.is_black(x, y) { 0 } else { 255 }])
                });
                picture.save(format!("{directory}/{}.png", number + 1)).unwrap();
                pages.push(page.bitmap);
            }
            Err(refusal) => println!("page {}: refused: {refusal}", number + 1),
        }
    }
    if let Ok(tiff) = encode::tiff(&pages) {
        println!("{} bytes in all", tiff.len());
        std::fs::write(format!("{directory}/fax.tif"), tiff).unwrap();
    }
}
