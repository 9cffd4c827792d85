//! A local service that speaks the fax API, so that a fax widget runs with no account. Nothing is dialled.
//!
//! A request goes from [`server`] through [`app`] to [`fax`], which has [`parts`] read the body into an [`envelope`]
//! and its [`document`]s, asks [`bad_day`] whether anything is to go wrong, and hands the rest to the [`store`].
//! [`rendering`] makes pages of the documents and [`delivery`] moves what is kept there; [`message_store`] and [`inbox`] show it, to programs and to people. Before
//! all of that stand [`token`] and [`rate_limit`], and [`request_log`] writes down what was called. Who wants a token of
//! their own is asked by [`sign_in`] and gets it from [`grant`].

mod app;
mod bad_day;
mod batch;
mod clock;
mod content;
mod cover_page;
mod delivery;
mod document;
mod envelope;
mod fax;
mod fill;
mod grant;
mod inbox;
mod intake;
mod message;
mod message_store;
mod moment;
mod options;
mod page;
mod page_view;
mod paging;
mod parameters;
mod parts;
mod pdf;
mod rate_limit;
mod refusal;
mod renderer;
mod rendering;
mod request_log;
mod server;
mod sheet;
mod sign_in;
mod site;
mod store;
mod token;

use std::io::Write;
use std::process::ExitCode;
use std::sync::Arc;

use tokio::net::TcpListener;

use app::App;
use message::Mailbox;
use moment::Millis;
use options::{Command, Options};
use rate_limit::RateLimits;
use rendering::Renderers;
use store::{Lifetimes, Store};

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    if arguments.next().is_some_and(|first| first == renderer::ARGUMENT) {
        return renderer::main(arguments);
    }
    let options = match options::read(std::env::args_os().skip(1)) {
        Ok(Command::Help) => return say(options::HELP),
        Ok(Command::Version) => return say(concat!("fax-sandbox ", env!("CARGO_PKG_VERSION"), "\n")),
        Ok(Command::Serve(options)) => options,
        Err(message) => {
            eprintln!("fax-sandbox: {message} (--help lists the options)");
            return ExitCode::from(2);
        }
    };
    let run = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| error.to_string())
        .and_then(|runtime| runtime.block_on(run(options)));
    match run {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("fax-sandbox: {message}");
            ExitCode::FAILURE
        }
    }
}

async fn run(options: Options) -> Result<(), String> {
    let store = Store::open(&options.store, &Mailbox::own().key()).map_err(|error| error.to_string())?;
    let listener = TcpListener::bind(options.listen)
        .await
        .map_err(|error| format!("{} cannot be listened on: {error}", options.listen))?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    let millis = |lifetime| Millis::try_from(options.clock.real(lifetime).as_millis()).unwrap_or(Millis::MAX);
    let app = App {
        store: store.clone(),
        pace: options.clock.real(options.pace),
        clock: options.clock,
        public: options.public,
        news: Arc::default(),
        unrendered: Arc::default(),
        penalty: Arc::default(),
        limits: options.rate_limits.then(|| Arc::new(RateLimits::new(options.clock))),
        sign_in: options.sign_in,
        redirect_uris: options.redirect_uris.into(),
        lifetimes: Lifetimes {
            code: millis(sign_in::CODE_LIFETIME),
            access: millis(options.token_lifetime),
            refresh: millis(options.refresh_lifetime),
        },
        requests: Arc::default(),
    };
    let renderers = Renderers {
        store: store.clone(),
        work: Arc::clone(&app.unrendered),
        news: Arc::clone(&app.news),
        paper: options.paper,
        limit: options.rendering_limit,
    };
    renderers.start();
    let news = Arc::clone(&app.news);
    tokio::spawn(async move { delivery::run(store, &news).await });
    let stop = stop().map_err(|error| error.to_string())?;
    eprintln!("fax-sandbox: nothing is dialled; what is posted here is kept in a file and shown at /inbox");
    say(&format!("listening on http://{address}\n"));
    server::serve(listener, app::router(app, options.site), options.keep_alive, stop).await;
    Ok(())
}

/// Prints to standard output at once; that nobody reads it is no error.
fn say(text: &str) -> ExitCode {
    let mut output = std::io::stdout().lock();
    let _ = output.write_all(text.as_bytes()).and_then(|()| output.flush());
    ExitCode::SUCCESS
}

/// Done when the program is asked to end.
#[cfg(unix)]
fn stop() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Done when the program is asked to end.
#[cfg(not(unix))]
fn stop() -> std::io::Result<impl Future<Output = ()>> {
    Ok(async {
        let _ = tokio::signal::ctrl_c().await;
    })
}
