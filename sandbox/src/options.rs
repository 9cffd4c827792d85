//! The command line, read once at the start.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use lexopt::prelude::*;

/// What `--help` prints.
pub const HELP: &str = "\
fax-sandbox: a local service that speaks the fax API, so that a fax widget runs with no account.
Nothing is dialled: what is posted to it is kept in one file and shown at /inbox.

Usage: fax-sandbox [OPTIONS]

Options:
  --listen ADDRESS      address and port to listen on; port 0 takes a free one [default: 127.0.0.1:8787]
  --site DIR            folder served at /; without it / leads to /inbox
  --store FILE          the one file everything is kept in [default: fax-sandbox.sqlite]
  --pace MILLISECONDS   how long a fax takes, from its time to its outcome [default: 2500]
  --keep-alive on|off   whether a connection serves more than one request [default: off]
  --public              allow an address other machines can reach, and any Host header
  -h, --help            print this
  -V, --version         print the version

API calls carry `Authorization: Bearer sandbox`. The numbers that go wrong on purpose are listed at /inbox.
";

/// What the command line asks for.
pub enum Command {
    /// Print [`HELP`].
    Help,
    /// Print the version.
    Version,
    /// Serve.
    Serve(Options),
}

/// How to serve.
pub struct Options {
    /// Where to listen.
    pub listen: SocketAddr,
    /// Whether anybody but this machine may reach the service.
    pub public: bool,
    /// The folder served at `/`.
    pub site: Option<PathBuf>,
    /// The SQLite file.
    pub store: PathBuf,
    /// From a fax's time to its outcome.
    pub pace: Duration,
    /// Whether connections are kept for further requests. Off by default: Chromium repeats a POST by itself
    /// when a reused connection breaks, and one fetch should be one request here.
    pub keep_alive: bool,
}

/// Reads the arguments, the program's own name left off.
///
/// # Errors
/// A sentence for the person who typed them.
pub fn read(arguments: impl IntoIterator<Item = OsString>) -> Result<Command, String> {
    let mut options = Options {
        listen: SocketAddr::from(([127, 0, 0, 1], 8787)),
        public: false,
        site: None,
        store: PathBuf::from("fax-sandbox.sqlite"),
        pace: Duration::from_millis(2500),
        keep_alive: false,
    };
    let mut parser = lexopt::Parser::from_args(arguments);
    while let Some(argument) = parser.next().map_err(|error| error.to_string())? {
        match argument {
            Short('h') | Long("help") => return Ok(Command::Help),
            Short('V') | Long("version") => return Ok(Command::Version),
            Long("listen") => options.listen = parsed(&mut parser, "an address such as 127.0.0.1:8787")?,
            Long("site") => options.site = Some(value(&mut parser)?.into()),
            Long("store") => options.store = value(&mut parser)?.into(),
            Long("pace") => options.pace = Duration::from_millis(parsed(&mut parser, "a number of milliseconds")?),
            Long("keep-alive") => {
                options.keep_alive = match value(&mut parser)?.to_str() {
                    Some("on") => true,
                    Some("off") => false,
                    _ => return Err("--keep-alive is on or off".into()),
                }
            }
            Long("public") => options.public = true,
            other => return Err(other.unexpected().to_string()),
        }
    }
    if !options.listen.ip().is_loopback() && !options.public {
        return Err(format!("{} can be reached from other machines; say --public if that is meant", options.listen));
    }
    Ok(Command::Serve(options))
}

fn value(parser: &mut lexopt::Parser) -> Result<OsString, String> {
    parser.value().map_err(|error| error.to_string())
}

fn parsed<T: std::str::FromStr>(parser: &mut lexopt::Parser, what: &str) -> Result<T, String> {
    let text = value(parser)?;
    text.to_str().and_then(|text| text.parse().ok()).ok_or_else(|| format!("{} is not {what}", text.to_string_lossy()))
}
