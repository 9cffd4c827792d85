//! Documents that the tests write themselves, and the programs that judge ours: poppler's and libtiff's.
#![allow(dead_code, clippy::unwrap_used, clippy::panic, clippy::expect_used, clippy::indexing_slicing)]

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A PDF written by hand: objects are added in any order, the cross-reference table follows.
pub struct PdfFile {
    objects: Vec<Vec<u8>>,
}

impl PdfFile {
    pub fn new() -> Self {
        Self { objects: vec![b"<</Type/Catalog/Pages 2 0 R>>".to_vec(), Vec::new()] }
    }

    /// Adds an object and says its number.
    pub fn object(&mut self, body: impl Into<Vec<u8>>) -> usize {
        self.objects.push(body.into());
        self.objects.len()
    }

    pub fn stream(&mut self, dict: &str, data: &[u8]) -> usize {
        let mut body = format!("<<{dict}/Length {}>>\nstream\n", data.len()).into_bytes();
        body.extend(data);
        body.extend(b"\nendstream");
        self.object(body)
    }

    /// Pages with these boxes, resources and contents.
    pub fn pages(&mut self, pages: &[(&str, &str, &str)]) -> &mut Self {
        let mut kids = String::new();
        for (media, resources, content) in pages {
            let content = self.stream("", content.as_bytes());
            let page = self.object(format!(
                "<</Type/Page/Parent 2 0 R/MediaBox[{media}]/Resources<<{resources}>>/Contents {content} 0 R>>"
            ));
            kids += &format!("{page} 0 R ");
        }
        self.objects[1] = format!("<</Type/Pages/Count {}/Kids[{kids}]>>", pages.len()).into_bytes();
        self
    }

    pub fn set(&mut self, number: usize, body: impl Into<Vec<u8>>) {
        self.objects[number - 1] = body.into();
    }

    pub fn bytes(&self) -> Vec<u8> {
        let mut file = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n".to_vec();
        let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", self.objects.len() + 1);
        for (i, object) in self.objects.iter().enumerate() {
            table += &format!("{:010} 00000 n \n", file.len());
            writeln!(file, "{} 0 obj", i + 1).unwrap();
            file.extend(object);
            file.extend(b"\nendobj\n");
        }
        let at = file.len();
        write!(file, "{table}trailer\n<</Size {}/Root 1 0 R>>\nstartxref\n{at}\n%%EOF\n", self.objects.len() + 1)
            .unwrap();
        file
    }
}

pub const FONTS: &str = "/Font<</H<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>/T<</Type/Font/Subtype/Type1/BaseFont/Times-Roman>>/C<</Type/Font/Subtype/Type1/BaseFont/Courier>>/B<</Type/Font/Subtype/Type1/BaseFont/Helvetica-Bold>>>>";

/// A letter as people write them: a page of text, `lines` long.
pub fn letter(lines: usize) -> String {
    let words = "the quick brown fox jumps over the lazy dog while 0123456789 pack my box with five dozen liquor jugs ";
    let mut content =
        "BT /B 16 Tf 72 720 Td (Notice of a Meeting, 14 March) Tj ET BT /T 11 Tf 14 TL 72 690 Td\n".to_owned();
    for line in 0..lines {
        let text: String = words.chars().cycle().skip(line * 7).take(88).collect();
        content += &format!("({text}) Tj T*\n");
    }
    content + "ET"
}

/// Vector drawing: frames, rules of all widths, curves, a chart.
pub fn drawing() -> String {
    let mut content = String::from("1 w 72 400 468 300 re S 0.25 w ");
    for i in 0..20 {
        content += &format!("{} w 80 {} m 530 {} l S ", 0.25 + f64::from(i) * 0.15, 410 + i * 8, 412 + i * 8);
    }
    for i in 0..12 {
        content +=
            &format!("1.5 w {} 600 m {} 690 {} 560 {} 680 c S ", 90 + i * 30, 100 + i * 30, 110 + i * 30, 150 + i * 30);
    }
    for (i, height) in [40, 90, 65, 120, 30, 75].iter().enumerate() {
        content += &format!("0 g {} 120 30 {height} re f ", 100 + i * 60);
    }
    content + "0.5 w 90 120 m 500 120 l S BT /H 9 Tf 100 105 Td (Jan    Feb    Mar    Apr    May    Jun) Tj ET"
}

/// A picture that looks like a photograph to statistics: light from one side, shapes, grain. `width` × `height` RGB.
pub fn photograph(width: usize, height: usize) -> Vec<u8> {
    let mut seed = 0x2545_f491_4f6c_dd1du64;
    let mut rgb = Vec::with_capacity(width * height * 3);
    for y in 0..height {
        for x in 0..width {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            let (u, v) = (x as f64 / width as f64, y as f64 / height as f64);
            let sky = 190.0 - 110.0 * v + 30.0 * (u * 9.0).sin() * (v * 7.0).cos();
            let ball = if (u - 0.5).hypot(v - 0.55) < 0.28 { 90.0 - 200.0 * ((u - 0.42).hypot(v - 0.45)) } else { 0.0 };
            let grain = (seed >> 58) as f64 / 4.0;
            let light = sky + ball + grain;
            rgb.extend([light * 0.95, light, light * 0.85].map(|part| part.clamp(25.0, 235.0) as u8));
        }
    }
    rgb
}

/// Shadings, transparency, a pattern, a mask, a picture that is scaled, colours of four inks and of Lab: what brings floating-point numbers into
/// play.
pub fn colourful() -> Vec<u8> {
    let mut pdf = PdfFile::new();
    let function = "/Function<</FunctionType 2/Domain[0 1]/C0[1 0 0]/C1[0 0.2 1]/N 1.3>>";
    let axial =
        pdf.object(format!("<</ShadingType 2/ColorSpace/DeviceRGB/Coords[0 0 300 200]{function}/Extend[true true]>>"));
    let radial =
        pdf.object(format!("<</ShadingType 3/ColorSpace/DeviceRGB/Coords[150 100 10 150 100 120]{function}>>"));
    let tile = pdf.stream(
        "/Type/Pattern/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 9 9]/XStep 9/YStep 9/Resources<<>>",
        b"0.3 g 1 1 5 5 re f",
    );
    let mask = pdf.stream(
        "/Type/XObject/Subtype/Form/BBox[0 0 612 792]/Group<</S/Transparency/CS/DeviceGray>>",
        b"0.5 g 0 0 612 792 re f 1 g 100 100 200 200 re f",
    );
    let grain: Vec<u8> = photograph(120, 90);
    let picture =
        pdf.stream("/Type/XObject/Subtype/Image/Width 120/Height 90/ColorSpace/DeviceRGB/BitsPerComponent 8", &grain);
    let inks =
        pdf.stream("/Type/XObject/Subtype/Image/Width 90/Height 90/ColorSpace/DeviceCMYK/BitsPerComponent 8", &grain);
    let resources = format!(
        "{FONTS}/Shading<</A {axial} 0 R/R {radial} 0 R>>/Pattern<</T {tile} 0 R>>/XObject<</P {picture} 0 R/I {inks} 0 R>>\
         /ColorSpace<</L[/Lab<</WhitePoint[0.95 1 1.09]/Range[-100 100 -100 100]>>]>>\
         /ExtGState<</H<</ca 0.4/CA 0.6>>/M<</BM/Multiply>>/S<</SMask<</S/Luminosity/G {mask} 0 R>>>>>>"
    );
    let content = format!(
        "q 1 0 0 1 60 520 cm 0 0 300 200 re W n /A sh Q q 1 0 0 1 260 300 cm 0 0 300 220 re W n /R sh Q \
         q /H gs 0.2 0.7 0.1 0.1 k 80 300 200 160 re f Q q 90 0 0 90 420 120 cm /I Do Q q /L cs 60 40 -30 sc 420 220 90 60 re f Q q 200 37 -20 150 320 90 cm /P Do Q q /H gs 0.2 0.7 0.9 rg 80 330 200 160 re f Q q /M gs 0 0.6 0.6 rg 120 340 200 160 re f Q \
         q /Pattern cs /T scn 60 100 200 150 re f Q q /S gs 0 g 90 90 300 300 re f Q {}",
        letter(6)
    );
    pdf.pages(&[("0 0 612 792", &resources, &content)]).bytes()
}

/// Codes of Shift-JIS behind a character map that the document names and does not bring.
pub fn japanese() -> Vec<u8> {
    let mut pdf = PdfFile::new();
    let descriptor = pdf.object("<</Type/FontDescriptor/FontName/Ryumin-Light/Flags 4/FontBBox[0 0 1000 1000]/ItalicAngle 0/Ascent 800/Descent -200/CapHeight 700/StemV 80>>");
    let descendant = pdf.object(format!(
        "<</Type/Font/Subtype/CIDFontType0/BaseFont/Ryumin-Light/CIDSystemInfo<</Registry(Adobe)/Ordering(Japan1)/Supplement 2>>/FontDescriptor {descriptor} 0 R>>"
    ));
    let resources = format!(
        "/Font<</J<</Type/Font/Subtype/Type0/BaseFont/Ryumin-Light-90ms-RKSJ-H/Encoding/90ms-RKSJ-H/DescendantFonts[{descendant} 0 R]>>>>"
    );
    pdf.pages(&[("0 0 612 792", &resources, "BT /J 24 Tf 72 700 Td (Fax 2026, ABC) Tj 0 -40 Td <93fa967b8cea> Tj ET")])
        .bytes()
}

/// A plan: some thousand strokes, curves and surfaces, and labels.
pub fn plan(page: usize) -> String {
    let mut content = drawing();
    for i in 0..1500 {
        let (x, y) = (60 + (i * 37 + page * 11) % 480, 60 + (i * 53 + page * 7) % 660);
        let (width, height) = (8 + i % 31, 6 + i % 23);
        content += &format!(
            "{} w {x} {y} m {} {} l {} {} {} {} {} {} c S\n",
            0.2 + (i % 7) as f64 * 0.1,
            x + width,
            y,
            x + width,
            y + 5,
            x + 5,
            y + height,
            x,
            y + height
        );
        if i % 10 == 0 {
            content += &format!("0.{} g {x} {y} {} {} re f 0 g\n", 3 + i % 6, width / 2, height / 2);
        }
    }
    content += "BT /H 6 Tf\n";
    for i in 0..120 {
        content += &format!("1 0 0 1 {} {} Tm (room {i}) Tj\n", 62 + i * 41 % 470, 64 + i * 59 % 650);
    }
    content + "ET"
}

pub fn scratch() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

pub fn save(dir: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let path = dir.join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

/// What a program prints; it has to be there and to succeed.
pub fn run(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program)
        .args(arguments)
        .output()
        .unwrap_or_else(|error| panic!("{program} ({error}); scripts/setup installs it"));
    assert!(output.status.success(), "{program} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// What a program complains of while it succeeds.
pub fn complaints(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output().unwrap();
    assert!(output.status.success(), "{program} {arguments:?}");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Ghostscript makes a file of another.
pub fn ghostscript(device: &str, more: &[&str], file: &Path, out: &Path) {
    let (device, to) = (format!("-sDEVICE={device}"), format!("-sOutputFile={}", path(out)));
    let mut words = vec!["-q", "-dNOPAUSE", "-dBATCH", &device, &to];
    words.extend(more);
    words.push(path(file));
    run("gs", &words);
}

pub fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// A binary PGM as width, height and greys.
pub fn read_pgm(bytes: &[u8]) -> (usize, usize, Vec<u8>) {
    let mut at = 0;
    let mut fields = Vec::new();
    while fields.len() < 4 {
        while bytes[at].is_ascii_whitespace() {
            at += 1;
        }
        let from = at;
        while !bytes[at].is_ascii_whitespace() {
            at += 1;
        }
        fields.push(String::from_utf8(bytes[from..at].to_vec()).unwrap());
    }
    assert_eq!(fields[0], "P5");
    (fields[1].parse().unwrap(), fields[2].parse().unwrap(), bytes[at + 1..].to_vec())
}
