//! The command line, read once at the start.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use fax_pages::Paper;
use lexopt::prelude::*;

use crate::clock::Clock;
use crate::sign_in;

/// What `--help` prints.
pub const HELP: &str = "\
fax-sandbox: a local service that speaks the fax API, so that a fax widget runs with no account.
Nothing is dialled: what is posted to it is kept in one file and shown at /inbox.

Usage: fax-sandbox [OPTIONS]

Options:
  --listen ADDRESS      address and port to listen on; port 0 takes a free one [default: 127.0.0.1:8787]
  --site DIR            folder served at /; without it / leads to /inbox
  --store FILE          the one file everything is kept in [default: fax-sandbox.sqlite]
  --pace MILLISECONDS   how long a fax takes for each recipient, one after the other [default: 2500]
  --clock NUMBER        how many times as fast as the wall's the sandbox's clock runs: the pace, the times faxes are
                        scheduled for, the minute of the rate limits, the lifetimes of tokens [default: 1]
  --paper letter|a4     what documents are laid out for [default: letter]
  --rendering-limit SECONDS
                        how long rendering one document may take, by the wall's clock [default: 120]
  --rate-limits on|off  whether the documented limits hold: 10 faxes a minute and so on [default: off]
  --sign-in             tokens come from signing in only: /config.json has the site ask for it, and the fixed tokens are
                        no longer right
  --redirect-uri URI    where a sign-in may lead back to, to the letter; may be given more than once [default: any page
                        of the sandbox's own origin or of a loopback name]
  --token-lifetime SECONDS
                        how long an access token is good for, by the sandbox's clock [default: 3600]
  --refresh-lifetime SECONDS
                        the same of a refresh token; with 0 there are none, as where an app was not given them
                        [default: 604800]
  --keep-alive on|off   whether a connection serves more than one request [default: off]
  --public              allow an address other machines can reach, and any Host header
  -h, --help            print this
  -V, --version         print the version

API calls carry `Authorization: Bearer sandbox`, or a token that a sign-in gave. Those that were made are listed at /requests.json, the numbers that go
wrong on purpose at /inbox.
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
    /// How long a fax takes for each recipient, by the sandbox's clock.
    pub pace: Duration,
    /// How fast that clock runs.
    pub clock: Clock,
    /// What documents are laid out for.
    pub paper: Paper,
    /// How long rendering one document may take.
    pub rendering_limit: Duration,
    /// Whether the documented limits hold.
    pub rate_limits: bool,
    /// Whether only tokens from a sign-in are right.
    pub sign_in: bool,
    /// Where a sign-in may lead back to; if empty, the origin decides.
    pub redirect_uris: Vec<String>,
    /// How long an access token is good for, by the sandbox's clock.
    pub token_lifetime: Duration,
    /// The same of a refresh token; none are given if it is zero.
    pub refresh_lifetime: Duration,
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
        clock: Clock::WALL,
        paper: Paper::Letter,
        rendering_limit: Duration::from_secs(120),
        rate_limits: false,
        sign_in: false,
        redirect_uris: Vec::new(),
        token_lifetime: Duration::from_secs(60 * 60),
        refresh_lifetime: Duration::from_secs(7 * 24 * 60 * 60),
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
            Long("clock") => {
                let times = parsed(&mut parser, "a number such as 60")?;
                options.clock = Clock::new(times).ok_or("--clock is between 0.001 and 1000000")?;
            }
            Long("paper") => options.paper = paper(&mut parser)?,
            Long("rendering-limit") => options.rendering_limit = lifetime(&mut parser, 1)?,
            Long("rate-limits") => options.rate_limits = is_on(&mut parser, "--rate-limits")?,
            Long("sign-in") => options.sign_in = true,
            Long("redirect-uri") => options.redirect_uris.push(redirect_uri(&mut parser)?),
            Long("token-lifetime") => options.token_lifetime = lifetime(&mut parser, 1)?,
            Long("refresh-lifetime") => options.refresh_lifetime = lifetime(&mut parser, 0)?,
            Long("keep-alive") => options.keep_alive = is_on(&mut parser, "--keep-alive")?,
            Long("public") => options.public = true,
            other => return Err(other.unexpected().to_string()),
        }
    }
    if !options.listen.ip().is_loopback() && !options.public {
        return Err(format!("{} can be reached from other machines; say --public if that is meant", options.listen));
    }
    Ok(Command::Serve(options))
}

fn is_on(parser: &mut lexopt::Parser, option: &str) -> Result<bool, String> {
    match value(parser)?.to_str() {
        Some("on") => Ok(true),
        Some("off") => Ok(false),
        _ => Err(format!("{option} is on or off")),
    }
}

fn paper(parser: &mut lexopt::Parser) -> Result<Paper, String> {
    match value(parser)?.to_str() {
        Some("letter") => Ok(Paper::Letter),
        Some("a4") => Ok(Paper::A4),
        _ => Err("--paper is letter or a4".into()),
    }
}

fn redirect_uri(parser: &mut lexopt::Parser) -> Result<String, String> {
    let text: String = parsed(parser, "text")?;
    match sign_in::target(&text) {
        Some(_) => Ok(text),
        None => Err(format!("--redirect-uri {text} is not an http or https address without user and fragment")),
    }
}

/// Seconds, with or without their sign.
fn lifetime(parser: &mut lexopt::Parser, least: u64) -> Result<Duration, String> {
    const YEAR: u64 = 365 * 24 * 60 * 60;
    let text: String = parsed(parser, "text")?;
    let seconds =
        text.strip_suffix('s').unwrap_or(&text).parse().ok().filter(|seconds| (least..=YEAR).contains(seconds));
    seconds.map(Duration::from_secs).ok_or_else(|| format!("{text} is not a number of seconds from {least} to {YEAR}"))
}

fn value(parser: &mut lexopt::Parser) -> Result<OsString, String> {
    parser.value().map_err(|error| error.to_string())
}

fn parsed<T: std::str::FromStr>(parser: &mut lexopt::Parser, what: &str) -> Result<T, String> {
    let text = value(parser)?;
    text.to_str().and_then(|text| text.parse().ok()).ok_or_else(|| format!("{} is not {what}", text.to_string_lossy()))
}
