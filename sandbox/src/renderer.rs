//! Renders one document, in a process of its own. Documents are hostile: the page engine checks what it can before it
//! begins, but cannot be stopped within a page, nor kept from taking memory while a library reads a file. A process can be
//! ended from without, and takes nothing along.
//!
//! The parent says on the command line how, writes the document to the process's input and reads pages from its
//! output as they come: a letter, then what it stands for, numbers as four bytes, the lowest first.

use std::ffi::OsString;
use std::io::{Read, Write};
use std::process::{ExitCode, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use fax_pages::{Document, Kind, Limits, Options, Paper, Refusal, Resolution, Turn, encode};
use tokio::io::{AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use crate::store::Page;

/// The first argument that makes this program a renderer. Not for people.
pub const ARGUMENT: &str = "--render-one-document";

/// Behind the engine's own limit, how long a page may take that cannot be stopped.
const GRACE: Duration = Duration::from_secs(2);

/// Memory that a renderer may have. Half as much again as the page engine gets in a browser.
#[cfg(unix)]
const MOST_MEMORY: u64 = 3 << 29;

/// What comes next on the way back to the parent.
const PAGE: u8 = b'P';
const END: u8 = b'E';
const TOO_MANY_PAGES: u8 = b'M';
const REFUSED: u8 = b'R';

/// No page is coded in more bytes than this: T.6 at its worst takes less than five bits for a point.
const MOST_BYTES: u32 = 8 << 20;

/// How a document is to be rendered.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Order {
    /// The fax's.
    pub resolution: Resolution,
    /// What the pages are laid out for.
    pub paper: Paper,
    /// Whether it may be plain text.
    pub text: bool,
    /// How many pages it may have.
    pub most: usize,
    /// How long it may take.
    pub limit: Duration,
}

/// Why there are no pages.
#[derive(Debug, PartialEq)]
pub enum Failure {
    /// There would be more than are allowed.
    TooManyPages,
    /// Something else, in words.
    Refused(String),
}

impl Order {
    fn arguments(&self) -> [String; 5] {
        [
            self.resolution.lines_per_inch().to_string(),
            match self.paper {
                Paper::Letter => "letter".into(),
                Paper::A4 => "a4".into(),
            },
            self.text.to_string(),
            self.most.to_string(),
            self.limit.as_millis().to_string(),
        ]
    }

    fn read(arguments: impl IntoIterator<Item = OsString>) -> Option<Self> {
        let texts: Vec<String> = arguments.into_iter().filter_map(|argument| argument.into_string().ok()).collect();
        let [resolution, paper, text, most, limit] = <[String; 5]>::try_from(texts).ok()?;
        let lines: u32 = resolution.parse().ok()?;
        Some(Self {
            resolution: if lines == Resolution::Low.lines_per_inch() { Resolution::Low } else { Resolution::High },
            paper: if paper == "a4" { Paper::A4 } else { Paper::Letter },
            text: text.parse().ok()?,
            most: most.parse().ok()?,
            limit: Duration::from_millis(limit.parse().ok()?),
        })
    }
}

/// The renderer's whole life: reads a document, writes its pages.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    // What a library says in a panic may quote the document, and belongs in no log; the engine makes it a refusal.
    std::panic::set_hook(Box::new(|_| {}));
    let Some(order) = Order::read(arguments) else { return ExitCode::from(2) };
    // A library unpacks what a document holds before anybody can say how much that is. Beyond this the process ends.
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        let most = Rlimit { current: Some(MOST_MEMORY), maximum: Some(MOST_MEMORY) };
        // Some systems have no such limit; time is limited there too.
        let _ = setrlimit(Resource::As, most);
    }
    let mut output = std::io::stdout().lock();
    let written = match pages(&order, &mut output) {
        Ok(()) => output.write_all(&[END]),
        Err(Refusal::TooManyPages) => output.write_all(&[TOO_MANY_PAGES]),
        Err(refusal) => block(&mut output, REFUSED, refusal.to_string().as_bytes()),
    };
    match written.and_then(|()| output.flush()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

fn pages(order: &Order, output: &mut impl Write) -> Result<(), Refusal> {
    let lost = |_| Refusal::Damaged;
    let mut bytes = Vec::new();
    std::io::stdin().lock().read_to_end(&mut bytes).map_err(lost)?;
    let (began, limit) = (Instant::now(), order.limit);
    let options = Options {
        limits: Limits { pages: order.most, ..Limits::default() },
        budget: Some(Arc::new(move || began.elapsed() < limit)),
        ..Options::default()
    };
    let document = Document::open(bytes, order.text.then_some(Kind::Text), &options)?;
    // What is not anything else passes for text: a web page that was saved as a PDF, say. Under another name it is
    // none, as the service goes by names (fax API facts §1.6).
    if document.kind() == Kind::Text && !order.text {
        return Err(Refusal::Damaged);
    }
    if document.pages() > order.most {
        return Err(Refusal::TooManyPages);
    }
    let mut renderer = document.renderer();
    for page in 0..document.pages() {
        let paper = paper(&document, page, order);
        let page = renderer.render(page, order.resolution, paper, Turn::Auto)?.bitmap;
        let coded = encode::group_4(&page)?;
        let write = |output: &mut dyn Write| {
            output.write_all(&[PAGE])?;
            output.write_all(&page.width().to_le_bytes())?;
            output.write_all(&page.height().to_le_bytes())?;
            output.write_all(&(coded.len() as u32).to_le_bytes())?;
            output.write_all(&coded)
        };
        write(output).map_err(lost)?;
    }
    Ok(())
}

/// A page that is one of a fax on A4 already has more lines than Letter has: it stays on its paper, or it would have to
/// shrink and would not be what was shown.
fn paper(document: &Document, page: usize, order: &Order) -> Paper {
    const LINE: f64 = 215.0;
    let whole = |paper: Paper| paper.size_mm().1;
    match document.page(page) {
        Ok(info)
            if document.kind() == Kind::Tiff
                && (info.width_mm - LINE).abs() < 0.5
                && info.height_mm > whole(Paper::Letter) + 0.5
                && info.height_mm < whole(Paper::A4) + 0.5 =>
        {
            Paper::A4
        }
        _ => order.paper,
    }
}

fn block(output: &mut impl Write, letter: u8, bytes: &[u8]) -> std::io::Result<()> {
    output.write_all(&[letter])?;
    output.write_all(&(bytes.len() as u32).to_le_bytes())?;
    output.write_all(bytes)
}

/// A document that is being rendered.
pub struct Rendering {
    // Dropped, it ends the process.
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    end: tokio::time::Instant,
}

impl Rendering {
    /// Starts on a document, whose bytes come with [`Rendering::feed`].
    ///
    /// # Errors
    /// When no process can be started.
    pub fn start(order: &Order) -> Result<Self, Failure> {
        let start = || {
            let mut child = Command::new(std::env::current_exe()?)
                .arg(ARGUMENT)
                .args(order.arguments())
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
                .kill_on_drop(true)
                .spawn()?;
            let missing = || std::io::Error::from(std::io::ErrorKind::BrokenPipe);
            let (input, output) = (child.stdin.take(), child.stdout.take().ok_or_else(missing)?);
            Ok::<_, std::io::Error>(Self {
                child,
                input,
                output: BufReader::new(output),
                end: tokio::time::Instant::now() + order.limit + GRACE,
            })
        };
        start().map_err(|error| Failure::Refused(format!("the renderer does not start: {}", error.kind())))
    }

    /// Hands it the next bytes. That it takes no more is no error: it will say why.
    pub async fn feed(&mut self, bytes: &[u8]) {
        if let Some(input) = &mut self.input
            && tokio::time::timeout_at(self.end, input.write_all(bytes)).await.is_ok_and(|written| written.is_ok())
        {
            return;
        }
        self.input = None;
    }

    /// The next page, once all bytes are with it; none behind the last.
    ///
    /// # Errors
    /// Why there are no more; what came so far is worth nothing then.
    pub async fn page(&mut self) -> Result<Option<Page>, Failure> {
        self.input = None;
        match tokio::time::timeout_at(self.end, self.read()).await {
            Ok(Ok(page)) => page,
            Ok(Err(_)) => Err(Failure::Refused("the document ended the renderer".into())),
            Err(_) => {
                let _ = self.child.kill().await;
                Err(Failure::Refused(Refusal::OutOfTime.to_string()))
            }
        }
    }

    async fn read(&mut self) -> std::io::Result<Result<Option<Page>, Failure>> {
        let strange = || std::io::Error::from(std::io::ErrorKind::InvalidData);
        Ok(match self.output.read_u8().await? {
            PAGE => {
                let (width, lines) = (self.output.read_u32_le().await?, self.output.read_u32_le().await?);
                Ok(Some(Page { width, lines, coded: self.block().await? }))
            }
            END => {
                self.child.wait().await?;
                Ok(None)
            }
            TOO_MANY_PAGES => Err(Failure::TooManyPages),
            REFUSED => Err(Failure::Refused(String::from_utf8(self.block().await?).map_err(|_| strange())?)),
            _ => return Err(strange()),
        })
    }

    async fn block(&mut self) -> std::io::Result<Vec<u8>> {
        let length = self.output.read_u32_le().await?;
        if length > MOST_BYTES {
            return Err(std::io::ErrorKind::InvalidData.into());
        }
        let mut bytes = vec![0; length as usize];
        self.output.read_exact(&mut bytes).await?;
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_arrives_as_it_was_given() {
        for (resolution, paper) in [(Resolution::High, Paper::A4), (Resolution::Low, Paper::Letter)] {
            let order = Order { resolution, paper, text: true, most: 17, limit: Duration::from_millis(1234) };
            assert_eq!(Order::read(order.arguments().map(OsString::from)), Some(order));
        }
        assert_eq!(Order::read([]), None);
    }
}
