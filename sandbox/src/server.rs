//! Connections. The accept loop is ours and not the framework's for one reason: a request must be able to end in the
//! connection being closed with no answer.

use std::future::Future;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};

use crate::app::Hangup;

/// Serves until `stop` is done. Requests under way end there: what was accepted is in the store, and some are held
/// open on purpose.
pub async fn serve(listener: TcpListener, router: Router, keep_alive: bool, stop: impl Future<Output = ()>) {
    let accept = async {
        loop {
            match listener.accept().await {
                Ok((stream, _)) => drop(tokio::spawn(connection(stream, router.clone(), keep_alive))),
                // Too many open files, say: others may be closed meanwhile.
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
    };
    tokio::select! {
        () = accept => {}
        () = stop => {}
    }
}

async fn connection(stream: TcpStream, router: Router, keep_alive: bool) {
    // A failure here is the client's having left, or a hangup.
    let _ = stream.set_nodelay(true);
    let router = TowerToHyperService::new(router);
    let service = service_fn(|request: Request<Incoming>| {
        let answer = router.call(request);
        async {
            let response: Response = match answer.await {
                Ok(response) => response,
                Err(never) => match never {},
            };
            // hyper closes the connection when a service fails before it has answered.
            match response.extensions().get::<Hangup>() {
                Some(_) => Err("hung up on purpose"),
                None => Ok(response),
            }
        }
    });
    let _ = http1::Builder::new().keep_alive(keep_alive).serve_connection(TokioIo::new(stream), service).await;
}
