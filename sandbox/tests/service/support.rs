//! The program under test and a client that hides nothing of HTTP.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant, SystemTime};

use serde_json::Value;
use sha2::{Digest, Sha256};
use tempfile::TempDir;

/// The fax resource.
pub const FAX: &str = "/restapi/v1.0/account/~/extension/~/fax";
/// The message store.
pub const MESSAGES: &str = "/restapi/v1.0/account/~/extension/~/message-store";
/// A number that is sent to.
pub const GOOD: &str = "+16505550100";
/// The boundary of every body here.
pub const BOUNDARY: &str = "----boundary-of-these-tests";

/// A running sandbox.
pub struct Sandbox {
    child: Child,
    pub address: String,
    folder: TempDir,
}

impl Sandbox {
    /// Starts one that is quick about it.
    pub fn start() -> Self {
        Self::with(&["--pace", "50"])
    }

    pub fn with(options: &[&str]) -> Self {
        let folder = TempDir::new().unwrap();
        let (child, address) = spawn(folder.path(), options);
        Self { child, address, folder }
    }

    /// Stops it as a person would and starts it again on the same file.
    pub fn restart(&mut self, options: &[&str]) {
        self.terminate();
        (self.child, self.address) = spawn(self.folder.path(), options);
    }

    /// Asks it to end and checks that it does so well.
    pub fn terminate(&mut self) {
        Command::new("kill").arg(self.child.id().to_string()).status().unwrap();
        assert!(self.child.wait().unwrap().success());
    }

    pub fn store(&self) -> PathBuf {
        self.folder.path().join("store.sqlite")
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap()
    }

    /// Sends bytes as they are and reads until the connection is closed, or not at all within the patience.
    pub fn exchange(&self, bytes: &[u8], patience: Duration) -> Outcome {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(patience)).unwrap();
        stream.write_all(bytes).unwrap();
        let mut answer = Vec::new();
        match stream.read_to_end(&mut answer) {
            Ok(_) if answer.is_empty() => Outcome::Closed,
            Ok(_) => Outcome::Answered(Reply::read(answer)),
            Err(_) => {
                let _ = stream.shutdown(Shutdown::Both);
                Outcome::Silence
            }
        }
    }

    #[track_caller]
    pub fn request(&self, method: &str, path: &str, headers: &[&str], body: &[u8]) -> Reply {
        let bytes = request(method, path, &format!("Host: {}", self.address), headers, body);
        match self.exchange(&bytes, Duration::from_secs(20)) {
            Outcome::Answered(reply) => reply,
            other => panic!("{method} {path}: {other:?}"),
        }
    }

    #[track_caller]
    pub fn get(&self, path: &str) -> Reply {
        self.request("GET", path, &["Authorization: Bearer sandbox"], b"")
    }

    #[track_caller]
    pub fn delete(&self, path: &str) -> Reply {
        self.request("DELETE", path, &["Authorization: Bearer sandbox"], b"")
    }

    #[track_caller]
    pub fn message(&self, id: &Value) -> Value {
        self.get(&format!("{MESSAGES}/{id}")).json()
    }

    #[track_caller]
    pub fn post(&self, content_type: &str, body: &[u8]) -> Reply {
        let content_type = format!("Content-Type: {content_type}");
        self.request("POST", FAX, &["Authorization: Bearer sandbox", &content_type], body)
    }

    /// Posts a small form to numbers.
    #[track_caller]
    pub fn fax(&self, to: &[&str]) -> Reply {
        self.post(&form_data(), &fields(to))
    }

    #[track_caller]
    pub fn inbox(&self) -> Vec<Value> {
        let Value::Array(faxes) = self.get("/inbox.json").json() else { panic!("no list") };
        faxes
    }

    /// Waits until a message has left Queued.
    #[track_caller]
    pub fn settled(&self, id: &Value) -> Value {
        self.settled_within(id, 10)
    }

    #[track_caller]
    pub fn settled_within(&self, id: &Value, seconds: u64) -> Value {
        let end = Instant::now() + Duration::from_secs(seconds);
        loop {
            let message = self.get(&format!("{MESSAGES}/{id}")).json();
            if message["messageStatus"] != "Queued" {
                return message;
            }
            assert!(Instant::now() < end, "still queued: {message}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Sandbox {
    /// Waits until a fax has its pages, and gives its entry in the inbox.
    #[track_caller]
    pub fn rendered(&self, id: &Value) -> Value {
        let end = Instant::now() + Duration::from_secs(60);
        loop {
            let fax = self.inbox().into_iter().find(|fax| fax["id"] == *id).unwrap();
            if fax["rendering"] != "Waiting" {
                return fax;
            }
            assert!(Instant::now() < end, "still not rendered: {fax}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn spawn(folder: &Path, options: &[&str]) -> (Child, String) {
    let log = File::options().create(true).append(true).open(folder.join("log")).unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_fax-sandbox"))
        .args(["--listen", "127.0.0.1:0", "--store"])
        .arg(folder.join("store.sqlite"))
        .args(options)
        .stdout(Stdio::piped())
        .stderr(log)
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let address = line.strip_prefix("listening on http://").unwrap_or_else(|| panic!("{line:?}"));
    (child, address.trim_end().to_owned())
}

/// How an exchange ended.
#[derive(Debug)]
pub enum Outcome {
    Answered(Reply),
    Closed,
    Silence,
}

/// An answer.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    head: String,
    pub body: Vec<u8>,
}

impl Reply {
    fn read(bytes: Vec<u8>) -> Self {
        let end = bytes.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
        let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let reply = Self { status, head, body: bytes[end + 4..].to_vec() };
        if let Some(length) = reply.header("content-length") {
            assert_eq!(length, reply.body.len().to_string(), "the body is as long as it is said to be");
        }
        reply
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then_some(value.trim())
        })
    }

    pub fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("{} {:?}", self.status, self.text()))
    }

    /// Status, code and parameter of a refusal, which must say the first error at the top level once more.
    #[track_caller]
    pub fn refusal(&self) -> (u16, String, String) {
        let body = self.json();
        let entry = &body["errors"][0];
        assert_eq!(body["parameterName"], entry["parameterName"], "{body}");
        assert_eq!(body["message"], entry["message"], "{body}");
        assert!(body["errorCode"].is_string(), "{body}");
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        (self.status, text(&entry["errorCode"]), text(&entry["parameterName"]))
    }
}

/// The bytes of a request.
pub fn request(method: &str, path: &str, host: &str, headers: &[&str], body: &[u8]) -> Vec<u8> {
    let mut head = format!("{method} {path} HTTP/1.1\r\n{host}\r\nContent-Length: {}\r\n", body.len());
    for header in headers {
        head += &format!("{header}\r\n");
    }
    [head.as_bytes(), b"\r\n", body].concat()
}

pub fn form_data() -> String {
    format!("multipart/form-data; boundary={BOUNDARY}")
}

pub fn mixed() -> String {
    format!("multipart/mixed; boundary={BOUNDARY}")
}

/// A body of parts, each its header lines and its bytes.
pub fn parts(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (headers, bytes) in parts {
        body.extend_from_slice(format!("--{BOUNDARY}\r\n{headers}\r\n\r\n").as_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
    body
}

/// The JSON part as browsers write it.
pub const JSON: &str = "Content-Disposition: form-data; name=\"json\"; filename=\"request.json\"\r\n\
                        Content-Type: application/json";

/// A text attachment as browsers write it.
pub const NOTE: &str = "Content-Disposition: form-data; name=\"attachment\"; filename=\"note.txt\"\r\n\
                        Content-Type: text/plain";

/// A form-data body with an envelope and one note.
pub fn envelope(json: &str) -> Vec<u8> {
    parts(&[(JSON, json.as_bytes()), (NOTE, b"hello")])
}

/// A flat form with one note.
pub fn fields(to: &[&str]) -> Vec<u8> {
    let mut list: Vec<(&str, &[u8])> =
        to.iter().map(|number| ("Content-Disposition: form-data; name=\"to\"", number.as_bytes())).collect();
    list.push((NOTE, b"hello"));
    parts(&list)
}

/// A moment so many seconds from now, as the API writes it.
pub fn iso(seconds: i64) -> String {
    let at = time::OffsetDateTime::from(SystemTime::now()) + time::Duration::seconds(seconds);
    let (date, clock) = (at.date(), at.time());
    let (year, month, day) = (date.year(), u8::from(date.month()), date.day());
    format!("{year}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z", clock.hour(), clock.minute(), clock.second())
}

pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A PDF of so many pages, each with its number on it.
pub fn pdf(pages: usize) -> Vec<u8> {
    let contents: Vec<_> = (1..=pages).map(|page| format!("BT /F 36 Tf 100 600 Td (Page {page}) Tj ET")).collect();
    let contents: Vec<_> = contents.iter().map(String::as_str).collect();
    pdf_of(&contents, "/Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>")
}

/// A PDF of pages with these contents.
pub fn pdf_of(contents: &[&str], resources: &str) -> Vec<u8> {
    pdf_file(contents, resources, "")
}

/// A PDF that opens with a password which nobody has.
pub fn locked_pdf() -> Vec<u8> {
    let secret = "<".to_owned() + &"5a".repeat(32) + ">";
    pdf_file(
        &["0 0 9 9 re f"],
        "",
        &format!("/ID[<00><00>]/Encrypt<</Filter/Standard/V 1/R 2/Length 40/P -4/O{secret}/U{secret}>>"),
    )
}

fn pdf_file(contents: &[&str], resources: &str, trailer: &str) -> Vec<u8> {
    let kids: String = (0..contents.len()).map(|page| format!("{} 0 R ", 3 + 2 * page)).collect();
    let mut objects = vec![
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        format!("<</Type/Pages/MediaBox[0 0 612 792]/Resources<<{resources}>>/Count {}/Kids[{kids}]>>", contents.len()),
    ];
    for (page, content) in contents.iter().enumerate() {
        objects.push(format!("<</Type/Page/Parent 2 0 R/Contents {} 0 R>>", 4 + 2 * page));
        objects.push(format!("<</Length {}>>\nstream\n{content}\nendstream", content.len()));
    }
    let (mut file, mut table) = ("%PDF-1.4\n".to_owned(), String::new());
    for (number, object) in (1..).zip(&objects) {
        table += &format!("{:010} 00000 n \n", file.len());
        file += &format!("{number} 0 obj\n{object}\nendobj\n");
    }
    let (start, size) = (file.len(), objects.len() + 1);
    file += &format!("xref\n0 {size}\n0000000000 65535 f \n{table}");
    file += &format!("trailer\n<</Size {size}/Root 1 0 R{trailer}>>\nstartxref\n{start}\n%%EOF\n");
    file.into_bytes()
}
