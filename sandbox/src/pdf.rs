//! PDF files, as far as the sandbox writes any: a fax's pages as they are, and the pages it makes up itself.

use std::io::Write;

use fax_pages::Resolution;

use crate::store::Page;

/// The object that every file's second one is: the tree of its pages.
pub const TREE: usize = 2;

/// A file of these objects, numbered from 1: the catalog is written here, the tree of pages is the first of `objects`.
pub fn file(objects: &[Vec<u8>]) -> Vec<u8> {
    let catalog = format!("<</Type/Catalog/Pages {TREE} 0 R>>").into_bytes();
    let mut file = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n".to_vec();
    let mut table = Vec::new();
    // Writing to memory does not fail.
    for (number, object) in (1..).zip(std::iter::once(&catalog).chain(objects)) {
        let _ = writeln!(table, "{:010} 00000 n ", file.len());
        let _ = writeln!(file, "{number} 0 obj");
        file.extend_from_slice(object);
        file.extend_from_slice(b"\nendobj\n");
    }
    let (start, size) = (file.len(), objects.len() + 2);
    let _ = write!(file, "xref\n0 {size}\n0000000000 65535 f \n");
    file.extend(table);
    let _ = write!(file, "trailer\n<</Size {size}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n");
    file
}

/// The tree of pages that are these objects.
pub fn tree(pages: impl ExactSizeIterator<Item = usize>) -> Vec<u8> {
    let count = pages.len();
    let kids: String = pages.map(|number| format!("{number} 0 R ")).collect();
    format!("<</Type/Pages/Count {count}/Kids[{kids}]>>").into_bytes()
}

/// An object with bytes of its own.
pub fn stream(dictionary: &str, bytes: &[u8]) -> Vec<u8> {
    let mut object = format!("<<{dictionary}/Length {}>>\nstream\n", bytes.len()).into_bytes();
    object.extend_from_slice(bytes);
    object.extend_from_slice(b"\nendstream");
    object
}

/// A fax: each page is its picture, in the coding it is kept in, as large as a machine prints it.
pub fn of_fax(pages: &[Page], resolution: Resolution) -> Vec<u8> {
    /// ITU-T T.4 has a line of 215 mm.
    const WIDTH: f64 = 215.0 / 25.4 * 72.0;
    let first = TREE + 1;
    let mut objects = vec![tree((0..pages.len()).map(|page| first + 3 * page))];
    for (number, page) in pages.iter().enumerate() {
        let height = f64::from(page.lines) / f64::from(resolution.lines_per_inch()) * 72.0;
        let number = first + 3 * number;
        let (content, picture) = (number + 1, number + 2);
        objects.push(
            format!(
                "<</Type/Page/Parent {TREE} 0 R/MediaBox[0 0 {WIDTH:.3} {height:.3}]\
                 /Resources<</XObject<</P {picture} 0 R>>>>/Contents {content} 0 R>>"
            )
            .into_bytes(),
        );
        objects.push(stream("", format!("{WIDTH:.3} 0 0 {height:.3} 0 0 cm /P Do").as_bytes()));
        let (width, lines) = (page.width, page.lines);
        objects.push(stream(
            &format!(
                "/Type/XObject/Subtype/Image/Width {width}/Height {lines}/ColorSpace/DeviceGray/BitsPerComponent 1\
                 /Filter/CCITTFaxDecode/DecodeParms<</K -1/Columns {width}/Rows {lines}>>"
            ),
            &page.coded,
        ));
    }
    file(&objects)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_tells_where_each_object_is() {
        for count in [1, 3, 120] {
            let objects: Vec<_> = (0..count).map(|length| stream("", &vec![b'x'; length])).collect();
            let bytes = file(&objects);
            let text: String = bytes.iter().copied().map(char::from).collect();
            let start: usize = text.lines().rev().nth(1).unwrap().parse().unwrap();
            // Offsets count bytes; so do the positions of a text whose letters are one byte each.
            let at = |offset: usize| bytes[offset..].iter().copied().map(char::from).collect::<String>();
            let table = at(start);
            let mut lines = table.lines();
            assert_eq!((lines.next(), lines.next()), (Some("xref"), Some(format!("0 {}", count + 2).as_str())));
            for (number, line) in (1..=count + 1).zip(lines.skip(1)) {
                let offset = line[..10].parse().unwrap();
                assert!(at(offset).starts_with(&format!("{number} 0 obj\n")), "{number}");
            }
        }
    }

    #[test]
    fn a_fax_is_its_pages_again() {
        use fax_pages::{Bitmap, Document, Options, Paper, Turn, encode};

        for resolution in [Resolution::High, Resolution::Low] {
            let lines = 11 * resolution.lines_per_inch();
            let pages: Vec<Bitmap> = (0..2)
                .map(|page| {
                    let mut bitmap = Bitmap::white(1728, lines, resolution);
                    // Where every machine prints, so that nothing has to move.
                    for row in bitmap.rows_mut().skip(300 + 100 * page).take(200) {
                        row[40..80].fill(0x3c);
                    }
                    bitmap
                })
                .collect();
            let kept: Vec<Page> = pages
                .iter()
                .map(|page| Page { width: page.width(), lines, coded: encode::group_4(page).unwrap() })
                .collect();
            let document = Document::open(of_fax(&kept, resolution), None, &Options::default()).unwrap();
            assert_eq!(document.pages(), 2);
            for (number, page) in pages.iter().enumerate() {
                let rendered = document.render(number, resolution, Paper::Letter, Turn::Auto).unwrap();
                assert_eq!(rendered.bitmap.height(), page.height());
                assert!(rendered.bitmap == *page, "page {number}, {resolution:?}");
            }
        }
    }
}
